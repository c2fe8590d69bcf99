//! RFC 7591 §2, OIDC Registration §2: what is registered about a client, and which of it makes sense together.

use super::application::ApplicationType;
use super::custom_claims::CustomClaim;
use crate::base::{ScopeSet, uri};
use crate::crypto::{Algorithm, jwk};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

pub use super::choices::{AuthMethod, Format, GrantType, Rotation, SubjectType};
pub use super::invalid::Invalid;
pub(super) use super::invalid::invalid;

/// Client metadata, under their registered names; those that are ours say so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = ClientMetadata)]
pub struct Metadata {
    /// What people see it called.
    pub client_name: String,
    /// Where answers may go; matched byte for byte (RFC 9700 §2.1).
    pub redirect_uris: Vec<String>,
    /// What it may present at the token endpoint.
    pub grant_types: Vec<GrantType>,
    /// `code`; the legacy ones too where the server lets them in.
    pub response_types: Vec<String>,
    /// How answers may travel: `query`, `fragment`, `form_post`.
    pub response_modes: Vec<String>,
    /// What it may ask for, space-delimited.
    pub scope: String,
    /// How it proves who it is.
    pub token_endpoint_auth_method: AuthMethod,
    /// Its public keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub jwks: Option<Value>,
    /// Where its public keys are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    /// What client assertions must be signed with; none means any that we take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_signing_alg: Option<String>,
    /// Where it runs: it decides which redirect URIs make sense. None asks for nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_type: Option<ApplicationType>,
    /// A picture of it, that people see through us.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo_uri: Option<String>,
    /// Its home page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_uri: Option<String>,
    /// Its privacy policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_uri: Option<String>,
    /// Its terms of service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tos_uri: Option<String>,
    /// Name, logo and links in several languages: see [`super::localized`].
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(ignore)]
    pub localized: BTreeMap<String, String>,
    /// Whom to ask about it.
    pub contacts: Vec<String>,
    /// Which software it is, the same for all its installations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software_id: Option<String>,
    /// Its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software_version: Option<String>,
    /// Where people may be sent after signing out (OIDC RP-Initiated Logout §3.1).
    pub post_logout_redirect_uris: Vec<String>,
    /// Where we tell it that a session ended (OIDC Back-Channel Logout §2.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_uri: Option<String>,
    /// Whether it needs the `sid` for that; it always gets it.
    pub backchannel_logout_session_required: bool,
    /// What browsers load in a frame when a session ended (OIDC Front-Channel Logout §2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_uri: Option<String>,
    /// Whether it needs `iss` and `sid` for that; it always gets them.
    pub frontchannel_logout_session_required: bool,
    /// What its ID tokens are signed with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_signed_response_alg: Option<String>,
    /// Seconds after which a person must have signed in again, unless the request says otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_max_age: Option<u64>,
    /// Whether it needs `auth_time`; it always gets it.
    pub require_auth_time: bool,
    /// Authentication contexts that it would like, unless the request says otherwise.
    pub default_acr_values: Vec<String>,
    /// What people are known by.
    pub subject_type: SubjectType,
    /// Whose host is the sector of a pairwise client, and which lists the redirect URIs of the sector (OIDC Core §8.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sector_identifier_uri: Option<String>,
    /// What its UserInfo answers are signed with; none means plain JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_signed_response_alg: Option<String>,
    /// What its request objects must be signed with; none means any that we take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_object_signing_alg: Option<String>,
    /// Where its request objects may be fetched (OIDC Core §6.2).
    pub request_uris: Vec<String>,
    /// Where another site may send a person to begin signing in (OIDC Core §4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initiate_login_uri: Option<String>,
    /// Attributes of people that it is told, and as which claims (ours).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub custom_claims: BTreeMap<String, CustomClaim>,
    /// Resource indicators that it may ask for (ours; empty means any).
    pub resources: Vec<String>,
    /// Whether it may introspect tokens of other clients that are for its `resources`, or for none in particular (ours).
    pub resource_server: bool,
    /// Whether it must use PKCE (ours; public clients always must).
    pub require_pkce: bool,
    /// Whether people aren't asked for consent (ours).
    pub trusted: bool,
    /// Whether its machine tokens may carry `symbolon:admin` (ours).
    pub admin: bool,
    /// What becomes of a refresh token that is used (ours).
    pub rotation: Rotation,
    /// Seconds for which a used refresh token is answered with the same successor (ours).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replay_window: Option<u64>,
    /// Opaque access tokens, or RFC 9068 JWTs (ours).
    pub access_token_format: Format,
    /// Requests a second with the tokens of one grant, where it isn't what the settings say; 0 for no limit (ours).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests_per_second: Option<u32>,
    /// Seconds for which the previous access token stays good after a refresh (ours).
    pub access_token_overlap: u64,
    /// Seconds (ours).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_lifetime: Option<u64>,
    /// Seconds (ours).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token_lifetime: Option<u64>,
    /// Seconds (ours).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_lifetime: Option<u64>,
    /// Seconds (ours).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_idle_lifetime: Option<u64>,
    /// Seconds (ours).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_absolute_lifetime: Option<u64>,
}

