//! Which Linux distribution and release a host or a package is of, where its own texts say so. Never a guess: a package of Red Hat's
//! families (`el9`) may come from several distributions, and then none is named.

/// A distribution, as package URLs name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Distribution {
    /// The namespace: `debian`, `ubuntu`, `redhat`.
    pub(super) namespace: String,
    /// The release: `12`, `22.04`, where known.
    pub(super) release: Option<String>,
}

impl Distribution {
    fn of(namespace: &str, release: Option<&str>) -> Self {
        Self { namespace: namespace.to_owned(), release: release.map(str::to_owned) }
    }

    /// By `ID` and `VERSION_ID` of `/etc/os-release`.
    pub(super) fn of_os_release(id: &str, version: Option<&str>) -> Option<Self> {
        let namespace = match id {
            "rhel" => "redhat",
            "amzn" => "amazon",
            "ol" => "oracle",
            "sles" | "sled" | "sles_sap" => "suse",
            "opensuse-leap" | "opensuse-tumbleweed" | "opensuse" => "opensuse",
            "debian" | "ubuntu" | "raspbian" | "centos" | "rocky" | "almalinux" | "fedora" | "alpine" => id,
            _ => return None,
        };
        Some(Self::of(namespace, version.filter(|version| is_release(version))))
    }

    /// By `PRETTY_NAME`, such as `Debian GNU/Linux 12 (bookworm)` or `Ubuntu 22.04.5 LTS`.
    pub(super) fn of_pretty_name(name: &str) -> Option<Self> {
        const BEGINNINGS: [(&str, &str); 12] = [
            ("Debian GNU/Linux", "debian"),
            ("Ubuntu", "ubuntu"),
            ("Raspbian GNU/Linux", "raspbian"),
            ("Red Hat Enterprise Linux", "rhel"),
            ("CentOS", "centos"),
            ("Rocky Linux", "rocky"),
            ("AlmaLinux", "almalinux"),
            ("Oracle Linux", "ol"),
            ("Fedora", "fedora"),
            ("Amazon Linux", "amzn"),
            ("SUSE Linux Enterprise", "sles"),
            ("openSUSE Leap", "opensuse-leap"),
        ];
        let (_, id) = BEGINNINGS.iter().find(|(beginning, _)| name.starts_with(beginning))?;
        let version = name.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
        // Ubuntu's point releases are one release: 22.04.5 is 22.04.
        let is_ubuntu = *id == "ubuntu";
        let version = version.map(|version| if is_ubuntu { first_two(version) } else { version });
        Self::of_os_release(id, version)
    }

    /// By the version of a Debian package: `1:9.2p1-2+deb12u7`, `8.9p1-3ubuntu0.10`.
    pub(super) fn of_deb_version(version: &str) -> Option<Self> {
        if let Some(behind) = behind(version, "ubuntu") {
            let release = behind.split(['~', '+', 'u']).chain([behind]).find_map(release_of_ubuntu);
            return Some(Self::of("ubuntu", release));
        }
        let release =
            behind(version, "+deb").or_else(|| behind(version, "~deb")).or_else(|| behind(version, "~bpo"));
        let digits = release.map(|text| text.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default());
        let digits = digits.filter(|digits| matches!(digits.len(), 1 | 2))?;
        Some(Self::of("debian", Some(digits)))
    }

    /// By the release of an RPM package: `9.fc40`, `5.el7.centos`, `1.amzn2`. Of `el9` alone it is not known.
    pub(super) fn of_rpm_release(release: &str) -> Option<Self> {
        const MARKS: [(&str, &str); 3] = [(".fc", "fedora"), (".amzn", "amazon"), (".ol", "oracle")];
        const FAMILIES: [(&str, &str); 4] =
            [(".centos", "centos"), (".rocky", "rocky"), (".alma", "almalinux"), ("+rocky", "rocky")];
        let digits = |text: &str| {
            let digits: String = text.chars().take_while(char::is_ascii_digit).take(4).collect();
            (!digits.is_empty()).then_some(digits)
        };
        let own = MARKS.iter().find_map(|(mark, namespace)| {
            behind(release, mark).and_then(digits).map(|number| Self::of(namespace, Some(&number)))
        });
        own.or_else(|| {
            let (_, namespace) = FAMILIES.iter().find(|(mark, _)| release.contains(mark))?;
            Some(Self::of(namespace, behind(release, ".el").and_then(digits).as_deref()))
        })
    }

