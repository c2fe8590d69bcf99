//! A new source in two steps: what it is of, then what the provider gave us and asked for. The redirect URI stands in the form:
//! providers want it before they give a client id.

use super::{PATH, Slug, actor, back};
use crate::base::Secret;
use crate::base::id::WorkspaceId;
use crate::catalogue::{Asked as Param, SourceType, wire};
use crate::console::desk::{self, Desk, Sent, Trouble, Within};
use crate::console::form::{Choice, Field, Form, Kind};
use crate::console::view::{At, Block, Card, Cell, Code, Section, View};
use crate::lang::Message;
use crate::vault::sources::change::{self, Asked};
use crate::vault::sources::{self, SourceId};
use crate::web::Stopped;
use axum::response::Response;
use std::collections::BTreeMap;

/// `GET /admin/workspaces/{slug}/sources/new?type=`: what it is of, then the form.
pub(in crate::console) async fn new(desk::Named(slug): Slug, Within(desk): Within<Desk>) -> Result<Response, Stopped> {
    actor(&desk, &slug).await?;
    desk.for_changes()?;
    match desk.query.get("type").and_then(|key| desk.app.catalogue.get(key).cloned()) {
        Some(kind) => Ok(filling(&desk, &slug, &kind, &Typed::fresh(&desk), None)),
        None => Ok(choosing(&desk, &slug)),
    }
}

fn choosing(desk: &Desk, slug: &WorkspaceId) -> Response {
    let card = |kind: &std::sync::Arc<SourceType>| Card {
        href: format!("{PATH}/{slug}/sources/new?type={}", kind.key),
        name: Message::new("console-named").name("name", &kind.name),
        what: match kind.unverified.is_empty() {
            true => Message::new("source-checked").code("day", &kind.last_checked),
            false => Message::new("source-unverified").count("n", kind.unverified.len()),
        },
    };
    let search = desk.query.get("search").unwrap_or_default().trim();
    let like = |kind: &&std::sync::Arc<SourceType>| {
        let wanted = search.to_lowercase();
        kind.name.to_lowercase().contains(&wanted) || kind.key.contains(&wanted)
    };
    let (general, named): (Vec<_>, Vec<_>) = desk.app.catalogue.iter().partition(|kind| kind.generic);
    let mut named: Vec<_> = named.into_iter().filter(like).collect();
    named.sort_by_key(|kind| kind.name.to_lowercase());
    let cards = |all: Vec<&std::sync::Arc<SourceType>>| Block::Cards(all.into_iter().map(card).collect());
    let field = Field::new("search", Message::new("source-search"), Kind::Text(search.to_owned()));
    let find = Form::asks("find", format!("{PATH}/{slug}/sources/new"), Message::new("console-find")).with(field);
    let mut section = Section::new("named", Message::new("source-choose")).with(find);
    section = match named.is_empty() {
        true => section.with(Message::new("source-none-such")),
        false => section.with(cards(named)),
    };
    View::new(desk, At::Workspaces, Message::new("source-new"))
        .back(&format!("{PATH}/{slug}"), Message::new("console-named").name("name", slug.as_str()))
        .with(section)
        .with(Section::new("general", Message::new("source-other")).with(cards(general)))
        .answer(desk)
}

/// What was typed into the form of a new source.
struct Typed {
    /// What it will be called: its redirect URI is in the form.
    id: SourceId,
    name: String,
    slug: String,
    client_id: String,
    scopes: String,
    params: BTreeMap<String, String>,
}

impl Typed {
    fn fresh(desk: &Desk) -> Self {
        Typed {
            id: sources::fresh(desk.app.now()),
            name: String::new(),
            slug: String::new(),
            client_id: String::new(),
            scopes: String::new(),
            params: BTreeMap::new(),
        }
    }
}

