//! The real binary as a process of its own, to be killed.

use std::process::{Child, Command, Stdio};
use std::time::Duration;
use symbolon::config::Config;

pub struct Process {
    child: Child,
    pub url: String,
}

impl Process {
    /// Serves on a port of this process's choosing, from the database of these settings; ready when it returns.
    pub async fn serve(config: &Config, port: u16) -> Self {
        Process::serve_with(config, port, &[]).await
    }

    /// With more settings.
    pub async fn serve_with(config: &Config, port: u16, more: &[(&str, &str)]) -> Self {
        Process::serve_to(config, port, more, Stdio::inherit()).await
    }

    /// With its log somewhere else.
    pub async fn serve_to(config: &Config, port: u16, more: &[(&str, &str)], log: Stdio) -> Self {
        let url = format!("http://127.0.0.1:{port}");
        let mut command = Command::new(env!("CARGO_BIN_EXE_symbolon"));
        command.arg("serve").env_clear().current_dir(config.data_dir.parent().expect("a directory"));
        command.env("SYMBOLON_ISSUER", &url).env("SYMBOLON_LISTEN", format!("127.0.0.1:{port}"));
        command.env("SYMBOLON_DATA_DIR", &config.data_dir).env("SYMBOLON_KEYS_DIR", &config.keys_dir);
        command.env("SYMBOLON_PASSWORDS_MEMORY_KIB", "8").env("SYMBOLON_PASSWORDS_PASSES", "1");
        for limit in ["TOKEN", "WORKSPACE", "CLIENT", "ADDRESS"] {
            command.env(format!("SYMBOLON_LIMITS_{limit}_PER_SECOND"), "0");
        }
        command.env("SYMBOLON_LOG_LEVEL", "error").envs(more.iter().copied());
        let elsewhere = more.iter().any(|(name, _)| name.starts_with("SYMBOLON_DATABASE_URL"));
        if let Some(database) = config.database_url.as_ref().filter(|_| !elsewhere) {
            command.env("SYMBOLON_DATABASE_URL", database.reveal());
        }
        if let Some(types) = &config.vault.catalogue_dir {
            command.env("SYMBOLON_VAULT_CATALOGUE_DIR", types);
        }
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().expect("starts");
        let process = Process { child, url };
        process.ready().await;
        process
    }

    async fn ready(&self) {
        let http = super::http();
        let asked = format!("{}/health/ready", self.url);
        let mut left = 4000;
        while !http.get(&asked).send().await.is_ok_and(|answer| answer.status() == 200) {
            left -= 1;
            assert!(left > 0, "the server doesn't get ready");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// What the system lets others read of it: a file of `/proc/<pid>`.
    pub fn proc(&self, file: &str) -> std::io::Result<Vec<u8>> {
        std::fs::read(format!("/proc/{}/{file}", self.pid()))
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has ended; what became of it is known then.
    pub fn ended(&mut self) -> bool {
        self.child.try_wait().expect("its status").is_some()
    }

    /// Sends it a signal, by name.
    pub fn signals(&self, signal: &str) {
        let sent = Command::new("kill").args(["-s", signal, &self.pid().to_string()]).status().expect("kill");
        assert!(sent.success());
    }

    /// kill -9
    pub fn kill(mut self) {
        self.child.kill().expect("kills");
        self.child.wait().expect("is gone");
    }

    /// SIGTERM; gives how it ended.
    pub fn terminate(mut self) -> std::process::ExitStatus {
        let sent = Command::new("kill").arg(self.pid().to_string()).status().expect("kill");
        assert!(sent.success());
        self.child.wait().expect("ends")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its address").port()
}
