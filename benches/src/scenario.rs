//! What one connection does over and over: one operation of a scenario, checked for its result.

use std::sync::Arc;

use clap::ValueEnum;
use serde_json::Value;

use crate::{
    browser::Browser,
    code_flow::{self, Tokens},
    compare::Asks,
    connection::Connection,
    failure::Failure,
    random,
    target::Target,
};

/// The scenarios, in the order in which they run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Scenario {
    /// Discovery document.
    Discovery,
    /// RFC 6749 §4.4: client credentials.
    ClientCredentials,
    /// RFC 7662: introspection of one live token.
    Introspect,
    /// OpenID Connect Core §5.3: userinfo.
    Userinfo,
    /// The path of --get, with the headers of --header.
    Get,
    /// Refresh tokens that never existed; each has to be refused.
    Garbage,
    /// RFC 6749 §6 with rotation: one chain per connection, always the newest token.
    Refresh,
    /// Authorization code flow with PKCE in a browser that is already signed in.
    CodeFlow,
}

impl Scenario {
    /// The name on the command line and in the report.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Discovery => "discovery",
            Self::ClientCredentials => "client-credentials",
            Self::Introspect => "introspect",
            Self::Userinfo => "userinfo",
            Self::Get => "get",
            Self::Garbage => "garbage",
            Self::Refresh => "refresh",
            Self::CodeFlow => "code-flow",
        }
    }

    /// Whether an operation is only done when a commit is on disk.
    #[must_use]
    pub const fn commits(self) -> bool {
        matches!(self, Self::Refresh | Self::CodeFlow)
    }

    /// Whether it can't be prepared without somebody who signs in.
    #[must_use]
    pub const fn needs_person(self) -> bool {
        matches!(self, Self::Userinfo | Self::Refresh | Self::CodeFlow)
    }
}

/// One connection's part, with whatever it carries from operation to operation.
pub enum Actor {
    /// Sends the same bytes again and again.
    Repeat(Repeat),
    /// Owns a chain of refresh tokens.
    Refresh(Refresh),
    /// Runs code flows in a signed-in browser.
    CodeFlow(Visitor),
    /// Presents tokens that nobody issued.
    Garbage(Garbage),
    /// Sends what it is told to.
    Asks(Asks),
}

/// A fixed request and what its answer has to hold.
#[derive(Clone)]
pub struct Repeat {
    /// The request.
    pub request: Arc<[u8]>,
    /// The member that a right answer has; with `true` it is compared, other values only have to
    /// be there.
    pub expect: Option<&'static str>,
}

/// A browser and where it goes.
#[derive(Clone)]
pub struct Visitor {
    /// The server.
    pub target: Arc<Target>,
    /// Signed in, with nobody in front of it.
    pub browser: Browser,
}

/// A refresh chain; the visitor starts a new one should this one die.
pub struct Refresh {
    /// Who starts a chain.
    pub visitor: Visitor,
    /// The newest token.
    pub token: String,
}

/// The shape of a refresh token.
pub struct Garbage {
    /// The server.
    pub target: Arc<Target>,
    /// What every token of this server begins with.
    pub prefix: &'static str,
    /// How many random bytes follow.
    pub length: usize,
}

impl Actor {
    /// Does one operation.
    ///
    /// # Errors
    /// When the server did not do what the scenario asks for.
    pub async fn once(&mut self, connection: &mut Connection) -> Result<(), Failure> {
        match self {
            Self::Repeat(repeat) => repeat.once(connection).await,
            Self::Refresh(chain) => chain.once(connection).await,
            Self::CodeFlow(visitor) => visitor.code_flow(connection).await.map(drop),
            Self::Garbage(garbage) => garbage.once(connection).await,
            Self::Asks(asks) => asks.once(connection).await,
        }
    }
}

impl Repeat {
    async fn once(&self, connection: &mut Connection) -> Result<(), Failure> {
        let answer = connection.ask(&self.request).await?;
        if answer.status != 200 {
            return Err(Failure::Status(answer.status));
        }
        let Some(member) = self.expect else {
            return Ok(());
        };
        let response: Value =
            serde_json::from_slice(connection.body()).map_err(|_| Failure::Content("an answer that is not JSON"))?;
        match response.get(member) {
            None | Some(Value::Bool(false)) => Err(Failure::Content("the answer says no")),
            Some(_) => Ok(()),
        }
    }
}

impl Visitor {
    /// One code flow with the cookies that are there.
    ///
    /// # Errors
    /// When any step of it is refused.
    pub async fn code_flow(&mut self, connection: &mut Connection) -> Result<Tokens, Failure> {
        code_flow::run(&self.target, &mut self.browser, connection).await
    }
}

impl Refresh {
    /// Starts a chain with a code flow.
    ///
    /// # Errors
    /// When that is refused, or yields no refresh token.
    pub async fn start(visitor: &mut Visitor, connection: &mut Connection) -> Result<Self, Failure> {
        Ok(Self { token: fresh(visitor.code_flow(connection).await?)?, visitor: visitor.clone() })
    }

    async fn once(&mut self, connection: &mut Connection) -> Result<(), Failure> {
        let target = &self.visitor.target;
        let request =
            target.post_as_client(&target.token, &[("grant_type", "refresh_token"), ("refresh_token", &self.token)]);
        let answer = connection.ask(&request).await?;
        let next = code_flow::tokens(answer.status, connection.body());
        // §5.2: invalid_grant, the chain is dead
        if let Err(Failure::Status(400)) = next {
            self.token = fresh(self.visitor.code_flow(connection).await?)?;
        }
        let spent = std::mem::replace(&mut self.token, fresh(next?)?);
        if spent == self.token {
            return Err(Failure::Content("the refresh token was not rotated"));
        }
        Ok(())
    }
}

fn fresh(tokens: Tokens) -> Result<String, Failure> {
    tokens.refresh.ok_or(Failure::Content("no refresh token"))
}

impl Garbage {
    async fn once(&self, connection: &mut Connection) -> Result<(), Failure> {
        let forged = format!("{}{}", self.prefix, random::token(self.length)?);
        let request = self
            .target
            .post_as_client(&self.target.token, &[("grant_type", "refresh_token"), ("refresh_token", &forged)]);
        let answer = connection.ask(&request).await?;
        match answer.status {
            400 => Ok(()),
            200 => Err(Failure::Content("a forged token was accepted")),
            status => Err(Failure::Status(status)),
        }
    }
}
