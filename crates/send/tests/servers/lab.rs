//! Real programs that a script of the lab starts, in namespaces of their own. They end, and their folder goes, however a test ends.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// Runs a test of this program in namespaces of its own; what it says is said here, too.
pub(crate) fn in_namespaces(test: &str) {
    let this = std::env::current_exe().unwrap();
    let mut command = Command::new("unshare");
    command.args(["--net", "--mount"]).env("IN_LAB", "yes").arg(this);
    let output = command.args(["--exact", test, "--ignored", "--nocapture"]).output().unwrap();
    let told = [output.stdout, output.stderr].concat();
    let told = String::from_utf8_lossy(&told);
    assert!(output.status.success(), "{told}");
    println!("{told}");
}

/// What a script started.
pub(crate) struct Lab {
    programs: Child,
    /// Where they keep what they keep.
    pub(crate) folder: PathBuf,
    /// What the script told before it was ready.
    pub(crate) lines: Vec<String>,
}

impl Lab {
    /// Starts `lab/NAME` with these words and a folder, and waits until it is ready.
    pub(crate) fn start(name: &str, words: &[&str]) -> Self {
        assert!(std::env::var_os("IN_LAB").is_some(), "only in namespaces of its own: servers are started");
        let folder = std::env::temp_dir().join(format!("ask-{name}-{}", std::process::id()));
        let script = format!("{}/../../lab/{name}", env!("CARGO_MANIFEST_DIR"));
        let mut command = Command::new(script);
        command.args(words).arg(&folder).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut programs = command.spawn().unwrap();
        let lines = BufReader::new(programs.stdout.take().unwrap()).lines().map_while(Result::ok);
        let lines = lines.take_while(|line| line != "ready").collect();
        Self { programs, folder, lines }
    }

    /// Says that the test is left out; where all programs must be there, it fails instead.
    pub(crate) fn skip(what: &str) {
        println!("skipped: {what}");
        assert!(std::env::var_os("ALL_SERVERS").is_none(), "{what}");
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        // They end as their input ends.
        drop(self.programs.stdin.take());
        let _ = self.programs.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
