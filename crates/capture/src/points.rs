//! Capture points over all sources. Files of one recording that was cut into pieces continue each other; files recorded at
//! the same time are different views of the network.

use wardround_dissect::packet::LinkType;
use wardround_model::Timestamp;

use crate::format::Interface;

#[derive(Debug)]
struct Point {
    number: usize,
    name: String,
    link: LinkType,
    /// When the last source that had it ended, where it had possible times.
    ended: Option<Timestamp>,
}

#[derive(Debug, Default)]
pub(crate) struct Points {
    list: Vec<Point>,
}

impl Points {
    /// The point of an interface whose first packet has this time: one of an earlier source that ended before, with the same
    /// number, name and link, or a new one.
    pub(crate) fn begin(&mut self, number: usize, interface: &Interface, at: Timestamp) -> u16 {
        let continues = |point: &&mut Point| {
            point.number == number
                && point.link == interface.link
                && point.name == interface.name
                && point.ended.is_some_and(|ended| ended <= at)
        };
        let place = match self.list.iter_mut().enumerate().find(|(_, point)| continues(point)) {
            Some((place, point)) => {
                point.ended = None;
                place
            }
            None => {
                let (name, link) = (interface.name.clone(), interface.link);
                self.list.push(Point { number, name, link, ended: None });
                self.list.len().saturating_sub(1)
            }
        };
        u16::try_from(place).unwrap_or(u16::MAX)
    }

    /// A source ended that had these points.
    pub(crate) fn end_source(&mut self, points: &[Option<u16>], ended: Option<Timestamp>) {
        for point in points.iter().flatten() {
            if let Some(point) = self.list.get_mut(usize::from(*point)) {
                point.ended = ended;
            }
        }
    }
}
