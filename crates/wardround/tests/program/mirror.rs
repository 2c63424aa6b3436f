//! Which switch the next mirror port belongs to: by a list, and by what a switch says of its neighbours.

use serde_json::Value;

use crate::asking::{SCOPE, in_namespace};
use crate::program::Place;

/// Two pumps and a telephone that nobody heard, and the switch of their network.
const INVENTORY: &str = "\
Name,Device type,Manufacturer,Model,IP address,MAC address
pump-1,Infusion pump,B. Braun,SpaceCom,10.20.4.41,00:12:21:00:00:01
pump-2,Infusion pump,B. Braun,SpaceCom,10.20.4.42,00:12:21:00:00:02
phone-3,IP phone,snom,D735,10.20.4.43,00:04:13:00:00:03
switch-4,Network Switch,Dell,S4048-ON,10.20.4.2,
";

/// An agent of SNMP at 10.20.1.9: a switch by Cisco that has pump 1 at its port 7 and the telephone at its port 10, which say so themselves.
/// Of pump 2 its table of cards tells that it is reached through `Gi1/0/12`.
const AGENT: &str = r"import socket
def element(tag, *parts):
    content = b''.join(parts)
    size = bytes([len(content)]) if len(content) < 128 else b'\x82' + len(content).to_bytes(2, 'big')
    return bytes([tag]) + size + content
def read(data):
    size, at = data[1], 2
    if size > 127:
        at += size & 127
        size = int.from_bytes(data[2:at], 'big')
    return data[0], data[at:at + size], data[at + size:]
def inner(data):
    parts = []
    while data:
        tag, content, data = read(data)
        parts.append((tag, content))
    return parts
def encoded(name):
    out = bytes([name[0] * 40 + name[1]])
    for number in name[2:]:
        piece = [number & 127]
        while number > 127:
            number >>= 7
            piece.insert(0, number & 127 | 128)
        out += bytes(piece)
    return out
def decoded(raw):
    numbers, number = [], 0
    for byte in raw:
        number = number << 7 | byte & 127
        if byte < 128:
            numbers.append(number)
            number = 0
    return (numbers[0] // 40, numbers[0] % 40, *numbers[1:])
def name(text):
    return tuple(map(int, text.split('.')))
objects = {
    name('1.3.6.1.2.1.1.1.0'): (4, b'Cisco IOS Software, C2960X Software (C2960X-UNIVERSALK9-M), Version 15.2(7)E4'),
    name('1.3.6.1.2.1.1.2.0'): (6, encoded(name('1.3.6.1.4.1.9.1.1208'))),
    name('1.3.6.1.2.1.1.5.0'): (4, b'switch-9'),
}
for row, (port, card) in enumerate([(7, '001221000001'), (10, '000413000003')]):
    for column, value in [(4, (2, b'\4')), (5, (4, bytes.fromhex(card)))]:
        objects[name(f'1.0.8802.1.1.2.1.4.1.1.{column}.0.{port}.{row + 1}')] = value
for at, value in [('17.1.4.1.2.12', b'\x0c'), ('17.4.3.1.2.0.18.33.0.0.2', b'\x0c'), ('17.4.3.1.3.0.18.33.0.0.2', b'\3')]:
    objects[name('1.3.6.1.2.1.' + at)] = (2, value)
objects[name('1.3.6.1.2.1.31.1.1.1.1.12')] = (4, b'Gi1/0/12')
order = sorted(objects)
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('10.20.1.9', 161))
while True:
    request, sender = s.recvfrom(4096)
    version, community, (kind, pdu) = inner(read(request)[1])
    number, _, most, bindings = inner(pdu)
    rows = []
    for _, binding in inner(bindings[1]):
        wanted = decoded(inner(binding)[0][1])
        if kind == 0xa0:
            rows.append((wanted, objects.get(wanted, (0x80, b''))))
        else:
            behind = [one for one in order if one > wanted][:int.from_bytes(most[1], 'big')]
            rows += [(one, objects[one]) for one in behind] or [(wanted, (0x82, b''))]
    listed = [element(0x30, element(6, encoded(one)), element(*value)) for one, value in rows]
    answer = element(0xa2, element(2, number[1]), b'\2\1\0\2\1\0', element(0x30, *listed))
    s.sendto(element(0x30, element(2, version[1]), element(4, community[1]), answer), sender)
