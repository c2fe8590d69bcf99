//! `GET|POST /oauth2/auth`: RFC 6749 §4.1.1, OIDC Core §3.1.2. A ladder; sign-in and consent come back to its end.

pub mod consent_page;
pub mod decide;
mod issue;
pub mod logo;
pub mod request;
pub mod request_object;
pub mod respond;
mod reused;
mod stopped;
pub mod strength;

use super::error::{Code, Refusal};
use super::{scopes, subject};
use crate::app::App;
use crate::audit;
use crate::base::id::WorkspaceId;
use crate::base::{ScopeSet, uri};
use crate::clients::{self, ADMIN_SCOPE, Client, Provenance};
use crate::db::Fault;
use crate::lang::Language;
use crate::people;
use crate::signin::consents::Allowed;
use crate::signin::{Asking, Interaction, Session, consents, interaction, proof, reach, session};
use crate::web::browser::Browser;
use crate::web::{AnyForm, Call, Params, Query, Reader, Stopped};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use decide::{Known, Next};
use issue::Granting;
use request::AuthRequest;
use respond::Return;
use reused::Reused;
use std::sync::Arc;

/// Where the person goes on after signing in and after deciding.
const RESUME: &str = "/oauth2/auth/resume";

/// RFC 9700 §2.1.1.
const REUSED: &str = "code_challenge and nonce must be new in every request";

/// `GET /oauth2/auth`
pub async fn get(
    State(app): State<App>,
    call: Call,
    headers: HeaderMap,
    Query(query): Query,
) -> Result<Response, Stopped> {
    begin(&app, &call, &headers, query).await
}

/// `POST /oauth2/auth`: the same parameters in a form (OIDC Core §3.1.2.1), and what is wrong with them is told alike.
pub async fn post(
    State(app): State<App>,
    call: Call,
    headers: HeaderMap,
    Query(query): Query,
    AnyForm(form): AnyForm,
) -> Result<Response, Stopped> {
    begin(&app, &call, &headers, form.map_err(Stopped::bad_form)?.and(query)).await
}

async fn begin(app: &App, call: &Call, headers: &HeaderMap, params: Params) -> Result<Response, Stopped> {
    let client = request::client(app, &params).await?;
    let params = match request_object::unpacked(app, &client, &params, &call.network()).await {
        Ok(None) => params,
        Ok(Some(inside)) => inside,
        Err(refusal) => return request::unread(app, &client, &params, refusal),
    };
    let reader = Reader::of(app, headers, None).asked(params.get("ui_locales"));
    let back = request::redirect(app, &client, &params)?.in_language(reader.language());
    // From here on the client hears of errors itself.
    let ask = match request::read(app, &client, &back, &params) {
        Ok(ask) => ask,
        Err(refusal) => return Ok(back.refuse(refusal)),
    };
    let browser = Browser::of(app, headers);
    let visit = Visit { app, client, back, ask, browser, reader, waiting: None, call };
    visit.go_on(headers).await
}

/// `GET /oauth2/auth/resume`: back from signing in or from deciding; everything is looked at again.
pub async fn resume(
    State(app): State<App>,
    call: Call,
    headers: HeaderMap,
    Query(query): Query,
) -> Result<Response, Stopped> {
    let visit = Visit::found(&app, &call, &headers, query.get("go").unwrap_or_default()).await?;
    visit.go_on(&headers).await
}

/// One request, with whom it comes from and where its answer goes.
struct Visit<'a> {
    app: &'a App,
    client: Arc<Client>,
    back: Return,
    ask: AuthRequest,
    browser: Browser,
    reader: Reader,
    waiting: Option<Interaction>,
    call: &'a Call,
}

