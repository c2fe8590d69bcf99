//! The `openidconnect` crate as a relying party: discovery, code with PKCE, ID token verified, userinfo, refresh, revoke;
//! silent renewal, form_post, key rotation, logout.

use crate::support::browser::View;
use crate::support::{Browser, Client, House};
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreIdTokenClaims,
    CoreJsonWebKeySet, CoreResponseType, CoreTokenResponse, CoreUserInfoClaims,
};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, AuthorizationRequest, ClaimsVerificationError, ClientId, ClientSecret,
    CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl, JsonWebKey,
    LogoutRequest, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl,
    ProviderMetadataWithLogout, RedirectUrl, RefreshToken, Scope, SignatureVerificationError, TokenResponse,
};
use std::collections::BTreeMap;
use std::process::Command;
use std::time::Duration;
use symbolon::keys::rotation;

/// A client that has discovered its provider.
type Rp = CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// Sends what the library wants sent.
async fn http(request: HttpRequest) -> Result<HttpResponse, reqwest::Error> {
    let answer = crate::support::http().execute(request.try_into()?).await?;
    let mut response = openidconnect::http::Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        response = response.header(name, value);
    }
    Ok(response.body(answer.bytes().await?.to_vec()).expect("a response"))
}

async fn discover(house: &House) -> ProviderMetadataWithLogout {
    let issuer = IssuerUrl::new(house.app.issuer().to_owned()).expect("an issuer");
    ProviderMetadataWithLogout::discover_async(issuer, &http).await.expect("discovery")
}

fn relying_party(provider: ProviderMetadataWithLogout, client: &Client) -> Rp {
    let secret = ClientSecret::new(client.secret.clone().expect("a secret"));
    CoreClient::from_provider_metadata(provider, ClientId::new(client.id.clone()), Some(secret))
        .set_redirect_uri(RedirectUrl::new(client.redirect_uri.clone()).expect("a redirect URI"))
}

/// What it remembers of a request while the person is away.
struct Asked {
    url: String,
    verifier: PkceCodeVerifier,
    state: CsrfToken,
    nonce: Nonce,
}

type Request<'a> = AuthorizationRequest<'a, CoreAuthDisplay, CoreAuthPrompt, CoreResponseType>;

fn asks<'a>(rp: &'a Rp, more: impl FnOnce(Request<'a>) -> Request<'a>) -> Asked {
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let flow = CoreAuthenticationFlow::AuthorizationCode;
    let request = rp.authorize_url(flow, CsrfToken::new_random, Nonce::new_random);
    let scopes = ["offline", "email"].map(|scope| Scope::new(scope.to_owned()));
    let (url, state, nonce) = more(request.add_scopes(scopes).set_pkce_challenge(challenge)).url();
    Asked { url: url.into(), verifier, state, nonce }
}

async fn redeems(rp: &Rp, code: String, verifier: PkceCodeVerifier) -> CoreTokenResponse {
    let exchange = rp.exchange_code(AuthorizationCode::new(code)).expect("a token endpoint");
    exchange.set_pkce_verifier(verifier).request_async(&http).await.expect("tokens")
}

/// The whole way; `more` is what else the request says.
async fn signs_in<'a>(
    rp: &'a Rp,
    browser: &mut Browser,
    more: impl FnOnce(Request<'a>) -> Request<'a>,
) -> (CoreTokenResponse, Nonce) {
    let asked = asks(rp, more);
    let view = browser.allows(&asked.url, "ada").await;
    assert_eq!(view.sent("state").as_ref(), Some(asked.state.secret()));
    (redeems(rp, view.sent("code").expect("a code"), asked.verifier).await, asked.nonce)
}

fn id_token(tokens: &CoreTokenResponse) -> &CoreIdToken {
    tokens.id_token().expect("an ID token")
}

fn checked<'a>(rp: &Rp, tokens: &'a CoreTokenResponse, nonce: &Nonce) -> &'a CoreIdTokenClaims {
    id_token(tokens).claims(&rp.id_token_verifier(), nonce).expect("a good ID token")
}

