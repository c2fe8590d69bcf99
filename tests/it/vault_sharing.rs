//! Sharing (vault.md §3.7, security.md CV-11, CV-12, CV-14, CV-17, CV-26): actor × level × verb, and what ends it.

use crate::on_both;
use crate::support::provider::Rotation;
use crate::support::vault::Vault;
use crate::support::{Answer, Holder, Kind};
use crate::vault_matrix::a_program;
use serde_json::{Value, json};
use std::time::Duration;
use symbolon::base::Time;
use symbolon::people::workspaces::Standing;

const MINUTE: Duration = Duration::from_secs(60);
const LEVELS: [&str; 3] = ["view", "use", "manage"];

/// What somebody does, and the least level that it takes; each can be done again and again.
const VERBS: &[(&str, &str, &str, &str)] = &[
    ("see", "view", "GET", "/v1/accounts/{id}"),
    ("see by external id", "view", "GET", "/v1/sources/crm/accounts/{external}"),
    ("history", "view", "GET", "/v1/accounts/{id}/events"),
    ("take", "use", "GET", "/v1/accounts/{id}?include_credentials=1"),
    ("take by external id", "use", "GET", "/v1/sources/crm/accounts/{external}?include_credentials=1"),
    ("reject", "use", "POST", "/v1/accounts/{id}/reject"),
    ("refresh", "use", "POST", "/v1/accounts/{id}/refresh"),
    ("reads", "manage", "GET", "/v1/accounts/{id}/reads"),
    ("rename", "manage", "PATCH", "/v1/accounts/{id}"),
    ("shares", "manage", "GET", "/v1/accounts/{id}/shares"),
    ("share on", "manage", "PUT", "/v1/accounts/{id}/shares/user:{ada}"),
    ("free", "manage", "POST", "/v1/accounts/{id}/custody/free"),
];

struct Shared {
    vault: Vault,
    account: String,
    external: String,
    ada_id: String,
}

impl Shared {
    async fn with(kind: Kind) -> Self {
        let vault = Vault::set(kind, Rotation::None, json!({ "rotation": "none" }), |config| {
            config.api_tokens.max_per_user = 100;
        })
        .await;
        let (account, _) = vault.brings("zoe").await;
        let seen = vault.ada.does("GET", &format!("/v1/accounts/{account}")).await.ok();
        let external = seen.body["data"]["external_id"].as_str().expect("one").to_owned();
        let ada_id = vault.house.user_id("ada").await;
        Shared { vault, account, external, ada_id }
    }

    async fn does(&self, who: &Holder, verb: &(&str, &str, &str, &str)) -> Answer {
        let (name, _, method, path) = verb;
        let path =
            path.replace("{id}", &self.account).replace("{external}", &self.external).replace("{ada}", &self.ada_id);
        let body = match *name {
            "reject" => json!({ "version": 999 }),
            "refresh" => json!({ "version": 999 }),
            "rename" => json!({ "name": "Zoe's" }),
            "share on" => json!({ "level": "view" }),
            "free" => json!({ "mode": "export", "confirm_external_id": self.external, "dry_run": true }),
            _ => return who.does(method, &path).await,
        };
        crate::support::client::answer(who.request(method, &path).json(&body)).await
    }

    /// Everything that somebody may do with this level, and nothing else.
    async fn may(&self, who: &Holder, level: Option<&str>, what: &str) {
        let rank = |level: &str| LEVELS.iter().position(|one| *one == level).expect("a level");
        for verb in VERBS {
            let done = self.does(who, verb).await;
            let (name, least) = (verb.0, verb.1);
            match level {
                Some(level) if rank(level) >= rank(least) => {
                    assert!((200..300).contains(&done.status), "{what}: {name}: {} {}", done.status, done.body)
                }
                Some(_) => assert_eq!(done.status, 403, "{what}: {name}: {}", done.body),
                None => done.is_problem(404, "not_found"),
            }
        }
        let listed = who.does("GET", "/v1/accounts").await.ok().body["data"].as_array().expect("a list").len();
        assert_eq!(listed, usize::from(level.is_some()), "{what}");
        let batch = who.posts("/v1/credentials/batch", &json!({ "ids": [self.account] })).await.ok();
        let taken = batch.body["data"][0]["data"]["credentials"]["oauth_access_token"].is_string();
        assert_eq!(taken, level.is_some_and(|level| rank(level) >= rank("use")), "{what}: {}", batch.body);
    }

