//! OIDC Front-Channel Logout 1.0: the browser loads a page of each client that took part, in frames that nobody sees.

use super::Participant;
use crate::app::App;
use crate::oauth::authorize::respond::joined;
use crate::oauth::subject;

/// §2, §3: where the frames lead; always with `iss` and `sid`, and with what the registered URI has of a query.
pub(super) fn frames(app: &App, participants: &[Participant]) -> Vec<String> {
    let registered =
        participants.iter().filter_map(|to| Some((to.metadata.as_ref()?.frontchannel_logout_uri.as_deref()?, to)));
    let told = |to: &Participant| {
        let sid = subject::sid(app, &to.client_id, &to.sid);
        [("iss".to_owned(), app.issuer().to_owned()), ("sid".to_owned(), sid)]
    };
    registered.map(|(uri, to)| joined(uri, '?', &told(to))).collect()
}
