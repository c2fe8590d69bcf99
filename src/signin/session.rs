//! Browser sessions: a row that only the fingerprint of a cookie finds.

use super::device::Arrival;
use super::proof::Proof;
use crate::app::App;
use crate::audit::{self, Actor, Event};
use crate::base::encoding::{base64url, fingerprint};
use crate::base::id::{SessionId, UserId};
use crate::base::{Secret, Time, entropy};
use crate::db::{Db, Fault, On, Result, Tx};
use crate::people::User;
use crate::web::Call;
use crate::web::browser::{Cookie, SetCookie};
use crate::{args, sql};
use axum::http::HeaderMap;
use serde_json::{Value, json};
use std::time::Duration;

sql! {
    write CREATE = "INSERT INTO sessions (id, sid, user_id, auth_time, amr, acr, created_at, seen_at, idle_expires_at, expires_at, \
                    user_agent, network, proved_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $4, $8, $9, $10, $11, $4) RETURNING id";
    read CURRENT = "SELECT s.id AS session_id, s.sid, s.auth_time, s.amr, s.acr, s.created_at AS session_created_at, s.seen_at, \
                    s.expires_at, s.proved_at, u.id, u.email, u.password, u.claims, u.role, u.enabled, u.rev, u.created_at, u.updated_at \
                    FROM sessions s JOIN users u ON u.id = s.user_id \
                    WHERE s.id = $1 AND s.idle_expires_at > $2 AND s.expires_at > $2 AND u.enabled";
    write TOUCH = "UPDATE sessions SET seen_at = $2, idle_expires_at = $3 WHERE id = $1 RETURNING id";
    write END = "DELETE FROM sessions WHERE id = $1 RETURNING id";
    write PROVE = "UPDATE sessions SET id = $2, proved_at = $3 WHERE id = $1 RETURNING id";
    write RENEW = "UPDATE sessions SET id = $2 WHERE id = $1 RETURNING id";
    read OF_USER = "SELECT sid, created_at, seen_at, user_agent, network FROM sessions WHERE user_id = $1 \
                    AND idle_expires_at > $2 AND expires_at > $2 ORDER BY seen_at DESC, sid LIMIT $3";
    write END_ONE = "DELETE FROM sessions WHERE user_id = $1 AND sid = $2 AND expires_at > 0 RETURNING sid";
    write END_OTHERS = "DELETE FROM sessions WHERE user_id = $1 AND sid <> $2 RETURNING sid";
    write END_ALL = "DELETE FROM sessions WHERE user_id = $1 RETURNING sid";
    write LEAVE = "UPDATE sessions SET expires_at = 0 WHERE id = $1 RETURNING id";
    read LEFT = "SELECT sid FROM sessions WHERE expires_at = 0 ORDER BY sid LIMIT 100";
    write TAKE_LEFT = "DELETE FROM sessions WHERE sid = $1 AND expires_at = 0 RETURNING user_id";
    write PURGE = "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE (expires_at < $1 OR idle_expires_at < $1) \
                   AND expires_at > 0 ORDER BY expires_at LIMIT 500) RETURNING id";
}

/// The audit event of a new session.
pub const STARTED: &str = "session.started";

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct Session {
    id: String,
    /// What relying parties know the session by.
    pub sid: SessionId,
    /// Who it is.
    pub user: User,
    /// When they last proved it.
    pub auth_time: Time,
    /// How, space-delimited (RFC 8176).
    pub amr: String,
    /// How well.
    pub acr: String,
    /// When they last proved it again, for something dangerous, or signed in.
    pub proved_at: Time,
    created_at: Time,
    seen_at: Time,
    expires_at: Time,
}

/// How often use is written down.
const TOUCH_EVERY: Duration = Duration::from_secs(60);

