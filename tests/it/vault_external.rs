//! vault.md §3.3: every operation on an account is there under its external id too; what a caller saw fail is told to people.

use crate::on_both;
use crate::support::provider::Rotation;
use crate::support::vault::Vault;
use serde_json::{Value, json};

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
}
