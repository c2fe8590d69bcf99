//! RFC 7009: revocation; security.md, RV-01 to RV-05.

use crate::on_both;
use crate::support::client::answer;
use crate::support::{Answer, Client, House};
use symbolon::clients::{AuthMethod, GrantType, Metadata};

async fn given(house: &House, client: &Client) -> Answer {
    house.person("ada").await;
    client.tokens(&mut house.browser(), "ada", &[]).await
}

fn machine(metadata: &mut Metadata) {
    metadata.grant_types.push(GrantType::ClientCredentials);
    metadata.scope.push_str(" read");
}

on_both! {
    async fn rv_01_a_revoked_refresh_token_takes_its_grant_along(house: House) {
        let client = house.client().await;
        let first = given(&house, &client).await;
        let tokens = client.refreshes(first.text("refresh_token")).await.ok();
        assert!(client.active(tokens.text("access_token")).await);
        let done = client.revokes(tokens.text("refresh_token")).await.ok();
        assert!(done.body.is_null(), "the answer is empty");
        for token in [tokens.text("access_token"), tokens.text("refresh_token"), first.text("refresh_token")] {
            assert!(!client.active(token).await);
        }
        client.userinfo(tokens.text("access_token")).await.is(401, "invalid_token");
        client.refreshes(tokens.text("refresh_token")).await.is(400, "invalid_grant");
        // Nor does the window of replays open it again.
        client.refreshes(first.text("refresh_token")).await.is(400, "invalid_grant");
        client.revokes(tokens.text("refresh_token")).await.ok();
    }

    async fn rv_01_a_superseded_refresh_token_ends_the_grant_too(house: House) {
        let client = house.client().await;
        let first = given(&house, &client).await;
        let second = client.refreshes(first.text("refresh_token")).await.ok();
        client.revokes(first.text("refresh_token")).await.ok();
        assert!(!client.active(second.text("access_token")).await);
        client.refreshes(second.text("refresh_token")).await.is(400, "invalid_grant");
    }

    async fn rv_01_other_grants_live_on(house: House) {
        let client = house.client().await;
        let one = given(&house, &client).await;
        let two = client.tokens(&mut house.browser(), "ada", &[]).await;
        client.revokes(one.text("refresh_token")).await.ok();
        assert!(client.active(two.text("access_token")).await);
        client.refreshes(two.text("refresh_token")).await.ok();
    }

    async fn rv_02_a_revoked_access_token_ends_alone(house: House) {
        let client = house.client().await;
        let first = given(&house, &client).await;
        client.revokes(first.text("access_token")).await.ok();
        assert!(!client.active(first.text("access_token")).await);
        client.userinfo(first.text("access_token")).await.is(401, "invalid_token");
        assert!(client.active(first.text("refresh_token")).await);
        let second = client.refreshes(first.text("refresh_token")).await.ok();
        assert!(client.active(second.text("access_token")).await);
        // An old one that is revoked late doesn't end the new one.
        client.revokes(first.text("access_token")).await.ok();
        assert!(client.active(second.text("access_token")).await);
    }

    async fn rv_02_a_revoked_token_isnt_replayed_back_to_life(house: House) {
        let client = house.client().await;
        let first = given(&house, &client).await;
        let second = client.refreshes(first.text("refresh_token")).await.ok();
        client.revokes(second.text("access_token")).await.ok();
        let replayed = client.refreshes(first.text("refresh_token")).await.ok();
        assert_eq!(replayed.body["access_token"], second.body["access_token"]);
        assert!(!client.active(replayed.text("access_token")).await);
    }

    async fn rv_02_machines_tokens_are_revoked_one_by_one(house: House) {
        let client = house.client_with(machine).await;
        let form = [("grant_type", "client_credentials"), ("scope", "read")];
        let (one, two) = (client.token(&form).await.ok(), client.token(&form).await.ok());
        assert!(client.active(one.text("access_token")).await);
        client.revokes(one.text("access_token")).await.ok();
        client.revokes(one.text("access_token")).await.ok();
        assert!(!client.active(one.text("access_token")).await);
        assert!(client.active(two.text("access_token")).await);
    }

    async fn rv_03_what_isnt_a_token_is_as_good_as_revoked(house: House) {
        let client = house.client().await;
        let tokens = given(&house, &client).await;
        let mut bent = tokens.text("refresh_token").to_owned();
        bent.replace_range(30..31, if &bent[30..31] == "A" { "B" } else { "A" });
        let before = house.tables().await["grants"].clone();
        let long = "A".repeat(10_000);
        for garbage in ["x", "sym_rt_x", "sym_at_", "sym_pat_x", "a.b.c", "ey.ey.", &bent, &long, "%00", "\u{1f980}"] {
            let done = client.revokes(garbage).await.ok();
            assert!(done.body.is_null(), "{garbage}");
        }
        assert_eq!(house.tables().await["grants"], before);
        house.wait(std::time::Duration::from_secs(31 * 86_400));
        client.revokes(tokens.text("refresh_token")).await.ok();
        client.revokes(tokens.text("access_token")).await.ok();
        client.post("/oauth2/revoke", &[]).await.is(400, "invalid_request");
    }

    async fn rv_03_the_hint_is_only_a_hint(house: House) {
        let client = house.client().await;
        house.person("ada").await;
        let mut browser = house.browser();
        for hint in ["access_token", "refresh_token", "id_token", "nonsense"] {
            let tokens = client.tokens(&mut browser, "ada", &[]).await;
            let form = [("token", tokens.text("refresh_token")), ("token_type_hint", hint)];
            client.post("/oauth2/revoke", &form).await.ok();
            assert!(!client.active(tokens.text("access_token")).await, "{hint}");
        }
    }

    async fn rv_04_another_clients_tokens_are_left_alone(house: House) {
        let (client, other) = (house.client_with(machine).await, house.client().await);
        let tokens = given(&house, &client).await;
        let own = client.token(&[("grant_type", "client_credentials")]).await.ok();
        for token in [tokens.text("refresh_token"), tokens.text("access_token"), own.text("access_token")] {
            other.revokes(token).await.is(400, "unauthorized_client");
            assert!(client.active(token).await);
        }
        client.revokes(tokens.text("access_token")).await.ok();
        client.refreshes(tokens.text("refresh_token")).await.ok();
    }

    async fn rv_05_a_revoke_that_the_database_refused_isnt_answered_with_200(house: House) {
        let client = house.client_with(machine).await;
        let tokens = given(&house, &client).await;
        let own = client.token(&[("grant_type", "client_credentials")]).await.ok();
        for token in [tokens.text("access_token"), own.text("access_token"), tokens.text("refresh_token")] {
            house.app.db.fail_after(0);
            let refused = client.revokes(token).await;
            house.app.db.fail_after(-1);
            refused.is(503, "temporarily_unavailable");
            assert!(refused.headers.contains_key("retry-after"));
            assert!(client.active(token).await);
            client.revokes(token).await.ok();
            assert!(!client.active(token).await);
        }
    }

    async fn s2_1_who_revokes_must_be_the_client(house: House) {
        let client = house.client().await;
        let tokens = given(&house, &client).await;
        let form = [("token", tokens.text("refresh_token")), ("client_id", client.id.as_str())];
        answer(client.request("POST", "/oauth2/revoke").form(&form)).await.is(401, "invalid_client");
        answer(client.request("POST", "/oauth2/revoke").form(&form[..1])).await.is(401, "invalid_client");
        assert!(client.active(tokens.text("access_token")).await);
        assert_eq!(answer(client.request("GET", "/oauth2/revoke")).await.status, 405);
        // A public client's name is all that it has; its tokens are bound to it.
        let public = house.client_with(|m| m.token_endpoint_auth_method = AuthMethod::None).await;
        let its = public.tokens(&mut house.browser(), "ada", &[]).await;
        public.revokes(tokens.text("refresh_token")).await.is(400, "unauthorized_client");
        public.revokes(its.text("refresh_token")).await.ok();
        public.refreshes(its.text("refresh_token")).await.is(400, "invalid_grant");
    }
}
