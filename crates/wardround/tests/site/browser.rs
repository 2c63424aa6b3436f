//! A browser, as far as the site needs one: cookies, forms with their hidden fields, files; redirects are looked at, not followed.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use ureq::tls::{PemItem, RootCerts, TlsConfig, TlsProvider, parse_pem};
use ureq::{Agent, http};

use crate::running::{Running, example};

/// A password that is taken.
pub(crate) const PASSWORD: &str = "lamp river copper tide";

/// What the site answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: http::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> String {
        self.headers.get(name).map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
    }

    /// Whether a browser keeps it as a file and shows nothing of it.
    pub(crate) fn is_file(&self) -> bool {
        let is_kept = self.header("content-disposition").starts_with("attachment; filename=\"");
        assert!(!is_kept || self.header("x-content-type-options") == "nosniff");
        is_kept
    }

    /// Where it sends the browser.
    pub(crate) fn to(&self) -> String {
        assert_eq!(self.status, 303, "{}", self.text);
        self.header("location")
    }

    /// The value of a hidden field.
    pub(crate) fn hidden(&self, name: &str) -> String {
        between(&self.text, &format!("name=\"{name}\" value=\""), "\"")
            .unwrap_or_else(|| panic!("no hidden field {name} in {}", self.text))
    }

    #[track_caller]
    pub(crate) fn shows(&self, words: &[&str]) -> &Self {
        for word in words {
            assert!(self.text.contains(word), "{word:?} is missing in ({}) {}", self.status, self.text);
        }
        self
    }
}

/// The text between two others.
pub(crate) fn between(text: &str, before: &str, after: &str) -> Option<String> {
    let start = text.find(before)? + before.len();
    let end = text[start..].find(after)?;
    Some(text[start..start + end].to_owned())
}

pub(crate) struct Browser {
    agent: Agent,
    base: String,
    cookie: RefCell<Option<String>>,
}

impl Browser {
    pub(crate) fn new(site: &Running) -> Self {
        let certificates: Vec<_> = parse_pem(&site.certificate())
            .filter_map(|item| match item.unwrap() {
                PemItem::Certificate(certificate) => Some(certificate),
                _ => None,
            })
            .collect();
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .root_certs(RootCerts::new_with_certs(&certificates))
            .build();
        Self::with(Agent::config_builder().tls_config(tls), format!("https://{}", site.address))
    }

    /// The same browser, when the site listens elsewhere.
    pub(crate) fn at(self, site: &Running) -> Self {
        let cookie = self.cookie.take();
        let moved = Self::new(site);
        moved.use_token(cookie);
        moved
    }

    pub(crate) fn without_tls(site: &Running) -> Self {
        Self::with(Agent::config_builder(), format!("http://{}", site.address))
    }

    fn with(config: ureq::config::ConfigBuilder<ureq::typestate::AgentScope>, base: String) -> Self {
        let config = config.http_status_as_error(false).max_redirects(0).build();
        Self { agent: config.new_agent(), base, cookie: RefCell::default() }
    }

    pub(crate) fn token(&self) -> Option<String> {
        self.cookie.borrow().clone()
    }

    /// Uses this cookie from now on.
    pub(crate) fn use_token(&self, cookie: Option<String>) {
        *self.cookie.borrow_mut() = cookie;
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        let mut request = self.agent.get(format!("{}{path}", self.base));
        if let Some(cookie) = self.token() {
            request = request.header("cookie", cookie);
        }
        self.answer(request.call())
    }

    /// What a program gets that shows this token, and no cookie.
    pub(crate) fn api(&self, token: &str, path: &str) -> Answer {
        self.api_unless(token, path, None)
    }

    /// The same, unless it is what it has already.
    pub(crate) fn api_unless(&self, token: &str, path: &str, known: Option<&str>) -> Answer {
        let mut request = self.agent.get(format!("{}{path}", self.base));
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(known) = known {
            request = request.header("if-none-match", known);
        }
        self.answer(request.call())
    }

