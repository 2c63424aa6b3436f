//! Repeats a capture many times with other addresses, so that a small one becomes a large one of many more hosts:
//! `multiply_capture IN.pcap OUT.pcap COPIES SITES` (pcap, little-endian, Ethernet). With fewer sites than copies the same
//! hosts come again later.
//!
//! Each site (at most 1,024) changes the second byte of every IPv4 address, the eighth of every IPv6 address and the fourth of every card,
//! and the two highest bits of the byte behind it, but for groups, and comes a capture's length later; the last copy keeps the times of the original, so that none lies in the
//! future. What is inside tunnels and payloads, and checksums, stay as they were. For benches only.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [input, output, copies, sites] = arguments.as_slice() else {
        return Err("give IN.pcap OUT.pcap COPIES SITES".into());
    };
    let mut bytes = Vec::new();
    BufReader::new(File::open(input)?).read_to_end(&mut bytes)?;
    let (head, records) = bytes.split_first_chunk::<24>().ok_or("no capture")?;
    if head.first_chunk() != Some(&0xA1B2_C3D4u32.to_le_bytes()) {
        return Err("only little-endian pcap in microseconds; convert it with editcap -F pcap".into());
    }
    let mut out = BufWriter::with_capacity(1 << 20, File::create(output)?);
    out.write_all(head)?;
    let seconds = length_in_seconds(records);
    let mut sites = (0..sites.parse::<u16>()?.clamp(1, 1024)).cycle();
    for earlier in (0..copies.parse::<u32>()?).rev() {
        write_copy(&mut out, records, sites.next().unwrap_or(0), seconds.saturating_mul(earlier))?;
    }
    Ok(out.flush()?)
}

/// The records of a capture: head and packet.
fn each(mut records: &[u8]) -> impl Iterator<Item = (&[u8; 16], &[u8])> {
    std::iter::from_fn(move || {
        let (head, rest) = records.split_first_chunk::<16>()?;
        let &[.., a, b, c, d, _, _, _, _] = head;
        let (packet, rest) = rest.split_at_checked(u32::from_le_bytes([a, b, c, d]) as usize)?;
        records = rest;
        Some((head, packet))
    })
}

fn seconds_of(head: &[u8; 16]) -> u32 {
    let &[a, b, c, d, ..] = head;
    u32::from_le_bytes([a, b, c, d])
}

fn length_in_seconds(records: &[u8]) -> u32 {
    let times = || each(records).map(|(head, _)| seconds_of(head));
    times().max().unwrap_or(0).saturating_sub(times().min().unwrap_or(0)).saturating_add(1)
}

fn write_copy(out: &mut impl Write, records: &[u8], site: u16, earlier: u32) -> std::io::Result<()> {
    let mut packet = Vec::new();
    for (head, original) in each(records) {
        packet.clear();
        packet.extend_from_slice(original);
        rewrite(&mut packet, site);
        let [_, _, _, _, rest @ ..] = *head;
        out.write_all(&seconds_of(head).saturating_sub(earlier).to_le_bytes())?;
        out.write_all(&rest)?;
        out.write_all(&packet)?;
    }
    Ok(())
}

fn rewrite(packet: &mut [u8], site: u16) {
    for card in [0, 6] {
        change(packet, card, 3, site, |first| first & 1 == 0);
    }
    let mut kind = 12;
    while packet.get(kind..kind + 2) == Some(&[0x81, 0x00]) {
        kind += 4;
    }
    let body = kind + 2;
    // Where addresses stand, and which of their bytes changes.
    let (cards, addresses, byte): (&[usize], &[usize], _) = match packet.get(kind..body) {
        Some([0x08, 0x00]) => (&[], &[12, 16], 1),
        Some([0x86, 0xDD]) => (&[], &[8, 24], 7),
        Some([0x08, 0x06]) => (&[8, 18], &[14, 24], 1),
        _ => (&[], &[], 0),
    };
    for at in cards {
        change(packet, body + at, 3, site, |first| first & 1 == 0);
    }
    for at in addresses {
        change(packet, body + at, byte, site, |first| {
            byte == 7 && first != 0xFF || (1..224).contains(&first)
        });
    }
}

/// Changes two bytes of the address that begins at `start`, if its first byte is as wanted.
fn change(packet: &mut [u8], start: usize, byte: usize, site: u16, wanted: impl Fn(u8) -> bool) {
    let [high, low] = site.to_be_bytes();
    if packet.get(start).is_some_and(|first| wanted(*first))
        && let Some([one, two]) = packet.get_mut(start + byte..start + byte + 2)
    {
        *one ^= low;
        *two ^= high << 6;
    }
}
