//! What is remembered of each exporter and each of its observation domains: templates, samplers, and what comes next.

use std::collections::HashMap;
use std::net::IpAddr;
use std::rc::Rc;

use foldhash::fast::RandomState;
use wardround_dissect::export::{Family, FlowRecord, Template};
use wardround_model::Timestamp;

/// The most domains of all exporters.
const MOST_DOMAINS: usize = 1024;
/// The most templates of one domain.
const MOST_TEMPLATES: usize = 256;
/// The most fields of all templates together: about 2 MiB.
const MOST_FIELDS: usize = 1 << 18;
/// The most samplers of one domain.
const MOST_SAMPLERS: usize = 64;
/// How long a template counts after it was last told, and a domain after its last datagram: exporters tell templates every half an
/// hour, and should tell them three times within their life (RFC 7011, 8.4).
const LIFE: i64 = 2 * 3600 * 1_000_000_000;

/// The protocols.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Protocol {
    NetFlow5,
    NetFlow9,
    Ipfix,
    SFlow,
}

impl Protocol {
    pub(super) fn of(family: Family) -> Self {
        match family {
            Family::NetFlow9 => Self::NetFlow9,
            Family::Ipfix => Self::Ipfix,
        }
    }
}

/// A part of an exporter that counts by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct DomainKey {
    pub(super) exporter: IpAddr,
    pub(super) protocol: Protocol,
    pub(super) domain: u32,
}

/// What is remembered of a domain.
#[derive(Debug)]
pub(super) struct Domain {
    /// Its number among the capture points.
    pub(super) point: u16,
    pub(super) sequence: Sequence,
    /// Losses that its samplers counted so far (sFlow), by their numbers.
    pub(super) sampler_losses: HashMap<u64, u32, RandomState>,
    templates: HashMap<u16, (Rc<Template>, Timestamp), RandomState>,
    samplers: HashMap<u64, u32, RandomState>,
    /// One packet in so many, where no sampler is named.
    rate: u32,
    /// When its exporter was switched on, where it tells that beside its records.
    pub(super) switched_on: Option<Timestamp>,
    heard: Timestamp,
}

impl Domain {
    fn new(point: u16, heard: Timestamp) -> Self {
        Self {
            point,
            sequence: Sequence::default(),
            sampler_losses: HashMap::default(),
            templates: HashMap::default(),
            samplers: HashMap::default(),
            rate: 1,
            switched_on: None,
            heard,
        }
    }

    /// One packet in so many, for records of this sampler.
    pub(super) fn rate_of(&self, sampler: Option<u64>) -> u32 {
        sampler.and_then(|sampler| self.samplers.get(&sampler).copied()).unwrap_or(self.rate)
    }

    /// How many samples this sampler lost since it last told.
    pub(super) fn sampler_lost(&mut self, sampler: u64, lost: u32) -> u64 {
        if self.sampler_losses.len() >= MOST_SAMPLERS && !self.sampler_losses.contains_key(&sampler) {
            return 0;
        }
        let before = self.sampler_losses.insert(sampler, lost).unwrap_or(lost);
        // It begins anew with its device.
        lost.saturating_sub(before).into()
    }

    fn fields(&self) -> usize {
        self.templates.values().map(|(template, _)| template.fields()).sum()
    }
}

/// All domains.
#[derive(Debug, Default)]
pub(super) struct Domains {
    all: HashMap<DomainKey, Domain, RandomState>,
    /// Capture points that were given so far.
    points: u16,
    /// Fields of all templates.
    fields: usize,
}

impl Domains {
    pub(super) fn get(&self, key: DomainKey) -> Option<&Domain> {
        self.all.get(&key)
    }

    /// The domain of a datagram that came now, made if there is room.
    pub(super) fn enter(&mut self, key: DomainKey, now: Timestamp) -> Option<&mut Domain> {
        if !self.all.contains_key(&key) {
            if self.all.len() >= MOST_DOMAINS {
                self.forget_silent(now);
            }
            if self.all.len() >= MOST_DOMAINS {
                return None;
            }
            // Beyond the last number all share it: only what two of them both see is then counted twice.
            self.points = self.points.saturating_add(1);
            self.all.insert(key, Domain::new(self.points, now));
        }
        let domain = self.all.get_mut(&key)?;
        domain.heard = domain.heard.max(now);
        Some(domain)
    }

