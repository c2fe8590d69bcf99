//! `symbolon user invite`, `invites`, `revoke-invite`: people who make their account themselves.

use super::open::acting;
use super::output::{Failure, Printed, block, bold, moment, table};
use crate::admin::{Refused, invitations};
use crate::app::App;
use crate::base::id::WorkspaceId;
use crate::entry::invitations::{Asked, Invitation};
use crate::people::workspaces::Standing;
use clap::Args;
use serde_json::json;

/// `symbolon user invite`
#[derive(Debug, Args)]
pub(super) struct Ask {
    /// The address that they will sign in with
    #[arg(long, value_name = "ADDRESS")]
    email: String,
    /// Their name; they may choose another
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    name: String,
    /// The workspace that they will be in, if not the one of the settings
    #[arg(long, value_name = "SLUG")]
    workspace: Option<String>,
    /// What they will be in it: member, admin, owner
    #[arg(long, value_parser = standing, value_name = "ROLE", default_value = "member")]
    role: Standing,
}

fn standing(text: &str) -> Result<Standing, &'static str> {
    Standing::named(text).ok_or("one of member, admin, owner")
}

pub(super) async fn create(app: &App, ask: Ask) -> Result<Printed, Failure> {
    let workspace = ask.workspace.map(WorkspaceId::from);
    let asked = Asked { email: ask.email, name: ask.name, workspace, role: ask.role };
    let made = invitations::create(app, &acting(), asked).await.map_err(told)?;
    let mail = if made.mailed { "A mail with it is on the way." } else { "Mail is off: hand the link over yourself." };
    let lines = [
        ("link", format!("{}\nShown once, good once.", bold(made.link.reveal()))),
        ("for", made.invitation.email.clone()),
        ("id", made.invitation.id.clone()),
        ("good until", moment(made.invitation.expires_at)),
        ("mail", mail.to_owned()),
    ];
    Ok(Printed::new(block(&lines), made.to_json()))
}

pub(super) async fn list(app: &App) -> Result<Printed, Failure> {
    let mut all: Vec<Invitation> = Vec::new();
    loop {
        let after = all.last().map(|one| one.id.clone()).unwrap_or_default();
        let (page, more) = invitations::list(app, &after, 200).await?;
        all.extend(page);
        if !more {
            break;
        }
    }
    let row = |one: &Invitation| {
        let workspace = one.workspace.as_ref().map(ToString::to_string).unwrap_or_default();
        vec![one.id.clone(), one.email.clone(), workspace, one.role.name().to_owned(), moment(one.expires_at)]
    };
    let none = "No open invitations. Make one with `symbolon user invite`.";
    let head = ["ID", "E-MAIL", "WORKSPACE", "ROLE", "GOOD UNTIL"];
    let text = table(&head, &all.iter().map(row).collect::<Vec<_>>(), none);
    Ok(Printed::new(text, all.iter().map(Invitation::to_json).collect()))
}

pub(super) async fn revoke(app: &App, id: &str) -> Result<Printed, Failure> {
    invitations::revoke(app, &acting(), id).await.map_err(|why| match why {
        Refused::NotFound => {
            Failure::failed(format!("there is no open invitation `{id}`")).fix("`symbolon user invites` shows them.")
        }
        other => other.into(),
    })?;
    Ok(Printed::new(format!("{id} is taken back; its link opens nothing."), json!({ "id": id, "revoked": true })))
}

fn told(refused: Refused) -> Failure {
    match refused {
        Refused::Invalid { field, why } => Failure::usage(format!("--{field}: {why}")),
        other => other.into(),
    }
}