pub async fn flow(house: &House, client: &Client) {
    let rp = relying_party(discover(house).await, client);
    let (tokens, nonce) = signs_in(&rp, &mut house.browser(), |request| request).await;
    let checker = rp.id_token_verifier();
    let claims = checked(&rp, &tokens, &nonce);
    let hash = AccessTokenHash::from_token(
        tokens.access_token(),
        id_token(&tokens).signing_alg().expect("an algorithm"),
        id_token(&tokens).signing_key(&checker).expect("a key"),
    );
    assert_eq!(claims.access_token_hash(), Some(&hash.expect("a hash")));
    assert!(id_token(&tokens).claims(&checker, &Nonce::new_random()).is_err(), "another nonce is refused");

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

/// OIDC Core §3.1.2.1: a page that renews itself in the background asks nobody anything.
pub async fn silent_renewal(house: &House, client: &Client) {
    let rp = relying_party(discover(house).await, client);
    let mut browser = house.browser();
    let (first, nonce) = signs_in(&rp, &mut browser, |request| request).await;
    house.wait(Duration::from_secs(100));
    let silent = asks(&rp, |request| request.add_prompt(CoreAuthPrompt::None).set_id_token_hint(id_token(&first)));
    let view = browser.get_once(&silent.url).await;
    assert_eq!((view.status, view.body.as_str()), (303, ""), "no page at all");
    let renewed = redeems(&rp, view.sent("code").expect("a code"), silent.verifier).await;
    let (was, is) = (checked(&rp, &first, &nonce), checked(&rp, &renewed, &silent.nonce));
    assert_eq!(is.subject(), was.subject());
    assert!(is.auth_time().is_some() && is.auth_time() == was.auth_time());
    assert!(is.issue_time() > was.issue_time());
}

/// Form Post Response Mode: as a browser without scripts does it, by the button. The library has no word for it.
pub async fn form_post(house: &House, client: &Client) {
    let rp = relying_party(discover(house).await, client);
    let asked = asks(&rp, |request| request.add_extra_param("response_mode", "form_post"));
    let mut fields = posted(&house.browser().allows(&asked.url, "ada").await, client);
    assert_eq!(fields.remove("state").as_ref(), Some(asked.state.secret()));
    assert_eq!(fields.remove("iss").as_deref(), Some(house.app.issuer()));
    let tokens = redeems(&rp, fields.remove("code").expect("a code"), asked.verifier).await;
    checked(&rp, &tokens, &asked.nonce);
    assert!(fields.is_empty(), "{fields:?}");

    let silent =
        asks(&rp, |request| request.add_extra_param("response_mode", "form_post").add_prompt(CoreAuthPrompt::None));
    let refused = posted(&house.browser().get_once(&silent.url).await, client);
    assert_eq!(refused.get("error").map(String::as_str), Some("login_required"));
    assert_eq!(refused.get("state"), Some(silent.state.secret()));
}

/// What pressing the only button of this page posts to the callback.
fn posted(view: &View, client: &Client) -> BTreeMap<String, String> {
    assert_eq!((view.status, view.header("cache-control")), (200, "no-store"), "{}", view.body);
    let form = view.first("form").expect("a form");
    assert_eq!((form["action"].as_str(), form["method"].as_str()), (client.redirect_uri.as_str(), "post"));
    assert!(view.first("form button").is_some(), "nothing to press for who has no scripts");
    view.form("form").into_iter().collect()
}

/// `rotate` is the operator's shell command, beside the server.
pub async fn key_rotation(house: &House, client: &Client, rotate: &str) {
    let provider = discover(house).await;
    let jwks_uri = provider.jwks_uri().clone();
    let rp = relying_party(provider.clone(), client);
    let with = |keys: CoreJsonWebKeySet| relying_party(provider.clone().set_jwks(keys), client);
    let (old, old_nonce) = signs_in(&rp, &mut house.browser(), |request| request).await;
    checked(&rp, &old, &old_nonce);

    // At once, by hand, while the relying party has the old set.
    let before = house.app.keys.now().etag.clone();
    let ran = Command::new("sh").args(["-c", rotate]).output().expect("runs");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    house.notices_keys(&before).await;
    let (new, nonce) = signs_in(&rp, &mut house.browser(), |request| request).await;
    let unknown = id_token(&new).claims(&rp.id_token_verifier(), &nonce);
    let no_key = ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey);
    assert_eq!(unknown.expect_err("a key that it has never seen"), no_key);
    let refetched = with(CoreJsonWebKeySet::fetch_async(&jwks_uri, &http).await.expect("the key set"));
    checked(&refetched, &new, &nonce);
    checked(&refetched, &old, &old_nonce);

    // On schedule nobody needs to look again: the set that was read a day before holds the next key already.
    let (app, rules) = (&house.app, &house.config.keys);
    let tick = async || rotation::tick(&app.keys, &app.db, rules, app.now()).await.expect("looks after the keys");
    house.wait(rules.rotate_after - rules.publish_before);
    tick().await;
    let cached = with(CoreJsonWebKeySet::fetch_async(&jwks_uri, &http).await.expect("the key set"));
    let (before, before_nonce) = signs_in(&cached, &mut house.browser(), |request| request).await;
    house.wait(rules.publish_before);
    tick().await;
    let (after, after_nonce) = signs_in(&cached, &mut house.browser(), |request| request).await;
    checked(&cached, &before, &before_nonce);
    checked(&cached, &after, &after_nonce);
    let kid = |tokens: &CoreTokenResponse| {
        let checker = cached.id_token_verifier();
        id_token(tokens).signing_key(&checker).expect("a key").key_id().expect("a name").clone()
    };
    assert_ne!(kid(&before), kid(&after), "another key signs");
}

fn silently(request: Request<'_>) -> Request<'_> {
    request.add_prompt(CoreAuthPrompt::None)
}

/// RP-Initiated Logout §2, §3.
pub async fn logout(house: &House, client: &Client, back: &str) {
    let provider = discover(house).await;
    let end_session = provider.additional_metadata().end_session_endpoint.clone().expect("an endpoint");
    let rp = relying_party(provider, client);
    let mut browser = house.browser();
    let (tokens, _) = signs_in(&rp, &mut browser, |request| request).await;
    assert!(browser.get_once(&asks(&rp, silently).url).await.sent("code").is_some(), "signed in");

    let state = CsrfToken::new_random();
    let out = LogoutRequest::from(end_session)
        .set_id_token_hint(id_token(&tokens))
        .set_client_id(ClientId::new(client.id.clone()))
        .set_post_logout_redirect_uri(PostLogoutRedirectUrl::new(back.to_owned()).expect("a URL"))
        .set_state(state.clone());
    let view = browser.get_once(out.http_get_url().as_str()).await;
    assert_eq!((view.status, view.location()), (303, &*format!("{back}?state={}", state.secret())), "{}", view.body);
    assert_eq!(browser.get_once(&asks(&rp, silently).url).await.sent("error").as_deref(), Some("login_required"));
}
