//! The server through real sockets, with tiny limits.

use super::health::{Well, health};
use super::layers::{Front, not_found};
use super::listener::serve;
use super::{Phase, Stop, listen};
use crate::config::{Config, Flags, load};
use crate::observe::Counted;
use axum::Router;
use axum::body::Bytes;
use axum::routing::{get, post};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

/// A running server.
struct House {
    at: SocketAddr,
    stop: Stop,
    /// Resolves when the server has ended.
    end: JoinHandle<()>,
    /// A request to `/wait` has come in.
    waiting: Arc<Notify>,
    /// Lets it go on.
    go: Arc<Notify>,
}

impl House {
    async fn new() -> House {
        House::with(&[]).await
    }

    async fn with(settings: &[(&str, &str)]) -> House {
        let config = config(settings);
        let (stop, waiting, go) = (Stop::new(), Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (told, may) = (Arc::clone(&waiting), Arc::clone(&go));
        let wait = move || {
            let (told, may) = (Arc::clone(&told), Arc::clone(&may));
            async move {
                told.notify_one();
                may.notified().await;
                "waited"
            }
        };
        let routes = Router::new()
            .route("/", get(|| async { "hello" }))
            .route("/echo", post(|body: Bytes| async { body }))
            .route("/ignores", post(|| async { "ignored" }))
            .route("/panic", get(|| async { panic_now() }))
            .route("/forever", get(|| async { std::future::pending::<()>().await }))
            .route("/large", get(|| async { vec![b'x'; 64 * 1024 * 1024] }))
            .route(
                "/cached",
                get(|| async { ([("cache-control", "public"), ("cross-origin-resource-policy", "cross-origin")], "") }),
            )
            .route("/wait", get(wait))
            .merge(health(stop.clone(), || async { vec![("database", Well::Yes)] }))
            .fallback(not_found);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let at = listener.local_addr().expect("address");
        let (front, end_of) = (Front::layered(routes, None, &config, Counted::default(), stop.clone()), stop.clone());
        let end = tokio::spawn(async move { serve(listener, front, &config.limits, end_of).await });
        House { at, stop, end, waiting, go }
    }

    async fn connects(&self) -> Socket {
        Socket(TcpStream::connect(self.at).await.expect("connected"))
    }

    /// Sends bytes on a new connection and gives all that comes back until the server closes.
    async fn says(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut socket = self.connects().await;
        socket.sends(bytes).await;
        socket.reads_to_end().await
    }

    /// A plain GET that asks to close.
    async fn gets(&self, path: &str) -> String {
        self.says(format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).await
    }
}

fn panic_now() -> &'static str {
    panic!("a bug")
}

fn config(settings: &[(&str, &str)]) -> Config {
    let empty = tempfile::NamedTempFile::new().expect("temporary file");
    let flags = Flags { config: Some(empty.path().to_owned()), ..Flags::default() };
    let small = [("HEADER_READ", "10s"), ("SHUTDOWN_DELAY", "0s"), ("SHUTDOWN_DRAIN", "5s"), ("BODY_BYTES", "1000")];
    let env = |name: &str| {
        let given = settings.iter().find(|(key, _)| name == format!("SYMBOLON_{key}"));
        let or_small = || small.iter().find(|(key, _)| name == format!("SYMBOLON_LIMITS_{key}"));
        given.or_else(or_small).map(|(_, value)| (*value).to_owned())
    };
    load(&flags, &env).expect("valid settings").config
}

struct Socket(TcpStream);

impl Socket {
    /// What can't be written any more has been refused already.
    async fn sends(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.0.write_all(bytes.as_ref()).await;
    }

    async fn reads_to_end(&mut self) -> String {
        let mut all = Vec::new();
        let ended = timeout(Duration::from_secs(10), self.0.read_to_end(&mut all)).await;
        assert!(ended.is_ok(), "still open after {:?}", String::from_utf8_lossy(&all));
        String::from_utf8_lossy(&all).into_owned()
    }

    /// One answer with a Content-Length.
    async fn reads_answer(&mut self) -> String {
        let mut all = Vec::new();
        loop {
            let text = String::from_utf8_lossy(&all).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                if body.len() >= length.expect("a length").parse().expect("a number") {
                    return text;
                }
            }
            let mut piece = [0u8; 1024];
            let read = timeout(Duration::from_secs(10), self.0.read(&mut piece)).await.expect("in time").expect("read");
            assert!(read > 0, "closed after {text:?}");
            all.extend_from_slice(&piece[..read]);
        }
    }
}

