//! What settings must be among themselves, each refusal with the sentence that the operator needs.

mod gate;
mod mail;

use super::{Brand, Cimd, Config, Keys, Lifetimes, Limits, SelfRegistration, Transport, span};
use crate::base::ScopeSet;
use crate::lang::Language;
use std::net::IpAddr;
use std::time::Duration;
use url::{Host, Url};

/// A setting that can't stand.
#[derive(Debug)]
pub(super) struct Wrong {
    /// Its dotted path.
    pub setting: &'static str,
    /// What is wrong, to be read after the path.
    pub what: String,
    /// What to do.
    pub fix: String,
}

type Checked = Result<(), Wrong>;

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);
/// Longer than anyone means, short enough that no sum of times overflows.
const EVER: Duration = Duration::from_secs(3650 * 86_400);

/// Checks everything that a type can't say.
pub(super) fn check(config: &Config) -> Checked {
    issuer(&config.issuer)?;
    database_url(config)?;
    name(&config.name)?;
    log_level(&config.log.level)?;
    lifetimes(&config.lifetimes)?;
    signin(config)?;
    keys(&config.keys, &config.lifetimes)?;
    between("logout.give_up_after", config.logout.give_up_after, Duration::from_secs(60), 30 * DAY)?;
    passwords(config)?;
    limits(&config.limits)?;
    gate::check(config)?;
    strangers(config)?;
    implied(config)?;
    language(&config.ui.language)?;
    mail::check(&config.mail)?;
    scope_languages(config)?;
    brand(&config.brand)?;
    for (setting, number) in [
        ("throttle.account", config.throttle.account),
        ("throttle.address", config.throttle.address),
        ("throttle.client", config.throttle.client),
        ("registration_policy.per_minute", config.registration_policy.per_minute),
        ("throttle.waiting", config.throttle.waiting),
        ("database.max_connections", config.database.max_connections),
    ] {
        ensure(number > 0, setting, "must not be 0", "leave it out to have the default")?;
    }
    Ok(())
}

fn ensure(holds: bool, setting: &'static str, what: impl Into<String>, fix: impl Into<String>) -> Checked {
    if holds { Ok(()) } else { Err(Wrong { setting, what: what.into(), fix: fix.into() }) }
}

/// RFC 8414 §2 and OIDC Discovery §3, narrowed to a bare origin: paths in issuers are where clients disagree.
fn issuer(issuer: &str) -> Checked {
    let form = "write scheme, host and, where it isn't the usual one, port: https://id.example.com";
    let Ok(url) = Url::parse(issuer) else {
        return ensure(false, "issuer", "isn't a URL", form);
    };
    let (origin, https) = (url.origin().ascii_serialization(), url.scheme() == "https");
    ensure(https || url.scheme() == "http", "issuer", "must start with https://", form)?;
    ensure(url.host_str().is_some(), "issuer", "has no host", form)?;
    let bare = url.username().is_empty() && url.password().is_none() && url.port() != Some(0);
    ensure(bare, "issuer", "must not contain a user name, a password or port 0", form)?;
    let rest = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    ensure(rest, "issuer", "must be a bare origin without path, query or fragment", format!("write {origin}"))?;
    // Clients compare the issuer byte for byte, and we hand out what is written here.
    let normal = "must be in its normal form: lower case, no trailing slash, no default port";
    ensure(issuer == origin, "issuer", normal, format!("write {origin}"))?;
    let loopback = match url.host() {
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        Some(Host::Domain(host)) => host == "localhost",
        None => false,
    };
    let https_form = origin.replacen("http:", "https:", 1);
    let what = "uses plain http, which is only for loopback addresses: tokens would travel readably";
    ensure(https || loopback, "issuer", what, format!("write {https_form} and let a reverse proxy speak TLS for it"))
}

fn database_url(config: &Config) -> Checked {
    let known = |url: &str| url.starts_with("postgres://") || url.starts_with("postgresql://");
    let holds = config.database_url.as_ref().is_none_or(|url| known(url.reveal()));
    let fix = "write postgres://user:password@host/database, or leave it out for SQLite in data_dir";
    ensure(holds, "database_url", "must start with postgres:// or postgresql://", fix)
}

