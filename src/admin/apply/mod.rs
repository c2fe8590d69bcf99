//! A description of workspaces and clients, held against what is there: a plan, and the doing of it. What the description
//! doesn't name is left alone; doing it twice does nothing the second time.

mod wanted;

pub use wanted::{Reference, Wanted};

use super::clients::{self, Registered, Target};
use super::metadata;
use super::{Acting, Refused, users, workspaces};
use crate::app::App;
use crate::base::Secret;
use crate::base::id::{ClientId, UserId, WorkspaceId};
use crate::clients::{Client, Metadata};
use crate::people::workspaces::Standing;
use serde_json::{Map, Value, json};
use wanted::{WantedClient, WantedWorkspace};

/// One thing that isn't as it should be.
#[derive(Debug)]
pub struct Step {
    /// `client:…`, `workspace:…`, `member:…`.
    pub object: String,
    /// Whether it isn't there at all.
    pub new: bool,
    /// What differs: the member, what it is, what it should be.
    pub differences: Vec<(String, Value, Value)>,
    act: Act,
}

#[derive(Debug)]
enum Act {
    MakeWorkspace { slug: WorkspaceId, name: String },
    RenameWorkspace { slug: WorkspaceId, name: String },
    AddMember { slug: WorkspaceId, user: UserId, role: Standing },
    SetRole { slug: WorkspaceId, user: UserId, role: Standing },
    MakeClient { id: ClientId, metadata: Box<Metadata>, secret: Option<Secret>, enabled: bool },
    ChangeClient { id: ClientId, members: Option<Map<String, Value>>, secret: Option<Secret>, enabled: Option<bool> },
}

/// What is to be done, in the order in which it must be, and how many things are as they should be.
#[derive(Debug)]
pub struct Plan {
    /// To be done.
    pub steps: Vec<Step>,
    /// As they should be.
    pub same: usize,
}

/// Compares.
pub async fn plan(app: &App, wanted: Wanted) -> Result<Plan, Refused> {
    let mut plan = Plan { steps: Vec::new(), same: 0 };
    for (n, workspace) in wanted.workspaces.into_iter().enumerate() {
        plan_workspace(app, &mut plan, n, workspace).await?;
    }
    for (n, client) in wanted.clients.into_iter().enumerate() {
        let step = plan_client(app, client).await.map_err(|why| placed(&format!("clients/{n}"), why))?;
        plan.take(step);
    }
    Ok(plan)
}

impl Plan {
    fn take(&mut self, step: Option<Step>) {
        match step {
            Some(step) => self.steps.push(step),
            None => self.same += 1,
        }
    }
}

/// Names the place in the description.
fn placed(place: &str, why: Refused) -> Refused {
    match why {
        Refused::Invalid { field, why } if field.is_empty() => Refused::invalid(place, why),
        Refused::Invalid { field, why } => Refused::invalid(format!("{place}/{field}"), why),
        other => other,
    }
}

async fn plan_workspace(app: &App, plan: &mut Plan, n: usize, wanted: WantedWorkspace) -> Result<(), Refused> {
    let WantedWorkspace { slug, name, members } = wanted;
    let there = crate::people::workspaces::store::one(&app.db, &slug).await?;
    let object = format!("workspace:{slug}");
    plan.take(match &there {
        None => {
            let differences = vec![("name".to_owned(), Value::Null, json!(name))];
            Some(Step { object, new: true, differences, act: Act::MakeWorkspace { slug: slug.clone(), name } })
        }
        Some(there) if there.name != name => {
            let differences = vec![("name".to_owned(), json!(there.name), json!(name))];
            Some(Step { object, new: false, differences, act: Act::RenameWorkspace { slug: slug.clone(), name } })
        }
        Some(_) => None,
    });
    for (m, wanted) in members.into_iter().enumerate() {
        let user = users::find(app, &wanted.user).await.map_err(|why| match why {
            Refused::NotFound => {
                Refused::invalid(format!("workspaces/{n}/members/{m}/user"), "there is no account of this address")
            }
            other => other,
        })?;
        let have = crate::people::workspaces::store::member(&app.db, &slug, &user.id).await?.map(|member| member.role);
        let (slug, role, user_id) = (slug.clone(), wanted.role, user.id);
        let differences = vec![("role".to_owned(), json!(have), json!(role))];
        let object = format!("member:{slug}/{}", user.email);
        plan.take(match have {
            None => Some(Step { object, new: true, differences, act: Act::AddMember { slug, user: user_id, role } }),
            Some(have) if have != role => {
                Some(Step { object, new: false, differences, act: Act::SetRole { slug, user: user_id, role } })
            }
            Some(_) => None,
        });
    }
    Ok(())
}

