//! Reports as files, sealed as those that pages give.

use axum::extract::State;
use axum::response::Response;
use wardround_report::document::Kind;
use wardround_report::document::seal::Form;

use super::super::asked::Fields;
use super::super::operations::{Operation, Parameter};
use crate::asked::Asked;
use crate::pages::reports::file;
use crate::problem::Problem;
use crate::roles::Permission;
use crate::site::Site;

/// The kinds of files.
const KINDS: &[&str] = &[
    "application/pdf",
    "text/html",
    "text/csv",
    "application/json",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
];
const FORMAT: &[Parameter] = &[Parameter::one_of("format", "The kind of file; JSON unless given.", || {
    Form::ALL.iter().map(|form| form.code()).collect()
})];

pub(super) fn operations() -> Vec<Operation> {
    use Permission::{See, SeeSummary};
    let report = |id, about, permission, path, kind: Kind| {
        let take = move |State(site): State<Site>, asked: Asked| take(site, asked, kind);
        Operation::new::<(), _, _>(id, about, permission, path, FORMAT, take).file(KINDS)
    };
    vec![
        report(
            "reports.board",
            "The board's page: how it stands, what threatens patients, what we ask for. It names no device.",
            SeeSummary,
            "/api/v1/reports/board",
            Kind::Board,
        ),
        report(
            "reports.work",
            "Work sheets: one a task, to take along.",
            See,
            "/api/v1/reports/work",
            Kind::Work,
        ),
        report(
            "reports.round",
            "The report of the latest round: what was seen, what was not, and every weak place.",
            See,
            "/api/v1/reports/round",
            Kind::Round,
        ),
    ]
}

async fn take(site: Site, asked: Asked, kind: Kind) -> Result<Response, Problem> {
    let form = Fields::of(&asked, FORMAT)?.code("format", Form::from_code)?;
    file(&site, kind, form.unwrap_or(Form::Json)).await
}
