//! A person's connections on their account page (vault.md §3.7; issue 6).

use crate::on_both;
use crate::support::browser::View;
use crate::support::chromium::{Chromium, Scripts};
use crate::support::provider::{App, Rotation};
use crate::support::vault::{CLIENT, SECRET, Vault};
use crate::support::{Browser, Kind};
use crate::vault_matrix::a_program;
use crate::webhooks::Receiver;
use std::time::Duration;
use symbolon::people::workspaces::Standing;

/// What a page says, with one space between words.
fn words(view: &View) -> String {
    view.text().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A form of a page, filled in.
fn filled(view: &View, form: &str, given: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut fields = view.form(form);
    fields.retain(|(name, _)| given.iter().all(|(chosen, _)| chosen != name));
    fields.extend(given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    fields
}

async fn does(browser: &mut Browser, path: &str, section: &str, given: &[(&str, &str)]) -> View {
    let page = browser.get(path).await;
    let form = format!("#{section} form.narrow");
    let to = page.first(&form).unwrap_or_else(|| panic!("no {form}: {}", page.text()))["action"].clone();
    let to = to.split('#').next().expect("a path").to_owned();
    browser.post(&to, &filled(&page, &form, given)).await
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
        let said = does(&mut ada, &path, "shares", &[("do", "share"), ("with", "member"), ("who", "nobody@example.com"), ("level", "use")]).await;
        assert_eq!(said.status, 422);
        assert!(said.text().contains("Nobody in this workspace has this address"));
        let said = does(&mut ada, &path, "shares", &[("do", "share"), ("with", "member"), ("who", "bob@example.com"), ("level", "view")]).await;
        assert!(said.status == 200 && said.text().contains("bob@example.com"), "{}", said.text());
        let seen = bob.get(&path).await;
        assert!(seen.status == 200 && seen.text().contains("Shared"), "{}", seen.text());
        assert!(seen.first("#shares").is_none() && seen.first("#delete").is_none(), "they may only look");
        assert!(!words(&seen).contains("Shared with bob") && words(&ada.get(&path).await).contains("Shared with bob"), "with whom else is for those who manage it");
        let forged = filled(&page, "#delete form.narrow", &[("sure", "1"), ("csrf", &seen.form("form").first().map(|(_, value)| value.clone()).unwrap_or_default())]);
        assert!(bob.post(&format!("{path}/delete"), &forged).await.status >= 400);

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

        // Whoever signed in long ago proves first who they are; here they sign in again.
        let asked = does(&mut ada, &path, "delete", &[("sure", "1")]).await;
        assert!(asked.first("[name=proof_password]").is_some(), "{}", asked.text());
        let mut ada = vault.house.browser();
        ada.arrives_as("ada").await;
        let said = does(&mut ada, &path, "delete", &[]).await;
        assert!(said.status == 422 && said.text().contains("Tick the box"));
        let said = does(&mut ada, &path, "delete", &[("sure", "1")]).await;
        assert!(said.url.contains("/account") && said.text().contains("The connection is deleted."), "{}", said.url);
        assert_eq!(ada.get(&path).await.status, 404);
        assert_eq!(vault.ada.does("GET", &format!("/v1/accounts/{account}")).await.status, 404);
    }
}

on_both! {
    async fn a_connection_is_shared_with_a_program_and_with_everyone_until_a_day(house: House) {
        let vault = Vault::with(house.kind, Rotation::None, "none").await;
        let mut ada = vault.house.browser();
        ada.arrives_as("ada").await;
        let (account, _) = vault.brings("zoe").await;
        let path = format!("/account/connections/{account}");
        let (client, program) = a_program(&vault.house, "acme").await;
        let read = format!("/v1/accounts/{account}?include_credentials=1");
        let share = [("do", "share"), ("level", "use")];
        let given = |more: &[(&'static str, &'static str)]| [&share[..], more].concat();
        let said = does(&mut ada, &path, "shares", &given(&[("with", "client"), ("who", "nobody")])).await;
        assert!(said.status == 422 && said.text().contains("There is no program with this client id"), "{}", said.text());
        assert!(said.first("#share-with option[value=client][selected]").is_some() && said.first("#share-who[value=nobody]").is_some());
        let said = does(&mut ada, &path, "shares", &given(&[("with", "workspace"), ("until", "2001-01-01")])).await;
        assert!(said.status == 422 && said.text().contains("Choose a day"), "{}", said.text());
        let said = does(&mut ada, &path, "shares", &given(&[("with", "workspace"), ("until", "soon")])).await;
        assert!(said.status == 422 && said.text().contains("Choose a day"), "{}", said.text());
        let mut with = given(&[("with", "client")]);
        with.push(("who", &client));
        let said = does(&mut ada, &path, "shares", &with).await;
        assert!(said.status == 200 && said.text().contains("It is shared."), "{}", said.text());
        assert_eq!(program.does("GET", &read).await.status, 200);
        let day = (vault.house.now() + Duration::from_secs(86_400)).rfc3339()[..10].to_owned();
        let mut with = given(&[("with", "workspace")]);
        with.push(("until", &day));
        let said = does(&mut ada, &path, "shares", &with).await;
        assert!(said.text().contains("Everyone in the workspace") && said.text().contains("until "), "{}", said.text());
        assert!(words(&said).contains("Shared with everyone in the workspace, to be used") && words(&said).contains("by ada@example.com"), "{}", said.text());
        assert_eq!(vault.bob.does("GET", &read).await.status, 200);
        let page = ada.get(&path).await;
        let fields = filled(&page, &format!("#shares form:has([value=\"client:{client}\"])"), &[("do", "unshare")]);
        let said = ada.post(&path, &fields).await;
        assert!(said.text().contains("It isn’t shared with them any more."), "{}", said.text());
        assert_eq!(program.does("GET", &read).await.status, 404);
        vault.house.wait(Duration::from_secs(2 * 86_400));
        let (_, bob) = vault.house.api_token(&vault.bob_id, Some("acme"), None).await;
        assert_eq!(bob.does("GET", &read).await.status, 404, "the day is over");
    }

    async fn a_connection_is_given_away_and_its_access_given_back(house: House) {
        let vault = Vault::with(house.kind, Rotation::None, "none").await;
        let (mut ada, mut bob) = (vault.house.browser(), vault.house.browser());
        ada.arrives_as("ada").await;
        bob.arrives_as("bob").await;
        let (account, _) = vault.brings("zoe").await;
        let path = format!("/account/connections/{account}");
        let said = does(&mut ada, &path, "give", &[("to", "bob@example.com")]).await;
        assert!(said.status == 422 && said.text().contains("Tick the box") && said.first("#give-to[value=\"bob@example.com\"]").is_some(), "{}", said.text());
        let said = does(&mut ada, &path, "give", &[("to", "nobody@example.com"), ("sure", "1")]).await;
        assert!(said.status == 422 && said.text().contains("Nobody in this workspace has this address"), "{}", said.text());
        let said = does(&mut ada, &path, "give", &[("to", "bob@example.com"), ("sure", "1")]).await;
        assert!(said.url.contains("/account?done=connection-given") && said.text().contains("belongs to somebody else now"), "{}", said.url);
        assert_eq!(ada.get(&path).await.status, 404);
        let page = bob.get(&path).await;
        assert!(words(&page).contains("Given to bob@example.com") && page.first("#give-to[required]").is_some(), "{}", page.text());
        // Members can't make it the workspace's; the form of an owner can.
        let said = does(&mut bob, &path, "give", &[("to", ""), ("sure", "1")]).await;
        assert_eq!(said.status, 422);

        // Given back to the service: it says so itself, and the connection stays with its history.
        let read = format!("/v1/accounts/{account}?include_credentials=1");
        assert_eq!(vault.bob.does("GET", &read).await.status, 200);
        let said = does(&mut bob, &path, "free", &[]).await;
        assert!(said.status == 422 && said.text().contains("Tick the box"), "{}", said.text());
        assert_eq!(vault.bob.does("GET", &read).await.status, 200, "nothing was done");
        // Long after the sign-in somebody must prove first who they are.
        vault.house.wait(Duration::from_secs(1_200));
        let asked = does(&mut bob, &path, "free", &[("sure", "1")]).await;
        assert!(asked.first("[name=proof_password]").is_some(), "{}", asked.text());
        assert_eq!(vault.bob.does("GET", &read).await.status, 200, "nothing was done");
        let proven = filled(&asked, "form:has([name=proof_password])", &[("proof_password", crate::support::house::PASSWORD)]);
        let said = bob.post(&format!("{path}/free"), &proven).await;
        // This source has no address to tell it to.
        assert!(said.status == 200 && said.text().contains("Access is forgotten here"), "{}", said.text());
        assert!(said.text().contains("Disabled") && said.first("#free").is_none(), "{}", said.text());
        vault.bob.does("GET", &read).await.is_problem(409, "custody_freed");
        let kept = format!("SELECT s.id FROM vault_secrets s JOIN account_grants g ON g.grant_id = s.grant_id WHERE g.account = '{account}'");
        assert_eq!(vault.house.raw().await.texts(&kept).await, Vec::<String>::new(), "nothing is kept");
    }
}

on_both! {
    async fn access_is_given_back_to_a_service_that_takes_it_back(house: House) {
        let vault = Vault::with(house.kind, Rotation::None, "none").await;
        let idp = vault._provider.at("idp", Rotation::StrictFamily);
        idp.registers(App::new(CLIENT, SECRET, ""));
        idp.knows(&["zoe"]);
        let ask = serde_json::json!({ "type": "oidc", "slug": "idp", "client_id": CLIENT, "client_secret": SECRET,
            "params": { "issuer": idp.url, "rotation": "strict_family" } });
        let made = vault.ada.posts("/v1/sources", &ask).await;
        assert_eq!(made.status, 201, "{}", made.body);
        idp.returns_to(CLIENT, made.body["data"]["redirect_uri"].as_str().expect("one"));
        let mut ada = vault.house.browser();
        ada.arrives_as("ada").await;
        let page = ada.get("/account").await;
        let source = made.body["data"]["id"].as_str().expect("an id");
        let page = ada.post("/account/connections", &filled(&page, "#connections form:has(#connect)", &[("source", source)])).await;
        let sent = ada.get_once(&page.first("#start").expect("a way")["href"].clone()).await;
        let back = idp.allows(sent.location(), "zoe").await;
        assert_eq!(ada.get(&back).await.status, 200);
        let list = vault.ada.does("GET", "/v1/accounts").await.ok();
        let account = list.body["data"][0]["id"].as_str().expect("an account").to_owned();
        let (token, grant) = (vault.token(&account).await, idp.grant_of("zoe"));
        assert!(idp.access_ok(&token) && idp.live(&grant).is_some());

        let path = format!("/account/connections/{account}");
        let said = does(&mut ada, &path, "free", &[("sure", "1")]).await;
        assert!(said.status == 200 && said.text().contains("Access is given back. The service said that it has ended."), "{}", said.text());
        assert!(words(&said).contains("Access given back to the service") && said.first("#free").is_none(), "{}", said.text());
        assert!(idp.hits("revoke") >= 1 && !idp.access_ok(&token) && idp.live(&grant).is_none());
        vault.reads(&account).await.is_problem(409, "custody_freed");
        assert_eq!(vault.counts("SELECT count(*) FROM vault_secrets").await, 0);
    }
}

on_both! {
    async fn a_webhook_is_made_tried_and_replayed_on_the_account_page(house: House) {
        let vault = Vault::with(house.kind, Rotation::None, "none").await;
        let receiver = Receiver::open();
        let mut ada = vault.house.browser();
        ada.arrives_as("ada").await;
        let page = ada.get("/account").await;
        let bad = ada.post("/account/webhooks", &filled(&page, "#webhooks form", &[("url", "ftp://example.com")])).await;
        assert!(bad.status == 422 && bad.text().contains("must be an https address") && bad.first("#webhook-url[value=\"ftp://example.com\"]").is_some(), "{}", bad.text());
        let made = ada.post("/account/webhooks", &filled(&page, "#webhooks form", &[("url", &receiver.url)])).await;
        let secret = made.first("#new-secret").is_some() && made.body.contains("whsec_");
        assert!(made.status == 200 && secret, "{}", made.text());
        let page = ada.get("/account").await;
        let id = page.first("#webhooks [data-id]").expect("a line")["data-id"].clone();
        let path = format!("/account/webhooks/{id}");
        let page = ada.get(&path).await;
        assert!(page.status == 200 && !page.body.contains("whsec_") && page.text().contains("None yet."), "{}", page.text());
        let act = |page: &View, given: &[(&str, &str)]| {
            let mut fields = vec![("csrf".to_owned(), page.form("#state form").iter().find(|(name, _)| name == "csrf").expect("one").1.clone())];
            fields.extend(given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
            fields
        };
        let said = ada.post(&path, &act(&page, &[("do", "test")])).await;
        assert!(said.text().contains("The test is on its way"), "{}", said.text());
        assert_eq!(receiver.until(1).await[0].kind(), "webhook.test");
        vault.brings("zoe").await;
        assert_eq!(receiver.until(2).await[1].kind(), "account.connected");
        let mut shown = ada.get(&path).await;
        while shown.body.matches(">Delivered<").count() < 2 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            shown = ada.get(&path).await;
        }
        let delivery = shown.first("#messages [data-id]").expect("a message")["data-id"].clone();
        let said = ada.post(&path, &act(&page, &[("do", "again"), ("delivery", &delivery)])).await;
        assert!(said.text().contains("on their way again"), "{}", said.text());
        assert_eq!(receiver.until(3).await[2].kind(), "account.connected");
        for since in ["", "yesterday", "2026-13-01T00:00"] {
            let said = ada.post(&path, &act(&page, &[("do", "since"), ("since", since)])).await;
            assert!(said.status == 422 && said.text().contains("Choose a day and a time"), "{since}: {}", said.text());
        }
        while ada.get(&path).await.body.matches(">Delivered<").count() < 2 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let said = ada.post(&path, &act(&page, &[("do", "since"), ("since", "2001-01-01T00:00")])).await;
        assert!(said.text().contains("on their way again"), "{}", said.text());
        receiver.until(5).await;

        let said = ada.post(&path, &act(&page, &[("do", "pause")])).await;
        assert!(said.text().contains("You have paused it"), "{}", said.text());
        let said = ada.post(&path, &act(&page, &[("do", "test")])).await;
        assert!(said.status == 422 && said.text().contains("Start it again first"), "{}", said.text());
        let said = ada.post(&path, &act(&page, &[("do", "start")])).await;
        assert!(said.status == 200 && !said.text().contains("You have paused it"), "{}", said.text());
        let said = ada.post(&path, &act(&page, &[("do", "rotate")])).await;
        assert!(said.body.contains("whsec_"), "{}", said.text());
        // Nobody else's.
        let mut bob = vault.house.browser();
        bob.arrives_as("bob").await;
        assert_eq!(bob.get(&path).await.status, 404);
        assert!(!bob.get("/account").await.body.contains(&id));
        assert_eq!(ada.post(&path, &act(&page, &[("do", "delete")])).await.status, 422);
        let gone = ada.post(&path, &act(&page, &[("do", "delete"), ("sure", "1")])).await;
        assert!(gone.url.contains("/account?done=webhook") && gone.text().contains("The webhook is deleted."), "{}", gone.url);
        assert_eq!(ada.get(&path).await.status, 404);
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
        let found = ada.get(&format!("{base}/new?search=GOOGLE")).await;
        assert!(found.body.contains("?type=google") && !found.body.contains("?type=slack") && found.body.contains("?type=oauth2"), "{}", found.text());
        assert!(ada.get(&format!("{base}/new?search=nothing+at+all")).await.text().contains("Nothing is called like that"));
        let google = ada.get(&format!("{base}/new?type=google")).await;
        assert!(google.first("a[href=\"https://developers.google.com/identity/protocols/oauth2/web-server\"]").is_some(), "{}", google.text());
        let page = ada.get(&format!("{base}/new?type=oauth2")).await;
        let uri = |page: &View| page.body.split("id=\"redirect-uri\"").nth(1).and_then(|rest| rest.split(['>', '<']).nth(1)).expect("a redirect URI").to_owned();
        let registered = uri(&page);
        assert!(registered.contains("/connect/callback/src_") && page.first("[data-copy=redirect-uri][hidden]").is_some(), "{registered}");
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
        assert_eq!(uri(&shown), registered, "what was registered before is what counts");
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
        assert!(said.text().contains("Connect your first account"), "{}", said.text());
        let went = ada.post("/account/connections", &filled(&said, "#connect", &[])).await;
        assert!(went.status == 200 && went.url.contains("/connect/con_"), "{} {}", went.url, went.text());
        let paused = ada.post(&format!("{path}/turn"), &filled(&said, "#turn", &[])).await;
        assert!(paused.first("form#connect").is_none());
        let stopped = ada.post("/account/connections", &filled(&said, "#connect", &[])).await;
        assert_eq!(stopped.status, 409, "{}", stopped.text());
        assert!(paused.text().contains("Paused"));
        let started = ada.post(&format!("{path}/turn"), &filled(&paused, "#turn", &[])).await;
        assert!(started.text().contains("Active"));
        let no = ada.post(&format!("{path}/delete"), &filled(&started, "#delete", &[("confirm", "crm")])).await;
        assert_eq!(no.status, 422);
        let gone = ada.post(&format!("{path}/delete"), &filled(&started, "#delete", &[("confirm", "other")])).await;
        assert!(gone.url.contains("/admin/workspaces/acme"), "{}", gone.url);
        assert_eq!(ada.get(&path).await.status, 404);

        // A name of one's own choosing isn't taken; what is in the form is.
        let page = ada.get(&format!("{base}/new?type=oauth2")).await;
        let old = format!("src_{}", "0".repeat(32));
        let mut odd = given.clone();
        odd.extend([("id", old.as_str()), ("slug", "odd")]);
        odd.retain(|one| *one != ("slug", "other"));
        let shown = ada.post(base, &filled(&page, "#create", &odd)).await;
        assert!(shown.status == 200 && !shown.url.contains(&old), "{} {}", shown.url, shown.text());

        // Members have no console; nothing of another workspace is there.
        let mut bob = vault.house.browser();
        bob.arrives_as("bob").await;
        assert_eq!(bob.get(&format!("{base}/new")).await.status, 404);
        let page = bob.get("/account").await;
        let went = bob.post("/account/connections", &filled(&page, "#connections form:has(#connect)", &[("source", &vault.source)])).await;
        assert!(went.status == 200 && went.url.contains("/connect/con_"), "{} {}", went.url, went.text());
        assert_eq!(bob.post("/account/connections", &filled(&page, "#connections form:has(#connect)", &[("source", "src_nothing")])).await.status, 404);
        vault.house.workspace("globex", &[(&vault.bob_id, Standing::Owner)]).await;
        assert_eq!(bob.get(&format!("/admin/workspaces/acme/sources/{}", vault.source)).await.status, 404);
        assert_eq!(bob.get(&format!("/admin/workspaces/globex/sources/{}", vault.source)).await.status, 404);
        assert_eq!(bob.get("/admin/workspaces/globex/sources/new").await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pages_of_connections_are_fit_for_everyone() {
    let vault = Vault::with(Kind::Sqlite, Rotation::None, "none").await;
    vault.crm.knows(&["zoe2", "carla"]);
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
    let given = vault.crm.gives(CLIENT, "zoe2", "read");
    let owned =
        vault.takes(&vault.ada, &given.refresh_token).await.body["data"]["id"].as_str().expect("an id").to_owned();
    let path = format!("/v1/accounts/{owned}");
    vault.ada.patches(&path, &serde_json::json!({ "owner": "workspace" })).await.ok();
    for level in ["view", "manage"] {
        let share = format!("{path}/shares/user:{}", vault.bob_id);
        assert_eq!(vault.ada.puts(&share, &serde_json::json!({ "level": level })).await.status, 204);
    }
    let carol = vault.house.person("carol").await;
    vault.house.joins("acme", &carol, Standing::Member).await;
    let (_, holder) = vault.house.api_token(&carol, Some("acme"), None).await;
    let given = vault.crm.gives(CLIENT, "carla", "read");
    let left = vault.takes(&holder, &given.refresh_token).await;
    assert_eq!(left.status, 201, "{}", left.body);
    let (_, root) = vault.house.api_token(&vault.house.admin("root").await, None, Some("symbolon:admin")).await;
    assert_eq!(root.does("DELETE", &format!("/v1/admin/workspaces/acme/members/{carol}")).await.status, 204);
    let (key, _) = crate::vault_proofs::pem(symbolon::crypto::Algorithm::ES256);
    vault.ada.patches("/v1/sources/crm", &serde_json::json!({ "private_keys": [key] })).await.ok();
    for (name, path) in [
        ("console-connections", "/admin/connections?workspace=acme".to_owned()),
        ("console-connection", format!("/admin/connections/{owned}")),
        ("console-connection-disabled", format!("/admin/connections/{gone}")),
        ("console-workspace-sources", "/admin/workspaces/acme".to_owned()),
        ("console-source-new", "/admin/workspaces/acme/sources/new".to_owned()),
        ("console-source-form", "/admin/workspaces/acme/sources/new?type=oauth2".to_owned()),
        ("console-source", format!("/admin/workspaces/acme/sources/{}", vault.source)),
    ] {
        goes(&path).await;
        chromium.examine(name).await;
    }
    let hook = vault.ada.posts("/v1/webhooks", &serde_json::json!({ "url": "http://127.0.0.1:9/in" })).await;
    let hook = hook.body["data"]["id"].as_str().expect("an id").to_owned();
    vault.ada.does("POST", &format!("/v1/webhooks/{hook}/test")).await;
    goes(&format!("/account/webhooks/{hook}")).await;
    chromium.examine("webhook").await;
    goes("/account#webhooks").await;
    chromium.examine("account-webhooks").await;
    let log = chromium.log().await;
    assert!(log.iter().all(|line| line.contains("the server responded with a status of 4")), "{log:?}");
    chromium.close().await;
}
