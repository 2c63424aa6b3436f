use proptest::prelude::*;

use crate::told;

const PUMP: &str = r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "metadata": {"timestamp": "2026-11-01T00:00:00Z",
 "component": {"type": "device", "bom-ref": "pump", "manufacturer": {"name": "Aldermed"}, "name": "Infusor 9", "version": "4.2",
  "cpe": "cpe:2.3:h:aldermed:infusor_9:-:*:*:*:*:*:*:*"}},
 "components": [
  {"type": "operating-system", "name": "Linux", "version": "4.14.98"},
  {"type": "library", "bom-ref": "ssl", "name": "openssl", "version": "1.0.2k", "cpe": "cpe:/a:openssl:openssl:1.0.2k",
   "purl": "pkg:generic/openssl@1.0.2k", "components": [{"type": "library", "name": "zlib", "version": "1.2.11"}]},
  {"type": "library", "name": "junit", "version": "4.12", "scope": "excluded", "components": [{"type": "library", "name": "hamcrest"}]},
  {"type": "firmware", "name": "Bootloader", "version": "7"},
  {"type": "library", "name": "bad", "cpe": "openssl 1.0", "purl": "openssl"},
  {"type": "file", "name": "Erika.txt"}],
 "formulation": [{"components": [{"type": "application", "name": "gcc"}]}],
 "vulnerabilities": [
  {"id": "CVE-2017-3737", "analysis": {"state": "not_affected", "justification": "code_not_reachable"}, "affects": [{"ref": "ssl"}]},
  {"id": "CVE-2018-25032", "affects": [{"ref": "ssl"}]},
  {"id": "GHSA-1", "references": [{"id": "CVE-2022-37434"}], "analysis": {"state": "exploitable"}},
  {"id": "CVE-2022-0778", "analysis": {"state": "safe, believe us"}},
  {"id": "SNYK-1", "analysis": {"state": "not_affected"}}]}"#;

const PUMP_XML: &str = r#"<?xml version="1.0"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><metadata><timestamp>2026-11-01T00:00:00Z</timestamp>
<component type="device" bom-ref="pump"><manufacturer><name>Aldermed</name></manufacturer><name>Infusor 9</name><version>4.2</version><cpe>cpe:2.3:h:aldermed:infusor_9:-:*:*:*:*:*:*:*</cpe></component></metadata>
<components>
<component type="operating-system"><name>Linux</name><version>4.14.98</version></component>
<component type="library" bom-ref="ssl"><name>openssl</name><version>1.0.2k</version><cpe>cpe:/a:openssl:openssl:1.0.2k</cpe><purl>pkg:generic/openssl@1.0.2k</purl><pedigree><ancestors><component type="library"><name>old</name></component></ancestors></pedigree><components><component type="library"><name>zlib</name><version>1.2.11</version></component></components></component>
<component type="library"><name>junit</name><version>4.12</version><scope>excluded</scope></component>
<component type="firmware"><name>Bootloader</name><version>7</version></component>
<component type="library"><name>bad</name><cpe>openssl 1.0</cpe><purl>openssl</purl></component>
</components>
<formulation><formula><components><component type="application"><name>gcc</name></component></components></formula></formulation>
<vulnerabilities>
<vulnerability><id>CVE-2017-3737</id><analysis><state>not_affected</state><justification>code_not_reachable</justification></analysis><affects><target><ref>ssl</ref></target></affects></vulnerability>
<vulnerability><id>CVE-2018-25032</id><affects><target><ref>ssl</ref></target></affects></vulnerability>
<vulnerability><id>GHSA-1</id><references><reference><id>CVE-2022-37434</id></reference></references><analysis><state>exploitable</state></analysis></vulnerability>
<vulnerability><id>CVE-2022-0778</id><analysis><state>safe, believe us</state></analysis></vulnerability>
<vulnerability><id>SNYK-1</id><analysis><state>not_affected</state></analysis></vulnerability>
</vulnerabilities></bom>"#;

/// The facts without what they are about, which is one thing here.
fn values(facts: &[String]) -> Vec<&str> {
    facts.iter().filter_map(|fact| fact.split_once(' ').map(|(_, value)| value)).collect()
}

#[test]
fn cyclonedx_tells_a_model_what_it_is_made_of() {
    let imported = told::file("pump.cdx.json", PUMP.as_bytes()).unwrap();
    assert_eq!(imported.observed_at.to_string(), "2026-11-01T00:00:00Z");
    let facts = told::facts(&imported);
    assert_eq!(
        values(&facts),
        [
            "list.maker Aldermed",
            "list.model Infusor 9",
            "os.name Linux 4.14.98",
            "scan.report CVE-2018-25032",
            "software.cpe cpe:2.3:a:openssl:openssl:1.0.2k:*:*:*:*:*:*:*",
            "software.cpe cpe:2.3:h:aldermed:infusor_9:-:*:*:*:*:*:*:*",
            "software.installed Bootloader 7",
            "software.installed zlib 1.2.11",
            "software.package pkg:generic/openssl@1.0.2k",
            "vex.maker-version CVE-2017-3737,not_affected,vulnerable_code_not_in_execute_path,4.2",
            "vex.maker-version CVE-2022-37434,affected,,4.2",
        ]
    );
    assert_eq!(
        told::errors(&imported),
        [
            "5 purl: is no package URL; one looks like pkg:npm/left-pad@1.3.0",
            "5 cpe: is no CPE name; one looks like cpe:2.3:a:openbsd:openssh:7.4:*:*:*:*:*:*:*",
            "4 state: is no state of an analysis that CycloneDX knows",
            "5: names no CVE number, by which alone weaknesses are known here",
        ]
    );
}

