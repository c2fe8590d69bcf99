//! Break-glass (vault.md §3.7): whoever looks after a workspace opens a member's account for a while and says why. It is in the
//! trail and in the account's timeline, and its owner is told by mail.

use super::accounts::{self, Account, AccountId};
use super::actor::{ACCOUNTS_WRITE, Actor};
use super::events::{self, Event};
use super::leave::Leaver;
use super::look::{PRIMARY, Seen, Which, look};
use super::manage::note;
use super::refused::Refused;
use crate::app::App;
use crate::audit;
use crate::base::Time;
use crate::base::id::{UserId, WorkspaceId};
use crate::db::{On, Result, Row, Tx};
use crate::mail::{Letter, Says};
use crate::people::{self, workspaces};
use crate::{args, sql};
use axum::http::StatusCode;
use serde_json::json;

const LONGEST: usize = 500;

sql! {
    write OPEN = "INSERT INTO break_glass (account, subject, reason, opened_at, ends_at) VALUES ($1, $2, $3, $4, $5) \
                  ON CONFLICT (account, subject) DO UPDATE SET reason = $3, opened_at = $4, ends_at = $5 RETURNING account";
    read OF_ACCOUNT = "SELECT subject, reason, opened_at, ends_at FROM break_glass WHERE account = $1 AND ends_at > $2 \
                       ORDER BY opened_at, subject LIMIT 20";
    write END = "DELETE FROM break_glass WHERE account = $1 AND subject = $2 RETURNING account";
    write END_OF = "DELETE FROM break_glass WHERE subject = $1 AND account IN (SELECT id FROM accounts WHERE $2 = '' OR workspace = $2) \
                    RETURNING account";
    read OVER = "SELECT account, subject, ends_at FROM break_glass WHERE ends_at <= $1 ORDER BY ends_at, account, subject LIMIT 100";
    write END_OVER = "DELETE FROM break_glass WHERE account = $1 AND subject = $2 AND ends_at <= $3 RETURNING account";
}

/// Somebody has an account open.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Who.
    pub by: UserId,
    /// Why, as they said.
    pub reason: String,
    /// Since when.
    pub at: Time,
    /// Until when.
    pub ends_at: Time,
}

impl Opened {
    fn read(row: &Row) -> Result<Self> {
        let subject = row.text("subject")?;
        Ok(Opened {
            by: UserId::from(subject.strip_prefix("user:").unwrap_or(&subject)),
            reason: row.text("reason")?,
            at: row.time("opened_at")?,
            ends_at: row.time("ends_at")?,
        })
    }
}

/// Who has an account open now.
pub async fn of(app: &App, account: &AccountId) -> Result<Vec<Opened>> {
    (&app.db).all(OF_ACCOUNT, args![account, app.now()]).await?.iter().map(Opened::read).collect()
}

/// Opens one. Whoever may not learns nothing of whether it is there.
pub async fn open(app: &App, who: &Actor, which: &Which, reason: &str) -> std::result::Result<Seen, Refused> {
    let user = admitted(app, who).await?;
    let reason = reason.trim();
    let plain = !reason.is_empty() && reason.chars().count() <= LONGEST && !reason.chars().any(char::is_control);
    if !plain {
        let why = format!("must say in 1 to {LONGEST} characters why; the account's owner will read it");
        return Err(Refused::field("reason", why));
    }
    let found = match which {
        Which::Id(id) => accounts::store::one(&app.db, id).await?,
        Which::External(source, external) => accounts::store::by_external(&app.db, source, external).await?,
    };
    let account = found.filter(|one| one.workspace == who.workspace).ok_or_else(Refused::not_found)?;
    if account.owner.as_ref().is_none_or(|owner| *owner == user) {
        return Err(Refused::conflict("open_already", "you manage this account as it is"));
    }
    let now = app.now();
    let ends_at = now + app.config.vault.break_glass_for;
    let mut tx = app.db.begin().await?;
    (&mut tx).run(OPEN, args![&account.id, subject(&user), reason, now, ends_at]).await?;
    if let Some(seq) = accounts::store::step(&mut tx, &account.id, now).await? {
        let detail = json!({ "reason": reason, "until": ends_at });
        note(&mut tx, who, &account, seq, ("account.opened", detail), now).await?;
    }
    record(&mut tx, who, &account, json!({ "reason": reason, "until": ends_at }), now).await?;
    tell(app, &mut tx, (&user, &account), reason, [now, ends_at]).await?;
    tx.commit().await?;
    app.mails.notify_one();
    tracing::warn!(account = %account.id, workspace = %account.workspace, by = %user, "an account was opened by break-glass");
    look(app, who, &Which::Id(account.id), PRIMARY, now).await?.ok_or_else(Refused::not_found)
}

