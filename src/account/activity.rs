//! Activity: what a person did and what was done to their account, in words.

use crate::app::App;
use crate::audit::{Recorded, trail};
use crate::base::id::UserId;
use crate::base::{Time, uri};
use crate::clients::{self, cimd};
use crate::db::Fault;
use crate::lang::Message;
use std::collections::HashMap;

/// Events on one page.
const PAGE: usize = 50;

/// An event as the page shows it.
pub(super) struct Line {
    pub id: String,
    /// In words, where there are some.
    pub said: Option<Message>,
    /// The name in the trail.
    pub action: String,
    pub at: Option<Time>,
    pub address: String,
}

/// The events before `cursor`, newest first, and where older ones begin.
pub(super) async fn lines(
    app: &App,
    user: &UserId,
    cursor: Option<&str>,
) -> Result<(Vec<Line>, Option<String>), Fault> {
    let me = format!("user:{user}");
    let before = cursor.filter(|text| text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit()));
    let one_more = i64::try_from(PAGE).unwrap_or_default() + 1;
    let mut events = trail::of_person(&app.db, &me, before.unwrap_or_default(), one_more).await?;
    let more = events.len() > PAGE;
    events.truncate(PAGE);
    let older = events.last().map(|event| event.id.clone()).filter(|_| more);
    let names = names(app, &events).await?;
    let line = |event: Recorded| Line {
        said: in_words(&event, &me, &names),
        at: Time::parse(&event.at),
        // Where somebody else was when they did it is their own affair; but not of who couldn't prove who they are.
        address: event.address.filter(|_| event.actor == me || event.actor == "anonymous").unwrap_or_default(),
        id: event.id,
        action: event.action,
    };
    Ok((events.into_iter().map(line).collect(), older))
}

/// What the clients among the objects are called; nobody is asked.
async fn names(app: &App, events: &[Recorded]) -> Result<HashMap<String, String>, Fault> {
    let mut names = HashMap::new();
    for id in events.iter().filter_map(|event| event.object.strip_prefix("client:")) {
        if names.contains_key(id) {
            continue;
        }
        let name = match cimd::is_document(id) {
            true => {
                cimd::remembered(app, id).map(|client| client.metadata.client_name.clone()).or_else(|| uri::host(id))
            }
            false => clients::find(app, id).await?.map(|client| client.metadata.client_name.clone()),
        };
        names.insert(id.to_owned(), name.unwrap_or_else(|| id.to_owned()));
    }
    Ok(names)
}

fn in_words(event: &Recorded, me: &str, names: &HashMap<String, String>) -> Option<Message> {
    let client = || event.object.strip_prefix("client:").and_then(|id| names.get(id)).cloned().unwrap_or_default();
    let mine = event.object == me;
    Some(match event.action.as_str() {
        "consent.given" => Message::new("activity-allowed").name("client", client()),
        "consent.declined" => Message::new("activity-declined").name("client", client()),
        "consent.withdrawn" => Message::new("activity-withdrawn").name("client", client()),
        "webhook.created" => Message::new("activity-webhook-made"),
        "webhook.changed" => Message::new("activity-webhook-changed"),
        "webhook.deleted" => Message::new("activity-webhook-deleted"),
        "source.created" => Message::new("activity-source-made"),
        "source.changed" => Message::new("activity-source-changed"),
        "source.deleted" => Message::new("activity-source-deleted"),
        _ if !mine => return None,
        "session.started" => Message::new("activity-signed-in"),
        "session.confirmed" => Message::new("activity-confirmed"),
        "session.refused" => Message::new("activity-refused"),
        "session.ended" if event.detail.get("elsewhere").is_some() => Message::new("activity-device-out"),
        "session.ended" => Message::new("activity-signed-out"),
        "session.others_ended" => Message::new("activity-others-out"),
        "user.created" => Message::new("activity-created"),
        "user.enabled" => Message::new("activity-enabled"),
        "user.disabled" => Message::new("activity-disabled"),
        "user.promoted" | "user.demoted" => Message::new("activity-role"),
        "user.password_set" => Message::new("activity-password-set"),
        "user.password_reset" => Message::new("activity-password-reset"),
        "user.reset_requested" | "user.reset_link_made" => Message::new("activity-reset-asked"),
        "user.email_verified" => Message::new("activity-verified"),
        "user.invitation_accepted" => Message::new("activity-joined"),
        "user.passkey_added" => Message::new("activity-passkey-added"),
        "user.passkey_renamed" => Message::new("activity-passkey-renamed"),
        "user.passkey_removed" => Message::new("activity-passkey-removed"),
        "user.passkey_refused" => Message::new("activity-passkey-refused"),
        "user.totp_added" => Message::new("activity-codes-on"),
        "user.totp_removed" => Message::new("activity-codes-off"),
        "user.recovery_codes_renewed" => Message::new("activity-recovery-new"),
        "user.recovery_code_used" => Message::new("activity-recovery-used"),
        "user.factors_reset" => Message::new("activity-factors-reset"),
        "session.verified" => Message::new("activity-verified-again"),
        "user.password_changed" => Message::new("activity-password-changed"),
        "token.created" => Message::new("activity-token-made"),
        "token.deleted" => Message::new("activity-token-deleted"),
        "account.opened" => Message::new("activity-connection-opened"),
        "token.leaked" => Message::new("activity-token-leaked"),
        "user.profile_changed" => Message::new("activity-profile"),
        "user.signed_out" => Message::new("activity-signed-out-by"),
        _ => return None,
    })
}
