//! `symbolon user`: accounts.

use super::ask;
use super::open::{self, Start, acting};
use super::output::{Failure, Printed, block, bold, moment, table};
use super::user_invite;
use crate::admin::{Refused, users};
use crate::app::App;
use crate::base::id::WorkspaceId;
use crate::config::Flags;
use crate::db::Fault;
use crate::people::{self, NewUser, Profile, Role, User};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::path::PathBuf;

/// `symbolon user …`
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make an account; without a password nobody can sign in to it yet
    Create(Create),
    /// List the accounts
    List {
        /// Only those whose address begins with this
        #[arg(long, value_name = "TEXT")]
        search: Option<String>,
    },
    /// Show one account
    Show(One),
    /// Let a disabled person act again
    Enable(One),
    /// Stop a person: their sessions and grants end at once
    Disable(One),
    /// End all sessions of a person; their apps are told
    SignOut(One),
    /// Give a person another role in this deployment
    Role {
        #[command(flatten)]
        one: One,
        /// owner: everything; admin: all but giving roles; auditor: looks and changes nothing; user: none of it
        #[arg(value_parser = role)]
        role: Role,
    },
    /// Make a person an administrator
    Promote(One),
    /// Make an administrator an ordinary person
    Demote(One),
    /// Set another password and end the person's sessions
    SetPassword {
        #[command(flatten)]
        one: One,
        /// Read the password from the first line of standard input
        #[arg(long, required = true)]
        password_stdin: bool,
    },
    /// Make a one-time link with which the first administrator makes their account
    SetupLink,
    /// Make a one-time link with which a person sets a new password
    ResetLink(One),
    /// Remove passkeys, codes and recovery codes of a person who has lost them, and end their sessions
    ResetFactors(One),
    /// Say that a person's address is theirs; or ask them by mail
    Verify {
        #[command(flatten)]
        one: One,
        /// Send them a link instead with which they confirm it
        #[arg(long)]
        send: bool,
    },
    /// Invite a person by a link with which they make their account
    Invite(user_invite::Ask),
    /// List the invitations that nobody has accepted yet
    Invites,
    /// Take an invitation back
    RevokeInvite {
        /// Its identifier
        #[arg(value_name = "ID")]
        id: String,
    },
    /// Delete an account with all its sessions and grants
    Delete {
        #[command(flatten)]
        one: One,
        /// Don't ask
        #[arg(long)]
        yes: bool,
    },
}

/// Whose account.
#[derive(Debug, Args)]
pub(super) struct One {
    /// Their address or identifier (sub)
    #[arg(value_name = "USER")]
    user: String,
}

/// `symbolon user create`
#[derive(Debug, Args)]
pub(super) struct Create {
    /// The address that they sign in with
    #[arg(long, value_name = "ADDRESS")]
    email: String,
    /// Their name
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Let them administer this deployment; the first who does owns it
    #[arg(long, conflicts_with = "role")]
    admin: bool,
    /// owner: everything; admin: all but giving roles; auditor: looks and changes nothing
    #[arg(long, value_parser = role, value_name = "ROLE")]
    role: Option<Role>,
    /// The workspace that they are in from the start, if not the one of the settings
    #[arg(long, value_name = "SLUG")]
    workspace: Option<String>,
    /// A JSON file with standard claims (OIDC Core §5.1) and, under `attributes`, whatever else; - is standard input
    #[arg(long, value_name = "FILE")]
    claims: Option<PathBuf>,
    /// Read the password from the first line of standard input
    #[arg(long)]
    password_stdin: bool,
}

pub(super) async fn run(flags: &Flags, command: Command) -> Result<Printed, Failure> {
    if let Command::Create(create) = command {
        let mut new = create.asked()?;
        let app = open::open(flags, Start::Fresh).await?;
        new.joins = new.joins.or_else(|| app.config.workspaces.joined());
        let printed = self::create(&app, new).await;
        app.db.close().await;
        return printed;
    }
    let app = open::open(flags, Start::Existing).await?;
    let printed = answer(&app, command).await;
    app.db.close().await;
    printed
}

