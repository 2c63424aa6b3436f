//! Names of makers and products, brought to a form in which two spellings can be compared.

/// Words of a maker's name that tell nothing: legal forms and what nearly all of them are called.
const EMPTY_OF_MAKERS: &[&str] = &[
    "ab",
    "ag",
    "and",
    "as",
    "bv",
    "co",
    "company",
    "corp",
    "corporation",
    "electronics",
    "gmbh",
    "group",
    "health",
    "healthcare",
    "inc",
    "incorporated",
    "international",
    "kg",
    "limited",
    "llc",
    "ltd",
    "medical",
    "nv",
    "of",
    "oy",
    "plc",
    "sa",
    "sas",
    "spa",
    "srl",
    "systems",
    "technologies",
    "technology",
    "the",
    "usa",
];

/// Words of a product's name that many products share.
const EMPTY_OF_PRODUCTS: &[&str] = &[
    "a",
    "all",
    "and",
    "application",
    "by",
    "controller",
    "device",
    "devices",
    "family",
    "firmware",
    "for",
    "gateway",
    "in",
    "model",
    "monitor",
    "of",
    "on",
    "or",
    "platform",
    "product",
    "products",
    "pump",
    "pumps",
    "series",
    "server",
    "software",
    "system",
    "systems",
    "the",
    "to",
    "version",
    "versions",
    "with",
];

/// The words of a maker's name in lower case, without those that tell nothing, joined by spaces.
pub(crate) fn of_maker(name: &str) -> String {
    let words = words(name);
    let telling: Vec<&str> =
        words.iter().map(String::as_str).filter(|word| !EMPTY_OF_MAKERS.contains(word)).collect();
    if telling.is_empty() { words.join(" ") } else { telling.join(" ") }
}

/// The words of a product's name in lower case, without those of its maker (`maker`: as `of_maker` gives them).
pub(crate) fn of_product(name: &str, maker: &str) -> String {
    let words = words(name);
    let own: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|word| !maker.split(' ').any(|of_maker| of_maker == *word))
        .collect();
    if own.is_empty() { words.join(" ") } else { own.join(" ") }
}

/// Runs of letters and digits, in lower case.
fn words(text: &str) -> Vec<String> {
    let plain = text.replace(['\'', '’', '®', '™'], "");
    plain
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// The words of a name that was seen, made ready to be held against many others. All names as `of_maker` or
/// `of_product` gives them.
pub(crate) struct Words<'t> {
    text: &'t str,
    words: Vec<&'t str>,
}

impl<'t> Words<'t> {
    pub(crate) fn of(text: &'t str) -> Self {
        Self { text, words: text.split(' ').collect() }
    }

    pub(crate) fn text(&self) -> &'t str {
        self.text
    }

    /// True when both may be of one maker: one has all words of the other.
    pub(crate) fn may_be_maker(&self, other: &str) -> bool {
        !self.text.is_empty() && !other.is_empty() && (self.have_all_of(other) || self.are_all_in(other))
    }

    /// True when they are the same text.
    pub(crate) fn are(&self, other: &str) -> bool {
        self.text == other
    }

    /// True when every word of the other name is among them.
    pub(crate) fn have_all_of(&self, other: &str) -> bool {
        other.split(' ').all(|word| self.words.contains(&word))
    }

    /// True when all of them are words of the other name.
    pub(crate) fn are_all_in(&self, other: &str) -> bool {
        self.words.iter().all(|word| other.split(' ').any(|one| one == *word))
    }

    /// True when they name something, see `tells_product`.
    pub(crate) fn tell_product(&self) -> bool {
        tells_product(self.text)
    }
}

/// True when the words (as `of_product` gives them) name something: one has three letters or a digit and is not
/// shared by many products.
pub(crate) fn tells_product(words: &str) -> bool {
    words.split(' ').any(|word| {
        let long = word.chars().count() >= 3 || word.chars().any(|letter| letter.is_ascii_digit());
        long && !EMPTY_OF_PRODUCTS.contains(&word) && word.chars().any(char::is_alphabetic)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makers_are_told_apart_and_brought_together() {
        let same = |one: &str, two: &str| Words::of(&of_maker(one)).may_be_maker(&of_maker(two));
        assert!(same("BD", "Becton, Dickinson and Company (BD)"));
        assert!(same("Philips Medical Systems", "Philips"));
        assert!(same("GE Healthcare", "General Electric (GE)"));
        assert!(same("Siemens Healthineers AG", "Siemens"));
        assert!(!same("Philips", "Siemens"));
        assert!(!same("", "Siemens"));
        assert!(!same("Medical Systems Inc.", "Siemens Medical Systems"));
    }

    #[test]
    fn products_lose_their_doubled_maker() {
        assert_eq!(of_product("Philips Philips IntelliVue MX800", "philips"), "intellivue mx800");
        assert_eq!(of_product("Philips", "philips"), "philips");
        assert!(
            tells_product("intellivue mx800")
                && !tells_product("the monitor system")
                && !tells_product("7 8")
        );
    }
}
