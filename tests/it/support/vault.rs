//! Somebody's workspace with a source at a provider that isn't ours.

use super::client::answer;
use super::provider::{App, At, Given, Mode, Provider};
use super::{Answer, Holder, House, Kind};
use serde_json::{Value, json};
use symbolon::config::Config;
use symbolon::people::workspaces::Standing;

/// What the source's application is called at the provider.
pub const CLIENT: &str = "crm-client";
pub const SECRET: &str = "crm-secret-1";

pub struct Vault {
    pub house: House,
    pub _provider: Provider,
    pub crm: At,
    /// Who owns the workspace.
    pub ada: Holder,
    /// A member.
    pub bob: Holder,
    pub bob_id: String,
    /// The source's id.
    pub source: String,
}

impl Vault {
    /// With an application at a provider of this mode.
    pub async fn with(kind: Kind, mode: impl Into<Mode>, rotation: &str) -> Self {
        Vault::set(kind, mode, json!({ "rotation": rotation }), |_| {}).await
    }

    /// The same with other parameters of the source, and other settings.
    pub async fn set(kind: Kind, mode: impl Into<Mode>, params: Value, change: impl FnOnce(&mut Config)) -> Self {
        let house = House::with(kind, |config| {
            super::house::allow_loopback(config);
            (config.limits.token_per_second, config.limits.workspace_per_second) = (0, 0);
            change(config);
        })
        .await;
        Vault::over(house, mode, params).await
    }

    /// The same in a house that is there, which may reach loopback.
    pub async fn over(house: House, mode: impl Into<Mode>, params: Value) -> Self {
        let provider = Provider::start(house.app.clock.clone()).await;
        let crm = provider.at("crm", mode);
        crm.registers(App::new(CLIENT, SECRET, ""));
        crm.knows(&["zoe", "yan"]);
        let (ada_id, bob_id) = (house.person("ada").await, house.person("bob").await);
        house.workspace("acme", &[(&ada_id, Standing::Owner), (&bob_id, Standing::Member)]).await;
        let (_, ada) = house.api_token(&ada_id, Some("acme"), None).await;
        let (_, bob) = house.api_token(&bob_id, Some("acme"), None).await;
        let mut vault = Vault { house, _provider: provider, crm, ada, bob, bob_id, source: String::new() };
        let made = vault.makes_source("crm", &params).await;
        assert_eq!(made.status, 201, "{}", made.body);
        vault.source = made.body["data"]["id"].as_str().expect("an id").to_owned();
        vault.crm.returns_to(CLIENT, made.body["data"]["redirect_uri"].as_str().expect("one"));
        vault
    }

    /// Makes a source of the general type at the provider.
    pub async fn makes_source(&self, slug: &str, params: &Value) -> Answer {
        let mut all = json!({
            "authorize_url": self.crm.at("authorize"),
            "token_url": self.crm.at("token"),
            "userinfo_url": self.crm.at("api/me"),
        });
        all.as_object_mut().expect("an object").extend(params.as_object().expect("an object").clone());
        let ask =
            json!({ "type": "oauth2", "slug": slug, "client_id": CLIENT, "client_secret": SECRET, "params": all });
        self.ada.posts("/v1/sources", &ask).await
    }

    /// Brings a refresh token of somebody at the provider; gives the account and what the provider had given.
    pub async fn brings(&self, user: &str) -> (String, Given) {
        let given = self.crm.gives(CLIENT, user, "read");
        let made = self.takes(&self.ada, &given.refresh_token).await;
        assert_eq!(made.status, 201, "{}", made.body);
        (made.body["data"]["id"].as_str().expect("an id").to_owned(), given)
    }

    pub async fn takes(&self, who: &Holder, refresh_token: &str) -> Answer {
        let ask = json!({ "source": "crm", "credentials": { "oauth_refresh_token": refresh_token } });
        let key = format!("take-{refresh_token}");
        who.with("idempotency-key", &key).posts("/v1/accounts", &ask).await
    }

    /// Reads an account with credentials.
    pub async fn reads(&self, account: &str) -> Answer {
        self.ada.does("GET", &format!("/v1/accounts/{account}?include_credentials=1")).await
    }

    /// The token of such a read.
    pub async fn token(&self, account: &str) -> String {
        let read = self.reads(account).await;
        assert_eq!(read.status, 200, "{}", read.body);
        read.body["data"]["credentials"]["oauth_access_token"].as_str().expect("a token").to_owned()
    }

    /// Reads until the answer is so.
    pub async fn until(&self, account: &str, so: impl Fn(&Answer) -> bool) -> Answer {
        for _ in 0..400 {
            let read = self.reads(account).await;
            if so(&read) {
                return read;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("it never came to that: {}", self.reads(account).await.body);
    }
}

impl Holder {
    pub async fn posts(&self, path: &str, body: &Value) -> Answer {
        answer(self.request("POST", path).json(body)).await
    }

    pub async fn patches(&self, path: &str, body: &Value) -> Answer {
        answer(self.request("PATCH", path).json(body)).await
    }

    pub async fn puts(&self, path: &str, body: &Value) -> Answer {
        answer(self.request("PUT", path).json(body)).await
    }
}
