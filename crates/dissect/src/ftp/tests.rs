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
        b"USER FTP\r\nPASS x@\r\n",
        b"AUTH TLS\r\n\x16\x03\x01\0\x05",
        b"USER erika\r\nQUIT\r\n",
        b"USER erika\r\n",
    ] {
        assert_eq!(client(bytes).check().lines(), "");
    }
}

/// What curl 7.88.1 and vsFTPd 3.0.3 sent each other: with `anonymous_enable`, with `no_anon_password` too, without either, and with
/// a name and a password.
const NOBODY_CLIENT: &[u8] =
    b"USER anonymous\r\nPASS ftp@example.com\r\nPWD\r\nCWD pub\r\nEPSV\r\nTYPE A\r\nLIST\r\nQUIT\r\n";
const LET_IN: &[u8] = b"220 (vsFTPd 3.0.3)\r\n331 Please specify the password.\r\n230 Login successful.\r\n\
    257 \"/\" is the current directory\r\n250 Directory successfully changed.\r\n\
    229 Entering Extended Passive Mode (|||48545|)\r\n200 Switching to ASCII mode.\r\n\
    150 Here comes the directory listing.\r\n226 Directory send OK.\r\n221 Goodbye.\r\n";
const LET_IN_AT_ONCE: &[u8] =
    b"220 (vsFTPd 3.0.3)\r\n230 Login successful.\r\n257 \"/\" is the current directory\r\n";
const REFUSED: &[u8] =
    b"220 (vsFTPd 3.0.3)\r\n331 Please specify the password.\r\n530 Login incorrect.\r\n221 Goodbye.\r\n";

#[test]
fn nobody_asks_to_be_let_in() {
    for bytes in [
        NOBODY_CLIENT,
        b"FEAT\r\nuser Anonymous\r\nQUIT\r\n",
        b"USER ftp\r\nPASS x@y\r\n",
        b"USER ftp\r\nPASS \r\n",
    ] {
        let told = client(bytes).check();
        assert_eq!((told.lines(), told.words), (String::new(), vec!["asks login.open=ftp".to_owned()]));
    }
    let account = client(b"USER ftp\r\nPASS secret\r\n").check();
    assert_eq!((account.lines().as_str(), account.words), ("ReceiverService login.clear-text=ftp\n", vec![]));
    let second = client(b"USER erika\r\nPASS secret\r\nUSER anonymous\r\nPASS x@y\r\n").check();
    assert_eq!(second.words, Vec::<String>::new(), "which of the two was let in is not known");
}

#[test]
fn a_server_grants_the_first_login_only() {
    let grants = |bytes| server(bytes).check().words;
    assert_eq!(grants(LET_IN), ["grants"]);
    let after_features = [
        b"220 ready\r\n211-Features:\r\n MLST\r\n230 is no reply here\r\n211 End\r\n331 x\r\n230-Welcome\r\n230 in\r\n".as_slice(),
        b"220 ready\r\n500 AUTH?\r\n331 x\r\n230 in\r\n",
    ];
    after_features.iter().for_each(|bytes| assert_eq!(grants(bytes), ["grants"]));
    for refused in [
        REFUSED,
        b"220 ready\r\n331 x\r\n530 no\r\n331 x\r\n230 in\r\n",
        b"220 ready\r\n331 x\r\n331 x\r\n230 in\r\n",
        b"220 ready\r\n331 x\r\n",
        b"220 ready\r\n331 x\r\n2300 in\r\n",
        b"220 ready\r\n234 go on\r\n331 x\r\n230 in\r\n",
    ] {
        let told = server(refused).check();
        assert!(told.words.is_empty() && !told.lines().contains("login.open"), "{told:?}");
    }
}

#[test]
fn a_server_may_say_by_itself_that_it_lets_anybody_in() {
    for bytes in [
        LET_IN_AT_ONCE,
        b"220 vsFTPd 3.0.3\r\n331 Anonymous access allowed, send identity (e-mail name) as password.\r\n230 User logged in.\r\n",
        b"220 vsFTPd 3.0.3\r\n331 Anonymous login ok, send your complete email address\r\n230 Anonymous access granted\r\n",
        b"220 vsFTPd 3.0.3\r\n331 Guest login ok, send your email address.\r\n230 Guest login ok.\r\n",
    ] {
        let told = server(bytes).check();
        assert_eq!(told.lines(), "SenderService ftp.banner=vsFTPd 3.0.3\nSenderService login.open=ftp\n");
        assert_eq!(told.words, Vec::<String>::new());
    }
    let refused = b"220 vsFTPd 3.0.3\r\n331 Guest login ok, send your email address.\r\n530 Anonymous access denied.\r\n";
    assert_eq!(server(refused).check().lines(), "SenderService ftp.banner=vsFTPd 3.0.3\n");
    let in_mid_connection = Side { start: Start::Middle, ..server(b"230 Login successful.\r\n") };
    assert_eq!(in_mid_connection.check().lines(), "");
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
