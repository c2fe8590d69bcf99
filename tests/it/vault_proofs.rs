//! How a source proves itself to a provider, and what it tells it: private keys (RFC 7523 §2.2), revocation (RFC 7009).

use crate::on_both;
use crate::support::Answer;
use crate::support::provider::{App, Mode, Rotation};
use crate::support::vault::{CLIENT, SECRET, Vault};
use crate::vault_cli::{fails, json as runs};
use serde_json::{Value, json};
use std::time::Duration;
use symbolon::base::encoding::{base64, base64url};
use symbolon::crypto::{Algorithm, SigningKey};

/// A private key in PEM, and its public half.
pub fn pem(alg: Algorithm) -> (String, Value) {
    let (key, der) = SigningKey::generate(alg).expect("a key");
    (format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", base64(&der)), key.jwk)
}

/// A private JWK with a name, and its public half.
fn jwk(kid: &str) -> (String, Value) {
    let (key, der) = SigningKey::generate(Algorithm::EdDSA).expect("a key");
    // RFC 8410 §7: the seed stands at the end of the first half.
    let private =
        json!({ "kty": "OKP", "crv": "Ed25519", "kid": kid, "x": key.jwk["x"], "d": base64url(&der[16..48]) });
    (private.to_string(), json!({ "kty": "OKP", "crv": "Ed25519", "kid": kid, "x": key.jwk["x"] }))
}

impl Vault {
    async fn signs(&self, slug: &str, client: &str, keys: &str, more: Value) -> Answer {
        let mut ask = json!({ "type": "oauth2", "slug": slug, "client_id": client, "params": {
            "authorize_url": self.crm.at("authorize"), "token_url": self.crm.at("token"), "userinfo_url": self.crm.at("api/me"),
            "rotation": "strict", "revoke_url": self.crm.at("revoke") } });
        if !keys.is_empty() {
            ask["private_key"] = json!(keys);
        }
        for (name, value) in more.as_object().expect("an object") {
            ask["params"][name] = value.clone();
        }
        self.ada.posts("/v1/sources?verify=1", &ask).await
    }

    async fn verifies(&self, slug: &str) -> Value {
        self.ada.does("POST", &format!("/v1/sources/{slug}/verify")).await.ok().body["data"]["outcome"].clone()
    }

    async fn takes_for(&self, slug: &str, refresh_token: &str) -> String {
        let ask = json!({ "source": slug, "credentials": { "oauth_refresh_token": refresh_token } });
        let made = self.ada.with("idempotency-key", refresh_token).posts("/v1/accounts", &ask).await;
        assert_eq!(made.status, 201, "{}", made.body);
        made.body["data"]["id"].as_str().expect("an id").to_owned()
    }
}

on_both! {
    async fn rfc7523_s2_2_a_source_signs_with_its_private_key_instead_of_a_secret(house: House) {
        let vault = Vault::with(house.kind, Rotation::Strict, "strict").await;
        let (ec, ec_public) = pem(Algorithm::ES256);
        let (rsa, rsa_public) = pem(Algorithm::RS256);
        let (ed, ed_public) = jwk("ours-1");
        for (client, key, public) in [("with-ec", &ec, &ec_public), ("with-rsa", &rsa, &rsa_public), ("with-ed", &ed, &ed_public)] {
            vault.crm.registers(App::signing(client, public));
            let made = vault.signs(client, client, key, json!({})).await;
            assert_eq!(made.status, 201, "{}", made.body);
            // What is shown is what the provider has to know, and no more.
            let shown = &made.body["data"];
            assert_eq!(shown["client_secrets"], json!([]));
            let told = &shown["private_keys"][0]["public_key"];
            for part in ["kty", "x", "y", "n", "e"] {
                assert_eq!(told[part], public[part], "{part}");
            }
            assert_eq!(told["kid"], if client == "with-ed" { json!("ours-1") } else { Value::Null });
            let text = made.body.to_string();
            assert!(told["d"].is_null() && !text.contains("PRIVATE KEY") && !text.contains(&key[key.len() - 60..key.len() - 40]), "{text}");
            assert_eq!(vault.verifies(client).await, "good");
            // A refresh each time: assertions are good once, and the provider remembers them.
            let given = vault.crm.gives(client, "zoe", "read");
            let account = vault.takes_for(client, &given.refresh_token).await;
            for _ in 0..3 {
                vault.house.wait(Duration::from_secs(7_200));
                assert!(vault.crm.access_ok(&vault.token(&account).await), "{client}");
            }
            assert!(vault.crm.grants_lost().is_empty());
            // It proves itself in the same way where a token is taken back.
            let token = vault.token(&account).await;
            assert_eq!(vault.ada.does("DELETE", &format!("/v1/accounts/{account}")).await.status, 204);
            assert!(!vault.crm.access_ok(&token), "{client}");
        }
        let trail = vault.house.raw().await.texts("SELECT detail FROM audit_events UNION ALL SELECT params FROM sources").await;
        assert!(trail.len() > 3 && !trail.iter().any(|text| text.contains("PRIVATE KEY") || text.contains("\"d\"")), "{trail:?}");
    }

    async fn rfc7523_s3_an_assertion_for_somebody_else_or_by_another_key_is_refused_and_mended(house: House) {
        let vault = Vault::with(house.kind, Rotation::Strict, "strict").await;
        let ((right, public), (wrong, _)) = (pem(Algorithm::ES256), pem(Algorithm::ES256));
        vault.crm.registers(App::signing("signer", &public));
        vault.signs("a", "signer", &wrong, json!({})).await.is_problem(422, "source_misconfigured");
        vault.signs("a", "signer", &right, json!({ "assertion_audience": "https://elsewhere.example" })).await.is_problem(422, "source_misconfigured");
        // The issuer as audience, as some want it.
        assert_eq!(vault.signs("a", "signer", &right, json!({ "assertion_audience": vault.crm.url })).await.status, 201);
        let patch = async |ask: Value| vault.ada.patches("/v1/sources/a", &ask).await;
        let account = vault.takes_for("a", &vault.crm.gives("signer", "zoe", "read").refresh_token).await;
        // A wrong one stops the source, not the account; beside the right one it does no harm.
        patch(json!({ "private_keys": [wrong] })).await.ok();
        assert_eq!(vault.verifies("a").await, "refused");
        vault.house.wait(Duration::from_secs(7_200));
        vault.reads(&account).await.is_problem(424, "source_misconfigured");
        let both = patch(json!({ "private_keys": [wrong, right] })).await.ok();
        assert_eq!(both.body["data"]["private_keys"].as_array().map(Vec::len), Some(2));
        assert!(vault.crm.access_ok(&vault.token(&account).await));
        // From a secret to a key without a pause: the key is tried first, the secret works until the provider knows the key.
        let moved = vault.ada.patches("/v1/sources/crm", &json!({ "private_keys": [right] })).await.ok();
        assert_eq!(moved.body["data"]["client_secrets"].as_array().map(Vec::len), Some(1));
        assert_eq!(vault.verifies("crm").await, "good");
        vault.crm.registers(App::signing(CLIENT, &public));
        assert_eq!(vault.verifies("crm").await, "good");
        vault.ada.patches("/v1/sources/crm", &json!({ "client_secrets": [] })).await.ok();
        assert_eq!(vault.verifies("crm").await, "good");
        let refused = |answer: &Answer, field: &str, words: &str| {
            answer.is_problem(422, "field_invalid");
            assert_eq!(answer.body["error"]["field"], field, "{}", answer.body);
            assert!(answer.body["detail"].as_str().expect("one").contains(words), "{}", answer.body);
        };
        for bad in ["nonsense", "{}", "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----"] {
            refused(&patch(json!({ "private_keys": [bad] })).await, "private_key", "must be a private key");
        }
        refused(&patch(json!({ "private_keys": vec!["x"; 6] })).await, "private_key", "five of them at most");
        refused(&vault.signs("b", "signer", "", json!({ "client_auth": "private_key_jwt" })).await, "private_key", "is needed");
        let slack = json!({ "type": "slack", "client_id": "c", "private_key": right });
        refused(&vault.ada.posts("/v1/sources", &slack).await, "private_key", "isn't taken by Slack");
    }

    async fn a_private_key_comes_from_a_file_or_from_standard_input(house: House) {
        let vault = Vault::with(house.kind, Rotation::None, "none").await;
        let ((key, public), (next, next_public)) = (pem(Algorithm::ES256), jwk("second"));
        vault.crm.registers(App { keys: vec![public.clone(), next_public], ..App::signing("signer", &public) });
        let at = |path: &str| vault.crm.at(path);
        std::fs::write(vault.house.dir.join("key.pem"), &key).expect("writes");
        std::fs::write(vault.house.dir.join("empty.pem"), " \n").expect("writes");
        let create = |file: &str| format!(
            "source create --type oauth2 --slug signs --workspace acme --client-id signer --private-key {file} --param authorize_url={} \
             --param token_url={} --param userinfo_url={} --verify", at("authorize"), at("token"), at("api/me"));
        fails(&vault, &create("nowhere.pem"), 2, "--private-key nowhere.pem").await;
        fails(&vault, &create("empty.pem"), 2, "there is nothing in it").await;
        let made = runs(&vault, &create("key.pem"), "").await;
        assert_eq!(made["private_keys"][0]["public_key"]["x"], public["x"]);
        let (code, out, _) = crate::vault_cli::runs(&vault, "source show signs --workspace acme", "").await;
        assert!(code == 0 && out.contains(public["x"].as_str().expect("x")) && !out.contains(&key[40..80]), "{out}");
        let both = runs(&vault, "source update signs --workspace acme --private-key - --keep-old-key", &next).await;
        let kids: Vec<&Value> = both["private_keys"].as_array().expect("both").iter().map(|one| &one["public_key"]["kid"]).collect();
        assert_eq!(kids, [&json!("second"), &Value::Null]);
        assert_eq!(runs(&vault, "source verify signs --workspace acme", "").await["outcome"], "good");
        fails(&vault, "source update signs --workspace acme --keep-old-key", 2, "--private-key").await;
        let one = runs(&vault, "source update signs --workspace acme --private-key key.pem", "").await;
        assert_eq!(one["private_keys"].as_array().map(Vec::len), Some(1));
    }

    async fn rfc7009_a_source_of_the_general_type_says_where_tokens_are_given_back(house: House) {
        let vault = Vault::with(house.kind, Mode { rotation: Rotation::Strict, ..Mode::default() }, "strict").await;
        let frees = async |account: &str| {
            let seen = vault.ada.does("GET", &format!("/v1/accounts/{account}")).await.ok();
            let ask = json!({ "mode": "revoke", "confirm_external_id": seen.body["data"]["external_id"] });
            vault.ada.posts(&format!("/v1/accounts/{account}/custody/free"), &ask).await.ok().body["data"]["revoked"].clone()
        };
        // Nobody said where: what is held is gone, and the provider isn't told.
        let (account, _) = vault.brings("zoe").await;
        let token = vault.token(&account).await;
        assert_eq!((frees(&account).await, vault.crm.hits("revoke")), (json!(false), 0));
        assert!(vault.crm.access_ok(&token));
        // It is asked like the token URL is: as whom the source is, at addresses that we may go to.
        let params = json!({ "rotation": "strict", "revoke_url": vault.crm.at("revoke") });
        assert_eq!(vault.makes_source("tells", &params).await.status, 201);
        for (user, deletes) in [("yan", false), ("bob", true)] {
            let account = vault.takes_for("tells", &vault.crm.gives(CLIENT, user, "read").refresh_token).await;
            let token = vault.token(&account).await;
            match deletes {
                true => assert_eq!(vault.ada.does("DELETE", &format!("/v1/accounts/{account}")).await.status, 204),
                false => assert_eq!(frees(&account).await, json!(true)),
            }
            assert!(!vault.crm.access_ok(&token), "{user}");
        }
        assert_eq!(vault.crm.hits("revoke"), 2);
        for bad in [
            "crm.example.com",
            "ftp://crm.example.com/revoke",
            "https://u:p@crm.example.com/revoke",
            "https://crm.example.com/r#x",
            "https://10.1.2.3/revoke",
        ] {
            let refused = vault.makes_source("bad", &json!({ "revoke_url": bad })).await;
            refused.is_problem(422, "field_invalid");
            assert_eq!(refused.body["error"]["field"], "revoke_url", "{bad}");
        }
        // The wizard and the catalogue know of it.
        let kind = vault.ada.does("GET", "/v1/source_types/oauth2").await.ok();
        let keys = vault.ada.does("GET", "/v1/source_types/slack").await.ok().body["data"]["private_key"].clone();
        assert_eq!((&kind.body["data"]["private_key"], &keys), (&json!(true), &json!(false)));
        let param = kind.body["data"]["params"].as_array().and_then(|all| all.iter().find(|one| one["name"] == "revoke_url").cloned()).expect("there");
        assert_eq!((&param["optional"], &param["asked"]), (&json!(true), &json!("source")));
        let mut browser = vault.house.browser();
        browser.arrives_as("ada").await;
        let form = browser.get("/admin/workspaces/acme/sources/new?type=oauth2").await;
        assert!(form.first("[name='param.revoke_url']").is_some() && form.first("textarea[name=private_key]").is_some(), "{}", form.text());
        let slack = browser.get("/admin/workspaces/acme/sources/new?type=slack").await;
        assert!(slack.status == 200 && slack.first("[name=private_key]").is_none());
    }

    async fn a_private_key_is_set_in_the_console_and_only_its_public_half_is_shown(house: House) {
        let vault = Vault::with(house.kind, Rotation::None, "none").await;
        let (key, public) = pem(Algorithm::ES256);
        vault.crm.registers(App { keys: vec![public.clone()], proofs: vec![crate::support::provider::Proof::PrivateKeyJwt], ..App::new(CLIENT, SECRET, "") });
        let mut browser = vault.house.browser();
        browser.arrives_as("ada").await;
        let path = format!("/admin/workspaces/acme/sources/{}", vault.source);
        let page = browser.get(&path).await;
        let fill = |view: &crate::support::browser::View, value: &str| {
            let mut fields = view.form("form#key");
            fields.retain(|(name, _)| name != "private_key");
            fields.push(("private_key".to_owned(), value.to_owned()));
            fields
        };
        let refused = browser.post(&format!("{path}/key"), &fill(&page, "nonsense")).await;
        assert!(refused.status == 422 && refused.text().contains("must be a private key") && !refused.body.contains("nonsense"), "{}", refused.text());
        let set = browser.post(&format!("{path}/key"), &fill(&page, &key)).await;
        assert!(set.status == 200 && set.body.contains(public["x"].as_str().expect("x")) && !set.body.contains(&key[40..80]), "{}", set.text());
        assert_eq!(vault.verifies("crm").await, "good");
        // An old session proves itself first.
        vault.house.wait(Duration::from_secs(1_200));
        let asked = browser.post(&format!("{path}/key"), &fill(&set, &key)).await;
        assert!(asked.first("[name=proof_password]").is_some(), "{}", asked.text());
    }
}
