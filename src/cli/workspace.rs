//! `symbolon workspace`: workspaces and their members.

use super::ask;
use super::open::{self, Start, acting};
use super::output::{Failure, Printed, block, bold, moment, table};
use super::token::{Rate, in_words, rate};
use crate::admin::{Refused, users, workspaces};
use crate::app::App;
use crate::base::id::WorkspaceId;
use crate::config::Flags;
use crate::people::User;
use crate::people::workspaces::{Member, Standing, Workspace};
use clap::{Args, Subcommand};
use serde_json::json;

/// `symbolon workspace …`
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a workspace
    Create {
        /// Its name towards programs, as acme-corp; it never changes
        #[arg(long)]
        slug: String,
        /// Its name towards people
        #[arg(long)]
        name: String,
    },
    /// List the workspaces
    List {
        /// Only those whose slug or name contains this
        #[arg(long, value_name = "TEXT")]
        search: Option<String>,
    },
    /// Show one workspace and who is in it
    Show {
        /// Which
        slug: String,
    },
    /// Call it something else towards people
    Rename {
        /// Which
        slug: String,
        /// Its new name
        #[arg(long)]
        name: String,
    },
    /// Say how many requests a second tokens may make in it
    Limit {
        /// Which
        slug: String,
        /// A number, 0 for no limit, or `default`
        #[arg(value_parser = rate)]
        rate: Rate,
    },
    /// Say whether its owners and admins may open members' connected accounts in an emergency
    BreakGlass {
        /// Which
        slug: String,
        /// on, or off
        #[arg(value_parser = switch)]
        may: Switch,
    },
    /// Take people in, give them roles, let them go
    #[command(subcommand)]
    Member(Membership),
    /// Delete a workspace with all that was allowed in it; its people stay
    Delete {
        /// Which
        slug: String,
        /// Don't ask
        #[arg(long)]
        yes: bool,
    },
}

/// `symbolon workspace member …`
#[derive(Debug, Subcommand)]
pub(super) enum Membership {
    /// Take a person in
    Add {
        #[command(flatten)]
        whom: Whom,
        /// owner, admin or member
        #[arg(long, value_parser = standing, default_value = "member")]
        role: Standing,
    },
    /// Let a person go; all that they allowed there ends at once
    Remove(Whom),
    /// Give a member another role
    Role {
        #[command(flatten)]
        whom: Whom,
        /// owner, admin or member
        #[arg(value_parser = standing)]
        role: Standing,
    },
}

/// Who, and where.
#[derive(Debug, Args)]
pub(super) struct Whom {
    /// The workspace
    slug: String,
    /// Their address or identifier (sub)
    #[arg(value_name = "USER")]
    user: String,
}

/// A word for yes or no.
#[derive(Clone, Copy, Debug)]
pub(super) struct Switch(bool);

fn switch(text: &str) -> Result<Switch, &'static str> {
    match text {
        "on" => Ok(Switch(true)),
        "off" => Ok(Switch(false)),
        _ => Err("on or off"),
    }
}

fn standing(text: &str) -> Result<Standing, &'static str> {
    Standing::named(text).ok_or("one of owner, admin, member")
}

pub(super) async fn run(flags: &Flags, command: Command) -> Result<Printed, Failure> {
    let start = if matches!(command, Command::Create { .. }) { Start::Fresh } else { Start::Existing };
    let app = open::open(flags, start).await?;
    let printed = answer(&app, command).await;
    app.db.close().await;
    printed
}

async fn answer(app: &App, command: Command) -> Result<Printed, Failure> {
    match command {
        Command::Create { slug, name } => {
            let made = workspaces::create(app, &acting(), &slug, &name).await.map_err(|why| told(why, &slug))?;
            let next = format!("symbolon workspace member add {slug} USER --role owner");
            let text = format!(
                "Made the workspace {}.\n\n{}\n\nNobody is in it yet:\n  {next}",
                bold(&made.name),
                describe(&made)
            );
            Ok(Printed::new(text, made.to_json()))
        }
        Command::List { search } => list(app, search.as_deref().unwrap_or_default()).await,
        Command::Show { slug } => show(app, &slug).await,
        Command::Limit { slug, rate: Rate(rate) } => {
            let id = WorkspaceId::from(slug.as_str());
            let done = workspaces::set_per_second(app, &acting(), &id, rate).await.map_err(|why| told(why, &slug))?;
            let text = format!("Tokens may make {} requests a second in {}.", in_words(rate), bold(&done.name));
            Ok(Printed::new(text, done.to_json()))
        }
        Command::BreakGlass { slug, may: Switch(may) } => {
            let id = WorkspaceId::from(slug.as_str());
            let done = workspaces::set_break_glass(app, &acting(), &id, may).await.map_err(|why| told(why, &slug))?;
            let can = if may {
                "can open members' connected accounts, and say why"
            } else {
                "can't open members' connected accounts"
            };
            Ok(Printed::new(format!("Owners and admins of {} {can}.", bold(&done.name)), done.to_json()))
        }
        Command::Rename { slug, name } => {
            let id = WorkspaceId::from(slug.as_str());
            let done = workspaces::rename(app, &acting(), &id, &name).await.map_err(|why| told(why, &slug))?;
            Ok(Printed::new(format!("{slug} is called {} now.", bold(&done.name)), done.to_json()))
        }
        Command::Member(membership) => member(app, membership).await,
        Command::Delete { slug, yes } => {
            let id = WorkspaceId::from(slug.as_str());
            let one = workspaces::show(app, &acting(), &id).await.map_err(|why| told(why, &slug))?;
            ask::sure(&format!("Deleting {} with all that was allowed in it", one.name), &slug, yes)?;
            workspaces::delete(app, &acting(), &id).await.map_err(|why| told(why, &slug))?;
            Ok(Printed::new(format!("{slug} is deleted."), json!({ "slug": slug, "deleted": true })))
        }
    }
}

