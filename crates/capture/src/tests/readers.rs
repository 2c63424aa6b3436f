use std::io::Write;

use wardround_model::{FactKind, SkipReason, Timestamp};

use super::build::{CLIENT, Pcap, Pcapng, SERVER, START, arp, halves, udp};
use super::{options, skipped, values};
use crate::{CaptureError, Captured, Input, NothingRead, Options, read, read_bytes};

const MICROSECOND: i64 = 1000;

fn packets() -> Vec<Vec<u8>> {
    vec![arp(CLIENT.0, CLIENT.1), arp(SERVER.0, SERVER.1)]
}

/// The two ARP packets were read, at the given nanoseconds behind [`START`].
#[track_caller]
fn check(captured: &Captured, times: [i64; 2]) {
    assert_eq!(values(captured, FactKind::OwnsIp), ["10.1.0.1", "10.2.0.2"]);
    let found: Vec<_> = captured.observations.iter().map(|o| o.first.at).collect();
    assert_eq!(found, times.map(|t| Timestamp::from_nanoseconds(START * 1_000_000_000 + t)));
    let numbers: Vec<_> = captured.observations.iter().map(|o| o.first.evidence.record).collect();
    assert_eq!(numbers, [1, 2]);
    let [source] = captured.coverage.sources.as_slice() else { panic!("one source") };
    assert_eq!((source.records, &source.ended_early), (2, &None));
}

#[test]
fn pcap_in_both_byte_orders_and_resolutions() {
    for big in [false, true] {
        for (magic, unit) in [(0xA1B2_C3D4u32, 1000), (0xA1B2_3C4D, 1)] {
            let number = |n: u32| if big { n.to_be_bytes() } else { n.to_le_bytes() };
            let mut bytes = [magic, 0, 0, 0, 262_144, 1].map(number).concat();
            for (n, packet) in packets().iter().enumerate() {
                let length = u32::try_from(packet.len()).unwrap();
                let seconds = u32::try_from(START).unwrap();
                bytes.extend([seconds, 5 + u32::try_from(n).unwrap(), length, length].map(number).concat());
                bytes.extend(packet);
            }
            let captured = read_bytes("a.pcap", &bytes, &options()).unwrap();
            check(&captured, [5 * unit, 6 * unit]);
            let offsets: Vec<_> = captured.observations.iter().map(|o| o.first.evidence.offset).collect();
            assert_eq!(offsets, [24, 24 + 16 + 42]);
            assert!(captured.coverage.sources[0].interfaces.is_empty());
        }
    }
}

#[test]
fn pcapng_with_sections_interfaces_clocks_and_unknown_blocks() {
    let packets = packets();
    let ticks = u64::try_from(START).unwrap();
    for big in [false, true] {
        let hour: i64 = 3600;
        let offset = if big { hour.to_le_bytes() } else { hour.to_be_bytes() };
        let mut pcapng = Pcapng::new(big);
        pcapng.section(big).block(0x0BAD, &[1; 1000]);
        pcapng.interface(1, 0, &[(2, b"unused")]).interface(
            1,
            0,
            &[(2, b"trunk 3"), (9, &[9]), (1, b"note")],
        );
        pcapng.packet(1, ticks * 1_000_000_000 + 7, &packets[0]).block(5, &[0; 12]);
        pcapng.section(!big).interface(1, 0, &[(2, b"trunk 3"), (9, &[0x80 | 10]), (14, &offset)]);
        pcapng.packet(0, (ticks - 3600) * 1024 + 512, &packets[1]);
        let captured = read_bytes("a.pcapng", &pcapng.bytes, &options()).unwrap();
        check(&captured, [7, 500_000_000]);
        assert_eq!(captured.coverage.sources[0].interfaces, ["*", "trunk 3"]);
    }
}

#[test]
fn simple_packets_have_no_time_and_old_packets_are_read() {
    let packets = packets();
    let mut pcapng = Pcapng::new(false);
    pcapng.section(false).interface(1, 0, &[]);
    let ticks = u64::try_from(START).unwrap() * 1_000_000;
    let length = u32::try_from(packets[0].len()).unwrap().to_le_bytes();
    let [high, low] = halves(ticks).map(u32::to_le_bytes);
    pcapng.block(2, &[&[0, 0, 9, 9], high.as_slice(), &low, &length, &length, &packets[0]].concat());
    pcapng.simple_packet(&packets[1]);
    let captured = read_bytes("a.pcapng", &pcapng.bytes, &options()).unwrap();
    check(&captured, [0, 0]);
    assert_eq!(captured.coverage.sources[0].interfaces, ["interface 0"]);
}

