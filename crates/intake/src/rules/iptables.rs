//! `iptables-save` and `ip6tables-save` (netfilter, iptables(8)): the chains of the filter table behind `FORWARD`. What comes to the
//! firewall itself (`INPUT`, `OUTPUT`) is not about others, and answers to what was let through (`ESTABLISHED`) open no way.

use std::collections::BTreeMap;
use std::net::IpAddr;

use wardround_model::{AddressRange, PortRange, RuleAction, RuleProtocol};

use super::{Asked, Set, all_but, protocol, service};
use crate::table::{decode, decode_beginning};
use crate::{ImportError, Request, Row, Rows};

/// Targets that do something and let the packet go on to the next rule (iptables-extensions(8)).
const GOES_ON: [&str; 12] = [
    "LOG",
    "NFLOG",
    "ULOG",
    "MARK",
    "CONNMARK",
    "SECMARK",
    "CONNSECMARK",
    "TCPMSS",
    "CT",
    "SET",
    "CHECKSUM",
    "TRACE",
];
/// Matches without conditions of their own that would narrow a rule.
const ADDS_NOTHING: [&str; 5] = ["tcp", "udp", "multiport", "comment", "iprange"];

/// Whether a text looks like it.
pub(crate) fn looks(_: &str, bytes: &[u8]) -> bool {
    let text = decode_beginning(bytes, 1 << 14);
    let lines = || text.lines().map(str::trim);
    let is_table = |line: &str| ["*filter", "*nat", "*mangle", "*raw", "*security"].contains(&line);
    lines().any(is_table)
        && lines().any(|line| {
            line.starts_with(":INPUT ") || line.starts_with(":PREROUTING ") || line.starts_with("-A ")
        })
}

pub(crate) fn read(request: &Request<'_>, rows: &mut Rows<'_>) -> Result<(), ImportError> {
    let text = decode(request.bytes);
    let mut reader = Reader { family: family_of(&text), ..Reader::new(rows) };
    for (number, line) in (1..).zip(text.lines()) {
        reader.line(rows, number, line.trim());
    }
    if let Some((row, _)) = reader.beginning.take() {
        rows.error(row, None, "has no rule for what passes through, so it says nothing of who reaches whom");
    }
    Ok(())
}

/// `ip6tables-save` says so in its first line; else an address tells.
fn family_of(text: &str) -> AddressRange {
    let is_v6 = |line: &str| {
        line.contains("ip6tables-save")
            || line.split_whitespace().any(|word| address(word).is_some_and(|range| range.first().is_ipv6()))
    };
    if text.lines().any(is_v6) { AddressRange::ALL_V6 } else { AddressRange::ALL_V4 }
}

struct Reader {
    family: AddressRange,
    set: Set,
    table: String,
    chains: BTreeMap<String, u16>,
    order: u32,
    /// The beginning of `FORWARD`, until it has a rule: each host has this chain, and few let anything pass through.
    beginning: Option<(Row, RuleAction)>,
}

impl Reader {
    fn new(rows: &Rows<'_>) -> Self {
        Self {
            family: AddressRange::ALL_V4,
            set: Set::new(rows, "filter"),
            table: String::new(),
            chains: BTreeMap::new(),
            order: 0,
            beginning: None,
        }
    }

    fn line(&mut self, rows: &mut Rows<'_>, number: u64, line: &str) {
        let row = Row(number);
        if let Some(table) = line.strip_prefix('*') {
            self.table = table.to_owned();
        } else if let Some(chain) = line.strip_prefix(':') {
            self.chain(row, chain);
        } else if line.starts_with("-A ") || line.starts_with('[') {
            rows.count_row();
            let words = words(line.split_once("] ").map_or(line, |(_, rest)| rest));
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            self.rule(rows, row, &words);
        }
    }

