//! The management API: grants, sessions, keys, settings; and entity tags of people, workspaces and members.

use crate::on_both;
use crate::support::client::{answer, grant_of};
use crate::support::{Answer, Client, House};
use serde_json::{Value, json};
use symbolon::clients::{GrantType, Metadata};
use symbolon::people::workspaces::Standing;

struct Root<'a> {
    house: &'a House,
    token: String,
}

fn machine(metadata: &mut Metadata) {
    metadata.grant_types = vec![GrantType::ClientCredentials];
    metadata.response_types = Vec::new();
    metadata.redirect_uris = Vec::new();
    metadata.scope = "symbolon:admin".to_owned();
    metadata.admin = true;
}

impl<'a> Root<'a> {
    async fn of(house: &'a House) -> Self {
        let client = house.client_with(machine).await;
        house.wait(std::time::Duration::from_secs(1));
        let tokens = client.token(&[("grant_type", "client_credentials")]).await.ok();
        Root { house, token: tokens.text("access_token").to_owned() }
    }

    async fn does(&self, method: &str, path: &str) -> Answer {
        self.sends(method, path, None, None).await
    }

    async fn sends(&self, method: &str, path: &str, body: Option<Value>, if_match: Option<&str>) -> Answer {
        let url = format!("{}/v1/admin/{path}", self.house.url);
        let mut request = self.house.http().request(method.parse().expect("a method"), url).bearer_auth(&self.token);
        if let Some(tag) = if_match {
            request = request.header("if-match", tag);
        }
        answer(match body {
            Some(body) => request.json(&body),
            None => request,
        })
        .await
    }

    /// The `id`s of a list.
    async fn ids(&self, path: &str) -> Vec<String> {
        let list = self.does("GET", path).await.ok();
        let data = list.body["data"].as_array().expect("data").clone();
        data.iter().map(|one| one["id"].as_str().expect("an id").to_owned()).collect()
    }
}

/// Whether a person who is signed in is asked again.
async fn is_asked(client: &Client, browser: &mut crate::support::Browser) -> bool {
    browser.get(&client.auth_url(&[])).await.first("#allow").is_some()
}

