//! `symbolon token`: API tokens of people.

use super::open::{self, Start, acting};
use super::output::{Failure, Printed, block, bold, moment, table};
use crate::admin::{Refused, tokens, users};
use crate::api_tokens::{self, ApiToken, Asked, Shown};
use crate::app::App;
use crate::base::id::WorkspaceId;
use crate::config::{Flags, span};
use crate::people::User;
use clap::{Args, Subcommand};
use serde_json::json;
use std::time::Duration;

/// `symbolon token …`
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make an API token for a person; it is shown once
    Create(Create),
    /// List the API tokens of a person
    List {
        /// Their address or identifier (sub)
        #[arg(long, value_name = "USER")]
        user: String,
    },
    /// Delete an API token: it opens nothing any more, at once
    Delete {
        /// Its identifier
        id: String,
    },
    /// Say how many requests a second a token may make
    Limit {
        /// Its identifier
        id: String,
        /// A number, 0 for no limit, or `default`
        #[arg(value_parser = rate)]
        rate: Rate,
    },
}

/// `symbolon token create`
#[derive(Debug, Args)]
pub(super) struct Create {
    /// Whose it is: their address or identifier (sub)
    #[arg(long, value_name = "USER")]
    user: String,
    /// What it is for
    #[arg(long)]
    name: String,
    /// The workspace that it acts in, if they are in several
    #[arg(long, value_name = "SLUG")]
    workspace: Option<String>,
    /// Narrows it to this scope; may be given several times
    #[arg(long, value_name = "SCOPE")]
    scope: Vec<String>,
    /// For how long it is good, as 12h or 90d; without, until it is deleted
    #[arg(long, value_parser = lives, value_name = "TIME")]
    expires: Option<Duration>,
}

fn lives(text: &str) -> Result<Duration, &'static str> {
    span::parse(text).ok_or("write 12h or 90d")
}

/// Requests a second.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rate(pub Option<u32>);

pub(super) fn rate(text: &str) -> Result<Rate, &'static str> {
    match text {
        "default" => Ok(Rate(None)),
        number => {
            number.parse().map(|rate| Rate(Some(rate))).map_err(|_| "write a whole number, 0 for no limit, or default")
        }
    }
}

pub(super) async fn run(flags: &Flags, command: Command) -> Result<Printed, Failure> {
    let app = open::open(flags, Start::Existing).await?;
    let printed = answer(&app, command).await;
    app.db.close().await;
    printed
}

async fn answer(app: &App, command: Command) -> Result<Printed, Failure> {
    match command {
        Command::Create(ask) => create(app, ask).await,
        Command::List { user } => list(app, &user).await,
        Command::Delete { id } => {
            let token = tokens::delete(app, &acting(), &id).await.map_err(|why| unknown(why, &id))?;
            let text = format!("{} is deleted. It opens nothing any more.", bold(&token.name));
            Ok(Printed::new(text, json!({ "id": id, "deleted": true })))
        }
        Command::Limit { id, rate: Rate(rate) } => {
            let token = tokens::set_per_second(app, &acting(), &id, rate).await.map_err(|why| unknown(why, &id))?;
            let text = format!("{} may make {} requests a second.", bold(&token.name), in_words(rate));
            Ok(Printed::new(text, json!(Shown::from(token))))
        }
    }
}

/// How many that is.
pub(super) fn in_words(rate: Option<u32>) -> String {
    match rate {
        None => "as many as the settings say".to_owned(),
        Some(0) => "any number of".to_owned(),
        Some(rate) => rate.to_string(),
    }
}

async fn found(app: &App, name: &str) -> Result<User, Failure> {
    users::find(app, name).await.map_err(|why| match why {
        Refused::NotFound => Failure::failed(format!("there is nobody with the address or identifier `{name}`"))
            .fix("`symbolon user list` shows who is there."),
        other => other.into(),
    })
}

async fn create(app: &App, ask: Create) -> Result<Printed, Failure> {
    let name = api_tokens::title(&ask.name).map_err(|why| Failure::usage(format!("--name: {why}")))?;
    let names: Vec<String> = ask.scope.iter().flat_map(|one| one.split(' ')).map(str::to_owned).collect();
    let scope = (!names.is_empty()).then(|| api_tokens::scopes(&names)).transpose();
    let scope = scope.map_err(|why| Failure::usage(format!("--scope: {why}")))?;
    let user = found(app, &ask.user).await?;
    let workspace = ask.workspace.map(WorkspaceId::from);
    let workspace = tokens::place(app, &user.id, workspace.as_ref()).await.map_err(told)?;
    let expires_at = ask.expires.map(|lives| app.now() + lives);
    let asked = Asked { user: user.id, workspace, name, scope, expires_at };
    let (secret, token) = tokens::create(app, &acting(), &asked).await.map_err(told)?;
    let mut lines = vec![
        ("token", format!("{}\nShown once.", bold(secret.reveal()))),
        ("id", token.id.to_string()),
        ("of", user.email),
        ("workspace", token.workspace.as_ref().map(ToString::to_string).unwrap_or_default()),
        ("scopes", token.scope.as_ref().map_or_else(|| "all that they may do".to_owned(), ToString::to_string)),
        ("good until", token.expires_at.map_or_else(|| "it is deleted".to_owned(), moment)),
    ];
    lines.push(("send it as", "Authorization: Token …".to_owned()));
    let mut shown = json!(Shown::from(token));
    if let Some(members) = shown.as_object_mut() {
        members.insert("token".to_owned(), json!(secret.reveal()));
    }
    Ok(Printed::new(block(&lines), shown))
}

async fn list(app: &App, user: &str) -> Result<Printed, Failure> {
    let user = found(app, user).await?;
    let mut all: Vec<ApiToken> = Vec::new();
    loop {
        let after = all.last().map(|one| one.id.to_string()).unwrap_or_default();
        let (page, more) = tokens::list(app, &user.id, &after, 200).await?;
        all.extend(page);
        if !more {
            break;
        }
    }
    let row = |one: &ApiToken| {
        let workspace = one.workspace.as_ref().map(ToString::to_string).unwrap_or_default();
        let time = |at: Option<crate::base::Time>| at.map(moment).unwrap_or_default();
        vec![
            one.id.to_string(),
            one.name.clone(),
            format!("…{}", one.hint),
            workspace,
            one.scope.as_ref().map(ToString::to_string).unwrap_or_default(),
            moment(one.created_at),
            time(one.used_at),
            time(one.expires_at),
        ]
    };
    let head = ["ID", "NAME", "TOKEN", "WORKSPACE", "SCOPES", "MADE", "LAST USED", "GOOD UNTIL"];
    let none = "No API tokens.";
    let text = table(&head, &all.iter().map(row).collect::<Vec<_>>(), none);
    Ok(Printed::new(text, json!(all.into_iter().map(Shown::from).collect::<Vec<_>>())))
}

fn unknown(refused: Refused, id: &str) -> Failure {
    match refused {
        Refused::NotFound => Failure::failed(format!("there is no API token `{id}`"))
            .fix("`symbolon token list --user ADDRESS` shows those of a person."),
        other => told(other),
    }
}

fn told(refused: Refused) -> Failure {
    match refused {
        Refused::Invalid { field, why } => Failure::usage(format!("--{field}: {why}")),
        other => other.into(),
    }
}
