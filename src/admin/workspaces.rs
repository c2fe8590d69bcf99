//! Workspaces and their members, as administrators of the deployment and of the workspace change them. Who leaves a
//! workspace loses, in the same transaction, all that they allowed in it.

use super::change::{Change, Happened};
use super::{Acting, Refused};
use crate::app::App;
use crate::audit::Actor;
use crate::base::id::{UserId, WorkspaceId};
use crate::oauth::grants;
use crate::oauth::living::{self, Acts};
use crate::people::workspaces::{Member, Membership, Standing, Workspace, check_name, check_slug, store};
use crate::people::{self, User};
use crate::vault::{self, leave::Leaver};
use serde_json::{Value, json};

/// Makes a workspace.
pub async fn create(app: &App, who: &Acting, slug: &str, name: &str) -> Result<Workspace, Refused> {
    administers(who)?;
    check_slug(slug).map_err(|why| Refused::invalid("slug", why))?;
    check_name(name).map_err(|why| Refused::invalid("name", why))?;
    let slug = WorkspaceId::from(slug);
    let mut change = Change::begin(app, who).await?;
    if !store::create(&mut change.tx, &slug, name, change.now).await? {
        return Err(Refused::conflict("workspace-exists", "there is a workspace with this slug already"));
    }
    let made = one(&mut change, &slug).await?;
    change.commit(happened("workspace.created", &slug, Value::Null, made.to_json())).await?;
    Ok(made)
}

/// The workspace of this slug, for whoever may see it.
pub async fn show(app: &App, who: &Acting, slug: &WorkspaceId) -> Result<Workspace, Refused> {
    sees(app, who, slug).await?;
    store::one(&app.db, slug).await?.ok_or(Refused::NotFound)
}

/// Up to `limit` workspaces after `cursor` whose slug or name contains `search`, and whether there are more.
pub async fn list(app: &App, cursor: &str, search: &str, limit: usize) -> Result<(Vec<Workspace>, bool), Refused> {
    let one_more = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
    let mut found = store::page(&app.db, cursor, search, one_more).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    Ok((found, more))
}

/// What of a workspace is changed; none: as it was.
#[derive(Clone, Debug, Default)]
pub struct Changed {
    /// Its name towards people.
    pub name: Option<String>,
    /// How many requests a second tokens may make in it: 0 for no limit, none for what the settings say.
    pub per_second: Option<Option<u32>>,
    /// Whether its owners and admins may open members' connected accounts in an emergency: its owners decide.
    pub break_glass: Option<bool>,
}

/// Changes all of that, or nothing. What is wrong with it is told before whether somebody else was faster (RFC 9110 §13.2.1).
pub async fn change(app: &App, who: &Acting, slug: &WorkspaceId, asked: Changed) -> Result<Workspace, Refused> {
    let Changed { name, per_second, break_glass } = asked;
    if let Some(name) = &name {
        check_name(name).map_err(|why| Refused::invalid("name", why))?;
    }
    if let Some(rate) = per_second {
        administers(who)?;
        super::tokens::per_second(rate)?;
    }
    let mut change = Change::begin(app, who).await?;
    if name.is_some() || break_glass.is_some() {
        let hand = hand(&mut change, who, slug).await?;
        hand.needs(Standing::Admin)?;
        if break_glass.is_some() && !matches!(hand, Hand::Everywhere | Hand::Within(Standing::Owner)) {
            return Err(Refused::Forbidden("this is for the workspace's owners"));
        }
    }
    let mut now = one(&mut change, slug).await?;
    let mut done = Vec::new();
    if let Some(name) = name {
        store::rename(&mut change.tx, slug, &name, change.now).await?;
        done.push(step(&mut change, slug, &mut now, "workspace.renamed").await?);
    }
    if let Some(may) = break_glass {
        store::set_break_glass(&mut change.tx, slug, may, change.now).await?;
        done.push(step(&mut change, slug, &mut now, "workspace.break_glass_set").await?);
    }
    if let Some(rate) = per_second {
        store::set_per_second(&mut change.tx, slug, rate.map(i64::from), change.now).await?;
        done.push(step(&mut change, slug, &mut now, "workspace.limited").await?);
    }
    change.commit_all(done).await?;
    Ok(now)
}

/// What one step of a change did.
async fn step(
    change: &mut Change<'_>,
    slug: &WorkspaceId,
    now: &mut Workspace,
    action: &'static str,
) -> Result<Happened, Refused> {
    let before = std::mem::replace(now, one(change, slug).await?);
    Ok(happened(action, slug, before.to_json(), now.to_json()))
}

/// Calls it something else towards people.
pub async fn rename(app: &App, who: &Acting, slug: &WorkspaceId, name: &str) -> Result<Workspace, Refused> {
    change(app, who, slug, Changed { name: Some(name.to_owned()), ..Changed::default() }).await
}

/// Says how many requests a second tokens may make in it: 0 for no limit, none for what the settings say.
pub async fn set_per_second(
    app: &App,
    who: &Acting,
    slug: &WorkspaceId,
    rate: Option<u32>,
) -> Result<Workspace, Refused> {
    change(app, who, slug, Changed { per_second: Some(rate), ..Changed::default() }).await
}

