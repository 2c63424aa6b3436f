//! Who shares documents about patients over SOAP, and in which part: IHE XDS.b (ITI TF-2, 3.18, 3.41, 3.42 and 3.43), as the action says it
//! that SOAP 1.2 has beside its media type (RFC 3902, 5; ITI TF-2, appendix V.3), in MTOM too, or the field `SOAPAction` (SOAP 1.1, 6.1.1).
//!
//! Not here: envelopes, queries and documents, which are about patients; where they are asked for; other transactions.
//!
//! No peer: no program of these parts could be had. The tests have messages in the shape of the standard's examples, so what is told may add
//! to what else is known of a thing, and never decides alone.

use wardround_model::FactKind;

use crate::head::Head;
use crate::lines::{contains_ignoring_case, find_ignoring_case};
use crate::{About, Facts};

/// What all actions begin with.
const ACTION: &[u8] = b"urn:ihe:iti:2007:";
/// What the action of an answer ends with.
const ANSWER: &[u8] = b"Response";
/// Actions of requests: of whom they come, and whom they are for.
const TRANSACTIONS: &[(&[u8], &[u8], &[u8])] = &[
    // ITI-18, ITI-41, ITI-42, ITI-43.
    (b"RegistryStoredQuery", b"document-consumer", b"document-registry"),
    (b"ProvideAndRegisterDocumentSet-b", b"document-source", b"document-repository"),
    (b"RegisterDocumentSet-b", b"document-repository", b"document-registry"),
    (b"RetrieveDocumentSet", b"document-consumer", b"document-repository"),
];

/// A request: the client's part; and the server's, once it answers.
pub(super) fn tell_of_request(head: &Head<'_>, facts: &mut Facts) {
    if !head.start_line.starts_with(b"POST ") {
        return;
    }
    if let Some((_, asks, answers)) = action(head).and_then(transaction) {
        facts.tell(About::Sender, FactKind::DocumentSharing, asks);
        facts.ask(FactKind::DocumentSharing, answers);
    }
}

/// An answer that says what it answers; one that does not, and comes with SOAP all the same, answers what was asked.
pub(super) fn tell_of_answer(head: &Head<'_>, is_success: bool, facts: &mut Facts) {
    match action(head) {
        Some(action) => {
            if let Some((_, _, answers)) = action.strip_suffix(ANSWER).and_then(transaction) {
                facts.tell(About::SenderService, FactKind::DocumentSharing, answers);
            }
        }
        None if is_success && is_soap(head) => facts.grant(),
        None => {}
    }
}

fn transaction(action: &[u8]) -> Option<&'static (&'static [u8], &'static [u8], &'static [u8])> {
    TRANSACTIONS.iter().find(|(name, ..)| *name == action)
}

/// SOAP 1.2, or MTOM around it.
fn is_soap(head: &Head<'_>) -> bool {
    head.field_contains("content-type", "application/soap+xml")
}

