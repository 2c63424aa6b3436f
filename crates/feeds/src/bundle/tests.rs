//! Bundles that are right, and what an attacker would change in them.

use wardround_intel::feed::FeedKind;
use wardround_intel::{IndexBuilder, Profile};

use super::*;

struct Stick {
    folder: tempfile::TempDir,
    key: PrivateKey,
    index: Vec<u8>,
}

impl Stick {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = PrivateKey::make(&folder.path().join("key")).unwrap();
        let mut builder = IndexBuilder::new(Profile::Full);
        let text = "#model_version:v1,score_date:2026-11-02T00:00:00+0000\ncve,epss,percentile\nCVE-2026-0001,0.5,0.9\n";
        builder.read(FeedKind::Epss, "epss.csv", text.as_bytes()).unwrap();
        Self { folder, key, index: builder.finish() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("stick.wrb")
    }

    fn write(&self) -> Manifest {
        let moment = "2026-11-24T08:00:00Z".parse().unwrap();
        write(&self.path(), &self.index, moment, &self.key).unwrap()
    }

    fn trusted(&self) -> Trusted {
        let mut trusted = Trusted::default();
        trusted.add(self.key.public().unwrap());
        trusted
    }

    fn import(&self, trusted: &Trusted) -> Result<Vec<u8>, BundleError> {
        let aside = self.folder.path().join("aside");
        open(&self.path(), trusted)?.unpack(&aside)?;
        Ok(std::fs::read(aside).unwrap())
    }
}

#[test]
fn what_was_bundled_comes_out() {
    let stick = Stick::new();
    let manifest = stick.write();
    assert_eq!(manifest.sources[0].as_of.as_deref(), Some("2026-11-02"));
    assert_eq!(manifest.made_at, "2026-11-24T08:00:00Z");
    assert_eq!(stick.import(&stick.trusted()).unwrap(), stick.index);
    assert_eq!(open(&stick.path(), &stick.trusted()).unwrap().manifest, manifest);
}

#[test]
fn a_stranger_is_not_trusted_and_is_told_by_words() {
    let stick = Stick::new();
    stick.write();
    let refused = stick.import(&Trusted::default()).unwrap_err().to_string();
    let public = stick.key.public().unwrap();
    assert!(refused.contains(&public.words()) && refused.contains(&public.to_string()), "{refused}");
}

#[test]
fn no_byte_can_be_changed_cut_or_added() {
    let stick = Stick::new();
    stick.write();
    let right = std::fs::read(stick.path()).unwrap();
    let aside = stick.folder.path().join("aside");
    let refuse = |bytes: &[u8], what: &str| {
        std::fs::write(stick.path(), bytes).unwrap();
        assert!(stick.import(&stick.trusted()).is_err(), "{what}");
        assert!(!aside.exists(), "{what} left something behind");
    };
    for at in (0..right.len()).step_by(7) {
        let mut bytes = right.clone();
        bytes[at] ^= 0x20;
        refuse(&bytes, &format!("byte {at} changed"));
    }
    for length in [0, 3, 15, 16, 40, right.len() / 2, right.len() - 1] {
        refuse(&right[..length], &format!("cut to {length}"));
    }
    refuse(&[&right[..], b"x"].concat(), "something behind it");
    let mut long = right.clone();
    long[12..16].copy_from_slice(&u32::MAX.to_le_bytes());
    refuse(&long, "a manifest of four gigabytes");
    let mut later = right;
    later[8] = 9;
    refuse(&later, "a later format");
}

#[test]
fn a_manifest_of_somebody_else_over_the_same_key_is_refused() {
    let stick = Stick::new();
    let mut manifest = stick.write();
    manifest.made_at = "2030-01-01T00:00:00Z".to_owned();
    let stranger = PrivateKey::make(&stick.folder.path().join("other")).unwrap();
    let head = head(&manifest).unwrap();
    let forged = [&head[..], &stranger.sign(&head), &stick.index].concat();
    std::fs::write(stick.path(), forged).unwrap();
    assert!(matches!(stick.import(&stick.trusted()), Err(BundleError::Changed { .. })));
}
