//! What a prompt is about: numbered lines, each of which rests on sentences of the article.
//!
//! At first the lines are the sentences themselves. An article that does not fit the model's context is cut into parts on
//! paragraph borders, the facts of each part become a shorter list of lines, and so on until one prompt holds it:
//! map and reduce, as in "Recursively Summarizing Books" (Wu et al., 2021). What a line rests on is kept on the way, so
//! that a fact of the whole still cites sentences of the article. Not here: prompts, and who writes the facts.

use std::ops::RangeInclusive;
use std::sync::Arc;

use super::PlanError;
use super::names::Names;
use super::orders::Orders;
use crate::intake::{AnnotatedArticle, Article, one_line};
use crate::language::{Language, Sentence, SentenceId};

/// Most tokens of a part's lines. Small models see the beginning of a long prompt best, and a pass over a short one costs
/// less a token.
const PART_TOKENS: usize = 2048;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    /// The line.
    pub text: String,
    /// The numbers of the sentences that it rests on.
    pub sentences: Vec<u32>,
    /// Lines of one paragraph belong together.
    paragraph: usize,
}

/// The numbered lines; the first is number 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberedLines {
    /// That of the article, perhaps empty.
    pub(super) title: String,
    pub(super) language: Language,
    items: Vec<Item>,
    /// How the names of the article are spelled.
    pub(super) names: Arc<Names>,
    /// Sentences that are no lines, because they give orders to whoever reads them.
    pub orders: Vec<SentenceId>,
    /// True when the lines are facts of parts and no longer sentences.
    pub(super) reduced: bool,
}

/// Line numbers of one part.
pub type LineRange = RangeInclusive<u32>;

impl NumberedLines {
    /// The sentences of an article, without those that are known to give orders by their words alone.
    pub fn of(article: &AnnotatedArticle) -> Self {
        Self::without(article, &Orders::of(article, None))
    }

    /// The sentences of an article, without those that give orders to a language model.
    pub fn without(article: &AnnotatedArticle, orders: &Orders) -> Self {
        let (ordering, telling): (Vec<_>, Vec<_>) =
            article.sentences().iter().zip(&orders.sentences).partition(|(_, orders)| **orders);
        let title = article.title().filter(|_| !orders.title);
        Self {
            title: one_line(title.unwrap_or_default()),
            names: Arc::new(Names::of(article, orders)),
            orders: ordering.into_iter().map(|(sentence, _)| sentence.id).collect(),
            ..Self::of_these(article, telling.into_iter().map(|(sentence, _)| sentence))
        }
    }

    /// Some sentences of the article that this is about, and nothing around them. Numbers without a sentence are passed
    /// over.
    pub fn of_sentences(&self, article: &Article, sentences: &[u32]) -> Self {
        let wanted = article.sentences().iter().filter(|sentence| sentences.contains(&sentence.id.get()));
        Self { names: self.names.clone(), ..Self::of_these(article, wanted) }
    }

