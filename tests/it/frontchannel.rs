//! OIDC Front-Channel Logout 1.0; oidc.md 47: the person's browser tells the apps, in frames, and then goes on.

use crate::on_both;
use crate::support::chromium::{Chromium, Scripts};
use crate::support::house::PASSWORD;
use crate::support::{Client, House, Kind, Rp};
use std::time::Duration;
use tokio::time::Instant;

/// An app with a frame, and with a page to come back to.
async fn client(house: &House, rp: &Rp, frame: &str) -> Client {
    house
        .client_with(|m| {
            rp.registers(m);
            m.backchannel_logout_uri = None;
            m.trusted = true;
            m.frontchannel_logout_uri = Some(format!("{}{frame}", rp.url));
            m.frontchannel_logout_session_required = true;
        })
        .await
}

fn parameters(query: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

on_both! {
    async fn s47_the_page_frames_every_app_of_the_session_and_nothing_else(house: House) {
        house.person("ada").await;
        let rps = [Rp::open().await, Rp::open().await];
        let one = client(&house, &rps[0], "/frame?a=b").await;
        let two = client(&house, &rps[1], "/frame").await;
        let without = house.client().await;
        let mut browser = house.browser();
        let tokens = one.tokens(&mut browser, "ada", &[]).await;
        let at_two = two.tokens(&mut browser, "ada", &[]).await;
        without.tokens(&mut browser, "ada", &[]).await;
        let sid = |tokens: &crate::support::Answer| {
            crate::support::client::claims(tokens.text("id_token"))["sid"].as_str().expect("a sid").to_owned()
        };
        let bye = format!("{}/bye", rps[0].url);
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("id_token_hint", tokens.text("id_token")), ("post_logout_redirect_uri", &bye), ("state", "x\"y")])
            .finish();
        let view = browser.get_once(&format!("/oauth2/sessions/logout?{query}")).await;
        assert_eq!((view.status, view.location()), (200, ""), "{}", view.body);
        assert!(view.text().contains("You are signed out"));
        let html = scraper::Html::parse_document(&view.body);
        let frames = scraper::Selector::parse("iframe[hidden][sandbox]").expect("a selector");
        let mut sources: Vec<&str> = html.select(&frames).filter_map(|frame| frame.value().attr("src")).collect();
        sources.sort_unstable();
        assert_eq!(sources.len(), 2);
        for (rp, own, tokens) in [(&rps[0], Some("a"), &tokens), (&rps[1], None, &at_two)] {
            let source = sources.iter().find(|source| source.starts_with(&rp.url)).expect("its frame");
            let query = source.split_once('?').expect("a query").1;
            let mut expected = vec![("iss".to_owned(), house.app.issuer().to_owned()), ("sid".to_owned(), sid(tokens))];
            if own.is_some() {
                expected.insert(0, ("a".to_owned(), "b".to_owned()));
            }
            assert_eq!(parameters(query), expected);
        }
        let policy = view.header("content-security-policy");
        let allowed = policy.split("; ").find_map(|directive| directive.strip_prefix("frame-src ")).expect("frame-src");
        let mut origins = [rps[0].url.as_str(), rps[1].url.as_str()];
        origins.sort_unstable();
        assert_eq!(allowed.split(' ').collect::<Vec<_>>(), origins);
        let onward = format!("{bye}?state=x%22y");
        assert_eq!(view.first("#onward").expect("a way on")["href"], onward);
        assert_eq!(view.first("meta[http-equiv=refresh]").expect("a refresh")["content"], format!("3;url={onward}"));
        // No page of ours may frame anything otherwise.
        let page = browser.get_once("/logout").await;
        assert!(!page.header("content-security-policy").contains("frame-src"));
        // Without an app that waits the page stays, and without frames there is no page between.
        let mut browser = house.browser();
        two.tokens(&mut browser, "ada", &[]).await;
        let fields = browser.get_once("/logout").await.form("form:has(#sign-out)");
        let view = browser.post_once("/logout", &fields).await;
        assert!(view.first("iframe").is_some() && view.first("#onward").is_none() && view.first("meta[http-equiv=refresh]").is_none());
        let mut browser = house.browser();
        let tokens = without.tokens(&mut browser, "ada", &[]).await;
        let view = browser.get_once(&format!("/oauth2/sessions/logout?id_token_hint={}", tokens.text("id_token"))).await;
        assert!(view.status == 200 && view.first("iframe").is_none());
    }
}

