//! OpenPGP (RFC 9580), as far as advisories need it: does this detached signature come from this published key?
//!
//! Read are keys and signatures of version 4 with RSA or Ed25519 and SHA-256, 384 or 512, armored or not; a subkey counts when
//! the primary key has bound it for signing. Not looked at: when a key expires, and what other people say of a key. What is
//! of another kind is `Unsupported`, never taken as right.

mod armor;
mod key;
mod packet;
#[cfg(test)]
mod tests;

pub use key::Certificate;

/// Why a key or a signature cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenPgpError {
    /// It breaks off or is of another format.
    #[error("the {0} is damaged or not of OpenPGP's form")]
    Malformed(&'static str),
    /// It is of a kind that this program does not check.
    #[error("{0} is of a kind that this program cannot check")]
    Unsupported(&'static str),
    /// The owner has withdrawn the key.
    #[error("the publisher has withdrawn this key")]
    Revoked,
    /// None of the keys has made the signature over these bytes.
    #[error("no key of the publisher has signed these bytes")]
    Wrong,
}
