//! A person's connections on their account page (vault.md §3.7; issue 6).

use crate::on_both;
use crate::support::browser::View;
use crate::support::chromium::{Chromium, Scripts};
use crate::support::provider::Rotation;
use crate::support::vault::{CLIENT, SECRET, Vault};
use crate::support::{Browser, Kind};
use std::time::Duration;
use symbolon::people::workspaces::Standing;

/// A form of a page, filled in.
fn filled(view: &View, form: &str, given: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut fields = view.form(form);
    fields.retain(|(name, _)| given.iter().all(|(chosen, _)| chosen != name));
    fields.extend(given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    fields
}

async fn does(browser: &mut Browser, path: &str, section: &str, given: &[(&str, &str)]) -> View {
    let page = browser.get(path).await;
    let fields = filled(&page, &format!("#{section} form.narrow"), given);
    browser.post(path, &fields).await
}

on_both! {
    async fn a_connection_is_seen_shared_disabled_and_deleted(house: House) {
        let vault = Vault::with(house.kind, Rotation::None, "none").await;
        let mut ada = vault.house.browser();
        ada.arrives_as("ada").await;
        assert!(ada.get("/account").await.text().contains("None yet."));
        let (account, given) = vault.brings("zoe").await;
        let path = format!("/account/connections/{account}");
        let page = ada.get("/account").await;
        assert!(page.first(&format!("#connections [data-id=\"{account}\"]")).is_some(), "{}", page.body);
        assert!(page.text().contains("zoe") && page.text().contains("Works"));
        let page = ada.get(&path).await;
        assert!(page.text().contains("Connected") && page.text().contains("Only you know that it is here"));

        // For others it isn't there, until it is shared.
        let mut bob = vault.house.browser();
        bob.arrives_as("bob").await;
        assert_eq!(bob.get(&path).await.status, 404);
        let said = does(&mut ada, &path, "shares", &[("do", "share"), ("email", "nobody@example.com"), ("level", "use")]).await;
        assert_eq!(said.status, 422);
        assert!(said.text().contains("Nobody in this workspace has this address"));
        let said = does(&mut ada, &path, "shares", &[("do", "share"), ("email", "bob@example.com"), ("level", "view")]).await;
        assert!(said.status == 200 && said.text().contains("bob@example.com"), "{}", said.text());
        let seen = bob.get(&path).await;
        assert!(seen.status == 200 && seen.text().contains("Shared"), "{}", seen.text());
        assert!(seen.first("#shares").is_none() && seen.first("#delete").is_none(), "they may only look");
        let forged = filled(&page, "#delete form.narrow", &[("do", "delete"), ("sure", "1"), ("csrf", &seen.form("form").first().map(|(_, value)| value.clone()).unwrap_or_default())]);
        assert!(bob.post(&path, &forged).await.status >= 400);

        // Disabled and enabled; a token is handed out only in between.
        let fields = filled(&ada.get(&path).await, "#state form", &[("do", "disable")]);
        assert!(ada.post(&path, &fields).await.text().contains("Somebody here disabled it"));
        vault.reads(&account).await.is_problem(409, "account_disabled");
        let fields = filled(&ada.get(&path).await, "#state form", &[("do", "enable")]);
        assert!(ada.post(&path, &fields).await.text().contains("Works"));
        assert!(vault.crm.access_ok(&vault.token(&account).await));

        // What the provider took back is told in words, with the way out.
        vault.crm.withdraws(&given.grant);
        vault.house.wait(Duration::from_secs(7_200));
        vault.reads(&account).await.is_problem(409, "account_disabled");
        let page = ada.get(&path).await;
        assert!(page.text().contains("it was taken back there") && page.text().contains("Connect again"));

        let said = does(&mut ada, &path, "delete", &[("do", "delete")]).await;
        assert!(said.status == 422 && said.text().contains("Tick the box"));
        let said = does(&mut ada, &path, "delete", &[("do", "delete"), ("sure", "1")]).await;
        assert!(said.url.contains("/account") && said.text().contains("The connection is deleted."), "{}", said.url);
        assert_eq!(ada.get(&path).await.status, 404);
        assert_eq!(vault.ada.does("GET", &format!("/v1/accounts/{account}")).await.status, 404);
    }
}

on_both! {
    async fn a_source_is_made_checked_mended_and_deleted_in_the_console(house: House) {
        let vault = Vault::with(house.kind, Rotation::None, "none").await;
        let mut ada = vault.house.browser();
        ada.arrives_as("ada").await;
        let base = "/admin/workspaces/acme/sources";
        let page = ada.get(&format!("{base}/new")).await;
        assert!(page.body.contains("?type=google") && page.body.contains("?type=oauth2"), "{}", page.body);
        let page = ada.get(&format!("{base}/new?type=oauth2")).await;
        let urls = ["authorize_url", "token_url", "userinfo_url"].map(|name| format!("param.{name}"));
        let places = ["authorize", "token", "api/me"].map(|path| vault.crm.at(path));
        let mut given: Vec<(&str, &str)> = urls.iter().map(String::as_str).zip(places.iter().map(String::as_str)).collect();
        given.extend([("slug", "other"), ("client_id", CLIENT), ("client_secret", "wrong")]);
        let bad: Vec<(&str, &str)> = given.iter().map(|(name, value)| (*name, if *name == "slug" { "Not good" } else { *value })).collect();
        let said = ada.post(base, &filled(&page, "#create", &bad)).await;
        assert!(said.status == 422 && said.text().contains("lower-case letters"), "{}", said.text());
        let shown = ada.post(base, &filled(&page, "#create", &given)).await;
        assert!(shown.status == 200 && shown.text().contains("/connect/callback/src_"), "{}", shown.text());
        assert!(!shown.body.contains("wrong\""), "no secret on the page");
        let path = shown.url.strip_prefix(&vault.house.url).expect("ours").to_owned();
        let said = ada.post(&format!("{path}/verify"), &filled(&shown, "#verify", &[])).await;
        assert!(said.text().contains("refuses the client id or the secret"), "{}", said.text());
        assert!(ada.get("/admin/workspaces/acme").await.text().contains("Refused by the provider"));

        // A new secret needs a fresh proof; signing in was one just now.
        let page = ada.get(&path).await;
        let mended = ada.post(&format!("{path}/secret"), &filled(&page, "#secret", &[("client_secret", SECRET)])).await;
        assert!(mended.status == 200 && mended.text().contains("Active"), "{}", mended.text());
        let said = ada.post(&format!("{path}/verify"), &filled(&mended, "#verify", &[])).await;
        assert!(said.text().contains("the secret is right"), "{}", said.text());
        let paused = ada.post(&format!("{path}/turn"), &filled(&said, "#turn", &[])).await;
        assert!(paused.text().contains("Paused"));
        let started = ada.post(&format!("{path}/turn"), &filled(&paused, "#turn", &[])).await;
        assert!(started.text().contains("Active"));
        let no = ada.post(&format!("{path}/delete"), &filled(&started, "#delete", &[("confirm", "crm")])).await;
        assert_eq!(no.status, 422);
        let gone = ada.post(&format!("{path}/delete"), &filled(&started, "#delete", &[("confirm", "other")])).await;
        assert!(gone.url.contains("/admin/workspaces/acme"), "{}", gone.url);
        assert_eq!(ada.get(&path).await.status, 404);

        // Members have no console; nothing of another workspace is there.
        let mut bob = vault.house.browser();
        bob.arrives_as("bob").await;
        assert_eq!(bob.get(&format!("{base}/new")).await.status, 404);
        vault.house.workspace("globex", &[(&vault.bob_id, Standing::Owner)]).await;
        assert_eq!(bob.get(&format!("/admin/workspaces/acme/sources/{}", vault.source)).await.status, 404);
        assert_eq!(bob.get(&format!("/admin/workspaces/globex/sources/{}", vault.source)).await.status, 404);
        assert_eq!(bob.get("/admin/workspaces/globex/sources/new").await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pages_of_connections_are_fit_for_everyone() {
    let vault = Vault::with(Kind::Sqlite, Rotation::None, "none").await;
    let (account, _) = vault.brings("zoe").await;
    let (gone, given) = vault.brings("yan").await;
    let share = format!("/v1/accounts/{account}/shares/user:{}", vault.bob_id);
    assert_eq!(vault.ada.puts(&share, &serde_json::json!({ "level": "use" })).await.status, 204);
    vault.token(&account).await;
    vault.crm.withdraws(&given.grant);
    vault.house.wait(Duration::from_secs(7_200));
    vault.reads(&gone).await.is_problem(409, "account_disabled");
    let chromium = Chromium::start(Scripts::On).await;
    let goes = async |path: &str| chromium.driver.goto(format!("{}{path}", vault.house.url)).await.expect("goes");
    goes("/account").await;
    chromium.types("email", "ada@example.com").await;
    chromium.types("password", crate::support::house::PASSWORD).await;
    chromium.click("sign-in").await;
    goes("/account#connections").await;
    chromium.examine("account-connections").await;
    goes(&format!("/account/connections/{account}")).await;
    chromium.examine("connection").await;
    goes(&format!("/account/connections/{gone}")).await;
    chromium.examine("connection-disabled").await;
    for (name, path) in [
        ("console-workspace-sources", "/admin/workspaces/acme".to_owned()),
        ("console-source-new", "/admin/workspaces/acme/sources/new".to_owned()),
        ("console-source-form", "/admin/workspaces/acme/sources/new?type=oauth2".to_owned()),
        ("console-source", format!("/admin/workspaces/acme/sources/{}", vault.source)),
    ] {
        goes(&path).await;
        chromium.examine(name).await;
    }
    let log = chromium.log().await;
    assert!(log.iter().all(|line| line.contains("the server responded with a status of 4")), "{log:?}");
    chromium.close().await;
}
