//! What is known of a grant, living or not: for people who ask why a token is refused. Changes nothing.

use crate::base::encoding::hex;
use crate::base::id::{ClientId, UserId};
use crate::base::{ScopeSet, Time};
use crate::crypto::token::{GrantToken, Kind};
use crate::db::{Db, Fault, On, Result};
use crate::{args, sql};

sql! {
    read LOOK = "SELECT g.client_id, g.user_id, g.scope, g.code_hash, g.refresh_hash, g.access_hash, g.generation, \
                 g.rotated_at, g.redeemed_at, g.code_expires_at, g.access_expires_at, g.access_ended, g.idle_expires_at, \
                 g.expires_at, g.revoked_at, g.end_reason, c.enabled AS client_enabled, b.id AS client_blocked, u.enabled AS user_enabled, \
                 u.email AS user_email FROM grants g LEFT JOIN clients c ON c.id = g.client_id \
                 LEFT JOIN blocked_clients b ON b.id = g.client_id \
                 JOIN users u ON u.id = g.user_id WHERE g.id = $1";
}

/// A grant row with whom it concerns.
#[derive(Clone, Debug)]
pub struct Looked {
    /// Whom it was given to.
    pub client_id: ClientId,
    /// Whether that client may act.
    pub client_enabled: bool,
    /// Who gave it.
    pub user_id: UserId,
    /// Their address.
    pub user_email: String,
    /// Whether they may act.
    pub user_enabled: bool,
    /// What was granted.
    pub scope: ScopeSet,
    /// The newest generation; 0 before the code was redeemed.
    pub generation: u32,
    /// When that came to be.
    pub rotated_at: Time,
    /// When the code was redeemed.
    pub redeemed_at: Option<Time>,
    /// When the code ends.
    pub code_expires_at: Time,
    /// When the newest access token ends.
    pub access_expires_at: Time,
    /// Access tokens of this generation and before were revoked by themselves.
    pub access_ended: i64,
    /// When the refresh token ends, if it isn't used before.
    pub idle_expires_at: Time,
    /// When it all ends.
    pub expires_at: Time,
    /// When it was ended.
    pub revoked_at: Option<Time>,
    /// Why.
    pub end_reason: Option<String>,
    hashes: [Option<String>; 3],
}

impl Looked {
    /// Whether the token's holder secret is the one of this grant.
    pub fn holds(&self, kind: Kind, token: &GrantToken) -> bool {
        let [code, refresh, access] = &self.hashes;
        let hash = match kind {
            Kind::Code => code,
            Kind::Refresh => refresh,
            Kind::Access => access,
        };
        hash.as_ref() == Some(&token.holder.hash())
    }
}

/// The grant of this identifier, whatever became of it; `None` when there is none, or no longer.
pub async fn look(mut db: &Db, grant: &[u8; 16]) -> Result<Option<Looked>> {
    let Some(row) = db.one(LOOK, args![hex(grant)]).await? else {
        return Ok(None);
    };
    Ok(Some(Looked {
        client_id: row.id("client_id")?,
        client_enabled: row.bool_opt("client_enabled")?.unwrap_or(row.text_opt("client_blocked")?.is_none()),
        user_id: row.id("user_id")?,
        user_email: row.text("user_email")?,
        user_enabled: row.bool("user_enabled")?,
        scope: row.scopes("scope")?,
        generation: u32::try_from(row.int("generation")?).map_err(|why| Fault::Bug(why.to_string()))?,
        rotated_at: row.time("rotated_at")?,
        redeemed_at: row.time_opt("redeemed_at")?,
        code_expires_at: row.time("code_expires_at")?,
        access_expires_at: row.time("access_expires_at")?,
        access_ended: row.int("access_ended")?,
        idle_expires_at: row.time("idle_expires_at")?,
        expires_at: row.time("expires_at")?,
        revoked_at: row.time_opt("revoked_at")?,
        end_reason: row.text_opt("end_reason")?,
        hashes: [row.text_opt("code_hash")?, row.text_opt("refresh_hash")?, row.text_opt("access_hash")?],
    }))
}
