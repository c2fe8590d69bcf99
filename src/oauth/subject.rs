//! OIDC Core §8: what a client knows a person, and a session of theirs, by. Whatever tells a client a `sub` or a `sid`
//! takes it from here.

use crate::app::App;
use crate::base::id::{ClientId, SessionId, UserId};
use crate::clients::{Client, Metadata};
use crate::signin::Session;
use std::borrow::Cow;

/// The `sub` of a person for a client: the same everywhere, or one that only the client's sector knows (§8.1).
pub fn of<'a>(app: &App, client: &Metadata, user: &'a UserId) -> Cow<'a, str> {
    match client.sector() {
        None => Cow::Borrowed(user.as_str()),
        Some(sector) => Cow::Owned(app.keys.macs().pairwise(&sector, user.as_str())),
    }
}

/// The `sid` of a session for a client (OIDC Back-Channel Logout §2.1). Another one for each: by one that they shared,
/// clients could find out that the people whom they know by different names are one.
pub fn sid(app: &App, client: &ClientId, session: &SessionId) -> String {
    app.keys.macs().session_at(client.as_str(), session.as_str())
}

/// Who is signed in, as a client knows them.
#[derive(Debug)]
pub struct KnownAs {
    /// What ID tokens call the person.
    pub sub: String,
    /// What they call the session.
    pub sid: String,
}

impl KnownAs {
    /// Whom this client knows.
    pub fn by(app: &App, client: &Client, session: &Session) -> Self {
        KnownAs {
            sub: of(app, &client.metadata, &session.user.id).into_owned(),
            sid: sid(app, &client.id, &session.sid),
        }
    }
}
