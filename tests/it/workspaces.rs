//! Workspaces: what people act in, who manages them, and what ends when somebody leaves.

use crate::on_both;
use crate::support::client::answer;
use crate::support::{Answer, Client, House};
use serde_json::{Value, json};
use symbolon::clients::Metadata;
use symbolon::people::workspaces::Standing;

/// Somebody who calls the management API with a token of theirs.
struct Caller<'a> {
    house: &'a House,
    token: String,
}

impl<'a> Caller<'a> {
    async fn of(house: &'a House, client: &Client, name: &str) -> Self {
        let asked = [("scope", "openid symbolon:admin"), ("prompt", "consent")];
        let tokens = client.tokens(&mut house.browser(), name, &asked).await;
        Caller { house, token: tokens.text("access_token").to_owned() }
    }

    async fn does(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let url = format!("{}/v1/admin/{path}", self.house.url);
        let request = self.house.http().request(method.parse().expect("a method"), url).bearer_auth(&self.token);
        answer(match body {
            Some(body) => request.json(&body),
            None => request,
        })
        .await
    }
}

fn administers(metadata: &mut Metadata) {
    metadata.scope.push_str(" symbolon:admin");
}

on_both! {
    async fn tokens_say_in_which_workspace_they_act(house: House) {
        let ada = house.person("ada").await;
        let client = house.client_with(|metadata| {
            let map = json!({ "workspace": { "claim": "https://app.example/ws", "id_token": true },
                              "workspace_role": { "claim": "https://app.example/role", "id_token": true } });
            metadata.custom_claims = serde_json::from_value(map).expect("a map");
        }).await;
        let unmapped = house.client().await;
        let tokens = client.tokens(&mut house.browser(), "ada", &[]).await;
        let about = client.introspects(tokens.text("access_token")).await;
        assert_eq!((&about["workspace"], &about["workspace_role"]), (&json!("default"), &json!("member")));
        let (_, claims) = client.verifies(tokens.text("id_token")).await.expect("verifies");
        assert_eq!((&claims["https://app.example/ws"], &claims["https://app.example/role"]),
                   (&json!("default"), &json!("member")));
        let told = client.userinfo(tokens.text("access_token")).await.ok().body;
        assert_eq!(told["https://app.example/ws"], "default");
        // Without a map the ID token says nothing of it.
        let plain = unmapped.tokens(&mut house.browser(), "ada", &[]).await;
        let (_, claims) = unmapped.verifies(plain.text("id_token")).await.expect("verifies");
        assert!(claims.as_object().expect("claims").keys().all(|name| !name.contains("workspace")), "{claims}");

        // In two, the person says which; the choice is remembered, and silent renewal keeps it.
        house.workspace("acme", &[(&ada, Standing::Admin)]).await;
        let mut browser = house.browser();
        let view = browser.get(&client.auth_url(&[("prompt", "consent")])).await;
        let page = browser.signs_in(&view, "ada").await;
        assert_eq!(page.form("form:has(#allow)").iter().filter(|(name, _)| name == "workspace").count(), 1);
        assert!(page.first("#workspace-default[checked]").is_some(), "as the last time: {}", page.body);
        let mut fields = page.form("form:has(#allow)");
        fields.retain(|(name, _)| name != "workspace");
        fields.push(("decision".to_owned(), "allow".to_owned()));
        let without = browser.post("/consent", &fields).await;
        assert_eq!(without.status, 400, "{}", without.body);
        let mut foreign = fields.clone();
        foreign.push(("workspace".to_owned(), "elsewhere".to_owned()));
        assert_eq!(browser.post("/consent", &foreign).await.status, 400);
        fields.push(("workspace".to_owned(), "acme".to_owned()));
        let code = browser.post("/consent", &fields).await.sent("code").expect("a code");
        let tokens = client.redeems(&code).await.ok();
        let about = client.introspects(tokens.text("access_token")).await;
        assert_eq!((&about["workspace"], &about["workspace_role"]), (&json!("acme"), &json!("admin")));
        let code = browser.get(&client.auth_url(&[("prompt", "none")])).await.sent("code").expect("a code");
        let silent = client.redeems(&code).await.ok();
        assert_eq!(client.introspects(silent.text("access_token")).await["workspace"], "acme");
        let refreshed = client.refreshes(silent.text("refresh_token")).await.ok();
        assert_eq!(client.introspects(refreshed.text("access_token")).await["workspace"], "acme");
        // Another client doesn't know the choice and may show no page.
        let other = house.client_with(|metadata| metadata.trusted = true).await;
        let refused = browser.get(&other.auth_url(&[("prompt", "none")])).await;
        assert_eq!(refused.sent("error").as_deref(), Some("interaction_required"));
        // A JWT access token says it too.
        let jwt = house.client_with(|metadata| {
            metadata.access_token_format = symbolon::clients::Format::Jwt;
        }).await;
        let view = browser.get(&jwt.auth_url(&[])).await;
        let code = browser.decides(&view, "allow").await.sent("code").expect("a code");
        let tokens = jwt.redeems(&code).await.ok();
        let (_, claims) = jwt.verifies(tokens.text("access_token")).await.expect("verifies");
        assert!(["acme", "default"].contains(&claims["workspace"].as_str().expect("a workspace")), "{claims}");
    }

    async fn who_leaves_a_workspace_loses_what_they_allowed_there(house: House) {
        let (root, ada) = (house.admin("root").await, house.person("ada").await);
        house.workspace("acme", &[(&ada, Standing::Member), (&root, Standing::Owner)]).await;
        let client = house.client_with(administers).await;
        let admin = Caller { house: &house, token: {
            let mut browser = house.browser();
            let view = browser.allows(&client.auth_url(&[("scope", "openid symbolon:admin")]), "root").await;
            client.redeems(&view.sent("code").expect("a code")).await.ok().text("access_token").to_owned()
        } };
        let of = |slug: &'static str| {
            let (client, mut browser) = (client.clone(), house.browser());
            async move {
                let view = browser.get(&client.auth_url(&[("prompt", "consent")])).await;
                let page = if view.first("#sign-in").is_some() { browser.signs_in(&view, "ada").await } else { view };
                let mut fields = page.form("form:has(#allow)");
                fields.retain(|(name, _)| name != "workspace");
                fields.push(("workspace".to_owned(), slug.to_owned()));
                fields.push(("decision".to_owned(), "allow".to_owned()));
                let code = browser.post("/consent", &fields).await.sent("code").expect("a code");
                client.redeems(&code).await.ok()
            }
        };
        let (there, here) = (of("acme").await, of("default").await);
        let code = {
            let mut browser = house.browser();
            let view = browser.get(&client.auth_url(&[("prompt", "consent")])).await;
            let page = browser.signs_in(&view, "ada").await;
            let mut fields = page.form("form:has(#allow)");
            fields.retain(|(name, _)| name != "workspace");
            fields.extend([("workspace".to_owned(), "acme".to_owned()), ("decision".to_owned(), "allow".to_owned())]);
            browser.post("/consent", &fields).await.sent("code").expect("a code")
        };
        let gone = admin.does("DELETE", &format!("workspaces/acme/members/{ada}"), None).await;
        assert_eq!(gone.status, 204, "{}", gone.body);
        assert!(!client.active(there.text("access_token")).await);
        client.refreshes(there.text("refresh_token")).await.is(400, "invalid_grant");
        client.redeems(&code).await.is(400, "invalid_grant");
        assert!(client.active(here.text("access_token")).await, "what she allowed elsewhere lives");
        // Taken in again, the old tokens stay dead.
        admin.does("POST", "workspaces/acme/members", Some(json!({ "user": ada }))).await;
        assert!(!client.active(there.text("access_token")).await);
        let again = of("acme").await;
        assert!(client.active(again.text("access_token")).await);
        // The workspace goes, and with it what acted in it.
        assert_eq!(admin.does("DELETE", "workspaces/acme", None).await.status, 204);
        assert!(!client.active(again.text("access_token")).await);
        assert!(client.active(here.text("access_token")).await);
        let trail = symbolon::audit::about(&house.app.db, "workspace:acme", 10).await.expect("reads");
        let actions: Vec<&str> = trail.iter().map(|event| event.action.as_str()).collect();
        assert_eq!(actions, ["workspace.deleted", "workspace.member_added", "workspace.member_removed"]);
    }

    async fn an_owner_an_admin_and_an_auditor_may_not_do_the_same(house: House) {
        let owner_id = house.admin("root").await;
        let client = house.client_with(administers).await;
        let owner = Caller::of(&house, &client, "root").await;
        let mut made = Vec::new();
        for (name, role) in [("ann", "admin"), ("otto", "auditor"), ("ben", "user")] {
            let ask = json!({ "email": format!("{name}@example.com"), "password": "correct horse battery", "role": role });
            let user = owner.does("POST", "users", Some(ask)).await;
            assert_eq!((user.status, user.text("role")), (201, role), "{}", user.body);
            made.push(user.text("id").to_owned());
        }
        let [ann_id, otto_id, ben_id] = made.as_slice() else { panic!("three") };
        let (ann, otto) = (Caller::of(&house, &client, "ann").await, Caller::of(&house, &client, "otto").await);
        let slug = json!({ "slug": "acme", "name": "Acme" });
        let table: [(&Caller<'_>, &str, String, Option<Value>, u16); 16] = [
            (&otto, "GET", "users".to_owned(), None, 200),
            (&otto, "GET", "workspaces".to_owned(), None, 200),
            (&otto, "GET", "workspaces/default/members".to_owned(), None, 200),
            (&otto, "POST", "workspaces".to_owned(), Some(slug.clone()), 403),
            (&otto, "POST", format!("users/{ben_id}/disable"), None, 403),
            (&otto, "DELETE", format!("users/{ben_id}"), None, 403),
            (&ann, "POST", "workspaces".to_owned(), Some(slug.clone()), 201),
            (&ann, "POST", "workspaces".to_owned(), Some(slug), 409),
            (&ann, "POST", "workspaces/acme/members".to_owned(), Some(json!({ "user": ben_id, "role": "owner" })), 201),
            (&ann, "POST", format!("users/{ben_id}/disable"), None, 200),
            (&ann, "POST", format!("users/{ben_id}/role"), Some(json!({ "role": "admin" })), 403),
            (&ann, "POST", format!("users/{owner_id}/disable"), None, 403),
            (&ann, "POST", format!("users/{owner_id}/password"), Some(json!({ "password": "another horse battery" })), 403),
            (&ann, "POST", format!("users/{otto_id}/disable"), None, 200),
            (&owner, "POST", format!("users/{ann_id}/role"), Some(json!({ "role": "owner" })), 200),
            (&owner, "POST", format!("users/{owner_id}/role"), Some(json!({ "role": "user" })), 200),
        ];
        for (n, (who, method, path, body, status)) in table.into_iter().enumerate() {
            let done = who.does(method, &path, body).await;
            assert_eq!(done.status, status, "row {n} {method} {path}: {}", done.body);
        }
        // What they were is no help any more.
        assert_eq!(owner.does("GET", "users", None).await.status, 403);
        assert_eq!(otto.does("GET", "users", None).await.status, 401, "disabled");
        let last = ann.does("POST", &format!("users/{ann_id}/role"), Some(json!({ "role": "auditor" }))).await;
        assert_eq!(last.status, 409, "{}", last.body);
        assert_eq!(last.body["type"], "urn:symbolon:problem:last-admin");
    }

    async fn bad_input_says_which_member_is_wrong(house: House) {
        house.admin("root").await;
        let client = house.client_with(administers).await;
        let owner = Caller::of(&house, &client, "root").await;
        for (method, path, body, status) in [
            ("POST", "workspaces", json!({ "slug": "Acme!", "name": "Acme" }), 422),
            ("POST", "workspaces", json!({ "slug": "acme", "name": "" }), 422),
            ("POST", "workspaces", json!({ "slug": "acme", "name": "A\u{0000}" }), 422),
            ("POST", "workspaces", json!({ "slug": "acme", "name": "Acme", "rev": 3 }), 422),
            ("POST", "workspaces/default/members", json!({}), 422),
            ("POST", "workspaces/default/members", json!({ "user": "nobody" }), 422),
            ("POST", "workspaces/default/members", json!({ "user": "nobody", "role": "king" }), 422),
            ("POST", "workspaces/none/members", json!({ "user": "nobody" }), 404),
            ("PATCH", "workspaces/none", json!({ "name": "None" }), 404),
            ("PATCH", "workspaces/default/members/nobody", json!({ "role": "owner" }), 404),
            ("PATCH", "workspaces/default/members/nobody", json!({ "role": "king" }), 422),
        ] {
            let done = owner.does(method, path, Some(body.clone())).await;
            assert!([status, 400].contains(&done.status) && done.status != 200, "{method} {path} {body}: {}", done.body);
            assert_eq!(done.headers["content-type"], "application/problem+json");
        }
        assert_eq!(owner.does("DELETE", "workspaces/none", None).await.status, 404);
        assert_eq!(owner.does("PATCH", "workspaces/default", Some(json!({ "name": "Head office" }))).await.ok().text("name"), "Head office");
    }
}
