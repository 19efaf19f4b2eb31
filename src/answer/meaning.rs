//! Whether an article says a text at all, in whatever language: by the vectors of an encoder.
//!
//! The sentences of the article, and each two neighbours together, are encoded once, beginning when the article is prepared,
//! so that it is done while a model reads. A text is held against all of them sentence by sentence, and its worst sentence
//! counts. What lies below the threshold is said nowhere, and a sentence that is clearly nearer than the evidence takes its place. What lies above may still be turned round or have a wrong number:
//! those are for the rules. An encoder that fails says nothing, and the rules decide alone. Not here: the encoder
//! (`engine::encoder`).

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use super::centres::centred;
use super::evidence::Link;
use super::reference::Reference;
use super::{Finding, FindingKind, Place};
use crate::engine::encoder::{Encoder, Kind, Pending, cosine};
use crate::intake::AnnotatedArticle;
use crate::language::{Language, LanguageMatch, sentences};

/// Below these products with what is nearest in the article a text is not said there: what three of a hundred true claims of
/// the labelled claims and pairs for development lie below. Origin, figures and the way to repeat the measurement:
/// `tests/oracle/README.md`, `meaning.py`.
const SAME_LANGUAGE: f32 = 0.46;
const OTHER_LANGUAGE: f32 = 0.343;
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

/// Vectors of the sentences, of each with its next one, and of the title.
#[derive(Debug)]
struct ArticleVectors {
    sentences: Vec<Vec<f32>>,
    /// One fewer than sentences.
    neighbours: Vec<Vec<f32>>,
    title: Option<Vec<f32>>,
}

/// How near an article comes to a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Likeness {
    /// The product with what is nearest: a sentence, two neighbours, or the title.
    pub(super) best: f32,
    /// The sentence that is nearest alone, and its product.
    pub(super) nearest: (usize, f32),
    /// The product with the nearest of the sentences that it rests on; nothing where it rests on none.
    pub(super) evidence: Option<f32>,
}

impl Likeness {
    /// The worse of two sentences of a text.
    fn or_worse(self, other: Self) -> Self {
        if other.best < self.best { other } else { self }
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
            let title = (vectors.len() == 2 * count).then(|| vectors.pop()).flatten();
            let neighbours = vectors.split_off(count);
            Some(ArticleVectors { sentences: vectors, neighbours, title })
        };
        self.article.get_or_init(encoded).as_ref()
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
        article: &AnnotatedArticle,
        evidence: &[usize],
    ) -> Option<Likeness> {
        let vectors = self.article(article)?;
        let claim = self.claim(text, language)?;
        let near = |vector: &Vec<f32>| cosine(&claim, vector);
        let alone: Vec<f32> = vectors.sentences.iter().map(near).collect();
        let nearest = (0..alone.len()).max_by(|&a, &b| alone[a].total_cmp(&alone[b]).then(b.cmp(&a)))?;
        let wider = vectors.neighbours.iter().chain(&vectors.title).map(near);
        let best = wider.fold(alone[nearest], f32::max);
        // Two neighbours that are both evidence count as evidence.
        let own = evidence.iter().filter_map(|&at| alone.get(at).copied());
        let pairs = evidence.iter().filter(|&&at| evidence.contains(&(at + 1)));
        let pairs = pairs.filter_map(|&at| Some(near(vectors.neighbours.get(at)?)));
        let evidence = own.chain(pairs).reduce(f32::max);
        Some(Likeness { best, nearest: (nearest, alone[nearest]), evidence })
    }
}

/// Each sentence of an article, each with its next one, and the title.
fn texts_of(article: &AnnotatedArticle) -> Vec<String> {
    let all = article.annotations();
    let alone = all.iter().map(|sentence| sentence.text.clone());
    let pairs = all.windows(2).map(|pair| format!("{} {}", pair[0].text, pair[1].text));
    alone.chain(pairs).chain(article.title().map(str::to_owned)).collect()
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
        let all: Option<Vec<Likeness>> =
            parts.map(|part| meaning.likeness((part, language), &self.article, evidence)).collect();
        all?.into_iter().reduce(Likeness::or_worse)
    }

    /// The evidence of a text, or another sentence where that is clearly nearer.
    pub(super) fn nearer(&self, text: &str, language: Language, link: Link) -> Link {
        let Some(likeness) = self.likeness(text, language, &link.sentences) else { return link };
        let (nearest, product) = likeness.nearest;
        let others = likeness.evidence.unwrap_or(-1.0);
        let is_clear = product >= self.least(language) && product - others >= CLEARLY_NEARER;
        if !is_clear || parts(text, language).len() > 1 {
            return link;
        }
        Link { sentences: vec![nearest], corrected: true, weak: false }
    }

    /// What a text that the article says is at least as near as.
    fn least(&self, language: Language) -> f32 {
        match self.language_match(language) {
            LanguageMatch::Same => SAME_LANGUAGE,
            LanguageMatch::Other => OTHER_LANGUAGE,
        }
    }

    /// The finding that the article does not say a text.
    pub(super) fn unsupported(&self, likeness: Option<Likeness>, language: Language, place: Place) -> Option<Finding> {
        let is_far = likeness.is_some_and(|likeness| likeness.best < self.least(language));
        is_far.then(|| Finding::new(FindingKind::Unsupported, place, ""))
    }
}
