//! Words of a text with their places, for everything here that compares, replaces or marks them.
//!
//! A place is a byte offset that is carried along with the word. Not here: what a word means (`language`).

use std::ops::Range;

/// The runs of characters that `belongs` accepts, with their bytes, in order.
pub(super) fn runs(text: &str, belongs: fn(char) -> bool) -> impl Iterator<Item = (Range<usize>, &str)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + text[from..].find(belongs)?;
        let length = text[start..].find(|c| !belongs(c)).unwrap_or(text.len() - start);
        from = start + length;
        Some((start..from, &text[start..from]))
    })
}

/// The words of a text with their bytes: letters and digits, with apostrophes and hyphens.
pub(super) fn placed(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    runs(text, |c| c.is_alphanumeric() || "'’ʼ-".contains(c))
}

/// The words of a text.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    placed(text).map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_with_their_places() {
        let text = "— П’ять км, far-off 3.";
        let found: Vec<_> = placed(text).collect();
        assert_eq!(words(text).collect::<Vec<_>>(), ["П’ять", "км", "far-off", "3"]);
        assert!(found.iter().all(|(range, word)| &text[range.clone()] == *word));
        assert_eq!(placed(" …").count() + placed("").count(), 0);
    }
}
