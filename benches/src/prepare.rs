//! Before a scenario starts: sign in once, get the tokens that it needs, hand out the parts.

use std::sync::Arc;

use crate::{
    browser::{Browser, Person},
    code_flow,
    connection::Connection,
    failure::Fault,
    scenario::{Actor, Garbage, Refresh, Repeat, Scenario, Visitor},
    target::Target,
};

/// Prefixes by which secret scanners know refresh tokens; a forged one keeps it, or it would be
/// refused for its looks.
const PREFIXES: [&str; 2] = ["sym_rt_", "ory_rt_"];
/// A forged token is as long as a real one; this long (in bytes) where none is to be had.
const USUAL_LENGTH: usize = 64;

/// The server, and somebody who is signed in to it.
pub struct Stage {
    target: Arc<Target>,
    // One browser all along: some servers give it a new session with every consent.
    visitor: Option<Visitor>,
    get: Option<(String, String)>,
}

impl Stage {
    /// Signs `person` in, the only time that the password is sent.
    ///
    /// # Errors
    /// When the first code flow fails.
    pub async fn set(
        target: Arc<Target>,
        person: Option<Person>,
        get: Option<(String, String)>,
    ) -> Result<Self, Fault> {
        let visitor = match person {
            Some(person) => Some(sign_in(&target, person).await?),
            None => None,
        };
        Ok(Self { target, visitor, get })
    }

    /// Whether `scenario` can be run here.
    #[must_use]
    pub fn allows(&self, scenario: Scenario) -> bool {
        let known = scenario != Scenario::Get || self.get.is_some();
        known && (self.visitor.is_some() || !scenario.needs_person())
    }

    /// The parts of `connections` connections in `scenario`.
    ///
    /// # Errors
    /// When the server lacks an endpoint or refuses a token.
    pub async fn actors(&mut self, scenario: Scenario, connections: usize) -> Result<Vec<Actor>, Fault> {
        let target = Arc::clone(&self.target);
        let mut connection = Connection::to(target.address);
        let repeat = match scenario {
            Scenario::Discovery => Repeat { request: target.get(&target.discovery, "").into(), expect: None },
            Scenario::ClientCredentials => {
                Repeat { request: self.client_credentials().into(), expect: Some("access_token") }
            }
            Scenario::Introspect => {
                let path = target.introspection.as_deref();
                let path = path.ok_or("the server has no introspection endpoint")?;
                let token = self.access_token(&mut connection).await?;
                Repeat { request: target.post_as_client(path, &[("token", &token)]).into(), expect: Some("active") }
            }
            Scenario::Userinfo => {
                let path = target.userinfo.as_deref();
                let path = path.ok_or("the server has no userinfo endpoint")?;
                let token = self.access_token(&mut connection).await?;
                let header = format!("Authorization: Bearer {token}\r\n");
                Repeat { request: target.get(path, &header).into(), expect: Some("sub") }
            }
            Scenario::Get => {
                let (path, headers) = self.get.as_ref().ok_or("nothing to get: --get PATH")?;
                Repeat { request: target.get(path, headers).into(), expect: None }
            }
            Scenario::Garbage => {
                let (prefix, length) = self.shape(&mut connection).await?;
                let garbage = || Garbage { target: Arc::clone(&target), prefix, length };
                return Ok((0..connections).map(|_| Actor::Garbage(garbage())).collect());
            }
            Scenario::Refresh => {
                let visitor = self.visitor()?;
                let mut actors = Vec::with_capacity(connections);
                for _ in 0..connections {
                    let chain = Refresh::start(visitor, &mut connection).await?;
                    actors.push(Actor::Refresh(chain));
                }
                return Ok(actors);
            }
            Scenario::CodeFlow => {
                let visitors = vec![self.visitor()?.clone(); connections];
                return Ok(visitors.into_iter().map(Actor::CodeFlow).collect());
            }
        };
        Ok(vec![repeat; connections].into_iter().map(Actor::Repeat).collect())
    }

    fn client_credentials(&self) -> Vec<u8> {
        let form = [("grant_type", "client_credentials")];
        self.target.post_as_client(&self.target.token, &form)
    }

    fn visitor(&mut self) -> Result<&mut Visitor, Fault> {
        let nobody = "nobody is there to sign in: --user-email and --user-password";
        self.visitor.as_mut().ok_or_else(|| nobody.into())
    }

    async fn access_token(&mut self, connection: &mut Connection) -> Result<String, Fault> {
        if let Some(visitor) = &mut self.visitor {
            return Ok(visitor.code_flow(connection).await?.access);
        }
        let answer = connection.ask(&self.client_credentials()).await?;
        Ok(code_flow::tokens(answer.status, connection.body())?.access)
    }

    async fn shape(&mut self, connection: &mut Connection) -> Result<(&'static str, usize), Fault> {
        let token = match &mut self.visitor {
            Some(visitor) => visitor.code_flow(connection).await?.refresh,
            None => None,
        };
        let Some(token) = token else {
            return Ok((PREFIXES.first().copied().unwrap_or_default(), USUAL_LENGTH));
        };
        let known = PREFIXES.iter().find(|prefix| token.starts_with(**prefix));
        let prefix = known.copied().unwrap_or_default();
        Ok((prefix, (token.len() - prefix.len()) * 3 / 4))
    }
}

async fn sign_in(target: &Arc<Target>, person: Person) -> Result<Visitor, Fault> {
    let mut browser = Browser::of(person);
    let mut connection = Connection::to(target.address);
    code_flow::run(target, &mut browser, &mut connection)
        .await
        .map_err(|failure| format!("the first sign-in failed: {failure}"))?;
    Ok(Visitor { target: Arc::clone(target), browser: browser.unattended() })
}
