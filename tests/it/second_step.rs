//! security.md LG-18 and issue 4, "Sign-in": codes of an app after the password, and recovery codes.

use crate::on_both;
use crate::passkeys::claims;
use crate::support::browser::View;
use crate::support::house::PASSWORD;
use crate::support::smtp::Smtp;
use crate::support::{Browser, House};
use std::time::Duration;
use symbolon::crypto::totp::Seed;

/// The app on somebody's phone.
pub struct Phone(Seed);

impl Phone {
    pub fn scans(page: &View) -> Self {
        let typed = text_of(page, "#totp-secret").replace(' ', "");
        let mut bits = (0_u64, 0);
        let mut bytes = Vec::new();
        for c in typed.chars() {
            let value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(c).expect("base 32");
            bits = (bits.0 << 5 | u64::try_from(value).expect("small"), bits.1 + 5);
            if bits.1 >= 8 {
                bytes.push(u8::try_from(bits.0 >> (bits.1 - 8) & 0xff).expect("a byte"));
                bits.1 -= 8;
            }
        }
        Phone(Seed::of(&bytes).expect("160 bits"))
    }

    pub fn code(&self, house: &House) -> String {
        self.0.code(house.now()).expect("a code")
    }
}

pub fn text_of(view: &View, selector: &str) -> String {
    let html = scraper::Html::parse_document(&view.body);
    let selector = scraper::Selector::parse(selector).expect("a selector");
    let found = html.select(&selector).next().unwrap_or_else(|| panic!("nothing there: {}", view.body));
    found.text().collect::<String>().trim().replace(['\u{2068}', '\u{2069}'], "")
}

fn all_of(view: &View, selector: &str) -> Vec<String> {
    let html = scraper::Html::parse_document(&view.body);
    let selector = scraper::Selector::parse(selector).expect("a selector");
    html.select(&selector).map(|found| found.text().collect::<String>().trim().to_owned()).collect()
}

pub fn with(view: &View, form: &str, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut fields = view.form(form);
    fields.retain(|(name, _)| !more.iter().any(|(given, _)| name == given));
    fields.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    fields
}

async fn at_home(browser: &mut Browser, name: &str) -> View {
    let view = browser.get("/account").await;
    let view = if view.first("#sign-in").is_some() { browser.signs_in(&view, name).await } else { view };
    assert!(view.first("section#security").is_some(), "{} {}", view.status, view.body);
    view
}

/// Turns codes on for who is signed in; the phone and the recovery codes.
pub async fn turns_on(house: &House, browser: &mut Browser, name: &str) -> (Phone, Vec<String>) {
    let home = at_home(browser, name).await;
    let page = browser.post("/account/totp/new", &home.form("form:has(#add-totp)")).await;
    let phone = Phone::scans(&page);
    let done =
        browser.post("/account/totp", &with(&page, "form:has(#confirm-code)", &[("code", &phone.code(house))])).await;
    let codes = all_of(&done, "#recovery-codes code");
    assert_eq!((done.status, codes.len()), (200, 10), "{}", done.body);
    // The code that confirmed it is used up.
    house.wait(Duration::from_secs(30));
    (phone, codes)
}

/// The right password, and the page that comes then.
async fn first_step(browser: &mut Browser, name: &str) -> View {
    let page = browser.get("/login?then=account").await;
    let view = browser.signs_in(&page, name).await;
    assert!(view.status == 200 && view.first("#totp-code").is_some(), "{} {}", view.status, view.body);
    assert!(!browser.cookies.contains_key("sym_s"));
    view
}

async fn second_step(browser: &mut Browser, page: &View, code: &str) -> View {
    browser.post_once("/login/code", &with(page, "form:has(#send-code)", &[("code", code)])).await
}

async fn recovers(browser: &mut Browser, page: &View, code: &str) -> View {
    browser.post_once("/login/code", &with(page, "form:has(#send-recovery)", &[("recovery", code)])).await
}

