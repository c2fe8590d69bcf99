//! One test binary: modules are named after specifications and features; each test has a house of its own.
#![cfg(test)]

mod support;

mod chromium;
mod clients;
mod command_line;
mod cors;
mod dev;
mod discovery;
mod faults;
mod grant_machine;
mod house;
mod http;
mod id_token;
mod injection;
mod introspect;
mod jwt_access_tokens;
mod kills;
mod leaks;
mod login;
mod management;
mod races;
mod refresh;
mod resource;
mod restart;
mod revoke;
mod rfc6749;
mod schema;
mod sessions;
mod setup;
mod statements;
mod userinfo;
