//! A request for tokens that has no answer: it wasn't sent, or nobody knows what became of it.

use super::answered::Request;
use super::ask::Question;
use super::settle::{FROZEN, open};
use crate::app::App;
use crate::base::Time;
use crate::db::Result;
use crate::vault::grants::store::{self, Unchanged};
use crate::vault::grants::{Grant, Health, Trouble, timing};
use crate::vault::sources::{self, Source};

/// Not a byte was sent: all is as it was.
pub(super) async fn unsent(app: &App, question: &Question, request: &Request, why: &str) -> Result<()> {
    let (grant, source) = (&question.grant, &question.source);
    tracing::info!(grant = %grant.id, source = %source.slug, why, "a provider couldn't be reached");
    app.metrics.refreshed(&source.kind, "unreachable");
    app.turns.failed(source.id.as_str(), app.now());
    let trouble = Trouble::of("unreachable");
    if request.tries > 1 && question.ready.kind.policy().rotates() {
        return open(app, grant, &request.attempt, request.tries, &trouble).await.map(drop);
    }
    let now = app.now();
    let retry_at = now + timing::pause(grant.fails, grant.id.as_str());
    let end = Unchanged { health: Health::Degraded, trouble: &trouble, refused_at: grant.refused_at, retry_at, now };
    store::settle(&app.db, &grant.id, &request.attempt, &end).await.map(drop)
}

/// Something was sent and no whole answer came.
pub(super) async fn lost(app: &App, question: &Question, request: &Request, why: &str) -> Result<()> {
    let (grant, source) = (&question.grant, &question.source);
    tracing::warn!(grant = %grant.id, source = %source.slug, why, "a provider's answer to a refresh was lost; it will be cleared up");
    app.metrics.refreshed(&source.kind, "lost");
    app.turns.failed(source.id.as_str(), app.now());
    open(app, grant, &request.attempt, request.tries, &Trouble::of("lost")).await.map(drop)
}

/// It can't even be asked: a parameter or a secret is missing that its type needs by now.
pub(super) async fn unfit(app: &App, grant: &Grant, source: &Source, why: &str) -> Result<()> {
    tracing::error!(grant = %grant.id, source = %source.slug, why, "a request for tokens can't be made");
    let now = app.now();
    later(app, grant, now + FROZEN).await?;
    sources::change::misconfigured(app, source, "incomplete", now).await
}

/// Where it is asked isn't known yet: discovery doesn't answer.
pub(super) async fn unreachable(app: &App, grant: &Grant, source: &Source, why: &str) -> Result<()> {
    tracing::info!(grant = %grant.id, source = %source.slug, why, "a provider's discovery document can't be had");
    app.turns.failed(source.id.as_str(), app.now());
    later(app, grant, app.now() + timing::pause(grant.fails.max(grant.tries), grant.id.as_str())).await
}

/// Looks at it again then, whether something of it is open or not.
async fn later(app: &App, grant: &Grant, until: Time) -> Result<()> {
    store::put_off(&app.db, grant, Some(until)).await?;
    store::wait(&app.db, grant, [app.now(), until]).await
}