fn status(answer: &str) -> u16 {
    answer.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)).and_then(|code| code.parse().ok()).unwrap_or(0)
}

fn header<'a>(answer: &'a str, name: &str) -> Vec<&'a str> {
    let head = answer.split("\r\n\r\n").next().unwrap_or_default();
    head.lines().filter_map(|line| line.split_once(": ")).filter(|(n, _)| *n == name).map(|(_, value)| value).collect()
}

#[tokio::test]
async fn ht03_a_slow_header_and_an_idle_connection_are_closed_in_time() {
    let house = House::with(&[("LIMITS_HEADER_READ", "60ms"), ("LIMITS_IDLE", "60ms")]).await;
    let begun = Instant::now();
    let mut slow = house.connects().await;
    slow.sends("GET / HT").await;
    assert_eq!(slow.reads_to_end().await, "");
    let mut silent = house.connects().await;
    assert_eq!(silent.reads_to_end().await, "");
    let mut idle = house.connects().await;
    idle.sends("GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert_eq!(status(&idle.reads_answer().await), 200);
    assert_eq!(idle.reads_to_end().await, "");
    assert!(begun.elapsed() >= Duration::from_millis(170) && begun.elapsed() < Duration::from_secs(3));
}

const PLAIN: &str = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

#[tokio::test]
async fn ht03_a_slow_header_is_cut_and_an_idle_connection_lives_on() {
    let house = House::with(&[("LIMITS_HEADER_READ", "60ms"), ("LIMITS_IDLE", "1h")]).await;
    let (mut idle, mut slow, mut drips) = (house.connects().await, house.connects().await, house.connects().await);
    for socket in [&mut idle, &mut slow, &mut drips] {
        socket.sends(PLAIN).await;
        assert_eq!(status(&socket.reads_answer().await), 200);
    }
    // The second request of a connection may be no slower than the first, however it drips.
    slow.sends("GET / HT").await;
    assert_eq!(slow.reads_to_end().await, "");
    let mut pace = tokio::time::interval(Duration::from_millis(5));
    let mut byte = [0u8; 1];
    let ended = timeout(Duration::from_secs(10), async {
        loop {
            tokio::select! {
                read = drips.0.read(&mut byte) => break read.unwrap_or(0),
                _ = pace.tick() => drips.0.write_all(b"G").await.unwrap_or_default(),
            }
        }
    });
    assert_eq!(ended.await.expect("in time"), 0);
    // By now header_read is over more than once.
    let mut silent = house.connects().await;
    assert_eq!(silent.reads_to_end().await, "");
    idle.sends(PLAIN).await;
    assert_eq!(status(&idle.reads_answer().await), 200);
}

#[tokio::test]
async fn ht15_while_half_of_the_seats_are_taken_nobody_idles_for_long() {
    let limits = [("LIMITS_HEADER_READ", "60ms"), ("LIMITS_IDLE", "1h"), ("LIMITS_CONNECTIONS", "4")];
    let house = House::with(&limits).await;
    let mut early = house.connects().await;
    early.sends(PLAIN).await;
    assert_eq!(status(&early.reads_answer().await), 200);
    let mut late = house.connects().await;
    late.sends(PLAIN).await;
    assert_eq!(status(&late.reads_answer().await), 200);
    assert_eq!(late.reads_to_end().await, "");
    early.sends(PLAIN).await;
    assert_eq!(status(&early.reads_answer().await), 200);
}

#[tokio::test]
async fn ht02_ht10_what_cannot_be_read_is_refused_like_everything_else() {
    let house = House::with(&[("ISSUER", "https://id.example.com")]).await;
    let large = format!("GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", "y".repeat(40 * 1024));
    let many = format!("GET / HTTP/1.1\r\nHost: x\r\n{}\r\n", "X: y\r\n".repeat(100));
    for (what, expected, bytes) in [
        ("large fields", 431, large),
        ("many fields", 431, many),
        ("a very long address", 431, format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "x".repeat(70_000))),
        ("no request line", 400, "nonsense\r\n\r\n".to_owned()),
        ("a version to come", 400, "GET / HTTP/9.1\r\nHost: x\r\n\r\n".to_owned()),
        ("a ClientHello", 400, "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{fc}\u{3}\u{3}\r\n\r\n".to_owned()),
        ("no address", 400, "GET\r\nHost: x\r\n\r\n".to_owned()),
        ("a field without a name", 400, "GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n".to_owned()),
    ] {
        // Alone, and after an honest request on the same connection.
        for before in ["", PLAIN] {
            let mut socket = house.connects().await;
            socket.sends(before).await;
            if !before.is_empty() {
                assert_eq!(status(&socket.reads_answer().await), 200);
            }
            socket.sends(&bytes).await;
            let answer = socket.reads_to_end().await;
            assert_eq!((status(&answer), header(&answer, "connection")), (expected, vec!["close"]), "{what} {answer}");
            assert_eq!(answer.matches("HTTP/1.").count(), 1, "{what} {answer}");
            assert!(answer.contains("{\"error\":\"invalid_request\""), "{what} {answer}");
            for (name, value) in [
                ("content-type", "application/json"),
                ("x-content-type-options", "nosniff"),
                ("cache-control", "no-store"),
                ("strict-transport-security", "max-age=63072000; includeSubDomains"),
            ] {
                assert_eq!(header(&answer, name), [value], "{what} {name}");
            }
            assert_eq!((header(&answer, "x-request-id").len(), header(&answer, "date").len()), (1, 1), "{what}");
        }
    }
}

