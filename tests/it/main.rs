//! One test binary: modules are named after specifications and features; each test has a house of its own.
#![cfg(test)]

mod support;

mod authorize;
mod backchannel;
mod chromium;
mod client_auth;
mod clients;
mod codes;
mod command_line;
mod consent;
mod cors;
mod dev;
mod discovery;
mod faults;
mod frontchannel;
mod grant_machine;
mod house;
mod http;
mod id_token;
mod injection;
mod introspect;
mod jwks_uri;
mod jwt_access_tokens;
mod kills;
mod leaks;
mod login;
mod logout;
mod management;
mod pages;
mod pkce;
mod races;
mod redirect_uri;
mod refresh;
mod resource;
mod restart;
mod revoke;
mod rfc6749;
mod rfc9728;
mod schema;
mod sessions;
mod setup;
mod statements;
mod system;
mod token;
mod userinfo;
