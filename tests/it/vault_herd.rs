//! vault.md §5.2: herds. Many who read at once, many tokens that are due at once, many accounts of a source that is refused.

use crate::on_both;
use crate::support::provider::{At, Rotation};
use crate::support::vault::{CLIENT, SECRET, Vault};
use crate::support::{Kind, rounds};
use std::collections::BTreeSet;
use std::time::Duration;
use symbolon::base::Time;
use symbolon::vault::grants::timing::Lives;
use tokio::task::JoinSet;
use tokio::time::Instant;

const HOUR: Duration = Duration::from_secs(3_600);

/// How many calls of the token endpoint were open at once, at most.
fn at_once(at: &At) -> usize {
    let calls = at.calls("token");
    let mut moments: Vec<(u64, i64)> = calls.iter().map(|call| (call.began, 1)).collect();
    moments.extend(calls.iter().map(|call| (call.ended.expect("has ended"), -1)));
    moments.sort_unstable();
    let mut open = 0;
    let most = moments.iter().map(|(_, step)| {
        open += step;
        open
    });
    usize::try_from(most.max().unwrap_or(0)).expect("a count")
}

on_both! {
    async fn cv_18_a_thousand_readers_at_expiry_cost_one_request(house: House) {
        let vault = Vault::with(house.kind, Rotation::StrictFamily, "strict_family").await;
        let (account, given) = vault.brings("zoe").await;
        let twin = if house.kind == Kind::Postgres { Some(vault.house.twin().await) } else { None };
        vault.house.wait(2 * HOUR);
        twin.iter().for_each(|twin| twin.wait(2 * HOUR));
        let held = vault.crm.holds_after_rotation();
        let path = format!("/v1/accounts/{account}?include_credentials=1&wait=30");
        let mut readers = JoinSet::new();
        for n in 0..1_000 {
            let who = twin.as_ref().filter(|_| n % 2 == 0).map_or_else(|| vault.ada.clone(), |twin| vault.ada.at(twin));
            let path = path.clone();
            readers.spawn(async move {
                let begun = Instant::now();
                (who.does("GET", &path).await, begun.elapsed())
            });
        }
        held.arrived(1).await;
        held.releases();
        let answers = readers.join_all().await;
        let tokens: BTreeSet<String> = answers
            .iter()
            .map(|(read, _)| {
                assert_eq!(read.status, 200, "{}", read.body);
                read.body["data"]["credentials"]["oauth_access_token"].to_string()
            })
            .collect();
        assert_eq!((tokens.len(), vault.crm.token_calls(&given.grant)), (1, 2), "the adoption and one refresh");
        assert_eq!((vault.crm.presented_twice().len(), vault.crm.grants_lost().len()), (0, 0));
        let mut took: Vec<Duration> = Vec::new();
        for _ in 0..1_000 {
            let begun = Instant::now();
            vault.ada.does("GET", &path).await.ok();
            took.push(begun.elapsed());
        }
        took.sort_unstable();
        println!(
            "herd, {:?}: 1,000 readers, 1 request of the provider; then cached reads one by one (not optimized): p50 {:?}, p99 {:?}",
            house.kind, took[500], took[990]
        );
        assert_eq!(vault.crm.token_calls(&given.grant), 2);
    }

    async fn ten_thousand_accounts_of_a_source_that_is_refused_wait_and_recover_by_themselves(house: House) {
        let vault = Vault::with(house.kind, Rotation::Strict, "strict").await;
        let (model, _) = vault.brings("zoe").await;
        let many = rounds(400, 10_000);
        vault.crm.secrets_are(CLIENT, &["crm-secret-2"]);
        let before = vault.crm.hits("token");
        let crowd = vault.crowds(&model, &vault.crm, many).await;
        vault.until_count("SELECT count(*) FROM sources WHERE state = 'misconfigured'", |n| n == 1).await;
        let due = format!("SELECT count(*) FROM vault_grants WHERE health = 'ok' AND next_at <= {}", (vault.house.now() + HOUR).millis());
        vault.house.wait(Duration::from_secs(600));
        vault.until_count(&due, |n| n <= 1).await;
        let refused = vault.crm.hits("token") - before;
        assert!(refused <= 24, "it was asked {refused} times");
        let disabled = "SELECT count(*) FROM accounts WHERE state <> 'active'";
        assert_eq!(vault.counts(disabled).await, 0);
        vault.reads(&crowd[0]).await.is_problem(424, "source_misconfigured");
        // The secret is right again at the provider; nobody here does anything.
        vault.crm.secrets_are(CLIENT, &["crm-secret-2", SECRET]);
        vault.house.wait(Duration::from_secs(61));
        let begun = Instant::now();
        vault.until_count("SELECT count(*) FROM sources WHERE state = 'active'", |n| n == 1).await;
        let fresh = "SELECT count(*) FROM vault_grants WHERE version > 1 AND health = 'ok' AND attempt_state = 'clean'";
        let all = i64::try_from(many).expect("a count");
        vault.until_count(fresh, |n| n > all).await;
        println!(
            "source refused, {:?}: {many} accounts, {refused} requests while it was, 0 disabled; all fresh {} s after the secret was right",
            house.kind,
            begun.elapsed().as_secs()
        );
        assert_eq!((vault.counts(disabled).await, vault.crm.grants_lost().len()), (0, 0));
        assert!(at_once(&vault.crm) <= vault.house.config.vault.at_once);
    }

    async fn what_is_due_at_one_source_isn_t_in_the_way_of_another(house: House) {
        let vault = Vault::with(house.kind, Rotation::Strict, "strict").await;
        let (model, _) = vault.brings("zoe").await;
        let other = vault._provider.at("other", Rotation::Strict);
        let made = crate::support::fleet::makes_source(&vault.ada, &other, "other", "strict").await;
        assert_eq!(made.status, 201);
        other.knows(&["zoe"]);
        let given = other.gives(CLIENT, "zoe", "read");
        let lone = crate::support::fleet::brings(&vault.ada, "other", &given.refresh_token).await.body;
        let lone = lone["data"]["id"].as_str().expect("an id").to_owned();
        // The crowd's provider answers, but never fast enough.
        let held = vault.crm.holds_after_rotation();
        let many = 1_200;
        vault.crowds(&model, &vault.crm, many).await;
        held.arrived(vault.house.config.vault.at_once).await;
        vault.house.wait(2 * HOUR);
        vault.house.sql(&format!("UPDATE vault_grants SET used_at = refreshed_at WHERE id IN (SELECT grant_id FROM account_grants WHERE account = '{lone}')")).await;
        other.until(|other| other.token_calls(&given.grant) == 2).await;
        assert_eq!(held.count(), vault.house.config.vault.at_once, "no more at once than it is given");
        assert!(vault.house.app.turns.waiting(&vault.source) <= 400, "{}", vault.house.app.turns.waiting(&vault.source));
        held.releases();
    }
}

