//! Real HTTP over loopback, written down as it goes: for the playground, which shows it, and for the check.

use crate::base::encoding::base64;
use reqwest::Method;
use reqwest::redirect::Policy;
use serde_json::Value;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::time::Instant;

/// A request to this server.
#[derive(Clone, Debug)]
pub struct Call {
    /// GET or POST.
    pub method: &'static str,
    /// From the slash on.
    pub path: String,
    /// Headers in order, as they are sent.
    pub headers: Vec<(String, String)>,
    /// The form, in order.
    pub form: Vec<(String, String)>,
    /// A document instead of a form.
    pub document: Option<Value>,
}

impl Call {
    /// A GET.
    pub fn get(path: impl Into<String>) -> Self {
        Call { method: "GET", path: path.into(), headers: Vec::new(), form: Vec::new(), document: None }
    }

    /// A form.
    pub fn post(path: impl Into<String>, form: &[(&str, &str)]) -> Self {
        let form = form.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Call { method: "POST", path: path.into(), headers: Vec::new(), form, document: None }
    }

    /// A JSON document.
    pub fn json(path: impl Into<String>, document: Value) -> Self {
        Call { document: Some(document), ..Call::post(path, &[]) }
    }

    /// With a header.
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// RFC 6750 §2.1.
    pub fn bearer(self, token: &str) -> Self {
        self.header("Authorization", format!("Bearer {token}"))
    }

    /// RFC 6749 §2.3.1: identifier and secret are form-encoded each before they are joined.
    pub fn basic(self, id: &str, secret: &str) -> Self {
        let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let pair = format!("{}:{}", encode(id), encode(secret));
        self.header("Authorization", format!("Basic {}", base64(pair.as_bytes())))
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Heard {
    /// The status code.
    pub status: u16,
    /// Headers in order.
    pub headers: Vec<(String, String)>,
    /// The body as text.
    pub body: String,
    /// From the first byte sent to the last one read.
    pub took: Duration,
}

impl Heard {
    /// A header's first value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(have, _)| have.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The body as JSON; null when it is something else.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }

    /// A text member of a JSON body.
    pub fn text(&self, name: &str) -> Option<String> {
        self.json().get(name).and_then(Value::as_str).map(str::to_owned)
    }

    /// 200, and nothing less.
    pub fn ok(&self) -> bool {
        self.status == 200
    }
}

/// Speaks to the server of this process, whatever `localhost` resolves to.
#[derive(Clone)]
pub struct Http {
    client: reqwest::Client,
    origin: String,
}

/// Long enough for a first signature that waits for its RSA key.
const PATIENCE: Duration = Duration::from_secs(15);

impl Http {
    /// For the server at `origin`, `http://localhost:<port>`.
    pub fn new(origin: &str) -> Result<Self, String> {
        let here = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
        #[expect(
            clippy::disallowed_methods,
            reason = "it speaks to nobody but this process, over loopback, which the outbound client refuses"
        )]
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .resolve("localhost", here)
            .timeout(PATIENCE)
            .build();
        let client = client.map_err(|why| format!("no HTTP client can be made: {why}"))?;
        Ok(Http { client, origin: origin.to_owned() })
    }

    /// `http://localhost:<port>`
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Sends a request; redirects aren't followed.
    pub async fn send(&self, call: &Call) -> Result<Heard, String> {
        let method = if call.method == "POST" { Method::POST } else { Method::GET };
        let mut request = self.client.request(method, format!("{}{}", self.origin, call.path));
        for (name, value) in &call.headers {
            request = request.header(name, value);
        }
        request = match &call.document {
            Some(document) => request.json(document),
            None if call.method == "POST" => request.form(&call.form),
            None => request,
        };
        let begun = Instant::now();
        let unanswered = |why: reqwest::Error| format!("no answer to {} {}: {why}", call.method, call.path);
        let answer = request.send().await.map_err(unanswered)?;
        let status = answer.status().as_u16();
        let text = |value: &reqwest::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = answer.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        let body = answer.text().await.map_err(unanswered)?;
        Ok(Heard { status, headers, body, took: begun.elapsed() })
    }
}
