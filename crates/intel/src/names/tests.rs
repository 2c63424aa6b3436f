use proptest::prelude::*;

use super::*;

const BANNERS: &[&str] = &[
    "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7",
    "SSH-2.0-OpenSSH_7.2p2 Ubuntu-4ubuntu2.10",
    "SSH-2.0-OpenSSH_7.2p2",
    "SSH-2.0-OpenSSH_for_Windows_8.1",
    "SSH-2.0-OpenSSH_7.8 FreeBSD-20180909",
    "SSH-2.0-dropbear_2012.55",
    "SSH-2.0-libssh_0.9.6",
    "SSH-2.0-Cisco-1.25",
    "Apache/2.4.29 (Ubuntu) OpenSSL/1.0.2k",
    "Apache/2.4.6 (CentOS) OpenSSL/1.0.2k-fips PHP/5.4.16 mod_wsgi/3.4 Python/2.7.5",
    "Apache/2.2.3 (Red Hat)",
    "Apache",
    "Apache-Coyote/1.1",
    "Apache Tomcat/8.5.5",
    "nginx/1.10.3",
    "nginx/1.18.0 (Ubuntu)",
    "Microsoft-IIS/7.5",
    "Microsoft-HTTPAPI/2.0",
    "lighttpd/1.4.35",
    "GoAhead-Webs",
    "GoAhead-http",
    "Boa/0.94.14rc21",
    "mini_httpd/1.19 19dec2003",
    "Allegro-Software-RomPager/4.07",
    "CUPS/2.4 IPP/2.1",
    "Linux/3.10.0 UPnP/1.0 MiniUPnPd/1.9",
    "220 (vsFTPd 2.3.4)",
    "220 ProFTPD 1.3.5e Server (Debian) [::ffff:10.0.0.1]",
    "220-FileZilla Server 0.9.60 beta",
    "220 Microsoft FTP Service",
    "220 mail.example.org ESMTP Exim 4.96 Tue, 24 Nov 2026 07:00:00 +0000",
    "220 mail.example.org ESMTP Postfix (Debian/GNU)",
    "Samba 4.17.12-Debian",
    "mosquitto version 2.0.11",
    "dnsmasq-2.90",
    "BIND 9.18.28-1~deb12u2-Debian",
    "5.5.5-10.3.39-MariaDB-0+deb10u1",
    "OFFIS_DCMTK_367",
    "Orthanc/1.12.1",
    "Linux 4.4.0",
    "Linux pump-station-12 4.4.0-210-generic #242-Ubuntu SMP Fri Apr 16 2021 x86_64",
    "Linux ward3 3.10.0-1160.el7.x86_64 #1 SMP",
    "VxWorks 6.9",
    "BaseHTTP/0.6 Python/3.11.2",
    "HTTP/1.1 200 OK",
    "PACS Workstation 5",
    "",
];

