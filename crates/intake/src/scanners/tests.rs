use std::fmt::Write;

use proptest::prelude::*;

use crate::told;

const NMAP: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nmaprun>
<?xml-stylesheet href="file:///usr/bin/../share/nmap/nmap.xsl" type="text/xsl"?>
<nmaprun scanner="nmap" args="nmap -sV -oX out.xml 10.20.2.0/24" start="1794614400" version="7.94">
<scaninfo type="syn" protocol="tcp" numservices="1000" services="1-1000"/>
<host><status state="down" reason="no-response"/><address addr="10.20.2.9" addrtype="ipv4"/></host>
<host starttime="1794614401" endtime="1794614460"><status state="up" reason="arp-response"/>
<address addr="10.20.2.24" addrtype="ipv4"/>
<address addr="00:1B:2C:3D:4E:5F" addrtype="mac" vendor="Imaging &amp; Co"/>
<hostnames><hostname name="typed" type="user"/><hostname name="ct-2.example.org" type="PTR"/></hostnames>
<ports><extraports state="closed" count="995"><extrareasons reason="reset" count="995"/></extraports>
<port protocol="tcp" portid="22"><state state="open"/><service name="ssh" product="OpenSSH" version="9.2p1 Debian 2+deb12u7" extrainfo="protocol 2.0" ostype="Linux" method="probed" conf="10"><cpe>cpe:/a:openbsd:openssh:9.2p1</cpe><cpe>cpe:/o:linux:linux_kernel</cpe></service></port>
<port protocol="tcp" portid="80"><state state="open"/><service name="http" product="Apache httpd" version="2.4.49" extrainfo="(Unix)" method="probed" conf="10"><cpe>cpe:/a:apache:http_server:2.4.49</cpe></service><script id="http-server-header" output="Apache/2.4.49 (Unix)"><elem>Apache/2.4.49 (Unix)</elem></script></port>
<port protocol="tcp" portid="104"><state state="open"/><service name="acr-nema" method="table" conf="3"/></port>
<port protocol="tcp" portid="443"><state state="open"/><service name="http" tunnel="ssl" method="probed" conf="10"/>
<script id="ssl-cert" output="Subject: commonName=ct-2"><table key="subject"><elem key="commonName">ct-2</elem></table><table key="issuer"><elem key="commonName">ct-2</elem></table><table key="pubkey"><elem key="type">rsa</elem><elem key="bits">1024</elem></table><elem key="sig_algo">sha1WithRSAEncryption</elem><table key="validity"><elem key="notBefore">2015-01-01T00:00:00</elem><elem key="notAfter">2025-01-01T00:00:00</elem></table></script>
<script id="ssl-enum-ciphers" output="..."><table key="TLSv1.0"><table key="ciphers"/></table><table key="TLSv1.2"/><elem key="least strength">C</elem></script></port>
<port protocol="tcp" portid="445"><state state="open"/><service name="microsoft-ds" method="probed" conf="10"/></port>
<port protocol="tcp" portid="8080"><state state="filtered"/><service name="http-proxy"/></port>
<port protocol="sctp" portid="36412"><state state="open"/></port></ports>
<hostscript><script id="smb-protocols" output="..."><table key="dialects"><elem>NT LM 0.12 (SMBv1) [dangerous, but default]</elem><elem>2:1:0</elem></table></script>
<script id="smb-os-discovery" output="..."><elem key="os">Windows Server 2008 R2 Standard 7601 Service Pack 1</elem></script>
<script id="smb-vuln-ms17-010" output="..."><table key="CVE-2017-0143"><elem key="title">Remote code execution in SMBv1</elem><elem key="state">VULNERABLE</elem><table key="ids"><elem>CVE:CVE-2017-0143</elem></table></table></script>
<script id="smb-vuln-ms10-061" output="..."><table key="CVE-2010-2729"><elem key="state">NOT VULNERABLE</elem><table key="ids"><elem>CVE:CVE-2010-2729</elem></table></table></script>
<script id="vulners" output="..."><table key="cpe:/a:x:y:1"><elem key="id">CVE-2001-0001</elem></table></script></hostscript>
</host>
<runstats><finished time="1794614500"/><hosts up="1" down="1" total="2"/></runstats>
</nmaprun>
"#;