";

fn imported() -> Place {
    let place = Place::new();
    place.file("inventory.csv", INVENTORY.as_bytes());
    place.ok(&["import", "inventory.csv", "--day", "2026-11-23"]);
    place
}

/// Whether a page has this text, wherever its lines break.
#[track_caller]
fn assert_told(page: &str, text: &str) {
    let bare = |text: &str| text.split_whitespace().collect::<String>();
    assert!(bare(page).contains(&bare(text)), "{text:?} is missing in:\n{page}");
}

#[test]
fn a_switch_of_an_inventory_is_named_with_its_recipe_where_nobody_listens() {
    let place = imported();
    let page = place.ok(&["round"]);
    let advice = "The next mirror port would add most in 10.20.4.0/24: 4 devices are known there and not heard on their own link, 2 of \
                  them medical. Switch known there: switch-4 (10.20.4.2, Dell S4048-ON). How it is done: docs/mirror-ports.md \
                  (switch-4: #dell-os9 or #dell-os10).";
    assert_told(&page, advice);
    let json: Value = serde_json::from_str(&place.ok(&["round", "show", "--format", "json"])).unwrap();
    let advice = json["mirror_ports"].as_array().unwrap();
    assert_eq!(advice.len(), 1, "{advice:#?}");
    assert_eq!((&advice[0]["devices"], &advice[0]["medical"]), (&4.into(), &2.into()), "{advice:#?}");
    let switch = &advice[0]["switches"][0];
    let of_json = json["assets"].as_array().unwrap();
    assert!(
        of_json.iter().any(|asset| asset["id"] == switch["asset"] && asset["model"]["value"] == "S4048-ON")
    );
    assert_eq!((&switch["devices"], &switch["ports"]), (&0.into(), &Value::Array(Vec::new())), "{switch}");
}

#[test]
fn a_switch_that_was_asked_is_told_with_those_that_stand_at_it() {
    let place = imported();
    place.file("agent.py", AGENT.as_bytes());
    // Only who is known is asked.
    place.file("switches.csv", b"Name,Device type,IP address\nswitch-9,Network Switch,10.20.1.9\n");
    place.ok(&["import", "switches.csv", "--day", "2026-11-23"]);
    place.ok(&["round"]);
    let script = format!(
        "ip link set lo up; ip addr add 10.20.1.9/32 dev lo
         python3 agent.py >heard 2>&1 & agent=$!; trap 'kill $agent' EXIT
         sleep 1; echo sesame >community; chmod 600 community
         {SCOPE} >/dev/null; $W ask plan --switch 10.20.1.9 --snmp; $W ask check --approve Ann; $W ask check --approve Ben
         $W ask run --snmp-community community; $W ask log; $W round"
    );
    let told = in_namespace(&place, &script);
    let advice = "The next mirror port would add most in 10.20.4.0/24: 4 devices are known there and not heard on their own link, 2 of \
                  them medical. Of these, 3 (2 medical) stand at switch-9 (10.20.1.9, Cisco, ports port-7, port-10 and Gi1/0/12).";
    assert_told(&told, advice);
    assert_told(&told, "(switch-9: #cisco-catalyst-ios-ios-xe).");
    let json: Value = serde_json::from_str(&place.ok(&["round", "show", "--format", "json"])).unwrap();
    let switch = &json["mirror_ports"][0]["switches"][0];
    assert_eq!((&switch["name"], &switch["address"]), (&"switch-9".into(), &"10.20.1.9".into()), "{switch}");
    assert_eq!(switch["ports"], Value::from(vec!["port-7", "port-10", "Gi1/0/12"]), "{switch}");
    assert_eq!((&switch["devices"], &switch["medical"]), (&3.into(), &2.into()), "{switch}");
    // And each device says where it is plugged in.
    assert!(
        place
            .ok(&["asset", "show", "10.20.4.42"])
            .contains("Switch     Gi1/0/12 of 10.20.1.9 (table of cards)\n")
    );
    assert!(
        place
            .ok(&["asset", "show", "10.20.4.41"])
            .contains("Switch     port 7 of 10.20.1.9 (its neighbours, LLDP)\n")
    );
}
