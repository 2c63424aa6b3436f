//! What is read of a file of fingerprints, what is refused, and what matches say of things.

use wardround_model::{Asset, DeviceClass as C};

use super::{Fingerprints, MAX_FINGERPRINTS};
use crate::tests::notation::{Hospital, subject};

/// A file for a kind of text, with these fingerprints.
fn file(matches: &str, inside: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<fingerprints matches=\"{matches}\" protocol=\"any\">\n{inside}\n</fingerprints>\n"
    )
}

fn read(matches: &str, inside: &str) -> Fingerprints {
    Fingerprints::default().with("own.xml", &file(matches, inside)).unwrap()
}

fn refused(text: &str) -> String {
    Fingerprints::default()
        .with("own.xml", text)
        .map_or_else(|error| error.to_string(), |_| "it was read".into())
}

/// The asset at this address, in a hospital with these fingerprints.
fn asset(scenario: &str, about: &str, fingerprints: Fingerprints) -> Asset {
    let inventory = Hospital { fingerprints, ..Hospital::read(scenario) }.inventory();
    let id = inventory.asset_of(&subject(about));
    inventory.assets.into_iter().find(|asset| Some(asset.id) == id).unwrap()
}

fn value(claim: Option<&wardround_model::Claim<String>>) -> &str {
    claim.map_or("", |claim| claim.value.as_str())
}

const GATE: &str = r#"<fingerprint pattern="^AcmeGate (\d+)/([\d.]+)$" flags="REG_ICASE">
  <description>Acme &amp; Sons gate</description>
  <example hw.model="7">AcmeGate 7/1.2</example>
  <param pos="0" name="hw.vendor" value="Acme"/>
  <param pos="1" name="hw.model"/>
  <param pos="0" name="hw.product" value="Gate {hw.model}"/>
  <param pos="0" name="hw.device" value="Router"/>
  <param pos="2" name="hw.version"/>
  <param pos="0" name="os.vendor" value="Acme"/>
  <param pos="0" name="os.product" value="AcmeOS"/>
  <param pos="2" name="os.version"/>
  <param pos="0" name="service.product" value="AcmeSSH"/>
  <param pos="0" name="hw.cpe23" value="cpe:/h:acme:gate:-"/>
</fingerprint>"#;

const SEEN: &str = "10.1.2.9:22/tcp ssh.banner SSH-2.0-ACMEGATE 7/1.2";

#[test]
fn a_match_says_maker_model_system_firmware_product_and_class_with_its_reason() {
    let it = asset(SEEN, "10.1.2.9", read("ssh.banner", GATE));
    assert_eq!(value(it.maker.as_ref()), "Acme");
    assert_eq!(value(it.model.as_ref()), "Gate 7");
    assert_eq!(value(it.operating_system.as_ref()), "Acme AcmeOS 1.2");
    assert_eq!(value(it.software.as_ref()), "1.2");
    assert_eq!((it.class.value, it.class.confidence.as_percent()), (C::NetworkDevice, 55));
    let maker = it.maker.unwrap();
    assert_eq!(maker.confidence.as_percent(), 65);
    let reason = &maker.reasons[0];
    assert!(
        reason.text.contains("the fingerprint \"Acme & Sons gate\" of own.xml: \"SSH-2.0-ACMEGATE"),
        "{}",
        reason.text
    );
    assert_eq!(reason.grounds.len(), 1, "it rests on what was observed");
    assert!(it.products.iter().any(|seen| seen.text.starts_with("AcmeSSH (by the fingerprint")));
}

#[test]
fn without_a_match_nothing_is_said() {
    for scenario in [
        "10.1.2.9:22/tcp ssh.banner SSH-2.0-AcmeGate seven",
        "10.1.2.9:21/tcp ftp.banner AcmeGate 7/1.2",
        "10.1.2.9 ssh.client-banner SSH-2.0-AcmeGate 7/1.2",
    ] {
        let it = asset(scenario, "10.1.2.9", read("ssh.banner", GATE));
        assert_eq!((&it.maker, &it.model, it.class.value), (&None, &None, C::Unknown), "{scenario}");
    }
    let it = asset(SEEN, "10.1.2.9", Fingerprints::default());
    assert_eq!((&it.maker, it.class.value), (&None, C::Unknown), "no fingerprints come with the program");
}

#[test]
fn what_a_device_says_outright_comes_first_and_its_card_last() {
    let own = format!("{SEEN}\n10.1.2.9 mdns.maker Contoso\n10.1.2.9 mdns.model Portal 9");
    let it = asset(&own, "10.1.2.9", read("ssh.banner", GATE));
    assert_eq!((value(it.maker.as_ref()), value(it.model.as_ref())), ("Contoso", "Portal 9"));
    let card = format!("{SEEN}\nb8:ca:3a:00:00:21 owns 10.1.2.9");
    let it = asset(&card, "10.1.2.9", read("ssh.banner", GATE));
    assert_eq!(value(it.maker.as_ref()), "Acme", "a network card is worth less");
}

