//! Rules of a firewall in a table, as most consoles export them: from where, to where, with what, allowed or not; in their order.

use wardround_model::{AddressRange, PortRange, RuleAction, RuleProtocol, SourceKind};

use super::{Asked, Set, protocol, service};
use crate::table::{self, Field, Line, Schema, flag_of, plain};
use crate::{ImportError, Request, Rows};

pub(crate) const SCHEMA: Schema = Schema {
    kind: SourceKind::RuleList,
    columns: &[
        (
            Field::RuleSource,
            &[
                "source",
                "sourceaddress",
                "src",
                "srcaddr",
                "from",
                "quelle",
                "origine",
                "origen",
                "sourcenetwork",
            ],
        ),
        (
            Field::RuleTarget,
            &[
                "destination",
                "destinationaddress",
                "dst",
                "dstaddr",
                "to",
                "ziel",
                "destino",
                "destinationnetwork",
            ],
        ),
        (Field::RuleProtocol, &["protocol", "proto", "protokoll", "protocole", "protocolo"]),
        (
            Field::RulePort,
            &[
                "destinationport",
                "dstport",
                "port",
                "ports",
                "service",
                "services",
                "dienst",
                "destinationports",
                "puerto",
            ],
        ),
        (Field::RuleAction, &["action", "aktion", "accion", "verdict", "policy"]),
        (Field::Enabled, &["enabled", "status", "aktiv", "active"]),
    ],
    needs: &[&[Field::RuleSource], &[Field::RuleTarget], &[Field::RuleAction]],
    telling: &["action", "destination", "dstaddr", "srcaddr", "aktion", "destinationport"],
};

pub(crate) fn read(request: &Request<'_>, rows: &mut Rows<'_>) -> Result<(), ImportError> {
    let mut set = Set::new(rows, "list");
    let mut order = 0_u32;
    table::read(request, rows, &SCHEMA, &mut |line, rows| {
        if order == 0 {
            // What no rule decides is stopped, as these products do.
            set.add(rows, line.row, 0, 0, Asked::all(RuleAction::BeginDeny));
        }
        order = order.saturating_add(1);
        let is_off = flag_of(line.text(Field::Enabled)) == Some(false)
            || matches!(plain(line.text(Field::Enabled)).as_str(), "disable" | "disabled" | "inactive");
        if is_off {
            return;
        }
        match rule(line) {
            Ok(asked) => set.add(rows, line.row, 0, order, asked),
            Err((field, problem)) => line.error(rows, field, problem),
        }
    })
}

fn rule(line: &Line<'_>) -> Result<Asked, (Field, &'static str)> {
    let action = match plain(line.text(Field::RuleAction)).as_str() {
        "accept" | "allow" | "allowed" | "permit" | "pass" | "erlauben" | "zulassen" | "autoriser"
        | "permitir" => RuleAction::Accept,
        "deny" | "drop" | "reject" | "block" | "blocked" | "discard" | "verweigern" | "refuser"
        | "denegar" => RuleAction::Deny,
        _ => return Err((Field::RuleAction, "is neither allowed nor denied")),
    };
    const ADDRESS: &str =
        "names something that is no address: put networks such as 10.1.2.0/24 in place of names";
    let sources = addresses(line.text(Field::RuleSource)).ok_or((Field::RuleSource, ADDRESS))?;
    let targets = addresses(line.text(Field::RuleTarget)).ok_or((Field::RuleTarget, ADDRESS))?;
    let ports = services(line.text(Field::RuleProtocol), line.text(Field::RulePort));
    let is_sure = ports.is_some();
    Ok(Asked { action, is_sure, sources, targets, ports: ports.unwrap_or_default() })
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ';', '\n', '|', ' ']).map(str::trim).filter(|part| !part.is_empty())
}

fn is_any(text: &str) -> bool {
    matches!(
        plain(text).as_str(),
        "any" | "all" | "every" | "alle" | "tous" | "todos" | "any4" | "anyipv4" | ""
    )
}

/// Networks, stretches and addresses; empty: anywhere.
fn addresses(text: &str) -> Option<Vec<AddressRange>> {
    if is_any(text) || text.trim() == "*" {
        return Some(Vec::new());
    }
    parts(text).map(|part| part.parse().ok()).collect()
}

/// `tcp/443`, `TCP:443`, `443` with its protocol beside it, `https`; `None`: not understood, so it may be anything.
fn services(protocols: &str, ports: &str) -> Option<Vec<PortRange>> {
    let beside: Vec<RuleProtocol> =
        parts(protocols).filter(|_| !is_any(protocols)).filter_map(|word| protocol(&plain(word))).collect();
    if is_any(ports) || ports.trim() == "*" {
        return Some(beside.into_iter().map(PortRange::all).collect());
    }
    let mut all = Vec::new();
    for part in parts(ports) {
        let part = part.to_ascii_lowercase();
        let own = part.split_once(['/', ':', '_']).filter(|(word, _)| matches!(*word, "tcp" | "udp"));
        match own {
            Some((word, text)) => all.push(service::ports(protocol(word)?, text)?),
            None => {
                let both = [RuleProtocol::Tcp, RuleProtocol::Udp];
                let of = if beside.is_empty() { &both[..] } else { &beside };
                for protocol in of {
                    all.push(service::ports(*protocol, &part)?);
                }
            }
        }
    }
    Some(all)
}
