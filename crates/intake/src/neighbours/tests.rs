use wardround_model::SourceKind;

use crate::table::tests::imported;
use crate::told::{self, errors, facts};

const OWNS: [&str; 2] =
    ["00:1b:2c:03:4e:5f address.owns 10.20.3.7", "00:1b:2c:03:4e:60 address.owns 10.20.3.8"];

#[test]
fn each_makers_arp_table_says_the_same() {
    let linux = "10.20.3.7 dev eth0 lladdr 00:1b:2c:03:4e:5f REACHABLE\n10.20.3.8 dev eth0 lladdr 00:1b:2c:03:4e:60 STALE\n10.20.3.9 dev eth0  FAILED\n";
    let old_linux = "Address                  HWtype  HWaddress           Flags Mask            Iface\n10.20.3.7                ether   00:1b:2c:03:4e:5f   C                     eth0\n10.20.3.8                ether   00:1b:2c:03:4e:60   C                     eth0\n10.20.3.9                        (incomplete)                              eth0\n";
    let bsd = "? (10.20.3.7) at 0:1b:2c:3:4e:5f on em0 ifscope [ethernet]\npacs01 (10.20.3.8) at 0:1b:2c:3:4e:60 on em0 expires in 1122 seconds [ethernet]\n? (10.20.3.9) at (incomplete) on em0 [ethernet]\n";
    let windows = "\r\nSchnittstelle: 10.20.3.1 --- 0x4\r\n  Internetadresse       Physische Adresse     Typ\r\n  10.20.3.7             00-1b-2c-03-4e-5f     dynamisch\r\n  10.20.3.8             00-1b-2c-03-4e-60     dynamisch\r\n  10.20.3.255           ff-ff-ff-ff-ff-ff     statisch\r\n  224.0.0.22            01-00-5e-00-00-16     statisch\r\n";
    let cisco = "core1#show ip arp\nProtocol  Address          Age (min)  Hardware Addr   Type   Interface\nInternet  10.20.3.7               5   001b.2c03.4e5f  ARPA   Vlan20\nInternet  10.20.3.8               -   001b.2c03.4e60  ARPA   Vlan20\nInternet  10.20.3.9               0   Incomplete      ARPA\n";
    let juniper = "MAC Address       Address         Name                      Interface           Flags\n00:1b:2c:03:4e:5f 10.20.3.7       10.20.3.7                 ge-0/0/0.0          none\n00:1b:2c:03:4e:60 10.20.3.8       10.20.3.8                 ge-0/0/0.0          none\nTotal entries: 2\n";
    let csv = "IP Address;MAC Address;Interface\n10.20.3.7;00:1B:2C:03:4E:5F;Vlan20\n10.20.3.8;001b.2c03.4e60;Vlan20\n";
    for text in [linux, old_linux, bsd, windows, cisco, juniper, csv] {
        let found = imported("arp.txt", text.as_bytes());
        assert_eq!((found.kind, errors(&found)), (SourceKind::ArpTable, vec![]), "{text}");
        assert_eq!(facts(&found), OWNS, "{text}");
    }
}

#[test]
fn an_entry_that_lost_its_card_is_an_error() {
    let text = "10.20.3.7 dev eth0 lladdr 00:1b:2c:03:4e:5f REACHABLE\n10.20.3.8 dev eth0 lladdr 00:1b:2c:03 STALE\n";
    let found = imported("arp.txt", text.as_bytes());
    assert_eq!(errors(&found), ["2: names an address but no card: print the table again with whole columns"]);
}

#[test]
fn each_makers_table_of_cards_says_the_same() {
    let cisco = "          Mac Address Table\n-------------------------------------------\n\nVlan    Mac Address       Type        Ports\n----    -----------       --------    -----\n All    0100.0ccc.cccc    STATIC      CPU\n  20    001b.2c03.4e5f    DYNAMIC     Gi1/0/5\n  20    001b.2c03.4e60    DYNAMIC     Gi1/0/6\n   1    001b.2cff.ffff    STATIC      CPU\nTotal Mac Addresses for this criterion: 4\n";
    let hp = " Status and Counters - Port Address Table\n\n  MAC Address   Port  VLAN\n  ------------- ----- ----\n  001b2c-034e5f A5    20\n  001b2c-034e60 A6    20\n";
    let aruba = "MAC age-time            : 300 seconds\nMAC Address          VLAN     Type                      Port\n--------------------------------------------------------------\n00:1b:2c:03:4e:5f    20       dynamic                   1/1/5\n00:1b:2c:03:4e:60    20       dynamic                   1/1/6\n";
    let csv = "VLAN,MAC Address,Type,Port\n20,001b.2c03.4e5f,dynamic,Gi1/0/5\n20,001b.2c03.4e60,dynamic,Gi1/0/6\n1,001b.2cff.ffff,static,CPU\n";
    for text in [cisco, hp, aruba, csv] {
        let found = imported("macs.txt", text.as_bytes());
        assert_eq!((found.kind, errors(&found)), (SourceKind::MacTable, vec![]), "{text}");
        assert_eq!(
            facts(&found),
            ["00:1b:2c:03:4e:5f list.state in-use", "00:1b:2c:03:4e:60 list.state in-use"],
            "{text}"
        );
        // Where a person says whose table it is, also at which of its ports.
        let of_switch = told::about("macs.txt", text.as_bytes(), told::device("10.20.1.2")).unwrap();
        assert_eq!((of_switch.kind, errors(&of_switch)), (SourceKind::MacTable, vec![]), "{text}");
        let places: Vec<String> =
            facts(&of_switch).into_iter().filter(|fact| fact.contains("switch.port")).collect();
        let five = ["Gi1/0/5", "A5", "1/1/5"].into_iter().find(|port| text.contains(port)).unwrap();
        let expected = [("5f", five.to_owned()), ("60", five.replace("/5", "/6").replace("A5", "A6"))];
        let expected =
            expected.map(|(card, port)| format!("00:1b:2c:03:4e:{card} switch.port 10.20.1.2,{port}"));
        assert_eq!(places, expected, "{text}");
    }
}
