//! One attempt: the steps of vault.md §3.6 in their order.

use super::answered::Request;
use super::ask::{Asked, Question};
use super::lease::Lease;
use super::{LEASE, settle, silent};
use crate::app::App;
use crate::base::encoding::hex;
use crate::base::id::uuid7;
use crate::db::Result;
use crate::vault::grants::store::{self, Again, Intent};
use crate::vault::grants::{AttemptState, Grant, GrantId, State};
use crate::vault::setup::Unready;
use crate::vault::sources::{self, Source};

/// Refreshes a grant that is at this version, unless somebody else does or it may not be asked now.
pub(super) async fn run(app: &App, id: &GrantId, version: i64, again: Again) -> Result<()> {
    let Some((grant, source)) = look(app, id, version, again).await? else { return Ok(()) };
    let _turn = app.turns.take(source.id.as_str(), source.at_once(app)).await;
    // It may have been a while.
    let Some((grant, source)) = look(app, &grant.id, version, again).await? else { return Ok(()) };
    if app.turns.closed_until(source.id.as_str(), app.now()).is_some() {
        return Ok(());
    }
    let question = match Question::of(app, grant, source).await? {
        Ok(question) => question,
        Err((grant, source, Unready::Unreachable(why))) => {
            return silent::unreachable(app, &grant, &source, &why).await;
        }
        Err((grant, source, Unready::Wrong(why))) => return silent::unfit(app, &grant, &source, &why).await,
    };
    if let Err(why) = question.fits(app.now()) {
        return silent::unfit(app, &question.grant, &question.source, &why).await;
    }
    let now = app.now();
    let attempt = format!("try_{}", hex(&uuid7(now)));
    let owner = app.process.as_str();
    let intent = Intent { owner, attempt: &attempt, lease_until: now + LEASE, now };
    let Some(claimed) = store::claim(&app.db, &question.grant, &intent, again).await? else { return Ok(()) };
    crate::base::failpoint::reached("vault-claimed");
    let lease = Lease::keep(app, id, &attempt);
    let mut request = Request { attempt, version, number: claimed.number, tries: claimed.tries, sent_at: now };
    let asked = question.ask(app, &mut request).await;
    crate::base::failpoint::reached("vault-answered");
    let outcome = match asked {
        Asked::Answered(answered) => settle::insist(app, &answered).await,
        Asked::Unsent(why) => silent::unsent(app, &question, &request, &why).await,
        Asked::Lost(why) => silent::lost(app, &question, &request, &why).await,
    };
    drop(lease);
    outcome
}

/// Whether a grant may be asked about now.
async fn look(app: &App, id: &GrantId, version: i64, again: Again) -> Result<Option<(Grant, Source)>> {
    let now = app.now();
    let Some(grant) = store::one(&app.db, id).await? else { return Ok(None) };
    let settled = grant.attempt_state == AttemptState::Clean;
    let expected = settled == (again == Again::No);
    let early = grant.retry_at.is_some_and(|at| at > now);
    if grant.version != version || grant.state != State::Live || !expected || early || grant.leased(now) {
        return Ok(None);
    }
    let source = sources::store::one(&app.db, &grant.source).await?;
    Ok(source.filter(|source| source.state == sources::State::Active).map(|source| (grant, source)))
}
