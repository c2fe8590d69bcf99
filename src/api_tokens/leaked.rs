//! A token was found where everyone can read it: it ends at once, and its person hears of it. Whoever reports it holds it,
//! so there is nothing to prove beside.

use super::{ApiToken, delete, held, own};
use crate::app::App;
use crate::audit::{self, Actor};
use crate::crypto::api_token;
use crate::db::Fault;
use crate::mail::{Letter, Says};
use crate::people;
use crate::web::Call;
use serde_json::json;

/// Ends it, if it is there; gives what it was.
pub async fn report(app: &App, call: &Call, token: &str, url: Option<&str>) -> Result<Option<ApiToken>, Fault> {
    if !api_token::ours(&app.keys.macs(), token) {
        return Ok(None);
    }
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let Some(leaked) = held(&mut tx, token).await? else {
        return Ok(None);
    };
    if !delete(&mut tx, leaked.id.as_str()).await? {
        return Ok(None);
    }
    let mut event = own::event(call, Actor::Anonymous, "token.leaked", &leaked);
    if let Some(detail) = event.detail.as_object_mut() {
        detail.insert("url".to_owned(), json!(url));
    }
    audit::record(&mut tx, &event, now).await?;
    if let Some(person) = people::store::by_id(&mut tx, &leaked.user).await? {
        let says = Says::TokenLeaked {
            name: leaked.name.clone(),
            hint: leaked.hint.clone(),
            url: url.map(str::to_owned),
            at: now.millis(),
            link: app.url("/account#tokens"),
        };
        let letter = Letter::new(&person.email, person.language(app.language()), says);
        app.mailer.enqueue(&mut tx, app.keys.master(), &letter, now).await?;
    }
    tx.commit().await?;
    app.mails.notify_one();
    tracing::warn!(user = %leaked.user, token = %leaked.id, "an API token was reported as leaked, and has ended");
    Ok(Some(leaked))
}
