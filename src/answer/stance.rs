//! Whether a fact keeps what its evidence denies, doubts, or says in another's name.
//!
//! A negation is compared by the word that it stands before: where the evidence has that word without a negation, the fact
//! has turned it round, and the other way about. So it is where the evidence has the opposite word ("fell" for "rose"), unless
//! one of the two is negated. Where the words cannot be compared, a negation that one side has and the other lacks altogether is
//! a finding when the fact tells the very clause that has it: most of what an article denies, a fact rightly leaves out.
//! Deterministic and cautious: a negation in other words ("refused", "немає" for "without") counts as one. What is doubted,
//! or only planned, is in `modality`.

use super::check::{Claim, Origin};
use super::clause::{self, Clause};
use super::modality;
use super::reference::Reference;
use super::{Finding, FindingKind};
use crate::language::{Amount, Annotation, Class, LanguageMatch, Mark, Mention, What, poles};

/// Words before a word in which a negation is looked for.
const NEAR: usize = 3;
/// A fact that has this share of a sentence's words tells the whole sentence.
const WHOLE: f32 = 0.6;
/// Letters that two stems need to be compared.
const ROOT: usize = 4;
/// A fact that has this share of a clause's words tells the clause.
const HALF: f32 = 0.5;
/// Across languages, a fact of this share of a sentence's words tells the whole sentence.
const AS_LONG: f32 = 0.6;

/// The findings about negation and attribution of a text with its evidence.
pub(super) fn check(claim: &Claim<'_>, reference: &Reference) -> Vec<Finding> {
    let &Claim { text: fact, sentences, language_match, .. } = claim;
    let sentences: Vec<&Annotation> = sentences.iter().filter_map(|&at| reference.sentences().get(at)).collect();
    let pair = Pair { claim, fact, sentences: &sentences, reference, language_match };
    let mut found = Vec::new();
    if let Some(value) = pair.negation() {
        found.push(claim.finding(FindingKind::NegationChanged, value));
    }
    if let Some(value) = pair.attribution().or_else(|| pair.modality()) {
        found.push(claim.finding(FindingKind::AttributionChanged, value));
    }
    found
}

struct Pair<'p> {
    claim: &'p Claim<'p>,
    fact: &'p Annotation,
    sentences: &'p [&'p Annotation],
    reference: &'p Reference,
    language_match: LanguageMatch,
}

