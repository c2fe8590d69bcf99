//! Accounts, as administrators change them. The last enabled admin stays one,
//! and nobody below an owner touches those who look after the deployment.

use super::change::{Change, Happened};
use super::{Acting, Refused};
use crate::api_tokens;
use crate::app::App;
use crate::base::Secret;
use crate::base::id::UserId;
use crate::entry;
use crate::mail::Changed;
use crate::oauth::{grants, logout};
use crate::people::{NewUser, Role, User, password, store, workspaces};
use crate::signin::{codes, notice, passkey, session};
use crate::vault::{self, leave::Leaver};
use serde_json::{Value, json};

/// Makes an account. Hashing comes before the transaction.
pub async fn create(app: &App, who: &Acting, mut new: NewUser) -> Result<User, Refused> {
    if new.role.looks() && who.role != Role::Owner {
        return Err(Refused::Forbidden("only an owner gives and takes roles"));
    }
    no_such_workspace(app, &new).await?;
    new.check(&app.config.name).map_err(|(field, why)| Refused::invalid(field, why.plain()))?;
    let hash = match &new.password {
        Some(password) => Some(app.passwords.hash(password.clone()).await?),
        None => None,
    };
    let mut change = Change::begin(app, who).await?;
    // Somebody must be able to give roles: the first who administers owns.
    if new.role.administers() && !store::another_admin(&mut change.tx, None).await? {
        new.role = Role::Owner;
    }
    let Some(id) = store::create(&mut change.tx, &new, hash, change.now).await? else {
        return Err(Refused::conflict("user-exists", "there is an account with this address already"));
    };
    let user = one(&mut change, &id).await?;
    entry::ask_to_verify(app, &mut change.tx, &user, change.now).await?;
    change.commit(happened("user.created", &id, Value::Null, user.to_json())).await?;
    Ok(user)
}

/// A workspace that was named must be there. The one of the settings may be gone.
async fn no_such_workspace(app: &App, new: &NewUser) -> Result<(), Refused> {
    match &new.joins {
        Some(slug) if new.joins != app.config.workspaces.joined() => {
            let found = workspaces::store::one(&app.db, slug).await?;
            found.map(|_| ()).ok_or_else(|| Refused::invalid("workspace", "there is no workspace of this slug"))
        }
        _ => Ok(()),
    }
}

/// The person with this `sub`.
pub async fn show(app: &App, id: &UserId) -> Result<User, Refused> {
    store::by_id(&app.db, id).await?.ok_or(Refused::NotFound)
}

/// The person with this `sub` or, failing that, this address.
pub async fn find(app: &App, name: &str) -> Result<User, Refused> {
    match store::by_id(&app.db, &UserId::from(name)).await? {
        Some(user) => Ok(user),
        None => store::by_email(&app.db, name).await?.ok_or(Refused::NotFound),
    }
}

/// Up to `limit` people whose address begins with `search`, all of them where that is empty, after the [`User::place`]
/// `cursor`, and whether there are more.
pub async fn list(app: &App, cursor: &str, search: &str, limit: usize) -> Result<(Vec<User>, bool), Refused> {
    let one_more = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
    let mut users = match search {
        "" => store::page(&app.db, cursor, one_more).await?,
        _ => store::search(&app.db, cursor, search, one_more).await?,
    };
    let more = users.len() > limit;
    users.truncate(limit);
    Ok((users, more))
}

/// Lets a person act again.
pub async fn enable(app: &App, who: &Acting, id: &UserId) -> Result<User, Refused> {
    let mut change = Change::begin(app, who).await?;
    let before = one(&mut change, id).await?;
    if before.enabled {
        return Ok(before);
    }
    reaches(who, &before)?;
    store::set_enabled(&mut change.tx, id, true, change.now).await?;
    changed(change, "user.enabled", &before).await
}

