//! Mission and well-being: how much care depends on an asset, from its class and from who was seen to use it.
//!
//! Not here: how many spares there are or which ward it serves; the network cannot show that, people say it.

use wardround_model::{Asset, DeviceClass, MissionWellbeing, Reason};

use super::Point;
use crate::scene::Scene;

/// How much patients and the hospital's work depend on this asset.
pub(crate) fn mission_wellbeing(asset: &Asset, scene: &Scene<'_>) -> Point<MissionWellbeing> {
    let (value, why) = by_class(asset.class.value);
    let by_class = Point::by_rule(value, why);
    let seen = by_dependence(asset, scene).or_else(|| by_use(asset, scene));
    seen.filter(|point| point.value > value).unwrap_or(by_class)
}

fn by_class(class: DeviceClass) -> (MissionWellbeing, &'static str) {
    use MissionWellbeing::{High, Low, Medium};
    match class {
        DeviceClass::ImagingModality => (High, "Patients are examined with it"),
        DeviceClass::ImagingArchive => (High, "Doctors decide by the pictures that it keeps"),
        DeviceClass::ClinicalSystem => (High, "Orders, results and records pass through it"),
        DeviceClass::LaboratoryAnalyser => (High, "Treatment follows the results that it gives"),
        DeviceClass::PatientMonitor => (High, "It watches patients and raises the alarm"),
        DeviceClass::InfusionPump => (High, "It gives patients drugs or fluids"),
        DeviceClass::Ventilator => (High, "It breathes for a patient"),
        DeviceClass::AnaesthesiaMachine => (High, "It keeps a patient asleep and breathing"),
        DeviceClass::DialysisMachine => (High, "It cleans a patient's blood"),
        DeviceClass::Defibrillator => (High, "It restarts a heart"),
        DeviceClass::RadiotherapySystem => (High, "It treats patients with radiation"),
        DeviceClass::MedicationCabinet => (High, "Staff take drugs for patients from it"),
        DeviceClass::NurseCall => (High, "Patients call for help with it"),
        DeviceClass::MedicalDevice => (High, "It is a medical device, so care depends on it"),
        DeviceClass::BusinessSystem => (Medium, "The hospital's pay, bills or orders run on it"),
        DeviceClass::AccountDirectory => {
            (High, "Whoever works here logs in through it, in clinical systems too")
        }
        DeviceClass::Server => (Medium, "A server; which work depends on it was not seen"),
        DeviceClass::FileServer => (Medium, "It keeps files that the hospital works with"),
        DeviceClass::DatabaseServer => (Medium, "It keeps data that other systems work with"),
        DeviceClass::NetworkService => (Medium, "Other devices need it to find each other"),
        DeviceClass::NetworkDevice => (Medium, "The traffic of other devices passes through it"),
        DeviceClass::BuildingController => (Medium, "Air, heat, power or doors of the house depend on it"),
        DeviceClass::Workstation => (Low, "One person's computer; others can stand in for it"),
        DeviceClass::Mobile => (Low, "A phone or tablet; care goes on without it"),
        DeviceClass::Printer => (Low, "A printer; another can stand in for it"),
        DeviceClass::VoicePhone => (Low, "One desk phone; another can stand in for it"),
        DeviceClass::Camera => (Low, "A camera; care goes on without it"),
        DeviceClass::Unknown => {
            (Medium, "We do not know what it is, so we assume that some care depends on it")
        }
    }
}

/// What was seen of assets that take part in care and use this one.
fn by_dependence(asset: &Asset, scene: &Scene<'_>) -> Option<Point<MissionWellbeing>> {
    let clients = scene.medical_clients(asset.id);
    let carries = clients.iter().find(|(client, _)| client.class.value == DeviceClass::ClinicalSystem);
    if let (DeviceClass::DatabaseServer, Some((client, talk))) = (asset.class.value, carries) {
        let text = format!("The {} keeps its data here", client.title());
        return Some(point(MissionWellbeing::High, text, talk));
    }
    let (client, talk) = clients.first()?;
    let text = match clients.len() {
        1 => format!("The {} uses it", client.title()),
        more => format!("{more} devices that take part in care use it, one of them the {}", client.title()),
    };
    Some(point(MissionWellbeing::Medium, text, talk))
}

/// What was seen of the systems that take part in care and that this asset works with.
fn by_use(asset: &Asset, scene: &Scene<'_>) -> Option<Point<MissionWellbeing>> {
    let talk = scene.medical_server(asset.id)?;
    let text = format!("It works with the {}, so it may show or pass on patient data", talk.server.title());
    Some(point(MissionWellbeing::Medium, text, &talk))
}

fn point(value: MissionWellbeing, text: String, talk: &crate::scene::Talk<'_>) -> Point<MissionWellbeing> {
    Point { value, reason: Reason::new(text, [talk.ground()]) }
}
