//! How refresh and access tokens turn and die in each mode.

use super::{Party, refresh, refused, secs};
use crate::support::provider::ledger::Death;
use crate::support::provider::mode::{Again, Then};
use crate::support::provider::{Mode, Rotation};

const HOUR: u64 = 3600;

#[tokio::test]
async fn none_the_token_stays_and_isnt_repeated() {
    let at = Party::with(Rotation::None).await;
    let given = at.given();
    for _ in 0..3 {
        let tokens = at.refreshes(&given.refresh_token).await.ok();
        assert!(tokens.body.get("refresh_token").is_none());
        assert_eq!(at.me(tokens.text("access_token")).await, 200);
    }
    assert_eq!(at.me(&given.access_token).await, 200, "earlier ones live on");
    assert!(at.crm.presented_twice().is_empty());
    refused(&at.refreshes("crm-refresh-no").await, 400, "invalid_grant");
    refused(&at.refreshes(&given.access_token).await, 400, "invalid_grant");
}

#[tokio::test]
async fn additive_each_use_gives_another_and_the_old_stay_good() {
    let at = Party::with(Rotation::Additive).await;
    let given = at.given();
    let second = at.refreshes(&given.refresh_token).await.ok();
    let third = at.refreshes(&given.refresh_token).await.ok();
    at.refreshes(second.text("refresh_token")).await.ok();
    at.refreshes(third.text("refresh_token")).await.ok();
    assert_eq!(at.crm.acceptable(&given.grant).len(), 5);
}

#[tokio::test]
async fn lazy_the_value_changes_after_a_day_and_the_old_is_refused() {
    let at = Party::with(Rotation::Lazy(24 * 3600)).await;
    let given = at.given();
    let same = at.refreshes(&given.refresh_token).await.ok();
    assert_eq!(same.text("refresh_token"), given.refresh_token);
    at.wait(secs(24 * HOUR));
    let changed = at.refreshes(&given.refresh_token).await.ok();
    assert_ne!(changed.text("refresh_token"), given.refresh_token);
    refused(&at.refreshes(&given.refresh_token).await, 400, "invalid_grant");
    assert_eq!(at.crm.live(&given.grant).as_deref(), Some(changed.text("refresh_token")));
    at.refreshes(changed.text("refresh_token")).await.ok();
}

#[tokio::test]
async fn strict_a_second_use_is_refused_and_the_grant_lives() {
    let at = Party::with(Rotation::Strict).await;
    let given = at.given();
    let next = at.refreshes(&given.refresh_token).await.ok();
    refused(&at.refreshes(&given.refresh_token).await, 400, "invalid_grant");
    at.refreshes(next.text("refresh_token")).await.ok();
    assert_eq!(at.crm.token_calls(&given.grant), 3);
}

#[tokio::test]
async fn strict_family_a_second_use_kills_the_grant() {
    let at = Party::with(Rotation::StrictFamily).await;
    let (given, other) = (at.given(), at.given());
    let next = at.refreshes(&given.refresh_token).await.ok();
    assert_eq!(at.me(next.text("access_token")).await, 200);
    refused(&at.refreshes(&given.refresh_token).await, 400, "invalid_grant");
    refused(&at.refreshes(next.text("refresh_token")).await, 400, "invalid_grant");
    assert_eq!(at.me(next.text("access_token")).await, 401);
    assert_eq!(at.crm.grants()[0].dead, Some(Death::Reuse));
    assert_eq!(at.crm.live(&given.grant), None);
    at.refreshes(&other.refresh_token).await.ok();
}

#[tokio::test]
async fn grace_replays_the_answer_for_so_long_and_then_kills() {
    let at = Party::with(Rotation::grace(600)).await;
    let given = at.given();
    let first = at.refreshes(&given.refresh_token).await.ok();
    at.wait(secs(580));
    let again = at.refreshes(&given.refresh_token).await.ok();
    for name in ["refresh_token", "access_token"] {
        assert_eq!(again.text(name), first.text(name));
    }
    assert!((3000..=3020).contains(&again.body["expires_in"].as_i64().expect("seconds")), "what is left of it");
    assert_eq!(at.crm.acceptable(&given.grant), [&*given.refresh_token, first.text("refresh_token")]);
    at.wait(secs(21));
    refused(&at.refreshes(&given.refresh_token).await, 400, "invalid_grant");
    refused(&at.refreshes(first.text("refresh_token")).await, 400, "invalid_grant");
    assert_eq!(at.crm.grants()[0].dead, Some(Death::Reuse));
}

