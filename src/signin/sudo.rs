//! "Verify it's you": before something dangerous, a person whose last proof in this session is older than `signin.sudo` gives
//! another one. The form that they sent waits in the page that asks, and goes on with the proof: nothing of it is lost, and
//! nothing of it is kept.

use super::login::{Verified, throttled, verify};
use super::passkey::{self, Offer};
use super::second::{self, Checked, Given};
use super::session::{self, Session};
use super::underway::Purpose;
use super::{Arrival, codes, interaction};
use crate::app::App;
use crate::audit::{self, Actor, Event};
use crate::base::Secret;
use crate::lang::Message;
use crate::people::password::MAX_BYTES;
use crate::web::browser::{Browser, Cookie, check_form};
use crate::web::{Call, Form, Page, Params, Reader, Shell, Stopped};
use askama::Template;
use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;

#[derive(Template)]
#[template(path = "sudo.html")]
struct SudoPage {
    page: Shell,
    csrf: String,
    email: String,
    /// Where the form was going.
    action: String,
    /// What stood in it.
    held: Vec<(String, String)>,
    ways: Ways,
    passkey: Option<Offer>,
    error: Option<Message>,
}

/// What a person can prove themselves with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ways {
    password: bool,
    passkey: bool,
    codes: bool,
}

/// Fields of the proof; everything else belongs to the form that waits.
const OURS: &str = "proof_";

/// What a form proves by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Proves {
    Nothing,
    /// It asks for the password.
    Password,
}

/// A layer for routes of dangerous forms.
pub async fn ask(State(app): State<App>, request: Request, next: Next) -> Response {
    go_on(&app, request, next, Proves::Nothing).await.unwrap_or_else(Stopped::into_response)
}

/// The same for a form that asks for the password itself: for most people that is proof enough.
pub async fn ask_beside_password(State(app): State<App>, request: Request, next: Next) -> Response {
    go_on(&app, request, next, Proves::Password).await.unwrap_or_else(Stopped::into_response)
}

async fn go_on(app: &App, request: Request, next: Next, proves: Proves) -> Result<Response, Stopped> {
    let (mut parts, body) = request.into_parts();
    let session = session::current(app, &parts.headers).await?.filter(|session| must_prove(app, session, &parts));
    let Some(session) = session else {
        return Ok(next.run(Request::from_parts(parts, body)).await);
    };
    let codes = codes::needed(app, &session.user.id).await?;
    if proves == Proves::Password && !codes {
        return Ok(next.run(Request::from_parts(parts, body)).await);
    }
    let Ok(Form(form)) = Form::from_request(Request::from_parts(parts.clone(), body), app).await;
    let params = form.map_err(Stopped::bad_form)?;
    check_form(app, &parts.headers, &params).map_err(Stopped::forged)?;
    let Ok(call) = Call::from_request_parts(&mut parts, app).await;
    let Ok(reader) = Reader::from_request_parts(&mut parts, app).await;
    let visit = Visit { app, call, reader, headers: parts.headers.clone(), session, codes, params };
    let cookie = match visit.proof().await? {
        Proof::Yes(way) => visit.renew(way).await?,
        Proof::NotYet => return visit.page(&parts, None, StatusCode::OK).await,
        Proof::No(why) => return visit.page(&parts, Some(why), StatusCode::UNPROCESSABLE_ENTITY).await,
        Proof::Wait(seconds) => {
            let page = visit.page(&parts, Some(throttled(seconds)), StatusCode::TOO_MANY_REQUESTS).await?;
            return Ok(([(header::RETRY_AFTER, seconds.to_string())], page).into_response());
        }
    };
    let mut response = next.run(visit.carried_on(parts, &cookie)).await;
    session::cookie(app, &visit.session, &cookie).beneath(&mut response);
    Ok(response)
}

/// Whether the last proof is too old. Whoever may not do it anyway is told so by the form's own handler.
fn must_prove(app: &App, session: &Session, parts: &Parts) -> bool {
    let age = u64::try_from(app.now().millis() - session.proved_at.millis()).unwrap_or_default();
    let by_click = app.dev && session.amr == super::Proof::DEV.amr;
    let path = parts.uri.path();
    // Owners and admins of workspaces have only these parts of the console.
    let managers = ["/admin/workspaces/", "/admin/connections"].iter().any(|part| path.starts_with(part));
    let theirs = !path.starts_with("/admin") || managers || session.user.role.administers();
    theirs && !by_click && u128::from(age) > app.config.signin.sudo.as_millis()
}

