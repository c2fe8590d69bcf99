//! `/v1/webhooks`: endpoints that are told what happens to accounts.

use super::{Asks, Data, Stopped, Who, made, one};
use crate::api::Named;
use crate::app::App;
use crate::base::{Secret, Time};
use crate::vault::hooks::manage::{self, Asked};
use crate::vault::hooks::{Delivery, DeliveryState, Hook, HookId, HookKind, State as HookState};
use crate::vault::refused::Refused;
use crate::vault::view::Plain;
use crate::web::Query;
use crate::web::json::{Json as Body, members};
use crate::web::paging::{Listed, Paging, page};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// A webhook. Its secret is shown only when it is made.
#[derive(Serialize, ToSchema)]
#[schema(as = Webhook)]
pub(in crate::api) struct Shown {
    #[schema(value_type = String)]
    id: HookId,
    /// Where messages go.
    url: String,
    /// What people call it.
    name: String,
    /// What it is told; empty: all but `account.refreshed`.
    events: Vec<String>,
    /// `failing`: something couldn't be delivered for a day. `paused`: it isn't told.
    state: HookState,
    /// Why it isn't active: what the endpoint answered, `gone`, or `stopped`.
    state_reason: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    state_since: Time,
    /// When it last took a message.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_delivered_at: Option<Time>,
    /// What signs the messages, once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "whsec_…")]
    secret: Option<Plain>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Time,
}

impl Shown {
    fn of(hook: Hook, secret: Option<Secret>) -> Self {
        Shown {
            id: hook.id,
            url: hook.url,
            name: hook.name,
            events: hook.events,
            state: hook.state,
            state_reason: hook.reason,
            state_since: hook.state_at,
            last_delivered_at: hook.delivered_at,
            secret: secret.map(Plain::new),
            created_at: hook.created_at,
            updated_at: hook.updated_at,
        }
    }
}

/// A message to a webhook.
#[derive(Serialize, ToSchema)]
#[schema(as = WebhookDelivery)]
pub(in crate::api) struct Sent {
    /// Names it: for replays.
    id: String,
    /// `webhook-id` of the message, however often it is sent.
    message_id: String,
    /// What it tells.
    r#type: String,
    state: DeliveryState,
    /// How often it was sent.
    attempts: i64,
    /// What the endpoint said last: `http_500`, `unreachable`.
    last_answer: Option<String>,
    /// When it is sent next, where it is open.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_attempt_at: Option<Time>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = Option<String>, format = DateTime)]
    settled_at: Option<Time>,
    /// The message itself.
    #[schema(value_type = Object)]
    payload: Value,
}

impl From<Delivery> for Sent {
    fn from(one: Delivery) -> Self {
        Sent {
            message_id: format!("msg_{}", one.event),
            r#type: one.kind,
            state: one.state,
            attempts: one.tries,
            last_answer: one.answer,
            next_attempt_at: (one.state == DeliveryState::Open).then_some(one.due_at),
            created_at: one.created_at,
            settled_at: one.settled_at,
            payload: serde_json::from_str(&one.body).unwrap_or_default(),
            id: one.id,
        }
    }
}

/// List webhooks
///
/// The caller's own in this workspace.
#[utoipa::path(get, path = "/v1/webhooks", operation_id = "listWebhooks", tag = "webhooks", params(Paging),
    responses((status = 200, description = "A page of them", body = Listed<Shown>)))]
pub(in crate::api) async fn list(
    Who(who): Who,
    State(app): State<App>,
    Query(params): Query,
) -> Result<Response, Stopped> {
    Asks::of(&params, &["limit", "cursor"])?;
    let owner = manage::admitted(&who)?;
    let name = format!("webhooks/{}/{owner}", who.workspace);
    let paging = Paging::read(&app.keys.macs(), &name, &params)?;
    let mut all = manage::page(&app, &who, &paging.after, paging.one_more()).await?;
    let last = paging.cut(&mut all, |one| one.id.to_string());
    let data = all.into_iter().map(|hook| Shown::of(hook, None)).collect();
    Ok(page::<Shown>(&app, &name, &paging, data, last.as_deref()))
}

/// What a webhook is made of.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewWebhook)]
pub(in crate::api) struct New {
    /// https, on a public address.
    #[schema(required)]
    url: Option<String>,
    name: Option<String>,
    /// What it is told; all but `account.refreshed` if not given.
    events: Option<Vec<String>>,
}

/// Make a webhook
///
/// It is told what happens to the accounts that the caller may see. The answer has its secret, this once.
#[utoipa::path(post, path = "/v1/webhooks", operation_id = "createWebhook", tag = "webhooks", request_body = New,
    responses((status = 201, description = "The webhook, with its secret", body = Data<Shown>),
        (status = 409, description = "`too_many_webhooks`: delete one first")))]
pub(in crate::api) async fn create(
    Who(who): Who,
    State(app): State<App>,
    Body(body): Body,
) -> Result<Response, Stopped> {
    manage::admitted(&who)?;
    let New { url, name, events } = members(body).map_err(Refused::from)?;
    let (hook, secret) = manage::create(&app, &who, Asked { url, name, events, ..Asked::default() }).await?;
    let path = format!("/v1/webhooks/{}", hook.id);
    Ok(made(&app, &path, Shown::of(hook, Some(secret))))
}

/// Show a webhook
#[utoipa::path(get, path = "/v1/webhooks/{id}", operation_id = "getWebhook", tag = "webhooks",
    params(("id" = String, Path, description = "Its id")),
    responses((status = 200, description = "The webhook", body = Data<Shown>)))]
