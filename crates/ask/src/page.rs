//! Requests of HTTP/1.1 (RFC 9110, 9.3): one for one page, after which the connection ends.

use std::net::Ipv4Addr;

/// `HEAD /` (RFC 9110, 9.3.2).
pub(crate) fn head(ip: Ipv4Addr, port: u16) -> Vec<u8> {
    request("HEAD", "/", "*/*", ip, port)
}

fn request(method: &str, path: &str, accept: &str, ip: Ipv4Addr, port: u16) -> Vec<u8> {
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "{method} {path} HTTP/1.1\r\nHost: {ip}:{port}\r\nUser-Agent: Wardround/{version} (security round)\r\nAccept: {accept}\r\n\
         Connection: close\r\n\r\n"
    )
    .into_bytes()
}

/// Whether the head of an answer is there.
pub(crate) fn head_is_complete(bytes: &[u8]) -> bool {
    bytes.windows(4).any(|four| four == b"\r\n\r\n")
}
