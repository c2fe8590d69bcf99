//! What must hold between the members of a definition, whoever wrote it.

use super::definition::{Custody, Kind, SourceType};
use super::endpoints::{Authorize, ClientAuth, Pkce, RequestAuth};
use super::form::{Asked, ParamKind};
use super::host::HostPattern;
use super::identity::{Part, Place};
use super::rules::Policy;
use super::template::{Piece, Template};
use super::wrong::Wrong;
use crate::catalogue::wire;
use std::collections::BTreeSet;

/// One rule, and where a definition breaks it.
#[derive(Clone, Debug)]
pub struct Check {
    /// What is looked at, in words.
    pub name: String,
    /// What is wrong, if anything is.
    pub wrong: Option<Wrong>,
}

type Held = Result<(), Wrong>;
type Rule = (&'static str, fn(&SourceType) -> Held);

/// All rules, in the order in which a reader would go through the file.
pub fn all(kind: &SourceType) -> Vec<Check> {
    let rules: [Rule; 7] = [
        ("key, version and date", head),
        ("hosts", hosts),
        ("sections fit the kind", sections),
        ("parameters and fields", asked),
        ("URLs lead to allowed hosts", urls),
        ("requests", requests),
        ("identity", identity),
    ];
    rules.into_iter().map(|(name, rule)| Check { name: name.to_owned(), wrong: rule(kind).err() }).collect()
}

fn wrong(field: &str, why: impl Into<String>) -> Held {
    Err(Wrong::field(field, why))
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn head(kind: &SourceType) -> Held {
    let day = kind.last_checked.parse::<jiff::civil::Date>();
    if !is_word(&kind.key) {
        return wrong("key", "must be made of a-z, 0-9 and _");
    }
    if kind.name.trim().is_empty() || kind.external_id_meaning.trim().is_empty() {
        return wrong("name", "and `external_id_meaning` must say something to people");
    }
    if kind.version == 0 {
        return wrong("version", "begins with 1");
    }
    match day.is_ok() && kind.last_checked.len() == 10 {
        true => Ok(()),
        false => wrong("last_checked", "must be a day, as 2026-11-22"),
    }
}

fn hosts(kind: &SourceType) -> Held {
    if kind.hosts.is_empty() {
        return wrong(
            "hosts",
            "must name the hosts that may be talked to, as [\"api.example.com\", \"*.example.com\"]",
        );
    }
    match kind.hosts.contains(&HostPattern::Any) && !kind.generic {
        true => wrong("hosts", "may be [\"*\"] only where `generic = true`; name the hosts"),
        false => Ok(()),
    }
}

fn sections(kind: &SourceType) -> Held {
    let needs = |there: bool, field: &str, why: &str| if there { Ok(()) } else { wrong(field, why) };
    let k = kind.kind;
    needs(
        kind.authorize.is_some() == k.connects_in_browser(),
        "authorize",
        "is for kinds that connect in a browser, which need it",
    )?;
    needs(kind.token.is_some() != k.typed_in(), "token", "is for kinds that get tokens, which need it")?;
    let signs = matches!(k, Kind::JwtBearer | Kind::AppInstallation);
    needs(kind.assertion.is_some() == signs, "assertion", "is for jwt_bearer and app_installation, which need it")?;
    needs(
        kind.migrate.is_none() || kind.custody != Custody::None,
        "migrate",
        "gives a refresh token, so custody can't be \"none\"",
    )?;
    let minted = kind.migrate.as_ref().is_some_and(|rules| rules.policy == Policy::Minted);
    needs(!minted, "migrate.policy", "can't be minted: it says what becomes of the old token")?;
    needs(
        kind.introspect.is_none() || kind.custody != Custody::None,
        "introspect",
        "is asked before a refresh, so custody can't be \"none\"",
    )?;
    let form = k.typed_in() || k == Kind::JwtBearer;
    needs(!kind.fields.is_empty() || !form, "field", "is missing: the kind has a key form, so add [[field]]")?;
    needs(
        kind.fields.is_empty() || !k.connects_in_browser(),
        "field",
        "is for key forms; ask with [[param]] asked = \"connect\"",
    )?;
    if k != Kind::Oauth2Code {
        needs(kind.custody == Custody::None, "custody", "must be \"none\": this kind has no refresh token")?;
        let minted = matches!(kind.rotation.policy, Policy::Minted | Policy::Strict);
        return needs(minted, "rotation.policy", "is for oauth2_code; leave it out");
    }
    needs(kind.rotation.policy != Policy::Minted, "rotation.policy", "can't be minted: oauth2_code refreshes")?;
    // Two holders of such a token would destroy each other's.
    let shared = kind.custody == Custody::Optional && kind.rotation.refresh_kills_access;
    needs(!shared, "custody", "must be \"required\" where a refresh ends the old access token")
}

fn asked(kind: &SourceType) -> Held {
    let mut names = BTreeSet::new();
    let of_fields = kind.fields.iter().flat_map(|field| std::iter::once(&field.name).chain(field.json.keys()));
    for name in kind.params.iter().map(|param| &param.name).chain(of_fields) {
        if !is_word(name) || !names.insert(name.as_str()) {
            return wrong(name, "must be made of a-z, 0-9 and _, and be there once");
        }
    }
    for param in &kind.params {
        for value in param.default.iter().chain(&param.example).chain(&param.choices) {
            param.check(value).map_err(|bad| {
                Wrong::field(
                    &param.name,
                    format!("has an example, default or choice that it refuses itself: {}", bad.why),
                )
            })?;
        }
        if param.asked == Asked::Answer && param.path.is_none() {
            return wrong(&param.name, "is asked of the answer, so it needs `path`, as \"/instance_url\"");
        }
        if param.sets.is_some() && !kind.generic {
            return wrong(&param.name, "has `sets`, which is for types with `generic = true`");
        }
        pointer(&param.name, param.path.as_deref().unwrap_or_default())?;
    }
    for path in kind.fields.iter().flat_map(|field| field.json.values()) {
        pointer("field.json", path)?;
    }
    Ok(())
}

/// All URLs, each with the name of its place.
fn templates(kind: &SourceType) -> Vec<(&'static str, &Template)> {
    let authorize = kind.authorize.iter().map(|rules| ("authorize.url", &rules.url));
    let token = kind.token.iter().flat_map(|rules| {
        std::iter::once(("token.url", &rules.url)).chain(rules.refresh_url.iter().map(|url| ("token.refresh_url", url)))
    });
    let migrate = kind.migrate.iter().map(|rules| ("migrate.url", &rules.url));
    let introspect = kind.introspect.iter().map(|rules| ("introspect.url", &rules.url));
    let revoke = kind.revoke.iter().map(|rules| ("revoke.url", &rules.url));
    let request = kind.identity.request.iter().map(|rules| ("identity.request.url", &rules.url));
    let probe = kind.probe.iter().map(|rules| ("probe.url", &rules.url));
    authorize.chain(token).chain(migrate).chain(introspect).chain(revoke).chain(request).chain(probe).collect()
}

fn urls(kind: &SourceType) -> Held {
    for (field, template) in templates(kind) {
        let by_name = template.whole().is_some()
            || template.text().starts_with("https://")
            || template.text().starts_with("http://");
        if !by_name {
            return wrong(field, "must begin with https:// and a host, or be one parameter of kind \"url\"");
        }
        let mut before = String::new();
        for piece in template.pieces() {
            match piece {
                Piece::Text(text) => before.push_str(text),
                Piece::Name(name) => {
                    let host = before.split_once("://").is_some_and(|(_, rest)| !rest.contains(['/', '?']));
                    named(kind, field, name, host)?;
                    before.push('x');
                }
            }
        }
        wire::lands(kind, template).map_err(|bad| Wrong::field(field, format!("leads astray: {bad}")))?;
    }
    Ok(())
}

/// A name in a URL: known, no secret, and narrow where it becomes part of a host.
fn named(kind: &SourceType, field: &str, name: &str, host: bool) -> Held {
    if name == "client_id" || (kind.discovery.is_some() && wire::ENDPOINTS.contains(&name)) {
        return Ok(());
    }
    if let Some(typed) = kind.field(name) {
        let open = typed.secret || !typed.json.is_empty() || (host && typed.pattern.is_none());
        return match open {
            true => {
                wrong(field, format!("has {{{name}}}, a field that is secret or has no pattern; URLs end up in logs"))
            }
            false => Ok(()),
        };
    }
    let Some(param) = kind.params.iter().find(|param| param.name == name) else {
        return wrong(field, format!("has {{{name}}}, which nobody says; add a [[param]] with that name"));
    };
    let narrow = param.pattern.is_some() || !param.choices.is_empty() || param.kind != ParamKind::Text;
    match narrow {
        true => Ok(()),
        false => wrong(&param.name, format!("stands in `{field}`, so it needs a `pattern` or `choices`")),
    }
}

fn requests(kind: &SourceType) -> Held {
    if let Some(rules) = &kind.authorize {
        if let Some(name) = rules.extra.keys().find(|name| Authorize::OURS.contains(&name.as_str())) {
            return wrong(name, "is ours to say; [authorize.extra] can't replace it");
        }
        if rules.pkce == Pkce::Off && kind.generic && kind.discovery.is_some() {
            return wrong("authorize.pkce", "can't be off where metadata says what is supported");
        }
    }
    let token = kind.token.iter().flat_map(|rules| rules.extra.keys().chain(rules.refresh_extra.keys()));
    let token = token.chain(kind.migrate.iter().flat_map(|rules| rules.extra.keys()));
    let ours = [
        "code",
        "refresh_token",
        "code_verifier",
        "redirect_uri",
        "client_secret",
        "assertion",
        "client_assertion",
        "client_assertion_type",
    ];
    if let Some(name) = token.into_iter().find(|name| ours.contains(&name.as_str())) {
        return wrong(name, "is ours to say; `extra` can't replace it");
    }
    if let Some(rules) = &kind.token
        && rules.client_auth == ClientAuth::PrivateKeyJwt
        && rules.client_key.is_none()
    {
        return wrong("token.client_auth", "is private_key_jwt, so [token.client_key] must say how");
    }
    if let Some(rules) = &kind.introspect
        && rules.auth == RequestAuth::Assertion
    {
        return wrong("introspect.auth", "must be client, client_basic, bearer or none");
    }
    if let Some(rules) = &kind.migrate
        && rules.extra.contains_key(&rules.token_param)
    {
        return wrong("migrate.extra", "has the parameter of the old token, which `token_param` names");
    }
    let rules = &kind.answer;
    let paths = [
        &rules.access_token,
        &rules.refresh_token,
        &rules.token_type,
        &rules.expires,
        &rules.refresh_expires,
        &rules.scope,
        &rules.id_token,
        &rules.error,
        &rules.suberror,
        &rules.description,
    ];
    let more = rules
        .fields
        .values()
        .chain(rules.other.iter().map(|other| &other.at))
        .chain(rules.ok.iter().map(|ok| &ok.path));
    paths.into_iter().chain(more).try_for_each(|path| pointer("answer", path))
}

/// RFC 6901 §3.
fn pointer(field: &str, path: &str) -> Held {
    match path.is_empty() || (path.starts_with('/') && path.len() > 1) {
        true => Ok(()),
        false => wrong(field, format!("has the path \"{path}\"; write it as \"/data/0/id\" (RFC 6901)")),
    }
}

fn identity(kind: &SourceType) -> Held {
    let recipe = &kind.identity;
    if recipe.id.is_empty() {
        return wrong("identity.id", "must say where the external id comes from");
    }
    let tokens = !kind.kind.typed_in();
    let bearer = recipe.request.as_ref().is_some_and(|rules| rules.auth == RequestAuth::Bearer);
    if bearer && !tokens {
        return wrong(
            "identity.request.auth",
            "can't be bearer: there is no access token; use `auth = \"none\"` with `headers` or `basic`",
        );
    }
    if recipe.request.is_none() && (recipe.list.is_some() || recipe.must_equal.is_some() || !recipe.fields.is_empty()) {
        return wrong("identity.request", "is missing: `list`, `must_equal` and `fields` are looked up in its answer");
    }
    recipe.id.iter().chain(&recipe.name).try_for_each(|part| of_part(kind, part))
}

fn of_part(kind: &SourceType, part: &Part) -> Held {
    let (recipe, name) = (&kind.identity, part.name.as_deref().unwrap_or_default());
    pointer("identity.id.path", part.path.as_deref().unwrap_or_default())?;
    let param = |asked: &[Asked]| kind.params.iter().any(|param| param.name == name && asked.contains(&param.asked));
    let by_path = matches!(part.from, Place::Answer | Place::IdToken | Place::Request);
    if by_path != part.path.is_some() || by_path == part.name.is_some() {
        return wrong("identity.id", "needs `path` when it is from answer, id_token or request, else `name`");
    }
    match part.from {
        Place::Request if recipe.request.is_none() => wrong("identity.request", "is missing: a part is from it"),
        Place::IdToken if recipe.issuer.is_none() && kind.discovery.is_none() => {
            wrong("identity.issuer", "is missing: ID tokens are believed only from a known issuer")
        }
        Place::Callback if !param(&[Asked::Callback]) => {
            wrong("identity.id.name", "names no [[param]] with asked = \"callback\"")
        }
        Place::Param if !param(&[Asked::Source, Asked::Connect, Asked::Answer]) => {
            wrong("identity.id.name", "names no [[param]] of source, connection or answer")
        }
        Place::Supplied if kind.field(name).is_none() && !param(&[Asked::Connect]) => {
            wrong("identity.id.name", "names no [[field]] and no [[param]] with asked = \"connect\"")
        }
        _ => Ok(()),
    }
}
