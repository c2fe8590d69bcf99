//! security.md CV-09, CV-12: every operation of the vault × every kind of caller × what is of their workspace and what isn't. The
//! operations come from `/openapi.json`: one that isn't placed here fails the test.

use crate::on_both;
use crate::support::client::answer;
use crate::support::provider::Rotation;
use crate::support::vault::Vault;
use crate::support::{Answer, Holder, House};
use serde_json::{Value, json};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::time::Duration;
use symbolon::clients::{GrantType, Metadata};
use symbolon::people::workspaces::Standing;
use tokio::time::Instant;

/// Who is let do it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum For {
    /// Whoever acts anywhere: what they see is theirs.
    Anybody,
    /// Whoever is in the workspace.
    Members,
    /// Who makes something: people in their own workspace.
    Makers,
    /// Its owners and admins.
    Admins,
    /// The same, for what isn't there yet.
    Founders,
    /// The same, but no programs.
    People,
    /// Its owners and admins, with what is somebody else's.
    Openers,
    /// Whose it is.
    Keeper,
    /// The same, but no programs.
    Person,
}

const PLACED: &[(&str, For)] = &[
    ("listSourceTypes", For::Anybody),
    ("getSourceType", For::Anybody),
    ("listSources", For::Anybody),
    ("createSource", For::Founders),
    ("getSource", For::Members),
    ("changeSource", For::Admins),
    ("deleteSource", For::Admins),
    ("verifySource", For::Admins),
    ("listAccounts", For::Anybody),
    ("createAccount", For::Makers),
    ("getAccount", For::Keeper),
    ("changeAccount", For::Keeper),
    ("deleteAccount", For::Keeper),
    ("refreshAccount", For::Keeper),
    ("rejectToken", For::Keeper),
    ("listAccountEvents", For::Keeper),
    ("listTokenReads", For::Keeper),
    ("listShares", For::Keeper),
    ("shareAccount", For::Keeper),
    ("unshareAccount", For::Keeper),
    ("breakGlass", For::Openers),
    ("readCredentials", For::Anybody),
    ("freeAccount", For::Keeper),
    ("acknowledgeRelease", For::Keeper),
    ("cancelRelease", For::Keeper),
    ("createConnectSession", For::Makers),
    ("getConnectSession", For::Keeper),
    ("deleteConnectSession", For::Keeper),
    ("completeConnectSession", For::Keeper),
    ("listWebhooks", For::People),
    ("createWebhook", For::People),
    ("getWebhook", For::Person),
    ("changeWebhook", For::Person),
    ("deleteWebhook", For::Person),
    ("listWebhookDeliveries", For::Person),
    ("replayWebhook", For::Person),
    ("testWebhook", For::Person),
];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Who {
    Nobody,
    /// The owner, with a token that has no scope of the vault.
    Narrow,
    /// Owns the workspace, and the accounts here.
    Owner,
    Admin,
    Member,
    /// Owns another workspace.
    Stranger,
    /// Owns the deployment, and is in another workspace.
    Landlord,
    /// A program of its own with all scopes, in this workspace.
    Program,
}

use Who::*;

const ALL: [Who; 8] = [Nobody, Narrow, Owner, Admin, Member, Stranger, Landlord, Program];

/// The operation that this is, whatever name of the account it takes.
fn by_id(id: &str) -> &str {
    id.strip_suffix("ByExternalId").unwrap_or(id)
}

/// The status that this caller must get; 200 stands for any success.
fn expected(who: Who, what: For) -> u16 {
    match (what, who) {
        (_, Nobody) => 401,
        (_, Narrow) => 403,
        (For::Anybody, _) => 200,
        (For::People, Program) => 403,
        (For::People, _) => 200,
        (For::Members, Owner | Admin | Member) => 200,
        (For::Makers, Owner | Admin | Member) => 200,
        (For::Makers, Program) => 403,
        // The source that they name is none of theirs.
        (For::Makers, _) => 422,
        (For::Admins, Owner | Admin) => 200,
        (For::Admins, Member) => 403,
        (For::Founders, Member | Program) => 403,
        (For::Founders, _) => 200,
        (For::Openers, Member | Program) => 403,
        (For::Openers, Owner | Admin) => 200,
        (For::Keeper | For::Person, Owner) => 200,
        (For::Person, Program) => 403,
        // Somebody else's account isn't there, not even for those who administer the workspace, or all of them.
        _ => 404,
    }
}

