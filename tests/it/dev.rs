//! `symbolon dev`: its check holds, and nothing of it is there in `serve`.

use crate::support::{House, Kind};
use std::process::Command;

fn symbolon(args: &[&str]) -> (bool, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_symbolon")).args(args).output().expect("runs");
    (done.status.success(), String::from_utf8_lossy(&done.stdout).into_owned())
}

#[test]
fn the_check_holds_and_says_so_step_by_step() {
    let (holds, said) = symbolon(&["dev", "--check", "--format", "json"]);
    let said: serde_json::Value = serde_json::from_str(&said).unwrap_or_else(|why| panic!("{why}: {said}"));
    assert!(holds && said["ok"] == true, "{said:#}");
    let steps = said["steps"].as_array().expect("steps");
    assert!(steps.len() >= 25 && steps.iter().all(|step| step["ok"] == true), "{said:#}");
    for name in [
        "20 readers at expiry, one refresh",
        "kill -9 in the middle of a refresh",
        "started again, the account recovers",
    ] {
        assert!(steps.iter().any(|step| step["step"] == name), "{name}: {said:#}");
    }
}

#[test]
fn it_listens_at_loopback_only() {
    assert!(!symbolon(&["dev", "--listen", "0.0.0.0:0"]).0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn serve_has_no_playground() {
    let house = House::new(Kind::Sqlite).await;
    for path in ["/dev", "/dev/callback", "/dev/inspect", "/dev/snippets", "/dev/acme", "/dev/runs/x"] {
        assert_eq!(house.browser().get_once(path).await.status, 404, "{path}");
    }
}
