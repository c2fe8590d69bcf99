//! `/openapi.json` and the reference: every endpoint is described, every description is true.

use crate::on_both;
use crate::support::client::answer;
use crate::support::{House, Kind};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

pub async fn document(house: &House) -> Value {
    answer(house.http().get(format!("{}/openapi.json", house.url))).await.ok().body
}

/// Method, path and description of every operation.
pub fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("an item") {
            all.push((method.to_uppercase(), path.clone(), operation.clone()));
        }
    }
    all
}

/// The management API.
pub fn managed(path: &str) -> bool {
    path.starts_with("/v1/") && path != "/v1/token_scanning/report"
}

/// Of that, what belongs to a workspace: sources, accounts and what goes with them.
pub fn of_vault(path: &str) -> bool {
    managed(path) && !["/v1/admin/", "/v1/workspaces"].iter().any(|begin| path.starts_with(begin))
}

/// Where what goes wrong is told as RFC 9457 has it.
fn problems(path: &str) -> bool {
    ["/v1/", "/api/", "/gate/"].iter().any(|begin| path.starts_with(begin)) && path != "/api/tokens/introspect"
}

/// The path with something in the place of its parameters.
fn filled(path: &str) -> String {
    path.split('/').map(|part| if part.starts_with('{') { "nobody" } else { part }).collect::<Vec<_>>().join("/")
}

on_both! {
    async fn ease_c5_every_operation_exists_and_says_all_that_a_caller_needs(house: House) {
        let house = House::with(house.kind, |config| {
            config.registration = symbolon::config::Registration::Open;
        }).await;
        let document = document(&house).await;
        assert_eq!(document["openapi"], "3.1.0");
        let all = operations(&document);
        assert!(all.len() > 50, "{}", all.len());
        let ids: BTreeSet<&str> = all.iter().filter_map(|(_, _, one)| one["operationId"].as_str()).collect();
        assert_eq!(ids.len(), all.len(), "operationIds are unique");
        let tags: BTreeSet<&str> =
            document["tags"].as_array().expect("tags").iter().filter_map(|tag| tag["name"].as_str()).collect();
        for (method, path, one) in &all {
            let what = format!("{method} {path}");
            assert!(one["summary"].as_str().is_some_and(|text| text.len() > 8 && !text.ends_with('.')), "{what}");
            assert!(tags.contains(one["tags"][0].as_str().expect("a tag")), "{what}");
            let named: BTreeSet<&str> =
                path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
            let parameters = one["parameters"].as_array().cloned().unwrap_or_default();
            let told: BTreeSet<&str> =
                parameters.iter().filter(|one| one["in"] == "path").filter_map(|one| one["name"].as_str()).collect();
            assert_eq!(named, told, "{what}");
            let responses = one["responses"].as_object().expect("responses");
            for (status, response) in responses {
                assert!(!response["description"].as_str().expect("a description").is_empty(), "{what} {status}");
                // What is too long is turned away before anyone looks where it leads.
                let media = if problems(path) && status != "414" { "application/problem+json" } else { "application/json" };
                let error = status.starts_with(['4', '5']);
                assert!(!error || response["content"].get(media).is_some(), "{what} {status}");
            }
            assert!(responses.contains_key("414"), "{what}");
            if problems(path) {
                assert!(["500", "503"].iter().all(|status| responses.contains_key(*status)), "{what}");
                assert_eq!(one["requestBody"].is_object(), responses.contains_key("415"), "{what}");
            }
            if managed(path) {
                assert!(["401", "403", "500", "503"].iter().all(|status| responses.contains_key(*status)), "{what}");
                let doors = one["security"].as_array().expect("doors");
                match of_vault(path) {
                    true => assert!(doors.len() >= 3 && doors[0]["oauth2"][0].is_string(), "{what}"),
                    false => assert_eq!(doors.len(), 2, "{what}"),
                }
                let headers: Vec<&str> = parameters
                    .iter()
                    .filter(|one| one["in"] == "header")
                    .filter_map(|one| one["name"].as_str())
                    .collect();
                assert_eq!(headers.contains(&"Symbolon-Workspace"), of_vault(path), "{what}");
                assert_eq!(headers.contains(&"Idempotency-Key"), method == "POST", "{what}");
                assert!(!of_vault(path) || !headers.contains(&"If-Match"), "{what}");
            }
            // It is there: neither 404 for the path nor 405 for the method.
            let url = format!("{}{}", house.url, filled(path));
            let asks = |url: String| answer(house.http().request(method.parse().expect("a method"), url));
            let long = asks(format!("{url}?x={}", "x".repeat(9000))).await;
            assert_eq!((long.status, long.text("error")), (414, "invalid_request"), "{what}");
            assert_eq!(long.headers["content-type"], "application/json", "{what}");
            let probe = asks(url).await;
            assert!(![404, 405].contains(&probe.status), "{what}: {}", probe.status);
            assert!(path.starts_with("/.well-known") || path.starts_with("/health") || probe.status >= 400, "{what}");
            assert!(!problems(path) || probe.headers["content-type"] == "application/problem+json", "{what}");
            assert!(!of_vault(path) || probe.body["error"]["code"].is_string(), "{what}: {}", probe.body);
        }
    }
}

/// Described is what `routes!` takes: no handler of these rooms may be mounted past it.
#[test]
fn no_endpoint_is_mounted_without_its_description() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut looked_at = 0;
    for file in ["api", "register", "api_tokens", "guard"]
        .iter()
        .filter_map(|room| std::fs::read_dir(src.join(room)).ok())
        .flatten()
    {
        let path = file.expect("a file").path();
        if path.is_dir() || ["openapi.rs", "reference.rs"].iter().any(|own| path.ends_with(own)) {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("reads");
        looked_at += 1;
        assert!(!text.contains(".route("), "{}: use OpenApiRouter::routes(routes!(…))", path.display());
    }
    assert!(looked_at > 8);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_reference_shows_every_operation_without_help_from_elsewhere() {
    let house = House::new(Kind::Sqlite).await;
    let document = document(&house).await;
    let mut browser = house.browser();
    let index = browser.get("/docs/api").await;
    assert_eq!(index.status, 200);
    let mut pages = vec![index.body.clone()];
    for tag in document["tags"].as_array().expect("tags") {
        let page = browser.get(&format!("/docs/api/{}", tag["name"].as_str().expect("a name"))).await;
        assert_eq!(page.status, 200, "{tag}");
        pages.push(page.body);
    }
    for (method, path, one) in operations(&document) {
        let id = format!("id=\"{}\"", one["operationId"].as_str().expect("an id"));
        assert_eq!(pages.iter().filter(|page| page.contains(&id)).count(), 1, "{id}");
        assert!(pages[0].contains(&format!("{method} {path}")), "{method} {path}");
    }
    for page in &pages {
        assert!(page.len() < 60 * 1024, "{} bytes: {}", page.len(), &page[..200]);
        assert!(!page.contains("<script") && !page.contains("style=\"") && !page.contains("src=\"http"));
        // Links within a page lead somewhere.
        let parsed = scraper::Html::parse_document(page);
        let select = |what: &str| scraper::Selector::parse(what).expect("a selector");
        let ids: Vec<&str> = parsed.select(&select("[id]")).filter_map(|one| one.value().id()).collect();
        assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "unique ids");
        for link in parsed.select(&select("a[href^='#']")).filter_map(|one| one.attr("href")) {
            assert!(ids.contains(&&link[1..]), "{link}");
        }
    }
    assert_eq!(browser.get("/docs/api/nothing").await.status, 404);
}
