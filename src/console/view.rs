//! What pages of the console are made of: sections of facts, tables and forms. One template shows them all, so that all
//! of them can be used in the same way, with a keyboard and on a phone.

use super::chart::Chart;
use super::desk::{Desk, Said, Trouble};
use super::form::{Form, Kind};
use crate::base::Time;
use crate::lang::Message;
use crate::people::Role;
use crate::web::paging::Paging;
use crate::web::{Page, Shell, assets};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// A page.
#[derive(Template)]
#[template(path = "console/page.html")]
pub(super) struct View {
    page: Shell,
    css: String,
    csrf: String,
    nav: Vec<Entry>,
    who: String,
    role: Message,
    may: bool,
    title: Message,
    /// What is said below the heading.
    lede: Option<Message>,
    back: Option<(String, Message)>,
    alert: Option<Said>,
    sections: Vec<Section>,
    status: StatusCode,
}

struct Entry {
    href: &'static str,
    label: Message,
    here: bool,
}

/// Which part of the console a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum At {
    Overview,
    Clients,
    Users,
    Workspaces,
    Connections,
    Grants,
    Keys,
    Registration,
    Audit,
    Jobs,
    Settings,
}

const NAVIGATION: [(At, &str); 11] = [
    (At::Overview, "/admin"),
    (At::Clients, "/admin/clients"),
    (At::Users, "/admin/users"),
    (At::Workspaces, "/admin/workspaces"),
    (At::Connections, "/admin/connections"),
    (At::Grants, "/admin/grants"),
    (At::Keys, "/admin/keys"),
    (At::Registration, "/admin/registration"),
    (At::Audit, "/admin/audit"),
    (At::Jobs, "/admin/jobs"),
    (At::Settings, "/admin/settings"),
];

impl At {
    pub fn label(self) -> Message {
        match self {
            At::Overview => Message::new("console-overview"),
            At::Clients => Message::new("console-clients"),
            At::Users => Message::new("console-users"),
            At::Workspaces => Message::new("console-workspaces"),
            At::Connections => Message::new("console-connections"),
            At::Grants => Message::new("console-grants"),
            At::Keys => Message::new("console-keys"),
            At::Registration => Message::new("console-registration"),
            At::Audit => Message::new("console-audit"),
            At::Jobs => Message::new("console-jobs"),
            At::Settings => Message::new("console-settings"),
        }
    }
}

impl View {
    pub fn new(desk: &Desk, at: At, title: Message) -> Self {
        let entry = |(one, href): (At, &'static str)| Entry { href, label: one.label(), here: one == at };
        View {
            page: desk.shell(),
            css: assets::console_css(),
            csrf: desk.browser.csrf(&desk.app),
            nav: NAVIGATION
                .into_iter()
                .filter(|(one, _)| !desk.manages() || matches!(one, At::Workspaces | At::Connections))
                .map(entry)
                .collect(),
            who: desk.session.user.display_name().to_owned(),
            role: if desk.manages() { Message::new("console-role-manager") } else { role(desk.who.role) },
            may: desk.may(),
            title,
            lede: None,
            back: None,
            alert: None,
            sections: Vec::new(),
            status: StatusCode::OK,
        }
    }

    /// The heading is the name of something.
    pub fn about(desk: &Desk, at: At, name: &str) -> Self {
        let href = NAVIGATION.iter().find(|(one, _)| *one == at).map_or("/admin", |(_, href)| *href);
        let mut view = View::new(desk, at, Message::new("console-named").name("name", name));
        view.back = Some((href.to_owned(), at.label()));
        view
    }

    pub fn lede(mut self, lede: Message) -> Self {
        self.lede = Some(lede);
        self
    }

    pub fn back(mut self, href: &str, label: Message) -> Self {
        self.back = Some((href.to_owned(), label));
        self
    }

    pub fn with(mut self, section: Section) -> Self {
        self.sections.push(section);
        self
    }

    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Says what went wrong: at its field, where the form that was sent has that one.
    pub fn troubled(mut self, form: &str, trouble: Option<Trouble>) -> Self {
        let Some(trouble) = trouble else { return self };
        self.status = trouble.status;
        let blocks = self.sections.iter_mut().flat_map(|section| &mut section.blocks);
        let mut forms = blocks.filter_map(|block| match block {
            Block::Form(one) if one.id == form => Some(one),
            _ => None,
        });
        let top = trouble.field.split('/').next().unwrap_or_default();
        let field = forms.next().and_then(|form| form.field_mut(top));
        match field {
            Some(field) => {
                field.error = Some(trouble.why);
                self.alert = Some(Said::Message(Message::new("console-not-done")));
            }
            None => {
                self.alert = Some(match trouble.why {
                    Said::English(why) if !trouble.field.is_empty() => {
                        Said::English(format!("{}: {why}", trouble.field))
                    }
                    why => why,
                });
            }
        }
        self
    }

    /// Whether something on it can be copied by a button.
    fn copies(&self) -> bool {
        let blocks = || self.sections.iter().flat_map(|section| &section.blocks);
        blocks().any(|block| matches!(block, Block::Code(code) if code.copied && !code.folded))
    }

    pub fn answer(self, desk: &Desk) -> Response {
        let status = self.status;
        (desk.browser.cookie(&desk.app), Page::new(self).status(status)).into_response()
    }
}

pub(super) fn role(role: Role) -> Message {
    match role {
        Role::Owner => Message::new("console-role-owner"),
        Role::Admin => Message::new("console-role-admin"),
        Role::Auditor => Message::new("console-role-auditor"),
        Role::User => Message::new("console-role-user"),
    }
}

/// A part of a page, with a heading of its own.
pub(super) struct Section {
    id: &'static str,
    title: Option<Message>,
    blocks: Vec<Block>,
}

impl Section {
    /// The first part, right under the heading of the page.
    pub fn first() -> Self {
        Section { id: "", title: None, blocks: Vec::new() }
    }

