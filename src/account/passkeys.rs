//! Passkeys on the account page: a new one, another name, the end of one. Each after a fresh proof of who is there.

use super::done::Done;
use super::page::{self, Trouble};
use super::profile;
use super::sent::{Sent, nothing};
use crate::app::App;
use crate::audit::{self, Event};
use crate::lang::Message;
use crate::mail::Changed;
use crate::signin::passkey::{self, Added, LONGEST_NAME, Offer, Removed};
use crate::signin::{self, Arrival, device, notice};
use crate::web::browser::Browser;
use crate::web::{Page, Shell, Stopped};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::json;

#[derive(Template)]
#[template(path = "passkey_new.html")]
struct NewPage {
    page: Shell,
    csrf: String,
    name: String,
    offer: Option<Offer>,
}

/// `POST /account/passkeys/new`: the page that makes one.
pub(super) async fn new(State(app): State<App>, sent: Sent) -> Result<Response, Stopped> {
    let browser = Browser::of(&app, &sent.headers);
    let shell = signin::shell(&app, sent.reader, None, Some(&sent.session));
    let offer = passkey::offer_new(&app, &browser, &sent.session.user).await?;
    let page = NewPage { csrf: browser.csrf(&app), name: usual_name(&sent, &shell), offer, page: shell };
    Ok(Page::new(page).into_response())
}

/// "Chrome on Linux", in the person's language.
fn usual_name(sent: &Sent, shell: &Shell) -> String {
    let from = Arrival { call: &sent.call, headers: &sent.headers };
    let said = device::in_words(&from.user_agent()).in_language(shell.language).plain();
    // What isolates a name from its surroundings has none here.
    said.replace(['\u{2068}', '\u{2069}'], "")
}

/// `POST /account/passkeys`: `answer` adds one, `rename` and `revoke` name one.
pub(super) async fn change(State(app): State<App>, sent: Sent) -> Result<Response, Stopped> {
    match (sent.params.get("revoke"), sent.params.get("rename")) {
        (Some(id), _) => remove(&app, &sent, id).await,
        (None, Some(id)) => rename(&app, &sent, id).await,
        (None, None) => add(&app, &sent).await,
    }
}

async fn add(app: &App, sent: &Sent) -> Result<Response, Stopped> {
    let refuse = |why| page::refuse(app, sent, Trouble::Passkey(why));
    let user = &sent.session.user;
    let browser = Browser::of(app, &sent.headers);
    let Some(made) = passkey::made(app, &browser, &user.id, &sent.params) else {
        return refuse(Message::new("passkey-not-made")).await;
    };
    let Some(name) = named(sent) else {
        return refuse(bad_name()).await;
    };
    let (now, mut tx) = (app.now(), app.db.begin().await?);
    match passkey::add(&mut tx, &user.id, &made, name, now).await? {
        Added::Yes => {}
        Added::No => return refuse(Message::new("passkey-not-made")).await,
        Added::Enough => return refuse(Message::new("passkey-enough").count("most", passkey::MOST)).await,
    }
    notice::tell(app, &mut tx, user, Changed::PasskeyAdded(name.to_owned()), now).await?;
    let event = Event { detail: json!({ "name": name }), ..sent.event("user.passkey_added") };
    audit::record(&mut tx, &event, now).await?;
    tx.commit().await?;
    app.mails.notify_one();
    tracing::info!(user = %user.id, "a passkey was added");
    Ok(Done::PasskeyAdded.back())
}

async fn rename(app: &App, sent: &Sent, id: &str) -> Result<Response, Stopped> {
    let Some(name) = named(sent) else {
        return page::refuse(app, sent, Trouble::Passkey(bad_name())).await;
    };
    let mut tx = app.db.begin().await?;
    if !passkey::rename(&mut tx, &sent.session.user.id, id, name).await? {
        return Err(nothing());
    }
    let detail = json!({ "passkey": id, "name": name });
    audit::record(&mut tx, &Event { detail, ..sent.event("user.passkey_renamed") }, app.now()).await?;
    tx.commit().await?;
    Ok(Done::PasskeyRenamed.back())
}

async fn remove(app: &App, sent: &Sent, id: &str) -> Result<Response, Stopped> {
    let user = &sent.session.user;
    let (now, mut tx) = (app.now(), app.db.begin().await?);
    let name = match passkey::remove(&mut tx, &user.id, id).await? {
        Removed::Yes(name) => name,
        Removed::Unknown => return Err(nothing()),
        Removed::Last => {
            drop(tx);
            return page::refuse(app, sent, Trouble::Passkey(Message::new("passkey-last"))).await;
        }
    };
    notice::tell(app, &mut tx, user, Changed::PasskeyRemoved(name.clone()), now).await?;
    let event = Event { detail: json!({ "passkey": id, "name": name }), ..sent.event("user.passkey_removed") };
    audit::record(&mut tx, &event, now).await?;
    tx.commit().await?;
    app.mails.notify_one();
    Ok(Done::PasskeyRemoved.back())
}

fn named(sent: &Sent) -> Option<&str> {
    let name = sent.params.get("name").unwrap_or_default().trim();
    ((1..=LONGEST_NAME).contains(&name.chars().count()) && !name.chars().any(profile::unfit)).then_some(name)
}

fn bad_name() -> Message {
    Message::new("account-name-letters").count("most", LONGEST_NAME)
}
