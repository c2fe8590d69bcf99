//! vault.md §5.2: servers are killed while an account is connected, while its tokens are handed out or given back, and while an
//! answer is written to the disk. (While it is refreshed: `vault_kills`.)

use crate::on_both;
use crate::support::fleet::{Fleet, brings, makes_source, peopled};
use crate::support::provider::{At, Rotation};
use crate::support::vault::{CLIENT, SECRET};
use crate::support::{Browser, Kind, browser::View};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;

/// One server, or two where several may share a database; a source at a provider that ends a grant whose token comes twice.
async fn begins(kind: Kind, rotation: Rotation, policy: &str) -> (Fleet, At) {
    let (house, ada, provider) = Fleet::begins(kind).await;
    let at = peopled(&provider, "crm", rotation, 6);
    makes_source(&ada, &at, "crm", policy).await;
    let servers = if kind == Kind::Postgres { 2 } else { 1 };
    (Fleet::of(house, ada, provider, servers).await, at)
}

/// A server dies there, and another begins in its place.
async fn dies(fleet: &mut Fleet) {
    assert!(fleet.ends(0).await, "it goes on");
    fleet.starts(0).await;
}

async fn account(fleet: &Fleet, at: &At, user: &str) -> (String, String, String) {
    let given = at.gives(CLIENT, user, "read");
    let made = brings(&fleet.ada(0), "crm", &given.refresh_token).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let text = |name: &str| made.body["data"][name].as_str().expect("text").to_owned();
    (text("id"), text("external_id"), given.grant)
}

fn kept(fleet: &Fleet, seat: usize) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(fleet.spool(seat)).into_iter().flatten();
    entries.map(|entry| entry.expect("an entry").path()).collect()
}

/// A connection that somebody has gone to the provider for: its name, their browser, and where the provider sends it.
async fn gone(fleet: &Fleet, at: &At, user: &str) -> (String, String, Browser, String) {
    let made = fleet.ada(0).posts("/v1/connect_sessions", &json!({ "source": "crm" })).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let text = |name: &str| made.body["data"][name].as_str().expect("text").to_owned();
    let (id, link) = (text("id"), text("connect_url"));
    let mut browser = Browser::to(&fleet.at(0).url);
    browser.arrives_as("ada").await;
    let back = goes(&mut browser, at, &link, user).await;
    (id, link, browser, back)
}

async fn goes(browser: &mut Browser, at: &At, link: &str, user: &str) -> String {
    assert_eq!(browser.get(link).await.status, 200);
    let sent = browser.get_once(&format!("{link}/start")).await;
    assert_eq!(sent.status, 302, "{}", sent.body);
    at.allows(sent.location(), user).await
}

async fn poll(fleet: &Fleet, id: &str) -> Value {
    let path = format!("/v1/connect_sessions/{id}");
    fleet.ada(fleet.servers() - 1).does("GET", &path).await.ok().body["data"].clone()
}

