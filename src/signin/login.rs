//! `/login`: who are you? The same page, time and words for accounts that exist and those that don't.

use super::passkey::{self, Offer};
use super::proof::{self, ACR_PASSWORD, ACR_TWO_STEPS, Proof};
use super::session::{self, Session};
use super::throttle::{self, Gauge, Taken};
use super::underway::Purpose;
use super::{Arrival, Interaction, codes, interaction, newcomer, reach, second};
use crate::app::App;
use crate::audit::{self, Actor};
use crate::base::Secret;
use crate::base::id::UserId;
use crate::config::SelfRegistration;
use crate::db::Fault;
use crate::lang::Message;
use crate::people::{self, User, password::MAX_BYTES};
use crate::web::browser::{Browser, Cookie, check_form};
use crate::web::limited::{self, Ledger};
use crate::web::{Call, Form, Page, Params, Query, Reader, Shell, Stopped};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use std::time::Duration;

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    page: Shell,
    client: Option<super::Asking>,
    email: String,
    error: Option<Message>,
    csrf: String,
    go: Option<String>,
    signed_in_as: Option<String>,
    another: bool,
    then: Option<Then>,
    people: Vec<Person>,
    passkey: Option<Offer>,
    /// What the sign-in must be.
    must: Must,
    /// Whether people may make accounts by themselves.
    open: bool,
}

/// What the app needs of somebody who is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Must {
    /// Anything they have.
    Anything,
    /// Something stronger than what they signed in with.
    More,
    /// Only a passkey is strong enough, of what they have.
    Passkey,
}

/// A page of our own that somebody wanted who had to sign in first. No path: a link can lead nowhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// `/account`
    Account,
}

impl Then {
    const ALL: [Then; 1] = [Then::Account];

    /// The `then` parameter.
    pub fn name(self) -> &'static str {
        match self {
            Then::Account => "account",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Then::ALL.into_iter().find(|then| then.name() == name)
    }

    fn path(self) -> &'static str {
        match self {
            Then::Account => "/account",
        }
    }

    /// To the sign-in, and then there.
    pub fn sign_in(self) -> Response {
        Redirect::to(&format!("/login?then={}", self.name())).into_response()
    }
}

/// Somebody whom `symbolon dev` signs in with one click.
struct Person {
    id: String,
    name: String,
    email: String,
    role: String,
}

/// How long a device is known.
const DEVICE_LIVES: Duration = Duration::from_secs(180 * 86_400);

