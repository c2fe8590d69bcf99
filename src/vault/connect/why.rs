//! Why a connection came to nothing: the same code for the page, the app, and whoever asks (vault.md §3.3).

use crate::db::{Fault, Result};
use crate::lang::Message;
use crate::vault::grants::named;

/// Why there is no account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// They didn't want to.
    UserDenied,
    /// Only an administrator over there may allow it.
    AdminConsentRequired,
    /// Somebody over there was asked to allow it.
    ApprovalPending,
    /// They allowed less than is needed.
    InsufficientScope,
    /// They were signed in over there with another account.
    WrongAccount,
    /// Somebody else has connected this account.
    ExternalIdTaken,
    /// They took too long, or came twice.
    StateExpired,
    /// They came back in another browser.
    BrowserMismatch,
    /// Somebody else is signed in here.
    SessionMismatch,
    /// The answer is another provider's.
    IssuerMismatch,
    /// The provider doesn't take the code that it gave.
    CodeRejected,
    /// The provider doesn't take what was typed in.
    CredentialsRejected,
    /// It said something else that doesn't help.
    ProviderError,
    /// It gave nothing with which access could be kept.
    NoRefreshToken,
    /// It refuses our application.
    SourceMisconfigured,
}

named!(
    Why,
    "why a connection failed",
    UserDenied = "user_denied",
    AdminConsentRequired = "admin_consent_required",
    ApprovalPending = "approval_pending",
    InsufficientScope = "insufficient_scope",
    WrongAccount = "wrong_account",
    ExternalIdTaken = "external_id_taken",
    StateExpired = "state_expired",
    BrowserMismatch = "browser_mismatch",
    SessionMismatch = "session_mismatch",
    IssuerMismatch = "issuer_mismatch",
    CodeRejected = "code_rejected",
    CredentialsRejected = "credentials_rejected",
    ProviderError = "provider_error",
    NoRefreshToken = "no_refresh_token",
    SourceMisconfigured = "source_misconfigured"
);

impl Why {
    /// What happened; the parts `sentence` and `next` say why and what to do.
    pub fn message(self) -> Message {
        match self {
            Why::UserDenied => Message::new("connect-user-denied"),
            Why::AdminConsentRequired => Message::new("connect-admin-consent"),
            Why::ApprovalPending => Message::new("connect-approval-pending"),
            Why::InsufficientScope => Message::new("connect-insufficient-scope"),
            Why::WrongAccount => Message::new("connect-wrong-account"),
            Why::ExternalIdTaken => Message::new("connect-taken"),
            Why::StateExpired => Message::new("connect-expired"),
            Why::BrowserMismatch => Message::new("connect-browser-mismatch"),
            Why::SessionMismatch => Message::new("connect-session-mismatch"),
            Why::IssuerMismatch => Message::new("connect-issuer-mismatch"),
            Why::CodeRejected => Message::new("connect-code-rejected"),
            Why::CredentialsRejected => Message::new("connect-credentials-rejected"),
            Why::ProviderError => Message::new("connect-provider-error"),
            Why::NoRefreshToken => Message::new("connect-no-refresh-token"),
            Why::SourceMisconfigured => Message::new("connect-source-misconfigured"),
        }
    }

    /// The same for programs, in English.
    pub fn words(self) -> String {
        let message = self.message();
        format!("{}; {}", message.part("sentence").plain(), message.part("next").plain())
    }
}
