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
use crate::uploads::Incoming;

/// Files of one form.
const MOST_FILES: usize = 20;
/// Pieces that wait for the disk.
const PIECES: usize = 8;

/// Takes the files of a form and lets them wait; their ids.
pub(crate) async fn files(site: &Site, person: &Person, mut form: Multipart) -> Result<Vec<String>, Problem> {
    let first = form.next_field().await.map_err(|_| Problem::NotFromHere)?.ok_or(Problem::NotFromHere)?;
    if first.name() != Some(TOKEN) || !is_same(&short(first).await?, &person.form_token) {
        return Err(Problem::NotFromHere);
    }
    let mut ids = Vec::new();
    while let Some(field) = form.next_field().await.map_err(cut_short)? {
        // A browser sends an empty file where none was chosen.
        if field.file_name().is_none_or(str::is_empty) {
            continue;
        }
        if ids.len() >= MOST_FILES {
            return Err(Problem::Bad(format!(
                "Send at most {MOST_FILES} files at once. Those before are here."
            )));
        }
        ids.push(one(site, person, field).await?);
    }
    Ok(ids)
}

async fn one(site: &Site, person: &Person, field: Field<'_>) -> Result<String, Problem> {
    let name = field.file_name().unwrap_or_default().to_owned();
    stored(site, person, name, field.map_err(|_| ())).await
}

/// Takes a file that a program sends and lets it wait; its id.
pub(crate) async fn file(site: &Site, person: &Person, name: String, body: Body) -> Result<String, Problem> {
    stored(site, person, name, body.into_data_stream().map_err(|_| ())).await
}

async fn stored(
    site: &Site,
    person: &Person,
    name: String,
    coming: impl Stream<Item = Result<Bytes, ()>>,
) -> Result<String, Problem> {
    let id = hex(&site.keys.random::<16>().map_err(|_| Problem::Fault)?);
    let mut coming = std::pin::pin!(coming);
    let incoming = site.uploads.begin(&id).map_err(|_| full())?;
    let (pieces, waiting_pieces) = mpsc::channel(PIECES);
    let writing = tokio::spawn(waiting(move || write(incoming, waiting_pieces)));
    while let Some(piece) = coming.try_next().await.map_err(cut_short)? {
        // The writer has ended: it says why.
        if pieces.send(piece).await.is_err() {
            break;
        }
    }
    drop(pieces);
    let incoming = writing.await.unwrap_or(Err(Problem::Fault))?;
    let (shared, key, by) = (site.clone(), id.clone(), person.account);
    waiting(move || shared.uploads.keep(key, &name, incoming, by, now()).map_err(|_| full())).await?;
    Ok(id)
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
