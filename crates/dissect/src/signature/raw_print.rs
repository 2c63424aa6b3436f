//! Print jobs sent raw (port 9100 and its like), known by the printer language at their head: PJL (HP, "Printer Job
//! Language Technical Reference"), PostScript, PCL; and a printer's answer, which names its model.
//!
//! Not here: the jobs, which are documents, and their names and users.

use wardround_model::FactKind;

use crate::lines::{Fit, is_text, starts_ignoring_case, whole_lines};
use crate::{About, Facts, Half, Role, Start, Verdict};

/// Raw ports of print servers: one a printer.
const PORTS: std::ops::RangeInclusive<u16> = 9100..=9107;
/// "Universal Exit Language", with or without PJL behind it.
const EXIT_LANGUAGE: &[u8] = b"\x1b%-12345X";
const POSTSCRIPT: &[u8] = b"%!PS";
/// PCL's reset; every PCL sequence begins with an escape.
const PCL_RESET: &[u8] = b"\x1bE";
const PJL: &[u8] = b"@PJL";
/// The answer that names the model.
const ID_ANSWER: &str = "@PJL INFO ID";
const MAX_ANSWER: usize = 1024;

pub(crate) fn dissect(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    if half.start == Start::Middle {
        return Verdict::NotThis;
    }
    let from_printer = PORTS.contains(&half.sender_port) && !PORTS.contains(&half.receiver_port);
    match Fit::of(half.bytes, PJL) {
        Fit::Whole if from_printer => return answer(half.bytes, facts),
        Fit::SoFar if from_printer => return Verdict::More { wanted: PJL.len() },
        _ => {}
    }
    let languages = [EXIT_LANGUAGE, POSTSCRIPT, PJL];
    match (Fit::any(half.bytes, languages), Fit::of(half.bytes, PCL_RESET)) {
        (Fit::Whole, _) => Verdict::Finished { sender: Role::Client },
        (_, Fit::Whole) => pcl(half),
        (Fit::SoFar, _) | (_, Fit::SoFar) => Verdict::More { wanted: half.bytes.len().saturating_add(1) },
        (Fit::No, Fit::No) => Verdict::NotThis,
    }
}

/// Two bytes are too few to be sure: the port or another escape must agree.
fn pcl(half: &Half<'_>) -> Verdict {
    let next = half.bytes.get(PCL_RESET.len()..).unwrap_or_default();
    let on_its_port = PORTS.contains(&half.receiver_port);
    match next {
        _ if on_its_port => Verdict::Finished { sender: Role::Client },
        [] | [0x1b] => Verdict::More { wanted: half.bytes.len().saturating_add(1) },
        [0x1b, b'&' | b'%' | b'(' | b')' | b'*', ..] => Verdict::Finished { sender: Role::Client },
        _ => Verdict::NotThis,
    }
}

/// `@PJL INFO ID`, a line with the model in quotes, a form feed.
fn answer(bytes: &[u8], facts: &mut Facts) -> Verdict {
    let mut lines = whole_lines(bytes);
    let sender = Role::Server;
    match (lines.next(), lines.next()) {
        (Some(first), Some(model)) if starts_ignoring_case(first, ID_ANSWER) => {
            let model = model.trim_ascii();
            let model =
                model.strip_prefix(b"\"").and_then(|model| model.strip_suffix(b"\"")).unwrap_or(model);
            facts.tell(About::SenderService, FactKind::ServerSoftware, model);
            Verdict::Finished { sender }
        }
        // Other answers, such as of jobs, are passed over.
        (Some(first), _) if !starts_ignoring_case(first, ID_ANSWER) => Verdict::Finished { sender },
        _ if bytes.len() < MAX_ANSWER && is_text(bytes) => {
            Verdict::More { wanted: bytes.len().saturating_add(1) }
        }
        _ => Verdict::NotThis,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::Side;
    use proptest::prelude::*;

    fn side(bytes: &[u8]) -> Side<'_> {
        Side::new(dissect, bytes, Start::Opening)
    }

    #[test]
    fn jobs_are_known_by_their_language_and_nothing_is_told() {
        for job in [
            b"\x1b%-12345X@PJL JOB NAME=\"Discharge Mustermann\"\r\n@PJL SET USERNAME=\"erika\"\r\n"
                .as_slice(),
            b"%!PS-Adobe-3.0\n%%Title: Mustermann\n",
            b"\x1bE\x1b&l0O",
        ] {
            let told = side(job).check();
            assert_eq!((told.lines(), told.roles), (String::new(), vec![Role::Client]));
        }
    }

    #[test]
    fn a_printer_names_its_model() {
        let answer = b"@PJL INFO ID\r\n\"HP LaserJet 4250\"\r\n\x0c";
        let told = Side { sender_port: 9100, ..side(answer) }.check();
        assert_eq!(told.lines(), "SenderService service.software=HP LaserJet 4250\n");
        assert_eq!(told.roles, [Role::Server]);
        let job = Side { sender_port: 9100, ..side(b"@PJL USTATUS JOB\r\nNAME=\"Mustermann\"\r\n") }.check();
        assert_eq!((job.lines(), job.roles), (String::new(), vec![Role::Server]));
    }

    #[test]
    fn other_bytes_are_no_print_jobs() {
        for bytes in [b"\x1bExit".as_slice(), b"%PDF-1.4", b"\x1b[2J", b"@PJX"] {
            assert_eq!(side(bytes).check().roles, []);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes: Vec<u8>, port in 9099u16..9102) {
            let answer = [b"@PJL INFO ID\r\n".as_slice(), &bytes].concat();
            Side { sender_port: port, ..side(&answer) }.read(6);
            side(&bytes).read(bytes.len().max(1));
        }
    }
}