#[test]
fn banners_say_products() {
    let mut text = String::new();
    for banner in BANNERS {
        text.push_str(&format!("{banner}\n"));
        for product in products_in(banner) {
            let version = product.version.as_deref().unwrap_or("-");
            let build = if product.distribution_build { "distribution's build" } else { "upstream" };
            let names = product.cpe_names().len();
            let by = product.distribution.map_or(String::new(), |by| format!(" by {by:?}"));
            text.push_str(&format!("    {} {version}, {build}{by}, {names} CPE names\n", product.name));
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn every_row_of_the_table_is_of_the_form() {
    let text = include_str!("../../data/aliases.tsv");
    let read = Aliases::default().with("aliases.tsv", text).unwrap();
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).count();
    assert_eq!(read.rows().count(), lines, "a row stands twice");
    assert_eq!(Aliases::builtin().rows().count(), lines);
    assert!(cpe_names("OpenSSH").iter().any(|name| name.vendor == "openbsd"));
    assert!(cpe_names("openssh2").is_empty());
}

#[test]
fn a_banner_tells_the_package_of_a_distribution() {
    let table = [
        ("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7", "Debian:12 openssh 9.2p1-2+deb12u7"),
        ("SSH-2.0-OpenSSH_8.4p1 Debian-5", "Debian:11 openssh 8.4p1-5"),
        ("SSH-2.0-OpenSSH_7.2p2 Ubuntu-4ubuntu2.10", "Ubuntu openssh 7.2p2-4ubuntu2.10"),
        ("5.5.5-10.3.39-MariaDB-0+deb10u1", "Debian:10 mariadb-10.3 10.3.39-0+deb10u1"),
        ("BIND 9.18.28-1~deb12u2-Debian", "Debian:12 bind9 9.18.28-1~deb12u2"),
        ("Apache/2.4.57 (Debian)", "Debian apache2 -"),
        ("Samba 4.17.12-Debian", "Debian samba -"),
        ("SSH-2.0-OpenSSH_9.2p1", "none"),
    ];
    for (banner, expected) in table {
        let product = products_in(banner).remove(0);
        let told = product.package.as_ref().map_or("none".to_owned(), |package| {
            let version = package.version.as_deref().unwrap_or("-");
            format!("{} {} {version}", package.ecosystem, package.source)
        });
        assert_eq!(told, expected, "{banner}");
    }
}

#[test]
fn releases_of_windows_are_known_by_name_and_build() {
    let cycle = |text: &str| windows(text).map(|release| format!("{}/{}", release.eol_slug, release.cycle));
    let table = [
        ("Microsoft Windows 10 Pro 22H2", Some("windows/10-22h2")),
        ("Windows 10 Enterprise, version 1809", Some("windows/10-1809")),
        ("Windows 10 Pro 10.0 (19045)", Some("windows/10-22h2")),
        ("10.0.19045.3803", Some("windows/10-22h2")),
        ("19045", Some("windows/10-22h2")),
        ("Windows 7 Professional Service Pack 1", Some("windows/7-sp1")),
        ("Windows XP Professional", Some("windows/5-sp3")),
        ("Windows Server 2012 R2 Standard", Some("windows-server/2012-r2")),
        ("Windows Server® 2008 R2 Enterprise", Some("windows-server/2008-r2-sp1")),
        ("Microsoft Windows Server 2019 Datacenter", Some("windows-server/2019")),
        ("Windows Server 2019 Standard 10.0 (17763)", Some("windows-server/2019")),
        // Windows 10 1809 or Server 2019?
        ("10.0.17763.1", None),
        ("Windows 10 Pro", None),
        ("Windows", None),
        ("Debian GNU/Linux 12", None),
        ("", None),
    ];
    for (text, expected) in table {
        assert_eq!(cycle(text).as_deref(), expected, "{text}");
    }
}

#[test]
fn people_add_names_of_their_own() {
    let own = "# ours\nnetwork\tward-viewer\ta:example:viewer\ninstalled\tvlc media player\ta:example:player\tby=example\n";
    let table = Aliases::builtin().with("own.tsv", own).unwrap();
    let viewer = table.products_in("Ward-Viewer/2.1").remove(0);
    assert_eq!((viewer.cpe_names()[0].product.as_str(), viewer.version.as_deref()), ("viewer", Some("2.1")));
    assert!(table.product("VLC media player", Some("VideoLAN"), None).is_none(), "the own row wins");
    assert!(table.product("VLC media player 3.0.1", Some("Example Ltd"), None).is_some());
    assert!(products_in("Ward-Viewer/2.1")[0].cpe_names().is_empty(), "the built-in table is as it was");
    let error = Aliases::builtin().with("own.tsv", "network\tX\ta:b:c\n").unwrap_err();
    assert_eq!((error.line, error.field), (1, "name"));
}

proptest! {
    #[test]
    fn any_entry_of_a_list_is_read(name in ".{0,60}", near in "(Java|7-Zip|windows|[A-Za-z]{1,8})( [0-9.v()-]{1,8}| x64){0,5}") {
        for text in [&name, &near] {
            let product = Aliases::builtin().product(text, Some(text), Some(text));
            prop_assert!(product.is_none_or(|product| !product.cpe_names().is_empty()));
            let _ = windows(text);
        }
    }

    #[test]
    fn any_banner_is_read(banner in ".{0,200}", near in "(SSH-2.0-)?[A-Za-z/_ .0-9()+~-]{0,60}") {
        for product in products_in(&banner).into_iter().chain(products_in(&near)) {
            prop_assert!(!product.name.is_empty() && product.name.len() <= 200);
            prop_assert!(product.version.is_none_or(|version| version.len() <= 80));
        }
    }

    /// Words that are neither names nor versions stay behind.
    #[test]
    fn host_names_do_not_leave(host in "[a-z]{5,12}-[a-z]{3,8}") {
        for banner in [format!("Linux {host} 4.4.0-210-generic"), format!("220 {host} ESMTP Exim 4.96")] {
            let told = format!("{:?}", products_in(&banner));
            prop_assert!(!told.contains(&host), "{}", told);
        }
    }
}
