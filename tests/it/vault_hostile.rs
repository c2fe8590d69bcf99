//! security.md CV-21, CV-24, vault.md F30: a provider that answers nonsense, lies or never ends. It is bounded, nothing of it is
//! kept, the account stays as it is, and no secret is ever written down in clear.

use crate::on_both;
use crate::support::provider::{Fault, Plan, Rotation, Says, When};
use crate::support::vault::Vault;
use serde_json::json;
use std::time::Duration;
use tokio::time::Instant;

const HOUR: Duration = Duration::from_secs(3_600);

on_both! {
    async fn cv_21_what_isn_t_an_answer_is_bounded_and_nothing_of_it_is_kept(house: House) {
        let quick = |config: &mut symbolon::config::Config| config.vault.answer_within = Duration::from_secs(1);
        let vault = Vault::set(house.kind, Rotation::None, json!({ "rotation": "none" }), quick).await;
        let (account, given) = vault.brings("zoe").await;
        let version = "SELECT CAST(max(version) AS BIGINT) FROM vault_grants".to_owned();
        let mut said = Vec::new();
        for fault in [
            Fault::Says(Says::Huge(16 << 20)),
            Fault::Drip,
            Fault::Stall,
            Fault::Continue,
            Fault::Says(Says::Deep(400_000)),
            Fault::Says(Says::Html(200)),
            Fault::Says(Says::Garbage),
            Fault::Says(Says::Json(json!({ "access_token": 7 }))),
            Fault::Says(Says::Json(json!({ "access_token": "" }))),
            Fault::Says(Says::Json(json!([]))),
            Fault::Says(Says::To("http://169.254.169.254/latest/meta-data".to_owned())),
            Fault::Broken,
        ] {
            vault.house.wait(2 * HOUR);
            let before = (vault.counts(&version).await, vault.crm.hits("token"));
            vault.crm.meets(Plan::always(When::Done, fault.clone()));
            let begun = Instant::now();
            let path = format!("/v1/accounts/{account}?include_credentials=1&wait=1");
            let read = vault.ada.does("GET", &path).await;
            assert!(begun.elapsed() < Duration::from_secs(10), "{fault:?} took {:?}", begun.elapsed());
            assert_eq!(read.status, 503, "{fault:?}: {}", read.body);
            assert!(read.header("retry-after").parse::<u64>().is_ok(), "{fault:?}");
            assert_eq!(vault.counts(&version).await, before.0, "{fault:?}");
            assert!(vault.crm.hits("token") - before.1 <= 4, "{fault:?}: {} calls", vault.crm.hits("token") - before.1);
            said.push(read.body.to_string());
            vault.crm.behaves();
            let seen = vault.ada.does("GET", &format!("/v1/accounts/{account}")).await.ok();
            assert_eq!(seen.body["data"]["state"], "active", "{fault:?}");
            vault.house.wait(HOUR);
            let read = vault.until(&account, |read| read.status == 200).await;
            let token = read.body["data"]["credentials"]["oauth_access_token"].as_str().expect("one");
            assert!(vault.crm.access_ok(token), "{fault:?}");
        }
        assert_eq!((vault.crm.grants_lost().len(), vault.crm.token_calls(&given.grant) > 20), (0, true));
        let secrets = vault.crm.secrets();
        for (name, rows) in vault.house.tables().await {
            for row in rows {
                assert!(secrets.iter().all(|secret| !row.contains(secret.as_str())), "a secret is in {name}");
            }
        }
        assert!(said.iter().all(|body| secrets.iter().all(|secret| !body.contains(secret.as_str()))));
        for entry in std::fs::read_dir(vault.house.dir.join("data/spool")).expect("a spool") {
            let bytes = std::fs::read(entry.expect("an entry").path()).expect("reads");
            let text = String::from_utf8_lossy(&bytes);
            assert!(secrets.iter().all(|secret| !text.contains(secret.as_str())), "a secret is in the spool");
        }
    }

    async fn f30_lies_about_the_expiry_make_no_loop_and_no_eternity(house: House) {
        let vault = Vault::with(house.kind, Rotation::Strict, "strict").await;
        let (account, given) = vault.brings("zoe").await;
        for (lie, hours) in [
            (json!(-1), 1),
            (json!(0), 1),
            (json!(1e18), 100_000),
            (json!(u64::MAX), 100_000),
            (json!("abc"), 1),
            (json!({ "a": 1 }), 1),
            (json!(null), 1),
            (json!("1800"), 1),
        ] {
            vault.house.wait(2 * HOUR);
            let not = {
                let old = vault.crm.token_calls(&given.grant);
                vault.crm.meets(Plan::next(1, When::Done, Fault::Expires(lie.clone())).of(&given.grant));
                old
            };
            let held = vault.until(&account, |read| read.status == 200 && vault.crm.token_calls(&given.grant) > not).await;
            let token = held.body["data"]["credentials"]["oauth_access_token"].as_str().expect("one").to_owned();
            assert!(vault.crm.access_ok(&token), "{lie}");
            for _ in 0..3 {
                assert_eq!(vault.token(&account).await, token, "{lie}: what is fresh is handed out again");
            }
            assert_eq!(vault.crm.token_calls(&given.grant), not + 1, "{lie}");
            let until = held.body["data"]["expires_at"].as_str().and_then(symbolon::base::Time::parse);
            let left = until.map(|until| until.secs_since(vault.house.now()));
            assert!(left.is_none_or(|left| left > 0 && left <= hours * 3_600), "{lie}: {left:?}");
            if left.is_none_or(|left| left > 7_000) {
                // It is believed; but whoever sees it fail says so.
                let digest = symbolon::base::encoding::hex(&symbolon::base::encoding::sha256(token.as_bytes()));
                let path = format!("/v1/accounts/{account}?include_credentials=1&not={}", &digest[..16]);
                let other = vault.ada.does("GET", &path).await.ok();
                assert_ne!(other.body["data"]["credentials"]["oauth_access_token"], json!(token), "{lie}");
            }
        }
        // Tokens of any length are tokens.
        vault.house.wait(2 * HOUR);
        vault.crm.meets(Plan::next(1, When::Done, Fault::Long(16 * 1024)));
        let long = vault.token(&account).await;
        assert!(long.len() >= 16 * 1024 && vault.crm.access_ok(&long));
        vault.house.wait(2 * HOUR);
        assert!(vault.crm.access_ok(&vault.token(&account).await));
        assert_eq!(vault.crm.grants_lost().len(), 0);
    }
}
