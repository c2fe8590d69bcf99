//! OIDC Core §5.3: `/userinfo`, claims about the person behind an access token.

use super::access::Access;
use super::bearer::{self, Challenge};
use super::claims::Person;
use super::error::no_store;
use crate::app::App;
use crate::web::Form;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// `GET /userinfo`
pub async fn get(State(app): State<App>, headers: HeaderMap) -> Result<Response, Response> {
    let access = bearer::admit(&app, &headers, None).await?;
    Ok(answer(access))
}

/// `POST /userinfo`: the token in the header or in a form.
pub async fn post(State(app): State<App>, headers: HeaderMap, Form(form): Form) -> Result<Response, Response> {
    let form = match (form, headers.contains_key(header::CONTENT_TYPE)) {
        (Ok(form), _) => Some(form),
        (Err(_), false) => None,
        (Err(_), true) => return Err(Challenge::InvalidRequest.into_response()),
    };
    if form.as_ref().is_some_and(|form| form.repeated("access_token")) {
        return Err(Challenge::InvalidRequest.into_response());
    }
    let access = bearer::admit(&app, &headers, form.as_ref()).await?;
    Ok(answer(access))
}

fn answer(access: Access) -> Response {
    let person = access.person.as_ref().filter(|_| access.scope.has("openid"));
    let Some(found) = person else {
        return Challenge::InsufficientScope("openid").into_response();
    };
    let mut body = Map::new();
    // §5.3.2: always, and always the one of the ID token.
    body.insert("sub".to_owned(), json!(found.grant.user_id));
    // §5.5: claims asked for by name are among those of the scopes; see `request::read`.
    match Person::of(found) {
        Ok(person) => body.extend(person.told_by(&access.scope)),
        Err(fault) => return bearer::unavailable(fault),
    }
    no_store(Json(Value::Object(body)))
}
