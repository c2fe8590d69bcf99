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
mod grant_machine;
mod kills;
mod management;
mod pkce;
mod races;
mod redirect_uri;
mod rfc6749;
mod token;