fn name(name: &str) -> Checked {
    let length = name.trim().chars().count();
    let printable = !name.chars().any(char::is_control);
    let what = "must have between 1 and 60 characters, none of them control characters";
    ensure((1..=60).contains(&length) && name.chars().count() <= 60 && printable, "name", what, "write a short name")
}

fn language(tag: &str) -> Checked {
    let tags: Vec<&str> = Language::all().map(Language::tag).collect();
    let fix = format!("write one of {}", tags.join(", "));
    ensure(tags.contains(&tag), "ui.language", "isn't a language that pages are written in", fix)
}

fn scope_languages(config: &Config) -> Checked {
    let known = |tag: &String| Language::all().any(|language| language.tag() == tag);
    let unknown =
        config.scopes.iter().find_map(|(scope, text)| Some((scope, text.translated.keys().find(|tag| !known(tag))?)));
    unknown.map_or(Ok(()), |(scope, tag)| {
        let tags: Vec<&str> = Language::all().map(Language::tag).collect();
        let what = format!("[scopes.\"{scope}\"] in.{tag} isn't a language that pages are written in");
        ensure(false, "scopes", what, format!("write one of {}", tags.join(", ")))
    })
}

fn brand(brand: &Brand) -> Checked {
    for (setting, link, mail) in [
        ("brand.support", &brand.support, true),
        ("brand.privacy", &brand.privacy, false),
        ("brand.terms", &brand.terms, false),
    ] {
        let Some(link) = link else { continue };
        let url = Url::parse(link).ok().filter(|_| link.len() <= 2048 && !link.contains(char::is_whitespace));
        let fits =
            |url: &Url| url.username().is_empty() && (url.scheme() == "https" || (mail && url.scheme() == "mailto"));
        let fix = if mail { "write https://… or mailto:help@example.com" } else { "write https://…" };
        ensure(url.as_ref().is_some_and(fits), setting, "isn't a link that pages can show", fix)?;
    }
    Ok(())
}

/// `EnvFilter` would read a misspelled level as the name of a module, and then log everything of that and nothing else.
fn log_level(filter: &str) -> Checked {
    let level = |text: &str| {
        ["off", "error", "warn", "info", "debug", "trace"].iter().any(|known| text.trim().eq_ignore_ascii_case(known))
    };
    let directive = |part: &str| match part.rsplit_once('=') {
        Some((target, at)) => !target.trim().is_empty() && level(at),
        None => level(part),
    };
    let holds = filter.split(',').all(directive) && tracing_subscriber::EnvFilter::try_new(filter).is_ok();
    let fix = "write error, warn, info, debug or trace, or by module: info,symbolon::oauth=debug";
    ensure(holds, "log.level", "isn't a level", fix)
}

fn lifetimes(l: &Lifetimes) -> Checked {
    for (setting, lives, most) in [
        ("lifetimes.code", l.code, Duration::from_secs(600)),
        ("lifetimes.access_token", l.access_token, 30 * DAY),
        ("lifetimes.jwt_access_token", l.jwt_access_token, DAY),
        ("lifetimes.id_token", l.id_token, 30 * DAY),
        ("lifetimes.refresh_absolute", l.refresh_absolute, EVER),
        ("lifetimes.refresh_idle", l.refresh_idle, l.refresh_absolute),
        ("lifetimes.session_absolute", l.session_absolute, EVER),
        ("lifetimes.session_idle", l.session_idle, l.session_absolute),
        ("lifetimes.interaction", l.interaction, DAY),
    ] {
        between(setting, lives, Duration::from_secs(1), most)?;
    }
    // 0 is a policy of its own: a refresh token used twice ends the grant at once.
    between("lifetimes.replay_window", l.replay_window, Duration::ZERO, Duration::from_secs(600))
}

fn keys(keys: &Keys, lifetimes: &Lifetimes) -> Checked {
    between("keys.rotate_after", keys.rotate_after, HOUR, EVER)?;
    between("keys.publish_before", keys.publish_before, Duration::from_secs(60), keys.rotate_after)?;
    // Whoever got a token in the last second of a key must be able to check it until it expires, from a cached JWKS.
    let longest = lifetimes.id_token.max(lifetimes.jwt_access_token) + HOUR;
    between("keys.keep_retired", keys.keep_retired, longest, EVER)
}

