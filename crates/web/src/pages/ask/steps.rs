//! The steps of *Ask*, as forms send them.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::str::FromStr;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use wardround_ask::directory::{DirectoryLogin, NamedDirectory};
use wardround_ask::fhir::FhirServer;
use wardround_ask::reading::{Login, NamedRead, Reading};
use wardround_ask::{Community, Hours, InvalidHours, Listed, Net, Scope, Window, Wish};

use crate::asking::{self, AskGiven, AskWanted};
use crate::asks::Sent;
use crate::deeds;
use crate::problem::Problem;
use crate::reading;
use crate::session::Person;
use crate::site::{Site, now};

/// The longest name, telephone number and reason that are kept.
pub(super) const LONGEST: usize = 300;
/// Seconds of a window that is opened now.
const NOW_LASTS: i64 = 2 * 3_600;

/// The demo hospital is made up: nobody is asked for it.
pub(super) fn refuse_demo(site: &Site) -> Result<(), Problem> {
    if site.is_demo() {
        return Err(Problem::Refused("Nobody is asked while the demo hospital is shown.".to_owned()));
    }
    Ok(())
}

fn back() -> Response {
    Redirect::to("/ask").into_response()
}

pub(super) async fn scope(State(site): State<Site>, person: Person, sent: Sent) -> Result<Response, Problem> {
    refuse_demo(&site)?;
    let scope = read_scope(&sent)?;
    site.asking.step(move |asker| asker.set_scope(scope, &person.name)).await?;
    Ok(back())
}

fn read_scope(sent: &Sent) -> Result<Scope, Problem> {
    let typed = sent.text("networks").split([' ', ',', ';', '\n']).filter(|word| !word.is_empty());
    let words = sent.all("network").chain(typed).take(64);
    let networks: Vec<Net> = words
        .map(|word| read(word, |error: wardround_ask::InvalidNet| error.to_string()))
        .collect::<Result<_, _>>()?;
    if networks.is_empty() {
        return Err(Problem::Bad("Choose one network or more.".to_owned()));
    }
    let (window, hours) = read_when(sent).map_err(|error| Problem::Bad(sentence(&error.to_string())))?;
    let short = |name: &str| sent.text(name).chars().take(LONGEST).collect();
    Ok(Scope { networks, owner: short("owner"), phone: short("phone"), window, multicast: Vec::new(), hours })
}

fn read_when(sent: &Sent) -> Result<(Window, Option<Hours>), InvalidHours> {
    let at = now();
    match sent.text("when") {
        "weekly" => {
            let hours =
                Hours::new(sent.all("day"), sent.text("from"), sent.text("until"), sent.text("zone"))?;
            Ok((hours.opening(at).ok_or(InvalidHours::Length)?, Some(hours)))
        }
        "once" => {
            let window =
                Window::at_place(sent.text("once-from"), sent.text("once-until"), sent.text("zone"))?;
            Ok((window, None))
        }
        _ => {
            let from = at.seconds();
            Ok((Window { from, until: from.saturating_add(NOW_LASTS) }, None))
        }
    }
}

