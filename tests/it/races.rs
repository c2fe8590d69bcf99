//! Everything that may be spent once, spent by fifty at once; on two servers where there are two.

use crate::on_both;
use crate::support::{Answer, Browser, Client, House, Kind};
use std::collections::BTreeSet;
use std::sync::Arc;
use symbolon::clients::Rotation;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

const WAYS: usize = 50;

/// Does the same thing `WAYS` times at once, each at one of the servers; gives all answers.
async fn at_once<F, Fut>(clients: &[Client], act: F) -> Vec<Answer>
where
    F: Fn(Client) -> Fut + Clone + Send + 'static,
    Fut: Future<Output = Answer> + Send + 'static,
{
    let barrier = Arc::new(Barrier::new(WAYS));
    let mut runs = JoinSet::new();
    for client in clients.iter().cycle().take(WAYS).cloned() {
        let (act, barrier) = (act.clone(), barrier.clone());
        runs.spawn(async move {
            barrier.wait().await;
            act(client).await
        });
    }
    runs.join_all().await
}

/// A client that skips consent, and a browser that is signed in: each code costs one request.
async fn warm(house: &House, rotation: Rotation) -> (Client, Browser) {
    if symbolon::people::store::by_email(&house.app.db, "ada@example.com").await.expect("reads").is_none() {
        house.person("ada").await;
    }
    let client = house
        .client_with(|m| {
            m.trusted = true;
            m.rotation = rotation;
        })
        .await;
    let mut browser = house.browser();
    client.code(&mut browser, "ada", &[]).await;
    (client, browser)
}

fn successes(answers: &[Answer]) -> Vec<&Answer> {
    answers.iter().filter(|answer| answer.status == 200).collect()
}

async fn one_redemption(client: &Client, browser: &mut Browser, servers: &[Client]) {
    let code = client.code(browser, "ada", &[]).await;
    let spent = code.clone();
    let answers = at_once(servers, move |client| {
        let code = spent.clone();
        async move { client.redeems(&code).await }
    })
    .await;
    let won = successes(&answers);
    assert_eq!(won.len(), 1, "a code is redeemed once");
    answers.iter().filter(|answer| answer.status != 200).for_each(|answer| answer.is(400, "invalid_grant"));
    let (access, refresh) = (won[0].text("access_token"), won[0].text("refresh_token"));
    for server in servers {
        assert!(!server.active(access).await, "the second presentation ends the grant");
        server.refreshes(refresh).await.is(400, "invalid_grant");
    }
}

async fn one_replay(client: &Client, browser: &mut Browser, servers: &[Client]) {
    let tokens = client.tokens(browser, "ada", &[]).await;
    let refresh = tokens.text("refresh_token").to_owned();
    let answers = at_once(servers, move |client| {
        let refresh = refresh.clone();
        async move { client.refreshes(&refresh).await }
    })
    .await;
    assert_eq!(successes(&answers).len(), WAYS, "all presentations of one token are answered");
    let pairs: BTreeSet<_> =
        answers.iter().map(|a| (a.text("access_token").to_owned(), a.text("refresh_token").to_owned())).collect();
    assert_eq!(pairs.len(), 1, "and all with the same successor");
    let (access, refresh) = pairs.first().expect("a pair");
    for server in servers {
        assert!(server.active(access).await);
        assert!(!server.active(tokens.text("access_token")).await);
    }
    client.refreshes(refresh).await.ok();
}

async fn one_strict(client: &Client, browser: &mut Browser, servers: &[Client]) {
    let tokens = client.tokens(browser, "ada", &[]).await;
    let refresh = tokens.text("refresh_token").to_owned();
    let answers = at_once(servers, move |client| {
        let refresh = refresh.clone();
        async move { client.refreshes(&refresh).await }
    })
    .await;
    let won = successes(&answers);
    assert_eq!(won.len(), 1, "a strict token is used once");
    for server in servers {
        assert!(!server.active(won[0].text("access_token")).await, "and its reuse ends the grant");
    }
}

/// Refresh races revoke; once the revoke is answered, nothing of the grant is accepted anywhere.
async fn one_revoke(client: &Client, browser: &mut Browser, servers: &[Client], round: usize) {
    let tokens = client.tokens(browser, "ada", &[]).await;
    let refresh = tokens.text("refresh_token").to_owned();
    let refresher = servers[round % servers.len()].clone();
    let revoker = servers[(round / 2) % servers.len()].clone();
    let spent = refresh.clone();
    let refreshing = tokio::spawn(async move { refresher.refreshes(&spent).await });
    if round.is_multiple_of(3) {
        tokio::task::yield_now().await;
    }
    revoker.revokes(&refresh).await.ok();
    let answer = refreshing.await.expect("an answer");
    let mut issued = vec![tokens];
    if answer.status == 200 {
        issued.push(answer);
    }
    for tokens in &issued {
        let server = &servers[(round + 1) % servers.len()];
        assert!(!server.active(tokens.text("access_token")).await, "round {round}");
        server.refreshes(tokens.text("refresh_token")).await.is(400, "invalid_grant");
    }
}

on_both! {
    async fn pk_02_fifty_redemptions_of_one_code(house: House) {
        let (client, mut browser) = warm(&house, Rotation::Replay).await;
        for _ in 0..10 {
            one_redemption(&client, &mut browser, std::slice::from_ref(&client)).await;
        }
    }

    async fn rt_03_fifty_refreshes_of_one_token_get_one_successor(house: House) {
        let (client, mut browser) = warm(&house, Rotation::Replay).await;
        for _ in 0..10 {
            one_replay(&client, &mut browser, std::slice::from_ref(&client)).await;
        }
    }

    async fn rt_02_fifty_refreshes_of_one_strict_token(house: House) {
        let (client, mut browser) = warm(&house, Rotation::Strict).await;
        for _ in 0..10 {
            one_strict(&client, &mut browser, std::slice::from_ref(&client)).await;
        }
    }

    async fn rt_14_refresh_races_revoke_a_thousand_rounds(house: House) {
        let (client, mut browser) = warm(&house, Rotation::Replay).await;
        for round in 0..1000 {
            one_revoke(&client, &mut browser, std::slice::from_ref(&client), round).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_over_one_postgresql_spend_nothing_twice() {
    let house = House::new(Kind::Postgres).await;
    let twin = house.twin().await;
    for rotation in [Rotation::Replay, Rotation::Strict] {
        let (client, mut browser) = warm(&house, rotation).await;
        let servers = [client.clone(), client.at(&twin)];
        for _ in 0..5 {
            one_redemption(&client, &mut browser, &servers).await;
            match rotation {
                Rotation::Replay => one_replay(&client, &mut browser, &servers).await,
                _ => one_strict(&client, &mut browser, &servers).await,
            }
        }
        if rotation == Rotation::Replay {
            for round in 0..300 {
                one_revoke(&client, &mut browser, &servers, round).await;
            }
        }
    }
}
