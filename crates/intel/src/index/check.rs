//! Reading all of an index once, to see that it holds together.

use super::layout::{ADVISORY_RECORD, CVE_RECORD, MAKER_RECORD, OUI_RECORD, PRODUCT_RECORD, Section, u32_at};
use super::{Index, IndexError};

impl Index<'_> {
    /// Every reference leads somewhere, and what is searched by halving is sorted.
    pub(super) fn check_references(&self) -> Result<(), IndexError> {
        let checks: [(&'static str, bool); 7] = [
            ("sources", self.sources_part().is_some()),
            ("the sizes of records", self.sizes_fit()),
            ("CVEs", self.cves_hold()),
            ("products", self.products_hold()),
            ("advisories", self.advisories().count() == self.stats().advisories),
            ("statements", self.check_statements().is_some()),
            ("address blocks", self.oui_holds()),
        ];
        match checks.into_iter().find(|(_, holds)| !holds) {
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
        ];
        sizes.into_iter().all(|(section, size)| self.section(section).len().is_multiple_of(size))
    }

    fn cves_hold(&self) -> bool {
        let texts = [Section::Vectors, Section::CweSets].into_iter().all(|section| {
            let references = self.section(section).chunks_exact(4);
            references.into_iter().all(|at| u32_at(at, 0).and_then(|at| self.string(at)).is_some())
        });
        texts && self.cves().count() == self.cve_count() && self.cves().is_sorted_by_key(|cve| cve.id)
    }

    fn products_hold(&self) -> bool {
        (0..self.product_count()).all(|at| {
            let block = self.product_at(at).and_then(|product| self.block(&product));
            block.is_some_and(|block| block.has_whole_platforms())
        })
    }

    fn oui_holds(&self) -> bool {
        [24, 28, 36].into_iter().all(|bits| {
            self.oui_records(bits).is_some_and(|records| {
                let mut records = records.chunks_exact(OUI_RECORD);
                records.all(|record| u32_at(record, 5).and_then(|maker| self.string(maker)).is_some())
            })
        })
    }
}
