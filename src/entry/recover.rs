//! `/recover`: a forgotten password. The page does the same for every address, whoever has it; whether there is an account
//! shows only when the mail is about to be sent.

use super::{Purpose, event, links, reset_link};
use crate::app::App;
use crate::audit::{self, Actor};
use crate::db::Fault;
use crate::lang::{Language, Message};
use crate::mail::{Letter, Says};
use crate::people;
use crate::signin::throttle::{self, Gauge, Taken};
use crate::web::browser::{Browser, check_form};
use crate::web::{Call, Form, Page, Reader, Shell, Stopped};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::time::Duration;

#[derive(Template)]
#[template(path = "recover.html")]
struct RecoverPage {
    page: Shell,
    csrf: String,
    /// Whether mail is set up: without it, people must be asked.
    on: bool,
    email: String,
    error: Option<Message>,
}

#[derive(Template)]
#[template(path = "recover_sent.html")]
struct SentPage {
    page: Shell,
    minutes: usize,
}

/// Mails to one address: so many at once, then one in this time. Nobody's inbox is flooded.
const MAILS: u32 = 3;
const EVERY: Duration = Duration::from_secs(600);

/// `GET /recover`
pub async fn get(State(app): State<App>, reader: Reader, headers: HeaderMap) -> Response {
    form(&app, reader, &headers, ("", None), StatusCode::OK)
}

/// `POST /recover`
pub async fn post(
    State(app): State<App>,
    call: Call,
    reader: Reader,
    headers: HeaderMap,
    Form(body): Form,
) -> Result<Response, Stopped> {
    let params = body.map_err(Stopped::bad_form)?;
    check_form(&app, &headers, &params).map_err(Stopped::forged)?;
    let email = params.get("email").unwrap_or_default().trim();
    if !app.mailer.on() {
        return Ok(form(&app, reader, &headers, ("", None), StatusCode::OK));
    }
    if let Err(why) = people::email::check(email) {
        return Ok(form(&app, reader, &headers, (email, Some(why)), StatusCode::UNPROCESSABLE_ENTITY));
    }
    let network = Gauge::new("recover-address", &call.network(), app.config.throttle.address);
    if let Taken::Wait(seconds) = throttle::take(&app, &network).await? {
        let wait = Message::new("login-throttled").count("seconds", usize::try_from(seconds).unwrap_or(1));
        let page = form(&app, reader, &headers, (email, Some(wait)), StatusCode::TOO_MANY_REQUESTS);
        return Ok(([(header::RETRY_AFTER, seconds.to_string())], page).into_response());
    }
    let account = Gauge::every("recover-account", &people::email::canonical(email), MAILS, EVERY);
    // Who asked before doesn't matter to who asks now: the answer is the same, and the mails of before are still good.
    if throttle::take(&app, &account).await? == Taken::Yes {
        write_down(&app, &call, email, reader.language()).await?;
    }
    let minutes = links::minutes(Purpose::Reset);
    Ok(Page::new(SentPage { page: Shell::of(&app, reader.language()), minutes }).into_response())
}

async fn write_down(app: &App, call: &Call, email: &str, language: Language) -> Result<(), Fault> {
    let says = Says::Forgotten { request_id: call.request_id.to_string(), address: call.address };
    let letter = Letter::new(email, language, says);
    app.mailer.enqueue(&app.db, app.keys.master(), &letter, app.now()).await?;
    app.mails.notify_one();
    Ok(())
}

/// The mail with the link, where the address is an account's: to the address as the account has it, not as it was typed.
pub async fn answer(app: &App, asked: &Letter, call: &Call) -> Result<Option<Letter>, Fault> {
    let Some(user) = people::store::by_email(&app.db, &asked.to).await?.filter(|user| user.enabled) else {
        return Ok(None);
    };
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let Some(link) = reset_link(app, &mut tx, &user.id, now).await? else {
        return Ok(None);
    };
    let happened = event(call, Actor::Anonymous, "user.reset_requested", &user.id, json!({}));
    audit::record(&mut tx, &happened, now).await?;
    tx.commit().await?;
    let language = user.language(Language::for_tag(&asked.language).unwrap_or(app.language()));
    let minutes = links::minutes(Purpose::Reset);
    Ok(Some(Letter::new(&user.email, language, Says::Reset { link: link.reveal().to_owned(), minutes })))
}

fn form(
    app: &App,
    reader: Reader,
    headers: &HeaderMap,
    (email, error): (&str, Option<Message>),
    status: StatusCode,
) -> Response {
    let browser = Browser::of(app, headers);
    let page = RecoverPage {
        page: Shell::of(app, reader.language()),
        csrf: browser.csrf(app),
        on: app.mailer.on(),
        email: email.to_owned(),
        error,
    };
    (browser.cookie(app), Page::new(page).status(status)).into_response()
}
