//! RFC 6749 §2.3, OIDC Core §9: the client proves who it is, by the one method that it registered.

use super::assertion;
use super::error::{Code, Json52, Refusal};
use crate::app::App;
use crate::base::Secret;
use crate::clients::cimd::Unusable;
use crate::clients::{self, AuthMethod, Client, Lookup};
use crate::web::authorization::{Authorization, authorization};
use crate::web::{Call, Params};
use axum::http::HeaderMap;
use std::sync::Arc;

/// A client that has proved who it is. The only input that grants accept.
#[derive(Clone, Debug)]
pub struct Admitted(pub Arc<Client>);

/// What a request shows for its client.
enum Shown {
    Basic(String, Secret),
    Post(String, Secret),
    Assertion(Option<String>, Secret),
    Nothing(String),
}

impl Shown {
    fn method(&self) -> AuthMethod {
        match self {
            Shown::Basic(..) => AuthMethod::ClientSecretBasic,
            Shown::Post(..) => AuthMethod::ClientSecretPost,
            Shown::Assertion(..) => AuthMethod::PrivateKeyJwt,
            Shown::Nothing(_) => AuthMethod::None,
        }
    }
}

/// Admits the client of a request, or refuses it. Wrong secret, unknown client, disabled client, other method: the same
/// answer, in the same time.
pub async fn admit(app: &App, headers: &HeaderMap, params: &Params, call: &Call) -> Result<Admitted, Json52> {
    let shown = read(headers, params)?;
    let client_id = match &shown {
        Shown::Basic(id, _) | Shown::Post(id, _) | Shown::Nothing(id) => id.clone(),
        Shown::Assertion(id, jwt) => {
            assertion::subject(jwt).filter(|sub| id.as_ref().is_none_or(|id| id == sub)).ok_or_else(refused)?
        }
    };
    // Guessing is counted by client and address: nobody can lock out a client from elsewhere.
    let counted = format!("{client_id} {}", call.network());
    if app.attempts.exhausted(&counted, app.now()) {
        return Err(Refusal::new(Code::TooManyAttempts, "too many failed attempts; wait a minute").into());
    }
    match prove(app, &client_id, &shown).await? {
        Some(client) => Ok(Admitted(client)),
        None => {
            app.attempts.count(&counted, app.now());
            Err(refused().0.because(format!("client {}", client_id.escape_debug())).into())
        }
    }
}

fn refused() -> Json52 {
    Json52(Refusal::new(Code::InvalidClient, "client authentication failed"))
}

fn read(headers: &HeaderMap, params: &Params) -> Result<Shown, Json52> {
    let invalid = |description| Json52(Refusal::new(Code::InvalidRequest, description));
    let id = params.get("client_id").map(str::to_owned);
    let secret = params.get("client_secret").map(Secret::new);
    let assertion = params.get("client_assertion").map(Secret::new);
    if secret.is_some() && assertion.is_some() {
        return Err(invalid("use one client authentication method only"));
    }
    match authorization(headers) {
        Authorization::Basic(..) if secret.is_some() || assertion.is_some() => {
            Err(invalid("use one client authentication method only"))
        }
        Authorization::Basic(basic, _) if id.as_ref().is_some_and(|id| *id != basic) => {
            Err(invalid("client_id differs from the Authorization header"))
        }
        Authorization::Basic(basic, secret) => Ok(Shown::Basic(basic, secret)),
        Authorization::Repeated => Err(invalid("the Authorization header was sent twice")),
        Authorization::Unreadable { .. } | Authorization::Bearer(_) | Authorization::Token(_) => Err(refused()),
        Authorization::None => match (id, secret, assertion) {
            (Some(id), Some(secret), _) => Ok(Shown::Post(id, secret)),
            (id, _, Some(jwt)) if params.get("client_assertion_type") == Some(assertion::TYPE) => {
                Ok(Shown::Assertion(id, jwt))
            }
            (_, _, Some(_)) => {
                Err(invalid("client_assertion_type must be urn:ietf:params:oauth:client-assertion-type:jwt-bearer"))
            }
            (Some(id), None, None) => Ok(Shown::Nothing(id)),
            (None, ..) => Err(refused()),
        },
    }
}

/// CIMD §6: the client hears that it is about its document, not how fetching it failed.
fn unusable(client_id: &str, why: &Unusable) -> Json52 {
    let (code, description) = match why {
        Unusable::Busy => {
            (Code::TemporarilyUnavailable, "too many client documents are being fetched; try again in a minute")
        }
        Unusable::Identifier(_) => (Code::InvalidClient, "client_id is not a URL that may be a client identifier"),
        Unusable::Untrusted => (Code::InvalidClient, "this server takes client documents of other domains only"),
        Unusable::Unfetched | Unusable::Gone => (Code::InvalidClient, "the document at client_id could not be fetched"),
        Unusable::Document(..) => {
            (Code::InvalidClient, "invalid_client_metadata: the document at client_id cannot be used")
        }
    };
    Json52(Refusal::new(code, description).because(format!("client {}: {}", client_id.escape_debug(), why.in_words())))
}

async fn prove(app: &App, client_id: &str, shown: &Shown) -> Result<Option<Arc<Client>>, Json52> {
    let client = match clients::look_up(app, client_id).await? {
        Lookup::Known(client) => Some(client),
        Lookup::Unknown => None,
        Lookup::Unusable(why) => return Err(unusable(client_id, &why)),
    };
    let now = app.now();
    let proved = match (shown, &client) {
        (Shown::Basic(_, secret) | Shown::Post(_, secret), Some(client)) => client.has_secret(secret, now),
        (Shown::Assertion(_, jwt), Some(client)) => assertion::holds(app, client, jwt).await?,
        (Shown::Nothing(_), Some(client)) => client.public(),
        (_, None) => false,
    };
    let registered = |client: &Arc<Client>| client.metadata.token_endpoint_auth_method == shown.method();
    Ok(client.filter(|client| proved && client.enabled && registered(client)))
}
