//! `symbolon client`: the registry.

use super::members::{self, Members};
use super::open::{self, Start, acting};
use super::output::{Failure, Printed, block, bold, moment, table};
use super::{ask, invite, seen};
use crate::admin::clients::{self, Registered, Target};
use crate::admin::{self, Refused};
use crate::app::App;
use crate::base::Time;
use crate::base::id::ClientId;
use crate::clients::{Client, Format, Metadata, Rotation, SecretHash, cimd};
use crate::config::Flags;
use crate::config::span;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::time::Duration;

/// `symbolon client …`
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Register a client. With --redirect-uri people sign in to it; without, it is a machine that acts for itself
    Create(Box<Create>),
    /// List the clients
    List {
        /// Only those whose name or identifier contains this
        #[arg(long, value_name = "TEXT")]
        search: Option<String>,
    },
    /// List the clients that came by with documents of their own (their client_id is a URL)
    Seen {
        /// Only those whose URL or name contains this
        #[arg(long, value_name = "TEXT")]
        search: Option<String>,
    },
    /// Show one client
    Show(One),
    /// Change what is given, leave the rest
    Update(Box<Update>),
    /// Make a new secret; the current one goes on working for a while
    RotateSecret {
        #[command(flatten)]
        one: One,
        /// For how long the current secret still works; 0s ends it now
        #[arg(long, value_parser = overlap, default_value = "24h", value_name = "TIME")]
        overlap: Duration,
    },
    /// Make an initial access token, with which apps register themselves (RFC 7591)
    Invite(invite::Ask),
    /// List the initial access tokens
    Invites,
    /// End an initial access token
    RevokeInvite {
        /// Its id, from `symbolon client invites`
        id: String,
    },
    /// Let a disabled client act again
    Enable(One),
    /// Stop a client: its grants end and its tokens are void, at once
    Disable(One),
    /// Delete a client with all its grants
    Delete {
        #[command(flatten)]
        one: One,
        /// Don't ask
        #[arg(long)]
        yes: bool,
    },
}

/// Which client.
#[derive(Debug, Args)]
pub(super) struct One {
    /// Its client_id
    #[arg(value_name = "CLIENT_ID")]
    id: String,
}

/// `symbolon client create`
#[derive(Debug, Args)]
pub(super) struct Create {
    /// The client_id: 3 to 64 letters, digits or . _ ~ - (made up if not given)
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    #[command(flatten)]
    members: Members,
}

/// `symbolon client update`
#[derive(Debug, Args)]
pub(super) struct Update {
    #[command(flatten)]
    one: One,
    #[command(flatten)]
    members: Members,
}

fn overlap(text: &str) -> Result<Duration, &'static str> {
    span::parse(text).ok_or("write 60s, 10m, 12h or 30d")
}

impl One {
    fn target(&self) -> Target {
        Target::from(ClientId::from(self.id.as_str()))
    }

    /// Whether it is a client without an entry in the registry.
    fn is_document(&self) -> bool {
        cimd::is_document(&self.id)
    }
}

pub(super) async fn run(flags: &Flags, command: Command) -> Result<Printed, Failure> {
    if let Command::Create(create) = command {
        // Read whole before anything is opened: a mistake on the very first command leaves no database behind.
        let asked = create.asked()?;
        let app = open::open(flags, Start::Fresh).await?;
        let printed = register(&app, asked).await;
        app.db.close().await;
        return printed;
    }
    let app = open::open(flags, Start::Existing).await?;
    let printed = answer(&app, command).await;
    app.db.close().await;
    printed
}

async fn answer(app: &App, command: Command) -> Result<Printed, Failure> {
    match command {
        Command::Create(create) => register(app, create.asked()?).await,
        Command::List { search } => list(app, search.as_deref().unwrap_or_default()).await,
        Command::Seen { search } => seen::list(app, search.as_deref().unwrap_or_default()).await,
        Command::Show(one) if one.is_document() => seen::show(app, &one.target().id).await,
        Command::Enable(one) if one.is_document() => seen::enable(app, &one.target().id).await,
        Command::Disable(one) if one.is_document() => seen::disable(app, &one.target().id).await,
        Command::Show(one) => {
            let client = clients::show(app, &one.target().id).await.map_err(|why| told(why, &one.id))?;
            Ok(Printed::new(describe(app, &client, None), client.to_json()))
        }
        Command::Update(update) => self::update(app, *update).await,
        Command::RotateSecret { one, overlap } => rotate_secret(app, &one, overlap).await,
        Command::Invite(ask) => invite::create(app, &ask).await,
        Command::Invites => invite::list(app).await,
        Command::RevokeInvite { id } => invite::revoke(app, &id).await,
        Command::Enable(one) => {
            let client = clients::enable(app, &acting(), &one.target()).await.map_err(|why| told(why, &one.id))?;
            Ok(Printed::new(format!("{} may act again.", named(&client)), client.to_json()))
        }
        Command::Disable(one) => {
            let client = clients::disable(app, &acting(), &one.target()).await.map_err(|why| told(why, &one.id))?;
            let text = format!("{} is disabled. Its grants have ended and its tokens are void.", named(&client));
            Ok(Printed::new(text, client.to_json()))
        }
        Command::Delete { one, yes } => delete(app, &one, yes).await,
    }
}

