//! What people said of assets and what still holds: the latest statement of each kind stands.

use std::collections::BTreeMap;

use wardround_model::{Asset, AssetId, CareRole, DeviceClass, Says, Statement, Timestamp};

/// Statements that hold at a moment, by asset, the latest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Said<'a> {
    by_asset: BTreeMap<AssetId, Vec<&'a Statement>>,
}

impl<'a> Said<'a> {
    pub(crate) fn new(statements: &'a [Statement], as_of: Timestamp) -> Self {
        let mut by_asset: BTreeMap<AssetId, Vec<&Statement>> = BTreeMap::new();
        for statement in statements.iter().filter(|statement| statement.holds_at(as_of)) {
            by_asset.entry(statement.asset).or_default().push(statement);
        }
        for said in by_asset.values_mut() {
            said.sort_by_key(|statement| std::cmp::Reverse((statement.at, statement.id)));
        }
        Self { by_asset }
    }

    /// The latest that was said of an asset and that `wanted` takes.
    pub(crate) fn latest<T>(
        &self,
        asset: AssetId,
        wanted: impl Fn(&'a Statement) -> Option<T>,
    ) -> Option<(T, &'a Statement)> {
        let said = self.by_asset.get(&asset)?;
        said.iter().find_map(|statement| Some((wanted(statement)?, *statement)))
    }

    /// How many others can take its place.
    pub(crate) fn spares(&self, asset: AssetId) -> Option<(u32, &'a Statement)> {
        self.latest(asset, |statement| match statement.says {
            Says::Spares(spares) => Some(spares),
            _ => None,
        })
    }

    /// What kind of device it is: as people say, else as was seen.
    pub(crate) fn class(&self, asset: &Asset) -> DeviceClass {
        let said = self.latest(asset.id, |statement| match statement.says {
            Says::Class(class) => Some(class),
            _ => None,
        });
        said.map_or(asset.class.value, |(class, _)| class)
    }

    /// What it does for patients: as people say, else as its class tells.
    pub(crate) fn care_role(&self, asset: &Asset) -> CareRole {
        let said = self.latest(asset.id, |statement| match statement.says {
            Says::CareRole(role) => Some(role),
            _ => None,
        });
        said.map_or_else(|| self.class(asset).care_role(), |(role, _)| role)
    }

    /// Whether people said that it does not count any more, and it was not seen since: what is seen is there.
    pub(crate) fn is_retired(&self, asset: &Asset) -> bool {
        let retired = |statement: &Statement| {
            matches!(statement.says, Says::Retired) && statement.at >= asset.last_seen
        };
        self.latest(asset.id, |statement| retired(statement).then_some(())).is_some()
    }
}
