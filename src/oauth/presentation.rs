//! A token is presented: the grant behind it, with its client and its person, if it lives. One read.

use super::grants::{Grant, Which};
use super::store;
use crate::app::App;
use crate::base::id::ClientId;
use crate::base::{ScopeSet, Time, encoding};
use crate::clients::{self, Metadata, Rotation, cimd};
use crate::crypto::token::GrantToken;
use crate::db::{Question, Result, Row};
use crate::people::Role;
use crate::people::workspaces::Standing;
use std::sync::Arc;

/// A grant with its client and its person, read when a token is presented.
#[derive(Clone, Debug)]
pub struct Presentation {
    /// The grant.
    pub grant: Grant,
    /// The client's metadata.
    pub client: Arc<Metadata>,
    /// What the person may do to this deployment.
    pub user_role: Role,
    /// What they are in the workspace of the grant.
    pub standing: Option<Standing>,
    /// Requests a second in that workspace, where it isn't what the settings say.
    pub workspace_per_second: Option<u32>,
    /// The person's address.
    pub user_email: String,
    /// The person's claims, a JSON object.
    pub user_claims: String,
    /// When they last changed.
    pub user_updated_at: Time,
}

/// The grant behind a refresh or access token, if it lives: one read.
pub async fn present(app: &App, token: &GrantToken, which: Which, now: Time) -> Result<Option<Presentation>> {
    let Some((found, row_hash)) = read(app, &token.grant, which).await? else {
        return Ok(None);
    };
    let holder = encoding::same(row_hash.as_bytes(), token.holder.hash().as_bytes());
    Ok((holder && alive(&found, token.generation, which, now)).then_some(found))
}

/// The grant behind a JWT access token, which names it and its generation: one read.
pub async fn present_jwt(app: &App, grant: &[u8; 16], generation: u32, now: Time) -> Result<Option<Presentation>> {
    let found = read(app, grant, Which::Access).await?;
    Ok(found.map(|(found, _)| found).filter(|found| alive(found, generation, Which::Access, now)))
}

async fn read(app: &App, grant: &[u8; 16], which: Which) -> Result<Option<(Presentation, String)>> {
    let Some(row) = app.db.look(&store::TOKEN, Question::named(&encoding::hex(grant)), |item| item).await? else {
        return Ok(None);
    };
    let hash = row.text_opt(if which == Which::Refresh { "refresh_hash" } else { "access_hash" })?;
    let grant = Grant::read(&row)?;
    let Some(client) = client(app, &grant.client_id, &row)? else {
        return Ok(None);
    };
    if !row.bool("user_enabled")? {
        return Ok(None);
    }
    let standing = row.text_opt("standing")?.as_deref().and_then(Standing::named);
    // What was allowed in a workspace ends with the membership.
    if grant.workspace.is_some() && standing.is_none() {
        return Ok(None);
    }
    let found = Presentation {
        grant: grant.within(&ScopeSet::stored(&client.scope)),
        client,
        user_role: Role::named(&row.text("user_role")?).unwrap_or_default(),
        standing,
        workspace_per_second: row.int_opt("workspace_per_second")?.and_then(|rate| u32::try_from(rate).ok()),
        user_email: row.text("user_email")?,
        user_claims: row.text("user_claims")?,
        user_updated_at: row.time("user_updated_at")?,
    };
    Ok(hash.map(|hash| (found, hash)))
}

/// The client of a grant, if it may act. One that is described by a document has no row; what it may be at most is known
/// without asking it.
fn client(app: &App, id: &ClientId, row: &Row) -> Result<Option<Arc<Metadata>>> {
    match row.bool_opt("client_enabled")? {
        Some(true) => clients::metadata_of(app, id, row.int("client_rev")?, || row.json("client_metadata")).map(Some),
        Some(false) => Ok(None),
        None if row.text_opt("client_blocked")?.is_some() => Ok(None),
        None => Ok(cimd::standing(app, id.as_str()).map(Arc::new)),
    }
}

fn alive(found: &Presentation, generation: u32, which: Which, now: Time) -> bool {
    let grant = &found.grant;
    let stays = found.client.rotation == Rotation::Static;
    let overlap = i64::try_from(found.client.access_token_overlap).unwrap_or(0).saturating_mul(1000);
    let good = match which {
        Which::Access => grant.access_good(generation, overlap, now),
        Which::Refresh => (generation == grant.generation || stays) && grant.idle_expires_at > now,
    };
    good && grant.revoked_at.is_none() && grant.expires_at > now
}
