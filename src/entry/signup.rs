//! `/signup`: an account of one's own making, where `signin.registration` lets people. The page does the same for every
//! address, whoever has it; what the mail says, and whether there is one, is settled when it is about to be sent.

use super::{event, token};
use crate::app::App;
use crate::audit::{self, Actor};
use crate::base::encoding::fingerprint;
use crate::base::id::UserId;
use crate::base::{Secret, Time};
use crate::config::SelfRegistration;
use crate::db::{Db, Fault, On, Result as Read, Tx};
use crate::lang::{Language, Message};
use crate::mail::{Letter, Says};
use crate::people::{self, NewUser, Profile, Role, email};
use crate::signin::throttle::{self, Gauge, Taken};
use crate::signin::{Arrival, interaction, login};
use crate::web::browser::{Browser, check_form};
use crate::web::{Call, Form, Page, Params, Query, Reader, Shell, Stopped};
use crate::{args, sql};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::time::Duration;

sql! {
    write CREATE = "INSERT INTO signups (email_key, email, token, created_at, expires_at) VALUES ($1, $2, $3, $4, $5) \
                    ON CONFLICT (email_key) DO UPDATE SET email = excluded.email, token = excluded.token, \
                    created_at = excluded.created_at, expires_at = excluded.expires_at RETURNING email_key";
    read GOOD = "SELECT email FROM signups WHERE token = $1 AND expires_at > $2";
    write SPEND = "DELETE FROM signups WHERE token = $1 AND expires_at > $2 RETURNING email";
    write PURGE = "DELETE FROM signups WHERE email_key IN (SELECT email_key FROM signups WHERE expires_at < $1 \
                   ORDER BY expires_at LIMIT 500) RETURNING email_key";
}

/// How long the link is good.
const LIVES: Duration = Duration::from_secs(24 * 3600);
/// Mails to one address, as for forgotten passwords.
const MAILS: u32 = 3;
const EVERY: Duration = Duration::from_secs(600);

#[derive(Template)]
#[template(path = "signup.html")]
struct SignupPage {
    page: Shell,
    client: Option<crate::signin::Asking>,
    csrf: String,
    go: Option<String>,
    email: String,
    error: Option<Message>,
}

#[derive(Template)]
#[template(path = "signup_sent.html")]
struct SentPage {
    page: Shell,
    hours: usize,
}

#[derive(Template)]
#[template(path = "signup_finish.html")]
struct FinishPage {
    page: Shell,
    csrf: String,
    token: String,
    go: Option<String>,
    email: String,
    name: String,
    error: Option<Message>,
}

/// Where this isn't wished for there is nothing.
fn open(app: &App) -> Result<(), Stopped> {
    match app.config.signin.registration {
        SelfRegistration::Open => Ok(()),
        SelfRegistration::Closed => {
            Err(Stopped::told(StatusCode::NOT_FOUND, "not_found", Message::new("stopped-signup-closed")))
        }
    }
}

