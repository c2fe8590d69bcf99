//! The management API: who may use it, what it does to clients and people, what it refuses.

use crate::on_both;
use crate::support::client::answer;
use crate::support::{Answer, House};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use symbolon::base::ScopeSet;
use symbolon::clients::{AuthMethod, GrantType, Metadata};

/// Someone with an access token for the management API.
struct Admin {
    url: String,
    token: String,
    http: reqwest::Client,
}

fn machine(metadata: &mut Metadata) {
    metadata.grant_types = vec![GrantType::ClientCredentials];
    metadata.response_types = Vec::new();
    metadata.redirect_uris = Vec::new();
    metadata.scope = "symbolon:admin".to_owned();
    metadata.admin = true;
}

impl Admin {
    async fn of(house: &House) -> Self {
        let client = house.client_with(machine).await;
        house.wait(std::time::Duration::from_secs(1));
        let tokens = client.token(&[("grant_type", "client_credentials"), ("scope", "symbolon:admin")]).await.ok();
        Admin::with(house, tokens.text("access_token"))
    }

    fn with(house: &House, token: &str) -> Self {
        #[expect(clippy::disallowed_methods, reason = "a caller from outside, as everyone is")]
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        Admin { url: house.url.clone(), token: token.to_owned(), http }
    }

    fn ask(&self, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        self.http.request(method, format!("{}/v1/admin/{path}", self.url)).bearer_auth(&self.token)
    }

    async fn does(&self, method: &str, path: &str) -> Answer {
        answer(self.ask(method, path)).await
    }

    async fn sends(&self, method: &str, path: &str, body: Value) -> Answer {
        answer(self.ask(method, path).json(&body)).await
    }

    async fn raw(&self, method: &str, path: &str, body: &str) -> Answer {
        answer(self.ask(method, path).header("content-type", "application/json").body(body.to_owned())).await
    }
}

/// It is this problem (RFC 9457), kept by nobody.
#[track_caller]
fn is(answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(answer.body["type"], format!("urn:symbolon:problem:{code}"), "{}", answer.body);
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    assert_eq!(answer.headers["cache-control"], "no-store");
}

fn shop() -> Value {
    json!({ "client_name": "Shop", "redirect_uris": ["https://shop.example/cb"] })
}

