//! A mail server (RFC 5321) on loopback: takes mails and keeps them; can refuse, hang up, and want STARTTLS (RFC 3207).

use super::stranger;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use symbolon::base::Secret;
use symbolon::base::encoding::from_base64;
use symbolon::config::{Config, Tls, Transport};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufStream};
use tokio::net::TcpListener;

/// How it behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Takes everything.
    Good,
    /// Hangs up at once.
    Down,
    /// 451: not now.
    Later,
    /// 550: no such mailbox.
    Never,
}

/// A mail as it was taken.
#[derive(Clone, Debug)]
pub struct Mail {
    pub from: String,
    pub to: Vec<String>,
    pub data: String,
    /// Whether it came over TLS.
    pub tls: bool,
    /// The password that somebody signed in with.
    pub password: Option<String>,
}

struct Shared {
    mood: Mutex<Mood>,
    mails: Mutex<Vec<Mail>>,
    calls: Mutex<usize>,
    /// All that came in clear.
    clear: Mutex<String>,
    starttls: bool,
}

/// It ends with this.
pub struct Smtp {
    pub port: u16,
    shared: Arc<Shared>,
    serving: tokio::task::JoinHandle<()>,
}

impl Drop for Smtp {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Smtp {
    pub async fn open() -> Self {
        Smtp::serve(false).await
    }

    /// One that takes nothing before STARTTLS.
    pub async fn with_starttls() -> Self {
        Smtp::serve(true).await
    }

    async fn serve(starttls: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
        let port = listener.local_addr().expect("an address").port();
        let shared = Arc::new(Shared {
            mood: Mutex::new(Mood::Good),
            mails: Mutex::default(),
            calls: Mutex::default(),
            clear: Mutex::default(),
            starttls,
        });
        let all = shared.clone();
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = all.clone();
                *shared.calls.lock().expect("calls") += 1;
                tokio::spawn(async move {
                    if *shared.mood.lock().expect("a mood") == Mood::Down {
                        return;
                    }
                    let mut stream = BufStream::new(stream);
                    let _ = stream.write_all(b"220 mx.example ESMTP\r\n").await;
                    let _ = stream.flush().await;
                    if let Some(true) = talk(&mut stream, &shared, false).await
                        && let Ok(stream) = stranger::tls().accept(stream.into_inner()).await
                    {
                        talk(&mut BufStream::new(stream), &shared, true).await;
                    }
                });
            }
        });
        Smtp { port, shared, serving }
    }

    /// Lets a house send its mail here.
    pub fn settings(&self, config: &mut Config) {
        config.mail.transport = Transport::Smtp;
        config.mail.from = "Symbolon <no-reply@id.example>".to_owned();
        config.mail.host = "localhost".to_owned();
        config.mail.port = self.port;
        config.mail.tls = Tls::None;
        if self.shared.starttls {
            config.mail.tls = Tls::Starttls;
            config.mail.username = "symbolon".to_owned();
            config.mail.password = Some(Secret::new("mail-password-canary"));
        }
    }

    pub fn is(&self, mood: Mood) {
        *self.shared.mood.lock().expect("a mood") = mood;
    }

    /// How often somebody called.
    pub fn calls(&self) -> usize {
        *self.shared.calls.lock().expect("calls")
    }

    pub fn clear(&self) -> String {
        self.shared.clear.lock().expect("texts").clone()
    }

    pub fn mails(&self) -> Vec<Mail> {
        self.shared.mails.lock().expect("mails").clone()
    }

    /// The n-th mail, counted from 1, once it is there.
    pub async fn mail(&self, n: usize) -> Mail {
        self.until(&format!("mail {n}"), || self.mails().get(n - 1).cloned()).await
    }

    /// Once somebody has called so often.
    pub async fn called(&self, n: usize) {
        self.until(&format!("call {n}"), || (self.calls() >= n).then_some(())).await;
    }

    async fn until<T>(&self, what: &str, there: impl Fn() -> Option<T>) -> T {
        for _ in 0..600 {
            if let Some(found) = there() {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("no {what}; {} mails, {} calls", self.mails().len(), self.calls());
    }
}

/// Until they go; true when they want TLS.
async fn talk(stream: &mut BufStream<impl AsyncRead + AsyncWrite + Unpin>, shared: &Shared, tls: bool) -> Option<bool> {
    let (mut from, mut to, mut password) = (String::new(), Vec::new(), None);
    loop {
        let line = read(stream, shared, tls).await?;
        let upper = line.to_ascii_uppercase();
        let mood = *shared.mood.lock().expect("a mood");
        let bare = shared.starttls && !tls;
        let says = match upper.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" if bare => "250-mx.example\r\n250 STARTTLS\r\n".to_owned(),
            "EHLO" => "250-mx.example\r\n250 AUTH PLAIN LOGIN\r\n".to_owned(),
            "STARTTLS" if bare => {
                stream.write_all(b"220 go ahead\r\n").await.ok()?;
                stream.flush().await.ok()?;
                return Some(true);
            }
            "NOOP" | "RSET" => "250 OK\r\n".to_owned(),
            "QUIT" => {
                stream.write_all(b"221 bye\r\n").await.ok()?;
                stream.flush().await.ok()?;
                return None;
            }
            _ if bare => "530 STARTTLS first\r\n".to_owned(),
            "AUTH" => {
                let given = line.split(' ').nth(2).and_then(from_base64).unwrap_or_default();
                password = given.split(|b| *b == 0).nth(2).map(|text| String::from_utf8_lossy(text).into_owned());
                "235 welcome\r\n".to_owned()
            }
            "MAIL" => {
                from = path(&line);
                "250 OK\r\n".to_owned()
            }
            "RCPT" if mood == Mood::Never => "550 5.1.1 no such mailbox\r\n".to_owned(),
            "RCPT" if mood == Mood::Later => "451 4.3.0 try again\r\n".to_owned(),
            "RCPT" => {
                to.push(path(&line));
                "250 OK\r\n".to_owned()
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await.ok()?;
                stream.flush().await.ok()?;
                let mut data = String::new();
                loop {
                    let line = read(stream, shared, tls).await?;
                    if line == "." {
                        break;
                    }
                    // §4.5.2: a dot was put before a line that begins with one.
                    data.push_str(line.strip_prefix('.').unwrap_or(&line));
                    data.push_str("\r\n");
                }
                let mail =
                    Mail { from: from.clone(), to: std::mem::take(&mut to), data, tls, password: password.clone() };
                shared.mails.lock().expect("mails").push(mail);
                "250 taken\r\n".to_owned()
            }
            _ => "502 what?\r\n".to_owned(),
        };
        stream.write_all(says.as_bytes()).await.ok()?;
        stream.flush().await.ok()?;
    }
}

