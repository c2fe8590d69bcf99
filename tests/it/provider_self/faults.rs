//! Each failure on command, at its point: what the caller sees, and what has become of the token by then.

use super::{Party, refresh, secs};
use crate::support::client::answer;
use crate::support::provider::fault::{Fault, Kept, Plan, Says, When};
use crate::support::provider::{Mode, Rotation};
use serde_json::{Value, json};
use std::time::Duration;

/// What a call looks like from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    /// An error, or an end, before all of the answer was there.
    Broken,
    /// Nothing, for as long as anybody would wait.
    Nothing,
}

/// Refreshes with what must not be answered.
async fn sees(at: &Party, token: &str, expected: Seen) {
    let patience = if expected == Seen::Nothing { Duration::from_millis(200) } else { secs(60) };
    let seen = match tokio::time::timeout(patience, at.tries(token)).await {
        Err(_) => Seen::Nothing,
        Ok(None) => Seen::Broken,
        Ok(Some(status)) => panic!("answered {status}"),
    };
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn an_answer_gets_lost_in_every_way_before_or_after_the_token_was_spent() {
    let at = Party::with(Rotation::Strict).await;
    let ways = [
        (Fault::Hang, Seen::Nothing),
        (Fault::Reset, Seen::Broken),
        (Fault::Close, Seen::Broken),
        (Fault::Half, Seen::Broken),
        (Fault::Stall, Seen::Nothing),
        (Fault::Continue, Seen::Nothing),
        (Fault::Drip, Seen::Nothing),
    ];
    for (fault, seen) in ways {
        for when in [When::Unread, When::Read, When::Done] {
            let given = at.given();
            at.crm.meets(Plan::next(1, when, fault.clone()));
            sees(&at, &given.refresh_token, seen).await;
            let calls = at.crm.calls("token").len();
            at.crm.until(|crm| crm.calls("token")[calls - 1].ended.is_some()).await;
            let good = at.crm.live(&given.grant).as_deref() == Some(&*given.refresh_token);
            assert_eq!(good, when != When::Done, "{fault:?} {when:?}");
            let lost = at.crm.grants_lost();
            assert_eq!(lost.iter().any(|lost| lost.grant == given.grant), when == When::Done, "{fault:?} {when:?}");
            // Once was said, and once it was.
            let next = at.tries(&given.refresh_token).await;
            assert_eq!(next, Some(if good { 200 } else { 400 }), "{fault:?} {when:?}");
        }
    }
    // A page, a redirect and a rate limit say nothing of what happened behind them either.
    for when in [When::Unread, When::Read, When::Done] {
        let given = at.given();
        at.crm.meets(Plan::next(1, when, Fault::Says(Says::Html(502))));
        assert_eq!(at.tries(&given.refresh_token).await, Some(502));
        assert_eq!(at.tries(&given.refresh_token).await, Some(if when == When::Done { 400 } else { 200 }));
    }
}

#[tokio::test]
async fn another_answer_comes_with_its_headers_and_its_body() {
    let at = Party::with(Rotation::None).await;
    let given = at.given();
    let says = async |says: Says| {
        at.crm.meets(Plan::next(1, When::Read, Fault::Says(says)));
        let response = at.form("token", &refresh(&given.refresh_token)).send().await.expect("an answer");
        let header = |name: &str| {
            response.headers().get(name).map(|value| value.to_str().expect("ASCII").to_owned()).unwrap_or_default()
        };
        let headers = ["content-type", "retry-after", "location"].map(header);
        (response.status().as_u16(), headers, response.text().await.expect("a body"))
    };
    let json = "application/json";
    let html = "text/html; charset=utf-8";
    for (said, status, [media, after, location], part) in [
        (Says::TooMany(None), 429, [json, "", ""], "slow down"),
        (Says::TooMany(Some(7)), 429, [json, "7", ""], "slow down"),
        (Says::RateLimit(60), 403, [json, "60", ""], "rate limit"),
        (Says::Html(500), 500, [html, "", ""], "<h1>"),
        (Says::Html(502), 502, [html, "", ""], "<h1>"),
        (Says::Busy(Some(120)), 503, [html, "120", ""], "<h1>"),
        (Says::Busy(None), 503, [html, "", ""], "<h1>"),
        (Says::To("http://169.254.169.254/".to_owned()), 302, ["", "", "http://169.254.169.254/"], ""),
        (Says::Error(200, "bad_refresh_token".to_owned()), 200, [json, "", ""], "bad_refresh_token"),
        (Says::NotOk("invalid_refresh_token".to_owned()), 200, [json, "", ""], "\"ok\":false"),
        (Says::AccessDenied, 200, ["text/plain", "", ""], "Access Denied"),
        (Says::Json(json!({ "a": 1 })), 200, [json, "", ""], "{\"a\":1}"),
        (Says::Garbage, 200, [json, "", ""], "{\"access_token\""),
    ] {
        let (seen, headers, body) = says(said.clone()).await;
        assert_eq!((seen, headers), (status, [media, after, location].map(str::to_owned)), "{said:?}");
        assert!(body.contains(part), "{said:?}: {body}");
    }
    assert_eq!(says(Says::Huge(100 << 20)).await.2.len(), 100 << 20);
    let deep = says(Says::Deep(5000)).await.2;
    assert!(deep.len() == 10_000 && deep.starts_with("[[[["));
    at.refreshes(&given.refresh_token).await.ok();
}

#[tokio::test]
async fn an_answer_lies_or_looks_strange_and_the_tokens_are_real() {
    let at = Party::with(Rotation::Strict).await;
    let mut given = at.given();
    let far = at.clock.now().secs() + 3600;
    for expires in
        [json!(null), json!(0), json!(-1), json!("3600"), json!(3_600_000), json!(far), json!(1e18), json!("abc")]
    {
        at.crm.meets(Plan::next(1, When::Done, Fault::Expires(expires.clone())));
        let said = at.refreshes(&given.refresh_token).await.ok();
        assert_eq!(said.body.get("expires_in"), Some(&expires).filter(|value| !value.is_null()));
        assert_eq!(at.me(said.text("access_token")).await, 200);
        given.refresh_token = said.text("refresh_token").to_owned();
    }
    // What isn't told stays what it was.
    for (kept, told) in [
        (Kept::Missing, None),
        (Kept::Empty, Some(json!(""))),
        (Kept::Null, Some(Value::Null)),
        (Kept::Same, Some(json!(given.refresh_token))),
    ] {
        at.crm.meets(Plan::next(1, When::Done, Fault::Refresh(kept)));
        let said = at.refreshes(&given.refresh_token).await.ok();
        assert_eq!(said.body.get("refresh_token"), told.as_ref(), "{kept:?}");
    }
    at.crm.meets(Plan::next(1, When::Done, Fault::Long(16 << 10)));
    let long = at.refreshes(&given.refresh_token).await.ok();
    assert!(long.text("access_token").len() >= 16 << 10);
    assert_eq!(at.me(long.text("access_token")).await, 200);
    at.crm.meets(Plan::next(1, When::Done, Fault::Broken));
    let broken = at.refreshes(long.text("refresh_token")).await.ok();
    assert!(broken.text("access_token").contains("\r\nSet-Cookie"));

    let given = at.given();
    at.crm.meets(Plan::next(1, When::Done, Fault::Media("text/plain".to_owned())));
    at.crm.meets(Plan::next(1, When::Done, Fault::Scope("read".to_owned())));
    let plain = at.refreshes(&given.refresh_token).await.ok();
    assert_eq!((plain.headers["content-type"].as_bytes(), plain.text("scope")), (&b"text/plain"[..], "read"));
    assert_eq!(at.crm.grants().last().expect("a grant").scope, "read");
    at.crm.meets(Plan::next(1, When::Done, Fault::Form));
    let form = at.form("token", &refresh(plain.text("refresh_token"))).send().await.expect("an answer");
    assert_eq!(form.headers()["content-type"], "application/x-www-form-urlencoded");
    let body = form.text().await.expect("a body");
    let access = url::form_urlencoded::parse(body.as_bytes()).find(|(name, _)| name == "access_token");
    assert_eq!(at.me(&access.expect("a token").1).await, 200);
}

#[tokio::test]
async fn a_fault_lasts_as_long_as_told_where_told_for_whom_told() {
    let at = Party::with(Mode::default()).await;
    let (ada, bob) = (at.given(), at.crm.gives("vault", "bob", ""));
    let fault = Fault::Says(Says::Error(401, "invalid_client".to_owned()));
    at.crm.meets(Plan::next(2, When::Read, fault.clone()));
    let statuses = async |token: &str| [at.refreshes(token).await.status, at.refreshes(token).await.status];
    assert_eq!(statuses(&ada.refresh_token).await, [401, 401]);
    assert_eq!(statuses(&ada.refresh_token).await, [200, 200]);
    at.crm.meets(Plan::always(When::Read, fault.clone()).of(&ada.grant));
    assert_eq!(statuses(&ada.refresh_token).await, [401, 401]);
    assert_eq!(statuses(&bob.refresh_token).await, [200, 200]);
    at.crm.behaves();
    assert_eq!(statuses(&ada.refresh_token).await, [200, 200]);
    // Where an identity is told.
    let me = async || answer(at.http.get(at.crm.at("api/me")).bearer_auth(&ada.access_token)).await;
    at.crm.meets(Plan::next(1, When::Done, Fault::Other("bob".to_owned())).at("api/me"));
    at.crm.meets(Plan::next(1, When::Done, Fault::Says(Says::Html(500))).at("userinfo"));
    at.crm.meets(Plan::next(1, When::Done, Fault::Says(Says::Garbage)).at("userinfo"));
    assert_eq!(me().await.ok().text("id"), "crm-bob");
    assert_eq!(me().await.ok().text("id"), "crm-ada");
    let userinfo = answer(at.http.get(at.crm.at("userinfo")).bearer_auth(&ada.access_token)).await;
    assert_eq!((userinfo.status, userinfo.body), (200, Value::Null), "the later plan has the last word");
}

#[tokio::test]
async fn a_late_answer_comes_whole_or_is_lost_when_nobody_waits() {
    let at = Party::with(Rotation::Strict).await;
    let given = at.given();
    at.crm.meets(Plan::next(1, When::Done, Fault::Late(50)));
    let next = at.refreshes(&given.refresh_token).await.ok();
    at.crm.meets(Plan::next(1, When::Done, Fault::Late(600_000)));
    sees(&at, next.text("refresh_token"), Seen::Nothing).await;
    at.crm.until(|crm| crm.grants_lost().len() == 1).await;
    assert!(at.crm.live(&given.grant).is_some(), "the good token is known to nobody");
}
