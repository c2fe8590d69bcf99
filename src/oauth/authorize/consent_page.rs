//! `/consent`: who asks for what, in words; the person decides.

use super::decide::Decision;
use super::{Visit, asking, event};
use crate::app::App;
use crate::base::id::WorkspaceId;
use crate::base::{ScopeSet, Time, uri};
use crate::db::Fault;
use crate::lang::Message;
use crate::oauth::scopes::ScopeLine;
use crate::oauth::wishes::Wishes;
use crate::people::workspaces::{self, Membership};
use crate::signin::consents::Allowed;
use crate::signin::{Asking, Session, interaction, session};
use crate::web::browser::check_form;
use crate::web::{Call, Form, Page, Params, Query, Shell, Stopped};
use crate::{audit, oauth, signin};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use std::collections::BTreeSet;

#[derive(Template)]
#[template(path = "consent.html")]
struct ConsentPage {
    page: Shell,
    client: Asking,
    third_party: bool,
    approved_on: Option<Time>,
    scopes: Vec<ScopeLine>,
    things: usize,
    offline: bool,
    already: Vec<ScopeLine>,
    user_email: String,
    switch_href: String,
    resources: Vec<String>,
    csrf: String,
    go: String,
    only_new: bool,
    mark: Option<String>,
    workspaces: Vec<Choice>,
}

/// A workspace that the person may choose.
struct Choice {
    slug: WorkspaceId,
    name: String,
    chosen: bool,
}

/// `GET /consent?go=…`
pub async fn get(
    State(app): State<App>,
    call: Call,
    headers: HeaderMap,
    Query(query): Query,
) -> Result<Response, Stopped> {
    let go = query.get("go").unwrap_or_default();
    let visit = Visit::found(&app, &call, &headers, go).await?;
    match session::current(&app, &headers).await? {
        Some(session) => page(visit, &session, go).await,
        None => Ok(Redirect::to(&format!("/login?go={go}")).into_response()),
    }
}

async fn page(visit: Visit<'_>, session: &Session, go: &str) -> Result<Response, Stopped> {
    let (app, client) = (visit.app, &visit.client);
    let before = visit.remembered(session).await?;
    let scope = visit.allowed(session, visit.ask.scope.clone());
    let told = visit.ask.claims.beside(&scope);
    let (new, known) = apart(Allowed { scope, claims: told, workspace: None }, &before, &visit.ask.claims);
    let shell = signin::shell(app, visit.reader, None, Some(session));
    let language = shell.language;
    let (scopes, already) = (lines(&shell, app, &new), lines(&shell, app, &known));
    let offline = new.scope.offline() || known.scope.offline();
    let page = ConsentPage {
        page: shell,
        client: asking(app, client, &visit.ask.redirect_uri, language),
        third_party: !client.metadata.trusted,
        approved_on: client.provenance.vouched_for().then_some(client.created_at),
        things: scopes.len() + usize::from(offline),
        scopes,
        offline,
        already,
        user_email: session.user.email.clone(),
        switch_href: format!("/login?go={go}&another=1"),
        resources: visit.ask.resource.clone(),
        csrf: visit.browser.csrf(app),
        go: go.to_owned(),
        only_new: known != Allowed::default(),
        mark: client.mark(),
        workspaces: choices(app, session, before.workspace.as_ref()).await?,
    };
    // Browsers hold the redirect that follows the form to `form-action`.
    let leads_to = uri::origin(&visit.ask.redirect_uri);
    Ok((visit.browser.cookie(app), Page::new(page).leads_to(leads_to)).into_response())
}

/// Where the person may let the client act; nothing where there is nothing to choose.
async fn choices(app: &App, session: &Session, before: Option<&WorkspaceId>) -> Result<Vec<Choice>, Fault> {
    let all = workspaces::store::of_user(&app.db, &session.user.id).await?;
    if all.len() < 2 {
        return Ok(Vec::new());
    }
    let choice =
        |one: Membership| Choice { chosen: before == Some(&one.workspace), slug: one.workspace, name: one.name };
    let mut choices: Vec<Choice> = all.into_iter().map(choice).collect();
    if !choices.iter().any(|choice| choice.chosen)
        && let Some(first) = choices.first_mut()
    {
        first.chosen = true;
    }
    Ok(choices)
}

fn lines(page: &Shell, app: &App, what: &Allowed) -> Vec<ScopeLine> {
    let mut lines = oauth::scopes::lines(page, app, &what.scope);
    lines.extend(oauth::scopes::told(page, &what.claims));
    lines
}

