//! The way in: sockets, limits, the layers around all routes, and the way out of a running server.

mod body;
#[cfg(feature = "dev")]
pub mod dev;
mod gate;
mod health;
#[cfg(feature = "test-hooks")]
pub mod hooks;
mod layers;
mod listener;
mod patience;
mod process;
mod refusal;
mod routes;
mod signals;
mod start;
mod stop;
mod wire;

pub use layers::not_found;
pub use process::{keep_to_itself, room_for};
pub use signals::listen;
pub use start::{Refused, Role, Started, open, place, serve, serve_all, start};
pub use stop::{Phase, Stop};

#[cfg(test)]
mod tests;