struct Town {
    vault: Vault,
    who: Vec<(Who, Holder)>,
    made: Cell<u32>,
}

const SCOPES: &str = "sources:read sources:write accounts:read accounts:write accounts:credentials accounts:custody connect:write \
                      webhooks:write";

fn program(metadata: &mut Metadata) {
    metadata.grant_types = vec![GrantType::ClientCredentials];
    metadata.response_types = Vec::new();
    metadata.redirect_uris = Vec::new();
    metadata.scope = SCOPES.to_owned();
}

/// A program of its own, and its client id, acting in a workspace.
pub async fn a_program(house: &House, workspace: &str) -> (String, Holder) {
    let client = house.client_with(program).await;
    let token = client.token(&[("grant_type", "client_credentials")]).await.ok();
    let mut holder = Holder::of(house, "");
    holder.authorization = format!("Bearer {}", token.text("access_token"));
    (client.id.clone(), holder.with("symbolon-workspace", workspace))
}

impl Town {
    async fn founded(house: &House) -> Self {
        let vault = Vault::with(house.kind, Rotation::None, "none").await;
        let house = &vault.house;
        let (admin, stranger, landlord) =
            (house.person("admin").await, house.person("stranger").await, house.admin("landlord").await);
        house.workspace("other", &[(&stranger, Standing::Owner), (&landlord, Standing::Owner)]).await;
        house.joins("acme", &admin, Standing::Admin).await;
        let ada = house.user_id("ada").await;
        let mut nobody = vault.ada.clone();
        nobody.authorization = String::new();
        let who = vec![
            (Nobody, nobody),
            (Narrow, house.api_token(&ada, Some("acme"), Some("openid symbolon:workspaces")).await.1),
            (Owner, vault.ada.clone()),
            (Admin, house.api_token(&admin, Some("acme"), None).await.1),
            (Member, vault.bob.clone()),
            (Stranger, house.api_token(&stranger, Some("other"), None).await.1),
            (Landlord, house.api_token(&landlord, Some("other"), Some(&format!("symbolon:admin {SCOPES}"))).await.1),
            (Program, a_program(house, "acme").await.1),
        ];
        Town { vault, who, made: 0.into() }
    }

    fn fresh(&self, what: &str) -> String {
        self.made.set(self.made.get() + 1);
        format!("{what}{}", self.made.get())
    }

    /// Somebody new at the provider, and what it gave for them.
    fn refresh_token(&self) -> String {
        let name = self.fresh("person");
        self.vault.crm.knows(&[&name]);
        self.vault.crm.gives(crate::support::vault::CLIENT, &name, "read").refresh_token
    }

    /// An account of the owner's.
    async fn account(&self) -> (String, String) {
        let made = self.vault.takes(&self.vault.ada, &self.refresh_token()).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let text = |name: &str| made.body["data"][name].as_str().expect("text").to_owned();
        (text("id"), text("external_id"))
    }

    /// A path and a body for one call, on things of the workspace's that nobody has used up.
    async fn ask(&self, id: &str, path: &str) -> (String, Option<Value>) {
        let named = |name: &str, value: &str| path.replace(&format!("{{{name}}}"), value);
        let source = async || {
            let made = self.vault.makes_source(&self.fresh("source-"), &json!({ "rotation": "none" })).await;
            assert_eq!(made.status, 201, "{}", made.body);
            made.body["data"]["id"].as_str().expect("an id").to_owned()
        };
        match id {
            "getSourceType" => (named("key", "oauth2"), None),
            "createSource" => {
                let params = json!({ "authorize_url": self.vault.crm.at("authorize"), "token_url": self.vault.crm.at("token"), "userinfo_url": self.vault.crm.at("api/me") });
                let ask = json!({ "type": "oauth2", "slug": self.fresh("made-"), "client_id": "c", "client_secret": "s", "params": params });
                (path.to_owned(), Some(ask))
            }
            "changeSource" => (named("id", &source().await), Some(json!({ "name": "Other" }))),
            "getSource" | "deleteSource" | "verifySource" => (named("id", &source().await), None),
            "createAccount" => {
                let ask = json!({ "source": self.vault.source, "credentials": { "oauth_refresh_token": self.refresh_token() } });
                (path.to_owned(), Some(ask))
            }
            "createConnectSession" => (path.to_owned(), Some(json!({ "source": self.vault.source }))),
            _ if path.starts_with("/v1/connect_sessions/{id}") => {
                let made = self.vault.ada.posts("/v1/connect_sessions", &json!({ "source": "crm" })).await;
                assert_eq!(made.status, 201, "{}", made.body);
                let body = path.ends_with("/complete").then(|| json!({ "code_verifier": "x" }));
                (named("id", made.body["data"]["id"].as_str().expect("an id")), body)
            }
            "createWebhook" => (path.to_owned(), Some(json!({ "url": "http://127.0.0.1:9/in" }))),
            _ if path.starts_with("/v1/webhooks/{id}") => {
                let made = self.vault.ada.posts("/v1/webhooks", &json!({ "url": "http://127.0.0.1:9/in" })).await;
                assert_eq!(made.status, 201, "{}", made.body);
                let path = named("id", made.body["data"]["id"].as_str().expect("an id"));
                let body = match id {
                    "changeWebhook" => Some(json!({ "name": "Other" })),
                    "replayWebhook" => Some(json!({ "since": "2020-01-01T00:00:00Z" })),
                    _ => None,
                };
                (path, body)
            }
            "readCredentials" => (path.to_owned(), Some(json!({ "ids": [self.account().await.0] }))),
            _ if path.starts_with("/v1/accounts/{id}") || path.contains("{external_id}") => self.about(id, path).await,
            _ => (path.to_owned(), None),
        }
    }