async fn signs_in(chromium: &Chromium, client: &Client) -> String {
    chromium.driver.goto(client.auth_url(&[])).await.expect("goes");
    if chromium.driver.current_url().await.expect("an address").path() == "/login" {
        chromium.types("email", "ada@example.com").await;
        chromium.types("password", PASSWORD).await;
        chromium.click("sign-in").await;
    }
    let url = chromium.arrives_at(&client.redirect_uri).await;
    let code = url::Url::parse(&url)
        .expect("a URL")
        .query_pairs()
        .find(|(name, _)| name == "code")
        .expect("a code")
        .1
        .into_owned();
    client.redeems(&code).await.ok().text("id_token").to_owned()
}

/// Two apps with frames, and a person who has used both.
async fn through_a_real_browser(scripts: Scripts) {
    let house = House::new(Kind::Sqlite).await;
    house.person("ada").await;
    let rps = [Rp::open().await, Rp::open().await];
    let (one, two) = (client(&house, &rps[0], "/frame?a=b").await, client(&house, &rps[1], "/frame").await);
    let chromium = Chromium::start(scripts).await;
    let hint = signs_in(&chromium, &one).await;
    signs_in(&chromium, &two).await;
    let bye = format!("{}/bye", rps[0].url);
    chromium.driver.goto(logout(&house, &hint, &bye)).await.expect("goes");
    assert_eq!(chromium.arrives_at(&bye).await, format!("{bye}?state=x"));
    for rp in &rps {
        let frames = rp.frames();
        assert_eq!(frames.len(), 1, "{frames:?}");
        assert!(frames[0].contains("iss=") && frames[0].contains("sid="), "{frames:?}");
    }
    chromium.close().await;
}

fn logout(house: &House, hint: &str, bye: &str) -> String {
    let path = "/oauth2/sessions/logout";
    format!("{}{path}?id_token_hint={hint}&state=x&post_logout_redirect_uri={bye}", house.url)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s47_a_browser_tells_the_apps_and_goes_on_with_scripts() {
    through_a_real_browser(Scripts::On).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s47_a_browser_tells_the_apps_and_goes_on_without_scripts() {
    through_a_real_browser(Scripts::Off).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s47_an_app_whose_page_never_comes_keeps_nobody() {
    let house = House::new(Kind::Sqlite).await;
    house.person("ada").await;
    let rps = [Rp::open().await, Rp::open().await];
    let (one, silent) = (client(&house, &rps[0], "/frame").await, client(&house, &rps[1], "/silent-frame").await);
    let chromium = Chromium::start(Scripts::On).await;
    let hint = signs_in(&chromium, &one).await;
    signs_in(&chromium, &silent).await;
    let bye = format!("{}/bye", rps[0].url);
    let begun = Instant::now();
    // The page isn't loaded before its frames are, so the driver must not wait for that.
    let script = format!("location = {:?}", logout(&house, &hint, &bye));
    chromium.driver.execute(script, vec![]).await.expect("goes");
    chromium.arrives_at(&bye).await;
    let waited = begun.elapsed();
    assert!((Duration::from_secs(2)..Duration::from_secs(9)).contains(&waited), "{waited:?}");
    assert_eq!(rps.each_ref().map(|rp| rp.frames().len()), [1, 1]);
    chromium.close().await;
}
