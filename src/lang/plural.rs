//! How languages count: CLDR's plural rules for whole numbers (unicode.org/cldr, "Language Plural Rules").

/// The category of a number.
pub(super) type Rule = fn(usize) -> &'static str;

/// English, German, Dutch, Italian, Spanish, Turkish and many more.
pub(super) fn one(n: usize) -> &'static str {
    if n == 1 { "one" } else { "other" }
}

/// Arabic.
pub(super) fn arabic(n: usize) -> &'static str {
    match (n, n % 100) {
        (0, _) => "zero",
        (1, _) => "one",
        (2, _) => "two",
        (_, 3..=10) => "few",
        (_, 11..=99) => "many",
        _ => "other",
    }
}
