//! In which language to answer: what the request says about whoever reads the answer.

use super::Params;
use crate::app::App;
use crate::lang::Language;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

/// Whoever reads the answer, and their languages: as the app asked for that sent them (`ui_locales`), else as their
/// account says, else as their browser says, else as `ui.language` says.
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    asked: Option<Language>,
    own: Option<Language>,
    browser: Option<Language>,
    house: Language,
}

impl Reader {
    /// Of a request with these headers and this query.
    pub fn of(app: &App, headers: &HeaderMap, query: Option<&str>) -> Self {
        let header = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let reader =
            Reader { asked: None, own: None, browser: header.and_then(Language::for_ranges), house: app.language() };
        match query.filter(|query| query.contains("ui_locales")) {
            Some(query) => reader.asked(Params::parse(query.as_bytes()).get("ui_locales")),
            None => reader,
        }
    }

    /// OIDC Core §3.1.2.1, `ui_locales`: what the app wishes. Languages that we don't have change nothing.
    pub fn asked(mut self, ui_locales: Option<&str>) -> Self {
        self.asked = self.asked.or_else(|| Language::for_tags(ui_locales?));
        self
    }

    /// OIDC Core §5.1, `locale`: what the person's account says.
    pub fn own(mut self, locale: Option<&str>) -> Self {
        self.own = self.own.or_else(|| Language::for_tag(locale?));
        self
    }

    /// What the app wishes, of what we have.
    pub fn wished(self) -> Option<Language> {
        self.asked
    }

    /// The language to answer in.
    pub fn language(self) -> Language {
        self.asked.or(self.own).or(self.browser).unwrap_or(self.house)
    }
}

impl FromRequestParts<App> for Reader {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        Ok(Reader::of(app, &parts.headers, parts.uri.query()))
    }
}