/// Stops a person: their sessions and grants end at once.
pub async fn disable(app: &App, who: &Acting, id: &UserId) -> Result<User, Refused> {
    let mut change = Change::begin(app, who).await?;
    let before = one(&mut change, id).await?;
    reaches(who, &before)?;
    keeps_an_admin(&mut change, &before, "disabled").await?;
    if before.enabled {
        store::set_enabled(&mut change.tx, id, false, change.now).await?;
    }
    session::end_all(&mut change.tx, id).await?;
    // First, as in `logout::wind_up`: it waits for codes that are just being redeemed.
    grants::end_of_user(&mut change.tx, id, "user_disabled", change.now).await?;
    api_tokens::delete_of_user(&mut change.tx, id).await?;
    vault::leave::leave(&mut change.tx, &Leaver { user: id, workspace: None, by: &who.actor }, change.now).await?;
    logout::account_over(app, &mut change.tx, id).await?;
    changed(change, "user.disabled", &before).await
}

/// Gives the person another password and ends their sessions.
pub async fn set_password(app: &App, who: &Acting, id: &UserId, chosen: Secret) -> Result<User, Refused> {
    let user = show(app, id).await?;
    reaches(who, &user)?;
    let name = user.profile.text("name").unwrap_or_default();
    password::check(chosen.reveal(), password::Context { email: &user.email, name, brand: &app.config.name })
        .map_err(|why| Refused::invalid("password", why.plain()))?;
    let hash = app.passwords.hash(chosen).await?;
    let mut change = Change::begin(app, who).await?;
    let before = one(&mut change, id).await?;
    store::set_password(&mut change.tx, id, &hash).await?;
    logout::sign_out_everywhere(app, &mut change.tx, id).await?;
    entry::tell_password_changed(app, &mut change.tx, &before, change.now).await?;
    changed(change, "user.password_set", &before).await
}

/// A link with which the person sets a new password, for whoever hands it over; good once, for half an hour.
pub async fn reset_link(app: &App, who: &Acting, id: &UserId) -> Result<Secret, Refused> {
    let mut change = Change::begin(app, who).await?;
    let user = one(&mut change, id).await?;
    reaches(who, &user)?;
    let Some(link) = entry::reset_link(app, &mut change.tx, id, change.now).await? else {
        return Err(Refused::conflict("user-disabled", "the account is disabled; enable it first"));
    };
    change.commit(happened("user.reset_link_made", id, Value::Null, Value::Null)).await?;
    Ok(link)
}

/// For a person who has lost everything but their password: codes, recovery codes and passkeys are no more, and all sessions
/// end. The person is told by mail.
pub async fn reset_factors(app: &App, who: &Acting, id: &UserId) -> Result<User, Refused> {
    let mut change = Change::begin(app, who).await?;
    let before = one(&mut change, id).await?;
    reaches(who, &before)?;
    let codes = codes::remove(&mut change.tx, id).await?;
    let passkeys = passkey::remove_all(&mut change.tx, id).await?;
    logout::sign_out_everywhere(app, &mut change.tx, id).await?;
    notice::tell(app, &mut change.tx, &before, Changed::Reset, change.now).await?;
    let was = json!({ "codes": codes, "passkeys": passkeys });
    change.commit(happened("user.factors_reset", id, was, json!({ "codes": false, "passkeys": 0 }))).await?;
    Ok(before)
}

/// Says that the address is the person's own: whoever calls this has seen to it.
pub async fn verify(app: &App, who: &Acting, id: &UserId) -> Result<User, Refused> {
    let mut change = Change::begin(app, who).await?;
    let before = one(&mut change, id).await?;
    reaches(who, &before)?;
    if before.email_verified() {
        return Ok(before);
    }
    store::set_profile(&mut change.tx, id, &before.profile.clone().verified(), before.role, change.now).await?;
    changed(change, "user.email_verified", &before).await
}

/// Sends the person a link with which they confirm their address.
pub async fn ask_to_verify(app: &App, who: &Acting, id: &UserId) -> Result<User, Refused> {
    if !app.mailer.on() {
        return Err(Refused::conflict(
            "mail-off",
            "mail is off; set it up under [mail], or say that the address is theirs",
        ));
    }
    let mut change = Change::begin(app, who).await?;
    let user = one(&mut change, id).await?;
    reaches(who, &user)?;
    entry::ask_to_verify(app, &mut change.tx, &user, change.now).await?;
    change.commit(happened("user.verification_sent", id, Value::Null, Value::Null)).await?;
    Ok(user)
}

