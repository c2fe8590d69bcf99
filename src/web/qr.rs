//! A QR code (ISO/IEC 18004) as one path of an SVG that stands in the page: no picture to fetch, no style of its own.

use qrcode::{Color, EcLevel, QrCode};

/// What a template draws.
pub struct Qr {
    /// Width and height, the quiet zone of four modules included.
    pub size: usize,
    /// All dark modules.
    pub path: String,
}

impl Qr {
    /// The code of a text; `None` when it is too long for one.
    pub fn of(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let width = code.width();
        let dark = code.to_colors();
        let mut path = String::new();
        for (at, _) in dark.iter().enumerate().filter(|(_, color)| **color == Color::Dark) {
            let (x, y) = (at.checked_rem(width)?.saturating_add(4), at.checked_div(width)?.saturating_add(4));
            path.push_str(&format!("M{x} {y}h1v1h-1z"));
        }
        Some(Qr { size: width.saturating_add(8), path })
    }
}
