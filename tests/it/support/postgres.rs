//! A PostgreSQL cluster of the test run's own: private data directory, free port, gone when the run ends.

use sqlx::{ConnectOptions, Connection, Executor};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::OnceCell;

/// The running cluster.
pub struct Cluster {
    port: u16,
    dir: PathBuf,
    /// Its end of the pipe tells the watchdog that the tests are over, however they end.
    _watchdog: std::process::Child,
}

static CLUSTER: OnceCell<Cluster> = OnceCell::const_new();
static COUNT: AtomicU32 = AtomicU32::new(0);

/// The cluster; started at first use.
pub async fn cluster() -> &'static Cluster {
    let begin = || async { tokio::task::spawn_blocking(|| start("")).await.expect("starts PostgreSQL") };
    CLUSTER.get_or_init(begin).await
}

/// One of a test's own, which it may stop; gone with it.
pub async fn own() -> Cluster {
    let name = format!("-{}", COUNT.fetch_add(1, Ordering::SeqCst));
    tokio::task::spawn_blocking(move || start(&name)).await.expect("starts PostgreSQL")
}

impl Cluster {
    /// Stops it at once, as a power cut would: what wasn't committed is lost.
    pub async fn stops(&self) {
        self.controls("-m immediate stop".to_owned()).await;
    }

    /// Starts it again.
    pub async fn starts(&self) {
        self.controls(begin(&self.dir, self.port)).await;
    }

    async fn controls(&self, what: String) {
        let line = format!("cd '{}' && '{}/pg_ctl' -D data {what} >/dev/null", self.dir.display(), bin().display());
        let done = tokio::task::spawn_blocking(move || shell(&line).current_dir("/").status()).await.expect("runs");
        assert!(done.expect("runs pg_ctl").success(), "pg_ctl");
    }

    /// The URL of a database of this cluster.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// A fresh database, empty or a copy of `template`; gives its name.
    pub async fn database(&self, template: Option<&str>) -> String {
        let name = format!("t{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
        let template = template.map(|t| format!(" TEMPLATE {t}")).unwrap_or_default();
        self.run(&format!("CREATE DATABASE {name}{template}")).await;
        name
    }

    /// Runs a statement of the harness.
    pub async fn run(&self, sql: &str) {
        let options: sqlx::postgres::PgConnectOptions = self.url("postgres").parse().expect("a URL");
        let mut conn = options.connect().await.expect("connects to PostgreSQL");
        conn.execute(sqlx::AssertSqlSafe(sql.to_owned())).await.unwrap_or_else(|why| panic!("{sql}: {why}"));
        conn.close().await.expect("closes");
    }
}

/// Debian's server programs, newest version first.
fn bin() -> PathBuf {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .expect("PostgreSQL isn't installed; run: make setup")
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    versions.sort();
    versions.pop().expect("PostgreSQL isn't installed; run: make setup")
}

/// A shell line, as a user that PostgreSQL takes: it refuses to run as root.
fn shell(line: &str) -> Command {
    let root = std::fs::metadata("/proc/self").is_ok_and(|me| std::os::unix::fs::MetadataExt::uid(&me) == 0);
    let mut command = Command::new(if root { "runuser" } else { "sh" });
    if root {
        command.args(["-u", "postgres", "--", "sh"]);
    }
    command.args(["-c", line]);
    command
}

/// What `pg_ctl` is told to start a cluster.
fn begin(dir: &Path, port: u16) -> String {
    format!(
        "-l log -w -t 60 -o '-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={} -c fsync=off \
         -c max_connections=400 -c shared_buffers=64MB' start",
        dir.display()
    )
}

fn start(name: &str) -> Cluster {
    let dir = std::env::temp_dir().join(format!("symbolon-pg-{}{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir).expect("a directory");
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its address").port();
    let script = script(&bin(), &dir, port);
    let mut command = shell(&script);
    if command.get_program() == "runuser" {
        let chown = Command::new("chown").arg("postgres").arg(&dir).status().expect("chown");
        assert!(chown.success(), "the user postgres is missing; run: make setup");
    }
    let mut watchdog =
        command.current_dir("/").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("starts a shell");
    let mut out = BufReader::new(watchdog.stdout.take().expect("its output"));
    let mut said = String::new();
    loop {
        let mut line = String::new();
        if out.read_line(&mut line).expect("reads") == 0 {
            panic!(
                "PostgreSQL didn't start:\n{said}\n{}",
                std::fs::read_to_string(dir.join("log")).unwrap_or_default()
            );
        }
        if line.trim() == "ready" {
            break;
        }
        said.push_str(&line);
    }
    Cluster { port, dir, _watchdog: watchdog }
}

/// Starts the server, says `ready`, waits until the tests are gone (its input ends), stops the server, cleans up.
fn script(bin: &Path, dir: &Path, port: u16) -> String {
    format!(
        "exec 2>&1; cd '{dir}' || exit 1
         '{bin}/initdb' -D data -A trust -U postgres -E UTF8 --locale=C.UTF-8 --no-sync >initdb.log || {{ cat initdb.log; exit 1; }}
         '{bin}/pg_ctl' -D data {begin} >/dev/null || exit 1
         echo ready
         cat >/dev/null
         '{bin}/pg_ctl' -D data -m immediate stop >/dev/null
         cd / && rm -rf '{dir}'",
        bin = bin.display(),
        begin = begin(dir, port),
        dir = dir.display(),
    )
}
