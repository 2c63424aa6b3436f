//! Running parts of this test program as other processes, other users and in other mount namespaces.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Says where a child finds what it works on.
pub(crate) const PLACE: &str = "WARDROUND_TEST_PLACE";

/// The place that this child was given.
pub(crate) fn place() -> PathBuf {
    std::env::var_os(PLACE).expect("children are started by other tests").into()
}

/// This test program, to run those ignored tests whose names begin with `role`.
fn arguments(role: &str) -> [&str; 4] {
    [role, "--ignored", "--nocapture", "--test-threads=1"]
}

/// Another process of this program, in the given role.
pub(crate) fn process(role: &str, place: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(arguments(role)).env(PLACE, place).stdin(Stdio::null()).stdout(Stdio::piped());
    command
}

/// Whether these tests run as root, who may do everything.
pub(crate) fn is_root() -> bool {
    std::fs::metadata("/proc/self").unwrap().uid() == 0
}

/// Says that a test could not be run here, which is a failure where everything must run.
pub(crate) fn skip(why: &str) {
    assert!(std::env::var("CI").as_deref() != Ok("true"), "skipped, although CI=true: {why}");
    println!("skipped: {why}");
}

/// A copy of this program where any user may run it, in a folder that any user may pass through.
pub(crate) fn copy_for_all() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let program = folder.path().join("program");
    std::fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    (folder, program)
}

/// Runs the tests of a role with this command in front, and requires that they ran and passed.
pub(crate) fn must_pass(mut front: Command, program: &Path, role: &str, place: &Path) {
    front.arg(program).args(arguments(role)).env(PLACE, place);
    let output = front.stdin(Stdio::null()).output().unwrap();
    let told =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let passed = told.contains("test result: ok.") && !told.contains(" 0 passed");
    assert!(output.status.success() && passed, "{role} failed:\n{told}");
}
