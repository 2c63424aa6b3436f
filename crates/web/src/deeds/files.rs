//! Files of tasks: taken in with their digest in the log, and handed out as they came. Nobody opens them here.

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use wardround_remedy::{
    Attachment, EventId, FileName, LARGEST_FILE, NotAttachable, Person as Speaker, TaskId,
};
use wardround_report::document::seal::sha256;

use crate::audit::{self, Became, Entry};
use crate::deeds::tasks;
use crate::events::Happening;
use crate::hospital::waiting;
use crate::problem::Problem;
use crate::receive::{self, Form};
use crate::session::Person;
use crate::site::{Peer, Site, now};
use crate::uploads::Incoming;

/// Who attaches something to which task.
pub(crate) struct Attaching {
    pub(crate) site: Site,
    pub(crate) person: Person,
    pub(crate) peer: Peer,
    pub(crate) task: TaskId,
}

impl Attaching {
    /// Keeps the files of a form, each before the next is read; how many.
    pub(crate) async fn keep_all(&self, mut form: Form) -> Result<usize, Problem> {
        let mut kept = 0;
        while let Some(coming) = form.next().await? {
            if !coming.is_chosen() {
                continue;
            }
            let name = coming.name();
            let incoming = coming.take(&self.site, LARGEST_FILE).await;
            self.keep(&name, incoming).await.map_err(|problem| with_name(problem, &name, kept))?;
            kept += 1;
        }
        Ok(kept)
    }

    /// Keeps what a program sends as the body of its request.
    pub(crate) async fn keep_sent(&self, name: &str, body: Body) -> Result<EventId, Problem> {
        let incoming = receive::sent(&self.site, LARGEST_FILE, body).await;
        self.keep(name, incoming).await
    }

    async fn keep(&self, name: &str, incoming: Result<Incoming, Problem>) -> Result<EventId, Problem> {
        let incoming = match incoming {
            Err(Problem::TooLarge) => return Err(told(&NotAttachable::TooLarge)),
            other => other?,
        };
        let by: Speaker = self.person.name.parse().map_err(|_| Problem::Fault)?;
        let hospital = self.site.hospital();
        // One at a time: each is held against those before, and lies in memory meanwhile.
        let _one_at_a_time = hospital.speaking.lock().await;
        let (name, at) = (FileName::cleaned(name), now());
        let (content, file) = waiting(move || {
            let content = incoming.content().map_err(|_| Problem::Fault)?;
            let digest = sha256(&content);
            let file = Attachment::of(name, &content, digest).map_err(|why| told(&why))?;
            Ok((content, file))
        })
        .await?;
        let digest = file.sha256.clone();
        let say = move |task: &wardround_remedy::Task<'_>| task.attach(by, file).map_err(tasks::told);
        let event = hospital.tell_task(&self.site.policy, self.task, at, say).await??;
        let task = event.task();
        self.log(Became::Asked, &format!("{task} SHA-256 {digest}")).await?;
        let kept = hospital.write(move |store| store.attachment_save(&event, &content, at)).await?;
        let id = kept.ok_or_else(|| Problem::Refused(FULL.to_owned()))?;
        self.log(Became::Done, &format!("{task} {id} SHA-256 {digest}")).await?;
        self.site.tell(Happening::TaskChanged(task));
        Ok(id)
    }

    /// By its digest: the log keeps what it has, and a name may have to go.
    async fn log(&self, became: Became, about: &str) -> Result<(), Problem> {
        let entry = Entry::new("task.file", became).by(Some(&self.person), self.peer.address());
        audit::add(&self.site, entry.about(about)).await
    }
}

const FULL: &str = "All files of all tasks take as much room as they may. Ask whoever runs this site.";

fn told(why: &NotAttachable) -> Problem {
    let text = match why {
        NotAttachable::Empty => "The file is empty.".to_owned(),
        NotAttachable::TooLarge => format!("A file may have {} MB at most.", LARGEST_FILE >> 20),
        NotAttachable::Kind => {
            format!("Files of this kind are not taken. Send {}.", wardround_remedy::endings())
        }
        NotAttachable::NotWhatItSays(ending) => {
            format!("The file is not what its ending .{ending} says. Nothing of it was kept.")
        }
    };
    Problem::Refused(text)
}

/// Which file it was, and what became of those before it.
fn with_name(problem: Problem, name: &str, kept: usize) -> Problem {
    let Problem::Refused(why) = problem else { return problem };
    let before = if kept == 0 { "" } else { " Those before it are kept." };
    Problem::Refused(format!("{}: {why}{before}", FileName::cleaned(name)))
}

/// Hands out a file of a task as it came: to be saved, never to be shown (RFC 6266; OWASP File Upload).
pub(crate) async fn hand_out(site: &Site, task: TaskId, event: EventId) -> Result<Response, Problem> {
    let hospital = site.hospital();
    let find = move |task: &wardround_remedy::Task<'_>| {
        let file = task.files().find(|(said, file)| said.id == event && !file.is_gone);
        file.map(|(_, file)| file.clone())
    };
    let found = hospital.tell_task(&site.policy, task, now(), find).await?;
    let file = found.ok_or(Problem::NotFound)?;
    let named = HeaderValue::try_from(disposition(file.name.as_str())).map_err(|_| Problem::Fault)?;
    let pieces = stream::try_unfold(0_usize, move |next| {
        let hospital = hospital.clone();
        async move {
            let piece = hospital.read(move |store| store.attachment_piece(event, next)).await;
            // A body that breaks off is shorter than was said, so that nobody takes it for whole.
            let piece = piece.map_err(|_| std::io::Error::other("the store could not be read"))?;
            Ok::<_, std::io::Error>(piece.map(|piece| (piece, next.saturating_add(1))))
        }
    });
    let head = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        (header::CONTENT_LENGTH, HeaderValue::from(file.bytes)),
        (header::CONTENT_DISPOSITION, named),
    ];
    Ok((head, Body::from_stream(pieces)).into_response())
}

/// The name for a browser: in ASCII for old ones, and whole (RFC 8187).
fn disposition(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || " ._-()+=,@".contains(c) { c } else { '_' };
    let ascii: String = name.chars().map(plain).collect();
    let mut whole = String::new();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                whole.push(char::from(byte))
            }
            other => whole.push_str(&format!("%{other:02X}")),
        }
    }
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{whole}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_within_their_quotes() {
        assert_eq!(
            disposition("Gerät \"3\".pdf"),
            "attachment; filename=\"Ger_t _3_.pdf\"; filename*=UTF-8''Ger%C3%A4t%20%223%22.pdf"
        );
        assert!(HeaderValue::try_from(disposition("a\r\nSet-Cookie: x\\\"")).is_ok());
    }
}
