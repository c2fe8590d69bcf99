//! The audit trail, as administrators ask for it: narrowed by parameters, and as a whole for other programs.

use crate::app::App;
use crate::audit::export::Shape;
use crate::audit::{Filter, trail};
use crate::base::Time;
use crate::web::paging::Paging;
use crate::web::{Params, Problem};
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// All of it, as `as` says (jsonl or csv), a page at a time as it is read.
pub fn export(app: App, params: &Params) -> Result<Response, Problem> {
    Paging::read(&app.keys.macs(), "audit", params)?;
    let filter = filter(params)?;
    let shape = match params.get("as") {
        None => Shape::default(),
        Some(name) => Shape::named(name).ok_or_else(|| bad("as must be jsonl or csv"))?,
    };
    let disposition = match shape {
        Shape::Jsonl => "attachment; filename=\"audit.jsonl\"",
        Shape::Csv => "attachment; filename=\"audit.csv\"",
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(shape.mime())),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static(disposition)),
    ];
    Ok((headers, Body::from_stream(pages(app, filter, shape))).into_response())
}

const PAGE: usize = 500;

/// The text, a page at a time. A fault ends the answer before its end: whoever reads it sees that it is not whole.
fn pages(app: App, filter: Filter, shape: Shape) -> impl futures_util::Stream<Item = Result<Bytes, std::io::Error>> {
    let start = Some((String::new(), true));
    futures_util::stream::unfold(start, move |at| {
        let (app, filter) = (app.clone(), filter.clone());
        async move {
            let (cursor, first) = at?;
            let found = match trail::page(&app.db, &filter, &cursor, PAGE).await {
                Ok(found) => found,
                Err(fault) => return Some((Err(std::io::Error::other(fault.to_string())), None)),
            };
            let head = if first { shape.head() } else { "" };
            let text = found.iter().fold(head.to_owned(), |text, event| text + shape.line(event).as_str());
            let next = found.last().filter(|_| found.len() == PAGE).map(|last| (last.id.clone(), false));
            Some((Ok(Bytes::from(text)), next))
        }
    })
}

/// Which events are asked for: `actor`, `action`, `object`, `since`, `until`.
pub fn filter(params: &Params) -> Result<Filter, Problem> {
    if let Some(name) = ["actor", "action", "object", "since", "until", "as"].into_iter().find(|n| params.repeated(n)) {
        return Err(bad(&format!("{name} is given more than once")));
    }
    let text = |name| params.get(name).map(str::to_owned);
    let time = |name: &str| match params.get(name).map(Time::parse) {
        Some(None) => Err(bad(&format!("{name} must be a time as 2026-11-22T08:00:00Z or 2026-11-22"))),
        Some(some) => Ok(some),
        None => Ok(None),
    };
    Ok(Filter {
        actor: text("actor"),
        action: text("action"),
        object: text("object"),
        since: time("since")?,
        until: time("until")?,
    })
}

fn bad(detail: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "invalid_query", detail)
}
