//! Which sentences a fact comes from.
//!
//! A model that copies a sentence well may still miscount it, and a person cites nothing. So a fact's words, numbers and
//! names are looked up in the article. When the cited sentences have little of the fact and another sentence has most of
//! it, the other one is the evidence, and that is noted. Across languages numbers, names, words of one root and the tables
//! take the place of words; there the cited sentence is doubted only when another one is plainly better.

use super::Evidence;
use super::reference::{Reference, figures_of};
use crate::language::{Amount, Annotation, Class, LanguageMatch, Mention, Weight, What};

/// A sentence with this share of a fact supports it.
const SUPPORTS: f32 = 0.5;
/// Cited sentences with less than this part of the best one's share are doubted.
const DOUBTFUL: f32 = 0.55;
/// Across languages this many matches are few, and then the cited sentences must have less than the second part.
const FEW: usize = 3;
const FAR_LESS: f32 = 0.3;
/// Below this share the evidence is weak, within a language.
const WEAK: f32 = 0.22;
/// With fewer words a text may be all number, as in "32.8 °C."
const LEAST_WORDS: usize = 2;
/// A word that no sentence has counts this much in another language, where nobody knows its translation.
const UNKNOWN: f32 = 0.12;
/// With fewer words that the article has at all, nothing is said of weak evidence across languages.
const LEAST_KNOWN: usize = 5;
/// What a number weighs more than a word.
const NUMBER: f32 = 1.5;
/// The most sentences that a text without citations is found in.
const MOST: usize = 3;
/// A further sentence has to add this share of a text.
const ADDS: f32 = 0.15;

/// Where a fact comes from.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Link {
    /// Indexes of sentences.
    pub(super) sentences: Vec<usize>,
    /// They are not the cited ones.
    pub(super) corrected: bool,
    /// They say too little of the fact.
    pub(super) weak: bool,
}

/// Something of a fact that can be looked for.
struct Feature {
    sentences: Vec<usize>,
    weight: f32,
    kind: FeatureKind,
    /// The token that it is, where it is one.
    token: Option<usize>,
}

/// What a feature is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FeatureKind {
    Word,
    /// A word with a capital.
    Name,
    Number,
}

impl Feature {
    /// True when the article has it at all.
    fn is_known(&self) -> bool {
        !self.sentences.is_empty()
    }

    /// True when any of these sentences has it.
    fn is_in(&self, sentences: &[usize]) -> bool {
        self.sentences.iter().any(|at| sentences.contains(at))
    }
}

/// The evidence for a fact that cites these sentences.
pub(super) fn link(fact: &Annotation, cited: &[usize], reference: &Reference, language_match: LanguageMatch) -> Link {
    let features = features(fact, reference, language_match);
    let total = weight_of(&features, |_| true);
    let kept = Link { sentences: cited.to_vec(), corrected: false, weak: false };
    if cited.is_empty() || total <= 0.0 {
        return kept;
    }
    let scores = scores(&features, reference.sentences().len());
    let own = weight_of(&features, |it| it.is_in(cited));
    let best = best(&scores);
    let known = weight_of(&features, Feature::is_known);
    let matches = features.iter().filter(|feature| feature.sentences.contains(&best)).count();
    let better = match language_match {
        LanguageMatch::Same => scores[best] >= SUPPORTS * total && own < DOUBTFUL * scores[best],
        // A few chance matches are no proof against a sentence that matches as well.
        LanguageMatch::Other if scores[best] < SUPPORTS * known => false,
        LanguageMatch::Other if matches > FEW => own < DOUBTFUL * scores[best],
        LanguageMatch::Other => matches == FEW && own < FAR_LESS * scores[best],
    };
    if better {
        return Link { sentences: vec![best], corrected: true, weak: false };
    }
    let known_ones = features.iter().filter(|feature| feature.is_known()).count();
    let weak = match language_match {
        LanguageMatch::Same => own < WEAK * total || has_only_numbers_of(&features, cited),
        LanguageMatch::Other => known_ones >= LEAST_KNOWN && known >= 0.5 * total && own < WEAK * known,
    };
    Link { weak, ..kept }
}

