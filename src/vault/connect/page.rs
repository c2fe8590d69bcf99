//! `/connect/{token}`: whose account will be connected with what. From here the browser goes to the provider; where there is none
//! to go to, what its account needs is typed in here.

use super::land::{Ended, Step, end, judge, land};
use super::visitor::{Visitor, bound, found, over, stopped};
use super::{Binding, Connect, UNDER_WAY, Why, begin, outcome, store};
use crate::app::App;
use crate::base::{Secret, uri};
use crate::catalogue::wire;
use crate::catalogue::{Asked as Param, Field, Param as Parameter, SourceType};
use crate::lang::Message;
use crate::people::{self, workspaces};
use crate::vault::accounts;
use crate::vault::held::Held;
use crate::vault::sources::Source;
use crate::web::browser::check_form;
use crate::web::{Form, Page, Params, Reader, Shell, Stopped};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::collections::BTreeMap;

#[derive(Template)]
#[template(path = "connect.html")]
struct ConnectPage {
    page: Shell,
    csrf: String,
    /// What stands in the address.
    handle: String,
    provider: String,
    workspace: String,
    /// Whose account it will be.
    person: String,
    /// The account that is mended.
    repair: Option<String>,
    /// Whether it is a link that anybody may have got.
    confirm: bool,
    /// Whether they go to the provider.
    goes: bool,
    inputs: Vec<Input>,
    error: Option<Message>,
}

/// Something to type in.
struct Input {
    name: String,
    label: String,
    help: String,
    secret: bool,
    lines: bool,
    optional: bool,
    choices: Vec<String>,
    value: String,
}

impl Input {
    fn of_field(field: &Field) -> Self {
        Input {
            name: field.name.clone(),
            label: field.label.clone(),
            help: field.help.clone(),
            secret: field.secret,
            lines: field.lines || !field.json.is_empty(),
            optional: field.optional,
            choices: Vec::new(),
            value: String::new(),
        }
    }

    fn of_param(param: &Parameter, params: &BTreeMap<String, String>) -> Self {
        Input {
            name: param.name.clone(),
            label: param.meaning().to_owned(),
            help: param.help.clone(),
            secret: false,
            lines: false,
            optional: param.optional || param.default.is_some(),
            choices: param.choices.clone(),
            value: params.get(&param.name).or(param.default.as_ref()).cloned().unwrap_or_default(),
        }
    }
}

#[derive(Template)]
#[template(path = "connect_go.html")]
struct GoPage {
    page: Shell,
    handle: String,
    provider: String,
}

/// A page of one connection.
struct At {
    app: App,
    visitor: Visitor,
    handle: String,
    connect: Connect,
    source: Source,
    kind: SourceType,
}

impl At {
    async fn of(
        app: App,
        reader: Reader,
        headers: &HeaderMap,
        handle: String,
    ) -> Result<Result<Self, Response>, Stopped> {
        let visitor = Visitor::of(&app, reader, headers).await?;
        let (connect, source) = found(&app, &handle).await?;
        if let Some(first) = bound(&app, &visitor, &connect).await? {
            return Ok(Err(first));
        }
        let kind = source.kind(&app)?.configured(&source.params);
        let kind = kind.map_err(|_| stopped(StatusCode::FAILED_DEPENDENCY, Why::SourceMisconfigured))?;
        Ok(Ok(At { app, visitor, handle, connect, source, kind }))
    }

    fn goes(&self) -> bool {
        self.kind.kind.connects_in_browser()
    }

    fn inputs(&self) -> Vec<Input> {
        let params = self.kind.params_of(Param::Connect).map(|param| Input::of_param(param, &self.connect.params));
        let fields = self.kind.fields.iter().filter(|_| !self.goes()).map(Input::of_field);
        params.chain(fields).collect()
    }

    async fn shows(&self, error: Option<Message>) -> Result<Response, Stopped> {
        let (app, connect) = (&self.app, &self.connect);
        let workspace = workspaces::store::one(&app.db, &connect.workspace).await?.ok_or_else(over)?;
        let owner = people::store::by_id(&app.db, &connect.owner).await?.ok_or_else(over)?;
        let repair = match &connect.account {
            Some(id) => accounts::store::one(&app.db, id).await?.map(|account| account.name),
            None => None,
        };
        let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        let page = ConnectPage {
            page: self.visitor.shell(app),
            csrf: self.visitor.browser.csrf(app),
            handle: self.handle.clone(),
            provider: self.source.name.clone(),
            workspace: workspace.name,
            person: owner.display_name().to_owned(),
            repair,
            confirm: connect.binding == Binding::Confirm,
            goes: self.goes(),
            inputs: self.inputs(),
            error,
        };
        let back = connect.ask.success_redirect_uri.as_deref().and_then(uri::origin);
        let window = !connect.ask.allowed_origins.is_empty();
        let page = Page::new(page).status(status).leads_to(back).in_a_window_of_an_app(window);
        Ok((self.visitor.browser.cookie(app), page).into_response())
    }

    async fn ended(&self) -> Result<Response, Stopped> {
        let connect = store::one(&self.app.db, &self.connect.id).await?.ok_or_else(over)?;
        outcome::answer(&self.app, &self.visitor, &connect, &self.source).await
    }

    /// What they said, by the names of the parameters.
    fn said(&self, form: &Params) -> BTreeMap<String, String> {
        let asked = self.kind.params_of(Param::Connect);
        asked.filter_map(|param| Some((param.name.clone(), form.get(&param.name)?.trim().to_owned()))).collect()
    }

