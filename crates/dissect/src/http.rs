use crate::{Facts, Half, Verdict};

pub(crate) fn dissect(_half: &Half<'_>, _facts: &mut Facts) -> Verdict {
    Verdict::NotThis
}

pub(crate) fn dissect_ipp(_half: &Half<'_>, _facts: &mut Facts) -> Verdict {
    Verdict::NotThis
}
