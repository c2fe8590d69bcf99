//! Sessions of a person, as administrators see and end them.

use super::change::{Change, Happened};
use super::{Acting, Refused, users};
use crate::app::App;
use crate::base::id::{SessionId, UserId};
use crate::oauth::logout;
use crate::signin::session::{self, Known};
use serde_json::{Value, json};

/// Most that are shown; the others end with all of them.
const MOST: i64 = 200;

/// Where a person is signed in, used last first.
pub async fn list(app: &App, user: &UserId) -> Result<Vec<Known>, Refused> {
    users::show(app, user).await?;
    Ok(session::of_user(&app.db, user, app.now(), MOST).await?)
}

/// Ends one; apps that took part in it are told.
pub async fn end(app: &App, who: &Acting, user: &UserId, sid: &SessionId) -> Result<(), Refused> {
    users::show(app, user).await?;
    let mut change = Change::begin(app, who).await?;
    if !session::end_one(&mut change.tx, user, sid).await? {
        return Err(Refused::NotFound);
    }
    logout::wind_up(app, &mut change.tx, user, sid).await?;
    let (object, before) = (format!("user:{user}"), json!({ "sid": sid }));
    change.commit(Happened { action: "session.ended", object, before, after: Value::Null }).await
}
