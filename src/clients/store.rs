//! The rows of clients.

use super::{Client, Metadata, Provenance, SecretHash};
use crate::base::Time;
use crate::base::id::ClientId;
use crate::db::{self, Db, Fault, On, Result, Tx};
use crate::{args, sql};

sql! {
    write CREATE = "INSERT INTO clients (id, name, search, metadata, secrets, enabled, not_before, rev, created_at, updated_at, \
                    registered_by, registration_hash, used_at) \
                    VALUES ($1, $2, $3, $4, $5, $8, $7, 1, $6, $6, $9, $10, $11) ON CONFLICT (id) DO NOTHING RETURNING id";
    read BY_ID = "SELECT id, metadata, secrets, enabled, not_before, rev, created_at, updated_at, registered_by, \
                  registration_hash FROM clients WHERE id = $1";
    read PAGE = "SELECT id, metadata, secrets, enabled, not_before, rev, created_at, updated_at, registered_by, \
                 registration_hash FROM clients WHERE id IN (SELECT id FROM clients WHERE id > $1 AND search LIKE $2 ESCAPE '!' \
                 ORDER BY id LIMIT $3) ORDER BY id";
    write LOCK = "UPDATE clients SET rev = rev + 1, updated_at = $2 WHERE id = $1 \
                  RETURNING id, metadata, secrets, enabled, not_before, rev, created_at, updated_at, registered_by, \
                  registration_hash";
    write SAVE = "UPDATE clients SET name = $2, search = $3, metadata = $4, secrets = $5, enabled = $6, not_before = $7 \
                  WHERE id = $1 RETURNING id";
    write ADD_ORIGIN = "INSERT INTO client_origins (origin, client_id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING origin";
    write CLEAR_ORIGINS = "DELETE FROM client_origins WHERE client_id = $1 RETURNING origin";
    read IS_ORIGIN = "SELECT o.origin FROM client_origins o JOIN clients c ON c.id = o.client_id \
                      WHERE o.origin = $1 AND c.enabled ORDER BY o.client_id LIMIT 1";
    write DELETE = "DELETE FROM clients WHERE id = $1 RETURNING id";
    read COUNT = "SELECT count(*) AS n FROM (SELECT 1 AS one FROM clients LIMIT $1) counted";
    read STRANGERS = "SELECT count(*) AS n FROM (SELECT 1 AS one FROM clients WHERE used_at IS NOT NULL LIMIT $1) counted";
    write USED = "UPDATE clients SET used_at = $1 WHERE used_at IS NOT NULL AND used_at < $2 \
                  AND EXISTS (SELECT 1 FROM grants g WHERE g.client_id = clients.id) RETURNING id";
    read IDLE = "SELECT id FROM clients WHERE used_at < $1 \
                 AND NOT EXISTS (SELECT 1 FROM grants g WHERE g.client_id = clients.id) ORDER BY used_at LIMIT $2";
}

/// How many clients there are; counting stops at `most`.
pub async fn count(mut db: &Db, most: i64) -> Result<i64> {
    db.one(COUNT, args![most]).await?.map_or(Ok(0), |row| row.int("n"))
}

/// Registers a client under an identifier that nobody has; false when someone has it. Machine tokens of a deleted
/// client with the same identifier stay void.
pub async fn create(
    tx: &mut Tx,
    id: &ClientId,
    metadata: &Metadata,
    secrets: &[SecretHash],
    now: Time,
) -> Result<bool> {
    insert(tx, &New { id, metadata, secrets, enabled: true, provenance: &Provenance::Admin }, now).await
}

/// A client to be.
pub struct New<'a> {
    /// Its identifier.
    pub id: &'a ClientId,
    /// What it may do.
    pub metadata: &'a Metadata,
    /// How it authenticates, where by secret.
    pub secrets: &'a [SecretHash],
    /// Whether it may act at once.
    pub enabled: bool,
    /// Who registers it.
    pub provenance: &'a Provenance,
}

