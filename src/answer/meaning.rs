//! Whether an article says a text at all, in whatever language: by the vectors of an encoder.
//!
//! The sentences of the article are encoded once, beginning when the article is prepared, so that it is done while a model
//! reads. Two neighbours together were measured as well, and tell nothing more. A text is held against all of them sentence by sentence, and its worst sentence
//! counts. What lies below the threshold is said nowhere, and a sentence that is clearly nearer than the evidence takes its place. What lies above may still be turned round or have a wrong number:
//! those are for the rules. An encoder that fails says nothing, and the rules decide alone. Not here: the encoder
//! (`engine::encoder`).

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use super::centres::centred;
use super::evidence::Link;
use super::reference::{Author, Reference};
use super::{Finding, FindingKind, Place};
use crate::engine::encoder::{Encoder, Kind, Pending, cosine};
use crate::intake::AnnotatedArticle;
use crate::language::{Language, LanguageMatch, sentences};
use crate::plan::Vectors;

/// A sentence of [`PLAIN_WORDS`] that the article says is at least this near to it; below, the article does not say it. So
/// set that at most three in a hundred true claims for development lie below. Origin, figures and the way to repeat the
/// measurement: `tests/oracle/README.md`, `meaning.py`.
const SAME_LANGUAGE: f32 = 0.47;
const OTHER_LANGUAGE: f32 = 0.32;
/// What is added in a language that is doubted: see `judged`.
const DOUBTED: f32 = 0.15;
/// What is taken off for a text that a person wrote: of 48 true claims about articles that nothing here was set by, seven lay
/// below, and with this three do; of 304 false ones of pairs it finds four fewer (`stislo eval` on `tests/corpus/pairs.jsonl`).
const BY_A_PERSON: f32 = 0.05;
/// What is added with each doubling of the words: a short sentence is less near to the long one that says it and more.
const SLOPE: f32 = 0.1;
const PLAIN_WORDS: f32 = 8.0;
/// Sentences with more words count as if they had these; the measurement has few.
const MOST_WORDS: usize = 24;
/// Another sentence that is nearer by this much is the evidence: of the true claims for development five have one, and it
/// says the claim in all five. By the same script.
const CLEARLY_NEARER: f32 = 0.15;
/// What article and claims are encoded as: measured against the other prefix and both mixed, by the same script.
const KIND: Kind = Kind::Query;
/// Longer articles are not encoded: a sentence takes 10 to 25 ms.
const MOST_SENTENCES: usize = 400;
/// Sentences of a text with fewer words than this are held together with what stands before them.
const LEAST_WORDS: usize = 3;

/// The vectors of an article, and of what was held against it.
#[derive(Debug)]
pub(super) struct Meaning {
    encoder: Encoder,
    /// Set until the article's vectors are asked for.
    begun: Mutex<Option<Pending>>,
    article: OnceLock<Option<ArticleVectors>>,
    /// A line is checked again with every line behind it.
    claims: Mutex<HashMap<(Language, String), Vec<f32>>>,
}

/// Vectors of the sentences, and of the title.
#[derive(Debug)]
struct ArticleVectors {
    sentences: Vec<Vec<f32>>,
    title: Option<Vec<f32>>,
}

/// How near an article comes to a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Likeness {
    /// The product with what is nearest: a sentence, or the title.
    pub(super) best: f32,
    /// The sentence that is nearest alone, and its product.
    pub(super) nearest: (usize, f32),
    /// What it would be at least if the article said the text.
    least: f32,
    /// The product with the nearest of the sentences that it rests on; nothing where it rests on none.
    pub(super) evidence: Option<f32>,
}

impl Likeness {
    /// The finding that the article does not say the text.
    pub(super) fn finding(&self, place: Place) -> Option<Finding> {
        (self.best < self.least).then(|| Finding::new(FindingKind::Unsupported, place, ""))
    }

    /// The worse of two sentences of a text.
    fn or_worse(self, other: Self) -> Self {
        if other.best - other.least < self.best - self.least { other } else { self }
    }
}

impl Meaning {
    /// Begins to encode an article; `None` where it is too long for that.
    pub(super) fn begin(encoder: &Encoder, article: &AnnotatedArticle) -> Option<Self> {
        let count = article.annotations().len();
        if count == 0 || count > MOST_SENTENCES {
            return None;
        }
        let begun = Mutex::new(encoder.begin(texts_of(article), KIND));
        let (article, claims) = (OnceLock::new(), Mutex::default());
        Some(Self { encoder: encoder.clone(), begun, article, claims })
    }