#[tokio::test]
async fn ht06_there_is_no_http_2_to_be_flooded() {
    let house = House::new().await;
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    let settings = [0u8, 0, 0, 4, 0, 0, 0, 0, 0];
    // Headers and a reset, over and over; CONTINUATION frames without end.
    let rapid =
        [&[0u8, 0, 1, 1, 5, 0, 0, 0, 1, 0x82][..], &[0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, 8]].concat().repeat(1000);
    let endless = [0u8, 0, 1, 9, 0, 0, 0, 0, 1, 0x82].repeat(1000);
    for frames in [rapid, endless] {
        let answer = house.says([&preface[..], &settings, &frames].concat()).await;
        assert!(matches!(status(&answer), 0 | 400), "{answer}");
    }
    let upgrade = "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\n\
                   HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n";
    let answer = house.says(upgrade).await;
    assert!(status(&answer) == 200 && answer.ends_with("hello"), "{answer}");
}

#[tokio::test]
async fn ht04_a_slow_body_is_408() {
    let house = House::with(&[("LIMITS_BODY_READ", "60ms")]).await;
    for framing in ["Content-Length: 10\r\n\r\nx", "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n"] {
        let answer = house.says(format!("POST /echo HTTP/1.1\r\nHost: x\r\n{framing}")).await;
        assert_eq!((status(&answer), header(&answer, "connection")), (408, vec!["close"]), "{answer}");
        assert!(answer.ends_with("came too slowly.\"}"), "{answer}");
    }
}

#[tokio::test]
async fn ht05_a_client_that_never_reads_is_dropped() {
    let house = House::with(&[("LIMITS_WRITE", "60ms"), ("LIMITS_CONNECTIONS", "1")]).await;
    let mut deaf = house.connects().await;
    deaf.sends("GET /large HTTP/1.1\r\nHost: x\r\n\r\n").await;
    // The only seat is free again, although `deaf` is still there and still doesn't read.
    assert_eq!(status(&house.gets("/").await), 200);
    drop(deaf);
}

#[tokio::test]
async fn ht01_a_body_over_the_limit_is_413_with_and_without_a_length() {
    let house = House::new().await;
    let much = "x".repeat(200_000);
    for path in ["/echo", "/ignores", "/nowhere"] {
        for request in [
            format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n{much}"),
            format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\nExpect: 100-continue\r\n\r\n"),
            format!(
                "POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n30d40\r\n{much}\r\n0\r\n\r\n"
            ),
        ] {
            let begun = Instant::now();
            let answer = house.says(&request).await;
            assert_eq!((status(&answer), header(&answer, "connection")), (413, vec!["close"]), "{path}");
            assert!(begun.elapsed() < Duration::from_millis(900));
        }
    }
    let most = "x".repeat(1000);
    let request = format!(
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{most}GET / HTTP/1.0\r\nHost: x\r\n\r\n"
    );
    let answer = house.says(request).await;
    assert!(status(&answer) == 200 && answer.contains(&most) && answer.ends_with("hello"), "{answer}");
}

