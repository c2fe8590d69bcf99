//! vault.md §3.5: custody is taken and given away, and no lost answer loses anything (security.md CV-22).

use crate::on_both;
use crate::support::client::answer;
use crate::support::provider::{Fault, Plan, Rotation, When};
use crate::support::vault::{CLIENT, SECRET, Vault};
use crate::support::{Answer, Holder, Kind};
use serde_json::{Value, json};
use std::time::Duration;
use symbolon::vault::accounts::{self, AccountId};
use symbolon::vault::custody;

impl Vault {
    async fn frees(&self, who: &Holder, account: &str, key: &str, more: Value) -> Answer {
        let external = self.ada.does("GET", &format!("/v1/accounts/{account}")).await.ok();
        let mut ask = json!({ "mode": "export", "confirm_external_id": external.body["data"]["external_id"] });
        ask.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        who.with("idempotency-key", key).posts(&format!("/v1/accounts/{account}/custody/free"), &ask).await
    }

    async fn closes(&self, account: &str, verb: &str, release: &Value) -> Answer {
        self.ada.posts(&format!("/v1/accounts/{account}/custody/{verb}"), &json!({ "release_id": release })).await
    }

    /// Uses a refresh token as whoever was given it would.
    async fn uses(&self, refresh_token: &str) -> Answer {
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
        answer(self.house.http().post(self.crm.at("token")).basic_auth(CLIENT, Some(SECRET)).form(&form)).await
    }

    async fn secrets_of(&self, account: &str) -> i64 {
        let of = format!("SELECT grant_id FROM account_grants WHERE account = '{account}'");
        self.counts(&format!("SELECT count(*) FROM vault_secrets WHERE grant_id IN ({of})")).await
    }

    /// Another account that the same grant opens.
    async fn sibling(&self, account: &str) -> String {
        let app = &self.house.app;
        let one = accounts::store::one(&app.db, &AccountId::from(account)).await.expect("reads").expect("is there");
        let grants = accounts::store::grants(&app.db, &one.id).await.expect("reads");
        let id = crate::support::crowd::fresh_account();
        let other = accounts::Account { id: id.clone(), external_id: "second".to_owned(), ..one };
        let made = accounts::store::Made { account: &other, by: "system" };
        assert!(accounts::store::create(&app.db, &made).await.expect("makes"));
        accounts::store::bind(&app.db, &id, "primary", &grants[0].0).await.expect("binds");
        id.to_string()
    }
}

/// A provider that takes tokens back, at an address that is only known when an account is connected.
async fn asked_at_connect(kind: Kind) -> (Vault, tempfile::TempDir) {
    let types = tempfile::tempdir().expect("a directory");
    let text = include_str!("../../src/catalogue/types/oauth2.toml").replace("key = \"oauth2\"", "key = \"acme\"");
    let (before, revoke_url) = text.split_once("name = \"revoke_url\"").expect("a parameter");
    let revoke_url = revoke_url.replacen("optional = true", "asked = \"connect\"", 1);
    let text = format!("{before}name = \"revoke_url\"{revoke_url}");
    let text = text.replace("params = { ", "params = { revoke_url = \"https://crm.example.com/revoke\", ");
    std::fs::write(types.path().join("acme.toml"), text).expect("writes");
    let dir = types.path().to_owned();
    let set = |config: &mut symbolon::config::Config| config.vault.catalogue_dir = Some(dir);
    let vault = Vault::set(kind, Rotation::StrictFamily, json!({ "rotation": "strict_family" }), set).await;
    let params = json!({ "authorize_url": vault.crm.at("authorize"), "token_url": vault.crm.at("token"),
        "userinfo_url": vault.crm.at("api/me"), "rotation": "strict_family" });
    let ask = json!({ "type": "acme", "slug": "acme", "client_id": CLIENT, "client_secret": SECRET, "params": params });
    let made = vault.ada.posts("/v1/sources", &ask).await;
    assert_eq!(made.status, 201, "{}", made.body);
    (vault, types)
}

impl Vault {
    async fn brings_with(&self, user: &str) -> String {
        let given = self.crm.gives(CLIENT, user, "read");
        let ask = json!({ "source": "acme", "credentials": { "oauth_refresh_token": given.refresh_token },
            "params": { "revoke_url": self.crm.at("revoke") } });
        let made = self.ada.with("idempotency-key", user).posts("/v1/accounts", &ask).await;
        assert_eq!(made.status, 201, "{}", made.body);
        made.body["data"]["id"].as_str().expect("an id").to_owned()
    }
}

fn token(freed: &Answer) -> &str {
    freed.body["data"]["credentials"]["primary"]["oauth_refresh_token"]
        .as_str()
        .unwrap_or_else(|| panic!("{}", freed.body))
}

