//! RFC 7591 §5: the picture of a client, which a person's browser gets from us. Its makers don't learn who looks at it, nor
//! when: it is fetched once for all, and kept.

use crate::app::App;
use crate::base::{Time, uri};
use crate::outbound::{Fetched, Wanted};
use crate::web::{Params, Query};
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use std::time::Duration;

static PICTURE: Wanted = Wanted {
    what: "picture",
    accept: "image/png, image/jpeg, image/webp, image/gif",
    most: 64 * 1024,
    is: |_, fetched| kind(fetched).is_some(),
};
const LEAST: Duration = Duration::from_secs(3600);
const MOST: Duration = Duration::from_secs(86_400);
/// What isn't a picture isn't asked for again sooner.
const NONE: Duration = Duration::from_secs(60);

/// Where on our own origin a client's picture is. The address is sealed, so nobody can have us fetch others.
pub(super) fn href(app: &App, uri: Option<&str>) -> Option<String> {
    let uri = uri?;
    let mut query = Params::default();
    query.push("uri", uri);
    query.push("mac", &app.keys.macs().page("logo", uri));
    Some(format!("/logo?{}", query.encode()))
}

/// A picture that was fetched, or that there is none.
struct Logo {
    picture: Option<(&'static str, Vec<u8>)>,
    until: Time,
}

/// `GET /logo?uri=&mac=`
pub async fn get(State(app): State<App>, Query(query): Query) -> Response {
    let (uri, mac) = (query.get("uri").unwrap_or_default(), query.get("mac").unwrap_or_default());
    if !app.keys.macs().page_holds("logo", uri, mac) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let now = app.now();
    let known = app.documents.recall::<Logo>(uri).filter(|logo| now < logo.until);
    let logo = match known {
        Some(logo) => logo,
        None => fetch(&app, uri, now).await,
    };
    match &logo.picture {
        Some((kind, bytes)) => picture(kind, bytes.clone(), "private, max-age=3600"),
        None => picture("image/svg+xml", PLACEHOLDER.as_bytes().to_vec(), "no-store"),
    }
}

async fn fetch(app: &App, uri: &str, now: Time) -> Arc<Logo> {
    let fetched = app.documents.fetch(uri, &PICTURE, now).await;
    let logo = match fetched.as_deref() {
        Ok(fetched) => {
            let until = now + fetched.lives.unwrap_or(LEAST).clamp(LEAST, MOST);
            let picture = kind(fetched).map(|kind| (kind, fetched.body.clone()));
            Logo { until: if picture.is_some() { until } else { now + NONE }, picture }
        }
        Err(why) => {
            tracing::info!(host = uri::host(uri), ?why, "a client's logo couldn't be fetched");
            Logo { picture: None, until: now + NONE }
        }
    };
    let (bytes, logo) = (logo.picture.as_ref().map_or(0, |(_, bytes)| bytes.len()), Arc::new(logo));
    app.documents.keep(uri, bytes, logo.clone());
    logo
}

/// What it is by its first bytes, where that is what it is said to be. No SVG: it is a document that can do things.
fn kind(fetched: &Fetched) -> Option<&'static str> {
    let body = fetched.body.as_slice();
    let kind = if body.starts_with(b"\x89PNG\r\n\x1a\n") {
        "image/png"
    } else if body.starts_with(b"\xff\xd8\xff") {
        "image/jpeg"
    } else if body.starts_with(b"GIF87a") || body.starts_with(b"GIF89a") {
        "image/gif"
    } else if body.starts_with(b"RIFF") && body.get(8..12) == Some(b"WEBP") {
        "image/webp"
    } else {
        return None;
    };
    (fetched.media_type == kind || (kind == "image/jpeg" && fetched.media_type == "image/jpg")).then_some(kind)
}

/// Opened by itself it is a picture too, and nothing else.
fn picture(kind: &'static str, bytes: Vec<u8>, kept: &'static str) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    let policy = HeaderValue::from_static("default-src 'none'; sandbox");
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

/// Where a picture should be: an app, without a face.
const PLACEHOLDER: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 40 40\"><g fill=\"#8a8f98\">\
    <rect x=\"8\" y=\"8\" width=\"10\" height=\"10\" rx=\"2.5\"/><rect x=\"22\" y=\"8\" width=\"10\" height=\"10\" rx=\"2.5\"/>\
    <rect x=\"8\" y=\"22\" width=\"10\" height=\"10\" rx=\"2.5\"/><rect x=\"22\" y=\"22\" width=\"10\" height=\"10\" rx=\"5\"/></g></svg>";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cs_04_only_pictures_that_are_what_they_say() {
        let of = |media_type: &str, body: &[u8]| {
            kind(&Fetched { media_type: media_type.to_owned(), lives: None, body: body.to_vec() })
        };
        assert_eq!(of("image/png", b"\x89PNG\r\n\x1a\n..."), Some("image/png"));
        assert_eq!(of("image/jpg", b"\xff\xd8\xff..."), Some("image/jpeg"));
        assert_eq!(of("image/webp", b"RIFF....WEBP"), Some("image/webp"));
        for (media_type, body) in [
            ("image/svg+xml", &b"<svg onload=alert(1)>"[..]),
            ("image/png", b"<svg onload=alert(1)>"),
            ("text/html", b"\x89PNG\r\n\x1a\n..."),
            ("image/png", b"\xff\xd8\xff..."),
            ("image/png", b""),
            ("image/webp", b"RIFF"),
        ] {
            assert_eq!(of(media_type, body), None, "{media_type}");
        }
    }
}
