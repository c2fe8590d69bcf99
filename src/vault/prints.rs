//! Prints of tokens: equal for equal tokens, and of no use to anybody without our keys.

use crate::app::App;
use crate::base::Secret;

/// The print of a token.
pub(super) fn of(app: &App, token: &Secret) -> String {
    app.keys.macs().page("vault token", token.reveal())
}
