//! What people say of a device: its owner, care area, spares and so on, kept with role, day and reason, and taken back.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use wardround_model::{
    CareRole, CveId, DeviceClass, Role, Says, Statement, StatementId, Timestamp, VexStatus,
};
use wardround_report::page::{count, day};
use wardround_store::view::DeviceRow;
use wardround_store::{KeptStatement, NewStatement, Store};

use crate::asks::Sent;
use crate::layout::{form_token, plain};
use crate::pages::device;
use crate::problem::Problem;
use crate::roles::{Permission, SiteRole};
use crate::routes::{Needs, Route};
use crate::session::Person;
use crate::site::{Site, now};

/// The longest care area or time that can be said, in characters.
pub(crate) const LONGEST_VALUE: usize = 100;
/// The longest that an answer can hold from now, in days.
const LONGEST_DAYS: i64 = 3_660;

pub(crate) fn routes() -> Vec<Route> {
    let may = Needs::May(Permission::Answer);
    vec![
        Route::post(may, "/devices/{device}/say", "device.say", say),
        Route::post(may, "/devices/{device}/take-back/{statement}", "device.take-back", take_back),
    ]
}

/// What was said of a device since, and a form to say more.
pub(crate) fn section(person: &Person, row: &DeviceRow, kept: &[KeptStatement]) -> Markup {
    html! {
        section aria-labelledby="said" {
            h2 id="said" { "What people said of it" }
            @if kept.is_empty() { p { "Nothing yet." } }
            @else {
                ul { @for one in kept { (line(person, row, &one.statement)) } }
                p class="soft" { "A round counts what was said before it was run." }
            }
            @if person.may(Permission::Answer) { (form(person, row)) }
        }
    }
}

fn line(person: &Person, row: &DeviceRow, statement: &Statement) -> Markup {
    let path = format!("/devices/{}/take-back/{}", row.id, statement.id);
    html! {
        li {
            (said(&statement.says)) ". " (plain(&statement.because)) " "
            span class="soft" { "(" (statement.by.label()) ", " (day(statement.at)) @if let Some(until) = statement.until { ", until " (day(until)) } ")" }
            @if person.may(Permission::Answer) {
                form method="post" action=(path) class="inline" {
                    (form_token(person))
                    button class="quiet" { "Take back" span class="aside" { " " (statement.id) } }
                }
            }
        }
    }
}

/// What is said, in words.
pub(crate) fn said(says: &Says) -> String {
    match says {
        Says::Vex { cve, status, .. } => format!("{cve}: {}", status.label()),
        Says::Class(class) => format!("It is a {}", class.label()),
        Says::CareRole(role) => format!("It {}", role.label()),
        Says::CareArea(area) => format!("It serves {}", plain(area)),
        Says::Spares(0) => "Nothing can take its place".to_owned(),
        Says::Spares(spares) => format!("{} can take its place", count((*spares).into(), "other", "others")),
        Says::Owner(role) => format!("Looked after by: {}", role.label()),
        Says::MakerPosition { position, document } => {
            format!("A change is {} ({})", position.label(), plain(document))
        }
        Says::OffPatients(when) => format!("It is off patients: {}", plain(when)),
        Says::Retired => "It does not count any more".to_owned(),
    }
}

fn form(person: &Person, row: &DeviceRow) -> Markup {
    let roles = || Role::ALL.iter().filter(|role| **role != Role::Unknown);
    html! {
        details class="say" { summary { "Say something of this device" }
            form method="post" action=(format!("/devices/{}/say", row.id)) class="fields" {
                (form_token(person))
                p class="hint" { "Fill in what you know. Each answer is kept with your role, the day and the reason, and can be taken back." }
                label { "Who looks after it" select name="owner" { option value="" { "No change" } @for role in roles() { option value=(role.code()) { (role.label()) } } } }
                label { "Care area" input name="care-area" maxlength=(LONGEST_VALUE); }
                label { "What it does for patients" select name="care-role" { option value="" { "No change" } @for role in CareRole::ALL { option value=(role.code()) { (role.label()) } } } }
                label { "Others that can take its place" input type="number" name="spares" min="0" max="9999"; }
                label { "What kind of device it is" select name="class" { option value="" { "No change" } @for class in DeviceClass::ALL { option value=(class.code()) { (class.label()) } } } }
                label { "A published weakness (CVE number)" input name="cve" placeholder="CVE-2024-12345" maxlength="20"; }
                label { "Is that weakness there?" select name="status" { @for status in VexStatus::ALL { option value=(status.code()) { (status.label()) } } } }
                label { "You speak as" select name="by" required { @for role in roles() { option value=(role.code()) selected[usual_role(person.role) == Some(*role)] { (role.label()) } } } }
                label { "Why" span class="hint" { "How you know. No names of patients." } textarea name="because" required maxlength=(Statement::LONGEST) {} }
                label { "Until" span class="hint" { "Leave it empty if it does not end by itself." } input type="date" name="until"; }
                div { button { "Keep this" } }
            }
        }
    }
}