/// `GET /signup`
pub async fn get(
    State(app): State<App>,
    reader: Reader,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Stopped> {
    open(&app)?;
    let query = query.readable().map_err(Stopped::bad_link)?;
    form(&app, reader, (&headers, &query), None, StatusCode::OK).await
}

/// `POST /signup`
pub async fn post(
    State(app): State<App>,
    call: Call,
    reader: Reader,
    headers: HeaderMap,
    Form(body): Form,
) -> Result<Response, Stopped> {
    open(&app)?;
    let params = body.map_err(Stopped::bad_form)?;
    check_form(&app, &headers, &params).map_err(Stopped::forged)?;
    let address = params.get("email").unwrap_or_default().trim();
    if let Err(why) = email::check(address).and_then(|()| welcome(&app, address)) {
        return form(&app, reader, (&headers, &params), Some(why), StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let network = Gauge::new("signup-address", &call.network(), app.config.throttle.address);
    if let Taken::Wait(seconds) = throttle::take(&app, &network).await? {
        let wait = Some(login::throttled(seconds));
        let page = form(&app, reader, (&headers, &params), wait, StatusCode::TOO_MANY_REQUESTS).await?;
        return Ok(([(header::RETRY_AFTER, seconds.to_string())], page).into_response());
    }
    let account = Gauge::every("signup-account", &email::canonical(address), MAILS, EVERY);
    if throttle::take(&app, &account).await? == Taken::Yes {
        let go = params.get("go").filter(|go| go.len() <= 64).map(str::to_owned);
        let says = Says::SignUp { request_id: call.request_id.to_string(), address: call.address, go };
        let letter = Letter::new(address, reader.language(), says);
        app.mailer.enqueue(&app.db, app.keys.master(), &letter, app.now()).await?;
        app.mails.notify_one();
    }
    Ok(Page::new(SentPage { page: Shell::of(&app, reader.language()), hours: hours() }).into_response())
}

fn hours() -> usize {
    usize::try_from(LIVES.as_secs() / 3600).unwrap_or_default()
}

/// Only people of some mail domains may be wanted; which is no secret.
fn welcome(app: &App, address: &str) -> Result<(), Message> {
    let domains = &app.config.signin.registration_domains;
    let canonical = email::canonical(address);
    let domain = canonical.rsplit('@').next().unwrap_or_default();
    match domains.is_empty() || domains.iter().any(|wanted| wanted == domain) {
        true => Ok(()),
        false => Err(Message::new("signup-domain").code("domains", domains.join(", "))),
    }
}

/// The mail: with a link, or that there is an account already. Only who reads it learns which.
pub async fn answer(app: &App, asked: &Letter, go: Option<&str>) -> Result<Option<Letter>, Fault> {
    let language = Language::for_tag(&asked.language).unwrap_or(app.language());
    let go_on = |first: char| go.map(|go| format!("{first}go={go}")).unwrap_or_default();
    if let Some(user) = people::store::by_email(&app.db, &asked.to).await? {
        let link = app.url(&format!("/login{}", go_on('?')));
        let says = Says::HaveAccount { link, forgot: app.url("/recover") };
        return Ok(user.enabled.then(|| Letter::new(&user.email, user.language(language), says)));
    }
    let (token, now) = (token(), app.now());
    let mark = fingerprint(token.reveal().as_bytes());
    let mut db = &app.db;
    db.run(CREATE, args![email::canonical(&asked.to), asked.to.trim(), mark, now, now + LIVES]).await?;
    let link = app.url(&format!("/signup/finish?token={}{}", token.reveal(), go_on('&')));
    Ok(Some(Letter::new(&asked.to, language, Says::FinishSignUp { link, hours: hours() })))
}

/// `GET /signup/finish?token=…`
pub async fn finish_page(
    State(app): State<App>,
    reader: Reader,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Stopped> {
    let query = query.readable().map_err(Stopped::bad_link)?;
    let address = whose(&app, &query).await?;
    Ok(finish_form(&app, reader, (&headers, &query), address, None))
}

/// `POST /signup/finish`: the account, and its person signed in, on the way to the app that they came from.
pub async fn finish(
    State(app): State<App>,
    call: Call,
    reader: Reader,
    headers: HeaderMap,
    Form(body): Form,
) -> Result<Response, Stopped> {
    let params = body.map_err(Stopped::bad_form)?;
    check_form(&app, &headers, &params).map_err(Stopped::forged)?;
    let address = whose(&app, &params).await?;
    let again = |why| finish_form(&app, reader, (&headers, &params), address.clone(), Some(why));
    let profile = Profile::default().named(params.get("name").unwrap_or_default()).verified();
    if Profile::parse(Value::Object(profile.0.clone())).is_err() {
        return Ok(again(Message::new("invite-name")));
    }
    let password = Secret::new(params.get("password").unwrap_or_default());
    let joins = app.config.workspaces.joined();
    let new = NewUser { email: address.clone(), password: Some(password.clone()), profile, role: Role::User, joins };
    if let Err((_, why)) = new.check(&app.config.name) {
        return Ok(again(why));
    }
    let hash = app.passwords.hash(password).await?;
    let user = make(&app, &call, &params, &new, hash).await?.ok_or_else(used_up)?;
    let from = Arrival { call: &call, headers: &headers };
    login::enter(&app, reader, from, params.get("go"), &user).await
}

/// All or nothing; `None` when the link isn't good any more, or somebody made the account meanwhile.
async fn make(app: &App, call: &Call, params: &Params, new: &NewUser, hash: String) -> Result<Option<UserId>, Stopped> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    if !spend(&mut tx, params.get("token").unwrap_or_default(), now).await? {
        return Ok(None);
    }
    let Some(id) = people::store::create(&mut tx, new, Some(hash), now).await? else {
        return Ok(None);
    };
    let happened = event(call, Actor::User(id.clone()), "user.created", &id, json!({ "by": "signup" }));
    audit::record(&mut tx, &happened, now).await?;
    tx.commit().await?;
    tracing::info!(user = %id, "somebody made an account");
    Ok(Some(id))
}

async fn spend(mut tx: &mut Tx, token: &str, now: Time) -> Read<bool> {
    Ok((&mut tx).one(SPEND, args![fingerprint(token.as_bytes()), now]).await?.is_some())
}

async fn whose(app: &App, params: &Params) -> Result<String, Stopped> {
    let token = params.get("token").unwrap_or_default();
    let mut db = &app.db;
    let row = db.one(GOOD, args![fingerprint(token.as_bytes()), app.now()]).await?;
    Ok(row.ok_or_else(used_up)?.text("email")?)
}

async fn form(
    app: &App,
    reader: Reader,
    (headers, params): (&HeaderMap, &Params),
    error: Option<Message>,
    status: StatusCode,
) -> Result<Response, Stopped> {
    let browser = Browser::of(app, headers);
    let waiting = match params.get("go") {
        Some(go) => interaction::find(app, &browser, go).await?,
        None => None,
    };
    let asking = waiting.as_ref().map(|waiting| &waiting.waiting);
    let page = SignupPage {
        page: crate::signin::shell(app, reader, asking, None),
        client: asking.and_then(|waiting| waiting.asking.clone()),
        csrf: browser.csrf(app),
        go: waiting.as_ref().map(|waiting| waiting.id.clone()),
        email: params.get("email").unwrap_or_default().to_owned(),
        error,
    };
    Ok((browser.cookie(app), Page::new(page).status(status)).into_response())
}

fn finish_form(
    app: &App,
    reader: Reader,
    (headers, params): (&HeaderMap, &Params),
    email: String,
    error: Option<Message>,
) -> Response {
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let browser = Browser::of(app, headers);
    let page = FinishPage {
        page: Shell::of(app, reader.language()),
        csrf: browser.csrf(app),
        token: params.get("token").unwrap_or_default().to_owned(),
        go: params.get("go").map(str::to_owned),
        email,
        name: params.get("name").unwrap_or_default().to_owned(),
        error,
    };
    (browser.cookie(app), Page::new(page).status(status)).into_response()
}

/// Deletes those whose time is over, a few hundred at a time.
pub async fn purge(mut db: &Db, now: Time) -> Read<usize> {
    db.run(PURGE, args![now]).await
}

fn used_up() -> Stopped {
    Stopped::told(StatusCode::BAD_REQUEST, "signup_link_invalid", Message::new("stopped-signup-link"))
}
