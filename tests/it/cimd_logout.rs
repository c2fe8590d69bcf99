//! Logout 1.0 (oidc.md 44, 46, 47) of clients that nobody registered: their documents say where they are told.

use crate::on_both;
use crate::support::client::claims;
use crate::support::house::allow_loopback;
use crate::support::{Browser, Client, House, Kind, Rp};
use serde_json::{Value, json};
use std::time::Duration;
use symbolon::admin::{Acting, seen};
use symbolon::audit::Actor;
use symbolon::base::Clock;
use symbolon::base::id::{ClientId, SessionId, UserId};
use symbolon::clients::AuthMethod;
use symbolon::config::Cimd;
use symbolon::oauth::logout::{self, backchannel};
use symbolon::server::{self, Role};
use symbolon::web::Call;

async fn house(kind: Kind) -> House {
    let house = House::with(kind, |config| {
        allow_loopback(config);
        config.cimd = Cimd::On;
    });
    let house = house.await;
    house.person("ada").await;
    house
}

/// A document that wants to hear of sign-outs over both channels.
fn document(rp: &Rp) -> Value {
    json!({
        "client_id": format!("{}/client.json", rp.url), "client_name": "Agent",
        "redirect_uris": [format!("{}/cb", rp.url)], "token_endpoint_auth_method": "none",
        "backchannel_logout_uri": rp.backchannel(), "frontchannel_logout_uri": format!("{}/frame", rp.url),
    })
}

fn agent(house: &House, rp: &Rp) -> Client {
    Client {
        id: format!("{}/client.json", rp.url),
        secret: None,
        method: AuthMethod::None,
        redirect_uri: format!("{}/cb", rp.url),
        url: house.url.clone(),
        http: house.http(),
    }
}

fn claim(tokens: &Value, name: &str) -> String {
    claims(tokens["id_token"].as_str().expect("an ID token"))[name].as_str().expect("a claim").to_owned()
}

async fn signs_out(browser: &mut Browser) -> String {
    let fields = browser.get_once("/logout").await.form("form:has(#sign-out)");
    let view = browser.post_once("/logout", &fields).await;
    assert_eq!(view.status, 200, "{}", view.body);
    view.body
}

