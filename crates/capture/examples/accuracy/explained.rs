//! Why differences are what they are: `bench/accuracy.explained.tsv`, one row a class of difference.

use crate::score::{Difference, Scores};

/// One class of difference.
#[derive(Debug)]
struct Class {
    source: String,
    /// Fields, with commas between them; `*` is any.
    fields: Vec<String>,
    /// Captures by file name, with commas between them; `*` is any.
    files: Vec<String>,
    verdict: Verdict,
    why: String,
}

/// What a class of differences is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// The other reader is wrong, or guesses.
    Theirs,
    /// Both are right: they count or name something else.
    Other,
    /// We do not read this, or keep less of it on purpose: it counts as not read.
    NotRead,
}

impl Verdict {
    fn of(word: &str) -> Option<Self> {
        match word {
            "theirs" => Some(Self::Theirs),
            "other" => Some(Self::Other),
            "not-read" => Some(Self::NotRead),
            _ => None,
        }
    }
}

/// All classes.
#[derive(Debug)]
pub(crate) struct Explained(Vec<Class>);

impl Explained {
    /// Reads the file: source, fields, captures, verdict, reason, with tabs between them; `#` begins a comment.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let words = |cell: &str| cell.split(',').map(|word| word.trim().to_owned()).collect();
        let mut classes = Vec::new();
        for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
            let cells: Vec<&str> = line.split('\t').collect();
            let wrong =
                || format!("accuracy.explained.tsv: not source, fields, captures, verdict, reason: {line}");
            let &[source, fields, files, verdict, why] = cells.as_slice() else { return Err(wrong()) };
            classes.push(Class {
                source: source.to_owned(),
                fields: words(fields),
                files: words(files),
                verdict: Verdict::of(verdict).ok_or_else(wrong)?,
                why: why.to_owned(),
            });
        }
        Ok(Self(classes))
    }

    /// Whether a class explains this difference.
    pub(crate) fn covers(&self, difference: &Difference) -> bool {
        self.0.iter().any(|class| class.covers(difference))
    }

    /// Whether this difference is one of a thing that we do not read.
    pub(crate) fn says_not_read(&self, difference: &Difference) -> bool {
        self.0.iter().any(|class| class.verdict == Verdict::NotRead && class.covers(difference))
    }

    /// Each class with the number of differences that it explains.
    pub(crate) fn told(&self, scores: &Scores) -> String {
        let lines = self.0.iter().map(|class| {
            let count = scores.differences().filter(|it| class.covers(it)).count();
            format!("{count:>5}  {}, {:?}: {}", class.source, class.verdict, class.why)
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

impl Class {
    fn covers(&self, difference: &Difference) -> bool {
        let one_of = |list: &[String], wanted: &str| list.iter().any(|it| it == "*" || it == wanted);
        self.source == difference.source
            && one_of(&self.fields, difference.field)
            && one_of(&self.files, &difference.file)
    }
}
