//! vault.md §3.3, "this token failed": whoever uses one says so, it is refreshed if it is still the current one, and people see in
//! the account's timeline what the provider said.

use super::accounts::{self, State};
use super::actor::{ACCOUNTS_CREDENTIALS, Actor, Level};
use super::events;
use super::held::Held;
use super::look::{PRIMARY, Seen, Which};
use super::manage::{note, with_role};
use super::refused::Refused;
use super::{introspect, refresh};
use crate::app::App;
use crate::base::encoding::{hex, same, sha256};
use serde_json::{Value, json};

/// How much is kept of what a provider said, in characters.
const MOST: usize = 200;

/// A token that somebody saw fail.
#[derive(Debug, Default)]
pub struct Rejected {
    /// Of which role, where that was said.
    pub role: Option<String>,
    /// Its SHA-256, in hexadecimal digits.
    pub token_sha256: Option<String>,
    /// Or its version.
    pub version: Option<i64>,
    /// The status of the provider's answer.
    pub status: Option<u16>,
    /// What the provider said.
    pub provider_error: Option<String>,
}

/// Whether it was a current one. Then it is refreshed, where it can be; where the provider can be asked about it, only if that doesn't
/// say that it is good. A digest tells of which role it is.
pub async fn reject(app: &App, who: &Actor, which: &Which, rejected: Rejected) -> Result<bool, Refused> {
    let role = rejected.role.as_deref().unwrap_or(PRIMARY);
    let seen = with_role(app, who, which, role, Level::Use).await?;
    if !who.may_take(&seen.slug) {
        return Err(Refused::scope(ACCOUNTS_CREDENTIALS));
    }
    let current = of_role(app, who, &seen, role, &rejected).await? || beside(app, who, which, &seen, &rejected).await?;
    tracing::info!(account = %seen.account.id, current, status = rejected.status, "a caller saw a token fail");
    Ok(current)
}

/// Whoever tells the digest needn't know of which role it is.
async fn beside(app: &App, who: &Actor, which: &Which, seen: &Seen, rejected: &Rejected) -> Result<bool, Refused> {
    if rejected.role.is_some() || rejected.token_sha256.is_none() {
        return Ok(false);
    }
    let all = accounts::store::grants(&app.db, &seen.account.id).await?;
    for (_, role) in all.into_iter().filter(|(_, role)| role != PRIMARY) {
        let seen = with_role(app, who, which, &role, Level::Use).await?;
        if of_role(app, who, &seen, &role, rejected).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn of_role(app: &App, who: &Actor, seen: &Seen, role: &str, rejected: &Rejected) -> Result<bool, Refused> {
    let Some(grant) = &seen.grant else { return Ok(false) };
    let held = seen.held(app).await?;
    let token = held.as_ref().and_then(|held| held.access_token.as_ref());
    let current = match (&rejected.token_sha256, rejected.version) {
        (Some(digest), _) => {
            token.is_some_and(|token| same(hex(&sha256(token.reveal().as_bytes())).as_bytes(), digest.as_bytes()))
        }
        (None, Some(version)) => version == grant.version,
        (None, None) => return Err(Refused::field("token_sha256", "must be given, or version")),
    };
    if !current {
        return Ok(false);
    }
    tell(app, who, seen, (role, grant.version), (held.as_ref(), rejected)).await?;
    if grant.refreshable && seen.account.state == State::Active {
        match introspect::knows(app, seen) {
            true => introspect::begin(app, &grant.id, grant.version),
            false => drop(refresh::begin(app, &grant.id, grant.version)),
        }
    }
    Ok(true)
}

/// Writes it into the timeline, unless that ends with the same version already: many callers see one token fail.
async fn tell(
    app: &App,
    who: &Actor,
    seen: &Seen,
    (role, version): (&str, i64),
    (held, rejected): (Option<&Held>, &Rejected),
) -> Result<(), Refused> {
    let (account, now) = (&seen.account, app.now());
    let beside = (role != PRIMARY).then(|| json!(role));
    let last = events::of_account(app, &account.id, "", 1).await?;
    let told = |one: &events::Happened| {
        one.kind == "account.rejected"
            && one.detail.get("version") == Some(&json!(version))
            && one.detail.get("role") == beside.as_ref()
    };
    if last.first().is_some_and(told) {
        return Ok(());
    }
    let said = rejected.provider_error.as_deref().map(|text| shown(text, held)).filter(|text| !text.is_empty());
    let detail = json!({ "version": version, "role": beside, "status": rejected.status, "provider_error": said });
    let mut tx = app.db.begin().await?;
    if let Some(seq) = accounts::store::step(&mut tx, &account.id, now).await? {
        note(&mut tx, who, account, seq, ("account.rejected", without_nulls(detail)), now).await?;
    }
    tx.commit().await?;
    Ok(())
}

fn without_nulls(mut detail: Value) -> Value {
    if let Some(members) = detail.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
    detail
}

/// On one line, of bounded length, without the tokens that an answer may repeat.
fn shown(text: &str, held: Option<&Held>) -> String {
    let secrets = held.into_iter().flat_map(|held| {
        let tokens = held.access_token.iter().chain(&held.refresh_token).chain(&held.long_lived);
        tokens.chain(held.fields.values()).map(crate::base::Secret::reveal).filter(|one| one.len() >= 8)
    });
    let clean = secrets.fold(text.to_owned(), |text, secret| text.replace(secret, "[secret]"));
    let line = clean.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    line.collect::<Vec<_>>().join(" ").chars().take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Secret;

    #[test]
    fn what_a_provider_said_is_one_line_without_secrets() {
        let held = Held { access_token: Some(Secret::new("at-12345678")), ..Held::default() };
        assert_eq!(shown(" The\ntoken\u{0} at-12345678\r\nis bad ", Some(&held)), "The token [secret] is bad");
        assert_eq!(shown(&"é".repeat(500), None).chars().count(), MOST);
        assert_eq!(shown("\u{7}\n", None), "");
    }
}
