//! vault.md F20, F26, §3.5: custody of a token that doesn't expire is taken by exchanging it for a pair. That happens once, so it
//! happens only to whom asks for it, and no death and no lost answer makes it happen twice or for nothing.

use crate::on_both;
use crate::support::fleet::Fleet;
use crate::support::house::allow_loopback;
use crate::support::provider::{App, At, Fault, Mode, Plan, Provider, Rotation, When};
use crate::support::vault::{CLIENT, SECRET, Vault};
use crate::support::{Answer, Holder, House, Kind};
use serde_json::{Value, json};
use std::time::Duration;
use symbolon::people::workspaces::Standing;

const TYPES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/support/types");
const SECRETS: &str = "SELECT count(*) FROM vault_secrets";
const HELD: Duration = Duration::from_secs(151);

async fn source(ada: &Holder, at: &At, kind: &str, more: Value) -> Answer {
    let mut params = json!({ "authorize_url": at.at("authorize"), "token_url": at.at("token"),
        "userinfo_url": at.at("api/me"), "migrate_url": at.at("migrate") });
    params.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    let ask = json!({ "type": kind, "slug": kind, "client_id": CLIENT, "client_secret": SECRET, "params": params });
    let made = ada.posts("/v1/sources", &ask).await;
    assert_eq!(made.status, 201, "{}", made.body);
    made
}

async fn migrates(who: &Holder, old: &str, key: &str, more: Value) -> Answer {
    let mut ask = json!({ "source": "once", "credentials": { "oauth_access_token": old }, "migrate": true });
    ask.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    who.with("idempotency-key", key).posts("/v1/accounts", &ask).await
}

/// With a source `once` whose provider exchanges what it gave long ago.
async fn vault(kind: Kind, params: Value) -> Vault {
    let set = |config: &mut symbolon::config::Config| config.vault.catalogue_dir = Some(TYPES.into());
    let vault = Vault::set(kind, Rotation::Strict, json!({ "rotation": "strict" }), set).await;
    source(&vault.ada, &vault.crm, "once", params).await;
    vault
}

impl Vault {
    fn swaps(&self) -> usize {
        self.crm.hits("migrate")
    }

    fn old(&self, user: &str) -> String {
        self.crm.gave_long_ago(CLIENT, user, "read")
    }
}

fn id(made: &Answer) -> &str {
    assert_eq!(made.status, 201, "{}", made.body);
    made.body["data"]["id"].as_str().expect("an id")
}

fn error(answer: &Answer) -> &Value {
    &answer.body["error"]
}

