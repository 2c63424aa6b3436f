//! What somebody says of devices: their owner, care area, spares and so on, kept with role, day and reason, and taken back. What is
//! said in one go, of one device or of several, has one moment.

use std::collections::BTreeSet;

use wardround_model::{
    AssetId, CareRole, CveId, DeviceClass, Justification, Role, Says, Statement, StatementId, Timestamp,
    VexStatus,
};
use wardround_store::{KeptStatement, NewStatement, Store, StoreError};

use crate::asks::Sent;
use crate::events::Happening;
use crate::problem::Problem;
use crate::site::{Site, now};

/// The longest care area or time that can be said, in characters.
pub(crate) const LONGEST_VALUE: usize = 100;
/// Others that can take a device's place, at most.
pub(crate) const MOST_SPARES: u32 = 9_999;
/// Devices of which the same is said at once: those of a page of the list.
pub(crate) const MOST: usize = crate::pages::parts::ROWS;
/// The longest that an answer can hold from now, in days.
const LONGEST_DAYS: i64 = 3_660;

/// The device that an address names.
pub(crate) fn id(text: &str) -> Option<AssetId> {
    text.strip_prefix("A-")?.parse().ok().map(AssetId)
}

/// What was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    /// When it was said: what was said in one go has one moment.
    pub(crate) at: Timestamp,
    pub(crate) statements: Vec<StatementId>,
}

/// Says the same of these devices: all of it, or nothing.
pub(crate) async fn say(site: &Site, devices: &BTreeSet<AssetId>, sent: &Sent) -> Result<Said, Problem> {
    let (says, by, because) = words(sent)?;
    keep(site, devices, &says, by, &because, until(sent.text("until"))?).await
}

/// Says of a device whether it has this weakness.
pub(crate) async fn say_of_weakness(
    site: &Site,
    device: AssetId,
    cve: CveId,
    sent: &Sent,
) -> Result<Said, Problem> {
    let status = VexStatus::from_code(sent.text("status"));
    let status = status.ok_or_else(|| Problem::Field("status", "Say whether it is there.".to_owned()))?;
    let justification = Justification::from_code(sent.text("justification"));
    let (by, because) = (role(sent)?, because(sent)?);
    let says = [Says::Vex { cve, status, justification }];
    keep(site, &BTreeSet::from([device]), &says, by, &because, until(sent.text("until"))?).await
}

async fn keep(
    site: &Site,
    devices: &BTreeSet<AssetId>,
    says: &[Says],
    by: Role,
    because: &str,
    until: Option<Timestamp>,
) -> Result<Said, Problem> {
    let at = now();
    let one = |asset: &AssetId, says: &Says| NewStatement {
        asset: *asset,
        says: says.clone(),
        by,
        at,
        because: because.to_owned(),
        until,
    };
    let new: Vec<NewStatement> =
        devices.iter().flat_map(|asset| says.iter().map(move |says| one(asset, says))).collect();
    let statements = site.hospital().write(move |store| store.statement_save_all(&new)).await?;
    site.tell(Happening::DevicesChanged(devices.iter().copied().collect()));
    Ok(Said { at, statements })
}

/// What a form says, in which role, and why.
fn words(sent: &Sent) -> Result<(Vec<Says>, Role, String), Problem> {
    Ok((all_said(sent)?, role(sent)?, because(sent)?))
}

fn role(sent: &Sent) -> Result<Role, Problem> {
    let by = Role::from_code(sent.text("by")).filter(|role| *role != Role::Unknown);
    by.ok_or_else(|| Problem::Field("by", "Choose the role that you speak in.".to_owned()))
}

fn because(sent: &Sent) -> Result<String, Problem> {
    let because = sent.text("because").to_owned();
    if because.is_empty() || because.chars().count() > Statement::LONGEST {
        let text = format!("Say why, in at most {} characters.", Statement::LONGEST);
        return Err(Problem::Field("because", text));
    }
    Ok(because)
}

