//! Grants: what one person allowed one client, and what becomes of it.

use super::store;
use super::wishes::Wishes;
use crate::args;
use crate::base::id::{ClientId, SessionId, UserId, WorkspaceId};
use crate::base::{ScopeSet, Time, encoding};
use crate::config::OfflineGrants;
use crate::crypto::token::{GrantToken, Holder};
use crate::db::{Db, Fault, Item, On, Result, Row};

/// A grant row, as much of it as token answers need.
#[derive(Clone, Debug)]
pub struct Grant {
    /// 16 bytes, part of every token of the grant.
    pub id: [u8; 16],
    /// Whom it was given to.
    pub client_id: ClientId,
    /// Who gave it.
    pub user_id: UserId,
    /// The browser session in which it was given (OIDC Back-Channel Logout §2.1).
    pub sid: SessionId,
    /// What was granted.
    pub scope: ScopeSet,
    /// Resource indicators (RFC 8707).
    pub resource: Vec<String>,
    /// What it tells beside its scopes (OIDC Core §5.5).
    pub claims: Option<Wishes>,
    /// To be echoed in the ID token.
    pub nonce: Option<String>,
    /// When the person really authenticated.
    pub auth_time: Time,
    /// Authentication context class.
    pub acr: String,
    /// Authentication methods.
    pub amr: Vec<String>,
    /// Which refresh its tokens came from; 1 after the code.
    pub generation: u32,
    /// When that was.
    pub rotated_at: Time,
    /// Whether it has a refresh token.
    pub refreshable: bool,
    access_hash: Option<String>,
    /// Scope of the newest access token.
    pub access_scope: ScopeSet,
    /// Resources of the newest access token.
    pub access_resource: Vec<String>,
    /// When the newest access token ends.
    pub access_expires_at: Time,
    access_ended: i64,
    /// When the refresh token ends, if it isn't used before.
    pub idle_expires_at: Time,
    /// When it all ends.
    pub expires_at: Time,
    /// When it was ended.
    pub revoked_at: Option<Time>,
    /// Why.
    pub end_reason: Option<String>,
    /// In which workspace it acts.
    pub workspace: Option<WorkspaceId>,
}

impl Grant {
    pub(super) fn read(row: &Row) -> Result<Self> {
        let id = row.text("id")?;
        let scope = row.scopes("scope")?;
        let resource: Vec<String> = row.json("resource")?;
        let parsed = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
        Ok(Grant {
            id: encoding::from_hex(&id).ok_or_else(|| Fault::Bug("a grant has a malformed id".to_owned()))?,
            client_id: row.id("client_id")?,
            user_id: row.id("user_id")?,
            sid: row.id("sid")?,
            access_scope: row.text_opt("access_scope")?.map_or_else(|| scope.clone(), |text| ScopeSet::stored(&text)),
            access_resource: match row.text_opt("access_resource")? {
                Some(text) => serde_json::from_str(&text).map_err(|why| Fault::Bug(why.to_string()))?,
                None => resource.clone(),
            },
            scope,
            resource,
            claims: parsed(row.text_opt("claims")?),
            nonce: row.text_opt("nonce")?,
            auth_time: row.time("auth_time")?,
            acr: row.text("acr")?,
            amr: row.text("amr")?.split(' ').map(str::to_owned).collect(),
            generation: u32::try_from(row.int("generation")?).map_err(|why| Fault::Bug(why.to_string()))?,
            rotated_at: row.time("rotated_at")?,
            refreshable: row.text_opt("refresh_hash")?.is_some(),
            access_hash: row.text_opt("access_hash")?,
            // No access token outlives its grant.
            access_expires_at: row.time("access_expires_at")?.min(row.time("expires_at")?),
            access_ended: row.int("access_ended")?,
            idle_expires_at: row.time("idle_expires_at")?,
            expires_at: row.time("expires_at")?,
            revoked_at: row.time_opt("revoked_at")?,
            end_reason: row.text_opt("end_reason")?,
            workspace: row.id_opt("workspace")?,
        })
    }

    /// With no more scope than the client is registered for today: what an admin took away is gone from old grants too.
    pub fn within(mut self, allowed: &ScopeSet) -> Self {
        self.scope.keep(|name| allowed.has(name));
        self.access_scope.keep(|name| allowed.has(name));
        self
    }

