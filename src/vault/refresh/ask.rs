//! Asking a provider for tokens, once.

use super::answered::{Answered, Request};
use crate::app::App;
use crate::base::Time;
use crate::catalogue::wire::{self, Call, Outcome};
use crate::catalogue::{SourceType, Wrong};
use crate::crypto::seal::Place;
use crate::db::{Fault, Result};
use crate::keys::DataKey;
use crate::outbound::Unanswered;
use crate::vault::grants::{Grant, GrantId, store};
use crate::vault::held::Held;
use crate::vault::setup::{Ready, Unready, send};
use crate::vault::sources::{ClientSecret, Source};

/// All that is needed to ask.
pub(super) struct Question {
    pub grant: Grant,
    pub source: Source,
    pub ready: Ready,
    pub held: Held,
    /// What its answer is sealed with: had before anything is sent, for afterwards the database may be gone.
    key: DataKey,
}

/// What came of it.
pub(super) enum Asked {
    /// An answer, kept.
    Answered(Box<Answered>),
    /// Nothing was sent.
    Unsent(String),
    /// Something was sent, and nobody knows what became of it.
    Lost(String),
}

/// Where a secret's row keeps its text: what was sealed for one version opens in no other.
pub(in crate::vault) fn place(row: &str) -> Place<'_> {
    Place { table: "vault_secrets", row, column: "sealed" }
}

/// Opens what we hold of a grant.
pub(in crate::vault) async fn held(app: &App, grant: &GrantId) -> Result<Option<Held>> {
    let Some(row) = store::current(&app.db, grant).await? else { return Ok(None) };
    let key = app.data_keys.named(&app.keys, &app.db, &row.key).await?;
    Held::from_plain(&key.open(place(&row.id), &row.sealed)?).map(Some)
}

/// The type as it is for a grant whose token waits to be exchanged for a pair; none for any other.
pub(super) async fn migrating(app: &App, grant: &Grant, kind: &SourceType) -> Result<Option<SourceType>> {
    // It is exchanged before anything else is done with its grant.
    let Some(migrating) = kind.migrating().filter(|_| grant.version == 1) else { return Ok(None) };
    let waits = held(app, &grant.id).await?.is_some_and(|held| held.long_lived.is_some());
    Ok(waits.then_some(migrating))
}

impl Question {
    pub(super) async fn of(
        app: &App,
        grant: Grant,
        source: Source,
    ) -> Result<std::result::Result<Self, (Grant, Source, Unready)>> {
        let gone = || Fault::Bug(format!("the grant `{}` has no secrets", grant.id));
        let held = held(app, &grant.id).await?.ok_or_else(gone)?;
        Ok(match Ready::of(app, &source, &grant.params).await? {
            Ok(mut ready) => {
                if let Some(migrating) = held.long_lived.as_ref().and_then(|_| ready.kind.migrating()) {
                    ready.kind = migrating;
                }
                let key = app.data_keys.sealing(&app.keys, &app.db, &source.workspace, app.now()).await?;
                Ok(Question { grant, source, ready, held, key })
            }
            Err(unready) => Err((grant, source, unready)),
        })
    }

    /// The request, with one of our client secrets.
    fn call(&self, secret: Option<&ClientSecret>, now: Time) -> std::result::Result<Call, Wrong> {
        let (kind, setup) = (&self.ready.kind, self.ready.with(secret, &self.held.fields, now));
        let scopes: Vec<String> = self.grant.scope.split_whitespace().map(str::to_owned).collect();
        match (&self.held.refresh_token, &self.held.long_lived) {
            (Some(token), _) => wire::refresh(kind, &setup, token, &scopes),
            (None, Some(old)) => wire::migrate(kind, &setup, old),
            (None, None) => wire::mint(kind, &setup, &scopes, now),
        }
    }

    /// Whether it can be asked at all; what it says is for the log.
    pub(super) fn fits(&self, now: Time) -> std::result::Result<(), String> {
        self.call(self.ready.first(), now).map(drop).map_err(|wrong| wrong.to_string())
    }

    /// Asks, with each of our client secrets until one isn't refused. Each answer is on the disk before it is looked at.
    pub(super) async fn ask(&self, app: &App, request: &mut Request) -> Asked {
        let mut last: Option<Box<Answered>> = None;
        for secret in self.ready.tried() {
            if let Some(refused) = last.take() {
                // It tells nothing of what becomes of the next request, which has the same name.
                refused.forget(app).await;
            }
            let call = match self.call(secret, app.now()) {
                Ok(call) => call,
                Err(wrong) => return Asked::Unsent(wrong.to_string()),
            };
            request.sent_at = app.now();
            let reply = match send(app, &call).await {
                Ok(reply) => reply,
                Err(Unanswered::Unsent(why)) => return Asked::Unsent(why),
                Err(Unanswered::Lost(why)) => return Asked::Lost(why),
            };
            crate::base::failpoint::reached("vault-received");
            let answered = Answered::new(&self.grant.id, &self.source.workspace, request, &reply);
            answered.keep(app, &self.key).await;
            crate::base::failpoint::reached("vault-spooled");
            let refused =
                matches!(answered.read(|answer| wire::read(&self.ready.kind, answer)), Outcome::ClientBad { .. });
            last = Some(Box::new(answered));
            if !refused {
                break;
            }
        }
        last.map_or_else(|| Asked::Unsent("nothing was asked".to_owned()), Asked::Answered)
    }
}
