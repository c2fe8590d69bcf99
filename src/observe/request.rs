//! Each request gets a name that people can quote, and one line of log at its end.

use super::Metrics;
use super::client_ip::{ClientIp, client_ip, is_trusted};
use crate::base::entropy;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::response::Response;
use ipnet::IpNet;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use tokio::time::Instant;

/// Which request it is, and who sends it; an extension of every request that handlers get. One and not two: each is an allocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asking {
    /// The name of the request: on its log lines, on error pages and in `X-Request-Id`.
    pub id: Arc<str>,
    /// From where.
    pub client: ClientIp,
    /// The other end of the connection: them, or a proxy.
    pub peer: IpAddr,
}

const HEADER: &str = "x-request-id";

tokio::task_local! {
    /// The request that is being answered. A span would cost each request an allocation in the registry and a lock at each turn.
    static CURRENT: Arc<str>;
}

/// The name of the request that is being answered.
pub(super) fn current() -> Option<Arc<str>> {
    CURRENT.try_with(Arc::clone).ok()
}

/// Which endpoint a request is for, as a pattern of ours. Never the path that was sent: it may hold codes, tokens and names.
#[derive(Clone, Debug)]
pub enum Route {
    /// Known beforehand.
    Named(&'static str),
    /// As the router found it; none where it found nothing.
    Matched(Option<MatchedPath>),
}

impl Route {
    fn name(&self) -> &str {
        match self {
            Route::Named(name) => name,
            Route::Matched(matched) => matched.as_ref().map_or("unmatched", MatchedPath::as_str),
        }
    }
}

/// Names the request, finds out who sent it, has it answered, and logs it when that is done. `peer` is the other end of the
/// connection, `trusted` are the networks of reverse proxies; theirs `X-Request-Id` is taken over. Counts the answer.
///
/// Around everything else, or the lines of others would come without `request_id`.
pub async fn request(
    trusted: &[IpNet],
    metrics: &Metrics,
    route: Route,
    peer: IpAddr,
    request: Request,
    answer: impl AsyncFnOnce(Request, Asking) -> Response,
) -> Response {
    let forwarded = request.headers().get_all("x-forwarded-for");
    let client = client_ip(peer, forwarded.iter().map(|value| value.to_str().unwrap_or_default()), trusted);
    let given = given_id(request.headers()).filter(|_| is_trusted(peer, trusted));
    let id = given.unwrap_or_else(fresh_id);
    let mut line = Line {
        method: request.method().clone(),
        route,
        status: None,
        begun: Instant::now(),
        peer,
        client,
        id: Arc::clone(&id),
        metrics: metrics.clone(),
    };
    let asking = Asking { id: Arc::clone(&id), client, peer };
    let mut response = CURRENT.scope(Arc::clone(&id), answer(request, asking)).await;
    line.status = Some(response.status().as_u16());
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, id);
    }
    response
}

/// A proxy's own name for the request, when it is one that can stand in logs and headers.
fn given_id(headers: &HeaderMap) -> Option<Arc<str>> {
    let id = headers.get(HEADER)?.to_str().ok()?;
    let plain = id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    (plain && (1..=64).contains(&id.len())).then(|| id.into())
}

/// Eight characters of Crockford's base32, which has no letters that are taken for digits: to be read out on the phone. They
/// name a request and prove nothing, so only the process takes chance for them: from there on each is the next one, in an order
/// that doesn't look like one.
fn fresh_id() -> Arc<str> {
    static BEGUN: LazyLock<AtomicU64> = LazyLock::new(|| AtomicU64::new(u64::from_le_bytes(entropy::bytes())));
    // An odd factor takes each number of 40 bits to another one.
    let bits = BEGUN.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9E37_79B9_7F4A_7C15) & 0xFF_FFFF_FFFF;
    let digits: [u8; 8] = std::array::from_fn(|at| crockford(bits >> (35 - 5 * at)));
    std::str::from_utf8(&digits).unwrap_or_default().into()
}

fn crockford(bits: u64) -> u8 {
    let digit = usize::try_from(bits & 31).unwrap_or_default();
    b"0123456789ABCDEFGHJKMNPQRSTVWXYZ".get(digit).copied().unwrap_or(b'0')
}

/// The line at the end of a request. Written on drop, so that requests whose client went away are told as well.
struct Line {
    method: Method,
    route: Route,
    status: Option<u16>,
    /// Monotonic, unlike the application's clock.
    begun: Instant,
    peer: IpAddr,
    client: ClientIp,
    id: Arc<str>,
    metrics: Metrics,
}

