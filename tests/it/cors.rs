//! security.md HT-11, TK-16, TK-17; Fetch §3.2: which pages of other origins may read which answers.

use crate::on_both;
use crate::support::{Client, House};
use reqwest::Method;
use symbolon::clients::AuthMethod;

const SPA: &str = "https://spa.example";

async fn spa(house: &House) -> Client {
    let change = |m: &mut symbolon::clients::Metadata| {
        m.token_endpoint_auth_method = AuthMethod::None;
        m.redirect_uris =
            vec![format!("{SPA}/cb"), "http://127.0.0.1:5173/cb".to_owned(), "com.example.app:/cb".to_owned()];
    };
    house.client_with(change).await
}

/// Origins that resemble the registered one, and what a confidential client has registered.
const STRANGERS: [&str; 14] = [
    "null",
    "https://evil.example",
    "https://app.example",
    "http://spa.example",
    "https://spa.example:8443",
    "https://spa.example.evil.example",
    "https://evil-spa.example",
    "https://www.spa.example",
    "https://SPA.EXAMPLE",
    "https://spa.example/",
    "https://spa.example/cb",
    "https://spa.example https://evil.example",
    "com.example.app:",
    "*",
];

const DOCUMENTS: [&str; 3] =
    ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/.well-known/jwks.json"];
const ENDPOINTS: [(&str, &str); 4] =
    [("POST", "/oauth2/token"), ("POST", "/oauth2/revoke"), ("GET", "/userinfo"), ("POST", "/userinfo")];
const CLOSED: [(&str, &str); 15] = [
    ("POST", "/oauth2/introspect"),
    ("GET", "/oauth2/auth"),
    ("POST", "/oauth2/auth"),
    ("GET", "/oauth2/auth/resume"),
    ("GET", "/login"),
    ("POST", "/login"),
    ("GET", "/consent"),
    ("POST", "/consent"),
    ("GET", "/logout"),
    ("POST", "/logout"),
    ("GET", "/setup"),
    ("POST", "/setup"),
    ("GET", "/"),
    ("GET", "/health/ready"),
    ("GET", "/nowhere"),
];

/// What an answer says about cross-origin reading.
struct Cors {
    status: u16,
    allow: Option<String>,
    vary: bool,
}

/// Asks as a browser asks for a page of `origin`: the preflight, or the request itself.
async fn asks(house: &House, method: &str, path: &str, origin: &str, preflight: bool) -> Cors {
    let sent = if preflight { Method::OPTIONS } else { method.parse().expect("a method") };
    let mut request = house.http().request(sent, format!("{}{path}", house.url)).header("origin", origin);
    if preflight {
        request = request.header("access-control-request-method", method);
        request = request.header("access-control-request-headers", "authorization, content-type");
    }
    let response = request.send().await.expect("an answer");
    let header = |name: &str| response.headers().get(name).map(|v| v.to_str().expect("ASCII").to_owned());
    let what = format!("{method} {path} for {origin}, preflight {preflight}");
    assert_eq!(
        response.headers().get_all("access-control-allow-origin").iter().count(),
        usize::from(header("access-control-allow-origin").is_some()),
        "{what}"
    );
    // Cookies never count across origins.
    assert_eq!(header("access-control-allow-credentials"), None, "{what}");
    let vary = header("vary").is_some_and(|vary| vary.to_lowercase().contains("origin"));
    Cors { status: response.status().as_u16(), allow: header("access-control-allow-origin"), vary }
}

