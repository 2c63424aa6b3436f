//! Reading all of an index once, to see that it holds together.

use super::layout::{
    ADVISORY_RECORD, CVE_RECORD, LIFECYCLE_NAME, LIFECYCLE_RECORD, MAKER_RECORD, OUI_RECORD, PACKAGE_RECORD,
    PRODUCT_RECORD, Section, u32_at,
};
use super::{Index, IndexError, nth};

impl Index<'_> {
    /// Every reference leads somewhere, and what is searched by halving, or walked beside another index, is sorted.
    pub(super) fn check_references(&self) -> Result<(), IndexError> {
        let checks: [(&'static str, &dyn Fn() -> bool); 10] = [
            ("sources", &|| self.sources_part().is_some()),
            ("the sizes of records", &|| self.sizes_fit()),
            ("CVEs", &|| self.cves_hold()),
            ("products", &|| self.products_hold()),
            ("advisories", &|| self.advisories_hold()),
            ("statements", &|| self.makers_ascend(Section::Makers) && self.check_statements().is_some()),
            ("address blocks", &|| self.oui_holds()),
            ("packages", &|| self.packages_hold()),
            ("dates of support", &|| self.lifecycles_hold()),
            ("recalls", &|| self.makers_ascend(Section::RecallFirms) && self.check_recalls().is_some()),
        ];
        match checks.into_iter().find(|(_, holds)| !holds()) {
            Some((part, _)) => Err(IndexError::Damaged { part }),
            None => Ok(()),
        }
    }

    fn sizes_fit(&self) -> bool {
        let sizes = [
            (Section::Cves, CVE_RECORD),
            (Section::Vectors, 4),
            (Section::CweSets, 4),
            (Section::Products, PRODUCT_RECORD),
            (Section::Advisories, ADVISORY_RECORD),
            (Section::Makers, MAKER_RECORD),
            (Section::Packages, PACKAGE_RECORD),
            (Section::Lifecycles, LIFECYCLE_RECORD),
            (Section::LifecycleNames, LIFECYCLE_NAME),
            (Section::RecallFirms, MAKER_RECORD),
        ];
        sizes.into_iter().all(|(section, size)| self.section(section).len().is_multiple_of(size))
    }

    fn cves_hold(&self) -> bool {
        let texts = [Section::Vectors, Section::CweSets].into_iter().all(|section| {
            let references = self.section(section).chunks_exact(4);
            references.into_iter().all(|at| u32_at(at, 0).and_then(|at| self.string(at)).is_some())
        });
        texts && ascend(self.cve_count(), |at| self.cve_at(at).map(|cve| cve.id))
    }

    fn products_hold(&self) -> bool {
        let blocks = (0..self.product_count()).all(|at| {
            let block = self.product_at(at).and_then(|product| self.block(&product));
            block.is_some_and(|block| block.has_whole_platforms())
        });
        blocks && ascend(self.product_count(), |at| self.product_at(at).map(|product| product.name()))
    }

    fn advisories_hold(&self) -> bool {
        ascend(self.advisory_count(), |at| self.advisory_at(at).map(|advisory| advisory.id))
    }

    fn makers_ascend(&self, section: Section) -> bool {
        ascend(self.section(section).len() / MAKER_RECORD, |at| {
            let record = nth(self.section(section), at, MAKER_RECORD)?;
            Some((self.string(u32_at(record, 4)?)?, self.string(u32_at(record, 0)?)?))
        })
    }

    fn oui_holds(&self) -> bool {
        [24, 28, 36].into_iter().all(|bits| {
            let Some(records) = self.oui_records(bits) else { return false };
            let maker = |record| u32_at(record, 5).and_then(|maker| self.string(maker));
            records.chunks_exact(OUI_RECORD).all(|record| maker(record).is_some())
                && ascend(records.len() / OUI_RECORD, |at| nth(records, at, OUI_RECORD)?.get(..5))
        })
    }

    fn packages_hold(&self) -> bool {
        let blocks = (0..self.package_count())
            .all(|at| self.package_at(at).and_then(|package| self.package_block(&package)).is_some());
        blocks && ascend(self.package_count(), |at| self.package_at(at).map(|package| package.name))
    }

    fn lifecycles_hold(&self) -> bool {
        let names = self.section(Section::LifecycleNames);
        let cycles = |at| self.lifecycle_at(at).and_then(|record| self.cycles(&record));
        let leads = |name| {
            let place = u32_at(name, 4).and_then(|at| usize::try_from(at).ok());
            place.is_some_and(|at| at < self.lifecycle_count())
        };
        names.chunks_exact(LIFECYCLE_NAME).all(leads)
            && ascend(names.len() / LIFECYCLE_NAME, |at| {
                self.string(u32_at(nth(names, at, LIFECYCLE_NAME)?, 0)?)
            })
            && (0..self.lifecycle_count()).all(|at| cycles(at).is_some())
            && ascend(self.lifecycle_count(), |at| self.lifecycle_at(at).map(|record| record.product))
    }
}

/// True when every key can be read and is greater than the one before.
fn ascend<K: Ord>(count: usize, key: impl Fn(usize) -> Option<K>) -> bool {
    let mut last = None;
    (0..count).all(|at| {
        let key = key(at);
        let greater = key.is_some() && key > last;
        last = key;
        greater
    })
}