on_both! {
    async fn dc_02_only_admins_come_in(house: House) {
        let nobody = Admin::with(&house, "sym_at_made-up");
        let refused = nobody.does("GET", "clients").await;
        assert_eq!(refused.status, 401);
        assert!(refused.headers["www-authenticate"].to_str().expect("ASCII").contains("invalid_token"));
        assert_eq!(refused.headers["cache-control"], "no-store");

        // A person without the role, and an admin whose token lacks the scope.
        house.person("ben").await;
        house.admin("ada").await;
        let client = house.client_with(|metadata| metadata.scope.push_str(" symbolon:admin")).await;
        let of = |scope: &'static str, name: &'static str| {
            let (client, mut browser) = (client.clone(), house.browser());
            async move { client.tokens(&mut browser, name, &[("scope", scope)]).await }
        };
        let ben = of("openid symbolon:admin", "ben").await;
        let ben = Admin::with(&house, ben.text("access_token")).does("GET", "clients").await;
        assert_eq!(ben.status, 403);
        let narrow = of("openid", "ada").await;
        let narrow = Admin::with(&house, narrow.text("access_token")).does("POST", "clients").await;
        is(&narrow, 403, "forbidden");
        let challenge = narrow.headers["www-authenticate"].to_str().expect("ASCII");
        assert!(challenge.contains("error=\"insufficient_scope\"") && challenge.contains("scope=\"symbolon:admin\""));
        let ada = of("openid symbolon:admin", "ada").await;
        assert_eq!(Admin::with(&house, ada.text("access_token")).does("GET", "clients").await.status, 200);
        // A machine may ask for the scope only when it was made with `admin`.
        assert!(ScopeSet::stored(ada.text("scope")).has("symbolon:admin"));
    }

    async fn ad_03_nothing_is_open_to_who_has_no_admin_token(house: House) {
        house.admin("ada").await;
        let client = house.client().await;
        let mut browser = house.browser();
        browser.arrives_as("ada").await;
        let cookies = browser.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join("; ");
        let id_token = client.tokens(&mut browser, "ada", &[]).await.text("id_token").to_owned();
        let before = house.state().await;
        let routes = [
            ("GET", "clients"), ("POST", "clients"), ("GET", "clients/x"), ("PUT", "clients/x"), ("PATCH", "clients/x"),
            ("DELETE", "clients/x"), ("POST", "clients/x/rotate-secret"), ("POST", "clients/x/enable"), ("POST", "clients/x/disable"),
            ("GET", "users"), ("POST", "users"), ("GET", "users/x"), ("DELETE", "users/x"), ("POST", "users/x/enable"),
            ("POST", "users/x/disable"), ("POST", "users/x/promote"), ("POST", "users/x/demote"), ("POST", "users/x/password"),
        ];
        for (method, path) in routes {
            let url = format!("{}/v1/admin/{path}", house.url);
            let ask = || house.http().request(Method::from_bytes(method.as_bytes()).expect("a method"), &url).json(&shop());
            for (who, request) in [
                ("nobody", ask()),
                ("an admin's browser", ask().header("cookie", &cookies).header("sec-fetch-site", "same-origin")),
                ("a client", ask().basic_auth(&client.id, client.secret.clone())),
                ("an ID token", ask().bearer_auth(&id_token)),
                ("a token in the query", ask().query(&[("access_token", "sym_at_x")])),
            ] {
                let refused = answer(request).await;
                assert_eq!(refused.status, 401, "{who}: {method} {path}");
                assert!(refused.headers.contains_key("www-authenticate"), "{who}: {method} {path}");
            }
        }
        assert_eq!(house.state().await, before);
        let admin = Admin::of(&house).await;
        for (method, path) in routes.iter().filter(|(method, path)| *method == "GET" && !path.contains('x')) {
            admin.does(method, path).await.ok();
        }
    }

    async fn ad_11_rv_14_a_right_counts_at_the_moment_of_its_use(house: House) {
        let (ada, ben) = (house.admin("ada").await, house.person("ben").await);
        let client = house.client_with(|metadata| metadata.scope.push_str(" symbolon:admin")).await;
        let scope = [("scope", "openid symbolon:admin")];
        let tokens = client.tokens(&mut house.browser(), "ben", &scope).await;
        // Nobody makes themselves an admin.
        let himself = Admin::with(&house, tokens.text("access_token"));
        assert_eq!(himself.does("POST", &format!("users/{ben}/promote")).await.status, 403);
        let root = Admin::of(&house).await;
        assert_eq!(root.does("GET", &format!("users/{ben}")).await.ok().body["admin"], false);

        let tokens = client.tokens(&mut house.browser(), "ada", &scope).await;
        let herself = Admin::with(&house, tokens.text("access_token"));
        herself.does("GET", "users").await.ok();
        // The client loses the scope, then she the role: the same token.
        let path = format!("clients/{}", client.id);
        root.sends("PATCH", &path, json!({ "scope": "openid" })).await.ok();
        assert_eq!(herself.does("GET", "users").await.status, 403);
        root.sends("PATCH", &path, json!({ "scope": "openid symbolon:admin" })).await.ok();
        herself.does("GET", "users").await.ok();
        root.does("POST", &format!("users/{ben}/promote")).await.ok();
        root.does("POST", &format!("users/{ada}/demote")).await.ok();
        assert_eq!(herself.does("GET", "users").await.status, 403);
    }

    async fn dc_05_hostile_metadata_is_refused(house: House) {
        let admin = Admin::of(&house).await;
        let before = house.state().await;
        let rsa = json!({ "keys": [{ "kty": "RSA", "e": "AQAB", "n": symbolon::base::encoding::base64url(&[0xc5; 128]) }] });
        let private = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A" }] });
        let symmetric = json!({ "keys": [{ "kty": "oct", "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow" }] });
        for (what, member, value) in [
            ("implicit", "grant_types", json!(["implicit"])),
            ("password", "grant_types", json!(["password"])),
            ("token", "response_types", json!(["token"])),
            ("a short RSA key", "jwks", rsa),
            ("a private key", "jwks", private),
            ("a symmetric key", "jwks", symmetric),
            ("1000 URIs", "redirect_uris", (0..1000).map(|n| format!("https://shop.example/{n}")).collect()),
            ("a long name", "client_name", json!("x".repeat(50_000))),
            ("directions in a name", "client_name", json!("Shop \u{202e}evil")),
            ("a script as a home page", "client_uri", json!("javascript:alert(1)")),
            ("another's member", "owner", json!("ada")),
            ("a number for a name", "client_name", json!(7)),
        ] {
            let mut shop = shop();
            shop[member] = value;
            let refused = admin.sends("POST", "clients", shop).await;
            assert_eq!(refused.status, 422, "{what}: {}", refused.body);
        }
        assert_eq!(house.state().await, before);
        assert_eq!(admin.sends("POST", "clients", shop()).await.status, 201);
    }

    async fn a_workspace_is_changed_whole_and_only_as_it_was_read(house: House) {
        let admin = Admin::of(&house).await;
        let path = "workspaces/default";
        let tag = admin.does("GET", path).await.ok().headers["etag"].to_str().expect("ASCII").to_owned();
        let change = |tag: &str, body: Value| admin.ask("PATCH", path).header("if-match", tag).json(&body);
        let both = json!({ "name": "Whole", "break_glass": false, "requests_per_second": 9 });
        // RFC 9110 §13.2.1: what would be refused anyway is refused for that, and nothing of it is done.
        let wrong = json!({ "name": "Half", "requests_per_second": 1_000_001 });
        is(&answer(change("\"7\"", wrong.clone())).await, 422, "invalid-field");
        is(&answer(change(&tag, wrong)).await, 422, "invalid-field");
        is(&answer(change("\"7\"", both.clone())).await, 412, "precondition-failed");
        assert_eq!(admin.does("GET", path).await.ok().headers["etag"], tag.as_str(), "nothing was done");
        let done = answer(change(&tag, both.clone())).await.ok();
        assert_eq!((done.text("name"), &done.body["break_glass"], &done.body["requests_per_second"]), ("Whole", &json!(false), &json!(9)));
        is(&answer(change(&tag, both)).await, 412, "precondition-failed");
    }

    async fn a_client_lives_and_dies(house: House) {
        let admin = Admin::of(&house).await;
        let made = admin.sends("POST", "clients", shop()).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let id = made.text("client_id").to_owned();
        let path = format!("clients/{id}");
        assert!(made.headers["location"].to_str().expect("ASCII").ends_with(&format!("/v1/admin/{path}")));
        assert!(made.text("client_secret").starts_with("sym_cs_"));
        assert_eq!(made.body["client_secret_expires_at"], 0);

        // DC-04: never again.
        let shown = admin.does("GET", &path).await.ok();
        assert!(shown.body.get("client_secret").is_none());
        let tag = shown.headers["etag"].to_str().expect("ASCII").to_owned();

        let patch = json!({ "client_name": "Store", "replay_window": 5 });
        let request = |tag: &str| admin.ask("PATCH", &path).header("if-match", tag).json(&patch);
        is(&answer(request("\"7\"")).await, 412, "precondition-failed");
        is(&answer(request(&format!("W/{tag}"))).await, 412, "precondition-failed");
        let patched = answer(request(&tag)).await.ok();
        assert_eq!(patched.body["client_name"], "Store");
        assert_ne!(patched.headers["etag"], tag.as_str());
        is(&answer(request(&tag)).await, 412, "precondition-failed");
        let merged = admin.ask("PATCH", &path).header("content-type", "application/merge-patch+json");
        let merged = answer(merged.body(r#"{"replay_window":null}"#)).await.ok();
        assert!(merged.body.get("replay_window").is_none());

        // What was shown may be put back as it is; what can't be written may not be changed by it.
        let mut put = merged.body.clone();
        assert_eq!(admin.sends("PUT", &path, put.clone()).await.ok().body["client_name"], "Store");
        put["enabled"] = json!(false);
        put["updated_at"] = Value::Null;
        is(&admin.sends("PUT", &path, put).await, 422, "invalid-field");

        let rotated = admin.does("POST", &format!("{path}/rotate-secret")).await.ok();
        assert_ne!(rotated.text("client_secret"), made.text("client_secret"));
        assert_eq!(rotated.body["client_secrets"].as_array().map(Vec::len), Some(2));
        let rotated = admin.sends("POST", &format!("{path}/rotate-secret"), json!({"overlap": 0})).await.ok();
        assert_eq!(rotated.body["client_secrets"].as_array().map(Vec::len), Some(1));
        is(&admin.sends("POST", &format!("{path}/rotate-secret"), json!({"overlap": -1})).await, 422, "invalid-field");

        assert_eq!(admin.does("DELETE", &path).await.status, 204);
        is(&admin.does("GET", &path).await, 404, "not-found");
        is(&admin.does("DELETE", &path).await, 404, "not-found");
        let trail = symbolon::audit::about(&house.app.db, &format!("client:{id}"), 20).await.expect("reads");
        let actions: Vec<&str> = trail.iter().rev().map(|event| event.action.as_str()).collect();
        let rotations = ["client.secret_rotated", "client.secret_rotated"];
        let changes = ["client.created", "client.updated", "client.updated", "client.updated"];
        assert_eq!(actions, [&changes[..], &rotations, &["client.deleted"]].concat());
        assert!(trail.iter().all(|event| event.actor.starts_with("client:") && event.request_id.is_some()));
        let written = serde_json::to_string(&trail).expect("JSON");
        assert!(!written.contains("sym_cs_") && written.contains("Store"));
    }

    async fn s41_addresses_for_signing_out_are_registered_and_checked(house: House) {
        let admin = Admin::of(&house).await;
        let mut ask = shop();
        ask["redirect_uris"] = json!(["https://shop.example/cb"]);
        ask["post_logout_redirect_uris"] = json!(["https://shop.example/bye", "https://shop.example/gone"]);
        ask["backchannel_logout_uri"] = json!("https://api.shop.example/out");
        ask["backchannel_logout_session_required"] = json!(true);
        ask["frontchannel_logout_uri"] = json!("https://shop.example/out");
        ask["frontchannel_logout_session_required"] = json!(true);
        let made = admin.sends("POST", "clients", ask.clone()).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let names = ["post_logout_redirect_uris", "backchannel_logout_uri", "backchannel_logout_session_required",
            "frontchannel_logout_uri", "frontchannel_logout_session_required"];
        assert!(names.iter().all(|name| made.body[name] == ask[name]), "{}", made.body);
        let path = format!("clients/{}", made.text("client_id"));
        for (name, bad) in [
            ("post_logout_redirect_uris", json!(["https://shop.example/bye#x"])),
            ("post_logout_redirect_uris", json!("https://shop.example/bye")),
            ("backchannel_logout_uri", json!("http://shop.example/out")),
            ("backchannel_logout_uri", json!("https://10.0.0.1/out")),
            ("backchannel_logout_session_required", json!("yes")),
            ("frontchannel_logout_uri", json!("https://elsewhere.example/out")),
        ] {
            let refused = admin.sends("PATCH", &path, json!({ name: bad })).await;
            is(&refused, 422, "invalid-field");
            assert!(refused.body.to_string().contains(name), "{}", refused.body);
        }
        let less = admin.sends("PATCH", &path, json!({ "backchannel_logout_uri": null, "post_logout_redirect_uris": [] })).await.ok();
        assert!(less.body.get("backchannel_logout_uri").is_none() && less.body["post_logout_redirect_uris"] == json!([]));
    }

    async fn a_new_auth_method_brings_its_secret_and_takes_it_away(house: House) {
        let admin = Admin::of(&house).await;
        let mut public = shop();
        public["token_endpoint_auth_method"] = json!("none");
        public["client_id"] = json!("shop.app");
        let made = admin.sends("POST", "clients", public.clone()).await;
        assert_eq!((made.status, made.body.get("client_secret")), (201, None));
        is(&admin.sends("POST", "clients", public).await, 409, "client-exists");
        is(&admin.does("POST", "clients/shop.app/rotate-secret").await, 409, "client-without-secret");
        let method = |name: &str| json!({ "token_endpoint_auth_method": name });
        let basic = admin.sends("PATCH", "clients/shop.app", method("client_secret_basic")).await.ok();
        let first = basic.text("client_secret").to_owned();
        let post = admin.sends("PATCH", "clients/shop.app", method("client_secret_post")).await.ok();
        assert!(post.body.get("client_secret").is_none());
        let none = admin.sends("PATCH", "clients/shop.app", method("none")).await.ok();
        assert_eq!(none.body["client_secrets"], json!([]));
        let again = admin.sends("PATCH", "clients/shop.app", method("client_secret_basic")).await.ok();
        assert_ne!(again.text("client_secret"), first);
        is(&admin.sends("PATCH", "clients/shop.app", method("private_key_jwt")).await, 422, "invalid-field");
    }

    async fn disabling_a_client_ends_its_grants_at_once(house: House) {
        house.person("ada").await;
        let (client, admin) = (house.client().await, Admin::of(&house).await);
        let tokens = client.tokens(&mut house.browser(), "ada", &[]).await;
        client.userinfo(tokens.text("access_token")).await.ok();
        let path = format!("clients/{}", client.id);
        assert_eq!(admin.does("POST", &format!("{path}/disable")).await.ok().body["enabled"], false);
        assert_eq!(client.userinfo(tokens.text("access_token")).await.status, 401);
        assert_eq!(client.refreshes(tokens.text("refresh_token")).await.status, 401);
        assert_eq!(admin.does("POST", &format!("{path}/enable")).await.ok().body["enabled"], true);
        client.refreshes(tokens.text("refresh_token")).await.is(400, "invalid_grant");
        assert_eq!(client.userinfo(tokens.text("access_token")).await.status, 401);

        // A machine's tokens have no row: they are void all the same, also when the client comes back.
        let other = Admin::of(&house).await;
        let me = house.client_with(machine).await;
        house.wait(std::time::Duration::from_secs(1));
        let mine = me.token(&[("grant_type", "client_credentials"), ("scope", "symbolon:admin")]).await.ok();
        let mine = Admin::with(&house, mine.text("access_token"));
        mine.does("GET", "clients").await.ok();
        // Nobody cuts the branch that they sit on; what leaves them their rights they may change.
        let myself = format!("clients/{}", me.id);
        let put = json!({ "client_name": "x", "redirect_uris": ["https://shop.example/cb"] });
        for (method, path, body) in [
            ("POST", format!("{myself}/disable"), Value::Null),
            ("DELETE", myself.clone(), Value::Null),
            ("PUT", myself.clone(), put),
            ("PATCH", myself.clone(), json!({ "scope": "", "admin": false })),
        ] {
            is(&mine.sends(method, &path, body).await, 409, "client-is-caller");
        }
        mine.sends("PATCH", &myself, json!({ "client_name": "Robot" })).await.ok();
        other.does("POST", &format!("clients/{}/disable", me.id)).await.ok();
        assert_eq!(mine.does("GET", "clients").await.status, 401);
        other.does("POST", &format!("clients/{}/enable", me.id)).await.ok();
        assert_eq!(mine.does("GET", "clients").await.status, 401);
    }

    async fn a_deleted_clients_tokens_stay_void_when_its_name_comes_back(house: House) {
        let admin = Admin::of(&house).await;
        let ask = json!({ "client_name": "Ops", "client_id": "ops", "grant_types": ["client_credentials"], "admin": true });
        let made = admin.sends("POST", "clients", ask.clone()).await;
        let mut client = house.client_with(machine).await;
        client.id = "ops".to_owned();
        client.secret = Some(made.text("client_secret").to_owned());
        assert_eq!(client.method, AuthMethod::ClientSecretBasic);
        let form = [("grant_type", "client_credentials"), ("scope", "symbolon:admin")];
        let tokens = client.token(&form).await.ok();
        let ops = Admin::with(&house, tokens.text("access_token"));
        ops.does("GET", "clients").await.ok();
        house.wait(std::time::Duration::from_secs(1));
        assert_eq!(admin.does("DELETE", "clients/ops").await.status, 204);
        assert_eq!(ops.does("GET", "clients").await.status, 401);
        let again = admin.sends("POST", "clients", ask).await;
        assert_eq!((again.status, ops.does("GET", "clients").await.status), (201, 401));
        client.secret = Some(again.text("client_secret").to_owned());
        let tokens = client.token(&form).await.ok();
        Admin::with(&house, tokens.text("access_token")).does("GET", "clients").await.ok();
    }

    async fn ad_05_lists_come_in_pages_that_nobody_can_bend(house: House) {
        let admin = Admin::of(&house).await;
        for name in ["Alpha", "Beta 100%", "Gamma_", "Delta!"] {
            let mut client = shop();
            client["client_name"] = json!(name);
            assert_eq!(admin.sends("POST", "clients", client).await.status, 201);
        }
        let (mut names, mut path) = (Vec::new(), "clients?limit=2".to_owned());
        loop {
            let page = admin.does("GET", &path).await.ok();
            names.extend(page.body["data"].as_array().expect("data").iter().map(|client| client["client_name"].clone()));
            let Some(cursor) = page.body["next_cursor"].as_str() else { break };
            assert!(page.headers["link"].to_str().expect("ASCII").contains(cursor));
            path = format!("clients?limit=2&cursor={cursor}");
        }
        assert_eq!(names, ["Ledgerly", "Alpha", "Beta 100%", "Gamma_", "Delta!"]);
        for (search, found) in [("ALPHA", 1), ("100%25", 1), ("_", 1), ("%25", 1), ("!", 1), ("nobody", 0)] {
            let page = admin.does("GET", &format!("clients?search={search}")).await.ok();
            assert_eq!(page.body["data"].as_array().map(Vec::len), Some(found), "{search}");
        }
        for bad in ["cursor=abc", "cursor=%27%3BDROP%20TABLE%20clients--"] {
            is(&admin.does("GET", &format!("clients?{bad}")).await, 400, "invalid_cursor");
        }
        for bad in ["limit=0", "limit=-1", "limit=NaN", "limit=1000000000", "limit=201"] {
            is(&admin.does("GET", &format!("clients?{bad}")).await, 400, "invalid_limit");
        }
        is(&admin.does("GET", "clients?search=%00").await, 400, "invalid_query");
        is(&admin.does("GET", "users?cursor=YWJj").await, 400, "invalid_cursor");
    }

    async fn bodies_are_read_strictly(house: House) {
        let admin = Admin::of(&house).await;
        for bad in ["", "[]", "{", r#"{"client_name":"a","client_name":"b"}"#, r#"{"client_name":"a\u0000"}"#, r#"{"client_name":"\ud800"}"#] {
            is(&admin.raw("POST", "clients", bad).await, 400, "invalid-json");
        }
        let deep = format!("{{\"jwks\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
        is(&admin.raw("POST", "clients", &deep).await, 400, "invalid-json");
        assert_eq!(admin.raw("POST", "clients", &format!("{{\"client_name\":\"{}\"}}", "x".repeat(1 << 20))).await.status, 413);
        is(&answer(admin.ask("POST", "clients").body("{}")).await, 415, "unsupported-media-type");
        is(&answer(admin.ask("POST", "clients").form(&[("client_name", "a")])).await, 415, "unsupported-media-type");
        let named = admin.sends("POST", "clients", json!({ "client_name": "a", "owner": "mallory" })).await;
        is(&named, 422, "invalid-field");
        assert_eq!(named.body["errors"][0]["pointer"], "/owner");
        for id in ["%00", "%ff", "nobody", "%27%20OR%201%3D1--"] {
            is(&admin.does("GET", &format!("clients/{id}")).await, 404, "not-found");
        }
        let wrong = admin.does("PUT", "clients").await;
        is(&wrong, 405, "method-not-allowed");
        assert!(wrong.headers.contains_key("allow"));
    }

    async fn people_are_managed(house: House) {
        let admin = Admin::of(&house).await;
        let ask = json!({ "email": "Ada@example.com", "name": "Ada", "password": "correct horse battery", "admin": true });
        let made = admin.sends("POST", "users", ask.clone()).await;
        assert_eq!((made.status, made.body["claims"]["name"].as_str()), (201, Some("Ada")), "{}", made.body);
        assert!(!made.body.to_string().contains("correct horse"));
        let ada = made.text("id").to_owned();
        // IN-05: one account, however it is spelled.
        for twin in ["ada@EXAMPLE.com", " ada@example.com ", "\u{ff41}da@example.com"] {
            is(&admin.sends("POST", "users", json!({ "email": twin })).await, 409, "user-exists");
        }
        is(&admin.sends("POST", "users", json!({ "email": "ben@example.com", "rev": 7 })).await, 422, "invalid-field");
        is(&admin.sends("POST", "users", json!({ "email": "ben" })).await, 422, "invalid-field");

        // AD-10: the last admin stays.
        for change in ["disable", "demote"] {
            is(&admin.does("POST", &format!("users/{ada}/{change}")).await, 409, "last-admin");
        }
        is(&admin.does("DELETE", &format!("users/{ada}")).await, 409, "last-admin");
        let ben = admin.sends("POST", "users", json!({ "email": "ben@example.com" })).await.text("id").to_owned();
        admin.does("POST", &format!("users/{ben}/promote")).await.ok();

        let (client, mut browser) = (house.client().await, house.browser());
        let tokens = client.tokens(&mut browser, "ada", &[]).await;
        assert_eq!(admin.does("POST", &format!("users/{ada}/disable")).await.ok().body["enabled"], false);
        assert_eq!(client.userinfo(tokens.text("access_token")).await.status, 401);
        client.refreshes(tokens.text("refresh_token")).await.is(400, "invalid_grant");
        assert!(browser.get(&client.auth_url(&[])).await.first("#sign-in").is_some());
        admin.does("POST", &format!("users/{ada}/enable")).await.ok();
        client.refreshes(tokens.text("refresh_token")).await.is(400, "invalid_grant");

        client.tokens(&mut browser, "ada", &[]).await;
        let password = |text: &str| json!({ "password": text });
        is(&admin.sends("POST", &format!("users/{ada}/password"), password("short")).await, 422, "invalid-field");
        admin.sends("POST", &format!("users/{ada}/password"), password("another horse entirely")).await.ok();
        let view = browser.get(&client.auth_url(&[])).await;
        let view = browser.signs_in_with(&view, "ada", "another horse entirely").await;
        assert!(view.sent("code").is_some(), "{} {}", view.status, view.body);

        // I-05: all sessions, and what was given in them without `offline`.
        let online = client.tokens(&mut browser, "ada", &[("scope", "openid")]).await;
        admin.does("POST", &format!("users/{ada}/sign-out")).await.ok();
        assert!(browser.get(&client.auth_url(&[])).await.first("#sign-in").is_some());
        assert_eq!(client.userinfo(online.text("access_token")).await.status, 401);
        is(&admin.does("POST", "users/nobody/sign-out").await, 404, "not-found");

        assert_eq!(admin.does("DELETE", &format!("users/{ada}")).await.status, 204);
        is(&admin.does("GET", &format!("users/{ada}")).await, 404, "not-found");
        let back = admin.sends("POST", "users", ask).await;
        assert_ne!(back.text("id"), ada);
        let found = admin.does("GET", "users?search=BEN").await.ok();
        assert_eq!(found.body["data"].as_array().map(Vec::len), Some(1));
    }

    async fn ad_10_two_admins_cannot_demote_each_other(house: House) {
        let admin = Admin::of(&house).await;
        let (mut left, mut right) = (house.admin("ada").await, house.admin("ben").await);
        for _ in 0..20 {
            let (one, two) = (format!("users/{left}/demote"), format!("users/{right}/disable"));
            let (one, two) = tokio::join!(admin.does("POST", &one), admin.does("POST", &two));
            let mut both = [one.status, two.status];
            both.sort_unstable();
            assert_eq!(both, [200, 409], "{} {}", one.body, two.body);
            for id in [&left, &right] {
                admin.does("POST", &format!("users/{id}/promote")).await.ok();
                admin.does("POST", &format!("users/{id}/enable")).await.ok();
            }
            std::mem::swap(&mut left, &mut right);
        }
    }
}

crate::on_both! {
    async fn rfc7591_s3_invites_are_made_listed_and_ended(house: House) {
        let admin = Admin::of(&house).await;
        let made = admin.sends("POST", "invites", json!({ "uses": 3, "expires_in": 3600 })).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let token = made.text("initial_access_token");
        assert!(token.starts_with("sym_ia_") && token.ends_with(made.text("hint")));
        assert!(!format!("{:?}", house.tables().await).contains(token), "only its fingerprint is kept");
        // Nothing said: one client, seven days.
        let plain = answer(admin.ask("POST", "invites")).await;
        assert_eq!((plain.status, plain.body["uses"].as_i64(), plain.body["used"].as_i64()), (201, Some(1), Some(0)));
        let listed = admin.does("GET", "invites").await.ok();
        assert_eq!(listed.body["data"].as_array().map(Vec::len), Some(2));
        assert!(!listed.body.to_string().contains("sym_ia_"));
        for (body, field) in [
            (json!({ "uses": 0 }), "uses"),
            (json!({ "uses": 1_000_001 }), "uses"),
            (json!({ "uses": "3" }), "uses"),
            (json!({ "expires_in": 1 }), "expires_in"),
            (json!({ "expires_in": u64::MAX }), "expires_in"),
            (json!({ "scope": "x" }), "scope"),
        ] {
            let refused = admin.sends("POST", "invites", body.clone()).await;
            is(&refused, 422, "invalid-field");
            assert_eq!(refused.body["errors"][0]["pointer"], format!("/{field}"), "{body}");
        }
        let one = format!("invites/{}", made.text("id"));
        assert_eq!(admin.does("DELETE", &one).await.status, 204);
        is(&admin.does("DELETE", &one).await, 404, "not-found");
        assert_eq!(admin.does("GET", "invites").await.ok().body["data"].as_array().map(Vec::len), Some(1));
        let trail = symbolon::audit::about(&house.app.db, &format!("invite:{}", made.text("id")), 5).await.expect("reads");
        let trail: Vec<_> = trail.iter().map(|event| event.action.as_str()).collect();
        assert_eq!(trail, ["invite.revoked", "invite.created"]);
        let nobody = Admin::with(&house, "sym_at_made-up");
        for (method, path) in [("GET", "invites"), ("POST", "invites"), ("DELETE", one.as_str()), ("GET", "clients/seen")] {
            assert_eq!(nobody.does(method, path).await.status, 401, "{method} {path}");
        }
    }

    async fn clients_with_documents_are_listed_and_stopped(house: House) {
        use symbolon::clients::cimd::store;
        let admin = Admin::of(&house).await;
        for n in 0..5 {
            house.app.sightings.note(&format!("https://agent{n}.example/client.json"), &format!("Agent {n}"), house.now());
        }
        house.app.sightings.note("https://agent0.example/client.json", "Agent null", house.now());
        store::write_down(&house.app.db, house.app.sightings.take()).await.expect("writes");
        house.app.sightings.note("https://agent0.example/client.json", "Agent zero", house.now());
        store::write_down(&house.app.db, house.app.sightings.take()).await.expect("writes");
        let first = admin.does("GET", "clients/seen?limit=3").await.ok();
        assert_eq!(first.body["data"].as_array().map(Vec::len), Some(3));
        let agent = &first.body["data"][0];
        assert_eq!((agent["client_name"].as_str(), agent["times_seen"].as_i64()), (Some("Agent zero"), Some(3)));
        let rest = admin.does("GET", &format!("clients/seen?limit=3&cursor={}", first.text("next_cursor"))).await.ok();
        assert_eq!((rest.body["data"].as_array().map(Vec::len), &rest.body["next_cursor"]), (Some(2), &Value::Null));
        assert_eq!(admin.does("GET", "clients/seen?search=AGENT%204").await.ok().body["data"].as_array().map(Vec::len), Some(1));
        is(&admin.does("GET", "clients/seen?limit=0").await, 400, "invalid_limit");
        // The URL is one step of the path.
        let name = "clients/https%3A%2F%2Fagent1.example%2Fclient.json";
        assert_eq!(admin.does("GET", name).await.ok().body["enabled"], true);
        assert_eq!(admin.does("POST", &format!("{name}/disable")).await.ok().body["enabled"], false);
        assert_eq!(admin.does("GET", name).await.ok().body["enabled"], false);
        assert_eq!(admin.does("POST", &format!("{name}/enable")).await.ok().body["enabled"], true);
        // One that never came by can be kept out too.
        let unseen = "clients/https%3A%2F%2Fevil.example%2Fclient";
        is(&admin.does("GET", unseen).await, 404, "not-found");
        assert_eq!(admin.does("POST", &format!("{unseen}/disable")).await.ok().body["enabled"], false);
        // It has no entry to be changed.
        for (method, path) in [("PATCH", name.to_owned()), ("DELETE", name.to_owned()), ("POST", format!("{name}/rotate-secret"))] {
            let body = if method == "PATCH" { admin.sends(method, &path, json!({ "client_name": "x" })).await } else { admin.does(method, &path).await };
            is(&body, 404, "not-found");
        }
        let taken = json!({ "client_id": "seen", "client_name": "x", "redirect_uris": ["https://shop.example/cb"] });
        is(&admin.sends("POST", "clients", taken).await, 422, "invalid-field");
        // They are forgotten after a while, and only so many are remembered.
        house.wait(std::time::Duration::from_secs(91 * 86_400));
        assert_eq!(store::forget(&house.app.db, house.now()).await.expect("forgets"), 5);
    }
}