pub(in crate::api) async fn show(
    Who(who): Who,
    State(app): State<App>,
    Named(id): Named<HookKind>,
) -> Result<Response, Stopped> {
    Ok(one(Shown::of(manage::of(&app, &who, &id).await?, None)))
}

/// What of a webhook is changed.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WebhookPatch)]
pub(in crate::api) struct Patch {
    url: Option<String>,
    name: Option<String>,
    events: Option<Vec<String>>,
    /// `active` or `paused`. What happens while it is paused isn't told later.
    state: Option<String>,
    /// Gives it another secret, which the answer has. For a day both sign.
    rotate_secret: Option<bool>,
}

/// Change a webhook
///
/// A merge patch (RFC 7396).
#[utoipa::path(patch, path = "/v1/webhooks/{id}", operation_id = "changeWebhook", tag = "webhooks",
    params(("id" = String, Path, description = "Its id")), request_body = Patch,
    responses((status = 200, description = "The webhook; with its new secret where it got one", body = Data<Shown>)))]
pub(in crate::api) async fn patch(
    Who(who): Who,
    State(app): State<App>,
    Named(id): Named<HookKind>,
    Body(body): Body,
) -> Result<Response, Stopped> {
    let hook = manage::of(&app, &who, &id).await?;
    let Patch { url, name, events, state, rotate_secret } = members(body).map_err(Refused::from)?;
    let state = match state.as_deref() {
        None => None,
        Some("active") => Some(HookState::Active),
        Some("paused") => Some(HookState::Paused),
        Some(_) => return Err(Refused::field("state", "must be active or paused").into()),
    };
    let asked = Asked { url, name, events, state, rotate: rotate_secret == Some(true) };
    let (hook, secret) = manage::change(&app, &who, hook, asked).await?;
    Ok(one(Shown::of(hook, secret)))
}

/// Delete a webhook
///
/// What wasn't delivered to it isn't any more.
#[utoipa::path(delete, path = "/v1/webhooks/{id}", operation_id = "deleteWebhook", tag = "webhooks",
    params(("id" = String, Path, description = "Its id")), responses((status = 204, description = "It is gone")))]
pub(in crate::api) async fn delete(
    Who(who): Who,
    State(app): State<App>,
    Named(id): Named<HookKind>,
) -> Result<Response, Stopped> {
    let hook = manage::of(&app, &who, &id).await?;
    manage::delete(&app, &who, &hook).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// What was sent to a webhook
///
/// The latest first, for 30 days.
#[utoipa::path(get, path = "/v1/webhooks/{id}/deliveries", operation_id = "listWebhookDeliveries", tag = "webhooks",
    params(("id" = String, Path, description = "Its id"), Paging),
    responses((status = 200, description = "A page of it", body = Listed<Sent>)))]
pub(in crate::api) async fn deliveries(
    Who(who): Who,
    State(app): State<App>,
    Named(id): Named<HookKind>,
    Query(params): Query,
) -> Result<Response, Stopped> {
    Asks::of(&params, &["limit", "cursor"])?;
    let hook = manage::of(&app, &who, &id).await?;
    let name = format!("webhooks/{id}/deliveries");
    let paging = Paging::read(&app.keys.macs(), &name, &params)?;
    let mut all = manage::deliveries(&app, &hook, &paging.after, paging.one_more()).await?;
    let last = paging.cut(&mut all, |one| one.id.clone());
    let data = all.into_iter().map(Sent::from).collect();
    Ok(page::<Sent>(&app, &name, &paging, data, last.as_deref()))
}

/// What is sent again.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReplayAsk)]
pub(in crate::api) struct Replay {
    /// One delivery.
    delivery: Option<String>,
    /// Or all since then.
    since: Option<String>,
}

/// Send messages again
///
/// Those that are over: with the same `webhook-id`, so that a receiver who has one already knows it.
#[utoipa::path(post, path = "/v1/webhooks/{id}/replay", operation_id = "replayWebhook", tag = "webhooks",
    params(("id" = String, Path, description = "Its id")), request_body = Replay,
    responses((status = 202, description = "How many", body = Data<Object>)))]
pub(in crate::api) async fn replay(
    Who(who): Who,
    State(app): State<App>,
    Named(id): Named<HookKind>,
    Body(body): Body,
) -> Result<Response, Stopped> {
    let hook = manage::of(&app, &who, &id).await?;
    let ask: Replay = members(body).map_err(Refused::from)?;
    let since = ask.since.as_deref().map(|text| {
        Time::parse(text).ok_or_else(|| Refused::field("since", "must be a date and time as RFC 3339 writes it"))
    });
    let n = manage::replay(&app, &hook, ask.delivery.as_deref(), since.transpose()?).await?;
    Ok((StatusCode::ACCEPTED, Json(json!({ "data": { "replayed": n } }))).into_response())
}

/// Send a message that means nothing
///
/// `webhook.test`: to see that it arrives.
#[utoipa::path(post, path = "/v1/webhooks/{id}/test", operation_id = "testWebhook", tag = "webhooks",
    params(("id" = String, Path, description = "Its id")),
    responses((status = 202, description = "It is on its way", body = Data<Object>),
        (status = 409, description = "`webhook_paused`")))]
pub(in crate::api) async fn test(
    Who(who): Who,
    State(app): State<App>,
    Named(id): Named<HookKind>,
) -> Result<Response, Stopped> {
    let hook = manage::of(&app, &who, &id).await?;
    let delivery = manage::test(&app, &hook).await?;
    Ok((StatusCode::ACCEPTED, Json(json!({ "data": { "delivery": delivery } }))).into_response())
}