impl Pair<'_> {
    /// The word whose negation came or went.
    fn negation(&self) -> Option<String> {
        if self.sentences.is_empty() {
            return None;
        }
        self.opposite().or_else(|| self.came()).or_else(|| self.gone()).or_else(|| self.refusal_gone())
    }

    /// The word of doubt, or of a plan, that the fact leaves out. A fact that cites its sentence in another language is mostly a
    /// translation of it, and there a word that is not known here is more likely than one that is gone.
    fn modality(&self) -> Option<String> {
        if self.claim.is_translated() {
            None
        } else {
            modality::changed(self.fact, self.sentences, self.language_match)
        }
    }

    /// A word of the fact whose opposite the evidence has in its place.
    fn opposite(&self) -> Option<String> {
        let fact = self.fact;
        let least = if self.language_match == LanguageMatch::Same { 2 } else { 1 };
        for i in (0..fact.tokens.len()).filter(|&i| !bounds_number(fact, i)) {
            for pole in poles(&fact.tokens[i].folded) {
                let denied = is_denied(fact, i);
                let (mut opposite, mut same) = (Vec::new(), false);
                for sentence in self.sentences {
                    for j in (0..sentence.tokens.len()).filter(|&j| !bounds_number(sentence, j)) {
                        for theirs in poles(&sentence.tokens[j].folded).into_iter().filter(|it| it.row == pole.row) {
                            // A word that only one side negates is left to the negations.
                            match theirs == pole || is_denied(sentence, j) != denied {
                                true => same = true,
                                false => opposite.push((*sentence, j)),
                            }
                        }
                    }
                }
                let told = |(sentence, j): (&Annotation, usize)| self.is_told_beside(sentence, j, least);
                if !same && opposite.into_iter().any(told) {
                    return Some(words(fact, i, None));
                }
            }
        }
        None
    }

    /// True when the fact has that many other words, or a number, of the clause around token `at` of a sentence.
    fn is_told_beside(&self, sentence: &Annotation, at: usize, least: usize) -> bool {
        let Clause { first, last } = clause::around(sentence, at);
        let others = || (first..=last).filter(|&j| j != at && sentence.carries_meaning(j));
        let words = others().filter(|&j| self.has_word(sentence, j)).count();
        words >= least
            || (words > 0 && last - first < 4)
            || (least < 2 && others().count() < 2)
            || clause::shares_figure(self.fact, sentence, (first, last))
    }

    fn has_word(&self, sentence: &Annotation, j: usize) -> bool {
        (0..self.fact.tokens.len()).any(|i| sentence.same_word(j, (self.fact, i), self.language_match))
    }

    /// A negation that only the fact has.
    fn came(&self) -> Option<String> {
        let fact = self.fact;
        let theirs = |of: fn(&Annotation) -> usize| self.sentences.iter().map(|sentence| of(sentence)).sum::<usize>();
        let searched = self.claim.origin == Origin::Searched;
        let comparable = !searched || (self.language_match == LanguageMatch::Other && !self.may_be_of_another());
        let more = clusters(fact) > theirs(all_clusters) && comparable && !self.has_bound();
        for (at, head) in negations(fact) {
            let differ = clusters(fact) > theirs(clusters);
            let turned = head.is_some_and(|head| self.turned((fact, head), self.sentences, differ))
                && !(searched && self.denies_another_word());
            let in_other_words = || head.is_some_and(|head| self.has_opposite_of(head));
            if turned || (more && !in_other_words()) {
                return Some(words(fact, at, head));
            }
        }
        None
    }

    /// True when the evidence says "less than" of a number of the fact: "did not reach 5%".
    fn has_bound(&self) -> bool {
        let bounded = |amount: &Amount| {
            let ours = self.fact.mentions.iter().filter_map(amount_of);
            amount.bound.is_some()
                && ours.into_iter().any(|it| it.values.iter().any(|value| amount.values.contains(value)))
        };
        self.sentences.iter().flat_map(|sentence| &sentence.mentions).filter_map(amount_of).any(bounded)
    }

    /// True when the fact has as the bound of a number what a clause says by its negation: "at most two" for "not more than two".
    fn has_other_bound(&self, sentence: &Annotation, at: usize) -> bool {
        let Clause { first, last } = clause::around(sentence, at);
        let (start, end) = (sentence.tokens[first].start, sentence.tokens[last].end());
        let inside = sentence.mentions.iter().filter(|it| start <= it.start && it.end <= end);
        inside.filter_map(amount_of).any(|theirs| {
            let ours = self.fact.mentions.iter().filter_map(amount_of).filter(|ours| ours.bound.is_some());
            ours.into_iter().any(|it| it.bound != theirs.bound && it.values.iter().any(|it| theirs.values.contains(it)))
        })
    }

    /// True when the evidence denies another word that the fact has too: "не связывают с работой" for "связывают не с работой".
    fn denies_another_word(&self) -> bool {
        let denies = |sentence: &&Annotation| {
            negations(sentence).filter_map(|(_, head)| head).any(|head| self.has_word(sentence, head))
        };
        self.sentences.iter().any(denies)
    }

    /// True when the evidence has the opposite of word `head`, so that its negation is no other: "not open" for "closed".
    fn has_opposite_of(&self, head: usize) -> bool {
        let ours = poles(&self.fact.tokens[head].folded);
        let turns =
            |word: &str| poles(word).iter().any(|it| ours.iter().any(|own| it.row == own.row && it.first != own.first));
        !ours.is_empty()
            && self.sentences.iter().any(|sentence| sentence.tokens.iter().any(|token| turns(&token.folded)))
    }

    /// True when a sentence that is no evidence has as many of the fact's words, and a negation: the fact may be about that.
    fn may_be_of_another(&self) -> bool {
        let told = |sentence: &Annotation| self.told(sentence, 0..sentence.tokens.len());
        let most = self.sentences.iter().map(|sentence| told(sentence)).max().unwrap_or(0);
        let as_negative = |sentence: &Annotation| all_clusters(sentence) >= clusters(self.fact);
        self.reference.sentences().iter().any(|sentence| as_negative(sentence) && told(sentence) >= most)
    }

    /// A negation that only the evidence has.
    fn gone(&self) -> Option<String> {
        let fact = self.fact;
        let theirs = |of: fn(&Annotation) -> usize| self.sentences.iter().map(|sentence| of(sentence)).sum::<usize>();
        for sentence in self.sentences {
            let fewer = theirs(clusters) > self.own_clusters(sentence) && self.tells_all_of(sentence);
            let cited = self.claim.origin == Origin::Cited;
            let denies_too = negations(fact).any(|(_, head)| head.is_some_and(|head| self.is_in(head, sentence)));
            for (at, head) in negations(sentence).filter(|&(at, _)| !self.has_other_bound(sentence, at)) {
                let differ = theirs(clusters) > clusters(fact);
                let turned = head.is_some_and(|head| {
                    self.turned((sentence, head), &[fact], differ)
                        && (cited || (!denies_too && self.is_told_beside(sentence, head, 1)))
                });
                // What a thing is without, and what it is not but something else, may be left unsaid.
                let idle =
                    matches!(sentence.tokens[at].folded.as_str(), "без" | "without") || is_corrected(sentence, at);
                if turned || (fewer && (cited || (!idle && self.tells_clause(sentence, at)))) {
                    return Some(words(sentence, at, head));
                }
            }
        }
        None
    }

    /// A word that the evidence has refused or denied, and the fact has as done: "refused to approve" made "approved". Words of
    /// another language are matched too loosely for it.
    fn refusal_gone(&self) -> Option<String> {
        let kept = self.fact.marks.iter().any(|mark| matches!(mark, Mark::Implicit(_) | Mark::Negation(..)));
        if kept || self.language_match == LanguageMatch::Other {
            return None;
        }
        for sentence in self.sentences {
            for at in (0..sentence.tokens.len()).filter(|&at| sentence.tokens[at].is(Class::Refusing)) {
                let behind = at + 1..sentence.tokens.len().min(at + 1 + NEAR);
                let Some(head) = behind.into_iter().find(|&i| sentence.carries_meaning(i)) else { continue };
                if self.turned((sentence, head), &[self.fact], true) && self.is_told_beside(sentence, head, 1) {
                    return Some(words(sentence, at, Some(head)));
                }
            }
        }
        None
    }

    /// How often the fact negates, in words too that the sentence has not: a ban that both speak of is none.
    fn own_clusters(&self, sentence: &Annotation) -> usize {
        count(self.fact.marks.iter().filter_map(|mark| match mark {
            Mark::Negation(at, _) => Some(*at),
            Mark::Implicit(at) if !self.is_in(*at, sentence) => Some(*at),
            _ => None,
        }))
    }

    /// True when a sentence has word `i` of the fact.
    fn is_in(&self, i: usize, sentence: &Annotation) -> bool {
        (0..sentence.tokens.len()).any(|j| self.fact.same_word(i, (sentence, j), self.language_match))
    }

    /// True when the fact is about the clause around token `at` of a sentence, as far as words tell.
    fn tells_clause(&self, sentence: &Annotation, at: usize) -> bool {
        let Clause { first, last } = clause::around(sentence, at);
        let meaning = |range: std::ops::RangeInclusive<usize>| range.filter(|&j| sentence.carries_meaning(j)).count();
        let (inside, all) = (meaning(first..=last), meaning(0..=sentence.tokens.len() - 1));
        let told = self.told(sentence, first..last + 1);
        match self.language_match {
            LanguageMatch::Same => told as f32 >= HALF * inside as f32,
            LanguageMatch::Other if inside == all => told > 0,
            LanguageMatch::Other => {
                let outside = self.told(sentence, 0..sentence.tokens.len()) - told;
                (told > 1 || (told > 0 && inside < 4)) && told * (all - inside) >= outside * inside
            }
        }
    }

    /// True when the other side has the negated word, and always without a negation near it. Across languages the sides
    /// also have to differ in how many negations they have, because words are matched less surely.
    fn turned(&self, (reading, head): (&Annotation, usize), others: &[&Annotation], differ: bool) -> bool {
        if self.language_match == LanguageMatch::Other && !differ {
            return false;
        }
        let mut seen = false;
        for other in others {
            let is_head = |&j: &usize| {
                let alike = self.language_match == LanguageMatch::Same
                    && are_akin(&reading.tokens[head].lemma, &other.tokens[j].lemma);
                alike || reading.same_word(head, (other, j), self.language_match)
            };
            for j in (0..other.tokens.len()).filter(is_head) {
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
    fn tells_all_of(&self, sentence: &Annotation) -> bool {
        let meaning = |reading: &Annotation| (0..reading.tokens.len()).filter(|&i| reading.carries_meaning(i)).count();
        let all = meaning(sentence) as f32;
        match self.language_match {
            LanguageMatch::Other => meaning(self.fact) as f32 >= AS_LONG * all,
            LanguageMatch::Same => self.told(sentence, 0..sentence.tokens.len()) as f32 >= WHOLE * all,
        }
    }

    /// How many words of a part of a sentence the fact has.
    fn told(&self, sentence: &Annotation, part: std::ops::Range<usize>) -> usize {
        part.filter(|&i| sentence.carries_meaning(i) && self.has_word(sentence, i)).count()
    }

    /// The words of doubt, or of a source, that the fact leaves out.
    fn attribution(&self) -> Option<String> {
        let fact = self.fact;
        let attributed = fact.text.contains(": ")
            || fact.text.contains('?')
            || fact.marks.iter().any(|mark| {
                matches!(mark, Mark::Hedge(_) | Mark::Source(..) | Mark::Saying(_) | Mark::Doubt(_) | Mark::Plan(_))
            });
        if attributed {
            return None;
        }
        for sentence in self.sentences {
            for mark in &sentence.marks {
                let (at, source) = match mark {
                    Mark::Hedge(at) => (*at, None),
                    Mark::Source(at, source) => (*at, *source),
                    // "По его словам": a preposition in front of a word for who said it.
                    Mark::Saying(at)
                        if self.language_match == LanguageMatch::Same && sentence.tokens[*at].is_function_word() =>
                    {
                        (*at, None)
                    }
                    _ => continue,
                };
                // A fact that names the source attributes in its own way.
                let named = source.is_some_and(|source| self.told(sentence, source..source + 1) > 0);
                if !named && self.tells_all_of(sentence) {
                    let unnamed = (at + 2).min(sentence.tokens.len() - 1);
                    let last = source.unwrap_or(if matches!(mark, Mark::Saying(_)) { unnamed } else { at });
                    return Some(sentence.text[sentence.tokens[at].start..sentence.tokens[last].end()].to_owned());
                }
            }
        }
        None
    }
}

/// True when two words have one root, as far as their lemmas tell: оценил, оценивал.
fn are_akin(one: &str, other: &str) -> bool {
    let long = |word: &str| word.chars().count() >= ROOT;
    long(one) && long(other) && (one.starts_with(other) || other.starts_with(one))
}

/// True when what is negated at token `at` is put right by the clause behind: "did not sell it but gave it away".
fn is_corrected(sentence: &Annotation, at: usize) -> bool {
    let next = clause::around(sentence, at).last + 1;
    sentence.tokens.get(next).is_some_and(|token| matches!(token.folded.as_str(), "а" | "but" | "instead"))
}

fn amount_of(mention: &Mention) -> Option<&Amount> {
    match &mention.what {
        What::Number(amount) => Some(amount),
        _ => None,
    }
}

/// True when token `i` stands behind a negation, or a word that denies.
fn is_denied(reading: &Annotation, i: usize) -> bool {
    reading.marks.iter().any(|mark| match mark {
        Mark::Negation(at, head) => *head == Some(i) || (i.saturating_sub(2)..i).contains(at),
        Mark::Implicit(at) => (i.saturating_sub(2)..i).contains(at),
        _ => false,
    })
}

/// True for the "more" of "more than 5", which is compared with its number.
fn bounds_number(reading: &Annotation, i: usize) -> bool {
    reading.tokens[i].is(Class::Comparing) && reading.tokens[i + 1..].iter().take(2).any(|token| token.is_number())
}

fn negations<'r>(reading: &'r Annotation) -> impl Iterator<Item = (usize, Option<usize>)> + 'r {
    reading.marks.iter().filter_map(|mark| match mark {
        Mark::Negation(at, head) => Some((*at, *head)),
        _ => None,
    })
}

/// How often something is negated: "ніхто не" is one negation.
fn clusters(reading: &Annotation) -> usize {
    count(negations(reading).map(|(at, _)| at))
}

/// The same, with negations in other words.
fn all_clusters(reading: &Annotation) -> usize {
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

fn words(reading: &Annotation, first: usize, last: Option<usize>) -> String {
    reading.text[reading.tokens[first].start..reading.tokens[last.unwrap_or(first)].end()].to_owned()
}
