//! Who may read a store, and what happens where a user may not write. Root may do everything, so that root runs these
//! as `nobody`; anybody else runs them as they are.

use std::process::Command;

use crate::child;

/// The user and group that Linux uses for nobody.
const NOBODY: &str = "65534";

#[test]
fn they_hold_for_an_unprivileged_user() {
    let (_folder, program) = child::copy_for_all();
    let place = tempfile::tempdir().unwrap();
    let front = if child::is_root() {
        std::os::unix::fs::chown(place.path(), Some(65_534), Some(65_534)).unwrap();
        let mut setpriv = Command::new("setpriv");
        setpriv.args(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "env"]);
        if !setpriv_works() {
            return child::skip("setpriv cannot change the user here");
        }
        setpriv
    } else {
        Command::new("env")
    };
    child::must_pass(front, &program, "permissions::unprivileged::", place.path());
}

fn setpriv_works() -> bool {
    let mut test = Command::new("setpriv");
    test.args(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "true"]);
    test.status().is_ok_and(|status| status.success())
}

#[test]
fn the_umask_changes_nothing() {
    for umask in ["000", "022", "077", "777"] {
        let place = tempfile::tempdir().unwrap();
        let mut front = Command::new("sh");
        front.args(["-c", &format!("umask {umask}; exec \"$@\""), "sh"]);
        let program = std::env::current_exe().unwrap();
        child::must_pass(front, &program, "permissions::modes::", place.path());
    }
}

mod modes {
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;

    use wardround_store::Store;

    use crate::child;
    use crate::sample::{self, Size};

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    #[ignore = "started by the_umask_changes_nothing"]
    fn only_the_owner_can_read_what_is_made() {
        let top = child::place().join("data");
        let folder = top.join("wardround");
        let path = folder.join("rounds.db");
        let mut store = Store::open(&path).unwrap();
        store.round_save(&sample::round(Size::CLINIC, 1)).unwrap();
        assert_eq!((mode(&top), mode(&folder)), (0o700, 0o700));
        // The log and the shared memory are there while the store is open.
        for file in ["rounds.db", "rounds.db-wal", "rounds.db-shm"] {
            assert_eq!(mode(&folder.join(file)), 0o600, "{file}");
        }
        drop(store);
        let reader = Store::open_read_only(&path).unwrap();
        reader.round_list().unwrap();
        for file in std::fs::read_dir(&folder).unwrap() {
            assert_eq!(mode(&file.unwrap().path()), 0o600);
        }
    }
}

mod unprivileged {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::path::{Path, PathBuf};

    use wardround_model::RoundId;
    use wardround_store::{Store, StoreError};

    use crate::child;
    use crate::sample::{self, Size};

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    /// A folder of its own for each test, with a store of one round.
    fn store(name: &str) -> (PathBuf, PathBuf) {
        let folder = child::place().join(name);
        let path = folder.join("rounds.db");
        Store::open(&path).unwrap().round_save(&sample::round(Size::CLINIC, 1)).unwrap();
        (folder, path)
    }

    fn is_whole(path: &Path) {
        let store = Store::open_read_only(path).unwrap();
        assert_eq!(store.round_load(RoundId(1)).unwrap(), sample::round(Size::CLINIC, 1));
    }

    #[test]
    #[ignore = "started by they_hold_for_an_unprivileged_user"]
    fn a_read_only_file_can_be_read_and_not_written() {
        let (_, path) = store("read-only-file");
        set_mode(&path, 0o400);
        let error = Store::open(&path).unwrap_err();
        assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
        is_whole(&path);
        assert_eq!(mode(&path), 0o400);
    }

    #[test]
    #[ignore = "started by they_hold_for_an_unprivileged_user"]
    fn a_read_only_folder_can_be_read_and_not_written() {
        let (folder, path) = store("read-only-folder %41?#");
        set_mode(&folder, 0o500);
        let error = Store::open(&path).unwrap_err();
        assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
        is_whole(&path);
        let error = Store::open(folder.join("new.db")).unwrap_err();
        assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
        set_mode(&folder, 0o700);
    }

