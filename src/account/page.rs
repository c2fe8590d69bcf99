//! `GET /account`, and the same page again when a form of it can't be taken.

use super::done::Done;
use super::profile::Choice;
use super::sent::Sent;
use super::{activity, apps, connections, profile, sessions, tokens, webhooks};
use crate::app::App;
use crate::db::Fault;
use crate::lang::Message;
use crate::signin::login::Then;
use crate::signin::{self, Session, codes, passkey, session};
use crate::web::browser::Browser;
use crate::web::{Page, Params, Query, Reader, Shell, Stopped};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    page: Shell,
    csrf: String,
    done: Option<Done>,
    trouble: Option<Trouble>,
    display_name: String,
    name: String,
    email: String,
    languages: Vec<Choice>,
    apps: Vec<apps::Line>,
    more_apps: Option<String>,
    has_password: bool,
    tokens: tokens::Tokens,
    connections: Vec<connections::Line>,
    offers: Vec<connections::Offer>,
    hooks: webhooks::Hooks,
    passkeys: Vec<passkey::Known>,
    passkeys_possible: bool,
    codes: Option<codes::Known>,
    sessions: Vec<sessions::Line>,
    events: Vec<activity::Line>,
    older: Option<String>,
    paged: bool,
}

/// Why a form can't be taken.
#[derive(Clone)]
pub(super) enum Trouble {
    Profile(Message),
    Password(Message),
    Token(Message),
    Hook(Message),
    Passkey(Message),
    Codes(Message),
}

impl AccountPage {
    /// What a form of this section did.
    fn said(&self, section: &str) -> Option<Message> {
        self.done.filter(|done| done.section() == section).map(Done::message)
    }

    fn profile_trouble(&self) -> Option<&Message> {
        match &self.trouble {
            Some(Trouble::Profile(why)) => Some(why),
            _ => None,
        }
    }

    fn token_trouble(&self) -> Option<&Message> {
        match &self.trouble {
            Some(Trouble::Token(why)) => Some(why),
            _ => None,
        }
    }

    fn hook_trouble(&self) -> Option<&Message> {
        match &self.trouble {
            Some(Trouble::Hook(why)) => Some(why),
            _ => None,
        }
    }

    fn passkey_trouble(&self) -> Option<&Message> {
        match &self.trouble {
            Some(Trouble::Passkey(why)) => Some(why),
            _ => None,
        }
    }

    fn codes_trouble(&self) -> Option<&Message> {
        match &self.trouble {
            Some(Trouble::Codes(why)) => Some(why),
            _ => None,
        }
    }

    fn password_trouble(&self) -> Option<&Message> {
        match &self.trouble {
            Some(Trouble::Password(why)) => Some(why),
            _ => None,
        }
    }
}

/// `GET /account`; `apps` and `before` say where its lists begin, `done` what was just done.
pub(super) async fn get(
    State(app): State<App>,
    reader: Reader,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Stopped> {
    let query = query.readable().map_err(Stopped::bad_link)?;
    let Some(session) = session::current(&app, &headers).await? else {
        return Ok(Then::Account.sign_in());
    };
    let browser = Browser::of(&app, &headers);
    let page = make(&app, reader, &session, &browser, &query).await?;
    Ok((browser.cookie(&app), Page::new(page)).into_response())
}

/// The page with what is wrong.
pub(super) async fn refuse(app: &App, sent: &Sent, why: Trouble) -> Result<Response, Stopped> {
    again(app, sent, why, StatusCode::UNPROCESSABLE_ENTITY).await
}

/// The page for who has tried too often.
pub(super) async fn wait(app: &App, sent: &Sent, why: Trouble, seconds: i64) -> Result<Response, Stopped> {
    let page = again(app, sent, why, StatusCode::TOO_MANY_REQUESTS).await?;
    Ok(([(header::RETRY_AFTER, seconds.to_string())], page).into_response())
}

/// The page with a token that was just made; it is nowhere else.
pub(super) async fn show_token(app: &App, sent: &Sent, made: tokens::Made) -> Result<Response, Stopped> {
    let browser = Browser::of(app, &sent.headers);
    let mut page = make(app, sent.reader, &sent.session, &browser, &Params::default()).await?;
    page.tokens.made = Some(made);
    Ok(Page::new(page).into_response())
}

async fn again(app: &App, sent: &Sent, why: Trouble, status: StatusCode) -> Result<Response, Stopped> {
    let browser = Browser::of(app, &sent.headers);
    let mut page = make(app, sent.reader, &sent.session, &browser, &Params::default()).await?;
    let typed = || sent.params.get("name").unwrap_or_default().to_owned();
    let name = match &why {
        Trouble::Profile(_) => typed(),
        Trouble::Password(_) | Trouble::Passkey(_) | Trouble::Codes(_) => page.name.clone(),
        Trouble::Hook(_) => {
            page.hooks.typed = sent.params.get("url").unwrap_or_default().to_owned();
            page.name.clone()
        }
        Trouble::Token(_) => {
            page.tokens.typed = typed();
            page.name.clone()
        }
    };
    let page = AccountPage { trouble: Some(why), name, ..page };
    Ok(Page::new(page).status(status).into_response())
}

async fn make(
    app: &App,
    reader: Reader,
    session: &Session,
    browser: &Browser,
    query: &Params,
) -> Result<AccountPage, Fault> {
    let (user, shell) = (&session.user, signin::shell(app, reader, None, Some(session)));
    let ((apps, more_apps), tokens, connections, offers, hooks, sessions, passkeys, codes, (events, older)) = tokio::try_join!(
        apps::lines(app, &shell, &user.id, query.get("apps")),
        tokens::all(app, &shell, &user.id),
        connections::all(app, session),
        connections::offers(app, session),
        webhooks::all(app, session),
        sessions::lines(app, session),
        passkey::of_user(&app.db, &user.id),
        codes::of_user(app, &user.id),
        activity::lines(app, &user.id, query.get("before")),
    )?;
    Ok(AccountPage {
        csrf: browser.csrf(app),
        done: query.get("done").and_then(Done::named),
        trouble: None,
        display_name: user.display_name().to_owned(),
        name: user.profile.text("name").unwrap_or_default().to_owned(),
        email: user.email.clone(),
        languages: profile::languages(user),
        apps,
        more_apps: more_apps.map(|cursor| link("apps", &cursor)),
        has_password: user.password.is_some(),
        tokens,
        connections,
        offers,
        hooks,
        passkeys,
        passkeys_possible: passkey::possible(app),
        codes,
        sessions,
        events,
        older: older.map(|cursor| link("before", &cursor)),
        paged: query.get("apps").is_some() || query.get("before").is_some(),
        page: shell,
    })
}

/// The same page, with a list that begins elsewhere.
fn link(name: &str, cursor: &str) -> String {
    let mut query = Params::default();
    query.push(name, cursor);
    let section = if name == "apps" { "apps" } else { "activity" };
    format!("/account?{}#{section}", query.encode())
}
