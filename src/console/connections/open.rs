//! Break-glass: somebody who looks after a workspace opens a member's account for a while, and says why. Whether that can be done
//! is for the workspace's owners to say.

use super::{Figures, PATH, actor, page};
use crate::admin::workspaces;
use crate::base::id::{Id, WorkspaceId};
use crate::console::desk::{self, Desk, Sent, Trouble, Within};
use crate::console::form::{Choice, Field, Form, Kind};
use crate::console::view::Section;
use crate::lang::Message;
use crate::people::workspaces::{Standing, Workspace};
use crate::vault::break_glass;
use crate::vault::look::Which;
use crate::vault::sources::Source;
use crate::web::Stopped;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

/// What was typed into the form.
#[derive(Default)]
pub(super) struct Typed {
    account: String,
    source: String,
    reason: String,
}

impl Typed {
    /// What a link to the form says.
    pub(super) fn asked(desk: &Desk) -> Self {
        Typed { account: desk.query.get("account").unwrap_or_default().to_owned(), ..Typed::default() }
    }

    fn sent(sent: &Sent) -> Self {
        let text = |name| sent.text(name).to_owned();
        Typed { account: text("account"), source: text("source"), reason: text("reason") }
    }
}

/// The form, and whether it is there.
pub(super) fn section(desk: &Desk, place: &Workspace, lines: &[(Source, Figures)], typed: &Typed) -> Section {
    let minutes = desk.app.config.vault.break_glass_for.as_secs() / 60;
    let minutes = usize::try_from(minutes).unwrap_or_default();
    let mut section =
        Section::new("glass", Message::new("glass")).with(Message::new("glass-what").count("minutes", minutes));
    section = match place.break_glass {
        true => section.with(form(place, lines, typed)),
        false => section.with(Message::new("glass-off")),
    };
    let own = desk.managed.iter().find(|one| one.workspace == place.slug).map(|one| one.role);
    if own.is_some_and(|role| role < Standing::Owner) {
        return section;
    }
    let (to, label) = match place.break_glass {
        true => ("off", Message::new("glass-forbid")),
        false => ("on", Message::new("glass-allow")),
    };
    let switch = Form::new("glass-switch", format!("{PATH}/break-glass"), label);
    section.with(switch.quiet().hidden("workspace", place.slug.as_str()).hidden("to", to))
}

fn form(place: &Workspace, lines: &[(Source, Figures)], typed: &Typed) -> Form {
    let text = |name, label, value: &str| Field::new(name, label, Kind::Text(value.to_owned())).required();
    let choice = |(source, _): &(Source, Figures)| Choice {
        value: source.id.to_string().into(),
        label: Message::new("console-named").name("name", &source.name),
        chosen: typed.source == source.id.as_str(),
    };
    let account = text("account", Message::new("glass-account"), &typed.account);
    let form = Form::new("open", format!("{PATH}/open"), Message::new("glass-open"))
        .danger()
        .hidden("workspace", place.slug.as_str())
        .with(account.hint(Message::new("glass-account-hint")));
    let form = match lines.is_empty() {
        true => form,
        false => form.with(Field::new(
            "source",
            Message::new("connections-source"),
            Kind::One(lines.iter().map(choice).collect()),
        )),
    };
    form.with(text("reason", Message::new("glass-reason"), &typed.reason).hint(Message::new("glass-reason-hint")))
}

/// `POST /admin/connections/open`
pub(in crate::console) async fn open(Within(sent): Within<Sent>) -> Result<Response, Stopped> {
    let (desk, slug) = (&sent.desk, WorkspaceId::from(sent.text("workspace")));
    let who = actor(desk, &slug).await?;
    let typed = Typed::sent(&sent);
    let which = match typed.account.starts_with("acc_") {
        true => Which::Id(Id::from(typed.account.as_str())),
        false => Which::External(Id::from(typed.source.as_str()), typed.account.clone()),
    };
    match break_glass::open(&desk.app, &who, &which, &typed.reason).await {
        Ok(seen) => Ok(Redirect::to(&format!("{PATH}/{}", seen.account.id)).into_response()),
        Err(refused) => {
            let trouble = match refused.code {
                "not_found" => Trouble::field("account", Message::new("glass-nothing")),
                "open_already" => Trouble::field("account", Message::new("glass-already")),
                "break_glass_off" => Trouble::field("", Message::new("glass-off")),
                "field_invalid" => Trouble::field("reason", Message::new("glass-reason-needed")),
                _ => Trouble::of_vault(refused)?,
            };
            page(desk, Some(slug.as_str()), Some(("open", typed, trouble))).await
        }
    }
}

/// `POST /admin/connections/break-glass`: whether the workspace has it.
pub(in crate::console) async fn glass(Within(sent): Within<Sent>) -> Result<Response, Stopped> {
    let (desk, slug) = (&sent.desk, WorkspaceId::from(sent.text("workspace")));
    actor(desk, &slug).await?;
    let may = match sent.text("to") {
        "on" => true,
        "off" => false,
        _ => return Err(Stopped::told(StatusCode::BAD_REQUEST, "invalid_form", Message::new("stopped-form"))),
    };
    workspaces::set_break_glass(&desk.app, &desk.who, &slug, may).await.map_err(desk::stopped)?;
    Ok(Redirect::to(&format!("{PATH}?workspace={slug}#glass")).into_response())
}
