//! Tables: columns by their shares, rows that stay whole where they fit a page, headings again on each page.

use wardround_report::document::Column;

use crate::blocks::{ASCENT, LEADING, Layout};
use crate::flow::{INK, LINE, Look, Mark, PANEL, SOFT};
use crate::font::Weight;
use crate::tree::{NodeId, Role};

const SIZE: f32 = 8.0;
/// White space in a cell, beside and above its text.
const BESIDE: f32 = 4.0;
const ABOVE: f32 = 2.5;

/// Where a column stands.
struct Stand {
    x: f32,
    width: f32,
    number: bool,
}

/// Lays a table out.
pub(crate) fn table(layout: &mut Layout<'_>, caption: &str, columns: &[Column], rows: &[Vec<String>]) {
    if columns.is_empty() || rows.is_empty() {
        return;
    }
    let stands = stands(layout, columns);
    let table = layout.flow.tree.add(layout.parent, Role::Table);
    let small = layout.look(Weight::Regular, SIZE, SOFT);
    layout.flow.need(small.size * LEADING * 4.0);
    let node = layout.flow.tree.add(Some(table), Role::Caption);
    layout.text(caption, small, 0.0, node);
    layout.flow.gap(1.0);
    let head = layout.flow.tree.add(Some(table), Role::Head);
    let head = layout.flow.tree.add(Some(head), Role::Row);
    let headings: Vec<String> = columns.iter().map(|column| column.heading.clone()).collect();
    heading(layout, &stands, &headings, Some(head));
    let body = layout.flow.tree.add(Some(table), Role::Rows);
    for cells in rows {
        row(layout, &stands, cells, body, &headings);
    }
    layout.flow.gap(6.0);
}

fn stands(layout: &Layout<'_>, columns: &[Column]) -> Vec<Stand> {
    let all: f32 = columns.iter().map(|column| f32::from(column.share.max(1))).sum();
    let mut x = layout.flow.left;
    let stand = |column: &Column| {
        let width = layout.flow.width * f32::from(column.share.max(1)) / all;
        x += width;
        Stand { x: x - width, width, number: column.number }
    };
    columns.iter().map(stand).collect()
}

/// The lines of each cell.
fn lines(layout: &Layout<'_>, stands: &[Stand], cells: &[String], look: Look) -> Vec<Vec<String>> {
    let wrapped = |(stand, cell): (&Stand, &String)| {
        layout.fonts.wrapped(cell, look.weight, look.size, stand.width - 2.0 * BESIDE)
    };
    stands.iter().zip(cells).map(wrapped).collect()
}

fn tallest(lines: &[Vec<String>]) -> usize {
    lines.iter().map(Vec::len).max().unwrap_or(0)
}

fn height(lines: usize, look: Look) -> f32 {
    f32::from(u16::try_from(lines).unwrap_or(u16::MAX)) * look.size * LEADING + 2.0 * ABOVE
}

/// The headings; without a node they are the same ones again, which are not read out.
fn heading(layout: &mut Layout<'_>, stands: &[Stand], headings: &[String], node: Option<NodeId>) {
    let look = layout.look(Weight::Bold, SIZE, INK);
    let lines = lines(layout, stands, headings, look);
    let height = height(tallest(&lines), look);
    layout.flow.need(height * 2.0);
    let (x, y, width) = (layout.flow.left, layout.flow.y, layout.flow.width);
    layout.flow.put(Mark::Area { x, y, width, height, colour: PANEL });
    for (stand, lines) in stands.iter().zip(&lines) {
        let cell = node.map(|row| layout.flow.tree.add(Some(row), Role::ColumnHeading));
        put(layout, stand, lines, look, cell);
    }
    layout.flow.y += height;
}

fn row(layout: &mut Layout<'_>, stands: &[Stand], cells: &[String], body: NodeId, headings: &[String]) {
    let look = layout.look(Weight::Regular, SIZE, INK);
    let mut lines = lines(layout, stands, cells, look);
    let row = layout.flow.tree.add(Some(body), Role::Row);
    let nodes: Vec<NodeId> = stands.iter().map(|_| layout.flow.tree.add(Some(row), Role::Cell)).collect();
    let fits_a_page = height(tallest(&lines) + 3, look) < layout.flow.whole();
    if fits_a_page && height(tallest(&lines), look) > layout.flow.room() {
        turn(layout, stands, headings);
    }
    // A row that is taller than a page goes on, line by line.
    while tallest(&lines) > 0 {
        let mut most = 0;
        while most < tallest(&lines) && height(most + 1, look) <= layout.flow.room() {
            most += 1;
        }
        if most == 0 {
            turn(layout, stands, headings);
            most = 1;
        }
        let rest = lines.iter_mut().map(|lines| lines.split_off(most.min(lines.len()))).collect();
        for ((stand, lines), node) in stands.iter().zip(&lines).zip(&nodes) {
            put(layout, stand, lines, look, Some(*node));
        }
        layout.flow.y += height(tallest(&lines), look);
        lines = rest;
    }
    let (x, y, width) = (layout.flow.left, layout.flow.y, layout.flow.width);
    layout.flow.put(Mark::Area { x, y, width, height: 0.5, colour: LINE });
}

fn turn(layout: &mut Layout<'_>, stands: &[Stand], headings: &[String]) {
    layout.flow.turn();
    heading(layout, stands, headings, None);
}

fn put(layout: &mut Layout<'_>, stand: &Stand, lines: &[String], look: Look, node: Option<NodeId>) {
    let mut baseline = layout.flow.y + ABOVE + look.size * ASCENT;
    for text in lines {
        let wide = layout.fonts.face(look.weight).width(text.trim_end()) * look.size;
        let x = if stand.number { stand.x + stand.width - BESIDE - wide } else { stand.x + BESIDE };
        if !text.is_empty() {
            layout.flow.put(Mark::Text { x, baseline, text: text.clone(), look, node });
        }
        baseline += look.size * LEADING;
    }
}
