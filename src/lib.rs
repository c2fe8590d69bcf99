//! Symbolon: both halves of OAuth in one binary.
//!
//! Rooms are folders by feature; each imports only from lower floors (`tests/it/house.rs` holds it to that):
//!
//! ```text
//! cli                 commands, beside a running server or starting one
//! server              assembles: knows every room below; `server::routes` lists all routes
//! account · api · console · dev · jobs · register
//!                     a person's own page · JSON for admins · pages for them · the playground · background work · apps that register
//!                     themselves
//! guard · admin       who is calling · what administrators do
//! entry               forgotten passwords, addresses to confirm, invitations
//! oauth · api_tokens · vault
//!                     the protocol · what people's own scripts act with · custody of third-party accounts
//! signin              sessions, sign-in, consent memory; knows no OAuth word
//! people · clients    who may sign in · who may ask
//! web                 parameters, pages, cookies, forms, errors; knows no domain
//! app                 the shared services
//! keys · audit · limits · observe · outbound · mail
//! db · crypto · config
//! lang                texts for people, in their languages
//! base                time, chance, identifiers, secrets, scopes, URIs
//! ```

pub mod account;
pub mod admin;
pub mod api;
pub mod api_tokens;
pub mod app;
pub mod audit;
pub mod base;
pub mod cli;
pub mod clients;
pub mod config;
pub mod console;
pub mod crypto;
pub mod db;
#[cfg(feature = "dev")]
pub mod dev;
pub mod entry;
pub mod guard;
pub mod jobs;
pub mod keys;
pub mod lang;
pub mod limits;
pub mod mail;
pub mod oauth;
pub mod observe;
pub mod outbound;
pub mod people;
pub mod register;
pub mod server;
pub mod signin;
pub mod vault;
pub mod web;
