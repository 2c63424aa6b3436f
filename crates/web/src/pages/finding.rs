//! *Finding*: what it is, what it could do to care, how sure and why, what to do, who, and how it will be checked.

use axum::extract::{Path, State};
use maud::{Markup, html};
use wardround_model::{Asset, Finding, FindingId, PlanItem, Weakness};
use wardround_report::page::{count, number};
use wardround_store::StoreError;
use wardround_store::view::{DeviceRow, GroupRow, RoundView};
use wardround_triage::explain;

use crate::asked::{Asked, Looked};
use crate::layout::{self, Page, plain};
use crate::pages::{parts, work};
use crate::problem::Problem;
use crate::roles::Permission;
use crate::routes::{Menu, Needs, Route};
use crate::session::Person;
use crate::site::Site;

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get(Needs::May(Permission::See), "/findings/{finding}", show).logged("finding.view")]
}

/// What the page shows.
struct Found {
    finding: Finding,
    device: Option<(DeviceRow, Asset)>,
    group: Option<GroupRow>,
    group_number: u64,
}

async fn show(
    State(site): State<Site>,
    person: Person,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Page, Problem> {
    let id = id.strip_prefix("F-").and_then(|digest| digest.parse().ok()).map(FindingId);
    let id = id.ok_or(Problem::NotFound)?;
    let look = move |view: &RoundView<'_>| -> Result<Option<Found>, StoreError> {
        let Some(details) = view.finding(id)? else { return Ok(None) };
        let asset = view.device(details.finding.asset)?.map(|device| device.asset);
        Ok(Some(Found {
            device: details.device.zip(asset),
            group: view.finding_group(details.group)?,
            group_number: details.group,
            finding: details.finding,
        }))
    };
    let looked = asked.look(&site, look).await?.ok_or(Problem::NotFound)?;
    let Looked { round, is_latest, found } = looked;
    let looked = Looked { round, is_latest, found: found.ok_or(Problem::NotFound)? };
    let title = parts::without_codes(&looked.found.finding.title, 1);
    let desk = site.hospital().desk_soon(&site.policy).await?;
    let tasks = match desk {
        Some(desk) => site.hospital().tasks_of_finding(&desk, id).await?,
        None => Vec::new(),
    };
    let body = told(&asked, &looked, &work::few(&tasks, "Who does it"));
    Ok(layout::page(&site, &person, Some(Menu::Findings), &title, &body))
}

fn told(asked: &Asked, looked: &Looked<Found>, tasks: &Markup) -> Markup {
    let Found { finding, device, group, group_number } = &looked.found;
    let item = device.as_ref().and_then(|(_, asset)| explain(finding, asset));
    html! {
        (parts::of_round(looked))
        p { (parts::decision(finding.judgement.decision)) " on "
            @match device {
                Some((row, _)) => { (parts::device(asked, row.id, &row.title)) ", looked after by: " (row.owner.label()) "." }
                None => { "a device that this round does not show." }
            }
        }
        @if let Some(item) = &item { (what_to_do(item)) }
        (tasks)
        section aria-labelledby="why" {
            h2 id="why" { "Why we say so" }
            p { "How sure: " (finding.grade.label()) "." }
            (parts::reasons(asked, &finding.reasons))
        }
        section aria-labelledby="decision" {
            h2 id="decision" { "Why this decision" }
            (parts::reasons(asked, &finding.judgement.reasons))
        }
        @if let Some(group) = group {
            @if group.findings > 1 {
                p { a href=(asked.link("/findings", &[("group", &group_number.to_string())])) {
                    "All " (count(group.findings, "finding", "findings")) " of this kind, on " (count(group.devices, "device", "devices"))
                } }
            }
        }
        p { a href=(asked.link_to("/paths", &[("to", &finding.asset.to_string())])) { "Ways of an attacker to this device" } }
        (codes(finding))
    }
}

fn what_to_do(item: &PlanItem) -> Markup {
    let parts = [
        ("What it is", &item.what),
        ("What it could do to care", &item.why),
        ("How sure, and why", &item.how_sure),
        ("What to do, and how it is checked", &item.next_step),
    ];
    html! { section class="panel apart" aria-label="In short" { dl { @for (label, text) in parts { dt { (label) } dd { (plain(text)) } } } } }
}

/// Numbers for those who know them, out of the way of others.
fn codes(finding: &Finding) -> Markup {
    html! {
        details { summary { "Codes" } dl {
            dt { "Finding" } dd { code { (finding.id) } }
            @match &finding.weakness {
                Weakness::Vulnerability { cve, product, version, advisory } => {
                    dt { "CVE record" } dd { code { (cve) } }
                    dt { "Product" } dd { (plain(product)) @if let Some(version) = version { ", version " (plain(version)) } }
                    @if let Some(advisory) = advisory { dt { "Advisory" } dd { (plain(advisory)) } }
                }
                Weakness::Setting { setting, protocol } => {
                    dt { "Weak setting" } dd { code { (setting.code()) } " (CWE-" (number(u64::from(setting.cwe())).replace(',', "")) "), shown by " (plain(protocol)) }
                }
            }
            @if let Some(endpoint) = finding.endpoint { dt { "Where" } dd { code { (endpoint) } } }
        } }
    }
}
