//! Signs of devices at the bed by what their makers' own protocols say. Not here: signs of single facts (`rules/signs.txt`), and devices that
//! send messages of HL7 (`messages`) or announce themselves by standards (`laboratory`).

use wardround_model::{FactKind, Reason};

use crate::makers;
use crate::portrait::{Portrait, because};
use crate::signs::Test;

/// The tests, by the names that `rules/signs.txt` calls them.
pub(crate) const TESTS: &[(&str, Test)] =
    &[("says-that-its-card-is-of-a-monitor", says_that_its_card_is_of_a_monitor)];

/// No monitor was there to be recorded, so its own word decides nothing. The register of cards, which is no word of its own, names the
/// same maker of medical devices: a computer that only speaks so has another card.
fn says_that_its_card_is_of_a_monitor(p: &Portrait<'_>) -> Option<Reason> {
    let is_intellivue = !p.facts(FactKind::IntellivueModel).is_empty();
    let makers =
        if is_intellivue { p.facts(FactKind::IntellivueMaker) } else { p.facts(FactKind::Hl7Monitor) };
    let said = makers.first()?;
    let maker = makers::tidy(said.fact.value());
    let (mac, card) = p.card_makers.iter().find(|(_, card)| makers::tidy(card) == maker)?;
    let text = format!("Its network card is of {card}, and it says itself that it is a monitor of {maker}");
    Some(because(text, [*said].into_iter().chain(p.proof_of_card(*mac))))
}
