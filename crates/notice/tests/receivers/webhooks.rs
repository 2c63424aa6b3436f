//! Webhooks to a real HTTPS server that checks their signatures.

use std::time::{Duration, Instant};

use wardround_notice::{Receiver, Secret, TellError, Unfit, Way, Webhook, new_secret};

use crate::{Certificate, Server, notices, now, receiver, sender};

/// A server that knows the secret, and a receiver at it.
fn started(certificate: &Certificate, secret: &Secret) -> (Server, impl Fn(&str) -> Receiver) {
    let [pem, key] = certificate.files();
    let server = Server::python("hook.py", &[&pem, &key, secret.shown()]);
    let (port, secret, pem) = (server.port, secret.clone(), certificate.pem.clone());
    let of = move |path: &str| {
        let webhook = Webhook::parse(&format!("https://localhost:{port}{path}"), secret.clone()).unwrap();
        let way = Way::Webhook(webhook);
        Receiver { way, inside: true, trusted: Some(pem.clone()), names: true, site: None }
    };
    (server, of)
}

#[test]
fn each_notice_arrives_once_and_signed_whatever_names_are_in_it() {
    let (certificate, secret) = (Certificate::new(), new_secret().unwrap());
    let (mut server, at) = started(&certificate, &secret);
    assert_eq!(at("/hook").tell(&notices(), &sender(), now()), Ok(None));
    let [first, second] = [server.told(), server.told()];
    assert_eq!(
        (&first["good"], &first["fresh"], &second["good"]),
        (&true.into(), &true.into(), &true.into())
    );
    assert_eq!(
        (first["id"].as_str(), second["id"].as_str()),
        (Some("msg_R-7_act-now"), Some("msg_R-7_round"))
    );
    assert_eq!(first["body"]["type"], "wardround.act_now");
    assert_eq!(first["body"]["timestamp"], "2026-11-18T11:06:40Z");
    assert_eq!(first["body"]["data"]["lines"], serde_json::json!(notices()[0].named));
    // Another secret signs otherwise, and is refused.
    let (_server, other) = started(&certificate, &secret);
    let mut forged = other("/hook");
    if let Way::Webhook(webhook) = &mut forged.way {
        webhook.secret = new_secret().unwrap();
    }
    let refused = forged.tell(&notices(), &sender(), now()).unwrap_err();
    assert_eq!(refused.1.to_string(), "it refused the message: status 401");
}

#[test]
fn answers_that_lead_elsewhere_or_say_too_much_are_left() {
    let (certificate, secret) = (Certificate::new(), new_secret().unwrap());
    let (mut server, at) = started(&certificate, &secret);
    let tell = |path: &str| at(path).tell(&notices(), &sender(), now()).unwrap_err();
    assert_eq!(tell("/elsewhere"), (0, TellError::Elsewhere(307)));
    assert_eq!(server.told()["path"], "/elsewhere");
    assert_eq!(tell("/flood"), (0, TellError::TooMuch));
    server.told();
    assert_eq!(tell("/broken").1.to_string(), "it refused the message: status 503");
    // Where it sent us was never asked.
    assert_eq!(server.told()["path"], "/broken");
}

#[test]
fn nobody_is_told_who_is_not_safe() {
    let (certificate, secret) = (Certificate::new(), new_secret().unwrap());
    let server = Server::python("hook.py", &["-", "-", secret.shown()]);
    let of = |url: &str, inside| {
        let way = Way::Webhook(Webhook::parse(url, secret.clone()).unwrap());
        Receiver { inside, ..receiver(way, &certificate) }
    };
    let tell =
        |receiver: &Receiver| receiver.tell(&notices()[..1], &sender(), now()).map_err(|(_, error)| error);
    let url = format!("http://127.0.0.1:{}/hook", server.port);
    assert_eq!(tell(&of(&url, true)), Ok(None));
    assert_eq!(tell(&of(&url, false)), Err(TellError::Inside { host: "127.0.0.1".to_owned() }));
    let metadata = tell(&of("https://169.254.169.254/latest/meta-data", true));
    assert_eq!(metadata, Err(TellError::Forbidden { host: "169.254.169.254".to_owned() }));
    // TLS to who has none ends soon, and is told as what it is.
    let began = Instant::now();
    let refused = tell(&of(&url.replace("http:", "https:"), true)).unwrap_err();
    assert!(matches!(refused, TellError::Tls { .. }), "{refused}");
    assert!(began.elapsed() < Duration::from_secs(5));
    let no_secret = Webhook::parse("https://a.example/", Secret::new("whsec_c2hvcnQ=".to_owned())).unwrap();
    let receiver = receiver(Way::Webhook(no_secret), &certificate);
    assert_eq!(receiver.check(), Err(Unfit::Secret));
}