impl Create {
    fn asked(self) -> Result<(Metadata, Option<ClientId>), Failure> {
        let mut members = self.members.given()?;
        if !members.contains_key("client_name") {
            let fix = "Add --name \"…\": people see it when they decide.";
            return Err(Failure::usage("a client needs a name").fix(fix));
        }
        members::complete(&mut members);
        let id = self.id.map(|id| clients::chosen(ClientId::from(id))).transpose().map_err(|why| told(why, ""))?;
        Ok((admin::metadata(members).map_err(|why| told(why, ""))?, id))
    }
}

async fn register(app: &App, (metadata, id): (Metadata, Option<ClientId>)) -> Result<Printed, Failure> {
    let made = clients::create(app, &acting(), metadata, id).await.map_err(|why| told(why, ""))?;
    let head = format!("Registered {}.", bold(&made.client.metadata.client_name));
    Ok(Printed::new(format!("{head}\n\n{}", describe(app, &made.client, made.secret.as_ref())), made.to_json()))
}

async fn list(app: &App, search: &str) -> Result<Printed, Failure> {
    let mut all: Vec<Client> = Vec::new();
    loop {
        let after = all.last().map(|client| client.id.to_string()).unwrap_or_default();
        let (page, more) = clients::list(app, &after, search, 200).await?;
        all.extend(page);
        if !more {
            break;
        }
    }
    let row = |client: &Client| {
        let metadata = &client.metadata;
        let (id, name) = (client.id.to_string(), metadata.client_name.clone());
        let method = metadata.token_endpoint_auth_method.name().to_owned();
        vec![id, name, state(client).to_owned(), method, joined(&grants(client), ", ")]
    };
    let none = match search {
        "" => "No clients yet. Register one with `symbolon client create`.",
        _ => "No client's name or identifier contains this.",
    };
    let head = ["CLIENT ID", "NAME", "STATE", "AUTHENTICATION", "GRANTS"];
    let text = table(&head, &all.iter().map(row).collect::<Vec<_>>(), none);
    Ok(Printed::new(text, all.iter().map(Client::to_json).collect()))
}

async fn update(app: &App, update: Update) -> Result<Printed, Failure> {
    let patch = update.members.given()?;
    if patch.is_empty() {
        return Err(Failure::usage("nothing is given that should change").fix("See `symbolon client update --help`."));
    }
    let changed = clients::patch(app, &acting(), &update.one.target(), patch).await;
    let changed = changed.map_err(|why| told(why, &update.one.id))?;
    let head = format!("Changed {}.", bold(&changed.client.metadata.client_name));
    let text = format!("{head}\n\n{}", describe(app, &changed.client, changed.secret.as_ref()));
    Ok(Printed::new(text, changed.to_json()))
}

async fn rotate_secret(app: &App, one: &One, overlap: Duration) -> Result<Printed, Failure> {
    let rotated = clients::rotate_secret(app, &acting(), &one.target(), overlap).await;
    let Registered { client, secret } = rotated.as_ref().map_err(|why| told(why.clone(), &one.id))?;
    let old = match overlap.is_zero() {
        true => "The old secret has ended.".to_owned(),
        false => format!("The old secret works for {} more.", span::show(overlap)),
    };
    let lines = [("client_id", client.id.to_string()), ("client_secret", once(secret.as_ref()))];
    let text = format!("{} has a new secret. {old}\n\n{}", bold(&client.metadata.client_name), block(&lines));
    Ok(Printed::new(text, rotated.map(|rotated| rotated.to_json()).unwrap_or_default()))
}

async fn delete(app: &App, one: &One, yes: bool) -> Result<Printed, Failure> {
    let client = clients::show(app, &one.target().id).await.map_err(|why| told(why, &one.id))?;
    let what = format!("Deleting {} with all its grants", named(&client));
    ask::sure(&what, &client.metadata.client_name, yes)?;
    clients::delete(app, &acting(), &one.target()).await.map_err(|why| told(why, &one.id))?;
    let json = json!({ "client_id": client.id, "deleted": true });
    Ok(Printed::new(format!("{} is deleted.", named(&client)), json))
}

/// A refusal in the words of the command line.
fn told(refused: Refused, id: &str) -> Failure {
    match refused {
        Refused::NotFound => {
            Failure::failed(format!("there is no client `{id}`")).fix("`symbolon client list` shows them.")
        }
        Refused::Invalid { field, why } => Failure::usage(match members::flag(&field) {
            Some(flag) => format!("{flag}: {why}"),
            None => format!("`{field}` {why}"),
        }),
        other => other.into(),
    }
}

