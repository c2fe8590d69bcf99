//! ease.md C.5, draft-ietf-httpapi-idempotency-key-header: a POST that is sent twice is done once.

use crate::on_both;
use crate::support::client::answer;
use crate::support::{Answer, House};
use serde_json::{Value, json};
use std::time::Duration;
use symbolon::clients::{GrantType, Metadata};

fn machine(metadata: &mut Metadata) {
    metadata.grant_types = vec![GrantType::ClientCredentials];
    metadata.response_types = Vec::new();
    metadata.redirect_uris = Vec::new();
    metadata.scope = "symbolon:admin".to_owned();
    metadata.admin = true;
}

async fn token(house: &House) -> String {
    let client = house.client_with(machine).await;
    house.wait(Duration::from_secs(1));
    client.token(&[("grant_type", "client_credentials")]).await.ok().text("access_token").to_owned()
}

async fn posts(house: &House, token: &str, path: &str, key: &str, body: &Value) -> Answer {
    let request = house.http().post(format!("{}/v1/admin/{path}", house.url)).bearer_auth(token);
    answer(request.header("idempotency-key", key).json(body)).await
}

fn code(answer: &Answer) -> &str {
    answer.text("type").strip_prefix("urn:symbolon:problem:").expect("one of ours")
}

async fn count(house: &House, table: &str) -> usize {
    house.tables().await[table].len()
}

fn shop(name: &str) -> Value {
    json!({ "client_name": name, "redirect_uris": ["https://shop.example/cb"] })
}

