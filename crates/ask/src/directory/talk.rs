//! The talk with a directory: what to say next, and what came. Bytes and time are arguments.

use std::time::Duration;

use super::budget::{FIRST_ENTRIES, LAST_PAGE, MOST_ENTRIES, MOST_ENTRIES_OF_PAGE, MOST_PAGES, PAGE};
use super::list::{DirectoryTold, Gathered};
use super::login::DirectoryLogin;
use super::message::{BOUND, ENTRY, Entry, INTERMEDIATE, Message, REFERENCE, SEARCHED, length, message};
use super::search;
use crate::walk::Outcome;

/// The end of the talk (RFC 4511, 4.3): its number is none that was used.
const UNBIND: &[u8] = &[0x42, 0];
const LAST_ID: u32 = 0x7fff;
/// Codes of results (RFC 4511, appendix A.1).
const DONE: u32 = 0;
const TIME_LIMIT: u32 = 3;
const SIZE_LIMIT: u32 = 4;
const OTHER_WAY: &[u32] = &[7, 8, 13, 48];
const ADMIN_LIMIT: u32 = 11;
const WRONG_LOGIN: u32 = 49;
const NO_RIGHTS: u32 = 50;
const BUSY: &[u32] = &[51, 52];

/// Why a talk came to no good end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The login.
    #[error("it does not take this account with this password; nobody tries it again before a person does")]
    WrongLogin,
    /// A bind of another kind.
    #[error("it takes no login by password, not even within TLS")]
    OtherLogin,
    /// What the account may do.
    #[error("it does not let this account search")]
    NotAllowed,
    /// It has no time.
    #[error("it says that it is busy")]
    Busy,
    /// It does not say where its domain begins.
    #[error("it is no Active Directory")]
    NoDirectory,
    /// It ended the talk.
    #[error("it ended the talk")]
    Ended,
    /// No talk that we know.
    #[error("what it said is no LDAP that we can talk")]
    NotUnderstood,
    /// One message is longer than any may be.
    #[error("it told more than it may")]
    TooMuch,
}

impl Fault {
    /// In a word of the log.
    #[must_use]
    pub const fn outcome(self) -> Outcome {
        match self {
            Self::WrongLogin | Self::OtherLogin | Self::NotAllowed | Self::Busy => Outcome::NotAllowed,
            Self::NoDirectory | Self::NotUnderstood => Outcome::NotUnderstood,
            Self::Ended => Outcome::Ended,
            Self::TooMuch => Outcome::TooMuch,
        }
    }
}

/// How far the talk is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Login,
    Root,
    Computers,
    Accounts,
    Groups,
    Rights,
    Over,
}

/// The entries of a page, and their bytes.
#[derive(Clone, Copy, Debug, Default)]
struct Page {
    entries: usize,
    bytes: usize,
}

/// A talk. While a request is not answered, there is no other.
#[derive(Debug)]
pub struct Talk {
    login: DirectoryLogin,
    stage: Stage,
    id: u32,
    is_waiting: bool,
    /// What came and is no whole message yet.
    waiting: Vec<u8>,
    /// The mark of the page that is next; empty for the first.
    cookie: Vec<u8>,
    page: Page,
    /// Entries to ask for.
    wanted: u32,
    pages: u32,
    entries: usize,
    domain: String,
    gathered: Gathered,
    is_cut_short: bool,
}

impl Talk {
    /// Begins with this login.
    #[must_use]
    pub fn new(login: DirectoryLogin) -> Self {
        Self {
            login,
            stage: Stage::Login,
            id: 0,
            is_waiting: false,
            waiting: Vec::new(),
            cookie: Vec::new(),
            page: Page::default(),
            wanted: FIRST_ENTRIES,
            pages: 0,
            entries: 0,
            domain: String::new(),
            gathered: Gathered::default(),
            is_cut_short: false,
        }
    }

    /// What to say next, `elapsed` since the talk began; nothing while a request waits, and at the end.
    pub fn next(&mut self, elapsed: Duration) -> Option<Vec<u8>> {
        if self.is_waiting {
            return None;
        }
        let is_used_up = self.pages >= MOST_PAGES || self.entries >= MOST_ENTRIES || elapsed >= LAST_PAGE;
        if is_used_up && self.stage != Stage::Over {
            (self.is_cut_short, self.stage) = (true, Stage::Over);
        }
        let domain = &self.domain;
        let operation = match self.stage {
            Stage::Login => search::bind(&self.login),
            Stage::Root => search::root(),
            Stage::Computers => search::computers(domain),
            Stage::Accounts => search::accounts(domain),
            Stage::Groups => search::groups(domain),
            Stage::Rights => search::rights(domain, &self.gathered.groups),
            Stage::Over => return None,
        };
        self.id = self.id.saturating_add(1);
        self.pages = self.pages.saturating_add(1);
        (self.is_waiting, self.page) = (true, Page::default());
        let page = self.is_list().then_some((self.wanted, self.cookie.as_slice()));
        Some(message(self.id, &operation, page))
    }

    /// How many entries the next page, or the one that is under way, is to have.
    #[cfg(test)]
    pub(super) const fn wanted_entries(&self) -> u32 {
        self.wanted
    }

