//! A form of the account page: from our own page, by somebody who is signed in.

use crate::app::App;
use crate::audit::{Actor, Event};
use crate::lang::Message;
use crate::signin::login::Then;
use crate::signin::{Session, session};
use crate::web::browser::check_form;
use crate::web::{Call, Form, Params, Reader, Stopped};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

/// What was sent, and by whom.
pub(super) struct Sent {
    pub call: Call,
    pub headers: HeaderMap,
    pub reader: Reader,
    pub session: Session,
    pub params: Params,
}

impl Sent {
    /// For the audit trail: the person did something, to their own account unless `object` is set.
    pub fn event(&self, action: &'static str) -> Event {
        let user = &self.session.user.id;
        session::event(&self.call, Actor::User(user.clone()), action, user)
    }
}

/// What the form names isn't there, or isn't theirs: nobody learns which.
pub(super) fn nothing() -> Stopped {
    Stopped::told(StatusCode::NOT_FOUND, "not_found", Message::new("stopped-not-yours"))
}

impl FromRequest<App> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let Ok(call) = Call::from_request_parts(&mut parts, app).await;
        let Ok(reader) = Reader::from_request_parts(&mut parts, app).await;
        let headers = parts.headers.clone();
        let Ok(Form(form)) = Form::from_request(Request::from_parts(parts, body), app).await;
        let params = form.map_err(|why| Stopped::bad_form(why).into_response())?;
        check_form(app, &headers, &params).map_err(|why| Stopped::forged(why).into_response())?;
        let session = session::current(app, &headers).await.map_err(|why| Stopped::from(why).into_response())?;
        match session {
            Some(session) => Ok(Sent { call, headers, reader, session, params }),
            None => Err(Then::Account.sign_in()),
        }
    }
}