async fn until(fleet: &Fleet, id: &str, status: &str) -> Value {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let seen = poll(fleet, id).await;
        if seen["status"] == status {
            return seen;
        }
        assert!(Instant::now() < until, "never {status}: {seen}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn status(view: &View) -> String {
    view.first("#outcome").and_then(|el| el.get("data-status").cloned()).unwrap_or_else(|| panic!("{}", view.body))
}

on_both! {
    async fn s5_2_whoever_is_killed_while_handing_out_tokens_hands_out_the_same_when_asked_again(house: House) {
        let (mut fleet, at) = begins(house.kind, Rotation::StrictFamily, "strict_family").await;
        let (account, external, grant) = account(&fleet, &at, "u0").await;
        let path = format!("/v1/accounts/{account}/custody");
        let ask = json!({ "mode": "export", "confirm_external_id": external });
        fleet.arms(0, "custody-freed", 1).await;
        let request = fleet.ada(0).with("idempotency-key", "one").request("POST", &format!("{path}/free"));
        assert!(request.json(&ask).send().await.is_err(), "nobody heard the answer");
        dies(&mut fleet).await;
        // Who may act with it is settled; nothing is lost, and nothing was asked of the provider.
        let last = fleet.servers() - 1;
        let (code, body) = fleet.reads(last, &account, "").await.expect("an answer");
        assert_eq!((code, body["error"]["code"].as_str()), (409, Some("custody_freed")), "{body}");
        // Whoever sent it first may be at work for a moment yet, as far as anybody can tell; another key needn't wait.
        let busy = fleet.ada(last).with("idempotency-key", "one").posts(&format!("{path}/free"), &ask).await;
        assert_eq!((busy.status, busy.body["error"]["code"].as_str()), (409, Some("idempotency-key-in-use")), "{}", busy.body);
        let mut said = vec![fleet.ada(0).with("idempotency-key", "two").posts(&format!("{path}/free"), &ask).await.ok().body];
        fleet.lets_pass(Duration::from_secs(120));
        for seat in 0..fleet.servers() {
            fleet.knows_the_time(seat).await;
        }
        for (seat, key) in [(last, "one"), (0, "one"), (0, "two")] {
            let who = fleet.ada(seat).with("idempotency-key", key);
            said.push(who.posts(&format!("{path}/free"), &ask).await.ok().body);
        }
        assert!(said.windows(2).all(|two| two[0] == two[1]), "{said:#?}");
        let token = said[0]["data"]["credentials"]["primary"]["oauth_refresh_token"].as_str();
        assert_eq!((token, at.token_calls(&grant)), (at.live(&grant).as_deref(), 1));
        let release = json!({ "release_id": said[0]["data"]["release_id"] });
        assert_eq!(fleet.ada(0).posts(&format!("{path}/ack"), &release).await.status / 100, 2);
        assert_eq!(fleet.count("SELECT count(*) FROM vault_secrets").await, 0);
        assert_eq!((kept(&fleet, 0), at.grants_lost()), (Vec::new(), Vec::new()));
    }

    async fn s5_2_whoever_is_killed_while_giving_back_has_handed_out_the_last_token(house: House) {
        let (mut fleet, at) = begins(house.kind, Rotation::StrictFamily, "strict_family").await;
        let (account, external, _) = account(&fleet, &at, "u0").await;
        let free = format!("/v1/accounts/{account}/custody/free");
        let ask = json!({ "mode": "revoke", "confirm_external_id": external });
        fleet.arms(0, "custody-revoking", 1).await;
        assert!(fleet.ada(0).request("POST", &free).json(&ask).send().await.is_err());
        dies(&mut fleet).await;
        for seat in 0..fleet.servers() {
            let (code, body) = fleet.reads(seat, &account, "").await.expect("an answer");
            assert_eq!((code, body["error"]["code"].as_str()), (409, Some("custody_freed")), "{body}");
            fleet.ada(seat).posts(&free, &ask).await.is_problem(409, "custody_freed");
        }
        // It is in the list of what is to be finished: `vault_custody` finishes it.
        assert_eq!(fleet.count("SELECT count(*) FROM vault_releases WHERE state = 'revoking'").await, 1);
    }

    async fn cv_27_whoever_is_killed_while_a_provider_is_told_leaves_the_rest_to_the_next(house: House) {
        let (mut fleet, at) = begins(house.kind, Rotation::StrictFamily, "strict_family").await;
        let params = json!({ "authorize_url": at.at("authorize"), "token_url": at.at("token"), "userinfo_url": at.at("api/me"),
            "revoke_url": at.at("revoke"), "rotation": "strict_family" });
        let ask = json!({ "type": "oauth2", "slug": "gone", "client_id": CLIENT, "client_secret": SECRET, "params": params });
        assert_eq!(fleet.ada(0).posts("/v1/sources", &ask).await.status, 201);
        let mut grants = Vec::new();
        for n in 0..5 {
            let given = at.gives(CLIENT, &format!("u{n}"), "read");
            assert_eq!(brings(&fleet.ada(0), "gone", &given.refresh_token).await.status, 201);
            grants.push(given.grant);
        }
        // Nobody else is there to tell it.
        (1..fleet.servers()).for_each(|seat| fleet.kills(seat));
        fleet.arms(0, "source-parting", 1).await;
        // It may die before it has answered.
        let _ = fleet.ada(0).request("DELETE", "/v1/sources/gone?cascade=1").send().await;
        let until = Instant::now() + Duration::from_secs(20);
        while !fleet.ends(0).await {
            assert!(Instant::now() < until, "it goes on");
        }
        assert!(grants.iter().any(|grant| at.live(grant).is_some()), "somebody is left to be told");
        for seat in 0..fleet.servers() {
            fleet.starts(seat).await;
        }
        // Whoever died might have been telling it for a while yet.
        fleet.lets_pass(Duration::from_secs(301));
        for seat in 0..fleet.servers() {
            fleet.knows_the_time(seat).await;
        }
        at.until(|at| grants.iter().all(|grant| at.live(grant).is_none())).await;
        let until = Instant::now() + Duration::from_secs(20);
        while fleet.count("SELECT count(*) FROM sources WHERE slug = 'gone'").await > 0 {
            assert!(Instant::now() < until, "it stays");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(fleet.count("SELECT count(*) FROM vault_secrets").await, 0);
    }

    async fn s5_2_whoever_is_killed_after_the_code_was_exchanged_has_the_account_all_the_same(house: House) {
        let (mut fleet, at) = begins(house.kind, Rotation::StrictFamily, "strict_family").await;
        let source = fleet.ada(0).does("GET", "/v1/sources/crm").await.ok();
        at.returns_to(CLIENT, source.body["data"]["redirect_uri"].as_str().expect("one"));
        for (n, point) in ["connect-answered", "connect-held"].into_iter().enumerate() {
            let (id, _, mut browser, back) = gone(&fleet, &at, &format!("u{n}")).await;
            let before = at.hits("token");
            fleet.arms(0, point, 1).await;
            assert!(browser.try_get_once(&back).await.is_none(), "{point}: nobody heard the answer");
            dies(&mut fleet).await;
            // Nobody comes back, and nobody needs to: the answer was on the disk before it was looked at.
            let ended = until(&fleet, &id, "connected").await;
            let view = browser.get_once(&back).await;
            assert_eq!((view.status, status(&view).as_str()), (200, "connected"), "{point}");
            let account = ended["account_id"].as_str().expect("an account");
            for seat in 0..fleet.servers() {
                let (code, body) = fleet.reads(seat, account, "&wait=20").await.expect("an answer");
                assert_eq!(code, 200, "{point}: {body}");
                assert!(at.access_ok(body["data"]["credentials"]["oauth_access_token"].as_str().expect("a token")));
            }
            assert_eq!(at.hits("token"), before + 1, "{point}: a code is exchanged once");
            // What came can be refreshed, too.
            fleet.lets_pass(Duration::from_secs(7_200));
            fleet.knows_the_time(0).await;
            let (code, body) = fleet.reads(0, account, "&wait=20").await.expect("an answer");
            assert_eq!(code, 200, "{point}: {body}");
        }
        assert_eq!((at.grants_lost(), at.presented_twice().len()), (Vec::new(), 0));
    }

    async fn s5_2_whoever_is_killed_before_the_code_was_exchanged_has_nothing_and_may_go_again(house: House) {
        let (mut fleet, at) = begins(house.kind, Rotation::StrictFamily, "strict_family").await;
        let source = fleet.ada(0).does("GET", "/v1/sources/crm").await.ok();
        at.returns_to(CLIENT, source.body["data"]["redirect_uri"].as_str().expect("one"));
        let (id, link, mut browser, back) = gone(&fleet, &at, "u0").await;
        fleet.arms(0, "connect-consumed", 1).await;
        assert!(browser.try_get_once(&back).await.is_none());
        dies(&mut fleet).await;
        // The state is spent; whether its code is, nobody knows. So it isn't sent, and they are told to wait.
        let view = browser.get_once(&back).await;
        assert_eq!((view.status, status(&view).as_str(), at.hits("token")), (200, "returned", 0));
        // Longer than a provider may take to answer: nobody can be waiting for it any more.
        fleet.lets_pass(Duration::from_secs(181));
        fleet.knows_the_time(0).await;
        let view = browser.get_once(&back).await;
        assert_eq!((view.status, status(&view).as_str()), (422, "state_expired"));
        assert!(view.first("#again").is_some(), "{}", view.body);
        assert_eq!((poll(&fleet, &id).await["error"].as_str(), at.hits("token")), (Some("state_expired"), 0));
        let back = goes(&mut browser, &at, &link, "u0").await;
        assert_eq!(status(&browser.get_once(&back).await), "connected");
        assert_eq!(at.hits("token"), 1);
    }

    async fn s5_2_an_answer_that_was_torn_on_the_disk_stands_in_nobodys_way(house: House) {
        for (rotation, policy, lost) in [(Rotation::None, "none", false), (Rotation::StrictFamily, "strict_family", true)] {
            let (mut fleet, at) = begins(house.kind, rotation, policy).await;
            let (account, _, grant) = account(&fleet, &at, "u0").await;
            let before = kept(&fleet, 0);
            fleet.lets_pass(Duration::from_secs(7_200));
            fleet.knows_the_time(0).await;
            fleet.arms(0, "vault-spooled", 1).await;
            let read = fleet.reads(0, &account, "&wait=1").await;
            assert!(read.is_none() && fleet.ends(0).await, "it goes on");
            // The disk was full: half of it is there.
            let torn: Vec<_> = kept(&fleet, 0).into_iter().filter(|path| !before.contains(path)).collect();
            assert_eq!(torn.len(), 1, "{torn:?}");
            let whole = std::fs::read(&torn[0]).expect("reads");
            std::fs::write(&torn[0], &whole[..whole.len() / 2]).expect("writes");
            fleet.starts(0).await;
            // The lease of the dead ends, and then the time in which a holder that was only paused may come back.
            for secs in [20, 160] {
                fleet.lets_pass(Duration::from_secs(secs));
                fleet.knows_the_time(0).await;
            }
            let until = Instant::now() + Duration::from_secs(30);
            let (code, body) = loop {
                let (code, body) = fleet.reads(0, &account, "&wait=20").await.expect("an answer");
                if code != 503 {
                    break (code, body);
                }
                assert!(Instant::now() < until, "it is never cleared up: {body}");
            };
            // It is as good as lost, and nobody waits for it.
            let reason = body["error"]["details"]["reason"].as_str();
            assert_eq!((code, reason), if lost { (409, Some("rotation_lost")) } else { (200, None) }, "{policy}: {body}");
            assert_eq!(at.token_calls(&grant), 3, "{policy}: the adoption, the one that was torn, and one more");
        }
    }
}
