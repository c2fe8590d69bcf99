//! The same powers for other processes, as JSON: `/control/<name>/…`.

use super::fault::{Plan, When};
use super::hold::{Gate, Verdict};
use super::mode::{App, Mode};
use super::serve::{Shared, lock};
use super::wire::{Reply, Request};
use super::{At, ledger::Kind};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// `/holds`: where calls are to wait.
#[derive(Deserialize)]
struct Place {
    #[serde(default)]
    when: When,
    #[serde(default = "token")]
    endpoint: String,
    grant: Option<String>,
}

fn token() -> String {
    "token".to_owned()
}

#[derive(Deserialize)]
struct Opens {
    verdict: Verdict,
}

#[derive(Deserialize)]
struct Wanted {
    client: String,
    user: String,
    #[serde(default)]
    scope: String,
}

#[derive(Deserialize)]
struct Secrets {
    client: String,
    secrets: Vec<String>,
}

#[derive(Deserialize)]
struct Which {
    grant: String,
}

#[derive(Deserialize)]
struct Shift {
    millis: i64,
}

/// A status and what to say.
type Said = Result<Value, (u16, String)>;

/// The answer to a request that is for no virtual provider.
pub async fn answers(world: &Shared, request: &Request) -> Reply {
    let path: Vec<&str> = request.path.split('/').skip(1).collect();
    let said = match (&*request.method, &*path) {
        ("POST", ["control", "clock"]) => reads::<Shift>(request).map(|shift| {
            let clock = lock(world).clock.clone();
            json!({ "shifted": clock.shift(shift.millis), "now": clock.now().rfc3339() })
        }),
        ("PUT", ["control", name]) => reads::<Mode>(request).map(|mode| {
            lock(world).sets(name, mode);
            json!({ "url": At::new(world, name).url })
        }),
        (method, ["control", name, rest @ ..]) if lock(world).providers.contains_key(*name) => {
            of_one(&At::new(world, name), method, rest, request).await
        }
        _ => Err((404, "there is nothing here".to_owned())),
    };
    match said {
        Ok(body) => Reply::json(200, &body),
        Err((status, why)) => Reply::json(status, &json!({ "error": why })),
    }
}

fn reads<T: DeserializeOwned>(request: &Request) -> Result<T, (u16, String)> {
    serde_json::from_slice(&request.body).map_err(|why| (422, why.to_string()))
}

async fn of_one(at: &At, method: &str, path: &[&str], request: &Request) -> Said {
    match (method, path) {
        ("GET", []) => Ok(at.with(|v, _| json!({ "url": v.url, "mode": v.mode }))),
        ("POST", ["apps"]) => reads::<App>(request).map(|app| {
            at.registers(app);
            json!({})
        }),
        ("POST", ["secrets"]) => reads::<Secrets>(request).map(|new| {
            let secrets: Vec<&str> = new.secrets.iter().map(String::as_str).collect();
            at.secrets_are(&new.client, &secrets);
            json!({})
        }),
        ("POST", ["grants"]) => {
            reads::<Wanted>(request).map(|wanted| json!(at.gives(&wanted.client, &wanted.user, &wanted.scope)))
        }
        ("POST", ["withdrawn"]) => reads::<Which>(request).map(|which| {
            at.withdraws(&which.grant);
            json!({})
        }),
        ("POST", ["faults"]) => reads::<Plan>(request).map(|plan| {
            at.meets(plan);
            json!({})
        }),
        ("DELETE", ["faults"]) => {
            at.behaves();
            Ok(json!({}))
        }
        ("GET", ["ledger"]) => Ok(ledger(at)),
        (_, ["holds", rest @ ..]) => hold(at, method, rest, request).await,
        _ => Err((404, "there is nothing here".to_owned())),
    }
}

/// POST makes a gate; GET of one waits until `?arrived=n` calls are there; POST to one opens it.
async fn hold(at: &At, method: &str, path: &[&str], request: &Request) -> Said {
    let gate = |number: &str| {
        let number: usize = number.parse().ok()?;
        at.with(|v, _| v.holds.get(number).cloned())
    };
    let none = || (404, "there is no such hold".to_owned());
    match (method, path) {
        ("POST", []) => reads::<Place>(request).map(|place| {
            let gate = Gate::new(place.when, &place.endpoint, place.grant.as_deref());
            let number = at.with(|v, _| {
                v.gates.push(gate.clone());
                v.holds.push(gate);
                v.holds.len() - 1
            });
            json!({ "hold": number })
        }),
        ("GET", [number]) => {
            let wanted = request.query.iter().find(|(name, _)| name == "arrived");
            let calls = wanted.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
            let arrived = gate(number).ok_or_else(none)?.arrived(calls).await;
            arrived.map(|calls| json!({ "arrived": calls })).ok_or((504, "they haven't arrived".to_owned()))
        }
        ("POST", [number]) => {
            let opens = reads::<Opens>(request)?;
            gate(number).ok_or_else(none)?.opens(opens.verdict);
            Ok(json!({}))
        }
        _ => Err(none()),
    }
}

/// All that was written down, and what it means.
fn ledger(at: &At) -> Value {
    let (grants, tokens, calls) = at.with(|v, now| {
        let tokens = v.ledger.tokens.iter().enumerate().map(|(index, token)| {
            let mut row = json!(token);
            row["grant"] = json!(v.ledger.grants[token.grant].id);
            row["answered"] = json!(v.ledger.answered(token));
            row["accepted"] = json!(match token.kind {
                Kind::Refresh => v.accepts(index, now),
                Kind::Access => v.ledger.accepts_access(&token.value, now).is_some(),
            });
            row
        });
        (json!(v.ledger.grants), tokens.collect::<Value>(), json!(v.ledger.calls))
    });
    json!({
        "grants": grants,
        "tokens": tokens,
        "calls": calls,
        "uses": at.uses(),
        "presented_twice": at.presented_twice(),
        "presented_at_once": at.presented_at_once(),
        "grants_lost": at.grants_lost(),
        "failed_in_time": at.failed_in_time(),
    })
}
