//! Connecting accounts (vault.md §3.3, §3.4; security.md CV-01 to CV-08, CV-28, CV-29): links, browsers that come back, and those
//! that shouldn't have.

use crate::on_both;
use crate::support::Kind;
use crate::support::chromium::{Chromium, Scripts};
use crate::support::provider::mode::Iss;
use crate::support::provider::{App, At, Fault, Mode, Plan, Rotation, Says, When};
use crate::support::vault::{CLIENT, SECRET, Vault};
use crate::support::{Answer, Browser, browser::View};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;
use symbolon::base::encoding::{base64url, sha256};
use tokio::task::JoinSet;

const MINUTE: Duration = Duration::from_secs(60);

/// Ada's, with a source that asks for two scopes.
async fn setting(kind: Kind, mode: impl Into<Mode>) -> Vault {
    let vault = Vault::with(kind, mode, "strict").await;
    let scopes = json!({ "scopes": ["read", "write"] });
    vault.ada.patches("/v1/sources/crm", &scopes).await.ok();
    vault
}

impl Vault {
    /// Asks for a connection; gives it, with its link.
    async fn asks(&self, more: Value) -> Value {
        let made = self.tries(more).await;
        assert_eq!(made.status, 201, "{}", made.body);
        made.body["data"].clone()
    }

    async fn tries(&self, more: Value) -> Answer {
        let mut ask = json!({ "source": "crm" });
        ask.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        self.ada.posts("/v1/connect_sessions", &ask).await
    }

    async fn poll(&self, connect: &Value) -> Value {
        let path = format!("/v1/connect_sessions/{}", connect["id"].as_str().expect("an id"));
        self.ada.does("GET", &path).await.ok().body["data"].clone()
    }

    /// Somebody's browser, signed in.
    async fn browser_of(&self, name: &str) -> Browser {
        let mut browser = self.house.browser();
        let page = browser.get("/login").await;
        browser.signs_in(&page, name).await;
        browser
    }

    /// Goes to the provider by a link.
    async fn goes(&self, browser: &mut Browser, connect: &Value) -> String {
        let page = browser.get(link(connect)).await;
        assert_eq!(page.status, 200, "{}", page.body);
        let sent = browser.get_once(&format!("{}/start", link(connect))).await;
        assert_eq!(sent.status, 302, "{}", sent.body);
        assert!(sent.location().starts_with(&self.crm.at("authorize")), "{}", sent.location());
        sent.location().to_owned()
    }

    /// The whole way, as this person at the provider.
    async fn connects(&self, browser: &mut Browser, connect: &Value, user: &str) -> View {
        let url = self.goes(browser, connect).await;
        let back = self.crm.allows(&url, user).await;
        browser.get_once(&back).await
    }

    async fn accounts(&self) -> usize {
        self.ada.does("GET", "/v1/accounts").await.ok().body["data"].as_array().expect("a list").len()
    }
}

/// A provider of Amazon's kind: who it is stands in the redirect, and nowhere else.
const SELLER: &str = r#"key = "seller"
name = "Seller"
version = 1
last_checked = "2026-11-22"
kind = "oauth2_code"
generic = true
hosts = ["*"]
custody = "optional"
external_id_meaning = "The seller's id, as the redirect names it"

[[param]]
name = "authorize_url"
label = "Authorization URL"
kind = "url"
example = "https://crm.example.com/oauth/authorize"

[[param]]
name = "token_url"
label = "Token URL"
kind = "url"
example = "https://crm.example.com/oauth/token"

[[param]]
name = "selling_partner_id"
label = "The seller's id"
asked = "callback"
pattern = "[A-Z0-9]{1,32}"
example = "A3F1LGRLCQDI4D"

[authorize]
url = "{authorize_url}"

[token]
url = "{token_url}"
client_auth = "basic"

[rotation]
policy = "none"

[lifetimes]
access = "1h"
refresh_absolute = "365d"

[[identity.id]]
from = "callback"
name = "selling_partner_id"

[[example]]
what = "the answer to a code"
body = '''{"access_token":"a","token_type":"bearer","expires_in":3600,"refresh_token":"r"}'''
params = { authorize_url = "https://crm.example.com/oauth/authorize", token_url = "https://crm.example.com/oauth/token", selling_partner_id = "A3F1LGRLCQDI4D" }
[example.expect]
outcome = "tokens"
expires = "1h"
"#;

fn link(connect: &Value) -> &str {
    connect["connect_url"].as_str().expect("a link")
}

/// What the last page says became of it.
fn status(view: &View) -> String {
    view.first("#outcome").and_then(|el| el.get("data-status").cloned()).unwrap_or_else(|| panic!("{}", view.body))
}

