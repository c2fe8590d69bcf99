//! Webhooks (vault.md §3.3, Standard Webhooks): signed, in order, until they arrive, and only to whom they concern.

use crate::on_both;
use crate::support::provider::{Fault, Plan, Rotation, Says, When};
use crate::support::vault::{CLIENT, Vault};
use crate::support::{Answer, Holder, Kind};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use symbolon::base::Secret;
use symbolon::base::Time;
use symbolon::people::workspaces::Standing;
use symbolon::vault::hooks::sign::{Signing, signature};

/// A message as it came.
#[derive(Clone, Debug)]
pub struct Message {
    pub path: String,
    headers: BTreeMap<String, String>,
    body: String,
}

impl Message {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }

    pub fn kind(&self) -> String {
        self.json()["type"].as_str().expect("a type").to_owned()
    }
}

/// Somebody's server, which keeps what comes and answers what it is told to.
#[derive(Clone)]
pub struct Receiver {
    pub url: String,
    came: Arc<Mutex<Vec<Message>>>,
    says: Arc<Mutex<u16>>,
}

impl Receiver {
    pub fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("binds");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let receiver = Receiver { url, came: Arc::default(), says: Arc::new(Mutex::new(200)) };
        let (came, says) = (receiver.came.clone(), receiver.says.clone());
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut reader = BufReader::new(stream.try_clone().expect("clones"));
                let (mut line, mut headers) = (String::new(), BTreeMap::new());
                let _ = reader.read_line(&mut line);
                let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
                loop {
                    let mut header = String::new();
                    if reader.read_line(&mut header).unwrap_or(0) < 3 {
                        break;
                    }
                    if let Some((name, value)) = header.trim().split_once(':') {
                        headers.insert(name.to_lowercase(), value.trim().to_owned());
                    }
                }
                let length = headers.get("content-length").and_then(|n| n.parse().ok()).unwrap_or(0);
                let mut body = vec![0; length];
                let _ = reader.read_exact(&mut body);
                let body = String::from_utf8(body).expect("UTF-8");
                came.lock().expect("a list").push(Message { path, headers, body });
                let status = *says.lock().expect("a status");
                let _ = write!(stream, "HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            }
        });
        receiver
    }

    pub fn says(&self, status: u16) {
        *self.says.lock().expect("a status") = status;
    }

    pub fn all(&self) -> Vec<Message> {
        self.came.lock().expect("a list").clone()
    }

    /// Waits until so many have come.
    pub async fn until(&self, n: usize) -> Vec<Message> {
        for _ in 0..400 {
            if self.all().len() >= n {
                return self.all();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{n} messages never came, only {:#?}", self.all());
    }
}

async fn listens(who: &Holder, url: &str, events: &[&str]) -> (String, String) {
    let mut ask = json!({ "url": url });
    if !events.is_empty() {
        ask["events"] = json!(events);
    }
    let made = who.posts("/v1/webhooks", &ask).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let text = |name: &str| made.body["data"][name].as_str().expect("text").to_owned();
    (text("id"), text("secret"))
}

async fn deliveries(who: &Holder, hook: &str) -> Vec<Value> {
    let list = who.does("GET", &format!("/v1/webhooks/{hook}/deliveries")).await.ok();
    list.body["data"].as_array().expect("a list").clone()
}

/// The same, once all of them have arrived.
async fn arrived(who: &Holder, hook: &str) -> Vec<Value> {
    for _ in 0..400 {
        let all = deliveries(who, hook).await;
        if all.iter().all(|one| one["state"] == "delivered") {
            return all;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{:#?}", deliveries(who, hook).await);
}

/// Waits until a webhook is so.
async fn until(who: &Holder, hook: &str, so: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..400 {
        let seen: Answer = who.does("GET", &format!("/v1/webhooks/{hook}")).await.ok();
        if so(&seen.body["data"]) {
            return seen.body["data"].clone();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it never came to that");
}

fn holds(message: &Message, secret: &str) -> bool {
    let stamp: i64 = message.headers["webhook-timestamp"].parse().expect("seconds");
    let signing = Signing { value: Secret::new(secret), made_at: 0, until: None };
    let right = signature(&[signing], &message.headers["webhook-id"], Time::from_secs(stamp), &message.body);
    message.headers["webhook-signature"].split(' ').any(|one| one == right)
}

on_both! {
    async fn what_happens_is_told_signed_in_order_and_without_secrets(house: House) {
        let vault = Vault::with(house.kind, Rotation::None, "none").await;
        let receiver = Receiver::open();
        let (hook, secret) = listens(&vault.ada, &format!("{}/in?k=1", receiver.url), &[]).await;
        let (account, given) = vault.brings("zoe").await;
        let path = format!("/v1/accounts/{account}");
        vault.token(&account).await;
        vault.ada.patches(&path, &json!({ "name": "Zoe" })).await.ok();
        assert_eq!(vault.ada.puts(&format!("{path}/shares/workspace"), &json!({ "level": "use" })).await.status, 204);
        assert_eq!(vault.ada.does("DELETE", &format!("{path}/shares/workspace")).await.status, 204);
        vault.ada.patches(&path, &json!({ "state": "disabled" })).await.ok();
        vault.ada.patches(&path, &json!({ "state": "active" })).await.ok();
        assert_eq!(vault.ada.does("DELETE", &path).await.status, 204);
        let expected = ["connected", "updated", "shared", "unshared", "disabled", "enabled", "deleted"];
        let came = receiver.until(expected.len()).await;
        let kinds: Vec<String> = came.iter().map(Message::kind).collect();
        assert_eq!(kinds, expected.map(|kind| format!("account.{kind}")), "in order, and no refresh unasked");
        let seqs: Vec<i64> = came.iter().map(|one| one.json()["data"]["seq"].as_i64().expect("a number")).collect();
        assert!(seqs.is_sorted_by(|a, b| a < b), "{seqs:?}");
        for message in &came {
            assert_eq!((message.path.as_str(), message.headers["content-type"].as_str()), ("/in?k=1", "application/json"));
            assert!(holds(message, &secret) && message.headers["webhook-id"].starts_with("msg_"));
            let data = &message.json()["data"];
            assert_eq!((data["account"]["id"].as_str(), data["source"]["slug"].as_str()), (Some(account.as_str()), Some("crm")));
            for leak in [&given.refresh_token, &given.access_token, &secret] {
                assert!(!message.body.contains(leak.as_str()), "{}", message.body);
            }
        }
        let mut forged = came[0].clone();
        forged.body.push(' ');
        assert!(!holds(&forged, &secret) && !holds(&came[0], "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
        let seen = vault.ada.does("GET", &format!("/v1/webhooks/{hook}")).await.ok();
        assert!(!seen.body.to_string().contains("whsec_"), "shown once");
        let list = arrived(&vault.ada, &hook).await;
        assert!(list.iter().all(|one| one["state"] == "delivered" && one["attempts"] == 1 && one["last_answer"] == "http_200"));
        assert_eq!(list[0]["type"], "account.deleted", "the latest first");
    }

    async fn what_can_t_be_delivered_waits_its_turn_and_holds_up_no_other_account(house: House) {
        let vault = Vault::with(house.kind, Rotation::None, "none").await;
        let receiver = Receiver::open();
        let (zoe, _) = vault.brings("zoe").await;
        let (hook, _) = listens(&vault.ada, &receiver.url, &[]).await;
        receiver.says(500);
        let path = format!("/v1/accounts/{zoe}");
        vault.ada.patches(&path, &json!({ "name": "one" })).await.ok();
        receiver.until(1).await;
        vault.ada.patches(&path, &json!({ "name": "two" })).await.ok();
        let (yan, _) = vault.brings("yan").await;
        let came = receiver.until(2).await;
        let of = |message: &Message| message.json()["data"]["account"]["id"].as_str().expect("an id").to_owned();
        assert_eq!((of(&came[0]), of(&came[1])), (zoe.clone(), yan.clone()), "the second of Zoe's waits, Yan's doesn't");
        receiver.says(204);
        vault.house.wait(Duration::from_secs(6));
        let came = receiver.until(5).await;
        let zoes: Vec<&Message> = came.iter().filter(|one| of(one) == zoe).collect();
        let names: Vec<String> =
            zoes.iter().map(|one| one.json()["data"]["detail"]["name"].as_str().expect("a name").to_owned()).collect();
        assert_eq!(names, ["one", "one", "two"]);
        assert_eq!(zoes[0].headers["webhook-id"], zoes[1].headers["webhook-id"], "the same message");
        assert_ne!(zoes[0].headers["webhook-signature"], zoes[1].headers["webhook-signature"], "signed anew");
        until(&vault.ada, &hook, |seen| seen["last_delivered_at"].is_string()).await;
        // Again, by hand: one, and all.
        let list = arrived(&vault.ada, &hook).await;
        let one = list[0]["id"].as_str().expect("an id");
        let replay = format!("/v1/webhooks/{hook}/replay");
        let done = vault.ada.posts(&replay, &json!({ "delivery": one })).await;
        assert_eq!((done.status, &done.body["data"]["replayed"]), (202, &json!(1)));
        let came = receiver.until(6).await;
        arrived(&vault.ada, &hook).await;
        assert_eq!(came[5].headers["webhook-id"], list[0]["message_id"].as_str().expect("an id"));
        let done = vault.ada.posts(&replay, &json!({ "since": "2020-01-01T00:00:00Z" })).await;
        assert!(done.body["data"]["replayed"].as_i64().is_some_and(|n| n >= 2), "{}", done.body);
        for wrong in [json!({}), json!({ "delivery": "dlv_nothing" }), json!({ "delivery": one, "since": "2020-01-01T00:00:00Z" }),
            json!({ "since": "yesterday" })] {
            vault.ada.posts(&replay, &wrong).await.is_problem(422, "field_invalid");
        }
    }

    async fn after_a_day_of_failures_it_is_given_up_and_shown_and_comes_back_by_itself(house: House) {
        let vault = Vault::with(house.kind, Rotation::None, "none").await;
        let receiver = Receiver::open();
        let (hook, _) = listens(&vault.ada, &receiver.url, &[]).await;
        receiver.says(503);
        assert_eq!(vault.ada.posts(&format!("/v1/webhooks/{hook}/test"), &json!({})).await.status, 202);
        let began = vault.house.now();
        for n in 1..=11 {
            receiver.until(n).await;
            // What came of it is written down before the clock goes on.
            for _ in 0..400 {
                let open = &deliveries(&vault.ada, &hook).await[0];
                let next = open["next_attempt_at"].as_str().and_then(Time::parse);
                match next {
                    Some(at) if at > vault.house.now() => {
                        vault.house.wait(Duration::from_secs(u64::try_from(at.secs_since(vault.house.now())).expect("later") + 1));
                        break;
                    }
                    None => break,
                    _ => tokio::time::sleep(Duration::from_millis(20)).await,
                }
            }
        }
        let seen = until(&vault.ada, &hook, |seen| seen["state"] == "failing").await;
        assert_eq!(seen["state_reason"], "http_503");
        let hours = vault.house.now().secs_since(began) / 3_600;
        assert!((22..=26).contains(&hours), "{hours} hours");
        assert_eq!(deliveries(&vault.ada, &hook).await[0]["state"], "given_up");
        receiver.says(200);
        vault.brings("zoe").await;
        receiver.until(12).await;
        let seen = until(&vault.ada, &hook, |seen| seen["state"] == "active").await;
        assert!(seen["state_reason"].is_null() && seen["last_delivered_at"].is_string());
    }

    async fn an_endpoint_that_is_gone_is_told_no_more_until_somebody_says_so(house: House) {
        let vault = Vault::with(house.kind, Rotation::None, "none").await;
        let receiver = Receiver::open();
        let (hook, _) = listens(&vault.ada, &receiver.url, &[]).await;
        let path = format!("/v1/webhooks/{hook}");
        receiver.says(410);
        vault.ada.posts(&format!("{path}/test"), &json!({})).await;
        let seen = until(&vault.ada, &hook, |seen| seen["state"] == "paused").await;
        assert_eq!(seen["state_reason"], "gone");
        vault.ada.posts(&format!("{path}/test"), &json!({})).await.is_problem(409, "webhook_paused");
        vault.brings("zoe").await;
        assert_eq!(receiver.all().len(), 1, "what happens meanwhile isn't told");
        receiver.says(200);
        vault.ada.patches(&path, &json!({ "state": "active" })).await.ok();
        vault.ada.posts(&format!("{path}/test"), &json!({})).await;
        assert_eq!(receiver.until(2).await[1].kind(), "webhook.test");
        assert_eq!(vault.ada.does("DELETE", &path).await.status, 204);
        assert_eq!(vault.ada.does("GET", &path).await.status, 404);
    }

    async fn two_secrets_sign_for_a_day_after_a_rotation(house: House) {
        let vault = Vault::with(house.kind, Rotation::None, "none").await;
        let receiver = Receiver::open();
        let (hook, old) = listens(&vault.ada, &receiver.url, &[]).await;
        let path = format!("/v1/webhooks/{hook}");
        let changed = vault.ada.patches(&path, &json!({ "rotate_secret": true })).await.ok();
        let new = changed.body["data"]["secret"].as_str().expect("the new one").to_owned();
        assert_ne!(new, old);
        vault.ada.posts(&format!("{path}/test"), &json!({})).await;
        let both = receiver.until(1).await[0].clone();
        assert!(holds(&both, &old) && holds(&both, &new));
        vault.house.wait(Duration::from_secs(24 * 3_600 + 1));
        vault.ada.posts(&format!("{path}/test"), &json!({})).await;
        let one = receiver.until(2).await[1].clone();
        assert!(!holds(&one, &old) && holds(&one, &new));
        let sealed = vault.house.raw().await.rows("SELECT url, name, events, state FROM hooks").await;
        assert!(!format!("{sealed:?}").contains("whsec_"));
    }

    async fn cv_10_a_webhook_tells_what_its_owner_may_see_and_nothing_else(house: House) {
        let vault = Vault::with(house.kind, Rotation::None, "none").await;
        let (adas, bobs, strangers) = (Receiver::open(), Receiver::open(), Receiver::open());
        let stranger = vault.house.person("stranger").await;
        vault.house.workspace("other", &[(&stranger, Standing::Owner)]).await;
        let (_, stranger) = vault.house.api_token(&stranger, Some("other"), None).await;
        for (who, receiver) in [(&vault.ada, &adas), (&vault.bob, &bobs), (&stranger, &strangers)] {
            listens(who, &receiver.url, &[]).await;
        }
        // Bob's is private, even for the owner of the workspace.
        let given = vault.crm.gives(CLIENT, "yan", "read");
        let own = vault.takes(&vault.bob, &given.refresh_token).await;
        assert_eq!(own.status, 201, "{}", own.body);
        bobs.until(1).await;
        let (account, _) = vault.brings("zoe").await;
        adas.until(1).await;
        let share = format!("/v1/accounts/{account}/shares/user:{}", vault.bob_id);
        assert_eq!(vault.ada.puts(&share, &json!({ "level": "view" })).await.status, 204);
        assert_eq!(bobs.until(2).await[1].kind(), "account.shared");
        assert_eq!(vault.ada.does("DELETE", &share).await.status, 204);
        vault.ada.patches(&format!("/v1/accounts/{account}"), &json!({ "name": "Zoe" })).await.ok();
        let kinds: Vec<String> = adas.until(4).await.iter().map(Message::kind).collect();
        assert_eq!(kinds, ["account.connected", "account.shared", "account.unshared", "account.updated"]);
        assert_eq!((bobs.all().len(), strangers.all().len()), (2, 0));
        // Nobody sees another's.
        let list = vault.bob.does("GET", "/v1/webhooks").await.ok();
        assert_eq!(list.body["data"].as_array().map(Vec::len), Some(1));
        // Who leaves is told nothing any more.
        let root = vault.house.admin("root").await;
        let (_, root) = vault.house.api_token(&root, None, Some("symbolon:admin")).await;
        assert_eq!(root.does("DELETE", &format!("/v1/admin/workspaces/acme/members/{}", vault.bob_id)).await.status, 204);
        assert_eq!(vault.house.raw().await.texts("SELECT id FROM hooks").await.len(), 2);
    }

    async fn a_source_that_is_refused_and_a_grant_that_keeps_failing_are_told_once(house: House) {
        let vault = Vault::with(house.kind, Rotation::None, "none").await;
        let receiver = Receiver::open();
        let kinds = ["account.degraded", "account.recovered", "source.misconfigured", "source.recovered"];
        listens(&vault.ada, &receiver.url, &kinds).await;
        let (account, _) = vault.brings("zoe").await;
        vault.house.wait(Duration::from_secs(2 * 3_600));
        vault.crm.meets(Plan::always(When::Read, Fault::Says(Says::Html(502))).at("token"));
        vault.until(&account, |read| read.status == 503).await;
        vault.house.wait(Duration::from_secs(16 * 60));
        assert_eq!(symbolon::vault::hooks::notices::tell(&vault.house.app).await.expect("tells"), 1);
        assert_eq!(receiver.until(1).await[0].kind(), "account.degraded");
        vault.crm.behaves();
        vault.house.wait(Duration::from_secs(3_600));
        vault.until(&account, |read| read.status == 200).await;
        assert_eq!(receiver.until(2).await[1].kind(), "account.recovered");
        vault.crm.secrets_are(CLIENT, &["crm-secret-2"]);
        vault.house.wait(Duration::from_secs(2 * 3_600));
        vault.until(&account, |read| read.status == 424).await;
        assert_eq!(receiver.until(3).await[2].kind(), "source.misconfigured");
        vault.ada.patches("/v1/sources/crm", &json!({ "client_secrets": ["crm-secret-2"] })).await.ok();
        vault.token(&account).await;
        assert_eq!(receiver.all().iter().filter(|one| one.kind() == "account.degraded").count(), 1);
    }

    async fn a_consent_that_ends_is_told_thirty_fourteen_seven_and_one_day_before(house: House) {
        let vault = Vault::with(house.kind, Rotation::None, "none").await;
        let receiver = Receiver::open();
        listens(&vault.ada, &receiver.url, &["account.reauthorization_due"]).await;
        vault.brings("zoe").await;
        let ends = vault.house.now() + Duration::from_secs(31 * 86_400);
        vault.house.raw().await.rows(&format!("UPDATE vault_grants SET ends_at = {}", ends.millis())).await;
        for (n, (left, days)) in [(30, 30), (14, 14), (7, 7), (1, 1)].into_iter().enumerate() {
            let at = ends - Duration::from_secs(left * 86_400);
            vault.house.wait(Duration::from_secs(u64::try_from(at.secs_since(vault.house.now())).expect("later") + 1));
            symbolon::vault::hooks::notices::tell(&vault.house.app).await.expect("tells");
            symbolon::vault::hooks::notices::tell(&vault.house.app).await.expect("tells");
            let came = receiver.until(n + 1).await;
            assert_eq!((came.len(), came[n].json()["data"]["detail"]["days"].as_i64()), (n + 1, Some(days)), "once");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ss_webhooks_go_nowhere_inside_and_say_what_is_wrong() {
    let vault = Vault::set(Kind::Sqlite, Rotation::None, json!({ "rotation": "none" }), |_| {}).await;
    let private = crate::support::House::new(Kind::Sqlite).await;
    let ada = private.person("ada").await;
    private.workspace("acme", &[(&ada, Standing::Owner)]).await;
    let (_, ada) = private.api_token(&ada, Some("acme"), None).await;
    for url in [
        "http://hooks.example/in",
        "https://127.0.0.1/in",
        "https://[::1]/in",
        "https://169.254.169.254/latest",
        "https://10.0.0.1/in",
        "https://hooks.example:8443/in",
        "https://user:pass@hooks.example/in",
        "ftp://hooks.example/in",
        "hooks.example",
        "",
    ] {
        let refused = ada.posts("/v1/webhooks", &json!({ "url": url })).await;
        refused.is_problem(422, "field_invalid");
        assert_eq!(refused.body["error"]["field"], "url", "{url}");
    }
    for (ask, field) in [
        (json!({}), "url"),
        (json!({ "url": "https://hooks.example/in", "events": ["account.read"] }), "events"),
        (json!({ "url": "https://hooks.example/in", "name": "\u{7}" }), "name"),
        (json!({ "url": "https://hooks.example/in", "secret": "whsec_x" }), "secret"),
    ] {
        let refused = ada.posts("/v1/webhooks", &ask).await;
        refused.is_problem(422, "field_invalid");
        assert_eq!(refused.body["error"]["field"], field, "{}", refused.body);
    }
    for _ in 0..20 {
        assert_eq!(ada.posts("/v1/webhooks", &json!({ "url": "https://hooks.example/in" })).await.status, 201);
    }
    ada.posts("/v1/webhooks", &json!({ "url": "https://hooks.example/in" })).await.is_problem(409, "too_many_webhooks");
    // A redirect is an answer like others: nobody follows it.
    let (receiver, inside) = (Receiver::open(), Receiver::open());
    let (hook, _) = listens(&vault.ada, &receiver.url, &[]).await;
    receiver.says(302);
    vault.ada.posts(&format!("/v1/webhooks/{hook}/test"), &json!({})).await;
    receiver.until(1).await;
    assert_eq!(inside.all().len(), 0);
    for _ in 0..100 {
        if deliveries(&vault.ada, &hook).await[0]["last_answer"] == "http_302" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the redirect counts as no failure");
}
