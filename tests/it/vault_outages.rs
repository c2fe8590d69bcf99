//! vault.md §5.2, F5, F6: a disk that is full, and a database that goes away and comes back in the middle of refreshes. What a
//! provider gave is in memory until it is somewhere durable; nobody is handed it before, and nothing of it is lost.

use crate::on_both;
use crate::support::provider::{At, Rotation};
use crate::support::vault::Vault;
use crate::support::{House, Kind, postgres};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::task::JoinSet;

const HOUR: Duration = Duration::from_secs(3_600);

/// A place for the spool that can be made unwritable.
enum Disk {
    /// A file system of its own, of 64 KiB.
    Tiny(PathBuf),
    /// A directory that gives way to a file: for whoever may not mount.
    Plain(PathBuf),
}

impl Disk {
    fn new() -> Self {
        let dir = crate::support::house::fresh_dir().join("spool");
        std::fs::create_dir(&dir).expect("a directory");
        let mut mount = std::process::Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"]).arg(&dir).stderr(std::process::Stdio::null());
        match mount.status().is_ok_and(|done| done.success()) {
            true => Disk::Tiny(dir),
            false => Disk::Plain(dir),
        }
    }

    fn dir(&self) -> &Path {
        let (Disk::Tiny(dir) | Disk::Plain(dir)) = self;
        dir
    }

    fn is_full(&self) {
        match self {
            Disk::Tiny(dir) => {
                std::fs::write(dir.join("ballast"), vec![0; 1 << 20]).expect_err("more than there is room for");
            }
            Disk::Plain(dir) => {
                std::fs::rename(dir, dir.with_extension("aside")).expect("renames");
                std::fs::write(dir, b"").expect("writes");
            }
        }
    }

    fn has_room(&self) {
        match self {
            Disk::Tiny(dir) => std::fs::remove_file(dir.join("ballast")).expect("removes"),
            Disk::Plain(dir) => {
                std::fs::remove_file(dir).expect("removes");
                std::fs::rename(dir.with_extension("aside"), dir).expect("renames");
            }
        }
    }

    fn entries(&self, ending: &str) -> usize {
        let all = std::fs::read_dir(self.dir()).expect("a directory");
        all.filter(|entry| {
            entry.as_ref().is_ok_and(|entry| entry.path().extension().is_some_and(|have| have == ending))
        })
        .count()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if let Disk::Tiny(dir) = self {
            let _ = std::process::Command::new("umount").arg(dir).status();
        }
        let _ = std::fs::remove_dir_all(self.dir().parent().expect("a directory"));
    }
}

