//! What nothing real could be had for to compare with: `bench/accuracy.no-peer.txt`, one a line.

/// The list, as it stands in the file.
const NO_PEER: &str = include_str!("../../../../bench/accuracy.no-peer.txt");

/// Its entries; `#` begins a comment.
fn all() -> impl Iterator<Item = &'static str> {
    NO_PEER.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The list in one sentence: no score says anything of these.
pub(crate) fn told() -> String {
    format!("no peer: {}", all().collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_names_each_once_and_the_medical_ones_among_them() {
        let mut names: Vec<_> = all().collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        for medical in ["ASTM", "POCT1-A", "IEEE 11073 SDC (discovery)", "IHE XDS", "IntelliVue"] {
            assert!(told().contains(medical), "{medical}");
        }
        assert!(!told().contains('#'));
    }
}
