//! A new token, for a person who has fewer than they may have in this workspace.

use super::store::{COUNT, CREATE, DROP_OVER};
use super::{ApiToken, ApiTokenId};
use crate::app::App;
use crate::args;
use crate::base::id::{UserId, WorkspaceId};
use crate::base::{ScopeSet, Secret, Time};
use crate::crypto::api_token;
use crate::db::{Fault, On, Tx};
use crate::people;
use crate::people::workspaces;
use crate::signin::throttle::{self, Gauge, Taken};
use std::time::Duration;

/// New ones a minute, of one person: what a limit by token would be worth if tokens could be made without end.
const A_MINUTE: u32 = 10;
/// The longest that one with an end may last.
const LONGEST: Duration = Duration::from_secs(3650 * 86_400);

/// A token, as it is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// For whom.
    pub user: UserId,
    /// In which workspace.
    pub workspace: Option<WorkspaceId>,
    /// Checked by [`title`].
    pub name: String,
    /// Narrowed to these; none for all that its person may.
    pub scope: Option<ScopeSet>,
    /// When it ends, if ever.
    pub expires_at: Option<Time>,
}

/// Why there is no token. Nothing was changed.
#[derive(Clone, Debug)]
pub enum Unmade {
    /// The person has so many, which is the most.
    TooMany(u32),
    /// The person may not act, or isn't in that workspace (any more).
    NotIn,
    /// It would end in the past, or when nobody lives any more.
    Expiry,
    /// So many were made lately; seconds to wait.
    Slow(i64),
    /// Disk, network, bug.
    Fault(Fault),
}

impl From<Fault> for Unmade {
    fn from(fault: Fault) -> Self {
        Unmade::Fault(fault)
    }
}

/// What a token may be called.
pub fn title(text: &str) -> Result<String, &'static str> {
    let fits = (1..=100).contains(&text.trim().chars().count()) && !text.chars().any(char::is_control);
    if fits {
        Ok(text.trim().to_owned())
    } else {
        Err("must be a text of 1 to 100 characters without control characters")
    }
}

/// What it may be narrowed to: names of scopes, at least one.
pub fn scopes(names: &[String]) -> Result<ScopeSet, &'static str> {
    let plain = names.iter().all(|name| !name.is_empty() && !name.contains(' '));
    match ScopeSet::parse(&names.join(" ")) {
        Ok(scope) if plain && !scope.is_empty() => Ok(scope),
        Ok(_) if names.is_empty() => Err("must name at least one scope; leave it out for all that you may do"),
        _ => Err("must be a list of scope names (RFC 6749 §3.3), 1024 bytes in all"),
    }
}

/// Makes one in the caller's transaction, after a lock that all creations for this person wait for: so the cap holds
/// however many ask at once, on however many servers.
pub async fn create(app: &App, mut tx: &mut Tx, asked: &Asked) -> Result<(Secret, ApiToken), Unmade> {
    let now = app.now();
    if asked.expires_at.is_some_and(|at| at <= now || at > now + LONGEST) {
        return Err(Unmade::Expiry);
    }
    if !people::store::hold(tx, &asked.user).await?.is_some_and(|person| person.enabled) {
        return Err(Unmade::NotIn);
    }
    if let Some(slug) = &asked.workspace
        && !workspaces::store::hold(tx, slug, &asked.user).await?
    {
        return Err(Unmade::NotIn);
    }
    (&mut tx).run(DROP_OVER, args![&asked.user, asked.workspace.as_ref(), now]).await?;
    let have = (&mut tx).one(COUNT, args![&asked.user, asked.workspace.as_ref()]).await?;
    let most = app.config.api_tokens.max_per_user;
    if have.map_or(Ok(0), |row| row.int("n"))? >= i64::from(most) {
        return Err(Unmade::TooMany(most));
    }
    let gauge = Gauge::new("api-token", asked.user.as_str(), A_MINUTE);
    if let Taken::Wait(seconds) = throttle::take_on(&mut *tx, &gauge, now).await? {
        return Err(Unmade::Slow(seconds));
    }
    let secret = api_token::fresh(&app.keys.macs());
    let token = ApiToken {
        id: ApiTokenId::new(now),
        name: asked.name.clone(),
        hint: secret.reveal().get(api_token::LENGTH - 4..).unwrap_or_default().to_owned(),
        user: asked.user.clone(),
        workspace: asked.workspace.clone(),
        scope: asked.scope.clone(),
        per_second: None,
        created_at: now,
        expires_at: asked.expires_at,
        used_at: None,
        used_from: None,
    };
    let hash = super::check::hash(secret.reveal());
    let workspace = token.workspace.as_ref();
    let scope = token.scope.as_ref().map(ToString::to_string);
    let args = args![&token.id, hash, &token.hint, &token.user, workspace, &token.name, scope, now, token.expires_at];
    (&mut tx).run(CREATE, args).await?;
    Ok((secret, token))
}