async fn plan_client(app: &App, wanted: WantedClient) -> Result<Option<Step>, Refused> {
    let WantedClient { id, enabled, secret, members } = wanted;
    let metadata = metadata::read(members.clone())?;
    metadata::check_here(app, &metadata)?;
    if secret.is_some() && !metadata.token_endpoint_auth_method.with_secret() {
        let why = "this client has no secret: its token_endpoint_auth_method is another";
        return Err(Refused::invalid("client_secret", why));
    }
    let object = format!("client:{id}");
    let there = match clients::show(app, &id).await {
        Ok(client) => client,
        Err(Refused::NotFound) => {
            clients::chosen(id.clone())?;
            let differences = differences(&Map::new(), &shown(&metadata));
            let act = Act::MakeClient { id, metadata: Box::new(metadata), secret, enabled };
            return Ok(Some(Step { object, new: true, differences, act }));
        }
        Err(other) => return Err(other),
    };
    let mut all = differences(&shown(&there.metadata), &shown(&metadata));
    let members = Some(members).filter(|_| !all.is_empty());
    let secret = secret.filter(|secret| !there.keeps_secret(secret));
    if secret.is_some() {
        all.push(("client_secret".to_owned(), json!("another"), json!("the one that is referred to")));
    }
    if there.enabled != enabled {
        all.push(("enabled".to_owned(), json!(there.enabled), json!(enabled)));
    }
    if all.is_empty() {
        return Ok(None);
    }
    let enabled = Some(enabled).filter(|wanted| *wanted != there.enabled);
    Ok(Some(Step { object, new: false, differences: all, act: Act::ChangeClient { id, members, secret, enabled } }))
}

fn shown(metadata: &Metadata) -> Map<String, Value> {
    match serde_json::to_value(metadata) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

fn differences(is: &Map<String, Value>, should: &Map<String, Value>) -> Vec<(String, Value, Value)> {
    let mut names: Vec<&String> = is.keys().chain(should.keys()).collect();
    names.sort();
    names.dedup();
    let of = |side: &Map<String, Value>, name: &str| side.get(name).cloned().unwrap_or_default();
    let pairs = names.into_iter().map(|name| (name.clone(), of(is, name), of(should, name)));
    pairs.filter(|(_, is, should)| is != should).collect()
}

/// Does one step, in one transaction or a few; gives the secret of a client for which one had to be made.
pub async fn run(app: &App, who: &Acting, step: Step) -> Result<Option<(ClientId, Secret)>, Refused> {
    match step.act {
        Act::MakeWorkspace { slug, name } => workspaces::create(app, who, slug.as_str(), &name).await.map(|_| None),
        Act::RenameWorkspace { slug, name } => workspaces::rename(app, who, &slug, &name).await.map(|_| None),
        Act::AddMember { slug, user, role } => workspaces::add(app, who, &slug, &user, role).await.map(|_| None),
        Act::SetRole { slug, user, role } => workspaces::set_role(app, who, &slug, &user, role).await.map(|_| None),
        Act::MakeClient { id, metadata, secret, enabled } => {
            let made = clients::create(app, who, *metadata, Some(id)).await?;
            settle(app, who, made, secret, Some(enabled).filter(|enabled| !enabled)).await
        }
        Act::ChangeClient { id, members, secret, enabled } => {
            let target = Target::from(id);
            let changed = match members {
                Some(members) => clients::replace(app, who, &target, members).await?,
                None => Registered { client: clients::show(app, &target.id).await?, secret: None },
            };
            settle(app, who, changed, secret, enabled).await
        }
    }
}

/// The secret that was referred to, and whether the client may act.
async fn settle(
    app: &App,
    who: &Acting,
    registered: Registered,
    secret: Option<Secret>,
    enabled: Option<bool>,
) -> Result<Option<(ClientId, Secret)>, Refused> {
    let Registered { client: Client { id, .. }, secret: fresh } = registered;
    let target = Target::from(id.clone());
    let made = match secret {
        Some(secret) => {
            clients::set_secret(app, who, &target, &secret).await?;
            None
        }
        None => fresh,
    };
    match enabled {
        Some(true) => drop(clients::enable(app, who, &target).await?),
        Some(false) => drop(clients::disable(app, who, &target).await?),
        None => {}
    }
    Ok(made.map(|secret| (id, secret)))
}
