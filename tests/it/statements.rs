//! Every statement on both databases, and how many round trips each endpoint makes: DESIGN §1, law 1.

use crate::on_both;
use crate::support::Kind;
use crate::support::{Client, House};
use std::collections::BTreeMap;
use symbolon::clients::{GrantType, Rotation};
use symbolon::{admin, api_tokens, audit, clients, entry, keys, mail, oauth, observe, people, signin, vault};

/// The statements of each room.
const ROOMS: &[(&str, &[(&str, &str)])] = &[
    ("admin/repeats.rs", admin::repeats::ALL),
    ("api_tokens/store.rs", api_tokens::store::ALL),
    ("audit/chain.rs", audit::chain::ALL),
    ("audit/mod.rs", audit::ALL),
    ("audit/trail.rs", audit::trail::ALL),
    ("clients/cimd/store.rs", clients::cimd::store::ALL),
    ("clients/invites.rs", clients::invites::ALL),
    ("clients/store.rs", clients::store::ALL),
    ("entry/invitations.rs", entry::invitations::ALL),
    ("entry/links.rs", entry::links::ALL),
    ("entry/signup.rs", entry::signup::ALL),
    ("keys/data.rs", keys::data::ALL),
    ("keys/store.rs", keys::store::ALL),
    ("mail/store.rs", mail::store::ALL),
    ("oauth/acting.rs", oauth::acting::ALL),
    ("oauth/living.rs", oauth::living::ALL),
    ("oauth/logout/store.rs", oauth::logout::store::ALL),
    ("oauth/look.rs", oauth::look::ALL),
    ("oauth/store.rs", oauth::store::ALL),
    ("observe/pulse.rs", observe::pulse::ALL),
    ("people/setup.rs", people::setup::ALL),
    ("people/store.rs", people::store::ALL),
    ("people/workspaces/store.rs", people::workspaces::store::ALL),
    ("signin/codes.rs", signin::codes::ALL),
    ("signin/consents.rs", signin::consents::ALL),
    ("signin/counts.rs", signin::counts::ALL),
    ("signin/interaction.rs", signin::interaction::ALL),
    ("signin/passkey.rs", signin::passkey::ALL),
    ("signin/session.rs", signin::session::ALL),
    ("signin/throttle.rs", signin::throttle::ALL),
    ("signin/underway.rs", signin::underway::ALL),
    ("vault/accounts/store.rs", vault::accounts::store::ALL),
    ("vault/break_glass.rs", vault::break_glass::ALL),
    ("vault/connect/store.rs", vault::connect::store::ALL),
    ("vault/custody.rs", vault::custody::ALL),
    ("vault/events.rs", vault::events::ALL),
    ("vault/figures.rs", vault::figures::ALL),
    ("vault/grants/store.rs", vault::grants::store::ALL),
    ("vault/hooks/notices.rs", vault::hooks::notices::ALL),
    ("vault/hooks/store.rs", vault::hooks::store::ALL),
    ("vault/leave.rs", vault::leave::ALL),
    ("vault/look.rs", vault::look::ALL),
    ("vault/parting.rs", vault::parting::ALL),
    ("vault/reads.rs", vault::reads::ALL),
    ("vault/reseal.rs", vault::reseal::ALL),
    ("vault/shares.rs", vault::shares::ALL),
    ("vault/sources/store.rs", vault::sources::store::ALL),
    ("vault/take.rs", vault::take::ALL),
];

fn hot() -> impl Iterator<Item = &'static symbolon::db::Hot> {
    let vault = [&vault::look::LOOK, &vault::look::LOOK_EXTERNAL].into_iter().chain(vault::reads::HOT);
    oauth::store::HOT.into_iter().chain(api_tokens::store::HOT).chain(vault)
}

/// Files of `src` that hold this text.
fn files_with(text: &str) -> Vec<String> {
    let src = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut dirs = vec![src.clone()];
    while let Some(dir) = dirs.pop() {
        for entry in std::fs::read_dir(dir).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                dirs.push(path);
            } else if std::fs::read_to_string(&path).is_ok_and(|code| code.lines().any(|line| line.starts_with(text))) {
                found.push(path.strip_prefix(&src).expect("inside").display().to_string());
            }
        }
    }
    found.sort();
    found
}

