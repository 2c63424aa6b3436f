//! Which table decides: CISA's by default, CERT/CC's deployer table as an option, or a hospital's own file of either.

use std::sync::LazyLock;

use wardround_model::{
    Asset, Automatable, CareRole, Conversation, Decision, Exploitation, Finding, Ground, Judgement,
    MissionWellbeing, Observation, Reason, Round, Statement, TechnicalImpact, Timestamp,
};

use super::exposure::Exposures;
use super::said::Said;
use super::table::{CISA, DEPLOYER, HUMAN_IMPACT, Row, Table, TableError};
use super::{Exposure, Point, Score};

/// How many reasons a judgement has by itself: one for each of the four points. The CVSS score may follow.
const OWN_REASONS: usize = 4;

static CISA_TABLE: LazyLock<Table> = LazyLock::new(|| built_in(include_str!("../../data/ssvc-cisa.csv")));
static DEPLOYER_TABLE: LazyLock<Table> =
    LazyLock::new(|| built_in(include_str!("../../data/ssvc-deployer.csv")));
static HUMAN_TABLE: LazyLock<Table> =
    LazyLock::new(|| built_in(include_str!("../../data/ssvc-human-impact.csv")));

/// A table that comes with the program. Tests read each; an empty table would answer everything with "act".
fn built_in(text: &str) -> Table {
    Table::read(text, &[CISA, DEPLOYER, HUMAN_IMPACT]).unwrap_or_default()
}

/// The tables that decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionTables {
    priority: Table,
    human_impact: Table,
}

impl Default for DecisionTables {
    /// CISA's table.
    fn default() -> Self {
        Self { priority: CISA_TABLE.clone(), human_impact: HUMAN_TABLE.clone() }
    }
}

impl DecisionTables {
    /// CERT/CC's deployer table.
    #[must_use]
    pub fn deployer() -> Self {
        Self { priority: DEPLOYER_TABLE.clone(), human_impact: HUMAN_TABLE.clone() }
    }

    /// The same, with the table in this text in place of the one with the same columns.
    ///
    /// A table with the columns of CISA's or of the deployer table decides from now on; one with the columns of the
    /// table of human impact serves the deployer table.
    ///
    /// # Errors
    /// When the text is no whole table: the line, the column and the words that are allowed there.
    pub fn with(mut self, text: &str) -> Result<Self, TableError> {
        let table = Table::read(text, &[CISA, DEPLOYER, HUMAN_IMPACT])?;
        let is_part = table.shape() == HUMAN_IMPACT;
        *(if is_part { &mut self.human_impact } else { &mut self.priority }) = table;
        Ok(self)
    }

    /// Name and version of the table that decides.
    #[must_use]
    pub fn title(&self) -> String {
        self.priority.title()
    }
}

/// The decision in this row of CISA's table.
///
/// ```
/// use wardround_model::{Automatable, Decision, Exploitation, MissionWellbeing, TechnicalImpact};
/// let row = (Exploitation::Active, Automatable::No, TechnicalImpact::Total, MissionWellbeing::High);
/// assert_eq!(wardround_triage::decide(row.0, row.1, row.2, row.3), Decision::Act);
/// ```
#[must_use]
pub fn decide(
    exploitation: Exploitation,
    automatable: Automatable,
    technical_impact: TechnicalImpact,
    mission_wellbeing: MissionWellbeing,
) -> Decision {
    let points =
        [exploitation as usize, automatable as usize, technical_impact as usize, mission_wellbeing as usize];
    decision(CISA_TABLE.row(&points))
}

/// The decision that a row's answer means, in either table; without a row, the most urgent.
fn decision(row: Option<Row>) -> Decision {
    row.and_then(|row| Decision::ALL.get(row.answer)).copied().unwrap_or(Decision::Act)
}

/// What decisions look at apart from the findings: who is there, who talked, what people said.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// Who is there.
    pub assets: &'a [Asset],
    /// Who talked to whom.
    pub conversations: &'a [Conversation],
    /// What was observed; of it, the rules of firewalls count here.
    pub observations: &'a [Observation],
    /// What people said.
    pub statements: &'a [Statement],
    /// The moment that statements must hold at.
    pub as_of: Timestamp,
}

impl<'a> From<&'a Round> for Standing<'a> {
    fn from(round: &'a Round) -> Self {
        Self {
            assets: &round.assets,
            conversations: &round.conversations,
            observations: &round.observations,
            statements: &round.statements,
            as_of: round.as_of,
        }
    }
}

impl<'a> From<&crate::Input<'a>> for Standing<'a> {
    fn from(input: &crate::Input<'a>) -> Self {
        Self {
            assets: input.assets,
            conversations: input.conversations,
            observations: input.observations,
            statements: input.statements,
            as_of: input.as_of,
        }
    }
}

/// Decides every finding by these tables: spares that people stated lower what depends on the asset by one step, the
/// exposure that was seen counts where the table asks for it, and the last reason names the row.
///
/// Doing it twice changes nothing. The order of the findings is kept.
pub fn decide_by(tables: &DecisionTables, findings: &mut [Finding], standing: &Standing<'_>) {
    Deciding::new(tables, standing).decide(findings);
}

