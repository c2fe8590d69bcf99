//! `/invite`: somebody accepts an invitation, with a new account or, where the address has one, signed in with that.

use super::invitations::{self, Invitation};
use super::{ask_to_verify, event};
use crate::app::App;
use crate::audit::{self, Actor};
use crate::base::Secret;
use crate::base::id::UserId;
use crate::lang::Message;
use crate::people::workspaces::{self, Standing};
use crate::people::{self, NewUser, Profile, Role, email};
use crate::signin::interaction::{self, Waiting};
use crate::signin::session::{self, Session};
use crate::web::browser::{Browser, check_form};
use crate::web::{Call, Form, Page, Params, Query, Reader, Shell, Stopped};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::{Value, json};

#[derive(Template)]
#[template(path = "invite.html")]
struct InvitePage {
    page: Shell,
    csrf: String,
    /// Hidden fields that name the invitation: the token, or the id of the request that waits.
    held: Vec<(&'static str, String)>,
    email: String,
    name: String,
    workspace: Option<String>,
    /// Whether they have an account and are signed in with it.
    signed_in: bool,
    error: Option<Message>,
}

#[derive(Template)]
#[template(path = "invite_done.html")]
struct DonePage {
    page: Shell,
    workspace: Option<String>,
    signed_in: bool,
}

/// One visit: the invitation, by what the browser holds of it, and who is signed in.
struct Guest {
    invitation: Invitation,
    held: Vec<(&'static str, String)>,
    /// Whether they came from the mail, so that the address is theirs.
    mailed: bool,
    browser: Browser,
    session: Option<Session>,
    account: Option<UserId>,
}

impl Guest {
    async fn of(app: &App, headers: &HeaderMap, params: &Params) -> Result<Self, Stopped> {
        let (browser, now) = (Browser::of(app, headers), app.now());
        let text = |name| params.get(name).unwrap_or_default().to_owned();
        let (invitation, held, mailed) = match params.get("go") {
            Some(go) => {
                let waiting = interaction::find(app, &browser, go).await?.ok_or_else(Stopped::expired)?.waiting;
                let id = waiting.request.get("invitation").and_then(Value::as_str).unwrap_or_default();
                (invitations::by_id(&app.db, id, now).await?, vec![("go", go.to_owned())], false)
            }
            None => {
                let (token, mark) = (text("token"), text("m"));
                let mailed = app.keys.macs().page_holds(MAILED, &token, &mark);
                (invitations::by_token(&app.db, &token, now).await?, vec![("token", token), ("m", mark)], mailed)
            }
        };
        let invitation = invitation.ok_or_else(used_up)?;
        let account = people::store::by_email(&app.db, &invitation.email).await?.map(|user| user.id);
        Ok(Guest { invitation, held, mailed, browser, session: session::current(app, headers).await?, account })
    }

    /// Whether who is signed in is who was invited.
    fn is_here(&self) -> bool {
        let here = self.session.as_ref().map(|session| email::canonical(&session.user.email));
        here.is_some_and(|here| here == email::canonical(&self.invitation.email))
    }

    /// To the sign-in, and then here again. What waits knows the invitation by its id: the token stays out of the database.
    async fn sign_in_first(self, app: &App) -> Result<Response, Stopped> {
        if self.held.iter().any(|(name, _)| *name == "go") {
            // They did sign in, as somebody else.
            let told = Message::new("stopped-invite-other").strong("email", &self.invitation.email);
            return Err(Stopped::told(StatusCode::FORBIDDEN, "invite_for_somebody_else", told));
        }
        let waiting = Waiting {
            asking: None,
            login_hint: Some(self.invitation.email.clone()),
            return_to: "/invite".to_owned(),
            leads_to: None,
            language: None,
            needs: 0,
            request: json!({ "invitation": self.invitation.id }),
        };
        let go = interaction::park(app, &self.browser, &waiting, app.now()).await?;
        let another = if self.session.is_some() { "&another=1" } else { "" };
        let to = Redirect::to(&format!("/login?go={go}{another}"));
        Ok((self.browser.cookie(app), to).into_response())
    }

