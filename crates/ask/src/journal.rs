//! One line of the log of questions: what was set, approved, sent, and what came of it. Who keeps the log is not here.

use std::net::{Ipv4Addr, SocketAddrV4};

use serde::{Deserialize, Serialize};
use wardround_model::Timestamp;

/// One line of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// When (RFC 3339).
    pub at: String,
    /// What: `sending`, the code of an outcome, `stop`, and so on.
    pub event: String,
    /// The plan's mark.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub plan: String,
    /// To where, as `10.20.1.9:22` or `10.20.1.9:53/udp`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub to: String,
    /// The code of the question.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub question: String,
    /// From where it was asked.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub from: String,
    /// Packets that we send, at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packets: Option<u32>,
    /// Bytes that were sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes_out: Option<usize>,
    /// Bytes of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes_in: Option<usize>,
    /// Milliseconds until the connection stood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connect_ms: Option<u64>,
    /// By which title an application was called.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub called: String,
    /// Names of objects behind which a switch was asked for more, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub walked: Vec<String>,
    /// What there is to say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// The account of the operating system that did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<u32>,
    /// Who did it on the site.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
}

impl Line {
    /// A line that says no more than this.
    #[must_use]
    pub fn new(at: Timestamp, event: &str) -> Self {
        Self { at: at.to_string(), event: event.to_owned(), ..Self::default() }
    }

    /// The host that it is about, if it is about one.
    #[must_use]
    pub fn host(&self) -> Option<Ipv4Addr> {
        let place = self.to.strip_suffix("/udp").unwrap_or(&self.to);
        place.parse::<SocketAddrV4>().map(|to| *to.ip()).ok().or_else(|| place.parse().ok())
    }
}
