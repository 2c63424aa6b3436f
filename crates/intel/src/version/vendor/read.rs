//! Taking a version text apart.

use compact_str::CompactString;
use smallvec::{SmallVec, smallvec};

use super::{Group, Mark, Number, Stage, Update, Version};

const MAX_LENGTH: usize = 96;

impl Version {
    /// The parts of a version text; `None` when it holds no number, a wildcard (`4.x`), or is not a version at all.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > MAX_LENGTH || !text.bytes().any(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let mut reader = Reader::default();
        let mut tokens = Tokens { rest: text, gap: Gap::None };
        let mut token = tokens.next()?;
        while let Some(current) = token {
            token = tokens.next()?;
            reader.take(&current, token.as_ref())?;
        }
        Some(reader.finish())
    }
}

/// What stands between two tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gap {
    None,
    Dot,
    Hyphen,
    Space,
    Plus,
    Tilde,
    Bracket,
}

impl Gap {
    fn of(letter: char) -> Option<Self> {
        Some(match letter {
            '.' | ',' => Self::Dot,
            '-' | '_' => Self::Hyphen,
            ' ' | '/' => Self::Space,
            '+' => Self::Plus,
            '~' => Self::Tilde,
            '(' | ')' => Self::Bracket,
            _ => return None,
        })
    }
}

enum Content {
    Number(Number),
    Word(CompactString),
}

struct Token {
    gap: Gap,
    content: Content,
}

/// Runs of digits and runs of letters, with the gap before each.
struct Tokens<'a> {
    rest: &'a str,
    gap: Gap,
}

impl Tokens<'_> {
    /// The next token, `Some(None)` at the end, `None` when a character has no place in a version.
    fn next(&mut self) -> Option<Option<Token>> {
        while let Some(letter) = self.rest.chars().next().filter(|letter| !letter.is_ascii_alphanumeric()) {
            let gap = Gap::of(letter)?;
            // The weightier gap counts: `1.0 (2)` is bracketed, `1.0. 2` is spaced.
            self.gap = if self.gap == Gap::None || self.gap == Gap::Dot { gap } else { self.gap };
            self.rest = self.rest.get(1..)?;
        }
        let digits = self.rest.bytes().next().is_some_and(|byte| byte.is_ascii_digit());
        let same = |byte: u8| byte.is_ascii_alphanumeric() && byte.is_ascii_digit() == digits;
        let end = self.rest.bytes().position(|byte| !same(byte)).unwrap_or(self.rest.len());
        let (run, rest) = self.rest.split_at_checked(end)?;
        if run.is_empty() {
            return Some(None);
        }
        self.rest = rest;
        let gap = std::mem::replace(&mut self.gap, Gap::None);
        let content = if digits { Content::Number(number(run)?) } else { Content::Word(lower(run)) };
        Some(Some(Token { gap, content }))
    }
}

fn number(digits: &str) -> Option<Number> {
    let value = digits.parse().ok()?;
    let padded = value != 0 && digits.starts_with('0');
    let width = if padded { u8::try_from(digits.len()).ok()? } else { 0 };
    Some(Number { value, width })
}

fn lower(text: &str) -> CompactString {
    let mut lower = CompactString::from(text);
    lower.make_ascii_lowercase();
    lower
}

#[derive(Default)]
struct Reader {
    groups: SmallVec<[Group; 2]>,
    /// The letters between brackets and numbers, when there are brackets: trains such as `12.2(33)SXI` are no line.
    bracketed: bool,
}

impl Reader {
    /// Adds a token; `None` when the text is no version.
    fn take(&mut self, token: &Token, next: Option<&Token>) -> Option<()> {
        self.bracketed |= token.gap == Gap::Bracket;
        match &token.content {
            Content::Number(number) => self.take_number(token.gap, *number),
            Content::Word(word) => {
                let numbered = next
                    .is_some_and(|next| next.gap == Gap::None && matches!(next.content, Content::Number(_)));
                self.take_word(token.gap, word, numbered)?;
            }
        }
        Some(())
    }

