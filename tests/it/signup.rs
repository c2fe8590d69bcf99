//! Issue 4, self-registration; security.md LG-01, LG-02, LG-17, LG-23: accounts of people's own making.

use crate::on_both;
use crate::support::browser::View;
use crate::support::smtp::{Mail, Smtp};
use crate::support::{Browser, House};
use std::time::Duration;
use symbolon::config::SelfRegistration;

const CHOSEN: &str = "lighthouse keeper staple";

async fn open(house: &House) -> (Smtp, House) {
    let smtp = Smtp::open().await;
    let house = House::with(house.kind, |config| {
        smtp.settings(config);
        config.signin.registration = SelfRegistration::Open;
    });
    let house = house.await;
    (smtp, house)
}

fn with(view: &View, form: &str, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut fields = view.form(form);
    fields.retain(|(name, _)| !more.iter().any(|(given, _)| name == given));
    fields.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    fields
}

async fn asks(browser: &mut Browser, page: &View, email: &str) -> View {
    browser.post_once("/signup", &with(page, "form:has(#sign-up)", &[("email", email)])).await
}

/// The mail that an address gets.
async fn told(house: &House, smtp: &Smtp, email: &str) -> Mail {
    let before = smtp.mails().len();
    let mut browser = house.browser();
    let page = browser.get("/signup").await;
    assert_eq!(asks(&mut browser, &page, email).await.status, 200);
    smtp.mail(before + 1).await
}

async fn finishes(browser: &mut Browser, link: &str, name: &str, password: &str) -> View {
    let page = browser.get_once(link).await;
    if page.status != 200 {
        return page;
    }
    browser
        .post_once("/signup/finish", &with(&page, "form:has(#finish)", &[("name", name), ("password", password)]))
        .await
}

fn is_over(view: &View) {
    assert_eq!((view.status, view.error_code().as_deref()), (400, Some("signup_link_invalid")), "{}", view.body);
}

