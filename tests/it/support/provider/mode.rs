//! How a virtual provider is: when tokens change and die, what its answers look like, what it asks of clients.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Seconds.
pub type Secs = i64;

/// What becomes of a refresh token that is used.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rotation {
    /// It stays as it is, and answers hold none (Google).
    #[default]
    None,
    /// Each use gives another, and the old ones stay good (Microsoft).
    Additive,
    /// It stays for so long, and is then replaced at its next use (QuickBooks: 24 h).
    Lazy(Secs),
    /// It is good for one use; a second is refused.
    Strict,
    /// It is good for one use; a second kills the grant.
    StrictFamily,
    /// For so long after its use it is accepted again.
    Grace { secs: Secs, again: Again, then: Then },
    /// It is accepted until its successor, or the access token that came with that, is used.
    UntilUsed { then: Then },
}

impl Rotation {
    /// Within this time the same answer again; after it, reuse kills the grant (Atlassian: 600; Xero: 1800).
    pub fn grace(secs: Secs) -> Self {
        Rotation::Grace { secs, again: Again::Replay, then: Then::Kill }
    }

    /// Until the successor is used; after that, refused.
    pub fn until_used() -> Self {
        Rotation::UntilUsed { then: Then::Refuse }
    }
}

/// What a spent token gives while it is still accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Again {
    /// The tokens that it gave before.
    Replay,
    /// New ones; those from before stay good.
    Reissue,
}

/// What a spent token does when it is no longer accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    Refuse,
    Kill,
}

/// When a consent gives a refresh token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Offline {
    #[default]
    Always,
    /// With the scope `offline_access`.
    Scope,
    /// With `access_type=offline`; at a later consent of the same person only with `prompt=consent` too (Google).
    Asked,
    Never,
}

/// Whose name is in the callback as `iss` (RFC 9207).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Iss {
    #[default]
    None,
    Own,
    /// Of somebody else.
    Other(String),
}

/// All of it. Everything may change at any time.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mode {
    pub rotation: Rotation,
    /// How long an access token is accepted.
    pub access_life: Secs,
    /// What answers say instead, in `expires_in`.
    pub says_life: Option<Secs>,
    /// A refresh token dies when it isn't used for so long.
    pub refresh_idle: Option<Secs>,
    /// A grant dies so long after the consent.
    pub refresh_absolute: Option<Secs>,
    /// The name of the member of answers that tells how long the refresh token has left.
    pub says_refresh_life: Option<String>,
    /// A refresh ends the grant's earlier access tokens (GitHub, Airtable).
    pub refresh_kills_access: bool,
    /// A new access token ends all others of the same person and client (Figma).
    pub one_access_per_user: bool,
    /// Of a grant's access tokens, only so many live; the oldest die silently (Zoho: 15).
    pub access_cap: Option<usize>,
    /// Of a person's grants to a client, only so many live; the oldest die silently (Google: 100, Salesforce: 5).
    pub grant_cap: Option<usize>,
    /// A consent ends the earlier grants of the same person to the same client (Notion).
    pub new_consent_replaces: bool,
    /// A refresh is refused while the grant's newest access token is younger (Exact: 570).
    pub earliest_refresh: Option<Secs>,
    /// So many refreshes of a grant in so long; more are throttled (Zoho: 10 in 600 s).
    pub refreshes: Option<(usize, Secs)>,
    /// For so long a token that doesn't expire is exchanged again, for the same pair (Shopify: seven days).
    pub migrates_again: Option<Secs>,
    pub offline: Offline,
    /// Whether a client must send a challenge (RFC 7636).
    pub pkce_required: bool,
    pub iss: Iss,
    /// Further parameters of the callback; `{user}` is the person's id.
    pub callback: BTreeMap<String, String>,
    /// With a code comes a second chain of tokens of this scope, as `authed_user` (Slack).
    pub second: Option<String>,
    /// What it signs the callback with, in `hmac` (Shopify).
    pub callback_secret: Option<String>,
    /// What a successful token answer looks like instead: texts `$access_token`, `$refresh_token`, `$expires_in`,
    /// `$scope`, `$id_token` and `$user` are replaced; members that have no value then are left out.
    pub answer: Option<Value>,
    /// The error code for a refresh token that isn't accepted.
    pub dead_error: String,
    /// The error code for a client that isn't believed.
    pub client_error: String,
    /// The status of refusals at the token endpoint; `None` as RFC 6749 §5.2 says. (GitHub, Slack: 200.)
    pub error_status: Option<u16>,
    /// Other names of its endpoints: `oauth2/v1/tokens/bearer` to `token`.
    pub paths: BTreeMap<String, String>,
    /// Further paths of the API, behind an access token, and what they answer; `$user` is the person's id.
    pub identity: BTreeMap<String, Value>,
    /// What one grant reaches: the answer of `/api/connections`.
    pub tenants: Vec<Value>,
    /// Keys that `/api/me` accepts instead of access tokens, as Bearer, `X-Api-Key` or the password of Basic.
    pub api_keys: BTreeMap<String, String>,
    /// So much is its clock ahead: in the `Date` of answers and where it looks at `iat` and `exp`.
    pub skew: Secs,
    /// Who consents without seeing a page.
    pub decides: Option<String>,
    /// How long its tokens are.
    pub token_length: usize,
}

