//! Mail through a real server.

use std::process::Command;

use wardround_notice::{Login, Mail, Protection, Receiver, Secret, TellError, Way};

use crate::{Certificate, PYTHON, Server, notices, now, receiver, sender};

/// The server, where its package is there.
fn server(certificate: &Certificate, mode: &str) -> Option<Server> {
    let found = Command::new(PYTHON).args(["-c", "import aiosmtpd"]).output();
    if !found.is_ok_and(|found| found.status.success()) {
        println!("skipped: no aiosmtpd here (make packages)");
        return None;
    }
    let [pem, key] = certificate.files();
    Some(Server::python("smtp.py", &[&pem, &key, mode]))
}

fn mail(host: &str, port: u16, protection: Protection) -> Mail {
    Mail {
        host: host.to_owned(),
        port,
        protection,
        from: "wardround@hospital.example".to_owned(),
        to: vec!["it@hospital.example".to_owned()],
        login: None,
    }
}

fn tell(receiver: &Receiver) -> Result<Option<String>, TellError> {
    receiver.tell(&notices(), &sender(), now()).map_err(|(_, error)| error)
}

#[test]
fn a_digest_arrives_over_starttls_with_a_login_as_one_mail_whatever_names_are_in_it() {
    let certificate = Certificate::new();
    let Some(mut server) = server(&certificate, "starttls") else { return };
    let login = Login { name: "ward".to_owned(), password: Secret::new("swordfish ä".to_owned()) };
    let to = ["it@hospital.example", "nobody@hospital.example", "lead@hospital.example"];
    let mail = Mail {
        login: Some(login),
        to: to.map(str::to_owned).to_vec(),
        ..mail("localhost", server.port, Protection::StartTls)
    };
    let told = tell(&receiver(Way::Mail(mail), &certificate));
    assert_eq!(told, Ok(Some("The mail server does not take nobody@hospital.example.".to_owned())));
    let told = server.told();
    assert_eq!((&told["tls"], &told["login"]), (&true.into(), &true.into()));
    assert_eq!(told["to"], serde_json::json!(["it@hospital.example", "lead@hospital.example"]));
    assert_eq!(told["subject"], "Spitäler | St. Bride's: 2 notices of the security round");
    assert_eq!(told["defects"], serde_json::json!([]));
    assert!(!told["fields"].as_array().unwrap().iter().any(|field| field == "Bcc"), "{told}");
    let (plain, html) = (told["plain"].as_str().unwrap(), told["html"].as_str().unwrap());
    for words in [
        "2 new weak places to act on at once",
        "Bcc: eve@evil.example",
        "Round R-7:",
        "https://ward-srv:8443/findings?decision=act",
    ] {
        assert!(plain.contains(words) && html.contains(words), "{words}\n{plain}\n{html}");
    }
    assert!(html.contains("&lt;script&gt;") && !html.contains("<script"), "{html}");
    assert!(!plain.contains('\u{202e}') && !plain.contains('\u{0}'), "{plain}");
}

#[test]
fn a_mail_arrives_over_tls_and_plain_on_this_computer_alone() {
    let certificate = Certificate::new();
    let Some(mut server) = server(&certificate, "tls") else { return };
    let way = Way::Mail(mail("127.0.0.1", server.port, Protection::Tls));
    assert_eq!(tell(&receiver(way, &certificate)), Ok(None));
    assert_eq!(server.told()["to"], serde_json::json!(["it@hospital.example"]));
    let Some(mut server) = self::server(&certificate, "bare") else { return };
    let way = Way::Mail(mail("127.0.0.1", server.port, Protection::None));
    assert_eq!(tell(&receiver(way, &certificate)), Ok(None));
    assert_eq!(server.told()["tls"], false);
}

#[test]
fn what_is_not_safe_or_refused_is_not_told() {
    let certificate = Certificate::new();
    let Some(server) = server(&certificate, "starttls") else { return };
    let of = |mail: Mail| Receiver { inside: true, ..receiver(Way::Mail(mail), &certificate) };
    let usual = || mail("localhost", server.port, Protection::StartTls);
    // The server wants a login.
    let refused = tell(&of(usual())).unwrap_err();
    assert!(matches!(&refused, TellError::Refused { said, .. } if said.starts_with("530")), "{refused}");
    let login = Login { name: "ward".to_owned(), password: Secret::new("wrong".to_owned()) };
    let refused = tell(&of(Mail { login: Some(login), ..usual() })).unwrap_err();
    assert_eq!(refused.to_string(), "it refused the login: code 535");
    // Nobody vouches for it.
    let other = Certificate::new();
    let stranger = Receiver { trusted: Some(other.pem), ..of(usual()) };
    let refused = tell(&stranger).unwrap_err();
    assert!(matches!(refused, TellError::Tls { .. }), "{refused}");
    // Nobody said that it may be inside.
    let refused = tell(&Receiver { inside: false, ..of(usual()) }).unwrap_err();
    assert_eq!(refused, TellError::Inside { host: "localhost".to_owned() });
    let Some(bare) = self::server(&certificate, "bare") else { return };
    let refused = tell(&of(mail("localhost", bare.port, Protection::StartTls))).unwrap_err();
    assert_eq!(refused, TellError::NoStartTls);
}
