//! What people look at when they say yes to a client: when it changes, and nobody vouches for it, they are asked again.

use super::Client;
use crate::base::encoding::fingerprint;
use serde_json::json;

impl Client {
    /// A short text that changes with name, redirect URIs, keys and the way to authenticate; none for a client that an
    /// administrator answers for.
    pub fn mark(&self) -> Option<String> {
        let m = &self.metadata;
        let looks = || {
            let method = m.token_endpoint_auth_method.name();
            let mut looks = vec![json!([m.client_name, m.redirect_uris, method, m.jwks, m.jwks_uri])];
            // Added only where there are some: marks of before stay what they are.
            let names: Vec<_> = m.localized.iter().filter(|(key, _)| key.starts_with("client_name#")).collect();
            looks.extend((!names.is_empty()).then(|| json!(names)));
            looks.iter().map(ToString::to_string).collect::<String>()
        };
        (!self.provenance.vouched_for()).then(|| fingerprint(looks().as_bytes()))
    }
}