impl Default for Metadata {
    fn default() -> Self {
        Metadata {
            client_name: String::new(),
            redirect_uris: Vec::new(),
            grant_types: vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
            response_types: vec!["code".to_owned()],
            response_modes: ["query", "fragment", "form_post"].map(str::to_owned).to_vec(),
            scope: "openid offline offline_access profile email".to_owned(),
            token_endpoint_auth_method: AuthMethod::ClientSecretBasic,
            jwks: None,
            jwks_uri: None,
            token_endpoint_auth_signing_alg: None,
            application_type: None,
            logo_uri: None,
            client_uri: None,
            policy_uri: None,
            tos_uri: None,
            localized: BTreeMap::new(),
            contacts: Vec::new(),
            software_id: None,
            software_version: None,
            post_logout_redirect_uris: Vec::new(),
            backchannel_logout_uri: None,
            backchannel_logout_session_required: false,
            frontchannel_logout_uri: None,
            frontchannel_logout_session_required: false,
            id_token_signed_response_alg: None,
            default_max_age: None,
            require_auth_time: false,
            default_acr_values: Vec::new(),
            subject_type: SubjectType::Public,
            sector_identifier_uri: None,
            userinfo_signed_response_alg: None,
            request_object_signing_alg: None,
            request_uris: Vec::new(),
            initiate_login_uri: None,
            custom_claims: BTreeMap::new(),
            resources: Vec::new(),
            resource_server: false,
            require_pkce: false,
            trusted: false,
            admin: false,
            rotation: Rotation::Replay,
            replay_window: None,
            access_token_format: Format::Opaque,
            requests_per_second: None,
            access_token_overlap: 0,
            code_lifetime: None,
            access_token_lifetime: None,
            id_token_lifetime: None,
            refresh_idle_lifetime: None,
            refresh_absolute_lifetime: None,
        }
    }
}

const YEAR: u64 = 31_536_000;
/// What we fetch: plain http is for whoever allows it in `outbound.allow`, which is looked at apart.
const FETCHED: [&str; 2] = ["jwks_uri", "sector_identifier_uri"];

impl Metadata {
    /// Whether the client can't keep a secret (RFC 6749 §2.1).
    pub fn public(&self) -> bool {
        self.token_endpoint_auth_method == AuthMethod::None
    }

    /// Whether it may use this grant type.
    pub fn may(&self, grant: GrantType) -> bool {
        self.grant_types.contains(&grant)
    }

    /// Checks each member and what they mean together.
    pub fn check(&self) -> Result<(), Invalid> {
        self.check_names()?;
        self.check_redirects()?;
        self.check_application()?;
        self.check_grants()?;
        self.check_keys()?;
        self.check_links()?;
        self.check_localized()?;
        self.check_logout()?;
        self.check_openid()?;
        self.check_numbers()?;
        self.check_rotation()
    }

    fn check_names(&self) -> Result<(), Invalid> {
        check_name(&self.client_name)?;
        match ScopeSet::parse(&self.scope) {
            Err(_) => {
                invalid("scope", "must be a space-delimited list of scope names (RFC 6749 §3.3), 1024 bytes at most")
            }
            Ok(scope) if scope.has(super::ADMIN_SCOPE) && !self.admin && !self.may_have_people() => {
                invalid("scope", "symbolon:admin is only for clients made with `admin`")
            }
            Ok(_)
                if self.contacts.len() > 20 || self.contacts.iter().any(|c| c.len() > 254 || c.chars().any(hidden)) =>
            {
                invalid("contacts", "at most 20 addresses of 254 characters")
            }
            Ok(_) => Ok(()),
        }
    }

    /// Whether people may come to it: it has a grant that begins with one.
    pub fn may_have_people(&self) -> bool {
        self.grant_types.iter().any(|grant| matches!(grant, GrantType::AuthorizationCode | GrantType::Implicit))
    }

    fn check_redirects(&self) -> Result<(), Invalid> {
        if self.redirect_uris.len() > 50 {
            return invalid("redirect_uris", "at most 50");
        }
        for redirect in &self.redirect_uris {
            if let Err(why) = uri::check_redirect_uri(redirect, self.native()) {
                return invalid("redirect_uris", format!("{}: {why}", shortened(redirect)));
            }
        }
        if self.may_have_people() && self.redirect_uris.is_empty() {
            return invalid("redirect_uris", "the authorization_code and implicit grants need at least one");
        }
        match self.resources.iter().find(|resource| !uri::check_resource(resource)) {
            Some(bad) => invalid("resources", format!("{}: must be an absolute URI without fragment", shortened(bad))),
            None if self.resources.len() > 50 => invalid("resources", "at most 50"),
            None => Ok(()),
        }
    }