    /// `FORWARD DROP [0:0]`: a chain and what becomes of packets at its end.
    fn chain(&mut self, row: Row, line: &str) {
        let mut words = line.split_whitespace();
        let (Some(name), Some(policy)) = (words.next(), words.next()) else { return };
        if self.table != "filter" {
            return;
        }
        self.number(name);
        self.beginning = match (name, policy) {
            ("FORWARD", "ACCEPT") => Some((row, RuleAction::BeginAccept)),
            ("FORWARD", _) => Some((row, RuleAction::BeginDeny)),
            _ => return,
        };
    }

    fn begin(&mut self, rows: &mut Rows<'_>) {
        if let Some((row, begin)) = self.beginning.take() {
            let chain = self.number("FORWARD");
            let all = Asked { sources: vec![self.family], targets: vec![self.family], ..Asked::all(begin) };
            self.set.add(rows, row, chain, 0, all);
        }
    }

    fn number(&mut self, name: &str) -> u16 {
        let next = u16::try_from(self.chains.len()).unwrap_or(u16::MAX);
        *self.chains.entry(name.to_owned()).or_insert(next)
    }

    fn rule(&mut self, rows: &mut Rows<'_>, row: Row, words: &[&str]) {
        let ["-A", name, rest @ ..] = words else {
            return rows.error(row, None, "is no rule of iptables-save");
        };
        if self.table == "nat" && rest.contains(&"DNAT") {
            return rows.error(
                row,
                None,
                "gives packets another target address: ways through it are not told",
            );
        }
        if self.table != "filter" || matches!(*name, "INPUT" | "OUTPUT") {
            return;
        }
        if *name == "FORWARD" {
            self.begin(rows);
        }
        let chain = self.number(name);
        self.order = self.order.saturating_add(1);
        match Conditions::read(self.family, rest) {
            Ok(conditions) if conditions.is_about_answers => {}
            Ok(conditions) => {
                if let Some(action) = self.action(&conditions) {
                    self.set.add(rows, row, chain, self.order, conditions.asked(action, self.family));
                }
            }
            Err(problem) => {
                rows.error(row, None, problem);
                self.set.add(
                    rows,
                    row,
                    chain,
                    self.order,
                    Asked { is_sure: false, ..Asked::all(RuleAction::Unread) },
                );
            }
        }
    }

    /// What a rule does; `None`: nothing to where packets go.
    fn action(&mut self, conditions: &Conditions<'_>) -> Option<RuleAction> {
        let to = conditions.to?;
        Some(match (to, conditions.is_goto) {
            ("ACCEPT", _) => RuleAction::Accept,
            ("DROP" | "REJECT", _) => RuleAction::Deny,
            ("RETURN", _) => RuleAction::Return,
            (to, true) if self.chains.contains_key(to) => RuleAction::Goto(self.number(to)),
            (to, false) if self.chains.contains_key(to) => RuleAction::Jump(self.number(to)),
            (to, _) if GOES_ON.contains(&to) => return None,
            _ => RuleAction::Unread,
        })
    }
}

/// What a rule asks of a packet.
#[derive(Default)]
struct Conditions<'a> {
    sources: Option<Vec<AddressRange>>,
    targets: Option<Vec<AddressRange>>,
    protocol: Option<RuleProtocol>,
    ports: Vec<String>,
    is_unsure: bool,
    is_about_answers: bool,
    to: Option<&'a str>,
    is_goto: bool,
}

