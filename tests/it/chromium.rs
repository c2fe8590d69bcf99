//! The pages in a real browser, with scripts and without.

use crate::support::chromium::{Chromium, Scripts, callback};
use crate::support::house::PASSWORD;
use crate::support::{Client, House, Kind};
use std::time::Duration;
use thirtyfour::prelude::*;

async fn setting() -> (House, Client, std::sync::mpsc::Receiver<String>) {
    let house = House::new(Kind::Sqlite).await;
    house.person("ada").await;
    let (url, posted) = callback();
    let client = house.client_with(|m| m.redirect_uris = vec![url]).await;
    (house, client, posted)
}

async fn signs_in(chromium: &Chromium) {
    chromium.types("email", "ada@example.com").await;
    chromium.types("password", PASSWORD).await;
    chromium.click("sign-in").await;
}

/// Sign-in, consent, and back to the app: `form-action` must let the redirect pass, and cookies must come back.
async fn whole_way(scripts: Scripts) {
    let (house, client, _) = setting().await;
    let chromium = Chromium::start(scripts).await;
    chromium.driver.goto(client.auth_url(&[("scope", "openid offline profile email")])).await.expect("goes");
    signs_in(&chromium).await;
    let asked = chromium.says("name and profile").await;
    assert!(asked.contains("Ledgerly"), "{asked}");
    chromium.click("allow").await;
    let url = chromium.arrives_at(&client.redirect_uri).await;
    let code =
        url::Url::parse(&url).expect("a URL").query_pairs().find(|(k, _)| k == "code").expect("a code").1.into_owned();
    let tokens = client.redeems(&code).await.ok();
    // Signed in and allowed before: this time no page at all.
    chromium.driver.goto(client.auth_url(&[("scope", "openid"), ("prompt", "none")])).await.expect("goes");
    let url = chromium.arrives_at(&client.redirect_uri).await;
    assert!(url.contains("code="), "{url}");
    assert!(client.active(tokens.text("access_token")).await);
    chromium.close().await;
    drop(house);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_signs_in_and_allows_with_scripts() {
    whole_way(Scripts::On).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_signs_in_and_allows_without_scripts() {
    whole_way(Scripts::Off).await;
}

/// The answer comes to the app by POST; a person presses where no script does.
async fn form_post(scripts: Scripts) {
    let (house, client, posted) = setting().await;
    let chromium = Chromium::start(scripts).await;
    chromium.driver.goto(client.auth_url(&[("response_mode", "form_post")])).await.expect("goes");
    signs_in(&chromium).await;
    chromium.click("allow").await;
    if matches!(scripts, Scripts::Off) {
        chromium.click("continue").await;
    }
    chromium.arrives_at(&client.redirect_uri).await;
    let body = tokio::task::spawn_blocking(move || {
        std::iter::from_fn(|| posted.recv_timeout(Duration::from_secs(5)).ok()).find(|body| body.contains("code="))
    });
    let body = body.await.expect("waits").expect("a posted code");
    assert!(body.contains("iss=") && body.contains("state=af0ifjsldkj"), "{body}");
    chromium.close().await;
    drop(house);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s21_form_post_submits_itself_to_the_app() {
    form_post(Scripts::On).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s21_form_post_takes_one_press_where_scripts_are_off() {
    form_post(Scripts::Off).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn declining_goes_back_and_signing_out_asks_first() {
    let (house, client, _) = setting().await;
    let chromium = Chromium::start(Scripts::On).await;
    chromium.driver.goto(client.auth_url(&[])).await.expect("goes");
    signs_in(&chromium).await;
    chromium.click("deny").await;
    assert!(chromium.arrives_at(&client.redirect_uri).await.contains("error=access_denied"));
    chromium.driver.goto(format!("{}/logout", house.url)).await.expect("goes");
    chromium.click("sign-out").await;
    chromium.driver.goto(client.auth_url(&[("prompt", "none")])).await.expect("goes");
    assert!(chromium.arrives_at(&client.redirect_uri).await.contains("error=login_required"));
    chromium.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_redirect_uri_is_a_page_and_no_redirect() {
    let (house, client, _) = setting().await;
    let chromium = Chromium::start(Scripts::On).await;
    chromium.driver.goto(client.auth_url(&[("redirect_uri", "https://evil.example/cb")])).await.expect("goes");
    let main = chromium.driver.find(By::Css("main#error")).await.expect("the error page");
    assert_eq!(main.attr("data-error").await.expect("reads").as_deref(), Some("invalid_redirect_uri"));
    assert!(chromium.driver.current_url().await.expect("an address").as_str().starts_with(&house.url));
    chromium.close().await;
}
