//! NIST SP 800-63B §5.1.1, OWASP ASVS 6.2: which passwords people may choose. Length counts; composition rules don't.

use crate::lang::Message;

/// Why a password was refused; a sentence for the person.
pub type Refused = Message;

/// The longest password that is looked at, in bytes.
pub const MAX_BYTES: usize = 1024;

/// The shortest password, in characters.
const LEAST: usize = 8;

/// The words that guessing lists are made of.
const COMMON: &str = include_str!("common_passwords.txt");

/// What a password mustn't be made of: whose it is, and what people see this deployment called.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The address of the account.
    pub email: &'a str,
    /// The name of its person; may be empty.
    pub name: &'a str,
    /// The name of the deployment; empty where nobody knows it yet.
    pub brand: &'a str,
}

/// A password that falls to so many guesses is no password: the lists that attackers begin with, and what is easily made of
/// them and of the context.
const FEWEST_GUESSES: u64 = 100_000;
/// What is looked at to count guesses; whatever comes after it only makes a password better.
const COUNTED: usize = 64;

/// Checks a password that someone wants to set.
pub fn check(password: &str, of: Context<'_>) -> Result<(), Refused> {
    let Context { email, name, brand } = of;
    if password.chars().count() < LEAST {
        return Err(Message::new("password-short").count("least", LEAST));
    }
    if password.len() > MAX_BYTES {
        return Err(Message::new("password-long").count("most", MAX_BYTES));
    }
    let (lower, bare) = (password.to_lowercase(), bare(password));
    let local = email.split('@').next().unwrap_or_default().to_lowercase();
    let personal = [email.to_lowercase(), local, name.to_lowercase()];
    if personal.iter().any(|word| word.len() > 2 && (*word == lower || letters(word) == bare)) {
        return Err(Message::new("password-personal"));
    }
    // Only digits and signs, one character over and over, or a common word with the usual decorations.
    if bare.is_empty() || all_the_same(&lower) || COMMON.lines().any(|common| common == bare) {
        return Err(Message::new("password-common"));
    }
    let start: String = password.chars().take(COUNTED).collect();
    let own: Vec<&str> = [email, name, brand].into_iter().flat_map(|text| text.split([' ', '@', '.'])).collect();
    if zxcvbn::zxcvbn(&start, &own).guesses() < FEWEST_GUESSES {
        return Err(Message::new("password-common"));
    }
    Ok(())
}

/// What is left when the usual decorations go: digits for letters, digits and signs around.
fn bare(password: &str) -> String {
    let plain = password.to_lowercase();
    let plain = plain.trim_matches(|c: char| c.is_ascii_digit() || c.is_ascii_punctuation() || c == ' ');
    let replaced = plain.chars().map(|c| match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    });
    letters(&replaced.collect::<String>())
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphabetic()).collect()
}

fn all_the_same(text: &str) -> bool {
    let mut chars = text.chars();
    let first = chars.next();
    chars.all(|c| Some(c) == first)
}

#[cfg(test)]
mod tests {
    use super::{Context, check};
    use crate::lang::Message;

    fn of(password: &str, email: &str, name: &str) -> Result<(), Message> {
        check(password, Context { email, name, brand: "Northwind" })
    }

    #[test]
    fn short_common_and_personal_passwords_are_refused() {
        for bad in [
            "seven77",
            "password1",
            "Passw0rd",
            "aaaaaaaaaa",
            "ada.lovelace1!",
            "iloveyou",
            "northwind1",
            "Northwind2026",
            "lovelace99",
            "qwertyuiop",
            "zaq12wsx",
            "trustno1",
            "starwars1",
            "superman99",
        ] {
            assert!(of(bad, "ada.lovelace@example.com", "Ada").is_err(), "{bad}");
        }
        assert!(of("correct horse battery", "ada@example.com", "Ada").is_ok());
        assert!(of("\u{1f980}\u{1f980}\u{1f980} crabs", "ada@example.com", "Ada").is_ok());
    }
}
