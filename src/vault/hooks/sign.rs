//! Standard Webhooks (<https://www.standardwebhooks.com>): how a message is signed, so that its receiver knows whom it is from.

use crate::base::encoding::{base64, from_base64};
use crate::base::{Secret, Time, entropy};
use crate::crypto::mac;
use serde::Deserialize;
use std::time::Duration;

/// How secrets begin.
const PREFIX: &str = "whsec_";
/// How long the secret before the newest signs too.
pub const BOTH: Duration = Duration::from_secs(24 * 3_600);

/// A secret that an endpoint and we share.
#[derive(Clone, Debug, Deserialize)]
pub struct Signing {
    /// `whsec_…`
    pub value: Secret,
    /// When it was made, in milliseconds.
    pub made_at: i64,
    /// When it signs no more, in milliseconds; none for the newest.
    #[serde(default)]
    pub until: Option<i64>,
}

impl Signing {
    /// A fresh one.
    pub fn fresh(now: Time) -> Self {
        let value = Secret::new(format!("{PREFIX}{}", base64(&entropy::bytes::<32>())));
        Signing { value, made_at: now.millis(), until: None }
    }

    /// Whether it still signs.
    pub fn lives(&self, now: Time) -> bool {
        self.until.is_none_or(|until| until > now.millis())
    }
}

/// `webhook-signature`: one signature for each secret that lives, with spaces between.
pub fn signature(secrets: &[Signing], id: &str, now: Time, body: &str) -> String {
    let signed = format!("{id}.{}.{body}", now.secs());
    let one = |secret: &Signing| {
        let key = from_base64(secret.value.reveal().strip_prefix(PREFIX)?)?;
        Some(format!("v1,{}", base64(&mac::hmac_sha256(&key, signed.as_bytes()))))
    };
    secrets.iter().filter(|secret| secret.lives(now)).filter_map(one).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's own libraries.
    #[test]
    fn signs_as_the_specification_s_example() {
        let secret = Signing { value: Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), made_at: 0, until: None };
        let signed = signature(
            &[secret],
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            Time::from_secs(1_614_265_330),
            "{\"test\": 2432232314}",
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn two_secrets_sign_until_the_older_is_over() {
        let old = Signing { until: Some(5_000), ..Signing::fresh(Time::from_secs(0)) };
        let both = [Signing::fresh(Time::from_secs(1)), old];
        assert_eq!(signature(&both, "m", Time::from_secs(4), "{}").split(' ').count(), 2);
        assert_eq!(signature(&both, "m", Time::from_secs(5), "{}").split(' ').count(), 1);
        assert!(both[0].value.reveal().starts_with("whsec_") && !format!("{both:?}").contains("whsec_"));
    }
}