/// Who is signed in with this browser.
pub async fn current(app: &App, headers: &HeaderMap) -> Result<Option<Session>> {
    let Some(cookie) = Cookie::Session.read(app, headers) else {
        return Ok(None);
    };
    let now = app.now();
    let mut db = &app.db;
    let Some(row) = db.one(CURRENT, args![fingerprint(cookie.reveal().as_bytes()), now]).await? else {
        return Ok(None);
    };
    let session = Session {
        id: row.text("session_id")?,
        sid: row.id("sid")?,
        user: User::from_row(&row)?,
        auth_time: row.time("auth_time")?,
        amr: row.text("amr")?,
        acr: row.text("acr")?,
        proved_at: row.time("proved_at")?,
        created_at: row.time("session_created_at")?,
        seen_at: row.time("seen_at")?,
        expires_at: row.time("expires_at")?,
    };
    if session.seen_at + TOUCH_EVERY < now {
        db.run(TOUCH, args![&session.id, now, now + app.config.lifetimes.session_idle]).await?;
    }
    Ok(Some(session))
}

/// Signs a person in: always under a new cookie. The same person keeps their session towards relying parties and its
/// end; anyone else's session is left.
pub async fn sign_in(
    app: &App,
    user: &UserId,
    proof: Proof,
    before: Option<&Session>,
    from: Arrival<'_>,
) -> Result<SetCookie> {
    let now = app.now();
    let lifetimes = &app.config.lifetimes;
    let same = before.filter(|session| session.user.id == *user);
    let (sid, created_at, expires_at) = match same {
        Some(session) => (session.sid.clone(), session.created_at, session.expires_at),
        None => (SessionId::new(now), now, now + lifetimes.session_absolute),
    };
    let (cookie, id) = fresh();
    let mut tx = app.db.begin().await?;
    match before {
        Some(before) if same.is_some() => end(&mut tx, before).await.map(|_| ())?,
        Some(before) => leave(&mut tx, before).await?,
        None => {}
    }
    let idle = now + lifetimes.session_idle;
    let (agent, network) = (from.user_agent(), from.call.network());
    let args = args![id, &sid, user, now, proof.amr, proof.acr, created_at, idle, expires_at, agent, network];
    (&mut tx).run(CREATE, args).await?;
    let action = if same.is_some() { "session.confirmed" } else { STARTED };
    let actor = Actor::User(user.clone());
    let detail = json!({ "sid": sid, "amr": proof.amr, "user_agent": from.user_agent() });
    audit::record(&mut tx, &Event { detail, ..event(from.call, actor, action, user) }, now).await?;
    tx.commit().await?;
    app.pulse.signed_in();
    if before.is_some() && same.is_none() {
        app.logouts.notify_one();
    }
    Ok(Cookie::Session.set(app, &cookie, Some(lifetimes.session_absolute)))
}

/// A cookie and what its row is found by.
fn fresh() -> (Secret, String) {
    let cookie = Secret::new(base64url(&entropy::bytes::<32>()));
    let id = fingerprint(cookie.reveal().as_bytes());
    (cookie, id)
}

/// For the audit trail: what happened to a person's sessions.
pub fn event(call: &Call, actor: Actor, action: &'static str, user: &UserId) -> Event {
    Event {
        actor,
        action,
        object: format!("user:{user}"),
        request_id: call.request_id.clone(),
        address: call.address.to_string(),
        detail: Value::Null,
    }
}

/// The same session under a new cookie, with what the caller's transaction changes; `None` when it has ended.
pub async fn renew(app: &App, mut tx: &mut Tx, session: &Session) -> Result<Option<SetCookie>> {
    let (cookie, id) = fresh();
    let renewed = (&mut tx).one(RENEW, args![&session.id, id]).await?;
    Ok(renewed.map(|_| self::cookie(app, session, &cookie)))
}

/// The same session under a new cookie, whose person has just proved again who they are; `None` when it has ended. How they
/// signed in stays what it was.
pub async fn prove(app: &App, mut tx: &mut Tx, session: &Session) -> Result<Option<Secret>> {
    let (cookie, id) = fresh();
    let proved = (&mut tx).one(PROVE, args![&session.id, id, app.now()]).await?;
    Ok(proved.map(|_| cookie))
}

/// A cookie of this session, for as long as it lives.
pub fn cookie(app: &App, session: &Session, cookie: &Secret) -> SetCookie {
    let left = u64::try_from(session.expires_at.secs_since(app.now())).unwrap_or_default();
    Cookie::Session.set(app, cookie, Some(Duration::from_secs(left)))
}

