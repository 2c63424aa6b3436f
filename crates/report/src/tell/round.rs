//! The report of a round: what was looked at and what was not, who is there, what changed, what to do first, and everything
//! that was found. For whoever has to show a risk analysis.

use std::collections::BTreeMap;

use wardround_model::{Asset, AssetId, FindingChange, Round, Timestamp, Weakness};
use wardround_remedy::diff;

use super::Sources;
use super::words::{many, without_codes};
use crate::document::{Block, Column, Figure};
use crate::page::story;
use crate::page::{count, day, day_and_time, not_seen, seen, wide};

/// Rows of a table of findings or questions: some 900 pages. What is beyond them is counted, and said.
const MOST_ROWS: usize = 20_000;

pub(super) fn blocks(sources: &Sources<'_>) -> Vec<Block> {
    let (id, round) = sources.round;
    let story = story(id, round, "");
    let mut blocks = vec![
        Block::Lead { text: story.census_line.clone() },
        Block::Figures { figures: figures(round) },
        Block::heading("What was seen"),
        Block::List { items: seen(round) },
        coverage(round),
        Block::heading("What could not be seen"),
        Block::List { items: not_seen(round) },
        networks(round),
        Block::heading("Who is there"),
        census(&story.census),
    ];
    blocks.extend(changes(sources));
    blocks.push(Block::heading("What to do first"));
    blocks.push(Block::paragraph(story.plan_line.replace(" (wardround finding list shows all)", "")));
    blocks.extend(round.plan.iter().enumerate().map(|(place, item)| Block::Sheet {
        heading: format!("{}. {} ({})", place + 1, without_codes(&item.title), item.decision.label()),
        blocks: vec![Block::facts([
            ("What it is", item.what.clone()),
            ("Why it matters", item.why.clone()),
            ("How sure", item.how_sure.clone()),
            ("Next step", item.next_step.clone()),
        ])],
    }));
    blocks.extend(findings(round));
    blocks.extend(unjudged(round));
    if !story.settled.is_empty() {
        blocks.extend([Block::heading("What answers settled"), Block::List { items: story.settled }]);
    }
    blocks
        .extend([Block::heading("What is known, and from when"), Block::List { items: story.intelligence }]);
    blocks
}

fn figures(round: &Round) -> Vec<Figure> {
    let figure = |value: usize, label: &str| Figure {
        value: many(value),
        label: label.to_owned(),
        before: String::new(),
    };
    let unknown = wardround_round::census(&round.assets).unknown();
    vec![
        figure(round.assets.len(), "devices and systems"),
        figure(unknown, "of unknown kind"),
        figure(round.conversations.len(), "conversations"),
        figure(round.findings.len(), "weak places"),
        figure(round.unjudged.len(), "open questions"),
    ]
}

fn coverage(round: &Round) -> Block {
    let columns = vec![
        Column::text("Source", 26),
        Column::text("Kind", 24),
        Column::number("Packets or rows", 16),
        Column::text("From", 17),
        Column::text("To", 17),
    ];
    let rows = round.coverage.sources.iter().map(|source| {
        // A list tells of a day, a capture of moments.
        let told = if source.kind.is_traffic() { day_and_time } else { day };
        let moment = |at: Option<Timestamp>| at.map_or_else(|| "undated".to_owned(), told);
        vec![
            source.name.clone(),
            source.kind.label().to_owned(),
            crate::page::number(source.records),
            moment(source.first),
            moment(source.last),
        ]
    });
    Block::Table { caption: "What was read (moments in UTC)".to_owned(), columns, rows: rows.collect() }
}

fn networks(round: &Round) -> Block {
    let columns = vec![
        Column::text("Network", 40),
        Column::number("Devices seen there", 30),
        Column::number("Seen only from afar", 30),
    ];
    let rows = round.networks.iter().map(|network| {
        vec![
            network.prefix.clone(),
            crate::page::number(network.seen_directly),
            crate::page::number(network.seen_from_afar),
        ]
    });
    Block::Table { caption: "Networks, and how well each was seen".to_owned(), columns, rows: rows.collect() }
}

fn census(kinds: &[crate::page::CensusKind]) -> Block {
    let columns =
        vec![Column::text("Part of the hospital", 40), Column::text("Kind", 45), Column::number("Seen", 15)];
    let mut area = "";
    let rows = kinds.iter().map(|kind| {
        if !kind.area.is_empty() {
            area = kind.area;
        }
        vec![area.to_owned(), kind.label.to_owned(), many(kind.count)]
    });
    Block::Table { caption: "Devices and systems by kind".to_owned(), columns, rows: rows.collect() }
}