/// The role that somebody of this role of the site speaks in, unless they choose another.
pub(crate) fn usual_role(role: SiteRole) -> Option<Role> {
    match role {
        SiteRole::Biomedical => Some(Role::Biomedical),
        SiteRole::Network => Some(Role::Network),
        SiteRole::Compliance => Some(Role::Compliance),
        _ => None,
    }
}

async fn say(State(site): State<Site>, Path(text): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let asset = device::id(&text).ok_or(Problem::NotFound)?;
    let (says, by, because) = sent_words(&sent)?;
    let (at, until) = (now(), until(sent.text("until"))?);
    let keep = move |store: &mut Store| {
        for says in says {
            store.statement_save(&NewStatement { asset, says, by, at, because: because.clone(), until })?;
        }
        Ok(())
    };
    site.hospital().write(keep).await?;
    Ok(Redirect::to(&format!("/devices/{asset}#said")).into_response())
}

/// What a form says, in which role, and why.
pub(crate) fn sent_words(sent: &Sent) -> Result<(Vec<Says>, Role, String), Problem> {
    let says = all_said(sent)?;
    let by = Role::from_code(sent.text("by")).filter(|role| *role != Role::Unknown);
    let by = by.ok_or_else(|| Problem::Bad("Choose the role that you speak in.".to_owned()))?;
    let because = sent.text("because").to_owned();
    if because.is_empty() || because.chars().count() > Statement::LONGEST {
        return Err(Problem::Bad(format!("Say why, in at most {} characters.", Statement::LONGEST)));
    }
    Ok((says, by, because))
}

/// Everything that the form says; at least one thing.
fn all_said(sent: &Sent) -> Result<Vec<Says>, Problem> {
    let mut says = Vec::new();
    let bad = |text: &str| Problem::Bad(text.to_owned());
    says.extend(Role::from_code(sent.text("owner")).map(Says::Owner));
    says.extend(CareRole::from_code(sent.text("care-role")).map(Says::CareRole));
    says.extend(DeviceClass::from_code(sent.text("class")).map(Says::Class));
    let area = sent.text("care-area");
    if area.chars().count() > LONGEST_VALUE || area.chars().any(char::is_control) {
        return Err(bad("The care area is too long, or is no plain text."));
    }
    if !area.is_empty() {
        says.push(Says::CareArea(area.to_owned()));
    }
    if !sent.text("spares").is_empty() {
        let spares = sent.text("spares").parse().ok().filter(|spares| *spares <= 9_999);
        says.push(Says::Spares(spares.ok_or_else(|| bad("How many others is a number from 0 to 9999."))?));
    }
    if !sent.text("cve").is_empty() {
        let cve: Option<CveId> = sent.text("cve").to_uppercase().parse().ok();
        let cve = cve.ok_or_else(|| bad("A CVE number looks like CVE-2024-12345."))?;
        let status =
            VexStatus::from_code(sent.text("status")).ok_or_else(|| bad("Say whether it is there."))?;
        says.push(Says::Vex { cve, status, justification: None });
    }
    if says.is_empty() { Err(bad("Fill in at least one thing that you know.")) } else { Ok(says) }
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
        _ => Err(Problem::Bad("The last day must be in the next ten years, as 2027-01-31.".to_owned())),
    }
}

async fn take_back(
    State(site): State<Site>,
    Path((text, statement)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let asset = device::id(&text).ok_or(Problem::NotFound)?;
    let number = statement.strip_prefix("S-").and_then(|number| number.parse().ok());
    let (id, at) = (StatementId(number.ok_or(Problem::NotFound)?), now());
    site.hospital().write(move |store| store.statement_take_back(id, at)).await?;
    Ok(Redirect::to(&format!("/devices/{asset}#said")).into_response())
}
