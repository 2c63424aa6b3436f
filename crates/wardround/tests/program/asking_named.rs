//! A controller is asked what it is: only once a person named its model and that question, and two people approved the plan.

use crate::asking::{SCOPE, in_namespace};
use crate::program::{Place, assert_fails};

/// It answers one thing alone: what it is (Modbus application protocol 1.1b3, 6.21). Real servers answer in `make ask-servers`.
const CONTROLLER: &str = r"import socket
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(('10.20.1.80', 502)); s.listen()
while True:
    c, _ = s.accept()
    asked = c.recv(99)
    print(asked.hex(), flush=True)
    says = bytes.fromhex('2b0e0101000003') + b'\0\x07Example' + b'\1\x07EX-4711' + b'\2\x03' + b'2.1'
    c.sendall(asked[:4] + bytes([0, len(says) + 1, asked[6]]) + says); c.recv(99); c.close()
";

#[test]
fn p2_a_controller_is_asked_once_its_model_was_named_and_two_people_approved() {
    let place = Place::new();
    place.file(
        "inventory.csv",
        b"Name,IP address,Device type,Model\nahu1,10.20.1.80,Building controller,EX-4711\npump1,10.20.1.70,Infusion pump,IP 5\n",
    );
    let nmap = br#"<?xml version="1.0"?><nmaprun scanner="nmap" start="1795600000"><host><status state="up"/>
<address addr="10.20.1.80" addrtype="ipv4"/><ports><port protocol="tcp" portid="502"><state state="open"/><service name="modbus"/></port>
</ports></host></nmaprun>"#;
    place.file("nmap.xml", nmap);
    place.ok(&["import", "inventory.csv", "nmap.xml"]);
    place.ok(&["round"]);
    place.file("controller.py", CONTROLLER.as_bytes());
    let name = |words: &[&str]| place.run(&[&["ask", "name"], words].concat());
    let say = ["--by", "Ann", "--because", "its maker says so"];
    assert!(place.ok(&["ask", "name"]).contains("No model is named"));
    for (wrong, told) in [
        (
            ["--model", "EX-4711", "--question", "http-head"],
            "only dicom-echo, modbus-identity and bacnet-device",
        ),
        (["--model", "EX-4711", "--question", "hello"], "is no question"),
        (["--model", " ", "--question", "dicom-echo"], "say which model it is"),
    ] {
        assert_fails(&name(&[&wrong[..], &say].concat()), 1, &[told]);
    }
    assert!(
        name(&[&["--model", "ip 5", "--question", "modbus-identity"][..], &say].concat()).status.success()
    );
    let script = format!(
        "ip link set lo up; ip addr add 10.20.1.80/32 dev lo; python3 controller.py >asked & controller=$!; sleep 1; {SCOPE} >/dev/null
         $W ask plan | grep -A9 'Not asked'
         $W ask name --model ex-4711 --question modbus-identity --by Ann --because 'its maker says so'
         $W ask plan; $W ask check --approve Ann; $W ask run 2>&1 || true; $W ask check --approve Ben; $W ask run
         $W round >/dev/null; $W asset show 10.20.1.80; $W ask log --pcap sent.pcapng; kill $controller
         $W ask name --model EX-4711 --question modbus-identity --remove --by Ben --because 'a new firmware'; $W ask log; $W ask plan | tail -5"
    );
    let told = in_namespace(&place, &script);
    for words in [
        "10.20.1.80             it runs or senses the building; a person must name its model and question",
        "10.20.1.70             its kind is never asked this question, whoever names it",
        "10.20.1.80:502         modbus-identity",
        "people named this question for the model ex-4711",
        "It asks models that people named, so two different people must approve it.",
        "1 of 2 people approved this plan",
        "1 question asked: all is done",
        "answered       10.20.1.80:502",
        "EX-4711: Ben: a new firmware",
        "Not asked: 2 hosts",
    ] {
        assert!(told.contains(words), "{words:?} is missing in:\n{told}");
    }
    let asked = std::fs::read_to_string(place.path("asked")).unwrap();
    assert_eq!(asked, "575200000005ff2b0e0100\n", "one question, and not its page or anything else");
}
