//! The JSON of a check: documented in `docs/json.md`.

use std::io::{self, Write};

use serde::Serialize;
use serde::ser::{SerializeSeq, Serializer};
use wardround_model::Unjudged;
use wardround_triage::{Asked, Component, Published};

use super::Check;
use crate::json::SCHEMA_VERSION;

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    as_of: String,
    lists: Vec<ListShape<'a>>,
    components: Components<'a>,
    not_checked: Vec<OpenShape<'a>>,
    intelligence: Vec<IntelligenceShape>,
}

#[derive(Serialize)]
struct ListShape<'a> {
    name: &'a str,
    kind: &'static str,
    rows: u64,
}

#[derive(Serialize)]
struct IntelligenceShape {
    name: String,
    records: u64,
    as_of: Option<String>,
}

#[derive(Serialize)]
struct OpenShape<'a> {
    text: &'a str,
    question: &'a str,
}

#[derive(Serialize)]
struct ComponentShape<'a> {
    name: String,
    product: Option<String>,
    version: Option<&'a str>,
    weaknesses: Vec<WeaknessShape<'a>>,
    warnings: Vec<&'a str>,
    questions: Vec<QuestionShape<'a>>,
}

/// What is not known is left out, since a list may have a million of these.
#[derive(Serialize)]
struct WeaknessShape<'a> {
    cve: Shown<wardround_model::CveId>,
    grade: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    advisory: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    versions: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fixed_in: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    says: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exploited_since: Option<Shown<wardround_intel::Day>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    public_exploit: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    cvss: Option<Shown<wardround_model::CvssScore>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vector: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    epss: Option<Shown<wardround_model::Epss>>,
}

#[derive(Serialize)]
struct QuestionShape<'a> {
    text: &'a str,
    question: &'a str,
    cves: Vec<Shown<wardround_model::CveId>>,
}

/// As it is shown to people, without a text of its own for each.
struct Shown<T>(T);

impl<T: std::fmt::Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// Components are written one after the other: a list may have a million weaknesses.
struct Components<'a>(Check<'a>);

impl Serialize for Components<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut all = serializer.serialize_seq(None)?;
        for (component, weaknesses) in self.0.told() {
            if let Some(shape) = shape(&component, &weaknesses) {
                all.serialize_element(&shape)?;
            }
        }
        all.end()
    }
}

/// Writes a check as JSON, with a line end.
///
/// # Errors
/// When the output cannot be written.
pub fn render(check: &Check<'_>, mut output: impl Write) -> io::Result<()> {
    let not_checked = check.judging.not_checked();
    let document = Document {
        schema_version: SCHEMA_VERSION,
        as_of: check.as_of.to_string(),
        lists: check
            .lists
            .iter()
            .map(|list| ListShape { name: &list.name, kind: list.kind.code(), rows: list.records })
            .collect(),
        components: Components(*check),
        not_checked: not_checked.iter().map(open).collect(),
        intelligence: intelligence(check),
    };
    serde_json::to_writer(&mut output, &document)?;
    output.write_all(b"\n")
}

fn intelligence(check: &Check<'_>) -> Vec<IntelligenceShape> {
    let sources = wardround_round::intelligence(check.index).into_iter();
    sources
        .map(|source| IntelligenceShape {
            name: source.name,
            records: source.records,
            as_of: source.as_of.map(|moment| moment.to_string()),
        })
        .collect()
}

fn open(open: &Unjudged) -> OpenShape<'_> {
    OpenShape { text: &open.reason.text, question: &open.question }
}

fn shape<'a>(component: &Component<'a>, weaknesses: &[Published<'a>]) -> Option<ComponentShape<'a>> {
    let name = component.name()?;
    Some(ComponentShape {
        name,
        product: component.product(),
        version: component.version(),
        weaknesses: weaknesses.iter().map(weakness).collect(),
        warnings: component.warnings().collect(),
        questions: component.questions().map(|asked| question(&asked)).collect(),
    })
}

fn weakness<'a>(one: &Published<'a>) -> WeaknessShape<'a> {
    let facts = one.facts;
    let cvss = facts.and_then(|facts| facts.cvss);
    WeaknessShape {
        cve: Shown(one.cve()),
        grade: one.grade().code(),
        advisory: one.advisory(),
        versions: one.versions(),
        fixed_in: one.fixed_in(),
        says: one.says().collect(),
        exploited_since: facts.and_then(|facts| facts.kev).map(Shown),
        public_exploit: facts.is_some_and(|facts| facts.public_exploit),
        cvss: cvss.map(|cvss| Shown(cvss.score)),
        vector: cvss.map(|cvss| cvss.vector),
        epss: facts.and_then(|facts| facts.epss).map(Shown),
    }
}

fn question<'a>(asked: &Asked<'a>) -> QuestionShape<'a> {
    let cves = asked.cves.iter().copied().map(Shown).collect();
    QuestionShape { text: asked.text, question: asked.question, cves }
}
