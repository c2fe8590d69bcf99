//! Symbolon: both halves of OAuth in one binary.

pub mod base;
pub mod config;
pub mod crypto;
pub mod db;
pub mod observe;
pub mod outbound;
pub mod server;