    async fn put(&self, subject: &str, ask: &Value) -> u16 {
        self.vault.ada.puts(&format!("/v1/accounts/{}/shares/{subject}", self.account), ask).await.status
    }

    async fn withdraw(&self, subject: &str) -> u16 {
        self.vault.ada.does("DELETE", &format!("/v1/accounts/{}/shares/{subject}", self.account)).await.status
    }
}

on_both! {
    async fn cv_10_cv_11_actor_level_verb_until_it_is_over_or_withdrawn_on_both_replicas(house: House) {
        let shared = Shared::with(house.kind).await;
        let house = &shared.vault.house;
        let (client, program) = a_program(house, "acme").await;
        let (other_client, other) = a_program(house, "acme").await;
        // A second server has the same database only where several may.
        let twin = if house.kind == Kind::Postgres { Some(house.twin().await) } else { None };
        let there = |who: &Holder| twin.as_ref().map_or_else(|| who.clone(), |twin| who.at(twin));
        let bob = &shared.vault.bob;
        for (subject, who, stranger) in [
            (format!("user:{}", shared.vault.bob_id), bob, &program),
            // Programs are no members.
            ("workspace".to_owned(), bob, &program),
            (format!("client:{client}"), &program, &other),
            (format!("client:{other_client}"), &other, bob),
        ] {
            for level in LEVELS {
                let what = format!("{subject} {level}");
                assert_eq!(shared.put(&subject, &json!({ "level": level })).await, 204, "{what}");
                shared.may(who, Some(level), &what).await;
                shared.may(stranger, None, &format!("{what}, somebody else")).await;
                shared.may(&there(who), Some(level), &format!("{what}, the twin")).await;
                let until = (house.now() + MINUTE).rfc3339();
                assert_eq!(shared.put(&subject, &json!({ "level": level, "expires_at": until })).await, 204, "{what}");
                shared.may(who, Some(level), &format!("{what}, for a minute")).await;
                house.wait(MINUTE);
                twin.iter().for_each(|twin| twin.wait(MINUTE));
                shared.may(who, None, &format!("{what}, over")).await;
                shared.may(&there(who), None, &format!("{what}, over at the twin")).await;
                assert_eq!(shared.put(&subject, &json!({ "level": level })).await, 204, "{what}");
                shared.may(&there(who), Some(level), &format!("{what}, again")).await;
                assert_eq!(shared.withdraw(&subject).await, 204, "{what}");
                shared.may(who, None, &format!("{what}, withdrawn")).await;
                shared.may(&there(who), None, &format!("{what}, withdrawn at the twin")).await;
            }
        }
        assert_eq!(shared.withdraw("workspace").await, 404);
        for (subject, ask, status) in [
            ("user:nobody", json!({ "level": "view" }), 422),
            ("client:nobody", json!({ "level": "view" }), 422),
            ("everybody", json!({ "level": "view" }), 422),
            ("workspace", json!({ "level": "own" }), 422),
            ("workspace", json!({ "level": "view", "expires_at": "yesterday" }), 422),
            ("workspace", json!({ "level": "view", "expires_at": Time::from_millis(0).rfc3339() }), 422),
            ("workspace", json!({ "level": "view", "owner": "me" }), 422),
        ] {
            assert_eq!(shared.put(subject, &ask).await, status, "{subject} {ask}");
        }
    }

    async fn cv_12_an_app_or_a_token_has_no_more_than_its_scopes(house: House) {
        let shared = Shared::with(house.kind).await;
        let (house, ada) = (&shared.vault.house, &shared.ada_id);
        let path = format!("/v1/accounts/{}", shared.account);
        let read = format!("{path}?include_credentials=1");
        for (scope, sees, takes) in [
            ("openid", false, false),
            ("accounts:read", true, false),
            ("accounts:write", true, false),
            ("sources:read sources:write accounts:custody webhooks:write", false, false),
            ("accounts:credentials", true, true),
            ("accounts:credentials:crm", true, true),
            ("accounts:credentials:other", false, false),
        ] {
            let (_, token) = house.api_token(ada, Some("acme"), Some(scope)).await;
            assert_eq!(token.does("GET", &path).await.status == 200, sees, "{scope}");
            let done = token.does("GET", &read).await;
            assert_eq!(done.status == 200, takes, "{scope}: {}", done.body);
            if !takes {
                assert_eq!(done.status, 403);
                let lacks = done.body["error"]["details"]["scope"].as_str().expect("a scope");
                assert!(done.header("www-authenticate").contains(&format!("scope=\"{lacks}\"")), "{scope}");
            }
            assert_eq!(token.does("GET", "/v1/accounts?source=crm").await.status == 200, sees, "{scope}");
            let batch = token.posts("/v1/credentials/batch", &json!({ "ids": [shared.account] })).await;
            assert_eq!(batch.status == 200, scope.contains("accounts:credentials"), "{scope}");
            assert_eq!(batch.body["data"][0]["data"].is_object(), takes, "{scope}");
        }
        // A program with a share, which says that it is elsewhere.
        house.workspace("other", &[]).await;
        let (client, program) = a_program(house, "acme").await;
        assert_eq!(shared.put(&format!("client:{client}"), &json!({ "level": "use" })).await, 204);
        assert_eq!(program.does("GET", &read).await.status, 200);
        assert_eq!(program.with("symbolon-workspace", "other").does("GET", &read).await.status, 404);
        assert_eq!(program.with("symbolon-workspace", "nowhere").does("GET", &read).await.status, 404);
    }

    async fn an_account_changes_hands_and_nobody_is_left_holding_it(house: House) {
        let shared = Shared::with(house.kind).await;
        let (vault, path) = (&shared.vault, format!("/v1/accounts/{}", shared.account));
        assert_eq!(vault.bob.patches(&path, &json!({ "owner": vault.bob_id })).await.status, 404);
        for owner in ["nobody", ""] {
            vault.ada.patches(&path, &json!({ "owner": owner })).await.is_problem(422, "field_invalid");
        }
        assert_eq!(vault.ada.patches(&path, &json!({ "owner": vault.bob_id })).await.status, 204, "it is hers no more");
        shared.may(&vault.ada, None, "who gave it away").await;
        shared.may(&vault.bob, Some("manage"), "who has it now").await;
        vault.bob.patches(&path, &json!({ "owner": "workspace" })).await.is_problem(422, "field_invalid");
        vault.bob.patches(&path, &json!({ "owner": shared.ada_id })).await;
        vault.ada.patches(&path, &json!({ "owner": "workspace" })).await.ok();
        shared.may(&vault.ada, Some("manage"), "the workspace's, for its owner").await;
        shared.may(&vault.bob, None, "the workspace's, for a member").await;
        let told = vault.ada.does("GET", &format!("{path}/events")).await.ok();
        let kinds: Vec<&str> = told.body["data"].as_array().expect("a list").iter().filter_map(|one| one["type"].as_str()).collect();
        assert_eq!(kinds.iter().filter(|kind| **kind == "account.transferred").count(), 3, "{kinds:?}");
    }

    async fn cv_14_a_patch_changes_what_it_may_and_nothing_else(house: House) {
        let shared = Shared::with(house.kind).await;
        let (ada, path) = (&shared.vault.ada, format!("/v1/accounts/{}", shared.account));
        let before = ada.does("GET", &path).await.ok().body;
        for (member, value) in [
            ("workspace_id", json!("other")),
            ("workspace", json!("other")),
            ("source_id", json!("src_1")),
            ("source", json!("other")),
            ("external_id", json!("mine")),
            ("external_id_verified", json!(true)),
            ("credentials", json!({ "oauth_access_token": "x" })),
            ("id", json!("acc_1")),
            ("custody", json!("freed")),
            ("health", json!("ok")),
            ("disabled_by", json!("system")),
            ("owner_ref", json!("x")),
            ("access", json!("manage")),
            ("state", json!("freed")),
            ("state", json!(1)),
            ("name", json!("")),
            ("name", json!("x".repeat(201))),
            ("metadata", json!("text")),
            ("metadata", json!({ "big": "x".repeat(20_000) })),
        ] {
            let done = ada.patches(&path, &json!({ member: value })).await;
            done.is_problem(422, "field_invalid");
            assert!(done.body["error"]["field"].as_str().is_some_and(|field| field.starts_with(member)), "{member}: {}", done.body);
        }
        assert_eq!(ada.does("GET", &path).await.ok().body, before);
        let after = ada.patches(&path, &json!({ "name": "Zoe", "metadata": { "plan": "pro" } })).await.ok().body;
        assert_eq!((after["data"]["name"].as_str(), &after["data"]["metadata"]), (Some("Zoe"), &json!({ "plan": "pro" })));
        let after = ada.patches(&path, &json!({ "metadata": { "plan": null, "seats": 3 } })).await.ok().body;
        assert_eq!(after["data"]["metadata"], json!({ "seats": 3 }));
        for extra in ["state", "workspace", "redirect_uri", "id", "created_at"] {
            let ask = json!({ "type": "oauth2", "slug": "s", "client_id": "c", "client_secret": "s", extra: "x" });
            ada.posts("/v1/sources", &ask).await.is_problem(422, "field_invalid");
        }
    }

    async fn cv_17_credentials_come_only_when_they_are_asked_for_in_the_one_way(house: House) {
        let shared = Shared::with(house.kind).await;
        let (ada, path) = (&shared.vault.ada, format!("/v1/accounts/{}", shared.account));
        for query in ["true", "01", "yes", "2", "1%20", "%00", "1,1"] {
            ada.does("GET", &format!("{path}?include_credentials={query}")).await.is_problem(400, "invalid_request");
        }
        for query in ["include_credentials=1&include_credentials=1", "include_credentials=1&include_credentials=0",
            "Include_Credentials=1", "include_credentials[]=1", "credentials=1", "include_credentials=1&min_ttl=-1",
            "include_credentials=1&wait=31", "include_credentials=1&not=xyz", "include_credentials=1&role=A"] {
            ada.does("GET", &format!("{path}?{query}")).await.is_problem(400, "invalid_request");
        }
        for query in ["", "?include_credentials=0", "?include_credentials="] {
            let seen = ada.does("GET", &format!("{path}{query}")).await.ok();
            assert!(seen.body["data"].get("credentials").is_none(), "{query}");
            assert_eq!(seen.header("cache-control"), "no-store");
        }
        let request = ada.request("GET", &path).json(&json!({ "include_credentials": 1 }));
        assert!(crate::support::client::answer(request).await.body["data"].get("credentials").is_none(), "not by the body");
        let taken = ada.does("GET", &format!("{path}?include_credentials=1")).await.ok();
        assert!(taken.body["data"]["credentials"]["oauth_access_token"].is_string());
        assert_eq!((taken.header("cache-control"), taken.header("pragma")), ("no-store", "no-cache"));
        assert!(!ada.does("GET", "/v1/accounts?limit=1").await.ok().body.to_string().contains("oauth_access_token"));
    }

    async fn cv_26_who_leaves_has_nothing_and_what_was_theirs_goes_by_the_rule_of_its_source(house: House) {
        for how in ["removed", "disabled", "deleted"] {
            for (rule, shared_on, state, left) in [
                ("disable", true, "disabled", true),
                ("workspace", false, "active", false),
                ("keep_if_shared", true, "active", true),
                ("keep_if_shared", false, "disabled", true),
            ] {
                let what = format!("{how} {rule} {shared_on}");
                let vault = Vault::with(house.kind, Rotation::None, "none").await;
                let house = &vault.house;
                let (root, carol_id) = (house.admin("root").await, house.person("carol").await);
                house.joins("acme", &carol_id, Standing::Member).await;
                let (_, root) = house.api_token(&root, None, Some("symbolon:admin")).await;
                let (_, carol) = house.api_token(&carol_id, Some("acme"), None).await;
                vault.ada.patches("/v1/sources/crm", &json!({ "policy": { "on_leave": rule } })).await.ok();
                // Carol's own, and one of Ada's that she may use.
                let given = vault.crm.gives(crate::support::vault::CLIENT, "yan", "read");
                let own = vault.takes(&carol, &given.refresh_token).await.body["data"]["id"].as_str().expect("an id").to_owned();
                let (lent, _) = vault.brings("zoe").await;
                let put = format!("/v1/accounts/{lent}/shares/user:{carol_id}");
                assert_eq!(vault.ada.puts(&put, &json!({ "level": "use" })).await.status, 204);
                if shared_on {
                    let put = format!("/v1/accounts/{own}/shares/user:{}", vault.bob_id);
                    assert_eq!(carol.puts(&put, &json!({ "level": "use" })).await.status, 204);
                }
                assert_eq!(carol.does("GET", &format!("/v1/accounts/{lent}?include_credentials=1")).await.status, 200);
                let done = match how {
                    "removed" => root.does("DELETE", &format!("/v1/admin/workspaces/acme/members/{carol_id}")).await,
                    "disabled" => root.does("POST", &format!("/v1/admin/users/{carol_id}/disable")).await,
                    _ => root.does("DELETE", &format!("/v1/admin/users/{carol_id}")).await,
                };
                assert!((200..300).contains(&done.status), "{what}: {} {}", done.status, done.body);
                assert_eq!(carol.does("GET", "/v1/accounts").await.status, 401, "{what}");
                let shares = vault.ada.does("GET", &format!("/v1/accounts/{lent}/shares")).await.ok();
                assert_eq!(shares.body["data"], json!([]), "{what}");
                let sql = format!("SELECT state || ' ' || coalesce(disabled_reason, '-') || ' ' || coalesce(owner, '-') FROM accounts WHERE id = '{own}'");
                let row = house.raw().await.texts(&sql).await.pop().expect("a row");
                let reason = if state == "disabled" { "owner_removed" } else { "-" };
                let owner = if left { carol_id.as_str() } else { "-" };
                assert_eq!(row, format!("{state} {reason} {owner}"), "{what}");
                // Whom it was shared with is told why, or goes on.
                if shared_on {
                    let read = vault.bob.does("GET", &format!("/v1/accounts/{own}?include_credentials=1")).await;
                    assert_eq!(read.status, if state == "active" { 200 } else { 409 }, "{what}: {}", read.body);
                    assert!(state == "active" || read.body["error"]["details"]["reason"] == "owner_removed");
                }
                if rule == "workspace" {
                    assert_eq!(vault.ada.does("GET", &format!("/v1/accounts/{own}?include_credentials=1")).await.status, 200);
                }
                if how == "removed" {
                    // Back again: what was lent isn't hers again by itself.
                    house.joins("acme", &carol_id, Standing::Member).await;
                    let (_, carol) = house.api_token(&carol_id, Some("acme"), None).await;
                    assert_eq!(carol.does("GET", &format!("/v1/accounts/{lent}")).await.status, 404, "{what}");
                }
            }
        }
    }
}
