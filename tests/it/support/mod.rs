//! What tests stand on: houses, browsers, clients.

pub mod assertion;
pub mod browser;
pub mod client;
pub mod house;
pub mod postgres;
pub mod raw;

pub use browser::Browser;
pub use client::{Answer, Client};
pub use house::{House, Kind};

/// Runs a test on SQLite and on PostgreSQL, each in a fresh house.
#[macro_export]
macro_rules! on_both {
    ($(async fn $name:ident($house:ident: House) $body:block)*) => {
        $(mod $name {
            use super::*;
            use $crate::support::{House, Kind};

            // Makes use of the first import where a test needs nothing else of its module.
            on_both! {}

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                run(House::new(Kind::Sqlite).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                run(House::new(Kind::Postgres).await).await;
            }

            async fn run($house: House) $body
        })*
    };
}
