//! Facts that were made lately, by the bytes that they were made from: hosts say the same again and again, and holding words against
//! the allow-list is most of what a fact costs.

use wardround_model::{Fact, FactKind, NotAllowed};

/// How many are remembered; a power of two.
const PLACES: usize = 128;
/// The longest value that is remembered, in bytes: most are much shorter.
const LONGEST: usize = 256;

/// A fixed number of facts, each in the one place that its bytes lead to.
#[derive(Debug)]
pub(crate) struct Recent {
    places: Vec<Option<Made>>,
}

/// What came of some bytes.
#[derive(Debug)]
struct Made {
    kind: FactKind,
    from: Vec<u8>,
    fact: Result<Fact, NotAllowed>,
}

impl Recent {
    pub(crate) fn new() -> Self {
        Self { places: std::iter::repeat_with(|| None).take(PLACES).collect() }
    }

    /// What [`Fact::new`] says of these bytes.
    pub(crate) fn fact(&mut self, kind: FactKind, value: &[u8]) -> Result<Fact, NotAllowed> {
        let place = usize::try_from(mixed(kind, value) >> 32).unwrap_or(0) % PLACES;
        let Some(place) = self.places.get_mut(place).filter(|_| value.len() <= LONGEST) else {
            return Fact::new(kind, value);
        };
        if let Some(made) = place.as_ref().filter(|made| made.kind == kind && made.from == value) {
            return made.fact.clone();
        }
        let fact = Fact::new(kind, value);
        let mut from = place.take().map(|made| made.from).unwrap_or_default();
        from.clear();
        from.extend_from_slice(value);
        *place = Some(Made { kind, from, fact: fact.clone() });
        fact
    }
}

/// A number that the kind and all bytes decide. Whoever makes numbers meet gains nothing but that facts are made anew.
fn mixed(kind: FactKind, value: &[u8]) -> u64 {
    const ODD: u64 = 0x9E37_79B9_7F4A_7C15;
    let (words, rest) = value.as_chunks::<8>();
    let last = rest.iter().fold(value.len() as u64, |sum, byte| (sum << 8) | u64::from(*byte));
    let add = |sum: u64, word: u64| (sum.rotate_left(29) ^ word).wrapping_mul(ODD);
    let sum = words.iter().fold(kind as u64, |sum, word| add(sum, u64::from_le_bytes(*word)));
    let sum = add(sum, last);
    sum ^ (sum >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_what_would_be_made_anew() {
        let mut recent = Recent::new();
        let kinds = [FactKind::HttpServer, FactKind::SmbDialect, FactKind::DhcpHostName, FactKind::OwnsIp];
        for round in 0..3 {
            for number in 0..1000u32 {
                // Every value comes again, sooner or later, also as another kind.
                let value = format!("nginx/1.{}.{}", number % 300, "x".repeat(number as usize % 70));
                let kind = kinds[(number as usize + round) % kinds.len()];
                assert_eq!(recent.fact(kind, value.as_bytes()), Fact::new(kind, value.as_bytes()));
            }
        }
        let long = vec![b'a'; 1000];
        assert_eq!(recent.fact(FactKind::HttpServer, &long), Fact::new(FactKind::HttpServer, &long));
        assert_eq!(recent.places.iter().flatten().filter(|made| made.from.len() > LONGEST).count(), 0);
    }
}
