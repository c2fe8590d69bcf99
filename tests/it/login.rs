//! security.md H: guessing, enumeration, lock-out and forged forms at the sign-in page.

use crate::on_both;
use crate::support::browser::View;
use crate::support::house::PASSWORD;
use crate::support::{Browser, House, Kind};
use std::collections::BTreeMap;
use std::time::Duration;
use symbolon::base::Secret;
use symbolon::base::id::UserId;
use symbolon::config::Config;

/// What is wrong with a form, its `csrf`, its headers.
type Case<'a> = (&'a str, Option<&'a str>, &'a [(&'a str, &'a str)]);

/// What a source is, and its n-th address.
type Source = (&'static str, fn(usize) -> String);

/// All at once.
async fn join_all<T: Send + 'static>(work: Vec<impl Future<Output = T> + Send + 'static>) -> Vec<T> {
    let tasks: Vec<_> = work.into_iter().map(tokio::spawn).collect();
    let mut done = Vec::new();
    for task in tasks {
        done.push(task.await.expect("ends"));
    }
    done
}

/// Types an address and a password into the page and looks at the answer, before any redirect.
async fn tries(browser: &mut Browser, email: &str, password: &str) -> View {
    let view = browser.get("/login").await;
    types(browser, &view, email, password).await
}

async fn types(browser: &mut Browser, view: &View, email: &str, password: &str) -> View {
    let mut fields = view.form("form:has(#sign-in)");
    fields.retain(|(name, _)| name != "email" && name != "password");
    fields.push(("email".to_owned(), email.to_owned()));
    fields.push(("password".to_owned(), password.to_owned()));
    browser.post_once("/login", &fields).await
}

fn retry_after(view: &View) -> u64 {
    let text =
        view.headers.get("retry-after").unwrap_or_else(|| panic!("no Retry-After: {} {}", view.status, view.body));
    text.to_str().expect("ASCII").parse().expect("seconds")
}

async fn set_password(house: &House, sub: &str, password: &str) {
    let hash = house.app.passwords.hash(Secret::new(password)).await.expect("hashes");
    assert!(symbolon::people::store::set_password(&house.app.db, &UserId::from(sub), &hash).await.expect("sets"));
}

async fn disable(house: &House, sub: &str) {
    let mut tx = house.app.db.begin().await.expect("begins");
    let id = UserId::from(sub);
    assert!(symbolon::people::store::set_enabled(&mut tx, &id, false, house.now()).await.expect("disables"));
    tx.commit().await.expect("commits");
}

/// Whoever asks comes from where a proxy on this machine says.
fn behind_a_proxy(config: &mut Config) {
    config.proxies.trusted = vec!["127.0.0.0/8".parse().expect("a network")];
}

fn from(house: &House, address: &str) -> Browser {
    let mut browser = house.browser();
    browser.headers.insert("x-forwarded-for".to_owned(), address.to_owned());
    browser
}

/// All that an answer tells, but for what differs between any two answers.
fn told(view: &View, email: &str) -> (u16, BTreeMap<String, String>, String) {
    let csrf = view.first("input[name=csrf]").and_then(|el| el.get("value").cloned()).unwrap_or_default();
    let headers =
        view.headers.iter().map(|(name, value)| (name.to_string(), value.to_str().expect("ASCII").to_owned()));
    let headers = headers.filter(|(name, _)| !matches!(&**name, "date" | "x-request-id"));
    (view.status, headers.collect(), view.body.replace(&csrf, "CSRF").replace(email, "EMAIL"))
}

