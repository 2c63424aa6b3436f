//! When support of a product's releases ends.

use super::layout::{Cursor, LIFECYCLE_NAME, LIFECYCLE_RECORD, Section, u32_at, u64_at};
use super::{Index, nth, search};
use crate::day::Day;

/// When a kind of support ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Until {
    /// Nothing is said; for extended support mostly: there is none.
    NotStated,
    /// It ended on a day that is not said.
    Ended,
    /// It ends, or ended, on this day: the last with support.
    Day(Day),
    /// It goes on, with no end set.
    Open,
}

/// How well a release is supported on a day. The first is the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Support {
    /// It gets security fixes.
    Supported,
    /// Only those who have extended support (mostly paid for) get fixes.
    ExtendedOnly,
    /// It gets none.
    Ended,
    /// It cannot be said.
    Unknown,
}

/// The support of one release cycle of a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Eol<'a> {
    /// The product's key at endoflife.date: `windows-server`.
    pub product: &'a str,
    /// What people call the product: `Microsoft Windows Server`.
    pub title: &'a str,
    /// The cycle: `2012-R2`, `22.04`.
    pub cycle: &'a str,
    /// What people call the cycle, when that differs: `11 24H2 (E)`, `Bookworm`.
    pub label: &'a str,
    /// The newest version of the cycle (for Windows: its build), or an empty text.
    pub latest: &'a str,
    /// When it was released.
    pub released: Option<Day>,
    /// Until when it is improved.
    pub active: Until,
    /// Until when it gets security fixes.
    pub security: Until,
    /// Until when extended support (mostly paid for) gives security fixes.
    pub extended: Until,
}

impl Eol<'_> {
    /// How well it is supported on this day.
    #[must_use]
    pub fn support_on(&self, day: Day) -> Support {
        match (self.security.holds_on(day), self.extended.holds_on(day)) {
            (Some(true), _) => Support::Supported,
            (_, Some(true)) => Support::ExtendedOnly,
            (Some(false), _) => Support::Ended,
            (None, _) => Support::Unknown,
        }
    }
}

impl Until {
    fn holds_on(self, day: Day) -> Option<bool> {
        match self {
            Self::NotStated => None,
            Self::Ended => Some(false),
            Self::Day(last) => Some(day <= last),
            Self::Open => Some(true),
        }
    }

    /// 0 not stated, 1 ended, 2 open, else the day (at 3 and above, counted from 1970-01-01).
    pub(crate) fn code(self) -> u32 {
        match self {
            Self::NotStated => 0,
            Self::Ended => 1,
            Self::Open => 2,
            Self::Day(day) => u32::from(day.number()) + 3,
        }
    }

    fn of_code(code: u32) -> Option<Self> {
        Some(match code {
            0 => Self::NotStated,
            1 => Self::Ended,
            2 => Self::Open,
            day => Self::Day(Day::from_number(u16::try_from(day - 3).ok()?)),
        })
    }
}

/// A record of `Section::Lifecycles`.
#[derive(Clone, Copy)]
pub(super) struct LifecycleRecord<'a> {
    pub(super) product: &'a str,
    title: &'a str,
    block: usize,
    pub(super) hash: u64,
}

