//! Accounts in words, for the pages of their owners and of those who look after a workspace: how they are, what happened, whose
//! doing it was, what to do.

use super::accounts::{Reason, State};
use super::actor::Level;
use super::events::{self, Happened};
use super::grants::Health;
use super::look::Seen;
use crate::app::App;
use crate::base::Time;
use crate::db::Result;
use crate::lang::Message;
use crate::{clients, people};
use serde_json::Value;
use std::collections::BTreeMap;

/// How it is at a glance.
pub fn how(seen: &Seen) -> Message {
    match seen.account.state {
        State::Disabled => Message::new("connection-disabled"),
        State::Active => health(seen.grant.as_ref().map_or(Health::Ok, |grant| grant.health)),
    }
}

/// How an active one is.
pub fn health(health: Health) -> Message {
    match health {
        Health::Ok => Message::new("connection-active"),
        Health::Degraded => Message::new("connection-degraded"),
        Health::Uncertain => Message::new("connection-uncertain"),
    }
}

/// What happened, whose doing it was, what to do.
pub fn why(reason: Reason) -> Message {
    match reason {
        Reason::Revoked => Message::new("connection-why-revoked"),
        Reason::RotationLost => Message::new("connection-why-lost"),
        Reason::AuthorizationExpired => Message::new("connection-why-expired"),
        Reason::Uninstalled => Message::new("connection-why-uninstalled"),
        Reason::ScopeLost => Message::new("connection-why-scope"),
        Reason::OwnerRemoved => Message::new("connection-why-owner"),
        Reason::User => Message::new("connection-why-user"),
        Reason::CustodyFreed => Message::new("connection-why-freed"),
    }
}

/// What somebody may do.
pub fn level(level: Level) -> Message {
    match level {
        Level::View => Message::new("connection-level-view"),
        Level::Use => Message::new("connection-level-use"),
        Level::Manage => Message::new("connection-level-manage"),
    }
}

/// One thing that happened to an account.
pub struct Told {
    /// When.
    pub at: Time,
    /// What.
    pub what: Message,
    /// Whose doing it was.
    pub whose: Option<Message>,
    /// What to do about it, as long as nobody has.
    pub next: Option<Message>,
}

/// What happened to an account, the latest first.
pub async fn timeline(app: &App, seen: &Seen, most: i64) -> Result<Vec<Told>> {
    let mut all = events::of_account(app, &seen.account.id, "", most).await?;
    // With whom else it is shared is for those who manage it.
    let sharing = |one: &Happened| one.kind == "account.shared" || one.kind == "account.unshared";
    all.retain(|one| seen.level == Level::Manage || !sharing(one));
    let mut names = Names::new(app);
    let (mut told, mut settled) = (Vec::new(), false);
    for one in &all {
        let whose = names.whose(one).await?;
        let what = names.what(one).await?;
        // What is to be done about something that was mended since isn't to be done any more.
        let next = if settled { None } else { next(one) };
        settled |= SETTLES.contains(&one.kind.as_str());
        told.push(Told { at: one.at, what, whose, next });
    }
    Ok(told)
}

/// After these, what was wrong before isn't any more, or is something else.
const SETTLES: [&str; 8] = [
    "account.connected",
    "account.reconnected",
    "account.recovered",
    "account.refreshed",
    "account.disabled",
    "account.enabled",
    "account.degraded",
    "account.custody_taken",
];

fn text<'a>(one: &'a Happened, name: &str) -> &'a str {
    one.detail.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// What a provider said, as whoever saw it told.
fn said(one: &Happened) -> String {
    let status = one.detail.get("status").and_then(Value::as_u64).map(|status| status.to_string()).unwrap_or_default();
    format!("{status} {}", text(one, "provider_error")).trim().to_owned()
}

fn moment(one: &Happened, name: &str) -> Option<Time> {
    Time::parse(text(one, name))
}

fn reason(one: &Happened) -> Option<Reason> {
    Reason::read(text(one, "reason")).ok()
}

/// The class of what went wrong.
fn class(one: &Happened) -> &str {
    one.detail.pointer("/error/class").and_then(Value::as_str).unwrap_or_default()
}

fn disabled(reason: Reason) -> Message {
    match reason {
        Reason::Revoked => Message::new("told-revoked"),
        Reason::RotationLost => Message::new("told-lost"),
        Reason::AuthorizationExpired => Message::new("told-expired"),
        Reason::Uninstalled => Message::new("told-uninstalled"),
        Reason::ScopeLost => Message::new("told-scope"),
        Reason::OwnerRemoved => Message::new("told-owner-gone"),
        Reason::User => Message::new("connection-event-disabled"),
        Reason::CustodyFreed => Message::new("connection-event-freed"),
    }
}

fn next(one: &Happened) -> Option<Message> {
    match one.kind.as_str() {
        "account.disabled" => Some(match reason(one)? {
            Reason::User => Message::new("told-do-enable"),
            Reason::OwnerRemoved => Message::new("told-do-give"),
            Reason::Uninstalled => Message::new("told-do-install"),
            _ => Message::new("told-do-reconnect"),
        }),
        "account.degraded" if reason(one).is_some() => Some(Message::new("told-do-reconnect")),
        "account.degraded" => Some(match class(one) {
            "client_bad" | "request_bad" => Message::new("told-do-source"),
            _ => Message::new("told-do-wait"),
        }),
        "account.reauthorization_due" => {
            Some(Message::new("told-do-before").date("day", &moment(one, "authorization_expires_at")?))
        }
        _ => None,
    }
}

