//! What a source is asked with: its type as it is set up here, our secrets, and what discovery found.

use super::sources::{ClientSecret, Proof, Source};
use crate::app::App;
use crate::base::{Secret, Time, entropy};
use crate::catalogue::SourceType;
use crate::catalogue::wire::{self, Answer, Metadata, Setup, Signs};
use crate::db::Result;
use crate::outbound::{Reply, Unanswered};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How long what discovery found is used.
const KEPT: Duration = Duration::from_secs(3600);

/// A source, ready to be asked.
pub(super) struct Ready {
    /// The type, with what the source says differently.
    pub kind: SourceType,
    /// Ours, the one that is tried first first.
    pub secrets: Vec<ClientSecret>,
    client_id: String,
    params: BTreeMap<String, String>,
    metadata: Option<Arc<Found>>,
}

struct Found {
    at: Time,
    metadata: Metadata,
}

/// Why a source can't be asked.
pub(super) enum Unready {
    /// Something in it isn't right.
    Wrong(String),
    /// Discovery didn't answer.
    Unreachable(String),
}

impl Ready {
    /// `params` are those of the connection at hand.
    pub(super) async fn of(
        app: &App,
        source: &Source,
        params: &BTreeMap<String, String>,
    ) -> Result<std::result::Result<Self, Unready>> {
        let secrets = source.secrets(app).await?;
        let mut all = source.params.clone();
        all.extend(params.iter().map(|(name, value)| (name.clone(), value.clone())));
        let kind = match source.kind(app)?.configured(&source.params) {
            Ok(kind) => kind,
            Err(wrong) => return Ok(Err(Unready::Wrong(wrong.to_string()))),
        };
        let mut ready = Ready { kind, secrets, client_id: source.client_id.clone(), params: all, metadata: None };
        match discovered(app, &ready).await {
            Ok(metadata) => ready.metadata = metadata,
            Err(unready) => return Ok(Err(unready)),
        }
        Ok(Ok(ready))
    }

    /// With one of our secrets, for one request at this moment, and what somebody typed in.
    pub(super) fn with<'a>(
        &'a self,
        secret: Option<&'a ClientSecret>,
        fields: &'a BTreeMap<String, Secret>,
        now: Time,
    ) -> Setup<'a> {
        let of = |proof| secret.filter(|one| one.proof == proof).map(|one| &one.value);
        let client_key = of(Proof::PrivateKey).map(|key| Signs { key, name: entropy::bytes(), now });
        Setup { client_secret: of(Proof::Secret), client_key, ..self.bare(fields) }
    }

    /// Without any.
    pub(super) fn bare<'a>(&'a self, fields: &'a BTreeMap<String, Secret>) -> Setup<'a> {
        Setup {
            client_id: &self.client_id,
            client_secret: None,
            client_key: None,
            params: &self.params,
            fields,
            metadata: self.metadata.as_ref().map(|found| &found.metadata),
        }
    }

    /// The secret that is tried first.
    pub(super) fn first(&self) -> Option<&ClientSecret> {
        self.secrets.first()
    }

    /// The secrets in the order in which they are tried; none is one way to try, too.
    pub(super) fn tried(&self) -> Vec<Option<&ClientSecret>> {
        let all: Vec<Option<&ClientSecret>> = self.secrets.iter().map(Some).collect();
        if all.is_empty() { vec![None] } else { all }
    }
}

async fn discovered(app: &App, ready: &Ready) -> std::result::Result<Option<Arc<Found>>, Unready> {
    let fields = BTreeMap::new();
    let wrong = |wrong: wire::Wrong| Unready::Wrong(wrong.to_string());
    let call = wire::discovery(&ready.kind, &ready.bare(&fields)).map_err(wrong)?;
    let Some(call) = call else { return Ok(None) };
    let (key, now) = (format!("vault discovery {}", call.url), app.now());
    if let Some(found) = app.memory.recall::<Found>(&key).filter(|found| now < found.at + KEPT) {
        return Ok(Some(found));
    }
    let epoch = app.memory.epoch();
    let reply = send(app, &call).await.map_err(|why| match why {
        Unanswered::Unsent(why) | Unanswered::Lost(why) => Unready::Unreachable(why),
    })?;
    let issuer = ready.params.get("issuer").map(String::as_str).unwrap_or_default();
    let metadata = Metadata::read(issuer, &answer(&reply)).map_err(wrong)?;
    let found = Arc::new(Found { at: now, metadata });
    app.memory.keep(&key, epoch, Arc::clone(&found));
    Ok(Some(found))
}

/// An answer as its reader takes it.
pub(super) fn answer(reply: &Reply) -> Answer<'_> {
    Answer {
        status: reply.status,
        retry_after: reply.retry_after.as_deref(),
        date: reply.date.as_deref(),
        content_type: reply.content_type.as_deref(),
        body: &reply.body,
    }
}

/// Sends a request that may happen only once.
pub(super) async fn send(app: &App, call: &wire::Call) -> std::result::Result<Reply, Unanswered> {
    let body = call.body.as_ref().map(|(media_type, body)| (*media_type, body));
    let call = crate::outbound::Call { method: &call.method, url: &call.url, headers: &call.headers, body };
    app.outbound.exchange(call, app.config.vault.answer_within).await
}
