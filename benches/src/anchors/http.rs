//! H and G: what axum alone does on one core, in a process of its own so that its CPU is its own.

use std::{
    env,
    io::{BufRead, BufReader, Read, Write, stdin, stdout},
    net::{Ipv4Addr, SocketAddr},
    process::{Child as Process, Command, Stdio},
    thread,
};

use axum::{
    Router,
    body::Bytes,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::json;
use tokio::{net::TcpListener, runtime::Builder};
use url::form_urlencoded;

use crate::failure::Fault;

/// The hidden first argument that turns this program into the anchor's server.
pub const ARGUMENT: &str = "anchor-http";

/// About as long as a discovery document.
const PRERENDERED: &[u8] = &[b'x'; 2400];

/// The headers of a gate's answer, told by who knows them beforehand.
const HEADERS: [(&str, &str); 14] = [
    ("cache-control", "no-store"),
    ("x-symbolon-user", "0199f5a2-1c7b-7e21-9f53-0242ac120002"),
    ("x-symbolon-email", "person12@example.com"),
    ("x-symbolon-workspace", "default"),
    ("x-symbolon-role", "member"),
    ("x-symbolon-token-id", "0199f5a21c7b7e219f530242ac120002"),
    ("ratelimit-policy", "\"token\";q=1000000;w=1, \"workspace\";q=1000000;w=1"),
    ("ratelimit", "\"token\";r=999999;t=1, \"workspace\";r=999999;t=1"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", PERMISSIONS),
    ("strict-transport-security", "max-age=63072000; includeSubDomains"),
    ("x-request-id", "7K3M9QTA"),
];
const PERMISSIONS: &str = "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), \
    geolocation=(), gyroscope=(), hid=(), idle-detection=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), payment=(), \
    picture-in-picture=(), publickey-credentials-create=(self), publickey-credentials-get=(self), screen-wake-lock=(), serial=(), \
    sync-xhr=(), usb=(), xr-spatial-tracking=()";

/// The anchor's server while it runs.
pub struct Child {
    process: Process,
    address: SocketAddr,
}

impl Child {
    /// Starts it and waits until it listens.
    ///
    /// # Errors
    /// When it doesn't start.
    pub fn start() -> Result<Self, Fault> {
        let mut process =
            Command::new(env::current_exe()?).arg(ARGUMENT).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        let output = process.stdout.take().ok_or("the anchor has no output")?;
        BufReader::new(output).read_line(&mut line)?;
        let address = line.trim().parse()?;
        Ok(Self { process, address })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // Closing its input ends it; waiting leaves no zombie behind.
        drop(self.process.stdin.take());
        drop(self.process.wait());
    }
}

/// Serves the anchor on a free port, which it prints, until its input is closed.
///
/// # Errors
/// When it can't listen.
pub fn serve() -> Result<(), Fault> {
    // The one who started it may die without a word; then nobody holds the other end any more.
    thread::spawn(|| {
        drop(stdin().read_to_end(&mut Vec::new()));
        std::process::exit(0);
    });
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        writeln!(stdout(), "{}", listener.local_addr()?)?;
        let router = Router::new()
            .route("/token", post(token))
            .route("/", get(async || StatusCode::OK))
            .route("/headers", get(async || HEADERS))
            .route("/document", get(async || Bytes::from_static(PRERENDERED)));
        axum::serve(listener, router).await?;
        Ok(())
    })
}

/// Parses a form, writes JSON: all that is left of a token endpoint without tokens.
async fn token(body: Bytes) -> Response {
    let mut grant_type = None;
    let mut scope = None;
    for (name, value) in form_urlencoded::parse(&body) {
        match &*name {
            "grant_type" => grant_type = Some(value),
            "scope" => scope = Some(value),
            _ => {}
        }
    }
    if grant_type.as_deref() != Some("client_credentials") {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let response = json!({
        "access_token": "sym_at_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0-P0BBQkNERUZHSElKS0xNTk9QUVJTVFVWV1hZWltcXV5fYGFiY2RlZmdoaWprbG1ub3Bx",
        "token_type": "bearer",
        "expires_in": 3600,
        "scope": scope.unwrap_or_default(),
    });
    let headers =
        [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")];
    (headers, response.to_string()).into_response()
}

/// The request of H.
#[must_use]
pub fn form_post() -> Vec<u8> {
    let body = "grant_type=client_credentials&scope=openid+offline";
    format!(
        "POST /token HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: symbolon-bench\r\nAccept: */*\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\
         Authorization: Basic YmVuY2g6c3ltX2NzX0FBRUNBd1FGQmdjSUNRb0xEQTBPRHhBUg==\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// The request of G.
#[must_use]
pub fn prerendered_get() -> Vec<u8> {
    b"GET /document HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: symbolon-bench\r\nAccept: */*\r\n\r\n".to_vec()
}
