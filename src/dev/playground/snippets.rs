//! `/dev/snippets`: the same flow in five languages, filled in and ready to copy.

use super::frame::{Frame, Framed};
use super::{Playground, Which};
use crate::clients::snippets::{self, Filling, Snippet};
use crate::dev::demo;
use crate::web::{Query, Stopped};
use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

#[derive(Template)]
#[template(path = "dev/snippets.html")]
struct SnippetsPage {
    frame: Frame,
    chosen: String,
    snippets: Vec<Snippet>,
    redirect_uri: &'static str,
}

impl Framed for SnippetsPage {
    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }
}

/// `GET /dev/snippets?client=demo|demo-spa`
pub(super) async fn get(
    State(playground): State<Playground>,
    headers: HeaderMap,
    Query(query): Query,
) -> Result<Response, Stopped> {
    let which = Which::named(query.get("client").unwrap_or_default());
    let filling = Filling {
        issuer: playground.app.issuer(),
        client_id: which.id(),
        client_secret: matches!(which, Which::Confidential).then_some(demo::SECRET),
        redirect_uri: demo::SNIPPET_CALLBACK,
    };
    let path = format!("/dev/snippets?client={}", which.id());
    let frame = Frame::of(&playground, &headers, "snippets", path).await?;
    let page = SnippetsPage {
        frame,
        chosen: which.id().to_owned(),
        snippets: snippets::code_flow(&filling),
        redirect_uri: demo::SNIPPET_CALLBACK,
    };
    Ok(page.answer())
}
