//! API tokens: what a person's own scripts act with; a new one is shown once.

use super::done::Done;
use super::page::{self, Trouble};
use super::sent::{Sent, nothing};
use crate::api_tokens::own::{self, Place as Where};
use crate::api_tokens::{self, ApiToken, Asked, Unmade};
use crate::app::App;
use crate::base::id::{UserId, WorkspaceId};
use crate::base::{Secret, Time};
use crate::db::Fault;
use crate::lang::Message;
use crate::oauth::scopes::{self, ScopeLine};
use crate::people::workspaces;
use crate::web::{Shell, Stopped};
use axum::extract::State;
use axum::response::Response;
use std::collections::HashMap;
use std::time::Duration;

/// Most that are shown.
const MOST: i64 = 200;
/// Days that a token may be good for.
const SPANS: [usize; 4] = [7, 30, 90, 365];

/// The section of the page.
pub(super) struct Tokens {
    pub lines: Vec<Line>,
    pub places: Vec<Place>,
    pub most: usize,
    pub spans: Vec<usize>,
    /// What a new one may be narrowed to.
    pub scopes: Vec<ScopeLine>,
    /// The name that was typed into a form that couldn't be taken.
    pub typed: String,
    pub made: Option<Made>,
}

/// A token as the page shows it.
pub(super) struct Line {
    pub id: String,
    pub name: String,
    pub hint: String,
    pub workspace: Option<String>,
    pub scopes: Vec<ScopeLine>,
    pub since: Time,
    pub until: Option<Time>,
    pub used: Option<(Time, String)>,
    pub over: bool,
}

/// Where a token may act, and how many do.
pub(super) struct Place {
    pub slug: String,
    pub name: String,
    pub used: usize,
}

/// A token that was just made.
pub(super) struct Made {
    pub name: String,
    pub secret: Secret,
}

/// The tokens of a person, and what they may make.
pub(super) async fn all(app: &App, shell: &Shell, user: &UserId) -> Result<Tokens, Fault> {
    let (found, memberships) =
        tokio::try_join!(api_tokens::page(&app.db, user, None, "", MOST), workspaces::store::of_user(&app.db, user),)?;
    let now = app.now();
    let living = |slug: &str| {
        let there = |token: &&ApiToken| token.workspace.as_ref().map_or("", WorkspaceId::as_str) == slug;
        found.iter().filter(there).filter(|token| !token.over(now)).count()
    };
    let place = |slug: &str, name: &str| Place { slug: slug.to_owned(), name: name.to_owned(), used: living(slug) };
    let places: Vec<Place> = match memberships.is_empty() {
        true => vec![place("", "")],
        false => memberships.iter().map(|one| place(one.workspace.as_str(), &one.name)).collect(),
    };
    let names: HashMap<&str, &str> =
        memberships.iter().map(|one| (one.workspace.as_str(), one.name.as_str())).collect();
    let line = |token: &ApiToken| Line {
        id: token.id.to_string(),
        name: token.name.clone(),
        hint: token.hint.clone(),
        // Where there is one place only, it goes without saying.
        workspace: token
            .workspace
            .as_ref()
            .filter(|_| memberships.len() > 1)
            .map(|slug| names.get(slug.as_str()).copied().unwrap_or(slug.as_str()).to_owned()),
        scopes: token.scope.iter().flat_map(|scope| scope.iter()).map(|name| scopes::line(shell, app, name)).collect(),
        since: token.created_at,
        until: token.expires_at,
        used: token.used_at.map(|at| (at, token.used_from.clone().unwrap_or_default())),
        over: token.over(now),
    };
    Ok(Tokens {
        lines: found.iter().map(line).collect(),
        places,
        most: usize::try_from(app.config.api_tokens.max_per_user).unwrap_or(usize::MAX),
        spans: SPANS.to_vec(),
        scopes: app.config.scopes.keys().map(|name| scopes::line(shell, app, name)).collect(),
        typed: String::new(),
        made: None,
    })
}

/// `POST /account/tokens`: `revoke` names one to delete; without, a new one is made.
pub(super) async fn act(State(app): State<App>, sent: Sent) -> Result<Response, Stopped> {
    match sent.params.get("revoke") {
        Some(id) => end(&app, &sent, id).await,
        None => make(&app, &sent).await,
    }
}

async fn end(app: &App, sent: &Sent, id: &str) -> Result<Response, Stopped> {
    match own::end(app, &sent.call, &sent.session.user.id, None, id).await? {
        true => Ok(Done::Token.back()),
        false => Err(nothing()),
    }
}

async fn make(app: &App, sent: &Sent) -> Result<Response, Stopped> {
    let refuse = |why| page::refuse(app, sent, Trouble::Token(why));
    let Ok(name) = api_tokens::title(sent.params.get("name").unwrap_or_default()) else {
        return refuse(Message::new("account-token-name-wrong")).await;
    };
    let user = &sent.session.user.id;
    let named = sent.params.get("workspace").map(WorkspaceId::from);
    let Where::In(workspace) = own::place(app, user, named.as_ref()).await? else {
        return refuse(Message::new("account-token-not-in")).await;
    };
    // What the form offers, and nothing else that a request names.
    let wanted: Vec<String> = sent.params.all("scope").into_iter().map(str::to_owned).collect();
    let known = wanted.iter().all(|name| app.config.scopes.contains_key(name));
    let scope = (!wanted.is_empty()).then(|| api_tokens::scopes(&wanted)).transpose().ok().filter(|_| known);
    let days = sent.params.get("days").map(|days| days.parse().ok().filter(|days| SPANS.contains(days)));
    let (Some(scope), Some(days)) = (scope, days.map_or(Some(None), |days| days.map(Some))) else {
        return Err(Stopped::invalid(Message::new("stopped-form")));
    };
    let day = |days| Duration::from_secs(86_400).saturating_mul(u32::try_from(days).unwrap_or(1));
    let expires_at = days.map(|days| app.now() + day(days));
    let asked = Asked { user: user.clone(), workspace, name: name.clone(), scope, expires_at };
    match own::make(app, &sent.call, &asked).await {
        Ok((secret, _)) => page::show_token(app, sent, Made { name, secret }).await,
        Err(Unmade::TooMany(_)) => refuse(Message::new("account-token-too-many")).await,
        Err(Unmade::NotIn | Unmade::Expiry) => refuse(Message::new("account-token-not-in")).await,
        Err(Unmade::Slow(seconds)) => {
            page::wait(app, sent, Trouble::Token(Message::new("account-token-slow")), seconds).await
        }
        Err(Unmade::Fault(fault)) => Err(fault.into()),
    }
}
