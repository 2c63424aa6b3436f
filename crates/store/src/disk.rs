//! Whether the disk beneath a file is encrypted, as far as Linux tells: dm-crypt (LUKS) by the name that the kernel gives such a
//! device, also beneath LVM and RAID. Not here: folders that a file system encrypts by itself (fscrypt, ZFS), and disks that
//! encrypt themselves; both are [`Disk::Unknown`] or [`Disk::Bare`], and people know better.
//!
//! Linux: `Documentation/ABI/stable/sysfs-block`, `Documentation/ABI/testing/sysfs-block-dm`, proc(5) on `mountinfo`.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// What is known of the disk beneath a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disk {
    /// Whoever takes it away can read nothing without its key.
    Encrypted,
    /// Nothing on the way to it encrypts: whoever takes it away can read it.
    Bare,
    /// It could not be told.
    Unknown,
}

/// Devices on devices that are followed.
const DEEPEST: u32 = 12;

impl Disk {
    /// The disk beneath this file or folder.
    #[must_use]
    pub fn beneath(path: &Path) -> Self {
        let Ok(metadata) = fs::metadata(path) else { return Self::Unknown };
        let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        let number = device_number(metadata.dev());
        // File systems that span disks have a number of their own; their mount names one of the disks.
        let number = if number.starts_with("0:") { mounted_from(&mounts, &number) } else { Some(number) };
        number.map_or(Self::Unknown, |number| of_device(Path::new("/sys/dev/block"), &number))
    }
}

/// A device as `major:minor`.
fn device_number(device: u64) -> String {
    format!("{}:{}", rustix::fs::major(device), rustix::fs::minor(device))
}

/// The device that the file system with this number is mounted from.
fn mounted_from(mounts: &str, number: &str) -> Option<String> {
    let line = mounts.lines().find(|line| line.split(' ').nth(2) == Some(number))?;
    let (_, after) = line.split_once(" - ")?;
    let source = after.split(' ').nth(1).filter(|source| source.starts_with("/dev/"))?;
    fs::metadata(source).ok().map(|metadata| device_number(metadata.rdev()))
}

/// What `folder` (`/sys/dev/block`) tells of a device.
fn of_device(folder: &Path, number: &str) -> Disk {
    match fs::canonicalize(folder.join(number)) {
        Ok(device) => on(&device, DEEPEST),
        Err(_) => Disk::Unknown,
    }
}

fn on(device: &Path, deepest: u32) -> Disk {
    let Some(deeper) = deepest.checked_sub(1) else { return Disk::Unknown };
    let is_crypt = fs::read_to_string(device.join("dm/uuid")).is_ok_and(|uuid| uuid.starts_with("CRYPT-"));
    if is_crypt {
        return Disk::Encrypted;
    }
    let beneath: Vec<PathBuf> = match fs::read_dir(device.join("slaves")) {
        Ok(entries) => entries.filter_map(|entry| fs::canonicalize(entry.ok()?.path()).ok()).collect(),
        // A partition has no such folder, and lies in that of its disk.
        Err(_) if device.join("partition").exists() => {
            device.parent().map(Path::to_owned).into_iter().collect()
        }
        Err(_) => return Disk::Unknown,
    };
    if device.join("loop").exists() && beneath.is_empty() {
        return fs::read_to_string(device.join("loop/backing_file"))
            .map_or(Disk::Unknown, |file| Disk::beneath(Path::new(file.trim_end())));
    }
    // One bare disk of several is enough to read from.
    let found: Vec<Disk> = beneath.iter().map(|one| on(one, deeper)).collect();
    if found.is_empty() || found.contains(&Disk::Bare) {
        Disk::Bare
    } else if found.contains(&Disk::Unknown) {
        Disk::Unknown
    } else {
        Disk::Encrypted
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// Devices as the kernel shows them: folders with links, `name: what it lies on`.
    struct Kernel(tempfile::TempDir);

    impl Kernel {
        fn new() -> Self {
            Self(tempfile::tempdir().unwrap())
        }

        fn device(&self, name: &str, number: &str, uuid: Option<&str>, beneath: &[&str]) {
            let device = self.0.path().join("devices").join(name);
            fs::create_dir_all(device.join("slaves")).unwrap();
            if let Some(uuid) = uuid {
                fs::create_dir_all(device.join("dm")).unwrap();
                fs::write(device.join("dm/uuid"), uuid).unwrap();
            }
            for one in beneath {
                symlink(
                    self.0.path().join("devices").join(one),
                    device.join("slaves").join(one.replace('/', "-")),
                )
                .unwrap();
            }
            self.link(&device, number);
        }

        fn partition(&self, of: &str, name: &str, number: &str) {
            let device = self.0.path().join("devices").join(of).join(name);
            fs::create_dir_all(&device).unwrap();
            fs::write(device.join("partition"), "1\n").unwrap();
            self.link(&device, number);
        }

        fn link(&self, device: &Path, number: &str) {
            let folder = self.0.path().join("block");
            fs::create_dir_all(&folder).unwrap();
            symlink(device, folder.join(number)).unwrap();
        }

        fn says(&self, number: &str) -> Disk {
            of_device(&self.0.path().join("block"), number)
        }
    }

    #[test]
    fn a_disk_and_its_partition_are_bare() {
        let kernel = Kernel::new();
        kernel.device("sda", "8:0", None, &[]);
        kernel.partition("sda", "sda1", "8:1");
        assert_eq!((kernel.says("8:0"), kernel.says("8:1")), (Disk::Bare, Disk::Bare));
    }

    #[test]
    fn luks_is_found_beneath_lvm() {
        let kernel = Kernel::new();
        kernel.device("sda", "8:0", None, &[]);
        kernel.partition("sda", "sda2", "8:2");
        kernel.device("dm-0", "254:0", Some("CRYPT-LUKS2-0123-disk\n"), &["sda/sda2"]);
        kernel.device("dm-1", "254:1", Some("LVM-abc\n"), &["dm-0"]);
        kernel.device("dm-2", "254:2", Some("LVM-def\n"), &["sda/sda2"]);
        assert_eq!(kernel.says("254:1"), Disk::Encrypted);
        assert_eq!(kernel.says("254:2"), Disk::Bare);
    }

    #[test]
    fn one_bare_disk_of_a_pair_is_bare() {
        let kernel = Kernel::new();
        kernel.device("sda", "8:0", None, &[]);
        kernel.device("sdb", "8:16", None, &[]);
        kernel.device("dm-0", "254:0", Some("CRYPT-LUKS2-0123-a"), &["sda"]);
        kernel.device("md0", "9:0", None, &["dm-0", "sdb"]);
        assert_eq!(kernel.says("9:0"), Disk::Bare);
    }

    #[test]
    fn what_is_not_told_is_unknown() {
        let kernel = Kernel::new();
        kernel.device("dm-0", "254:0", None, &["dm-0"]);
        assert_eq!(kernel.says("254:0"), Disk::Unknown, "devices in a ring");
        assert_eq!(kernel.says("8:0"), Disk::Unknown, "a device that is not there");
        assert_eq!(Disk::beneath(Path::new("/proc/self")), Disk::Unknown, "no disk at all");
    }

    #[test]
    fn a_mount_names_its_disk() {
        let mounts =
            "26 1 0:22 / /proc rw - proc proc rw\n31 1 0:41 /@ / rw,relatime - btrfs /dev/null rw,ssd\n";
        assert_eq!(mounted_from(mounts, "0:41"), Some("1:3".to_owned()), "/dev/null stands for a disk");
        assert_eq!(mounted_from(mounts, "0:22"), None);
    }
}
