//! A person's browser: keeps cookies, follows our redirects, fills in our forms; stops where it is sent elsewhere.

use super::House;
use super::house::PASSWORD;
use scraper::{Html, Selector};
use std::collections::BTreeMap;

/// A browser with its cookies.
#[derive(Clone)]
pub struct Browser {
    http: reqwest::Client,
    origin: String,
    pub cookies: BTreeMap<String, String>,
    /// Headers that a real browser would send with forms.
    pub fetch_metadata: bool,
    /// Headers that someone adds to every request: a proxy in front, or an attacker.
    pub headers: BTreeMap<String, String>,
}

/// What the browser shows.
#[derive(Clone, Debug)]
pub struct View {
    pub status: u16,
    pub url: String,
    pub headers: reqwest::header::HeaderMap,
    pub body: String,
}

impl View {
    /// Where it was sent, if that was elsewhere.
    pub fn location(&self) -> &str {
        self.headers.get("location").map(|v| v.to_str().expect("ASCII")).unwrap_or_default()
    }

    /// A parameter of the place where it was sent.
    pub fn sent(&self, name: &str) -> Option<String> {
        let url = url::Url::parse(self.location()).ok()?;
        let pairs = url.query_pairs().chain(url::form_urlencoded::parse(url.fragment().unwrap_or_default().as_bytes()));
        pairs.filter(|(have, _)| have == name).map(|(_, value)| value.into_owned()).next()
    }

    /// The code of the page of an error, if it is one.
    pub fn error_code(&self) -> Option<String> {
        self.first("main#error").and_then(|el| el.get("data-error").cloned())
    }

    /// The attributes of the first element that matches.
    pub fn first(&self, selector: &str) -> Option<BTreeMap<String, String>> {
        let html = Html::parse_document(&self.body);
        let selector = Selector::parse(selector).expect("a selector");
        let found = html.select(&selector).next()?;
        Some(found.value().attrs().map(|(k, v)| (k.to_owned(), v.to_owned())).collect())
    }

    /// The fields of the first form that matches.
    pub fn form(&self, selector: &str) -> Vec<(String, String)> {
        let html = Html::parse_document(&self.body);
        let fields = [" input", " textarea", " select"].map(|kind| format!("{selector}{kind}")).join(", ");
        let chosen = Selector::parse("option[selected]").expect("a selector");
        let value = |el: scraper::ElementRef<'_>| match el.value().name() {
            "textarea" => el.text().collect(),
            "select" => {
                el.select(&chosen).next().and_then(|option| option.value().attr("value")).unwrap_or("").to_owned()
            }
            _ => el.value().attr("value").unwrap_or("").to_owned(),
        };
        html.select(&Selector::parse(&fields).expect("a selector"))
            .filter(|el| {
                !matches!(el.value().attr("type"), Some("checkbox" | "radio")) || el.value().attr("checked").is_some()
            })
            .filter_map(|el| Some((el.value().attr("name")?.to_owned(), value(el))))
            .collect()
    }

    pub fn text(&self) -> String {
        let html = Html::parse_document(&self.body);
        let text = html.root_element().text().collect::<Vec<_>>().join(" ");
        // UAX #9: what isolates names in plain text; nobody sees it.
        text.replace(['\u{2068}', '\u{2069}'], "")
    }
}

impl Browser {
    pub fn new(house: &House) -> Self {
        Browser::with(house.http(), &house.url)
    }

    /// The same browser, going to another server of the same issuer.
    pub fn at(&self, house: &House) -> Self {
        Browser { origin: house.url.clone(), ..self.clone() }
    }

    /// A browser for the server at this address.
    pub fn to(url: &str) -> Self {
        Browser::with(super::http(), url)
    }

    fn with(http: reqwest::Client, url: &str) -> Self {
        let (cookies, headers) = (BTreeMap::new(), BTreeMap::new());
        Browser { http, origin: url.to_owned(), cookies, fetch_metadata: true, headers }
    }

    fn absolute(&self, url: &str) -> String {
        if url.starts_with('/') { format!("{}{url}", self.origin) } else { url.to_owned() }
    }

    async fn send(&mut self, request: reqwest::RequestBuilder, url: &str) -> View {
        self.try_send(request, url).await.expect("an answer")
    }

    async fn try_send(&mut self, mut request: reqwest::RequestBuilder, url: &str) -> Option<View> {
        let cookies: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let response = request.send().await.ok()?;
        for cookie in response.headers().get_all("set-cookie") {
            let text = cookie.to_str().expect("ASCII");
            let (name, value) = text.split(';').next().expect("a pair").split_once('=').expect("a pair");
            if text.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Some(View { status, url: url.to_owned(), headers, body: response.text().await.ok()? })
    }

    /// One request to a server that may be gone.
    pub async fn try_get_once(&mut self, url: &str) -> Option<View> {
        let url = self.absolute(url);
        let request = self.http.get(&url);
        self.try_send(request, &url).await
    }

    /// One request; no redirect is followed.
    pub async fn get_once(&mut self, url: &str) -> View {
        let url = self.absolute(url);
        let request = self.http.get(&url);
        self.send(request, &url).await
    }

    /// One form; no redirect is followed.
    pub async fn post_once(&mut self, url: &str, fields: &[(String, String)]) -> View {
        let url = self.absolute(url);
        let mut request = self.http.post(&url).form(fields);
        if self.fetch_metadata {
            request = request.header("sec-fetch-site", "same-origin").header("origin", "null");
        }
        self.send(request, &url).await
    }

    /// Goes there, and on, as long as it stays with us.
    pub async fn get(&mut self, url: &str) -> View {
        let view = self.get_once(url).await;
        self.follow(view).await
    }

    pub async fn post(&mut self, url: &str, fields: &[(String, String)]) -> View {
        let view = self.post_once(url, fields).await;
        self.follow(view).await
    }

    async fn follow(&mut self, mut view: View) -> View {
        for _ in 0..10 {
            let to = self.absolute(view.location());
            if !(300..400).contains(&view.status) || !to.starts_with(&format!("{}/", self.origin)) {
                return view;
            }
            view = self.get_once(&to).await;
        }
        panic!("redirected in circles: {}", view.url);
    }

    /// Fills in the sign-in form that it sees.
    pub async fn signs_in(&mut self, view: &View, name: &str) -> View {
        self.signs_in_with(view, name, PASSWORD).await
    }

    pub async fn signs_in_with(&mut self, view: &View, name: &str, password: &str) -> View {
        assert!(view.first("#sign-in").is_some(), "no sign-in page: {} {}", view.status, view.body);
        let mut fields = view.form("form:has(#sign-in)");
        fields.retain(|(name, _)| name != "email" && name != "password");
        fields.push(("email".to_owned(), format!("{name}@example.com")));
        fields.push(("password".to_owned(), password.to_owned()));
        self.post("/login", &fields).await
    }

    /// Decides on the consent page that it sees: `allow` or `deny`.
    pub async fn decides(&mut self, view: &View, decision: &str) -> View {
        assert!(view.first("#allow").is_some(), "no consent page: {} {}", view.status, view.body);
        let mut fields = view.form("form:has(#allow)");
        fields.push(("decision".to_owned(), decision.to_owned()));
        self.post("/consent", &fields).await
    }

    /// Goes there and does what is asked until it is sent elsewhere.
    pub async fn allows(&mut self, url: &str, name: &str) -> View {
        let mut view = self.get(url).await;
        if view.first("#sign-in").is_some() {
            view = self.signs_in(&view, name).await;
        }
        if view.first("#allow").is_some() {
            view = self.decides(&view, "allow").await;
        }
        view
    }
}
