//! Requests a second: issue 5, security.md K (RL-01 to RL-10), draft-ietf-httpapi-ratelimit-headers.

use crate::on_both;
use crate::support::client::answer;
use crate::support::process::free_port;
use crate::support::redis::Redis;
use crate::support::{Answer, Client, Holder, House, Kind};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use symbolon::base::{Secret, Time};
use symbolon::clients::GrantType;
use symbolon::config::Config;
use symbolon::limits::{Cell, Policy};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

/// With the limits that are there without settings.
fn usual(config: &mut Config) {
    let defaults: Config = toml::from_str(include_str!("../../src/config/default.toml")).expect("the defaults");
    assert_eq!((defaults.limits.token_per_second, defaults.limits.workspace_per_second), (3, 7));
    config.limits.token_per_second = defaults.limits.token_per_second;
    config.limits.workspace_per_second = defaults.limits.workspace_per_second;
}

impl House {
    /// The clock stands at this millisecond, however slow the machine is.
    pub fn stands_at(&self, millis: i64) {
        self.app.clock.stop_at(Time::from_millis(millis));
    }
}

/// Sends `n` requests spread evenly over time from `begin` on, `rate` a second; gives when each was accepted.
async fn paced(house: &House, holders: &[Holder], rate: i64, n: i64, begin: i64) -> Vec<i64> {
    let mut accepted = Vec::new();
    for i in 0..n {
        let at = begin + i * 1000 / rate;
        house.stands_at(at);
        let holder = &holders[usize::try_from(i).expect("an index") % holders.len()];
        match holder.lists().await {
            Answer { status: 200, .. } => accepted.push(at),
            limited => limited.is_limited(),
        }
    }
    accepted
}

impl Answer {
    #[track_caller]
    fn is_limited(&self) {
        self.is_problem(429, "rate-limited");
        assert!(self.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds >= 1), "{:?}", self.headers);
        assert!(!self.header("ratelimit").is_empty() && !self.header("ratelimit-policy").is_empty());
    }
}

/// The most that lie within one second.
fn densest(times: &[i64]) -> usize {
    times.iter().map(|from| times.iter().filter(|at| (*from..from + 1000).contains(at)).count()).max().unwrap_or(0)
}

async fn script(house: &House, name: &str) -> Holder {
    let user = house.person(name).await;
    house.api_token(&user, Some("default"), None).await.1
}

