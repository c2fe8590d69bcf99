//! Who may make an account, or join a workspace, with a link: made, shown once, taken back.

use super::desk::{self, Desk, Sent, Trouble, Within, stopped};
use super::form::{Field, Form, Kind};
use super::view::{Act, At, Block, Cell, Code, Link, Section, Table, View};
use super::workspaces::{self, typed};
use crate::admin::Refused;
use crate::admin::invitations::{self, Made};
use crate::base::id::Workspace as Marker;
use crate::entry::invitations::{Asked, Invitation};
use crate::lang::Message;
use crate::people::workspaces::Standing;
use crate::web::Stopped;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

const PATH: &str = "/admin/invitations";

/// `GET /admin/invitations`
pub(super) async fn list(desk: Desk) -> Result<Response, Stopped> {
    all(&desk, ["", ""], None).await
}

async fn all(desk: &Desk, [email, name]: [&str; 2], trouble: Option<Trouble>) -> Result<Response, Stopped> {
    let paging = super::clients::paging(desk, "user-invites")?;
    let found = invitations::list(&desk.app, &paging.after, paging.limit).await;
    let (found, more) = found.map_err(stopped)?;
    let last = found.last().filter(|_| more).map(|one| one.id.as_str());
    let table = table(&found, &format!("{PATH}/revoke")).goes_on(desk, PATH, "user-invites", &paging, last);
    let view = View::new(desk, At::Users, Message::new("console-invitations"))
        .back("/admin/users", Message::new("console-users"))
        .with(Section::first().with(table))
        .with(Section::new("new", Message::new("console-invite-person")).with(form(PATH, email, name)))
        .troubled("invite", trouble);
    Ok(view.answer(desk))
}

/// Those that nobody has accepted yet.
pub(super) fn table(all: &[Invitation], revoke: &str) -> Table {
    let heads = [
        Message::new("console-email"),
        Message::new("console-workspace"),
        Message::new("console-role"),
        Message::new("console-until"),
        Message::new("console-revoke"),
    ];
    let mut table = Table::new(Message::new("console-invitations"), heads, Message::new("console-no-invitations"));
    for one in all {
        let act = Act {
            path: revoke.to_owned(),
            label: Message::new("console-revoke"),
            to: one.email.clone(),
            fields: vec![("id", one.id.clone())],
        };
        let workspace = one.workspace.as_ref().map(ToString::to_string).unwrap_or_default();
        let role = Cell::Said(workspaces::standing(one.role));
        let until = Cell::time(one.expires_at);
        table
            .row(one.id.as_str(), [Cell::text(one.email.as_str()), Cell::text(workspace), role, until, Cell::Act(act)]);
    }
    table
}

/// Whom to invite.
pub(super) fn form(action: &str, email: &str, name: &str) -> Form {
    let field = |name, label, value: &str| Field::new(name, label, Kind::Text(value.to_owned()));
    Form::new("invite", action, Message::new("console-invite-person"))
        .note(Message::new("console-invite-what"))
        .with(field("email", Message::new("page-email"), email).required())
        .with(field("name", Message::new("console-name"), name))
}

/// The link, now and never again.
fn shown(desk: &Desk, at: At, back: &str, made: &Made) -> Response {
    let label = Message::new("console-invite-link");
    let code = Code { id: "link", label, text: made.link.reveal().to_owned(), folded: false, copied: true };
    let href = back.to_owned();
    let on = Link { id: "go-on", href, label: Message::new("console-invitations"), changes: false };
    let mut section = Section::first().with(code).with(Block::Caution(Message::new("console-invite-once")));
    if made.mailed {
        section = section.with(Message::new("console-invite-mailed").name("email", &made.invitation.email));
    }
    View::new(desk, at, Message::new("console-invite-person"))
        .with(section.with(on))
        .status(StatusCode::CREATED)
        .answer(desk)
}

fn asked(sent: &Sent) -> Asked {
    Asked {
        email: sent.text("email").to_owned(),
        name: sent.text("name").to_owned(),
        workspace: None,
        role: Standing::Member,
    }
}

/// `POST /admin/invitations`: whoever follows the link joins what the settings say.
pub(super) async fn create(sent: Sent) -> Result<Response, Stopped> {
    let desk = &sent.desk;
    match invitations::create(&desk.app, &desk.who, asked(&sent)).await {
        Ok(made) => Ok(shown(desk, At::Users, PATH, &made)),
        Err(refused) => {
            let again = [sent.text("email"), sent.text("name")];
            all(desk, again, Some(at_the_address(refused)?)).await
        }
    }
}

/// An address that is taken is a matter of that field.
fn at_the_address(refused: Refused) -> Result<Trouble, Stopped> {
    let mut trouble = Trouble::of(refused)?;
    if trouble.field.is_empty() {
        trouble.field = "email".to_owned();
    }
    Ok(trouble)
}

/// `POST /admin/invitations/revoke`
pub(super) async fn revoke(sent: Sent) -> Result<Response, Stopped> {
    invitations::revoke(&sent.desk.app, &sent.desk.who, sent.text("id")).await.map_err(stopped)?;
    Ok(Redirect::to(PATH).into_response())
}

/// `POST /admin/workspaces/{slug}/invite`
pub(super) async fn into_workspace(
    desk::Named(slug): desk::Named<Marker>,
    Within(sent): Within<Sent>,
) -> Result<Response, Stopped> {
    let desk = &sent.desk;
    let role = Standing::named(sent.text("role")).unwrap_or_default();
    let asked = Asked { workspace: Some(slug.clone()), role, ..asked(&sent) };
    match invitations::create(&desk.app, &desk.who, asked).await {
        Ok(made) => Ok(shown(desk, At::Workspaces, &format!("/admin/workspaces/{slug}"), &made)),
        // There is none for whoever isn't in it.
        Err(Refused::Invalid { field, .. }) if field == "workspace" => Err(desk::missing()),
        Err(refused) => workspaces::page(desk, &slug, typed(&sent), Some(("invite", at_the_address(refused)?))).await,
    }
}

/// `POST /admin/workspaces/{slug}/revoke-invite`
pub(super) async fn out_of_workspace(
    desk::Named(slug): desk::Named<Marker>,
    Within(sent): Within<Sent>,
) -> Result<Response, Stopped> {
    invitations::revoke(&sent.desk.app, &sent.desk.who, sent.text("id")).await.map_err(stopped)?;
    Ok(Redirect::to(&format!("/admin/workspaces/{slug}#invitations")).into_response())
}
