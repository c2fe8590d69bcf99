//! Lines to stderr: for people on a terminal, one JSON object an event otherwise.

use super::request;
use crate::base::Clock;
use crate::config::{Log, LogFormat, process_env};
use serde_json::{Map, Value};
use std::fmt;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{JsonFields, Writer};
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields, MakeWriter};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

/// Starts logging to stderr. A second call changes nothing.
pub fn init(log: &Log, stderr_is_terminal: bool) {
    // https://no-color.org: present and not empty.
    let colours = stderr_is_terminal && process_env("NO_COLOR").is_none_or(|set| set.is_empty());
    let lines = match (log.format, stderr_is_terminal) {
        (LogFormat::Human, _) | (LogFormat::Auto, true) => human(std::io::stderr, colours),
        (LogFormat::Json, _) | (LogFormat::Auto, false) => json(std::io::stderr),
    };
    // Fails when there is a subscriber already, which then goes on.
    let _ = tracing_subscriber::registry().with(lines).with(filter(&log.level)).try_init();
}

/// The level was checked with the settings; should it still be none, more is better than nothing.
fn filter(level: &str) -> EnvFilter {
    EnvFilter::try_new(level).unwrap_or_else(|_| EnvFilter::new("info"))
}

type Lines = Box<dyn Layer<Registry> + Send + Sync>;

fn human<W: for<'w> MakeWriter<'w> + Send + Sync + 'static>(to: W, colours: bool) -> Lines {
    let compact = tracing_subscriber::fmt::format().compact().with_timer(Now).with_ansi(colours);
    Box::new(tracing_subscriber::fmt::layer().event_format(Human(compact)).with_ansi(colours).with_writer(to))
}

fn json<W: for<'w> MakeWriter<'w> + Send + Sync + 'static>(to: W) -> Lines {
    Box::new(tracing_subscriber::fmt::layer().fmt_fields(JsonFields::new()).event_format(Json).with_writer(to))
}

/// The moment of an event. Logs tell the machine's time even where a test moves the application's.
struct Now;

impl FormatTime for Now {
    fn format_time(&self, w: &mut Writer<'_>) -> fmt::Result {
        w.write_str(&Clock::System.now().rfc3339())
    }
}

/// The name of the request, then the event.
struct Human<F>(F);

impl<S, N, F> FormatEvent<S, N> for Human<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut w: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        if let Some(id) = request::current() {
            write!(w, "{id} ")?;
        }
        self.0.format_event(context, w, event)
    }
}

/// `{"ts":…,"level":…,"msg":…,` then the request and the fields of the spans around, then those of the event.
struct Json;

impl<S, N> FormatEvent<S, N> for Json
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut w: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut fields = Fields { msg: String::new(), rest: Map::new() };
        event.record(&mut fields);
        let mut line = Map::new();
        line.insert("ts".to_owned(), Clock::System.now().rfc3339().into());
        line.insert("level".to_owned(), event.metadata().level().as_str().to_ascii_lowercase().into());
        line.insert("msg".to_owned(), fields.msg.into());
        line.insert("target".to_owned(), event.metadata().target().into());
        if let Some(id) = request::current() {
            line.insert("request_id".to_owned(), (*id).into());
        }
        for span in context.event_scope().into_iter().flat_map(|scope| scope.from_root()) {
            let extensions = span.extensions();
            let written = extensions.get::<FormattedFields<N>>().map(|written| written.fields.as_str());
            // `JsonFields` wrote them as an object.
            if let Some(Ok(Value::Object(of_span))) = written.map(serde_json::from_str) {
                line.extend(of_span);
            }
        }
        line.extend(fields.rest);
        one_line(&Value::Object(line).to_string(), &mut w)?;
        writeln!(w)
    }
}

/// Writes JSON with what terminals and other readers might take for a line end or an order spelled out: C1 controls,
/// U+2028, directions. JSON itself only asks it of C0 (RFC 8259 §7).
fn one_line(json: &str, w: &mut Writer<'_>) -> fmt::Result {
    if json.bytes().all(|byte| byte < 0x7f) {
        return w.write_str(json);
    }
    json.chars().try_for_each(|c| match c {
        '\u{7f}'..='\u{9f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}' => {
            write!(w, "\\u{:04x}", u32::from(c))
        }
        c => w.write_char(c),
    })
}

/// The fields of one event.
struct Fields {
    msg: String,
    rest: Map<String, Value>,
}

impl Fields {
    fn put(&mut self, field: &Field, value: Value) {
        match (field.name(), value) {
            ("message", Value::String(text)) => self.msg = text,
            ("message", value) => self.msg = value.to_string(),
            // What the `log` crate's bridge adds about source files.
            (name, _) if name.starts_with("log.") => {}
            (name, value) => {
                self.rest.insert(name.to_owned(), value);
            }
        }
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value.into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value.into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format!("{value:?}").into());
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::io::Write;
    use std::sync::{Arc, Mutex};
    use tracing::Dispatch;

    /// A place to log to.
    #[derive(Clone, Default)]
    pub struct Paper(Arc<Mutex<Vec<u8>>>);

    impl Paper {
        /// A subscriber that writes JSON here.
        pub fn json(&self, level: &str) -> Dispatch {
            let paper = self.clone();
            Dispatch::new(tracing_subscriber::registry().with(json(move || paper.clone())).with(filter(level)))
        }

        /// What was written.
        pub fn text(&self) -> String {
            String::from_utf8(self.0.lock().expect("not poisoned").clone()).expect("UTF-8")
        }

        /// The lines that were written.
        pub fn lines(&self) -> Vec<Value> {
            self.text().lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
        }
    }

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("not poisoned").extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn an_event_is_one_json_object_with_the_fields_of_its_span() {
        let paper = Paper::default();
        tracing::dispatcher::with_default(&paper.json("info"), || {
            let span = tracing::error_span!("request", request_id = "ABCD1234");
            let _in = span.enter();
            tracing::warn!(count = 3, ok = true, ratio = 0.5, who = ?Some("ada"), "two\nlines");
            tracing::debug!("not at this level");
        });
        let [line] = <[Value; 1]>::try_from(paper.lines()).expect("one line");
        assert_eq!((&line["level"], &line["msg"]), (&"warn".into(), &"two\nlines".into()));
        assert_eq!((&line["request_id"], &line["count"], &line["ok"]), (&"ABCD1234".into(), &3.into(), &true.into()));
        assert_eq!((&line["ratio"], &line["who"]), (&0.5.into(), &"Some(\"ada\")".into()));
        let ts = line["ts"].as_str().expect("text");
        assert!(ts.parse::<jiff::Timestamp>().is_ok() && ts.ends_with('Z'), "{ts}");
        assert!(paper.text().starts_with("{\"ts\":"));
    }

    #[test]
    fn colours_are_for_terminals_only() {
        for (colours, escapes) in [(false, false), (true, true)] {
            let paper = Paper::default();
            let to = paper.clone();
            let subscriber = tracing_subscriber::registry().with(human(move || to.clone(), colours));
            tracing::subscriber::with_default(subscriber, || tracing::info!(a = 1, "hello"));
            assert_eq!(paper.text().contains('\u{1b}'), escapes, "{:?}", paper.text());
            assert!(paper.text().contains("hello"));
        }
    }

    #[test]
    fn a_second_start_is_harmless() {
        let log = Log { level: "off".to_owned(), format: LogFormat::Auto };
        init(&log, false);
        init(&Log { level: "=][".to_owned(), ..log }, true);
    }
}
