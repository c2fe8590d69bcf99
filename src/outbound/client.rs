//! RFC 9700 §4.16's server-side request forgery: a URL that someone else chose is fetched only where we mean to go, and
//! who chose it learns nothing from how it failed, nor from when.

use super::address::is_public;
use super::allow::Allow;
use super::exchange::{Call, Reply, Unanswered};
use super::freshness;
use crate::config;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::HeaderValue;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, ClientBuilder, StatusCode};
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use url::{Host, Url};

/// The most bytes of any answer.
pub(super) const MAX_BYTES: usize = 1024 * 1024;
const CONNECT: Duration = Duration::from_secs(3);
/// Connecting and TLS, for what may happen only once.
const CONNECT_ONCE: Duration = Duration::from_secs(5);
const TOTAL: Duration = Duration::from_secs(10);

/// The client. Cloning shares its connections.
#[derive(Clone, Debug)]
pub struct Outbound {
    /// https on port 443: public addresses, and allowed ones.
    public: Client,
    /// Everything else: allowed addresses only.
    inside: Client,
    /// The same two for requests that must not be repeated: each has a connection of its own.
    once: [Client; 2],
    allow: Arc<Allow>,
    patience: Duration,
}

/// What somebody wants to fetch.
#[derive(Debug)]
pub struct Wanted {
    /// What it is called; for the log.
    pub what: &'static str,
    /// The media types that it may have, as `Accept` has them.
    pub accept: &'static str,
    /// The most bytes; never more than 1 MiB.
    pub most: usize,
    /// Whether what came from a URL is that. What isn't is as good as nothing: of other people's documents nobody is told
    /// even that they are there.
    pub is: fn(&str, &Fetched) -> bool,
}

/// A request that wasn't made or gave nothing. Displayed, it says only that: connection refused, timeout and a private
/// address must look the same to whoever chose the URL. [`Refused::detail`] is for the log.
#[derive(Debug)]
pub struct Refused {
    detail: String,
    gone: bool,
}

/// What was fetched.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// The media type, in lower case and without parameters; empty when it isn't said.
    pub media_type: String,
    /// For how long it may be kept, where the answer says so.
    pub lives: Option<Duration>,
    /// All of it.
    pub body: Vec<u8>,
}

impl Refused {
    /// What happened, for the operator; may name hosts and addresses.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// Whether the server is there, and the document isn't: it says so, or serves something else.
    pub fn gone(&self) -> bool {
        self.gone
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("could not be fetched")
    }
}

impl std::error::Error for Refused {}

fn refuse<T>(detail: impl Into<String>) -> Result<T, Refused> {
    Err(Refused { detail: detail.into(), gone: false })
}

impl Outbound {
    /// Makes the client; fails when `outbound.extra_ca` can't be read. The text says what to do.
    pub fn new(settings: &config::Outbound) -> Result<Self, String> {
        let allow = Arc::new(Allow::new(&settings.allow));
        let extra = settings.extra_ca.as_deref().map(certificates).transpose()?.unwrap_or_default();
        let addresses = |policy| Addresses { policy, allow: Arc::clone(&allow) };
        let client = |policy| made(shared(addresses(policy), extra.clone()).timeout(TOTAL));
        let alone = |policy| made(once(shared(addresses(policy), extra.clone())));
        let (public, inside) = (client(Reach::PublicOrAllowed)?, client(Reach::Allowed)?);
        let once = [alone(Reach::PublicOrAllowed)?, alone(Reach::Allowed)?];
        Ok(Outbound { public, inside, once, allow, patience: settings.patience })
    }

    /// Whether a URL has a form that would be fetched, for the moment when someone enters it: https without user
    /// information; plain http, other ports and special addresses only where `outbound.allow` can permit them. A name is
    /// looked up later, when it is fetched.
    pub fn check(&self, url: &str) -> Result<(), Refused> {
        self.way(url).map(|_| ())
    }

