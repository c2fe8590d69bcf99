//! `symbolon dev`: the first minute. Demo people and clients, the playground at `/dev`, and a walk through every step.
//!
//! Nothing here is part of `symbolon serve`: the routes are mounted only when [`crate::app::Services::dev`] says so.

pub mod acme;
pub mod check;
pub mod crm;
pub mod demo;
pub mod greeting;
pub mod home;
pub mod host;
pub mod http;
pub mod id_token;
pub mod logout_token;
mod playground;
pub mod reference;

pub use home::Home;
pub use playground::routes;

use std::net::SocketAddr;
use std::path::PathBuf;

/// What `symbolon dev` was asked for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Keeps the data here; none means a temporary directory that is deleted at the end.
    pub data_dir: Option<PathBuf>,
    /// Walks through every step once instead of serving.
    pub check: bool,
    /// A loopback address to listen at; none means port 4444, or the next one that is free.
    pub listen: Option<SocketAddr>,
    /// How to speak.
    pub format: Format,
}

/// How to speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Lines for people; `dev` without a terminal speaks JSON nevertheless.
    #[default]
    Human,
    /// JSON for programs.
    Json,
}
