//! `/dev/acme`: the vault, tried with a company that is made up: connect an account, read its credentials, break it, watch it heal.

use super::frame::{Frame, Framed};
use super::{Playground, clock, odd};
use crate::app::Trial;
use crate::base::Time;
use crate::dev::crm::{SLUG, curls, path};
use crate::dev::http::{Call, Heard, Http};
use crate::web::browser::check_form;
use crate::web::{Form, Params, Query, Stopped};
use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::{Value, json};

#[derive(Template)]
#[template(path = "dev/vault.html")]
struct VaultPage {
    frame: Frame,
    acme: String,
    outcome: Option<Outcome>,
    accounts: Vec<Account>,
    curls: [String; 2],
    answer: Option<Answer>,
}

impl Framed for VaultPage {
    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }
}

/// How a connection ended.
struct Outcome {
    good: bool,
    error: String,
}

/// An account at Acme CRM.
struct Account {
    external_id: String,
    name: String,
    good: bool,
    /// `active, ok`
    how: String,
    /// Why it isn't well.
    why: String,
    reconnect: String,
    href: String,
}

/// What a read of its credentials gave.
struct Answer {
    who: String,
    start: String,
    good: bool,
    said: String,
    body: String,
}

impl Playground {
    fn trial(&self) -> Result<&Trial, Stopped> {
        self.app.trial.get().filter(|trial| trial.token.is_some()).ok_or_else(|| {
            odd("Ada’s API token couldn’t be made when this server started, and without it there is nothing to show.")
        })
    }

    async fn ask(&self, trial: &Trial, call: Call) -> Result<Heard, Stopped> {
        let token = trial.token.as_ref().map(|token| token.reveal()).unwrap_or_default();
        self.send(&call.header("Authorization", format!("Token {token}"))).await
    }

    async fn shows(
        &self,
        headers: &HeaderMap,
        outcome: Option<Outcome>,
        answer: Option<Answer>,
    ) -> Result<Response, Stopped> {
        let trial = self.trial()?;
        let heard = self.ask(trial, Call::get(format!("/v1/accounts?source={SLUG}"))).await?.json();
        let accounts: Vec<Account> =
            heard.get("data").and_then(Value::as_array).into_iter().flatten().map(account).collect();
        let first = accounts.first().map_or("zoe", |account| account.external_id.as_str());
        let page = VaultPage {
            frame: Frame::of(self, headers, "vault", "/dev/acme".to_owned()).await?,
            acme: trial.acme.clone(),
            outcome,
            curls: curls(&self.app, trial, first),
            accounts,
            answer,
        };
        Ok(page.answer())
    }
}

fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn account(value: &Value) -> Account {
    let (state, health) = (text(value, "/state"), text(value, "/health"));
    let disabled = text(value, "/disabled_message");
    let trouble = match (text(value, "/error/class"), text(value, "/error/code")) {
        (class, code) if code.is_empty() => class,
        (class, code) => format!("{class}: {code}"),
    };
    Account {
        external_id: text(value, "/external_id"),
        name: text(value, "/name"),
        good: state == "active" && health == "ok",
        how: if state == "active" { format!("{state}, {health}") } else { text(value, "/disabled_reason") },
        why: if disabled.is_empty() { trouble } else { disabled },
        reconnect: text(value, "/reconnect_url"),
        href: format!("/account/connections/{}", text(value, "/id")),
    }
}

/// `GET /dev/acme`
pub(super) async fn get(
    State(playground): State<Playground>,
    headers: HeaderMap,
    Query(query): Query,
) -> Result<Response, Stopped> {
    let outcome = query.get("status").map(|status| Outcome {
        good: status == "connected",
        error: query.get("error").unwrap_or_default().to_owned(),
    });
    playground.shows(&headers, outcome, None).await
}

/// `POST /dev/acme/connect`: asks for a link as an app's backend does, and sends the browser there.
pub(super) async fn connect(
    State(playground): State<Playground>,
    headers: HeaderMap,
    Form(form): Form,
) -> Result<Response, Stopped> {
    ours(&playground, &headers, form.map_err(Stopped::bad_form)?)?;
    let back = playground.app.url("/dev/acme");
    let ask = json!({ "source": SLUG, "success_redirect_uri": back, "error_redirect_uri": back });
    let heard = playground.ask(playground.trial()?, Call::json("/v1/connect_sessions", ask)).await?;
    let link = text(&heard.json(), "/data/connect_url");
    match link.is_empty() {
        true => Err(odd("The vault made no link.").detail("It said", text(&heard.json(), "/error/message"))),
        false => Ok(Redirect::to(&link).into_response()),
    }
}

/// `POST /dev/acme/read`: takes an account's token, and asks Acme something with it.
pub(super) async fn read(
    State(playground): State<Playground>,
    headers: HeaderMap,
    Form(form): Form,
) -> Result<Response, Stopped> {
    let params = ours(&playground, &headers, form.map_err(Stopped::bad_form)?)?;
    let who = params.get("account").unwrap_or_default().to_owned();
    let trial = playground.trial()?;
    let call = Call::get(path(&who)).header("Symbolon-Purpose", "the playground");
    let heard = playground.ask(trial, call).await?;
    let answer = answered(trial, who, &heard).await;
    playground.shows(&headers, None, Some(answer)).await
}

async fn answered(trial: &Trial, who: String, heard: &Heard) -> Answer {
    let json = heard.json();
    let token = text(&json, "/data/credentials/oauth_access_token");
    let said = match token.is_empty() {
        true => text(&json, "/error/message"),
        false => {
            let until = Time::parse(&text(&json, "/data/expires_at")).map(clock::written).unwrap_or_default();
            format!("Works until {until}. {}", taken(trial, &token).await)
        }
    };
    let reason = axum::http::StatusCode::from_u16(heard.status).ok().and_then(|status| status.canonical_reason());
    let start = format!("{} {}, {} ms", heard.status, reason.unwrap_or_default(), heard.took.as_millis());
    Answer { who, start, good: heard.ok(), said, body: serde_json::to_string_pretty(&json).unwrap_or_default() }
}

/// What Acme's API says to it.
async fn taken(trial: &Trial, token: &str) -> String {
    let asked = match Http::new(&trial.acme) {
        Ok(http) => http.send(&Call::get("/api/contacts").bearer(token)).await,
        Err(why) => Err(why),
    };
    match asked {
        Ok(heard) if heard.ok() => {
            let names = heard.json().get("contacts").and_then(Value::as_array).cloned().unwrap_or_default();
            let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
            format!("Acme’s API took it and told the contacts: {}.", names.join(", "))
        }
        Ok(heard) => format!("Acme’s API answered {}.", heard.status),
        Err(why) => format!("Acme’s API didn’t answer: {why}."),
    }
}

fn ours(playground: &Playground, headers: &HeaderMap, form: Params) -> Result<Params, Stopped> {
    check_form(&playground.app, headers, &form).map_err(Stopped::forged)?;
    Ok(form)
}
