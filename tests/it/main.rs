//! One test binary: modules are named after specifications and features; each test has a house of its own.
#![cfg(test)]

mod support;

mod discovery;
mod id_token;
mod introspect;
mod jwt_access_tokens;
mod leaks;
mod refresh;
mod resource;
mod revoke;
mod rfc6749;
mod schema;
mod statements;
mod userinfo;
