//! What people change, by a form of a page or by a program through the API: decided and written in one place, behind both doors.
//!
//! In: who asks, and what they sent, as a form has it. Out: what became of it. Pages show that, the API tells it.

pub(crate) mod asking;
pub(crate) mod devices;
pub(crate) mod files;
pub(crate) mod lists;
pub(crate) mod people;
pub(crate) mod receivers;
pub(crate) mod settings;
pub(crate) mod tasks;
pub(crate) mod views;
