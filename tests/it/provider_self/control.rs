//! The same powers for other processes.

use super::{CALLBACK, Party, refresh};
use crate::support::Answer;
use crate::support::client::answer;
use crate::support::provider::Mode;
use serde_json::{Value, json};
use std::sync::Arc;

struct Remote {
    at: Arc<Party>,
}

impl Remote {
    async fn says(&self, method: &str, path: &str, body: Value) -> Answer {
        let url = format!("{}/control/{path}", self.at.provider.origin);
        answer(self.at.http.request(method.parse().expect("a method"), url).json(&body)).await
    }
}

#[tokio::test]
async fn another_process_makes_a_provider_breaks_it_holds_it_and_reads_its_ledger() {
    let at = Arc::new(Party::with(Mode::default()).await);
    let remote = Remote { at: at.clone() };
    let made = remote.says("PUT", "far", json!({ "rotation": "strict_family", "access_life": 60 })).await.ok();
    assert_eq!(made.text("url"), format!("{}/p/far", at.provider.origin));
    let far = remote.says("GET", "far", Value::Null).await.ok().body;
    assert_eq!((&far["mode"]["rotation"], &far["mode"]["access_life"]), (&json!("strict_family"), &json!(60)));
    let app = json!({ "id": "vault", "secrets": ["old"], "redirect_uris": [CALLBACK] });
    remote.says("POST", "far/apps", app).await.ok();
    remote.says("POST", "far/secrets", json!({ "client": "vault", "secrets": ["s3cret"] })).await.ok();
    let given = remote.says("POST", "far/grants", json!({ "client": "vault", "user": "ada" })).await.ok();
    let first = given.text("refresh_token").to_owned();
    let url = format!("{}/token", made.text("url"));
    let tries = |token: &str| {
        let request = at.http.post(&url).basic_auth("vault", Some("s3cret")).form(&refresh(token));
        async move { request.send().await.ok().map(|said| said.status().as_u16()) }
    };
    let fault = json!({ "when": "read", "fault": { "says": { "too_many": 5 } }, "times": 1 });
    remote.says("POST", "far/faults", fault).await.ok();
    assert_eq!(tries(&first).await, Some(429));
    remote.says("POST", "far/faults", json!({ "fault": "reset" })).await.ok();
    remote.says("DELETE", "far/faults", Value::Null).await.ok();

    let hold = remote.says("POST", "far/holds", json!({ "when": "done" })).await.ok().body["hold"].clone();
    let waiting = tokio::spawn(tries(&first));
    let seen = remote.says("GET", &format!("far/holds/{hold}?arrived=1"), Value::Null).await.ok();
    assert_eq!(seen.body, json!({ "arrived": [2] }));
    remote.says("POST", &format!("far/holds/{hold}"), json!({ "verdict": "reset" })).await.ok();
    assert_eq!(waiting.await.expect("ends"), None);
    assert_eq!(tries(&first).await, Some(400));
    let ledger = remote.says("GET", "far/ledger", Value::Null).await.ok().body;
    assert_eq!(ledger["presented_twice"][0]["token"], json!(first));
    assert_eq!(ledger["grants_lost"], json!([{ "grant": "g1", "why": "reuse" }]));
    assert_eq!(ledger["calls"].as_array().map(Vec::len), Some(3));
    let tokens = ledger["tokens"].as_array().expect("tokens");
    let answered: Vec<&Value> = tokens.iter().map(|token| &token["answered"]).collect();
    assert_eq!(answered, ["whole", "whole", "lost", "lost"]);

    let other = remote.says("POST", "far/grants", json!({ "client": "vault", "user": "bob" })).await.ok();
    remote.says("POST", "far/withdrawn", json!({ "grant": other.text("grant") })).await.ok();
    assert_eq!(tries(other.text("refresh_token")).await, Some(400));
    let before = at.clock.now();
    remote.says("POST", "clock", json!({ "millis": 60_000 })).await.ok();
    assert!(at.clock.now().secs_since(before) >= 60);

    assert_eq!(remote.says("PUT", "far", json!({ "rotations": "none" })).await.status, 422);
    assert_eq!(remote.says("GET", "near", Value::Null).await.status, 404);
    assert_eq!(remote.says("POST", "far/holds/7", json!({ "verdict": "release" })).await.status, 404);
}
