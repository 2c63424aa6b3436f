//! Pages: each module has the routes, handlers and layout of one.

pub(crate) mod audit;
pub(crate) mod conversations;
pub(crate) mod demo;
pub(crate) mod device;
pub(crate) mod devices;
pub(crate) mod evidence;
pub(crate) mod finding;
pub(crate) mod findings;
pub(crate) mod first;
pub(crate) mod history;
pub(crate) mod hours;
pub(crate) mod import;
pub(crate) mod join;
pub(crate) mod map;
pub(crate) mod own;
pub(crate) mod parts;
pub(crate) mod people;
pub(crate) mod running;
pub(crate) mod say;
pub(crate) mod settings;
pub(crate) mod sign_in;
pub(crate) mod sources;
pub(crate) mod status;
pub(crate) mod today;
