//! One host for cookies: a page that is asked for under another name of this machine is found under `localhost`.

use crate::app::App;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

/// Layer of all pages in dev mode: sends `127.0.0.1`, `[::1]` and `0.0.0.0` to the issuer's own host, before any cookie
/// is set that the other name would never see again.
pub async fn canonical(State(app): State<App>, request: Request, next: Next) -> Response {
    if !another_name(request.headers()) {
        return next.run(request).await;
    }
    let place = request.uri().path_and_query().map_or("/", |rest| rest.as_str());
    // 307: a form stays a form.
    Redirect::temporary(&app.url(place)).into_response()
}

fn another_name(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(name, "127.0.0.1" | "[::1]" | "0.0.0.0")
}

#[cfg(test)]
mod tests {
    use super::another_name;
    use axum::http::{HeaderMap, HeaderValue, header};

    #[test]
    fn only_other_names_of_this_machine_are_sent_on() {
        let other =
            |host: &'static str| another_name(&HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(host))]));
        assert!(["127.0.0.1:4444", "127.0.0.1", "[::1]:4444", "[::1]", "0.0.0.0:1"].into_iter().all(other));
        assert!(!["localhost:4444", "localhost", "", "127.0.0.1.example"].into_iter().any(other));
    }
}
