//! What Redis 7.0.15 and its own client sent each other, and bytes of our own.

use proptest::prelude::*;

use super::*;
use crate::laws::Side;

const PORT: u16 = 6379;

fn client(bytes: &[u8]) -> Side<'_> {
    Side::new(dissect, bytes, Start::Opening)
}

fn server(bytes: &[u8]) -> Side<'_> {
    Side { sender_port: PORT, ..client(bytes) }
}

const GET: &[u8] = b"*2\r\n$3\r\nget\r\n$1\r\na\r\n";
const HELLO_THEN_GET: &[u8] = b"*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n*2\r\n$3\r\nget\r\n$1\r\na\r\n";
const AUTH_THEN_GET: &[u8] = b"*2\r\n$4\r\nAUTH\r\n$7\r\ngeheim1\r\n*2\r\n$3\r\nget\r\n$1\r\na\r\n";
const HELLO_ANSWERED: &[u8] = b"%7\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$6\r\n7.0.15\r\n$5\r\nproto\r\n:3\r\n\
    $2\r\nid\r\n:6\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n$7\r\nmodules\r\n*0\r\n$1\r\nb\r\n";
const REFUSED: &[u8] = b"-NOAUTH Authentication required.\r\n";

#[test]
fn a_client_without_a_password_asks_to_be_let_in() {
    let info = b"*2\r\n$4\r\ninfo\r\n$6\r\nserver\r\n".as_slice();
    let ping = b"*1\r\n$4\r\nPING\r\n*4\r\n$6\r\nCLIENT\r\n$7\r\nSETINFO\r\n$8\r\nLIB-NAME\r\n$5\r\nmylib\r\n*1\r\n$6\r\nDBSIZE\r\n";
    for bytes in [GET, HELLO_THEN_GET, info, ping] {
        let told = client(bytes).check();
        assert_eq!((told.lines(), told.words), (String::new(), vec!["asks login.open=redis".to_owned()]));
        assert!(told.roles.iter().all(|role| *role == Role::Client));
    }
}

#[test]
fn a_password_is_told_and_nothing_of_it() {
    let hello =
        b"*5\r\n$5\r\nHELLO\r\n$1\r\n3\r\n$4\r\nAUTH\r\n$5\r\nerika\r\n$7\r\ngeheim1\r\n*2\r\n$3\r\nGET\r\n$1\r\na\r\n";
    for bytes in [AUTH_THEN_GET, hello] {
        let told = client(bytes).check();
        assert_eq!(told.lines(), "ReceiverService login.clear-text=redis\n");
        assert_eq!((told.roles, told.words), (vec![Role::Client], vec![]));
    }
}

#[test]
fn data_grants_and_errors_refuse() {
    for bytes in [
        b"$1\r\nb\r\n".as_slice(),
        b"$-1\r\n",
        b":7\r\n",
        b"*2\r\n$1\r\na\r\n$1\r\nb\r\n",
        b"*0\r\n",
        b"+PONG\r\n+OK\r\n$5\r\nhello\r\n",
        b"$100000\r\nthe beginning",
        HELLO_ANSWERED,
    ] {
        let told = server(bytes).check();
        assert_eq!((told.lines(), told.words), (String::new(), vec!["grants".to_owned()]), "{bytes:?}");
    }
    for bytes in [
        REFUSED,
        b"+OK\r\n",
        b"+PONG\r\n-NOPERM this user has no permissions to run the 'get' command\r\n",
        b"-DENIED Redis is running in protected mode\r\n",
        b"*1\r\n*10\r\n$3\r\nget\r\n",
    ] {
        let told = server(bytes).check();
        assert_eq!((told.lines(), told.words), (String::new(), vec![]), "{bytes:?}");
        assert_eq!(told.roles.last(), Some(&Role::Server));
    }
}

#[test]
fn elsewhere_only_what_nobody_else_says_is_believed() {
    let other = |bytes| Side::new(dissect, bytes, Start::Opening).check();
    assert_eq!(other(REFUSED).roles, [Role::Server]);
    assert_eq!(other(b"$5\r\nhello\r\n").words, ["grants"]);
    for bytes in [
        b"+OK ready\r\n".as_slice(),
        b":7\r\n",
        b"$5\r\nhello world",
        b"-ERR no\r\n",
        b"*1\r\n$4\r\nSTOR\r\n",
        b"*2\r\n*1\r\n",
    ] {
        assert_eq!(other(bytes).roles, [], "{bytes:?}");
    }
}

#[test]
fn an_older_connection_is_recognised() {
    let told = Side { start: Start::Middle, ..client(GET) }.check();
    assert_eq!(told.roles, [Role::Client]);
    assert_eq!(Side { start: Start::Middle, ..server(b"$1\r\nb\r\n") }.check().roles, [Role::Server]);
}

#[test]
fn other_bytes_are_not_redis() {
    for bytes in [
        b"*\r\n".as_slice(),
        b"*1\r\n$0\r\n\r\n",
        b"*1\r\n$99\r\nget\r\n",
        b"*1\r\n$3\r\ngetx",
        b"*1\n$3\nget\n",
        b"*99999999999999999999\r\n",
        b"$-2\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"%9999999999999\r\n$6\r\nserver\r\n",
    ] {
        assert_eq!(client(bytes).check().roles, [], "{bytes:?}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_an_end(bytes: Vec<u8>, pick in 0usize..6, middle: bool) {
        let begin: [&[u8]; 6] = [b"*2\r\n$5\r\nHELLO\r\n", b"*2\r\n$6\r\nserver\r\n", b"+PONG\r\n", b"$", b"%3\r\n$6\r\nserver\r\n*", b""];
        let bytes = [begin[pick], &bytes].concat();
        let start = if middle { Start::Middle } else { Start::Opening };
        Side { start, ..server(&bytes) }.read(5);
        Side { start, ..client(&bytes) }.read(5);
    }
}
