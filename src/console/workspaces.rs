//! Workspaces, and who is in them as what.

use super::clients::{paging, searching};
use super::desk::{self, Desk, Sent, Trouble, confirmed, stopped};
use super::form::{Choice, Field, Form, Kind};
use super::view::{Act, At, Cell, Section, Table, View};
use crate::admin::{Refused, users, workspaces};
use crate::base::id::{UserId, Workspace as Marker, WorkspaceId};
use crate::lang::Message;
use crate::people::workspaces::Standing;
use crate::web::Stopped;
use axum::response::{IntoResponse, Redirect, Response};

const PATH: &str = "/admin/workspaces";

type Slug = desk::Named<Marker>;

/// A role in a workspace, in words.
pub(super) fn standing(role: Standing) -> Message {
    match role {
        Standing::Owner => Message::new("console-role-owner"),
        Standing::Admin => Message::new("console-role-admin"),
        Standing::Member => Message::new("console-role-member"),
    }
}

/// `GET /admin/workspaces?search=&cursor=`
pub(super) async fn list(desk: Desk) -> Result<Response, Stopped> {
    all(&desk, ["", ""], None).await
}

async fn all(desk: &Desk, [slug, name]: [&str; 2], trouble: Option<Trouble>) -> Result<Response, Stopped> {
    let paging = paging(desk, "workspaces")?;
    let found = workspaces::list(&desk.app, &paging.after, &paging.search, paging.limit).await;
    let (found, more) = found.map_err(stopped)?;
    let heads = [
        Message::new("console-name"),
        Message::new("console-slug"),
        Message::new("console-members"),
        Message::new("console-since"),
    ];
    let mut table = Table::new(Message::new("console-workspaces"), heads, Message::new("console-no-workspaces"));
    for one in &found {
        let link = Cell::Link(format!("{PATH}/{}", one.slug), one.name.clone());
        let cells = [link, Cell::code(one.slug.as_str()), Cell::number(one.members), Cell::time(one.created_at)];
        table.row(one.slug.as_str(), cells);
    }
    let last = found.last().filter(|_| more).map(|one| one.slug.as_str());
    let table = table.goes_on(desk, PATH, "workspaces", &paging, last);
    let text = |name, label, value: &str| Field::new(name, label, Kind::Text(value.to_owned())).required();
    let new = Form::new("create", PATH, Message::new("console-new-workspace"))
        .with(text("name", Message::new("console-name"), name))
        .with(text("slug", Message::new("console-slug"), slug).hint(Message::new("console-slug-hint")));
    let view = View::new(desk, At::Workspaces, Message::new("console-workspaces"))
        .with(Section::first().with(searching(PATH, &paging.search)).with(table))
        .with(Section::new("new", Message::new("console-new-workspace")).with(new))
        .troubled("create", trouble);
    Ok(view.answer(desk))
}

/// `POST /admin/workspaces`
pub(super) async fn create(sent: Sent) -> Result<Response, Stopped> {
    let (slug, name) = (sent.text("slug"), sent.text("name"));
    match workspaces::create(&sent.desk.app, &sent.desk.who, slug, name).await {
        Ok(made) => Ok(back(&made.slug)),
        Err(refused) => all(&sent.desk, [slug, name], Some(Trouble::of(refused)?)).await,
    }
}

/// `GET /admin/workspaces/{slug}`
pub(super) async fn show(desk: Desk, desk::Named(slug): Slug) -> Result<Response, Stopped> {
    page(&desk, &slug, "", None).await
}

