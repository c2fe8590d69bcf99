//! What can go wrong with one request, in the classes under which errors are counted.

use std::{error::Error, fmt, io};

/// A reason why the whole run, or one scenario of it, cannot go on.
pub type Fault = Box<dyn Error + Send + Sync>;

/// A request that did not do what its scenario asks for.
#[derive(Debug)]
pub enum Failure {
    /// The server answered with a status that the scenario does not want.
    Status(u16),
    /// No complete answer came back.
    Transport(io::Error),
    /// The status was right and the content was not; the text says what was missing.
    Content(&'static str),
}

impl Failure {
    /// The heading under which this failure is counted.
    #[must_use]
    pub fn class(&self) -> String {
        match self {
            Self::Status(status) => format!("status {status}"),
            Self::Transport(error) => format!("transport: {}", error.kind()),
            Self::Content(what) => (*what).to_owned(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "the server answered with status {status}"),
            Self::Transport(error) => write!(f, "no answer: {error}"),
            Self::Content(what) => f.write_str(what),
        }
    }
}

impl Error for Failure {}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Transport(error)
    }
}
