//! Workspaces, and who is in them as what.

use super::clients::{paging, searching};
use super::desk::{self, Desk, Sent, Trouble, Within, confirmed, stopped};
use super::form::{Choice, Field, Form, Kind};
use super::invitations as invitations_page;
use super::view::{Act, At, Cell, Section, Table, View};
use super::{sources, tokens};
use crate::admin::{Refused, invitations, users, workspaces};
use crate::base::id::{UserId, Workspace as Marker, WorkspaceId};
use crate::lang::Message;
use crate::people::workspaces::Standing;
use crate::web::Stopped;
use axum::response::{IntoResponse, Redirect, Response};

pub(super) const PATH: &str = "/admin/workspaces";

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
pub(super) async fn list(Within(desk): Within<Desk>) -> Result<Response, Stopped> {
    if desk.manages() { Ok(managed(&desk)) } else { all(&desk, ["", ""], None).await }
}

/// Those of somebody who manages some.
fn managed(desk: &Desk) -> Response {
    let heads = [Message::new("console-name"), Message::new("console-slug"), Message::new("console-role")];
    let mut table = Table::new(Message::new("console-workspaces"), heads, Message::new("console-no-workspaces"));
    for one in &desk.managed {
        let link = Cell::Link(format!("{PATH}/{}", one.workspace), one.name.clone());
        table.row(one.workspace.as_str(), [link, Cell::code(one.workspace.as_str()), Cell::Said(standing(one.role))]);
    }
    let view = View::new(desk, At::Workspaces, Message::new("console-workspaces"))
        .lede(Message::new("console-managed-what"))
        .with(Section::first().with(table));
    view.answer(desk)
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
pub(super) async fn show(desk::Named(slug): Slug, Within(desk): Within<Desk>) -> Result<Response, Stopped> {
    page(&desk, &slug, Typed::default(), None).await
}

/// What was typed into a form that is shown again.
#[derive(Clone, Copy, Default)]
pub(super) struct Typed<'a> {
    pub user: &'a str,
    pub email: &'a str,
    pub name: &'a str,
}

pub(super) async fn page(
    desk: &Desk,
    slug: &WorkspaceId,
    typed: Typed<'_>,
    trouble: Option<(&'static str, Trouble)>,
) -> Result<Response, Stopped> {
    let one = workspaces::show(&desk.app, &desk.who, slug).await.map_err(stopped)?;
    if desk.manages() && desk.managed.iter().all(|one| one.workspace != *slug) {
        return Err(desk::missing());
    }
    let path = format!("{PATH}/{slug}");
    let text = |name, label, value: &str| Field::new(name, label, Kind::Text(value.to_owned())).required();
    let note = if desk.manages() { Message::new("console-role-what") } else { Message::new("console-put-what") };
    let label = if desk.manages() { Message::new("console-change-role") } else { Message::new("console-put") };
    let add = Form::new("add", format!("{path}/add"), label)
        .note(note)
        .with(text("user", Message::new("console-email"), typed.user))
        .with(roles());
    let rename = Form::new("rename", path.clone(), Message::new("console-save")).with(text(
        "name",
        Message::new("console-name"),
        &one.name,
    ));
    let members = Section::new("members", Message::new("console-members"));
    let members = members.with(searching(&path, desk.query.get("search").unwrap_or_default()));
    let mut view = View::about(desk, At::Workspaces, &one.name)
        .with(members.with(table(desk, slug, &path).await?).with(add))
        .with(invited(desk, slug, &path, typed).await?)
        .with(apps(desk, slug).await?)
        .with(sources::section(desk, slug, &path).await?)
        .with(Section::new("name", Message::new("console-name")).with(rename));
    if !desk.manages() {
        let now = one.per_second.and_then(|rate| u32::try_from(rate).ok());
        let limit = Form::new("limit", format!("{path}/limit"), Message::new("console-limit"))
            .note(Message::new("console-limit-workspace"))
            .with(tokens::limit_field(now));
        view = view.with(Section::new("limit", Message::new("console-field-limit")).with(limit));
        let delete = Form::new("delete", format!("{path}/delete"), Message::new("console-delete-workspace"))
            .note(Message::new("console-delete-workspace-what"))
            .confirmed_by(slug.as_str());
        view = view.with(Section::new("danger", Message::new("console-delete-workspace")).with(delete));
    }
    let (form, trouble) = trouble.map_or(("", None), |(form, trouble)| (form, Some(trouble)));
    Ok(view.troubled(form, trouble).answer(desk))
}

/// Its members.
async fn table(desk: &Desk, slug: &WorkspaceId, path: &str) -> Result<Table, Stopped> {
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
        let person = match desk.manages() {
            true => Cell::text(member.email.as_str()),
            false => Cell::Link(format!("/admin/users/{}", member.user), member.email.clone()),
        };
        let remove = Act {
            path: format!("{path}/remove"),
            label: Message::new("console-remove"),
            to: member.email.clone(),
            fields: vec![("user", member.user.to_string())],
        };
        let cells = [person, Cell::Said(standing(member.role)), Cell::time(member.since), Cell::Act(remove)];
        table.row(member.user.as_str(), cells);
    }
    let last = found.last().filter(|_| more).map(|member| member.place(&paging.search));
    Ok(table.goes_on(desk, path, &list, &paging, last.as_deref()))
}

/// Who may come, and the form to invite somebody.
async fn invited(desk: &Desk, slug: &WorkspaceId, path: &str, typed: Typed<'_>) -> Result<Section, Stopped> {
    let open = invitations::into_workspace(&desk.app, &desk.who, slug).await.map_err(stopped)?;
    let form = invitations_page::form(&format!("{path}/invite"), typed.email, typed.name).with(roles());
    let section = Section::new("invitations", Message::new("console-invitations"));
    Ok(section.with(invitations_page::table(&open, &format!("{path}/revoke-invite"))).with(form))
}

