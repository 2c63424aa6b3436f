//! A model is named from the site, a plan has its one question for two people, and the name is taken back.

use crate::asking::{NOW, done, send, somebody};
use crate::browser::set_up;
use crate::running::Running;

#[test]
fn a_model_is_named_planned_and_taken_back() {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    let inventory = "Name,IP address,Device type,Model\nahu1,10.20.1.80,Building controller,EX-4711\n";
    std::fs::write(site.path("inventory.csv"), inventory).unwrap();
    let nmap = r#"<?xml version="1.0"?><nmaprun scanner="nmap" start="1795600000"><host><status state="up"/>
<address addr="10.20.1.80" addrtype="ipv4"/><ports><port protocol="tcp" portid="502"><state state="open"/>
<service name="modbus"/></port></ports></host></nmaprun>"#;
    std::fs::write(site.path("nmap.xml"), nmap).unwrap();
    for words in [["import", "inventory.csv", "nmap.xml"].as_slice(), &["round"]] {
        assert!(site.run(&[words, &["--store", "rounds.sqlite"]].concat()).status.success());
    }
    done(&send(&ada, "scope", &NOW));
    ada.get("/ask").shows(&["No model is named, so nothing medical and no controller is asked."]);

    let because = "its <b>maker</b> says so";
    let this = [("do", "name"), ("model", "ex-4711"), ("question", "modbus-identity"), ("because", because)];
    for (field, value) in [("do", "x"), ("question", "http-head"), ("model", " "), ("because", " ")] {
        let mut wrong = this;
        wrong.iter_mut().filter(|(name, _)| *name == field).for_each(|one| one.1 = value);
        assert_eq!(send(&ada, "name", &wrong).status, 400, "{field}");
    }
    let titled = [this.as_slice(), &[("called", "CT1")]].concat();
    assert_eq!(send(&ada, "name", &titled).status, 400, "a title is for DICOM alone");
    let bob = somebody(&site, "biomedical", "bob");
    assert_eq!(send(&bob, "name", &this).status, 403);
    ada.get("/ask").shows(&["No model is named"]);

    done(&send(&ada, "name", &this));
    let page = ada.get("/ask");
    page.shows(&[
        "ex-4711",
        "what it calls itself (Modbus)",
        "ada: its &lt;b&gt;maker&lt;/b&gt; says so",
        "Take back ex-4711",
    ]);
    let of_bob = bob.get("/ask");
    of_bob.shows(&["ex-4711"]);
    assert!(!of_bob.text.contains("action=\"/ask/name\""), "who only approves has no form for it");
    done(&send(&ada, "plan", &[]));
    ada.get("/ask").shows(&["10.20.1.80:502", "people named this question for the model ex-4711"]);
    let plan = ada.get("/ask").hidden("plan");
    done(&send(&ada, "approve", &[("plan", &plan)]));
    ada.get("/ask").shows(&["Approved by 1 of 2"]);

    // The command line has the same list. A plan, approved or not, does not outlive a name that it rests on.
    let told = site.run(&["ask", "name", "--store", "rounds.sqlite"]);
    assert!(String::from_utf8_lossy(&told.stdout).contains("modbus-identity  ex-4711"));
    done(&send(&ada, "name", &[("do", "remove"), ("model", "EX-4711"), ("question", "modbus-identity")]));
    let page = ada.get("/ask");
    page.shows(&["No model is named"]);
    assert!(!page.text.contains("10.20.1.80:502"), "the plan that had the name waits no more");
    let again =
        send(&ada, "name", &[("do", "remove"), ("model", "EX-4711"), ("question", "modbus-identity")]);
    again.shows(&["Nobody named this model."]);
    done(&send(&ada, "plan", &[]));
    assert!(!ada.get("/ask").text.contains("10.20.1.80:502"));
    let log = ada.get("/ask/log/text").text;
    assert!(log.contains("named") && log.contains("unnamed"), "{log}");
    ada.get("/audit").shows(&["named a model with its one question, or took that back"]);
}
