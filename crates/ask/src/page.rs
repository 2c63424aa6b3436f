//! Requests of HTTP/1.1 (RFC 9110, 9.3): one for one page, after which the connection ends.

use std::net::Ipv4Addr;

use crate::envelope::MOST_ANSWER;

/// `HEAD /` (RFC 9110, 9.3.2).
pub(crate) fn head(ip: Ipv4Addr, port: u16) -> Vec<u8> {
    request("HEAD", "/", "*/*", ip, port)
}

/// `GET [base]/metadata`: what a server of FHIR says of itself (FHIR R4, 3.1.0.8).
pub(crate) fn statement(base: &str, ip: Ipv4Addr, port: u16) -> Vec<u8> {
    request("GET", &format!("{base}/metadata"), "application/fhir+json", ip, port)
}

fn request(method: &str, path: &str, accept: &str, ip: Ipv4Addr, port: u16) -> Vec<u8> {
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "{method} {path} HTTP/1.1\r\nHost: {ip}:{port}\r\nUser-Agent: Wardround/{version} (security round)\r\nAccept: {accept}\r\n\
         Connection: close\r\n\r\n"
    )
    .into_bytes()
}

/// Whether an answer with its body is there, or as much of it as is kept: by its length, or by the last chunk (RFC 9112, 6.3 and 7.1).
pub(crate) fn is_whole(bytes: &[u8]) -> bool {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let (head, body) = bytes.split_at_checked(end.saturating_add(4)).unwrap_or((bytes, &[]));
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let length =
        head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    bytes.len() >= MOST_ANSWER
        || length.is_some_and(|length| body.len() >= length)
        || length.is_none() && body.ends_with(b"\r\n0\r\n\r\n")
}

/// Whether the head of an answer is there.
pub(crate) fn head_is_complete(bytes: &[u8]) -> bool {
    bytes.windows(4).any(|four| four == b"\r\n\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_answer_is_whole_by_its_length_or_its_last_chunk() {
        let answer =
            |fields: &str, body: &str| format!("HTTP/1.1 200 OK\r\n{fields}\r\n\r\n{body}").into_bytes();
        assert!(
            is_whole(&answer("Content-Length: 2", "{}")) && !is_whole(&answer("Content-Length: 3", "{}"))
        );
        let chunked = |body: &str| is_whole(&answer("Transfer-Encoding: chunked", body));
        assert!(chunked("2\r\n{}\r\n0\r\n\r\n") && !chunked("2\r\n{}\r\n"));
        assert!(!is_whole(b"HTTP/1.1 200 OK\r\n") && is_whole(&answer("X: y", &"z".repeat(MOST_ANSWER))));
    }

    proptest! {
        #[test]
        fn any_answer_is_judged(bytes: Vec<u8>) {
            let _ = (is_whole(&bytes), head_is_complete(&bytes));
        }
    }
}
