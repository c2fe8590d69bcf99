//! A client that does what the document says that asked for the vault: same URL, headers and members, cached until `expires_at`.

use crate::on_both;
use crate::support::provider::Rotation;
use crate::support::vault::Vault;
use serde_json::Value;
use std::time::Duration;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/node/vault-seed.mjs");

impl Vault {
    async fn client_runs(&self, account: &str, key: &str) -> Value {
        let mut command = crate::mcp::node();
        command.arg(SCRIPT).env("API", &self.house.url).env("API_KEY", key).env("ACCOUNT_ID", account);
        command.env("CACHE", self.house.dir.join("cache.json")).env("USE", self.crm.at("api/me"));
        command.env("AHEAD", self.house.app.clock.offset().to_string());
        let done = tokio::task::spawn_blocking(move || command.output()).await.expect("runs").expect("runs");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        serde_json::from_slice(&done.stdout).expect("JSON")
    }
}

on_both! {
    async fn a_client_that_caches_until_expires_at_always_has_a_token_that_works(house: House) {
        let vault = Vault::with(house.kind, Rotation::StrictFamily, "strict_family").await;
        let (account, given) = vault.brings("zoe").await;
        let key = vault.ada.authorization.strip_prefix("Token ").expect("a token").to_owned();
        let mut last = String::new();
        for hours in [0, 2, 30] {
            vault.house.wait(Duration::from_secs(hours * 3_600));
            let first = vault.client_runs(&account, &key).await;
            assert_eq!((first["fetched"].as_bool(), first["status"].as_u64()), (Some(true), Some(200)), "{first}");
            assert_ne!(first["token"], last.as_str());
            last = first["token"].as_str().expect("a token").to_owned();
            // Until shortly before the time that was told, which is before the time at which it really ends.
            vault.house.wait(Duration::from_secs(3_400));
            let second = vault.client_runs(&account, &key).await;
            assert_eq!((second["fetched"].as_bool(), second["status"].as_u64()), (Some(false), Some(200)), "{second}");
            assert_eq!(second["token"], last.as_str());
        }
        assert_eq!((vault.crm.failed_in_time().len(), vault.crm.presented_twice().len()), (0, 0));
        assert!(vault.crm.token_calls(&given.grant) <= 7);
        let refused = {
            let mut command = crate::mcp::node();
            command.arg(SCRIPT).env("API", &vault.house.url).env("API_KEY", "symb_nonsense").env("ACCOUNT_ID", &account);
            command.env("CACHE", vault.house.dir.join("none.json")).env("USE", vault.crm.at("api/me"));
            tokio::task::spawn_blocking(move || command.output()).await.expect("runs").expect("runs")
        };
        assert!(!refused.status.success());
    }
}
