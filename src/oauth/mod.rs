//! The protocol: OAuth 2.0 and OpenID Connect, one file per rule or endpoint.

pub mod access;
pub mod assertion;
pub mod authorize;
pub mod bearer;
pub mod claims;
pub mod client_auth;
pub mod client_keys;
pub mod cors;
pub mod discovery;
pub mod error;
pub mod grants;
pub mod id_token;
pub mod introspect;
pub mod logout;
pub mod look;
pub mod new_grant;
pub mod pkce;
pub mod presentation;
pub mod resource;
pub mod revoke;
pub mod scopes;
pub mod store;
pub mod subject;
pub mod token;
pub mod userinfo;
pub mod wishes;
