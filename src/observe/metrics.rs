//! What is counted, in OpenMetrics' text format. Labels have few values, and none of them is a secret or anyone's name.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

/// The counters of one process. Cloning shares them.
#[derive(Clone)]
pub struct Metrics(Arc<Counters>);

struct Counters {
    registry: Registry,
    routes: RwLock<HashMap<String, Arc<OfRoute>>>,
    requests: Family<Answered, Counter>,
    durations: Family<Route, Histogram>,
    limited: Family<Limit, Counter>,
    tokens: Family<Kind, Counter>,
    refreshes: Family<Refresh, Counter>,
    store_gone: Gauge,
}

/// The counters of a route that are there already: few, so they are looked through.
struct OfRoute {
    durations: Histogram,
    answered: RwLock<Vec<(&'static str, u16, Counter)>>,
}

fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Limit {
    limit: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Kind {
    kind: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Refresh {
    source_type: String,
    outcome: &'static str,
}

/// Seconds: from half a millisecond to what `limits.handler` allows.
const BUCKETS: [f64; 13] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("symbolon");
        let requests = Family::<Answered, Counter>::default();
        let durations = Family::<Route, Histogram>::new_with_constructor(|| Histogram::new(BUCKETS));
        let limited = Family::<Limit, Counter>::default();
        let tokens = Family::<Kind, Counter>::default();
        let refreshes = Family::<Refresh, Counter>::default();
        let store_gone = Gauge::default();
        registry.register("http_requests", "Requests that were answered", requests.clone());
        registry.register("http_request_duration_seconds", "How long answers took", durations.clone());
        registry.register("ratelimited", "Requests that were refused because a limit was used up", limited.clone());
        registry.register("tokens_issued", "Tokens that were made", tokens.clone());
        registry.register("vault_refreshes", "Requests to providers for tokens", refreshes.clone());
        registry.register("limits_store_gone", "1 while the store of limits.url can't be reached", store_gone.clone());
        let routes = RwLock::default();
        Metrics(Arc::new(Counters { registry, routes, requests, durations, limited, tokens, refreshes, store_gone }))
    }
}

impl Metrics {
    /// An answer went out. `route` is the pattern of ours that it was for.
    pub fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        let of_route = self.of_route(route);
        of_route.durations.observe(took.as_secs_f64());
        let method = known(method);
        let same = |(m, s, _): &&(&'static str, u16, Counter)| *m == method && *s == status;
        if let Some((.., counter)) = read(&of_route.answered).iter().find(same) {
            counter.inc();
            return;
        }
        let counter = self.0.requests.get_or_create_owned(&Answered { method, route: route.to_owned(), status });
        counter.inc();
        write(&of_route.answered).push((method, status, counter));
    }

    /// What is counted for a route, without making labels of its text each time.
    fn of_route(&self, route: &str) -> Arc<OfRoute> {
        if let Some(known) = read(&self.0.routes).get(route) {
            return Arc::clone(known);
        }
        let durations = self.0.durations.get_or_create_owned(&Route { route: route.to_owned() });
        let fresh = Arc::new(OfRoute { durations, answered: RwLock::default() });
        Arc::clone(write(&self.0.routes).entry(route.to_owned()).or_insert(fresh))
    }

    /// A request was refused: this limit is used up.
    pub fn limited(&self, limit: &str) {
        self.0.limited.get_or_create(&Limit { limit: limit.to_owned() }).inc();
    }

    /// A token of this kind was made: `api_token`, `access_token`.
    pub fn token(&self, kind: &'static str) {
        self.0.tokens.get_or_create(&Kind { kind }).inc();
    }

    /// A provider was asked for tokens with a source of this type, and this came of it.
    pub fn refreshed(&self, source_type: &str, outcome: &'static str) {
        self.0.refreshes.get_or_create(&Refresh { source_type: source_type.to_owned(), outcome }).inc();
    }

    /// Whether the store of limits is gone.
    pub fn store_gone(&self, gone: bool) {
        self.0.store_gone.set(i64::from(gone));
    }

    /// All of it, as text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a String can't fail.
        let _ = encode(&mut text, &self.0.registry);
        text
    }
}

/// Methods are the callers' own invention.
fn known(method: &str) -> &'static str {
    let all = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    all.into_iter().find(|known| *known == method).unwrap_or("other")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_can_be_read() {
        let metrics = Metrics::default();
        metrics.answered("GET", "/api/tokens", 200, Duration::from_millis(2));
        metrics.answered("BREW", "/api/tokens", 405, Duration::from_millis(2));
        metrics.limited("workspace");
        let text = metrics.text();
        for line in [
            r#"symbolon_http_requests_total{method="GET",route="/api/tokens",status="200"} 1"#,
            r#"symbolon_http_requests_total{method="other",route="/api/tokens",status="405"} 1"#,
            r#"symbolon_ratelimited_total{limit="workspace"} 1"#,
            "symbolon_limits_store_gone 0",
        ] {
            assert!(text.contains(line), "{text}");
        }
    }
}
