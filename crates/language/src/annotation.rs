//! A sentence with what it says: its words, what each can be found by, its numbers and dates, its negations and attributions.

use super::name_key::NameKey;
use super::quantity::{Mention, Weight, mentions};
use super::stance::{Mark, marks};
use super::table::{Concept, Kind, Table};
use super::token::{Token, tokens};

/// The most words of a text that is held against an article.
const LONGEST: usize = 400;

/// What a word can be found by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// The stem: within one language.
    Stem(String),
    /// A row of the tables: across languages.
    Concept(Concept),
    /// The root: across languages.
    Cognate(String),
}

impl Key {
    /// The row of the tables, where it is one.
    pub fn concept(&self) -> Option<Concept> {
        match self {
            Self::Concept(concept) => Some(*concept),
            Self::Stem(_) | Self::Cognate(_) => None,
        }
    }
}

/// Whether two texts are in one language. Words of two languages are compared by fewer keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LanguageMatch {
    /// They are.
    Same,
    /// They are not.
    Other,
}

/// A sentence that was read.
#[derive(Debug, Clone)]
pub struct Annotation {
    /// The sentence.
    pub text: String,
    /// Its words and numbers.
    pub tokens: Vec<Token>,
    /// What each token can be found by.
    pub keys: Vec<Vec<Key>>,
    /// What each token sounds like.
    pub name_keys: Vec<NameKey>,
    /// Its numbers and dates.
    pub mentions: Vec<Mention>,
    /// Its negations, doubts and attributions.
    pub marks: Vec<Mark>,
    /// For each token, whether it is part of a number or a date.
    in_figure: Vec<bool>,
}

impl Annotation {
    /// Reads a sentence of an article.
    pub fn of(text: &str) -> Self {
        Self::of_tokens(text, tokens(text))
    }

    /// Reads a text that is held against an article. Each of its words is looked for in the whole article, so their number
    /// is bounded: what comes after the first four hundred is no sentence that anybody would write.
    pub fn of_claim(text: &str) -> Self {
        let mut tokens = tokens(text);
        tokens.truncate(LONGEST);
        Self::of_tokens(text, tokens)
    }

    fn of_tokens(text: &str, tokens: Vec<Token>) -> Self {
        let name_keys: Vec<NameKey> = tokens.iter().map(|token| NameKey::of(&token.folded)).collect();
        let mut keys: Vec<Vec<Key>> = tokens.iter().zip(&name_keys).map(own_keys).collect();
        for i in 0..tokens.len() {
            for (concept, length) in Table::shared().at(&tokens, i) {
                keys[i..i + length].iter_mut().for_each(|keys| keys.push(Key::Concept(concept)));
            }
        }
        let (mentions, marks) = (mentions(text, &tokens), marks(text, &tokens));
        let in_figure = in_figure(&tokens, &mentions);
        Self { text: text.to_owned(), tokens, keys, name_keys, mentions, marks, in_figure }
    }

    /// True when token `i` stands for a concept of this kind.
    pub fn is_concept(&self, i: usize, kind: Kind) -> bool {
        self.keys[i].iter().any(|key| matches!(key, Key::Concept(concept) if concept.kind == kind))
    }

    /// The keys of a token that count between texts of one language, or of two.
    pub fn keys_in(&self, i: usize, language_match: LanguageMatch) -> impl Iterator<Item = &Key> {
        let latin = self.tokens[i].folded.is_ascii();
        self.keys[i].iter().filter(move |key| match key {
            // A Latin word in a Cyrillic text is the word itself.
            Key::Stem(_) => language_match == LanguageMatch::Same || latin,
            Key::Concept(concept) => language_match == LanguageMatch::Other || concept.kind == Kind::Name,
            Key::Cognate(_) => language_match == LanguageMatch::Other,
        })
    }

    /// True for a word that says something by itself.
    pub fn carries_meaning(&self, i: usize) -> bool {
        let token = &self.tokens[i];
        let short = token.text.chars().count() < 3 && !token.is_acronym();
        !token.is_number() && !short && !token.is_function_word() && !self.in_figure[i]
    }

    /// True when the token's capital may only be that of a sentence or a quotation that begins.
    pub fn begins(&self, i: usize) -> bool {
        let text = &self.text[..self.tokens[i].start];
        let before = text.trim_end();
        // "Ivano-Frankivsk"
        if text.strip_suffix('-').is_some_and(|it| it.ends_with(char::is_alphanumeric)) {
            return false;
        }
        before.is_empty()
            || before
                .ends_with(['.', '!', '?', ':', '…', '"', '“', '«', '„', '(', '-', '–', '—', '•', '\'', '‘', '[', '/'])
    }

    /// True for a word with a capital that is not merely that of the first word of a sentence.
    pub fn may_be_name(&self, i: usize) -> bool {
        self.tokens[i].is_capitalised()
            && self.carries_meaning(i)
            && (!self.begins(i) || self.is_concept(i, Kind::Name))
    }

    /// True when another text has a name that token `i` may be a form or a spelling of.
    pub fn shares_name(&self, i: usize, other: &Annotation) -> bool {
        (0..other.tokens.len()).any(|j| self.is_name_of(i, (other, j)))
    }

    /// True when two tokens may be one name. Two that the tables have are one when their rows are.
    pub fn is_name_of(&self, i: usize, (other, j): (&Annotation, usize)) -> bool {
        let listed = self.is_concept(i, Kind::Name) && other.is_concept(j, Kind::Name);
        let comparable = !listed && other.tokens[j].is_capitalised();
        self.same_word(i, (other, j), LanguageMatch::Other)
            || (comparable && self.name_keys[i].is_like(&other.name_keys[j]))
    }

    /// True when two tokens may be one given name: as names are, and as one is cut short ("J.", "Ben"). In one alphabet they are
    /// told apart by less than across two.
    pub fn is_given_name_of(&self, i: usize, (other, j): (&Annotation, usize)) -> bool {
        let (ours, theirs) = (&self.tokens[i], &other.tokens[j]);
        let short = self.name_keys[i].begins_like_short(&other.name_keys[j]);
        let one_alphabet = ours.is_cyrillic() == theirs.is_cyrillic();
        let listed = self.is_concept(i, Kind::Name) && other.is_concept(j, Kind::Name);
        short
            || self.same_word(i, (other, j), LanguageMatch::Other)
            || ours.lemma == theirs.lemma
            || match one_alphabet {
                true => self.name_keys[i].is_close(&other.name_keys[j]),
                false => !listed && self.name_keys[i].is_like(&other.name_keys[j]),
            }
    }

    /// True when two tokens say the same, as far as texts of one language, or of two, tell.
    pub fn same_word(&self, i: usize, (other, j): (&Annotation, usize), language_match: LanguageMatch) -> bool {
        self.keys_in(i, language_match).any(|key| other.keys[j].contains(key))
    }
}

/// Which tokens are part of a mention that has to be supported.
fn in_figure(tokens: &[Token], mentions: &[Mention]) -> Vec<bool> {
    let firm = mentions.iter().filter(|mention| mention.weight == Weight::Firm);
    let mut inside = vec![false; tokens.len()];
    for mention in firm {
        let first = tokens.partition_point(|token| token.end() <= mention.start);
        let last = tokens.partition_point(|token| token.start < mention.end);
        inside[first..last].fill(true);
    }
    inside
}

fn own_keys((token, name_key): (&Token, &NameKey)) -> Vec<Key> {
    if token.is_number() {
        return Vec::new();
    }
    let mut keys = vec![Key::Stem(token.lemma.clone())];
    keys.extend(name_key.cognate().map(Key::Cognate));
    keys
}
