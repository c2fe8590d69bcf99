//! What a person is told by mail when the ways into their account change: who is at a stolen session can't do it unseen.

use crate::app::App;
use crate::base::Time;
use crate::db::{Result, Tx};
use crate::mail::{Changed, Letter, Says};
use crate::people::User;

/// Writes the mail down; nothing where mail is off. Whoever commits rings `app.mails`.
pub async fn tell(app: &App, tx: &mut Tx, user: &User, what: Changed, now: Time) -> Result<()> {
    let says = Says::SignInChanged { what, at: now.millis(), link: app.url("/recover") };
    let letter = Letter::new(&user.email, user.language(app.language()), says);
    app.mailer.enqueue(tx, app.keys.master(), &letter, now).await
}