/// What the form says about who sent it.
enum Proof {
    Yes(&'static str),
    NotYet,
    No(Message),
    Wait(i64),
}

/// One form that somebody sent.
struct Visit<'a> {
    app: &'a App,
    call: Call,
    reader: Reader,
    headers: HeaderMap,
    session: Session,
    /// Whether a password alone isn't enough for this person.
    codes: bool,
    params: Params,
}

impl Visit<'_> {
    async fn proof(&self) -> Result<Proof, Stopped> {
        if self.params.get("proof_answer").is_some() {
            return self.by_passkey().await;
        }
        match (Given::of(&self.params, "proof_code", "proof_recovery"), self.params.get("proof_password")) {
            (Some(given), _) if self.codes => self.by_code(given).await,
            (_, Some(password)) if !self.codes => self.by_password(password).await,
            _ => Ok(Proof::NotYet),
        }
    }

    async fn by_code(&self, given: Given<'_>) -> Result<Proof, Stopped> {
        let from = Arrival { call: &self.call, headers: &self.headers };
        Ok(match second::check(self.app, from, &self.session.user, given).await? {
            Checked::Yes(_) => Proof::Yes("code"),
            Checked::No => Proof::No(Message::new("second-wrong")),
            Checked::Wait(seconds) => Proof::Wait(seconds),
        })
    }

    async fn by_passkey(&self) -> Result<Proof, Stopped> {
        let browser = Browser::of(self.app, &self.headers);
        let whose = passkey::presented(self.app, &self.call, &browser, Purpose::Confirm, &self.params).await?;
        Ok(match whose {
            Some(user) if user == self.session.user.id => Proof::Yes("passkey"),
            _ => Proof::No(Message::new("login-passkey-refused")),
        })
    }

    async fn by_password(&self, password: &str) -> Result<Proof, Stopped> {
        let wrong = || Proof::No(Message::new("account-password-wrong"));
        if password.len() > MAX_BYTES {
            return Ok(wrong());
        }
        let from = Arrival { call: &self.call, headers: &self.headers };
        Ok(match verify(self.app, from, &self.session.user.email, Secret::new(password)).await? {
            Verified::Yes(user) if user == self.session.user.id => Proof::Yes("password"),
            Verified::Yes(_) | Verified::No => wrong(),
            Verified::Wait(seconds) => Proof::Wait(seconds),
        })
    }

    /// The session goes on under a new cookie: one that somebody has copied is dead.
    async fn renew(&self, way: &'static str) -> Result<Secret, Stopped> {
        let user = &self.session.user.id;
        let mut tx = self.app.db.begin().await?;
        let cookie = session::prove(self.app, &mut tx, &self.session).await?.ok_or_else(Stopped::expired)?;
        let event = session::event(&self.call, Actor::User(user.clone()), "session.verified", user);
        audit::record(&mut tx, &Event { detail: json!({ "by": way }), ..event }, self.app.now()).await?;
        tx.commit().await?;
        Ok(cookie)
    }

    /// What stands in the form itself.
    fn held(&self) -> impl Iterator<Item = (&str, &str)> {
        self.params.iter().filter(|(name, _)| !name.starts_with(OURS))
    }

    /// The request as it was meant, by the session as it is now.
    fn carried_on(&self, mut parts: Parts, cookie: &Secret) -> Request {
        let mut form = Params::default();
        self.held().for_each(|(name, value)| form.push(name, value));
        let body = form.encode();
        Cookie::Session.replace(self.app, &mut parts.headers, cookie);
        parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
        Request::from_parts(parts, Body::from(body))
    }

    async fn page(&self, parts: &Parts, error: Option<Message>, status: StatusCode) -> Result<Response, Stopped> {
        let browser = Browser::of(self.app, &self.headers);
        let user = &self.session.user;
        let passkeys = passkey::of_user(&self.app.db, &user.id).await?;
        // What would sign them in, or is a part of it that nobody else has.
        let password = user.password.is_some() && !self.codes;
        let ways = Ways { password, passkey: !passkeys.is_empty(), codes: self.codes };
        let held = self.held().filter(|(name, _)| *name != "csrf");
        let page = SudoPage {
            page: super::shell(self.app, self.reader, None::<&interaction::Waiting>, Some(&self.session)),
            csrf: browser.csrf(self.app),
            email: user.email.clone(),
            action: parts.uri.path_and_query().map_or("/account", |path| path.as_str()).to_owned(),
            held: held.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            passkey: if ways.passkey { passkey::offer(self.app, &browser, Purpose::Confirm)? } else { None },
            ways,
            error,
        };
        Ok(Page::new(page).status(status).into_response())
    }
}
