//! A sentence as the checks see it: its words, what each can be found by, its numbers and its marks.

use crate::language::{self, Concept, Kind, Mark, Mention, Table, Token, Weight, cognate, is_function_word, stem};

/// The most words of a text that is held against an article.
const LONGEST: usize = 400;

/// What a word can be found by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// The stem: within one language.
    Stem(String),
    /// A row of the tables: across languages.
    Concept(Concept),
    /// The root: across languages.
    Cognate(String),
}

/// Whether a fact is in the article's language. Words of two languages are compared by fewer keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tongue {
    /// The article's.
    Same,
    /// Another.
    Other,
}

/// A sentence that was read.
#[derive(Debug)]
pub(super) struct Reading<'t> {
    pub(super) text: &'t str,
    pub(super) tokens: Vec<Token<'t>>,
    /// For each token.
    pub(super) keys: Vec<Vec<Key>>,
    pub(super) mentions: Vec<Mention>,
    pub(super) marks: Vec<Mark>,
    /// For each token, whether it is part of a number or a date.
    in_figure: Vec<bool>,
}

impl<'t> Reading<'t> {
    /// Reads a sentence of the article.
    pub(super) fn new(text: &'t str, table: &Table) -> Self {
        Self::of(text, language::tokens(text), table)
    }

    /// Reads a text that is held against the article. Each of its words is looked for in the whole article, so their number
    /// is bounded: what comes after the first [`LONGEST`] is no sentence that anybody would write.
    pub(super) fn of_claim(text: &'t str, table: &Table) -> Self {
        let mut tokens = language::tokens(text);
        tokens.truncate(LONGEST);
        Self::of(text, tokens, table)
    }

    fn of(text: &'t str, tokens: Vec<Token<'t>>, table: &Table) -> Self {
        let mut keys: Vec<Vec<Key>> = tokens.iter().map(own_keys).collect();
        for i in 0..tokens.len() {
            for (concept, length) in table.at(&tokens, i) {
                for keys in &mut keys[i..i + length] {
                    keys.push(Key::Concept(concept));
                }
            }
        }
        let (mentions, marks) = (language::mentions(text, &tokens), language::marks(text, &tokens));
        let in_figure = in_figure(&tokens, &mentions);
        Self { text, tokens, keys, mentions, marks, in_figure }
    }

    /// The keys of a token that count in this tongue.
    pub(super) fn keys_in(&self, i: usize, tongue: Tongue) -> impl Iterator<Item = &Key> {
        let latin = self.tokens[i].folded.is_ascii();
        self.keys[i].iter().filter(move |key| match key {
            // A Latin word in a Cyrillic text is the word itself.
            Key::Stem(_) => tongue == Tongue::Same || latin,
            Key::Concept(concept) => tongue == Tongue::Other || concept.kind == Kind::Name,
            Key::Cognate(_) => tongue == Tongue::Other,
        })
    }

    /// True for a word that says something by itself.
    pub(super) fn carries_meaning(&self, i: usize) -> bool {
        let token = &self.tokens[i];
        let short = token.text.chars().count() < 3 && !token.is_acronym();
        !token.is_number && !short && !is_function_word(&token.folded) && !self.in_figure[i]
    }

    /// True when the token's capital may only be that of a sentence or a quotation that begins.
    pub(super) fn begins(&self, i: usize) -> bool {
        let before = self.text[..self.tokens[i].start].trim_end();
        before.is_empty()
            || before
                .ends_with(['.', '!', '?', ':', '…', '"', '“', '«', '„', '(', '-', '–', '—', '•', '\'', '‘', '[', '/'])
    }

    /// True when two tokens say the same, as far as the tongue tells.
    pub(super) fn same_word(&self, i: usize, (other, j): (&Reading<'_>, usize), tongue: Tongue) -> bool {
        self.keys_in(i, tongue).any(|key| other.keys[j].contains(key))
    }
}

/// Which tokens are part of a mention that has to be supported.
fn in_figure(tokens: &[Token<'_>], mentions: &[Mention]) -> Vec<bool> {
    let firm = mentions.iter().filter(|mention| mention.weight == Weight::Firm);
    let mut inside = vec![false; tokens.len()];
    for mention in firm {
        let first = tokens.partition_point(|token| token.end() <= mention.start);
        let last = tokens.partition_point(|token| token.start < mention.end);
        inside[first..last].fill(true);
    }
    inside
}

fn own_keys(token: &Token<'_>) -> Vec<Key> {
    if token.is_number {
        return Vec::new();
    }
    let mut keys = vec![Key::Stem(stem(&token.folded))];
    keys.extend(cognate(&token.folded).map(Key::Cognate));
    keys
}
