//! Doors of invitations and mail that other tests reach by other ways: the management API, a command, the playground.

use crate::on_both;
use crate::support::client::answer;
use crate::support::smtp::Smtp;
use crate::support::{Answer, House, Kind};
use serde_json::{Value, json};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use symbolon::clients::{GrantType, Metadata};

fn machine(metadata: &mut Metadata) {
    metadata.grant_types = vec![GrantType::ClientCredentials];
    metadata.response_types = Vec::new();
    metadata.redirect_uris = Vec::new();
    metadata.scope = "symbolon:admin".to_owned();
    metadata.admin = true;
}

async fn token(house: &House) -> String {
    let client = house.client_with(machine).await;
    house.wait(Duration::from_secs(1));
    client.token(&[("grant_type", "client_credentials")]).await.ok().text("access_token").to_owned()
}

async fn does(house: &House, token: &str, method: &str, path: &str, body: Value) -> Answer {
    let method = method.parse().expect("a method");
    let request = house.http().request(method, format!("{}/v1/admin/{path}", house.url)).bearer_auth(token);
    answer(if body.is_null() { request } else { request.json(&body) }).await
}

on_both! {
    async fn people_are_invited_through_the_api(house: House) {
        let smtp = Smtp::open().await;
        let house = House::with(house.kind, |config| smtp.settings(config)).await;
        let root = token(&house).await;
        house.workspace("acme", &[]).await;
        let ask = json!({ "email": "ada@example.com", "name": "Ada", "workspace": "acme", "role": "admin" });
        let made = does(&house, &root, "POST", "user-invites", ask.clone()).await;
        assert_eq!((made.status, &made.body["mailed"], &made.body["role"]), (201, &json!(true), &json!("admin")), "{}", made.body);
        let listed = does(&house, &root, "GET", "user-invites?limit=10", Value::Null).await.ok();
        assert_eq!(listed.body["data"][0]["id"], made.body["id"]);
        assert!(!listed.body.to_string().contains("invite_link") && listed.body["next_cursor"].is_null());
        let mail = smtp.mail(1).await;
        assert_eq!(mail.to, ["ada@example.com"]);
        for (bad, member) in [
            (json!({ "email": "ada" }), "email"),
            (json!({}), "email"),
            (json!({ "email": "b@example.com", "workspace": "nowhere" }), "workspace"),
            (json!({ "email": "b@example.com", "role": "owner" }), "role"),
            (json!({ "email": "b@example.com", "workspace": "acme", "role": "king" }), "role"),
            (json!({ "email": "b@example.com", "name": "x".repeat(2000) }), "name"),
            (json!({ "email": "b@example.com", "admin": true }), "admin"),
        ] {
            let refused = does(&house, &root, "POST", "user-invites", bad.clone()).await;
            assert_eq!((refused.status, &refused.body["errors"][0]["pointer"]), (422, &json!(format!("/{member}"))), "{bad}");
        }
        // A second one takes the place of the first, whose link is no good any more.
        let second = does(&house, &root, "POST", "user-invites", ask).await;
        let path = |made: &Answer| made.text("invite_link").strip_prefix(house.app.issuer()).expect("ours").to_owned();
        let mut browser = house.browser();
        assert_eq!(browser.get_once(&path(&made)).await.status, 400);
        assert_eq!(browser.get_once(&path(&second)).await.status, 200);
        let one = format!("user-invites/{}", second.text("id"));
        assert_eq!(does(&house, &root, "DELETE", &one, Value::Null).await.status, 204);
        assert_eq!(does(&house, &root, "DELETE", &one, Value::Null).await.status, 404);
        assert_eq!(browser.get_once(&path(&second)).await.status, 400);
        house.person("ben").await;
        let taken = does(&house, &root, "POST", "user-invites", json!({ "email": "ben@example.com" })).await;
        assert_eq!((taken.status, taken.text("type")), (409, "urn:symbolon:problem:user-exists"));
    }

    async fn a_reset_link_and_a_confirmed_address_come_from_the_api(house: House) {
        let root = token(&house).await;
        let ada = house.person("ada").await;
        let link = does(&house, &root, "POST", &format!("users/{ada}/reset-link"), Value::Null).await;
        assert_eq!(link.status, 201, "{}", link.body);
        assert!(link.headers.get("etag").is_none() && link.headers["cache-control"] == "no-store");
        let path = link.text("reset_link").strip_prefix(house.app.issuer()).expect("ours").to_owned();
        let mut browser = house.browser();
        let page = browser.get_once(&path).await;
        let mut fields = page.form("form:has(#set-password)");
        fields.retain(|(name, _)| name == "csrf" || name == "token");
        fields.push(("password".to_owned(), "lighthouse keeper staple".to_owned()));
        assert_eq!(browser.post_once("/recover/new", &fields).await.status, 200);
        assert_eq!(browser.get_once(&path).await.status, 400, "good once");
        assert_eq!(does(&house, &root, "POST", "users/nobody/reset-link", Value::Null).await.status, 404);
        does(&house, &root, "POST", &format!("users/{ada}/disable"), Value::Null).await.ok();
        let refused = does(&house, &root, "POST", &format!("users/{ada}/reset-link"), Value::Null).await;
        assert_eq!((refused.status, refused.text("type")), (409, "urn:symbolon:problem:user-disabled"));

        let before = does(&house, &root, "GET", &format!("users/{ada}"), Value::Null).await.ok();
        assert!(before.body["claims"].get("email_verified").is_none());
        for _ in 0..2 {
            let verified = does(&house, &root, "POST", &format!("users/{ada}/verify-email"), Value::Null).await.ok();
            assert_eq!(verified.body["claims"]["email_verified"], true);
        }
        let trail = symbolon::audit::about(&house.app.db, &format!("user:{ada}"), 20).await.expect("reads");
        assert_eq!(trail.iter().filter(|event| event.action == "user.email_verified").count(), 1);
        assert_eq!(does(&house, &root, "POST", "users/nobody/verify-email", Value::Null).await.status, 404);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_doctor_sends_a_test_mail_and_says_when_it_cannot() {
    let smtp = Smtp::open().await;
    let house = House::with(Kind::Sqlite, |config| smtp.settings(config)).await;
    let doctor = |settings: Vec<(&'static str, String)>| {
        let dir = house.dir.clone();
        tokio::task::spawn_blocking(move || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_symbolon"));
            command.env_clear().current_dir(dir).args(["doctor", "--mail", "ops@example.com", "--format", "json"]);
            let done = command.envs(settings).stdin(Stdio::null()).output().expect("runs");
            let report: Value = serde_json::from_slice(&done.stdout).expect("JSON");
            let findings = report["findings"].as_array().expect("findings").clone();
            findings.into_iter().find(|one| one["what"] == "mail").expect("about mail")
        })
    };
    let mail = &house.config.mail;
    let settings = |port: u16| {
        vec![
            ("SYMBOLON_MAIL_TRANSPORT", "smtp".to_owned()),
            ("SYMBOLON_MAIL_HOST", mail.host.clone()),
            ("SYMBOLON_MAIL_PORT", port.to_string()),
            ("SYMBOLON_MAIL_TLS", "none".to_owned()),
            ("SYMBOLON_MAIL_FROM", mail.from.clone()),
        ]
    };
    let good = doctor(settings(mail.port)).await.expect("ran");
    assert!(good["good"] == true && good["says"].as_str().expect("text").contains("took a test mail"), "{good}");
    assert_eq!(smtp.mail(1).await.to, ["ops@example.com"]);
    let closed =
        tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("binds").local_addr().expect("an address").port();
    let bad = doctor(settings(closed)).await.expect("ran");
    assert!(bad["good"] == false && bad["says"].as_str().expect("text").contains("didn't take"), "{bad}");
    let off = doctor(Vec::new()).await.expect("ran");
    assert!(off["good"] == false && off["says"].as_str().expect("text").contains("[mail]"), "{off}");
}

struct Playground(Child);

impl Drop for Playground {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_playground_shows_what_would_have_been_mailed() {
    let port =
        tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("binds").local_addr().expect("an address").port();
    let mut command = Command::new(env!("CARGO_BIN_EXE_symbolon"));
    command.env_clear().args(["dev", "--listen", &format!("127.0.0.1:{port}")]);
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts");
    let _playground = Playground(child);
    let url = format!("http://localhost:{port}");
    let http = crate::support::http();
    let ready =
        async || http.get(format!("{url}/health/ready")).send().await.is_ok_and(|answer| answer.status() == 200);
    for _ in 0..2000 {
        if ready().await {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let text = async |path: &str| {
        http.get(format!("{url}{path}")).send().await.expect("an answer").text().await.expect("text")
    };
    let page = http.get(format!("{url}/recover")).send().await.expect("an answer");
    let cookies: Vec<String> = page
        .headers()
        .get_all("set-cookie")
        .iter()
        .map(|one| one.to_str().expect("ASCII").split(';').next().expect("a pair").to_owned())
        .collect();
    let body = page.text().await.expect("text");
    let csrf = body
        .split("name=\"csrf\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a token")
        .to_owned();
    assert!(!text("/dev/mail").await.contains("/recover/new"), "nothing yet");
    let form = [("csrf", csrf.as_str()), ("email", "ada@example.com")];
    let sent =
        http.post(format!("{url}/recover")).header("cookie", cookies.join("; ")).header("origin", &url).form(&form);
    assert_eq!(sent.send().await.expect("an answer").status(), 200);
    let mut shown = String::new();
    for _ in 0..1000 {
        shown = text("/dev/mail").await;
        if shown.contains("/recover/new?token=") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(shown.contains("/recover/new?token=") && shown.contains("ada@example.com"), "{shown}");
    let mail = http.get(format!("{url}/dev/mail/1")).send().await.expect("an answer");
    assert!(mail.headers()["content-security-policy"].to_str().expect("ASCII").starts_with("default-src 'none'"));
    assert!(mail.text().await.expect("text").contains("/recover/new?token="));
    assert!(text("/dev/mail/99").await.contains("no such mail"));
}
