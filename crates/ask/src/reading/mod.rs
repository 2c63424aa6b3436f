//! Reading with permission: the owner of Linux servers names them one by one and gives a key, and each tells over SSH what it runs.
//!
//! It is a talk and no single question, so it has a budget of its own ([`budget`]); the pace stays that of the envelope. What is run
//! is one constant ([`COMMAND`]). The key is given to a run ([`ReadKey`]) and is in no plan and no log. Nothing is sent here.

pub mod budget;
mod command;
mod host_key;
mod key;
mod named;
mod told;

pub use command::{COMMAND, permit_line};
pub use host_key::{HostKey, HostKeyKind, InvalidHostKey};
pub use key::{InvalidReadKey, ReadKey, Secret};
pub use named::{InvalidLogin, Login, MOST_HOSTS, NamedRead, Reading};
pub(crate) use named::{is_server, refusal};
pub use told::{Read, Told, may_be_ours};

/// What one reading is given: a [`Ticket`](crate::Ticket) carries it to the room that sends.
#[derive(Clone, Debug)]
pub struct Given {
    /// Whom to log in as.
    pub login: Login,
    /// With which key.
    pub key: ReadKey,
    /// Which key the server must show; without one the first that it shows is kept.
    pub host_key: Option<HostKey>,
}

/// A file of a key that opens nothing.
#[cfg(test)]
pub(crate) fn test_key() -> String {
    key::tests::file("none", "ssh-ed25519", &[&[7; 32], &[[3; 32], [7; 32]].concat()])
}
