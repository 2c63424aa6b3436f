//! A UDP socket that others send to, opened like a packet socket: by who has the rights, for a reader that has none.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::net::sockopt;

use crate::calls;

/// Bytes of datagrams that may wait for the reader.
const WAITING: usize = 32 << 20;

/// A socket that gives what others send to an address of this computer.
#[derive(Debug)]
pub struct DatagramSocket(UdpSocket);

impl DatagramSocket {
    /// Opens one.
    ///
    /// # Errors
    /// When the address is not this computer's, or is in use.
    pub fn open(address: SocketAddr) -> io::Result<Self> {
        let socket = UdpSocket::bind(address)?;
        socket.set_nonblocking(true)?;
        // As much as the kernel gives: without the right to more, its own limit.
        if sockopt::set_socket_recv_buffer_size_force(&socket, WAITING).is_err() {
            sockopt::set_socket_recv_buffer_size(&socket, WAITING)?;
        }
        Ok(Self(socket))
    }

    /// Where it listens; the port is known where any was asked for.
    ///
    /// # Errors
    /// When the kernel does not say.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }

    /// Takes no more datagrams; those that wait can still be read.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn stop(&self) -> io::Result<()> {
        calls::let_nothing_through(self.as_fd())
    }

    /// The same socket again, for a process that is started with it.
    ///
    /// # Errors
    /// When no more can be open.
    pub fn again(&self) -> io::Result<OwnedFd> {
        self.0.try_clone().map(OwnedFd::from)
    }
}

impl AsFd for DatagramSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_read_after_the_stop_and_nothing_else() {
        let opened = DatagramSocket::open("127.0.0.1:0".parse().unwrap()).unwrap();
        let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
        sender.send_to(b"before", opened.address().unwrap()).unwrap();
        opened.stop().unwrap();
        sender.send_to(b"behind", opened.address().unwrap()).unwrap();
        let read = UdpSocket::from(opened.again().unwrap());
        let mut bytes = [0; 16];
        let (length, from) = read.recv_from(&mut bytes).unwrap();
        assert_eq!((&bytes[..length], from), (&b"before"[..], sender.local_addr().unwrap()));
        assert_eq!(read.recv_from(&mut bytes).unwrap_err().kind(), io::ErrorKind::WouldBlock);
    }

    #[test]
    fn an_address_is_not_taken_twice() {
        let opened = DatagramSocket::open("127.0.0.1:0".parse().unwrap()).unwrap();
        let again = DatagramSocket::open(opened.address().unwrap()).unwrap_err();
        assert_eq!(again.kind(), io::ErrorKind::AddrInUse);
    }
}
