//! The demo hospital: its capture and lists are in the program; its store lies beside the real one and is deleted with one press.
//!
//! While it is there, pages show it and say so. People, sessions and the log are always the real ones.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use wardround_intake::{About, Request, Thing};
use wardround_model::{SourceIndex, Timestamp};
use wardround_round::{Said, new_import};
use wardround_store::{NewImport, StoreError};

use crate::hospital::Hospital;

/// The recorded traffic of the lab hospital, gzip.
pub(crate) const CAPTURE: &[u8] = include_bytes!("demo/clinic.pcapng.gz");
/// What it is called.
pub(crate) const CAPTURE_NAME: &str = "clinic.pcapng";
/// Its lists, with the device that one is about.
const LISTS: [(&str, &[u8], Option<&str>); 9] = [
    ("accounts.csv", include_bytes!("../../../examples/lists/accounts.csv"), None),
    ("backups.csv", include_bytes!("../../../examples/lists/backups.csv"), None),
    ("computers.csv", include_bytes!("../../../examples/lists/computers.csv"), None),
    ("equipment.csv", include_bytes!("../../../examples/lists/equipment.csv"), None),
    ("missing-updates.csv", include_bytes!("../../../examples/lists/missing-updates.csv"), None),
    ("packages.dpkg.txt", include_bytes!("../../../examples/lists/packages.dpkg.txt"), Some("10.20.3.20")),
    ("protection.csv", include_bytes!("../../../examples/lists/protection.csv"), None),
    ("second-factors.csv", include_bytes!("../../../examples/lists/second-factors.csv"), None),
    ("software.csv", include_bytes!("../../../examples/lists/software.csv"), None),
];
/// The day of its lists: 2026-11-23.
const DAY: Timestamp = Timestamp::from_seconds(1_795_392_000);

/// The demo hospital, if it is shown.
pub(crate) struct Demo {
    path: PathBuf,
    shown: RwLock<Option<Arc<Hospital>>>,
}

impl Demo {
    /// Shows the demo that an earlier run left, if it did.
    pub(crate) fn open(path: PathBuf) -> Result<Self, StoreError> {
        let shown = match path.exists().then(|| Hospital::open(&path)) {
            // A full disk hides the demo, and keeps nobody out of the site.
            None | Some(Err(StoreError::Full { .. })) => None,
            Some(opened) => Some(opened?),
        };
        Ok(Self { path, shown: RwLock::new(shown) })
    }

    /// The demo hospital, if it is shown.
    pub(crate) fn shown(&self) -> Option<Arc<Hospital>> {
        self.shown.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Makes the demo with its lists and shows it.
    pub(crate) fn show(&self, now: Timestamp) -> Result<(), StoreError> {
        let hospital = Hospital::open(&self.path)?;
        for (name, bytes, device) in LISTS {
            if let Some((new, observations)) = list(name, bytes, device, now) {
                hospital.change(|store| store.import_save(&new, &observations, &[]))?;
            }
        }
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = Some(hospital);
        Ok(())
    }

    /// Deletes the demo with all that was done in it, and shows the real hospital again.
    pub(crate) fn delete(&self) -> io::Result<()> {
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = None;
        for ending in ["", "-wal", "-shm", "-journal"] {
            let mut name = self.path.as_os_str().to_owned();
            name.push(ending);
            match fs::remove_file(PathBuf::from(name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}

fn list(
    name: &str,
    bytes: &[u8],
    device: Option<&str>,
    now: Timestamp,
) -> Option<(NewImport, Vec<wardround_model::Observation>)> {
    let about = device.and_then(|device| device.parse().ok());
    let about = about.map(|ip| About::Thing(Thing { ip: Some(ip), ..Thing::default() }));
    let said = Said { about: about.clone(), day: Some(DAY), ..Said::default() };
    let request =
        Request { name, bytes, kind: None, about, source: SourceIndex(0), observed_at: DAY, mapping: None };
    let imported = wardround_intake::import(&request).ok()?;
    Some((new_import(&said, &request, &imported, now), imported.observations))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_of_the_demo_is_read_and_the_capture_is_the_one_of_the_examples() {
        for (name, bytes, device) in LISTS {
            let (_, observations) = list(name, bytes, device, DAY).unwrap();
            assert!(!observations.is_empty(), "{name}");
        }
        let mut unpacked = Vec::new();
        let mut reader = flate2::read::MultiGzDecoder::new(CAPTURE);
        std::io::Read::read_to_end(&mut reader, &mut unpacked).unwrap();
        let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/clinic.pcapng");
        assert!(
            unpacked == std::fs::read(example).unwrap(),
            "pack it again: gzip -9nc examples/clinic.pcapng"
        );
    }

    #[test]
    fn it_is_shown_until_it_is_deleted_also_over_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("demo.sqlite");
        let demo = Demo::open(path.clone()).unwrap();
        assert!(demo.shown().is_none());
        demo.show(DAY).unwrap();
        drop(demo);
        let demo = Demo::open(path.clone()).unwrap();
        let lists = demo.shown().unwrap().look(|store| store.import_list()).unwrap();
        assert_eq!(lists.len(), LISTS.len());
        demo.delete().unwrap();
        assert!(demo.shown().is_none());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
