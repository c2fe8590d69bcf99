//! The scopes of the vault: an app asks for them, people read in words what they mean, programs have them for themselves.

use crate::on_both;
use crate::support::client::answer;
use crate::support::provider::Rotation;
use crate::support::vault::Vault;
use crate::support::{Holder, House, Kind};
use serde_json::json;
use symbolon::vault::actor::SCOPES;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn they_stand_in_words_on_the_consent_page_in_three_languages() {
    let house = House::new(Kind::Sqlite).await;
    house.person("ada").await;
    let all = format!("openid {} accounts:credentials:google accounts:credentials:crm", SCOPES.join(" "));
    let client = house.client_with(|metadata| metadata.scope.clone_from(&all)).await;
    for (language, says) in [
        ("en", ["Use your connected accounts", "Take your connected accounts with it", "Be told what happens"]),
        ("de", ["Ihre verbundenen Konten benutzen", "Ihre verbundenen Konten mitnehmen", "Erfahren, was mit"]),
        ("ar", ["استخدام حساباتك المتصلة", "نقل حساباتك المتصلة", "معرفة ما يحدث"]),
    ] {
        let mut browser = house.browser();
        browser.headers.insert("accept-language".to_owned(), language.to_owned());
        let page = browser.get(&client.auth_url(&[("scope", all.as_str())])).await;
        let page = browser.signs_in(&page, "ada").await;
        assert!(page.first("#allow").is_some(), "{}", page.body);
        for sentence in says {
            assert!(page.body.contains(sentence), "{language}: {sentence}");
        }
        // By the name of the type that a source is called after, otherwise by its own.
        assert!(page.body.contains("Google") && page.body.contains("crm"), "{language}");
        let technical =
            SCOPES.iter().filter(|scope| page.first(&format!("[data-scope=\"{scope}\"]")).is_some()).count();
        assert_eq!(technical, SCOPES.len(), "{language}: each has its line");
    }
}

on_both! {
    async fn programs_have_them_for_themselves_and_reach_what_was_shared_with_them(house: House) {
        let vault = Vault::with(house.kind, Rotation::None, "none").await;
        let (client, program) = crate::vault_matrix::a_program(&vault.house, "acme").await;
        let metadata = answer(house.http().get(format!("{}/.well-known/oauth-protected-resource/v1/accounts", house.url))).await.ok();
        assert_eq!(metadata.body["scopes_supported"], json!(SCOPES));
        assert_eq!(program.does("GET", "/v1/accounts").await.ok().body["data"], json!([]));
        let (account, _) = vault.brings("zoe").await;
        let share = format!("/v1/accounts/{account}/shares/client:{client}");
        assert_eq!(vault.ada.puts(&share, &json!({ "level": "use" })).await.status, 204);
        assert_eq!(program.does("GET", &format!("/v1/accounts/{account}?include_credentials=1")).await.status, 200);
    }

    async fn an_app_that_a_person_let_use_one_source_takes_tokens_of_that_source_only(house: House) {
        let vault = Vault::with(house.kind, Rotation::None, "none").await;
        let (account, _) = vault.brings("zoe").await;
        vault.makes_source("other", &json!({ "rotation": "none" })).await;
        let given = vault.crm.gives(crate::support::vault::CLIENT, "yan", "read");
        let ask = json!({ "source": "other", "credentials": { "oauth_refresh_token": given.refresh_token } });
        let made = vault.ada.with("idempotency-key", "k1").posts("/v1/accounts", &ask).await;
        let elsewhere = made.body["data"]["id"].as_str().expect("an id").to_owned();
        let app = vault.house.client_with(|metadata| metadata.scope = "openid accounts:credentials:crm".to_owned()).await;
        let mut browser = vault.house.browser();
        let page = browser.get(&app.auth_url(&[("scope", "openid accounts:credentials:crm")])).await;
        let page = browser.signs_in(&page, "ada").await;
        let mut fields = page.form("form:has(#allow)");
        fields.retain(|(name, _)| name != "workspace");
        fields.push(("workspace".to_owned(), "acme".to_owned()));
        fields.push(("decision".to_owned(), "allow".to_owned()));
        let code = browser.post("/consent", &fields).await.sent("code").expect("a code");
        let token = app.redeems(&code).await.ok();
        let mut acts = Holder::of(&vault.house, "");
        acts.authorization = format!("Bearer {}", token.text("access_token"));
        assert_eq!(acts.does("GET", &format!("/v1/accounts/{account}?include_credentials=1")).await.status, 200);
        assert_eq!(acts.does("GET", "/v1/accounts?source=crm").await.ok().body["data"].as_array().map(Vec::len), Some(1));
        acts.does("GET", &format!("/v1/accounts/{elsewhere}?include_credentials=1")).await.is_problem(403, "insufficient_scope");
        acts.does("GET", "/v1/accounts").await.is_problem(403, "insufficient_scope");
        acts.patches(&format!("/v1/accounts/{account}"), &json!({ "name": "x" })).await.is_problem(403, "insufficient_scope");
    }
}
