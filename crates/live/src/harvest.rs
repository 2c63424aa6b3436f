//! What a confined reader found, as lines of text through its pipe. Who reads them takes the writer for hostile: a reader that was
//! taken over can tell lies, but only in the shapes that the allow-list of facts lets through, and only so many.
//!
//! ```text
//! wardround-harvest 1
//! source  FRAMES BYTES FIRST LAST VALUES-NOT-ALLOWED
//! fact    SUBJECT KIND RECORD OFFSET AT LAST COUNT VALUE
//! talk    CLIENT SERVER PROTOCOL ROLES CONNECTIONS OPEN PACKETS BYTES PACKETS BYTES RECORD OFFSET AT LAST
//! skip    REASON COUNT RECORD OFFSET
//! down
//! broken
//! end
//! ```
//!
//! Fields stand between tabs; times are nanoseconds since 1970; `-` is nothing; `down` says that the interface was, for a while, and
//! `broken` that its reader stopped and another took its place (a reader never says that of itself; who keeps a harvest does). A harvest counts when its end was read, and not before.

use std::io::{self, BufRead, Read as _, Write};
use std::str::FromStr;

use wardround_capture::Captured;
use wardround_model::{
    ActiveHours, Conversation, Coverage, Evidence, Fact, FactKind, Observation, Protocol, RolesKnownBy,
    Sighting, Skip, SkipReason, Source, SourceIndex, SourceKind, Subject, Timestamp, Volume,
};

/// The first line: another version is another line.
const VERSION: &str = "wardround-harvest 1";
/// The longest line that is read. Values of facts are a few hundred bytes at most.
const MAX_LINE: u64 = 8 << 10;
/// The most lines of one harvest: above all that the limits of capture let it hold.
const MAX_LINES: usize = 1 << 19;

/// What stands in the coverage of an interface that was switched off or unplugged while it was watched.
fn went_down(name: &str) -> String {
    format!("{name} {DOWN}, and nothing could be seen until it came up again")
}

/// What is said of an interface, and of a reader: what tells one from the other.
const DOWN: &str = "went down while it was watched";
/// See [`DOWN`].
pub(crate) const READER: &str = "the reader of";

/// What stands in the coverage of an interface whose reader stopped.
fn broke(name: &str) -> String {
    format!("{READER} {name} stopped for a moment or for good; please report this")
}

