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
