//! The house itself: floors, doors and manners of `src`, by reading it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// From the ground up; a room imports lower floors only, and none beside it. As in the doc comment of `src/lib.rs`.
const FLOORS: [&[&str]; 15] = [
    &["base"],
    &["lang"],
    &["config", "crypto", "db"],
    &["keys", "audit", "limits", "observe", "outbound", "mail"],
    &["app"],
    &["web"],
    &["people", "clients"],
    &["signin"],
    &["oauth", "api_tokens", "vault"],
    &["entry"],
    &["guard", "admin"],
    &["account", "api", "console", "dev", "jobs", "register"],
    &["server"],
    &["cli"],
    &["main"],
];

/// Rooms whose `store` is their door: its functions speak in the room's own types, so others may call them. The
/// statements behind stay inside all the same.
const DOORS: [&str; 3] = ["people", "clients", "keys"];

/// Crates and modules that only some rooms may name.
const RESERVED: [(&str, &[&str]); 5] = [
    ("sqlx", &["db"]),
    ("jsonwebtoken", &["crypto"]),
    ("aws_lc_rs", &["crypto"]),
    ("lettre", &["mail"]),
    ("std::env", &["config", "cli", "main"]),
];

/// Where to look for the seam; tests beside the code don't count.
const LONGEST: usize = 400;

struct File {
    /// As people write it.
    name: String,
    room: String,
    /// The last part of its module path.
    module: String,
    raw: String,
    /// Without comments, texts and tests.
    code: String,
    /// Without comments and texts.
    all_code: String,
}

#[test]
fn every_room_keeps_to_its_floor_and_its_manners() {
    let files = files();
    assert!(files.len() > 90, "only {} files were found", files.len());
    let mut findings = Vec::new();
    for file in &files {
        first_line(file, &mut findings);
        length(file, &mut findings);
        floors(file, &mut findings);
        stores(file, &mut findings);
        reserved(file, &mut findings);
        unwraps(file, &mut findings);
    }
    statements(&files, &mut findings);
    assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
}

fn first_line(file: &File, findings: &mut Vec<String>) {
    if !file.raw.starts_with("//! ") {
        findings.push(format!("{}: the first line must be `//!` and say the file's one thought", file.name));
    }
}

fn length(file: &File, findings: &mut Vec<String>) {
    let lines = file.raw.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default().lines().count();
    if lines > LONGEST && file.module != "tests" {
        findings.push(format!("{}: {lines} lines; look for the seam at {LONGEST}", file.name));
    }
}

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&room))
}

fn floors(file: &File, findings: &mut Vec<String>) {
    if file.room == "lib" {
        return;
    }
    let Some(own) = floor(&file.room) else {
        findings.push(format!("{}: the room `{}` is on no floor", file.name, file.room));
        return;
    };
    for other in imports(&file.all_code) {
        match floor(&other) {
            Some(floor) if floor < own || other == file.room => {}
            Some(_) => {
                findings.push(format!("{}: `{}` imports `{other}`, which isn't on a lower floor", file.name, file.room))
            }
            None => findings.push(format!("{}: `crate::{other}` is no room", file.name)),
        }
    }
}

/// The rooms that a text names after `crate::`, alone or in braces.
fn imports(code: &str) -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        if let Some(list) = rest.strip_prefix('{') {
            let (mut depth, mut start) = (0, true);
            for (i, c) in list.char_indices() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => start = true,
                    c if start && depth == 0 && is_word(c) => {
                        rooms.insert(word(&list[i..]));
                        start = false;
                    }
                    _ => {}
                }
            }
        } else {
            rooms.insert(word(rest));
        }
    }
    // Macros of `db` that stand at the root of the crate.
    rooms
        .into_iter()
        .filter(|room| !room.is_empty())
        .map(|room| if matches!(&*room, "sql" | "args") { "db".to_owned() } else { room })
        .collect()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| is_word(*c)).collect()
}

/// Another room's rows are not for the taking.
fn stores(file: &File, findings: &mut Vec<String>) {
    for room in FLOORS.concat() {
        let path = format!("{room}::store");
        if room != file.room && !DOORS.contains(&room) && mentions(&file.code, &path) {
            findings.push(format!("{}: uses `{path}`, which is for its own room", file.name));
        }
    }
}

/// Statements (what `sql!` and `Hot::new` declare) run only in the room that owns their tables.
fn statements(files: &[File], findings: &mut Vec<String>) {
    let mut known = 0;
    for owner in files {
        for name in declared(&owner.all_code) {
            known += 1;
            let path = format!("{}::{name}", owner.module);
            for file in files.iter().filter(|file| file.room != owner.room) {
                if mentions(&file.code, &path) {
                    findings.push(format!("{}: uses the statement `{path}` of `{}`", file.name, owner.room));
                }
            }
        }
    }
    assert!(known > 60, "only {known} statements were found");
}

fn declared(code: &str) -> Vec<String> {
    let named = |mark: &'static str| code.match_indices(mark).map(move |(at, _)| word(&code[at + mark.len()..]));
    let hot = code.match_indices(": Hot = Hot::new").map(|(at, _)| {
        let before: String = code[..at].chars().rev().take_while(|c| is_word(*c)).collect();
        before.chars().rev().collect::<String>()
    });
    let in_sql = |name: &String| name.len() > 1 && name.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    named("    read ").chain(named("    write ")).chain(hot).filter(in_sql).collect()
}

