//! How this deployment looks: a logo and a colour of its own, served from our own origin so that the policy of pages
//! needs no exception.

use crate::base::encoding::{hex, sha256};
use crate::config;
use std::path::Path;

/// What is served of it, under names that change with the content.
#[derive(Default)]
pub struct Brand {
    /// The logo, where there is one.
    pub logo: Option<Served>,
    /// A stylesheet that sets the colours, where one is chosen.
    pub css: Option<Served>,
}

/// A file.
pub struct Served {
    /// Its name below `/assets/`.
    pub name: String,
    /// Its media type.
    pub mime: &'static str,
    /// What is in it.
    pub body: Vec<u8>,
}

impl Served {
    fn new(stem: &str, ending: &str, mime: &'static str, body: Vec<u8>) -> Self {
        let hash: String = hex(&sha256(&body)).chars().take(10).collect();
        Served { name: format!("{stem}-{hash}.{ending}"), mime, body }
    }
}

/// Every page loads it.
const MOST_BYTES: usize = 100 * 1024;

impl Brand {
    /// Reads what the settings name; the error is a sentence for the operator.
    pub fn open(settings: &config::Brand) -> Result<Self, String> {
        let logo = settings.logo.as_deref().map(logo).transpose().map_err(|why| format!("brand.logo: {why}"))?;
        let accent = settings.accent.as_deref().map(Colour::read).transpose();
        let accent = accent.map_err(|why| format!("brand.accent {why}"))?;
        let css =
            accent.map(|accent| Served::new("brand", "css", "text/css; charset=utf-8", sheet(accent).into_bytes()));
        Ok(Brand { logo, css })
    }

    /// The file of this name.
    pub fn file(&self, name: &str) -> Option<&Served> {
        self.logo.iter().chain(&self.css).find(|served| served.name == name)
    }
}

fn logo(path: &Path) -> Result<Served, String> {
    let body = std::fs::read(path).map_err(|fault| format!("{} can't be read: {fault}", path.display()))?;
    if body.len() > MOST_BYTES {
        return Err(format!("{} has {} bytes; {MOST_BYTES} is the most", path.display(), body.len()));
    }
    let text = std::str::from_utf8(&body).unwrap_or_default().trim_start_matches('\u{feff}').trim_start();
    let (ending, mime) = if body.starts_with(b"\x89PNG\r\n\x1a\n") {
        ("png", "image/png")
    } else if body.starts_with(b"RIFF") && body.get(8..12) == Some(b"WEBP") {
        ("webp", "image/webp")
    } else if text.starts_with("<svg") || (text.starts_with("<?xml") && text.contains("<svg")) {
        ("svg", "image/svg+xml")
    } else {
        return Err(format!("{} isn't a picture that we know; use SVG, PNG or WebP", path.display()));
    };
    Ok(Served::new("logo", ending, mime, body))
}

/// sRGB.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Colour([u8; 3]);

const WHITE: Colour = Colour([255, 255, 255]);
const BLACK: Colour = Colour([0, 0, 0]);
/// What app.css has for `--bg` in light and `--surface` in dark: of what text stands on, the nearer to it.
const LIGHT: Colour = Colour([0xf3, 0xf5, 0xf6]);
const DARK: Colour = Colour([0x16, 0x1e, 0x22]);
/// WCAG 2.2 §1.4.3, AA.
const ENOUGH: f64 = 4.5;

impl Colour {
    fn read(text: &str) -> Result<Self, &'static str> {
        let fault = "must be a colour as \"#0b5f73\"";
        let digits = text.strip_prefix('#').filter(|d| d.len() == 6 && d.bytes().all(|b| b.is_ascii_hexdigit()));
        let part = |at: usize| digits.and_then(|d| u8::from_str_radix(d.get(at..at + 2)?, 16).ok()).ok_or(fault);
        Ok(Colour([part(0)?, part(2)?, part(4)?]))
    }

    /// So many hundredths of the way to another.
    fn toward(self, Colour(to): Colour, hundredths: u16) -> Self {
        let Colour(from) = self;
        let mut mixed = from;
        for (mixed, (from, to)) in mixed.iter_mut().zip(from.into_iter().zip(to)) {
            let sum = u16::from(from) * (100 - hundredths) + u16::from(to) * hundredths;
            *mixed = u8::try_from(sum / 100).unwrap_or(u8::MAX);
        }
        Colour(mixed)
    }

    /// WCAG 2.2, relative luminance.
    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let [r, g, b] = self.0.map(linear);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    /// WCAG 2.2, contrast ratio.
    fn contrast(self, other: Colour) -> f64 {
        let (a, b) = (self.luminance() + 0.05, other.luminance() + 0.05);
        if a > b { a / b } else { b / a }
    }

    /// The nearest to it, on the way to another, that can be read on this ground.
    fn readable(self, ground: Colour, way: Colour) -> Self {
        (0..=100).map(|step| self.toward(way, step)).find(|mixed| mixed.contrast(ground) >= ENOUGH).unwrap_or(way)
    }
}

impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

/// What can be read on the ground of a page bears the text of a button in the colour of that ground too.
fn sheet(accent: Colour) -> String {
    let (light, dark) = (accent.readable(LIGHT, BLACK), accent.readable(DARK, WHITE));
    let set = |accent: Colour, hot: Colour, on: Colour, tint: Colour| {
        format!(":root {{ --accent: {accent}; --accent-hot: {hot}; --on-accent: {on}; --tint: {tint}; }}")
    };
    let by_day = set(light, light.toward(BLACK, 20), WHITE, WHITE.toward(light, 10));
    let by_night = set(dark, dark.toward(WHITE, 20), DARK, DARK.toward(dark, 15));
    format!("{by_day}\n@media (prefers-color-scheme: dark) {{ {by_night} }}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_accent_can_be_read_by_day_and_by_night() {
        for red in [0, 64, 128, 192, 255] {
            for green in [0, 64, 128, 192, 255] {
                for blue in [0, 64, 128, 192, 255] {
                    let accent = Colour([red, green, blue]);
                    let (light, dark) = (accent.readable(LIGHT, BLACK), accent.readable(DARK, WHITE));
                    for (text, ground) in [
                        (light, LIGHT),
                        (light, WHITE),
                        (WHITE, light),
                        (WHITE, light.toward(BLACK, 20)),
                        (dark, DARK),
                        (DARK, dark.toward(WHITE, 20)),
                    ] {
                        assert!(text.contrast(ground) >= ENOUGH, "{accent}: {text} on {ground}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_colour_that_can_be_read_stays_as_it_is() {
        let accent = Colour::read("#0B5f73").expect("a colour");
        assert_eq!(accent.readable(LIGHT, BLACK), accent);
        assert!((BLACK.contrast(WHITE) - 21.0).abs() < 0.01);
        for bad in ["", "#fff", "0b5f73", "#0b5f7g", "#0b5f73;", "red", "#0b5f73}"] {
            assert!(Colour::read(bad).is_err(), "{bad}");
        }
    }
}
