//! vault.md §2, F18: two chains of tokens under one account, as Slack's bot and user. Each is refreshed, refused, reported and given
//! away by itself, and what ends one leaves the other alone.

use crate::on_both;
use crate::support::provider::{Mode, Rotation};
use crate::support::vault::{CLIENT, SECRET, Vault};
use crate::support::{Answer, Kind};
use serde_json::{Value, json};
use std::time::Duration;
use symbolon::base::encoding::{hex, sha256};

const HOUR: Duration = Duration::from_secs(3_600);

/// An account with both chains, and the names of its grants at the provider.
struct Team {
    vault: Vault,
    account: String,
    bot: String,
    user: String,
}

impl Team {
    async fn joins(kind: Kind) -> Self {
        let own = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/support/types");
        let mode = Mode {
            second: Some("search:read".to_owned()),
            answer: Some(json!({ "ok": true, "access_token": "$access_token", "token_type": "bot", "scope": "$scope",
                "expires_in": "$expires_in", "refresh_token": "$refresh_token", "team": "$user", "authed_user": "$authed_user" })),
            ..Rotation::Strict.into()
        };
        let vault = Vault::set(kind, mode, json!({ "rotation": "strict" }), |config| {
            config.vault.catalogue_dir = Some(own.into());
        })
        .await;
        let at = |path: &str| vault.crm.at(path);
        let params = json!({ "authorize_url": at("authorize"), "token_url": at("token"), "revoke_url": at("revoke") });
        let ask = json!({ "type": "slackish", "slug": "chat", "client_id": CLIENT, "client_secret": SECRET,
            "params": params, "policy": { "proactive": false, "keepalive": false } });
        let made = vault.ada.posts("/v1/sources", &ask).await;
        assert_eq!(made.status, 201, "{}", made.body);
        vault.crm.returns_to(CLIENT, made.body["data"]["redirect_uri"].as_str().expect("one"));
        let mut team = Team { vault, account: String::new(), bot: String::new(), user: String::new() };
        team.connects().await;
        team
    }

    /// Somebody goes to the provider and back.
    async fn connects(&mut self) {
        let made = self.vault.ada.posts("/v1/connect_sessions", &json!({ "source": "chat" })).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let text = |name: &str| made.body["data"][name].as_str().expect("text").to_owned();
        let (id, link) = (text("id"), text("connect_url"));
        let mut browser = self.vault.house.browser();
        browser.arrives_as("ada").await;
        assert_eq!(browser.get(&link).await.status, 200);
        let sent = browser.get_once(&format!("{link}/start")).await;
        let back = self.vault.crm.allows(sent.location(), "zoe").await;
        browser.get_once(&back).await;
        let ended = self.vault.ada.does("GET", &format!("/v1/connect_sessions/{id}")).await.ok();
        self.account = ended.body["data"]["account_id"].as_str().unwrap_or_else(|| panic!("{}", ended.body)).to_owned();
        (self.bot, self.user) = (self.vault.crm.grant_of("zoe"), self.vault.crm.grant_of("zoe's own"));
    }

    fn path(&self, more: &str) -> String {
        format!("/v1/accounts/{}{more}", self.account)
    }

    async fn reads(&self, role: &str) -> Answer {
        self.vault.ada.does("GET", &self.path(&format!("?include_credentials=1&role={role}"))).await
    }

    async fn token(&self, role: &str) -> String {
        let read = self.reads(role).await.ok();
        let token = read.body["data"]["credentials"]["oauth_access_token"].as_str().expect("a token").to_owned();
        assert!(self.vault.crm.access_ok(&token), "{role}");
        token
    }

    /// How often each was asked for at the provider.
    fn calls(&self) -> (usize, usize) {
        (self.vault.crm.token_calls(&self.bot), self.vault.crm.token_calls(&self.user))
    }

    async fn rejects(&self, ask: Value) -> bool {
        let done = self.vault.ada.posts(&self.path("/reject"), &ask).await;
        assert_eq!(done.status, 202, "{}", done.body);
        done.body["data"]["current"].as_bool().expect("a word")
    }

