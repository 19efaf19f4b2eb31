//! A text with something else in some of its places.
//!
//! Terms, separators, languages of tags and what stays are all put in like this. Not here: how the places are found.

use std::ops::Range;

/// A text with something else in these places, which are in order and apart.
pub(super) fn replaced<T: AsRef<str>>(text: &str, changes: impl IntoIterator<Item = (Range<usize>, T)>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (range, by) in changes {
        out.push_str(&text[done..range.start]);
        out.push_str(by.as_ref());
        done = range.end;
    }
    out + &text[done..]
}
