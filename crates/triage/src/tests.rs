use std::collections::BTreeSet;
use std::sync::LazyLock;

use proptest::prelude::*;
use wardround_model::*;

use crate::hospital::{Hospital, index_of};

const ADDRESSES: [&str; 4] = ["10.1.1.1", "10.1.1.2", "10.1.1.3", "10.1.1.4"];

static KNOWN: LazyLock<Vec<u8>> = LazyLock::new(|| index_of(&crate::products::tests::feeds()));

/// What a service may show, weak or not.
const SHOWN: &[(FactKind, &str)] = &[
    (FactKind::ClearTextLogin, "telnet"),
    (FactKind::ClearTextLogin, "ftp"),
    (FactKind::SmbDialect, "1.0"),
    (FactKind::SmbDialect, "3.1.1"),
    (FactKind::TlsVersion, "1.0"),
    (FactKind::TlsVersion, "1.3"),
    (FactKind::TlsCertificateNotAfter, "2020-01-01"),
    (FactKind::TlsCertificateSelfSigned, "yes"),
    (FactKind::TlsCertificateKey, "rsa-1024"),
    (FactKind::SnmpDefaultCommunity, "private"),
    (FactKind::DicomAssociation, "accepted"),
    (FactKind::DicomAssociation, "rejected"),
    (FactKind::DicomAcceptsSop, "1.2.840.10008.5.1.4.1.1.2"),
    (FactKind::SshBanner, "SSH-2.0-OpenSSH_7.2p2"),
    (FactKind::SshBanner, "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7"),
    (FactKind::HttpServer, "nginx/1.10.3"),
    (FactKind::HttpServer, "nginx"),
];

/// What a host may show.
const SENT: &[(FactKind, &str)] = &[
    (FactKind::DicomCommand, "C-STORE-RQ"),
    (FactKind::DicomCommand, "C-ECHO-RQ"),
    (FactKind::Hl7Receives, "ADT^A01"),
    (FactKind::Hl7Receives, "ACK"),
    (FactKind::NtlmOsVersion, "10.0.14393"),
    (FactKind::OperatingSystem, "Debian GNU/Linux 12"),
    (FactKind::OperatingSystem, "Windows 10 Pro"),
    (FactKind::OperatingSystemVersion, "10.0.19045.4000"),
    (FactKind::KernelVersion, "6.1.0-21-amd64"),
    (FactKind::Package, "pkg:deb/debian/openssl@3.0.11-1"),
    (FactKind::Package, "pkg:pypi/pydicom@1.0"),
    (FactKind::CpeName, "cpe:2.3:a:openbsd:openssh:7.1:p1:*:*:*:*:*:*"),
    (FactKind::InstalledSoftware, "nginx 1.10.3"),
    (FactKind::MakerVex, "CVE-2020-0001,not_affected,component_not_present"),
    (FactKind::ScannerReport, "CVE-2020-0002"),
    (FactKind::ScannerReport, "nessus:57608"),
    (FactKind::Mds2Answer, "TXCF-2:yes"),
    (FactKind::ListedTag, "MT-7"),
    (FactKind::MissingUpdate, "KB5034441"),
    (FactKind::Backup, "failed"),
];

prop_compose! {
    fn hospital()(
        classes in prop::collection::vec(0..DeviceClass::ALL.len(), 4),
        shown in prop::collection::vec((0..4usize, 20u16..24, 0..SHOWN.len()), 0..24),
        sent in prop::collection::vec((0..4usize, 0..SENT.len()), 0..12),
        talks in prop::collection::vec((0..4usize, 0..4usize, 20u16..24, 0..Protocol::ALL.len()), 0..12),
    ) -> Hospital {
        let mut hospital = Hospital { index: KNOWN.clone(), ..Hospital::default() };
        for (address, class) in ADDRESSES.into_iter().zip(classes) {
            hospital = hospital.host(address, DeviceClass::ALL[class]);
        }
        for (host, port, pick) in shown {
            let (kind, value) = SHOWN[pick];
            hospital = hospital.service(&format!("{}:{port}/tcp", ADDRESSES[host]), kind, value);
        }
        for (host, pick) in sent {
            hospital = hospital.fact(ADDRESSES[host], SENT[pick].0, SENT[pick].1);
        }
        for (client, server, port, protocol) in talks {
            let server = format!("{}:{port}/tcp", ADDRESSES[server]);
            hospital = hospital.talk(ADDRESSES[client], &server, Protocol::ALL[protocol]);
        }
        hospital
    }
}

proptest! {
    #[test]
    fn no_finding_without_grounds_that_were_seen(hospital in hospital()) {
        let observed: BTreeSet<_> = hospital.observations.iter().map(|one| Ground::Observation(one.id())).collect();
        let talked: BTreeSet<_> = hospital.conversations.iter().map(|one| Ground::Conversation(one.id())).collect();
        for finding in hospital.triage().findings {
            let grounds: Vec<_> = finding.reasons.iter().flat_map(|reason| &reason.grounds).collect();
            prop_assert!(!grounds.is_empty());
            prop_assert!(grounds.iter().all(|ground| observed.contains(ground) || talked.contains(ground)));
            let scored = usize::from(crate::Score::of(&finding.judgement).is_some());
            prop_assert_eq!(finding.judgement.reasons.len(), 5 + scored);
            prop_assert!(finding.reasons.iter().all(|reason| !reason.text.ends_with('.')));
        }
    }

    #[test]
    fn the_order_of_the_input_does_not_matter(hospital in hospital()) {
        let mut turned = hospital.clone();
        turned.assets.reverse();
        turned.observations.reverse();
        turned.conversations.reverse();
        turned.assets.iter_mut().for_each(|asset| asset.products.reverse());
        prop_assert_eq!(hospital.triage(), turned.triage());
    }

    #[test]
    fn findings_are_sorted_and_each_is_there_once(hospital in hospital()) {
        let findings = hospital.triage().findings;
        prop_assert!(findings.is_sorted_by(|one, two| crate::order::key(one) <= crate::order::key(two)));
        let ids: BTreeSet<_> = findings.iter().map(|finding| finding.id).collect();
        prop_assert_eq!(ids.len(), findings.len());
    }

    #[test]
    fn the_plan_names_each_finding_at_most_once_and_the_most_urgent_first(hospital in hospital()) {
        let triaged = hospital.triage();
        prop_assert!(triaged.plan.len() <= Round::PLAN_LENGTH);
        let planned: Vec<_> = triaged.plan.iter().flat_map(|item| &item.findings).collect();
        prop_assert_eq!(planned.iter().collect::<BTreeSet<_>>().len(), planned.len());
        prop_assert!(triaged.plan.is_sorted_by(|one, two| one.decision >= two.decision));
                let urgency = |id: &FindingId| triaged.findings.iter().find(|one| one.id == *id).map(crate::order::urgency);
        let first = triaged.plan.first().and_then(|item| urgency(&item.findings[0]));
        prop_assert_eq!(first, triaged.findings.first().map(crate::order::urgency));

    }
}