#[tokio::test]
async fn a_chunked_body_is_read_and_ends_its_connection() {
    let house = House::new().await;
    let request = "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n";
    let answer = house.says(request).await;
    assert!(status(&answer) == 200 && answer.ends_with("\r\n\r\nabc"), "{answer}");
}

#[tokio::test]
async fn ht02_too_many_or_too_large_headers_are_431() {
    let house = House::new().await;
    let fields = |n: usize| (0..n).map(|i| format!("X-{i}: y\r\n")).collect::<String>();
    let with = |fields: String| format!("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{fields}\r\n");
    assert_eq!(status(&house.says(with(fields(98))).await), 200);
    assert_eq!(status(&house.says(with(fields(99))).await), 431);
    assert_eq!(status(&house.says(with(format!("X: {}\r\n", "y".repeat(31 * 1024)))).await), 200);
    assert_eq!(status(&house.says(with(format!("X: {}\r\n", "y".repeat(33 * 1024)))).await), 431);
}

#[tokio::test]
async fn a_long_address_is_414() {
    let house = House::new().await;
    assert_eq!(status(&house.gets(&format!("/?{}", "x".repeat(8 * 1024 - 2))).await), 200);
    for length in [8 * 1024, 30 * 1024] {
        let answer = house.gets(&format!("/?{}", "x".repeat(length))).await;
        assert_eq!((status(&answer), header(&answer, "x-content-type-options").len()), (414, 1));
    }
}