#[test]
fn nmap_tells_hosts_services_and_what_scripts_learned() {
    let imported = told::file("out.xml", NMAP.as_bytes()).unwrap();
    assert_eq!(imported.observed_at.to_string(), "2026-11-14T00:00:00Z");
    assert_eq!(imported.rows, 2);
    let facts = told::facts(&imported);
    let expected = [
        "00:1b:2c:3d:4e:5f address.owns 10.20.2.24",
        "00:1b:2c:3d:4e:5f list.name ct-2.example.org",
        "10.20.2.24 os.name Windows Server 2008 R2 Standard 7601 Service Pack 1",
        "10.20.2.24:22/tcp scan.open ssh",
        "10.20.2.24:22/tcp ssh.banner SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7",
        "10.20.2.24:22/tcp software.cpe cpe:2.3:o:linux:linux_kernel:*:*:*:*:*:*:*:*",
        "10.20.2.24:80/tcp http.server Apache/2.4.49 (Unix)",
        "10.20.2.24:80/tcp service.software Apache httpd 2.4.49",
        "10.20.2.24:80/tcp software.cpe cpe:2.3:a:apache:http_server:2.4.49:*:*:*:*:*:*:*",
        "10.20.2.24:104/tcp scan.open acr-nema",
        "10.20.2.24:443/tcp scan.open ssl/http",
        "10.20.2.24:443/tcp tls.certificate-key rsa-1024",
        "10.20.2.24:443/tcp tls.certificate-not-after 2025-01-01T00:00:00Z",
        "10.20.2.24:443/tcp tls.certificate-self-signed yes",
        "10.20.2.24:443/tcp tls.certificate-signature sha1-rsa",
        "10.20.2.24:443/tcp tls.version 1.0",
        "10.20.2.24:443/tcp tls.version 1.2",
        "10.20.2.24:445/tcp scan.report CVE-2017-0143",
        "10.20.2.24:445/tcp smb.dialect 1.0",
        "10.20.2.24:445/tcp smb.dialect 2.1",
    ];
    for line in expected {
        assert!(facts.iter().any(|fact| fact == line), "{line} is not in {facts:#?}");
    }
    // Nothing of hosts that are down, closed ports, lists of vulnerabilities, or versions that a distribution mends.
    for part in ["10.20.2.9", ":8080", "CVE-2001", "CVE-2010", "openssh:9.2p1"] {
        assert!(!facts.iter().any(|fact| fact.contains(part)), "{part} is in {facts:#?}");
    }
    assert_eq!(told::errors(&imported), ["20 portid: is no port of TCP or UDP, which alone are kept"]);
}

const NESSUS: &str = r#"<?xml version="1.0" ?>
<NessusClientData_v2>
<Policy><policyName>Basic</policyName><Preferences><ServerPreferences><preference><name>TARGET</name><value>10.20.4.10</value></preference></ServerPreferences></Preferences></Policy>
<Report name="Wards" xmlns:cm="http://www.nessus.org/cm">
<ReportHost name="10.20.4.10"><HostProperties>
<tag name="HOST_END">Sat Nov 14 10:20:30 2026</tag>
<tag name="cpe-0">cpe:/o:microsoft:windows_server_2012:r2 -&gt; Microsoft Windows Server 2012</tag>
<tag name="mac-address">00:1B:2C:3D:4E:60</tag>
<tag name="operating-system">Microsoft Windows Server 2012 R2 Standard</tag>
<tag name="host-ip">10.20.4.10</tag>
<tag name="netbios-name">PACS01</tag>
</HostProperties>
<ReportItem port="3389" svc_name="msrdp" protocol="tcp" severity="4" pluginID="125313" pluginName="Microsoft RDP RCE (CVE-2019-0708) (BlueKeep)" pluginFamily="Windows">
<cve>CVE-2019-0708</cve><plugin_output>Erika Mustermann is logged in</plugin_output><risk_factor>Critical</risk_factor></ReportItem>
<ReportItem port="445" svc_name="cifs" protocol="tcp" severity="2" pluginID="57608" pluginName="SMB Signing not required" pluginFamily="Misc."></ReportItem>
<ReportItem port="0" svc_name="general" protocol="tcp" severity="0" pluginID="19506" pluginName="Nessus Scan Information" pluginFamily="Settings"><plugin_output>x</plugin_output></ReportItem>
<ReportItem port="161" svc_name="snmp?" protocol="udp" severity="high" pluginID="1" pluginName="x"></ReportItem>
</ReportHost>
</Report>
</NessusClientData_v2>
"#;

