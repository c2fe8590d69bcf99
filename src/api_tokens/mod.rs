//! API tokens: what a person's own scripts act with. Static, few, shown once, and gone with whatever they stand on.

pub mod check;
pub mod leaked;
mod make;
pub mod own;
mod shown;
pub mod store;

pub use check::{Checked, check};
pub use make::{Asked, Unmade, create, scopes, title};
pub use shown::Shown;

use crate::args;
use crate::base::id::{UserId, WorkspaceId};
use crate::base::{Id, ScopeSet, Time};
use crate::db::{Db, Item, On, Result, Row, Tx};
use store::{BY_HASH, DELETE, DELETE_OF_USER, ONE, PAGE, SET_PER_SECOND, USED};

/// Names a token; no secret.
pub type ApiTokenId = Id<ApiToken>;

/// A token, but for the token itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// Names it; no secret.
    pub id: ApiTokenId,
    /// What its person calls it.
    pub name: String,
    /// Its last four characters.
    pub hint: String,
    /// Whose it is.
    pub user: UserId,
    /// In which workspace it acts; none for people without one.
    pub workspace: Option<WorkspaceId>,
    /// What it may do of all that its person may; none for all of it.
    pub scope: Option<ScopeSet>,
    /// Requests a second, where it isn't what the settings say.
    pub per_second: Option<u32>,
    /// When it was made.
    pub created_at: Time,
    /// When it ends.
    pub expires_at: Option<Time>,
    /// When it was used last, to the minute.
    pub used_at: Option<Time>,
    /// From which network.
    pub used_from: Option<String>,
}

impl ApiToken {
    fn read(row: &Row) -> Result<Self> {
        Ok(ApiToken {
            id: row.id("token_id")?,
            name: row.text("name")?,
            hint: row.text("hint")?,
            user: row.id("user_id")?,
            workspace: row.id_opt("workspace")?,
            scope: row.text_opt("scope")?.as_deref().map(ScopeSet::stored),
            per_second: row.int_opt("per_second")?.and_then(|rate| u32::try_from(rate).ok()),
            created_at: row.time("created_at")?,
            expires_at: row.time_opt("expires_at")?,
            used_at: row.time_opt("used_at")?,
            used_from: row.text_opt("used_from")?,
        })
    }

    /// The names of its scopes; none for all that its person may.
    pub fn scopes(&self) -> Option<Vec<String>> {
        self.scope.as_ref().map(|scope| scope.iter().map(str::to_owned).collect())
    }

    /// Whether it is over.
    pub fn over(&self, now: Time) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }
}

/// Up to `limit` tokens of a person after the identifier `cursor`, of one workspace or of all.
pub async fn page(
    mut on: impl On,
    user: &UserId,
    workspace: Option<&WorkspaceId>,
    cursor: &str,
    limit: i64,
) -> Result<Vec<ApiToken>> {
    on.all(PAGE, args![user, workspace, cursor, limit]).await?.iter().map(ApiToken::read).collect()
}

/// The token of this identifier.
pub async fn one(mut on: impl On, id: &str) -> Result<Option<ApiToken>> {
    on.one(ONE, args![id]).await?.as_ref().map(ApiToken::read).transpose()
}

/// The row of a token that somebody holds, whether or not it is good.
pub async fn held(mut on: impl On, token: &str) -> Result<Option<ApiToken>> {
    on.one(BY_HASH, args![check::hash(token)]).await?.as_ref().map(ApiToken::read).transpose()
}

/// Deletes one; false when it was gone.
pub async fn delete(mut tx: &mut Tx, id: &str) -> Result<bool> {
    Ok((&mut tx).one(DELETE, args![id]).await?.is_some())
}

/// Deletes all of a person; gives how many there were.
pub async fn delete_of_user(mut tx: &mut Tx, user: &UserId) -> Result<usize> {
    (&mut tx).run(DELETE_OF_USER, args![user]).await
}

/// Sets how many requests a second it may make; none for what the settings say.
pub async fn set_per_second(mut tx: &mut Tx, id: &str, rate: Option<u32>) -> Result<bool> {
    Ok((&mut tx).one(SET_PER_SECOND, args![id, rate.map(i64::from)]).await?.is_some())
}

/// Most of one statement.
const BATCH: usize = 500;

/// Writes down when and from where tokens were used, those of one taking together.
pub async fn write_uses_down(db: &Db, uses: crate::app::Noted) -> Result<()> {
    let item = |(id, used): (String, crate::app::Used)| {
        Item::new(id).with("at", used.at.millis()).with("network", used.network)
    };
    let mut items: Vec<Item> = uses.into_iter().map(item).collect();
    // Servers that write down the same tokens lock their rows in the same order.
    items.sort_by(|a, b| a.id.cmp(&b.id));
    for batch in items.chunks(BATCH) {
        db.set(&USED, batch).await?;
    }
    Ok(())
}
