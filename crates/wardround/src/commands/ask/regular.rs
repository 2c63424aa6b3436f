//! Active rounds that come again each week in their hours. They are off until a person switches them on; each begins in an opening of
//! its hours or not at all, and a run that was stopped or killed waits for a person.

use std::time::Duration;

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};
use wardround_ask::envelope::LISTENED_BEFORE;
use wardround_ask::journal::Line;
use wardround_ask::reading::ReadKey;
use wardround_ask::{Listed, Pace, Scope};
use wardround_model::Timestamp;
use wardround_remedy::Policy;

use super::asking::{Asking, LOG, PLAN, READ_KEY, Wanted, Who};
use super::running::Ready;
use super::secrets::Secrets;
use crate::commands::now;

pub(super) const REGULAR: &str = "regular.json";
/// Seconds of a day.
const DAY: i64 = 86_400;

/// What is asked in each opening, and who approved that.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Regular {
    /// The scope that they approved. With another one, nothing is asked by itself.
    pub(super) scope: Scope,
    pub(super) listed: Listed,
    pub(super) pace: Pace,
    /// Only what shows whether work is done.
    pub(super) verify: bool,
    /// Who approved it: for each plan of it they count.
    pub(super) approved: Vec<String>,
    /// The beginning of the opening that was followed last.
    pub(super) followed: i64,
}

impl Asking {
    pub(super) fn regular(&self) -> Result<Option<Regular>> {
        self.folder.read(REGULAR)
    }

    /// Switches it on, from the next opening on.
    pub(super) fn switch_on(&self, wanted: Wanted, who: &Who) -> Result<()> {
        let scope = self.scope()?;
        let Some(hours) = &scope.hours else { bail!("set hours that come again each week first") };
        if wanted.listed.community || wanted.listed.user {
            bail!(
                "a community or a user of SNMP is kept nowhere, so that nothing can be asked by SNMP when nobody is there"
            );
        }
        if !wanted.listed.directories.is_empty() {
            bail!("the login of a directory is kept nowhere, so that none can be read when nobody is there");
        }
        if !wanted.listed.multicast.is_empty() {
            bail!("all devices of a network are not asked at once when nobody is there");
        }
        if !wanted.listed.reading.is_empty() && !self.folder.has(READ_KEY) {
            bail!("make a key for reading servers first");
        }
        let open = hours.opening(now()).filter(|window| window.is_open(now()));
        let Wanted { listed, pace, verify, .. } = wanted;
        let (approved, followed) = (vec![who.by.clone()], open.map_or(0, |window| window.from));
        let regular = Regular { scope, listed, pace, verify, approved, followed };
        self.folder.append(LOG)?.add(&who.line("regular-on"))?;
        self.folder.write(REGULAR, &regular)
    }

    /// One more person approves what was switched on.
    pub(super) fn agree(&self, who: &Who) -> Result<()> {
        let Some(mut regular) = self.regular()? else { bail!("it is not switched on any more") };
        self.folder.append(LOG)?.add(&who.line("regular-approved"))?;
        if !regular.approved.contains(&who.by) {
            regular.approved.push(who.by.clone());
        }
        self.folder.write(REGULAR, &regular)
    }

    pub(super) fn switch_off(&self, who: &Who) -> Result<()> {
        self.folder.remove(REGULAR)?;
        Ok(self.folder.append(LOG)?.add(&who.line("regular-off"))?)
    }

    /// The run that is due at this moment, if one is. Each opening is followed once, whatever comes of it.
    pub(super) fn due(
        &self,
        at: Timestamp,
        policy: &Policy,
        read_key: &dyn Fn() -> Option<ReadKey>,
    ) -> Result<Option<Ready>> {
        let Some(mut regular) = self.regular()? else { return Ok(None) };
        let opening = regular.scope.hours.as_ref().and_then(|hours| hours.opening(at));
        let Some(window) = opening.filter(|it| it.is_open(at) && it.from != regular.followed) else {
            return Ok(None);
        };
        regular.followed = window.from;
        self.folder.write(REGULAR, &regular)?;
        let left = window.until.saturating_sub(at.seconds());
        // Hosts are listened to first.
        let time = Duration::from_secs(u64::try_from(left).unwrap_or(0)).saturating_sub(LISTENED_BEFORE);
        match self.in_opening(&regular, time, policy, read_key) {
            Ok(ready) => Ok(Some(ready)),
            Err(error) => {
                let line = Line { text: format!("{error:#}"), ..Line::new(at, "regular-left-out") };
                self.folder.append(LOG)?.add(&line)?;
                Ok(None)
            }
        }
    }

    fn in_opening(
        &self,
        regular: &Regular,
        time: Duration,
        policy: &Policy,
        read_key: &dyn Fn() -> Option<ReadKey>,
    ) -> Result<Ready> {
        let who = Who::of_site("");
        if !regular.scope.is_as(&self.scope()?) {
            self.switch_off(&who)?;
            bail!("the scope changed, so it was switched off; switch it on again");
        }
        self.refuse_stopped()?;
        let Regular { listed, pace, verify, .. } = regular.clone();
        let made = self.make(&Wanted { listed, pace, verify, named: false }, policy)?;
        let turn = u64::try_from(regular.followed.div_euclid(DAY)).unwrap_or(0);
        let plan = made.plan.fitting(time, &made.proofs, turn);
        if plan.exchanges.is_empty() {
            bail!("there is nothing to ask");
        }
        let mark = plan.mark();
        for by in &regular.approved {
            self.approve(&mark, by, &who)?;
        }
        let (id, round) = &made.newest;
        let read_key = if plan.listed.reading.is_empty() { None } else { read_key() };
        let secrets = Secrets { read_key, ..Secrets::default() };
        match Ready::over(self, plan.clone(), (*id, round), secrets, who) {
            Err(error) => {
                // People can approve it by hand while the window is open.
                if !self.folder.has(PLAN) {
                    self.folder.write(PLAN, &plan)?;
                }
                Err(error)
            }
            ready => ready,
        }
    }
}
