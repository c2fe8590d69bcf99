//! Who sits at the console: somebody signed in who may at least look, or who manages the workspace that they are at; for
//! everybody else there is nothing here.

use crate::admin::{Acting, Refused, workspaces};
use crate::app::App;
use crate::audit::Actor;
use crate::base::Id;
use crate::lang::Message;
use crate::people::workspaces::Membership;
use crate::signin::interaction::{self, Waiting};
use crate::signin::session::{self, Session};
use crate::web::browser::{Browser, check_form};
use crate::web::{Call, Form, Params, Query, Reader, Shell, Stopped};
use axum::extract::{FromRequest, FromRequestParts, OriginalUri, Path, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::Value;

/// One visit: who, with which browser, in which language.
pub(super) struct Desk {
    pub app: App,
    /// The person, as operations want to know them.
    pub who: Acting,
    pub session: Session,
    pub browser: Browser,
    /// What the address says.
    pub query: Params,
    /// The workspaces for which alone they are here; none of those who look after the deployment.
    pub managed: Vec<Membership>,
    reader: Reader,
}

impl Desk {
    /// The frame of a page, in the person's language.
    pub fn shell(&self) -> Shell {
        crate::signin::shell(&self.app, self.reader, None, Some(&self.session))
    }

    /// Whether the person may change things.
    pub fn may(&self) -> bool {
        self.who.role.administers() || self.manages()
    }

    /// Whether they are here only for the workspaces that they manage.
    pub fn manages(&self) -> bool {
        !self.managed.is_empty()
    }

    /// For pages that are only a form.
    pub fn for_changes(&self) -> Result<(), Stopped> {
        if self.may() { Ok(()) } else { Err(only_looks()) }
    }
}

/// Whom a page is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum For {
    /// Those who look after the deployment.
    Staff,
    /// And those who manage a workspace; which of them, operations say.
    Managers,
}

impl Desk {
    async fn open(parts: &mut Parts, app: &App, whom: For) -> Result<Self, Response> {
        let Ok(call) = Call::from_request_parts(parts, app).await;
        let Ok(reader) = Reader::from_request_parts(parts, app).await;
        let Ok(query) = Query::from_request_parts(parts, app).await;
        let browser = Browser::of(app, &parts.headers);
        let current = session::current(app, &parts.headers).await;
        let Some(session) = current.map_err(|fault| Stopped::from(fault).into_response())? else {
            return Err(to_sign_in(parts, app, &call, &browser).await.unwrap_or_else(Stopped::into_response));
        };
        let role = session.user.role;
        let managed = match role.looks() {
            true => Vec::new(),
            false if whom == For::Managers => managed(app, &session).await.map_err(Stopped::into_response)?,
            false => return Err(missing().into_response()),
        };
        if !parts.method.is_safe() && !role.administers() && managed.is_empty() {
            return Err(only_looks().into_response());
        }
        let query = query.readable().map_err(|why| Stopped::bad_link(why).into_response())?;
        let who = Acting::new(Actor::User(session.user.id.clone()), role, call);
        Ok(Desk { app: app.clone(), who, session, browser, query, managed, reader })
    }
}

/// What somebody manages who has no role in the deployment; without any of it they aren't here.
async fn managed(app: &App, session: &Session) -> Result<Vec<Membership>, Stopped> {
    let managed = workspaces::managed_by(app, &session.user.id).await.map_err(stopped)?;
    if managed.is_empty() { Err(missing()) } else { Ok(managed) }
}

impl FromRequestParts<App> for Desk {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        Desk::open(parts, app, For::Staff).await
    }
}

/// The same, where those who manage a workspace may come too.
pub(super) struct Within<T>(pub T);

impl FromRequestParts<App> for Within<Desk> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        Desk::open(parts, app, For::Managers).await.map(Within)
    }
}

impl FromRequest<App> for Within<Sent> {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        Sent::open(request, app, For::Managers).await.map(Within)
    }
}

/// To the sign-in page, and back to this one afterwards.
async fn to_sign_in(parts: &mut Parts, app: &App, call: &Call, browser: &Browser) -> Result<Response, Stopped> {
    let (network, now) = (call.network(), app.now());
    if app.waiting.exhausted(&network, now) {
        return Err(Stopped::busy());
    }
    app.waiting.count(&network, now);
    let path = match OriginalUri::from_request_parts(parts, app).await {
        Ok(OriginalUri(uri)) if parts.method.is_safe() => uri.path().to_owned(),
        _ => "/admin".to_owned(),
    };
    let waiting = Waiting {
        asking: None,
        login_hint: None,
        return_to: path,
        leads_to: None,
        language: None,
        needs: 0,
        request: Value::Null,
    };
    let go = interaction::park(app, browser, &waiting, now).await?;
    Ok((browser.cookie(app), Redirect::to(&format!("/login?go={go}"))).into_response())
}

