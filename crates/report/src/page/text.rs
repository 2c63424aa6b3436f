//! The page for a terminal.

use std::fmt::Write as _;

use super::Story;

/// The widest that text is laid out, for reading.
const WIDEST: usize = 96;

/// Lays a story out as text.
pub fn render(story: &Story) -> String {
    let mut page = Page::for_reading();
    page.heading(&story.title);
    page.paragraph("", &story.subtitle);
    page.section("What was seen", &story.seen);
    page.section("What could not be seen", &story.not_seen);
    census(&mut page, story);
    plan(&mut page, story);
    if !story.unjudged.is_empty() {
        page.section("What could not be judged: unknown, not safe", &story.unjudged);
    }
    if !story.settled.is_empty() {
        page.section("What answers settled", &story.settled);
    }
    page.section("What is known, and from when", &story.intelligence);
    if !story.moves.is_empty() {
        page.section("What changed since the round before", &story.moves);
    }
    page.heading("Next");
    let widest = story.next.iter().map(|(command, _)| command.len()).max().unwrap_or(0);
    for (command, what) in &story.next {
        page.line(&format!("  {command:widest$}  {what}"));
    }
    page.finish()
}

fn census(page: &mut Page, story: &Story) {
    page.heading("Who is there");
    page.paragraph("", &story.census_line);
    let widest = story.census.iter().map(|kind| kind.area.len()).max().unwrap_or(0).max(20);
    for kind in &story.census {
        page.line(&format!("  {:widest$} {:>5}  {}", kind.area, kind.count, kind.label));
    }
}

fn plan(page: &mut Page, story: &Story) {
    page.heading("What to do first");
    page.paragraph("", &story.plan_line);
    for (place, todo) in story.plan.iter().enumerate() {
        page.line("");
        page.hanging(&format!("{:>2}. ", place + 1), &format!("[{}] {}", todo.decision, todo.title));
        for (label, text) in &todo.parts {
            page.hanging(&format!("    {label:16}"), text);
        }
        let more = if todo.more > 0 { format!(" and {} more", todo.more) } else { String::new() };
        page.hanging(
            &format!("    {:16}", "Evidence"),
            &format!("wardround why {}{more}", todo.findings.join(", ")),
        );
    }
}

/// Text as it grows, wrapped at a width.
pub(crate) struct Page {
    text: String,
    width: usize,
    splitter: textwrap::WordSplitter,
}

impl Page {
    /// As wide as the terminal, and not too wide to read.
    pub(crate) fn for_reading() -> Self {
        let width = textwrap::termwidth().clamp(40, WIDEST);
        Self { text: String::new(), width, splitter: textwrap::WordSplitter::HyphenSplitter }
    }

    /// The same, with every id on one line, so that it can be copied.
    pub(crate) fn with_whole_ids() -> Self {
        Self { splitter: textwrap::WordSplitter::NoHyphenation, ..Self::for_reading() }
    }

    /// The whole text.
    pub(crate) fn finish(self) -> String {
        self.text
    }

    pub(crate) fn line(&mut self, line: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "{}", line.trim_end());
    }

    pub(crate) fn heading(&mut self, heading: &str) {
        if !self.text.is_empty() {
            self.line("");
        }
        self.line(heading);
        self.line(&"-".repeat(heading.chars().count()));
    }

    pub(crate) fn section(&mut self, heading: &str, items: &[String]) {
        self.heading(heading);
        for item in items {
            self.hanging("  - ", item);
        }
    }

    fn paragraph(&mut self, indent: &str, text: &str) {
        self.hanging(indent, text);
    }

    /// Text behind a label, its further lines indented as far.
    pub(crate) fn hanging(&mut self, label: &str, text: &str) {
        let indent = " ".repeat(label.chars().count());
        let options = textwrap::Options::new(self.width)
            .initial_indent(label)
            .subsequent_indent(&indent)
            .break_words(false)
            .word_splitter(self.splitter.clone());
        for line in textwrap::wrap(text, options) {
            self.line(&line);
        }
    }
}
