//! The vault: sources, accounts that an app brings, tokens always fresh (vault.md §3.3, §3.5, §3.6; security.md L).

use crate::on_both;
use crate::support::Kind;
use crate::support::provider::{Fault, Plan, Rotation, Says, When};
use crate::support::vault::{CLIENT, SECRET, Vault};
use serde_json::json;
use std::time::Duration;
use tokio::task::JoinSet;

const HOUR: Duration = Duration::from_secs(3_600);

on_both! {
    async fn an_account_is_brought_and_its_token_is_always_fresh(house: House) {
        let vault = Vault::with(house.kind, Rotation::Strict, "strict").await;
        let given = vault.crm.gives(CLIENT, "zoe", "read");
        let made = vault.takes(&vault.ada, &given.refresh_token).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let data = &made.body["data"];
        assert_eq!((data["exclusive"].as_bool(), data["custody"].as_str()), (Some(true), Some("held")));
        assert_eq!((data["state"].as_str(), data["external_id_verified"].as_bool()), (Some("active"), Some(true)));
        assert!(data.get("credentials").is_none() && !made.body.to_string().contains(&given.refresh_token));
        let account = data["id"].as_str().expect("an id").to_owned();

        let first = vault.token(&account).await;
        assert!(vault.crm.access_ok(&first) && first != given.access_token);
        assert_eq!(vault.token(&account).await, first, "what is fresh is handed out again");
        assert_eq!(vault.crm.token_calls(&given.grant), 1, "the adoption");

        vault.house.wait(HOUR);
        let second = vault.token(&account).await;
        assert!(vault.crm.access_ok(&second) && second != first);
        let read = vault.reads(&account).await;
        assert_eq!((read.header("cache-control"), read.header("pragma")), ("no-store", "no-cache"));
        let expires = read.body["data"]["expires_at"].as_str().and_then(symbolon::base::Time::parse).expect("a time");
        let left = expires.secs_since(vault.house.now());
        assert!((3_400..=3_540).contains(&left), "it is told a minute early: {left}");
        assert!(!read.body.to_string().contains("refresh_token"));
        assert_eq!((vault.crm.presented_twice().len(), vault.crm.grants_lost().len()), (0, 0));

        let external = data["external_id"].as_str().expect("one");
        let same = vault.ada.does("GET", &format!("/v1/sources/crm/accounts/{external}?include_credentials=1")).await.ok();
        assert_eq!(same.body["data"]["credentials"]["oauth_access_token"], json!(second));
    }

    async fn beside_credentials_the_same_is_told_as_without(house: House) {
        let vault = Vault::with(house.kind, Rotation::None, "none").await;
        let (account, _) = vault.brings("zoe").await;
        let path = format!("/v1/accounts/{account}");
        let shared = vault.ada.puts(&format!("{path}/shares/user:{}", vault.bob_id), &json!({ "level": "use" })).await;
        assert_eq!(shared.status, 204, "{}", shared.body);
        for name in ["Zoë \"of\" {Delft}", "Another"] {
            vault.ada.patches(&path, &json!({ "name": name, "metadata": { "a}": ["b", null] } })).await.ok();
            for (who, access) in [(&vault.ada, "manage"), (&vault.bob, "use"), (&vault.ada, "manage"), (&vault.bob, "use")] {
                let mut told = who.does("GET", &path).await.ok().body["data"].clone();
                let mut beside = who.does("GET", &format!("{path}?include_credentials=1")).await.ok().body["data"].clone();
                let taken = beside.as_object_mut().and_then(|all| all.shift_remove("credentials")).expect("credentials");
                assert!(vault.crm.access_ok(taken["oauth_access_token"].as_str().expect("a token")), "{taken}");
                // The reads themselves move this on.
                told["last_used_at"] = beside["last_used_at"].take();
                assert_eq!((beside["name"].as_str(), beside["access"].as_str()), (Some(name), Some(access)));
                assert_eq!(told.as_object().map(|all| all.keys().collect::<Vec<_>>()), beside.as_object().map(|all| all.keys().collect()));
                beside["last_used_at"] = told["last_used_at"].clone();
                assert_eq!(told, beside);
            }
        }
    }

    async fn every_read_is_written_down_with_who_took_it_and_what_for(house: House) {
        let vault = Vault::with(house.kind, Rotation::None, "none").await;
        let ((account, _), (other, _)) = (vault.brings("zoe").await, vault.brings("yan").await);
        let nightly = vault.ada.with("symbolon-purpose", "nightly export");
        for (who, account, times) in [(&nightly, &account, 5), (&vault.ada, &account, 2), (&nightly, &other, 1)] {
            for _ in 0..times {
                who.does("GET", &format!("/v1/accounts/{account}?include_credentials=1")).await.ok();
            }
        }
        let until = tokio::time::Instant::now() + Duration::from_secs(60);
        let rows = loop {
            let told = vault.ada.does("GET", &format!("/v1/accounts/{account}/reads")).await.ok().body["data"].clone();
            let rows = told.as_array().expect("rows").clone();
            if rows.iter().filter_map(|row| row["times"].as_i64()).sum::<i64>() >= 7 {
                break rows;
            }
            assert!(tokio::time::Instant::now() < until, "{rows:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        let of = |purpose: &str| {
            let mine = rows.iter().filter(|row| row["purpose"] == purpose);
            mine.map(|row| row["times"].as_i64().expect("a number")).sum::<i64>()
        };
        assert_eq!((of("nightly export"), of("")), (5, 2), "{rows:?}");
        let by_ada = |row: &serde_json::Value| {
            row["actor"].as_str().is_some_and(|actor| actor.starts_with("user:")) && row["address"] == "127.0.0.1"
        };
        assert!(rows.iter().all(by_ada), "{rows:?}");
    }

    async fn cv_18_a_herd_costs_the_provider_one_request(house: House) {
        let vault = Vault::with(house.kind, Rotation::Strict, "strict").await;
        let (account, given) = vault.brings("zoe").await;
        let twin = if house.kind == Kind::Postgres { Some(vault.house.twin().await) } else { None };
        vault.house.wait(2 * HOUR);
        twin.iter().for_each(|twin| twin.wait(2 * HOUR));
        let mut readers = JoinSet::new();
        for n in 0..100 {
            let who = twin.as_ref().filter(|_| n % 2 == 0).map_or_else(|| vault.ada.clone(), |twin| vault.ada.at(twin));
            let path = format!("/v1/accounts/{account}?include_credentials=1");
            readers.spawn(async move { who.does("GET", &path).await });
        }
        let answers = readers.join_all().await;
        let tokens: std::collections::BTreeSet<String> = answers
            .iter()
            .map(|read| {
                assert_eq!(read.status, 200, "{}", read.body);
                read.body["data"]["credentials"]["oauth_access_token"].to_string()
            })
            .collect();
        assert_eq!((tokens.len(), vault.crm.token_calls(&given.grant)), (1, 2), "the adoption and one refresh");
    }

    async fn cv_20_only_what_is_definitive_disables(house: House) {
        let vault = Vault::with(house.kind, Rotation::None, "none").await;
        let (account, given) = vault.brings("zoe").await;
        for (fault, code) in [
            (Fault::Says(Says::Html(500)), "provider_unreachable"),
            (Fault::Says(Says::TooMany(Some(7))), "provider_rate_limited"),
            (Fault::Says(Says::Busy(None)), "provider_unreachable"),
        ] {
            vault.house.wait(2 * HOUR);
            vault.crm.meets(Plan::always(When::Read, fault).at("token"));
            let read = vault.reads(&account).await;
            read.is_problem(503, code);
            assert_eq!(read.body["error"]["code"], code);
            assert!(read.header("retry-after").parse::<u64>().is_ok_and(|after| after > 0));
            vault.crm.behaves();
            vault.house.wait(HOUR);
            assert!(vault.crm.access_ok(&vault.token(&account).await), "it heals by itself after {code}");
        }
        vault.crm.withdraws(&given.grant);
        vault.house.wait(2 * HOUR);
        let read = vault.reads(&account).await;
        read.is_problem(409, "account_disabled");
        assert_eq!(read.body["error"]["details"]["reason"], "revoked");
        assert!(read.body["error"]["details"]["reconnect_url"].as_str().is_some_and(|url| url.contains("/connect/again/")));
        let calls = vault.crm.token_calls(&given.grant);
        vault.reads(&account).await.is_problem(409, "account_disabled");
        assert_eq!(vault.crm.token_calls(&given.grant), calls, "nobody is asked any more");
    }

    async fn f13_a_wrong_secret_freezes_the_source_and_touches_no_account(house: House) {
        let vault = Vault::with(house.kind, Rotation::Strict, "strict").await;
        let (account, _) = vault.brings("zoe").await;
        vault.crm.secrets_are(CLIENT, &["crm-secret-2"]);
        vault.house.wait(2 * HOUR);
        let read = vault.reads(&account).await;
        read.is_problem(424, "source_misconfigured");
        let source = vault.ada.does("GET", "/v1/sources/crm").await.ok();
        assert_eq!(source.body["data"]["state"], "misconfigured");
        let seen = vault.ada.does("GET", &format!("/v1/accounts/{account}")).await.ok();
        assert_eq!((seen.body["data"]["state"].as_str(), seen.body["data"]["disabled_reason"].as_str()), (Some("active"), None));
        // Whoever brings one is told the same, and nothing of it is kept.
        let other = vault.crm.gives(CLIENT, "yan", "read");
        vault.takes(&vault.ada, &other.refresh_token).await.is_problem(424, "source_misconfigured");
        assert_eq!(vault.counts("SELECT count(*) FROM vault_grants").await, 1);
        let both = json!({ "client_secrets": ["crm-secret-2", SECRET] });
        let mended = vault.ada.patches("/v1/sources/crm", &both).await.ok();
        assert_eq!(mended.body["data"]["state"], "active");
        assert!(!mended.body.to_string().contains("crm-secret"));
        assert!(vault.crm.access_ok(&vault.token(&account).await));
        assert_eq!(vault.takes(&vault.ada, &other.refresh_token).await.status, 201);
        // Refused for our secret, it wasn't spent: it came again, and no other way.
        assert!(vault.crm.presented_twice().iter().all(|twice| twice.after_spent().is_empty()));
        assert_eq!(vault.crm.grants_lost().len(), 0);
    }

    async fn f07_an_answer_that_is_lost_is_cleared_up_by_what_the_provider_is_like(house: House) {
        // Where the old token stays good, at once.
        let vault = Vault::with(house.kind, Rotation::None, "none").await;
        let (account, _) = vault.brings("zoe").await;
        vault.house.wait(2 * HOUR);
        vault.crm.meets(Plan::next(1, When::Done, Fault::Reset).at("token"));
        let read = vault.until(&account, |read| read.status == 200).await;
        assert!(vault.crm.access_ok(read.body["data"]["credentials"]["oauth_access_token"].as_str().expect("a token")));
        // Where its successor is told again for a while, too.
        let vault = Vault::with(house.kind, Rotation::grace(600), "grace(10m)").await;
        let (account, _) = vault.brings("zoe").await;
        vault.house.wait(2 * HOUR);
        vault.crm.meets(Plan::next(1, When::Done, Fault::Half).at("token"));
        vault.until(&account, |read| read.status == 200).await;
        assert_eq!(vault.crm.grants_lost().len(), 0);
        // Where it is good once it is lost, and everybody is told whose fault it was; never before the hold is over.
        let vault = Vault::with(house.kind, Rotation::StrictFamily, "strict_family").await;
        let (account, given) = vault.brings("zoe").await;
        vault.house.wait(2 * HOUR);
        vault.crm.meets(Plan::next(1, When::Done, Fault::Close).at("token"));
        let read = vault.until(&account, |read| read.body["error"]["code"] == "refresh_uncertain").await;
        assert_eq!(read.status, 503);
        assert_eq!(vault.crm.token_calls(&given.grant), 2);
        vault.house.wait(Duration::from_secs(151));
        let read = vault.until(&account, |read| read.status == 409).await;
        assert_eq!(read.body["error"]["details"]["reason"], "rotation_lost");
        assert!(read.body["error"]["message"].as_str().is_some_and(|why| why.contains("did nothing wrong")));
    }

    async fn cv_10_a_private_account_isn_t_there_for_others(house: House) {
        let vault = Vault::with(house.kind, Rotation::None, "none").await;
        let (account, _) = vault.brings("zoe").await;
        let path = format!("/v1/accounts/{account}");
        let absent = vault.bob.does("GET", "/v1/accounts/acc_00000000000000000000000000000000").await;
        let hidden = vault.bob.does("GET", &path).await;
        assert_eq!((hidden.status, &hidden.body), (absent.status, &absent.body));
        assert_eq!(vault.bob.does("GET", "/v1/accounts").await.ok().body["data"], json!([]));
        let share = format!("{path}/shares/user:{}", vault.bob_id);
        assert_eq!(vault.bob.puts(&share, &json!({ "level": "manage" })).await.status, 404);
        assert_eq!(vault.ada.puts(&share, &json!({ "level": "view" })).await.status, 204);
        assert_eq!(vault.bob.does("GET", &path).await.ok().body["data"]["access"], "view");
        let read = format!("{path}?include_credentials=1");
        vault.bob.does("GET", &read).await.is_problem(403, "credentials_forbidden");
        assert_eq!(vault.ada.puts(&share, &json!({ "level": "use" })).await.status, 204);
        assert!(vault.crm.access_ok(vault.bob.does("GET", &read).await.ok().body["data"]["credentials"]["oauth_access_token"].as_str().expect("one")));
        vault.bob.patches(&path, &json!({ "name": "mine" })).await.is_problem(403, "forbidden");
        assert_eq!(vault.ada.does("DELETE", &share).await.status, 204);
        assert_eq!(vault.bob.does("GET", &read).await.status, 404);
    }
}
