//! Whether a fact keeps what its evidence denies, doubts, or says in another's name.
//!
//! A negation is compared by the word that it stands before: where the evidence has that word without a negation, the fact
//! has turned it round, and the other way about. Where the words cannot be compared, a negation that one side has and the
//! other lacks altogether is a finding when the fact tells the whole sentence. Deterministic and cautious: a negation in other
//! words ("refused", "немає" for "without") counts as one.

use super::FindingKind;
use super::reading::{Reading, Tongue};
use super::reference::Reference;
use crate::lexicon::Mark;

/// Words before a word in which a negation is looked for.
const NEAR: usize = 3;
/// A fact that has this share of a sentence's words tells the whole sentence.
const WHOLE: f32 = 0.6;
/// Across languages, a fact of this share of a sentence's words tells the whole sentence.
const AS_LONG: f32 = 0.6;

/// The findings about negation and attribution of a fact with this evidence.
pub(super) fn check(
    fact: &Reading<'_>,
    evidence: &[usize],
    reference: &Reference<'_>,
    tongue: Tongue,
) -> Vec<(FindingKind, String)> {
    let sentences: Vec<&Reading<'_>> = evidence.iter().filter_map(|&at| reference.sentences.get(at)).collect();
    let pair = Pair { fact, sentences: &sentences, tongue };
    let mut found = Vec::new();
    if let Some(value) = pair.negation() {
        found.push((FindingKind::NegationChanged, value));
    }
    if let Some(value) = pair.attribution() {
        found.push((FindingKind::AttributionChanged, value));
    }
    found
}

struct Pair<'p, 't> {
    fact: &'p Reading<'t>,
    sentences: &'p [&'p Reading<'t>],
    tongue: Tongue,
}

