//! The way in: sockets, limits, the layers around all routes, and the way out of a running server.

mod body;
mod gate;
mod health;
mod layers;
mod listener;
mod refusal;
mod signals;
mod stop;
mod wire;

pub use health::health;
pub use layers::{layered, not_found};
pub use listener::serve;
pub use signals::listen;
pub use stop::{Phase, Stop};

#[cfg(test)]
mod tests;