fn reserved(file: &File, findings: &mut Vec<String>) {
    for (name, rooms) in RESERVED {
        if !rooms.contains(&&*file.room) && mentions(&file.code, name) {
            findings.push(format!("{}: names `{name}`, which is for {}", file.name, rooms.join(", ")));
        }
    }
}

fn unwraps(file: &File, findings: &mut Vec<String>) {
    for (n, line) in file.code.lines().enumerate() {
        if line.contains(".unwrap()") || line.contains(".expect(") {
            findings.push(format!("{}:{}: unwrap and expect are for tests: {}", file.name, n + 1, line.trim()));
        }
    }
}

/// Whether `path` stands in the text as whole words.
fn mentions(code: &str, path: &str) -> bool {
    code.match_indices(path)
        .any(|(at, _)| !code[..at].ends_with(is_word) && !code[at + path.len()..].starts_with(is_word))
}

fn files() -> Vec<File> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    walk(&src, &mut paths);
    paths.sort();
    paths.iter().map(|path| read(&src, path)).collect()
}

fn walk(dir: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            walk(&path, paths);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            paths.push(path);
        }
    }
}

fn read(src: &Path, path: &Path) -> File {
    let below = path.strip_prefix(src).expect("in src");
    let room = below.iter().next().expect("a name").to_string_lossy();
    let module = path.file_stem().filter(|stem| *stem != "mod").or(path.parent().and_then(Path::file_name));
    let module = module.expect("a name").to_string_lossy().into_owned();
    let raw = std::fs::read_to_string(path).expect("reads");
    let all_code = bare(&raw);
    let code = if module == "tests" { String::new() } else { without_tests(&all_code) };
    File {
        name: format!("src/{}", below.display()),
        room: room.trim_end_matches(".rs").to_owned(),
        module,
        raw,
        code,
        all_code,
    }
}

/// Blanks comments, texts and characters; lines stay lines.
fn bare(raw: &str) -> String {
    let chars: Vec<char> = raw.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let mut out = String::with_capacity(raw.len());
    let mut i = 0;
    while i < chars.len() {
        let from = i;
        match (at(i), at(i + 1)) {
            ('/', '/') => {
                while i < chars.len() && at(i) != '\n' {
                    i += 1
                }
            }
            ('/', '*') => {
                i += 2;
                while i < chars.len() && !(at(i - 1) == '*' && at(i) == '/') {
                    i += 1
                }
                i += 1;
            }
            ('r', '"' | '#') if !is_word(at(i.wrapping_sub(1))) && raw_text(&chars, i).is_some() => {
                i = raw_text(&chars, i).expect("seen");
            }
            ('"', _) => {
                i += 1;
                while i < chars.len() && at(i) != '"' {
                    i += if at(i) == '\\' { 2 } else { 1 }
                }
                i += 1;
            }
            ('\'', '\\') => {
                i += 3;
                while i < chars.len() && at(i) != '\'' {
                    i += 1
                }
                i += 1;
            }
            ('\'', _) if at(i + 2) == '\'' => i += 3,
            (c, _) => {
                out.push(c);
                i += 1;
                continue;
            }
        }
        out.extend(
            chars.get(from..i.min(chars.len())).unwrap_or_default().iter().map(|c| if *c == '\n' { '\n' } else { ' ' }),
        );
    }
    out
}

/// Where the raw text that begins at `i` ends, if there is one.
fn raw_text(chars: &[char], i: usize) -> Option<usize> {
    let hashes = chars[i + 1..].iter().take_while(|c| **c == '#').count();
    let begin = i + 1 + hashes;
    if chars.get(begin) != Some(&'"') {
        return None;
    }
    let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
    let length = chars[begin + 1..].windows(end.len()).position(|window| window == end)?;
    Some(begin + 1 + length + end.len())
}

/// Blanks what stands behind `#[cfg(test)]`: an item up to its `;` or its closing brace.
fn without_tests(code: &str) -> String {
    let mut out = code.to_owned();
    while let Some(at) = out.find("#[cfg(test)]") {
        let (mut depth, mut end) = (0, out.len());
        for (i, c) in out[at..].char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 && (c == ';' || c == '}') {
                end = at + i + 1;
                break;
            }
        }
        let blank: String = out[at..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        out.replace_range(at..end, &blank);
    }
    out
}

#[test]
fn the_reader_of_the_house_sees_what_it_should() {
    let raw = "//! x\nuse crate::{db::{On, Tx}, oauth};\n// crate::no\nlet a = \"crate::no .unwrap()\"; let c = '\"'; let l: &'a str;\n\
               let r = r#\"crate::no \" \"#; b.unwrap(); #[cfg(test)]\nmod tests { fn f() { c.unwrap(); } }\nsignin::login::post";
    let code = without_tests(&bare(raw));
    assert_eq!(imports(&code).into_iter().collect::<Vec<_>>(), ["db", "oauth"]);
    assert_eq!(code.matches(".unwrap()").count(), 1);
    assert_eq!(code.lines().count(), raw.lines().count());
    assert!(mentions(&code, "login::post") && !mentions(&code, "login::pos") && !mentions(&code, "in::login"));
    assert!(floor("base") < floor("web") && floor("web") < floor("main"));
    assert_eq!(
        declared("    read FIND = 1\n    write A_B = 2\n    write all\nstatic REDEEM: Hot = Hot::new("),
        ["FIND", "A_B", "REDEEM"]
    );
}
