//! `/v1/admin/audit`: the trail, in pages or as a whole for other programs.

use super::Admin;
use crate::admin::trail::{self as asked, filter};
use crate::app::App;
use crate::audit::trail;
use crate::web::paging::{Paging, page};
use crate::web::{Problem, Query};
use axum::extract::State;
use axum::response::Response;
use serde_json::json;

/// `GET /v1/admin/audit?limit=&cursor=&actor=&action=&object=&since=&until=`, newest first.
pub(super) async fn list(_: Admin, State(app): State<App>, Query(params): Query) -> Result<Response, Problem> {
    let paging = Paging::read(&app.keys.macs(), "audit", &params)?;
    let filter = filter(&params)?;
    let found = trail::page(&app.db, &filter, &paging.after, paging.limit).await?;
    // A page that is just full may be the last one: the next is then empty.
    let last = found.last().filter(|_| found.len() == paging.limit).map(|event| event.id.as_str());
    Ok(page(&app, "audit", &paging, found.iter().map(|event| json!(event)).collect(), last))
}

/// `GET /v1/admin/audit/export?as=jsonl|csv&…`: all of it, a page at a time as it is read.
pub(super) async fn export(_: Admin, State(app): State<App>, Query(params): Query) -> Result<Response, Problem> {
    asked::export(app, &params)
}
