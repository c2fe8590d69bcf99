//! "What can act for you": one line for each app, and the button that ends it.

use super::done::Done;
use super::sent::{Sent, nothing};
use crate::app::App;
use crate::audit::{self, Event};
use crate::base::Time;
use crate::base::id::{ClientId, UserId};
use crate::db::Fault;
use crate::oauth::acting::{self, Acting, Cursor};
use crate::oauth::scopes::{self, ScopeLine};
use crate::people::workspaces;
use crate::signin::Asking;
use crate::web::{Shell, Stopped};
use axum::extract::State;
use axum::response::Response;
use serde_json::json;
use std::collections::HashMap;

/// Apps on one page.
const PAGE: usize = 100;

/// An app as the page shows it.
pub(super) struct Line {
    pub id: String,
    pub client: Asking,
    pub acts: bool,
    pub stays: bool,
    pub scopes: Vec<ScopeLine>,
    pub workspaces: Vec<String>,
    pub since: Time,
    pub used_at: Option<Time>,
}

impl Line {
    /// What stands where there is no picture.
    pub fn letter(&self) -> String {
        self.client.name.chars().find(|c| c.is_alphanumeric()).map(|c| c.to_uppercase().collect()).unwrap_or_default()
    }
}

/// The apps from `cursor` on, and where more begin.
pub(super) async fn lines(
    app: &App,
    shell: &Shell,
    user: &UserId,
    cursor: Option<&str>,
) -> Result<(Vec<Line>, Option<String>), Fault> {
    let after = cursor.map_or_else(Cursor::start, Cursor::read);
    let one_more = i64::try_from(PAGE).unwrap_or_default() + 1;
    let (found, places) = tokio::try_join!(
        acting::of_user(app, user, shell.language, &after, one_more),
        workspaces::store::of_user(&app.db, user),
    )?;
    let more = (found.len() > PAGE).then(|| found.get(PAGE - 1).map(Acting::cursor)).flatten();
    // Where there is one place only, it goes without saying.
    let several = places.len() > 1;
    let names: HashMap<String, String> =
        places.into_iter().map(|place| (place.workspace.to_string(), place.name)).collect();
    let line = |one: Acting| {
        let mut lines = scopes::lines(shell, app, &one.scope);
        lines.extend(scopes::told(shell, &one.told));
        let named = one.workspaces.iter().filter(|_| several);
        Line {
            id: one.client_id.to_string(),
            client: one.asking,
            acts: one.acts,
            stays: one.stays,
            scopes: lines,
            workspaces: named.map(|slug| names.get(slug).unwrap_or(slug).clone()).collect(),
            since: one.since,
            used_at: one.used_at,
        }
    };
    Ok((found.into_iter().take(PAGE).map(line).collect(), more))
}

/// `POST /account/apps`: ends all grants of a client, and asks again when it comes back.
pub(super) async fn disconnect(State(app): State<App>, sent: Sent) -> Result<Response, Stopped> {
    let client = ClientId::from(sent.params.get("revoke").unwrap_or_default());
    let mut tx = app.db.begin().await?;
    let grants = acting::withdraw(&app, &mut tx, &sent.session.user.id, &client).await?.ok_or_else(nothing)?;
    let object = format!("client:{client}");
    let event = Event { object, detail: json!({ "grants": grants }), ..sent.event("consent.withdrawn") };
    audit::record(&mut tx, &event, app.now()).await?;
    tx.commit().await?;
    tracing::info!(user = %sent.session.user.id, %client, grants, "an app was disconnected by its person");
    Ok(Done::App.back())
}
