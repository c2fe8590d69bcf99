//! `symbolon source`: a workspace's applications at other companies, with which people's accounts there are connected.

use super::open::{self, Start, acting};
use super::output::{Failure, Printed, block, bold, moment, table};
use super::{ask, source_type};
use crate::admin;
use crate::app::App;
use crate::audit;
use crate::base::Secret;
use crate::base::id::WorkspaceId;
use crate::config::Flags;
use crate::people::workspaces::Standing;
use crate::vault::actor::Actor;
use crate::vault::refused::Refused;
use crate::vault::sources::change::{self, Asked, Cascade, Changed};
use crate::vault::sources::verify::{self, Verified};
use crate::vault::sources::view::{Shown, public};
use crate::vault::sources::{Policy, Proof, Source, State, store};
use crate::web::Call;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// `symbolon source …`
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Connect a workspace with another company: say what that company calls your application, and its secret
    Create(Box<Create>),
    /// List a workspace's sources
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Show one: its settings, its state, and the redirect URI to register
    Show(Which),
    /// Change one; what isn't named stays
    Update(Box<Update>),
    /// Ask the other company whether it knows the application and its secret
    Verify(Which),
    /// Print what must be registered at the other company as redirect URI, exactly
    RedirectUri(Which),
    /// Delete one
    Delete {
        #[command(flatten)]
        which: Which,
        /// Its connected accounts too; what is held of them is gone
        #[arg(long)]
        with_accounts: bool,
        /// Don't ask
        #[arg(long)]
        yes: bool,
    },
    /// List what sources can be made of (the same as `symbolon source-type list`)
    Types {
        #[command(flatten)]
        folder: source_type::Folder,
    },
}

/// Where.
#[derive(Debug, Args)]
pub(super) struct Place {
    /// The workspace's slug, from `symbolon workspace list`
    #[arg(long, value_name = "SLUG")]
    pub(super) workspace: String,
}

/// Which source.
#[derive(Debug, Args)]
pub(super) struct Which {
    /// Its slug or id, from `symbolon source list`
    source: String,
    #[command(flatten)]
    place: Place,
}

/// `symbolon source create`
#[derive(Debug, Args)]
pub(super) struct Create {
    #[command(flatten)]
    place: Place,
    /// What it is made of: a key from `symbolon source types`, as google or oauth2
    #[arg(long = "type", value_name = "KEY")]
    kind: String,
    /// Its name in addresses; that of its type if not given
    #[arg(long)]
    slug: Option<String>,
    /// Its name for people
    #[arg(long)]
    name: Option<String>,
    /// What the other company calls your application
    #[arg(long, default_value = "")]
    client_id: String,
    /// Read the client secret, one line, from standard input
    #[arg(long)]
    client_secret_stdin: bool,
    /// A private key that signs in the place of a secret, where the other company takes that (private_key_jwt): a file with PEM or a
    /// JWK; - is standard input
    #[arg(long, value_name = "FILE")]
    private_key: Option<PathBuf>,
    /// What its type needs to know, as token_url=https://…; may be repeated
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = pair)]
    params: Vec<(String, String)>,
    /// What accounts are asked for; may be repeated. What is usual for the type if not given
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<String>,
    /// Ask the other company first; nothing is made when it refuses
    #[arg(long)]
    verify: bool,
}

/// `symbolon source update`
#[derive(Debug, Args)]
pub(super) struct Update {
    #[command(flatten)]
    which: Which,
    /// Its name for people
    #[arg(long)]
    name: Option<String>,
    /// What the other company calls your application
    #[arg(long)]
    client_id: Option<String>,
    /// Read a new client secret, one line, from standard input; it replaces all that there are
    #[arg(long)]
    client_secret_stdin: bool,
    /// Keep the present secret as a second one, while the other company still knows both
    #[arg(long, requires = "client_secret_stdin")]
    keep_old_secret: bool,
    /// A file with a new private key, PEM or a JWK; - is standard input. It replaces all that there are
    #[arg(long, value_name = "FILE")]
    private_key: Option<PathBuf>,
    /// Keep the present private key as a second one
    #[arg(long, requires = "private_key")]
    keep_old_key: bool,
    /// A parameter's new value; the others stay. May be repeated
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = pair)]
    params: Vec<(String, String)>,
    /// What accounts are asked for from now on, all of it; may be repeated
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<String>,
    /// Stop asking the other company: tokens aren't refreshed
    #[arg(long, conflicts_with = "resume")]
    pause: bool,
    /// Start again
    #[arg(long)]
    resume: bool,
}

fn pair(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once('=').ok_or("NAME=VALUE, as token_url=https://crm.example/token")?;
    Ok((name.to_owned(), value.to_owned()))
}

