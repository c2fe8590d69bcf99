//! Codes on the account page: an app that shows them, and recovery codes for the day when it is lost.

use super::done::Done;
use super::page::{self, Trouble};
use super::sent::{Sent, nothing};
use crate::app::App;
use crate::audit::{self, Event};
use crate::base::encoding::{base64url, from_base64url};
use crate::crypto::totp::Seed;
use crate::lang::Message;
use crate::mail::Changed;
use crate::signin::underway::{self, Purpose};
use crate::signin::{self, codes, notice};
use crate::web::browser::Browser;
use crate::web::qr::Qr;
use crate::web::{Page, Shell, Stopped};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

#[derive(Template)]
#[template(path = "totp_new.html")]
struct NewPage {
    page: Shell,
    csrf: String,
    qr: Option<Qr>,
    secret: String,
    state: String,
    error: Option<Message>,
}

#[derive(Template)]
#[template(path = "recovery_codes.html")]
struct RecoveryPage {
    page: Shell,
    codes: Vec<String>,
    first: bool,
}

/// `POST /account/totp/new`: the page with the seed.
pub(super) async fn new(State(app): State<App>, sent: Sent) -> Result<Response, Stopped> {
    if sent.session.user.password.is_none() {
        // Nobody asks for a second step where there is no first one.
        return page::refuse(&app, &sent, Trouble::Codes(Message::new("codes-need-password"))).await;
    }
    shown(&app, &sent, &Seed::fresh(), None)
}

fn shown(app: &App, sent: &Sent, seed: &Seed, error: Option<Message>) -> Result<Response, Stopped> {
    let (browser, user) = (Browser::of(app, &sent.headers), &sent.session.user);
    let state = underway::begin(app, &browser, Purpose::NewTotp, Some(&user.id), base64url(seed.bytes()))?;
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = NewPage {
        page: signin::shell(app, sent.reader, None, Some(&sent.session)),
        csrf: browser.csrf(app),
        qr: seed.url(&app.config.name, &user.email).as_deref().and_then(Qr::of),
        secret: seed.typed(),
        state,
        error,
    };
    Ok(Page::new(page).status(status).into_response())
}

/// `POST /account/totp`: `code` confirms the seed; `revoke` ends it.
pub(super) async fn change(State(app): State<App>, sent: Sent) -> Result<Response, Stopped> {
    if sent.params.get("revoke").is_some() {
        return remove(&app, &sent).await;
    }
    let browser = Browser::of(&app, &sent.headers);
    let user = &sent.session.user;
    let state = sent.params.get("state").unwrap_or_default();
    let under_way = underway::read(&app, &browser, Purpose::NewTotp, state);
    let under_way = under_way.filter(|under_way| under_way.user.as_ref() == Some(&user.id));
    let under_way = under_way.ok_or_else(Stopped::expired)?;
    let seed = from_base64url(&under_way.state).as_deref().and_then(Seed::of).ok_or_else(Stopped::expired)?;
    let (code, now) = (sent.params.get("code").unwrap_or_default(), app.now());
    let Some(step) = seed.step_of(code, now) else {
        return shown(&app, &sent, &seed, Some(Message::new("codes-wrong")));
    };
    let sealed = codes::sealed(&app, &user.id, &seed)?;
    let mut tx = app.db.begin().await?;
    if !underway::spend(&mut tx, &under_way).await? {
        return Err(Stopped::expired());
    }
    codes::set(&mut tx, &user.id, sealed, step, now).await?;
    let recovery = codes::renew(&mut tx, &user.id, now).await?;
    notice::tell(&app, &mut tx, user, Changed::CodesOn, now).await?;
    audit::record(&mut tx, &sent.event("user.totp_added"), now).await?;
    tx.commit().await?;
    app.mails.notify_one();
    tracing::info!(user = %user.id, "codes are asked for from now on");
    Ok(recovery_page(&app, &sent, recovery, true))
}

async fn remove(app: &App, sent: &Sent) -> Result<Response, Stopped> {
    let user = &sent.session.user;
    let (now, mut tx) = (app.now(), app.db.begin().await?);
    if !codes::remove(&mut tx, &user.id).await? {
        return Err(nothing());
    }
    notice::tell(app, &mut tx, user, Changed::CodesOff, now).await?;
    audit::record(&mut tx, &sent.event("user.totp_removed"), now).await?;
    tx.commit().await?;
    app.mails.notify_one();
    Ok(Done::CodesOff.back())
}

/// `POST /account/recovery-codes`: fresh ones; those of before are good for nothing.
pub(super) async fn renew(State(app): State<App>, sent: Sent) -> Result<Response, Stopped> {
    let user = &sent.session.user;
    if !codes::needed(&app, &user.id).await? {
        return Err(nothing());
    }
    let (now, mut tx) = (app.now(), app.db.begin().await?);
    let recovery = codes::renew(&mut tx, &user.id, now).await?;
    notice::tell(&app, &mut tx, user, Changed::RecoveryNew, now).await?;
    let event = Event { detail: json!({ "codes": recovery.len() }), ..sent.event("user.recovery_codes_renewed") };
    audit::record(&mut tx, &event, now).await?;
    tx.commit().await?;
    app.mails.notify_one();
    Ok(recovery_page(&app, &sent, recovery, false))
}

fn recovery_page(app: &App, sent: &Sent, codes: Vec<String>, first: bool) -> Response {
    let shell = signin::shell(app, sent.reader, None, Some(&sent.session));
    Page::new(RecoveryPage { page: shell, codes, first }).into_response()
}
