//! security.md, CV-25, LS-04: what restarts, wrong clocks, wrong keys and second servers can't do.

use crate::on_both;
use crate::support::house::{self, PASSWORD};
use crate::support::{Answer, Browser, Client, House, Kind};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;
use symbolon::base::{Clock, Secret};
use symbolon::clients::{GrantType, Rotation};
use symbolon::config::Config;
use symbolon::server::{self, Role};

const HOUR: i64 = 3_600_000;
const YEAR: i64 = 365 * 24 * HOUR;

/// What is over, and what is not.
struct Spent {
    client: Client,
    strict: Client,
    machine: Client,
    redeemed: String,
    burned: String,
    rotated: Answer,
    /// The successor of `rotated`, already used itself, so that presenting `rotated` again is reuse.
    newest: Answer,
    rotated_strict: String,
    revoked: Answer,
    access_revoked: Answer,
    machine_revoked: String,
    signed_out: Browser,
    set_up: String,
    alive: Answer,
    signed_in: Browser,
}

async fn spend(house: &House) -> Spent {
    house.person("ada").await;
    let client = house.client().await;
    let strict = house.client_with(|m| m.rotation = Rotation::Strict).await;
    let machine = house.client_with(|m| {
        m.grant_types = vec![GrantType::ClientCredentials];
        m.response_types.clear();
        m.redirect_uris.clear();
        m.scope = "files:read".to_owned();
    });
    let machine = machine.await;
    let mut browser = house.browser();
    let redeemed = client.code(&mut browser, "ada", &[]).await;
    client.redeems(&redeemed).await.ok();
    let burned = client.code(&mut browser, "ada", &[]).await;
    let wrong = [
        ("grant_type", "authorization_code"),
        ("code", &burned),
        ("redirect_uri", &client.redirect_uri),
        ("code_verifier", &"x".repeat(43)),
    ];
    client.token(&wrong).await.is(400, "invalid_grant");
    let rotated = client.tokens(&mut browser, "ada", &[]).await;
    let between = client.refreshes(rotated.text("refresh_token")).await.ok();
    let newest = client.refreshes(between.text("refresh_token")).await.ok();
    let rotated_strict = strict.tokens(&mut browser, "ada", &[]).await.text("refresh_token").to_owned();
    strict.refreshes(&rotated_strict).await.ok();
    let revoked = client.tokens(&mut browser, "ada", &[]).await;
    client.revokes(revoked.text("refresh_token")).await.ok();
    let access_revoked = client.tokens(&mut browser, "ada", &[]).await;
    client.revokes(access_revoked.text("access_token")).await.ok();
    let machine_revoked =
        machine.token(&[("grant_type", "client_credentials")]).await.ok().text("access_token").to_owned();
    machine.revokes(&machine_revoked).await.ok();
    let alive = client.tokens(&mut browser, "ada", &[]).await;
    let mut signed_out = house.browser();
    let page = signed_out.get("/login").await;
    signed_out.signs_in(&page, "ada").await;
    let kept = signed_out.clone();
    let page = signed_out.get("/logout").await;
    signed_out.post("/logout", &page.form("form:has(#sign-out)")).await;
    let set_up =
        symbolon::people::setup::create(&house.app.db, house.now()).await.expect("creates").reveal().to_owned();
    let page = browser.get(&format!("/setup?token={set_up}")).await;
    let mut fields = page.form("form:has(#create-admin)");
    fields.retain(|(name, _)| matches!(&**name, "csrf" | "token"));
    fields.extend(
        [("email", "root@example.com"), ("name", "Root"), ("password", PASSWORD)]
            .map(|(k, v)| (k.to_owned(), v.to_owned())),
    );
    assert_eq!(browser.post("/setup", &fields).await.status, 200);
    Spent {
        client,
        strict,
        machine,
        redeemed,
        burned,
        rotated,
        newest,
        rotated_strict,
        revoked,
        access_revoked,
        machine_revoked,
        signed_out: kept,
        set_up,
        alive,
        signed_in: browser,
    }
}

