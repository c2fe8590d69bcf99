//! RFC 7516, RFC 7518: a freed account's tokens, sealed for whoever holds a key; opened by panva's `jose`.

use crate::on_both;
use crate::support::Answer;
use crate::support::client::answer;
use crate::support::provider::Rotation;
use crate::support::vault::{CLIENT, SECRET, Vault};
use serde_json::{Value, json};
use std::io::Write;
use std::process::Stdio;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/node/jwe.mjs");

/// What the stranger's program says; none where it fails.
async fn stranger(ask: Value) -> Option<Value> {
    let mut command = crate::mcp::node();
    command.arg(SCRIPT).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let work = move || {
        let mut child = command.spawn().expect("runs; run: make setup");
        child.stdin.take().expect("its input").write_all(ask.to_string().as_bytes()).expect("reads");
        child.wait_with_output().expect("ends")
    };
    let done = tokio::task::spawn_blocking(work).await.expect("runs");
    done.status.success().then(|| serde_json::from_slice(&done.stdout).expect("JSON"))
}

async fn key(alg: &str) -> Value {
    stranger(json!({ "make": alg })).await.unwrap_or_else(|| panic!("no key of {alg}; run: make setup"))
}

async fn frees(vault: &Vault, account: &str, more: Value) -> Answer {
    let seen = vault.ada.does("GET", &format!("/v1/accounts/{account}")).await.ok();
    let mut ask = json!({ "mode": "export", "confirm_external_id": seen.body["data"]["external_id"] });
    ask.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    vault.ada.posts(&format!("/v1/accounts/{account}/custody/free"), &ask).await
}

/// Uses a refresh token as its new holder does.
async fn works(vault: &Vault, token: &Value) -> bool {
    let form = [("grant_type", "refresh_token"), ("refresh_token", token.as_str().expect("a token"))];
    answer(vault.house.http().post(vault.crm.at("token")).basic_auth(CLIENT, Some(SECRET)).form(&form)).await.status
        == 200
}

