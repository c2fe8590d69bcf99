//! Invitations: a link with which somebody makes their account or joins a workspace, good once and for a week.

use crate::on_both;
use crate::support::browser::View;
use crate::support::house::PASSWORD;
use crate::support::smtp::Smtp;
use crate::support::{Browser, House};
use serde_json::Value;
use std::time::Duration;

/// Invites by the command line; gives what was printed.
async fn invites(house: &House, more: &str) -> Value {
    let (code, out, err) = house.command(&format!("user invite --format json {more}")).await;
    assert_eq!(code, 0, "{err}");
    serde_json::from_str(&out).expect("JSON")
}

/// The path of its link: commands believe that the issuer is the default.
fn link(printed: &Value) -> String {
    let link = printed["invite_link"].as_str().expect("a link");
    link.replace("http://127.0.0.1:4444", "")
}

fn filled(page: &View, name: &str, password: &str) -> Vec<(String, String)> {
    let mut fields = page.form("form:has(#accept)");
    fields.retain(|(name, _)| !["name", "password"].contains(&&**name));
    fields.push(("name".to_owned(), name.to_owned()));
    fields.push(("password".to_owned(), password.to_owned()));
    fields
}

fn is_over(view: &View) {
    assert_eq!((view.status, view.error_code().as_deref()), (400, Some("invite_link_invalid")), "{}", view.body);
}

async fn members(house: &House, slug: &str) -> Vec<String> {
    house
        .raw()
        .await
        .texts(&format!(
            "SELECT u.email || ' ' || m.role FROM members m JOIN users u ON u.id = m.user_id \
                                      WHERE m.workspace = '{slug}' ORDER BY u.email"
        ))
        .await
}

async fn enters(house: &House, name: &str) -> Browser {
    let mut browser = house.browser();
    let page = browser.get("/login").await;
    browser.signs_in(&page, name).await;
    browser
}

