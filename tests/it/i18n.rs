//! The language of pages (issue 4): who decides it, that nothing is left of another, and that names can't break out.

use crate::http::every_page;
use crate::on_both;
use crate::support::browser::View;
use crate::support::{Browser, House, Kind};
use scraper::{Html, Selector};
use serde_json::json;
use symbolon::admin::Acting;
use symbolon::admin::clients::Target;
use symbolon::audit::Actor;
use symbolon::base::id::ClientId;
use symbolon::people::Role;
use symbolon::web::Call;

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

on_both! {
    async fn oidc_registration_s2_1_apps_are_called_as_they_say_in_each_language(house: House) {
        house.person("ada").await;
        house.admin("root").await;
        let client = house.client().await;
        let change = json!({
            "client_name#de": "Hauptbuch", "client_name#ar": "دفتر الأستاذ",
            "policy_uri": "https://app.example/privacy", "policy_uri#de": "https://app.example/datenschutz",
        });
        let shown = patched(&house, &client.id, change).await;
        assert_eq!((&shown["client_name#de"], &shown["client_name"]), (&json!("Hauptbuch"), &json!("Ledgerly")));
        for (tag, name, policy) in [
            ("de-AT", "Hauptbuch", "https://app.example/datenschutz"),
            ("ar", "دفتر الأستاذ", "https://app.example/privacy"),
            ("en", "Ledgerly", "https://app.example/privacy"),
        ] {
            let mut browser = speaking(&house, tag);
            let page = browser.get(&client.auth_url(&[])).await;
            assert!(page.body.contains(&format!("<strong><bdi>{name}</bdi></strong>")), "{tag}: {}", page.body);
            let consent = browser.signs_in(&page, "ada").await;
            for page in [&page, &consent] {
                assert!(page.text().contains(name) && page.body.contains(policy), "{tag}: {}", page.body);
            }
        }
        // RFC 7396: null takes one language away, and leaves the others.
        let shown = patched(&house, &client.id, json!({ "client_name#de": null })).await;
        assert_eq!((shown.get("client_name#de"), &shown["client_name#ar"]), (None, &json!("دفتر الأستاذ")));
        // What was shown may be sent back as it was.
        assert_eq!(patched(&house, &client.id, shown.clone()).await["client_name#ar"], shown["client_name#ar"]);
        for (member, value) in [
            ("client_name#de", json!("a\u{202e}b")),
            ("client_name#de", json!("")),
            ("client_name#de", json!(7)),
            ("policy_uri#de", json!("http://app.example/")),
            ("policy_uri#de", json!("javascript:alert(1)")),
            ("scope#de", json!("openid")),
            ("client_name#d_e", json!("x")),
        ] {
            let refused = patch(&house, &client.id, json!({ member: value }));
            assert!(refused.await.is_err(), "{member}: {value}");
        }
    }
}

async fn patch(house: &House, id: &str, patch: serde_json::Value) -> Result<serde_json::Value, String> {
    let acting = Acting::new(Actor::Cli, Role::Owner, Call::internal("test"));
    let target = Target::from(ClientId::from(id));
    let patch = patch.as_object().expect("an object").clone();
    let done = symbolon::admin::clients::patch(&house.app, &acting, &target, patch).await;
    done.map(|done| done.client.to_json()).map_err(|refused| refused.to_string())
}

async fn patched(house: &House, id: &str, members: serde_json::Value) -> serde_json::Value {
    patch(house, id, members).await.expect("a patch")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scopes_of_the_operator_speak_the_languages_that_the_operator_gave_them() {
    let house = House::with(Kind::Sqlite, |config| {
        let scope: symbolon::config::ScopeText =
            toml::from_str("title = \"See your files\"\nin.de = { title = \"Ihre Dateien sehen\" }").expect("TOML");
        config.scopes.insert("files:read".to_owned(), scope);
    });
    let house = house.await;
    house.person("ada").await;
    let client = house.client_with(|m| m.scope = "openid files:read".to_owned()).await;
    for (tag, title) in [("de", "Ihre Dateien sehen"), ("ar", "See your files"), ("en", "See your files")] {
        let mut browser = speaking(&house, tag);
        let page = browser.get(&client.auth_url(&[("scope", "openid files:read")])).await;
        let consent = browser.signs_in(&page, "ada").await;
        assert!(consent.text().contains(title), "{tag}: {}", consent.text());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_brand_is_served_from_our_own_origin_within_the_policy() {
    let dir = crate::support::house::fresh_dir();
    let logo = dir.join("logo.svg");
    std::fs::write(&logo, "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>").expect("writes");
    let house = House::with(Kind::Sqlite, |config| {
        config.brand.logo = Some(logo.clone());
        config.brand.accent = Some("#ffcc00".to_owned());
        config.brand.support = Some("mailto:help@example.com".to_owned());
        config.brand.privacy = Some("https://example.com/privacy".to_owned());
    });
    let house = house.await;
    let page = speaking(&house, "de").get("/login").await;
    let href = |selector: &str, name: &str| {
        page.first(selector).unwrap_or_else(|| panic!("{selector}: {}", page.body))[name].clone()
    };
    assert!(
        page.body.contains(">Hilfe</a>") && page.body.contains(">Datenschutz</a>") && !page.body.contains("Nutzungsb")
    );
    assert!(!page.headers["content-security-policy"].to_str().expect("text").contains("unsafe"), "{:?}", page.headers);
    let picture = house.browser().get(&href("header img", "src")).await;
    assert_eq!((picture.status, picture.header("content-type")), (200, "image/svg+xml"));
    assert!(picture.header("content-security-policy").contains("sandbox"), "a picture, and nothing else");
    let sheet = house.browser().get(&href("link[rel=stylesheet][href*=brand]", "href")).await;
    assert_eq!(sheet.header("content-type"), "text/css; charset=utf-8");
    assert!(sheet.body.contains("--accent: #") && sheet.body.contains("prefers-color-scheme: dark"), "{}", sheet.body);
    // A house without a brand of its own.
    let plain = House::new(Kind::Sqlite).await.browser().get("/login").await;
    assert!(
        !plain.body.contains("brand-")
            && plain.first("nav.links").is_none()
            && plain.body.contains("/assets/symbolon-")
    );
    let _ = std::fs::remove_dir_all(dir);
}
