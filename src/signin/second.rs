//! `POST /login/code`: the second step. The password was right; a code of the person's app, or a recovery code, is missing.

use super::login::{Desk, known_device, throttled};
use super::proof::Proof;
use super::throttle::{self, Gauge, Taken};
use super::underway::{self, Purpose};
use super::{Arrival, codes, notice, session};
use crate::app::App;
use crate::audit::{self, Actor, Event};
use crate::base::encoding::fingerprint;
use crate::base::id::UserId;
use crate::db::Fault;
use crate::lang::Message;
use crate::mail::Changed;
use crate::people::{self, User};
use crate::web::browser::{Browser, check_form};
use crate::web::{Call, Form, Page, Params, Reader, Shell, Stopped};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::time::Duration;

#[derive(Template)]
#[template(path = "second.html")]
struct SecondPage {
    page: Shell,
    client: Option<super::Asking>,
    csrf: String,
    /// Where to go on: the hidden fields of the sign-in page.
    held: Vec<(&'static str, String)>,
    state: String,
    error: Option<Message>,
}

/// What somebody gave beside their password.
#[derive(Clone, Copy)]
pub(super) enum Given<'a> {
    /// A code of their app.
    Code(&'a str),
    /// A recovery code.
    Recovery(&'a str),
}

impl<'a> Given<'a> {
    /// What stands in a form, under these names.
    pub(super) fn of(params: &'a Params, code: &str, recovery: &str) -> Option<Self> {
        params.get(recovery).map(Given::Recovery).or_else(|| params.get(code).map(Given::Code))
    }
}

/// Whether it is good.
pub(super) enum Checked {
    Yes(Proof),
    No,
    Wait(i64),
}

/// Guesses of a day: six digits would fall to who knows the password and has a year.
const MANY: u32 = 20;
const EVERY: Duration = Duration::from_secs(600);

/// Takes a code, as often as throttling lets. Guesses from elsewhere can't lock a person out of a device of theirs.
pub(super) async fn check(app: &App, from: Arrival<'_>, user: &User, given: Given<'_>) -> Result<Checked, Fault> {
    let known = known_device(app, from.headers, &user.id);
    let (minute, day) = if known { ("second-device", "second-device-day") } else { ("second", "second-day") };
    let id = user.id.as_str();
    let gauges = [
        Gauge::new("login-address", &from.call.network(), app.config.throttle.address),
        Gauge::new(minute, id, app.config.throttle.account),
        Gauge::every(day, id, MANY, EVERY),
    ];
    for gauge in &gauges {
        if let Taken::Wait(seconds) = throttle::take(app, gauge).await? {
            tracing::warn!(address = %from.call.address, "second step throttled");
            return Ok(Checked::Wait(seconds));
        }
    }
    let proof = match given {
        Given::Code(code) => codes::take(app, &user.id, code).await?.then_some(Proof::CODE),
        Given::Recovery(code) => recovered(app, from.call, user, code).await?.then_some(Proof::RECOVERY),
    };
    let Some(proof) = proof else {
        let event = session::event(from.call, Actor::Anonymous, "session.refused", &user.id);
        audit::record(&app.db, &Event { detail: json!({ "step": 2 }), ..event }, app.now()).await?;
        return Ok(Checked::No);
    };
    for gauge in &gauges {
        throttle::refund(app, gauge).await?;
    }
    Ok(Checked::Yes(proof))
}

/// Uses a recovery code up, and tells the person.
async fn recovered(app: &App, call: &Call, user: &User, code: &str) -> Result<bool, Fault> {
    let (now, mut tx) = (app.now(), app.db.begin().await?);
    let Some(left) = codes::recover(&mut tx, &user.id, code).await? else {
        return Ok(false);
    };
    notice::tell(app, &mut tx, user, Changed::RecoveryUsed(left), now).await?;
    let event = session::event(call, Actor::User(user.id.clone()), "user.recovery_code_used", &user.id);
    audit::record(&mut tx, &Event { detail: json!({ "left": left }), ..event }, now).await?;
    tx.commit().await?;
    app.mails.notify_one();
    Ok(true)
}

/// The page that asks, for who knows the password of this account.
pub(super) async fn ask(app: &App, desk: Desk, user: &UserId) -> Result<Response, Stopped> {
    let user = people::store::by_id(&app.db, user).await?.ok_or_else(Stopped::expired)?;
    let state = underway::begin(app, &desk.browser, Purpose::Second, Some(&user.id), password_mark(&user))?;
    Ok(page(app, &desk, state, None, StatusCode::OK))
}

/// A password that was changed meanwhile isn't the one that was right.
fn password_mark(user: &User) -> String {
    fingerprint(user.password.as_deref().unwrap_or_default().as_bytes())
}

/// `POST /login/code`
pub async fn post(
    State(app): State<App>,
    call: Call,
    reader: Reader,
    headers: HeaderMap,
    Form(form): Form,
) -> Result<Response, Stopped> {
    let params = form.map_err(Stopped::bad_form)?;
    check_form(&app, &headers, &params).map_err(Stopped::forged)?;
    let desk = Desk::open(&app, reader, &headers, &params).await?;
    let state = params.get("state").unwrap_or_default();
    let user = whose(&app, &desk.browser, state).await?.ok_or_else(Stopped::expired)?;
    let from = Arrival { call: &call, headers: &headers };
    let Some(given) = Given::of(&params, "code", "recovery") else {
        let error = Message::new("second-wrong");
        return Ok(page(&app, &desk, state.to_owned(), Some(error), StatusCode::UNPROCESSABLE_ENTITY));
    };
    match check(&app, from, &user, given).await? {
        Checked::Yes(proof) => desk.welcome(&app, &user.id, proof, from).await,
        Checked::No => {
            let error = Message::new("second-wrong");
            Ok(page(&app, &desk, state.to_owned(), Some(error), StatusCode::UNPROCESSABLE_ENTITY))
        }
        Checked::Wait(seconds) => {
            let page = page(&app, &desk, state.to_owned(), Some(throttled(seconds)), StatusCode::TOO_MANY_REQUESTS);
            Ok(([(header::RETRY_AFTER, seconds.to_string())], page).into_response())
        }
    }
}

async fn whose(app: &App, browser: &Browser, state: &str) -> Result<Option<User>, Fault> {
    let Some(under_way) = underway::read(app, browser, Purpose::Second, state) else {
        return Ok(None);
    };
    let user = match &under_way.user {
        Some(user) => people::store::by_id(&app.db, user).await?,
        None => None,
    };
    Ok(user.filter(|user| user.enabled && password_mark(user) == under_way.state))
}

fn page(app: &App, desk: &Desk, state: String, error: Option<Message>, status: StatusCode) -> Response {
    let waiting = desk.waiting.as_ref().map(|interaction| &interaction.waiting);
    let page = SecondPage {
        page: super::shell(app, desk.reader, waiting, None),
        client: waiting.and_then(|waiting| waiting.asking.clone()),
        csrf: desk.browser.csrf(app),
        held: desk.held(),
        state,
        error,
    };
    let leads_to = waiting.and_then(|waiting| waiting.leads_to.clone());
    (desk.browser.cookie(app), Page::new(page).status(status).leads_to(leads_to)).into_response()
}
