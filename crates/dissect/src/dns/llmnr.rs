//! Link-local multicast name resolution: the name that a host answers to.
//!
//! RFC 4795: messages of DNS with flags of their own. An answer that gives the sender's address tells its name; who asks for which name
//! is nobody's business.

use wardround_model::FactKind;

use super::mdns::address;
use super::message::{Message, Record};
use crate::{About, Datagram, Facts, Role};

/// Reads one message.
pub(crate) fn dissect_llmnr(datagram: &Datagram<'_>, facts: &mut Facts) -> Option<Role> {
    let message = Message::parse(datagram.payload).filter(Message::is_unicast)?;
    if message.is_response() {
        message.records().for_each(|record| tell(record, datagram, facts));
    }
    Some(message.role())
}

fn tell(record: Record<'_>, datagram: &Datagram<'_>, facts: &mut Facts) {
    if address(record) == Some(datagram.sender.ip())
        && let [host] = record.owner.labels()
    {
        facts.tell_known(About::Sender, FactKind::LlmnrName, host);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::heard;

    fn told(answer_ip: [u8; 4]) -> (Option<Role>, Vec<String>) {
        let question = b"\x06rad-pc\0\0\x01\0\x01";
        let payload = [
            b"\x12\x34\x80\0\0\x01\0\x01\0\0\0\0".as_slice(),
            question,
            b"\xc0\x0c\0\x01\0\x01\0\0\0\x1e\0\x04",
            &answer_ip,
        ]
        .concat();
        heard(dissect_llmnr, &payload, ([10, 1, 3, 20], 5355), ([10, 1, 3, 30], 50_000))
    }

    #[test]
    fn a_host_tells_its_own_name_alone() {
        let expected = vec!["Sender llmnr.name=rad-pc".to_owned()];
        assert_eq!(told([10, 1, 3, 20]), (Some(Role::Server), expected));
        assert_eq!(told([10, 1, 3, 21]), (Some(Role::Server), vec![]));
    }
}
