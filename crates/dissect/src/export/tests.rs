//! Bytes as the documents lay them out, and what comes of them.

use std::net::IpAddr;

use wardround_model::Timestamp;

use super::sflow::{Datagram, Sampled};
use super::*;
use crate::packet::{LinkType, TcpFlags};

fn ip(text: &str) -> Option<IpAddr> {
    Some(text.parse().unwrap())
}

fn be16(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

fn be32(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// A set with its number and length before it.
fn set(number: u16, body: &[u8]) -> Vec<u8> {
    [&be16(&[number, u16::try_from(body.len() + 4).unwrap()]), body].concat()
}

fn message9(sets: &[Vec<u8>]) -> Vec<u8> {
    let header = [be16(&[9, 1]), be32(&[100_000, 1_795_600_000, 7, 42])].concat();
    [header, sets.concat()].concat()
}

fn message10(sets: &[Vec<u8>]) -> Vec<u8> {
    let length = u16::try_from(16 + sets.concat().len()).unwrap();
    [be16(&[10, length]), be32(&[1_795_600_000, 7, 42]), sets.concat()].concat()
}

/// All templates and records of a message that brings its templates before its records.
fn read(datagram: &[u8]) -> (Vec<Template>, Vec<FlowRecord>, bool) {
    let mut message = Message::read(datagram).unwrap();
    let (mut templates, mut records, mut is_whole) = (Vec::new(), Vec::new(), true);
    let mut known = std::collections::BTreeMap::new();
    while let Some(next) = message.next_set() {
        let Ok(mut next) = next else {
            is_whole = false;
            continue;
        };
        while matches!(next.kind, SetKind::Templates | SetKind::OptionsTemplates)
            && let Some(template) = next.next_template()
        {
            match template {
                Ok((number, template)) => {
                    known.insert(number, template.clone());
                    templates.push(template);
                }
                Err(Malformed) => is_whole = false,
            }
        }
        if let SetKind::Records(number) = next.kind
            && let Some(template) = known.get(&number)
        {
            while let Some(record) = next.next_record(template) {
                records.extend(record.ok());
            }
        }
    }
    (templates, records, is_whole)
}

/// The template and the records of RFC 3954, appendix B; and an interface that looks at one packet in a hundred.
#[test]
fn the_example_of_rfc_3954_is_read() {
    let template = be16(&[256, 5, 8, 4, 12, 4, 15, 4, 2, 4, 1, 4]);
    let record =
        |source, destination, next, packets, bytes| be32(&[source, destination, next, packets, bytes]);
    let data = [
        record(0xC6A8_010C, 0x0A05_0CFE, 0xC0A8_0101, 5009, 5_344_385),
        record(0xC0A8_011B, 0x0A05_0C17, 0xC0A8_0101, 748, 388_934),
        record(0xC0A8_0138, 0x0A05_0C41, 0xC0A8_0101, 5, 6534),
    ]
    .concat();
    let options = [be16(&[257, 4, 8, 2, 2, 34, 2, 36, 1]), vec![0, 0]].concat();
    let option = [be16(&[1, 100]), vec![5, 0, 0, 0]].concat();
    let message = message9(&[set(0, &template), set(256, &data), set(1, &options), set(257, &option)]);
    let (templates, records, is_whole) = read(&message);
    assert!(is_whole);
    assert_eq!(templates.iter().map(Template::is_options).collect::<Vec<_>>(), [false, true]);
    assert_eq!((records[0].source, records[0].destination), (ip("198.168.1.12"), ip("10.5.12.254")));
    let counts: Vec<_> = records.iter().take(3).map(|it| (it.there.packets, it.there.bytes)).collect();
    assert_eq!(counts, [(5009, 5_344_385), (748, 388_934), (5, 6534)]);
    // One packet in a hundred; the interface that it is about is a scope, and no field.
    assert_eq!((records[3].rate, records[3].source), (Some(100), None));
    let header = Message::read(&message).unwrap();
    assert_eq!((header.family, header.sequence, header.domain), (Family::NetFlow9, 7, 42));
    assert_eq!(header.clock, Clock { at: Timestamp::from_seconds(1_795_600_000), uptime: Some(100_000) });
}

/// RFC 7011, appendix A: templates with and without a field of an enterprise, records with padding, and one of variable length.
#[test]
fn the_examples_of_rfc_7011_are_read() {
    let plain = be16(&[256, 5, 8, 4, 12, 4, 15, 4, 2, 4, 1, 4]);
    let special = [be16(&[257, 3, 8, 4, 12, 4, 0x8000 | 15, 4]), be32(&[32_473])].concat();
    let named = be16(&[258, 3, 8, 4, 82, 0xFFFF, 2, 1]);
    let one = be32(&[0xC000_020C, 0xC000_02FE, 0xC000_0201, 5009, 5_344_385]);
    let two = be32(&[0xC000_021B, 0xC000_0217, 0xFFFF_FFFF]);
    let three =
        [&be32(&[0xC000_0201])[..], &[5], b"eth10", &[9], &be32(&[0xC000_0202]), &[255, 0, 2], b"lo", &[3]];
    let sets = [
        set(2, &[plain, special, named].concat()),
        set(256, &one),
        set(257, &two),
        set(258, &three.concat()),
    ];
    let (templates, records, is_whole) = read(&message10(&sets));
    assert!(is_whole);
    assert_eq!(templates.iter().map(Template::fields).collect::<Vec<_>>(), [5, 3, 3]);
    assert_eq!((records[0].destination, records[0].there.packets), (ip("192.0.2.254"), 5009));
    assert_eq!((records[1].source, records[1].destination), (ip("192.0.2.27"), ip("192.0.2.23")));
    let variable: Vec<_> = records[2..].iter().map(|it| (it.source, it.there.packets)).collect();
    assert_eq!(variable, [(ip("192.0.2.1"), 9), (ip("192.0.2.2"), 3)]);
}

#[test]
fn a_template_of_ipfix_is_taken_back() {
    let (templates, ..) = read(&message10(&[set(2, &be16(&[256, 0]))]));
    assert!(templates[0].is_withdrawn());
    let (templates, ..) = read(&message10(&[set(3, &be16(&[256, 0]))]));
    assert!(templates[0].is_withdrawn());
}

#[test]
fn a_record_of_both_ways_is_read_as_such() {
    let reverse = |number: u16, length: u16| [be16(&[0x8000 | number, length]), be32(&[29_305])].concat();
    let template = [
        be16(&[300, 11, 8, 4, 12, 4, 7, 2, 11, 2, 4, 1, 6, 1, 2, 8, 152, 8, 239, 1]),
        reverse(2, 2),
        reverse(6, 1),
    ];
    let record = [
        be32(&[0x0A00_0001, 0x0A00_0002]),
        be16(&[40_000, 104]),
        vec![6, 0x1B],
        7_u64.to_be_bytes().to_vec(),
        1_795_600_000_123_u64.to_be_bytes().to_vec(),
        vec![1, 0, 5, 0x12],
    ];
    let (_, records, _) = read(&message10(&[set(2, &template.concat()), set(300, &record.concat())]));
    let it = &records[0];
    assert_eq!((it.source_port, it.destination_port, it.protocol), (40_000, 104, 6));
    assert_eq!((it.there.packets, it.back.packets), (7, 5));
    assert_eq!((it.flags, it.reverse_flags), (Some(TcpFlags(0x1B)), Some(TcpFlags(0x12))));
    assert_eq!(it.initiator, Initiator::Source);
    assert_eq!(it.first, Moment::At(Timestamp::from_nanoseconds(1_795_600_000_123_000_000)));
}

#[test]
fn times_are_told_in_many_ways() {
    let clock = Clock { at: Timestamp::from_seconds(1000), uptime: Some(50_000) };
    let at = |seconds| Some(Timestamp::from_seconds(seconds));
    assert_eq!(clock.resolve(Moment::Uptime(49_000), None), at(999));
    // The counter began anew in between.
    let young = Clock { uptime: Some(500), ..clock };
    assert_eq!(young.resolve(Moment::Uptime(0u32.wrapping_sub(500)), None), at(999));
    let bare = Clock { uptime: None, ..clock };
    assert_eq!(bare.resolve(Moment::Uptime(1000), None), None);
    assert_eq!(bare.resolve(Moment::Uptime(1000), at(7)), at(8));
    assert_eq!(bare.resolve(Moment::Before(2_000_000), None), at(998));
    assert_eq!(clock.resolve(Moment::Unknown, None), None);
}

/// A datagram of version 5 with one record.
fn v5() -> Vec<u8> {
    let header = [be16(&[5, 1]), be32(&[60_000, 1_795_600_000, 500_000_000, 1000]), be16(&[0x0102, 0x4064])];
    let record = [
        be32(&[0x0A14_0115, 0x0A14_030C, 0]),
        be16(&[1, 2]),
        be32(&[10, 5200, 50_000, 58_000]),
        be16(&[49_152, 443]),
        vec![0, 0x1B, 6, 0],
        be16(&[0, 0]),
        vec![24, 24, 0, 0],
    ];
    [header.concat(), record.concat()].concat()
}

#[test]
fn version_5_is_read() {
    let bytes = v5();
    assert_eq!(bytes.len(), 24 + 48);
    let datagram = V5::read(&bytes).unwrap();
    assert_eq!((datagram.sequence, datagram.engine, datagram.rate), (1000, 0x0102, Some(100)));
    let records: Vec<_> = datagram.records().collect();
    assert_eq!(records.len(), 1);
    let it = &records[0];
    assert_eq!((it.source, it.destination), (ip("10.20.1.21"), ip("10.20.3.12")));
    assert_eq!((it.source_port, it.destination_port, it.protocol), (49_152, 443, 6));
    assert_eq!((it.there.packets, it.there.bytes, it.flags), (10, 5200, Some(TcpFlags(0x1B))));
    let first = datagram.clock.resolve(it.first, None).unwrap();
    assert_eq!(first.nanoseconds(), 1_795_599_990_500_000_000);
    assert_eq!(V5::read(&bytes[..70]).unwrap().records().count(), 0);
}

/// A sample with the beginning of a frame, after one of counters.
fn sflow() -> Vec<u8> {
    let frame = [0xAB; 62];
    let raw = [be32(&[1, 1518, 4, 62]), frame.to_vec(), vec![0, 0]].concat();
    let sample =
        [be32(&[9, (2 << 24) | 17, 400, 4000, 3, 1, 2, 1, 1, u32::try_from(raw.len()).unwrap()]), raw]
            .concat();
    let counters = be32(&[2, 12, 1, 2, 3]);
    [
        be32(&[5, 1, 0x0A14_0901, 0, 77, 1000, 2]),
        counters,
        be32(&[1, u32::try_from(sample.len()).unwrap()]),
        sample,
    ]
    .concat()
}

#[test]
fn sflow_is_read() {
    let bytes = sflow();
    let mut datagram = Datagram::read(&bytes).unwrap();
    assert_eq!((Some(datagram.agent), datagram.sequence), (ip("10.20.9.1"), 77));
    let sample = datagram.next_sample().unwrap().unwrap();
    assert_eq!((sample.source, sample.rate, sample.lost), ((2 << 32) | 17, 400, 3));
    let Some(Sampled::Header { link, wire, data }) = sample.seen else { panic!("no header") };
    assert_eq!((link, wire, data), (LinkType::Ethernet, 1514, &[0xAB; 62][..]));
    assert!(datagram.next_sample().is_none());
}

#[test]
fn nothing_panics_wherever_it_is_cut_or_changed() {
    let template = be16(&[256, 3, 8, 4, 12, 4, 1, 0xFFFF]);
    let data = [&be32(&[1, 2])[..], &[255, 0, 3, 1, 2, 3]].concat();
    let ipfix = message10(&[set(2, &template), set(256, &data)]);
    for whole in [v5(), sflow(), ipfix] {
        for end in 0..whole.len() {
            let (mut cut, mut changed) = (whole[..end].to_vec(), whole.clone());
            changed[end] = 0xFF;
            cut.push(0xFF);
            for bytes in [cut, changed] {
                if let Some(datagram) = V5::read(&bytes) {
                    assert!(datagram.records().count() <= bytes.len() / 48);
                }
                if Message::read(&bytes).is_some() {
                    assert!(read(&bytes).1.len() <= bytes.len());
                }
                if let Some(mut datagram) = Datagram::read(&bytes) {
                    while datagram.next_sample().is_some() {}
                }
            }
        }
    }
}

#[test]
fn a_template_that_takes_no_bytes_gives_no_records() {
    let empty = be16(&[256, 1, 8, 0]);
    let (_, records, is_whole) = read(&message10(&[set(2, &empty), set(256, &[0; 32])]));
    assert!(records.is_empty() && is_whole);
}

#[test]
fn a_template_with_too_many_fields_is_refused() {
    let fields = u16::try_from(MAX_FIELDS + 1).unwrap();
    let many = [be16(&[256, fields]), be16(&[8, 4]).repeat(MAX_FIELDS + 1)].concat();
    let (templates, _, is_whole) = read(&message10(&[set(2, &many)]));
    assert!(templates.is_empty() && !is_whole);
}
