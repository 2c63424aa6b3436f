//! Recalls of medical devices, found by the names of maker and device.

use super::advisory::{ProductMatch, agreement};
use super::layout::{Cursor, MAKER_RECORD, Section, u32_at};
use super::{Index, nth};
use crate::day::Day;
use crate::tokens::{self, Words};

/// How dangerous a recalled device is, as FDA judged it (21 CFR 7.3(m)). The first is the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecallClass {
    /// Using it may well cause serious harm or death.
    One,
    /// Using it may cause harm that passes, or serious harm in rare cases.
    Two,
    /// Using it is not likely to cause harm.
    Three,
    /// Not said.
    NotStated,
}

/// A recall of a device. Which serial numbers or lots it is about stands in FDA's record only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recall<'a> {
    /// FDA's number: `Z-1603-2023`.
    pub id: &'a str,
    /// The firm that recalls.
    pub firm: &'a str,
    /// The device, as FDA describes it, at most 120 characters.
    pub device: &'a str,
    /// FDA's product code: `FRN`, or an empty text.
    pub product_code: &'a str,
    /// How dangerous.
    pub class: RecallClass,
    /// When it began.
    pub began: Option<Day>,
    /// Where it stands, in FDA's words: `Open, Classified`, `Ongoing`, `Terminated`.
    pub status: &'a str,
    /// The cause as FDA groups it: `Software design`, or an empty text.
    pub cause: &'a str,
    /// How well the names of the device agree.
    pub names: ProductMatch,
}

impl Recall<'_> {
    /// True while FDA has not closed it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !["terminated", "completed", "closed"].iter().any(|end| self.status.to_lowercase().contains(end))
    }
}

impl<'a> Index<'a> {
    /// Recalls that may be about this device, given the texts that its maker and model are called by: the best agreeing
    /// names first, then the newest. That a unit is meant is settled by its serial number only.
    #[must_use]
    pub fn recalls_of(&self, manufacturer: &str, model: &str) -> Vec<Recall<'a>> {
        let maker = tokens::of_maker(manufacturer);
        let words = tokens::of_product(model, &maker);
        let (maker, words) = (Words::of(&maker), Words::of(&words));
        let mut found = Vec::new();
        for at in 0..self.firm_count() {
            // A damaged firm ends here and costs the others nothing.
            let _ = self.collect_of_firm(at, &maker, &words, &mut found);
        }
        found.sort_by(|one, two| {
            one.names.cmp(&two.names).then(two.began.cmp(&one.began)).then(one.id.cmp(two.id))
        });
        found
    }

    /// How many recalls there are.
    #[must_use]
    pub fn recall_count(&self) -> usize {
        let count = |at| self.firm_cursor(at).and_then(|mut cursor| cursor.count());
        (0..self.firm_count()).filter_map(count).fold(0, usize::saturating_add)
    }

    pub(super) fn firm_count(&self) -> usize {
        self.section(Section::RecallFirms).len() / MAKER_RECORD
    }

    pub(super) fn firm_at(&self, at: usize) -> Option<&'a [u8]> {
        nth(self.section(Section::RecallFirms), at, MAKER_RECORD)
    }

    fn firm_cursor(&self, at: usize) -> Option<Cursor<'a>> {
        let start = usize::try_from(u32_at(self.firm_at(at)?, 8)?).ok()?;
        Cursor::at(self.section(Section::Recalls), start)
    }

    fn collect_of_firm(
        &self,
        at: usize,
        maker: &Words<'_>,
        words: &Words<'_>,
        found: &mut Vec<Recall<'a>>,
    ) -> Option<()> {
        let record = self.firm_at(at)?;
        if !maker.may_be_maker(self.string(u32_at(record, 4)?)?) {
            return Some(());
        }
        let firm = self.string(u32_at(record, 0)?)?;
        let mut cursor = self.firm_cursor(at)?;
        for _ in 0..cursor.count()? {
            let (own, recall) = self.recall(firm, &mut cursor)?;
            // A description has many more words than a model's name: one that lacks some of them is another device.
            let names = agreement(words, own)
                .or_else(|| agreement(words, &tokens::of_product(recall.device, maker.text())));
            found.extend(names.map(|names| Recall { names, ..recall }));
        }
        Some(())
    }

    /// The words of the next recall's device, and the recall.
    fn recall(&self, firm: &'a str, cursor: &mut Cursor<'a>) -> Option<(&'a str, Recall<'a>)> {
        let mut text = || self.string(cursor.varint()?);
        let (id, device, own, product_code) = (text()?, text()?, text()?, text()?);
        let (status, cause) = (text()?, text()?);
        let class = class_of(cursor.byte()?)?;
        let began = u16::try_from(cursor.varint()?).ok()?;
        let began = (began != 0).then(|| Day::from_number(began));
        let names = ProductMatch::Family;
        Some((own, Recall { id, firm, device, product_code, class, began, status, cause, names }))
    }

    /// Reads every recall; `None` when one cannot be read.
    pub(super) fn check_recalls(&self) -> Option<()> {
        for at in 0..self.firm_count() {
            let record = self.firm_at(at)?;
            let (firm, _) = (self.string(u32_at(record, 0)?)?, self.string(u32_at(record, 4)?)?);
            let mut cursor = self.firm_cursor(at)?;
            for _ in 0..cursor.count()? {
                self.recall(firm, &mut cursor)?;
            }
        }
        Some(())
    }
}

const CLASSES: [RecallClass; 4] =
    [RecallClass::NotStated, RecallClass::One, RecallClass::Two, RecallClass::Three];

pub(crate) fn class_byte(class: RecallClass) -> u8 {
    CLASSES.iter().position(|&one| one == class).and_then(|at| u8::try_from(at).ok()).unwrap_or_default()
}

fn class_of(byte: u8) -> Option<RecallClass> {
    CLASSES.get(usize::from(byte)).copied()
}