    /// Gets a document. When it can't be had, or is something else, that takes as long as waiting for it to the end.
    pub async fn get(&self, url: &str, wanted: &Wanted) -> Result<Fetched, Refused> {
        let due = Instant::now() + self.patience;
        let outcome = match self.ask(url, wanted).await {
            Ok(fetched) if (wanted.is)(url, &fetched) => Ok(fetched),
            Ok(_) => Err(Refused { detail: format!("the answer isn't a {}", wanted.what), gone: true }),
            Err(refused) => Err(refused),
        };
        if outcome.is_err() {
            tokio::time::sleep_until(due).await;
        }
        outcome
    }

    /// One request, which ends a little before our patience does. Only 200 counts; redirects aren't followed.
    async fn ask(&self, url: &str, wanted: &Wanted) -> Result<Fetched, Refused> {
        let (url, client) = self.client(url)?;
        let fault = |fault: reqwest::Error| Refused { detail: chain(&fault), gone: false };
        let patience = self.patience.min(TOTAL);
        let request = client.get(url).timeout(patience.saturating_sub(patience / 20));
        let request = request.header(reqwest::header::ACCEPT, wanted.accept);
        let mut answer = request.send().await.map_err(fault)?;
        let status = answer.status();
        if status != StatusCode::OK {
            let gone = [StatusCode::NOT_FOUND, StatusCode::GONE].contains(&status);
            return Err(Refused { detail: format!("the answer was {}", status.as_u16()), gone });
        }
        let media_type = answer.headers().get(reqwest::header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let media_type = media_type.and_then(|kind| kind.split(';').next()).unwrap_or_default();
        let mut fetched = Fetched {
            media_type: media_type.trim().to_ascii_lowercase(),
            lives: freshness::lives(answer.headers()),
            body: Vec::new(),
        };
        let most = wanted.most.min(MAX_BYTES);
        // The announced length may lie, or be missing.
        while let Some(piece) = answer.chunk().await.map_err(fault)? {
            if piece.len() > most.saturating_sub(fetched.body.len()) {
                return refuse(format!("the answer has more than {most} bytes"));
            }
            fetched.body.extend_from_slice(&piece);
        }
        Ok(fetched)
    }

    /// Posts a form and gives the status of the answer, whose body nobody reads. Redirects aren't followed: they are
    /// answers like others.
    pub async fn post_form(&self, url: &str, form: &[(&str, &str)], patience: Duration) -> Result<u16, Refused> {
        let (url, client) = self.client(url)?;
        let answer = client.post(url).timeout(patience.min(TOTAL)).form(form).send().await;
        answer.map(|answer| answer.status().as_u16()).map_err(|fault| Refused { detail: chain(&fault), gone: false })
    }

    /// Asks something that may happen only once. Whoever gives up on the answer throws away what it brings, so `patience` is
    /// long. Redirects aren't followed.
    pub async fn exchange(&self, call: Call<'_>, patience: Duration) -> Result<Reply, Unanswered> {
        let (url, reach) = self.way(call.url).map_err(|refused| Unanswered::Unsent(refused.detail))?;
        let [public, inside] = &self.once;
        let client = if reach == Reach::PublicOrAllowed { public } else { inside };
        let mut request = client.request(call.method.clone(), url).timeout(patience);
        for (name, value) in call.headers {
            let mut value = HeaderValue::from_str(value.reveal())
                .map_err(|_| Unanswered::Unsent(format!("the header {name} can't have this value")))?;
            value.set_sensitive(true);
            request = request.header(name, value);
        }
        if let Some((media_type, body)) = call.body {
            request = request.header(reqwest::header::CONTENT_TYPE, media_type).body(body.reveal().to_owned());
        }
        let request = request.build().map_err(|fault| Unanswered::Unsent(chain(&fault)))?;
        // A connection that wasn't made carried nothing. Of one that was, nobody knows what it carried.
        let lost = |fault: reqwest::Error| match fault.is_connect() {
            true => Unanswered::Unsent(chain(&fault)),
            false => Unanswered::Lost(chain(&fault)),
        };
        let answer = client.execute(request).await.map_err(lost)?;
        Reply::read(answer).await
    }

    fn client(&self, url: &str) -> Result<(Url, &Client), Refused> {
        let (url, reach) = self.way(url)?;
        Ok((url, if reach == Reach::PublicOrAllowed { &self.public } else { &self.inside }))
    }

    /// The parsed URL and how far its client may go.
    fn way(&self, url: &str) -> Result<(Url, Reach), Refused> {
        let Ok(url) = Url::parse(url) else {
            return refuse("it isn't a URL");
        };
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("the URL has a user name or password");
        }
        let usual = match url.scheme() {
            "https" => url.port_or_known_default() == Some(443),
            "http" => false,
            _ => return refuse("the scheme is neither https nor http"),
        };
        let reach = if usual { Reach::PublicOrAllowed } else { Reach::Allowed };
        // Addresses in the URL itself never come to the resolver.
        let literal = match url.host() {
            Some(Host::Ipv4(v4)) => Some(IpAddr::V4(v4)),
            Some(Host::Ipv6(v6)) => Some(IpAddr::V6(v6)),
            Some(Host::Domain(_)) => None,
            None => return refuse("the URL has no host"),
        };
        match literal {
            Some(address) if !reach.permits(address, &self.allow) => refuse(format!("{address} {}", reach.why_not())),
            // Whoever allows nothing that it could lead to can't mean any other scheme or port.
            None if reach == Reach::Allowed && !self.allow.conceives(url.host_str().unwrap_or_default()) => {
                refuse("only https on port 443 is allowed")
            }
            _ => Ok((url, reach)),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the outbound client itself")]
fn shared(addresses: Addresses, extra: Vec<Certificate>) -> ClientBuilder {
    Client::builder()
        .user_agent(concat!("symbolon/", env!("CARGO_PKG_VERSION")))
        .dns_resolver(addresses)
        // The environment's proxy would make all these checks itself, or none.
        .no_proxy()
        .redirect(Policy::none())
        .referer(false)
        .connect_timeout(CONNECT)
        .pool_max_idle_per_host(4)
        .pool_idle_timeout(Duration::from_secs(30))
        .tls_certs_merge(extra)
}

/// Nothing is sent twice, and no connection that may be dying is used: a failure says whether anything was sent at all.
fn once(builder: ClientBuilder) -> ClientBuilder {
    builder.http1_only().pool_max_idle_per_host(0).retry(reqwest::retry::never()).connect_timeout(CONNECT_ONCE)
}

fn made(builder: ClientBuilder) -> Result<Client, String> {
    builder.build().map_err(|fault| format!("the client for outbound requests can't be made: {}", chain(&fault)))
}

fn certificates(file: &Path) -> Result<Vec<Certificate>, String> {
    let say = |why: String| format!("outbound.extra_ca: {}: {why}", file.display());
    let pem = std::fs::read(file).map_err(|fault| say(fault.to_string()))?;
    let found = Certificate::from_pem_bundle(&pem).map_err(|fault| say(chain(&fault)))?;
    if found.is_empty() { Err(say("there is no certificate in it".to_owned())) } else { Ok(found) }
}

/// How far a client may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    PublicOrAllowed,
    Allowed,
}

impl Reach {
    fn permits(self, address: IpAddr, allow: &Allow) -> bool {
        allow.address(address) || (self == Reach::PublicOrAllowed && is_public(address))
    }

    fn why_not(self) -> &'static str {
        match self {
            Reach::PublicOrAllowed => "is neither public nor in outbound.allow",
            Reach::Allowed => "isn't in outbound.allow, which plain http and ports other than 443 need",
        }
    }
}

/// Looks names up and gives the client only addresses that it may connect to: what was checked is what is connected to,
/// however often the name changes its mind.
#[derive(Clone)]
struct Addresses {
    policy: Reach,
    allow: Arc<Allow>,
}

impl Addresses {
    /// Public addresses are picked out; but beyond https on port 443 one that isn't allowed spoils the name.
    fn choose(&self, name: &str, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, String> {
        let named = self.allow.host(name);
        let permitted = |at: &SocketAddr| named || self.policy.permits(at.ip(), &self.allow);
        let spoiled = self.policy == Reach::Allowed && !found.iter().all(permitted);
        let kept: Vec<SocketAddr> = found.into_iter().filter(permitted).collect();
        match spoiled || kept.is_empty() {
            true => Err(format!("an address of {name} {}", self.policy.why_not())),
            false => Ok(kept),
        }
    }
}

impl Resolve for Addresses {
    fn resolve(&self, name: Name) -> Resolving {
        let this = self.clone();
        Box::pin(async move {
            // Port 0: the client puts in the URL's own.
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let kept = this.choose(name.as_str(), found)?;
            let kept: Addrs = Box::new(kept.into_iter());
            Ok(kept)
        })
    }
}

/// A fault with its causes; reqwest's own text has only the first. Without the URL, whose query may hold secrets.
pub(super) fn chain(fault: &reqwest::Error) -> String {
    let mut text = match fault.url() {
        Some(url) => fault.to_string().replace(url.as_str(), url.host_str().unwrap_or_default()),
        None => fault.to_string(),
    };
    let mut cause = std::error::Error::source(fault);
    while let Some(at) = cause {
        text.push_str(": ");
        text.push_str(&at.to_string());
        cause = at.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    /// A server on loopback that counts who comes and always answers the same.
    struct Canary {
        port: u16,
        hits: Arc<AtomicUsize>,
    }

    impl Canary {
        async fn answering(answer: impl Into<Vec<u8>>) -> Canary {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let (port, hits) = (listener.local_addr().expect("address").port(), Arc::new(AtomicUsize::new(0)));
            let (count, answer) = (Arc::clone(&hits), answer.into());
            tokio::spawn(async move {
                while let Ok((mut socket, _)) = listener.accept().await {
                    count.fetch_add(1, Ordering::SeqCst);
                    let _ = socket.read(&mut [0u8; 4096]).await;
                    let _ = socket.write_all(&answer).await;
                }
            });
            Canary { port, hits }
        }

        fn hits(&self) -> usize {
            self.hits.load(Ordering::SeqCst)
        }
    }

    fn entries(allow: &[&str]) -> Vec<config::Allowed> {
        allow.iter().map(|entry| entry.parse().expect("an entry")).collect()
    }

    fn settings(allow: &[&str]) -> config::Outbound {
        config::Outbound { allow: entries(allow), extra_ca: None, patience: Duration::from_secs(4) }
    }

    fn outbound(allow: &[&str]) -> Outbound {
        Outbound::new(&settings(allow)).expect("client")
    }

    impl Outbound {
        /// One request, told of at once.
        async fn ask_at_once(&self, url: &str, most: usize) -> Result<serde_json::Value, Refused> {
            let wanted = Wanted { what: "document", accept: "application/json", most, is: |_, _| true };
            let fetched = self.ask(url, &wanted).await?;
            Ok(serde_json::from_slice(&fetched.body).expect("JSON"))
        }
    }

    fn json(body: &str) -> String {
        format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())
    }

    #[tokio::test]
    async fn ss01_nothing_inside_is_reached_however_it_is_spelled() {
        let canary = Canary::answering(json("{}")).await;
        let (out, p) = (outbound(&[]), canary.port);
        for host in [
            "127.0.0.1",
            "127.1",
            "127.0.1",
            "2130706433",
            "0x7f000001",
            "0x7f.0.0.1",
            "0x7f.1",
            "017700000001",
            "0177.0.0.1",
            "0177.1",
            "127.0.0.1.",
            "127.000.000.001",
            "0",
            "0.0.0.0",
            "0x0",
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[0:0:0:0:0:ffff:127.0.0.1]",
            "[::127.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "[fd00::1]",
            "[fe80::1]",
            "localhost",
            "LOCALHOST",
            "localhost.",
            "①②⑦.0.0.1",
            "127。0。0。1",
            "%31%32%37.0.0.1",
            "169.254.169.254",
            "2852039166",
            "0xa9fea9fe",
            "10.0.0.1",
            "192.168.1.1",
            "user@127.0.0.1",
            "example.com@127.0.0.1",
            "127.0.0.1#@example.com",
            "127.0.0.1\\@example.com",
        ] {
            for url in [
                format!("https://{host}:{p}/"),
                format!("https://{host}/"),
                format!("http://{host}:{p}/"),
                format!("https://{host}:443/"),
                format!("HTTPS:\\\\{host}:{p}"),
            ] {
                let refused = out.ask_at_once(&url, 100).await.expect_err(&url);
                assert_eq!(refused.to_string(), "could not be fetched");
            }
        }
        for url in [
            "",
            "/x",
            "example.com",
            "file:///etc/passwd",
            "gopher://x/",
            "ftp://x/",
            "unix:/run/x",
            "data:,{}",
            "javascript:1",
            "https://",
            "https://u:p@example.com/",
            "https://example.com:8443/",
            "http://example.com/",
            "ws://example.com/",
            "https://[::1",
            "https://256.256.256.256/",
        ] {
            assert!(out.check(url).is_err(), "{url}");
        }
        assert_eq!(canary.hits(), 0);
    }

    #[test]
    fn what_could_be_public_passes_at_entry() {
        let out = outbound(&[]);
        for url in [
            "https://example.com/jwks.json?x=1",
            "https://1.1.1.1/",
            "https://[2606:4700::1111]/",
            "HTTPS://EXAMPLE.com:443",
        ] {
            assert!(out.check(url).is_ok(), "{url}");
        }
        let out = outbound(&["10.0.0.0/8"]);
        assert!(out.check("http://10.1.1.1:8080/").is_ok() && out.check("http://inside.example:8080/").is_ok());
        assert!(out.check("http://11.1.1.1/").is_err() && out.check("https://192.168.1.1/").is_err());
        let out = outbound(&["inside.example"]);
        assert!(out.check("http://inside.example:8080/").is_ok() && out.check("https://INSIDE.example.:1/").is_ok());
        assert!(out.check("http://outside.example:8080/").is_err() && out.check("http://127.0.0.1/").is_err());
    }

    #[tokio::test]
    async fn an_allowed_network_is_reached_over_plain_http_and_any_port() {
        let canary = Canary::answering(json("{\"a\":1}")).await;
        let out = outbound(&["127.0.0.0/8"]);
        let got = out.ask_at_once(&format!("http://127.0.0.1:{}/", canary.port), 100).await.expect("fetched");
        assert_eq!((got, canary.hits()), (serde_json::json!({ "a": 1 }), 1));
        let other = outbound(&["10.0.0.0/8"]);
        assert!(other.ask_at_once(&format!("http://localhost:{}/", canary.port), 100).await.is_err());
        assert_eq!(canary.hits(), 1);
        let by_name = outbound(&["localhost"]);
        assert!(by_name.ask_at_once(&format!("http://localhost:{}/", canary.port), 100).await.is_ok());
        assert!(by_name.ask_at_once(&format!("http://127.0.0.1:{}/", canary.port), 100).await.is_err());
        assert_eq!(canary.hits(), 2);
    }

    #[tokio::test]
    async fn ss03_redirects_are_not_followed() {
        let inside = Canary::answering(json("{}")).await;
        let to =
            format!("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{}/\r\nContent-Length: 0\r\n\r\n", inside.port);
        let canary = Canary::answering(to).await;
        let refused = outbound(&["127.0.0.0/8"]).ask_at_once(&format!("http://127.0.0.1:{}/", canary.port), 100).await;
        assert_eq!(refused.expect_err("refused").detail(), "the answer was 302");
        assert_eq!((canary.hits(), inside.hits()), (1, 0));
    }

    #[tokio::test]
    async fn answers_are_capped() {
        let out = outbound(&["127.0.0.0/8"]);
        let long = format!("\"{}\"", "x".repeat(2 * 1024 * 1024));
        for (answer, most, detail) in [
            (json(&long), usize::MAX, "more than 1048576 bytes"),
            (format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{long}"), 100, "more than 100 bytes"),
            ("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n".to_owned(), 100, "was 500"),
            ("garbage".to_owned(), 100, "error"),
        ] {
            let canary = Canary::answering(answer).await;
            let url = format!("http://127.0.0.1:{}/?canary", canary.port);
            let refused = out.ask_at_once(&url, most).await.expect_err(detail);
            assert!(refused.detail().contains(detail) && !refused.detail().contains("canary"), "{}", refused.detail());
        }
    }

    /// A small answer could become a large one.
    #[tokio::test]
    async fn ss10_nothing_is_unpacked() {
        // gzip, as far as its header.
        let packed = [&[0x1f_u8, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x53, 0x40][..], &[0; 12]].concat();
        let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", packed.len());
        let canary = Canary::answering([head.as_bytes(), packed.as_slice()].concat()).await;
        let out = outbound(&["127.0.0.0/8"]);
        let url = format!("http://127.0.0.1:{}/", canary.port);
        let wanted = Wanted { what: "document", accept: "*/*", most: 1_000, is: |_, _| true };
        assert_eq!(out.ask(&url, &wanted).await.expect("fetched").body, packed);
        let call = Call { method: &reqwest::Method::POST, url: &url, headers: &[], body: None };
        assert_eq!(out.exchange(call, Duration::from_secs(2)).await.expect("answered").body, packed);
    }

    /// SS-07
    #[tokio::test]
    async fn what_cannot_be_had_is_told_of_when_patience_ends() {
        let patience = Duration::from_millis(300);
        let out = Outbound::new(&config::Outbound { patience, ..settings(&["127.0.0.0/8"]) }).expect("client");
        let (good, other) = (Canary::answering(json("{}")).await, Canary::answering(json("[]")).await);
        let gone = Canary::answering("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n").await;
        let wanted = Wanted { what: "thing", accept: "*/*", most: 100, is: |_, fetched| fetched.body == b"{}" };
        let url = |canary: &Canary| format!("http://127.0.0.1:{}/", canary.port);
        assert_eq!(out.get(&url(&good), &wanted).await.expect("fetched").body, b"{}");
        for (url, detail, is_gone) in [
            ("https://10.0.0.1/".to_owned(), "neither public", false),
            ("http://127.0.0.1:1/".to_owned(), "error", false),
            (url(&gone), "was 404", true),
            (url(&other), "isn't a thing", true),
        ] {
            let begun = Instant::now();
            let refused = out.get(&url, &wanted).await.expect_err(&url);
            assert!(begun.elapsed() >= patience, "{url}");
            assert!(refused.detail().contains(detail), "{}", refused.detail());
            assert_eq!((refused.gone(), refused.to_string().as_str()), (is_gone, "could not be fetched"));
        }
    }

    #[test]
    fn ss02_a_name_gives_only_addresses_that_may_be_reached() {
        let addresses = |policy, allow: &[&str]| Addresses { policy, allow: Arc::new(Allow::new(&entries(allow))) };
        let found =
            |list: &[&str]| list.iter().map(|ip| SocketAddr::new(ip.parse().expect("ip"), 0)).collect::<Vec<_>>();
        let public = addresses(Reach::PublicOrAllowed, &[]);
        let mixed = public.choose("x", found(&["10.0.0.1", "8.8.8.8", "::ffff:127.0.0.1", "2606:4700::1111"]));
        assert_eq!(mixed, Ok(found(&["8.8.8.8", "2606:4700::1111"])));
        assert!(public.choose("x", found(&["10.0.0.1"])).is_err() && public.choose("x", vec![]).is_err());
        let inside = addresses(Reach::Allowed, &["10.0.0.0/8"]);
        assert_eq!(inside.choose("x", found(&["10.0.0.1"])), Ok(found(&["10.0.0.1"])));
        assert!(inside.choose("x", found(&["10.0.0.1", "8.8.8.8"])).is_err());
        let named = addresses(Reach::Allowed, &["app.internal"]);
        assert_eq!(named.choose("app.internal", found(&["10.0.0.1"])), Ok(found(&["10.0.0.1"])));
        assert!(named.choose("x.app.internal", found(&["10.0.0.1"])).is_err());
    }

    #[test]
    fn an_extra_ca_that_cannot_be_read_is_told() {
        let with = |file: &Path| {
            Outbound::new(&config::Outbound { extra_ca: Some(file.to_owned()), ..settings(&[]) })
                .map(|_| ())
                .expect_err("refused")
        };
        assert!(with(Path::new("/nowhere/ca.pem")).contains("outbound.extra_ca: /nowhere/ca.pem"));
        let file = tempfile::NamedTempFile::new().expect("temporary file");
        assert!(with(file.path()).contains("no certificate"));
    }
}
