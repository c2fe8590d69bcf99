//! RFC 6749 §4.1.2, RFC 9207: the answer travels back to a redirect URI that was matched against the registry, and
//! nowhere else.

use crate::app::App;
use crate::base::{Secret, uri};
use crate::clients::Client;
use crate::lang::Language;
use crate::oauth::error::Refusal;
use crate::web::{Page, Shell};
use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

/// How an answer travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mode {
    /// In the query.
    Query,
    /// In the fragment.
    Fragment,
    /// In a form that the browser posts.
    FormPost,
}

impl Mode {
    /// The registered name.
    pub const fn name(self) -> &'static str {
        match self {
            Mode::Query => "query",
            Mode::Fragment => "fragment",
            Mode::FormPost => "form_post",
        }
    }

    /// The mode of this name.
    pub fn named(name: &str) -> Option<Self> {
        [Mode::Query, Mode::Fragment, Mode::FormPost].into_iter().find(|mode| mode.name() == name)
    }
}

/// The way back to a client. Only [`Return::checked`] makes one, so a redirect to anywhere else doesn't compile.
pub struct Return {
    app: App,
    client_name: String,
    redirect_uri: String,
    mode: Mode,
    state: Option<String>,
    language: Language,
}

impl Return {
    /// §3.1.2.3: the way back, if the presented URI is registered.
    pub fn checked(app: &App, client: &Client, presented: &str) -> Option<Self> {
        client.redirect_uri(presented)?;
        Some(Return {
            app: app.clone(),
            client_name: client.metadata.client_name.clone(),
            redirect_uri: presented.to_owned(),
            mode: Mode::Query,
            state: None,
            language: app.language(),
        })
    }

    /// With how the answer travels and what it gives back.
    pub fn with(self, mode: Mode, state: Option<String>) -> Self {
        Return { mode, state, ..self }
    }

    /// With the language of the page on the way, where there is one.
    pub fn in_language(self, language: Language) -> Self {
        Return { language, ..self }
    }

    /// As presented.
    pub fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// How the answer travels.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// What it gives back.
    pub fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }

    /// §4.1.2, §4.2.2. Tokens never travel in a query, whatever was parked (RFC 9700 §4.3.2).
    pub fn send_granted(self, granted: Granted) -> Response {
        let secret = |secret: Option<Secret>| secret.map(|secret| secret.reveal().to_owned());
        let mode = match self.mode {
            Mode::Query if granted.access_token.is_some() || granted.id_token.is_some() => Mode::Fragment,
            mode => mode,
        };
        let token_type = granted.access_token.as_ref().map(|_| "Bearer".to_owned());
        let fields = [
            ("code", secret(granted.code)),
            ("access_token", secret(granted.access_token)),
            ("token_type", token_type),
            ("expires_in", granted.expires_in.map(|seconds| seconds.to_string())),
            ("scope", granted.scope),
            ("id_token", granted.id_token),
        ];
        let fields = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Return { mode, ..self }.send(fields.collect())
    }

    /// §4.1.2.1.
    pub fn refuse(self, refusal: Refusal) -> Response {
        refusal.log("redirect");
        let (error, _) = refusal.code.wire();
        self.send(vec![
            ("error".to_owned(), error.to_owned()),
            ("error_description".to_owned(), refusal.description.to_owned()),
        ])
    }

    fn send(self, mut fields: Vec<(String, String)>) -> Response {
        fields.extend(self.state.clone().map(|state| ("state".to_owned(), state)));
        // RFC 9207 §2: in every answer, so that a client can't be told another server's.
        fields.push(("iss".to_owned(), self.app.issuer().to_owned()));
        match self.mode {
            Mode::Query => see_other(&joined(&self.redirect_uri, '?', &fields)),
            Mode::Fragment => see_other(&joined(&self.redirect_uri, '#', &fields)),
            Mode::FormPost => self.form_post(fields),
        }
    }

    fn form_post(self, fields: Vec<(String, String)>) -> Response {
        let leads_to = uri::origin(&self.redirect_uri);
        let page = FormPostPage {
            page: Shell::of(&self.app, self.language),
            action: self.redirect_uri,
            fields,
            client_name: self.client_name,
        };
        Page::new(page).leads_to(leads_to).into_response()
    }
}

/// What a client gets when the person allowed it.
pub struct Granted {
    /// §4.1.2.
    pub code: Option<Secret>,
    /// §4.2.2.
    pub access_token: Option<Secret>,
    /// Seconds until the access token ends.
    pub expires_in: Option<i64>,
    /// What the access token may be used for.
    pub scope: Option<String>,
    /// OIDC Core §3.2.2.5, §3.3.2.5.
    pub id_token: Option<String>,
}

#[derive(Template)]
#[template(path = "form_post.html")]
struct FormPostPage {
    page: Shell,
    action: String,
    fields: Vec<(String, String)>,
    client_name: String,
}

/// Adds the fields to the URI; what it has of a query stays as it is (§3.1.2).
pub(in crate::oauth) fn joined(redirect_uri: &str, mark: char, fields: &[(String, String)]) -> String {
    let encoded = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let mark = if mark == '?' && redirect_uri.contains('?') { '&' } else { mark };
    format!("{redirect_uri}{mark}{encoded}")
}

/// 303, never 307 or 308: those would send a form on with all that it holds (RFC 9700 §4.12).
fn see_other(location: &str) -> Response {
    let Ok(location) = HeaderValue::from_str(location) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let headers = [(header::LOCATION, location), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (StatusCode::SEE_OTHER, headers).into_response()
}

#[cfg(test)]
mod tests {
    use super::joined;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn f10_an_answer_keeps_the_uri_and_reads_back(state in "\\PC{0,60}", query in "(\\?a=b)?") {
            let uri = format!("https://app.example/cb{query}");
            let location = joined(&uri, '?', &[("state".to_owned(), state.clone())]);
            prop_assert!(location.starts_with(&uri) && !location.contains(['\r', '\n']));
            let parsed = url::Url::parse(&location).expect("a URL");
            let read = parsed.query_pairs().find(|(name, _)| name == "state").map(|(_, v)| v.into_owned());
            prop_assert_eq!(read, Some(state));
        }
    }
}