on_both! {
    async fn closed_is_the_default_and_nothing_speaks_of_it(house: House) {
        let mut browser = house.browser();
        let page = browser.get("/login").await;
        assert!(page.first("#signup").is_none());
        assert_eq!(browser.get_once("/signup").await.status, 404);
        let csrf = page.first("input[name=csrf]").expect("a form")["value"].clone();
        let fields = [("csrf".to_owned(), csrf), ("email".to_owned(), "eve@example.com".to_owned())];
        let before = house.state().await;
        assert_eq!(browser.post_once("/signup", &fields).await.status, 404);
        assert_eq!(house.changed_since(&before).await, Vec::<String>::new());
    }

    async fn somebody_new_gets_an_account_with_a_confirmed_address_and_comes_to_their_app(house: House) {
        let (smtp, house) = open(&house).await;
        let client = house.client().await;
        let mut browser = house.browser();
        let login = browser.get(&client.auth_url(&[("scope", "openid email")])).await;
        let page = browser.get(&login.first("#signup").expect("a link")["href"]).await;
        assert!(page.text().contains("Ledgerly"), "{}", page.text());
        let sent = asks(&mut browser, &page, "Eve@Example.com").await;
        assert!(sent.status == 200 && sent.first("#sent").is_some(), "{}", sent.body);
        assert_eq!(house.raw().await.texts("SELECT email FROM users").await, Vec::<String>::new(), "not before the address is shown");
        let mail = smtp.mail(1).await;
        let link = mail.link();
        let token = link.split(['=', '&']).nth(1).expect("a token").to_owned();
        assert!(house.tables().await.values().flatten().all(|row| !row.contains(&token)));
        let page = browser.get_once(&link).await;
        for (name, password) in [("Eve", "short"), ("Eve", "password1"), ("Eve", "eve@example.com"), ("Eve", "Symbolon2026"), ("\u{7}", CHOSEN)] {
            let view = finishes(&mut browser, &link, name, password).await;
            assert_eq!((view.status, view.first("#problem").is_some()), (422, true), "{password}");
        }
        assert!(page.first("[data-meter] meter").is_some());
        let view = finishes(&mut browser, &link, "Eve", CHOSEN).await;
        assert!(view.location().starts_with("/oauth2/auth/resume?go="), "{} {}", view.location(), view.body);
        let consent = browser.get(view.location()).await;
        let back = browser.decides(&consent, "allow").await;
        let tokens = client.redeems(&back.sent("code").expect("a code")).await.ok();
        let claims = client.userinfo(tokens.text("access_token")).await.ok();
        assert_eq!((claims.text("email"), &claims.body["email_verified"]), ("Eve@Example.com", &true.into()));
        let places = house.raw().await.texts("SELECT workspace FROM members").await;
        assert_eq!(places, ["default"]);
        is_over(&browser.get_once(&link).await);
        let detail = house.raw().await.texts("SELECT detail FROM audit_events WHERE action = 'user.created'").await;
        assert!(detail.len() == 1 && detail[0].contains("signup"), "{detail:?}");
    }

    async fn lg_01_who_has_an_account_shows_in_their_mail_and_nowhere_else(house: House) {
        let (smtp, house) = open(&house).await;
        house.person("ada").await;
        let bob = house.person("bob").await;
        house.disables_person(&bob).await;
        let mut answers = Vec::new();
        for email in ["ada@example.com", "eve@example.com", "bob@example.com"] {
            let mut browser = house.browser();
            let page = browser.get("/signup").await;
            let view = asks(&mut browser, &page, email).await;
            let mut headers: Vec<String> = view.headers.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
            headers.retain(|line| !line.starts_with("date") && !line.starts_with("x-request-id"));
            answers.push((view.status, headers, view.body));
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        let mails: Vec<Mail> = { smtp.mail(2).await; smtp.mails() };
        let to = |name: &str| mails.iter().find(|mail| mail.to[0].starts_with(name));
        assert!(to("ada").expect("a mail").text().contains("There is one already"));
        assert!(to("eve").expect("a mail").text().contains("wants an account"));
        assert!(to("bob").is_none(), "who was stopped isn't let in by another door");
        let link = to("ada").expect("a mail").link();
        assert!(link.starts_with("/login"), "{link}");
    }

    async fn lg_17_a_link_dies_with_use_time_a_newer_one_and_an_account(house: House) {
        let (smtp, house) = open(&house).await;
        let first = told(&house, &smtp, "eve@example.com").await.link();
        let second = told(&house, &smtp, "eve@example.com").await.link();
        let mut browser = house.browser();
        is_over(&finishes(&mut browser, &first, "Eve", CHOSEN).await);
        house.wait(Duration::from_secs(24 * 3600 + 1));
        is_over(&finishes(&mut browser, &second, "Eve", CHOSEN).await);
        let third = told(&house, &smtp, "eve@example.com").await.link();
        let page = browser.get_once(&third).await;
        let fields = with(&page, "form:has(#finish)", &[("name", "Eve"), ("password", CHOSEN)]);
        let mut runs = tokio::task::JoinSet::new();
        for _ in 0..10 {
            let (mut browser, fields) = (browser.clone(), fields.clone());
            runs.spawn(async move { browser.post_once("/signup/finish", &fields).await.status });
        }
        let statuses = runs.join_all().await;
        assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
        let fourth = told(&house, &smtp, "max@example.com").await.link();
        house.person("max").await;
        is_over(&finishes(&mut browser, &fourth, "Max", CHOSEN).await);
        for bad in ["/signup/finish", "/signup/finish?token=x"] {
            is_over(&browser.get_once(bad).await);
        }
    }

    async fn addresses_are_checked_and_mails_are_counted(house: House) {
        let smtp = Smtp::open().await;
        let house = House::with(house.kind, |config| {
            smtp.settings(config);
            config.signin.registration = SelfRegistration::Open;
            config.signin.registration_domains = vec!["example.com".to_owned()];
        }).await;
        let mut browser = house.browser();
        let page = browser.get("/signup").await;
        for bad in ["", "eve", "eve@evil.example", "eve@example.com.evil.example", "eve@sub.example.com", "\u{435}ve@example.com"] {
            assert_eq!(asks(&mut browser, &page, bad).await.status, 422, "{bad}");
        }
        for _ in 0..6 {
            assert_eq!(asks(&mut browser, &page, "eve@EXAMPLE.com").await.status, 200);
        }
        smtp.mail(3).await;
        let mut statuses = Vec::new();
        for n in 0..20 {
            statuses.push(asks(&mut browser, &page, &format!("eve{n}@example.com")).await.status);
        }
        assert!(statuses.contains(&429), "{statuses:?}");
        let mails = smtp.mails();
        assert_eq!(mails.iter().filter(|mail| mail.to[0].eq_ignore_ascii_case("eve@example.com")).count(), 3);
        let forged = browser.post_once("/signup", &[("email".to_owned(), "eve@example.com".to_owned())]).await;
        assert_eq!(forged.status, 403);
    }

    async fn lg_23_what_attackers_try_first_is_no_password(house: House) {
        house.person_with("ada", serde_json::json!({ "name": "Ada Lovelace" }), false).await;
        let mut browser = house.browser();
        let page = browser.get("/account").await;
        let home = browser.signs_in(&page, "ada").await;
        for bad in ["seven77", "password", "Password1!", "qwertyuiop", "iloveyou1", "trustno1", "starwars", "11111111", "abcd1234",
                    "zaq12wsx", "lovelace1", "Lovelace2026", "adalovelace", "ada@example.com", "symbolon1", "Symbolon!!", "liverpool1"] {
            let view = browser.post("/account/password", &with(&home, "form:has(#change-password)", &[("current", crate::support::house::PASSWORD), ("password", bad)])).await;
            assert_eq!((view.status, view.first("#password-problem").is_some()), (422, true), "{bad}");
        }
        // 64 to 1,024 characters are taken, and nothing about what they are made of is asked.
        let mut current = crate::support::house::PASSWORD.to_owned();
        for good in ["correct horse battery 2", "aldjfhgqpwoe", &"otter ".repeat(11), &format!("boat {}", "x".repeat(1019))] {
            house.wait(Duration::from_secs(1));
            let home = browser.get("/account").await;
            let view = browser.post("/account/password", &with(&home, "form:has(#change-password)", &[("current", &current), ("password", good)])).await;
            assert!(view.url.ends_with("done=password#security"), "{good}: {} {}", view.status, view.text());
            current = good.to_owned();
        }
    }
}
