//! The language of pages (issue 4): who decides it, that nothing is left of another, and that names can't break out.

use crate::http::every_page;
use crate::on_both;
use crate::support::browser::View;
use crate::support::{Browser, House, Kind};
use scraper::{Html, Selector};
use serde_json::json;

fn speaking(house: &House, languages: &str) -> Browser {
    let mut browser = house.browser();
    browser.headers.insert("accept-language".to_owned(), languages.to_owned());
    browser
}

fn lang(view: &View) -> String {
    view.first("html").unwrap_or_else(|| panic!("{}", view.body))["lang"].clone()
}

/// What only the English messages say: pieces of them that are long enough not to stand anywhere by chance.
fn english_only(other: &str) -> Vec<&'static str> {
    let pieces = include_str!("../../messages/en.ftl").lines().filter(|line| !line.starts_with('#'));
    let texts =
        pieces.filter_map(|line| line.split_once(" = ").or_else(|| line.split_once("] "))).map(|(_, text)| text);
    let pieces = texts.flat_map(|text| text.split(['{', '}'])).map(str::trim);
    pieces.filter(|piece| piece.len() > 5 && !piece.starts_with('$') && !other.contains(piece)).collect()
}

on_both! {
    async fn every_page_is_wholly_in_the_language_that_the_browser_speaks(house: House) {
        let languages =
            [("de", "ltr", include_str!("../../messages/de.ftl")), ("ar", "rtl", include_str!("../../messages/ar.ftl"))];
        for (tag, direction, messages) in languages {
            let english = english_only(messages);
            assert!(english.len() > 120, "{}", english.len());
            let house = House::new(house.kind).await;
            house.person("ada").await;
            let client = house.client().await;
            let pages = every_page(&house, &mut speaking(&house, &format!("{tag}-XX, en;q=0.4")), &client).await;
            let pages: Vec<_> = pages.iter().filter(|(_, view)| view.location().is_empty()).collect();
            assert!(pages.len() > 9, "{}", pages.len());
            for (what, view) in pages {
                assert_eq!(lang(view), tag, "{what}");
                assert_eq!(view.first("html").expect("html")["dir"], direction, "{what}");
                let html = Html::parse_document(&view.body);
                let spoken = Selector::parse(":not(script)").expect("a selector");
                let heard: Vec<String> = html
                    .select(&spoken)
                    .filter(|element| !element.ancestors().filter_map(scraper::ElementRef::wrap).any(for_developers))
                    .filter(|element| !for_developers(*element))
                    .flat_map(|element| {
                        let own = element.children().filter_map(|child| child.value().as_text().map(|text| text.to_string()));
                        let said = ["aria-label", "title", "alt", "placeholder"].map(|name| element.value().attr(name));
                        own.chain(said.into_iter().flatten().map(str::to_owned)).collect::<Vec<_>>()
                    })
                    .collect();
                let heard = heard.join("\n");
                for piece in &english {
                    assert!(!heard.contains(piece), "{tag}: {what}: {piece:?} is left in\n{heard}");
                }
            }
        }
    }

    async fn az_10_the_app_then_the_account_then_the_browser_then_the_settings_decide(house: House) {
        house.person_with("ada", json!({ "locale": "ar-EG" }), false).await;
        house.person_with("bob", json!({ "locale": "tlh" }), false).await;
        let client = house.client().await;
        // The sign-in page knows nobody yet; consent does.
        for (who, asked, header, sign_in, consent) in [
            ("ada", "", "", "en", "ar"),
            ("ada", "", "de", "de", "ar"),
            ("ada", "de en", "ar", "de", "de"),
            ("ada", "xx de-AT", "en", "de", "de"),
            ("ada", "xx", "de;q=0.1, fr", "de", "ar"),
            ("bob", "", "de-CH, en;q=0.9", "de", "de"),
            ("bob", "", "en;q=0.5, de;q=0.9", "de", "de"),
            ("bob", "", "de;q=0, *", "en", "en"),
        ] {
            let what = format!("{who} {asked} {header}");
            let mut browser = speaking(&house, header);
            let page = browser.get(&client.auth_url(&[("ui_locales", asked), ("prompt", "login consent")])).await;
            assert_eq!(lang(&page), sign_in, "{what}");
            let page = browser.signs_in(&page, who).await;
            assert!(page.first("#allow").is_some(), "{what}: {}", page.body);
            assert_eq!(lang(&page), consent, "{what}");
        }
        // Pages of an app that nobody knows, and signing out, follow the wish too.
        let page = house.browser().get("/oauth2/auth?client_id=nobody&ui_locales=de").await;
        assert_eq!((lang(&page), page.error_code().as_deref()), ("de".to_owned(), Some("invalid_client")));
        let page = house.browser().get("/oauth2/sessions/logout?ui_locales=ar").await;
        assert_eq!(lang(&page), "ar");
        let page = speaking(&house, "en").post("/logout", &page.form("form")).await;
        assert_eq!(lang(&page), "en", "forged: the form is of another browser");
        let mut browser = speaking(&house, "en");
        let page = browser.get("/oauth2/sessions/logout?ui_locales=ar").await;
        let page = browser.post("/logout", &page.form("form:has(#sign-out)")).await;
        assert_eq!((lang(&page), page.status), ("ar".to_owned(), 200));
    }

    async fn az_10_whatever_a_request_says_about_languages_is_harmless(house: House) {
        let client = house.client().await;
        let many = "x-y,".repeat(2000);
        for odd in ["", "*", "-", ";;;;", "de;q=", "\"><script>", "../../de", &"de".repeat(900), &many] {
            let view = speaking(&house, odd).get("/login").await;
            assert_eq!((view.status, lang(&view)), (200, "en".to_owned()), "{odd}");
            assert!(!view.body.contains("<script>"), "{odd}");
        }
        for odd in ["*", "\"><script>", "\u{202e}", "de\u{0}", "d e", &"a-".repeat(900), &"x ".repeat(900)] {
            let view = house.browser().get(&client.auth_url(&[("ui_locales", odd)])).await;
            assert!(!view.body.contains("<script>"), "{odd}");
            assert!([200, 303].contains(&view.status) && !view.body.contains("lang=\"de\""), "{odd}: {}", view.status);
        }
        let view = house.browser().get(&client.auth_url(&[("ui_locales", "xx de yy")])).await;
        assert_eq!(lang(&view), "de", "an honest wish is granted");
    }

    async fn names_stay_where_they_are_put_whatever_they_hold(house: House) {
        let name = "\u{202e}gpj.<img src=x>\u{2069}\u{2069} &amp; \"Ada\"";
        house.person_with("ada", json!({ "name": name }), false).await;
        let client = house.client_with(|m| m.client_name = "<b>&lt;Ledgerly'\"".to_owned()).await;
        for tag in ["en", "ar"] {
            let mut browser = speaking(&house, tag);
            let page = browser.get(&client.auth_url(&[])).await;
            assert!(page.body.contains("<strong><bdi>&#60;b&#62;&#38;lt;Ledgerly&#39;&#34;</bdi></strong>"), "{}", page.body);
            browser.signs_in(&page, "ada").await;
            let select = browser.get(&client.auth_url(&[("prompt", "select_account")])).await;
            let home = browser.get("/").await;
            for view in [&page, &select, &home] {
                assert!(!view.body.contains("<img src=x") && !view.body.contains("<b>&lt;"), "{}", view.body);
                assert!(!view.body.contains('\u{202e}'), "{tag}: nothing turns the page around: {}", view.body);
            }
            let shown = "<bdi>gpj.&#60;img src=x&#62; &#38;amp; &#34;Ada&#34;</bdi>";
            assert!(select.body.contains(shown) && home.body.contains(shown), "{}", select.body);
            // No elements in a title: characters isolate the name there.
            let consent = browser.get(&client.auth_url(&[("prompt", "consent")])).await;
            let title = consent.body.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next()).expect("a title");
            assert!(title.contains("\u{2068}&#60;b&#62;&#38;lt;Ledgerly&#39;&#34;\u{2069}"), "{title}");
        }
    }
}

fn for_developers(element: scraper::ElementRef<'_>) -> bool {
    element.value().attr("lang") == Some("en") || element.value().name() == "code"
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_language_of_the_house_is_a_setting() {
    let house = House::with(Kind::Sqlite, |config| config.ui.language = "de".to_owned()).await;
    for (header, expected) in [("", "de"), ("fr", "de"), ("en-GB", "en")] {
        assert_eq!(lang(&speaking(&house, header).get("/login").await), expected, "{header}");
    }
}
