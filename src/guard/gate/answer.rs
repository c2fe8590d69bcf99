//! What a proxy is told: 200 with who it is, or 401, 403, 429 as the client shall get it.

use super::super::door::{Door, Refused, challenges};
use super::super::principal::{By, Principal};
use super::rules::Need;
use super::subject;
use crate::app::App;
use crate::crypto::Algorithm;
use crate::web::Problem;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::time::Duration;

/// Who may pass.
pub(super) enum Passed {
    /// Somebody who showed nothing, where nothing is needed.
    Anonymous,
    /// Somebody.
    As(Box<Principal>),
}

/// The answer, before it is in the words of a proxy or of JSON.
pub(super) struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Body,
}

enum Body {
    /// Who it is: for proxies in headers, for backends in JSON. Where it is wanted, the same signed.
    Caller(Box<Principal>, Option<String>),
    /// Somebody who showed nothing.
    Anonymous,
    /// What is wrong.
    Problem(Value),
}

/// How long the JWT of an answer is good: for one request on its way to the backend.
const LIVES: Duration = Duration::from_secs(60);
const TYP: &str = "gate+jwt";

impl Answer {
    /// As a proxy takes it.
    pub fn response(self) -> Response {
        let Answer { status, mut headers, body } = self;
        let mut response = match body {
            Body::Problem(problem) => {
                headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
                headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
                return (status, headers, problem.to_string()).into_response();
            }
            Body::Anonymous => {
                headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
                status.into_response()
            }
            Body::Caller(caller, identity) => {
                headers = told(&caller);
                if let Some(value) = identity.and_then(|jwt| HeaderValue::try_from(jwt).ok()) {
                    headers.insert(IDENTITY, value);
                }
                status.into_response()
            }
        };
        *response.headers_mut() = headers;
        response
    }

    /// As a backend takes it that asked itself.
    pub fn json(self) -> Value {
        let mut told = Map::from_iter([
            ("allowed".to_owned(), json!(self.status == StatusCode::OK)),
            ("status".to_owned(), json!(self.status.as_u16())),
        ]);
        match self.body {
            Body::Caller(caller, identity) => {
                let all = NAMED.into_iter().zip(members(&caller)).filter_map(|((_, name), text)| Some((name, text?)));
                told.extend(all.map(|(name, text)| (name.to_owned(), json!(text))));
                told.extend(identity.map(|jwt| ("identity".to_owned(), json!(jwt))));
            }
            Body::Anonymous => drop(told.insert("anonymous".to_owned(), json!(true))),
            Body::Problem(Value::Object(members)) => {
                for (name, value) in members {
                    told.entry(name).or_insert(value);
                }
            }
            Body::Problem(_) => {}
        }
        let text = |value: &HeaderValue| value.to_str().unwrap_or_default().to_owned();
        let challenges: Vec<String> = self.headers.get_all(header::WWW_AUTHENTICATE).iter().map(text).collect();
        if !challenges.is_empty() {
            told.insert("www_authenticate".to_owned(), json!(challenges));
        }
        if let Some(seconds) = self.headers.get(header::RETRY_AFTER) {
            told.insert("retry_after".to_owned(), json!(text(seconds).parse::<u64>().unwrap_or(1)));
        }
        Value::Object(told)
    }

    /// 400: a request that two could read in two ways.
    pub fn unclear(why: &'static str) -> Self {
        Answer::problem(&Problem::new(StatusCode::BAD_REQUEST, "unclear", why))
    }

    /// 403 for everybody.
    pub fn denied() -> Self {
        Answer::problem(&Problem::new(StatusCode::FORBIDDEN, "denied", "no rule of the gate lets anyone do this"))
    }

    fn problem(problem: &Problem) -> Self {
        Answer { status: problem.status, headers: HeaderMap::new(), body: Body::Problem(json!(problem.body())) }
    }