/// Looks up who is who, each once.
pub struct Names<'a> {
    app: &'a App,
    known: BTreeMap<String, String>,
}

impl<'a> Names<'a> {
    /// Nobody is known yet.
    pub fn new(app: &'a App) -> Self {
        Names { app, known: BTreeMap::new() }
    }

    /// What people call whom an event or a share names as `user:…` or `client:…`.
    pub async fn of(&mut self, subject: &str) -> Result<String> {
        if let Some(name) = self.known.get(subject) {
            return Ok(name.clone());
        }
        let name = named(self.app, subject).await?;
        self.known.insert(subject.to_owned(), name.clone());
        Ok(name)
    }

    async fn whose(&mut self, one: &Happened) -> Result<Option<Message>> {
        let system = match (one.kind.as_str(), reason(one)) {
            ("account.disabled" | "account.degraded", Some(Reason::RotationLost)) => {
                Some(Message::new("told-by-nobody"))
            }
            ("account.disabled", Some(Reason::OwnerRemoved)) => Some(Message::new("told-by-leaving")),
            ("account.disabled" | "account.reauthorization_due", _) => Some(Message::new("told-by-service")),
            ("account.degraded", _) if ["client_bad", "request_bad"].contains(&class(one)) => {
                Some(Message::new("told-by-source"))
            }
            ("account.degraded", _) => Some(Message::new("told-by-service")),
            _ => None,
        };
        Ok(match one.actor.split_once(':') {
            Some(("user", _)) => Some(Message::new("told-by-person").name("who", self.of(&one.actor).await?)),
            Some(("client", _)) => Some(Message::new("told-by-app").name("who", self.of(&one.actor).await?)),
            _ if one.actor == "cli" => Some(Message::new("told-by-operator")),
            _ => system,
        })
    }

    async fn what(&mut self, one: &Happened) -> Result<Message> {
        let (subject, level) = (text(one, "subject"), text(one, "level"));
        Ok(match one.kind.as_str() {
            "account.connected" => Message::new("connection-event-connected"),
            "account.reconnected" => Message::new("connection-event-reconnected"),
            "account.refreshed" => Message::new("connection-event-refreshed"),
            "account.recovered" => Message::new("connection-event-recovered"),
            "account.enabled" => Message::new("connection-event-enabled"),
            "account.updated" => Message::new("told-renamed").name("name", text(one, "name")),
            "account.disabled" => reason(one).map_or_else(|| Message::new("connection-event-disabled"), disabled),
            "account.degraded" => match (reason(one), class(one)) {
                // Of several credentials one ended.
                (Some(reason), _) => disabled(reason),
                (_, "throttled") => Message::new("told-busy"),
                (_, "client_bad" | "request_bad") => Message::new("told-source"),
                (_, "transient" | "unreachable" | "ambiguous") => Message::new("told-silent"),
                _ => Message::new("connection-event-degraded"),
            },
            "account.reauthorization_due" => match moment(one, "authorization_expires_at") {
                Some(day) => Message::new("told-due").date("day", &day),
                None => Message::new("connection-event-degraded"),
            },
            "account.shared" if subject == "workspace" => Message::new("told-shared-all").name("level", level),
            "account.shared" => Message::new("told-shared").name("who", self.of(subject).await?).name("level", level),
            "account.unshared" if subject == "workspace" => Message::new("told-unshared-all"),
            "account.unshared" => Message::new("told-unshared").name("who", self.of(subject).await?),
            "account.transferred" => match text(one, "owner") {
                "" => Message::new("told-transferred-workspace"),
                owner => Message::new("told-transferred").name("who", self.of(&format!("user:{owner}")).await?),
            },
            "account.custody_freeing" => Message::new("connection-event-freed"),
            "account.custody_freed" if one.detail.get("revoked").is_some() => Message::new("told-given-back"),
            "account.custody_freed" => Message::new("told-arrived"),
            "account.custody_taken" => Message::new("connection-event-taken"),
            "account.opened" => Message::new("told-opened").name("reason", text(one, "reason")),
            "account.closed" => Message::new("told-closed"),
            "account.rejected" => match said(one) {
                said if said.is_empty() => Message::new("told-rejected"),
                said => Message::new("told-rejected-said").name("error", said),
            },
            _ => Message::new("told-other").code("kind", one.kind.as_str()),
        })
    }
}

/// What people call whom a share or an event names; the name itself where nobody knows another.
async fn named(app: &App, subject: &str) -> Result<String> {
    let found = match subject.split_once(':') {
        Some(("user", id)) => people::store::by_id(&app.db, &id.into()).await?.map(|user| user.email),
        Some(("client", id)) => {
            let client = clients::find(app, id).await?;
            client.map(|client| client.metadata.client_name.clone()).filter(|name| !name.is_empty())
        }
        _ => None,
    };
    Ok(found.unwrap_or_else(|| subject.split_once(':').map_or(subject, |(_, id)| id).to_owned()))
}
