//! `symbolon session`: where a person is signed in.

use super::grant::nobody;
use super::open::{self, Start, acting};
use super::output::{Failure, Printed, moment, table};
use crate::admin::{Refused, sessions, users};
use crate::app::App;
use crate::base::id::SessionId;
use crate::config::Flags;
use crate::signin::session::Known;
use clap::Subcommand;
use serde_json::json;

/// `symbolon session …`
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List the sessions of a person, used last first
    List {
        /// Their id or address
        user: String,
    },
    /// End one; the apps that took part in it are told
    End {
        /// Their id or address
        user: String,
        /// From `symbolon session list`
        sid: String,
    },
}

pub(super) async fn run(flags: &Flags, command: Command) -> Result<Printed, Failure> {
    let app = open::open(flags, Start::Existing).await?;
    let printed = match command {
        Command::List { user } => list(&app, &user).await,
        Command::End { user, sid } => end(&app, &user, &sid).await,
    };
    app.db.close().await;
    printed
}

async fn list(app: &App, name: &str) -> Result<Printed, Failure> {
    let user = users::find(app, name).await.map_err(|why| nobody(why, name))?;
    let all = sessions::list(app, &user.id).await?;
    let row = |one: &Known| {
        let (since, seen) = (moment(one.created_at), moment(one.seen_at));
        vec![one.sid.to_string(), one.network.clone(), since, seen, one.user_agent.clone()]
    };
    let head = ["SID", "NETWORK", "SINCE", "USED", "BROWSER"];
    let text = table(&head, &all.iter().map(row).collect::<Vec<_>>(), "They are signed in nowhere.");
    Ok(Printed::new(text, json!(all)))
}

async fn end(app: &App, name: &str, sid: &str) -> Result<Printed, Failure> {
    let user = users::find(app, name).await.map_err(|why| nobody(why, name))?;
    sessions::end(app, &acting(), &user.id, &SessionId::from(sid)).await.map_err(|why| match why {
        Refused::NotFound => {
            Failure::failed(format!("{} has no session `{sid}`", user.email)).fix("`symbolon session list` shows them.")
        }
        other => other.into(),
    })?;
    Ok(Printed::new(format!("{sid} has ended."), json!({ "sid": sid, "ended": true })))
}
