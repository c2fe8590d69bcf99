//! People: the list, a new account, and one person with all that an administrator may do to them.

use super::clients::{paging, searching, state};
use super::desk::{self, Desk, Sent, Trouble, confirmed, stopped};
use super::form::{Choice, Field, Form, Kind};
use super::view::{At, Block, Cell, Link, Section, Table, View, role};
use crate::admin::{Refused, users, workspaces};
use crate::base::Secret;
use crate::base::id::{User as Marker, UserId, WorkspaceId};
use crate::lang::Message;
use crate::people::{NewUser, Profile, Role, User};
use crate::signin;
use crate::web::Stopped;
use axum::response::{IntoResponse, Redirect, Response};

const PATH: &str = "/admin/users";

type Id = desk::Named<Marker>;

/// `GET /admin/users?search=&cursor=`
pub(super) async fn list(desk: Desk) -> Result<Response, Stopped> {
    let paging = paging(&desk, "users")?;
    let found = users::list(&desk.app, &paging.after, &paging.search, paging.limit).await;
    let (found, more) = found.map_err(stopped)?;
    let heads = [
        Message::new("console-email"),
        Message::new("console-name"),
        Message::new("console-role"),
        Message::new("console-state"),
        Message::new("console-since"),
    ];
    let mut table = Table::new(Message::new("console-users"), heads, Message::new("console-no-users"));
    for user in &found {
        let link = Cell::Link(format!("{PATH}/{}", user.id), user.email.clone());
        let name = Cell::text(user.profile.text("name").unwrap_or_default());
        let cells = [link, name, Cell::Said(role(user.role)), state(user.enabled), Cell::time(user.created_at)];
        table.row(user.id.as_str(), cells);
    }
    let last = found.last().filter(|_| more).map(|user| user.place(&paging.search));
    let table = table.goes_on(&desk, PATH, "users", &paging, last.as_deref());
    let href = format!("{PATH}/new");
    let new = Link { id: "new-user", href, label: Message::new("console-new-user"), changes: true };
    let href = "/admin/invitations".to_owned();
    let invitations = Link { id: "invitations", href, label: Message::new("console-invitations"), changes: false };
    let new = Block::Links(vec![new, invitations]);
    let view = View::new(&desk, At::Users, Message::new("console-users"))
        .with(Section::first().with(new).with(searching(PATH, &paging.search)).with(table));
    Ok(view.answer(&desk))
}

/// What was typed about a new person; never their password.
#[derive(Default)]
struct Typed {
    email: String,
    name: String,
    role: Role,
    workspace: String,
}

/// `GET /admin/users/new`
pub(super) async fn new(desk: Desk) -> Result<Response, Stopped> {
    desk.for_changes()?;
    let joins = desk.app.config.workspaces.joined();
    let workspace = joins.map(|slug| slug.to_string()).unwrap_or_default();
    Ok(form(&desk, &Typed { workspace, ..Typed::default() }, None))
}

fn form(desk: &Desk, typed: &Typed, trouble: Option<Trouble>) -> Response {
    let field = |name, label, value: &str| Field::new(name, label, Kind::Text(value.to_owned()));
    let password = Field::new("password", Message::new("page-password"), Kind::Password);
    let mut form = Form::new("create", PATH, Message::new("console-new-user"))
        .with(field("email", Message::new("page-email"), &typed.email).required())
        .with(field("name", Message::new("console-name"), &typed.name))
        .with(password.hint(Message::new("console-password-hint")));
    if desk.who.role == Role::Owner {
        form = form.with(roles(typed.role));
    }
    let form = form.with(field("workspace", Message::new("console-workspace"), &typed.workspace));
    View::new(desk, At::Users, Message::new("console-new-user"))
        .back(PATH, Message::new("console-users"))
        .with(Section::first().with(form))
        .troubled("create", trouble)
        .answer(desk)
}

fn roles(now: Role) -> Field {
    let all = [Role::User, Role::Auditor, Role::Admin, Role::Owner];
    let choice = |one: Role| Choice { value: one.name().into(), label: role(one), chosen: one == now };
    Field::new("role", Message::new("console-role"), Kind::One(all.map(choice).into()))
}

