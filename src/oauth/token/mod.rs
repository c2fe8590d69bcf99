//! `POST /oauth2/token`: RFC 6749 §3.2. Unique parameters, client, grant, and only then the grant's own rules.

mod client_credentials;
mod code;
pub mod issue;
mod refresh;

use super::client_auth::{Admitted, admit};
use super::error::{Code, Json52, Refusal, no_store};
use crate::app::App;
use crate::base::Secret;
use crate::clients::GrantType;
use crate::web::{BadForm, Call, Form, Params, Query};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

/// Get tokens
///
/// RFC 6749 §3.2: for a code, for a refresh token, or for the client itself.
#[utoipa::path(post, path = "/oauth2/token", operation_id = "token", tag = "oauth", security(("client" = []), ()),
    request_body(content = super::wire::TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "Tokens", body = issue::Answer),
        (status = 400, description = "`invalid_request`, `invalid_grant`, `invalid_scope`, `invalid_target`, `unauthorized_client`, `unsupported_grant_type`"),
        (status = 401, description = "`invalid_client`: the client isn't known, or didn't prove who it is"),
        (status = 413, description = "`invalid_request`: the form is too large"),
        (status = 429, description = "`temporarily_unavailable`: too many failures; `Retry-After` says when to try again"),
        (status = 500, description = "`server_error`: it is in the log"),
        (status = 503, description = "`temporarily_unavailable`: not now; nothing was lost")))]
pub async fn post(
    State(app): State<App>,
    call: Call,
    headers: HeaderMap,
    Query(query): Query,
    Form(form): Form,
) -> Result<Response, Json52> {
    let params = unique(form, &query)?;
    let admitted = admit(&app, &headers, &params, &call).await?;
    let ask = Ask::parse(&params)?;
    may(&admitted, ask.grant_type())?;
    let answer = match ask {
        Ask::Code(ask) => code::run(&app, &call, &admitted, ask).await?,
        Ask::Refresh(ask) => refresh::run(&app, &call, &admitted, ask).await?,
        Ask::Machine(ask) => client_credentials::run(&app, &admitted, ask).await?,
    };
    Ok(no_store(Json(answer)))
}

/// §3.2: a form, no parameter twice, nothing secret in the URL, where logs would keep it.
pub(super) fn unique(form: Result<Params, BadForm>, query: &Params) -> Result<Params, Json52> {
    let invalid = |description| Json52(Refusal::new(Code::InvalidRequest, description));
    let params = form.map_err(|why| match why {
        BadForm::TooLarge => Json52(Refusal::new(Code::TooLarge, why.description())),
        _ => invalid(why.description()),
    })?;
    if query.iter().next().is_some() {
        return Err(invalid("parameters belong into the request body, not into the URL"));
    }
    match params.first_repeated(&["resource", "audience"]) {
        Some(_) => Err(invalid("a parameter was sent more than once")),
        None => Ok(params),
    }
}

/// The grants that may be presented, each with only its own parameters.
enum Ask {
    Code(code::Ask),
    Refresh(refresh::Ask),
    Machine(client_credentials::Ask),
}

impl Ask {
    fn parse(params: &Params) -> Result<Self, Refusal> {
        let secret =
            |name: &str, missing| params.get(name).map(Secret::new).ok_or(Refusal::new(Code::InvalidRequest, missing));
        let resource = || params.all("resource").into_iter().map(str::to_owned).collect();
        let scope = || params.get("scope").map(str::to_owned);
        match params.get("grant_type") {
            Some("authorization_code") => Ok(Ask::Code(code::Ask {
                code: secret("code", "code is missing")?,
                redirect_uri: params.get("redirect_uri").unwrap_or_default().to_owned(),
                code_verifier: params.get("code_verifier").map(Secret::new),
                resource: resource(),
            })),
            Some("refresh_token") => Ok(Ask::Refresh(refresh::Ask {
                refresh_token: secret("refresh_token", "refresh_token is missing")?,
                scope: scope(),
                resource: resource(),
            })),
            Some("client_credentials") => {
                Ok(Ask::Machine(client_credentials::Ask { scope: scope(), resource: resource() }))
            }
            Some(_) => Err(Refusal::new(
                Code::UnsupportedGrantType,
                "grant_type must be authorization_code, refresh_token or client_credentials",
            )),
            None => Err(Refusal::new(Code::InvalidRequest, "grant_type is missing")),
        }
    }

    fn grant_type(&self) -> GrantType {
        match self {
            Ask::Code(_) => GrantType::AuthorizationCode,
            Ask::Refresh(_) => GrantType::RefreshToken,
            Ask::Machine(_) => GrantType::ClientCredentials,
        }
    }
}

fn may(admitted: &Admitted, grant: GrantType) -> Result<(), Refusal> {
    match admitted.0.may(grant) {
        true => Ok(()),
        false => Err(Refusal::new(Code::UnauthorizedClient, "the client is not registered for this grant_type")),
    }
}
