//! vault.md §3.8: fresh data keys, and everything sealed again under them while the vault is in use.

use crate::on_both;
use crate::support::Kind;
use crate::support::provider::Rotation;
use crate::support::vault::Vault;
use crate::vault_cli::{fails, json};
use serde_json::json;
use std::time::Duration;
use symbolon::base::id::WorkspaceId;
use symbolon::vault::reseal;
use symbolon::web::Call;

/// The keys as the command shows them: state and how much is under it, the sealing one first.
async fn keys(vault: &Vault) -> Vec<(bool, i64)> {
    let listed = json(vault, "keys data", "").await;
    let of_acme = listed.as_array().expect("a list").iter().filter(|key| key["workspace"] == "acme");
    let mut keys: Vec<_> = of_acme
        .map(|key| (key["active"].as_bool().expect("whether"), key["holds"].as_i64().expect("a number")))
        .collect();
    keys.sort_by_key(|(active, _)| !active);
    keys
}

on_both! {
    async fn s3_8_everything_is_sealed_again_under_a_fresh_key_while_it_is_used(house: House) {
        let vault = Vault::with(house.kind, Rotation::StrictFamily, "strict_family").await;
        let mut accounts = Vec::new();
        for user in ["zoe", "yan"] {
            accounts.push(vault.brings(user).await.0);
        }
        let hook = vault.ada.posts("/v1/webhooks", &json!({ "url": "http://127.0.0.1:9/in" })).await;
        assert_eq!(hook.status, 201, "{}", hook.body);
        let before: Vec<String> = vec![vault.token(&accounts[0]).await, vault.token(&accounts[1]).await];
        let [(true, held)] = keys(&vault).await[..] else { panic!("one key") };
        assert!(held >= 4, "two tokens, a source, a webhook: {held}");
        let hex = |column: &str| match vault.house.kind {
            Kind::Sqlite => format!("hex({column})"),
            Kind::Postgres => format!("encode({column}, 'hex')"),
        };
        let (tokens, secrets) = (hex("sealed"), hex("secrets"));
        let sealed = format!("SELECT {tokens} FROM vault_secrets UNION ALL SELECT {secrets} FROM sources UNION ALL SELECT {secrets} FROM hooks");
        let old = vault.house.raw().await.texts(&sealed).await;

        // Somebody reads and refreshes all the while.
        let using = async {
            for _ in 0..6 {
                let (token, account) = (vault.token(&accounts[0]).await, &accounts[1]);
                assert!(vault.crm.access_ok(&token));
                let fresh = vault.ada.posts(&format!("/v1/accounts/{account}/refresh"), &json!({})).await;
                assert_eq!(fresh.status, 200, "{}", fresh.body);
            }
        };
        let (done, ()) = tokio::join!(json(&vault, "keys reseal --workspace acme", ""), using);
        assert!(done["resealed"].as_i64().is_some_and(|rows| rows >= 3), "{done}");
        // A request that was under way may have sealed under the old one until a moment ago.
        while reseal::some(&vault.house.app).await.expect("seals") > 0 {}
        let [(true, now), (false, 0)] = keys(&vault).await[..] else { panic!("{:?}", keys(&vault).await) };
        assert!(now >= held);
        let all = vault.house.raw().await.texts(&sealed).await;
        assert!(old.iter().all(|row| !all.contains(row)), "something is as it was sealed before");

        assert_eq!(vault.token(&accounts[0]).await, before[0], "nothing else changed");
        for account in &accounts {
            let fresh = vault.ada.posts(&format!("/v1/accounts/{account}/refresh"), &json!({})).await;
            assert_eq!(fresh.status, 200, "{}", fresh.body);
            assert!(vault.crm.access_ok(&vault.token(account).await));
        }
        assert!(vault.crm.grants_lost().is_empty());
        assert_eq!(vault.ada.posts("/v1/sources/crm/verify", &json!({})).await.body["data"]["outcome"], "good");
        let id = hook.body["data"]["id"].as_str().expect("an id");
        assert_eq!(vault.ada.patches(&format!("/v1/webhooks/{id}"), &json!({ "rotate_secret": true })).await.status, 200);
        let trail = "SELECT actor || ' ' || object FROM audit_events WHERE action = 'data_key.renewed'";
        assert_eq!(vault.house.raw().await.texts(trail).await, ["cli workspace:acme"]);

        // Old keys stay for as long as a spool might need them.
        reseal::forget(&vault.house.app).await.expect("deletes");
        assert_eq!(keys(&vault).await.len(), 2);
        vault.house.wait(Duration::from_secs(31 * 86_400));
        reseal::forget(&vault.house.app).await.expect("deletes");
        assert_eq!(keys(&vault).await.len(), 1);
        assert!(vault.crm.access_ok(&vault.token(&accounts[0]).await));
        fails(&vault, "keys reseal --workspace nowhere", 1, "nothing is sealed in `nowhere`").await;
    }

    async fn s3_8_whoever_ended_in_the_middle_left_nothing_unreadable(house: House) {
        let vault = Vault::with(house.kind, Rotation::None, "none").await;
        let (zoe, _) = vault.brings("zoe").await;
        let token = vault.token(&zoe).await;
        let (who, call) = (symbolon::audit::Actor::Cli, Call::internal("test"));
        // Three times, and nobody sealed anything again in between.
        for _ in 0..3 {
            reseal::renew(&vault.house.app, &who, &call, &WorkspaceId::from("acme")).await.expect("renews");
            let fresh = vault.ada.posts(&format!("/v1/accounts/{zoe}/refresh"), &json!({})).await;
            assert_eq!(fresh.status, 200, "{}", fresh.body);
        }
        let (yan, _) = vault.brings("yan").await;
        let fresh = vault.token(&zoe).await;
        assert!(fresh != token && vault.crm.access_ok(&fresh) && vault.crm.access_ok(&vault.token(&yan).await));
        let under = keys(&vault).await;
        assert!(under.len() == 4 && under.iter().filter(|(_, held)| *held > 0).count() > 2, "{under:?}");
        while reseal::some(&vault.house.app).await.expect("seals") > 0 {}
        let under = keys(&vault).await;
        assert!(under.iter().all(|(active, held)| *active == (*held > 0)), "{under:?}");
        assert_eq!(vault.token(&zoe).await, fresh);
    }
}
