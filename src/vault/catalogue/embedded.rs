//! The built-in types. `tests/it/catalogue.rs` holds this list and the folder `types` equal.

/// File name and text of each.
pub const EMBEDDED: &[(&str, &str)] = &[("oauth2.toml", include_str!("types/oauth2.toml"))];