impl Spent {
    /// Everything that is over stays over. (Some of it ends its grant when it is tried, so this is asked once.)
    async fn stays_spent(&self, house: &House, when: &str) {
        let (client, strict, machine) = (self.client.at(house), self.strict.at(house), self.machine.at(house));
        for (what, token) in [
            ("access token of a revoked grant", self.revoked.text("access_token")),
            ("revoked refresh token", self.revoked.text("refresh_token")),
            ("revoked access token", self.access_revoked.text("access_token")),
            ("access token before a refresh", self.rotated.text("access_token")),
            ("refresh token before a refresh", self.rotated.text("refresh_token")),
        ] {
            assert!(!client.active(token).await, "{when}: {what}");
        }
        assert!(!machine.active(&self.machine_revoked).await, "{when}: machine");
        assert_eq!(client.userinfo(self.access_revoked.text("access_token")).await.status, 401, "{when}");
        for (client, token) in [
            (&client, self.revoked.text("refresh_token")),
            (&client, self.rotated.text("refresh_token")),
            (&strict, &self.rotated_strict),
        ] {
            client.refreshes(token).await.is(400, "invalid_grant");
        }
        for code in [&self.redeemed, &self.burned] {
            client.redeems(code).await.is(400, "invalid_grant");
        }
        // The old refresh token that came back has ended its grant.
        assert!(!client.active(self.newest.text("refresh_token")).await, "{when}");
        let home = self.signed_out.at(house).get("/").await;
        assert!(!home.text().contains("You are signed in"), "{when}");
        assert_eq!(house.browser().get_once(&format!("/setup?token={}", self.set_up)).await.status, 403, "{when}");
    }

    async fn what_lives_lives_on(&self, house: &House) {
        let client = self.client.at(house);
        assert!(client.active(self.alive.text("access_token")).await);
        assert!(client.active(self.newest.text("refresh_token")).await);
        client.refreshes(self.access_revoked.text("refresh_token")).await.ok();
        client.refreshes(self.alive.text("refresh_token")).await.ok();
        assert!(self.signed_in.at(house).get("/").await.text().contains("You are signed in"));
    }
}