/// Ends all sessions of a person: they must sign in again everywhere, and their apps are told.
pub async fn sign_out(app: &App, who: &Acting, id: &UserId) -> Result<User, Refused> {
    let mut change = Change::begin(app, who).await?;
    let before = one(&mut change, id).await?;
    logout::sign_out_everywhere(app, &mut change.tx, id).await?;
    changed(change, "user.signed_out", &before).await
}

/// Makes a person an administrator.
pub async fn promote(app: &App, who: &Acting, id: &UserId) -> Result<User, Refused> {
    match show(app, id).await? {
        already if already.role.administers() => Ok(already),
        _ => set_role(app, who, id, Role::Admin).await,
    }
}

/// Makes an administrator an ordinary person.
pub async fn demote(app: &App, who: &Acting, id: &UserId) -> Result<User, Refused> {
    set_role(app, who, id, Role::User).await
}

/// Gives a person another role in this deployment. Only owners say who else looks after it.
pub async fn set_role(app: &App, who: &Acting, id: &UserId, role: Role) -> Result<User, Refused> {
    let mut change = Change::begin(app, who).await?;
    let before = one(&mut change, id).await?;
    if before.role == role {
        return Ok(before);
    }
    if who.role != Role::Owner {
        return Err(Refused::Forbidden("only an owner gives and takes roles"));
    }
    if !role.administers() {
        keeps_an_admin(&mut change, &before, "demoted").await?;
    }
    store::set_profile(&mut change.tx, id, &before.profile, role, change.now).await?;
    let action = if role > before.role { "user.promoted" } else { "user.demoted" };
    changed(change, action, &before).await
}

/// Deletes a person with their sessions, grants and consents. Their `sub` is never given again.
pub async fn delete(app: &App, who: &Acting, id: &UserId) -> Result<(), Refused> {
    let mut change = Change::begin(app, who).await?;
    let user = one(&mut change, id).await?;
    reaches(who, &user)?;
    keeps_an_admin(&mut change, &user, "deleted").await?;
    logout::account_over(app, &mut change.tx, id).await?;
    vault::leave::leave(&mut change.tx, &Leaver { user: id, workspace: None, by: &who.actor }, change.now).await?;
    store::delete(&mut change.tx, id).await?;
    change.commit(happened("user.deleted", id, user.to_json(), Value::Null)).await
}

async fn one(change: &mut Change<'_>, id: &UserId) -> Result<User, Refused> {
    store::by_id(&mut change.tx, id).await?.ok_or(Refused::NotFound)
}

/// An admin can't become an owner by way of an owner's account.
fn reaches(who: &Acting, whom: &User) -> Result<(), Refused> {
    if whom.role.looks() && whom.role >= who.role && who.role != Role::Owner {
        return Err(Refused::Forbidden("only an owner changes the accounts of those who look after this deployment"));
    }
    Ok(())
}

/// Nobody could let anyone in again. Holds under the lock of the change.
async fn keeps_an_admin(change: &mut Change<'_>, user: &User, done: &str) -> Result<(), Refused> {
    if !user.role.administers() || !user.enabled || store::another_admin(&mut change.tx, Some(&user.id)).await? {
        return Ok(());
    }
    let why =
        format!("{} is the last enabled admin and can't be {done}; make another person an admin first", user.email);
    Err(Refused::conflict("last-admin", why))
}

async fn changed(mut change: Change<'_>, action: &'static str, before: &User) -> Result<User, Refused> {
    let user = one(&mut change, &before.id).await?;
    change.commit(happened(action, &user.id, before.to_json(), user.to_json())).await?;
    Ok(user)
}

fn happened(action: &'static str, id: &UserId, before: Value, after: Value) -> Happened {
    Happened { action, object: format!("user:{id}"), before, after }
}
