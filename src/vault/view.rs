//! Accounts as the API and pages show them.

use super::accounts::{Account, AccountId, Custody, Reason, State};
use super::actor::Level;
use super::credentials::Given;
use super::grants::{Health, Trouble};
use super::held::Held;
use super::look::Seen;
use super::sources::SourceId;
use crate::app::App;
use crate::base::id::UserId;
use crate::base::{Secret, Time};
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Where somebody connects an account again.
pub(super) fn reconnect_url(app: &App, account: &Account) -> String {
    app.url(&format!("/connect/again/{}", account.id))
}

/// The source of an account.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Of {
    /// Its name.
    #[schema(value_type = String)]
    id: SourceId,
    /// Its slug.
    slug: String,
    /// Its type.
    #[serde(rename = "type")]
    kind: String,
}

/// Whose an account is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Owner {
    /// The person; none where it is the workspace's own.
    #[schema(value_type = Option<String>)]
    user_id: Option<UserId>,
    /// What the app that connected it calls its owner.
    r#ref: Option<String>,
}

/// An account.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Account)]
pub struct Shown {
    /// Its name.
    #[schema(value_type = String, example = "acc_0197…")]
    id: AccountId,
    /// Where it is from.
    source: Of,
    /// What the provider calls it: unique within its source.
    external_id: String,
    /// Whether the provider said so; where it didn't, there may be two for the same somebody.
    external_id_verified: bool,
    /// What people call it.
    name: String,
    /// What the provider shows of it.
    display_name: String,
    /// What apps keep with it.
    metadata: Map<String, Value>,
    /// Whose it is.
    owner: Owner,
    /// `private`, or `shared` where others may see it too.
    #[serde(skip_serializing_if = "Option::is_none")]
    visibility: Option<&'static str>,
    /// What whoever asks may do with it.
    access: Level,
    /// Until when, where they have opened somebody else's by break-glass.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    break_glass_until: Option<Time>,
    /// Whether its credentials are handed out.
    state: State,
    /// Why not.
    disabled_reason: Option<Reason>,
    /// The same in words: what happened, whose doing it was, what to do.
    disabled_message: Option<&'static str>,
    /// Who disabled it: `system`, or `user:…`.
    disabled_by: Option<String>,
    /// When.
    #[schema(value_type = Option<String>, format = DateTime)]
    disabled_at: Option<Time>,
    /// Where its owner connects it again, when that would help.
    reconnect_url: Option<String>,
    /// How it is doing.
    health: Health,
    /// What went wrong last, where it isn't well.
    error: Option<Trouble>,
    /// What the provider granted.
    authorized_scopes: Vec<String>,
    /// What the source asks for and the provider didn't grant.
    missing_scopes: Vec<String>,
    /// Who holds the refresh token.
    custody: Custody,
    /// Until when the credentials are said to work; null when they don't expire.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Time>,
    /// When a person must consent again, where that is known.
    #[schema(value_type = Option<String>, format = DateTime)]
    authorization_expires_at: Option<Time>,
    /// When the current credentials came.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_refreshed_at: Option<Time>,
    /// When they are looked at next.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_refresh_at: Option<Time>,
    /// When somebody last took them, to within seconds.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used_at: Option<Time>,
    /// When it was connected.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Time,
    /// The credentials themselves, where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    credentials: Option<Credentials>,
}

/// Credentials, in clear.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Credentials {
    /// RFC 6749 §1.4.
    Oauth2 {
        /// The access token.
        #[schema(value_type = String)]
        oauth_access_token: Plain,
        /// RFC 6749 §7.1.
        token_type: String,
        /// Counts the tokens of this account.
        version: i64,
        /// What came beside it and isn't secret: addresses, names.
        fields: Map<String, Value>,
    },
    /// A key.
    ApiKey {
        /// The key.
        #[schema(value_type = String)]
        api_key: Plain,
        /// The rest.
        #[schema(value_type = std::collections::BTreeMap<String, String>)]
        fields: BTreeMap<String, Plain>,
    },
    /// A name and a password.
    Basic {
        /// The name.
        #[schema(value_type = String)]
        username: Plain,
        /// The password.
        #[schema(value_type = String)]
        password: Plain,
        /// The rest.
        #[schema(value_type = std::collections::BTreeMap<String, String>)]
        fields: BTreeMap<String, Plain>,
    },
    /// What the form asked for.
    Custom {
        /// All of it.
        #[schema(value_type = std::collections::BTreeMap<String, String>)]
        fields: BTreeMap<String, Plain>,
    },
}

/// A secret on its way to somebody who may have it. The only one that is serialized.
#[derive(Clone, Debug)]
pub struct Plain(Secret);

impl Plain {
    /// Lets it out.
    pub fn new(secret: Secret) -> Self {
        Plain(secret)
    }
}

impl Serialize for Plain {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.0.reveal())
    }
}

