//! OpenID Connect Discovery §4, RFC 8414: a provider describes its endpoints itself.

use super::fill::Values;
use super::{Answer, Call, MAX_BYTES, Setup, Wrong};
use crate::base::Secret;
use crate::vault::catalogue::{SourceType, whole_url};
use serde_json::Value;
use std::collections::BTreeMap;

/// What a provider says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// Who it is; ID tokens and callbacks (RFC 9207) name it.
    pub issuer: String,
    /// RFC 9207 §3: whether callbacks name it.
    pub iss_in_callback: bool,
    endpoints: BTreeMap<String, String>,
}

/// The members that templates may name.
pub(in crate::vault) const ENDPOINTS: [&str; 4] =
    ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "revocation_endpoint"];

/// Where a source's metadata is; `None` for types that have none.
pub fn discovery(kind: &SourceType, setup: &Setup<'_>) -> Result<Option<Call>, Wrong> {
    let Some(template) = &kind.discovery else { return Ok(None) };
    let values = Values::of(kind, setup);
    // A whole-URL parameter followed by a path: `{issuer}/.well-known/openid-configuration`.
    let url = values.text(template)?.replace("//.well-known", "/.well-known");
    let url = whole_url(&url).map_err(|why| Wrong::field(template.text(), why))?;
    if !kind.hosts.iter().any(|pattern| pattern.allows(&url)) {
        return Err(Wrong::field("hosts", "doesn't allow the issuer's host"));
    }
    let headers = vec![("accept".to_owned(), Secret::new("application/json"))];
    Ok(Some(Call { method: axum::http::Method::GET, url: url.into(), headers, body: None }))
}

impl Metadata {
    /// Reads it. RFC 8414 §3.3: it must name the issuer that was asked, or one server could speak for another.
    pub fn read(issuer: &str, answer: &Answer<'_>) -> Result<Self, Wrong> {
        let wrong = |why: &str| Err(Wrong::field("issuer", why));
        if answer.status != 200 || answer.body.len() > MAX_BYTES {
            return wrong("has no metadata at its well-known address; check the URL");
        }
        let Ok(Value::Object(members)) = serde_json::from_slice(answer.body) else {
            return wrong("has something else than JSON at its well-known address; check the URL");
        };
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        if text("issuer").map(|said| said.trim_end_matches('/')) != Some(issuer.trim_end_matches('/')) {
            return wrong("is not what its metadata says it is called; write it exactly as there");
        }
        let mut endpoints = BTreeMap::new();
        for name in ENDPOINTS {
            if let Some(url) = text(name) {
                whole_url(url).map_err(|why| Wrong::field(name, why))?;
                endpoints.insert(name.to_owned(), url.to_owned());
            }
        }
        for name in ["authorization_endpoint", "token_endpoint"] {
            if !endpoints.contains_key(name) {
                return Err(Wrong::field(
                    name,
                    "is missing in the issuer's metadata; use the type `oauth2` and enter it",
                ));
            }
        }
        let flag = |name: &str| members.get(name).and_then(Value::as_bool) == Some(true);
        Ok(Metadata {
            // ID tokens repeat it exactly.
            issuer: text("issuer").unwrap_or_default().to_owned(),
            iss_in_callback: flag("authorization_response_iss_parameter_supported"),
            endpoints,
        })
    }

    /// An endpoint by the name of its member.
    pub fn endpoint(&self, name: &str) -> Option<&str> {
        self.endpoints.get(name).map(String::as_str)
    }
}
