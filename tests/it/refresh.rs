//! RFC 6749 §6, RFC 9700 §4.14.2: refresh tokens; security.md, group E.

use crate::on_both;
use crate::support::client::{answer, claims, grant_of};
use crate::support::{Answer, Client, House};
use std::time::Duration;
use symbolon::audit;
use symbolon::base::id::{ClientId, UserId};
use symbolon::clients::{self, AuthMethod, GrantType, Metadata, Rotation};
use symbolon::oauth::grants;
use symbolon::people;

const DAY: Duration = Duration::from_secs(86_400);

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

async fn given(house: &House, client: &Client) -> Answer {
    house.person("ada").await;
    client.tokens(&mut house.browser(), "ada", &[]).await
}

/// No token of the answer is good for anything.
async fn dead(client: &Client, tokens: &Answer) {
    client.refreshes(tokens.text("refresh_token")).await.is(400, "invalid_grant");
    assert!(!client.active(tokens.text("refresh_token")).await);
    assert!(!client.active(tokens.text("access_token")).await);
    client.userinfo(tokens.text("access_token")).await.is(401, "invalid_token");
}

async fn refreshes_for(client: &Client, token: &str, scope: &str) -> Answer {
    client.token(&[("grant_type", "refresh_token"), ("refresh_token", token), ("scope", scope)]).await
}

async fn trail(house: &House, token: &str) -> Vec<String> {
    let events = audit::about(&house.app.db, &format!("grant:{}", grant_of(token)), 10).await.expect("a trail");
    events.into_iter().map(|event| event.action).collect()
}

