//! Giving up rights, for good: user, capabilities, limits, files and network (Landlock), calls (seccomp).

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, Ruleset, RulesetAttr as _, Scope,
};
use rustix::io::Errno;
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
use rustix::thread::{CapabilitySet, CapabilitySets};

use crate::filter;

/// The user and group that own nothing, where root gives up being root.
const NOBODY: u32 = 65_534;

/// How far the kernel enforces that no file can be opened and no network reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Files {
    /// All that this program knows to ask for.
    Closed,
    /// A part: the kernel is older than this program.
    ClosedInPart,
    /// Nothing by Landlock: the kernel has none. The list of calls still has no call that opens a file or a socket.
    ByCallsAlone,
}

/// What holds from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Confined {
    /// What Landlock enforces.
    pub files: Files,
    /// Whether it was root's, and is nobody's now.
    pub left_root: bool,
}

/// Why a process could not be confined; it must not read anything then.
#[derive(Debug, thiserror::Error)]
pub enum ConfineError {
    /// The kernel refused a step.
    #[error("the reader could not give up its rights ({step}: {cause}), so that it reads nothing")]
    Refused {
        /// Which.
        step: &'static str,
        /// What the kernel says.
        cause: Errno,
    },
    /// Landlock is there, but failed.
    #[error("the reader could not close its files (Landlock: {0}), so that it reads nothing")]
    Landlock(#[from] landlock::RulesetError),
    /// The list of calls could not be put in force.
    #[error("the reader could not limit its calls (seccomp: {0}), so that it reads nothing")]
    Calls(#[from] seccompiler::Error),
}

/// Gives up all rights of this thread, and of all that it starts: to be called while there is no other one. What is open stays open.
///
/// `memory` is the most that the process may map from now on, beside what it has.
///
/// # Errors
/// When a step was refused: rights may be gone in part, and nothing must be read.
pub fn confine(memory: u64) -> Result<Confined, ConfineError> {
    limits(memory)?;
    step("no new rights", rustix::thread::set_no_new_privs(true))?;
    let left_root = leave_root()?;
    drop_capabilities()?;
    step("no core", set_dumpable_behavior(DumpableBehavior::NotDumpable))?;
    let files = close_files()?;
    filter::put_in_force()?;
    Ok(Confined { files, left_root })
}

/// What root keeps who starts readers and writes the store: it gives readers to nobody, stops them, and reaches its files.
const KEPT: CapabilitySet = CapabilitySet::SETUID
    .union(CapabilitySet::SETGID)
    .union(CapabilitySet::SETPCAP)
    .union(CapabilitySet::KILL)
    .union(CapabilitySet::CHOWN)
    .union(CapabilitySet::FOWNER)
    .union(CapabilitySet::DAC_OVERRIDE);

/// Gives up the rights that only opening interfaces took: to be called once they are open, while there is no other thread. Root keeps
/// what starting readers and writing the store takes; another user keeps no capability at all.
///
/// # Errors
/// When the kernel refuses; nothing should be read then.
pub fn keep_little() -> Result<(), ConfineError> {
    step("no new rights", rustix::thread::set_no_new_privs(true))?;
    let has = rustix::thread::capabilities(None)
        .map_err(|cause| ConfineError::Refused { step: "look at capabilities", cause })?;
    let is_root = rustix::process::geteuid().is_root();
    let kept = if is_root { has.permitted.intersection(KEPT) } else { CapabilitySet::empty() };
    let sets = CapabilitySets { effective: kept, permitted: kept, inheritable: CapabilitySet::empty() };
    step("ambient capabilities", rustix::thread::clear_ambient_capability_set())?;
    step("capabilities", rustix::thread::set_capabilities(None, sets))
}

fn step(step: &'static str, done: Result<(), Errno>) -> Result<(), ConfineError> {
    done.map_err(|cause| ConfineError::Refused { step, cause })
}

/// No core dump, which would hold what packets carried; no file written; bounded memory.
fn limits(memory: u64) -> Result<(), ConfineError> {
    for (resource, most) in [(Resource::Core, 0), (Resource::Fsize, 0), (Resource::As, memory)] {
        step("limits", setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) }))?;
    }
    Ok(())
}

/// Becomes nobody, where it is root.
fn leave_root() -> Result<bool, ConfineError> {
    if !rustix::process::geteuid().is_root() {
        return Ok(false);
    }
    for capability in CapabilitySet::all().iter() {
        // A kernel that does not know the newest ones refuses to name them.
        match rustix::thread::remove_capability_from_bounding_set(capability) {
            Ok(()) | Err(Errno::INVAL) => {}
            Err(cause) => return Err(ConfineError::Refused { step: "no capabilities for programs", cause }),
        }
    }
    let (user, group) = (rustix::process::Uid::from_raw(NOBODY), rustix::process::Gid::from_raw(NOBODY));
    step("no groups", rustix::thread::set_thread_groups(&[]))?;
    step("group", rustix::thread::set_thread_res_gid(group, group, group))?;
    step("user", rustix::thread::set_thread_res_uid(user, user, user))?;
    Ok(true)
}

/// Has no capability any more, and looks whether that is so.
fn drop_capabilities() -> Result<(), ConfineError> {
    let none = CapabilitySets {
        effective: CapabilitySet::empty(),
        permitted: CapabilitySet::empty(),
        inheritable: CapabilitySet::empty(),
    };
    step("ambient capabilities", rustix::thread::clear_ambient_capability_set())?;
    step("capabilities", rustix::thread::set_capabilities(None, none))?;
    let has = rustix::thread::capabilities(None)
        .map_err(|cause| ConfineError::Refused { step: "look at capabilities", cause })?;
    let is_bare = has.effective.is_empty() && has.permitted.is_empty() && has.inheritable.is_empty();
    step("capabilities", if is_bare { Ok(()) } else { Err(Errno::PERM) })
}

/// Closes the file system and the network, as far as the kernel knows to.
fn close_files() -> Result<Files, ConfineError> {
    let newest = ABI::V6;
    let ruleset = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(newest))?
        .handle_access(AccessNet::from_all(newest))?
        .scope(Scope::from_all(newest))?
        .create()?;
    Ok(match ruleset.restrict_self()?.ruleset {
        landlock::RulesetStatus::FullyEnforced => Files::Closed,
        landlock::RulesetStatus::PartiallyEnforced => Files::ClosedInPart,
        landlock::RulesetStatus::NotEnforced => Files::ByCallsAlone,
    })
}
