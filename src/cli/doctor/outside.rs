//! A running deployment, seen from outside as a strict client sees it: no credentials, no side effects, no redirects
//! followed, nothing forgiven.

use super::{Finding, bad, good, judged};
use crate::base::Clock;
use crate::cli::output::Failure;
use jiff::fmt::rfc2822;
use reqwest::header::{HeaderMap, HeaderName};
use reqwest::redirect::Policy;
use reqwest::{Client, Method};
use serde_json::Value;
use std::collections::HashSet;
use std::error::Error as _;
use std::time::Duration;
use url::Url;

const PATIENCE: Duration = Duration::from_secs(10);
/// How far apart clocks may be before tokens are refused as expired or not valid yet.
const DRIFT: i64 = 30;
const OPENID: &str = "/.well-known/openid-configuration";
const OAUTH: &str = "/.well-known/oauth-authorization-server";
/// Some page that isn't ours.
const ELSEWHERE: &str = "https://doctor.invalid";

/// Looks at everything.
pub(super) async fn look(issuer: &str) -> Result<Vec<Finding>, Failure> {
    let url = Url::parse(issuer).ok().filter(|url| url.has_host() && url.scheme().starts_with("http"));
    let url = url.ok_or_else(|| Failure::usage("--url must be the issuer, such as https://id.example.com"))?;
    if url.path() != "/" || url.query().is_some() {
        let origin = url.origin().ascii_serialization();
        return Err(Failure::usage(format!("--url must be the issuer, which has no path: {origin}")));
    }
    let visit =
        Visit { http: client()?, issuer: issuer.trim_end_matches('/').to_owned(), https: url.scheme() == "https" };
    let first = match visit.asks(Method::GET, OPENID, &[]).await {
        Ok(first) => first,
        Err(why) => return Ok(vec![bad("connection", why)]),
    };
    let mut findings = vec![visit.connection(), clock(&first)];
    let Some(document) = first.json().filter(|_| first.status == 200) else {
        let says = match first.status {
            502..=504 => "is Symbolon running, and where the proxy looks for it?",
            _ => "is this the issuer, and does the proxy pass it on?",
        };
        let says = format!("{OPENID} answers {} and no metadata; {says}", first.status);
        findings.push(bad("metadata", says));
        return Ok(findings);
    };
    findings.push(visit.names_itself(&document));
    findings.push(visit.metadata(&document).await);
    findings.push(visit.keys(&document).await);
    findings.push(pkce(&document));
    findings.push(visit.endpoints(&document).await);
    findings.push(visit.posts(&document).await);
    findings.push(visit.cors(&document).await);
    findings.push(visit.pages().await);
    findings.push(visit.proxy().await);
    findings.push(visit.ready().await);
    Ok(findings)
}