#[test]
fn nessus_tells_hosts_and_reports_but_never_output() {
    let imported = told::file("wards.nessus", NESSUS.as_bytes()).unwrap();
    assert_eq!(imported.observed_at.to_string(), "2026-11-14T10:20:30Z");
    let facts = told::facts(&imported);
    let facts: Vec<&str> =
        facts.iter().map(String::as_str).filter(|fact| !fact.contains("list.same-as")).collect();
    assert_eq!(
        facts,
        [
            "00:1b:2c:3d:4e:60 address.owns 10.20.4.10",
            "00:1b:2c:3d:4e:60 list.name PACS01",
            "00:1b:2c:3d:4e:60 os.name Microsoft Windows Server 2012 R2 Standard",
            "00:1b:2c:3d:4e:60 software.cpe cpe:2.3:o:microsoft:windows_server_2012:r2:*:*:*:*:*:*:*",
            "10.20.4.10:161/udp scan.open snmp",
            "10.20.4.10:3389/tcp scan.open msrdp",
            "10.20.4.10:3389/tcp scan.report CVE-2019-0708",
            "10.20.4.10:445/tcp scan.open cifs",
            "10.20.4.10:445/tcp scan.report nessus:57608",
            "10.20.4.10:445/tcp scan.title 57608 SMB Signing not required",
        ]
    );
    assert_eq!(told::errors(&imported), ["17 severity: is no number from 0 to 4; export it again"]);
}

const OPENVAS: &str = r#"<get_reports_response status="200" status_text="OK"><report id="a" format_id="b"><owner><name>admin</name></owner>
<report id="a"><scan_start>2026-11-14T08:00:00Z</scan_start>
<ports start="1" max="-1"><count>1</count><port><host>10.20.4.11</host>443/tcp<severity>5.0</severity></port></ports>
<results start="1" max="100">
<result id="r1"><name>SSL/TLS: Deprecated TLSv1.0</name><creation_time>2026-11-14T08:30:00Z</creation_time><host>10.20.4.11<asset asset_id="c"/><hostname>lis-1.example.org</hostname></host><port>443/tcp</port>
<nvt oid="1.3.6.1.4.1.25623.1.0.117274"><type>nvt</type><name>SSL/TLS: Deprecated TLSv1.0 and TLSv1.1 Protocol Detection</name><family>SSL and TLS</family><refs><ref type="cve" id="CVE-2011-3389"/><ref type="cve" id="CVE-2015-0204"/><ref type="url" id="https://example.org"/></refs></nvt><threat>Medium</threat><severity>4.3</severity><qod><value>98</value><type>remote_app</type></qod><description>Erika</description></result>
<result id="r2"><host>10.20.4.11</host><port>general/tcp</port><nvt oid="1.3.6.1.4.1.25623.1.0.80091"><name>TCP Timestamps Information Disclosure</name><cve>NOCVE</cve></nvt><severity>2.6</severity><qod><value>80</value></qod></result>
<result id="r3"><host>10.20.4.11</host><port>22/tcp</port><nvt oid="1.3.6.1.4.1.25623.1.0.1"><name>OpenSSH old</name><refs><ref type="cve" id="CVE-2023-38408"/></refs></nvt><severity>9.8</severity><qod><value>30</value></qod></result>
<result id="r4"><host>10.20.4.11</host><port>https (8443/tcp)</port><nvt oid="1.3.6.1.4.1.25623.1.0.2"><name>Wrong</name><cve>CVE-2020-0001, CVE-2020-0002</cve></nvt><severity>-1.0</severity></result>
<result id="r5"><host>10.20.4.11</host><port>general/tcp</port><nvt oid="1.3.6.1.4.1.25623.1.0.3"><name>Log</name></nvt><severity>0.0</severity></result>
</results>
<host><ip>10.20.4.11</ip><end>2026-11-14T09:00:00Z</end><detail><name>MAC</name><value>00:1B:2C:3D:4E:61</value></detail><detail><name>best_os_txt</name><value>Debian GNU/Linux 12</value></detail><detail><name>App</name><value>cpe:/a:openbsd:openssh:9.2p1</value></detail></host>
</report></report></get_reports_response>
"#;

