//! One test binary: modules are named after specifications and features; each test has a house of its own.
#![cfg(test)]

mod support;

mod authorize;
mod client_auth;
mod codes;
mod consent;
mod pkce;
mod races;
mod redirect_uri;
mod rfc6749;
mod token;