struct Visit {
    http: Client,
    issuer: String,
    https: bool,
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn json(&self) -> Option<Value> {
        serde_json::from_str(&self.body).ok().filter(Value::is_object)
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl Visit {
    async fn asks(&self, method: Method, at: &str, headers: &[(&'static str, &str)]) -> Result<Answer, String> {
        let url = if at.starts_with('/') { format!("{}{at}", self.issuer) } else { at.to_owned() };
        let mut request = self.http.request(method.clone(), url);
        for (name, value) in headers {
            request = request.header(HeaderName::from_static(name), *value);
        }
        if method == Method::POST {
            request = request.header("content-type", "application/x-www-form-urlencoded").body("grant_type=none");
        }
        let answer = request.send().await.map_err(|why| told(&why))?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let body = answer.text().await.map_err(|why| told(&why))?;
        Ok(Answer { status, headers, body })
    }

    fn connection(&self) -> Finding {
        let loopback = Url::parse(&self.issuer).ok().and_then(|url| url.host_str().map(is_loopback)).unwrap_or(false);
        judged(
            "connection",
            if self.https { "TLS with a certificate that clients accept" } else { "plain http on this machine" },
            (!self.https && !loopback)
                .then(|| "plain http: passwords and tokens can be read on the way; use an https issuer".to_owned()),
        )
    }

    /// RFC 8414 §3.3: byte for byte.
    fn names_itself(&self, document: &Value) -> Finding {
        let says = text(document, "issuer");
        judged(
            "issuer",
            says,
            (says != self.issuer).then(|| {
                let asked = &self.issuer;
                format!("it calls itself {says}, but you asked {asked}: clients refuse that. Use the address {says}, or set `issuer = \"{asked}\"`")
            }),
        )
    }

    /// Both places, since clients look in either.
    async fn metadata(&self, document: &Value) -> Finding {
        let against = match self.asks(Method::GET, OAUTH, &[]).await {
            Err(why) => Some(why),
            Ok(other) if other.status != 200 => Some(format!(
                "{OAUTH} answers {}; some clients look only there; let the proxy pass it on",
                other.status
            )),
            Ok(other) if other.json().as_ref() != Some(document) => {
                Some(format!("{OPENID} and {OAUTH} differ; is one of them from a cache, or from another server?"))
            }
            Ok(_) => None,
        };
        judged("metadata", "the same at both well-known addresses", against)
    }

    async fn keys(&self, document: &Value) -> Finding {
        let at = text(document, "jwks_uri");
        let answer = match self.asks(Method::GET, at, &[]).await {
            Ok(answer) if answer.status == 200 => answer,
            Ok(answer) => return bad("keys", format!("{at} answers {}; nobody can check a signature", answer.status)),
            Err(why) => return bad("keys", why),
        };
        let set = answer.json().unwrap_or_default();
        let keys = set.get("keys").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let names: HashSet<&str> = keys.iter().map(|key| text(key, "kid")).collect();
        let private = keys.iter().any(|key| ["d", "p", "q", "k"].iter().any(|member| key.get(member).is_some()));
        let against = if keys.is_empty() {
            Some("there is no key in the set".to_owned())
        } else if private {
            Some("a PRIVATE key is published; retire it now: symbolon keys retire".to_owned())
        } else if names.len() != keys.len() || names.contains("") {
            Some("keys lack a `kid`, or share one".to_owned())
        } else if text(document, "jwks_uri").starts_with(&self.issuer) && answer.header("cache-control").is_empty() {
            Some("the key set has no Cache-Control; the proxy removes it, and clients will ask too often".to_owned())
        } else {
            None
        };
        judged("keys", format!("{} public keys", keys.len()), against)
    }

    /// What is advertised must be there, at the issuer's own address.
    async fn endpoints(&self, document: &Value) -> Finding {
        let members = document.as_object().into_iter().flatten();
        let advertised = members.filter(|(name, _)| name.ends_with("_endpoint"));
        let mut count = 0;
        for (name, url) in advertised {
            let url = url.as_str().unwrap_or_default();
            if self.https && !url.starts_with("https://") {
                return bad("endpoints", format!("{name} is {url}, without TLS; set `issuer` to the https address"));
            }
            match self.asks(Method::GET, url, &[]).await {
                Err(why) => return bad("endpoints", format!("{name}: {why}")),
                Ok(answer) if answer.status == 404 || answer.status >= 500 => {
                    let says = format!("{name}: {url} answers {}; does the proxy pass it on?", answer.status);
                    return bad("endpoints", says);
                }
                Ok(_) => count += 1,
            }
        }
        good("endpoints", format!("all {count} that are advertised are there"))
    }

    /// Clients drop the body of a POST that is redirected, or refuse to follow.
    async fn posts(&self, document: &Value) -> Finding {
        let against = match self.asks(Method::POST, text(document, "token_endpoint"), &[]).await {
            Err(why) => Some(why),
            Ok(answer) if (300..400).contains(&answer.status) => {
                let to = answer.header("location");
                Some(format!(
                    "a POST to the token endpoint is redirected to {to}; clients lose its body. Let the proxy pass it on as it is"
                ))
            }
            Ok(answer) if answer.json().is_none_or(|body| body.get("error").is_none()) => {
                Some(format!("the token endpoint answers {} without RFC 6749 JSON; is it ours?", answer.status))
            }
            Ok(answer) if !answer.header("cache-control").contains("no-store") => {
                Some("answers of the token endpoint lack Cache-Control: no-store; the proxy removes it".to_owned())
            }
            Ok(_) => None,
        };
        judged("token endpoint", "answers in place, and nobody may keep it", against)
    }

    /// Documents for every page, pages for none.
    async fn cors(&self, document: &Value) -> Finding {
        let origin = [("origin", ELSEWHERE)];
        let allowed = async |at: &str| {
            let answer = self.asks(Method::GET, at, &origin).await?;
            let all = answer.headers.get_all("access-control-allow-origin").iter();
            let all: Vec<&str> = all.filter_map(|value| value.to_str().ok()).collect();
            Ok::<_, String>(all.join(", "))
        };
        for at in [OPENID, text(document, "jwks_uri")] {
            match allowed(at).await {
                Ok(who) if who == "*" => {}
                Ok(who) => {
                    let says = format!(
                        "{at} allows {who:?} instead of *; apps in browsers can't read it. Does the proxy add headers of its own?"
                    );
                    return bad("CORS", says);
                }
                Err(why) => return bad("CORS", why),
            }
        }
        match allowed("/login").await {
            Ok(who) if who.is_empty() => good("CORS", "documents for everyone, pages for nobody"),
            Ok(who) => bad("CORS", format!("the sign-in page may be read by {who}; remove that header from the proxy")),
            Err(why) => bad("CORS", why),
        }
    }

    async fn pages(&self) -> Finding {
        let page = match self.asks(Method::GET, "/login", &[]).await {
            Ok(page) if page.status == 200 => page,
            Ok(page) => return bad("sign-in page", format!("/login answers {}", page.status)),
            Err(why) => return bad("sign-in page", why),
        };
        let cookies: Vec<&str> =
            page.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok()).collect();
        let lacks =
            |flag: &str| cookies.iter().any(|cookie| !cookie.to_ascii_lowercase().contains(&flag.to_ascii_lowercase()));
        let against = if cookies.is_empty() {
            Some("it sets no cookie, so nobody can sign in; does the proxy remove Set-Cookie?".to_owned())
        } else if let Some(flag) = ["HttpOnly", "SameSite"].into_iter().find(|flag| lacks(flag)) {
            Some(format!("its cookie lacks {flag}; the proxy takes that away, let it pass cookies on as they are"))
        } else if self.https && (lacks("secure") || cookies.iter().any(|cookie| !cookie.starts_with("__Host-"))) {
            Some("its cookie isn't a __Host- one with Secure; set `issuer` to the https address".to_owned())
        } else if !page.header("content-security-policy").contains("frame-ancestors") {
            Some("it lacks its Content-Security-Policy, so others can frame it; the proxy removes it".to_owned())
        } else if self.https && page.header("strict-transport-security").is_empty() {
            Some("it lacks Strict-Transport-Security; the proxy removes it".to_owned())
        } else {
            None
        };
        judged("sign-in page", "its cookie and its headers are as they must be", against)
    }

    /// Whoever may send `X-Request-Id` and `X-Forwarded-For` from outside may pretend to be anyone in logs and limits.
    async fn proxy(&self) -> Finding {
        const MINE: &str = "doctor-was-here";
        let pretends = [("x-request-id", MINE), ("x-forwarded-for", "192.0.2.1")];
        let against = match self.asks(Method::GET, "/health/alive", &pretends).await {
            Err(why) => Some(why),
            Ok(answer) if answer.header("x-request-id") == MINE => Some(
                "it believed an X-Request-Id that the doctor made up, and so anyone's X-Forwarded-For: let the proxy overwrite both headers, or narrow `proxies.trusted`".to_owned(),
            ),
            Ok(answer) if answer.header("x-request-id").is_empty() => {
                Some("answers lack X-Request-Id, which people quote when they ask for help; the proxy removes it".to_owned())
            }
            Ok(_) => None,
        };
        judged("proxy", "doesn't pass on what strangers claim", against)
    }

    async fn ready(&self) -> Finding {
        match self.asks(Method::GET, "/health/ready", &[]).await {
            Ok(answer) if answer.status == 200 => good("database", "the server is ready"),
            // Nobody outside needs it.
            Ok(answer) if answer.status == 404 || answer.status == 403 => good("database", "not shown to the outside"),
            Ok(answer) => bad("database", format!("/health/ready answers {}: {}", answer.status, answer.body.trim())),
            Err(why) => bad("database", why),
        }
    }
}

/// MCP and OAuth 2.1 clients go away where S256 isn't advertised.
fn pkce(document: &Value) -> Finding {
    let methods = document.get("code_challenge_methods_supported").and_then(Value::as_array);
    let s256 = methods.is_some_and(|methods| methods.iter().any(|method| method == "S256"));
    judged(
        "PKCE",
        "S256 is advertised",
        (!s256).then(|| "S256 isn't advertised; who serves these metadata?".to_owned()),
    )
}

fn clock(answer: &Answer) -> Finding {
    let Ok(theirs) = rfc2822::DateTimeParser::new().parse_timestamp(answer.header("date")) else {
        return bad("clock", "answers carry no Date");
    };
    let ahead = theirs.as_second().saturating_sub(Clock::System.now().secs());
    judged(
        "clock",
        "agrees with this machine's",
        (ahead.abs() > DRIFT).then(|| {
            let way = if ahead > 0 { "ahead of" } else { "behind" };
            format!(
                "the server's is {} {way} this machine's: tokens will be refused; let NTP set both",
                span(ahead.abs())
            )
        }),
    )
}

/// Roughly, as people say it.
fn span(seconds: i64) -> String {
    match seconds {
        0..=119 => format!("{seconds} seconds"),
        120..=7199 => format!("{} minutes", seconds / 60),
        7200..=172_799 => format!("{} hours", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[expect(clippy::disallowed_methods, reason = "the operator names the address; their own network is no secret to them")]
fn client() -> Result<Client, Failure> {
    let client = Client::builder().redirect(Policy::none()).timeout(PATIENCE).no_proxy().build();
    client.map_err(|why| Failure::failed(format!("no HTTP client can be made: {why}")))
}

fn text<'a>(object: &'a Value, name: &str) -> &'a str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// The whole chain: what reqwest says first is only that it failed.
fn told(why: &reqwest::Error) -> String {
    let mut causes = Vec::new();
    let mut next = why.source();
    while let Some(cause) = next {
        causes.push(cause.to_string());
        next = cause.source();
    }
    let at = why.url().map_or("it", Url::as_str);
    let what = if why.is_timeout() { "doesn't answer in time" } else { "can't be reached" };
    let cause = causes.last().map_or("no reason given", String::as_str);
    let fix = match cause.contains("UnknownIssuer") {
        true => {
            ". Does the server send the intermediate certificates too? An authority of your own is named by \
             SSL_CERT_FILE=ca.pem symbolon doctor …"
        }
        false => "",
    };
    format!("{at} {what}: {cause}{fix}")
}
