//! What is written down: who presented what when, which answers arrived, what was lost by it, and the gates.

use super::{Party, refresh, secs};
use crate::support::client::answer;
use crate::support::provider::ledger::{Answered, Outcome};
use crate::support::provider::told::{Lost, Why};
use crate::support::provider::{Fault, Mode, Plan, Rotation, Says, When};
use std::io::Write;
use std::sync::Arc;
use tokio::task::JoinSet;

#[tokio::test]
async fn a_token_that_comes_twice_is_known_with_its_calls_and_outcomes() {
    let at = Party::with(Rotation::grace(60)).await;
    let given = at.given();
    at.crm.meets(Plan::next(1, When::Read, Fault::Says(Says::TooMany(None))));
    at.refreshes(&given.refresh_token).await;
    at.refreshes(&given.refresh_token).await.ok();
    at.wait(secs(30));
    at.refreshes(&given.refresh_token).await.ok();
    at.wait(secs(60));
    at.refreshes(&given.refresh_token).await;
    let twice = at.crm.presented_twice();
    assert_eq!(twice.len(), 1);
    assert_eq!((&twice[0].token, &twice[0].grant), (&given.refresh_token, &given.grant));
    let outcomes: Vec<Outcome> = twice[0].times.iter().map(|time| time.outcome).collect();
    assert_eq!(outcomes, [Outcome::Undecided, Outcome::Accepted, Outcome::Again, Outcome::Refused]);
    let late = twice[0].after_spent();
    assert_eq!(late.iter().map(|time| time.call).collect::<Vec<_>>(), [3, 4]);
    assert!(late[1].at - late[0].at >= 60_000);
    assert!(at.crm.presented_at_once().is_empty());
    assert_eq!(at.crm.grants_lost(), [Lost { grant: given.grant, why: Why::Reuse }]);
    let calls = at.crm.calls("token");
    let of = |n: usize| (calls[n].status, calls[n].error.as_deref(), calls[n].client.as_deref());
    assert_eq!(of(1), (200, None, Some("vault")));
    assert_eq!(of(3), (400, Some("invalid_grant"), Some("vault")));
    assert_eq!(calls[1].param("refresh_token"), Some(&*given.refresh_token));
    assert!(calls[1].header("authorization").is_some_and(|value| value.starts_with("Basic ")));
}

#[tokio::test]
async fn a_gate_holds_calls_until_the_test_has_looked() {
    let at = Arc::new(Party::with(Rotation::StrictFamily).await);
    let given = at.given();
    let call = |token: &str| {
        let (at, token) = (at.clone(), token.to_owned());
        tokio::spawn(async move { at.tries(&token).await })
    };
    let held = at.crm.holds_after_rotation();
    let waiting = call(&given.refresh_token);
    assert_eq!(held.arrived(1).await, [1]);
    let live = at.crm.live(&given.grant).expect("a token");
    assert_ne!(live, given.refresh_token, "it is rotated");
    assert_eq!(at.crm.calls("token")[0].answered, Answered::Pending);
    assert!(!waiting.is_finished() && at.crm.grants_lost().is_empty(), "nothing is lost as long as it is pending");
    held.releases();
    assert_eq!(waiting.await.expect("ends"), Some(200));
    assert_eq!(at.crm.calls("token")[0].answered, Answered::Whole);

    // Reset, ended, or left by whoever asked: the only good token is nowhere.
    for way in ["reset", "close", "leave"] {
        let given = at.given();
        let held = at.crm.holds(When::Done, "token", Some(&given.grant));
        let other = at.given();
        at.refreshes(&other.refresh_token).await.ok();
        let waiting = call(&given.refresh_token);
        held.arrived(1).await;
        match way {
            "reset" => held.resets(),
            "close" => held.closes(),
            _ => {
                waiting.abort();
                at.crm.until(|crm| crm.calls("token").iter().all(|call| call.ended.is_some())).await;
                drop(held);
            }
        }
        if way != "leave" {
            assert_eq!(waiting.await.expect("ends"), None, "{way}");
        }
        let lost = Lost { grant: given.grant.clone(), why: Why::Unanswered };
        at.crm.until(|crm| crm.grants_lost().contains(&lost)).await;
    }

    // Before it is read, nothing has happened; and two at once are seen.
    let given = at.given();
    let held = at.crm.holds(When::Unread, "token", None);
    let waiting = [call(&given.refresh_token), call(&given.refresh_token)];
    assert_eq!(held.arrived(2).await.len(), 2);
    assert_eq!((held.count(), at.crm.live(&given.grant)), (2, Some(given.refresh_token.clone())));
    drop(held);
    for one in waiting {
        one.await.expect("ends");
    }
    assert_eq!(at.crm.presented_at_once().len(), 1);
    // Read, and cut off before anything came of it: it was presented all the same.
    let cut = at.given();
    let held = at.crm.holds(When::Read, "token", Some(&cut.grant));
    let waiting = call(&cut.refresh_token);
    held.arrived(1).await;
    held.resets();
    assert_eq!(waiting.await.expect("ends"), None);
    assert_eq!(call(&cut.refresh_token).await.expect("ends"), Some(200));
    let twice = at.crm.presented_twice().into_iter().find(|twice| twice.grant == cut.grant).expect("twice");
    assert_eq!(twice.times.iter().map(|p| p.outcome).collect::<Vec<_>>(), [Outcome::Undecided, Outcome::Accepted]);
    assert!(twice.after_spent().is_empty());
    assert!(at.crm.grants_lost().contains(&Lost { grant: given.grant, why: Why::Reuse }));
}

