//! kill -9 under load: what was answered holds, what wasn't is whole or absent.

use crate::support::process::{Process, free_port};
use crate::support::{Answer, Browser, Client, House, Kind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

const CYCLES: u64 = 50;
const CHAINS: usize = 6;

/// One client-side history: what the server has answered.
#[derive(Default)]
struct History {
    /// The newest answered tokens of the chain.
    newest: Option<Answer>,
    /// Refresh tokens whose revoke was answered.
    revoked: Vec<String>,
    /// Answers that should never come.
    violations: Vec<String>,
}

/// How many refreshes were answered, by all chains together.
type Answers = watch::Sender<u64>;

/// Refreshes and, now and then, revokes and begins anew, until the server is gone.
async fn live(
    client: Client,
    mut browser: Browser,
    stop: Arc<AtomicBool>,
    answers: Answers,
    mut history: History,
) -> (Browser, History) {
    for step in 1_u32.. {
        if stop.load(Ordering::SeqCst) {
            break;
        }
        let Some(newest) = history.newest.take() else {
            match begin(&client, &mut browser).await {
                Some(tokens) => history.newest = Some(tokens),
                None => break,
            }
            continue;
        };
        let refresh = newest.text("refresh_token").to_owned();
        if step % 9 == 0 {
            match client.try_post("/oauth2/revoke", &[("token", &refresh)]).await {
                Some(answer) if answer.status == 200 => history.revoked.push(refresh),
                // Whether it was revoked is unknown, so the chain is left alone.
                _ => break,
            }
            continue;
        }
        match client.try_post("/oauth2/token", &[("grant_type", "refresh_token"), ("refresh_token", &refresh)]).await {
            Some(answer) if answer.status == 200 => {
                history.newest = Some(answer);
                answers.send_modify(|n| *n += 1);
            }
            Some(answer) => {
                history.violations.push(format!("a good token was refused: {} {}", answer.status, answer.body));
                break;
            }
            None => {
                history.newest = Some(newest);
                break;
            }
        }
    }
    (browser, history)
}

async fn begin(client: &Client, browser: &mut Browser) -> Option<Answer> {
    let code = browser.try_get_once(&client.auth_url(&[])).await?.sent("code")?;
    let tokens = client.try_redeems(&code).await?;
    (tokens.status == 200).then_some(tokens)
}

/// After the restart: the newest answered token refreshes (it is current, or was superseded by an answer that got lost),
/// and nothing revoked is accepted.
async fn check(client: &Client, history: &History) {
    assert!(history.violations.is_empty(), "{:?}", history.violations);
    if let Some(newest) = &history.newest {
        let again = client.refreshes(newest.text("refresh_token")).await.ok();
        assert!(client.active(again.text("access_token")).await);
        assert!(!client.active(newest.text("access_token")).await, "superseded");
    }
    for token in &history.revoked {
        client.refreshes(token).await.is(400, "invalid_grant");
    }
}

async fn fifty_kills(kind: Kind) {
    let house = House::new(kind).await;
    house.person("ada").await;
    let client = house.client_with(|m| m.trusted = true).await;
    let port = free_port();
    let dir = house.keep();
    let config = house.config.clone();
    house.close().await;
    let url = format!("http://127.0.0.1:{port}");
    let client = client.to(&url);

    let mut server = Process::serve(&config, port).await;
    let mut browser = Browser::to(&url);
    client.code(&mut browser, "ada", &[]).await;
    let mut chains: Vec<(Browser, History)> = (0..CHAINS).map(|_| (browser.clone(), History::default())).collect();
    let answers = Answers::new(0);
    for cycle in 0..CYCLES {
        let stop = Arc::new(AtomicBool::new(false));
        let before = *answers.borrow();
        let mut running = JoinSet::new();
        for (browser, history) in chains.drain(..) {
            running.spawn(live(client.clone(), browser, stop.clone(), answers.clone(), history));
        }
        // In the middle of it, elsewhere each time.
        let enough = before + 2 + cycle % 9;
        let mut answered = answers.subscribe();
        let load = tokio::time::timeout(Duration::from_secs(60), answered.wait_for(|n| *n >= enough)).await.is_ok();
        assert!(load, "the load ended by itself");
        tokio::time::sleep(Duration::from_millis((cycle * 7) % 20)).await;
        server.kill();
        stop.store(true, Ordering::SeqCst);
        chains = running.join_all().await;
        server = Process::serve(&config, port).await;
        for (_, history) in &mut chains {
            check(&client, history).await;
            *history = History::default();
        }
    }
    server.kill();
    drop(dir);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_01_fifty_kills_on_sqlite() {
    fifty_kills(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_02_fifty_kills_on_postgresql() {
    fifty_kills(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_19_sigterm_finishes_what_is_in_flight_and_exits_with_0() {
    let house = House::new(Kind::Sqlite).await;
    house.person("ada").await;
    let client = house.client_with(|m| m.trusted = true).await;
    let dir = house.keep();
    let (config, port) = (house.config.clone(), free_port());
    house.close().await;
    let server = Process::serve_with(&config, port, &[("SYMBOLON_LIMITS_SHUTDOWN_DELAY", "300ms")]).await;
    let client = client.to(&server.url);
    let mut browser = Browser::to(&server.url);
    let tokens = client.tokens(&mut browser, "ada", &[]).await;
    let stop = Arc::new(AtomicBool::new(false));
    let running = tokio::spawn({
        let (client, stop) = (client.clone(), stop.clone());
        let history = History { newest: Some(tokens), ..History::default() };
        async move { live(client, browser, stop, Answers::new(0), history).await }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    let status = tokio::task::spawn_blocking(move || server.terminate()).await.expect("ends");
    assert_eq!(status.code(), Some(0));
    stop.store(true, Ordering::SeqCst);
    let (_, history) = running.await.expect("a history");
    assert!(history.violations.is_empty(), "{:?}", history.violations);
    drop(dir);
}
