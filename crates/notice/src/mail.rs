//! Notices as one mail: plain text and plain HTML side by side (RFC 5322, 2045 to 2047, 2046 5.1.4).
//!
//! Both parts are base64, so that no line is too long and none begins with a full stop, whatever stands in them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, html};

use crate::notice::Notice;
use crate::receiver::{Mail, Receiver};
use crate::written::{Sender, link, one_line, rfc_5322};

/// Letters of a subject.
const LONGEST_SUBJECT: usize = 200;
/// Bytes of text in one encoded word: with its frame it has 75 letters at most (RFC 2047, 2).
const WORD: usize = 45;
/// Letters of a line of base64 (RFC 2045, 6.8).
const LINE: usize = 76;

/// The mail, from its head to its end; lines end as mail has them.
pub(crate) fn compose(
    to: &Mail,
    receiver: &Receiver,
    notices: &[Notice],
    sender: &Sender,
    at: i64,
) -> String {
    let digest = digest(to, notices);
    let domain = to.from.rsplit('@').next().unwrap_or("localhost");
    let boundary = format!("part-{}", digest.chars().take(32).collect::<String>());
    let (subject, recipients) = (in_head(&subject(notices, sender)), to.to.join(",\r\n "));
    let (text, html) = (text(receiver, notices, sender), markup(receiver, notices, sender).into_string());
    format!(
        "From: Wardround <{from}>\r\nTo: {recipients}\r\nSubject: {subject}\r\nDate: {date}\r\n\
         Message-ID: <{digest}@{domain}>\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/alternative; boundary=\"{boundary}\"\r\n\r\n{plain}{html}--{boundary}--\r\n",
        from = to.from,
        date = rfc_5322(at),
        plain = part(&boundary, "plain", &text),
        html = part(&boundary, "html", &html),
    )
}

/// What the mail is known by: the same when it is tried again, so that a reader shows it once.
fn digest(to: &Mail, notices: &[Notice]) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("wardround 2026-11-27 mail");
    let ids = notices.iter().map(|notice| notice.id.as_str());
    for text in ids.chain(to.to.iter().map(String::as_str)) {
        hasher.update(text.as_bytes());
        hasher.update(&[0]);
    }
    hasher.finalize().to_hex().chars().take(40).collect()
}

fn subject(notices: &[Notice], sender: &Sender) -> String {
    let what = match notices {
        [one] => one.title.clone(),
        many => format!("{} notices of the security round", many.len()),
    };
    let name = one_line(&sender.hospital, 60);
    let subject = if name.is_empty() { what } else { format!("{name}: {what}") };
    one_line(&subject, LONGEST_SUBJECT)
}

/// Text in the head: as it is where that is safe, else as encoded words (RFC 2047), each on a line of its own.
fn in_head(text: &str) -> String {
    let is_plain = text.len() < 60 && !text.contains("=?") && text.chars().all(|c| matches!(c, ' '..='~'));
    if is_plain {
        return text.to_owned();
    }
    let mut words = vec![String::new()];
    for letter in text.chars() {
        match words.last_mut() {
            Some(word) if word.len() + letter.len_utf8() <= WORD => word.push(letter),
            _ => words.push(letter.to_string()),
        }
    }
    let words: Vec<String> =
        words.iter().map(|word| format!("=?UTF-8?B?{}?=", STANDARD.encode(word))).collect();
    words.join("\r\n ")
}

fn part(boundary: &str, kind: &str, text: &str) -> String {
    let letters: Vec<char> = STANDARD.encode(text).chars().collect();
    let lines: Vec<String> = letters.chunks(LINE).map(|line| line.iter().collect()).collect();
    format!(
        "--{boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n",
        lines.join("\r\n")
    )
}

/// Why somebody gets this, and how it ends.
const WHY: &str = "You get this because an administrator put your address into the settings of Wardround.";

fn text(receiver: &Receiver, notices: &[Notice], sender: &Sender) -> String {
    let mut text = String::new();
    if !sender.hospital.is_empty() {
        text += &format!("{}\r\n\r\n", one_line(&sender.hospital, 200));
    }
    for notice in notices {
        text += &format!("{}\r\n", one_line(&notice.title, 500));
        for line in notice.lines(receiver.names) {
            text += &format!("- {}\r\n", one_line(line, 500));
        }
        if let Some(link) = link(receiver.site.as_deref(), &notice.path) {
            text += &format!("{link}\r\n");
        }
        text += "\r\n";
    }
    text + WHY + "\r\n"
}

