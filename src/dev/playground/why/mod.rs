//! Why would this token be refused? What it is, what is known of it, and what each endpoint would say.

mod grant;
mod jwt;
mod machine;

use super::clock;
use super::exchange::Decoded;
use crate::app::App;
use crate::base::Time;
use crate::crypto::token::{GrantToken, Kind, MachineToken};
use crate::db::Fault;

/// What the inspector found.
pub(super) struct Inspection {
    /// `Refresh token`
    pub kind: String,
    /// Whether it would do what it is for, right now.
    pub good: bool,
    /// The reason, in a sentence or two.
    pub verdict: String,
    /// What is known.
    pub facts: Vec<Fact>,
    /// A JWT, opened.
    pub decoded: Option<Decoded>,
    /// What would happen.
    pub outcomes: Vec<Outcome>,
}

/// Something known about a token.
pub(super) struct Fact {
    pub label: &'static str,
    pub value: String,
}

/// What one endpoint would say.
pub(super) struct Outcome {
    pub at: &'static str,
    pub good: bool,
    pub text: String,
}

impl Inspection {
    fn new(kind: impl Into<String>, good: bool, verdict: impl Into<String>) -> Self {
        let (kind, verdict) = (kind.into(), verdict.into());
        Inspection { kind, good, verdict, facts: Vec::new(), decoded: None, outcomes: Vec::new() }
    }

    fn fact(mut self, label: &'static str, value: impl Into<String>) -> Self {
        self.facts.push(Fact { label, value: value.into() });
        self
    }

    fn at(mut self, at: &'static str, good: bool, text: impl Into<String>) -> Self {
        self.outcomes.push(Outcome { at, good, text: text.into() });
        self
    }
}

const USERINFO: &str = "GET /userinfo";
const INTROSPECT: &str = "POST /oauth2/introspect";
const TOKEN: &str = "POST /oauth2/token";

/// Looks at any text.
pub(super) async fn inspect(app: &App, token: &str) -> Result<Inspection, Fault> {
    let prefix = |kind: &Kind| token.starts_with(kind.prefix());
    let Some(kind) = [Kind::Code, Kind::Access, Kind::Refresh].into_iter().find(prefix) else {
        return match token.split('.').count() {
            3 => jwt::inspect(app, token).await,
            _ => Ok(foreign(token)),
        };
    };
    let macs = app.keys.macs();
    if let Some(opened) = GrantToken::open(kind, &macs, token) {
        return Ok(grant::inspect(app, kind, &opened).await?.fact("MAC", "ours: nobody changed a bit of it"));
    }
    match MachineToken::open(&macs, token).filter(|_| kind == Kind::Access) {
        Some(opened) => {
            Ok(machine::inspect(app, token, &opened).await?.fact("MAC", "ours: nobody changed a bit of it"))
        }
        None => Ok(bent(kind)),
    }
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Code => "Authorization code",
        Kind::Access => "Access token",
        Kind::Refresh => "Refresh token",
    }
}

fn bent(kind: Kind) -> Inspection {
    let verdict = "Its MAC is wrong: it is cut off, changed, from another server, or from before this one was started anew. \
                   It is refused without a look into the database.";
    let (error, at) = match kind {
        Kind::Access => ("401 invalid_token", USERINFO),
        Kind::Code | Kind::Refresh => ("400 invalid_grant", TOKEN),
    };
    Inspection::new(name(kind), false, verdict).fact("MAC", "wrong").at(at, false, error)
}

/// Nothing that we give to anyone as a token.
fn foreign(token: &str) -> Inspection {
    if token.starts_with("sym_cs_") {
        let verdict =
            "This is how client secrets begin. A secret proves who a client is; it isn't presented as a token.";
        return Inspection::new("Client secret", false, verdict);
    }
    if token.starts_with("eyJ") {
        let verdict = "It begins like a JWT but hasn't got three parts: it was cut off when it was copied.";
        return Inspection::new("Part of a JWT", false, verdict);
    }
    let verdict = "Our tokens begin with sym_at_, sym_rt_ or sym_ac_, or are JWTs of three parts. This is neither, so it \
                   would be refused as unknown.";
    Inspection::new("Not a token of ours", false, verdict)
}

/// `2026-11-22 02:14:05 UTC (in 59 minutes 58 seconds)`
fn moment(app: &App, time: Time) -> String {
    let away = time.secs_since(app.now());
    let words = clock::span(away);
    let relative = if away < 0 { format!("{words} ago") } else { format!("in {words}") };
    format!("{} ({relative})", clock::written(time))
}
