//! Mails: hands over what was written down, whoever wrote it.

use super::{ran, told};
use crate::app::App;
use crate::audit::{self, Actor, Event};
use crate::db::Fault;
use crate::entry::{recover, signup};
use crate::mail::queue::{self, Claimed, Settled};
use crate::mail::{Says, Undelivered};
use crate::web::Call;
use serde_json::json;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How soon a mail is noticed that another process wrote down: a command, another replica.
const POLL: Duration = Duration::from_secs(1);

pub(super) async fn work(app: App) {
    loop {
        let begun = Instant::now();
        let outcome = round(&app).await;
        ran(&app, "mails", POLL, begun, &outcome);
        match outcome {
            // Where mail is off nothing is written down, so there is nothing to wait for.
            Ok(0) if !app.mailer.on() => return,
            Ok(0) => drop(tokio::time::timeout(POLL, app.mails.notified()).await),
            Ok(_) => {}
            Err(_) => tokio::time::sleep(POLL).await,
        }
    }
}

/// Gives how many there were.
async fn round(app: &App) -> Result<usize, Fault> {
    let claimed = queue::claim(&app.db, app.keys.master(), app.now()).await?;
    let count = claimed.len();
    let mut delivering = JoinSet::new();
    for mail in claimed {
        let app = app.clone();
        delivering.spawn(async move { told(deliver(&app, &mail).await) });
    }
    while delivering.join_next().await.is_some() {}
    Ok(count)
}

async fn deliver(app: &App, mail: &Claimed) -> Result<(), Fault> {
    let outcome = attempt(app, mail).await?;
    let (id, attempts) = (&mail.id, mail.attempts);
    let kind = mail.letter.as_ref().map_or("unreadable", |letter| letter.says.kind());
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let settled = app.mailer.settle(&mut tx, mail, &outcome, now).await?;
    if let Settled::GivenUp = settled {
        audit::record(&mut tx, &given_up(mail, kind), now).await?;
    }
    tx.commit().await?;
    let why = outcome.err().map(|undelivered| undelivered.why);
    match settled {
        Settled::Done => tracing::info!(mail = %id, kind, attempts, "a mail was settled"),
        Settled::Later => {
            tracing::info!(mail = %id, kind, attempts, why, "a mail couldn't be handed over; trying again")
        }
        Settled::GivenUp => tracing::warn!(mail = %id, kind, attempts, why, "a mail couldn't be handed over; given up"),
    }
    Ok(())
}

async fn attempt(app: &App, mail: &Claimed) -> Result<Result<(), Undelivered>, Fault> {
    let Some(letter) = &mail.letter else {
        let why = "it can't be opened with this master key".to_owned();
        return Ok(Err(Undelivered { why, forever: true }));
    };
    let letter = match &letter.says {
        Says::Forgotten { request_id, address } => {
            let call = Call { request_id: request_id.as_str().into(), address: *address };
            match recover::answer(app, letter, &call).await? {
                Some(answer) => answer,
                // Nobody has this address, and nobody is told so.
                None => return Ok(Ok(())),
            }
        }
        Says::SignUp { go, .. } => match signup::answer(app, letter, go.as_deref()).await? {
            Some(answer) => answer,
            None => return Ok(Ok(())),
        },
        _ => letter.clone(),
    };
    Ok(app.mailer.send(&mail.id, &letter, app.now()).await)
}

/// Where to isn't said for what anyone can ask for: anyone can type any address.
fn given_up(mail: &Claimed, kind: &str) -> Event {
    let known =
        mail.letter.as_ref().filter(|letter| !matches!(letter.says, Says::Forgotten { .. } | Says::SignUp { .. }));
    Event {
        actor: Actor::System,
        action: "mail.given_up",
        object: format!("mail:{}", mail.id),
        request_id: format!("mail {}", mail.id).into(),
        address: String::new(),
        detail: json!({ "kind": kind, "to": known.map(|letter| &letter.to), "attempts": mail.attempts }),
    }
}
