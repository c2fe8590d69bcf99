//! RFC 6238: codes of six digits that an app makes of a seed and the time, a new one every 30 seconds.

use crate::base::{Time, entropy};
use totp_rs::{Builder, Secret as Shared, Totp};
use zeroize::Zeroizing;

/// What the app and we know.
pub struct Seed(Zeroizing<[u8; 20]>);

impl Seed {
    /// A fresh one; RFC 4226 §4 recommends 160 bits.
    pub fn fresh() -> Self {
        Seed(Zeroizing::new(entropy::bytes()))
    }

    /// As [`Seed::bytes`] gave it.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(|bytes| Seed(Zeroizing::new(bytes)))
    }

    /// To be sealed.
    pub fn bytes(&self) -> &[u8] {
        self.0.as_ref()
    }

    /// To be typed into an app, in groups of four.
    pub fn typed(&self) -> String {
        let text = Shared::new_stack(*self.0).to_base32();
        let chars: Vec<char> = text.chars().collect();
        chars.chunks(4).map(String::from_iter).collect::<Vec<_>>().join(" ")
    }

    /// For a QR code: who asks for codes, and whose they are.
    pub fn url(&self, brand: &str, account: &str) -> Option<String> {
        // The format has no way to write a colon in either.
        let plain = |text: &str| text.replace(':', " ");
        let named = self.builder().with_issuer(Some(plain(brand))).with_account_name(plain(account));
        named.build().ok()?.to_url().ok()
    }

    /// Of which step a code is: of this one, or of the one before or after (§5.2). `None` when it is of neither.
    pub fn step_of(&self, code: &str, now: Time) -> Option<i64> {
        let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let seconds = u64::try_from(now.millis() / 1000).ok()?;
        self.totp()?.check(&digits, seconds).and_then(|step| i64::try_from(step).ok())
    }

    /// The code of this moment; for tests and for the playground.
    pub fn code(&self, now: Time) -> Option<String> {
        let seconds = u64::try_from(now.millis() / 1000).ok()?;
        Some(self.totp()?.generate(seconds).to_string())
    }

    fn totp(&self) -> Option<Totp> {
        self.builder().build().ok()
    }

    fn builder(&self) -> Builder {
        Builder::new().with_secret(Shared::new_stack(*self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, cut to six digits.
    #[test]
    fn appendix_b_codes_of_the_specification() {
        let seed = Seed::of(b"12345678901234567890").expect("a seed");
        for (at, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
        {
            let now = Time::from_secs(at);
            assert_eq!(seed.code(now).as_deref(), Some(code), "{at}");
            for (late, step) in [(0, Some(at / 30)), (30, Some(at / 30)), (61, None)] {
                let then = Time::from_secs(at + late);
                assert_eq!(seed.step_of(code, then), step, "{at} {late}");
            }
        }
        for bad in ["", "28708", "2870822", "28708a", "+87082", "-00001", "２８７０８２"] {
            assert_eq!(seed.step_of(bad, Time::from_secs(59)), None, "{bad}");
        }
        assert_eq!(seed.step_of("287 082", Time::from_secs(59)), Some(1));
    }

    #[test]
    fn the_url_says_who_and_whose() {
        let seed = Seed::of(b"12345678901234567890").expect("a seed");
        let url = seed.url("Acme: Home", "ada@example.com").expect("a URL");
        assert_eq!(
            url,
            "otpauth://totp/Acme%20%20Home:ada%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Acme%20%20Home"
        );
        assert_eq!(seed.typed(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
    }
}
