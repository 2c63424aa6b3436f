//! The demo hospital: shown with one press, deleted with another.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use crate::demo;
use crate::hospital::waiting;
use crate::problem::Problem;
use crate::roles::Permission;
use crate::rounds::{self, Job};
use crate::routes::{Needs, Route};
use crate::session::Person;
use crate::site::{Site, now};
use crate::uploads::LARGEST;

pub(crate) fn routes() -> Vec<Route> {
    let needs = Needs::May(Permission::ChangeSettings);
    vec![
        Route::post(needs, "/demo/show", "demo.show", show),
        Route::post(needs, "/demo/leave", "demo.leave", leave),
    ]
}

/// Makes the demo and runs its first round.
async fn show(State(site): State<Site>, person: Person) -> Result<Response, Problem> {
    refuse_while_running(&site)?;
    let shared = site.clone();
    let id = crate::codes::hex(&site.keys.random::<16>().map_err(|_| Problem::Fault)?);
    let (key, by) = (id.clone(), person.account);
    waiting(move || {
        shared.demo.show(now())?;
        let mut incoming = shared.uploads.begin(&key, LARGEST).map_err(|_| Problem::Store)?;
        incoming.add(demo::CAPTURE).map_err(|_| Problem::Store)?;
        shared.uploads.keep(key, demo::CAPTURE_NAME, incoming, by, now()).map_err(|_| Problem::Store)
    })
    .await?;
    let upload = site.uploads.take(&id, person.account).ok_or(Problem::Fault)?;
    let _ = rounds::start(&site, Job { uploads: vec![upload], ..Job::default() });
    Ok(Redirect::to("/rounds/now").into_response())
}

async fn leave(State(site): State<Site>) -> Result<Response, Problem> {
    refuse_while_running(&site)?;
    let shared = site.clone();
    waiting(move || shared.demo.delete().map_err(|_| Problem::Store)).await?;
    Ok(Redirect::to("/").into_response())
}

fn refuse_while_running(site: &Site) -> Result<(), Problem> {
    if site.rounds.is_running() {
        return Err(Problem::Bad("A round runs just now. Wait until it is done.".to_owned()));
    }
    Ok(())
}
