//! OIDC RP-Initiated §3.1, Back-Channel §2.2 and Front-Channel Logout §2: the addresses that a client may register for
//! signing out.

use super::Metadata;
use super::metadata::{Invalid, invalid, shortened};
use crate::base::uri;

impl Metadata {
    /// By the rules for redirect URIs: https, or plain http to this very machine.
    pub(super) fn check_logout(&self) -> Result<(), Invalid> {
        let field = "post_logout_redirect_uris";
        if self.post_logout_redirect_uris.len() > 50 {
            return invalid(field, "at most 50");
        }
        for to in &self.post_logout_redirect_uris {
            if let Err(why) = uri::check_redirect_uri(to, self.public()) {
                return invalid(field, format!("{}: {why}", shortened(to)));
            }
        }
        let told = [
            ("backchannel_logout_uri", &self.backchannel_logout_uri),
            ("frontchannel_logout_uri", &self.frontchannel_logout_uri),
        ];
        for (field, to) in told.into_iter().filter_map(|(field, to)| Some((field, to.as_deref()?))) {
            if let Err(why) = uri::check_redirect_uri(to, false) {
                return invalid(field, format!("{}: {why}", shortened(to)));
            }
        }
        self.check_frame()
    }

    /// Front-Channel §2: scheme, host and port of a registered redirect URI. Others would see who signs out.
    fn check_frame(&self) -> Result<(), Invalid> {
        let own = |to: &str| self.redirect_uris.iter().any(|redirect| uri::origin(redirect) == uri::origin(to));
        match self.frontchannel_logout_uri.as_deref() {
            Some(to) if !own(to) => {
                let why = "must have the scheme, host and port of one of redirect_uris (OIDC Front-Channel Logout §2)";
                invalid("frontchannel_logout_uri", why)
            }
            _ => Ok(()),
        }
    }
}
