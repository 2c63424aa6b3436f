//! Asking for the site: the same steps over the same files, handed over as the site's [`Asker`].

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, Result};
use wardround_ask::reading::ReadKey;
use wardround_ask::{Pace, Plan, Saying, Scope, breaches, wanted_approvals};
use wardround_model::RoundId;
use wardround_remedy::Policy;
use wardround_store::Store;
use wardround_web::{
    AskGiven, AskStanding, AskWanted, Asker, KeptKey, LogForm, Planned, RegularAsking, Run, UnderWay,
};

use super::asking::{APPROVALS, ASKED, Asking, LOG, PLAN, READ_KEY, RUNNING, SCOPE, STOP, Wanted, Who};
use super::running::Ready;
use super::secrets::Secrets;
use super::{rebuilt, tell};
use crate::commands::now;

/// Bytes at the end of the log that pages read: more than the longest run writes.
const LOG_SHOWN: u64 = 4 << 20;

/// Asks hosts for the site.
#[derive(Debug)]
pub(crate) struct SiteAsker {
    asking: Asking,
    policy: Policy,
    /// What was found wrong with the plan of this mark by this round.
    checked: Mutex<Option<(String, RoundId, Vec<String>)>>,
}

impl SiteAsker {
    pub(crate) fn new(store: &Path, policy: Policy) -> Self {
        Self { asking: Asking::of(store), policy, checked: Mutex::default() }
    }

    fn stand(&self) -> Result<AskStanding> {
        let folder = &self.asking.folder;
        let under_way = match (folder.has(RUNNING), folder.is_held(RUNNING)) {
            (_, true) => UnderWay::Yes,
            (true, false) => UnderWay::Killed,
            (false, false) => UnderWay::No,
        };
        let regular = self.asking.regular()?.map(|it| RegularAsking {
            verify: it.verify,
            reads: it.listed.reading.hosts.len(),
            approved: it.approved,
        });
        Ok(AskStanding {
            scope: folder.read::<Scope>(SCOPE)?.map(|scope| scope.at(now())),
            plan: folder.read::<Plan>(PLAN)?.map(|plan| self.planned(plan)).transpose()?,
            asked: folder.read(ASKED)?,
            stopped: self.stop_reason(),
            under_way,
            regular,
            lines: folder.last_lines(LOG, LOG_SHOWN)?,
        })
    }

    fn stop_reason(&self) -> Option<String> {
        let folder = &self.asking.folder;
        folder.has(STOP).then(|| folder.read(STOP).ok().flatten().unwrap_or_default())
    }

    fn planned(&self, plan: Plan) -> Result<Planned> {
        let mark = plan.mark();
        let newest =
            Store::open_read_only(&self.asking.store)?.round_latest()?.context("there is no round")?;
        let approvals: Vec<wardround_ask::Approval> = self.asking.folder.lines(APPROVALS)?;
        let mut approved: Vec<String> = Vec::new();
        for one in approvals.into_iter().filter(|one| one.plan == mark) {
            let is_known = approved.iter().any(|by| by.trim().eq_ignore_ascii_case(one.by.trim()));
            if !is_known {
                approved.push(one.by);
            }
        }
        let wrong = self.wrong_with(&plan, &mark, newest)?;
        Ok(Planned { wanted: wanted_approvals(&plan), plan, mark, wrong, approved })
    }

    /// What breaks the envelope; a round is read whole once for it.
    fn wrong_with(&self, plan: &Plan, mark: &str, newest: RoundId) -> Result<Vec<String>> {
        let mut checked = self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        let known = checked.as_ref().filter(|(known, round, _)| known == mark && *round == newest);
        if let Some((.., wrong)) = known {
            return Ok(wrong.clone());
        }
        let (id, round) = self.asking.newest()?;
        let wrong: Vec<String> = breaches(plan, id, &round).iter().map(ToString::to_string).collect();
        *checked = Some((mark.to_owned(), id, wrong.clone()));
        Ok(wrong)
    }
}

impl Asker for SiteAsker {
    fn scope(&self) -> Result<Option<Scope>, String> {
        self.asking.folder.read(SCOPE).map_err(in_words)
    }

    fn stopped(&self) -> Option<String> {
        let folder = &self.asking.folder;
        let is_killed = folder.has(RUNNING) && !folder.is_held(RUNNING);
        self.stop_reason().or_else(|| is_killed.then(|| "a run was broken off in the middle".to_owned()))
    }

    fn standing(&self) -> Result<AskStanding, String> {
        self.stand().map_err(in_words)
    }

    fn set_scope(&self, scope: Scope, by: &str) -> Result<(), String> {
        self.asking.set_scope(scope, &Who::of_site(by)).map(drop).map_err(in_words)
    }