/// A session as its person recognises it.
#[derive(Clone, Debug, serde::Serialize, utoipa::ToSchema)]
#[schema(as = Session)]
pub struct Known {
    /// What relying parties know it by.
    #[schema(value_type = String)]
    pub sid: SessionId,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Time,
    /// When it was used last, to the minute.
    #[schema(value_type = String, format = DateTime)]
    pub seen_at: Time,
    /// What the browser called itself.
    pub user_agent: String,
    /// From where it signed in.
    pub network: String,
}

/// The living sessions of a person, those used last first.
pub async fn of_user(mut on: impl On, user: &UserId, now: Time, limit: i64) -> Result<Vec<Known>> {
    let rows = on.all(OF_USER, args![user, now, limit]).await?;
    let read = rows.iter().map(|row| {
        Ok(Known {
            sid: row.id("sid")?,
            created_at: row.time("created_at")?,
            seen_at: row.time("seen_at")?,
            user_agent: row.text("user_agent")?,
            network: row.text("network")?,
        })
    });
    read.collect()
}

/// Ends one session of this person; false when they have none of this name.
pub async fn end_one(mut tx: &mut Tx, user: &UserId, sid: &SessionId) -> Result<bool> {
    Ok((&mut tx).one(END_ONE, args![user, sid]).await?.is_some())
}

/// Ends all sessions of a person but this one; gives what relying parties know them by.
pub async fn end_others(mut tx: &mut Tx, session: &Session) -> Result<Vec<SessionId>> {
    let rows = (&mut tx).all(END_OTHERS, args![&session.user.id, &session.sid]).await?;
    rows.iter().map(|row| row.id("sid")).collect()
}

/// Ends one session; false when it had ended.
pub async fn end(mut tx: &mut Tx, session: &Session) -> Result<bool> {
    Ok((&mut tx).one(END, args![&session.id]).await?.is_some())
}

/// Ends all sessions of a person; gives what relying parties know them by.
pub async fn end_all(mut on: impl On, user: &UserId) -> Result<Vec<SessionId>> {
    on.all(END_ALL, args![user]).await?.iter().map(|row| row.id("sid")).collect()
}

/// Ends one session and keeps its row until what hangs on it is wound up, by those who know what that is.
async fn leave(mut tx: &mut Tx, session: &Session) -> Result<()> {
    (&mut tx).run(LEAVE, args![&session.id]).await.map(|_| ())
}

/// Sessions that were left and aren't wound up.
pub async fn left(mut db: &Db) -> Result<Vec<SessionId>> {
    db.all(LEFT, args![]).await?.iter().map(|row| row.id("sid")).collect()
}

/// Takes a session that was left, to wind it up in this transaction; gives whose it was, or `None` when somebody else
/// was faster.
pub async fn take_left(mut tx: &mut Tx, sid: &SessionId) -> Result<Option<UserId>> {
    (&mut tx).one(TAKE_LEFT, args![sid]).await?.map(|row| row.id("user_id")).transpose()
}

/// Deletes sessions that are over, a few hundred at a time.
pub async fn purge(app: &App) -> std::result::Result<usize, Fault> {
    let mut db = &app.db;
    db.run(PURGE, args![app.now()]).await
}

#[cfg(test)]
impl Session {
    /// Somebody who signed in at `auth_time`, for tests of pure functions.
    pub(crate) fn sample(user: &str, auth_time: Time) -> Self {
        let id = UserId::from(user);
        let user = User {
            id,
            email: "ada@example.com".to_owned(),
            password: None,
            profile: crate::people::Profile::default(),
            role: crate::people::Role::User,
            enabled: true,
            rev: 1,
            created_at: auth_time,
            updated_at: auth_time,
        };
        let (amr, acr) = ("pwd".to_owned(), super::ACR_PASSWORD.to_owned());
        let sid = SessionId::from("sid");
        let expires_at = auth_time + Duration::from_secs(3600);
        Session {
            id: String::new(),
            sid,
            user,
            auth_time,
            amr,
            acr,
            proved_at: auth_time,
            created_at: auth_time,
            seen_at: auth_time,
            expires_at,
        }
    }
}
