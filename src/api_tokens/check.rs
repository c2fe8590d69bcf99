//! A token is presented: what it stands for today. One read, by its hash; none for what we didn't make.

use super::ApiToken;
use super::store::CHECK;
use crate::app::App;
use crate::base::encoding::fingerprint;
use crate::crypto::api_token;
use crate::db::{Moment, Question, Result, Row};
use crate::people::Role;
use crate::people::workspaces::Standing;
use crate::web::Call;
use axum::http::HeaderMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// How often use is written down.
const NOTE_EVERY: Duration = Duration::from_secs(60);

/// A good token, with its person.
#[derive(Debug)]
pub struct Checked {
    /// The token.
    pub token: ApiToken,
    /// The person's address.
    pub email: Arc<str>,
    /// What they may do to this deployment.
    pub user_role: Role,
    /// What they are in the workspace of the token.
    pub standing: Option<Standing>,
    /// Requests a second in that workspace, where it isn't what the settings say.
    pub workspace_per_second: Option<u32>,
    /// As proxies are told of it.
    pub told: OnceLock<HeaderMap>,
}

/// What the database keeps of a token.
pub fn hash(token: &str) -> String {
    fingerprint(token.as_bytes())
}

/// What a token stands for, or `None` when it isn't good (any more). `call` is whoever uses it; none for those who only
/// want to know. And as of when that is so.
pub async fn check(app: &App, token: &str, call: Option<&Call>) -> Result<Option<(Arc<Checked>, Moment)>> {
    if !api_token::ours(&app.keys.macs(), token) {
        return Ok(None);
    }
    let (hash, as_of) = (hash(token), app.db.moment());
    let question = Question { as_of: Some(as_of), ..Question::named(&hash) };
    let Some(row) = app.db.look(&CHECK, question, |item| item).await? else {
        return Ok(None);
    };
    let (checked, now) = (row.made(Checked::read)?, app.now());
    let token = &checked.token;
    if token.over(now) || (token.workspace.is_some() && checked.standing.is_none()) {
        return Ok(None);
    }
    let stale = |at| at > now || at + NOTE_EVERY <= now;
    if let Some(call) = call.filter(|_| token.used_at.is_none_or(stale)) {
        app.uses.note(token.id.as_str(), &call.network(), now);
    }
    Ok(Some((checked, as_of)))
}

impl Checked {
    fn read(row: &Row) -> Result<Self> {
        Ok(Checked {
            token: ApiToken::read(row)?,
            email: row.text("email")?.into(),
            user_role: Role::named(&row.text("user_role")?).unwrap_or_default(),
            standing: row.text_opt("standing")?.as_deref().and_then(Standing::named),
            workspace_per_second: row.int_opt("workspace_per_second")?.and_then(|rate| u32::try_from(rate).ok()),
            told: OnceLock::new(),
        })
    }
}