on_both! {
    async fn an_invitation_makes_an_account_once(house: House) {
        house.workspace("acme", &[]).await;
        let printed = invites(&house, "--email ada@example.com --name Ada --workspace acme --role admin").await;
        assert_eq!((&printed["email"], &printed["role"], &printed["mailed"]), (&"ada@example.com".into(), &"admin".into(), &false.into()));
        let link = link(&printed);
        let token = link.split('=').nth(1).expect("a token").to_owned();
        assert!(house.tables().await.values().flatten().all(|row| !row.contains(&token)), "the link itself is nowhere");
        let mut browser = house.browser();
        let page = browser.get_once(&link).await;
        assert!(page.text().contains("acme") && page.text().contains("ada@example.com"), "{}", page.text());
        for bad in ["", "seven77", "password1", "ada@example.com"] {
            let view = browser.post_once("/invite", &filled(&page, "Ada", bad)).await;
            assert_eq!(view.status, 422, "{bad}: {}", view.body);
        }
        // Fields that somebody adds change nothing.
        let mut fields = filled(&page, "Ada Lovelace", PASSWORD);
        fields.extend([("email", "eve@example.com"), ("role", "owner"), ("workspace", "default"), ("admin", "true")].map(|(k, v)| (k.to_owned(), v.to_owned())));
        let done = browser.post_once("/invite", &fields).await;
        assert!(done.status == 200 && done.first("#done").is_some(), "{}", done.body);
        assert_eq!(members(&house, "acme").await, ["ada@example.com admin"]);
        assert_eq!(members(&house, "default").await, Vec::<String>::new());
        assert!(enters(&house, "ada").await.cookies.contains_key("sym_s"));
        is_over(&browser.post_once("/invite", &filled(&page, "Ada", PASSWORD)).await);
        is_over(&browser.get_once(&link).await);
        let rows = house.raw().await.texts("SELECT email || ' ' || role FROM users").await;
        assert_eq!(rows, ["ada@example.com user"]);
    }

    async fn who_has_an_account_joins_with_it_and_nobody_else_does(house: House) {
        house.workspace("acme", &[]).await;
        house.person("ada").await;
        house.person("eve").await;
        let link = link(&invites(&house, "--email ADA@example.com --workspace acme").await);
        // Signed in as somebody else: asked to sign in as who was invited, and told when they don't.
        let mut eve = enters(&house, "eve").await;
        let view = eve.get(&link).await;
        assert!(view.first("#sign-in").is_some(), "{}", view.body);
        let view = eve.signs_in(&view, "eve").await;
        assert_eq!((view.status, view.error_code().as_deref()), (403, Some("invite_for_somebody_else")));
        // Nor does a form make an account beside the one that there is.
        let csrf = eve.get("/recover").await;
        assert!(csrf.status == 200);
        let mut ada = house.browser();
        let view = ada.get(&link).await;
        let view = ada.signs_in(&view, "ada").await;
        assert!(view.first("#join").is_some(), "{}", view.body);
        assert!(!view.url.contains("token="), "{}", view.url);
        let fields = view.form("form:has(#join)");
        assert_eq!(members(&house, "acme").await, Vec::<String>::new());
        assert!(ada.post_once("/invite", &fields).await.first("#done").is_some());
        assert_eq!(members(&house, "acme").await, ["ada@example.com member"]);
        is_over(&house.browser().get_once(&link).await);
    }

    async fn of_twenty_who_share_a_link_one_gets_the_account(house: House) {
        let link = link(&invites(&house, "--email ada@example.com").await);
        let mut browser = house.browser();
        let page = browser.get_once(&link).await;
        let tries: Vec<_> = (0..20).map(|n| {
            let (mut browser, fields) = (browser.clone(), filled(&page, &format!("Ada {n}"), PASSWORD));
            tokio::spawn(async move { browser.post_once("/invite", &fields).await.status })
        }).collect();
        let mut statuses = Vec::new();
        for one in tries {
            statuses.push(one.await.expect("ends"));
        }
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        assert_eq!(house.raw().await.texts("SELECT email FROM users").await, ["ada@example.com"]);
        assert_eq!(members(&house, "default").await, ["ada@example.com member"]);
    }

    async fn an_invitation_is_over_after_a_week_when_taken_back_and_when_there_is_a_newer_one(house: House) {
        let first = invites(&house, "--email ada@example.com").await;
        let second = invites(&house, "--email ada@example.com").await;
        let mut browser = house.browser();
        is_over(&browser.get_once(&link(&first)).await);
        assert_eq!(browser.get_once(&link(&second)).await.status, 200);
        let (code, out, _) = house.command("user invites --format json").await;
        let listed: Value = serde_json::from_str(&out).expect("JSON");
        assert_eq!((code, listed.as_array().map(Vec::len)), (0, Some(1)));
        assert!(listed[0].get("invite_link").is_none());
        let (code, ..) = house.command(&format!("user revoke-invite {}", second["id"].as_str().expect("an id"))).await;
        assert_eq!(code, 0);
        is_over(&browser.get_once(&link(&second)).await);
        let third = invites(&house, "--email ada@example.com").await;
        house.wait(Duration::from_secs(7 * 86_400 - 60));
        let page = browser.get_once(&link(&third)).await;
        assert_eq!(page.status, 200);
        house.wait(Duration::from_secs(120));
        is_over(&browser.post_once("/invite", &filled(&page, "Ada", PASSWORD)).await);
        for guess in ["", "x", "%27%20OR%201%3D1--"] {
            is_over(&browser.get_once(&format!("/invite?token={guess}")).await);
        }
        for (more, words) in [
            ("--email ada", "--email"), ("--email b@example.com --workspace nowhere", "workspace"),
            ("--email b@example.com --role admin", "workspace"), ("--email b@example.com --role king", "member, admin, owner"),
        ] {
            let (code, _, err) = house.command(&format!("user invite {more}")).await;
            assert!(code == 2 && err.contains(words), "{more}: {code} {err}");
        }
    }

    async fn the_mailed_link_shows_that_the_address_is_theirs_and_the_printed_one_does_not(house: House) {
        let smtp = Smtp::open().await;
        let house = House::with(house.kind, |config| smtp.settings(config)).await;
        let acting = symbolon::admin::Acting::new(symbolon::audit::Actor::Cli, symbolon::people::Role::Owner, symbolon::web::Call::internal("test"));
        for (name, mailed) in [("ada", true), ("bob", false)] {
            let asked = symbolon::entry::invitations::Asked {
                email: format!("{name}@example.com"), name: String::new(), workspace: None, role: Default::default(),
            };
            let before = smtp.mails().len();
            let made = symbolon::admin::invitations::create(&house.app, &acting, asked).await.expect("made");
            let mail = smtp.mail(before + 1).await;
            assert!(made.mailed && mail.to == [format!("{name}@example.com")]);
            let link = if mailed { mail.link() } else { made.link.reveal().replace(house.app.issuer(), "") };
            let mut browser = house.browser();
            let page = browser.get_once(&link).await;
            let done = browser.post_once("/invite", &filled(&page, name, PASSWORD)).await;
            assert_eq!(done.status, 200, "{}", done.body);
            let (_, out, _) = house.command(&format!("user show {name}@example.com --format json")).await;
            let shown: Value = serde_json::from_str(&out).expect("JSON");
            assert_eq!(shown["claims"].get("email_verified").is_some(), mailed, "{shown}");
        }
        // Who came by the printed one is asked whether the address is theirs.
        let asked = smtp.mail(3).await;
        assert!(asked.link().starts_with("/verify?token="), "{}", asked.text());
    }
}