/// The session ends in a process that has read no documents yet.
async fn ends(house: &House, tokens: &Value) {
    let user = UserId::from(claim(tokens, "sub"));
    let sid = SessionId::from(house.raw().await.texts("SELECT sid FROM sessions").await.remove(0));
    let mut tx = house.app.db.begin().await.expect("begins");
    logout::wind_up(&house.app, &mut tx, &user, &sid).await.expect("winds up");
    tx.commit().await.expect("commits");
    house.app.logouts.notify_one();
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

/// The notice was tried, and waits for another time.
async fn put_off(house: &House) {
    for _ in 0..1000 {
        let mut raw = house.raw().await;
        let due = raw.texts("SELECT due_at FROM logout_notices").await;
        let tried = raw.texts("SELECT attempts FROM logout_notices").await;
        let now = house.now().millis();
        if let ([due], [tried]) = (due.as_slice(), tried.as_slice()) {
            let due: i64 = due.parse().expect("a time");
            if tried != "0" && due > now && due <= now + 20_000 {
                return;
            }
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{:?}", house.tables().await["logout_notices"]);
}

on_both! {
    async fn s44_s46_s47_a_client_with_a_document_is_told_and_its_grants_without_offline_end(house: House) {
        let house = self::house(house.kind).await;
        let rp = Rp::open().await;
        rp.describes(Some(document(&rp)));
        let (agent, mut browser) = (agent(&house, &rp), house.browser());
        let short = agent.tokens(&mut browser, "ada", &[("scope", "openid")]).await;
        let lasting = agent.tokens(&mut browser, "ada", &[("prompt", "consent")]).await;
        let page = signs_out(&mut browser).await;
        assert!(page.contains(&format!("{}/frame?iss=", rp.url)), "{page}");
        let (header, told) = agent.is_told(&rp.told(1).await.remove(0)).await;
        assert_eq!(header["alg"], "RS256");
        assert_eq!((told["sub"].as_str(), told["sid"].as_str()),
            (Some(&*claim(&short.body, "sub")), Some(&*claim(&short.body, "sid"))));
        none_waits(&house).await;
        assert_eq!((rp.notices().len(), rp.document_asked()), (1, 1), "as it was remembered");
        assert_eq!(agent.userinfo(short.text("access_token")).await.status, 401);
        agent.userinfo(lasting.text("access_token")).await.ok();
        agent.refreshes(lasting.text("refresh_token")).await.ok();
    }

    async fn s46_a_document_that_is_not_remembered_is_read_before_its_client_is_told(house: House) {
        let house = self::house(house.kind).await;
        let (rp, mute) = (Rp::open().await, Rp::open().await);
        rp.describes(Some(document(&rp)));
        let mut silent = document(&mute);
        silent.as_object_mut().expect("members").retain(|name, _| !name.ends_with("channel_logout_uri"));
        mute.describes(Some(silent));
        let mut browser = house.browser();
        let tokens = agent(&house, &rp).tokens(&mut browser, "ada", &[]).await;
        agent(&house, &mute).tokens(&mut browser, "ada", &[]).await;
        // The process ends, and the document can't be had when the session does.
        rp.describes(None);
        let house = house.restarts().await;
        ends(&house, &tokens.body).await;
        put_off(&house).await;
        assert_eq!((rp.notices().len(), mute.notices().len(), mute.document_asked()), (0, 0, 2));
        rp.describes(Some(document(&rp)));
        house.wait(Duration::from_secs(20));
        house.app.logouts.notify_one();
        assert_eq!(rp.told(1).await[0].sid(), claim(&tokens.body, "sid"));
        none_waits(&house).await;
        assert_eq!((rp.notices().len(), mute.notices().len()), (1, 0));
    }

    async fn s46_however_many_strangers_wait_the_others_are_told(house: House) {
        let later = house.now().millis() + 3_600_000;
        for n in 0..40 {
            let (client, due) = if n == 39 { ("ledgerly".to_owned(), later + 1) } else { (format!("https://a{n}.example/c"), later) };
            house.sql(&format!(
                "INSERT INTO logout_notices (id, client_id, user_id, sid, attempts, created_at, due_at) \
                 VALUES ('{n}', '{client}', 'u', 's', 0, 1, {due})"
            )).await;
        }
        let (dir, config) = house.close().await;
        // Nobody else claims any here.
        let beside = server::start(config, None, Clock::shiftable(), Role::Command, false).await.expect("starts");
        assert!(backchannel::claim(&beside.app).await.expect("claims").is_empty());
        beside.app.clock.shift(7_200_000);
        for others in [1, 0] {
            let claimed: Vec<String> =
                backchannel::claim(&beside.app).await.expect("claims").iter().map(|one| format!("{one:?}")).collect();
            assert_eq!(claimed.iter().filter(|one| one.contains("ledgerly")).count(), others, "{claimed:?}");
            assert_eq!(claimed.iter().filter(|one| one.contains("://a")).count(), 4, "{claimed:?}");
        }
        beside.app.db.close().await;
        let _ = std::fs::remove_dir_all(dir);
    }

    async fn s46_who_is_not_trusted_any_more_is_not_told(house: House) {
        let house = self::house(house.kind).await;
        let rps = [Rp::open().await, Rp::open().await];
        let mut browser = house.browser();
        let mut told = Vec::new();
        for rp in &rps {
            rp.describes(Some(document(rp)));
            told.push(agent(&house, rp).tokens(&mut browser, "ada", &[]).await);
        }
        let acting = Acting::new(Actor::Cli, symbolon::people::Role::Owner, Call::internal("test"));
        let blocked = ClientId::from(format!("{}/client.json", rps[0].url));
        seen::block(&house.app, &acting, &blocked).await.expect("blocked");
        assert!(!signs_out(&mut browser).await.contains(&format!("{}/frame", rps[0].url)));
        rps[1].told(1).await;
        none_waits(&house).await;
        assert_eq!(rps[0].notices().len(), 0);
        // Nor where documents are turned off.
        let tokens = agent(&house, &rps[1]).tokens(&mut browser, "ada", &[]).await;
        let kind = house.kind;
        let (dir, mut config) = house.close().await;
        config.cimd = Cimd::Off;
        let off = House::open(kind, dir, config).await;
        ends(&off, &tokens.body).await;
        assert_eq!(waiting(&off).await, 0);
        assert_eq!(rps[1].notices().len(), 1);
    }
}