/// `POST /admin/users`
pub(super) async fn create(sent: Sent) -> Result<Response, Stopped> {
    let typed = Typed {
        email: sent.text("email").to_owned(),
        name: sent.text("name").to_owned(),
        role: Role::named(sent.text("role")).unwrap_or_default(),
        workspace: sent.text("workspace").to_owned(),
    };
    let desk = &sent.desk;
    let new = NewUser {
        email: typed.email.clone(),
        password: sent.form.get("password").map(Secret::new),
        profile: Profile::default().named(&typed.name),
        role: typed.role,
        joins: Some(typed.workspace.as_str()).filter(|slug| !slug.is_empty()).map(WorkspaceId::from),
    };
    // The name is a claim like the others.
    let checked = Profile::parse(new.profile.0.clone().into());
    let made = match checked {
        Ok(_) => users::create(&desk.app, &desk.who, new).await,
        Err(why) => Err(Refused::Invalid { field: "name".to_owned(), why }),
    };
    match made {
        Ok(user) => Ok(back(&user.id)),
        Err(refused) => {
            let mut trouble = Trouble::of(refused)?;
            // An address that is taken is a matter of that field.
            if trouble.field.is_empty() {
                trouble.field = "email".to_owned();
            }
            Ok(form(desk, &typed, Some(trouble)))
        }
    }
}

/// `GET /admin/users/{id}`
pub(super) async fn show(desk: Desk, desk::Named(id): Id) -> Result<Response, Stopped> {
    page(&desk, &id, None).await
}

