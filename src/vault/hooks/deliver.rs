//! Claim, send, settle: each message until its endpoint has taken it or a day is over, those of one account one after the other.

use super::sign::{Signing, signature};
use super::{Delivery, DeliveryState, State, store};
use crate::app::App;
use crate::base::{Secret, Time};
use crate::db::Result;
use crate::outbound::{Call, Unanswered};
use axum::http::Method;
use futures_util::future::join_all;
use std::time::Duration;

/// How long an endpoint may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// Longer than that and the settling after it: nobody else sends the same meanwhile.
const LEASE: Duration = Duration::from_secs(45);

const MINUTE: u64 = 60;
const HOUR: u64 = 3_600;
/// Seconds after each attempt that failed; together about a day.
const PAUSES: [u64; 10] = [5, 30, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 8 * HOUR];

/// Sends what is due; gives how many.
pub async fn deliver(app: &App) -> Result<usize> {
    let mut sent = 0_usize;
    loop {
        let due = store::due(&app.db, app.now()).await?;
        let outcomes = join_all(due.iter().map(|id| one(app, id))).await;
        let mut moved = 0_usize;
        for outcome in outcomes {
            moved = moved.saturating_add(usize::from(outcome?));
        }
        sent = sent.saturating_add(moved);
        // What was behind these may be due now.
        if moved == 0 {
            return Ok(sent);
        }
    }
}

/// One of them; false when somebody else has it.
async fn one(app: &App, id: &str) -> Result<bool> {
    let now = app.now();
    let Some(delivery) = store::claim(&app.db, id, [now, now + LEASE]).await? else { return Ok(false) };
    let Some(hook) = store::one(&app.db, &delivery.hook).await? else { return Ok(false) };
    let secrets = hook.secrets(app).await?;
    let answer = send(app, &hook.url, &secrets, &delivery, now).await;
    let now = app.now();
    match answer {
        Ok(status) if (200..300).contains(&status) => {
            let took = store::settle(&app.db, &delivery, (DeliveryState::Delivered, &said(status)), [now, now]).await?;
            if took {
                store::delivered(&app.db, &hook.id, now).await?;
            }
        }
        // The endpoint says that nobody is there any more.
        Ok(410) => {
            store::settle(&app.db, &delivery, (DeliveryState::GivenUp, &said(410)), [now, now]).await?;
            store::set_state(&app.db, &hook.id, State::Paused, "gone", now).await?;
            tracing::warn!(webhook = %hook.id, workspace = %hook.workspace, "a webhook's endpoint says that it is gone; it isn't told any more");
        }
        Ok(status) => again(app, &hook, &delivery, &said(status), now).await?,
        Err(why) => {
            tracing::info!(webhook = %hook.id, ?why, "a webhook's endpoint couldn't be reached");
            again(app, &hook, &delivery, "unreachable", now).await?;
        }
    }
    Ok(true)
}

fn said(status: u16) -> String {
    format!("http_{status}")
}

/// It is sent again later, or given up.
async fn again(app: &App, hook: &super::Hook, delivery: &Delivery, answer: &str, now: Time) -> Result<()> {
    let nth = usize::try_from(delivery.tries.saturating_sub(1)).unwrap_or(usize::MAX);
    match PAUSES.get(nth) {
        Some(pause) => {
            let due_at = now + Duration::from_secs(*pause);
            store::settle(&app.db, delivery, (DeliveryState::Open, answer), [due_at, now]).await?;
        }
        None => {
            store::settle(&app.db, delivery, (DeliveryState::GivenUp, answer), [now, now]).await?;
            store::set_state(&app.db, &hook.id, State::Failing, answer, now).await?;
            tracing::warn!(webhook = %hook.id, workspace = %hook.workspace, answer,
                "a message couldn't be delivered to a webhook's endpoint for a day; it can be replayed");
        }
    }
    Ok(())
}

/// What it says of the message is three headers; the signature is over all that counts.
async fn send(
    app: &App,
    url: &str,
    secrets: &[Signing],
    delivery: &Delivery,
    now: Time,
) -> std::result::Result<u16, Unanswered> {
    let id = format!("msg_{}", delivery.event);
    let headers = [
        ("webhook-id".to_owned(), Secret::new(id.clone())),
        ("webhook-timestamp".to_owned(), Secret::new(now.secs().to_string())),
        ("webhook-signature".to_owned(), Secret::new(signature(secrets, &id, now, &delivery.body))),
    ];
    let body = Secret::new(delivery.body.clone());
    let call = Call { method: &Method::POST, url, headers: &headers, body: Some(("application/json", &body)) };
    app.outbound.exchange(call, PATIENCE).await.map(|reply| reply.status)
}
