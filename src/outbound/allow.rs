//! `outbound.allow`: what the operator lets us reach beside the public internet.

use crate::config::Allowed;
use ipnet::IpNet;
use std::net::IpAddr;

/// The entries, by kind.
#[derive(Debug)]
pub(super) struct Allow {
    networks: Vec<IpNet>,
    hosts: Vec<String>,
}

impl Allow {
    pub fn new(entries: &[Allowed]) -> Self {
        let mut allow = Allow { networks: Vec::new(), hosts: Vec::new() };
        for entry in entries {
            match entry {
                Allowed::Network(network) => allow.networks.push(*network),
                Allowed::Host(host) => allow.hosts.push(host.clone()),
            }
        }
        allow
    }

    /// Whether this address may be reached although it isn't public.
    pub fn address(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks.iter().any(|net| net.contains(&address))
    }

    /// Whether this name may be followed wherever it leads.
    pub fn host(&self, name: &str) -> bool {
        let name = name.trim_end_matches('.');
        self.hosts.iter().any(|host| host.eq_ignore_ascii_case(name))
    }

    /// Whether this name could lead to something allowed; networks decide only once it is looked up.
    pub fn conceives(&self, name: &str) -> bool {
        !self.networks.is_empty() || self.host(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_allowed_network_is_allowed_in_its_mapped_form_too() {
        let allow = Allow::new(&["10.0.0.0/8".parse().expect("an entry"), "app.internal".parse().expect("an entry")]);
        let address = |text: &str| allow.address(text.parse().expect("an address"));
        assert!(address("10.1.2.3") && address("::ffff:10.1.2.3"));
        assert!(!address("11.1.2.3") && !address("::10.1.2.3"));
        assert!(allow.host("APP.internal.") && !allow.host("x.app.internal") && !allow.host("internal"));
    }
}
