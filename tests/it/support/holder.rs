//! Somebody who holds an API token, or a browser that is signed in, and calls `/api/tokens` and other doors with it.

use super::client::answer;
use super::{Answer, Browser, House};
use serde_json::{Value, json};
use symbolon::api_tokens::{self, Asked};
use symbolon::base::ScopeSet;
use symbolon::base::id::{UserId, WorkspaceId};

#[derive(Clone)]
pub struct Holder {
    pub url: String,
    /// The whole header; empty for none.
    pub authorization: String,
    /// What a browser sends beside.
    pub headers: Vec<(String, String)>,
    pub http: reqwest::Client,
}

impl Holder {
    pub fn of(house: &House, token: &str) -> Self {
        let authorization = format!("Token {token}");
        Holder { url: house.url.clone(), authorization, headers: Vec::new(), http: house.http() }
    }

    /// A script on a page of ours, in the browser of somebody who has signed in.
    pub async fn in_browser(house: &House, name: &str) -> Self {
        let mut browser = house.browser();
        browser.arrives_as(name).await;
        let mut holder = Holder::with_cookies(house, &browser);
        let list = holder.lists().await.ok();
        let csrf = list.headers["x-csrf-token"].to_str().expect("ASCII").to_owned();
        holder.headers.push(("x-csrf-token".to_owned(), csrf));
        holder.headers.push(("origin".to_owned(), house.app.issuer().to_owned()));
        holder.headers.push(("sec-fetch-site".to_owned(), "same-origin".to_owned()));
        holder
    }

    pub fn with_cookies(house: &House, browser: &Browser) -> Self {
        let cookies: Vec<String> = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let headers = vec![("cookie".to_owned(), cookies.join("; "))];
        Holder { url: house.url.clone(), authorization: String::new(), headers, http: house.http() }
    }

    /// The same, asking another server.
    pub fn at(&self, house: &House) -> Self {
        Holder { url: house.url.clone(), ..self.clone() }
    }

    pub fn without(&self, header: &str) -> Self {
        let mut headers = self.headers.clone();
        headers.retain(|(name, _)| name != header);
        Holder { headers, ..self.clone() }
    }

    pub fn with(&self, header: &str, value: &str) -> Self {
        let mut other = self.without(header);
        other.headers.push((header.to_owned(), value.to_owned()));
        other
    }

    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let mut request = self.http.request(method.parse().expect("a method"), format!("{}{path}", self.url));
        if !self.authorization.is_empty() {
            request = request.header("authorization", &self.authorization);
        }
        self.headers.iter().fold(request, |request, (name, value)| request.header(name, value))
    }

    pub async fn does(&self, method: &str, path: &str) -> Answer {
        answer(self.request(method, path)).await
    }

    pub async fn lists(&self) -> Answer {
        self.does("GET", "/api/tokens").await
    }

    pub async fn makes(&self, ask: Value) -> Answer {
        answer(self.request("POST", "/api/tokens").json(&ask)).await
    }

    pub async fn named(&self, name: &str) -> Answer {
        self.makes(json!({ "name": name })).await
    }

    pub async fn deletes(&self, id: &str) -> u16 {
        self.does("DELETE", &format!("/api/tokens/{id}")).await.status
    }
}

impl House {
    /// A token of a person, made past the doors.
    pub async fn api_token(&self, user: &str, workspace: Option<&str>, scope: Option<&str>) -> (String, Holder) {
        let asked = Asked {
            user: UserId::from(user),
            workspace: workspace.map(WorkspaceId::from),
            name: "a script".to_owned(),
            scope: scope.map(|scope| ScopeSet::parse(scope).expect("scopes")),
            expires_at: None,
        };
        let mut tx = self.app.db.begin().await.expect("begins");
        let (secret, token) = api_tokens::create(&self.app, &mut tx, &asked).await.expect("makes");
        tx.commit().await.expect("commits");
        (token.id.to_string(), Holder::of(self, secret.reveal()))
    }
}

impl Answer {
    /// It is this problem (RFC 9457), kept by nobody.
    #[track_caller]
    pub fn is_problem(&self, status: u16, code: &str) {
        let found = (self.status, self.body["type"].as_str().unwrap_or_default());
        assert_eq!(found, (status, format!("urn:symbolon:problem:{code}").as_str()), "{}", self.body);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.header("cache-control"), "no-store");
        assert!(self.body["detail"].as_str().is_some_and(|detail| !detail.is_empty()));
    }

    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().expect("ASCII")).unwrap_or_default()
    }

    /// All challenges.
    pub fn challenges(&self) -> Vec<String> {
        let all = self.headers.get_all("www-authenticate").iter();
        all.map(|value| value.to_str().expect("ASCII").to_owned()).collect()
    }
}
