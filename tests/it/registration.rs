//! RFC 7591, RFC 7592, OIDC Registration; oidc.md 40 to 42; security.md DC-01, 03 to 06: apps that register themselves.

use crate::support::client::answer;
use crate::support::{Answer, Client, House, Kind};
use serde_json::{Value, json};
use std::time::Duration;
use symbolon::admin::{Acting, clients, invites, registration};
use symbolon::audit::{self, Actor};
use symbolon::base::id::ClientId;
use symbolon::clients::AuthMethod;
use symbolon::config::{Approval, Config, Registration};
use symbolon::web::Call;

const CALLBACK: &str = "https://app.example/cb";

fn acting() -> Acting {
    Acting::new(Actor::Cli, symbolon::people::Role::Owner, Call::internal("test"))
}

async fn open(kind: Kind, change: impl FnOnce(&mut Config)) -> House {
    House::with(kind, |config| {
        config.registration = Registration::Open;
        change(config);
    })
    .await
}

/// An app that knows where to register.
struct App<'a>(&'a House);

impl App<'_> {
    fn url(&self) -> String {
        format!("{}/oauth2/register", self.0.url)
    }

    async fn registers(&self, metadata: Value) -> Answer {
        answer(self.0.http().post(self.url()).json(&metadata)).await
    }

    async fn registers_with(&self, token: &str, metadata: Value) -> Answer {
        answer(self.0.http().post(self.url()).bearer_auth(token).json(&metadata)).await
    }

    async fn sends(&self, kind: &str, body: impl Into<reqwest::Body>) -> Answer {
        let mut request = self.0.http().post(self.url()).body(body);
        if !kind.is_empty() {
            request = request.header("content-type", kind);
        }
        answer(request).await
    }

    /// Management of what was registered (RFC 7592).
    async fn manages(&self, method: &str, made: &Value, token: &str, body: Option<Value>) -> Answer {
        let uri = made["registration_client_uri"].as_str().expect("a URI").replace(self.0.app.issuer(), &self.0.url);
        let mut request = self.0.http().request(method.parse().expect("a method"), uri).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        answer(request).await
    }
}

fn token(made: &Value) -> &str {
    made["registration_access_token"].as_str().expect("a token")
}

/// The registered client as the rest of the tests knows clients.
fn client(house: &House, made: &Value) -> Client {
    let secret = made["client_secret"].as_str().map(str::to_owned);
    let method = match made["token_endpoint_auth_method"].as_str() {
        Some("client_secret_basic") => AuthMethod::ClientSecretBasic,
        Some("client_secret_post") => AuthMethod::ClientSecretPost,
        _ => AuthMethod::None,
    };
    Client {
        id: made["client_id"].as_str().expect("an id").to_owned(),
        secret,
        method,
        redirect_uri: made["redirect_uris"][0].as_str().expect("a URI").to_owned(),
        url: house.url.clone(),
        http: house.http(),
    }
}

async fn discovered(house: &House) -> Value {
    answer(house.http().get(format!("{}/.well-known/openid-configuration", house.url))).await.ok().body
}

/// The refusal names the member, in ASCII that RFC 6749 §5.2 allows.
#[track_caller]
fn refused(answer: &Answer, status: u16, error: &str, field: &str) {
    answer.is(status, error);
    let said = answer.text("error_description");
    assert!(said.starts_with(field), "{said} isn't about {field}");
    assert!(said.bytes().all(|b| matches!(b, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e)), "{said}");
}

crate::on_both! {
    async fn dc_01_it_is_off_unless_it_is_turned_on(house: House) {
        let app = App(&house);
        assert_eq!(app.registers(json!({ "redirect_uris": [CALLBACK] })).await.status, 404);
        assert_eq!(answer(house.http().get(format!("{}/x", app.url()))).await.status, 404);
        assert!(discovered(&house).await.get("registration_endpoint").is_none());
    }
}

