//! Greetings of real servers (hosts and people made up) and sessions of real clients.

use proptest::prelude::*;

use super::*;
use crate::laws::Side;

fn side(bytes: &[u8]) -> Side<'_> {
    Side::new(dissect, bytes, Start::Opening)
}

fn server(bytes: &[u8]) -> Side<'_> {
    Side { sender_port: PORT, ..side(bytes) }
}

fn client(bytes: &[u8]) -> Side<'_> {
    Side { receiver_port: PORT, ..side(bytes) }
}

#[test]
fn a_greeting_tells_a_known_product_and_its_version_only() {
    for (greeting, expected) in [
        ("220 (vsFTPd 3.0.3)", "vsFTPd 3.0.3"),
        ("220 ProFTPD 1.3.5e Server (Klinik Mustermann) [::ffff:10.0.0.1]", "ProFTPD 1.3.5e"),
        (
            "220-FileZilla Server 0.9.60 beta\r\n220-written by erika\r\n220 Mustermann",
            "FileZilla Server 0.9.60",
        ),
        ("220 erika FTP server (Version wu-2.6.2(1) Mon Nov 1) ready.", "wu-2.6.2"),
        ("220 erika FTP server (Version 6.4/OpenBSD/Linux-ftpd-0.17) ready.", "Linux-ftpd-0.17"),
        ("220 erika FTP server (GNU inetutils 1.9.4) ready.", "GNU inetutils 1.9.4"),
        ("220 Microsoft FTP Service", "Microsoft FTP Service"),
        ("220---- Welcome to Pure-FTPd [privsep] [TLS] ----\r\n220 You are user 1", "Pure-FTPd"),
        ("220-Mustermann\r\n hello\r\n220-ProFTPD 1.3.6\r\n220 ok", "ProFTPD 1.3.6"),
        ("220 VxWorks FTP server (VxWorks 5.4.2) ready.", "VxWorks 5.4.2"),
        ("220 pyftpdlib 1.5.7 ready.", "pyftpdlib 1.5.7"),
        ("220 Serv-U FTP Server v15.1 ready...", "Serv-U v15.1"),
    ] {
        let bytes = format!("{greeting}\r\n");
        let told = server(bytes.as_bytes()).check();
        assert_eq!(told.lines(), format!("SenderService ftp.banner={expected}\n"));
        assert_eq!(told.roles, [Role::Server]);
    }
}

#[test]
fn a_greeting_without_a_known_product_tells_nothing() {
    let told = server(b"220 Klinik Mustermann Dateiannahme\r\n").check();
    assert_eq!((told.lines(), told.roles), (String::new(), vec![Role::Server]));
}

#[test]
fn a_greeting_must_say_ftp_or_come_from_its_port() {
    assert_eq!(side(b"220 erika FTP server ready.\r\n").check().roles, [Role::Server]);
    assert_eq!(side(b"220 erika ready.\r\n").check().roles, []);
    for mail in ["220 mx.erika.example ESMTP Postfix\r\n", "220 smtp over ftp\r\n"] {
        assert_eq!(server(mail.as_bytes()).check().roles, []);
    }
}

#[test]
fn a_login_in_clear_is_told_and_nothing_of_it() {
    for bytes in [
        b"USER erika\r\nPASS secret\r\nSYST\r\n".as_slice(),
        b"AUTH\r\nUSER erika\r\nPASS secret\r\n",
        b"OPTS UTF8 ON\r\nFEAT\r\nuser erika\r\npass secret\r\nCWD /mustermann\r\n",
    ] {
        let told = client(bytes).check();
        assert_eq!(told.lines(), "ReceiverService login.clear-text=ftp\n");
        assert!(told.roles.iter().all(|role| *role == Role::Client));
    }
}

#[test]
fn nobody_and_encryption_are_no_login_in_clear() {
    for bytes in [
        b"USER anonymous\r\nPASS erika@example.org\r\n".as_slice(),
        b"USER FTP\r\nPASS x\r\n",
        b"AUTH TLS\r\n\x16\x03\x01\0\x05",
        b"USER erika\r\nQUIT\r\n",
        b"USER erika\r\n",
    ] {
        assert_eq!(client(bytes).check().lines(), "");
    }
}

#[test]
fn other_clients_are_not_ftp() {
    for (bytes, port) in [
        (b"USER erika\r\nPASS secret\r\n".as_slice(), 110),
        (b"USER erika 0 * :Erika M\r\n", 6000),
        (b"EHLO erika\r\n", 25),
        (b"HELLO\r\n", 9999),
        (b"USERS\r\n", 9999),
    ] {
        let told = Side { receiver_port: port, ..side(bytes) }.check();
        assert_eq!((told.lines(), told.roles), (String::new(), vec![]));
    }
    let elsewhere = Side { receiver_port: 2121, ..side(b"USER erika\r\nPASS secret\r\n") }.check();
    assert_eq!(elsewhere.lines(), "ReceiverService login.clear-text=ftp\n");
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_an_end(bytes: Vec<u8>, pick in 0usize..4) {
        let begin: [&[u8]; 4] = [b"", b"220 ", b"220-ProFTPD ", b"USER "];
        let bytes = [begin[pick], &bytes, b"\r\n"].concat();
        server(&bytes).read(3);
        client(&bytes).read(3);
    }

    #[test]
    fn no_word_of_a_greeting_is_told_but_products(words in "([a-z]{3,9} ){0,6}") {
        // Mail servers greet with 220 too, and say so.
        prop_assume!(!words.contains("smtp"));
        let greeting = format!("220 {words}ProFTPD 1.3.5 {words}(vsFTPd)\r\n");
        let lines = server(greeting.as_bytes()).read(99).lines();
        prop_assert_eq!(lines, "SenderService ftp.banner=ProFTPD 1.3.5\n");
    }
}
