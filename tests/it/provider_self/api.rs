//! What stands behind keys, and behind TLS; several providers beside each other.

use super::Party;
use crate::support::client::answer;
use crate::support::provider::{App, Mode, Provider, Rotation};
use crate::support::stranger;
use crate::support::{House, Kind};
use std::collections::BTreeMap;
use symbolon::base::Clock;

#[tokio::test]
async fn a_key_opens_the_api_in_three_ways_and_another_in_none() {
    let api_keys = BTreeMap::from([("key-1".to_owned(), "ada".to_owned())]);
    let at = Party::with(Mode { api_keys, ..Mode::default() }).await;
    let get = || at.http.get(at.crm.at("api/me"));
    for (key, status) in [("key-1", 200), ("key-2", 401)] {
        assert_eq!(answer(get().bearer_auth(key)).await.status, status);
        assert_eq!(answer(get().header("x-api-key", key)).await.status, status);
        assert_eq!(answer(get().basic_auth("sid", Some(key))).await.status, status);
    }
    assert_eq!(answer(get()).await.status, 401);
}

#[tokio::test]
async fn providers_stand_beside_each_other_and_know_nothing_of_each_other() {
    let at = Party::with(Rotation::Strict).await;
    let mail = at.provider.at("mail", Rotation::None);
    mail.registers(App::new("vault", "other", "https://vault.example/connect/callback/mail"));
    let (crm, letters) = (at.given(), mail.gives("vault", "ada", ""));
    assert_ne!(at.crm.url, mail.url);
    assert_eq!(answer(at.http.get(mail.at("api/me")).bearer_auth(&letters.access_token)).await.status, 200);
    assert_eq!(answer(at.http.get(mail.at("api/me")).bearer_auth(&crm.access_token)).await.status, 401);
    assert_eq!((mail.hits("api/me"), at.crm.hits("api/me")), (2, 0));
    assert_eq!(answer(at.http.get(format!("{}/p/none/api/me", at.provider.origin))).await.status, 404);
    assert_eq!(answer(at.http.get(at.crm.at("token"))).await.status, 405);
}

#[tokio::test]
async fn with_tls_a_house_reaches_it_and_a_stranger_doesnt_trust_it() {
    let provider = Provider::start_tls(Clock::System).await;
    let crm = provider.at("crm", Mode::default());
    assert!(crm.url.starts_with("https://localhost:"));
    let house = House::with(Kind::Sqlite, stranger::trusts_sites).await;
    let pem = std::fs::read(house.config.outbound.extra_ca.as_ref().expect("a file")).expect("reads");
    let ca = reqwest::Certificate::from_pem(&pem).expect("a certificate");
    let client = |trusted: Option<reqwest::Certificate>| {
        #[expect(clippy::disallowed_methods, reason = "tests talk to their own servers on loopback")]
        let client = reqwest::Client::builder().no_proxy().tls_certs_merge(trusted).build();
        client.expect("a client")
    };
    assert_eq!(answer(client(Some(ca)).get(crm.at("jwks"))).await.status, 200);
    assert!(client(None).get(crm.at("jwks")).send().await.is_err());
    // An outage: the handshake fails, and nothing was asked.
    provider.is_down(true);
    let other = client(Some(reqwest::Certificate::from_pem(&pem).expect("a certificate")));
    assert!(other.get(crm.at("jwks")).send().await.is_err());
    assert_eq!(crm.hits("jwks"), 1);
    provider.is_down(false);
    assert_eq!(answer(other.get(crm.at("jwks"))).await.status, 200);
}
