//! Symbolon: both halves of OAuth in one binary.

pub mod admin;
pub mod api;
pub mod app;
pub mod audit;
pub mod base;
pub mod cli;
pub mod clients;
pub mod config;
pub mod crypto;
pub mod db;
pub mod guard;
pub mod keys;
pub mod oauth;
pub mod observe;
pub mod outbound;
pub mod people;
pub mod web;