    /// 401, 403, 429, 503.
    pub fn refused(app: &App, refused: Refused, door: Door<'_>, need: &Need) -> Self {
        let (status, mut headers, body) = refused.parts(app, door);
        if let Refused::Challenge(challenge) = refused {
            // RFC 6750 §3: which scopes would do here, not at our own doors.
            headers.remove(header::WWW_AUTHENTICATE);
            // In one header: proxies hand on only one.
            let both =
                challenges(app, challenge, door.resource, &need.scopes.join(" ")).map(|one| one.as_bytes().to_vec());
            if let Ok(both) = HeaderValue::from_bytes(&both.join(b", ".as_slice())) {
                headers.insert(header::WWW_AUTHENTICATE, both);
            }
        }
        Answer { status, headers, body: Body::Problem(body) }
    }

    /// 200.
    pub async fn passed(app: &App, passed: Passed, need: &Need) -> Self {
        let Passed::As(caller) = passed else {
            return Answer { status: StatusCode::OK, headers: HeaderMap::new(), body: Body::Anonymous };
        };
        let mut signed = None;
        if app.config.gate.identity {
            signed = Box::pin(identity(app, &caller, need)).await;
            if signed.is_none() {
                let detail = "the signing key is not ready; try again in a moment";
                return Answer::problem(&Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail));
            }
        }
        Answer { status: StatusCode::OK, headers: HeaderMap::new(), body: Body::Caller(caller, signed) }
    }
}

const IDENTITY: HeaderName = HeaderName::from_static("x-symbolon-identity");
/// The header, and the member of JSON.
const NAMED: [(HeaderName, &str); 7] = [
    (HeaderName::from_static("x-symbolon-user"), "user"),
    (HeaderName::from_static("x-symbolon-email"), "email"),
    (HeaderName::from_static("x-symbolon-workspace"), "workspace"),
    (HeaderName::from_static("x-symbolon-role"), "role"),
    (HeaderName::from_static("x-symbolon-client"), "client"),
    (HeaderName::from_static("x-symbolon-scope"), "scope"),
    (HeaderName::from_static("x-symbolon-token-id"), "token_id"),
];

/// Who it is, in the order of `NAMED`; nothing where it isn't so.
fn members(caller: &Principal) -> [Option<Cow<'_, str>>; 7] {
    [
        caller.user.as_ref().map(|user| user.as_str().into()),
        caller.email.as_deref().map(Cow::from),
        caller.workspace.as_ref().map(|workspace| workspace.as_str().into()),
        caller.standing.map(|standing| standing.name().into()),
        caller.client.as_ref().map(|client| client.as_str().into()),
        caller.may.scopes().map(|scopes| scopes.to_string().into()),
        Some((&*caller.token_id).into()),
    ]
}

/// Who it is, in headers. For an API token they are made once, until its row changes.
fn told(caller: &Principal) -> HeaderMap {
    match &caller.by {
        By::ApiToken(checked) => checked.told.get_or_init(|| named(caller)).clone(),
        _ => named(caller),
    }
}

fn named(caller: &Principal) -> HeaderMap {
    // Room for what the layers add too: a map that grows puts everything in its place once more.
    let mut headers = HeaderMap::with_capacity(16);
    for ((name, _), text) in NAMED.into_iter().zip(members(caller)) {
        // Addresses may have letters beyond ASCII, which headers carry as bytes (RFC 9110 §5.5).
        if let Some(value) = text.and_then(|text| HeaderValue::from_bytes(text.as_bytes()).ok()) {
            headers.insert(name, value);
        }
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // No browser sees it: the layers add nothing for one.
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers
}

/// The same, signed. Its type keeps it from passing for an access token or an ID token (RFC 8725 §3.11).
async fn identity(app: &App, caller: &Principal, need: &Need) -> Option<String> {
    let now = app.now();
    let told = NAMED.into_iter().zip(members(caller)).filter(|((_, name), _)| *name != "user");
    let told = told.filter_map(|((_, name), text)| Some((name.to_owned(), json!(text?))));
    let mut claims: Map<String, Value> = told.collect();
    claims.insert("iss".to_owned(), json!(app.issuer()));
    claims.insert("sub".to_owned(), json!(subject(caller)));
    claims.insert("aud".to_owned(), json!(need.audience.as_deref().unwrap_or(app.issuer())));
    claims.insert("iat".to_owned(), json!(now.secs()));
    claims.insert("exp".to_owned(), json!((now + LIVES).secs()));
    app.keys.sign(Algorithm::ES256, TYP, Value::Object(claims)).await.ok()
}
