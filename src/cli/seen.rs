//! `symbolon client seen`: clients that are described by documents of their own, and stopping one.

use super::open::acting;
use super::output::{Failure, Printed, moment, table};
use crate::admin::{Refused, seen};
use crate::app::App;
use crate::base::id::ClientId;
use crate::clients::cimd::store::Seen;
use crate::config::Cimd;

pub(super) async fn list(app: &App, search: &str) -> Result<Printed, Failure> {
    let mut all: Vec<Seen> = Vec::new();
    loop {
        let after = all.last().map(|seen| seen.id.to_string()).unwrap_or_default();
        let (page, more) = seen::list(app, &after, search, 200).await?;
        all.extend(page);
        if !more {
            break;
        }
    }
    let row = |seen: &Seen| {
        let state = if seen.blocked_at.is_none() { "enabled" } else { "disabled" };
        let (name, times) = (seen.name.clone(), seen.times.to_string());
        vec![seen.id.to_string(), name, state.to_owned(), moment(seen.first_at), moment(seen.last_at), times]
    };
    let none = match (search, app.config.cimd) {
        ("", Cimd::Off) => "None, and none can come: cimd is off.",
        ("", _) => "No client with a document of its own has come by yet.",
        _ => "No URL or name of a client that came by contains this.",
    };
    let head = ["CLIENT ID", "NAME", "STATE", "FIRST SEEN", "LAST SEEN", "TIMES"];
    let text = table(&head, &all.iter().map(row).collect::<Vec<_>>(), none);
    Ok(Printed::new(text, all.iter().map(Seen::to_json).collect()))
}

pub(super) async fn show(app: &App, id: &ClientId) -> Result<Printed, Failure> {
    let shown = seen::show(app, id).await.map_err(|why| told(why, id))?;
    Ok(Printed::new(format!("{shown:#}"), shown))
}

pub(super) async fn enable(app: &App, id: &ClientId) -> Result<Printed, Failure> {
    let shown = seen::unblock(app, &acting(), id).await.map_err(|why| told(why, id))?;
    Ok(Printed::new(format!("{id} may act again."), shown))
}

pub(super) async fn disable(app: &App, id: &ClientId) -> Result<Printed, Failure> {
    let shown = seen::block(app, &acting(), id).await.map_err(|why| told(why, id))?;
    Ok(Printed::new(format!("{id} is disabled. Its grants have ended and its tokens are void."), shown))
}

fn told(refused: Refused, id: &ClientId) -> Failure {
    match refused {
        Refused::NotFound => Failure::failed(format!("no client `{id}` has come by"))
            .fix("`symbolon client seen` shows those that have."),
        other => other.into(),
    }
}
