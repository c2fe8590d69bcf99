//! What happens next with a request: a pure function of the request, who is signed in, and what was allowed.

use super::request::AuthRequest;
use crate::base::id::{UserId, WorkspaceId};
use crate::base::{ScopeSet, uri};
use crate::clients::Client;
use crate::oauth::error::{Code, Refusal};
use crate::signin::Session;
use crate::signin::consents::Allowed;
use crate::signin::proof::level;
use serde::{Deserialize, Serialize};

/// What comes next.
#[derive(Debug)]
pub enum Next {
    /// The person must sign in (again).
    Login,
    /// The person must say as whom they go on.
    Select,
    /// The person must be asked.
    Consent,
    /// A code for this scope, in this workspace.
    Issue(ScopeSet, Option<WorkspaceId>),
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
    /// What the client looked like to them, where nobody vouches for it.
    #[serde(default)]
    pub mark: Option<String>,
    /// In which workspace, where they have several.
    #[serde(default)]
    pub workspace: Option<WorkspaceId>,
}

/// What is known beside the request.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// What the client knows the person by who is signed in.
    pub sub: String,
    /// What the person allowed this client before.
    pub allowed: Allowed,
    /// What was said about this request.
    pub decision: Option<Decision>,
    /// The account that was chosen for this request.
    pub chosen: Option<UserId>,
    /// The workspaces that the person is in.
    pub workspaces: Vec<WorkspaceId>,
    /// How strong a proof the person could give.
    pub reaches: usize,
}

/// Decides.
pub fn next(ask: &AuthRequest, client: &Client, session: Option<&Session>, known: &Known) -> Next {
    let Some(session) = session else {
        return must(ask, Next::Login, LOGIN_REQUIRED);
    };
    let wrong_person = ask.only_sub.as_ref().is_some_and(|only| !only.contains(&known.sub));
    // Signed in after the request came: that satisfies every wish for a fresh sign-in.
    let fresh = session.auth_time >= ask.received_at();
    if wrong_person && fresh {
        return Next::Refuse(Refusal::new(Code::LoginRequired, "another person is signed in than the one asked for"));
    }
    if wrong_person || (!fresh && wants_sign_in(ask, session)) {
        return must(ask, Next::Login, LOGIN_REQUIRED);
    }
    // OIDC Core §3.1.2.1, `select_account`.
    if ask.prompt.select_account && !fresh && known.chosen.as_ref() != Some(&session.user.id) {
        return Next::Select;
    }
    if ask.acr_unmet {
        let description = "the requested acr cannot be met";
        return Next::Refuse(Refusal::new(Code::UnmetAuthenticationRequirements, description));
    }
    // RFC 9470 §4, security.md LG-19: nothing weaker will do.
    if level(&session.acr) < ask.strength.needed {
        return match known.reaches >= ask.strength.needed {
            true => must(ask, Next::Login, LOGIN_REQUIRED),
            false => Next::Refuse(Refusal::new(Code::UnmetAuthenticationRequirements, OUT_OF_REACH)),
        };
    }
    let decision = known.decision.as_ref();
    let decision = decision.filter(|d| d.user == session.user.id.as_str() && d.mark == client.mark());
    let said = decision.and_then(|decision| decision.workspace.as_ref());
    match decision.map(|decision| &decision.allowed) {
        Some(Some(allowed)) => issue(ask, ask.scope.only(|name| allowed.has(name)), known, said),
        Some(None) => Next::Refuse(Refusal::new(Code::AccessDenied, "the person declined")),
        None if wants_consent(ask, client, known) => must(ask, Next::Consent, CONSENT_REQUIRED),
        None => issue(ask, ask.scope.clone(), known, None),
    }
}

/// A grant acts in one workspace: the only one, the one that was chosen, or else the person must choose.
fn issue(ask: &AuthRequest, scope: ScopeSet, known: &Known, said: Option<&WorkspaceId>) -> Next {
    let chosen = said.or(known.allowed.workspace.as_ref()).filter(|one| known.workspaces.contains(one));
    match (known.workspaces.as_slice(), chosen) {
        ([], _) => Next::Issue(scope, None),
        ([only], _) => Next::Issue(scope, Some(only.clone())),
        (_, Some(chosen)) => Next::Issue(scope, Some(chosen.clone())),
        (_, None) => must(ask, Next::Consent, INTERACTION_REQUIRED),
    }
}

