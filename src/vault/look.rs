//! One look at an account: itself, its grant, what we hold of it and what whoever asks may do with it, in one read.

use super::accounts::{Account, AccountId};
use super::actor::{Actor, Level, counted};
use super::grants::Grant;
use super::held::Held;
use super::refresh;
use super::sources::{SourceId, State};
use super::view::Told;
use crate::app::App;
use crate::base::Time;
use crate::crypto::seal::RowKey;
use crate::db::Column::{Int, Text};
use crate::db::{Hot, Item, Moment, On, Question, Result, Row};
use crate::keys::broken;
use crate::{args, sql};
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

macro_rules! columns {
    ($user:literal, $client:literal, $now:literal, $rest:literal) => {
        concat!(
            "a.id AS account_id, a.workspace, a.source, a.external_id, a.verified, a.display_name, a.fields, a.owner, a.owner_ref, ",
            "a.name AS account_name, a.metadata, a.state AS account_state, a.disabled_by, a.disabled_reason, a.disabled_at, a.custody, ",
            "a.seq, a.created_at AS account_created_at, a.updated_at AS account_updated_at, s.slug, s.type, s.scope AS source_scope, ",
            "s.state AS source_state, s.reason AS source_reason, g.id AS grant_id, g.version, g.state AS grant_state, g.scope, g.params, ",
            "g.refreshable, g.expires_at, g.published_at, g.ends_at, g.idle_at, g.health, g.error, g.fails, g.failing_since, g.refused_at, ",
            "g.refreshed_at, g.used_at, g.next_at, g.retry_at, g.lease_until, g.attempt, g.attempt_state, g.attempt_at, g.attempts, ",
            "g.tries, (SELECT CAST(max(CASE h.level WHEN 'manage' THEN 3 WHEN 'use' THEN 2 ELSE 1 END) AS BIGINT) FROM shares h ",
            "WHERE h.account = a.id AND (h.subject IN (", $user, ", ", $client, ") OR (h.subject = 'workspace' AND ", $user, " <> '')) ",
            "AND (h.expires_at IS NULL OR h.expires_at > ", $now, ")) AS shared, ",
            "(SELECT o.ends_at FROM break_glass o WHERE o.account = a.id AND o.subject = ", $user, " AND o.ends_at > ", $now, ") AS opened_until",
            $rest
        )
    };
}

macro_rules! look {
    ($name:literal, $which:literal) => {
        Hot::read(
            $name,
            concat!(
                "SELECT p.id, x.id AS secret_id, x.key, x.sealed, (SELECT min(e.ends) FROM (SELECT h.expires_at AS ends FROM shares h \
                 WHERE h.account = a.id AND h.expires_at > p.now UNION ALL SELECT o.ends_at AS ends FROM break_glass o \
                 WHERE o.account = a.id AND o.ends_at > p.now) e) AS until, ",
                columns!("p.user_subject", "p.client_subject", "p.now", " FROM {batch} JOIN accounts a ON "),
                $which,
                " AND a.workspace = p.workspace AND a.deleted_at IS NULL JOIN sources s ON s.id = a.source \
                 LEFT JOIN account_grants b ON b.account = a.id AND b.role = p.role LEFT JOIN vault_grants g ON g.id = b.grant_id \
                 LEFT JOIN vault_secrets x ON x.grant_id = g.id AND x.status = 'current'"
            ),
            &[
                ("id", Text),
                ("account", Text),
                ("source", Text),
                ("workspace", Text),
                ("role", Text),
                ("user_subject", Text),
                ("client_subject", Text),
                ("now", Int),
            ],
        )
    };
}

/// An account, its grant of one role, what we hold of it, and what was shared with whoever asks.
pub static LOOK: Hot = look!("vault_look", "a.id = p.account");

/// The same by what the provider calls it.
pub static LOOK_EXTERNAL: Hot = look!("vault_look_external", "a.source = p.source AND a.external_id = p.account");

sql! {
    read LIST = concat!("SELECT ", columns!("$3", "$4", "$5", " FROM accounts a JOIN sources s ON s.id = a.source \
                LEFT JOIN account_grants b ON b.account = a.id AND b.role = 'primary' LEFT JOIN vault_grants g ON g.id = b.grant_id \
                WHERE a.workspace = $1 AND a.id > $2 AND a.deleted_at IS NULL \
                AND ($6 = '*' OR a.owner = $6 OR (a.owner IS NULL AND $7) OR EXISTS (SELECT 1 FROM shares h WHERE h.account = a.id \
                AND (h.subject IN ($3, $4) OR (h.subject = 'workspace' AND $3 <> '')) AND (h.expires_at IS NULL OR h.expires_at > $5)) \
                OR EXISTS (SELECT 1 FROM break_glass o WHERE o.account = a.id AND o.subject = $3 AND o.ends_at > $5)) \
                AND ($8 = '' OR a.source = $8) AND ($9 = '' OR a.state = $9) AND ($10 = '' OR a.external_id = $10) \
                AND ($11 = '' OR a.owner_ref = $11) AND ($12 = '' OR g.health = $12) ORDER BY a.id LIMIT $13"));
}

/// Which account.
#[derive(Clone, Debug)]
pub enum Which {
    /// By our name.
    Id(AccountId),
    /// By the provider's, within a source.
    External(SourceId, String),
}

/// What one look finds: what is there, and what whoever asks may do with it.
pub struct Seen {
    entry: Arc<Entry>,
    /// What whoever asks may do.
    pub level: Level,
    /// Until when they have it open by break-glass.
    pub opened_until: Option<Time>,
}

