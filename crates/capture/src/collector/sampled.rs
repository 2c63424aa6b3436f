//! sFlow: the first bytes of packets, read as frames that stand for many.

use wardround_dissect::export::Clock;
use wardround_dissect::export::sflow::{Datagram, Sample, Sampled};
use wardround_model::{SkipReason, Timestamp};

use super::domain::{DomainKey, Protocol};
use super::{Around, Collector};
use crate::follow::Frame;

impl Collector {
    /// Nothing where it is damaged; what was whole is taken all the same.
    pub(super) fn take_sampled(&mut self, datagram: &[u8], came: Timestamp) -> Option<()> {
        let mut header = Datagram::read(datagram)?;
        let key = DomainKey { exporter: header.agent, protocol: Protocol::SFlow, domain: header.part };
        let Some(domain) = self.domain(key, came) else { return Some(()) };
        let lost = domain.sequence.take(header.sequence, Some(1));
        self.lost(lost);
        while let Some(sample) = header.next_sample() {
            self.take_sample(&sample.ok()?, key, came);
        }
        Some(())
    }

    fn take_sample(&mut self, sample: &Sample<'_>, key: DomainKey, came: Timestamp) {
        let Some(domain) = self.domains.enter(key, came) else { return };
        let (point, lost) = (domain.point, domain.sampler_lost(sample.source, sample.lost));
        self.lost(lost);
        match &sample.seen {
            Some(Sampled::Header { link, wire, data }) => {
                let frame = Frame {
                    interface: point,
                    time: came,
                    link: *link,
                    wire: *wire,
                    data: [data, &[], &[]],
                    weight: sample.rate,
                };
                let evidence = self.follower.next_evidence();
                if sample.rate > 1 {
                    let passed_over = u64::from(sample.rate.saturating_sub(1));
                    self.skips.count_many(SkipReason::Sampled, passed_over, evidence);
                }
                self.follower.take(&frame);
            }
            Some(Sampled::Record(record)) => {
                let clock = Clock { at: came, uptime: None };
                self.take_record(record, Around { key, clock, came, rate: Some(sample.rate) });
            }
            None => self.skip(SkipReason::UnknownLink),
        }
    }
}