    async fn about(&self, id: &str, path: &str) -> (String, Option<Value>) {
        let (account, external) = self.account().await;
        let bob = format!("user:{}", self.vault.bob_id);
        let path = path.replace("{id}", &account).replace("{subject}", &bob);
        let path = path.replace("{source}", &self.vault.source).replace("{external_id}", &external);
        let body = match id {
            "changeAccount" => json!({ "name": "Other" }),
            "refreshAccount" => json!({}),
            "rejectToken" => json!({ "version": 1 }),
            "shareAccount" => json!({ "level": "view" }),
            "unshareAccount" => {
                assert_eq!(self.vault.ada.puts(&path, &json!({ "level": "view" })).await.status, 204);
                // Shared with Bob, so it is there for him.
                assert_eq!(
                    self.vault.ada.puts(&path.replace(&bob, "client:nobody"), &json!({ "level": "view" })).await.status,
                    422
                );
                return (path, None);
            }
            "breakGlass" => json!({ "reason": "the nightly import is stuck" }),
            "freeAccount" => json!({ "mode": "export", "confirm_external_id": external, "dry_run": true }),
            "acknowledgeRelease" | "cancelRelease" => {
                let ask = json!({ "mode": "export", "confirm_external_id": external });
                let freed = self.vault.ada.posts(&format!("/v1/accounts/{account}/custody/free"), &ask).await.ok();
                json!({ "release_id": freed.body["data"]["release_id"] })
            }
            _ => return (path, None),
        };
        (path, Some(body))
    }

    async fn calls(&self, who: Who, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let (_, holder) = self.who.iter().find(|(one, _)| *one == who).expect("somebody");
        let key = self.fresh("key-");
        let holder = if method == "POST" { holder.with("idempotency-key", &key) } else { holder.clone() };
        let request = holder.request(method, path);
        answer(match body {
            Some(body) => request.json(body),
            None => request,
        })
        .await
    }
}