/// A form of ours, sent by somebody who may change things.
pub(super) struct Sent {
    pub desk: Desk,
    pub form: Params,
}

impl FromRequest<App> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        Sent::open(request, app, For::Staff).await
    }
}

impl Sent {
    async fn open(request: Request, app: &App, whom: For) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let desk = Desk::open(&mut parts, app, whom).await?;
        let headers = parts.headers.clone();
        let Ok(Form(form)) = Form::from_request(Request::from_parts(parts, body), app).await;
        let form = form.map_err(|why| Stopped::bad_form(why).into_response())?;
        check_form(app, &headers, &form).map_err(|forged| Stopped::forged(forged).into_response())?;
        Ok(Sent { desk, form })
    }

    /// A field; empty when it wasn't filled in.
    pub fn text(&self, name: &str) -> &str {
        self.form.get(name).unwrap_or_default().trim()
    }
}

/// The identifier in the path. What can't be one is answered like one that nobody has.
pub(super) struct Named<K>(pub Id<K>);

impl<K> FromRequestParts<App> for Named<K> {
    type Rejection = Stopped;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Stopped> {
        match Path::<String>::from_request_parts(parts, app).await {
            Ok(Path(text)) if can_be(&text) => Ok(Named(text.into())),
            _ => Err(missing()),
        }
    }
}

/// The identifiers of something and of something within it.
pub(super) struct NamedIn<A, B>(pub Id<A>, pub Id<B>);

impl<A, B> FromRequestParts<App> for NamedIn<A, B> {
    type Rejection = Stopped;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Stopped> {
        match Path::<(String, String)>::from_request_parts(parts, app).await {
            Ok(Path((outer, inner))) if can_be(&outer) && can_be(&inner) => Ok(NamedIn(outer.into(), inner.into())),
            _ => Err(missing()),
        }
    }
}

fn can_be(text: &str) -> bool {
    text.len() <= 512 && text.bytes().all(|b| b.is_ascii_graphic())
}

/// The same page for what isn't there and for those who may not see what is.
pub(super) fn missing() -> Stopped {
    Stopped::told(StatusCode::NOT_FOUND, "not_found", Message::new("console-missing"))
}

fn only_looks() -> Stopped {
    Stopped::told(StatusCode::FORBIDDEN, "forbidden", Message::new("console-only-looks"))
}

/// What is said beside a form that couldn't be done as it was sent.
#[derive(Clone, Debug)]
pub(super) struct Trouble {
    pub status: StatusCode,
    /// The field; empty when it is the whole.
    pub field: String,
    pub why: Said,
}

/// A text of ours, or what an operation says of a value: in English, as in the JSON API.
#[derive(Clone, Debug)]
pub(super) enum Said {
    Message(Message),
    English(String),
}

impl Trouble {
    /// A field that can't stay as it is.
    pub fn field(name: &str, why: Message) -> Self {
        Trouble { status: StatusCode::UNPROCESSABLE_ENTITY, field: name.to_owned(), why: Said::Message(why) }
    }

    /// What the form can be shown again with; or the page instead of it.
    pub fn of(refused: Refused) -> Result<Self, Stopped> {
        match refused {
            Refused::NotFound => Err(missing()),
            Refused::Forbidden(why) => {
                let stopped = Stopped::told(StatusCode::FORBIDDEN, "forbidden", Message::new("console-forbidden"));
                Err(stopped.detail("What is wrong", why))
            }
            Refused::Busy => Err(Stopped::busy()),
            Refused::Fault(fault) => Err(fault.into()),
            Refused::Stale => {
                let why = Said::Message(Message::new("console-stale"));
                Ok(Trouble { status: StatusCode::CONFLICT, field: String::new(), why })
            }
            Refused::Conflict { why, .. } => {
                Ok(Trouble { status: StatusCode::CONFLICT, field: String::new(), why: Said::English(why) })
            }
            Refused::Invalid { field, why } => {
                Ok(Trouble { status: StatusCode::UNPROCESSABLE_ENTITY, field, why: Said::English(why) })
            }
        }
    }
}

/// For what is only looked at: there is no form to show again.
pub(super) fn stopped(refused: Refused) -> Stopped {
    match Trouble::of(refused) {
        Err(stopped) => stopped,
        Ok(Trouble { why: Said::English(why), .. }) => {
            Stopped::invalid(Message::new("stopped-link")).detail("What is wrong", why)
        }
        Ok(_) => Stopped::invalid(Message::new("stopped-link")),
    }
}

/// Holds a typed confirmation against what it must be.
pub(super) fn confirmed(typed: &str, expected: &str) -> Result<(), Trouble> {
    if typed == expected.trim() {
        return Ok(());
    }
    Err(Trouble::field("confirm", Message::new("console-confirm-wrong")))
}