on_both! {
    async fn rl_01_ten_a_second_for_a_minute_pass_as_three_a_second(house: House) {
        let house = House::with(house.kind, usual).await;
        let holder = script(&house, "ada").await;
        let accepted = paced(&house, &[holder], 10, 600, house.now().millis() + 1000).await;
        assert!((177..=184).contains(&accepted.len()), "{}", accepted.len());
        // The declared burst is what a second has.
        assert!(densest(&accepted) <= 3 + 3, "{}", densest(&accepted));
        let settled: Vec<i64> = accepted.iter().copied().filter(|at| *at > accepted[0] + 2000).collect();
        assert!(densest(&settled) <= 4, "{}", densest(&settled));
    }

    async fn exactly_three_a_second_for_ten_minutes_never_see_429(house: House) {
        let house = House::with(house.kind, usual).await;
        let holder = script(&house, "ada").await;
        let accepted = paced(&house, &[holder], 3, 1800, house.now().millis() + 1000).await;
        assert_eq!(accepted.len(), 1800);
    }

    async fn rl_02_three_tokens_of_one_workspace_share_seven_a_second(house: House) {
        let house = House::with(house.kind, usual).await;
        let mut holders = Vec::new();
        for name in ["ada", "bob", "cyd"] {
            holders.push(script(&house, name).await);
        }
        let accepted = paced(&house, &holders, 9, 540, house.now().millis() + 1000).await;
        assert!((415..=427).contains(&accepted.len()), "{}", accepted.len());
        assert!(densest(&accepted[20..]) <= 8, "{}", densest(&accepted[20..]));
        // Another workspace isn't theirs to use up.
        let dan = house.person("dan").await;
        house.workspace("acme", &[(&dan, symbolon::people::workspaces::Standing::Member)]).await;
        let (_, elsewhere) = house.api_token(&dan, Some("acme"), None).await;
        elsewhere.lists().await.ok();
    }

    async fn rl_04_a_hundred_in_one_instant_are_three(house: House) {
        let house = House::with(house.kind, usual).await;
        let holder = script(&house, "ada").await;
        let begun = house.now().millis();
        let statuses = burst(&[holder], 100).await;
        let passed = statuses.iter().filter(|status| **status == 200).count();
        let elapsed = usize::try_from((house.now().millis() - begun) / 333).expect("a number");
        assert!((3..=3 + elapsed).contains(&passed), "{passed} in {elapsed} thirds");
        assert!(statuses.iter().all(|status| [200, 429].contains(status)));
    }

    async fn what_is_left_is_told_in_headers(house: House) {
        let house = House::with(house.kind, usual).await;
        let holder = script(&house, "ada").await;
        let first = holder.lists().await.ok();
        assert_eq!(first.header("ratelimit-policy"), "\"token\";q=3;w=1, \"workspace\";q=7;w=1");
        assert_eq!(first.header("ratelimit"), "\"token\";r=2;t=1, \"workspace\";r=6;t=1");
        let mut last = first;
        for _ in 0..20 {
            last = holder.lists().await;
            if last.status == 429 {
                break;
            }
        }
        last.is_limited();
        assert_eq!(last.body["violated-policies"], "token");
        assert_eq!(last.header("ratelimit"), "\"token\";r=0;t=1");
        assert!(last.text("detail").contains("3 requests a second with this token"), "{}", last.body);
        assert_eq!(last.body["title"], "Too Many Requests");
        house.wait(Duration::from_secs(1));
        holder.lists().await.ok();
    }

    async fn rl_03_rl_06_nothing_that_a_caller_writes_brings_more(house: House) {
        let house = House::with(house.kind, |config| config.limits.token_per_second = 1).await;
        let holder = script(&house, "ada").await;
        holder.lists().await.ok();
        for (n, (header, value)) in [
            ("x-forwarded-for", "203.0.113.9"), ("x-real-ip", "203.0.113.9"), ("forwarded", "for=203.0.113.9"),
            ("cf-connecting-ip", "203.0.113.9"), ("x-workspace-id", "acme"), ("x-original-url", "/x"),
        ].into_iter().enumerate() {
            let at = house.now().millis();
            house.stands_at(at);
            let limited = holder.with(header, value).lists().await;
            assert!(limited.status == 429 || n == 0, "{header} {}", limited.status);
        }
        for path in ["/api/tokens/", "//api/tokens", "/api//tokens", "/API/tokens", "/api/%74okens"] {
            assert!([404, 405].contains(&holder.does("GET", path).await.status), "{path}");
        }
        assert_eq!(holder.does("HEAD", "/api/tokens").await.status, 429);
        assert_eq!(holder.does("OPTIONS", "/api/tokens").await.status, 405);
        // Guesses from one address are counted by that address, whatever they say of it.
        let mut statuses = Vec::new();
        for n in 0..60 {
            let guess = Holder::of(&house, "sym_pat_wrong").with("x-forwarded-for", &format!("203.0.113.{n}"));
            statuses.push(guess.lists().await.status);
        }
        assert!(statuses.contains(&429), "{statuses:?}");
    }

    async fn rl_09_what_isnt_good_is_told_before_what_is_too_much(house: House) {
        let house = House::with(house.kind, |config| config.limits.token_per_second = 1).await;
        let holder = script(&house, "ada").await;
        holder.lists().await.ok();
        let token = holder.authorization.clone();
        let last = if token.ends_with('A') { "B" } else { "A" };
        let bent = Holder { authorization: format!("{}{last}", &token[..token.len() - 1]), ..holder.clone() };
        assert_eq!(bent.lists().await.status, 401);
        // A right identifier with a wrong secret takes nothing from its owner.
        for _ in 0..10 {
            assert_eq!(bent.lists().await.status, 401);
        }
        house.wait(Duration::from_secs(1));
        holder.lists().await.ok();
    }

    async fn rl_08_a_clock_that_jumps_locks_nobody_out(house: House) {
        let house = House::with(house.kind, usual).await;
        let holder = script(&house, "ada").await;
        for hours in [1, -1, -1, 2] {
            house.app.clock.shift(hours * 3_600_000);
            let passed = burst(std::slice::from_ref(&holder), 30).await.iter().filter(|status| **status == 200).count();
            assert!((3..=6).contains(&passed), "{hours}: {passed}");
        }
    }

    async fn each_grant_has_one_budget_however_often_it_is_refreshed(house: House) {
        let house = House::with(house.kind, usual).await;
        house.person("ada").await;
        let client = house.client_with(|m| m.scope.push_str(" symbolon:tokens")).await;
        let mut tokens = client.tokens(&mut house.browser(), "ada", &[("scope", "openid offline symbolon:tokens")]).await;
        let mut passed = 0;
        let begun = house.now().millis();
        for n in 0..12 {
            house.stands_at(begun + n);
            tokens = client.refreshes(tokens.text("refresh_token")).await.ok();
            let told = client.userinfo(tokens.text("access_token")).await;
            match told.status {
                200 => passed += 1,
                _ => told.is_limited(),
            }
        }
        assert_eq!(passed, 3);
        // /api and /userinfo take from the same.
        let bearer = Holder { authorization: format!("Bearer {}", tokens.text("access_token")), ..Holder::of(&house, "") };
        bearer.lists().await.is_limited();
    }

    async fn clients_workspaces_and_tokens_may_have_their_own_numbers(house: House) {
        let house = House::with(house.kind, usual).await;
        let ada = house.person("ada").await;
        let root = house.admin("root").await;
        let (_, admin) = house.api_token(&root, Some("default"), Some("symbolon:admin")).await;
        let (id, holder) = house.api_token(&ada, Some("default"), None).await;
        let count = async |holder: &Holder| {
            house.wait(Duration::from_secs(5));
            let begun = house.now().millis();
            let mut passed = 0;
            for n in 0..40 {
                house.stands_at(begun + n);
                passed += usize::from(holder.lists().await.status == 200);
            }
            passed
        };
        assert_eq!(count(&holder).await, 3);
        let set = async |path: &str, rate: serde_json::Value| {
            house.wait(Duration::from_secs(5));
            answer(admin.request("PATCH", path).json(&json!({ "requests_per_second": rate }))).await
        };
        set(&format!("/v1/admin/tokens/{id}"), json!(5)).await.ok();
        assert_eq!(count(&holder).await, 5);
        set(&format!("/v1/admin/tokens/{id}"), json!(0)).await.ok();
        assert_eq!(count(&holder).await, 7, "the workspace has a limit too");
        set("/v1/admin/workspaces/default", json!(20)).await.ok();
        // A machine that is slow gives it time for one more.
        assert!((20..=22).contains(&count(&holder).await));
        set("/v1/admin/workspaces/default", json!(0)).await.ok();
        assert_eq!(count(&holder).await, 40);
        set("/v1/admin/workspaces/default", json!(null)).await.ok();
        set(&format!("/v1/admin/tokens/{id}"), json!(null)).await.ok();
        assert_eq!(count(&holder).await, 3);
        set("/v1/admin/workspaces/default", json!(1_000_001)).await.is_problem(422, "invalid-field");
        set(&format!("/v1/admin/tokens/{id}"), json!(-1)).await.is_problem(422, "invalid-field");
        let client = house.client_with(|m| {
            m.requests_per_second = Some(6);
            m.scope.push_str(" symbolon:tokens");
        }).await;
        let tokens = client.tokens(&mut house.browser(), "ada", &[("scope", "openid symbolon:tokens")]).await;
        let bearer = Holder { authorization: format!("Bearer {}", tokens.text("access_token")), ..holder.clone() };
        assert_eq!(count(&bearer).await, 6);
    }

    async fn administrators_set_all_of_them_in_the_console_and_on_the_command_line(house: House) {
        let house = House::with(house.kind, usual).await;
        house.admin("root").await;
        let ada = house.person("ada").await;
        let (id, _) = house.api_token(&ada, Some("default"), None).await;
        let (client, told) = (house.client().await, async |sql: &str| house.raw().await.texts(sql).await.concat());
        let mut browser = house.browser();
        browser.arrives_as("root").await;
        for (page, form, to, path, sql) in [
            (format!("/admin/users/{ada}"), "#limit-token", "/tokens/limit", "", "SELECT per_second FROM api_tokens"),
            ("/admin/workspaces/default".to_owned(), "#limit", "/limit", "", "SELECT per_second FROM workspaces WHERE slug = 'default'"),
            (format!("/admin/clients/{}", client.id), "#edit", "", "metadata", "SELECT metadata FROM clients"),
        ] {
            for (typed, status) in [("12", 303), ("many", 422), ("-1", 422), ("1000001", 422), ("", 303)] {
                let shown = browser.get(&page).await;
                let mut fields = shown.form(form);
                fields.retain(|(name, _)| name != "requests_per_second");
                fields.push(("requests_per_second".to_owned(), typed.to_owned()));
                let view = browser.post_once(&format!("{page}{to}"), &fields).await;
                assert_eq!(view.status, status, "{page} {typed} {}", view.body);
                let wrong = format!("{form}-requests_per_second-wrong");
                assert_eq!(view.first(&wrong).is_some(), status == 422, "{page} {typed} {}", view.body);
                let has = match path {
                    "" => told(sql).await == "12",
                    _ => told(sql).await.contains("\"requests_per_second\":12"),
                };
                assert_eq!(has, !typed.is_empty(), "{page} {typed}");
            }
        }
        for line in [
            format!("token limit {id} 9"),
            "workspace limit default 70".to_owned(),
            format!("client update {} --requests-per-second 8", client.id),
        ] {
            let (code, out, err) = house.command(&format!("{line} --format json")).await;
            assert!(code == 0 && out.contains("\"requests_per_second\": "), "{line} {out} {err}");
        }
        assert_eq!(told("SELECT per_second FROM api_tokens").await, "9");
        let (code, out, _) = house.command(&format!("client update {} --requests-per-second default --format json", client.id)).await;
        assert!(code == 0 && !out.contains("requests_per_second"), "{out}");
    }

    async fn rl_10_one_client_or_address_doesnt_starve_the_others_at_the_token_endpoint(house: House) {
        let house = House::with(house.kind, |config| config.limits.client_per_second = 5).await;
        let machine = async || house.client_with(|m| m.grant_types.push(GrantType::ClientCredentials)).await;
        let (bad, good) = (machine().await, machine().await);
        let asks = async |client: &Client| client.token(&[("grant_type", "client_credentials")]).await;
        let begun = house.now().millis();
        let mut last = None;
        for n in 0..12 {
            house.stands_at(begun + n);
            last = Some(asks(&bad).await);
        }
        let last = last.expect("an answer");
        last.is(429, "temporarily_unavailable");
        assert_eq!(last.header("ratelimit-policy"), "\"client\";q=5;w=1");
        assert_eq!(last.header("retry-after"), "1");
        asks(&good).await.ok();
        // Who doesn't know the secret doesn't use up what the client has.
        let liar = Client { secret: Some("wrong".to_owned()), ..good.clone() };
        for n in 0..12 {
            house.stands_at(begun + 100 + n);
            asks(&liar).await.is(401, "invalid_client");
        }
        house.wait(Duration::from_secs(1));
        asks(&good).await.ok();

        let house = House::with(house.kind, |config| config.limits.address_per_second = 2).await;
        house.person("ada").await;
        let begun = house.now().millis();
        let url = format!("{}/oauth2/token", house.url);
        let mut statuses = Vec::new();
        for n in 0..5 {
            house.stands_at(begun + n);
            statuses.push(answer(house.http().post(&url).form(&[("grant_type", "x")])).await.status);
        }
        assert_eq!(statuses, [401, 401, 429, 429, 429]);
        let mut browser = house.browser();
        let page = browser.get("/login").await;
        let mut views = Vec::new();
        for n in 0..4 {
            house.stands_at(begun + 100 + n);
            views.push(browser.signs_in_with(&page, "ada", "wrong").await);
        }
        assert_eq!(views.iter().map(|view| view.status).collect::<Vec<_>>(), [422, 422, 429, 429]);
        assert!(views[3].header("retry-after").parse::<u64>().is_ok() && views[3].first("#sign-in").is_some());
        house.wait(Duration::from_secs(2));
        assert_eq!(browser.signs_in(&page, "ada").await.status, 200);
    }
}

