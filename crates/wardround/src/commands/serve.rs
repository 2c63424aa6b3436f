//! `wardround serve`: the site. Not here: pages and people (`web`).

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use wardround_capture::Progress;
use wardround_model::Timestamp;
use wardround_round::{Outcome, Settings, Sources};
use wardround_web::{Judge, Protection};

use crate::arguments::serve::{InviteCommand, Judging, ServeCommand};
use crate::commands::{files, intel, lookup, now, print, work};
use crate::places;

pub(crate) fn run(command: ServeCommand) -> Result<()> {
    let store = places::store(command.store.store)?;
    let protection = match (command.certificate, command.key) {
        (Some(certificate), Some(key)) => Protection::Given { certificate, key },
        _ if command.without_tls => Protection::None,
        _ => Protection::OwnCertificate,
    };
    let judge = SiteJudge(command.judging);
    // What rounds are judged by is known to be good now, not only when the first one is run.
    judge.check()?;
    let settings = wardround_web::Settings {
        keys: command.keys.unwrap_or_else(|| keys_beside(&store)),
        store,
        listen: command.listen,
        protection,
        watched: command.watch,
        policy: work::policy(command.policy.as_deref())?,
        names: command.names,
    };
    Ok(wardround_web::serve(&settings, Arc::new(judge))?)
}

/// Prints a one-time code for a new account, also while the site runs.
pub(crate) fn invite(command: InviteCommand) -> Result<()> {
    let code = wardround_web::invite(&mut lookup::store_for_writing(command.store)?, command.role, now())?;
    print(&format!(
        "One-time code for the role {}, good for two days:\n  {code}\nThey open the site, choose \"Join here\", and type it.\n",
        command.role.label()
    ))
}

/// The folder of keys, where nobody says otherwise.
pub(crate) fn keys_beside(store: &Path) -> PathBuf {
    store.parent().unwrap_or(Path::new("")).join("keys")
}

/// Judges rounds of the site as `wardround round` does, with what is known at that moment.
struct SiteJudge(Judging);

impl SiteJudge {
    fn check(&self) -> Result<()> {
        intel::load(self.0.intel.clone())?.open()?;
        files::tables(&self.0.ssvc)?;
        files::aliases(self.0.aliases.clone())?;
        Ok(())
    }

    fn judge(&self, sources: &Sources<'_>, run_at: Timestamp, progress: &dyn Progress) -> Result<Outcome> {
        let index = intel::load(self.0.intel.clone())?;
        let tables = files::tables(&self.0.ssvc)?;
        let aliases = files::aliases(self.0.aliases.clone())?;
        let workers = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let settings = Settings { run_at, as_of: run_at, workers, tables: &tables, aliases: &aliases };
        Ok(wardround_round::run(sources, &settings, &index.open()?, progress)?)
    }
}

impl Judge for SiteJudge {
    fn round(
        &self,
        sources: &Sources<'_>,
        run_at: Timestamp,
        progress: &dyn Progress,
    ) -> Result<Outcome, String> {
        self.judge(sources, run_at, progress).map_err(|error| {
            let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
            causes.join(": ")
        })
    }
}