/// The evidence for a text that cites nothing: the best sentence, and others as long as they add to it.
pub(super) fn search(text: &Annotation, reference: &Reference, language_match: LanguageMatch) -> Link {
    let features = features(text, reference, language_match);
    let (known, total) = (weight_of(&features, Feature::is_known), weight_of(&features, |_| true));
    let mut open: Vec<&Feature> = features.iter().collect();
    let mut sentences: Vec<usize> = Vec::new();
    let mut strange: Vec<usize> = Vec::new();
    while sentences.len() < MOST && strange.len() < MOST {
        let mut scores = scores(open.iter().copied(), reference.sentences().len());
        strange.iter().for_each(|&at| scores[at] = 0.0);
        let best = best(&scores);
        if scores.get(best).is_none_or(|&score| score <= 0.0 || score < ADDS * known) {
            break;
        }
        let competes = |&first: &usize| {
            has_other_number(text, (first, best), reference) || has_other_name(text, (first, best), reference)
        };
        // Where the first sentence has another number or place, a text may have taken from this one what belongs to
        // something else.
        if is_strange(&features, best, &sentences) && sentences.first().is_some_and(competes) {
            strange.push(best);
            continue;
        }
        sentences.push(best);
        open.retain(|feature| !feature.sentences.contains(&best));
    }
    let share = weight_of(&features, |it| it.is_in(&sentences));
    let least = if language_match == LanguageMatch::Same { SUPPORTS * 0.8 * total } else { SUPPORTS * 0.8 * known };
    sentences.sort_unstable();
    Link { weak: sentences.is_empty() || share < least, sentences, corrected: false }
}

/// How much of a text in the article's language the one sentence that has most of it, or the title, says: 1 for all.
pub(super) fn share_of_one(text: &Annotation, reference: &Reference) -> f32 {
    let features = features(text, reference, LanguageMatch::Same);
    let total = weight_of(&features, |_| true).max(f32::EPSILON);
    // The title has a number of its own, behind the last sentence.
    let scores = scores(&features, reference.sentences().len() + 1);
    scores[best(&scores)] / total
}

/// How much each sentence has of what a text says beside some of its tokens, as a share of what the article has of it at all.
pub(super) fn shares_beside(
    (text, aside): (&Annotation, &[usize]),
    reference: &Reference,
    language_match: LanguageMatch,
) -> Vec<f32> {
    let mut features = features(text, reference, language_match);
    features.retain(|it| it.is_known() && it.token.is_none_or(|token| !aside.contains(&token)));
    let known = weight_of(&features, |_| true).max(f32::EPSILON);
    scores(&features, reference.sentences().len()).into_iter().map(|score| score / known).collect()
}

/// True when a sentence has nothing of a text but its numbers and names, and those that are evidence have none of them.
fn is_strange(features: &[Feature], at: usize, evidence: &[usize]) -> bool {
    features
        .iter()
        .filter(|feature| feature.sentences.contains(&at))
        .all(|feature| feature.kind != FeatureKind::Word && !feature.is_in(evidence))
}

/// "In Leeds" where the first sentence says "in York".
fn has_other_name(text: &Annotation, (first, second): (usize, usize), reference: &Reference) -> bool {
    let [first, second] = [first, second].map(|at| &reference.sentences()[at]);
    let places = |of: &'_ Annotation| -> Vec<usize> {
        let is_place = |&i: &usize| i > 0 && of.tokens[i - 1].is(Class::InPlace) && of.may_be_name(i);
        (0..of.tokens.len()).filter(is_place).collect()
    };
    places(text).into_iter().any(|i| text.shares_name(i, second) && !text.shares_name(i, first))
        && places(first).into_iter().any(|i| !first.shares_name(i, text))
}

/// True when the first sentence has another number of the same unit, where only the second has the text's.
fn has_other_number(text: &Annotation, (first, second): (usize, usize), reference: &Reference) -> bool {
    let sentence = &reference.sentences()[first];
    let (ours, theirs, others) = (firm(text), firm(sentence), firm(&reference.sentences()[second]));
    let said = |amount: &Amount, among: &[&Amount]| among.iter().any(|it| amount.has_value_of(it, Weight::Firm));
    ours.iter()
        .filter(|amount| said(amount, &others))
        .any(|amount| theirs.iter().any(|it| it.unit.is_comparable_with(amount.unit) && !said(it, &ours)))
}

/// The amounts that a text says for certain.
fn firm(reading: &Annotation) -> Vec<&Amount> {
    let firm = reading.mentions.iter().filter(|it| it.weight == Weight::Firm);
    let amounts = firm.filter_map(|it| if let What::Number(amount) = &it.what { Some(amount) } else { None });
    amounts.collect()
}

/// True when these sentences have none of a text's words. A number alone does not bear out what is said of it.
fn has_only_numbers_of(features: &[Feature], sentences: &[usize]) -> bool {
    let words: Vec<&Feature> = features.iter().filter(|feature| feature.kind != FeatureKind::Number).collect();
    words.len() >= LEAST_WORDS && !words.iter().any(|word| word.is_in(sentences))
}

fn scores<'f>(features: impl IntoIterator<Item = &'f Feature>, sentences: usize) -> Vec<f32> {
    let mut scores = vec![0.0; sentences];
    for feature in features {
        for &at in &feature.sentences {
            // The title has a number of its own, behind the last sentence.
            if let Some(score) = scores.get_mut(at) {
                *score += feature.weight;
            }
        }
    }
    scores
}