const OUT_OF_REACH: &str = "the person has nothing set up that meets the requested acr";
const LOGIN_REQUIRED: Refusal = Refusal::new(Code::LoginRequired, "nobody is signed in as the request demands");
const CONSENT_REQUIRED: Refusal = Refusal::new(Code::ConsentRequired, "the person has not allowed this yet");

const INTERACTION_REQUIRED: Refusal =
    Refusal::new(Code::InteractionRequired, "the person has not said in which workspace");

/// OIDC Core §3.1.2.1: `prompt=none` turns every page into an error.
fn must(ask: &AuthRequest, page: Next, otherwise: Refusal) -> Next {
    if ask.prompt.none { Next::Refuse(otherwise) } else { page }
}

fn wants_sign_in(ask: &AuthRequest, session: &Session) -> bool {
    let age = ask.received_at().secs_since(session.auth_time);
    let too_old = ask.max_age.is_some_and(|most| u64::try_from(age).unwrap_or(0) > most || most == 0);
    ask.prompt.login || too_old
}

fn wants_consent(ask: &AuthRequest, client: &Client, known: &Known) -> bool {
    // RFC 8252 §8.6: another app on the device may pose as this one, so it never passes unseen.
    let impersonable = client.public() && uri::impersonable(&ask.redirect_uri);
    ask.prompt.consent || (!client.metadata.trusted && (impersonable || !allowed_before(ask, &known.allowed)))
}

/// Scopes, and what is asked for beside them, be it that a scope of before tells it.
fn allowed_before(ask: &AuthRequest, before: &Allowed) -> bool {
    let beside = ask.claims.beside(&ask.scope.union(&before.scope));
    ask.scope.within(&before.scope) && beside.is_subset(&before.claims)
}

#[cfg(test)]
mod tests {
    use super::super::request::Prompt;
    use super::super::respond::Mode;
    use super::super::strength::Strength;
    use super::*;
    use crate::base::Time;
    use crate::clients::{AuthMethod, Metadata, ResponseType};
    use crate::oauth::wishes::Wishes;

    const ASKED: Time = Time::from_secs(1_000_000);
    const BEFORE: Time = Time::from_secs(1_000_000 - 600);
    const AFTER: Time = Time::from_secs(1_000_000 + 5);

    fn ask() -> AuthRequest {
        AuthRequest {
            client_id: "c".to_owned(),
            redirect_uri: "https://app.example/cb".to_owned(),
            response_mode: Mode::Query,
            response_type: ResponseType::default(),
            state: None,
            scope: ScopeSet::parse("openid email").expect("scopes"),
            nonce: None,
            code_challenge: None,
            prompt: Prompt::default(),
            max_age: None,
            login_hint: None,
            only_sub: None,
            acr_unmet: false,
            strength: Strength::default(),
            claims: Wishes::default(),
            resource: Vec::new(),
            at: ASKED.millis(),
        }
    }

    fn client(change: impl FnOnce(&mut Metadata)) -> Client {
        let mut client = Client::sample("c");
        change(&mut client.metadata);
        client
    }

    fn allowed(scope: &str) -> Known {
        allowed_too(scope, &[])
    }

    fn allowed_too(scope: &str, claims: &[&str]) -> Known {
        let claims = claims.iter().map(|name| (*name).to_owned()).collect();
        let scope = ScopeSet::parse(scope).expect("scopes");
        Known { allowed: Allowed { scope, claims, workspace: None }, ..Known::default() }
    }

    fn chose(user: &str) -> Known {
        Known { chosen: Some(UserId::from(user)), ..allowed("openid email") }
    }

    fn said(user: &str, scope: Option<&str>) -> Known {
        let allowed = scope.map(|scope| ScopeSet::parse(scope).expect("scopes"));
        Known {
            decision: Some(Decision { user: user.to_owned(), allowed, mark: None, workspace: None }),
            ..Known::default()
        }
    }