    /// The end of the talk.
    #[must_use]
    pub fn farewell() -> Vec<u8> {
        message(LAST_ID, UNBIND, None)
    }

    const fn is_list(&self) -> bool {
        matches!(self.stage, Stage::Computers | Stage::Accounts | Stage::Groups | Stage::Rights)
    }

    /// Takes what came; whether the request that waited is answered now.
    ///
    /// # Errors
    /// When the directory refuses, or says what it must not; then nothing that it told is kept.
    pub fn hear(&mut self, bytes: &[u8]) -> Result<bool, Fault> {
        self.waiting.extend_from_slice(bytes);
        while let Some(whole) = length(&self.waiting)? {
            if self.waiting.len() < whole {
                break;
            }
            let rest = self.waiting.split_off(whole);
            let one = std::mem::replace(&mut self.waiting, rest);
            self.take(&one)?;
        }
        Ok(!self.is_waiting)
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let message = Message::read(bytes)?;
        if message.is_farewell() {
            return Err(Fault::Ended);
        }
        if !self.is_waiting || message.id != self.id {
            return Err(Fault::NotUnderstood);
        }
        match (self.stage, message.operation) {
            (Stage::Login, BOUND) => {
                refuse(message.code()?)?;
                self.go_to(Stage::Root);
            }
            (Stage::Root, ENTRY) => self.take_domain(&Entry::read(message.content)?),
            (Stage::Root, SEARCHED) => {
                refuse(message.code()?)?;
                if self.domain.is_empty() {
                    return Err(Fault::NoDirectory);
                }
                self.go_to(Stage::Computers);
            }
            (_, ENTRY) if self.is_list() => {
                let entry = Entry::read(message.content)?;
                self.page.entries = self.page.entries.saturating_add(1);
                self.page.bytes = self.page.bytes.saturating_add(bytes.len());
                self.entries = self.entries.saturating_add(1);
                if self.page.entries > usize::try_from(self.wanted).unwrap_or(usize::MAX) {
                    return Err(Fault::TooMuch);
                }
                match self.stage {
                    Stage::Computers => self.gathered.computer(&entry),
                    Stage::Accounts => self.gathered.account(&entry),
                    Stage::Groups => self.gathered.group(entry.name),
                    _ => self.gathered.rights(&entry),
                }
            }
            (_, SEARCHED) if self.is_list() => self.end_page(&message)?,
            // Other servers that could be asked as well: nobody follows that.
            (_, REFERENCE | INTERMEDIATE) => {}
            _ => return Err(Fault::NotUnderstood),
        }
        Ok(())
    }

    fn take_domain(&mut self, root: &Entry<'_>) {
        let name = root.all(search::DOMAIN).first().and_then(|name| std::str::from_utf8(name).ok());
        let is_domain = |name: &&str| {
            name.len() <= 200 && name.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("dc="))
        };
        self.domain = name.filter(is_domain).unwrap_or_default().to_owned();
    }

    fn end_page(&mut self, message: &Message<'_>) -> Result<(), Fault> {
        let code = message.code()?;
        let is_limited = [TIME_LIMIT, SIZE_LIMIT, ADMIN_LIMIT].contains(&code);
        if !is_limited {
            refuse(code)?;
        }
        self.cookie = message.cookie()?;
        self.wanted = self.fitting();
        if is_limited {
            (self.is_cut_short, self.is_waiting, self.stage) = (true, false, Stage::Over);
        } else if self.cookie.is_empty() {
            self.go_to(match self.stage {
                Stage::Computers => Stage::Accounts,
                Stage::Accounts => Stage::Groups,
                Stage::Groups => Stage::Rights,
                _ => Stage::Over,
            });
        } else {
            self.is_waiting = false;
        }
        Ok(())
    }

    /// So many entries as make a page of about the wanted size, by those of the last one. It grows slowly.
    fn fitting(&self) -> u32 {
        let each = self.page.bytes.checked_div(self.page.entries).unwrap_or(0).max(1);
        let fit = u32::try_from(PAGE / each).unwrap_or(u32::MAX);
        let most = self.wanted.saturating_mul(2).min(MOST_ENTRIES_OF_PAGE);
        if self.page.entries == 0 { self.wanted } else { fit.clamp(1, most) }
    }

    fn go_to(&mut self, stage: Stage) {
        match self.stage {
            Stage::Computers => self.gathered.has_computers = true,
            Stage::Rights => self.gathered.has_accounts = true,
            _ => {}
        }
        (self.stage, self.is_waiting, self.wanted) = (stage, false, FIRST_ENTRIES);
        self.cookie.clear();
    }

    /// What it told: of each list all or nothing.
    #[must_use]
    pub fn told(self) -> DirectoryTold {
        self.gathered.told(&self.domain, self.is_cut_short)
    }
}

/// What a result means that is no success.
fn refuse(code: u32) -> Result<(), Fault> {
    Err(match code {
        DONE => return Ok(()),
        WRONG_LOGIN => Fault::WrongLogin,
        NO_RIGHTS => Fault::NotAllowed,
        code if OTHER_WAY.contains(&code) => Fault::OtherLogin,
        code if BUSY.contains(&code) => Fault::Busy,
        _ => Fault::NotUnderstood,
    })
}
