//! A stranger's web site on loopback, with TLS of an authority that only tests know: serves documents, counts who asks.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;
use symbolon::config::Config;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// The authority, its file, and a certificate of its for this machine.
struct Authority {
    file: PathBuf,
    issuer: Issuer<'static, KeyPair>,
    tls: Arc<ServerConfig>,
    _dir: tempfile::TempDir,
}

fn authority() -> &'static Authority {
    static AUTHORITY: OnceLock<Authority> = OnceLock::new();
    AUTHORITY.get_or_init(|| {
        let ca_key = KeyPair::generate().expect("a key");
        let mut ca = CertificateParams::new(Vec::new()).expect("parameters");
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = ca.self_signed(&ca_key).expect("a certificate");
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join("ca.pem");
        std::fs::write(&file, certificate.pem()).expect("written");
        let issuer = Issuer::new(ca, ca_key);
        let tls = Arc::new(server(&issuer, &["localhost", "127.0.0.1", "127.0.0.2"], |_| {}));
        Authority { file, issuer, tls, _dir: dir }
    })
}

/// A server with a certificate of this authority for these names.
fn server(
    issuer: &Issuer<'static, KeyPair>,
    names: &[&str],
    change: impl FnOnce(&mut CertificateParams),
) -> ServerConfig {
    let own_key = KeyPair::generate().expect("a key");
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut own = CertificateParams::new(names).expect("parameters");
    change(&mut own);
    let own = own.signed_by(&own_key, issuer).expect("a certificate");
    let key = PrivateKeyDer::try_from(own_key.serialize_der()).expect("a key");
    let chain = vec![CertificateDer::from(own.der().to_vec())];
    ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("a server")
}

/// TLS with another certificate of the same authority.
pub fn tls_for(names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> TlsAcceptor {
    TlsAcceptor::from(Arc::new(server(&authority().issuer, names, change)))
}

/// Lets a house reach and trust the sites of this machine.
pub fn trusts_sites(config: &mut Config) {
    super::house::allow_loopback(config);
    config.outbound.extra_ca = Some(authority().file.clone());
}

/// What is answered.
pub enum Reply {
    /// All of a response.
    Whole(Vec<u8>),
    /// Some of one, and then nothing ever.
    Begun(Vec<u8>),
    /// Some of one, and then a byte now and then.
    Drip(Vec<u8>),
    /// Some of one, and then the second part again and again.
    Endless(Vec<u8>, Vec<u8>),
}

type Says = Box<dyn Fn(&str) -> Reply + Send>;

/// A site; it ends with this.
pub struct Site {
    /// `https://localhost:…`
    pub origin: String,
    says: Arc<Mutex<Says>>,
    asked: Arc<Mutex<BTreeMap<String, usize>>>,
    sent: Arc<AtomicUsize>,
    serving: tokio::task::JoinHandle<()>,
}

impl Drop for Site {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Site {
    /// A site with TLS that has nothing yet.
    pub async fn open() -> Self {
        Site::serve(true).await
    }

    /// One without.
    pub async fn plain() -> Self {
        Site::serve(false).await
    }

    async fn serve(tls: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
        let port = listener.local_addr().expect("an address").port();
        let says: Arc<Mutex<Says>> = Arc::new(Mutex::new(Box::new(|_| Reply::Whole(status(404)))));
        let (asked, sent) = (Arc::new(Mutex::new(BTreeMap::new())), Arc::new(AtomicUsize::new(0)));
        let (answers, asks, bytes) = (says.clone(), asked.clone(), sent.clone());
        let serving = tokio::spawn(async move {
            let acceptor = TlsAcceptor::from(authority().tls.clone());
            while let Ok((stream, _)) = listener.accept().await {
                let (answers, asks, bytes, acceptor) = (answers.clone(), asks.clone(), bytes.clone(), acceptor.clone());
                tokio::spawn(async move {
                    match tls {
                        true => {
                            if let Ok(stream) = acceptor.accept(stream).await {
                                talk(stream, &answers, &asks, &bytes).await;
                            }
                        }
                        false => talk(stream, &answers, &asks, &bytes).await,
                    }
                });
            }
        });
        let scheme = if tls { "https" } else { "http" };
        Site { origin: format!("{scheme}://localhost:{port}"), says, asked, sent, serving }
    }

    /// A URL of this site.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// From now on it answers so, by path; `None` is silence.
    pub fn says(&self, says: impl Fn(&str) -> Option<Vec<u8>> + Send + 'static) {
        let says = move |path: &str| says(path).map_or(Reply::Begun(Vec::new()), Reply::Whole);
        *self.says.lock().expect("an answer") = Box::new(says);
    }

    /// The next who asks is answered so; whoever asks after that, with 404.
    pub fn replies(&self, reply: Reply) {
        let reply = Mutex::new(Some(reply));
        let says = move |_: &str| reply.lock().expect("a reply").take().unwrap_or(Reply::Whole(status(404)));
        *self.says.lock().expect("an answer") = Box::new(says);
    }

    /// How many bytes of something endless it got rid of.
    pub fn sent(&self) -> usize {
        self.sent.load(Ordering::SeqCst)
    }

    /// From now on every path is this.
    pub fn is(&self, answer: impl Into<Vec<u8>>) {
        let answer = answer.into();
        self.says(move |_| Some(answer.clone()));
    }

    /// How often it was asked.
    pub fn hits(&self) -> usize {
        self.asked.lock().expect("counts").values().sum()
    }

    /// How often it was asked for this.
    pub fn hits_of(&self, path: &str) -> usize {
        self.asked.lock().expect("counts").get(path).copied().unwrap_or(0)
    }
}

async fn talk(
    mut stream: impl AsyncReadExt + AsyncWriteExt + Unpin,
    says: &Mutex<Says>,
    asked: &Mutex<BTreeMap<String, usize>>,
    sent: &AtomicUsize,
) {
    let mut head = Vec::new();
    let mut part = [0; 4096];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut part).await {
            Ok(n @ 1..) => head.extend_from_slice(&part[..n]),
            _ => return,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    *asked.lock().expect("counts").entry(path.clone()).or_default() += 1;
    let answer = (says.lock().expect("an answer"))(&path);
    // Whoever asked may be gone.
    match answer {
        Reply::Whole(answer) => {
            let _ = stream.write_all(&answer).await;
            let _ = stream.shutdown().await;
        }
        Reply::Begun(part) => {
            let _ = stream.write_all(&part).await;
            let _ = stream.flush().await;
            std::future::pending().await
        }
        Reply::Drip(part) => {
            let _ = stream.write_all(&part).await;
            while stream.write_all(b"x").await.is_ok() && stream.flush().await.is_ok() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        Reply::Endless(part, again) => {
            let _ = stream.write_all(&part).await;
            while stream.write_all(&again).await.is_ok() {
                sent.fetch_add(again.len(), Ordering::SeqCst);
            }
        }
    }
}

/// An answer with a body.
pub fn document(media_type: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// An answer with a JSON body.
pub fn json(value: &serde_json::Value) -> Vec<u8> {
    document("application/json", "", value.to_string())
}

/// An answer with nothing but its status.
pub fn status(status: u16) -> Vec<u8> {
    format!("HTTP/1.1 {status} So\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").into_bytes()
}

/// TLS with the certificate that [`trusts_sites`] makes a house trust; for servers that speak something else than HTTP.
pub fn tls() -> TlsAcceptor {
    TlsAcceptor::from(authority().tls.clone())
}