on_both! {
    async fn grants_are_found_by_person_client_and_workspace_and_end_with_their_consent(house: House) {
        let root = Root::of(&house).await;
        let (ada, ben) = (house.person("ada").await, house.person("ben").await);
        let (shop, wiki) = (house.client().await, house.client().await);
        let mut browser = house.browser();
        let at_shop = shop.tokens(&mut browser, "ada", &[]).await;
        let again = shop.tokens(&mut browser, "ada", &[]).await;
        let at_wiki = wiki.tokens(&mut browser, "ada", &[]).await;
        let of_ben = shop.tokens(&mut house.browser(), "ben", &[]).await;
        let [a, b, c, d] = [&at_shop, &again, &at_wiki, &of_ben].map(|tokens| grant_of(tokens.text("access_token")));
        let all = vec![a.clone(), b.clone(), c.clone(), d.clone()];
        assert_eq!(root.ids("grants").await, all);
        assert_eq!(root.ids("grants?workspace=default").await, all);
        for (query, found) in [
            (format!("user={ada}"), vec![&a, &b, &c]),
            (format!("client={}", shop.id), vec![&a, &b, &d]),
            (format!("user={ada}&client={}", shop.id), vec![&a, &b]),
            (format!("user={ben}&client={}", wiki.id), vec![]),
            (format!("client={}&workspace=default", wiki.id), vec![&c]),
            (format!("user={ada}&workspace=nowhere"), vec![]),
            ("user=%27%20OR%201%3D1--".to_owned(), vec![]),
        ] {
            let found: Vec<String> = found.into_iter().cloned().collect();
            assert_eq!(root.ids(&format!("grants?{query}")).await, found, "{query}");
        }
        let page = root.does("GET", "grants?limit=3").await.ok();
        let next = format!("grants?limit=3&cursor={}", page.text("next_cursor"));
        assert_eq!(root.ids(&next).await, std::slice::from_ref(&d));
        for (query, code) in [("limit=0", "invalid_limit"), ("cursor=x", "invalid_cursor"), ("user=a&user=b", "invalid_query"), ("limit=", "invalid_limit")] {
            let refused = root.does("GET", &format!("grants?{query}")).await;
            assert_eq!((refused.status, refused.text("type")), (400, format!("urn:symbolon:problem:{code}").as_str()));
        }

        // One ends: its tokens, and the consent behind it; what the app has on other devices lives on.
        assert!(!is_asked(&shop, &mut browser).await);
        let unasked = root.ids(&format!("grants?user={ada}&client={}", shop.id)).await.len();
        assert_eq!(root.does("DELETE", &format!("grants/{a}")).await.status, 204);
        assert!(!shop.active(at_shop.text("access_token")).await && shop.active(again.text("access_token")).await);
        shop.refreshes(at_shop.text("refresh_token")).await.is(400, "invalid_grant");
        assert!(is_asked(&shop, &mut browser).await, "the consent is forgotten");
        assert_eq!(root.ids(&format!("grants?user={ada}&client={}", shop.id)).await.len(), unasked - 1);
        assert_eq!(root.does("DELETE", &format!("grants/{a}")).await.status, 404);
        // The same in the console and by command.
        house.admin("root").await;
        let mut desk = house.browser();
        desk.arrives_as("root").await;
        let page = desk.get(&format!("/admin/grants?client={}", wiki.id)).await;
        let mut fields = page.form("form[action='/admin/grants/end']");
        fields.retain(|(name, _)| name != "go");
        assert!(!is_asked(&wiki, &mut browser).await);
        desk.post("/admin/grants/end", &fields).await;
        assert!(!wiki.active(at_wiki.text("access_token")).await);
        assert!(is_asked(&wiki, &mut browser).await);
        let (code, out, err) = house.command("grant list --user ben@example.com --format json").await;
        let listed: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{err}"));
        assert_eq!((code, listed[0]["id"].as_str()), (0, Some(d.as_str())), "{out}");
        let (code, _, err) = house.command(&format!("grant end {d} --format json")).await;
        assert_eq!(code, 0, "{err}");
        assert!(!shop.active(of_ben.text("access_token")).await);
        let (code, _, err) = house.command(&format!("grant end {d}")).await;
        assert!(code == 1 && err.contains("symbolon grant list"), "{err}");
        let trail = symbolon::audit::about(&house.app.db, &format!("grant:{a}"), 5).await.expect("reads");
        assert_eq!(trail[0].action, "grant.ended");
    }

    async fn sessions_of_a_person_are_listed_and_ended(house: House) {
        let root = Root::of(&house).await;
        let ada = house.person("ada").await;
        let (mut one, mut two) = (house.browser(), house.browser());
        one.arrives_as("ada").await;
        two.arrives_as("ada").await;
        let list = root.does("GET", &format!("users/{ada}/sessions")).await.ok();
        let sessions = list.body["data"].as_array().expect("data").clone();
        assert_eq!(sessions.len(), 2);
        assert!(sessions[0]["created_at"].as_str().expect("a time").ends_with('Z') && sessions[0].get("id").is_none());
        let (code, out, _) = house.command("session list ada@example.com --format json").await;
        assert_eq!((code, serde_json::from_str::<Value>(&out).expect("JSON").as_array().map(Vec::len)), (0, Some(2)));
        let client = house.client().await;
        let online = client.tokens(&mut one, "ada", &[("scope", "openid")]).await;
        for session in &sessions {
            let path = format!("users/{ada}/sessions/{}", session["sid"].as_str().expect("a sid"));
            assert_eq!(root.does("DELETE", &path).await.status, 204);
            assert_eq!(root.does("DELETE", &path).await.status, 404);
        }
        assert!(one.get(&client.auth_url(&[])).await.first("#sign-in").is_some());
        assert!(two.get(&client.auth_url(&[])).await.first("#sign-in").is_some());
        assert!(!client.active(online.text("access_token")).await, "what was given in it without offline ends with it");
        assert_eq!(root.does("GET", "users/nobody/sessions").await.status, 404);
        assert_eq!(root.does("DELETE", "users/nobody/sessions/x").await.status, 404);
        let trail = symbolon::audit::about(&house.app.db, &format!("user:{ada}"), 5).await.expect("reads");
        assert_eq!(trail[0].action, "session.ended");
    }

    async fn keys_hand_over_and_retire_and_settings_are_masked(house: House) {
        let house = House::with(house.kind, |config| {
            let origin = symbolon::config::Origin::Env("SYMBOLON_MAIL_PASSWORD".to_owned());
            let written = |name: &str, value: Option<&str>| symbolon::config::Written {
                name: name.to_owned(), value: value.map(str::to_owned), origin: origin.clone(),
            };
            config.written = vec![written("mail.password", None), written("name", Some("\"Acme\""))];
        }).await;
        let root = Root::of(&house).await;
        let of = |list: Answer, alg: &str, state: &str| -> Vec<String> {
            let keys = list.body["data"].as_array().expect("data").clone();
            let mine = keys.iter().filter(|key| key["alg"] == alg && key["state"] == state);
            mine.map(|key| key["kid"].as_str().expect("a kid").to_owned()).collect()
        };
        let before = of(root.does("GET", "keys").await.ok(), "ES256", "active");
        let announced = root.sends("POST", "keys/rotate", Some(json!({ "alg": "ES256", "announce": true })), None).await.ok();
        assert_eq!(of(root.does("GET", "keys").await.ok(), "ES256", "next"), [announced.text("kid")]);
        let rotated = root.sends("POST", "keys/rotate", Some(json!({ "alg": "ES256" })), None).await.ok();
        assert_eq!(rotated.body["kid"], announced.body["kid"]);
        assert_eq!(of(root.does("GET", "keys").await.ok(), "ES256", "active"), [rotated.text("kid")]);
        assert_eq!(of(root.does("GET", "keys").await.ok(), "ES256", "retired"), before);
        let path = format!("keys/{}/retire", rotated.text("kid"));
        let retired = root.does("POST", &path).await.ok();
        assert_eq!(of(root.does("GET", "keys").await.ok(), "ES256", "active"), [retired.text("took_over")]);
        assert_eq!(root.does("POST", &path).await.status, 409);
        assert_eq!(root.does("POST", "keys/nothing/retire").await.status, 404);
        for bad in [json!({}), json!({ "alg": "HS256" }), json!({ "alg": "ES256", "now": true })] {
            assert_eq!(root.sends("POST", "keys/rotate", Some(bad), None).await.status, 422);
        }
        let keys = root.does("GET", "keys").await.ok().body.to_string();
        assert!(!keys.contains("sealed") && !keys.contains("\"d\""));

        let settings = root.does("GET", "settings").await.ok();
        assert_eq!(settings.body["data"][0], json!({ "name": "mail.password", "value": null, "masked": true,
                                                     "source": "environment", "from": "SYMBOLON_MAIL_PASSWORD" }));
        assert_eq!((&settings.body["data"][1]["value"], &settings.body["data"][1]["masked"]), (&json!("\"Acme\""), &json!(false)));
        let (code, out, err) = house.command("settings --format json").await;
        let listed: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{err}"));
        assert!(code == 0 && listed.as_array().expect("a list").len() > 50);
    }

    async fn rfc9110_s13_1_1_a_change_to_what_was_changed_since_is_refused(house: House) {
        let root = Root::of(&house).await;
        let ada = house.person("ada").await;
        house.workspace("acme", &[(&ada, Standing::Member)]).await;
        let user = format!("users/{ada}");
        let member = format!("workspaces/acme/members/{ada}");
        let changes: [(&str, &str, String, Option<Value>); 8] = [
            (&user, "POST", format!("{user}/disable"), None),
            (&user, "POST", format!("{user}/enable"), None),
            (&user, "POST", format!("{user}/role"), Some(json!({ "role": "auditor" }))),
            ("workspaces/acme", "PATCH", "workspaces/acme".to_owned(), Some(json!({ "name": "Acme & Co" }))),
            (&member, "PATCH", member.clone(), Some(json!({ "role": "owner" }))),
            (&member, "DELETE", member.clone(), None),
            ("workspaces/acme", "DELETE", "workspaces/acme".to_owned(), None),
            (&user, "DELETE", user.clone(), None),
        ];
        for (object, method, path, body) in changes {
            let tag = root.does("GET", object).await.ok().headers["etag"].to_str().expect("ASCII").to_owned();
            let before = house.state().await;
            for stale in ["\"other\"", "W/\"x\"", "x", "\"a\", \"b\""] {
                let refused = root.sends(method, &path, body.clone(), Some(stale)).await;
                assert_eq!(refused.status, 412, "{method} {path} {stale}: {}", refused.body);
                assert_eq!(refused.text("type"), "urn:symbolon:problem:precondition-failed");
            }
            assert_eq!(house.state().await, before, "{method} {path}");
            let done = root.sends(method, &path, body.clone(), Some(&tag)).await;
            assert!([200, 204].contains(&done.status), "{method} {path}: {}", done.body);
            if done.status == 200 {
                // What is answered has the tag that reading it would give, and the old one is good no more.
                let now = done.headers["etag"].to_str().expect("ASCII").to_owned();
                assert_ne!(now, tag);
                assert_eq!(root.does("GET", object).await.ok().headers["etag"], now.as_str());
            }
        }
        // A star is for whatever is there.
        let ben = house.person("ben").await;
        root.sends("POST", &format!("users/{ben}/disable"), None, Some("*")).await.ok();
    }
}
