//! 429 and what comes before it: draft-ietf-httpapi-ratelimit-headers, RFC 6585 §4, RFC 9457.

use super::Call;
use crate::app::App;
use crate::limits::{Cell, Left, Policy, Taken};
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const STATE: HeaderName = HeaderName::from_static("ratelimit");

/// What a request took from, for the headers of its answer; an extension of requests to doors with limits.
#[derive(Clone, Debug, Default)]
pub struct Ledger(Arc<Mutex<Vec<Left>>>);

impl Ledger {
    /// Of this request; one that nobody reads, where its door tells nothing.
    pub fn of(extensions: &Extensions) -> Self {
        extensions.get::<Ledger>().cloned().unwrap_or_default()
    }

    /// Whether this request has taken what it takes.
    pub fn settled(&self) -> bool {
        !self.0.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    fn note(&self, left: Vec<Left>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = left;
    }

    /// Tells in the headers of an answer what is left, unless they tell something already.
    pub fn tell(&self, headers: &mut HeaderMap) {
        let left = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        if !headers.contains_key(POLICY) {
            write(headers, &left, None);
        }
    }
}

/// The ledger of a request, as handlers take it.
pub struct Told(pub Ledger);

impl<S: Send + Sync> FromRequestParts<S> for Told {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Told(Ledger::of(&parts.extensions)))
    }
}

/// A layer for doors with limits: their answers tell what is left.
pub async fn told(mut request: Request, next: Next) -> Response {
    let ledger = Ledger::default();
    request.extensions_mut().insert(ledger.clone());
    let mut response = next.run(request).await;
    ledger.tell(response.headers_mut());
    response
}

/// A budget is used up.
#[derive(Clone, Debug)]
pub struct Limited {
    left: Vec<Left>,
    wait: Duration,
}

/// Takes one from each budget; notes what is left of them.
pub async fn take(app: &App, ledger: &Ledger, cells: &[Cell]) -> Result<(), Limited> {
    let Taken { left, wait } = app.limits.take(cells).await;
    match wait {
        None => {
            ledger.note(left);
            Ok(())
        }
        Some(wait) => {
            if let Some(used_up) = left.last() {
                app.metrics.limited(used_up.policy.name());
                tracing::info!(limit = used_up.policy.name(), "rate limited");
            }
            Err(Limited { left, wait })
        }
    }
}

/// Takes one from what an address has for this.
pub async fn of_address(app: &App, ledger: &Ledger, call: &Call, what: &str) -> Result<(), Limited> {
    let per_second = app.config.limits.address_per_second;
    let cell = Cell { policy: Policy::Address, key: format!("{what} {}", call.network()).into(), per_second };
    take(app, ledger, &[cell]).await
}

impl Limited {
    /// Whole seconds to wait, at least one (RFC 9110 §10.2.3).
    pub fn seconds(&self) -> u64 {
        self.wait.as_millis().div_ceil(1000).max(1).try_into().unwrap_or(u64::MAX)
    }

    /// Which budget it is, for people.
    pub fn detail(&self) -> String {
        let Some(Left { policy, quota, .. }) = self.left.last() else {
            return "too many requests; wait and try again".to_owned();
        };
        let of = match policy.name() {
            "token" => "with this token".to_owned(),
            "workspace" => "with tokens of this workspace".to_owned(),
            "client" => "of this client".to_owned(),
            "address" => "from this address".to_owned(),
            "invalid" => "from this address with credentials that are not good".to_owned(),
            named => format!("of the limit `{named}`"),
        };
        format!("more than {quota} requests a second {of}; wait for Retry-After seconds")
    }

    /// RFC 9457; `violated-policies` is of the draft.
    pub fn problem(&self) -> Value {
        json!({
            "type": "urn:symbolon:problem:rate-limited",
            "title": "Too Many Requests",
            "status": 429,
            "detail": self.detail(),
            "violated-policies": self.left.last().map(|left| left.policy.name()),
        })
    }

    /// `Retry-After`, `RateLimit`, `RateLimit-Policy`.
    pub fn mark(&self, headers: &mut HeaderMap) {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(self.seconds()));
        write(headers, &self.left, Some(self.seconds()));
    }
}

impl IntoResponse for Limited {
    fn into_response(self) -> Response {
        let mut response = (StatusCode::TOO_MANY_REQUESTS, axum::Json(self.problem())).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        self.mark(headers);
        response
    }
}

/// §3, §4 of the draft: `"token";q=3;w=1` and `"token";r=2;t=1`, a list of each. `wait` is for the last.
fn write(headers: &mut HeaderMap, left: &[Left], wait: Option<u64>) {
    if left.is_empty() {
        return;
    }
    let mut text = String::with_capacity(128);
    let (mut first, mut second) = (itoa::Buffer::new(), itoa::Buffer::new());
    // `write!` would take as long as all else that the gate does about limits.
    for (n, Left { policy, quota, .. }) in left.iter().enumerate() {
        text.extend([between(n), policy.name(), "\";q=", first.format(*quota), ";w=1"]);
    }
    let policies = HeaderValue::from_str(&text);
    text.clear();
    for (n, Left { policy, remaining, .. }) in left.iter().enumerate() {
        let seconds = wait.filter(|_| n + 1 == left.len()).unwrap_or(1);
        text.extend([between(n), policy.name(), "\";r=", first.format(*remaining), ";t=", second.format(seconds)]);
    }
    if let (Ok(policies), Ok(states)) = (policies, HeaderValue::from_str(&text)) {
        headers.insert(POLICY, policies);
        headers.insert(STATE, states);
    }
}

fn between(n: usize) -> &'static str {
    if n == 0 { "\"" } else { ", \"" }
}
