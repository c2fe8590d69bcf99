//! RFC 6749 §4.1.2.1: where there is no client that could be told, people are: pages that send nobody anywhere.

use crate::app::App;
use crate::clients::Client;
use crate::clients::cimd::Unusable;
use crate::web::Stopped;
use axum::http::StatusCode;

/// The error page of a client that isn't known or is disabled; the same for both.
pub(super) fn unknown_client(client_id: &str) -> Stopped {
    Stopped::refused(
        StatusCode::BAD_REQUEST,
        "invalid_client",
        "This sign-in link isn't complete",
        "The app that sent you here isn't known to us, so we can't tell where to send you back. Nothing was shared.",
        "Go back to the app and try again, or tell its makers.",
    )
    .detail("client_id", client_id)
    .detail("What is wrong", "there is no such client here, or it is disabled")
}

/// The error page of a client that registered itself and that no administrator has let in, or not any more.
pub(super) fn not_approved(app: &App, client: &Client) -> Stopped {
    let brand = &app.config.name;
    Stopped::refused(
        StatusCode::FORBIDDEN,
        "client_not_approved",
        "This app may not be used here yet",
        format!("It has introduced itself to {brand}, but whoever runs {brand} hasn't let it in. Nothing was shared."),
        format!("Ask whoever runs {brand} to approve it, then try again."),
    )
    .detail("client_id", client.id.as_str())
    .detail("What to do", "symbolon client enable, with this client_id")
}

/// The error page of a client whose `client_id` is a URL where no usable document is.
pub(super) fn unusable_document(client_id: &str, why: &Unusable) -> Stopped {
    let (status, next) = match why {
        Unusable::Busy => (StatusCode::SERVICE_UNAVAILABLE, "Wait a minute, then go back to the app and try again."),
        _ => (
            StatusCode::BAD_REQUEST,
            "Go back to the app and try again, or tell its makers; the details below help them.",
        ),
    };
    Stopped::refused(
        status,
        "invalid_client",
        "We can't tell which app this is",
        "The app that sent you here describes itself on a page of its own, and we can't use what is there. Nothing was \
         shared.",
        next,
    )
    .detail("client_id", client_id)
    .detail("What is wrong", why.in_words())
}