#[test]
fn openvas_tells_what_it_is_sure_of() {
    let imported = told::file("report.xml", OPENVAS.as_bytes()).unwrap();
    assert_eq!(imported.observed_at.to_string(), "2026-11-14T09:00:00Z");
    let facts = told::facts(&imported);
    let facts: Vec<&str> = facts.iter().map(String::as_str).filter(|fact| !fact.contains("list.")).collect();
    assert_eq!(
        facts,
        [
            "00:1b:2c:3d:4e:61 address.owns 10.20.4.11",
            "00:1b:2c:3d:4e:61 os.name Debian GNU/Linux 12",
            "10.20.4.11 scan.report openvas:0.80091",
            "10.20.4.11 scan.title 0.80091 TCP Timestamps Information Disclosure",
            "10.20.4.11:22/tcp scan.open unknown",
            "10.20.4.11:443/tcp scan.open unknown",
            "10.20.4.11:443/tcp scan.report CVE-2011-3389",
            "10.20.4.11:443/tcp scan.report CVE-2015-0204",
            "10.20.4.11:8443/tcp scan.open https",
        ]
    );
    assert_eq!(
        told::errors(&imported),
        ["8 qod: is below 70 of 100: the scanner itself is not sure. Scan again with a login"]
    );
}

#[test]
fn only_a_scan_is_taken_for_one() {
    let kind = |text: &str| crate::recognise("x.xml", text.as_bytes()).ok().map(|found| found.kind.code());
    assert_eq!(kind(NMAP), Some("nmap"));
    assert_eq!(kind(NESSUS), Some("nessus"));
    assert_eq!(kind(OPENVAS), Some("openvas"));
    assert_eq!(kind(r#"<report id="a" format_id="b"><results/></report>"#), Some("openvas"));
    assert_eq!(kind("<report name='coverage'><package/></report>"), None);
}

#[test]
fn a_file_that_is_cut_off_gives_what_stands_before() {
    let cut = NMAP.find("<runstats>").unwrap();
    let imported = told::file("out.xml", &NMAP.as_bytes()[..cut]).unwrap();
    assert_eq!(told::facts(&imported), told::facts(&told::file("out.xml", NMAP.as_bytes()).unwrap()));
    assert_eq!(imported.rows_failed, 2);
    assert_eq!(
        told::refused("out.xml", &NMAP.as_bytes()[..300]),
        "out.xml cannot be read as Nmap result: line 5: the file ends in the middle; let the tool finish, or export it again"
    );
}

fn nmap_host(number: u8, ports: &[u16]) -> String {
    let mut host =
        format!(r#"<host><status state="up"/><address addr="10.0.0.{number}" addrtype="ipv4"/><ports>"#);
    for port in ports {
        let _ = write!(
            host,
            r#"<port protocol="tcp" portid="{port}"><state state="open"/><service name="x"/></port>"#
        );
    }
    host + "</ports></host>\n"
}

proptest! {
    /// Neither the order of hosts nor their being there twice changes what is told.
    #[test]
    fn order_and_repetition_change_nothing(
        hosts in proptest::collection::vec((1u8..20, proptest::collection::vec(1u16.., 0..4)), 1..12),
        again in 0usize..12,
        turn in 0usize..12,
    ) {
        let texts: Vec<String> = hosts.iter().map(|(number, ports)| nmap_host(*number, ports)).collect();
        let read = |texts: &[String]| {
            let file = format!(r#"<nmaprun start="1">{}</nmaprun>"#, texts.concat());
            told::facts(&told::file("n.xml", file.as_bytes()).unwrap())
        };
        let mut other = texts.clone();
        other.rotate_left(turn % texts.len());
        other.push(texts[again % texts.len()].clone());
        prop_assert_eq!(read(&texts), read(&other));
    }

    #[test]
    fn damaged_files_are_read_or_refused(cut in 0usize..6000, byte: u8, which in 0usize..3) {
        let mut bytes = [NMAP, NESSUS, OPENVAS][which].as_bytes().to_vec();
        let at = cut % bytes.len();
        bytes[at] = byte;
        let _ = told::file("scan.xml", &bytes);
    }
}
