//! RFC 6749 §4.1.2, OAuth 2.0 Multiple Response Types §3 to §5: what the person allowed is written down, and becomes a
//! code, or tokens, or both.

use super::Visit;
use super::respond::Granted;
use crate::audit;
use crate::base::id::{WorkspaceId, uuid7};
use crate::base::{ScopeSet, Time};
use crate::crypto::token::{GrantToken, Holder, Kind};
use crate::db::{self, Tx};
use crate::oauth::error::{Code, Refusal};
use crate::oauth::id_token;
use crate::oauth::new_grant::{self, Access, NewCode, NewGrant};
use crate::oauth::wishes::Wishes;
use crate::signin::consents::Allowed;
use crate::signin::{Session, consents, interaction};
use crate::web::Stopped;

const DISABLED: Refusal = Refusal::new(Code::AccessDenied, "the client or the account has been disabled");

/// The rows of one answer. Tokens from the browser have a grant of their own: redeeming the code ends no token that the
/// page of the client has, and each is revoked alone.
#[derive(Default)]
struct Written {
    code: Option<GrantToken>,
    front: Option<GrantToken>,
}

/// What is granted, and where.
pub(super) struct Granting<'a> {
    /// For what.
    pub(super) scope: &'a ScopeSet,
    /// In which workspace.
    pub(super) workspace: Option<&'a WorkspaceId>,
}

impl Granting<'_> {
    fn remembered(&self, claims: &Wishes) -> Allowed {
        let scope = self.scope.clone();
        Allowed { claims: claims.beside(&scope), scope, workspace: self.workspace.cloned() }
    }
}

/// Writes it down, with what the audit trail should hear of it, then signs.
pub(super) async fn run(
    visit: &Visit<'_>,
    session: &Session,
    granting: &Granting<'_>,
    news: Option<&audit::Event>,
) -> Result<Result<Granted, Refusal>, Stopped> {
    let now = visit.app.now();
    let claims = visit.ask.granted_claims(granting.scope);
    let new = new_grant(visit, session, granting, &claims);
    let written = match (&visit.waiting, news) {
        // One row is one statement.
        (None, None) if !visit.ask.response_type.legacy() => code_alone(visit, &new, now).await?,
        (waiting, news) => {
            let mut tx = visit.app.db.begin().await?;
            if let Some(waiting) = waiting {
                if !interaction::spend(&mut tx, &waiting.id).await? {
                    return Err(Stopped::expired());
                }
                if waiting.decision.is_some() {
                    let allowed = granting.remembered(&claims);
                    let mark = visit.client.mark();
                    let whom = consents::Whom { client: &visit.client.id, mark: mark.as_deref() };
                    consents::remember(&mut tx, &session.user.id, whom, allowed, now).await?;
                }
            }
            let written = write(visit, &mut tx, &new, now).await?;
            if let Some(news) = news.filter(|_| written.is_some()) {
                audit::record(&mut tx, news, now).await?;
            }
            tx.commit().await?;
            written
        }
    };
    match written {
        Some(written) => Ok(answer(visit, &new, &written, now).await),
        None => Ok(Err(DISABLED)),
    }
}

async fn code_alone(visit: &Visit<'_>, new: &NewGrant<'_>, now: Time) -> db::Result<Option<Written>> {
    let code = token(0, now);
    let written = new_grant::issue(&visit.app.db, new, &new_code(visit, &code, now), now).await?;
    Ok(written.then_some(Written { code: Some(code), front: None }))
}

async fn write(visit: &Visit<'_>, tx: &mut Tx, new: &NewGrant<'_>, now: Time) -> db::Result<Option<Written>> {
    let wanted = visit.ask.response_type;
    let mut written = Written::default();
    if wanted.code {
        let code = token(0, now);
        if !new_grant::issue(&mut *tx, new, &new_code(visit, &code, now), now).await? {
            return Ok(None);
        }
        written.code = Some(code);
    }
    if wanted.token || !wanted.code {
        let front = token(1, now);
        let access = if wanted.token { Access::Until(front_ends(visit, now)) } else { Access::None };
        if !new_grant::issue_front(&mut *tx, new, &front, access, now).await? {
            return Ok(None);
        }
        written.front = Some(front);
    }
    Ok(Some(written))
}

fn token(generation: u32, now: Time) -> GrantToken {
    GrantToken { grant: uuid7(now), generation, holder: Holder::fresh() }
}

/// When an access token of the browser ends, and its grant with it.
fn front_ends(visit: &Visit<'_>, now: Time) -> Time {
    now + visit.client.access_token_lifetime(visit.app)
}

/// After the commit: what goes to the client.
async fn answer(visit: &Visit<'_>, new: &NewGrant<'_>, written: &Written, now: Time) -> Result<Granted, Refusal> {
    let (app, wanted) = (visit.app, visit.ask.response_type);
    let macs = app.keys.macs();
    let code = written.code.as_ref().map(|token| token.seal(Kind::Code, &macs));
    // Always opaque, also for clients whose access tokens are JWTs: a browser holds it, so it must be revocable.
    let access_token = written.front.as_ref().filter(|_| wanted.token).map(|token| token.seal(Kind::Access, &macs));
    let id_token = match wanted.id_token {
        false => None,
        true => {
            let ask = id_token::Ask {
                access_token: access_token.as_ref().map(|token| token.reveal()),
                code: code.as_ref().map(|code| code.reveal()),
                nonce: visit.ask.nonce.clone(),
                alone: !wanted.code && !wanted.token,
                ..id_token::Ask::of(new)
            };
            Some(id_token::sign(app, &visit.client, ask, now).await?)
        }
    };
    let expires_in = wanted.token.then(|| front_ends(visit, now).secs_since(now).max(1));
    let scope = wanted.token.then(|| new.scope.to_string());
    Ok(Granted { code, access_token, expires_in, scope, id_token })
}

fn new_code<'a>(visit: &'a Visit<'_>, token: &'a GrantToken, now: Time) -> NewCode<'a> {
    NewCode {
        token,
        challenge: visit.ask.code_challenge.as_deref(),
        expires_at: now + visit.client.code_lifetime(visit.app),
        grant_expires_at: now + visit.client.refresh_absolute(visit.app),
    }
}

fn new_grant<'a>(
    visit: &'a Visit<'_>,
    session: &'a Session,
    granting: &Granting<'a>,
    claims: &'a Wishes,
) -> NewGrant<'a> {
    NewGrant {
        client_id: &visit.client.id,
        user_id: &session.user.id,
        sid: &session.sid,
        scope: granting.scope,
        resource: &visit.ask.resource,
        claims: Some(claims).filter(|claims| !claims.is_empty()),
        nonce: visit.ask.nonce.as_deref(),
        auth_time: session.auth_time,
        acr: visit.ask.strength.told(&session.acr),
        amr: &session.amr,
        redirect_uri: &visit.ask.redirect_uri,
        workspace: granting.workspace,
    }
}