/// Everything that the form says; at least one thing.
fn all_said(sent: &Sent) -> Result<Vec<Says>, Problem> {
    let mut says = Vec::new();
    let bad = |name: &'static str, text: &str| Problem::Field(name, text.to_owned());
    says.extend(Role::from_code(sent.text("owner")).map(Says::Owner));
    says.extend(CareRole::from_code(sent.text("care-role")).map(Says::CareRole));
    says.extend(DeviceClass::from_code(sent.text("class")).map(Says::Class));
    let area = sent.text("care-area");
    if area.chars().count() > LONGEST_VALUE || area.chars().any(char::is_control) {
        return Err(bad("care-area", "The care area is too long, or is no plain text."));
    }
    if !area.is_empty() {
        says.push(Says::CareArea(area.to_owned()));
    }
    if !sent.text("spares").is_empty() {
        let spares = sent.text("spares").parse().ok().filter(|spares| *spares <= MOST_SPARES);
        let spares = spares.ok_or_else(|| bad("spares", "How many others is a number from 0 to 9999."))?;
        says.push(Says::Spares(spares));
    }
    if !sent.text("cve").is_empty() {
        let cve: Option<CveId> = sent.text("cve").to_uppercase().parse().ok();
        let cve = cve.ok_or_else(|| bad("cve", "A CVE number looks like CVE-2024-12345."))?;
        let status = VexStatus::from_code(sent.text("status"))
            .ok_or_else(|| bad("status", "Say whether it is there."))?;
        says.push(Says::Vex { cve, status, justification: None });
    }
    if says.is_empty() {
        return Err(Problem::Bad("Fill in at least one thing that you know.".to_owned()));
    }
    Ok(says)
}

/// The end of the day that an answer holds until.
fn until(text: &str) -> Result<Option<Timestamp>, Problem> {
    if text.is_empty() {
        return Ok(None);
    }
    let moment: Option<Timestamp> = format!("{text}T23:59:59Z").parse().ok();
    let days = moment.map(|moment| moment.since(now()) / (86_400 * 1_000_000_000));
    match (moment, days) {
        (Some(moment), Some(0..=LONGEST_DAYS)) => Ok(Some(moment)),
        _ => Err(Problem::Field(
            "until",
            "The last day must be in the next ten years, as 2027-01-31.".to_owned(),
        )),
    }
}

/// The statement that an address names.
pub(crate) fn statement(text: &str) -> Option<StatementId> {
    text.strip_prefix("S-")?.parse().ok().map(StatementId)
}

/// Takes back what was said.
pub(crate) async fn take_back(site: &Site, id: StatementId) -> Result<(), Problem> {
    let at = now();
    let take = move |store: &mut Store| {
        store.statement_take_back(id, at)?;
        let all = store.statement_list()?;
        Ok(all.iter().find(|kept| kept.statement.id == id).map(|kept| kept.statement.asset))
    };
    let device = site.hospital().write_at_any_rate(take).await?;
    site.tell(Happening::DevicesChanged(device.into_iter().collect()));
    Ok(())
}

/// What was said in one go at this moment.
pub(crate) fn of_moment(store: &Store, at: Timestamp) -> Result<Vec<KeptStatement>, StoreError> {
    let mut said = store.statement_list()?;
    said.retain(|kept| kept.statement.at == at);
    Ok(said)
}

/// Takes back what was said in one go; how many statements that were.
pub(crate) async fn take_back_all(site: &Site, said_at: Timestamp) -> Result<u64, Problem> {
    let at = now();
    let take = move |store: &mut Store| {
        let said = of_moment(store, said_at)?;
        for kept in said.iter().filter(|kept| kept.taken_back.is_none()) {
            store.statement_take_back(kept.statement.id, at)?;
        }
        Ok(said)
    };
    let said = site.hospital().write_at_any_rate(take).await?;
    if said.is_empty() {
        return Err(Problem::NotFound);
    }
    let devices: BTreeSet<AssetId> = said.iter().map(|kept| kept.statement.asset).collect();
    site.tell(Happening::DevicesChanged(devices.into_iter().collect()));
    Ok(u64::try_from(said.len()).unwrap_or(u64::MAX))
}
