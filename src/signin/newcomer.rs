//! A sign-in from a browser that the account hasn't been used with: the person is told by mail, unless it is their first.

use super::session::STARTED;
use crate::app::App;
use crate::audit::{Actor, trail};
use crate::base::id::UserId;
use crate::db::Fault;
use crate::mail::{Letter, Says};
use crate::people;
use crate::web::Call;
use crate::web::browser::Cookie;
use axum::http::{HeaderMap, header};

/// The most that is shown of what a browser calls itself, in bytes.
const MOST: usize = 160;

/// Writes the mail down where it is due. Who knows the password is on the way in; nobody else gets here.
pub async fn notice(app: &App, call: &Call, headers: &HeaderMap, user: &UserId) -> Result<(), Fault> {
    let mark = Cookie::Device.read(app, headers);
    if mark.is_some_and(|mark| app.keys.macs().page_holds("device", user.as_str(), mark.reveal())) {
        return Ok(());
    }
    // The first browser is no news.
    if !app.mailer.on() || !trail::did(&app.db, &Actor::User(user.to_string()), STARTED).await? {
        return Ok(());
    }
    let Some(person) = people::store::by_id(&app.db, user).await? else {
        return Ok(());
    };
    let says = Says::NewSignIn {
        at: app.now().millis(),
        address: call.address.to_string(),
        device: device(headers),
        link: app.url("/recover"),
    };
    let letter = Letter::new(&person.email, person.language(app.language()), says);
    app.mailer.enqueue(&app.db, app.keys.master(), &letter, app.now()).await?;
    app.mails.notify_one();
    Ok(())
}

/// RFC 9110 §10.1.5: what it says it is, as far as that is printable; nobody vouches for it.
fn device(headers: &HeaderMap) -> String {
    let said = headers.get(header::USER_AGENT).map(|value| value.as_bytes()).unwrap_or_default();
    let said: String = said.iter().filter(|b| matches!(b, b' '..=b'~')).take(MOST).map(|b| char::from(*b)).collect();
    if said.is_empty() { "?".to_owned() } else { said }
}