on_both! {
    async fn s5_1_a_freed_account_s_tokens_are_read_by_the_holder_of_the_key_alone(house: House) {
        let vault = Vault::with(house.kind, Rotation::Strict, "strict").await;
        for alg in ["RSA-OAEP-256", "ECDH-ES+A256KW", "ECDH-ES"] {
            let (account, _) = vault.brings("zoe").await;
            let (mine, other) = (key(alg).await, key(alg).await);
            let dry = frees(&vault, &account, json!({ "recipient_key": mine["public"], "dry_run": true })).await.ok();
            assert!(dry.body["data"].get("credentials_jwe").is_none(), "{alg}");
            let freed = frees(&vault, &account, json!({ "recipient_key": mine["public"] })).await.ok();
            let data = &freed.body["data"];
            assert!(data.get("credentials").is_none() && !freed.body.to_string().contains("oauth_refresh_token"), "{alg}");
            let sealed = data["credentials_jwe"].as_str().expect("a JWE");
            assert_eq!(sealed.split('.').count(), 5, "{sealed}");
            let opened = stranger(json!({ "open": sealed, "key": mine["private"] })).await.expect("opens");
            let header = &opened["header"];
            assert_eq!((&header["alg"], &header["enc"], &header["kid"]), (&json!(alg), &json!("A256GCM"), &mine["public"]["kid"]));
            let tokens = &opened["payload"]["primary"];
            assert!(stranger(json!({ "open": sealed, "key": other["private"] })).await.is_none(), "{alg}: not with another key");
            let bent = format!("{}A", &sealed[..sealed.len() - 2]);
            assert!(stranger(json!({ "open": bent, "key": mine["private"] })).await.is_none(), "{alg}: nor when it was changed");
            // Whoever asks again is told the same, sealed afresh.
            let again = frees(&vault, &account, json!({ "recipient_key": mine["public"] })).await.ok();
            assert_eq!(again.body["data"]["release_id"], data["release_id"], "{alg}");
            let second = again.body["data"]["credentials_jwe"].as_str().expect("a JWE");
            assert_ne!(second, sealed, "{alg}");
            let second = stranger(json!({ "open": second, "key": mine["private"] })).await.expect("opens");
            assert_eq!(&second["payload"]["primary"], tokens, "{alg}");
            assert!(works(&vault, &tokens["oauth_refresh_token"]).await, "{alg}");
            let events = vault.ada.does("GET", &format!("/v1/accounts/{account}/events")).await.ok();
            assert!(events.body.to_string().contains("recipient_key"), "the history names the key: {}", events.body);
            let done = json!({ "release_id": data["release_id"] });
            vault.ada.posts(&format!("/v1/accounts/{account}/custody/ack"), &done).await.ok();
            vault.ada.does("DELETE", &format!("/v1/accounts/{account}")).await;
        }
    }

    async fn the_command_line_hands_out_nothing_that_others_could_read(house: House) {
        let vault = Vault::with(house.kind, Rotation::Strict, "strict").await;
        let (account, _) = vault.brings("zoe").await;
        let mine = key("ECDH-ES+A256KW").await;
        std::fs::write(vault.house.dir.join("key.json"), mine["public"].to_string()).expect("writes");
        std::fs::write(vault.house.dir.join("private.json"), mine["private"].to_string()).expect("writes");
        let free = format!("account free {account} --workspace acme --yes");
        for (more, status, words) in [
            ("", 2, "--recipient-key"),
            (" --recipient-key key.json --revoke", 2, "cannot be used with"),
            (" --recipient-key none.json", 1, "can't be read"),
            (" --recipient-key private.json", 2, "must be a public key"),
        ] {
            let (code, out, err) = crate::vault_cli::runs(&vault, &format!("{free}{more}"), "").await;
            assert_eq!((code, out.as_str()), (status, ""), "{more}: {err}");
            assert!(err.contains(words), "{more}: {err}");
        }
        let dry = crate::vault_cli::json(&vault, &format!("account free {account} --workspace acme --dry-run"), "").await;
        assert_eq!(dry["accounts"], json!([account]));
        let freed = crate::vault_cli::json(&vault, &format!("{free} --recipient-key key.json"), "").await;
        let opened = stranger(json!({ "open": freed["credentials_jwe"], "key": mine["private"] })).await.expect("opens");
        assert!(works(&vault, &opened["payload"]["primary"]["oauth_refresh_token"]).await);
        assert_eq!(vault.reads(&account).await.status, 409);
        let release = freed["release_id"].as_str().expect("one");
        crate::vault_cli::json(&vault, &format!("account ack {account} {release} --workspace acme"), "").await;
        let (code, _, err) = crate::vault_cli::runs(&vault, &format!("account cancel {account} {release} --workspace acme"), "").await;
        assert!(code == 1 && err.contains("acknowledged"), "{err}");
        let (other, _) = vault.brings("yan").await;
        let revoked = crate::vault_cli::json(&vault, &format!("account free {other} --workspace acme --yes --revoke"), "").await;
        assert_eq!(revoked["accounts"], json!([other]));
        assert_eq!(vault.reads(&other).await.status, 409);
    }

    async fn a_key_that_isn_t_fit_frees_nothing(house: House) {
        let vault = Vault::with(house.kind, Rotation::Strict, "strict").await;
        let (account, _) = vault.brings("zoe").await;
        let mine = key("ECDH-ES").await;
        let bent = |member: &str, value: Value| {
            let mut bent = mine["public"].clone();
            bent[member] = value;
            bent
        };
        for bad in [
            mine["private"].clone(),
            bent("use", json!("sig")),
            bent("alg", json!("ECDH-ES+A128KW")),
            bent("alg", json!("dir")),
            bent("crv", json!("P-521")),
            bent("x", mine["public"]["y"].clone()),
            bent("kty", json!("OKP")),
            json!({ "kty": "oct", "k": "c2VjcmV0" }),
            json!({ "kty": "RSA", "n": "AQAB", "e": "AQAB" }),
            json!("eyJ"),
            json!([mine["public"]]),
        ] {
            let refused = frees(&vault, &account, json!({ "recipient_key": bad })).await;
            assert_eq!((refused.status, &refused.body["error"]["field"]), (422, &json!("recipient_key")), "{bad}: {}", refused.body);
        }
        let both = json!({ "recipient_key": mine["public"], "mode": "revoke" });
        assert_eq!(frees(&vault, &account, both).await.body["error"]["field"], "recipient_key");
        assert_eq!(vault.reads(&account).await.status, 200, "nothing happened to it");
        frees(&vault, &account, json!({ "recipient_key": mine["public"] })).await.ok();
    }
}
