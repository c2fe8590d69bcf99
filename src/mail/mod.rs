//! Mail: written down in the transaction of what it is about, sealed, and handed over by a job. No request waits for a mail
//! server, and none is lost when a process ends.

mod letter;
mod mailbox;
pub mod queue;
mod rendered;
pub mod store;
mod transport;

pub use letter::{Changed, Letter, Says};
pub use mailbox::{Kept, Mailbox};
pub use rendered::Rendered;
pub use transport::{Mailer, Undelivered};