on_both! {
    async fn c5_the_same_request_is_answered_the_same_and_done_once(house: House) {
        let (mine, other) = (token(&house).await, token(&house).await);
        let before = count(&house, "clients").await;
        let first = posts(&house, &mine, "clients", "k1", &shop("Shop")).await;
        assert_eq!(first.status, 201, "{}", first.body);
        assert!(!first.headers.contains_key("idempotency-replayed"));
        let again = posts(&house, &mine, "clients", "k1", &shop("Shop")).await;
        // Also the secret that is shown once, where it is and its tag; and it says that it is a repetition.
        assert_eq!((again.status, &again.body), (201, &first.body));
        assert_eq!((&again.headers["location"], &again.headers["etag"]), (&first.headers["location"], &first.headers["etag"]));
        assert_eq!(again.headers["idempotency-replayed"], "true");
        assert_eq!(again.headers["cache-control"], "no-store");
        assert_eq!(count(&house, "clients").await, before + 1);
        let secret = first.text("client_secret");
        assert!(house.tables().await.values().flatten().all(|row| !row.contains(secret)), "kept sealed");

        let another = posts(&house, &mine, "clients", "k1", &shop("Store")).await;
        assert_eq!((another.status, code(&another)), (422, "idempotency-key-reused"));
        let elsewhere = posts(&house, &mine, "users", "k1", &shop("Shop")).await;
        assert_eq!((elsewhere.status, code(&elsewhere)), (422, "idempotency-key-reused"));
        // Keys are each caller's own, and a newcomer without a token learns nothing from one.
        assert_eq!(posts(&house, "sym_at_made-up", "clients", "k1", &shop("Shop")).await.status, 401);
        let theirs = posts(&house, &other, "clients", "k1", &shop("Shop")).await;
        assert_eq!(theirs.status, 201);
        assert_ne!(theirs.text("client_id"), first.text("client_id"));
        assert_eq!(count(&house, "clients").await, before + 2);

        // A day later the key is forgotten; without one nothing is kept.
        house.wait(Duration::from_secs(86_401));
        let later = token(&house).await;
        let fresh = posts(&house, &later, "clients", "k1", &shop("Shop")).await;
        assert_eq!(fresh.status, 201);
        let removed = symbolon::admin::repeats::purge(&house.app.db, house.now()).await.expect("purges");
        assert!(removed <= 2 && count(&house, "repeats").await == 1, "the fresh one stays");
        let rows = count(&house, "repeats").await;
        for _ in 0..2 {
            let plain = house.http().post(format!("{}/v1/admin/clients", house.url)).bearer_auth(&later).json(&shop("Shop"));
            assert_eq!(answer(plain).await.status, 201);
        }
        assert_eq!(count(&house, "repeats").await, rows);
    }

    async fn c5_what_is_refused_is_not_kept_and_bad_keys_are_said(house: House) {
        let mine = token(&house).await;
        let refused = posts(&house, &mine, "workspaces", "k1", &json!({ "slug": "Acme!", "name": "Acme" })).await;
        assert_eq!((refused.status, code(&refused)), (422, "invalid-field"));
        assert_eq!(count(&house, "repeats").await, 0);
        // Put right, under the same key.
        let made = posts(&house, &mine, "workspaces", "k1", &json!({ "slug": "acme", "name": "Acme" })).await;
        assert_eq!(made.status, 201, "{}", made.body);
        for bad in ["", " ", "a b", &"x".repeat(256)] {
            let refused = posts(&house, &mine, "workspaces", bad, &json!({ "slug": "other", "name": "Other" })).await;
            assert_eq!((refused.status, code(&refused)), (400, "invalid-idempotency-key"), "{bad:?}");
        }
        let twice = house.http().post(format!("{}/v1/admin/invites", house.url)).bearer_auth(&mine);
        let twice = answer(twice.header("idempotency-key", "a").header("idempotency-key", "b")).await;
        assert_eq!((twice.status, code(&twice)), (400, "invalid-idempotency-key"));
        // It is for POST; elsewhere it says nothing.
        let get = house.http().get(format!("{}/v1/admin/clients", house.url)).bearer_auth(&mine);
        answer(get.header("idempotency-key", "k1")).await.ok();
    }

    async fn c5_of_many_at_once_one_is_done(house: House) {
        let mine = token(&house).await;
        for round in 0..5 {
            let before = count(&house, "invites").await;
            let key = format!("race{round}");
            let body = json!({ "uses": 2 });
            let all = (0..20).map(|_| posts(&house, &mine, "invites", &key, &body));
            let all = futures_util::future::join_all(all).await;
            assert_eq!(count(&house, "invites").await, before + 1);
            let made: Vec<&Answer> = all.iter().filter(|one| one.status == 201).collect();
            assert!(!made.is_empty() && made.iter().all(|one| one.body == made[0].body));
            for running in all.iter().filter(|one| one.status != 201) {
                assert_eq!((running.status, code(running)), (409, "idempotency-key-in-use"), "{}", running.body);
                assert!(running.headers["retry-after"].to_str().expect("ASCII").parse::<u32>().expect("seconds") >= 1);
            }
            assert_eq!(posts(&house, &mine, "invites", &key, &body).await.body, made[0].body);
        }
    }

    async fn c5_a_key_whose_worker_died_may_be_tried_again_after_its_lease(house: House) {
        let mine = token(&house).await;
        let (mut in_use, mut doubled) = (0, 0);
        for n in 0..24 {
            let before = count(&house, "invites").await;
            let (key, body) = (format!("fault{n}"), json!({ "uses": 3 }));
            house.app.db.fail_after(n);
            let first = posts(&house, &mine, "invites", &key, &body).await;
            house.app.db.fail_after(-1);
            assert!([201, 500, 503].contains(&first.status), "{n}: {} {}", first.status, first.body);
            let mut again = posts(&house, &mine, "invites", &key, &body).await;
            if again.status == 409 {
                in_use += 1;
                assert_eq!(code(&again), "idempotency-key-in-use");
                house.wait(Duration::from_secs(61));
                again = posts(&house, &mine, "invites", &key, &body).await;
            }
            assert_eq!(again.status, 201, "{n}: {}", again.body);
            let made = count(&house, "invites").await - before;
            // Done once; but for what was done right before its worker died.
            assert!((1..=2).contains(&made), "{n}: {made}");
            doubled += usize::from(made == 2);
            if first.status == 201 && made == 1 {
                assert_eq!(again.body, first.body, "{n}");
            }
        }
        assert!(in_use > 0, "some statement came between claim and settling");
        // From its commit to the settling: reading the registry again stands between.
        assert!(doubled <= 8, "{doubled}");
    }
}
