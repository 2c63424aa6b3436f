//! Messages laid out by hand as in RFC 2131.

use std::net::SocketAddr;

use proptest::prelude::*;

use super::dissect;
use crate::{Datagram, Facts, Role};

/// A message: `op`, `ciaddr`, `yiaddr`, and options.
fn message(op: u8, client: [u8; 4], your: [u8; 4], options: &[(u8, &[u8])]) -> Vec<u8> {
    let mut bytes = vec![op, 1, 6, 0, 1, 2, 3, 4, 0, 0, 0, 0];
    bytes.extend([client, your, [0; 4], [0; 4]].concat());
    bytes.extend([0x00, 0x09, 0x5C, 0x1B, 0x64, 0x21]);
    bytes.resize(236, 0);
    bytes.extend([99, 130, 83, 99]);
    bytes.extend(options.iter().flat_map(|(code, value)| field(*code, value)));
    bytes.push(255);
    bytes
}

fn field(code: u8, value: &[u8]) -> Vec<u8> {
    [&[code, u8::try_from(value.len()).unwrap()], value].concat()
}

fn read(payload: &[u8]) -> (Option<Role>, String) {
    let mut facts = Facts::default();
    let (sender, receiver): (SocketAddr, SocketAddr) =
        ("0.0.0.0:68".parse().unwrap(), "255.255.255.255:67".parse().unwrap());
    let role = dissect(&Datagram { payload, sender, receiver }, &mut facts);
    let lines = facts
        .list()
        .iter()
        .map(|(about, fact)| format!("{about:?} {}={}\n", fact.kind().code(), fact.value()));
    (role, lines.collect::<String>().replace("Named(Mac(00:09:5c:1b:64:21))", "card"))
}

#[test]
fn a_client_tells_its_traits_and_a_masked_name() {
    let discover = message(
        1,
        [0; 4],
        [0; 4],
        &[
            (53, &[1]),
            (12, b"ERIKAS-LAPTOP"),
            (60, b"MSFT 5.0"),
            (55, &[1, 3, 6, 15, 252]),
            (61, b"\x01Erika"),
        ],
    );
    let (role, told) = read(&discover);
    assert_eq!(role, Some(Role::Client));
    assert_eq!(
        told,
        "card dhcp.host-name=*-LAPTOP\ncard dhcp.vendor-class=MSFT 5.0\ncard dhcp.parameters=1,3,6,15,252\n"
    );
}

#[test]
fn a_full_name_is_read_in_both_encodings() {
    for (flags, name) in [(0, b"ct-2.imaging".as_slice()), (4, b"\x04ct-2\x07imaging\0")] {
        let value = [&[flags, 0, 0], name].concat();
        assert_eq!(
            read(&message(1, [0; 4], [0; 4], &[(53, &[1]), (81, &value)])).1,
            "card dhcp.host-name=ct-2.imaging\n"
        );
    }
}

#[test]
fn a_lease_gives_the_card_its_address_and_names_the_router() {
    let ack = message(2, [0; 4], [192, 0, 2, 7], &[(53, &[5]), (3, &[192, 0, 2, 1]), (12, b"Erika")]);
    let (role, told) = read(&ack);
    assert_eq!(role, Some(Role::Server));
    assert_eq!(told, "card address.owns=192.0.2.7\nNamed(Ip(192.0.2.1)) address.router=dhcp\n");
    let offer = message(2, [0; 4], [192, 0, 2, 7], &[(53, &[2]), (3, &[192, 0, 2, 1])]);
    assert_eq!(read(&offer), (Some(Role::Server), String::new()));
}

#[test]
fn a_renewal_owns_the_address_that_it_came_from() {
    let renewal = message(1, [192, 0, 2, 7], [0; 4], &[(53, &[3])]);
    assert_eq!(read(&renewal).1, "card address.owns=192.0.2.7\n");
    let release = message(1, [192, 0, 2, 7], [0; 4], &[(53, &[7])]);
    assert_eq!(read(&release).1, "");
}

#[test]
fn options_go_on_in_the_file_and_name_fields() {
    let mut discover = message(1, [0; 4], [0; 4], &[(53, &[1]), (52, &[3])]);
    discover[108..118].copy_from_slice(&[60, 8, b'M', b'S', b'F', b'T', b' ', b'5', b'.', b'0']);
    discover[44..50].copy_from_slice(&[12, 4, b'c', b't', b'-', b'2']);
    assert_eq!(read(&discover).1, "card dhcp.host-name=ct-2\ncard dhcp.vendor-class=MSFT 5.0\n");
}

#[test]
fn a_vendor_class_that_repeats_a_personal_name_is_dropped() {
    let class = |name: &[u8], class: &[u8]| {
        read(&message(1, [0; 4], [0; 4], &[(53, &[1]), (12, name), (60, class)])).1
    };
    assert_eq!(class(b"mirabella", b"set-top box of Mirabella"), "card dhcp.host-name=*\n");
    assert_eq!(
        class(b"printer", b"printer 1.0"),
        "card dhcp.host-name=printer\ncard dhcp.vendor-class=printer 1.0\n"
    );
}

#[test]
fn a_long_list_of_parameters_is_cut_between_two() {
    let list: Vec<u8> = (100..200).collect();
    let told = read(&message(1, [0; 4], [0; 4], &[(53, &[1]), (55, &list)])).1;
    assert!(told.starts_with("card dhcp.parameters=100,101,") && told.ends_with(",131\n"), "{told}");
}

#[test]
fn cut_messages_tell_no_other_facts() {
    let whole = message(1, [0; 4], [0; 4], &[(53, &[1]), (12, b"ct-2"), (60, b"MSFT 5.0")]);
    let told = read(&whole).1;
    for length in 0..whole.len() {
        assert!(told.starts_with(&read(&whole[..length]).1), "cut to {length}");
    }
}

#[test]
fn what_is_not_dhcp_over_ethernet_is_left() {
    let mut other = message(1, [0; 4], [0; 4], &[]);
    other[1] = 32;
    assert_eq!(read(&other).0, None);
    let mut bootp = message(1, [0; 4], [0; 4], &[]);
    bootp[236] = 0;
    assert_eq!(read(&bootp).0, None);
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes: Vec<u8>, kind in 0_u8..9, op in 0_u8..4) {
        read(&bytes);
        read(&[message(op, [0; 4], [0; 4], &[]), bytes.clone()].concat());
        let mut options = message(op, [0; 4], [0; 4], &[(53, &[kind])]);
        options.pop();
        options.extend(&bytes);
        read(&options);
    }
}
