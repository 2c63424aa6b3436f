//! By which finding each asset is taken, and what that weighs: the lightest of its findings.

use std::collections::BTreeMap;

use wardround_model::{Asset, AssetId, Finding, WeakSetting, Weakness};

use super::graph::{Node, index};
use super::weights;

/// For each asset: the weight of its lightest finding, and the finding's place.
#[derive(Clone)]
pub(super) struct Steps(Vec<Option<(u32, usize)>>);

impl Steps {
    pub(super) fn new(assets: &[&Asset], findings: &[Finding]) -> Self {
        let mut steps = vec![None; assets.len()];
        for (place, finding) in findings.iter().enumerate().filter(|(_, finding)| Self::is_step(finding)) {
            let asset = assets.binary_search_by_key(&finding.asset, |asset| asset.id).ok();
            let Some(step) = asset.and_then(|asset| steps.get_mut(asset)) else { continue };
            let own = (weights::of(finding), place);
            *step = Some(step.map_or(own, |known| own.min(known)));
        }
        Self(steps)
    }

    /// Whether somebody gets a hold on the device by this finding.
    pub(super) fn is_step(finding: &Finding) -> bool {
        gives_a_hold(&finding.weakness)
    }

    /// What it weighs to take this asset; `None`: nothing weak is known of it.
    pub(super) fn weight(&self, asset: Node) -> Option<u32> {
        self.0.get(index(asset)).copied().flatten().map(|(weight, _)| weight)
    }

    /// The place of the finding by which this asset is taken.
    pub(super) fn finding(&self, asset: Node) -> Option<usize> {
        self.0.get(index(asset)).copied().flatten().map(|(_, place)| place)
    }

    /// The asset cannot be taken any more.
    pub(super) fn close(&mut self, asset: Node) {
        if let Some(step) = self.0.get_mut(index(asset)) {
            *step = None;
        }
    }
}

/// Of these findings the one of each device by which it is taken, in their order: ways are the same without the others.
#[must_use]
pub fn lightest(mut findings: Vec<Finding>) -> Vec<Finding> {
    let mut best: BTreeMap<AssetId, (u32, usize)> = BTreeMap::new();
    for (place, finding) in findings.iter().enumerate().filter(|(_, finding)| Steps::is_step(finding)) {
        let own = (weights::of(finding), place);
        let known = best.entry(finding.asset).or_insert(own);
        *known = own.min(*known);
    }
    let mut place = 0..;
    findings.retain(|finding| {
        let own = place.next();
        best.get(&finding.asset).map(|(_, place)| *place) == own
    });
    findings.shrink_to_fit();
    findings
}

/// A missing backup, a new device or a bad certificate is weak, but gives no hold by itself.
fn gives_a_hold(weakness: &Weakness) -> bool {
    match weakness {
        Weakness::Vulnerability { .. } => true,
        Weakness::Setting { setting, .. } => !matches!(
            setting,
            WeakSetting::NewDevice
                | WeakSetting::VanishedDevice
                | WeakSetting::BackupMissing
                | WeakSetting::Recalled
                | WeakSetting::Mds2Gap
                | WeakSetting::Mds2Contradicted
                | WeakSetting::EndpointProtectionOff
                | WeakSetting::TlsCertificateExpired
                | WeakSetting::TlsCertificateSelfSigned
                | WeakSetting::TlsCertificateWeak
                | WeakSetting::TlsCertificateShared
                | WeakSetting::TlsVersionOld
                | WeakSetting::SshAlgorithmWeak
                | WeakSetting::KerberosEncryptionWeak
                | WeakSetting::RadiusUnsigned
                | WeakSetting::TftpStart
                | WeakSetting::RdpWithoutNla
        ),
    }
}
