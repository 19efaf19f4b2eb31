//! Which languages the sentences of an article are in: each for itself, and whether the article is a mixture.
//!
//! One sentence proves little, so it takes the article's language unless it is surely in another one. Quotations of a
//! sentence or two are no mixture: a second language must have a part that a reader would notice.

use serde::Serialize;
use utoipa::ToSchema;

use crate::language::{Language, Sentence, SentenceId, language_of, sentences};

/// From this share of the letters on a second language makes an article mixed.
const NOTICED: f32 = 0.15;

/// The bytes of a text whose sentences are looked at: more do not change the answer, and each takes its time. The others
/// take the article's language.
const LOOKED_AT: usize = 300_000;

/// How sure a sentence must be that is not in the article's language.
const SURE: f32 = 0.7;

/// The languages of an article's sentences.
#[derive(Debug, Clone, PartialEq)]
pub struct Mixture {
    sentences: Vec<Option<Language>>,
    shares: Vec<Share>,
}

/// How much of an article is in one language.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Share {
    /// The language; `None` for those that are not read here.
    pub language: Option<Language>,
    /// Its part of the article's bytes, from 0 to 1.
    pub share: f32,
}

/// How much of a mixed text must be in our languages.
const OURS: f32 = 0.8;

/// The language of a whole text, and how sure that is.
///
/// # Errors
/// The name of the language, when it is not one of ours.
pub(super) fn detect(text: &str) -> Result<(Language, f32), String> {
    let guess = language_of(text);
    if let Some(language) = guess.and_then(|guess| guess.language) {
        return Ok((language, guess.map_or(0.0, |guess| guess.confidence)));
    }
    let name = guess.map_or("an unknown language", |guess| guess.name);
    // Half Ukrainian and half Russian looks like Belarusian as a whole, and never sentence by sentence.
    let mut sentences = sentences(text, Language::Uk);
    sentences.retain(|it| it.start < LOOKED_AT);
    let own = |it: &Sentence| language_of(&text[it.range()]).and_then(|guess| guess.language);
    let languages: Vec<Option<Language>> = sentences.iter().map(own).collect();
    let shares = Language::ALL.map(|language| (language, bytes_in(Some(language), &sentences, &languages)));
    let ours: usize = shares.iter().map(|(_, share)| share).sum();
    let all: usize = sentences.iter().map(|it| it.range().len()).sum();
    match shares.into_iter().max_by_key(|(_, share)| *share) {
        Some((language, share)) if ours as f32 >= all.max(1) as f32 * OURS => Ok((language, share as f32 / all as f32)),
        _ => Err(name.to_owned()),
    }
}

/// How many bytes are in a language.
fn bytes_in(language: Option<Language>, sentences: &[Sentence], languages: &[Option<Language>]) -> usize {
    let own = sentences.iter().zip(languages).filter(|(_, own)| **own == language);
    own.map(|(sentence, _)| sentence.range().len()).sum()
}

impl Mixture {
    /// Looks at every sentence of a text that is mostly in `main`.
    pub(super) fn of(text: &str, sentences: &[Sentence], main: Language) -> Self {
        let languages: Vec<Option<Language>> = sentences
            .iter()
            .map(|it| match (it.start < LOOKED_AT).then(|| language_of(&text[it.range()])).flatten() {
                Some(guess) if guess.confidence >= SURE => guess.language,
                _ => Some(main),
            })
            .collect();
        let all: usize = sentences.iter().map(|it| it.range().len()).sum();
        let mut shares: Vec<Share> = Vec::new();
        for language in Language::ALL.into_iter().map(Some).chain([None]) {
            let bytes = bytes_in(language, sentences, &languages);
            if bytes > 0 {
                shares.push(Share { language, share: bytes as f32 / all as f32 });
            }
        }
        shares.sort_by(|a, b| b.share.total_cmp(&a.share));
        Self { sentences: languages, shares }
    }

    /// The language of one sentence. `None` when it is not one of ours, or when there is no such sentence.
    pub fn language(&self, sentence: SentenceId) -> Option<Language> {
        let index = usize::try_from(sentence.get()).ok()?.checked_sub(1)?;
        self.sentences.get(index).copied().flatten()
    }

    /// The languages and their parts, the largest first.
    pub fn shares(&self) -> &[Share] {
        &self.shares
    }

    /// True when a second language has a part that a reader notices.
    pub fn is_mixed(&self) -> bool {
        self.shares.get(1).is_some_and(|second| second.share >= NOTICED)
    }
}
