//! OIDC Back-Channel Logout 1.0; oidc.md 46, security.md LO-04 and M: every client that took part in a session is told
//! that it ended, whatever happens between.

use crate::on_both;
use crate::support::client::claims;
use crate::support::house::allow_loopback;
use crate::support::rp::SILENCE;
use crate::support::{Browser, Client, House, Kind, Rp};
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::Duration;
use symbolon::base::Clock;
use symbolon::base::id::UserId;
use symbolon::clients::SubjectType;
use symbolon::oauth::{grants, logout};
use symbolon::server::{self, Role};
use tokio::time::Instant;

async fn client(house: &House, rp: &Rp) -> Client {
    house.client_with(|m| rp.registers(m)).await
}

async fn signs_out(browser: &mut Browser) {
    let fields = browser.get_once("/logout").await.form("form:has(#sign-out)");
    let view = browser.post_once("/logout", &fields).await;
    assert_eq!(view.status, 200, "{}", view.body);
}

fn sid(tokens: &Value) -> String {
    claims(tokens["id_token"].as_str().expect("an ID token"))["sid"].as_str().expect("a sid").to_owned()
}

async fn waiting(house: &House) -> usize {
    house.tables().await["logout_notices"].len()
}

async fn none_waits(house: &House) {
    for _ in 0..1000 {
        if waiting(house).await == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{:?}", house.tables().await["logout_notices"]);
}

/// What the audit trail says about signing out.
async fn trail(house: &House, object: &str) -> Vec<String> {
    let events = symbolon::audit::about(&house.app.db, object, 50).await.expect("reads");
    events.into_iter().map(|event| event.action).filter(|action| action.starts_with("logout.")).collect()
}

/// Time passes; whoever delivers looks at once, not when it would have looked by itself.
fn passes(house: &House, span: Duration) {
    house.wait(span);
    house.app.logouts.notify_one();
}

on_both! {
    async fn s44_s46_a_pairwise_client_is_told_of_the_person_it_knows(house: House) {
        let house = house.reaching_loopback().await;
        let rp = Rp::open().await;
        let user = house.person("ada").await;
        let client = house.client_with(|m| {
            rp.registers(m);
            m.subject_type = SubjectType::Pairwise;
            m.post_logout_redirect_uris = vec!["https://app.example/bye".to_owned()];
        });
        let client = client.await;
        let mut browser = house.browser();
        let tokens = client.tokens(&mut browser, "ada", &[]).await;
        let hint = tokens.text("id_token");
        let known_as = claims(hint)["sub"].clone();
        assert_ne!(known_as, user);
        // Its own hint spares the question.
        let ask = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("id_token_hint", hint), ("post_logout_redirect_uri", "https://app.example/bye")])
            .finish();
        let view = browser.get_once(&format!("/oauth2/sessions/logout?{ask}")).await;
        assert_eq!(view.location(), "https://app.example/bye", "{}", view.body);
        let (_, told) = client.is_told(&rp.told(1).await.remove(0)).await;
        assert_eq!((&told["sub"], &told["sid"]), (&known_as, &claims(hint)["sid"]));
    }

    async fn s46_each_client_of_the_session_is_told_by_a_token_that_it_can_verify(house: House) {
        let house = house.reaching_loopback().await;
        let rps = [Rp::open().await, Rp::open().await, Rp::open().await];
        let sub = house.person("ada").await;
        house.person("bob").await;
        let es = client(&house, &rps[0]).await;
        let rs = house.client_with(|m| { rps[1].registers(m); m.id_token_signed_response_alg = None }).await;
        let idle = client(&house, &rps[2]).await;
        let (mut browser, mut other, mut bobs) = (house.browser(), house.browser(), house.browser());
        let tokens = es.tokens(&mut browser, "ada", &[]).await;
        es.tokens(&mut browser, "ada", &[("scope", "openid")]).await;
        let at_rs = rs.tokens(&mut browser, "ada", &[("scope", "openid")]).await;
        // A code that was never redeemed told nobody anything; nor does another browser's session end.
        idle.code(&mut browser, "ada", &[]).await;
        let elsewhere = es.tokens(&mut other, "ada", &[]).await;
        es.tokens(&mut bobs, "bob", &[]).await;
        signs_out(&mut browser).await;
        let mut seen = BTreeSet::new();
        for (client, rp, alg, tokens) in [(&es, &rps[0], "ES256", &tokens), (&rs, &rps[1], "RS256", &at_rs)] {
            let notice = rp.told(1).await.remove(0);
            let (header, claims) = client.is_told(&notice).await;
            assert_eq!(header["alg"], alg);
            assert_eq!((claims["sub"].as_str(), claims["sid"].as_str()), (Some(&*sub), Some(&*sid(&tokens.body))));
            assert!(claims["iat"].as_i64().expect("iat").abs_diff(house.now().secs()) < 60);
            let names: BTreeSet<&str> = claims.as_object().expect("an object").keys().map(String::as_str).collect();
            assert_eq!(names, ["iss", "sub", "aud", "iat", "exp", "jti", "sid", "events"].into());
            assert!(seen.insert(claims["jti"].as_str().expect("jti").to_owned()));
        }
        none_waits(&house).await;
        assert_eq!(rps.each_ref().map(|rp| rp.notices().len()), [1, 1, 0]);
        let silent = other.get(&es.auth_url(&[("prompt", "none")])).await;
        assert!(silent.sent("code").is_some(), "the other browser is still signed in");
        signs_out(&mut other).await;
        assert_eq!(rps[0].told(2).await[1].sid(), sid(&elsewhere.body));
    }

    async fn s46_however_a_session_ends_its_clients_are_told(house: House) {
        let house = house.reaching_loopback().await;
        let rp = Rp::open().await;
        let client = client(&house, &rp).await;
        house.person("bob").await;
        let ends = ["page", "disable", "delete", "password", "admin", "another person"];
        for (n, end) in ends.iter().enumerate() {
            let name = end.replace(' ', "");
            let sub = house.person(&name).await;
            let mut browser = house.browser();
            let tokens = client.tokens(&mut browser, &name, &[]).await;
            assert_eq!(rp.notices().len(), n, "{end}: nobody has ended it yet");
            match *end {
                "page" => signs_out(&mut browser).await,
                "disable" => house.disables_person(&sub).await,
                "delete" => house.deletes_person(&sub).await,
                "password" => house.sets_password(&sub, "another horse battery").await,
                "admin" => house.signs_person_out(&sub).await,
                _ => {
                    let view = browser.get("/login").await;
                    assert_eq!(browser.signs_in(&view, "bob").await.status, 200);
                }
            }
            let notice = rp.told(n + 1).await.remove(n);
            let (_, claims) = client.is_told(&notice).await;
            assert_eq!((claims["sub"].as_str(), claims["sid"].as_str()), (Some(&*sub), Some(&*sid(&tokens.body))), "{end}");
        }
        none_waits(&house).await;
        assert_eq!(rp.notices().len(), ends.len());
    }

    async fn s46_the_same_person_again_ends_nothing_and_another_one_ends_what_was_theirs(house: House) {
        let house = house.reaching_loopback().await;
        let rp = Rp::open().await;
        let client = client(&house, &rp).await;
        house.person("ada").await;
        house.person("bob").await;
        let mut browser = house.browser();
        let adas = client.tokens(&mut browser, "ada", &[("scope", "openid")]).await;
        client.tokens(&mut browser, "ada", &[("scope", "openid"), ("prompt", "login")]).await;
        assert!(client.active(adas.text("access_token")).await);
        let view = browser.get("/login").await;
        browser.signs_in(&view, "bob").await;
        rp.told(1).await;
        none_waits(&house).await;
        assert_eq!(rp.notices().len(), 1, "the first sign-in of the same person went on");
        assert!(!client.active(adas.text("access_token")).await);
        assert_eq!(house.tables().await["sessions"].len(), 1, "nothing is left of hers");
    }

    async fn s46_a_client_that_does_not_answer_well_is_asked_again_ever_more_rarely_and_at_last_given_up(house: House) {
        let house = house.reaching_loopback().await;
        let rp = Rp::open().await;
        let client = client(&house, &rp).await;
        house.person("ada").await;
        // It comes back to its senses: 400, 500, a redirect, then 204.
        let mut browser = house.browser();
        client.tokens(&mut browser, "ada", &[]).await;
        rp.answers(400);
        signs_out(&mut browser).await;
        let mut jtis = BTreeSet::new();
        for (n, (pause, answer)) in [(10, 500), (20, 302), (40, 204)].into_iter().enumerate() {
            let notice = rp.told(n + 1).await.remove(n);
            let (_, claims) = client.is_told(&notice).await;
            assert!(jtis.insert(claims["jti"].as_str().expect("jti").to_owned()), "each attempt has a jti of its own");
            assert!(put_off(&house, pause).await);
            rp.answers(answer);
            passes(&house, Duration::from_secs(pause));
        }
        rp.told(4).await;
        none_waits(&house).await;
        assert!(rp.frames().is_empty(), "redirects aren't followed");
        assert_eq!(trail(&house, &format!("client:{}", client.id)).await, Vec::<String>::new());
        // It never does: after a day nobody asks any more, and the trail says so.
        let mut browser = house.browser();
        client.tokens(&mut browser, "ada", &[]).await;
        rp.answers(503);
        signs_out(&mut browser).await;
        let (mut asked, mut pause) = (5, 10);
        rp.told(asked).await;
        while put_off(&house, pause).await {
            asked += 1;
            assert!(asked < 4 + 40, "it is asked for ever");
            passes(&house, Duration::from_secs(pause));
            pause = (pause * 2).min(3600);
            rp.told(asked).await;
        }
        assert!((4 + 20..4 + 40).contains(&asked), "{asked}");
        assert_eq!(trail(&house, &format!("client:{}", client.id)).await, ["logout.notice_given_up"]);
        house.wait(Duration::from_secs(2 * 86_400));
        // Whoever answers again is told of the next one.
        rp.answers(200);
        let mut browser = house.browser();
        client.tokens(&mut browser, "ada", &[]).await;
        signs_out(&mut browser).await;
        rp.told(asked + 1).await;
        none_waits(&house).await;
        assert_eq!(rp.notices().len(), asked + 1);
    }

    async fn s46_a_client_that_is_gone_is_not_asked_once_for_each_notice_that_is_too_old(house: House) {
        let house = house.reaching_loopback().await;
        let rp = Rp::open().await;
        let client = client(&house, &rp).await;
        let ada = house.person("ada").await;
        for _ in 0..40 {
            client.tokens(&mut house.browser(), "ada", &[("scope", "openid")]).await;
        }
        rp.answers(503);
        house.signs_person_out(&ada).await;
        assert!(put_off(&house, 10).await);
        let (before, some) = (rp.notices().len(), waiting(&house).await);
        assert!(before <= 16 && some == 40, "one at a time, as long as there is hope: {before} {some}");
        assert!(trail(&house, &format!("client:{}", client.id)).await.is_empty());
        // A day and an hour later all are too old: a try of each worker, and the trail has every one.
        passes(&house, Duration::from_secs(25 * 3600));
        none_waits(&house).await;
        assert!(rp.notices().len() <= before + 16, "{} after {before}", rp.notices().len());
        assert_eq!(trail(&house, &format!("client:{}", client.id)).await, ["logout.notice_given_up"; 40]);
    }

    async fn s46_a_notice_survives_the_end_of_the_process(house: House) {
        let house = house.reaching_loopback().await;
        house.person("ada").await;
        let rp = Rp::open().await;
        let port: u16 = rp.url.rsplit(':').next().expect("a port").parse().expect("a port");
        let client = client(&house, &rp).await;
        // Written, and the process is gone before anybody looked.
        let mut browser = house.browser();
        let tokens = client.tokens(&mut browser, "ada", &[]).await;
        let sub = UserId::from(claims(tokens.text("id_token"))["sub"].as_str().expect("a sub"));
        let (kind, offset) = (house.kind, house.app.clock.offset());
        let issuer = house.app.issuer().to_owned();
        let (dir, mut config) = house.close().await;
        config.issuer = issuer;
        let beside = server::start(config.clone(), None, Clock::shiftable(), Role::Command, false).await.expect("starts");
        let mut tx = beside.app.db.begin().await.expect("begins");
        assert_eq!(logout::sign_out_everywhere(&beside.app, &mut tx, &sub).await.expect("winds up"), 1);
        tx.commit().await.expect("commits");
        beside.app.db.close().await;
        assert_eq!(rp.notices().len(), 0);
        let house = House::open(kind, dir, config).await;
        house.app.clock.shift(offset);
        let notice = rp.told(1).await.remove(0);
        assert_eq!(notice.sid(), sid(&tokens.body));
        none_waits(&house).await;
        // The client is down when its person signs out, and up after the restart.
        let client = client.at(&house);
        let mut browser = house.browser();
        let down = client.tokens(&mut browser, "ada", &[]).await;
        drop(rp);
        signs_out(&mut browser).await;
        assert!(put_off(&house, 10).await);
        let house = house.restarts().await;
        let rp = Rp::at(port).await;
        passes(&house, Duration::from_secs(10));
        assert_eq!(rp.told(1).await[0].sid(), sid(&down.body));
        none_waits(&house).await;
        // The process ends while the client lets it wait: nobody knows whether the notice was heard, so it is sent again,
        // once the lease is over.
        let client = client.at(&house);
        let mut browser = house.browser();
        let cut = client.tokens(&mut browser, "ada", &[]).await;
        rp.answers(SILENCE);
        signs_out(&mut browser).await;
        rp.told(2).await;
        let house = house.restarts().await;
        rp.answers(200);
        passes(&house, Duration::from_secs(80));
        assert_eq!(waiting(&house).await, 1, "leased");
        assert_eq!(rp.notices().len(), 2);
        house.wait(Duration::from_secs(10));
        let notices = rp.told(3).await;
        assert!(notices[1..].iter().all(|notice| notice.sid() == sid(&cut.body)));
        none_waits(&house).await;
    }

    async fn s46_nobody_waits_for_a_client_that_is_not_there(house: House) {
        let house = house.reaching_loopback().await;
        house.person("ada").await;
        let (silent, well) = (Rp::open().await, Rp::open().await);
        silent.answers(SILENCE);
        let (mute, client) = (client(&house, &silent).await, client(&house, &well).await);
        // Many sessions of the client that doesn't answer, and one of another.
        let mut browsers = Vec::new();
        for n in 0..24 {
            let mut browser = house.browser();
            mute.tokens(&mut browser, "ada", &[]).await;
            if n == 23 {
                client.tokens(&mut browser, "ada", &[]).await;
            }
            browsers.push(browser);
        }
        let begun = Instant::now();
        for mut browser in browsers {
            signs_out(&mut browser).await;
        }
        let signed_out = begun.elapsed();
        assert!(signed_out < Duration::from_secs(15), "{signed_out:?}");
        well.told(1).await;
        assert!(silent.most_at_once() <= 8, "one client is asked {} times at once", silent.most_at_once());
    }

    async fn s46_a_client_that_gave_its_tokens_back_is_told_all_the_same(house: House) {
        let house = house.reaching_loopback().await;
        house.person("ada").await;
        let rp = Rp::open().await;
        let client = client(&house, &rp).await;
        let mut browser = house.browser();
        let tokens = client.tokens(&mut browser, "ada", &[]).await;
        client.revokes(tokens.text("refresh_token")).await.ok();
        let purged = async || {
            let mut after = String::new();
            while let Some(next) = grants::purge(&house.app.db, &after, house.now()).await.expect("purges") {
                after = next;
            }
            house.tables().await["grants"].len()
        };
        for _ in 0..3 {
            house.wait(Duration::from_secs(86_400));
            assert_eq!(browser.get("/").await.status, 200);
            assert_eq!(purged().await, 1, "while the session lives");
        }
        signs_out(&mut browser).await;
        assert_eq!(rp.told(1).await[0].sid(), sid(&tokens.body));
        assert_eq!(purged().await, 0, "and no longer");
    }

    async fn ss_04_no_private_address_is_told_unless_it_is_allowed(house: House) {
        house.person("ada").await;
        let rp = Rp::open().await;
        let client = client(&house, &rp).await;
        let mut browser = house.browser();
        client.tokens(&mut browser, "ada", &[]).await;
        signs_out(&mut browser).await;
        assert!(put_off(&house, 10).await);
        assert_eq!(rp.notices().len(), 0);
    }

    async fn lo_04_a_logout_token_is_good_for_nothing_else(house: House) {
        let house = house.reaching_loopback().await;
        house.person("ada").await;
        let rp = Rp::open().await;
        let client = client(&house, &rp).await;
        let mut browser = house.browser();
        let tokens = client.tokens(&mut browser, "ada", &[]).await;
        signs_out(&mut browser).await;
        let logout_token = rp.told(1).await[0].token();
        client.userinfo(&logout_token).await.is(401, "invalid_token");
        assert!(!client.active(&logout_token).await);
        client.refreshes(&logout_token).await.is(400, "invalid_grant");
        let view = browser.get(&client.auth_url(&[("id_token_hint", &logout_token)])).await;
        assert_eq!(view.sent("error").as_deref(), Some("invalid_request"));
        let view = browser.get(&client.auth_url(&[("id_token_hint", tokens.text("id_token"))])).await;
        assert!(view.first("#sign-in").is_some(), "the ID token itself is a hint");
        assert!(claims(&logout_token).get("nonce").is_none());
    }
}

