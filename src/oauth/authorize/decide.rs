//! What happens next with a request: a pure function of the request, who is signed in, and what was allowed.

use super::request::AuthRequest;
use crate::base::{ScopeSet, uri};
use crate::clients::Client;
use crate::oauth::error::{Code, Refusal};
use crate::signin::Session;
use serde::{Deserialize, Serialize};

/// What comes next.
#[derive(Debug)]
pub enum Next {
    /// The person must sign in (again).
    Login,
    /// The person must be asked.
    Consent,
    /// A code for this scope.
    Issue(ScopeSet),
    /// The client hears why not.
    Refuse(Refusal),
}

/// What the person said on the consent page, about this one request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Who said it.
    pub user: String,
    /// What they allow; none means that they declined.
    pub allowed: Option<ScopeSet>,
}

/// What is known of earlier consent.
#[derive(Debug, Default)]
pub struct Remembered {
    /// What the person allowed this client before.
    pub scope: ScopeSet,
    /// What was said about this request.
    pub decision: Option<Decision>,
}

/// Decides.
pub fn next(ask: &AuthRequest, client: &Client, session: Option<&Session>, known: &Remembered) -> Next {
    let Some(session) = session else {
        return must(ask, Next::Login, LOGIN_REQUIRED);
    };
    let wrong_person = ask.only_sub.as_ref().is_some_and(|sub| sub != session.user.id.as_str());
    // Signed in after the request came: that satisfies every wish for a fresh sign-in.
    let fresh = session.auth_time >= ask.received_at();
    if wrong_person && fresh {
        return Next::Refuse(Refusal::new(Code::LoginRequired, "another person is signed in than the one asked for"));
    }
    if wrong_person || (!fresh && wants_sign_in(ask, session)) {
        return must(ask, Next::Login, LOGIN_REQUIRED);
    }
    if ask.acr_unmet {
        let description = "the requested acr cannot be met";
        return Next::Refuse(Refusal::new(Code::UnmetAuthenticationRequirements, description));
    }
    let decision = known.decision.as_ref().filter(|decision| decision.user == session.user.id.as_str());
    match decision.map(|decision| &decision.allowed) {
        Some(Some(allowed)) => Next::Issue(ask.scope.only(|name| allowed.has(name))),
        Some(None) => Next::Refuse(Refusal::new(Code::AccessDenied, "the person declined")),
        None if wants_consent(ask, client, known) => must(ask, Next::Consent, CONSENT_REQUIRED),
        None => Next::Issue(ask.scope.clone()),
    }
}

const LOGIN_REQUIRED: Refusal = Refusal::new(Code::LoginRequired, "nobody is signed in as the request demands");
const CONSENT_REQUIRED: Refusal = Refusal::new(Code::ConsentRequired, "the person has not allowed this yet");

/// OIDC Core §3.1.2.1: `prompt=none` turns every page into an error.
fn must(ask: &AuthRequest, page: Next, otherwise: Refusal) -> Next {
    if ask.prompt.none { Next::Refuse(otherwise) } else { page }
}

fn wants_sign_in(ask: &AuthRequest, session: &Session) -> bool {
    let age = ask.received_at().secs_since(session.auth_time);
    let too_old = ask.max_age.is_some_and(|most| u64::try_from(age).unwrap_or(0) > most || most == 0);
    ask.prompt.login || ask.prompt.select_account || too_old
}

fn wants_consent(ask: &AuthRequest, client: &Client, known: &Remembered) -> bool {
    // RFC 8252 §8.6: another app on the device may pose as this one, so it never passes unseen.
    let impersonable = client.public() && uri::impersonable(&ask.redirect_uri);
    ask.prompt.consent || (!client.metadata.trusted && (impersonable || !ask.scope.within(&known.scope)))
}
