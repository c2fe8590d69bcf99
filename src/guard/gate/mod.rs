//! The gate: a proxy asks whether a request to somebody else's API may pass, and who makes it. The same answer as at our
//! own doors, in the words of each proxy.

mod answer;
mod check;
mod original;
mod path;
mod rules;

use super::door::{Asked, Door, Refused, caller};
use super::principal::{By, Principal};
use crate::app::App;
use crate::oauth::bearer::Challenge;
use crate::oauth::resource::Resource;
use crate::observe::Asking;
use crate::web::Call;
use crate::web::browser::same_origin;
use crate::web::limited::{self, Ledger};
use answer::{Answer, Passed};
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::response::Response;
pub use original::Convention;
use original::Known;
use rules::{Need, Unruled, need};
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What backends ask.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(check::post))
}

/// What proxies ask, for the document of all endpoints: it has no word for "any method", nor for "any path below".
pub fn described() -> OpenApi {
    #[derive(utoipa::OpenApi)]
    #[openapi(paths(nginx, forward, envoy))]
    struct Proxies;
    Proxies::openapi()
}

/// Ask for nginx
///
/// For `auth_request`, as `symbolon snippet nginx` sets it up; HAProxy and Apache ask here too. Any method will do.
#[utoipa::path(get, path = "/gate/nginx", operation_id = "askForNginx", tag = "gate",
    params(("X-Original-Method" = Option<String>, Header, description = "The method of the original request"),
        ("X-Original-URL" = Option<String>, Header, description = "Its URL, absolute")),
    responses((status = 200, description = "It may pass")))]
async fn nginx(app: &App, request: Request, asking: &Asking) -> Response {
    ask(app, request, asking, Convention::Nginx).await
}

/// Ask for Traefik or Caddy
///
/// For ForwardAuth and `forward_auth`. Any method will do.
#[utoipa::path(get, path = "/gate/forward", operation_id = "askForTraefikOrCaddy", tag = "gate",
    params(("X-Forwarded-Method" = Option<String>, Header, description = "The method of the original request"),
        ("X-Forwarded-Host" = Option<String>, Header, description = "Its host"),
        ("X-Forwarded-Uri" = Option<String>, Header, description = "Its path and query")),
    responses((status = 200, description = "It may pass")))]
async fn forward(app: &App, request: Request, asking: &Asking) -> Response {
    ask(app, request, asking, Convention::Forward).await
}

/// Ask for Envoy
///
/// For `ext_authz` over HTTP: the original request's own method and host, and its whole path behind `/gate/envoy`.
#[utoipa::path(get, path = "/gate/envoy/{path}", operation_id = "askForEnvoy", tag = "gate",
    params(("path" = String, Path, description = "The path of the original request")),
    responses((status = 200, description = "It may pass")))]
async fn envoy(app: &App, request: Request, asking: &Asking) -> Response {
    ask(app, request, asking, Convention::Envoy).await
}

/// Answers a proxy. Past the router, whose own work would be as much as all of this; so what is left is told here too.
pub async fn answer(app: &App, request: Request, asking: &Asking, convention: Convention) -> Response {
    match convention {
        Convention::Nginx => nginx(app, request, asking).await,
        Convention::Forward => forward(app, request, asking).await,
        Convention::Envoy => envoy(app, request, asking).await,
    }
}

async fn ask(app: &App, request: Request, asking: &Asking, convention: Convention) -> Response {
    let (parts, _) = request.into_parts();
    let asked = Asked { headers: &parts.headers, call: Call::from(asking), ledger: Ledger::default() };
    let known = || convention.read(app, &parts, asking.peer);
    let mut response = judge(app, &asked, &known).await.response();
    asked.ledger.tell(response.headers_mut());
    response
}

/// Whether the request may pass, and who makes it. `known` is asked where that depends on the request.
async fn judge(app: &App, asked: &Asked<'_>, known: &(dyn Fn() -> Known + Sync)) -> Answer {
    let gate = &app.config.gate;
    let need = match need(gate, known) {
        Ok(need) => need,
        Err(Unruled::Unclear(why)) => return Answer::unclear(why),
        Err(Unruled::Denied) => return Answer::denied(),
    };
    let door = Door {
        resource: Resource::Server,
        audience: need.audience.as_deref(),
        session: gate.session,
        api_token_as_bearer: false,
    };
    match admitted(app, asked, known, &need, door).await {
        Ok(passed) => Answer::passed(app, passed, &need).await,
        Err(refused) => Answer::refused(app, refused, door, &need),
    }
}

async fn admitted(
    app: &App,
    asked: &Asked<'_>,
    known: &(dyn Fn() -> Known + Sync),
    need: &Need,
    door: Door<'_>,
) -> Result<Passed, Refused> {
    let caller = match caller(app, asked, door).await {
        Err(Refused::Challenge(Challenge::NothingShown)) if need.anonymous => return Ok(Passed::Anonymous),
        outcome => outcome?,
    };
    if matches!(caller.by, By::Session(_)) && !ours(app, asked.headers, &known()) {
        return match need.anonymous {
            true => Ok(Passed::Anonymous),
            false => Err(Refused::Challenge(Challenge::NothingShown)),
        };
    }
    if !need.scopes.iter().all(|scope| caller.may.has(scope)) {
        return Err(Refused::Challenge(Challenge::InsufficientScope));
    }
    let mut caller = caller;
    caller.cells.extend(need.cell(&caller.token_id));
    limited::take(app, &asked.ledger, &caller.cells).await?;
    Ok(Passed::As(Box::new(caller)))
}

/// Browsers send their cookie along with whatever another site makes them ask for: what changes something must say that
/// it comes from us.
fn ours(app: &App, headers: &HeaderMap, known: &Known) -> bool {
    let safe = known.as_ref().is_ok_and(|original| ["GET", "HEAD", "OPTIONS"].contains(&original.method.as_str()));
    let says = headers.contains_key("sec-fetch-site") || headers.contains_key(header::ORIGIN);
    safe || (says && same_origin(app, headers))
}

/// Who a principal is towards a backend: the person, or else the machine.
fn subject(principal: &Principal) -> Option<&str> {
    principal.user.as_ref().map(|user| user.as_str()).or(principal.client.as_ref().map(|client| client.as_str()))
}