on_both! {
    async fn r_04_a_restart_forgets_nothing(house: House) {
        let spent = spend(&house).await;
        let house = house.restarts().await;
        spent.what_lives_lives_on(&house).await;
        spent.stays_spent(&house, "after a restart").await;
        let house = house.restarts().await;
        let client = spent.client.at(&house);
        assert!(!client.active(spent.newest.text("refresh_token")).await);
        client.tokens(&mut house.browser(), "ada", &[]).await;
    }

    async fn r_15_a_clock_set_back_by_an_hour_brings_nothing_back(house: House) {
        let spent = spend(&house).await;
        let used = spent.client.tokens(&mut spent.signed_in.clone(), "ada", &[]).await;
        let successor = spent.client.refreshes(used.text("refresh_token")).await.ok();
        // Long after every window for repeating; then an hour too early.
        house.wait(Duration::from_secs(600));
        house.app.clock.shift(-HOUR);
        spent.client.refreshes(used.text("refresh_token")).await.is(400, "invalid_grant");
        assert!(!spent.client.active(successor.text("refresh_token")).await, "reuse ends the grant");
        spent.stays_spent(&house, "an hour back").await;
        // Time comes back.
        house.app.clock.shift(HOUR);
        assert!(!spent.client.active(spent.newest.text("refresh_token")).await);
    }

    async fn r_15_a_clock_that_jumps_ahead_and_back_brings_nothing_back(house: House) {
        let spent = spend(&house).await;
        house.app.clock.shift(2 * HOUR);
        clean(&house).await;
        house.app.clock.shift(-2 * HOUR);
        spent.what_lives_lives_on(&house).await;
        spent.stays_spent(&house, "two hours ahead and back").await;
    }

    async fn r_15_years_either_way_break_nothing(house: House) {
        let spent = spend(&house).await;
        for years in [10, -20] {
            house.app.clock.shift(years * YEAR);
            let mut browser = house.browser();
            for path in ["/", "/login", "/logout", "/setup?token=x", "/health/ready", "/.well-known/jwks.json"] {
                assert!(browser.get_once(path).await.status < 500, "{path}, {years} years");
            }
            spent.client.tokens(&mut browser, "ada", &[]).await;
        }
        house.app.clock.shift(10 * YEAR);
        spent.stays_spent(&house, "years ahead and back").await;
    }

    async fn rl_08_a_clock_set_back_locks_nobody_out_for_long(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let mut stranger = client.clone();
        stranger.secret = Some("wrong".to_owned());
        let fails = async |browser: &mut Browser| {
            let mut then = house.now();
            for _ in 0..6 {
                house.goes_slowly(&mut then);
                let page = browser.get("/login").await;
                browser.signs_in_with(&page, "ada", "wrong horse").await;
            }
            for _ in 0..21 {
                house.goes_slowly(&mut then);
                stranger.refreshes("x").await;
            }
        };
        let mut browser = house.browser();
        fails(&mut browser).await;
        stranger.refreshes("x").await.is(429, "temporarily_unavailable");
        house.app.clock.shift(-24 * HOUR);
        house.wait(Duration::from_secs(120));
        let page = browser.get("/login").await;
        assert!(browser.signs_in(&page, "ada").await.text().contains("You are signed in"));
        stranger.refreshes("x").await.is(401, "invalid_client");
        // And throttling goes on under the new time.
        house.wait(Duration::from_secs(120));
        fails(&mut house.browser()).await;
        let page = house.browser().get("/login").await;
        let mut browser = house.browser();
        let again = browser.get(&page.url).await;
        assert_eq!(browser.signs_in_with(&again, "ada", "wrong horse").await.status, 429);
        stranger.refreshes("x").await.is(429, "temporarily_unavailable");
    }

    async fn r_35_signing_keys_that_cannot_be_read_are_not_made_anew(house: House) {
        house.sql("UPDATE signing_keys SET sealed = substr(sealed, 1, 20) WHERE alg = 'RS256'").await;
        let kids = async |config: &Config| {
            let db = symbolon::db::open(&server::place(config)).await.expect("opens");
            let keys = symbolon::keys::store::all(&db).await.expect("reads");
            db.close().await;
            keys.into_iter().map(|key| (key.kid, key.sealed)).collect::<Vec<_>>()
        };
        let (dir, config) = house.close().await;
        let before = kids(&config).await;
        let why = refuses(&config, None).await;
        assert!(why.contains("can't be opened with this master key"), "{why}");
        assert_eq!(kids(&config).await, before);
        std::fs::remove_dir_all(dir).expect("removes");
    }

    async fn cv_25_a_wrong_or_missing_master_key_refuses_to_start_and_changes_nothing(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let alive = client.tokens(&mut house.browser(), "ada", &[]).await;
        let kind = house.kind;
        let before = house.tables().await;
        let (dir, config) = house.close().await;
        let file = config.keys_dir.join("master.key");
        let right = std::fs::read_to_string(&file).expect("reads");
        let other = "0123456789abcdef".repeat(4);
        let put = |text: &str| {
            let _ = std::fs::remove_file(&file);
            std::fs::write(&file, text).expect("writes");
            std::fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).expect("sets");
        };
        let zeros = "0".repeat(64);
        let wrong: [(&str, &str); 6] = [
            (&other, "the database was made with"),
            (&zeros, "looks like a sample value"),
            ("", "64 lower-case hexadecimal digits"),
            (&right.trim()[..62], "64 lower-case hexadecimal digits"),
            ("correct horse battery", "64 lower-case hexadecimal digits"),
            (&format!("{}zz", &right.trim()[..62]), "64 lower-case hexadecimal digits"),
        ];
        for (text, says) in wrong {
            put(text);
            let why = refuses(&config, None).await;
            assert!(why.contains(says), "{text}: {why}");
            assert!(text.len() < 62 || !why.contains(text.trim()), "the message holds the key: {why}");
            assert_eq!(std::fs::read_to_string(&file).expect("reads"), text, "the file is as it was");
            // The environment instead of the file.
            put(&right);
            assert!(refuses(&config, Some(Secret::new(text))).await.contains(says), "{text}");
        }
        // Gone; a link to it; open to others; a directory.
        std::fs::remove_file(&file).expect("removes");
        let why = refuses(&config, None).await;
        assert!(why.contains("isn't at") && why.contains("SYMBOLON_MASTER_KEY_FILE"), "{why}");
        assert!(!file.exists(), "no new key was made");
        let elsewhere = config.keys_dir.join("elsewhere");
        std::fs::write(&elsewhere, &right).expect("writes");
        std::fs::set_permissions(&elsewhere, PermissionsExt::from_mode(0o600)).expect("sets");
        std::os::unix::fs::symlink(&elsewhere, &file).expect("links");
        assert!(refuses(&config, None).await.contains("must be a plain file"));
        for mode in [0o644, 0o640, 0o604, 0o660] {
            put(&right);
            std::fs::set_permissions(&file, PermissionsExt::from_mode(mode)).expect("sets");
            let why = refuses(&config, None).await;
            assert!(why.contains("may be read by others") && why.contains("chmod 600"), "{mode:o}: {why}");
        }
        std::fs::remove_file(&file).expect("removes");
        std::fs::create_dir(&file).expect("makes");
        assert!(refuses(&config, None).await.contains("must be a plain file"));
        std::fs::remove_dir(&file).expect("removes");
        // With the right one everything is as it was; from the environment too.
        put(&right);
        let house = House::open(kind, dir, config).await;
        assert_eq!(house.changed_since(&before).await, Vec::<String>::new());
        assert!(client.at(&house).active(alive.text("access_token")).await);
        let (dir, config) = house.close().await;
        std::fs::remove_file(&file).expect("removes");
        let started = server::start(config, Some(Secret::new(right.trim())), Clock::System, Role::Server, false).await;
        started.unwrap_or_else(|why| panic!("{why}")).app.db.close().await;
        std::fs::remove_dir_all(dir).expect("removes");
    }
}

