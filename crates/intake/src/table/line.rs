//! One row of a table: its cells by field, as texts, moments, answers and things. Not here: which list it is of.

use std::net::IpAddr;

use wardround_model::{FactKind, ListedId, Subject, Timestamp};

use super::claims::Claims;
use super::date::{self, NoMoment, Order};
use super::field::Field;
use super::records::Record;
use super::schema::Columns;
use super::{address, heading};
use crate::{Row, Rows, Thing};

/// One row of a table.
#[derive(Debug)]
pub(crate) struct Line<'t> {
    /// Its place.
    pub(crate) row: Row,
    record: &'t Record,
    columns: &'t Columns,
    order: Order,
}

impl<'t> Line<'t> {
    pub(super) fn new(row: Row, record: &'t Record, columns: &'t Columns, order: Order) -> Self {
        Self { row, record, columns, order }
    }

    /// The text of a field: its first column that says something; empty where none does.
    pub(crate) fn text(&self, field: Field) -> &'t str {
        self.filled(field).map_or("", |(_, text)| text)
    }

    /// The first column of a field that says something, and what.
    fn filled(&self, field: Field) -> Option<(usize, &'t str)> {
        let cell = |column: usize| Some((column, self.record.cells.get(column)?.as_str()));
        self.columns.of_field(field).filter_map(cell).find(|(_, text)| !is_nothing(text))
    }

    /// Whether the table has a column for this field.
    pub(crate) fn has(&self, field: Field) -> bool {
        self.columns.has(field)
    }

    /// Notes that a field's value cannot be read.
    pub(crate) fn error(&self, rows: &mut Rows<'_>, field: Field, message: &str) {
        let filled = self.filled(field).map(|(column, _)| column);
        let column = filled.or_else(|| self.columns.of_field(field).next());
        let column = column.and_then(|column| self.columns.heading(column));
        rows.error(self.row, column.or(Some(field.code())), message);
    }

    /// The moment of a field; `None` where it is empty, says never, or cannot be read, which is noted.
    pub(crate) fn moment(&self, field: Field, rows: &mut Rows<'_>) -> Option<Timestamp> {
        let (_, text) = self.filled(field)?;
        let message = match date::moment(text, self.order) {
            Ok(moment) => return Some(moment),
            Err(NoMoment::Never) => return None,
            Err(NoMoment::Ambiguous) => {
                "day and month cannot be told apart: export days as 2026-11-23, or map a column to day-first or month-first"
            }
            Err(NoMoment::Unreadable) => "is no day or moment that is known: write it as 2026-11-23",
        };
        self.error(rows, field, message);
        None
    }

    /// The answer of a field; `None` where it is empty or cannot be read, which is noted.
    pub(crate) fn flag(&self, field: Field, rows: &mut Rows<'_>) -> Option<bool> {
        let (_, text) = self.filled(field)?;
        let answer = flag_of(text);
        if answer.is_none() {
            self.error(rows, field, "is neither yes nor no: write true or false");
        }
        answer
    }

    /// Adds a field's text as a fact, if there is one.
    pub(crate) fn tell(&self, rows: &mut Rows<'_>, subject: Subject, field: Field, kind: FactKind) {
        let text = self.text(field);
        if !text.is_empty() {
            rows.fact(self.row, subject, kind, text);
        }
    }

    /// Adds a field's moment as a fact, if there is one.
    pub(crate) fn tell_moment(&self, rows: &mut Rows<'_>, subject: Subject, field: Field, kind: FactKind) {
        if let Some(moment) = self.moment(field, rows) {
            rows.moment(self.row, subject, kind, moment);
        }
    }

    /// Adds a field's answer as a fact, if there is one.
    pub(crate) fn tell_flag(&self, rows: &mut Rows<'_>, subject: Subject, field: Field, kind: FactKind) {
        if let Some(answer) = self.flag(field, rows) {
            rows.fact(self.row, subject, kind, yes_or_no(answer));
        }
    }

    /// What the row says of who its thing is, in columns for name, address, card, serial and inventory number; and gives what
    /// facts about it are about. Where the row names none, it is what the whole file is about, if a person said so.
    pub(crate) fn thing(&self, rows: &mut Rows<'_>) -> Option<Subject> {
        let (thing, ips) = self.marks(rows);
        self.tell_thing(&thing, &ips, rows)
    }

    /// The same, for lists that tell things by name and have an address for them that may be old.
    pub(crate) fn named_thing(&self, rows: &mut Rows<'_>, claims: &mut Claims) -> Option<Subject> {
        let (mut thing, ips) = self.marks(rows);
        let Some(id) = thing.name.as_deref().map(ListedId::of_name) else {
            return self.tell_thing(&thing, &ips, rows);
        };
        thing.ip = None;
        for ip in ips {
            claims.add(self.row, id, ip);
        }
        rows.thing(self.row, &thing)
    }

    /// The marks of the row's thing, and all its addresses.
    fn marks(&self, rows: &mut Rows<'_>) -> (Thing, Vec<IpAddr>) {
        let ips = self.ips(rows);
        let thing = Thing {
            mac: self.card(rows),
            ip: ips.first().copied(),
            name: self.own_text(Field::Name, |name| address::host_name(name).to_owned()),
            maker: self.own_text(Field::Maker, str::to_owned),
            serial: self.own_text(Field::Serial, str::to_owned),
            tag: self.own_text(Field::Tag, str::to_owned),
        };
        (thing, ips)
    }

    fn tell_thing(&self, thing: &Thing, ips: &[IpAddr], rows: &mut Rows<'_>) -> Option<Subject> {
        if thing.subject().is_none()
            && let Some(about) = rows.request().about.as_ref()
        {
            return crate::about(about, self.row, rows);
        }
        let subject = rows.thing(self.row, thing)?;
        // Further addresses of the same thing, so that all of them lead to it.
        for ip in ips.iter().skip(1) {
            match subject {
                Subject::Mac(_) => rows.fact(self.row, subject, FactKind::OwnsIp, &ip.to_string()),
                _ => {
                    for id in thing.listed() {
                        rows.fact(self.row, Subject::Ip(*ip), FactKind::ListedAs, &id.to_string());
                    }
                }
            }
        }
        Some(subject)
    }

    fn own_text(&self, field: Field, own: impl FnOnce(&str) -> String) -> Option<String> {
        self.filled(field).map(|(_, text)| own(text)).filter(|text| !is_placeholder(text))
    }

    fn ips(&self, rows: &mut Rows<'_>) -> Vec<IpAddr> {
        let Some((_, text)) = self.filled(Field::Ip) else { return Vec::new() };
        let ips = address::ips(text);
        if ips.is_none() && heading::plain(text) != "dhcp" {
            self.error(rows, Field::Ip, "is no IP address: write it as 10.1.2.3");
        }
        ips.unwrap_or_default()
    }

    fn card(&self, rows: &mut Rows<'_>) -> Option<wardround_model::MacAddr> {
        let (_, text) = self.filled(Field::Mac)?;
        // Several cards of one device: the first stands for it.
        let first = text.split([',', ';', '\n', '|']).next().unwrap_or(text);
        let mac = address::mac(first);
        if mac.is_none() {
            self.error(rows, Field::Mac, "is no card's address: write it as 00:1b:2c:3d:4e:5f");
        }
        mac.filter(|mac| mac.is_one_card())
    }
}