/// The action of IHE's that a message is sent with, without what all of them begin with.
fn action<'a>(head: &Head<'a>) -> Option<&'a [u8]> {
    let media = head.field("content-type")?;
    let parameter =
        find_ignoring_case(media, "action=").and_then(|at| media.get(at..)?.get("action=".len()..));
    let is_xml = ["soap+xml", "text/xml", "xop+xml"].iter().any(|kind| contains_ignoring_case(media, kind));
    let value = parameter.or_else(|| head.field("soapaction")).filter(|_| is_xml)?;
    // In MTOM it may stand in a text inside a text.
    let quotes = value.iter().take_while(|byte| matches!(byte, b'"' | b'\\')).count();
    let name = value.get(quotes..)?.strip_prefix(ACTION)?;
    name.split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'-').next()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::Start;
    use crate::http::dissect;
    use crate::laws::{Side, Told};

    fn told(message: &str) -> Told {
        Side { sender_port: 8080, ..Side::new(dissect, message.as_bytes(), Start::Opening) }.check()
    }

    fn request(fields: &str) -> Told {
        told(&format!(
            "POST /xds/registry/4711 HTTP/1.1\r\nHost: mustermann.example\r\n{fields}\r\nContent-Length: 4\r\n\r\n<e/>"
        ))
    }

    fn answer(status: &str, fields: &str) -> Told {
        told(&format!("HTTP/1.1 {status}\r\n{fields}\r\nContent-Length: 4\r\n\r\n<e/>"))
    }

    #[test]
    fn each_transaction_tells_its_two_parts() {
        for (action, asks, answers) in [
            ("RegistryStoredQuery", "consumer", "registry"),
            ("ProvideAndRegisterDocumentSet-b", "source", "repository"),
            ("RegisterDocumentSet-b", "repository", "registry"),
            ("RetrieveDocumentSet", "consumer", "repository"),
        ] {
            let asked = format!(
                "Content-Type: application/soap+xml; charset=UTF-8; action=\"urn:ihe:iti:2007:{action}\""
            );
            let told = request(&asked);
            assert_eq!(told.lines(), format!("Sender xds.part=document-{asks}\n"));
            assert_eq!(told.words, [format!("asks xds.part=document-{answers}")]);
            let said = format!(
                "Content-Type: application/soap+xml;action=\"urn:ihe:iti:2007:{action}Response\";charset=UTF-8"
            );
            let told = answer("200 OK", &said);
            assert_eq!(
                (told.lines(), told.words.len()),
                (format!("SenderService xds.part=document-{answers}\n"), 0)
            );
            // A question is no answer, nor the other way round.
            assert_eq!((request(&said).lines(), answer("200 OK", &asked).lines()), Default::default());
        }
    }

    #[test]
    fn the_action_is_found_wherever_programs_put_it() {
        let urn = "urn:ihe:iti:2007:RetrieveDocumentSet";
        let mtom =
            "multipart/related; boundary=b4711; type=\"application/xop+xml\"; start=\"<0.mustermann@x>\"";
        for fields in [
            format!("Content-Type: {mtom}; start-info=\"application/soap+xml\"; action=\"{urn}\""),
            format!("Content-Type: {mtom}; start-info=\"application/soap+xml; action=\\\"{urn}\\\"\""),
            format!("content-type: application/soap+xml; Action={urn}"),
            format!("Content-Type: text/xml; charset=utf-8\r\nSOAPAction: \"{urn}\""),
        ] {
            assert_eq!(request(&fields).lines(), "Sender xds.part=document-consumer\n", "{fields}");
        }
    }

    #[test]
    fn an_answer_that_does_not_say_what_it_answers_grants_it() {
        let soap = "Content-Type: application/soap+xml; charset=utf-8";
        let mtom = "Content-Type: multipart/related; type=\"application/xop+xml\"; start-info=\"application/soap+xml\"";
        for fields in [soap, mtom] {
            let told = answer("200 OK", fields);
            assert_eq!((told.lines(), told.words), (String::new(), vec!["grants".to_owned()]));
        }
        for (status, fields) in [
            ("500 Internal Server Error", soap),
            ("404 Not Found", mtom),
            ("200 OK", "Content-Type: text/html"),
        ] {
            assert_eq!(answer(status, fields).words, [""; 0], "{status} {fields}");
        }
    }

    #[test]
    fn other_actions_and_other_messages_tell_nothing() {
        for fields in [
            "Content-Type: application/soap+xml; action=\"urn:ihe:iti:2007:Mustermann\"",
            "Content-Type: application/soap+xml; action=\"urn:ihe:iti:2007:RetrieveDocumentSetMore\"",
            "Content-Type: application/soap+xml; action=\"urn:hl7-org:v3:PRPA_IN201305UV02\"",
            "Content-Type: application/soap+xml",
            "Content-Type: text/html; action=\"urn:ihe:iti:2007:RetrieveDocumentSet\"",
            "SOAPAction: \"urn:ihe:iti:2007:RetrieveDocumentSet\"",
        ] {
            let told = request(fields);
            assert_eq!((told.lines(), told.words.len()), (String::new(), 0), "{fields}");
        }
        let got = "GET /?x HTTP/1.1\r\nContent-Type: application/soap+xml; action=urn:ihe:iti:2007:RetrieveDocumentSet\r\n\r\n";
        assert_eq!(told(got).lines(), "");
    }

    proptest! {
        #[test]
        fn any_media_type_tells_a_part_of_the_table_or_nothing(
            before in "[ -~]{0,40}",
            behind in "[ -~]{0,40}",
        ) {
            let lines = request(&format!("Content-Type: soap+xml{before}action=\"urn:ihe:iti:2007:{behind}")).lines();
            prop_assert!(lines.is_empty() || lines.starts_with("Sender xds.part=document-"));
        }
    }
}
