//! security.md LG-01, LG-02, LG-17: a forgotten password, and an address to confirm, by links that are good once.

use crate::on_both;
use crate::support::browser::View;
use crate::support::smtp::{Mail, Smtp};
use crate::support::{Browser, House};
use serde_json::json;
use std::time::Duration;

const NEW: &str = "lighthouse keeper staple";

async fn mailing(house: &House) -> (Smtp, House) {
    let smtp = Smtp::open().await;
    let house = House::with(house.kind, |config| smtp.settings(config)).await;
    (smtp, house)
}

/// Types an address at /recover.
async fn asks(browser: &mut Browser, email: &str) -> View {
    let page = browser.get("/recover").await;
    let mut fields = page.form("form:has(#send-link)");
    fields.retain(|(name, _)| name == "csrf");
    fields.push(("email".to_owned(), email.to_owned()));
    browser.post_once("/recover", &fields).await
}

/// The mail with the link for a person who forgot their password.
async fn forgets(house: &House, smtp: &Smtp, name: &str) -> Mail {
    let before = smtp.mails().len();
    let view = asks(&mut house.browser(), &format!("{name}@example.com")).await;
    assert_eq!(view.status, 200, "{}", view.body);
    smtp.mail(before + 1).await
}

fn chosen(page: &View, password: &str) -> Vec<(String, String)> {
    let mut fields = page.form("form:has(#set-password)");
    fields.retain(|(name, _)| name == "csrf" || name == "token");
    fields.push(("password".to_owned(), password.to_owned()));
    fields
}

async fn sets(browser: &mut Browser, link: &str, password: &str) -> View {
    let page = browser.get_once(link).await;
    if page.status != 200 {
        return page;
    }
    browser.post_once("/recover/new", &chosen(&page, password)).await
}

fn is_over(view: &View) {
    assert_eq!((view.status, view.error_code().as_deref()), (400, Some("reset_link_invalid")), "{}", view.body);
}

async fn signs_in(house: &House, name: &str, password: &str) -> bool {
    let mut browser = house.browser();
    let page = browser.get("/login").await;
    browser.signs_in_with(&page, name, password).await;
    browser.cookies.contains_key("sym_s")
}

