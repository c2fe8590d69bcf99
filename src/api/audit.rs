//! `/v1/admin/audit`: the trail, in pages or as a whole for other programs.

use super::Admin;
use crate::admin::trail::{self as asked, filter};
use crate::app::App;
use crate::audit::{Recorded, trail};
use crate::web::paging::{Listed, Paging, page};
use crate::web::{Problem, Query};
use axum::extract::State;
use axum::response::Response;
use utoipa::IntoParams;

const LIST: &str = "admin/audit";

/// Which events; each narrows. [`filter`] reads them.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "says what `filter` reads")]
pub(super) struct Which {
    /// Who did it: `user:…`, `client:…`, `cli`, `system` or `anonymous`
    actor: Option<String>,
    /// What was done, as `client.created`
    action: Option<String>,
    /// To what, as `client:…`
    object: Option<String>,
    /// Not before this time or day, as 2026-11-22T08:00:00Z or 2026-11-22
    since: Option<String>,
    /// Before this time or day
    until: Option<String>,
}

/// List the audit trail
///
/// Who did what to what, newest first.
#[utoipa::path(get, path = "/v1/admin/audit", operation_id = "listAuditEvents", tag = "audit", params(Paging, Which),
    responses((status = 200, description = "A page of events", body = Listed<Recorded>)))]
pub(super) async fn list(_: Admin, State(app): State<App>, Query(params): Query) -> Result<Response, Problem> {
    let paging = Paging::read(&app.keys.macs(), LIST, &params)?;
    let filter = filter(&params)?;
    let found = trail::page(&app.db, &filter, &paging.after, paging.limit).await?;
    // A page that is just full may be the last one: the next is then empty.
    let last = found.last().filter(|_| found.len() == paging.limit).map(|event| event.id.clone());
    Ok(page(&app, LIST, &paging, found, last.as_deref()))
}

/// Export the audit trail
///
/// All of it, newest first, one event a line. What ends before its end isn't whole.
#[utoipa::path(get, path = "/v1/admin/audit/export", operation_id = "exportAuditEvents", tag = "audit",
    params(Which, ("as" = inline(Option<Shape>), Query, description = "In which shape; JSON lines if not given")),
    responses((status = 200, description = "The events", content((String = "application/jsonl"), (String = "text/csv")))))]
pub(super) async fn export(_: Admin, State(app): State<App>, Query(params): Query) -> Result<Response, Problem> {
    asked::export(app, &params)
}

#[derive(utoipa::ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "says what `export` reads")]
enum Shape {
    Jsonl,
    Csv,
}
