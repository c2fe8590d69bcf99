//! Data keys: what a workspace's secrets are sealed under. The master key wraps them; a workspace has one that seals, and any
//! number that only open what they once sealed.

use super::Keyring;
use crate::base::Time;
use crate::base::encoding::hex;
use crate::base::id::{WorkspaceId, uuid7};
use crate::crypto::MasterKey;
use crate::crypto::seal::{self, Place, RowKey};
use crate::db::{Db, Fault, On, Result, Tx};
use crate::{args, sql};
use quick_cache::sync::Cache;
use std::sync::Arc;
use zeroize::Zeroizing;

sql! {
    read ACTIVE_DATA_KEY = "SELECT id, sealed FROM data_keys WHERE workspace = $1 AND active";
    read DATA_KEY = "SELECT id, sealed FROM data_keys WHERE id = $1";
    write ADD_DATA_KEY = "INSERT INTO data_keys (id, workspace, sealed, active, created_at) VALUES ($1, $2, $3, true, $4) \
                          ON CONFLICT DO NOTHING RETURNING id";
    write RETIRE_DATA_KEY = "UPDATE data_keys SET active = false, retired_at = $2 WHERE workspace = $1 AND active RETURNING id";
}

/// One of them.
#[derive(Clone)]
pub struct DataKey {
    /// Names it beside what it sealed.
    pub id: String,
    key: Arc<MasterKey>,
}

impl DataKey {
    /// Seals a text for its place.
    pub fn seal(&self, place: Place<'_>, plain: &[u8]) -> Result<Vec<u8>> {
        seal::seal(&self.key, place, plain).map_err(|_| Fault::Bug(format!("{} can't be sealed", place.table)))
    }

    /// Opens what it sealed for this place.
    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        seal::open(&self.key, place, sealed).map_err(|_| broken(place))
    }
}

/// It was sealed elsewhere, or under another key.
pub fn broken(place: Place<'_>) -> Fault {
    Fault::Bug(format!("{} of `{}` can't be opened", place.column, place.row))
}

/// Those that this process has opened.
pub struct DataKeys {
    keys: Cache<String, Arc<MasterKey>>,
    /// What they make for the rows that are opened often, by the key and the row.
    rows: Cache<String, Arc<RowKey>>,
}

impl Default for DataKeys {
    fn default() -> Self {
        DataKeys { keys: Cache::new(10_000), rows: Cache::new(10_000) }
    }
}

fn place(id: &str) -> Place<'_> {
    Place { table: "data_keys", row: id, column: "sealed" }
}

impl DataKeys {
    /// The one that seals in a workspace; the first time, a fresh one.
    pub async fn sealing(&self, ring: &Keyring, mut db: &Db, workspace: &WorkspaceId, now: Time) -> Result<DataKey> {
        loop {
            if let Some(row) = db.one(ACTIVE_DATA_KEY, args![workspace]).await? {
                return self.opened(ring, row.text("id")?, &row.bytes("sealed")?);
            }
            // Where somebody else is faster, theirs is found in the next round.
            add(ring, db, workspace, now).await?;
        }
    }

    /// The one with this name.
    pub async fn named(&self, ring: &Keyring, mut db: &Db, id: &str) -> Result<DataKey> {
        if let Some(key) = self.keys.get(id) {
            return Ok(DataKey { id: id.to_owned(), key });
        }
        let row = db.one(DATA_KEY, args![id]).await?;
        let row = row.ok_or_else(|| Fault::Bug(format!("the data key `{id}` is gone")))?;
        self.opened(ring, row.text("id")?, &row.bytes("sealed")?)
    }

    /// What opens a row that is opened often, which the key of this name sealed.
    pub async fn of_row(&self, ring: &Keyring, db: &Db, key: &str, place: Place<'_>) -> Result<Arc<RowKey>> {
        let name = [key, place.table, place.column, place.row].join(" ");
        if let Some(row) = self.rows.get(&name) {
            return Ok(row);
        }
        let key = self.named(ring, db, key).await?;
        let row = Arc::new(seal::row_key(&key.key, place).map_err(|_| broken(place))?);
        self.rows.insert(name, Arc::clone(&row));
        Ok(row)
    }

    fn opened(&self, ring: &Keyring, id: String, sealed: &[u8]) -> Result<DataKey> {
        if let Some(key) = self.keys.get(&id) {
            return Ok(DataKey { id, key });
        }
        let key = seal::unwrap(ring.master(), place(&id), sealed);
        let key =
            Arc::new(key.map_err(|_| Fault::Bug(format!("the data key `{id}` can't be opened with this master key")))?);
        self.keys.insert(id.clone(), Arc::clone(&key));
        Ok(DataKey { id, key })
    }
}

async fn add(ring: &Keyring, mut on: impl On, workspace: &WorkspaceId, now: Time) -> Result<String> {
    let id = format!("dek_{}", hex(&uuid7(now)));
    let sealed = seal::wrap(ring.master(), place(&id), &MasterKey::generate());
    let sealed = sealed.map_err(|_| Fault::Bug("a data key can't be wrapped".to_owned()))?;
    on.run(ADD_DATA_KEY, args![id.as_str(), workspace, sealed, now]).await?;
    Ok(id)
}

/// Seals under a fresh one from now on; what is sealed already stays readable. Gives its name.
pub async fn renew(ring: &Keyring, tx: &mut Tx, workspace: &WorkspaceId, now: Time) -> Result<String> {
    (&mut *tx).run(RETIRE_DATA_KEY, args![workspace, now]).await?;
    add(ring, tx, workspace, now).await
}
