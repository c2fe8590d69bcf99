//! `/v1/sources`, `/v1/accounts` and what goes with them: the vault's own API. Answers are `{"data": …}`; refusals are RFC 9457
//! with an `error` member beside.

pub(super) mod accounts;
pub(super) mod break_glass;
pub(super) mod connect;
pub(super) mod credentials;
pub(super) mod custody;
pub(super) mod history;
pub(super) mod named;
pub(super) mod shares;
pub(super) mod sources;
pub(super) mod tokens;
pub(super) mod told;
pub(super) mod types;
pub(super) mod webhooks;

use crate::app::App;
use crate::db::Fault;
use crate::guard;
use crate::vault::actor::Actor;
use crate::vault::refused::Refused;
use crate::web::{Params, Problem};
use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

/// Whoever acts in a workspace. The first argument of every handler here.
pub(in crate::api) struct Who(pub Actor);

impl FromRequestParts<App> for Who {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        guard::actor(app, parts).await.map(Who)
    }
}

/// One thing.
#[derive(Serialize, ToSchema)]
#[schema(as = Data, bound = "")]
pub(in crate::api) struct Data<T: ToSchema> {
    /// The thing.
    data: T,
}

/// An answer with one thing.
pub(in crate::api) fn one<T: Serialize + ToSchema>(data: T) -> Response {
    written(|body| serde_json::to_writer(body, &data))
}

/// The same with one that `write` writes.
pub(in crate::api) fn written(write: impl FnOnce(&mut Vec<u8>) -> serde_json::Result<()>) -> Response {
    // `Json` begins with little room, and writes each word by itself.
    let mut body = Vec::with_capacity(2048);
    body.extend_from_slice(b"{\"data\":");
    if let Err(why) = write(&mut body) {
        return Stopped::from(Fault::Bug(why.to_string())).into_response();
    }
    body.push(b'}');
    let mut response = Response::new(body.into());
    // Room for what the layers add too: a map that grows puts everything in its place once more.
    response.headers_mut().reserve(16);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// The same for one that was just made, and where it is.
pub(in crate::api) fn made<T: Serialize + ToSchema>(app: &App, path: &str, data: T) -> Response {
    (StatusCode::CREATED, [(header::LOCATION, app.url(path))], Json(Data { data })).into_response()
}

/// What went wrong, for programs: beside what RFC 9457 has.
#[derive(ToSchema)]
#[schema(as = RefusalError)]
#[expect(dead_code, reason = "says what refusals have")]
pub(in crate::api) struct Error {
    /// A short name that stays the same.
    code: String,
    /// What happened and what to do.
    message: String,
    /// The member of the request that is wrong.
    field: Option<String>,
    /// More, by the code.
    #[schema(value_type = Option<Object>)]
    details: Option<serde_json::Value>,
    /// Seconds.
    retry_after: Option<u64>,
}

/// A refusal on its way out.
pub(in crate::api) struct Stopped(pub Box<Refused>);

impl From<Refused> for Stopped {
    fn from(refused: Refused) -> Self {
        Stopped(Box::new(refused))
    }
}

impl From<crate::db::Fault> for Stopped {
    fn from(fault: crate::db::Fault) -> Self {
        Refused::from(fault).into()
    }
}

impl From<Problem> for Stopped {
    fn from(problem: Problem) -> Self {
        let Problem { status, code, detail, field } = problem;
        Refused { field, ..Refused::new(status, code, detail) }.into()
    }
}

impl IntoResponse for Stopped {
    fn into_response(self) -> Response {
        let refused = *self.0;
        let problem = Problem {
            status: refused.status,
            code: refused.code,
            detail: refused.why.clone(),
            field: refused.field.clone(),
        };
        let mut body = json!(problem.body());
        let lacking = refused.details.as_ref().and_then(|details| details.get("scope")?.as_str());
        let lacking = lacking.map(|scope| format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\""));
        let lacking = lacking.and_then(|challenge| HeaderValue::try_from(challenge).ok());
        let after = refused.retry_after.map(|after| after.as_secs().max(1));
        if let Some(members) = body.as_object_mut() {
            let mut error = json!({ "code": refused.code, "message": refused.why });
            if let Some(error) = error.as_object_mut() {
                refused.field.map(|field| error.insert("field".to_owned(), json!(field)));
                refused.details.map(|details| error.insert("details".to_owned(), *details));
                after.map(|after| error.insert("retry_after".to_owned(), json!(after)));
            }
            members.insert("error".to_owned(), error);
        }
        let mut response = (refused.status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(after) = after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(after));
        }
        // RFC 6750 §3.1.
        if refused.status == StatusCode::FORBIDDEN
            && let Some(challenge) = lacking
        {
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// The whole numbers, flags and texts of a query; each once, and none that isn't known.
pub(in crate::api) struct Asks<'a>(&'a Params);

impl<'a> Asks<'a> {
    pub(in crate::api) fn of(params: &'a Params, known: &[&str]) -> Result<Self, Refused> {
        let bad = |why: String| Refused::new(StatusCode::BAD_REQUEST, "invalid_request", why);
        if params.malformed() {
            return Err(bad("the query is not valid UTF-8 or contains a NUL character".to_owned()));
        }
        for (name, _) in params.iter() {
            if params.repeated(name) {
                return Err(bad("a parameter is given more than once".to_owned()));
            }
            if !known.contains(&name) {
                return Err(bad(format!("a parameter isn't known here; these are: {}", known.join(", "))));
            }
        }
        Ok(Asks(params))
    }

    pub(in crate::api) fn text(&self, name: &str) -> Option<&'a str> {
        self.0.get(name)
    }

    pub(in crate::api) fn flag(&self, name: &'static str) -> Result<bool, Refused> {
        match self.0.get(name) {
            None | Some("0") => Ok(false),
            Some("1") => Ok(true),
            Some(_) => {
                Err(Refused::new(StatusCode::BAD_REQUEST, "invalid_request", format!("{name} must be 1, or left out")))
            }
        }
    }

    pub(in crate::api) fn number(&self, name: &'static str, most: u64) -> Result<Option<u64>, Refused> {
        let Some(text) = self.0.get(name) else { return Ok(None) };
        let plain = text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit());
        let number = text.parse().ok().filter(|number| plain && *number <= most);
        let why = format!("{name} must be a whole number from 0 to {most}");
        number.map(Some).ok_or_else(|| Refused::new(StatusCode::BAD_REQUEST, "invalid_request", why))
    }
}
