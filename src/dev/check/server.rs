//! A server that is a process of its own, as in production: `symbolon serve`, from this very file.

use crate::config;
use crate::dev::http::{Call, Http};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::time::Instant;

/// Where it lives.
#[derive(Clone, Debug)]
pub struct Place {
    /// The issuer, `http://localhost:<port>`.
    pub issuer: String,
    /// Where it listens.
    pub listen: String,
    /// The data.
    pub data: PathBuf,
    /// The master key.
    pub keys: PathBuf,
}

/// It ends with this.
pub(super) struct Server {
    child: Child,
    pub http: Http,
}

/// How long a start may take.
const START: Duration = Duration::from_secs(20);

impl Server {
    /// Ready when this returns.
    pub(super) async fn start(place: &Place) -> Result<Self, String> {
        let program = config::program().map_err(|why| format!("this program can't be found: {why}"))?;
        let mut command = Command::new(program);
        // Nobody's settings but these.
        command.arg("serve").env_clear().env("SYMBOLON_CONFIG", "/dev/null");
        command.env("SYMBOLON_ISSUER", &place.issuer).env("SYMBOLON_LISTEN", &place.listen);
        command.env("SYMBOLON_DATA_DIR", &place.data).env("SYMBOLON_KEYS_DIR", &place.keys);
        command.env("SYMBOLON_OUTBOUND_ALLOW", "localhost").env("SYMBOLON_LOG_LEVEL", "error");
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let child = command.spawn().map_err(|why| format!("no server can be started: {why}"))?;
        let mut server = Server { child, http: Http::new(&place.issuer)? };
        let begun = Instant::now();
        while !server.http.send(&Call::get("/health/ready")).await.is_ok_and(|heard| heard.ok()) {
            let ended = server.child.try_wait().map_err(|why| why.to_string())?;
            if let Some(status) = ended {
                return Err(format!("a server ended before it was ready: {status}"));
            }
            if begun.elapsed() > START {
                return Err("a server didn't get ready".to_owned());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(server)
    }

    /// kill -9; gone when this returns.
    pub(super) fn kill(self) {
        drop(self);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