/// Says whether its owners and admins may open members' connected accounts in an emergency.
pub async fn set_break_glass(app: &App, who: &Acting, slug: &WorkspaceId, may: bool) -> Result<Workspace, Refused> {
    change(app, who, slug, Changed { break_glass: Some(may), ..Changed::default() }).await
}

/// Deletes it with all that was allowed in it; its people stay.
pub async fn delete(app: &App, who: &Acting, slug: &WorkspaceId) -> Result<(), Refused> {
    administers(who)?;
    let mut change = Change::begin(app, who).await?;
    let before = one(&mut change, slug).await?;
    grants::end_of_workspace(&mut change.tx, slug, change.now).await?;
    store::delete(&mut change.tx, slug).await?;
    change.commit(happened("workspace.deleted", slug, before.to_json(), Value::Null)).await
}

/// Up to `limit` members whose address begins with `search`, all of them where that is empty, after the
/// [`Member::place`] `cursor`, and whether there are more.
pub async fn members(
    app: &App,
    who: &Acting,
    slug: &WorkspaceId,
    (cursor, search): (&str, &str),
    limit: usize,
) -> Result<(Vec<Member>, bool), Refused> {
    let workspace = show(app, who, slug).await?;
    let one_more = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
    let mut found = match search {
        "" => store::members(&app.db, slug, cursor, one_more).await?,
        _ => store::search_members(&app.db, &workspace, cursor, search, one_more).await?,
    };
    let more = found.len() > limit;
    found.truncate(limit);
    Ok((found, more))
}

/// One member, for whoever may see the workspace.
pub async fn member(app: &App, who: &Acting, slug: &WorkspaceId, user: &UserId) -> Result<Member, Refused> {
    sees(app, who, slug).await?;
    store::member(&app.db, slug, user).await?.ok_or(Refused::NotFound)
}

/// Up to `limit` apps that act in it after `cursor`, and whether there are more: for those who look after it.
pub async fn apps(
    app: &App,
    who: &Acting,
    slug: &WorkspaceId,
    cursor: &str,
    limit: usize,
) -> Result<(Vec<Acts>, bool), Refused> {
    sees(app, who, slug).await?.needs(Standing::Admin)?;
    let one_more = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
    let mut found = living::apps(&app.db, slug, cursor, one_more, app.now()).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    Ok((found, more))
}

/// The workspaces of a person.
pub async fn of_user(app: &App, user: &UserId) -> Result<Vec<Membership>, Refused> {
    Ok(store::of_user(&app.db, user).await?)
}

/// The workspaces that a person manages, as admin or owner of each.
pub async fn managed_by(app: &App, user: &UserId) -> Result<Vec<Membership>, Refused> {
    let all = store::of_user(&app.db, user).await?;
    Ok(all.into_iter().filter(|one| one.role >= Standing::Admin).collect())
}

/// The member with just this address.
pub async fn find_member(app: &App, who: &Acting, slug: &WorkspaceId, email: &str) -> Result<Member, Refused> {
    let (found, _) = members(app, who, slug, ("", email), 1).await?;
    let same = |member: &Member| people::email::canonical(&member.email) == people::email::canonical(email);
    found.into_iter().find(same).ok_or(Refused::NotFound)
}

/// Takes a person in.
pub async fn add(
    app: &App,
    who: &Acting,
    slug: &WorkspaceId,
    user: &UserId,
    role: Standing,
) -> Result<Member, Refused> {
    let mut change = Change::begin(app, who).await?;
    hand(&mut change, who, slug).await?.reaches(role)?;
    let person = person(&mut change, user).await?;
    if !store::add(&mut change.tx, slug, user, role, change.now).await? {
        let why = format!("{} is in this workspace already", person.email);
        return Err(Refused::conflict("member-exists", why));
    }
    let added = within(&mut change, slug, user).await?;
    change.commit(happened("workspace.member_added", slug, Value::Null, added.to_json())).await?;
    Ok(added)
}

/// Gives a member another role.
pub async fn set_role(
    app: &App,
    who: &Acting,
    slug: &WorkspaceId,
    user: &UserId,
    role: Standing,
) -> Result<Member, Refused> {
    let mut change = Change::begin(app, who).await?;
    let hand = hand(&mut change, who, slug).await?;
    let before = within(&mut change, slug, user).await?;
    hand.reaches(before.role.max(role))?;
    keeps_an_owner(&mut change, hand, slug, &before, role).await?;
    store::set_role(&mut change.tx, slug, user, role, change.now).await?;
    let after = within(&mut change, slug, user).await?;
    change.commit(happened("workspace.member_changed", slug, before.to_json(), after.to_json())).await?;
    Ok(after)
}

