//! Many accounts at once, written past the doors: making each by the API would take minutes.

use super::provider::At;
use super::vault::{CLIENT, Vault};
use symbolon::base::Time;
use symbolon::base::id::WorkspaceId;
use symbolon::crypto::seal::Place;
use symbolon::vault::accounts::{self, AccountId};
use symbolon::vault::grants;
use symbolon::vault::grants::store::{Fresh, News, Secrets};
use symbolon::vault::grants::timing::Times;
use symbolon::vault::sources::SourceId;

impl Vault {
    /// So many more accounts like `model`, each with a grant of its own whose tokens have expired and are due.
    pub async fn crowds(&self, model: &str, at: &At, many: usize) -> Vec<String> {
        let (app, now, workspace) = (&self.house.app, self.house.now(), WorkspaceId::from("acme"));
        let model = accounts::store::one(&app.db, &AccountId::from(model)).await.expect("reads").expect("a model");
        let source: SourceId = model.source.clone();
        let key = app.data_keys.sealing(&app.keys, &app.db, &workspace, now).await.expect("a key");
        let (times, params) = (due(now), std::collections::BTreeMap::new());
        let mut made = Vec::new();
        while made.len() < many {
            let mut tx = app.db.begin().await.expect("begins");
            for _ in 0..(many - made.len()).min(500) {
                let given = at.gives(CLIENT, "zoe", "read");
                let (id, grant) = (fresh_account(), grants::fresh(now));
                let secret = format!("try_{}", grant.as_str());
                let plain =
                    serde_json::json!({ "access_token": given.access_token, "refresh_token": given.refresh_token });
                let place = Place { table: "vault_secrets", row: &secret, column: "sealed" };
                let sealed = key.seal(place, plain.to_string().as_bytes()).expect("seals");
                let news = News { scope: "read", refreshable: true, times, ends_at: None, retry_at: None, now };
                grants::store::create(&mut tx, &grant, &source, &workspace, &params, &news).await.expect("a grant");
                let (key, refresh_print) = (key.id.clone(), Some(given.refresh_token));
                let row = Secrets { id: secret, version: 1, parent: 0, attempt: 0, key, sealed, refresh_print };
                let fresh = Fresh { row, grant: &grant, status: "current", access_print: None, purge_at: None };
                grants::store::add_secret(&mut tx, fresh, now, now).await.expect("a secret");
                let external_id = format!("crowd-{}", id.as_str());
                let account = accounts::Account { id: id.clone(), external_id, ..model.clone() };
                let one = accounts::store::Made { account: &account, by: "system" };
                assert!(accounts::store::create(&mut tx, &one).await.expect("an account"));
                accounts::store::bind(&mut tx, &id, "primary", &grant).await.expect("binds");
                made.push(id.to_string());
            }
            tx.commit().await.expect("commits");
        }
        // Somebody used them lately, so they are worth a refresh.
        self.house.sql("UPDATE vault_grants SET used_at = refreshed_at").await;
        made
    }

    /// One number that a statement gives.
    pub async fn counts(&self, sql: &str) -> i64 {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        match &mut self.house.raw().await {
            super::raw::Raw::Sqlite(conn) => sqlx::query_scalar(sql).fetch_one(conn).await,
            super::raw::Raw::Postgres(conn) => sqlx::query_scalar(sql).fetch_one(conn).await,
        }
        .expect("a number")
    }

    /// Waits until a statement gives this number; as long as what it gives changes.
    pub async fn until_count(&self, sql: &str, so: impl Fn(i64) -> bool) {
        let patience = std::time::Duration::from_secs(120);
        let (mut last, mut until) = (None, tokio::time::Instant::now() + patience);
        loop {
            let found = self.counts(sql).await;
            if so(found) {
                return;
            }
            if last.replace(found) != Some(found) {
                until = tokio::time::Instant::now() + patience;
            }
            assert!(tokio::time::Instant::now() < until, "{sql}: still {found}");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }
}

/// The name of an account that wasn't before.
pub fn fresh_account() -> AccountId {
    let name = symbolon::base::encoding::hex(&symbolon::base::entropy::bytes::<16>());
    AccountId::from(format!("acc_{name}"))
}

fn due(now: Time) -> Times {
    Times { expires_at: Some(now), published_at: Some(now), idle_at: None, next_at: Some(now) }
}
