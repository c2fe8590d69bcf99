//! docs/conformance.md and docs/vault-conformance.md tell the truth: the tests that they name are there, and no line of the
//! checklists is left out.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// The lines of oidc.md that its §4.1 to §4.9 and §4.12 have.
const LINES: [RangeInclusive<u32>; 10] =
    [1..=5, 6..=8, 9..=19, 20..=22, 23..=25, 26..=32, 33..=39, 40..=44, 45..=48, 57..=57];

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Whether `module::name` is a test in `tests/it/`, or `symbolon::module::tests::name` one beside the code.
pub fn is_a_test(name: &str) -> bool {
    let Some((module, function)) = name.rsplit_once("::") else {
        return false;
    };
    let path = module.replace("::", "/");
    let sources = match path.strip_prefix("symbolon/") {
        Some(own) => [format!("src/{own}.rs"), format!("src/{}.rs", own.strip_suffix("/tests").unwrap_or_default())],
        None => [format!("tests/it/{path}.rs"), String::new()],
    };
    let main = std::fs::read_to_string(root("tests/it/main.rs")).expect("reads");
    let top = module.split("::").next().unwrap_or_default();
    let runs = |source: String| {
        let starts = format!("fn {function}(");
        let mut lines = source.lines();
        let found = lines.position(|line| line.contains(&format!(" {starts}")) || line.starts_with(&starts));
        found.is_some_and(|at| is_run(&source, at))
    };
    let read = |source: &String| std::fs::read_to_string(root(source)).ok();
    (top == "symbolon" || main.contains(&format!("mod {top};"))) && sources.iter().filter_map(read).any(runs)
}

/// What `on_both!` takes, or what stands behind `#[test]` and its kin.
fn is_run(source: &str, at: usize) -> bool {
    let lines: Vec<&str> = source.lines().collect();
    let attributes = lines[..at].iter().rev().take_while(|line| line.trim_start().starts_with("#["));
    let attributed = attributes.clone().any(|line| line.contains("#[test]") || line.contains("#[tokio::test"));
    attributed || (lines[at].starts_with("    async fn ") && lines[at].ends_with("(house: House) {"))
}

/// Each row's name, with the tests that are named for it and whatever else is said there.
fn named(document: &str) -> Vec<(String, Vec<String>, String)> {
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let name = cells.get(1).filter(|name| !name.starts_with("---") && !["Row", "Line"].contains(name))?;
        let said = cells.get(3).copied().unwrap_or_default();
        let tests = said.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        Some(((*name).to_owned(), tests, said.to_owned()))
    };
    document.lines().filter_map(row).collect()
}

/// The same where rows are numbered.
fn rows(document: &str) -> Vec<(u32, Vec<String>, String)> {
    let all = named(document).into_iter();
    all.filter_map(|(name, tests, said)| Some((name.parse().ok()?, tests, said))).collect()
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

/// The lines of vault.md §5.2.
const PLAN: [&str; 9] = [
    "Model test",
    "Kill test",
    "Herd test",
    "Custody",
    "Connect",
    "Source faults",
    "Security",
    "Sharing matrix",
    "Seed conformance",
];

#[test]
fn every_row_about_the_vault_names_tests_that_exist() {
    let rows = named(&std::fs::read_to_string(root("docs/vault-conformance.md")).expect("reads"));
    let numbered = [("F", 1..=40), ("CV-", 1..=29), ("SS-", 1..=10), ("LS-", 1..=7)];
    let numbered = numbered.into_iter().flat_map(|(name, all)| {
        all.map(move |n: u32| if name == "F" { format!("F{n}") } else { format!("{name}{n:02}") })
    });
    let mut wanted: BTreeMap<String, u32> = numbered.chain(PLAN.map(str::to_owned)).map(|name| (name, 0)).collect();
    let mut findings = Vec::new();
    for (name, tests, said) in &rows {
        match wanted.get_mut(name) {
            Some(times) => *times += 1,
            None => findings.push(format!("there is no row {name}")),
        }
        if tests.is_empty() && !["Not built: ", "No test: "].iter().any(|begin| said.starts_with(begin)) {
            findings.push(format!("{name} names no test and doesn't say why"));
        }
        findings.extend(tests.iter().filter(|test| !is_a_test(test)).map(|test| format!("{name}: {test} is no test")));
    }
    let missed = wanted.iter().filter(|(_, times)| **times != 1);
    findings.extend(missed.map(|(name, times)| format!("{name} must stand there once, not {times} times")));
    assert!(findings.is_empty(), "docs/vault-conformance.md:\n{}", findings.join("\n"));
}

#[test]
fn the_reader_of_the_table_sees_what_it_should() {
    let table = "| Line | About | Tests |\n|---|---|---|\n| 7 | x | `a::b`<br>`c::d` |\n| 8 | y | Not built: z |\ntext";
    let read = rows(table);
    assert_eq!(read[0], (7, vec!["a::b".to_owned(), "c::d".to_owned()], "`a::b`<br>`c::d`".to_owned()));
    assert_eq!((read.len(), read[1].1.len()), (2, 0));
    assert!(is_a_test("conformance::the_reader_of_the_table_sees_what_it_should"));
    assert!(is_a_test("logout::s46_a_session_has_one_sid_at_each_client_however_often"));
    assert!(is_a_test("provider_self::rotation::grace_is_for_the_immediate_predecessor_only"));
    assert!(is_a_test("symbolon::catalogue::wire::tests::cv_21_hostile_answers_come_to_nothing"));
    assert!(is_a_test("symbolon::app::flights::tests::a_panic_lands_too"));
    for none in [
        "conformance::rows",
        "conformance::is_run",
        "conformance::nothing",
        "nowhere::x",
        "x",
        "logout::settled",
        "symbolon::catalogue::wire::tests::said",
        "symbolon::nowhere::tests::x",
        "provider_self::rotation::x",
    ] {
        assert!(!is_a_test(none), "{none}");
    }
}
