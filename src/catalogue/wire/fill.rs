//! vault.md §3.4 rule 7: names in templates become values, and no value leads a request to another host.

use super::{Setup, Tokens, Wrong};
use crate::base::Secret;
use crate::catalogue::{Asked, Piece, SourceType, Template, whole_url};
use std::borrow::Cow;
use url::Url;

/// Where values come from.
#[derive(Clone, Copy)]
pub(super) struct Values<'a> {
    pub kind: &'a SourceType,
    pub setup: &'a Setup<'a>,
    /// The tokens that just came: what they bring counts before what was known.
    pub tokens: Option<&'a Tokens>,
    /// The access token, for headers that are no `Bearer`.
    pub access_token: Option<&'a Secret>,
}

impl<'a> Values<'a> {
    pub fn of(kind: &'a SourceType, setup: &'a Setup<'a>) -> Self {
        Values { kind, setup, tokens: None, access_token: None }
    }

    /// The value of a name, unless it may be missing and is.
    fn value(&self, name: &str) -> Result<Option<Cow<'a, str>>, Wrong> {
        if name == "client_id" {
            return Ok(Some(Cow::Borrowed(self.client_id())));
        }
        if let ("access_token", Some(token)) = (name, self.access_token) {
            return Ok(Some(Cow::Borrowed(token.reveal())));
        }
        if let Some(found) = self.setup.metadata.and_then(|metadata| metadata.endpoint(name)) {
            return Ok(Some(Cow::Borrowed(found)));
        }
        if let Some(param) = self.kind.params.iter().find(|param| param.name == name) {
            let fresh = self.tokens.and_then(|tokens| tokens.fields.get(name));
            let known = fresh.or_else(|| self.setup.params.get(name)).or(param.default.as_ref());
            return match known {
                Some(value) => param.check(value).map(|()| Some(Cow::Borrowed(value.as_str()))),
                None if param.optional => Ok(None),
                None => Err(Wrong::field(name, missing(param.asked))),
            };
        }
        if let Some(field) = self.kind.field(name) {
            return match self.setup.fields.get(name) {
                Some(value) => Ok(Some(Cow::Borrowed(value.reveal()))),
                None if field.optional => Ok(None),
                None => Err(Wrong::field(name, "is missing; it is asked for when an account is made")),
            };
        }
        Err(Wrong::field(name, "isn't known; define it as [[param]] or [[field]], or let discovery find it"))
    }

    /// Whether there is no such address: discovery found none, or nobody entered one that may be missing.
    pub fn lacks(&self, name: &str) -> bool {
        match self.setup.metadata {
            Some(found) if super::ENDPOINTS.contains(&name) => found.endpoint(name).is_none(),
            _ => matches!(self.value(name), Ok(None)),
        }
    }

    /// The client: that of the source, unless accounts of this type bring their own.
    pub fn client_id(&self) -> &'a str {
        self.setup.fields.get("client_id").map_or(self.setup.client_id, |own| own.reveal())
    }

    /// The text with values in it as they are. For headers and bodies, never for URLs.
    pub fn text(&self, template: &Template) -> Result<String, Wrong> {
        let mut out = String::new();
        for piece in template.pieces() {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Name(name) => out.push_str(&self.value(name)?.unwrap_or_default()),
            }
        }
        Ok(out)
    }

    /// A header's value: no value may begin another header.
    pub fn header(&self, name: &str, template: &Template) -> Result<String, Wrong> {
        let value = self.text(template)?;
        match value.bytes().all(|b| b == b' ' || b.is_ascii_graphic()) {
            true => Ok(value),
            false => Err(Wrong::field(name, "would hold a character that no header can; check the fields in it")),
        }
    }

    /// A URL whose values are percent-encoded and whose host is one of `hosts`.
    pub fn url(&self, template: &Template) -> Result<Url, Wrong> {
        let bare = Values { access_token: None, ..*self };
        bare.url_of(template)
    }

    fn url_of(&self, template: &Template) -> Result<Url, Wrong> {
        let url = match template.whole() {
            Some(name) => {
                let value = self.value(name)?.ok_or_else(|| Wrong::field(name, "is missing"))?;
                whole_url(&value).map_err(|why| Wrong::field(name, why))?
            }
            None => self.assembled(template)?,
        };
        check(self.kind, &url)?;
        Ok(url)
    }

    fn assembled(&self, template: &Template) -> Result<Url, Wrong> {
        let mut out = String::new();
        for piece in template.pieces() {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Name(name) => {
                    let value = self.value(name)?.ok_or_else(|| Wrong::field(name, "is missing"))?;
                    match in_authority(&out) {
                        true if is_labels(&value) => out.push_str(&value),
                        true => {
                            return Err(Wrong::field(
                                name,
                                "becomes part of a host name; it may have letters, digits, hyphens and dots",
                            ));
                        }
                        // A segment that a browser or proxy would take out of the path changes what is asked.
                        false if matches!(value.as_ref(), "" | "." | "..") => {
                            return Err(Wrong::field(name, "becomes part of a path; it can't be empty or dots"));
                        }
                        false => out.push_str(&encoded(&value)),
                    }
                }
            }
        }
        whole_url(&out).map_err(|why| Wrong::field(template.text(), why))
    }
}

