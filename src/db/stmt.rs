//! Statements are constants that know how many arguments they take; a wrong number doesn't compile.

use crate::base::{Id, ScopeSet, Time};

/// A statement with `N` arguments, written in the dialect that both databases speak.
#[derive(Clone, Copy, Debug)]
pub struct Stmt<const N: usize> {
    /// The text.
    pub sql: &'static str,
    /// Whether it changes anything; reads run on read-only connections.
    pub writes: bool,
}

/// The highest `$n` in a statement, counted by the compiler.
#[expect(clippy::indexing_slicing, reason = "const code has no iterators, and a bad index doesn't compile")]
pub const fn params(sql: &str) -> usize {
    let bytes = sql.as_bytes();
    let (mut at, mut highest) = (0, 0);
    while at < bytes.len() {
        if bytes[at] != b'$' {
            at += 1;
            continue;
        }
        at += 1;
        let mut number = 0;
        while at < bytes.len() && bytes[at].is_ascii_digit() {
            number = number * 10 + (bytes[at] - b'0') as usize;
            at += 1;
        }
        if number > highest {
            highest = number;
        }
    }
    highest
}

/// Declares a room's statements as constants, and lists them in `ALL` for the test that prepares every one.
#[macro_export]
macro_rules! sql {
    ($($kind:ident $name:ident = $text:expr;)*) => {
        $(#[doc = $text] pub const $name: $crate::db::Stmt<{ $crate::db::params($text) }> =
            $crate::db::Stmt { sql: $text, writes: $crate::sql!(@ $kind) };)*
        /// Every statement of this room, by name.
        pub const ALL: &[(&str, &str)] = &[$((stringify!($name), $text)),*];
    };
    (@ read) => { false };
    (@ write) => { true };
}

/// The arguments of a statement.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { [$($crate::db::Arg::from($value)),*] };
}

/// One argument: the four types that both databases read back as they were written.
#[derive(Clone, Debug)]
pub enum Arg {
    /// BIGINT.
    Int(Option<i64>),
    /// BOOLEAN.
    Bool(bool),
    /// TEXT.
    Text(Option<String>),
    /// BYTEA.
    Bytes(Option<Vec<u8>>),
}

impl From<i64> for Arg {
    fn from(v: i64) -> Self {
        Arg::Int(Some(v))
    }
}
impl From<Option<i64>> for Arg {
    fn from(v: Option<i64>) -> Self {
        Arg::Int(v)
    }
}
impl From<Time> for Arg {
    fn from(v: Time) -> Self {
        Arg::Int(Some(v.millis()))
    }
}
impl From<Option<Time>> for Arg {
    fn from(v: Option<Time>) -> Self {
        Arg::Int(v.map(Time::millis))
    }
}
impl From<bool> for Arg {
    fn from(v: bool) -> Self {
        Arg::Bool(v)
    }
}
impl From<&str> for Arg {
    fn from(v: &str) -> Self {
        Arg::Text(Some(v.to_owned()))
    }
}
impl From<String> for Arg {
    fn from(v: String) -> Self {
        Arg::Text(Some(v))
    }
}
impl From<&String> for Arg {
    fn from(v: &String) -> Self {
        Arg::Text(Some(v.clone()))
    }
}
impl From<Option<String>> for Arg {
    fn from(v: Option<String>) -> Self {
        Arg::Text(v)
    }
}
impl From<Option<&str>> for Arg {
    fn from(v: Option<&str>) -> Self {
        Arg::Text(v.map(str::to_owned))
    }
}
impl<K> From<&Id<K>> for Arg {
    fn from(v: &Id<K>) -> Self {
        Arg::Text(Some(v.as_str().to_owned()))
    }
}
impl<K> From<Option<&Id<K>>> for Arg {
    fn from(v: Option<&Id<K>>) -> Self {
        Arg::Text(v.map(|id| id.as_str().to_owned()))
    }
}
impl From<&ScopeSet> for Arg {
    fn from(v: &ScopeSet) -> Self {
        Arg::Text(Some(v.to_string()))
    }
}
impl From<Vec<u8>> for Arg {
    fn from(v: Vec<u8>) -> Self {
        Arg::Bytes(Some(v))
    }
}

/// Binds arguments for either driver.
macro_rules! bound {
    ($arguments:ty, $args:expr) => {{
        use sqlx::Arguments as _;
        let mut bound = <$arguments>::default();
        for arg in $args {
            let added = match arg {
                $crate::db::Arg::Int(v) => bound.add(v),
                $crate::db::Arg::Bool(v) => bound.add(v),
                $crate::db::Arg::Text(v) => bound.add(v),
                $crate::db::Arg::Bytes(v) => bound.add(v),
            };
            added.map_err(sqlx::Error::Encode)?;
        }
        bound
    }};
}
pub(super) use bound;

/// A LIKE pattern for texts that contain `part`, whatever characters it has; the escape character is `!`.
pub fn like(part: &str) -> String {
    let escaped: String = part.chars().flat_map(|c| if "!%_".contains(c) { vec!['!', c] } else { vec![c] }).collect();
    format!("%{escaped}%")
}
