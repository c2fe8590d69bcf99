//! Connected accounts, for those who look after a workspace or all of them: how they are doing in figures, and what needs
//! somebody. Accounts are their owners' own; only those of the workspace itself are listed, and what somebody opened by
//! break-glass.

pub(super) mod one;
mod open;

pub(super) use open::{glass, open};

use super::desk::{self, Desk, Trouble, Within};
use super::form::{Choice, Field, Form, Kind};
use super::sources::state as source_state;
use super::view::{At, Block, Cell, Section, Table, View};
use super::workspaces::PATH as WORKSPACES;
use crate::audit::Actor as Name;
use crate::base::id::WorkspaceId;
use crate::lang::Message;
use crate::people::workspaces::{self, Standing, Workspace};
use crate::vault::accounts::{Reason, State};
use crate::vault::actor::Actor;
use crate::vault::figures::{self, Figures};
use crate::vault::grants::Health;
use crate::vault::look::{self, Filter};
use crate::vault::sources::{Source, State as SourceState};
use crate::vault::words;
use crate::web::Stopped;
use axum::response::Response;

pub(super) const PATH: &str = "/admin/connections";

/// Most sources of a page, and most accounts: of each source some thousands are counted.
const MOST: i64 = 50;

/// Whoever is at the desk, as the vault knows them. Auditors look; what changes something never comes as far as this for them.
pub(super) async fn actor(desk: &Desk, slug: &WorkspaceId) -> Result<Actor, Stopped> {
    crate::admin::workspaces::show(&desk.app, &desk.who, slug).await.map_err(desk::stopped)?;
    let managed = desk.managed.iter().find(|one| one.workspace == *slug).map(|one| one.role);
    let standing = match desk.manages() {
        true => managed.ok_or_else(desk::missing)?,
        false if desk.may() => Standing::Owner,
        false => Standing::Admin,
    };
    let user = desk.session.user.id.clone();
    Ok(Actor {
        workspace: slug.clone(),
        standing: Some(standing),
        client: None,
        scopes: None,
        name: Name::User(user.clone()),
        user: Some(user),
        call: desk.who.call.clone(),
        as_of: None,
    })
}

/// `GET /admin/connections?workspace=&source=&state=&health=`
pub(super) async fn list(Within(desk): Within<Desk>) -> Result<Response, Stopped> {
    page(&desk, None, None).await
}

/// The workspace that is asked for; of somebody who manages some, the first of them.
async fn place(desk: &Desk, named: Option<&str>) -> Result<Option<Workspace>, Stopped> {
    let named = named.or(desk.query.get("workspace")).map(str::trim).filter(|slug| !slug.is_empty());
    let slug = match (named, desk.managed.first()) {
        (Some(slug), _) => WorkspaceId::from(slug),
        (None, Some(first)) => first.workspace.clone(),
        (None, None) => return Ok(None),
    };
    actor(desk, &slug).await?;
    workspaces::store::one(&desk.app.db, &slug).await?.ok_or_else(desk::missing).map(Some)
}