impl<'a> Visit<'a> {
    /// A parked request, held against the registry as it is now.
    async fn found(app: &'a App, call: &'a Call, headers: &HeaderMap, go: &str) -> Result<Self, Stopped> {
        let browser = Browser::of(app, headers);
        let waiting = interaction::find(app, &browser, go).await?.ok_or_else(Stopped::expired)?;
        let reader = Reader::of(app, headers, None).asked(waiting.waiting.language.as_deref());
        let mut ask: AuthRequest = serde_json::from_value(waiting.waiting.request.clone())
            .map_err(|why| Fault::Bug(format!("a parked request can't be read: {why}")))?;
        let may = |client: &Arc<Client>| client.enabled && request::may_respond(app, client, ask.response_type);
        let client = clients::find(app, &ask.client_id).await?.filter(may);
        let client = client.ok_or_else(Stopped::expired)?;
        let back = Return::checked(app, &client, &ask.redirect_uri).ok_or_else(Stopped::expired)?;
        let back = back.with(ask.response_mode, ask.state.clone()).in_language(reader.language());
        ask.scope = ask.scope.only(|name| client.scope().has(name));
        ask.claims = ask.claims.within(&client);
        Ok(Visit { app, client, back, ask, browser, reader, waiting: Some(waiting), call })
    }

    async fn go_on(self, headers: &HeaderMap) -> Result<Response, Stopped> {
        let session = session::current(self.app, headers).await?;
        let mut ask = self.ask.clone();
        if let Some(session) = &session {
            ask.scope = self.allowed(session, ask.scope);
        }
        let known = self.known(session.as_ref()).await?;
        match (decide::next(&ask, &self.client, session.as_ref(), &known), session) {
            (Next::Refuse(refusal), _) => self.refuse(refusal).await,
            (Next::Issue(granted, workspace), Some(session)) => self.issue(&session, granted, workspace).await,
            (Next::Select, Some(_)) => self.send_to("/select").await,
            (Next::Consent, Some(_)) => self.send_to("/consent").await,
            (Next::Login | Next::Select | Next::Consent | Next::Issue(..), _) => self.send_to("/login").await,
        }
    }

    /// What the person allowed this client before, with all that it implies, if the client is still what it was.
    async fn remembered(&self, session: &Session) -> Result<Allowed, Fault> {
        let mark = self.client.mark();
        let whom = consents::Whom { client: &self.client.id, mark: mark.as_deref() };
        let allowed = consents::remembered(&self.app.db, &session.user.id, whom).await?;
        Ok(Allowed { scope: scopes::with_implied(self.app, &allowed.scope), ..allowed })
    }

    /// What is known beside the request.
    async fn known(&self, session: Option<&Session>) -> Result<Known, Fault> {
        let Some(session) = session else {
            return Ok(Known::default());
        };
        let workspaces = people::workspaces::store::of_user(&self.app.db, &session.user.id);
        let (allowed, workspaces) = tokio::try_join!(self.remembered(session), workspaces)?;
        let decision = self.waiting.as_ref().and_then(|waiting| waiting.decision.clone());
        Ok(Known {
            sub: subject::of(self.app, &self.client.metadata, &session.user.id).into_owned(),
            allowed,
            decision: decision.and_then(|decision| serde_json::from_value(decision).ok()),
            chosen: self.waiting.as_ref().and_then(|waiting| waiting.chosen.clone()),
            workspaces: workspaces.into_iter().map(|one| one.workspace).collect(),
            reaches: self.reaches(session).await?,
        })
    }

    /// How strong a proof the person could give, where that matters.
    async fn reaches(&self, session: &Session) -> Result<usize, Fault> {
        let has = proof::level(&session.acr);
        if has >= self.ask.strength.needed {
            return Ok(has);
        }
        reach::best(self.app, &session.user).await
    }

    /// Parks the request, unless it is parked, and sends its person to a page.
    async fn send_to(self, page: &str) -> Result<Response, Stopped> {
        let go = match &self.waiting {
            Some(waiting) => waiting.id.clone(),
            None => {
                let request = serde_json::to_value(&self.ask).map_err(|why| Fault::Bug(why.to_string()))?;
                let waiting = interaction::Waiting {
                    asking: Some(asking(self.app, &self.client, &self.ask.redirect_uri, self.reader.language())),
                    login_hint: self.ask.login_hint.clone(),
                    return_to: RESUME.to_owned(),
                    leads_to: uri::origin(&self.ask.redirect_uri),
                    language: self.reader.wished().map(|language| language.tag().to_owned()),
                    needs: self.ask.strength.needed,
                    request,
                };
                self.may_wait()?;
                interaction::park(self.app, &self.browser, &waiting, self.ask.received_at()).await?
            }
        };
        Ok((self.browser.cookie(self.app), Redirect::to(&format!("{page}?go={go}"))).into_response())
    }

