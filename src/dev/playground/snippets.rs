//! `/dev/snippets`: the same flow in five languages, filled in and ready to copy.

use super::frame::{Frame, Framed};
use super::{Playground, Which};
use crate::dev::demo;
use crate::web::{Query, Stopped};
use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

#[derive(Template)]
#[template(path = "dev/snippets.html")]
struct SnippetsPage {
    frame: Frame,
    chosen: String,
    snippets: Vec<Snippet>,
    redirect_uri: &'static str,
}

impl Framed for SnippetsPage {
    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }
}

struct Snippet {
    id: &'static str,
    name: &'static str,
    with: &'static str,
    run: &'static str,
    code: String,
}

/// Language, library, what to do with it, and the source.
const SNIPPETS: [(&str, &str, &str, &str, &str); 5] = [
    ("curl", "curl", "nothing but a shell", "save as flow.sh, then: sh flow.sh", include_str!("../snippets/curl.sh")),
    (
        "node",
        "Node",
        "openid-client 6",
        "npm install openid-client, save as flow.mjs, then: node flow.mjs",
        include_str!("../snippets/node.mjs"),
    ),
    (
        "python",
        "Python",
        "requests-oauthlib",
        "pip install requests-oauthlib, save as flow.py, then: python3 flow.py",
        include_str!("../snippets/python.py"),
    ),
    (
        "go",
        "Go",
        "x/oauth2",
        "go mod init flow, go get golang.org/x/oauth2, save as main.go, then: go run .",
        include_str!("../snippets/main.go.txt"),
    ),
    (
        "rust",
        "Rust",
        "openidconnect 4",
        "cargo add openidconnect -F reqwest-blocking, cargo add tiny_http, save as src/main.rs, then: cargo run",
        include_str!("../snippets/rust.rs.txt"),
    ),
];

/// `GET /dev/snippets?client=demo|demo-spa`
pub(super) async fn get(
    State(playground): State<Playground>,
    headers: HeaderMap,
    Query(query): Query,
) -> Result<Response, Stopped> {
    let which = Which::named(query.get("client").unwrap_or_default());
    let issuer = playground.app.issuer();
    let snippets =
        SNIPPETS.map(|(id, name, with, run, code)| Snippet { id, name, with, run, code: filled(code, issuer, which) });
    let path = format!("/dev/snippets?client={}", which.id());
    let frame = Frame::of(&playground, &headers, "snippets", path).await?;
    let page = SnippetsPage {
        frame,
        chosen: which.id().to_owned(),
        snippets: snippets.into(),
        redirect_uri: demo::SNIPPET_CALLBACK,
    };
    Ok(page.answer())
}

/// Lines that end in `[confidential]` or `[public]`, behind the language's comment sign, are for such clients only.
fn filled(code: &str, issuer: &str, which: Which) -> String {
    let (ours, others) = match which {
        Which::Confidential => ("[confidential]", "[public]"),
        Which::Public => ("[public]", "[confidential]"),
    };
    let kept = code.lines().filter(|line| !line.ends_with(others)).map(|line| match line.strip_suffix(ours) {
        Some(line) => line.trim_end().trim_end_matches(['/', '#']).trim_end(),
        None => line,
    });
    let code = kept.collect::<Vec<_>>().join("\n");
    code.replace("{issuer}", issuer)
        .replace("{client_id}", which.id())
        .replace("{client_secret}", demo::SECRET)
        .replace("{redirect_uri}", demo::SNIPPET_CALLBACK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snippets_are_filled_and_a_public_client_has_no_secret() {
        for (id, _, _, _, code) in SNIPPETS {
            for which in [Which::Confidential, Which::Public] {
                let filled = filled(code, "http://localhost:4444", which);
                assert!(filled.contains("http://localhost:4444") && filled.contains(which.id()), "{id}");
                assert_eq!(filled.contains(demo::SECRET), which == Which::Confidential, "{id}");
                assert!(
                    !["[public]", "[confidential]", "{issuer}", "{redirect"].iter().any(|rest| filled.contains(rest)),
                    "{id}"
                );
            }
        }
    }
}
