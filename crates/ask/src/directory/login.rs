//! The account that reads a directory, and its password. They are given to one run, and are in no plan, no log and no message.

use std::fmt;
use std::str::FromStr;

/// The longest name and the longest password, in bytes (Active Directory takes passwords of at most 256 characters).
const LONGEST: usize = 256;

/// A login. It cannot be printed or written.
#[derive(Clone, PartialEq, Eq)]
pub struct DirectoryLogin {
    account: String,
    password: String,
}

/// A text that is no login. Nothing of it is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a login has two lines: the account, such as wardround-read@klinik.example, and its password; each at most {LONGEST} bytes"
)]
pub struct InvalidDirectoryLogin;

impl DirectoryLogin {
    /// The account, as a name that a bind takes: `name@domain`, `DOMAIN\name` or a distinguished name.
    pub(super) fn account(&self) -> &[u8] {
        self.account.as_bytes()
    }

    pub(super) fn password(&self) -> &[u8] {
        self.password.as_bytes()
    }

    /// How many bytes of what is said nobody may read.
    #[must_use]
    pub fn secret_bytes(&self) -> usize {
        self.account.len().saturating_add(self.password.len())
    }
}

impl FromStr for DirectoryLogin {
    type Err = InvalidDirectoryLogin;

    fn from_str(text: &str) -> Result<Self, InvalidDirectoryLogin> {
        let mut lines = text.lines();
        let (account, password) = (lines.next().unwrap_or_default().trim(), lines.next().unwrap_or_default());
        // Without a password a directory would let anybody in as nobody (RFC 4513, 5.1.2).
        let is_text = |text: &str| (1..=LONGEST).contains(&text.len()) && !text.contains(char::is_control);
        if is_text(account) && is_text(password) && lines.next().is_none() {
            Ok(Self { account: account.to_owned(), password: password.to_owned() })
        } else {
            Err(InvalidDirectoryLogin)
        }
    }
}

impl fmt::Debug for DirectoryLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DirectoryLogin(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_two_lines_and_is_never_printed() {
        let login: DirectoryLogin = "read@klinik.example\r\n sesame 4711 ".parse().unwrap();
        assert_eq!(
            (login.account(), login.password()),
            (b"read@klinik.example".as_slice(), b" sesame 4711 ".as_slice())
        );
        assert_eq!(format!("{login:?}"), "DirectoryLogin(***)");
        for wrong in [
            "",
            "sesame",
            "sesame\n",
            "sesame\n\n",
            "\nsesame",
            "a\nsesame\nb",
            "a\nses\u{7}ame",
            &format!("a\n{}", "x".repeat(257)),
        ] {
            let error = wrong.parse::<DirectoryLogin>().unwrap_err();
            assert!(!error.to_string().contains("sesame"), "{wrong}");
        }
    }
}