/// Lets a member go, or a member lets themselves go. What they allowed there ends in the same transaction.
pub async fn remove(app: &App, who: &Acting, slug: &WorkspaceId, user: &UserId) -> Result<(), Refused> {
    let mut change = Change::begin(app, who).await?;
    let hand = hand(&mut change, who, slug).await?;
    let before = within(&mut change, slug, user).await?;
    if who.actor != Actor::User(user.clone()) {
        hand.reaches(before.role)?;
    }
    keeps_an_owner(&mut change, hand, slug, &before, Standing::Member).await?;
    grants::end_of_member(&mut change.tx, user, slug, change.now).await?;
    let leaver = Leaver { user, workspace: Some(slug), by: &who.actor };
    vault::leave::leave(&mut change.tx, &leaver, change.now).await?;
    store::remove(&mut change.tx, slug, user).await?;
    change.commit(happened("workspace.member_removed", slug, before.to_json(), Value::Null)).await
}

/// How far somebody reaches in a workspace.
#[derive(Clone, Copy)]
enum Hand {
    /// They administer the deployment.
    Everywhere,
    /// They are in the workspace.
    Within(Standing),
}

impl Hand {
    fn needs(self, least: Standing) -> Result<(), Refused> {
        match self {
            Hand::Everywhere => Ok(()),
            Hand::Within(own) if own >= least => Ok(()),
            Hand::Within(_) => Err(Refused::Forbidden("this is for the workspace's admins and owners")),
        }
    }

    /// Admins manage members; owners manage everyone.
    fn reaches(self, role: Standing) -> Result<(), Refused> {
        self.needs(Standing::Admin)?;
        match self {
            Hand::Within(Standing::Admin) if role > Standing::Member => {
                Err(Refused::Forbidden("only an owner of the workspace manages its admins and owners"))
            }
            _ => Ok(()),
        }
    }
}

/// Refuses whoever may not bring people into a workspace as this. Whoever isn't in it doesn't learn whether it is there.
pub(super) async fn may_bring_in(
    change: &mut Change<'_>,
    who: &Acting,
    slug: &WorkspaceId,
    role: Standing,
) -> Result<(), Refused> {
    hand(change, who, slug).await?.reaches(role)
}

/// What somebody may do in a workspace that is there; for whoever isn't in it, there is none.
async fn hand(change: &mut Change<'_>, who: &Acting, slug: &WorkspaceId) -> Result<Hand, Refused> {
    if who.role.administers() {
        return one(change, slug).await.map(|_| Hand::Everywhere);
    }
    let Actor::User(id) = &who.actor else {
        return Err(Refused::NotFound);
    };
    let own = store::member(&mut change.tx, slug, &UserId::from(id.as_str())).await?;
    own.map(|own| Hand::Within(own.role)).ok_or(Refused::NotFound)
}

/// How far somebody sees in a workspace; for whoever isn't in it, there is none.
async fn sees(app: &App, who: &Acting, slug: &WorkspaceId) -> Result<Hand, Refused> {
    match &who.actor {
        _ if who.role.looks() => store::one(&app.db, slug).await?.map(|_| Hand::Everywhere).ok_or(Refused::NotFound),
        Actor::User(id) => {
            let own = store::member(&app.db, slug, &UserId::from(id.as_str())).await?;
            own.map(|own| Hand::Within(own.role)).ok_or(Refused::NotFound)
        }
        _ => Err(Refused::NotFound),
    }
}

pub(super) fn administers(who: &Acting) -> Result<(), Refused> {
    if who.role.administers() {
        return Ok(());
    }
    Err(Refused::Forbidden("this is for administrators; ask one of them"))
}

/// A workspace doesn't lose its last owner by its own people; administrators can always give it another.
async fn keeps_an_owner(
    change: &mut Change<'_>,
    hand: Hand,
    slug: &WorkspaceId,
    member: &Member,
    role: Standing,
) -> Result<(), Refused> {
    let stays = member.role != Standing::Owner || role == Standing::Owner || matches!(hand, Hand::Everywhere);
    if stays || store::another_owner(&mut change.tx, slug, &member.user).await? {
        return Ok(());
    }
    let why = format!("{} is the last owner of this workspace; make another member an owner first", member.email);
    Err(Refused::conflict("last-owner", why))
}

async fn one(change: &mut Change<'_>, slug: &WorkspaceId) -> Result<Workspace, Refused> {
    store::one(&mut change.tx, slug).await?.ok_or(Refused::NotFound)
}

async fn within(change: &mut Change<'_>, slug: &WorkspaceId, user: &UserId) -> Result<Member, Refused> {
    store::member(&mut change.tx, slug, user).await?.ok_or(Refused::NotFound)
}

async fn person(change: &mut Change<'_>, user: &UserId) -> Result<User, Refused> {
    let found = people::store::by_id(&mut change.tx, user).await?;
    found.ok_or_else(|| Refused::invalid("user", "there is no account of this identifier"))
}

fn happened(action: &'static str, slug: &WorkspaceId, before: Value, after: Value) -> Happened {
    Happened { action, object: format!("workspace:{slug}"), before, after }
}

/// As the command line and the JSON API show where a person is.
pub fn memberships(all: &[Membership]) -> Value {
    json!(all)
}
