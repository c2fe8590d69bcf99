//! RFC 8707: resource indicators.

use crate::on_both;
use crate::support::client::{VERIFIER, answer, claims};
use crate::support::{Answer, Client};
use serde_json::json;
use symbolon::clients::{Format, GrantType};

const ONE: &str = "https://one.example/";
const TWO: &str = "urn:example:two";
const THREE: &str = "https://three.example/api?v=1";

fn asking(client: &Client, resources: &[&str]) -> String {
    let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    resources.iter().fold(client.auth_url(&[]), |url, resource| format!("{url}&resource={}", encode(resource)))
}

async fn redeems_for(client: &Client, code: &str, resources: &[&str]) -> Answer {
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", client.redirect_uri.as_str()),
        ("code_verifier", VERIFIER),
    ];
    form.extend(resources.iter().map(|resource| ("resource", *resource)));
    client.token(&form).await
}

async fn refreshes_for(client: &Client, token: &str, resources: &[&str]) -> Answer {
    let mut form = vec![("grant_type", "refresh_token"), ("refresh_token", token)];
    form.extend(resources.iter().map(|resource| ("resource", *resource)));
    client.token(&form).await
}

on_both! {
    async fn s2_2_tokens_are_for_the_resources_that_were_granted_or_fewer(house: House) {
        house.person("ada").await;
        let client = house.client_with(|m| m.access_token_format = Format::Jwt).await;
        let mut browser = house.browser();
        let view = browser.allows(&asking(&client, &[ONE, TWO]), "ada").await;
        let code = view.sent("code").expect("a code");
        // §2.2: not one that was granted. Nothing is spent by asking.
        redeems_for(&client, &code, &[THREE]).await.is(400, "invalid_target");
        redeems_for(&client, &code, &[ONE, THREE]).await.is(400, "invalid_target");
        redeems_for(&client, &code, &["not a uri"]).await.is(400, "invalid_target");
        let one = redeems_for(&client, &code, &[ONE]).await.ok();
        assert_eq!(claims(one.text("access_token"))["aud"], ONE);
        assert_eq!(client.introspects(one.text("access_token")).await["aud"], ONE);
        let refresh = one.text("refresh_token");
        refreshes_for(&client, refresh, &[THREE]).await.is(400, "invalid_target");
        assert!(client.active(one.text("access_token")).await);
        let two = refreshes_for(&client, refresh, &[TWO]).await.ok();
        assert_eq!(claims(two.text("access_token"))["aud"], TWO);
        // The refresh token stands for all of them.
        let both = client.refreshes(two.text("refresh_token")).await.ok();
        assert_eq!(claims(both.text("access_token"))["aud"], json!([ONE, TWO]));
        assert_eq!(client.introspects(both.text("access_token")).await["aud"], json!([ONE, TWO]));
    }

    async fn s2_2_what_was_granted_for_nothing_in_particular_isnt_for_this(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let code = client.code(&mut house.browser(), "ada", &[]).await;
        redeems_for(&client, &code, &[ONE]).await.is(400, "invalid_target");
        let tokens = client.redeems(&code).await.ok();
        assert_eq!(client.introspects(tokens.text("access_token")).await["aud"], house.app.issuer());
    }

    async fn s2_2_another_client_learns_nothing_by_asking(house: House) {
        house.person("ada").await;
        let (client, other) = (house.client().await, house.client().await);
        let view = house.browser().allows(&asking(&client, &[ONE]), "ada").await;
        let code = view.sent("code").expect("a code");
        redeems_for(&other, &code, &[ONE]).await.is(400, "invalid_grant");
        redeems_for(&other, &code, &[TWO]).await.is(400, "invalid_grant");
    }

    async fn s2_1_what_isnt_a_resource_is_told_to_the_client(house: House) {
        house.person("ada").await;
        let client = house.client_with(|m| m.resources = vec![ONE.to_owned(), TWO.to_owned()]).await;
        let mut browser = house.browser();
        let eleven: Vec<String> = (0..11).map(|n| format!("https://{n}.example/")).collect();
        let eleven: Vec<&str> = eleven.iter().map(String::as_str).collect();
        let relative = "/v1";
        let fragment = "https://one.example/#x";
        for bad in
            [&[fragment][..], &[relative], &["one"], &[ONE, fragment], &[THREE], &["https://one.example/x"], &eleven]
        {
            let view = browser.get(&asking(&client, bad)).await;
            assert_eq!(view.sent("error").as_deref(), Some("invalid_target"), "{bad:?}: {}", view.location());
            assert_eq!(view.sent("state").as_deref(), Some("af0ifjsldkj"));
            assert!(view.sent("code").is_none());
        }
        for good in [&[][..], &[ONE], &[ONE, TWO]] {
            let view = browser.allows(&asking(&client, good), "ada").await;
            assert!(view.sent("code").is_some(), "{good:?}: {}", view.location());
        }
    }

    async fn s2_1_the_person_sees_for_what_the_tokens_are(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let mut browser = house.browser();
        let view = browser.get(&asking(&client, &[ONE])).await;
        let view = browser.signs_in(&view, "ada").await;
        assert!(view.first("#allow").is_some() && view.text().contains(ONE), "{}", view.text());
    }

    async fn s2_machines_name_their_resources(house: House) {
        let client = house
            .client_with(|m| {
                m.grant_types.push(GrantType::ClientCredentials);
                m.scope.push_str(" read");
                m.resources = vec![ONE.to_owned(), TWO.to_owned()];
            })
            .await;
        let form = |resources: &[&'static str]| {
            let mut form = vec![("grant_type", "client_credentials")];
            form.extend(resources.iter().map(|resource| ("resource", *resource)));
            form
        };
        client.token(&form(&[THREE])).await.is(400, "invalid_target");
        client.token(&form(&["https://one.example/#x"])).await.is(400, "invalid_target");
        for (resources, aud) in
            [(&[][..], json!(house.app.issuer())), (&[ONE], json!(ONE)), (&[ONE, TWO], json!([ONE, TWO]))]
        {
            let token = client.token(&form(resources)).await.ok();
            assert_eq!(client.introspects(token.text("access_token")).await["aud"], aud);
        }
    }

    async fn rfc9068_s4_a_token_for_another_resource_opens_nothing_here(house: House) {
        house.person("ada").await;
        let mut browser = house.browser();
        for format in [Format::Opaque, Format::Jwt] {
            let client = house.client_with(|m| m.access_token_format = format).await;
            let view = browser.allows(&asking(&client, &[ONE]), "ada").await;
            let theirs = client.redeems(&view.sent("code").expect("a code")).await.ok();
            client.userinfo(theirs.text("access_token")).await.is(401, "invalid_token");
            let form = [("access_token", theirs.text("access_token"))];
            answer(client.request("POST", "/userinfo").form(&form)).await.is(401, "invalid_token");
            // Whoever wants both asks for both.
            let issuer = house.app.issuer();
            let view = browser.allows(&asking(&client, &[ONE, issuer]), "ada").await;
            let ours = client.redeems(&view.sent("code").expect("a code")).await.ok();
            client.userinfo(ours.text("access_token")).await.ok();
        }
    }
}