    fn take_number(&mut self, gap: Gap, number: Number) {
        let after_number = self.groups.last().is_some_and(|group| !group.numbers.is_empty());
        let mark = match gap {
            _ if self.groups.is_empty() => Some(Mark::Start(CompactString::default())),
            Gap::Hyphen if after_number => Some(Mark::After(Update::Revision)),
            Gap::Plus | Gap::Tilde => Some(Mark::Word(CompactString::const_new("+"))),
            Gap::Space if after_number => Some(Mark::Word(CompactString::const_new(" "))),
            _ => None,
        };
        match (mark, self.groups.last_mut()) {
            (None, Some(group)) => group.numbers.push(number),
            (mark, _) => {
                let mark = mark.unwrap_or(Mark::Start(CompactString::default()));
                self.groups.push(Group { mark, numbers: smallvec![number] });
            }
        }
    }

    fn take_word(&mut self, gap: Gap, word: &CompactString, numbered: bool) -> Option<()> {
        if self.groups.is_empty() {
            let named = matches!(word.as_str(), "v" | "ver" | "version" | "versions");
            let lead = if named { CompactString::default() } else { word.clone() };
            self.groups.push(Group { mark: Mark::Start(lead), numbers: SmallVec::new() });
            return Some(());
        }
        if self.only_lead() {
            // `SE MP2`: more words before the first number.
            self.extend_lead(word);
            return Some(());
        }
        if matches!(word.as_str(), "x" | "xx") {
            return None;
        }
        let mark = if gap == Gap::Tilde { Mark::Word(word.clone()) } else { mark_of(gap, word, numbered) };
        self.groups.push(Group { mark, numbers: SmallVec::new() });
        Some(())
    }

    fn only_lead(&self) -> bool {
        self.groups.len() == 1 && self.groups.first().is_some_and(|group| group.numbers.is_empty())
    }

    fn extend_lead(&mut self, word: &str) {
        if let Some(Group { mark: Mark::Start(lead), .. }) = self.groups.first_mut() {
            lead.push(' ');
            lead.push_str(word);
        }
    }

    fn finish(mut self) -> Version {
        for group in &mut self.groups {
            while group.numbers.last().is_some_and(|number| number.value == 0) {
                group.numbers.pop();
            }
        }
        if self.bracketed {
            self.set_train_apart();
        }
        Version { groups: self.groups }
    }

    /// Makes a version with brackets comparable only with those whose words are the same.
    fn set_train_apart(&mut self) {
        let mut train = CompactString::const_new("()");
        for group in self.groups.iter().skip(1) {
            match &group.mark {
                Mark::Letter(word) | Mark::Word(word) | Mark::Before(word) => train.push_str(word),
                _ => train.push('.'),
            }
        }
        if let Some(Group { mark: Mark::Start(lead), .. }) = self.groups.first_mut() {
            lead.push_str(&train);
        }
    }
}

fn mark_of(gap: Gap, word: &CompactString, numbered: bool) -> Mark {
    if let Some(mark) = known_word(word) {
        return mark;
    }
    let attached = gap == Gap::None;
    match word.as_str() {
        "p" | "pl" if numbered => Mark::After(Update::Patch),
        "u" if numbered => Mark::After(Update::Numbered),
        _ if attached && !numbered && word.len() <= 2 => Mark::Letter(word.clone()),
        _ => Mark::Word(word.clone()),
    }
}

fn known_word(word: &str) -> Option<Mark> {
    Some(match word {
        "alpha" => Mark::Stage(Stage::Alpha),
        "beta" => Mark::Stage(Stage::Beta),
        "rc" | "cr" => Mark::Stage(Stage::Candidate),
        "dev" | "pre" | "preview" | "prerelease" | "snapshot" | "nightly" | "milestone" => {
            Mark::Before(CompactString::from(word))
        }
        "patch" => Mark::After(Update::Patch),
        "sp" => Mark::After(Update::ServicePack),
        "update" | "upd" => Mark::After(Update::Numbered),
        "hf" | "hotfix" => Mark::After(Update::Hotfix),
        "rev" | "revision" => Mark::After(Update::Revision),
        "mp" => Mark::After(Update::MaintenancePack),
        _ => return None,
    })
}
