//! What the settings of mail must be among themselves.

use super::{Checked, DAY, between, ensure};
use crate::config::{Mail, Tls, Transport};
use std::net::IpAddr;
use std::time::Duration;

/// Checks `[mail]`. Whether `from` is an address in all its parts shows when the transport is made.
pub(super) fn check(mail: &Mail) -> Checked {
    between("mail.give_up_after", mail.give_up_after, Duration::from_secs(60), 30 * DAY)?;
    if !mail.on() {
        return Ok(());
    }
    let from = &mail.from;
    let address = from.contains('@') && !from.chars().any(char::is_control);
    let fix = "write from = \"Example <no-reply@example.com>\"";
    ensure(address, "mail.from", "must be an address, since mail is on", fix)?;
    if mail.transport != Transport::Smtp {
        return Ok(());
    }
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-.:[]_".contains(&b);
    let named = !mail.host.is_empty() && mail.host.bytes().all(plain);
    ensure(named, "mail.host", "must be the name of a mail server", "write host = \"smtp.example.com\"")?;
    let what = "is none, which is only for a server on this machine: mails and the password would travel readably";
    let fix = "write starttls, or implicit where the server listens for TLS only";
    ensure(mail.tls != Tls::None || here(&mail.host), "mail.tls", what, fix)?;
    let both = mail.username.is_empty() == mail.password.is_none();
    ensure(both, "mail.username", "and mail.password belong together", "set both, or neither")
}

fn here(host: &str) -> bool {
    host == "localhost" || host.trim_matches(['[', ']']).parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use crate::config::{Flags, load};

    fn told(text: &str) -> Option<String> {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), format!("[mail]\n{text}")).expect("written");
        let flags = Flags { config: Some(file.path().to_owned()), ..Flags::default() };
        load(&flags, &|_| None).err().map(|refused| refused.to_string())
    }

    #[test]
    fn mail_that_cannot_leave_is_refused_before_anything_binds() {
        let good = "from = \"a@b.example\"\nhost = \"mx.example\"\ntransport = \"smtp\"\n";
        assert_eq!(told(""), None);
        assert_eq!(told(good), None);
        assert_eq!(told("transport = \"log\"\nfrom = \"a@b.example\"\n"), None);
        assert_eq!(told(&good.replace("mx.example", "127.0.0.1").replace("smtp\"", "smtp\"\ntls = \"none\"")), None);
        for (text, words) in [
            ("transport = \"smtp\"\n".to_owned(), "`mail.from`"),
            (good.replace("mx.example", ""), "`mail.host`"),
            (good.replace("mx.example", "mx.example/x"), "`mail.host`"),
            (format!("{good}tls = \"none\"\n"), "only for a server on this machine"),
            (format!("{good}tls = \"maybe\"\n"), "mail.tls"),
            (format!("{good}username = \"u\"\n"), "belong together"),
            (format!("{good}password = \"hunter2\"\n"), "belong together"),
            (format!("{good}give_up_after = \"1s\"\n"), "mail.give_up_after"),
            (format!("{good}prot = 25\n"), "mail.prot"),
        ] {
            let told = told(&text).unwrap_or_else(|| panic!("{text} is taken"));
            assert!(told.contains(words) && !told.contains("hunter2"), "{text}\n{told}");
        }
    }
}
