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

/// Checks a password that someone wants to set.
pub fn check(password: &str, email: &str, name: &str) -> Result<(), Refused> {
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
    use super::check;

    #[test]
    fn short_common_and_personal_passwords_are_refused() {
        for bad in ["seven77", "password1", "Passw0rd", "aaaaaaaaaa", "ada.lovelace1!", "iloveyou"] {
            assert!(check(bad, "ada.lovelace@example.com", "Ada").is_err(), "{bad}");
        }
        assert!(check("correct horse battery", "ada@example.com", "Ada").is_ok());
        assert!(check("\u{1f980}\u{1f980}\u{1f980} crabs", "ada@example.com", "Ada").is_ok());
    }
}