/// `yes` or `no`.
pub(crate) const fn yes_or_no(answer: bool) -> &'static str {
    if answer { "yes" } else { "no" }
}

/// Whether a cell says nothing: empty, a dash, or a program's word for empty.
pub(crate) fn is_nothing(text: &str) -> bool {
    const NOTHING: [&str; 16] = [
        "",
        "-",
        "--",
        "---",
        "—",
        "n/a",
        "n.a.",
        "na",
        "null",
        "(null)",
        "#n/v",
        "#n/a",
        "(none)",
        "<not set>",
        "k.a.",
        "k. a.",
    ];
    text.len() <= 12 && NOTHING.contains(&text.to_lowercase().as_str())
}

/// Whether a mark marks nothing: makers and people fill such words in where there is no number, and all devices that have them
/// would become one.
fn is_placeholder(mark: &str) -> bool {
    const PLACEHOLDERS: [&str; 24] = [
        "",
        "unknown",
        "unbekannt",
        "inconnu",
        "desconocido",
        "none",
        "keine",
        "ohne",
        "aucun",
        "ninguno",
        "tbd",
        "tba",
        "notavailable",
        "notapplicable",
        "nosticker",
        "missing",
        "tobefilledbyoem",
        "defaultstring",
        "systemserialnumber",
        "serialnumber",
        "localhost",
        "notset",
        "various",
        "123456789",
    ];
    let word = heading::plain(mark);
    PLACEHOLDERS.contains(&word.as_str()) || word.chars().all(|c| c == '0' || c == 'x')
}

/// Yes or no in English, German, French and Spanish, and as programs write it.
pub(crate) fn flag_of(text: &str) -> Option<bool> {
    const YES: [&str; 16] = [
        "true",
        "yes",
        "y",
        "1",
        "ja",
        "j",
        "wahr",
        "oui",
        "vrai",
        "si",
        "verdadero",
        "enabled",
        "on",
        "aktiviert",
        "active",
        "x",
    ];
    const NO: [&str; 13] = [
        "false",
        "no",
        "n",
        "0",
        "nein",
        "falsch",
        "non",
        "faux",
        "falso",
        "disabled",
        "off",
        "deaktiviert",
        "inactive",
    ];
    let word = heading::plain(text);
    match word.as_str() {
        word if YES.contains(&word) => Some(true),
        word if NO.contains(&word) => Some(false),
        _ => None,
    }
}
