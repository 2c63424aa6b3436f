//! Whether programs can do what people do: each route of a page, and the operations that do the same, or why there are none.

use std::collections::BTreeSet;

use super::*;
use crate::roles::SiteRole;
use crate::routes;

/// What there is for programs in the place of a route.
enum Door {
    /// These operations.
    By(&'static [&'static str]),
    /// None, and why.
    Not(&'static str),
}

use Door::{By, Not};

const PERSON: &str = "a person signs in, with a second factor; a program shows a token";
const MACHINE: &str = "it is for programs already, and needs no token of the API";
const ASKS: &str =
    "what is sent to hosts is planned, approved, begun and allowed again by a person who is there";
const DEMO: &str =
    "the made-up hospital is for people who look around: a program must not change under them what all see";
const TABLE: &[(&str, &str, Door)] = &[
    ("GET", "/healthz", Not(MACHINE)),
    ("GET", "/readyz", Not(MACHINE)),
    ("GET", "/metrics", Not(MACHINE)),
    ("GET", "/assets/{name}", Not("looks of pages")),
    ("GET", "/sign-in", Not(PERSON)),
    ("POST", "/sign-in", Not(PERSON)),
    ("POST", "/sign-out", Not(PERSON)),
    ("GET", "/break-glass", Not(PERSON)),
    ("POST", "/break-glass", Not(PERSON)),
    ("GET", "/join", Not(PERSON)),
    ("POST", "/join", Not(PERSON)),
    ("GET", "/", By(&["today.get"])),
    ("GET", "/plan", By(&["today.first", "plan.get"])),
    ("POST", "/rounds/run", By(&["rounds.run"])),
    ("GET", "/rounds/now", By(&["rounds.now"])),
    ("GET", "/rounds/now/events", By(&["rounds.now"])),
    ("GET", "/devices", By(&["devices.list", "devices.counts"])),
    (
        "GET",
        "/devices/{device}",
        By(&["devices.get", "devices.history", "devices.facts", "devices.statements"]),
    ),
    ("POST", "/devices/{device}/say", By(&["devices.say", "findings.say"])),
    ("POST", "/devices/{device}/take-back/{statement}", By(&["statements.take-back"])),
    ("POST", "/devices/say", By(&["devices.say-many"])),
    ("GET", "/devices/said/{moment}", By(&["devices.statements"])),
    ("POST", "/devices/said/{moment}/take-back", By(&["statements.take-back-many"])),
    ("GET", "/findings", By(&["findings.list", "findings.groups", "findings.counts"])),
    ("GET", "/findings/{finding}", By(&["findings.get"])),
    ("GET", "/evidence/{ground}", By(&["evidence.get"])),
    ("GET", "/paths", By(&["ways.find"])),
    ("POST", "/views", By(&["views.save"])),
    ("GET", "/views/{view}", By(&["views.get", "views.list"])),
    ("POST", "/views/{view}/change", By(&["views.change"])),
    ("POST", "/views/{view}/delete", By(&["views.delete"])),
    ("POST", "/views/{view}/restore", By(&["views.restore"])),
    ("GET", "/conversations", By(&["conversations.matrix"])),
    ("GET", "/conversations/{from}/{to}", By(&["conversations.list"])),
    ("GET", "/devices/{device}/conversations", By(&["devices.conversations"])),
    ("GET", "/work", By(&["work.list", "work.clocks"])),
    ("GET", "/work/export/{format}", By(&["work.export"])),
    ("GET", "/work/{task}", By(&["work.get", "work.sheet", "work.words"])),
    ("POST", "/work/{task}/assign", By(&["work.assign"])),
    ("POST", "/work/{task}/comment", By(&["work.comment"])),
    ("POST", "/work/{task}/done", By(&["work.done"])),
    ("POST", "/work/{task}/reopen", By(&["work.reopen"])),
    ("POST", "/work/{task}/letter-sent", By(&["work.letter-sent"])),
    ("POST", "/work/{task}/letter-answered", By(&["work.letter-answered"])),
    ("POST", "/work/{task}/sign-off", By(&["work.sign-off"])),
    ("POST", "/work/{task}/except", By(&["work.except"])),
    ("POST", "/work/{task}/undo/{event}", By(&["work.undo"])),
    ("GET", "/work/{task}/letter", By(&["work.letter"])),
    ("POST", "/work/{task}/files", By(&["work.attach"])),
    ("GET", "/work/{task}/files/{event}", By(&["work.file"])),
    ("GET", "/ask", By(&["asking.log"])),
    ("POST", "/ask/scope", Not(ASKS)),
    ("POST", "/ask/plan", Not(ASKS)),
    ("POST", "/ask/approve", Not(ASKS)),
    ("POST", "/ask/key", Not(ASKS)),
    ("POST", "/ask/name", Not(ASKS)),
    ("POST", "/ask/run", Not(ASKS)),
    ("POST", "/ask/stop", By(&["asking.stop"])),
    ("POST", "/ask/resume", Not(ASKS)),
    ("POST", "/ask/after", Not(ASKS)),
    ("POST", "/ask/regular", Not(ASKS)),
    ("POST", "/ask/regular/approve", Not(ASKS)),
    ("GET", "/ask/log/{form}", By(&["asking.log"])),
    ("GET", "/rounds", By(&["rounds.list"])),
    ("GET", "/rounds/compare", By(&["rounds.compare"])),
    ("GET", "/rounds/{after}/since/{before}", By(&["rounds.compare"])),
    ("GET", "/coverage", By(&["coverage.get"])),
    ("GET", "/intelligence", By(&["intelligence.list"])),
    ("GET", "/reports", By(&["reports.board"])),
    ("GET", "/reports/board", By(&["reports.board"])),
    ("GET", "/reports/board/file", By(&["reports.board"])),
    ("GET", "/reports/work/file", By(&["reports.work"])),
    ("GET", "/reports/round/file", By(&["reports.round"])),
    ("GET", "/import", By(&["imports.list", "uploads.list"])),
    ("POST", "/import", By(&["uploads.send"])),
    ("GET", "/import/{upload}", By(&["uploads.look"])),
    ("POST", "/import/{upload}", By(&["uploads.look"])),
    ("POST", "/import/{upload}/keep", By(&["uploads.keep"])),
    ("POST", "/import/{upload}/drop", By(&["uploads.drop"])),
    ("POST", "/import/{upload}/round", By(&["uploads.round"])),
    ("POST", "/imports/{import}/forget", By(&["imports.forget"])),
    ("POST", "/demo/show", Not(DEMO)),
    ("POST", "/demo/leave", Not(DEMO)),
    ("GET", "/people", By(&["people.list", "people.get", "people.invitations"])),
    ("POST", "/people/invite", By(&["people.invite"])),
    ("POST", "/people/invited/{invitation}/withdraw", By(&["people.withdraw"])),
    ("POST", "/people/{account}/change", By(&["people.change"])),
    ("POST", "/people/{account}/close", By(&["people.close"])),
    ("POST", "/people/{account}/sign-out", By(&["people.sign-out"])),
    ("GET", "/audit", By(&["audit.list", "audit.checkpoints"])),
    ("GET", "/settings", By(&["hospital.get", "schedule.get", "site.get"])),
    ("POST", "/settings/hospital", By(&["hospital.name"])),
    ("POST", "/settings/schedule", By(&["schedule.change"])),
    ("GET", "/settings/interfaces", By(&["interfaces.list", "interfaces.chosen"])),
    ("POST", "/settings/interfaces", By(&["interfaces.choose"])),
    ("GET", "/settings/notices", By(&["receivers.list", "receivers.get"])),
    ("POST", "/settings/notices/mail", By(&["receivers.add-mail"])),
    ("POST", "/settings/notices/webhook", By(&["receivers.add-webhook"])),
    ("POST", "/settings/notices/syslog", By(&["receivers.add-syslog"])),
    ("POST", "/settings/notices/{receiver}/try", By(&["receivers.try"])),
    ("POST", "/settings/notices/{receiver}/off", By(&["receivers.off"])),
    ("POST", "/settings/notices/{receiver}/on", By(&["receivers.on"])),
    ("POST", "/settings/notices/{receiver}/remove", By(&["receivers.remove"])),
    ("GET", "/account", Not(PERSON)),
    ("POST", "/account/password", Not(PERSON)),
    ("POST", "/account/sessions", Not(PERSON)),
    ("POST", "/account/recovery", Not(PERSON)),
    ("GET", "/account/tokens", By(&["tokens.list"])),
    ("POST", "/account/tokens", Not("a token that is stolen must not live on in another")),
    ("POST", "/account/tokens/{token}/end", By(&["tokens.end"])),
];

