//! The process as its system and its neighbours see it: security.md LS-03, LS-06, HT-15, IN-06.

use crate::support::process::{Process, free_port};
use crate::support::{House, Kind};
use rustix::process::{Pid, Resource, Rlimit};
use std::fs::File;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;
use symbolon::config::Config;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A log in a house's directory.
fn log(config: &Config) -> (PathBuf, Stdio) {
    let path = config.data_dir.join("../stderr.log");
    let file = File::create(&path).expect("a file");
    (path, Stdio::from(file))
}

/// Waits until the log has this in it.
async fn logs(path: &PathBuf, words: &str) -> String {
    let seen = tokio::time::timeout(Duration::from_secs(20), async {
        loop {
            let text = std::fs::read_to_string(path).expect("text");
            if text.contains(words) {
                return text;
            }
            tokio::task::yield_now().await;
        }
    });
    seen.await.unwrap_or_else(|_| panic!("no {words:?} in {}", std::fs::read_to_string(path).expect("text")))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ls_06_a_serving_process_leaves_no_core() {
    let (_, config) = House::new(Kind::Sqlite).await.close().await;
    let process = Process::serve(&config, free_port()).await;
    let limits = String::from_utf8(process.proc("limits").expect("reads")).expect("text");
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).expect("a line");
    assert_eq!(core.split_whitespace().skip(4).collect::<Vec<_>>(), ["0", "0", "bytes"]);
    // What ptrace may not see, only root may read. (That nobody may ptrace is tested beside the code.)
    let root = rustix::process::geteuid().is_root();
    assert_eq!(process.proc("environ").is_ok(), root);
    assert!(process.terminate().success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ls_03_secrets_come_from_files_and_stand_in_no_process_list() {
    let house = House::new(Kind::Postgres).await;
    let secrets = tempfile::tempdir().expect("a directory");
    let file = |name: &str, secret: &str| {
        let path = secrets.path().join(name);
        std::fs::write(&path, secret).expect("writes");
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("sets");
        path.to_str().expect("a path").to_owned()
    };
    let database = house.config.database_url.as_ref().expect("a URL").reveal().to_owned();
    let master = std::fs::read_to_string(house.dir.join("keys/master.key")).expect("reads").trim().to_owned();
    let (database_file, master_file) = (file("database", &database), file("master", &master));
    let elsewhere = tempfile::tempdir().expect("a directory");
    let (dir, mut config) = house.close().await;
    config.keys_dir = elsewhere.path().to_owned();
    let files = [("SYMBOLON_DATABASE_URL_FILE", &*database_file), ("SYMBOLON_MASTER_KEY_FILE", &*master_file)];
    let process = Process::serve_with(&config, free_port(), &files).await;
    for seen in ["cmdline", "environ"] {
        let seen = String::from_utf8_lossy(&process.proc(seen).unwrap_or_default()).into_owned();
        assert!(!seen.contains(&database) && !seen.contains(&master), "{seen}");
    }
    assert!(process.terminate().success());
    std::fs::remove_dir_all(dir).expect("removes");
    // No command takes a secret as an argument; --database-url says what that means.
    for command in
        [&["serve"][..], &["user", "create"], &["user", "set-password"], &["client", "create"], &["client", "update"]]
    {
        let help = Command::new(env!("CARGO_BIN_EXE_symbolon")).args(command).arg("--help").output().expect("runs");
        let help = String::from_utf8(help.stdout).expect("text");
        let flags = help.split_whitespace().filter(|word| word.starts_with("--"));
        let secret = |flag: &&str| ["password", "secret", "master"].iter().any(|word| flag.contains(word));
        let mut secret: Vec<&str> = flags.filter(secret).collect();
        secret.retain(|flag| !flag.ends_with("-stdin"));
        assert_eq!(secret, Vec::<&str>::new(), "{command:?}");
        assert!(help.contains("--database-url") && help.contains("SYMBOLON_DATABASE_URL"), "{help}");
    }
}

/// A connection that has asked once and stays.
async fn asks(url: &str) -> TcpStream {
    let address = url.strip_prefix("http://").expect("plain http");
    let mut socket = TcpStream::connect(address).await.expect("the kernel takes it");
    let _ = socket.write_all(b"GET /health/alive HTTP/1.1\r\nHost: x\r\n\r\n").await;
    socket
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ht_15_a_process_without_files_goes_on_when_there_are_some() {
    let (_, config) = House::new(Kind::Sqlite).await.close().await;
    let (path, stderr) = log(&config);
    let process = Process::serve_to(&config, free_port(), &[("SYMBOLON_LOG_LEVEL", "warn")], stderr).await;
    let files = std::fs::read_dir(format!("/proc/{}/fd", process.pid())).expect("reads").count();
    let few = u64::try_from(files).expect("a number") + 20;
    let pid = Pid::from_raw(i32::try_from(process.pid()).expect("a pid"));
    let before = rustix::process::prlimit(pid, Resource::Nofile, Rlimit { current: Some(few), maximum: Some(few) });
    assert!(before.expect("sets").current.is_none_or(|current| current > few));
    let mut idle = Vec::new();
    for _ in 0..100 {
        idle.push(asks(&process.url).await);
    }
    logs(&path, "no connection can be accepted").await;
    drop(idle);
    let mut back = asks(&process.url).await;
    let mut answer = [0; 12];
    tokio::time::timeout(Duration::from_secs(5), back.read_exact(&mut answer))
        .await
        .expect("in time")
        .expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 200");
    assert!(process.terminate().success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ht_15_no_more_connections_than_files() {
    let (_, config) = House::new(Kind::Sqlite).await.close().await;
    let (path, stderr) = log(&config);
    // More than any system gives.
    let much = [("SYMBOLON_LIMITS_CONNECTIONS", "1000000"), ("SYMBOLON_LOG_LEVEL", "warn")];
    let own = rustix::process::getrlimit(Resource::Nofile);
    let process = Process::serve_to(&config, free_port(), &much, stderr).await;
    let limits = String::from_utf8(process.proc("limits").expect("reads")).expect("text");
    let files = limits.lines().find(|line| line.starts_with("Max open files")).expect("a line");
    let soft: u64 = files.split_whitespace().nth(3).and_then(|files| files.parse().ok()).expect("a number");
    match own.maximum {
        Some(most) if most < 1_000_128 => {
            assert_eq!(soft, most);
            let line: serde_json::Value =
                serde_json::from_str(logs(&path, "too few files").await.lines().next().expect("a line")).expect("JSON");
            assert_eq!(line["room"].as_u64(), Some(most - 128));
        }
        _ => assert!(soft >= 1_000_128),
    }
    assert!(process.terminate().success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_06_no_input_makes_a_line_of_the_log() {
    let house = House::new(Kind::Sqlite).await;
    house.person("ada").await;
    let client = house.client().await;
    let (_, config) = house.close().await;
    let (path, stderr) = log(&config);
    let more = [("SYMBOLON_LOG_LEVEL", "debug"), ("SYMBOLON_PROXIES_TRUSTED", "127.0.0.0/8")];
    let process = Process::serve_to(&config, free_port(), &more, stderr).await;
    let forged = "{\"level\":\"error\",\"msg\":\"forged\"}";
    let http = crate::support::http();
    for end in ["\r\n", "\n", "\r", "\u{2028}", "\u{85}", "\u{1b}[31m", "\u{202e}", "\u{7f}\u{8}"] {
        let odd = format!("x{end}{forged}{end}");
        let encoded: String = url::form_urlencoded::byte_serialize(odd.as_bytes()).collect();
        let url = |rest: &str| format!("{}{rest}", process.url);
        let base = http.get(url(&format!("/oauth2/auth?client_id={encoded}&redirect_uri={encoded}&state={encoded}")));
        let known = http.get(url(&format!("/oauth2/auth?client_id={}&redirect_uri={encoded}", client.id)));
        let form = [("grant_type", odd.as_str()), ("client_id", &odd), ("code", &odd), ("client_assertion", &odd)];
        let token = http.post(url("/oauth2/token")).form(&form);
        let basic = http.post(url("/oauth2/token")).basic_auth(encoded.clone(), Some(&encoded)).form(&form);
        let path = http.get(url(&format!("/login/{encoded}?go={encoded}")));
        for request in [base, known, token, basic, path] {
            // Header fields take no line ends; what they take is tried.
            let plain: String = odd.chars().filter(|c| !c.is_ascii_control()).collect();
            let value = reqwest::header::HeaderValue::from_bytes(plain.as_bytes()).expect("a header");
            let names = ["user-agent", "x-request-id", "x-forwarded-for", "referer", "origin", "cookie", "accept"];
            let request = names.iter().fold(request, |request, name| request.header(*name, &value));
            let status = request.send().await.expect("an answer").status().as_u16();
            assert!((400..500).contains(&status), "{status}");
        }
    }
    assert!(process.terminate().success());
    let text = std::fs::read_to_string(path).expect("text");
    let mut requests = 0;
    for line in text.lines() {
        let event: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line}"));
        assert!(event["ts"].is_string() && event["msg"] != "forged", "{line}");
        requests += usize::from(event["msg"] == "request");
    }
    let loud = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202e}');
    assert!(!text.contains(loud), "{text}");
    assert!(requests >= 40, "{requests}");
}