/// Why a harvest is not believed; nothing of it is taken then. No content is part of it.
#[derive(Debug, thiserror::Error)]
pub enum HarvestError {
    /// The pipe failed.
    #[error("the reader's pipe failed: {0}")]
    Pipe(#[from] io::Error),
    /// It ended before the harvest did.
    #[error("the reader stopped in the middle of what it told")]
    CutShort,
    /// A line is longer than any can be.
    #[error("the reader told a line that is too long")]
    LongLine,
    /// There are more lines than there can be.
    #[error("the reader told too much at once")]
    TooMany,
    /// A line is none of a harvest, or has a value that is not allowed.
    #[error("the reader told something that is not allowed, in line {0}")]
    NotAllowed(usize),
}

/// Writes a harvest of one source.
///
/// # Errors
/// When the pipe fails.
pub fn write_harvest(to: &mut impl Write, found: &Captured) -> io::Result<()> {
    writeln!(to, "{VERSION}")?;
    for source in &found.coverage.sources {
        let Source { records, bytes, first, last, .. } = source;
        let (first, last) = (moment_or_none(*first), moment_or_none(*last));
        let not_allowed = found.coverage.values_not_allowed;
        writeln!(to, "source\t{records}\t{bytes}\t{first}\t{last}\t{not_allowed}")?;
    }
    for it in &found.observations {
        let (kind, at, last) = (it.fact.kind().code(), sighting(it.first), it.last.nanoseconds());
        writeln!(to, "fact\t{}\t{kind}\t{at}\t{last}\t{}\t{}", it.subject, it.count, it.fact.value())?;
    }
    for it in &found.conversations {
        write_conversation(to, it)?;
    }
    for skip in &found.coverage.skipped {
        writeln!(to, "skip\t{}\t{}\t{}", skip.reason.code(), skip.count, evidence(skip.first))?;
    }
    for source in &found.coverage.sources {
        let Some(why) = &source.ended_early else { continue };
        let is_broken = why.contains(READER);
        if is_broken {
            writeln!(to, "broken")?;
        }
        if !is_broken || why.contains(DOWN) {
            writeln!(to, "down")?;
        }
    }
    writeln!(to, "end")?;
    to.flush()
}

fn write_conversation(to: &mut impl Write, it: &Conversation) -> io::Result<()> {
    let protocol = it.protocol.map_or("-", Protocol::code);
    let roles = match it.roles {
        RolesKnownBy::Protocol => "protocol",
        RolesKnownBy::Ports => "ports",
    };
    let volume = |volume: Volume| format!("{}\t{}", volume.packets, volume.bytes);
    let (there, back) = (volume(it.to_server), volume(it.to_client));
    let (first, last) = (sighting(it.first), it.last.nanoseconds());
    let hours = it.active_beyond_its_ends().map_or_else(|| "-".to_owned(), ActiveHours::code);
    writeln!(
        to,
        "talk\t{}\t{}\t{protocol}\t{roles}\t{}\t{}\t{there}\t{back}\t{first}\t{last}\t{hours}",
        it.client, it.server, it.connections, it.already_open
    )
}

fn evidence(evidence: Evidence) -> String {
    format!("{}\t{}", evidence.record, evidence.offset)
}

fn sighting(sighting: Sighting) -> String {
    format!("{}\t{}", evidence(sighting.evidence), sighting.at.nanoseconds())
}

fn moment_or_none(moment: Option<Timestamp>) -> String {
    moment.map_or_else(|| "-".to_owned(), |moment| moment.nanoseconds().to_string())
}

/// Reads the next harvest as one of the source with this number and name; nothing where the pipe ended before one began.
///
/// # Errors
/// When it is cut short, too large, or has anything that is not allowed: nothing of it is taken then, and the pipe must not be read on.
pub fn read_harvest(
    from: &mut impl BufRead,
    number: SourceIndex,
    name: &str,
) -> Result<Option<Captured>, HarvestError> {
    let mut line = String::new();
    if !next_line(from, &mut line)? {
        return Ok(None);
    }
    if line != VERSION {
        return Err(HarvestError::NotAllowed(1));
    }
    let mut found = Captured::default();
    for nth in 2..MAX_LINES {
        if !next_line(from, &mut line)? {
            return Err(HarvestError::CutShort);
        }
        if line == "end" {
            return if found.coverage.sources.len() == 1 {
                Ok(Some(found))
            } else {
                Err(HarvestError::NotAllowed(nth))
            };
        }
        take(&line, number, name, &mut found).ok_or(HarvestError::NotAllowed(nth))?;
    }
    Err(HarvestError::TooMany)
}

/// The next line without its end; whether there is one.
fn next_line(from: &mut impl BufRead, line: &mut String) -> Result<bool, HarvestError> {
    line.clear();
    match from.by_ref().take(MAX_LINE).read_line(line) {
        Ok(0) => return Ok(false),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(HarvestError::NotAllowed(0)),
        Err(error) => return Err(error.into()),
    }
    if line.pop() == Some('\n') {
        return Ok(true);
    }
    let is_long = u64::try_from(line.len()).unwrap_or(u64::MAX) >= MAX_LINE - 4;
    Err(if is_long { HarvestError::LongLine } else { HarvestError::CutShort })
}

/// Adds what a line tells, where it is allowed.
fn take(line: &str, number: SourceIndex, name: &str, found: &mut Captured) -> Option<()> {
    if line == "down" {
        note(found.coverage.sources.first_mut()?, went_down(name));
        return Some(());
    }
    if line == "broken" {
        note(found.coverage.sources.first_mut()?, broke(name));
        return Some(());
    }
    let (what, rest) = line.split_once('\t')?;
    // The value of a fact is the last of its eight fields, whatever stands in it.
    let mut fields = Fields { parts: rest.splitn(if what == "fact" { 8 } else { 64 }, '\t'), number };
    match what {
        "source" => fields.source(name, &mut found.coverage)?,
        "fact" => found.observations.push(fields.observation()?),
        "talk" => found.conversations.push(fields.conversation()?),
        "skip" => found.coverage.skipped.push(fields.skip()?),
        _ => return None,
    }
    if fields.parts.next().is_some() { None } else { Some(()) }
}

/// Notes what happened to a source, beside what was noted before.
fn note(source: &mut Source, why: String) {
    source.ended_early = Some(match source.ended_early.take() {
        Some(known) if known.contains(&why) => known,
        Some(known) => format!("{known}; {why}"),
        None => why,
    });
}

/// The fields of a line.
struct Fields<'a> {
    parts: std::str::SplitN<'a, char>,
    number: SourceIndex,
}

