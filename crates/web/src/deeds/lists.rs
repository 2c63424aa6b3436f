//! Files that were sent and wait: looked at, kept as lists, thrown away, or read by a round.

use std::sync::Arc;

use wardround_intake::{About, ImportError, Imported, Mapping, Request, Thing};
use wardround_model::{SourceIndex, SourceKind, Timestamp};
use wardround_round::{Said, new_import};
use wardround_store::{ImportId, Kept};

use crate::asks::Sent;
use crate::events::Happening;
use crate::hospital::waiting;
use crate::problem::Problem;
use crate::rounds::{self, Job};
use crate::session::Person;
use crate::site::{Site, now};
use crate::uploads::{Seems, Upload};

/// Rows that could not be read, of which each is told.
pub(crate) const MOST_ERRORS: usize = 20;
/// Columns of which each is told.
pub(crate) const MOST_COLUMNS: usize = 60;

/// The file with this id, if this person sent it.
pub(crate) fn waiting_for(site: &Site, person: &Person, id: &str) -> Result<Arc<Upload>, Problem> {
    site.uploads.find(id, person.account).ok_or(Problem::NotFound)
}

/// What a person said beside a file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answers {
    pub(crate) kind: Option<SourceKind>,
    pub(crate) device: String,
    pub(crate) day: Option<Timestamp>,
    pub(crate) day_text: String,
    pub(crate) columns: Vec<(String, String)>,
}

impl Answers {
    pub(crate) fn from(sent: &Sent) -> Result<Self, Problem> {
        let day_text = sent.text("day").to_owned();
        let day = match day_text.as_str() {
            "" => None,
            text => Some(
                text.parse().map_err(|_| Problem::Field("day", "Write the day as 2026-11-24.".to_owned()))?,
            ),
        };
        let pairs = sent.all("heading").zip(sent.all("field"));
        let pairs = pairs.filter(|(heading, field)| !heading.is_empty() && !field.is_empty());
        Ok(Self {
            kind: SourceKind::from_code(sent.text("kind")).filter(|kind| kind.is_imported()),
            device: sent.text("device").chars().take(200).collect(),
            day,
            day_text,
            columns: pairs
                .take(MOST_COLUMNS)
                .map(|(one, other)| (one.to_owned(), other.to_owned()))
                .collect(),
        })
    }

    fn about(&self) -> Option<About> {
        let device = Some(self.device.as_str()).filter(|device| !device.is_empty())?;
        let (ip, mac) = (device.parse().ok(), device.parse().ok());
        let name = (ip.is_none() && mac.is_none()).then(|| device.to_owned());
        Some(About::Thing(Thing { ip, mac, name, ..Thing::default() }))
    }

    fn said(&self) -> Said {
        let columns = self.columns.clone();
        Said {
            about: self.about(),
            mapping: (!columns.is_empty()).then_some(Mapping { columns }),
            mapping_name: None,
            day: self.day,
        }
    }
}

/// Why a file was not read, in a sentence.
pub(crate) struct NotRead(pub(crate) String);

impl From<ImportError> for NotRead {
    fn from(error: ImportError) -> Self {
        let text = error.to_string();
        // The command line's words have fields here.
        let words = [
            ("; say what it is with --as KIND", ". Say what kind of list it is."),
            ("; say so with --for ADDRESS, --for NAME or --for-model MAKER MODEL", ". Say which."),
        ];
        Self(words.iter().fold(text, |text, (from, to)| text.replace(from, to)))
    }
}

/// Reads a list, with its bytes.
fn read(upload: &Upload, answers: &Answers) -> Result<(Imported, Vec<u8>), NotRead> {
    let file = std::fs::File::open(upload.path());
    let bytes = file.and_then(wardround_intake::unpack);
    let bytes = bytes.map_err(|_| NotRead("The file is damaged: it does not unpack.".to_owned()))?;
    let said = answers.said();
    let imported = wardround_intake::import(&request(upload, &bytes, answers, &said))?;
    Ok((imported, bytes))
}

fn request<'a>(upload: &'a Upload, bytes: &'a [u8], answers: &Answers, said: &'a Said) -> Request<'a> {
    Request {
        name: &upload.name,
        bytes,
        kind: answers.kind,
        about: said.about.clone(),
        source: SourceIndex(0),
        observed_at: said.day.unwrap_or(upload.at),
        mapping: said.mapping.as_ref(),
    }
}

/// Whether nothing in a list was understood.
pub(crate) fn says_nothing(imported: &Imported) -> bool {
    imported.observations.is_empty() && imported.conversations.is_empty()
}

/// Looks at a list, and keeps nothing.
pub(crate) async fn look(
    site: &Site,
    upload: Arc<Upload>,
    answers: Answers,
) -> Result<Result<Imported, NotRead>, Problem> {
    let _one = site.listing.acquire().await.map_err(|_| Problem::Fault)?;
    waiting(move || Ok(read(&upload, &answers).map(|(imported, _)| imported))).await
}

/// Keeps a list; rounds use it from then on.
pub(crate) async fn keep(site: &Site, person: &Person, id: &str, sent: &Sent) -> Result<Kept, Problem> {
    let answers = Answers::from(sent)?;
    let upload = waiting_for(site, person, id)?;
    let hospital = site.hospital();
    let one = site.listing.acquire().await.map_err(|_| Problem::Fault)?;
    let kept = waiting(move || {
        let (imported, bytes) = read(&upload, &answers).map_err(|NotRead(why)| Problem::Refused(why))?;
        if says_nothing(&imported) {
            return Err(Problem::Refused("Nothing in it was understood, so nothing was kept.".to_owned()));
        }
        let said = answers.said();
        let new = new_import(&said, &request(&upload, &bytes, &answers, &said), &imported, now());
        Ok(hospital
            .change(|store| store.import_save(&new, &imported.observations, &imported.conversations))?)
    })
    .await?;
    drop(one);
    site.uploads.take(id, person.account);
    site.tell(Happening::ListsChanged);
    Ok(kept)
}

/// Throws a file away.
pub(crate) fn throw_away(site: &Site, person: &Person, id: &str) -> Result<(), Problem> {
    site.uploads.take(id, person.account).map(drop).ok_or(Problem::NotFound)
}

/// Runs a round over recorded traffic. While another one runs, the file goes on waiting.
pub(crate) fn run_over(site: &Site, person: &Person, id: &str) -> Result<(), Problem> {
    let upload = waiting_for(site, person, id)?;
    if upload.seems != Seems::Capture {
        return Err(Problem::NotFound);
    }
    rounds::start(site, Job { uploads: vec![upload], ..Job::default() }).map_err(|_| Problem::Busy)?;
    site.uploads.take(id, person.account);
    Ok(())
}

/// Forgets a list: rounds use it no longer.
pub(crate) async fn forget(site: &Site, id: ImportId) -> Result<(), Problem> {
    let at = now();
    site.hospital().write(move |store| store.import_forget(id, at)).await?;
    site.tell(Happening::ListsChanged);
    Ok(())
}
