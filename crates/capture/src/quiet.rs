//! Calls that may fail by a bug of ours without taking the round down, and without printing anything: the message of a
//! panic could repeat what a packet carried.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

static HOOK: Once = Once::new();

/// Makes panics inside [`call`] silent; all others go to the hook that was there before.
pub(crate) fn install() {
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |about| {
            if !QUIET.get() {
                before(about);
            }
        }));
    });
}

/// What `work` returns, or `None` if it panicked.
///
/// What `work` borrows must make sense after a panic in its midst: dissectors only push facts, which are thrown away then.
pub(crate) fn call<T>(work: impl FnOnce() -> T) -> Option<T> {
    QUIET.set(true);
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    QUIET.set(false);
    result.ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_panic_is_an_answer() {
        super::install();
        assert_eq!(super::call(|| 7), Some(7));
        assert_eq!(super::call(|| -> u8 { panic!("with secrets") }), None);
        assert_eq!(super::call(|| 8), Some(8));
    }
}
