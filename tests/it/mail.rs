//! Mail: it is written down with what it is about, survives restarts, is tried again, and is given up in the end.

use crate::on_both;
use crate::support::smtp::{Mood, Smtp};
use crate::support::{House, stranger};
use std::time::Duration;
use symbolon::config::Transport;

impl House {
    /// Once no mail waits any more.
    pub async fn empty_queue(&self) {
        for _ in 0..600 {
            if self.raw().await.texts("SELECT id FROM mails").await.is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("mails still wait");
    }
}

async fn asks(house: &House, email: &str) -> u16 {
    let mut browser = house.browser();
    let page = browser.get("/recover").await;
    let mut fields = page.form("form:has(#send-link)");
    fields.retain(|(name, _)| name == "csrf");
    fields.push(("email".to_owned(), email.to_owned()));
    browser.post_once("/recover", &fields).await.status
}

async fn events(house: &House) -> Vec<String> {
    house.raw().await.texts("SELECT action FROM audit_events WHERE action LIKE 'mail.%'").await
}

on_both! {
    async fn no_request_waits_for_a_mail_server_and_no_mail_is_lost_in_a_restart(house: House) {
        let smtp = Smtp::open().await;
        let house = House::with(house.kind, |config| smtp.settings(config)).await;
        house.person("ada").await;
        smtp.is(Mood::Down);
        assert_eq!(asks(&house, "ada@example.com").await, 200);
        smtp.called(1).await;
        let rows = house.raw().await.texts("SELECT kind FROM mails").await;
        assert_eq!(rows, ["forgotten"]);
        assert!(house.tables().await["mails"].iter().all(|row| !row.contains("ada@example.com")), "sealed");
        let house = house.restarts().await;
        smtp.is(Mood::Good);
        house.wait(Duration::from_secs(130));
        let mail = smtp.mail(1).await;
        assert_eq!(mail.from, "no-reply@id.example");
        let page = house.browser().get_once(&mail.link()).await;
        assert!(page.first("#set-password").is_some(), "{}", page.body);
        house.empty_queue().await;
    }

    async fn what_is_refused_for_now_is_tried_again_and_given_up_in_the_end(house: House) {
        let smtp = Smtp::open().await;
        let house = House::with(house.kind, |config| smtp.settings(config)).await;
        house.person("ada").await;
        smtp.is(Mood::Later);
        assert_eq!(asks(&house, "ada@example.com").await, 200);
        smtp.called(1).await;
        for n in 2..5 {
            // Its next time counts from when the last try was settled, which may come after this wait.
            while smtp.calls() < n {
                house.wait(Duration::from_secs(1300));
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
        assert_eq!(events(&house).await, Vec::<String>::new());
        house.wait(Duration::from_secs(86_400));
        house.empty_queue().await;
        assert_eq!((events(&house).await, smtp.mails().len()), (vec!["mail.given_up".to_owned()], 0));
        // What is refused for good isn't tried again.
        smtp.is(Mood::Never);
        let calls = smtp.calls();
        assert_eq!(asks(&house, "ada@example.com").await, 200);
        house.empty_queue().await;
        assert_eq!((events(&house).await.len(), smtp.calls()), (2, calls + 1));
        smtp.is(Mood::Good);
        assert_eq!(asks(&house, "ada@example.com").await, 200);
        smtp.mail(1).await;
    }

    async fn rfc3207_starttls_comes_before_the_password_and_needs_a_good_certificate(house: House) {
        let smtp = Smtp::with_starttls().await;
        let trusting = House::with(house.kind, |config| {
            stranger::trusts_sites(config);
            smtp.settings(config);
        }).await;
        trusting.person("ada").await;
        assert_eq!(asks(&trusting, "ada@example.com").await, 200);
        let mail = smtp.mail(1).await;
        assert!(mail.tls);
        assert_eq!(mail.password.as_deref(), Some("mail-password-canary"));
        assert!(!smtp.clear().contains("AUTH") && !smtp.clear().contains("MAIL"), "{}", smtp.clear());
        // Nobody vouches for the certificate: nothing is said to it.
        let calls = smtp.calls();
        let doubting = House::with(house.kind, |config| smtp.settings(config)).await;
        doubting.person("ada").await;
        assert_eq!(asks(&doubting, "ada@example.com").await, 200);
        smtp.called(calls + 1).await;
        // And a server without STARTTLS gets nothing either.
        let plain = Smtp::open().await;
        let strict = House::with(house.kind, |config| {
            stranger::trusts_sites(config);
            smtp.settings(config);
            config.mail.port = plain.port;
        }).await;
        strict.person("ada").await;
        assert_eq!(asks(&strict, "ada@example.com").await, 200);
        plain.called(1).await;
        assert_eq!((smtp.mails().len(), plain.mails().len()), (1, 0));
        assert!(!plain.clear().contains("AUTH"), "{}", plain.clear());
    }

    async fn addresses_bring_no_headers_and_no_further_recipients(house: House) {
        let smtp = Smtp::open().await;
        let house = House::with(house.kind, |config| smtp.settings(config)).await;
        house.person("ada").await;
        for bad in ["ada@example.com\r\nBcc: eve@evil.example", "ada@example.com,eve@evil.example", "ada@example.com>\r\nRCPT TO:<eve@evil.example", "ada@example.com eve@evil.example", "\"x\r\n\"@example.com", "@", "ada"] {
            assert_eq!(asks(&house, bad).await, 422, "{bad:?}");
        }
        // What may be an address, and is nobody's, brings nothing.
        assert_eq!(asks(&house, "ada<x>@example.com").await, 200);
        assert_eq!(asks(&house, "ada@example.com").await, 200);
        assert_eq!(smtp.mail(1).await.to, ["ada@example.com"]);
        house.empty_queue().await;
        assert_eq!(smtp.mails().len(), 1);
    }

    async fn a_sign_in_from_a_new_browser_is_told_and_the_first_one_is_not(house: House) {
        let smtp = Smtp::open().await;
        let house = House::with(house.kind, |config| smtp.settings(config)).await;
        house.person("ada").await;
        let mut own = house.browser();
        for _ in 0..2 {
            let page = own.get("/login").await;
            own.signs_in(&page, "ada").await;
        }
        house.empty_queue().await;
        assert_eq!(smtp.mails().len(), 0);
        let mut other = house.browser();
        other.headers.insert("user-agent".to_owned(), "Mozilla/5.0 (X11; Linux x86_64) Firefox/143.0 <b>x</b>".to_owned());
        let page = other.get("/login").await;
        assert_eq!(other.signs_in_with(&page, "ada", "wrong horse").await.status, 422);
        other.signs_in(&page, "ada").await;
        let mail = smtp.mail(1).await;
        let text = mail.text();
        assert!(text.contains("127.0.0.1") && text.contains("Device: Firefox on Linux") && mail.link() == "/recover", "{text}");
        assert!(!mail.part("text/html").contains("<b>x") && !text.contains("<b>x"), "what a browser says isn't repeated");
        // Known from now on.
        let page = other.get("/login").await;
        other.signs_in(&page, "ada").await;
        house.empty_queue().await;
        assert_eq!(smtp.mails().len(), 1);
        // Whoever changes the password at this session can't do it unseen.
        let account = other.get("/account").await;
        let mut fields = account.form("#security form");
        fields.retain(|(name, _)| name == "csrf");
        fields.push(("current".to_owned(), crate::support::house::PASSWORD.to_owned()));
        fields.push(("password".to_owned(), "another horse entirely".to_owned()));
        assert_eq!(other.post("/account/password", &fields).await.status, 200);
        let mail = smtp.mail(2).await;
        assert!(mail.text().contains("ada@example.com") && mail.link() == "/recover", "{}", mail.text());
    }

    async fn files_are_mails_too(house: House) {
        let directory = house.dir.join("mail");
        let filing = House::with(house.kind, |config| {
            config.mail.transport = Transport::File;
            config.mail.from = "no-reply@id.example".to_owned();
            config.mail.directory = directory.clone();
        }).await;
        filing.person_with("ada", serde_json::json!({ "name": "Ada", "locale": "ar" }), false).await;
        assert_eq!(asks(&filing, "ada@example.com").await, 200);
        filing.empty_queue().await;
        let files: Vec<_> = std::fs::read_dir(&directory).expect("files").map(|file| file.expect("a file").path()).collect();
        assert_eq!(files.len(), 1);
        let text = std::fs::read_to_string(&files[0]).expect("reads");
        assert!(text.contains("multipart/alternative") && text.contains("no-reply@id.example"), "{text}");
    }
}
