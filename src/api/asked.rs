//! What handlers take: who asks, and the names in the path.

use crate::admin::Acting;
use crate::app::App;
use crate::audit::Actor;
use crate::base::Id;
use crate::base::id::UserId;
use crate::guard;
use crate::people::Role;
use crate::web::{Call, Problem};
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

/// The administrator who asks. The first argument of every handler here: what follows isn't even read for others.
pub(super) struct Admin(pub Acting);

impl FromRequestParts<App> for Admin {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let (actor, role) = guard::admin(app, parts).await?;
        if !parts.method.is_safe() && !role.administers() {
            return Err(guard::only_looks().into_response());
        }
        let Ok(call) = Call::from_request_parts(parts, app).await;
        let if_match = if_match(&parts.headers);
        Ok(Admin(Acting { if_match, ..Acting::new(actor, role, call) }))
    }
}

/// Somebody who manages workspaces of their own, as nothing more than that.
pub(super) struct Person {
    pub id: UserId,
    pub who: Acting,
}

impl FromRequestParts<App> for Person {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let id = guard::member(app, parts).await?;
        let Ok(call) = Call::from_request_parts(parts, app).await;
        let if_match = if_match(&parts.headers);
        let who = Acting { if_match, ..Acting::new(Actor::User(id.clone()), Role::User, call) };
        Ok(Person { id, who })
    }
}

/// RFC 9110 §13.1.1: the entity tag of what the caller has read. What is none, or several, matches nothing; that is told
/// after all else that is wrong with a request (§13.2.1).
fn if_match(headers: &HeaderMap) -> Option<String> {
    let mut all = headers.get_all(header::IF_MATCH).iter();
    match (all.next()?.to_str(), all.next()) {
        (Ok("*"), None) => None,
        (Ok(tag), None) => Some(tag.to_owned()),
        _ => Some(String::new()),
    }
}

/// The identifier in the path. What can't be one is answered like one that nobody has.
pub(super) struct Named<K>(pub Id<K>);

impl<K> FromRequestParts<App> for Named<K> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match Path::<String>::from_request_parts(parts, app).await {
            Ok(Path(text)) if can_be(&text) => Ok(Named(text.into())),
            _ => Err(Problem::not_found()),
        }
    }
}

/// The identifiers of something and of something within it.
pub(super) struct NamedIn<A, B>(pub Id<A>, pub Id<B>);

impl<A, B> FromRequestParts<App> for NamedIn<A, B> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match Path::<(String, String)>::from_request_parts(parts, app).await {
            Ok(Path((outer, inner))) if can_be(&outer) && can_be(&inner) => Ok(NamedIn(outer.into(), inner.into())),
            _ => Err(Problem::not_found()),
        }
    }
}

/// Whether a name of ours can look like this.
pub(in crate::api) fn can_be(text: &str) -> bool {
    text.len() <= 512 && text.bytes().all(|b| b.is_ascii_graphic())
}
