//! The server under load: where its endpoints are and how the client speaks to them.

use std::{
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use url::{
    Url,
    form_urlencoded::{Serializer, byte_serialize},
};

use crate::{connection::Connection, failure::Fault};

/// A server found by its issuer, and the client that is registered there.
pub struct Target {
    /// The one address that all load goes to.
    pub address: SocketAddr,
    /// The path of the authorization endpoint.
    pub authorization: String,
    /// The path of the token endpoint.
    pub token: String,
    /// The path of the introspection endpoint, when there is one.
    pub introspection: Option<String>,
    /// The path of the userinfo endpoint, when there is one.
    pub userinfo: Option<String>,
    /// The path of the discovery document.
    pub discovery: String,
    /// Who asks.
    pub client: Client,
    host: String,
}

/// A registered client.
pub struct Client {
    /// Its `client_id`.
    pub id: String,
    /// How it proves who it is.
    pub authentication: Authentication,
    /// Its `redirect_uri`; nothing needs to listen there.
    pub redirect_uri: String,
    /// The `scope` that code flows ask for.
    pub scope: String,
}

/// RFC 6749 §2.3: client authentication.
pub enum Authentication {
    /// `client_secret_basic`, with the secret.
    Basic(String),
    /// `client_secret_post`, with the secret.
    Post(String),
    /// `none`: a public client.
    None,
}

/// Which machines may be put under load.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Only this one.
    Loopback,
    /// Whichever the issuer names.
    Anywhere,
}

impl Target {
    /// Reads the discovery document of `issuer`.
    ///
    /// # Errors
    /// When it can't be read, or when an endpoint is missing or lies at another address.
    pub async fn discover(issuer: &Url, client: Client, reach: Reach) -> Result<Self, Fault> {
        let discovery = format!("{}/.well-known/openid-configuration", issuer.path().trim_end_matches('/'));
        let mut target = Self {
            address: address_of(issuer, reach)?,
            authorization: String::new(),
            token: String::new(),
            introspection: None,
            userinfo: None,
            discovery,
            client,
            host: authority(issuer),
        };
        let mut connection = Connection::to(target.address);
        let answer = connection.ask(&target.get(&target.discovery, "")).await?;
        if answer.status != 200 {
            return Err(format!("{} answered {}", target.discovery, answer.status).into());
        }
        let document: Value = serde_json::from_slice(connection.body())?;
        let endpoint = |name: &str| -> Result<Option<String>, Fault> {
            let Some(address) = document.get(name).and_then(Value::as_str) else {
                return Ok(None);
            };
            let url = Url::parse(address)?;
            if authority(&url) != authority(issuer) {
                return Err(format!("{name} is not at {}: {address}", authority(issuer)).into());
            }
            Ok(Some(path_of(&url)))
        };
        target.authorization = endpoint("authorization_endpoint")?.ok_or("no authorization_endpoint")?;
        target.token = endpoint("token_endpoint")?.ok_or("no token_endpoint")?;
        target.introspection = endpoint("introspection_endpoint")?;
        target.userinfo = endpoint("userinfo_endpoint")?;
        Ok(target)
    }

    /// A GET of `path`; `headers` are whole lines, each with its line end.
    #[must_use]
    pub fn get(&self, path: &str, headers: &str) -> Vec<u8> {
        format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nUser-Agent: symbolon-bench\r\nAccept: */*\r\n{headers}\r\n",
            self.host
        )
        .into_bytes()
    }

    /// A form POST to `path`; `headers` are whole lines, each with its line end.
    #[must_use]
    pub fn post(&self, path: &str, headers: &str, form: &[(&str, &str)]) -> Vec<u8> {
        let body = Serializer::new(String::new()).extend_pairs(form).finish();
        format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nUser-Agent: symbolon-bench\r\nAccept: */*\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n{headers}\r\n{body}",
            self.host,
            body.len()
        )
        .into_bytes()
    }

    /// A form POST in which the client proves who it is, as to the token endpoint.
    #[must_use]
    pub fn post_as_client(&self, path: &str, form: &[(&str, &str)]) -> Vec<u8> {
        let id = self.client.id.as_str();
        match &self.client.authentication {
            Authentication::Basic(secret) => {
                // §2.3.1: both halves form-encoded first
                let pair: String =
                    byte_serialize(id.as_bytes()).chain([":"]).chain(byte_serialize(secret.as_bytes())).collect();
                let header = format!("Authorization: Basic {}\r\n", STANDARD.encode(pair));
                self.post(path, &header, form)
            }
            Authentication::Post(secret) => {
                let own = [("client_id", id), ("client_secret", secret)];
                self.post(path, "", &[form, &own].concat())
            }
            Authentication::None => self.post(path, "", &[form, &[("client_id", id)]].concat()),
        }
    }

    /// `http://host:port`, as a browser writes it into `Origin`.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.host)
    }
}

/// The path of `url` with its query.
#[must_use]
pub fn path_of(url: &Url) -> String {
    match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
}

fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

fn address_of(issuer: &Url, reach: Reach) -> Result<SocketAddr, Fault> {
    if issuer.scheme() != "http" {
        return Err("the issuer has to be http: TLS would measure the generator's cryptography".into());
    }
    let addresses = issuer.socket_addrs(|| None)?;
    // A closed loop at full speed is an attack on whoever did not ask for it.
    let here = addresses.iter().all(|address| address.ip().is_loopback());
    if reach == Reach::Loopback && !here {
        return Err(format!("{issuer} is not this machine; --allow-remote says it is meant").into());
    }
    // `localhost` may name both ::1 and 127.0.0.1 while the server listens on one of them.
    addresses
        .into_iter()
        .find(|address| TcpStream::connect_timeout(address, Duration::from_secs(2)).is_ok())
        .ok_or_else(|| format!("nothing listens at {issuer}").into())
}