#[test]
fn both_syntaxes_of_cyclonedx_say_the_same() {
    let [json, xml] = [PUMP, PUMP_XML].map(|text| told::file("pump", text.as_bytes()).unwrap());
    assert_eq!(told::facts(&json), told::facts(&xml));
    assert_eq!(json.rows_failed, xml.rows_failed);
}

#[test]
fn a_person_says_what_a_bill_is_about() {
    let imported = told::about("pump", PUMP.as_bytes(), told::device("10.1.2.3")).unwrap();
    let facts = told::facts(&imported);
    assert!(facts.iter().all(|fact| fact.starts_with("10.1.2.3 ")), "{facts:#?}");
    // One device: the document says the same of the one version that it knows.
    assert!(facts.contains(&"10.1.2.3 vex.maker CVE-2022-37434,affected".to_owned()));
    assert!(facts.contains(&"10.1.2.3 list.model Infusor 9".to_owned()));
    let other = told::about("pump", PUMP.as_bytes(), told::model("Aldermed", "Infusor 8")).unwrap();
    assert!(!values(&told::facts(&other)).contains(&"list.model Infusor 9"));

    let program = PUMP.replace(r#""type": "device""#, r#""type": "application""#);
    let imported = told::about("pump", program.as_bytes(), told::device("10.1.2.3")).unwrap();
    assert!(
        !values(&told::facts(&imported)).contains(&"list.model Infusor 9"),
        "a program's bill names no device"
    );

    let nameless = PUMP.replace("manufacturer", "x");
    assert_eq!(
        told::refused("pump.json", nameless.as_bytes()),
        "pump.json does not say which device it is about; say so with --for ADDRESS, --for NAME or --for-model MAKER MODEL"
    );
}

const LAB: &str = "SPDXVersion: SPDX-2.3
DocumentName: lab
Created: 2026-11-01T00:00:00Z
DocumentComment: <text>
PackageName: not a package
Created: never </text>
PackageName: Analyzer 3
SPDXID: SPDXRef-main
PackageSupplier: Organization: Labora (info@example.org)
PrimaryPackagePurpose: DEVICE
Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-main
PackageName: busybox
SPDXID: SPDXRef-busybox
PackageVersion: 1.31.0
ExternalRef: SECURITY cpe23Type cpe:2.3:a:busybox:busybox:1.31.0:*:*:*:*:*:*:*
ExternalRef: PACKAGE-MANAGER purl pkg:generic/busybox@1.31.0
PackageName: gcc
SPDXID: SPDXRef-gcc
PackageVersion: 9
PackageName: libc
SPDXID: SPDXRef-libc
PackageVersion: NOASSERTION
PackageSupplier: Person: Erika
FileName: ./busybox
PackageVersion: 7
Relationship: SPDXRef-main CONTAINS SPDXRef-busybox
Relationship: SPDXRef-gcc BUILD_TOOL_OF SPDXRef-busybox
Relationship: SPDXRef-libc TEST_DEPENDENCY_OF SPDXRef-main
Relationship: SPDXRef-busybox DEPENDS_ON SPDXRef-libc
Relationship: SPDXRef-libc CONTAINS SPDXRef-busybox
Relationship: alone
";

const LAB_JSON: &str = r#"{"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "creationInfo": {"created": "2026-11-01T00:00:00Z"},
 "documentDescribes": ["SPDXRef-main"], "packages": [
 {"SPDXID": "SPDXRef-main", "name": "Analyzer 3", "supplier": "Organization: Labora (info@example.org)", "primaryPackagePurpose": "DEVICE"},
 {"SPDXID": "SPDXRef-busybox", "name": "busybox", "versionInfo": "1.31.0", "externalRefs": [
  {"referenceCategory": "SECURITY", "referenceType": "cpe23Type", "referenceLocator": "cpe:2.3:a:busybox:busybox:1.31.0:*:*:*:*:*:*:*"},
  {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:generic/busybox@1.31.0"}]},
 {"SPDXID": "SPDXRef-gcc", "name": "gcc", "versionInfo": "9"}, {"SPDXID": "SPDXRef-libc", "name": "libc", "versionInfo": "NOASSERTION"}],
 "relationships": [
 {"spdxElementId": "SPDXRef-gcc", "relationshipType": "BUILD_TOOL_OF", "relatedSpdxElement": "SPDXRef-busybox"},
 {"spdxElementId": "SPDXRef-libc", "relationshipType": "TEST_DEPENDENCY_OF", "relatedSpdxElement": "SPDXRef-main"},
 {"spdxElementId": "SPDXRef-busybox", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "SPDXRef-libc"},
 {"spdxElementId": "SPDXRef-libc", "relationshipType": "CONTAINS", "relatedSpdxElement": "SPDXRef-busybox"}]}"#;

#[test]
fn spdx_tells_packages_but_not_the_tools_beside_them() {
    let imported = told::file("lab.spdx", LAB.as_bytes()).unwrap();
    let facts = told::facts(&imported);
    assert_eq!(
        values(&facts),
        [
            "list.maker Labora",
            "list.model Analyzer 3",
            "software.cpe cpe:2.3:a:busybox:busybox:1.31.0:*:*:*:*:*:*:*",
            "software.installed libc",
            "software.package pkg:generic/busybox@1.31.0",
        ]
    );
    assert_eq!(imported.observed_at.to_string(), "2026-11-01T00:00:00Z");
    assert_eq!(told::errors(&imported), ["31 Relationship: is not of the form: this KIND that"]);
    assert_eq!(facts, told::facts(&told::file("lab.spdx.json", LAB_JSON.as_bytes()).unwrap()));
}

#[test]
fn what_is_not_read_is_refused_by_name() {
    let check = |text: &str, expected: &str| {
        assert_eq!(told::refused("x", text.as_bytes()), expected);
    };
    let instead = "export it as SPDX 2.3 in JSON or tag-value, or as CycloneDX";
    let spdx = "x cannot be read as software bill of materials (SPDX):";
    check(
        r#"{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": []}"#,
        &format!("{spdx} it is SPDX 3, which is not read yet; {instead}"),
    );
    check(
        r#"<rdf:RDF xmlns:spdx="http://spdx.org/rdf/terms#"/>"#,
        &format!("{spdx} it is SPDX in RDF, which is not read; {instead}"),
    );
    check("spdxVersion: SPDX-2.3\n", &format!("{spdx} it is SPDX in YAML, which is not read; {instead}"));
    let cyclonedx = "x cannot be read as software bill of materials (CycloneDX):";
    check(
        r#"{"bomFormat": "CycloneDX", "components": [{"name": 7}]}"#,
        &format!(
            "{cyclonedx} line 1, column 52: a value is not of the kind that this format has there; export it again"
        ),
    );
    check(
        r#"{"bomFormat": "CycloneDX", "components": ["#,
        &format!("{cyclonedx} line 1, column 42: the file ends in the middle; export it again"),
    );
}

#[test]
fn deep_and_wide_documents_are_refused() {
    let deep = |levels: usize| {
        let (open, close) = (r#"{"name": "a", "components": ["#.repeat(levels), "]}".repeat(levels));
        format!(r#"{{"bomFormat": "CycloneDX", "components": [{open}{close}]}}"#)
    };
    assert!(told::about("x", deep(40).as_bytes(), told::device("10.0.0.1")).is_ok());
    assert!(told::refused("x", deep(100_000).as_bytes()).contains("the JSON does not hold together"));
    let wide = format!(r#"{{"bomFormat": "CycloneDX", "components": [{}{{}}]}}"#, "{},".repeat(3_000_000));
    assert!(told::refused("x", wide.as_bytes()).contains("it has more than 3000000 objects"));
    let names =
        format!(r#"{{"spdxVersion": "SPDX-2.3", "documentDescribes": [{}""]}}"#, r#""","#.repeat(20_000_001));
    assert!(told::refused("x", names.as_bytes()).contains("it has more than 20000000 values"));
}

#[test]
fn long_package_urls_keep_what_tells_packages_apart() {
    let long =
        format!("pkg:deb/debian/a@1?arch=arm64&checksum=sha256:{}&distro=debian-12#x", "0".repeat(300));
    assert_eq!(super::short_purl(&long).as_deref(), Some("pkg:deb/debian/a@1?arch=arm64&distro=debian-12"));
    assert_eq!(super::short_purl("pkg:/a"), None);
}

proptest! {
    /// Neither the order of components nor their being there twice changes what is told.
    #[test]
    fn order_and_repetition_change_nothing(
        names in proptest::collection::vec("[a-c]{1,2}", 1..8),
        turn in 0usize..8,
    ) {
        let read = |names: &[String]| {
            let parts: Vec<String> =
                names.iter().map(|name| format!(r#"{{"type": "library", "name": "{name}", "purl": "pkg:npm/{name}@1"}}"#)).collect();
            let text = format!(r#"{{"bomFormat": "CycloneDX", "components": [{}]}}"#, parts.join(","));
            told::facts(&told::about("x", text.as_bytes(), told::device("10.0.0.1")).unwrap())
        };
        let mut other = names.clone();
        other.rotate_left(turn % names.len());
        other.push(names[turn % names.len()].clone());
        prop_assert_eq!(read(&names), read(&other));
    }

    #[test]
    fn damaged_files_are_read_or_refused(cut in 0usize..6000, byte: u8, which in 0usize..4) {
        let mut bytes = [PUMP, PUMP_XML, LAB, LAB_JSON][which].as_bytes().to_vec();
        let at = cut % bytes.len();
        bytes[at] = byte;
        let _ = told::file("document", &bytes);
    }
}