/// Deletes what is over by the clock, as the background work does.
async fn clean(house: &House) {
    let (db, now) = (&house.app.db, house.now());
    let mut after = String::new();
    while let Some(next) = symbolon::oauth::grants::purge(db, &after, now).await.expect("purges") {
        after = next;
    }
    symbolon::signin::session::purge(&house.app).await.expect("purges");
    symbolon::signin::interaction::purge(&house.app).await.expect("purges");
    symbolon::signin::throttle::purge(&house.app).await.expect("purges");
}

/// Why a server with these settings doesn't start.
async fn refuses(config: &Config, master: Option<Secret>) -> String {
    match server::start(config.clone(), master, Clock::System, Role::Server, false).await {
        Ok(_) => panic!("it started"),
        Err(why) => why.to_string(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_18_a_second_server_on_the_same_file_is_refused_and_a_command_is_not() {
    let house = House::new(Kind::Sqlite).await;
    house.person("ada").await;
    let client = house.client().await;
    let begun = tokio::time::Instant::now();
    let why = refuses(&house.config, None).await;
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert!(why.contains("another Symbolon is serving from") && why.contains("database_url"), "{why}");
    let command = server::start(house.config.clone(), None, Clock::System, Role::Command, false).await;
    let command = command.unwrap_or_else(|why| panic!("{why}"));
    assert!(command.lock.is_none());
    assert!(symbolon::people::store::by_email(&command.app.db, "ada@example.com").await.expect("reads").is_some());
    command.app.db.close().await;
    // The first one never noticed.
    client.tokens(&mut house.browser(), "ada", &[]).await;
    // When it has ended, the next one may.
    let house = house.restarts().await;
    client.at(&house).tokens(&mut house.browser(), "ada", &[]).await;
}

fn mode(path: &Path) -> u32 {
    std::fs::symlink_metadata(path).unwrap_or_else(|why| panic!("{}: {why}", path.display())).mode() & 0o777
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ls_04_a_first_start_leaves_nothing_that_others_can_read() {
    let dir = house::fresh_dir();
    let house = House::open(Kind::Sqlite, dir.clone(), house::config(&dir, None)).await;
    house.person("ada").await;
    let files = |at: &str| {
        let entries = std::fs::read_dir(dir.join(at)).expect("a directory");
        let mut names: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
        names.sort();
        names
    };
    for at in ["data", "keys"] {
        assert_eq!(mode(&dir.join(at)), 0o700, "{at}");
        assert!(!files(at).is_empty());
        for file in files(at) {
            assert_eq!(mode(&file), if file.is_dir() { 0o700 } else { 0o600 }, "{}", file.display());
        }
    }
    for needed in ["data/symbolon.db", "data/symbolon.db-wal", "data/symbolon.lock", "data/spool", "keys/master.key"] {
        assert!(dir.join(needed).exists(), "{needed}");
    }
    // Two fresh installs share nothing (AD-02).
    let other = house::fresh_dir();
    let started = server::start(house::config(&other, None), None, Clock::System, Role::Server, false).await;
    let started = started.unwrap_or_else(|why| panic!("{why}"));
    let key = |dir: &Path| std::fs::read_to_string(dir.join("keys/master.key")).expect("reads");
    assert_ne!(key(&dir), key(&other));
    assert_ne!(started.app.keys.now().jwks, house.app.keys.now().jwks);
    started.app.db.close().await;
    std::fs::remove_dir_all(other).expect("removes");
}
