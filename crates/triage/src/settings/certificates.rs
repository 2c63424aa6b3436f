//! One certificate on several devices: its dates agree to the second, and so do its key, signature and names. A certificate
//! of midnight is left out, since issuers give out many that begin then.
//!
//! Not here: certificates that are weak by themselves (the rulebook).

use std::collections::BTreeMap;

use wardround_model::{AssetId, Endpoint, FactKind, Ground, Reason, Timestamp, WeakSetting};

use super::Sign;
use crate::phrases;
use crate::scene::Scene;

/// What tells certificates apart.
const TRAITS: &[FactKind] = &[
    FactKind::TlsCertificateNotBefore,
    FactKind::TlsCertificateNotAfter,
    FactKind::TlsCertificateKey,
    FactKind::TlsCertificateSignature,
    FactKind::TlsCertificateSubject,
    FactKind::TlsCertificateIssuer,
];

/// Where a certificate was shown, and by what facts.
type Shown = BTreeMap<Endpoint, (AssetId, Vec<Option<String>>, Vec<Ground>)>;

/// A service that showed a certificate, whose it is, and what shows it.
type Place = (Endpoint, AssetId, Ground);

pub(super) fn signs(scene: &Scene<'_>) -> Vec<Sign> {
    let mut alike: BTreeMap<Vec<Option<String>>, Vec<Place>> = BTreeMap::new();
    for (endpoint, (asset, traits, grounds)) in shown(scene) {
        if let Some(ground) = grounds.first().filter(|_| is_telling(&traits)) {
            alike.entry(traits).or_default().push((endpoint, asset, *ground));
        }
    }
    alike.into_values().flat_map(|places| shared(&places)).collect()
}

fn shown(scene: &Scene<'_>) -> Shown {
    let mut shown = Shown::new();
    for (at, kind) in TRAITS.iter().enumerate() {
        for seen in scene.facts(*kind) {
            let Some(endpoint) = seen.endpoint() else { continue };
            let empty = || (seen.asset.id, vec![None; TRAITS.len()], Vec::new());
            let (_, traits, grounds) = shown.entry(endpoint).or_insert_with(empty);
            // A service with two certificates tells nothing for sure.
            if let Some(place) = traits.get_mut(at) {
                *place = if place.is_none() { Some(seen.value().to_owned()) } else { Some(String::new()) };
            }
            grounds.push(seen.ground());
        }
    }
    shown
}

/// Both dates and the key are there, and the first is no midnight.
fn is_telling(traits: &[Option<String>]) -> bool {
    let begins = traits.first().and_then(Option::as_deref).and_then(|text| text.parse::<Timestamp>().ok());
    let filled = traits.iter().take(3).all(Option::is_some) && !traits.iter().flatten().any(String::is_empty);
    filled && begins.is_some_and(|moment| moment.seconds() % 86_400 != 0)
}

fn shared(places: &[Place]) -> Vec<Sign> {
    let mut assets: Vec<_> = places.iter().map(|(_, asset, _)| *asset).collect();
    assets.sort_unstable();
    assets.dedup();
    if assets.len() < 2 {
        return Vec::new();
    }
    let sign = |(endpoint, asset, ground): &Place| {
        let others = places.iter().filter(|(_, other, _)| other != asset);
        let named =
            phrases::list(others.clone().map(|(endpoint, ..)| endpoint.to_string())).unwrap_or_default();
        let text = format!(
            "{endpoint} and {named} showed certificates that agree in both dates to the second, in key and in names"
        );
        let grounds = [*ground].into_iter().chain(others.map(|(.., ground)| *ground).take(4));
        let title = format!("One certificate is used by {} devices", assets.len());
        let (setting, reason) = (WeakSetting::TlsCertificateShared, Reason::new(text, grounds));
        Sign::seen(*asset, setting, "tls".to_owned(), Some(*endpoint), title, reason)
    };
    places.iter().map(sign).collect()
}
