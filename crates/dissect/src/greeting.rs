//! Greetings of servers with three digits before each line (RFC 959, RFC 5321), and known products in them: greetings also name hosts and
//! people, so that nothing else of their text is kept.

use crate::Verdict;
use crate::lines::{first_line, more};

/// A greeting is read so far for its last line.
const MAX_GREETING: usize = 4096;

/// A greeting (220) with all its lines; where they are not there, what to answer.
pub(crate) fn whole_greeting(bytes: &[u8]) -> Result<&[u8], Verdict> {
    if bytes.len() < 4 {
        return Err(Verdict::More { wanted: 4 });
    }
    whole_reply(bytes, *b"220").ok_or_else(|| more(bytes, MAX_GREETING, Verdict::NotThis))
}

/// A reply of this code with all its lines: `220-` begins all, or the first of them; `220 ` ends it (RFC 959, 4.2; RFC 5321, 4.2.1).
pub(crate) fn whole_reply(bytes: &[u8], code: [u8; 3]) -> Option<&[u8]> {
    let mut length = 0usize;
    loop {
        let (line, used) = first_line(bytes.get(length..)?)?;
        length = length.saturating_add(used);
        if line.starts_with(&code) && line.get(3) != Some(&b'-') {
            return bytes.get(..length);
        }
    }
}

/// Products that greetings of a protocol name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    pub(crate) products: &'static [&'static str],
    /// Words that may stand between a product and its version, in small letters.
    pub(crate) between: &'static [&'static str],
}

struct Product {
    at: usize,
    name: String,
    version: String,
}

impl Known {
    /// A known product in a line, with its version when one follows it anywhere in the line.
    pub(crate) fn named_in(&self, line: &[u8]) -> Option<String> {
        let mut products =
            self.products.iter().flat_map(|known| self.occurrences(line, known)).collect::<Vec<_>>();
        products.sort_by_key(|product| (product.version.is_empty(), product.at));
        let first = products.into_iter().next()?;
        let separator = if first.version.is_empty() { "" } else { " " };
        Some(format!("{}{separator}{}", first.name, first.version))
    }

    /// Everywhere that a known product stands in a line; a greeting may name it twice and its version once.
    fn occurrences<'a>(self, line: &'a [u8], known: &'static str) -> impl Iterator<Item = Product> + 'a {
        let places = line.windows(known.len()).enumerate();
        let places = places.filter(|(_, window)| window.eq_ignore_ascii_case(known.as_bytes())).take(4);
        places.filter_map(move |(at, _)| {
            let rest = line.get(at.saturating_add(known.len())..)?;
            // A version may be part of the product's own word.
            let (own, rest) = rest.split_at_checked(version_end(rest))?;
            let name = line.get(at..)?.get(..known.len().saturating_add(own.len()))?;
            let version = if own.is_empty() { self.version(rest) } else { String::new() };
            Some(Product { at, name: String::from_utf8_lossy(name).into_owned(), version })
        })
    }

    /// The first word, unless others come before it than may.
    fn version(self, rest: &[u8]) -> String {
        let text = String::from_utf8_lossy(rest);
        let mut words =
            text.split_ascii_whitespace().map(|word| word.trim_matches(['(', ')', ',', '.', ';']));
        let is_between =
            |word: &str| word.is_empty() || self.between.contains(&word.to_ascii_lowercase().as_str());
        let first = words.find(|word| !is_between(word));
        let is_version =
            |word: &&str| word.trim_start_matches(['v', 'V']).starts_with(|c: char| c.is_ascii_digit());
        first.filter(is_version).unwrap_or_default().to_owned()
    }
}

/// How much of a product's own word goes on as a version: `-0.17`, or `2.6.2` of `wu-2.6.2(1)`.
fn version_end(rest: &[u8]) -> usize {
    let is_version = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'-');
    rest.iter().position(|byte| !is_version(byte)).unwrap_or(rest.len())
}
