//! A relying party that is told of sign-outs: over the back channel, and in the frames of people's browsers.

use super::Client;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::Value;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use symbolon::clients::Metadata;
use tokio::task::JoinHandle;

/// A web server of its own; it ends with this.
pub struct Rp {
    pub url: String,
    inner: Arc<Inner>,
    serving: JoinHandle<()>,
}

#[derive(Default)]
struct Inner {
    notices: Mutex<Vec<Notice>>,
    frames: Mutex<Vec<String>>,
    document: Mutex<Option<Value>>,
    document_asked: AtomicUsize,
    answer: AtomicU16,
    at_once: AtomicUsize,
    most_at_once: AtomicUsize,
}

/// What was posted to the back channel.
#[derive(Clone, Debug)]
pub struct Notice {
    pub headers: HeaderMap,
    pub body: String,
}

impl Notice {
    /// §2.5: the one member of the form.
    pub fn token(&self) -> String {
        let fields: Vec<(String, String)> = url::form_urlencoded::parse(self.body.as_bytes()).into_owned().collect();
        assert_eq!(fields.len(), 1, "{fields:?}");
        assert_eq!(fields[0].0, "logout_token");
        fields[0].1.clone()
    }

    pub fn sid(&self) -> String {
        super::client::claims(&self.token())["sid"].as_str().expect("a sid").to_owned()
    }
}

/// Answers nothing, ever.
pub const SILENCE: u16 = 0;

impl Rp {
    pub async fn open() -> Self {
        Rp::at(0).await
    }

    pub async fn at(port: u16) -> Self {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.expect("binds");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let inner = Arc::new(Inner { answer: AtomicU16::new(200), ..Inner::default() });
        let routes = Router::new()
            .route("/backchannel", post(backchannel))
            .route("/frame", get(frame))
            .route("/client.json", get(document))
            .route("/silent-frame", get(silent_frame))
            .fallback(get(async || Html("<h1>Goodbye from the app</h1>")))
            .with_state(inner.clone());
        let serving = tokio::spawn(async move { axum::serve(listener, routes).await.expect("serves") });
        Rp { url, inner, serving }
    }

    /// What it answers from now on: a status, or [`SILENCE`].
    pub fn answers(&self, status: u16) {
        self.inner.answer.store(status, Ordering::SeqCst);
    }

    /// What came so far.
    pub fn notices(&self) -> Vec<Notice> {
        self.inner.notices.lock().expect("notices").clone()
    }

    /// The first `n` notices, once they are there.
    pub async fn told(&self, n: usize) -> Vec<Notice> {
        for _ in 0..1200 {
            let notices = self.notices();
            if notices.len() >= n {
                return notices;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{} notices instead of {n}", self.notices().len());
    }

    /// The queries with which frames were loaded.
    pub fn frames(&self) -> Vec<String> {
        self.inner.frames.lock().expect("frames").clone()
    }

    /// Describes itself at its `/client.json`, and gives that URL; `None`: it can't be had for now.
    pub fn describes(&self, document: Option<Value>) -> String {
        *self.inner.document.lock().expect("a document") = document;
        format!("{}/client.json", self.url)
    }

    /// How often its document was asked for.
    pub fn document_asked(&self) -> usize {
        self.inner.document_asked.load(Ordering::SeqCst)
    }

    /// How many notices were being answered at the same moment, at most.
    pub fn most_at_once(&self) -> usize {
        self.inner.most_at_once.load(Ordering::SeqCst)
    }

    pub fn backchannel(&self) -> Option<String> {
        Some(format!("{}/backchannel", self.url))
    }

    /// Registers all of it.
    pub fn registers(&self, metadata: &mut Metadata) {
        metadata.redirect_uris = vec![format!("{}/cb", self.url)];
        metadata.post_logout_redirect_uris = vec![format!("{}/bye", self.url)];
        metadata.backchannel_logout_uri = self.backchannel();
    }
}

impl Drop for Rp {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn backchannel(State(inner): State<Arc<Inner>>, headers: HeaderMap, body: Bytes) -> Response {
    let at_once = inner.at_once.fetch_add(1, Ordering::SeqCst) + 1;
    inner.most_at_once.fetch_max(at_once, Ordering::SeqCst);
    let body = String::from_utf8(body.to_vec()).expect("UTF-8");
    inner.notices.lock().expect("notices").push(Notice { headers, body });
    // Long enough that a second delivery of the same notice would be seen beside the first.
    tokio::time::sleep(Duration::from_millis(20)).await;
    inner.at_once.fetch_sub(1, Ordering::SeqCst);
    match inner.answer.load(Ordering::SeqCst) {
        SILENCE => std::future::pending().await,
        302 => (StatusCode::FOUND, [("location", "/frame?redirected")]).into_response(),
        status => StatusCode::from_u16(status).expect("a status").into_response(),
    }
}

async fn frame(State(inner): State<Arc<Inner>>, request: Request) -> Html<&'static str> {
    inner.frames.lock().expect("frames").push(request.uri().query().unwrap_or_default().to_owned());
    Html("<p>signed out</p>")
}

async fn document(State(inner): State<Arc<Inner>>) -> Response {
    inner.document_asked.fetch_add(1, Ordering::SeqCst);
    match inner.document.lock().expect("a document").clone() {
        Some(document) => axum::Json(document).into_response(),
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

async fn silent_frame(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    inner.frames.lock().expect("frames").push(request.uri().query().unwrap_or_default().to_owned());
    std::future::pending().await
}

impl Client {
    /// §2.6: what a relying party checks, but for what it knows of the session; gives header and claims.
    pub async fn is_told(&self, notice: &Notice) -> (Value, Value) {
        assert_eq!(notice.headers["content-type"], "application/x-www-form-urlencoded");
        let (header, claims) = self.verifies(&notice.token()).await.expect("a signature that holds");
        assert_eq!(header["typ"], "logout+jwt");
        assert_eq!((claims["iss"].as_str(), claims["aud"].as_str()), (Some(&*self.url), Some(&*self.id)));
        assert_eq!(claims["events"], serde_json::json!({ "http://schemas.openid.net/event/backchannel-logout": {} }));
        assert!(claims["jti"].as_str().is_some_and(|jti| jti.len() >= 16));
        let (iat, exp) = (claims["iat"].as_i64().expect("iat"), claims["exp"].as_i64().expect("exp"));
        assert_eq!(exp - iat, 120);
        (header, claims)
    }
}
