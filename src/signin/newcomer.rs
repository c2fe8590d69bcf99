//! A sign-in from a browser that the account hasn't been used with: the person is told by mail, unless it is their first.

use super::device::{self, Arrival};
use super::login::known_device;
use super::session::STARTED;
use crate::app::App;
use crate::audit::{Actor, trail};
use crate::base::id::UserId;
use crate::db::Fault;
use crate::mail::{Letter, Says};
use crate::people;

/// Writes the mail down where it is due. Who knows the password is on the way in; nobody else gets here.
pub async fn notice(app: &App, from: Arrival<'_>, user: &UserId) -> Result<(), Fault> {
    if !app.mailer.on() || known_device(app, from.headers, user) {
        return Ok(());
    }
    // The first browser is no news.
    if !trail::did(&app.db, &Actor::User(user.clone()), STARTED).await? {
        return Ok(());
    }
    let Some(person) = people::store::by_id(&app.db, user).await? else {
        return Ok(());
    };
    let language = person.language(app.language());
    let says = Says::NewSignIn {
        at: app.now().millis(),
        address: from.call.address.to_string(),
        device: device::in_words(&from.user_agent()).in_language(language).plain(),
        link: app.url("/recover"),
    };
    let letter = Letter::new(&person.email, language, says);
    app.mailer.enqueue(&app.db, app.keys.master(), &letter, app.now()).await?;
    app.mails.notify_one();
    Ok(())
}
