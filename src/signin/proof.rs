//! How well somebody proved who they are: `acr` (OIDC Core §2) and `amr` (RFC 8176 §2).

/// A one-click sign-in of `symbolon dev`.
pub const ACR_NONE: &str = "urn:symbolon:acr:none";
/// A password.
pub const ACR_PASSWORD: &str = "urn:symbolon:acr:password";
/// A password and a code, of an app or one of those on paper.
pub const ACR_TWO_STEPS: &str = "urn:symbolon:acr:two-steps";
/// A passkey, with the person verified by their device: nothing that could be typed into a wrong page.
pub const ACR_PASSKEY: &str = "urn:symbolon:acr:passkey";

/// Those that `serve` can give, the weakest first.
pub const ACR_VALUES: [&str; 3] = [ACR_PASSWORD, ACR_TWO_STEPS, ACR_PASSKEY];

/// How somebody proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Authentication methods (RFC 8176), space-delimited.
    pub amr: &'static str,
    /// Authentication context class.
    pub acr: &'static str,
}

impl Proof {
    /// By one click.
    pub const DEV: Proof = Proof { amr: "dev", acr: ACR_NONE };
    /// By password.
    pub const PASSWORD: Proof = Proof { amr: "pwd", acr: ACR_PASSWORD };
    /// By password and a code of their app.
    pub const CODE: Proof = Proof { amr: "pwd otp mfa", acr: ACR_TWO_STEPS };
    /// By password and a recovery code: a second factor, but none of the one-time passwords that `otp` speaks of.
    pub const RECOVERY: Proof = Proof { amr: "pwd mfa", acr: ACR_TWO_STEPS };
    /// By passkey. Whether its key is in hardware (`hwk`) or software (`swk`) isn't known without attestation, so it is
    /// called what is sure: possession of a key, somebody present, and that the device verified them.
    pub const PASSKEY: Proof = Proof { amr: "pop user mfa", acr: ACR_PASSKEY };
}

/// 0 for what isn't one of ours, then the higher the stronger.
pub fn level(acr: &str) -> usize {
    ACR_VALUES.iter().position(|known| *known == acr).map_or(0, |at| at.saturating_add(1))
}