on_both! {
    async fn cv_22_a_freed_account_s_tokens_leave_once_and_are_gone_when_that_is_acknowledged(house: House) {
        let vault = Vault::with(house.kind, Rotation::StrictFamily, "strict_family").await;
        let (account, given) = vault.brings("zoe").await;
        let sibling = vault.sibling(&account).await;
        vault.token(&account).await;

        // Nobody else's business, and nothing is done by asking what would be.
        assert_eq!(vault.bob.posts(&format!("/v1/accounts/{account}/custody/free"), &json!({ "mode": "export" })).await.status, 404);
        let dry = vault.frees(&vault.ada, &account, "dry", json!({ "dry_run": true })).await.ok();
        let listed: Vec<&str> = dry.body["data"]["accounts"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
        assert!(listed.contains(&&*account) && listed.contains(&&*sibling) && dry.body["data"]["dry_run"] == true, "{}", dry.body);
        assert!(dry.body["data"].get("credentials").is_none());
        vault.token(&account).await;

        // While a refresh runs nobody knows which token counts.
        vault.house.wait(Duration::from_secs(7_200));
        let held = vault.crm.holds_after_rotation();
        let reading = tokio::spawn({ let (ada, path) = (vault.ada.clone(), format!("/v1/accounts/{account}?include_credentials=1")); async move { ada.does("GET", &path).await } });
        held.arrived(1).await;
        vault.frees(&vault.ada, &account, "busy", json!({})).await.is_problem(503, "refresh_uncertain");
        held.releases();
        assert_eq!(reading.await.expect("reads").status, 200);

        let freed = vault.frees(&vault.ada, &account, "one", json!({})).await.ok();
        assert_eq!(freed.header("cache-control"), "no-store");
        assert_eq!(vault.crm.live(&given.grant).as_deref(), Some(token(&freed)));
        for key in ["one", "another"] {
            assert_eq!(vault.frees(&vault.ada, &account, key, json!({})).await.ok().body, freed.body, "a lost answer is told again");
        }
        for one in [&account, &sibling] {
            vault.reads(one).await.is_problem(409, "custody_freed");
        }
        // Taken back: whoever has the token may have used it, so it is used here.
        let (release, calls) = (&freed.body["data"]["release_id"], vault.crm.token_calls(&given.grant));
        vault.closes(&account, "cancel", release).await.ok();
        assert_eq!(vault.crm.token_calls(&given.grant), calls + 1);
        for one in [&account, &sibling] {
            assert!(vault.crm.access_ok(&vault.token(one).await), "{one}");
        }
        vault.closes(&account, "ack", release).await.is_problem(409, "release_closed");

        let again = vault.frees(&vault.ada, &account, "two", json!({})).await.ok();
        let (release, refresh_token) = (&again.body["data"]["release_id"], token(&again).to_owned());
        assert!(refresh_token != token(&freed) && release != &freed.body["data"]["release_id"]);
        assert!(vault.secrets_of(&account).await > 0);
        vault.closes(&account, "ack", release).await.ok();
        vault.closes(&account, "ack", release).await.ok();
        vault.closes(&account, "cancel", release).await.is_problem(409, "release_closed");
        assert_eq!(vault.secrets_of(&account).await, 0);
        vault.frees(&vault.ada, &account, "two", json!({})).await.is_problem(409, "custody_freed");
        let kept = std::fs::read_dir(vault.house.dir.join("data/spool")).map(|dir| dir.count()).unwrap_or(0);
        assert_eq!(kept, 0, "what the provider answered is off the disk too");
        if house.kind == Kind::Sqlite {
            for file in ["symbolon.db", "symbolon.db-wal"] {
                let bytes = std::fs::read(vault.house.dir.join("data").join(file)).unwrap_or_default();
                let found = bytes.windows(refresh_token.len()).any(|part| part == refresh_token.as_bytes());
                assert!(!found, "{file}");
            }
        }
        // It is the new holder's, and theirs alone.
        let calls = vault.crm.token_calls(&given.grant);
        vault.uses(&refresh_token).await.ok();
        vault.house.wait(Duration::from_secs(7_200));
        vault.reads(&account).await.is_problem(409, "custody_freed");
        assert_eq!((vault.crm.token_calls(&given.grant), vault.crm.grants_lost().len()), (calls + 1, 0));
    }

    async fn a_release_that_nobody_acknowledges_is_wiped_when_its_time_is_over(house: House) {
        let vault = Vault::with(house.kind, Rotation::Strict, "strict").await;
        let (account, _) = vault.brings("zoe").await;
        let freed = vault.frees(&vault.ada, &account, "one", json!({})).await.ok();
        let release = &freed.body["data"]["release_id"];
        vault.house.wait(Duration::from_secs(23 * 3_600));
        assert_eq!(custody::overdue(&vault.house.app).await.expect("looks"), 0);
        assert!(vault.secrets_of(&account).await > 0);
        vault.house.wait(Duration::from_secs(2 * 3_600));
        assert!(vault.frees(&vault.ada, &account, "one", json!({})).await.status == 409, "its time is over");
        assert_eq!(custody::overdue(&vault.house.app).await.expect("looks"), 1);
        assert_eq!(vault.secrets_of(&account).await, 0);
        vault.closes(&account, "cancel", release).await.is_problem(409, "release_closed");
        vault.reads(&account).await.is_problem(409, "custody_freed");
    }

    async fn s3_5_whoever_goes_away_while_the_provider_is_told_leaves_nothing_half_done(house: House) {
        let (vault, _dir) = asked_at_connect(house.kind).await;
        let [zoe, yan] = [vault.brings_with("zoe").await, vault.brings_with("yan").await];
        let held = vault.crm.holds(When::Read, "revoke", None);
        let external = vault.ada.does("GET", &format!("/v1/accounts/{zoe}")).await.ok().body["data"]["external_id"].clone();
        let ask = json!({ "mode": "revoke", "confirm_external_id": external });
        let request = vault.ada.request("POST", &format!("/v1/accounts/{zoe}/custody/free")).json(&ask);
        let gone = tokio::spawn(async move { request.send().await.map(drop) });
        held.arrived(1).await;
        // Whoever asked hangs up, and the process forgets what it was about to do.
        gone.abort();
        vault.crm.until(|crm| crm.calls("revoke").iter().any(|call| call.ended.is_some())).await;
        held.releases();
        vault.reads(&zoe).await.is_problem(409, "custody_freed");
        assert_eq!(custody::overdue(&vault.house.app).await.expect("looks"), 0, "somebody may be telling it still");
        vault.house.wait(Duration::from_secs(301));
        assert_eq!(custody::overdue(&vault.house.app).await.expect("looks"), 1);
        assert_eq!(vault.secrets_of(&zoe).await, 0);
        let seen = vault.ada.does("GET", &format!("/v1/accounts/{zoe}")).await.ok();
        assert_eq!((seen.body["data"]["custody"].as_str(), seen.body["data"]["state"].as_str()), (Some("freed"), Some("disabled")));
        let told = vault.ada.does("GET", &format!("/v1/accounts/{zoe}/events")).await.ok();
        let freed = told.body["data"].as_array().expect("a list").iter().filter(|one| one["type"] == "account.custody_freed").count();
        assert_eq!(freed, 1, "{}", told.body);
        assert!(vault.crm.hits("revoke") >= 1 && vault.crm.live(&vault.crm.grant_of("zoe")).is_none());

        // Deleted: its provider is told where it was connected, and nothing of it stays on the disk.
        let kept = || std::fs::read_dir(vault.house.dir.join("data/spool")).map(|dir| dir.count()).unwrap_or(0);
        let before = vault.crm.hits("revoke");
        assert_eq!(kept(), 1, "what brought Yan");
        assert_eq!(vault.ada.does("DELETE", &format!("/v1/accounts/{yan}")).await.status, 204);
        assert_eq!((vault.crm.hits("revoke") - before, kept()), (1, 0));
        assert!(vault.crm.live(&vault.crm.grant_of("yan")).is_none());
    }

    async fn f07_custody_that_was_taken_with_a_lost_answer_is_there_when_it_is_asked_for_again(house: House) {
        let vault = Vault::with(house.kind, Rotation::Strict, "strict").await;
        // The request arrived, and nobody knows what became of it.
        vault.crm.meets(Plan::next(1, When::Read, Fault::Reset));
        let given = vault.crm.gives(CLIENT, "zoe", "read");
        let unsure = vault.takes(&vault.ada, &given.refresh_token).await;
        unsure.is_problem(503, "refresh_uncertain");
        assert!(unsure.body["error"]["details"]["attempt"].as_str().is_some(), "{}", unsure.body);
        assert_eq!(vault.counts("SELECT count(*) FROM accounts").await, 0);
        vault.house.wait(Duration::from_secs(151));
        let made = vault.takes(&vault.ada, &given.refresh_token).await;
        assert_eq!((made.status, made.body["data"]["exclusive"].as_bool()), (201, Some(true)), "{}", made.body);
        let same = vault.takes(&vault.ada, &given.refresh_token).await;
        assert_eq!(same.body["data"]["id"], made.body["data"]["id"]);
        assert!(vault.crm.access_ok(&vault.token(made.body["data"]["id"].as_str().expect("an id")).await));
        assert_eq!((vault.counts("SELECT count(*) FROM accounts").await, vault.crm.grants_lost().len()), (1, 0));
        // What is held isn't taken twice, and what is nothing isn't kept.
        let live = vault.crm.live(&given.grant).expect("one");
        vault.takes(&vault.ada, &live).await.is_problem(409, "already_held");
        let before = vault.counts("SELECT count(*) FROM vault_secrets").await;
        vault.takes(&vault.ada, "nothing-of-theirs").await.is_problem(422, "credentials_rejected");
        vault.takes(&vault.ada, "nothing-of-theirs").await.is_problem(422, "credentials_rejected");
        assert_eq!(vault.counts("SELECT count(*) FROM vault_secrets").await, before);
        let live = "SELECT count(*) FROM vault_grants WHERE state = 'live'";
        assert_eq!((vault.counts(live).await, vault.counts("SELECT count(*) FROM accounts").await), (1, 1));
    }
}
