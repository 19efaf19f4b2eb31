//! A text with something else in some of its places, and which of its places share bytes.
//!
//! Terms, separators, languages of tags and what stays are all put in like this. Not here: how the places are found.

use std::ops::Range;

/// A text with something else in these places, which are in order and apart.
pub(super) fn replaced<T: AsRef<str>>(text: &str, changes: impl IntoIterator<Item = (Range<usize>, T)>) -> String {
    rewritten(text, changes, str::to_owned)
}

/// The same, where what stands between the places is changed, too. A place that begins inside the one before it begins
/// behind that.
pub(super) fn rewritten<T: AsRef<str>>(
    text: &str,
    changes: impl IntoIterator<Item = (Range<usize>, T)>,
    between: impl Fn(&str) -> String,
) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (range, by) in changes {
        out.push_str(&between(&text[done..range.start.max(done)]));
        out.push_str(by.as_ref());
        done = done.max(range.end);
    }
    out + &between(&text[done..])
}

/// The first of these ranges, which are in order and apart, that shares a byte with another; of one that is empty, the range
/// that it stands inside of.
pub(super) fn overlapping<'r>(ranges: &'r [Range<usize>], other: &Range<usize>) -> Option<&'r Range<usize>> {
    let next = ranges.partition_point(|range| range.end <= other.start);
    ranges.get(next).filter(|range| range.start < other.end)
}