#[test]
fn the_first_that_matches_counts_and_one_that_knows_nothing_says_nothing() {
    let named = |name: &str, more: &str| {
        format!(
            "<fingerprint pattern=\"^AcmeGate\"><param pos=\"0\" name=\"hw.vendor\" value=\"{name}\"/>{more}</fingerprint>"
        )
    };
    let it = asset(SEEN, "10.1.2.9", read("ssh.banner", &(named("Other", "") + GATE)));
    assert_eq!(value(it.maker.as_ref()), "Acme", "case counts in the first, so that the second matches");
    let seen = SEEN.replace("ACMEGATE", "AcmeGate");
    let it = asset(&seen, "10.1.2.9", read("ssh.banner", &(named("Other", "") + GATE)));
    assert_eq!(value(it.maker.as_ref()), "Other");
    let unsure = named("Other", "<param pos=\"0\" name=\"hw.certainty\" value=\"0.0\"/>");
    assert_eq!(asset(&seen, "10.1.2.9", read("ssh.banner", &unsure)).maker, None);
    let half = named("Other", "<param pos=\"0\" name=\"hw.certainty\" value=\"0.5\"/>");
    let it = asset(&seen, "10.1.2.9", read("ssh.banner", &half));
    assert_eq!(it.maker.unwrap().confidence.as_percent(), 33);
}

#[test]
fn a_banner_makes_no_medical_device() {
    for (word, class) in [("Medical", C::Unknown), ("Appliance", C::Unknown), ("Printer", C::Printer)] {
        let inside = format!(
            "<fingerprint pattern=\"^Acme\"><param pos=\"0\" name=\"os.device\" value=\"{word}\"/></fingerprint>"
        );
        let seen = "10.1.2.9:80/tcp http.server Acme/1";
        assert_eq!(asset(seen, "10.1.2.9", read("http_header.server", &inside)).class.value, class, "{word}");
    }
}

#[test]
fn who_made_a_general_system_did_not_make_the_device() {
    let described = |product: &str| {
        let inside = format!(
            "<fingerprint pattern=\"^Acme\"><param pos=\"0\" name=\"os.vendor\" value=\"Maker\"/>
             <param pos=\"0\" name=\"os.product\" value=\"{product}\"/><param pos=\"0\" name=\"os.device\" value=\"Switch\"/></fingerprint>"
        );
        let it = asset(
            "10.1.2.9:161/udp snmp.system-description Acme X",
            "10.1.2.9",
            read("snmp.sys_description", &inside),
        );
        value(it.maker.as_ref()).to_owned()
    };
    assert_eq!((described("IntelliJack").as_str(), described("Linux").as_str()), ("Maker", ""));
}

#[test]
fn greetings_of_mail_are_those_of_services_that_speak_it() {
    let inside = "<fingerprint pattern=\"^Postfix\"><param pos=\"0\" name=\"os.product\" value=\"AcmeOS\"/></fingerprint>";
    let seen = "10.1.2.9:25/tcp service.software Postfix\n10.1.2.8 > 10.1.2.9:25/tcp ";
    let system = |protocol: &str| {
        let it = asset(&format!("{seen}{protocol}"), "10.1.2.9", read("smtp.banner", inside));
        value(it.operating_system.as_ref()).to_owned()
    };
    assert_eq!((system("smtp").as_str(), system("imap").as_str()), ("AcmeOS", ""));
}

#[test]
fn what_the_engine_does_not_do_is_skipped_and_told_by_its_line() {
    let inside = format!(
        "<fingerprint pattern=\"^a(?!b)\"><param pos=\"0\" name=\"hw.vendor\" value=\"A\"/></fingerprint>
<fingerprint pattern=\"(((a{{99}}){{99}}){{99}})\"><param pos=\"0\" name=\"hw.vendor\" value=\"A\"/></fingerprint>
<fingerprint pattern=\"a\" flags=\"REG_NEW\"><param pos=\"0\" name=\"hw.vendor\" value=\"A\"/></fingerprint>
<fingerprint pattern=\"{}\"><param pos=\"0\" name=\"hw.vendor\" value=\"A\"/></fingerprint>
{GATE}",
        "a".repeat(3_000)
    );
    let own = read("ssh.banner", &inside);
    let read = &own.files()[0];
    let lines: Vec<u64> = read.skipped.iter().map(|(line, _)| *line).collect();
    assert_eq!((read.used, lines), (1, vec![3, 4, 5, 6]), "{read:?}");
    assert!(read.skipped[0].1.contains("ahead") && read.skipped[1].1.contains("large"), "{read:?}");
    let other = super::Fingerprints::default().with("f.xml", &file("favicon.md5", GATE)).unwrap();
    assert_eq!((other.len(), other.files()[0].not_kept.as_deref()), (0, Some("favicon.md5")));
}