/// What is new, and what was allowed before; when nothing is new, all of it once more.
fn apart(asked: Allowed, before: &Allowed, wishes: &Wishes) -> (Allowed, Allowed) {
    // A scope of before may tell what is now asked for by its name.
    let untold = wishes.beside(&asked.scope.union(&before.scope));
    let is_new = |name: &String| untold.contains(name) && !before.claims.contains(name);
    let (fresh, old): (BTreeSet<String>, BTreeSet<String>) = asked.claims.into_iter().partition(is_new);
    let scope = asked.scope.minus(&before.scope);
    if scope.is_empty() && fresh.is_empty() {
        return (Allowed { claims: old, ..asked }, Allowed::default());
    }
    let known = Allowed { scope: asked.scope.only(|name| before.scope.has(name)), claims: old, workspace: None };
    (Allowed { scope, claims: fresh, workspace: None }, known)
}

/// `POST /consent`
pub async fn post(
    State(app): State<App>,
    call: Call,
    headers: HeaderMap,
    Form(form): Form,
) -> Result<Response, Stopped> {
    let params = form.map_err(Stopped::bad_form)?;
    check_form(&app, &headers, &params).map_err(Stopped::forged)?;
    let go = params.get("go").unwrap_or_default();
    let visit = Visit::found(&app, &call, &headers, go).await?;
    let session = session::current(&app, &headers).await?;
    // Consent before sign-in isn't a step that exists.
    let session = session.ok_or_else(Stopped::expired)?;
    let mark = visit.client.mark();
    // The person decided about what the page showed.
    if params.get("mark") != mark.as_deref() {
        return Err(changed_meanwhile());
    }
    let workspace = place(&app, &session, &params).await?;
    let decision = Decision { workspace, ..decision(&visit.ask.scope, &session, &params, mark)? };
    let said = serde_json::to_value(&decision).map_err(|why| Fault::Bug(why.to_string()))?;
    let mut tx = app.db.begin().await?;
    if !interaction::decide(&mut tx, &visit.browser, go, &said, app.now()).await? {
        return Err(decided_before());
    }
    audit::record(&mut tx, &trace(&call, &session, &visit, &decision), app.now()).await?;
    tx.commit().await?;
    let resume = visit.waiting.map(|waiting| waiting.resume()).unwrap_or_default();
    Ok(Redirect::to(&resume).into_response())
}

/// What was decided: never more than was asked for; less, when the form names scopes.
fn decision(asked: &ScopeSet, session: &Session, params: &Params, mark: Option<String>) -> Result<Decision, Stopped> {
    let user = session.user.id.to_string();
    let named = params.all("scope").join(" ");
    let named = if named.is_empty() { Ok(asked.clone()) } else { ScopeSet::parse(&named) };
    let Some(named) = named.ok().filter(|named| named.within(asked)) else {
        return Err(Stopped::invalid(Message::new("stopped-more-than-asked")));
    };
    match params.get("decision") {
        Some("allow") => {
            let stays = params.get("offline").is_some();
            let allowed =
                asked.only(|name| named.has(name) && (stays || !matches!(name, "offline" | "offline_access")));
            Ok(Decision { user, allowed: Some(allowed), mark, workspace: None })
        }
        Some("deny") => Ok(Decision { user, allowed: None, mark, workspace: None }),
        _ => Err(Stopped::invalid(Message::new("stopped-no-choice"))),
    }
}

/// Which of their workspaces the person chose.
async fn place(app: &App, session: &Session, params: &Params) -> Result<Option<WorkspaceId>, Stopped> {
    let all = choices(app, session, None).await?;
    if all.is_empty() {
        return Ok(None);
    }
    let chosen = all.into_iter().find(|one| Some(one.slug.as_str()) == params.get("workspace"));
    chosen.map(|one| Some(one.slug)).ok_or_else(|| Stopped::invalid(Message::new("stopped-no-workspace")))
}

fn trace(call: &Call, session: &Session, visit: &Visit<'_>, said: &Decision) -> audit::Event {
    let action = if said.allowed.is_some() { "consent.given" } else { "consent.declined" };
    let claims = said.allowed.as_ref().map(|allowed| visit.ask.granted_claims(allowed).beside(allowed));
    let detail = serde_json::json!({ "scope": said.allowed, "claims": claims, "workspace": said.workspace });
    audit::Event { detail, ..event(call, session, action, &visit.client) }
}

fn changed_meanwhile() -> Stopped {
    Stopped::told(StatusCode::CONFLICT, "client_changed", Message::new("stopped-client-changed"))
}

fn decided_before() -> Stopped {
    Stopped::told(StatusCode::CONFLICT, "already_decided", Message::new("stopped-decided"))
}
