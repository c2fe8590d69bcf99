//! `/dev/mail`: what would have been mailed. It stays in memory.

use super::frame::{Frame, Framed};
use super::{Playground, clock, odd};
use crate::mail::Kept;
use crate::web::Stopped;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};

#[derive(Template)]
#[template(path = "dev/mail.html")]
struct MailPage {
    frame: Frame,
    mails: Vec<Shown>,
}

struct Shown {
    number: usize,
    at: String,
    to: String,
    subject: String,
    lines: Vec<String>,
}

impl Framed for MailPage {
    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }
}

/// `GET /dev/mail`
pub(super) async fn list(State(playground): State<Playground>, headers: HeaderMap) -> Result<Response, Stopped> {
    let frame = Frame::of(&playground, &headers, "mail", "/dev/mail".to_owned()).await?;
    let shown = |kept: Kept| Shown {
        number: kept.number,
        at: clock::written(kept.at),
        to: kept.mail.to,
        subject: kept.mail.subject,
        lines: kept.mail.text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect(),
    };
    Ok(MailPage { frame, mails: all(&playground).into_iter().map(shown).collect() }.answer())
}

/// `GET /dev/mail/{number}`: its HTML, as mail programs show it: without scripts, and with the styles that are in it.
pub(super) async fn html(State(playground): State<Playground>, Path(number): Path<usize>) -> Result<Response, Stopped> {
    let kept = all(&playground).into_iter().find(|kept| kept.number == number);
    let kept = kept.ok_or_else(|| odd("There is no such mail, or newer ones have taken its place."))?;
    let policy = HeaderValue::from_static(
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    Ok(([(header::CONTENT_SECURITY_POLICY, policy)], Html(kept.mail.html)).into_response())
}

fn all(playground: &Playground) -> Vec<Kept> {
    playground.app.mailer.mailbox.as_ref().map(crate::mail::Mailbox::all).unwrap_or_default()
}