#[test]
fn each_route_of_a_page_has_its_operations_or_a_reason_why_not() {
    let named: Vec<(&str, &str)> = TABLE.iter().map(|(method, path, _)| (*method, *path)).collect();
    let once: BTreeSet<_> = named.iter().collect();
    assert_eq!(once.len(), named.len(), "a route stands twice in the table");
    let routes = routes::all();
    let of_pages: BTreeSet<(&str, &str)> = routes
        .iter()
        .filter(|route| !route.path.starts_with(PATH))
        .map(|route| (route.method, route.path))
        .collect();
    let missing: Vec<_> = of_pages.iter().filter(|route| !once.contains(route)).collect();
    assert!(missing.is_empty(), "say in the table what programs have in the place of {missing:?}");
    let gone: Vec<_> = named.iter().filter(|route| !of_pages.contains(route)).collect();
    assert!(gone.is_empty(), "there is no such page any more: {gone:?}");
}

#[test]
fn whoever_may_use_a_page_may_use_its_operations_and_each_operation_stands_for_a_page() {
    let (operations, routes) = (operations(), routes::all());
    let mut used = BTreeSet::from(["events.follow"]);
    for (method, path, door) in TABLE {
        let route = routes.iter().find(|route| (route.method, route.path) == (*method, *path)).unwrap();
        let ids = match door {
            By(ids) => ids,
            Not(why) => {
                assert!(why.len() > 10, "{path}: a reason, please");
                continue;
            }
        };
        for id in *ids {
            let operation = operations.iter().find(|operation| operation.id == *id);
            let operation = operation.unwrap_or_else(|| panic!("{path}: there is no operation {id}"));
            assert!(*method == "GET" || operation.route.method != "GET", "{path}: {id} changes nothing");
            let may_page = |role: &SiteRole| match route.gate.needs {
                Needs::Public | Needs::SignedIn => true,
                Needs::Collector => false,
                Needs::May(permission) | Needs::Token(permission) => role.may(permission),
            };
            let kept_out =
                SiteRole::ALL.iter().filter(|role| may_page(role) && !role.may(operation.permission));
            assert_eq!(kept_out.count(), 0, "{path}: {id} keeps out who may use the page");
            used.insert(id);
        }
    }
    let unused: Vec<_> =
        operations.iter().map(|operation| operation.id).filter(|id| !used.contains(id)).collect();
    assert!(unused.is_empty(), "no page does the same as {unused:?}");
}
