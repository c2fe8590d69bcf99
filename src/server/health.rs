//! Two questions of load balancers: does the process live, and should it get requests?

use super::{Phase, Stop};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Router, routing::get};
use serde_json::{Map, Value};
use utoipa::openapi::OpenApi;
use utoipa::{OpenApi as _, ToSchema};

/// `/health/alive` answers 200 as long as the process can answer at all; it never asks the database, or an outage there
/// would get every replica restarted. `/health/ready` is 200 or 503 by what `check` tells (name and whether it is well)
/// and by `stop`; why something isn't well belongs into the log, not here.
pub fn health<C, F>(stop: Stop, check: C) -> Router
where
    C: Fn() -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Vec<(&'static str, bool)>> + Send,
{
    let ready = move || {
        let (stop, check) = (stop.clone(), check.clone());
        async move {
            let accepting = ("accepting", stop.phase() == Phase::Running);
            let checks: Vec<_> = std::iter::once(accepting).chain(check().await).collect();
            report(&checks)
        }
    };
    Router::new()
        .route("/health/alive", get(|| async { json(StatusCode::OK, r#"{"status":"ok"}"#.to_owned()) }))
        .route("/health/ready", get(ready))
}

/// What both say, for the document of all endpoints.
pub fn described() -> OpenApi {
    #[derive(utoipa::OpenApi)]
    #[openapi(paths(alive, ready))]
    struct Health;
    Health::openapi()
}

/// Whether it is well.
#[derive(ToSchema)]
#[schema(as = Health)]
#[expect(dead_code, reason = "says what `report` makes")]
struct Report {
    /// `ok` or `unavailable`.
    status: String,
    /// The same of each thing that was looked at.
    #[schema(value_type = Option<std::collections::BTreeMap<String, String>>)]
    checks: Option<()>,
}

/// Does the process live?
///
/// 200 as long as it can answer at all; it never asks the database.
#[utoipa::path(get, path = "/health/alive", operation_id = "alive", tag = "health", security(()),
    responses((status = 200, description = "It does", body = Report)))]
#[expect(dead_code, reason = "carries the description")]
fn alive() {}

/// Should it get requests?
#[utoipa::path(get, path = "/health/ready", operation_id = "ready", tag = "health", security(()),
    responses((status = 200, description = "It should", body = Report),
        (status = 503, description = "It should not: it is stopping, or the database can't be reached", body = Report)))]
#[expect(dead_code, reason = "carries the description")]
fn ready() {}

fn report(checks: &[(&'static str, bool)]) -> Response {
    let word = |well: bool| Value::from(if well { "ok" } else { "unavailable" });
    let well = checks.iter().all(|(_, well)| *well);
    let checks: Map<String, Value> = checks.iter().map(|(name, well)| ((*name).to_owned(), word(*well))).collect();
    let status = if well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    json(status, serde_json::json!({ "status": word(well), "checks": checks }).to_string())
}

fn json(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
