//! Sources of a workspace: our applications at other companies. Made in two steps, looked after on a page each. Accounts aren't
//! shown here: they are their owners' own.

mod new;

pub(super) use new::{create, new};

use super::desk::{self, Desk, Said, Sent, Trouble, Within};
use super::form::{Field, Form, Kind};
use super::view::{At, Block, Cell, Code, Link, Section, Table, View};
use super::workspaces::PATH;
use crate::audit::Actor as Name;
use crate::base::Secret;
use crate::base::id::{Id, Workspace as Marker, WorkspaceId};
use crate::catalogue::wire;
use crate::lang::Message;
use crate::people::workspaces::{self, Standing};
use crate::vault::actor::Actor;
use crate::vault::refused::Refused;
use crate::vault::sources::change::{self, Cascade, Changed};
use crate::vault::sources::verify::{self, Verified};
use crate::vault::sources::view::public;
use crate::vault::sources::{Proof, Source, SourceKind, State, store};
use crate::web::Stopped;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::{Value, json};

type Slug = desk::Named<Marker>;
type In = desk::NamedIn<Marker, SourceKind>;

/// Most that a workspace's page lists.
const MOST: i64 = 100;

/// Whoever is at the desk, as the vault knows them: who looks after the deployment looks after its workspaces.
async fn actor(desk: &Desk, slug: &WorkspaceId) -> Result<Actor, Stopped> {
    crate::admin::workspaces::show(&desk.app, &desk.who, slug).await.map_err(desk::stopped)?;
    let managed = desk.managed.iter().find(|one| one.workspace == *slug).map(|one| one.role);
    let standing = match desk.manages() {
        true => Some(managed.ok_or_else(desk::missing)?),
        false => desk.may().then_some(Standing::Owner),
    };
    let user = desk.session.user.id.clone();
    Ok(Actor {
        workspace: slug.clone(),
        standing,
        client: None,
        scopes: None,
        name: Name::User(user.clone()),
        user: Some(user),
        call: desk.who.call.clone(),
        as_of: None,
    })
}

async fn found(desk: &Desk, slug: &WorkspaceId, id: &Id<SourceKind>) -> Result<(Actor, Source), Stopped> {
    let who = actor(desk, slug).await?;
    let source = change::of(&desk.app, slug, id.as_str()).await.map_err(stopped)?;
    Ok((who, source))
}

pub(super) fn stopped(refused: Refused) -> Stopped {
    match Trouble::of_vault(refused) {
        Ok(_) => Stopped::invalid(Message::new("stopped-link")),
        Err(stopped) => stopped,
    }
}

pub(super) fn state(state: State) -> Message {
    match state {
        State::Active => Message::new("source-active"),
        State::Misconfigured => Message::new("source-misconfigured"),
        State::Paused => Message::new("source-paused"),
    }
}

/// The part of a workspace's page.
pub(super) async fn section(desk: &Desk, slug: &WorkspaceId, path: &str) -> Result<Section, Stopped> {
    let heads = [
        Message::new("console-name"),
        Message::new("source-type"),
        Message::new("console-state"),
        Message::new("source-accounts"),
    ];
    let mut table = Table::new(Message::new("sources"), heads, Message::new("sources-none"));
    for source in store::page(&desk.app.db, slug, "", MOST).await? {
        let accounts = store::count_accounts(&desk.app.db, &source.id, 10_000).await?;
        let link = Cell::Link(format!("{path}/sources/{}", source.id), source.name.clone());
        let kind = desk.app.catalogue.get(&source.kind).map_or(source.kind.clone(), |kind| kind.name.clone());
        let cells = [link, Cell::text(kind.as_str()), Cell::Chip(state(source.state)), Cell::number(accounts)];
        table.row(source.id.as_str(), cells);
    }
    let new = Link {
        id: "new-source",
        href: format!("{path}/sources/new"),
        label: Message::new("source-new"),
        changes: true,
    };
    let section = Section::new("sources", Message::new("sources"));
    Ok(section.with(Message::new("sources-what")).with(table).with(new))
}

fn back(slug: &WorkspaceId, source: &Source) -> Response {
    Redirect::to(&format!("{PATH}/{slug}/sources/{}", source.id)).into_response()
}

/// `GET /admin/workspaces/{slug}/sources/{id}`
pub(super) async fn show(desk::NamedIn(slug, id): In, Within(desk): Within<Desk>) -> Result<Response, Stopped> {
    let (_, source) = found(&desk, &slug, &id).await?;
    page(&desk, &slug, &source, None, None).await
}

