//! `wardround ask name`: models that people named, each with the question that it may be asked.

use std::fmt::Write as _;

use anyhow::{Result, bail};
use wardround_ask::envelope::MOST_MODELS;
use wardround_ask::journal::Line;
use wardround_ask::{Named, Plan, Question, Saying};

use super::asking::{Asking, LOG, PLAN, Who};
use super::tell::plain;
use crate::arguments::ask::NameAsk;
use crate::commands::print;

/// What was named, by whom and why.
const NAMED: &str = "named.json";

impl Asking {
    /// What is named now, by whom and why.
    pub(super) fn sayings(&self) -> Result<Vec<Saying>> {
        Ok(self.folder.read(NAMED)?.unwrap_or_default())
    }

    /// Models that are named now.
    pub(super) fn named(&self) -> Result<Vec<Named>> {
        Ok(self.sayings()?.into_iter().map(|saying| saying.named).collect())
    }

    /// Names a model in the place of what was said of it, or takes that back.
    pub(super) fn name(&self, saying: Saying, remove: bool, who: &Who) -> Result<()> {
        saying.named.check()?;
        if saying.by.trim().is_empty() || saying.because.trim().is_empty() {
            bail!("say who decides it and why: --by NAME --because TEXT");
        }
        let same = |other: &Saying| other.named.model.trim().eq_ignore_ascii_case(saying.named.model.trim());
        let mut all = self.sayings()?;
        let before = all.len();
        all.retain(|other| !same(other));
        if remove && all.len() == before {
            bail!("nobody named this model; see `wardround ask name`");
        }
        if all.len() >= MOST_MODELS {
            bail!("no more than {MOST_MODELS} models can be named");
        }
        let event = if remove { "unnamed" } else { "named" };
        let Saying { named, by, because } = &saying;
        let text = format!("{}: {by}: {because}", named.model);
        let question = named.question.code().to_owned();
        self.folder.append(LOG)?.add(&Line { question, text, ..who.line(event) })?;
        let model = saying.named.model.clone();
        if !remove {
            all.push(saying);
        }
        self.folder.write(NAMED, &all)?;
        self.withdraw(&model)
    }
}

impl Asking {
    /// Takes away the plan that waits, where it rests on what was said of this model before.
    fn withdraw(&self, model: &str) -> Result<()> {
        let same = |named: &Named| named.model.trim().eq_ignore_ascii_case(model.trim());
        match self.folder.read::<Plan>(PLAN)? {
            Some(plan) if plan.listed.named.iter().any(same) => self.folder.remove(PLAN),
            _ => Ok(()),
        }
    }
}

pub(super) fn name(words: NameAsk) -> Result<()> {
    let asking = super::asking(&words.store)?;
    let (Some(model), Some(question), Some(by), Some(because)) =
        (words.model, words.question, words.by, words.because)
    else {
        return print(&told(&asking.sayings()?)?);
    };
    let Some(question) = Question::from_code(&question) else {
        bail!("{question:?} is no question; one looks like dicom-echo");
    };
    let named = Named { model, question, called: words.called.unwrap_or_default() };
    asking.name(Saying { named, by, because }, words.remove, &Who::here())?;
    print(&told(&asking.sayings()?)?)
}

fn told(sayings: &[Saying]) -> Result<String> {
    if sayings.is_empty() {
        return Ok("No model is named, so nothing medical and no controller is asked.\n".to_owned());
    }
    let mut text = "Models that may be asked one question each, by the word of a person. Two people must approve each plan.\n\n".to_owned();
    for Saying { named, by, because } in sayings {
        let called =
            if named.called.is_empty() { String::new() } else { format!(" called {}", named.called) };
        let line = format!("  {}  {}{called}  ({by}: {because})", named.question.code(), named.model);
        writeln!(text, "{}", plain(&line))?;
    }
    Ok(text)
}
