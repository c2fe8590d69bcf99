//! Static API tokens: issue 5, security.md J (AT-01 to AT-15), ease.md B.3.

use crate::on_both;
use crate::support::client::answer;
use crate::support::smtp::Smtp;
use crate::support::{Answer, Browser, Holder, House, Kind, rounds};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use symbolon::clients::Metadata;
use symbolon::crypto::api_token;
use symbolon::people::workspaces::Standing;
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// A browser in which ada is signed in.
async fn ada(house: &House) -> (String, Holder) {
    let id = house.person("ada").await;
    (id, Holder::in_browser(house, "ada").await)
}

async fn rows(house: &House) -> Vec<String> {
    house.raw().await.texts("SELECT id FROM api_tokens ORDER BY id").await
}

fn manages_tokens(metadata: &mut Metadata) {
    metadata.scope.push_str(" symbolon:tokens files:read");
}

on_both! {
    async fn a_token_is_made_listed_used_and_deleted(house: House) {
        let (user, browser) = ada(&house).await;
        let made = browser.makes(json!({ "name": " deploy ", "scopes": ["symbolon:tokens"], "expires_in": 3600 })).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let members: BTreeSet<&str> = made.body.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(members, BTreeSet::from(["id", "name", "token", "workspace", "scopes", "created_at", "expires_at"]));
        assert_eq!(made.body["name"], "deploy");
        assert_eq!(made.body["workspace"], "default");
        assert_eq!(made.body["scopes"], json!(["symbolon:tokens"]));
        assert!(made.header("location").ends_with(made.text("id")));
        let token = made.text("token").to_owned();
        assert!(token.len() == api_token::LENGTH && api_token::well_formed(&token));

        let script = Holder::of(&house, &token);
        let list = script.lists().await.ok();
        assert_eq!(list.body["data"].as_array().expect("a list").len(), 1);
        assert_eq!(list.body["page"], json!({ "limit": 50, "next_cursor": null }));
        let one = &list.body["data"][0];
        assert_eq!(one["id"], made.body["id"]);
        assert_eq!((one["prefix"].as_str(), one["last_four"].as_str()), (Some("sym_pat_"), token.get(token.len() - 4..)));
        assert_eq!(script.does("GET", &format!("/api/tokens/{}", made.text("id"))).await.ok().body, *one);

        let events = symbolon::audit::about(&house.app.db, &format!("user:{user}"), 10).await.expect("reads");
        let created = events.iter().find(|event| event.action == "token.created").expect("in the trail");
        assert_eq!(created.actor, format!("user:{user}"));
        assert_eq!((&created.detail["token"], &created.detail["name"]), (&made.body["id"], &json!("deploy")));

        assert_eq!(script.deletes(made.text("id")).await, 204);
        assert_eq!(script.lists().await.status, 401);
        assert_eq!(browser.lists().await.ok().body["data"], json!([]));
        assert_eq!(browser.deletes(made.text("id")).await, 404);
    }

    async fn at_01_a_fourth_token_is_refused_and_changes_nothing(house: House) {
        let (_, browser) = ada(&house).await;
        let mut made = Vec::new();
        for name in ["one", "two", "three"] {
            made.push(browser.named(name).await);
            assert_eq!(made.last().expect("one").status, 201);
        }
        let before = house.tables().await;
        browser.named("four").await.is_problem(409, "token_limit_reached");
        Holder::of(&house, made[0].text("token")).named("four").await.is_problem(409, "token_limit_reached");
        assert_eq!(house.changed_since(&before).await, Vec::<String>::new());
        assert_eq!(browser.deletes(made[1].text("id")).await, 204);
        assert_eq!(browser.named("again").await.status, 201);
        // Each workspace counts for itself, and what is over counts no more.
        let twelve = House::with(house.kind, |config| config.api_tokens.max_per_user = 1).await;
        let user = twelve.person("ada").await;
        twelve.workspace("acme", &[(&user, Standing::Member)]).await;
        let browser = Holder::in_browser(&twelve, "ada").await;
        let asked = browser.named("where?").await;
        asked.is_problem(422, "invalid-field");
        assert!(asked.text("detail").contains("acme, default"), "{}", asked.body);
        for workspace in ["acme", "default"] {
            let ask = json!({ "name": "x", "workspace": workspace, "expires_in": 60 });
            assert_eq!(browser.makes(ask.clone()).await.status, 201);
            browser.makes(ask).await.is_problem(409, "token_limit_reached");
        }
        twelve.wait(Duration::from_secs(61));
        assert_eq!(browser.makes(json!({ "name": "x", "workspace": "acme" })).await.status, 201);
        assert_eq!(rows(&twelve).await.len(), 2);
    }

    async fn at_02_twenty_creations_at_once_make_three(house: House) {
        let (_, browser) = ada(&house).await;
        for _ in 0..rounds(10, 100) {
            let barrier = Arc::new(Barrier::new(20));
            let mut runs = JoinSet::new();
            for n in 0..20 {
                let (browser, barrier) = (browser.clone(), barrier.clone());
                runs.spawn(async move {
                    barrier.wait().await;
                    browser.named(&format!("n{n}")).await
                });
            }
            let answers = runs.join_all().await;
            let made: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 201).collect();
            assert_eq!(made.len(), 3);
            answers.iter().filter(|answer| answer.status != 201).for_each(|answer| answer.is_problem(409, "token_limit_reached"));
            assert_eq!(rows(&house).await.len(), 3);
            for one in made {
                assert_eq!(browser.deletes(one.text("id")).await, 204);
            }
            house.wait(Duration::from_secs(61));
        }
    }

    async fn at_03_at_12_the_token_is_shown_once_and_kept_nowhere(house: House) {
        let (_, browser) = ada(&house).await;
        let made = browser.named("x").await;
        let token = made.text("token");
        let (list, one) = (browser.lists().await.ok(), browser.does("GET", &format!("/api/tokens/{}", made.text("id"))).await.ok());
        let random = &token[8..token.len() - 6];
        for answer in [&list.body, &one.body] {
            assert!(!answer.to_string().contains(random) && !answer.to_string().contains("hash"), "{answer}");
        }
        let rows = house.tables().await;
        assert!(rows.values().flatten().all(|row| !row.contains(random)));
        let hash = symbolon::base::encoding::fingerprint(token.as_bytes());
        assert!(rows["api_tokens"][0].contains(&hash), "what is kept is the hash");
        // And that opens nothing.
        assert_eq!(Holder::of(&house, &hash).lists().await.status, 401);
    }

    async fn at_04_what_others_have_isnt_there(house: House) {
        let (_, browser) = ada(&house).await;
        let made = browser.named("hers").await;
        let mallory = house.person("mallory").await;
        let (_, mallory) = house.api_token(&mallory, Some("default"), None).await;
        let before = house.tables().await;
        for id in [made.text("id"), "0", "introspected", "0199aaaaaaaa7000b000000000000000"] {
            assert_eq!(mallory.deletes(id).await, 404, "{id}");
            assert_eq!(mallory.does("GET", &format!("/api/tokens/{id}")).await.status, 404, "{id}");
        }
        assert_eq!(house.changed_since(&before).await, Vec::<String>::new());
        assert_eq!(mallory.lists().await.ok().body["data"].as_array().expect("a list").len(), 1);
        assert_eq!(browser.deletes(made.text("id")).await, 204);
    }

    async fn at_06_a_token_ends_with_its_person_their_membership_and_the_workspace(house: House) {
        use symbolon::admin::{Acting, users, workspaces};
        use symbolon::base::id::{UserId, WorkspaceId};
        let call = symbolon::web::Call::internal("test");
        let who = Acting::new(symbolon::audit::Actor::Cli, symbolon::people::Role::Owner, call);
        let user = house.person("ada").await;
        let id = UserId::from(user.as_str());
        house.admin("root").await;
        house.workspace("acme", &[(&user, Standing::Member)]).await;
        house.workspace("gone", &[(&user, Standing::Member)]).await;
        let (_, acme) = house.api_token(&user, Some("acme"), None).await;
        let (_, gone) = house.api_token(&user, Some("gone"), None).await;
        let (_, rest) = house.api_token(&user, Some("default"), None).await;
        for token in [&acme, &gone, &rest] {
            token.lists().await.ok();
        }
        let slug = WorkspaceId::from("acme");
        workspaces::remove(&house.app, &who, &slug, &id).await.expect("removes");
        assert_eq!(acme.lists().await.status, 401);
        // Taken in again: what they had before stays gone.
        workspaces::add(&house.app, &who, &slug, &id, Standing::Member).await.expect("adds");
        assert_eq!(acme.lists().await.status, 401);
        workspaces::delete(&house.app, &who, &WorkspaceId::from("gone")).await.expect("deletes");
        assert_eq!(gone.lists().await.status, 401);
        rest.lists().await.ok();
        users::disable(&house.app, &who, &id).await.expect("disables");
        assert_eq!(rest.lists().await.status, 401);
        users::enable(&house.app, &who, &id).await.expect("enables");
        assert_eq!(rest.lists().await.status, 401, "as with sessions and grants");
        let (_, last) = house.api_token(&user, Some("default"), None).await;
        last.lists().await.ok();
        users::delete(&house.app, &who, &id).await.expect("deletes");
        assert_eq!(last.lists().await.status, 401);
        assert_eq!(rows(&house).await, Vec::<String>::new());
    }

    async fn at_07_with_a_cookie_only_a_page_of_ours_makes_and_deletes(house: House) {
        let (_, browser) = ada(&house).await;
        let made = browser.named("honest").await;
        let id = made.text("id").to_owned();
        let before = house.tables().await;
        for (what, bad) in [
            ("no header", browser.without("x-csrf-token")),
            ("another value", browser.with("x-csrf-token", "AAAA")),
            ("another site", browser.with("origin", "https://evil.example")),
            ("another site by fetch metadata", browser.with("sec-fetch-site", "cross-site")),
            ("no origin, from a sandbox", browser.with("origin", "null").with("sec-fetch-site", "cross-site")),
        ] {
            let refused = bad.named("x").await;
            assert_eq!(refused.status, 403, "{what}");
            refused.is_problem(403, "csrf");
            assert_eq!(bad.deletes(&id).await, 403, "{what}");
        }
        for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
            let request = browser.request("POST", "/api/tokens").header("content-type", kind);
            answer(request.body("{\"name\":\"x\"}")).await.is_problem(415, "unsupported-media-type");
        }
        assert_eq!(house.changed_since(&before).await, Vec::<String>::new());
        assert_eq!(browser.deletes(&id).await, 204);
    }

    async fn at_08_an_app_makes_tokens_only_when_it_was_allowed_to(house: House) {
        house.person("ada").await;
        let client = house.client_with(manages_tokens).await;
        let of = async |scope: &str| {
            let tokens = client.tokens(&mut house.browser(), "ada", &[("scope", scope), ("prompt", "consent")]).await;
            let mut holder = Holder::of(&house, "");
            holder.authorization = format!("Bearer {}", tokens.text("access_token"));
            holder
        };
        let plain = of("openid files:read").await;
        let refused = plain.named("x").await;
        refused.is_problem(403, "insufficient_scope");
        assert!(refused.challenges()[0].contains("scope=\"symbolon:tokens\""), "{:?}", refused.challenges());
        assert_eq!(plain.lists().await.status, 403);
        let allowed = of("openid files:read symbolon:tokens").await;
        let made = allowed.makes(json!({ "name": "x", "scopes": ["files:read"] })).await;
        assert_eq!(made.status, 201, "{}", made.body);
        allowed.makes(json!({ "name": "x", "scopes": ["files:write"] })).await.is_problem(422, "invalid-field");
        // Without scopes it gets those of the app, not all that the person may.
        assert_eq!(allowed.named("y").await.body["scopes"], json!(["openid", "files:read", "symbolon:tokens"]));
        // Asking for nothing doesn't ask for this.
        let unasked = of("").await;
        assert_eq!(unasked.named("z").await.status, 403);
    }

    async fn at_09_one_header_one_scheme_nothing_loose(house: House) {
        let user = house.person("ada").await;
        let (_, holder) = house.api_token(&user, Some("default"), None).await;
        let token = holder.authorization.trim_start_matches("Token ").to_owned();
        for good in ["Token", "token", "TOKEN", "tOkEn"] {
            Holder { authorization: format!("{good} {token}"), ..holder.clone() }.lists().await.ok();
        }
        for (bad, status) in [
            (format!("Token  {token}"), 401),
            (format!("Token\t{token}"), 401),
            (format!("Token {token} x"), 401),
            (format!("Token {token}, Token {token}"), 401),
            (format!("Token {token}, Bearer {token}"), 401),
            (format!("Token \"{token}\""), 401),
            (format!("Token token={token}"), 401),
            (token.clone(), 401),
            ("Token".to_owned(), 401),
            (format!("Bearer {token}"), 401),
            (format!("Basic {token}"), 401),
            (format!("Digest {token}"), 401),
            (format!("Tokens {token}"), 401),
        ] {
            let refused = Holder { authorization: bad.clone(), ..holder.clone() }.lists().await;
            assert_eq!(refused.status, status, "{bad}");
            let challenges = refused.challenges();
            assert!(challenges[0].starts_with("Bearer realm=") && challenges[1].starts_with("Token realm="), "{challenges:?}");
            assert!(challenges[0].contains("resource_metadata="), "{challenges:?}");
        }
        // Twice is a mistake, even the same; and so are both schemes in two headers.
        for second in [format!("Token {token}"), format!("Bearer {token}")] {
            let refused = answer(holder.request("GET", "/api/tokens").header("authorization", second)).await;
            refused.is_problem(400, "invalid_request");
        }
    }

    async fn b3_who_takes_the_wrong_scheme_is_told_the_right_one(house: House) {
        let user = house.person("ada").await;
        let (_, holder) = house.api_token(&user, Some("default"), None).await;
        let client = house.client().await;
        let access = client.tokens(&mut house.browser(), "ada", &[]).await.text("access_token").to_owned();
        let as_bearer = Holder { authorization: holder.authorization.replace("Token", "Bearer"), ..holder.clone() };
        let refused = as_bearer.lists().await;
        refused.is_problem(401, "invalid_token");
        assert!(refused.text("detail").contains("API token; send it as: Authorization: Token"), "{}", refused.body);
        let refused = Holder { authorization: format!("Token {access}"), ..holder.clone() }.lists().await;
        assert!(refused.text("detail").contains("access token; send it as: Authorization: Bearer"), "{}", refused.body);
        let refused = Holder { authorization: "Digest x".to_owned(), ..holder.clone() }.lists().await;
        assert!(refused.text("detail").contains("Authorization: Token") && refused.text("detail").contains("Bearer"));
        let refused = Holder { authorization: String::new(), ..holder.clone() }.lists().await;
        refused.is_problem(401, "invalid_token");
        // On /userinfo too, which is for access tokens only.
        let refused = holder.does("GET", "/userinfo").await;
        assert_eq!(refused.status, 401);
        let refused = as_bearer.does("GET", "/userinfo").await;
        assert!(refused.text("error_description").contains("Authorization: Token"), "{}", refused.body);
        client.userinfo(&access).await.ok();
    }

    async fn at_10_bytes_that_are_no_header(house: House) {
        let user = house.person("ada").await;
        let (_, holder) = house.api_token(&user, Some("default"), None).await;
        let host = house.url.strip_prefix("http://").expect("plain http");
        let raw = async |value: &[u8]| {
            let head = format!("GET /api/tokens HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nAuthorization: ");
            house.hears([head.as_bytes(), value, b"\r\n\r\n"].concat()).await.status
        };
        let token = holder.authorization.as_bytes();
        assert_eq!(raw(token).await, 200);
        assert_eq!(raw(&[token, b"\0"].concat()).await, 400);
        assert_eq!(raw(&[b"Token \0".as_slice(), &token[6..]].concat()).await, 400);
        assert_eq!(raw(&[token, b"\xff"].concat()).await, 401);
        assert_eq!(raw(&[b"Token ".as_slice(), &[b'a'; 10 * 1024]].concat()).await, 401);
        assert_eq!(raw(&[b"Token ".as_slice(), &[b'a'; 40 * 1024]].concat()).await, 431);
    }

    async fn at_11_a_token_elsewhere_is_no_token(house: House) {
        let user = house.person("ada").await;
        let (_, holder) = house.api_token(&user, Some("default"), None).await;
        let token = holder.authorization.trim_start_matches("Token ").to_owned();
        let bare = Holder { authorization: String::new(), ..holder.clone() };
        for path in ["token", "access_token", "api_token", "authorization"] {
            assert_eq!(bare.does("GET", &format!("/api/tokens?{path}={token}")).await.status, 401, "{path}");
        }
        for cookie in ["token", "sym_s", "authorization", "__Host-sym_s"] {
            assert_eq!(bare.with("cookie", &format!("{cookie}={token}")).lists().await.status, 401, "{cookie}");
        }
        for header in ["x-api-key", "x-token", "x-authorization", "proxy-authorization"] {
            assert_eq!(bare.with(header, &format!("Token {token}")).lists().await.status, 401, "{header}");
        }
        holder.lists().await.ok();
    }

    async fn at_13_a_token_belongs_to_who_asks_for_it(house: House) {
        let (user, browser) = ada(&house).await;
        let mallory = house.person("mallory").await;
        house.workspace("theirs", &[(&mallory, Standing::Owner)]).await;
        let before = house.tables().await;
        for stray in [
            json!({ "user_id": mallory }), json!({ "workspace_id": "theirs" }), json!({ "id": "1" }), json!({ "last_used": 1 }),
            json!({ "token": "sym_pat_x" }), json!({ "requests_per_second": 1000 }), json!({ "hash": "x" }),
        ] {
            let mut ask = json!({ "name": "x" });
            ask.as_object_mut().expect("an object").extend(stray.as_object().expect("an object").clone());
            browser.makes(ask).await.is_problem(400, "unknown-member");
        }
        for (bad, pointer) in [
            (json!({ "name": "x", "workspace": "theirs" }), "/workspace"),
            (json!({ "name": "x", "workspace": "nowhere" }), "/workspace"),
            (json!({}), "/name"),
            (json!({ "name": "" }), "/name"),
            (json!({ "name": "a\nb" }), "/name"),
            (json!({ "name": "x".repeat(101) }), "/name"),
            (json!({ "name": 7 }), "/name"),
            (json!({ "name": "x", "scopes": [] }), "/scopes"),
            (json!({ "name": "x", "scopes": ["a b"] }), "/scopes"),
            (json!({ "name": "x", "scopes": ["\"a"] }), "/scopes"),
            (json!({ "name": "x", "scopes": "a" }), "/scopes"),
            (json!({ "name": "x", "expires_at": "yesterday" }), "/expires_at"),
            (json!({ "name": "x", "expires_at": "2001-01-01T00:00:00Z" }), "/expires_at"),
            (json!({ "name": "x", "expires_at": "9999-01-01T00:00:00Z" }), "/expires_at"),
            (json!({ "name": "x", "expires_in": 0 }), "/expires_at"),
            (json!({ "name": "x", "expires_in": -1 }), "/expires_in"),
            (json!({ "name": "x", "expires_in": 60, "expires_at": "2030-01-01" }), "/expires_at"),
        ] {
            let refused = browser.makes(bad.clone()).await;
            refused.is_problem(422, "invalid-field");
            assert_eq!(refused.body["errors"][0]["pointer"], pointer, "{bad} {}", refused.body);
        }
        assert_eq!(house.changed_since(&before).await, Vec::<String>::new());
        let made = browser.named("x").await;
        let owner = house.raw().await.texts("SELECT user_id FROM api_tokens").await;
        assert_eq!((made.status, owner), (201, vec![user]));
        // A header that names another workspace is nobody's business.
        let script = Holder::of(&house, made.text("token"));
        let there = script.with("x-workspace-id", "theirs").named("y").await;
        assert_eq!(there.body["workspace"], "default");
        script.makes(json!({ "name": "z", "workspace": "theirs" })).await.is_problem(422, "invalid-field");
    }

    async fn at_14_delete_races_use_and_nothing_passes_after_it_is_answered(house: House) {
        let house = House::with(house.kind, |config| {
            (config.limits.token_per_second, config.limits.workspace_per_second) = (0, 0);
        }).await;
        let user = house.person("ada").await;
        for round in 0..rounds(150, 1000) {
            house.wait(Duration::from_secs(10));
            let (id, holder) = house.api_token(&user, Some("default"), None).await;
            // When the last request was begun that passed.
            let uses = async |holder: Holder| {
                let mut last = None;
                loop {
                    let begun = Instant::now();
                    match holder.lists().await.status {
                        200 => last = Some(begun),
                        401 => return last,
                        other => panic!("{other}"),
                    }
                }
            };
            let using = [(); 2].map(|()| tokio::spawn(uses(holder.clone())));
            if round % 2 == 0 {
                tokio::task::yield_now().await;
            }
            assert_eq!(holder.deletes(&id).await, 204);
            let answered = Instant::now();
            for one in using {
                let last = one.await.expect("done");
                assert!(last.is_none_or(|begun| begun < answered), "round {round}");
            }
        }
    }

    async fn at_15_guesses_never_reach_the_database_and_their_source_is_slowed_down(house: House) {
        let user = house.person("ada").await;
        let (_, holder) = house.api_token(&user, Some("default"), None).await;
        holder.lists().await.ok();
        let before = house.app.db.round_trips();
        let mut statuses = std::collections::BTreeMap::<u16, usize>::new();
        let elsewhere = api_token::fresh(&symbolon::crypto::MacRing::derive(&symbolon::crypto::MasterKey::generate(), &[1]));
        for n in 0..rounds(2000, 10_000) {
            let guess = match n % 3 {
                0 => elsewhere.reveal().to_owned(),
                1 => format!("sym_pat_{n:052}"),
                _ => format!("sym_pat_{n}"),
            };
            let answer = Holder::of(&house, &guess).lists().await;
            *statuses.entry(answer.status).or_default() += 1;
            assert!(n >= 20 || answer.status == 401, "first it is said that it isn't good");
        }
        assert_eq!(statuses.keys().copied().collect::<Vec<_>>(), [401, 429], "{statuses:?}");
        // Background work counts too: far fewer than guesses.
        assert!(house.app.db.round_trips() - before < 200, "{}", house.app.db.round_trips() - before);
        // Who has a good token isn't slowed down by who guesses beside them.
        holder.lists().await.ok();
    }

    async fn a_narrowed_token_makes_no_more_of_itself(house: House) {
        let user = house.person("ada").await;
        let (id, narrow) = house.api_token(&user, Some("default"), Some("files:read")).await;
        assert_eq!((narrow.lists().await.status, narrow.named("x").await.status), (403, 403));
        let (other, managing) = house.api_token(&user, Some("default"), Some("symbolon:tokens files:read")).await;
        managing.makes(json!({ "name": "x", "scopes": ["files:write"] })).await.is_problem(422, "invalid-field");
        assert_eq!(narrow.deletes(&other).await, 403);
        assert_eq!(narrow.deletes(&id).await, 204, "each may end itself");
        assert_eq!(managing.makes(json!({ "name": "x", "scopes": ["files:read"] })).await.status, 201);

        // Nor does one with an end make one without.
        let (_, browser) = (house.person("bob").await, Holder::in_browser(&house, "bob").await);
        let made = browser.makes(json!({ "name": "x", "expires_in": 600 })).await;
        let short = Holder::of(&house, made.text("token"));
        short.makes(json!({ "name": "y", "expires_in": 700 })).await.is_problem(422, "invalid-field");
        assert_eq!(short.named("y").await.body["expires_at"], made.body["expires_at"]);
        house.wait(Duration::from_secs(601));
        assert_eq!(short.lists().await.status, 401);
    }

    async fn the_management_api_takes_a_token_that_says_so(house: House) {
        let root = house.admin("root").await;
        let (_, all) = house.api_token(&root, Some("default"), None).await;
        let refused = all.does("GET", "/v1/admin/users").await;
        refused.is_problem(403, "forbidden");
        let (_, admin) = house.api_token(&root, Some("default"), Some("symbolon:admin")).await;
        admin.does("GET", "/v1/admin/users").await.ok();
        // Under the scheme of access tokens as well.
        let bearer = Holder { authorization: admin.authorization.replace("Token", "Bearer"), ..admin.clone() };
        bearer.does("GET", "/v1/admin/users").await.ok();
        let ada = house.person("ada").await;
        let (id, holder) = house.api_token(&ada, Some("default"), Some("symbolon:admin")).await;
        holder.does("GET", "/v1/admin/users").await.is_problem(403, "forbidden");
        // Administrators see tokens and end them, but never see the token.
        let list = admin.does("GET", &format!("/v1/admin/users/{ada}/tokens")).await.ok();
        assert_eq!(list.body["data"][0]["id"], id);
        let limited = answer(admin.request("PATCH", &format!("/v1/admin/tokens/{id}")).json(&json!({ "requests_per_second": 9 }))).await;
        assert_eq!(limited.ok().body["requests_per_second"], 9);
        assert_eq!(admin.does("DELETE", &format!("/v1/admin/tokens/{id}")).await.status, 204);
        assert_eq!(holder.lists().await.status, 401);
        assert_eq!(admin.does("DELETE", &format!("/v1/admin/tokens/{id}")).await.status, 404);
    }

    async fn when_it_was_used_is_known_to_the_minute_without_a_write_for_each_use(house: House) {
        let (_, browser) = ada(&house).await;
        let made = browser.named("x").await;
        let script = Holder::of(&house, made.text("token"));
        let used = async || browser.lists().await.ok().body["data"][0]["last_used_at"].clone();
        assert_eq!(used().await, Value::Null);
        for _ in 0..20 {
            script.lists().await.ok();
        }
        let flush = async || symbolon::api_tokens::write_uses_down(&house.app.db, house.app.uses.take()).await.expect("writes");
        flush().await;
        let first = used().await;
        assert!(first.is_string());
        assert_eq!(browser.lists().await.ok().body["data"][0]["last_used_from"], "127.0.0.1");
        house.wait(Duration::from_secs(30));
        script.lists().await.ok();
        assert!(house.app.uses.take().is_empty(), "not twice a minute");
        house.wait(Duration::from_secs(31));
        script.lists().await.ok();
        flush().await;
        assert_ne!(used().await, first);
        // What isn't written down yet is so when the server ends.
        house.wait(Duration::from_secs(61));
        let before = used().await;
        script.lists().await.ok();
        let house = house.restarts().await;
        let after = house.raw().await.texts("SELECT used_at FROM api_tokens").await;
        assert_ne!(json!(after[0]), before);
        assert!(after[0].parse::<i64>().expect("a time") > house.now().millis() - 60_000);
    }

    async fn rfc7662_resource_servers_learn_what_a_token_stands_for(house: House) {
        let user = house.person("ada").await;
        let (id, holder) = house.api_token(&user, Some("default"), Some("files:read")).await;
        let token = holder.authorization.trim_start_matches("Token ").to_owned();
        let api = house.client_with(|m| m.resource_server = true).await;
        let app = house.client().await;
        for path in ["/oauth2/introspect", "/api/tokens/introspect"] {
            let about = api.post(path, &[("token", &token)]).await.ok().body;
            assert_eq!(about["active"], true, "{about}");
            assert_eq!((about["sub"].as_str(), about["scope"].as_str()), (Some(user.as_str()), Some("files:read")));
            assert_eq!((about["workspace"].as_str(), about["workspace_role"].as_str()), (Some("default"), Some("member")));
            assert_eq!((about["token_type"].as_str(), about["token_id"].as_str()), (Some("Token"), Some(id.as_str())));
            assert_eq!(about["username"], "ada@example.com");
            assert_eq!(app.post(path, &[("token", &token)]).await.ok().body, json!({ "active": false }));
            assert_eq!(api.post(path, &[("token", &format!("{token}x"))]).await.ok().body, json!({ "active": false }));
            answer(house.http().post(format!("{}{path}", house.url)).form(&[("token", &token)])).await.is(401, "invalid_client");
        }
        assert!(house.app.uses.take().is_empty(), "who asks about it doesn't use it");
        assert_eq!(holder.deletes(&id).await, 204);
        assert_eq!(api.introspects(&token).await, json!({ "active": false }));
    }

    async fn a_token_that_is_found_in_public_ends_and_its_person_hears_of_it(house: House) {
        let smtp = Smtp::open().await;
        let house = House::with(house.kind, |config| smtp.settings(config)).await;
        let user = house.person("ada").await;
        let (_, holder) = house.api_token(&user, Some("default"), None).await;
        let token = holder.authorization.trim_start_matches("Token ").to_owned();
        let report = async |body: Value| {
            let url = format!("{}/v1/token_scanning/report", house.url);
            answer(house.http().post(url).json(&body)).await
        };
        for (bad, status) in [(json!([]), 400), (json!({}), 422), (json!([{ "token": 7 }]), 422), (json!("x"), 400)] {
            assert_eq!(report(bad.clone()).await.status, status, "{bad}");
        }
        house.wait(Duration::from_secs(10));
        let found = json!([
            { "token": token, "type": "symbolon_api_token", "url": "https://github.com/ada/x/blob/1/.env", "source": "content" },
            { "token": "sym_pat_nothing", "url": "https://example.com" },
        ]);
        let told = report(found.clone()).await.ok().body;
        assert_eq!((told[0]["label"].as_str(), told[1]["label"].as_str()), (Some("true_positive"), Some("false_positive")));
        assert_eq!(holder.lists().await.status, 401);
        let mail = smtp.mail(1).await;
        assert_eq!(mail.to, ["ada@example.com"]);
        assert!(mail.text().contains("https://github.com/ada/x/blob/1/.env") && !mail.text().contains(&token), "{}", mail.text());
        let events = symbolon::audit::about(&house.app.db, &format!("user:{user}"), 10).await.expect("reads");
        let leaked = events.iter().find(|event| event.action == "token.leaked").expect("in the trail");
        assert!(!leaked.detail.to_string().contains(&token));
        assert_eq!(report(found).await.ok().body[0]["label"], "false_positive");
        assert_eq!(smtp.mails().len(), 1);
    }

    async fn whoever_has_a_shell_makes_lists_limits_and_deletes_tokens(house: House) {
        let user = house.person("ada").await;
        let kind = house.kind;
        let url = house.url.clone();
        let run = async |line: &str| house.command(line).await;
        let (code, out, err) = run("token create --user ada@example.com --name ci --scope files:read --expires 90d --format json").await;
        assert_eq!(code, 0, "{kind:?} {err}");
        let made: Value = serde_json::from_str(&out).expect("JSON");
        let token = made["token"].as_str().expect("a token");
        assert!(made["id"].is_string() && made["workspace"] == "default" && made["scopes"] == json!(["files:read"]));
        let script = Holder::of(&house, token);
        assert_eq!(script.url, url);
        assert_eq!(script.lists().await.status, 403, "it is good, and narrowed");
        let (_, out, _) = run("token list --user ada@example.com --format json").await;
        let list: Value = serde_json::from_str(&out).expect("JSON");
        assert_eq!((list[0]["id"].as_str(), list[0].get("token")), (made["id"].as_str(), None));
        let (_, out, _) = run(&format!("token list --user {user}")).await;
        assert!(out.contains("ci") && out.contains("files:read") && !out.contains(token), "{out}");
        let id = made["id"].as_str().expect("an id");
        let (code, out, _) = run(&format!("token limit {id} 9 --format json")).await;
        assert!(code == 0 && out.contains("\"requests_per_second\": 9"), "{out}");
        let (code, out, _) = run("workspace limit default 70 --format json").await;
        assert!(code == 0 && out.contains("\"requests_per_second\": 70"), "{out}");
        for wrong in [
            "token create --user nobody@example.com --name x",
            "token create --user ada@example.com --name x --workspace nowhere",
            "token create --user ada@example.com --name x --expires soon",
            "token delete 0",
            "token limit 0 3",
        ] {
            let (code, _, err) = run(wrong).await;
            assert!(code != 0 && err.starts_with("error: "), "{wrong}: {err}");
        }
        assert_eq!(run(&format!("token delete {id}")).await.0, 0);
        assert_eq!(script.lists().await.status, 401);
    }

    async fn people_look_after_their_tokens_on_their_account_page(house: House) {
        let house = House::with(house.kind, |config| {
            config.scopes.insert("files:read".to_owned(), symbolon::config::ScopeText {
                title: "See your files".to_owned(),
                ..Default::default()
            });
        }).await;
        let user = house.person("ada").await;
        let mut browser = house.browser();
        browser.arrives_as("ada").await;
        let page = browser.get("/account").await;
        assert!(page.text().contains("0 of 3 used"), "{}", page.text());
        let mut fields = page.form("form:has(#make-token)");
        fields.retain(|(name, _)| name != "name");
        fields.push(("name".to_owned(), "<b>backup</b>".to_owned()));
        fields.push(("scope".to_owned(), "files:read".to_owned()));
        let view = browser.post("/account/tokens", &fields).await;
        assert_eq!(view.status, 200, "{}", view.body);
        let html = scraper::Html::parse_document(&view.body);
        let shown = html.select(&scraper::Selector::parse("#new-token").expect("a selector")).next().expect("shown once");
        let token = shown.text().collect::<String>();
        assert!(api_token::ours(&house.app.keys.macs(), &token));
        assert!(view.text().contains("1 of 3 used") && !view.body.contains("<b>backup"));
        assert_eq!(Holder::of(&house, &token).lists().await.status, 403, "narrowed to what was ticked");
        let page = browser.get("/account").await;
        assert!(!page.body.contains(&token) && page.text().contains("See your files") && page.text().contains("backup"));
        assert!(page.text().contains("You made an API token"));
        let events = symbolon::audit::about(&house.app.db, &format!("user:{user}"), 10).await.expect("reads");
        assert!(events.iter().any(|event| event.action == "token.created"));

        // What can't be taken is said beside the form; what isn't offered, and what isn't from our page, is refused.
        let with = |name: &str, value: &str| {
            let mut fields = page.form("form:has(#make-token)");
            fields.retain(|(have, _)| have != name);
            fields.push((name.to_owned(), value.to_owned()));
            if name != "name" {
                fields.retain(|(have, _)| have != "name");
                fields.push(("name".to_owned(), "x".to_owned()));
            }
            fields
        };
        let before = house.tables().await;
        let refused = browser.post_once("/account/tokens", &with("name", "a\tb")).await;
        assert!(refused.status == 422 && refused.first("#token-problem").is_some(), "{}", refused.body);
        for (name, value, status) in [("days", "36500", 400), ("scope", "symbolon:admin", 400), ("workspace", "nowhere", 422), ("csrf", "x", 403)] {
            assert_eq!(browser.post_once("/account/tokens", &with(name, value)).await.status, status, "{name}");
        }
        assert_eq!(house.changed_since(&before).await, Vec::<String>::new());
        let id = rows(&house).await[0].clone();
        let delete = vec![page.form("form:has([name=revoke])")[0].clone(), ("revoke".to_owned(), id)];
        let mallory = house.person("mallory").await;
        assert!(!mallory.is_empty());
        let mut other: Browser = house.browser();
        other.arrives_as("mallory").await;
        let theirs = vec![other.get("/account").await.form("form:has(#make-token)")[0].clone(), delete[1].clone()];
        assert_eq!(other.post_once("/account/tokens", &theirs).await.status, 404);
        let view = browser.post("/account/tokens", &delete).await;
        assert!(view.text().contains("The token is deleted") && rows(&house).await.is_empty(), "{}", view.text());
    }

    async fn administrators_end_tokens_in_the_console(house: House) {
        house.admin("root").await;
        let ada = house.person("ada").await;
        let (id, holder) = house.api_token(&ada, Some("default"), None).await;
        let mut browser = house.browser();
        browser.arrives_as("root").await;
        let page = browser.get(&format!("/admin/users/{ada}")).await;
        assert!(page.first(&format!("#tokens [data-id=\"{id}\"]")).is_some(), "{}", page.body);
        let fields = page.form(&format!("[data-id=\"{id}\"] form"));
        let view = browser.post_once(&format!("/admin/users/{ada}/tokens"), &fields).await;
        assert_eq!(view.status, 303, "{}", view.body);
        assert_eq!(holder.lists().await.status, 401);
    }

    async fn rl_05_tokens_cant_be_made_without_end(house: House) {
        let (_, browser) = ada(&house).await;
        let mut made = 0;
        let slow = loop {
            let answer = browser.named("x").await;
            if answer.status != 201 {
                break answer;
            }
            made += 1;
            assert_eq!(browser.deletes(answer.text("id")).await, 204);
        };
        assert_eq!(made, 10);
        slow.is_problem(429, "rate-limited");
        let wait: u64 = slow.header("retry-after").parse().expect("a number");
        house.wait(Duration::from_secs(wait));
        assert_eq!(browser.named("x").await.status, 201);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_creations_and_deletions_on_two_servers_never_make_more_than_three() {
    let house = House::new(Kind::Postgres).await;
    let twin = house.twin().await;
    race(&house, &[&house, &twin]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_creations_and_deletions_never_make_more_than_three() {
    let house = House::new(Kind::Sqlite).await;
    race(&house, &[&house]).await;
}

async fn race(house: &House, servers: &[&House]) {
    let user = house.person("ada").await;
    let browser = Holder::in_browser(house, "ada").await;
    let (_, script) = house.api_token(&user, Some("default"), None).await;
    let stop = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let watching = {
        let (mut raw, stop) = (house.raw().await, stop.clone());
        tokio::spawn(async move {
            let mut most = 0;
            while !stop.load(std::sync::atomic::Ordering::SeqCst) {
                let n: usize = raw.texts("SELECT count(*) FROM api_tokens").await[0].parse().expect("a number");
                most = most.max(n);
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            most
        })
    };
    for _ in 0..3 {
        let barrier = Arc::new(Barrier::new(200));
        let mut runs = JoinSet::new();
        for n in 0..200 {
            let holder = if n % 2 == 0 { browser.clone() } else { script.clone() };
            let (holder, barrier) = (holder.at(servers[n % servers.len()]), barrier.clone());
            runs.spawn(async move {
                barrier.wait().await;
                let made = holder.named(&format!("n{n}")).await;
                match made.status {
                    201 if n % 3 != 0 => assert!([204, 404].contains(&holder.deletes(made.text("id")).await)),
                    201 | 409 | 429 => {}
                    other => panic!("{other} {}", made.body),
                }
            });
        }
        runs.join_all().await;
        house.wait(Duration::from_secs(61));
        servers.iter().filter(|server| server.url != house.url).for_each(|server| server.wait(Duration::from_secs(61)));
    }
    stop.store(true, std::sync::atomic::Ordering::SeqCst);
    let most = watching.await.expect("watched");
    assert!((1..=3).contains(&most), "{most} rows at once");
    for id in rows(house).await {
        house.sql(&format!("DELETE FROM api_tokens WHERE id = '{id}'")).await;
    }
    for n in 0..4 {
        let status = browser.named("after").await.status;
        assert_eq!(status, if n < 3 { 201 } else { 409 });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_05_a_deleted_token_is_dead_on_every_server_at_once() {
    let house = House::new(Kind::Postgres).await;
    let twin = house.twin().await;
    let user = house.person("ada").await;
    for _ in 0..30 {
        // What is refused counts against the address, at each server by its own clock.
        [&house, &twin].iter().for_each(|house| house.wait(Duration::from_secs(10)));
        let (id, here) = house.api_token(&user, Some("default"), None).await;
        let there = here.at(&twin);
        there.lists().await.ok();
        assert_eq!(here.deletes(&id).await, 204);
        assert_eq!(there.lists().await.status, 401);
    }
}
