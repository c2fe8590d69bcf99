//! The fields of a client's form, under the names of RFC 7591 §2, and what each kind of app begins with.

use crate::clients::{AuthMethod, GrantType, Metadata};
use crate::console::form::{Choice, Field, Form, Kind as Shape};
use crate::lang::Message;
use crate::web::Params;
use serde_json::{Map, Value, json};

/// Kinds of apps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Web,
    SinglePage,
    Native,
    Machine,
    Mcp,
}

impl Kind {
    pub const ALL: [Kind; 5] = [Kind::Web, Kind::SinglePage, Kind::Native, Kind::Machine, Kind::Mcp];

    /// As the address names it.
    pub const fn id(self) -> &'static str {
        match self {
            Kind::Web => "web",
            Kind::SinglePage => "single-page",
            Kind::Native => "native",
            Kind::Machine => "machine",
            Kind::Mcp => "mcp",
        }
    }

    pub fn named(id: &str) -> Option<Self> {
        Kind::ALL.into_iter().find(|kind| kind.id() == id)
    }

    pub fn name(self) -> Message {
        match self {
            Kind::Web => Message::new("console-kind-web"),
            Kind::SinglePage => Message::new("console-kind-single-page"),
            Kind::Native => Message::new("console-kind-native"),
            Kind::Machine => Message::new("console-kind-machine"),
            Kind::Mcp => Message::new("console-kind-mcp"),
        }
    }

    /// In one sentence.
    pub fn what(self) -> Message {
        self.name().part("what")
    }

    /// What it looks like, of a client that is there.
    pub fn of(metadata: &Metadata) -> Self {
        match () {
            () if !metadata.may_have_people() => Kind::Machine,
            () if !metadata.public() => Kind::Web,
            () if metadata.application_type.is_some() && metadata.native() && !metadata.resources.is_empty() => {
                Kind::Mcp
            }
            () if metadata.application_type.is_some() && metadata.native() => Kind::Native,
            () => Kind::SinglePage,
        }
    }

    /// What its form begins with.
    pub fn start(self) -> Map<String, Value> {
        let people = ["authorization_code", "refresh_token"];
        let public = matches!(self, Kind::SinglePage | Kind::Native | Kind::Mcp);
        let machine = self == Kind::Machine;
        let mut members = Map::new();
        let mut put = |name: &str, value: Value| drop(members.insert(name.to_owned(), value));
        put("client_name", json!(""));
        put(
            "redirect_uris",
            if matches!(self, Kind::Native | Kind::Mcp) { json!(["http://127.0.0.1/callback"]) } else { json!([]) },
        );
        put("scope", json!(if machine { "" } else { "openid offline_access profile email" }));
        put("post_logout_redirect_uris", json!([]));
        put("token_endpoint_auth_method", json!(if public { "none" } else { "client_secret_basic" }));
        put("grant_types", if machine { json!(["client_credentials"]) } else { json!(people) });
        put("application_type", if matches!(self, Kind::Native | Kind::Mcp) { json!("native") } else { Value::Null });
        put("require_pkce", json!(!machine));
        members
    }
}

/// How a member is put into a form.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Member {
    /// Always there.
    Text,
    /// There, or null.
    Maybe,
    Lines,
    Auth,
    Grants,
    Application,
    Format,
    Flag,
    /// A number, or null.
    Number,
}

/// All fields, in the order of the form.
const FIELDS: [(&str, Member); 20] = [
    ("client_name", Member::Text),
    ("redirect_uris", Member::Lines),
    ("scope", Member::Text),
    ("post_logout_redirect_uris", Member::Lines),
    ("resources", Member::Lines),
    ("token_endpoint_auth_method", Member::Auth),
    ("grant_types", Member::Grants),
    ("application_type", Member::Application),
    ("jwks_uri", Member::Maybe),
    ("backchannel_logout_uri", Member::Maybe),
    ("client_uri", Member::Maybe),
    ("logo_uri", Member::Maybe),
    ("policy_uri", Member::Maybe),
    ("tos_uri", Member::Maybe),
    ("contacts", Member::Lines),
    ("access_token_format", Member::Format),
    ("requests_per_second", Member::Number),
    ("require_pkce", Member::Flag),
    ("trusted", Member::Flag),
    ("resource_server", Member::Flag),
];

fn label(name: &str) -> Message {
    match name {
        "client_name" => Message::new("console-field-name"),
        "redirect_uris" => Message::new("console-field-redirect"),
        "scope" => Message::new("console-field-scope"),
        "post_logout_redirect_uris" => Message::new("console-field-post-logout"),
        "resources" => Message::new("console-field-resources"),
        "token_endpoint_auth_method" => Message::new("console-field-auth"),
        "grant_types" => Message::new("console-field-grants"),
        "application_type" => Message::new("console-field-application"),
        "jwks_uri" => Message::new("console-field-jwks"),
        "backchannel_logout_uri" => Message::new("console-field-backchannel"),
        "client_uri" => Message::new("console-field-website"),
        "logo_uri" => Message::new("console-field-logo"),
        "policy_uri" => Message::new("console-field-policy"),
        "tos_uri" => Message::new("console-field-terms"),
        "contacts" => Message::new("console-field-contacts"),
        "access_token_format" => Message::new("console-field-format"),
        "requests_per_second" => Message::new("console-field-limit"),
        "require_pkce" => Message::new("console-field-pkce"),
        "trusted" => Message::new("console-field-trusted"),
        _ => Message::new("console-field-resource-server"),
    }
}

