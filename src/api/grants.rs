//! `/v1/admin/grants`: what people allowed clients.

use super::{Admin, Named};
use crate::admin::grants;
use crate::app::App;
use crate::base::Id;
use crate::oauth::living::{Living, Which};
use crate::web::paging::{Listed, Paging, page};
use crate::web::{Params, Problem, Query};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use utoipa::IntoParams;

const LIST: &str = "admin/grants";

/// Which grants; each narrows.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "says what `which` reads")]
pub(super) struct Narrowed {
    /// Of the person of this `id`
    user: Option<String>,
    /// To the client of this `client_id`
    client: Option<String>,
    /// In the workspace of this slug
    workspace: Option<String>,
}

fn which(params: &Params) -> Result<Which, Problem> {
    if let Some(name) = ["user", "client", "workspace"].into_iter().find(|name| params.repeated(name)) {
        let detail = format!("{name} is given more than once");
        return Err(Problem::new(StatusCode::BAD_REQUEST, "invalid_query", detail));
    }
    fn named<K>(params: &Params, name: &str) -> Option<Id<K>> {
        params.get(name).map(Id::from)
    }
    Ok(Which { user: named(params, "user"), client: named(params, "client"), workspace: named(params, "workspace") })
}

/// List grants
///
/// Those that live, in the order in which they were given.
#[utoipa::path(get, path = "/v1/admin/grants", operation_id = "listGrants", tag = "grants", params(Paging, Narrowed),
    responses((status = 200, description = "A page of grants", body = Listed<Living>)))]
pub(super) async fn list(_: Admin, State(app): State<App>, Query(params): Query) -> Result<Response, Problem> {
    let paging = Paging::read(&app.keys.macs(), LIST, &params)?;
    let (found, more) = grants::list(&app, &which(&params)?, &paging.after, paging.limit).await?;
    let last = found.last().filter(|_| more).map(|grant| grant.id.clone());
    Ok(page(&app, LIST, &paging, found, last.as_deref()))
}

/// End a grant
///
/// Its tokens are dead when this is answered, and the consent behind it is forgotten: the client asks before it gets another.
#[utoipa::path(delete, path = "/v1/admin/grants/{id}", operation_id = "endGrant", tag = "grants",
    params(("id" = String, Path, description = "Its `id`")),
    responses((status = 204, description = "It has ended")))]
pub(super) async fn end(
    Admin(who): Admin,
    State(app): State<App>,
    Named(id): Named<()>,
) -> Result<StatusCode, Problem> {
    grants::end(&app, &who, id.as_str()).await?;
    Ok(StatusCode::NO_CONTENT)
}
