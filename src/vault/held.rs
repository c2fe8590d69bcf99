//! What we hold of somebody at a provider: tokens, or what they typed in. It exists in clear only in memory.

use crate::base::Secret;
use crate::catalogue::wire::Tokens;
use crate::db::{Fault, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// The secrets of one version of a grant.
#[derive(Clone, Debug, Default)]
pub struct Held {
    /// RFC 6749 §1.4.
    pub access_token: Option<Secret>,
    /// RFC 6749 §7.1.
    pub token_type: Option<String>,
    /// RFC 6749 §1.5. Leaves the vault only when an account is freed.
    pub refresh_token: Option<Secret>,
    /// An access token that doesn't expire, and waits to be exchanged for a pair.
    pub long_lived: Option<Secret>,
    /// What somebody typed in: a key, a password.
    pub fields: BTreeMap<String, Secret>,
    /// What the provider's answers said of who it is, by their paths.
    pub said: BTreeMap<String, String>,
}

impl From<&Tokens> for Held {
    fn from(tokens: &Tokens) -> Self {
        Held {
            access_token: Some(tokens.access_token.clone()),
            token_type: Some(tokens.token_type.clone()),
            refresh_token: tokens.refresh_token.clone(),
            ..Held::default()
        }
    }
}

#[derive(Serialize)]
struct Written<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    long_lived: Option<&'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    fields: BTreeMap<&'a str, &'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    said: &'a BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Read {
    access_token: Option<Secret>,
    token_type: Option<String>,
    refresh_token: Option<Secret>,
    long_lived: Option<Secret>,
    #[serde(default)]
    fields: BTreeMap<String, Secret>,
    #[serde(default)]
    said: BTreeMap<String, String>,
}

impl Held {
    /// As it is sealed.
    pub(super) fn to_plain(&self) -> Result<Zeroizing<Vec<u8>>> {
        let written = Written {
            access_token: self.access_token.as_ref().map(Secret::reveal),
            token_type: self.token_type.as_deref(),
            refresh_token: self.refresh_token.as_ref().map(Secret::reveal),
            long_lived: self.long_lived.as_ref().map(Secret::reveal),
            fields: self.fields.iter().map(|(name, value)| (name.as_str(), value.reveal())).collect(),
            said: &self.said,
        };
        serde_json::to_vec(&written).map(Zeroizing::new).map_err(|why| Fault::Bug(why.to_string()))
    }

    /// Reads what [`Held::to_plain`] gave.
    pub(super) fn from_plain(plain: &[u8]) -> Result<Self> {
        let read: Read = serde_json::from_slice(plain).map_err(|_| Fault::Bug("a secret isn't JSON".to_owned()))?;
        let Read { access_token, token_type, refresh_token, long_lived, fields, said } = read;
        Ok(Held { access_token, token_type, refresh_token, long_lived, fields, said })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_read_as_it_was_written_and_never_printed() {
        let held = Held {
            access_token: Some(Secret::new("at-1")),
            refresh_token: Some(Secret::new("rt-1")),
            long_lived: Some(Secret::new("old-1")),
            fields: [("api_key".to_owned(), Secret::new("k-1"))].into(),
            ..Held::default()
        };
        let again = Held::from_plain(&held.to_plain().expect("writes")).expect("reads");
        assert_eq!(again.access_token.expect("is there").reveal(), "at-1");
        assert_eq!(again.refresh_token.expect("is there").reveal(), "rt-1");
        assert_eq!(again.long_lived.expect("is there").reveal(), "old-1");
        assert_eq!((again.token_type, again.fields["api_key"].reveal()), (None, "k-1"));
        let printed = format!("{held:?}");
        assert!(!printed.contains("-1"), "{printed}");
    }
}
