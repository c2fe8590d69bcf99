//! The request that a proxy asks about, in the words of that proxy, and only of proxies that the settings name: anyone else
//! could write any headers.

use crate::app::App;
use crate::observe::is_trusted;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use std::net::IpAddr;

/// A request to somebody else's API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Original {
    pub method: String,
    /// In lower case, without port.
    pub host: String,
    /// As it was sent.
    pub path: String,
}

/// What is known of it; else why nothing is.
pub(super) type Known = Result<Original, &'static str>;

/// How a proxy says which request it asks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Convention {
    /// nginx's `auth_request`, as our snippet sets it up: X-Original-Method, X-Original-URL.
    Nginx,
    /// Traefik, Caddy: X-Forwarded-Method, X-Forwarded-Host, X-Forwarded-Uri.
    Forward,
    /// Envoy's ext_authz over HTTP: the request's own method and host, its path behind ours.
    Envoy,
}

const UNTRUSTED: &str = "rules look at the original request, which only proxies in `proxies.trusted` may name";

impl Convention {
    /// Of those who ask at this path, with any method.
    pub fn at(path: &str) -> Option<Self> {
        match path.strip_prefix("/gate/")? {
            "nginx" => Some(Convention::Nginx),
            "forward" => Some(Convention::Forward),
            rest if rest == "envoy" || rest.starts_with("envoy/") => Some(Convention::Envoy),
            _ => None,
        }
    }

    /// The pattern of their paths.
    pub fn route(self) -> &'static str {
        match self {
            Convention::Nginx => "/gate/nginx",
            Convention::Forward => "/gate/forward",
            Convention::Envoy => "/gate/envoy/{*path}",
        }
    }

    /// What they say of the original request; `peer` is the other end of their connection.
    pub(super) fn read(self, app: &App, parts: &Parts, peer: IpAddr) -> Known {
        if !is_trusted(peer, &app.config.proxies.trusted) {
            return Err(UNTRUSTED);
        }
        match self {
            Convention::Nginx => {
                let method = one(&parts.headers, "x-original-method");
                let url = one(&parts.headers, "x-original-url");
                let (method, url) =
                    method.zip(url).ok_or("X-Original-Method and X-Original-URL must be sent once each")?;
                let (host, path) = split(url).ok_or("X-Original-URL must be an absolute URL")?;
                named(method, host, path)
            }
            Convention::Forward => {
                let text = |name| one(&parts.headers, name);
                let all = text("x-forwarded-method").zip(text("x-forwarded-host")).zip(text("x-forwarded-uri"));
                let missing = "X-Forwarded-Method, X-Forwarded-Host and X-Forwarded-Uri must be sent once each";
                let ((method, host), path) = all.ok_or(missing)?;
                named(method, host, path)
            }
            Convention::Envoy => {
                let host = one(&parts.headers, header::HOST.as_str()).ok_or("Host must be sent once")?;
                let path = parts.uri.path().strip_prefix("/gate/envoy").filter(|path| path.starts_with('/'));
                named(parts.method.as_str(), host, path.ok_or("path_prefix must be /gate/envoy")?)
            }
        }
    }
}

/// The one value of a header; none when it is absent or was sent twice.
fn one<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut all = headers.get_all(name).iter();
    match (all.next(), all.next()) {
        (Some(value), None) => value.to_str().ok().filter(|value| !value.is_empty()),
        _ => None,
    }
}

/// Host and path of an absolute URL, neither made prettier.
pub(super) fn split(url: &str) -> Option<(&str, &str)> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at_checked(end)?;
    Some((host, if path.is_empty() { "/" } else { path }))
}

/// A method, a host and a path that can be compared.
pub(super) fn named(method: &str, host: &str, path: &str) -> Known {
    let capitals = (1..=32).contains(&method.len()) && method.bytes().all(|b| b.is_ascii_uppercase());
    if !capitals {
        return Err("the original method must be in capitals");
    }
    let host = host.to_ascii_lowercase();
    let bare = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => &host,
    };
    let bare = bare.strip_suffix('.').unwrap_or(bare);
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b);
    if bare.is_empty() || !bare.bytes().all(plain) {
        return Err("the original host can't be read");
    }
    Ok(Original { method: method.to_owned(), host: bare.to_owned(), path: path.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_taken_apart_and_not_changed() {
        for (url, host, path) in [
            ("https://api.example.com/a//b/../c?x=1", "api.example.com", "/a//b/../c?x=1"),
            ("http://api.example.com", "api.example.com", "/"),
            ("https://api.example.com?x", "api.example.com", "?x"),
            ("https://[::1]:8443/a", "[::1]:8443", "/a"),
        ] {
            assert_eq!(split(url), Some((host, path)), "{url}");
        }
        assert_eq!(split("/a"), None);
        assert_eq!(split("ftp://a/b"), None);
    }

    #[test]
    fn a_path_of_ours_says_who_asks() {
        for (path, asks) in [
            ("/gate/nginx", Some(Convention::Nginx)),
            ("/gate/forward", Some(Convention::Forward)),
            ("/gate/envoy", Some(Convention::Envoy)),
            ("/gate/envoy/", Some(Convention::Envoy)),
            ("/gate/envoy/a//b", Some(Convention::Envoy)),
        ] {
            assert_eq!(Convention::at(path), asks, "{path}");
        }
        for path in
            ["/gate/nginx/", "/gate/forwarded", "/gate/envoys", "/gate", "/gate/check", "/v1/gate/nginx", "gate/nginx"]
        {
            assert_eq!(Convention::at(path), None, "{path}");
        }
    }

    #[test]
    fn hosts_are_compared_without_port_case_and_last_dot() {
        for (host, bare) in
            [("API.example.com:8443", "api.example.com"), ("a.example.", "a.example"), ("[::1]:80", "[::1]")]
        {
            assert_eq!(named("GET", host, "/").map(|one| one.host), Ok(bare.to_owned()), "{host}");
        }
        for (method, host) in [("get", "a"), ("", "a"), ("GET", ""), ("GET", "a b"), ("GET", "user@a"), ("GET", "a/b")]
        {
            assert!(named(method, host, "/").is_err(), "{method} {host}");
        }
    }
}
