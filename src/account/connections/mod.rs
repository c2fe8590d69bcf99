//! Accounts at other companies that a person has connected, or that others share with them: how they are, and a page for each.

mod act;

mod fresh;

pub(super) use act::{act, delete, free, give};
pub(super) use fresh::{Offer, connect, offers};

use super::sent::nothing;
use crate::app::App;
use crate::audit::Actor as Name;
use crate::base::Time;
use crate::base::id::Id;
use crate::db::Fault;
use crate::lang::Message;
use crate::people::workspaces;
use crate::signin::login::Then;
use crate::signin::{self, Session, session};
use crate::vault::accounts::{AccountId, Custody, Reason, State as AccountState};
use crate::vault::actor::{Actor, Level};
use crate::vault::look::{self, Filter, PRIMARY, Seen, Which};
use crate::vault::shares::Share;
use crate::vault::words::{self, Told};
use crate::vault::{break_glass, custody, reads, shares};
use crate::web::browser::Browser;
use crate::web::{Call, Page, Query, Reader, Shell, Stopped};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};

/// Most that are shown of a workspace.
const MOST: i64 = 100;
/// Most of a timeline.
const EVENTS: i64 = 30;

/// A connection as the account page shows it.
pub(super) struct Line {
    pub id: AccountId,
    pub name: String,
    pub source: String,
    pub workspace: Option<String>,
    pub how: Message,
    pub why: Option<Message>,
    pub shared: bool,
    pub refreshed: Option<Time>,
}

/// All of a person's, in all their workspaces.
pub(super) async fn all(app: &App, session: &Session) -> Result<Vec<Line>, Fault> {
    let memberships = workspaces::store::of_user(&app.db, &session.user.id).await?;
    let mut lines = Vec::new();
    for one in &memberships {
        let who = actor(session, one, Call::internal("account"));
        let all = look::list(app, &who, &Filter::default(), "", MOST).await?;
        // What they opened by break-glass is the console's affair.
        for seen in all.into_iter().filter(|seen| seen.opened_until.is_none()) {
            lines.push(line(&seen, (memberships.len() > 1).then(|| one.name.clone()), session));
        }
    }
    Ok(lines)
}

pub(super) fn actor(session: &Session, one: &workspaces::Membership, call: Call) -> Actor {
    let user = session.user.id.clone();
    Actor {
        workspace: one.workspace.clone(),
        standing: Some(one.role),
        client: None,
        scopes: None,
        name: Name::User(user.clone()),
        user: Some(user),
        call,
        as_of: None,
    }
}

fn line(seen: &Seen, workspace: Option<String>, session: &Session) -> Line {
    let account = &seen.account;
    Line {
        id: account.id.clone(),
        name: account.name.clone(),
        source: seen.slug.clone(),
        workspace,
        how: words::how(seen),
        why: account.disabled_reason.map(words::why),
        shared: account.owner.as_ref() != Some(&session.user.id),
        refreshed: seen.grant.as_ref().map(|grant| grant.refreshed_at),
    }
}

#[derive(Template)]
#[template(path = "connection.html")]
struct ConnectionPage {
    page: Shell,
    csrf: String,
    line: Line,
    external_id: String,
    verified: bool,
    scopes: Vec<String>,
    until: Option<Time>,
    active: bool,
    enables: bool,
    reconnect: Option<String>,
    manages: bool,
    shares: Vec<Shared>,
    events: Vec<Told>,
    opened: Vec<Glass>,
    reads: Vec<Taken>,
    /// Whether its access can be given back to the service.
    frees: bool,
    /// Where a program asks for it instead.
    free_path: String,
    /// What else goes with it then, as far as the person may know.
    together: Vec<String>,
    /// And how many more.
    others: usize,
    /// Whether it can become the workspace's own.
    may_leave: bool,
    said: Option<Message>,
    trouble: Option<Trouble>,
    typed: Typed,
}

/// What can't be taken, and in which section it stands.
struct Trouble {
    at: &'static str,
    why: Message,
}

/// What was typed.
#[derive(Default)]
struct Typed {
    with: String,
    who: String,
    until: String,
    to: String,
}

impl ConnectionPage {
    fn trouble_at(&self, section: &str) -> Option<&Message> {
        self.trouble.as_ref().filter(|trouble| trouble.at == section).map(|trouble| &trouble.why)
    }
}

/// Somebody who looks after the workspace has it open.
struct Glass {
    who: String,
    reason: String,
    until: Time,
}

struct Shared {
    subject: String,
    name: String,
    level: Message,
    until: Option<Time>,
}

struct Taken {
    at: Time,
    actor: String,
    address: String,
    purpose: String,
    times: i64,
}

