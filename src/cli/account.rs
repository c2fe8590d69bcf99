//! `symbolon account`: people's accounts at other companies, for whoever looks after this machine. Tokens are never printed.

use super::ask;
use super::custody;
use super::open::{self, Start};
use super::output::{Failure, Printed, block, moment, table};
use super::source::{Place, operator, told};
use crate::app::App;
use crate::base::id::Id;
use crate::config::Flags;
use crate::vault::accounts::State;
use crate::vault::actor::{Actor, Level};
use crate::vault::events::{self, Happened};
use crate::vault::look::{self, Filter, Seen, Which};
use crate::vault::manage::{self, Changed, Revoke};
use crate::vault::reads::{self, Taken};
use crate::vault::refused::Refused;
use crate::vault::sources::store;
use crate::vault::view::Shown;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::time::Duration;

/// How many are read at once, and how much of a history is shown.
const PAGE: i64 = 200;

/// `symbolon account …`
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List a workspace's connected accounts and how they are doing
    List {
        #[command(flatten)]
        place: Place,
        /// Only of this source: its slug or id
        #[arg(long)]
        source: Option<String>,
        /// Only these: active or disabled
        #[arg(long, value_parser = ["active", "disabled"])]
        state: Option<String>,
        /// Only these: ok, degraded or uncertain
        #[arg(long, value_parser = ["ok", "degraded", "uncertain"])]
        health: Option<String>,
    },
    /// Show one: whose it is, how it is doing, and what to do if it isn't well
    Show(One),
    /// Stop handing out its tokens
    Disable(One),
    /// Hand them out again, once the other company has taken the refresh token
    Enable(One),
    /// Fetch a fresh token now
    Refresh(One),
    /// What happened to it, the latest first
    Events(One),
    /// Who took its tokens, and what for, the latest first
    Reads(One),
    /// Give custody away: its tokens leave, sealed for a key, or are taken back; it is disabled
    Free(Box<custody::Free>),
    /// Say that freed tokens have arrived: what is held here is wiped
    Ack(custody::Release),
    /// Take custody back before that
    Cancel(custody::Release),
    /// Delete it: what is held of it is gone at once
    Delete {
        #[command(flatten)]
        one: One,
        /// Don't tell the other company that its tokens aren't needed any more
        #[arg(long)]
        keep_upstream: bool,
        /// Don't ask
        #[arg(long)]
        yes: bool,
    },
}

/// Which account.
#[derive(Debug, Args)]
pub(super) struct One {
    /// Its id, from `symbolon account list`
    account: String,
    #[command(flatten)]
    place: Place,
}

pub(super) async fn run(flags: &Flags, command: Command) -> Result<Printed, Failure> {
    let app = open::open(flags, Start::Existing).await?;
    let printed = answer(&app, command).await;
    app.db.close().await;
    printed
}

async fn answer(app: &App, command: Command) -> Result<Printed, Failure> {
    match command {
        Command::List { place, source, state, health } => {
            let who = operator(app, &place).await?;
            let (state, health) = (state.unwrap_or_default(), health.unwrap_or_default());
            list(app, &who, source.as_deref(), Filter { state, health, ..Filter::default() }).await
        }
        Command::Show(one) => show(app, &found(app, &one).await?.1),
        Command::Disable(one) => set(app, &one, State::Disabled).await,
        Command::Enable(one) => set(app, &one, State::Active).await,
        Command::Refresh(one) => {
            let (who, seen) = found(app, &one).await?;
            let before = seen.grant.as_ref().map(|grant| grant.version);
            manage::refresh(app, &seen, None, Duration::from_secs(30)).await.map_err(told)?;
            let seen = look(app, &who, &one).await?;
            match seen.grant.as_ref().map(|grant| grant.version) == before {
                true => Err(Failure::failed("the provider gave no fresh token")
                    .fix("`symbolon account show` says what went wrong last; it is tried again by itself.")),
                false => show(app, &seen),
            }
        }
        Command::Events(one) => {
            let (_, seen) = found(app, &one).await?;
            Ok(timeline(&events::of_account(app, &seen.account.id, "", PAGE).await?))
        }
        Command::Reads(one) => {
            let (_, seen) = found(app, &one).await?;
            Ok(readers(&reads::of_account(app, &seen.account.id, "", PAGE).await?))
        }
        Command::Free(given) => custody::free(app, &given).await,
        Command::Ack(given) => custody::ack(app, &given).await,
        Command::Cancel(given) => custody::cancel(app, &given).await,
        Command::Delete { one, keep_upstream, yes } => {
            let (who, seen) = found(app, &one).await?;
            let id = seen.account.id.clone();
            ask::sure(&format!("Deleting {} of {}", seen.account.name, seen.slug), id.as_str(), yes)?;
            let revoke = if keep_upstream { Revoke::No } else { Revoke::Auto };
            manage::delete(app, &who, seen, revoke).await.map_err(told)?;
            Ok(Printed::new(format!("{id} is deleted."), json!({ "id": id, "deleted": true })))
        }
    }
}

fn missing(one: &One) -> Failure {
    Failure::failed(format!("there is no account `{}` in {}", one.account, one.place.workspace))
        .fix(format!("`symbolon account list --workspace {}` shows them.", one.place.workspace))
}