#[test]
fn no_room_is_left_out() {
    assert_eq!(files_with("sql! {"), ROOMS.iter().map(|(file, _)| *file).collect::<Vec<_>>());
    assert_eq!(
        files_with("pub static "),
        ["api_tokens/store.rs", "oauth/store.rs", "vault/look.rs", "vault/reads.rs"],
        "a new hot statement belongs into a list here"
    );
}

on_both! {
    async fn every_statement_can_be_prepared(house: House) {
        let mut raw = house.raw().await;
        for (file, statements) in ROOMS {
            assert!(!statements.is_empty());
            for (name, sql) in *statements {
                raw.prepare(sql).await.unwrap_or_else(|why| panic!("{file} {name}: {why}\n{sql}"));
            }
        }
        for hot in hot() {
            let sql = if house.kind == Kind::Sqlite { hot.sqlite() } else { hot.postgres() };
            raw.prepare(sql).await.unwrap_or_else(|why| panic!("{}: {why}\n{sql}", hot.name));
        }
        assert!(
            raw.prepare("SELECT id FROM grants WHERE no_such_column = $1").await.is_err(),
            "preparing means something"
        );
    }

    async fn a_request_makes_as_many_round_trips_as_it_must(house: House) {
        let counted = count(&house).await;
        println!("round trips per request ({})", house.app.db.kind());
        counted.iter().for_each(|(what, (trips, _))| println!("  {what:<40} {trips}"));
        for (what, (trips, expected)) in &counted {
            assert_eq!(trips, expected, "{what}");
        }
    }
}

#[tokio::test]
async fn hot_statements_find_their_row_by_primary_key() {
    let house = House::new(crate::support::Kind::Sqlite).await;
    let mut raw = house.raw().await;
    // What is only inserted finds nothing.
    for sql in
        hot().map(|hot| hot.sqlite().replace("$1", "'[]'")).filter(|sql| !sql.contains("INSERT INTO token_reads"))
    {
        let plan: Vec<String> =
            raw.rows(&format!("EXPLAIN QUERY PLAN {sql}")).await.into_iter().map(|row| row[3].clone()).collect();
        let looks_up = |table: &str| plan.iter().any(|step| step.starts_with(&format!("SEARCH {table} USING")));
        assert!(["grants", "g", "c", "t", "api_tokens", "vault_grants"].into_iter().any(looks_up), "{plan:?}");
        // `p` is the batch itself: the requests that share the statement.
        let scans = |step: &&String| {
            step.starts_with("SCAN")
                && *step != "SCAN p"
                && !step.contains("json_each")
                && !step.contains("VIRTUAL TABLE")
        };
        assert_eq!(plan.iter().find(scans), None, "{plan:?}");
    }
}

const ROUNDS: usize = 9;

/// What a request costs: a low one of many, since background work counts too, the more the slower the machine is.
async fn cost(house: &House, mut requests: impl AsyncFnMut(usize)) -> u64 {
    let mut costs = Vec::new();
    for n in 0..ROUNDS {
        let before = house.app.db.round_trips();
        requests(n).await;
        costs.push(house.app.db.round_trips() - before);
    }
    costs.sort_unstable();
    costs[ROUNDS / 4]
}

type Counted = BTreeMap<&'static str, (u64, u64)>;