on_both! {
    async fn codes_are_set_up_confirmed_and_asked_for(house: House) {
        let smtp = Smtp::open().await;
        let house = House::with(house.kind, |config| smtp.settings(config)).await;
        house.person("ada").await;
        let mut browser = house.browser();
        let home = at_home(&mut browser, "ada").await;
        let page = browser.post("/account/totp/new", &home.form("form:has(#add-totp)")).await;
        assert!(page.first("svg.qr[role=img]").is_some() && page.first("svg.qr path").is_some(), "{}", page.body);
        assert!(!page.body.contains("style="), "the policy would refuse it");
        let phone = Phone::scans(&page);
        for wrong in ["", "000000", "12345", "abcdef"] {
            let view = browser.post("/account/totp", &with(&page, "form:has(#confirm-code)", &[("code", wrong)])).await;
            assert_eq!((view.status, text_of(&view, "#totp-secret")), (422, text_of(&page, "#totp-secret")), "{wrong}");
        }
        // Not asked for before it is confirmed.
        let mut other = house.browser();
        let page_in = other.get("/login").await;
        assert!(other.signs_in(&page_in, "ada").await.first("#totp-code").is_none());
        assert!(other.cookies.contains_key("sym_s"));
        let fields = with(&page, "form:has(#confirm-code)", &[("code", &phone.code(&house))]);
        let done = browser.post("/account/totp", &fields).await;
        assert_eq!(all_of(&done, "#recovery-codes code").len(), 10, "{}", done.body);
        assert_eq!(browser.post("/account/totp", &fields).await.status, 400, "a seed is confirmed once");
        let told = smtp.mail(2).await;
        assert!(told.text().contains("needs a code"), "{}", told.text());
        // Neither the seed nor the codes are in the database in clear.
        let secret = text_of(&page, "#totp-secret").replace(' ', "");
        let codes = all_of(&done, "#recovery-codes code");
        for (table, rows) in house.tables().await {
            for held in codes.iter().map(|code| code.replace('-', "")).chain(codes.clone()).chain([secret.clone()]) {
                assert!(!rows.iter().any(|row| row.contains(&held)), "{table}");
            }
        }
        house.wait(Duration::from_secs(30));
        let client = house.client().await;
        let mut elsewhere = house.browser();
        let asks = elsewhere.get(&client.auth_url(&[])).await;
        let page = elsewhere.signs_in(&asks, "ada").await;
        let input = page.first("#totp-code").expect("a field");
        assert_eq!((&*input["autocomplete"], &*input["inputmode"]), ("one-time-code", "numeric"));
        let view = second_step(&mut elsewhere, &page, &phone.code(&house)).await;
        let consent = elsewhere.get(view.location()).await;
        let sent = elsewhere.decides(&consent, "allow").await;
        let tokens = client.redeems(&sent.sent("code").expect("a code")).await.ok();
        let said = claims(tokens.text("id_token"));
        assert_eq!((said["acr"].as_str(), &said["amr"]), (Some("urn:symbolon:acr:two-steps"), &serde_json::json!(["pwd", "otp", "mfa"])));
        let home = at_home(&mut browser, "ada").await;
        assert_eq!(text_of(&home, "#recovery-left"), "10 codes left");
        let off = browser.post("/account/totp", &with(&home, "form[action='/account/totp']", &[("revoke", "totp")])).await;
        assert!(off.url.ends_with("done=codes-off#security"), "{}", off.url);
        assert_eq!(house.raw().await.texts("SELECT id FROM recovery_codes").await.len(), 0);
        let mut other = house.browser();
        let page = other.get("/login").await;
        assert!(other.signs_in(&page, "ada").await.first("#totp-code").is_none());
        assert!(other.cookies.contains_key("sym_s"));
    }

    async fn lg_18_a_code_is_taken_once_and_none_older_than_it(house: House) {
        house.person("ada").await;
        let (phone, _) = turns_on(&house, &mut house.browser(), "ada").await;
        let before = phone.code(&house);
        house.wait(Duration::from_secs(30));
        let now = phone.code(&house);
        let mut browser = house.browser();
        let page = first_step(&mut browser, "ada").await;
        let wrong = second_step(&mut browser, &page, "000000").await;
        assert_eq!((wrong.status, text_of(&wrong, "#problem").contains("isn’t right")), (422, true));
        assert!(!browser.cookies.contains_key("sym_s"));
        let view = second_step(&mut browser, &page, &format!("{} {}", &now[..3], &now[3..])).await;
        assert_eq!((view.status, view.location()), (303, "/account"), "{}", view.body);
        for used in [&now, &before] {
            let mut again = house.browser();
            let page = first_step(&mut again, "ada").await;
            assert_eq!(second_step(&mut again, &page, used).await.status, 422);
        }
        // One step early and one late are taken, in their order.
        house.wait(Duration::from_secs(30));
        let late = phone.code(&house);
        house.wait(Duration::from_secs(30));
        let mut again = house.browser();
        let page = first_step(&mut again, "ada").await;
        assert_eq!(second_step(&mut again, &page, &late).await.status, 303);
        // Two steps late is too late.
        house.wait(Duration::from_secs(30));
        let old = phone.code(&house);
        house.wait(Duration::from_secs(60));
        let mut third = house.browser();
        let page = first_step(&mut third, "ada").await;
        assert_eq!(second_step(&mut third, &page, &old).await.status, 422);
    }

    async fn lg_18_of_many_at_once_with_one_code_one_is_let_in(house: House) {
        house.person("ada").await;
        let (phone, recovery) = turns_on(&house, &mut house.browser(), "ada").await;
        let mut pages = Vec::new();
        for _ in 0..4 {
            let mut browser = house.browser();
            let page = first_step(&mut browser, "ada").await;
            pages.push((browser, page));
        }
        for recovering in [false, true] {
            let code = if recovering { recovery[0].clone() } else { phone.code(&house) };
            let mut runs = tokio::task::JoinSet::new();
            for (browser, page) in &pages {
                let (mut browser, page, code) = (browser.clone(), page.clone(), code.clone());
                runs.spawn(async move {
                    match recovering {
                        true => recovers(&mut browser, &page, &code).await.status,
                        false => second_step(&mut browser, &page, &code).await.status,
                    }
                });
            }
            let statuses = runs.join_all().await;
            assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{recovering} {statuses:?}");
            house.wait(Duration::from_secs(90));
        }
    }

    async fn the_page_between_is_bound_to_browser_time_password_and_purpose(house: House) {
        let ada = house.person("ada").await;
        let (phone, _) = turns_on(&house, &mut house.browser(), "ada").await;
        let mut browser = house.browser();
        let page = first_step(&mut browser, "ada").await;
        let state = page.first("input[name=state]").expect("a state")["value"].clone();
        // Another browser, with a form of its own.
        let mut thief = house.browser();
        let own = first_step(&mut thief, "ada").await;
        let view = thief.post_once("/login/code", &with(&own, "form:has(#send-code)", &[("state", &state), ("code", &phone.code(&house))])).await;
        assert_eq!((view.status, view.error_code().as_deref()), (400, Some("interaction_expired")));
        // As something else.
        for field in ["proof_state", "answer"] {
            let view = browser.post_once("/login/passkey", &with(&page, "form:has(#send-code)", &[(field, "{}")])).await;
            assert_eq!(view.status, 422);
        }
        for bent in ["", "AAAA", &state[1..]] {
            let view = browser.post_once("/login/code", &with(&page, "form:has(#send-code)", &[("state", bent), ("code", &phone.code(&house))])).await;
            assert_eq!(view.status, 400, "{bent}");
        }
        assert_eq!(second_step(&mut browser.clone(), &page, &phone.code(&house)).await.status, 303, "the honest one");
        house.wait(Duration::from_secs(301));
        assert_eq!(second_step(&mut browser, &page, &phone.code(&house)).await.status, 400, "too old");
        let page = first_step(&mut browser, "ada").await;
        house.sets_password(&ada, "another one altogether").await;
        assert_eq!(second_step(&mut browser, &page, &phone.code(&house)).await.status, 400, "another password");
        house.sets_password(&ada, PASSWORD).await;
        let page = first_step(&mut browser, "ada").await;
        house.disables_person(&ada).await;
        house.wait(Duration::from_secs(30));
        assert_eq!(second_step(&mut browser, &page, &phone.code(&house)).await.status, 400, "disabled");
    }

    async fn lg_18_guessing_codes_is_slow_but_not_for_a_known_device(house: House) {
        house.person("ada").await;
        let mut own = house.browser();
        let (phone, _) = turns_on(&house, &mut own, "ada").await;
        let mut thief = house.browser();
        let page = first_step(&mut thief, "ada").await;
        let mut statuses = Vec::new();
        for _ in 0..8 {
            statuses.push(second_step(&mut thief, &page, "000000").await.status);
        }
        assert_eq!(statuses.iter().filter(|status| **status == 422).count(), 5, "{statuses:?}");
        let view = second_step(&mut thief, &page, &phone.code(&house)).await;
        assert!(view.status == 429 && view.headers.contains_key("retry-after"), "the right one waits too: {}", view.status);
        // Ada's own browser isn't held up by that.
        own.cookies.remove("sym_s");
        let page = first_step(&mut own, "ada").await;
        assert_eq!(second_step(&mut own, &page, &phone.code(&house)).await.status, 303);
    }

    async fn recovery_codes_are_good_once_counted_told_of_and_renewed(house: House) {
        let smtp = Smtp::open().await;
        let house = House::with(house.kind, |config| smtp.settings(config)).await;
        let sub = house.person("ada").await;
        let mut home_browser = house.browser();
        let (_, codes) = turns_on(&house, &mut home_browser, "ada").await;
        let mut browser = house.browser();
        let page = first_step(&mut browser, "ada").await;
        let typed = codes[3].to_lowercase().replace('-', " ");
        assert_eq!(recovers(&mut browser, &page, &typed).await.status, 303);
        let mut again = house.browser();
        let page = first_step(&mut again, "ada").await;
        for bad in [&*codes[3], "AAAA-AAAA-AAAA-AAAA", ""] {
            assert_eq!(recovers(&mut again, &page, bad).await.status, 422, "{bad}");
        }
        let home = at_home(&mut browser, "ada").await;
        assert_eq!(text_of(&home, "#recovery-left"), "9 codes left");
        let mails: Vec<String> = { smtp.mail(2).await; smtp.mails().iter().map(|mail| mail.text()).collect() };
        assert!(mails.iter().any(|mail| mail.contains("A recovery code was used") && mail.contains("9 are left")), "{mails:?}");
        let new = browser.post("/account/recovery-codes", &home.form("form:has(#renew-recovery)")).await;
        let fresh = all_of(&new, "#recovery-codes code");
        assert!(fresh.len() == 10 && !fresh.contains(&codes[0]), "{}", new.body);
        house.wait(Duration::from_secs(60));
        let mut third = house.browser();
        let page = first_step(&mut third, "ada").await;
        assert_eq!(recovers(&mut third, &page, &codes[0]).await.status, 422, "those of before are gone");
        assert_eq!(recovers(&mut third, &page, &fresh[0]).await.status, 303);
        let events = house.raw().await.texts(&format!("SELECT action FROM audit_events WHERE object = 'user:{sub}' ORDER BY id")).await;
        for wanted in ["user.totp_added", "user.recovery_code_used", "user.recovery_codes_renewed", "session.refused"] {
            assert!(events.iter().any(|event| event == wanted), "{wanted}: {events:?}");
        }
    }

    async fn a_new_password_by_mail_is_no_way_around_the_second_step(house: House) {
        let smtp = Smtp::open().await;
        let house = House::with(house.kind, |config| smtp.settings(config)).await;
        let sub = house.person("ada").await;
        let (phone, _) = turns_on(&house, &mut house.browser(), "ada").await;
        let mut browser = house.browser();
        let (_, out, err) = house.command(&format!("user reset-link {sub}")).await;
        let link = out.lines().next().unwrap_or_else(|| panic!("{err}")).to_owned();
        let link = link[link.find("/recover").expect("a link")..].to_owned();
        let page = browser.get_once(&link).await;
        let view = browser.post_once("/recover/new", &with(&page, "form:has(#set-password)", &[("password", "lighthouse keeper staple")])).await;
        assert_eq!(view.status, 200, "{}", view.body);
        assert!(!browser.cookies.contains_key("sym_s"));
        let page = browser.get("/login").await;
        let view = browser.signs_in_with(&page, "ada", "lighthouse keeper staple").await;
        assert!(view.first("#totp-code").is_some() && !browser.cookies.contains_key("sym_s"), "{}", view.body);
        assert_eq!(second_step(&mut browser, &view, &phone.code(&house)).await.status, 303);
    }

    async fn an_administrator_helps_who_has_lost_everything(house: House) {
        let smtp = Smtp::open().await;
        let house = House::with(house.kind, |config| smtp.settings(config)).await;
        let (ada, _) = (house.person("ada").await, house.admin("root").await);
        let mut browser = house.browser();
        turns_on(&house, &mut browser, "ada").await;
        let (code, out, err) = house.command("user reset-factors ada@example.com").await;
        assert_eq!((code, out.contains("password alone")), (0, true), "{out}{err}");
        assert!(browser.get_once("/account").await.location().starts_with("/login"), "signed out");
        let mut again = house.browser();
        let page = again.get("/login").await;
        assert!(again.signs_in(&page, "ada").await.first("#totp-code").is_none());
        // In the console, with the address typed.
        turns_on(&house, &mut again, "ada").await;
        let mut roots = house.browser();
        let page = roots.get(&format!("/admin/users/{ada}")).await;
        let page = roots.signs_in(&page, "root").await;
        let path = format!("/admin/users/{ada}/reset-factors");
        let form = format!("form[action='{path}']");
        assert_eq!(roots.post(&path, &with(&page, &form, &[("confirm", "somebody")])).await.status, 422);
        assert_eq!(roots.post(&path, &with(&page, &form, &[("confirm", "ada@example.com")])).await.status, 200);
        assert_eq!(house.raw().await.texts("SELECT user_id FROM totps").await.len(), 0);
        let events = house.raw().await.texts("SELECT actor FROM audit_events WHERE action = 'user.factors_reset' ORDER BY id").await;
        assert_eq!((events.len(), &*events[0], events[1].starts_with("user:")), (2, "cli", true), "{events:?}");
        let mails: Vec<String> = { smtp.mail(4).await; smtp.mails().iter().map(|mail| mail.text()).collect() };
        assert!(mails.iter().any(|mail| mail.contains("removed all passkeys and codes")), "{mails:?}");
    }
}
