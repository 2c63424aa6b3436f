//! The question that printers expect: Get-Printer-Attributes (RFC 8011, 4.2.5) over HTTP (RFC 8010). Nothing is printed.

use std::net::Ipv4Addr;

/// Version 1.1, which every printer knows; the operation; the request's number (RFC 8010, 3.1.1).
const HEADER: &[u8] = &[1, 1, 0, 0x0b, 0, 0, 0, 1];
/// Tags (RFC 8010, 3.5).
const OPERATION: u8 = 1;
const END: u8 = 3;
const KEYWORD: u8 = 0x44;
const URI: u8 = 0x45;
const CHARSET: u8 = 0x47;
const LANGUAGE: u8 = 0x48;
/// What is asked for: no name and no place, which people give.
const ATTRIBUTES: &[&str] =
    &["printer-make-and-model", "printer-firmware-name", "printer-firmware-string-version"];

/// The request, head and body in one.
pub(crate) fn attributes(ip: Ipv4Addr, port: u16) -> Vec<u8> {
    let mut body = HEADER.to_vec();
    body.push(OPERATION);
    push(&mut body, CHARSET, "attributes-charset", "utf-8");
    push(&mut body, LANGUAGE, "attributes-natural-language", "en");
    push(&mut body, URI, "printer-uri", &format!("ipp://{ip}:{port}/ipp/print"));
    for (nth, name) in ATTRIBUTES.iter().enumerate() {
        // Further values of an attribute have no name.
        push(&mut body, KEYWORD, if nth == 0 { "requested-attributes" } else { "" }, name);
    }
    body.push(END);
    let head = format!(
        "POST /ipp/print HTTP/1.1\r\nHost: {ip}:{port}\r\nUser-Agent: Wardround/{}\r\nContent-Type: application/ipp\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        env!("CARGO_PKG_VERSION"),
        body.len()
    );
    [head.as_bytes(), &body].concat()
}

fn push(to: &mut Vec<u8>, tag: u8, name: &str, value: &str) {
    to.push(tag);
    for text in [name, value] {
        to.extend_from_slice(&u16::try_from(text.len()).unwrap_or_default().to_be_bytes());
        to.extend_from_slice(text.as_bytes());
    }
}

/// Whether the whole answer is there, as far as its head tells how long it is. One that does not ends with the connection.
pub(crate) fn is_complete(bytes: &[u8]) -> bool {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let (head, body) = bytes.split_at_checked(end.saturating_add(4)).unwrap_or_default();
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let field = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    if field("transfer-encoding:").is_some() {
        return body.ends_with(b"\r\n0\r\n\r\n");
    }
    let length = field("content-length:").and_then(|length| length.parse::<usize>().ok());
    length.is_some_and(|length| body.len() >= length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_request_says_how_long_it_is_and_asks_for_no_name() {
        let request = attributes([10, 20, 1, 9].into(), 631);
        let text = String::from_utf8_lossy(&request);
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("Content-Length: {}", body.len())), "{head}");
        assert!(!text.contains("printer-name") && !text.contains("printer-info"));
    }

    #[test]
    fn an_answer_is_complete_by_its_own_length() {
        assert!(is_complete(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab"));
        assert!(!is_complete(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\na"));
        assert!(is_complete(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"));
        assert!(!is_complete(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na"));
        assert!(!is_complete(b"HTTP/1.1 200 OK\r\n\r\nab"));
    }

    proptest! {
        #[test]
        fn any_answer_is_judged(bytes: Vec<u8>) {
            let _ = is_complete(&bytes);
            let _ = is_complete(&[b"HTTP/1.1 200 OK\r\n\r\n".as_slice(), &bytes].concat());
        }
    }
}
