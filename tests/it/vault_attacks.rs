//! security.md L and M against the vault, and what vault.md's catalogue of failures says of providers, as far as no other module
//! shows it: ids that are guessed, scripts in names, sources that go, addresses that lead inside, answers that leave things out.

use crate::on_both;
use crate::support::fleet::{brings, makes_source, peopled};
use crate::support::house::allow_loopback;
use crate::support::provider::fault::Kept;
use crate::support::provider::mode::{Again, Then};
use crate::support::provider::{At, Fault, Given, Mode, Plan, Provider, Rotation, Says, When};
use crate::support::vault::{CLIENT, SECRET, Vault};
use crate::support::{Holder, House, Kind, stranger};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use symbolon::catalogue::{Asked, Catalogue, ParamKind};
use symbolon::people::workspaces::Standing;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

const HOUR: Duration = Duration::from_secs(3_600);

impl Vault {
    /// A source whose provider takes tokens back, with so many accounts; gives them and their grants there.
    async fn goes_with(&self, slug: &str, many: usize) -> Vec<(String, String)> {
        let params = json!({ "rotation": "strict_family", "revoke_url": self.crm.at("revoke") });
        assert_eq!(self.makes_source(slug, &params).await.status, 201);
        let mut made = Vec::new();
        for n in 0..many {
            let name = format!("{slug}{n}");
            self.crm.knows(&[&name]);
            let given = self.crm.gives(CLIENT, &name, "read");
            let brought = brings(&self.ada, slug, &given.refresh_token).await;
            assert_eq!(brought.status, 201, "{}", brought.body);
            made.push((brought.body["data"]["id"].as_str().expect("an id").to_owned(), given.grant));
        }
        made
    }

