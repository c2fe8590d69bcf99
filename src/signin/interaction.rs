//! A request that waits for its person: kept here, bound to the browser that brought it, named by a short id.

use crate::app::App;
use crate::base::encoding::base64url;
use crate::base::id::UserId;
use crate::base::{Time, entropy};
use crate::db::{Fault, On, Result, Row, Tx};
use crate::web::browser::Browser;
use crate::{args, sql};
use serde::{Deserialize, Serialize};
use serde_json::Value;

sql! {
    write PARK = "INSERT INTO interactions (id, browser, payload, created_at, expires_at) VALUES ($1, $2, $3, $4, $5) RETURNING id";
    read FIND = "SELECT id, payload, consent, chosen, created_at FROM interactions WHERE id = $1 AND browser = $2 AND expires_at > $3";
    write DECIDE = "UPDATE interactions SET consent = $3 WHERE id = $1 AND browser = $2 AND consent IS NULL AND expires_at > $4 \
                    RETURNING id";
    write CHOOSE = "UPDATE interactions SET chosen = $3 WHERE id = $1 AND browser = $2 AND expires_at > $4 RETURNING id";
    write SPEND = "DELETE FROM interactions WHERE id = $1 RETURNING id";
    write PURGE = "DELETE FROM interactions WHERE id IN (SELECT id FROM interactions WHERE expires_at < $1 \
                   ORDER BY expires_at LIMIT 500) RETURNING id";
}

/// What a sign-in page says about the app that a person is on the way to.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Asking {
    /// Its name.
    pub name: String,
    /// Its host.
    pub host: String,
    /// A logo on our own origin.
    pub logo: Option<String>,
    /// Its home page.
    #[serde(default)]
    pub client_uri: Option<String>,
    /// The host of the document that describes it, where nobody registered it.
    #[serde(default)]
    pub from: Option<String>,
    /// Whether nobody vouches for it and it is only on the person's own device: any program there may pose as it.
    #[serde(default)]
    pub local_only: bool,
    /// Its privacy policy.
    pub policy_uri: Option<String>,
    /// Its terms.
    pub tos_uri: Option<String>,
}

/// What waits.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Waiting {
    /// The app, where there is one.
    pub asking: Option<Asking>,
    /// Whose address to fill in.
    pub login_hint: Option<String>,
    /// A local path; `?go=` and the id are added to it.
    pub return_to: String,
    /// The origin to which the person is sent in the end: browsers hold redirects that follow a form to `form-action`.
    pub leads_to: Option<String>,
    /// The language that the app wishes for (BCP 47), of those that we have.
    #[serde(default)]
    pub language: Option<String>,
    /// How strong a proof is needed (see [`super::proof::level`]); 0 for any.
    #[serde(default)]
    pub needs: usize,
    /// The request itself, for the room that parked it.
    pub request: Value,
}

/// A request that waits, found again.
#[derive(Clone, Debug)]
pub struct Interaction {
    /// Its id, the `go` parameter of our pages.
    pub id: String,
    /// What waits.
    pub waiting: Waiting,
    /// What was decided about it, by the room that parked it.
    pub decision: Option<Value>,
    /// The account that the person chose to go on with, where they were asked to.
    pub chosen: Option<UserId>,
    /// When the request came.
    pub created_at: Time,
}

impl Interaction {
    fn read(row: &Row) -> Result<Self> {
        let decision = row.text_opt("consent")?;
        Ok(Interaction {
            id: row.text("id")?,
            waiting: row.json("payload")?,
            decision: decision
                .map(|text| serde_json::from_str(&text))
                .transpose()
                .map_err(|why| Fault::Bug(why.to_string()))?,
            chosen: row.id_opt("chosen")?,
            created_at: row.time("created_at")?,
        })
    }

    /// Where the person goes on.
    pub fn resume(&self) -> String {
        format!("{}?go={}", self.waiting.return_to, self.id)
    }
}

/// Parks a request for this browser; gives its id.
pub async fn park(app: &App, browser: &Browser, waiting: &Waiting, now: Time) -> Result<String> {
    let id = base64url(&entropy::bytes::<16>());
    let payload = serde_json::to_string(waiting).map_err(|why| Fault::Bug(why.to_string()))?;
    let mut db = &app.db;
    let args = args![&id, browser.fingerprint(), payload, now, now + app.config.lifetimes.interaction];
    db.run(PARK, args).await?;
    Ok(id)
}

/// Finds a request that waits, if it was this browser that brought it.
pub async fn find(app: &App, browser: &Browser, id: &str) -> Result<Option<Interaction>> {
    if id.len() > 64 {
        return Ok(None);
    }
    let mut db = &app.db;
    let row = db.one(FIND, args![id, browser.fingerprint(), app.now()]).await?;
    row.as_ref().map(Interaction::read).transpose()
}

/// Writes down what was decided, once; false when something was decided before.
pub async fn decide(mut tx: &mut Tx, browser: &Browser, id: &str, decision: &Value, now: Time) -> Result<bool> {
    Ok((&mut tx).one(DECIDE, args![id, browser.fingerprint(), decision.to_string(), now]).await?.is_some())
}

/// Writes down with which account the person goes on; false when the request doesn't wait any more.
pub async fn choose(app: &App, browser: &Browser, id: &str, user: &UserId) -> Result<bool> {
    let mut db = &app.db;
    Ok(db.one(CHOOSE, args![id, browser.fingerprint(), user, app.now()]).await?.is_some())
}

/// Uses a request up; false when another tab was faster.
pub async fn spend(mut tx: &mut Tx, id: &str) -> Result<bool> {
    Ok((&mut tx).one(SPEND, args![id]).await?.is_some())
}

/// Deletes requests whose person never came, a few hundred at a time.
pub async fn purge(app: &App) -> Result<usize> {
    let mut db = &app.db;
    db.run(PURGE, args![app.now()]).await
}
