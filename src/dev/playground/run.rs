//! `/dev/runs/{id}`: everything that went over the wire in one run, and what can be done next.

use super::Playground;
use super::act::gone;
use super::exchange::Exchange;
use super::frame::{Frame, Framed};
use super::runs::Status;
use super::why::{self, Inspection};
use crate::web::Stopped;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

#[derive(Template)]
#[template(path = "dev/run.html")]
struct RunPage {
    frame: Frame,
    id: String,
    client: &'static str,
    client_id: &'static str,
    waiting: bool,
    machine: bool,
    refused: Option<String>,
    exchanges: Vec<Exchange>,
    /// What the run's newest tokens are worth right now.
    live: Vec<Inspection>,
    refreshable: bool,
    has_access: bool,
    has_id: bool,
}

impl Framed for RunPage {
    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }
}

/// `GET /dev/runs/{id}`
pub(super) async fn get(
    State(playground): State<Playground>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Stopped> {
    let run = playground.runs.find(&id).ok_or_else(gone)?;
    let mut live = Vec::new();
    for token in [run.tokens.access.as_deref(), run.tokens.older(0)].into_iter().flatten() {
        live.push(why::inspect(&playground.app, token).await?);
    }
    let refused = match &run.status {
        Status::Refused(error) => Some(error.clone()),
        _ => None,
    };
    let page = RunPage {
        frame: Frame::of(&playground, &headers, "flows", format!("/dev/runs/{id}")).await?,
        client: run.which.name(),
        client_id: run.which.id(),
        waiting: run.status == Status::Waiting,
        machine: run.status == Status::Machine,
        refused,
        refreshable: !run.tokens.refresh.is_empty(),
        has_access: run.tokens.access.is_some(),
        has_id: run.tokens.id.is_some(),
        exchanges: run.exchanges,
        live,
        id,
    };
    Ok(page.answer())
}
