//! Symbolon: both halves of OAuth in one binary.

pub mod app;
pub mod audit;
pub mod base;
pub mod clients;
pub mod config;
pub mod crypto;
pub mod db;
pub mod keys;
pub mod oauth;
pub mod observe;
pub mod outbound;
pub mod people;
pub mod signin;
pub mod web;
