//! Signing in and joining: what must fit, and how often somebody may try.
//!
//! Nothing here tells which of name, password and code was wrong, by its words or by its time.

use std::net::IpAddr;

use ring::rand::SecureRandom as _;
use wardround_model::Timestamp;
use wardround_store::{Account, AccountId, Failures, Joined, NewAccount, Store, StoreError};

use crate::asks::Sent;
use crate::audit::{self, Became, Entry};
use crate::codes::{self, base32, grouped, typed};
use crate::hospital::waiting;
use crate::problem::Problem;
use crate::roles::SiteRole;
use crate::session::Person;
use crate::site::{Site, count, now};
use crate::{password, totp};

const SECOND: i64 = 1_000_000_000;
/// Tries with one name before waiting begins.
const TRIES_OF_A_NAME: i64 = 3;
/// Tries from one address before waiting begins: a whole hospital may stand behind one.
const TRIES_OF_AN_ADDRESS: i64 = 20;
/// The longest wait after one more failure.
const LONGEST_WAIT: i64 = 15 * 60;
/// Failures are forgotten when none was added for two hours.
const FORGOTTEN_AFTER: i64 = 2 * 3_600;
/// Bytes of a second factor's secret (RFC 4226, 4 R6: 160 bits).
const SECRET: usize = 20;
/// Bytes of codes that people type: 80 bits.
const TYPED: usize = 10;
/// How long an invitation works, in seconds: two days.
pub(crate) const INVITED_FOR: i64 = 2 * 86_400;
/// Codes for who lost the second factor.
const RECOVERY_CODES: usize = 10;

/// How signing in went.
pub(crate) enum SignedIn {
    /// It is them.
    Yes(AccountId),
    /// Something did not fit.
    No,
}

/// Signs somebody in.
pub(crate) async fn sign_in(site: &Site, sent: &Sent, address: IpAddr) -> Result<SignedIn, Problem> {
    let name = plain_name(sent.text("name"));
    let keys = [Tried::name(&name), Tried::address(address)];
    refuse_while_waiting(site, &keys).await?;
    let lookup = name.clone();
    let account = site.home.read(move |store| store.account_named(&lookup)).await?;
    let proven = prove(site, account.as_ref(), sent.exact("password"), sent.text("code")).await?;
    match account.filter(|_| proven) {
        Some(account) => {
            let entry = Entry::new("sign-in", Became::Done).by(None, address);
            audit::add(site, entry.of_account(account.id, &account.kept.name)).await?;
            count(&site.counters.sign_ins);
            // The address stays counted: one good account must not pay for guesses at others.
            let [own, _] = keys;
            site.home.write(move |store| store.failures_clear(&own.key)).await?;
            Ok(SignedIn::Yes(account.id))
        }
        None => {
            count(&site.counters.sign_ins_failed);
            failed(site, "sign-in", &keys, address).await?;
            Ok(SignedIn::No)
        }
    }
}

/// Whether password and code fit the account. Everything is worked out also where there is none.
async fn prove(site: &Site, account: Option<&Account>, password: &str, code: &str) -> Result<bool, Problem> {
    let kept = account.map(|account| account.kept.password.clone());
    let typed_password = password.chars().take(password::LONGEST).collect::<String>();
    let one_of_few = site.hashing.acquire().await.map_err(|_| Problem::Fault)?;
    let fits = waiting(move || Ok(password::is(&typed_password, kept.as_deref()))).await?;
    drop(one_of_few);
    let Some(account) = account.filter(|account| fits && account.is_open_at(now())) else { return Ok(false) };
    let (id, at) = (account.id, now());
    let code = typed(code);
    let secret = site.keys.unseal(&sealed_for(&account.kept.name), &account.kept.second_factor);
    if let Some(step) = secret.and_then(|secret| totp::step_of(&secret, &code, at)) {
        return site.home.write(move |store| store.account_use_step(id, step)).await;
    }
    let digest = codes::digest("recovery", &code);
    site.home.write(move |store| store.account_use_recovery(id, &digest, at)).await
}