on_both! {
    async fn lg_17_a_link_sets_a_password_once_and_ends_all_sessions(house: House) {
        let (smtp, house) = mailing(&house).await;
        let sub = house.person("ada").await;
        let client = house.client().await;
        let mut elsewhere = house.browser();
        let tokens = client.tokens(&mut elsewhere, "ada", &[]).await;
        let (mut browser, mail) = (house.browser(), forgets(&house, &smtp, "ada").await);
        assert_eq!((mail.to.as_slice(), mail.header("To").as_deref()), (&["ada@example.com".to_owned()][..], Some("ada@example.com")));
        assert_eq!(mail.header("Auto-Submitted").as_deref(), Some("auto-generated"));
        assert!(mail.header("Message-ID").expect("an id").contains("@127.0.0.1>"), "{:?}", mail.header("Message-ID"));
        let link = mail.link();
        assert!(mail.part("text/html").contains(&link) && link.starts_with("/recover/new?token="), "{link}");
        // Neither the link nor who asked is in the database in clear.
        let token = link.split('=').nth(1).expect("a token").to_owned();
        assert!(house.tables().await.values().flatten().all(|row| !row.contains(&token)));
        // Looking at it changes nothing; a password that can't be is said so, and the link is still good.
        let page = browser.get_once(&link).await;
        assert!(page.text().contains("ada@example.com"), "{}", page.text());
        for bad in ["", "seven77", "password1", "ada@example.com"] {
            let view = browser.post_once("/recover/new", &chosen(&page, bad)).await;
            assert_eq!(view.status, 422, "{bad}");
            assert!(view.first("#problem").is_some() && view.first("#set-password").is_some(), "{bad}");
        }
        let done = browser.post_once("/recover/new", &chosen(&page, NEW)).await;
        assert_eq!(done.status, 200, "{}", done.body);
        assert!(done.first("#done").is_some());
        is_over(&browser.post_once("/recover/new", &chosen(&page, NEW)).await);
        is_over(&browser.get_once(&link).await);
        assert!(elsewhere.get("/").await.first("#main a[href='/login']").is_some(), "signed out elsewhere");
        assert_eq!(client.introspects(tokens.text("access_token")).await["active"], true, "offline stays, as configured");
        assert!(!signs_in(&house, "ada", crate::support::house::PASSWORD).await);
        assert!(signs_in(&house, "ada", NEW).await);
        let notice = smtp.mail(2).await;
        assert!(notice.text().contains("was changed"), "{}", notice.text());
        let events = house.raw().await.texts(&format!("SELECT action FROM audit_events WHERE object = 'user:{sub}' ORDER BY id")).await;
        for wanted in ["user.reset_requested", "user.password_reset"] {
            assert_eq!(events.iter().filter(|event| *event == wanted).count(), 1, "{events:?}");
        }
    }

    async fn lg_17_a_link_dies_with_time_a_newer_one_and_another_password(house: House) {
        let (smtp, house) = mailing(&house).await;
        let ada = house.person("ada").await;
        house.person("bob").await;
        let mut browser = house.browser();
        let first = forgets(&house, &smtp, "ada").await.link();
        let second = forgets(&house, &smtp, "ada").await.link();
        is_over(&sets(&mut browser, &first, NEW).await);
        house.wait(Duration::from_secs(30 * 60 + 1));
        is_over(&sets(&mut browser, &second, NEW).await);
        let third = forgets(&house, &smtp, "ada").await.link();
        house.wait(Duration::from_secs(30 * 60 - 10));
        house.sets_password(&ada, "another one altogether").await;
        is_over(&sets(&mut browser, &third, NEW).await);
        smtp.mail(4).await;
        let fourth = forgets(&house, &smtp, "ada").await.link();
        house.disables_person(&ada).await;
        is_over(&sets(&mut browser, &fourth, NEW).await);
        house.enables_person(&ada).await;
        // Guesses, and a link for another thing.
        for guess in ["", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "%27%20OR%201%3D1--"] {
            is_over(&browser.get_once(&format!("/recover/new?token={guess}")).await);
        }
        let token = fourth.split('=').nth(1).expect("a token");
        assert_eq!(browser.get_once(&format!("/verify?token={token}")).await.error_code().as_deref(), Some("verify_link_invalid"));
        // Bob's is Bob's: nothing in the form makes it somebody else's.
        let bobs = forgets(&house, &smtp, "bob").await.link();
        let page = browser.get_once(&bobs).await;
        let mut fields = chosen(&page, NEW);
        fields.extend([("email", "ada@example.com"), ("user", &*ada), ("sub", &*ada)].map(|(k, v)| (k.to_owned(), v.to_owned())));
        assert_eq!(browser.post_once("/recover/new", &fields).await.status, 200);
        assert!(signs_in(&house, "bob", NEW).await && !signs_in(&house, "ada", NEW).await);
    }

    async fn lg_17_of_fifty_at_once_one_sets_the_password(house: House) {
        let (smtp, house) = mailing(&house).await;
        house.person("ada").await;
        let link = forgets(&house, &smtp, "ada").await.link();
        let mut browser = house.browser();
        let page = browser.get_once(&link).await;
        let tries: Vec<_> = (0..50).map(|n| {
            let (mut browser, fields) = (browser.clone(), chosen(&page, &format!("{NEW} {n}")));
            tokio::spawn(async move { browser.post_once("/recover/new", &fields).await.status })
        }).collect();
        let mut statuses = Vec::new();
        for one in tries {
            statuses.push(one.await.expect("ends"));
        }
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| matches!(status, 200 | 400 | 503)), "{statuses:?}");
    }

    async fn lg_01_the_answer_does_not_tell_who_has_an_account(house: House) {
        let (smtp, house) = mailing(&house).await;
        house.person("ada").await;
        let bob = house.person("bob").await;
        house.disables_person(&bob).await;
        let mut browser = house.browser();
        browser.get("/recover").await;
        let mut seen = Vec::new();
        for name in ["ada", "eve", "bob"] {
            let before = house.tables().await;
            // Nobody looks into the queue before this is over: the clock of its rows is ahead.
            house.wait(Duration::from_secs(1));
            let view = asks(&mut browser, &format!("{name}@example.com")).await;
            let headers: Vec<_> = view.headers.iter().filter(|(name, _)| !matches!(name.as_str(), "date" | "x-request-id"))
                .map(|(name, value)| (name.to_string(), value.to_str().expect("ASCII").to_owned())).collect();
            assert!(before.contains_key("mails"));
            seen.push((view.status, headers, view.body));
        }
        assert!(seen.iter().all(|one| *one == seen[0]), "{seen:?}");
        // One mail came of it, to the one who has an account that may act.
        assert_eq!(smtp.mail(1).await.to, ["ada@example.com"]);
        house.empty_queue().await;
        assert_eq!(smtp.mails().len(), 1);
    }

    async fn lg_02_each_address_costs_the_same_statements(house: House) {
        let (_smtp, house) = mailing(&house).await;
        house.person("ada").await;
        let mut browser = house.browser();
        let page = browser.get("/recover").await;
        // How far it comes when its n-th statement fails says how many there are. What runs in the background takes some
        // of them now and then, so each number has a few chances.
        let mut counts = Vec::new();
        for name in ["ada", "eve"] {
            let mut fields = page.form("form:has(#send-link)");
            fields.retain(|(name, _)| name == "csrf");
            fields.push(("email".to_owned(), format!("{name}@example.com")));
            let mut statements = 0;
            'more: loop {
                for _ in 0..5 {
                    house.wait(Duration::from_secs(3600));
                    house.app.db.fail_after(statements);
                    let view = browser.post_once("/recover", &fields).await;
                    house.app.db.fail_after(-1);
                    if view.status == 200 {
                        break 'more;
                    }
                }
                statements += 1;
                assert!(statements < 20, "{name}");
            }
            counts.push(statements);
        }
        assert_eq!(counts[0], counts[1]);
        assert!(counts[0] >= 2, "{counts:?}");
    }

    async fn lg_03_nobodys_inbox_is_flooded(house: House) {
        let (smtp, house) = mailing(&house).await;
        house.person("ada").await;
        for _ in 0..3 {
            forgets(&house, &smtp, "ada").await;
        }
        // The answer is the same, under each spelling, and no mail comes.
        for email in ["ada@example.com", "ADA@example.com", " ada@example.com"] {
            assert_eq!(asks(&mut house.browser(), email).await.status, 200);
        }
        house.empty_queue().await;
        assert_eq!(smtp.mails().len(), 3);
        house.wait(Duration::from_secs(601));
        forgets(&house, &smtp, "ada").await;
        // From one address, only so many in a minute.
        let mut browser = house.browser();
        let mut last = asks(&mut browser, "one@example.com").await;
        for n in 0..25 {
            last = asks(&mut browser, &format!("no{n}@example.com")).await;
        }
        assert_eq!(last.status, 429);
        assert!(last.headers.contains_key("retry-after") && last.first("#send-link").is_some());
        house.wait(Duration::from_secs(60));
        assert_eq!(asks(&mut browser, "two@example.com").await.status, 200);
    }

    async fn without_mail_the_page_says_whom_to_ask_and_the_command_line_makes_links(house: House) {
        house.person("ada").await;
        let mut browser = house.browser();
        let login = browser.get("/login").await;
        assert_eq!(login.first("#recover").expect("a link")["href"], "/recover");
        let page = browser.get("/recover").await;
        assert!(page.first("#ask-somebody").is_some() && page.first("#send-link").is_none(), "{}", page.text());
        let (code, out, err) = house.command("user reset-link ada@example.com --format json").await;
        assert_eq!(code, 0, "{err}");
        let printed: serde_json::Value = serde_json::from_str(&out).expect("JSON");
        let link = printed["reset_link"].as_str().expect("a link").replace("http://127.0.0.1:4444", "");
        assert_eq!(sets(&mut browser, &link, NEW).await.status, 200, "{link}");
        assert!(signs_in(&house, "ada", NEW).await);
        is_over(&sets(&mut browser, &link, NEW).await);
        let (code, _, err) = house.command("user reset-link nobody@example.com").await;
        assert_eq!(code, 1, "{err}");
        let (code, ..) = house.command("user verify ada@example.com").await;
        assert_eq!(code, 0);
        let (_, out, _) = house.command("user show ada@example.com --format json").await;
        assert_eq!(serde_json::from_str::<serde_json::Value>(&out).expect("JSON")["claims"]["email_verified"], true);
    }

    async fn an_address_is_confirmed_by_a_button_not_by_opening_the_link(house: House) {
        let (smtp, house) = mailing(&house).await;
        let acting = symbolon::admin::Acting::new(symbolon::audit::Actor::Cli, symbolon::people::Role::Owner, symbolon::web::Call::internal("test"));
        let profile = symbolon::people::Profile::parse(json!({ "name": "Ada", "locale": "de" })).expect("claims");
        let new = symbolon::people::NewUser {
            email: "Ada@Example.com".to_owned(), password: None, profile, role: symbolon::people::Role::User, joins: None,
        };
        let user = symbolon::admin::users::create(&house.app, &acting, new).await.expect("made");
        let mail = smtp.mail(1).await;
        assert!(mail.text().contains("Diese Adresse bestätigen"), "{}", mail.text());
        let verified = async || {
            let found = symbolon::people::store::by_id(&house.app.db, &user.id).await.expect("reads").expect("a person");
            found.profile.0.get("email_verified").cloned()
        };
        let mut browser = house.browser();
        let page = browser.get_once(&mail.link()).await;
        assert!(page.first("#confirm").is_some(), "{}", page.body);
        assert_eq!(verified().await, None);
        let fields = page.form("form:has(#confirm)");
        let done = browser.post_once("/verify", &fields).await;
        assert!(done.first("#done").is_some(), "{}", done.body);
        assert_eq!(verified().await, Some(json!(true)));
        assert_eq!(browser.post_once("/verify", &fields).await.error_code().as_deref(), Some("verify_link_invalid"));
    }
}
