//! security.md AD-01: the first administrator comes by a one-time link, and nobody becomes one otherwise.

use crate::on_both;
use crate::support::browser::View;
use crate::support::house::PASSWORD;
use crate::support::{Browser, House};
use std::time::Duration;

async fn link(house: &House) -> String {
    let token = symbolon::people::setup::create(&house.app.db, house.now()).await.expect("creates");
    token.reveal().to_owned()
}

fn form(page: &View, email: &str, password: &str) -> Vec<(String, String)> {
    let mut fields = page.form("form:has(#create-admin)");
    fields.retain(|(name, _)| matches!(&**name, "csrf" | "token"));
    fields.push(("name".to_owned(), "Root".to_owned()));
    fields.push(("email".to_owned(), email.to_owned()));
    fields.push(("password".to_owned(), password.to_owned()));
    fields
}

async fn opens(browser: &mut Browser, token: &str) -> View {
    browser.get_once(&format!("/setup?token={token}")).await
}

async fn admins(house: &House) -> usize {
    let people = symbolon::people::store::page(&house.app.db, "", 1000).await.expect("reads");
    people.iter().filter(|person| person.role.administers()).count()
}

on_both! {
    async fn ad_01_the_link_makes_one_admin_once(house: House) {
        let token = link(&house).await;
        assert!(house.tables().await.values().flatten().all(|row| !row.contains(&token)), "the link itself is nowhere");
        let mut browser = house.browser();
        let page = opens(&mut browser, &token).await;
        assert_eq!(page.status, 200);
        let done = browser.post_once("/setup", &form(&page, "root@example.com", PASSWORD)).await;
        assert_eq!(done.status, 200, "{}", done.body);
        assert_eq!(admins(&house).await, 1);
        let view = browser.get("/login").await;
        let home = browser.signs_in(&view, "root").await;
        assert!(home.body.contains(">Administrator<"), "{}", home.body);
        // Used up, for the same form and for any other.
        let before = house.tables().await;
        for email in ["root@example.com", "eve@example.com"] {
            let view = browser.post_once("/setup", &form(&page, email, PASSWORD)).await;
            assert_eq!((view.status, view.error_code().as_deref()), (403, Some("setup_link_invalid")), "{email}");
        }
        assert_eq!(opens(&mut house.browser(), &token).await.status, 403);
        assert_eq!(house.changed_since(&before).await, Vec::<String>::new());
    }

    async fn ad_01_the_link_is_good_for_an_hour(house: House) {
        let token = link(&house).await;
        let mut browser = house.browser();
        house.wait(Duration::from_secs(3590));
        let page = opens(&mut browser, &token).await;
        assert_eq!(page.status, 200);
        house.wait(Duration::from_secs(11));
        assert_eq!(opens(&mut browser, &token).await.status, 403);
        let view = browser.post_once("/setup", &form(&page, "root@example.com", PASSWORD)).await;
        assert_eq!((view.status, admins(&house).await), (403, 0));
    }

    async fn ad_01_of_twenty_who_share_the_link_one_becomes_admin(house: House) {
        let token = link(&house).await;
        let mut browser = house.browser();
        let page = opens(&mut browser, &token).await;
        let tasks: Vec<_> = (0..20)
            .map(|n| {
                let (mut browser, fields) = (browser.clone(), form(&page, &format!("root{n}@example.com"), PASSWORD));
                tokio::spawn(async move { browser.post_once("/setup", &fields).await.status })
            })
            .collect();
        let mut statuses = Vec::new();
        for task in tasks {
            statuses.push(task.await.expect("ends"));
        }
        statuses.sort_unstable();
        assert_eq!(statuses, [vec![200], vec![403; 19]].concat());
        assert_eq!(admins(&house).await, 1);
    }

    async fn ad_01_nothing_else_makes_an_admin(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let mut browser = house.browser();
        // A guess, nothing, something odd.
        for token in ["", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "%27%20OR%201%3D1--", "a&token=b"] {
            let view = opens(&mut browser, token).await;
            assert_eq!((view.status, view.error_code().as_deref()), (403, Some("setup_link_invalid")), "{token}");
        }
        let login = browser.get("/login").await;
        let csrf = login.first("input[name=csrf]").expect("a field")["value"].clone();
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let guess = [
            field("csrf", &csrf),
            field("token", "guess"),
            field("name", "Eve"),
            field("email", "eve@example.com"),
            field("password", PASSWORD),
        ];
        assert_eq!(browser.post_once("/setup", &guess).await.status, 403);
        assert_eq!(browser.post_once("/setup", &guess[..1]).await.status, 422);
        // Fields that an admin would have, in every form that a person can send.
        let wishes = [("admin", "true"), ("role", "admin"), ("roles", "admin"), ("is_admin", "1"), ("rev", "0"), ("dev_person", "x")];
        let wishes = wishes.map(|(name, value)| field(name, value));
        let page = browser.get(&client.auth_url(&[("scope", "openid email"), ("admin", "true"), ("role", "admin")])).await;
        let mut fields = page.form("form:has(#sign-in)");
        fields.retain(|(name, _)| name != "email" && name != "password");
        fields.extend([field("email", "ada@example.com"), field("password", PASSWORD)]);
        fields.extend(wishes.clone());
        let consent = browser.post("/login", &fields).await;
        let mut fields = consent.form("form:has(#allow)");
        fields.push(field("decision", "allow"));
        fields.extend(wishes);
        let sent = browser.post("/consent", &fields).await;
        let tokens = client.redeems(&sent.sent("code").expect("a code")).await.ok();
        assert_eq!(client.userinfo(tokens.text("access_token")).await.ok().body["email"], "ada@example.com");
        assert!(!browser.get("/").await.body.contains(">Administrator<"));
        assert_eq!(admins(&house).await, 0);
    }

    async fn lg_23_the_admin_needs_a_password_that_nobody_guesses(house: House) {
        let token = link(&house).await;
        let mut browser = house.browser();
        let page = opens(&mut browser, &token).await;
        let before = house.tables().await;
        let too_long = "x".repeat(1025);
        for bad in ["", "seven77", "password", "Password1!", "12345678", "aaaaaaaa", "root@example.com", "root1234", "qwertyuiop", &too_long] {
            let view = browser.post_once("/setup", &form(&page, "root@example.com", bad)).await;
            assert_eq!(view.status, 422, "{bad}");
            assert!(view.first("#problem").is_some() && !view.body.contains("value=\"seven77\""), "{bad}");
        }
        for bad in ["", "root", "root@", "a b@example.com", "r\u{43e}\u{43e}t@example.com", &format!("{}@example.com", "x".repeat(250))] {
            assert_eq!(browser.post_once("/setup", &form(&page, bad, PASSWORD)).await.status, 422, "{bad}");
        }
        assert_eq!(house.changed_since(&before).await, Vec::<String>::new());
        // No rules about kinds of characters, and up to 1024 bytes.
        let long = "lower case words only ".repeat(46);
        let view = browser.post_once("/setup", &form(&page, "root@example.com", long.trim())).await;
        assert_eq!(view.status, 200, "{}", view.body);
    }

    async fn in_05_look_alikes_are_one_account(house: House) {
        house.person("ada").await;
        let taken = ["ada@example.com", "ADA@example.com", " ada@example.com", "\u{ff41}da@example.com", "ada\u{ff20}example.com", "ada@example\u{ff0e}com", "ada@example.com\u{a0}"];
        let refused = ["\u{430}da@example.com", "ad\u{200b}a@example.com", "ada@ex\u{e0}mple.com", "ada@exam\u{131}ple.com", "\u{202e}ada@example.com"];
        let token = link(&house).await;
        let mut browser = house.browser();
        let page = opens(&mut browser, &token).await;
        for email in taken.iter().chain(&refused) {
            let view = browser.post_once("/setup", &form(&page, email, PASSWORD)).await;
            assert_eq!(view.status, 422, "{email:?}");
        }
        assert_eq!(admins(&house).await, 0);
        // Who has the account signs in under each of its spellings; the look-alikes name nobody.
        for (email, status) in taken.iter().map(|e| (*e, 303)).chain(refused.iter().map(|e| (*e, 422))) {
            let mut person = house.browser();
            let view = person.get("/login").await;
            let mut fields = view.form("form:has(#sign-in)");
            fields.retain(|(name, _)| name == "csrf");
            fields.push(("email".to_owned(), email.to_owned()));
            fields.push(("password".to_owned(), PASSWORD.to_owned()));
            assert_eq!(person.post_once("/login", &fields).await.status, status, "{email:?}");
            house.wait(Duration::from_secs(10));
        }
        // A taken address doesn't use the link up.
        assert_eq!(browser.post_once("/setup", &form(&page, "root@example.com", PASSWORD)).await.status, 200);
    }
}