    /// What happened to it, the latest first.
    async fn events(&self) -> Vec<Value> {
        let told = self.vault.ada.does("GET", &self.path("/events")).await.ok();
        told.body["data"].as_array().expect("a list").clone()
    }

    async fn frees(&self, mode: &str) -> Answer {
        let seen = self.vault.ada.does("GET", &self.path("")).await.ok();
        let ask = json!({ "mode": mode, "confirm_external_id": seen.body["data"]["external_id"] });
        self.vault.ada.posts(&self.path("/custody/free"), &ask).await
    }
}

fn digest(token: &str) -> String {
    hex(&sha256(token.as_bytes()))
}

on_both! {
    async fn f18_each_chain_is_read_refreshed_and_reported_by_itself(house: House) {
        let team = Team::joins(house.kind).await;
        let (bot, user) = (team.token("primary").await, team.token("user").await);
        assert_ne!(bot, user);
        let seen = team.reads("user").await.ok().body["data"].clone();
        assert_eq!((&seen["authorized_scopes"], &seen["credentials"]["token_type"]), (&json!(["search:read"]), &json!("user")));
        team.reads("nobody").await.is_problem(404, "not_found");
        let (b, u) = team.calls();
        // Whoever wants the one has the one refreshed.
        team.vault.house.wait(2 * HOUR);
        assert_ne!(team.token("user").await, user);
        assert_eq!(team.calls(), (b, u + 1));
        assert_ne!(team.token("primary").await, bot);
        assert_eq!(team.calls(), (b + 1, u + 1));
        // What failed is told by its digest, or by its role and version.
        let (bot, user) = (team.token("primary").await, team.token("user").await);
        assert!(!team.rejects(json!({ "role": "user", "token_sha256": digest(&bot) })).await);
        assert!(!team.rejects(json!({ "token_sha256": digest("of nobody") })).await);
        assert_eq!(team.calls(), (b + 1, u + 1));
        assert!(team.rejects(json!({ "token_sha256": digest(&user), "status": 401 })).await);
        team.vault.crm.until(|_| team.calls() == (b + 1, u + 2)).await;
        let version = |read: Answer| read.body["data"]["credentials"]["version"].clone();
        let fresh = async |role: &str, old: &str| {
            let path = team.path(&format!("?include_credentials=1&role={role}&not={}", digest(old)));
            version(team.vault.ada.does("GET", &path).await.ok())
        };
        assert_eq!((fresh("user", &user).await, version(team.reads("primary").await)), (json!(3), json!(2)));
        assert!(team.rejects(json!({ "role": "user", "version": 3 })).await);
        assert!(!team.rejects(json!({ "version": 3 })).await, "of the bot's there is no third");
        let told = team.events().await;
        let rejected: Vec<&Value> = told.iter().filter(|one| one["type"] == "account.rejected").collect();
        assert!(rejected.len() == 2 && rejected.iter().all(|one| one["detail"]["role"] == "user"), "{told:?}");
        team.vault.crm.until(|_| team.calls() == (b + 1, u + 3)).await;
        // And by hand.
        team.vault.ada.posts(&team.path("/refresh"), &json!({ "role": "primary" })).await.ok();
        assert_eq!(team.calls(), (b + 2, u + 3));
        assert_eq!((team.vault.crm.presented_twice().len(), team.vault.crm.grants_lost().len()), (0, 0));
    }

    async fn f18_the_end_of_one_chain_leaves_the_other_alone(house: House) {
        let mut team = Team::joins(house.kind).await;
        team.vault.crm.withdraws(&team.user);
        team.vault.house.wait(2 * HOUR);
        let refused = team.reads("user").await;
        refused.is_problem(409, "account_disabled");
        let details = &refused.body["error"]["details"];
        assert_eq!((details["role"].as_str(), details["reason"].as_str()), (Some("user"), Some("revoked")), "{}", refused.body);
        assert!(details["reconnect_url"].as_str().is_some_and(|url| url.ends_with(&team.account)));
        let (_, asked) = team.calls();
        team.reads("user").await.is_problem(409, "account_disabled");
        // The bot goes on, for as long as it is good.
        for _ in 0..2 {
            team.token("primary").await;
            team.vault.house.wait(2 * HOUR);
        }
        assert_eq!(team.calls().1, asked, "what is over isn't asked for again");
        let seen = team.vault.ada.does("GET", &team.path("")).await.ok();
        assert_eq!(seen.body["data"]["state"], "active");
        let told = team.events().await;
        let lost: Vec<&Value> = told.iter().filter(|one| one["detail"]["role"] == "user").collect();
        assert!(lost.len() == 1 && lost[0]["type"] == "account.degraded" && lost[0]["detail"]["reason"] == "revoked", "{told:?}");
        assert!(told.iter().all(|one| one["type"] != "account.disabled"), "{told:?}");
        // Connected again it has both.
        team.connects().await;
        team.token("primary").await;
        team.token("user").await;
        // Without its bot the account is over, however well the other is: nothing of that brings it back.
        team.vault.crm.withdraws(&team.bot);
        team.vault.house.wait(2 * HOUR);
        team.reads("primary").await.is_problem(409, "account_disabled");
        team.reads("user").await.is_problem(409, "account_disabled");
        let (_, asked) = team.calls();
        team.vault.ada.posts(&team.path("/refresh"), &json!({ "role": "user" })).await.ok();
        assert_eq!(team.calls().1, asked + 1);
        let seen = team.vault.ada.does("GET", &team.path("")).await.ok().body["data"].clone();
        assert_eq!((&seen["state"], &seen["disabled_reason"]), (&json!("disabled"), &json!("revoked")));
    }

    async fn f18_both_chains_are_given_away_and_what_is_over_stays_behind(house: House) {
        let mut team = Team::joins(house.kind).await;
        let freed = team.frees("export").await.ok();
        let given = &freed.body["data"]["credentials"];
        for (role, grant) in [("primary", &team.bot), ("user", &team.user)] {
            assert_eq!(given[role]["oauth_refresh_token"].as_str(), team.vault.crm.live(grant).as_deref(), "{role}");
            team.reads(role).await.is_problem(409, "custody_freed");
        }
        let release = json!({ "release_id": freed.body["data"]["release_id"] });
        team.vault.ada.posts(&team.path("/custody/cancel"), &release).await.ok();
        team.token("primary").await;
        team.token("user").await;
        // One is over: the other is given away all the same.
        team.vault.crm.withdraws(&team.user);
        team.vault.house.wait(2 * HOUR);
        team.reads("user").await.is_problem(409, "account_disabled");
        let freed = team.frees("export").await.ok();
        let given = &freed.body["data"]["credentials"];
        assert_eq!(given["primary"]["oauth_refresh_token"].as_str(), team.vault.crm.live(&team.bot).as_deref());
        assert!(given.get("user").is_none(), "{given}");
        let release = json!({ "release_id": freed.body["data"]["release_id"] });
        team.vault.ada.posts(&team.path("/custody/ack"), &release).await.ok();
        assert_eq!(team.vault.counts("SELECT count(*) FROM vault_secrets").await, 0);
        // Taken back at the provider, both are.
        team.connects().await;
        team.frees("revoke").await.ok();
        assert_eq!((team.vault.crm.live(&team.bot), team.vault.crm.live(&team.user)), (None, None));
        assert_eq!(team.vault.counts("SELECT count(*) FROM vault_secrets").await, 0);
        // So they are with the account, and with its source.
        team.connects().await;
        assert_eq!(team.vault.ada.does("DELETE", &team.path("")).await.status, 204);
        assert_eq!((team.vault.crm.live(&team.bot), team.vault.crm.live(&team.user)), (None, None));
        team.connects().await;
        assert_eq!(team.vault.ada.does("DELETE", "/v1/sources/chat?cascade=1").await.status, 204);
        team.vault.crm.until(|crm| crm.live(&team.bot).is_none() && crm.live(&team.user).is_none()).await;
    }
}
