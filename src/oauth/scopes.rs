//! RFC 6749 §3.3, in words: what each scope lets an app do, and what it learns beside.

use super::wishes;
use crate::app::App;
use crate::base::ScopeSet;
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
pub fn lines(app: &App, scope: &ScopeSet) -> Vec<ScopeLine> {
    let told = scope.iter().filter(|name| !matches!(*name, "openid" | "offline" | "offline_access"));
    told.map(|name| line(app, name)).collect()
}

/// The lines for what is told beside scopes, by the names that consent remembers.
pub fn told(names: &BTreeSet<String>) -> Vec<ScopeLine> {
    let line = |name: &String| ScopeLine {
        name: format!("claim:{name}"),
        title: wishes::in_words(name),
        detail: String::new(),
        new: false,
    };
    names.iter().map(line).collect()
}

fn line(app: &App, name: &str) -> ScopeLine {
    let (title, detail) = match (app.config.scopes.get(name), name) {
        (Some(text), _) => (text.title.clone(), text.detail.clone()),
        (None, "profile") => {
            ("See your name and profile".to_owned(), "Name, picture, language and time zone.".to_owned())
        }
        (None, "email") => ("See your e-mail address".to_owned(), String::new()),
        (None, "address") => ("See your postal address".to_owned(), String::new()),
        (None, "phone") => ("See your phone number".to_owned(), String::new()),
        (None, crate::clients::ADMIN_SCOPE) => (
            format!("Administer {}", app.config.name),
            "Register and change apps, and manage people, as you can.".to_owned(),
        ),
        (None, other) => (other.to_owned(), "The app asks for this by its technical name.".to_owned()),
    };
    ScopeLine { name: name.to_owned(), title, detail, new: false }
}
