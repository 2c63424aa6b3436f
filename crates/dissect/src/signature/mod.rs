//! Protocols of which a device shows no more than that it speaks them, and at most its server's software: recognition
//! by the first bytes. One file a protocol; those that grow dissectors of their own move out of here.

mod fox;
mod mssql;
mod mysql;
mod ntp;
mod oracle;
mod postgresql;
mod raw_print;
mod rtsp;

pub(crate) use fox::dissect as fox;
pub(crate) use mssql::dissect as mssql;
pub(crate) use mysql::dissect as mysql;
pub(crate) use ntp::dissect as ntp;
pub(crate) use oracle::dissect as oracle;
pub(crate) use postgresql::dissect as postgresql;
pub(crate) use raw_print::dissect as raw_print;
pub(crate) use rtsp::dissect as rtsp;
