//! `/openapi.json` in the hands of others: an independent validator, and schemathesis, which calls every operation with what
//! the document allows and with what it doesn't, and holds the answers against it.

use crate::clients::program;
use crate::support::provider::Rotation;
use crate::support::vault::Vault;
use crate::support::{House, Kind};
use std::path::Path;
use std::process::Command;
use symbolon::clients::{GrantType, Metadata};
use symbolon::config::Registration;

fn python() -> String {
    let venv = format!("{}/tests/clients/python/.venv/bin/python", env!("CARGO_MANIFEST_DIR"));
    program("SYMBOLON_TEST_PYTHON", venv)
}

fn machine(metadata: &mut Metadata) {
    metadata.grant_types = vec![GrantType::ClientCredentials];
    metadata.response_types = Vec::new();
    metadata.redirect_uris = Vec::new();
    metadata.scope = "symbolon:admin".to_owned();
    metadata.admin = true;
    metadata.client_name = "Schemathesis".to_owned();
}

async fn runs(mut command: Command) -> String {
    let ran = tokio::task::spawn_blocking(move || command.output()).await.expect("runs");
    let ran = ran.unwrap_or_else(|why| panic!("{why}; run: make setup"));
    let said = format!("{}\n{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success(), "{said}");
    said
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c5_the_document_is_valid_openapi_3_1_for_an_independent_validator() {
    let house = House::with(Kind::Sqlite, |config| config.registration = Registration::Open).await;
    let document = crate::openapi::document(&house).await;
    let (file, broken) = (house.dir.join("openapi.json"), house.dir.join("broken.json"));
    std::fs::write(&file, document.to_string()).expect("writes");
    let validate = |file: &Path| {
        let mut command = Command::new(python());
        command.args(["-m", "openapi_spec_validator", "--schema", "3.1"]).arg(file);
        command
    };
    println!("{}", runs(validate(&file)).await);
    // It would have seen it.
    let mut bent = document;
    bent["paths"]["/v1/admin/users"]["get"]["responses"] = serde_json::json!([]);
    std::fs::write(&broken, bent.to_string()).expect("writes");
    assert!(!validate(&broken).output().expect("runs").status.success());
}

/// How long it may take; `make fuzz-api` gives it five minutes.
#[expect(clippy::disallowed_methods, reason = "make says how long")]
fn seconds() -> u32 {
    std::env::var("SYMBOLON_SCHEMATHESIS_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(25)
}

/// Lets it call the operations that `which` picks, with this credential. Gives how many it called.
async fn calls(house: &House, shown: &str, seconds: u32, which: &[&str]) -> u32 {
    let mut command = Command::new(python());
    command.args(["-m", "schemathesis.cli", "run", &format!("{}/openapi.json", house.url)]);
    command.args(["--header", &format!("Authorization: {shown}")]);
    // All checks but one: that whatever fits the schemas is accepted. What members mean together (which redirect URI for
    // which kind of app, which grant with which authentication) no schema says, and the server refuses it with a reason.
    command.args(["--checks", "all", "--exclude-checks", "positive_data_acceptance"]);
    command.args(["--max-time", &seconds.to_string(), "--continue-on-failure", "--no-color"]);
    command.args(["--request-timeout", "20", "--suppress-health-check", "all", "--output-sanitize", "true"]);
    // What it means to be wrong may be too long before it is wrong.
    let refused = "[checks.negative_data_rejection]\nexpected-statuses = [400, 401, 403, 404, 405, 406, 409, 414, 415, 422, 428, 429, \"5xx\"]\n";
    std::fs::write(house.dir.join("schemathesis.toml"), refused).expect("writes");
    command.args(which).current_dir(&house.dir);
    let said = runs(command).await;
    let summary = said.split("SUMMARY").nth(1).expect("a summary");
    println!("{summary}");
    assert!(!summary.contains("Failures:") && !summary.contains("Errors:"), "{said}");
    let tested = summary.lines().find_map(|line| line.trim().strip_prefix("Tested:"));
    tested.and_then(|n| n.trim().parse().ok()).expect("a number")
}

/// A person's own tokens, the scanners' report, the gate: with an API token, by the same document.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c5_schemathesis_calls_what_api_tokens_open() {
    let house = House::with(Kind::Sqlite, |config| {
        config.limits.token_per_second = 0;
        config.limits.workspace_per_second = 0;
        config.api_tokens.max_per_user = 1000;
    })
    .await;
    let ada = house.person("ada").await;
    let shown = house.api_token(&ada, Some("default"), None).await.1.authorization;
    let seconds = seconds().div_ceil(3);
    let own =
        ["--include-path-regex", "^/(api/tokens|gate/check|v1/token_scanning)", "--exclude-path-regex", "introspect"];
    assert!(calls(&house, &shown, seconds, &own).await > 4);
    // Proxies ask with any method, which the document can't say.
    let methods = [
        "--include-path-regex",
        "^/gate/(nginx|forward|envoy)",
        "--exclude-checks",
        "unsupported_method,positive_data_acceptance",
    ];
    assert_eq!(calls(&house, &shown, seconds, &methods).await, 3);
}

/// What belongs to a workspace, what API tokens open, and the gate.
const VAULT_AND_OTHERS: &str = "^/(api|gate)/|^/v1/(source|accounts|credentials|connect|webhooks)";

/// Sources and accounts: with an API token that acts in a workspace.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c5_schemathesis_calls_all_of_the_vault() {
    let vault = Vault::with(Kind::Sqlite, Rotation::None, "none").await;
    vault.brings("zoe").await;
    let which = ["--include-path-regex", "^/v1/(source|accounts|credentials|connect_sessions|webhooks)"];
    let tested = calls(&vault.house, &vault.ada.authorization, seconds(), &which).await;
    assert!(tested > 24, "{tested}");
    assert_eq!(vault.ada.does("GET", "/v1/sources").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c5_schemathesis_finds_no_server_error_and_no_answer_that_is_not_in_the_document() {
    let house = House::with(Kind::Sqlite, |config| {
        config.registration = Registration::Open;
        config.registration_policy.per_minute = 1_000_000;
        config.throttle.client = 1_000_000;
    })
    .await;
    let client = house.client_with(machine).await;
    house.wait(std::time::Duration::from_secs(1));
    let token = client.token(&[("grant_type", "client_credentials")]).await.ok();
    // Something to find in the lists.
    house.admin("ada").await;
    house.workspace("acme", &[(&house.person("ben").await, symbolon::people::workspaces::Standing::Owner)]).await;
    let shown = format!("Bearer {}", token.text("access_token"));
    let tested = calls(&house, &shown, seconds(), &["--exclude-path-regex", VAULT_AND_OTHERS]).await;
    assert!(tested > 60, "{tested}");
    // It still stands, and its caller is still let in.
    let list = house.http().get(format!("{}/v1/admin/clients", house.url)).bearer_auth(token.text("access_token"));
    assert_eq!(list.send().await.expect("an answer").status(), 200);
}
