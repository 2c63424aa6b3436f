//! `wardround question`: what nobody has answered yet, the same question about many devices once, and whom to ask.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use anyhow::Result;
use wardround_model::{Asset, AssetId, CveId, Role, Round, Unjudged};

use crate::arguments::answer::QuestionCommand;
use crate::commands::{lookup, print};
use wardround_report::page::{count, listed, wide};

/// The most questions that are told, unless all are asked for.
const MOST: usize = 10;
/// The most devices that are told with one question, unless all are asked for.
const MOST_DEVICES: usize = 3;
/// The most weaknesses that are named with one question.
const MOST_CVES: usize = 3;

pub(crate) fn run(command: QuestionCommand) -> Result<()> {
    let QuestionCommand::List { look, all } = command;
    let again = look.store.again();
    let (_, round) = lookup::round(look)?;
    print(&list(&round, all, &again))
}

/// One question, and every device that it is asked about.
struct Question<'a> {
    text: &'a str,
    asked: Vec<&'a Unjudged>,
}

fn list(round: &Round, all: bool, again: &str) -> String {
    let questions = questions(&round.unjudged);
    if questions.is_empty() {
        return "There is no open question.\n".to_owned();
    }
    let assets: HashMap<AssetId, &Asset> = round.assets.iter().map(|asset| (asset.id, asset)).collect();
    let mut text = format!(
        "{} about {}. Until one is answered, what it asks is unknown, not safe.\n",
        count(wide(questions.len()), "open question", "open questions"),
        devices(&round.unjudged),
    );
    let shown = if all { questions.len() } else { MOST };
    for question in questions.iter().take(shown) {
        question.tell(&mut text, &assets, all);
    }
    let more = questions.len().saturating_sub(shown);
    if more > 0 {
        let more = count(wide(more), "more question", "more questions");
        // Writing to a String cannot fail.
        let _ = writeln!(text, "\n{more}; wardround question list --all{again} tells all of them.");
    }
    let _ = writeln!(
        text,
        "\nTo answer: wardround answer ASSET --not-affected CVE --because TEXT --by ROLE{again}\n\
         A version, a build or a list of packages is best imported: wardround import FILE --for ASSET{again}"
    );
    text
}

/// Each question once: first what would settle the most published weaknesses, then what is asked about the most devices.
fn questions(unjudged: &[Unjudged]) -> Vec<Question<'_>> {
    let mut by_text: BTreeMap<&str, Vec<&Unjudged>> = BTreeMap::new();
    for one in unjudged {
        let text = if one.question.is_empty() { &one.reason.text } else { &one.question };
        by_text.entry(text).or_default().push(one);
    }
    let mut questions: Vec<_> = by_text.into_iter().map(|(text, asked)| Question { text, asked }).collect();
    // The sort is stable, so equal ones stay in the order of their texts.
    questions.sort_by_cached_key(|question| std::cmp::Reverse((question.settles(), question.asked.len())));
    questions
}

fn devices<'a>(unjudged: impl IntoIterator<Item = &'a Unjudged>) -> String {
    let mut assets: Vec<AssetId> = unjudged.into_iter().map(|one| one.asset).collect();
    assets.sort_unstable();
    assets.dedup();
    count(wide(assets.len()), "device", "devices")
}

impl Question<'_> {
    /// How many weaknesses on devices an answer would settle, as far as their number is known.
    fn settles(&self) -> usize {
        self.asked.iter().map(|one| one.cves.len()).sum()
    }

    fn tell(&self, text: &mut String, assets: &HashMap<AssetId, &Asset>, all: bool) {
        let _ = writeln!(text, "\n{}", self.text);
        let _ = writeln!(text, "  Whom to ask: {}", self.whom());
        let _ = writeln!(text, "  What an answer settles: {}", self.what());
        if let Some(first) = self.asked.first().filter(|one| one.question == self.text) {
            let same = self.asked.iter().all(|one| one.reason.text == first.reason.text);
            let label = if same { "Why it is asked" } else { "Why it is asked, for the first" };
            let _ = writeln!(text, "  {label}: {}", first.reason.text);
        }
        let shown = if all { self.asked.len() } else { MOST_DEVICES };
        for one in self.asked.iter().take(shown) {
            let title = assets.get(&one.asset).map_or_else(String::new, |asset| asset.title());
            let _ = writeln!(text, "  {}  {}  {title}", one.id(), one.asset);
        }
        let more = self.asked.len().saturating_sub(shown);
        if more > 0 {
            let _ = writeln!(text, "  and {}", count(wide(more), "more device", "more devices"));
        }
    }

    /// The role that can answer; where it differs from device to device, each with its number of devices.
    fn whom(&self) -> String {
        let mut roles: BTreeMap<Role, u64> = BTreeMap::new();
        for one in &self.asked {
            let devices = roles.entry(one.who).or_default();
            *devices = devices.saturating_add(1);
        }
        if let [role] = roles.keys().collect::<Vec<_>>().as_slice() {
            return role.label().to_owned();
        }
        let mut roles: Vec<_> = roles.into_iter().collect();
        roles.sort_by_key(|(_, devices)| std::cmp::Reverse(*devices));
        let told = |(role, devices): (Role, u64)| {
            format!("{} ({})", role.label(), count(devices, "device", "devices"))
        };
        let told: Vec<String> = roles.into_iter().map(told).collect();
        listed(&told, told.len())
    }

    fn what(&self) -> String {
        let mut cves: Vec<CveId> = self.asked.iter().flat_map(|one| one.cves.iter().copied()).collect();
        cves.sort_unstable();
        cves.dedup();
        let devices = devices(self.asked.iter().copied());
        if cves.is_empty() {
            return format!("what nobody could check yet on {devices}");
        }
        let named: Vec<String> = cves.iter().map(ToString::to_string).collect();
        let weaknesses = count(wide(self.settles()), "possible finding", "possible findings");
        format!("{weaknesses} on {devices}: {}", listed(&named, MOST_CVES))
    }
}