async fn read(
    stream: &mut BufStream<impl AsyncRead + AsyncWrite + Unpin>,
    shared: &Shared,
    tls: bool,
) -> Option<String> {
    let mut line = String::new();
    if stream.read_line(&mut line).await.ok()? == 0 {
        return None;
    }
    if !tls {
        shared.clear.lock().expect("texts").push_str(&line);
    }
    Some(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn path(line: &str) -> String {
    line.split(['<', '>']).nth(1).unwrap_or_default().to_owned()
}

impl Mail {
    /// A header, unfolded.
    pub fn header(&self, name: &str) -> Option<String> {
        let head = self.data.split("\r\n\r\n").next().unwrap_or_default().replace("\r\n ", " ");
        let mut lines = head.split("\r\n").filter_map(|line| line.split_once(": "));
        lines.find(|(have, _)| have.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
    }

    /// The part of this type, decoded.
    pub fn part(&self, media: &str) -> String {
        let kind = self.header("content-type").expect("a type");
        let boundary = kind.split("boundary=").nth(1).expect("a boundary").trim_matches('"').to_owned();
        let part = self.data.split(&format!("--{boundary}")).find(|part| part.contains(media)).expect("a part");
        let (head, body) = part.split_once("\r\n\r\n").expect("a body");
        let head = head.to_ascii_lowercase();
        let bytes = if head.contains("base64") {
            from_base64(&body.split_whitespace().collect::<String>()).expect("base64")
        } else if head.contains("quoted-printable") {
            unquoted(body)
        } else {
            body.as_bytes().to_vec()
        };
        String::from_utf8(bytes).expect("UTF-8").replace("\r\n", "\n")
    }

    pub fn text(&self) -> String {
        self.part("text/plain").replace(['\u{2068}', '\u{2069}'], "")
    }

    /// The path of the link in it, from our origin.
    pub fn link(&self) -> String {
        let text = self.text();
        let link = text.lines().find(|line| line.starts_with("http")).expect("a link");
        format!("/{}", link.splitn(4, '/').nth(3).expect("a path"))
    }
}

/// RFC 2045 §6.7.
fn unquoted(text: &str) -> Vec<u8> {
    let text = text.replace("=\r\n", "");
    let (mut out, bytes) = (Vec::new(), text.as_bytes());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'=' {
            out.push(u8::from_str_radix(&text[at + 1..at + 3], 16).expect("two digits"));
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    out
}
