//! OIDC Registration §2: what a relying party chooses about ID tokens, UserInfo and request objects.

use super::metadata::{Invalid, Metadata, invalid, shortened};
use crate::crypto::Algorithm;
use url::Url;

/// What request objects may be signed with.
pub const REQUEST_OBJECT_ALGORITHMS: [&str; 4] = ["RS256", "PS256", "ES256", "EdDSA"];

impl Metadata {
    pub(super) fn check_openid(&self) -> Result<(), Invalid> {
        if self.userinfo_signed_response_alg.as_deref().is_some_and(|alg| Algorithm::named(alg).is_none()) {
            return invalid("userinfo_signed_response_alg", "one of RS256, ES256, EdDSA, PS256");
        }
        if self.default_acr_values.len() > 10 || self.default_acr_values.iter().any(|acr| !word(acr)) {
            return invalid("default_acr_values", "at most 10 values of 256 printable characters without spaces");
        }
        self.check_subjects()?;
        self.check_request_objects()?;
        self.check_custom_claims()
    }

    /// OIDC Core §6, RFC 9101.
    fn check_request_objects(&self) -> Result<(), Invalid> {
        let alg = self.request_object_signing_alg.as_deref();
        if alg.is_some_and(|alg| !REQUEST_OBJECT_ALGORITHMS.contains(&alg)) {
            return invalid("request_object_signing_alg", "one of RS256, PS256, ES256, EdDSA; none protects nobody");
        }
        let keys = self.jwks.is_some() || self.jwks_uri.is_some();
        if alg.is_some() && !keys {
            return invalid("request_object_signing_alg", "needs jwks or jwks_uri, or nothing could be verified");
        }
        if !self.request_uris.is_empty() && !keys {
            return invalid("request_uris", "needs jwks or jwks_uri, or nothing could be verified");
        }
        if self.request_uris.len() > 20 {
            return invalid("request_uris", "at most 20");
        }
        match self.request_uris.iter().find(|uri| !fetchable(uri)) {
            Some(bad) => {
                let why = "must be an https URL of at most 512 ASCII characters without user name";
                invalid("request_uris", format!("{}: {why}", shortened(bad)))
            }
            None => Ok(()),
        }
    }
}

fn word(text: &str) -> bool {
    (1..=256).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

/// §6.2: at most 512 characters. Plain http is for whoever allows it in `outbound.allow`, which is looked at apart.
fn fetchable(uri: &str) -> bool {
    let plain = uri.len() <= 512 && uri.bytes().all(|b| b.is_ascii_graphic());
    let parsed = Url::parse(uri).ok().filter(|_| plain);
    parsed.is_some_and(|u| matches!(u.scheme(), "https" | "http") && u.username().is_empty() && u.password().is_none())
}
