//! `wardround work`: the worklist, and what people say of its tasks.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use wardround_model::{RoundId, Timestamp};
use wardround_remedy::{
    Attachment, ClinicalOwner, EventId, Exception, FileName, LARGEST_FILE, NewEvent, Person, Policy, Refused,
    Task, What, Work, Worklist,
};
use wardround_report::document::seal::sha256;
use wardround_report::{json, page};
use wardround_store::Store;
use wardround_triage::Efforts;

use crate::arguments::StoreArgument;
use crate::arguments::work::{
    ExceptTask, LetterCommand, LetterWords, ListWork, SaidBy, WorkArguments, WorkCommand, WorkFormat,
    WorkWords,
};
use crate::commands::{files, lookup, now, plan, print, print_bytes};
use crate::failure::NotFound;
use crate::places;

/// The name of the file of days in the data folder.
pub(crate) const POLICY: &str = "work.toml";

pub(crate) fn run(command: WorkCommand) -> Result<()> {
    match command.say {
        None => list(&command.list),
        Some(WorkWords::List(list_words)) => list(&list_words),
        Some(WorkWords::Show { task, at }) => look(&at, |worklist, again| {
            print(&page::work::show(worklist, find(worklist, &task.task)?, again))
        }),
        Some(WorkWords::Export { format, at }) => look(&at, |worklist, _| export(worklist, format)),
        Some(WorkWords::Letter(letter)) => self::letter(letter),
        Some(WorkWords::Assign { task, to, said }) => {
            say(said, &task.task, |task, by, _| Ok(task.assign(by, to)))
        }
        Some(WorkWords::Done { task, said }) => say(said, &task.task, |task, by, _| task.done(by)),
        Some(WorkWords::SignOff { task, said }) => {
            say(said, &task.task, |task, by, _| task.sign_off(ClinicalOwner(by)))
        }
        Some(WorkWords::Except(words)) => except(words),
        Some(WorkWords::Reopen { task, because, said }) => {
            say(said, &task.task, |task, by, _| task.reopen(by, because))
        }
        Some(WorkWords::Comment { task, text, said }) => {
            say(said, &task.task, |task, by, _| Ok(task.comment(by, text)))
        }
        Some(WorkWords::Attach { task, file, said }) => attach(&task.task, &file, said),
        Some(WorkWords::File { event, out, store }) => save_file(event, out, store),
        Some(WorkWords::Undo { event, said }) => undo(event, said),
    }
}

