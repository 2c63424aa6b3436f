//! Files that a form brings: streamed to the disk under limits, after the form's token was checked.

use axum::body::{Body, Bytes};
use axum::extract::Multipart;
use axum::extract::multipart::Field;
use futures_util::stream::{Stream, TryStreamExt as _};
use tokio::sync::mpsc;

use crate::asks::TOKEN;
use crate::codes::hex;
use crate::gate::is_same;
use crate::hospital::waiting;
use crate::problem::Problem;
use crate::session::Person;
use crate::site::{Site, now};
use crate::uploads::{Incoming, LARGEST};

/// Files of one form.
const MOST_FILES: usize = 20;
/// Pieces that wait for the disk.
const PIECES: usize = 8;
/// Bytes that are read and dropped of a file that is not taken, so that a browser shows why.
const DROPPED: usize = 100 << 20;

/// The files of a form, one after the other, behind its token.
pub(crate) struct Form {
    form: Multipart,
    came: usize,
}

/// A file of a form, of which nothing was read yet.
pub(crate) struct Coming<'f>(Field<'f>);

impl Form {
    /// Reads the token; nothing behind it is looked at where it does not fit.
    pub(crate) async fn open(person: &Person, mut form: Multipart) -> Result<Self, Problem> {
        let first = form.next_field().await.map_err(|_| Problem::NotFromHere)?.ok_or(Problem::NotFromHere)?;
        if first.name() != Some(TOKEN) || !is_same(&short(first).await?, &person.form_token) {
            return Err(Problem::NotFromHere);
        }
        Ok(Self { form, came: 0 })
    }

    /// The next field for a file.
    pub(crate) async fn next(&mut self) -> Result<Option<Coming<'_>>, Problem> {
        let Some(field) = self.form.next_field().await.map_err(cut_short)? else { return Ok(None) };
        let coming = Coming(field);
        if coming.is_chosen() {
            self.came += 1;
        }
        if self.came > MOST_FILES {
            let text = format!("Send at most {MOST_FILES} files at once. Those before are here.");
            return Err(Problem::Bad(text));
        }
        Ok(Some(coming))
    }
}

impl Coming<'_> {
    /// Whether there is a file: a browser sends an empty one where none was chosen.
    pub(crate) fn is_chosen(&self) -> bool {
        self.0.file_name().is_some_and(|name| !name.is_empty())
    }

    /// What it is called, as the browser says.
    pub(crate) fn name(&self) -> String {
        self.0.file_name().unwrap_or_default().to_owned()
    }

    /// Takes all of it to the disk, so many bytes at most.
    pub(crate) async fn take(self, site: &Site, most: u64) -> Result<Incoming, Problem> {
        taken(site, &new_id(site)?, most, self.0.map_err(|_| ())).await
    }
}

/// Takes the files of a form and lets them wait; their ids.
pub(crate) async fn files(site: &Site, person: &Person, form: Multipart) -> Result<Vec<String>, Problem> {
    let mut form = Form::open(person, form).await?;
    let mut ids = Vec::new();
    while let Some(coming) = form.next().await? {
        if coming.is_chosen() {
            let name = coming.name();
            ids.push(stored(site, person, name, coming.0.map_err(|_| ())).await?);
        }
    }
    Ok(ids)
}

/// Takes a file that a program sends and lets it wait; its id.
pub(crate) async fn file(site: &Site, person: &Person, name: String, body: Body) -> Result<String, Problem> {
    stored(site, person, name, body.into_data_stream().map_err(|_| ())).await
}

/// Takes what a program sends, of so many bytes at most, for whoever reads it at once.
pub(crate) async fn sent(site: &Site, most: u64, body: Body) -> Result<Incoming, Problem> {
    taken(site, &new_id(site)?, most, body.into_data_stream().map_err(|_| ())).await
}

async fn stored(
    site: &Site,
    person: &Person,
    name: String,
    coming: impl Stream<Item = Result<Bytes, ()>>,
) -> Result<String, Problem> {
    let id = new_id(site)?;
    let incoming = taken(site, &id, LARGEST, coming).await?;
    let (shared, key, by) = (site.clone(), id.clone(), person.account);
    waiting(move || shared.uploads.keep(key, &name, incoming, by, now()).map_err(|_| full())).await?;
    Ok(id)
}

fn new_id(site: &Site) -> Result<String, Problem> {
    Ok(hex(&site.keys.random::<16>().map_err(|_| Problem::Fault)?))
}

async fn taken(
    site: &Site,
    id: &str,
    most: u64,
    coming: impl Stream<Item = Result<Bytes, ()>>,
) -> Result<Incoming, Problem> {
    let mut coming = std::pin::pin!(coming);
    let incoming = site.uploads.begin(id, most).map_err(|_| full())?;
    let (pieces, waiting_pieces) = mpsc::channel(PIECES);
    let writing = tokio::spawn(waiting(move || write(incoming, waiting_pieces)));
    let mut dropped = 0;
    while let Some(piece) = coming.try_next().await.map_err(cut_short)? {
        let length = piece.len();
        // The writer has ended, and says why. A browser shows that only when all was taken from it, so some more is.
        if pieces.send(piece).await.is_err() {
            dropped += length;
            if dropped > DROPPED {
                break;
            }
        }
    }
    drop(pieces);
    writing.await.unwrap_or(Err(Problem::Fault))
}

/// Writes pieces as they come. What was written goes with the file when this fails.
fn write(mut incoming: Incoming, mut pieces: mpsc::Receiver<Bytes>) -> Result<Incoming, Problem> {
    while let Some(piece) = pieces.blocking_recv() {
        if !incoming.add(&piece).map_err(|_| full())? {
            return Err(Problem::TooLarge);
        }
    }
    Ok(incoming)
}

/// The text of a short field.
async fn short(mut field: Field<'_>) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(cut_short)? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > 200 {
            return Err(Problem::NotFromHere);
        }
    }
    String::from_utf8(bytes).map_err(|_| Problem::NotFromHere)
}

fn cut_short<E>(_: E) -> Problem {
    Problem::Bad("The file did not come whole. Nothing of it was kept. Send it once more.".to_owned())
}

fn full() -> Problem {
    Problem::Bad(
        "The file could not be kept for reading. Is the disk of the site full? Throw away files that wait."
            .to_owned(),
    )
}
