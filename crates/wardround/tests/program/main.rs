//! The real program on real input: the demo capture against its truth, hostile files, stores in trouble.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod answers;
mod asking;
mod asking_broken_off;
mod asking_multicast;
mod asking_named;
mod backup;
mod bad_files;
mod bad_stores;
#[path = "../../../capture/src/tests/build.rs"]
#[expect(dead_code, reason = "these tests write pcap alone")]
mod build;
mod canaries;
mod check;
mod clinic;
mod demo_lists;
mod directory;
mod dist;
#[path = "../../../feeds/tests/fetching/feeds.rs"]
mod feeds;
mod fingerprints;
mod floods;
#[path = "../../../triage/src/phrases/tests/grade.rs"]
mod grade;
mod intelligence;
mod kill;
mod lists;
mod mirror;
mod names;
mod plan;
mod private;
mod program;
#[path = "../../../feeds/tests/fetching/publisher.rs"]
mod publisher;
mod reading;
mod redact;
mod reports;
mod same_bytes;
#[path = "../../../capture/tests/hostile/seeds.rs"]
#[expect(dead_code, reason = "seeds are read here one by one")]
mod seeds;
mod sticks;
mod truth;
mod updates;
mod walk;
mod work;
