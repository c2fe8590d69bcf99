//! `symbolon doctor --url`: a good deployment is found good, and what proxies and settings spoil is told in words.

use crate::support::{House, Kind};
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use std::process::Command;
use tokio::net::TcpListener;

/// What the doctor says: whether all is well, and what it finds bad.
struct Said {
    code: i32,
    bad: Vec<(String, String)>,
    text: String,
}

impl Said {
    #[track_caller]
    fn finds(&self, what: &str, words: &str) {
        let found = self.bad.iter().any(|(bad, says)| bad == what && says.contains(words));
        assert!(found && self.code == 1, "{what}, {words}: {}", self.text);
    }
}

async fn doctor(url: &str) -> Said {
    let run = |url: String, format: &'static str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_symbolon"));
        command.env_clear().args(["doctor", "--url", &url, "--format", format]);
        tokio::task::spawn_blocking(move || command.output().expect("runs"))
    };
    let done = run(url.to_owned(), "json").await.expect("runs");
    let report: Value = serde_json::from_slice(&done.stdout).expect("one JSON document");
    let findings = report["findings"].as_array().expect("findings").iter().filter(|finding| finding["good"] == false);
    let text = |finding: &Value, name: &str| finding[name].as_str().expect("text").to_owned();
    let bad: Vec<(String, String)> = findings.map(|finding| (text(finding, "what"), text(finding, "says"))).collect();
    assert_eq!(report["good"], bad.is_empty());
    let told = run(url.to_owned(), "human").await.expect("runs");
    assert_eq!(told.status.code(), done.status.code());
    let text = String::from_utf8(told.stdout).expect("UTF-8");
    assert!(bad.iter().all(|(_, says)| text.contains(says.as_str())), "{text}");
    Said { code: done.status.code().expect("a status"), bad, text }
}

/// A reverse proxy before a house, which spoils what passes.
async fn behind(spoil: fn(&Method, &str, Response) -> Response) -> House {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
    let issuer = format!("http://{}", listener.local_addr().expect("an address"));
    let house = House::with(Kind::Sqlite, |config| config.issuer = issuer).await;
    let (http, target) = (house.http(), house.url.clone());
    let proxy = axum::Router::new().fallback(move |request: Request| {
        let (http, target) = (http.clone(), target.clone());
        async move { carry(&http, &target, request, spoil).await }
    });
    tokio::spawn(async move { axum::serve(listener, proxy).await });
    house
}

async fn carry(
    http: &reqwest::Client,
    target: &str,
    request: Request,
    spoil: fn(&Method, &str, Response) -> Response,
) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 100_000).await.expect("a body");
    let mut headers = parts.headers;
    headers.remove(header::HOST);
    let asked = http.request(parts.method.clone(), format!("{target}{}", parts.uri)).headers(headers).body(body);
    let answer = asked.send().await.expect("an answer");
    let (status, headers) = (answer.status(), answer.headers().clone());
    let mut response = Response::new(Body::from(answer.bytes().await.expect("a body")));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    spoil(&parts.method, parts.uri.path(), response)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_good_deployment_is_found_good() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let house = House::new(kind).await;
        let said = doctor(house.app.issuer()).await;
        assert_eq!((said.code, said.bad.len()), (0, 0), "{}", said.text);
    }
    let house = behind(|_, _, response| response).await;
    let said = doctor(house.app.issuer()).await;
    assert_eq!((said.code, said.bad.len()), (0, 0), "{}", said.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_issuer_under_another_name_is_told() {
    let house = House::new(Kind::Sqlite).await;
    let other = house.url.replace("127.0.0.1", "localhost");
    doctor(&other).await.finds("issuer", "clients refuse that");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_that_redirects_and_strips_headers_is_told() {
    let house = behind(|method, path, mut response| {
        if *method == Method::POST {
            return (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, format!("{path}/"))]).into_response();
        }
        let headers = response.headers_mut();
        headers.remove(header::ACCESS_CONTROL_ALLOW_ORIGIN);
        headers.remove(header::CONTENT_SECURITY_POLICY);
        headers.insert("x-request-id", HeaderValue::from_static("doctor-was-here"));
        response
    });
    let said = doctor(house.await.app.issuer()).await;
    said.finds("token endpoint", "redirected to /oauth2/token/");
    said.finds("CORS", "instead of *");
    said.finds("sign-in page", "Content-Security-Policy");
    said.finds("proxy", "proxies.trusted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn missing_paths_a_wrong_clock_and_rewritten_cookies_are_told() {
    let house = behind(|_, path, mut response| {
        if ["/.well-known/jwks.json", "/.well-known/oauth-authorization-server", "/userinfo"].contains(&path) {
            return StatusCode::NOT_FOUND.into_response();
        }
        if path == "/health/ready" {
            return (StatusCode::SERVICE_UNAVAILABLE, r#"{"status":"unavailable"}"#).into_response();
        }
        let headers = response.headers_mut();
        headers.insert(header::DATE, HeaderValue::from_static("Sun, 01 Mar 2026 10:00:00 GMT"));
        if headers.contains_key(header::SET_COOKIE) {
            headers.insert(header::SET_COOKIE, HeaderValue::from_static("symbolon_browser=x; Path=/"));
        }
        response
    });
    let said = doctor(house.await.app.issuer()).await;
    said.finds("clock", "behind this machine's");
    said.finds("metadata", "answers 404");
    said.finds("keys", "nobody can check a signature");
    said.finds("endpoints", "userinfo_endpoint");
    said.finds("sign-in page", "HttpOnly");
    said.finds("database", "unavailable");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_not_there_or_is_somebody_else_is_told() {
    let gone = TcpListener::bind("127.0.0.1:0").await.expect("binds");
    let url = format!("http://{}", gone.local_addr().expect("an address"));
    drop(gone);
    doctor(&url).await.finds("connection", "can't be reached");
    let stranger = behind(|_, _, _| "hello".into_response()).await;
    doctor(stranger.app.issuer()).await.finds("metadata", "is this the issuer");
    let away = behind(|_, _, _| (StatusCode::BAD_GATEWAY, "no upstream").into_response()).await;
    doctor(away.app.issuer()).await.finds("metadata", "is Symbolon running");
    for wrong in ["id.example.com", "https://id.example.com/tenant"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_symbolon"));
        let done = command.args(["doctor", "--url", wrong]).output().expect("runs");
        assert_eq!(done.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&done.stderr).trim_end().ends_with("https://id.example.com"));
    }
}
