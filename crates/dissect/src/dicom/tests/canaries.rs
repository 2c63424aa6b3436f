//! The law that no dissector may break: what a patient's field holds is in no fact.

use proptest::prelude::*;

use super::bytes::{ENCODINGS, Encoding, command, element, open_sequence, p_data};
use super::dissect;
use crate::Start;
use crate::laws::Side;

/// Tags that are read; a canary never stands in them, but inside sequences it may stand even there.
const READ: [u32; 7] =
    [0x0008_0060, 0x0008_0070, 0x0008_1010, 0x0008_1040, 0x0008_1090, 0x0018_1000, 0x0018_1020];

/// Query/Retrieve Level makes a data set a query, of which nothing is told.
const QUERY_LEVEL: u32 = 0x0008_0052;

/// A data set with a canary in every other element, sorted by tag.
fn poisoned(encoding: Encoding, tags: &[u32], canary: &[u8]) -> Vec<u8> {
    let mut elements: Vec<(u32, Vec<u8>)> = tags
        .iter()
        .filter(|tag| !READ.contains(tag) && **tag != QUERY_LEVEL)
        .map(|tag| (*tag, element(encoding, *tag, if tag % 3 == 0 { "UN" } else { "LO" }, canary)))
        .collect();
    let inside: Vec<u8> = READ.iter().flat_map(|tag| element(encoding, *tag, "LO", canary)).collect();
    elements.push((0x0008_1110, open_sequence(encoding, 0x0008_1110, &inside)));
    elements.push((0x0008_2218, element(encoding, 0x0008_2218, "SQ", &inside)));
    elements.push((0x0008_0016, element(encoding, 0x0008_0016, "UI", b"1.2.840.10008.5.1.4.1.1.2\0")));
    elements.push((0x0008_0060, element(encoding, 0x0008_0060, "CS", b"CT")));
    elements.push((0x0008_0070, element(encoding, 0x0008_0070, "LO", b"Phantom ")));
    elements.push((0x0018_1020, element(encoding, 0x0018_1020, "LO", b"4.1 ")));
    elements.sort();
    elements.dedup_by_key(|(tag, _)| *tag);
    elements.into_iter().flat_map(|(_, bytes)| bytes).collect()
}

fn tag() -> impl Strategy<Value = u32> {
    let group = prop::sample::select(vec![
        0x0008_u32, 0x0009, 0x0010, 0x0011, 0x0012, 0x0014, 0x0018, 0x0020, 0x0040,
    ]);
    // Detection needs a standard first element, which the SOP class is in every real instance.
    (group, 0x17_u32..0x3000).prop_map(|(group, element)| group << 16 | element)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_other_field_of_a_data_set_is_told(
        tags in prop::collection::vec(tag(), 1..40),
        name in "[A-Z][a-z]{3,10}\\^[A-Z][a-z]{3,8}",
        encoding in prop::sample::select(ENCODINGS.to_vec()),
        cuts in prop::collection::vec(1_usize..200, 1..6),
        with_command: bool,
    ) {
        let padded = format!("{name}{}", if name.len() % 2 == 0 { "" } else { " " });
        let set = poisoned(encoding, &tags, padded.as_bytes());
        let mut stream = if with_command { p_data(3, &command(0x0001, None)) } else { Vec::new() };
        let mut rest = set.as_slice();
        for cut in cuts {
            let (fragment, after) = rest.split_at(cut.min(rest.len().saturating_sub(1)));
            stream.extend(p_data(0, fragment));
            rest = after;
        }
        stream.extend(p_data(2, rest));
        let side = Side::new(dissect, &stream, Start::Middle);
        let told = side.read(usize::MAX).lines();
        prop_assert_eq!(side.read(5).lines(), told.as_str());
        prop_assert!(told.contains("dicom.software-versions=4.1"), "{}", told);
        for part in name.split('^') {
            prop_assert!(!told.contains(part), "{}", told);
        }
    }
}
