//! Who and what is there from the first moment: Ada, Ben, a confidential and a public client.

use crate::app::App;
use crate::base::encoding::fingerprint;
use crate::base::id::ClientId;
use crate::base::{Secret, Time};
use crate::clients::{self, AuthMethod, GrantType, Metadata, SecretHash};
use crate::config::ScopeWords;
use crate::people::{self, NewUser, Profile, Role};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The confidential demo client.
pub const CLIENT: &str = "demo";
/// Its secret. It opens nothing but this machine's throw-away data.
pub const SECRET: &str = "sym_cs_demo-secret-for-this-machine-only";
/// The public demo client.
pub const SPA: &str = "demo-spa";
/// The password of Ada and Ben.
pub const PASSWORD: &str = "analytical engine";
/// Where the playground takes answers.
pub const CALLBACK: &str = "/dev/callback";
/// Where the playground sees people who have signed out.
pub const SIGNED_OUT: &str = "/dev/signed-out";
/// Where the playground is told that a session ended.
pub const BACKCHANNEL: &str = "/dev/backchannel";
/// Where the snippets take answers.
pub const SNIPPET_CALLBACK: &str = "http://localhost:3000/callback";

/// Makes people and clients that aren't there yet, and sees that the clients know today's port.
pub async fn settle(app: &App) -> Result<(), String> {
    let now = app.now();
    person(app, "ada@example.com", ada(), Role::Owner, now).await?;
    person(app, "ben@example.com", ben(), Role::User, now).await?;
    client(app, CLIENT, confidential(app), now).await?;
    client(app, SPA, public(app), now).await?;
    app.memory.forget();
    Ok(())
}

async fn person(app: &App, email: &str, claims: Value, role: Role, now: Time) -> Result<(), String> {
    let profile = Profile::parse(claims)?;
    let new = NewUser {
        email: email.to_owned(),
        password: Some(Secret::new(PASSWORD)),
        profile,
        role,
        joins: app.config.workspaces.joined(),
    };
    new.check(&app.config.name).map_err(|(field, why)| format!("{email}: {field}: {}", why.plain()))?;
    let known = people::store::by_email(&app.db, email).await.map_err(|fault| fault.to_string())?;
    if known.is_none() {
        let hash = app.passwords.hash(Secret::new(PASSWORD)).await.map_err(|_| "no password could be hashed")?;
        people::store::create(&app.db, &new, Some(hash), now).await.map_err(|fault| fault.to_string())?;
    }
    Ok(())
}

async fn client(app: &App, id: &str, metadata: Metadata, now: Time) -> Result<(), String> {
    metadata.check().map_err(|wrong| format!("{id}: {} {}", wrong.field, wrong.why))?;
    let id = ClientId::from(id);
    let secrets = if metadata.token_endpoint_auth_method.with_secret() { vec![secret(now)] } else { Vec::new() };
    let faulty = |fault: crate::db::Fault| fault.to_string();
    let mut tx = app.db.begin().await.map_err(faulty)?;
    if let Some(mut known) = clients::store::lock(&mut tx, &id, now).await.map_err(faulty)? {
        known.metadata = metadata;
        clients::store::save(&mut tx, &known).await.map_err(faulty)?;
    } else {
        clients::store::create(&mut tx, &id, &metadata, &secrets, now).await.map_err(faulty)?;
    }
    tx.commit().await.map_err(faulty)
}

fn secret(now: Time) -> SecretHash {
    let hash = fingerprint(SECRET.as_bytes());
    SecretHash { hash, hint: "only".to_owned(), created_at: now.millis(), expires_at: None }
}

/// A scope that isn't about people: what a machine asks for.
pub const OWN_SCOPE: &str = "notes:read";

/// What that means, in the other languages of our pages.
pub fn notes() -> BTreeMap<String, ScopeWords> {
    let words = |tag: &str, title: &str, detail: &str| {
        (tag.to_owned(), ScopeWords { title: title.to_owned(), detail: detail.to_owned() })
    };
    BTreeMap::from([
        words("de", "Ihre Notizen lesen", "Alle, und wer sie geschrieben hat."),
        words("ar", "قراءة ملاحظاتك", "جميعها، ومن كتبها."),
    ])
}

const SCOPE: &str = "openid offline offline_access profile email address phone notes:read";

fn confidential(app: &App) -> Metadata {
    let beside = ["http://localhost:3000", "http://127.0.0.1:3000", "http://localhost:8080", "http://127.0.0.1:8080"];
    let beside = beside.iter().map(|origin| format!("{origin}/callback"));
    Metadata {
        client_name: "Demo app".to_owned(),
        redirect_uris: std::iter::once(app.url(CALLBACK)).chain(beside).collect(),
        grant_types: vec![GrantType::AuthorizationCode, GrantType::RefreshToken, GrantType::ClientCredentials],
        scope: SCOPE.to_owned(),
        resource_server: true,
        post_logout_redirect_uris: vec![app.url(SIGNED_OUT)],
        backchannel_logout_uri: Some(app.url(BACKCHANNEL)),
        ..Metadata::default()
    }
}

/// A public client: any port of this machine (RFC 8252 §7.3), ES256, PKCE always.
fn public(app: &App) -> Metadata {
    let beside = ["http://localhost/callback", "http://127.0.0.1/callback", "http://[::1]/callback"];
    Metadata {
        client_name: "Demo single-page app".to_owned(),
        redirect_uris: std::iter::once(app.url(CALLBACK)).chain(beside.map(str::to_owned)).collect(),
        token_endpoint_auth_method: AuthMethod::None,
        scope: SCOPE.to_owned(),
        post_logout_redirect_uris: vec![app.url(SIGNED_OUT)],
        backchannel_logout_uri: Some(app.url(BACKCHANNEL)),
        id_token_signed_response_alg: Some("ES256".to_owned()),
        ..Metadata::default()
    }
}

fn ada() -> Value {
    json!({
        "name": "Ada Lovelace", "given_name": "Ada", "family_name": "Lovelace", "middle_name": "King",
        "nickname": "Ada", "preferred_username": "ada", "profile": "https://example.com/people/ada",
        "picture": "https://example.com/people/ada.png", "website": "https://ada.example.com/", "gender": "female",
        "birthdate": "1815-12-10", "zoneinfo": "Europe/London", "locale": "en-GB", "email_verified": true,
        "phone_number": "+44 20 7946 0018", "phone_number_verified": true,
        "address": {
            "formatted": "12 St James's Square\nLondon SW1Y 4JH\nUnited Kingdom",
            "street_address": "12 St James's Square", "locality": "London", "postal_code": "SW1Y 4JH",
            "country": "United Kingdom"
        }
    })
}

fn ben() -> Value {
    json!({
        "name": "Ben Okafor", "given_name": "Ben", "family_name": "Okafor", "middle_name": "Chidi", "nickname": "Benny",
        "preferred_username": "ben", "profile": "https://example.com/people/ben",
        "picture": "https://example.com/people/ben.png", "website": "https://ben.example.com/", "gender": "male",
        "birthdate": "1994-03-21", "zoneinfo": "Africa/Lagos", "locale": "en-NG", "email_verified": true,
        "phone_number": "+234 1 555 0136", "phone_number_verified": false,
        "address": {
            "formatted": "5 Marina Road\nLagos\nNigeria", "street_address": "5 Marina Road", "locality": "Lagos",
            "country": "Nigeria"
        }
    })
}
