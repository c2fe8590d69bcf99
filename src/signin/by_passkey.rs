//! `POST /login/passkey`: signing in without a word to type. Every refusal has the same words.

use super::login::{Desk, throttled};
use super::proof::Proof;
use super::throttle::{self, Gauge, Taken};
use super::underway::Purpose;
use super::{Arrival, passkey};
use crate::app::App;
use crate::lang::Message;
use crate::web::browser::{Browser, check_form};
use crate::web::{Call, Form, Reader, Stopped};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

/// `POST /login/passkey`
pub async fn post(
    State(app): State<App>,
    call: Call,
    reader: Reader,
    headers: HeaderMap,
    Form(form): Form,
) -> Result<Response, Stopped> {
    let params = form.map_err(Stopped::bad_form)?;
    check_form(&app, &headers, &params).map_err(Stopped::forged)?;
    let desk = Desk::open(&app, reader, &headers, &params).await?;
    let address = Gauge::new("login-address", &call.network(), app.config.throttle.address);
    if let Taken::Wait(seconds) = throttle::take(&app, &address).await? {
        return desk.wait(&app, String::new(), throttled(seconds), seconds).await;
    }
    let browser = Browser::of(&app, &headers);
    let Some(user) = passkey::presented(&app, &call, &browser, Purpose::SignIn, &params).await? else {
        let error = Message::new("login-passkey-refused");
        return desk.page(&app, String::new(), Some(error), StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    throttle::refund(&app, &address).await?;
    let from = Arrival { call: &call, headers: &headers };
    desk.welcome(&app, &user, Proof::PASSKEY, from).await
}
