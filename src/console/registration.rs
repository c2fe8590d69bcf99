//! Apps that nobody here registered: invitations to register one, and those that came by with documents of their own.

use super::clients::{paging, searching, state};
use super::desk::{Desk, Sent, Trouble, stopped};
use super::form::{Field, Form, Kind};
use super::view::{Act, At, Block, Cell, Code, Link, Section, Table, View};
use crate::admin::{invites, seen};
use crate::base::id::ClientId;
use crate::lang::Message;
use crate::web::Stopped;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use std::time::Duration;

const PATH: &str = "/admin/registration";

/// `GET /admin/registration?search=&cursor=`
pub(super) async fn get(desk: Desk) -> Result<Response, Stopped> {
    page(&desk, ["1", "7"], None).await
}

async fn page(desk: &Desk, [uses, days]: [&str; 2], trouble: Option<Trouble>) -> Result<Response, Stopped> {
    let text = |name, label, value: &str| Field::new(name, label, Kind::Text(value.to_owned())).required();
    let invite = Form::new("invite", format!("{PATH}/invite"), Message::new("console-invite"))
        .with(text("uses", Message::new("console-uses"), uses))
        .with(text("expires_in", Message::new("console-days-good"), days));
    let invites = Section::new("invites", Message::new("console-invites")).with(Message::new("console-invites-what"));
    let view = View::new(desk, At::Registration, Message::new("console-registration"))
        .with(invites.with(invited(desk).await?).with(invite))
        .with(strangers(desk).await?)
        .troubled("invite", trouble);
    Ok(view.answer(desk))
}

async fn invited(desk: &Desk) -> Result<Table, Stopped> {
    let heads = [
        Message::new("console-ends-in"),
        Message::new("console-used-of"),
        Message::new("console-since"),
        Message::new("console-until"),
        Message::new("console-revoke"),
    ];
    let mut table = Table::new(Message::new("console-invites"), heads, Message::new("console-no-invites"));
    for one in invites::list(&desk.app).await.map_err(stopped)? {
        let revoke = Act {
            path: format!("{PATH}/revoke"),
            label: Message::new("console-revoke"),
            to: one.hint.clone(),
            fields: vec![("id", one.id.clone())],
        };
        let count = |n: i64| usize::try_from(n).unwrap_or(0);
        let used = Message::new("console-of").count("used", count(one.used)).count("uses", count(one.uses));
        let times = [Cell::time(one.created_at), Cell::time(one.expires_at)];
        let cells = [Cell::code(format!("…{}", one.hint)), Cell::Said(used)].into_iter().chain(times);
        table.row(one.id.as_str(), cells.chain([Cell::Act(revoke)]));
    }
    Ok(table)
}

async fn strangers(desk: &Desk) -> Result<Section, Stopped> {
    let paging = paging(desk, "clients/seen")?;
    let found = seen::list(&desk.app, &paging.after, &paging.search, paging.limit).await;
    let (found, more) = found.map_err(stopped)?;
    let heads = [
        Message::new("console-name"),
        Message::new("console-client-id"),
        Message::new("console-state"),
        Message::new("console-last-seen"),
        Message::new("console-block"),
    ];
    let mut table = Table::new(Message::new("console-seen"), heads, Message::new("console-no-seen"));
    for one in &found {
        let blocked = one.blocked_at.is_some();
        let (what, label) = match blocked {
            true => ("unblock", Message::new("console-unblock")),
            false => ("block", Message::new("console-block")),
        };
        let fields = vec![("id", one.id.to_string())];
        let act = Act { path: format!("{PATH}/{what}"), label, to: one.id.to_string(), fields };
        let (name, id) = (Cell::text(one.name.as_str()), Cell::code(one.id.as_str()));
        table.row(one.id.as_str(), [name, id, state(!blocked), Cell::time(one.last_at), Cell::Act(act)]);
    }
    let last = found.last().filter(|_| more).map(|one| one.id.as_str());
    let table = table.goes_on(desk, PATH, "clients/seen", &paging, last);
    let section = Section::new("seen", Message::new("console-seen")).with(Message::new("console-seen-what"));
    Ok(section.with(searching(PATH, &paging.search)).with(table))
}

/// `POST /admin/registration/invite`: shows the token, now and never again.
pub(super) async fn invite(sent: Sent) -> Result<Response, Stopped> {
    let desk = &sent.desk;
    let uses = sent.text("uses").parse().unwrap_or(0);
    let days: u64 = sent.text("expires_in").parse().unwrap_or(0);
    let lives = Duration::from_secs(days.saturating_mul(86_400));
    match invites::create(&desk.app, &desk.who, uses, lives).await {
        Ok((token, _)) => {
            let label = Message::new("console-token");
            let code = Code { id: "token", label, text: token.reveal().to_owned(), folded: false, copied: true };
            let on = Link {
                id: "go-on",
                href: PATH.to_owned(),
                label: Message::new("console-registration"),
                changes: false,
            };
            let view = View::new(desk, At::Registration, Message::new("console-invite"))
                .with(Section::first().with(code).with(Block::Caution(Message::new("console-token-once"))).with(on))
                .status(StatusCode::CREATED);
            Ok(view.answer(desk))
        }
        Err(refused) => page(desk, [sent.text("uses"), sent.text("expires_in")], Some(Trouble::of(refused)?)).await,
    }
}

fn back() -> Response {
    Redirect::to(PATH).into_response()
}

/// `POST /admin/registration/revoke`
pub(super) async fn revoke(sent: Sent) -> Result<Response, Stopped> {
    invites::revoke(&sent.desk.app, &sent.desk.who, sent.text("id")).await.map_err(stopped)?;
    Ok(back())
}

/// `POST /admin/registration/block`
pub(super) async fn block(sent: Sent) -> Result<Response, Stopped> {
    seen::block(&sent.desk.app, &sent.desk.who, &ClientId::from(sent.text("id"))).await.map_err(stopped)?;
    Ok(back())
}

/// `POST /admin/registration/unblock`
pub(super) async fn unblock(sent: Sent) -> Result<Response, Stopped> {
    seen::unblock(&sent.desk.app, &sent.desk.who, &ClientId::from(sent.text("id"))).await.map_err(stopped)?;
    Ok(back())
}