/// Shows a worklist; it is read and nothing is written.
fn look(at: &WorkArguments, tell: impl FnOnce(&Worklist<'_>, &str) -> Result<()>) -> Result<()> {
    let again = at.store.again();
    let efforts = plan::efforts(at.efforts.as_deref())?;
    let policy = policy(at.policy.as_deref())?;
    let work = lookup::store(at.store.clone())?.work_load(&efforts)?;
    tell(&work.worklist(&efforts, &policy, at.as_of.unwrap_or_else(now)), &again)
}

/// What this round verified and opened again, in a line each.
pub(crate) fn moves(store: &Store, id: RoundId) -> Result<Vec<String>> {
    // The first round has nothing before it.
    if store.round_list()?.first().is_none_or(|first| first.id >= id) {
        return Ok(Vec::new());
    }
    Ok(moves_of(&store.work_load(&Efforts::default())?, id))
}

/// The same, of what was loaded.
pub(crate) fn moves_of(work: &Work, id: RoundId) -> Vec<String> {
    page::work::moves(&work.worklist(&Efforts::default(), &Policy::default(), now()), id)
}

fn list(words: &ListWork) -> Result<()> {
    look(&words.at, |worklist, again| {
        let choice = page::work::Choice { role: words.role, all: words.all };
        print(&page::work::list(worklist, &choice, again))
    })
}

fn export(worklist: &Worklist<'_>, format: WorkFormat) -> Result<()> {
    match format {
        WorkFormat::Csv => print(&wardround_remedy::csv(worklist)),
        WorkFormat::Xlsx => print_bytes(&page::work::xlsx(worklist)?),
        WorkFormat::Json => print(&json::work::render(worklist)?),
    }
}

/// The days: from the chosen file, else from the one in the data folder where it is there, else the defaults.
pub(crate) fn policy(chosen: Option<&Path>) -> Result<Policy> {
    let own = || places::data_folder().ok().map(|folder| folder.join(POLICY)).filter(|file| file.exists());
    let Some(file) = chosen.map(Path::to_owned).or_else(own) else { return Ok(Policy::default()) };
    Policy::default().with(&files::text(&file)?).with_context(|| file.display().to_string())
}

/// The one task that this id or start of an id means; also one that it had while less was known of the device.
fn find<'w, 'a>(worklist: &'w Worklist<'a>, text: &str) -> Result<&'w Task<'a>> {
    let wanted = text.trim().to_lowercase();
    let known_as = |task: &Task<'_>| task.head.known_as.iter().any(|id| lookup::starts(*id, &wanted));
    let matches = worklist.tasks.iter().filter(|task| lookup::starts(task.id(), &wanted) || known_as(task));
    lookup::one(matches.collect(), "task", text, "`wardround work list --all` shows them", |task| {
        task.id().to_string()
    })
}

/// A store that is spoken to, and what its worklist is made from.
struct Speaking {
    store: Store,
    again: String,
    work: Work,
    efforts: Efforts,
    policy: Policy,
    now: Timestamp,
}

impl Speaking {
    fn open(said: &SaidBy) -> Result<Self> {
        let again = said.from.store.again();
        let policy = policy(said.from.policy.as_deref())?;
        let efforts = plan::efforts(said.from.efforts.as_deref())?;
        let store = lookup::store_for_writing(said.from.store.clone())?;
        let work = store.work_load(&efforts)?;
        Ok(Self { store, again, work, efforts, policy, now: now() })
    }

    /// Keeps what is said of this task, and says so.
    fn keep(
        self,
        task: &str,
        say: impl FnOnce(&Task<'_>, &Policy, Timestamp) -> Result<NewEvent, Refused>,
    ) -> Result<()> {
        self.keep_by(task, say, |store, event, now| Ok(store.work_event_save(event, now)?))
    }

    /// The same, kept in this way.
    fn keep_by(
        mut self,
        task: &str,
        say: impl FnOnce(&Task<'_>, &Policy, Timestamp) -> Result<NewEvent, Refused>,
        save: impl FnOnce(&mut Store, &NewEvent, Timestamp) -> Result<EventId>,
    ) -> Result<()> {
        let event = {
            let worklist = self.work.worklist(&self.efforts, &self.policy, self.now);
            say(find(&worklist, task)?, &self.policy, self.now)?
        };
        let id = save(&mut self.store, &event, self.now)?;
        let work = Work { events: self.store.work_event_list()?, ..self.work };
        let worklist = work.worklist(&self.efforts, &self.policy, self.now);
        let task = find(&worklist, &event.task().to_string())?;
        print(&page::work::kept(id, &event, task, &self.again))
    }
}

fn say(
    said: SaidBy,
    task: &str,
    say: impl FnOnce(&Task<'_>, Person, Timestamp) -> Result<NewEvent, Refused>,
) -> Result<()> {
    Speaking::open(&said)?.keep(task, |task, _, now| say(task, said.by, now))
}

fn except(words: ExceptTask) -> Result<()> {
    let ExceptTask { task, until, because, control, owner, said } = words;
    let owner = owner.unwrap_or_else(|| said.by.clone());
    let exception = Exception { owner, because, control, until };
    Speaking::open(&said)?.keep(&task.task, |task, policy, now| task.except(said.by, exception, policy, now))
}

fn attach(task: &str, path: &Path, said: SaidBy) -> Result<()> {
    let content = content(path).with_context(|| path.display().to_string())?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let file = Attachment::of(FileName::cleaned(&name), &content, sha256(&content));
    let file = file.with_context(|| path.display().to_string())?;
    Speaking::open(&said)?.keep_by(
        task,
        |task, _, _| task.attach(said.by, file),
        |store, event, now| {
            let kept = store.attachment_save(event, &content, now)?;
            kept.context("all files of all tasks take as much room as they may (1 GB)")
        },
    )
}

/// All of a file, one byte beyond what may be attached at most.
fn content(path: &Path) -> Result<Vec<u8>> {
    let mut content = Vec::new();
    File::open(path)?.take(LARGEST_FILE.saturating_add(1)).read_to_end(&mut content)?;
    Ok(content)
}

fn save_file(event: EventId, out: Option<PathBuf>, store: StoreArgument) -> Result<()> {
    let store = lookup::store(store)?;
    let found = store.work_event_list()?.into_iter().find(|known| known.id == event);
    let file = match found.map(|known| known.what) {
        Some(What::Attached(file)) if !file.is_gone => file,
        Some(What::Attached(_)) => bail!(NotFound(format!("the content of {event} was taken out for good"))),
        _ => {
            bail!(NotFound(format!("{event} is no file; `wardround work show TASK` names what was attached")))
        }
    };
    let to = out.unwrap_or_else(|| PathBuf::from(file.name.as_str()));
    let mut options = OpenOptions::new();
    let opened = options.write(true).create_new(true).mode(0o600).open(&to);
    let mut written = opened.with_context(|| to.display().to_string())?;
    for piece in 0.. {
        let Some(piece) = store.attachment_piece(event, piece)? else { break };
        written.write_all(&piece).with_context(|| to.display().to_string())?;
    }
    print(&format!(
        "Saved as {} ({}, SHA-256 {}).\n",
        to.display(),
        page::work::size(file.bytes),
        file.sha256
    ))
}

fn undo(event: EventId, said: SaidBy) -> Result<()> {
    let speaking = Speaking::open(&said)?;
    let known = speaking.work.events.iter().find(|known| known.id == event).map(|known| known.task);
    let none = || NotFound(format!("there is no {event}; `wardround work show TASK` names what was said"));
    // Its task is found also by an id that it had then.
    let task = known.ok_or_else(none)?.to_string();
    speaking.keep(&task, |task, _, _| task.undo(said.by, event))
}

fn letter(command: LetterCommand) -> Result<()> {
    match command.say {
        Some(LetterWords::Sent { task, on, said }) => {
            say(said, &task.task, |task, by, now| task.letter_sent(by, on, now))
        }
        Some(LetterWords::Answered { task, on, document, said }) => {
            say(said, &task.task, |task, by, now| task.letter_answered(by, on, document, now))
        }
        None => {
            let task = command.task.unwrap_or_default();
            let policy = policy(command.at.policy.as_deref())?;
            look(&command.at, |worklist, again| {
                let task = find(worklist, &task)?;
                let kind = &task.head.kind;
                let letter = worklist.letters.iter().find(|letter| &letter.kind == kind);
                let letter = letter.ok_or_else(|| Refused::NoMaker(task.id()))?;
                print(&page::work::letter(letter, task, policy.answer_by(worklist.at), again))
            })
        }
    }
}
