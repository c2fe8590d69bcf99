//! Cookies and forms of people's browsers: what binds a request to the browser that began it.

use super::Params;
use crate::app::App;
use crate::base::encoding::{base64url, fingerprint};
use crate::base::{Secret, entropy};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponseParts, Response, ResponseParts};
use std::time::Duration;

/// Our cookies. On https their names begin with `__Host-`, so that no other host can plant them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    /// Names the browser: binds forms and waiting requests to it. Ends with the browser session.
    Browser,
    /// The signed-in session.
    Session,
    /// A device on which an account has signed in before; only softens throttling.
    Device,
}

impl Cookie {
    /// Its name.
    pub fn name(self, app: &App) -> &'static str {
        match (self, app.https()) {
            (Cookie::Browser, true) => "__Host-sym_b",
            (Cookie::Session, true) => "__Host-sym_s",
            (Cookie::Device, true) => "__Host-sym_d",
            (Cookie::Browser, false) => "sym_b",
            (Cookie::Session, false) => "sym_s",
            (Cookie::Device, false) => "sym_d",
        }
    }

    /// Its value in a request; `None` too when it was sent twice.
    pub fn read(self, app: &App, headers: &HeaderMap) -> Option<Secret> {
        cookie(headers, self.name(app)).map(Secret::new)
    }

    /// Sets it, for a time or until the browser closes.
    pub fn set(self, app: &App, value: &Secret, lives: Option<Duration>) -> SetCookie {
        let age = lives.map(|lives| format!("; Max-Age={}", lives.as_secs())).unwrap_or_default();
        self.write(app, value.reveal(), &age)
    }

    /// Takes it away.
    pub fn clear(self, app: &App) -> SetCookie {
        self.write(app, "", "; Max-Age=0")
    }

    /// Puts another value into the cookies of a request that we pass on to ourselves.
    pub fn replace(self, app: &App, headers: &mut HeaderMap, value: &Secret) {
        let own = self.name(app);
        let texts = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
        let pairs = texts.flat_map(|text| text.split(';')).map(str::trim);
        let mut kept: Vec<String> =
            pairs.filter(|pair| pair.split('=').next() != Some(own)).map(str::to_owned).collect();
        kept.push(format!("{own}={}", value.reveal()));
        if let Ok(value) = HeaderValue::from_str(&kept.join("; ")) {
            headers.insert(header::COOKIE, value);
        }
    }

    fn write(self, app: &App, value: &str, age: &str) -> SetCookie {
        let secure = if app.https() { "; Secure" } else { "" };
        let text = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}", self.name(app));
        SetCookie(HeaderValue::from_str(&text).ok())
    }
}

/// RFC 6265 §4.2: the value of the one cookie of this name; `None` for one that is empty, too long or sent twice.
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let texts = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
    let pairs = texts.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut values = pairs.filter(|(have, _)| *have == name).map(|(_, value)| value);
    match (values.next(), values.next()) {
        (Some(value), None) if !value.is_empty() && value.len() <= 1024 => Some(value),
        _ => None,
    }
}

/// A `Set-Cookie` header, for the tuple of a response.
pub struct SetCookie(Option<HeaderValue>);

impl SetCookie {
    /// Adds it to an answer, unless that sets the same cookie: then it knows better.
    pub fn beneath(self, response: &mut Response) {
        let name = |value: &HeaderValue| value.as_bytes().split(|b| *b == b'=').next().map(<[u8]>::to_vec);
        let Some(value) = self.0 else { return };
        let theirs = response.headers().get_all(header::SET_COOKIE);
        if !theirs.iter().any(|have| name(have) == name(&value)) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
}

impl IntoResponseParts for SetCookie {
    type Error = std::convert::Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Self::Error> {
        if let Some(value) = self.0 {
            parts.headers_mut().append(header::SET_COOKIE, value);
        }
        Ok(parts)
    }
}

/// The browser that a request comes from, and the cookie to set when it is a new one.
pub struct Browser {
    id: Secret,
    fresh: bool,
}

impl Browser {
    /// Knows the browser again, or gives it a name.
    pub fn of(app: &App, headers: &HeaderMap) -> Self {
        match Cookie::Browser.read(app, headers) {
            Some(id) => Browser { id, fresh: false },
            None => Browser { id: Secret::new(base64url(&entropy::bytes::<16>())), fresh: true },
        }
    }

    /// What rows remember the browser by.
    pub fn fingerprint(&self) -> String {
        fingerprint(self.id.reveal().as_bytes())
    }

    /// The hidden field of every form on a page for this browser.
    pub fn csrf(&self, app: &App) -> String {
        app.keys.macs().page("csrf", self.id.reveal())
    }

    /// The cookie, when the browser doesn't have it yet.
    pub fn cookie(&self, app: &App) -> SetCookie {
        if self.fresh { Cookie::Browser.set(app, &self.id, None) } else { SetCookie(None) }
    }
}

/// A form that didn't come from one of our pages in this browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forged;

/// Admits a form only when the browser says that it comes from us and its hidden field belongs to this browser.
pub fn check_form(app: &App, headers: &HeaderMap, params: &Params) -> Result<(), Forged> {
    let browser = Cookie::Browser.read(app, headers).ok_or(Forged)?;
    let csrf = params.get("csrf").ok_or(Forged)?;
    let ours = app.keys.macs().page_holds("csrf", browser.reveal(), csrf);
    if ours && same_origin(app, headers) { Ok(()) } else { Err(Forged) }
}

/// Admits a request of a script on one of our pages, which sends in a header what forms have in a field.
pub fn check_script(app: &App, headers: &HeaderMap, name: &HeaderName) -> Result<(), Forged> {
    let browser = Cookie::Browser.read(app, headers).ok_or(Forged)?;
    let csrf = headers.get(name).and_then(|value| value.to_str().ok()).ok_or(Forged)?;
    let ours = app.keys.macs().page_holds("csrf", browser.reveal(), csrf);
    if ours && same_origin(app, headers) { Ok(()) } else { Err(Forged) }
}

/// Whether nothing in the headers speaks of another site. Browsers send `Origin: null` with forms of pages that, like
/// ours, send no referrer; then `Sec-Fetch-Site` decides.
pub fn same_origin(app: &App, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|v| v.to_str().unwrap_or("?"));
    let site = text("sec-fetch-site");
    let site_ours = matches!(site, None | Some("same-origin" | "none"));
    let origin_ours = match text("origin") {
        None => true,
        Some("null") => site == Some("same-origin"),
        Some(origin) => origin == app.issuer(),
    };
    site_ours && origin_ours
}
