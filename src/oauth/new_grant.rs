//! A grant is written down: with its code, or with a token that goes through the browser.

use super::grants::json;
use super::store;
use super::wishes::Wishes;
use crate::args;
use crate::base::id::{ClientId, SessionId, UserId};
use crate::base::{ScopeSet, Time, encoding};
use crate::crypto::token::GrantToken;
use crate::db::{On, Result};

/// What a person allowed a client just now.
#[derive(Clone, Copy)]
pub struct NewGrant<'a> {
    /// Whom it is given to.
    pub client_id: &'a ClientId,
    /// Who gives it.
    pub user_id: &'a UserId,
    /// In which browser session.
    pub sid: &'a SessionId,
    /// What is granted.
    pub scope: &'a ScopeSet,
    /// Resource indicators.
    pub resource: &'a [String],
    /// What it tells beside its scopes.
    pub claims: Option<&'a Wishes>,
    /// Echoed in the ID token.
    pub nonce: Option<&'a str>,
    /// When the person authenticated.
    pub auth_time: Time,
    /// Authentication context class.
    pub acr: &'a str,
    /// Authentication methods, space-delimited.
    pub amr: &'a str,
    /// Where the answer goes.
    pub redirect_uri: &'a str,
}

/// The code of a grant.
pub struct NewCode<'a> {
    /// The code.
    pub token: &'a GrantToken,
    /// RFC 7636 §4.3, S256.
    pub challenge: Option<&'a str>,
    /// When the code ends.
    pub expires_at: Time,
    /// When the grant ends, however much it is used.
    pub grant_expires_at: Time,
}

/// Writes a grant with its code; false when the client or the person was disabled meanwhile.
pub async fn issue(mut on: impl On, new: &NewGrant<'_>, code: &NewCode<'_>, now: Time) -> Result<bool> {
    let args = args![
        encoding::hex(&code.token.grant),
        new.sid,
        new.scope,
        json(&new.resource),
        new.claims.map(json),
        new.nonce,
        new.auth_time,
        new.acr,
        new.amr,
        code.token.holder.hash(),
        new.redirect_uri,
        code.challenge,
        code.expires_at,
        now,
        code.expires_at,
        code.grant_expires_at,
        new.client_id,
        new.user_id,
    ];
    Ok(on.one(store::ISSUE, args).await?.is_some())
}

/// Writes a grant whose tokens come through the browser: it has no code and nothing to refresh. `access` is its access
/// token, in generation 1, where it has one. False as with [`issue`].
pub async fn issue_front(
    mut on: impl On,
    new: &NewGrant<'_>,
    token: &GrantToken,
    access: Access,
    now: Time,
) -> Result<bool> {
    let (hash, ends) = match access {
        Access::Until(ends) => (Some(token.holder.hash()), ends),
        Access::None => (None, now),
    };
    let args = args![
        encoding::hex(&token.grant),
        new.sid,
        new.scope,
        json(&new.resource),
        new.claims.map(json),
        new.nonce,
        new.auth_time,
        new.acr,
        new.amr,
        new.redirect_uri,
        now,
        hash,
        ends,
        new.client_id,
        new.user_id,
    ];
    Ok(on.one(store::ISSUE_FRONT, args).await?.is_some())
}

/// Whether a grant without code has an access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Until then.
    Until(Time),
    /// It was for an ID token alone.
    None,
}