/// Whether it is really the owner who asks for a change of their account: password and code once more.
pub(crate) async fn is_owner(
    site: &Site,
    person: &Person,
    sent: &Sent,
    address: IpAddr,
) -> Result<bool, Problem> {
    let tried = [Tried::name(&person.name), Tried::address(address)];
    refuse_while_waiting(site, &tried).await?;
    let name = person.name.clone();
    let account = site.home.read(move |store| store.account_named(&name)).await?;
    let account = account.filter(|account| account.id == person.account);
    let proven = prove(site, account.as_ref(), sent.exact("password"), sent.text("code")).await?;
    if proven {
        let [own, _] = tried;
        site.home.write(move |store| store.failures_clear(&own.key)).await?;
    } else {
        failed(site, "account.prove", &tried, address).await?;
    }
    Ok(proven)
}

/// Changes the password of who asks; a sentence says why not, if it was not.
pub(crate) async fn change_password(
    site: &Site,
    person: &Person,
    new: &str,
) -> Result<Option<&'static str>, Problem> {
    if let Some(why) = password::refuse(new, &person.name) {
        return Ok(Some(why));
    }
    let digest = new_digest(site, new).await?;
    let (id, session) = (person.account, person.session.clone());
    site.home.write(move |store| store.account_set_password(id, &digest, &session)).await?;
    Ok(None)
}

/// New recovery codes for who asks; the old ones work no longer.
pub(crate) async fn renew_recovery(site: &Site, person: &Person) -> Result<Vec<String>, Problem> {
    let codes = recovery_codes(site)?;
    let digests: Vec<String> = codes.iter().map(|code| codes::digest("recovery", code)).collect();
    let id = person.account;
    site.home.write(move |store| store.account_set_recovery(id, &digests)).await?;
    Ok(codes.iter().map(|code| grouped(code)).collect())
}

/// What is offered to somebody who joins: a secret for the second factor, sealed into the form until it comes back.
pub(crate) struct Offer {
    /// As base32, for typing and for the picture.
    pub(crate) secret: String,
    /// For the form.
    pub(crate) sealed: String,
}

/// A new offer, or that of a form that came back.
pub(crate) fn offer(site: &Site, sealed: Option<&str>) -> Result<Offer, Problem> {
    let again = sealed.and_then(|sealed| site.keys.unseal("offer", sealed));
    let secret = match again {
        Some(secret) => secret,
        None => site.keys.random::<SECRET>().map_err(|_| Problem::Fault)?.to_vec(),
    };
    let sealed = site.keys.seal("offer", &secret).map_err(|_| Problem::Fault)?;
    Ok(Offer { secret: base32(&secret), sealed })
}

