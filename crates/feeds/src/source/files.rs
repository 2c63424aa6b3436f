//! Files at fixed addresses: KEV, EPSS, OSV's archives, Debian's tracker, end-of-life dates, IEEE's tables.

use super::{Work, anything};
use crate::address;
use crate::error::FetchError;

pub(super) fn run(work: &mut Work<'_>) -> Result<(), FetchError> {
    let urls = work.source.addresses(work.now.year());
    for url in urls {
        // `.../npm/all.zip` and `.../PyPI/all.zip` must not be one file.
        let name = address::file_name(&url, 2);
        let done = work.take(&url, &name, None, &anything);
        work.go_on_after(done)?;
        work.save()?;
    }
    Ok(())
}
