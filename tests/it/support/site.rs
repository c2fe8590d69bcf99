//! A client's own web server: says one thing, and counts who asked.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

#[derive(Clone)]
pub struct Site {
    pub url: String,
    says: Arc<Mutex<String>>,
    hits: Arc<AtomicUsize>,
}

impl Site {
    pub fn open(media: &str, body: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("binds");
        let url = format!("http://{}/document", listener.local_addr().expect("an address"));
        let site = Site { url, says: Arc::default(), hits: Arc::default() };
        site.says(media, body);
        let (answer, count) = (site.says.clone(), site.hits.clone());
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                count.fetch_add(1, Ordering::SeqCst);
                let _ = stream.read(&mut [0; 4096]);
                let _ = stream.write_all(answer.lock().expect("an answer").as_bytes());
            }
        });
        site
    }

    /// From now on.
    pub fn says(&self, media: &str, body: &str) {
        self.answers(format!(
            "HTTP/1.1 200 OK\r\nContent-Type: {media}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        ));
    }

    /// From now on, byte for byte.
    pub fn answers(&self, answer: String) {
        *self.says.lock().expect("an answer") = answer;
    }

    pub fn hits(&self) -> usize {
        self.hits.load(Ordering::SeqCst)
    }
}
