//! RFC 6749 §2.3, RFC 7523 §2.2: how our application proves itself to a provider: with a secret, or with what its private key signs.

use super::fill::{Values, encoded};
use super::{Signs, Wrong};
use crate::base::Secret;
use crate::base::encoding::{base64, hex};
use crate::catalogue::{ClientAuth, SourceType, TokenEndpoint};
use crate::crypto::PrivateKey;
use serde_json::json;
use std::time::Duration;

/// RFC 7523 §2.2.
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// From `iat` to `exp`. A provider whose clock is a little behind ours takes it too.
const LIFETIME: Duration = Duration::from_secs(150);
const BACKDATE: Duration = Duration::from_secs(30);

/// Whether sources of this type may prove themselves with a private key.
pub fn takes_key(kind: &SourceType) -> bool {
    kind.token.as_ref().is_some_and(|endpoint| endpoint.client_key.is_some())
}

/// Reads a private key as this type uses it.
pub fn assertion_key(kind: &SourceType, key: &Secret) -> Result<PrivateKey, Wrong> {
    let rules = kind.token.as_ref().and_then(|endpoint| endpoint.client_key.as_ref());
    let rules = rules.ok_or_else(|| Wrong::field("private_key", format!("isn't taken by {}", kind.name)))?;
    PrivateKey::read(key.reveal(), rules.rsa.into()).map_err(|_| {
        let what = "must be a private key: PEM, from -----BEGIN to END-----, or a JWK; RSA of 2048 bits or more, EC on P-256, or Ed25519";
        Wrong::field("private_key", what)
    })
}

/// Adds what proves who asks.
pub(super) fn authenticate(
    values: &Values<'_>,
    endpoint: &TokenEndpoint,
    pairs: &mut Vec<(String, String)>,
    headers: &mut Vec<(String, Secret)>,
) -> Result<(), Wrong> {
    let own = values.setup.fields.get("client_secret");
    let secret = || own.or(values.setup.client_secret).ok_or_else(|| Wrong::field("client_secret", "is missing"));
    let id = (endpoint.client_id_param.clone(), values.client_id().to_owned());
    if let Some(signs) = values.setup.client_key {
        pairs.push(id);
        pairs.push(("client_assertion_type".to_owned(), ASSERTION_TYPE.to_owned()));
        pairs.push(("client_assertion".to_owned(), assertion(values, endpoint, signs)?));
        return Ok(());
    }
    match endpoint.client_auth {
        ClientAuth::Post => {
            pairs.push(id);
            pairs.push((endpoint.client_secret_param.clone(), secret()?.reveal().to_owned()));
        }
        ClientAuth::Basic => headers.push(basic(values.client_id(), secret()?.reveal())),
        ClientAuth::BasicSecret => headers.push(basic(secret()?.reveal(), "")),
        ClientAuth::None => pairs.push(id),
        ClientAuth::PrivateKeyJwt => {
            return Err(Wrong::field("private_key", "is missing; this provider takes no secret"));
        }
    }
    Ok(())
}

/// RFC 7523 §3: from us, about us, for the provider, once and for a short time.
fn assertion(values: &Values<'_>, endpoint: &TokenEndpoint, signs: Signs<'_>) -> Result<String, Wrong> {
    let named = endpoint.client_key.as_ref().and_then(|rules| rules.audience.as_ref());
    let named = named.map(|audience| values.text(audience)).transpose()?.filter(|audience| !audience.is_empty());
    let audience = match named {
        Some(audience) => audience,
        None => values.url(&endpoint.url)?.into(),
    };
    let (iat, exp) = (signs.now - BACKDATE, signs.now - BACKDATE + LIFETIME);
    let client = values.client_id();
    let claims = json!({ "iss": client, "sub": client, "aud": audience, "jti": hex(&signs.name), "iat": iat.secs(), "exp": exp.secs() });
    let signed = assertion_key(values.kind, signs.key)?.sign(&claims);
    signed.map_err(|_| Wrong::field("private_key", "can't sign"))
}