impl Pair<'_, '_> {
    /// The word whose negation came or went.
    fn negation(&self) -> Option<String> {
        let fact = self.fact;
        if self.sentences.is_empty() {
            return None;
        }
        let theirs = |of: fn(&Reading<'_>) -> usize| self.sentences.iter().map(|sentence| of(sentence)).sum::<usize>();
        let more = clusters(fact) > theirs(all_clusters);
        for (at, head) in negations(fact) {
            let came =
                head.is_some_and(|head| self.turned((fact, head), self.sentences, clusters(fact) > theirs(clusters)));
            if more || came {
                return Some(words(fact, at, head));
            }
        }
        for sentence in self.sentences {
            let fewer = theirs(clusters) > all_clusters(fact) && self.tells_all_of(sentence);
            for (at, head) in negations(sentence) {
                let gone =
                    head.is_some_and(|head| self.turned((sentence, head), &[fact], theirs(clusters) > clusters(fact)));
                if fewer || gone {
                    return Some(words(sentence, at, head));
                }
            }
        }
        None
    }

    /// True when the other side has the negated word, and always without a negation near it. Across languages the sides
    /// also have to differ in how many negations they have, because words are matched less surely.
    fn turned(&self, (reading, head): (&Reading<'_>, usize), others: &[&Reading<'_>], differ: bool) -> bool {
        if self.tongue == Tongue::Other && !differ {
            return false;
        }
        let mut seen = false;
        for other in others {
            for j in (0..other.tokens.len()).filter(|&j| reading.same_word(head, (other, j), self.tongue)) {
                let near = |at: usize| (j.saturating_sub(NEAR + 2)..=j + 2).contains(&at);
                let denied = other.marks.iter().any(|mark| match mark {
                    Mark::Negation(at, negated) => *negated == Some(j) || (j.saturating_sub(NEAR)..j).contains(at),
                    Mark::Implicit(at) => near(*at),
                    _ => false,
                });
                if denied {
                    return false;
                }
                seen = true;
            }
        }
        seen
    }

    /// True when the fact has most of what a sentence says.
    fn tells_all_of(&self, sentence: &Reading<'_>) -> bool {
        let meaning = |reading: &Reading<'_>| (0..reading.tokens.len()).filter(|&i| reading.carries_meaning(i)).count();
        let all = meaning(sentence) as f32;
        match self.tongue {
            Tongue::Other => meaning(self.fact) as f32 >= AS_LONG * all,
            Tongue::Same => self.told(sentence, 0..sentence.tokens.len()) as f32 >= WHOLE * all,
        }
    }

    /// How many words of a part of a sentence the fact has.
    fn told(&self, sentence: &Reading<'_>, part: std::ops::Range<usize>) -> usize {
        let has = |&i: &usize| (0..self.fact.tokens.len()).any(|j| sentence.same_word(i, (self.fact, j), self.tongue));
        part.filter(|&i| sentence.carries_meaning(i)).filter(has).count()
    }

    /// The words of doubt, or of a source, that the fact leaves out.
    fn attribution(&self) -> Option<String> {
        let fact = self.fact;
        let attributed = fact.text.contains(": ")
            || fact.text.contains('?')
            || fact.marks.iter().any(|mark| matches!(mark, Mark::Hedge(_) | Mark::Source(..) | Mark::Saying(_)));
        if attributed {
            return None;
        }
        for sentence in self.sentences {
            for mark in &sentence.marks {
                let (at, source) = match mark {
                    Mark::Hedge(at) => (*at, None),
                    Mark::Source(at, source) => (*at, *source),
                    _ => continue,
                };
                // A fact that names the source attributes in its own way.
                let named = source.is_some_and(|source| self.told(sentence, source..source + 1) > 0);
                if !named && self.tells_all_of(sentence) {
                    let last = source.unwrap_or(at);
                    return Some(sentence.text[sentence.tokens[at].start..sentence.tokens[last].end()].to_owned());
                }
            }
        }
        None
    }
}

fn negations<'r>(reading: &'r Reading<'_>) -> impl Iterator<Item = (usize, Option<usize>)> + 'r {
    reading.marks.iter().filter_map(|mark| match mark {
        Mark::Negation(at, head) => Some((*at, *head)),
        _ => None,
    })
}

/// How often something is negated: "ніхто не" is one negation.
fn clusters(reading: &Reading<'_>) -> usize {
    count(negations(reading).map(|(at, _)| at))
}

/// The same, with negations in other words.
fn all_clusters(reading: &Reading<'_>) -> usize {
    count(reading.marks.iter().filter_map(|mark| match mark {
        Mark::Negation(at, _) | Mark::Implicit(at) => Some(*at),
        _ => None,
    }))
}

fn count(places: impl Iterator<Item = usize>) -> usize {
    let fold = |(count, last): (usize, Option<usize>), at: usize| {
        (count + usize::from(last.is_none_or(|last| at > last + NEAR)), Some(at))
    };
    places.fold((0, None), fold).0
}

fn words(reading: &Reading<'_>, first: usize, last: Option<usize>) -> String {
    reading.text[reading.tokens[first].start..reading.tokens[last.unwrap_or(first)].end()].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::{Language, Source, read};

    const TEXT: &str = "The council did not approve the new bridge over the river.\n\n\
        The mayor reportedly left the city before the storm.\n\n\
        According to police, two boats sank in the harbour. The captain survived the night at sea.";

    fn found(text: &str, evidence: usize, language: Language) -> Vec<FindingKind> {
        let source = Source { bytes: TEXT.into(), name: "test".into(), title: None, language: Some(Language::En) };
        let article = read(source).unwrap();
        let reference = Reference::new(&article);
        let tongue = reference.tongue(language);
        check(&Reading::new(text, reference.table), &[evidence], &reference, tongue)
            .into_iter()
            .map(|it| it.0)
            .collect()
    }

    #[test]
    fn a_negation_that_goes_or_comes_is_found() {
        for (text, at, language) in [
            ("The council approved the new bridge.", 0, Language::En),
            ("Рада схвалила новий міст через річку.", 0, Language::Uk),
            ("The captain did not survive the night.", 3, Language::En),
            ("Капитан не пережил ночь в море.", 3, Language::Ru),
        ] {
            assert_eq!(found(text, at, language), [FindingKind::NegationChanged], "{text}");
        }
        for (text, at, language) in [
            ("The council rejected the new bridge.", 0, Language::En),
            ("The council didn't approve the bridge.", 0, Language::En),
            ("Рада не схвалила новий міст.", 0, Language::Uk),
            ("Совет отказался одобрить новый мост через реку.", 0, Language::Ru),
        ] {
            assert_eq!(found(text, at, language), [], "{text}");
        }
    }

    #[test]
    fn a_source_that_is_left_out_is_found() {
        for (text, at) in [("The mayor left the city before the storm.", 1), ("Two boats sank in the harbour.", 2)] {
            assert_eq!(found(text, at, Language::En), [FindingKind::AttributionChanged], "{text}");
        }
        for (text, at) in [
            ("The mayor is said to have left the city before the storm.", 1),
            ("Police: two boats sank in the harbour.", 2),
            ("Two boats sank in the harbour, police said.", 2),
        ] {
            assert_eq!(found(text, at, Language::En), [], "{text}");
        }
    }
}
