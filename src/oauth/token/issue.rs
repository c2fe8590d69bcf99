//! RFC 6749 §5.1, OIDC Core §3.1.3.3: the answer with tokens, made from the row after its commit.

use crate::app::App;
use crate::base::{Secret, Time};
use crate::clients::{Client, Format};
use crate::crypto::token::{GrantToken, Holder, Kind};
use crate::oauth::error::Refusal;
use crate::oauth::grants::Grant;
use crate::oauth::{access, id_token};
use serde::Serialize;

/// The members of the answer.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = TokenAnswer)]
pub struct Answer {
    /// The access token.
    pub access_token: String,
    /// RFC 6750.
    #[schema(value_type = String)]
    pub token_type: &'static str,
    /// Seconds until the access token ends.
    pub expires_in: i64,
    /// What it may be used for.
    pub scope: String,
    /// The refresh token, where the grant has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// OIDC Core §3.1.3.3.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
}

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

/// The answer. The same row gives the same access and refresh token, however often it is asked.
pub async fn respond(app: &App, client: &Client, minted: Minted<'_>, now: Time) -> Result<Answer, Refusal> {
    let grant = &minted.grant.within(&client.scope());
    let macs = app.keys.macs();
    let token = |holder: Holder| GrantToken { grant: grant.id, generation: grant.generation, holder };
    let access_token = match client.metadata.access_token_format {
        Format::Opaque => token(minted.holder.for_access()).seal(Kind::Access, &macs).reveal().to_owned(),
        Format::Jwt => {
            app.keys.sign(access::ALG, access::TYP, access::grant_claims(app, &client.metadata, grant)).await?
        }
    };
    let refresh_token = grant.refreshable.then(|| match minted.refresh {
        Some(stays) => stays.reveal().to_owned(),
        None => token(minted.holder.clone()).seal(Kind::Refresh, &macs).reveal().to_owned(),
    });
    let id_token = match grant.scope.has("openid") {
        true => {
            let ask =
                id_token::Ask { access_token: Some(&access_token), nonce: minted.nonce, ..id_token::Ask::of(grant) };
            Some(id_token::sign(app, client, ask, now).await?)
        }
        false => None,
    };
    Ok(Answer {
        token_type: "Bearer",
        expires_in: grant.access_expires_at.secs_since(now).max(1),
        scope: grant.access_scope.to_string(),
        access_token,
        refresh_token,
        id_token,
    })
}
