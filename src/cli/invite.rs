//! `symbolon client invite`, `invites`, `revoke-invite`: initial access tokens, with which apps register themselves.

use super::open::acting;
use super::output::{Failure, Printed, block, bold, moment, table};
use crate::admin::{Refused, invites};
use crate::app::App;
use crate::clients::invites::Invite;
use crate::config::{Registration, span};
use clap::Args;
use serde_json::json;
use std::time::Duration;

/// `symbolon client invite`
#[derive(Debug, Args)]
pub(super) struct Ask {
    /// How many clients it registers
    #[arg(long, default_value_t = 1, value_name = "N")]
    uses: u32,
    /// For how long it is good, as 12h or 30d
    #[arg(long, value_parser = lives, default_value = "7d", value_name = "TIME")]
    expires: Duration,
}

fn lives(text: &str) -> Result<Duration, &'static str> {
    span::parse(text).ok_or("write 10m, 12h or 30d")
}

pub(super) async fn create(app: &App, ask: &Ask) -> Result<Printed, Failure> {
    let made = invites::create(app, &acting(), ask.uses, ask.expires).await.map_err(told)?;
    let (token, invite) = made;
    let lines = [
        (
            "initial_access_token",
            format!("{}\nShown once. Hand it to whoever registers the app.", bold(token.reveal())),
        ),
        ("id", invite.id.clone()),
        ("registers", format!("{} client{}", invite.uses, if invite.uses == 1 { "" } else { "s" })),
        ("good until", moment(invite.expires_at)),
        ("endpoint", app.url("/oauth2/register")),
        ("note", closed(app)),
    ];
    let mut shown = invite.to_json();
    if let Some(members) = shown.as_object_mut() {
        members.insert("initial_access_token".to_owned(), json!(token.reveal()));
    }
    Ok(Printed::new(block(&lines), shown))
}

/// The endpoint has to be there.
fn closed(app: &App) -> String {
    match app.config.registration {
        Registration::Off => "Registration is off; set registration = \"token\" and restart.".to_owned(),
        Registration::Token | Registration::Open => String::new(),
    }
}

pub(super) async fn list(app: &App) -> Result<Printed, Failure> {
    let all = invites::list(app).await?;
    let row = |invite: &Invite| {
        let used = format!("{} of {}", invite.used, invite.uses);
        vec![invite.id.clone(), format!("…{}", invite.hint), used, moment(invite.created_at), moment(invite.expires_at)]
    };
    let none = "No initial access tokens. Make one with `symbolon client invite`.";
    let text = table(&["ID", "TOKEN", "USED", "MADE", "GOOD UNTIL"], &all.iter().map(row).collect::<Vec<_>>(), none);
    Ok(Printed::new(text, all.iter().map(Invite::to_json).collect()))
}

pub(super) async fn revoke(app: &App, id: &str) -> Result<Printed, Failure> {
    invites::revoke(app, &acting(), id).await.map_err(|why| match why {
        Refused::NotFound => Failure::failed(format!("there is no initial access token `{id}`"))
            .fix("`symbolon client invites` shows them."),
        other => other.into(),
    })?;
    let text = format!("{id} registers no more clients. Those that it registered stay.");
    Ok(Printed::new(text, json!({ "id": id, "revoked": true })))
}

fn told(refused: Refused) -> Failure {
    match refused {
        Refused::Invalid { field, why } if field == "expires_in" => Failure::usage(format!("--expires: {why}")),
        Refused::Invalid { field, why } => Failure::usage(format!("--{field}: {why}")),
        other => other.into(),
    }
}