fn markup(receiver: &Receiver, notices: &[Notice], sender: &Sender) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; title { (one_line(&subject(notices, sender), LONGEST_SUBJECT)) } }
            body {
                @if !sender.hospital.is_empty() { h1 { (one_line(&sender.hospital, 200)) } }
                @for notice in notices {
                    h2 { (one_line(&notice.title, 500)) }
                    @let lines: Vec<&str> = notice.lines(receiver.names).collect();
                    @if !lines.is_empty() { ul { @for line in lines { li { (one_line(line, 500)) } } } }
                    @if let Some(link) = link(receiver.site.as_deref(), &notice.path) { p { a href=(link) { "See it in Wardround" } } }
                }
                hr;
                p { small { (WHY) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notice::Kind;
    use crate::receiver::{Protection, Way};

    fn receiver(names: bool) -> (Mail, Receiver) {
        let mail = Mail {
            host: "mail".to_owned(),
            port: 587,
            protection: Protection::StartTls,
            from: "wardround@hospital.example".to_owned(),
            to: vec!["it@hospital.example".to_owned(), "lead@hospital.example".to_owned()],
            login: None,
        };
        let site = Some("https://ward-srv:8443".to_owned());
        let receiver = Receiver { way: Way::Mail(mail.clone()), inside: true, trusted: None, names, site };
        (mail, receiver)
    }

    fn notices() -> Vec<Notice> {
        let notice = |id: &str, kind, title: &str, named: &[&str], path: &str| Notice {
            id: id.to_owned(),
            at: 1_795_000_000,
            kind,
            title: title.to_owned(),
            named: named.iter().map(|&line| line.to_owned()).collect(),
            path: path.to_owned(),
        };
        vec![
            notice(
                "R-7.act-now",
                Kind::ActNow,
                "2 new weak places to act on at once.",
                &["SMB 1 is on, pump <b>\r\nBcc: eve@evil.example", "Old system, server"],
                "/findings?decision=act",
            ),
            notice("R-7.round", Kind::RoundDone, "Round R-7: 2 new weak places.", &[], "/"),
        ]
    }

    #[test]
    fn a_mail_tells_the_same_as_text_and_as_html() {
        let (mail, receiver) = receiver(true);
        let sender = Sender { hospital: "St. Bride's".to_owned(), ..Sender::default() };
        insta::assert_snapshot!(
            compose(&mail, &receiver, &notices(), &sender, 1_795_000_000).replace("\r\n", "\n")
        );
        insta::assert_snapshot!(text(&receiver, &notices(), &sender).replace("\r\n", "\n"));
        insta::assert_snapshot!(markup(&receiver, &notices(), &sender).into_string());
    }

    #[test]
    fn devices_and_weaknesses_are_named_to_nobody_who_is_not_to_know() {
        let (_, receiver) = receiver(false);
        let told = text(&receiver, &notices(), &Sender::default())
            + &markup(&receiver, &notices(), &Sender::default()).into_string();
        assert!(told.contains("2 new weak places") && !told.contains("SMB") && !told.contains("pump"));
    }

    #[test]
    fn no_name_makes_a_line_of_the_head() {
        let (mail, receiver) = receiver(true);
        let hostile = [
            "x\r\nBcc: eve@evil.example",
            "x\nBcc: eve@evil.example\n\nbody",
            "=?UTF-8?Q?=0ABcc:_eve?=",
            "\u{2028}Bcc: eve",
            "\u{0}\u{85}Bcc: eve",
            &"ä".repeat(500),
        ];
        for name in hostile {
            let sender = Sender { hospital: name.to_owned(), ..Sender::default() };
            let mut told = notices();
            told.truncate(1);
            if let Some(one) = told.first_mut() {
                one.title = name.to_owned();
            }
            let mail = compose(&mail, &receiver, &told, &sender, 1);
            let head = mail.split("\r\n\r\n").next().unwrap_or_default();
            let fields: Vec<&str> = head.split("\r\n").filter(|line| !line.starts_with(' ')).collect();
            let names: Vec<&str> = fields.iter().filter_map(|field| field.split(':').next()).collect();
            let wanted = [
                "From",
                "To",
                "Subject",
                "Date",
                "Message-ID",
                "Auto-Submitted",
                "MIME-Version",
                "Content-Type",
            ];
            assert_eq!(names, wanted, "{head}");
            assert!(mail.split("\r\n").all(|line| line.len() <= 100 && !line.contains(['\r', '\n'])));
        }
    }
}
