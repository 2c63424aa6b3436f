//! At which port of which switch a device is, by what tables of switches tell of its cards. Not here: at which of several it stands itself
//! ([`crate::mirror`]), for which the cards of all devices have to be known.

use std::collections::BTreeSet;

use wardround_model::{FactKind, Observation, Port, SwitchPort};

/// So many ports are named.
const MOST: usize = 6;

/// The ports at which a device with these facts is reached, each as `Gi1/0/7 of 10.20.1.2 (its neighbours, LLDP)`: first those whose switch
/// has it as a neighbour.
#[must_use]
pub fn plugged_in<'a>(facts: impl IntoIterator<Item = &'a Observation>) -> Vec<String> {
    let (mut next_to, mut reached) = (BTreeSet::new(), BTreeSet::new());
    for fact in facts {
        let told = match fact.fact.kind() {
            FactKind::LldpNeighbourOf => &mut next_to,
            FactKind::SwitchPort => &mut reached,
            _ => continue,
        };
        told.extend(fact.fact.value().parse::<SwitchPort>());
    }
    let beyond = reached.iter().filter(|at| !next_to.contains(at)).map(|at| text(at, "table of cards"));
    next_to.iter().map(|at| text(at, "its neighbours, LLDP")).chain(beyond).take(MOST).collect()
}

fn text(at: &SwitchPort, how: &str) -> String {
    let port = match &at.port {
        Some(Port::Named(name)) => name.clone(),
        Some(Port::Numbered(number)) => format!("port {number}"),
        None => "a port".to_owned(),
    };
    format!("{port} of {} ({how})", at.switch)
}

#[cfg(test)]
mod tests {
    use wardround_model::{MacAddr, Subject};

    use super::*;
    use crate::page::made_up::seen;

    #[test]
    fn a_neighbour_is_told_first_and_each_port_once() {
        let fact = |kind, at| seen(Subject::Mac(MacAddr([0, 0x1B, 0x2C, 0, 0, 1])), kind, at, "2026-11-23");
        let facts = [
            fact(FactKind::SwitchPort, "10.1.0.1,Te1/1/1"),
            fact(FactKind::SwitchPort, "10.1.0.12,Gi1/0/7"),
            fact(FactKind::LldpNeighbourOf, "10.1.0.12,Gi1/0/7"),
            fact(FactKind::LldpName, "pump-1"),
            fact(FactKind::SwitchPort, "10.1.0.13,port-7"),
            fact(FactKind::SwitchPort, "10.1.0.14"),
        ];
        insta::assert_snapshot!(plugged_in(&facts).join("\n"), @r"
        Gi1/0/7 of 10.1.0.12 (its neighbours, LLDP)
        Te1/1/1 of 10.1.0.1 (table of cards)
        port 7 of 10.1.0.13 (table of cards)
        a port of 10.1.0.14 (table of cards)
        ");
        assert!(plugged_in(&[]).is_empty());
    }
}