    /// By the package that a distribution itself is: `rocky-release`, of the same version.
    pub(super) fn of_release_package(name: &str, version: &str) -> Option<Self> {
        let id = match name {
            "redhat-release" | "redhat-release-server" | "redhat-release-workstation" => "rhel",
            "centos-release" | "centos-stream-release" | "centos-linux-release" => "centos",
            "rocky-release" => "rocky",
            "almalinux-release" => "almalinux",
            "oraclelinux-release" => "ol",
            "fedora-release-common" | "fedora-release" => "fedora",
            "sles-release" => "sles",
            "openSUSE-release" => "opensuse-leap",
            _ => return None,
        };
        Self::of_os_release(id, Some(version))
    }
}

fn behind<'t>(text: &'t str, mark: &str) -> Option<&'t str> {
    text.find(mark).and_then(|at| text.get(at..)).and_then(|rest| rest.strip_prefix(mark))
}

fn is_release(version: &str) -> bool {
    version.starts_with(|c: char| c.is_ascii_digit())
        && version.len() <= 12
        && version.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

/// `0.22.04.1` and `22.04.2` are of release 22.04.
fn release_of_ubuntu(text: &str) -> Option<&str> {
    let mut start = 0;
    loop {
        let rest = text.get(start..)?;
        let is_start = matches!(rest.as_bytes(), [b'1'..=b'3', b'0'..=b'9', b'.', b'0', b'4', more @ ..] | [b'1'..=b'3', b'0'..=b'9', b'.', b'1', b'0', more @ ..]
            if !more.first().is_some_and(u8::is_ascii_digit));
        let is_behind_number =
            start > 0 && text.as_bytes().get(start.saturating_sub(1)).is_some_and(u8::is_ascii_digit);
        if is_start && !is_behind_number {
            return rest.get(..5);
        }
        start = start.saturating_add(1);
        if start >= text.len() {
            return None;
        }
    }
}

fn first_two(version: &str) -> &str {
    let end = version.match_indices('.').nth(1).map_or(version.len(), |(at, _)| at);
    version.get(..end).unwrap_or(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(distribution: Option<Distribution>) -> String {
        distribution
            .map_or_else(String::new, |d| format!("{} {}", d.namespace, d.release.unwrap_or_default()))
    }

    #[test]
    fn versions_tell_what_they_are_built_for() {
        for (version, expected) in [
            ("1:9.2p1-2+deb12u7", "debian 12"),
            ("1.1-1~bpo11+1", "debian 11"),
            ("1:8.9p1-3ubuntu0.10", "ubuntu "),
            ("2.4.52-1ubuntu4.12~22.04.1", "ubuntu 22.04"),
            ("1.2-0ubuntu0.20.04.1", "ubuntu 20.04"),
            ("3.134", ""),
            ("1.0+debian-1", ""),
        ] {
            assert_eq!(text(Distribution::of_deb_version(version)), expected, "{version}");
        }
        for (release, expected) in [
            ("9.fc40", "fedora 40"),
            ("5.el7.centos", "centos 7"),
            ("1.amzn2", "amazon 2"),
            ("4.el9_4", ""),
            ("1.el8.ol8", "oracle 8"),
        ] {
            assert_eq!(text(Distribution::of_rpm_release(release)), expected, "{release}");
        }
    }

    #[test]
    fn names_of_systems_are_read() {
        for (name, expected) in [
            ("Debian GNU/Linux 12 (bookworm)", "debian 12"),
            ("Ubuntu 22.04.5 LTS", "ubuntu 22.04"),
            ("Red Hat Enterprise Linux 8.10 (Ootpa)", "redhat 8.10"),
            ("Windows 10", ""),
        ] {
            assert_eq!(text(Distribution::of_pretty_name(name)), expected, "{name}");
        }
    }
}
