//! One connected account, for those who look after its workspace: how it is, what happened to it, whose doing that was, what to
//! do. There for them only where it is the workspace's own, shared with them, or opened by break-glass.

use super::{PATH, actor};
use crate::base::Time;
use crate::base::id::WorkspaceId;
use crate::console::desk::{self, Desk, Sent, Trouble, Within, confirmed};
use crate::console::form::{Field, Form, Kind};
use crate::console::sources;
use crate::console::view::{At, Block, Cell, Link, Section, Table, View};
use crate::lang::Message;
use crate::people::{self, workspaces};
use crate::vault::accounts::{self, AccountKind, Reason, State};
use crate::vault::actor::{Actor, Level};
use crate::vault::look::{PRIMARY, Seen, Which, look};
use crate::vault::manage::{self, Changed, Revoke};
use crate::vault::refused::Refused;
use crate::vault::{break_glass, reads, words};
use crate::web::Stopped;
use axum::response::{IntoResponse, Redirect, Response};

type Id = desk::Named<AccountKind>;

/// Most of a timeline.
const EVENTS: i64 = 50;

/// The account, as far as it is there for whoever is at the desk.
async fn found(desk: &Desk, id: &crate::base::Id<AccountKind>) -> Result<(Actor, Seen), Stopped> {
    let account = accounts::store::one(&desk.app.db, id).await?.ok_or_else(desk::missing)?;
    let who = actor(desk, &account.workspace).await?;
    let seen = look(&desk.app, &who, &Which::Id(id.clone()), PRIMARY, desk.app.now()).await?;
    seen.map(|seen| (who, seen)).ok_or_else(desk::missing)
}

/// `GET /admin/connections/{id}`
pub(in crate::console) async fn show(desk::Named(id): Id, Within(desk): Within<Desk>) -> Result<Response, Stopped> {
    let (_, seen) = found(&desk, &id).await?;
    page(&desk, &seen, None).await
}