    fn plan(&self, wanted: AskWanted) -> Result<(), String> {
        self.asking.plan(&read(wanted), &self.policy).map(drop).map_err(in_words)
    }

    fn approve(&self, plan: &str, by: &str) -> Result<(), String> {
        let approved = || {
            anyhow::ensure!(
                self.asking.kept_plan()?.mark() == plan,
                "the plan is another one by now; look at it again"
            );
            self.asking.check(Some(by), &Who::of_site(by)).map(drop)
        };
        approved().map_err(in_words)
    }

    fn begin(&self, plan: &str, given: AskGiven, by: &str) -> Result<Run, String> {
        let AskGiven { community, read_key, directory_login } = given;
        let secrets = Secrets { community, user: None, read_key, directory_login };
        let ready = Ready::kept(&self.asking, Some(plan), secrets, Who::of_site(by));
        ready.map(of_site).map_err(in_words)
    }

    fn due(&self, read_key: &dyn Fn() -> Option<ReadKey>) -> Result<Option<Run>, String> {
        Ok(self.asking.due(now(), &self.policy, read_key).map_err(in_words)?.map(of_site))
    }

    fn switch_on(&self, wanted: AskWanted, by: &str) -> Result<(), String> {
        self.asking.switch_on(read(wanted), &Who::of_site(by)).map_err(in_words)
    }

    fn agree(&self, by: &str) -> Result<(), String> {
        self.asking.agree(&Who::of_site(by)).map_err(in_words)
    }

    fn switch_off(&self, by: &str) -> Result<(), String> {
        self.asking.switch_off(&Who::of_site(by)).map_err(in_words)
    }

    fn read_key(&self) -> Result<Option<KeptKey>, String> {
        self.asking.folder.read(READ_KEY).map_err(in_words)
    }

    fn keep_read_key(&self, key: Option<KeptKey>, by: &str) -> Result<(), String> {
        let kept = || -> Result<()> {
            let event = if key.is_some() { "read-key-made" } else { "read-key-removed" };
            self.asking.folder.append(LOG)?.add(&Who::of_site(by).line(event))?;
            match &key {
                Some(key) => self.asking.folder.write(READ_KEY, key),
                None => self.asking.folder.remove(READ_KEY),
            }
        };
        kept().map_err(in_words)
    }

    fn named(&self) -> Result<Vec<Saying>, String> {
        self.asking.sayings().map_err(in_words)
    }

    fn name(&self, saying: Saying, remove: bool) -> Result<(), String> {
        let who = Who::of_site(&saying.by);
        self.asking.name(saying, remove, &who).map_err(in_words)
    }

    fn stop(&self, by: &str) -> Result<(), String> {
        self.asking.stop(&Who::of_site(by)).map_err(in_words)
    }

    fn resume(&self, by: &str, because: &str) -> Result<(), String> {
        self.asking.resume(by, because, &Who::of_site(by)).map_err(in_words)
    }

    fn after(&self, by: &str) -> Result<Vec<(std::net::Ipv4Addr, wardround_ask::after::Since)>, String> {
        Ok(self.asking.after(&Who::of_site(by)).map_err(in_words)?.1)
    }

    fn log(&self, form: LogForm) -> Result<Vec<u8>, String> {
        let folder = &self.asking.folder;
        let told = || -> Result<Vec<u8>> {
            Ok(match form {
                LogForm::Text => tell::log(&folder.lines(LOG)?)?.into_bytes(),
                LogForm::Json => folder.text(LOG)?.unwrap_or_default().into_bytes(),
                LogForm::Capture => wardround_ask::rebuilt::capture(&rebuilt::of(&folder.lines(LOG)?).sent),
            })
        };
        told().map_err(in_words)
    }
}

fn read(wanted: AskWanted) -> Wanted {
    Wanted { listed: wanted.listed, pace: Pace::from(wanted.pace), verify: wanted.verify, named: true }
}

fn of_site(ready: Ready) -> Run {
    Box::new(move |stopped, interfaces| {
        ready.run(stopped, interfaces, &|_| ()).map(|done| done.why).map_err(in_words)
    })
}

/// What went wrong, with its causes, as the site tells it: it has buttons where the command line has words.
#[expect(clippy::needless_pass_by_value, reason = "it is the shape that `map_err` takes")]
fn in_words(error: anyhow::Error) -> String {
    let text = error.chain().map(ToString::to_string).collect::<Vec<_>>().join(": ");
    let mut words = text.replace(" with `wardround ask resume`", "");
    for cut in ["; see `", "; make one with `", "; run `", ", `wardround", " (`wardround", ": --"] {
        words.truncate(words.find(cut).unwrap_or(words.len()));
    }
    if let Some(first) = words.get(..1).map(str::to_uppercase) {
        words.replace_range(..1, &first);
    }
    if !words.ends_with('.') {
        words.push('.');
    }
    words
}