pub(super) async fn found(app: &App, one: &One) -> Result<(Actor, Seen), Failure> {
    let who = operator(app, &one.place).await?;
    let seen = look(app, &who, one).await?;
    Ok((who, seen))
}

async fn look(app: &App, who: &Actor, one: &One) -> Result<Seen, Failure> {
    let which = Which::Id(Id::from(one.account.as_str()));
    let found = manage::at_least(app, who, &which, Level::Manage).await;
    found.map_err(|why: Refused| if why.code == "not_found" { missing(one) } else { told(why) })
}

async fn set(app: &App, one: &One, state: State) -> Result<Printed, Failure> {
    let (who, seen) = found(app, one).await?;
    let changed = Changed { state: Some(state), ..Changed::default() };
    manage::change(app, &who, seen, changed).await.map_err(told)?;
    show(app, &look(app, &who, one).await?)
}

async fn list(app: &App, who: &Actor, source: Option<&str>, mut filter: Filter) -> Result<Printed, Failure> {
    if let Some(name) = source {
        let found = store::named(&app.db, &who.workspace, name).await?;
        let missing = || {
            Failure::failed(format!("there is no source `{name}` in {}", who.workspace))
                .fix(format!("`symbolon source list --workspace {}` shows them.", who.workspace))
        };
        filter.source = found.ok_or_else(missing)?.id.to_string();
    }
    let mut all: Vec<Seen> = Vec::new();
    loop {
        let after = all.last().map(|seen| seen.account.id.to_string()).unwrap_or_default();
        let page = look::list(app, who, &filter, &after, PAGE).await?;
        let more = !page.is_empty();
        all.extend(page);
        if !more {
            break;
        }
    }
    let row = |seen: &Seen| {
        let account = &seen.account;
        let state =
            account.disabled_reason.map_or_else(|| account.state.name().to_owned(), |why| why.name().to_owned());
        let health = seen.grant.as_ref().map_or("-", |grant| grant.health.name());
        let used = seen.grant.as_ref().and_then(|grant| grant.used_at).map(moment).unwrap_or_default();
        vec![account.id.to_string(), seen.slug.clone(), account.name.clone(), state, health.to_owned(), used]
    };
    let rows: Vec<_> = all.iter().map(row).collect();
    let text = table(&["ID", "SOURCE", "NAME", "STATE", "HEALTH", "LAST USED"], &rows, "No connected accounts.");
    Ok(Printed::new(text, all.iter().map(|seen| json!(Shown::of(app, seen, None))).collect()))
}

fn show(app: &App, seen: &Seen) -> Result<Printed, Failure> {
    let (account, grant) = (&seen.account, seen.grant.as_ref());
    let owner = account.owner.as_ref().map_or_else(|| "the workspace".to_owned(), ToString::to_string);
    let verified = if account.verified { "" } else { " (the provider didn't say so)" };
    let error = grant.and_then(|grant| grant.error.as_ref());
    let error = error.map(|error| {
        format!("{}{}", error.class, error.code.as_ref().map(|code| format!(": {code}")).unwrap_or_default())
    });
    let text = block(&[
        ("id", account.id.to_string()),
        ("name", account.name.clone()),
        ("source", seen.slug.clone()),
        ("external id", format!("{}{verified}", account.external_id)),
        ("owner", owner),
        ("state", account.state.name().to_owned()),
        ("why", account.disabled_reason.map(|why| why.words().to_owned()).unwrap_or_default()),
        ("health", grant.map(|grant| grant.health.name().to_owned()).unwrap_or_default()),
        ("last error", error.unwrap_or_default()),
        ("custody", account.custody.name().to_owned()),
        ("expires", grant.and_then(|grant| grant.published_at).map(moment).unwrap_or_default()),
        ("refreshed", grant.map(|grant| moment(grant.refreshed_at)).unwrap_or_default()),
        ("last used", grant.and_then(|grant| grant.used_at).map(moment).unwrap_or_default()),
        ("connected", moment(account.created_at)),
    ]);
    Ok(Printed::new(text, json!(Shown::of(app, seen, None))))
}

fn timeline(all: &[Happened]) -> Printed {
    let row = |one: &Happened| vec![moment(one.at), one.kind.clone(), one.actor.clone(), told_of(&one.detail)];
    let rows: Vec<_> = all.iter().map(row).collect();
    Printed::new(table(&["AT", "WHAT", "BY", "MORE"], &rows, "Nothing has happened to it."), json!(all))
}

fn told_of(detail: &Value) -> String {
    if detail.as_object().is_none_or(serde_json::Map::is_empty) { String::new() } else { detail.to_string() }
}

fn readers(all: &[Taken]) -> Printed {
    let row = |one: &Taken| {
        vec![moment(one.at), one.times.to_string(), one.actor.clone(), one.address.clone(), one.purpose.clone()]
    };
    let rows: Vec<_> = all.iter().map(row).collect();
    Printed::new(table(&["AT", "TIMES", "WHO", "FROM", "WHAT FOR"], &rows, "Nobody has taken its tokens."), json!(all))
}
