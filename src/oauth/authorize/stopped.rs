//! RFC 6749 §4.1.2.1: where there is no client that could be told, people are: pages that send nobody anywhere.

use crate::clients::Client;
use crate::clients::cimd::Unusable;
use crate::lang::Message;
use crate::web::Stopped;
use axum::http::StatusCode;

/// The error page of a client that isn't known or is disabled; the same for both.
pub(super) fn unknown_client(client_id: &str) -> Stopped {
    Stopped::told(StatusCode::BAD_REQUEST, "invalid_client", Message::new("stopped-unknown-client"))
        .detail("client_id", client_id)
        .detail("What is wrong", "there is no such client here, or it is disabled")
}

/// The error page of a client that registered itself and that no administrator has let in, or not any more.
pub(super) fn not_approved(client: &Client) -> Stopped {
    Stopped::told(StatusCode::FORBIDDEN, "client_not_approved", Message::new("stopped-not-approved"))
        .detail("client_id", client.id.as_str())
        .detail("What to do", "symbolon client enable, with this client_id")
}

/// The error page of a client whose `client_id` is a URL where no usable document is.
pub(super) fn unusable_document(client_id: &str, why: &Unusable) -> Stopped {
    let (status, message) = match why {
        Unusable::Busy => (StatusCode::SERVICE_UNAVAILABLE, Message::new("stopped-document-busy")),
        _ => (StatusCode::BAD_REQUEST, Message::new("stopped-document")),
    };
    Stopped::told(status, "invalid_client", message)
        .detail("client_id", client_id)
        .detail("What is wrong", why.in_words())
}
