//! oidc.md §4.12: what programs and people may rely on in every page.

use crate::http::every_page;
use crate::on_both;
use crate::support::browser::View;
use scraper::{Html, Selector};
use std::collections::BTreeSet;
use std::time::Duration;
use symbolon::clients::Metadata;

/// The attributes of this name of all elements that match, in order.
fn all(view: &View, selector: &str, attribute: &str) -> Vec<String> {
    let (html, selector) = (Html::parse_document(&view.body), Selector::parse(selector).expect("a selector"));
    html.select(&selector).filter_map(|element| element.value().attr(attribute).map(str::to_owned)).collect()
}

/// What holds for every page, whatever it is for.
#[track_caller]
fn is_plain(what: &str, view: &View) {
    assert_eq!(view.header("content-type"), "text/html; charset=utf-8", "{what}");
    assert_eq!(view.header("cache-control"), "no-store", "{what}");
    assert_eq!(all(view, "html", "lang"), ["en"], "{what}");
    let ids = all(view, "[id]", "id");
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{what}: an id twice: {ids:?}");
    for id in all(view, "label", "for") {
        assert!(ids.contains(&id), "{what}: a label for nothing: {id}");
    }
    assert!(all(view, "form", "method").iter().all(|method| method == "post"), "{what}");
    // Works without scripts: what can be pressed submits a form, and nothing that is typed waits for a script.
    assert!(all(view, "button", "type").iter().all(|kind| kind == "submit"), "{what}");
    assert_eq!(all(view, "form", "action").is_empty(), view.first("form button[id]").is_none(), "{what}");
    // Passkeys and the meter are for scripts only: without them nobody sees what they can't use.
    let others = "body :not([data-passkey]):not([data-says]):not([data-meter])";
    assert!(all(view, others, "hidden").is_empty(), "{what}: something that only a script could show");
}

fn trusted(m: &mut Metadata) {
    m.trusted = true;
}