impl Fields<'_> {
    fn next<T: FromStr>(&mut self) -> Option<T> {
        self.parts.next()?.parse().ok()
    }

    fn moment(&mut self) -> Option<Timestamp> {
        self.next().map(Timestamp::from_nanoseconds)
    }

    fn moment_or_none(&mut self) -> Option<Option<Timestamp>> {
        match self.parts.next()? {
            "-" => Some(None),
            text => text.parse().ok().map(|moment| Some(Timestamp::from_nanoseconds(moment))),
        }
    }

    fn evidence(&mut self) -> Option<Evidence> {
        Some(Evidence { source: self.number, record: self.next()?, offset: self.next()? })
    }

    fn sighting(&mut self) -> Option<Sighting> {
        Some(Sighting { evidence: self.evidence()?, at: self.moment()? })
    }

    /// A number that is 1 or more.
    fn some(&mut self) -> Option<u64> {
        self.next().filter(|count| *count > 0)
    }

    fn source(&mut self, name: &str, coverage: &mut Coverage) -> Option<()> {
        let (records, bytes) = (self.next()?, self.next()?);
        let (first, last) = (self.moment_or_none()?, self.moment_or_none()?);
        coverage.values_not_allowed = self.next()?;
        coverage.sources.push(Source {
            kind: SourceKind::Capture,
            name: name.to_owned(),
            bytes,
            records,
            first,
            last,
            interfaces: Vec::new(),
            ended_early: None,
        });
        Some(())
    }

    fn observation(&mut self) -> Option<Observation> {
        let subject = subject(self.parts.next()?)?;
        let kind = FactKind::from_code(self.parts.next()?)?;
        let (first, last, count) = (self.sighting()?, self.moment()?, self.some()?);
        let fact = Fact::new(kind, self.parts.next()?.as_bytes()).ok()?;
        Some(Observation { subject, fact, first, last, count })
    }

    fn conversation(&mut self) -> Option<Conversation> {
        let mut conversation = Conversation {
            client: self.next()?,
            server: self.next()?,
            protocol: match self.parts.next()? {
                "-" => None,
                code => Some(Protocol::from_code(code)?),
            },
            roles: match self.parts.next()? {
                "protocol" => RolesKnownBy::Protocol,
                "ports" => RolesKnownBy::Ports,
                _ => return None,
            },
            // A part of a connection that was told before counts none.
            connections: self.next()?,
            already_open: self.next()?,
            to_server: Volume { packets: self.next()?, bytes: self.next()? },
            to_client: Volume { packets: self.next()?, bytes: self.next()? },
            first: self.sighting()?,
            last: self.moment()?,
            active: ActiveHours::NONE,
        };
        conversation.active = ActiveHours::of_ends(conversation.first.at, conversation.last);
        match self.parts.next() {
            // What was heard by earlier versions has no hours.
            None | Some("-") => {}
            Some(code) => conversation.active.join(ActiveHours::from_code(code)?),
        }
        Some(conversation)
    }

    fn skip(&mut self) -> Option<Skip> {
        let reason = SkipReason::from_code(self.parts.next()?)?;
        Some(Skip { reason, count: self.some()?, first: self.evidence()? })
    }
}

/// A card, a host or a service: what packets tell of. All else comes from lists.
fn subject(text: &str) -> Option<Subject> {
    let card = || text.parse().ok().map(Subject::Mac);
    let service = || text.parse().ok().map(Subject::Service);
    text.parse().ok().map(Subject::Ip).or_else(service).or_else(card)
}

#[cfg(test)]
mod tests;
