//! Masking what may name a person, word by word.
//!
//! A host name, a station name or a sending facility may be `CT-2` or `ERIKAS-IPAD`. Only words of the device
//! vocabulary (`data/device-words.txt`: kinds of device, departments, products) are kept, each with the short number
//! that follows it; every other run of words becomes one `*`. So `CT-2` stays and `ERIKAS-IPAD` becomes `*-IPAD`. Nothing of
//! a masked word is kept, neither its length nor a hash, which could be guessed back from a list of names.
//!
//! What is let through once is let through again unchanged, so that masked text can be read back.

use std::collections::HashSet;
use std::sync::LazyLock;

use compact_str::CompactString;

/// What stands for one masked run of words.
pub const MASK: char = '*';

static VOCABULARY: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| read(include_str!("../data/device-words.txt")));
static AGENTS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| read(include_str!("../data/agent-words.txt")));

fn read(list: &'static str) -> HashSet<&'static str> {
    list.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace).collect()
}

fn is_known(words: &HashSet<&'static str>, word: &str) -> bool {
    words.contains(word.to_ascii_lowercase().as_str())
}

/// A name with every word outside the device vocabulary masked, at most `max` characters.
///
/// A word is a run of letters and digits, and is kept whole or not at all (`er1ka` holds no `er`): its letters must be of
/// the vocabulary, and digits follow letters, at most three: longer numbers are record numbers and dates. A short
/// number also stays behind a kept word and one separator. Of a name that a maker gives, such as `NPI7A3B4C`, the known beginning
/// stays and the card's number goes.
#[must_use]
pub fn mask(name: &str, max: usize) -> CompactString {
    let mut masked = Masked::new(max);
    for piece in pieces(name) {
        match piece {
            Piece::Separator(separator) => masked.separator(separator),
            Piece::Word(word) => match Kept::of(word) {
                Kept::Number => masked.number(word),
                Kept::Whole => masked.word(word),
                Kept::Beginning(beginning) => {
                    masked.word(beginning);
                    masked.mask();
                }
                Kept::Nothing => masked.mask(),
            },
        }
    }
    masked.text
}

/// Product tokens of a client (`curl/7.88.1`) with every token outside the list of known products masked.
///
/// A version stays only behind a kept product, and after a platform (`Windows NT 6.1`) its first two numbers. Comments in
/// brackets keep their known words. Words of the device vocabulary are kept here too.
#[must_use]
pub fn mask_agent(agent: &str, max: usize) -> CompactString {
    let mut masked = Masked::new(max);
    for token in agent.split([' ', ';', '(', ')', ',']).filter(|token| !token.is_empty()) {
        masked.separator(' ');
        let (product, behind) = token.split_once('/').unwrap_or((token, ""));
        let version = version(behind);
        let named = product.to_ascii_lowercase() + "/";
        if is_known(&AGENTS, product) || version.is_some() && AGENTS.contains(named.as_str()) {
            masked.word(product);
            if let Some(version) = version {
                masked.separator('/');
                masked.word(version);
                masked.kept_last = false;
            }
        } else if let Some(version) = platform_version(token).filter(|_| masked.kept_last) {
            masked.word(version);
            masked.kept_last = false;
        } else {
            masked.name(token);
        }
    }
    masked.text
}

/// The text of a product with the words masked that name its host or its owner.
///
/// Products speak of themselves, but some put the host's name (`uname -a` in an SNMP description, `name FTP server ready`) or the
/// owner's (`Erika's iPhone`, an e-mail address, `DOE^JOHN`) among their words.
#[must_use]
pub fn mask_product(text: &str, max: usize) -> CompactString {
    let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    let mut masked = Masked::new(max);
    for (at, word) in words.iter().enumerate() {
        // Each word stays one word, masked or not: masked again, it has the same neighbours.
        masked.masked_last = false;
        masked.separator(' ');
        let next = words.get(at.saturating_add(1)).copied().unwrap_or_default();
        let is_host = at == 1 && names_host(&words) || at == 0 && names_ftp_host(&words);
        if is_host {
            masked.name(word);
        } else if is_owner(word, next) || is_titled(&words, at) || is_record(word) {
            masked.mask();
        } else {
            masked.word_or_beginning(word);
        }
    }
    masked.text
}

/// Systems whose `uname -a` begins with their name, the host's name and a release.
const UNAMES: [&str; 8] = ["Linux", "FreeBSD", "NetBSD", "OpenBSD", "Darwin", "SunOS", "HP-UX", "AIX"];

