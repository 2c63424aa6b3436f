//! All vectors with exact scores in `../shared/data/cvss`, and NVD's own scores, when they are there.
#![expect(clippy::unwrap_used, reason = "tests may fail loudly")]

mod shared;

use shared::data;
use wardround_intel::cvss::{Environment, Vector};
use wardround_intel::{Index, snapshot};

/// Lines such as `CVSS:3.1/AV:N/… - (9.8, 9.8, 9.8)`: base, temporal, environmental.
fn scores(line: &str) -> (&str, Vec<Option<i32>>) {
    let (vector, scores) = line.split_once(" - (").unwrap();
    // `9.8` and `-0.0` as tenths.
    let tenths = |score: &str| score.trim_start_matches('-').replace('.', "").parse().ok();
    let scores = scores.trim_end_matches(')').split(',').map(str::trim).filter(|score| !score.is_empty());
    (vector, scores.map(tenths).collect())
}

#[test]
fn every_reference_vector_has_its_exact_score() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for (file, expected) in [
        ("vectors_simple2", 729),
        ("vectors_simple3", 2592),
        ("vectors_simple31", 2592),
        ("vectors_simple4", 1058),
    ] {
        let Some(path) = data(&format!("cvss/{file}")) else { return };
        let text = std::fs::read_to_string(path).unwrap();
        assert_eq!(text.lines().count(), expected, "{file}");
        for line in text.lines() {
            count += 1;
            let (text, scores) = scores(line);
            let vector: Vector = text.parse().unwrap();
            let base = i32::from(vector.base_score().tenths());
            let environmental = i32::from(vector.score_in(&Environment::default()).tenths());
            let fits = scores.first() == Some(&Some(base))
                && scores.get(2).copied().flatten().is_none_or(|score| score == environmental);
            if !fits {
                wrong.push(format!("{line}: {base}, {environmental}"));
            }
        }
    }
    println!("{} of {count} vectors have their exact score", count - wrong.len());
    assert!(wrong.is_empty(), "{} wrong: {:#?}", wrong.len(), wrong.iter().take(20).collect::<Vec<_>>());
}

/// NVD's own scores, those of the committed index: every vector is read, and computes to the score beside it. A few
/// publishers count temporal metrics into what they call the base score, or are a tenth off.
#[test]
fn published_vectors_have_their_published_scores() {
    let index = Index::open(snapshot()).unwrap();
    let (mut count, mut wrong) = (0, Vec::new());
    for facts in index.cves() {
        let Some(published) = facts.cvss else { continue };
        count += 1;
        match published.vector.parse::<Vector>() {
            Ok(vector) if vector.base_score() == published.score => {}
            Ok(vector) => {
                wrong.push(format!(
                    "{}: {} is {}, published {}",
                    facts.id,
                    vector,
                    vector.base_score(),
                    published.score
                ));
            }
            Err(error) => wrong.push(format!("{}: {} {error}", facts.id, published.vector)),
        }
    }
    println!("{} of {count} published vectors compute to their score: {wrong:#?}", count - wrong.len());
    assert!(count > 80_000 && wrong.len() * 5_000 <= count, "{} of {count} wrong", wrong.len());
}
