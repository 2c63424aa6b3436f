//! Who may sign in: inviting somebody, another role or end, closing an account.
//!
//! A program may do less than its owner: it makes nobody an administrator and touches no account of one, so that a token that is
//! stolen never comes to be more than it was (decision 0022). Nobody changes or closes their own account.

use std::net::IpAddr;

use wardround_model::Timestamp;
use wardround_store::{Account, AccountId, Invitation, Store};

use crate::account;
use crate::api;
use crate::asks::Sent;
use crate::audit::{self, Became, Entry};
use crate::condition::Condition;
use crate::problem::Problem;
use crate::roles::SiteRole;
use crate::session::Person;
use crate::site::{Site, now};

/// How long an auditor's account works at most, in days: a year.
pub(crate) const LONGEST_AUDIT_DAYS: i64 = 366;
/// A day, in seconds.
const DAY: i64 = 86_400;
/// Invitations that may wait at once.
const MOST_WAITING: usize = 100;
/// Characters of a digest that name an invitation.
const NAMED_BY: usize = 12;

/// Somebody who was invited.
pub(crate) struct Invited {
    /// The one-time code, as a person types it; it is told once.
    pub(crate) code: String,
    pub(crate) role: SiteRole,
    /// How long the code works.
    pub(crate) until: Timestamp,
    /// When the account will end.
    pub(crate) ends_at: Option<Timestamp>,
}

/// Whether this person may give or take this role.
fn may_touch(person: &Person, role: &str) -> Result<(), Problem> {
    if person.scope.is_some() && role == SiteRole::Administrator.code() {
        return Err(Problem::Refused(
            "A program makes nobody an administrator, and touches no account of one. A person does that on the site."
                .to_owned(),
        ));
    }
    Ok(())
}

fn role(sent: &Sent) -> Result<SiteRole, Problem> {
    SiteRole::from_code(sent.text("role"))
        .ok_or_else(|| Problem::Field("role", "Choose a role for them.".to_owned()))
}

fn in_seconds(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(now().seconds().saturating_add(seconds))
}

/// Invites somebody.
pub(crate) async fn invite(
    site: &Site,
    person: &Person,
    address: IpAddr,
    sent: &Sent,
) -> Result<Invited, Problem> {
    let role = role(sent)?;
    may_touch(person, role.code())?;
    let days: Option<i64> =
        sent.text("days").parse().ok().filter(|days| (1..=LONGEST_AUDIT_DAYS).contains(days));
    if (role == SiteRole::Auditor || !sent.text("days").is_empty()) && days.is_none() {
        let text = "Say in how many days the account ends: from 1 to 366.".to_owned();
        return Err(Problem::Field("days", text));
    }
    let at = now();
    if site.home.read(move |store| store.invitation_list(at)).await?.len() >= MOST_WAITING {
        let text =
            format!("{MOST_WAITING} people are invited and not here yet. Take an invitation back first.");
        return Err(Problem::Refused(text));
    }
    note(site, person, address, &format!("invited: {}", role.code())).await?;
    let (until, ends_at) = (in_seconds(account::INVITED_FOR), days.map(|days| in_seconds(days * DAY)));
    let code = account::invite_from_site(site, role, until, ends_at).await?;
    Ok(Invited { code, role, until, ends_at })
}

/// Writes down who comes to be what: the entry of the request itself does not say it.
async fn note(site: &Site, person: &Person, address: IpAddr, what: &str) -> Result<(), Problem> {
    audit::add(site, Entry::new("people.role", Became::Asked).by(Some(person), address).about(what)).await
}

/// The name of an invitation in addresses.
pub(crate) fn name_of(invitation: &Invitation) -> &str {
    invitation.digest.get(..NAMED_BY).unwrap_or(&invitation.digest)
}

