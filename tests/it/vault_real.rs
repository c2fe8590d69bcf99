//! vault.md §5.3: providers that nobody here wrote, refreshed by three processes that are killed again and again, and still alive.

use crate::support::fleet::Fleet;
use crate::support::third_party::ThirdParty;
use crate::support::{Kind, rounds};
use serde_json::{Value, json};
use symbolon::base::encoding::{hex, sha256};

const CALLBACK: &str = "https://vault.example/connect/callback/third";
/// Points at which nothing is lost, whatever the provider is like.
const SAFE: [&str; 5] = ["vault-claimed", "vault-spooled", "vault-answered", "vault-committing", "vault-committed"];

fn token(body: &Value) -> String {
    body["data"]["credentials"]["oauth_access_token"].as_str().unwrap_or_else(|| panic!("{body}")).to_owned()
}

async fn stays_alive(third: ThirdParty, scope: &str, (rotation, id): (&str, &str), points: &[&str]) {
    let (house, ada, provider) = Fleet::begins(Kind::Postgres).await;
    let params = json!({
        "authorize_url": third.authorization_endpoint, "token_url": third.token_endpoint, "userinfo_url": third.me,
        "external_id_path": id, "name_path": id, "rotation": rotation,
    });
    let ask =
        json!({ "type": "oauth2", "slug": "third", "client_id": "vault", "client_secret": "s3cret", "params": params });
    let made = ada.posts("/v1/sources", &ask).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let tokens = crate::third_parties::connects(&third, scope).await;
    let made = crate::support::fleet::brings(&ada, "third", tokens.text("refresh_token")).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let account = made.body["data"]["id"].as_str().expect("an id").to_owned();
    let mut fleet = Fleet::of(house, ada, provider, 3).await;
    let (_, body) = fleet.reads(0, &account, "&wait=20").await.expect("an answer");
    let (mut last, mut kills, refreshes) = (token(&body), 0, rounds(20, 200));
    for n in 0..refreshes {
        let (victim, next) = (n % 3, (n + 1) % 3);
        let kill = n % 2 == 0;
        if kill {
            fleet.arms(victim, points[n / 2 % points.len()], 1).await;
        }
        let not = format!("&wait=20&not={}", &hex(&sha256(last.as_bytes()))[..32]);
        let read = fleet.reads(victim, &account, &not).await;
        if kill && fleet.ends(victim).await {
            kills += 1;
            fleet.starts(victim).await;
            fleet.clears_up().await;
        } else if kill {
            // Somebody else refreshed it; so it goes without warning.
            fleet.kills(victim);
            fleet.starts(victim).await;
            fleet.clears_up().await;
            kills += 1;
        } else {
            assert_eq!(read.as_ref().map(|read| read.0), Some(200), "{read:?}");
        }
        let (status, body) = fleet.reads(next, &account, &not).await.expect("an answer");
        assert_eq!(status, 200, "{n}: {body}");
        last = token(&body);
        assert!(third.accepts(&last).await, "{n}: what was handed out works");
    }
    let version = fleet.count("SELECT CAST(max(version) AS BIGINT) FROM vault_grants").await;
    println!("{}: {version} refreshes by three processes, {kills} kills, alive", third.issuer);
    assert!(version > i64::try_from(refreshes).expect("a count"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn oidc_provider_is_refreshed_under_kills_and_stays_alive() {
    stays_alive(ThirdParty::oidc_provider(CALLBACK).await, "openid offline_access", ("strict_family", "/sub"), &SAFE)
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn django_oauth_toolkit_is_refreshed_under_kills_and_stays_alive() {
    let points = [&["vault-received"][..], &SAFE].concat();
    stays_alive(ThirdParty::django(CALLBACK, 3_600).await, "openid read", ("grace(30m)", "/id"), &points).await;
}
