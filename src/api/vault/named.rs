//! Which account a path names (vault.md §3.3): by our id, or by its source and what the provider calls it. Every operation on an
//! account is there under both names.

use super::{Stopped, Who};
use crate::api::asked::can_be;
use crate::app::App;
use crate::vault::actor::Actor;
use crate::vault::look::Which;
use crate::vault::refused::Refused;
use crate::vault::sources::store;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Operation, Parameter, PathItem};
use utoipa_axum::router::UtoipaMethodRouter;

const BY_ID: &str = "/v1/accounts/{id}";
const BY_EXTERNAL_ID: &str = "/v1/sources/{source}/accounts/{external_id}";

/// The longest external id that a path may name, in bytes.
const LONGEST: usize = 512;

/// Whoever acts in a workspace, and the account in the path.
pub(in crate::api) struct On(pub Actor, pub Which);

impl FromRequestParts<App> for On {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let Who(who) = Who::from_request_parts(parts, app).await?;
        let names = RawPathParams::from_request_parts(parts, app).await.map_err(|_| missing())?;
        let said = |name: &str| names.iter().find(|(have, _)| *have == name).map(|(_, value)| value.to_owned());
        if let Some(id) = said("id").filter(|id| can_be(id)) {
            return Ok(On(who, Which::Id(id.into())));
        }
        // What providers call their accounts may have spaces, and letters of any language.
        let external = said("external_id").filter(|id| id.len() <= LONGEST && !id.chars().any(char::is_control));
        let (Some(source), Some(external)) = (said("source").filter(|source| can_be(source)), external) else {
            return Err(missing());
        };
        let found = store::named(&app.db, &who.workspace, &source).await;
        let source = found.map_err(|fault| Stopped::from(fault).into_response())?.ok_or_else(missing)?;
        Ok(On(who, Which::External(source.id, external)))
    }
}

fn missing() -> Response {
    Stopped::from(Refused::not_found()).into_response()
}

/// The same operations under the other name of an account too.
pub(in crate::api) fn both((schemas, mut paths, handlers): UtoipaMethodRouter<App>) -> UtoipaMethodRouter<App> {
    let more: Vec<(String, PathItem)> = paths
        .paths
        .iter()
        .filter_map(|(path, item)| Some((format!("{BY_EXTERNAL_ID}{}", path.strip_prefix(BY_ID)?), other(item))))
        .collect();
    paths.paths.extend(more);
    (schemas, paths, handlers)
}

fn other(item: &PathItem) -> PathItem {
    let mut item = item.clone();
    let methods = [&mut item.get, &mut item.put, &mut item.post, &mut item.patch, &mut item.delete];
    for operation in methods.into_iter().flatten() {
        operation.operation_id = operation.operation_id.as_ref().map(|id| format!("{id}ByExternalId"));
        operation.tags = Some(vec!["external-ids".to_owned()]);
        named(operation);
    }
    item
}

fn named(operation: &mut Operation) {
    let parameters = operation.parameters.take().unwrap_or_default();
    let is_id = |one: &RefOr<Parameter>| matches!(one, RefOr::T(one) if one.name == "id");
    let (ids, rest): (Vec<_>, Vec<_>) = parameters.into_iter().partition(is_id);
    let mut all = Vec::new();
    for id in ids {
        let RefOr::T(id) = id else { continue };
        for (name, what) in
            [("source", "The source's id or slug"), ("external_id", "What the provider calls the account")]
        {
            let mut one = id.clone();
            (one.name, one.description) = (name.to_owned(), Some(what.to_owned()));
            all.push(RefOr::T(one));
        }
    }
    operation.parameters = Some(all.into_iter().chain(rest).collect());
}
