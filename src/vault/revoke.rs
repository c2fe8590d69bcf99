//! RFC 7009: a provider is told that its tokens aren't needed any more, as well as it goes.

use super::held::Held;
use super::setup::{Ready, Unready, send};
use super::sources::Source;
use crate::app::App;
use crate::catalogue::wire;
use std::collections::BTreeMap;

/// What became of telling a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// It heard it.
    Heard,
    /// It doesn't take it like that, and won't later.
    Refused,
    /// It couldn't be reached, or failed: later it may hear.
    Unheard,
    /// There is no such address, or nothing to name.
    Nothing,
}

/// Whether a provider can be told at all of accounts of this source.
pub(super) fn possible(app: &App, source: &Source) -> bool {
    source.kind(app).is_ok_and(|kind| wire::revokes(&kind, &source.params))
}

/// Tells it. `params` are those of the grant: they may say at which host.
pub(super) async fn tell(app: &App, source: &Source, params: &BTreeMap<String, String>, held: &Held) -> Told {
    let ready = match Ready::of(app, source, params).await {
        Ok(Ok(ready)) => ready,
        Ok(Err(Unready::Unreachable(_))) | Err(_) => return Told::Unheard,
        Ok(Err(Unready::Wrong(_))) => return Told::Refused,
    };
    let setup = ready.with(ready.first(), &held.fields, app.now());
    let call = match wire::revoke(&ready.kind, &setup, held.refresh_token.as_ref(), held.access_token.as_ref()) {
        Ok(Some(call)) => call,
        Ok(None) => return Told::Nothing,
        Err(_) => return Told::Refused,
    };
    match send(app, &call).await {
        Ok(reply) if (200..300).contains(&reply.status) => Told::Heard,
        Ok(reply) if reply.status >= 500 || reply.status == 429 => Told::Unheard,
        Ok(_) => Told::Refused,
        Err(why) => {
            tracing::info!(source = %source.slug, ?why, "a provider couldn't be told that its tokens aren't needed any more");
            Told::Unheard
        }
    }
}