/// One word of a field as what it means.
fn read<T: FromStr>(word: &str, told: impl FnOnce(T::Err) -> String) -> Result<T, Problem> {
    word.parse().map_err(|error| Problem::Bad(sentence(&told(error))))
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

fn wanted(sent: &Sent) -> Result<AskWanted, Problem> {
    let words = |name| sent.text(name).split([' ', ',', ';']).filter(|word| !word.is_empty()).take(300);
    let ports = words("ports")
        .map(|word| read(word, |_: std::num::ParseIntError| format!("{:?} is no port", short(word))));
    let datagrams = words("udp").map(|word| {
        read::<SocketAddrV4>(word, |_| {
            format!("{:?} is no address with a port, such as 10.20.1.9:53", short(word))
        })
    });
    let switches = words("switches").map(|word| {
        read::<Ipv4Addr>(word, |_| format!("{:?} is no address, such as 10.20.1.2", short(word)))
    });
    let switches = switches.collect::<Result<Vec<_>, _>>()?;
    let fhir = words("fhir").map(|word| read::<FhirServer>(word, |error| error.to_string()));
    let servers = words("read").map(|word| read::<NamedRead>(word, |error| error));
    let directories = words("directories").map(|word| read::<NamedDirectory>(word, |error| error));
    let listed = Listed {
        ports: ports.collect::<Result<_, _>>()?,
        datagrams: datagrams.collect::<Result<_, _>>()?,
        // Tables are read by SNMP alone.
        community: sent.text("snmp") == "yes" || !switches.is_empty(),
        switches,
        directories: directories.collect::<Result<_, _>>()?,
        fhir: fhir.collect::<Result<_, _>>()?,
        reading: Reading { hosts: servers.collect::<Result<_, _>>()?, login: Login::default() },
        ..Listed::default()
    };
    let pause: u64 = sent.text("pause").parse().unwrap_or(0);
    let pace = Wish { host_gap_ms: pause.saturating_mul(1_000), ..Wish::default() };
    Ok(AskWanted { listed, pace, verify: sent.text("what") == "verify" })
}

fn short(word: &str) -> String {
    word.chars().take(40).collect()
}

pub(super) async fn plan(State(site): State<Site>, sent: Sent) -> Result<Response, Problem> {
    refuse_demo(&site)?;
    let wanted = wanted(&sent)?;
    // One whole round is in memory at a time, and not one for each who asks.
    let _one = site.home.working_out.lock().await;
    site.asking.step(move |asker| asker.plan(wanted)).await?;
    Ok(Redirect::to("/ask#plan").into_response())
}

pub(super) async fn approve(
    State(site): State<Site>,
    person: Person,
    sent: Sent,
) -> Result<Response, Problem> {
    refuse_demo(&site)?;
    let plan = sent.text("plan").to_owned();
    let _one = site.home.working_out.lock().await;
    site.asking.step(move |asker| asker.approve(&plan, &person.name)).await?;
    Ok(Redirect::to("/ask#start").into_response())
}

pub(super) async fn run(State(site): State<Site>, person: Person, sent: Sent) -> Result<Response, Problem> {
    refuse_demo(&site)?;
    let plan = sent.text("plan").to_owned();
    let community: Option<Community> = match sent.exact("community") {
        "" => None,
        // What was typed is in no message.
        text => Some(text.parse().map_err(|_| Problem::Bad("That is no community for SNMP.".to_owned()))?),
    };
    let directory_login: Option<DirectoryLogin> = match sent.exact("directory-password") {
        "" => None,
        password => {
            let both = format!("{}\n{password}", sent.exact("directory-account"));
            let unlike = "That is no login for a directory: it needs an account, as name@klinik.example, and a password.";
            Some(both.parse().map_err(|_| Problem::Bad(unlike.to_owned()))?)
        }
    };
    let opens = site.clone();
    let read_key = site.asking.step(move |asker| Ok(reading::opened(&opens.keys, asker))).await?;
    let given = AskGiven { community, read_key, directory_login };
    let run = {
        let _one = site.home.working_out.lock().await;
        site.asking.step(move |asker| asker.begin(&plan, given, &person.name)).await?
    };
    asking::start(&site, run);
    Ok(back())
}

/// Stops first: what is under way hears it before any file is touched.
pub(super) async fn stop(State(site): State<Site>, person: Person) -> Result<Response, Problem> {
    deeds::asking::stop(&site, &person).await?;
    Ok(back())
}

pub(super) async fn resume(
    State(site): State<Site>,
    person: Person,
    sent: Sent,
) -> Result<Response, Problem> {
    let because: String = sent.text("because").chars().take(LONGEST).collect();
    site.asking.step(move |asker| asker.resume(&person.name, &because)).await?;
    Ok(back())
}

pub(super) async fn after(State(site): State<Site>, person: Person) -> Result<Response, Problem> {
    refuse_demo(&site)?;
    site.asking.step(move |asker| asker.after(&person.name)).await?;
    Ok(Redirect::to("/ask#outcome").into_response())
}

pub(super) async fn regular(
    State(site): State<Site>,
    person: Person,
    sent: Sent,
) -> Result<Response, Problem> {
    refuse_demo(&site)?;
    match sent.text("do") {
        "on" if !person.may(crate::roles::Permission::ApproveAsking) => return Err(Problem::NotPermitted),
        "on" => {
            let wanted = wanted(&sent)?;
            site.asking.step(move |asker| asker.switch_on(wanted, &person.name)).await?;
        }
        _ => site.asking.step(move |asker| asker.switch_off(&person.name)).await?,
    }
    Ok(Redirect::to("/ask#regular").into_response())
}

pub(super) async fn agree(State(site): State<Site>, person: Person) -> Result<Response, Problem> {
    refuse_demo(&site)?;
    site.asking.step(move |asker| asker.agree(&person.name)).await?;
    Ok(Redirect::to("/ask#regular").into_response())
}

pub(super) async fn log(State(site): State<Site>, Path(form): Path<String>) -> Result<Response, Problem> {
    deeds::asking::log(&site, &form).await
}
