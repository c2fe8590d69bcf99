//! Secrets and leakage: security.md, LS-01, 02, 04, 05; I-12, I-23.

use crate::on_both;
use crate::support::client::{VERIFIER, answer, payload};
use crate::support::smtp::{Mood, Smtp};
use crate::support::stranger::{self, Site};
use crate::support::{Browser, Client, House, Kind, assertion};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, Once};
use std::time::Duration;
use symbolon::admin::{Acting, invites};
use symbolon::audit::Actor;
use symbolon::base::Clock;
use symbolon::clients::{AuthMethod, Format, GrantType, cimd};
use symbolon::config::{Cimd, Registration};
use symbolon::crypto::{Algorithm, SigningKey};
use symbolon::people;
use symbolon::server::{self, Role};
use symbolon::web::Call;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, filter, fmt};

/// What was logged at TRACE, by everyone in this process, while somebody recorded.
pub static BOOK: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static RECORDERS: AtomicUsize = AtomicUsize::new(0);
static INSTALL: Once = Once::new();

#[derive(Clone, Copy)]
struct Pen;

impl Write for Pen {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        BOOK.lock().expect("a book").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Records until it is dropped.
pub struct Recording;

impl Recording {
    pub fn begin() -> Self {
        INSTALL.call_once(|| {
            // Not what the tests' own browsers say when they read a page.
            let theirs = ["html5ever", "selectors", "scraper"];
            let ours = move |target: &str| !theirs.iter().any(|name| target.starts_with(name));
            let recording =
                filter::dynamic_filter_fn(move |meta, _| RECORDERS.load(Ordering::SeqCst) > 0 && ours(meta.target()));
            let lines = fmt::layer().with_ansi(false).with_writer(|| Pen).with_filter(recording);
            tracing_subscriber::registry().with(lines).init();
        });
        RECORDERS.fetch_add(1, Ordering::SeqCst);
        Recording
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        RECORDERS.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Secrets by name, with what they look like in other clothes.
#[derive(Default)]
pub struct Canaries {
    pub forms: Vec<(String, Vec<u8>)>,
}

impl Canaries {
    pub fn add(&mut self, name: &str, secret: &[u8]) {
        assert!(secret.len() >= 12, "{name} is too short to be told from chance");
        let text = String::from_utf8_lossy(secret).into_owned();
        let hex = symbolon::base::encoding::hex(secret);
        let mut forms = vec![secret.to_vec(), hex.to_uppercase().into_bytes(), hex.into_bytes()];
        forms.push(url::form_urlencoded::byte_serialize(secret).collect::<String>().into_bytes());
        forms.push(serde_json::Value::from(text).to_string().trim_matches('"').as_bytes().to_vec());
        // Base64 of a text that holds the secret: three ways to lie, without the characters at the ends that the neighbours share.
        for shift in 0..3 {
            let encoded = symbolon::base::encoding::base64url(&[&[0; 3][..shift], secret].concat());
            let inner = encoded[(shift * 8).div_ceil(6)..encoded.len() - 1].to_owned();
            forms.push(inner.replace('-', "+").replace('_', "/").into_bytes());
            forms.push(inner.into_bytes());
        }
        self.forms.extend(forms.into_iter().filter(|form| form.len() >= 10).map(|form| (name.to_owned(), form)));
    }

    /// A token of ours: as a whole, its holder secret, its MAC.
    fn token(&mut self, name: &str, token: &str) {
        self.add(name, token.as_bytes());
        let bytes = payload(token);
        self.add(&format!("{name}: MAC"), &bytes[bytes.len() - 16..]);
        if bytes[0] == 1 {
            self.add(&format!("{name}: holder"), &bytes[22..38]);
        }
    }

    fn jwt(&mut self, name: &str, jwt: &str) {
        self.add(name, jwt.as_bytes());
        self.add(&format!("{name}: signature"), jwt.rsplit('.').next().expect("a signature").as_bytes());
    }

    /// The names of those that are in the haystack.
    pub fn found_in(&self, haystack: &[u8]) -> Vec<&str> {
        let mut starts: HashMap<[u8; 8], Vec<&(String, Vec<u8>)>> = HashMap::new();
        let mut pairs = vec![false; 1 << 16];
        for form in &self.forms {
            starts.entry(form.1[..8].try_into().expect("eight bytes")).or_default().push(form);
            pairs[usize::from(form.1[0]) << 8 | usize::from(form.1[1])] = true;
        }
        let mut found = Vec::new();
        for (at, window) in haystack.windows(8).enumerate() {
            if pairs[usize::from(window[0]) << 8 | usize::from(window[1])] {
                let forms = starts.get(window).into_iter().flatten();
                found.extend(forms.filter(|(_, form)| haystack[at..].starts_with(form)).map(|(name, _)| name.as_str()));
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// A long day in the house, with all that goes wrong on one. Gives the secrets, and the bodies of the refusals.
struct Day {
    secrets: Canaries,
    /// Not secret, but none of the log's business.
    private: Canaries,
    refusals: Vec<String>,
}

impl Day {
    fn refused(&mut self, status: u16, body: &str) {
        assert!(status >= 400, "{status} {body}");
        self.refusals.push(body.to_owned());
    }

    async fn tokens(
        &mut self,
        what: &str,
        client: &Client,
        browser: &mut Browser,
        state: &str,
    ) -> crate::support::Answer {
        let code = client.code(browser, "ada", &[("state", state)]).await;
        self.secrets.token(&format!("{what} code"), &code);
        let tokens = client.redeems(&code).await.ok();
        self.keep(what, &tokens);
        let again = client.redeems(&code).await;
        again.is(400, "invalid_grant");
        self.refused(again.status, &again.body.to_string());
        // The second presentation ended that grant; here is another.
        let tokens = client.tokens(browser, "ada", &[("state", state)]).await;
        self.keep(what, &tokens);
        tokens
    }

    fn keep(&mut self, what: &str, tokens: &crate::support::Answer) {
        for name in ["access_token", "refresh_token", "id_token"] {
            match tokens.body[name].as_str() {
                Some(jwt) if jwt.starts_with("ey") => self.secrets.jwt(&format!("{what} {name}"), jwt),
                Some(token) => self.secrets.token(&format!("{what} {name}"), token),
                None => {}
            }
        }
    }

    async fn of(house: &House, smtp: &Smtp) -> Day {
        let mut day = Day { secrets: Canaries::default(), private: Canaries::default(), refusals: Vec::new() };
        let password = crate::support::house::PASSWORD;
        day.secrets.add("password", password.as_bytes());
        day.secrets.add("code_verifier", VERIFIER.as_bytes());
        let master = std::fs::read_to_string(house.dir.join("keys/master.key")).expect("a key");
        day.secrets.add("master key, hexadecimal", master.trim().as_bytes());
        let master: [u8; 32] = symbolon::base::encoding::from_hex(master.trim()).expect("hexadecimal");
        day.secrets.add("master key", &master);
        day.set_up(house).await;
        let sub = house.person("ada").await;
        assert!(!sub.is_empty());
        let mut browser = house.browser();
        let state = "state-canary-4dJx0fVq";
        day.private.add("state", state.as_bytes());
        day.signs_in(house, &mut browser, state).await;
        day.clients(house, &mut browser, state).await;
        day.registers(house).await;
        day.documents(house).await;
        day.mails(house, smtp).await;
        for name in ["sym_s", "sym_b", "sym_d"] {
            day.secrets.add(name, browser.cookies[name].as_bytes());
        }
        browser.get("/logout").await;
        day
    }

    /// The set-up link, good and used.
    async fn set_up(&mut self, house: &House) {
        let link = people::setup::create(&house.app.db, house.now()).await.expect("a link");
        self.secrets.add("set-up link", link.reveal().as_bytes());
        let mut browser = house.browser();
        let view = browser.get(&format!("/setup?token={}", link.reveal())).await;
        let mut fields = view.form("form");
        let own = "lighthouse-canary-staple";
        self.secrets.add("administrator's password", own.as_bytes());
        fields.retain(|(name, _)| !["email", "name", "password"].contains(&name.as_str()));
        for (name, value) in [("email", "root@example.com"), ("name", "Root"), ("password", own)] {
            fields.push((name.to_owned(), value.to_owned()));
        }
        let done = browser.post("/setup", &fields).await;
        assert_eq!(done.status, 200, "{}", done.body);
        for view in
            [browser.post("/setup", &fields).await, browser.get(&format!("/setup?token={}", link.reveal())).await]
        {
            self.refused(view.status, &view.body);
        }
    }

    /// Links that are mailed, good, used and never used; a mail that can't leave; an address of nobody.
    async fn mails(&mut self, house: &House, smtp: &Smtp) {
        house.person("cleo").await;
        let own = "harbour-canary-staple";
        self.secrets.add("password by link", own.as_bytes());
        let mut browser = house.browser();
        let asks = async |browser: &mut Browser, email: &str| {
            let mut fields = browser.get("/recover").await.form("form:has(#send-link)");
            fields.retain(|(name, _)| name == "csrf");
            fields.push(("email".to_owned(), email.to_owned()));
            assert_eq!(browser.post("/recover", &fields).await.status, 200);
        };
        asks(&mut browser, "cleo@example.com").await;
        let link = smtp.mail(1).await.link();
        self.secrets.add("reset link", link.split('=').nth(1).expect("a token").as_bytes());
        let mut fields = browser.get(&link).await.form("form:has(#set-password)");
        fields.retain(|(name, _)| name == "csrf" || name == "token");
        fields.push(("password".to_owned(), own.to_owned()));
        assert_eq!(browser.post("/recover/new", &fields).await.status, 200);
        for view in [browser.post("/recover/new", &fields).await, browser.get(&link).await] {
            self.refused(view.status, &view.body);
        }
        let acting = Acting::new(Actor::Cli, people::Role::Owner, Call::internal("test"));
        let asked = symbolon::entry::invitations::Asked {
            email: "guest@example.com".to_owned(),
            name: "Guest".to_owned(),
            workspace: None,
            role: people::workspaces::Standing::Member,
        };
        let made = symbolon::admin::invitations::create(&house.app, &acting, asked).await.expect("made");
        self.secrets.add("invitation", made.link.reveal().split('=').nth(1).expect("a token").as_bytes());
        smtp.mail(3).await;
        let cleo = people::store::by_email(&house.app.db, "cleo@example.com").await.expect("reads").expect("a person");
        let printed = symbolon::admin::users::reset_link(&house.app, &acting, &cleo.id).await.expect("made");
        self.secrets.add("printed link", printed.reveal().split('=').nth(1).expect("a token").as_bytes());
        // Nobody has this address, and none of ours says that somebody typed it; not even while it waits.
        self.secrets.add("address of nobody", b"nobody-canary@example.com");
        smtp.is(Mood::Down);
        asks(&mut browser, "nobody-canary@example.com").await;
        asks(&mut browser, "cleo@example.com").await;
        smtp.called(4).await;
    }

    async fn signs_in(&mut self, house: &House, browser: &mut Browser, state: &str) {
        let client = house.client().await;
        let view = browser.get(&client.auth_url(&[("state", state)])).await;
        let wrong = "a-wrong-canary-password";
        self.secrets.add("wrong password", wrong.as_bytes());
        let again = browser.signs_in_with(&view, "ada", wrong).await;
        self.refused(again.status, &again.body);
        self.secrets.add(
            "csrf",
            again.form("form:has(#sign-in)").iter().find(|(name, _)| name == "csrf").expect("a field").1.as_bytes(),
        );
        // A form that says where it is from, but not truly.
        let forged = house.browser().post("/login", &[("csrf".to_owned(), "x".to_owned())]).await;
        self.refused(forged.status, &forged.body);
        browser.signs_in(&again, "ada").await;
        let view =
            browser.get(&client.auth_url(&[("state", state), ("redirect_uri", "https://evil.example/cb")])).await;
        self.refused(view.status, &view.body);
        house.app.db.fail_after(0);
        let view = browser.get(&client.auth_url(&[("state", state)])).await;
        house.app.db.fail_after(-1);
        self.refused(view.status, &view.body);
    }

    async fn clients(&mut self, house: &House, browser: &mut Browser, state: &str) {
        let (key, _) = SigningKey::generate(Algorithm::ES256).expect("a key");
        let jwks = serde_json::json!({ "keys": [key.jwk] });
        let basic = house.client_with(|m| m.grant_types.push(GrantType::ClientCredentials)).await;
        let post = house.client_with(|m| m.token_endpoint_auth_method = AuthMethod::ClientSecretPost).await;
        let public = house.client_with(|m| m.token_endpoint_auth_method = AuthMethod::None).await;
        let jwt = house.client_with(|m| m.access_token_format = Format::Jwt).await;
        let signs = house
            .client_with(|m| {
                m.token_endpoint_auth_method = AuthMethod::PrivateKeyJwt;
                m.jwks = Some(jwks);
                m.grant_types.push(GrantType::ClientCredentials);
            })
            .await;
        for (what, client) in [("basic", &basic), ("post", &post), ("public", &public), ("jwt", &jwt)] {
            if let Some(secret) = &client.secret {
                self.secrets.add(&format!("{what} secret"), secret.as_bytes());
            }
            let tokens = self.tokens(what, client, browser, state).await;
            self.lives(house, what, client, tokens).await;
        }
        let own = basic.token(&[("grant_type", "client_credentials")]).await.ok();
        self.keep("machine", &own);
        basic.revokes(own.text("access_token")).await.ok();
        for _ in 0..2 {
            let assertion = assertion::sign(house, &signs.id, &key);
            self.secrets.jwt("assertion", &assertion);
            let form = [
                ("grant_type", "client_credentials"),
                ("client_assertion_type", assertion::TYPE),
                ("client_assertion", &assertion),
            ];
            self.keep("machine by assertion", &signs.token(&form).await.ok());
            let again = signs.token(&form).await;
            again.is(401, "invalid_client");
            self.refused(again.status, &again.body.to_string());
        }
        let mut stranger = basic.clone();
        stranger.secret = Some("sym_cs_a-wrong-canary-secret".to_owned());
        self.secrets.add("wrong secret", b"sym_cs_a-wrong-canary-secret");
        let refused = stranger.token(&[("grant_type", "client_credentials")]).await;
        self.refused(refused.status, &refused.body.to_string());
    }

    /// An app registers itself, with what goes wrong then.
    async fn registers(&mut self, house: &House) {
        let acting = Acting::new(Actor::Cli, symbolon::people::Role::Owner, Call::internal("test"));
        let (invite, _) = invites::create(&house.app, &acting, 1, Duration::from_secs(3600)).await.expect("made");
        let invite = invite.reveal();
        self.secrets.add("invite", invite.as_bytes());
        let wrong = "sym_ia_a-wrong-canary-invite";
        self.secrets.add("wrong invite", wrong.as_bytes());
        self.secrets.add("password in a URI", b"canary-password-in-a-uri");
        let url = format!("{}/oauth2/register", house.url);
        let good = json!({ "client_name": "App", "redirect_uris": ["https://app.example/cb"] });
        let with = |name: &str, value: Value| {
            let mut metadata = good.clone();
            metadata[name] = value;
            metadata
        };
        let inside = "https://me:canary-password-in-a-uri@app.example/?key=canary-password-in-a-uri";
        for (bearer, metadata) in [
            (wrong, good.clone()),
            (invite, with("redirect_uris", json!([inside]))),
            (invite, with("post_logout_redirect_uris", json!([inside]))),
            (invite, with("backchannel_logout_uri", json!(inside))),
            (invite, with("jwks_uri", json!(inside))),
            (invite, with("jwks", json!({ "keys": [{ "kty": "oct", "k": "canary-password-in-a-uri" }] }))),
            (invite, with("software_statement", json!("canary-password-in-a-uri"))),
        ] {
            let refused = answer(house.http().post(&url).bearer_auth(bearer).json(&metadata)).await;
            self.refused(refused.status, &refused.body.to_string());
        }
        let registers = || answer(house.http().post(&url).bearer_auth(invite).json(&good));
        house.app.db.fail_after(0);
        let fault = registers().await;
        house.app.db.fail_after(-1);
        self.refused(fault.status, &fault.body.to_string());
        let made = registers().await;
        assert_eq!(made.status, 201, "{}", made.body);
        let (own, secret) = (made.text("registration_access_token"), made.text("client_secret"));
        self.secrets.add("registration access token", own.as_bytes());
        self.secrets.add("registered secret", secret.as_bytes());
        let used = registers().await;
        self.refused(used.status, &used.body.to_string());
        let uri = made.text("registration_client_uri").replace(house.app.issuer(), &house.url);
        let change = |name: &str, value: &str| {
            let mut change = with("client_id", made.body["client_id"].clone());
            change[name] = json!(value);
            change
        };
        self.secrets.add("wrong registration token", b"sym_ra_a-wrong-canary-token");
        self.secrets.add("chosen secret", b"sym_cs_a-chosen-canary-secret");
        for (method, uri, bearer, body) in [
            ("GET", uri.as_str(), "sym_ra_a-wrong-canary-token", None),
            ("GET", &format!("{url}/{own}"), own, None),
            ("GET", &format!("{url}/x?access_token={own}"), invite, None),
            ("DELETE", &uri, invite, None),
            ("PUT", &uri, own, Some(change("client_secret", "sym_cs_a-chosen-canary-secret"))),
            ("PUT", &uri, own, Some(change("registration_access_token", own))),
            ("PUT", &uri, own, Some(change("client_id", own))),
        ] {
            let mut request = house.http().request(method.parse().expect("a method"), uri).bearer_auth(bearer);
            if let Some(body) = body {
                request = request.json(&body);
            }
            let refused = answer(request).await;
            self.refused(refused.status, &refused.body.to_string());
        }
        let changed = house.http().put(&uri).bearer_auth(own).json(&change("client_secret", secret));
        answer(changed).await.ok();
        assert_eq!(answer(house.http().delete(&uri).bearer_auth(own)).await.status, 204);
    }

    /// An app with a document, and other people's documents.
    async fn documents(&mut self, house: &House) {
        let site = Site::open().await;
        let (id, canary) = (site.url("/client"), "canary-of-a-document");
        self.secrets.add("inside a document", canary.as_bytes());
        // Our own log is no place for what is behind a question mark either.
        let keys = format!("{}?key=canary-in-a-query", site.url("/jwks"));
        self.private.add("query of a URL", b"canary-in-a-query");
        let (key, _) = SigningKey::generate(Algorithm::ES256).expect("a key");
        let agent = Client {
            id: id.clone(),
            secret: None,
            method: AuthMethod::PrivateKeyJwt,
            redirect_uri: "https://agent.example/cb".to_owned(),
            url: house.url.clone(),
            http: house.http(),
        };
        let good = json!({
            "client_id": id, "client_name": "Agent", "redirect_uris": [agent.redirect_uri], "note": canary,
            "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": keys, "logo_uri": keys,
        });
        let with = |name: &str, value: Value| {
            let mut said = good.clone();
            said[name] = value;
            stranger::json(&said)
        };
        let inside = format!("https://me:{canary}@agent.example/?key={canary}");
        for says in [
            with("client_secret", json!(canary)),
            with("client_id", json!(canary)),
            with("redirect_uris", json!([inside])),
            with("post_logout_redirect_uris", json!([inside])),
            with("backchannel_logout_uri", json!(inside)),
            with("jwks_uri", json!(inside)),
            with("application_type", json!(canary)),
            with("token_endpoint_auth_method", json!(canary)),
            stranger::document("application/json", "", format!("{{\"client_id\":\"{id}\",\"{canary}\":{canary}}}")),
            stranger::document("text/html", "", format!("<h1>{canary}</h1>")),
            format!("HTTP/1.1 302 Go\r\nLocation: https://x.example/{canary}\r\nContent-Length: 0\r\n\r\n")
                .into_bytes(),
            format!("HTTP/1.1 200 {canary}\r\n{canary}\r\n\r\n").into_bytes(),
        ] {
            site.is(says);
            let view = house.browser().get(&agent.auth_url(&[])).await;
            self.refused(view.status, &view.body);
        }
        let (described, served) = (stranger::json(&good), stranger::document("application/json", "", canary));
        site.says(move |path| Some(if path == "/client" { described.clone() } else { served.clone() }));
        let view = house.browser().get(&agent.auth_url(&[])).await;
        assert!(view.first("#sign-in").is_some(), "{}", view.text());
        let logo = view.first("img.mini").expect("a picture")["src"].clone();
        house.http().get(format!("{}{logo}", house.url)).send().await.expect("an answer");
        let assertion = assertion::sign(house, &id, &key);
        self.secrets.jwt("assertion of a stranger", &assertion);
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", "x"),
            ("client_assertion_type", assertion::TYPE),
            ("client_assertion", &assertion),
        ];
        let refused = agent.token(&form).await;
        refused.is(401, "invalid_client");
        self.refused(refused.status, &refused.body.to_string());
        assert_eq!((site.hits_of("/jwks?key=canary-in-a-query"), site.hits_of("/client")), (2, 13));
        cimd::store::write_down(&house.app.db, house.app.sightings.take()).await.expect("writes");
    }

    /// Refreshes, replays, mistakes, faults, reuse.
    async fn lives(&mut self, house: &House, what: &str, client: &Client, tokens: crate::support::Answer) {
        let (access, refresh) = (tokens.text("access_token"), tokens.text("refresh_token"));
        client.userinfo(access).await.ok();
        if client.method != AuthMethod::None {
            assert!(client.active(refresh).await);
        }
        for url in [
            format!("/userinfo?access_token={access}"),
            format!("/oauth2/token?refresh_token={refresh}"),
            format!("/oauth2/{refresh}"),
            format!("/login?go={access}"),
        ] {
            for method in ["GET", "POST"] {
                let response = client.request(method, &url).send().await.expect("an answer");
                self.refused(response.status().as_u16(), &response.text().await.expect("a body"));
            }
        }
        let misplaced = client.userinfo(refresh).await;
        self.refused(misplaced.status, &misplaced.body.to_string());
        house.app.db.fail_after(0);
        let faults = [client.refreshes(refresh).await, client.userinfo(access).await, client.revokes(refresh).await];
        house.app.db.fail_after(-1);
        for fault in faults {
            fault.is(503, "temporarily_unavailable");
            self.refused(fault.status, &fault.body.to_string());
        }
        let next = client.refreshes(refresh).await.ok();
        self.keep(what, &next);
        self.keep(what, &client.refreshes(refresh).await.ok());
        client.revokes(next.text("access_token")).await.ok();
        house.wait(Duration::from_secs(61));
        let reused = client.refreshes(refresh).await;
        reused.is(400, "invalid_grant");
        self.refused(reused.status, &reused.body.to_string());
    }
}

on_both! {
    async fn ls_01_no_secret_is_in_logs_tables_files_or_refusals(house: House) {
        let recording = Recording::begin();
        let smtp = Smtp::open().await;
        let house = House::with(house.kind, |config| {
            stranger::trusts_sites(config);
            smtp.settings(config);
            config.outbound.patience = Duration::from_secs(1);
            config.registration = Registration::Token;
            config.cimd = Cimd::On;
        });
        let house = house.await;
        let day = Day::of(&house, &smtp).await;
        tracing::trace!(target: "leaks", "a planted canary: Zmx5LWNhbmFyeS1mbHk");
        drop(recording);
        let book = BOOK.lock().expect("a book").clone();
        // The search finds what is there, plain and dressed.
        let mut planted = Canaries::default();
        planted.add("in the log", b"fly-canary-fly");
        assert_eq!(planted.found_in(&book), ["in the log"]);
        let mut known = Canaries::default();
        known.add("in the database", b"root@example.com");
        let dump: String = house
            .tables()
            .await
            .into_iter()
            .flat_map(|(table, rows)| [vec![table], rows].concat())
            .collect::<Vec<_>>()
            .join("\n");
        assert_eq!(known.found_in(dump.as_bytes()), ["in the database"]);
        assert!(
            day.secrets.forms.len() > 500 && day.refusals.len() > 40,
            "{} {}",
            day.secrets.forms.len(),
            day.refusals.len()
        );

        // LS-05: nor the request's own texts.
        for canaries in [&day.secrets, &day.private] {
            let lines = book.split(|byte| *byte == b'\n').filter(|line| !canaries.found_in(line).is_empty());
            let found = canaries.found_in(&book);
            assert!(found.is_empty(), "{found:?} in the log: {:?}", lines.map(String::from_utf8_lossy).next());
        }
        assert_eq!(day.secrets.found_in(dump.as_bytes()), Vec::<&str>::new(), "in the tables");
        for body in &day.refusals {
            let found = day.secrets.found_in(body.as_bytes());
            // The page to try again holds the hidden field of its form.
            assert!(found.iter().all(|name| *name == "csrf"), "{found:?} in {body}");
        }
        if house.kind == Kind::Sqlite {
            let mut files = Vec::new();
            let under = |dir: &str| std::fs::read_dir(house.dir.join(dir)).expect("a directory");
            for entry in under("data").chain(under("data/spool")) {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    continue;
                }
                let bytes = std::fs::read(&path).expect("reads");
                assert_eq!(day.secrets.found_in(&bytes), Vec::<&str>::new(), "in {}", path.display());
                files.push((path, known.found_in(&bytes).len()));
            }
            assert!(files.iter().any(|(path, _)| path.ends_with("symbolon.db-wal")), "{files:?}");
            assert!(files.iter().any(|(_, known)| *known == 1), "{files:?}");
        }
    }

    async fn ls_02_refusals_tell_nothing_about_the_inside(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let tokens = client.tokens(&mut house.browser(), "ada", &[]).await;
        let mut bodies = Vec::new();
        let paths = [
            "/",
            "/oauth2/auth",
            "/oauth2/auth/resume",
            "/oauth2/token",
            "/oauth2/revoke",
            "/oauth2/introspect",
            "/userinfo",
            "/login",
            "/consent",
            "/logout",
            "/setup",
            "/assets/x",
            "/nowhere",
            "/oauth2/",
            "/.well-known/x",
            "/health/ready",
            "/health/x",
        ];
        let nasty = ["", "%00", "%ff", "' OR 1=1--", "../../etc/passwd", "{{7*7}}", "<script>", "sym_rt_AAAA"];
        for failing in [false, true] {
            for path in paths {
                for method in ["GET", "POST", "PUT", "DELETE", "OPTIONS"] {
                    for value in nasty {
                        let encoded = value.replace(' ', "+").replace('\'', "%27");
                        let query =
                            format!("client_id={}&redirect_uri={encoded}&token={encoded}&go={encoded}", client.id);
                        let request = match method {
                            "POST" => client
                                .request(method, path)
                                .header("content-type", "application/x-www-form-urlencoded")
                                .body(query),
                            _ => client.request(method, &format!("{path}?{query}")),
                        };
                        let request = if path == "/userinfo" {
                            request.bearer_auth(tokens.text("access_token"))
                        } else {
                            request
                        };
                        house.app.db.fail_after(if failing { 0 } else { -1 });
                        let response = request.send().await.expect("an answer");
                        house.app.db.fail_after(-1);
                        let (status, headers) = (response.status(), format!("{:?}", response.headers()));
                        let body = response.text().await.expect("a body");
                        assert!(status.as_u16() != 500, "{method} {path} {value}: {body}");
                        if status.as_u16() >= 400 {
                            bodies.push((format!("{method} {path} {value} {status}"), format!("{headers} {body}")));
                        }
                    }
                }
            }
        }
        assert!(bodies.len() > 500, "{}", bodies.len());
        assert!(bodies.iter().any(|(_, body)| body.contains("temporarily_unavailable")));
        let dir = house.dir.display().to_string();
        let inside = [
            "select ",
            "insert into",
            "update grants",
            "sqlite",
            "postgres",
            "sqlx",
            ".rs:",
            "panicked",
            "backtrace",
            "/src/",
            "a test made",
            "hyper",
            "axum",
            "tokio",
            "rust",
            env!("CARGO_PKG_VERSION"),
            "no such column",
            "syntax error",
            "pool",
            &dir,
            "<script>",
        ];
        for (what, body) in &bodies {
            let lower = body.to_lowercase();
            for word in inside {
                assert!(!lower.contains(&word.to_lowercase()), "{what}: {word:?} in {body}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ls_04_files_are_their_owners_alone() {
    let house = House::new(Kind::Sqlite).await;
    house.person("ada").await;
    let mode = |path: &str| {
        std::fs::metadata(house.dir.join(path)).unwrap_or_else(|why| panic!("{path}: {why}")).mode() & 0o777
    };
    for dir in ["data", "keys"] {
        assert_eq!(mode(dir), 0o700, "{dir} is {:o}", mode(dir));
    }
    for file in
        ["data/symbolon.db", "data/symbolon.db-wal", "data/symbolon.db-shm", "data/symbolon.lock", "keys/master.key"]
    {
        assert_eq!(mode(file), 0o600, "{file} is {:o}", mode(file));
    }
    let key = house.dir.join("keys/master.key");
    let (dir, config) = house.close().await;
    for open in [0o640, 0o604, 0o660] {
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(open)).expect("changes");
        let refused = server::start(config.clone(), None, Clock::System, Role::Server, false).await;
        let why = refused.err().expect("a refusal").to_string();
        assert!(why.contains("chmod 600"), "{why}");
    }
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).expect("changes");
    let house = House::open(Kind::Sqlite, dir, config).await;
    let client = house.client().await;
    assert_eq!(answer(client.request("GET", "/health/ready")).await.status, 200);
}