    fn forget_silent(&mut self, now: Timestamp) {
        let before = self.all.len();
        self.all.retain(|_, domain| now.since(domain.heard) <= LIFE);
        if self.all.len() == before {
            return;
        }
        self.fields = self.all.values().map(Domain::fields).sum();
    }

    /// Remembers a template, or forgets the one that is taken back; whether there was room.
    pub(super) fn learn(&mut self, key: DomainKey, number: u16, template: Template, now: Timestamp) -> bool {
        let Some(domain) = self.all.get_mut(&key) else { return false };
        let old = domain.templates.remove(&number).map_or(0, |(old, _)| old.fields());
        self.fields = self.fields.saturating_sub(old);
        if template.is_withdrawn() {
            return true;
        }
        if domain.templates.len() >= MOST_TEMPLATES {
            let before = domain.fields();
            domain.templates.retain(|_, (_, told)| now.since(*told) <= LIFE);
            self.fields = self.fields.saturating_sub(before.saturating_sub(domain.fields()));
        }
        let fields = self.fields.saturating_add(template.fields());
        if domain.templates.len() >= MOST_TEMPLATES || fields > MOST_FIELDS {
            return false;
        }
        self.fields = fields;
        domain.templates.insert(number, (Rc::new(template), now));
        true
    }

    /// The template with this number, unless it was told too long ago.
    pub(super) fn template(&self, key: DomainKey, number: u16, now: Timestamp) -> Option<Rc<Template>> {
        let (template, told) = self.all.get(&key)?.templates.get(&number)?;
        (now.since(*told) <= LIFE).then(|| Rc::clone(template))
    }

    /// Takes what an exporter says of itself: when it was switched on, and how it samples.
    pub(super) fn take_options(&mut self, key: DomainKey, record: &FlowRecord) {
        let Some(domain) = self.all.get_mut(&key) else { return };
        domain.switched_on = record.switched_on.or(domain.switched_on);
        let Some(rate) = record.rate else { return };
        match record.sampler {
            None => domain.rate = rate.max(1),
            Some(sampler) => {
                if domain.samplers.len() < MOST_SAMPLERS || domain.samplers.contains_key(&sampler) {
                    domain.samplers.insert(sampler, rate.max(1));
                }
            }
        }
    }
}

/// What an exporter counts as it sends: a gap is what did not arrive.
#[derive(Debug, Default)]
pub(super) struct Sequence {
    /// The number of the last datagram, and how many it had.
    last: Option<(u32, u32)>,
}

impl Sequence {
    /// A larger step forward is an exporter that began anew, as any step back is that is no late datagram.
    const LARGEST_GAP: u32 = 1 << 20;
    /// How far back a late datagram may lie.
    const LATE: u32 = 64;

    /// Takes the number of a datagram, and how many it has, where that is known; how many are missing before it.
    ///
    /// Its number is that of what was sent before it (RFC 7011, 3.1). Some exporters count what it has too, as softflowd does for
    /// IPFIX: where one of both ways leaves no gap, there is none.
    pub(super) fn take(&mut self, number: u32, has: Option<u64>) -> u64 {
        let has = has.and_then(|has| u32::try_from(has).ok());
        let gap = match (self.last, has) {
            (Some((before, had)), Some(has)) => {
                let gap = |many: u32| number.wrapping_sub(before.wrapping_add(many));
                gap(had).min(gap(has))
            }
            (Some((before, had)), None) => number.wrapping_sub(before.wrapping_add(had)),
            (None, _) => 0,
        };
        // Late ones were counted as missing, and are few.
        if gap <= u32::MAX - Self::LATE {
            self.last = has.map(|has| (number, has));
        }
        if gap <= Self::LARGEST_GAP { gap.into() } else { 0 }
    }
}