#[test]
fn a_simple_packet_is_cut_to_what_its_interface_keeps() {
    let mut pcapng = Pcapng::new(false);
    pcapng.section(false).interface(1, 20, &[]);
    let packet = &packets()[0];
    let body = [&u32::try_from(packet.len()).unwrap().to_le_bytes(), &packet[..20]].concat();
    pcapng.block(3, &body);
    let captured = read_bytes("a.pcapng", &pcapng.bytes, &options()).unwrap();
    assert_eq!(captured.coverage.packets(), 1);
    assert!(captured.observations.is_empty());
}

#[test]
fn a_packet_of_an_undeclared_interface_is_malformed_and_the_rest_is_read() {
    let packets = packets();
    let mut pcapng = Pcapng::new(false);
    let ticks = u64::try_from(START).unwrap() * 1_000_000;
    pcapng.section(false).interface(1, 0, &[]).packet(7, ticks, &packets[0]).packet(0, ticks, &packets[1]);
    let captured = read_bytes("a.pcapng", &pcapng.bytes, &options()).unwrap();
    assert_eq!(values(&captured, FactKind::OwnsIp), ["10.2.0.2"]);
    assert_eq!(skipped(&captured, SkipReason::Malformed), 1);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

#[test]
fn compressed_captures_in_several_members() {
    let whole = Pcap::of(&packets());
    let (one, other) = whole.split_at(50);
    let times = [1000 * MICROSECOND, 2000 * MICROSECOND];
    check(&read_bytes("a.gz", &[gzip(one), gzip(other)].concat(), &options()).unwrap(), times);
    let skippable = [&[0x53, 0x2A, 0x4D, 0x18, 3, 0, 0, 0], b"abc".as_slice()].concat();
    let frames = [skippable.clone(), zstd(one), skippable, zstd(other)].concat();
    let captured = read_bytes("a.zst", &frames, &options()).unwrap();
    check(&captured, times);
    assert_eq!(captured.coverage.sources[0].bytes, frames.len() as u64);
}

#[test]
fn damaged_compression_keeps_what_was_good() {
    let mut pcap = Pcap::new();
    for n in 0..2000u32 {
        let [.., a, b] = n.wrapping_mul(2_654_435_761).to_be_bytes();
        pcap.packet(&arp([0, 1, 2, 3, a, b], CLIENT.1));
    }
    let mut cut = gzip(&pcap.bytes);
    cut.truncate(cut.len() / 2);
    let captured = read_bytes("cut.gz", &cut, &options()).unwrap();
    let source = &captured.coverage.sources[0];
    assert!((100..1999).contains(&source.records), "{}", source.records);
    assert!(source.ended_early.as_ref().unwrap().contains("compressed data is damaged"));

    let mut window = zstd(&pcap.bytes);
    // A window of 2^41 bytes is declared: refused before anything is allocated.
    window.splice(4..6, [0x00, 0xF8]);
    assert!(read_bytes("window.zst", &window, &options()).is_err());
}

fn first_error(result: Result<Captured, NothingRead>) -> CaptureError {
    result.unwrap_err().0.remove(0)
}

#[test]
fn nothing_to_read_is_one_clear_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        Input::File(path)
    };
    let check = |input: &Input, expected: &str| {
        let error = first_error(read(std::slice::from_ref(input), &options(), &())).to_string();
        assert!(error.contains(expected) && error.contains("; ") && !error.contains('\n'), "{error}");
    };
    check(&Input::File(folder.path().join("gone.pcap")), "there is no file");
    check(&Input::File(folder.path().to_path_buf()), "is a folder");
    check(&file("empty.pcap", b""), "is empty (0 bytes)");
    check(&file("letter.txt", b"Dear colleague, this is no capture."), "is not a packet capture");
    check(&file("short.pcap", &Pcap::new().bytes[..20]), "is not a packet capture");
    check(&file("a\u{1b}[31m.pcap", b""), "a\u{FFFD}[31m.pcap is empty");

    let mut huge = Pcap::new().bytes;
    huge.extend([[0; 8].as_slice(), &[0xFF; 8]].concat());
    check(&file("huge.pcap", &huge), "declares 4294967295 bytes");
}

