//! Whether a text puts one person, or one office, in the place of another that its evidence has.
//!
//! "Anna opened it" where the article says that Olga did, and Anna elsewhere: every name of it stands in the article, and still it is
//! wrong. So the sentence is looked for that says what the text says beside its names. Where that is plain, and it speaks of somebody
//! whom the text does not name, and of nobody whom the text names, somebody was swapped. A given name and an office are
//! held against the persons of the article who bear them. Cautious: somebody may be meant by "she" or "the mayor". Not here: names
//! that the article does not have, which `names` finds.

use super::check::{Claim, Origin};
use super::evidence;
use super::names::NAMED_BEFORE;
use super::persons::{Person, attached_before, persons, roles_beside, text_of};
use super::reference::Reference;
use super::{Finding, FindingKind};
use crate::language::{Annotation, Class, Kind, Mark, Role, RoleKind, role};

/// A sentence with this share of what the article has of a text at all is its source. A first guess, as the next three are: none was varied.
const PLAIN: f32 = 0.5;
/// Sentences about the person of a text have less than this part of what its source has.
const RIVAL: f32 = 0.65;
/// The same, where only a role tells who it is.
const CERTAIN: f32 = 0.7;
/// Who is named in so many sentences, and more often than anybody else, is meant by much that does not name him.
const OFTEN: usize = 3;
/// A role that stands among so many first words is the subject.
const SUBJECT: usize = 4;

/// The findings about who a text speaks of.
pub(super) fn check(claim: &Claim<'_>, reference: &Reference) -> Vec<Finding> {
    // A translation cites its sentence: `names` sees who does not stand there. With this, 58 and not 60 of the 1,185 facts that
    // `faults` keeps apart are accused; which part of it accused the two is not known.
    if claim.is_translated() {
        return Vec::new();
    }
    let own = persons(claim.text, reference);
    let mut found: Vec<Finding> = own.iter().filter_map(|person| given_name(claim, *person, reference)).collect();
    found.extend(own.iter().filter_map(|person| office(claim, *person, reference)));
    if found.is_empty() && !claim.sentences.is_empty() {
        found.extend(swapped(claim, &own, reference));
    }
    if found.is_empty() && !claim.sentences.is_empty() {
        found.extend(other_role(claim, &own, reference));
    }
    found
}

/// Everybody of the article who may be this person of a text, each with the sentence.
fn namesakes<'r>(
    (text, person): (&'r Annotation, Person),
    reference: &'r Reference,
) -> impl Iterator<Item = (&'r Annotation, Person)> + 'r {
    let here = move |sentence: &'r Annotation| {
        let all = persons(sentence, reference).into_iter();
        all.filter(move |it| text.is_name_of(person.last, (sentence, it.last))).map(move |it| (sentence, it))
    };
    reference.sentences().iter().flat_map(here)
}

/// A surname of the article with the given name of somebody else.
fn given_name(claim: &Claim<'_>, person: Person, reference: &Reference) -> Option<Finding> {
    if person.first + 1 != person.last {
        return None;
    }
    let text = claim.text;
    let all: Vec<(&Annotation, Person)> =
        namesakes((text, person), reference).filter(|(_, it)| it.first < it.last).collect();
    let is_given = |(sentence, it): &(&Annotation, Person)| {
        (it.first..it.last).any(|at| text.is_given_name_of(person.first, (*sentence, at)))
    };
    let &(sentence, other) = all.first()?;
    if all.iter().any(is_given)
        || !(is_borne((text, person.first), reference) || text.is_name_of(person.first, (sentence, other.first)))
    {
        return None;
    }
    let instead = text_of(sentence, other).to_owned();
    Some(claim.finding(FindingKind::NameChanged, text_of(text, person)).instead(instead))
}

/// True when somebody of the article has a word of a text as a given name, or a table has it as a name.
fn is_borne((text, i): (&Annotation, usize), reference: &Reference) -> bool {
    let bears = |sentence: &Annotation| {
        let all = persons(sentence, reference).into_iter();
        all.filter(|it| it.first < it.last).any(|it| text.is_name_of(i, (sentence, it.first)))
    };
    text.is_concept(i, Kind::Name) || reference.sentences().iter().any(bears)
}