async fn page(desk: &Desk, seen: &Seen, trouble: Option<(&'static str, Trouble)>) -> Result<Response, Stopped> {
    let (form, trouble) = trouble.map_or(("", None), |(form, trouble)| (form, Some(trouble)));
    let manages = seen.level == Level::Manage;
    let mut view = View::about(desk, At::Connections, &seen.account.name)
        .back(&home(&seen.account.workspace), At::Connections.label())
        .with(facts(desk, seen).await?)
        .with(timeline(desk, seen).await?);
    if manages {
        view = view.with(used(desk, seen).await?).with(gives(desk, seen)).with(ends(seen));
    }
    Ok(view.troubled(form, trouble).answer(desk))
}

fn home(workspace: &WorkspaceId) -> String {
    format!("{PATH}?workspace={workspace}")
}

async fn facts(desk: &Desk, seen: &Seen) -> Result<Section, Stopped> {
    let (account, grant) = (&seen.account, seen.grant.as_ref());
    let mut first = Section::first();
    if let Some(until) = seen.opened_until {
        first = first.with(Block::Caution(Message::new("glass-open-until").time("until", &until)));
        let close = Form::new("close", path(seen, "close"), Message::new("glass-close")).quiet();
        first = first.with(close);
    }
    if let Some(reason) = account.disabled_reason {
        first = first.with(Block::Caution(words::why(reason)));
    }
    let owner = match &account.owner {
        Some(owner) => Cell::text(
            people::store::by_id(&desk.app.db, owner).await?.map_or_else(|| owner.to_string(), |user| user.email),
        ),
        None => Cell::Said(Message::new("connections-workspace-owns")),
    };
    let verified = match account.verified {
        true => Message::new("connection-verified"),
        false => Message::new("connection-unverified"),
    };
    let scopes = grant.map(|grant| grant.scope.split_whitespace().map(str::to_owned).collect()).unwrap_or_default();
    let mut facts = vec![
        (Message::new("console-state"), Cell::Chip(words::how(seen))),
        (Message::new("connections-owner"), owner),
        (Message::new("connections-source"), Cell::Link(source(seen), seen.slug.clone())),
        (Message::new("connections-external-id"), Cell::code(account.external_id.as_str())),
        (Message::new("connections-verified"), Cell::Said(verified)),
        (Message::new("connections-id"), Cell::code(account.id.as_str())),
        (Message::new("console-field-scope"), Cell::Codes(scopes)),
        (Message::new("console-since"), Cell::time(account.created_at)),
    ];
    if let Some(grant) = grant {
        facts.push((Message::new("connections-refreshed"), Cell::time(grant.refreshed_at)));
        let more: [(Message, Option<Time>); 2] = [
            (Message::new("connections-used"), grant.used_at),
            (Message::new("connections-consent-until"), grant.ends_at),
        ];
        facts.extend(more.into_iter().filter_map(|(name, at)| Some((name, Cell::time(at?)))));
    }
    Ok(first.with(Block::Facts(facts)))
}

fn source(seen: &Seen) -> String {
    format!("{}/{}/sources/{}", super::WORKSPACES, seen.account.workspace, seen.account.source)
}

/// What happened, whose doing it was, what to do.
async fn timeline(desk: &Desk, seen: &Seen) -> Result<Section, Stopped> {
    let heads = [
        Message::new("connections-when"),
        Message::new("connections-what"),
        Message::new("connections-whose"),
        Message::new("connections-next"),
    ];
    let mut table = Table::new(Message::new("connection-timeline"), heads, Message::new("connections-nothing"));
    for (n, told) in words::timeline(&desk.app, seen, EVENTS).await?.into_iter().enumerate() {
        let said = |said: Option<Message>| said.map_or_else(|| Cell::text(""), Cell::Said);
        let cells = [Cell::time(told.at), Cell::Said(told.what), said(told.whose), said(told.next)];
        table.row(n.to_string(), cells);
    }
    Ok(Section::new("timeline", Message::new("connection-timeline")).with(table))
}

/// Who took its tokens.
async fn used(desk: &Desk, seen: &Seen) -> Result<Section, Stopped> {
    let heads = [
        Message::new("connections-when"),
        Message::new("connections-who"),
        Message::new("connections-times"),
        Message::new("connections-address"),
        Message::new("connections-purpose"),
    ];
    let mut table = Table::new(Message::new("connection-reads"), heads, Message::new("connection-reads-none"));
    let mut names = words::Names::new(&desk.app);
    for one in reads::of_account(&desk.app, &seen.account.id, "", EVENTS).await? {
        let who = names.of(&one.actor).await?;
        let (times, address) = (Cell::number(one.times), Cell::code(one.address));
        table.row(one.id, [Cell::time(one.at), Cell::text(who), times, address, Cell::text(one.purpose)]);
    }
    Ok(Section::new("reads", Message::new("connection-reads")).with(table))
}

fn path(seen: &Seen, what: &str) -> String {
    format!("{PATH}/{}/{what}", seen.account.id)
}

/// What can be done for it: connected again, enabled, given to somebody.
fn gives(desk: &Desk, seen: &Seen) -> Section {
    let account = &seen.account;
    let mut section = Section::new("acts", Message::new("connections-acts"));
    let helps = account.disabled_reason.is_some_and(Reason::reconnects);
    // Only a member can lead the browser of somebody through the provider's pages.
    let member = !desk.managed.is_empty() || account.owner.as_ref() == Some(&desk.session.user.id);
    if member && (helps || account.state == State::Active) {
        let label = Message::new("connection-reconnect");
        section = section.with(Link {
            id: "reconnect",
            href: format!("/connect/again/{}", account.id),
            label,
            changes: true,
        });
    }
    section = match account.state {
        State::Active => section.with(
            Form::new("turn", path(seen, "turn"), Message::new("connection-disable")).quiet().hidden("to", "disabled"),
        ),
        State::Disabled if !helps => section
            .with(Form::new("turn", path(seen, "turn"), Message::new("connection-enable")).hidden("to", "active")),
        State::Disabled => section,
    };
    let email = Field::new("email", Message::new("connections-give-to"), Kind::Text(String::new()));
    let give = Form::new("transfer", path(seen, "transfer"), Message::new("connection-transfer"))
        .note(Message::new("connections-give-what"))
        .with(email.hint(Message::new("connections-give-hint")));
    section.with(give)
}

fn ends(seen: &Seen) -> Section {
    let delete = Form::new("delete", path(seen, "delete"), Message::new("connection-delete"))
        .note(Message::new("connection-delete-what"))
        .confirmed_by(&seen.account.external_id);
    Section::new("danger", Message::new("connection-delete")).with(delete)
}

async fn managed(sent: &Sent, id: &crate::base::Id<AccountKind>) -> Result<(Actor, Seen), Stopped> {
    let (who, seen) = found(&sent.desk, id).await?;
    if seen.level == Level::Manage { Ok((who, seen)) } else { Err(desk::missing()) }
}

/// `POST /admin/connections/{id}/turn`: disabled, or enabled.
pub(in crate::console) async fn turn(desk::Named(id): Id, Within(sent): Within<Sent>) -> Result<Response, Stopped> {
    let (who, seen) = managed(&sent, &id).await?;
    let state = if sent.text("to") == "active" { State::Active } else { State::Disabled };
    let changed = Changed { state: Some(state), ..Changed::default() };
    let done = manage::change(&sent.desk.app, &who, seen, changed).await;
    after(&sent.desk, &id, "turn", done).await
}

/// `POST /admin/connections/{id}/transfer`: to a member, or to the workspace where nobody is named.
pub(in crate::console) async fn transfer(desk::Named(id): Id, Within(sent): Within<Sent>) -> Result<Response, Stopped> {
    let (who, seen) = managed(&sent, &id).await?;
    let desk = &sent.desk;
    let owner = match sent.text("email") {
        "" => None,
        email => match workspaces::member_of(&desk.app.db, &who.workspace, email).await? {
            Some(member) => Some(member),
            None => {
                let trouble = Trouble::field("email", Message::new("connection-not-member"));
                return page(desk, &seen, Some(("transfer", trouble))).await;
            }
        },
    };
    let changed = Changed { owner: Some(owner), ..Changed::default() };
    let done = manage::change(&desk.app, &who, seen, changed).await;
    after(desk, &id, "transfer", done).await
}

/// `POST /admin/connections/{id}/close`: whoever opened it is done.
pub(in crate::console) async fn close(desk::Named(id): Id, Within(sent): Within<Sent>) -> Result<Response, Stopped> {
    let (who, seen) = managed(&sent, &id).await?;
    let done = break_glass::close(&sent.desk.app, &who, &seen).await;
    after(&sent.desk, &id, "close", done).await
}

/// `POST /admin/connections/{id}/delete`, with its external id typed in `confirm`.
pub(in crate::console) async fn delete(desk::Named(id): Id, Within(sent): Within<Sent>) -> Result<Response, Stopped> {
    let (who, seen) = managed(&sent, &id).await?;
    if let Err(trouble) = confirmed(sent.text("confirm"), &seen.account.external_id) {
        return page(&sent.desk, &seen, Some(("delete", trouble))).await;
    }
    let workspace = seen.account.workspace.clone();
    match manage::delete(&sent.desk.app, &who, seen, Revoke::Auto).await {
        Ok(()) => Ok(Redirect::to(&home(&workspace)).into_response()),
        Err(refused) => Err(sources::stopped(refused)),
    }
}

/// Back to its page; or to the list, when it isn't there for them any more.
async fn after(
    desk: &Desk,
    id: &crate::base::Id<AccountKind>,
    form: &'static str,
    done: Result<(), Refused>,
) -> Result<Response, Stopped> {
    let trouble = match done {
        Ok(()) => None,
        Err(refused) => Some(match refused.code {
            "reconnect_needed" => Trouble::field("", Message::new("connection-reconnect-needed")),
            "provider_unreachable" => Trouble::field("", Message::new("connection-unreachable")),
            _ => Trouble::of_vault(refused)?,
        }),
    };
    let account = accounts::store::one(&desk.app.db, id).await?.ok_or_else(desk::missing)?;
    match (found(desk, id).await, trouble) {
        (Ok((_, seen)), Some(trouble)) => page(desk, &seen, Some((form, trouble))).await,
        (Ok(_), None) => Ok(Redirect::to(&format!("{PATH}/{id}")).into_response()),
        (Err(_), _) => Ok(Redirect::to(&home(&account.workspace)).into_response()),
    }
}
