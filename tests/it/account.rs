//! The account page (issue 4): what can act for a person, and the end of it; security.md H and I.

use crate::on_both;
use crate::support::browser::View;
use crate::support::chromium::{Chromium, Scripts};
use crate::support::client::answer;
use crate::support::house::{PASSWORD, allow_loopback};
use crate::support::{Browser, Client, House, Kind, Rp};
use scraper::{Html, Selector};
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;
use symbolon::audit::{self, Actor, Event};
use symbolon::clients::AuthMethod;
use symbolon::config::Cimd;
use symbolon::oauth::acting;
use symbolon::people::workspaces::Standing;
use thirtyfour::prelude::*;

const NEW: &str = "four otters in a boat";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0";

/// Signed in, on their account page.
async fn at_home(browser: &mut Browser, name: &str) -> View {
    let view = browser.get("/account").await;
    let view = if view.first("#sign-in").is_some() { browser.signs_in(&view, name).await } else { view };
    assert!(view.status == 200 && view.first("section#apps").is_some(), "{} {}", view.status, view.body);
    view
}

/// The `data-id` of each row of a section.
fn rows(view: &View, section: &str) -> Vec<String> {
    let (html, selector) = (Html::parse_document(&view.body), Selector::parse(&format!("#{section} [data-id]")));
    let selector = selector.expect("a selector");
    html.select(&selector).map(|row| row.value().attr("data-id").expect("an id").to_owned()).collect()
}