async fn page(
    desk: &Desk,
    slug: &WorkspaceId,
    source: &Source,
    said: Option<Message>,
    trouble: Option<(&'static str, Trouble)>,
) -> Result<Response, Stopped> {
    let path = format!("{PATH}/{slug}/sources/{}", source.id);
    let accounts = store::count_accounts(&desk.app.db, &source.id, 10_000).await?;
    let kind = desk.app.catalogue.get(&source.kind).map_or(source.kind.clone(), |kind| kind.name.clone());
    let facts = vec![
        (Message::new("source-type"), Cell::text(kind.as_str())),
        (Message::new("console-state"), Cell::Chip(state(source.state))),
        (Message::new("source-since"), Cell::time(source.state_at)),
        (Message::new("console-slug"), Cell::code(source.slug.as_str())),
        (Message::new("source-client-id"), Cell::code(source.client_id.as_str())),
        (Message::new("source-accounts"), Cell::number(accounts)),
    ];
    let mut first = Section::first();
    if let Some(said) = said {
        first = first.with(Block::Said(said));
    }
    if source.state == State::Misconfigured {
        let code = source.reason.clone().unwrap_or_default();
        first = first.with(Block::Caution(Message::new("source-refused").code("error", code)));
    }
    let uri = Code {
        id: "redirect-uri",
        label: Message::new("source-redirect-uri"),
        text: source.redirect_uri(&desk.app),
        folded: false,
        copied: true,
    };
    let verify = Form::new("verify", format!("{path}/verify"), Message::new("source-verify"))
        .note(Message::new("source-verify-what"));
    let turns = match source.state {
        State::Paused => ("active", Message::new("source-start")),
        State::Active | State::Misconfigured => ("paused", Message::new("source-pause")),
    };
    let turn = Form::new("turn", format!("{path}/turn"), turns.1).quiet().hidden("to", turns.0);
    let secret = Field::new("client_secret", Message::new("source-new-secret"), Kind::Password).required();
    let keep = Field::new("keep", Message::new("source-keep-old"), Kind::Flag(true));
    let secrets = Form::new("secret", format!("{path}/secret"), Message::new("source-set-secret"))
        .note(Message::new("source-secret-what"))
        .with(secret)
        .with(keep);
    let delete = Form::new("delete", format!("{path}/delete"), Message::new("source-delete"))
        .note(Message::new("source-delete-what"))
        .confirmed_by(&source.slug);
    let (form, trouble) = trouble.map_or(("", None), |(form, trouble)| (form, Some(trouble)));
    let mut view = View::about(desk, At::Workspaces, &source.name)
        .back(&format!("{PATH}/{slug}"), Message::new("console-named").name("name", slug.as_str()))
        .with(first.with(Block::Facts(facts)).with(uri));
    let member = workspaces::store::member(&desk.app.db, slug, &desk.session.user.id).await?;
    if source.state == State::Active && member.is_some() {
        view = view.with(connect(source, accounts == 0));
    }
    view = view
        .with(Section::new("check", Message::new("source-verify")).with(verify).with(turn))
        .with(Section::new("secrets", Message::new("source-secret")).with(secrets));
    if let Some(keys) = keys(desk, source, &path).await? {
        view = view.with(keys);
    }
    let view = view.with(Section::new("danger", Message::new("source-delete")).with(delete)).troubled(form, trouble);
    Ok(view.answer(desk))
}

/// Private keys, where the provider takes them: what must be registered there, and another one.
async fn keys(desk: &Desk, source: &Source, path: &str) -> Result<Option<Section>, Stopped> {
    let kind = desk.app.catalogue.get(&source.kind).filter(|kind| wire::takes_key(kind));
    let Some(kind) = kind else { return Ok(None) };
    let all = source.secrets(&desk.app).await?;
    let keys: Vec<Value> =
        all.iter().filter(|one| one.proof == Proof::PrivateKey).map(|one| public(Some(kind), one)).collect();
    let mut section = Section::new("keys", Message::new("source-key"));
    let mut form = Form::new("key", format!("{path}/key"), Message::new("source-set-key"))
        .with(new::key(Message::new("source-new-key")).required());
    if !keys.is_empty() {
        section = section.with(Code {
            id: "public-keys",
            label: Message::new("source-public-keys"),
            text: json!({ "keys": keys }).to_string(),
            folded: true,
            copied: true,
        });
        form = form.with(Field::new("keep", Message::new("source-keep-old-key"), Kind::Flag(true)));
    }
    Ok(Some(section.with(form)))
}

/// The way to an account of one's own; the first of all shows that the source works.
fn connect(source: &Source, first: bool) -> Section {
    let (label, note) = match first {
        true => (Message::new("source-connect-first"), Message::new("source-connect-first-what")),
        false => (Message::new("source-connect"), Message::new("source-connect-what")),
    };
    let form =
        Form::new("connect", "/account/connections", label.clone()).note(note).hidden("source", source.id.as_str());
    Section::new("connects", label).with(form)
}

/// `POST …/verify`: what the provider says, on the page.
pub(super) async fn verify(desk::NamedIn(slug, id): In, Within(sent): Within<Sent>) -> Result<Response, Stopped> {
    let (_, source) = found(&sent.desk, &slug, &id).await?;
    let said = match verify::now(&sent.desk.app, &source).await? {
        Verified::Good => Message::new("source-verified"),
        Verified::Refused { error } => Message::new("source-refused").code("error", error),
        Verified::Unclear { error } => Message::new("source-unclear").code("error", error),
        Verified::Unreachable => Message::new("source-unreachable"),
        Verified::Unverifiable => Message::new("source-unverifiable"),
    };
    let (_, source) = found(&sent.desk, &slug, &id).await?;
    page(&sent.desk, &slug, &source, Some(said), None).await
}

/// `POST …/turn`: paused, or started again.
pub(super) async fn turn(desk::NamedIn(slug, id): In, Within(sent): Within<Sent>) -> Result<Response, Stopped> {
    let (who, source) = found(&sent.desk, &slug, &id).await?;
    let state = if sent.text("to") == "active" { State::Active } else { State::Paused };
    let what =
        change::change(&sent.desk.app, &who, &source, Changed { state: Some(state), ..Changed::default() }).await;
    done(&sent.desk, &slug, &source, "turn", what.map(drop)).await
}

/// `POST …/secret`: another client secret, beside the old one or instead of it.
pub(super) async fn secret(desk::NamedIn(slug, id): In, Within(sent): Within<Sent>) -> Result<Response, Stopped> {
    let (who, source) = found(&sent.desk, &slug, &id).await?;
    let all = with_old(&sent, &source, ("client_secret", Proof::Secret)).await?;
    let what = Changed { client_secrets: Some(all), ..Changed::default() };
    let what = change::change(&sent.desk.app, &who, &source, what).await;
    done(&sent.desk, &slug, &source, "secret", what.map(drop)).await
}

/// `POST …/key`: another private key, in the same way.
pub(super) async fn key(desk::NamedIn(slug, id): In, Within(sent): Within<Sent>) -> Result<Response, Stopped> {
    let (who, source) = found(&sent.desk, &slug, &id).await?;
    let all = with_old(&sent, &source, ("private_key", Proof::PrivateKey)).await?;
    let what = Changed { private_keys: Some(all), ..Changed::default() };
    let what = change::change(&sent.desk.app, &who, &source, what).await;
    done(&sent.desk, &slug, &source, "key", what.map(drop)).await
}

/// What was typed, and where that is wanted the first that there was.
async fn with_old(sent: &Sent, source: &Source, (field, proof): (&str, Proof)) -> Result<Vec<Secret>, Stopped> {
    let mut all = vec![Secret::new(sent.text(field))];
    if !sent.text("keep").is_empty() {
        let old = source.secrets(&sent.desk.app).await?;
        all.extend(old.into_iter().filter(|one| one.proof == proof).map(|one| one.value).take(1));
    }
    Ok(all)
}

/// `POST …/delete`
pub(super) async fn delete(desk::NamedIn(slug, id): In, Within(sent): Within<Sent>) -> Result<Response, Stopped> {
    let (who, source) = found(&sent.desk, &slug, &id).await?;
    if let Err(trouble) = desk::confirmed(sent.text("confirm"), &source.slug) {
        return page(&sent.desk, &slug, &source, None, Some(("delete", trouble))).await;
    }
    match change::delete(&sent.desk.app, &who, &source, Cascade::Yes).await {
        Ok(()) => Ok(Redirect::to(&format!("{PATH}/{slug}#sources")).into_response()),
        Err(refused) => {
            let trouble = Trouble::of_vault(refused)?;
            page(&sent.desk, &slug, &source, None, Some(("delete", trouble))).await
        }
    }
}

async fn done(
    desk: &Desk,
    slug: &WorkspaceId,
    source: &Source,
    form: &'static str,
    what: Result<(), Refused>,
) -> Result<Response, Stopped> {
    match what {
        Ok(()) => Ok(back(slug, source)),
        Err(refused) => page(desk, slug, source, None, Some((form, Trouble::of_vault(refused)?))).await,
    }
}

impl Trouble {
    /// What the form can be shown again with; or the page instead of it.
    pub(super) fn of_vault(refused: Refused) -> Result<Self, Stopped> {
        if let Some(fault) = refused.fault {
            return Err((*fault).into());
        }
        match refused.status {
            StatusCode::NOT_FOUND => Err(desk::missing()),
            StatusCode::FORBIDDEN => {
                Err(Stopped::told(StatusCode::FORBIDDEN, "forbidden", Message::new("console-forbidden")))
            }
            status => Ok(Trouble { status, field: refused.field.unwrap_or_default(), why: Said::English(refused.why) }),
        }
    }
}