    #[test]
    #[ignore = "started by they_hold_for_an_unprivileged_user"]
    fn a_log_that_cannot_be_read_back_is_not_passed_over() {
        let (folder, path) = store("unfinished");
        let mut store = Store::open(&path).unwrap();
        store.round_save(&sample::round(Size::CLINIC, 2)).unwrap();
        // A copy, as it was left by a kill: the second round is in the log alone.
        let left = folder.join("left");
        fs::create_dir(&left).unwrap();
        for file in ["rounds.db", "rounds.db-wal"] {
            fs::copy(folder.join(file), left.join(file)).unwrap();
        }
        set_mode(&left, 0o500);
        let error = Store::open_read_only(left.join("rounds.db")).unwrap_err();
        assert!(matches!(error, StoreError::Unfinished { .. }), "{error}");
        set_mode(&left, 0o700);
        assert_eq!(Store::open_read_only(left.join("rounds.db")).unwrap().round_list().unwrap().len(), 2);
    }

    #[test]
    #[ignore = "started by they_hold_for_an_unprivileged_user"]
    fn a_file_that_may_not_be_read_is_said_to_be_one() {
        let (_, path) = store("unreadable");
        set_mode(&path, 0o000);
        for error in [Store::open(&path).unwrap_err(), Store::open_read_only(&path).unwrap_err()] {
            assert!(matches!(error, StoreError::NotOpened { .. }), "{error}");
        }
    }

    #[test]
    #[ignore = "started by they_hold_for_an_unprivileged_user"]
    fn a_folder_that_cannot_be_made_is_said_so() {
        let above = child::place().join("above");
        fs::create_dir(&above).unwrap();
        set_mode(&above, 0o500);
        let error = Store::open(above.join("data/rounds.db")).unwrap_err();
        let StoreError::FolderNotMade { folder, .. } = &error else { panic!("{error}") };
        assert_eq!(folder, &above.join("data"));
    }

    #[test]
    #[ignore = "started by they_hold_for_an_unprivileged_user"]
    fn what_others_could_read_is_closed_to_them_before_it_is_written() {
        let (folder, path) = store("open-to-others");
        let mut open = Store::open(&path).unwrap();
        open.round_save(&sample::round(Size::CLINIC, 2)).unwrap();
        for file in ["rounds.db", "rounds.db-wal", "rounds.db-shm"] {
            set_mode(&folder.join(file), 0o666);
        }
        Store::open(&path).unwrap();
        for file in ["rounds.db", "rounds.db-wal", "rounds.db-shm"] {
            assert_eq!(mode(&folder.join(file)), 0o600, "{file}");
        }
        // An empty file that was made beforehand, with `touch` or `mktemp`.
        let touched = folder.join("touched.db");
        fs::write(&touched, "").unwrap();
        set_mode(&touched, 0o644);
        Store::open(&touched).unwrap();
        assert_eq!(mode(&touched), 0o600);
    }

    #[test]
    #[ignore = "started by they_hold_for_an_unprivileged_user"]
    fn links_that_others_may_have_put_there_are_not_followed() {
        let (folder, path) = store("links");
        let before = fs::read(&path).unwrap();
        for link in ["link.db", "gone.db"] {
            let target = if link == "gone.db" { folder.join("nothing") } else { path.clone() };
            symlink(target, folder.join(link)).unwrap();
            let error = Store::open(folder.join(link)).unwrap_err();
            assert!(matches!(error, StoreError::NotAPlainFile { what: "a symbolic link", .. }), "{error}");
            assert!(Store::open_read_only(folder.join(link)).is_err());
        }
        let victim = folder.join("victim");
        fs::write(&victim, "precious").unwrap();
        for ending in ["-wal", "-shm", "-journal"] {
            let trap = folder.join(format!("trap{ending}.db{ending}"));
            symlink(&victim, &trap).unwrap();
            let error = Store::open(folder.join(format!("trap{ending}.db"))).unwrap_err();
            assert!(error.to_string().contains(ending), "{error}");
        }
        assert_eq!((fs::read(&path).unwrap(), fs::read(&victim).unwrap()), (before, b"precious".to_vec()));
        assert!(!folder.join("nothing").exists());
        // A folder on the way may be a link, as a home folder often is.
        symlink(&folder, child::place().join("home")).unwrap();
        is_whole(&child::place().join("home/rounds.db"));
    }
}