    /// The article's vectors; waits for them.
    fn article(&self, article: &AnnotatedArticle) -> Option<&ArticleVectors> {
        let encoded = || {
            let begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner).take();
            let vectors = match begun {
                Some(pending) => pending.wait(),
                None => self.encoder.embed(texts_of(article), KIND),
            };
            let mut vectors = vectors.inspect_err(|error| tracing::warn!(%error, "meaning is not checked")).ok()?;
            let count = article.annotations().len();
            vectors = vectors.into_iter().map(|vector| centred(vector, article.language())).collect();
            let title = if vectors.len() > count { vectors.pop() } else { None };
            Some(ArticleVectors { sentences: vectors, title })
        };
        self.article.get_or_init(encoded).as_ref()
    }

    /// The same for whoever looks for what is no news in it.
    pub(super) fn vectors(&self, article: &AnnotatedArticle) -> Option<Vectors<'_>> {
        let ArticleVectors { sentences, title } = self.article(article)?;
        Some(Vectors { sentences, title: title.as_deref() })
    }

    /// The vector of a text.
    fn claim(&self, text: &str, language: Language) -> Option<Vec<f32>> {
        let key = (language, text.to_owned());
        let known = || self.claims.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(vector) = known().get(&key) {
            return Some(vector.clone());
        }
        let vector = centred(self.encoder.embed(vec![text.to_owned()], KIND).ok()?.pop()?, language);
        known().insert(key, vector.clone());
        Some(vector)
    }

    /// How near an article comes to one sentence.
    fn likeness(
        &self,
        (text, language): (&str, Language),
        reference: &Reference,
        evidence: &[usize],
    ) -> Option<Likeness> {
        let vectors = self.article(&reference.article)?;
        let claim = self.claim(text, language)?;
        let near = |vector: &Vec<f32>| cosine(&claim, vector);
        // What gives orders to a model says nothing of the news.
        let alone = vectors.sentences.iter().enumerate();
        let alone: Vec<f32> = alone.map(|(at, vector)| if reference.bears(at) { near(vector) } else { -1.0 }).collect();
        let nearest = (0..alone.len()).max_by(|&a, &b| alone[a].total_cmp(&alone[b]).then(b.cmp(&a)))?;
        let title = vectors.title.iter().filter(|_| reference.bears(alone.len()));
        let best = title.map(near).fold(alone[nearest], f32::max);
        let evidence = evidence.iter().filter_map(|&at| alone.get(at).copied()).reduce(f32::max);
        let language_match = reference.language_match(language);
        let least = least(text.split_whitespace().count(), language_match);
        Some(Likeness { best, nearest: (nearest, alone[nearest]), least, evidence })
    }
}

/// How near a sentence of so many words is at least to an article that says it.
fn least(words: usize, language_match: LanguageMatch) -> f32 {
    let plain = match language_match {
        LanguageMatch::Same => SAME_LANGUAGE,
        LanguageMatch::Other => OTHER_LANGUAGE,
    };
    plain + SLOPE * (words.clamp(1, MOST_WORDS) as f32 / PLAIN_WORDS).log2()
}

/// Each sentence of an article, and the title.
fn texts_of(article: &AnnotatedArticle) -> Vec<String> {
    let all = article.annotations().iter().map(|sentence| sentence.text.clone());
    all.chain(article.title().map(str::to_owned)).collect()
}

/// The sentences of a text that are held against an article, the very short ones with what stands before them.
fn parts(text: &str, language: Language) -> Vec<&str> {
    let mut ranges: Vec<std::ops::Range<usize>> = Vec::new();
    for sentence in sentences(text, language) {
        let range = sentence.range();
        match ranges.last_mut() {
            Some(last) if text[range.clone()].split_whitespace().count() < LEAST_WORDS => last.end = range.end,
            _ => ranges.push(range),
        }
    }
    if ranges.is_empty() { vec![text] } else { ranges.into_iter().map(|range| &text[range]).collect() }
}

impl Reference {
    /// How near the article comes to the worst sentence of a text that rests on these sentences; nothing without an encoder.
    pub(super) fn likeness(&self, text: &str, language: Language, evidence: &[usize]) -> Option<Likeness> {
        let meaning = self.meaning.as_ref().filter(|_| !text.trim().is_empty())?;
        let parts = parts(text, language).into_iter();
        let all: Option<Vec<Likeness>> = parts.map(|part| meaning.likeness((part, language), self, evidence)).collect();
        let worst = all?.into_iter().reduce(Likeness::or_worse)?;
        let more = match self.author {
            Author::Person => -BY_A_PERSON,
            Author::Model if self.doubted.contains(&language) => DOUBTED,
            Author::Model => 0.0,
        };
        Some(Likeness { least: worst.least + more, ..worst })
    }

    /// The evidence of a text, or another sentence where that is clearly nearer.
    pub(super) fn nearer(&self, text: &str, language: Language, link: Link) -> Link {
        let Some(likeness) = self.likeness(text, language, &link.sentences) else { return link };
        let (nearest, product) = likeness.nearest;
        let others = likeness.evidence.unwrap_or(-1.0);
        let is_clear = product >= likeness.least && product - others >= CLEARLY_NEARER;
        if !is_clear || parts(text, language).len() > 1 {
            return link;
        }
        Link { sentences: vec![nearest], corrected: true, weak: false }
    }
}
