//! vault.md §4: the catalogue's files, its documentation, and `symbolon source-type`.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use symbolon::catalogue::{Catalogue, EMBEDDED, HostPattern};

fn catalogue() -> Catalogue {
    Catalogue::load(None).unwrap_or_else(|wrong| panic!("{wrong}"))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn s4_the_list_and_the_folder_of_types_are_equal() {
    let folder = std::fs::read_dir(root().join("src/catalogue/types")).expect("the folder");
    let files: BTreeSet<String> =
        folder.map(|entry| entry.expect("a file").file_name().into_string().expect("UTF-8")).collect();
    let listed: Vec<&str> = EMBEDDED.iter().map(|(file, _)| *file).collect();
    assert_eq!(listed, files.iter().map(String::as_str).collect::<Vec<_>>(), "sorted, each once");
}

#[test]
fn s4_more_than_forty_third_parties_and_every_generic_kind_are_known() {
    let catalogue = catalogue();
    let named = catalogue.iter().filter(|kind| !kind.generic).count();
    assert!(named > 40, "{named}");
    for key in ["oauth2", "oidc", "client_credentials", "jwt_bearer", "api_key", "basic", "custom_fields"] {
        assert!(catalogue.get(key).is_some_and(|kind| kind.generic), "{key}");
    }
    for kind in catalogue.iter() {
        assert!(!kind.examples.is_empty() && (kind.generic || !kind.docs.is_empty()), "{}", kind.key);
        let inside = kind.hosts.iter().any(|host| matches!(host, HostPattern::Origin(_)));
        assert!(!inside, "{}: an origin is for tests and hosts inside", kind.key);
    }
}

#[test]
fn the_table_of_the_documentation_is_the_data() {
    let text = std::fs::read_to_string(root().join("docs/catalogue.md")).expect("docs/catalogue.md");
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| `")).collect();
    let (of_types, of_fields): (Vec<&str>, Vec<&str>) = rows.into_iter().partition(|row| row.matches('|').count() == 7);
    let want: Vec<String> = catalogue()
        .iter()
        .map(|kind| {
            let [rotation, custody] = [kind.policy().to_string(), kind.custody.name().to_owned()];
            format!(
                "| `{}` | {} | {} | {rotation} | {custody} | {} |",
                kind.key,
                kind.name,
                kind.kind.name(),
                kind.last_checked
            )
        })
        .collect();
    assert_eq!(of_types, want, "the table should be:\n{}\n", want.join("\n"));
    assert!(of_fields.len() > 10, "the members of a definition are described");
}

/// `symbolon source-type …` in an empty folder: code, stdout, stderr.
fn run(args: &[&str]) -> (i32, String, String) {
    let dir = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_symbolon"));
    let done = command.env_clear().current_dir(&dir).arg("source-type").args(args).output().expect("runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (done.status.code().expect("a code"), text(done.stdout), text(done.stderr))
}

fn json(args: &[&str]) -> Value {
    let (code, out, err) = run(args);
    assert_eq!(code, 0, "{err}");
    serde_json::from_str(&out).expect("JSON")
}

#[test]
fn the_command_lists_and_shows_types_for_both_readers() {
    let (code, out, _) = run(&["list"]);
    assert!(code == 0 && out.contains("KEY") && out.contains("QuickBooks Online"), "{out}");
    let listed = json(&["list", "--format", "json"]);
    assert_eq!(listed.as_array().map(Vec::len), Some(EMBEDDED.len()));
    let (code, out, _) = run(&["show", "quickbooks"]);
    assert!(code == 0 && out.contains("rotation") && out.contains("unverified") && out.contains("realmId"), "{out}");
    let shown = json(&["show", "quickbooks", "--format", "json"]);
    assert_eq!((shown["custody"].as_str(), shown["rotation"].as_str()), (Some("required"), Some("strict")));
    assert_eq!(shown["params"][1]["asked"], "callback");
    let (code, out, err) = run(&["show", "quickbook"]);
    assert!(
        code == 1
            && out.is_empty()
            && err.contains("there is no source type `quickbook`")
            && err.contains("source-type list"),
        "{err}"
    );
}

/// A small definition that holds.
const GOOD: &str = r#"key = "acme"
name = "Acme CRM"
version = 1
last_checked = "2026-11-22"
kind = "oauth2_code"
hosts = ["*.acme.example.com"]
custody = "required"
external_id_meaning = "The tenant"

[[param]]
name = "tenant"
asked = "connect"
pattern = "[a-z0-9-]{1,63}"
example = "t1"

[authorize]
url = "https://{tenant}.acme.example.com/authorize"

[token]
url = "https://{tenant}.acme.example.com/token"

[rotation]
policy = "grace(10m)"

[[identity.id]]
from = "answer"
path = "/tenant"

[[example]]
what = "the answer to a code"
body = '''{"access_token":"a","refresh_token":"r","expires_in":60,"tenant":"t1"}'''
[example.expect]
outcome = "tokens"
external_id = "t1"
"#;

fn tested(text: &str) -> (i32, String) {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("acme.toml");
    std::fs::write(&file, text).expect("writes");
    let (code, out, err) = run(&["test", file.to_str().expect("UTF-8")]);
    assert!(!err.contains("panicked"), "{err}");
    (code, out)
}

#[test]
fn the_command_tests_a_definition_and_prints_each_check() {
    let (code, out) = tested(GOOD);
    assert_eq!(code, 0, "{out}");
    for check in
        ["hosts", "URLs lead to allowed hosts", "identity", "example: the answer to a code", "acme.toml holds."]
    {
        assert!(out.contains(check), "{check}: {out}");
    }
    // What is changed, and the words that say what is wrong and what to write.
    let table: &[(&str, &str, &[&str])] = &[
        ("name = \"Acme CRM\"", "nmae = \"Acme CRM\"", &["line 2", "`nmae`", "unknown field"]),
        ("version = 1\n", "", &["missing field `version`"]),
        ("policy = \"grace(10m)\"", "policy = \"sometimes\"", &["policy", "grace(30m)", "strict_family"]),
        ("kind = \"oauth2_code\"", "kind = \"oauth3\"", &["kind", "oauth2_code"]),
        ("last_checked = \"2026-11-22\"", "last_checked = \"today\"", &["`last_checked`", "2026-11-22"]),
        ("key = \"acme\"", "key = \"other\"", &["`key`", "name it other.toml"]),
        ("hosts = [\"*.acme.example.com\"]", "hosts = [\"*.com\"]", &["hosts", "*.example.com"]),
        ("hosts = [\"*.acme.example.com\"]", "hosts = [\"*\"]", &["`hosts`", "generic = true"]),
        (
            "hosts = [\"*.acme.example.com\"]",
            "hosts = [\"other.example.com\"]",
            &["`authorize.url`", "t1.acme.example.com", "other.example.com"],
        ),
        ("hosts = [\"*.acme.example.com\"]", "hosts = []", &["`hosts`", "*.example.com"]),
        ("https://{tenant}.acme.example.com/token", "http://{tenant}.acme.example.com/token", &["`token.url`"]),
        ("https://{tenant}.acme.example.com/token", "https://x@{tenant}.acme.example.com/token", &["`token.url`"]),
        (
            "https://{tenant}.acme.example.com/token",
            "https://{nobody}.acme.example.com/token",
            &["{nobody}", "[[param]]"],
        ),
        ("https://{tenant}.acme.example.com/token", "https://{tenant.acme.example.com/token", &["brace"]),
        ("pattern = \"[a-z0-9-]{1,63}\"\n", "", &["`tenant`", "pattern"]),
        ("pattern = \"[a-z0-9-]{1,63}\"", "pattern = \"[a-z\"", &["regular expression"]),
        ("example = \"t1\"", "example = \"T1\"", &["`tenant`", "refuses itself"]),
        ("from = \"answer\"", "from = \"request\"", &["`identity.request`", "missing"]),
        ("from = \"answer\"", "from = \"id_token\"", &["`identity.issuer`", "missing"]),
        ("path = \"/tenant\"", "path = \"tenant\"", &["/data/0/id"]),
        ("custody = \"required\"", "custody = \"perhaps\"", &["custody", "required"]),
        ("[token]\n", "[token]\nextra = { client_secret = \"x\" }\n", &["`client_secret`", "ours"]),
        (
            "[rotation]\n",
            "[migrate]\nurl = \"https://evil.example/swap\"\n[rotation]\n",
            &["`migrate.url`", "leads astray", "evil.example"],
        ),
        (
            "[rotation]\n",
            "[migrate]\nurl = \"https://{whose}.acme.example.com/swap\"\n[rotation]\n",
            &["`migrate.url`", "{whose}", "[[param]]"],
        ),
        (
            "[rotation]\n",
            "[migrate]\nurl = \"https://t1.acme.example.com/swap\"\nextra = { client_secret = \"x\" }\n[rotation]\n",
            &["`client_secret`", "ours"],
        ),
        (
            "[rotation]\n",
            "[migrate]\nurl = \"https://t1.acme.example.com/swap\"\nextra = { token = \"x\" }\n[rotation]\n",
            &["`migrate.extra`", "token_param"],
        ),
        (
            "[rotation]\n",
            "[migrate]\nurl = \"https://t1.acme.example.com/swap\"\npolicy = \"minted\"\n[rotation]\n",
            &["`migrate.policy`", "minted"],
        ),
        (
            "custody = \"required\"\n",
            "custody = \"none\"\nmigrate = { url = \"https://t1.acme.example.com/swap\" }\n",
            &["`migrate`", "custody"],
        ),
        ("[authorize]\n", "[authorize]\nextra = { state = \"x\" }\n", &["`state`", "ours"]),
        ("external_id = \"t1\"\n", "external_id = \"t2\"\n", &["example: the answer", "should be \"t2\"", "\"t1\""]),
        ("outcome = \"tokens\"", "outcome = \"grant_dead\"", &["should be \"grant_dead\"", "\"tokens\""]),
        ("[[param]]", "[[parma]]", &["unknown field `parma`"]),
        ("[rotation]", "[rotation", &["line 22"]),
    ];
    for (from, to, words) in table {
        assert!(GOOD.contains(from), "{from}");
        let (code, out) = tested(&GOOD.replacen(from, to, 1));
        assert_eq!(code, 1, "{to}: {out}");
        for word in *words {
            assert!(out.contains(word), "{to}: {word} isn't in {out}");
        }
    }
    let (code, _, err) = run(&["test", "nowhere.toml"]);
    assert!(code == 1 && err.contains("nowhere.toml can't be read"), "{err}");
}

#[test]
fn a_folder_of_ones_own_replaces_and_adds_types() {
    let dir = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).expect("writes");
    write("acme.toml", GOOD);
    let slack = std::fs::read_to_string(root().join("src/catalogue/types/slack.toml")).expect("reads");
    write("slack.toml", &slack.replace("version = 1\n", "version = 7\n"));
    write("README.md", "not a definition");
    let at = dir.path().to_str().expect("UTF-8");
    let listed = json(&["list", "--dir", at, "--format", "json"]);
    let versions: BTreeMap<&str, u64> = listed
        .as_array()
        .expect("a list")
        .iter()
        .map(|kind| (kind["key"].as_str().expect("a key"), kind["version"].as_u64().expect("a number")))
        .collect();
    assert_eq!((versions["acme"], versions["slack"], versions.len()), (1, 7, EMBEDDED.len() + 1));
    assert_eq!(json(&["show", "acme", "--dir", at, "--format", "json"])["hosts"][0], "*.acme.example.com");
    // That of the settings is what the server takes, so the commands take it too, unless they are told of another.
    let with = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_symbolon"));
        let elsewhere = tempfile::tempdir().expect("a folder");
        command
            .env_clear()
            .env("SYMBOLON_VAULT_CATALOGUE_DIR", at)
            .current_dir(&elsewhere)
            .args(args)
            .args(["--format", "json"]);
        let done = command.output().expect("runs");
        assert!(done.status.success(), "{args:?}: {done:?}");
        serde_json::from_slice::<Value>(&done.stdout).expect("JSON")
    };
    for args in [["source-type", "list"], ["source", "types"]] {
        assert_eq!(with(&args).as_array().map(Vec::len), Some(EMBEDDED.len() + 1), "{args:?}");
    }
    assert_eq!(with(&["source-type", "show", "slack"])["version"], 7);
    let empty = tempfile::tempdir().expect("a folder");
    let empty = empty.path().to_str().expect("UTF-8");
    assert_eq!(with(&["source-type", "list", "--dir", empty]).as_array().map(Vec::len), Some(EMBEDDED.len()));
    // One wrong file spoils the folder: rules that silently go back to the built-in ones would be worse.
    write("box.toml", "key = \"box\"\n");
    let (code, _, err) = run(&["list", "--dir", at]);
    assert!(code == 1 && err.contains("box.toml") && err.contains("missing field"), "{err}");
    let (code, _, err) = run(&["list", "--dir", "/nowhere"]);
    assert!(code == 1 && err.contains("/nowhere"), "{err}");
}