#[tokio::test]
async fn ht17_a_panic_is_500_and_the_next_request_is_fine() {
    let house = House::new().await;
    let mut socket = house.connects().await;
    for _ in 0..20 {
        socket.sends("GET /panic HTTP/1.1\r\nHost: x\r\n\r\n").await;
        let answer = socket.reads_answer().await;
        assert_eq!((status(&answer), header(&answer, "content-type")), (500, vec!["application/json"]));
        assert!(answer.contains("\"server_error\"") && !answer.contains("a bug"), "{answer}");
        assert_eq!(header(&answer, "x-content-type-options"), ["nosniff"]);
        socket.sends("GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
        assert_eq!(status(&socket.reads_answer().await), 200);
    }
}

#[tokio::test]
async fn a_handler_over_its_time_is_503() {
    let house = House::with(&[("LIMITS_HANDLER", "150ms"), ("OUTBOUND_PATIENCE", "100ms")]).await;
    let answer = house.gets("/forever").await;
    assert_eq!((status(&answer), header(&answer, "retry-after").len()), (503, 1), "{answer}");
}

#[tokio::test]
async fn ht07_what_two_parsers_could_read_in_two_ways_is_400_and_ends() {
    let house = House::new().await;
    let smuggled = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
    for vector in [
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 4\r\n\r\nabcd",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0, 0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: +0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n",
        "GET / HTTP/1.1\nHost: x\n\n",
        "GET / HTTP/1.1\r\nHost: x\nX: y\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nX: a\rb\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n",
    ] {
        let answer = house.says(format!("{vector}{smuggled}")).await;
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{vector:?} {answer}");
        assert_eq!((status(&answer), header(&answer, "connection")), (400, vec!["close"]), "{vector:?} {answer}");
    }
}

#[tokio::test]
async fn ht08_exactly_one_plain_host() {
    let house = House::new().await;
    for fields in [
        "",
        "Host: x\r\nHost: x\r\n",
        "Host: x\r\nHost: y\r\n",
        "Host: me@x\r\n",
        "Host: \r\n",
        "Host: x y\r\n",
        "Host: x/y\r\n",
    ] {
        let answer = house.says(format!("GET / HTTP/1.1\r\n{fields}\r\n")).await;
        assert_eq!(status(&answer), 400, "{fields:?} {answer}");
    }
    for (target, expected) in [("http://x/", 200), ("http://y/", 400), ("http://me@x/", 400)] {
        let answer = house.says(format!("GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).await;
        assert_eq!(status(&answer), expected, "{target}");
    }
}

#[tokio::test]
async fn ht10_security_headers_stand_on_every_answer() {
    let https = House::with(&[("ISSUER", "https://id.example.com")]).await;
    let plain = House::new().await;
    for (path, expected) in [("/", 200), ("/nowhere", 404), ("/panic", 500), ("/echo", 405), ("/health/alive", 200)] {
        let answer = https.gets(path).await;
        assert_eq!(status(&answer), expected);
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cache-control", "no-store"),
            ("strict-transport-security", "max-age=63072000; includeSubDomains"),
        ] {
            assert_eq!(header(&answer, name), [value], "{path} {name}");
        }
        assert!(header(&answer, "permissions-policy")[0].contains("camera=()"));
        assert_eq!((header(&answer, "x-request-id").len(), header(&answer, "server").len()), (1, 0));
        assert_eq!(header(&plain.gets(path).await, "strict-transport-security"), Vec::<&str>::new());
    }
    let cached = https.gets("/cached").await;
    assert_eq!(header(&cached, "cache-control"), ["public"]);
    assert_eq!(header(&cached, "cross-origin-resource-policy"), ["cross-origin"]);
}

#[tokio::test]
async fn ht12_paths_have_no_aliases_and_wrong_methods_are_told() {
    let house = House::new().await;
    for path in ["/echo/", "//echo", "/ECHO", "/%65cho", "/./echo", "/x/../echo"] {
        assert_eq!(status(&house.gets(path).await), 404, "{path}");
    }
    let wrong = house.gets("/echo").await;
    assert_eq!((status(&wrong), header(&wrong, "allow")), (405, vec!["POST"]));
    let problem = house.says("GET /x HTTP/1.0\r\nHost: x\r\nAccept: application/json\r\n\r\n").await;
    assert!(problem.contains("application/problem+json"), "{problem}");
}

#[tokio::test]
async fn a_stop_finishes_what_is_in_flight_and_ready_says_no_first() {
    let house = House::with(&[("LIMITS_SHUTDOWN_DELAY", "80ms")]).await;
    assert_eq!(status(&house.gets("/health/ready").await), 200);
    let mut idle = house.connects().await;
    idle.sends("GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let _ = idle.reads_answer().await;
    let mut working = house.connects().await;
    working.sends("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n").await;
    house.waiting.notified().await;

    house.stop.begin();
    let ready = house.gets("/health/ready").await;
    assert_eq!((status(&ready), header(&ready, "connection")), (503, vec!["close"]), "still accepting: {ready}");
    assert!(ready.contains("\"accepting\":\"unavailable\"") && ready.contains("\"database\":\"ok\""), "{ready}");
    assert_eq!(status(&house.gets("/health/alive").await), 200);
    house.stop.reached(Phase::Closing).await;
    assert_eq!(idle.reads_to_end().await, "");
    assert!(!house.end.is_finished());
    house.go.notify_one();
    let answer = working.reads_to_end().await;
    assert!(status(&answer) == 200 && answer.ends_with("waited"), "{answer}");
    timeout(Duration::from_secs(5), house.end).await.expect("ended").expect("no panic");
    assert!(TcpStream::connect(house.at).await.is_err());
}

#[tokio::test]
async fn the_time_to_drain_is_limited() {
    let house = House::with(&[("LIMITS_SHUTDOWN_DRAIN", "40ms")]).await;
    let mut working = house.connects().await;
    working.sends("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n").await;
    house.waiting.notified().await;
    house.stop.begin();
    timeout(Duration::from_secs(5), house.end).await.expect("ended").expect("no panic");
    assert_eq!(working.reads_to_end().await, "");
}

#[tokio::test]
async fn more_connections_than_seats_wait_and_are_served() {
    let house = House::with(&[("LIMITS_CONNECTIONS", "2")]).await;
    let (mut one, mut two) = (house.connects().await, house.connects().await);
    for socket in [&mut one, &mut two] {
        socket.sends("GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
        let _ = socket.reads_answer().await;
    }
    let mut third = house.connects().await;
    third.sends("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    let mut byte = [0u8; 1];
    assert!(timeout(Duration::from_millis(40), third.0.read(&mut byte)).await.is_err(), "no seat yet");
    drop(one);
    assert!(third.reads_to_end().await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn sigterm_begins_the_end() {
    let stop = Stop::new();
    listen(stop.clone()).expect("signals");
    assert_eq!(stop.phase(), Phase::Running);
    let kill = std::process::Command::new("kill").args(["-TERM", &std::process::id().to_string()]).status();
    assert!(kill.expect("kill runs").success());
    timeout(Duration::from_secs(5), stop.reached(Phase::Draining)).await.expect("in time");
}
