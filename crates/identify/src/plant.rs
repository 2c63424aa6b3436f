//! Signs of building control that take several facts or hosts together. Not here: signs of single facts (`rules/signs.txt`).

use wardround_model::{DeviceClass, FactKind, Protocol, Reason};

use crate::portrait::{Portrait, because, because_of_talks};
use crate::signs::{Test, card_of};

/// The tests, by the names that `rules/signs.txt` calls them.
pub(crate) const TESTS: &[(&str, Test)] = &[
    ("answers-knx", answers_knx),
    ("names-a-part-of-a-building", names_a_part_of_a_building),
    ("reports-as-building-makers-do", reports_as_building_makers_do),
];

/// By the medium that it names, else by having been opened.
fn answers_knx(p: &Portrait<'_>) -> Option<Reason> {
    let kinds = [FactKind::KnxMedium, FactKind::KnxAnswers];
    let facts = kinds.into_iter().map(|kind| p.facts(kind)).find(|facts| !facts.is_empty())?;
    Some(because("It answers KNX, as controls of buildings and plant do", facts.iter().copied()))
}

/// Any part but a camera.
fn names_a_part_of_a_building(p: &Portrait<'_>) -> Option<Reason> {
    let kinds =
        p.facts_where(FactKind::CoapKind, |kind| kind.starts_with("oic.d.") && kind != "oic.d.camera");
    (!kinds.is_empty())
        .then(|| because("It says over CoAP that it is a sensor or a control of a building", kinds))
}

/// Many things report over MQTT; from a building maker's card it is a sensor or controller.
fn reports_as_building_makers_do(p: &Portrait<'_>) -> Option<Reason> {
    let talks = p.using(Protocol::Mqtt);
    let fits = !talks.is_empty() && card_of(p, DeviceClass::BuildingController).is_some();
    fits.then(|| because_of_talks("It reports over MQTT, as sensors and controllers do", talks))
}
