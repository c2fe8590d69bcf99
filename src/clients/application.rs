//! OIDC Registration §2: where a client runs, and which redirect URIs make sense there; and what of its metadata is its
//! own to say.

use super::localized;
use super::metadata::{Invalid, Metadata, hidden, invalid};
use crate::base::uri;
use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize, forward_to_deserialize_any};

/// Where a client runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ApplicationType {
    /// On a server, or in a page that one serves.
    Web,
    /// On a person's device.
    Native,
}

/// What a client may say about itself: names of the IANA registry of OAuth Dynamic Client Registration Metadata. The rest
/// of the metadata is ours, and for administrators. Those that we don't know yet do nothing.
const ITS_OWN: [&str; 43] = [
    "application_type",
    "authorization_details_types",
    "authorization_encrypted_response_alg",
    "authorization_encrypted_response_enc",
    "authorization_signed_response_alg",
    "backchannel_logout_session_required",
    "backchannel_logout_uri",
    "client_name",
    "client_uri",
    "contacts",
    "default_acr_values",
    "default_max_age",
    "dpop_bound_access_tokens",
    "frontchannel_logout_session_required",
    "frontchannel_logout_uri",
    "grant_types",
    "id_token_encrypted_response_alg",
    "id_token_encrypted_response_enc",
    "id_token_signed_response_alg",
    "initiate_login_uri",
    "jwks",
    "jwks_uri",
    "logo_uri",
    "policy_uri",
    "post_logout_redirect_uris",
    "redirect_uris",
    "request_object_signing_alg",
    "request_uris",
    "require_auth_time",
    "require_pushed_authorization_requests",
    "require_signed_request_object",
    "response_types",
    "scope",
    "sector_identifier_uri",
    "software_id",
    "software_version",
    "subject_type",
    "tls_client_certificate_bound_access_tokens",
    "token_endpoint_auth_method",
    "token_endpoint_auth_signing_alg",
    "tos_uri",
    "userinfo_signed_response_alg",
    "introspection_signed_response_alg",
];

impl Metadata {
    /// Whether a client may say this about itself, and we listen.
    pub fn is_its_own(member: &str) -> bool {
        (ITS_OWN.contains(&member) && members().contains(&member)) || localized::is(member)
    }

    /// Whether it runs on a person's device: its ports are free (RFC 8252 §7.3), its schemes may be its own (§7.1).
    pub fn native(&self) -> bool {
        match self.application_type {
            Some(kind) => kind == ApplicationType::Native,
            None => self.public(),
        }
    }

    pub(super) fn check_application(&self) -> Result<(), Invalid> {
        for (field, text) in [("software_id", &self.software_id), ("software_version", &self.software_version)] {
            if text.as_ref().is_some_and(|text| text.len() > 255 || text.chars().any(hidden)) {
                return invalid(field, "at most 255 characters, none of them control or invisible ones");
            }
        }
        if self.application_type == Some(ApplicationType::Web)
            && self.redirect_uris.iter().any(|redirect| uri::impersonable(redirect))
        {
            return invalid(
                "redirect_uris",
                "a client with application_type web must have https redirect URIs; loopback addresses and schemes of \
                 its own are for application_type native",
            );
        }
        match &self.token_endpoint_auth_signing_alg {
            Some(alg) if !ASSERTION_ALGORITHMS.contains(&alg.as_str()) => {
                invalid("token_endpoint_auth_signing_alg", "one of RS256, PS256, ES256, ES384, EdDSA, Ed25519")
            }
            _ => Ok(()),
        }
    }
}

/// What client assertions may be signed with.
pub const ASSERTION_ALGORITHMS: [&str; 6] = ["RS256", "PS256", "ES256", "ES384", "EdDSA", "Ed25519"];

/// The names of all members of the metadata, as serde knows them.
fn members() -> &'static [&'static str] {
    let mut names: &'static [&'static str] = &[];
    // It fails on purpose, having heard the names.
    let _ = Metadata::deserialize(Names(&mut names));
    names
}

/// A deserializer that only listens to which fields a struct has.
struct Names<'a>(&'a mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Names<'_> {
    type Error = serde::de::value::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Self::Error> {
        *self.0 = fields;
        Err(Error::custom("only the names are wanted"))
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(Error::custom("only a struct has names"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dc_03_what_is_ours_is_never_a_client_s_own() {
        assert!(members().len() > 30, "{:?}", members());
        for ours in
            ["trusted", "admin", "resource_server", "resources", "rotation", "access_token_lifetime", "code_lifetime"]
        {
            assert!(members().contains(&ours) && !Metadata::is_its_own(ours), "{ours}");
        }
        for own in ["redirect_uris", "client_name", "logo_uri", "jwks", "default_max_age", "scope"] {
            assert!(Metadata::is_its_own(own), "{own}");
        }
        assert!(!Metadata::is_its_own("client_secret") && !Metadata::is_its_own("owner"));
    }
}