impl<'a> Index<'a> {
    /// The cycles that a version of a product belongs to, by cycle; none when the product or the version is not known,
    /// several when the version does not tell editions apart (a build of Windows).
    ///
    /// The product is a key of endoflife.date (`windows-server`), its title, another name of it there, or
    /// `vendor:product` as CPE has it (`openssl:openssl`); case does not count. The version is a cycle (`2012-R2`), its
    /// label or code name, or any version in it (`22.04.3` of `22.04`, `10.0.19045` by Windows' builds).
    #[must_use]
    pub fn end_of_life(&self, product: &str, version: &str) -> Vec<Eol<'a>> {
        let mut cycles = self.lifecycle(product);
        let version = version.trim().to_lowercase();
        if cycles.iter().any(|one| is_named(one, &version)) {
            cycles.retain(|one| is_named(one, &version));
            return cycles;
        }
        cycles.retain(|one| begins_with(&version, one.cycle));
        let longest = cycles.iter().map(|one| one.cycle.len()).max();
        cycles.retain(|one| Some(one.cycle.len()) == longest);
        cycles
    }

    /// All cycles of a product, by cycle; names as in `end_of_life`.
    #[must_use]
    pub fn lifecycle(&self, product: &str) -> Vec<Eol<'a>> {
        let record = self.lifecycle_place(product).and_then(|at| self.lifecycle_at(at));
        record.and_then(|record| self.cycles(&record)).unwrap_or_default()
    }

    /// How many products have dates.
    #[must_use]
    pub fn lifecycle_count(&self) -> usize {
        self.section(Section::Lifecycles).len() / LIFECYCLE_RECORD
    }

    fn lifecycle_place(&self, product: &str) -> Option<usize> {
        let wanted = product.trim().to_lowercase();
        let names = self.section(Section::LifecycleNames);
        let at = search(names.len() / LIFECYCLE_NAME, |at| {
            let name = self.string(u32_at(nth(names, at, LIFECYCLE_NAME)?, 0)?)?;
            Some(name.cmp(&wanted))
        })?;
        usize::try_from(u32_at(nth(names, at, LIFECYCLE_NAME)?, 4)?).ok()
    }

    pub(super) fn lifecycle_at(&self, at: usize) -> Option<LifecycleRecord<'a>> {
        let record = nth(self.section(Section::Lifecycles), at, LIFECYCLE_RECORD)?;
        Some(LifecycleRecord {
            product: self.string(u32_at(record, 0)?)?,
            title: self.string(u32_at(record, 4)?)?,
            block: usize::try_from(u32_at(record, 8)?).ok()?,
            hash: u64_at(record, 12)?,
        })
    }

    pub(super) fn cycles(&self, record: &LifecycleRecord<'a>) -> Option<Vec<Eol<'a>>> {
        let mut cursor = Cursor::at(self.section(Section::LifecycleBlocks), record.block)?;
        (0..cursor.count()?).map(|_| self.cycle(record, &mut cursor)).collect()
    }

    fn cycle(&self, record: &LifecycleRecord<'a>, cursor: &mut Cursor<'a>) -> Option<Eol<'a>> {
        let mut text = || self.string(cursor.varint()?);
        let (cycle, label, latest) = (text()?, text()?, text()?);
        let released = u16::try_from(cursor.varint()?).ok()?;
        let mut until = || Until::of_code(cursor.varint()?);
        Some(Eol {
            product: record.product,
            title: record.title,
            cycle,
            label,
            latest,
            released: (released != 0).then(|| Day::from_number(released)),
            active: until()?,
            security: until()?,
            extended: until()?,
        })
    }
}

/// The version is what the cycle is called, or its newest version (Windows' builds are told apart no further).
fn is_named(one: &Eol<'_>, version: &str) -> bool {
    [one.cycle, one.label, one.latest].iter().any(|name| rest_behind(version, name) == Some(""))
}

/// `22.04.3` begins with `22.04`, `10.0.19045.3803` with `10.0.19045`, and `1.0.2k` with `1.0.2`: one letter is a patch of
/// it. `22.041` and `1.0.2beta` do not.
fn begins_with(version: &str, cycle: &str) -> bool {
    let part = |letter: char| letter.is_ascii_digit() || letter.is_alphabetic();
    rest_behind(version, cycle).is_some_and(|rest| {
        let patch = rest.strip_prefix(|letter: char| letter.is_ascii_lowercase());
        let patch = patch.filter(|_| cycle.ends_with(|last: char| last.is_ascii_digit()));
        !rest.starts_with(part) || patch.is_some_and(|rest| !rest.starts_with(part))
    })
}

/// What of a version (in lower case) stands behind a name that it begins with; case does not count.
fn rest_behind<'v>(version: &'v str, name: &str) -> Option<&'v str> {
    if !name.is_ascii() {
        return version.strip_prefix(&name.to_lowercase());
    }
    let (start, rest) = version.split_at_checked(name.len()).filter(|_| !name.is_empty())?;
    start.eq_ignore_ascii_case(name).then_some(rest)
}