async fn page(
    desk: &Desk,
    slug: &WorkspaceId,
    typed: &str,
    trouble: Option<(&'static str, Trouble)>,
) -> Result<Response, Stopped> {
    let one = workspaces::show(&desk.app, &desk.who, slug).await.map_err(stopped)?;
    let list = format!("workspaces/{slug}/members");
    let paging = paging(desk, &list)?;
    let wanted = (paging.after.as_str(), paging.search.as_str());
    let found = workspaces::members(&desk.app, &desk.who, slug, wanted, paging.limit).await;
    let (found, more) = found.map_err(stopped)?;
    let heads = [
        Message::new("console-email"),
        Message::new("console-role"),
        Message::new("console-since"),
        Message::new("console-remove"),
    ];
    let mut table = Table::new(Message::new("console-members"), heads, Message::new("console-no-members"));
    for member in &found {
        let link = Cell::Link(format!("/admin/users/{}", member.user), member.email.clone());
        let remove = Act {
            path: format!("{PATH}/{slug}/remove"),
            label: Message::new("console-remove"),
            to: member.email.clone(),
            fields: vec![("user", member.user.to_string())],
        };
        let cells = [link, Cell::Said(standing(member.role)), Cell::time(member.since), Cell::Act(remove)];
        table.row(member.user.as_str(), cells);
    }
    let path = format!("{PATH}/{slug}");
    let last = found.last().filter(|_| more).map(|member| member.place(&paging.search));
    let table = table.goes_on(desk, &path, &list, &paging, last.as_deref());
    let all = [Standing::Member, Standing::Admin, Standing::Owner];
    let choice = |one: Standing| Choice { value: one.name(), label: standing(one), chosen: one == Standing::Member };
    let text = |name, label, value: &str| Field::new(name, label, Kind::Text(value.to_owned())).required();
    let add = Form::new("add", format!("{path}/add"), Message::new("console-put"))
        .note(Message::new("console-put-what"))
        .with(text("user", Message::new("console-email"), typed))
        .with(Field::new("role", Message::new("console-role"), Kind::One(all.map(choice).into())));
    let rename = Form::new("rename", path.clone(), Message::new("console-save")).with(text(
        "name",
        Message::new("console-name"),
        &one.name,
    ));
    let delete = Form::new("delete", format!("{path}/delete"), Message::new("console-delete-workspace"))
        .note(Message::new("console-delete-workspace-what"))
        .confirmed_by(slug.as_str());
    let (form, trouble) = trouble.map_or(("", None), |(form, trouble)| (form, Some(trouble)));
    let members = Section::new("members", Message::new("console-members"));
    let view = View::about(desk, At::Workspaces, &one.name)
        .with(members.with(searching(&path, &paging.search)).with(table).with(add))
        .with(Section::new("name", Message::new("console-name")).with(rename))
        .with(Section::new("danger", Message::new("console-delete-workspace")).with(delete))
        .troubled(form, trouble);
    Ok(view.answer(desk))
}

fn back(slug: &WorkspaceId) -> Response {
    Redirect::to(&format!("{PATH}/{slug}")).into_response()
}

async fn done<T>(
    sent: &Sent,
    slug: &WorkspaceId,
    form: &'static str,
    what: Result<T, Refused>,
) -> Result<Response, Stopped> {
    match what {
        Ok(_) => Ok(back(slug)),
        Err(refused) => page(&sent.desk, slug, sent.text("user"), Some((form, Trouble::of(refused)?))).await,
    }
}

/// `POST /admin/workspaces/{slug}`: another name.
pub(super) async fn rename(desk::Named(slug): Slug, sent: Sent) -> Result<Response, Stopped> {
    let what = workspaces::rename(&sent.desk.app, &sent.desk.who, &slug, sent.text("name")).await;
    done(&sent, &slug, "rename", what).await
}

/// `POST /admin/workspaces/{slug}/add`: takes somebody in, or gives a member another role.
pub(super) async fn add(desk::Named(slug): Slug, sent: Sent) -> Result<Response, Stopped> {
    let (app, who) = (&sent.desk.app, &sent.desk.who);
    let role = Standing::named(sent.text("role")).unwrap_or_default();
    let user = match users::find(app, sent.text("user")).await {
        Ok(user) => user.id,
        Err(Refused::NotFound) => {
            let trouble = Trouble::field("user", Message::new("console-nobody"));
            return page(&sent.desk, &slug, sent.text("user"), Some(("add", trouble))).await;
        }
        Err(other) => return Err(stopped(other)),
    };
    let what = match workspaces::add(app, who, &slug, &user, role).await {
        Err(Refused::Conflict { .. }) => workspaces::set_role(app, who, &slug, &user, role).await,
        other => other,
    };
    done(&sent, &slug, "add", what).await
}

/// `POST /admin/workspaces/{slug}/remove`
pub(super) async fn remove(desk::Named(slug): Slug, sent: Sent) -> Result<Response, Stopped> {
    let user = UserId::from(sent.text("user"));
    let what = workspaces::remove(&sent.desk.app, &sent.desk.who, &slug, &user).await;
    done(&sent, &slug, "remove", what).await
}

/// `POST /admin/workspaces/{slug}/delete`, with the slug typed in `confirm`.
pub(super) async fn delete(desk::Named(slug): Slug, sent: Sent) -> Result<Response, Stopped> {
    if let Err(trouble) = confirmed(sent.text("confirm"), slug.as_str()) {
        return page(&sent.desk, &slug, "", Some(("delete", trouble))).await;
    }
    match workspaces::delete(&sent.desk.app, &sent.desk.who, &slug).await {
        Ok(()) => Ok(Redirect::to(PATH).into_response()),
        Err(refused) => page(&sent.desk, &slug, "", Some(("delete", Trouble::of(refused)?))).await,
    }
}
