//! Why a weakness matters to patients, their data or the hospital's work: what could happen to a device of this class.

use wardround_model::{DeviceClass, Finding, TechnicalImpact, WeakSetting, Weakness};

use crate::settings::texts;

/// What somebody could do with a weakness.
enum Effect {
    /// Run the device, or disturb what it does.
    Disturb,
    /// Read, or change, data about patients on its way.
    PatientData,
    /// Pose as the device.
    Pose,
    /// Read or change what passes between it and others.
    Listen,
    /// Learn how it is built, to prepare an attack.
    Explore,
    /// What the rulebook says of the setting.
    Told(&'static str),
}

/// What could happen, and how much depends on the asset: two or three sentences.
pub(crate) fn why(finding: &Finding, class: DeviceClass) -> String {
    let could = match effect(finding) {
        Effect::Disturb => disturbed(class),
        Effect::PatientData => {
            "Names, orders, results or pictures of patients could be read by someone who has no right to, or \
             changed before a doctor sees them"
        }
        Effect::Pose => {
            "A false copy of it could collect passwords or hand out wrong data. Staff who are used to warnings \
             would not notice"
        }
        Effect::Listen => {
            "What people type and read there, passwords too, could be read by a stranger or changed on its way"
        }
        Effect::Told(text) => text,
        Effect::Explore => "A stranger could learn how it is set up, and use that to prepare an attack",
    };
    match finding.judgement.reasons.get(3) {
        Some(depends) => format!("{could}. {}.", depends.text),
        None => format!("{could}."),
    }
}

fn effect(finding: &Finding) -> Effect {
    let total = finding.judgement.technical_impact == TechnicalImpact::Total;
    match &finding.weakness {
        Weakness::Vulnerability { .. } => Effect::Disturb,
        Weakness::Setting { setting, .. } => match setting {
            WeakSetting::ClearTextPatientData | WeakSetting::DicomOpenToMany => Effect::PatientData,
            WeakSetting::ClearTextCredentials | WeakSetting::Smb1 => Effect::Disturb,
            WeakSetting::SnmpDefaultCommunity if total => Effect::Disturb,
            WeakSetting::SnmpDefaultCommunity => Effect::Explore,
            WeakSetting::TlsCertificateExpired
            | WeakSetting::TlsCertificateSelfSigned
            | WeakSetting::TlsCertificateWeak => Effect::Pose,
            WeakSetting::TlsVersionOld => Effect::Listen,
            setting => {
                texts(*setting).and_then(|texts| texts.could.as_deref()).map_or(Effect::Disturb, Effect::Told)
            }
        },
    }
}

fn disturbed(class: DeviceClass) -> &'static str {
    match class {
        DeviceClass::ImagingModality => {
            "If someone misuses it, scans could be late, changed or lost, and patients might have to be scanned again"
        }
        DeviceClass::ImagingArchive => {
            "If someone misuses it, doctors could be without pictures, or see changed ones"
        }
        DeviceClass::ClinicalSystem => {
            "If someone misuses it, orders and results could be late, wrong or missing"
        }
        DeviceClass::LaboratoryAnalyser => "If someone misuses it, lab results could be late or wrong",
        DeviceClass::PatientMonitor => {
            "If someone misuses it, alarms could be late or missing, and staff would have to watch patients by hand"
        }
        DeviceClass::InfusionPump => {
            "If someone misuses it, a patient could get too much or too little of a drug until staff notice"
        }
        DeviceClass::Ventilator => {
            "If someone misuses it, a patient could be without breath until staff notice"
        }
        DeviceClass::AnaesthesiaMachine => {
            "If someone misuses it, a patient under anaesthesia could get too much or too little of gas or drug"
        }
        DeviceClass::DialysisMachine => "If someone misuses it, dialysis could stop or go wrong",
        DeviceClass::Defibrillator => "If someone misuses it, it could fail when a heart must be restarted",
        DeviceClass::RadiotherapySystem => {
            "If someone misuses it, treatment could stop, or a patient could get the wrong dose"
        }
        DeviceClass::MedicationCabinet => {
            "If someone misuses it, staff could be without drugs when they need them, or drugs could go missing"
        }
        DeviceClass::NurseCall => "If someone misuses it, calls for help could be late or lost",
        DeviceClass::MedicalDevice => "If someone misuses it, care that depends on it could stop or go wrong",
        DeviceClass::BusinessSystem => {
            "If someone misuses it, bills, pay or orders could stop, and data about patients and staff could be read"
        }
        DeviceClass::AccountDirectory => {
            "If someone misuses it, they could act as anybody in the hospital, in clinical systems too"
        }
        DeviceClass::Workstation => {
            "If someone misuses it, they could act as the person who works there, and move on to clinical systems"
        }
        DeviceClass::Mobile => "If someone misuses it, they could read what is on it",
        DeviceClass::Printer => {
            "If someone misuses it, they could read pages about patients as they are printed"
        }
        DeviceClass::VoicePhone => "If someone misuses it, calls could be heard by others, or fail",
        DeviceClass::Server => {
            "If someone misuses it, the work that runs on it could stop, and it is a step towards clinical systems"
        }
        DeviceClass::FileServer => {
            "If someone misuses it, the hospital's files, often about patients, could be read, changed or locked"
        }
        DeviceClass::DatabaseServer => {
            "If someone misuses it, records could be read, changed or locked, and systems that use it would stop"
        }
        DeviceClass::NetworkService => "If someone misuses it, other devices might no longer find each other",
        DeviceClass::NetworkDevice => {
            "If someone misuses it, the devices behind it could be cut off or listened to"
        }
        DeviceClass::Camera => {
            "If someone misuses it, strangers could watch, or the picture could be missing when needed"
        }
        DeviceClass::BuildingController => {
            "If someone misuses it, air, heat, power or doors could be set wrong, and wards and theatres need them"
        }
        DeviceClass::Unknown => {
            "What it does is not known, so nobody can say yet what its misuse would do to care"
        }
    }
}
