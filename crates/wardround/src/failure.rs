//! Exit codes, and errors that carry one.

use std::fmt;
use std::io::Write as _;
use std::process::ExitCode;

/// It could not be done.
pub(crate) const FAILED: u8 = 1;

/// There is no such round, asset, finding or observation.
#[derive(Debug)]
pub(crate) struct NotFound(pub(crate) String);

impl fmt::Display for NotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotFound {}

/// Says what went wrong in one line, and gives the exit code for it.
pub(crate) fn report(error: &anyhow::Error) -> ExitCode {
    // Somebody closed the pipe that we print to (`| head`): they have what they wanted.
    if error.chain().any(is_broken_pipe) {
        return ExitCode::SUCCESS;
    }
    let mut causes: Vec<String> = error.chain().map(ToString::to_string).collect();
    // A text that already tells its cause is not followed by it.
    causes.dedup_by(|cause, told| told.ends_with(cause.as_str()));
    // Where nobody can be told, such as on a full disk, the code says it still.
    let _ = writeln!(std::io::stderr(), "wardround: {}", causes.join(": "));
    ExitCode::from(if error.is::<NotFound>() { 3 } else { FAILED })
}

fn is_broken_pipe(error: &(dyn std::error::Error + 'static)) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
