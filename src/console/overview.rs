//! The first page: how much there is and happens, whether all is well, and what needs somebody's attention.

use super::chart::Chart;
use super::desk::{Desk, Within, stopped};
use super::view::{At, Block, Cell, Link, Section, View};
use crate::admin::keys;
use crate::clients;
use crate::config::{Cimd, Registration};
use crate::keys::store::State;
use crate::lang::Message;
use crate::oauth::living;
use crate::observe::pulse::{Day, Measure};
use crate::people;
use crate::signin;
use crate::web::Stopped;
use axum::response::{IntoResponse, Redirect, Response};
use std::time::Duration;

/// Counting stops here: a page must not take longer because there is more.
const MOST: i64 = 10_000;

/// `GET /admin`
pub(super) async fn get(Within(desk): Within<Desk>) -> Result<Response, Stopped> {
    if desk.manages() {
        return Ok(Redirect::to("/admin/workspaces").into_response());
    }
    let app = &desk.app;
    let counts = [
        (Message::new("console-users"), people::store::count(&app.db, MOST).await?),
        (Message::new("console-clients"), clients::store::count(&app.db, MOST).await?),
        (Message::new("console-grants"), living::count(&app.db, MOST, app.now()).await?),
        (Message::new("console-sessions"), signin::counts::living(app, MOST).await?),
    ];
    let numbers = counts.map(|(name, n)| (name, counted(n))).into();
    let well = match app.catch_up().await {
        Ok(()) => Message::new("console-well"),
        Err(_) => Message::new("console-unwell"),
    };
    let health = vec![
        (Message::new("console-database"), Cell::Chip(well)),
        (Message::new("console-database-kind"), Cell::code(app.db.kind().to_string())),
        (Message::new("console-issuer"), Cell::code(app.issuer())),
        (Message::new("console-version"), Cell::code(env!("CARGO_PKG_VERSION"))),
    ];
    let concerns = concerns(&desk).await?;
    let attention = Section::new("attention", Message::new("console-attention"));
    let attention = match concerns.is_empty() {
        true => attention.with(Message::new("console-no-attention")),
        false => attention.all(concerns.into_iter().map(Block::Caution)),
    };
    let new = Link {
        id: "new-client",
        href: "/admin/clients/new".to_owned(),
        label: Message::new("console-new-client"),
        changes: true,
    };
    let day = Day::read(&app.db, app.now()).await?;
    let charts = vec![
        Chart::of_events(Message::new("console-chart-requests"), day.of(Measure::Requests)),
        Chart::of_events(Message::new("console-chart-errors"), day.of(Measure::Errors)),
        Chart::of_events(Message::new("console-chart-sign-ins"), day.of(Measure::SignIns)),
        Chart::of_state(Message::new("console-chart-grants"), day.of(Measure::Grants)),
    ];
    let view = View::new(&desk, At::Overview, Message::new("console-overview"))
        .with(attention)
        .with(Section::new("day", Message::new("console-day")).with(Block::Charts(charts)))
        .with(Section::new("numbers", Message::new("console-numbers")).with(Block::Numbers(numbers)).with(new))
        .with(Section::new("health", Message::new("console-health")).with(Block::Facts(health)));
    Ok(view.answer(&desk))
}

/// A number, or that there are at least so many.
pub(super) fn counted(n: i64) -> Cell {
    let count = usize::try_from(n).unwrap_or(0);
    if n < MOST { Cell::number(n) } else { Cell::Said(Message::new("console-at-least").count("n", count)) }
}

/// What somebody should look at.
async fn concerns(desk: &Desk) -> Result<Vec<Message>, Stopped> {
    let (app, config) = (&desk.app, &desk.app.config);
    let mut all = Vec::new();
    let alone = desk.may() && !people::store::another_admin(&app.db, Some(&desk.session.user.id)).await?;
    if alone {
        all.push(Message::new("console-one-admin"));
    }
    // By itself a key hands over at this age; that it didn't is worth a look.
    let oldest = config.keys.rotate_after + config.keys.publish_before + Duration::from_secs(86_400);
    for key in keys::list(app).await.map_err(stopped)? {
        if key.state == State::Active && key.activated_at.unwrap_or(key.created_at) + oldest < app.now() {
            all.push(Message::new("console-old-key").code("alg", key.alg.name()));
        }
    }
    if config.registration == Registration::Open {
        all.push(Message::new("console-open-registration"));
    }
    if config.cimd == Cimd::On {
        all.push(Message::new("console-open-cimd"));
    }
    if config.legacy_response_types {
        all.push(Message::new("console-legacy"));
    }
    if !app.https() {
        all.push(Message::new("console-plain-http"));
    }
    Ok(all)
}
