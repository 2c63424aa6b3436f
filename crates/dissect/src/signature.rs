use crate::{Datagram, Facts, Half, Role, Verdict};

pub(crate) fn rtsp(_half: &Half<'_>, _facts: &mut Facts) -> Verdict {
    Verdict::NotThis
}

pub(crate) fn mqtt(_half: &Half<'_>, _facts: &mut Facts) -> Verdict {
    Verdict::NotThis
}

pub(crate) fn mysql(_half: &Half<'_>, _facts: &mut Facts) -> Verdict {
    Verdict::NotThis
}

pub(crate) fn postgresql(_half: &Half<'_>, _facts: &mut Facts) -> Verdict {
    Verdict::NotThis
}

pub(crate) fn raw_print(_half: &Half<'_>, _facts: &mut Facts) -> Verdict {
    Verdict::NotThis
}

pub(crate) fn ntp(_datagram: &Datagram<'_>, _facts: &mut Facts) -> Option<Role> {
    None
}
