//! Forms of the console and their fields; `templates/console/_form.html` shows them.

use super::desk::Said;
use crate::lang::Message;
use std::borrow::Cow;

/// A form. Those that change something are not shown to those who only look.
pub(super) struct Form {
    pub id: &'static str,
    pub action: String,
    pub get: bool,
    pub danger: bool,
    /// One among others: its button doesn't stand out.
    pub quiet: bool,
    pub note: Option<Message>,
    pub fields: Vec<Field>,
    /// Folded away, unless something in it is wrong.
    pub more: Vec<Field>,
    pub submit: Message,
}

impl Form {
    pub fn new(id: &'static str, action: impl Into<String>, submit: Message) -> Self {
        let (fields, more) = (Vec::new(), Vec::new());
        Form { id, action: action.into(), get: false, danger: false, quiet: false, note: None, fields, more, submit }
    }

    /// One that changes nothing: what is asked stands in the address.
    pub fn asks(id: &'static str, action: impl Into<String>, submit: Message) -> Self {
        Form { get: true, ..Form::new(id, action, submit) }
    }

    pub fn quiet(self) -> Self {
        Form { quiet: true, ..self }
    }

    pub fn danger(self) -> Self {
        Form { danger: true, ..self }
    }

    pub fn note(self, note: Message) -> Self {
        Form { note: Some(note), ..self }
    }

    pub fn with(mut self, field: Field) -> Self {
        self.fields.push(field);
        self
    }

    pub fn more(mut self, fields: Vec<Field>) -> Self {
        self.more = fields;
        self
    }

    pub fn hidden(self, name: &'static str, value: impl Into<String>) -> Self {
        self.with(Field::new(name, Message::new("console-overview"), Kind::Hidden(value.into())))
    }

    /// A field to type `name` into, before something that can't be undone.
    pub fn confirmed_by(self, name: &str) -> Self {
        let label = Message::new("console-confirm").code("name", name);
        self.danger().with(Field::new("confirm", label, Kind::Text(String::new())).required())
    }

    pub fn field_mut(&mut self, name: &str) -> Option<&mut Field> {
        self.fields.iter_mut().chain(&mut self.more).find(|field| field.name == name && !field.hidden())
    }

    pub fn open(&self) -> bool {
        self.more.iter().any(|field| field.error.is_some())
    }
}

/// A field of a form.
pub(super) struct Field {
    pub name: Cow<'static, str>,
    pub label: Message,
    pub hint: Option<Message>,
    pub kind: Kind,
    pub required: bool,
    pub error: Option<Said>,
}

/// What can be put in.
pub(super) enum Kind {
    Text(String),
    Password,
    /// Several, one a line.
    Lines(String),
    One(Vec<Choice>),
    Several(Vec<Choice>),
    Flag(bool),
    Hidden(String),
}

/// One of several.
pub(super) struct Choice {
    pub value: Cow<'static, str>,
    pub label: Message,
    pub chosen: bool,
}

impl Field {
    pub fn new(name: impl Into<Cow<'static, str>>, label: Message, kind: Kind) -> Self {
        Field { name: name.into(), label, hint: None, kind, required: false, error: None }
    }

    pub fn hint(self, hint: Message) -> Self {
        Field { hint: Some(hint), ..self }
    }

    pub fn required(self) -> Self {
        Field { required: true, ..self }
    }

    fn hidden(&self) -> bool {
        matches!(self.kind, Kind::Hidden(_))
    }

    pub fn group(&self) -> bool {
        matches!(self.kind, Kind::Several(_))
    }
}
