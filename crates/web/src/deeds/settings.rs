//! When rounds run by themselves, and which interfaces are listened at.

use std::collections::BTreeSet;

use wardround_store::Store;

use crate::api;
use crate::asks::Sent;
use crate::condition::Condition;
use crate::ears;
use crate::hospital::waiting;
use crate::problem::Problem;
use crate::schedule::{self, Schedule};
use crate::site::{Site, now};

/// Lets rounds run by themselves from now on when was sent, or never; what is chosen then.
pub(crate) async fn schedule(
    site: &Site,
    sent: &Sent,
    condition: Condition,
) -> Result<Option<Schedule>, Problem> {
    let chosen = match sent.text("day") {
        "off" => None,
        day => Some(Schedule::parse(day, sent.text("time"), sent.text("zone")).ok_or_else(|| {
            Problem::Bad(
                "Choose a day, a time such as 05:00 and a time zone such as Europe/Berlin.".to_owned(),
            )
        })?),
    };
    let (at, new) = (now(), chosen.clone());
    let change = move |store: &mut Store| {
        let held = schedule::chosen(store)?;
        let held = api::tag_of_schedule(held.as_ref(), at).and_then(|tag| condition.check(&tag));
        if let Err(problem) = held {
            return Ok(Err(problem));
        }
        schedule::choose(store, new.as_ref(), at)?;
        Ok(Ok(()))
    };
    site.home.write(change).await??;
    Ok(chosen)
}

/// Listens at these interfaces, and at those that the site was started with; which were chosen.
pub(crate) async fn listen_at(
    site: &Site,
    sent: &Sent,
    condition: Condition,
) -> Result<BTreeSet<String>, Problem> {
    let chosen: BTreeSet<String> = sent.all("interface").map(str::to_owned).collect();
    let looked = site.clone();
    let links = waiting(move || Ok(looked.ears.links())).await?;
    if let Some(unknown) = chosen.iter().find(|name| !links.iter().any(|link| link.name == **name)) {
        let unknown: String = unknown.chars().take(15).collect();
        return Err(Problem::Refused(format!(
            "This computer has no interface {unknown:?} any more. Choose again."
        )));
    }
    let (kept, shared) = (chosen.clone(), site.clone());
    let keep = move |store: &mut Store| {
        let held = api::tag_of_interfaces(&ears::chosen(store)?, &shared.listened);
        if let Err(problem) = held.and_then(|tag| condition.check(&tag)) {
            return Ok(Err(problem));
        }
        ears::keep_chosen(store, &kept)?;
        Ok(Ok(()))
    };
    site.home.write(keep).await??;
    let all = chosen.iter().chain(&site.listened).cloned().collect();
    let listening = site.clone();
    waiting(move || {
        listening.ears.choose(&all, now());
        Ok(())
    })
    .await?;
    Ok(chosen)
}
