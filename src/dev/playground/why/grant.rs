//! Tokens that stand for a generation of a grant: RFC 6749 §4.1.2, §6, RFC 9700 §4.14.2.

use super::{INTROSPECT, Inspection, TOKEN, USERINFO, moment, name};
use crate::app::App;
use crate::base::encoding::hex;
use crate::clients::{self, Client, Rotation};
use crate::crypto::token::{GrantToken, Kind};
use crate::db::Fault;
use crate::oauth::look::{Looked, look};
use std::sync::Arc;

/// What became of a token, seen from its grant.
enum State {
    Good(String),
    /// A used refresh token within the window.
    Replay(String),
    /// Presenting it ends the grant.
    Ends(String),
    Over(String),
}

pub(super) async fn inspect(app: &App, kind: Kind, token: &GrantToken) -> Result<Inspection, Fault> {
    let Some(found) = look(&app.db, &token.grant).await? else {
        let verdict = "We made it, but no grant has it any more: grants are deleted a day after their end.";
        return Ok(Inspection::new(name(kind), false, verdict).fact("Grant", hex(&token.grant)));
    };
    let client = clients::find(app, found.client_id.as_str()).await?;
    let state = state(app, kind, token, &found, client.as_ref());
    Ok(told(app, kind, token, &found, state))
}

fn state(app: &App, kind: Kind, token: &GrantToken, found: &Looked, client: Option<&Arc<Client>>) -> State {
    let now = app.now();
    if !found.holds(kind, token) {
        return State::Over("Its MAC is right, but its holder secret isn't the one of this grant.".to_owned());
    }
    if let Some(at) = found.revoked_at {
        let why = reason(found.end_reason.as_deref().unwrap_or_default());
        return State::Over(format!("Its grant ended {}: {why}.", moment(app, at)));
    }
    if !found.client_enabled || !found.user_enabled {
        return State::Over("The client or the account is disabled.".to_owned());
    }
    if found.expires_at <= now {
        return State::Over(format!("Its grant reached the end of its life {}.", moment(app, found.expires_at)));
    }
    match kind {
        Kind::Code => code(app, found),
        Kind::Access => access(app, token, found, client),
        Kind::Refresh => refresh(app, token, found, client),
    }
}

fn code(app: &App, found: &Looked) -> State {
    match found.redeemed_at {
        Some(at) => State::Ends(format!(
            "It was redeemed {}. Presented again it would end the grant and take its tokens along.",
            moment(app, at)
        )),
        None if found.code_expires_at <= app.now() => {
            State::Over(format!("It expired {}; codes live a minute.", moment(app, found.code_expires_at)))
        }
        None => State::Good(format!("It can be redeemed once, until {}.", moment(app, found.code_expires_at))),
    }
}

fn access(app: &App, token: &GrantToken, found: &Looked, client: Option<&Arc<Client>>) -> State {
    let (mine, newest, now) = (token.generation, found.generation, app.now());
    let overlap = client.map_or(0, |client| client.metadata.access_token_overlap);
    let overlaps =
        mine.checked_add(1) == Some(newest) && found.rotated_at + std::time::Duration::from_secs(overlap) > now;
    if i64::from(mine) <= found.access_ended {
        State::Over("It was revoked by itself; its grant lives on.".to_owned())
    } else if mine < newest && !overlaps {
        State::Over(format!(
            "It was superseded: a refresh made generation {newest}, and this is {mine}. One access token lives at a time."
        ))
    } else if mine == newest && found.access_expires_at <= now {
        State::Over(format!("It expired {}.", moment(app, found.access_expires_at)))
    } else {
        State::Good(format!("It is good until {}.", moment(app, found.access_expires_at)))
    }
}

fn refresh(app: &App, token: &GrantToken, found: &Looked, client: Option<&Arc<Client>>) -> State {
    let (mine, newest, now) = (token.generation, found.generation, app.now());
    let window = client.map(|client| client.replay_window(app)).unwrap_or_default();
    let stays = client.is_some_and(|client| client.metadata.rotation == Rotation::Static);
    if found.idle_expires_at <= now {
        State::Over(format!("It wasn't used in time and expired {}.", moment(app, found.idle_expires_at)))
    } else if mine == newest || stays {
        State::Good(format!("It is the newest one, good until {}.", moment(app, found.idle_expires_at)))
    } else if mine.checked_add(1) == Some(newest) && found.rotated_at + window > now {
        State::Replay(format!(
            "It was used {}. Until {} it is answered with the same successor again.",
            moment(app, found.rotated_at),
            moment(app, found.rotated_at + window)
        ))
    } else {
        State::Ends(format!(
            "The grant is at generation {newest}, and this is {mine}. Presented now it counts as stolen and ends the grant."
        ))
    }
}

fn told(app: &App, kind: Kind, token: &GrantToken, found: &Looked, state: State) -> Inspection {
    let (good, ends, verdict) = match state {
        State::Good(text) | State::Replay(text) => (true, false, text),
        State::Ends(text) => (false, true, text),
        State::Over(text) => (false, false, text),
    };
    let told = Inspection::new(name(kind), good, verdict)
        .fact("Client", found.client_id.to_string())
        .fact("Person", found.user_email.clone())
        .fact("Scope", found.scope.to_string())
        .fact("Generation", format!("{} of {}", token.generation, found.generation))
        .fact("Grant", hex(&token.grant))
        .fact("Grant ends", moment(app, found.expires_at));
    let ending = if ends { "400 invalid_grant, and the grant is over" } else { "400 invalid_grant" };
    match kind {
        Kind::Code => told.at(TOKEN, good, if good { "200, with tokens" } else { ending }),
        Kind::Access => {
            let openid = found.scope.has("openid");
            let at_userinfo = match (good, openid) {
                (true, true) => "200, with what its scopes allow",
                (true, false) => "403 insufficient_scope: it has no scope openid",
                (false, _) => "401 invalid_token",
            };
            let active = if good { "active: true" } else { "active: false, and nothing more" };
            let refresh = "400 invalid_grant: an access token can't refresh";
            told.at(USERINFO, good && openid, at_userinfo).at(INTROSPECT, good, active).at(TOKEN, false, refresh)
        }
        Kind::Refresh => {
            let newest = good && token.generation == found.generation;
            let active = if newest { "active: true, to its own client" } else { "active: false, and nothing more" };
            let refreshed = if newest { "200, with the next pair" } else { "200, with the same pair as before" };
            told.at(TOKEN, good, if good { refreshed } else { ending }).at(INTROSPECT, newest, active).at(
                USERINFO,
                false,
                "401 invalid_token: a refresh token opens nothing",
            )
        }
    }
}

/// Why a grant ended, in words.
fn reason(code: &str) -> String {
    match code {
        "refresh_reuse" => "an old refresh token came back, so somebody else had it".to_owned(),
        "code_reuse" => "its code was presented a second time".to_owned(),
        "code_verifier_mismatch" => "its code came with a wrong code_verifier".to_owned(),
        "code_of_another_client" => "its code was presented by another client".to_owned(),
        "redirect_uri_mismatch" => "its code came with another redirect_uri".to_owned(),
        "code_expired" => "its code came too late".to_owned(),
        "revoked" => "the client revoked it".to_owned(),
        "signed_out" => "the person signed out".to_owned(),
        "consent_withdrawn" => "the person disconnected the app".to_owned(),
        other => other.replace('_', " "),
    }
}
