//! What can go wrong below SQL. None of it is the caller's mistake.

/// Why a statement gave no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Contended or overloaded; nothing was changed, trying again is right.
    Busy(String),
    /// The database can't be reached or written; whether the change was made is unknown.
    Gone(String),
    /// A constraint refused it: a bug in ours, since every expected conflict is an `ON CONFLICT`.
    Conflict(String),
    /// A statement, a row or a value that isn't as the code believes.
    Bug(String),
}

impl Fault {
    /// Whether the database is the trouble, rather than our code: answered with 503, not with 500.
    pub fn temporary(&self) -> bool {
        matches!(self, Fault::Busy(_) | Fault::Gone(_))
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Fault::Busy(why) => write!(f, "the database is busy: {why}"),
            Fault::Gone(why) => write!(f, "the database can't be used: {why}"),
            Fault::Conflict(why) => write!(f, "a constraint was violated: {why}"),
            Fault::Bug(why) => write!(f, "unexpected database answer: {why}"),
        }
    }
}

impl std::error::Error for Fault {}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error::{Database, Io, PoolClosed, PoolTimedOut, Protocol, Tls, WorkerCrashed};
        let why = error.to_string();
        match &error {
            PoolTimedOut => Fault::Busy(why),
            Io(_) | Tls(_) | PoolClosed | WorkerCrashed | Protocol(_) => Fault::Gone(why),
            Database(database) => by_code(database.code().as_deref().unwrap_or_default(), why),
            _ => Fault::Bug(why),
        }
    }
}

/// SQLite speaks in numbers (the low byte is the primary code), PostgreSQL in five-character SQLSTATEs.
fn by_code(code: &str, why: String) -> Fault {
    if code.len() < 5 || code.parse::<u32>().is_ok_and(|n| n < 10_000 && !code.starts_with('0')) {
        return match code.parse::<u32>().map(|code| code & 0xff) {
            Ok(5 | 6) => Fault::Busy(why),
            Ok(7 | 8 | 10 | 11 | 13 | 14 | 26) => Fault::Gone(why),
            Ok(19) => Fault::Conflict(why),
            _ => Fault::Bug(why),
        };
    }
    match code.get(..2) {
        _ if matches!(code, "40001" | "40P01" | "55P03" | "57014") => Fault::Busy(why),
        Some("08" | "53" | "57" | "58" | "25" | "28" | "XX") => Fault::Gone(why),
        Some("23") => Fault::Conflict(why),
        _ => Fault::Bug(why),
    }
}