/// How joining went.
pub(crate) enum Join {
    /// The account is there, with these codes for who loses the second factor.
    Yes(AccountId, Vec<String>),
    /// Why not, in a sentence.
    No(&'static str),
}

/// Makes an account for somebody who has a one-time code.
pub(crate) async fn join(site: &Site, sent: &Sent, address: IpAddr) -> Result<Join, Problem> {
    let keys = [Tried::address(address)];
    refuse_while_waiting(site, &keys).await?;
    let code = codes::digest("invitation", &typed(sent.text("invitation")));
    let lookup = code.clone();
    let invited = site.home.read(move |store| store.invitation_find(&lookup, now())).await?;
    if invited.is_none() {
        failed(site, "join", &keys, address).await?;
        return Ok(Join::No("The one-time code does not fit, was used, or is too old."));
    }
    let name = plain_name(sent.text("name"));
    if let Some(why) = refuse_name(&name).or_else(|| password::refuse(sent.exact("password"), &name)) {
        return Ok(Join::No(why));
    }
    let at = now();
    let secret = site.keys.unseal("offer", sent.text("offer")).ok_or(Problem::NotFromHere)?;
    let Some(step) = totp::step_of(&secret, &typed(sent.text("code")), at) else {
        return Ok(Join::No(
            "The six digits do not fit. Is the clock of the phone right? Type the ones it shows now.",
        ));
    };
    let recovery = recovery_codes(site)?;
    let new = NewAccount {
        password: new_digest(site, sent.exact("password")).await?,
        second_factor: site.keys.seal(&sealed_for(&name), &secret).map_err(|_| Problem::Fault)?,
        name: name.clone(),
        // The invitation says which, and until when.
        role: String::new(),
        last_step: step,
        made_at: at,
        ends_at: None,
    };
    audit::add(site, Entry::new("join", Became::Asked).by(None, address)).await?;
    let digests: Vec<String> = recovery.iter().map(|code| codes::digest("recovery", code)).collect();
    match site.home.write(move |store| store.account_join(&code, &new, &digests)).await? {
        Joined::Made(id) => {
            let entry = Entry::new("join", Became::Done).by(None, address);
            audit::add(site, entry.of_account(id, &name)).await?;
            Ok(Join::Yes(id, recovery.iter().map(|code| grouped(code)).collect()))
        }
        Joined::NameTaken => Ok(Join::No("Somebody has this name. Choose another.")),
        Joined::NotInvited => Ok(Join::No("The one-time code does not fit, was used, or is too old.")),
    }
}

/// Why nobody could be invited.
#[derive(Debug, thiserror::Error)]
pub enum InviteError {
    /// The store could not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No code could be made.
    #[error("the system gives no random numbers, so no code can be made")]
    NoRandom,
}

/// Invites somebody into this role, without the site: for who may write the store. It is logged like any other change.
///
/// The one-time code, as a person types it; it works for two days.
///
/// # Errors
/// When the store cannot be written.
pub fn invite(store: &mut Store, role: SiteRole, at: Timestamp) -> Result<String, InviteError> {
    store.audit_add(&wardround_store::NewAuditEntry {
        at,
        who: None,
        address: None,
        action: "people.invite".to_owned(),
        subject: format!("{} from the command line", role.code()),
        outcome: "done".to_owned(),
    })?;
    invitation(store, role, Timestamp::from_seconds(at.seconds().saturating_add(INVITED_FOR)), None)
}

/// A one-time code for making an account of this role; as a person types it.
pub(crate) fn invitation(
    store: &mut Store,
    role: SiteRole,
    until: Timestamp,
    account_ends_at: Option<Timestamp>,
) -> Result<String, InviteError> {
    let mut bytes = [0; TYPED];
    ring::rand::SystemRandom::new().fill(&mut bytes).map_err(|_| InviteError::NoRandom)?;
    let code = base32(&bytes);
    store.invitation_save(&wardround_store::Invitation {
        digest: codes::digest("invitation", &code),
        role: role.code().to_owned(),
        until,
        account_ends_at,
    })?;
    Ok(grouped(&code))
}

/// The same, while the site runs.
pub(crate) async fn invite_from_site(
    site: &Site,
    role: SiteRole,
    until: Timestamp,
    account_ends_at: Option<Timestamp>,
) -> Result<String, Problem> {
    let home = std::sync::Arc::clone(&site.home);
    waiting(move || {
        let mut code = None;
        home.change(|store| {
            match invitation(store, role, until, account_ends_at) {
                Ok(made) => code = Some(made),
                Err(InviteError::Store(error)) => return Err(error),
                Err(InviteError::NoRandom) => {}
            }
            Ok(())
        })?;
        code.ok_or(Problem::Fault)
    })
    .await
}

async fn new_digest(site: &Site, password: &str) -> Result<String, Problem> {
    let _one_of_few = site.hashing.acquire().await.map_err(|_| Problem::Fault)?;
    let (site, password) = (site.clone(), password.to_owned());
    waiting(move || password::digest(&site.keys, &password).map_err(|_| Problem::Fault)).await
}

fn recovery_codes(site: &Site) -> Result<Vec<String>, Problem> {
    let one = |_| Ok(base32(&site.keys.random::<TYPED>().map_err(|_| Problem::Fault)?));
    (0..RECOVERY_CODES).map(one).collect()
}

/// What a second factor is sealed for: it opens for its own account alone.
fn sealed_for(name: &str) -> String {
    format!("second factor of {name}")
}

/// A name as it is kept: lower case, without spaces around.
fn plain_name(typed: &str) -> String {
    typed.trim().to_lowercase().chars().take(80).collect()
}

fn refuse_name(name: &str) -> Option<&'static str> {
    let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || ".-_@+".contains(c));
    match name.chars().count() {
        0 => Some("Choose a name to sign in with."),
        65.. => Some("The name is too long."),
        _ if !is_plain => Some("A name has letters, digits and . - _ @ only, such as maria.lopez."),
        _ => None,
    }
}

