//! RFC 7662: a provider is asked whether an access token is good, and until when.

use super::body::{at, read as value_of};
use super::client::{authenticate, basic};
use super::expiry::{self, Expiry, Said};
use super::fill::Values;
use super::tokens::written;
use super::{Answer, Call, MAX_BYTES, Setup, Wrong};
use crate::base::Secret;
use crate::catalogue::{Body, RequestAuth, SourceType, Unit};
use axum::http::Method;

/// §2.1; `None` where the type has no such endpoint.
pub fn introspect(kind: &SourceType, setup: &Setup<'_>, access_token: &Secret) -> Result<Option<Call>, Wrong> {
    let Some(rules) = &kind.introspect else { return Ok(None) };
    let values = Values::of(kind, setup);
    let mut headers = vec![("accept".to_owned(), Secret::new("application/json"))];
    let asked = [("token", access_token.reveal()), ("token_type_hint", "access_token")];
    let mut asked = asked.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    match rules.auth {
        RequestAuth::Client => {
            let endpoint = kind.token.as_ref().ok_or_else(|| Wrong::field("kind", "has no token endpoint"))?;
            authenticate(&values, endpoint, &mut asked, &mut headers)?;
        }
        RequestAuth::ClientBasic => {
            let secret = setup.client_secret.ok_or_else(|| Wrong::field("client_secret", "is missing"))?;
            headers.push(basic(values.client_id(), secret.reveal()));
        }
        RequestAuth::Bearer => {
            headers.push(("authorization".to_owned(), Secret::new(format!("Bearer {}", access_token.reveal()))));
        }
        RequestAuth::Assertion | RequestAuth::None => {}
    }
    Ok(Some(written(Method::POST, values.url(&rules.url)?, Body::Form, &asked, headers)))
}

/// What a provider says of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Introspected {
    /// It is good; until when, where that is told.
    Good(Option<Expiry>),
    /// It isn't.
    Over,
    /// Nothing that can be believed.
    Nothing,
}

/// §2.2. A token that is good and has ended is no answer.
pub fn introspected(answer: &Answer<'_>) -> Introspected {
    let value = if answer.body.len() > MAX_BYTES { None } else { value_of(answer.body) };
    let Some(value) = value.filter(|_| answer.status == 200) else { return Introspected::Nothing };
    let date = answer.date.and_then(expiry::http_date);
    match at(&value, "/active").and_then(serde_json::Value::as_bool) {
        Some(false) => Introspected::Over,
        Some(true) => match expiry::said(at(&value, "/exp"), Unit::AtSeconds, date) {
            Said::Nothing => Introspected::Good(None),
            Said::When(end) => Introspected::Good(Some(end)),
            Said::Nonsense => Introspected::Nothing,
        },
        None => Introspected::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;
    use std::collections::BTreeMap;
    use std::time::Duration;

    #[test]
    fn rfc7662_s2_2_only_what_is_said_plainly_counts() {
        let date = Some("Thu, 01 Jan 1970 00:10:00 GMT");
        let said = |status: u16, body: &str| {
            introspected(&Answer { status, date, body: body.as_bytes(), ..Answer::default() })
        };
        let left = |secs| Introspected::Good(Some(Expiry::In(Duration::from_secs(secs))));
        for (status, body, want) in [
            (200, r#"{"active":true,"exp":900}"#, left(300)),
            (200, r#"{"active":true,"exp":"900"}"#, left(300)),
            (200, r#"{"active":true}"#, Introspected::Good(None)),
            (200, r#"{"active":false,"exp":900}"#, Introspected::Over),
            (200, r#"{"active":true,"exp":500}"#, Introspected::Nothing),
            (200, r#"{"active":true,"exp":1e18}"#, Introspected::Nothing),
            (200, r#"{"active":"true","exp":900}"#, Introspected::Nothing),
            (200, r#"{"exp":900}"#, Introspected::Nothing),
            (200, "<html>", Introspected::Nothing),
            (401, r#"{"active":false}"#, Introspected::Nothing),
            (500, "", Introspected::Nothing),
        ] {
            assert_eq!(said(status, body), want, "{status} {body}");
        }
    }

    #[test]
    fn f17_salesforce_is_asked_with_our_client_in_the_form() {
        let catalogue = Catalogue::load(None).expect("reads");
        let kind = catalogue.get("salesforce").expect("there");
        let params = BTreeMap::from([("login_host".to_owned(), "acme.my.salesforce.com".to_owned())]);
        let (secret, fields) = (Secret::new("s"), BTreeMap::new());
        let setup = Setup {
            client_id: "me",
            client_secret: Some(&secret),
            client_key: None,
            params: &params,
            fields: &fields,
            metadata: None,
        };
        let call = introspect(kind, &setup, &Secret::new("at")).expect("fits").expect("a call");
        assert_eq!(call.url, "https://acme.my.salesforce.com/services/oauth2/introspect");
        let body = call.body.expect("a body").1;
        assert_eq!(body.reveal(), "token=at&token_type_hint=access_token&client_id=me&client_secret=s");
    }
}