/// People who look after the workspace, where it lets them.
async fn admitted(app: &App, who: &Actor) -> std::result::Result<UserId, Refused> {
    if !who.may(ACCOUNTS_WRITE) {
        return Err(Refused::scope(ACCOUNTS_WRITE));
    }
    let forbidden = |code, why: &str| Refused::new(StatusCode::FORBIDDEN, code, why);
    let user = who.user.clone().filter(|_| who.administers());
    let user =
        user.ok_or_else(|| forbidden("forbidden", "only the workspace's owners and admins open others' accounts"))?;
    let workspace = workspaces::store::one(&app.db, &who.workspace).await?.ok_or_else(Refused::not_found)?;
    match workspace.break_glass {
        true => Ok(user),
        false => Err(forbidden(
            "break_glass_off",
            "this workspace doesn't let anybody open members' accounts; one of its owners can change that",
        )),
    }
}

fn subject(user: &UserId) -> String {
    format!("user:{user}")
}

/// The trail names the owner, so that it stands in what they see of it.
async fn record(tx: &mut Tx, who: &Actor, account: &Account, detail: serde_json::Value, now: Time) -> Result<()> {
    let mut detail = detail;
    if let Some(members) = detail.as_object_mut() {
        members.insert("account".to_owned(), json!(account.id));
        members.insert("workspace".to_owned(), json!(account.workspace));
    }
    let object =
        account.owner.as_ref().map_or_else(|| format!("account:{}", account.id), |owner| format!("user:{owner}"));
    let event = audit::Event {
        actor: who.name.clone(),
        action: "account.opened",
        object,
        request_id: who.call.request_id.clone(),
        address: who.call.address.to_string(),
        detail,
    };
    audit::record(&mut *tx, &event, now).await
}

/// The owner, as long as there is one who can be told.
async fn tell(
    app: &App,
    tx: &mut Tx,
    (by, account): (&UserId, &Account),
    reason: &str,
    [now, ends_at]: [Time; 2],
) -> Result<()> {
    let Some(owner) = &account.owner else { return Ok(()) };
    let Some(owner) = people::store::by_id(&mut *tx, owner).await? else { return Ok(()) };
    let by = people::store::by_id(&mut *tx, by).await?.map_or_else(|| by.to_string(), |by| by.email);
    let says = Says::ConnectionOpened {
        connection: account.name.clone(),
        by,
        reason: reason.to_owned(),
        at: now.millis(),
        until: ends_at.millis(),
        link: app.url(&format!("/account/connections/{}", account.id)),
    };
    let letter = Letter::new(&owner.email, owner.language(app.language()), says);
    app.mailer.enqueue(tx, app.keys.master(), &letter, now).await
}

/// Whoever opened one is done with it.
pub async fn close(app: &App, who: &Actor, seen: &Seen) -> std::result::Result<(), Refused> {
    let Some(user) = &who.user else { return Err(Refused::not_found()) };
    let (now, mut tx) = (app.now(), app.db.begin().await?);
    if (&mut tx).run(END, args![&seen.account.id, subject(user)]).await? > 0 {
        closed(&mut tx, &seen.account.id, &who.name, (&subject(user), "done"), now).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Ends what somebody who leaves has open.
pub(super) async fn leave(tx: &mut Tx, leaver: &Leaver<'_>, now: Time) -> Result<()> {
    let within = leaver.workspace.map(WorkspaceId::as_str).unwrap_or_default();
    let subject = subject(leaver.user);
    let mut on = &mut *tx;
    for row in on.all(END_OF, args![&subject, within]).await? {
        closed(tx, &row.id("account")?, leaver.by, (&subject, "left"), now).await?;
    }
    Ok(())
}

/// Ends what is over by the clock; gives how many.
pub async fn purge(app: &App) -> Result<usize> {
    let now = app.now();
    let over = (&app.db).all(OVER, args![now]).await?;
    for row in &over {
        let (account, subject): (AccountId, _) = (row.id("account")?, row.text("subject")?);
        let mut tx = app.db.begin().await?;
        // Another server may be faster, and whoever has it may have opened it again.
        if (&mut tx).run(END_OVER, args![&account, &subject, now]).await? > 0 {
            closed(&mut tx, &account, &audit::Actor::System, (&subject, "over"), now).await?;
        }
        tx.commit().await?;
    }
    Ok(over.len())
}

/// The timeline and webhooks tell that it is over: whose it was, and why it ended.
async fn closed(
    tx: &mut Tx,
    account: &AccountId,
    by: &audit::Actor,
    (subject, why): (&str, &str),
    now: Time,
) -> Result<()> {
    let Some(account) = accounts::store::one(&mut *tx, account).await? else { return Ok(()) };
    let Some(seq) = accounts::store::step(&mut *tx, &account.id, now).await? else { return Ok(()) };
    let (workspace, source, detail) =
        (&account.workspace, &account.source, json!({ "subject": subject, "reason": why }));
    let event = Event { workspace, account: Some(&account.id), source, seq, kind: "account.closed", actor: by, detail };
    events::note(&mut *tx, &event, now).await
}
