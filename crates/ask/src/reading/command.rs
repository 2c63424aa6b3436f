//! What is run on a server that is read: one constant. No text of a person, a device or a file is ever part of it.

/// The whole command, for a POSIX shell. It reads and writes nothing but its answer: which system this is, its packages, its kernels,
/// and the ports that it listens on. A system that is not Linux says nothing. `tail` holds all of it back until it is whole, so that it
/// comes in few packets.
///
/// It holds no quotation mark, so that it stands in `authorized_keys` as it is (sshd(8), `command=`).
pub const COMMAND: &str = "PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C; export PATH LC_ALL; exec 2>/dev/null </dev/null; \
case $(uname -s) in Linux) ;; *) exit 3;; esac; { echo wardround-read 1; \
echo :system; grep -E '^(ID|VERSION_ID|PRETTY_NAME)=' /etc/os-release; \
echo :kernel; uname -r; uname -v; \
echo :dpkg; dpkg-query -W -f '${db:Status-Abbrev}\\t${Package}\\t${Version}\\t${Architecture}\\t${source:Package}\\n'; \
echo :rpm; rpm -qa --qf '%{NAME} %{EPOCHNUM} %{VERSION} %{RELEASE} %{ARCH}\\n'; \
echo :apk; grep -E '^([PVAo]:|$)' /lib/apk/db/installed; \
echo :kernels; ls /boot; \
echo :restart; ls /run/reboot-required; \
echo :listening; ss -H -tuln || cat /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6; \
echo :end; } | tail -n 40000";

/// The line for `authorized_keys` that lets a key run [`COMMAND`], and nothing else (sshd(8), `restrict` and `command`). `public` is
/// the line of the public key, as `ssh-keygen` writes it.
#[must_use]
pub fn permit_line(public: &str) -> String {
    format!("restrict,command=\"{COMMAND}\" {}", public.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stands_in_one_line_without_what_would_have_to_be_escaped() {
        assert!(!COMMAND.contains(['"', '\n', '\r', '`']) && COMMAND.is_ascii());
        assert!(permit_line("ssh-ed25519 AAAA name\n").ends_with("| tail -n 40000\" ssh-ed25519 AAAA name"));
        // Nothing of it writes, but to nowhere.
        assert_eq!(COMMAND.matches('>').count(), COMMAND.matches("2>/dev/null").count());
    }
}