/// So many people with a connection each; gives account, grant and the token that was handed out last.
async fn people(vault: &Vault, many: usize) -> Vec<(String, String)> {
    let names: Vec<String> = (0..many).map(|n| format!("person{n}")).collect();
    vault.crm.knows(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let mut accounts = Vec::new();
    for name in &names {
        let (account, given) = vault.brings(name).await;
        accounts.push((account, given.grant));
    }
    accounts
}

/// What was given away in this many calls of a grant is alive, and was asked for no more often than that.
fn is_well(crm: &At, calls: usize, accounts: &[(String, String)]) {
    for (account, grant) in accounts {
        assert_eq!(crm.token_calls(grant), calls, "{account}");
    }
    assert_eq!((crm.grants_lost(), crm.presented_twice().len(), crm.presented_at_once()), (Vec::new(), 0, Vec::new()));
}

on_both! {
    async fn s5_2_a_full_disk_loses_nothing_and_hands_out_nothing_that_is_nowhere_else(house: House) {
        let disk = Disk::new();
        let spool = disk.dir().to_owned();
        let set = |config: &mut symbolon::config::Config| config.vault.spool_dir = Some(spool);
        let vault = Vault::set(house.kind, Rotation::StrictFamily, json!({ "rotation": "strict_family" }), set).await;
        let accounts = people(&vault, 3).await;
        let before = disk.entries("sealed");
        assert_eq!(before, 3, "the adoptions");
        disk.is_full();

        // The database is there: all goes on without.
        vault.house.wait(2 * HOUR);
        for (account, _) in &accounts {
            assert!(vault.crm.access_ok(&vault.token(account).await));
        }
        is_well(&vault.crm, 2, &accounts);

        // It isn't, just when the answers come. They are nowhere but in memory, and nobody gets them.
        vault.house.wait(2 * HOUR);
        let held = vault.crm.holds_after_rotation();
        let mut readers = JoinSet::new();
        for (account, _) in &accounts {
            let (ada, path) = (vault.ada.clone(), format!("/v1/accounts/{account}?include_credentials=1&wait=3"));
            readers.spawn(async move { ada.does("GET", &path).await });
        }
        held.arrived(accounts.len()).await;
        vault.house.app.db.fail_after(0);
        held.releases();
        for read in readers.join_all().await {
            assert_eq!(read.status, 503, "{}", read.body);
            assert!(read.body.get("data").is_none(), "{}", read.body);
        }
        let rotated = "the provider has given out all of them";
        vault.crm.until(|crm| crm.calls("token").iter().filter(|call| call.status == 200).count() == 9).await;
        assert!(accounts.iter().all(|(_, grant)| vault.crm.live(grant).is_some()), "{rotated}");
        vault.house.app.db.fail_after(-1);
        for (account, _) in &accounts {
            let read = vault.until(account, |read| read.status == 200).await;
            assert!(vault.crm.access_ok(read.body["data"]["credentials"]["oauth_access_token"].as_str().expect("a token")));
        }
        is_well(&vault.crm, 3, &accounts);

        // With room again it is used again, and nothing half written is in its way.
        disk.has_room();
        assert_eq!((disk.entries("sealed"), disk.entries("half")), (before, 0));
        vault.house.wait(2 * HOUR);
        for (account, _) in &accounts {
            assert!(vault.crm.access_ok(&vault.token(account).await));
        }
        is_well(&vault.crm, 4, &accounts);
        assert_eq!((disk.entries("sealed"), disk.entries("half")), (before + 3, 0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s5_2_postgresql_ends_and_begins_again_in_the_middle_of_refreshes_and_nothing_is_lost() {
    let cluster = postgres::own().await;
    let url = cluster.url(&cluster.database(None).await);
    let house = House::at(url, |config| {
        crate::support::house::allow_loopback(config);
        (config.limits.token_per_second, config.limits.workspace_per_second) = (0, 0);
    });
    let vault = Vault::over(house.await, Rotation::StrictFamily, json!({ "rotation": "strict_family" })).await;
    let many = vault.house.config.vault.at_once;
    let accounts = people(&vault, many).await;
    for round in 1..=3 {
        vault.house.wait(2 * HOUR);
        let held = vault.crm.holds_after_rotation();
        let mut readers = JoinSet::new();
        for (account, _) in &accounts {
            let (ada, path) = (vault.ada.clone(), format!("/v1/accounts/{account}?include_credentials=1&wait=30"));
            readers.spawn(async move { ada.does("GET", &path).await });
        }
        held.arrived(many).await;
        cluster.stops().await;
        held.releases();
        let given = (round + 1) * many;
        vault.crm.until(|crm| crm.calls("token").iter().filter(|call| call.status == 200).count() == given).await;
        cluster.starts().await;
        // Some are told to come again; whoever gets one gets one that is written down.
        for read in readers.join_all().await {
            assert!([200, 503].contains(&read.status), "{} {}", read.status, read.body);
        }
        for (account, _) in &accounts {
            let read = vault.until(account, |read| read.status == 200).await;
            let token = read.body["data"]["credentials"]["oauth_access_token"].as_str().expect("a token");
            assert!(vault.crm.access_ok(token), "round {round}");
        }
        is_well(&vault.crm, round + 1, &accounts);
    }
}

/// A fail-over to a replica that was behind, or a backup that is a little old: it is the disk that knows better.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s5_2_a_database_that_lost_its_last_commits_is_repaired_from_the_disk() {
    let vault = Vault::with(Kind::Sqlite, Rotation::StrictFamily, "strict_family").await;
    let accounts = people(&vault, 3).await;
    let Vault { house, _provider, crm, ada, .. } = vault;
    let behind = house.dir.join("behind.db");
    house.sql(&format!("VACUUM INTO '{}'", behind.display())).await;
    house.wait(2 * HOUR);
    let mut tokens = Vec::new();
    for (account, _) in &accounts {
        let read = ada.does("GET", &format!("/v1/accounts/{account}?include_credentials=1")).await.ok();
        tokens.push(read.body["data"]["credentials"]["oauth_access_token"].clone());
    }
    let offset = house.app.clock.offset();
    let (dir, config) = house.close().await;
    for file in ["symbolon.db", "symbolon.db-wal", "symbolon.db-shm"] {
        let _ = std::fs::remove_file(dir.join("data").join(file));
    }
    std::fs::copy(&behind, dir.join("data/symbolon.db")).expect("copies");

    let house = House::open(Kind::Sqlite, dir, config).await;
    house.app.clock.shift(offset);
    let until = tokio::time::Instant::now() + Duration::from_secs(20);
    while house.raw().await.texts("SELECT id FROM vault_grants WHERE version = 3").await.len() < accounts.len() {
        assert!(tokio::time::Instant::now() < until, "nobody looks at the disk");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for ((account, grant), token) in accounts.iter().zip(&tokens) {
        let read =
            ada.at(&house).does("GET", &format!("/v1/accounts/{account}?include_credentials=1&wait=20")).await.ok();
        assert_eq!(read.body["data"]["credentials"]["oauth_access_token"], *token, "{}", read.body);
        assert_eq!(crm.token_calls(grant), 2, "the adoption and one refresh: nothing was presented again");
    }
    assert_eq!((crm.grants_lost(), crm.presented_twice().len()), (Vec::new(), 0));
}
