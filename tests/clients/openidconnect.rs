//! The `openidconnect` crate as a relying party: discovery, code with PKCE, ID token verified, userinfo, refresh, revoke.

use crate::support::{Client, House};
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreProviderMetadata, CoreTokenResponse, CoreUserInfoClaims,
};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest, HttpResponse, IssuerUrl, Nonce,
    OAuth2TokenResponse, PkceCodeChallenge, RedirectUrl, RefreshToken, Scope, TokenResponse,
};

/// Sends what the library wants sent.
async fn http(request: HttpRequest) -> Result<HttpResponse, reqwest::Error> {
    let answer = crate::support::http().execute(request.try_into()?).await?;
    let mut response = openidconnect::http::Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        response = response.header(name, value);
    }
    Ok(response.body(answer.bytes().await?.to_vec()).expect("a response"))
}

pub async fn flow(house: &House, client: &Client) {
    let issuer = IssuerUrl::new(house.app.issuer().to_owned()).expect("an issuer");
    let provider = CoreProviderMetadata::discover_async(issuer, &http).await.expect("discovery");
    let secret = ClientSecret::new(client.secret.clone().expect("a secret"));
    let rp = CoreClient::from_provider_metadata(provider, ClientId::new(client.id.clone()), Some(secret))
        .set_redirect_uri(RedirectUrl::new(client.redirect_uri.clone()).expect("a redirect URI"));

    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let flow = CoreAuthenticationFlow::AuthorizationCode;
    let (url, state, nonce) = rp
        .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
        .add_scope(Scope::new("offline".to_owned()))
        .add_scope(Scope::new("email".to_owned()))
        .set_pkce_challenge(challenge)
        .url();
    let view = house.browser().allows(url.as_str(), "ada").await;
    assert_eq!(view.sent("state").as_ref(), Some(state.secret()));
    let code = AuthorizationCode::new(view.sent("code").expect("a code"));

    let exchange = rp.exchange_code(code).expect("a token endpoint").set_pkce_verifier(verifier);
    let tokens: CoreTokenResponse = exchange.request_async(&http).await.expect("tokens");
    let id_token = tokens.id_token().expect("an ID token");
    let checker = rp.id_token_verifier();
    let claims = id_token.claims(&checker, &nonce).expect("a good ID token");
    let hash = AccessTokenHash::from_token(
        tokens.access_token(),
        id_token.signing_alg().expect("an algorithm"),
        id_token.signing_key(&checker).expect("a key"),
    );
    assert_eq!(claims.access_token_hash(), Some(&hash.expect("a hash")));
    assert!(id_token.claims(&checker, &Nonce::new_random()).is_err(), "another nonce is refused");

    let asked = rp.user_info(tokens.access_token().clone(), Some(claims.subject().clone())).expect("an endpoint");
    let person: CoreUserInfoClaims = asked.request_async(&http).await.expect("userinfo");
    assert_eq!(person.email().map(|email| email.as_str()), Some("ada@example.com"));

    let refresh = tokens.refresh_token().expect("a refresh token");
    let again = rp.exchange_refresh_token(refresh).expect("an endpoint").request_async(&http).await.expect("tokens");
    assert_ne!(again.access_token().secret(), tokens.access_token().secret());
    let successor: &RefreshToken = again.refresh_token().expect("a refresh token");
    let replayed = rp.exchange_refresh_token(refresh).expect("an endpoint").request_async(&http).await.expect("tokens");
    assert_eq!(replayed.refresh_token().map(RefreshToken::secret), Some(successor.secret()));

    client.revokes(successor.secret()).await.ok();
    let refused = rp.exchange_refresh_token(successor).expect("an endpoint").request_async(&http).await;
    assert!(refused.is_err(), "a revoked token refreshes no more");
}
