//! `/dev/inspect`: paste any token; why would it be refused?

use super::Playground;
use super::frame::{Frame, Framed};
use super::why::{self, Inspection};
use crate::web::browser::check_form;
use crate::web::{Form, Stopped};
use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

#[derive(Template)]
#[template(path = "dev/inspect.html")]
struct InspectPage {
    frame: Frame,
    token: String,
    found: Option<Inspection>,
}

impl Framed for InspectPage {
    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }
}

/// `GET /dev/inspect`
pub(super) async fn get(State(playground): State<Playground>, headers: HeaderMap) -> Result<Response, Stopped> {
    page(&playground, &headers, String::new(), None).await
}

/// `POST /dev/inspect`: the token in a form, since addresses are remembered.
pub(super) async fn post(
    State(playground): State<Playground>,
    headers: HeaderMap,
    Form(form): Form,
) -> Result<Response, Stopped> {
    let params = form.map_err(Stopped::bad_form)?;
    check_form(&playground.app, &headers, &params).map_err(Stopped::forged)?;
    let pasted = params.get("token").unwrap_or_default();
    // Copied from a header or a log, broken over lines.
    let token: String = pasted.trim().trim_start_matches("Bearer ").split_whitespace().collect();
    let found = match token.is_empty() {
        true => None,
        false => Some(why::inspect(&playground.app, &token).await?),
    };
    page(&playground, &headers, token, found).await
}

async fn page(
    playground: &Playground,
    headers: &HeaderMap,
    token: String,
    found: Option<Inspection>,
) -> Result<Response, Stopped> {
    let frame = Frame::of(playground, headers, "inspect", "/dev/inspect".to_owned()).await?;
    Ok(InspectPage { frame, token, found }.answer())
}
