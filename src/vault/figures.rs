//! How a workspace's connections are doing, in figures: all that those who look after it learn of accounts that aren't theirs.

use super::accounts::{AccountId, Reason, State};
use super::grants::Health;
use super::sources::{Source, SourceId};
use crate::app::App;
use crate::base::Time;
use crate::base::id::WorkspaceId;
use crate::db::{On, Result};
use crate::{args, sql};

/// Counting stops here: a page must not take longer because there is more.
pub const MOST: i64 = 10_000;

sql! {
    read OF_SOURCE = "SELECT c.state, c.reason, c.health, count(*) AS n FROM (SELECT a.state, coalesce(a.disabled_reason, '') AS reason, \
                      coalesce(g.health, 'ok') AS health FROM accounts a LEFT JOIN account_grants b ON b.account = a.id AND b.role = 'primary' \
                      LEFT JOIN vault_grants g ON g.id = b.grant_id WHERE a.source = $1 AND a.deleted_at IS NULL LIMIT $2) c \
                      GROUP BY c.state, c.reason, c.health";
    read ORPHANS = "SELECT a.id, a.workspace, a.disabled_at, s.name FROM accounts a JOIN sources s ON s.id = a.source \
                    WHERE a.disabled_reason = 'owner_removed' AND ($1 = '' OR a.workspace = $1) AND a.deleted_at IS NULL \
                    AND a.owner IS NOT NULL AND NOT EXISTS (SELECT 1 FROM members m WHERE m.workspace = a.workspace AND m.user_id = a.owner) \
                    ORDER BY a.workspace, a.id LIMIT $2";
}

/// How many accounts do how.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// That work.
    pub well: i64,
    /// That couldn't be refreshed lately.
    pub degraded: i64,
    /// Of which an answer was lost.
    pub uncertain: i64,
    /// That are disabled, by why.
    pub disabled: Vec<(Reason, i64)>,
}

impl Figures {
    /// How many are disabled.
    pub fn disabled(&self) -> i64 {
        self.disabled.iter().map(|(_, n)| n).sum()
    }

    /// All of them.
    pub fn all(&self) -> i64 {
        self.well + self.degraded + self.uncertain + self.disabled()
    }

    /// These and those together.
    pub fn add(&mut self, other: &Figures) {
        self.well += other.well;
        self.degraded += other.degraded;
        self.uncertain += other.uncertain;
        for (reason, n) in &other.disabled {
            self.count(*reason, *n);
        }
    }

    fn count(&mut self, reason: Reason, more: i64) {
        match self.disabled.iter_mut().find(|(have, _)| *have == reason) {
            Some((_, n)) => *n += more,
            None => self.disabled.push((reason, more)),
        }
    }
}

/// Those of a source.
pub async fn of_source(app: &App, source: &SourceId) -> Result<Figures> {
    let mut figures = Figures::default();
    for row in (&app.db).all(OF_SOURCE, args![source, MOST]).await? {
        let n = row.int("n")?;
        match (State::read(&row.text("state")?)?, Health::read(&row.text("health")?)?) {
            (State::Active, Health::Ok) => figures.well += n,
            (State::Active, Health::Degraded) => figures.degraded += n,
            (State::Active, Health::Uncertain) => figures.uncertain += n,
            (State::Disabled, _) => match row.text("reason")?.as_str() {
                "" => figures.count(Reason::User, n),
                reason => figures.count(Reason::read(reason)?, n),
            },
        }
    }
    Ok(figures)
}

/// Sources, those first that somebody must look after: of one workspace, or of all where it is none.
pub async fn sources(app: &App, workspace: Option<&WorkspaceId>, most: i64) -> Result<Vec<Source>> {
    super::sources::store::by_need(&app.db, workspace.map(WorkspaceId::as_str).unwrap_or_default(), most).await
}

/// An account whose owner has left. Nobody but those who look after the workspace can do anything for it.
#[derive(Clone, Debug)]
pub struct Orphan {
    /// Its name.
    pub id: AccountId,
    /// In which workspace.
    pub workspace: WorkspaceId,
    /// What its source is called.
    pub source: String,
    /// Since when.
    pub since: Option<Time>,
}

/// Those of one workspace, or of all where it is none.
pub async fn orphans(app: &App, workspace: Option<&WorkspaceId>, most: i64) -> Result<Vec<Orphan>> {
    let within = workspace.map(WorkspaceId::as_str).unwrap_or_default();
    let rows = (&app.db).all(ORPHANS, args![within, most]).await?;
    let read = |row: &crate::db::Row| {
        Ok(Orphan {
            id: row.id("id")?,
            workspace: row.id("workspace")?,
            source: row.text("name")?,
            since: row.time_opt("disabled_at")?,
        })
    };
    rows.iter().map(read).collect()
}
