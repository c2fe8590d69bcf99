//! Ways into an account beside signing in: a forgotten password, an address to confirm, an invitation. Each is a link that
//! is good once, of which the database knows only the fingerprint.

pub mod accept;
pub mod invitations;
pub mod links;
pub mod recover;
pub mod reset;
pub mod signup;
pub mod verify;

use crate::app::App;
use crate::audit::{Actor, Event};
use crate::base::encoding::base64url;
use crate::base::id::UserId;
use crate::base::{Secret, Time, entropy};
use crate::db::{Result, Tx};
use crate::mail::{Letter, Says};
use crate::people::User;
use crate::web::Call;
use links::Purpose;
use serde_json::Value;

/// 256 bits: it can't be guessed, so it needs no counting of guesses.
fn token() -> Secret {
    Secret::new(base64url(&entropy::bytes::<32>()))
}

/// The link with which a person sets a new password.
pub async fn reset_link(app: &App, tx: &mut Tx, user: &UserId, now: Time) -> Result<Option<Secret>> {
    let token = links::create(tx, user, Purpose::Reset, now).await?;
    Ok(token.map(|token| Secret::new(app.url(&format!("/recover/new?token={}", token.reveal())))))
}

/// Asks a person whether an address is theirs; nothing where mail is off.
pub async fn ask_to_verify(app: &App, tx: &mut Tx, user: &User, now: Time) -> Result<()> {
    if !app.mailer.on() || user.email_verified() {
        return Ok(());
    }
    let Some(token) = links::create(&mut *tx, &user.id, Purpose::Verify, now).await? else {
        return Ok(());
    };
    let link = app.url(&format!("/verify?token={}", token.reveal()));
    let says = Says::Verify { link, days: links::days(Purpose::Verify) };
    write(app, tx, user, says, now).await
}

/// Tells a person that their password is another one.
pub async fn tell_password_changed(app: &App, tx: &mut Tx, user: &User, now: Time) -> Result<()> {
    let says = Says::PasswordChanged { at: now.millis(), link: app.url("/recover") };
    write(app, tx, user, says, now).await
}

async fn write(app: &App, tx: &mut Tx, user: &User, says: Says, now: Time) -> Result<()> {
    let letter = Letter::new(&user.email, user.language(app.language()), says);
    app.mailer.enqueue(tx, app.keys.master(), &letter, now).await
}

fn event(call: &Call, actor: Actor, action: &'static str, user: &UserId, detail: Value) -> Event {
    let (request_id, address) = (call.request_id.clone(), call.address.to_string());
    Event { actor, action, object: format!("user:{user}"), request_id, address, detail }
}
