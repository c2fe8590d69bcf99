//! What the forms and answers of the OAuth endpoints hold, as `/openapi.json` says it.

use utoipa::ToSchema;

/// RFC 6749 §4.1.3, §4.4.2, §6. Which parameters belong to which grant, `grant_type` decides.
#[derive(ToSchema)]
#[expect(dead_code, reason = "says what `token::Ask::parse` reads")]
pub(super) struct TokenRequest {
    grant_type: PresentedGrant,
    /// `authorization_code`: what the redirect brought.
    code: Option<String>,
    /// `authorization_code`: the same as at the authorization endpoint.
    redirect_uri: Option<String>,
    /// RFC 7636 §4.5.
    code_verifier: Option<String>,
    /// `refresh_token`: the newest.
    refresh_token: Option<String>,
    /// `refresh_token`, `client_credentials`: fewer than were granted, or than the client may have.
    scope: Option<String>,
    /// RFC 8707 §2; may repeat.
    resource: Option<Vec<String>>,
    /// RFC 6749 §2.3.1.
    client_id: Option<String>,
    /// RFC 6749 §2.3.1, where it isn't in the header.
    #[schema(format = Password)]
    client_secret: Option<String>,
    /// RFC 7523 §2.2: `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`.
    client_assertion_type: Option<String>,
    /// RFC 7523 §2.2: a JWT.
    client_assertion: Option<String>,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "says what `token::Ask::parse` reads")]
enum PresentedGrant {
    AuthorizationCode,
    RefreshToken,
    ClientCredentials,
}

/// RFC 7009 §2.1, RFC 7662 §2.1: a token, and who asks.
#[derive(ToSchema)]
#[expect(dead_code, reason = "says what the endpoints read")]
pub struct TokenReference {
    /// An access or a refresh token.
    token: String,
    /// Not needed: tokens tell their kind.
    token_type_hint: Option<String>,
    client_id: Option<String>,
    #[schema(format = Password)]
    client_secret: Option<String>,
    client_assertion_type: Option<String>,
    client_assertion: Option<String>,
}

/// RFC 7662 §2.2. Of a token that isn't good, or isn't the caller's business, only that it isn't `active`.
#[derive(ToSchema)]
#[expect(dead_code, reason = "says what `introspect` answers")]
pub struct Introspection {
    active: bool,
    iss: Option<String>,
    client_id: Option<String>,
    /// The person; of a machine's token, the client.
    sub: Option<String>,
    scope: Option<String>,
    /// `Bearer`, for access tokens.
    token_type: Option<String>,
    /// `refresh_token`, for refresh tokens.
    token_use: Option<String>,
    /// Seconds since the epoch.
    iat: Option<i64>,
    /// Seconds since the epoch.
    exp: Option<i64>,
    /// One, or several.
    #[schema(value_type = Option<Value>)]
    aud: Option<()>,
    /// The person's address, where the token has the scope `email`.
    username: Option<String>,
    /// In which workspace the grant acts.
    workspace: Option<String>,
    /// As what the person is in it.
    workspace_role: Option<String>,
    /// When the person signed in, in seconds since the epoch.
    auth_time: Option<i64>,
    /// How.
    acr: Option<String>,
}

/// OIDC Core §5.1, §5.3.2: what the token's scopes and claims tell of the person.
#[derive(ToSchema)]
#[expect(dead_code, reason = "says what `userinfo` answers")]
pub(super) struct UserInfo {
    /// The same as in the ID token.
    sub: String,
    name: Option<String>,
    email: Option<String>,
    email_verified: Option<bool>,
}

/// RFC 6750 §2.2: where the token isn't in the header.
#[derive(ToSchema)]
#[expect(dead_code, reason = "says what `userinfo` reads")]
pub(super) struct TokenInForm {
    #[schema(format = Password)]
    access_token: Option<String>,
}

/// RFC 8414 §2, OIDC Discovery §3: what this server can do. Here the members that every client needs.
#[derive(ToSchema)]
#[expect(dead_code, reason = "says what `discovery` answers")]
pub(super) struct ServerMetadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: String,
    jwks_uri: String,
    scopes_supported: Vec<String>,
    response_types_supported: Vec<String>,
    grant_types_supported: Vec<String>,
    code_challenge_methods_supported: Vec<String>,
    id_token_signing_alg_values_supported: Vec<String>,
}

/// RFC 7517 §5.
#[derive(ToSchema)]
#[expect(dead_code, reason = "says what `discovery` answers")]
pub(super) struct KeySet {
    #[schema(value_type = Vec<Object>)]
    keys: Vec<()>,
}

/// RFC 9728 §2.
#[derive(ToSchema)]
#[expect(dead_code, reason = "says what `resource` answers")]
pub(super) struct ResourceMetadata {
    resource: String,
    authorization_servers: Vec<String>,
    scopes_supported: Vec<String>,
    bearer_methods_supported: Vec<String>,
}
