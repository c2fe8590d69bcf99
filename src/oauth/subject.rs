//! OIDC Core §8: what a client knows a person by. Whatever tells a client a `sub` takes it from here.

use crate::app::App;
use crate::base::id::UserId;
use crate::clients::Metadata;
use std::borrow::Cow;

/// The `sub` of a person for a client: the same everywhere, or one that only the client's sector knows (§8.1).
pub fn of<'a>(app: &App, client: &Metadata, user: &'a UserId) -> Cow<'a, str> {
    match client.sector() {
        None => Cow::Borrowed(user.as_str()),
        Some(sector) => Cow::Owned(app.keys.macs().pairwise(&sector, user.as_str())),
    }
}
