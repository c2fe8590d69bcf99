//! A definition is tried out: its rules hold, its requests can be written, and its own examples are read as it says.

use super::wire::{
    self, Answer, AskToAuthorize, Code, Evidence, Expiry, Metadata, Outcome, Setup, Tokens, authorize, exchange,
    identity, introspect, migrate, probe, refresh, revoke,
};
use super::{Asked, Check, Example, Expected, Kind, SourceType, Wrong, checks};
use crate::base::encoding::base64url;
use crate::base::{Secret, Time};
use crate::config::span;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

const CLIENT: &str = "example-client";
const REDIRECT: &str = "https://id.example.com/connect/callback/example";

/// Everything that `symbolon source-type test` looks at, in order.
pub fn trial(kind: &SourceType) -> Vec<Check> {
    let mut done = checks(kind);
    done.push(Check { name: "requests can be written".to_owned(), wrong: requests(kind).err() });
    if kind.examples.is_empty() {
        let why = "is missing: show at least one answer of the provider, and what is read in it";
        done.push(Check { name: "examples".to_owned(), wrong: Some(Wrong::field("example", why)) });
    }
    for example in &kind.examples {
        done.push(Check { name: format!("example: {}", example.what), wrong: read(kind, example).err() });
    }
    done
}

/// What an example knows beforehand.
struct Known {
    kind: SourceType,
    secret: Secret,
    params: BTreeMap<String, String>,
    fields: BTreeMap<String, Secret>,
    metadata: Option<Metadata>,
}

impl Known {
    fn of(kind: &SourceType, said: &BTreeMap<String, String>) -> Result<Self, Wrong> {
        let typed_in = |name: &String| kind.fields.iter().any(|field| field.name == *name);
        let (fields, mut params): (BTreeMap<_, _>, BTreeMap<_, _>) =
            said.clone().into_iter().partition(|(name, _)| typed_in(name));
        let fields: BTreeMap<String, Secret> =
            fields.into_iter().map(|(name, value)| (name, Secret::new(value))).collect();
        let fields = if fields.is_empty() { fields } else { wire::typed(kind, &fields)? };
        for param in kind.params.iter().filter(|param| param.asked != Asked::Answer) {
            if let Some(value) = param.example.as_ref().or(param.default.as_ref()).or(param.choices.first()) {
                params.entry(param.name.clone()).or_insert_with(|| value.clone());
            }
        }
        let metadata = match kind.discovery {
            Some(_) => Some(metadata(params.get("issuer").map_or("https://id.example.com", String::as_str))?),
            None => None,
        };
        Ok(Known { kind: kind.configured(&params)?, secret: Secret::new("example-secret"), params, fields, metadata })
    }

    fn setup(&self) -> Setup<'_> {
        Setup {
            client_id: CLIENT,
            client_secret: Some(&self.secret),
            client_key: None,
            params: &self.params,
            fields: &self.fields,
            metadata: self.metadata.as_ref(),
        }
    }
}

fn metadata(issuer: &str) -> Result<Metadata, Wrong> {
    let at = |path: &str| format!("{}/{path}", issuer.trim_end_matches('/'));
    let document = json!({
        "issuer": issuer,
        "authorization_endpoint": at("authorize"),
        "token_endpoint": at("token"),
        "userinfo_endpoint": at("userinfo"),
        "revocation_endpoint": at("revoke"),
    });
    let body = document.to_string();
    Metadata::read(issuer, &Answer { status: 200, body: body.as_bytes(), ..Answer::default() })
}

/// Every request that doesn't need somebody's key is written once.
fn requests(kind: &SourceType) -> Result<(), Wrong> {
    let mut known = Known::of(kind, &BTreeMap::new())?;
    let said = kind.params_of(Asked::Answer).filter_map(|param| Some((param.name.clone(), param.example.clone()?)));
    known.params.extend(said);
    let (kind, setup, token, now) = (&known.kind, known.setup(), Secret::new("example-token"), Time::from_secs(0));
    if kind.kind.connects_in_browser() {
        let ask = AskToAuthorize {
            state: "s",
            code_challenge: "c",
            redirect_uri: REDIRECT,
            nonce: "n",
            scopes: &[],
            login_hint: None,
        };
        authorize(kind, &setup, &ask)?;
    }
    if kind.kind == Kind::Oauth2Code {
        exchange(kind, &setup, Code { code: &token, code_verifier: &token, redirect_uri: REDIRECT })?;
        refresh(kind, &setup, &token, &[])?;
        probe(kind, &setup, REDIRECT, now)?;
        introspect(kind, &setup, &token)?;
        kind.migrate.iter().try_for_each(|_| migrate(kind, &setup, &token).map(drop))?;
        revoke(kind, &setup, Some(&token), Some(&token))?;
    }
    Ok(())
}

