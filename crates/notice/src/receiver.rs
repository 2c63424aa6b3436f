//! Who is told, and all that is needed to reach them: kept sealed as a whole, since it has secrets and addresses of people.

use std::fmt;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::error::TellError;
use crate::line;
use crate::notice::Notice;
use crate::written::Sender;
use crate::{mail, smtp, syslog, webhook};

/// How long telling one receiver may take as a whole.
const PATIENCE: Duration = Duration::from_secs(20);
/// Addresses that one mail goes to.
pub const MOST_ADDRESSES: usize = 20;
/// Letters of an address of mail (RFC 5321, 4.5.3.1).
const LONGEST_ADDRESS: usize = 254;
/// Letters of a name of a computer (RFC 1035, 2.3.4).
const LONGEST_HOST: usize = 253;
/// Letters of a path.
const LONGEST_PATH: usize = 1_000;
/// Letters of certificates.
const LONGEST_CERTIFICATES: usize = 32 * 1024;

/// Something that is used and never shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// A secret.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// It, for use.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// How a mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protection {
    /// TLS after a greeting (port 587).
    StartTls,
    /// TLS at once (port 465).
    Tls,
    /// None, which only this computer may have.
    None,
}

/// How somebody proves to a mail server that they may use it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// The name.
    pub name: String,
    /// The password.
    pub password: Secret,
}

/// Mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// The mail server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How it is protected.
    pub protection: Protection,
    /// The address that it comes from.
    pub from: String,
    /// The addresses that it goes to.
    pub to: Vec<String>,
    /// The login, where it asks for one.
    pub login: Option<Login>,
}

/// A webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// The host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The path, with what follows it.
    pub path: String,
    /// Whether it has TLS, which only this computer may lack.
    pub tls: bool,
    /// What messages are signed with.
    pub secret: Secret,
}

impl Webhook {
    /// The port that is not said.
    pub(crate) fn usual_port(&self) -> u16 {
        if self.tls { 443 } else { 80 }
    }

    /// From its address, as in `https://hooks.hospital.example/wardround`.
    ///
    /// # Errors
    /// Where it is no address of the web, or has a name and a password in it.
    pub fn parse(url: &str, secret: Secret) -> Result<Self, Unfit> {
        let (tls, rest) = match url.split_once("://") {
            Some(("https", rest)) => (true, rest),
            Some(("http", rest)) => (false, rest),
            _ => return Err(Unfit::Address),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (place, path) = rest.split_at(end);
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, port.parse().map_err(|_| Unfit::Address)?),
            _ => (place, if tls { 443 } else { 80 }),
        };
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        Ok(Self { host: host.to_ascii_lowercase(), port, path, tls, secret })
    }
}

/// A syslog server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Syslog {
    /// The host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Whether it has TLS, which only this computer may lack.
    pub tls: bool,
}

/// A way of telling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// By mail.
    Mail(Mail),
    /// To a program, by a webhook.
    Webhook(Webhook),
    /// To a system that watches logs, by syslog.
    Syslog(Syslog),
}

/// Who is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receiver {
    /// How.
    pub way: Way,
    /// Whether it may be an address inside the hospital.
    pub inside: bool,
    /// The certificates that it proves itself by, as PEM; where none are named, those that this computer trusts.
    pub trusted: Option<String>,
    /// Whether devices and weaknesses are named to it.
    pub names: bool,
    /// The address of the site, for links.
    pub site: Option<String>,
}

/// What is wrong with a receiver's settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// The name of the host.
    #[error("Name the server as in mail.hospital.example, or by its IP address.")]
    Host,
    /// The port.
    #[error("A port is a number from 1 to 65535.")]
    Port,
    /// The address of a webhook.
    #[error("Give the address as in https://hooks.hospital.example/wardround.")]
    Address,
    /// An address of mail.
    #[error("Give addresses as in it@hospital.example, at most 20, with commas between them.")]
    MailAddress,
    /// The certificates.
    #[error("The certificate must be PEM text, which begins with -----BEGIN CERTIFICATE-----.")]
    Certificates,
    /// The secret of a webhook, or a login.
    #[error("The login or the secret cannot be used.")]
    Secret,
    /// The address of the site.
    #[error("Give the address of this site as in https://ward-srv:8443.")]
    Site,
}

impl Receiver {
    /// Whether all of it may be used: nothing in it can begin a line or a word of a protocol.
    ///
    /// # Errors
    /// Where something makes no sense.
    pub fn check(&self) -> Result<(), Unfit> {
        match &self.way {
            Way::Mail(mail) => check_mail(mail)?,
            Way::Webhook(webhook) => {
                check_place(&webhook.host, webhook.port)?;
                if webhook.path.len() > LONGEST_PATH
                    || !webhook.path.chars().all(|c| c.is_ascii_graphic() && c != '#')
                {
                    return Err(Unfit::Address);
                }
                webhook::key_bytes(&webhook.secret).map(drop).ok_or(Unfit::Secret)?;
            }
            Way::Syslog(syslog) => check_place(&syslog.host, syslog.port)?,
        }
        let is_site = |site: &String| {
            site.len() <= 300
                && (site.starts_with("https://") || site.starts_with("http://"))
                && site.chars().all(|c| c.is_ascii_alphanumeric() || "-._~:/[]".contains(c))
        };
        if !self.site.as_ref().is_none_or(is_site) {
            return Err(Unfit::Site);
        }
        let is_trusted = |pem: &String| pem.len() <= LONGEST_CERTIFICATES && line::is_certificates(pem);
        if self.trusted.as_ref().is_none_or(is_trusted) { Ok(()) } else { Err(Unfit::Certificates) }
    }

