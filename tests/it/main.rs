//! One test binary: modules are named after specifications and features; each test has a house of its own.
#![cfg(test)]

mod support;

mod chromium;
mod clients;
mod command_line;
mod grant_machine;
mod kills;
mod management;
mod races;
mod rfc6749;
