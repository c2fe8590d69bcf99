//! Signing keys: which sign, which come next, and changing them by hand.

use super::desk::{Desk, Sent, Trouble, confirmed, missing, stopped};
use super::form::{Choice, Field, Form, Kind};
use super::view::{At, Cell, Section, Table, View};
use crate::admin::keys;
use crate::crypto::Algorithm;
use crate::keys::store::{Kept, State};
use crate::lang::Message;
use crate::web::Stopped;
use axum::response::{IntoResponse, Redirect, Response};

const PATH: &str = "/admin/keys";

/// `GET /admin/keys?retire=`: with the name of a key, the question whether to retire it.
pub(super) async fn list(desk: Desk) -> Result<Response, Stopped> {
    page(&desk, desk.query.get("retire"), None).await
}

fn state(state: State) -> Cell {
    Cell::Chip(match state {
        State::Next => Message::new("console-key-next"),
        State::Active => Message::new("console-key-active"),
        State::Retired => Message::new("console-key-retired"),
    })
}

async fn page(
    desk: &Desk,
    retire: Option<&str>,
    trouble: Option<(&'static str, Trouble)>,
) -> Result<Response, Stopped> {
    let kept = keys::list(&desk.app).await.map_err(stopped)?;
    let heads = [
        Message::new("console-key"),
        Message::new("console-algorithm"),
        Message::new("console-state"),
        Message::new("console-made"),
        Message::new("console-signs-since"),
        Message::new("console-age"),
        Message::new("console-retire"),
    ];
    let mut table = Table::new(Message::new("console-keys"), heads, Message::new("console-no-keys"));
    let retire_it = Message::new("console-retire").in_language(desk.shell().language).plain();
    for key in &kept {
        let days = usize::try_from(desk.app.now().secs_since(key.created_at) / 86_400).unwrap_or(0);
        let end = match key.state {
            State::Retired => Cell::time_opt(key.retired_at),
            _ if desk.may() => Cell::Link(format!("{PATH}?retire={}#retire-key", key.kid), retire_it.clone()),
            _ => Cell::text(""),
        };
        let cells = [
            Cell::code(key.kid.as_str()),
            Cell::code(key.alg.name()),
            state(key.state),
            Cell::time(key.created_at),
            Cell::time_opt(key.activated_at),
            Cell::Said(Message::new("console-days").count("days", days)),
            end,
        ];
        table.row(key.kid.as_str(), cells);
    }
    let algorithms = Algorithm::ALL.map(|alg| Choice {
        value: alg.name().into(),
        label: Message::new("console-named").name("name", alg.name()),
        chosen: alg == Algorithm::RS256,
    });
    let when = [
        Choice { value: "announce".into(), label: Message::new("console-announce"), chosen: true },
        Choice { value: "now".into(), label: Message::new("console-rotate-now"), chosen: false },
    ];
    let rotate = Form::new("rotate", format!("{PATH}/rotate"), Message::new("console-rotate"))
        .note(Message::new("console-rotate-what"))
        .with(Field::new("alg", Message::new("console-algorithm"), Kind::One(algorithms.into())))
        .with(Field::new("when", Message::new("console-when"), Kind::One(when.into())));
    let mut view = View::new(desk, At::Keys, Message::new("console-keys"))
        .with(Section::first().with(table))
        .with(Section::new("rotation", Message::new("console-rotate")).with(rotate));
    if let Some(key) = retire.and_then(|kid| one(&kept, kid)) {
        let form = Form::new("retire", format!("{PATH}/retire"), Message::new("console-retire"))
            .note(Message::new("console-retire-what").code("kid", &key.kid))
            .hidden("kid", key.kid.as_str())
            .confirmed_by(key.alg.name());
        view = view.with(Section::new("retire-key", Message::new("console-retire")).with(form));
    }
    let (form, trouble) = trouble.map_or(("", None), |(form, trouble)| (form, Some(trouble)));
    Ok(view.troubled(form, trouble).answer(desk))
}

fn one<'a>(kept: &'a [Kept], kid: &str) -> Option<&'a Kept> {
    kept.iter().find(|key| key.kid == kid)
}

/// `POST /admin/keys/rotate`: at once, or when every app can know the next key.
pub(super) async fn rotate(sent: Sent) -> Result<Response, Stopped> {
    let (app, who) = (&sent.desk.app, &sent.desk.who);
    let Some(alg) = Algorithm::named(sent.text("alg")) else {
        let trouble = Trouble::field("alg", Message::new("console-not-one"));
        return page(&sent.desk, None, Some(("rotate", trouble))).await;
    };
    let done = match sent.text("when") {
        "now" => keys::rotate(app, who, alg).await.map(|_| ()),
        _ => keys::announce(app, who, alg).await.map(|_| ()),
    };
    match done {
        Ok(()) => Ok(Redirect::to(PATH).into_response()),
        Err(refused) => page(&sent.desk, None, Some(("rotate", Trouble::of(refused)?))).await,
    }
}

/// `POST /admin/keys/retire`, with its algorithm typed in `confirm`.
pub(super) async fn retire(sent: Sent) -> Result<Response, Stopped> {
    let desk = &sent.desk;
    let kid = sent.text("kid");
    let kept = keys::list(&desk.app).await.map_err(stopped)?;
    let key = one(&kept, kid).ok_or_else(missing)?;
    if let Err(trouble) = confirmed(sent.text("confirm"), key.alg.name()) {
        return page(desk, Some(kid), Some(("retire", trouble))).await;
    }
    match keys::retire(&desk.app, &desk.who, kid).await {
        Ok(_) => Ok(Redirect::to(PATH).into_response()),
        Err(refused) => page(desk, Some(kid), Some(("retire", Trouble::of(refused)?))).await,
    }
}