fn changes(sources: &Sources<'_>) -> Vec<Block> {
    let Some((before, earlier)) = sources.before else {
        return vec![
            Block::heading("What changed"),
            Block::paragraph("This is the first round, so there is nothing to hold it against."),
        ];
    };
    let difference = diff(earlier, sources.round.1);
    let of = |change| wide(difference.findings_with(change).count());
    let line = |many: u64, one: &str, more: &str, note: &str| format!("{}.{note}", count(many, one, more));
    let mut items = vec![
        line(of(FindingChange::New), "weak place is new", "weak places are new", ""),
        line(of(FindingChange::Fixed), "was fixed", "were fixed", " This round saw another value."),
        line(
            of(FindingChange::NotSeenAgain),
            "was not seen again",
            "were not seen again",
            " That proves nothing.",
        ),
        line(
            of(FindingChange::AssetNotSeen),
            "was on a device that was not seen",
            "were on devices that were not seen",
            " That proves nothing.",
        ),
        line(wide(difference.assets_new.len()), "device is new", "devices are new", ""),
        line(
            wide(difference.assets_not_seen.len()),
            "device was not seen",
            "devices were not seen",
            " Switched off, moved, or out of sight.",
        ),
    ];
    items.extend(crate::page::work::moves(sources.worklist, sources.round.0));
    vec![Block::heading(&format!("What changed since round {before}")), Block::List { items }]
}

fn findings(round: &Round) -> Vec<Block> {
    let columns = vec![
        Column::text("Device", 27),
        Column::text("Weak place", 33),
        Column::text("Code", 15),
        Column::text("Decision", 10),
        Column::text("How sure", 15),
    ];
    let titles = titles(round);
    let rows = round.findings.iter().map(|finding| {
        let code = match &finding.weakness {
            Weakness::Vulnerability { cve, .. } => cve.to_string(),
            Weakness::Setting { setting, .. } => format!("CWE-{}", setting.cwe()),
        };
        vec![
            titles.get(&finding.asset).cloned().unwrap_or_else(|| finding.asset.to_string()),
            without_codes(&finding.title),
            code,
            finding.judgement.decision.label().to_owned(),
            finding.grade.label().to_owned(),
        ]
    });
    let heading = format!("Everything that was found ({})", many(round.findings.len()));
    bounded(&heading, "Every weak place, the most urgent first", columns, rows, "wardround finding list")
}

fn unjudged(round: &Round) -> Vec<Block> {
    let titles = titles(round);
    let title = |id: AssetId| titles.get(&id).cloned().unwrap_or_else(|| id.to_string());
    let columns = vec![Column::text("Device", 30), Column::text("What is not known", 70)];
    let rows = round.unjudged.iter().map(|open| vec![title(open.asset), open.reason.text.clone()]);
    let heading = "What could not be judged: unknown, not safe";
    bounded(heading, "Open questions", columns, rows, "wardround question list")
}

/// A heading over a table, where it has rows; where it ends before they do, it says so, and which command shows the rest.
fn bounded(
    heading: &str,
    caption: &str,
    columns: Vec<Column>,
    mut rows: impl ExactSizeIterator<Item = Vec<String>>,
    command: &str,
) -> Vec<Block> {
    if rows.len() == 0 {
        return Vec::new();
    }
    let told = rows.by_ref().take(MOST_ROWS).collect();
    let mut blocks =
        vec![Block::heading(heading), Block::Table { caption: caption.to_owned(), columns, rows: told }];
    if rows.len() > 0 {
        let left = many(rows.len());
        blocks.push(Block::paragraph(format!("{left} more stand in the store ({command} shows them).")));
    }
    blocks
}

/// How people know each device.
fn titles(round: &Round) -> BTreeMap<AssetId, String> {
    round.assets.iter().map(|asset| (asset.id, Asset::title(asset))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_a_table_is_counted_and_said() {
        let rows = |many: usize| (0..many).map(|row| vec![row.to_string()]).collect::<Vec<_>>();
        let told = |many: usize| {
            bounded("All", "Rows", vec![Column::number("Row", 1)], rows(many).into_iter(), "show")
        };
        assert!(told(0).is_empty());
        assert_eq!(told(MOST_ROWS).len(), 2);
        let blocks = told(MOST_ROWS + 3);
        assert!(matches!(&blocks[1], Block::Table { rows, .. } if rows.len() == MOST_ROWS));
        assert_eq!(blocks[2], Block::paragraph("3 more stand in the store (show shows them)."));
    }
}