    /// Until nothing is left of sources that were deleted.
    async fn parts(&self) {
        for _ in 0..200 {
            symbolon::vault::parting::some(&self.house.app).await.expect("tells");
            if self.counts("SELECT count(*) FROM sources WHERE gone_at IS NOT NULL").await == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("a source that was deleted stays");
    }

    /// What the trail says of sources that were deleted: of how many grants their providers were told, and of how many not.
    async fn told_of_sources(&self) -> Vec<(i64, i64)> {
        let all = self
            .house
            .raw()
            .await
            .texts("SELECT detail FROM audit_events WHERE action = 'source.revoked' ORDER BY id")
            .await;
        let read = |text: &String| {
            let detail: Value = serde_json::from_str(text).expect("JSON");
            (detail["told"].as_i64().expect("a number"), detail["untold"].as_i64().expect("a number"))
        };
        all.iter().map(read).collect()
    }
}

/// Where no request may go; `{port}` is one where somebody listens on loopback.
const INSIDE: [&str; 44] = [
    "http://127.0.0.1:{port}/",
    "https://127.0.0.1:{port}/",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.1/",
    "https://017700000001/",
    "https://0177.0.0.1/",
    "https://0/",
    "https://0.0.0.0/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[fd00::1]/",
    "https://[fe80::1]/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data",
    "https://2852039166/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "http://example.com/",
    "https://example.com:8443/",
    "https://example.com:22/",
    "https://user@example.com/",
    "https://user:password@example.com/",
    "https://example.com@127.0.0.1/",
    "https://127.0.0.1\\@example.com/",
    "https://example.com/#x",
    "file:///etc/passwd",
    "gopher://example.com/",
    "ftp://example.com/",
    "unix:/run/x",
    "data:,{}",
    "javascript:1",
    "https://",
    "//example.com/",
    "",
];

/// Somebody's account at a source of a type that is like `oauth2` but for `edits`, brought when its tokens are `old`. The folder of
/// the type goes when it is dropped.
async fn of_own_type(
    kind: Kind,
    mode: impl Into<Mode>,
    (name, rotation): (&str, &str),
    edits: &[(&str, &str)],
    old: Duration,
) -> (Vault, tempfile::TempDir, Given, String) {
    let types = like_oauth2(name, edits);
    let dir = types.path().to_owned();
    let set = |config: &mut symbolon::config::Config| config.vault.catalogue_dir = Some(dir);
    let vault = Vault::set(kind, mode, json!({ "rotation": rotation }), set).await;
    let params = json!({ "authorize_url": vault.crm.at("authorize"), "token_url": vault.crm.at("token"),
        "userinfo_url": vault.crm.at("api/me"), "rotation": rotation });
    let ask = json!({ "type": name, "slug": name, "client_id": CLIENT, "client_secret": SECRET, "params": params });
    assert_eq!(vault.ada.posts("/v1/sources", &ask).await.status, 201);
    let given = vault.crm.gives(CLIENT, "zoe", "read");
    vault.house.wait(old);
    let bring = json!({ "source": name, "credentials": { "oauth_refresh_token": given.refresh_token } });
    let made = vault.ada.with("idempotency-key", name).posts("/v1/accounts", &bring).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let account = made.body["data"]["id"].as_str().expect("an id").to_owned();
    (vault, types, given, account)
}

/// A type of the operator's own, like one that is there.
fn like_oauth2(key: &str, changes: &[(&str, &str)]) -> tempfile::TempDir {
    let types = tempfile::tempdir().expect("a directory");
    let mut text =
        include_str!("../../src/catalogue/types/oauth2.toml").replace("key = \"oauth2\"", &format!("key = \"{key}\""));
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    // What its example says is of the type that it was made from.
    let text = text.split("[[example]]").next().expect("a text").to_owned();
    let example = "[[example]]\nwhat = \"a token answer\"\nbody = '''{\"access_token\":\"a\"}'''\n[example.expect]\noutcome = \"tokens\"\n";
    std::fs::write(types.path().join(format!("{key}.toml")), text + example).expect("writes");
    types
}

on_both! {
    async fn cv_13_no_account_is_found_by_guessing(house: House) {
        let vault = Vault::set(house.kind, Rotation::None, json!({ "rotation": "none" }), |config| {
            config.limits.token_per_second = 60;
        })
        .await;
        let (account, _) = vault.brings("zoe").await;
        let hex = account.strip_prefix("acc_").expect("an id").to_owned();
        // 48 bits of time, 6 that are the same in all of them (RFC 9562 §5.7), 122 of chance.
        assert!(hex.len() * 4 == 48 + 6 + 122 && hex.bytes().all(|b| b.is_ascii_hexdigit()), "{hex}");
        let (other, _) = vault.brings("yan").await;
        let same = hex.bytes().zip(other["acc_".len()..].bytes()).filter(|(one, two)| one == two).count();
        assert!(same < 12 + 1 + 16, "{same} of {} digits are those of another id", hex.len());
        let mut guesses = vec![account.clone(), account.to_uppercase(), format!("{account}0"), account[..account.len() - 1].to_owned()];
        for at in 0..hex.len() {
            let digit = if &hex[at..=at] == "0" { "1" } else { "0" };
            guesses.push(format!("acc_{}{digit}{}", &hex[..at], &hex[at + 1..]));
        }
        for _ in 0..60 {
            guesses.push(crate::support::crowd::fresh_account().to_string());
        }
        // Bob's: hers is like one that isn't there, whichever way he asks, and before long he is told to come less often.
        let (mut absent, mut throttled) = (Vec::new(), 0);
        for guess in &guesses {
            for more in ["", "?include_credentials=1"] {
                let tried = vault.bob.does("GET", &format!("/v1/accounts/{guess}{more}")).await;
                match tried.status {
                    429 => throttled += 1,
                    _ => absent.push((tried.status, tried.body.to_string())),
                }
            }
        }
        assert!(absent.iter().all(|one| *one == absent[0] && one.0 == 404), "{absent:#?}");
        assert!(throttled > 20 && absent.len() >= 60, "{throttled} of {}", guesses.len() * 2);
        assert_eq!(vault.ada.does("GET", &format!("/v1/accounts/{account}")).await.status, 200);
    }

    async fn cv_15_names_are_texts_on_every_page(house: House) {
        let vault = Vault::with(house.kind, Rotation::None, "none").await;
        let script = |n: u8| format!("\"'><script>alert({n})</script>");
        vault.crm.knows(&[&script(1)]);
        let (account, _) = vault.brings(&script(1)).await;
        let path = format!("/v1/accounts/{account}");
        let changed = vault.ada.patches(&path, &json!({ "name": script(2), "metadata": { script(3): script(4) } })).await.ok();
        assert!(changed.body["data"]["external_id"].as_str().is_some_and(|id| id.contains("<script>")), "{}", changed.body);
        vault.ada.patches("/v1/sources/crm", &json!({ "name": script(5) })).await.ok();
        let connect = vault.ada.posts("/v1/connect_sessions", &json!({ "source": "crm", "name": script(6) })).await;
        let link = connect.body["data"]["connect_url"].as_str().expect("a link").to_owned();
        let mut ada = vault.house.browser();
        ada.arrives_as("ada").await;
        let mut shown = String::new();
        for page in [
            "/account".to_owned(),
            format!("/account/connections/{account}"),
            "/admin/connections?workspace=acme".to_owned(),
            format!("/admin/connections/{account}"),
            "/admin/workspaces/acme".to_owned(),
            format!("/admin/workspaces/acme/sources/{}", vault.source),
            link,
        ] {
            let view = ada.get(&page).await;
            assert_eq!(view.status, 200, "{page}: {}", view.text());
            assert!(!view.body.contains("<script>alert") && view.first("script:not([src])").is_none(), "{page}: {}", view.body);
            let policy = view.headers["content-security-policy"].to_str().expect("ASCII").to_owned();
            assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe-inline"), "{page}: {policy}");
            shown.push_str(&view.text());
        }
        for n in [1, 2, 5] {
            assert!(shown.contains(&format!("<script>alert({n})</script>")), "{n} is nowhere as what it is");
        }
    }

    async fn cv_23_what_is_disabled_isn_t_even_opened(house: House) {
        let vault = Vault::with(house.kind, Rotation::None, "none").await;
        let (off, _) = vault.brings("zoe").await;
        let (on, _) = vault.brings("yan").await;
        assert_eq!(vault.ada.patches(&format!("/v1/accounts/{off}"), &json!({ "state": "disabled" })).await.status, 200);
        // What can't be opened shows who tries.
        let bytes = if house.kind == crate::support::Kind::Sqlite { "x'00'" } else { "'\\x00'::bytea" };
        vault.house.sql(&format!("UPDATE vault_secrets SET sealed = {bytes}")).await;
        vault.house.wait(2 * HOUR);
        let hits = vault.crm.hits("token");
        for query in ["include_credentials=1", "include_credentials=1&min_ttl=9000", "include_credentials=1&not=00000000&wait=1"] {
            let read = vault.ada.does("GET", &format!("/v1/accounts/{off}?{query}")).await;
            read.is_problem(409, "account_disabled");
            assert_eq!(read.body["error"]["details"]["reason"], "user");
        }
        let batch = vault.ada.posts("/v1/credentials/batch", &json!({ "ids": [off] })).await.ok();
        assert_eq!(batch.body["data"][0]["error"]["code"], "account_disabled", "{}", batch.body);
        assert_eq!(vault.crm.hits("token"), hits, "and nobody was asked");
        let read = vault.reads(&on).await;
        assert!(read.status >= 500, "the other one was: {} {}", read.status, read.body);
    }

    async fn cv_27_a_source_goes_with_all_of_it_or_not_at_all(house: House) {
        let vault = Vault::with(house.kind, Rotation::None, "none").await;
        let (account, _) = vault.brings("zoe").await;
        let connect = vault.ada.posts("/v1/connect_sessions", &json!({ "source": "crm" })).await.body["data"].clone();
        let link = connect["connect_url"].as_str().expect("a link").to_owned();
        let mut ada = vault.house.browser();
        ada.arrives_as("ada").await;
        assert_eq!(ada.get(&link).await.status, 200);
        let sent = ada.get_once(&format!("{link}/start")).await;
        let back = vault.crm.allows(sent.location(), "yan").await;
        let refused = vault.ada.does("DELETE", "/v1/sources/crm").await;
        refused.is_problem(409, "source_in_use");
        assert_eq!(refused.body["error"]["details"]["accounts"], 1);
        assert!(vault.crm.access_ok(&vault.token(&account).await), "nothing was done");
        let hits = vault.crm.hits("token");
        let done = vault.ada.does("DELETE", "/v1/sources/crm?cascade=1").await;
        assert_eq!(done.status / 100, 2, "{}", done.body);
        // Whoever was on the way comes back to nothing.
        for address in [&back, &link] {
            let view = ada.get_once(address).await;
            assert_eq!((view.status, view.error_code().as_deref()), (400, Some("state_expired")), "{}", view.body);
        }
        assert_eq!(vault.reads(&account).await.status, 404);
        assert_eq!(vault.crm.hits("token"), hits);
        for table in ["accounts", "vault_grants", "vault_secrets", "connects", "shares"] {
            assert_eq!(vault.counts(&format!("SELECT count(*) FROM {table}")).await, 0, "{table}");
        }
    }

    async fn cv_27_the_provider_is_told_of_each_account_that_goes_with_its_source(house: House) {
        let vault = Vault::with(house.kind, Rotation::StrictFamily, "strict_family").await;
        let accounts = vault.goes_with("gone", 12).await;
        // The token of one was handed out: that is its new holder's. One is disabled here, and one over at the provider.
        let (handed, held_by) = &accounts[0];
        let external = vault.ada.does("GET", &format!("/v1/accounts/{handed}")).await.ok().body["data"]["external_id"].clone();
        let ask = json!({ "mode": "export", "confirm_external_id": external });
        vault.ada.posts(&format!("/v1/accounts/{handed}/custody/free"), &ask).await.ok();
        vault.ada.patches(&format!("/v1/accounts/{}", accounts[1].0), &json!({ "state": "disabled" })).await.ok();
        vault.crm.withdraws(&accounts[2].1);
        vault.house.wait(2 * HOUR);
        vault.reads(&accounts[2].0).await.is_problem(409, "account_disabled");
        let held = vault.crm.holds(When::Read, "revoke", None);
        // Nobody waits for a provider that doesn't answer, and nothing of it is there any more.
        assert_eq!(vault.ada.does("DELETE", "/v1/sources/gone?cascade=1").await.status, 204);
        for (account, _) in &accounts {
            vault.reads(account).await.is_problem(404, "not_found");
        }
        vault.ada.does("GET", "/v1/sources/gone").await.is_problem(404, "not_found");
        let listed = vault.ada.does("GET", "/v1/sources").await.ok();
        assert!(listed.body["data"].as_array().is_some_and(|all| all.len() == 1), "{}", listed.body);
        assert_eq!(vault.makes_source("gone", &json!({ "rotation": "none" })).await.status, 201, "its name is free");
        // What is left is what telling it needs: of each grant one secret, and those are sealed.
        let left = "SELECT count(*) FROM vault_secrets WHERE grant_id IN (SELECT id FROM vault_grants WHERE state = 'parting')";
        assert_eq!((vault.counts(left).await, vault.counts("SELECT count(*) FROM vault_secrets").await), (10, 10));
        held.arrived(1).await;
        held.releases();
        let told = |crm: &At| accounts[1..].iter().all(|(_, grant)| crm.live(grant).is_none());
        vault.crm.until(told).await;
        assert!(vault.crm.live(held_by).is_some());
        vault.parts().await;
        assert_eq!(vault.crm.hits("revoke"), 10, "each once");
        assert_eq!(vault.told_of_sources().await, [(10, 0)]);
    }

    async fn cv_27_a_provider_that_doesn_t_hear_is_told_again_and_given_up_within_a_day(house: House) {
        let vault = Vault::with(house.kind, Rotation::StrictFamily, "strict_family").await;
        let accounts = vault.goes_with("gone", 3).await;
        vault.crm.meets(Plan::always(When::Read, Fault::Says(Says::Busy(None))).at("revoke"));
        assert_eq!(vault.ada.does("DELETE", "/v1/sources/gone?cascade=1").await.status, 204);
        vault.crm.until(|crm| crm.hits("revoke") >= 3).await;
        // One is told when it answers again; then it never hears anything any more.
        vault.crm.behaves();
        let silent = Plan::always(When::Read, Fault::Says(Says::Html(502))).at("revoke");
        for (_, grant) in &accounts[1..] {
            vault.crm.meets(silent.clone().of(grant));
        }
        let mut waited = Duration::ZERO;
        while vault.counts("SELECT count(*) FROM sources WHERE gone_at IS NOT NULL").await > 0 {
            vault.house.wait(HOUR / 2);
            waited += HOUR / 2;
            assert!(waited <= 25 * HOUR, "it stays for ever");
            symbolon::vault::parting::some(&vault.house.app).await.expect("tells");
        }
        assert!(vault.crm.live(&accounts[0].1).is_none());
        assert!(accounts[1..].iter().all(|(_, grant)| vault.crm.live(grant).is_some()));
        assert!(vault.crm.hits("revoke") <= 3 * 6, "{} times", vault.crm.hits("revoke"));
        assert_eq!(vault.counts("SELECT count(*) FROM vault_secrets").await, 0);
        assert_eq!(vault.told_of_sources().await, [(1, 2)]);
    }

    async fn ss_01_ss_05_ss_06_no_address_of_a_source_leads_inside(house: House) {
        let house = House::with(house.kind, |config| {
            (config.limits.token_per_second, config.limits.workspace_per_second) = (0, 0);
        })
        .await;
        let ada = house.person("ada").await;
        house.workspace("acme", &[(&ada, Standing::Owner)]).await;
        let (_, ada) = house.api_token(&ada, Some("acme"), None).await;
        let canary = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = canary.local_addr().expect("an address").port();
        let hit = tokio::spawn(async move { canary.accept().await.map(drop) });
        let catalogue = Catalogue::load(None).unwrap_or_else(|wrong| panic!("{wrong}"));
        let mut tried = 0;
        for kind in catalogue.iter() {
            let example = |param: &symbolon::catalogue::Param| param.example.clone().or(param.default.clone());
            let params: BTreeMap<String, String> =
                kind.params_of(Asked::Source).filter_map(|param| Some((param.name.clone(), example(param)?))).collect();
            let names = kind.params_of(Asked::Source).filter(|param| param.kind == ParamKind::Url).map(|param| param.name.clone());
            for (n, name) in names.enumerate() {
                let asks = |slug: &str, params: &BTreeMap<String, String>| {
                    let ask = json!({ "type": kind.key, "slug": slug, "client_id": "c", "client_secret": "s", "params": params });
                    let ada = ada.clone();
                    async move { ada.posts("/v1/sources", &ask).await }
                };
                let slug = format!("{}-{n}", kind.key.replace('_', "-"));
                for address in INSIDE {
                    let mut bad = params.clone();
                    bad.insert(name.clone(), address.replace("{port}", &port.to_string()));
                    let refused = asks(&slug, &bad).await;
                    refused.is_problem(422, "field_invalid");
                    assert_eq!(refused.body["error"]["field"], json!(name), "{} {address}: {}", kind.key, refused.body);
                    tried += 1;
                }
                let good = asks(&slug, &params).await;
                assert!(good.status == 201 || good.body["error"]["field"] == "client_secret", "{}: {}", kind.key, good.body);
                if good.status == 201 {
                    // What is there doesn't turn inside later.
                    let bad: Value = json!({ "params": { name.clone(): format!("http://127.0.0.1:{port}/") } });
                    let id = good.body["data"]["id"].as_str().expect("an id");
                    ada.patches(&format!("/v1/sources/{id}"), &bad).await.is_problem(422, "field_invalid");
                }
            }
        }
        assert!(tried >= 7 * INSIDE.len(), "{tried}");
        assert!(!hit.is_finished(), "somebody came");
        hit.abort();
    }

    async fn ss_03_ss_07_a_provider_sends_nobody_elsewhere_and_its_words_stay_with_us(house: House) {
        let vault = Vault::with(house.kind, Rotation::None, "none").await;
        let (account, given) = vault.brings("zoe").await;
        let mut said = Vec::new();
        for fault in [
            Fault::Says(Says::To(vault.crm.at("api/elsewhere"))),
            Fault::Says(Says::Html(502)),
            Fault::Says(Says::Busy(None)),
            Fault::Says(Says::Error(400, "SELECT-is-down-at-10.0.0.7".to_owned())),
        ] {
            vault.house.wait(2 * HOUR);
            vault.crm.meets(Plan::always(When::Read, fault));
            let read = vault.reads(&account).await;
            read.is_problem(503, "provider_unreachable");
            said.push(read.body["error"]["message"].to_string());
            vault.crm.behaves();
            vault.house.wait(HOUR);
            vault.until(&account, |read| read.status == 200).await;
        }
        assert!(said.iter().all(|one| *one == said[0]), "{said:#?}");
        // Neither the token endpoint nor who tells us who somebody is.
        vault.crm.meets(Plan::always(When::Read, Fault::Says(Says::To(vault.crm.at("api/elsewhere")))).at("api/me"));
        let again = vault.crm.gives(CLIENT, "yan", "read");
        let taken = vault.takes(&vault.ada, &again.refresh_token).await;
        assert!([422, 503].contains(&taken.status), "{}", taken.body);
        assert_eq!((vault.crm.hits("api/elsewhere"), vault.crm.token_calls(&given.grant) > 4), (0, true));
    }

    async fn f09_a_refresh_token_that_isn_t_told_again_is_kept(house: House) {
        let vault = Vault::with(house.kind, Rotation::Strict, "strict").await;
        let (account, given) = vault.brings("zoe").await;
        let mut calls = 1;
        for kept in [Kept::Missing, Kept::Empty, Kept::Null, Kept::Same] {
            vault.house.wait(2 * HOUR);
            let live = vault.crm.live(&given.grant);
            vault.crm.meets(Plan::next(1, When::Done, Fault::Refresh(kept)));
            assert!(vault.crm.access_ok(&vault.token(&account).await), "{kept:?}");
            assert_eq!(vault.crm.live(&given.grant), live, "{kept:?}: it stays what it was there");
            vault.house.wait(2 * HOUR);
            assert!(vault.crm.access_ok(&vault.token(&account).await), "{kept:?}: and it is what we have");
            calls += 2;
            assert_eq!(vault.crm.token_calls(&given.grant), calls, "{kept:?}");
        }
        assert_eq!(vault.crm.grants_lost().len(), 0);
    }

    async fn f39_a_refresh_never_changes_whose_account_it_is(house: House) {
        let vault = Vault::with(house.kind, Rotation::Strict, "strict").await;
        let (account, _) = vault.brings("zoe").await;
        let path = format!("/v1/accounts/{account}");
        let who = |seen: &Value| ["external_id", "external_id_verified", "name", "owner"].map(|name| seen["data"][name].clone());
        let before = who(&vault.ada.does("GET", &path).await.ok().body);
        let asked = vault.crm.hits("api/me");
        // Whatever would be said now.
        for fault in [Fault::Other("yan".to_owned()), Fault::Says(Says::Json(json!({}))), Fault::Says(Says::Html(500))] {
            vault.house.wait(2 * HOUR);
            vault.crm.meets(Plan::always(When::Read, fault).at("api/me"));
            assert!(vault.crm.access_ok(&vault.token(&account).await));
            assert_eq!(who(&vault.ada.does("GET", &path).await.ok().body), before);
            vault.crm.behaves();
        }
        assert_eq!(vault.crm.hits("api/me"), asked, "it isn't even asked");
    }

    async fn f15_accounts_that_share_a_grant_share_its_refreshes(house: House) {
        let types = like_oauth2("tenants", &[
            ("[identity.request]", "[identity]\nlist = \"\"\n\n[identity.request]"),
            ("path = \"/id\"", "path = \"/tenantId\""),
            ("path = \"/name\"", "path = \"/tenantName\""),
            ("default = \"/id\"", "default = \"/tenantId\""),
            ("default = \"/name\"", "default = \"/tenantName\""),
        ]);
        let dir = types.path().to_owned();
        let mode = Mode {
            tenants: vec![json!({ "tenantId": "t1", "tenantName": "One" }), json!({ "tenantId": "t2", "tenantName": "Two" })],
            ..Rotation::StrictFamily.into()
        };
        let set = |config: &mut symbolon::config::Config| config.vault.catalogue_dir = Some(dir);
        let vault = Vault::set(house.kind, mode, json!({ "rotation": "strict_family" }), set).await;
        let params = json!({ "authorize_url": vault.crm.at("authorize"), "token_url": vault.crm.at("token"),
            "userinfo_url": vault.crm.at("api/connections"), "rotation": "strict_family" });
        let ask = json!({ "type": "tenants", "slug": "tenants", "client_id": CLIENT, "client_secret": SECRET, "params": params });
        assert_eq!(vault.ada.posts("/v1/sources", &ask).await.status, 201);
        let given = vault.crm.gives(CLIENT, "zoe", "read");
        let bring = json!({ "source": "tenants", "credentials": { "oauth_refresh_token": given.refresh_token } });
        let made = vault.ada.with("idempotency-key", "tenants").posts("/v1/accounts", &bring).await;
        assert_eq!(made.status, 201, "{}", made.body);
        vault.house.wait(2 * HOUR);
        let mut readers = JoinSet::new();
        for n in 0..20 {
            let ada = vault.ada.clone();
            let path = format!("/v1/sources/tenants/accounts/t{}?include_credentials=1", 1 + n % 2);
            readers.spawn(async move { ada.does("GET", &path).await });
        }
        let reads = readers.join_all().await;
        let token = |read: &crate::support::Answer| read.body["data"]["credentials"]["oauth_access_token"].to_string();
        assert!(reads.iter().all(|read| read.status == 200 && token(read) == token(&reads[0])), "{}", reads[0].body);
        assert_eq!((vault.crm.token_calls(&given.grant), vault.crm.grants_lost().len()), (2, 0), "the adoption and one refresh for both");
    }

    async fn s5_2_what_is_sealed_for_one_row_opens_in_no_other(house: House) {
        let vault = Vault::with(house.kind, Rotation::None, "none").await;
        let (zoe, _) = vault.brings("zoe").await;
        let (yan, _) = vault.brings("yan").await;
        let before = [vault.token(&zoe).await, vault.token(&yan).await];
        let of = |account: &str| format!("(SELECT grant_id FROM account_grants WHERE account = '{account}')");
        vault.house.sql("CREATE TABLE swapped AS SELECT grant_id, key, sealed FROM vault_secrets WHERE status = 'current'").await;
        for (to, from) in [(&zoe, &yan), (&yan, &zoe)] {
            let set = format!("UPDATE vault_secrets SET sealed = (SELECT sealed FROM swapped WHERE grant_id = {}) WHERE status = 'current' AND grant_id = {}", of(from), of(to));
            vault.house.sql(&set).await;
        }
        for account in [&zoe, &yan] {
            let read = vault.reads(account).await;
            assert!(read.status >= 500, "{} {}", read.status, read.body);
            assert!(before.iter().all(|token| !read.body.to_string().contains(token)));
        }
        // Back where it belongs it opens.
        vault.house.sql("UPDATE vault_secrets SET sealed = (SELECT s.sealed FROM swapped s WHERE s.grant_id = vault_secrets.grant_id) WHERE status = 'current'").await;
        assert_eq!([vault.token(&zoe).await, vault.token(&yan).await], before);
    }

    async fn f14_f15_f22_f25_every_way_to_rotate_is_lived_with(house: House) {
        let day = 86_400;
        for (n, (mode, policy)) in [
            (Rotation::None, "none"),
            (Rotation::Additive, "none"),
            // QuickBooks: the value changes about daily, and the old one is refused.
            (Rotation::Lazy(day), "strict"),
            (Rotation::Strict, "strict"),
            (Rotation::StrictFamily, "strict_family"),
            (Rotation::grace(600), "grace(10m)"),
            (Rotation::Grace { secs: 1_800, again: Again::Reissue, then: Then::Refuse }, "grace(30m)"),
            (Rotation::until_used(), "strict"),
        ]
        .into_iter()
        .enumerate()
        {
            let vault = Vault::with(house.kind, mode.clone(), policy).await;
            let (account, given) = vault.brings("zoe").await;
            for hours in [2, 20, 30, 1, 200] {
                vault.house.wait(HOUR * hours);
                let read = vault.until(&account, |read| read.status == 200).await;
                let token = read.body["data"]["credentials"]["oauth_access_token"].as_str().expect("a token");
                assert!(vault.crm.access_ok(token), "{n} {mode:?} after {hours} h");
                let seen = vault.ada.does("GET", &format!("/v1/accounts/{account}")).await.ok();
                assert_eq!((seen.body["data"]["state"].as_str(), seen.body["data"]["health"].as_str()), (Some("active"), Some("ok")), "{mode:?}");
            }
            assert_eq!(vault.crm.grants_lost(), [], "{mode:?}");
            assert!(vault.crm.presented_twice().iter().all(|twice| twice.after_spent().is_empty()), "{mode:?}");
            assert!(vault.crm.live(&given.grant).is_some(), "{mode:?}");
        }
    }

    async fn f29_where_a_refresh_ends_the_token_before_it_nobody_is_surprised(house: House) {
        let edits = [
            ("custody = \"optional\"", "custody = \"required\""),
            ("[[identity.id]]", "[rotation]\npolicy = \"strict\"\nrefresh_kills_access = true\n\n[[identity.id]]"),
        ];
        let mode = Mode { refresh_kills_access: true, ..Rotation::Strict.into() };
        let (vault, _types, given, account) =
            of_own_type(house.kind, mode, ("kills", "strict"), &edits, Duration::ZERO).await;
        for _ in 0..3 {
            let read = vault.reads(&account).await.ok();
            let calls = vault.crm.token_calls(&given.grant);
            let token = read.body["data"]["credentials"]["oauth_access_token"].as_str().expect("a token").to_owned();
            let until = read.body["data"]["expires_at"].as_str().and_then(symbolon::base::Time::parse).expect("a time");
            let left = u64::try_from(until.secs_since(vault.house.now())).expect("later");
            assert!((3_200..=3_400).contains(&left), "told five minutes early: {left}");
            // Until then nobody refreshes it: not the work in the background, nor who asks for more time than is left.
            vault.house.wait(Duration::from_secs(left - 20));
            symbolon::vault::refresh::refresh_due(&vault.house.app).await.expect("looks");
            let other = vault.ada.does("GET", &format!("/v1/accounts/{account}?include_credentials=1&min_ttl=600")).await.ok();
            assert_eq!(other.body["data"]["credentials"]["oauth_access_token"], json!(token));
            assert!(vault.crm.access_ok(&token) && vault.crm.token_calls(&given.grant) == calls);
            vault.house.wait(Duration::from_secs(40));
        }
        assert_eq!(vault.crm.grants_lost().len(), 0);
    }

    async fn f16_f17_what_nobody_uses_is_kept_alive_before_it_dies_of_that(house: House) {
        let mode = Mode { refresh_idle: Some(10 * 86_400), ..Rotation::Strict.into() };
        let vault = Vault::set(house.kind, mode, json!({ "rotation": "strict", "refresh_idle": "10d" }), |_| {}).await;
        let (account, given) = vault.brings("zoe").await;
        for round in 2..5 {
            vault.house.wait(HOUR * 24 * 6);
            vault.crm.until(|crm| crm.token_calls(&given.grant) >= round).await;
            vault.until_count("SELECT count(*) FROM vault_grants WHERE attempt_state = 'clean' AND health = 'ok'", |n| n == 1).await;
        }
        assert!(vault.crm.access_ok(&vault.token(&account).await));
        assert_eq!(vault.crm.grants_lost().len(), 0);
    }

    async fn f23_a_provider_that_refuses_to_be_asked_too_early_isn_t(house: House) {
        let edits = [("[[identity.id]]", "[rotation]\npolicy = \"strict\"\nearliest_refresh = \"570s\"\n\n[[identity.id]]")];
        let mode = Mode { access_life: 600, earliest_refresh: Some(570), ..Rotation::Strict.into() };
        let (vault, _types, _, account) =
            of_own_type(house.kind, mode, ("early", "strict"), &edits, Duration::from_secs(580)).await;
        for _ in 0..3 {
            for secs in [100, 300, 140] {
                vault.house.wait(Duration::from_secs(secs));
                symbolon::vault::refresh::refresh_due(&vault.house.app).await.expect("looks");
                let read = vault.ada.does("GET", &format!("/v1/accounts/{account}?include_credentials=1&min_ttl=1&wait=1")).await;
                assert_eq!(read.status, 200, "after {secs}: {}", read.body);
                assert!(vault.crm.access_ok(read.body["data"]["credentials"]["oauth_access_token"].as_str().expect("a token")));
            }
            vault.house.wait(Duration::from_secs(70));
            vault.until(&account, |read| read.status == 200).await;
        }
        let refused = vault.crm.calls("token").into_iter().filter(|call| call.status >= 400).count();
        assert_eq!((refused, vault.crm.grants_lost().len()), (0, 0));
    }

    async fn f24_where_a_provider_counts_refreshes_an_account_is_left_in_peace(house: House) {
        let edits = [("[[identity.id]]", "[throttle]\nmin_interval = \"60s\"\nrefreshes = 10\nper = \"15m\"\n\n[[identity.id]]")];
        let (vault, _types, given, account) =
            of_own_type(house.kind, Rotation::None, ("counts", "none"), &edits, Duration::ZERO).await;
        let path = format!("/v1/accounts/{account}");
        for calls in 1..4 {
            let token = vault.ada.does("GET", &format!("{path}?include_credentials=1")).await.ok();
            let token = token.body["data"]["credentials"]["oauth_access_token"].as_str().expect("a token").to_owned();
            assert_eq!(vault.crm.token_calls(&given.grant), calls);
            // Ten in fifteen minutes are one in ninety seconds; who wants another one sooner is told when.
            vault.house.wait(Duration::from_secs(85));
            let not = symbolon::base::encoding::hex(&symbolon::base::encoding::sha256(token.as_bytes()));
            let failed = format!("{path}?include_credentials=1&wait=1&not={not}");
            for refused in [vault.ada.posts(&format!("{path}/refresh"), &json!({})).await, vault.ada.does("GET", &failed).await] {
                refused.is_problem(503, "provider_rate_limited");
                let after: u64 = refused.header("retry-after").parse().expect("seconds");
                assert!((1..=5).contains(&after), "{after}");
            }
            assert_eq!(vault.crm.token_calls(&given.grant), calls, "nobody asked");
            vault.house.wait(Duration::from_secs(6));
            vault.ada.posts(&format!("{path}/refresh"), &json!({})).await.ok();
        }
    }

    async fn ss_09_nobody_is_asked_whose_certificate_nobody_vouches_for(house: House) {
        for (trusts, status) in [(false, 503), (true, 201)] {
            let house = House::with(house.kind, |config| match trusts {
                true => stranger::trusts_sites(config),
                false => allow_loopback(config),
            })
            .await;
            let provider = Provider::start_tls(house.app.clock.clone()).await;
            let at = peopled(&provider, "crm", Rotation::Strict, 1);
            let ada = an_owner(&house).await;
            makes_source(&ada, &at, "crm", "strict").await;
            let given = at.gives(CLIENT, "u0", "read");
            let made = brings(&ada, "crm", &given.refresh_token).await;
            assert_eq!((made.status, at.hits("token") > 0), (status, trusts), "{}", made.body);
            assert_eq!(at.grants_lost(), []);
        }
    }
    async fn ss_09_only_a_certificate_that_is_good_now_for_this_name_will_do(house: House) {
        let year = |year| rcgen::date_time_ymd(year, 1, 1);
        let names = ["localhost"];
        for (what, tls, status) in [
            ("good", stranger::tls_for(&names, |_| {}), 201),
            ("over", stranger::tls_for(&names, |own| (own.not_before, own.not_after) = (year(2001), year(2002))), 503),
            ("not yet", stranger::tls_for(&names, |own| own.not_before = year(2999)), 503),
            ("of another name", stranger::tls_for(&["elsewhere.example", "127.0.0.1"], |_| {}), 503),
        ] {
            let house = House::with(house.kind, stranger::trusts_sites).await;
            let provider = Provider::start_with(house.app.clock.clone(), tls).await;
            let at = peopled(&provider, "crm", Rotation::Strict, 1);
            let ada = an_owner(&house).await;
            makes_source(&ada, &at, "crm", "strict").await;
            let given = at.gives(CLIENT, "u0", "read");
            let made = brings(&ada, "crm", &given.refresh_token).await;
            assert_eq!((made.status, at.hits("token")), (status, usize::from(status == 201)), "{what}: {}", made.body);
            assert_eq!(at.grants_lost(), [], "{what}");
        }
    }

    async fn ss_09_nobody_is_talked_to_in_an_old_tls(house: House) {
        let house = House::with(house.kind, stranger::trusts_sites).await;
        let ada = an_owner(&house).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
        let origin = format!("https://localhost:{}", listener.local_addr().expect("an address").port());
        let serving = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let mut head = [0; 5];
            stream.read_exact(&mut head).await.expect("a record");
            let mut hello = vec![0; usize::from(u16::from_be_bytes([head[3], head[4]]))];
            stream.read_exact(&mut hello).await.expect("a ClientHello");
            stream.write_all(&OLD_HELLO).await.expect("writes");
            let mut said = Vec::new();
            let _ = stream.read_to_end(&mut said).await;
            (hello, said)
        });
        let params = json!({ "authorize_url": format!("{origin}/a"), "token_url": format!("{origin}/t"), "userinfo_url": format!("{origin}/u") });
        let ask = json!({ "type": "oauth2", "slug": "crm", "client_id": CLIENT, "client_secret": SECRET, "params": params });
        assert_eq!(ada.posts("/v1/sources", &ask).await.status, 201);
        let made = brings(&ada, "crm", "some-refresh-token").await;
        assert_eq!(made.status, 503, "{}", made.body);
        let (hello, said) = serving.await.expect("serves");
        // RFC 8446 §4.2.1: what it offers. TLS 1.2 is 0x0303, 1.3 is 0x0304.
        let offered: Vec<&[u8]> = hello.windows(4).filter(|four| four[..3] == [0, 43, 0]).collect();
        assert!(!offered.is_empty(), "it says which versions it takes");
        let offers = |low: u8| hello.windows(9).any(|nine| nine[..4] == [0, 43, 0, 5] && nine[5..].chunks(2).any(|two| two == [3, low]));
        assert!(offers(4) && offers(3) && !offers(2) && !offers(1), "{hello:?}");
        // RFC 8446 §6.2: a fatal alert, 70 (protocol_version), and not a byte of a request.
        assert!(said.len() == 7 && said[0] == 21 && said[5..] == [2, 70], "{said:?}");
    }
}

/// A server that chooses TLS 1.1 (RFC 4346 §7.4.1.3), with TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA.
const OLD_HELLO: [u8; 47] = {
    let mut record = [7; 47];
    let head = [22, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2];
    let mut n = 0;
    while n < head.len() {
        record[n] = head[n];
        n += 1;
    }
    // After 32 random bytes: no session, the suite, no compression.
    record[43] = 0;
    record[44] = 0xc0;
    record[45] = 0x13;
    record[46] = 0;
    record
};

/// Somebody who owns a workspace.
async fn an_owner(house: &House) -> Holder {
    let ada = house.person("ada").await;
    house.workspace("acme", &[(&ada, Standing::Owner)]).await;
    house.api_token(&ada, Some("acme"), None).await.1
}