/// 100,000 tokens of an hour each that came within one hour: when each is due.
#[test]
fn a_hundred_thousand_tokens_are_due_as_evenly_as_they_came() {
    let lives = Lives { access: Some(HOUR), ..Lives::default() };
    let (begun, mut minutes) = (Time::from_secs(1_000_000), vec![0_u32; 180]);
    let mut worst = Duration::ZERO;
    for n in 0..100_000_u32 {
        let came = begun + HOUR * n / 100_000;
        let times = lives.times(came, &format!("pgr_{n:032x}"));
        let (due, told) = (times.next_at.expect("is due"), times.published_at.expect("expires"));
        assert!(due < told, "before anybody has to wait");
        minutes[usize::try_from(due.secs_since(begun) / 60).expect("later")] += 1;
        worst = worst.max(Duration::from_secs((due.secs_since(came)).unsigned_abs()));
    }
    let most = minutes.iter().max().expect("some");
    println!("100,000 tokens of one hour: {most} due in the fullest minute, {} on average", 100_000 / 60);
    assert!(*most < 2_000 && worst < HOUR, "{most} {worst:?}");
    // And those that all came in the same second come apart by more than two minutes.
    let due: Vec<i64> = (0..100_000)
        .map(|n| lives.times(begun, &format!("pgr_{n:032x}")).next_at.expect("is due").secs_since(begun))
        .collect();
    let (first, last) = (due.iter().min().expect("some"), due.iter().max().expect("some"));
    assert!(last - first > 120, "{first} {last}");
}
