//! `symbolon client`, `user`, `keys`, `migrate`: beside a running server, which notices; and before there is any.

use crate::on_both;
use crate::support::{House, Rp};
use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use symbolon::keys::rotation;

/// What a command did.
pub struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Ran {
    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{}{}", self.out, self.err);
        self
    }

    #[track_caller]
    fn json(self) -> Value {
        serde_json::from_str(&self.ok().out).expect("one JSON document")
    }

    /// It failed with this status, in words, and said nothing on stdout.
    #[track_caller]
    fn failed(self, code: i32, words: &str) {
        assert_eq!((self.code, self.out.as_str()), (code, ""), "{}", self.err);
        assert!(self.err.starts_with("error: ") && self.err.contains(words), "{}", self.err);
        assert!(!self.err.contains("panicked") && !self.err.contains("Err("), "{}", self.err);
    }
}

fn run(dir: &Path, database_url: Option<&str>, args: &[&str], input: &str) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_symbolon"));
    command.env_clear().current_dir(dir).args(args);
    if let Some(url) = database_url {
        command.env("SYMBOLON_DATABASE_URL", url);
    }
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("runs");
    // A command that reads nothing may be gone already.
    let _ = child.stdin.take().expect("its input").write_all(input.as_bytes());
    let done = child.wait_with_output().expect("ends");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Ran { code: done.status.code().expect("a status"), out: text(done.stdout), err: text(done.stderr) }
}

/// Runs a command on the database of a house.
pub async fn beside(house: &House, line: &str, input: &str) -> Ran {
    let (dir, input) = (house.dir.clone(), input.to_owned());
    let url = house.config.database_url.as_ref().map(|url| url.reveal().to_owned());
    let args: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    let work = move || run(&dir, url.as_deref(), &args.iter().map(String::as_str).collect::<Vec<_>>(), &input);
    tokio::task::spawn_blocking(work).await.expect("runs")
}