fn signin(config: &Config) -> Checked {
    let signin = &config.signin;
    between("signin.sudo", signin.sudo, Duration::from_secs(10), DAY)?;
    let mails = config.mail.transport != Transport::Off;
    let what = "is \"open\", but there is no mail, with which people show that an address is theirs";
    let fits = signin.registration == SelfRegistration::Closed || mails;
    ensure(fits, "signin.registration", what, "set up [mail], or write closed")?;
    let plain = |domain: &String| host_pattern(domain) && !domain.starts_with('*') && domain.contains('.');
    let what = "must be a list of mail domains in lower case";
    ensure(
        signin.registration_domains.iter().all(plain),
        "signin.registration_domains",
        what,
        "write [\"example.com\"]",
    )
}

fn passwords(config: &Config) -> Checked {
    let p = &config.passwords;
    let fix = "OWASP's floor is 19456 with 2 passes";
    let memory = (8..=4_194_304).contains(&p.memory_kib);
    ensure(memory, "passwords.memory_kib", "must be between 8 KiB (8) and 4 GiB (4194304)", fix)?;
    ensure((1..=100).contains(&p.passes), "passwords.passes", "must be between 1 and 100", fix)?;
    ensure(p.at_once <= 1024, "passwords.at_once", "must be at most 1024", "write 0 for one per core")
}

fn limits(l: &Limits) -> Checked {
    let instant = Duration::from_millis(1);
    for (setting, lasts, least) in [
        ("limits.header_read", l.header_read, instant),
        ("limits.idle", l.idle, instant),
        ("limits.body_read", l.body_read, instant),
        ("limits.handler", l.handler, instant),
        ("limits.write", l.write, instant),
        ("limits.shutdown_delay", l.shutdown_delay, Duration::ZERO),
        ("limits.shutdown_drain", l.shutdown_drain, instant),
    ] {
        between(setting, lasts, least, HOUR)?;
    }
    let fix = "leave it out to have the default";
    ensure((1..=1_000_000).contains(&l.connections), "limits.connections", "must be between 1 and 1000000", fix)?;
    let sane = (1..=16_777_216).contains(&l.body_bytes);
    ensure(sane, "limits.body_bytes", "must be between 1 and 16 MiB (16777216)", fix)
}

fn vault(vault: &super::Vault) -> Checked {
    between("vault.answer_within", vault.answer_within, Duration::from_secs(10), Duration::from_secs(600))?;
    between("vault.release_within", vault.release_within, Duration::from_secs(60), 30 * DAY)?;
    between("vault.break_glass_for", vault.break_glass_for, Duration::from_secs(60), DAY)?;
    between("vault.keep_reads", vault.keep_reads, HOUR, EVER)?;
    let what = "must be between 1 and 1000";
    ensure((1..=1_000).contains(&vault.at_once), "vault.at_once", what, "leave it out to have the default")
}

/// What apps may have that nobody registered by hand.
fn strangers(config: &Config) -> Checked {
    between("outbound.patience", config.outbound.patience, Duration::from_millis(100), config.limits.handler)?;
    vault(&config.vault)?;
    let (own, documents) = (&config.registration_policy, &config.cimd_policy);
    for (setting, names) in [("registration_policy.scopes", &own.scopes), ("cimd_policy.scopes", &documents.scopes)] {
        let scope = ScopeSet::parse(&names.join(" "));
        let plain = names.iter().all(|name| !name.contains(' ') && !name.is_empty());
        let what = "must be a list of scope names, 1024 bytes in all";
        ensure(plain && scope.is_ok(), setting, what, "write [\"openid\", \"profile\"]")?;
        let what = "must not name symbolon:admin: a stranger's app would administer this server";
        let admin = scope.is_ok_and(|scope| scope.iter().any(|name| name.starts_with("symbolon:")));
        ensure(!admin, setting, what, "leave it out")?;
    }
    for (setting, hosts) in
        [("registration_policy.redirect_hosts", &own.redirect_hosts), ("cimd_policy.allow", &documents.allow)]
    {
        let what = "must be a list of host names in lower case, without scheme, port or path";
        ensure(
            hosts.iter().all(|host| host_pattern(host)),
            setting,
            what,
            "write [\"app.example.com\", \"*.example.com\"]",
        )?;
    }
    let nobody = config.cimd == Cimd::Allowlist && documents.allow.is_empty();
    ensure(
        !nobody,
        "cimd",
        "is \"allowlist\", but nobody is on the list",
        "name domains in cimd_policy.allow, or write off",
    )?;
    between("registration_policy.idle", own.idle, HOUR, EVER)?;
    between("cimd_policy.keep_least", documents.keep_least, Duration::from_secs(10), documents.keep_most)?;
    between("cimd_policy.keep_most", documents.keep_most, Duration::from_secs(60), 30 * DAY)?;
    between("cimd_policy.keep_stale", documents.keep_stale, Duration::ZERO, 90 * DAY)
}