impl Create {
    fn asked(self) -> Result<NewUser, Failure> {
        let from_stdin = self.claims.as_deref().is_some_and(|file| file.as_os_str() == "-");
        if from_stdin && self.password_stdin {
            return Err(Failure::usage("standard input can't be both the claims and the password"));
        }
        let claims = self.claims.as_deref().map(|file| ask::object("--claims", file)).transpose()?;
        let claims = Profile::parse(Value::Object(claims.unwrap_or_default()));
        let claims = claims.map_err(|why| Failure::usage(format!("--claims: {why}")))?;
        let named = claims.named(self.name.as_deref().unwrap_or_default());
        // The name is a claim like the others and is checked like them.
        let profile = Profile::parse(Value::Object(named.0)).map_err(|why| Failure::usage(format!("--name: {why}")))?;
        let password = if self.password_stdin { Some(ask::password()?) } else { None };
        let role = self.role.unwrap_or(if self.admin { Role::Admin } else { Role::User });
        let joins = self.workspace.map(WorkspaceId::from);
        let new = NewUser { email: self.email, password, profile, role, joins };
        new.check("")
            .map_err(|(field, why)| told(Refused::Invalid { field: field.to_owned(), why: why.plain() }, ""))?;
        Ok(new)
    }
}

async fn create(app: &App, new: NewUser) -> Result<Printed, Failure> {
    let user = users::create(app, &acting(), new).await.map_err(|why| told(why, ""))?;
    let next = match user.password {
        Some(_) => String::new(),
        None => format!(
            "\n\nThey have no password yet:\n  printf %s \"$PASSWORD\" | symbolon user set-password {} --password-stdin",
            user.email
        ),
    };
    Ok(Printed::new(format!("Made an account for {}.\n\n{}{next}", named(&user), describe(&user)), user.to_json()))
}

async fn answer(app: &App, command: Command) -> Result<Printed, Failure> {
    match command {
        Command::Create(_) => Err(Failure::failed("an account is made elsewhere")),
        Command::List { search } => list(app, search.as_deref().unwrap_or_default()).await,
        Command::Show(one) => {
            let user = found(app, &one).await?;
            Ok(Printed::new(describe(&user), user.to_json()))
        }
        Command::Enable(one) => {
            let user = found(app, &one).await?;
            said(users::enable(app, &acting(), &user.id).await, &one, "may sign in again.")
        }
        Command::Disable(one) => {
            let user = found(app, &one).await?;
            let done = users::disable(app, &acting(), &user.id).await;
            said(done, &one, "is disabled. Their sessions and grants have ended.")
        }
        Command::SignOut(one) => {
            let user = found(app, &one).await?;
            said(users::sign_out(app, &acting(), &user.id).await, &one, "is signed out everywhere.")
        }
        Command::Role { one, role } => {
            let user = found(app, &one).await?;
            let done = users::set_role(app, &acting(), &user.id, role).await;
            said(done, &one, &format!("has the role {} now.", role.name()))
        }
        Command::Promote(one) => {
            let user = found(app, &one).await?;
            said(users::promote(app, &acting(), &user.id).await, &one, "is an administrator.")
        }
        Command::Demote(one) => {
            let user = found(app, &one).await?;
            said(users::demote(app, &acting(), &user.id).await, &one, "is no administrator any more.")
        }
        Command::SetPassword { one, password_stdin: _ } => {
            let user = found(app, &one).await?;
            let done = users::set_password(app, &acting(), &user.id, ask::password()?).await;
            said(done, &one, "has a new password. Their sessions have ended.")
        }
        Command::SetupLink => {
            let link = setup_link(app).await?;
            let text = format!("{link}\nValid once, for 60 minutes.");
            Ok(Printed::new(text, json!({ "setup_link": link })))
        }
        Command::ResetLink(one) => {
            let user = found(app, &one).await?;
            let link = users::reset_link(app, &acting(), &user.id).await.map_err(|why| told(why, &one.user))?;
            let text = format!("{}\nFor {}. Valid once, for 30 minutes.", link.reveal(), named(&user));
            Ok(Printed::new(text, json!({ "reset_link": link.reveal() })))
        }
        Command::ResetFactors(one) => {
            let user = found(app, &one).await?;
            let done = users::reset_factors(app, &acting(), &user.id).await;
            said(done, &one, "signs in with their password alone. Their sessions have ended.")
        }
        Command::Verify { one, send: false } => {
            let user = found(app, &one).await?;
            said(users::verify(app, &acting(), &user.id).await, &one, "has a verified address.")
        }
        Command::Verify { one, send: true } => {
            let user = found(app, &one).await?;
            said(
                users::ask_to_verify(app, &acting(), &user.id).await,
                &one,
                "is asked by mail to confirm their address.",
            )
        }
        Command::Invite(ask) => user_invite::create(app, ask).await,
        Command::Invites => user_invite::list(app).await,
        Command::RevokeInvite { id } => user_invite::revoke(app, &id).await,
        Command::Delete { one, yes } => delete(app, &one, yes).await,
    }
}