/// RFC 7617, with both halves encoded as RFC 6749 §2.3.1 wants it.
pub(super) fn basic(name: &str, password: &str) -> (String, Secret) {
    let both = format!("{}:{}", encoded(name), encoded(password));
    ("authorization".to_owned(), Secret::new(format!("Basic {}", base64(both.as_bytes()))))
}

#[cfg(test)]
mod tests {
    use super::super::{Code, Setup, exchange, refresh};
    use super::*;
    use crate::base::Time;
    use crate::base::encoding::base64;
    use crate::catalogue::Catalogue;
    use crate::crypto::{Algorithm, SigningKey, jwt};
    use serde_json::Value;
    use std::collections::BTreeMap;

    #[test]
    fn rfc7523_s3_an_assertion_is_ours_for_this_provider_once_and_short() {
        let (key, der) = SigningKey::generate(Algorithm::RS256).expect("a key");
        let pem = Secret::new(format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----", base64(&der)));
        let catalogue = Catalogue::load(None).expect("reads");
        let now = Time::from_secs(1_700_000_000);
        let text = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let urls = [text("authorize_url", "https://a.example/authorize"), text("token_url", "https://a.example/token")];
        let own = [text("assertion_audience", "https://a.example")];
        let plain: BTreeMap<_, _> = urls.clone().into();
        let named: BTreeMap<_, _> = urls.into_iter().chain(own).collect();
        let microsoft = "https://login.microsoftonline.com/common/oauth2/v2.0/token";
        let none = BTreeMap::new();
        for (key_of, params, audience, alg) in [
            ("oauth2", &plain, "https://a.example/token", "RS256"),
            ("oauth2", &named, "https://a.example", "RS256"),
            ("microsoft", &none, microsoft, "PS256"),
        ] {
            let (kind, fields) = (catalogue.get(key_of).expect("there"), BTreeMap::new());
            let secret = Secret::new("s");
            let setup = |name: u8| Setup {
                client_id: "me",
                client_secret: Some(&secret),
                client_key: Some(Signs { key: &pem, name: [name; 16], now }),
                params,
                fields: &fields,
                metadata: None,
            };
            let (code, token) = (Secret::new("c"), Secret::new("r"));
            let code = Code { code: &code, code_verifier: &token, redirect_uri: "https://us.example/cb" };
            let calls = [exchange(kind, &setup(1), code), refresh(kind, &setup(2), &token, &[])];
            let mut names = Vec::new();
            for call in calls {
                let call = call.expect("a call");
                assert!(call.headers.iter().all(|(name, _)| name != "authorization"));
                let body = call.body.expect("a body").1;
                let sent: BTreeMap<String, String> =
                    url::form_urlencoded::parse(body.reveal().as_bytes()).into_owned().collect();
                assert_eq!(
                    (sent["client_id"].as_str(), sent["client_assertion_type"].as_str()),
                    ("me", ASSERTION_TYPE)
                );
                assert!(!sent.contains_key("client_secret"));
                // The key is the same for both algorithms; its JWK names one.
                let mut jwk = key.jwk.clone();
                jwk["alg"] = Value::from(alg);
                let claims = jwt::verify(&sent["client_assertion"], &jwk, &[alg]).expect("is signed");
                assert_eq!(
                    (&claims["iss"], &claims["sub"], &claims["aud"]),
                    (&json!("me"), &json!("me"), &json!(audience))
                );
                assert_eq!((&claims["iat"], &claims["exp"]), (&json!(1_699_999_970), &json!(1_700_000_120)));
                names.push(claims["jti"].as_str().expect("a jti").to_owned());
            }
            assert_eq!(names, ["01".repeat(16), "02".repeat(16)]);
        }
        let slack = catalogue.get("slack").expect("there");
        assert!(!takes_key(slack) && assertion_key(slack, &pem).is_err());
    }
}