/// What people read there.
fn words(view: &View, selector: &str) -> String {
    let (html, selector) = (Html::parse_document(&view.body), Selector::parse(selector).expect("a selector"));
    let text: Vec<String> = html.select(&selector).flat_map(|element| element.text().map(str::to_owned)).collect();
    let text = text.join(" ").replace(['\u{2068}', '\u{2069}'], "");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The fields of a form of the page, some of them filled in.
fn filled(view: &View, section: &str, fill: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut fields = view.form(&format!("#{section} form"));
    assert!(!fields.is_empty(), "no form in {section}: {}", view.body);
    fields.retain(|(name, _)| !fill.iter().any(|(filled, _)| name == filled));
    fields.extend(fill.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    fields
}

/// Presses a button `revoke` of a section.
async fn revokes(browser: &mut Browser, view: &View, section: &str, id: &str) -> View {
    browser.post(&format!("/account/{section}"), &filled(view, section, &[("revoke", id)])).await
}

async fn changes_password(browser: &mut Browser, view: &View, current: &str, new: &str) -> View {
    let fields = filled(view, "security", &[("current", current), ("password", new)]);
    browser.post("/account/password", &fields).await
}

async fn trail(house: &House, sub: &str) -> Vec<String> {
    let events = audit::trail::of_person(&house.app.db, &format!("user:{sub}"), "", 100).await.expect("reads");
    events.into_iter().map(|event| event.action).collect()
}

/// Waits until the trail says so: refused sign-ins are written down after their answer.
async fn trail_has(house: &House, sub: &str, action: &str) {
    for _ in 0..400 {
        if trail(house, sub).await.iter().any(|have| have == action) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("no {action}");
}

on_both! {
    async fn who_has_to_sign_in_first_comes_back_to_the_account_and_nowhere_else(house: House) {
        house.person("ada").await;
        let mut browser = house.browser();
        let view = browser.get_once("/account").await;
        assert_eq!((view.status, view.location()), (303, "/login?then=account"));
        let page = browser.get("/account").await;
        let again = browser.signs_in_with(&page, "ada", "wrong horse").await;
        let view = browser.signs_in(&again, "ada").await;
        assert!(view.url.ends_with("/account") && view.first("#apps").is_some(), "{}", view.url);
        for then in ["//evil.example", "/admin", "https://evil.example/account", "account/..", ""] {
            let mut browser = house.browser();
            let page = browser.get(&format!("/login?then={then}")).await;
            assert!(!page.body.contains("evil.example"), "{}", page.body);
            let view = browser.signs_in(&page, "ada").await;
            assert_eq!(view.url, format!("{}/", house.url), "{then}");
        }
        // A form that was open when the session ended leads there too.
        let mut browser = house.browser();
        let page = at_home(&mut browser, "ada").await;
        browser.cookies.remove("sym_s");
        let view = browser.post_once("/account/profile", &filled(&page, "profile", &[])).await;
        assert_eq!((view.status, view.location()), (303, "/login?then=account"));
    }

    async fn an_app_is_shown_in_words_and_what_it_has_dies_at_once(house: House) {
        let (ada, bob) = (house.person("ada").await, house.person("bob").await);
        let (client, other) = (house.client().await, house.client().await);
        let (mut browser, mut bobs) = (house.browser(), house.browser());
        let asked = [("scope", "openid offline profile email")];
        let tokens = client.tokens(&mut browser, "ada", &asked).await.ok();
        let kept = other.tokens(&mut browser, "ada", &[]).await.ok();
        let bobs_tokens = client.tokens(&mut bobs, "bob", &asked).await.ok();
        let code = client.code(&mut browser, "ada", &asked).await;

        let page = at_home(&mut browser, "ada").await;
        assert_eq!(rows(&page, "apps").into_iter().collect::<BTreeSet<_>>(), BTreeSet::from([client.id.clone(), other.id.clone()]));
        let row = format!("#apps [data-id=\"{}\"]", client.id);
        let said = words(&page, &row);
        for needed in ["Ledgerly", "app.example", "See your name and profile", "See your e-mail address", "Stays connected", "allowed on", "last used"] {
            assert!(said.contains(needed), "{needed}: {said}");
        }
        let button = page.first(&format!("{row} button[name=revoke]")).expect("a button");
        assert_eq!((button["value"].as_str(), button["aria-label"].contains("Ledgerly")), (client.id.as_str(), true));

        let view = revokes(&mut browser, &page, "apps", &client.id).await;
        assert!(view.url.ends_with("/account?done=app#apps"), "{}", view.url);
        assert!(words(&view, "#apps [role=status]").contains("disconnected"), "{}", view.body);
        assert_eq!(rows(&view, "apps"), std::slice::from_ref(&other.id));
        assert!(!client.active(tokens.text("access_token")).await);
        client.refreshes(tokens.text("refresh_token")).await.is(400, "invalid_grant");
        client.redeems(&code).await.is(400, "invalid_grant");
        // Nobody else's, and no other app's.
        assert!(client.active(bobs_tokens.text("access_token")).await && other.active(kept.text("access_token")).await);
        assert_eq!(rows(&at_home(&mut bobs, "bob").await, "apps"), std::slice::from_ref(&client.id));
        assert_eq!(trail(&house, &ada).await[0], "consent.withdrawn");
        assert!(!trail(&house, &bob).await.contains(&"consent.withdrawn".to_owned()));
        // What was allowed is forgotten.
        let asks = browser.get(&client.auth_url(&asked)).await;
        assert!(asks.first("#allow").is_some(), "{}", asks.body);
        assert!(asks.text().contains("You can disconnect"), "{}", asks.text());
        assert_eq!(revokes(&mut browser, &page, "apps", &client.id).await.status, 404, "it is over");
    }

    async fn an_app_whose_grants_are_over_is_not_shown_as_acting(house: House) {
        house.person("ada").await;
        let (client, quick) = (house.client().await, house.client_with(|m| m.trusted = true).await);
        let mut browser = house.browser();
        let tokens = client.tokens(&mut browser, "ada", &[]).await.ok();
        let online = quick.tokens(&mut browser, "ada", &[("scope", "openid")]).await.ok();
        let page = at_home(&mut browser, "ada").await;
        let chip = |view: &View, client: &Client| words(view, &format!("#apps [data-id=\"{}\"] .chip", client.id));
        assert_eq!(chip(&page, &client), "Stays connected");
        assert_eq!(chip(&page, &quick), "Only while you use it");
        client.revokes(tokens.text("refresh_token")).await.ok();
        let page = at_home(&mut browser, "ada").await;
        assert_eq!(chip(&page, &client), "Not connected now");
        // A trusted app remembers nothing: when its access is over, it is gone.
        quick.revokes(online.text("access_token")).await.ok();
        let page = at_home(&mut browser, "ada").await;
        assert_eq!(rows(&page, "apps"), std::slice::from_ref(&client.id));
        let page = revokes(&mut browser, &page, "apps", &client.id).await;
        assert!(rows(&page, "apps").is_empty() && page.text().contains("No app can act for you."), "{}", page.text());
        for (section, says) in [("tokens", "You have no API tokens."), ("connections", "None yet.")] {
            assert!(words(&page, &format!("#{section}")).contains(says), "{section}");
        }
    }

    async fn an_app_says_in_which_workspace_it_acts_where_there_are_several(house: House) {
        let ada = house.person("ada").await;
        house.workspace("north", &[(&ada, Standing::Member)]).await;
        let client = house.client().await;
        let mut browser = house.browser();
        let page = browser.get(&client.auth_url(&[])).await;
        let page = browser.signs_in(&page, "ada").await;
        let fields = [page.form("form:has(#allow)"), vec![("workspace".to_owned(), "north".to_owned()), ("decision".to_owned(), "allow".to_owned())]].concat();
        let mut fields: Vec<_> = fields;
        fields.retain(|(name, value)| name != "workspace" || value == "north");
        browser.post("/consent", &fields).await;
        let page = at_home(&mut browser, "ada").await;
        assert!(words(&page, "#apps .row").contains("in north"), "{}", words(&page, "#apps"));
    }

    async fn lg_10_cs_01_forms_of_others_are_refused_and_change_nothing(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let (mut browser, mut second) = (house.browser(), house.browser());
        client.tokens(&mut browser, "ada", &[]).await.ok();
        at_home(&mut second, "ada").await;
        let page = at_home(&mut browser, "ada").await;
        let elsewhere = rows(&page, "sessions")[1].clone();
        let forms = [
            ("profile", filled(&page, "profile", &[("name", "Mallory")])),
            ("apps", filled(&page, "apps", &[("revoke", &client.id)])),
            ("sessions", filled(&page, "sessions", &[("revoke", &elsewhere)])),
            ("password", filled(&page, "security", &[("current", PASSWORD), ("password", NEW)])),
        ];
        let before = house.tables().await;
        for (form, fields) in &forms {
            let path = format!("/account/{form}");
            let without: Vec<_> = fields.iter().filter(|(name, _)| name != "csrf").cloned().collect();
            assert_eq!(browser.post_once(&path, &without).await.status, 403, "{form}");
            for (site, origin) in [("cross-site", "https://evil.example"), ("same-site", "null"), ("same-origin", "https://evil.example")] {
                let mut attacked = browser.clone();
                attacked.fetch_metadata = false;
                attacked.headers.insert("sec-fetch-site".to_owned(), site.to_owned());
                attacked.headers.insert("origin".to_owned(), origin.to_owned());
                let view = attacked.post_once(&path, fields).await;
                assert_eq!((view.status, view.error_code().as_deref()), (403, Some("forged_form")), "{form} {site} {origin}");
            }
            // Nothing of it is done by a link.
            assert_eq!(browser.get_once(&path).await.status, 405, "{form}");
        }
        assert_eq!(house.changed_since(&before).await, Vec::<String>::new());
        for (form, fields) in &forms {
            let view = browser.post_once(&format!("/account/{form}"), fields).await;
            assert_eq!(view.status, 303, "the honest form works: {form}");
        }
    }

    async fn one_person_cannot_touch_what_is_another_s(house: House) {
        house.person("ada").await;
        house.person("bob").await;
        let client = house.client().await;
        let (mut adas, mut bobs) = (house.browser(), house.browser());
        let tokens = client.tokens(&mut adas, "ada", &[]).await.ok();
        house.client().await.tokens(&mut bobs, "bob", &[]).await.ok();
        let session = rows(&at_home(&mut adas, "ada").await, "sessions")[0].clone();
        let page = at_home(&mut bobs, "bob").await;
        let before = house.tables().await;
        for (section, id) in [("sessions", &*session), ("apps", &client.id), ("apps", ""), ("sessions", ""), ("apps", "no-such-client")] {
            let view = revokes(&mut bobs, &page, section, id).await;
            assert_eq!((view.status, view.error_code().as_deref()), (404, Some("not_found")), "{section} {id}");
            assert!(id.is_empty() || !view.body.contains(id), "not echoed");
        }
        assert_eq!(house.changed_since(&before).await, Vec::<String>::new());
        at_home(&mut adas, "nobody: still signed in").await;
        assert!(client.active(tokens.text("access_token")).await);
        // A cursor says where to begin, never whose.
        let events = rows(&at_home(&mut adas, "ada").await, "activity");
        let page = bobs.get(&format!("/account?before={}", events[0])).await;
        assert!(rows(&page, "activity").iter().all(|row| !events.contains(row)));
    }

    async fn the_profile_is_the_person_s_own_and_speaks_their_language(house: House) {
        let ada = house.person("ada").await;
        let mut browser = house.browser();
        let page = at_home(&mut browser, "ada").await;
        let save = async |browser: &mut Browser, name: &str, locale: &str| {
            browser.post("/account/profile", &filled(&page, "profile", &[("name", name), ("locale", locale)])).await
        };
        let view = save(&mut browser, " Ada Lovelace ", "de").await;
        assert!(view.url.ends_with("/account?done=profile#profile"), "{}", view.url);
        assert_eq!(view.first("html").expect("html")["lang"], "de");
        assert!(words(&view, "#profile [role=status]").contains("gespeichert"));
        assert!(words(&view, ".whoami").contains("Ada Lovelace ada@example.com"), "{}", words(&view, ".whoami"));
        assert_eq!(view.first("#locale option[selected]").expect("chosen")["value"], "de");
        assert_eq!(trail(&house, &ada).await[0], "user.profile_changed");
        // What can't be taken: told in the form, with what was typed, and nothing is changed.
        let before = house.tables().await;
        let long = "x".repeat(201);
        for (name, locale) in [("a\u{202e}b", "de"), (long.as_str(), "de"), ("Ada", "tlh"), ("Ada", "../en")] {
            let view = save(&mut browser, name, locale).await;
            assert_eq!(view.status, 422, "{name} {locale}");
            assert!(view.first("#profile [role=alert]").is_some() && view.first("#security [role=alert]").is_none());
        }
        assert_eq!(house.changed_since(&before).await, Vec::<String>::new());
        // Back to the browser's language; an empty name is none.
        let view = save(&mut browser, "", "").await;
        assert_eq!(view.first("html").expect("html")["lang"], "en");
        assert_eq!(words(&view, ".whoami .lede"), "ada@example.com");
    }

    async fn a_new_password_ends_the_other_sessions_and_keeps_this_one_under_a_new_cookie(house: House) {
        let ada = house.person("ada").await;
        let (mut browser, mut other) = (house.browser(), house.browser());
        let page = at_home(&mut browser, "ada").await;
        at_home(&mut other, "ada").await;
        let before = house.tables().await;
        for (current, new, says) in [
            ("wrong horse", NEW, "isn’t your current password"),
            (PASSWORD, "seven77", "at least 8 characters"),
            (PASSWORD, "password1", "attackers try first"),
            (PASSWORD, PASSWORD, "the password that you have"),
        ] {
            let view = changes_password(&mut browser, &page, current, new).await;
            assert_eq!(view.status, 422, "{says}");
            assert!(words(&view, "#security [role=alert]").contains(says), "{}", view.text());
            assert!(!view.body.contains(new) && !view.body.contains(current), "no password comes back");
        }
        assert_eq!(house.changed_since(&before).await, Vec::<String>::new());

        let mut thief = browser.clone();
        let view = changes_password(&mut browser, &page, PASSWORD, NEW).await;
        assert!(view.url.ends_with("/account?done=password#security"), "{} {}", view.url, view.text());
        assert_eq!(rows(&view, "sessions").len(), 1);
        assert_ne!(browser.cookies["sym_s"], thief.cookies["sym_s"]);
        for gone in [&mut thief, &mut other] {
            assert_eq!(gone.get_once("/account").await.status, 303);
        }
        assert_eq!(trail(&house, &ada).await[0], "user.password_changed");
        trail_has(&house, &ada, "session.refused").await;
        let mut fresh = house.browser();
        let page = fresh.get("/account").await;
        assert_eq!(fresh.signs_in(&page, "ada").await.status, 422, "the old one");
        assert_eq!(fresh.signs_in_with(&page, "ada", NEW).await.status, 200);
    }

    async fn lg_03_guessing_the_current_password_is_as_slow_as_signing_in(house: House) {
        house.person("ada").await;
        let mut browser = house.browser();
        let page = at_home(&mut browser, "ada").await;
        let mut statuses = Vec::new();
        for _ in 0..7 {
            statuses.push(changes_password(&mut browser, &page, "wrong horse", NEW).await.status);
        }
        assert_eq!(statuses[0], 422);
        let refused = changes_password(&mut browser, &page, PASSWORD, NEW).await;
        assert_eq!((refused.status, refused.headers.contains_key("retry-after")), (429, true), "{statuses:?}");
        house.wait(Duration::from_secs(60));
        let view = changes_password(&mut browser, &page, PASSWORD, NEW).await;
        assert!(view.url.contains("done=password"), "{}", view.text());
    }

    async fn sessions_are_told_apart_and_end_one_by_one_or_all_at_once(house: House) {
        let ada = house.person("ada").await;
        let client = house.client().await;
        let mut browsers: Vec<Browser> = (0..4).map(|_| house.browser()).collect();
        let agents = [FIREFOX, "curl/8.5.0", "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari/604.1", "<b>\"'"];
        let mut tokens = Vec::new();
        for (browser, agent) in browsers.iter_mut().zip(agents) {
            browser.headers.insert("user-agent".to_owned(), agent.to_owned());
            tokens.push(client.tokens(browser, "ada", &[("scope", "openid")]).await.ok());
        }
        let page = at_home(&mut browsers[0], "ada").await;
        let ids = rows(&page, "sessions");
        assert_eq!(ids.len(), 4);
        let said = |n: usize| words(&page, &format!("#sessions [data-id=\"{}\"]", ids[n]));
        assert!(said(0).contains("Firefox on Linux This device from 127.0.0.1 signed in"), "{}", said(0));
        let all = words(&page, "#sessions");
        assert!(all.contains("curl") && all.contains("Safari on iPhone") && all.contains("Unknown device"), "{all}");
        assert!(page.first(&format!("#sessions [data-id=\"{}\"] button", ids[0])).is_none(), "this one has a page for it");
        let here = revokes(&mut browsers[0], &page, "sessions", &ids[0]).await;
        assert!(here.url.ends_with("/logout"), "{}", here.url);

        let phone = ids.iter().position(|id| words(&page, &format!("#sessions [data-id=\"{id}\"]")).contains("iPhone")).expect("a row");
        let view = revokes(&mut browsers[0], &page, "sessions", &ids[phone]).await;
        assert!(view.url.ends_with("/account?done=session#sessions"), "{}", view.url);
        assert_eq!(rows(&view, "sessions").len(), 3);
        assert_eq!(browsers[2].get_once("/account").await.status, 303, "the phone is out");
        assert!(!client.active(tokens[2].text("access_token")).await, "and what hung on it is over");
        assert!(client.active(tokens[1].text("access_token")).await);
        let view = revokes(&mut browsers[0], &view, "sessions", "others").await;
        assert!(view.url.ends_with("/account?done=sessions#sessions"), "{}", view.url);
        assert_eq!(rows(&view, "sessions"), ids[..1]);
        for n in [1, 3] {
            assert_eq!(browsers[n].get_once("/account").await.status, 303, "{n}");
            assert!(!client.active(tokens[n].text("access_token")).await, "{n}");
        }
        assert!(client.active(tokens[0].text("access_token")).await, "here nothing ended");
        assert_eq!(trail(&house, &ada).await[..2], ["session.others_ended", "session.ended"]);
    }

    async fn the_activity_says_in_words_what_happened_page_by_page(house: House) {
        let (ada, bob) = (house.person("ada").await, house.person("bob").await);
        let client = house.client().await;
        let mut browser = house.browser();
        let page = browser.get("/account").await;
        browser.signs_in_with(&page, "ada", "wrong horse").await;
        trail_has(&house, &ada, "session.refused").await;
        house.wait(Duration::from_secs(60));
        client.tokens(&mut browser, "ada", &[]).await.ok();
        at_home(&mut house.browser(), "bob").await;
        house.signs_person_out(&bob).await;
        let page = at_home(&mut browser, "ada").await;
        let said = words(&page, "#activity");
        for needed in ["You let Ledgerly act for you", "You signed in", "Somebody tried a wrong password", "from 127.0.0.1"] {
            assert!(said.contains(needed), "{needed}: {said}");
        }
        assert!(!said.contains("administrator"), "that was bob: {said}");
        // What has no words stands by its name, and is text whatever it is.
        let event = |n: usize| Event {
            actor: Actor::System,
            action: if n == 0 { "odd.<b>action" } else { "user.enabled" },
            object: format!("user:{ada}"),
            request_id: "test".into(),
            address: "192.0.2.7".to_owned(),
            detail: json!({}),
        };
        for n in 0..120 {
            audit::record(&house.app.db, &event(n), house.now()).await.expect("records");
        }
        let (mut seen, mut url) = (BTreeSet::new(), "/account".to_owned());
        for expected in [50, 50] {
            let page = browser.get(&url).await;
            let rows = rows(&page, "activity");
            assert_eq!(rows.len(), expected);
            seen.extend(rows);
            assert!(!page.body.contains("192.0.2.7"), "where somebody else was is their own affair");
            url = page.first("#activity a[rel=next]").expect("more")["href"].replace("&amp;", "&");
        }
        let last = browser.get(&url).await;
        assert!(last.body.contains("odd.&#60;b&#62;action"), "{}", last.body);
        assert!(last.first("#activity a[rel=next]").is_none() && seen.len() == 100);
        for odd in ["zz", "'--", &"f".repeat(500)] {
            assert_eq!(browser.get(&format!("/account?before={odd}&apps={odd}")).await.status, 200, "{odd}");
        }
    }

    async fn cs_04_whatever_apps_call_themselves_stays_where_it_is_put(house: House) {
        house.person("ada").await;
        let client = house.client_with(|m| m.client_name = "<img src=x>\"'{{7*7}}".to_owned()).await;
        let mut browser = house.browser();
        browser.headers.insert("user-agent".to_owned(), "x\"><script>alert(1)</script>".to_owned());
        client.tokens(&mut browser, "ada", &[]).await.ok();
        // A name from before such names were refused.
        house.sql(&format!("UPDATE users SET claims = '{}'", json!({ "name": "\u{202e}gpj.\u{2069}<i>" }))).await;
        let page = at_home(&mut browser, "ada").await;
        assert!(!page.body.contains("<img src=x") && !page.body.contains("<script>") && !page.body.contains("<i>"), "{}", page.body);
        let heading = words(&page, ".whoami");
        assert!(heading.contains("gpj.<i>") && !heading.contains('\u{202e}'), "{heading}");
        assert!(words(&page, "#apps h3").contains("<img src=x>\"'{{7*7}}"), "{}", words(&page, "#apps"));
    }

    async fn a_thousand_grants_are_shown_a_hundred_apps_at_a_time(house: House) {
        let ada = house.person("ada").await;
        let client = house.client().await;
        let mut browser = house.browser();
        client.tokens(&mut browser, "ada", &[]).await.ok();
        house.sql(
            "INSERT INTO grants (id, client_id, user_id, sid, scope, resource, auth_time, acr, amr, code_hash, redirect_uri, \
             code_expires_at, redeemed_at, generation, rotated_at, refresh_hash, access_expires_at, access_ended, idle_expires_at, \
             expires_at, created_at) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) \
             SELECT 'made' || CAST(100000 + i AS TEXT), 'https://a' || CAST(1000 + i % 250 AS TEXT) || '.example/client.json', \
             g.user_id, g.sid, g.scope, g.resource, g.auth_time, g.acr, g.amr, g.code_hash, g.redirect_uri, g.code_expires_at, \
             g.redeemed_at, g.generation, g.rotated_at - i, g.refresh_hash, g.access_expires_at, g.access_ended, g.idle_expires_at, \
             g.expires_at, g.created_at FROM n, (SELECT * FROM grants ORDER BY id LIMIT 1) g",
        )
        .await;
        let (mut seen, mut url) = (Vec::new(), Some("/account".to_owned()));
        let mut pages = Vec::new();
        while let Some(next) = url {
            let trips = house.app.db.round_trips();
            let page = browser.get(&next).await;
            assert!(house.app.db.round_trips() - trips < 20, "one statement finds them all");
            assert!(page.body.len() < 200_000, "{}", page.body.len());
            let rows = rows(&page, "apps");
            pages.push(rows.len());
            seen.extend(rows);
            url = page.first("#apps a[rel=next]").map(|a| a["href"].clone());
        }
        assert_eq!(pages, [100, 100, 51]);
        assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 251);
        assert_eq!(seen[0], client.id, "the one that was used last");
        if house.kind == Kind::Sqlite {
            let sql = acting::ACTING.sql.replace("$1", &format!("'{ada}'")).replace("$4", "''").replace("$5", "101");
            let sql = sql.replace("$2", "0").replace("$3", "9000000000000000");
            let plan = house.raw().await.rows(&format!("EXPLAIN QUERY PLAN {sql}")).await;
            let plan: Vec<String> = plan.into_iter().map(|row| row[3].clone()).collect();
            assert!(plan.iter().any(|step| step.contains("SEARCH g USING INDEX grants_user")), "{plan:?}");
            assert!(plan.iter().any(|step| step.starts_with("SEARCH n USING")), "{plan:?}");
        }
    }

    async fn the_account_is_found_from_everywhere(house: House) {
        house.person("ada").await;
        let mut browser = house.browser();
        let view = browser.get_once("/.well-known/change-password").await;
        assert_eq!((view.status, view.location()), (303, "/account#security"));
        assert!(browser.get("/").await.first("a[href='/account']").is_none());
        at_home(&mut browser, "ada").await;
        assert!(browser.get("/").await.first("a[href='/account']").is_some());
    }
}

async fn described_by_a_document(kind: Kind) {
    let house = House::with(kind, |config| {
        allow_loopback(config);
        config.cimd = Cimd::On;
    });
    let house = house.await;
    house.person("ada").await;
    let rp = Rp::open().await;
    let id = format!("{}/client.json", rp.url);
    let redirect_uri = format!("{}/cb", rp.url);
    rp.describes(Some(json!({
        "client_id": id, "client_name": "Agent", "redirect_uris": [redirect_uri], "token_endpoint_auth_method": "none",
    })));
    let client = Client {
        id: id.clone(),
        secret: None,
        method: AuthMethod::None,
        redirect_uri,
        url: house.url.clone(),
        http: house.http(),
    };
    let mut browser = house.browser();
    let tokens = client.tokens(&mut browser, "ada", &[("scope", "openid profile")]).await.ok();
    let asked = rp.document_asked();
    let page = at_home(&mut browser, "ada").await;
    assert_eq!(rows(&page, "apps"), std::slice::from_ref(&id));
    let said = words(&page, "#apps .row");
    assert!(said.contains("Agent") && said.contains("described at"), "{said}");
    assert_eq!(rp.document_asked(), asked, "nobody is told who looks");
    // Somewhere that has never read the document.
    let house = house.restarts().await;
    let page = at_home(&mut browser.at(&house), "ada").await;
    assert_eq!((rows(&page, "apps"), rp.document_asked()), (vec![id.clone()], asked));
    let mut browser = browser.at(&house);
    let page = revokes(&mut browser, &page, "apps", &id).await;
    assert!(rows(&page, "apps").is_empty());
    let access = tokens.text("access_token");
    let userinfo = answer(house.http().get(format!("{}/userinfo", house.url)).bearer_auth(access)).await;
    assert_eq!(userinfo.status, 401, "{}", userinfo.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn apps_that_are_described_by_documents_count_sqlite() {
    described_by_a_document(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn apps_that_are_described_by_documents_count_postgres() {
    described_by_a_document(Kind::Postgres).await;
}

/// Notes what a page complains of, before anything of it runs.
const LISTENS: &str = "window.complaints = []; \
    addEventListener('securitypolicyviolation', e => complaints.push('policy: ' + e.violatedDirective + ' ' + e.blockedURI)); \
    addEventListener('error', e => complaints.push('error: ' + (e.message || e.target.src))); \
    const told = console.error; console.error = (...all) => { complaints.push(all.join(' ')); told(...all); };";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_is_quiet_in_a_browser_wide_and_narrow_light_and_dark() {
    let house = House::new(Kind::Sqlite).await;
    let ada = house.person_with("ada", json!({ "name": "Ada Lovelace" }), false).await;
    house.workspace("north", &[(&ada, Standing::Member)]).await;
    let apps = [
        house.client_with(|m| m.trusted = true).await,
        house
            .client_with(|m| {
                (m.client_name, m.trusted) = ("Timesheets for the whole Northern Division".to_owned(), true)
            })
            .await,
    ];
    let mut phone = house.browser();
    phone.headers.insert("user-agent".to_owned(), FIREFOX.to_owned());
    let north = Some("openid offline profile email phone");
    for (client, scope) in apps.iter().zip([north, Some("openid")]) {
        let page = phone.get(&client.auth_url(&[("scope", scope.expect("a scope"))])).await;
        let page = if page.first("#sign-in").is_some() { phone.signs_in(&page, "ada").await } else { page };
        let code = match page.first("#allow") {
            Some(_) => phone.decides(&page, "allow").await,
            None => page,
        };
        client.redeems(&code.sent("code").expect("a code")).await.ok();
    }
    let chromium = Chromium::start(Scripts::On).await;
    chromium.tells("Page.addScriptToEvaluateOnNewDocument", json!({ "source": LISTENS })).await;
    chromium.driver.goto(format!("{}/account", house.url)).await.expect("goes");
    chromium.types("email", "ada@example.com").await;
    chromium.types("password", PASSWORD).await;
    chromium.click("sign-in").await;
    chromium.arrives_at(&format!("{}/account", house.url)).await;
    for (width, height) in [(1280, 1000), (390, 844)] {
        for scheme in ["light", "dark"] {
            let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
            chromium.tells("Emulation.setEmulatedMedia", media).await;
            let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
            chromium.tells("Emulation.setDeviceMetricsOverride", size).await;
            chromium.driver.goto(format!("{}/account", house.url)).await.expect("goes");
            chromium.driver.find(By::Css("#apps [data-id] button[name=revoke]")).await.expect("an app");
            let complaints = chromium.driver.execute("return window.complaints", vec![]).await.expect("an answer");
            assert_eq!(complaints.json(), &json!([]), "{width} {scheme}");
            let wider = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
            let wider = chromium.driver.execute(wider, vec![]).await.expect("an answer");
            assert_eq!(wider.json(), &json!(0), "{width}: nothing scrolls sideways");
            if let Some(folder) = symbolon::config::process_env("SYMBOLON_TEST_SHOTS") {
                let whole = json!({ "captureBeyondViewport": true, "format": "png" });
                let shot = chromium.tells("Page.captureScreenshot", whole).await;
                let bytes =
                    symbolon::base::encoding::from_base64(shot["data"].as_str().expect("a text")).expect("base64");
                std::fs::write(format!("{folder}/account-{width}-{scheme}.png"), bytes).expect("writes");
            }
        }
    }
    // Without a script a press is a form; with one it is the same.
    chromium.driver.find(By::Id("end-others")).await.expect("a button").click().await.expect("clicks");
    let at = chromium.arrives_at(&format!("{}/account?done=sessions", house.url)).await;
    assert!(at.ends_with("#sessions"), "{at}");
    assert_eq!(phone.get_once("/account").await.status, 303);
    chromium.close().await;
}
