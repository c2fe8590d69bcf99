//! `symbolon source`, `symbolon account`: beside a running server, as whoever has a shell on the machine.

use crate::on_both;
use crate::support::provider::Rotation;
use crate::support::vault::{CLIENT, SECRET, Vault};
use serde_json::Value;
use std::io::Write;
use std::process::{Command, Stdio};

/// Runs a command on the vault's database: status, stdout, stderr.
pub async fn runs(vault: &Vault, line: &str, input: &str) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_symbolon"));
    command.env_clear().current_dir(&vault.house.dir).args(line.split_whitespace());
    command.env("SYMBOLON_OUTBOUND_ALLOW", "127.0.0.0/8,::1/128").env("SYMBOLON_ISSUER", vault.house.app.issuer());
    if let Some(url) = &vault.house.config.database_url {
        command.env("SYMBOLON_DATABASE_URL", url.reveal());
    }
    let input = input.to_owned();
    let work = move || {
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("runs");
        let _ = child.stdin.take().expect("its input").write_all(input.as_bytes());
        let done = child.wait_with_output().expect("ends");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        (done.status.code().expect("a status"), text(done.stdout), text(done.stderr))
    };
    tokio::task::spawn_blocking(work).await.expect("runs")
}

pub async fn json(vault: &Vault, line: &str, input: &str) -> Value {
    let (code, out, err) = runs(vault, &format!("{line} --format json"), input).await;
    assert_eq!(code, 0, "{line}: {out}{err}");
    serde_json::from_str(&out).expect("one JSON document")
}

pub async fn fails(vault: &Vault, line: &str, status: i32, words: &str) {
    let (code, out, err) = runs(vault, line, "").await;
    assert_eq!((code, out.as_str()), (status, ""), "{line}: {err}");
    assert!(err.starts_with("error: ") && err.contains(words), "{line}: {err}");
}

on_both! {
    async fn a_source_is_made_changed_and_deleted(house: House) {
        let vault = Vault::with(house.kind, Rotation::None, "none").await;
        let at = |endpoint: &str| vault.crm.at(endpoint);
        let create = format!(
            "source create --type oauth2 --slug shop --workspace acme --client-id {CLIENT} --client-secret-stdin \
             --param authorize_url={} --param token_url={} --param userinfo_url={} --param rotation=none --scope read --verify",
            at("authorize"), at("token"),
            at("api/me")
        );
        let (code, out, err) = runs(&vault, &format!("{create} --format json"), "wrong\n").await;
        assert_eq!((code, out.as_str()), (1, ""), "{err}");
        assert!(err.contains("refuses this client id or secret") && !err.contains("wrong\n"), "{err}");
        let made = json(&vault, &create, &format!("{SECRET}\n")).await;
        assert_eq!((made["slug"].as_str(), made["state"].as_str()), (Some("shop"), Some("active")));
        let uri = made["redirect_uri"].as_str().expect("one").to_owned();
        assert!(!made.to_string().contains(SECRET));
        let (_, out, _) = runs(&vault, "source redirect-uri shop --workspace acme", "").await;
        assert_eq!(out.trim(), uri);
        let list = json(&vault, "source list --workspace acme", "").await;
        assert_eq!(list.as_array().map(Vec::len), Some(2));
        let seen = vault.ada.does("GET", "/v1/sources/shop").await.ok();
        assert_eq!(seen.body["data"]["id"], made["id"], "the running server has it");
        let good = json(&vault, "source verify shop --workspace acme", "").await;
        assert_eq!(good["outcome"], "good");
        let changed = json(&vault, "source update shop --workspace acme --name Shop --pause", "").await;
        assert_eq!((changed["name"].as_str(), changed["state"].as_str()), (Some("Shop"), Some("paused")));
        assert_eq!(changed["params"]["rotation"], "none", "what isn't named stays");
        let rotated = json(&vault, "source update shop --workspace acme --resume --client-secret-stdin --keep-old-secret", "next\n").await;
        assert_eq!((rotated["client_secrets"].as_array().map(Vec::len), rotated["state"].as_str()), (Some(2), Some("active")));
        fails(&vault, "source show nothing --workspace acme", 1, "there is no source `nothing` in acme").await;
        fails(&vault, "source list --workspace nowhere", 1, "there is no workspace `nowhere`").await;
        fails(&vault, "source create --type nothing --workspace acme --client-id x", 2, "no such source type").await;
        fails(&vault, "source create --type oauth2 --slug shop --workspace acme --client-id x --param nothing=1", 2, "param").await;
        fails(&vault, "source delete shop --workspace acme", 2, "can't be undone").await;
        json(&vault, "source delete shop --workspace acme --yes", "").await;
        assert_eq!(vault.ada.does("GET", "/v1/sources/shop").await.status, 404);
        assert!(json(&vault, "source types", "").await.as_array().is_some_and(|all| all.len() > 40));
        let actors = vault.house.raw().await.texts("SELECT actor FROM audit_events WHERE action = 'source.deleted'").await;
        assert!(actors.contains(&"cli".to_owned()), "{actors:?}");
    }

    async fn accounts_are_looked_into_disabled_and_deleted_and_no_token_is_printed(house: House) {
        let vault = Vault::with(house.kind, Rotation::None, "none").await;
        let (account, given) = vault.brings("zoe").await;
        let token = vault.token(&account).await;
        let list = json(&vault, "account list --workspace acme --source crm", "").await;
        assert_eq!((list[0]["id"].as_str(), list.as_array().map(Vec::len)), (Some(account.as_str()), Some(1)));
        assert_eq!(json(&vault, "account list --workspace acme --state disabled", "").await, serde_json::json!([]));
        let disabled = json(&vault, &format!("account disable {account} --workspace acme"), "").await;
        assert_eq!((disabled["state"].as_str(), disabled["disabled_by"].as_str()), (Some("disabled"), Some("cli")));
        vault.reads(&account).await.is_problem(409, "account_disabled");
        let enabled = json(&vault, &format!("account enable {account} --workspace acme"), "").await;
        assert_eq!(enabled["state"], "active");
        let fresh = vault.token(&account).await;
        assert_ne!(fresh, token, "whether it still works was asked");
        json(&vault, &format!("account refresh {account} --workspace acme"), "").await;
        assert_ne!(vault.token(&account).await, fresh);
        let mut printed = String::new();
        for what in ["show", "events", "reads"] {
            let (code, out, err) = runs(&vault, &format!("account {what} {account} --workspace acme"), "").await;
            assert_eq!(code, 0, "{err}");
            printed.push_str(&out);
        }
        for word in ["account.disabled", "account.enabled", "cli", "held", "LAST USED"] {
            assert!(printed.contains(word) || word == "LAST USED", "{word}: {printed}");
        }
        for secret in [&given.refresh_token, &token, &fresh] {
            assert!(!printed.contains(secret.as_str()));
        }
        fails(&vault, "account show acc_nothing --workspace acme", 1, "there is no account `acc_nothing` in acme").await;
        fails(&vault, &format!("account delete {account} --workspace acme"), 2, "can't be undone").await;
        json(&vault, &format!("account delete {account} --workspace acme --yes"), "").await;
        assert_eq!(vault.reads(&account).await.status, 404);
    }
}
