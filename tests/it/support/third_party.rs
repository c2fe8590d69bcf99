//! Providers that nobody here wrote, each a process of its own: npm's oidc-provider, PyPI's django-oauth-toolkit.

use super::client::answer;
use super::{Answer, Browser};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

const PLACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients");

/// A provider with one client, `vault` with the secret `s3cret`; it ends with this.
pub struct ThirdParty {
    child: Child,
    origin: String,
    pub issuer: String,
    pub authorization_endpoint: String,
    pub token_endpoint: String,
    /// What says whose an access token is, if it is good.
    pub me: String,
    pub redirect_uri: String,
    http: reqwest::Client,
}

impl ThirdParty {
    /// oidc-provider: each refresh token is good for one use; a second use ends the grant.
    pub async fn oidc_provider(redirect_uri: &str) -> Self {
        let mut command = crate::mcp::node();
        command.arg(format!("{PLACE}/oidc-provider/server.mjs"));
        ThirdParty::start(command, "", "/me", redirect_uri).await
    }

    /// django-oauth-toolkit: a spent token is good for so many seconds more; after that it ends all tokens of its grant.
    pub async fn django(redirect_uri: &str, grace_seconds: u32) -> Self {
        let mut command = Command::new(format!("{PLACE}/django/.venv/bin/python"));
        command.args([&format!("{PLACE}/django/server.py"), "--reuse-protection"]);
        command.args(["--grace-seconds", &grace_seconds.to_string()]);
        ThirdParty::start(command, "/o", "/api/me", redirect_uri).await
    }

    async fn start(mut command: Command, below: &str, me: &str, redirect_uri: &str) -> Self {
        command
            .args(["--redirect-uri", redirect_uri])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().unwrap_or_else(|why| panic!("{command:?}: {why}; run: make setup"));
        let stdout = child.stdout.take().expect("stdout");
        let (says, said) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || {
            let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
            let _ = lines.next().map(|line| says.send(line));
            // What it says later isn't heard; but nobody who says it may be cut off.
            lines.for_each(drop);
        });
        let line = said.await.unwrap_or_else(|_| panic!("{command:?} ended; run: make setup"));
        let ready: Value = serde_json::from_str(&line).expect("JSON");
        let origin = ready["url"].as_str().expect("a URL").to_owned();
        let (issuer, http) = (format!("{origin}{below}"), super::http());
        let metadata = answer(http.get(format!("{issuer}/.well-known/openid-configuration"))).await.ok();
        ThirdParty {
            child,
            authorization_endpoint: metadata.text("authorization_endpoint").to_owned(),
            token_endpoint: metadata.text("token_endpoint").to_owned(),
            me: format!("{origin}{me}"),
            redirect_uri: redirect_uri.to_owned(),
            origin,
            issuer,
            http,
        }
    }

    /// A person at this authorization URL, who is whom `login_hint` says, or ada, and allows all of it; gives where
    /// they are sent.
    pub async fn allows(&self, url: &str) -> String {
        let view = Browser::to(&self.origin).get(url).await;
        assert!((300..400).contains(&view.status), "{} {}", view.status, view.body);
        view.location().to_owned()
    }

    /// A call of the client.
    pub async fn token(&self, form: &[(&str, &str)]) -> Answer {
        answer(self.http.post(&self.token_endpoint).basic_auth("vault", Some("s3cret")).form(form)).await
    }

    /// Whether the API takes this access token.
    pub async fn accepts(&self, access_token: &str) -> bool {
        answer(self.http.get(&self.me).bearer_auth(access_token)).await.status == 200
    }
}

impl Drop for ThirdParty {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
