//! How many of which kind: medical first, unknown last, nothing left out.

use wardround_model::{Asset, DeviceClass};

/// How many assets there are of one class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CensusLine {
    /// The class.
    pub class: DeviceClass,
    /// How many, 1 or more.
    pub count: usize,
}

/// How many assets there are of each class that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Census {
    /// One line a class, in the order of [`DeviceClass::ALL`].
    pub lines: Vec<CensusLine>,
}

impl Census {
    /// All assets.
    #[must_use]
    pub fn total(&self) -> usize {
        self.lines.iter().map(|line| line.count).sum()
    }

    /// Assets that take part in care.
    #[must_use]
    pub fn medical(&self) -> usize {
        self.lines.iter().filter(|line| line.class.is_medical()).map(|line| line.count).sum()
    }

    /// Assets whose kind is not known.
    #[must_use]
    pub fn unknown(&self) -> usize {
        self.lines.iter().filter(|line| line.class == DeviceClass::Unknown).map(|line| line.count).sum()
    }
}

/// Counts assets by class.
#[must_use]
pub fn census(assets: &[Asset]) -> Census {
    let count = |class: DeviceClass| assets.iter().filter(|asset| asset.class.value == class).count();
    let lines = DeviceClass::ALL.iter().map(|class| CensusLine { class: *class, count: count(*class) });
    Census { lines: lines.filter(|line| line.count > 0).collect() }
}