on_both! {
    async fn f20_f26_an_old_token_is_exchanged_when_that_is_asked_for_and_once(house: House) {
        let vault = vault(house.kind, json!({})).await;
        let (ada, old) = (&vault.ada, vault.old("zoe"));
        let shown = ada.does("GET", "/v1/source_types/once").await.ok();
        assert_eq!((&shown.body["data"]["migrate"], &ada.does("GET", "/v1/source_types/xero").await.ok().body["data"]["migrate"]), (&json!(true), &json!(false)));

        // Nobody asked for it: it is as it always was, and the refusal says what could be asked for.
        let bare = migrates(ada, &old, "bare", json!({ "migrate": false })).await;
        bare.is_problem(422, "custody_required");
        assert_eq!(error(&bare)["details"]["can_migrate"], true);
        assert!(bare.body["detail"].as_str().is_some_and(|why| why.contains("\"migrate\": true") && why.contains("no way back")), "{}", bare.body);
        // What can't be meant.
        let ask = json!({ "source": "once", "credentials": { "oauth_access_token": old }, "migrate": true });
        let keyless = ada.posts("/v1/accounts", &ask).await;
        assert_eq!((keyless.status, keyless.body["error"]["field"].as_str()), (422, Some("Idempotency-Key")), "{}", keyless.body);
        for (n, (more, field)) in [
            (json!({ "credentials": { "oauth_access_token": old, "oauth_refresh_token": "r" } }), "migrate"),
            (json!({ "source": "crm" }), "migrate"),
            (json!({ "credentials": {} }), "credentials"),
        ].into_iter().enumerate() {
            let wrong = migrates(ada, &old, &format!("wrong-{n}"), more).await;
            assert_eq!((wrong.status, wrong.body["error"]["field"].as_str()), (422, Some(field)), "{}", wrong.body);
        }
        assert!(vault.swaps() == 0 && vault.crm.access_ok(&old));

        let made = migrates(ada, &old, "one", json!({ "external_id": "crm-zoe" })).await;
        let account = id(&made).to_owned();
        assert_eq!((&made.body["data"]["exclusive"], &made.body["data"]["custody"], &made.body["data"]["warnings"]), (&json!(true), &json!("held"), &json!([])));
        let call = vault.crm.calls("migrate").pop().expect("a call");
        let sent = ["client_id", "client_secret", "subject_token", "expiring", "grant_type"].map(|name| call.param(name));
        assert_eq!(sent, [Some(CLIENT), Some(SECRET), Some(old.as_str()), Some("1"), None]);
        assert!(!vault.crm.access_ok(&old) && vault.crm.access_ok(&vault.token(&account).await));

        // The same request is told the same; another one finds that the token is spent.
        assert_eq!(migrates(ada, &old, "one", json!({ "external_id": "crm-zoe" })).await.body["data"]["id"], made.body["data"]["id"]);
        assert_eq!(vault.swaps(), 1);
        let before = vault.counts(SECRETS).await;
        let spent = migrates(ada, &old, "two", json!({})).await;
        spent.is_problem(422, "credentials_rejected");
        assert_eq!(error(&spent)["details"]["error"], "invalid_subject_token");
        assert_eq!((vault.swaps(), vault.counts(SECRETS).await), (2, before));

        // From here on it is refreshed like any other.
        vault.house.wait(Duration::from_secs(7_200));
        assert!(vault.crm.access_ok(&vault.token(&account).await));
        assert_eq!((vault.swaps(), vault.crm.hits("token"), vault.crm.grants_lost().len()), (2, 1, 0));
    }

    async fn f20_a_token_that_is_held_already_is_mended_by_its_exchange(house: House) {
        let vault = vault(house.kind, json!({ "holders": "optional" })).await;
        let old = vault.old("zoe");
        let kept = migrates(&vault.ada, &old, "keep", json!({ "migrate": false })).await;
        let account = id(&kept).to_owned();
        assert_eq!((&kept.body["data"]["custody"], &kept.body["data"]["warnings"]), (&json!("none"), &json!(["can_migrate"])));
        assert_eq!((vault.token(&account).await, vault.swaps()), (old.clone(), 0));
        let made = migrates(&vault.ada, &old, "take", json!({})).await;
        assert_eq!((id(&made), &made.body["data"]["custody"]), (account.as_str(), &json!("held")));
        let token = vault.token(&account).await;
        assert!(token != old && vault.crm.access_ok(&token));
        assert_eq!(vault.counts("SELECT count(*) FROM accounts").await, 1);
    }

    async fn f20_what_would_be_refused_afterwards_is_refused_before(house: House) {
        let vault = vault(house.kind, json!({})).await;
        let old = vault.old("zoe");
        let other = migrates(&vault.ada, &old, "named", json!({ "external_id": "crm-yan" })).await;
        other.is_problem(422, "external_id_mismatch");
        assert_eq!(error(&other)["details"], json!({ "expected": "crm-yan", "found": "crm-zoe" }));
        let bobs = migrates(&vault.bob, &vault.old("zoe"), "bob", json!({})).await;
        id(&bobs);
        migrates(&vault.ada, &old, "taken", json!({})).await.is_problem(409, "external_id_taken");
        // The provider doesn't say who it is right now.
        vault.crm.meets(Plan::next(1, When::Read, Fault::Says(crate::support::provider::Says::Busy(None))).at("api/me"));
        migrates(&vault.ada, &vault.old("yan"), "busy", json!({})).await.is_problem(503, "verification_unavailable");
        // A token of nobody.
        let before = vault.counts(SECRETS).await;
        assert_eq!((vault.swaps(), vault.crm.access_ok(&old)), (1, true), "only Bob's was");
        migrates(&vault.ada, "nothing-of-theirs", "nothing", json!({})).await.is_problem(422, "credentials_rejected");
        assert_eq!((vault.swaps(), vault.counts(SECRETS).await), (2, before));
        // Our application is refused: the token waits, and the same request goes on with it.
        vault.crm.secrets_are(CLIENT, &["another"]);
        let yan = vault.old("yan");
        migrates(&vault.ada, &yan, "yan", json!({})).await.is_problem(424, "source_misconfigured");
        assert!(vault.crm.access_ok(&yan));
        vault.ada.patches("/v1/sources/once", &json!({ "client_secrets": ["another"] })).await.ok();
        id(&migrates(&vault.ada, &yan, "yan", json!({})).await);
        assert!(!vault.crm.access_ok(&yan));
    }

    async fn f07_f26_a_lost_answer_to_an_exchange_is_cleared_up_or_said_in_words(house: House) {
        let vault = vault(house.kind, json!({})).await;
        // It arrived, and nothing came of it.
        vault.crm.meets(Plan::next(1, When::Read, Fault::Reset).at("migrate"));
        let zoe = vault.old("zoe");
        let unsure = migrates(&vault.ada, &zoe, "zoe", json!({})).await;
        unsure.is_problem(503, "refresh_uncertain");
        assert_eq!((vault.swaps(), vault.crm.access_ok(&zoe)), (1, true), "nobody asks again while somebody may have the answer");
        vault.house.wait(HELD);
        let made = migrates(&vault.ada, &zoe, "zoe", json!({})).await;
        assert!(vault.crm.access_ok(&vault.token(id(&made)).await));
        // It took effect, and the answer is nowhere.
        vault.crm.meets(Plan::next(1, When::Done, Fault::Reset).at("migrate"));
        let (yan, before) = (vault.old("yan"), vault.counts(SECRETS).await);
        migrates(&vault.ada, &yan, "yan", json!({})).await.is_problem(503, "refresh_uncertain");
        vault.house.wait(HELD);
        for _ in 0..2 {
            let lost = migrates(&vault.ada, &yan, "yan", json!({})).await;
            lost.is_problem(422, "rotation_lost");
            assert!(lost.body["detail"].as_str().is_some_and(|why| why.contains("was lost") && why.contains("in a browser")), "{}", lost.body);
        }
        assert_eq!((vault.swaps(), vault.counts(SECRETS).await), (4, before));
        assert_eq!(vault.counts("SELECT count(*) FROM accounts").await, 1);
    }

    async fn f20_where_an_exchange_may_come_again_a_lost_answer_is_had_again(house: House) {
        let vault = vault(house.kind, json!({ "again": "grace(7d)" })).await;
        vault.crm.changes(|mode| mode.migrates_again = Some(7 * 86_400));
        vault.crm.meets(Plan::next(1, When::Done, Fault::Reset).at("migrate"));
        let old = vault.old("zoe");
        let made = migrates(&vault.ada, &old, "one", json!({})).await;
        let account = id(&made).to_owned();
        assert_eq!((vault.swaps(), &made.body["data"]["exclusive"]), (2, &json!(true)));
        assert!(vault.crm.access_ok(&vault.token(&account).await));
        // Brought once more it gives the same pair: two grants with it would end each other.
        let before = vault.counts(SECRETS).await;
        migrates(&vault.ada, &old, "two", json!({})).await.is_problem(409, "already_held");
        assert_eq!((vault.swaps(), vault.counts(SECRETS).await), (3, before));
        vault.house.wait(Duration::from_secs(7_200));
        assert!(vault.crm.access_ok(&vault.token(&account).await));
        assert_eq!((vault.crm.presented_twice().len(), vault.crm.grants_lost().len()), (0, 0));
    }

    async fn f26_who_it_is_may_stand_in_the_answer_to_the_exchange_alone(house: House) {
        // As with Slack: no request tells it.
        let types = tempfile::tempdir().expect("a folder");
        let text = include_str!("support/types/once.toml").replace("key = \"once\"", "key = \"told\"");
        let text = text.replace("from = \"request\"", "from = \"answer\"").replace("path = \"/sub\"", "path = \"/team\"");
        let text = text.split("[identity.request]").next().expect("the rest").to_owned();
        std::fs::write(types.path().join("told.toml"), text).expect("writes");
        let dir = types.path().to_owned();
        let answer = json!({ "access_token": "$access_token", "refresh_token": "$refresh_token", "expires_in": "$expires_in", "team": "$user" });
        let mode = Mode { answer: Some(answer), ..Rotation::Strict.into() };
        let vault = Vault::set(house.kind, mode, json!({ "rotation": "strict" }), |config| config.vault.catalogue_dir = Some(dir)).await;
        source(&vault.ada, &vault.crm, "told", json!({})).await;
        let made = migrates(&vault.ada, &vault.old("zoe"), "one", json!({ "source": "told" })).await;
        assert_eq!((&made.body["data"]["external_id"], &made.body["data"]["external_id_verified"]), (&json!("crm-zoe"), &json!(true)), "{}", made.body);
        // A refresh token says it, too, by being used.
        let given = vault.crm.gives(CLIENT, "yan", "read");
        let ask = json!({ "source": "told", "credentials": { "oauth_refresh_token": given.refresh_token } });
        let taken = vault.ada.with("idempotency-key", "two").posts("/v1/accounts", &ask).await;
        assert_eq!(taken.body["data"]["external_id"], "crm-yan", "{}", taken.body);
    }

    async fn s5_2_whoever_is_killed_while_a_token_is_exchanged_has_its_pair_all_the_same(house: House) {
        let kind = house.kind;
        let house = House::with(kind, |config| {
            allow_loopback(config);
            config.vault.catalogue_dir = Some(TYPES.into());
        }).await;
        let ada = house.person("ada").await;
        house.workspace("acme", &[(&ada, Standing::Owner)]).await;
        let (_, ada) = house.api_token(&ada, Some("acme"), None).await;
        let provider = Provider::start(house.app.clock.clone()).await;
        let at = provider.at("crm", Rotation::StrictFamily);
        at.registers(App::new(CLIENT, SECRET, ""));
        at.knows(&["zoe", "yan", "xia"]);
        source(&ada, &at, "once", json!({})).await;
        let mut fleet = Fleet::of(house, ada, provider, if kind == Kind::Postgres { 2 } else { 1 }).await;
        for (n, (user, point)) in [("zoe", "vault-spooled"), ("yan", "vault-committing")].into_iter().enumerate() {
            let old = at.gave_long_ago(CLIENT, user, "read");
            fleet.arms(0, point, 1).await;
            let ask = json!({ "source": "once", "credentials": { "oauth_access_token": old }, "migrate": true });
            let request = fleet.ada(0).with("idempotency-key", user).request("POST", "/v1/accounts");
            assert!(request.json(&ask).send().await.is_err(), "{point}: nobody heard the answer");
            assert!(fleet.ends(0).await, "it goes on");
            assert!(!at.access_ok(&old), "{point}: the provider has done it");
            fleet.starts(0).await;
            // The lease of the request that died with its process, and the answer that is on this disk.
            fleet.lets_pass(Duration::from_secs(120));
            for seat in 0..fleet.servers() {
                fleet.knows_the_time(seat).await;
            }
            let made = migrates(&fleet.ada(0), &old, user, json!({})).await;
            let (code, body) = fleet.reads(fleet.servers() - 1, id(&made), "&wait=20").await.expect("an answer");
            assert_eq!(code, 200, "{point}: {body}");
            assert!(at.access_ok(body["data"]["credentials"]["oauth_access_token"].as_str().expect("a token")));
            assert_eq!((at.hits("migrate"), at.grants_lost()), (n + 1, Vec::new()), "{point}: it is asked for once");
        }
        // It died before the answer was on the disk: nobody has it, and that is said.
        let old = at.gave_long_ago(CLIENT, "xia", "read");
        fleet.arms(0, "vault-received", 1).await;
        let ask = json!({ "source": "once", "credentials": { "oauth_access_token": old }, "migrate": true });
        let request = fleet.ada(0).with("idempotency-key", "xia").request("POST", "/v1/accounts");
        assert!(request.json(&ask).send().await.is_err());
        assert!(fleet.ends(0).await, "it goes on");
        fleet.starts(0).await;
        fleet.lets_pass(Duration::from_secs(400));
        for seat in 0..fleet.servers() {
            fleet.knows_the_time(seat).await;
        }
        migrates(&fleet.ada(0), &old, "xia", json!({})).await.is_problem(422, "rotation_lost");
    }
}
