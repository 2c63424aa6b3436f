//! Recordings in `recorded/` are both halves of associations of DCMTK 3.6.7 and pynetdicom 3.0 on loopback, with a made-up
//! image; in them, everything that must not be told contains the word `canary`.

mod bytes;
mod canaries;
mod examples;

use proptest::prelude::*;

use self::bytes::{P_DATA, command, data_set, p_data, pdu};
use super::dissect;
use crate::laws::{Side, Told};
use crate::{Role, Start};

macro_rules! recorded {
    ($name:literal) => {
        include_bytes!(concat!("../recorded/", $name, ".bin")).as_slice()
    };
}

fn client(bytes: &[u8], start: Start) -> Told {
    Side { sender_port: 49_152, receiver_port: 104, ..Side::new(dissect, bytes, start) }.check()
}

fn server(bytes: &[u8], start: Start) -> Told {
    Side { sender_port: 104, receiver_port: 49_152, ..Side::new(dissect, bytes, start) }.check()
}

fn check(told: &Told, expected: &str) {
    assert_eq!(told.lines(), expected);
    assert!(!told.lines().to_lowercase().contains("canary"));
}

/// What the made-up image tells about its sender.
const CT: &str = "Sender dicom.modality=CT\n\
    Sender dicom.manufacturer=Phantom Imaging\n\
    Sender dicom.station-name=CT-2\n\
    Sender dicom.department=Radiology\n\
    Sender dicom.model=Phantom CT 64\n\
    Sender dicom.device-serial=SN-4711\n\
    Sender dicom.software-versions=4.1.2\\OS 7\n";

const STORE: &str = "Sender dicom.command=C-STORE-RQ\n\
    Sender dicom.proposes-sop=1.2.840.10008.5.1.4.1.1.2\n";

#[test]
fn echo_of_both_sides() {
    let asked = client(recorded!("echo-client"), Start::Opening);
    assert_eq!(asked.roles, [Role::Client, Role::Client, Role::Unknown]);
    check(
        &asked,
        "Sender dicom.calling-ae=CT-2\n\
         ReceiverService dicom.called-ae=PACS01\n\
         Sender dicom.proposes-sop=1.2.840.10008.1.1\n\
         Sender dicom.implementation-class=1.2.276.0.7230010.3.0.3.6.7\n\
         Sender dicom.implementation-version=OFFIS_DCMTK_367\n\
         Sender dicom.command=C-ECHO-RQ\n\
         Sender dicom.proposes-sop=1.2.840.10008.1.1\n",
    );
    let answered = server(recorded!("echo-server"), Start::Opening);
    assert_eq!(answered.roles, [Role::Server, Role::Server, Role::Unknown]);
    check(
        &answered,
        "SenderService dicom.association=accepted\n\
         SenderService dicom.called-ae=PACS01\n\
         Receiver dicom.calling-ae=CT-2\n\
         Sender dicom.implementation-class=1.2.826.0.1.3680043.9.3811.3.0.4\n\
         Sender dicom.implementation-version=PYNETDICOM_304\n\
         Sender dicom.command=C-ECHO-RSP\n\
         SenderService dicom.accepts-sop=1.2.840.10008.1.1\n",
    );
}

#[test]
fn a_rejected_association() {
    let told = server(recorded!("rejected-server"), Start::Opening);
    assert_eq!(told.roles, [Role::Server]);
    check(&told, "SenderService dicom.association=rejected\n");
}

#[test]
fn a_stored_image_tells_the_device_and_nothing_of_the_patient() {
    for recording in [
        recorded!("store-client"),
        recorded!("store-implicit-client"),
        // pynetdicom held to PDUs of 100 bytes: commands and fields lie across many.
        recorded!("store-fragmented-client"),
    ] {
        let told = client(recording, Start::Opening).lines();
        assert!(told.ends_with(&[CT, STORE].concat()), "{told}");
        assert!(!told.to_lowercase().contains("canary"), "{told}");
    }
}

#[test]
fn a_name_in_an_ae_title_is_masked() {
    let told = client(recorded!("store-implicit-client"), Start::Opening);
    assert!(told.lines().starts_with("Sender dicom.calling-ae=US-*\n"), "{}", told.lines());
}

