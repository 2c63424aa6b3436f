//! Reading a directory (Active Directory) with permission: its owner names a domain controller, says by which certificate it is known,
//! and gives a login, and it tells over LDAP within TLS which computers and accounts it has.
//!
//! Like the reading of a server it is a talk and no single question, so it has a budget of its own ([`budget`]); the pace stays that of
//! the envelope. What is asked for are constants (`search`). The login is given to a run ([`DirectoryLogin`]) and is in no plan and no
//! log. Nothing is sent here: [`Talk`] says what to say next, and takes what came (decision 25).

pub mod budget;
mod certificate;
mod list;
mod login;
mod message;
mod named;
mod permit;
mod search;
mod talk;
#[cfg(test)]
mod tests;

pub use certificate::{Certificate, InvalidCertificate};
pub use list::{DirectoryList, DirectoryTold};
pub use login::{DirectoryLogin, InvalidDirectoryLogin};
pub use named::{MOST_DIRECTORIES, NamedDirectory};
pub(crate) use named::{at, put_in_order, reason, refusal};
pub use permit::PERMIT;
pub use talk::{Fault, Talk};

/// What one reading of a directory is given: a [`Ticket`](crate::Ticket) carries it to the room that sends.
#[derive(Clone, Debug)]
pub struct DirectoryGiven {
    /// Which certificate it must show. Without one it is only looked at, and nobody logs in.
    pub certificate: Option<Certificate>,
    /// As whom, and with what.
    pub login: Option<DirectoryLogin>,
}