/// Who somebody is in a workspace, a connection in it, and what the workspace is called where there are several.
type Found = (Actor, Seen, Option<String>);

/// The connection in one of the person's workspaces, and who they are there.
async fn found(app: &App, session: &Session, call: Call, id: &str) -> Result<Found, Stopped> {
    let id: AccountId = Id::from(id);
    let memberships = workspaces::store::of_user(&app.db, &session.user.id).await?;
    for one in &memberships {
        let who = actor(session, one, call.clone());
        if let Some(seen) = look::look(app, &who, &Which::Id(id.clone()), PRIMARY, app.now()).await? {
            return Ok((who, seen, (memberships.len() > 1).then(|| one.name.clone())));
        }
    }
    Err(nothing())
}

/// `GET /account/connections/{id}`
pub(super) async fn get(
    State(app): State<App>,
    Path(id): Path<String>,
    reader: Reader,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Stopped> {
    let query = query.readable().map_err(Stopped::bad_link)?;
    let Some(session) = session::current(&app, &headers).await? else {
        return Ok(Then::Account.sign_in());
    };
    let found = found(&app, &session, Call::internal("account"), &id).await?;
    let browser = Browser::of(&app, &headers);
    let mut page = made(&app, reader, &session, &browser, &found).await?;
    page.said = query.get("done").and_then(done);
    Ok((browser.cookie(&app), Page::new(page)).into_response())
}

/// What a form of the page did. A fixed word in the address: nobody can put another text there.
fn done(word: &str) -> Option<Message> {
    Some(match word {
        "shared" => Message::new("connection-done-shared"),
        "unshared" => Message::new("connection-done-unshared"),
        "disabled" => Message::new("connection-done-disabled"),
        "enabled" => Message::new("connection-done-enabled"),
        "given" => Message::new("connection-given"),
        "freed" => Message::new("connection-done-freed"),
        "freed-here" => Message::new("connection-done-freed-here"),
        _ => return None,
    })
}

async fn made(
    app: &App,
    reader: Reader,
    session: &Session,
    browser: &Browser,
    (who, seen, workspace): &Found,
) -> Result<ConnectionPage, Stopped> {
    let (account, grant) = (&seen.account, seen.grant.as_ref());
    let frees = seen.level == Level::Manage && account.custody == Custody::Held;
    let (mut together, mut others) = (Vec::new(), 0_usize);
    if frees {
        for one in custody::together(app, account).await?.1.into_iter().filter(|one| one.id != account.id) {
            match one.owner.as_ref() == Some(&session.user.id) {
                true => together.push(one.name),
                false => others = others.saturating_add(1),
            }
        }
    }
    let manages = seen.level == Level::Manage;
    let mut names = words::Names::new(app);
    let mut shared = Vec::new();
    let mut taken = Vec::new();
    if manages {
        for one in shares::of(app, &account.id).await? {
            shared.push(share(&mut names, one).await?);
        }
        for one in reads::of_account(app, &account.id, "", EVENTS).await? {
            let actor = names.of(&one.actor).await?;
            taken.push(Taken { at: one.at, actor, address: one.address, purpose: one.purpose, times: one.times });
        }
    }
    let mut opened = Vec::new();
    for one in break_glass::of(app, &account.id).await? {
        let who = names.of(&format!("user:{}", one.by)).await?;
        opened.push(Glass { who, reason: one.reason, until: one.ends_at });
    }
    let helps = account.disabled_reason.is_some_and(Reason::reconnects);
    Ok(ConnectionPage {
        page: signin::shell(app, reader, None, Some(session)),
        csrf: browser.csrf(app),
        external_id: account.external_id.clone(),
        verified: account.verified,
        scopes: grant.map(|one| one.scope.split_whitespace().map(str::to_owned).collect()).unwrap_or_default(),
        until: grant.and_then(|grant| grant.ends_at),
        active: account.state == AccountState::Active,
        enables: !helps,
        reconnect: (manages && (helps || account.state == AccountState::Active))
            .then(|| format!("/connect/again/{}", account.id)),
        manages,
        shares: shared,
        events: words::timeline(app, seen, EVENTS).await?,
        opened,
        reads: taken,
        frees,
        free_path: format!("POST /v1/accounts/{}/custody/free", account.id),
        together,
        others,
        may_leave: who.administers(),
        said: None,
        trouble: None,
        typed: Typed::default(),
        line: line(seen, workspace.clone(), session),
    })
}

async fn share(names: &mut words::Names<'_>, one: Share) -> Result<Shared, Fault> {
    let name = match one.subject.as_str() {
        "workspace" => String::new(),
        subject => names.of(subject).await?,
    };
    Ok(Shared { name, subject: one.subject, level: words::level(one.level), until: one.expires_at })
}
