//! The stylesheet and the few other files that pages need, embedded, under names that change with their content.

use crate::app::{App, Served};
use crate::base::encoding::{hex, sha256};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::LazyLock;

struct Asset {
    path: String,
    mime: &'static str,
    body: &'static [u8],
}

impl Asset {
    fn new(stem: &str, ending: &str, mime: &'static str, body: &'static [u8]) -> Self {
        let hash: String = hex(&sha256(body)).chars().take(10).collect();
        Asset { path: format!("{stem}-{hash}.{ending}"), mime, body }
    }
}

static CSS: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("app", "css", "text/css; charset=utf-8", include_bytes!("assets/app.css")));
static CONSOLE_CSS: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("console", "css", "text/css; charset=utf-8", include_bytes!("assets/console.css")));
static REFERENCE_CSS: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("reference", "css", "text/css; charset=utf-8", include_bytes!("assets/reference.css")));
static LOGO: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("symbolon", "svg", "image/svg+xml", include_bytes!("assets/symbolon.svg")));
#[cfg(feature = "dev")]
static DEV_CSS: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("dev", "css", "text/css; charset=utf-8", include_bytes!("assets/dev.css")));
#[cfg(feature = "dev")]
static DEV_JS: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("dev", "js", "text/javascript; charset=utf-8", include_bytes!("assets/dev.js")));
/// It knows the same words as the server.
const PASSWORD_JS: &str = concat!(
    "const common = new Set(`",
    include_str!("../people/common_passwords.txt"),
    "`.trim().split('\\n'))\n",
    include_str!("assets/password.js")
);
/// They keep plain names: templates name them.
const SCRIPTS: [(&str, &[u8]); 6] = [
    ("connect.js", include_bytes!("assets/connect.js")),
    ("copy.js", include_bytes!("assets/copy.js")),
    ("form_post.js", include_bytes!("assets/form_post.js")),
    ("passkey.js", include_bytes!("assets/passkey.js")),
    ("password.js", PASSWORD_JS.as_bytes()),
    ("signed_out.js", include_bytes!("assets/signed_out.js")),
];

/// The URL of the stylesheet.
pub fn css() -> String {
    format!("/assets/{}", CSS.path)
}

/// The URL of the admin console's stylesheet.
pub fn console_css() -> String {
    format!("/assets/{}", CONSOLE_CSS.path)
}

/// The URL of the stylesheet of the API's reference.
pub fn reference_css() -> String {
    format!("/assets/{}", REFERENCE_CSS.path)
}

/// The URL of the logo.
pub fn logo() -> String {
    format!("/assets/{}", LOGO.path)
}

/// The URL of the playground's stylesheet.
#[cfg(feature = "dev")]
pub fn dev_css() -> String {
    format!("/assets/{}", DEV_CSS.path)
}

/// The URL of the playground's script.
#[cfg(feature = "dev")]
pub fn dev_js() -> String {
    format!("/assets/{}", DEV_JS.path)
}

fn hashed() -> Vec<&'static Asset> {
    vec![
        &CSS,
        &CONSOLE_CSS,
        &REFERENCE_CSS,
        &LOGO,
        #[cfg(feature = "dev")]
        &DEV_CSS,
        #[cfg(feature = "dev")]
        &DEV_JS,
    ]
}

/// `GET /assets/{name}`
pub async fn get(State(app): State<App>, Path(name): Path<String>) -> Response {
    if let Some(served) = app.brand.file(&name) {
        return own(served);
    }
    if let Some(asset) = hashed().into_iter().find(|asset| asset.path == name) {
        return send(asset.mime, asset.body, "public, max-age=31536000, immutable");
    }
    match SCRIPTS.iter().find(|(plain, _)| *plain == name) {
        Some((_, body)) => send("text/javascript; charset=utf-8", body, "public, max-age=3600"),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Opened by itself a logo is a picture too, and nothing else.
fn own(served: &Served) -> Response {
    let mut response = send(served.mime, &[], "public, max-age=31536000, immutable");
    *response.body_mut() = served.body.clone().into();
    let policy = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox");
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

fn send(mime: &'static str, body: &'static [u8], caching: &'static str) -> Response {
    let headers = [(header::CONTENT_TYPE, mime), (header::CACHE_CONTROL, caching)];
    (headers.map(|(name, value)| (name, HeaderValue::from_static(value))), body).into_response()
}