#[test]
fn the_answer_to_a_store_tells_what_is_accepted() {
    let told = server(recorded!("store-server"), Start::Opening).lines();
    assert!(told.ends_with("SenderService dicom.accepts-sop=1.2.840.10008.5.1.4.1.1.2\n"), "{told}");
}

#[test]
fn queries_and_their_answers_describe_nobody() {
    let asked = client(recorded!("find-client"), Start::Opening).lines();
    assert!(asked.ends_with(
        "Sender dicom.command=C-FIND-RQ\nSender dicom.proposes-sop=1.2.840.10008.5.1.4.1.2.2.1\n"
    ));
    let answered = server(recorded!("find-server"), Start::Opening).lines();
    assert!(
        answered.ends_with("SenderService dicom.accepts-sop=1.2.840.10008.5.1.4.1.2.2.1\n"),
        "{answered}"
    );
    for told in [asked, answered] {
        assert!(!told.contains("manufacturer") && !told.to_lowercase().contains("canary"), "{told}");
    }
}

/// Where each PDU of a recording begins.
fn pdus(bytes: &[u8]) -> Vec<usize> {
    let length = |at: usize| bytes[at + 2..at + 6].iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
    let next = |at: &usize| Some(at + 6 + length(*at)).filter(|next| *next < bytes.len());
    std::iter::successors(Some(0), next).collect()
}

#[test]
fn an_association_older_than_the_capture_is_recognised() {
    let bytes = recorded!("store-client");
    let starts = pdus(bytes);
    let told = client(&bytes[starts[1]..], Start::Middle);
    assert_eq!(told.roles, [Role::Client, Role::Unknown]);
    check(&told, &[CT, STORE].concat());
    // Not even the command was seen: an instance speaks for itself.
    let told = client(&bytes[starts[2]..], Start::Middle);
    assert_eq!(told.roles, [Role::Unknown, Role::Unknown]);
    check(&told, CT);
    let told = server(&recorded!("echo-server")[pdus(recorded!("echo-server"))[1]..], Start::Middle);
    assert_eq!(told.roles, [Role::Server, Role::Unknown]);
}

#[test]
fn a_capture_that_begins_inside_an_image_finds_the_next_pdu() {
    let pixels = p_data(0, &[7; 4000]);
    let set = data_set(bytes::ENCODINGS[0], &[(0x0008_0060, "CS", b"MR"), (0x7FE0_0010, "OW", &[7; 50])]);
    let next = [p_data(3, &command(0x0001, None)), p_data(2, &set)].concat();
    let inside = [&pixels[2000..], &p_data(2, &[7; 3000]), &next].concat();
    let told = Side::new(dissect, &inside, Start::Middle).read(usize::MAX);
    assert_eq!(told.lines(), "Sender dicom.modality=MR\nSender dicom.command=C-STORE-RQ\n");
    assert_eq!(Side::new(dissect, &pixels[2000..], Start::Middle).read(usize::MAX), Told::default());
}

#[test]
fn an_answer_to_a_query_in_mid_stream_is_not_taken_for_an_instance() {
    let bytes = recorded!("find-server");
    let data = pdus(bytes)[2];
    assert_eq!(bytes[data + 11], 2, "the last fragment of a data set");
    let told = server(&bytes[data..], Start::Middle).lines();
    assert!(told.starts_with("Sender dicom.command=C-FIND-RSP\n"), "{told}");
}

#[test]
fn p_data_cannot_open_a_connection() {
    let bytes = recorded!("store-client");
    assert_eq!(client(&bytes[pdus(bytes)[1]..], Start::Opening), Told::default());
}

#[test]
fn both_byte_orders_and_both_vr_encodings_are_read() {
    for encoding in bytes::ENCODINGS {
        let set = data_set(encoding, &[(0x0008_0060, "CS", b"MR"), (0x0008_0070, "LO", b"Phantom ")]);
        let store =
            [p_data(3, &command(0x0001, Some(b"1.2.840.10008.5.1.4.1.1.4\0"))), p_data(2, &set)].concat();
        let told = client(&store, Start::Middle).lines();
        assert!(
            told.starts_with("Sender dicom.modality=MR\nSender dicom.manufacturer=Phantom\n"),
            "{encoding:?}: {told}"
        );
    }
}

