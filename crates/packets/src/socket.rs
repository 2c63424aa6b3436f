//! A packet socket: opened on one interface, and asked what it counted.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType, netdevice, socket_with, sockopt};

use crate::calls;

/// Bytes of frames that may wait for the reader, with what the kernel keeps beside each: more than 100,000 small ones.
const WAITING: usize = 64 << 20;

/// Why an interface cannot be watched.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Only who may see all packets can.
    #[error(
        "you may not read from network interfaces here; run it as root (sudo), or give the program the right once: \
         sudo setcap cap_net_raw,cap_net_admin+ep \"$(command -v wardround)\""
    )]
    NoRight,
    /// There is none of this name.
    #[error("there is no network interface {0:?} here; `wardround doctor` lists them")]
    NoInterface(String),
    /// It is there, but switched off.
    #[error("the network interface {0:?} is switched off; switch it on first: sudo ip link set {0} up")]
    Down(String),
    /// Its frames are not those of Ethernet.
    #[error("the network interface {0:?} is not of Ethernet (kind {1}), which is all that is read live")]
    NotEthernet(String, u16),
    /// The kernel refused a step.
    #[error("the network interface {0:?} cannot be read ({1})")]
    Refused(String, #[source] io::Error),
}

/// What the kernel counted since it was last asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Frames that came, dropped ones included.
    pub frames: u64,
    /// Those that were dropped for want of room.
    pub dropped: u64,
}

/// A socket that gives the frames of one interface.
///
/// It gives all of them: those for other hosts (the interface is made promiscuous while it is open), and those that this computer
/// sends, as any capture has them. Only on the loopback interface, where each frame comes back, those sent are left out.
#[derive(Debug)]
pub struct PacketSocket(OwnedFd);

impl PacketSocket {
    /// Opens one.
    ///
    /// # Errors
    /// Without the right to, without such an interface, or when the kernel refuses.
    pub fn open(name: &str) -> Result<Self, OpenError> {
        Self::try_open(name).map_err(|error| match error {
            Failed::Open(error) => error,
            Failed::Call(error) => match error.kind() {
                io::ErrorKind::PermissionDenied => OpenError::NoRight,
                _ => OpenError::Refused(name.to_owned(), error),
            },
        })
    }

    fn try_open(name: &str) -> Result<Self, Failed> {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        // Of no protocol, so that it gets nothing before it is bound to its interface.
        let socket = socket_with(AddressFamily::PACKET, SocketType::RAW, flags, None)?;
        let index = netdevice::name_to_index(&socket, name);
        let index = index.map_err(|_| OpenError::NoInterface(name.to_owned()))?;
        let index = i32::try_from(index).map_err(io::Error::other)?;
        let opened = Self(socket);
        opened.set_options(index)?;
        let kind = opened.bind(index)?;
        match sockopt::socket_error(&opened.0)? {
            Err(Errno::NETDOWN) => return Err(OpenError::Down(name.to_owned()).into()),
            other => other?,
        }
        match kind {
            libc::ARPHRD_ETHER => {}
            libc::ARPHRD_LOOPBACK => opened.set(libc::PACKET_IGNORE_OUTGOING, 1)?,
            other => return Err(OpenError::NotEthernet(name.to_owned(), other).into()),
        }
        Ok(opened)
    }

    /// Promiscuous, with room, times and tags.
    fn set_options(&self, index: i32) -> io::Result<()> {
        let everybody = libc::packet_mreq {
            mr_ifindex: index,
            mr_type: u16::try_from(libc::PACKET_MR_PROMISC).unwrap_or(1),
            mr_alen: 0,
            mr_address: [0; 8],
        };
        calls::set(self.as_fd(), libc::SOL_PACKET, libc::PACKET_ADD_MEMBERSHIP, &everybody)?;
        self.set(libc::PACKET_AUXDATA, 1)?;
        calls::set(self.as_fd(), libc::SOL_SOCKET, libc::SO_TIMESTAMPNS, &1)?;
        // As much as the kernel gives: without the right to more, its own limit.
        if sockopt::set_socket_recv_buffer_size_force(&self.0, WAITING).is_err() {
            sockopt::set_socket_recv_buffer_size(&self.0, WAITING)?;
        }
        Ok(())
    }

    fn set(&self, option: i32, value: i32) -> io::Result<()> {
        calls::set(self.as_fd(), libc::SOL_PACKET, option, &value)
    }

    /// Whether its interface is still there; once it was deleted, another one of the same name is not this one.
    #[must_use]
    pub fn is_bound(&self) -> bool {
        calls::bound(self.as_fd(), Self::address(0)).is_ok_and(|bound| bound.sll_ifindex > 0)
    }

    fn address(index: i32) -> libc::sockaddr_ll {
        libc::sockaddr_ll {
            sll_family: u16::try_from(libc::AF_PACKET).unwrap_or(0),
            sll_protocol: u16::try_from(libc::ETH_P_ALL).unwrap_or(0).to_be(),
            sll_ifindex: index,
            sll_hatype: 0,
            sll_pkttype: 0,
            sll_halen: 0,
            sll_addr: [0; 8],
        }
    }

    /// Binds it to an interface; which kind that is (`ARPHRD_*`).
    fn bind(&self, index: i32) -> io::Result<u16> {
        let address = Self::address(index);
        calls::bind(self.as_fd(), &address)?;
        calls::bound(self.as_fd(), address).map(|bound| bound.sll_hatype)
    }

    /// What the kernel counted since this was last asked.
    ///
    /// # Errors
    /// When the kernel does not say.
    pub fn counts(&self) -> io::Result<Counts> {
        let none = libc::tpacket_stats { tp_packets: 0, tp_drops: 0 };
        let counted = calls::get(self.as_fd(), libc::SOL_PACKET, libc::PACKET_STATISTICS, none)?;
        Ok(Counts { frames: counted.tp_packets.into(), dropped: counted.tp_drops.into() })
    }

    /// Takes no more frames; those that wait can still be read.
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
        self.0.try_clone()
    }
}

impl AsFd for PacketSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// What can go wrong on the way, before it is told.
enum Failed {
    Open(OpenError),
    Call(io::Error),
}

impl From<OpenError> for Failed {
    fn from(error: OpenError) -> Self {
        Self::Open(error)
    }
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Self::Call(error)
    }
}

impl From<Errno> for Failed {
    fn from(error: Errno) -> Self {
        Self::Call(error.into())
    }
}
