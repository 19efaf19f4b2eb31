//! What the model that writes thinks of a claim: whether the article says it.
//!
//! It is asked by who has an engine, and only of what rules and encoder have nothing against; what it said is kept with the
//! article, and every check of the same text from then on counts it. Not here: how it is asked.

use super::repair::holds;
use super::{Author, Checked, Finding, FindingKind, Place, Reference, Summary};
use crate::language::{Language, LanguageMatch};

/// A claim that stands so many standard deviations above the mean of true claims follows; one below does not. Of 292 true and
/// 52 false claims of pairs that nothing else had anything against, it finds 5 false ones and accuses 2 true ones, by
/// Qwen2.5-Coder-1.5B. `check --batch` prints how claims stand as `signals.judge`.
const LEAST: f32 = -2.4;
/// The same for a language that is doubted. Of crossed claims that nothing else had anything against (8 good, 42 bad), 5 good and
/// 12 bad ones are left by this and the encoder's part of it.
const LEAST_DOUBTED: f32 = 0.0;
/// A text of the model's own that surprises it more than its true ones did at most is made up, or no language. Of 94 such claims
/// that nothing else had anything against (57 good, 37 bad), this finds 20 bad ones and accuses no good one; 19 of 41 crossed
/// claims are left, 8 of them good. What people write surprises a model more, true or not: of 608 claims of pairs the true ones
/// and the false ones surprise it alike.
const MOST: f32 = 1.0;
/// In a language that is doubted: of those 19, five of the eight good ones and six of the eleven bad ones are left. With 0.92, of
/// 31 crossed claims about 16 articles shown, two readers called 26 and 28 bad.
const MOST_DOUBTED: f32 = 0.8;
/// The same above the facts in the article's own language, where its title or a fact that holds can stand instead. Of 18 such
/// parts five surprise more: three of six bad ones and two of twelve good ones.
const MOST_ABOVE: f32 = 0.6;

/// In a language that it translated the article's sentences into, one by one: these surprise it more, right or wrong. Of 65 that
/// nothing else had anything against this leaves 60, and all 22 good ones.
const MOST_TRANSLATED: f32 = 1.6;

/// What the model thinks of a text.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Opinion {
    /// How many standard deviations its belief in it stands above that in true claims.
    pub belief: Option<f32>,
    /// How much its words surprise the model that has just read the article, as a share of what true claims of its own did at
    /// most.
    pub surprise: Option<f32>,
}

impl Reference {
    /// Keeps what the model thinks of a text.
    pub fn keep_opinion(&self, text: &str, opinion: Opinion) {
        self.opinions().insert(text.to_owned(), opinion);
    }

    /// What the model thinks of a text, where it was asked.
    pub fn opinion(&self, text: &str) -> Option<Opinion> {
        self.opinions().get(text).copied()
    }

    /// The finding that a text does not follow from the article.
    pub(super) fn judged(&self, text: &str, language: Language, place: Place) -> Option<Finding> {
        let Opinion { belief, surprise } = self.opinion(text)?;
        let (least, most) = match () {
            () if self.doubted.contains(&language) => (LEAST_DOUBTED, MOST_DOUBTED),
            () if self.translated.contains(&language) => (LEAST, MOST_TRANSLATED),
            () => (LEAST, MOST),
        };
        let is_replaceable =
            matches!(place, Place::Headline | Place::Summary) && self.language_match(language) == LanguageMatch::Same;
        let most = if is_replaceable { MOST_ABOVE } else { most };
        let surprise = surprise.filter(|_| self.author == Author::Model);
        let fails = belief.is_some_and(|belief| belief < least) || surprise.is_some_and(|surprise| surprise > most);
        fails.then(|| Finding::new(FindingKind::MeaningChanged, place, ""))
    }

    /// The texts of a summary that nothing is said against and that the model was not asked about.
    pub fn undecided(&self, summary: &Summary) -> Vec<String> {
        let heading = [(Place::Headline, &summary.headline), (Place::Summary, &summary.summary)];
        let heading = heading.into_iter().filter(|(place, _)| !summary.findings.iter().any(|it| it.place == *place));
        let facts = summary.key_facts.iter().filter(|fact| holds(fact)).map(|fact| &fact.text);
        self.unasked(heading.map(|(_, text)| text).chain(facts))
    }

    /// The same of a text that a person wrote.
    pub fn undecided_in(&self, checked: &Checked) -> Vec<String> {
        self.unasked(checked.sentences.iter().filter(|held| held.findings.is_empty()).map(|held| &held.text))
    }

    /// Those of some texts that the model was not asked about yet. What the article says word for word it does say.
    pub fn unasked<'t>(&self, texts: impl Iterator<Item = &'t String>) -> Vec<String> {
        let is_open = |text: &str| !text.is_empty() && !self.article.text().contains(text);
        texts.filter(|text| is_open(text.trim()) && self.opinion(text).is_none()).cloned().collect()
    }
}
