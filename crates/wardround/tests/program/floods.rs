//! More than anybody's memory holds: a million hosts, and captures that are small until they are unpacked. The program stays below the
//! memory that it was told to, and says what it gave up.

use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::{Output, Stdio};

use crate::program::{Place, error};

const HOSTS: u32 = 1_000_000;

/// The program as it is shipped where it was built, or the one of the tests, which is slow.
fn program() -> PathBuf {
    std::env::var_os("WARDROUND_DIST").map_or_else(|| env!("CARGO_BIN_EXE_wardround").into(), PathBuf::from)
}

/// Runs the program with these words on what `write` writes; what it printed, and the bytes that it had in memory at the most.
fn measured(place: &Place, words: &[&str], write: impl FnOnce(&mut dyn Write) + Send) -> (Output, u64) {
    // The kernel tells the most memory of a process that has ended to who started it.
    const WATCH: &str = "import resource, subprocess, sys\n\
        code = subprocess.call(sys.argv[2:])\n\
        print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024, file=open(sys.argv[1], 'w'))\n\
        sys.exit(code)";
    let mut command = std::process::Command::new("python3");
    command.args(["-c", WATCH, "most"]).arg(program()).args(words).current_dir(place.folder.path());
    command.env_clear().env("HOME", place.folder.path()).env("PATH", "/usr/bin:/bin");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let input = child.stdin.take().unwrap();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || {
            let mut input = BufWriter::with_capacity(1 << 20, input);
            write(&mut input);
            input.flush().unwrap();
        });
        child.wait_with_output().unwrap()
    });
    let most = std::fs::read_to_string(place.path("most")).unwrap().trim().parse().unwrap();
    (output, most)
}

/// A pcap header: microseconds, little-endian, Ethernet.
const HEADER: [u8; 24] = *b"\xD4\xC3\xB2\xA1\x02\0\x04\0\0\0\0\0\0\0\0\0\0\0\x04\0\x01\0\0\0";