async fn list(app: &App, search: &str) -> Result<Printed, Failure> {
    let mut all: Vec<Workspace> = Vec::new();
    loop {
        let after = all.last().map(|one| one.slug.to_string()).unwrap_or_default();
        let (page, more) = workspaces::list(app, &after, search, 200).await?;
        all.extend(page);
        if !more {
            break;
        }
    }
    let row =
        |one: &Workspace| vec![one.slug.to_string(), one.name.clone(), one.members.to_string(), moment(one.created_at)];
    let none = match search {
        "" => "No workspaces. Make one with `symbolon workspace create`.",
        _ => "No workspace's slug or name contains this.",
    };
    let text = table(&["SLUG", "NAME", "MEMBERS", "MADE"], &all.iter().map(row).collect::<Vec<_>>(), none);
    Ok(Printed::new(text, all.iter().map(Workspace::to_json).collect()))
}

async fn show(app: &App, slug: &str) -> Result<Printed, Failure> {
    let id = WorkspaceId::from(slug);
    let one = workspaces::show(app, &acting(), &id).await.map_err(|why| told(why, slug))?;
    let mut all: Vec<Member> = Vec::new();
    loop {
        let after = all.last().map(|one| one.user.to_string()).unwrap_or_default();
        let (page, more) = workspaces::members(app, &acting(), &id, (&after, ""), 200).await?;
        all.extend(page);
        if !more {
            break;
        }
    }
    let row = |one: &Member| {
        let state = if one.enabled { "enabled" } else { "disabled" };
        vec![one.email.clone(), one.name.clone(), one.role.name().to_owned(), state.to_owned(), moment(one.since)]
    };
    let none = "Nobody is in it. Take someone in with `symbolon workspace member add`.";
    let members = table(&["E-MAIL", "NAME", "ROLE", "STATE", "SINCE"], &all.iter().map(row).collect::<Vec<_>>(), none);
    let mut shown = one.to_json();
    if let Some(object) = shown.as_object_mut() {
        object.insert("people".to_owned(), all.iter().map(Member::to_json).collect());
    }
    Ok(Printed::new(format!("{}\n\n{members}", describe(&one)), shown))
}

async fn member(app: &App, membership: Membership) -> Result<Printed, Failure> {
    let (whom, done) = match membership {
        Membership::Add { whom, role } => {
            let (slug, user) = found(app, &whom).await?;
            let added = workspaces::add(app, &acting(), &slug, &user.id, role).await;
            (whom, added.map(|one| (format!("{} is in {slug} as {}.", one.email, role.name()), one.to_json())))
        }
        Membership::Role { whom, role } => {
            let (slug, user) = found(app, &whom).await?;
            let changed = workspaces::set_role(app, &acting(), &slug, &user.id, role).await;
            (whom, changed.map(|one| (format!("{} is {} of {slug} now.", one.email, role.name()), one.to_json())))
        }
        Membership::Remove(whom) => {
            let (slug, user) = found(app, &whom).await?;
            let gone = workspaces::remove(app, &acting(), &slug, &user.id).await;
            let said = format!("{} has left {slug}. What they allowed there has ended.", user.email);
            let shown = json!({ "workspace": slug, "user": user.id, "removed": true });
            (whom, gone.map(|()| (said, shown)))
        }
    };
    let (text, shown) = done.map_err(|why| match why {
        Refused::NotFound => Failure::failed(format!("{} is not in {}", whom.user, whom.slug))
            .fix("`symbolon workspace show` says who is."),
        other => other.into(),
    })?;
    Ok(Printed::new(text, shown))
}

async fn found(app: &App, whom: &Whom) -> Result<(WorkspaceId, User), Failure> {
    let slug = WorkspaceId::from(whom.slug.as_str());
    workspaces::show(app, &acting(), &slug).await.map_err(|why| told(why, &whom.slug))?;
    let user = users::find(app, &whom.user).await.map_err(|why| match why {
        Refused::NotFound => {
            Failure::failed(format!("there is no account `{}`", whom.user)).fix("`symbolon user list` shows them.")
        }
        other => other.into(),
    })?;
    Ok((slug, user))
}

fn told(refused: Refused, slug: &str) -> Failure {
    match refused {
        Refused::NotFound => {
            Failure::failed(format!("there is no workspace `{slug}`")).fix("`symbolon workspace list` shows them.")
        }
        Refused::Invalid { field, why } => Failure::usage(format!("--{field}: {why}")),
        other => other.into(),
    }
}

fn describe(one: &Workspace) -> String {
    block(&[
        ("slug", one.slug.to_string()),
        ("name", one.name.clone()),
        ("members", one.members.to_string()),
        ("made", moment(one.created_at)),
    ])
}