impl<'a> Conditions<'a> {
    fn read(family: AddressRange, words: &[&'a str]) -> Result<Self, &'static str> {
        let mut all = Self::default();
        let mut rest = words;
        while let [first, behind @ ..] = rest {
            let (is_not, option, behind) = match (first, behind) {
                (&"!", [option, behind @ ..]) => (true, *option, behind),
                _ => (false, *first, behind),
            };
            // `-p ! tcp` as older versions write it.
            let (is_not, behind) = match behind {
                ["!", behind @ ..] => (true, behind),
                _ => (is_not, behind),
            };
            rest = all.option(family, is_not, option, behind)?;
        }
        Ok(all)
    }

    fn option<'w>(
        &mut self,
        family: AddressRange,
        is_not: bool,
        option: &str,
        rest: &'w [&'a str],
    ) -> Result<&'w [&'a str], &'static str> {
        let [value, behind @ ..] = rest else { return Ok(self.flag(rest)) };
        let ranges = |of: fn(&str) -> Option<AddressRange>| {
            let ranges: Option<Vec<_>> = value.split(',').map(of).collect();
            let ranges = ranges.ok_or("names an address that cannot be read")?;
            Ok::<_, &'static str>(if is_not { all_but(family, &ranges) } else { ranges })
        };
        match option {
            "-s" | "--source" => self.sources = Some(ranges(address)?),
            "-d" | "--destination" => self.targets = Some(ranges(address)?),
            "--src-range" => self.sources = Some(ranges(stretch)?),
            "--dst-range" => self.targets = Some(ranges(stretch)?),
            "-p" | "--protocol" if !is_not => self.protocol = protocol(value),
            "--dport" | "--dports" | "--destination-port" | "--destination-ports" if !is_not => {
                self.ports = value.split(',').map(str::to_owned).collect();
            }
            "-m" | "--match" if ADDS_NOTHING.contains(value) || ["conntrack", "state"].contains(value) => {}
            "--ctstate" | "--state" if !is_not => self.states(value),
            "--comment" | "--reject-with" | "--log-prefix" | "--log-level" => {}
            "-j" | "--jump" => self.to = Some(*value),
            "-g" | "--goto" => (self.to, self.is_goto) = (Some(*value), true),
            _ if value.starts_with('-') => return Ok(self.flag(rest)),
            // What was not understood may match less.
            _ => self.is_unsure = true,
        }
        Ok(behind)
    }

    /// An option without a value.
    fn flag<'w>(&mut self, rest: &'w [&'a str]) -> &'w [&'a str] {
        self.is_unsure = true;
        rest
    }

    /// A way opens with a first packet, which is new.
    fn states(&mut self, states: &str) {
        self.is_about_answers = !states.split(',').any(|state| matches!(state, "NEW" | "UNTRACKED"));
    }

    fn asked(self, action: RuleAction, family: AddressRange) -> Asked {
        let protocol = self.protocol;
        let read = |text: &String| service::ports(protocol?, text);
        let ports: Option<Vec<PortRange>> = self.ports.iter().map(read).collect();
        let is_sure = !self.is_unsure && ports.is_some();
        let ports = ports.filter(|ports| !ports.is_empty());
        Asked {
            action,
            is_sure,
            sources: self.sources.unwrap_or_else(|| vec![family]),
            targets: self.targets.unwrap_or_else(|| vec![family]),
            ports: ports.unwrap_or_else(|| protocol.map(PortRange::all).into_iter().collect()),
        }
    }
}

/// `10.0.0.0/8`, `10.0.0.0/255.0.0.0`, `10.1.2.3`.
fn address(text: &str) -> Option<AddressRange> {
    if let Some((ip, mask)) = text.split_once('/')
        && let (Ok(IpAddr::V4(ip)), Ok(IpAddr::V4(mask))) = (ip.parse::<IpAddr>(), mask.parse::<IpAddr>())
    {
        let bits = mask.to_bits().leading_ones();
        let whole = mask.to_bits() == u32::MAX.checked_shl(32_u32.checked_sub(bits)?).unwrap_or(0);
        return if whole { AddressRange::network(ip.into(), u8::try_from(bits).ok()?) } else { None };
    }
    text.parse().ok().filter(|_| !text.contains('-'))
}

/// `10.1.2.3-10.1.2.9`.
fn stretch(text: &str) -> Option<AddressRange> {
    text.parse().ok()
}

/// Words as a shell would part them: what stands in double quotes is one, with its marks escaped by a backslash.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut is_quoted, mut is_word) = (Vec::new(), String::new(), false, false);
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => (is_quoted, is_word) = (!is_quoted, true),
            '\\' if is_quoted => word.extend(characters.next()),
            ' ' | '\t' if !is_quoted => {
                if std::mem::take(&mut is_word) {
                    words.push(std::mem::take(&mut word));
                }
            }
            other => {
                is_word = true;
                word.push(other);
            }
        }
    }
    if is_word {
        words.push(word);
    }
    words
}