    /// The identifier as rows and logs write it.
    pub fn name(&self) -> String {
        encoding::hex(&self.id)
    }

    /// Whether the access token of `generation` is good: the newest, or the one before within the client's overlap.
    pub(super) fn access_good(&self, generation: u32, overlap_millis: i64, now: Time) -> bool {
        let newest = generation == self.generation && self.access_expires_at > now;
        let previous = generation.checked_add(1) == Some(self.generation)
            && self.rotated_at.millis().saturating_add(overlap_millis) > now.millis();
        (newest || previous) && i64::from(generation) > self.access_ended
    }
}

/// What the tokens of the next generation will be.
pub struct Next<'a> {
    /// Who presents.
    pub client_id: &'a ClientId,
    /// Scope of the access token, when it is narrower than the grant's.
    pub access_scope: Option<String>,
    /// Resources of the access token, when they are fewer than the grant's.
    pub access_resource: Option<&'a [String]>,
    /// When the access token ends.
    pub access_expires_at: Time,
    /// When the refresh token ends, if it isn't used.
    pub idle_expires_at: Time,
}

/// What became of a presented code.
#[derive(Debug)]
pub enum Redeemed {
    /// Its first and only success.
    Grant(Box<Grant>),
    /// It ended its grant, or that had ended before.
    Refused(Box<Grant>),
    /// No grant has this code.
    Unknown,
}

/// Redeems a code. `holder` is the fresh secret of the tokens to come; `refreshable` says whether one of them refreshes.
pub async fn redeem(
    db: &Db,
    code: &GrantToken,
    presented: &Presented<'_>,
    holder: &Holder,
    refreshable: bool,
    next: &Next<'_>,
    now: Time,
) -> Result<Redeemed> {
    let access_hash = holder.for_access().hash();
    let item = item(&code.grant, next, now)
        .with("code_hash", code.holder.hash())
        .with("redirect_uri", presented.redirect_uri)
        .with("challenge", presented.challenge.clone())
        .with("refresh_hash", refreshable.then(|| holder.hash()))
        .with("access_hash", access_hash.as_str());
    let Some(row) = db.hot(&store::REDEEM, item).await? else {
        return Ok(Redeemed::Unknown);
    };
    let grant = Box::new(Grant::read(&row)?);
    let ours = grant.access_hash.as_ref() == Some(&access_hash) && grant.revoked_at.is_none();
    Ok(if ours { Redeemed::Grant(grant) } else { Redeemed::Refused(grant) })
}

/// What must be the same at both endpoints.
pub struct Presented<'a> {
    /// RFC 6749 §4.1.3.
    pub redirect_uri: &'a str,
    /// RFC 7636 §4.6: the transformed `code_verifier`.
    pub challenge: Option<String>,
}

/// What becomes of used refresh tokens.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// They stay.
    pub stays: bool,
    /// For how long they are answered with the same successor, in milliseconds.
    pub replay_window: i64,
}

/// What became of a presented refresh token.
#[derive(Debug)]
pub enum Rotation {
    /// The row of the new generation; the same for all who presented the token within the window.
    Grant(Box<Grant>),
    /// An old token came back: the grant has ended.
    Reused(Box<Grant>),
    /// No living grant has this token.
    Unknown,
}

/// Presents a refresh token.
pub async fn rotate(db: &Db, token: &GrantToken, policy: Policy, next: &Next<'_>, now: Time) -> Result<Rotation> {
    let item = item(&token.grant, next, now)
        .with("refresh_hash", token.holder.hash())
        .with("generation", token.generation)
        .with("static", policy.stays)
        .with("replay_window", policy.replay_window);
    let Some(row) = db.hot(&store::ROTATE, item).await? else {
        return Ok(Rotation::Unknown);
    };
    let grant = Box::new(Grant::read(&row)?);
    Ok(if grant.revoked_at.is_some() { Rotation::Reused(grant) } else { Rotation::Grant(grant) })
}

fn item(grant: &[u8; 16], next: &Next<'_>, now: Time) -> Item {
    Item::new(encoding::hex(grant))
        .with("now", now.millis())
        .with("client_id", next.client_id.as_str())
        .with("access_scope", next.access_scope.clone())
        .with("access_resource", next.access_resource.map(|resource| json(&resource)))
        .with("access_expires_at", next.access_expires_at.millis())
        .with("idle_expires_at", next.idle_expires_at.millis())
}

