//! What tests stand on: houses, browsers, clients, raw sockets, a proxy that can be cut, the rows as they are.

pub mod assertion;
pub mod authenticator;
pub mod browser;
pub mod changes;
pub mod chromium;
pub mod client;
pub mod crowd;
pub mod expect;
pub mod fleet;
pub mod holder;
pub mod house;
pub mod postgres;
pub mod process;
pub mod provider;
pub mod proxied;
pub mod proxy;
pub mod raw;
pub mod redis;
pub mod registry;
pub mod rounds;
pub mod rp;
pub mod site;
pub mod smtp;
pub mod socket;
pub mod stranger;
pub mod third_party;
pub mod vault;

/// An HTTP client that follows nothing and asks no proxy.
#[expect(clippy::disallowed_methods, reason = "tests talk to their own servers on loopback")]
pub fn http() -> reqwest::Client {
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().expect("a client")
}

pub use browser::Browser;
pub use client::{Answer, Client};
pub use holder::Holder;
pub use house::{House, Kind};
pub use proxy::Proxy;
pub use rounds::rounds;
pub use rp::Rp;
pub use site::Site;

/// Runs a test on SQLite and on PostgreSQL, each in a fresh house.
#[macro_export]
macro_rules! on_both {
    ($(async fn $name:ident($house:ident: House) $body:block)*) => {
        $(
            async fn $name($house: $crate::support::House) $body

            mod $name {
                use $crate::support::{House, Kind};

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn sqlite() {
                    super::$name(House::new(Kind::Sqlite).await).await;
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn postgres() {
                    super::$name(House::new(Kind::Postgres).await).await;
                }
            }
        )*
    };
}
