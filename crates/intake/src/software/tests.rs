use wardround_model::SourceKind;

use crate::table::tests::{imported, request, values};
use crate::told::errors;
use crate::{About, Imported, Thing, import};

/// Imports a file of the host `PACS01`.
fn of_host(name: &str, bytes: &[u8]) -> Imported {
    let mut request = request(name, bytes);
    request.about = Some(About::Thing(Thing { name: Some("PACS01".to_owned()), ..Thing::default() }));
    import(&request).unwrap()
}

/// The values of one kind of fact.
fn of_kind(found: &Imported, code: &str) -> Vec<String> {
    let values = values(found);
    values.iter().filter_map(|fact| fact.strip_prefix(code)?.strip_prefix(' ')).map(str::to_owned).collect()
}

fn utf16(text: &str) -> Vec<u8> {
    [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

const DPKG_L: &str = "\
Desired=Unknown/Install/Remove/Purge/Hold
| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend
|/ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)
||/ Name                          Version                        Architecture Description
+++-=============================-==============================-============-=====================================================================================
ii  base-files                    12.4+deb12u8                   amd64        Debian base system miscellaneous files
ii  libc6:amd64                   2.36-9+deb12u9                 amd64        GNU C Library: Shared libraries
ii  openssh-server                1:9.2p1-2+deb12u7              amd64        secure shell (SSH) server, for secure access from remote machines
rc  telnetd                       0.17-44                        amd64        telnet server
hi  zlib1g:amd64                  1:1.2.13.dfsg-1                amd64        compression library - runtime
";

#[test]
fn dpkg_with_its_table() {
    let found = of_host("dpkg.txt", DPKG_L.as_bytes());
    assert_eq!((found.kind, found.rows, errors(&found)), (SourceKind::Dpkg, 5, vec![]));
    assert_eq!(
        of_kind(&found, "software.package"),
        [
            "pkg:deb/debian/base-files@12.4+deb12u8?arch=amd64&distro=debian-12",
            "pkg:deb/debian/libc6@2.36-9+deb12u9?arch=amd64&distro=debian-12",
            "pkg:deb/debian/openssh-server@1:9.2p1-2+deb12u7?arch=amd64&distro=debian-12",
            "pkg:deb/debian/zlib1g@1:1.2.13.dfsg-1?arch=amd64&distro=debian-12",
        ]
    );
}

#[test]
fn what_a_terminal_cut_is_an_error() {
    let text = "||/ Name           Version      Architecture Description\n\
        +++-==============-============-============-=================================\n\
        ii  adduser        3.118        all          add and remove users and groups\n\
        ii  openssh-server 1:8.4p1-5+de amd64        secure shell (SSH) server, for se\n";
    let found = of_host("dpkg.txt", text.as_bytes());
    assert_eq!(of_kind(&found, "software.package"), ["pkg:deb/adduser@3.118?arch=all"]);
    assert_eq!(errors(&found), ["4: may be cut off: list with COLUMNS=300 dpkg -l, or with dpkg-query -W"]);
}

#[test]
fn dpkg_in_its_other_forms() {
    let query = "Linux pacs01 6.1.0-28-amd64 #1 SMP Debian x86_64 GNU/Linux\nPRETTY_NAME=\"Ubuntu 22.04.5 LTS\"\nID=ubuntu\nVERSION_ID=\"22.04\"\n\
        libssl3:amd64\t3.0.2-0ubuntu1.18\tamd64\topenssl\nadduser\t3.118ubuntu5\tall\tadduser\n";
    let found = imported("x.txt", query.as_bytes());
    assert_eq!((found.kind, errors(&found)), (SourceKind::Dpkg, vec![]));
    assert_eq!(
        of_kind(&found, "software.package"),
        [
            "pkg:deb/ubuntu/adduser@3.118ubuntu5?arch=all&distro=ubuntu-22.04",
            "pkg:deb/ubuntu/libssl3@3.0.2-0ubuntu1.18?arch=amd64&distro=ubuntu-22.04&upstream=openssl",
        ]
    );
    assert_eq!(of_kind(&found, "os.kernel"), ["6.1.0-28-amd64"]);
    assert_eq!(of_kind(&found, "os.name"), ["Ubuntu 22.04.5 LTS"]);
    let apt = "Listing... Done\nopenssl/stable-security,now 3.0.15-1~deb12u1 amd64 [installed]\nadduser/stable,now 3.134 all [installed,automatic]\n";
    assert_eq!(
        of_kind(&of_host("apt.txt", apt.as_bytes()), "software.package"),
        [
            "pkg:deb/debian/adduser@3.134?arch=all&distro=debian-12",
            "pkg:deb/debian/openssl@3.0.15-1~deb12u1?arch=amd64&distro=debian-12"
        ]
    );
    let files = "openssh-server_1%3a9.2p1-2+deb12u7_amd64.deb\nlibc6_2.36-9+deb12u9_amd64.deb\n";
    let found = of_host("files.txt", files.as_bytes());
    assert_eq!(found.rows, 2);
}

#[test]
fn a_list_of_nobody_asks_whose_it_is() {
    let error = crate::told::refused("dpkg.txt", DPKG_L.as_bytes());
    assert_eq!(
        error,
        "dpkg.txt does not say which device it is about; say so with --for ADDRESS, --for NAME or --for-model MAKER MODEL"
    );
}

#[test]
fn rpm_in_its_forms() {
    let plain = "rocky-release-9.4-1.7.el9.noarch\nopenssl-3.0.7-27.el9.x86_64\ngpg-pubkey-350d275d-6279464b\nbind-utils-32:9.16.23-18.el9_4.6.x86_64\n";
    let found = of_host("rpm.txt", plain.as_bytes());
    assert_eq!((found.kind, errors(&found)), (SourceKind::Rpm, vec![]));
    assert_eq!(
        of_kind(&found, "software.package"),
        [
            "pkg:rpm/rocky/bind-utils@9.16.23-18.el9_4.6?arch=x86_64&distro=rocky-9.4&epoch=32",
            "pkg:rpm/rocky/openssl@3.0.7-27.el9?arch=x86_64&distro=rocky-9.4",
            "pkg:rpm/rocky/rocky-release@9.4-1.7.el9?arch=noarch&distro=rocky-9.4",
        ]
    );
    let formats =
        "openssl (none):1.1.1k-12.el8_9 x86_64\nbash 0 4.4.20 5.el8 x86_64\nsudo\t1.9.5p2\t1.el8\tx86_64\n";
    let found = of_host("rpm.txt", formats.as_bytes());
    assert_eq!((found.kind, errors(&found)), (SourceKind::Rpm, vec![]));
    // Of el8 alone nobody knows which distribution it is.
    assert_eq!(
        of_kind(&found, "software.package"),
        [
            "pkg:rpm/bash@4.4.20-5.el8?arch=x86_64",
            "pkg:rpm/openssl@1.1.1k-12.el8_9?arch=x86_64",
            "pkg:rpm/sudo@1.9.5p2-1.el8?arch=x86_64",
        ]
    );
    let bare = "kernel-5.14.0-427.el9\nbash-5.1.8-9.el9\n";
    assert_eq!(of_host("rpm.txt", bare.as_bytes()).rows_failed, 0);
}

#[test]
fn winget_in_two_languages() {
    let german = "\u{feff}   - \r                                                                \r\
Name                                    ID                              Version        Verfügbar Quelle\r\n\
--------------------------------------------------------------------------------------------------------\r\n\
7-Zip 22.01 (x64)                       7zip.7zip                       22.01          24.08     winget\r\n\
Überwachung für Ärzte                   ARP\\Machine\\X64\\{1234}          1.2.3\r\n\
Microsoft Visual C++ 2015-2022 Redistr… Microsoft.VCRedist.2015+.x64    14.38.33130.0  14.40     winget\r\n\
2 Aktualisierungen verfügbar.\r\n";
    let found = of_host("winget.txt", german.as_bytes());
    assert_eq!((found.kind, found.rows), (SourceKind::Winget, 3));
    let software = of_kind(&found, "software.installed");
    assert_eq!(software.len(), 2, "{software:?}");
    assert_eq!(software[0], "7-Zip 22.01 (x64) 22.01");
    assert_eq!(errors(&found), ["5: is cut off: widen the console or run winget list with output to a file"]);
}

#[test]
fn windows_tools_in_utf16() {
    let product = "Name                              Vendor                 Version        \r\r\nMozilla Firefox (x64 en-US)       Mozilla                128.0          \r\r\nPACS Viewer                       Example Medical        4.2.1          \r\r\n";
    let found = of_host("product.txt", &utf16(product));
    assert_eq!(found.kind, SourceKind::Wmic);
    assert_eq!(
        of_kind(&found, "software.installed"),
        ["Mozilla Firefox (x64 en-US) 128.0", "PACS Viewer 4.2.1"]
    );
    let hotfix = "\r\nSource        Description      HotFixID      InstalledBy          InstalledOn              \r\n------        -----------      --------      -----------          -----------              \r\nPACS01        Update           KB5034441     NT AUTHORITY\\SYSTEM  1/10/2024 12:00:00 AM    \r\nPACS01        Security Update  KB5034123                          \r\n\r\n";
    let found = imported("hotfix.txt", &utf16(hotfix));
    assert_eq!((found.kind, errors(&found)), (SourceKind::Wmic, vec![]));
    assert_eq!(of_kind(&found, "software.installed-update"), ["KB5034123", "KB5034441"]);
    let pairs = "\r\r\n\r\r\nCaption=http://support.microsoft.com/?kbid=5034441\r\r\nCSName=PACS01\r\r\nHotFixID=KB5034441\r\r\n\r\r\n\r\r\nCSName=PACS01\r\r\nHotFixID=KB5034123\r\r\n";
    let found = imported("qfe.txt", &utf16(pairs));
    assert_eq!((found.kind, of_kind(&found, "software.installed-update").len()), (SourceKind::Wmic, 2));
    let info = "\r\nHost Name:                 PACS01\r\nOS Name:                   Microsoft Windows Server 2019 Standard\r\nOS Version:                10.0.17763 N/A Build 17763\r\nHotfix(s):                 2 Hotfix(s) Installed.\r\n                           [01]: KB5034768\r\n                           [02]: KB4535680\r\n";
    let found = imported("systeminfo.txt", info.as_bytes());
    assert_eq!(found.kind, SourceKind::Wmic);
    assert_eq!(of_kind(&found, "os.name"), ["Microsoft Windows Server 2019 Standard"]);
    assert_eq!(of_kind(&found, "os.version"), ["10.0.17763"]);
    assert_eq!(of_kind(&found, "software.installed-update"), ["KB4535680", "KB5034768"]);
}

#[test]
fn tables_of_software() {
    let table = "Computer Name,DisplayName,DisplayVersion,Publisher,InstallDate\nPACS01,OpenSSL 1.1.1k (64-bit),1.1.1k,OpenSSL Team,20230401\nPACS01,,,,\n";
    let found = imported("software.csv", table.as_bytes());
    assert_eq!((found.kind, errors(&found)), (SourceKind::SoftwareList, vec![]));
    assert_eq!(of_kind(&found, "software.installed"), ["OpenSSL 1.1.1k (64-bit) 1.1.1k"]);
    let wmic = "\r\r\nNode,HotFixID,InstalledOn\r\r\nPACS01,KB5034441,1/10/2024\r\r\n";
    let found = imported("qfe.csv", &utf16(wmic));
    assert_eq!(
        (found.kind, of_kind(&found, "software.installed-update")),
        (SourceKind::SoftwareList, vec!["KB5034441".to_owned()])
    );
}