/// An office that the article gives to somebody else, and another one to this person.
fn office(claim: &Claim<'_>, person: Person, reference: &Reference) -> Option<Finding> {
    let text = claim.text;
    let mut theirs: Vec<(Role, String)> = Vec::new();
    for (sentence, it) in namesakes((text, person), reference) {
        theirs.extend(roles_beside(sentence, it).map(|(role, at)| (role, sentence.tokens[at].text.clone())));
    }
    let (wrong, at) = attached_before(text, person)
        .find(|(role, _)| role.kind == RoleKind::Office && !theirs.iter().any(|(it, _)| it == role))?;
    let elsewhere = |sentence: &Annotation| sentence.tokens.iter().any(|token| role(&token.folded) == Some(wrong));
    let (_, instead) = theirs.into_iter().find(|(role, _)| role.kind == RoleKind::Office)?;
    reference.sentences().iter().any(elsewhere).then(|| {
        let end = text.tokens[person.last].end();
        claim.finding(FindingKind::NameChanged, &text.text[text.tokens[at].start..end]).instead(instead)
    })
}

/// Where a text comes from, some of its words aside.
struct Origins<'r> {
    reference: &'r Reference,
    shares: Vec<f32>,
    /// The sentence that says what the text says beside those words.
    main: usize,
}

impl<'r> Origins<'r> {
    fn of(claim: &Claim<'_>, aside: &[usize], reference: &'r Reference) -> Option<Self> {
        let shares = evidence::shares_beside((claim.text, aside), reference, claim.language_match);
        let candidates: Vec<usize> = match claim.origin {
            Origin::Cited => claim.sentences.to_vec(),
            Origin::Searched => (0..shares.len()).collect(),
        };
        let main = candidates.into_iter().max_by(|&a, &b| shares[a].total_cmp(&shares[b]).then(b.cmp(&a)))?;
        (shares[main] >= PLAIN).then_some(Self { reference, shares, main })
    }

    fn sentence(&self) -> &'r Annotation {
        &self.reference.sentences()[self.main]
    }

    /// True when the source, or a sentence before it that it speaks on from, is one of these.
    fn speaks_of(&self, sentences: &[usize]) -> bool {
        let before = if takes_up(self.sentence()) { NAMED_BEFORE } else { 0 };
        (self.main.saturating_sub(before)..=self.main).any(|at| sentences.contains(&at))
    }

    /// True when one of these sentences, or one that speaks on from it, says nearly as much of the text.
    fn rivals(&self, sentences: &[usize]) -> bool {
        let on = |at: usize| self.reference.sentences().get(at + 1).is_some_and(takes_up).then_some(at + 1);
        let all = sentences.iter().flat_map(|&at| [Some(at), on(at)]).flatten();
        all.filter_map(|at| self.shares.get(at)).any(|share| *share >= RIVAL * self.shares[self.main])
    }
}

/// True when a sentence has "she" or "him" for somebody; "his deputy" is the deputy.
fn takes_up(sentence: &Annotation) -> bool {
    let tokens = &sentence.tokens;
    (0..tokens.len())
        .any(|i| tokens[i].is(Class::Pronoun) && tokens.get(i + 1).is_none_or(|next| role(&next.folded).is_none()))
}