/// What a row of it tells, whoever asks.
pub struct Entry {
    /// The account.
    pub account: Account,
    /// Its source's slug.
    pub slug: String,
    /// Its source's type.
    pub kind: String,
    /// What its source asks for.
    pub source_scope: String,
    /// Whether its source is asked.
    pub source_state: State,
    /// Why not.
    pub source_reason: Option<String>,
    /// Its grant of the role that was asked for.
    pub grant: Option<Grant>,
    shared: Option<i64>,
    opened_until: Option<Time>,
    secret: Option<Sealed>,
    /// As it was told to whoever asked.
    pub(super) told: OnceLock<Told>,
}

/// What we hold of it, as it is kept.
struct Sealed {
    id: String,
    data_key: String,
    sealed: Vec<u8>,
    /// What opens it, once it was opened.
    key: OnceLock<Arc<RowKey>>,
}

impl Deref for Seen {
    type Target = Entry;

    fn deref(&self) -> &Entry {
        &self.entry
    }
}

impl Entry {
    /// What we hold of it. Only for those who may use it.
    pub(super) async fn held(&self, app: &App) -> Result<Option<Held>> {
        let Some(Sealed { id, data_key, sealed, key }) = &self.secret else { return Ok(None) };
        let place = refresh::place(id);
        let key = match key.get() {
            Some(key) => key,
            None => {
                let fresh = Box::pin(app.data_keys.of_row(&app.keys, &app.db, data_key, place)).await?;
                key.get_or_init(|| fresh)
            }
        };
        let plain = key.open(place, sealed).map_err(|_| broken(place))?;
        Held::from_plain(&plain).map(Some)
    }
}

/// The role of the grant that an account has where there is only one.
pub const PRIMARY: &str = "primary";

/// Looks; none when it isn't there for whoever asks.
pub async fn look(app: &App, who: &Actor, which: &Which, role: &str, now: Time) -> Result<Option<Seen>> {
    look_as_of(app, who, which, role, now, None).await
}

/// The same, as of a moment at which the asking had begun.
pub async fn look_as_of(
    app: &App,
    who: &Actor,
    which: &Which,
    role: &str,
    now: Time,
    as_of: Option<Moment>,
) -> Result<Option<Seen>> {
    let (statement, account, source) = match which {
        Which::Id(id) => (&LOOK, id.as_str(), ""),
        Which::External(source, external) => (&LOOK_EXTERNAL, external.as_str(), source.as_str()),
    };
    let workspace = who.workspace.as_str();
    let (user, client) = (who.user.as_ref().map(|id| id.as_str()), who.client.as_ref().map(|id| id.as_str()));
    let id = [account, source, role, workspace, user.unwrap_or_default(), client.unwrap_or_default()].join("\u{1f}");
    let asked = |item: Item| {
        let [user, client] = who.subjects();
        let item = item.with("account", account).with("source", source).with("workspace", workspace).with("role", role);
        item.with("user_subject", user).with("client_subject", client)
    };
    let Some(row) = app.db.look(statement, Question { id: &id, now: Some(now), as_of }, asked).await? else {
        return Ok(None);
    };
    let entry = row.made(|row| {
        let secret = match row.text_opt("secret_id")? {
            Some(id) => {
                let (data_key, sealed) = (row.text("key")?, row.bytes("sealed")?);
                Some(Sealed { id, data_key, sealed, key: OnceLock::new() })
            }
            None => None,
        };
        Ok(Entry { secret, ..Entry::read(row)? })
    })?;
    Ok(Seen::of(entry, who))
}

/// Which accounts; empty: any.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of this source.
    pub source: String,
    /// In this state.
    pub state: String,
    /// With this external id.
    pub external_id: String,
    /// With this owner at their app.
    pub owner_ref: String,
    /// Doing like this.
    pub health: String,
}

/// Accounts that are there for whoever asks, in the order in which they were made.
pub async fn list(app: &App, who: &Actor, filter: &Filter, after: &str, most: i64) -> Result<Vec<Seen>> {
    let [user, client] = who.subjects();
    let own = who.user.as_ref().map(|id| id.as_str()).unwrap_or_default();
    let owner = if who.operates() { "*" } else { own };
    let Filter { source, state, external_id, owner_ref, health } = filter;
    let args = args![
        &who.workspace,
        after,
        user,
        client,
        app.now(),
        owner,
        who.user.is_some() && who.administers(),
        source,
        state,
        external_id,
        owner_ref,
        health,
        most
    ];
    let rows = (&app.db).all(LIST, args).await?;
    let entries: Vec<Entry> = rows.iter().map(Entry::read).collect::<Result<_>>()?;
    Ok(entries.into_iter().filter_map(|entry| Seen::of(Arc::new(entry), who)).collect())
}

impl Seen {
    /// None where it isn't there for whoever asks.
    fn of(entry: Arc<Entry>, who: &Actor) -> Option<Self> {
        let opened_until = entry.opened_until.filter(|_| who.administers());
        let lent = match opened_until {
            Some(_) => Some(Level::Manage),
            None => counted(entry.shared),
        };
        let level = who.level(&entry.account, lent)?;
        Some(Seen { entry, level, opened_until })
    }
}

impl Entry {
    /// What we hold of it is in rows of one look only.
    fn read(row: &Row) -> Result<Self> {
        Ok(Entry {
            account: Account::read(row)?,
            slug: row.text("slug")?,
            kind: row.text("type")?,
            source_scope: row.text("source_scope")?,
            source_state: State::read(&row.text("source_state")?)?,
            source_reason: row.text_opt("source_reason")?,
            grant: row.text_opt("grant_id")?.map(|_| Grant::read(row)).transpose()?,
            shared: row.int_opt("shared")?,
            opened_until: row.time_opt("opened_until")?,
            secret: None,
            told: OnceLock::new(),
        })
    }
}