/// `GET /login`
pub async fn get(
    State(app): State<App>,
    reader: Reader,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Stopped> {
    let query = query.readable().map_err(Stopped::bad_link)?;
    let desk = Desk::open(&app, reader, &headers, &query).await?;
    let hint = desk.waiting.as_ref().and_then(|w| w.waiting.login_hint.clone());
    let known = desk.session.as_ref().map(|session| session.user.email.clone());
    // Who wants to be somebody else isn't who is signed in, but may be who the app expects.
    let email = match desk.another {
        true => hint.filter(|hint| Some(hint) != known.as_ref()),
        false => hint.or(known),
    };
    desk.page(&app, email.unwrap_or_default(), None, StatusCode::OK).await
}

/// `POST /login`
pub async fn post(
    State(app): State<App>,
    call: Call,
    reader: Reader,
    headers: HeaderMap,
    Form(form): Form,
) -> Result<Response, Stopped> {
    let params = form.map_err(Stopped::bad_form)?;
    check_form(&app, &headers, &params).map_err(Stopped::forged)?;
    let desk = Desk::open(&app, reader, &headers, &params).await?;
    if let Err(limited) = limited::of_address(&app, &Ledger::default(), &call, "login").await {
        let seconds = i64::try_from(limited.seconds()).unwrap_or(1);
        let page = desk.page(&app, String::new(), Some(throttled(seconds)), StatusCode::TOO_MANY_REQUESTS).await?;
        return Ok(([(header::RETRY_AFTER, seconds.to_string())], page).into_response());
    }
    let from = Arrival { call: &call, headers: &headers };
    if let Some(person) = params.get("dev_person").filter(|_| app.dev) {
        return desk.let_in(&app, &UserId::from(person), Proof::DEV, from).await;
    }
    let (email, password) = credentials(&params)?;
    match verify(&app, from, email, password).await? {
        Verified::Yes(user) if codes::needed(&app, &user).await? => second::ask(&app, desk, &user).await,
        Verified::Yes(user) => desk.welcome(&app, &user, Proof::PASSWORD, from).await,
        Verified::No => {
            let error = Message::new("login-wrong");
            desk.page(&app, email.to_owned(), Some(error), StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Verified::Wait(seconds) => desk.wait(&app, email.to_owned(), throttled(seconds), seconds).await,
    }
}

/// How long to wait.
pub fn throttled(seconds: i64) -> Message {
    Message::new("login-throttled").count("seconds", usize::try_from(seconds).unwrap_or(1))
}

fn credentials(params: &Params) -> Result<(&str, Secret), Stopped> {
    let email = params.get("email").unwrap_or_default();
    let password = params.get("password").unwrap_or_default();
    if email.len() > 254 || password.len() > MAX_BYTES {
        return Err(Stopped::invalid(Message::new("stopped-too-long")));
    }
    Ok((email, Secret::new(password)))
}

/// Whether somebody knows the password of an account.
#[derive(Clone, Debug)]
pub enum Verified {
    /// They do.
    Yes(UserId),
    /// They don't, or there is no such account; nobody learns which.
    No,
    /// They have tried too often: how many seconds to wait.
    Wait(i64),
}

/// Checks a password, as often as throttling lets.
pub async fn verify(app: &App, from: Arrival<'_>, email: &str, password: Secret) -> Result<Verified, Stopped> {
    let Arrival { call, headers } = from;
    let user = people::store::by_email(&app.db, email).await?;
    let limits = &app.config.throttle;
    let address = Gauge::new("login-address", &call.network(), limits.address);
    let account = match user.as_ref().filter(|user| known_device(app, headers, &user.id)) {
        // Guesses from elsewhere can't lock a person out of a device of theirs.
        Some(user) => Gauge::new("login-device", user.id.as_str(), limits.account),
        None => Gauge::new("login-account", &people::email::canonical(email), limits.account),
    };
    for gauge in [&address, &account] {
        if let Taken::Wait(seconds) = throttle::take(app, gauge).await? {
            tracing::warn!(address = %call.address, "sign-in throttled");
            return Ok(Verified::Wait(seconds));
        }
    }
    let stored = user.as_ref().filter(|user| user.enabled).and_then(|user| user.password.clone());
    let right = app.passwords.check(password.clone(), stored).await?;
    let Some(user) = user.as_ref().filter(|_| right) else {
        tracing::info!(address = %call.address, "sign-in refused");
        if let Some(user) = user {
            // Not waited for: an answer that took longer would say that there is such an account.
            tokio::spawn(refused(app.clone(), call.clone(), user.id.clone()));
        }
        return Ok(Verified::No);
    };
    throttle::refund(app, &address).await?;
    throttle::refund(app, &account).await?;
    rehash(app, user, password).await?;
    Ok(Verified::Yes(user.id.clone()))
}

/// For the person to see: somebody tried. As many at most as throttling lets.
async fn refused(app: App, call: Call, user: UserId) {
    let event = session::event(&call, Actor::Anonymous, "session.refused", &user);
    if let Err(fault) = audit::record(&app.db, &event, app.now()).await {
        tracing::warn!(%fault, "a refused sign-in couldn't be written down");
    }
}

/// Makes the hash again when the settings ask for more than it has.
async fn rehash(app: &App, user: &User, password: Secret) -> Result<(), Stopped> {
    if user.password.as_deref().is_some_and(|stored| app.passwords.outdated(stored)) {
        let hash = app.passwords.hash(password).await?;
        people::store::set_password(&app.db, &user.id, &hash).await?;
    }
    Ok(())
}

fn device_mark(app: &App, user: &UserId) -> Secret {
    Secret::new(app.keys.macs().page("device", user.as_str()))
}

/// Whether this browser has signed in to the account before.
pub(super) fn known_device(app: &App, headers: &HeaderMap, user: &UserId) -> bool {
    let mark = Cookie::Device.read(app, headers);
    mark.is_some_and(|mark| app.keys.macs().page_holds("device", user.as_str(), mark.reveal()))
}

/// One visit to the page: the browser, who is signed in, what waits.
pub(super) struct Desk {
    pub(super) reader: Reader,
    pub(super) browser: Browser,
    session: Option<Session>,
    pub(super) waiting: Option<Interaction>,
    /// Whether the person wants to be somebody else than who is signed in.
    another: bool,
    /// Where they go on, where no app waits.
    then: Option<Then>,
}

impl Desk {
    pub(super) async fn open(app: &App, reader: Reader, headers: &HeaderMap, params: &Params) -> Result<Self, Stopped> {
        let browser = Browser::of(app, headers);
        let another = params.get("another").is_some();
        let waiting = match params.get("go") {
            Some(go) => Some(interaction::find(app, &browser, go).await?.ok_or_else(Stopped::expired)?),
            None => None,
        };
        let then = params.get("then").and_then(Then::named);
        Ok(Desk { reader, session: session::current(app, headers).await?, browser, waiting, another, then })
    }

    pub(super) async fn page(
        self,
        app: &App,
        email: String,
        error: Option<Message>,
        status: StatusCode,
    ) -> Result<Response, Stopped> {
        let waiting = self.waiting.as_ref().map(|interaction| &interaction.waiting);
        let leads_to = waiting.and_then(|waiting| waiting.leads_to.clone());
        let must = self.must(app).await?;
        let page = LoginPage {
            page: super::shell(app, self.reader, waiting, self.session.as_ref()),
            client: waiting.and_then(|waiting| waiting.asking.clone()),
            email,
            error,
            csrf: self.browser.csrf(app),
            go: self.waiting.map(|w| w.id),
            signed_in_as: self.session.filter(|_| !self.another).map(|session| session.user.email),
            another: self.another,
            then: self.then,
            people: if app.dev { people_of_dev(app).await? } else { Vec::new() },
            passkey: passkey::offer(app, &self.browser, Purpose::SignIn)?,
            must,
            open: app.config.signin.registration == SelfRegistration::Open,
        };
        Ok((self.browser.cookie(app), Page::new(page).status(status).leads_to(leads_to)).into_response())
    }

    /// The page for who has tried too often.
    pub(super) async fn wait(self, app: &App, email: String, why: Message, seconds: i64) -> Result<Response, Stopped> {
        let page = self.page(app, email, Some(why), StatusCode::TOO_MANY_REQUESTS).await?;
        Ok(([(header::RETRY_AFTER, seconds.to_string())], page).into_response())
    }

    /// What is missing, where an app waits that needs a stronger proof than this session has.
    async fn must(&self, app: &App) -> Result<Must, Fault> {
        let needs = self.waiting.as_ref().map_or(0, |waiting| waiting.waiting.needs);
        let Some(session) = self.session.as_ref().filter(|_| !self.another) else {
            return Ok(Must::Anything);
        };
        if needs <= proof::level(&session.acr) {
            return Ok(Must::Anything);
        }
        // What they don't have isn't asked for: the app is told so when they have signed in.
        if reach::best(app, &session.user).await? < needs {
            return Ok(Must::Anything);
        }
        let codes = needs <= proof::level(ACR_TWO_STEPS) && codes::needed(app, &session.user.id).await?;
        let password = codes || needs <= proof::level(ACR_PASSWORD);
        Ok(if password { Must::More } else { Must::Passkey })
    }

    /// Hidden fields with which a form of the same visit goes on.
    pub(super) fn held(&self) -> Vec<(&'static str, String)> {
        let go = self.waiting.as_ref().map(|waiting| ("go", waiting.id.clone()));
        let another = self.another.then(|| ("another", "1".to_owned()));
        let then = self.then.map(|then| ("then", then.name().to_owned()));
        [go, another, then].into_iter().flatten().collect()
    }

    /// Lets somebody in who has shown who they are; where this browser is new to the account, the person hears of it.
    pub(super) async fn welcome(
        self,
        app: &App,
        user: &UserId,
        proof: Proof,
        from: Arrival<'_>,
    ) -> Result<Response, Stopped> {
        newcomer::notice(app, from, user).await?;
        self.let_in(app, user, proof, from).await
    }

    async fn let_in(self, app: &App, user: &UserId, proof: Proof, from: Arrival<'_>) -> Result<Response, Stopped> {
        let known = people::store::by_id(&app.db, user).await?.filter(|user| user.enabled);
        let user = known.ok_or_else(|| Stopped::invalid(Message::new("stopped-no-person")))?;
        let cookie = session::sign_in(app, &user.id, proof, self.session.as_ref(), from).await?;
        let device = Cookie::Device.set(app, &device_mark(app, &user.id), Some(DEVICE_LIVES));
        tracing::info!(user = %user.id, amr = proof.amr, "signed in");
        let own = self.then.map_or("/", Then::path);
        let to = self.waiting.map_or_else(|| own.to_owned(), |waiting| waiting.resume());
        Ok((cookie, device, Redirect::to(&to)).into_response())
    }
}

/// Signs in somebody who has just made their account, on the way to the app that they came from, if that still waits.
pub async fn enter(
    app: &App,
    reader: Reader,
    from: Arrival<'_>,
    go: Option<&str>,
    user: &UserId,
) -> Result<Response, Stopped> {
    let browser = Browser::of(app, from.headers);
    let waits = match go {
        Some(go) => interaction::find(app, &browser, go).await?,
        None => None,
    };
    let mut params = Params::default();
    match waits {
        Some(waiting) => params.push("go", &waiting.id),
        None => params.push("then", Then::Account.name()),
    }
    Desk::open(app, reader, from.headers, &params).await?.let_in(app, user, Proof::PASSWORD, from).await
}

async fn people_of_dev(app: &App) -> Result<Vec<Person>, Fault> {
    let people = people::store::page(&app.db, "", 5).await?;
    let person = |user: User| Person {
        name: user.display_name().to_owned(),
        role: if user.role.administers() { "admin" } else { "member" }.to_owned(),
        id: user.id.to_string(),
        email: user.email,
    };
    let mut people: Vec<Person> = people.into_iter().map(person).collect();
    people.sort_by(|a, b| a.email.cmp(&b.email));
    Ok(people)
}