/// RFC 6749 §3.3: what a scope of the operator's own implies is of the same kind.
fn implied(config: &Config) -> Checked {
    for (wider, text) in &config.scopes {
        for narrower in &text.implies {
            let one = ScopeSet::parse(narrower).is_ok_and(|set| set.iter().eq([narrower.as_str()]));
            let builtin = ["openid", "offline", "offline_access", "profile", "email", "address", "phone"];
            let ours = builtin.contains(&narrower.as_str()) || narrower.starts_with("symbolon:");
            let what = format!("[scopes.\"{wider}\"] can't imply {narrower:?}");
            ensure(
                one && !ours && narrower != wider,
                "scopes",
                what,
                "implies takes other names of scopes of your own",
            )?;
        }
    }
    Ok(())
}

/// A host, `*.` and a domain, or a scheme of an app's own.
fn host_pattern(text: &str) -> bool {
    let host = text.strip_prefix("*.").unwrap_or(text);
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-._[]:+".contains(&b);
    let v6 = host.starts_with('[');
    !host.is_empty() && host.len() <= 253 && host.bytes().all(plain) && (v6 || !host.contains([':', '[', ']']))
}

fn between(setting: &'static str, value: Duration, least: Duration, most: Duration) -> Checked {
    let what = format!("must be between {} and {}, not {}", span::show(least), span::show(most), span::show(value));
    let fix = match setting {
        "lifetimes.refresh_idle" => "it can't outlive lifetimes.refresh_absolute",
        "lifetimes.session_idle" => "it can't outlive lifetimes.session_absolute",
        "keys.keep_retired" => "at least the longest ID token or JWT access token plus an hour that clients cache keys",
        "keys.publish_before" => "it can't be longer than keys.rotate_after",
        "cimd_policy.keep_least" => "it can't be longer than cimd_policy.keep_most",
        "outbound.patience" => "it can't be longer than limits.handler",
        "lifetimes.code" => "codes travel through browsers; RFC 9700 wants them short",
        _ => "leave it out to have the default",
    };
    ensure((least..=most).contains(&value), setting, what, fix)
}

#[cfg(test)]
mod tests {
    use super::super::{Flags, load};

    fn with(toml: &str) -> Result<(), String> {
        let file = tempfile::NamedTempFile::new().expect("temporary file");
        std::fs::write(file.path(), toml).expect("written");
        let flags = Flags { config: Some(file.path().to_owned()), ..Flags::default() };
        load(&flags, &|_| None).map(|_| ()).map_err(|refused| refused.to_string())
    }

    #[test]
    fn an_issuer_is_a_bare_origin_in_its_normal_form() {
        for good in [
            "https://id.example.com",
            "https://id.example.com:8443",
            "https://[2001:db8::1]",
            "http://127.0.0.1:4444",
            "http://127.9.9.9",
            "http://[::1]:1",
            "http://localhost:3000",
        ] {
            assert_eq!(with(&format!("issuer = \"{good}\"")), Ok(()), "{good}");
        }
        for bad in [
            "",
            "id.example.com",
            "https://id.example.com/",
            "https://id.example.com/tenant",
            "https://id.example.com?x",
            "https://id.example.com#x",
            "https://id.example.com:443",
            "http://localhost:80",
            "https://ID.example.com",
            "HTTPS://id.example.com",
            "https://me@id.example.com",
            "https://me:pw@id.example.com",
            "https://idé.example.com",
            "https:id.example.com",
            "https://0x7f.1",
            "http://127.0.0.1:0",
            "http://id.example.com",
            "http://localhost.example.com",
            "http://10.0.0.1",
            "ftp://id.example.com",
            " https://id.example.com",
            "https://*.example.com/",
        ] {
            let told = with(&format!("issuer = \"{bad}\"")).expect_err(bad);
            assert!(told.starts_with("`issuer` "), "{told}");
        }
        assert!(
            with("issuer = \"http://id.example.com\"").expect_err("plain").contains("write https://id.example.com and")
        );
    }

