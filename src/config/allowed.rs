//! One entry of `outbound.allow`: a host by name, an address, or a network.

use ipnet::IpNet;
use serde::{Deserialize, Deserializer, de::Error};
use std::net::IpAddr;
use std::str::FromStr;
use url::Host;

/// What requests of ours may reach although it isn't public, and over plain http.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// All addresses of it; a single address is a network of one.
    Network(IpNet),
    /// This name in lower case, wherever it leads.
    Host(String),
}

impl FromStr for Allowed {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(network) = text.parse::<IpNet>() {
            return Ok(Allowed::Network(network));
        }
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Allowed::Network(IpNet::from(address)));
        }
        // The parser of URLs decides what is a name, since it is what reads the URLs that are compared with it.
        match Host::parse(text) {
            Ok(Host::Domain(name)) if !name.contains('*') && !text.contains('/') => {
                Ok(Allowed::Host(name.trim_end_matches('.').to_owned()))
            }
            _ => Err("that is neither a host name nor an address nor a network"),
        }
    }
}

impl<'de> Deserialize<'de> for Allowed {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_a_network_an_address_or_a_name() {
        let net = |text: &str| Allowed::Network(text.parse().expect("a network"));
        for (text, meant) in [
            ("10.0.0.0/8", net("10.0.0.0/8")),
            ("fd00::/8", net("fd00::/8")),
            ("10.1.2.3", net("10.1.2.3/32")),
            ("::1", net("::1/128")),
            ("Billing.Internal.", Allowed::Host("billing.internal".to_owned())),
            ("localhost", Allowed::Host("localhost".to_owned())),
        ] {
            assert_eq!(text.parse(), Ok(meant), "{text}");
        }
        for bad in
            ["", "10.0.0.0/99", "https://x.example", "x.example:8080", "x.example/a", "*.example", "0x7f.1", "a b"]
        {
            assert!(bad.parse::<Allowed>().is_err(), "{bad}");
        }
    }
}
