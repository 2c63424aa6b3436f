use crate::{Facts, Half, Verdict};

pub(crate) fn dissect(_half: &Half<'_>, _facts: &mut Facts) -> Verdict {
    Verdict::NotThis
}
