//! Memory that the program holds and does not use.

/// Gives it back to the system. The C library keeps what was freed for later, in as many heaps as threads made; after a large round was
/// read, that is several times what is in use (`docs/decisions/0016-the-worklist-stays-in-the-store.md`). Elsewhere than with glibc
/// this does nothing.
#[expect(unsafe_code, reason = "the one call that the C library offers for it: docs/decisions/0016")]
pub fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: malloc_trim(3) takes a number and no pointer, may be called from any thread at any time, and moves nothing that is in
    // use: it returns pages that are wholly free.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// Heaps that threads share from now on.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const HEAPS: libc::c_int = 2;

/// Lets the threads of the program share two heaps. The C library would make up to eight a core, and each keeps what the largest work
/// on its thread left between things that are still in use. To be called before there are threads. Elsewhere than with glibc this does
/// nothing.
#[expect(unsafe_code, reason = "the one call that the C library offers for it: docs/decisions/0016")]
pub fn share_heaps() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: mallopt(3) takes two numbers and no pointer, and sets a limit for heaps that are made later. A refusal leaves all as it was.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, HEAPS);
    }
}