#[test]
fn what_is_good_is_kept_beside_what_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let good = folder.path().join("good.pcap");
    let mut bytes = Pcap::of(&packets());
    bytes.extend([1, 2, 3]);
    std::fs::write(&good, &bytes).unwrap();
    let inputs = [Input::File(folder.path().join("gone.pcap")), Input::File(good)];
    let captured = read(&inputs, &options(), &()).unwrap();
    assert!(matches!(captured.failed.as_slice(), [CaptureError::Missing(_)]));
    let [gone, good] = captured.coverage.sources.as_slice() else { panic!("two sources") };
    assert_eq!((gone.records, gone.name.as_str()), (0, "gone.pcap"));
    assert!(gone.ended_early.as_ref().unwrap().contains("there is no file"));
    let ended = good.ended_early.as_ref().unwrap();
    assert!(
        ended.contains("good.pcap could be read only up to byte 140 (2 packets): it ends in the middle"),
        "{ended}"
    );
    assert_eq!(captured.observations[0].first.evidence.source.0, 1);
}

#[test]
fn a_capture_without_packets_says_so() {
    let error = read_bytes("none.pcap", &Pcap::new().bytes, &options()).unwrap_err();
    assert!(error.to_string().contains("none.pcap is a packet capture but holds no packet"), "{error}");
}

#[test]
fn impossible_times_are_counted_and_not_used() {
    let mut pcap = Pcap::new();
    let packets = packets();
    pcap.packet_at(0, &packets[0]);
    pcap.packet_at((START + 30) * 1_000_000, &packets[1]);
    pcap.packet_at((START + 10 * 86_400) * 1_000_000, &packets[0]);
    let captured = read_bytes("odd.pcap", &pcap.bytes, &options()).unwrap();
    assert_eq!(skipped(&captured, SkipReason::ImplausibleTime), 2);
    let only = Timestamp::from_seconds(START + 30);
    let source = &captured.coverage.sources[0];
    assert_eq!((source.first, source.last), (Some(only), Some(only)));
    for observation in &captured.observations {
        assert_eq!((observation.first.at, observation.last), (only, only));
    }
    assert_eq!(captured.observations[0].count, 2);

    let never = Pcap::new().packet_at(5, &packets[0]).bytes.clone();
    let as_of = Timestamp::from_seconds(START);
    let captured = read_bytes("never.pcap", &never, &Options::at(as_of)).unwrap();
    assert_eq!(captured.observations[0].first.at, as_of);
}

#[test]
fn progress_is_told_to_the_end() {
    struct Told(std::sync::Mutex<Vec<(usize, u64, Option<u64>)>>);
    impl crate::Progress for Told {
        fn read(&self, source: usize, bytes: u64, of: Option<u64>) {
            self.0.lock().unwrap().push((source, bytes, of));
        }
    }
    let mut pcap = Pcap::new();
    for _ in 0..40_000 {
        pcap.packet(&packets()[0]);
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("big.pcap");
    std::fs::write(&path, &pcap.bytes).unwrap();
    let told = Told(std::sync::Mutex::default());
    read(&[Input::File(path)], &options(), &told).unwrap();
    let told = told.0.into_inner().unwrap();
    let size = pcap.bytes.len() as u64;
    assert!(told.len() >= 3 && told.is_sorted());
    assert_eq!(told.last(), Some(&(0, size, Some(size))));
}

#[test]
fn drops_that_a_file_tells_of_are_told_once() {
    let packet = udp(CLIENT, SERVER.1, (5000, 53), b"?");
    for big in [false, true] {
        let mut file = Pcapng::new(big);
        file.section(big).interface(1, 0, &[]).packet(0, 1_795_417_200_000_000, &packet);
        // Statistics come again and again, each with the count since the beginning; packets tell of the same drops.
        for dropped in [3u64, 7] {
            let [high, low] = halves(dropped);
            let order = if big { [high, low] } else { [low, high] };
            let mut body: Vec<u8> = [0, 0, 0].iter().flat_map(|number| file.number(*number)).collect();
            let code = if big { [0, 5, 0, 8] } else { [5, 0, 8, 0] };
            body.extend(code);
            body.extend(order.iter().flat_map(|number| file.number(*number)));
            body.extend([0; 4]);
            file.block(5, &body);
        }
        let captured = read_bytes("a.pcapng", &file.bytes, &options()).unwrap();
        assert_eq!(skipped(&captured, SkipReason::Dropped), 7, "big: {big}");
    }
}