async fn s40_whole_way(kind: Kind) {
    let house = open(kind, |_| {}).await;
    let app = App(&house);
    assert_eq!(discovered(&house).await["registration_endpoint"], house.app.url("/oauth2/register"));
    let asked = json!({
        "client_name": "Ledgerly", "redirect_uris": [CALLBACK], "scope": "openid offline email files:read",
        "logo_uri": "https://app.example/logo.png", "contacts": ["ops@app.example"], "software_id": "ledgerly",
        "default_max_age": 3600, "client_name#de": "Buchlein", "unheard_of": true, "trusted": true, "admin": true,
        "access_token_lifetime": 9_999_999, "client_uri": null,
    });
    let made = app.registers(asked).await;
    assert_eq!((made.status, made.headers["cache-control"].to_str().ok()), (201, Some("no-store")), "{}", made.body);
    let body = &made.body;
    // What holds is told, with what follows; what was ignored isn't.
    for (name, value) in [
        ("client_name", json!("Ledgerly")),
        ("client_name#de", json!("Buchlein")),
        ("redirect_uris", json!([CALLBACK])),
        ("grant_types", json!(["authorization_code", "refresh_token"])),
        ("response_types", json!(["code"])),
        ("token_endpoint_auth_method", json!("client_secret_basic")),
        ("application_type", json!("web")),
        // A wish: what people may be asked for later is the policy's to say.
        ("scope", json!("openid offline profile email")),
        ("logo_uri", json!("https://app.example/logo.png")),
        ("contacts", json!(["ops@app.example"])),
        ("software_id", json!("ledgerly")),
        ("default_max_age", json!(3600)),
        ("client_secret_expires_at", json!(0)),
    ] {
        assert_eq!(body[name], value, "{name}");
    }
    for absent in
        ["localized", "unheard_of", "trusted", "admin", "access_token_lifetime", "client_uri", "enabled", "rotation"]
    {
        assert!(body.get(absent).is_none(), "{absent}: {body}");
    }
    assert!(made.text("client_secret").starts_with("sym_cs_") && token(body).starts_with("sym_ra_"));
    let issued = body["client_id_issued_at"].as_i64().expect("a time");
    assert!(issued.abs_diff(house.now().secs()) < 60, "{issued}");
    // Neither is kept in the clear.
    let rows = format!("{:?}", house.tables().await);
    assert!(!rows.contains(token(body)) && !rows.contains(made.text("client_secret")));

    house.person("ada").await;
    let registered = client(&house, body);
    let tokens = registered.tokens(&mut house.browser(), "ada", &[("scope", "openid offline email")]).await;
    assert_eq!(registered.userinfo(tokens.text("access_token")).await.ok().body["email"], "ada@example.com");
    let stored = clients::show(&house.app, &ClientId::from(registered.id.as_str())).await.expect("there");
    assert!(!stored.metadata.trusted && !stored.metadata.admin && stored.metadata.access_token_lifetime.is_none());
    let trail = audit::about(&house.app.db, &format!("client:{}", registered.id), 5).await.expect("reads");
    let trail: Vec<_> = trail.iter().map(|event| (event.action.as_str(), event.actor.as_str())).collect();
    assert!(trail.contains(&("client.registered", "anonymous")), "{trail:?}");

    let read = app.manages("GET", body, token(body), None).await.ok();
    let mut expected = body.clone();
    expected.as_object_mut().expect("members").remove("client_secret");
    assert_eq!(read.body, expected);

    // What isn't sent any more takes its default; the secret stays.
    let mut change = json!({ "client_id": registered.id, "client_name": "Ledgerly 2", "redirect_uris": [CALLBACK, "https://app.example/cb2"], "scope": "openid offline" });
    let changed = app.manages("PUT", body, token(body), Some(change.clone())).await.ok();
    assert_eq!((changed.text("client_name"), changed.body.get("logo_uri")), ("Ledgerly 2", None));
    assert_eq!(
        (changed.body["scope"].as_str(), changed.body.get("client_secret")),
        (Some("openid offline profile email"), None)
    );
    registered.refreshes(tokens.text("refresh_token")).await.ok();
    change["client_secret"] = body["client_secret"].clone();
    assert_eq!(
        app.manages("PUT", body, token(body), Some(change.clone())).await.ok().body["client_secret"],
        body["client_secret"]
    );
    // A client that turns public loses its secret; turned back, it gets a new one.
    change["token_endpoint_auth_method"] = json!("none");
    let public = app.manages("PUT", body, token(body), Some(change.clone())).await.ok().body;
    assert_eq!(
        (public.get("client_secret"), public.get("client_secret_expires_at")),
        (body.get("client_secret"), None)
    );
    change.as_object_mut().expect("members").remove("client_secret");
    change["token_endpoint_auth_method"] = json!("client_secret_post");
    let back = app.manages("PUT", body, token(body), Some(change.clone())).await.ok().body;
    assert!(back["client_secret"].is_string() && back["client_secret"] != body["client_secret"]);

    let gone = app.manages("DELETE", body, token(body), None).await;
    assert_eq!(gone.status, 204);
    for method in ["GET", "DELETE"] {
        app.manages(method, body, token(body), None).await.is(401, "invalid_token");
    }
    client(&house, &back).refreshes(tokens.text("refresh_token")).await.is(401, "invalid_client");
    let rows = house.raw().await.texts("SELECT id FROM grants UNION SELECT user_id FROM consents").await;
    assert_eq!(rows, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s40_register_read_change_delete_on_sqlite() {
    s40_whole_way(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s40_register_read_change_delete_on_postgres() {
    s40_whole_way(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s41_s42_dc_05_each_member_is_held_to_its_rules() {
    let house = open(Kind::Sqlite, |config| config.registration_policy.per_minute = 10_000).await;
    let app = App(&house);
    let with = |name: &str, value: Value| {
        let mut metadata = json!({ "client_name": "App", "redirect_uris": [CALLBACK] });
        metadata[name] = value;
        metadata
    };
    let long = "x".repeat(101);
    let rsa_1024 = json!({ "keys": [{ "kty": "RSA", "n": "A".repeat(170), "e": "AQAB" }] });
    let key =
        json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }] });
    for (name, value, error, field) in [
        ("redirect_uris", json!([]), "invalid_redirect_uri", "redirect_uris"),
        ("redirect_uris", json!("https://app.example/cb"), "invalid_redirect_uri", "redirect_uris: must be an array"),
        ("redirect_uris", json!([CALLBACK, "https://app.example/cb#x"]), "invalid_redirect_uri", "redirect_uris/1: "),
        ("redirect_uris", json!(["http://app.example/cb"]), "invalid_redirect_uri", "redirect_uris/0: plain http"),
        ("redirect_uris", json!(["https://app.example/*"]), "invalid_redirect_uri", "redirect_uris/0: wildcards"),
        ("redirect_uris", json!(["javascript:alert(1)"]), "invalid_redirect_uri", "redirect_uris/0: "),
        ("redirect_uris", json!(["/cb"]), "invalid_redirect_uri", "redirect_uris/0: "),
        ("redirect_uris", json!(vec![CALLBACK; 51]), "invalid_redirect_uri", "redirect_uris"),
        ("grant_types", json!(["implicit"]), "invalid_client_metadata", "grant_types"),
        ("grant_types", json!(["password"]), "invalid_client_metadata", "grant_types"),
        ("grant_types", json!(["client_credentials"]), "invalid_client_metadata", "grant_types"),
        ("grant_types", json!(["refresh_token"]), "invalid_client_metadata", "grant_types"),
        ("grant_types", json!([]), "invalid_client_metadata", "grant_types"),
        ("response_types", json!(["token"]), "invalid_client_metadata", "response_types"),
        ("response_types", json!(["code", "id_token"]), "invalid_client_metadata", "response_types"),
        (
            "token_endpoint_auth_method",
            json!("tls_client_auth"),
            "invalid_client_metadata",
            "token_endpoint_auth_method",
        ),
        (
            "token_endpoint_auth_method",
            json!("private_key_jwt"),
            "invalid_client_metadata",
            "token_endpoint_auth_method",
        ),
        (
            "token_endpoint_auth_signing_alg",
            json!("none"),
            "invalid_client_metadata",
            "token_endpoint_auth_signing_alg",
        ),
        (
            "token_endpoint_auth_signing_alg",
            json!("HS256"),
            "invalid_client_metadata",
            "token_endpoint_auth_signing_alg",
        ),
        ("id_token_signed_response_alg", json!("none"), "invalid_client_metadata", "id_token_signed_response_alg"),
        ("application_type", json!("mainframe"), "invalid_client_metadata", "application_type"),
        ("client_name", json!(""), "invalid_client_metadata", "client_name"),
        ("client_name", json!(long), "invalid_client_metadata", "client_name"),
        ("client_name", json!("Bank\u{202e}knaB"), "invalid_client_metadata", "client_name"),
        ("client_name", json!(7319), "invalid_client_metadata", "client_name"),
        ("scope", json!(["openid"]), "invalid_client_metadata", "scope"),
        ("scope", json!("symbolon:admin"), "invalid_client_metadata", "scope"),
        ("scope", json!("files:read"), "invalid_client_metadata", "scope"),
        ("scope", json!("op\"enid"), "invalid_client_metadata", "scope"),
        ("logo_uri", json!("javascript:alert(1)"), "invalid_client_metadata", "logo_uri"),
        ("logo_uri", json!("https://10.0.0.1/logo.png"), "invalid_client_metadata", "logo_uri"),
        ("policy_uri", json!("http://app.example/policy"), "invalid_client_metadata", "policy_uri"),
        ("tos_uri", json!("data:text/html,x"), "invalid_client_metadata", "tos_uri"),
        ("client_uri", json!("https://u:p@app.example/"), "invalid_client_metadata", "client_uri"),
        ("jwks_uri", json!("https://169.254.169.254/jwks"), "invalid_client_metadata", "jwks_uri"),
        ("jwks_uri", json!("https://app.example:8443/jwks"), "invalid_client_metadata", "jwks_uri"),
        ("jwks", json!({ "keys": [{ "kty": "oct", "k": "AQ" }] }), "invalid_client_metadata", "jwks"),
        ("jwks", rsa_1024, "invalid_client_metadata", "jwks"),
        ("jwks", json!("x"), "invalid_client_metadata", "jwks"),
        ("contacts", json!(vec!["a@b.example"; 21]), "invalid_client_metadata", "contacts"),
        ("software_version", json!("1\n2"), "invalid_client_metadata", "software_version"),
        ("default_max_age", json!(-1), "invalid_client_metadata", "default_max_age"),
        ("default_max_age", json!("60"), "invalid_client_metadata", "default_max_age"),
        ("initiate_login_uri", json!("http://app.example/login"), "invalid_client_metadata", "initiate_login_uri"),
        ("subject_type", json!("secret"), "invalid_client_metadata", "subject_type"),
        ("sector_identifier_uri", json!("https://10.0.0.1/sector"), "invalid_client_metadata", "sector_identifier_uri"),
        ("request_uris", json!(["http://app.example/request"]), "invalid_client_metadata", "request_uris"),
        (
            "post_logout_redirect_uris",
            json!(["ftp://app.example/"]),
            "invalid_client_metadata",
            "post_logout_redirect_uris",
        ),
        (
            "backchannel_logout_uri",
            json!("https://169.254.169.254/x"),
            "invalid_client_metadata",
            "backchannel_logout_uri",
        ),
        ("userinfo_signed_response_alg", json!("none"), "invalid_client_metadata", "userinfo_signed_response_alg"),
        ("software_statement", json!("e30.e30.x"), "unapproved_software_statement", "software_statement"),
        ("software_statement", json!("nonsense"), "invalid_software_statement", "software_statement"),
        ("software_statement", json!({}), "invalid_software_statement", "software_statement"),
    ] {
        refused(&app.registers(with(name, value)).await, 400, error, field);
    }
    let both = json!({ "redirect_uris": [CALLBACK], "jwks": key, "jwks_uri": "https://app.example/jwks" });
    refused(&app.registers(both).await, 400, "invalid_client_metadata", "jwks");
    for good in [
        json!({ "redirect_uris": [CALLBACK] }),
        with("token_endpoint_auth_method", json!("none")),
        with("response_types", json!(["code"])),
        json!({ "redirect_uris": [CALLBACK], "token_endpoint_auth_method": "private_key_jwt", "jwks": key,
                "token_endpoint_auth_signing_alg": "EdDSA" }),
        with("jwks_uri", json!("https://app.example/jwks")),
        with("client_name", json!("B\u{fc}cher <b>&</b> {{7*7}}")),
        with("software_statement", Value::Null),
    ] {
        let made = app.registers(good.clone()).await;
        assert_eq!(made.status, 201, "{good}: {}", made.body);
        let public = ["none", "private_key_jwt"].contains(&made.text("token_endpoint_auth_method"));
        assert_eq!(made.body.get("client_secret").is_none(), public, "{good}");
        assert_eq!(made.body.get("client_secret_expires_at").is_none(), public, "{good}");
    }
    // What the rest of the metadata can do is told back as well.
    for (name, value) in [
        ("subject_type", json!("pairwise")),
        ("initiate_login_uri", json!("https://app.example/login")),
        ("post_logout_redirect_uris", json!(["https://app.example/bye"])),
        ("backchannel_logout_uri", json!("https://app.example/backchannel")),
        ("backchannel_logout_session_required", json!(true)),
        ("frontchannel_logout_uri", json!("https://app.example/frame")),
        ("require_auth_time", json!(true)),
        ("userinfo_signed_response_alg", json!("ES256")),
        ("default_max_age", json!(60)),
    ] {
        let made = app.registers(with(name, value.clone())).await;
        assert_eq!((made.status, &made.body[name]), (201, &value), "{name} {}", made.body);
    }
    // Without a name it is called by its host.
    assert_eq!(app.registers(json!({ "redirect_uris": [CALLBACK] })).await.body["client_name"], "app.example");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s42_the_application_type_decides_about_redirect_uris() {
    let house = open(Kind::Sqlite, |_| {}).await;
    let app = App(&house);
    let (loopback, own, web) = ("http://127.0.0.1:4711/cb", "com.example.app:/cb", CALLBACK);
    for (kind, redirect, effective) in [
        (None, web, Some("web")),
        (None, loopback, Some("native")),
        (None, "http://localhost:6274/oauth/callback", Some("native")),
        (None, own, Some("native")),
        (Some("web"), web, Some("web")),
        (Some("web"), loopback, None),
        (Some("web"), "http://localhost/cb", None),
        (Some("web"), own, None),
        (Some("native"), loopback, Some("native")),
        (Some("native"), "http://[::1]/cb", Some("native")),
        (Some("native"), own, Some("native")),
        (Some("native"), web, Some("native")),
        (Some("native"), "http://app.example/cb", None),
        (Some("native"), "nodots:/cb", None),
    ] {
        let mut metadata =
            json!({ "client_name": "App", "redirect_uris": [redirect], "token_endpoint_auth_method": "none" });
        if let Some(kind) = kind {
            metadata["application_type"] = json!(kind);
        }
        let made = app.registers(metadata).await;
        match effective {
            Some(effective) => {
                assert_eq!(made.body["application_type"], effective, "{kind:?} {redirect}: {}", made.body)
            }
            None => refused(&made, 400, "invalid_redirect_uri", "redirect_uris"),
        }
    }
    // A native app's port is free (RFC 8252 §7.3), also when it has a secret.
    house.person("ada").await;
    let made = app.registers(json!({ "client_name": "App", "redirect_uris": ["http://127.0.0.1/cb"] })).await;
    let mut native = client(&house, &made.body);
    native.redirect_uri = "http://127.0.0.1:50123/cb".to_owned();
    native.tokens(&mut house.browser(), "ada", &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_one_json_object_is_refused() {
    let house = open(Kind::Sqlite, |_| {}).await;
    let app = App(&house);
    let deep = format!("{{\"jwks\":{}{}}}", "[".repeat(100), "]".repeat(100));
    for (kind, body) in [
        ("", "{}".to_owned()),
        ("text/plain", "{}".to_owned()),
        ("application/x-www-form-urlencoded", "redirect_uris=x".to_owned()),
        ("application/json", String::new()),
        ("application/json", "[]".to_owned()),
        ("application/json", "{} {}".to_owned()),
        ("application/json", "{\"client_name\":\"a\",\"client_name\":\"b\"}".to_owned()),
        ("application/json", "{\"client_name\":\"a\\u0000\"}".to_owned()),
        ("application/json", deep),
    ] {
        let answer = app.sends(kind, body.clone()).await;
        answer.is(400, "invalid_client_metadata");
        assert!(!answer.text("error_description").is_empty(), "{body}");
    }
    let twice = app.sends("application/json", "{\"scope\":\"a\",\"scope\":\"b\"}").await;
    refused(&twice, 400, "invalid_client_metadata", "scope: is given more than once");
    assert_eq!(
        app.sends("application/json", format!("{{\"client_name\":\"{}\"}}", "x".repeat(70_000))).await.status,
        413
    );
    assert_eq!(answer(house.http().get(app.url())).await.status, 405);
    let good = app.sends("application/json; charset=utf-8", format!("{{\"redirect_uris\":[\"{CALLBACK}\"]}}")).await;
    assert_eq!(good.status, 201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dc_01_dc_06_a_token_is_good_for_what_it_was_made_for() {
    let house = House::with(Kind::Postgres, |config| config.registration = Registration::Token).await;
    let app = App(&house);
    let metadata = || json!({ "client_name": "App", "redirect_uris": [CALLBACK] });
    let before = house.state().await;
    let missing = app.registers(metadata()).await;
    missing.is(401, "invalid_token");
    assert!(missing.headers["www-authenticate"].to_str().expect("ASCII").starts_with("Bearer "));
    for bad in ["sym_ia_made-up", "x", "sym_ra_x"] {
        app.registers_with(bad, metadata()).await.is(401, "invalid_token");
    }
    assert_eq!(house.changed_since(&before).await, Vec::<String>::new());
    let (invite, known) = invites::create(&house.app, &acting(), 2, Duration::from_secs(3600)).await.expect("made");
    // A mistake in the metadata doesn't use it up.
    app.registers_with(invite.reveal(), json!({ "redirect_uris": ["ftp://x/"] })).await.is(400, "invalid_redirect_uri");
    let first = app.registers_with(invite.reveal(), metadata()).await;
    // An administrator let it in: it may be a machine.
    let machine = json!({ "client_name": "Job", "grant_types": ["client_credentials"], "scope": "profile" });
    let second = app.registers_with(invite.reveal(), machine).await;
    assert_eq!((first.status, second.status), (201, 201), "{}", second.body);
    assert_eq!(
        (second.body["response_types"].clone(), second.body.get("redirect_uris")),
        (json!([]), Some(&json!([])))
    );
    app.registers_with(invite.reveal(), metadata()).await.is(401, "invalid_token");
    let stored = clients::show(&house.app, &ClientId::from(first.text("client_id"))).await.expect("there");
    assert_eq!(stored.to_json()["registered_by"], format!("invite:{}", known.id));

    // One client's token is nothing to another, nor is an access token or an invite.
    for wrong in [token(&second.body), invite.reveal(), "x"] {
        for method in ["GET", "DELETE"] {
            app.manages(method, &first.body, wrong, None).await.is(401, "invalid_token");
        }
        let change = json!({ "client_id": first.body["client_id"], "redirect_uris": ["https://evil.example/cb"] });
        app.manages("PUT", &first.body, wrong, Some(change)).await.is(401, "invalid_token");
    }
    app.manages("GET", &first.body, token(&first.body), None).await.ok();

    // It ends by time, and by hand.
    let (late, _) = invites::create(&house.app, &acting(), 1, Duration::from_secs(3600)).await.expect("made");
    let (ended, known) = invites::create(&house.app, &acting(), 1, Duration::from_secs(7200)).await.expect("made");
    invites::revoke(&house.app, &acting(), &known.id).await.expect("revoked");
    app.registers_with(ended.reveal(), metadata()).await.is(401, "invalid_token");
    house.wait(Duration::from_secs(3601));
    app.registers_with(late.reveal(), metadata()).await.is(401, "invalid_token");
    assert!(invites::revoke(&house.app, &acting(), &known.id).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_invite_for_one_registers_one_however_many_try() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let house = House::with(kind, |config| config.registration = Registration::Token).await;
        let (invite, _) = invites::create(&house.app, &acting(), 3, Duration::from_secs(3600)).await.expect("made");
        let racing = (0..20).map(|_| {
            let request = house.http().post(format!("{}/oauth2/register", house.url)).bearer_auth(invite.reveal());
            tokio::spawn(answer(request.json(&json!({ "redirect_uris": [CALLBACK] }))))
        });
        let mut statuses = Vec::new();
        for racer in racing.collect::<Vec<_>>() {
            statuses.push(racer.await.expect("runs").status);
        }
        statuses.sort_unstable();
        assert_eq!(statuses, [vec![201; 3], vec![401; 17]].concat());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rfc7592_s2_2_what_a_change_must_say_and_must_not() {
    let house = open(Kind::Sqlite, |_| {}).await;
    let app = App(&house);
    let made = app.registers(json!({ "client_name": "App", "redirect_uris": [CALLBACK] })).await.body;
    let change = |name: &str, value: Value| {
        let mut change = json!({ "client_id": made["client_id"], "client_name": "App", "redirect_uris": [CALLBACK] });
        change[name] = value;
        change
    };
    for (name, value) in [
        ("client_id", Value::Null),
        ("client_id", json!("another")),
        ("client_secret", json!("chosen by me")),
        ("registration_access_token", made["registration_access_token"].clone()),
        ("registration_client_uri", made["registration_client_uri"].clone()),
        ("client_id_issued_at", made["client_id_issued_at"].clone()),
        ("client_secret_expires_at", json!(0)),
        ("software_statement", json!("a.b.c")),
        ("redirect_uris", json!(["http://evil.example/"])),
    ] {
        let answer = app.manages("PUT", &made, token(&made), Some(change(name, value))).await;
        assert_eq!(answer.status, 400, "{name} {}", answer.body);
        assert!(answer.text("error_description").starts_with(name), "{}", answer.body);
    }
    // What an administrator set stays, also beyond the policy; what is more isn't had by asking.
    let id = ClientId::from(made["client_id"].as_str().expect("an id"));
    let patch = json!({ "access_token_lifetime": 60, "scope": "openid files:read" });
    clients::patch(&house.app, &acting(), &id.clone().into(), patch.as_object().expect("members").clone())
        .await
        .expect("patched");
    let asked = change("scope", json!("openid files:read files:write symbolon:admin"));
    let changed = app.manages("PUT", &made, token(&made), Some(asked)).await.ok();
    assert_eq!(changed.text("scope"), "openid offline profile email files:read");
    let stored = clients::show(&house.app, &id).await.expect("there").metadata;
    assert_eq!((stored.access_token_lifetime, stored.trusted), (Some(60), false));
    // The administrator's client has no such token.
    let own = house.client().await;
    let uri = json!({ "registration_client_uri": house.app.url(&format!("/oauth2/register/{}", own.id)) });
    for wrong in [token(&made), "", "x"] {
        app.manages("GET", &uri, wrong, None).await.is(401, "invalid_token");
    }
    // Disabled, it may look and leave, and no more.
    clients::disable(&house.app, &acting(), &id.clone().into()).await.expect("disabled");
    app.manages("GET", &made, token(&made), None).await.ok();
    app.manages("PUT", &made, token(&made), Some(change("client_name", json!("B")))).await.is(403, "access_denied");
    assert_eq!(app.manages("DELETE", &made, token(&made), None).await.status, 204);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dc_06_a_flood_is_429_and_guessing_too() {
    let house = open(Kind::Sqlite, |config| {
        config.registration_policy.per_minute = 5;
        config.throttle.client = 5;
    })
    .await;
    let app = App(&house);
    let metadata = || json!({ "redirect_uris": [CALLBACK] });
    let mut made = Value::Null;
    for _ in 0..5 {
        made = app.registers(metadata()).await.body;
    }
    let flooded = app.registers(metadata()).await;
    flooded.is(429, "temporarily_unavailable");
    let wait: u64 = flooded.headers["retry-after"].to_str().expect("ASCII").parse().expect("seconds");
    house.wait(Duration::from_secs(wait));
    assert_eq!(app.registers(metadata()).await.status, 201);
    for _ in 0..5 {
        app.manages("GET", &made, "sym_ra_guess", None).await.is(401, "invalid_token");
    }
    let guessed = app.manages("GET", &made, token(&made), None).await;
    guessed.is(429, "temporarily_unavailable");
    assert!(guessed.headers.contains_key("retry-after"));
    house.wait(Duration::from_secs(61));
    app.manages("GET", &made, token(&made), None).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dc_06_changes_count_like_registrations() {
    let house = open(Kind::Sqlite, |config| config.registration_policy.per_minute = 3).await;
    let app = App(&house);
    let made = app.registers(json!({ "redirect_uris": [CALLBACK] })).await.body;
    let change = json!({ "client_id": made["client_id"], "redirect_uris": [CALLBACK] });
    for status in [200, 200, 429, 429] {
        let answer = app.manages("PUT", &made, token(&made), Some(change.clone())).await;
        assert_eq!(answer.status, status, "{}", answer.body);
        assert_eq!(answer.headers.contains_key("retry-after"), status == 429);
    }
    // To look costs nobody anything.
    app.manages("GET", &made, token(&made), None).await.ok();
    house.wait(Duration::from_secs(61));
    app.manages("PUT", &made, token(&made), Some(change)).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_policy_about_hosts_holds_for_logout_and_for_changes() {
    let house = open(Kind::Sqlite, |config| {
        config.registration_policy.redirect_hosts = vec!["app.example".to_owned(), "*.app.example".to_owned()];
    })
    .await;
    let app = App(&house);
    let with = |name: &str, value: Value| {
        let mut metadata = json!({ "client_name": "App", "redirect_uris": [CALLBACK] });
        metadata[name] = value;
        metadata
    };
    let made = app.registers(with("client_name", json!("First"))).await.body;
    for (name, value, error, place) in [
        ("redirect_uris", json!([CALLBACK, "https://evil.example/"]), "invalid_redirect_uri", "redirect_uris/1: "),
        (
            "post_logout_redirect_uris",
            json!(["https://evil.example/"]),
            "invalid_client_metadata",
            "post_logout_redirect_uris/0: ",
        ),
        (
            "backchannel_logout_uri",
            json!("https://evil.example/"),
            "invalid_client_metadata",
            "backchannel_logout_uri: ",
        ),
        (
            "frontchannel_logout_uri",
            json!("https://evil.example/"),
            "invalid_client_metadata",
            "frontchannel_logout_uri: ",
        ),
    ] {
        refused(&app.registers(with(name, value.clone())).await, 400, error, place);
        let mut change = with(name, value);
        change["client_id"] = made["client_id"].clone();
        refused(&app.manages("PUT", &made, token(&made), Some(change)).await, 400, error, place);
    }
    for (name, value) in [
        ("post_logout_redirect_uris", json!(["https://a.app.example/bye"])),
        ("backchannel_logout_uri", json!("https://a.app.example/out")),
        ("frontchannel_logout_uri", json!("https://app.example/out")),
    ] {
        let good = app.registers(with(name, value)).await;
        assert_eq!(good.status, 201, "{name} {}", good.body);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dc_03_what_is_ours_is_not_had_by_asking() {
    let house = open(Kind::Sqlite, |_| {}).await;
    let app = App(&house);
    let plain = json!({ "client_name": "App", "redirect_uris": [CALLBACK] });
    let mut greedy = plain.clone();
    for (name, value) in [
        ("trusted", json!(true)),
        ("skip_consent", json!(true)),
        ("first_party", json!(true)),
        ("admin", json!(true)),
        ("owner", json!("root")),
        ("enabled", json!(true)),
        ("registered_by", json!("invite:x")),
        ("provenance", json!("admin")),
        ("rev", json!(99)),
        ("not_before", json!(0)),
        ("client_secrets", json!([])),
        ("resource_server", json!(true)),
        ("resources", json!(["https://api.example"])),
        ("require_pkce", json!(false)),
        ("rotation", json!("static")),
        ("replay_window", json!(3600)),
        ("access_token_format", json!("jwt")),
        ("access_token_overlap", json!(3600)),
        ("access_token_lifetime", json!(31_536_000)),
        ("refresh_absolute_lifetime", json!(31_536_000)),
        ("custom_claims", json!({ "salary": { "claim": "salary" } })),
        ("scope", json!("openid symbolon:admin everything")),
    ] {
        greedy[name] = value;
    }
    let ours = async |made: &Value| {
        let id = ClientId::from(made["client_id"].as_str().expect("an id"));
        let client = clients::show(&house.app, &id).await.expect("there");
        (serde_json::to_value(&client.metadata).expect("JSON"), client.enabled, client.provenance.name())
    };
    let honest = app.registers(plain.clone()).await.body;
    let expected = ours(&honest).await;
    let made = app.registers(greedy.clone()).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(ours(&made.body).await, expected);
    greedy["client_id"] = honest["client_id"].clone();
    app.manages("PUT", &honest, token(&honest), Some(greedy)).await.ok();
    assert_eq!(ours(&honest).await, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dc_05_what_a_client_says_about_itself_is_not_long() {
    let house = open(Kind::Sqlite, |_| {}).await;
    let app = App(&house);
    let many = |n: usize| (0..n).map(|i| format!("https://app.example/{i}/{}", "x".repeat(1970))).collect::<Vec<_>>();
    let made = app.registers(json!({ "redirect_uris": many(7) })).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let long = app.registers(json!({ "redirect_uris": many(9) })).await;
    refused(&long, 400, "invalid_client_metadata", "the metadata must have at most 16 KiB");
    let mut change = json!({ "client_id": made.body["client_id"], "redirect_uris": many(9) });
    let long = app.manages("PUT", &made.body, token(&made.body), Some(change.clone())).await;
    refused(&long, 400, "invalid_client_metadata", "the metadata must have at most 16 KiB");
    change["redirect_uris"] = json!(vec![CALLBACK; 51]);
    assert_eq!(app.manages("PUT", &made.body, token(&made.body), Some(change)).await.status, 400);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_door_has_a_policy() {
    let house = open(Kind::Sqlite, |config| {
        let policy = &mut config.registration_policy;
        policy.redirect_hosts =
            ["app.example", "*.corp.example", "127.0.0.1", "com.example.app"].map(str::to_owned).to_vec();
        policy.scopes = vec!["openid".to_owned()];
        policy.most = 4;
        policy.approval = Approval::Admin;
    })
    .await;
    let app = App(&house);
    for (redirect, allowed) in [
        (CALLBACK, true),
        ("https://a.corp.example/cb", true),
        ("http://127.0.0.1:9/cb", true),
        ("com.example.app:/cb", true),
        ("https://corp.example/cb", false),
        ("https://app.example.evil.test/cb", false),
        ("http://localhost:9/cb", false),
        ("com.evil.app:/cb", false),
    ] {
        let metadata = json!({ "redirect_uris": [redirect], "token_endpoint_auth_method": "none" });
        let made = app.registers(metadata).await;
        match allowed {
            true => assert_eq!((made.status, made.text("scope")), (201, "openid"), "{redirect} {}", made.body),
            false => refused(&made, 400, "invalid_redirect_uri", "redirect_uris/0: its host"),
        }
    }
    // Four there are; a fifth waits until one goes.
    let full = app.registers(json!({ "redirect_uris": [CALLBACK] })).await;
    full.is(503, "temporarily_unavailable");
    let (mine, _) = clients::list(&house.app, "", "app.example", 10).await.expect("lists");
    clients::delete(&house.app, &acting(), &mine[0].id.clone().into()).await.expect("deleted");
    let made = app.registers(json!({ "client_name": "Newcomer", "redirect_uris": [CALLBACK] })).await;
    assert_eq!(made.status, 201);

    // It does nothing until an administrator lets it, and then can't become another.
    house.person("ada").await;
    let newcomer = client(&house, &made.body);
    let mut browser = house.browser();
    let waits = browser.get(&newcomer.auth_url(&[("scope", "openid")])).await;
    waits.is_page(403);
    assert_eq!(waits.error_code().as_deref(), Some("client_not_approved"));
    let change = json!({ "client_id": newcomer.id, "client_name": "Newcomer", "redirect_uris": [CALLBACK], "token_endpoint_auth_method": "client_secret_basic" });
    app.manages("PUT", &made.body, token(&made.body), Some(change.clone())).await.ok();
    let id = ClientId::from(newcomer.id.as_str());
    clients::enable(&house.app, &acting(), &id.into()).await.expect("enabled");
    let view = browser.get(&newcomer.auth_url(&[("scope", "openid")])).await;
    let asked = browser.signs_in(&view, "ada").await;
    // Nobody vouches for what registered itself.
    assert!(!asked.text().contains("approved by"), "{}", asked.text());
    let view = browser.decides(&asked, "allow").await;
    newcomer.redeems(&view.has_code(&newcomer)).await.ok();
    app.manages("PUT", &made.body, token(&made.body), Some(change)).await.is(403, "access_denied");
}

async fn unused_clients_go(kind: Kind) {
    let house = open(kind, |config| config.registration_policy.idle = Duration::from_secs(3 * 86_400)).await;
    house.person("ada").await;
    let app = App(&house);
    let metadata = || json!({ "redirect_uris": [CALLBACK] });
    let (used, unused) = (app.registers(metadata()).await.body, app.registers(metadata()).await.body);
    let by_hand = house.client().await;
    let used = client(&house, &used);
    let tokens = used.tokens(&mut house.browser(), "ada", &[]).await;
    assert_eq!(registration::reap(&house.app).await.expect("reaps"), 0);
    house.wait(Duration::from_secs(2 * 86_400));
    let fresh = app.registers(metadata()).await.body;
    assert_eq!(registration::reap(&house.app).await.expect("reaps"), 0);
    house.wait(Duration::from_secs(86_400 + 60));
    assert_eq!(registration::reap(&house.app).await.expect("reaps"), 1);
    app.manages("GET", &unused, token(&unused), None).await.is(401, "invalid_token");
    let trail = format!("client:{}", unused["client_id"].as_str().expect("an id"));
    let trail = audit::about(&house.app.db, &trail, 1).await.expect("reads");
    assert_eq!((trail[0].action.as_str(), trail[0].actor.as_str()), ("client.reaped", "system"));
    app.manages("GET", &fresh, token(&fresh), None).await.ok();
    used.refreshes(tokens.text("refresh_token")).await.ok();
    // Its last grant gone, it has the idle time once more.
    house.sql("DELETE FROM grants").await;
    house.wait(Duration::from_secs(2 * 86_400));
    assert_eq!(registration::reap(&house.app).await.expect("reaps"), 1, "the fresh one, which nobody used");
    house.wait(Duration::from_secs(86_400 + 60));
    assert_eq!(registration::reap(&house.app).await.expect("reaps"), 1);
    assert!(clients::show(&house.app, &ClientId::from(by_hand.id.as_str())).await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_nobody_uses_go_on_sqlite() {
    unused_clients_go(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_nobody_uses_go_on_postgres() {
    unused_clients_go(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_changes_itself_is_asked_about_again() {
    let house = open(Kind::Sqlite, |_| {}).await;
    house.person("ada").await;
    let app = App(&house);
    let made = app.registers(json!({ "client_name": "App", "redirect_uris": [CALLBACK] })).await.body;
    let registered = client(&house, &made);
    let mut browser = house.browser();
    registered.tokens(&mut browser, "ada", &[]).await;
    let silent = [("prompt", "none")];
    browser.get(&registered.auth_url(&silent)).await.has_code(&registered);
    let change = |name: &str| json!({ "client_id": made["client_id"], "client_name": name, "redirect_uris": [CALLBACK], "contacts": ["a@b.example"] });
    app.manages("PUT", &made, token(&made), Some(change("App"))).await.ok();
    browser.get(&registered.auth_url(&silent)).await.has_code(&registered);
    app.manages("PUT", &made, token(&made), Some(change("Your Bank"))).await.ok();
    browser.get(&registered.auth_url(&silent)).await.is_refusal(&registered, "consent_required");
    // A page that was opened before the change decides nothing about what it didn't show.
    let page = browser.get(&registered.auth_url(&[])).await;
    assert!(page.text().contains("Your Bank"));
    app.manages("PUT", &made, token(&made), Some(change("Another"))).await.ok();
    let stale = browser.decides(&page, "allow").await;
    stale.is_page(409);
    let view = browser.allows(&registered.auth_url(&[]), "ada").await;
    view.has_code(&registered);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mcp_pages_of_any_origin_may_register_and_nothing_redirects() {
    let house = open(Kind::Sqlite, |_| {}).await;
    let url = App(&house).url();
    let made = App(&house).registers(json!({ "redirect_uris": [CALLBACK] })).await.body;
    let managed = made["registration_client_uri"].as_str().expect("a URI").replace(house.app.issuer(), &house.url);
    for (method, url) in [("POST", &url), ("GET", &managed), ("PUT", &managed), ("DELETE", &managed)] {
        let preflight = house.http().request(reqwest::Method::OPTIONS, url.as_str());
        let preflight =
            preflight.header("origin", "http://localhost:6274").header("access-control-request-method", method);
        let allowed = answer(preflight).await;
        let header =
            |name: &str| allowed.headers.get(name).map(|v| v.to_str().expect("ASCII").to_owned()).unwrap_or_default();
        assert_eq!((allowed.status, header("access-control-allow-origin").as_str()), (204, "*"), "{method}");
        assert!(header("access-control-allow-methods").contains(method), "{method}");
        assert!(header("access-control-allow-headers").contains("MCP-Protocol-Version"));
        assert_eq!(header("access-control-allow-credentials"), "");
    }
    let made =
        house.http().post(&url).header("origin", "http://localhost:6274").json(&json!({ "redirect_uris": [CALLBACK] }));
    let made = answer(made).await;
    assert_eq!((made.status, made.headers["access-control-allow-origin"].to_str().ok()), (201, Some("*")));
    for path in ["/oauth2/register/", "/oauth2//register"] {
        let answer = answer(house.http().post(format!("{}{path}", house.url)).json(&json!({}))).await;
        assert!(answer.status == 404 || answer.status == 405, "{path} {}", answer.status);
    }
}
