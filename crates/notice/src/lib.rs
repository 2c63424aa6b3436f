//! What the site tells by itself, and how it is sent: mail, signed webhooks, syslog.
//!
//! In: notices, each a sentence that names nobody and lines that may name devices, and a receiver with all that is needed to reach
//! it. Out: whether it was told. Every connection is made to an address that was looked at first ([`reach`]), takes bounded time,
//! and reads few bytes. Without TLS only this computer is told.
//!
//! Not here: what is worth telling, when it is tried again (`web`), and where it waits meanwhile (`store`).

mod cef;
mod error;
mod line;
mod mail;
mod notice;
mod reach;
mod receiver;
mod smtp;
mod syslog;
mod webhook;
mod written;

pub use error::TellError;
pub use notice::{Kind, Notice};
pub use receiver::{Login, MOST_ADDRESSES, Mail, Protection, Receiver, Secret, Syslog, Unfit, Way, Webhook};
pub use webhook::new_secret;
pub use written::Sender;
