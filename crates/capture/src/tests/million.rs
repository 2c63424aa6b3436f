//! A million flows at once, in at most 256 bytes each.

use std::hash::BuildHasher as _;
use std::net::Ipv4Addr;

use foldhash::fast::RandomState;
use wardround_model::{Evidence, Sighting, SourceIndex, Timestamp};

use crate::Limits;
use crate::flow::{Entered, Flow, FlowKey, FlowTable, Kind, View};
use crate::shard::SHARDS;

const MILLION: u32 = 1_000_000;

/// Adds flows of these numbers; how many others were let go for them.
fn enter(table: &mut FlowTable, hasher: &RandomState, numbers: std::ops::Range<u32>) -> usize {
    let seen = Sighting {
        evidence: Evidence { source: SourceIndex(0), record: 1, offset: 0 },
        at: Timestamp::EPOCH,
    };
    let mut let_go = 0;
    for number in numbers {
        let port = u16::try_from(number % 50_000).unwrap() + 10_000;
        let client = Ipv4Addr::from_bits(0x0A00_0000 + number / 50_000);
        let server = Ipv4Addr::new(10, 200, 0, 1);
        let view = View { point: 0, segment: 0 };
        let (key, side) = FlowKey::new(Kind::Tcp, (client.into(), port), (server.into(), 104), view);
        let entered = table.enter(hasher.hash_one(key), &key, || Flow::new(key, side, seen));
        let_go += usize::from(matches!(entered, Entered::Replaced(..)));
    }
    let_go
}

#[test]
fn a_million_flows_are_followed_at_once_in_256_bytes_each() {
    let limit = Limits::default().flows;
    assert!(limit >= MILLION as usize);
    let hasher = RandomState::default();
    // As the shards do: each has an equal part of the limit, and of the flows.
    let part = MILLION / u32::try_from(SHARDS).unwrap();
    let mut tables: Vec<_> = (0..SHARDS).map(|_| FlowTable::new(limit / SHARDS, hasher.clone())).collect();
    let mut let_go = 0;
    for (table, number) in tables.iter_mut().zip(0..) {
        let_go += enter(table, &hasher, number * part..(number + 1) * part);
    }
    assert_eq!(let_go, 0);
    let memory: usize = tables.iter().map(FlowTable::memory).sum();
    let each = memory / MILLION as usize;
    println!("{memory} bytes for a million flows: {each} each");
    assert!(each <= 256, "{each}");
}

#[test]
fn beyond_the_limit_one_is_let_go_for_each_and_memory_stays() {
    let hasher = RandomState::default();
    let mut table = FlowTable::new(1 << 16, hasher.clone());
    assert_eq!(enter(&mut table, &hasher, 0..1 << 16), 0);
    let memory = table.memory();
    assert_eq!(enter(&mut table, &hasher, 1 << 16..1 << 17), 1 << 16);
    assert_eq!(table.memory(), memory);
}
