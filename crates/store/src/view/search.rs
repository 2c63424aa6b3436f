//! Devices by words: what is found is counted and sorted in one walk, since the walk is the work.

use std::collections::BTreeMap;

use super::counts::DeviceCounts;
use super::devices::{AROUND, DeviceFilter, DeviceRow, DeviceSort, ROW, Worst, read_row};
use super::filter::words;
use super::page::MOST_ROWS;
use super::{Page, RoundView, Turn};
use crate::columns::Columns;
use crate::error::{StoreError, Trouble};
use crate::searched::{self, Hit};

impl RoundView<'_> {
    /// How many devices there are by class and urgency, and a page of their list: what [`RoundView::device_counts`] and
    /// [`RoundView::devices`] tell, in one walk over the round where words are looked for.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn devices_counted(
        &self,
        filter: &DeviceFilter,
        sort: DeviceSort,
        turn: Turn,
        rows: usize,
    ) -> Result<(DeviceCounts, Page<DeviceRow>), StoreError> {
        if filter.has_words() {
            return self.devices_searched(filter, sort, turn, rows);
        }
        Ok((self.device_counts(filter)?, self.devices(filter, sort, turn, rows)?))
    }

    pub(super) fn devices_searched(
        &self,
        filter: &DeviceFilter,
        sort: DeviceSort,
        turn: Turn,
        rows: usize,
    ) -> Result<(DeviceCounts, Page<DeviceRow>), StoreError> {
        let (mut counts, mut found) = (BTreeMap::new(), Vec::new());
        let walked = searched::hits(self.connection(), self.id(), &words(&filter.text), |hit| {
            if filter.is_at(&hit) {
                let count: &mut u64 = counts.entry((hit.class, Worst::from(hit.worst))).or_default();
                *count = count.saturating_add(1);
                if filter.has_class(hit.class) && filter.has_worst(hit.worst.into()) {
                    found.push((sort.of(&hit), hit.position));
                }
            }
        });
        self.told(walked)?;
        let page = self.told(self.rows_of(found, turn, rows.clamp(1, MOST_ROWS)))?;
        Ok((DeviceCounts::of(filter, counts), page))
    }

    /// A page of these devices, each by its place in the list and its position in the round.
    fn rows_of(
        &self,
        mut found: Vec<(u64, u64)>,
        turn: Turn,
        rows: usize,
    ) -> Result<Page<DeviceRow>, Trouble> {
        match turn {
            Turn::First => {}
            Turn::After(place) => found.retain(|(key, _)| *key > place),
            Turn::Before(place) => found.retain(|(key, _)| *key < place),
        }
        let wanted = rows.saturating_add(1);
        let order = |one: &(u64, u64), other: &(u64, u64)| match turn {
            Turn::Before(_) => other.cmp(one),
            Turn::First | Turn::After(_) => one.cmp(other),
        };
        // Of tens of thousands only a page is put in order.
        if found.len() > wanted {
            found.select_nth_unstable_by(wanted, order);
            found.truncate(wanted);
        }
        found.sort_unstable_by(order);
        let read: Result<_, Trouble> =
            found.into_iter().map(|(key, position)| Ok((key, self.row_at(position)?))).collect();
        Ok(Page::cut(turn, rows, read?))
    }

    fn row_at(&self, position: u64) -> Result<DeviceRow, Trouble> {
        let sql = format!(
            "SELECT chosen.position, {} FROM (SELECT ?1 AS round_id, ?2 AS position) AS chosen {}",
            AROUND.columns, AROUND.joined
        );
        let mut select = self.connection().prepare_cached(&sql)?;
        let position = i64::try_from(position).unwrap_or(i64::MAX);
        let mut rows = select.query([self.id().0, position])?;
        let row = rows.next()?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
        let mut columns = Columns::new(row, &ROW);
        let place = columns.number()?;
        read_row(place, &mut columns)
    }
}

impl DeviceSort {
    /// The place of what was found in a list of this order.
    fn of(self, hit: &Hit<'_>) -> u64 {
        let [urgency, title, address, last] = hit.orders;
        match self {
            Self::Urgency => urgency,
            Self::Title => title,
            Self::Class => hit.position,
            Self::Address => address,
            Self::LastSeen => last,
        }
    }
}

impl DeviceFilter {
    /// Whether it lets the place of what was found through.
    fn is_at(&self, hit: &Hit<'_>) -> bool {
        self.network.as_deref().is_none_or(|network| network == hit.network)
            && self.care_area.as_deref().is_none_or(|care_area| care_area == hit.care_area)
    }

    fn has_worst(&self, worst: Worst) -> bool {
        self.worst.is_none_or(|wanted| wanted == worst)
    }
}
