use crate::{Datagram, Facts, Role};

pub(crate) fn dissect(_datagram: &Datagram<'_>, _facts: &mut Facts) -> Option<Role> {
    None
}

pub(crate) fn dissect_mdns(_datagram: &Datagram<'_>, _facts: &mut Facts) -> Option<Role> {
    None
}