fn record(second: u32, length: usize) -> Vec<u8> {
    let length = u32::try_from(length).unwrap();
    [1_795_417_200 + second, 0, length, length].iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// What the host of this number sends: each has a card and an address of its own.
fn frames(host: u32) -> Vec<Vec<u8>> {
    let [_, a, b, c] = host.to_be_bytes();
    let ethernet = [2, 0, 0, 0, 0, 9, 0, 9, 0x5C, a, b, c];
    let ip = |protocol: u8, place: u16, inside: &[u8]| {
        let total = u16::try_from(20 + inside.len()).unwrap().to_be_bytes();
        let place = place.to_be_bytes();
        let head = [8, 0, 0x45, 0, total[0], total[1], b, c, place[0], place[1], 64, protocol, 0, 0];
        [&ethernet, head.as_slice(), &[11, a, b, c, 10, 0, 0, 1], inside].concat()
    };
    let udp = |from: u16, to: u16, data: &[u8]| {
        let length = u16::try_from(8 + data.len()).unwrap();
        let head: Vec<u8> = [from, to, length, 0].iter().flat_map(|number| number.to_be_bytes()).collect();
        ip(17, 0, &[&head, data].concat())
    };
    let tcp = |sequence: u32, flags: u8, data: &[u8]| {
        let ports_and_places = [0x9C40_0050, sequence, 0].map(u32::to_be_bytes).concat();
        ip(6, 0, &[&ports_and_places, [0x50, flags, 1, 0, 0, 0, 0, 0].as_slice(), data].concat())
    };
    match host % 4 {
        // A fact that nobody else tells.
        0 => vec![udp(4000, 1900, format!("M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nUSER-AGENT: Linux/3.{host} UPnP/1.1 device/{host}\r\n\r\n").as_bytes())],
        // The beginning of a message whose end never comes, and a piece behind a gap.
        1 => vec![tcp(0, 2, b""), tcp(1, 16, format!("GET / HTTP/1.1\r\nUser-Agent: {}", "x".repeat(600)).as_bytes()), tcp(5000, 16, &[b'y'; 600])],
        // The address of a card.
        2 => vec![[ethernet.as_slice(), &[8, 6, 0, 1, 8, 0, 6, 4, 0, 1, 0, 9, 0x5C, a, b, c, 11, a, b, c], &[0; 6], &[11, a, b, c]].concat()],
        // The first piece of a packet whose others never come.
        _ => vec![ip(17, 0x2000, &[7; 1200])],
    }
}

fn flood(input: &mut dyn Write) {
    input.write_all(&HEADER).unwrap();
    for host in 0..HOSTS {
        for frame in frames(host) {
            input.write_all(&record(host / 1000, frame.len())).unwrap();
            input.write_all(&frame).unwrap();
        }
    }
}

/// The number at the head of the line that has these words.
fn counted(page: &str, words: &str) -> u64 {
    let line = page.lines().find(|line| line.contains(words)).unwrap_or_default();
    assert!(!line.is_empty(), "{words:?} is not in {page}");
    let digits: String = line
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(|c| *c != ' ')
        .filter(|c| *c != ',')
        .collect();
    digits.parse().unwrap()
}

#[test]
fn a_million_hosts_stay_within_the_memory_and_what_was_given_up_is_told() {
    for (words, limit) in [(&[][..], 512 << 20), (&["--memory", "64MiB"], 64 << 20)] {
        let place = Place::new();
        let words = [&["round", "-", "--as-of", "2026-11-24", "--workers", "8"], words].concat();
        let (output, most) = measured(&place, &words, flood);
        let page = String::from_utf8(output.stdout.clone()).unwrap();
        assert!(output.status.success(), "{}", error(&output));
        println!("{words:?}: {} MB at the most\n{page}", most >> 20);
        assert!(most < limit, "{most}");
        assert!(counted(&page, "facts beyond the limit of what is kept") > 100_000);
    }
}

/// Bytes of the packets in a bomb, each as long as a packet may be.
const LONG: usize = 262_144;
/// Packets of a bomb: 600 MB, more than the memory that a round may take.
const PACKETS: usize = 2_400;

/// A capture of long packets of zeros in about 16 KB a hundred: members of gzip, one behind the other (RFC 1952, 2.2).
fn gzip_bomb() -> Vec<u8> {
    let packed = |bytes: &[u8]| {
        let mut member = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        member.write_all(bytes).unwrap();
        member.finish().unwrap()
    };
    let some = [record(0, LONG), vec![0; LONG]].concat().repeat(16);
    [packed(&HEADER), packed(&some).repeat(PACKETS / 16)].concat()
}

/// The same in 27 bytes a packet: blocks of zstd that say one byte and how often it comes (RFC 8878, 3.1.1.2).
fn zstd_bomb() -> Vec<u8> {
    let block = |last: u32, kind: u32, size: usize| {
        let size = u32::try_from(size).unwrap();
        (last | kind << 1 | size << 3).to_le_bytes()[..3].to_vec()
    };
    // No checksum and no length, a window of 8 MiB.
    let mut bytes =
        [&[0x28, 0xB5, 0x2F, 0xFD, 0, 13 << 3], block(0, 0, HEADER.len()).as_slice(), &HEADER].concat();
    for _ in 0..PACKETS {
        let head = record(0, LONG);
        bytes.extend([block(0, 0, head.len()), head].concat());
        bytes.extend([block(0, 1, LONG / 2), vec![0], block(0, 1, LONG / 2), vec![0]].concat());
    }
    bytes.extend(block(1, 0, 0));
    bytes
}

#[test]
fn bombs_are_long_streams() {
    for (name, bomb) in [("bomb.pcap.gz", gzip_bomb()), ("bomb.pcap.zst", zstd_bomb())] {
        assert!(bomb.len() < LONG * PACKETS / 500, "{name}: {} bytes", bomb.len());
        let place = Place::new();
        place.file(name, &bomb);
        let words = ["round", name, "--as-of", "2026-11-24", "--memory", "64MiB"];
        let (output, most) = measured(&place, &words, |_| ());
        let page = String::from_utf8(output.stdout.clone()).unwrap();
        assert!(output.status.success(), "{}", error(&output));
        println!("{name}, {} bytes: {} MB at the most", bomb.len(), most >> 20);
        assert!(most < 64 << 20, "{name}: {most}");
        assert_eq!(counted(&page, "neither IP nor ARP"), PACKETS as u64, "{page}");
    }
}