#[test]
fn command_and_data_set_may_share_a_pdu() {
    let set = data_set(bytes::ENCODINGS[0], &[(0x0008_0060, "CS", b"MR")]);
    let store = command(0x0001, Some(b"1.2.840.10008.5.1.4.1.1.4\0"));
    let shared = pdu(P_DATA, &[bytes::pdv(3, &store), bytes::pdv(2, &set)].concat());
    assert!(client(&shared, Start::Middle).lines().starts_with("Sender dicom.modality=MR\n"));
}

#[test]
fn a_modality_outside_the_defined_terms_is_dropped() {
    let set =
        data_set(bytes::ENCODINGS[0], &[(0x0008_0060, "CS", b"ERIKA "), (0x0008_0070, "LO", b"Phantom ")]);
    let store = [p_data(3, &command(0x0001, None)), p_data(2, &set)].concat();
    check(
        &client(&store, Start::Middle),
        "Sender dicom.manufacturer=Phantom\nSender dicom.command=C-STORE-RQ\n",
    );
}

#[test]
fn what_a_server_may_ask_decides_no_role() {
    let event = p_data(3, &command(0x0100, None));
    assert_eq!(server(&event, Start::Middle).roles, [Role::Unknown]);
    // The image that a C-GET asked for comes from the server.
    let store = [p_data(3, &command(0x0001, None)), p_data(2, &[])].concat();
    assert_eq!(server(&store, Start::Middle).roles, [Role::Unknown]);
    assert_eq!(client(&store, Start::Middle).roles, [Role::Client]);
}

#[test]
fn pixels_behind_the_head_are_never_waited_for() {
    let set = data_set(bytes::ENCODINGS[0], &[(0x0008_0060, "CS", b"MR"), (0x7FE0_0010, "OW", &[7; 40_000])]);
    let store = [p_data(3, &command(0x0001, None)), p_data(2, &set)].concat();
    let told = client(&store[..400], Start::Middle);
    assert_eq!(told.lines(), "Sender dicom.modality=MR\nSender dicom.command=C-STORE-RQ\n");
}

#[test]
fn a_private_block_longer_than_the_head_ends_the_reading() {
    let block = vec![b'c'; 60_000];
    let set = data_set(
        bytes::ENCODINGS[0],
        &[(0x0008_0060, "CS", b"MR"), (0x0009_0010, "OB", &block), (0x0018_1000, "LO", b"4711")],
    );
    let store =
        [p_data(3, &command(0x0001, None)), p_data(2, &set), p_data(3, &command(0x0030, None))].concat();
    let told = client(&store, Start::Middle);
    assert_eq!(told.roles, [Role::Client, Role::Client], "what follows is found again");
    assert!(!told.lines().contains("4711"));
}

#[test]
fn other_protocols_are_not_taken_for_dicom() {
    for bytes in [
        b"GET / HTTP/1.1\r\n\r\n".as_slice(),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\x05\x01\x00",
        b"\x04\x00\x00\x00\x00\x20\x00\x00\x00\x1b\x01\x00\x99\x99\x99\x99",
        b"\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x00\x00\x00\x00",
    ] {
        for start in [Start::Opening, Start::Middle] {
            assert_eq!(client(bytes, start), Told::default());
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes: Vec<u8>, kind in 0_u8..9, data in 0_u8..4, start in 0_usize..3) {
        let start = [Start::Opening, Start::NextMessage, Start::Middle][start];
        client(&bytes, start);
        client(&pdu(kind, &bytes), start);
        client(&p_data(data, &bytes), start);
        client(&[p_data(3, &command(0x0001, None)), p_data(2, &[&[8, 0], bytes.as_slice()].concat())].concat(), start);
    }

    #[test]
    fn damaged_recordings_are_read_without_panic(at in 0_usize..1500, byte: u8) {
        for recording in [recorded!("store-client"), recorded!("store-fragmented-client"), recorded!("find-server")] {
            let mut damaged = recording.to_vec();
            if let Some(place) = damaged.get_mut(at) {
                *place = byte;
            }
            let told = Side::new(dissect, &damaged, Start::Opening).read(usize::MAX);
            prop_assert!(!told.lines().contains("Canaryman"));
        }
    }
}
