//! RFC 6749: the OAuth 2.0 authorization framework.

use crate::on_both;
use crate::support::client::claims;

on_both! {
    async fn s4_1_the_whole_way_of_a_code(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let mut browser = house.browser();
        let view = browser.allows(&client.auth_url(&[("scope", "openid offline email")]), "ada").await;
        assert_eq!(view.status, 303);
        assert_eq!(view.sent("state").as_deref(), Some("af0ifjsldkj"));
        assert_eq!(view.sent("iss").as_deref(), Some(house.app.issuer()));
        let tokens = client.redeems(&view.sent("code").expect("a code")).await.ok();
        assert_eq!(tokens.text("token_type"), "Bearer");
        let id_token = claims(tokens.text("id_token"));
        assert_eq!(id_token["nonce"], "n-0S6_WzA2Mj");
        let me = client.userinfo(tokens.text("access_token")).await.ok();
        assert_eq!(me.body["sub"], id_token["sub"]);
        assert_eq!(me.body["email"], "ada@example.com");
        let again = client.refreshes(tokens.text("refresh_token")).await.ok();
        assert_ne!(again.text("access_token"), tokens.text("access_token"));
        assert!(!client.active(tokens.text("access_token")).await);
        assert!(client.active(again.text("access_token")).await);
        let replayed = client.refreshes(tokens.text("refresh_token")).await.ok();
        assert_eq!(replayed.text("refresh_token"), again.text("refresh_token"));
        assert_eq!(replayed.text("access_token"), again.text("access_token"));
        client.revokes(again.text("refresh_token")).await.ok();
        assert!(!client.active(again.text("access_token")).await);
        client.refreshes(again.text("refresh_token")).await.is(400, "invalid_grant");
    }
}
