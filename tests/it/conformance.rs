//! docs/conformance.md tells the truth: the tests that it names are there, and no line of the checklist is left out.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// The lines of oidc.md that its §4.1 to §4.9 and §4.12 have.
const LINES: [RangeInclusive<u32>; 10] =
    [1..=5, 6..=8, 9..=19, 20..=22, 23..=25, 26..=32, 33..=39, 40..=44, 45..=48, 57..=57];

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Whether `module::name` is a test in `tests/it/`.
pub fn is_a_test(name: &str) -> bool {
    let Some((module, function)) = name.split_once("::") else {
        return false;
    };
    let source = std::fs::read_to_string(root(&format!("tests/it/{module}.rs"))).unwrap_or_default();
    let main = std::fs::read_to_string(root("tests/it/main.rs")).expect("reads");
    let found = source
        .lines()
        .position(|line| line.contains(&format!(" fn {function}(")) || line.starts_with(&format!("fn {function}(")));
    main.contains(&format!("mod {module};")) && found.is_some_and(|at| is_run(&source, at))
}

/// What `on_both!` takes, or what stands behind `#[test]` and its kin.
fn is_run(source: &str, at: usize) -> bool {
    let lines: Vec<&str> = source.lines().collect();
    let attributes = lines[..at].iter().rev().take_while(|line| line.trim_start().starts_with("#["));
    let attributed = attributes.clone().any(|line| line.contains("#[test]") || line.contains("#[tokio::test"));
    attributed || (lines[at].starts_with("    async fn ") && lines[at].ends_with("(house: House) {"))
}

/// Each line's number, with the tests that are named for it and whatever else is said there.
fn rows(document: &str) -> Vec<(u32, Vec<String>, String)> {
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let number = cells.get(1)?.parse().ok()?;
        let said = cells.get(3).copied().unwrap_or_default();
        let tests = said.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        Some((number, tests, said.to_owned()))
    };
    document.lines().filter_map(row).collect()
}

#[test]
fn every_line_of_the_checklist_names_tests_that_exist() {
    let rows = rows(&std::fs::read_to_string(root("docs/conformance.md")).expect("reads"));
    let mut findings = Vec::new();
    let mut seen = BTreeMap::new();
    for (number, tests, said) in &rows {
        *seen.entry(*number).or_insert(0) += 1;
        if tests.is_empty() && !said.starts_with("Not built: ") {
            findings.push(format!("line {number} names no test and doesn't say why"));
        }
        findings.extend(
            tests.iter().filter(|name| !is_a_test(name)).map(|name| format!("line {number}: {name} is no test")),
        );
    }
    for number in LINES.into_iter().flatten() {
        if seen.remove(&number) != Some(1) {
            findings.push(format!("line {number} must stand there once"));
        }
    }
    findings.extend(seen.keys().map(|number| format!("the checklist has no line {number}")));
    assert!(findings.is_empty(), "docs/conformance.md:\n{}", findings.join("\n"));
}

#[test]
fn the_reader_of_the_table_sees_what_it_should() {
    let table = "| Line | About | Tests |\n|---|---|---|\n| 7 | x | `a::b`<br>`c::d` |\n| 8 | y | Not built: z |\ntext";
    let read = rows(table);
    assert_eq!(read[0], (7, vec!["a::b".to_owned(), "c::d".to_owned()], "`a::b`<br>`c::d`".to_owned()));
    assert_eq!((read.len(), read[1].1.len()), (2, 0));
    assert!(is_a_test("conformance::the_reader_of_the_table_sees_what_it_should"));
    assert!(is_a_test("logout::s46_a_session_has_one_sid_at_each_client_however_often"));
    for none in
        ["conformance::rows", "conformance::is_run", "conformance::nothing", "nowhere::x", "x", "logout::settled"]
    {
        assert!(!is_a_test(none), "{none}");
    }
}
