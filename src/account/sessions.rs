//! Sessions: where a person is signed in, and the end of one of them, or of all others.

use super::done::Done;
use super::sent::{Sent, nothing};
use crate::app::App;
use crate::audit::{self, Event};
use crate::base::Time;
use crate::base::id::SessionId;
use crate::db::Fault;
use crate::lang::Message;
use crate::oauth::logout;
use crate::signin::session::Known;
use crate::signin::{Session, device, session};
use crate::web::Stopped;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;

/// Most that are shown; the others end with "everywhere else".
const MOST: i64 = 100;

/// A session as the page shows it.
pub(super) struct Line {
    pub id: String,
    pub device: Message,
    pub network: String,
    pub since: Time,
    pub seen_at: Time,
    pub this: bool,
}

/// Where the person is signed in: here first.
pub(super) async fn lines(app: &App, here: &Session) -> Result<Vec<Line>, Fault> {
    let known = session::of_user(&app.db, &here.user.id, app.now(), MOST).await?;
    let line = |one: Known| Line {
        this: one.sid == here.sid,
        id: one.sid.to_string(),
        device: device::in_words(&one.user_agent),
        network: one.network,
        since: one.created_at,
        seen_at: one.seen_at,
    };
    let mut lines: Vec<Line> = known.into_iter().map(line).collect();
    lines.sort_by_key(|line| !line.this);
    Ok(lines)
}

/// `POST /account/sessions`: `revoke` names a session, or is `others`. Apps are told as with any sign-out.
pub(super) async fn end(State(app): State<App>, sent: Sent) -> Result<Response, Stopped> {
    match sent.params.get("revoke").unwrap_or_default() {
        "others" => end_others(&app, &sent).await,
        // That is signing out, and has a page.
        here if here == sent.session.sid.as_str() => Ok(Redirect::to("/logout").into_response()),
        other => end_one(&app, &sent, &SessionId::from(other)).await,
    }
}

async fn end_one(app: &App, sent: &Sent, sid: &SessionId) -> Result<Response, Stopped> {
    let user = &sent.session.user.id;
    let mut tx = app.db.begin().await?;
    if !session::end_one(&mut tx, user, sid).await? {
        return Err(nothing());
    }
    logout::wind_up(app, &mut tx, user, sid).await?;
    let event = Event { detail: json!({ "sid": sid, "elsewhere": true }), ..sent.event("session.ended") };
    audit::record(&mut tx, &event, app.now()).await?;
    tx.commit().await?;
    app.logouts.notify_one();
    Ok(Done::Session.back())
}

async fn end_others(app: &App, sent: &Sent) -> Result<Response, Stopped> {
    let mut tx = app.db.begin().await?;
    let others = logout::sign_out_elsewhere(app, &mut tx, &sent.session).await?;
    let event = Event { detail: json!({ "sessions": others }), ..sent.event("session.others_ended") };
    audit::record(&mut tx, &event, app.now()).await?;
    tx.commit().await?;
    app.logouts.notify_one();
    Ok(Done::Sessions.back())
}
