//! Why a receiver was not told.

/// Why a receiver was not told, in a sentence for the page of notices.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TellError {
    /// Its name leads nowhere.
    #[error("the name {host} leads to no address")]
    NoAddress {
        /// The name.
        host: String,
    },
    /// Its name leads inside the hospital, and nobody said that it may.
    #[error("{host} is inside the hospital; say so in its settings if it should be told")]
    Inside {
        /// The name.
        host: String,
    },
    /// It leads to an address that is never told anything.
    #[error("{host} leads to an address that no receiver can have")]
    Forbidden {
        /// The name.
        host: String,
    },
    /// Nobody answers there.
    #[error("{host} does not answer at port {port} ({reason})")]
    Unreachable {
        /// The name.
        host: String,
        /// The port.
        port: u16,
        /// Why.
        reason: String,
    },
    /// Only this computer is told without TLS.
    #[error("{host} is another computer, and is told nothing without TLS")]
    NotProtected {
        /// The name.
        host: String,
    },
    /// It has no certificate that is trusted.
    #[error("{host} could not prove who it is, or speaks no TLS that is safe ({reason})")]
    Tls {
        /// The name.
        host: String,
        /// Why.
        reason: String,
    },
    /// There are no certificates to trust.
    #[error("this computer has no list of certificates to trust; add the one of the receiver")]
    NoRoots,
    /// It was too slow.
    #[error("it took too long")]
    TooSlow,
    /// The connection ended early.
    #[error("the connection ended early ({0})")]
    Broken(String),
    /// It says more than anybody reads.
    #[error("it answered with more than a receiver may say")]
    TooMuch,
    /// It answered what nobody understands.
    #[error("it answered something that makes no sense")]
    Senseless,
    /// It refused, in its own words.
    #[error("it refused {step}: {said}")]
    Refused {
        /// What.
        step: &'static str,
        /// What it said, cut short.
        said: String,
    },
    /// It offers no TLS.
    #[error("it offers no STARTTLS")]
    NoStartTls,
    /// It takes no login that we know.
    #[error("it takes no login by PLAIN or LOGIN")]
    NoLogin,
    /// It sends elsewhere.
    #[error("it sends elsewhere (status {0}); name the address that it sends to")]
    Elsewhere(u16),
    /// The settings make no sense.
    #[error("its settings cannot be used")]
    Settings,
}

impl From<std::io::Error> for TellError {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind as Kind;
        match error.kind() {
            Kind::TimedOut | Kind::WouldBlock => Self::TooSlow,
            kind => Self::Broken(kind.to_string()),
        }
    }
}
