//! RFC 6749 §4.1.2, §10.5: an authorization code is used once, soon, by whom it was given to (PK-01, PK-03, PK-04, PK-11 to
//! PK-14).

use crate::on_both;
use crate::support::client::VERIFIER;
use crate::support::{Answer, Browser, Client, House};
use std::collections::BTreeSet;
use std::time::Duration;
use symbolon::base::id::{ClientId, UserId};
use symbolon::clients::{AuthMethod, Metadata};
use symbolon::crypto::token::{self, GrantToken};
use symbolon::oauth::{grants, pkce};
use symbolon::signin::consents;

fn trusted(m: &mut Metadata) {
    m.trusted = true;
}

fn public(m: &mut Metadata) {
    m.trusted = true;
    m.token_endpoint_auth_method = AuthMethod::None;
}

async fn ada(house: &House) -> Browser {
    house.person("ada").await;
    let mut browser = house.browser();
    browser.arrives_as("ada").await;
    browser
}

async fn presents(client: &Client, code: &str, verifier: &str) -> Answer {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", client.redirect_uri.as_str()),
        ("code_verifier", verifier),
    ];
    client.token(&form).await
}

on_both! {
    async fn pk_01_a_second_presentation_ends_what_the_first_one_got(house: House) {
        let mut browser = ada(&house).await;
        let client = house.client_with(trusted).await;
        let code = client.code(&mut browser, "ada", &[]).await;
        let tokens = client.redeems(&code).await.ok();
        assert!(client.active(tokens.text("access_token")).await && client.active(tokens.text("refresh_token")).await);
        let newer = client.refreshes(tokens.text("refresh_token")).await.ok();
        client.redeems(&code).await.is(400, "invalid_grant");
        for tokens in [&tokens, &newer] {
            assert!(
                !client.active(tokens.text("access_token")).await && !client.active(tokens.text("refresh_token")).await
            );
            client.refreshes(tokens.text("refresh_token")).await.is(400, "invalid_grant");
            assert_eq!(client.userinfo(tokens.text("access_token")).await.status, 401);
        }
        assert_eq!(house.trail_of_code(&code).await, ["grant.code_reuse"]);
        // Only this grant: another one of the same person and client goes on.
        let other = client.tokens(&mut browser, "ada", &[]).await;
        client.redeems(&code).await.is(400, "invalid_grant");
        assert!(client.active(other.text("access_token")).await);
    }

    async fn pk_03_a_code_lives_for_a_minute(house: House) {
        let mut browser = ada(&house).await;
        let client = house.client_with(trusted).await;
        let short = house
            .client_with(|m| {
                trusted(m);
                m.code_lifetime = Some(5);
            })
            .await;
        for (client, early, late) in [(&client, 58, 61), (&short, 3, 6)] {
            let code = client.code(&mut browser, "ada", &[]).await;
            house.wait(Duration::from_secs(late));
            client.redeems(&code).await.is(400, "invalid_grant");
            let code = client.code(&mut browser, "ada", &[]).await;
            house.wait(Duration::from_secs(early));
            client.redeems(&code).await.ok();
        }
    }

    async fn pk_04_a_code_is_for_its_own_client(house: House) {
        let mut browser = ada(&house).await;
        let (c1, c2) = (house.client_with(trusted).await, house.client_with(trusted).await);
        let p1 = house.client_with(public).await;
        for thief in [&c2, &p1] {
            let code = c1.code(&mut browser, "ada", &[]).await;
            thief.redeems(&code).await.is(400, "invalid_grant");
            c1.redeems(&code).await.is(400, "invalid_grant");
            assert!(house.trail_of_code(&code).await.contains(&"grant.code_injection_suspected".to_owned()));
        }
        // Presented after its owner redeemed it: the owner's tokens may be in wrong hands too.
        let code = c1.code(&mut browser, "ada", &[]).await;
        let tokens = c1.redeems(&code).await.ok();
        c2.redeems(&code).await.is(400, "invalid_grant");
        assert!(!c1.active(tokens.text("access_token")).await);
        // Whoever can't prove to be the client has presented nothing.
        let code = c1.code(&mut browser, "ada", &[]).await;
        let impostor = Client { secret: Some("wrong".to_owned()), ..c1.clone() };
        impostor.redeems(&code).await.is(401, "invalid_client");
        Client { method: AuthMethod::None, ..c1.clone() }.redeems(&code).await.is(401, "invalid_client");
        c1.redeems(&code).await.ok();
    }

    async fn pk_11_what_ends_in_between_ends_the_code(house: House) {
        let sub = house.person("ada").await;
        let client = house.client().await;
        let mut browser = house.browser();
        browser.arrives_as("ada").await;
        let code = client.code(&mut browser, "ada", &[]).await;
        house.disables_person(&sub).await;
        client.redeems(&code).await.is(400, "invalid_grant");
        house.enables_person(&sub).await;
        client.redeems(&code).await.is(400, "invalid_grant");

        let code = client.code(&mut browser, "ada", &[]).await;
        house.disables_client(&client).await;
        client.redeems(&code).await.is(401, "invalid_client");
        house.enables_client(&client).await;
        client.redeems(&code).await.is(400, "invalid_grant");

        let code = client.code(&mut browser, "ada", &[]).await;
        let (user, id) = (UserId::from(sub.as_str()), ClientId::from(client.id.as_str()));
        assert!(consents::forget(&house.app.db, &user, &id).await.expect("forgets"));
        grants::end_of_consent(&house.app.db, &user, &id, house.now()).await.expect("ends");
        client.redeems(&code).await.is(400, "invalid_grant");

        let code = client.code(&mut browser, "ada", &[]).await;
        let page = browser.get("/logout").await;
        assert_eq!(browser.post("/logout", &page.form("form")).await.status, 200);
        client.redeems(&code).await.is(400, "invalid_grant");

        let code = client.code(&mut browser, "ada", &[]).await;
        client.redeems(&code).await.ok();
    }

    async fn pk_12_a_stolen_code_is_worth_nothing_in_another_session(house: House) {
        house.person("ada").await;
        house.person("mallory").await;
        let client = house.client_with(trusted).await;
        let (mut victim, mut attacker) = (house.browser(), house.browser());
        let own = "m".repeat(43);
        let stolen = client.code(&mut victim, "ada", &[]).await;
        let attackers = client.code(&mut attacker, "mallory", &[("code_challenge", &pkce::transform(&own))]).await;
        // The client's own back end redeems what the attacker's session brought, with that session's verifier.
        presents(&client, &stolen, &own).await.is(400, "invalid_grant");
        assert_eq!(house.trail_of_code(&stolen).await, ["grant.code_injection_suspected"]);
        presents(&client, &stolen, VERIFIER).await.is(400, "invalid_grant");
        presents(&client, &attackers, &own).await.ok();
        assert!(house.trail_of_code(&attackers).await.is_empty());
    }

    async fn pk_13_codes_cannot_be_guessed(house: House) {
        let mut browser = ada(&house).await;
        let client = house.client_with(trusted).await;
        let macs = house.app.keys.macs();
        let (mut codes, mut holders, mut bytes) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
        const MANY: usize = 300;
        for _ in 0..MANY {
            let code = browser.get_once(&client.auth_url(&[])).await.has_code(&client);
            let token = GrantToken::open(token::Kind::Code, &macs, &code).expect("a code of ours");
            let raw = symbolon::base::encoding::from_base64url(code.strip_prefix("sym_ac_").expect("the type"))
                .expect("base64url");
            // version, key, grant (16), generation (4), holder secret (16), MAC (16)
            assert_eq!(raw.len(), 54);
            bytes.extend_from_slice(&raw[22..54]);
            holders.insert(token.holder.hash());
            codes.insert(code);
        }
        assert_eq!((codes.len(), holders.len()), (MANY, MANY));
        // Monobit over secret and MAC: z beyond 6 has a chance of 2 in 10^9.
        let ones: u32 = bytes.iter().map(|byte| byte.count_ones()).sum();
        let n = f64::from(u32::try_from(bytes.len() * 8).expect("a few bits"));
        let z = (f64::from(ones) - n / 2.0) / (n / 4.0).sqrt();
        assert!(z.abs() < 6.0, "{ones} ones in {n} bits");
        // What isn't ours never reaches the database. The server's own work does, now and then: the least is what they cost.
        let code = codes.first().expect("a code");
        let last = if code.ends_with('A') { "B" } else { "A" };
        let forged = ["sym_ac_AAAA", &code.replace("sym_ac_", "sym_rt_"), &format!("{}{last}", &code[..code.len() - 1])];
        let mut costs = Vec::new();
        for _ in 0..10 {
            let before = house.app.db.round_trips();
            for code in forged {
                client.redeems(code).await.is(400, "invalid_grant");
            }
            costs.push(house.app.db.round_trips() - before);
        }
        assert_eq!(costs.iter().min(), Some(&0), "{costs:?}");
    }

    async fn pk_14_the_database_holds_no_code_and_no_token(house: House) {
        let mut browser = ada(&house).await;
        let client = house.client_with(trusted).await;
        let waiting = client.code(&mut browser, "ada", &[]).await;
        let spent = client.code(&mut browser, "ada", &[]).await;
        let tokens = client.redeems(&spent).await.ok();
        let tables = house.tables().await;
        assert!(!tables["grants"].is_empty() && !tables["sessions"].is_empty());
        let text: String = tables.into_values().flatten().collect::<Vec<_>>().join("\n");
        let mut secrets = vec![client.secret.clone().expect("a secret")];
        secrets.extend(browser.cookies.values().cloned());
        for token in [&waiting, &spent, tokens.text("access_token"), tokens.text("refresh_token")] {
            let raw = symbolon::base::encoding::from_base64url(&token[7..]).expect("base64url");
            let holder = &raw[22..38];
            secrets.extend([
                token.to_string(),
                symbolon::base::encoding::base64url(holder),
                symbolon::base::encoding::hex(holder),
            ]);
            assert!(text.contains(&symbolon::base::encoding::fingerprint(holder)), "its hash is there");
        }
        for secret in &secrets {
            assert!(secret.len() >= 16 && !text.contains(secret.as_str()), "{secret} is in the database");
        }
        let mut files = Vec::new();
        let mut dirs = vec![house.dir.join("data")];
        while let Some(dir) = dirs.pop() {
            for entry in std::fs::read_dir(dir).into_iter().flatten() {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    dirs.push(path);
                } else {
                    files.push(std::fs::read(path).expect("a file"));
                }
            }
        }
        for (file, secret) in files.iter().flat_map(|file| secrets.iter().map(move |secret| (file, secret))) {
            assert!(!file.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret} is in a file");
        }
    }
}