fn names_host(words: &[&str]) -> bool {
    matches!(words, [system, _, release, ..] if UNAMES.contains(system)
        && (release.starts_with(|c: char| c.is_ascii_digit()) || release.starts_with("B.")))
}

fn names_ftp_host(words: &[&str]) -> bool {
    matches!(words, [_, ftp, server, ..] if ftp.eq_ignore_ascii_case("ftp")
        && server.get(..6).is_some_and(|word| word.eq_ignore_ascii_case("server")))
}

/// Whether a word is a possessive (`Erika's`, or `Erika s` where the apostrophe was not ASCII), an e-mail address or a person's
/// name as DICOM and HL7 write it.
fn is_owner(word: &str, next: &str) -> bool {
    let is_inside = |mark: char| word.trim_matches(mark).contains(mark);
    let is_possessive = word.contains("'s") || next == "s";
    is_possessive || is_inside('@') || is_inside('^')
}

/// Whether one of the two words before is the title of a person or a practice, or a label of a record.
///
/// Titles count as people write them: `DR` is digital radiography and `MR` a scanner, but `Dr` and `DR.` are doctors.
fn is_titled(words: &[&str], at: usize) -> bool {
    const TITLES: [&str; 14] = [
        "Dr", "Dr.", "DR.", "Prof", "Prof.", "PROF.", "Mr", "Mr.", "Mrs", "Mrs.", "Ms.", "Frau", "Herr",
        "Praxis",
    ];
    const LABELS: [&str; 4] = ["MRN", "DOB", "PAT-ID", "PatientID"];
    let before =
        |back: usize| at.checked_sub(back).and_then(|place| words.get(place)).copied().unwrap_or_default();
    TITLES.contains(&before(1))
        || TITLES.contains(&before(2))
        || LABELS.contains(&before(1).trim_end_matches(':'))
}

/// Whether a word is a day as people write it (`31.12.1955`), or a record's label with its value (`Patient=4711`).
fn is_record(word: &str) -> bool {
    let is_number = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    let mut parts = word.trim_matches(|c: char| !c.is_ascii_alphanumeric()).split('.');
    let is_day = matches!((parts.next(), parts.next(), parts.next(), parts.next()), (Some(day), Some(month), Some(year), None)
        if is_number(day, 2) && is_number(month, 2) && is_number(year, 4) && (year.starts_with("19") || year.starts_with("20")) && year.len() == 4);
    let label = word.split_once(['=', ':']).map(|(label, _)| label.to_ascii_lowercase());
    is_day
        || label.is_some_and(|label| {
            ["patient", "patientid", "pat-id", "patid", "pid", "mrn", "dob", "name"].contains(&label.as_str())
        })
}

/// The version that a text begins with: numbers with dots between, at most 16 characters.
///
/// A number of more than five digits, or a first one of more than three, is a record number; a year makes it a date.
fn version(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (version, behind) = text.split_at_checked(end)?;
    let version = version.trim_end_matches('.');
    let goes_on_as_word = behind.starts_with(char::is_alphanumeric) && behind.chars().nth(1).is_some();
    let is_version = (1..=16).contains(&version.len()) && !goes_on_as_word && !is_date_or_record(version);
    is_version.then_some(version)
}

fn is_date_or_record(version: &str) -> bool {
    let is_year = |number: &str| number.len() == 4 && (number.starts_with("19") || number.starts_with("20"));
    version.find('.').unwrap_or(version.len()) > 3
        || version.split('.').any(|number| number.is_empty() || number.len() > 5 || is_year(number))
}

/// `6.1` of `6.1`, `10_15` of `10_15_7`: two numbers name a system well enough and no day of birth.
fn platform_version(token: &str) -> Option<&str> {
    let is_number =
        |number: &str| (1..=2).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    let mut numbers = token.split(['.', '_']);
    let (first, second) = (numbers.next()?, numbers.next());
    let is_version = is_number(first) && second.is_none_or(is_number) && numbers.all(is_number);
    let end = second.map_or(first.len(), |second| first.len().saturating_add(1).saturating_add(second.len()));
    token.get(..end).filter(|_| is_version)
}

enum Piece<'a> {
    /// Letters, digits and what is not ASCII; or a mask.
    Word(&'a str),
    Separator(char),
}