#[tokio::test]
async fn grace_is_for_the_immediate_predecessor_only() {
    let at = Party::with(Rotation::grace(600)).await;
    let given = at.given();
    let first = at.refreshes(&given.refresh_token).await.ok();
    at.refreshes(first.text("refresh_token")).await.ok();
    refused(&at.refreshes(&given.refresh_token).await, 400, "invalid_grant");
    assert_eq!(at.crm.grants()[0].dead, Some(Death::Reuse));
}

#[tokio::test]
async fn grace_may_reissue_and_may_only_refuse_after_it() {
    let at = Party::with(Rotation::Grace { secs: 60, again: Again::Reissue, then: Then::Refuse }).await;
    let given = at.given();
    let first = at.refreshes(&given.refresh_token).await.ok();
    let again = at.refreshes(&given.refresh_token).await.ok();
    assert_ne!(again.text("refresh_token"), first.text("refresh_token"));
    at.wait(secs(61));
    refused(&at.refreshes(&given.refresh_token).await, 400, "invalid_grant");
    at.refreshes(first.text("refresh_token")).await.ok();
    at.refreshes(again.text("refresh_token")).await.ok();
}

#[tokio::test]
async fn until_used_the_old_is_good_until_its_successor_or_the_access_token_is_used() {
    let at = Party::with(Rotation::until_used()).await;
    for by_api in [true, false] {
        let given = at.given();
        at.refreshes(&given.refresh_token).await.ok();
        at.wait(secs(24 * HOUR));
        let next = at.refreshes(&given.refresh_token).await.ok();
        assert_eq!(at.crm.acceptable(&given.grant).len(), 3);
        if by_api {
            assert_eq!(at.me(next.text("access_token")).await, 200);
        } else {
            at.refreshes(next.text("refresh_token")).await.ok();
        }
        refused(&at.refreshes(&given.refresh_token).await, 400, "invalid_grant");
        assert!(at.crm.live(&given.grant).is_some());
    }
}

#[tokio::test]
async fn an_access_token_ends_with_time_with_a_refresh_or_with_another_of_the_same_person() {
    let at = Party::with(Mode { access_life: 600, ..Rotation::Strict.into() }).await;
    let given = at.given();
    at.wait(secs(580));
    assert!(at.me(&given.access_token).await == 200 && at.crm.access_ok(&given.access_token));
    at.wait(secs(20));
    assert!(at.me(&given.access_token).await == 401 && !at.crm.access_ok(&given.access_token));

    let given = at.given();
    at.crm.changes(|mode| mode.refresh_kills_access = true);
    let next = at.refreshes(&given.refresh_token).await.ok();
    assert_eq!((at.me(&given.access_token).await, at.me(next.text("access_token")).await), (401, 200));

    at.crm.changes(|mode| (mode.refresh_kills_access, mode.one_access_per_user) = (false, true));
    let (bob, ada) = (at.crm.gives("vault", "bob", ""), at.given());
    assert_eq!((at.me(next.text("access_token")).await, at.me(&ada.access_token).await), (401, 200));
    assert_eq!(at.me(&bob.access_token).await, 200);

    at.crm.changes(|mode| (mode.one_access_per_user, mode.access_cap) = (false, Some(2)));
    let second = at.refreshes(&ada.refresh_token).await.ok();
    assert_eq!(at.me(&ada.access_token).await, 200);
    at.refreshes(second.text("refresh_token")).await.ok();
    assert_eq!((at.me(&ada.access_token).await, at.me(second.text("access_token")).await), (401, 200));
}

