//! OIDC RP-Initiated Logout §3: where a person may be sent after signing out.

use crate::clients::Client;
use crate::oauth::authorize::respond::joined;

/// The way to a client's own page. Only [`Farewell::checked`] makes one, so a redirect to anywhere else doesn't compile.
#[derive(Clone, Debug)]
pub(super) struct Farewell {
    uri: String,
    state: Option<String>,
}

impl Farewell {
    /// §3.1: the URI must be registered byte for byte.
    pub fn checked(client: &Client, presented: &str, state: Option<&str>) -> Option<Self> {
        let mut registered = client.metadata.post_logout_redirect_uris.iter();
        registered.find(|uri| uri.as_str() == presented)?;
        Some(Farewell { uri: presented.to_owned(), state: state.map(str::to_owned) })
    }

    /// As presented.
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// To be given back.
    pub fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }

    /// §3: with the `state`, if one was given, and nothing else.
    pub fn location(&self) -> String {
        match &self.state {
            Some(state) => joined(&self.uri, '?', &[("state".to_owned(), state.clone())]),
            None => self.uri.clone(),
        }
    }
}
