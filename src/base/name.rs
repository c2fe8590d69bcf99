//! Names that operators give to things of their own.

/// Whether it can name an attribute of a person: 1 to 64 letters, digits or `_ . -`.
pub fn attribute(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_.-".contains(&b);
    (1..=64).contains(&name.len()) && name.bytes().all(plain)
}
