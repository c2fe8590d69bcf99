//! `symbolon snippet`: a configuration with which a proxy asks the gate; the tests run those of the proxies that Debian has.

use super::output::{Failure, Printed};
use clap::{Args, ValueEnum};
use serde_json::json;

/// `symbolon snippet`
#[derive(Debug, Args)]
pub(super) struct Snippet {
    /// Which proxy
    proxy: Proxy,
    /// Where Symbolon listens, as the proxy reaches it
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:4444", value_parser = place)]
    gate: String,
    /// Where the API listens that is guarded
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:3000", value_parser = place)]
    backend: String,
    /// What the API is called
    #[arg(long, value_name = "NAME", default_value = "api.example.com", value_parser = name)]
    host: String,
    /// Where the proxy listens
    #[arg(long = "at", value_name = "PORT", default_value_t = 8080)]
    port: u16,
    /// HAProxy and Apache have a script beside their configuration
    #[arg(long, value_name = "PART", default_value = "config")]
    part: Part,
    /// Where that script is
    #[arg(long, value_name = "FILE")]
    lua: Option<String>,
}

/// A proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Proxy {
    Nginx,
    Traefik,
    Caddy,
    Envoy,
    Haproxy,
    Apache,
}

/// A file of its configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    Config,
    Lua,
}

/// A host and a port, and nothing that a configuration would read as something else.
fn place(text: &str) -> Result<String, &'static str> {
    let port = |port: &str| port.parse::<u16>().is_ok();
    match text.rsplit_once(':') {
        Some((host, number)) if port(number) && name(host).is_ok() => Ok(text.to_owned()),
        _ => Err("write a host and a port, as 127.0.0.1:3000"),
    }
}

fn name(text: &str) -> Result<String, &'static str> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._[]:".contains(&b);
    if !text.is_empty() && text.bytes().all(plain) { Ok(text.to_owned()) } else { Err("write a host name") }
}

pub(super) fn run(ask: &Snippet) -> Result<Printed, Failure> {
    let (template, lua) = match (ask.proxy, ask.part) {
        (Proxy::Nginx, Part::Config) => (include_str!("snippets/nginx.conf"), ""),
        (Proxy::Traefik, Part::Config) => (include_str!("snippets/traefik.yml"), ""),
        (Proxy::Caddy, Part::Config) => (include_str!("snippets/Caddyfile"), ""),
        (Proxy::Envoy, Part::Config) => (include_str!("snippets/envoy.yaml"), ""),
        (Proxy::Haproxy, Part::Config) => (include_str!("snippets/haproxy.cfg"), "/etc/haproxy/symbolon.lua"),
        (Proxy::Apache, Part::Config) => (include_str!("snippets/apache.conf"), "/etc/apache2/symbolon.lua"),
        (Proxy::Haproxy, Part::Lua) => (include_str!("snippets/haproxy.lua"), ""),
        (Proxy::Apache, Part::Lua) => (include_str!("snippets/apache.lua"), ""),
        (_, Part::Lua) => {
            return Err(Failure::usage("only haproxy and apache have a script beside their configuration"));
        }
    };
    let (backend_host, backend_port) = ask.backend.rsplit_once(':').unwrap_or_default();
    let (gate_host, gate_port) = ask.gate.rsplit_once(':').unwrap_or_default();
    let port = ask.port.to_string();
    let text = [
        ("@gate@", ask.gate.as_str()),
        ("@gate_host@", gate_host),
        ("@gate_port@", gate_port),
        ("@backend@", &ask.backend),
        ("@backend_host@", backend_host),
        ("@backend_port@", backend_port),
        ("@host@", &ask.host),
        ("@listen@", &port),
        ("@lua@", ask.lua.as_deref().unwrap_or(lua)),
    ]
    .into_iter()
    .fold(template.to_owned(), |text, (mark, value)| text.replace(mark, value));
    let json = json!({ "configuration": text });
    Ok(Printed::new(text, json))
}