/// Which token is revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The refresh token, and with it the grant.
    Refresh,
    /// The access token alone.
    Access,
}

/// Revokes a token of a grant; gives the client that it belongs to, or `None` when no grant has it.
pub async fn revoke(
    db: &Db,
    token: &GrantToken,
    which: Which,
    client_id: &ClientId,
    now: Time,
) -> Result<Option<ClientId>> {
    let item = Item::new(encoding::hex(&token.grant))
        .with("now", now.millis())
        .with("client_id", client_id.as_str())
        .with("whole", which == Which::Refresh)
        .with("generation", token.generation)
        .with("hash", token.holder.hash());
    db.hot(&store::REVOKE, item).await?.map(|row| row.id("client_id")).transpose()
}

/// Scope and resources of a grant of the client, which never change.
pub async fn granted(mut db: &Db, grant: &[u8; 16], client_id: &ClientId) -> Result<Option<(ScopeSet, Vec<String>)>> {
    let row = db.one(store::GRANTED, args![encoding::hex(grant), client_id]).await?;
    row.map(|row| Ok((row.scopes("scope")?, row.json("resource")?))).transpose()
}

/// Ends the access token of a generation, and those before it.
pub async fn end_access(mut db: &Db, grant: &[u8; 16], generation: u32, client_id: &ClientId) -> Result<()> {
    db.run(store::END_ACCESS, args![encoding::hex(grant), i64::from(generation), client_id]).await.map(|_| ())
}

/// Ends every grant of a client: it was disabled.
pub async fn end_of_client(mut on: impl On, id: &ClientId, reason: &'static str, now: Time) -> Result<usize> {
    on.run(store::END_OF_CLIENT, args![id, now, reason]).await
}

/// Deletes every grant of a client: it was deleted.
pub async fn erase_of_client(mut on: impl On, id: &ClientId) -> Result<usize> {
    on.run(store::ERASE_OF_CLIENT, args![id]).await
}

/// Ends every grant of a person: they were disabled.
pub async fn end_of_user(mut on: impl On, id: &UserId, reason: &'static str, now: Time) -> Result<usize> {
    on.run(store::END_OF_USER, args![id, now, reason]).await
}

/// Ends the grants of a browser session that can't be refreshed, and codes that wait: the person signed out. The others
/// end too where the operator wants it.
pub async fn end_of_session(mut on: impl On, sid: &SessionId, rest: OfflineGrants, now: Time) -> Result<usize> {
    on.run(store::END_OF_SESSION, args![sid, now, "signed_out", rest == OfflineGrants::End]).await
}

/// Ends what a person allowed a client.
pub async fn end_of_consent(mut on: impl On, user: &UserId, client: &ClientId, now: Time) -> Result<usize> {
    on.run(store::END_OF_CONSENT, args![user, client, now, "consent_withdrawn"]).await
}

/// Ends what a person allowed in a workspace: they left it.
pub async fn end_of_member(mut on: impl On, user: &UserId, workspace: &WorkspaceId, now: Time) -> Result<usize> {
    on.run(store::END_OF_MEMBER, args![user, workspace, now, "member_removed"]).await
}

/// Ends all that was allowed in a workspace: it was deleted.
pub async fn end_of_workspace(mut on: impl On, workspace: &WorkspaceId, now: Time) -> Result<usize> {
    on.run(store::END_OF_WORKSPACE, args![workspace, now, "workspace_deleted"]).await
}

/// Deletes grants that ended a day ago or more, a few hundred at a time by ranges of the time-ordered key; but not while
/// their session lives, since they say who must hear of its end. Gives where to go on, or `None` at the end.
pub async fn purge(mut db: &Db, after: &str, now: Time) -> Result<Option<String>> {
    let before = now - std::time::Duration::from_secs(86_400);
    let ids = db.all(store::STEP, args![after]).await?;
    let Some(last) = ids.last().map(|row| row.text("id")).transpose()? else {
        // A day late too: a clock that was ahead for a while must not make anything usable that was spent or revoked.
        db.run(store::PURGE_ASSERTIONS, args![before]).await?;
        db.run(store::PURGE_REVOKED, args![before]).await?;
        return Ok(None);
    };
    db.run(store::PURGE, args![after, &last, before]).await?;
    Ok(Some(last))
}

/// Texts and sets of texts always serialize.
pub(super) fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
