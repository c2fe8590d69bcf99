//! RFC 9112 §3.2, §6.3 and RFC 9110 §15.5.15: requests that are turned away before any route is asked.

use super::refusal::{last_refusal, refusal};
use super::wire::{Ambiguous, Unreadable};
use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::Response;

/// The longest request target, in bytes. Authorization requests with everything in them stay below 4 KiB; longer ones
/// are what PAR is for.
const MAX_TARGET: usize = 8 * 1024;

/// 400 for what nobody can read or two parsers could read in two ways, 414 for long targets.
pub(super) fn gate(request: &Request) -> Result<(), Box<Response>> {
    if let Some(Unreadable(status)) = request.extensions().get::<Unreadable>() {
        return Err(last_refusal(*status, "invalid_request", unreadable(*status)));
    }
    let bad = |why| Err(last_refusal(StatusCode::BAD_REQUEST, "invalid_request", why));
    if request.extensions().get::<Ambiguous>().is_some() {
        return bad("The request's end can't be told for sure.");
    }
    if target_length(request.uri()) > MAX_TARGET {
        let why = "The request's address is too long.";
        return Err(Box::new(refusal(StatusCode::URI_TOO_LONG, "invalid_request", why)));
    }
    if !one_plain_host(request.headers(), request.uri()) {
        return bad("The request must name exactly one host.");
    }
    Ok(())
}

fn unreadable(status: StatusCode) -> &'static str {
    match status {
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => "The request's head is too large, or has too many fields.",
        _ => "The request can't be read.",
    }
}

fn target_length(uri: &Uri) -> usize {
    let authority = uri.authority().map_or(0, |authority| authority.as_str().len());
    authority.saturating_add(uri.path_and_query().map_or(0, |rest| rest.as_str().len()))
}

/// §3.2: one `Host`, without user information, and not contradicting an absolute target.
fn one_plain_host(headers: &HeaderMap, uri: &Uri) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return false;
    };
    if uri.authority().is_none() && simple(host.as_bytes()) {
        return true;
    }
    let authority = host.to_str().ok().and_then(|host| host.parse::<Authority>().ok());
    let Some(host) = authority.filter(|host| !host.as_str().contains('@')) else {
        return false;
    };
    uri.authority().is_none_or(|target| target == &host)
}

/// A name or an IPv4 address, and perhaps a port: what nearly everybody sends.
fn simple(host: &[u8]) -> bool {
    let mut halves = host.splitn(2, |byte| *byte == b':');
    let name = halves.next().unwrap_or_default();
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let port = |port: &[u8]| (1..=5).contains(&port.len()) && port.iter().all(u8::is_ascii_digit);
    !name.is_empty() && name.iter().all(plain) && halves.next().is_none_or(port)
}