    /// One row: what is asked, of whom, by whom, what is known, what comes next.
    fn row(ask: AuthRequest, client: &Client, signed_in: Option<(&str, Time)>, known: &Known) -> String {
        let session = signed_in.map(|(user, at)| Session::sample(user, at));
        let known = Known { sub: signed_in.map_or("", |(user, _)| user).to_owned(), ..known.clone() };
        match next(&ask, client, session.as_ref(), &known) {
            Next::Login => "login".to_owned(),
            Next::Select => "select".to_owned(),
            Next::Consent => "consent".to_owned(),
            Next::Issue(scope, None) => format!("issue {scope}"),
            Next::Issue(scope, Some(workspace)) => format!("issue {scope} in {workspace}"),
            Next::Refuse(refusal) => refusal.code.wire().0.to_owned(),
        }
    }

    fn with(change: impl FnOnce(&mut AuthRequest)) -> AuthRequest {
        let mut ask = ask();
        change(&mut ask);
        ask
    }

    fn named(claim: &str) -> AuthRequest {
        with(|a| a.claims.userinfo = [claim.to_owned()].into())
    }

    #[test]
    fn oidc_core_s3_1_2_3_who_must_sign_in() {
        let (web, known) = (client(|_| {}), allowed("openid email"));
        let old = Some(("ada", BEFORE));
        let table = [
            (ask(), None, "login"),
            (ask(), old, "issue openid email"),
            (with(|a| a.prompt.none = true), None, "login_required"),
            (with(|a| a.prompt.none = true), old, "issue openid email"),
            (with(|a| a.prompt.login = true), old, "login"),
            (with(|a| a.prompt.login = true), Some(("ada", AFTER)), "issue openid email"),
            (with(|a| a.prompt.select_account = true), None, "login"),
            (with(|a| a.prompt.select_account = true), old, "select"),
            (with(|a| a.prompt.select_account = true), Some(("ada", AFTER)), "issue openid email"),
            (with(|a| (a.prompt.select_account, a.prompt.login) = (true, true)), old, "login"),
            (with(|a| a.max_age = Some(601)), old, "issue openid email"),
            (with(|a| a.max_age = Some(599)), old, "login"),
            (with(|a| a.max_age = Some(0)), Some(("ada", ASKED - std::time::Duration::from_millis(1))), "login"),
            (with(|a| a.max_age = Some(0)), Some(("ada", AFTER)), "issue openid email"),
            (with(|a| (a.max_age, a.prompt.none) = (Some(599), true)), old, "login_required"),
            (with(|a| a.only_sub = Some(vec!["ada".to_owned()])), old, "issue openid email"),
            (with(|a| a.only_sub = Some(vec!["ben".to_owned()])), old, "login"),
            (with(|a| a.only_sub = Some(vec!["ben".to_owned()])), Some(("ada", AFTER)), "login_required"),
            (with(|a| (a.only_sub, a.prompt.none) = (Some(vec!["ben".to_owned()]), true)), old, "login_required"),
            (with(|a| a.acr_unmet = true), old, "unmet_authentication_requirements"),
        ];
        for (n, (ask, signed_in, expected)) in table.into_iter().enumerate() {
            assert_eq!(row(ask, &web, signed_in, &known), expected, "row {n}");
        }
    }

    #[test]
    fn lg_19_a_weaker_proof_than_the_wished_one_is_not_enough() {
        let (web, old) = (client(|_| {}), Some(("ada", BEFORE)));
        let could = |reaches: usize| Known { reaches, ..allowed("openid email") };
        let wished = |needed: usize, none: bool| {
            with(|a| {
                a.strength.needed = needed;
                a.prompt.none = none;
            })
        };
        let table = [
            (wished(1, false), old, 1, "issue openid email"),
            (wished(2, false), old, 2, "login"),
            (wished(2, false), old, 3, "login"),
            (wished(2, false), Some(("ada", AFTER)), 2, "login"),
            (wished(2, false), old, 1, "unmet_authentication_requirements"),
            (wished(3, true), old, 3, "login_required"),
            (wished(3, true), old, 2, "unmet_authentication_requirements"),
            (wished(3, false), None, 0, "login"),
        ];
        for (n, (ask, signed_in, reaches, expected)) in table.into_iter().enumerate() {
            assert_eq!(row(ask, &web, signed_in, &could(reaches)), expected, "row {n}");
        }
    }

