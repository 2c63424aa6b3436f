//! A publisher on this computer: it serves files over HTTP as a good one does, and misbehaves when told to.
//!
//! One connection a request. Not a web server: only what the tests ask for.

use std::collections::{BTreeMap, VecDeque};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long a server that stalls keeps the line, at most.
const STALLED: Duration = Duration::from_secs(20);

/// How a file is served once, or always.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Conduct {
    /// Conditional requests and ranges are understood.
    Fine,
    /// The connection ends after so many bytes of what was asked for.
    CutAfter(usize),
    /// The length that is stated is another one.
    Claims(usize),
    /// Nothing more comes after so many bytes.
    StallsAfter(usize),
    /// A byte comes now and then.
    Drips,
    /// The client is sent elsewhere.
    Redirect(String),
    /// Another answer: its status and a header.
    Status(u16, &'static str),
    /// The whole file, whatever range was asked for.
    IgnoresRange,
    /// Bytes of another place than those that were asked for.
    WrongRange,
    /// 200 for what has not changed.
    IgnoresConditions,
}

/// One request as it came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    pub(crate) target: String,
    headers: BTreeMap<String, String>,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

#[derive(Default)]
struct Page {
    bytes: Arc<Vec<u8>>,
    etag: String,
    once: VecDeque<Conduct>,
    always: Option<Conduct>,
}

#[derive(Default)]
struct Held {
    pages: BTreeMap<String, Page>,
    asked: Vec<Asked>,
    versions: u32,
}

/// The publisher. It serves as long as the test runs.
pub(crate) struct Publisher {
    pub(crate) address: String,
    held: Arc<Mutex<Held>>,
}

impl Publisher {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let held = Arc::new(Mutex::new(Held::default()));
        let shared = Arc::clone(&held);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                // A client that goes away is not the server's trouble.
                std::thread::spawn(move || serve(stream, &shared).ok());
            }
        });
        Self { address, held }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn with<T>(&self, change: impl FnOnce(&mut Held) -> T) -> T {
        change(&mut self.held.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A file, or a new version of it.
    pub(crate) fn put(&self, path: &str, bytes: impl Into<Vec<u8>>) {
        self.with(|held| {
            held.versions += 1;
            let etag = format!("\"v{}\"", held.versions);
            let page = held.pages.entry(path.to_owned()).or_default();
            (page.bytes, page.etag) = (Arc::new(bytes.into()), etag);
        });
    }

    pub(crate) fn remove(&self, path: &str) {
        self.with(|held| held.pages.remove(path));
    }

    /// How the next request for the file is answered; several wait in line.
    pub(crate) fn once(&self, path: &str, conduct: Conduct) {
        self.with(|held| held.pages.entry(path.to_owned()).or_default().once.push_back(conduct));
    }

    /// How every request for the file is answered from now on.
    pub(crate) fn always(&self, path: &str, conduct: Conduct) {
        self.with(|held| held.pages.entry(path.to_owned()).or_default().always = Some(conduct));
    }

    /// The requests for a file until now; they are forgotten.
    pub(crate) fn asked(&self, path: &str) -> Vec<Asked> {
        self.with(|held| {
            let (asked, other) =
                held.asked.drain(..).partition(|asked| asked.target.split('?').next() == Some(path));
            held.asked = other;
            asked
        })
    }
}

fn serve(mut stream: TcpStream, held: &Mutex<Held>) -> std::io::Result<()> {
    stream.set_read_timeout(Some(STALLED))?;
    let Some(asked) = read_request(&mut stream)? else { return Ok(()) };
    let (bytes, etag, conduct) = {
        let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
        held.asked.push(asked.clone());
        let path = asked.target.split('?').next().unwrap_or_default().to_owned();
        // A page of results is known by its last parameter.
        let paged = format!("{path}#{}", asked.target.rsplit('&').next().unwrap_or_default());
        let key = if held.pages.contains_key(&paged) { paged } else { path };
        match held.pages.get_mut(&key) {
            None => (Arc::default(), String::new(), Conduct::Status(404, "x-none: 1")),
            Some(page) => {
                let conduct = page.once.pop_front().or_else(|| page.always.clone()).unwrap_or(Conduct::Fine);
                (Arc::clone(&page.bytes), page.etag.clone(), conduct)
            }
        }
    };
    answer(&mut stream, &asked, &bytes, &etag, &conduct)
}

fn read_request(stream: &mut TcpStream) -> std::io::Result<Option<Asked>> {
    let (mut text, mut byte) = (Vec::new(), [0]);
    while !text.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte)? == 0 || text.len() > 10_000 {
            return Ok(None);
        }
        text.push(byte[0]);
    }
    let text = String::from_utf8_lossy(&text).into_owned();
    let mut lines = text.lines();
    let target = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap_or_default().to_owned();
    let mut asked = Asked { target, ..Asked::default() };
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        asked.headers.insert(name.trim().to_ascii_lowercase(), value.trim().to_owned());
    }
    Ok(Some(asked))
}

fn answer(
    stream: &mut TcpStream,
    asked: &Asked,
    bytes: &[u8],
    etag: &str,
    conduct: &Conduct,
) -> std::io::Result<()> {
    if let Conduct::Status(status, header) = conduct {
        return head(stream, *status, &[header, "content-length: 0"]);
    }
    if let Conduct::Redirect(to) = conduct {
        return head(stream, 302, &[&format!("location: {to}"), "content-length: 0"]);
    }
    let etag_line = format!("etag: {etag}");
    if *conduct != Conduct::IgnoresConditions && asked.header("if-none-match") == Some(etag) {
        return head(stream, 304, &[&etag_line]);
    }
    let from = range(asked, etag).filter(|_| *conduct != Conduct::IgnoresRange);
    let part = bytes.get(from.unwrap_or(0)..).unwrap_or_default();
    let length = if let Conduct::Claims(length) = conduct { *length } else { part.len() };
    let length_line = format!("content-length: {length}");
    match from {
        Some(from) => {
            let from = if *conduct == Conduct::WrongRange { from / 2 } else { from };
            let range = format!("content-range: bytes {from}-{}/{}", bytes.len() - 1, bytes.len());
            head(stream, 206, &[&range, &length_line, &etag_line])?;
        }
        None => head(stream, 200, &[&length_line, &etag_line])?,
    }
    body(stream, part, conduct)
}

fn range(asked: &Asked, etag: &str) -> Option<usize> {
    let same = asked.header("if-range").is_none_or(|version| version == etag);
    let range = asked.header("range").filter(|_| same)?;
    range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()
}

fn head(stream: &mut TcpStream, status: u16, headers: &[&str]) -> std::io::Result<()> {
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    write!(stream, "HTTP/1.1 {status} x\r\n{headers}connection: close\r\n\r\n")?;
    stream.flush()
}

fn body(stream: &mut TcpStream, part: &[u8], conduct: &Conduct) -> std::io::Result<()> {
    match conduct {
        Conduct::CutAfter(count) => stream.write_all(&part[..part.len().min(*count)]),
        Conduct::StallsAfter(count) => {
            stream.write_all(&part[..part.len().min(*count)])?;
            // Until the client has had enough.
            stream.read(&mut [0]).map(|_| ())
        }
        Conduct::Drips => part.iter().try_for_each(|byte| {
            std::thread::sleep(Duration::from_millis(100));
            stream.write_all(&[*byte])
        }),
        _ => stream.write_all(part),
    }
}
