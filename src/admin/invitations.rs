//! Invitations of people, as administrators make and take them back.

use super::change::{Change, Happened};
use super::workspaces::{administers, may_bring_in};
use super::{Acting, Refused};
use crate::app::App;
use crate::base::Secret;
use crate::base::id::WorkspaceId;
use crate::entry::accept;
use crate::entry::invitations::{self, Asked, Invitation, LIVES};
use crate::mail::{Letter, Says};
use crate::people::workspaces::{self, Standing};
use crate::people::{Profile, email, store as people};
use serde_json::{Value, json};

/// One that was made, and the link for whoever was invited; it is shown once.
pub struct Made {
    /// What was made.
    pub invitation: Invitation,
    /// The link.
    pub link: Secret,
    /// Whether it was mailed too.
    pub mailed: bool,
}

impl Made {
    /// As the command line and the JSON API show it.
    pub fn to_json(&self) -> Value {
        json!(Shown { invitation: &self.invitation, invite_link: self.link.reveal(), mailed: self.mailed })
    }
}

/// An invitation of a person that was just made.
#[derive(serde::Serialize, utoipa::ToSchema)]
#[schema(as = NewInvitation)]
pub struct Shown<'a> {
    #[serde(flatten)]
    #[schema(value_type = Invitation)]
    invitation: &'a Invitation,
    /// For whoever is invited; shown once.
    #[schema(value_type = String)]
    invite_link: &'a str,
    /// Whether it was mailed too.
    mailed: bool,
}

/// Invites somebody; an earlier invitation of the same address to the same workspace is no good any more.
pub async fn create(app: &App, who: &Acting, asked: Asked) -> Result<Made, Refused> {
    email::check(&asked.email).map_err(|why| Refused::invalid("email", why.plain()))?;
    Profile::parse(Value::Object(Profile::default().named(&asked.name).0))
        .map_err(|why| Refused::invalid("name", why))?;
    if asked.workspace.is_none() && asked.role != Standing::Member {
        return Err(Refused::invalid("role", "is a role in a workspace; name the workspace too"));
    }
    let account = people::by_email(&app.db, &asked.email).await?;
    let mut change = Change::begin(app, who).await?;
    let workspace = match &asked.workspace {
        Some(slug) => {
            let none = || Refused::invalid("workspace", "there is no workspace of this slug");
            may_bring_in(&mut change, who, slug, asked.role).await.map_err(|why| match why {
                Refused::NotFound => none(),
                why => why,
            })?;
            Some(workspaces::store::one(&mut change.tx, slug).await?.ok_or_else(none)?.name)
        }
        None => {
            administers(who)?;
            None
        }
    };
    if account.is_some() && asked.workspace.is_none() {
        return Err(Refused::conflict("user-exists", "there is an account with this address already"));
    }
    let (token, invitation) = invitations::create(&mut change.tx, &asked, &who.actor.to_string(), change.now).await?;
    let days = usize::try_from(LIVES.as_secs() / 86_400).unwrap_or_default();
    let says = Says::Invitation { link: accept::mailed_link(app, &token), workspace, days };
    let language = account.map_or(app.language(), |user| user.language(app.language()));
    let letter = Letter::new(&invitation.email, language, says);
    app.mailer.enqueue(&mut change.tx, app.keys.master(), &letter, change.now).await?;
    change.commit(happened("user.invited", &invitation.id, Value::Null, invitation.to_json())).await?;
    let link = Secret::new(accept::link(app, &token));
    Ok(Made { invitation, link, mailed: app.mailer.on() })
}

/// Up to `limit` open ones after `cursor`, oldest first, and whether there are more.
pub async fn list(app: &App, cursor: &str, limit: usize) -> Result<(Vec<Invitation>, bool), Refused> {
    let one_more = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
    let mut found = invitations::page(&app.db, cursor, one_more, app.now()).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    Ok((found, more))
}

/// The open ones into a workspace, oldest first, for those who manage it; at most 200.
pub async fn into_workspace(app: &App, who: &Acting, slug: &WorkspaceId) -> Result<Vec<Invitation>, Refused> {
    super::workspaces::show(app, who, slug).await?;
    Ok(invitations::into_workspace(&app.db, slug, app.now()).await?)
}

/// Takes one back.
pub async fn revoke(app: &App, who: &Acting, id: &str) -> Result<(), Refused> {
    let mut change = Change::begin(app, who).await?;
    let before = invitations::by_id(&mut change.tx, id, change.now).await?.ok_or(Refused::NotFound)?;
    match &before.workspace {
        Some(slug) => may_bring_in(&mut change, who, slug, before.role).await?,
        None => administers(who)?,
    }
    invitations::spend(&mut change.tx, id, change.now).await?;
    change.commit(happened("user.invitation_revoked", id, before.to_json(), Value::Null)).await
}

fn happened(action: &'static str, id: &str, before: Value, after: Value) -> Happened {
    Happened { action, object: format!("invitation:{id}"), before, after }
}
