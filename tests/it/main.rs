//! One test binary: modules are named after specifications and features; each test has a house of its own.
#![cfg(test)]

mod support;

mod dev;
mod rfc6749;
