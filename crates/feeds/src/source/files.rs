//! Files at fixed addresses: KEV, EPSS, OSV's archives, Debian's tracker, end-of-life dates, IEEE's tables.

use super::{Wanted, Work};
use crate::error::FetchError;
use crate::{address, moment};

pub(super) fn run(work: &mut Work<'_>) -> Result<(), FetchError> {
    let urls = work.source.addresses(moment::year(work.now));
    for url in urls {
        // `.../npm/all.zip` and `.../PyPI/all.zip` must not be one file.
        let name = address::file_name(&url, 2);
        let done = work.take(&Wanted { url: &work.address(&url), name: &name, stated: None });
        work.go_on_after(done)?;
        work.save()?;
    }
    Ok(())
}
