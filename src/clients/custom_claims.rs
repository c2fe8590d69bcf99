//! Attributes of people beyond the standard claims, and under which names a client is told of them: a map in its
//! metadata. No such name may be one that means something already.

use super::metadata::{Invalid, Metadata, invalid, shortened};
use crate::base::claims::scope_of;
use crate::base::name;
use serde::{Deserialize, Serialize};

/// As what an attribute is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomClaim {
    /// The name of the claim.
    pub claim: String,
    /// Whether it stands in ID tokens.
    #[serde(default)]
    pub id_token: bool,
    /// Whether it stands in UserInfo answers.
    #[serde(default = "yes")]
    pub userinfo: bool,
}

fn yes() -> bool {
    true
}

/// Most of them a client.
const MOST: usize = 32;

/// Names that mean something in a JWT or in an answer of ours, beside the standard claims: RFC 7519 §4.1, OIDC Core §2 and
/// §5.6, RFC 7662 §2.2, RFC 7800, RFC 8693, RFC 9068, OIDC logout, CIBA and the rest of the IANA registry that clients act on.
const RESERVED: &[&str] = &[
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "auth_time",
    "nonce",
    "acr",
    "amr",
    "azp",
    "at_hash",
    "c_hash",
    "s_hash",
    "sid",
    "sub_jwk",
    "sub_id",
    "cnf",
    "act",
    "may_act",
    "scope",
    "client_id",
    "events",
    "toe",
    "txn",
    "vot",
    "vtm",
    "_claim_names",
    "_claim_sources",
    "active",
    "username",
    "token_type",
    "error",
    "error_description",
    "authorization_details",
    "verified_claims",
    "urn:openid:params:jwt:claim:auth_req_id",
    "urn:openid:params:jwt:claim:rt_hash",
];

impl Metadata {
    pub(super) fn check_custom_claims(&self) -> Result<(), Invalid> {
        let wrong = |why: String| invalid("custom_claims", why);
        if self.custom_claims.len() > MOST {
            return wrong(format!("at most {MOST}"));
        }
        for (attribute, told) in &self.custom_claims {
            let claim = told.claim.as_str();
            let printable = claim.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'\\'));
            if !name::attribute(attribute) {
                return wrong(format!("{}: an attribute has 1 to 64 letters, digits or _ . -", shortened(attribute)));
            }
            if claim.is_empty() || claim.len() > 200 || !printable {
                return wrong(format!(
                    "{attribute}: claim must have 1 to 200 printable ASCII characters without spaces"
                ));
            }
            if RESERVED.contains(&claim) || scope_of(claim).is_some() || claim.contains('#') {
                return wrong(format!(
                    "{attribute}: the claim {claim} means something else already; choose another name"
                ));
            }
            if !told.id_token && !told.userinfo {
                return wrong(format!("{attribute}: set id_token or userinfo, or leave the attribute out"));
            }
            if self.custom_claims.values().filter(|other| other.claim == claim).count() > 1 {
                return wrong(format!("{attribute}: another attribute is told as {claim} already"));
            }
        }
        Ok(())
    }
}