/// Tables, and all that they ask for beside the findings, laid out once.
pub(crate) struct Deciding<'a> {
    tables: DecisionTables,
    said: Said<'a>,
    /// By id, and their exposure; only where the table asks for it.
    seen: Option<(Vec<&'a Asset>, Exposures)>,
}

impl<'a> Deciding<'a> {
    pub(crate) fn new(tables: &DecisionTables, standing: &Standing<'a>) -> Self {
        let seen = || {
            let mut assets: Vec<&Asset> = standing.assets.iter().collect();
            assets.sort_unstable_by_key(|asset| asset.id);
            (assets, Exposures::new(standing.assets, standing.conversations))
        };
        Self {
            said: Said::new(standing.statements, standing.as_of),
            seen: (tables.priority.shape() == DEPLOYER).then(seen),
            tables: tables.clone(),
        }
    }

    pub(crate) fn decide(&self, findings: &mut [Finding]) {
        for finding in findings {
            let judgement = &mut finding.judgement;
            let scored = usize::from(Score::of(judgement).is_some());
            judgement.reasons.truncate(OWN_REASONS.saturating_add(scored));
            lower_for_spares(judgement, &self.said, finding.asset);
            match &self.seen {
                None => by_cisa(&self.tables, judgement),
                Some((assets, exposures)) => {
                    let asset = assets.binary_search_by_key(&finding.asset, |asset| asset.id).ok();
                    let asset = asset.and_then(|place| assets.get(place));
                    let role = asset.map_or(CareRole::Support, |asset| self.said.care_role(asset));
                    by_deployer(&self.tables, judgement, &exposures.of(finding.asset), role);
                }
            }
        }
    }
}

/// One step less depends on an asset whose place others can take at once.
fn lower_for_spares(judgement: &mut Judgement, said: &Said<'_>, asset: wardround_model::AssetId) {
    let Some((spares, statement)) = said.spares(asset).filter(|(spares, _)| *spares > 0) else { return };
    let ground = Ground::Statement(statement.id);
    let Some(reason) = judgement.reasons.get_mut(3).filter(|reason| !reason.grounds.contains(&ground)) else {
        return;
    };
    let lower = match judgement.mission_wellbeing {
        MissionWellbeing::High => MissionWellbeing::Medium,
        MissionWellbeing::Medium | MissionWellbeing::Low => MissionWellbeing::Low,
    };
    if lower == judgement.mission_wellbeing {
        return;
    }
    let others = if spares == 1 { "one other".to_owned() } else { format!("{spares} others") };
    reason.text = format!(
        "{}. But {others} can take its place, said the {}, so it counts one step less",
        reason.text,
        statement.by.label()
    );
    reason.grounds.push(ground);
    judgement.mission_wellbeing = lower;
}

fn by_cisa(tables: &DecisionTables, judgement: &mut Judgement) {
    let points = [
        judgement.exploitation as usize,
        judgement.automatable as usize,
        judgement.technical_impact as usize,
        judgement.mission_wellbeing as usize,
    ];
    let row = tables.priority.row(&points);
    judgement.decision = decision(row);
    judgement.reasons.push(row_reason(&tables.priority, &points, row));
}

fn by_deployer(
    tables: &DecisionTables,
    judgement: &mut Judgement,
    exposure: &Point<Exposure>,
    role: CareRole,
) {
    let human = [safety(role), judgement.mission_wellbeing as usize];
    let human_row = tables.human_impact.row(&human);
    let human_impact = human_row.map_or(3, |row| row.answer);
    let points = [
        judgement.exploitation as usize,
        exposure.value.place(),
        judgement.automatable as usize,
        human_impact,
    ];
    let row = tables.priority.row(&points);
    judgement.decision = decision(row);
    judgement.reasons.extend([
        Reason::new(format!("Exposure: {}", exposure.reason.text), exposure.reason.grounds.clone()),
        Reason::new(format!("Safety: it {}", role.label()), []),
        row_reason(&tables.human_impact, &human, human_row),
        row_reason(&tables.priority, &points, row),
    ]);
}

/// The place among the words of the table of human impact. A device that keeps patients alive or treats them can kill;
/// one that watches, examines or keeps records can lead to wrong care (IEC 61508, as SSVC uses it).
fn safety(role: CareRole) -> usize {
    match role {
        CareRole::LifeSustaining | CareRole::Therapeutic => 2,
        CareRole::Monitoring | CareRole::Diagnostic | CareRole::PatientDataStore => 1,
        CareRole::Support => 0,
    }
}

/// Which row decided: its number, its points and its answer.
fn row_reason(table: &Table, points: &[usize], row: Option<Row>) -> Reason {
    let told = row.and_then(|row| Some((row.number, table.shape().words(points, row.answer)?)));
    let text = match told {
        Some((number, (words, answer))) => {
            format!("Row {number} of the table {}: {} gives {answer}", table.title(), words.join(", "))
        }
        None => "The table has no row for these points, so the most urgent answer was taken".to_owned(),
    };
    Reason::new(text, [])
}