/// What stands below the field.
fn hint(name: &str) -> Option<Message> {
    match name {
        "client_name"
        | "redirect_uris"
        | "scope"
        | "post_logout_redirect_uris"
        | "resources"
        | "jwks_uri"
        | "requests_per_second"
        | "trusted" => Some(label(name).part("hint")),
        _ => None,
    }
}

/// Which fields a kind of app needs first; the others are folded away.
fn first(kind: Kind, name: &str) -> bool {
    match name {
        "client_name" | "scope" => true,
        "redirect_uris" => kind != Kind::Machine,
        "post_logout_redirect_uris" => matches!(kind, Kind::Web | Kind::SinglePage),
        "resources" => kind == Kind::Mcp,
        _ => false,
    }
}

/// Fills a form with these members.
pub(super) fn put(form: Form, kind: Kind, members: &Map<String, Value>) -> Form {
    let (mut form, mut more) = (form, Vec::new());
    for (name, member) in FIELDS {
        let field = field(name, member, members.get(name).unwrap_or(&Value::Null));
        match first(kind, name) {
            true => form = form.with(field),
            false => more.push(field),
        }
    }
    form.more(more)
}

fn field(name: &'static str, member: Member, value: &Value) -> Field {
    let text = value.as_str().unwrap_or_default().to_owned();
    let texts: Vec<&str> = value.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let one = |all: &[(&'static str, Message)]| {
        Shape::One(
            all.iter()
                .map(|(value, label)| Choice { value: (*value).into(), label: label.clone(), chosen: *value == text })
                .collect(),
        )
    };
    let shape = match member {
        Member::Text | Member::Maybe => Shape::Text(text),
        Member::Lines => Shape::Lines(texts.join("\n")),
        Member::Auth => one(&[
            (AuthMethod::ClientSecretBasic.name(), Message::new("console-auth-basic")),
            (AuthMethod::ClientSecretPost.name(), Message::new("console-auth-post")),
            (AuthMethod::PrivateKeyJwt.name(), Message::new("console-auth-key")),
            (AuthMethod::None.name(), Message::new("console-auth-none")),
        ]),
        Member::Application => one(&[
            ("", Message::new("console-application-any")),
            ("web", Message::new("console-application-web")),
            ("native", Message::new("console-application-native")),
        ]),
        Member::Format => {
            one(&[("opaque", Message::new("console-format-opaque")), ("jwt", Message::new("console-format-jwt"))])
        }
        Member::Grants => {
            let all = [
                ("authorization_code", Message::new("console-grant-code")),
                ("refresh_token", Message::new("console-grant-refresh")),
                ("client_credentials", Message::new("console-grant-machine")),
                ("implicit", Message::new("console-grant-implicit")),
            ];
            let shown = all.into_iter().filter(|(value, _)| *value != "implicit" || texts.contains(value));
            Shape::Several(
                shown
                    .map(|(value, label)| Choice { value: value.into(), label, chosen: texts.contains(&value) })
                    .collect(),
            )
        }
        Member::Number => Shape::Text(value.as_u64().map_or(text, |number| number.to_string())),
        Member::Flag => Shape::Flag(value.as_bool().unwrap_or(false)),
    };
    let field = Field::new(name, label(name), shape);
    let field = if name == "client_name" { field.required() } else { field };
    match hint(name) {
        Some(hint) => field.hint(hint),
        None => field,
    }
}

/// The members that a form says, over those that it begins with.
pub(super) fn read(form: &Params, start: Map<String, Value>) -> Map<String, Value> {
    let mut members = start;
    for (name, member) in FIELDS {
        let text = form.get(name).unwrap_or_default().trim();
        let value = match member {
            Member::Text => json!(text),
            Member::Maybe | Member::Application | Member::Number if text.is_empty() => Value::Null,
            // A form without the field leaves what it is.
            Member::Auth | Member::Format if text.is_empty() => continue,
            Member::Maybe | Member::Application | Member::Auth | Member::Format => json!(text),
            // What is no number stays as it is, and is told to be none.
            Member::Number => text.parse::<u64>().map_or(json!(text), Value::from),
            Member::Lines => text.lines().map(str::trim).filter(|line| !line.is_empty()).collect(),
            Member::Grants => form.all(name).into_iter().collect(),
            Member::Flag => json!(text == "true"),
        };
        members.insert(name.to_owned(), value);
    }
    members
}

/// The members of a client that are in the form.
pub(super) fn of(metadata: &Metadata) -> Map<String, Value> {
    let Ok(Value::Object(members)) = serde_json::to_value(metadata) else {
        return Map::new();
    };
    members.into_iter().filter(|(name, _)| FIELDS.iter().any(|(have, _)| have == name)).collect()
}

/// Its grants, in words.
pub(super) fn grants(metadata: &Metadata) -> Vec<String> {
    let name = |grant: &GrantType| serde_json::to_value(grant).ok().and_then(|name| name.as_str().map(str::to_owned));
    metadata.grant_types.iter().filter_map(name).collect()
}
