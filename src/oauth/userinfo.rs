//! OIDC Core §5.3: `/userinfo`, claims about the person behind an access token.

use super::access::Access;
use super::bearer::{self, Challenge};
use super::claims::Person;
use super::error::{Json52, no_store};
use super::presentation::Presentation;
use super::resource::Resource;
use super::subject;
use crate::app::App;
use crate::crypto::Algorithm;
use crate::db::Fault;
use crate::web::Form;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// Ask who a person is
///
/// OIDC Core §5.3.
#[utoipa::path(get, path = "/userinfo", operation_id = "userinfo", tag = "openid",
    security(("oauth2" = ["openid"]), ("bearer" = [])),
    responses((status = 200, description = "Claims; signed for clients that registered for it",
            content((super::wire::UserInfo = "application/json"), (String = "application/jwt"))),
        (status = 400, description = "`invalid_request`: no one token, in one place"),
        (status = 401, description = "`invalid_token`: there is no access token, or it is unknown, expired or revoked"),
        (status = 403, description = "`insufficient_scope`: it lacks the scope `openid`"),
        (status = 500, description = "`server_error`: it is in the log"),
        (status = 503, description = "`temporarily_unavailable`: not now; nothing was lost")))]
pub async fn get(State(app): State<App>, headers: HeaderMap) -> Result<Response, Response> {
    let access = bearer::admit(&app, &headers, None, Resource::Server).await?;
    Ok(answer(&app, access).await)
}

/// Ask who a person is, with a form
///
/// OIDC Core §5.3: the token in the header or in a form.
#[utoipa::path(post, path = "/userinfo", operation_id = "userinfoForm", tag = "openid",
    security(("oauth2" = ["openid"]), ("bearer" = [])),
    request_body(content = Option<super::wire::TokenInForm>, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "Claims; signed for clients that registered for it",
            content((super::wire::UserInfo = "application/json"), (String = "application/jwt"))),
        (status = 400, description = "`invalid_request`: no one token, in one place"),
        (status = 401, description = "`invalid_token`: there is no access token, or it is unknown, expired or revoked"),
        (status = 403, description = "`insufficient_scope`: it lacks the scope `openid`"),
        (status = 500, description = "`server_error`: it is in the log"),
        (status = 503, description = "`temporarily_unavailable`: not now; nothing was lost")))]
pub async fn post(State(app): State<App>, headers: HeaderMap, Form(form): Form) -> Result<Response, Response> {
    let form = match (form, headers.contains_key(header::CONTENT_TYPE)) {
        (Ok(form), _) => Some(form),
        (Err(_), false) => None,
        (Err(_), true) => return Err(Challenge::InvalidRequest.answer(&app, Resource::Server)),
    };
    if form.as_ref().is_some_and(|form| form.repeated("access_token")) {
        return Err(Challenge::InvalidRequest.answer(&app, Resource::Server));
    }
    let access = bearer::admit(&app, &headers, form.as_ref(), Resource::Server).await?;
    Ok(answer(&app, access).await)
}

async fn answer(app: &App, access: Access) -> Response {
    let person = access.person.as_ref().filter(|_| access.scope.has("openid"));
    let Some(found) = person else {
        return Challenge::InsufficientScope.answer(app, Resource::Server);
    };
    let claims = match claims(app, &access, found) {
        Ok(claims) => claims,
        Err(fault) => return bearer::unavailable(fault),
    };
    let alg = access.client.userinfo_signed_response_alg.as_deref().and_then(Algorithm::named);
    match alg {
        None => no_store(Json(Value::Object(claims))),
        Some(alg) => signed(app, &access, alg, claims).await,
    }
}

/// What the token tells: by scope, by name, and as the client's map has it.
fn claims(app: &App, access: &Access, found: &Presentation) -> Result<Map<String, Value>, Fault> {
    let person = Person::of(found)?;
    let mut told = Map::new();
    // §5.3.2: always, and always the one of the ID token.
    told.insert("sub".to_owned(), json!(subject::of(app, &access.client, &found.grant.user_id)));
    told.extend(person.told_by(&access.scope));
    if let Some(wishes) = &found.grant.claims {
        told.extend(person.told_by_name(&wishes.userinfo, &access.client));
        told.extend(person.told_by_map(&wishes.attributes, &access.client, |claim| claim.userinfo));
    }
    Ok(told)
}

/// §5.3.2: `iss` and `aud` beside what is told. A type of its own, so that it passes for no ID token.
async fn signed(app: &App, access: &Access, alg: Algorithm, mut claims: Map<String, Value>) -> Response {
    claims.insert("iss".to_owned(), json!(app.issuer()));
    claims.insert("aud".to_owned(), json!(access.client_id));
    match app.keys.sign(alg, "userinfo+jwt", claims).await {
        Ok(jwt) => no_store(([(header::CONTENT_TYPE, "application/jwt")], jwt)),
        Err(no_key) => Json52(no_key.into()).into_response(),
    }
}