on_both! {
    async fn rt_01_a_superseded_token_after_the_window_ends_the_grant(house: House) {
        let client = house.client().await;
        let first = given(&house, &client).await;
        let old = first.text("refresh_token");
        let second = client.refreshes(old).await.ok();
        house.wait(seconds(59));
        let again = client.refreshes(old).await.ok();
        assert_eq!(again.body["refresh_token"], second.body["refresh_token"]);
        assert!(trail(&house, old).await.is_empty());
        house.wait(seconds(2));
        client.refreshes(old).await.is(400, "invalid_grant");
        dead(&client, &second).await;
        dead(&client, &first).await;
        assert_eq!(trail(&house, old).await, ["grant.refresh_reuse"]);
    }

    async fn rt_03_a_replay_gets_the_same_bytes_in_every_format(house: House) {
        use symbolon::clients::Format;
        house.person("ada").await;
        for format in [Format::Opaque, Format::Jwt] {
            let client = house.client_with(|m| m.access_token_format = format).await;
            let first = client.tokens(&mut house.browser(), "ada", &[]).await;
            let second = client.refreshes(first.text("refresh_token")).await.ok();
            house.wait(seconds(1));
            let again = client.refreshes(first.text("refresh_token")).await.ok();
            assert_ne!(first.body["access_token"], second.body["access_token"]);
            assert_eq!(again.body["access_token"], second.body["access_token"], "{format:?}");
            assert_eq!(again.body["refresh_token"], second.body["refresh_token"]);
            assert_ne!(
                again.body["expires_in"], second.body["expires_in"],
                "one second later there is one second less"
            );
        }
    }

    async fn rt_04_a_replay_is_for_the_same_client_and_the_last_generation_only(house: House) {
        let (client, other) = (house.client().await, house.client().await);
        let first = given(&house, &client).await;
        let second = client.refreshes(first.text("refresh_token")).await.ok();
        other.refreshes(first.text("refresh_token")).await.is(400, "invalid_grant");
        client.refreshes(first.text("refresh_token")).await.ok();
        let third = client.refreshes(second.text("refresh_token")).await.ok();
        assert!(client.active(third.text("access_token")).await);
        // Two generations old, and still within the window of the clock.
        client.refreshes(first.text("refresh_token")).await.is(400, "invalid_grant");
        dead(&client, &third).await;
        assert_eq!(trail(&house, third.text("refresh_token")).await, ["grant.refresh_reuse"]);
    }

    async fn rt_05_another_clients_token_is_nobodys(house: House) {
        let (client, other) = (house.client().await, house.client().await);
        let public = house.client_with(|m| m.token_endpoint_auth_method = AuthMethod::None).await;
        let tokens = given(&house, &client).await;
        let token = tokens.text("refresh_token");
        for thief in [&other, &public] {
            thief.refreshes(token).await.is(400, "invalid_grant");
            // Not even what was granted can be learned by asking for too much.
            refreshes_for(thief, token, "openid email").await.is(400, "invalid_grant");
            refreshes_for(thief, token, "openid").await.is(400, "invalid_grant");
        }
        assert!(client.active(tokens.text("access_token")).await);
        client.refreshes(token).await.ok();
    }

    async fn rt_06_scope_narrows_for_one_access_token_and_never_widens(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let first = client.tokens(&mut house.browser(), "ada", &[("scope", "openid offline email")]).await;
        for wider in ["openid offline email profile", "profile", "openid unheard-of", "symbolon:admin", "openid \"x"] {
            refreshes_for(&client, first.text("refresh_token"), wider).await.is(400, "invalid_scope");
        }
        assert!(client.active(first.text("access_token")).await, "a refused wish spends nothing");
        let narrow = refreshes_for(&client, first.text("refresh_token"), "openid").await.ok();
        assert_eq!(narrow.text("scope"), "openid");
        assert_eq!(client.introspects(narrow.text("access_token")).await["scope"], "openid");
        let me = client.userinfo(narrow.text("access_token")).await.ok();
        assert!(me.body.get("email").is_none(), "{}", me.body);
        refreshes_for(&client, narrow.text("refresh_token"), "openid profile").await.is(400, "invalid_scope");
        let wide = client.refreshes(narrow.text("refresh_token")).await.ok();
        assert_eq!(wide.text("scope"), "openid offline email");
        assert_eq!(client.userinfo(wide.text("access_token")).await.ok().body["email"], "ada@example.com");
    }

    async fn rt_07_whatever_ends_a_grant_ends_its_tokens_at_once(house: House) {
        #[derive(Debug)]
        enum End {
            UserDisabled,
            UserDeleted,
            ConsentWithdrawn,
            ClientDisabled,
            ClientDeleted,
            GrantEnded,
        }
        let ends = [
            End::UserDisabled,
            End::UserDeleted,
            End::ConsentWithdrawn,
            End::ClientDisabled,
            End::ClientDeleted,
            End::GrantEnded,
        ];
        let witness = house.client_with(|m| m.resource_server = true).await;
        for (n, end) in ends.into_iter().enumerate() {
            let (name, now) = (format!("ada{n}"), house.now());
            let user = UserId::from(house.person(&name).await);
            let client = house.client().await;
            let id = ClientId::from(client.id.as_str());
            let mut browser = house.browser();
            let tokens = client.tokens(&mut browser, &name, &[]).await;
            let code = client.code(&mut browser, &name, &[]).await;
            assert!(witness.active(tokens.text("access_token")).await);
            let mut tx = house.app.db.begin().await.expect("begins");
            match end {
                End::UserDisabled => {
                    assert!(people::store::set_enabled(&mut tx, &user, false, now).await.expect("disables"))
                }
                End::UserDeleted => assert!(people::store::delete(&mut tx, &user).await.expect("deletes")),
                End::ConsentWithdrawn => {
                    assert_eq!(grants::end_of_consent(&mut tx, &user, &id, now).await.expect("ends"), 2);
                }
                End::ClientDisabled => {
                    let mut row = clients::store::lock(&mut tx, &id, now).await.expect("reads").expect("a client");
                    row.enabled = false;
                    clients::store::save(&mut tx, &row).await.expect("saves");
                }
                End::ClientDeleted => assert!(clients::store::delete(&mut tx, &id).await.expect("deletes")),
                End::GrantEnded => {
                    assert_eq!(grants::end_of_user(&mut tx, &user, "admin", now).await.expect("ends"), 2);
                }
            }
            tx.commit().await.expect("commits");
            assert!(!witness.active(tokens.text("access_token")).await, "{end:?}");
            // Before this process has noticed the change of the registry, the row decides; afterwards the client is refused.
            for noticed in [false, true] {
                if noticed {
                    house.app.memory.forget();
                }
                for answer in [client.refreshes(tokens.text("refresh_token")).await, client.redeems(&code).await] {
                    match end {
                        End::ClientDisabled | End::ClientDeleted if noticed => answer.is(401, "invalid_client"),
                        _ => answer.is(400, "invalid_grant"),
                    }
                }
            }
            witness.userinfo(tokens.text("access_token")).await.is(401, "invalid_token");
        }
    }

    async fn rt_08_a_chain_ends_with_its_absolute_lifetime(house: House) {
        let client = house.client().await;
        let mut tokens = given(&house, &client).await;
        for _ in 0..3 {
            house.wait(29 * DAY);
            tokens = client.refreshes(tokens.text("refresh_token")).await.ok();
        }
        house.wait(3 * DAY - seconds(1800));
        tokens = client.refreshes(tokens.text("refresh_token")).await.ok();
        // The access token of the last half hour promises no more than that.
        let expires_in = tokens.body["expires_in"].as_i64().expect("a number");
        assert!((1700..=1800).contains(&expires_in), "{expires_in}");
        let exp = client.introspects(tokens.text("access_token")).await["exp"].as_i64().expect("a number");
        assert!(exp <= house.now().secs() + 1800);
        house.wait(seconds(1801));
        dead(&client, &tokens).await;
    }

    async fn rt_09_an_unused_token_ends_with_its_idle_lifetime(house: House) {
        let client = house.client().await;
        let tokens = given(&house, &client).await;
        house.wait(30 * DAY - seconds(10));
        let tokens = client.refreshes(tokens.text("refresh_token")).await.ok();
        house.wait(30 * DAY + seconds(1));
        dead(&client, &tokens).await;
        // A client may have times of its own.
        let client = house.client_with(|m| m.refresh_idle_lifetime = Some(60)).await;
        let tokens = client.tokens(&mut house.browser(), "ada", &[]).await;
        house.wait(seconds(59));
        let tokens = client.refreshes(tokens.text("refresh_token")).await.ok();
        house.wait(seconds(61));
        client.refreshes(tokens.text("refresh_token")).await.is(400, "invalid_grant");
    }

    async fn rt_10_a_restart_changes_nothing(house: House) {
        let client = house.client_with(|m| m.rotation = Rotation::Strict).await;
        let first = given(&house, &client).await;
        let second = client.refreshes(first.text("refresh_token")).await.ok();
        let kind = house.kind;
        let (dir, config) = house.close().await;
        let house = House::open(kind, dir, config).await;
        let client = client.at(&house);
        assert!(client.active(second.text("access_token")).await);
        let third = client.refreshes(second.text("refresh_token")).await.ok();
        client.refreshes(first.text("refresh_token")).await.is(400, "invalid_grant");
        dead(&client, &third).await;
    }

    async fn rt_11_without_offline_there_is_no_refresh_token(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let mut browser = house.browser();
        let tokens = client.tokens(&mut browser, "ada", &[("scope", "openid email")]).await;
        assert!(tokens.body.get("refresh_token").is_none(), "{}", tokens.body);
        for scope in ["openid offline", "openid offline_access"] {
            let tokens = client.tokens(&mut browser, "ada", &[("scope", scope)]).await;
            assert_eq!(tokens.text("scope"), scope, "the spelling that was asked for is echoed");
            client.refreshes(tokens.text("refresh_token")).await.ok();
        }
        // A client that isn't registered for the grant type gets none either, and can't present one.
        let client = house.client_with(|m: &mut Metadata| m.grant_types = vec![GrantType::AuthorizationCode]).await;
        let tokens = client.tokens(&mut browser, "ada", &[]).await;
        assert!(tokens.body.get("refresh_token").is_none() && tokens.text("scope") == "openid", "{}", tokens.body);
        client.refreshes("sym_rt_x").await.is(400, "unauthorized_client");
    }

    async fn rt_12_a_lost_answer_is_answered_again(house: House) {
        let client = house.client().await;
        let first = given(&house, &client).await;
        // The answer that the proxy dropped.
        let dropped = client.refreshes(first.text("refresh_token")).await.ok();
        house.wait(seconds(30));
        let retried = client.refreshes(first.text("refresh_token")).await.ok();
        assert_eq!(retried.body["refresh_token"], dropped.body["refresh_token"]);
        assert_eq!(retried.body["access_token"], dropped.body["access_token"]);
        assert!(client.active(retried.text("access_token")).await);
        house.wait(seconds(31));
        client.refreshes(first.text("refresh_token")).await.is(400, "invalid_grant");
        dead(&client, &retried).await;
    }

    async fn rt_13_a_rotation_that_the_database_refused_didnt_happen(house: House) {
        let client = house.client_with(|m| m.rotation = Rotation::Strict).await;
        let tokens = given(&house, &client).await;
        house.app.db.fail_after(0);
        let refused = client.refreshes(tokens.text("refresh_token")).await;
        house.app.db.fail_after(-1);
        refused.is(503, "temporarily_unavailable");
        assert!(refused.headers.contains_key("retry-after"));
        assert!(client.active(tokens.text("access_token")).await);
        client.refreshes(tokens.text("refresh_token")).await.ok();
    }

    async fn rt_15_the_id_token_of_a_refresh_tells_of_the_same_sign_in(house: House) {
        let client = house.client().await;
        let tokens = given(&house, &client).await;
        house.wait(seconds(600));
        let again = client.refreshes(tokens.text("refresh_token")).await.ok();
        let (first, second) = (claims(tokens.text("id_token")), claims(again.text("id_token")));
        for name in ["iss", "sub", "aud", "auth_time", "acr", "amr", "sid"] {
            assert!(first[name] == second[name] && !first[name].is_null(), "{name}: {first} {second}");
        }
        // OIDC Core §12.2: a nonce would tie it to a login that it isn't the answer of.
        assert!(first["nonce"].is_string() && second.get("nonce").is_none());
        assert!(second["iat"].as_i64() >= first["iat"].as_i64().map(|at| at + 600));
        assert_ne!(first["at_hash"], second["at_hash"]);
    }

    async fn rt_16_a_refresh_token_opens_nothing_but_the_token_endpoint(house: House) {
        let client = house.client().await;
        let tokens = given(&house, &client).await;
        let token = tokens.text("refresh_token");
        client.userinfo(token).await.is(401, "invalid_token");
        let posted = answer(client.request("POST", "/userinfo").form(&[("access_token", token)])).await;
        posted.is(401, "invalid_token");
        let in_url = answer(client.request("GET", &format!("/userinfo?access_token={token}"))).await;
        assert_eq!(in_url.status, 401);
        let url = format!("/oauth2/token?grant_type=refresh_token&refresh_token={token}");
        let basic = client.request("POST", &url).basic_auth(&client.id, client.secret.as_ref());
        answer(basic.form(&[("grant_type", "refresh_token")])).await.is(400, "invalid_request");
        client.redeems(token).await.is(400, "invalid_grant");
        client.refreshes(tokens.text("access_token")).await.is(400, "invalid_grant");
        client.userinfo(tokens.text("access_token")).await.ok();
        client.refreshes(token).await.ok();
    }

    async fn rt_17_a_refresh_ends_the_access_token_before(house: House) {
        let client = house.client().await;
        let first = given(&house, &client).await;
        client.userinfo(first.text("access_token")).await.ok();
        let second = client.refreshes(first.text("refresh_token")).await.ok();
        assert_eq!(client.introspects(first.text("access_token")).await, serde_json::json!({ "active": false }));
        client.userinfo(first.text("access_token")).await.is(401, "invalid_token");
        assert!(!client.active(first.text("refresh_token")).await);
        client.userinfo(second.text("access_token")).await.ok();
    }

    async fn design_3_an_overlap_lets_the_previous_access_token_live_a_little(house: House) {
        let client = house
            .client_with(|m| {
                m.access_token_overlap = 20;
                m.access_token_lifetime = Some(300);
            })
            .await;
        let first = given(&house, &client).await;
        let second = client.refreshes(first.text("refresh_token")).await.ok();
        assert!(client.active(first.text("access_token")).await);
        house.wait(seconds(21));
        assert!(!client.active(first.text("access_token")).await);
        assert!(client.active(second.text("access_token")).await);
        // What had expired before the refresh isn't brought back to life by it.
        house.wait(seconds(300));
        assert!(!client.active(second.text("access_token")).await);
        let third = client.refreshes(second.text("refresh_token")).await.ok();
        assert!(!client.active(second.text("access_token")).await);
        assert!(client.active(third.text("access_token")).await);
        // What was revoked stays so.
        client.revokes(third.text("access_token")).await.ok();
        let fourth = client.refreshes(third.text("refresh_token")).await.ok();
        assert!(!client.active(third.text("access_token")).await);
        assert!(client.active(fourth.text("access_token")).await);
    }

    async fn design_3_strict_takes_every_second_use_for_theft(house: House) {
        let client = house.client_with(|m| m.rotation = Rotation::Strict).await;
        let first = given(&house, &client).await;
        let second = client.refreshes(first.text("refresh_token")).await.ok();
        let third = client.refreshes(second.text("refresh_token")).await.ok();
        client.refreshes(second.text("refresh_token")).await.is(400, "invalid_grant");
        dead(&client, &third).await;
        assert_eq!(trail(&house, third.text("refresh_token")).await, ["grant.refresh_reuse"]);
    }

    async fn design_3_static_keeps_the_refresh_token(house: House) {
        let client = house.client_with(|m| m.rotation = Rotation::Static).await;
        let first = given(&house, &client).await;
        let mut last = first.clone();
        for _ in 0..4 {
            house.wait(seconds(61));
            let next = client.refreshes(first.text("refresh_token")).await.ok();
            assert_eq!(next.body["refresh_token"], first.body["refresh_token"]);
            assert!(!client.active(last.text("access_token")).await);
            assert!(client.active(next.text("access_token")).await);
            last = next;
        }
        client.revokes(first.text("refresh_token")).await.ok();
        dead(&client, &last).await;
    }

    async fn s_6_a_refresh_needs_the_clients_authentication(house: House) {
        let client = house.client().await;
        let tokens = given(&house, &client).await;
        let form = [("grant_type", "refresh_token"), ("refresh_token", tokens.text("refresh_token"))];
        answer(client.request("POST", "/oauth2/token").form(&form)).await.is(401, "invalid_client");
        let with_id = [form[0], form[1], ("client_id", client.id.as_str())];
        answer(client.request("POST", "/oauth2/token").form(&with_id)).await.is(401, "invalid_client");
        client.token(&[("grant_type", "refresh_token")]).await.is(400, "invalid_request");
        for garbage in ["x", "sym_rt_", "sym_rt_AAAA", &"A".repeat(5000)] {
            client.refreshes(garbage).await.is(400, "invalid_grant");
        }
        // A public client has none, and is bound by client_id and rotation (RFC 9700 §4.14.2).
        let public = house.client_with(|m| m.token_endpoint_auth_method = AuthMethod::None).await;
        let its = public.tokens(&mut house.browser(), "ada", &[]).await;
        public.refreshes(its.text("refresh_token")).await.ok();
        client.refreshes(tokens.text("refresh_token")).await.ok();
    }

    async fn i_08_what_an_admin_takes_from_a_client_is_gone_from_its_tokens(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let first = client.tokens(&mut house.browser(), "ada", &[("scope", "openid offline email profile")]).await;
        assert_eq!(client.userinfo(first.text("access_token")).await.ok().body["email"], "ada@example.com");
        let id = ClientId::from(client.id.as_str());
        let mut tx = house.app.db.begin().await.expect("begins");
        let mut row = clients::store::lock(&mut tx, &id, house.now()).await.expect("reads").expect("a client");
        row.metadata.scope = "openid offline profile".to_owned();
        clients::store::save(&mut tx, &row).await.expect("saves");
        tx.commit().await.expect("commits");
        house.app.memory.forget();
        assert_eq!(client.introspects(first.text("access_token")).await["scope"], "openid offline profile");
        assert!(client.userinfo(first.text("access_token")).await.ok().body.get("email").is_none());
        let second = client.refreshes(first.text("refresh_token")).await.ok();
        assert_eq!(second.text("scope"), "openid offline profile");
    }
}