/// Cuts a name into words and single separators.
fn pieces(name: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = name;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let is_word = |c: char| c.is_ascii_alphanumeric() || !c.is_ascii();
        let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len()).max(1);
        let (piece, after) = rest.split_at_checked(end)?;
        rest = after;
        let is_piece_word = is_word(first) || first == MASK;
        Some(if is_piece_word { Piece::Word(piece) } else { Piece::Separator(first) })
    })
}

/// What of a word may be kept.
enum Kept<'a> {
    Whole,
    /// A known word, before the number of a card.
    Beginning(&'a str),
    /// A short number, which stands or falls with the word before it.
    Number,
    Nothing,
}

impl<'a> Kept<'a> {
    fn of(word: &'a str) -> Self {
        if is_short_number(word) {
            Self::Number
        } else if is_vocabulary(word) {
            Self::Whole
        } else {
            maker_beginning(word).map_or(Self::Nothing, Self::Beginning)
        }
    }
}

fn is_short_number(text: &str) -> bool {
    (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a word is made of words of the vocabulary, each with a short number or none: `PACS01`, `ICU3BED12`.
fn is_vocabulary(word: &str) -> bool {
    let letters = word.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(word.len());
    let (name, rest) = word.split_at_checked(letters).unwrap_or_default();
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (number, rest) = rest.split_at_checked(digits).unwrap_or_default();
    let is_made_of_words = is_known(&VOCABULARY, name)
        && (number.is_empty() || is_short_number(number))
        && (rest.is_empty() || !number.is_empty() && is_vocabulary(rest));
    is_made_of_words || is_known(&VOCABULARY, word)
}

/// The known beginning of a name that a maker gives: three letters or more, then the end of a card's address in hex.
fn maker_beginning(word: &str) -> Option<&str> {
    let is_card = |text: &str| {
        text.len() >= 4
            && text.bytes().all(|b| b.is_ascii_hexdigit())
            && text.bytes().any(|b| b.is_ascii_digit())
    };
    (3..word.len())
        .filter_map(|at| word.split_at_checked(at))
        .find(|(beginning, card)| is_card(card) && is_known(&VOCABULARY, beginning))
        .map(|(beginning, _)| beginning)
}

/// The masked text as it grows.
struct Masked {
    text: CompactString,
    separator: Option<char>,
    /// The last word was kept, so that a number may follow.
    kept_last: bool,
    /// The last word was masked, so that the next one needs no mask of its own.
    masked_last: bool,
    /// A word did not fit: nothing more is added, so that what is kept is a beginning.
    full: bool,
    max: usize,
}

impl Masked {
    fn new(max: usize) -> Self {
        Self {
            text: CompactString::default(),
            separator: None,
            kept_last: false,
            masked_last: false,
            full: false,
            max,
        }
    }

    fn separator(&mut self, separator: char) {
        // Two separators in a row end the tie between a word and its number.
        self.kept_last &= self.separator.is_none();
        self.separator = Some(match separator {
            '-' | '_' | '.' | ' ' | '/' | '^' => separator,
            _ => ' ',
        });
    }

    fn word(&mut self, word: &str) {
        self.push(word);
        self.kept_last = true;
    }

    /// A name among other words. One with other characters than host names have goes whole: masked, it would be several
    /// words.
    fn name(&mut self, name: &str) {
        let is_plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.*".contains(&b));
        let kept = if is_plain { mask(name, self.max) } else { CompactString::default() };
        if kept.is_empty() || kept == "*" {
            self.mask();
        } else {
            self.word(&kept);
            self.masked_last = kept.ends_with(MASK);
        }
    }

    /// A word; if not even the first fits, its beginning.
    fn word_or_beginning(&mut self, word: &str) {
        let fits = if self.text.is_empty() { word.get(..self.max).unwrap_or(word) } else { word };
        self.word(fits);
    }

    fn mask(&mut self) {
        if !self.masked_last {
            self.push("*");
        }
        self.separator = None;
        self.kept_last = false;
        self.masked_last = true;
    }

    fn number(&mut self, digits: &str) {
        if self.kept_last {
            self.push(digits)
        } else {
            self.mask()
        }
        self.kept_last = false;
    }

    /// Pushes the waiting separator and a word, both or neither.
    fn push(&mut self, word: &str) {
        let separator = self.separator.take().filter(|_| !self.text.is_empty());
        let more = word.len().saturating_add(separator.map_or(0, char::len_utf8));
        self.masked_last = false;
        self.full |= self.text.len().saturating_add(more) > self.max;
        if !self.full {
            self.text.extend(separator);
            self.text.push_str(word);
        }
    }
}

#[cfg(test)]
mod tests;
