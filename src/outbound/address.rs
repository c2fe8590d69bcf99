//! Which addresses are the public internet: those that no registry of special purposes takes out (RFC 6890, and IANA's
//! IPv4 and IPv6 Special-Purpose Address Registries).

use ipnet::{Ipv4Net, Ipv6Net};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address can belong to a stranger's server. IPv6 forms that carry an IPv4 address (mapped, compatible,
/// 6to4, Teredo, NAT64) never do: written so, any private address would look public.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => !SPECIAL_V4.iter().any(|net| net.contains(&v4)),
        IpAddr::V6(v6) => GLOBAL_V6.contains(&v6) && !SPECIAL_V6.iter().any(|net| net.contains(&v6)),
    }
}

const fn v4(a: u8, b: u8, c: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, 0), length)
}

const fn v6(a: u16, b: u16, c: u16, length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), length)
}

const SPECIAL_V4: [Ipv4Net; 18] = [
    v4(0, 0, 0, 8),       // RFC 791 §3.2: this network; many systems connect 0.0.0.0 to themselves
    v4(10, 0, 0, 8),      // RFC 1918: private
    v4(100, 64, 0, 10),   // RFC 6598: carrier-grade NAT
    v4(127, 0, 0, 8),     // RFC 1122 §3.2.1.3: loopback
    v4(169, 254, 0, 16),  // RFC 3927: link-local, where clouds serve their metadata
    v4(172, 16, 0, 12),   // RFC 1918: private
    v4(192, 0, 0, 24),    // RFC 6890 §2.1: protocol assignments
    v4(192, 0, 2, 24),    // RFC 5737: documentation
    v4(192, 31, 196, 24), // RFC 7535: AS112
    v4(192, 52, 193, 24), // RFC 7450: multicast tunnels
    v4(192, 88, 99, 24),  // RFC 7526: what 6to4 relays used
    v4(192, 168, 0, 16),  // RFC 1918: private
    v4(192, 175, 48, 24), // RFC 7534: AS112
    v4(198, 18, 0, 15),   // RFC 2544: benchmarks
    v4(198, 51, 100, 24), // RFC 5737: documentation
    v4(203, 0, 113, 24),  // RFC 5737: documentation
    v4(224, 0, 0, 4),     // RFC 5771: multicast
    v4(240, 0, 0, 4),     // RFC 1112 §4: reserved, and the broadcast address
];

/// RFC 4291 §2.4: all that IANA gives out as global unicast. Loopback, link-local, unique local, multicast, mapped,
/// compatible and NAT64 addresses lie outside.
const GLOBAL_V6: Ipv6Net = v6(0x2000, 0, 0, 3);

const SPECIAL_V6: [Ipv6Net; 5] = [
    v6(0x2001, 0, 0, 23),         // RFC 2928: protocol assignments, with Teredo, benchmarks and ORCHID
    v6(0x2001, 0xdb8, 0, 32),     // RFC 3849: documentation
    v6(0x2002, 0, 0, 16),         // RFC 3056: 6to4
    v6(0x2620, 0x4f, 0x8000, 48), // RFC 7534: AS112
    v6(0x3fff, 0, 0, 20),         // RFC 9637: documentation
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("address")
    }

    #[test]
    fn ss01_special_addresses_are_not_public() {
        for text in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.0.170",
            "192.0.0.192",
            "192.0.2.1",
            "192.31.196.1",
            "192.52.193.1",
            "192.88.99.1",
            "192.168.0.1",
            "192.168.255.255",
            "192.175.48.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.254",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::127.0.0.1",
            "::8.8.8.8",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::ffff:8.8.8.8",
            "::ffff:0:8.8.8.8",
            "64:ff9b::7f00:1",
            "64:ff9b::8.8.8.8",
            "64:ff9b:1::1",
            "100::1",
            "100:0:0:1::1",
            "2001::1",
            "2001:0:4136:e378::",
            "2001:1::1",
            "2001:2::1",
            "2001:3::1",
            "2001:4:112::1",
            "2001:10::1",
            "2001:20::1",
            "2001:30::1",
            "2001:1ff:ffff::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:a00:1::1",
            "2002:808:808::1",
            "2620:4f:8000::1",
            "3fff::1",
            "3fff:fff::1",
            "4000::1",
            "5f00::1",
            "8000::1",
            "fc00::1",
            "fd00::1",
            "fd00:ec2::254",
            "fdff::1",
            "fe80::1",
            "fe80::a9fe:a9fe",
            "febf::1",
            "fec0::1",
            "ff00::1",
            "ff02::1",
            "ff0e::1",
        ] {
            assert!(!is_public(ip(text)), "{text}");
        }
    }

    #[test]
    fn addresses_beside_the_special_ones_are_public() {
        for text in [
            "1.0.0.0",
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.0.3.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "203.0.112.255",
            "203.0.114.0",
            "223.255.255.255",
            "2000::1",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2001:db7:ffff::1",
            "2001:db9::1",
            "2003::1",
            "2606:4700:4700::1111",
            "2a00:1450::1",
            "3ffe::1",
            "3fff:1000::1",
        ] {
            assert!(is_public(ip(text)), "{text}");
        }
    }

    proptest! {
        /// F-15: no address that the standard library knows to be special gets through.
        #[test]
        fn f15_v4_agrees_with_the_standard_library(v4: Ipv4Addr) {
            let special = v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_multicast()
                || v4.is_broadcast() || v4.is_documentation() || v4.is_unspecified();
            prop_assert!(!(special && is_public(v4.into())));
            prop_assert!(!is_public(v4.to_ipv6_mapped().into()) && !is_public(v4.to_ipv6_compatible().into()));
        }

        #[test]
        fn f15_v6_is_public_only_within_2000_3(v6: Ipv6Addr) {
            prop_assert!(!is_public(v6.into()) || v6.octets()[0] >> 5 == 1);
        }
    }
}
