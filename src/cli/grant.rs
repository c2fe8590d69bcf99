//! `symbolon grant`: what people allowed clients.

use super::open::{self, Start, acting};
use super::output::{Failure, Printed, moment, table};
use crate::admin::{Refused, grants, users};
use crate::app::App;
use crate::base::id::{ClientId, WorkspaceId};
use crate::config::Flags;
use crate::oauth::living::{Living, Which};
use clap::{Args, Subcommand};
use serde_json::json;

/// `symbolon grant …`
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List grants that live, oldest first
    List(Narrowed),
    /// End one: its tokens are dead at once, and the client asks before it gets another
    End {
        /// From `symbolon grant list`
        id: String,
    },
}

/// Which grants; each narrows.
#[derive(Debug, Args)]
pub(super) struct Narrowed {
    /// Only those of this person: their id or address
    #[arg(long, value_name = "USER")]
    user: Option<String>,
    /// Only those of this client
    #[arg(long, value_name = "CLIENT_ID")]
    client: Option<String>,
    /// Only those in this workspace
    #[arg(long, value_name = "SLUG")]
    workspace: Option<String>,
    /// At most so many
    #[arg(long, default_value_t = 1000, value_name = "N")]
    limit: usize,
}

pub(super) async fn run(flags: &Flags, command: Command) -> Result<Printed, Failure> {
    let app = open::open(flags, Start::Existing).await?;
    let printed = match command {
        Command::List(narrowed) => list(&app, narrowed).await,
        Command::End { id } => end(&app, &id).await,
    };
    app.db.close().await;
    printed
}

async fn list(app: &App, narrowed: Narrowed) -> Result<Printed, Failure> {
    let user = match &narrowed.user {
        Some(name) => Some(users::find(app, name).await.map_err(|why| nobody(why, name))?.id),
        None => None,
    };
    let client = narrowed.client.map(ClientId::from);
    let workspace = narrowed.workspace.map(WorkspaceId::from);
    let (all, _) = grants::list(app, &Which { user, client, workspace }, "", narrowed.limit).await?;
    let row = |one: &Living| {
        let workspace = one.workspace.as_ref().map(ToString::to_string).unwrap_or_default();
        let when = moment(one.used_at);
        vec![one.id.clone(), one.client_id.to_string(), one.email.clone(), one.scope.clone(), workspace, when]
    };
    let head = ["ID", "CLIENT", "PERSON", "SCOPE", "WORKSPACE", "USED"];
    let text = table(&head, &all.iter().map(row).collect::<Vec<_>>(), "No grants.");
    Ok(Printed::new(text, json!(all)))
}

pub(super) fn nobody(refused: Refused, name: &str) -> Failure {
    match refused {
        Refused::NotFound => {
            Failure::failed(format!("there is nobody `{name}`")).fix("`symbolon user list` shows everyone.")
        }
        other => other.into(),
    }
}

async fn end(app: &App, id: &str) -> Result<Printed, Failure> {
    grants::end(app, &acting(), id).await.map_err(|why| match why {
        Refused::NotFound => Failure::failed(format!("there is no grant `{id}`, or it has ended"))
            .fix("`symbolon grant list` shows them."),
        other => other.into(),
    })?;
    Ok(Printed::new(format!("{id} has ended, and its tokens with it."), json!({ "id": id, "ended": true })))
}
