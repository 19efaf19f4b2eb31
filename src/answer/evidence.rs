//! Which sentences a fact comes from.
//!
//! A model that copies a sentence well may still miscount it. So a citation is compared with the fact, word by word: when
//! the cited sentence has little of the fact and another has nearly all of it, the other one is the evidence. Words of two
//! languages cannot be compared like this; a fact in another language keeps its citation, which comes from a fact in
//! English that has been compared where that was possible.

use std::collections::HashSet;

use super::Evidence;
use crate::intake::{Article, Language, Sentence, SentenceId};

/// A sentence with this share of a fact's words has it.
const SUPPORTS: f32 = 0.55;
/// A cited sentence with less than this share is doubted.
const DOUBTFUL: f32 = 0.35;
/// Letters that two forms of a word have to share at their start.
const STEM: usize = 5;

/// The sentences that a fact in `language` rests on.
pub(super) fn link(fact: &str, cited: &[u32], article: &Article, language: Language) -> Vec<Evidence> {
    let found = cited.iter().filter_map(|&number| article.sentences().get((number as usize).checked_sub(1)?));
    let found: Vec<&Sentence> = found.collect();
    if !found.is_empty() && language == article.language() {
        let words = stems(fact);
        let share = |sentence: &Sentence| share(&words, &article.text()[sentence.start..sentence.end]);
        let cited = found.iter().map(|sentence| share(sentence)).fold(0.0, f32::max);
        let best = article.sentences().iter().max_by(|a, b| share(a).total_cmp(&share(b)));
        if let Some(best) = best.filter(|best| cited < DOUBTFUL && share(best) >= SUPPORTS) {
            return vec![evidence(best.id, best, article)];
        }
    }
    found.into_iter().map(|sentence| evidence(sentence.id, sentence, article)).collect()
}

fn evidence(sentence: SentenceId, range: &Sentence, article: &Article) -> Evidence {
    let (start, end) = (range.start, range.end);
    Evidence { sentence, start, end, text: article.text()[start..end].to_owned() }
}

/// The share of `words` that a sentence has.
fn share(words: &HashSet<String>, sentence: &str) -> f32 {
    if words.is_empty() {
        return 0.0;
    }
    words.intersection(&stems(sentence)).count() as f32 / words.len() as f32
}

/// The beginnings of the words that carry meaning: those of four letters or more, and numbers.
fn stems(text: &str) -> HashSet<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
    let heavy = words.filter(|word| word.chars().count() >= 4 || word.starts_with(|c: char| c.is_ascii_digit()));
    heavy.map(|word| word.chars().take(STEM).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::{Source, read};

    const TEXT: &str = "The council approved a new bridge over the river on Monday.\n\n\
        The old ferry will stop running in March 2027, said its captain.\n\n\
        Nobody has asked the fishermen of the eastern harbour about their boats.";

    fn sentences_of(fact: &str, cited: &[u32], language: Language) -> Vec<u32> {
        let source = Source { bytes: TEXT.into(), name: "test".into(), title: None, language: Some(Language::En) };
        let article = read(source).unwrap();
        link(fact, cited, &article, language).iter().map(|evidence| evidence.sentence.get()).collect()
    }

    #[test]
    fn a_miscounted_citation_is_put_right() {
        assert_eq!(sentences_of("The ferry stops running in March 2027.", &[3], Language::En), [2]);
        assert_eq!(sentences_of("The ferry stops running in March 2027.", &[2], Language::En), [2]);
        assert!(sentences_of("The ferry stops running in March 2027.", &[], Language::En).is_empty());
    }

    #[test]
    fn a_doubt_without_a_better_sentence_changes_nothing() {
        assert_eq!(sentences_of("Something else entirely happened elsewhere.", &[3], Language::En), [3]);
        assert_eq!(sentences_of("Паром перестане ходити в березні 2027 року.", &[3], Language::Uk), [3]);
        assert!(sentences_of("Something else entirely happened elsewhere.", &[9], Language::En).is_empty());
    }
}