/// A person of the article whom the source of the text does not speak of, where it speaks of somebody else.
fn swapped(claim: &Claim<'_>, own: &[Person], reference: &Reference) -> Vec<Finding> {
    let text = claim.text;
    let aside: Vec<usize> = own.iter().flat_map(|it| it.first..=it.last).collect();
    if aside.is_empty() {
        return Vec::new();
    }
    let Some(origins) = Origins::of(claim, &aside, reference) else { return Vec::new() };
    let sentence = origins.sentence();
    let named = |it: &Person| {
        own.iter().any(|ours| {
            (ours.first..=ours.last).any(|i| (it.first..=it.last).any(|j| text.is_name_of(i, (sentence, j))))
        })
    };
    let others: Vec<Person> =
        persons(sentence, reference).into_iter().filter(|it| !named(it) && is_certain(sentence, *it)).collect();
    let mut found = Vec::new();
    for person in own {
        let mut known = reference.with_name(text, person.last).0;
        known.extend(reference.with_keys(text.keys_in(person.last, claim.language_match)));
        known.sort_unstable();
        known.dedup();
        let count = |of: &Person| reference.with_name(sentence, of.last).0.len();
        if known.len() >= OFTEN && others.iter().all(|it| count(it) < known.len()) {
            continue;
        }
        let bears =
            |(role, _): (Role, usize)| sentence.tokens.iter().any(|token| self::role(&token.folded) == Some(role));
        let by_role = || namesakes((text, *person), reference).any(|(at, it)| roles_beside(at, it).any(bears));
        if known.is_empty() || others.is_empty() || origins.speaks_of(&known) || origins.rivals(&known) || by_role() {
            continue;
        }
        let instead = if let [other] = others[..] { Some(text_of(sentence, other).to_owned()) } else { None };
        found.push(claim.finding(FindingKind::NameChanged, text_of(text, *person)).instead(instead));
    }
    found
}

/// A role of the article that the source of the text does not speak of, where it speaks of another one.
fn other_role(claim: &Claim<'_>, own: &[Person], reference: &Reference) -> Option<Finding> {
    let text = claim.text;
    let roles = |reading: &Annotation| -> Vec<(usize, Role)> {
        (0..reading.tokens.len()).filter_map(|i| Some((i, role(&reading.tokens[i].folded)?))).collect()
    };
    let ours = roles(text);
    let tells = text.marks.iter().any(|mark| matches!(mark, Mark::Saying(_) | Mark::Doubt(_)));
    for &(i, role) in ours.iter().filter(|(i, it)| it.kind != RoleKind::Body && (tells || *i < SUBJECT)) {
        let behind =
            i > 0 && [Class::InPlace, Class::FromPoint, Class::ToPoint].iter().any(|&it| text.tokens[i - 1].is(it));
        if behind || own.iter().any(|it| i < it.first && it.first - i < 3) {
            continue;
        }
        let has = |sentence: &Annotation| roles(sentence).iter().any(|(_, it)| *it == role);
        let all = reference.sentences();
        let known: Vec<usize> = (0..all.len()).filter(|&at| has(&all[at])).collect();
        let Some(origins) = Origins::of(claim, &beside_role(text, i), reference).filter(|_| !known.is_empty()) else {
            continue;
        };
        if origins.shares[origins.main] < CERTAIN {
            continue;
        }
        let sentence = origins.sentence();
        let bearer = || {
            let here = persons(sentence, reference).into_iter();
            here.into_iter().any(|it| {
                namesakes((sentence, it), reference).any(|(at, it)| roles_beside(at, it).any(|(it, _)| it == role))
            })
        };
        let theirs = roles(sentence)
            .into_iter()
            .find(|(_, it)| it.kind != RoleKind::Body && !ours.iter().any(|(_, own)| own == it));
        let Some((at, _)) = theirs else { continue };
        if origins.speaks_of(&known) || origins.rivals(&known) || bearer() {
            continue;
        }
        let instead = sentence.tokens[at].text.clone();
        return Some(claim.finding(FindingKind::RoleChanged, text.tokens[i].text.as_str()).instead(instead));
    }
    None
}

/// A role, the word before it (environment minister), and that somebody said it, which many sentences have.
fn beside_role(text: &Annotation, i: usize) -> Vec<usize> {
    let before = i.checked_sub(1).filter(|&at| text.carries_meaning(at));
    let saying = (0..text.tokens.len()).filter(|&at| text.tokens[at].is(Class::Saying));
    before.into_iter().chain([i]).chain(saying).collect()
}

/// True for a name of two words, or behind a role.
fn is_certain(sentence: &Annotation, person: Person) -> bool {
    person.first < person.last || attached_before(sentence, person).next().is_some()
}
