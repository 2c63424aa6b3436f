//! Damage from a number: the same number damages the same capture in the same way.

use crate::pieces::Taken;

/// Numbers that look random, from a seed (SplitMix64, by Steele, Lea and Flood).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 where there is none.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % (end.max(1) as u64)).unwrap()
    }
}

/// A part of a capture, damaged: packets in another order (some twice, some gone), bits flipped, cut. At least one of the three.
pub(crate) fn damaged(taken: &Taken, seed: u64) -> Vec<u8> {
    let mut dice = Dice::new(seed);
    let what = 1 + dice.below(7);
    let (head, mut packets) = taken.part(&mut dice);
    if what & 1 != 0 {
        reorder(&mut packets, &mut dice);
    }
    let mut bytes = [head, &packets.concat()].concat();
    if what & 2 != 0 {
        flip(&mut bytes, head.len(), &mut dice);
    }
    if what & 4 != 0 {
        bytes.truncate(dice.below(bytes.len()));
    }
    bytes
}

fn reorder(packets: &mut Vec<&[u8]>, dice: &mut Dice) {
    for _ in 0..=dice.below(packets.len()) {
        let (one, other) = (dice.below(packets.len()), dice.below(packets.len()));
        match dice.below(8) {
            _ if packets.is_empty() => {}
            0 => packets.insert(one, packets[other]),
            1 => drop(packets.remove(one)),
            _ => packets.swap(one, other),
        }
    }
}

/// Up to 32 bits; most often behind the head, so that there is still something to read.
fn flip(bytes: &mut [u8], head: usize, dice: &mut Dice) {
    for _ in 0..=dice.below(32) {
        let from = if dice.below(32) == 0 { 0 } else { head };
        let place = from + dice.below(bytes.len() - from);
        let bit = 1 << dice.below(8);
        if let Some(byte) = bytes.get_mut(place) {
            *byte ^= bit;
        }
    }
}

#[test]
fn the_same_number_damages_alike_and_another_one_otherwise() {
    let packets: Vec<_> = (0..40u8).map(|n| vec![n; 60]).collect();
    let capture = Taken::apart(&crate::build::Pcap::of(&packets));
    let all: std::collections::BTreeSet<_> = (0..500).map(|seed| damaged(&capture, seed)).collect();
    assert!(all.len() > 490, "{}", all.len());
    assert!((0..500).all(|seed| damaged(&capture, seed) == damaged(&capture, seed)));
}
