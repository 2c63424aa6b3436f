//! How hard a text is to read. The tests of the program measure with it too.

/// Flesch and Kincaid's grade of a text: the years of school that it asks for (Kincaid et al., 1975).
pub(crate) fn grade(text: &str) -> f64 {
    let sentences = text.matches(['.', ':', '?', '\n']).count().max(1);
    let words: Vec<_> =
        text.split(|c: char| !c.is_alphabetic() && c != '\'').filter(|word| !word.is_empty()).collect();
    let syllables: usize = words.iter().map(|word| syllables(word)).sum();
    let count = |number: usize| u32::try_from(number).map(f64::from).unwrap();
    0.39 * count(words.len()) / count(sentences) + 11.8 * count(syllables) / count(words.len()) - 15.59
}

/// Groups of vowels, without a silent `e` at the end.
fn syllables(word: &str) -> usize {
    let lower = word.to_lowercase();
    let groups = lower.split(|c: char| !"aeiouy".contains(c)).filter(|group| !group.is_empty()).count();
    let silent = lower.ends_with('e') && !lower.ends_with("le") && groups > 1;
    groups.saturating_sub(usize::from(silent)).max(1)
}
