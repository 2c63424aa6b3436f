//! Webhooks: JSON by POST, signed as [Standard Webhooks](https://www.standardwebhooks.com) has it (HMAC-SHA256 over id, moment and
//! body), so that a receiver knows who told it and that nobody plays it again.
//!
//! Nothing but the status of the answer is used. No redirect is followed: it would lead past what was looked at.

use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use ring::rand::{SecureRandom as _, SystemRandom};
use serde::Serialize;

use crate::error::TellError;
use crate::line::Line;
use crate::notice::Notice;
use crate::reach;
use crate::receiver::{Receiver, Secret, Webhook};
use crate::written::{Sender, link, one_line, rfc_3339};

/// What secrets begin with, so that nobody takes them for something else.
const MARK: &str = "whsec_";
/// Bytes of a secret that is made here; the standard asks for 24 to 64.
const SECRET: usize = 32;
/// Bytes of the head of an answer.
const HEAD: usize = 8 * 1024;
/// Heads that may come before the one that counts, such as early hints.
const EARLY_HEADS: usize = 4;

/// What is sent.
#[derive(Serialize)]
struct Body<'a> {
    r#type: String,
    timestamp: String,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    id: &'a str,
    severity: u8,
    title: &'a str,
    lines: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    hospital: &'a str,
}

/// A new secret, as receivers are told it.
#[must_use]
pub fn new_secret() -> Option<Secret> {
    let mut bytes = [0; SECRET];
    SystemRandom::new().fill(&mut bytes).ok()?;
    Some(Secret::new(format!("{MARK}{}", STANDARD.encode(bytes))))
}

/// Tells a receiver of one notice. `at` is the moment of this try.
pub(crate) fn tell(
    to: &Webhook,
    receiver: &Receiver,
    notice: &Notice,
    sender: &Sender,
    at: i64,
    until: Instant,
) -> Result<(), TellError> {
    let body = body(notice, sender, receiver);
    let request = request(to, &notice.id, at, &body)?;
    let reached = reach::connect(&to.host, to.port, receiver.inside, until)?;
    let line = Line::new(reached, &to.host, until);
    let mut line = if to.tls { line.secured(receiver.trusted.as_deref())? } else { line.plain()? };
    line.send(request.as_bytes())?;
    told(status(&mut line)?)
}

fn body(notice: &Notice, sender: &Sender, receiver: &Receiver) -> String {
    let body = Body {
        r#type: format!("wardround.{}", notice.kind.code().replace('-', "_")),
        timestamp: rfc_3339(notice.at),
        data: Data {
            id: &notice.id,
            severity: notice.kind.severity(),
            title: &notice.title,
            lines: notice.lines(receiver.names).collect(),
            link: link(receiver.site.as_deref(), &notice.path),
            hospital: &sender.hospital,
        },
    };
    // Texts and numbers alone: there is nothing that JSON cannot say.
    serde_json::to_string(&body).unwrap_or_default()
}

fn request(to: &Webhook, id: &str, at: i64, body: &str) -> Result<String, TellError> {
    let id = message_id(id);
    let signature = signature(&to.secret, &id, at, body).ok_or(TellError::Settings)?;
    let port = if to.port == to.usual_port() { String::new() } else { format!(":{}", to.port) };
    let host = if to.host.contains(':') { format!("[{}]", to.host) } else { to.host.clone() };
    Ok(format!(
        "POST {} HTTP/1.1\r\nHost: {host}{port}\r\nUser-Agent: wardround\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nwebhook-id: {id}\r\nwebhook-timestamp: {at}\r\nwebhook-signature: v1,{signature}\r\n\
         Connection: close\r\n\r\n{body}",
        to.path,
        body.len()
    ))
}

/// The id of a notice as the standard has it: without a full stop, which stands between the parts that are signed.
fn message_id(id: &str) -> String {
    let id = one_line(id, 128);
    format!("msg_{}", id.replace(|c: char| !c.is_ascii_alphanumeric() && c != '-', "_"))
}

fn signature(secret: &Secret, id: &str, at: i64, body: &str) -> Option<String> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key_bytes(secret)?);
    Some(STANDARD.encode(hmac::sign(&key, format!("{id}.{at}.{body}").as_bytes())))
}

/// The bytes of a secret; nothing where it is none.
pub(crate) fn key_bytes(secret: &Secret) -> Option<Vec<u8>> {
    let bytes = STANDARD.decode(secret.shown().strip_prefix(MARK)?).ok()?;
    Some(bytes).filter(|bytes| (24..=64).contains(&bytes.len()))
}

/// The status of the answer; early ones are left out.
fn status(line: &mut Line) -> Result<u16, TellError> {
    let mut left = HEAD;
    for _ in 0..EARLY_HEADS {
        let status = status_of(&text(line, &mut left)?)?;
        while !text(line, &mut left)?.is_empty() {}
        if !(100..200).contains(&status) {
            return Ok(status);
        }
    }
    Err(TellError::Senseless)
}

fn text(line: &mut Line, left: &mut usize) -> Result<String, TellError> {
    let text = line.text(*left)?;
    *left = left.saturating_sub(text.len() + 2);
    Ok(text)
}

/// The status that a first line says (RFC 9112, 4).
fn status_of(text: &str) -> Result<u16, TellError> {
    let rest = text.strip_prefix("HTTP/1.1 ").or_else(|| text.strip_prefix("HTTP/1.0 "));
    let digits = rest.and_then(|rest| rest.split(' ').next()).filter(|digits| digits.len() == 3);
    digits.and_then(|digits| digits.parse().ok()).ok_or(TellError::Senseless)
}

fn told(status: u16) -> Result<(), TellError> {
    match status {
        200..=299 => Ok(()),
        300..=399 => Err(TellError::Elsewhere(status)),
        _ => Err(TellError::Refused { step: "the message", said: format!("status {status}") }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_standard() {
        // The example of the standard's own libraries.
        let secret = Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned());
        let signed =
            signature(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, "{\"test\": 2432232314}");
        assert_eq!(signed.as_deref(), Some("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
        assert_eq!(signature(&Secret::new("short".to_owned()), "a", 1, "b"), None);
        assert_eq!(key_bytes(&new_secret().unwrap()).unwrap().len(), SECRET);
    }

    #[test]
    fn ids_and_paths_cannot_begin_a_line() {
        let secret = new_secret().unwrap();
        let to =
            Webhook { host: "::1".to_owned(), port: 8443, path: "/hook?a=b".to_owned(), tls: true, secret };
        let request = request(&to, "R-1.x\r\nevil: yes", 1, "{}").unwrap();
        assert!(request.starts_with("POST /hook?a=b HTTP/1.1\r\nHost: [::1]:8443\r\n"), "{request}");
        assert!(request.contains("\r\nwebhook-id: msg_R-1_x__evil__yes\r\n"), "{request}");
    }

    #[test]
    fn answers_that_are_none_are_told_as_such() {
        assert_eq!(status_of("HTTP/1.1 204 No Content"), Ok(204));
        for text in ["HTTP/2 200", "HTTP/1.1 2000", "HTTP/1.1", "SSH-2.0-x", ""] {
            assert_eq!(status_of(text), Err(TellError::Senseless), "{text}");
        }
        assert_eq!(told(307), Err(TellError::Elsewhere(307)));
        assert!(told(500).is_err() && told(202).is_ok());
    }
}
