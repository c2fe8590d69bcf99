//! vault.md §3.3: every operation on an account is there under its external id too; what a caller saw fail is told to people.

use crate::on_both;
use crate::support::Answer;
use crate::support::provider::{Fault, Mode, Plan, Rotation, Says, When};
use crate::support::vault::{CLIENT, SECRET, Vault};
use serde_json::{Value, json};
use std::time::Duration;
use symbolon::base::Time;
use symbolon::base::encoding::{hex, sha256};

impl Vault {
    async fn timeline(&self, account: &str) -> Vec<Value> {
        let all = self.ada.does("GET", &format!("/v1/accounts/{account}/events")).await.ok();
        all.body["data"].as_array().expect("a list").clone()
    }

    async fn rejected(&self, account: &str) -> Vec<Value> {
        let all = self.timeline(account).await;
        all.into_iter().filter(|one| one["type"] == "account.rejected").map(|one| one["detail"].clone()).collect()
    }
}

on_both! {
    async fn s3_3_every_operation_on_an_account_takes_its_external_id(house: House) {
        let vault = Vault::with(house.kind, Rotation::None, "none").await;
        let (account, _) = vault.brings("zoe").await;
        let seen = vault.reads(&account).await.ok().body["data"].clone();
        let external = seen["external_id"].as_str().expect("one");
        let at = |rest: &str| format!("/v1/sources/crm/accounts/{external}{rest}");
        for name in ["crm", &*vault.source] {
            let same = vault.ada.does("GET", &format!("/v1/sources/{name}/accounts/{external}?include_credentials=1")).await.ok();
            assert_eq!((&same.body["data"]["id"], &same.body["data"]["credentials"]), (&json!(account), &seen["credentials"]));
        }
        let renamed = vault.ada.patches(&at(""), &json!({ "name": "Zoe's" })).await.ok();
        assert_eq!((&renamed.body["data"]["name"], &renamed.body["data"]["id"]), (&json!("Zoe's"), &json!(account)));
        let before = vault.crm.token_calls(&vault.crm.grant_of("zoe"));
        vault.ada.posts(&at("/refresh"), &json!({})).await.ok();
        assert_eq!(vault.crm.token_calls(&vault.crm.grant_of("zoe")), before + 1);
        assert_eq!(vault.ada.posts(&at("/reject"), &json!({ "version": 1 })).await.body["data"]["current"], json!(false));
        let subject = format!("/shares/user:{}", vault.bob_id);
        assert_eq!(vault.ada.puts(&at(&subject), &json!({ "level": "use" })).await.status, 204);
        assert_eq!(vault.ada.does("GET", &at("/shares")).await.ok().body["data"][0]["level"], "use");
        assert_eq!(vault.bob.does("GET", &at("?include_credentials=1")).await.status, 200);
        vault.bob.does("GET", &at("/reads")).await.is_problem(403, "forbidden");
        assert_eq!(vault.ada.does("DELETE", &at(&subject)).await.status, 204);
        vault.bob.does("GET", &at("/events")).await.is_problem(404, "not_found");
        // What is listed by either name is continued by either.
        let first = vault.ada.does("GET", &at("/events?limit=1")).await.ok();
        let cursor = first.body["next_cursor"].as_str().expect("more");
        let rest = vault.ada.does("GET", &format!("/v1/accounts/{account}/events?limit=1&cursor={cursor}")).await.ok();
        assert_ne!(rest.body["data"][0]["id"], first.body["data"][0]["id"]);
        assert!(!vault.ada.does("GET", &at("/reads")).await.ok().body["data"].is_null());
        let dry = json!({ "mode": "export", "confirm_external_id": external, "dry_run": true });
        assert_eq!(vault.ada.posts(&at("/custody/free"), &dry).await.ok().body["data"]["accounts"], json!([account]));
        // Of another source, of nobody, of nothing.
        vault.makes_source("other", &json!({ "rotation": "none" })).await;
        for path in [format!("/v1/sources/other/accounts/{external}"), at("0"), "/v1/sources/nothing/accounts/x".to_owned(), at("%00"), at("%ff")] {
            let missing = vault.ada.does("GET", &path).await;
            missing.is_problem(404, "not_found");
            assert_eq!(missing.body["error"]["code"], "not_found", "{path}");
        }
        assert_eq!(vault.ada.does("DELETE", &at("")).await.status, 204);
        vault.ada.does("GET", &at("")).await.is_problem(404, "not_found");
        assert_eq!(vault.reads(&account).await.status, 404);
    }

    async fn s3_3_what_a_provider_said_of_a_token_stands_in_the_timeline_once(house: House) {
        let vault = Vault::with(house.kind, Rotation::None, "none").await;
        let (account, _) = vault.brings("zoe").await;
        let read = vault.reads(&account).await.ok().body["data"]["credentials"].clone();
        let (token, version) = (read["oauth_access_token"].as_str().expect("one"), read["version"].as_i64().expect("one"));
        let reject = async |ask: Value| vault.ada.posts(&format!("/v1/accounts/{account}/reject"), &ask).await;
        for status in [0, 99, 600] {
            reject(json!({ "version": version, "status": status })).await.is_problem(422, "field_invalid");
        }
        let none: Vec<Value> = Vec::new();
        assert_eq!(vault.rejected(&account).await, none);
        // Of one that isn't the current one nothing is written.
        assert_eq!(reject(json!({ "version": version + 7, "provider_error": "old" })).await.body["data"]["current"], json!(false));
        assert_eq!(vault.rejected(&account).await, none);
        // The provider is down, so the version stays; many callers see the same token fail.
        vault._provider.is_down(true);
        let said = format!("invalid_token:\n the token {token} is\u{7}\tspent {}", "x".repeat(500));
        for _ in 0..3 {
            let answer = reject(json!({ "version": version, "status": 401, "provider_error": said })).await;
            assert_eq!((answer.status, &answer.body["data"]["current"]), (202, &json!(true)));
        }
        let told = vault.rejected(&account).await;
        assert_eq!(told.len(), 1, "{told:?}");
        let text = told[0]["provider_error"].as_str().expect("a text");
        assert!(text.starts_with("invalid_token: the token [secret] is spent xxx") && text.chars().count() == 200, "{text}");
        assert_eq!((&told[0]["status"], &told[0]["version"]), (&json!(401), &json!(version)));
        let mut browser = vault.house.browser();
        browser.arrives_as("ada").await;
        let page = browser.get(&format!("/account/connections/{account}")).await.text();
        for words in ["A token failed where it was used:", "401 invalid_token: the token [secret] is spent"] {
            assert!(page.contains(words), "{page}");
        }
        // The next version may fail for another reason.
        vault._provider.is_down(false);
        let fresh = vault.until(&account, |read| read.body["data"]["credentials"]["version"].as_i64() > Some(version)).await;
        let fresh = fresh.body["data"]["credentials"]["version"].clone();
        reject(json!({ "version": fresh })).await;
        let told = vault.rejected(&account).await;
        assert_eq!((told.len(), &told[0]), (2, &json!({ "version": fresh })));
    }

    async fn f17_a_provider_is_asked_about_a_token_only_when_it_was_seen_to_fail(house: House) {
        let types = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/support/types");
        // Half an hour, of which it doesn't say a word.
        let answer = json!({ "access_token": "$access_token", "refresh_token": "$refresh_token" });
        let mode = Mode { access_life: 1_800, answer: Some(answer), ..Rotation::Strict.into() };
        let set = |config: &mut symbolon::config::Config| config.vault.catalogue_dir = Some(types.into());
        let vault = Vault::set(house.kind, mode, json!({ "rotation": "strict" }), set).await;
        let params = json!({ "authorize_url": vault.crm.at("authorize"), "token_url": vault.crm.at("token"),
            "userinfo_url": vault.crm.at("api/me"), "introspect_url": vault.crm.at("introspect") });
        let ask = json!({ "type": "asked", "slug": "asked", "client_id": CLIENT, "client_secret": SECRET, "params": params });
        assert_eq!(vault.ada.posts("/v1/sources", &ask).await.status, 201);
        let given = vault.crm.gives(CLIENT, "zoe", "read");
        let ask = json!({ "source": "asked", "credentials": { "oauth_refresh_token": given.refresh_token } });
        let made = vault.ada.with("idempotency-key", "one").posts("/v1/accounts", &ask).await;
        let account = made.body["data"]["id"].as_str().unwrap_or_else(|| panic!("{}", made.body)).to_owned();
        let fails = async |token: &str| {
            let digest = hex(&sha256(token.as_bytes()));
            let said = vault.ada.posts(&format!("/v1/accounts/{account}/reject"), &json!({ "token_sha256": digest, "status": 401 })).await;
            assert_eq!((said.status, &said.body["data"]["current"]), (202, &json!(true)), "{}", said.body);
        };
        let now = || vault.house.app.clock.now();
        let left = |read: &Answer| {
            let until = read.body["data"]["expires_at"].as_str().and_then(Time::parse).expect("an end");
            until.secs_since(now())
        };
        let first = vault.reads(&account).await;
        assert!(left(&first) > 3_000 && vault.crm.hits("introspect") == 0, "nobody asks as long as nothing fails: {}", first.body);

        // It is good after all: the end that is told counts from now on, and the refresh token isn't spent for nothing.
        let token = vault.token(&account).await;
        fails(&token).await;
        let read = vault.until(&account, |read| left(read) < 1_800).await;
        assert_eq!((read.body["data"]["credentials"]["oauth_access_token"].as_str(), vault.crm.hits("token")), (Some(token.as_str()), 1));
        let call = vault.crm.calls("introspect").pop().expect("a call");
        let sent = ["token", "token_type_hint", "client_id", "client_secret"].map(|name| call.param(name));
        assert_eq!(sent, [Some(token.as_str()), Some("access_token"), Some(CLIENT), Some(SECRET)]);

        // Over, not to be learnt, or a lie: it is refreshed, as it always was, and the account is as it was.
        let ends = || {
            vault.crm.changes(|mode| mode.one_access_per_user = true);
            vault.crm.gives(CLIENT, "zoe", "read");
        };
        let lies = |says: Says| vault.crm.meets(Plan::next(1, When::Done, Fault::Says(says)).at("introspect"));
        let mut token = token;
        for (n, case) in ["over", "broken", "nonsense", "past"].into_iter().enumerate() {
            match case {
                "over" => ends(),
                "broken" => lies(Says::Html(500)),
                "nonsense" => lies(Says::Json(json!({ "active": "yes" }))),
                _ => lies(Says::Json(json!({ "active": true, "exp": 1 }))),
            }
            vault.house.wait(Duration::from_secs(11));
            fails(&token).await;
            let before = token.clone();
            let other = |read: &Answer| read.status == 200 && read.body["data"]["credentials"]["oauth_access_token"].as_str() != Some(&before);
            let read = vault.until(&account, other).await;
            token = read.body["data"]["credentials"]["oauth_access_token"].as_str().expect("a token").to_owned();
            assert!(vault.crm.access_ok(&token), "{case}");
            assert_eq!((vault.crm.hits("token"), vault.crm.hits("introspect")), (n + 2, n + 2), "{case}");
        }
        let seen = vault.ada.does("GET", &format!("/v1/accounts/{account}")).await.ok();
        assert_eq!((&seen.body["data"]["state"], &seen.body["data"]["health"]["state"]), (&json!("active"), &first.body["data"]["health"]["state"]));
    }
}