fn param(url: &str, name: &str) -> String {
    let url = url::Url::parse(url).expect("a URL");
    url.query_pairs().find(|(have, _)| have == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

fn is_stopped(view: &View, status: u16, code: &str) {
    assert_eq!((view.status, view.error_code().as_deref()), (status, Some(code)), "{}", view.body);
}

/// The provider as one with metadata, and a source of it.
async fn openid(vault: &Vault) -> At {
    let idp = vault._provider.at("idp", Rotation::None);
    idp.registers(App::new(CLIENT, SECRET, ""));
    idp.knows(&["zoe", "yan"]);
    let ask = json!({ "type": "oidc", "slug": "idp", "client_id": CLIENT, "client_secret": SECRET,
        "params": { "issuer": idp.url, "rotation": "none" } });
    let made = vault.ada.posts("/v1/sources", &ask).await;
    assert_eq!(made.status, 201, "{}", made.body);
    idp.returns_to(CLIENT, made.body["data"]["redirect_uri"].as_str().expect("one"));
    idp
}

on_both! {
    async fn s3_4_an_account_is_connected_and_its_tokens_are_fresh(house: House) {
        let vault = setting(house.kind, Rotation::Strict).await;
        let connect = vault.asks(json!({ "name": "Zoe's", "metadata": { "k": 1 } })).await;
        assert_eq!((connect["status"].as_str(), connect["binding"].as_str()), (Some("pending"), Some("session")));
        // Whoever isn't signed in is asked to be, and comes back.
        let mut browser = vault.house.browser();
        let page = browser.get(link(&connect)).await;
        let page = browser.signs_in(&page, "ada").await;
        assert!(page.first("#start").is_some(), "{}", page.body);
        let done = vault.connects(&mut browser, &connect, "zoe").await;
        assert_eq!((done.status, status(&done).as_str()), (200, "connected"));
        let ended = vault.poll(&connect).await;
        assert_eq!(ended["status"], "connected");
        assert!(ended.get("token").is_none() && ended.get("connect_url").is_none(), "they are shown once");
        let account = ended["account_id"].as_str().expect("an account");
        let seen = vault.reads(account).await.ok().body["data"].clone();
        assert_eq!((&seen["name"], &seen["metadata"], &seen["external_id_verified"]), (&json!("Zoe's"), &json!({ "k": 1 }), &json!(true)));
        assert_eq!(seen["authorized_scopes"], json!(["read", "write"]));
        vault.house.wait(Duration::from_secs(7_200));
        assert!(vault.crm.access_ok(&vault.token(account).await), "what it is exchanged for can be refreshed");
        assert_eq!((vault.crm.presented_twice().len(), vault.crm.grants_lost().len()), (0, 0));
        let events = vault.ada.does("GET", &format!("/v1/accounts/{account}/events")).await.ok();
        assert!(events.body.to_string().contains("account.connected"));
        // The same again is the same account.
        let again = vault.asks(json!({})).await;
        vault.connects(&mut browser, &again, "zoe").await;
        assert_eq!(vault.poll(&again).await["account_id"], json!(account));
        assert!(vault.crm.access_ok(&vault.token(account).await));
        assert_eq!(vault.accounts().await, 1);
    }

    async fn shopify_s_callbacks_are_signed_with_the_secret_and_name_their_shop(house: House) {
        let own = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/support/types");
        let vault = Vault::set(house.kind, Rotation::None, json!({ "rotation": "none" }), |config| {
            config.vault.catalogue_dir = Some(own.into());
        }).await;
        let params = json!({ "authorize_url": vault.crm.at("authorize"), "token_url": vault.crm.at("token"), "userinfo_url": vault.crm.at("api/me") });
        let ask = json!({ "type": "shopish", "slug": "shop", "client_id": CLIENT, "client_secret": SECRET, "params": params });
        let made = vault.ada.posts("/v1/sources", &ask).await;
        assert_eq!(made.status, 201, "{}", made.body);
        vault.crm.returns_to(CLIENT, made.body["data"]["redirect_uri"].as_str().expect("one"));
        let says = |shop: &str, secret: &str| vault.crm.changes(|mode| {
            mode.callback = [("shop", shop), ("timestamp", "1337178173"), ("host", "a b/c+d")].map(|(name, value)| (name.to_owned(), value.to_owned())).into();
            mode.callback_secret = Some(secret.to_owned());
        });
        let mut browser = vault.browser_of("ada").await;
        says("127.0.0.1", SECRET);
        let connect = vault.asks(json!({ "source": "shop" })).await;
        assert_eq!(status(&vault.connects(&mut browser, &connect, "zoe").await), "connected");
        // The secret from before signs as well, while the provider has both.
        vault.ada.patches("/v1/sources/shop", &json!({ "client_secrets": ["next", SECRET] })).await.ok();
        let connect = vault.asks(json!({ "source": "shop" })).await;
        assert_eq!(status(&vault.connects(&mut browser, &connect, "zoe").await), "connected");
        let exchanged = vault.crm.hits("token");
        type Forges = fn(&str) -> String;
        let forged: [(&str, &str, &str, Forges); 8] = [
            ("signed with another secret", "127.0.0.1", "other", str::to_owned),
            ("for another shop", "evil.example", SECRET, str::to_owned),
            ("nothing signed", "127.0.0.1", SECRET, |url| url.split("&hmac=").next().expect("one").to_owned()),
            ("one more thing", "127.0.0.1", SECRET, |url| format!("{url}&more=1")),
            ("another code", "127.0.0.1", SECRET, |url| url.replace("code=", "code=x")),
            ("another time", "127.0.0.1", SECRET, |url| url.replace("1337178173", "1337178174")),
            ("two signatures", "127.0.0.1", SECRET, |url| format!("{url}&hmac=00")),
            ("a shop more", "127.0.0.1", SECRET, |url| format!("{url}&shop=127.0.0.1")),
        ];
        for (what, shop, secret, forge) in forged {
            says(shop, secret);
            let connect = vault.asks(json!({ "source": "shop" })).await;
            let url = vault.goes(&mut browser, &connect).await;
            let back = forge(&vault.crm.allows(&url, "yan").await);
            let done = browser.get_once(&back).await;
            assert_eq!((done.status, status(&done).as_str()), (422, "issuer_mismatch"), "{what}: {}", done.body);
            assert_eq!(vault.poll(&connect).await["error"], "issuer_mismatch", "{what}");
        }
        assert_eq!((vault.accounts().await, vault.crm.hits("token")), (1, exchanged), "no code was spent");
    }

    async fn cv_01_cv_05_a_state_that_isn_t_this_one_s_is_refused(house: House) {
        let vault = setting(house.kind, Rotation::None).await;
        let other = vault.makes_source("other", &json!({ "rotation": "none" })).await.body["data"]["id"].as_str().expect("an id").to_owned();
        let connect = vault.asks(json!({})).await;
        let mut browser = vault.browser_of("ada").await;
        let url = vault.goes(&mut browser, &connect).await;
        let back = vault.crm.allows(&url, "zoe").await;
        let (code, state) = (param(&back, "code"), param(&back, "state"));
        let at = |source: &str, query: &str| format!("/connect/callback/{source}?{query}");
        for (what, path) in [
            ("missing", at(&vault.source, &format!("code={code}"))),
            ("guessed", at(&vault.source, &format!("code={code}&state=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"))),
            ("twice", at(&vault.source, &format!("code={code}&state={state}&state={state}"))),
            ("of another source", at(&other, &format!("code={code}&state={state}"))),
            ("of no source", at("src_none", &format!("code={code}&state={state}"))),
        ] {
            let view = browser.get_once(&path).await;
            assert_eq!((view.status, view.error_code().as_deref()), (400, Some("state_expired")), "{what}: {}", view.body);
        }
        assert_eq!((vault.crm.hits("token"), vault.accounts().await), (0, 0));
        // None of it has spent the honest one; time does.
        vault.house.wait(11 * MINUTE);
        is_stopped(&browser.get_once(&back).await, 400, "state_expired");
        assert_eq!(vault.crm.hits("token"), 0);
        assert_eq!(vault.poll(&connect).await["status"], "expired");
        let fresh = vault.asks(json!({})).await;
        assert_eq!(status(&vault.connects(&mut browser, &fresh, "zoe").await), "connected");
        // A link whose time is over leads nowhere.
        let late = vault.asks(json!({ "expires_in": 60 })).await;
        vault.house.wait(2 * MINUTE);
        is_stopped(&browser.get_once(link(&late)).await, 400, "state_expired");
    }

    async fn cv_02_cv_03_only_the_browser_and_the_person_that_went_may_come_back(house: House) {
        let vault = setting(house.kind, Rotation::None).await;
        let connect = vault.asks(json!({})).await;
        let mut ada = vault.browser_of("ada").await;
        let url = vault.goes(&mut ada, &connect).await;
        let back = vault.crm.allows(&url, "zoe").await;
        // CV-02: another browser, where nobody is signed in, and one of the same person.
        is_stopped(&vault.house.browser().get_once(&back).await, 400, "browser_mismatch");
        is_stopped(&vault.browser_of("ada").await.get_once(&back).await, 400, "browser_mismatch");
        // CV-03: somebody else's, who has consented to what ada began.
        is_stopped(&vault.browser_of("bob").await.get_once(&back).await, 403, "session_mismatch");
        assert_eq!((vault.crm.hits("token"), vault.accounts().await), (0, 0));
        // Somebody else can't begin it either, and learns nothing of it.
        is_stopped(&vault.browser_of("bob").await.get_once(link(&connect)).await, 403, "session_mismatch");
        // Ada signs out on the way: nobody is there whose account it would be.
        let mut gone = ada.clone();
        gone.cookies.retain(|name, _| !name.ends_with("sym_s"));
        is_stopped(&gone.get_once(&back).await, 403, "session_mismatch");
        assert_eq!(status(&ada.get_once(&back).await), "connected");
    }

    async fn cv_04_cv_06_an_answer_of_somebody_else_s_is_refused(house: House) {
        let vault = setting(house.kind, Rotation::None).await;
        // A malicious source sends the browser on to the honest provider, with the state that it got.
        let mallory = vault._provider.at("mallory", Rotation::None);
        mallory.registers(App::new(CLIENT, SECRET, ""));
        let evil = json!({ "type": "oauth2", "slug": "evil", "client_id": CLIENT, "client_secret": SECRET, "params": {
            "authorize_url": mallory.at("authorize"), "token_url": mallory.at("token"), "userinfo_url": mallory.at("api/me") } });
        assert_eq!(vault.ada.posts("/v1/sources", &evil).await.status, 201);
        let connect = vault.asks(json!({ "source": "evil" })).await;
        let mut browser = vault.browser_of("ada").await;
        let sent = browser.get_once(&format!("{}/start", link(&connect))).await;
        let honest = vault.asks(json!({})).await;
        let url = vault.goes(&mut browser, &honest).await;
        let forged = url.replace(&param(&url, "state"), &param(sent.location(), "state"));
        let back = vault.crm.allows(&forged, "zoe").await;
        is_stopped(&browser.get_once(&back).await, 400, "state_expired");
        assert_eq!((mallory.hits("token"), vault.crm.hits("token")), (0, 0));

        // RFC 9207: named, it must be the one who was asked; announced, it must be named.
        let named = |iss: Iss| vault.crm.changes(|mode| mode.iss = iss);
        named(Iss::Other("https://evil.example".to_owned()));
        let connect = vault.asks(json!({})).await;
        assert_eq!(status(&vault.connects(&mut browser, &connect, "zoe").await), "issuer_mismatch");
        assert_eq!((vault.poll(&connect).await["error"].as_str(), vault.crm.hits("token")), (Some("issuer_mismatch"), 0));
        named(Iss::Own);
        let connect = vault.asks(json!({})).await;
        assert_eq!(status(&vault.connects(&mut browser, &connect, "zoe").await), "connected");

        // OpenID Connect: issuer, nonce and the ID token's own rules.
        let idp = openid(&vault).await;
        for (iss, expected) in [(Iss::Other("https://evil.example".to_owned()), "issuer_mismatch"), (Iss::Own, "connected")] {
            idp.changes(|mode| mode.iss = iss);
            let connect = vault.asks(json!({ "source": "idp" })).await;
            let sent = browser.get_once(&format!("{}/start", link(&connect))).await;
            assert!(param(sent.location(), "nonce").len() >= 43);
            let back = idp.allows(sent.location(), "zoe").await;
            assert_eq!(status(&browser.get_once(&back).await), expected);
        }
        // Announced in its metadata, it must be there.
        idp.changes(|mode| mode.iss = Iss::None);
        let connect = vault.asks(json!({ "source": "idp" })).await;
        let sent = browser.get_once(&format!("{}/start", link(&connect))).await;
        let back = idp.allows(sent.location(), "yan").await;
        assert_eq!(status(&browser.get_once(&back).await), "issuer_mismatch");
        // An ID token that was made for another connection.
        idp.changes(|mode| mode.iss = Iss::Own);
        let connect = vault.asks(json!({ "source": "idp" })).await;
        let sent = browser.get_once(&format!("{}/start", link(&connect))).await;
        let forged = sent.location().replace(&param(sent.location(), "nonce"), "another-nonce");
        let back = idp.allows(&forged, "yan").await;
        assert_eq!(status(&browser.get_once(&back).await), "provider_error");
        assert_eq!(vault.accounts().await, 2);
    }

    async fn cv_07_f40_fifty_callbacks_are_one_account_and_one_token_call(house: House) {
        let vault = setting(house.kind, Rotation::StrictFamily).await;
        let connect = vault.asks(json!({})).await;
        let mut browser = vault.browser_of("ada").await;
        let url = vault.goes(&mut browser, &connect).await;
        let back = vault.crm.allows(&url, "zoe").await;
        let mut all = JoinSet::new();
        for _ in 0..50 {
            let (mut browser, back) = (browser.clone(), back.clone());
            all.spawn(async move { browser.get_once(&back).await });
        }
        for view in all.join_all().await {
            assert_eq!((view.status, status(&view).as_str()), (200, "connected"));
        }
        assert_eq!((vault.crm.hits("token"), vault.accounts().await), (1, 1));
        // F40: opened once more it shows the first outcome.
        assert_eq!(status(&browser.get_once(&back).await), "connected");
        assert_eq!((vault.crm.hits("token"), vault.crm.grants_lost().len()), (1, 0));
    }

    async fn cv_08_cv_28_what_the_browser_is_sent_with_is_fresh_and_ours(house: House) {
        let vault = setting(house.kind, Mode { pkce_required: true, ..Rotation::None.into() }).await;
        let connect = vault.asks(json!({ "login_hint": "yan" })).await;
        let mut browser = vault.browser_of("ada").await;
        let mut seen = BTreeSet::new();
        for more in ["", "?scope=admin&state=mine&redirect_uri=https://evil.example&client_id=x&code_challenge=y&prompt=none&login_hint=eve"] {
            let sent = browser.get_once(&format!("{}/start{more}", link(&connect))).await;
            let url = sent.location();
            let challenge = param(url, "code_challenge");
            assert_eq!((param(url, "code_challenge_method").as_str(), challenge.len()), ("S256", 43));
            assert_eq!((param(url, "client_id").as_str(), param(url, "scope").as_str()), (CLIENT, "read write"));
            assert_eq!((param(url, "login_hint").as_str(), param(url, "prompt").as_str()), ("yan", ""));
            assert!(param(url, "redirect_uri").ends_with(&format!("/connect/callback/{}", vault.source)));
            assert_eq!(param(url, "state").len(), 43);
            assert!(seen.insert(challenge) && seen.insert(param(url, "state")), "each is used once");
        }
        vault.tries(json!({ "scopes": ["read", "admin"] })).await.is_problem(422, "field_invalid");
        let less = vault.asks(json!({ "scopes": ["read"] })).await;
        let url = vault.goes(&mut browser, &less).await;
        assert_eq!(param(&url, "scope"), "read");
        let back = vault.crm.allows(&url, "zoe").await;
        assert_eq!(status(&browser.get_once(&back).await), "connected");
        // What the first browser was sent with is replaced by the second's: coming back with it leads nowhere.
        let (first, second) = (vault.goes(&mut browser, &connect).await, vault.goes(&mut browser, &connect).await);
        let stale = vault.crm.allows(&first, "zoe").await;
        is_stopped(&browser.get_once(&stale).await, 400, "state_expired");
        let back = vault.crm.allows(&second, "zoe").await;
        assert_eq!(status(&browser.get_once(&back).await), "connected");
    }

    async fn cv_29_a_window_is_told_how_it_ended_and_nothing_else(house: House) {
        let vault = setting(house.kind, Rotation::None).await;
        let mut browser = vault.browser_of("ada").await;
        for bad in [json!(["*"]), json!(["https://app.example/path"]), json!(["http://app.example"]), json!(["null"])] {
            vault.tries(json!({ "allowed_origins": bad })).await.is_problem(422, "field_invalid");
        }
        let connect = vault.asks(json!({ "allowed_origins": ["https://app.example"] })).await;
        let url = vault.goes(&mut browser, &connect).await;
        let back = vault.crm.allows(&url, "zoe").await;
        let done = browser.get_once(&back).await;
        let told = done.first("[data-connect]").expect("an answer");
        assert_eq!(told["data-origins"], r#"["https://app.example"]"#);
        let answer: Value = serde_json::from_str(&told["data-connect"]).expect("JSON");
        assert_eq!(answer, json!({ "type": "symbolon:connect", "connect_session": connect["id"], "status": "connected", "error": null }));
        for secret in vault.crm.secrets().into_iter().chain([param(&back, "code"), param(&back, "state"), connect["token"].as_str().expect("one").to_owned()]) {
            assert!(!done.body.contains(&secret));
        }
        let header = |name: &str| done.headers.get(name).expect("is there").to_str().expect("ASCII").to_owned();
        assert!(header("content-security-policy").contains("script-src 'self'"));
        assert_eq!((header("cross-origin-opener-policy").as_str(), header("referrer-policy").as_str()), ("unsafe-none", "no-referrer"));
        let script = browser.get("/assets/connect.js").await;
        assert!(script.body.contains("window.opener = null") && !script.body.contains("'*'"));
        // Without a window to tell, pages keep out of touch with whoever opened them.
        let plain = vault.asks(json!({})).await;
        let page = browser.get(link(&plain)).await;
        assert_eq!(page.headers["cross-origin-opener-policy"], "same-origin");

        // Redirects: only where the app said.
        vault.tries(json!({ "success_redirect_uri": "javascript:alert(1)" })).await.is_problem(422, "field_invalid");
        let uris = json!({ "success_redirect_uri": "https://app.example/done?a=1", "error_redirect_uri": "https://app.example/sorry" });
        let connect = vault.asks(uris.clone()).await;
        let done = vault.connects(&mut browser, &connect, "zoe").await;
        let id = connect["id"].as_str().expect("an id");
        assert_eq!((done.status, done.location()), (303, &*format!("https://app.example/done?a=1&connect_session={id}&status=connected")));
        let connect = vault.asks(uris).await;
        let url = vault.goes(&mut browser, &connect).await;
        let back = vault.crm.denies(&url).await;
        let done = browser.get_once(&back).await;
        let id = connect["id"].as_str().expect("an id");
        assert_eq!(done.location(), format!("https://app.example/sorry?connect_session={id}&status=failed&error=user_denied"));
        // A browser that has no business here is sent nowhere.
        assert_eq!(vault.house.browser().get_once(&back).await.location(), "");
    }

    async fn s3_3_each_way_to_fail_is_told_apart(house: House) {
        let vault = setting(house.kind, Rotation::None).await;
        let mut browser = vault.browser_of("ada").await;
        for (said, expected) in [
            ("error=access_denied", "user_denied"),
            ("error=consent_required", "admin_consent_required"),
            ("error=access_denied&error_description=AADSTS90094%3A+admin", "admin_consent_required"),
            ("error=access_denied&error_description=AADSTS90095%3A+sent", "approval_pending"),
            ("setup_action=request", "approval_pending"),
            ("error=server_error", "provider_error"),
            ("error=unauthorized_client", "source_misconfigured"),
            ("code=made-up", "code_rejected"),
            ("nothing=at-all", "provider_error"),
        ] {
            let connect = vault.asks(json!({})).await;
            let url = vault.goes(&mut browser, &connect).await;
            let back = format!("/connect/callback/{}?{said}&state={}", vault.source, param(&url, "state"));
            let view = browser.get_once(&back).await;
            assert_eq!((view.status, status(&view).as_str()), (422, expected), "{said}");
            assert!(view.first("#again").is_some(), "they can try again");
            let ended = vault.poll(&connect).await;
            assert_eq!((ended["status"].as_str(), ended["error"].as_str()), (Some("failed"), Some(expected)));
            assert!(ended["error_message"].as_str().is_some_and(|words| words.len() > 20));
        }
        // Tried again with the same link it works.
        let connect = vault.asks(json!({})).await;
        let url = vault.goes(&mut browser, &connect).await;
        browser.get_once(&vault.crm.denies(&url).await).await;
        assert_eq!(status(&vault.connects(&mut browser, &connect, "zoe").await), "connected");
        // The provider refuses us: that is the source's fault, and it waits until it is mended.
        vault.crm.secrets_are(CLIENT, &["another"]);
        let connect = vault.asks(json!({})).await;
        assert_eq!(status(&vault.connects(&mut browser, &connect, "zoe").await), "source_misconfigured");
        vault.tries(json!({})).await.is_problem(424, "source_misconfigured");
        assert_eq!(vault.ada.does("GET", "/v1/sources/crm").await.ok().body["data"]["state"], "misconfigured");
    }

    async fn s3_3_less_than_was_asked_for_is_told_and_may_be_taken(house: House) {
        let vault = setting(house.kind, Mode { answer: Some(json!({ "access_token": "$access_token", "refresh_token": "$refresh_token",
            "token_type": "Bearer", "expires_in": "$expires_in", "scope": "read" })), ..Rotation::None.into() }).await;
        let mut browser = vault.browser_of("ada").await;
        let connect = vault.asks(json!({})).await;
        let view = vault.connects(&mut browser, &connect, "zoe").await;
        assert_eq!(status(&view), "insufficient_scope");
        assert!(view.first("#missing").is_some() && view.text().contains("write"), "{}", view.body);
        assert_eq!(vault.poll(&connect).await["missing_scopes"], json!(["write"]));
        assert_eq!(vault.accounts().await, 0);
        let connect = vault.asks(json!({ "allow_partial_scopes": true })).await;
        assert_eq!(status(&vault.connects(&mut browser, &connect, "zoe").await), "connected");
        let account = vault.poll(&connect).await["account_id"].as_str().expect("one").to_owned();
        let seen = vault.reads(&account).await.ok().body["data"].clone();
        assert_eq!((&seen["authorized_scopes"], &seen["missing_scopes"]), (&json!(["read"]), &json!(["write"])));
    }

    async fn f33_reconnecting_takes_the_same_account_and_no_other(house: House) {
        let vault = setting(house.kind, Rotation::Strict).await;
        let (account, given) = vault.brings("zoe").await;
        vault.crm.withdraws(&vault.crm.grants().last().expect("one").id);
        vault.crm.withdraws(&given.grant);
        vault.house.wait(Duration::from_secs(7_200));
        let read = vault.reads(&account).await;
        read.is_problem(409, "account_disabled");
        let again = read.body["error"]["details"]["reconnect_url"].as_str().expect("a link").to_owned();
        // Bob learns nothing of it, and nobody of one that isn't there.
        for (who, path) in [("bob", again.as_str()), ("ada", "/connect/again/acc_none")] {
            is_stopped(&vault.browser_of(who).await.get(path).await, 404, "not_found");
        }
        let mut browser = vault.house.browser();
        let page = browser.get(&again).await;
        let page = browser.signs_in(&page, "ada").await;
        assert!(page.first("#start").is_some(), "{}", page.body);
        let start = page.first("#start").expect("a link")["href"].clone();
        let sent = browser.get_once(&start).await;
        let back = vault.crm.allows(sent.location(), "yan").await;
        let view = browser.get_once(&back).await;
        assert_eq!(status(&view), "wrong_account");
        assert_eq!(vault.accounts().await, 1, "nothing was made of the other one");
        vault.reads(&account).await.is_problem(409, "account_disabled");
        let retry = view.first("#again").expect("a link")["href"].clone();
        let sent = browser.get_once(&format!("{retry}/start")).await;
        let back = vault.crm.allows(sent.location(), "zoe").await;
        assert_eq!(status(&browser.get_once(&back).await), "connected");
        assert!(vault.crm.access_ok(&vault.token(&account).await));
        assert_eq!(vault.accounts().await, 1);
        // By the API too.
        let repair = vault.asks(json!({ "source": "crm", "account_id": account })).await;
        assert_eq!(status(&vault.connects(&mut browser, &repair, "yan").await), "wrong_account");
        let expects = vault.asks(json!({ "expected_external_id": "nobody" })).await;
        assert_eq!(status(&vault.connects(&mut browser, &expects, "yan").await), "wrong_account");
    }

    async fn s3_4_somebody_else_s_account_stays_theirs(house: House) {
        let mode = Mode { new_consent_replaces: true, ..Rotation::Strict.into() };
        let vault = setting(house.kind, mode).await;
        let mut ada = vault.browser_of("ada").await;
        let connect = vault.asks(json!({})).await;
        vault.connects(&mut ada, &connect, "zoe").await;
        let account = vault.poll(&connect).await["account_id"].as_str().expect("one").to_owned();
        let before = vault.token(&account).await;
        let theirs = vault.bob.posts("/v1/connect_sessions", &json!({ "source": "crm" })).await.body["data"].clone();
        let mut bob = vault.browser_of("bob").await;
        assert_eq!(status(&vault.connects(&mut bob, &theirs, "zoe").await), "external_id_taken");
        assert_eq!(vault.bob.does("GET", "/v1/accounts").await.ok().body["data"], json!([]));
        assert_eq!(vault.token(&account).await, before);
        // An app's people are different people, too.
        let challenge = base64url(&sha256(b"a verifier of forty-three characters or more"));
        let app = vault.asks(json!({ "owner_ref": "u-1", "binding": "verifier", "code_challenge": challenge })).await;
        let mut somebody = vault.house.browser();
        vault.connects(&mut somebody, &app, "zoe").await;
        let done = format!("/v1/connect_sessions/{}/complete", app["id"].as_str().expect("an id"));
        let verifier = json!({ "code_verifier": "a verifier of forty-three characters or more" });
        vault.ada.posts(&done, &verifier).await.is_problem(409, "external_id_taken");
    }

    async fn s3_4_with_a_verifier_the_server_has_the_last_word(house: House) {
        let vault = setting(house.kind, Rotation::Strict).await;
        let verifier = "the-secret-of-the-server-that-asked-for-this-one";
        let challenge = base64url(&sha256(verifier.as_bytes()));
        for bad in [
            json!({ "binding": "verifier" }),
            json!({ "binding": "verifier", "code_challenge": "short" }),
            json!({ "binding": "session", "code_challenge": challenge }),
            json!({ "binding": "off" }),
            json!({ "owner_ref": "u-1" }),
            json!({ "expires_in": 3_601 }),
        ] {
            assert_eq!(vault.tries(bad.clone()).await.status, 422, "{bad}");
        }
        let connect = vault.asks(json!({ "owner_ref": "u-1", "binding": "verifier", "code_challenge": challenge })).await;
        let path = format!("/v1/connect_sessions/{}", connect["id"].as_str().expect("an id"));
        let done = format!("{path}/complete");
        let proof = json!({ "code_verifier": verifier });
        vault.ada.posts(&done, &proof).await.is_problem(409, "not_completable");
        let mut browser = vault.house.browser();
        let view = vault.connects(&mut browser, &connect, "zoe").await;
        assert_eq!(status(&view), "candidate");
        assert_eq!((vault.poll(&connect).await["status"].as_str(), vault.accounts().await), (Some("candidate"), 0), "nothing can be read");
        vault.ada.posts(&done, &json!({ "code_verifier": "another-secret" })).await.is_problem(422, "field_invalid");
        assert_eq!(vault.bob.posts(&done, &proof).await.status, 404);
        assert_eq!(vault.accounts().await, 0);
        let completed = vault.ada.posts(&done, &proof).await.ok().body["data"].clone();
        assert_eq!(completed["status"], "connected");
        assert_eq!(vault.ada.posts(&done, &proof).await.ok().body["data"]["account_id"], completed["account_id"], "asked twice");
        let seen = vault.reads(completed["account_id"].as_str().expect("one")).await.ok().body["data"].clone();
        assert_eq!(seen["owner"]["ref"], "u-1");
        assert_eq!(vault.crm.hits("token"), 1);
        // Without it nothing comes of it, and the provider is asked to forget.
        let connect = vault.asks(json!({ "owner_ref": "u-2", "binding": "verifier", "code_challenge": challenge })).await;
        vault.connects(&mut browser, &connect, "yan").await;
        vault.house.wait(11 * MINUTE);
        symbolon::vault::connect::tidy(&vault.house.app).await.expect("tidies");
        assert_eq!((vault.poll(&connect).await["error"].as_str(), vault.accounts().await), (Some("state_expired"), 1));
        // Ended by its app, its link is good for nothing.
        let connect = vault.asks(json!({ "binding": "verifier", "code_challenge": challenge })).await;
        let path = format!("/v1/connect_sessions/{}", connect["id"].as_str().expect("an id"));
        assert_eq!(vault.bob.does("DELETE", &path).await.status, 404);
        assert_eq!(vault.ada.does("DELETE", &path).await.status, 204);
        is_stopped(&browser.get_once(link(&connect)).await, 400, "state_expired");
    }

    async fn s3_4_a_link_that_anybody_may_have_got_says_whose_account_it_will_be(house: House) {
        let vault = setting(house.kind, Rotation::None).await;
        let connect = vault.asks(json!({ "binding": "confirm", "owner_ref": "u-1" })).await;
        let mut browser = vault.house.browser();
        let page = browser.get(link(&connect)).await;
        assert!(page.first("#whose.caution").is_some() && page.text().contains("ada"), "{}", page.body);
        let sent = browser.get_once(&format!("{}/start", link(&connect))).await;
        assert_eq!((sent.status, sent.location()), (200, ""), "not without a press");
        let mut forged = browser.clone();
        let fields: Vec<_> = page.form("form:has(#start)").into_iter().filter(|(name, _)| name != "csrf").collect();
        is_stopped(&forged.post(link(&connect), &fields).await, 403, "forged_form");
        let on = browser.post(link(&connect), &page.form("form:has(#start)")).await;
        let start = on.first("#start").expect("a link")["href"].clone();
        assert_eq!(vault.house.browser().get_once(&start).await.location(), "", "another browser hasn't pressed it");
        let sent = browser.get_once(&start).await;
        let back = vault.crm.allows(sent.location(), "zoe").await;
        assert_eq!(status(&browser.get_once(&back).await), "connected");
    }

    async fn s3_4_who_it_is_may_be_asked_again_the_code_can_t(house: House) {
        let vault = setting(house.kind, Rotation::Strict).await;
        let mut browser = vault.browser_of("ada").await;
        let connect = vault.asks(json!({})).await;
        let url = vault.goes(&mut browser, &connect).await;
        let back = vault.crm.allows(&url, "zoe").await;
        vault.crm.meets(Plan::always(When::Read, Fault::Says(Says::Busy(None))).at("api/me"));
        assert_eq!(status(&browser.get_once(&back).await), "candidate");
        assert_eq!(vault.poll(&connect).await["status"], "candidate");
        vault.crm.behaves();
        assert_eq!(status(&browser.get_once(&back).await), "connected");
        assert_eq!(vault.crm.hits("token"), 1);
    }

    async fn f21_an_id_that_only_the_redirect_names_is_taken_and_says_that_nobody_vouches_for_it(house: House) {
        let types = tempfile::tempdir().expect("a directory");
        std::fs::write(types.path().join("seller.toml"), SELLER).expect("writes");
        let dir = types.path().to_owned();
        let mode = Mode { callback: [("selling_partner_id".to_owned(), "A3F1LGRLCQDI4D".to_owned())].into(), ..Rotation::None.into() };
        let set = |config: &mut symbolon::config::Config| config.vault.catalogue_dir = Some(dir);
        let vault = Vault::set(house.kind, mode, json!({ "rotation": "none" }), set).await;
        let ask = json!({ "type": "seller", "slug": "seller", "client_id": CLIENT, "client_secret": SECRET,
            "params": { "authorize_url": vault.crm.at("authorize"), "token_url": vault.crm.at("token") } });
        let made = vault.ada.posts("/v1/sources", &ask).await;
        assert_eq!(made.status, 201, "{}", made.body);
        vault.crm.returns_to(CLIENT, made.body["data"]["redirect_uri"].as_str().expect("one"));
        let mut browser = vault.browser_of("ada").await;
        let connect = vault.asks(json!({ "source": "seller" })).await;
        assert_eq!(status(&vault.connects(&mut browser, &connect, "zoe").await), "connected");
        let account = vault.poll(&connect).await["account_id"].as_str().expect("one").to_owned();
        let seen = vault.reads(&account).await.ok().body["data"].clone();
        assert_eq!((&seen["external_id"], &seen["external_id_verified"]), (&json!("A3F1LGRLCQDI4D"), &json!(false)));
        // The year that a seller allows is told from the first day.
        let until = seen["authorization_expires_at"].as_str().and_then(symbolon::base::Time::parse).expect("a time");
        assert!((364 * 86_400..=365 * 86_400).contains(&until.secs_since(vault.house.now())), "{seen}");
        // Without it, with two, or with one that isn't one there is nobody whose account it could be.
        vault.crm.changes(|mode| mode.callback.clear());
        for more in ["", "&selling_partner_id=A1&selling_partner_id=A2", "&selling_partner_id=a/../b"] {
            let connect = vault.asks(json!({ "source": "seller" })).await;
            let url = vault.goes(&mut browser, &connect).await;
            let back = vault.crm.allows(&url, "yan").await;
            assert_eq!(status(&browser.get_once(&format!("{back}{more}")).await), "provider_error", "{more}");
        }
        assert_eq!(vault.accounts().await, 1);
    }

    async fn s3_4_a_key_is_typed_in_and_checked(house: House) {
        let vault = setting(house.kind, Rotation::None).await;
        vault.crm.changes(|mode| mode.api_keys = [("key-of-zoe".to_owned(), "zoe".to_owned())].into());
        let ask = json!({ "type": "api_key", "slug": "keys", "params": { "verify_url": vault.crm.at("api/me") } });
        let made = vault.ada.posts("/v1/sources", &ask).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let connect = vault.asks(json!({ "source": "keys" })).await;
        let mut browser = vault.browser_of("ada").await;
        let page = browser.get(link(&connect)).await;
        assert_eq!(page.first("#in-api_key").expect("a field")["type"], "password");
        let filled = |page: &View, key: &str| {
            let mut fields = page.form("form:has(#start)");
            fields.retain(|(name, _)| name != "api_key");
            fields.push(("api_key".to_owned(), key.to_owned()));
            fields
        };
        let page = browser.post(link(&connect), &filled(&page, "")).await;
        assert_eq!((page.status, page.first("#problem").is_some()), (422, true));
        let page = browser.post(link(&connect), &filled(&page, "wrong-key")).await;
        assert_eq!(page.status, 422);
        assert!(page.first("#problem").is_some() && !page.body.contains("wrong-key"), "{}", page.body);
        let done = browser.post(link(&connect), &filled(&page, "key-of-zoe")).await;
        assert_eq!(status(&done), "connected");
        let account = vault.poll(&connect).await["account_id"].as_str().expect("one").to_owned();
        assert_eq!(vault.reads(&account).await.ok().body["data"]["credentials"]["api_key"], "key-of-zoe");
        let dump = vault.house.raw().await.texts("SELECT coalesce(result, '') || status FROM connects").await;
        assert!(dump.iter().any(|row| row.ends_with("connected")));
        let left = vault.house.raw().await.texts("SELECT status FROM connects WHERE sealed IS NOT NULL AND status = 'connected'").await;
        assert!(left.is_empty(), "nothing is kept of what ended");
    }
}

#[tokio::test]
async fn pages_of_a_connection_are_fit_to_be_seen_and_a_window_tells_its_app() {
    let vault = setting(Kind::Sqlite, Mode { decides: Some("zoe".to_owned()), ..Rotation::None.into() }).await;
    let keys = json!({ "type": "basic", "slug": "keys", "name": "Acme CRM", "params": { "verify_url": vault.crm.at("api/me") } });
    assert_eq!(vault.ada.posts("/v1/sources", &keys).await.status, 201);
    vault.ada.patches("/v1/sources/crm", &json!({ "name": "Acme CRM" })).await.ok();
    let chromium = Chromium::start(Scripts::On).await;
    let connect = vault.asks(json!({})).await;
    chromium.driver.goto(link(&connect)).await.expect("goes");
    chromium.types("email", "ada@example.com").await;
    chromium.types("password", crate::support::house::PASSWORD).await;
    chromium.click("sign-in").await;
    chromium.arrives_at(&format!("{}/connect/", vault.house.url)).await;
    chromium.examine("connect").await;
    chromium.click("start").await;
    chromium.arrives_at(&format!("{}/connect/callback/", vault.house.url)).await;
    chromium.examine("connect done").await;
    // What was denied there.
    let denied = vault.asks(json!({})).await;
    vault.crm.changes(|mode| mode.iss = Iss::Other("https://evil.example".to_owned()));
    chromium.driver.goto(format!("{}/start", link(&denied))).await.expect("goes");
    chromium.arrives_at(&format!("{}/connect/callback/", vault.house.url)).await;
    chromium.examine("connect failed").await;
    vault.crm.changes(|mode| mode.iss = Iss::None);
    chromium.driver.goto(format!("{}/connect/nothing", vault.house.url)).await.expect("goes");
    chromium.examine("connect over").await;
    let typed = vault.asks(json!({ "source": "keys" })).await;
    chromium.driver.goto(link(&typed)).await.expect("goes");
    chromium.examine("connect key form").await;
    // An anybody's link: the press leads on to the provider, whatever `form-action` says.
    let confirm = vault.asks(json!({ "binding": "confirm", "owner_ref": "u-1" })).await;
    chromium.driver.goto(link(&confirm)).await.expect("goes");
    chromium.examine("connect confirm").await;
    chromium.click("start").await;
    chromium.arrives_at(&format!("{}/connect/callback/", vault.house.url)).await;
    let complaints = chromium.log().await;
    assert!(
        complaints.iter().all(|line| line.contains(" 400 ")
            || line.contains(" 422 ")
            || line.contains("(Bad Request)")
            || line.contains("(Unprocessable")),
        "{complaints:?}"
    );

    // A window of an app hears how it ended: the app is at another origin than we are.
    let app = vault.house.url.replace("127.0.0.1", "localhost");
    let connect = vault.asks(json!({ "allowed_origins": [app] })).await;
    chromium.driver.goto(format!("{app}/health/live")).await.expect("goes");
    let opens = "window.heard = null; addEventListener('message', (e) => { window.heard = e.data.status }); window.open(arguments[0])";
    chromium.driver.execute(opens, vec![json!(format!("{}/start", link(&connect)))]).await.expect("runs");
    let mut heard = None;
    for _ in 0..200 {
        heard = chromium
            .driver
            .execute("return window.heard", vec![])
            .await
            .expect("runs")
            .convert::<Option<String>>()
            .expect("a text");
        if heard.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(heard.as_deref(), Some("connected"));
    chromium.close().await;
}
