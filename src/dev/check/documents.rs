//! RFC 8414 §3, OIDC Discovery §4, RFC 7517 §5: what is published is consistent and true.

use super::{Outcome, Walk, ensure};
use serde_json::Value;

/// Both spellings of discovery say the same, about this issuer, and every endpoint is here.
pub(super) async fn discovery(walk: &mut Walk) -> Outcome {
    let metadata = walk.get_json("/.well-known/openid-configuration").await?;
    let same = walk.get_json("/.well-known/oauth-authorization-server").await?;
    ensure(metadata == same, "the two documents differ")?;
    let origin = walk.http.origin();
    ensure(metadata.get("issuer").and_then(Value::as_str) == Some(origin), "issuer isn't where we asked")?;
    let members = metadata.as_object().cloned().unwrap_or_default();
    let endpoints: Vec<_> =
        members.iter().filter(|(name, _)| name.ends_with("_endpoint") || *name == "jwks_uri").collect();
    for (name, url) in &endpoints {
        let here = url.as_str().is_some_and(|url| url.starts_with(&format!("{origin}/")));
        ensure(here, format!("{name} isn't on the issuer's origin"))?;
    }
    walk.metadata = metadata;
    Ok(format!("{} endpoints", endpoints.len()))
}

/// Every algorithm that is promised has a key.
pub(super) async fn keys(walk: &mut Walk) -> Outcome {
    let jwks = walk.get_json("/.well-known/jwks.json").await?;
    let keys = jwks.get("keys").and_then(Value::as_array).cloned().unwrap_or_default();
    let promised = walk.metadata.get("id_token_signing_alg_values_supported").and_then(Value::as_array).cloned();
    let promised = promised.ok_or("discovery names no algorithm")?;
    for alg in &promised {
        ensure(keys.iter().any(|key| key.get("alg") == Some(alg)), format!("no key for {alg}"))?;
    }
    ensure(!keys.iter().any(|key| key.get("d").is_some()), "a private key is published")?;
    walk.jwks = jwks;
    let names: Vec<&str> = promised.iter().filter_map(Value::as_str).collect();
    Ok(names.join(", "))
}
