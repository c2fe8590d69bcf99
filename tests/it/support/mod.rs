//! What tests stand on: houses, browsers, clients.

pub mod browser;
pub mod client;
pub mod expect;
pub mod house;
pub mod postgres;
pub mod raw;
pub mod registry;
pub mod tables;

pub use browser::Browser;
pub use client::{Answer, Client};
pub use house::{House, Kind};

/// Runs a test on SQLite and on PostgreSQL, each in a fresh house.
#[macro_export]
macro_rules! on_both {
    ($(async fn $name:ident($house:ident: House) $body:block)*) => {
        $(mod $name {
            #[expect(unused_imports, reason = "tests use what they need")]
            use super::*;
            use $crate::support::{House, Kind};

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
