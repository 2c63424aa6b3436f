//! A small map of the peers of a device: a picture with a caption, and the same as a table.

use maud::{Markup, html};
use wardround_report::page::{count, number};
use wardround_store::view::{DeviceRow, Peer, PeerEnd};

use crate::asked::Asked;
use crate::layout::plain;
use crate::pages::parts;

/// The width of the picture, in its own units.
const WIDTH: usize = 700;
/// The height of one peer.
const STEP: usize = 38;
/// Where the device stands, and where its peers do.
const MIDDLE: usize = WIDTH / 2;
/// Characters of a name that have room.
const LONGEST_NAME: usize = 26;

/// The picture: who asks stands left, who is asked stands right.
pub(crate) fn figure(row: &DeviceRow, peers: &[Peer]) -> Markup {
    let (asking, asked): (Vec<&Peer>, Vec<&Peer>) =
        peers.iter().partition(|peer| peer.is_asked && !peer.asks);
    let lines = asking.len().max(asked.len()).max(1);
    let height = lines * STEP + 20;
    let centre = height / 2;
    html! {
        figure class="map" tabindex="0" {
            svg viewBox=(format!("0 0 {WIDTH} {height}")) role="img" aria-labelledby="map-title map-text" {
                title id="map-title" { "Whom " (plain(&row.title)) " talks with" }
                desc id="map-text" { "Left: those that ask it. Right: those that it asks. The table below says the same." }
                @for (place, peer) in asking.iter().enumerate() { (end(peer, place, asking.len(), centre, true)) }
                @for (place, peer) in asked.iter().enumerate() { (end(peer, place, asked.len(), centre, false)) }
                rect class="self" x=(MIDDLE - 60) y=(centre - 16) width="120" height="32" rx="6" {}
                text class="self" x=(MIDDLE) y=(centre + 5) text-anchor="middle" { (short(row.class.label(), 16)) }
            }
            figcaption {
                (count(row.peers, "peer", "peers")) ": " (asking.len()) " of those shown ask it, it asks " (asked.len())
                ". An arrow points to the one that is asked. A dashed line leads to an address that is no known device."
            }
        }
    }
}

/// A peer at its place, with an arrow to the one that is asked.
fn end(peer: &Peer, place: usize, of: usize, centre: usize, is_left: bool) -> Markup {
    let y = centre + place * STEP + STEP / 2 - of * STEP / 2;
    let (text_x, anchor) = if is_left { (4, "start") } else { (WIDTH - 4, "end") };
    let (from, to) = if is_left { (210, MIDDLE - 62) } else { (MIDDLE + 62, WIDTH - 210) };
    let (y_from, y_to) = if is_left { (y, centre) } else { (centre, y) };
    let (name, is_known) = match &peer.end {
        PeerEnd::Device(end, _) => (short(&plain(&end.title), LONGEST_NAME), true),
        PeerEnd::Address(ip) => (ip.to_string(), false),
    };
    html! {
        line class=(if is_known { "talk" } else { "talk far" }) x1=(from) y1=(y_from) x2=(to) y2=(y_to) {}
        path class="tip" d=(format!("M{to} {y_to} l-9 -4 v8 z")) {}
        text x=(text_x) y=(y + 4) text-anchor=(anchor) { (name) }
    }
}

fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

/// The same as a table.
pub(crate) fn table(asked: &Asked, peers: &[Peer]) -> Markup {
    let direction = |peer: &Peer| match (peer.asks, peer.is_asked) {
        (true, true) => "both ask",
        (true, false) => "is asked",
        _ => "asks",
    };
    html! {
        div class="scroll" { table class="list" {
            caption class="aside" { "Peers, those with the most traffic first" }
            thead { tr { th scope="col" { "Peer" } th scope="col" { "Kind" } th scope="col" { "The peer" } th scope="col" class="number" { "Conversations" } th scope="col" class="number" { "Bytes" } } }
            tbody { @for peer in peers { tr {
                th scope="row" {
                    @match &peer.end {
                        PeerEnd::Device(end, _) => { (parts::device(asked, end.id, &end.title)) }
                        PeerEnd::Address(ip) => { code { (ip) } }
                    }
                }
                td { @match &peer.end { PeerEnd::Device(_, class) => { (class.label()) } PeerEnd::Address(_) => { "no known device" } } }
                td { (direction(peer)) }
                td class="number" { (number(peer.conversations)) }
                td class="number" { (number(peer.bytes)) }
            } } }
        } }
    }
}