/// All at once; gives their statuses.
async fn burst(holders: &[Holder], n: usize) -> Vec<u16> {
    let barrier = Arc::new(Barrier::new(n));
    let mut runs = JoinSet::new();
    for holder in holders.iter().cycle().take(n) {
        let (holder, barrier) = (holder.clone(), barrier.clone());
        runs.spawn(async move {
            barrier.wait().await;
            holder.lists().await.status
        });
    }
    runs.join_all().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rl_04_two_servers_with_a_store_count_together() {
    let redis = Redis::start().await;
    let house = House::with(Kind::Postgres, |config| {
        usual(config);
        config.limits.url = Some(Secret::new(redis.url()));
        config.limits.replicas = 2;
    })
    .await;
    let twin = house.twin().await;
    let holder = script(&house, "ada").await;
    let (here, there) = (holder.clone(), holder.at(&twin));
    // The first calls connect.
    for one in [&here, &there] {
        one.lists().await.ok();
    }
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(1100)).await;
        let begun = tokio::time::Instant::now();
        let statuses = burst(&[here.clone(), there.clone()], 100).await;
        let thirds = begun.elapsed().as_millis() / 333;
        let passed = statuses.iter().filter(|status| **status == 200).count();
        let most = 3 + 1 + usize::try_from(thirds).expect("a number");
        assert!((3..=most).contains(&passed), "{passed} of {most}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_its_store_gone_a_server_counts_its_share_and_says_so() {
    let mut redis = Redis::start().await;
    let metrics = free_port();
    let house = House::with(Kind::Sqlite, |config| {
        config.limits.token_per_second = 4;
        config.limits.url = Some(Secret::new(redis.url()));
        config.limits.replicas = 2;
        config.metrics.listen = Some(([127, 0, 0, 1], metrics).into());
    })
    .await;
    let holder = script(&house, "ada").await;
    let ready = async || {
        let answer = answer(house.http().get(format!("{}/health/ready", house.url))).await.ok();
        answer.body["checks"]["limits"].as_str().expect("a word").to_owned()
    };
    let measured = async || {
        let text = house.http().get(format!("http://127.0.0.1:{metrics}/metrics")).send().await.expect("an answer");
        text.text().await.expect("text")
    };
    let passed = async || {
        let begun = house.now().millis();
        let mut passed = 0;
        for n in 0..10 {
            house.stands_at(begun + n);
            passed += usize::from(holder.lists().await.status == 200);
        }
        passed
    };
    assert_eq!(ready().await, "ok");
    assert!((4..=6).contains(&passed().await));
    assert!(measured().await.contains("symbolon_limits_store_gone 0"));
    redis.stop();
    house.wait(Duration::from_secs(60));
    let alone = passed().await;
    assert!((2..=3).contains(&alone), "half of four: {alone}");
    assert_eq!(ready().await, "degraded");
    assert!(measured().await.contains("symbolon_limits_store_gone 1"));
    redis.begin().await;
    let mut left = 400;
    while ready().await != "ok" {
        left -= 1;
        assert!(left > 0, "it isn't noticed that the store is back");
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    house.wait(Duration::from_secs(60));
    assert!((4..=6).contains(&passed().await));
    let text = measured().await;
    assert!(
        text.contains("symbolon_limits_store_gone 0") && text.contains("symbolon_ratelimited_total{limit=\"token\"}")
    );
    // What is counted can be read there, and not where the public comes.
    assert!(text.contains("route=\"/api/tokens\",status=\"200\""), "{text}");
    assert!(!text.contains(&holder.authorization[6..]), "no secrets");
    assert_eq!(answer(house.http().get(format!("{}/metrics", house.url))).await.status, 404);
}

#[tokio::test]
async fn a_store_that_was_never_there_keeps_nobody_out() {
    let house = House::with(Kind::Sqlite, |config| {
        config.limits.token_per_second = 3;
        config.limits.url = Some(Secret::new(format!("redis://:secret@127.0.0.1:{}/0", free_port())));
    })
    .await;
    let holder = script(&house, "ada").await;
    holder.lists().await.ok();
    let cell = Cell { policy: Policy::Token, key: "x".into(), per_second: 3 };
    assert!(house.app.limits.take(&[cell]).await.wait.is_none());
}