pub(super) async fn run(flags: &Flags, command: Command) -> Result<Printed, Failure> {
    if let Command::Types { folder } = command {
        return source_type::run(flags, source_type::Command::List { folder });
    }
    let app = open::open(flags, Start::Existing).await?;
    let printed = answer(&app, command).await;
    app.db.close().await;
    printed
}

async fn answer(app: &App, command: Command) -> Result<Printed, Failure> {
    match command {
        Command::Create(ask) => create(app, *ask).await,
        Command::List { place } => list(app, &place).await,
        Command::Show(which) => {
            let (_, source) = found(app, &which).await?;
            shown(app, "", &source).await
        }
        Command::Update(ask) => update(app, *ask).await,
        Command::Verify(which) => {
            let (_, source) = found(app, &which).await?;
            let said = verify::now(app, &source).await?;
            let good = !matches!(said, Verified::Refused { .. });
            Ok(Printed { good, ..Printed::new(in_words(&said), json!(said)) })
        }
        Command::RedirectUri(which) => {
            let (_, source) = found(app, &which).await?;
            let uri = source.redirect_uri(app);
            Ok(Printed::new(uri.clone(), json!({ "redirect_uri": uri })))
        }
        Command::Delete { which, with_accounts, yes } => {
            let (who, source) = found(app, &which).await?;
            let what = if with_accounts { "with all its connected accounts" } else { "which has no accounts" };
            ask::sure(&format!("Deleting {}, {what},", source.name), &source.slug, yes)?;
            let cascade = if with_accounts { Cascade::Yes } else { Cascade::No };
            change::delete(app, &who, &source, cascade).await.map_err(|why| match why.code {
                "source_in_use" => Failure::failed(why.to_string()).fix("With --with-accounts they go too."),
                _ => told(why),
            })?;
            Ok(Printed::new(format!("{} is deleted.", source.slug), json!({ "id": source.id, "deleted": true })))
        }
        Command::Types { .. } => Ok(Printed::silent()),
    }
}

/// Whoever has a shell on this machine acts as an owner of the workspace.
pub(super) async fn operator(app: &App, place: &Place) -> Result<Actor, Failure> {
    let workspace = WorkspaceId::from(place.workspace.as_str());
    admin::workspaces::show(app, &acting(), &workspace).await.map_err(|why| match why {
        admin::Refused::NotFound => {
            Failure::failed(format!("there is no workspace `{workspace}`")).fix("`symbolon workspace list` shows them.")
        }
        other => other.into(),
    })?;
    Ok(Actor {
        workspace,
        user: None,
        standing: Some(Standing::Owner),
        client: None,
        scopes: None,
        name: audit::Actor::Cli,
        call: Call::internal("cli"),
        as_of: None,
    })
}

/// A refusal as the command line tells it.
pub(super) fn told(refused: Refused) -> Failure {
    match (&refused.fault, &refused.field) {
        (Some(fault), _) => (**fault).clone().into(),
        (None, Some(field)) => {
            let flag = match field.as_str() {
                "type" | "slug" | "name" => format!("--{field}"),
                "client_id" => "--client-id".to_owned(),
                "client_secret" | "client_secrets" => "--client-secret-stdin".to_owned(),
                "private_key" | "private_keys" => "--private-key".to_owned(),
                "scopes" => "--scope".to_owned(),
                // What the type asks for.
                other => format!("--param {}", other.strip_prefix("params/").unwrap_or(other)),
            };
            Failure::usage(format!("{flag}: {}", refused.why))
        }
        _ => Failure::failed(refused.why),
    }
}

async fn found(app: &App, which: &Which) -> Result<(Actor, Source), Failure> {
    let who = operator(app, &which.place).await?;
    let source = change::of(app, &who.workspace, &which.source).await.map_err(|why| match why.code {
        "not_found" => Failure::failed(format!("there is no source `{}` in {}", which.source, who.workspace))
            .fix(format!("`symbolon source list --workspace {}` shows them.", who.workspace)),
        _ => told(why),
    })?;
    Ok((who, source))
}

fn secret(given: bool) -> Result<Option<Secret>, Failure> {
    given.then(ask::client_secret).transpose()
}

fn key(file: Option<&Path>) -> Result<Option<Secret>, Failure> {
    file.map(|file| ask::private_key("--private-key", file)).transpose()
}

async fn create(app: &App, given: Create) -> Result<Printed, Failure> {
    let who = operator(app, &given.place).await?;
    let asked = Asked {
        id: None,
        kind: given.kind,
        slug: given.slug,
        name: given.name,
        client_id: given.client_id,
        client_secrets: secret(given.client_secret_stdin)?.into_iter().collect(),
        private_keys: key(given.private_key.as_deref())?.into_iter().collect(),
        scopes: given.scopes,
        params: given.params.into_iter().collect(),
        policy: Policy::default(),
    };
    let source = change::create(app, &who, asked).await.map_err(|why| match why.code {
        "unknown_source_type" => Failure::usage("--type: there is no such source type")
            .fix("`symbolon source types` shows them; one that is missing can be made of oauth2, oidc or api_key."),
        _ => told(why),
    })?;
    if given.verify
        && let Verified::Refused { error } = verify::verify(app, &source).await?
    {
        change::delete(app, &who, &source, Cascade::No).await.map_err(told)?;
        return Err(Failure::failed(format!(
            "the provider refuses this client id or secret ({error}); nothing was made"
        ))
        .fix("Compare both with what the provider shows."));
    }
    let first = format!(
        "Made the source {}. Register this redirect URI at the provider, exactly:\n\n  {}\n\n",
        bold(&source.name),
        source.redirect_uri(app)
    );
    shown(app, &first, &source).await
}

