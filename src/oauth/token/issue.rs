//! RFC 6749 §5.1, OIDC Core §3.1.3.3: the answer with tokens, made from the row after its commit.

use crate::app::App;
use crate::base::{Secret, Time};
use crate::clients::{Client, Format};
use crate::crypto::token::{GrantToken, Holder, Kind};
use crate::oauth::error::Refusal;
use crate::oauth::grants::Grant;
use crate::oauth::{access, id_token};
use serde_json::{Map, Value, json};
use std::time::Duration;

/// The members of the answer.
pub type Answer = Map<String, Value>;

/// What the answer is made from.
pub struct Minted<'a> {
    /// The row as the change left it.
    pub grant: Grant,
    /// The secret that its tokens carry.
    pub holder: &'a Holder,
    /// The refresh token, where it stays the same.
    pub refresh: Option<Secret>,
    /// For the ID token.
    pub nonce: Option<String>,
}

/// Whole seconds, as `expires_in` has them.
pub fn seconds(span: Duration) -> u64 {
    span.as_secs().max(1)
}

/// The answer. The same row gives the same access and refresh token, however often it is asked.
pub async fn respond(app: &App, client: &Client, minted: Minted<'_>, now: Time) -> Result<Answer, Refusal> {
    let grant = &minted.grant.within(&client.scope());
    let macs = app.keys.macs();
    let token = |holder: Holder| GrantToken { grant: grant.id, generation: grant.generation, holder };
    let access_token = match client.metadata.access_token_format {
        Format::Opaque => token(minted.holder.for_access()).seal(Kind::Access, &macs).reveal().to_owned(),
        Format::Jwt => app.keys.sign(access::ALG, access::TYP, access::grant_claims(app, grant)).await?,
    };
    let mut answer = Answer::new();
    let left = grant.access_expires_at.secs_since(now).max(1);
    answer.insert("access_token".to_owned(), json!(access_token));
    answer.insert("token_type".to_owned(), json!("Bearer"));
    answer.insert("expires_in".to_owned(), json!(left));
    answer.insert("scope".to_owned(), json!(grant.access_scope.to_string()));
    if grant.refreshable {
        let fresh = || token(minted.holder.clone()).seal(Kind::Refresh, &macs);
        let refresh = minted.refresh.unwrap_or_else(fresh);
        answer.insert("refresh_token".to_owned(), json!(refresh.reveal()));
    }
    if grant.scope.has("openid") {
        let ask = id_token::Ask { grant, access_token: &access_token, nonce: minted.nonce };
        answer.insert("id_token".to_owned(), json!(id_token::sign(app, client, ask, now).await?));
    }
    Ok(answer)
}