impl Shown {
    /// An account without its credentials.
    pub fn of(app: &App, seen: &Seen, visibility: Option<&'static str>) -> Self {
        let (account, grant) = (&seen.account, seen.grant.as_ref());
        let granted = grant.map(|grant| words(&grant.scope)).unwrap_or_default();
        let missing =
            words(&seen.source_scope).into_iter().filter(|scope| !granted.is_empty() && !granted.contains(scope));
        let disabled = account.state == State::Disabled;
        let helps = account.disabled_reason.is_some_and(Reason::reconnects);
        Shown {
            id: account.id.clone(),
            source: Of { id: account.source.clone(), slug: seen.slug.clone(), kind: seen.kind.clone() },
            external_id: account.external_id.clone(),
            external_id_verified: account.verified,
            name: account.name.clone(),
            display_name: account.display_name.clone(),
            metadata: account.metadata.clone(),
            owner: Owner { user_id: account.owner.clone(), r#ref: account.owner_ref.clone() },
            visibility,
            access: seen.level,
            break_glass_until: seen.opened_until,
            state: account.state,
            disabled_reason: account.disabled_reason,
            disabled_message: account.disabled_reason.map(Reason::words),
            disabled_by: account.disabled_by.clone(),
            disabled_at: account.disabled_at,
            reconnect_url: (disabled && helps).then(|| reconnect_url(app, account)),
            health: grant.map_or(Health::Ok, |grant| grant.health),
            error: grant.and_then(|grant| grant.error.clone()).filter(|_| !disabled),
            missing_scopes: missing.collect(),
            authorized_scopes: granted,
            custody: account.custody,
            expires_at: grant.and_then(|grant| grant.published_at),
            authorization_expires_at: grant.and_then(|grant| grant.ends_at),
            last_refreshed_at: grant.map(|grant| grant.refreshed_at),
            next_refresh_at: grant.and_then(|grant| grant.next_at),
            last_used_at: grant.and_then(|grant| grant.used_at),
            created_at: account.created_at,
            updated_at: account.updated_at,
            credentials: None,
        }
    }

    /// The same with its credentials.
    pub fn with(app: &App, given: Given) -> Self {
        let Given { seen, held, expires_at } = given;
        Shown { expires_at, credentials: Some(credentials(&seen, held)), ..Shown::of(app, &seen, None) }
    }
}

/// An account as JSON, to somebody who may do so much with it. Whoever reads its credentials again and again is told the same
/// beside them, until its row changes.
pub(super) struct Told {
    level: Level,
    opened_until: Option<Time>,
    expires_at: Option<Time>,
    json: String,
}

impl Told {
    fn new(app: &App, seen: &Seen, expires_at: Option<Time>) -> serde_json::Result<Self> {
        let shown = Shown { expires_at, ..Shown::of(app, seen, None) };
        let json = serde_json::to_string(&shown)?;
        Ok(Told { level: seen.level, opened_until: seen.opened_until, expires_at, json })
    }

    fn fits(&self, seen: &Seen, expires_at: Option<Time>) -> bool {
        (self.level, self.opened_until, self.expires_at) == (seen.level, seen.opened_until, expires_at)
    }
}

/// Writes what [`Shown::with`] would give, as JSON.
pub fn write_with(app: &App, given: Given, json: &mut Vec<u8>) -> serde_json::Result<()> {
    let Given { seen, held, expires_at } = given;
    let kept = seen.told.get().filter(|told| told.fits(&seen, expires_at));
    let fresh = match kept {
        Some(_) => None,
        None => Some(Told::new(app, &seen, expires_at)?),
    };
    let account = kept.or(fresh.as_ref()).map(|told| told.json.as_str()).unwrap_or_default();
    // What is added comes before its last brace.
    json.extend_from_slice(account.strip_suffix('}').unwrap_or(account).as_bytes());
    json.extend_from_slice(b",\"credentials\":");
    serde_json::to_writer(&mut *json, &credentials(&seen, held))?;
    json.push(b'}');
    if let Some(fresh) = fresh {
        // Of several that fit in turn the first is kept.
        let _ = seen.told.set(fresh);
    }
    Ok(())
}

fn words(scope: &str) -> Vec<String> {
    scope.split_whitespace().map(str::to_owned).collect()
}

fn credentials(seen: &Seen, held: Held) -> Credentials {
    if let Some(token) = held.access_token {
        return Credentials::Oauth2 {
            oauth_access_token: Plain(token),
            token_type: held.token_type.unwrap_or_else(|| "Bearer".to_owned()),
            version: seen.grant.as_ref().map(|grant| grant.version).unwrap_or_default(),
            fields: seen.account.fields.clone(),
        };
    }
    let mut fields: BTreeMap<String, Plain> =
        held.fields.into_iter().map(|(name, value)| (name, Plain(value))).collect();
    if let Some(api_key) = fields.remove("api_key") {
        return Credentials::ApiKey { api_key, fields };
    }
    match (fields.remove("username"), fields.remove("password")) {
        (Some(username), Some(password)) => Credentials::Basic { username, password, fields },
        (username, password) => {
            fields.extend(username.map(|one| ("username".to_owned(), one)));
            fields.extend(password.map(|one| ("password".to_owned(), one)));
            Credentials::Custom { fields }
        }
    }
}
