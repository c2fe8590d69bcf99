//! `/docs/api`: the reference of all that programs call, read from the same document as `/openapi.json`. In English only,
//! as the document is. Works without JavaScript and names no other host.

use super::openapi::TAGS;
use crate::app::App;
use crate::lang::Language;
use crate::web::{Page, Shell, assets};
use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The pages, made ready once.
pub fn routes(document: &Value) -> Router<App> {
    let groups = Arc::new(groups(document));
    let all = groups.clone();
    Router::new().route("/docs/api", get(async move |State(app): State<App>| page(&app, &all, None))).route(
        "/docs/api/{tag}",
        get(async move |State(app): State<App>, Path(tag): Path<String>| page(&app, &groups, Some(&tag))),
    )
}

#[derive(Template)]
#[template(path = "reference/index.html")]
struct Index<'a> {
    page: Shell,
    css: String,
    issuer: &'a str,
    groups: &'a [Group],
}

#[derive(Template)]
#[template(path = "reference/group.html")]
struct One<'a> {
    page: Shell,
    css: String,
    groups: &'a [Group],
    group: &'a Group,
}

fn page(app: &App, groups: &[Group], tag: Option<&str>) -> Response {
    let (page, css) = (Shell::of(app, Language::ENGLISH), assets::reference_css());
    match tag.map(|tag| groups.iter().find(|group| group.tag == tag)) {
        None => Page::new(Index { page, css, issuer: app.issuer(), groups }).into_response(),
        Some(Some(group)) => Page::new(One { page, css, groups, group }).into_response(),
        Some(None) => (StatusCode::NOT_FOUND, "There is nothing here.\n").into_response(),
    }
}

/// The operations of one tag, and the schemas that they name.
struct Group {
    tag: &'static str,
    title: &'static str,
    what: Vec<Line>,
    operations: Vec<Operation>,
    schemas: Vec<Schema>,
}

struct Operation {
    id: String,
    method: String,
    path: String,
    summary: String,
    what: Vec<Line>,
    needs: String,
    parameters: Vec<Member>,
    body: Vec<(String, Kind)>,
    answers: Vec<Answer>,
}

struct Answer {
    status: String,
    what: Vec<Line>,
    body: Vec<(String, Kind)>,
}

/// A member of an object, or a parameter.
struct Member {
    name: String,
    place: String,
    kind: Kind,
    required: bool,
    what: Line,
}

struct Schema {
    name: String,
    what: Line,
    members: Vec<Member>,
    kind: Kind,
}

/// What a value is, in words, and the schema that says more.
struct Kind {
    words: String,
    schema: Option<String>,
}

/// A sentence; what stands between backticks is code.
struct Line(Vec<(bool, String)>);

fn line(text: &str) -> Line {
    let parts = text.split('`').enumerate().filter(|(_, part)| !part.is_empty());
    Line(parts.map(|(n, part)| (n % 2 == 1, part.to_owned())).collect())
}

fn lines(text: &str) -> Vec<Line> {
    text.split("\n\n").filter(|text| !text.is_empty()).map(line).collect()
}

fn groups(document: &Value) -> Vec<Group> {
    let group = |(tag, title, what): (&'static str, &'static str, &'static str)| {
        let mut named = BTreeSet::new();
        let operations = operations(document, tag, &mut named);
        let schemas = schemas(document, named);
        Group { tag, title, what: lines(what), operations, schemas }
    };
    TAGS.into_iter().map(group).filter(|group| !group.operations.is_empty()).collect()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn members<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    value.get(name).and_then(Value::as_object).into_iter().flatten()
}

fn items<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

/// What every operation of the management API may answer: told once, on the first page.
const EVERYWHERE: [&str; 8] = ["401", "403", "412", "413", "414", "429", "500", "503"];
/// And which headers all take that make or change something.
const HEADERS: [&str; 3] = ["Idempotency-Key", "If-Match", "Symbolon-Workspace"];

fn operations(document: &Value, tag: &str, named: &mut BTreeSet<String>) -> Vec<Operation> {
    let mut all = Vec::new();
    for (path, item) in members(document, "paths") {
        for (method, one) in item.as_object().into_iter().flatten() {
            if items(one, "tags").all(|have| have != tag) {
                continue;
            }
            all.push(operation(path, method, one, named));
        }
    }
    all
}