/// Registers a client; false when someone has its identifier.
pub async fn insert(mut tx: &mut Tx, new: &New<'_>, now: Time) -> Result<bool> {
    // The `iat` of a JWT knows no parts of a second: those of this very second are the new client's own.
    let not_before = Time::from_secs(now.secs()) - std::time::Duration::from_millis(1);
    let New { id, metadata, .. } = *new;
    let (by, hash) = match new.provenance {
        Provenance::Itself { by, token_hash } => (Some(by.name()), Some(token_hash.as_str())),
        Provenance::Admin | Provenance::Document => (None, None),
    };
    let args = args![
        id,
        &metadata.client_name,
        search(id, metadata),
        json(metadata)?,
        json(new.secrets)?,
        now,
        not_before,
        new.enabled,
        by,
        hash,
        new.provenance.stranger().then_some(now),
    ];
    let created = (&mut tx).one(CREATE, args).await?.is_some();
    if created {
        save_origins(tx, id, metadata).await?;
    }
    Ok(created)
}

/// How many clients there are that strangers registered, counted up to `most`.
pub async fn strangers(mut tx: &mut Tx, most: u32) -> Result<u32> {
    let row = (&mut tx).one(STRANGERS, args![i64::from(most)]).await?;
    let n = row.map_or(Ok(0), |row| row.int("n"))?;
    Ok(u32::try_from(n).unwrap_or(u32::MAX))
}

/// Notes which of the strangers' clients have grants; those that were noted since `before` are left alone.
pub async fn note_used(mut db: &Db, now: Time, before: Time) -> Result<usize> {
    db.run(USED, args![now, before]).await
}

/// Strangers' clients without grants that nobody used since `before`, the oldest first.
pub async fn idle(mut on: impl On, before: Time, limit: i64) -> Result<Vec<ClientId>> {
    on.all(IDLE, args![before, limit]).await?.iter().map(|row| row.id("id")).collect()
}

/// The web origins of a public client, kept apart so that a preflight finds them by key.
async fn save_origins(mut tx: &mut Tx, id: &ClientId, metadata: &Metadata) -> Result<()> {
    (&mut tx).run(CLEAR_ORIGINS, args![id]).await?;
    let web = metadata.redirect_uris.iter().filter(|uri| metadata.public() && uri.starts_with("http"));
    for origin in web.filter_map(|uri| crate::base::uri::origin(uri)) {
        (&mut tx).run(ADD_ORIGIN, args![origin, id]).await?;
    }
    Ok(())
}

/// Whether an enabled public client registered this origin.
pub async fn is_origin(mut db: &Db, origin: &str) -> Result<bool> {
    Ok(db.one(IS_ORIGIN, args![origin]).await?.is_some())
}

/// The client of this identifier.
pub async fn by_id(mut on: impl On, id: &ClientId) -> Result<Option<Client>> {
    on.one(BY_ID, args![id]).await?.as_ref().map(Client::read).transpose()
}

/// Clients after `cursor` whose name or identifier contains `search`, in the order in which they came.
pub async fn page(mut db: &Db, cursor: &str, search: &str, limit: i64) -> Result<Vec<Client>> {
    let rows = db.all(PAGE, args![cursor, db::like(&search.to_lowercase()), limit]).await?;
    rows.iter().map(Client::read).collect()
}

/// Takes the row for a change: nobody else changes it until the transaction ends. Counts the change.
pub async fn lock(mut tx: &mut Tx, id: &ClientId, now: Time) -> Result<Option<Client>> {
    (&mut tx).one(LOCK, args![id, now]).await?.as_ref().map(Client::read).transpose()
}

/// Writes a locked client back.
pub async fn save(mut tx: &mut Tx, client: &Client) -> Result<()> {
    let metadata = &client.metadata;
    let args = args![
        &client.id,
        &metadata.client_name,
        search(&client.id, metadata),
        json(metadata)?,
        json(&client.secrets)?,
        client.enabled,
        client.not_before,
    ];
    (&mut tx).run(SAVE, args).await?;
    save_origins(tx, &client.id, metadata).await
}

/// Deletes a client with its grants and consents.
pub async fn delete(mut tx: &mut Tx, id: &ClientId) -> Result<bool> {
    Ok((&mut tx).one(DELETE, args![id]).await?.is_some())
}

fn search(id: &ClientId, metadata: &Metadata) -> String {
    format!("{} {id}", metadata.client_name.to_lowercase())
}

fn json<T: serde::Serialize + ?Sized>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|why| Fault::Bug(why.to_string()))
}