#[tokio::test]
async fn a_cap_evicts_the_oldest_in_silence_and_a_new_consent_may_replace_all() {
    let at = Party::with(Mode { grant_cap: Some(2), ..Mode::default() }).await;
    let bob = at.crm.gives("vault", "bob", "");
    let all = [at.given(), at.given(), at.given()];
    refused(&at.refreshes(&all[0].refresh_token).await, 400, "invalid_grant");
    at.refreshes(&all[1].refresh_token).await.ok();
    assert_eq!(at.crm.grants()[1].dead, Some(Death::Evicted));
    at.crm.changes(|mode| (mode.grant_cap, mode.new_consent_replaces) = (None, true));
    let newest = at.given();
    refused(&at.refreshes(&all[1].refresh_token).await, 400, "invalid_grant");
    refused(&at.refreshes(&all[2].refresh_token).await, 400, "invalid_grant");
    at.refreshes(&newest.refresh_token).await.ok();
    at.refreshes(&bob.refresh_token).await.ok();
    assert!(at.crm.grants_lost().is_empty(), "nobody's fault");
}

#[tokio::test]
async fn a_grant_dies_of_idleness_and_of_age_and_says_how_long_it_has() {
    let days = |n: i64| n * 24 * 3600;
    let mode = Mode { refresh_idle: Some(days(60)), refresh_absolute: Some(days(100)), ..Rotation::Strict.into() };
    let at = Party::with(Mode { says_refresh_life: Some("x_refresh_token_expires_in".to_owned()), ..mode }).await;
    let (used, idle) = (at.given(), at.given());
    at.wait(secs(59 * 24 * HOUR));
    let next = at.refreshes(&used.refresh_token).await.ok();
    assert_eq!(next.body["x_refresh_token_expires_in"], days(41));
    at.wait(secs(2 * 24 * HOUR));
    refused(&at.refreshes(&idle.refresh_token).await, 400, "invalid_grant");
    let next = at.refreshes(next.text("refresh_token")).await.ok();
    at.wait(secs(40 * 24 * HOUR));
    refused(&at.refreshes(next.text("refresh_token")).await, 400, "invalid_grant");
    at.crm.changes(|mode| mode.refresh_absolute = None);
    at.refreshes(next.text("refresh_token")).await.ok();
}

#[tokio::test]
async fn a_refresh_may_come_too_early_or_too_often() {
    let at = Party::with(Mode { earliest_refresh: Some(570), ..Rotation::Strict.into() }).await;
    let given = at.given();
    at.wait(secs(550));
    refused(&at.refreshes(&given.refresh_token).await, 400, "invalid_request");
    at.wait(secs(20));
    let next = at.refreshes(&given.refresh_token).await.ok();
    refused(&at.refreshes(next.text("refresh_token")).await, 400, "invalid_request");

    at.crm.changes(|mode| *mode = Mode { refreshes: Some((2, 600)), ..Mode::default() });
    let given = at.given();
    at.refreshes(&given.refresh_token).await.ok();
    at.refreshes(&given.refresh_token).await.ok();
    refused(&at.refreshes(&given.refresh_token).await, 429, "slow_down");
    at.wait(secs(600));
    at.refreshes(&given.refresh_token).await.ok();
}

#[tokio::test]
async fn a_dead_token_is_told_in_the_vendors_own_words() {
    let mode = Mode { dead_error: "bad_refresh_token".to_owned(), error_status: Some(200), ..Mode::default() };
    let at = Party::with(mode).await;
    let given = at.given();
    at.refreshes(&given.refresh_token).await.ok();
    at.crm.withdraws(&given.grant);
    refused(&at.refreshes(&given.refresh_token).await, 200, "bad_refresh_token");
    assert_eq!(at.crm.grants()[0].dead, Some(Death::Withdrawn));
}

#[tokio::test]
async fn a_scope_may_shrink_and_not_grow() {
    let at = Party::with(Rotation::None).await;
    let given = at.given();
    let with = async |scope: &str| {
        at.posts("token", &[&refresh(&given.refresh_token)[..], &[("scope", scope)]].concat()).await
    };
    with("read").await.ok();
    refused(&with("read admin").await, 400, "invalid_scope");
}
