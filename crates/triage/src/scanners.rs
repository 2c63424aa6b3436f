//! What other scanners reported: by CVE number as a vulnerability, else under the scanner's own number. They saw what we
//! did not, and are told as theirs.

use wardround_intel::Index;
use wardround_model::{Asset, FactKind, Finding, Grade, Reason, WeakSetting, Weakness};

use crate::known::{self, Match};
use crate::scene::{Scene, Seen};
use crate::settings;

/// The product of a report that names none.
pub(crate) const SOME_SOFTWARE: &str = "software on it";

/// Adds what scanners reported of an asset.
pub(crate) fn add(index: &Index<'_>, scene: &Scene<'_>, asset: &Asset, findings: &mut Vec<Finding>) {
    for seen in scene.facts_of(asset.id, FactKind::ScannerReport) {
        let finding = match seen.value().parse() {
            Ok(cve) => {
                let reasons = vec![reason(&seen, "it")];
                let found = Match::told(cve, SOME_SOFTWARE, Grade::Reported);
                known::finding(scene, index, asset, seen.endpoint(), &found, reasons)
            }
            Err(_) => by_number(scene, asset, &seen),
        };
        findings.extend(finding);
    }
}

fn by_number(scene: &Scene<'_>, asset: &Asset, seen: &Seen<'_>) -> Option<Finding> {
    let number = seen.value();
    let titles = scene.facts_of(asset.id, FactKind::ScannerTitle);
    let titles: Vec<_> = titles.filter_map(|title| title.value().split_once(' ')).collect();
    let title = titles.iter().find(|(of, _)| number.ends_with(of)).map(|(_, title)| *title);
    let told =
        title.map_or_else(|| format!("its number {number}"), |title| format!("\u{201c}{title}\u{201d}"));
    let weakness = Weakness::Setting { setting: WeakSetting::ReportedByScanner, protocol: number.to_owned() };
    let reasons = vec![reason(seen, &told)];
    let title = format!("Another scanner reported {told}");
    settings::weak(scene, asset, weakness, seen.endpoint(), Grade::Reported, &title, reasons)
}

fn reason(seen: &Seen<'_>, what: &str) -> Reason {
    let place = seen.endpoint().map(|endpoint| format!(" at {endpoint}")).unwrap_or_default();
    Reason::new(format!("Another scanner reported {what}{place}"), [seen.ground()])
}
