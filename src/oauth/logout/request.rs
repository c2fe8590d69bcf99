//! OIDC RP-Initiated Logout §2: what a client asks for when it sends a person here to sign out, and whether the person
//! must be asked first.

use super::farewell::Farewell;
use crate::app::App;
use crate::clients::{self, Client};
use crate::db::Fault;
use crate::lang::Message;
use crate::oauth::id_token;
use crate::oauth::subject::KnownAs;
use crate::web::{Params, Stopped};
use serde_json::Value;
use std::sync::Arc;

/// A request to sign out.
pub(super) struct LogoutRequest {
    /// Whom it is about.
    pub hint: Hint,
    /// Who asks.
    pub client: Option<Arc<Client>>,
    /// Where the person goes then.
    pub farewell: Option<Farewell>,
    /// Why the person can't be sent where the client wants; for its developer.
    pub trouble: Option<&'static str>,
}

/// §2, `id_token_hint`.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Hint {
    /// None was given.
    Absent,
    /// Not an ID token of ours, or not of the client that `client_id` names: nothing of the request may be used.
    Unusable,
    /// We issued it, however long ago.
    Ours {
        /// Who it is about.
        sub: String,
        /// In which session.
        sid: Option<String>,
    },
}

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// §2: the person must be asked.
    Ask,
    /// The request comes from a client of this very session.
    SignOut,
    /// Nobody is signed in any more.
    Leave,
}

/// Longest `state`, in bytes.
const LONGEST: usize = 2048;

/// Reads the parameters. `logout_hint` changes nothing: there is one session in a browser. `ui_locales` is for whoever
/// makes the page.
pub(super) async fn read(app: &App, params: &Params) -> Result<LogoutRequest, Stopped> {
    if params.first_repeated(&[]).is_some() {
        return Err(Stopped::invalid(Message::new("stopped-logout-twice")));
    }
    let state = params.get("state");
    if state.is_some_and(|state| state.len() > LONGEST) {
        return Err(Stopped::invalid(Message::new("stopped-logout-state").count("most", LONGEST)));
    }
    let (hint, client) = who(app, params).await?;
    let asked = params.get("post_logout_redirect_uri");
    let farewell = match (&hint, &client, asked) {
        (Hint::Unusable, ..) | (_, None, _) | (.., None) => None,
        (_, Some(client), Some(uri)) => Farewell::checked(client, uri, state),
    };
    let trouble = match (&hint, &client, asked, &farewell) {
        (Hint::Unusable, ..) => Some("id_token_hint is not an ID token that this server issued to this client"),
        (_, None, Some(_), _) => {
            Some("post_logout_redirect_uri needs an id_token_hint or a client_id that is known here")
        }
        (_, Some(_), Some(_), None) => {
            Some("post_logout_redirect_uri is not registered for this client, letter by letter")
        }
        _ => None,
    };
    Ok(LogoutRequest { hint, client, farewell, trouble })
}

/// The hint, and the client: the one that the hint was issued to, or else the one that says so itself.
async fn who(app: &App, params: &Params) -> Result<(Hint, Option<Arc<Client>>), Fault> {
    let named = params.get("client_id");
    let Some(token) = params.get("id_token_hint") else {
        let client = match named {
            Some(id) => known(app, id).await?,
            None => None,
        };
        return Ok((Hint::Absent, client));
    };
    let Some((sub, sid, aud)) = issued_here(app, token) else {
        return Ok((Hint::Unusable, None));
    };
    // §2: both must name the same client.
    let client = if named.is_none_or(|id| id == aud) { known(app, &aud).await? } else { None };
    match client {
        Some(client) => Ok((Hint::Ours { sub, sid }, Some(client))),
        None => Ok((Hint::Unusable, None)),
    }
}

async fn known(app: &App, id: &str) -> Result<Option<Arc<Client>>, Fault> {
    Ok(clients::find(app, id).await?.filter(|client| client.enabled))
}

/// `sub`, `sid` and `aud` of an ID token that one of our keys signed, a retired one too. §2: it may have expired.
fn issued_here(app: &App, token: &str) -> Option<(String, Option<String>, String)> {
    // Our other JWTs are no ID tokens (RFC 8725 §3.11).
    let hint = app.keys.now().verify(token).filter(|hint| hint.typ.as_deref() == Some(id_token::TYP))?;
    let text = |name: &str| hint.claims.get(name).and_then(Value::as_str).map(str::to_owned);
    let ours = text("iss").as_deref() == Some(app.issuer());
    if ours { Some((text("sub")?, text("sid"), text("aud")?)) } else { None }
}

/// §2: the person must be asked unless the request proves that it comes from a client of their session. `known` is who
/// is signed in, as that client knows them.
pub(super) fn next(hint: &Hint, known: Option<&KnownAs>) -> Next {
    match (hint, known) {
        (Hint::Ours { .. }, None) => Next::Leave,
        (Hint::Ours { sub, sid: Some(sid) }, Some(known)) if *sub == known.sub && *sid == known.sid => Next::SignOut,
        _ => Next::Ask,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn only_a_hint_of_this_very_session_spares_the_question() {
        let ada = KnownAs { sub: "ada".to_owned(), sid: "sid".to_owned() };
        let hint = |sub: &str, sid: Option<&str>| Hint::Ours { sub: sub.to_owned(), sid: sid.map(str::to_owned) };
        for (hint, known, expected) in [
            (hint("ada", Some("sid")), Some(&ada), Next::SignOut),
            (hint("ada", Some("sid")), None, Next::Leave),
            (hint("ada", Some("other")), Some(&ada), Next::Ask),
            (hint("ada", None), Some(&ada), Next::Ask),
            (hint("ben", Some("sid")), Some(&ada), Next::Ask),
            (Hint::Absent, Some(&ada), Next::Ask),
            (Hint::Absent, None, Next::Ask),
            (Hint::Unusable, Some(&ada), Next::Ask),
            (Hint::Unusable, None, Next::Ask),
        ] {
            assert_eq!(next(&hint, known), expected, "{hint:?}");
        }
    }
}