fn filling(desk: &Desk, slug: &WorkspaceId, kind: &SourceType, typed: &Typed, trouble: Option<Trouble>) -> Response {
    let text = |name: &'static str, label, value: &str| Field::new(name, label, Kind::Text(value.to_owned()));
    let or = |given: &str, usual: &str| if given.is_empty() { usual.to_owned() } else { given.to_owned() };
    let mut form = Form::new("create", format!("{PATH}/{slug}/sources"), Message::new("source-make"))
        .hidden("type", kind.key.as_str())
        .hidden("id", typed.id.as_str())
        .with(text("name", Message::new("console-name"), &or(&typed.name, &kind.name)).required())
        .with(text("slug", Message::new("console-slug"), &or(&typed.slug, &kind.key.replace('_', "-"))).required());
    if !kind.kind.typed_in() {
        let secret = Field::new("client_secret", Message::new("source-secret"), Kind::Password);
        form = form
            .with(text("client_id", Message::new("source-client-id"), &typed.client_id).required())
            .with(secret.hint(Message::new("console-named").name("name", &kind.secret_meaning)))
            .with(scopes(kind, typed));
    }
    let mut more: Vec<Field> = wire::takes_key(kind).then(|| key(Message::new("source-key"))).into_iter().collect();
    for param in kind.params.iter().filter(|param| param.asked == Param::Source) {
        let given = typed.params.get(&param.name).cloned().or_else(|| param.default.clone()).unwrap_or_default();
        let label = Message::new("console-named").name("name", param.meaning());
        let one = |value: &String| Choice {
            value: value.clone().into(),
            label: match value.trim() {
                "" => Message::new("source-space"),
                value => Message::new("console-named").name("name", value),
            },
            chosen: *value == given,
        };
        let field = match param.choices.is_empty() {
            true => Kind::Text(given.clone()),
            false => Kind::One(param.choices.iter().map(one).collect()),
        };
        let field = Field::new(format!("param.{}", param.name), label, field);
        // What has a usual value is out of the way.
        match param.default.is_some() || param.optional {
            true => more.push(field),
            false => form = form.with(field.required()),
        }
    }
    let form = form.more(more);
    let mut first = Section::new("provider", Message::new("source-at-provider"));
    if !kind.notes.is_empty() {
        first = first.with(Message::new("console-named").name("name", &kind.notes));
    }
    if kind.kind.connects_in_browser() {
        first = first.with(Message::new("source-register")).with(Code {
            id: "redirect-uri",
            label: Message::new("source-redirect-uri"),
            text: sources::redirect_uri(&desk.app, &typed.id),
            folded: false,
            copied: true,
        });
    }
    let docs = kind.docs.iter().map(|url| (Message::new("source-docs"), Cell::Link(url.clone(), url.clone())));
    let mut facts: Vec<_> = docs.collect();
    facts.push((Message::new("source-last-checked"), Cell::text(kind.last_checked.as_str())));
    first = first.with(Block::Facts(facts));
    View::new(desk, At::Workspaces, Message::new("console-named").name("name", &kind.name))
        .back(&format!("{PATH}/{slug}/sources/new"), Message::new("source-new"))
        .lede(Message::new("source-id-is").name("meaning", &kind.external_id_meaning))
        .with(first)
        .with(Section::new("settings", Message::new("source-settings")).with(form))
        .troubled("create", trouble)
        .answer(desk)
}

/// Never filled in: what was typed isn't sent back.
pub(super) fn key(label: Message) -> Field {
    Field::new("private_key", label, Kind::Lines(String::new())).hint(Message::new("source-key-hint"))
}

fn scopes(kind: &SourceType, typed: &Typed) -> Field {
    let hint = match kind.scopes.default.is_empty() {
        true => Message::new("source-scopes-lines"),
        false => Message::new("source-scopes-hint").code("scopes", kind.scopes.default.join(" ")),
    };
    Field::new("scopes", Message::new("source-scopes"), Kind::Lines(typed.scopes.clone())).hint(hint)
}

/// `POST /admin/workspaces/{slug}/sources`
pub(in crate::console) async fn create(
    desk::Named(slug): Slug,
    Within(sent): Within<Sent>,
) -> Result<Response, Stopped> {
    let who = actor(&sent.desk, &slug).await?;
    let kind = sent.desk.app.catalogue.get(sent.text("type")).cloned();
    let kind = kind.ok_or_else(|| Stopped::invalid(Message::new("stopped-form")))?;
    let param = |param: &crate::catalogue::Param| {
        let value = sent.text(&format!("param.{}", param.name));
        (!value.is_empty()).then(|| (param.name.clone(), value.to_owned()))
    };
    let params: BTreeMap<String, String> = kind.params.iter().filter_map(param).collect();
    let chosen = sources::chosen(sent.text("id"), sent.desk.app.now());
    let typed = Typed {
        id: chosen.unwrap_or_else(|| sources::fresh(sent.desk.app.now())),
        name: sent.text("name").to_owned(),
        slug: sent.text("slug").to_owned(),
        client_id: sent.text("client_id").to_owned(),
        scopes: sent.text("scopes").to_owned(),
        params: params.clone(),
    };
    let given = |name| Some(sent.text(name)).filter(|secret| !secret.is_empty()).map(Secret::new);
    let asked = Asked {
        id: Some(typed.id.clone()),
        kind: kind.key.clone(),
        slug: Some(typed.slug.clone()),
        name: Some(typed.name.clone()),
        client_id: typed.client_id.clone(),
        client_secrets: given("client_secret").into_iter().collect(),
        private_keys: given("private_key").into_iter().collect(),
        scopes: typed.scopes.split_whitespace().map(str::to_owned).collect(),
        params,
        policy: Default::default(),
    };
    match change::create(&sent.desk.app, &who, asked).await {
        Ok(source) => Ok(back(&slug, &source)),
        Err(refused) => {
            let mut trouble = Trouble::of_vault(refused)?;
            if kind.params.iter().any(|param| param.name == trouble.field) {
                trouble.field = format!("param.{}", trouble.field);
            }
            Ok(filling(&sent.desk, &slug, &kind, &typed, Some(trouble)))
        }
    }
}