fn missing(asked: Asked) -> &'static str {
    match asked {
        Asked::Source => "is missing; set it with the source, as --param",
        Asked::Connect => "is missing; whoever connects an account must say it",
        Asked::Callback => "is missing; the provider says it when an account is connected",
        Asked::Answer => "is missing; the provider says it with its tokens",
    }
}

/// The last word on every URL: its host is in the list, and nothing in it would make another reader see another host.
fn check(kind: &SourceType, url: &Url) -> Result<(), Wrong> {
    let host = url.host_str().unwrap_or_default();
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    match plain && kind.hosts.iter().any(|pattern| pattern.allows(url)) {
        true => Ok(()),
        false => Err(Wrong::field(
            "hosts",
            format!("doesn't allow `{host}`; {} may talk to {}", kind.name, kind.hosts_in_words()),
        )),
    }
}

/// Whether what follows still belongs to the host.
fn in_authority(before: &str) -> bool {
    before.split_once("://").is_some_and(|(_, rest)| !rest.contains(['/', '?', '#']))
}

fn is_labels(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.' || b == b'_')
}

/// RFC 3986 §2.3: everything but unreserved characters as `%XX`.
pub(super) fn encoded(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => {
                out.push('%');
                out.push_str(&crate::base::encoding::hex(&[byte]).to_ascii_uppercase());
            }
        }
    }
    out
}

/// Name and value of each, for a query or a form: spaces as `%20`, which both read.
pub(super) fn pairs(pairs: &[(String, String)]) -> String {
    let one = |(name, value): &(String, String)| format!("{}={}", encoded(name), encoded(value));
    pairs.iter().map(one).collect::<Vec<_>>().join("&")
}

/// The URL with further parameters.
pub(super) fn with_query(mut url: Url, more: &[(String, String)]) -> String {
    if !more.is_empty() {
        let query = match url.query().filter(|query| !query.is_empty()) {
            Some(query) => format!("{query}&{}", pairs(more)),
            None => pairs(more),
        };
        url.set_query(Some(&query));
    }
    url.into()
}

/// Whether a template leads to an allowed host when every parameter is as its example, default or first choice.
pub(in crate::catalogue) fn lands(kind: &SourceType, template: &Template) -> Result<(), Wrong> {
    // What discovery finds is checked when it is found.
    if template.whole().is_some_and(|name| super::ENDPOINTS.contains(&name) && kind.discovery.is_some()) {
        return Ok(());
    }
    let said = kind.params.iter().filter_map(|param| {
        let value = param.example.as_ref().or(param.default.as_ref()).or(param.choices.first());
        Some((param.name.clone(), value?.clone()))
    });
    let fields = kind.fields.iter().map(|field| (field.name.clone(), Secret::new("x")));
    let (params, fields) = (said.collect(), fields.collect());
    let setup = Setup {
        client_id: "client",
        client_secret: None,
        client_key: None,
        params: &params,
        fields: &fields,
        metadata: None,
    };
    Values::of(kind, &setup).url(template).map(|_| ())
}
