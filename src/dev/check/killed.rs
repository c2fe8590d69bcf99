//! The vault is killed. Servers are processes of their own here, `symbolon serve` over the data that the walk left, and one ends
//! by SIGKILL at the worst moment: Acme has spent the old refresh token, and the new one isn't in the database.

use super::server::Server;
use super::vault::access;
use super::{Outcome, Walk, ensure};
use crate::db::{self, Db};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

/// How long anything here may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The moment is made, not hoped for: Acme holds its answer until nobody can write into the database.
pub(super) async fn kill(walk: &mut Walk) -> Outcome {
    let place = walk.place.clone().ok_or("an earlier step left no data")?;
    let server = Server::start(&place).await?;
    let heard = server.http.send(&walk.read(None)).await?;
    ensure(access(&heard)? == walk.access, "another process gives another token")?;
    let spool = place.data.join("spool");
    let before = entries(&spool);
    walk.acme.holds();
    let (http, call) = (server.http.clone(), walk.read(Some(&walk.access)));
    let reader = tokio::spawn(async move { http.send(&call).await });
    within(walk.acme.held(), "Acme wasn't asked").await?;
    let database = open(&place.data).await?;
    let locked = database.begin().await.map_err(|fault| fault.to_string())?;
    walk.acme.lets_go();
    let kept = within(appears(&spool, &before), "the answer didn't come to the disk").await;
    server.kill();
    drop(locked);
    database.close().await;
    kept?;
    let told = reader.await.map_err(|why| format!("a bug of ours: {why}"))?;
    ensure(told.is_err(), "somebody got a token that isn't in the database")?;
    Ok("the answer is on the disk, and not in the database".to_owned())
}

/// The next process finds what the dead one left, and goes on where it was.
pub(super) async fn recover(walk: &mut Walk) -> Outcome {
    let (place, asked) = (walk.place.clone().ok_or("an earlier step left no data")?, walk.refreshes_asked());
    let server = Server::start(&place).await?;
    let heard = server.http.send(&walk.read(Some(&walk.access))).await?;
    let fresh = access(&heard)?;
    ensure(walk.refreshes_asked() == asked, "Acme was asked again for what it had given")?;
    let status = walk.at_acme(&fresh).await?;
    ensure(status == 200, format!("Acme's API answered {status}"))?;
    let account = heard.json();
    let is = |pointer: &str, what: &str| account.pointer(pointer).and_then(|value| value.as_str()) == Some(what);
    ensure(is("/data/state", "active") && is("/data/health", "ok"), "the account isn't well")?;
    walk.access = fresh;
    walk.server = Some(server);
    Ok("active, and its new token works".to_owned())
}

/// The refresh token that was saved is the one that counts.
pub(super) async fn goes_on(walk: &mut Walk) -> Outcome {
    let server = walk.server.take().ok_or("an earlier step left no server")?;
    let next = access(&server.http.send(&walk.read(Some(&walk.access))).await?)?;
    let status = walk.at_acme(&next).await?;
    ensure(next != walk.access && status == 200, format!("Acme's API answered {status}"))?;
    let reuses = walk.acme.reuses();
    ensure(reuses == 0, format!("{reuses} refresh tokens were presented twice"))?;
    Ok(format!("{} refreshes, each token presented once", walk.refreshes_asked()))
}

async fn open(data: &Path) -> Result<Db, String> {
    db::open(&db::Place::Sqlite(data.join("symbolon.db"))).await.map_err(|fault| fault.to_string())
}

async fn within<T>(what: impl Future<Output = T>, otherwise: &str) -> Result<T, String> {
    tokio::time::timeout(PATIENCE, what).await.map_err(|_| otherwise.to_owned())
}

/// Waits for an entry that wasn't there.
async fn appears(spool: &Path, before: &BTreeSet<String>) {
    while entries(spool).is_subset(before) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

fn entries(spool: &Path) -> BTreeSet<String> {
    let all = std::fs::read_dir(spool).into_iter().flatten().flatten();
    let names = all.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| name.ends_with(".sealed")).collect()
}