pub(super) async fn page(
    desk: &Desk,
    id: &UserId,
    trouble: Option<(&'static str, Trouble)>,
) -> Result<Response, Stopped> {
    let user = users::show(&desk.app, id).await.map_err(stopped)?;
    let sessions = signin::counts::of_user(&desk.app, id).await?;
    let (form, trouble) = trouble.map_or(("", None), |(form, trouble)| (form, Some(trouble)));
    let mut view =
        View::about(desk, At::Users, &user.email).with(facts(&user, sessions)).with(places(desk, &user).await?);
    if desk.who.role == Role::Owner {
        let form = Form::new("role", format!("{PATH}/{id}/role"), Message::new("console-save")).with(roles(user.role));
        view = view.with(Section::new("roles", Message::new("console-role")).with(form));
    }
    view = view.with(super::tokens::section(desk, id).await?);
    Ok(view.with(ends(&user)).troubled(form, trouble).answer(desk))
}

fn facts(user: &User, sessions: i64) -> Section {
    let id = user.id.as_str();
    let claims = user.profile.0.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let password = match user.password {
        Some(_) => Message::new("console-yes"),
        None => Message::new("console-no"),
    };
    let facts = vec![
        (Message::new("console-user-id"), Cell::code(id)),
        (Message::new("console-role"), Cell::Said(role(user.role))),
        (Message::new("console-state"), state(user.enabled)),
        (Message::new("page-password"), Cell::Said(password)),
        (Message::new("console-claims"), Cell::Codes(claims)),
        (Message::new("console-sessions"), Cell::number(sessions)),
        (Message::new("console-since"), Cell::time(user.created_at)),
        (Message::new("console-changed"), Cell::time(user.updated_at)),
        (Message::new("console-grants"), Cell::Link(format!("/admin/grants?user={id}"), user.email.clone())),
        (Message::new("console-audit"), Cell::Link(format!("/admin/audit?object=user:{id}"), format!("user:{id}"))),
    ];
    Section::first().with(Block::Facts(facts))
}

async fn places(desk: &Desk, user: &User) -> Result<Section, Stopped> {
    let heads = [Message::new("console-workspace"), Message::new("console-role")];
    let mut table = Table::new(Message::new("console-workspaces"), heads, Message::new("console-in-none"));
    for one in workspaces::of_user(&desk.app, &user.id).await.map_err(stopped)? {
        let link = Cell::Link(format!("/admin/workspaces/{}", one.workspace), one.name);
        table.row(one.workspace.as_str(), [link, Cell::Said(super::workspaces::standing(one.role))]);
    }
    Ok(Section::new("workspaces", Message::new("console-workspaces")).with(table))
}

fn ends(user: &User) -> Section {
    let act = |what: &str| format!("{PATH}/{}/{what}", user.id);
    let section = Section::new("danger", Message::new("console-danger"));
    let section = match user.enabled {
        true => section.with(
            Form::new("disable", act("disable"), Message::new("console-disable"))
                .danger()
                .note(Message::new("console-disable-user-what")),
        ),
        false => section.with(Form::new("enable", act("enable"), Message::new("console-enable"))),
    };
    let out = Form::new("sign-out", act("sign-out"), Message::new("console-sign-out")).danger();
    let password = Form::new("password", act("password"), Message::new("console-set-password"))
        .note(Message::new("console-set-password-what"))
        .with(Field::new("password", Message::new("page-password"), Kind::Password).required())
        .confirmed_by(&user.email);
    let delete = Form::new("delete", act("delete"), Message::new("console-delete-user"))
        .note(Message::new("console-delete-user-what"))
        .confirmed_by(&user.email);
    let factors = Form::new("reset-factors", act("reset-factors"), Message::new("console-reset-factors"))
        .note(Message::new("console-reset-factors-what"))
        .confirmed_by(&user.email);
    section.with(out.note(Message::new("console-sign-out-what"))).with(password).with(factors).with(delete)
}

fn back(id: &UserId) -> Response {
    Redirect::to(&format!("{PATH}/{id}")).into_response()
}

async fn done<T>(sent: &Sent, id: &UserId, form: &'static str, what: Result<T, Refused>) -> Result<Response, Stopped> {
    match what {
        Ok(_) => Ok(back(id)),
        Err(refused) => page(&sent.desk, id, Some((form, Trouble::of(refused)?))).await,
    }
}

/// `POST /admin/users/{id}/enable`
pub(super) async fn enable(desk::Named(id): Id, sent: Sent) -> Result<Response, Stopped> {
    let what = users::enable(&sent.desk.app, &sent.desk.who, &id).await;
    done(&sent, &id, "enable", what).await
}

/// `POST /admin/users/{id}/disable`
pub(super) async fn disable(desk::Named(id): Id, sent: Sent) -> Result<Response, Stopped> {
    let what = users::disable(&sent.desk.app, &sent.desk.who, &id).await;
    done(&sent, &id, "disable", what).await
}

/// `POST /admin/users/{id}/sign-out`
pub(super) async fn sign_out(desk::Named(id): Id, sent: Sent) -> Result<Response, Stopped> {
    let what = users::sign_out(&sent.desk.app, &sent.desk.who, &id).await;
    done(&sent, &id, "sign-out", what).await
}

/// `POST /admin/users/{id}/role`
pub(super) async fn set_role(desk::Named(id): Id, sent: Sent) -> Result<Response, Stopped> {
    let Some(role) = Role::named(sent.text("role")) else {
        return page(&sent.desk, &id, Some(("role", Trouble::field("role", Message::new("console-not-one"))))).await;
    };
    let what = users::set_role(&sent.desk.app, &sent.desk.who, &id, role).await;
    done(&sent, &id, "role", what).await
}

/// `POST /admin/users/{id}/password`, with the address typed in `confirm`.
pub(super) async fn set_password(desk::Named(id): Id, sent: Sent) -> Result<Response, Stopped> {
    let desk = &sent.desk;
    let user = users::show(&desk.app, &id).await.map_err(stopped)?;
    if let Err(trouble) = confirmed(sent.text("confirm"), &user.email) {
        return page(desk, &id, Some(("password", trouble))).await;
    }
    let password = Secret::new(sent.form.get("password").unwrap_or_default());
    let what = users::set_password(&desk.app, &desk.who, &id, password).await;
    done(&sent, &id, "password", what).await
}

/// `POST /admin/users/{id}/reset-factors`, with the address typed in `confirm`.
pub(super) async fn reset_factors(desk::Named(id): Id, sent: Sent) -> Result<Response, Stopped> {
    let desk = &sent.desk;
    let user = users::show(&desk.app, &id).await.map_err(stopped)?;
    if let Err(trouble) = confirmed(sent.text("confirm"), &user.email) {
        return page(desk, &id, Some(("reset-factors", trouble))).await;
    }
    let what = users::reset_factors(&desk.app, &desk.who, &id).await;
    done(&sent, &id, "reset-factors", what).await
}

/// `POST /admin/users/{id}/delete`, with the address typed in `confirm`.
pub(super) async fn delete(desk::Named(id): Id, sent: Sent) -> Result<Response, Stopped> {
    let desk = &sent.desk;
    let user = users::show(&desk.app, &id).await.map_err(stopped)?;
    if let Err(trouble) = confirmed(sent.text("confirm"), &user.email) {
        return page(desk, &id, Some(("delete", trouble))).await;
    }
    match users::delete(&desk.app, &desk.who, &id).await {
        Ok(()) => Ok(Redirect::to(PATH).into_response()),
        Err(refused) => page(desk, &id, Some(("delete", Trouble::of(refused)?))).await,
    }
}
