//! What people said of devices, where it changes who a device is: kind, care area, gone. It stands above all that was seen.
//!
//! A device may have got another id since somebody spoke of it: a list gave it a card, or traffic did. Each id that it could
//! have had leads to it. Not here: what people said of weaknesses, spares and makers (`triage`).

use std::collections::{BTreeMap, HashMap};

use wardround_model::{
    Asset, AssetId, Claim, Confidence, DeviceClass, Ground, Reason, Says, Statement, Timestamp,
};

/// A person's word is believed more than any sign, and yet people err.
const WORD: u8 = 95;

/// What people said that holds, by the device that it is about now.
pub(crate) struct Spoken<'a>(BTreeMap<AssetId, Vec<&'a Statement>>);

impl<'a> Spoken<'a> {
    /// Statements that hold at this moment; `known_as` leads from an older id to the one of now.
    pub(crate) fn new(
        statements: &'a [Statement],
        as_of: Timestamp,
        known_as: &HashMap<AssetId, AssetId>,
    ) -> Self {
        let mut spoken: BTreeMap<AssetId, Vec<&Statement>> = BTreeMap::new();
        for statement in statements.iter().filter(|statement| statement.holds_at(as_of)) {
            let asset = known_as.get(&statement.asset).copied().unwrap_or(statement.asset);
            spoken.entry(asset).or_default().push(statement);
        }
        for said in spoken.values_mut() {
            said.sort_by_key(|statement| (statement.at, statement.id));
        }
        Self(spoken)
    }

    /// Whether it counts no longer: said to be gone, and not seen in traffic since then.
    pub(crate) fn is_gone(&self, asset: &Asset, seen: Option<Timestamp>) -> bool {
        let retired = self.last(asset.id, |says| matches!(says, Says::Retired).then_some(()));
        retired.is_some_and(|(statement, ())| seen.is_none_or(|seen| seen <= statement.at))
    }

    /// Changes an asset to what people said of it.
    pub(crate) fn apply(&self, asset: &mut Asset) {
        if let Some((statement, class)) = self.last(asset.id, class_of) {
            let former = std::mem::take(&mut asset.class.reasons);
            asset.class = said(statement, class, former);
        }
        if let Some((statement, area)) = self.last(asset.id, care_area_of) {
            let former = asset.care_area.take().map(|claim| claim.reasons).unwrap_or_default();
            asset.care_area = Some(said(statement, area, former));
        }
        if let Some((statement, ())) = self.last(asset.id, |says| matches!(says, Says::Retired).then_some(()))
        {
            let Claim { reasons, .. } = said(statement, (), Vec::new());
            let gone = reasons.into_iter().map(|reason| Reason {
                text: format!("It was said to be gone, but was seen since then. {}", reason.text),
                grounds: reason.grounds,
            });
            asset.class.reasons.extend(gone);
        }
    }

    /// The last that was said of this.
    fn last<T>(&self, asset: AssetId, of: impl Fn(&Says) -> Option<T>) -> Option<(&'a Statement, T)> {
        let said = self.0.get(&asset)?.iter().rev();
        said.copied().find_map(|statement| Some((statement, of(&statement.says)?)))
    }
}

fn class_of(says: &Says) -> Option<DeviceClass> {
    match says {
        Says::Class(class) => Some(*class),
        _ => None,
    }
}

fn care_area_of(says: &Says) -> Option<String> {
    match says {
        Says::CareArea(area) => Some(area.clone()),
        _ => None,
    }
}

fn said<T>(statement: &Statement, value: T, former: Vec<Reason>) -> Claim<T> {
    let (who, because) = (statement.by.label(), &statement.because);
    let reason = Reason::new(format!("The {who} said so: {because}"), [Ground::Statement(statement.id)]);
    Claim {
        value,
        confidence: Confidence::percent(WORD),
        reasons: [reason].into_iter().chain(former).collect(),
    }
}