    /// What a program gets that shows this token and sends JSON, with further headers.
    pub(crate) fn send(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: &str,
        headers: &[(&str, &str)],
    ) -> Answer {
        let request = http::Request::builder().method(method).uri(format!("{}{path}", self.base));
        let mut request = request.header("content-type", "application/json");
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.answer(self.agent.run(request.body(body.to_owned()).unwrap()))
    }

    /// A file that a program sends.
    pub(crate) fn send_file(&self, token: &str, path: &str, bytes: &[u8]) -> Answer {
        let request = self.agent.post(format!("{}{path}", self.base));
        let request = request.header("authorization", format!("Bearer {token}"));
        self.answer(request.header("content-type", "application/octet-stream").send(bytes))
    }

    /// What happens, as a program follows it: the status, and what comes.
    pub(crate) fn follow(
        &self,
        token: &str,
        last: Option<&str>,
    ) -> (u16, impl std::io::Read + Send + 'static) {
        let request = self.agent.get(format!("{}/api/v1/events", self.base));
        let mut request = request.header("authorization", format!("Bearer {token}"));
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = request.call().unwrap();
        (response.status().as_u16(), response.into_body().into_reader())
    }

    /// Makes a token of this scope.
    pub(crate) fn make_token(&self, scope: &str) -> String {
        let days = if scope == "administer" { "7" } else { "30" };
        let fields = [("name", "ticket system"), ("scope", scope), ("days", days)];
        let page = self.press("/account/tokens", "/account/tokens", &fields);
        between(&page.text, "<code class=\"code\">", "<").unwrap()
    }

    /// A file that the site answers with, beside the answer without its text.
    pub(crate) fn get_bytes(&self, path: &str) -> (Answer, Vec<u8>) {
        let cookie = self.token().unwrap_or_default();
        let request = self.agent.get(format!("{}{path}", self.base)).header("cookie", cookie);
        let mut response = request.call().unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.body_mut().read_to_vec().unwrap();
        (Answer { status, headers, text: String::new() }, bytes)
    }

    /// Sends a form as a browser does from the site's own page.
    pub(crate) fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_from(path, fields, &[("sec-fetch-site", "same-origin"), ("origin", "null")])
    }

    /// The same; nothing where the site went away.
    pub(crate) fn try_post(&self, path: &str, fields: &[(&str, &str)]) -> Option<Answer> {
        let mut request =
            self.agent.post(format!("{}{path}", self.base)).header("sec-fetch-site", "same-origin");
        if let Some(cookie) = self.token() {
            request = request.header("cookie", cookie);
        }
        let mut response = request.send_form(fields.iter().copied()).ok()?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Some(Answer { status, headers, text: response.body_mut().read_to_string().ok()? })
    }

    pub(crate) fn post_from(&self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
        let mut request = self.agent.post(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(cookie) = self.token() {
            request = request.header("cookie", cookie);
        }
        self.answer(request.send_form(fields.iter().copied()))
    }

    /// Sends a form that this page has, with its token.
    pub(crate) fn press(&self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.get(page).hidden("token");
        self.post(path, &[&[("token", token.as_str())], fields].concat())
    }

    /// Sends files from the page of imports.
    pub(crate) fn send_files(&self, token: &str, files: &[(&str, &[u8])]) -> Answer {
        self.send_files_to("/import", token, files)
    }

    /// Sends files by a form.
    pub(crate) fn send_files_to(&self, path: &str, token: &str, files: &[(&str, &[u8])]) -> Answer {
        const EDGE: &str = "edge-of-a-part";
        let mut body =
            format!("--{EDGE}\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n{token}\r\n")
                .into_bytes();
        for (name, bytes) in files {
            let head = format!(
                "--{EDGE}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/plain\r\n\r\n"
            );
            body.extend([head.as_bytes(), bytes, b"\r\n"].concat());
        }
        body.extend(format!("--{EDGE}--\r\n").into_bytes());
        let mut request = self.agent.post(format!("{}{path}", self.base));
        request = request
            .header("content-type", format!("multipart/form-data; boundary={EDGE}"))
            .header("sec-fetch-site", "same-origin");
        if let Some(cookie) = self.token() {
            request = request.header("cookie", cookie);
        }
        self.answer(request.send(&body))
    }

    fn answer(&self, answered: Result<http::Response<ureq::Body>, ureq::Error>) -> Answer {
        let mut response = answered.unwrap();
        if let Some(cookie) = response.headers().get("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            let pair = cookie.split(';').next().unwrap().to_owned();
            let is_taken_back = cookie.contains("Max-Age=0");
            self.use_token(Some(pair).filter(|_| !is_taken_back));
        }
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        // A file may be no text.
        let text = String::from_utf8_lossy(&response.body_mut().read_to_vec().unwrap()).into_owned();
        Answer { status, headers, text }
    }

    /// Makes an account with a one-time code and stays signed in.
    pub(crate) fn join(&self, invitation: &str, name: &str) -> Member {
        let page = self.get("/join");
        let secret = secret_of(&page);
        let code_used = totp(&secret, 0);
        let answer = self.post(
            "/join",
            &[
                ("offer", &page.hidden("offer")),
                ("invitation", invitation),
                ("name", name),
                ("password", PASSWORD),
                ("code", &code_used),
            ],
        );
        answer.shows(&["they are not shown again"]);
        let recovery: Vec<String> = answer
            .text
            .split("<li>")
            .filter_map(|part| part.split("</li>").next())
            .filter(|part| part.len() == 19)
            .map(str::to_owned)
            .collect();
        assert_eq!(recovery.len(), 10);
        Member { name: name.to_owned(), secret, code_used, recovery: RefCell::new(recovery) }
    }

    /// Tries to sign in.
    pub(crate) fn sign_in(&self, name: &str, password: &str, code: &str) -> Answer {
        self.post("/sign-in", &[("name", name), ("password", password), ("code", code)])
    }

    /// Signs a member in with a recovery code, since codes of one half minute work once.
    pub(crate) fn enter(&self, member: &Member) {
        let code = member.recovery.borrow_mut().pop().unwrap();
        assert_eq!(self.sign_in(&member.name, PASSWORD, &code).to(), "/");
    }
}

