//! An API of somebody else's behind a real proxy, whose configuration `symbolon snippet` printed.

use super::House;
use super::process::free_port;
use axum::Router;
use axum::extract::Request;
use axum::response::IntoResponse;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The API: says what it was asked, with `?status=` the status that it answers.
pub struct Backend {
    pub port: u16,
    serving: tokio::task::JoinHandle<()>,
}

impl Backend {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("binds");
        let port = listener.local_addr().expect("an address").port();
        let serving =
            tokio::spawn(async move { axum::serve(listener, Router::new().fallback(echo)).await.expect("serves") });
        Backend { port, serving }
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn echo(request: Request) -> impl IntoResponse {
    let (parts, body) = request.into_parts();
    let headers: Map<String, Value> = parts
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), json!(String::from_utf8_lossy(value.as_bytes()))))
        .collect();
    let body = axum::body::to_bytes(body, 1 << 20).await.expect("a body");
    let query = parts.uri.query().unwrap_or_default();
    let status = query.strip_prefix("status=").and_then(|code| code.parse().ok()).unwrap_or(200);
    let told = json!({
        "method": parts.method.as_str(),
        "uri": parts.uri.to_string(),
        "headers": headers,
        "body": String::from_utf8_lossy(&body),
    });
    (axum::http::StatusCode::from_u16(status).expect("a status"), axum::Json(told))
}

/// A proxy in front of it.
pub struct Guarded {
    pub url: String,
    dir: PathBuf,
    child: Child,
}

impl Guarded {
    /// With the configuration that is printed for this proxy.
    pub async fn start(proxy: &str, house: &House, backend: &Backend) -> Self {
        let (dir, port) = (super::house::fresh_dir(), free_port());
        let gate = house.url.trim_start_matches("http://");
        let lua = dir.join("symbolon.lua");
        let line =
            format!("snippet {proxy} --gate {gate} --backend 127.0.0.1:{} --at {port} --host localhost", backend.port);
        let print = async |more: &str| {
            let (code, out, err) = house.command(&format!("{line} {more}")).await;
            assert_eq!(code, 0, "{err}");
            out
        };
        let config = print(&format!("--lua {}", lua.display())).await;
        if ["haproxy", "apache"].contains(&proxy) {
            std::fs::write(&lua, print("--part lua").await).expect("writes");
        }
        let mut command = command(proxy, &dir, &config, port);
        let child = command.current_dir(&dir).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = child.spawn().unwrap_or_else(|why| panic!("{proxy}: {why}; see .ci/setup"));
        let guarded = Guarded { url: format!("http://127.0.0.1:{port}"), dir, child };
        for _ in 0..1000 {
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return guarded;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{proxy} doesn't get ready");
    }
}

fn command(proxy: &str, dir: &Path, config: &str, port: u16) -> Command {
    let write = |name: &str, text: String| {
        let file = dir.join(name);
        std::fs::write(&file, text).expect("writes");
        file
    };
    let here = dir.display();
    match proxy {
        "nginx" => {
            write("api.conf", config.to_owned());
            let kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
            let temp: String = kinds.iter().map(|kind| format!("{kind}_temp_path {here}/{kind};\n")).collect();
            let text = format!(
                "daemon off; pid {here}/nginx.pid; error_log {here}/error.log; worker_processes 1;\n\
                 events {{}}\nhttp {{ access_log off;\n{temp}include {here}/api.conf;\n}}\n"
            );
            let mut command = Command::new("/usr/sbin/nginx");
            command.arg("-e").arg(dir.join("error.log")).arg("-p").arg(dir).arg("-c").arg(write("nginx.conf", text));
            command
        }
        "caddy" => {
            let file = write("Caddyfile", format!("{{\n\tadmin off\n\tauto_https off\n}}\n{config}"));
            let mut command = Command::new("caddy");
            command.args(["run", "--adapter", "caddyfile", "--config"]).arg(file);
            command.env("HOME", dir).env("XDG_DATA_HOME", dir).env("XDG_CONFIG_HOME", dir);
            command
        }
        "haproxy" => {
            let mut command = Command::new("/usr/sbin/haproxy");
            command.arg("-db").arg("-f").arg(write("haproxy.cfg", config.to_owned()));
            command
        }
        _ => {
            let modules = ["mpm_event", "authz_core", "lua", "proxy", "proxy_http", "headers"];
            let load = |name: &&str| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n");
            let text = format!(
                "ServerRoot {here}\nDefaultRuntimeDir {here}\nPidFile {here}/apache.pid\nListen 127.0.0.1:{port}\n\
                 ServerName localhost\nErrorLog {here}/error.log\nUser www-data\nGroup www-data\n{}{config}",
                modules.iter().map(load).collect::<String>()
            );
            let mut command = Command::new("/usr/sbin/apache2");
            command.arg("-DFOREGROUND").arg("-f").arg(write("apache.conf", text));
            command
        }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // They have workers, which the first process ends when it is asked to.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        for _ in 0..200 {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}