/// What failures are counted by: a digest, so that no name that was only typed is kept.
#[derive(Clone)]
struct Tried {
    key: String,
    /// Failures before waiting begins.
    free: i64,
}

impl Tried {
    fn name(name: &str) -> Self {
        Self { key: codes::digest("failures of name", name), free: TRIES_OF_A_NAME }
    }

    fn address(address: IpAddr) -> Self {
        Self { key: codes::digest("failures of address", &address.to_string()), free: TRIES_OF_AN_ADDRESS }
    }
}

async fn failed(site: &Site, action: &'static str, tried: &[Tried], address: IpAddr) -> Result<(), Problem> {
    audit::add(site, Entry::new(action, Became::Failed).by(None, address)).await?;
    let (at, tried) = (now(), tried.to_vec());
    let since = Timestamp::from_nanoseconds(at.nanoseconds().saturating_sub(FORGOTTEN_AFTER * SECOND));
    site.home
        .write(move |store| tried.iter().try_for_each(|tried| store.failure_add(&tried.key, at, since)))
        .await
}

/// Refuses a try while one of these must wait, whatever was typed.
async fn refuse_while_waiting(site: &Site, tried: &[Tried]) -> Result<(), Problem> {
    let (at, tried) = (now(), tried.to_vec());
    let waits = site
        .home
        .read(move |store| {
            let left = |tried: &Tried| {
                let failures = store.failures_of(&tried.key)?;
                Ok(failures.map_or(0, |failures| seconds_left(failures, tried.free, at)))
            };
            tried.iter().map(left).collect::<Result<Vec<_>, _>>()
        })
        .await?;
    match waits.into_iter().max() {
        Some(seconds) if seconds > 0 => Err(Problem::Wait(seconds)),
        _ => Ok(()),
    }
}

/// How long to wait after so many failures: nothing at first, then twice as long each time.
fn seconds_left(failures: Failures, free: i64, now: Timestamp) -> u64 {
    let doublings = u32::try_from(failures.count.saturating_sub(free)).unwrap_or(0).min(20);
    let wait = if failures.count < free { 0 } else { (1_i64 << doublings).min(LONGEST_WAIT) };
    let passed = now.since(failures.last_at) / SECOND;
    // A clock that was set back must not lock anybody out for longer than that.
    u64::try_from(wait.saturating_sub(passed.max(0))).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_makes_the_wait_longer_up_to_a_quarter_of_an_hour() {
        let at = Timestamp::from_seconds(1_000_000);
        let wait = |count, passed: i64| {
            seconds_left(Failures { count, last_at: at }, 3, Timestamp::from_seconds(1_000_000 + passed))
        };
        assert_eq!((wait(1, 0), wait(2, 0)), (0, 0));
        assert_eq!((wait(3, 0), wait(4, 0), wait(8, 0)), (1, 2, 32));
        assert_eq!((wait(60, 0), wait(60, 899), wait(60, 900)), (900, 1, 0));
        assert_eq!(wait(60, -5_000), 900);
    }

    #[test]
    fn names_are_plain() {
        assert_eq!(plain_name(" Maria.Lopez "), "maria.lopez");
        assert_eq!(refuse_name("maria.lopez@ward-3"), None);
        for bad in ["", "<script>", "maria lopez", "\u{202e}x", &"a".repeat(65)] {
            assert!(refuse_name(bad).is_some(), "{bad}");
        }
    }
}
