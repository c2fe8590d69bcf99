//! Pages: askama templates that go out with a policy which lets nothing in.

use super::assets;
use crate::app::App;
use crate::lang::{Language, Message};
use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::collections::BTreeSet;

/// What the frame of every page needs.
pub struct Shell {
    /// What people see this deployment called.
    pub brand: String,
    /// What the page is written in.
    pub language: Language,
    /// URL of the stylesheet.
    pub css: String,
    /// URL of the one with this deployment's colours, where it has its own.
    pub brand_css: Option<String>,
    /// What stands below every page.
    pub links: Vec<(Message, String)>,
    /// URL of the logo.
    pub logo: String,
    /// Whether to say that this is a playground.
    pub dev: bool,
}

impl Shell {
    /// The frame for this deployment, in a language; `signin::shell` knows how to choose one.
    pub fn of(app: &App, language: Language) -> Self {
        let settings = &app.config.brand;
        let links = [
            (Message::new("page-support"), &settings.support),
            (Message::new("page-privacy"), &settings.privacy),
            (Message::new("page-terms"), &settings.terms),
        ];
        Shell {
            brand: app.config.name.clone(),
            language,
            css: assets::css(),
            brand_css: app.brand.css.as_ref().map(|served| format!("/assets/{}", served.name)),
            links: links.into_iter().filter_map(|(name, link)| Some((name, link.clone()?))).collect(),
            logo: app.brand.logo.as_ref().map_or_else(assets::logo, |served| format!("/assets/{}", served.name)),
            dev: app.dev,
        }
    }

    /// A message in the language of the page. Every message may name `$brand`.
    pub fn t(&self, id: &'static str) -> Message {
        self.say(&Message::new(id))
    }

    /// The same for a message that somebody else made, or a text of it.
    pub fn say(&self, message: &Message) -> Message {
        message.clone().in_language(self.language).name("brand", &self.brand)
    }
}

/// A page with its status and where its forms may lead.
pub struct Page<T> {
    status: StatusCode,
    template: T,
    form_action: Option<String>,
    frames: Vec<String>,
    opener: bool,
}

impl<T: Template> Page<T> {
    /// 200.
    pub fn new(template: T) -> Self {
        Page { status: StatusCode::OK, template, form_action: None, frames: Vec::new(), opener: false }
    }

    /// With another status.
    pub fn status(self, status: StatusCode) -> Self {
        Page { status, ..self }
    }

    /// Lets forms lead to this origin too: browsers hold redirects after a POST to `form-action` as well.
    pub fn leads_to(self, origin: Option<String>) -> Self {
        Page { form_action: origin, ..self }
    }

    /// Lets the page have frames of these origins, and of no others.
    pub fn frames(self, origins: Vec<String>) -> Self {
        Page { frames: origins, ..self }
    }

    /// Leaves the page in touch with whoever opened it, of whatever origin: it is a window of somebody's app and will tell it
    /// how it ended.
    pub fn in_a_window_of_an_app(self, yes: bool) -> Self {
        Page { opener: yes, ..self }
    }
}

impl<T: Template> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        let Ok(html) = self.template.render() else {
            tracing::error!("a page couldn't be rendered");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        let opener = if self.opener { "unsafe-none" } else { "same-origin" };
        let mut response = (self.status, html).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
        headers.insert("cross-origin-opener-policy", HeaderValue::from_static(opener));
        if let Ok(policy) = HeaderValue::from_str(&policy(self.form_action.as_deref(), &self.frames)) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        response
    }
}

fn policy(form_action: Option<&str>, frames: &[String]) -> String {
    let form_action = listed(form_action.into_iter());
    let frames = match listed(frames.iter().map(String::as_str)) {
        none if none.is_empty() => none,
        some => format!("frame-src{some}; "),
    };
    format!(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; form-action 'self'{form_action}; \
         {frames}base-uri 'none'; frame-ancestors 'none'"
    )
}

/// Each origin once, with a space before; what would end the directive is left out.
fn listed<'a>(origins: impl Iterator<Item = &'a str>) -> String {
    let fit: BTreeSet<&str> = origins.filter(|origin| !origin.contains([';', ',', ' ', '\''])).collect();
    fit.into_iter().map(|origin| format!(" {origin}")).collect()
}