async fn found(app: &App, one: &One) -> Result<User, Failure> {
    users::find(app, &one.user).await.map_err(|why| told(why, &one.user))
}

fn said(done: Result<User, Refused>, one: &One, what: &str) -> Result<Printed, Failure> {
    let user = done.map_err(|why| told(why, &one.user))?;
    Ok(Printed::new(format!("{} {what}", named(&user)), user.to_json()))
}

async fn list(app: &App, search: &str) -> Result<Printed, Failure> {
    let mut all: Vec<User> = Vec::new();
    loop {
        let after = all.last().map(|user| user.place(search)).unwrap_or_default();
        let (page, more) = users::list(app, &after, search, 200).await?;
        all.extend(page);
        if !more {
            break;
        }
    }
    let row = |user: &User| {
        let name = user.profile.text("name").unwrap_or_default().to_owned();
        let (role, state) = (user.role.name().to_owned(), state(user).to_owned());
        vec![user.id.to_string(), user.email.clone(), name, role, state, password(user).to_owned()]
    };
    let none = match search {
        "" => "No accounts yet. Make one with `symbolon user create`.",
        _ => "No account's address begins with this.",
    };
    let head = ["ID (sub)", "E-MAIL", "NAME", "ROLE", "STATE", "PASSWORD"];
    let text = table(&head, &all.iter().map(row).collect::<Vec<_>>(), none);
    Ok(Printed::new(text, all.iter().map(User::to_json).collect()))
}

async fn delete(app: &App, one: &One, yes: bool) -> Result<Printed, Failure> {
    let user = found(app, one).await?;
    ask::sure(&format!("Deleting {} with all sessions and grants", named(&user)), &user.email, yes)?;
    users::delete(app, &acting(), &user.id).await.map_err(|why| told(why, &one.user))?;
    Ok(Printed::new(format!("{} is deleted.", named(&user)), json!({ "id": user.id, "deleted": true })))
}

/// A refusal in the words of the command line.
fn told(refused: Refused, name: &str) -> Failure {
    match refused {
        Refused::NotFound => {
            Failure::failed(format!("there is no account `{name}`")).fix("`symbolon user list` shows them.")
        }
        Refused::Invalid { field, why } => match field.as_str() {
            "password" => Failure::usage(why),
            "email" => Failure::usage(format!("--email: {why}")),
            _ => Failure::usage(format!("{field}: {why}")),
        },
        other => other.into(),
    }
}

fn named(user: &User) -> String {
    match user.profile.text("name") {
        Some(name) => format!("{} <{}>", bold(name), user.email),
        None => bold(&user.email),
    }
}

pub(super) fn role(text: &str) -> Result<Role, &'static str> {
    Role::named(text).ok_or("one of owner, admin, auditor, user")
}

fn state(user: &User) -> &'static str {
    if user.enabled { "enabled" } else { "disabled" }
}

fn password(user: &User) -> &'static str {
    if user.password.is_some() { "set" } else { "none" }
}

/// All that is known about a person.
fn describe(user: &User) -> String {
    let claim = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let claims = user.profile.0.iter().filter(|(name, _)| *name != "name");
    let claims: Vec<String> = claims.map(|(name, value)| format!("{name}: {}", claim(value))).collect();
    block(&[
        ("id (sub)", user.id.to_string()),
        ("e-mail", user.email.clone()),
        ("name", user.profile.text("name").unwrap_or_default().to_owned()),
        ("role", user.role.name().to_owned()),
        ("state", state(user).to_owned()),
        ("password", password(user).to_owned()),
        ("claims", claims.join("\n")),
        ("made", moment(user.created_at)),
        ("changed", if user.rev > 1 { moment(user.updated_at) } else { String::new() }),
    ])
}

/// A fresh set-up link.
pub(super) async fn setup_link(app: &App) -> Result<String, Fault> {
    let token = people::setup::create(&app.db, app.now()).await?;
    Ok(app.url(&format!("/setup?token={}", token.reveal())))
}