/// Takes back an invitation that nobody has used.
pub(crate) async fn withdraw(site: &Site, name: &str) -> Result<(), Problem> {
    let (name, at) = (name.to_owned(), now());
    let withdraw = move |store: &mut Store| {
        let all = store.invitation_list(at)?;
        match all.iter().find(|invitation| name_of(invitation) == name) {
            Some(invitation) => store.invitation_remove(&invitation.digest),
            None => Ok(false),
        }
    };
    if site.home.write(withdraw).await? { Ok(()) } else { Err(Problem::NotFound) }
}

/// The account as it stands, where this person may change it.
fn changeable(store: &Store, person: &Person, id: AccountId) -> Result<Account, Problem> {
    let account = store.account_get(id)?.ok_or(Problem::NotFound)?;
    if id == person.account {
        return Err(Problem::Refused("You cannot change or close your own account.".to_owned()));
    }
    may_touch(person, &account.kept.role)?;
    if account.closed_at.is_some() {
        return Err(Problem::Refused("This account is closed already.".to_owned()));
    }
    Ok(account)
}

/// Gives somebody another role, and another end: the last day on which the account works, or none.
pub(crate) async fn change(
    site: &Site,
    person: &Person,
    address: IpAddr,
    id: AccountId,
    sent: &Sent,
    condition: Condition,
) -> Result<Account, Problem> {
    let role = role(sent)?;
    may_touch(person, role.code())?;
    let ends_at = end(role, sent.text("last-day"))?;
    let until = if ends_at.is_some() { sent.text("last-day") } else { "no end" };
    note(site, person, address, &format!("{id}: {} until {until}", role.code())).await?;
    let asks = person.clone();
    let change = move |store: &mut Store| {
        let held =
            changeable(store, &asks, id).and_then(|account| condition.check(&api::tag_of_person(&account)?));
        if let Err(problem) = held {
            return Ok(Err(problem));
        }
        store.account_change(id, role.code(), ends_at)?;
        Ok(store.account_get(id)?.ok_or(Problem::NotFound))
    };
    let changed = site.home.write(change).await??;
    // Who follows what happens is looked at again: their role may not let them any more.
    site.token_ended();
    Ok(changed)
}

/// The end of a day from now on.
fn end(role: SiteRole, day: &str) -> Result<Option<Timestamp>, Problem> {
    let wrong = |text: &str| Problem::Field("last-day", text.to_owned());
    if day.is_empty() {
        return match role {
            SiteRole::Auditor => Err(wrong("An auditor's account ends. Say on which day.")),
            _ => Ok(None),
        };
    }
    let day: Timestamp = day.parse().map_err(|_| wrong("Write the day as 2027-01-31."))?;
    let end = Timestamp::from_seconds(day.seconds().saturating_add(DAY));
    if end <= now() {
        return Err(wrong("This day is past. To end an account now, close it."));
    }
    if role == SiteRole::Auditor && end > in_seconds((LONGEST_AUDIT_DAYS + 1) * DAY) {
        return Err(wrong("An auditor's account works for a year at most."));
    }
    Ok(Some(end))
}

/// Closes an account: its sessions and tokens end at once.
pub(crate) async fn close(site: &Site, person: &Person, id: AccountId) -> Result<Account, Problem> {
    let (asks, at) = (person.clone(), now());
    let close = move |store: &mut Store| {
        if let Err(problem) = changeable(store, &asks, id) {
            return Ok(Err(problem));
        }
        store.account_close(id, at)?;
        Ok(store.account_get(id)?.ok_or(Problem::NotFound))
    };
    let closed = site.home.write(close).await??;
    site.token_ended();
    Ok(closed)
}

/// Ends all sessions of somebody; they may sign in again.
pub(crate) async fn sign_out(site: &Site, person: &Person, id: AccountId) -> Result<Account, Problem> {
    let asks = person.clone();
    let end = move |store: &mut Store| {
        let account = match changeable(store, &asks, id) {
            Ok(account) => account,
            Err(problem) => return Ok(Err(problem)),
        };
        store.session_end_all(id, "")?;
        Ok(Ok(account))
    };
    site.home.write(end).await?
}