on_both! {
    async fn cv_09_cv_12_everyone_gets_what_is_theirs_in_the_vault_and_nothing_else(house: House) {
        let town = Town::founded(&house).await;
        let document = crate::openapi::document(&town.vault.house).await;
        let operations: Vec<(String, String, String)> = crate::openapi::operations(&document)
            .into_iter()
            .filter(|(_, path, _)| crate::openapi::of_vault(path))
            .map(|(method, path, one)| (one["operationId"].as_str().expect("an id").to_owned(), method, path))
            .collect();
        let there: BTreeSet<&str> = operations.iter().map(|(id, _, _)| by_id(id)).collect();
        let placed: BTreeSet<&str> = PLACED.iter().map(|(id, _)| *id).collect();
        assert_eq!(there, placed, "place every operation: who may call it?");
        // §3.3: all that can be done with an account can be done under its external id.
        let under = |begin: &str| -> BTreeSet<&str> {
            operations.iter().filter(|(_, _, path)| path.starts_with(begin)).map(|(id, _, _)| by_id(id)).collect()
        };
        assert_eq!(under("/v1/accounts/{id}"), under("/v1/sources/{source}/accounts/{external_id}"));
        let (mut refusals, mut successes) = (0, 0);
        for (id, method, path) in &operations {
            let id = by_id(id);
            let (_, what) = PLACED.iter().find(|(placed, _)| *placed == id).expect("placed");
            let (target, body) = town.ask(id, path).await;
            let before = town.vault.house.raw().await.texts(STATE).await;
            for who in ALL {
                let status = expected(who, *what);
                let status = match (who, id) {
                    // Bob sees that he is shared with, and doesn't manage it.
                    (Member, "unshareAccount") => 403,
                    // It is hers: there is nothing to open.
                    (Owner, "breakGlass") => 409,
                    // It is hers, and nobody has come back from the provider yet.
                    (Owner, "completeConnectSession") => 409,
                    _ => status,
                };
                if status == 200 {
                    continue;
                }
                let done = town.calls(who, method, &target, body.as_ref()).await;
                assert_eq!(done.status, status, "{who:?} {id} {method} {target}: {}", done.body);
                assert_eq!(done.headers["content-type"], "application/problem+json", "{who:?} {id}");
                assert!(done.body["error"]["code"].is_string() && done.body["error"]["message"].is_string(), "{}", done.body);
                assert_eq!(done.header("cache-control"), "no-store");
                refusals += 1;
            }
            assert_eq!(town.vault.house.raw().await.texts(STATE).await, before, "{id}");
            for who in ALL.into_iter().filter(|who| expected(*who, *what) == 200 && id != "completeConnectSession" && (*who, id) != (Owner, "breakGlass")) {
                let (target, body) = town.ask(id, path).await;
                let done = town.calls(who, method, &target, body.as_ref()).await;
                assert!((200..300).contains(&done.status), "{who:?} {id} {method} {target}: {} {}", done.status, done.body);
                if id == "listAccounts" && who != Owner {
                    let mine: Vec<&str> =
                        done.body["data"].as_array().expect("a list").iter().filter_map(|one| one["owner"]["user_id"].as_str()).collect();
                    assert!(mine.is_empty(), "{who:?} sees {mine:?}");
                }
                if id == "readCredentials" {
                    assert_eq!(done.body["data"][0]["data"].is_object(), who == Owner, "{who:?}: {}", done.body);
                }
                successes += 1;
            }
        }
        assert!(refusals > 120 && successes > 60, "{refusals} refusals, {successes} successes");
    }

    async fn cv_10_whoever_may_not_see_an_account_is_told_what_they_are_told_of_none(house: House) {
        let town = Town::founded(&house).await;
        let document = crate::openapi::document(&town.vault.house).await;
        let about = |path: &str| path.starts_with("/v1/accounts/{id}") || path.contains("{external_id}");
        let mut compared = 0;
        for (method, path, one) in crate::openapi::operations(&document).into_iter().filter(|(_, path, _)| about(path)) {
            let id = by_id(one["operationId"].as_str().expect("an id"));
            let (_, what) = PLACED.iter().find(|(placed, _)| *placed == id).expect("placed");
            let (hidden, body) = town.ask(id, &path).await;
            let absent = of_nobody(&hidden);
            for who in ALL.into_iter().filter(|who| expected(*who, *what) == 404 && (*who, id) != (Member, "unshareAccount")) {
                let mut costs = [Vec::new(), Vec::new()];
                for round in 0..5 {
                    let mut told = Vec::new();
                    for n in [round % 2, (round + 1) % 2] {
                        let before = town.vault.house.app.db.round_trips();
                        let answer = town.calls(who, &method, [&hidden, &absent][n], body.as_ref()).await;
                        costs[n].push(town.vault.house.app.db.round_trips() - before);
                        assert_eq!(answer.status, 404, "{who:?} {id} {}", answer.body);
                        told.push(all_of(&answer));
                    }
                    assert_eq!(told[0], told[1], "{who:?} {method} {hidden}");
                }
                let [there, not] = costs.map(|mut costs| (costs.sort_unstable(), costs[0]).1);
                assert_eq!(there, not, "round trips: {who:?} {method} {hidden}");
                compared += 1;
            }
        }
        assert!(compared > 80, "{compared}");
    }

    async fn cv_10_what_is_hidden_takes_as_long_as_what_isn_t_there(house: House) {
        let town = Town::founded(&house).await;
        for (id, path) in [("getAccount", "/v1/accounts/{id}?include_credentials=1"), ("getAccount", "/v1/sources/{source}/accounts/{external_id}")] {
            let (hidden, _) = town.about(id, path).await;
            let absent = of_nobody(&hidden);
            // A machine that does other things, too, may be unlucky; what is always slower isn't luck.
            let mut apart = Vec::new();
            for _ in 0..6 {
                let [there, not] = medians(&town.vault.bob, [&hidden, &absent]).await;
                apart.push(there.as_secs_f64() / not.as_secs_f64() - 1.0);
                println!("{path} on {}: {there:?} hidden, {not:?} absent", house.app.db.kind());
                if apart.last().is_some_and(|last| last.abs() < CLOSE) {
                    break;
                }
            }
            assert!(apart.last().is_some_and(|last| last.abs() < CLOSE), "{path}: {apart:?}");
        }
    }

    async fn cv_09_a_token_of_one_workspace_reaches_no_other_by_the_header(house: House) {
        let town = Town::founded(&house).await;
        let (account, _) = town.account().await;
        let path = format!("/v1/accounts/{account}");
        let stranger = &town.who.iter().find(|(who, _)| *who == Stranger).expect("one").1;
        assert_eq!(stranger.with("symbolon-workspace", "acme").does("GET", &path).await.status, 404);
        assert_eq!(town.vault.ada.with("symbolon-workspace", "other").does("GET", &path).await.status, 404);
        assert_eq!(town.vault.ada.with("symbolon-workspace", "acme").does("GET", &path).await.status, 200);
        let program = &town.who.iter().find(|(who, _)| *who == Program).expect("one").1;
        program.without("symbolon-workspace").does("GET", &path).await.is_problem(403, "forbidden");
        town.vault.ada.with("symbolon-workspace", "").does("GET", &path).await.is_problem(400, "invalid_request");
    }
}