on_both! {
    async fn s57_every_page_is_a_plain_form_that_programs_can_fill_in(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let pages = every_page(&house, &mut house.browser(), &client).await;
        // Its status, and where the keyboard is.
        let expected: [(&str, u16, &[&str]); 12] = [
            ("error page", 400, &[]),
            ("sign-in", 200, &["email"]),
            ("sign-in again", 422, &["password"]),
            // Nothing is allowed by an Enter that was meant for the sign-in before, and nothing is scrolled past.
            ("consent", 200, &[]),
            ("form_post", 200, &["continue"]),
            ("home", 200, &[]),
            ("home, signed in", 200, &[]),
            ("account", 200, &[]),
            ("sign-out", 200, &["sign-out"]),
            ("signed out", 200, &[]),
            ("set-up", 200, &["name"]),
            ("set up", 200, &[]),
        ];
        let mut seen = BTreeSet::new();
        for (what, view) in pages.iter().filter(|(_, view)| view.location().is_empty()) {
            let (_, status, focus) = expected.iter().find(|(name, ..)| name == what).unwrap_or_else(|| panic!("{what}"));
            assert_eq!(view.status, *status, "{what}");
            is_plain(what, view);
            assert_eq!(all(view, "[autofocus]", "id"), *focus, "{what}");
            seen.insert(*what);
        }
        for must in ["error page", "sign-in", "sign-in again", "consent", "form_post", "sign-out", "signed out", "set-up"] {
            assert!(seen.contains(must), "{must} was no page: {seen:?}");
        }
    }

    async fn s57_each_class_of_error_has_its_status_its_id_and_its_phrase(house: House) {
        house.person("ada").await;
        let client = house.client_with(trusted).await;
        let mut browser = house.browser();
        let odd = "%FF";
        let expired = {
            let page = browser.get(&client.auth_url(&[])).await;
            house.wait(house.config.lifetimes.interaction + Duration::from_secs(1));
            page.url
        };
        let links = [
            ("/oauth2/auth".to_owned(), 400, "invalid_client", "This sign-in link isn’t complete"),
            (client.auth_url(&[("client_id", "nobody")]), 400, "invalid_client", "This sign-in link isn’t complete"),
            (client.auth_url(&[("redirect_uri", "https://evil.example/")]), 400, "invalid_redirect_uri", "We can’t send you back to"),
            (client.auth_url(&[("redirect_uri", "")]), 400, "invalid_redirect_uri", "We can’t send you back to"),
            (format!("/login?go={odd}"), 400, "invalid_request", "That didn’t work"),
            (format!("/setup?token={odd}"), 400, "invalid_request", "That didn’t work"),
            ("/oauth2/sessions/logout?state=1&state=2".to_owned(), 400, "invalid_request", "That didn’t work"),
            ("/setup?token=nonsense".to_owned(), 403, "setup_link_invalid", "This set-up link doesn’t work any more"),
            (expired, 400, "interaction_expired", "This page got old"),
        ];
        let mut references = BTreeSet::new();
        for (link, status, code, phrase) in &links {
            let view = browser.get_once(link).await;
            stops(link, &view, *status, code, phrase);
            let html = Html::parse_document(&view.body);
            let reference = Selector::parse("#reference").expect("a selector");
            let reference: String = html.select(&reference).flat_map(|element| element.text()).collect();
            assert_eq!(reference, view.header("x-request-id"), "{link}: what the log knows it by");
            references.insert(reference);
        }
        assert_eq!(references.len(), links.len());

        // Forms: not from our page, not a form, too long, decided twice.
        let page = browser.get(&client.auth_url(&[])).await;
        let mut fields = page.form("form:has(#sign-in)");
        let forged: Vec<_> = fields.iter().filter(|(name, _)| name != "csrf").cloned().collect();
        stops("forged", &browser.post_once("/login", &forged).await, 403, "forged_form", "We can’t tell that this came from you");
        fields.retain(|(name, _)| name != "email" && name != "password");
        fields.extend([("email", "x".repeat(3000)), ("password", "x".to_owned())].map(|(name, value)| (name.to_owned(), value)));
        stops("too long", &browser.post_once("/login", &fields).await, 400, "invalid_request", "That didn’t work");

        let asking = house.client().await;
        let page = browser.get(&asking.auth_url(&[])).await;
        let consent = browser.signs_in(&page, "ada").await;
        let mut fields = consent.form("form:has(#allow)");
        let decision = |what: &str| vec![("decision".to_owned(), what.to_owned())];
        let perhaps = [fields.clone(), decision("perhaps")].concat();
        stops("perhaps", &browser.post_once("/consent", &perhaps).await, 400, "invalid_request", "That didn’t work");
        fields.extend(decision("allow"));
        assert_eq!(browser.post_once("/consent", &fields).await.status, 303, "the honest form works");
        let again = browser.post_once("/consent", &fields).await;
        stops("twice", &again, 409, "already_decided", "You have decided this already");
    }

    async fn s43_the_sign_in_and_consent_pages_link_the_clients_policy_and_terms(house: House) {
        house.person("ada").await;
        let (policy, terms) = ("https://app.example/privacy?lang=en&v=2", "https://app.example/terms");
        let told = house.client_with(|m| {
            m.policy_uri = Some(policy.to_owned());
            m.tos_uri = Some(terms.to_owned());
        });
        let (told, silent) = (told.await, house.client().await);
        for (client, expected) in [(&told, [policy, terms].as_slice()), (&silent, &[])] {
            let mut browser = house.browser();
            // Before anybody has said who they are.
            let sign_in = browser.get(&client.auth_url(&[])).await;
            assert!(sign_in.first("#sign-in").is_some(), "{}", sign_in.body);
            let consent = browser.signs_in(&sign_in, "ada").await;
            assert!(consent.first("#allow").is_some(), "{}", consent.body);
            for (what, view) in [("sign-in", &sign_in), ("consent", &consent)] {
                assert_eq!(all(view, "footer a", "href"), expected, "{what}");
                // A page that is told nothing of where people come from, and can do nothing to ours.
                assert!(all(view, "footer a", "rel").iter().all(|rel| rel.contains("noopener")), "{what}");
            }
        }
    }

    async fn s05_pages_are_in_the_languages_that_discovery_names(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let document = crate::support::client::answer(client.request("GET", "/.well-known/openid-configuration")).await.ok();
        let tags = |name: &str| -> Option<Vec<String>> {
            let list = document.body.get(name)?.as_array().unwrap_or_else(|| panic!("{name}"));
            Some(list.iter().map(|tag| tag.as_str().expect("a tag").to_owned()).collect())
        };
        let ui = tags("ui_locales_supported").expect("the languages of our pages");
        // BCP 47 §2.1.1: the form in which tags are written.
        for tag in ui.iter().chain(&tags("claims_locales_supported").unwrap_or_default()) {
            let mut parts = tag.split('-');
            let language = parts.next().expect("a language");
            assert!((2..=3).contains(&language.len()) && language.bytes().all(|b| b.is_ascii_lowercase()), "{tag}");
            let right = |part: &str| match part.len() {
                4 => part[..1] == part[..1].to_uppercase() && part[1..] == part[1..].to_lowercase(),
                2 => part == part.to_uppercase(),
                _ => part.bytes().all(|b| b.is_ascii_digit()),
            };
            assert!(parts.all(right), "{tag}");
        }
        for asked in ["", "en", "en-US", "de-CH fr", "x-klingon tlh"] {
            let page = house.browser().get(&client.auth_url(&[("ui_locales", asked)])).await;
            let lang = page.first("html").expect("a page")["lang"].clone();
            assert!(page.first("#sign-in").is_some() && ui.contains(&lang), "{asked}: {lang}");
        }
    }
}

/// An error page of this class.
#[track_caller]
fn stops(what: &str, view: &View, status: u16, code: &str, phrase: &str) {
    view.is_page(status);
    assert_eq!(view.error_code().as_deref(), Some(code), "{what}: {}", view.body);
    is_plain(what, view);
    let html = Html::parse_document(&view.body);
    let heading: String =
        html.select(&Selector::parse("#what h1").expect("a selector")).flat_map(|element| element.text()).collect();
    assert!(heading.starts_with(phrase), "{what}: {heading}");
}
