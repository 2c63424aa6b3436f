//! The log as a capture: which lines are an exchange.

use std::net::SocketAddrV4;
use std::time::Duration;

use wardround_ask::journal::Line;
use wardround_ask::rebuilt::{NOWHERE, Sent};
use wardround_ask::{Outcome, Question};
use wardround_model::Timestamp;

/// Lines that tell of a question and cannot be read as one are counted, not guessed.
pub(super) struct Rebuilt {
    pub(super) sent: Vec<Sent>,
    pub(super) unread: usize,
}

/// Each `sending` of a log, with what came of it.
pub(super) fn of(lines: &[Line]) -> Rebuilt {
    let (mut sent, mut unread) = (Vec::new(), 0_usize);
    for (nth, line) in lines.iter().enumerate().filter(|(_, line)| line.event == "sending") {
        // One question is under way at a time, so what came of it is told before the next is sent.
        let behind = lines.iter().skip(nth.saturating_add(1)).take_while(|next| next.event != "sending");
        let end = behind.filter(|next| next.to == line.to && next.plan == line.plan).find_map(|next| {
            let outcome = Outcome::from_code(&next.event)?;
            Some((next, (next.at.parse().ok()?, outcome, next.bytes_out.unwrap_or(0))))
        });
        match exchange(line, end) {
            Some(exchange) => sent.push(exchange),
            None => unread = unread.saturating_add(1),
        }
    }
    Rebuilt { sent, unread }
}

fn exchange(line: &Line, end: Option<(&Line, (Timestamp, Outcome, usize))>) -> Option<Sent> {
    let to: SocketAddrV4 = line.to.strip_suffix("/udp").unwrap_or(&line.to).parse().ok()?;
    Some(Sent {
        plan: line.plan.clone(),
        from: end.and_then(|(end, _)| end.from.parse().ok()).unwrap_or(NOWHERE),
        to,
        question: Question::from_code(&line.question)?,
        at: line.at.parse().ok()?,
        end: end.map(|(_, end)| end),
        connected: end.and_then(|(end, _)| end.connect_ms).map(Duration::from_millis),
        called: line.called.clone(),
        walked: end
            .map(|(end, _)| end.walked.iter().map(|name| name.parse().ok()).collect::<Option<_>>())
            .unwrap_or_else(|| Some(Vec::new()))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(at: i64, event: &str, to: &str) -> Line {
        Line {
            plan: "0123456789abcdef".to_owned(),
            to: to.to_owned(),
            question: "banner".to_owned(),
            ..Line::new(Timestamp::from_seconds(at), event)
        }
    }

    #[test]
    fn each_sending_has_its_own_outcome_or_none() {
        let to = "10.20.1.9:22";
        let walked = vec!["1.3.6.1.2.1.2.2.1.6".to_owned()];
        let from = "10.20.1.2:40000".into();
        let answered = Line { connect_ms: Some(3), from, walked, ..line(12, "answered", to) };
        let lines = [
            line(10, "begin", ""),
            line(11, "sending", to),
            answered,
            line(20, "sending", "10.20.1.10:22"),
            line(30, "sending", "what is this"),
            line(31, "answered", "what is this"),
            line(40, "sending", to),
            Line { walked: vec!["no name".to_owned()], ..line(41, "answered", to) },
        ];
        let rebuilt = of(&lines);
        assert_eq!((rebuilt.sent.len(), rebuilt.unread), (2, 2));
        assert_eq!(rebuilt.sent[0].end, Some((Timestamp::from_seconds(12), Outcome::Answered, 0)));
        assert_eq!((rebuilt.sent[0].from.port(), rebuilt.sent[0].walked.len()), (40_000, 1));
        assert_eq!((rebuilt.sent[1].end, rebuilt.sent[1].from), (None, NOWHERE));
    }
}
