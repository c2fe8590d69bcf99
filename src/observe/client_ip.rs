//! Who is at the other end: the peer, or whom a trusted proxy names in `X-Forwarded-For`.

use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};

/// The address that a request comes from, for throttling and logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientIp(pub IpAddr);

/// The peer; or, when the peer is a trusted proxy, the right-most `X-Forwarded-For` entry that isn't one itself.
///
/// Every proxy appends the address that it saw, so what stands left of the first untrusted entry is that client's own
/// invention. `forwarded` are the values of all such headers in order.
pub fn client_ip<'a>(peer: IpAddr, forwarded: impl DoubleEndedIterator<Item = &'a str>, trusted: &[IpNet]) -> ClientIp {
    let mut at = peer.to_canonical();
    for entry in forwarded.rev().flat_map(|value| value.rsplit(',')) {
        if !is_trusted(at, trusted) {
            break;
        }
        match address(entry) {
            Some(before) => at = before,
            // Nobody can be named by what isn't an address; the last proxy that we know is answerable.
            None => break,
        }
    }
    ClientIp(at)
}

/// Whether an address is a reverse proxy of ours.
pub fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    let address = address.to_canonical();
    trusted.iter().any(|net| net.contains(&address))
}

/// An address as proxies write it: `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:4711`.
fn address(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim();
    let bare = entry.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(entry);
    let ip = bare.parse().ok().or_else(|| entry.parse::<SocketAddr>().ok().map(|with_port| with_port.ip()));
    ip.map(|ip: IpAddr| ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seen(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().expect("network")).collect();
        client_ip(peer.parse().expect("address"), forwarded.iter().copied(), &trusted).0.to_string()
    }

    #[test]
    fn the_right_most_untrusted_entry_counts() {
        let ours = ["10.0.0.0/8", "fd00::/8"];
        for (peer, forwarded, expected) in [
            ("203.0.113.9", &["198.51.100.1"][..], "203.0.113.9"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["6.6.6.6, 198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["6.6.6.6", "198.51.100.1,10.9.9.9"], "198.51.100.1"),
            ("10.0.0.1", &["6.6.6.6, nonsense, 10.2.2.2"], "10.2.2.2"),
            ("10.0.0.1", &["nonsense"], "10.0.0.1"),
            ("10.0.0.1", &[""], "10.0.0.1"),
            ("10.0.0.1", &["10.3.3.3, 10.2.2.2"], "10.3.3.3"),
            ("10.0.0.1", &["198.51.100.1:4711"], "198.51.100.1"),
            ("fd00::1", &["[2001:db8::1]:4711"], "2001:db8::1"),
            ("fd00::1", &["[2001:db8::1]"], "2001:db8::1"),
            ("::ffff:10.0.0.1", &["::ffff:198.51.100.1"], "198.51.100.1"),
        ] {
            assert_eq!(seen(peer, forwarded, &ours), expected, "{peer} {forwarded:?}");
        }
    }

    fn entries() -> impl Strategy<Value = Vec<String>> {
        let entry = prop_oneof![
            any::<std::net::Ipv4Addr>().prop_map(|ip| ip.to_string()),
            any::<std::net::Ipv6Addr>().prop_map(|ip| ip.to_string()),
            "10\\.0\\.0\\.[0-9]",
            "[ -~]{0,20}",
        ];
        prop::collection::vec(prop::collection::vec(entry, 0..4).prop_map(|list| list.join(", ")), 0..4)
    }

    proptest! {
        /// F-17.
        #[test]
        fn no_header_moves_an_untrusted_peer(peer: std::net::Ipv4Addr, forwarded in entries()) {
            prop_assume!(!peer.octets().starts_with(&[10]));
            let trusted = ["10.0.0.0/8".parse().expect("network")];
            let seen = client_ip(peer.into(), forwarded.iter().map(String::as_str), &trusted);
            prop_assert_eq!(seen, ClientIp(peer.into()));
        }

        /// What a client writes stands left of what the proxy adds, and never counts.
        #[test]
        fn a_client_behind_a_proxy_cannot_choose_its_address(invented in entries(), real: std::net::Ipv4Addr) {
            prop_assume!(!real.octets().starts_with(&[10]));
            let trusted = ["10.0.0.0/8".parse().expect("network")];
            let added = real.to_string();
            let all = invented.iter().map(String::as_str).chain([added.as_str()]);
            let all: Vec<&str> = all.collect();
            let seen = client_ip("10.0.0.1".parse().expect("address"), all.into_iter(), &trusted);
            prop_assert_eq!(seen, ClientIp(real.into()));
        }
    }
}
