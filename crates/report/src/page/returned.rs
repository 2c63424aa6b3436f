//! Devices that people said are gone and that were seen since: what is seen is there, so they count until somebody looks.
//!
//! Those that were not seen since are no part of a round. Not here: which ones count (`identify`, `triage`).

use wardround_model::{Asset, Round, Says, Statement};

use super::words::{count, day, wide};

/// The most devices that are told one by one.
const MOST: usize = 5;

/// The last word that this device of the round is gone, where it was seen after that.
#[must_use]
pub fn said_to_be_gone<'r>(round: &'r Round, asset: &Asset) -> Option<&'r Statement> {
    let holds = |said: &&Statement| {
        said.asset == asset.id
            && matches!(said.says, Says::Retired)
            && said.holds_at(round.as_of)
            && said.at < asset.last_seen
    };
    round.statements.iter().filter(holds).max_by_key(|said| (said.at, said.id))
}

/// A sentence about each of them; beyond a few, how many more there are.
pub(super) fn returned(round: &Round) -> Vec<String> {
    let gone = round.assets.iter().filter_map(|asset| Some((asset, said_to_be_gone(round, asset)?)));
    let mut lines: Vec<String> = gone.map(|(asset, said)| line(asset, said)).collect();
    let more = lines.len().saturating_sub(MOST);
    lines.truncate(MOST);
    if more > 0 {
        let more = count(wide(more), "more device", "more devices");
        lines.push(format!("People said the same of {more} (wardround answer list)."));
    }
    lines
}

fn line(asset: &Asset, said: &Statement) -> String {
    let (title, seen, who) = (asset.title(), day(asset.last_seen), said.by.label());
    let (at, id) = (day(said.at), said.id);
    format!(
        "{title} was seen on {seen}, though the {who} said on {at} that it is gone ({id}). What is seen counts. Find it, or \
         take the word back (wardround answer undo {id})."
    )
}

#[cfg(test)]
mod tests {
    use wardround_model::{AssetId, Role, StatementId};

    use super::*;
    use crate::page::made_up::{asset, at, round};

    fn said(number: i64, address: &str, on: &str, until: Option<&str>) -> Statement {
        Statement {
            id: StatementId(number),
            asset: AssetId::of_anchor(address),
            says: Says::Retired,
            by: Role::Biomedical,
            at: at(on),
            because: "it was sold".to_owned(),
            until: until.map(at),
        }
    }

    #[test]
    fn a_device_that_came_back_is_told_in_words() {
        let of = |on: &str, until: Option<&str>| {
            let pumps = vec![asset("10.1.1.1", "2026-11-23"), asset("10.1.1.2", "2026-11-23")];
            returned(&round(pumps, vec![said(3, "10.1.1.1", on, until)]))
        };
        insta::assert_snapshot!(of("2026-11-01", None).join("\n"), @"infusion pump at 10.1.1.1 was seen on 23 Nov 2026, though the biomedical engineer said on 1 Nov 2026 that it is gone (S-3). What is seen counts. Find it, or take the word back (wardround answer undo S-3).");
        assert!(of("2026-11-23", None).is_empty(), "not seen since");
        assert!(of("2026-11-01", Some("2026-11-20")).is_empty(), "the word does not hold any more");
    }

    #[test]
    fn many_are_told_as_a_number() {
        let address = |number: usize| format!("10.1.1.{number}");
        let assets = (1..=8).map(|number| asset(&address(number), "2026-11-23")).collect();
        let statements = (1..=8).map(|number| said(1, &address(number), "2026-11-01", None)).collect();
        let lines = returned(&round(assets, statements));
        assert_eq!(lines.len(), MOST + 1);
        insta::assert_snapshot!(lines[MOST], @"People said the same of 3 more devices (wardround answer list).");
    }
}
