//! What a confined process may not do, tried in one: the test starts itself again, is confined there, and tries.

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::io::{Read as _, Write as _};
    use std::net::{TcpListener, TcpStream, UdpSocket};
    use std::os::unix::process::CommandExt as _;
    use std::path::PathBuf;
    use std::process::{Command, ExitStatus, Stdio};

    use wardround_live::{Files, confine};

    const INSIDE: &str = "WARDROUND_TEST_CONFINED";
    const MEMORY: u64 = 1 << 30;

    /// Runs one of the tests below in a process of its own, where it may be confined.
    fn inside(test: &str) -> (ExitStatus, String) {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", test, "--nocapture", "--test-threads=1"]).env(INSIDE, "1");
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let bystander = bystander(child.id());
        let output = child.wait_with_output().unwrap();
        assert_eq!(fs::read(&bystander).unwrap(), b"mine");
        fs::remove_file(bystander).unwrap();
        let text =
            [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
        (output.status, text)
    }

    /// A file that the process could write and delete before it is confined.
    fn bystander(process: u32) -> PathBuf {
        std::env::temp_dir().join(format!("wardround-confined-{process}"))
    }

    fn is_inside() -> bool {
        std::env::var_os(INSIDE).is_some()
    }

    /// Lines `what: refused` or `what: DONE`, of a process that is confined.
    fn try_everything() {
        let (mut from, mut to) = std::io::pipe().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let root = format!("/proc/{}/root/etc/hostname", std::process::id());
        let own = rustix::process::getpid();
        let file = bystander(std::process::id());
        fs::write(&file, "mine").unwrap();
        let mut lines = String::new();
        let confined = confine(MEMORY).unwrap();
        let mut note = |what: &str, done: bool| {
            lines += &format!("{what}: {}\n", if done { "DONE" } else { "refused" });
        };
        note("read a file", File::open("/etc/passwd").is_ok());
        note("read a file by another way", File::open(root).is_ok());
        note("list a folder", fs::read_dir("/").is_ok());
        note("write a file", fs::write(&file, "x").is_ok());
        note("delete a file", fs::remove_file(&file).is_ok());
        note("connect", TcpStream::connect(address).is_ok());
        note("listen", TcpListener::bind("127.0.0.1:0").is_ok());
        note("accept", listener.accept().is_ok());
        note("send", UdpSocket::bind("127.0.0.1:0").is_ok());
        note("start a program", Command::new("/bin/true").spawn().is_ok());
        // Returns only when it is refused.
        let _ = Command::new("/bin/false").exec();
        note("become a program", false);
        note("start a thread", std::thread::Builder::new().spawn(|| ()).is_ok());
        note("signal a process", rustix::process::test_kill_process(own).is_ok());
        note(
            "take hold of a process",
            rustix::process::pidfd_open(own, rustix::process::PidfdFlags::empty()).is_ok(),
        );
        note("become root", rustix::thread::set_thread_uid(rustix::process::Uid::ROOT).is_ok());
        note("map much memory", Vec::<u8>::new().try_reserve_exact(2 << 30).is_ok());
        // What is open stays open.
        to.write_all(b"still").unwrap();
        let mut told = [0; 5];
        from.read_exact(&mut told).unwrap();
        assert_eq!(&told, b"still");
        println!("{lines}confined: {confined:?}");
    }

    #[test]
    fn a_confined_process_can_only_use_what_is_open() {
        if is_inside() {
            return try_everything();
        }
        let (status, text) = inside("tests::a_confined_process_can_only_use_what_is_open");
        assert!(status.success(), "{text}");
        let refused = text.lines().filter(|line| line.ends_with(": refused")).count();
        assert_eq!(refused, 16, "{text}");
        assert!(!text.contains("DONE"), "{text}");
        let is_root = rustix::process::geteuid().is_root();
        assert!(text.contains(&format!("left_root: {is_root}")), "{text}");
        if text.contains(&format!("{:?}", Files::ByCallsAlone)) {
            println!("this kernel has no Landlock: files are closed by the list of calls alone");
        }
    }
}
