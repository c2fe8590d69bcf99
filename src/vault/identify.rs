//! Who is it? Asked of the provider with what we just got, before an account is made of it.

use super::held::Held;
use super::refused::Refused;
use super::setup::{Ready, answer, send};
use crate::app::App;
use crate::catalogue::wire::{self, Evidence, Identity, Tokens, Unidentified};
use crate::outbound::Unanswered;
use axum::http::StatusCode;
use serde_json::json;
use std::time::Duration;

/// What there is to go by.
pub(super) struct Known<'a> {
    pub held: &'a Held,
    /// The tokens that just came; none where somebody typed something in.
    pub tokens: Option<&'a Tokens>,
    /// The nonce that the browser was sent with.
    pub nonce: Option<&'a str>,
}

/// Finds out, or says why that can't be.
pub(super) async fn identify(app: &App, ready: &Ready, known: Known<'_>) -> Result<Identity, Refused> {
    let now = app.now();
    let setup = ready.with(ready.first(), &known.held.fields, now);
    let call = wire::identity(&ready.kind, &setup, known.held.access_token.as_ref(), known.tokens, now)?;
    let reply = match &call {
        Some(call) => Some(send(app, call).await.map_err(|why| unavailable(&why))?),
        None => None,
    };
    let request = reply.as_ref().map(answer);
    let said = Some(&known.held.said);
    let evidence = Evidence { setup, tokens: known.tokens, said, request, nonce: known.nonce, now };
    wire::external_id(&ready.kind, &evidence).map_err(refused)
}

fn unavailable(why: &Unanswered) -> Refused {
    tracing::info!(?why, "a provider couldn't be asked who an account is");
    let why = "the provider can't be asked right now who this is; nothing was kept, try again in a moment";
    Refused::later("verification_unavailable", why, Duration::from_secs(5))
}

fn refused(why: Unidentified) -> Refused {
    let unprocessable = |code, why: &str| Refused::new(StatusCode::UNPROCESSABLE_ENTITY, code, why);
    match why {
        Unidentified::Rejected(status) => {
            let why = "the provider doesn't accept these credentials; nothing was kept";
            unprocessable("credentials_rejected", why).with(json!({ "status": status }))
        }
        Unidentified::Unavailable(_) => {
            let why = "the provider can't say right now who this is; nothing was kept, try again in a moment";
            Refused::later("verification_unavailable", why, Duration::from_secs(5))
        }
        Unidentified::Mismatch => unprocessable(
            "external_id_mismatch",
            "these credentials are those of another account than the one that was named",
        ),
        Unidentified::Nameless => unprocessable(
            "external_id_required",
            "the provider doesn't say whose credentials these are; name the external id",
        ),
        Unidentified::BadIdToken(why) => {
            tracing::warn!(why, "a provider's ID token was refused");
            unprocessable("provider_error", "the provider's ID token doesn't hold")
        }
        Unidentified::Wrong(wrong) => wrong.into(),
    }
}