async fn update(app: &App, given: Update) -> Result<Printed, Failure> {
    let (who, source) = found(app, &given.which).await?;
    let params = (!given.params.is_empty()).then(|| {
        let mut all: BTreeMap<String, String> = source.params.clone();
        all.extend(given.params);
        all
    });
    let had = source.secrets(app).await?;
    let with_old = |fresh: Option<Secret>, keeps: bool, proof: Proof| {
        let old = had.iter().find(|one| keeps && one.proof == proof).map(|one| one.value.clone());
        fresh.map(|fresh| [fresh].into_iter().chain(old).collect::<Vec<_>>())
    };
    let client_secrets = with_old(secret(given.client_secret_stdin)?, given.keep_old_secret, Proof::Secret);
    let private_keys = with_old(key(given.private_key.as_deref())?, given.keep_old_key, Proof::PrivateKey);
    let state = match (given.pause, given.resume) {
        (true, _) => Some(State::Paused),
        (_, true) => Some(State::Active),
        _ => None,
    };
    let scopes = (!given.scopes.is_empty()).then_some(given.scopes);
    let (name, client_id) = (given.name, given.client_id);
    let changed = Changed { name, client_id, client_secrets, private_keys, scopes, params, policy: None, state };
    let source = change::change(app, &who, &source, changed).await.map_err(told)?;
    shown(app, "", &source).await
}

async fn shown(app: &App, first: &str, source: &Source) -> Result<Printed, Failure> {
    let (keys, secrets): (Vec<_>, Vec<_>) =
        source.secrets(app).await?.into_iter().partition(|one| one.proof == Proof::PrivateKey);
    let kind = app.catalogue.get(&source.kind);
    let keys: Vec<String> =
        keys.iter().map(|key| public(kind.map(std::convert::AsRef::as_ref), key).to_string()).collect();
    let params = source.params.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("\n");
    let reason = source.reason.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
    let text = block(&[
        ("slug", source.slug.clone()),
        ("id", source.id.to_string()),
        ("type", source.kind.clone()),
        ("state", format!("{}{reason}", source.state.name())),
        ("client id", source.client_id.clone()),
        ("secrets", secrets.len().to_string()),
        ("public keys", keys.join("\n")),
        ("scopes", source.scope.replace(' ', "\n")),
        ("parameters", params),
        ("redirect URI", source.redirect_uri(app)),
        ("made", moment(source.created_at)),
    ]);
    Ok(Printed::new(format!("{first}{text}"), json!(Shown::of(app, source).await?)))
}

async fn list(app: &App, place: &Place) -> Result<Printed, Failure> {
    let who = operator(app, place).await?;
    let mut all: Vec<Source> = Vec::new();
    loop {
        let after = all.last().map(|one| one.id.to_string()).unwrap_or_default();
        let page = store::page(&app.db, &who.workspace, &after, 200).await?;
        let more = page.len() == 200;
        all.extend(page);
        if !more {
            break;
        }
    }
    let row = |one: &Source| {
        vec![
            one.slug.clone(),
            one.name.clone(),
            one.kind.clone(),
            one.state.name().to_owned(),
            one.client_id.clone(),
            moment(one.created_at),
        ]
    };
    let none = "No sources. Make one with `symbolon source create`.";
    let rows: Vec<_> = all.iter().map(row).collect();
    let mut shown: Vec<Value> = Vec::new();
    for one in &all {
        shown.push(json!(Shown::of(app, one).await?));
    }
    let text = table(&["SLUG", "NAME", "TYPE", "STATE", "CLIENT ID", "MADE"], &rows, none);
    Ok(Printed::new(text, Value::Array(shown)))
}

fn in_words(said: &Verified) -> String {
    match said {
        Verified::Good => "The provider knows the application, and the secret is right.".to_owned(),
        Verified::Refused { error } => {
            format!("The provider refuses the client id or the secret: {error}. Compare both with what it shows.")
        }
        Verified::Unclear { error } => format!("The provider's answer tells nothing: {error}."),
        Verified::Unreachable => "The provider can't be reached right now.".to_owned(),
        Verified::Unverifiable => "Nothing can be asked of this provider before somebody has connected.".to_owned(),
    }
}
