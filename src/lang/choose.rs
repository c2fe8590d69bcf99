//! RFC 4647 §3.4, lookup: of what somebody wants, the best that we have.

use super::Language;

/// So much of a list is read; nobody speaks more languages.
const MOST_BYTES: usize = 1024;
const MOST_RANGES: usize = 32;

impl Language {
    /// For one language tag: `de-AT` is served with `de`.
    pub fn for_tag(tag: &str) -> Option<Self> {
        let mut tag = tag.trim().get(..64).unwrap_or(tag.trim());
        loop {
            if let Some(found) = Language::all().find(|language| language.tag().eq_ignore_ascii_case(tag)) {
                return Some(found);
            }
            // §3.4: from the end, subtag by subtag.
            tag = tag.rsplit_once('-')?.0;
        }
    }

    /// For OpenID Connect's `ui_locales`: tags with spaces between, best first.
    pub fn for_tags(tags: &str) -> Option<Self> {
        head(tags).split_ascii_whitespace().take(MOST_RANGES).find_map(Language::for_tag)
    }

    /// For `Accept-Language` (RFC 9110 §12.5.4). `None` when we have nothing of it.
    pub fn for_ranges(header: &str) -> Option<Self> {
        let mut wanted: Vec<(&str, u16)> = head(header).split(',').take(MOST_RANGES).filter_map(weighed).collect();
        // Stable: what is equal stays in the order in which it was written.
        wanted.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
        wanted.into_iter().find_map(|(range, _)| Language::for_tag(range))
    }
}

/// A range and its weight in thousandths. §12.4.2: 0 is "not acceptable"; what can't be read is as good as not there.
fn weighed(item: &str) -> Option<(&str, u16)> {
    let (range, parameters) = item.split_once(';').unwrap_or((item, ""));
    let weight = match parameters.trim() {
        "" => 1000,
        text => thousandths(text.strip_prefix(['q', 'Q'])?.trim_start().strip_prefix('=')?.trim())?,
    };
    (weight > 0).then_some((range.trim(), weight))
}

/// §12.4.2: `0` or `1` with at most three digits behind.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part = (part.len() <= 3 && part.bytes().all(|b| b.is_ascii_digit())).then(|| format!("{part:0<3}"))?;
    match (whole, part.parse().ok()?) {
        ("0", part) => Some(part),
        ("1", 0) => Some(1000),
        _ => None,
    }
}

fn head(text: &str) -> &str {
    let mut end = text.len().min(MOST_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(found: Option<Language>) -> &'static str {
        found.map_or("-", Language::tag)
    }

    #[test]
    fn rfc4647_s3_4_longer_tags_are_served_with_shorter_ones() {
        for (wanted, got) in [
            ("de", "de"),
            ("de-AT", "de"),
            ("DE-latn-at-x-private", "de"),
            ("ar-EG", "ar"),
            ("fr", "-"),
            ("d", "-"),
            ("deu", "-"),
            ("", "-"),
            ("-", "-"),
            ("de_AT", "-"),
            ("\u{202e}ed", "-"),
        ] {
            assert_eq!(tag(Language::for_tag(wanted)), got, "{wanted}");
        }
        assert_eq!(tag(Language::for_tags("fr  ar-SA de")), "ar");
        assert_eq!(tag(Language::for_tag(&"de-".repeat(5000))), "de");
    }

    #[test]
    fn rfc9110_s12_5_4_weights_decide_and_garbage_does_not() {
        for (header, got) in [
            ("de", "de"),
            ("en;q=0.5, de", "de"),
            ("de;q=0.3, ar;q=0.7, en;q=0.5", "ar"),
            ("de-CH, en;q=0.9", "de"),
            ("fr, en;q=0.8, de;q=0.9", "de"),
            ("de;q=0, en", "en"),
            ("de;q=0", "-"),
            ("*", "-"),
            ("fr, *;q=0.1", "-"),
            ("de;q=1.001, en;q=0.1", "en"),
            ("de;q=NaN, en;q=0.1", "en"),
            ("de;q=-1, en;q=0.1", "en"),
            ("de;q=0.9999, en;q=0.1", "en"),
            ("de ; Q = 0.8 , en;q=0.7", "de"),
            (",,;;q=,=,de", "de"),
            ("", "-"),
        ] {
            assert_eq!(tag(Language::for_ranges(header)), got, "{header}");
        }
        let giant = format!("{}de", "x,".repeat(100_000));
        assert_eq!(tag(Language::for_ranges(&giant)), "-");
        assert_eq!(tag(Language::for_ranges(&"\u{1f980}".repeat(5000))), "-");
    }
}