    /// Each request that waits is a row: one address gets only so many.
    fn may_wait(&self) -> Result<(), Stopped> {
        let (network, now) = (self.call.network(), self.app.now());
        if self.app.waiting.exhausted(&network, now) {
            return Err(Stopped::busy());
        }
        self.app.waiting.count(&network, now);
        Ok(())
    }

    async fn refuse(self, refusal: Refusal) -> Result<Response, Stopped> {
        if let Some(waiting) = &self.waiting {
            let mut tx = self.app.db.begin().await?;
            interaction::spend(&mut tx, &waiting.id).await?;
            tx.commit().await?;
        }
        Ok(self.back.refuse(refusal))
    }

    /// What was asked for: see [`issue`].
    async fn issue(
        self,
        session: &Session,
        granted: ScopeSet,
        workspace: Option<WorkspaceId>,
    ) -> Result<Response, Stopped> {
        let now = self.app.now();
        let reused = reused::reused(self.app, &self.ask, now);
        if self.app.config.authorization.refuse_reused && reused.as_ref().is_some_and(|reused| reused.times > 1) {
            return self.refuse(Refusal::new(Code::InvalidRequest, REUSED)).await;
        }
        let news = reused.filter(|reused| reused.news).map(|reused| self.told(&reused));
        let answer = match issue::run(
            &self,
            session,
            &Granting { scope: &granted, workspace: workspace.as_ref() },
            news.as_ref(),
        )
        .await?
        {
            Ok(answer) => answer,
            Err(refusal) => return Ok(self.back.refuse(refusal)),
        };
        reused::used(self.app, &self.ask, now);
        if news.is_some() {
            reused::written(self.app, &self.ask, now);
        }
        Ok(self.back.send_granted(answer))
    }

    /// For the audit trail.
    fn told(&self, reused: &Reused) -> audit::Event {
        audit::Event {
            actor: audit::Actor::Client(self.client.id.clone()),
            action: "client.pkce_challenge_reused",
            object: format!("client:{}", self.client.id),
            request_id: self.call.request_id.clone(),
            address: self.call.address.to_string(),
            detail: serde_json::json!({ "parameter": reused.parameter }),
        }
    }

    /// What may really be granted: `symbolon:admin` only to admins, `offline` only to clients that can refresh.
    fn allowed(&self, session: &Session, granted: ScopeSet) -> ScopeSet {
        let refreshes = self.client.may(clients::GrantType::RefreshToken);
        granted.only(|name| match name {
            ADMIN_SCOPE => session.user.role.looks(),
            "offline" | "offline_access" => refreshes,
            _ => true,
        })
    }
}

/// What pages say about a client: its name, and the host that its answer goes to.
pub(super) fn asking(app: &App, client: &Client, redirect_uri: &str, language: Language) -> Asking {
    let metadata = &client.metadata;
    let document = client.provenance == Provenance::Document;
    let local = |to: &String| uri::impersonable(to);
    let said = |member, otherwise: &Option<String>| {
        metadata.said(member, language).map(str::to_owned).or_else(|| otherwise.clone())
    };
    Asking {
        name: metadata.said("client_name", language).unwrap_or(&metadata.client_name).to_owned(),
        host: uri::host(redirect_uri).unwrap_or_default(),
        logo: logo::href(app, metadata.said("logo_uri", language).or(metadata.logo_uri.as_deref())),
        client_uri: said("client_uri", &metadata.client_uri),
        from: document.then(|| uri::host(client.id.as_str())).flatten(),
        local_only: !client.provenance.vouched_for() && metadata.redirect_uris.iter().all(local),
        policy_uri: said("policy_uri", &metadata.policy_uri),
        tos_uri: said("tos_uri", &metadata.tos_uri),
    }
}

/// For the audit trail: who did it, in which request.
pub(super) fn event(call: &Call, session: &Session, action: &'static str, client: &Client) -> audit::Event {
    audit::Event {
        actor: audit::Actor::User(session.user.id.clone()),
        action,
        object: format!("client:{}", client.id),
        request_id: call.request_id.clone(),
        address: call.address.to_string(),
        detail: serde_json::Value::Null,
    }
}