impl Default for Mode {
    fn default() -> Self {
        Mode {
            rotation: Rotation::None,
            access_life: 3600,
            says_life: None,
            refresh_idle: None,
            refresh_absolute: None,
            says_refresh_life: None,
            refresh_kills_access: false,
            one_access_per_user: false,
            access_cap: None,
            grant_cap: None,
            new_consent_replaces: false,
            earliest_refresh: None,
            refreshes: None,
            migrates_again: None,
            offline: Offline::Always,
            pkce_required: false,
            iss: Iss::None,
            callback: BTreeMap::new(),
            second: None,
            callback_secret: None,
            answer: None,
            dead_error: "invalid_grant".to_owned(),
            client_error: "invalid_client".to_owned(),
            error_status: None,
            paths: BTreeMap::new(),
            identity: BTreeMap::new(),
            tenants: Vec::new(),
            api_keys: BTreeMap::new(),
            skew: 0,
            decides: None,
            token_length: 43,
        }
    }
}

impl From<Rotation> for Mode {
    fn from(rotation: Rotation) -> Self {
        Mode { rotation, ..Mode::default() }
    }
}

/// How a client proves itself at the token endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// `Authorization: Basic`.
    Basic,
    /// In the form.
    Post,
    /// In a JSON body.
    Json,
    /// RFC 7523 §2.2.
    PrivateKeyJwt,
    /// By its id alone.
    None,
}

/// A client that is registered there: what a source of ours is to them.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct App {
    pub id: String,
    /// Each of them is good.
    #[serde(default)]
    pub secrets: Vec<String>,
    /// What it may use.
    #[serde(default = "usual")]
    pub proofs: Vec<Proof>,
    /// The public keys for assertions: of the client, of a service account, of a GitHub-style app.
    #[serde(default)]
    pub keys: Vec<Value>,
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    /// Of a GitHub-style app: installation id to who installed it.
    #[serde(default)]
    pub installations: BTreeMap<String, String>,
}

fn usual() -> Vec<Proof> {
    vec![Proof::Basic, Proof::Post, Proof::Json]
}

impl App {
    /// A confidential client with one secret and one place to return to.
    pub fn new(id: &str, secret: &str, redirect_uri: &str) -> Self {
        App {
            id: id.to_owned(),
            secrets: vec![secret.to_owned()],
            proofs: usual(),
            keys: Vec::new(),
            redirect_uris: vec![redirect_uri.to_owned()],
            installations: BTreeMap::new(),
        }
    }

    /// One that signs.
    pub fn signing(id: &str, jwk: &Value) -> Self {
        App { secrets: Vec::new(), proofs: vec![Proof::PrivateKeyJwt], keys: vec![jwk.clone()], ..App::new(id, "", "") }
    }
}