/// How far medians may be apart. One question to the database more made a third.
const CLOSE: f64 = 0.2;

/// How long each of two paths takes, asked in turns.
async fn medians(who: &Holder, paths: [&str; 2]) -> [Duration; 2] {
    let mut took = [Vec::new(), Vec::new()];
    for round in 0..300 {
        for n in [round % 2, (round + 1) % 2] {
            let begun = Instant::now();
            let answer = who.request("GET", paths[n]).send().await.expect("an answer");
            let status = answer.status();
            answer.bytes().await.expect("a body");
            took[n].push(begun.elapsed());
            assert_eq!(status, 404);
        }
    }
    took.map(|mut took| (took.sort_unstable(), took[took.len() / 2]).1)
}

/// The path with an account in it that there isn't, of the same form.
fn of_nobody(path: &str) -> String {
    let other = |c: char| match c {
        '0'..='8' => char::from_u32(u32::from(c) + 1).unwrap_or(c),
        '9' => 'a',
        'a'..='e' => char::from_u32(u32::from(c) + 1).unwrap_or(c),
        'f' => '0',
        other => other,
    };
    let (before, rest) = path.split_once("/accounts/").expect("an account");
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (name, more) = rest.split_at(end);
    let absent: String = match name.strip_prefix("acc_") {
        Some(digits) => format!("acc_{}", digits.chars().map(other).collect::<String>()),
        None => name.replace("person", "nobody"),
    };
    assert_ne!(absent, name);
    format!("{before}/accounts/{absent}{more}")
}

/// All that an answer tells, but when it was and which it is.
fn all_of(answer: &Answer) -> (u16, Vec<(String, String)>, String) {
    let told = |name: &str| name != "date" && name != "x-request-id";
    let headers = answer.headers.iter().filter(|(name, _)| told(name.as_str()));
    let mut headers: Vec<(String, String)> = headers
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    headers.sort();
    (answer.status, headers, answer.body.to_string())
}

/// All that the vault keeps which a refused call could change.
const STATE: &str = "SELECT id || ' ' || seq || ' ' || state || ' ' || name || ' ' || coalesce(owner, '') FROM accounts \
                     UNION ALL SELECT id || ' ' || rev || ' ' || state FROM sources UNION ALL SELECT account || subject || level FROM shares \
                     UNION ALL SELECT id || ' ' || version || ' ' || state FROM vault_grants UNION ALL SELECT id || state FROM vault_releases \
                     ORDER BY 1";