    fn of_these<'a>(article: &Article, sentences: impl Iterator<Item = &'a Sentence>) -> Self {
        let items = sentences.map(|sentence| item(article, sentence)).collect();
        let (title, names, orders) = Default::default();
        Self { title, language: article.language(), items, names, orders, reduced: false }
    }

    /// The lines that the facts of parts of these make, in order. A fact that cites nothing is left out, because what
    /// rests on nothing must not come back as a fact of the whole.
    ///
    /// # Errors
    /// When there are no fewer lines than before, so that this would never end.
    pub fn reduced(&self, parts: Vec<Vec<(String, Vec<u32>)>>) -> Result<Self, PlanError> {
        let facts = parts.into_iter().enumerate().flat_map(|(part, facts)| facts.into_iter().map(move |f| (part, f)));
        let items = facts.filter_map(|(paragraph, (text, cited))| {
            let sentences = self.sentences_of(&cited);
            (!sentences.is_empty()).then(|| Item { text: one_line(&text), sentences, paragraph })
        });
        let items: Vec<Item> = items.collect();
        if items.is_empty() || items.len() >= self.items.len() {
            return Err(PlanError::Endless { lines: self.items.len() });
        }
        Ok(Self { items, reduced: true, ..self.clone() })
    }

    /// The title of the article as the model is shown it, perhaps empty.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Characters of all lines.
    pub fn characters(&self) -> usize {
        self.items.iter().map(|item| item.text.chars().count()).sum()
    }

    /// True when there is no line.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The numbers of all lines.
    pub fn all(&self) -> LineRange {
        1..=u32::try_from(self.items.len()).unwrap_or(u32::MAX)
    }

    /// The lines of a part, with their numbers.
    pub fn numbered(&self, part: &LineRange) -> impl Iterator<Item = (u32, &str)> {
        part.clone().zip(&self.items[*part.start() as usize - 1..]).map(|(number, item)| (number, item.text.as_str()))
    }

    /// The sentences that these lines rest on, each once. Numbers without a line are passed over.
    pub fn sentences_of(&self, lines: &[u32]) -> Vec<u32> {
        let found = lines.iter().filter_map(|&number| self.items.get((number as usize).checked_sub(1)?));
        let mut sentences: Vec<u32> = Vec::new();
        for &sentence in found.flat_map(|item| &item.sentences) {
            if !sentences.contains(&sentence) {
                sentences.push(sentence);
            }
        }
        sentences
    }

    /// Cuts the lines into parts of at most `room` tokens, and of no more than a small model reads well; between paragraphs where
    /// one ends in the second half of a part. `tokens` counts those of a line. One line that is longer makes a part by itself.
    pub fn parts(&self, room: usize, tokens: impl Fn(&str) -> usize) -> Vec<LineRange> {
        let room = room.min(PART_TOKENS);
        let mut parts = Vec::new();
        let mut start = 0;
        // Tokens of the lines from `start` on.
        let mut sizes: Vec<usize> = Vec::new();
        for (index, item) in self.items.iter().enumerate() {
            let size = tokens(&item.text);
            if !sizes.is_empty() && sizes.iter().sum::<usize>() + size > room {
                let end = self.border(start, index);
                parts.push(start as u32 + 1..=end as u32);
                sizes.drain(..end - start);
                start = end;
            }
            sizes.push(size);
        }
        if start < self.items.len() {
            parts.push(start as u32 + 1..=self.items.len() as u32);
        }
        parts
    }

    /// Where to cut, after `start` and at `end` at the latest.
    fn border(&self, start: usize, end: usize) -> usize {
        let half = start + (end - start) / 2;
        let begins = |&at: &usize| self.items[at].paragraph != self.items[at - 1].paragraph;
        (half.max(start + 1)..=end).rev().find(begins).unwrap_or(end)
    }

    /// `count` runs of lines, one after the other, that together are all of them: so that facts that cite one of each come
    /// from the whole of the text.
    pub fn spread(&self, count: usize) -> Vec<LineRange> {
        let (lines, count) = (self.items.len(), count.clamp(1, self.items.len().max(1)));
        (0..count).map(|i| (i * lines / count) as u32 + 1..=((i + 1) * lines / count) as u32).collect()
    }
}

/// A sentence as a line.
fn item(article: &Article, sentence: &Sentence) -> Item {
    Item {
        text: one_line(&article.text()[sentence.range()]),
        sentences: vec![sentence.id.get()],
        paragraph: sentence.paragraph,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::{Source, read};

    /// Ten paragraphs of two sentences.
    fn lines() -> NumberedLines {
        let paragraph =
            |n: usize| format!("The council met for the {n}th time. It voted on the bridge over the river.");
        let text = (1..=10).map(paragraph).collect::<Vec<_>>().join("\n\n");
        let source = Source { bytes: text.into(), name: "test".into(), title: None, language: Some(Language::En) };
        NumberedLines::of(&AnnotatedArticle::of(read(source).unwrap()))
    }

    #[test]
    fn parts_end_with_paragraphs_and_cover_everything() {
        let lines = lines();
        assert_eq!(lines.parts(5, |_| 1), [1..=4, 5..=8, 9..=12, 13..=16, 17..=20]);
        assert_eq!(lines.parts(1, |_| 1).len(), 20);
        assert_eq!(lines.parts(1, |_| 9).len(), 20, "what is too long is a part by itself");
        assert_eq!(lines.parts(usize::MAX, |_| 1), vec![1..=20]);
    }

    #[test]
    fn facts_of_parts_keep_their_sentences() {
        let lines = lines();
        let fact = |cited: &[u32]| ("A fact.".to_owned(), cited.to_vec());
        let first = lines.reduced(vec![vec![fact(&[3, 4]), fact(&[])], vec![fact(&[20]), fact(&[99])]]).unwrap();
        assert_eq!(first.all(), 1..=2);
        let second = first.reduced(vec![vec![fact(&[2])]]).unwrap();
        assert_eq!(second.sentences_of(&[1]), [20]);
        assert!(second.reduced(vec![vec![fact(&[1])]]).is_err(), "no line less");
    }

    #[test]
    fn a_spread_covers_every_line_once() {
        let lines = lines();
        assert_eq!(lines.spread(3), [1..=6, 7..=13, 14..=20]);
        assert_eq!(lines.spread(50).len(), 20);
    }
}