    /// Tells it of these notices, in the order in which they came: as one mail, or one by one. What is to be known of it is told
    /// back, such as addresses that were not taken.
    ///
    /// # Errors
    /// Where it was not told of all of them; how many were told before is the first part.
    pub fn tell(
        &self,
        notices: &[Notice],
        sender: &Sender,
        at: i64,
    ) -> Result<Option<String>, (usize, TellError)> {
        if self.check().is_err() {
            return Err((0, TellError::Settings));
        }
        let until = || Instant::now() + PATIENCE;
        match &self.way {
            Way::Mail(mail) => {
                let composed = mail::compose(mail, self, notices, sender, at);
                smtp::send(mail, self, &composed, until()).map_err(|error| (0, error))
            }
            Way::Webhook(webhook) => {
                for (told, notice) in notices.iter().enumerate() {
                    webhook::tell(webhook, self, notice, sender, at, until())
                        .map_err(|error| (told, error))?;
                }
                Ok(None)
            }
            Way::Syslog(syslog) => {
                syslog::tell(syslog, self, notices, sender, until()).map_err(|error| (0, error))?;
                Ok(None)
            }
        }
    }
}

fn check_mail(mail: &Mail) -> Result<(), Unfit> {
    check_place(&mail.host, mail.port)?;
    if mail.to.is_empty() || mail.to.len() > MOST_ADDRESSES {
        return Err(Unfit::MailAddress);
    }
    if !mail.to.iter().chain([&mail.from]).all(|address| is_mail_address(address)) {
        return Err(Unfit::MailAddress);
    }
    let is_word = |text: &str| !text.is_empty() && text.len() <= 500 && !text.contains('\0');
    let is_login = |login: &Login| is_word(&login.name) && is_word(login.password.shown());
    if mail.login.as_ref().is_none_or(is_login) { Ok(()) } else { Err(Unfit::Secret) }
}

fn check_place(host: &str, port: u16) -> Result<(), Unfit> {
    if port == 0 {
        return Err(Unfit::Port);
    }
    let is_address = host.parse::<std::net::IpAddr>().is_ok();
    let is_letter = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
    let is_name = !host.is_empty() && host.len() <= LONGEST_HOST && host.chars().all(is_letter);
    if is_address || is_name { Ok(()) } else { Err(Unfit::Host) }
}

/// An address whose parts are words alone (RFC 5321, `Dot-string` and `Domain`): nothing in it can end a command.
fn is_mail_address(address: &str) -> bool {
    let Some((person, domain)) = address.split_once('@') else { return false };
    let is_atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let is_letter = |c: char| c.is_ascii_alphanumeric() || ".-".contains(c);
    address.len() <= LONGEST_ADDRESS
        && !person.is_empty()
        && !domain.is_empty()
        && person.chars().all(is_atom)
        && domain.chars().all(is_letter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhook::new_secret;

    #[test]
    fn addresses_of_webhooks_are_read_as_browsers_do() {
        let read = |url: &str| {
            let webhook = Webhook::parse(url, new_secret().unwrap()).ok()?;
            let place = (webhook.host.clone(), webhook.port, webhook.path.clone(), webhook.tls);
            let receiver = Receiver {
                way: Way::Webhook(webhook),
                inside: false,
                trusted: None,
                names: false,
                site: None,
            };
            receiver.check().ok().map(|()| place)
        };
        let is = |host: &str, port, path: &str, tls| Some((host.to_owned(), port, path.to_owned(), tls));
        assert_eq!(read("https://Hooks.example/a?b=c"), is("hooks.example", 443, "/a?b=c", true));
        assert_eq!(read("https://[::1]:8443"), is("::1", 8443, "/", true));
        assert_eq!(read("http://127.0.0.1:90?x"), is("127.0.0.1", 90, "/?x", false));
        for url in [
            "ftp://a/",
            "hooks.example",
            "https://",
            "https://user:pass@hooks.example/",
            "https://a:99999/",
            "https://a:0/",
            "https://a/\r\nx: y",
            "https://a/#part",
            "https://a b/",
            "https://a\\@b/",
        ] {
            assert_eq!(read(url), None, "{url}");
        }
    }

    #[test]
    fn addresses_of_mail_cannot_end_a_command() {
        for address in ["it@hospital.example", "a.b+c@x", "o'neil@x.example"] {
            assert!(is_mail_address(address), "{address}");
        }
        for address in [
            "",
            "it",
            "@x",
            "it@",
            "a@b>\r\nRCPT TO:<c@d",
            "a b@x",
            "a@b@c",
            "\"a\"@x",
            "ä@x",
            "a@[127.0.0.1]",
        ] {
            assert!(!is_mail_address(address), "{address}");
        }
    }

    #[test]
    fn secrets_are_not_printed() {
        let login = Login { name: "ward".to_owned(), password: Secret::new("hunter2".to_owned()) };
        assert_eq!(format!("{login:?}"), "Login { name: \"ward\", password: *** }");
    }
}