on_both! {
    async fn ht_11_documents_are_for_everyone(house: House) {
        for path in DOCUMENTS {
            for origin in ["https://anyone.example", "null"] {
                for preflight in [true, false] {
                    let cors = asks(&house, "GET", path, origin, preflight).await;
                    assert_eq!(cors.allow.as_deref(), Some("*"), "{path} {origin} {preflight}");
                    assert_eq!(cors.status, if preflight { 204 } else { 200 }, "{path}");
                }
            }
        }
    }

    async fn tk_16_only_pages_of_public_clients_may_call_the_endpoints(house: House) {
        spa(&house).await;
        house.client().await;
        for (method, path) in ENDPOINTS {
            for preflight in [true, false] {
                for origin in [SPA, "http://127.0.0.1:5173"] {
                    let cors = asks(&house, method, path, origin, preflight).await;
                    assert_eq!(cors.allow.as_deref(), Some(origin), "{method} {path} {preflight}");
                    assert!(cors.vary, "{path}");
                    assert!(!preflight || cors.status == 204, "{path}");
                }
                for origin in STRANGERS {
                    let cors = asks(&house, method, path, origin, preflight).await;
                    assert_eq!(cors.allow, None, "{method} {path} {origin} {preflight}");
                    assert!(cors.vary, "{path}: a cache must not give one origin's answer to another");
                    assert!(!preflight || cors.status == 403, "{path} {origin}: {}", cors.status);
                }
            }
        }
    }

    async fn ht_11_pages_for_people_and_introspection_are_for_no_origin(house: House) {
        spa(&house).await;
        house.client().await;
        for (method, path) in CLOSED {
            for preflight in [true, false] {
                for origin in STRANGERS.into_iter().chain([SPA, "https://app.example"]) {
                    let cors = asks(&house, method, path, origin, preflight).await;
                    assert_eq!(cors.allow, None, "{method} {path} {origin} {preflight}");
                }
            }
        }
    }

    async fn tk_16_a_disabled_client_s_pages_may_call_no_more(house: House) {
        let spa = spa(&house).await;
        assert!(asks(&house, "POST", "/oauth2/token", SPA, true).await.allow.is_some());
        let mut tx = house.app.db.begin().await.expect("begins");
        let id = symbolon::base::id::ClientId::from(spa.id.as_str());
        let mut client = symbolon::clients::store::lock(&mut tx, &id, house.now()).await.expect("reads").expect("is there");
        client.enabled = false;
        symbolon::clients::store::save(&mut tx, &client).await.expect("saves");
        tx.commit().await.expect("commits");
        house.app.memory.forget();
        assert_eq!(asks(&house, "POST", "/oauth2/token", SPA, true).await.allow, None);
    }

    async fn tk_16_the_whole_way_of_a_single_page_app_and_tk_17_without_cookies(house: House) {
        house.person("ada").await;
        let spa = spa(&house).await;
        let mut browser = house.browser();
        let code = spa.code(&mut browser, "ada", &[]).await;
        let session = browser.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join("; ");
        let token = |form: Vec<(&'static str, String)>| {
            let request = house.http().post(format!("{}/oauth2/token", house.url)).header("origin", SPA);
            crate::support::client::answer(request.header("cookie", session.clone()).form(&form))
        };
        // A session gains nothing: without the code, and without the verifier.
        let nothing = token(vec![("grant_type", "authorization_code".to_owned()), ("client_id", spa.id.clone())]).await;
        nothing.is(400, "invalid_request");
        assert_eq!(nothing.headers["access-control-allow-origin"], SPA);
        let redeemed = token(vec![
            ("grant_type", "authorization_code".to_owned()),
            ("client_id", spa.id.clone()),
            ("code", code),
            ("redirect_uri", spa.redirect_uri.clone()),
            ("code_verifier", crate::support::client::VERIFIER.to_owned()),
        ]);
        let redeemed = redeemed.await.ok();
        assert_eq!(redeemed.headers["access-control-allow-origin"], SPA);
        assert_eq!(redeemed.headers["cross-origin-resource-policy"], "cross-origin");
        assert!(!redeemed.headers.contains_key("set-cookie"));
        let me = house.http().get(format!("{}/userinfo", house.url)).header("origin", SPA);
        let me = crate::support::client::answer(me.bearer_auth(redeemed.text("access_token"))).await.ok();
        assert_eq!(me.headers["access-control-allow-origin"], SPA);
        let refused = house.http().get(format!("{}/userinfo", house.url)).header("origin", SPA).header("cookie", session.clone());
        assert_eq!(crate::support::client::answer(refused).await.status, 401);
    }
}
