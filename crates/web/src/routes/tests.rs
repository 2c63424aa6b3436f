//! The matrix of every route by role: what is allowed and what is refused, never by accident.

use std::fmt::Write as _;

use super::*;
use crate::roles::SiteRole;

#[test]
fn every_route_says_whom_it_serves() {
    let mut text = String::new();
    let roles: Vec<&str> = SiteRole::ALL.iter().map(|role| role.code()).collect();
    writeln!(text, "{:6} {:42} {:9} {}", "", "", "nobody", roles.join(" ")).unwrap();
    for route in all() {
        let cell = |yes: bool| if yes { "yes" } else { "-" };
        let nobody = match route.gate.needs {
            Needs::Public => "yes",
            Needs::Collector => "collector",
            Needs::SignedIn | Needs::May(_) | Needs::Token(_) => "-",
        };
        let may = |role: &SiteRole| match route.gate.needs {
            Needs::Public | Needs::SignedIn => true,
            Needs::Collector => false,
            Needs::May(permission) | Needs::Token(permission) => role.may(permission),
        };
        let cells: Vec<String> =
            SiteRole::ALL.iter().map(|role| format!("{:1$}", cell(may(role)), role.code().len())).collect();
        writeln!(
            text,
            "{}",
            format!("{:6} {:42} {nobody:9} {}", route.method, route.path, cells.join(" ")).trim_end()
        )
        .unwrap();
    }
    insta::assert_snapshot!(text);
}

#[test]
fn what_changes_something_is_logged() {
    for route in all().iter().filter(|route| route.method != "GET") {
        let logs_itself = ["/sign-in", "/sign-out", "/join", "/break-glass"].contains(&route.path);
        assert!(route.gate.logged.is_some() || logs_itself, "{}", route.path);
    }
}

#[test]
fn only_stops_and_taking_back_are_done_without_the_log() {
    let reserved: Vec<&str> =
        all().iter().filter(|route| route.gate.is_reserved).map(|route| route.path).collect();
    let wanted = [
        "/devices/{device}/take-back/{statement}",
        "/devices/said/{moment}/take-back",
        "/views/{view}/restore",
        "/work/{task}/undo/{event}",
        "/ask/stop",
        "/api/v1/asking/stop",
    ];
    assert_eq!(reserved, wanted);
}

#[test]
fn each_look_at_one_device_or_finding_is_logged() {
    let named: Vec<Route> = all()
        .into_iter()
        .filter(|route| ["{device}", "{finding}", "{task}"].iter().any(|part| route.path.contains(part)))
        .collect();
    assert!(named.len() > 2);
    for route in named {
        assert!(route.gate.logged.is_some(), "{}", route.path);
    }
}