/// Somebody with an account.
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) secret: Vec<u8>,
    /// The six digits that made the account.
    pub(crate) code_used: String,
    pub(crate) recovery: RefCell<Vec<String>>,
}

/// A site with its first administrator, signed in.
pub(crate) fn set_up(site: &Running) -> (Browser, Member) {
    let browser = Browser::new(site);
    let member = browser.join(site.code.as_ref().unwrap(), "ada");
    (browser, member)
}

/// The same in this browser.
pub(crate) fn set_up_with(browser: Browser, site: &Running) -> Browser {
    browser.join(site.code.as_ref().unwrap(), "ada");
    browser
}

/// The secret that a page shows.
pub(crate) fn secret_of(page: &Answer) -> Vec<u8> {
    let text = between(&page.text, "otpauth://totp/", "<").unwrap();
    let secret = between(&text, "secret=", "&").unwrap();
    let mut bits = String::new();
    for letter in secret.chars() {
        let five = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(letter).unwrap();
        bits += &format!("{five:05b}");
    }
    bits.as_bytes()
        .chunks_exact(8)
        .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap())
        .collect()
}

/// The six digits of now, or of so many half minutes later.
pub(crate) fn totp(secret: &[u8], steps: i64) -> String {
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap();
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let digest = ring::hmac::sign(&key, &(now / 30 + steps).to_be_bytes());
    let bytes = digest.as_ref();
    let offset = usize::from(bytes[19] & 15);
    let four = u32::from_be_bytes(bytes[offset..offset + 4].try_into().unwrap());
    format!("{:06}", (four & 0x7fff_ffff) % 1_000_000)
}

/// A site with its administrator signed in and a round over the demo capture: pumps, monitors and scanners beside servers.
pub(crate) fn with_round() -> (Running, Browser) {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    std::fs::write(site.path("clinic.pcapng"), example("clinic.pcapng")).unwrap();
    let done = site.run(&["round", "clinic.pcapng", "--store", "rounds.sqlite"]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    (site, ada)
}
