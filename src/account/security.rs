//! Security: another password, for who knows the one that there is.

use super::done::Done;
use super::page::{self, Trouble};
use super::sent::Sent;
use crate::app::App;
use crate::audit::{self, Event};
use crate::base::Secret;
use crate::entry;
use crate::lang::Message;
use crate::oauth::logout;
use crate::people::{self, User, password};
use crate::signin::login::{Then, Verified, throttled, verify};
use crate::signin::{Arrival, session};
use crate::web::Stopped;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// `POST /account/password`: other sessions end, this one goes on under a new cookie.
pub(super) async fn change_password(State(app): State<App>, sent: Sent) -> Result<Response, Stopped> {
    let text = |name| sent.params.get(name).unwrap_or_default();
    let (current, chosen) = (text("current"), text("password"));
    let refuse = |why| page::refuse(&app, &sent, Trouble::Password(why));
    let user = &sent.session.user;
    if let Err(why) = fits(&app, user, current, chosen) {
        return refuse(why).await;
    }
    let from = Arrival { call: &sent.call, headers: &sent.headers };
    match verify(&app, from, &user.email, Secret::new(current)).await? {
        Verified::Yes(id) if id == user.id => {}
        Verified::Yes(_) | Verified::No => return refuse(Message::new("account-password-wrong")).await,
        Verified::Wait(seconds) => {
            return page::wait(&app, &sent, Trouble::Password(throttled(seconds)), seconds).await;
        }
    }
    let hash = app.passwords.hash(Secret::new(chosen)).await?;
    let mut tx = app.db.begin().await?;
    people::store::set_password(&mut tx, &user.id, &hash).await?;
    // Whoever ended this session meanwhile, because it was stolen, is obeyed.
    let Some(cookie) = session::renew(&app, &mut tx, &sent.session).await? else {
        return Ok(Then::Account.sign_in());
    };
    let others = logout::sign_out_elsewhere(&app, &mut tx, &sent.session).await?;
    // Who is at a stolen session can't do this unseen.
    entry::tell_password_changed(&app, &mut tx, user, app.now()).await?;
    let detail = json!({ "sessions_ended": others });
    audit::record(&mut tx, &Event { detail, ..sent.event("user.password_changed") }, app.now()).await?;
    tx.commit().await?;
    app.logouts.notify_one();
    app.mails.notify_one();
    Ok((cookie, Done::Password.back()).into_response())
}

/// What can be said without looking at the password that there is.
fn fits(app: &App, user: &User, current: &str, chosen: &str) -> Result<(), Message> {
    if current.len() > password::MAX_BYTES {
        return Err(Message::new("account-password-wrong"));
    }
    if current == chosen {
        return Err(Message::new("account-password-same"));
    }
    let name = user.profile.text("name").unwrap_or_default();
    password::check(chosen, password::Context { email: &user.email, name, brand: &app.config.name })
}
