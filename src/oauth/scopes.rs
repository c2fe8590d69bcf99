//! RFC 6749 §3.3, in words: what each scope lets an app do, and what it learns beside.

use super::wishes;
use crate::app::App;
use crate::base::ScopeSet;
use crate::clients::vault_scopes::{
    ACCOUNTS_CREDENTIALS, ACCOUNTS_CUSTODY, ACCOUNTS_READ, ACCOUNTS_WRITE, CONNECT_WRITE, SOURCES_READ, SOURCES_WRITE,
    WEBHOOKS_WRITE, source_of,
};
use crate::clients::{ADMIN_SCOPE, TOKENS_SCOPE, WORKSPACES_SCOPE};
use crate::lang::Message;
use crate::web::Shell;
use std::collections::BTreeSet;

/// One line of the consent page.
pub struct ScopeLine {
    /// The name on the wire.
    pub name: String,
    /// "See your name and profile".
    pub title: String,
    /// A longer sentence; may be empty.
    pub detail: String,
    /// Whether it wasn't allowed before.
    pub new: bool,
}

/// The lines for a set of scopes. `openid` says nothing that the page doesn't say anyway; `offline` has its own line.
pub fn lines(page: &Shell, app: &App, scope: &ScopeSet) -> Vec<ScopeLine> {
    let told = scope.iter().filter(|name| !matches!(*name, "openid" | "offline" | "offline_access"));
    told.map(|name| line(page, app, name)).collect()
}

/// What was allowed, with all that it implies (`scopes.….implies`): nobody is asked for what is in what they allowed.
pub fn with_implied(app: &App, allowed: &ScopeSet) -> ScopeSet {
    let mut all = allowed.clone();
    let mut wider: Vec<String> = allowed.iter().map(str::to_owned).collect();
    while let Some(scope) = wider.pop() {
        for narrower in app.config.scopes.get(&scope).into_iter().flat_map(|text| &text.implies) {
            if !all.has(narrower) {
                all.insert(narrower);
                wider.push(narrower.clone());
            }
        }
    }
    all
}

/// The lines for what is told beside scopes, by the names that consent remembers.
pub fn told(page: &Shell, names: &BTreeSet<String>) -> Vec<ScopeLine> {
    let line = |name: &String| ScopeLine {
        name: format!("claim:{name}"),
        title: page.say(&wishes::in_words(name)).plain(),
        detail: String::new(),
        new: false,
    };
    names.iter().map(line).collect()
}

/// The line for one scope.
pub fn line(page: &Shell, app: &App, name: &str) -> ScopeLine {
    let (title, detail) = match app.config.scopes.get(name) {
        Some(text) => match text.translated.get(page.language.tag()) {
            Some(words) => (words.title.clone(), words.detail.clone()),
            None => (text.title.clone(), text.detail.clone()),
        },
        None => {
            let (title, detail) = in_words(app, name);
            let said = |message: Message| page.say(&message).plain();
            (said(title), detail.map(said).unwrap_or_default())
        }
    };
    ScopeLine { name: name.to_owned(), title, detail, new: false }
}

/// What we know of a scope without its operator, and more of it where there is more to say.
fn in_words(app: &App, name: &str) -> (Message, Option<Message>) {
    if let Some(slug) = source_of(name) {
        let message = Message::new("scope-accounts-credentials-of").name("source", source_name(app, slug));
        return (message.clone(), Some(message.part("detail")));
    }
    let alone = |message| (message, None);
    let detailed = |message: Message| (message.clone(), Some(message.part("detail")));
    match name {
        "profile" => detailed(Message::new("scope-profile")),
        "email" => alone(Message::new("scope-email")),
        "address" => alone(Message::new("scope-address")),
        "phone" => alone(Message::new("scope-phone")),
        ADMIN_SCOPE => detailed(Message::new("scope-admin")),
        TOKENS_SCOPE => detailed(Message::new("scope-tokens")),
        WORKSPACES_SCOPE => detailed(Message::new("scope-workspaces")),
        SOURCES_READ => detailed(Message::new("scope-sources-read")),
        SOURCES_WRITE => detailed(Message::new("scope-sources-write")),
        ACCOUNTS_READ => detailed(Message::new("scope-accounts-read")),
        ACCOUNTS_WRITE => detailed(Message::new("scope-accounts-write")),
        ACCOUNTS_CREDENTIALS => detailed(Message::new("scope-accounts-credentials")),
        ACCOUNTS_CUSTODY => detailed(Message::new("scope-accounts-custody")),
        CONNECT_WRITE => detailed(Message::new("scope-connect-write")),
        WEBHOOKS_WRITE => detailed(Message::new("scope-webhooks-write")),
        other => detailed(Message::new("scope-unknown").name("scope", other)),
    }
}

/// A source that is called like its type bears the type's name; every other is known by its own.
fn source_name(app: &App, slug: &str) -> String {
    let kind = app.catalogue.get(slug).or_else(|| app.catalogue.get(&slug.replace('-', "_")));
    kind.map_or_else(|| slug.to_owned(), |kind| kind.name.clone())
}
