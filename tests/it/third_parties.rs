//! What real providers do with refresh tokens, so that the fake one can be held against them.

use crate::support::Answer;
use crate::support::client::VERIFIER;
use crate::support::third_party::ThirdParty;
use symbolon::oauth::pkce;

const CALLBACK: &str = "https://vault.example/connect/callback/third";

/// Tokens that a person gave by the whole way.
pub async fn connects(third: &ThirdParty, scope: &str) -> Answer {
    let challenge = pkce::transform(VERIFIER);
    let params = [
        ("response_type", "code"),
        ("client_id", "vault"),
        ("redirect_uri", &*third.redirect_uri),
        ("scope", scope),
        ("state", "xyz"),
        ("prompt", "consent"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    let params = params.iter().filter(|(name, _)| *name != "prompt" || scope.contains("offline"));
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish();
    let sent = third.allows(&format!("{}?{query}", third.authorization_endpoint)).await;
    let sent = url::Url::parse(&sent).expect("a URL");
    let code = sent.query_pairs().find(|(name, _)| name == "code").unwrap_or_else(|| panic!("{sent}")).1.into_owned();
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    third.token(&form).await.ok()
}

async fn refreshes(third: &ThirdParty, tokens: &Answer) -> Answer {
    third.token(&[("grant_type", "refresh_token"), ("refresh_token", tokens.text("refresh_token"))]).await
}

/// A chain of refreshes, then the first token again: all of it is over.
async fn rotates_and_ends_on_reuse(third: &ThirdParty, scope: &str) {
    let first = connects(third, scope).await;
    let mut newest = first.clone();
    for _ in 0..5 {
        let next = refreshes(third, &newest).await.ok();
        assert_ne!(next.text("refresh_token"), newest.text("refresh_token"));
        assert!(third.accepts(next.text("access_token")).await);
        newest = next;
    }
    let reused = refreshes(third, &first).await;
    assert_eq!((reused.status, reused.text("error")), (400, "invalid_grant"));
    let after = refreshes(third, &newest).await;
    assert_eq!((after.status, after.text("error")), (400, "invalid_grant"));
    assert!(!third.accepts(newest.text("access_token")).await);
}

#[tokio::test]
async fn oidc_provider_rotates_and_ends_the_grant_on_reuse() {
    let third = ThirdParty::oidc_provider(CALLBACK).await;
    rotates_and_ends_on_reuse(&third, "openid offline_access").await;
    assert!(third.issuer.starts_with("http://127.0.0.1:"));
}

#[tokio::test]
async fn django_oauth_toolkit_rotates_and_ends_the_grant_on_reuse() {
    rotates_and_ends_on_reuse(&ThirdParty::django(CALLBACK, 0).await, "openid read").await;
}

#[tokio::test]
async fn django_oauth_toolkit_gives_the_same_answer_again_within_its_grace() {
    let third = ThirdParty::django(CALLBACK, 3600).await;
    let first = connects(&third, "openid read").await;
    let next = refreshes(&third, &first).await.ok();
    let again = refreshes(&third, &first).await.ok();
    for name in ["refresh_token", "access_token"] {
        assert_eq!(again.text(name), next.text(name));
    }
    assert!(third.accepts(next.text("access_token")).await);
}