#[test]
fn what_cannot_be_read_is_refused_with_its_line_and_a_next_step() {
    let param = "<param pos=\"0\" name=\"hw.vendor\" value=\"A\"/>";
    for (inside, said) in [
        (format!("<fingerprint>{param}</fingerprint>"), "line 3: a fingerprint has no pattern; add"),
        (
            "<fingerprint pattern=\"a\"><param pos=\"2\" name=\"hw.vendor\"/></fingerprint>".into(),
            "a group that the pattern does not have",
        ),
        (
            "<fingerprint pattern=\"a\"><param pos=\"x\" name=\"hw.vendor\"/></fingerprint>".into(),
            "pos of a param is no number",
        ),
        (
            "<fingerprint pattern=\"a\"><param pos=\"0\" name=\"hw.vendor\"/></fingerprint>".into(),
            "has no value; add",
        ),
        (
            "<fingerprint pattern=\"a\"><param pos=\"0\" value=\"A\"/></fingerprint>".into(),
            "has no name; add",
        ),
        ("<fingerprint pattern=\"&own;\"/></fingerprint>".into(), "a fingerprint gives nothing"),
        ("<fingerprint pattern=\"&own;\"></fingerprint>".into(), "an entity"),
        ("<fingerprint pattern=\"a\"></other>".into(), "does not hold together"),
        (format!("<fingerprint pattern=\"a\">{}</fingerprint>", param.repeat(65)), "more than 64 params"),
        (
            format!(
                "<fingerprint pattern=\"a\"><param pos=\"0\" name=\"n\" value=\"{}\"/></fingerprint>",
                "v".repeat(257)
            ),
            "more than 256 bytes",
        ),
    ] {
        let told = refused(&file("ssh.banner", &inside));
        assert!(told.starts_with("own.xml, line 3: ") && told.contains(said), "{inside}: {told}");
    }
    assert!(refused("").contains("does not begin with <fingerprints"));
    assert!(refused("<nmaprun/>").contains("does not begin with <fingerprints"));
    assert!(refused("<fingerprints matches=\"ssh.banner\">").contains("ends in the middle"));
    assert!(refused("<!DOCTYPE a [<!ENTITY b \"c\">]><fingerprints/>").contains("document type"));
    assert!(refused(&file("ssh.banner", &" ".repeat(1 << 20))).contains("more than 1048576 bytes"));
    let one = "<fingerprint pattern=\"a\"></fingerprint>".repeat(MAX_FINGERPRINTS);
    assert_eq!(read("ssh.banner", &one).len(), MAX_FINGERPRINTS);
    let more = one + "<fingerprint pattern=\"a\"></fingerprint>";
    assert!(refused(&file("ssh.banner", &more)).contains("more than 5000 fingerprints; leave some out"));
}

#[test]
fn what_is_masked_or_missing_gives_nothing() {
    let own = read("telnet", "<fingerprint pattern=\"^(\\S+) model (\\S+)\"><param pos=\"1\" name=\"hw.vendor\"/>
        <param pos=\"2\" name=\"hw.model\"/><param pos=\"0\" name=\"hw.product\" value=\"{hw.none} {hw.model}\"/></fingerprint>");
    let masked = format!("{} model 7", wardround_model::words::MASK);
    let given = own.properties("telnet", &masked).unwrap();
    assert_eq!(given.into_iter().collect::<Vec<_>>(), [("hw.model".to_owned(), "7".to_owned())]);
    assert_eq!(own.properties("telnet", "nothing"), None);
}

#[test]
fn a_few_patterns_may_be_large() {
    let one = "<fingerprint pattern=\"^[a-z0-9]{1,2500}x$\"><param pos=\"0\" name=\"hw.vendor\" value=\"A\"/></fingerprint>\n";
    let own = read("ssh.banner", &one.repeat(65));
    let read = &own.files()[0];
    assert_eq!((read.used, read.skipped.as_slice()), (64, &[(67, "the pattern is too large")][..]));
    let own = own.with("more.xml", &file("ssh.banner", &format!("{one}{GATE}"))).unwrap();
    assert_eq!(
        (own.len(), own.files()[1].used, own.files()[1].skipped.len()),
        (65, 1, 1),
        "of all files together"
    );
}
