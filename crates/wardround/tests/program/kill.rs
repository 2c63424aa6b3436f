//! `kill -9` at random moments leaves a store that opens, with every acknowledged round whole, and a round that can be run again.

use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime};

use crate::program::{Place, clinic};

#[test]
fn a_round_killed_at_random_moments_loses_nothing() {
    let place = Place::new();
    let start = Instant::now();
    let first = place.clinic_json(&[]);
    let whole = start.elapsed();
    let mut seed = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().subsec_nanos();
    println!("seed {seed}, one round takes {whole:?}");
    let clinic = clinic();
    for _ in 0..20 {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let mut child = place
            .command(&["round", clinic.to_str().unwrap()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(whole.mul_f64(f64::from(seed) / f64::from(u32::MAX)).min(Duration::from_secs(20)));
        child.kill().unwrap();
        child.wait().unwrap();
        let listed = place.ok(&["round", "list"]);
        let rounds = listed.lines().filter(|line| line.starts_with("R-")).count();
        assert!(rounds >= 1);
        let json = place.ok(&["round", "show", "R-1", "--format", "json"]);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap(), first);
    }
    for line in place.ok(&["round", "list"]).lines().filter(|line| line.starts_with("R-")) {
        let id = line.split_whitespace().next().unwrap();
        let json: serde_json::Value =
            serde_json::from_str(&place.ok(&["round", "show", id, "--format", "json"])).unwrap();
        assert_eq!(
            json["assets"].as_array().unwrap().len(),
            first["assets"].as_array().unwrap().len(),
            "{id} is whole"
        );
    }
    assert_eq!(place.clinic_json(&[])["assets"], first["assets"]);
}
