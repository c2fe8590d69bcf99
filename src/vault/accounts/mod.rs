//! Accounts: somebody at a provider, under the name that the provider has for them.

pub mod store;

use crate::base::encoding::hex;
use crate::base::id::{Id, UserId, WorkspaceId, uuid7};
use crate::base::{Time, entropy};
use crate::db::{Fault, Result, Row};
use crate::vault::grants::named;
use crate::vault::sources::SourceId;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Marker of [`AccountId`].
pub enum AccountKind {}
/// Names an account.
pub type AccountId = Id<AccountKind>;

/// A fresh name: in the order of time, as lists are, and with 122 bits that nobody guesses (security.md CV-13), of which a UUID
/// has 74.
pub(super) fn fresh(now: Time) -> AccountId {
    AccountId::from(format!("acc_{}{}", hex(&uuid7(now)), hex(&entropy::bytes::<6>())))
}

/// Whether its credentials are handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AccountState)]
pub enum State {
    /// They are.
    Active,
    /// They aren't.
    Disabled,
}

/// Why an account is disabled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DisabledReason)]
pub enum Reason {
    /// The provider took our access back, or its user did.
    Revoked,
    /// The provider's answer to a refresh was lost, and it doesn't take the old token any more: nobody's fault but ours.
    RotationLost,
    /// A person must consent again after a time that the provider sets.
    AuthorizationExpired,
    /// Our application was uninstalled there.
    Uninstalled,
    /// What is granted isn't enough any more.
    ScopeLost,
    /// Its owner left the workspace.
    OwnerRemoved,
    /// Somebody here disabled it.
    User,
    /// Somebody else holds its tokens.
    CustodyFreed,
}

/// Who holds the refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Custody {
    /// We do.
    Held,
    /// We do until its new owner says that it arrived.
    Freeing,
    /// Its new owner does.
    Freed,
    /// There is none.
    None,
}

named!(State, "the state of an account", Active = "active", Disabled = "disabled");
named!(
    Reason,
    "why an account is disabled",
    Revoked = "revoked",
    RotationLost = "rotation_lost",
    AuthorizationExpired = "authorization_expired",
    Uninstalled = "uninstalled",
    ScopeLost = "scope_lost",
    OwnerRemoved = "owner_removed",
    User = "user",
    CustodyFreed = "custody_freed"
);
named!(Custody, "custody", Held = "held", Freeing = "freeing", Freed = "freed", None = "none");

impl Reason {
    /// What happened, whose fault it is, and what to do.
    pub fn words(self) -> &'static str {
        match self {
            Reason::Revoked => {
                "the provider doesn't accept our access any more: it was taken back there, or the app was removed; connect the \
                 account again"
            }
            Reason::RotationLost => {
                "the provider's answer to a refresh was lost on the way, and it doesn't accept the token that we still have; the \
                 account's owner did nothing wrong; connect the account again"
            }
            Reason::AuthorizationExpired => {
                "the provider lets access live only so long, however much it is used; that time is over; connect the account again"
            }
            Reason::Uninstalled => {
                "the app was uninstalled at the provider; install it there again, then connect the account again"
            }
            Reason::ScopeLost => {
                "what the provider grants isn't enough any more; connect the account again and allow all of it"
            }
            Reason::OwnerRemoved => {
                "its owner left the workspace; an administrator can give it to somebody else or delete it"
            }
            Reason::User => "somebody here disabled it; enable it to use it again",
            Reason::CustodyFreed => {
                "its tokens were handed out to be held elsewhere; take custody again, or connect it again"
            }
        }
    }

    /// Whether only connecting it again helps.
    pub fn reconnects(self) -> bool {
        !matches!(self, Reason::User | Reason::OwnerRemoved)
    }
}

/// An account's row.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its name.
    pub id: AccountId,
    /// In which workspace.
    pub workspace: WorkspaceId,
    /// Where it is from.
    pub source: SourceId,
    /// What the provider calls it; unique within its source.
    pub external_id: String,
    /// Whether the provider said so.
    pub verified: bool,
    /// What the provider shows of it to people.
    pub display_name: String,
    /// What came beside its tokens and isn't secret.
    pub fields: Map<String, Value>,
    /// Whose it is; none for the workspace's own.
    pub owner: Option<UserId>,
    /// Whose it is at the app that connected it.
    pub owner_ref: Option<String>,
    /// What people here call it.
    pub name: String,
    /// What apps keep with it.
    pub metadata: Map<String, Value>,
    /// Whether its credentials are handed out.
    pub state: State,
    /// Who disabled it: `system`, or `user:…`.
    pub disabled_by: Option<String>,
    /// Why.
    pub disabled_reason: Option<Reason>,
    /// When.
    pub disabled_at: Option<Time>,
    /// Who holds the refresh token.
    pub custody: Custody,
    /// Counts what happened to it.
    pub seq: i64,
    /// When it was connected.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
}

impl Account {
    pub(super) fn read(row: &Row) -> Result<Self> {
        let reason = row.text_opt("disabled_reason")?;
        Ok(Account {
            id: row.id("account_id")?,
            workspace: row.id("workspace")?,
            source: row.id("source")?,
            external_id: row.text("external_id")?,
            verified: row.bool("verified")?,
            display_name: row.text("display_name")?,
            fields: row.json("fields")?,
            owner: row.id_opt("owner")?,
            owner_ref: row.text_opt("owner_ref")?,
            name: row.text("account_name")?,
            metadata: row.json("metadata")?,
            state: State::read(&row.text("account_state")?)?,
            disabled_by: row.text_opt("disabled_by")?,
            disabled_reason: reason.as_deref().map(Reason::read).transpose()?,
            disabled_at: row.time_opt("disabled_at")?,
            custody: Custody::read(&row.text("custody")?)?,
            seq: row.int("seq")?,
            created_at: row.time("account_created_at")?,
            updated_at: row.time("account_updated_at")?,
        })
    }
}
