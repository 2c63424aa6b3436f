//! A report as HTML: one file, no script, nothing fetched, prints well; or its body, for a page of the site.

use maud::{Markup, html};

use super::{Bar, Block, Column, Document};
use crate::one_file::one_file;

const STYLE: &str = concat!(include_str!("../page/style.css"), include_str!("report.css"));

/// A report as one file, without its seal.
#[must_use]
pub fn html(document: &Document) -> String {
    let said = html! {
        header {
            @if !document.hospital.is_empty() { p class="hospital" { (document.hospital) } }
            h1 { (document.title) }
            p { (document.subtitle) }
        }
        main { (body(document)) }
    };
    one_file(&document.title, STYLE, &said)
}

/// What a report says, below its title.
#[must_use]
pub fn body(document: &Document) -> Markup {
    html! {
        @for block in &document.blocks { (self::block(block)) }
        section class="as-of" {
            h2 { "As of" }
            dl { @for source in &document.as_of { dt { (source.source) } dd { (source.date) } } }
            p { "Digest of what is said (SHA-256): " code { (document.digest()) } }
        }
    }
}

fn block(block: &Block) -> Markup {
    html! {
        @match block {
            Block::Heading { text } => { h2 { (text) } },
            Block::Lead { text } => { p class="lead" { (text) } },
            Block::Paragraph { text } => { p { (text) } },
            Block::List { items } => { ul { @for item in items { li { (item) } } } },
            Block::Ticks { items } => { ul class="ticks" { @for item in items { li { (item) } } } },
            Block::Asked { heading, items } => {
                section class="asked" { h2 { (heading) } ol { @for item in items { li { (item) } } } }
            },
            Block::Figures { figures } => {
                ul class="figures" {
                    @for figure in figures {
                        li {
                            b { (figure.value) } " " (figure.label)
                            @if !figure.before.is_empty() { small { " (" (figure.before) ")" } }
                        }
                    }
                }
            },
            Block::Bars { heading, bars } => { (self::bars(heading, bars)) },
            Block::Facts { facts } => {
                dl { @for fact in facts { dt { (fact.label) } dd { (fact.text) } } }
            },
            Block::Table { caption, columns, rows } => { (table(caption, columns, rows)) },
            Block::Sheet { heading, blocks } => {
                section class="sheet" {
                    h3 { (heading) }
                    @for block in blocks { (self::block(block)) }
                }
            },
            Block::Lines { labels } => {
                p class="lines" { @for label in labels { span { (label) } } }
            },
        }
    }
}

fn bars(heading: &str, bars: &[Bar]) -> Markup {
    let most = bars.iter().flat_map(|bar| [Some(bar.now), bar.before]).flatten().max().unwrap_or(0).max(1);
    html! {
        table class="bars" {
            caption { (heading) }
            thead { tr { th scope="col" { "What" } th scope="col" class="number" { "Now" } th scope="col" class="number" { "Before" } th { span class="aside" { "Share" } } } }
            tbody {
                @for bar in bars {
                    tr {
                        th scope="row" { (bar.label) }
                        td class="number" { (bar.now) }
                        td class="number" { @match bar.before { Some(before) => { (before) }, None => { "-" } } }
                        td { meter min="0" max=(most) value=(bar.now) { (bar.now) } }
                    }
                }
            }
        }
    }
}

fn table(caption: &str, columns: &[Column], rows: &[Vec<String>]) -> Markup {
    let class = |place: usize| columns.get(place).filter(|column| column.number).map(|_| "number");
    html! {
        table {
            caption { (caption) }
            thead { tr { @for (place, column) in columns.iter().enumerate() { th scope="col" class=[class(place)] { (column.heading) } } } }
            tbody {
                @for row in rows {
                    tr { @for (place, cell) in row.iter().enumerate() { td class=[class(place)] { (cell) } } }
                }
            }
        }
    }
}