async fn count(house: &House) -> Counted {
    house.person("ada").await;
    let client = house
        .client_with(|m| {
            m.grant_types.push(GrantType::ClientCredentials);
            m.scope.push_str(" read");
            m.resources = vec!["https://api.example/".to_owned()];
        })
        .await;
    let strict = house.client_with(|m| m.rotation = Rotation::Strict).await;
    let mut browser = house.browser();
    let own = client.token(&[("grant_type", "client_credentials")]).await.ok();
    let mut counted = Counted::new();
    let mut note = |what, trips, expected| assert_eq!(counted.insert(what, (trips, expected)), None);

    let codes = codes(&client, &mut browser).await;
    let redeemed = std::cell::RefCell::new(Vec::new());
    let trips = cost(house, async |n: usize| {
        let tokens = client.redeems(&codes[n]).await.ok();
        redeemed.borrow_mut().push(tokens);
    });
    note("token: redeem a code", trips.await, 1);
    let first = redeemed.into_inner();
    let of = |n: usize, name: &'static str| first[n].text(name).to_owned();
    let second = std::cell::RefCell::new(Vec::new());
    let trips = cost(house, async |n: usize| {
        let tokens = client.refreshes(&of(n, "refresh_token")).await.ok();
        second.borrow_mut().push(tokens);
    });
    note("token: rotate", trips.await, 1);
    let second = second.into_inner();
    let trips = cost(house, async |n: usize| drop(client.refreshes(&of(n, "refresh_token")).await.ok()));
    note("token: replay", trips.await, 1);
    let trips = cost(house, async |n: usize| {
        let form =
            [("grant_type", "refresh_token"), ("refresh_token", second[n].text("refresh_token")), ("scope", "openid")];
        client.token(&form).await.ok();
    });
    note("token: rotate, with scope", trips.await, 2);
    let trips = cost(house, async |_| drop(client.token(&[("grant_type", "client_credentials")]).await.ok()));
    note("token: client credentials", trips.await, 0);

    let fresh = codes_redeemed(&client, &mut browser).await;
    let access = fresh[0].text("access_token");
    let trips = cost(house, async |_| assert!(client.active(access).await));
    note("introspect: access token", trips.await, 1);
    let trips = cost(house, async |_| assert!(client.active(fresh[0].text("refresh_token")).await));
    note("introspect: refresh token", trips.await, 1);
    let trips = cost(house, async |_| assert!(client.active(own.text("access_token")).await));
    note("introspect: machine's token", trips.await, 1);
    let trips = cost(house, async |_| drop(client.userinfo(access).await.ok()));
    note("userinfo", trips.await, 1);
    let trips = cost(house, async |n: usize| drop(client.revokes(fresh[n].text("access_token")).await.ok()));
    note("revoke: access token", trips.await, 1);
    let trips = cost(house, async |n: usize| drop(client.revokes(fresh[n].text("refresh_token")).await.ok()));
    note("revoke: refresh token", trips.await, 1);
    let trips = cost(house, async |_| drop(client.revokes(own.text("access_token")).await.ok()));
    note("revoke: machine's token", trips.await, 1);

    let bent = |token: &str| {
        let other = if &token[40..41] == "A" { "B" } else { "A" };
        format!("{}{other}{}", &token[..40], &token[41..])
    };
    let (forged_access, forged_refresh) = (bent(access), bent(fresh[0].text("refresh_token")));
    assert!(forged_access != access && forged_refresh != fresh[0].text("refresh_token"));
    let trips = cost(house, async |_| client.userinfo(&forged_access).await.is(401, "invalid_token"));
    note("forged: userinfo", trips.await, 0);
    let trips = cost(house, async |_| assert!(!client.active(&forged_access).await));
    note("forged: introspect", trips.await, 0);
    let trips = cost(house, async |_| client.refreshes(&forged_refresh).await.is(400, "invalid_grant"));
    note("forged: refresh", trips.await, 0);
    let trips = cost(house, async |_| drop(client.revokes(&forged_refresh).await.ok()));
    note("forged: revoke", trips.await, 0);
    let code = bent(&codes[0]);
    let trips = cost(house, async |_| client.redeems(&code).await.is(400, "invalid_grant"));
    note("forged: code", trips.await, 0);
    let trips = cost(house, async |_| {
        let url = "/.well-known/openid-configuration";
        crate::support::client::answer(client.request("GET", url)).await.ok();
        crate::support::client::answer(client.request("GET", "/.well-known/jwks.json")).await.ok();
    });
    note("discovery and keys", trips.await, 0);

    // Reuse writes its audit event beside.
    let reused = codes_redeemed(&strict, &mut browser).await;
    for tokens in &reused {
        strict.refreshes(tokens.text("refresh_token")).await.ok();
    }
    let trips =
        cost(house, async |n: usize| strict.refreshes(reused[n].text("refresh_token")).await.is(400, "invalid_grant"));
    note("token: reuse, with its audit event", trips.await, 2);
    counted
}

async fn codes(client: &Client, browser: &mut crate::support::Browser) -> Vec<String> {
    let mut codes = Vec::new();
    for _ in 0..ROUNDS {
        codes.push(client.code(browser, "ada", &[]).await);
    }
    codes
}

async fn codes_redeemed(client: &Client, browser: &mut crate::support::Browser) -> Vec<crate::support::Answer> {
    let mut tokens = Vec::new();
    for code in codes(client, browser).await {
        tokens.push(client.redeems(&code).await.ok());
    }
    tokens
}