#[tokio::test]
async fn a_caller_that_goes_without_reading_has_lost_the_answer() {
    let at = Party::with(Rotation::Strict).await;
    let given = at.given();
    let body =
        format!("grant_type=refresh_token&refresh_token={}&client_id=vault&client_secret=s3cret", given.refresh_token);
    let address = at.provider.origin.strip_prefix("http://").expect("plain").to_owned();
    let head = "POST /p/crm/token HTTP/1.1\r\nHost: crm\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    let request = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
    let mut socket = std::net::TcpStream::connect(address).expect("connects");
    socket.write_all(request.as_bytes()).expect("writes");
    // The answer lies in the system's buffer, as when a process is killed there.
    at.crm.until(|crm| crm.calls("token").iter().any(|call| call.answered == Answered::Whole)).await;
    while socket.peek(&mut [0]).expect("peeks") == 0 {}
    assert!(at.crm.grants_lost().is_empty());
    drop(socket);
    at.crm.until(|crm| crm.grants_lost() == [Lost { grant: given.grant.clone(), why: Why::Unanswered }]).await;
}

#[tokio::test]
async fn what_is_lost_depends_on_what_would_still_be_accepted() {
    let idle = Mode { refresh_idle: Some(3600), ..Rotation::grace(600).into() };
    let at = Party::with(idle).await;
    let (given, taken, revoked) = (at.given(), at.given(), at.given());
    at.crm.meets(Plan::next(1, When::Done, Fault::Reset).of(&given.grant));
    assert_eq!(at.tries(&given.refresh_token).await, None);
    assert!(at.crm.grants_lost().is_empty(), "within the grace nothing is");
    at.wait(secs(601));
    assert_eq!(at.crm.grants_lost(), [Lost { grant: given.grant.clone(), why: Why::Unanswered }]);
    at.crm.withdraws(&taken.grant);
    at.posts("revoke", &[("token", &revoked.refresh_token)]).await.ok();
    at.wait(secs(3600));
    let given = Lost { grant: given.grant, why: Why::Idle };
    assert_eq!(at.crm.grants_lost(), [given], "what was taken back or revoked isn't lost");
    // A replayed answer arrives though the first was lost.
    let other = at.given();
    at.crm.meets(Plan::next(1, When::Done, Fault::Close).of(&other.grant));
    assert_eq!(at.tries(&other.refresh_token).await, None);
    assert_eq!(at.tries(&other.refresh_token).await, Some(200));
    at.wait(secs(601));
    assert!(at.crm.grants_lost().iter().all(|lost| lost.grant != other.grant));
}

#[tokio::test]
async fn uses_that_fail_within_the_life_that_was_told_are_known() {
    let at = Party::with(Mode { says_life: Some(7200), ..Mode::default() }).await;
    let given = at.given();
    assert_eq!(given.expires_in, 7200);
    assert_eq!(at.me(&given.access_token).await, 200);
    at.wait(secs(3601));
    assert_eq!(at.me(&given.access_token).await, 401);
    let failed = at.crm.failed_in_time();
    assert_eq!((failed.len(), &failed[0].token), (1, &given.access_token), "it lied");
    // Whoever hands tokens out may have promised less, and has kept it.
    let promised = symbolon::base::Time::from_millis(at.clock.now().millis() - 1000).rfc3339();
    let request = at.http.get(at.crm.at("api/me")).bearer_auth(&given.access_token).header("x-told-until", promised);
    assert_eq!(answer(request).await.status, 401);
    assert_eq!((at.crm.failed_in_time().len(), at.crm.uses().len()), (1, 3));
    at.wait(secs(3600));
    assert_eq!(at.me(&given.access_token).await, 401);
    assert_eq!(at.crm.failed_in_time().len(), 1, "by then it was said to be over");
}

#[tokio::test]
async fn every_secret_is_known() {
    let at = Party::with(Mode { decides: Some("ada".to_owned()), ..Rotation::Strict.into() }).await;
    let given = at.given();
    let next = at.refreshes(&given.refresh_token).await.ok();
    let sent = at.http.get(at.authorize(&[])).send().await.expect("an answer");
    let code = super::param(sent.headers()["location"].to_str().expect("ASCII"), "code").expect("a code");
    let secrets = at.crm.secrets();
    for secret in [&*given.access_token, &*given.refresh_token, next.text("refresh_token"), &*code, "s3cret"] {
        assert!(secrets.iter().any(|have| have == secret), "{secret}");
    }
    assert_eq!(secrets.len(), 6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_readers_and_thousands_of_refreshes_at_once() {
    let at = Arc::new(Party::with(Rotation::Strict).await);
    let grants: Vec<_> = (0..10_000).map(|n| at.crm.gives("vault", &format!("user-{n}"), "read")).collect();
    let mut running = JoinSet::new();
    for given in grants.iter().take(1000).cloned() {
        let at = at.clone();
        running.spawn(async move { at.me(&given.access_token).await });
    }
    assert!(running.join_all().await.into_iter().all(|status| status == 200));
    let mut running = JoinSet::new();
    for some in grants.chunks(grants.len() / 20).map(<[_]>::to_vec) {
        let at = at.clone();
        running.spawn(async move {
            for given in &some[..150] {
                let said = answer(at.form("token", &refresh(&given.refresh_token))).await;
                assert_eq!(said.status, 200);
            }
        });
    }
    running.join_all().await;
    assert_eq!((at.crm.hits("api/me"), at.crm.hits("token")), (1000, 3000));
    assert!(at.crm.presented_twice().is_empty() && at.crm.grants_lost().is_empty());
}