on_both! {
    async fn keys_that_could_not_be_read_at_once_are_read_later(house: House) {
        let before = house.app.keys.now().jwks.clone();
        house.app.db.fail_after(0);
        beside(&house, "keys rotate --alg ES256 --format json", "").await.json();
        // The server learns that something changed, and the database goes before it learns what.
        house.app.db.fail_after(1);
        house.app.catch_up().await.expect_err("the database is gone");
        assert_eq!(house.app.keys.now().jwks, before);
        house.app.db.fail_after(-1);
        house.app.catch_up().await.expect("catches up");
        assert_ne!(house.app.keys.now().jwks, before);
    }

    async fn a_client_says_what_it_learns_of_people_and_how_it_asks(house: House) {
        let jwks = symbolon::crypto::SigningKey::generate(symbolon::crypto::Algorithm::ES256).expect("a key").0.jwk.to_string();
        let line = "client create --name Ledgerly --redirect-uri https://app.example/cb --subject-type pairwise \
                    --userinfo-alg es256 --request-uri https://app.example/one https://app.example/two --jwks - \
                    --auth-method client_secret_basic --format json";
        let made = beside(&house, line, &jwks).await.json();
        assert_eq!((&made["subject_type"], &made["userinfo_signed_response_alg"]), (&"pairwise".into(), &"ES256".into()));
        assert_eq!(made["request_uris"], serde_json::json!(["https://app.example/one", "https://app.example/two"]));
        let id = made["client_id"].as_str().expect("an id");
        let shown = beside(&house, &format!("client show {id}"), "").await.ok().out;
        assert!(shown.contains("pairwise, sector app.example") && shown.contains("https://app.example/two"), "{shown}");
        let base = "client create --name x --redirect-uri https://app.example/cb";
        beside(&house, &format!("{base} --subject-type private"), "").await.failed(2, "--subject-type");
        beside(&house, &format!("{base} --userinfo-alg none"), "").await.failed(2, "--userinfo-alg");
        beside(&house, &format!("{base} --request-uri https://app.example/r"), "").await.failed(2, "--request-uri");
        beside(&house, &format!("{base} --sector-identifier-uri https://127.0.0.1/s"), "").await.failed(2, "--sector-identifier-uri");
        beside(&house, &format!("{base} --response-type id_token"), "").await.failed(2, "legacy_response_types");
        beside(&house, &format!("{base} --response-type token"), "").await.failed(2, "--response-type");
        let two = "client create --name x --redirect-uri https://a.example/cb https://b.example/cb --subject-type pairwise";
        beside(&house, two, "").await.failed(2, "--sector-identifier-uri");
    }

    async fn a_workspace_is_made_filled_and_emptied(house: House) {
        let made = beside(&house, "workspace create --slug acme --name Acme --format json", "").await.json();
        assert_eq!((made["slug"].as_str(), made["name"].as_str()), (Some("acme"), Some("Acme")));
        house.person("ada").await;
        let line = "workspace member add acme ada@example.com --role admin --format json";
        assert_eq!(beside(&house, line, "").await.json()["role"], "admin");
        beside(&house, line, "").await.failed(1, "is in this workspace already");
        beside(&house, "workspace member role acme ada@example.com owner", "").await.ok();
        let shown = beside(&house, "workspace show acme --format json", "").await.json();
        assert_eq!((shown["members"].as_i64(), shown["people"][0]["role"].as_str()), (Some(1), Some("owner")));
        let listed = beside(&house, "workspace list", "").await.ok().out;
        assert!(listed.contains("acme") && listed.contains("default"), "{listed}");
        beside(&house, "workspace rename acme --name Acme-Corp", "").await.ok();
        beside(&house, "workspace member remove acme ada@example.com", "").await.ok();
        beside(&house, "workspace member remove acme ada@example.com", "").await.failed(1, "is not in acme");
        beside(&house, "workspace member add none ada@example.com", "").await.failed(1, "no workspace `none`");
        beside(&house, "workspace member add acme eve@example.com", "").await.failed(1, "no account");
        beside(&house, "workspace create --slug Acme --name Acme", "").await.failed(2, "--slug: must be");
        beside(&house, "workspace create --slug acme --name Acme", "").await.failed(1, "with this slug already");
        beside(&house, "workspace delete acme --yes", "").await.ok();
        beside(&house, "workspace show acme", "").await.failed(1, "no workspace `acme`");
        // Roles of the deployment: whoever administers first owns it.
        let first = beside(&house, "user create --email bo@example.com --admin --format json", "").await.json();
        let second = beside(&house, "user create --email cy@example.com --admin --format json", "").await.json();
        let third = beside(&house, "user create --email di@example.com --role auditor --format json", "").await.json();
        let role = |user: &Value| user["role"].as_str().map(str::to_owned);
        assert_eq!(["owner", "admin", "auditor"].map(|name| Some(name.to_owned())), [role(&first), role(&second), role(&third)]);
        beside(&house, "user role cy@example.com owner", "").await.ok();
        beside(&house, "user role bo@example.com user", "").await.ok();
        beside(&house, "user demote cy@example.com", "").await.failed(1, "last enabled admin");
        beside(&house, "user role bo@example.com king", "").await.failed(2, "one of owner");
        beside(&house, "user create --email ed@example.com --workspace none", "").await.failed(2, "no workspace of this slug");
    }

    async fn people_have_attributes(house: House) {
        let claims = r#"{"nickname":"Countess","attributes":{"team":"engines","groups":["math"]}}"#;
        let user = beside(&house, "user create --email ada@example.com --claims - --format json", claims).await.json();
        assert_eq!(user["claims"]["attributes"]["groups"], serde_json::json!(["math"]));
        let bad = beside(&house, "user create --email ben@example.com --claims -", r#"{"attributes":{"team":{}}}"#).await;
        bad.failed(2, "attributes");
    }

    async fn a_running_server_notices_what_commands_do(house: House) {
        let user = beside(&house, "user create --email ada@example.com --name Ada --admin --password-stdin --format json", "correct horse battery\n").await.json();
        assert_eq!((user["email"].as_str(), user["admin"].as_bool()), (Some("ada@example.com"), Some(true)));
        let line = "client create --name Ledgerly --redirect-uri https://app.example/cb --id ledgerly --format json";
        let made = beside(&house, line, "").await.json();
        assert_eq!(made["client_id"], "ledgerly");
        let mut client = house.client().await;
        client.id = "ledgerly".to_owned();
        client.secret = made["client_secret"].as_str().map(str::to_owned);
        let tokens = client.tokens(&mut house.browser(), "ada", &[]).await;
        client.userinfo(tokens.text("access_token")).await.ok();

        // The old secret works beside the new one.
        let rotated = beside(&house, "client rotate-secret ledgerly --format json", "").await.json();
        assert!(client.active(tokens.text("access_token")).await);
        house.app.catch_up().await.expect("catches up");
        client.secret = rotated["client_secret"].as_str().map(str::to_owned);
        client.refreshes(tokens.text("refresh_token")).await.ok();

        let disabled = beside(&house, "client disable ledgerly", "").await.ok();
        assert!(disabled.out.contains("is disabled"));
        assert_eq!(client.userinfo(tokens.text("access_token")).await.status, 401);
        beside(&house, "client disable nobody", "").await.failed(1, "there is no client `nobody`");
        beside(&house, "client delete ledgerly", "").await.failed(2, "--yes");
        beside(&house, "client delete ledgerly --yes", "").await.ok();
        beside(&house, "user disable ada@example.com", "").await.failed(1, "last enabled admin");
        assert!(beside(&house, "user list", "").await.ok().out.contains("ada@example.com"));
        assert_eq!(beside(&house, "migrate --check --format json", "").await.json()["up_to_date"], true);

        let published = || String::from_utf8(house.app.keys.now().jwks.to_vec()).expect("JSON");
        let before = house.app.keys.now().etag.clone();
        let announced = beside(&house, "keys rotate --announce --alg EdDSA --format json", "").await.json();
        let kid = announced[0]["kid"].as_str().expect("a kid").to_owned();
        house.notices_keys(&before).await;
        assert!(published().contains(&kid), "apps can know it before it signs");
        let again = beside(&house, "keys rotate --announce --alg EdDSA --format json", "").await.json();
        assert_eq!(again, announced, "one waits already");
        let state = async |expected: &str| {
            let list = beside(&house, "keys list --format json", "").await.json();
            let key = list.as_array().and_then(|keys| keys.iter().find(|key| key["kid"] == kid.as_str()));
            assert_eq!(key.expect("the key")["state"], expected);
        };
        let (app, rules) = (&house.app, &house.config.keys);
        let tick = async || rotation::tick(&app.keys, &app.db, rules, app.now()).await.expect("looks after the keys");
        tick().await;
        state("next").await;
        house.wait(rules.publish_before);
        tick().await;
        state("active").await;

        let before = house.app.keys.now().etag.clone();
        let rotated = beside(&house, "keys rotate --alg ES256 --format json", "").await.json();
        house.notices_keys(&before).await;
        assert!(beside(&house, "keys list", "").await.ok().out.contains(rotated[0]["kid"].as_str().expect("a kid")));
    }

    async fn s46_a_command_says_where_sign_outs_are_told_and_signs_people_out(house: House) {
        let house = house.reaching_loopback().await;
        let rp = Rp::open().await;
        house.person("ada").await;
        let client = house.client_with(|m| rp.registers(m)).await;
        let mut browser = house.browser();
        client.tokens(&mut browser, "ada", &[]).await;
        let done = beside(&house, "user sign-out ada@example.com", "").await.ok();
        assert!(done.out.contains("is signed out everywhere"), "{}", done.out);
        // The server finds by itself what the command wrote down.
        client.is_told(&rp.told(1).await[0]).await;
        assert!(browser.get(&client.auth_url(&[])).await.first("#sign-in").is_some());
        beside(&house, "user sign-out nobody", "").await.failed(1, "nobody");

        let base = "client create --name Ledgerly --redirect-uri https://app.example/cb --format json";
        let more = "--post-logout-redirect-uri https://app.example/a --post-logout-redirect-uri https://app.example/b \
                    --backchannel-logout-uri https://api.app.example/out --frontchannel-logout-uri https://app.example/out";
        let made = beside(&house, &format!("{base} {more}"), "").await.json();
        assert_eq!(made["post_logout_redirect_uris"], serde_json::json!(["https://app.example/a", "https://app.example/b"]));
        assert_eq!(made["backchannel_logout_uri"], "https://api.app.example/out");
        assert_eq!(made["frontchannel_logout_uri"], "https://app.example/out");
        for (flag, bad) in [
            ("--post-logout-redirect-uri", "http://app.example/a"),
            ("--backchannel-logout-uri", "https://127.0.0.1/out"),
            ("--frontchannel-logout-uri", "https://elsewhere.example/out"),
        ] {
            beside(&house, &format!("{base} {flag} {bad}"), "").await.failed(2, &format!("{flag}: "));
        }
        let id = made["client_id"].as_str().expect("an id");
        assert!(beside(&house, &format!("client show {id}"), "").await.ok().out.contains("https://api.app.example/out"));
    }
}

on_both! {
    async fn commands_invite_apps_and_stop_strangers(house: House) {
        let made = beside(&house, "client invite --uses 2 --expires 12h --format json", "").await.json();
        let token = made["initial_access_token"].as_str().expect("a token");
        assert!(token.starts_with("sym_ia_"));
        assert_eq!(made["uses"], 2);
        let told = beside(&house, "client invite", "").await.ok().out;
        assert!(told.contains("sym_ia_") && told.contains("registration = \"token\""), "{told}");
        let listed = beside(&house, "client invites", "").await.ok().out;
        assert!(listed.contains("0 of 2") && !listed.contains(token), "{listed}");
        beside(&house, &format!("client revoke-invite {}", made["id"].as_str().expect("an id")), "").await.ok();
        beside(&house, "client revoke-invite x", "").await.failed(1, "there is no initial access token `x`");
        beside(&house, "client invite --uses 0", "").await.failed(2, "--uses: ");
        beside(&house, "client invite --expires 1s", "").await.failed(2, "--expires: ");
        assert!(beside(&house, "client seen", "").await.ok().out.contains("cimd is off"));
        house.app.sightings.note("https://agent.example/client", "Agent", house.now());
        let seen = house.app.sightings.take();
        symbolon::clients::cimd::store::write_down(&house.app.db, seen).await.expect("writes");
        assert_eq!(beside(&house, "client seen --format json", "").await.json()[0]["client_name"], "Agent");
        beside(&house, "client disable https://agent.example/client", "").await.ok();
        let shown = beside(&house, "client show https://agent.example/client --format json", "").await.json();
        assert_eq!(shown["enabled"], false);
        assert!(beside(&house, "client seen --search agent", "").await.ok().out.contains("disabled"));
        beside(&house, "client enable https://agent.example/client", "").await.ok();
        beside(&house, "client show https://nobody.example/client", "").await.failed(1, "has come by");
        // A client's own words, from a file.
        let file = house.dir.join("client.json");
        let own = serde_json::json!({ "client_name": "Shop", "redirect_uris": ["https://shop.example/cb"], "application_type": "web",
            "logo_uri": "https://shop.example/logo.png", "software_id": "shop" });
        std::fs::write(&file, own.to_string()).expect("written");
        let made = beside(&house, &format!("client create --metadata {} --format json", file.display()), "").await.json();
        assert_eq!((made["logo_uri"].as_str(), made["application_type"].as_str()), (Some("https://shop.example/logo.png"), Some("web")));
    }
}

#[test]
fn a_mistyped_directory_is_not_filled() {
    let dir = tempfile::tempdir().expect("a directory");
    run(dir.path(), None, &["client", "list", "--data-dir", "typo"], "").failed(1, "there is no database at typo");
    let check = run(dir.path(), None, &["migrate", "--check"], "");
    assert_eq!(check.code, 1);
    assert_eq!(std::fs::read_dir(dir.path()).expect("reads").count(), 0);
    // The first user may come before the first start.
    run(dir.path(), None, &["user", "create", "--email", "ada@example.com"], "").ok();
    run(dir.path(), None, &["migrate", "--check"], "").ok();
    run(dir.path(), None, &["user", "show", "ADA@example.com"], "").ok();
}

#[test]
fn what_is_wrong_is_said_with_its_flag_and_ends_with_2() {
    let dir = tempfile::tempdir().expect("a directory");
    let wrong = |args: &[&str], input: &str, words: &str| run(dir.path(), None, args, input).failed(2, words);
    wrong(&["client", "create", "--name", "A", "--redirect-uri", "http://a.example/"], "", "--redirect-uri: ");
    wrong(&["client", "create", "--name", "A", "--id", "a b"], "", "--id: must have 3 to 64");
    wrong(&["client", "create", "--redirect-uri", "https://a.example/"], "", "--name");
    wrong(&["client", "create", "--name", "A", "--metadata", "-"], "{\"owner\":1}", "`owner` is not a member");
    wrong(&["client", "create", "--name", "A", "--metadata", "-"], "{\"scope\":1,\"scope\":2}", "given more than once");
    wrong(&["client", "create", "--name", "A", "--grant-type", "implicit"], "", "implicit");
    wrong(&["user", "create", "--email", "ada"], "", "--email: ");
    wrong(&["user", "create", "--email", "a@b.example", "--password-stdin"], "", "there is no password");
    wrong(&["user", "create", "--email", "a@b.example", "--password-stdin"], "password1\n", "attackers try first");
    wrong(&["user", "create", "--email", "a@b.example", "--claims", "-"], "{\"birthdate\":\"x\"}", "birthdate");
    wrong(&["--listen", "here", "client", "list"], "", "listen");
    assert_eq!(std::fs::read_dir(dir.path()).expect("reads").count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_command_makes_only_quick_keys_and_the_server_the_rest() {
    use crate::support::process::{Process, free_port};
    let dir = tempfile::tempdir().expect("a directory");
    run(dir.path(), None, &["client", "create", "--name", "A", "--redirect-uri", "https://a.example/"], "").ok();
    let algorithms = || {
        let keys = run(dir.path(), None, &["keys", "list", "--format", "json"], "").json();
        let mut algs: Vec<String> =
            keys.as_array().expect("keys").iter().map(|key| key["alg"].as_str().expect("alg").to_owned()).collect();
        algs.sort();
        algs
    };
    assert_eq!(algorithms(), ["ES256", "EdDSA"]);
    let process = Process::serve(&crate::support::house::config(dir.path(), None), free_port()).await;
    // It doesn't promise less than is true, so it answers when all are there.
    let jwks = crate::support::http().get(format!("{}/.well-known/jwks.json", process.url)).send().await;
    assert_eq!(jwks.expect("an answer").status(), 200);
    assert_eq!(algorithms(), ["ES256", "EdDSA", "PS256", "RS256"]);
    assert!(process.terminate().success());
}
