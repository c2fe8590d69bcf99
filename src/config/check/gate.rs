//! What the settings of the gate and of tokens must be.

use super::{Checked, ensure};
use crate::base::{ScopeSet, uri};
use crate::config::{Config, Rule};
use std::collections::BTreeMap;

/// More than anyone means, and few enough for arithmetic in microseconds.
const MOST: u32 = 1_000_000;

pub(super) fn check(config: &Config) -> Checked {
    let l = &config.limits;
    for (setting, rate) in [
        ("limits.token_per_second", l.token_per_second),
        ("limits.workspace_per_second", l.workspace_per_second),
        ("limits.client_per_second", l.client_per_second),
        ("limits.address_per_second", l.address_per_second),
    ] {
        ensure(rate <= MOST, setting, "must be between 0 and 1000000", "write 0 for no limit")?;
    }
    let known = |url: &str| url.starts_with("redis://") || url.starts_with("rediss://");
    let fix = "write redis://host:6379/0, or leave it out: then each replica counts for itself";
    ensure(
        l.url.as_ref().is_none_or(|url| known(url.reveal())),
        "limits.url",
        "must start with redis:// or rediss://",
        fix,
    )?;
    let fix = "write how many replicas share the store";
    ensure((1..=1000).contains(&l.replicas), "limits.replicas", "must be between 1 and 1000", fix)?;
    let most = config.api_tokens.max_per_user;
    let fix = "leave it out to have 3";
    ensure((1..=1000).contains(&most), "api_tokens.max_per_user", "must be between 1 and 1000", fix)?;
    let own = config.metrics.listen.is_none_or(|at| at.port() == 0 || at != config.listen);
    ensure(own, "metrics.listen", "is what `listen` is", "choose another port: metrics have a listener of their own")?;
    let audience = config.gate.audience.as_deref().is_none_or(uri::check_resource);
    ensure(audience, "gate.audience", "must be an absolute URI without fragment", "write https://api.example.com")?;
    rules(&config.gate.rules)
}

fn rules(rules: &[Rule]) -> Checked {
    let mut classes = BTreeMap::new();
    for (n, rule) in rules.iter().enumerate() {
        let wrong = |holds: bool, member: &str, what: &str, fix: &str| {
            ensure(holds, "gate.rules", format!("rule {}: {member} {what}", n + 1), fix)
        };
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-._:[]*".contains(&b);
        let host = rule.host.as_deref().is_none_or(|host| !host.is_empty() && host.bytes().all(plain));
        wrong(
            host,
            "host",
            "must be a host name in lower case, without scheme or port",
            "write api.example.com or *.example.com",
        )?;
        let path = rule.path.as_deref().is_none_or(path_pattern);
        wrong(
            path,
            "path",
            "must be a path as /reports, or /reports/* with all below it",
            "it has no query and no escapes",
        )?;
        let methods =
            rule.methods.iter().all(|method| !method.is_empty() && method.bytes().all(|b| b.is_ascii_uppercase()));
        wrong(methods, "methods", "must be a list of methods in capitals", "write [\"GET\", \"HEAD\"]")?;
        let names = rule.scopes.iter().all(|name| !name.is_empty() && !name.contains(' '));
        let scopes = names && ScopeSet::parse(&rule.scopes.join(" ")).is_ok();
        wrong(scopes, "scopes", "must be a list of scope names", "write [\"reports:read\"]")?;
        wrong(
            !rule.anonymous || rule.scopes.is_empty(),
            "anonymous",
            "can't stand beside scopes",
            "leave one of them out",
        )?;
        let audience = rule.audience.as_deref().is_none_or(uri::check_resource);
        wrong(audience, "audience", "must be an absolute URI without fragment", "write https://api.example.com")?;
        let both = rule.limit.is_some() == rule.per_second.is_some();
        wrong(both, "limit", "and per_second need each other", "write limit = \"reports\" and per_second = 1")?;
        if let (Some(limit), Some(rate)) = (&rule.limit, rule.per_second) {
            let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b);
            let named = (1..=32).contains(&limit.len()) && limit.bytes().all(plain);
            let taken = ["token", "workspace", "client", "address", "invalid"].contains(&limit.as_str());
            wrong(
                named && !taken,
                "limit",
                "must be a short name in lower case that isn't one of ours",
                "write reports",
            )?;
            wrong(
                (1..=MOST).contains(&rate),
                "per_second",
                "must be between 1 and 1000000",
                "leave the limit out for none",
            )?;
            let same = *classes.entry(limit.clone()).or_insert(rate) == rate;
            wrong(
                same,
                "per_second",
                "must be the same in all rules with this limit",
                "or give the limit another name",
            )?;
        }
    }
    Ok(())
}

/// What a path looks like once it can be read in one way only.
fn path_pattern(path: &str) -> bool {
    let whole = path.strip_suffix("/*").unwrap_or(path);
    let segment = |segment: &str| {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~!$&'()+,=:@".contains(&b);
        !segment.is_empty() && segment != "." && segment != ".." && segment.bytes().all(plain)
    };
    let inner = whole.strip_prefix('/').map(|rest| rest.strip_suffix('/').unwrap_or(rest));
    match inner {
        Some("") => true,
        Some(rest) => rest.split('/').all(segment),
        None => whole.is_empty() && path == "/*",
    }
}
