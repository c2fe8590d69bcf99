//! A real browser: Debian's Chromium, driven over WebDriver by Debian's chromedriver.

use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use thirtyfour::LoggingPrefsLogLevel;
use thirtyfour::prelude::*;

const WIDTH: &str = "return document.documentElement.scrollWidth";
const AXE: &str = "const done = arguments[arguments.length - 1]; axe.run({ resultTypes: ['violations'] })\
    .then(found => done(found.violations.filter(one => ['serious', 'critical'].includes(one.impact))\
    .map(one => one.id + ': ' + one.nodes.map(node => node.target + ' ' + (node.any[0] || node.all[0] || node.none[0]).message).join(' | '))),\
    why => done([String(why)]))";

/// A driver and its browser; both end with it.
pub struct Chromium {
    pub driver: WebDriver,
    port: u16,
    chromedriver: Child,
    profile: tempfile::TempDir,
}

/// What a page should look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scripts {
    On,
    Off,
}

impl Chromium {
    pub async fn start(scripts: Scripts) -> Self {
        let port = super::process::free_port();
        let mut command = Command::new("chromedriver");
        command.arg(format!("--port={port}")).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let chromedriver = command.spawn().expect("chromedriver isn't installed; run: make setup");
        let profile = tempfile::tempdir().expect("a directory");
        let mut caps = DesiredCapabilities::chrome();
        let mut arguments = vec![
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
        ];
        if scripts == Scripts::Off {
            arguments.push("--blink-settings=scriptEnabled=false");
        }
        arguments.iter().for_each(|argument| caps.add_arg(argument).expect("an argument"));
        caps.add_arg(&format!("--user-data-dir={}", profile.path().display())).expect("an argument");
        caps.set_logging_prefs("browser", LoggingPrefsLogLevel::Warning).expect("a setting");
        let driver = connect(port, caps).await;
        Chromium { driver, port, chromedriver, profile }
    }

    /// Clicks it, once it is there: with scripts off the driver can't tell when a page has come.
    pub async fn click(&self, id: &str) {
        for _ in 0..400 {
            if let Ok(found) = self.driver.find(By::Id(id)).await {
                return found.click().await.expect("clicks");
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("no #{id} at {:?}: {}", self.driver.current_url().await, self.driver.source().await.expect("a page"));
    }

    pub async fn types(&self, name: &str, text: &str) {
        let field = self.driver.find(By::Name(name)).await.unwrap_or_else(|why| panic!("no {name}: {why}"));
        field.send_keys(text).await.expect("types");
    }

    /// What the page says, once it says this: the page before it may still be there.
    pub async fn says(&self, part: &str) -> String {
        for _ in 0..400 {
            if let Ok(main) = self.driver.find(By::Tag("main")).await
                && let Ok(text) = main.text().await
                && text.contains(part)
            {
                return text;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("no {part:?} at {:?}: {}", self.driver.current_url().await, self.driver.source().await.expect("a page"));
    }

    /// The address that the browser came to, once it begins with `start`.
    pub async fn arrives_at(&self, start: &str) -> String {
        for _ in 0..400 {
            let url = self.driver.current_url().await.expect("an address").to_string();
            if url.starts_with(start) {
                return url;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the browser is at {:?}", self.driver.current_url().await);
    }

    /// A command of the DevTools protocol, as chromedriver passes it on.
    pub async fn tells(&self, command: &str, params: serde_json::Value) -> serde_json::Value {
        let url = format!("http://127.0.0.1:{}/session/{}/goog/cdp/execute", self.port, self.driver.session_id());
        let request = super::http().post(url).json(&serde_json::json!({ "cmd": command, "params": params }));
        let answer: serde_json::Value = request.send().await.expect("an answer").json().await.expect("JSON");
        answer["value"].clone()
    }

    /// Looks at the page that is there, on a desk and on a phone, in the light and in the dark: axe-core finds nothing
    /// serious, nothing scrolls sideways. Keeps pictures in `SYMBOLON_TEST_SHOTS`, where that is set.
    pub async fn examine(&self, name: &str) {
        let axe = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/node/node_modules/axe-core/axe.min.js");
        let axe = std::fs::read_to_string(axe).expect("axe-core isn't installed; run: make setup");
        self.driver.execute(axe, vec![]).await.expect("runs");
        for (width, height) in [(1280, 900), (390, 844)] {
            let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
            self.tells("Emulation.setDeviceMetricsOverride", size).await;
            for scheme in ["light", "dark"] {
                let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme },
                    { "name": "prefers-reduced-motion", "value": "reduce" }] });
                self.tells("Emulation.setEmulatedMedia", media).await;
                let what = format!("{name} {width} {scheme}");
                let wide: f64 = self.driver.execute(WIDTH, vec![]).await.expect("runs").convert().expect("a number");
                assert!(wide <= f64::from(width), "{what}: {wide} wide");
                let found = self.driver.execute_async(AXE, vec![]).await.expect("runs");
                assert_eq!(found.json(), &json!([]), "{what}");
                self.keeps(&what).await;
            }
        }
        self.tells("Emulation.clearDeviceMetricsOverride", json!({})).await;
    }

    async fn keeps(&self, what: &str) {
        let Some(folder) = symbolon::config::process_env("SYMBOLON_TEST_SHOTS") else { return };
        let whole = json!({ "captureBeyondViewport": true, "format": "png" });
        let shot = self.tells("Page.captureScreenshot", whole).await;
        let bytes = symbolon::base::encoding::from_base64(shot["data"].as_str().expect("a text")).expect("base64");
        std::fs::write(format!("{folder}/{}.png", what.replace([' ', '/'], "-")), bytes).expect("writes");
    }

    /// What the pages so far complained about: scripts, files that didn't come, the content security policy.
    pub async fn log(&self) -> Vec<String> {
        let entries = self.driver.handle().get_log("browser").await.expect("a log");
        entries.into_iter().map(|entry| entry.message).collect()
    }

    pub async fn close(mut self) {
        self.driver.clone().quit().await.expect("quits");
        let _ = self.chromedriver.kill();
        let _ = self.chromedriver.wait();
        drop(self.profile);
    }
}

async fn connect(port: u16, caps: impl Into<Capabilities>) -> WebDriver {
    let url = format!("http://127.0.0.1:{port}");
    for _ in 0..400 {
        if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return WebDriver::new(&url, caps).await.expect("a browser");
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("chromedriver doesn't listen");
}

/// A relying party's callback that thanks for everything; gives its URL and the bodies that were posted to it.
pub fn callback() -> (String, std::sync::mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("binds");
    let url = format!("http://{}/cb", listener.local_addr().expect("an address"));
    let (posted, bodies) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut request = Vec::new();
            let mut part = [0; 4096];
            while let Ok(n @ 1..) = stream.read(&mut part) {
                request.extend(&part[..n]);
                let text = String::from_utf8_lossy(&request);
                let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                let length =
                    head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
                if body.len() >= length.unwrap_or(0) {
                    let _ = posted.send(body.to_owned());
                    break;
                }
            }
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nthanks");
        }
    });
    (url, bodies)
}