    fn check_grants(&self) -> Result<(), Invalid> {
        let has = |grant| self.grant_types.contains(&grant);
        if self.grant_types.is_empty() {
            return invalid("grant_types", "at least one of authorization_code, refresh_token, client_credentials");
        }
        if has(GrantType::ClientCredentials) && self.public() {
            return invalid("grant_types", "a public client can't use client_credentials (RFC 6749 §4.4)");
        }
        if has(GrantType::RefreshToken) && !has(GrantType::AuthorizationCode) {
            return invalid("grant_types", "refresh_token needs authorization_code beside it");
        }
        if self.may_have_people() && self.response_modes.is_empty() {
            return invalid("response_modes", "the authorization_code grant needs at least one");
        }
        if self.response_modes.iter().any(|mode| !["query", "fragment", "form_post"].contains(&mode.as_str())) {
            return invalid("response_modes", "any of query, fragment, form_post");
        }
        self.check_response_types()?;
        if self.admin && (self.public() || !has(GrantType::ClientCredentials)) {
            return invalid("admin", "needs the client_credentials grant and a way to authenticate");
        }
        Ok(())
    }

    fn check_keys(&self) -> Result<(), Invalid> {
        if self.jwks.is_some() && self.jwks_uri.is_some() {
            return invalid("jwks", "either jwks or jwks_uri, not both (RFC 7591 §2)");
        }
        if let Some(Err(why)) = self.jwks.as_ref().map(jwk::check_set) {
            return invalid("jwks", why);
        }
        let needs_keys = self.token_endpoint_auth_method == AuthMethod::PrivateKeyJwt;
        if needs_keys && self.jwks.is_none() && self.jwks_uri.is_none() {
            return invalid("token_endpoint_auth_method", "private_key_jwt needs jwks or jwks_uri");
        }
        match &self.id_token_signed_response_alg {
            Some(alg) if Algorithm::named(alg).is_none() => {
                invalid("id_token_signed_response_alg", "one of RS256, ES256, EdDSA, PS256")
            }
            _ => Ok(()),
        }
    }

    fn check_links(&self) -> Result<(), Invalid> {
        let links = [
            ("jwks_uri", &self.jwks_uri),
            ("logo_uri", &self.logo_uri),
            ("client_uri", &self.client_uri),
            ("policy_uri", &self.policy_uri),
            ("tos_uri", &self.tos_uri),
            ("initiate_login_uri", &self.initiate_login_uri),
            ("sector_identifier_uri", &self.sector_identifier_uri),
        ];
        for (field, link) in links {
            link.as_ref().map_or(Ok(()), |link| check_link(field, link))?;
        }
        Ok(())
    }

    fn check_numbers(&self) -> Result<(), Invalid> {
        let numbers = [
            ("code_lifetime", self.code_lifetime, 1, 600, " seconds"),
            ("access_token_lifetime", self.access_token_lifetime, 1, YEAR, " seconds"),
            ("id_token_lifetime", self.id_token_lifetime, 1, 86_400, " seconds"),
            ("refresh_idle_lifetime", self.refresh_idle_lifetime, 1, 10 * YEAR, " seconds"),
            ("refresh_absolute_lifetime", self.refresh_absolute_lifetime, 1, 10 * YEAR, " seconds"),
            ("replay_window", self.replay_window, 0, 3600, " seconds"),
            ("access_token_overlap", Some(self.access_token_overlap), 0, 3600, " seconds"),
            ("requests_per_second", self.requests_per_second.map(u64::from), 0, 1_000_000, "; 0 is no limit"),
        ];
        for (field, number, least, most, unit) in numbers {
            if number.is_some_and(|number| number < least || number > most) {
                return invalid(field, format!("must be between {least} and {most}{unit}"));
            }
        }
        Ok(())
    }
}

pub(super) fn check_name(name: &str) -> Result<(), Invalid> {
    if name.trim().is_empty() || name.chars().count() > 100 {
        return invalid("client_name", "must have between 1 and 100 characters; people see it when they decide");
    }
    match name.chars().any(hidden) {
        true => invalid("client_name", "must not contain control, invisible or direction-changing characters"),
        false => Ok(()),
    }
}

pub(super) fn check_link(field: &'static str, link: &str) -> Result<(), Invalid> {
    let scheme = |scheme: &str| scheme == "https" || (FETCHED.contains(&field) && scheme == "http");
    let fit = |url: url::Url| url.username().is_empty() && url.password().is_none() && scheme(url.scheme());
    match url::Url::parse(link).is_ok_and(fit) && link.len() <= 2048 && !link.contains('#') {
        true => Ok(()),
        false => invalid(field, "must be an https URL without user name or fragment"),
    }
}

/// A URL to be named in a message: without user, query and fragment, which may hold what is nobody's business.
pub(super) fn shortened(text: &str) -> String {
    let text = text.split(['?', '#']).next().unwrap_or_default();
    let (scheme, rest) = text.split_once("://").map_or(("", text), |(scheme, rest)| (scheme, rest));
    let (authority, path) = rest.split_at_checked(rest.find(['/', '\\']).unwrap_or(rest.len())).unwrap_or((rest, ""));
    let host = authority.rsplit('@').next().unwrap_or_default();
    let text = if scheme.is_empty() { format!("{host}{path}") } else { format!("{scheme}://{host}{path}") };
    text.chars().filter(|c| !c.is_control()).take(120).collect()
}

/// Unicode TR36 §2: characters that nobody sees, or that change how others are read.
pub(super) fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
                | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
        )
}
