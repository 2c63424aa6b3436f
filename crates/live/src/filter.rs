//! The calls that a confined process may make (seccomp). All others are refused with `EPERM`.

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, Error, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch,
};

/// Reading and writing what is open, waiting, memory, time, and the end. None opens, connects, starts or traces anything.
const CALLS: &[i64] = &[
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_lseek,
    libc::SYS_fstat,
    libc::SYS_close,
    libc::SYS_ppoll,
    // Many frames at once, from the socket that is open.
    libc::SYS_recvmmsg,
    // One datagram and who sent it, likewise.
    libc::SYS_recvfrom,
    libc::SYS_brk,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_futex,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_sched_yield,
    libc::SYS_getrandom,
    libc::SYS_gettid,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_restart_syscall,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

/// Calls that the older of the two architectures has beside them.
#[cfg(target_arch = "x86_64")]
const OLDER: &[i64] = &[libc::SYS_poll, libc::SYS_nanosleep];
#[cfg(not(target_arch = "x86_64"))]
const OLDER: &[i64] = &[];

/// Memory, as long as nothing in it can be run: the third argument is its protection.
const MEMORY: &[i64] = &[libc::SYS_mmap, libc::SYS_mprotect];

/// Puts the list in force, for good.
pub(crate) fn put_in_force() -> Result<(), Error> {
    seccompiler::apply_filter(&program()?)
}

fn program() -> Result<BpfProgram, Error> {
    let any = CALLS.iter().chain(OLDER).map(|call| (*call, Vec::new()));
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = any.collect();
    let executable = u64::try_from(libc::PROT_EXEC).unwrap_or(u64::MAX);
    for call in MEMORY {
        let not_run =
            SeccompCondition::new(2, SeccompCmpArgLen::Qword, SeccompCmpOp::MaskedEq(executable), 0)?;
        rules.insert(*call, vec![SeccompRule::new(vec![not_run])?]);
    }
    let refused = SeccompAction::Errno(u32::try_from(libc::EPERM).unwrap_or(1));
    let target = TargetArch::try_from(std::env::consts::ARCH)?;
    Ok(SeccompFilter::new(rules, refused, SeccompAction::Allow, target)?.try_into()?)
}