    pub fn new(id: &'static str, title: Message) -> Self {
        Section { id, title: Some(title), blocks: Vec::new() }
    }

    pub fn with(mut self, block: impl Into<Block>) -> Self {
        self.blocks.push(block.into());
        self
    }

    /// The same for several, or none.
    pub fn all(mut self, blocks: impl IntoIterator<Item = impl Into<Block>>) -> Self {
        self.blocks.extend(blocks.into_iter().map(Into::into));
        self
    }
}

/// What a section holds.
pub(super) enum Block {
    Text(Message),
    /// What came of something that was just asked for.
    Said(Message),
    /// Something that needs attention.
    Caution(Message),
    Facts(Vec<(Message, Cell)>),
    Table(Table),
    Form(Form),
    /// Something to copy.
    Code(Code),
    Links(Vec<Link>),
    /// One of several ways on.
    Cards(Vec<Card>),
    Numbers(Vec<(Message, Cell)>),
    Charts(Vec<Chart>),
}

impl From<Message> for Block {
    fn from(text: Message) -> Self {
        Block::Text(text)
    }
}

impl From<Table> for Block {
    fn from(table: Table) -> Self {
        Block::Table(table)
    }
}

impl From<Form> for Block {
    fn from(form: Form) -> Self {
        Block::Form(form)
    }
}

impl From<Code> for Block {
    fn from(code: Code) -> Self {
        Block::Code(code)
    }
}

impl From<Link> for Block {
    fn from(link: Link) -> Self {
        Block::Links(vec![link])
    }
}

/// A way to another page.
pub(super) struct Link {
    pub id: &'static str,
    pub href: String,
    pub label: Message,
    /// Whether it leads to a change: not for those who only look.
    pub changes: bool,
}

/// A way on, with what it is for.
pub(super) struct Card {
    pub href: String,
    pub name: Message,
    pub what: Message,
}

/// Something to copy: what it is, and the text.
pub(super) struct Code {
    pub id: &'static str,
    pub label: Message,
    pub text: String,
    /// Folded away.
    pub folded: bool,
    /// Whether a button copies it, where scripts are on.
    pub copied: bool,
}

/// One thing in a table or among facts.
pub(super) enum Cell {
    /// As somebody wrote it.
    Text(String),
    /// To be compared letter by letter.
    Code(String),
    Codes(Vec<String>),
    Link(String, String),
    Said(Message),
    /// A state that stands out.
    Chip(Message),
    /// Something that can be done to it.
    Act(Act),
}

impl Cell {
    pub fn time(at: Time) -> Self {
        Cell::Said(Message::new("console-moment").time("at", &at))
    }

    pub fn time_opt(at: Option<Time>) -> Self {
        at.map_or_else(|| Cell::Text(String::new()), Cell::time)
    }

    pub fn code(text: impl Into<String>) -> Self {
        Cell::Code(text.into())
    }

    pub fn text(text: impl Into<String>) -> Self {
        Cell::Text(text.into())
    }

    pub fn number(n: i64) -> Self {
        Cell::Said(Message::new("console-number").count("n", usize::try_from(n).unwrap_or(0)))
    }
}

/// A button in a table.
pub(super) struct Act {
    pub path: String,
    pub label: Message,
    /// What it is done to, for those who hear the page.
    pub to: String,
    pub fields: Vec<(&'static str, String)>,
}

/// A table; on a phone each row is a card.
pub(super) struct Table {
    caption: Message,
    heads: Vec<Message>,
    rows: Vec<Row>,
    empty: Message,
    next: Option<String>,
}

struct Row {
    id: String,
    cells: Vec<(Message, Cell)>,
}

impl Table {
    pub fn new(caption: Message, heads: impl Into<Vec<Message>>, empty: Message) -> Self {
        Table { caption, heads: heads.into(), rows: Vec::new(), empty, next: None }
    }

    pub fn row(&mut self, id: impl Into<String>, cells: impl IntoIterator<Item = Cell>) {
        let cells = self.heads.iter().cloned().zip(cells).collect();
        self.rows.push(Row { id: id.into(), cells });
    }

    /// Where the list goes on after this identifier; `more` is what the address says beside.
    pub fn goes_on(mut self, desk: &Desk, path: &str, list: &str, paging: &Paging, last: Option<&str>) -> Self {
        self.next = last.map(|last| {
            let mut query = paging.query(&desk.app.keys.macs(), list, last);
            let own = |name: &&str| ["limit", "cursor", "search", "go"].contains(name);
            desk.query
                .iter()
                .filter(|(name, value)| !own(name) && !value.is_empty())
                .for_each(|(name, value)| query.push(name, value));
            format!("{path}?{}", query.encode())
        });
        self
    }
}