/// What acts in it: the first of them, and where the rest is.
async fn apps(desk: &Desk, slug: &WorkspaceId) -> Result<Section, Stopped> {
    let (found, more) = workspaces::apps(&desk.app, &desk.who, slug, "", MOST_APPS).await.map_err(stopped)?;
    let heads = [Message::new("console-client"), Message::new("console-client-id"), Message::new("console-people")];
    let mut table = Table::new(Message::new("console-apps"), heads, Message::new("console-no-apps"));
    for app in &found {
        let id = app.client_id.as_str();
        table.row(id, [Cell::text(app.client_name.as_str()), Cell::code(id), Cell::number(app.people)]);
    }
    let section =
        Section::new("apps", Message::new("console-apps")).with(Message::new("console-apps-what")).with(table);
    Ok(if more { section.with(Message::new("console-more-apps")) } else { section })
}

/// Further ones are in the API.
const MOST_APPS: usize = 100;

/// The roles of a workspace, to choose from.
fn roles() -> Field {
    let all = [Standing::Member, Standing::Admin, Standing::Owner];
    let choice =
        |one: Standing| Choice { value: one.name().into(), label: standing(one), chosen: one == Standing::Member };
    Field::new("role", Message::new("console-role"), Kind::One(all.map(choice).into()))
}

fn back(slug: &WorkspaceId) -> Response {
    Redirect::to(&format!("{PATH}/{slug}")).into_response()
}

pub(super) fn typed(sent: &Sent) -> Typed<'_> {
    Typed { user: sent.text("user"), email: sent.text("email"), name: sent.text("name") }
}

async fn done<T>(
    sent: &Sent,
    slug: &WorkspaceId,
    form: &'static str,
    what: Result<T, Refused>,
) -> Result<Response, Stopped> {
    match what {
        Ok(_) => Ok(back(slug)),
        Err(refused) => page(&sent.desk, slug, typed(sent), Some((form, Trouble::of(refused)?))).await,
    }
}

/// `POST /admin/workspaces/{slug}`: another name.
pub(super) async fn rename(desk::Named(slug): Slug, Within(sent): Within<Sent>) -> Result<Response, Stopped> {
    let what = workspaces::rename(&sent.desk.app, &sent.desk.who, &slug, sent.text("name")).await;
    done(&sent, &slug, "rename", what).await
}

/// `POST /admin/workspaces/{slug}/limit`: how many requests a second tokens may make in it.
pub(super) async fn limit(desk::Named(slug): Slug, sent: Sent) -> Result<Response, Stopped> {
    let rate = match tokens::limit(&sent.form) {
        Ok(rate) => rate,
        Err(trouble) => return page(&sent.desk, &slug, Typed::default(), Some(("limit", trouble))).await,
    };
    let what = workspaces::set_per_second(&sent.desk.app, &sent.desk.who, &slug, rate).await;
    done(&sent, &slug, "limit", what.map(drop)).await
}

/// `POST /admin/workspaces/{slug}/add`: takes somebody in, or gives a member another role. Whoever only manages the
/// workspace doesn't learn so which accounts there are; they invite.
pub(super) async fn add(desk::Named(slug): Slug, Within(sent): Within<Sent>) -> Result<Response, Stopped> {
    let (app, who) = (&sent.desk.app, &sent.desk.who);
    let role = Standing::named(sent.text("role")).unwrap_or_default();
    let found = match sent.desk.manages() {
        true => workspaces::find_member(app, who, &slug, sent.text("user")).await.map(|member| member.user),
        false => users::find(app, sent.text("user")).await.map(|user| user.id),
    };
    let user = match found {
        Ok(user) => user,
        Err(Refused::NotFound) => {
            let nobody = Message::new("console-nobody");
            let why = if sent.desk.manages() { Message::new("console-no-member") } else { nobody };
            let trouble = Trouble::field("user", why);
            return page(&sent.desk, &slug, typed(&sent), Some(("add", trouble))).await;
        }
        Err(other) => return Err(stopped(other)),
    };
    let what = match sent.desk.manages() {
        true => workspaces::set_role(app, who, &slug, &user, role).await,
        false => match workspaces::add(app, who, &slug, &user, role).await {
            Err(Refused::Conflict { .. }) => workspaces::set_role(app, who, &slug, &user, role).await,
            other => other,
        },
    };
    done(&sent, &slug, "add", what).await
}

/// `POST /admin/workspaces/{slug}/remove`
pub(super) async fn remove(desk::Named(slug): Slug, Within(sent): Within<Sent>) -> Result<Response, Stopped> {
    let user = UserId::from(sent.text("user"));
    let what = workspaces::remove(&sent.desk.app, &sent.desk.who, &slug, &user).await;
    done(&sent, &slug, "remove", what).await
}

/// `POST /admin/workspaces/{slug}/delete`, with the slug typed in `confirm`.
pub(super) async fn delete(desk::Named(slug): Slug, sent: Sent) -> Result<Response, Stopped> {
    if let Err(trouble) = confirmed(sent.text("confirm"), slug.as_str()) {
        return page(&sent.desk, &slug, Typed::default(), Some(("delete", trouble))).await;
    }
    match workspaces::delete(&sent.desk.app, &sent.desk.who, &slug).await {
        Ok(()) => Ok(Redirect::to(PATH).into_response()),
        Err(refused) => page(&sent.desk, &slug, Typed::default(), Some(("delete", Trouble::of(refused)?))).await,
    }
}
