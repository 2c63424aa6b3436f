//! What would settle a finding, and who does it: the two things that make findings one item of the plan.

use wardround_model::{Asset, DeviceClass, Finding, WeakSetting, Weakness};

/// One thing to do. The order has no meaning but to be the same every time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Remedy {
    /// Log in over something encrypted instead of this protocol.
    EncryptLogin(String),
    /// Wrap this clinical protocol in TLS.
    EncryptPatientData(String),
    /// Turn SMB 1 off.
    TurnOffSmb1,
    /// Give it a good certificate.
    ReplaceCertificate,
    /// Turn old TLS versions off.
    RaiseTlsVersion,
    /// Let only known hosts use the image service.
    LimitImageService,
    /// Change the SNMP community, or use SNMP 3.
    ChangeCommunity,
    /// Update this product.
    Update(String),
    /// Ask the maker of this device, as people know it, what to do.
    AskMaker(String),
}

/// Who does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// Owns devices that touch patients; changes nothing without their makers.
    BiomedicalEngineer,
    /// Runs clinical software together with its maker.
    ClinicalSystems,
    /// Runs servers.
    ServerTeam,
    /// Runs the network.
    NetworkTeam,
    /// Looks after people's computers, phones and printers.
    HelpDesk,
    /// Runs the building.
    BuildingServices,
    /// Not known: somebody has to be found.
    Unknown,
}

impl Remedy {
    /// What would settle this finding on this asset.
    pub(crate) fn of(finding: &Finding, asset: &Asset) -> Self {
        match &finding.weakness {
            Weakness::Setting { setting, protocol } => of_setting(*setting, protocol),
            Weakness::Vulnerability { advisory: Some(_), product, .. } if asset.class.value.is_medical() => {
                let model = asset.model.as_ref().map(|claim| claim.value.clone());
                Self::AskMaker(model.unwrap_or_else(|| product.clone()))
            }
            Weakness::Vulnerability { product, .. } => Self::Update(product.clone()),
        }
    }
}

fn of_setting(setting: WeakSetting, protocol: &str) -> Remedy {
    match setting {
        WeakSetting::ClearTextCredentials => Remedy::EncryptLogin(protocol.to_owned()),
        WeakSetting::ClearTextPatientData => Remedy::EncryptPatientData(protocol.to_owned()),
        WeakSetting::Smb1 => Remedy::TurnOffSmb1,
        WeakSetting::TlsCertificateExpired
        | WeakSetting::TlsCertificateSelfSigned
        | WeakSetting::TlsCertificateWeak => Remedy::ReplaceCertificate,
        WeakSetting::TlsVersionOld => Remedy::RaiseTlsVersion,
        WeakSetting::DicomOpenToMany => Remedy::LimitImageService,
        WeakSetting::SnmpDefaultCommunity => Remedy::ChangeCommunity,
    }
}

impl Role {
    /// Who looks after devices of this class.
    pub(crate) fn of(class: DeviceClass) -> Self {
        match class {
            DeviceClass::ImagingModality
            | DeviceClass::LaboratoryAnalyser
            | DeviceClass::PatientMonitor
            | DeviceClass::InfusionPump => Self::BiomedicalEngineer,
            DeviceClass::ImagingArchive | DeviceClass::ClinicalSystem => Self::ClinicalSystems,
            DeviceClass::Server | DeviceClass::FileServer | DeviceClass::DatabaseServer => Self::ServerTeam,
            DeviceClass::NetworkService | DeviceClass::NetworkDevice => Self::NetworkTeam,
            DeviceClass::Workstation
            | DeviceClass::Mobile
            | DeviceClass::Printer
            | DeviceClass::VoicePhone => Self::HelpDesk,
            DeviceClass::Camera | DeviceClass::BuildingController => Self::BuildingServices,
            DeviceClass::Unknown => Self::Unknown,
        }
    }

    /// Whether the maker must be asked before anything on the device is changed.
    pub(crate) fn needs_maker(self) -> bool {
        matches!(self, Self::BiomedicalEngineer | Self::ClinicalSystems)
    }
}
