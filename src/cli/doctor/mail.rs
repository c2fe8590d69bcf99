//! Mail: whether it is set up, and whether the mail server lets us in.

use super::{Finding, bad, good};
use crate::base::Clock;
use crate::base::encoding::hex;
use crate::base::id::uuid7;
use crate::config::{Config, Transport};
use crate::lang::Language;
use crate::mail::{Letter, Mailer, Says};

const OFF: &str =
    "off: administrators hand links over (`symbolon user invite`, `symbolon user reset-link`); see [mail]";

/// Looks; with an address, sends a test mail there.
pub(super) async fn look(config: &Config, to: Option<&str>) -> Finding {
    let mailer = match Mailer::new(config, false) {
        Ok(mailer) => mailer,
        Err(why) => return bad("mail", why),
    };
    let server = match config.mail.transport {
        Transport::Off if to.is_some() => return bad("mail", "off: a test mail can't be sent; see [mail]"),
        Transport::Off => return good("mail", OFF),
        Transport::Log => return good("mail", "goes to the log only; nobody gets any"),
        Transport::File => config.mail.directory.display().to_string(),
        Transport::Smtp => config.mail.host.clone(),
    };
    if let Some(to) = to {
        let now = Clock::System.now();
        let letter = Letter::new(to, Language::for_tag(&config.ui.language).unwrap_or(Language::ENGLISH), Says::Test);
        return match mailer.send(&hex(&uuid7(now)), &letter, now).await {
            Ok(()) => good("mail", format!("{server} took a test mail to {to}")),
            Err(undelivered) => bad("mail", format!("{server} didn't take a test mail to {to}: {}", undelivered.why)),
        };
    }
    match mailer.reach().await {
        Ok(()) => good("mail", format!("by {server}; --mail ADDRESS sends a test mail")),
        Err(why) => bad("mail", format!("{server} can't be used: {why}")),
    }
}
