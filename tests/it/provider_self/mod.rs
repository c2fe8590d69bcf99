//! The fake provider against itself: what it refuses, how its tokens turn, that it fails as told and writes all of it down.
//! A provider that can't refuse would prove nothing about the vault.

mod api;
mod consent;
mod control;
mod faults;
mod ledger;
mod proof;
mod rotation;

use crate::support::client::answer;
use crate::support::provider::{App, At, Given, Mode, Provider};
use crate::support::{self, Answer};
use std::time::Duration;
use symbolon::base::Clock;

const CALLBACK: &str = "https://vault.example/connect/callback/crm";

/// A virtual provider, and the client that is registered there.
struct Party {
    provider: Provider,
    crm: At,
    clock: Clock,
    http: reqwest::Client,
}

impl Party {
    async fn with(mode: impl Into<Mode>) -> Self {
        let clock = Clock::shiftable();
        let provider = Provider::start(clock.clone()).await;
        let crm = provider.at("crm", mode);
        crm.registers(App::new("vault", "s3cret", CALLBACK));
        Party { provider, crm, clock, http: support::http() }
    }

    fn wait(&self, span: Duration) {
        assert!(self.clock.shift(i64::try_from(span.as_millis()).expect("a span")));
    }

    fn given(&self) -> Given {
        self.crm.gives("vault", "ada", "read write")
    }

    fn form(&self, endpoint: &str, form: &[(&str, &str)]) -> reqwest::RequestBuilder {
        self.http.post(self.crm.at(endpoint)).basic_auth("vault", Some("s3cret")).form(form)
    }

    async fn posts(&self, endpoint: &str, form: &[(&str, &str)]) -> Answer {
        answer(self.form(endpoint, form)).await
    }

    async fn refreshes(&self, token: &str) -> Answer {
        self.posts("token", &refresh(token)).await
    }

    /// The same, when the answer may not come: its status, if it came whole.
    async fn tries(&self, token: &str) -> Option<u16> {
        let response = self.form("token", &refresh(token)).send().await.ok()?;
        let status = response.status().as_u16();
        response.bytes().await.ok().map(|_| status)
    }

    async fn redeems(&self, code: &str, more: &[(&str, &str)]) -> Answer {
        let mut form = vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK)];
        for (name, value) in more {
            form.retain(|(have, _)| have != name);
            form.push((name, value));
        }
        self.posts("token", &form).await
    }

    fn authorize(&self, more: &[(&str, &str)]) -> String {
        let mut params =
            vec![("response_type", "code"), ("client_id", "vault"), ("redirect_uri", CALLBACK), ("state", "xyz")];
        for (name, value) in more {
            params.retain(|(have, _)| have != name);
            params.push((name, value));
        }
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish();
        format!("{}?{query}", self.crm.at("authorize"))
    }

    /// What the API says to this token.
    async fn me(&self, token: &str) -> u16 {
        answer(self.http.get(self.crm.at("api/me")).bearer_auth(token)).await.status
    }
}

fn refresh(token: &str) -> [(&str, &str); 2] {
    [("grant_type", "refresh_token"), ("refresh_token", token)]
}

/// A parameter of a URL.
fn param(url: &str, name: &str) -> Option<String> {
    let url = url::Url::parse(url).expect("a URL");
    url.query_pairs().find(|(have, _)| have == name).map(|(_, value)| value.into_owned())
}

#[track_caller]
fn refused(answer: &Answer, status: u16, error: &str) {
    assert_eq!((answer.status, answer.body["error"].as_str()), (status, Some(error)), "{}", answer.body);
    assert!(answer.body.get("access_token").is_none());
}

fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}