    fn wrong(&self, wrong: &wire::Wrong) -> Message {
        let field = self.kind.field(&wrong.field).map(|field| field.label.clone());
        let param = self.kind.params_of(Param::Connect).find(|param| param.name == wrong.field);
        let label = field.or(param.map(|param| param.meaning().to_owned())).unwrap_or_else(|| wrong.field.clone());
        Message::new("connect-field-wrong").strong("field", label)
    }
}

/// `GET /connect/{token}`
pub async fn get(
    State(app): State<App>,
    Path(handle): Path<String>,
    reader: Reader,
    headers: HeaderMap,
) -> Result<Response, Stopped> {
    let at = match At::of(app, reader, &headers, handle).await? {
        Ok(at) => at,
        Err(first) => return Ok(first),
    };
    match store::may_go(&at.connect, at.app.now()) {
        true => at.shows(None).await,
        false => at.ended().await,
    }
}

/// `GET /connect/{token}/start`: to the provider. What else stands in the address is nothing to us.
pub async fn start(
    State(app): State<App>,
    Path(handle): Path<String>,
    reader: Reader,
    headers: HeaderMap,
) -> Result<Response, Stopped> {
    let at = match At::of(app, reader, &headers, handle).await? {
        Ok(at) => at,
        Err(first) => return Ok(first),
    };
    if !store::may_go(&at.connect, at.app.now()) {
        return at.ended().await;
    }
    let browser = at.visitor.browser.fingerprint();
    let read = at.connect.binding != Binding::Confirm || at.connect.browser.as_deref() == Some(browser.as_str());
    if !at.goes() || !read || at.kind.check_params(Param::Connect, &at.connect.params).is_err() {
        return at.shows(None).await;
    }
    let url = match begin::start(&at.app, &at.connect, &at.source, &browser).await {
        Ok(url) => url.ok_or_else(over)?,
        Err(refused) => match refused.fault {
            Some(fault) => return Err(fault.into()),
            None => {
                tracing::warn!(source = %at.source.slug, why = %refused, "nobody can be sent to a provider");
                return Err(stopped(refused.status, Why::SourceMisconfigured));
            }
        },
    };
    let Ok(location) = HeaderValue::from_str(&url) else { return Err(over()) };
    Ok((StatusCode::FOUND, at.visitor.browser.cookie(&at.app), [(header::LOCATION, location)]).into_response())
}

/// `POST /connect/{token}`: what was typed in, or that it is really meant.
pub async fn post(
    State(app): State<App>,
    Path(handle): Path<String>,
    reader: Reader,
    headers: HeaderMap,
    Form(body): Form,
) -> Result<Response, Stopped> {
    let form = body.map_err(Stopped::bad_form)?;
    check_form(&app, &headers, &form).map_err(Stopped::forged)?;
    let at = match At::of(app, reader, &headers, handle).await? {
        Ok(at) => at,
        Err(first) => return Ok(first),
    };
    if !store::may_go(&at.connect, at.app.now()) {
        return at.ended().await;
    }
    let mut params = at.connect.params.clone();
    params.extend(at.said(&form));
    if let Err(wrong) = at.kind.check_params(Param::Connect, &params) {
        return at.shows(Some(at.wrong(&wrong))).await;
    }
    if !at.goes() {
        return typed(at, &form, params).await;
    }
    let browser = at.visitor.browser.fingerprint();
    if !store::prepare(&at.app.db, &at.connect.id, &browser, &params).await? {
        return at.ended().await;
    }
    // Browsers hold where a form's redirects may lead to `form-action`, and a provider may redirect on: so it is a page that
    // goes on, not the form.
    let page = GoPage { page: at.visitor.shell(&at.app), handle: at.handle, provider: at.source.name };
    let window = !at.connect.ask.allowed_origins.is_empty();
    Ok(Page::new(page).in_a_window_of_an_app(window).into_response())
}

/// A key, or whatever its type wants to know.
async fn typed(at: At, form: &Params, params: BTreeMap<String, String>) -> Result<Response, Stopped> {
    let app = &at.app;
    let given = at.kind.fields.iter().filter_map(|field| {
        let value = form.get(&field.name)?;
        Some((field.name.clone(), Secret::new(value.replace("\r\n", "\n"))))
    });
    let fields = match wire::typed(&at.kind, &given.collect()) {
        Ok(fields) => fields,
        Err(wrong) => return at.shows(Some(at.wrong(&wrong))).await,
    };
    let held = Held { fields, ..Held::default() };
    let now = app.now();
    let sealed = begin::sealed(app, &at.connect, &held.to_plain()?, now).await?;
    if !store::hold(&app.db, &at.connect.id, sealed, &params, now + UNDER_WAY).await? {
        return at.ended().await;
    }
    let connect = store::one(&app.db, &at.connect.id).await?.ok_or_else(over)?;
    let outcome = settle(app, &connect, &at.source).await;
    let again = match &outcome {
        Err(Ended::Failed(Why::CredentialsRejected, _)) => Some(Message::new("connect-rejected")),
        Err(Ended::Later) => Some(Message::new("connect-later")),
        _ => None,
    };
    if let Some(message) = again {
        store::reopen(&app.db, &connect.id).await?;
        return at.shows(Some(message)).await;
    }
    end(app, &connect, outcome).await?;
    at.ended().await
}

async fn settle(app: &App, connect: &Connect, source: &Source) -> Step<()> {
    match connect.binding {
        Binding::Verifier => judge(app, connect, source).await.map(drop),
        Binding::Session | Binding::Confirm => land(app, connect, source).await,
    }
}