    async fn page(
        self,
        app: &App,
        reader: Reader,
        name: Option<&str>,
        error: Option<Message>,
    ) -> Result<Response, Stopped> {
        let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        let page = InvitePage {
            page: Shell::of(app, reader.language()),
            csrf: self.browser.csrf(app),
            workspace: workspace_name(app, &self.invitation).await?,
            signed_in: self.is_here(),
            held: self.held,
            email: self.invitation.email,
            name: name.unwrap_or(&self.invitation.name).to_owned(),
            error,
        };
        Ok((self.browser.cookie(app), Page::new(page).status(status)).into_response())
    }
}

/// What tells the link in the mail from the one that was printed for whoever invites.
const MAILED: &str = "invitation-mailed";

/// The link that is printed.
pub fn link(app: &App, token: &Secret) -> String {
    app.url(&format!("/invite?token={}", token.reveal()))
}

/// The link that is mailed: who comes by it has the address.
pub fn mailed_link(app: &App, token: &Secret) -> String {
    format!("{}&m={}", link(app, token), app.keys.macs().page(MAILED, token.reveal()))
}

/// `GET /invite?token=…`
pub async fn get(
    State(app): State<App>,
    reader: Reader,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Stopped> {
    let query = query.readable().map_err(Stopped::bad_link)?;
    let guest = Guest::of(&app, &headers, &query).await?;
    match guest.account.is_some() && !guest.is_here() {
        true => guest.sign_in_first(&app).await,
        false => guest.page(&app, reader, None, None).await,
    }
}

/// `POST /invite`
pub async fn post(
    State(app): State<App>,
    call: Call,
    reader: Reader,
    headers: HeaderMap,
    Form(body): Form,
) -> Result<Response, Stopped> {
    let params = body.map_err(Stopped::bad_form)?;
    check_form(&app, &headers, &params).map_err(Stopped::forged)?;
    let guest = Guest::of(&app, &headers, &params).await?;
    let workspace = workspace_name(&app, &guest.invitation).await?;
    let done = |signed_in| Page::new(DonePage { page: Shell::of(&app, reader.language()), workspace, signed_in });
    match guest.account.clone() {
        Some(user) if guest.is_here() => {
            join(&app, &call, &guest.invitation, &user).await?;
            Ok(done(true).into_response())
        }
        Some(_) => guest.sign_in_first(&app).await,
        None => {
            let name = params.get("name").unwrap_or_default();
            let password = Secret::new(params.get("password").unwrap_or_default());
            match arrive(&app, &call, &guest, (name, password)).await? {
                Ok(()) => Ok(done(false).into_response()),
                Err(why) => guest.page(&app, reader, Some(name), Some(why)).await,
            }
        }
    }
}

/// Makes the account, or says what is wrong with what they chose.
async fn arrive(
    app: &App,
    call: &Call,
    guest: &Guest,
    (name, password): (&str, Secret),
) -> Result<Result<(), Message>, Stopped> {
    let invitation = &guest.invitation;
    let profile = Profile::default().named(name);
    let profile = if guest.mailed { profile.verified() } else { profile };
    if Profile::parse(Value::Object(profile.0.clone())).is_err() {
        return Ok(Err(Message::new("invite-name")));
    }
    let email = invitation.email.clone();
    let new = NewUser { email, password: Some(password.clone()), profile, role: Role::User, joins: None };
    if let Err((_, why)) = new.check(&app.config.name) {
        return Ok(Err(why));
    }
    let hash = app.passwords.hash(password).await?;
    let now = app.now();
    let mut tx = app.db.begin().await?;
    if !invitations::spend(&mut tx, &invitation.id, now).await? {
        return Err(used_up());
    }
    let Some(id) = people::store::create(&mut tx, &new, Some(hash), now).await? else {
        // Made meanwhile, by another invitation: opened again, this one asks them to sign in.
        return Err(used_up());
    };
    take_in(app, &mut tx, invitation, &id).await?;
    if let Some(user) = people::store::by_id(&mut tx, &id).await? {
        ask_to_verify(app, &mut tx, &user, now).await?;
        let detail = json!({ "by": "invitation", "invitation": invitation.id, "after": user.to_json() });
        let happened = event(call, Actor::User(id.clone()), "user.created", &id, detail);
        audit::record(&mut tx, &happened, now).await?;
    }
    tx.commit().await?;
    app.mails.notify_one();
    Ok(Ok(()))
}

/// They have an account: it is in the workspace from now on.
async fn join(app: &App, call: &Call, invitation: &Invitation, user: &UserId) -> Result<(), Stopped> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    if !invitations::spend(&mut tx, &invitation.id, now).await? {
        return Err(used_up());
    }
    take_in(app, &mut tx, invitation, user).await?;
    let detail = json!({ "invitation": invitation.id, "workspace": invitation.workspace, "role": invitation.role });
    let happened = event(call, Actor::User(user.clone()), "user.invitation_accepted", user, detail);
    audit::record(&mut tx, &happened, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Who is in it already stays there as what they are.
async fn take_in(
    app: &App,
    tx: &mut crate::db::Tx,
    invitation: &Invitation,
    user: &UserId,
) -> Result<(), crate::db::Fault> {
    let usual = || app.config.workspaces.joined().map(|slug| (slug, Standing::Member));
    let into = invitation.workspace.clone().map(|slug| (slug, invitation.role)).or_else(usual);
    if let Some((slug, role)) = into {
        workspaces::store::add(&mut *tx, &slug, user, role, app.now()).await?;
    }
    Ok(())
}

async fn workspace_name(app: &App, invitation: &Invitation) -> Result<Option<String>, Stopped> {
    Ok(match &invitation.workspace {
        Some(slug) => workspaces::store::one(&app.db, slug).await?.map(|workspace| workspace.name),
        None => None,
    })
}

fn used_up() -> Stopped {
    Stopped::told(StatusCode::BAD_REQUEST, "invite_link_invalid", Message::new("stopped-invite-link"))
}