    #[test]
    fn contradictions_are_refused_with_the_setting_that_makes_them() {
        for (toml, setting) in [
            ("database_url = \"mysql://h/d\"", "database_url"),
            ("name = \"\"", "name"),
            ("name = \"a\\u0007b\"", "name"),
            ("log.level = \"inof\"", "log.level"),
            ("log.level = \"info,symbolon=loud\"", "log.level"),
            ("lifetimes.code = \"11m\"", "lifetimes.code"),
            ("lifetimes.code = \"0s\"", "lifetimes.code"),
            ("lifetimes.refresh_idle = \"91d\"", "lifetimes.refresh_idle"),
            ("lifetimes.session_absolute = \"1h\"", "lifetimes.session_idle"),
            ("lifetimes.access_token = \"0ms\"", "lifetimes.access_token"),
            ("keys.keep_retired = \"1h\"", "keys.keep_retired"),
            ("lifetimes.id_token = \"30d\"", "keys.keep_retired"),
            ("keys.publish_before = \"91d\"", "keys.publish_before"),
            ("passwords.memory_kib = 7", "passwords.memory_kib"),
            ("passwords.passes = 0", "passwords.passes"),
            ("logout.give_up_after = \"31d\"", "logout.give_up_after"),
            ("limits.connections = 0", "limits.connections"),
            ("limits.handler = \"0s\"", "limits.handler"),
            ("limits.body_bytes = 0", "limits.body_bytes"),
            ("throttle.account = 0", "throttle.account"),
            ("registration = \"on\"", "registration"),
            ("registration_policy.per_minute = 0", "registration_policy.per_minute"),
            ("registration_policy.scopes = [\"a b\"]", "registration_policy.scopes"),
            ("registration_policy.scopes = [\"symbolon:admin\"]", "registration_policy.scopes"),
            ("[scopes.files]\ntitle = \"F\"\nimplies = [\"files\"]", "scopes"),
            ("[scopes.files]\ntitle = \"F\"\nimplies = [\"symbolon:admin\"]", "scopes"),
            ("[scopes.files]\ntitle = \"F\"\nimplies = [\"a b\"]", "scopes"),
            ("[scopes.files]\ntitle = \"F\"\nimplies = [\"email\"]", "scopes"),
            ("registration_policy.redirect_hosts = [\"https://a.example\"]", "registration_policy.redirect_hosts"),
            ("registration_policy.idle = \"1m\"", "registration_policy.idle"),
            ("registration_policy.approval = \"yes\"", "registration_policy.approval"),
            ("cimd = \"allowlist\"", "cimd"),
            ("cimd_policy.scopes = [\"openid\", \"symbolon:admin\"]", "cimd_policy.scopes"),
            ("cimd_policy.allow = [\"a.example/x\"]", "cimd_policy.allow"),
            ("cimd_policy.keep_least = \"25h\"", "cimd_policy.keep_least"),
            ("signin.sudo = \"1s\"", "signin.sudo"),
            ("signin.registration = \"open\"", "signin.registration"),
            ("signin.registration_domains = [\"*.a.example\"]", "signin.registration_domains"),
            ("database.max_connections = 0", "database.max_connections"),
        ] {
            let told = with(toml).expect_err(toml);
            assert!(told.starts_with(&format!("`{setting}` ")), "{toml}\n{told}");
        }
        for good in [
            "lifetimes.replay_window = \"0s\"",
            "limits.shutdown_delay = \"0s\"",
            "log.level = \"warn,symbolon::oauth=TRACE\"",
            "cimd = \"allowlist\"\ncimd_policy.allow = [\"claude.ai\", \"*.corp.example\"]",
            "registration = \"open\"\nregistration_policy.redirect_hosts = [\"[::1]\", \"localhost\", \"com.example.app\"]",
        ] {
            assert_eq!(with(good), Ok(()), "{good}");
        }
    }
}
