//! One test binary: modules are named after specifications and features; each test has a house of its own.
#![cfg(test)]

mod support;

mod authorize;
mod chromium;
mod client_auth;
mod clients;
mod codes;
mod command_line;
mod consent;
mod dev;
mod discovery;
mod grant_machine;
mod id_token;
mod introspect;
mod jwt_access_tokens;
mod kills;
mod leaks;
mod management;
mod pkce;
mod races;
mod redirect_uri;
mod refresh;
mod resource;
mod revoke;
mod rfc6749;
mod schema;
mod statements;
mod token;
mod userinfo;
