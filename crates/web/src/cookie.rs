//! The one cookie: the token of a session (RFC 6265bis).

use axum::http::{HeaderMap, HeaderValue, header};

/// `__Host-` makes the browser insist on TLS, this host alone and the whole site.
const NAME: &str = "__Host-wardround";
/// Without TLS no browser keeps a `__Host-` cookie.
const NAME_WITHOUT_TLS: &str = "wardround";
/// Digits of a token: 256 bits as hex.
const DIGITS: usize = 64;

fn name(secure: bool) -> &'static str {
    if secure { NAME } else { NAME_WITHOUT_TLS }
}

/// Whether the browser's connection is protected: by the site, or by a proxy on this computer that says so. Without TLS
/// nobody else reaches the site.
pub(crate) fn is_secure(headers: &HeaderMap, tls: bool) -> bool {
    tls || headers.get("x-forwarded-proto").is_some_and(|scheme| scheme == "https")
}

/// The token that came with a request; nothing where there are two, or it is none of ours.
pub(crate) fn token(headers: &HeaderMap, secure: bool) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut tokens = pairs.filter(|(key, _)| *key == name(secure)).map(|(_, value)| value);
    let token = tokens.next().filter(|_| tokens.next().is_none())?;
    let is_token = token.len() == DIGITS && token.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_token.then(|| token.to_owned())
}

/// The header that gives a browser its token. It ends with the browser; the site ends it sooner.
pub(crate) fn set(token: &str, secure: bool) -> Option<HeaderValue> {
    let attribute = if secure { "; Secure" } else { "" };
    let text = format!("{}={token}; Path=/; HttpOnly; SameSite=Strict{attribute}", name(secure));
    HeaderValue::try_from(text).ok()
}

/// The header that takes it back.
pub(crate) fn take_back(secure: bool) -> Option<HeaderValue> {
    let attribute = if secure { "; Secure" } else { "" };
    let text = format!("{}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0{attribute}", name(secure));
    HeaderValue::try_from(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_token_of_ours_is_read_and_nothing_else() {
        let read = |line: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, HeaderValue::from_str(line).unwrap());
            token(&headers, true)
        };
        let good = "a1".repeat(32);
        assert_eq!(read(&format!("x=1; __Host-wardround={good}")), Some(good.clone()));
        assert_eq!(read(&format!("wardround={good}")), None);
        assert_eq!(read(&format!("__Host-wardround={good}; __Host-wardround={good}")), None);
        assert_eq!(read("__Host-wardround=short"), None);
        assert_eq!(read(&format!("__Host-wardround={}", "zz".repeat(32))), None);
    }

    #[test]
    fn with_tls_the_cookie_is_bound_to_it() {
        let text = |value: Option<HeaderValue>| value.unwrap().to_str().unwrap().to_owned();
        assert_eq!(text(set("a1", true)), "__Host-wardround=a1; Path=/; HttpOnly; SameSite=Strict; Secure");
        assert!(text(take_back(true)).contains("Max-Age=0"));
        assert!(!text(set("a1", false)).contains("Secure"));
    }
}
