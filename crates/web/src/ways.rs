//! Ways of an attacker between devices: what is asked, which devices are meant, and what was found. *Ways in* and the API tell of it.

use std::sync::Arc;

use wardround_model::{Area, Asset, AssetId};
use wardround_store::view::WayGround;
use wardround_triage::{Cuts, Paths, Standing, Way};

use crate::asked::Asked;
use crate::ground::Question;
use crate::hospital::waiting;
use crate::layout::plain;
use crate::problem::Problem;
use crate::site::Site;

/// Ways that are told.
pub(crate) const MOST_WAYS: usize = 10;
/// Devices that are offered where a name is of several.
const MOST_MEANT: usize = 10;
/// Devices to mend that are told.
const MOST_CUTS: usize = 5;
/// Rules that are named where a list of them was left out.
const LEFT_OUT_NAMED: usize = 3;

/// One end of the ways that are asked for.
pub(crate) enum End {
    /// Nobody said: outside, or what patients depend on.
    Any,
    /// These devices.
    Devices(Vec<AssetId>),
    /// The text names no device, or several: these first ones.
    Unclear(String, Vec<(AssetId, String)>),
}

impl End {
    fn devices(&self) -> Option<&[AssetId]> {
        match self {
            Self::Devices(ids) => Some(ids),
            Self::Any | Self::Unclear(..) => None,
        }
    }
}

/// What was found.
pub(crate) struct Told {
    pub(crate) from: End,
    pub(crate) to: End,
    pub(crate) ways: Vec<Way>,
    /// What cuts the most of all ways from outside to what patients depend on; only where these are asked for.
    pub(crate) cuts: Option<Cuts>,
    /// Lists of rules that were too large, by their file.
    pub(crate) left_out: Vec<String>,
}

/// What was answered to this question, or is found and told now.
pub(crate) async fn answer(
    site: &Site,
    question: Question,
    tell: impl FnOnce(&Asked, &WayGround, &Told) -> String + Send + 'static,
) -> Result<String, Problem> {
    let hospital = site.hospital();
    if let Some(known) = hospital.known_answer(&question) {
        return Ok(known);
    }
    // Ways are found one at a time, also when whoever asked is gone: each may need a second and many megabytes.
    let one = Arc::clone(&site.ways).acquire_owned().await.map_err(|_| Problem::Fault)?;
    if let Some(known) = hospital.known_answer(&question) {
        return Ok(known);
    }
    let ground = hospital.ground(question.round).await?;
    waiting(move || {
        let _one = one;
        let told = find(&ground.of, &question.asked);
        let text = tell(&question.asked, &ground.of, &told);
        drop(ground);
        hospital.keep_answer(question, text.clone());
        Ok(text)
    })
    .await
}

fn find(ground: &WayGround, asked: &Asked) -> Told {
    let (from, to) = (end(ground, asked, "from"), end(ground, asked, "to"));
    if matches!(from, End::Unclear(..)) || matches!(to, End::Unclear(..)) {
        return Told { from, to, ways: Vec::new(), cuts: None, left_out: Vec::new() };
    }
    let standing = Standing {
        assets: &ground.assets,
        conversations: &ground.conversations,
        observations: if asked.text("seen") == "only" { &[] } else { &ground.rules },
        statements: &ground.statements,
        as_of: ground.as_of,
    };
    let paths = Paths::new(&standing, &ground.findings);
    let ways = paths.ways_of(from.devices(), to.devices(), MOST_WAYS);
    let cuts = matches!((&from, &to), (End::Any, End::Any)).then(|| paths.cuts(MOST_CUTS));
    let left_out = paths.rules_left_out().iter().take(LEFT_OUT_NAMED);
    let left_out =
        left_out.map(|rule| file(ground, usize::from(rule.evidence.source.0)).to_owned()).collect();
    Told { from, to, ways, cuts, left_out }
}

/// The devices that a text or a part of the hospital means.
fn end(ground: &WayGround, asked: &Asked, field: &str) -> End {
    let text = asked.text(field).to_lowercase();
    let of = |wanted: &dyn Fn(&Asset) -> bool| -> Vec<&Asset> {
        ground.assets.iter().filter(|asset| wanted(asset)).collect()
    };
    if text.is_empty() {
        let area = asked.code(&format!("{field}-area"), Area::from_code);
        return area.map_or(End::Any, |area| {
            End::Devices(of(&|asset| asset.class.value.area() == area).iter().map(|asset| asset.id).collect())
        });
    }
    let exact = of(&|asset| {
        let names = asset.names.iter().any(|name| name.to_lowercase() == text);
        let ips = asset.ips.iter().any(|ip| ip.to_string() == text);
        names || ips || asset.id.to_string().to_lowercase() == text
    });
    let found =
        if exact.is_empty() { of(&|asset| asset.title().to_lowercase().contains(&text)) } else { exact };
    match found.as_slice() {
        [only] => End::Devices(vec![only.id]),
        some => {
            let named = some.iter().take(MOST_MEANT).map(|asset| (asset.id, asset.title())).collect();
            End::Unclear(plain(asked.text(field)), named)
        }
    }
}

pub(crate) fn file(ground: &WayGround, source: usize) -> &str {
    ground.sources.get(source).map_or("a list of rules", |source| source.name.as_str())
}

pub(crate) fn title(ground: &WayGround, asset: AssetId) -> String {
    ground.assets.iter().find(|one| one.id == asset).map_or_else(|| asset.to_string(), Asset::title)
}
