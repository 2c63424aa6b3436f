//! What would settle a finding, and who does it: the two things that make findings one item of the plan.

use wardround_model::{Asset, Finding, WeakSetting, Weakness};

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
    /// Settle this weak setting.
    Settle(WeakSetting),
    /// Ask the maker of this device, as people know it, what to do.
    AskMaker(String),
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
        setting => Remedy::Settle(setting),
    }
}
