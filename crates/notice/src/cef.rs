//! One notice as an event in the Common Event Format, version 0 (ArcSight, "Implementing ArcSight Common Event Format", 25):
//! what most systems that watch logs read.

use crate::notice::Notice;
use crate::written::{Sender, link, one_line};

/// Letters of a name or a message: what CEF lets `msg` have.
const LONGEST_MESSAGE: usize = 1_023;
/// Letters of the name of an event.
const LONGEST_NAME: usize = 512;

/// A notice as an event.
pub(crate) fn event(notice: &Notice, sender: &Sender, names: bool, site: Option<&str>) -> String {
    let head = [
        "CEF:0".to_owned(),
        "Wardround".to_owned(),
        "Wardround".to_owned(),
        in_head(&sender.version),
        notice.kind.code().to_owned(),
        in_head(&one_line(&notice.title, LONGEST_NAME)),
        notice.kind.severity().to_string(),
    ];
    let lines: Vec<String> = notice.lines(names).map(|line| one_line(line, LONGEST_MESSAGE)).collect();
    let message: String = lines.join("\n").chars().take(LONGEST_MESSAGE).collect();
    let fields = [
        ("rt", Some(notice.at.saturating_mul(1_000).to_string())),
        ("externalId", Some(one_line(&notice.id, 128))),
        ("cat", Some("vulnerability management".to_owned())),
        ("msg", Some(message).filter(|message| !message.is_empty())),
        ("request", link(site, &notice.path).map(|link| one_line(&link, LONGEST_MESSAGE))),
        ("cs1Label", Some("hospital".to_owned()).filter(|_| !sender.hospital.is_empty())),
        ("cs1", Some(one_line(&sender.hospital, 200)).filter(|name| !name.is_empty())),
    ];
    let fields: Vec<String> = fields
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name}={}", in_field(&value?))))
        .collect();
    format!("{}|{}", head.join("|"), fields.join(" "))
}

/// Text in the head: a backslash before what ends a part of it. It has one line.
fn in_head(text: &str) -> String {
    one_line(text, LONGEST_NAME).replace('\\', "\\\\").replace('|', "\\|")
}

/// The value of a field: a backslash before what begins another, and line ends by their name.
fn in_field(text: &str) -> String {
    text.replace('\\', "\\\\").replace('=', "\\=").replace('\r', "\\r").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notice::Kind;

    fn notice(title: &str, named: &[&str]) -> Notice {
        Notice {
            id: "R-7.act-now".to_owned(),
            at: 1_795_000_000,
            kind: Kind::ActNow,
            title: title.to_owned(),
            named: named.iter().map(|&line| line.to_owned()).collect(),
            path: "/findings?decision=act".to_owned(),
        }
    }

    #[test]
    fn an_event_is_one_line_whose_parts_cannot_be_made_up() {
        let sender =
            Sender { hospital: "St. Bride's".to_owned(), version: "0.1.0".to_owned(), ..Sender::default() };
        let named = ["pump|9\\ src=6.6.6.6\n<13>1 - - - - - CEF:0|fake", "second"];
        let told = event(&notice("2 | new \\ ones\r\nx", &named), &sender, true, Some("https://w:8443/"));
        insta::assert_snapshot!(told, @r"CEF:0|Wardround|Wardround|0.1.0|act-now|2 \| new \\ ones  x|9|rt=1795000000000 externalId=R-7.act-now cat=vulnerability management msg=pump|9\\ src\=6.6.6.6 <13>1 - - - - - CEF:0|fake\nsecond request=https://w:8443/findings?decision\=act cs1Label=hospital cs1=St. Bride's");
        assert!(!told.contains('\n'));
        let told = event(&notice("2 new ones", &named), &Sender::default(), false, None);
        assert!(!told.contains("pump") && !told.contains("msg="), "{told}");
    }
}