fn named(client: &Client) -> String {
    format!("{} ({})", bold(&client.metadata.client_name), client.id)
}

fn state(client: &Client) -> &'static str {
    if client.enabled { "enabled" } else { "disabled" }
}

/// Names as the metadata spell them.
fn grants(client: &Client) -> Vec<String> {
    let text = |grant| serde_json::to_value(grant).ok().as_ref().and_then(Value::as_str).map(str::to_owned);
    client.metadata.grant_types.iter().filter_map(text).collect()
}

fn joined(parts: &[String], by: &str) -> String {
    parts.join(by)
}

fn once(secret: Option<&crate::base::Secret>) -> String {
    secret.map(|secret| format!("{}\nShown once. Store it now.", bold(secret.reveal()))).unwrap_or_default()
}

/// All that people want to know about a client.
fn describe(app: &App, client: &Client, secret: Option<&crate::base::Secret>) -> String {
    let metadata = &client.metadata;
    let flags = [
        ("trusted", metadata.trusted),
        ("admin", metadata.admin),
        ("resource server", metadata.resource_server),
        ("PKCE required", pkce(client)),
    ];
    let flags: Vec<String> = flags.iter().filter(|(_, set)| *set).map(|(name, _)| (*name).to_owned()).collect();
    let secrets: Vec<String> = match secret {
        Some(_) => Vec::new(),
        None => client.secrets.iter().filter(|secret| live(secret, app.now())).map(hint).collect(),
    };
    let people = !metadata.redirect_uris.is_empty();
    let lines = [
        ("client_id", client.id.to_string()),
        ("client_secret", once(secret)),
        ("secrets", joined(&secrets, "\n")),
        ("name", metadata.client_name.clone()),
        ("issuer", app.issuer().to_owned()),
        ("state", state(client).to_owned()),
        ("registered by", client.provenance.name().unwrap_or_default()),
        ("authentication", metadata.token_endpoint_auth_method.name().to_owned()),
        ("grants", joined(&grants(client), ", ")),
        ("redirect URIs", joined(&metadata.redirect_uris, "\n")),
        ("after sign-out", joined(&metadata.post_logout_redirect_uris, "\n")),
        ("back-channel logout", metadata.backchannel_logout_uri.clone().unwrap_or_default()),
        ("front-channel logout", metadata.frontchannel_logout_uri.clone().unwrap_or_default()),
        ("logo", metadata.logo_uri.clone().unwrap_or_default()),
        ("website", metadata.client_uri.clone().unwrap_or_default()),
        ("privacy policy", metadata.policy_uri.clone().unwrap_or_default()),
        ("terms", metadata.tos_uri.clone().unwrap_or_default()),
        ("scope", metadata.scope.clone()),
        ("resources", joined(&metadata.resources, "\n")),
        ("settings", joined(&flags, ", ")),
        ("access tokens", access(app, client)),
        ("refresh tokens", if people { refresh(app, client) } else { String::new() }),
        ("ID tokens", if people { client.id_token_alg().name().to_owned() } else { String::new() }),
        ("response types", if metadata.legacy() { joined(&metadata.response_types, ", ") } else { String::new() }),
        ("subjects", metadata.sector().map(|sector| format!("pairwise, sector {sector}")).unwrap_or_default()),
        ("UserInfo", metadata.userinfo_signed_response_alg.clone().unwrap_or_default()),
        ("request objects", joined(&metadata.request_uris, "\n")),
        ("registered", moment(client.created_at)),
        ("changed", if client.rev > 1 { moment(client.updated_at) } else { String::new() }),
    ];
    block(&lines)
}

/// RFC 9700 §2.1.1: always for clients without a secret of their own.
fn pkce(client: &Client) -> bool {
    !client.metadata.redirect_uris.is_empty() && (client.public() || client.metadata.require_pkce)
}

fn access(app: &App, client: &Client) -> String {
    let format = match client.metadata.access_token_format {
        Format::Opaque => "opaque",
        Format::Jwt => "JWT",
    };
    format!("{format}, {}", span::show(client.access_token_lifetime(app)))
}

fn refresh(app: &App, client: &Client) -> String {
    let (idle, whole) = (span::show(client.refresh_idle(app)), span::show(client.refresh_absolute(app)));
    let policy = match client.metadata.rotation {
        Rotation::Replay => format!("replay within {}", span::show(client.replay_window(app))),
        Rotation::Strict => "strict".to_owned(),
        Rotation::Static => "static".to_owned(),
    };
    format!("{policy}; {idle} unused, {whole} in all")
}

fn live(secret: &SecretHash, now: Time) -> bool {
    secret.expires_at.is_none_or(|at| at > now.millis())
}

fn hint(secret: &SecretHash) -> String {
    let made = moment(Time::from_millis(secret.created_at));
    let until = secret.expires_at.map(|at| format!(", works until {}", moment(Time::from_millis(at))));
    format!("…{} made {made}{}", secret.hint, until.unwrap_or_default())
}