impl Drop for Line {
    fn drop(&mut self) {
        let (method, peer) = (self.method.as_str(), self.peer);
        let route = self.route.name();
        if let Some(status) = self.status {
            self.metrics.answered(method, route, status, self.begun.elapsed());
        }
        if !tracing::enabled!(tracing::Level::INFO) {
            return;
        }
        let dur_ms = (self.begun.elapsed().as_secs_f64() * 10_000.0).round() / 10.0;
        let ip = (self.client.0 != peer).then(|| tracing::field::display(self.client.0));
        CURRENT.sync_scope(Arc::clone(&self.id), || match self.status {
            Some(status) => tracing::info!(method, route, status, dur_ms, %peer, ip, "request"),
            None => tracing::info!(method, route, dur_ms, %peer, ip, "request given up by its client"),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::trace::tests::Paper;
    use super::*;
    use axum::body::Body;
    use axum::middleware::Next;
    use axum::routing::get;
    use axum::{Extension, Router};
    use tower::ServiceExt;
    use tracing::instrument::WithSubscriber;

    fn house() -> Router {
        let around = async |Extension(peer): Extension<IpAddr>, asked: Request, next: Next| {
            let (metrics, trusted) = (Metrics::default(), ["10.0.0.0/8".parse().expect("network")]);
            let route = Route::Matched(asked.extensions().get().cloned());
            request(&trusted, &metrics, route, peer, asked, async |mut asked, asking| {
                asked.extensions_mut().insert(asking);
                next.run(asked).await
            })
            .await
        };
        Router::new()
            .route("/u/{id}", get(|Extension(Asking { id, .. }): Extension<Asking>| async move { id.to_string() }))
            .route("/slow", get(|| async { std::future::pending::<()>().await }))
            .layer(axum::middleware::from_fn(around))
    }

    fn ask(peer: &str, uri: &str, id: &str) -> Request {
        let mut request = Request::get(uri).body(Body::empty()).expect("request");
        request.headers_mut().insert(HEADER, id.parse().expect("header"));
        request.headers_mut().insert("x-forwarded-for", HeaderValue::from_static("198.51.100.1"));
        request.extensions_mut().insert(peer.parse::<IpAddr>().expect("address"));
        request
    }

    #[tokio::test]
    async fn only_a_trusted_proxy_names_a_request() {
        for (peer, sent, kept) in [
            ("10.1.1.1", "Abc-1_2.3", true),
            ("10.1.1.1", "has space", false),
            ("10.1.1.1", &"x".repeat(65), false),
            ("192.0.2.1", "Abc-1_2.3", false),
        ] {
            let response = house().oneshot(ask(peer, "/u/1", sent)).await.expect("answer");
            let id = response.headers()[HEADER].to_str().expect("text").to_owned();
            let body = axum::body::to_bytes(response.into_body(), 100).await.expect("body");
            assert_eq!(body, id.as_bytes());
            assert_eq!(id == sent, kept, "{id}");
            let crockford =
                |id: &str| id.len() == 8 && id.bytes().all(|b| b"0123456789ABCDEFGHJKMNPQRSTVWXYZ".contains(&b));
            assert!(kept || crockford(&id), "{id}");
        }
        assert_ne!(fresh_id(), fresh_id());
    }

    #[tokio::test]
    async fn one_line_at_the_end_of_a_request_without_path_and_query() {
        let paper = Paper::default();
        let all = async {
            let _ = house().oneshot(ask("10.1.1.1", "/u/canary?code=canary", "r-1")).await;
            let _ = house().oneshot(ask("192.0.2.1", "/canary?code=canary", "r-2")).await;
            let given_up = tokio::time::timeout(
                std::time::Duration::from_millis(5),
                house().oneshot(ask("10.1.1.1", "/slow", "r-3")),
            );
            assert!(given_up.await.is_err());
        };
        all.with_subscriber(paper.json("info")).await;
        let lines = paper.lines();
        let [found, unmatched, given_up] = lines.as_slice() else { panic!("{lines:?}") };
        assert_eq!((&found["msg"], &found["route"]), (&"request".into(), &"/u/{id}".into()));
        assert_eq!(
            (&found["request_id"], &found["status"], &found["method"]),
            (&"r-1".into(), &200.into(), &"GET".into())
        );
        assert_eq!((&found["peer"], &found["ip"]), (&"10.1.1.1".into(), &"198.51.100.1".into()));
        assert!(found["dur_ms"].is_f64());
        assert_eq!((&unmatched["route"], &unmatched["status"]), (&"unmatched".into(), &404.into()));
        assert_eq!(unmatched["ip"], serde_json::Value::Null);
        assert!(given_up["status"].is_null() && given_up["request_id"] == "r-3");
        assert!(!paper.text().contains("canary"), "{}", paper.text());
    }
}