/// One example: the answer is read, the identity asked for and found.
fn read(kind: &SourceType, example: &Example) -> Result<(), Wrong> {
    let known = Known::of(kind, &example.params)?;
    let kind = &known.kind;
    let mut tokens = None;
    if let Some(body) = &example.body {
        let answer = Answer {
            status: example.status,
            retry_after: example.retry_after.as_deref(),
            date: example.date.as_deref(),
            content_type: Some(&example.content_type),
            body: body.as_bytes(),
        };
        let outcome = wire::read(kind, &answer);
        same("outcome", &example.expect.outcome, Some(outcome.name()))?;
        same("error", &example.expect.error, outcome.error())?;
        if let Outcome::Tokens(found) = outcome {
            tokens = Some(with_claims(*found, example)?);
        }
    }
    if let Some(tokens) = &tokens {
        compare(&example.expect, tokens)?;
    }
    account(&known, example, tokens.as_ref())
}

fn with_claims(mut tokens: Tokens, example: &Example) -> Result<Tokens, Wrong> {
    let Some(claims) = &example.id_token else { return Ok(tokens) };
    let unread = || Wrong::field("example.id_token", "must be a JSON object: the claims");
    let mut claims: Value = serde_json::from_str(claims).map_err(|_| unread())?;
    let members = claims.as_object_mut().ok_or_else(unread)?;
    members.insert("aud".to_owned(), json!(CLIENT));
    members.insert("exp".to_owned(), json!(3600));
    let part = |value: &Value| base64url(value.to_string().as_bytes());
    tokens.id_token = Some(Secret::new(format!("{}.{}.AA", part(&json!({ "alg": "RS256" })), part(&claims))));
    Ok(tokens)
}

fn compare(expect: &Expected, tokens: &Tokens) -> Result<(), Wrong> {
    same("access_token", &expect.access_token, Some(tokens.access_token.reveal()))?;
    let refresh = tokens.refresh_token.as_ref().map(Secret::reveal).unwrap_or_default();
    same("refresh_token", &expect.refresh_token, Some(refresh))?;
    same("expires", &expect.expires, Some(&in_words(tokens.expires)))?;
    let refresh_expires = tokens.refresh_expires.map_or_else(|| "unknown".to_owned(), span::show);
    same("refresh_expires", &expect.refresh_expires, Some(&refresh_expires))?;
    let scopes = tokens.scopes.clone().unwrap_or_default().join(" ");
    same("scopes", &expect.scopes.as_ref().map(|scopes| scopes.join(" ")), Some(&scopes))?;
    for (name, value) in &expect.fields {
        same(name, &Some(value.clone()), tokens.fields.get(name).map(String::as_str))?;
    }
    for (role, token) in &expect.others {
        let found = tokens.others.iter().find(|(have, _)| have == role).map(|(_, other)| other.access_token.reveal());
        same(role, &Some(token.clone()), found)?;
    }
    Ok(())
}

fn in_words(expires: Expiry) -> String {
    match expires {
        // A provider's date and ours differ by parts of a second.
        Expiry::In(span) | Expiry::Assumed(span) => span::show(Duration::from_secs(span.as_secs())),
        Expiry::At(time) => time.rfc3339(),
        Expiry::Never => "never".to_owned(),
        Expiry::Unknown => "unknown".to_owned(),
    }
}

/// Who the account is.
fn account(known: &Known, example: &Example, tokens: Option<&Tokens>) -> Result<(), Wrong> {
    let expect = &example.expect;
    let (kind, setup, now) = (&known.kind, known.setup(), Time::from_secs(0));
    if let Some(url) = &expect.identity_url {
        let call = identity(kind, &setup, None, tokens, now)?;
        same("identity_url", &Some(url.clone()), call.as_ref().map(|call| call.url.as_str()))?;
    }
    if expect.external_id.is_none() {
        return Ok(());
    }
    let request =
        example.identity.as_ref().map(|body| Answer { status: 200, body: body.as_bytes(), ..Answer::default() });
    let found = wire::external_id(kind, &Evidence { setup, tokens, said: None, request, nonce: None, now });
    let found = found.map_err(|why| Wrong::field("external_id", format!("can't be found: {why:?}")))?;
    same("external_id", &expect.external_id, Some(&found.external_id))?;
    let siblings: Vec<&str> = found.siblings.iter().map(|other| other.external_id.as_str()).collect();
    same("siblings", &expect.siblings.as_ref().map(|all| all.join(" ")), Some(&siblings.join(" ")))?;
    same("name", &expect.name, found.name.as_deref())?;
    match expect.verified.is_none_or(|verified| verified == found.verified) {
        true => Ok(()),
        false => Err(Wrong::field("verified", format!("is {}", found.verified))),
    }
}

/// Examples hold no real secrets, so both sides may be shown.
fn same(field: &str, want: &Option<String>, have: Option<&str>) -> Result<(), Wrong> {
    match want {
        Some(want) if have != Some(want) => {
            Err(Wrong::field(field, format!("should be {want:?}, but reads {:?}", have.unwrap_or("nothing"))))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;

    #[test]
    fn s4_every_definition_holds_and_reads_its_own_examples() {
        let catalogue = Catalogue::load(None).unwrap_or_else(|wrong| panic!("{wrong}"));
        let mut findings = Vec::new();
        for kind in catalogue.iter() {
            for check in trial(kind) {
                findings.extend(check.wrong.map(|wrong| format!("{}: {}: {wrong}", kind.key, check.name)));
            }
        }
        assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
    }
}
