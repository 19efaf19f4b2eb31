//! The clauses of a sentence, as far as its marks and a few words part them.

use super::reference::figures_of;
use crate::language::{Annotation, Class};

/// A clause, by its first and last token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clause {
    pub(super) first: usize,
    pub(super) last: usize,
}

/// The clause that token `at` stands in.
pub(super) fn around(sentence: &Annotation, at: usize) -> Clause {
    let first = (1..=at).rev().find(|&i| begins(sentence, i)).unwrap_or(0);
    let last =
        (at + 1..sentence.tokens.len()).find(|&i| begins(sentence, i)).map_or(sentence.tokens.len() - 1, |i| i - 1);
    Clause { first, last: last.max(at) }
}

/// True when a clause begins with token `i`.
fn begins(sentence: &Annotation, i: usize) -> bool {
    let gap = &sentence.text[sentence.tokens[i - 1].end()..sentence.tokens[i].start];
    gap.contains([',', ';', ':', '—', '(', ')', '«', '»', '“', '”'])
        || gap.contains(" – ")
        || gap.contains(" - ")
        || sentence.tokens[i].is(Class::BeginsClause)
}

/// True when a fact has a number or a date of these tokens of a sentence.
pub(super) fn shares_figure(fact: &Annotation, sentence: &Annotation, (first, last): (usize, usize)) -> bool {
    let (start, end) = (sentence.tokens[first].start, sentence.tokens[last].end());
    let inside = sentence.mentions.iter().filter(|mention| (start..end).contains(&mention.start));
    let theirs: Vec<_> = inside.flat_map(|mention| figures_of(&mention.what)).collect();
    fact.mentions.iter().flat_map(|mention| figures_of(&mention.what)).any(|figure| theirs.contains(&figure))
}