fn best(scores: &[f32]) -> usize {
    (0..scores.len()).max_by(|&a, &b| scores[a].total_cmp(&scores[b]).then(b.cmp(&a))).unwrap_or(0)
}

/// What some of the features weigh together.
fn weight_of(features: &[Feature], counts: impl Fn(&Feature) -> bool) -> f32 {
    features.iter().filter(|feature| counts(feature)).map(|feature| feature.weight).sum()
}

fn features(fact: &Annotation, reference: &Reference, language_match: LanguageMatch) -> Vec<Feature> {
    let mut found = Vec::new();
    for i in (0..fact.tokens.len()).filter(|&i| fact.carries_meaning(i)) {
        let mut sentences = reference.with_keys(fact.keys_in(i, language_match));
        if fact.tokens[i].is_capitalised() {
            sentences.extend(reference.with_name(fact, i).0);
            sentences.sort_unstable();
            sentences.dedup();
        }
        let unknown =
            sentences.is_empty() && language_match == LanguageMatch::Other && !fact.tokens[i].is_capitalised();
        let weight = reference.weight(sentences.len()) * if unknown { UNKNOWN } else { 1.0 };
        let kind = if fact.may_be_name(i) { FeatureKind::Name } else { FeatureKind::Word };
        found.push(Feature { sentences, weight, kind, token: Some(i) });
    }
    // "Yesterday" is no figure that a sentence could be found by.
    let firm = |mention: &&Mention| mention.weight == Weight::Firm && !matches!(mention.what, What::Relative(..));
    for mention in fact.mentions.iter().filter(firm) {
        let sentences = reference.with_figures(&figures_of(&mention.what));
        let weight = reference.weight(sentences.len()) * NUMBER;
        found.push(Feature { sentences, weight, kind: FeatureKind::Number, token: None });
    }
    found
}

/// A sentence of the article as evidence.
pub(super) fn evidence(at: usize, reference: &Reference) -> Evidence {
    let sentence = &reference.article.sentences()[at];
    let (start, end) = (sentence.start, sentence.end);
    Evidence { sentence: sentence.id, start, end, text: reference.article.text()[start..end].to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::{AnnotatedArticle, Article, Source, read};
    use crate::language::Language;

    const TEXT: &str = "The council approved a new bridge over the river on Monday.\n\n\
        The old ferry will stop running in March 2027, said its captain.\n\n\
        Nobody has asked the fishermen of the eastern harbour about their boats.";

    fn article() -> Article {
        read(Source { bytes: TEXT.into(), name: "test".into(), title: None, language: Some(Language::En) }).unwrap()
    }

    fn linked(fact: &str, cited: &[usize], language: Language) -> Link {
        let article = article();
        let reference = Reference::new(AnnotatedArticle::of(article));
        let language_match = reference.language_match(language);
        link(&Annotation::of(fact), cited, &reference, language_match)
    }

    #[test]
    fn a_miscounted_citation_is_put_right() {
        let right = Link { sentences: vec![1], corrected: true, weak: false };
        assert_eq!(linked("The ferry stops running in March 2027.", &[2], Language::En), right);
        assert_eq!(
            linked("The ferry stops running in March 2027.", &[1], Language::En),
            Link { corrected: false, ..right }
        );
        assert!(linked("The ferry stops running in March 2027.", &[], Language::En).sentences.is_empty());
    }

    #[test]
    fn what_nothing_supports_is_weak() {
        let link = linked("Something else entirely happened elsewhere.", &[2], Language::En);
        assert_eq!(link, Link { sentences: vec![2], corrected: false, weak: true });
        let link = linked("Elephants swam home by March 2027.", &[1], Language::En);
        assert_eq!(link, Link { sentences: vec![1], corrected: false, weak: true }, "its date alone");
    }

    #[test]
    fn another_language_is_compared_by_what_it_shares() {
        let fact = "Капітан сказав, що паром перестане ходити в березні 2027 року.";
        let kept = Link { sentences: vec![1], corrected: false, weak: false };
        assert_eq!(linked(fact, &[1], Language::Uk), kept);
    }

    #[test]
    fn a_text_without_citations_is_found() {
        let article = article();
        let reference = Reference::new(AnnotatedArticle::of(article));
        let text = Annotation::of("The council approved a bridge; the ferry stops in March 2027.");
        assert_eq!(search(&text, &reference, LanguageMatch::Same).sentences, [0, 1]);
        let text = Annotation::of("Elephants conquered Saturn.");
        assert!(search(&text, &reference, LanguageMatch::Same).weak);
    }
}