on_both! {
    async fn lg_01_the_answer_does_not_tell_who_has_an_account(house: House) {
        house.person("ada").await;
        let bob = house.person("bob").await;
        disable(&house, &bob).await;
        house.sql("INSERT INTO users (id, email, email_key, password, claims, role, enabled, rev, created_at, updated_at) \
                   VALUES ('nopass', 'sam@example.com', 'sam@example.com', NULL, '{}', 'user', TRUE, 1, 0, 0)").await;
        // Wrong password; no account; disabled, even with the right password; an account without a password.
        let cases = [("ada", "wrong horse"), ("eve", "wrong horse"), ("bob", PASSWORD), ("sam", ""), ("sam", PASSWORD)];
        let mut browser = house.browser();
        let page = browser.get("/login").await;
        let mut seen = Vec::new();
        for (name, password) in cases {
            let email = format!("{name}@example.com");
            let view = types(&mut browser.clone(), &page, &email, password).await;
            assert_eq!(view.status, 422, "{name}: {}", view.body);
            seen.push((name, told(&view, &email)));
        }
        // Locked is no different either.
        let mut then = house.now();
        for (name, password) in [("ada", PASSWORD), ("eve", "wrong horse")] {
            let email = format!("{name}@example.com");
            let mut last = None;
            for _ in 0..6 {
                house.goes_slowly(&mut then);
                last = Some(types(&mut browser.clone(), &page, &email, "wrong horse").await);
            }
            let locked = types(&mut browser.clone(), &page, &email, password).await;
            assert_eq!(last.map(|view| view.status), Some(429));
            assert_eq!(locked.status, 429);
            let mut what = told(&locked, &email);
            // How long it takes depends on when it began.
            let seconds = what.1.remove("retry-after").expect("seconds");
            what.1.remove("content-length");
            what.2 = what.2.replace(&format!("Wait {seconds} seconds"), "Wait N seconds");
            seen.push(("locked", what));
        }
        let (locked, refused): (Vec<_>, Vec<_>) = seen.into_iter().partition(|(name, _)| *name == "locked");
        for (name, what) in &refused {
            assert_eq!(*what, refused[0].1, "{name} differs from {}", refused[0].0);
        }
        assert_eq!(locked[0].1, locked[1].1);
    }

    async fn lg_03_the_sixth_guess_of_a_minute_waits_and_so_does_the_right_password(house: House) {
        house.person("ada").await;
        let mut browser = house.browser();
        let mut then = house.now();
        for n in 1..=5 {
            house.goes_slowly(&mut then);
            assert_eq!(tries(&mut browser, "ada@example.com", "wrong horse").await.status, 422, "try {n}");
        }
        for password in ["wrong horse", PASSWORD] {
            house.goes_slowly(&mut then);
            let view = tries(&mut browser, "ada@example.com", password).await;
            assert_eq!(view.status, 429);
            assert!((1..=60).contains(&retry_after(&view)));
            assert!(view.first("#sign-in").is_some(), "the same page");
            assert!(!browser.cookies.contains_key("sym_s"));
        }
        let view = tries(&mut browser, "ada@example.com", "wrong horse").await;
        house.wait(Duration::from_secs(retry_after(&view)));
        assert_eq!(tries(&mut browser, "ada@example.com", PASSWORD).await.status, 303);
    }

    async fn lg_06_one_counter_however_the_address_is_spelled(house: House) {
        house.person("ada").await;
        let (mut browser, mut then) = (house.browser(), house.now());
        let spellings =
            ["ada@example.com", "ADA@EXAMPLE.COM", "  ada@example.com ", "\u{ff41}da@example.com", "Ada@Example.com"];
        for spelling in spellings {
            house.goes_slowly(&mut then);
            assert_eq!(tries(&mut browser, spelling, "wrong horse").await.status, 422, "{spelling}");
        }
        for spelling in spellings {
            house.goes_slowly(&mut then);
            assert_eq!(tries(&mut browser, spelling, PASSWORD).await.status, 429, "{spelling}");
        }
        house.wait(Duration::from_secs(60));
        for spelling in spellings {
            assert_eq!(tries(&mut house.browser(), spelling, PASSWORD).await.status, 303, "{spelling}");
        }
    }

    async fn lg_08_addresses_that_a_stranger_claims_change_nothing(house: House) {
        house.person("ada").await;
        let mut then = house.now();
        for n in 0..6 {
            house.goes_slowly(&mut then);
            let mut browser = from(&house, &format!("198.51.100.{n}"));
            browser.headers.insert("forwarded".to_owned(), format!("for=198.51.100.{n}"));
            browser.headers.insert("x-real-ip".to_owned(), format!("198.51.100.{n}"));
            let view = tries(&mut browser, "ada@example.com", "wrong horse").await;
            assert_eq!(view.status, if n < 5 { 422 } else { 429 }, "try {n}");
        }
        // And by address: what twenty strangers' names used up counts for this one peer.
        house.wait(Duration::from_secs(300));
        let (mut statuses, mut then) = (Vec::new(), house.now());
        for n in 0..40 {
            house.goes_slowly(&mut then);
            let mut browser = from(&house, &format!("198.51.100.{n}"));
            statuses.push(tries(&mut browser, &format!("stranger{n}@example.com"), "wrong horse").await.status);
        }
        // Twenty at once, and one every three seconds.
        assert!(statuses.iter().take(20).all(|status| *status == 422), "{statuses:?}");
        assert!((20..=25).contains(&statuses.iter().filter(|status| **status == 422).count()), "{statuses:?}");
    }

    async fn lg_10_only_forms_of_our_own_page_in_this_browser_are_taken(house: House) {
        house.person("ada").await;
        let client = house.client().await;
        let mut browser = house.browser();
        let sign_in = browser.get(&client.auth_url(&[])).await;
        let consent = browser.signs_in(&sign_in, "ada").await;
        let csrf = consent.first("input[name=csrf]").expect("a field")["value"].clone();
        let mut other = house.browser();
        let foreign = other.get("/login").await.first("input[name=csrf]").expect("a field")["value"].clone();
        let go = consent.first("input[name=go]").expect("a field")["value"].clone();
        let forms: [(&str, &[(&str, &str)]); 4] = [
            ("/login", &[("email", "ada@example.com"), ("password", PASSWORD)]),
            ("/consent", &[("go", &go), ("decision", "allow"), ("offline", "on")]),
            ("/setup", &[("token", "x"), ("email", "eve@example.com"), ("password", "correct horse battery")]),
            ("/logout", &[]),
        ];
        let cases: [Case<'_>; 9] = [
            ("no csrf", None, &[("sec-fetch-site", "same-origin"), ("origin", "null")]),
            ("empty csrf", Some(""), &[("sec-fetch-site", "same-origin")]),
            ("csrf of another browser", Some(&foreign), &[("sec-fetch-site", "same-origin")]),
            ("csrf with something appended", Some(&format!("{csrf}x")), &[("sec-fetch-site", "same-origin")]),
            ("cross-site", Some(&csrf), &[("sec-fetch-site", "cross-site"), ("origin", "null")]),
            ("same-site", Some(&csrf), &[("sec-fetch-site", "same-site")]),
            ("foreign origin", Some(&csrf), &[("origin", "https://evil.example")]),
            ("foreign origin that says same-origin", Some(&csrf), &[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")]),
            ("null origin of an old browser", Some(&csrf), &[("origin", "null")]),
        ];
        let before = house.tables().await;
        for (path, fields) in forms {
            for (case, csrf, headers) in &cases {
                let mut attacked = browser.clone();
                attacked.fetch_metadata = false;
                attacked.headers.extend(headers.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
                let mut form: Vec<_> = fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
                form.extend(csrf.map(|csrf| ("csrf".to_owned(), csrf.to_owned())));
                let view = attacked.post_once(path, &form).await;
                assert_eq!((view.status, view.error_code().as_deref()), (403, Some("forged_form")), "{path}: {case}");
                assert!(view.headers.get("set-cookie").is_none(), "{path}: {case}");
            }
            // The csrf value of a browser is nothing without its cookie.
            let mut bare = house.browser();
            let form = [fields.to_vec(), vec![("csrf", csrf.as_str())]].concat();
            let form: Vec<_> = form.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
            assert_eq!(bare.post_once(path, &form).await.status, 403, "{path}: no cookie");
        }
        assert_eq!(house.changed_since(&before).await, Vec::<String>::new());
        // The same forms in earnest, as browsers send them: with and without fetch metadata, or with our origin.
        for headers in [&[][..], &[("origin", house.app.issuer())], &[("origin", "null"), ("sec-fetch-site", "same-origin")]] {
            let mut honest = house.browser();
            honest.fetch_metadata = false;
            honest.headers.extend(headers.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
            assert_eq!(tries(&mut honest, "ada@example.com", PASSWORD).await.status, 303, "{headers:?}");
        }
        let sent = browser.decides(&consent, "allow").await;
        assert!(sent.sent("code").is_some());
    }

    async fn lg_13_a_disabled_person_is_nobody(house: House) {
        let ada = house.person("ada").await;
        let mut browser = house.browser();
        assert_eq!(tries(&mut browser, "ada@example.com", PASSWORD).await.status, 303);
        assert!(browser.get("/").await.text().contains("You are signed in"));
        disable(&house, &ada).await;
        assert!(!browser.get("/").await.text().contains("You are signed in"));
        assert_eq!(tries(&mut house.browser(), "ada@example.com", PASSWORD).await.status, 422);
    }

    async fn lg_14_passwords_count_byte_for_byte(house: House) {
        let ada = house.person("ada").await;
        let long = "a".repeat(89);
        for (right, wrong) in [
            (format!("{long}b tail"), format!("{long}c tail")),
            ("x".repeat(1024), "x".repeat(1023)),
            ("\u{1f980} crabs are \u{e9}lite".to_owned(), "\u{1f980} crabs are e\u{301}lite".to_owned()),
            ("  two spaces around  ".to_owned(), "two spaces around".to_owned()),
            ("Correct Horse".to_owned(), "correct horse".to_owned()),
            ("a+b&c=d%20e".to_owned(), "a b&c=d e".to_owned()),
        ] {
            set_password(&house, &ada, &right).await;
            house.wait(Duration::from_secs(120));
            assert_eq!(tries(&mut house.browser(), "ada@example.com", &wrong).await.status, 422, "{wrong}");
            assert_eq!(tries(&mut house.browser(), "ada@example.com", &right).await.status, 303, "{right}");
        }
        let before = house.tables().await;
        let throttles = before["throttles"].clone();
        for (password, status) in [("x".repeat(1025), 400), ("x".repeat(5 * 1024), 400), ("x".repeat(1024 * 1024), 413)] {
            assert_eq!(tries(&mut house.browser(), "ada@example.com", &password).await.status, status);
        }
        assert_eq!(tries(&mut house.browser(), "ada@example.com", "nul\0nul").await.status, 400);
        assert_eq!(tries(&mut house.browser(), &format!("{}@example.com", "x".repeat(300)), PASSWORD).await.status, 400);
        // Refused before anything was looked up or hashed.
        assert_eq!(house.tables().await["throttles"], throttles);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lg_02_an_unknown_account_costs_a_full_hash() {
    let house = House::with(Kind::Sqlite, |config| {
        config.passwords.memory_kib = 19456;
        config.passwords.passes = 2;
        config.throttle.account = 10_000;
        config.throttle.address = 10_000;
    });
    let house = house.await;
    house.person("ada").await;
    let bob = house.person("bob").await;
    disable(&house, &bob).await;
    let mut browser = house.browser();
    let page = browser.get("/login").await;
    let mut times: BTreeMap<&str, Vec<u128>> = BTreeMap::new();
    for _ in 0..11 {
        for name in ["ada", "eve", "bob"] {
            let begun = tokio::time::Instant::now();
            let view = types(&mut browser, &page, &format!("{name}@example.com"), "wrong horse").await;
            times.entry(name).or_default().push(begun.elapsed().as_micros());
            assert_eq!(view.status, 422);
        }
    }
    let median = |name: &str| {
        let mut sorted = times[name].clone();
        sorted.sort_unstable();
        sorted[sorted.len() / 2]
    };
    // Without the hash the answer would come some twenty times faster; anything else is the machine's noise.
    for name in ["eve", "bob"] {
        assert!(median(name) * 2 > median("ada"), "{times:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lg_04_nobody_locks_a_person_out_of_their_own_device() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let house = House::with(kind, behind_a_proxy).await;
        house.person("ada").await;
        let mut at_home = from(&house, "192.0.2.1");
        assert_eq!(tries(&mut at_home, "ada@example.com", PASSWORD).await.status, 303);
        at_home.cookies.remove("sym_s");
        let mut then = house.now();
        for n in 0..30 {
            house.goes_slowly(&mut then);
            let mut attacker = from(&house, &format!("198.51.100.{n}"));
            let status = tries(&mut attacker, "ada@example.com", "wrong horse").await.status;
            assert_eq!(status, if n < 5 { 422 } else { 429 });
        }
        // Her device is known.
        assert_eq!(tries(&mut at_home, "ada@example.com", PASSWORD).await.status, 303);
        // Elsewhere she waits for a moment, not for good.
        let mut elsewhere = from(&house, "192.0.2.2");
        let wait = retry_after(&tries(&mut elsewhere, "ada@example.com", PASSWORD).await);
        assert!(wait <= 30, "{wait}");
        house.wait(Duration::from_secs(wait));
        assert_eq!(tries(&mut elsewhere, "ada@example.com", PASSWORD).await.status, 303);
        // A device mark is good for its own account only, and guesses with it are counted as well.
        house.person("bob").await;
        house.wait(Duration::from_secs(300));
        let mut then = house.now();
        for n in 0..6 {
            house.goes_slowly(&mut then);
            let mut thief = at_home.clone();
            thief.cookies.remove("sym_s");
            thief.headers.insert("x-forwarded-for".to_owned(), format!("203.0.113.{n}"));
            let (bob, ada) = ("bob@example.com", "ada@example.com");
            let expected = if n < 5 { 422 } else { 429 };
            assert_eq!(tries(&mut thief, bob, "wrong horse").await.status, expected, "bob {n}");
            assert_eq!(tries(&mut thief, ada, "wrong horse").await.status, expected, "ada {n}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lg_05_of_a_hundred_guesses_at_once_five_are_looked_at() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let house = House::with(kind, |config| config.throttle.address = 10_000).await;
        house.person("ada").await;
        let mut browser = house.browser();
        let page = browser.get("/login").await;
        let twin = if kind == Kind::Postgres { Some(house.twin().await) } else { None };
        let guesses = (0..100).map(|n| {
            let (here, page) = (browser.clone(), page.clone());
            let mut browser = match &twin {
                Some(twin) if n % 2 == 0 => here.at(twin),
                _ => here,
            };
            async move { types(&mut browser, &page, "ada@example.com", "wrong horse").await.status }
        });
        let statuses = join_all(guesses.collect::<Vec<_>>()).await;
        let looked_at = statuses.iter().filter(|status| **status == 422).count();
        let waited = statuses.iter().filter(|status| **status == 429).count();
        assert_eq!((looked_at, waited), (5, 95), "{kind:?} {statuses:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lg_07_one_source_has_its_tries_whoever_it_names() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let house = House::with(kind, |config| {
            behind_a_proxy(config);
            assert_eq!(config.throttle.address, 20);
            config.throttle.address = 10;
        });
        let house = house.await;
        house.person("ada").await;
        let sources: [Source; 2] =
            [("one IPv4 address", |_| "198.51.100.7".to_owned()), ("one IPv6 /64", |n| format!("2001:db8:0:1::{n:x}"))];
        let mut then = house.now();
        for (source, address) in sources {
            for n in 0..12 {
                house.goes_slowly(&mut then);
                let mut sprayer = from(&house, &address(n));
                let status = tries(&mut sprayer, &format!("someone{n}@example.com"), "Summer2026").await.status;
                assert_eq!(status, if n < 10 { 422 } else { 429 }, "{source}, try {n}");
            }
            let mut throttled = from(&house, &address(23));
            assert_eq!(tries(&mut throttled, "ada@example.com", PASSWORD).await.status, 429, "{source}");
        }
        for elsewhere in ["198.51.100.8", "2001:db8:0:2::1"] {
            let mut browser = from(&house, elsewhere);
            assert_eq!(tries(&mut browser, "ada@example.com", PASSWORD).await.status, 303, "{elsewhere}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lg_15_a_flood_of_sign_ins_is_shed_and_harms_nobody_else() {
    let house = House::with(Kind::Sqlite, |config| {
        config.passwords.memory_kib = 64 * 1024;
        config.passwords.passes = 6;
        config.passwords.at_once = 1;
        config.throttle.address = 10_000;
    });
    let house = house.await;
    let machine = house.client_with(|m| {
        m.grant_types = vec![symbolon::clients::GrantType::ClientCredentials];
        m.response_types.clear();
        m.redirect_uris.clear();
        m.scope = "files:read".to_owned();
    });
    let machine = machine.await;
    let mut browser = house.browser();
    let page = browser.get("/login").await;
    let flood = (0..40).map(|n| {
        let (mut browser, page) = (browser.clone(), page.clone());
        async move { types(&mut browser, &page, &format!("someone{n}@example.com"), "wrong horse").await }
    });
    let flood = tokio::spawn(join_all(flood.collect::<Vec<_>>()));
    for _ in 0..10 {
        machine.token(&[("grant_type", "client_credentials")]).await.ok();
    }
    let views = flood.await.expect("ends");
    let shed: Vec<&View> = views.iter().filter(|view| view.status == 503).collect();
    assert!(!shed.is_empty() && shed.len() < views.len(), "{:?}", views.iter().map(|v| v.status).collect::<Vec<_>>());
    for view in shed {
        assert!(retry_after(view) >= 1);
        assert_eq!(view.error_code().as_deref(), Some("temporarily_unavailable"));
    }
}
