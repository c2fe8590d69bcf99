//! What a command takes in: a password or a file on standard input, and a yes before something is gone.

use super::output::{Failure, note};
use crate::base::Secret;
use crate::web::json;
use serde_json::{Map, Value};
use std::io::{BufRead, IsTerminal, Read};
use std::path::Path;
use zeroize::Zeroizing;

const PASSWORD_BYTES: u64 = 4096;
const FILE_BYTES: u64 = 1 << 20;

/// A password: the first line of standard input, without its end.
pub(super) fn password() -> Result<Secret, Failure> {
    line("password", "--password-stdin")
}

/// The secret with which a provider knows us, in the same way.
pub(super) fn client_secret() -> Result<Secret, Failure> {
    line("client secret", "--client-secret-stdin")
}

fn line(what: &str, flag: &str) -> Result<Secret, Failure> {
    if std::io::stdin().is_terminal() {
        note(&format!("Reading the {what} from standard input; it will be visible as you type. End it with Enter."));
    }
    let mut line = Zeroizing::new(String::new());
    let read = std::io::stdin().lock().take(PASSWORD_BYTES).read_line(&mut line);
    read.map_err(|why| Failure::usage(format!("standard input can't be read: {why}")))?;
    let text = line.strip_suffix('\n').unwrap_or(&line);
    let text = text.strip_suffix('\r').unwrap_or(text);
    match text {
        "" => Err(Failure::usage(format!("there is no {what} on standard input"))
            .fix(format!("printf %s \"${}\" | symbolon … {flag}", what.to_uppercase().replace(' ', "_")))),
        text if text.contains('\0') => Err(Failure::usage(format!("the {what} contains a NUL character"))),
        text => Ok(Secret::new(text)),
    }
}

/// A private key in a file; `-` is standard input.
pub(super) fn private_key(flag: &str, file: &Path) -> Result<Secret, Failure> {
    let unread = |why: std::io::Error| Failure::usage(format!("{flag} {}: {why}", file.display()));
    let mut text = Zeroizing::new(String::new());
    match file.to_str() {
        Some("-") => std::io::stdin().lock().take(FILE_BYTES).read_to_string(&mut text).map_err(unread)?,
        _ => std::fs::File::open(file).map_err(unread)?.take(FILE_BYTES).read_to_string(&mut text).map_err(unread)?,
    };
    match text.trim() {
        "" => Err(Failure::usage(format!("{flag} {}: there is nothing in it", file.display()))),
        text => Ok(Secret::new(text)),
    }
}

/// The JSON object in a file; `-` is standard input.
pub(super) fn object(flag: &str, file: &Path) -> Result<Map<String, Value>, Failure> {
    let unread = |why: std::io::Error| Failure::usage(format!("{flag} {}: {why}", file.display()));
    let mut text = Vec::new();
    match file.to_str() {
        Some("-") => std::io::stdin().lock().take(FILE_BYTES).read_to_end(&mut text).map_err(unread)?,
        _ => std::fs::File::open(file).map_err(unread)?.take(FILE_BYTES).read_to_end(&mut text).map_err(unread)?,
    };
    json::object(&text).map_err(|bad| Failure::usage(format!("{flag} {}: {bad}", file.display())))
}

/// Asks that `name` be typed before `what` is done; without a terminal, `--yes` must have been given.
pub(super) fn sure(what: &str, name: &str, yes: bool) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Err(Failure::usage(format!("{what} can't be undone")).fix("Add --yes to do it without being asked."));
    }
    note(&format!("{what} can't be undone. Type {name} to do it:"));
    let mut typed = String::new();
    let read = std::io::stdin().lock().take(PASSWORD_BYTES).read_line(&mut typed);
    match read {
        Ok(_) if typed.trim() == name => Ok(()),
        _ => Err(Failure::failed("that isn't it; nothing was changed")),
    }
}