fn operation(path: &str, method: &str, one: &Value, named: &mut BTreeSet<String>) -> Operation {
    let parameter = |parameter: &Value| Member {
        name: text(parameter, "name").to_owned(),
        place: text(parameter, "in").to_owned(),
        kind: kind(parameter.get("schema").unwrap_or(&Value::Null), &mut BTreeSet::new()),
        required: parameter.get("required") == Some(&Value::Bool(true)),
        what: line(text(parameter, "description")),
    };
    let mut content = |of: &Value| -> Vec<(String, Kind)> {
        let body = |(media, content): (&String, &Value)| {
            (media.clone(), kind(content.get("schema").unwrap_or(&Value::Null), named))
        };
        members(of, "content").map(body).collect()
    };
    let answers = members(one, "responses").map(|(status, answer)| Answer {
        status: status.clone(),
        what: lines(text(answer, "description")),
        // Problems are the same everywhere; the first page says how they look.
        body: if status.starts_with(['4', '5']) { Vec::new() } else { content(answer) },
    });
    let everywhere = |answer: &Answer| path.starts_with("/v1/") && EVERYWHERE.contains(&answer.status.as_str());
    let mut answers: Vec<Answer> = answers.filter(|answer| !everywhere(answer)).collect();
    answers.sort_by(|a, b| a.status.cmp(&b.status));
    Operation {
        id: text(one, "operationId").to_owned(),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(one, "summary").to_owned(),
        what: lines(text(one, "description")),
        needs: needs(one),
        parameters: items(one, "parameters").map(parameter).filter(|one| !HEADERS.contains(&&*one.name)).collect(),
        body: content(one.get("requestBody").unwrap_or(&Value::Null)),
        answers,
    }
}

/// Who may call.
fn needs(one: &Value) -> String {
    let all: Vec<&Value> = items(one, "security").collect();
    let scopes: Vec<&str> = all.iter().flat_map(|one| items(one, "oauth2")).filter_map(Value::as_str).collect();
    let has = |name: &str| all.iter().any(|one| one.get(name).is_some());
    match () {
        () if has("token") && !scopes.is_empty() && !has("session") => {
            let either: Vec<String> = all
                .iter()
                .filter_map(|one| one.get("oauth2"))
                .map(|of| of.as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>().join(" "))
                .collect();
            format!("An API token or access token with the scope {}", either.join(" or "))
        }
        () if has("token") && !scopes.is_empty() => {
            format!("An API token, a browser that is signed in, or an access token with the scope {}", scopes.join(" "))
        }
        () if has("token") => "Nothing but the token that it is about".to_owned(),
        () if !scopes.is_empty() => format!("An access token with the scope {}", scopes.join(" ")),
        () if has("client") => "A client that says who it is".to_owned(),
        () if has("bearer") => "A token that was made for this".to_owned(),
        () => "Nothing: anyone may".to_owned(),
    }
}

/// The schemas of these names, with those that they name.
fn schemas(document: &Value, mut named: BTreeSet<String>) -> Vec<Schema> {
    let all = document.get("components").and_then(|components| components.get("schemas")).unwrap_or(&Value::Null);
    let mut shown: Vec<Schema> = Vec::new();
    while let Some(name) = named.pop_first() {
        let Some(schema) = all.get(&name).filter(|_| shown.iter().all(|one| one.name != name)) else { continue };
        let required: Vec<&str> = items(schema, "required").filter_map(Value::as_str).collect();
        let member = |(name, property): (&String, &Value)| Member {
            name: name.clone(),
            place: String::new(),
            kind: kind(property, &mut named),
            required: required.contains(&name.as_str()),
            what: line(text(property, "description")),
        };
        let members: Vec<Member> = members(schema, "properties").map(member).collect();
        let kind = kind(schema, &mut named);
        shown.push(Schema { what: line(text(schema, "description")), members, kind, name });
    }
    shown.sort_by(|a, b| a.name.cmp(&b.name));
    shown
}

/// What a schema says of a value.
fn kind(schema: &Value, named: &mut BTreeSet<String>) -> Kind {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next()) {
        named.insert(name.to_owned());
        return Kind { words: name.to_owned(), schema: Some(name.to_owned()) };
    }
    let several: Vec<Kind> =
        ["oneOf", "anyOf"].iter().flat_map(|name| items(schema, name)).map(|one| kind(one, named)).collect();
    if !several.is_empty() {
        let words: Vec<&str> = several.iter().map(|one| one.words.as_str()).collect();
        return Kind { words: words.join(" or "), schema: several.iter().find_map(|one| one.schema.clone()) };
    }
    let types: Vec<&str> = match schema.get("type") {
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(one)) => vec![one],
        _ => vec!["any"],
    };
    let mut words = types.join(" or ");
    let mut inner = None;
    if let Some(of) = schema.get("items") {
        let of = kind(of, named);
        words = format!("{words} of {}", of.words);
        inner = of.schema;
    }
    let choices: Vec<&str> = items(schema, "enum").filter_map(Value::as_str).collect();
    if !choices.is_empty() {
        words = choices.join(" · ");
    }
    for (name, says) in [
        ("format", ""),
        ("minimum", "from "),
        ("maximum", "to "),
        ("minLength", "at least characters: "),
        ("maxLength", "at most characters: "),
    ] {
        let bound = schema.get(name).filter(|_| !(name == "minimum" && schema.get(name) == Some(&Value::from(0))));
        if let Some(bound) = bound {
            let bound = bound.as_str().map_or_else(|| bound.to_string(), str::to_owned);
            words = format!("{words}, {says}{bound}");
        }
    }
    Kind { words, schema: inner }
}
