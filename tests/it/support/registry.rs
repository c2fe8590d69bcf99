//! What administrators do to people and clients, by the operations behind the API and the command line.

use super::{Client, House};
use serde_json::Value;
use std::time::Duration;
use symbolon::admin::{Acting, Refused, clients, users};
use symbolon::audit::Actor;
use symbolon::base::Secret;
use symbolon::base::id::{ClientId, UserId};
use symbolon::clients::Metadata;
use symbolon::web::Call;

fn root() -> Acting {
    Acting::new(Actor::Cli, symbolon::people::Role::Owner, Call::internal("test"))
}

fn target(client: &Client) -> clients::Target {
    ClientId::from(client.id.as_str()).into()
}

impl House {
    pub async fn disables_client(&self, client: &Client) {
        clients::disable(&self.app, &root(), &target(client)).await.expect("disables");
    }

    pub async fn enables_client(&self, client: &Client) {
        clients::enable(&self.app, &root(), &target(client)).await.expect("enables");
    }

    pub async fn deletes_client(&self, client: &Client) {
        clients::delete(&self.app, &root(), &target(client)).await.expect("deletes");
    }

    /// Changes metadata as a merge patch says.
    pub async fn changes_client(&self, client: &Client, patch: Value) {
        self.tries_to_change(client, patch).await.expect("patches");
    }

    pub async fn tries_to_change(&self, client: &Client, patch: Value) -> Result<clients::Registered, Refused> {
        let Value::Object(patch) = patch else { panic!("an object") };
        clients::patch(&self.app, &root(), &target(client), patch).await
    }

    /// The client with its new secret; the old one works for `overlap` more.
    pub async fn rotates_secret(&self, client: &Client, overlap: Duration) -> Client {
        let made = clients::rotate_secret(&self.app, &root(), &target(client), overlap).await.expect("rotates");
        Client { secret: made.secret.map(|secret| secret.reveal().to_owned()), ..client.clone() }
    }

    pub async fn registers(&self, metadata: Metadata) -> Result<clients::Registered, Refused> {
        clients::create(&self.app, &root(), metadata, None).await
    }

    pub async fn disables_person(&self, sub: &str) {
        users::disable(&self.app, &root(), &UserId::from(sub)).await.expect("disables");
    }

    pub async fn deletes_person(&self, sub: &str) {
        users::delete(&self.app, &root(), &UserId::from(sub)).await.expect("deletes");
    }

    pub async fn signs_person_out(&self, sub: &str) {
        users::sign_out(&self.app, &root(), &UserId::from(sub)).await.expect("signs out");
    }

    pub async fn sets_password(&self, sub: &str, password: &str) {
        users::set_password(&self.app, &root(), &UserId::from(sub), Secret::new(password)).await.expect("sets");
    }

    pub async fn enables_person(&self, sub: &str) {
        users::enable(&self.app, &root(), &UserId::from(sub)).await.expect("enables");
    }
}
