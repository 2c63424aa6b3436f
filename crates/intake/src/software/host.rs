//! Which host and system a list of packages is of, where lines beside the packages say so: `/etc/os-release`, `uname -a`,
//! `hostnamectl`.

use wardround_model::{FactKind, Subject};

use super::distribution::Distribution;
use crate::{ImportError, Row, Rows, Thing};

/// What such lines say.
#[derive(Debug, Default)]
pub(super) struct Host<'t> {
    name: Option<(Row, &'t str)>,
    kernel: Option<(Row, &'t str)>,
    pretty_name: Option<(Row, &'t str)>,
    id: Option<&'t str>,
    version: Option<&'t str>,
}

impl<'t> Host<'t> {
    /// Reads a line; whether it was such a line.
    pub(super) fn read(&mut self, row: Row, line: &'t str) -> bool {
        let line = line.trim();
        if let Some((key, value)) = line.split_once('=')
            && !key.is_empty()
            && key.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
        {
            self.read_os_release(row, key, value.trim_matches(['"', '\'']));
            return true;
        }
        if let Some(uname) = line.strip_prefix("Linux ") {
            let mut words = uname.split_whitespace();
            let (name, release) = (words.next(), words.next());
            let release = release.filter(|release| release.starts_with(|c: char| c.is_ascii_digit()));
            self.name = self.name.or(name.filter(|_| release.is_some()).map(|name| (row, name)));
            self.kernel = self.kernel.or(release.map(|release| (row, release)));
            return release.is_some();
        }
        let Some((key, value)) = line.split_once(':') else { return false };
        let is_name = matches!(key.trim(), "Static hostname" | "Hostname" | "Host Name");
        if is_name {
            self.name = self.name.or(Some((row, value.trim())));
        }
        is_name
    }

    fn read_os_release(&mut self, row: Row, key: &str, value: &'t str) {
        match key {
            "PRETTY_NAME" => self.pretty_name = Some((row, value)),
            "ID" => self.id = Some(value),
            "VERSION_ID" => self.version = Some(value),
            _ => {}
        }
    }

    /// The distribution that the lines name.
    pub(super) fn distribution(&self) -> Option<Distribution> {
        let by_id = self.id.and_then(|id| Distribution::of_os_release(id, self.version));
        by_id.or_else(|| self.pretty_name.and_then(|(_, name)| Distribution::of_pretty_name(name)))
    }

    /// What the file is about: what a person said, else the host that the lines name. Adds what they say of its system.
    pub(super) fn subject(&self, rows: &mut Rows<'_>) -> Result<Subject, ImportError> {
        let request = rows.request();
        let told = request.about.as_ref().and_then(|about| crate::about(about, Row(1), rows));
        let named = self.name.filter(|_| told.is_none()).and_then(|(row, name)| {
            rows.thing(row, &Thing { name: Some(name.to_owned()), ..Thing::default() })
        });
        let subject = told.or(named);
        let subject = subject.ok_or_else(|| ImportError::AboutNothing { name: request.name.to_owned() })?;
        if let Some((row, name)) = self.pretty_name {
            rows.fact(row, subject, FactKind::OperatingSystem, name);
        }
        if let Some((row, kernel)) = self.kernel {
            rows.fact(row, subject, FactKind::KernelVersion, kernel);
        }
        Ok(subject)
    }
}
