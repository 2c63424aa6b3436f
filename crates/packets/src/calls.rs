//! The calls that no safe crate has: options and addresses of packet sockets, and many frames at once.

use std::io;
use std::mem::{size_of, size_of_val, zeroed};
use std::os::fd::{AsRawFd as _, BorrowedFd};
use std::ptr::{from_mut, from_ref};

/// Plain structures that the kernel reads or fills, for which any bytes are a value.
///
/// # Safety
/// Only for `repr(C)` structures of integers.
#[expect(unsafe_code, reason = "a promise about the structures below: docs/decisions/0011")]
pub(crate) unsafe trait Plain: Copy {}

#[expect(unsafe_code, reason = "the promise for each: docs/decisions/0011")]
mod plain {
    // SAFETY: an integer.
    unsafe impl super::Plain for i32 {}
    // SAFETY: `repr(C)`, of integers and an array of bytes (packet(7)).
    unsafe impl super::Plain for libc::packet_mreq {}
    // SAFETY: `repr(C)`, of two integers (packet(7)).
    unsafe impl super::Plain for libc::tpacket_stats {}
    // SAFETY: `repr(C)`, of integers and an array of bytes (packet(7)).
    unsafe impl super::Plain for libc::sockaddr_ll {}
}

/// The length of a structure as calls want it.
fn length_of<T>() -> libc::socklen_t {
    libc::socklen_t::try_from(size_of::<T>()).unwrap_or(0)
}

fn done(answer: i32) -> io::Result<()> {
    if answer == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Sets an option.
#[expect(unsafe_code, reason = "setsockopt of SOL_PACKET: docs/decisions/0011")]
pub(crate) fn set<T: Plain>(socket: BorrowedFd<'_>, level: i32, option: i32, value: &T) -> io::Result<()> {
    // SAFETY: the pointer is to a live value of exactly the length that is given, and the kernel only reads it.
    done(unsafe {
        libc::setsockopt(socket.as_raw_fd(), level, option, from_ref(value).cast(), length_of::<T>())
    })
}

/// Gets an option.
#[expect(unsafe_code, reason = "getsockopt of SOL_PACKET: docs/decisions/0011")]
pub(crate) fn get<T: Plain>(socket: BorrowedFd<'_>, level: i32, option: i32, mut value: T) -> io::Result<T> {
    let mut length = length_of::<T>();
    // SAFETY: the kernel writes at most `length` bytes, which is that of the value, and any bytes are one (`Plain`).
    done(unsafe {
        libc::getsockopt(socket.as_raw_fd(), level, option, from_mut(&mut value).cast(), &raw mut length)
    })?;
    Ok(value)
}

/// Binds to an interface.
#[expect(unsafe_code, reason = "bind with an address of AF_PACKET: docs/decisions/0011")]
pub(crate) fn bind(socket: BorrowedFd<'_>, address: &libc::sockaddr_ll) -> io::Result<()> {
    let length = length_of::<libc::sockaddr_ll>();
    // SAFETY: the pointer is to a live address of exactly the length that is given, and the kernel only reads it.
    done(unsafe { libc::bind(socket.as_raw_fd(), from_ref(address).cast(), length) })
}

/// What it is bound to.
#[expect(unsafe_code, reason = "getsockname with an address of AF_PACKET: docs/decisions/0011")]
pub(crate) fn bound(socket: BorrowedFd<'_>, mut address: libc::sockaddr_ll) -> io::Result<libc::sockaddr_ll> {
    let mut length = length_of::<libc::sockaddr_ll>();
    // SAFETY: the kernel writes at most `length` bytes, which is that of the address, and any bytes are one (`Plain`).
    done(unsafe { libc::getsockname(socket.as_raw_fd(), from_mut(&mut address).cast(), &raw mut length) })?;
    Ok(address)
}

/// Lets nothing more through: the shortest of all filters, which answers 0 to each frame.
#[expect(unsafe_code, reason = "setsockopt with a pointer to a filter: docs/decisions/0011")]
pub(crate) fn let_nothing_through(socket: BorrowedFd<'_>) -> io::Result<()> {
    // BPF_RET | BPF_K
    let mut nothing = [libc::sock_filter { code: 6, jt: 0, jf: 0, k: 0 }];
    let filter = libc::sock_fprog { len: 1, filter: nothing.as_mut_ptr() };
    let length = length_of::<libc::sock_fprog>();
    // SAFETY: the pointer is to a live structure of exactly that length, which points to one live instruction, as it says; the
    // kernel copies both before it answers.
    done(unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_ATTACH_FILTER,
            from_ref(&filter).cast(),
            length,
        )
    })
}

/// Room for one frame, and for what the kernel tells beside it.
#[derive(Debug)]
pub(crate) struct Room {
    pub(crate) frame: Vec<u8>,
    /// In words, because what is told beside a frame stands at multiples of them; zeros follow it.
    pub(crate) aside: [u64; 16],
    /// How long the frame was, which may be more than was kept.
    pub(crate) wire: usize,
}

/// Takes as many frames as wait, without waiting itself; how many.
#[expect(unsafe_code, reason = "recvmmsg: docs/decisions/0011")]
pub(crate) fn receive(socket: BorrowedFd<'_>, rooms: &mut [Room]) -> io::Result<usize> {
    let piece =
        |room: &mut Room| libc::iovec { iov_base: room.frame.as_mut_ptr().cast(), iov_len: room.frame.len() };
    let mut pieces: Vec<libc::iovec> = rooms.iter_mut().map(piece).collect();
    let message = |(room, piece): (&mut Room, &mut libc::iovec)| {
        room.aside = [0; 16];
        // SAFETY: a structure of integers and pointers, for which zeros are a value: no name, no pieces, nothing beside.
        let mut message: libc::mmsghdr = unsafe { zeroed() };
        message.msg_hdr.msg_iov = from_mut(piece);
        message.msg_hdr.msg_iovlen = 1;
        message.msg_hdr.msg_control = room.aside.as_mut_ptr().cast();
        message.msg_hdr.msg_controllen = size_of_val(&room.aside) as _;
        message
    };
    let mut messages: Vec<libc::mmsghdr> = rooms.iter_mut().zip(&mut pieces).map(message).collect();
    let most = libc::c_uint::try_from(messages.len()).unwrap_or(0);
    let flags = libc::MSG_DONTWAIT | libc::MSG_TRUNC;
    // SAFETY: there are `most` messages; each points to one piece and to room beside it, all of the lengths that are given and
    // alive and unmoved until the call is over (`pieces` and `rooms` are not touched in between); no time limit is given.
    let count = unsafe {
        libc::recvmmsg(socket.as_raw_fd(), messages.as_mut_ptr(), most, flags as _, std::ptr::null_mut())
    };
    let count = usize::try_from(count).map_err(|_| io::Error::last_os_error())?;
    for (room, message) in rooms.iter_mut().zip(&messages).take(count) {
        room.wire = usize::try_from(message.msg_len).unwrap_or(usize::MAX);
    }
    Ok(count)
}