async fn page(
    desk: &Desk,
    named: Option<&str>,
    trouble: Option<(&'static str, open::Typed, Trouble)>,
) -> Result<Response, Stopped> {
    let place = place(desk, named).await?;
    let slug = place.as_ref().map(|one| &one.slug);
    let sources = figures::sources(&desk.app, slug, MOST).await?;
    let (mut all, mut lines) = (Figures::default(), Vec::new());
    for source in sources {
        let own = figures::of_source(&desk.app, &source.id).await?;
        all.add(&own);
        lines.push((source, own));
    }
    let mut view = View::new(desk, At::Connections, Message::new("console-connections"))
        .lede(Message::new("connections-private"))
        .with(Section::first().all(wheres(desk, place.as_ref())).with(Block::Numbers(numbers(&all))));
    view = view.with(attention(desk, slug, &lines, &all).await?).with(by_source(desk, &lines));
    let (form, typed, trouble) = match trouble {
        Some((form, typed, trouble)) => (form, typed, Some(trouble)),
        None => ("", open::Typed::asked(desk), None),
    };
    if let Some(place) = &place {
        view = view.with(visible(desk, place, &lines).await?);
        if desk.may() {
            view = view.with(open::section(desk, place, &lines, &typed));
        }
    }
    Ok(view.troubled(form, trouble).answer(desk))
}

/// The form that says of which workspace.
fn wheres(desk: &Desk, place: Option<&Workspace>) -> Option<Form> {
    let now = place.map(|one| one.slug.as_str()).unwrap_or_default();
    let label = Message::new("console-workspace");
    let field = match desk.manages() {
        false => Field::new("workspace", Message::new("connections-all"), Kind::Text(now.to_owned())),
        true if desk.managed.len() > 1 => {
            let one = |one: &workspaces::Membership| Choice {
                value: one.workspace.to_string().into(),
                label: Message::new("console-named").name("name", &one.name),
                chosen: one.workspace.as_str() == now,
            };
            Field::new("workspace", label, Kind::One(desk.managed.iter().map(one).collect()))
        }
        true => return None,
    };
    Some(Form::asks("where", PATH, Message::new("console-find")).with(field))
}

fn numbers(all: &Figures) -> Vec<(Message, Cell)> {
    vec![
        (words::health(Health::Ok), super::overview::counted(all.well)),
        (words::health(Health::Degraded), super::overview::counted(all.degraded)),
        (words::health(Health::Uncertain), super::overview::counted(all.uncertain)),
        (Message::new("connection-disabled"), super::overview::counted(all.disabled())),
    ]
}

/// What needs somebody, the worst first: a source that is refused holds all of its accounts up.
async fn attention(
    desk: &Desk,
    slug: Option<&WorkspaceId>,
    lines: &[(Source, Figures)],
    all: &Figures,
) -> Result<Section, Stopped> {
    let mut section = Section::new("attention", Message::new("console-attention"));
    let mut calm = true;
    for (source, own) in lines.iter().filter(|(source, _)| source.state == SourceState::Misconfigured) {
        calm = false;
        let n = usize::try_from(own.all() - own.disabled()).unwrap_or_default();
        let error = source.reason.clone().unwrap_or_default();
        let said =
            Message::new("connections-refused").strong("source", &source.name).code("error", error).count("n", n);
        section = section.with(Block::Caution(said));
    }
    for (reason, n) in &all.disabled {
        let n = usize::try_from(*n).unwrap_or_default();
        if let Some(said) = waits(*reason, n) {
            calm = false;
            section = section.with(Block::Caution(said));
        }
    }
    let orphans = figures::orphans(&desk.app, slug, MOST).await?;
    // Whoever manages some workspaces has named one of them.
    if !orphans.is_empty() {
        calm = false;
        section = section.with(Message::new("connections-orphans")).with(orphaned(&orphans));
    }
    Ok(if calm { section.with(Message::new("connections-calm")) } else { section })
}

/// What their owners must do; nothing where it is their own doing.
fn waits(reason: Reason, n: usize) -> Option<Message> {
    Some(match reason {
        Reason::Revoked => Message::new("connections-revoked").count("n", n),
        Reason::RotationLost => Message::new("connections-lost").count("n", n),
        Reason::AuthorizationExpired => Message::new("connections-expired").count("n", n),
        Reason::Uninstalled => Message::new("connections-uninstalled").count("n", n),
        Reason::ScopeLost => Message::new("connections-scope").count("n", n),
        Reason::OwnerRemoved | Reason::User | Reason::CustodyFreed => return None,
    })
}

fn orphaned(orphans: &[figures::Orphan]) -> Table {
    let heads = [
        Message::new("connections-account"),
        Message::new("connections-source"),
        Message::new("console-workspace"),
        Message::new("console-since"),
    ];
    let mut table = Table::new(Message::new("connections-orphaned"), heads, Message::new("connections-none"));
    for one in orphans {
        let href = format!("{PATH}?workspace={}&account={}#glass", one.workspace, one.id);
        let cells = [
            Cell::Link(href, one.id.to_string()),
            Cell::text(one.source.as_str()),
            Cell::code(one.workspace.as_str()),
            Cell::time_opt(one.since),
        ];
        table.row(one.id.as_str(), cells);
    }
    table
}

fn by_source(desk: &Desk, lines: &[(Source, Figures)]) -> Section {
    let heads = [
        Message::new("connections-source"),
        Message::new("console-workspace"),
        Message::new("console-state"),
        words::health(Health::Ok),
        words::health(Health::Degraded),
        words::health(Health::Uncertain),
        Message::new("connection-disabled"),
    ];
    let mut table = Table::new(Message::new("sources"), heads, Message::new("sources-none"));
    for (source, own) in lines {
        let workspace = match desk.manages() {
            true => Cell::code(source.workspace.as_str()),
            false => Cell::Link(format!("{PATH}?workspace={}", source.workspace), source.workspace.to_string()),
        };
        let cells = [
            Cell::Link(format!("{WORKSPACES}/{}/sources/{}", source.workspace, source.id), source.name.clone()),
            workspace,
            Cell::Chip(source_state(source.state)),
            super::overview::counted(own.well),
            super::overview::counted(own.degraded),
            super::overview::counted(own.uncertain),
            super::overview::counted(own.disabled()),
        ];
        table.row(source.id.as_str(), cells);
    }
    Section::new("by-source", Message::new("sources")).with(table)
}

/// Accounts that are there for whoever is at the desk.
async fn visible(desk: &Desk, place: &Workspace, lines: &[(Source, Figures)]) -> Result<Section, Stopped> {
    let who = actor(desk, &place.slug).await?;
    let asked = |name: &str| desk.query.get(name).unwrap_or_default().to_owned();
    let filter =
        Filter { source: asked("source"), state: asked("state"), health: asked("health"), ..Filter::default() };
    let heads = [
        Message::new("connections-account"),
        Message::new("connections-source"),
        Message::new("connections-owner"),
        Message::new("console-state"),
        Message::new("connections-why"),
    ];
    let mut table = Table::new(Message::new("connections-yours"), heads, Message::new("connections-none"));
    for seen in look::list(&desk.app, &who, &filter, "", MOST).await? {
        let account = &seen.account;
        let owner = match (&account.owner, seen.opened_until) {
            (_, Some(_)) => Cell::Chip(Message::new("connections-opened")),
            (None, None) => Cell::Said(Message::new("connections-workspace-owns")),
            (Some(owner), None) if *owner == desk.session.user.id => Cell::Said(Message::new("connections-you-own")),
            (Some(_), None) => Cell::Said(Message::new("connection-shared")),
        };
        let why = account.disabled_reason.map_or_else(|| Cell::text(""), |reason| Cell::Said(words::why(reason)));
        let link = Cell::Link(format!("{PATH}/{}", account.id), account.name.clone());
        let source = lines.iter().find(|(source, _)| source.id == account.source);
        let source = source.map_or(seen.slug.as_str(), |(source, _)| source.name.as_str());
        table.row(account.id.as_str(), [link, Cell::text(source), owner, Cell::Chip(words::how(&seen)), why]);
    }
    let section = Section::new("accounts", Message::new("connections-yours"));
    Ok(section.with(Message::new("connections-yours-what")).with(filters(place, lines, &filter)).with(table))
}

fn filters(place: &Workspace, lines: &[(Source, Figures)], filter: &Filter) -> Form {
    let any = |now: &str| Choice { value: "".into(), label: Message::new("connections-any"), chosen: now.is_empty() };
    let choice = |value: &str, label, now: &str| Choice { value: value.to_owned().into(), label, chosen: value == now };
    let mut of = vec![any(&filter.source)];
    of.extend(lines.iter().map(|(source, _)| {
        choice(source.id.as_str(), Message::new("console-named").name("name", &source.name), &filter.source)
    }));
    let states = vec![
        any(&filter.state),
        choice(State::Active.name(), Message::new("console-enabled"), &filter.state),
        choice(State::Disabled.name(), Message::new("connection-disabled"), &filter.state),
    ];
    let mut healths = vec![any(&filter.health)];
    healths.extend(
        [Health::Ok, Health::Degraded, Health::Uncertain]
            .map(|one| choice(one.name(), words::health(one), &filter.health)),
    );
    Form::asks("filter", format!("{PATH}#accounts"), Message::new("console-find"))
        .hidden("workspace", place.slug.as_str())
        .with(Field::new("source", Message::new("connections-source"), Kind::One(of)))
        .with(Field::new("state", Message::new("console-state"), Kind::One(states)))
        .with(Field::new("health", Message::new("connections-health"), Kind::One(healths)))
}