/// The notice that waits is tried again after so many seconds, and not before; false when it was given up.
async fn put_off(house: &House, seconds: u64) -> bool {
    let most = i64::try_from(seconds * 1000).expect("a span");
    let mut due = Vec::new();
    for _ in 0..1000 {
        let mut raw = house.raw().await;
        due = raw.texts("SELECT due_at FROM logout_notices").await;
        let Some(at) = due.first() else { return false };
        let left = at.parse::<i64>().expect("a time") - house.now().millis();
        if (most - 5000..=most).contains(&left) {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("not put off by {seconds} s: {due:?}, now {}", house.now().millis());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s46_two_servers_never_deliver_the_same_notice() {
    let house = House::with(Kind::Postgres, allow_loopback).await;
    let twin = house.twin().await;
    house.person("ada").await;
    let rp = Rp::open().await;
    let client = client(&house, &rp).await;
    let mut browsers = Vec::new();
    for n in 0..30 {
        let mut browser = house.browser();
        client.tokens(&mut browser, "ada", &[]).await;
        browsers.push(if n % 2 == 0 { browser } else { browser.at(&twin) });
    }
    let leaving = browsers.into_iter().map(|mut browser| tokio::spawn(async move { signs_out(&mut browser).await }));
    for one in leaving.collect::<Vec<_>>() {
        one.await.expect("signs out");
        twin.app.logouts.notify_one();
    }
    rp.told(30).await;
    none_waits(&house).await;
    let sids: BTreeSet<String> = rp.notices().iter().map(|notice| notice.sid()).collect();
    assert_eq!((sids.len(), rp.notices().len()), (30, 30));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ss_01_an_address_where_we_would_not_go_cannot_be_registered() {
    let house = House::new(Kind::Sqlite).await;
    let with = |uri: &str| symbolon::clients::Metadata {
        client_name: "Ledgerly".to_owned(),
        redirect_uris: vec!["https://app.example/cb".to_owned()],
        backchannel_logout_uri: Some(uri.to_owned()),
        ..Default::default()
    };
    for bad in [
        "http://127.0.0.1:7001/out",
        "https://127.0.0.1/out",
        "https://[::1]/out",
        "https://10.0.0.1/out",
        "https://169.254.169.254/latest",
        "https://app.example:8443/out",
        "http://localhost/out",
    ] {
        let refused = house.registers(with(bad)).await.expect_err(bad).to_string();
        assert!(refused.starts_with("backchannel_logout_uri: "), "{refused}");
    }
    assert!(house.registers(with("https://app.example/out")).await.is_ok());
    let inside = House::with(Kind::Sqlite, allow_loopback).await;
    assert!(inside.registers(with("http://127.0.0.1:7001/out")).await.is_ok());
}