    #[test]
    fn who_is_in_several_workspaces_says_in_which() {
        let (web, trusted) = (client(|_| {}), client(|m| m.trusted = true));
        let in_all = |known: Known, all: &[&str]| Known {
            workspaces: all.iter().map(|slug| WorkspaceId::from(*slug)).collect(),
            ..known
        };
        let before = |slug: &str| {
            let mut known = allowed("openid email");
            known.allowed.workspace = Some(WorkspaceId::from(slug));
            known
        };
        let chose = |slug: &str| {
            let mut known = said("ada", Some("openid"));
            known.decision.as_mut().expect("a decision").workspace = Some(WorkspaceId::from(slug));
            known
        };
        let old = Some(("ada", BEFORE));
        let silent = || with(|a| a.prompt.none = true);
        let table = [
            (ask(), &web, in_all(allowed("openid email"), &[]), "issue openid email"),
            (ask(), &web, in_all(allowed("openid email"), &["a"]), "issue openid email in a"),
            (ask(), &web, in_all(before("gone"), &["a"]), "issue openid email in a"),
            (ask(), &web, in_all(allowed("openid email"), &["a", "b"]), "consent"),
            (silent(), &web, in_all(allowed("openid email"), &["a", "b"]), "interaction_required"),
            (ask(), &trusted, in_all(Known::default(), &["a", "b"]), "consent"),
            (ask(), &web, in_all(before("b"), &["a", "b"]), "issue openid email in b"),
            (silent(), &web, in_all(before("b"), &["a", "b"]), "issue openid email in b"),
            (ask(), &web, in_all(before("gone"), &["a", "b"]), "consent"),
            (ask(), &web, in_all(chose("b"), &["a", "b"]), "issue openid in b"),
            (ask(), &web, in_all(chose("gone"), &["a", "b"]), "consent"),
        ];
        for (n, (ask, client, known, expected)) in table.into_iter().enumerate() {
            assert_eq!(row(ask, client, old, &known), expected, "row {n}");
        }
    }

    #[test]
    fn oidc_core_s3_1_2_4_who_must_be_asked() {
        let (web, trusted) = (client(|_| {}), client(|m| m.trusted = true));
        let native = client(|m| m.token_endpoint_auth_method = AuthMethod::None);
        let loopback =
            |none: bool| with(|a| (a.redirect_uri, a.prompt.none) = ("http://127.0.0.1:7/cb".to_owned(), none));
        let old = Some(("ada", BEFORE));
        let table = [
            (ask(), &web, Known::default(), "consent"),
            (ask(), &web, allowed("openid"), "consent"),
            (ask(), &web, allowed("openid email profile"), "issue openid email"),
            (with(|a| a.prompt.none = true), &web, Known::default(), "consent_required"),
            (with(|a| a.prompt.consent = true), &web, allowed("openid email"), "consent"),
            (ask(), &trusted, Known::default(), "issue openid email"),
            (with(|a| a.prompt.consent = true), &trusted, Known::default(), "consent"),
            (loopback(false), &native, allowed("openid email"), "consent"),
            (loopback(true), &native, allowed("openid email"), "consent_required"),
            (ask(), &native, allowed("openid email"), "issue openid email"),
            (ask(), &web, said("ada", Some("openid email")), "issue openid email"),
            (ask(), &web, said("ada", Some("openid")), "issue openid"),
            (ask(), &web, said("ada", Some("openid email phone")), "issue openid email"),
            (ask(), &web, said("ada", None), "access_denied"),
            (ask(), &web, said("ben", Some("openid email")), "consent"),
            (with(|a| a.prompt.consent = true), &web, said("ada", Some("openid email")), "issue openid email"),
            (named("phone_number"), &web, allowed("openid email"), "consent"),
            (named("phone_number"), &web, allowed("openid email phone"), "issue openid email"),
            (named("phone_number"), &web, allowed_too("openid email", &["phone_number"]), "issue openid email"),
            (named("phone_number"), &web, allowed_too("openid email", &["nickname"]), "consent"),
            (named("email"), &web, allowed("openid email"), "issue openid email"),
            (named("phone_number"), &trusted, Known::default(), "issue openid email"),
            (with(|a| a.prompt.select_account = true), &web, chose("ada"), "issue openid email"),
            (with(|a| a.prompt.select_account = true), &web, chose("ben"), "select"),
            (with(|a| (a.prompt.select_account, a.prompt.consent) = (true, true)), &web, chose("ada"), "consent"),
        ];
        for (n, (ask, client, known, expected)) in table.into_iter().enumerate() {
            assert_eq!(row(ask, client, old, &known), expected, "row {n}");
        }
    }
}
