//! The trail for other programs: JSON Lines, or CSV that a spreadsheet opens without running anything.

use super::Recorded;

/// How events are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// One JSON object a line.
    #[default]
    Jsonl,
    /// RFC 4180, with a head.
    Csv,
}

impl Shape {
    /// Reads `jsonl` or `csv`.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "jsonl" => Some(Shape::Jsonl),
            "csv" => Some(Shape::Csv),
            _ => None,
        }
    }

    /// RFC 4180 §3; JSON Lines has no registered type.
    pub fn mime(self) -> &'static str {
        match self {
            Shape::Jsonl => "application/jsonl; charset=utf-8",
            Shape::Csv => "text/csv; charset=utf-8; header=present",
        }
    }

    /// What comes before the first event.
    pub fn head(self) -> &'static str {
        match self {
            Shape::Jsonl => "",
            Shape::Csv => "id,at,actor,action,object,request_id,address,detail\r\n",
        }
    }

    /// One event, with the end of its line.
    pub fn line(self, event: &Recorded) -> String {
        match self {
            Shape::Jsonl => serde_json::to_string(event).map(|line| line + "\n").unwrap_or_default(),
            Shape::Csv => {
                let (request, address) = (event.request_id.as_deref(), event.address.as_deref());
                let detail = event.detail.to_string();
                let cells = [&event.id, &event.at, &event.actor, &event.action, &event.object].map(String::as_str);
                let rest = [request.unwrap_or_default(), address.unwrap_or_default(), detail.as_str()];
                let cells: Vec<String> = cells.into_iter().chain(rest).map(cell).collect();
                cells.join(",") + "\r\n"
            }
        }
    }
}

/// RFC 4180 §2. What a spreadsheet would take for a formula begins with an apostrophe.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = text.replace('"', "\"\"");
    format!("\"{}{text}\"", if formula { "'" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_runs_nothing() {
        for (text, expected) in [
            ("plain", "\"plain\""),
            ("a \"b\", c\n", "\"a \"\"b\"\", c\n\""),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("@sum", "\"'@sum\""),
        ] {
            assert_eq!(cell(text), expected);
        }
    }
}
