//! What is wrong with a definition or with what it is used with: where, why, and what to write instead.

use std::fmt;

/// A mistake of whoever wrote a definition, set up a source or typed a value. It never repeats a value that could be
/// secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The file, when it is about a definition; empty otherwise.
    pub file: String,
    /// The field of the definition, or the parameter of the source; empty when it is the whole.
    pub field: String,
    /// What is wrong, and what to write instead.
    pub why: String,
}

impl Wrong {
    /// About a file as a whole.
    pub fn file(file: &str, why: impl Into<String>) -> Self {
        Wrong { file: file.to_owned(), field: String::new(), why: why.into() }
    }

    /// About one field or parameter.
    pub fn field(field: impl Into<String>, why: impl Into<String>) -> Self {
        Wrong { file: String::new(), field: field.into(), why: why.into() }
    }

    /// The same, of this file.
    pub fn of(self, file: &str) -> Self {
        Wrong { file: file.to_owned(), ..self }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Wrong { file, field, why } = self;
        match (file.is_empty(), field.is_empty()) {
            (true, true) => f.write_str(why),
            (true, false) => write!(f, "`{field}` {why}"),
            (false, true) => write!(f, "{file}: {why}"),
            (false, false) => write!(f, "{file}: `{field}` {why}"),
        }
    }
}

impl std::error::Error for Wrong {}
