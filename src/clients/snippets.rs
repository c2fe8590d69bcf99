//! Whole programs that use a client, in several languages, filled in and ready to copy.

/// What a program is filled with.
#[derive(Clone, Copy)]
pub struct Filling<'a> {
    /// Where we are.
    pub issuer: &'a str,
    /// Who the client is.
    pub client_id: &'a str,
    /// How it proves it; none for a public client.
    pub client_secret: Option<&'a str>,
    /// Where it listens.
    pub redirect_uri: &'a str,
}

/// One program.
pub struct Snippet {
    /// A short name, for links.
    pub id: &'static str,
    /// Its language.
    pub name: &'static str,
    /// The library that it uses.
    pub with: &'static str,
    /// How to run it.
    pub run: &'static str,
    /// The source.
    pub code: String,
}

/// Language, library, what to do with it, and the source.
const CODE_FLOW: [(&str, &str, &str, &str, &str); 5] = [
    ("curl", "curl", "nothing but a shell", "save as flow.sh, then: sh flow.sh", include_str!("snippets/curl.sh")),
    (
        "node",
        "Node",
        "openid-client 6",
        "npm install openid-client, save as flow.mjs, then: node flow.mjs",
        include_str!("snippets/node.mjs"),
    ),
    (
        "python",
        "Python",
        "requests-oauthlib",
        "pip install requests-oauthlib, save as flow.py, then: python3 flow.py",
        include_str!("snippets/python.py"),
    ),
    (
        "go",
        "Go",
        "x/oauth2",
        "go mod init flow, go get golang.org/x/oauth2, save as main.go, then: go run .",
        include_str!("snippets/main.go.txt"),
    ),
    (
        "rust",
        "Rust",
        "openidconnect 4",
        "cargo add openidconnect -F reqwest-blocking, cargo add tiny_http, save as src/main.rs, then: cargo run",
        include_str!("snippets/rust.rs.txt"),
    ),
];

const MACHINE: &str = include_str!("snippets/machine.sh");

/// Signing a person in, with PKCE, userinfo and refresh.
pub fn code_flow(filling: &Filling<'_>) -> Vec<Snippet> {
    let all = CODE_FLOW.into_iter();
    all.map(|(id, name, with, run, code)| Snippet { id, name, with, run, code: filled(code, filling) }).collect()
}

/// A machine's token (RFC 6749 §4.4).
pub fn machine(filling: &Filling<'_>) -> Vec<Snippet> {
    let (with, run) = ("nothing but a shell", "paste it into a shell");
    vec![Snippet { id: "curl", name: "curl", with, run, code: filled(MACHINE, filling) }]
}

/// Lines that end in `[confidential]` or `[public]`, behind the language's comment sign, are for such clients only.
fn filled(code: &str, filling: &Filling<'_>) -> String {
    let (ours, others) = match filling.client_secret {
        Some(_) => ("[confidential]", "[public]"),
        None => ("[public]", "[confidential]"),
    };
    let kept = code.lines().filter(|line| !line.ends_with(others)).map(|line| match line.strip_suffix(ours) {
        Some(line) => line.trim_end().trim_end_matches(['/', '#']).trim_end(),
        None => line,
    });
    let code = kept.collect::<Vec<_>>().join("\n");
    code.replace("{issuer}", plain(filling.issuer))
        .replace("{client_id}", plain(filling.client_id))
        .replace("{client_secret}", plain(filling.client_secret.unwrap_or_default()))
        .replace("{redirect_uri}", plain(filling.redirect_uri))
}

/// What a shell or a compiler would take for more than a text isn't filled in: people paste what they copy.
fn plain(text: &str) -> &str {
    let fit = |b: u8| b.is_ascii_alphanumeric() || b":/._~-?=&%+@[]<>".contains(&b);
    if text.bytes().all(fit) { text } else { "FILL-IN" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snippets_are_filled_and_a_public_client_has_no_secret() {
        for client_secret in [Some("s3cret"), None] {
            let (issuer, redirect_uri) = ("http://localhost:4444", "http://localhost:8765/cb");
            let filling = Filling { issuer, client_id: "demo", client_secret, redirect_uri };
            for Snippet { id, code, .. } in code_flow(&filling).into_iter().chain(machine(&filling)) {
                assert!(code.contains(issuer) && code.contains("demo"), "{id}");
                let machine = code.contains("grant_type=client_credentials");
                assert!(machine || code.contains("s3cret") == client_secret.is_some(), "{id}");
                let rests = ["[public]", "[confidential]", "{issuer}", "{redirect"];
                assert!(!rests.iter().any(|rest| code.contains(rest)), "{id}");
            }
        }
    }

    #[test]
    fn what_is_pasted_into_a_shell_runs_nothing_of_the_clients() {
        for evil in ["https://a.example/$(id)", "https://a.example/';id'", "https://a.example/`id`", "a\"b", "a\\b"] {
            let filling =
                Filling { issuer: "https://us.example", client_id: "x", client_secret: None, redirect_uri: evil };
            assert!(code_flow(&filling).iter().all(|snippet| !snippet.code.contains(evil)), "{evil}");
        }
    }
}
