//! Whether a text has it the other way round: who did it to whom, and from where to where.
//!
//! Two things of a text are compared with the same two of its evidence, beside the same verb. Who does it stands in English before the
//! verb, or behind "by"; in Ukrainian and Russian the cases say it where they show, and else the order does. "From A to B" is
//! held against "from B to A", and against "in A instead of B". Cautious: where a side cannot be read, nothing is said. Not here:
//! verbs that say the opposite, which `stance` compares.

use super::check::Claim;
use super::reference::Reference;
use super::{Finding, FindingKind};
use crate::language::{Annotation, Class, Kind, LanguageMatch, poles, role};

/// Words between a verb and who does it.
const NEAR: usize = 7;
/// Words between a preposition and what it stands before.
const AHEAD: usize = 3;
/// Endings of words that are not the subject.
const OBLIQUE: [&str; 21] = [
    "у", "ю", "ом", "ем", "єм", "ою", "ею", "єю", "ой", "ого", "ому", "ові", "еві", "єві", "ым", "им", "ам", "ами",
    "ах", "ії", "ой",
];
/// Endings of Ukrainian and Russian verbs.
const VERB_ENDINGS: [&str; 18] =
    ["в", "ла", "ло", "ли", "ил", "ал", "ел", "ял", "лся", "лась", "вся", "є", "ет", "ит", "ить", "ють", "ют", "ять"];

/// The findings about who did what to whom, and which way.
pub(super) fn check(claim: &Claim<'_>, reference: &Reference) -> Vec<Finding> {
    let sentences = claim.sentences.iter().filter_map(|&at| reference.sentences().get(at));
    let pairs: Vec<Pair<'_>> =
        sentences.map(|sentence| Pair { claim, text: claim.text, sentence, reference }).collect();
    let found = pairs.iter().find_map(Pair::way).or_else(|| {
        let right = pairs.iter().any(|pair| pair.agents().any(|(_, same)| same));
        let turned = pairs.iter().find_map(|pair| pair.agents().find(|(_, same)| !same).map(|(finding, _)| finding));
        turned.filter(|_| !right)
    });
    found.into_iter().collect()
}

/// A text and a sentence of its evidence.
struct Pair<'p> {
    claim: &'p Claim<'p>,
    text: &'p Annotation,
    sentence: &'p Annotation,
    reference: &'p Reference,
}

/// Whether somebody does what a verb says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Agent,
    Other,
    Unknown,
}

impl Pair<'_> {
    /// "From B to A" where the evidence has "from A to B".
    fn way(&self) -> Option<Finding> {
        let ends = |reading: &Annotation, class: Class| -> Vec<usize> {
            let behind = (0..reading.tokens.len()).filter(|&i| reading.tokens[i].is(class));
            behind.filter_map(|i| end_behind(reading, i)).collect()
        };
        let (from, to) = (ends(self.text, Class::FromPoint), ends(self.text, Class::ToPoint));
        let (theirs_from, theirs_to) = (ends(self.sentence, Class::FromPoint), ends(self.sentence, Class::ToPoint));
        let has = |among: &[usize], i: usize| among.iter().any(|&j| self.is_same(i, j));
        let turned = |&&i: &&usize| has(&theirs_to, i) && !has(&theirs_from, i);
        let back = |&&i: &&usize| has(&theirs_from, i) && !has(&theirs_to, i);
        let (start, end) = (from.iter().find(turned)?, to.iter().find(back)?);
        let (first, last) = (*start.min(end), *start.max(end));
        let value = &self.text.text[self.text.tokens[first].start..self.text.tokens[last].end()];
        Some(self.claim.finding(FindingKind::RoleChanged, value))
    }

    /// Who does what a verb says that both have: a finding where it is another, and whether it is the same.
    fn agents(&self) -> impl Iterator<Item = (Finding, bool)> + '_ {
        let verbs = (0..self.text.tokens.len()).filter(|&v| is_verb(self.text, v));
        let pairs = verbs.flat_map(move |v| {
            let theirs =
                (0..self.sentence.tokens.len()).filter(move |&w| is_verb(self.sentence, w) && self.is_same_verb(v, w));
            theirs.map(move |w| (v, w))
        });
        pairs.filter_map(move |(v, w)| self.agent(v, w))
    }

    fn agent(&self, v: usize, w: usize) -> Option<(Finding, bool)> {
        let near = |v: usize, reading: &Annotation| v.saturating_sub(NEAR)..reading.tokens.len().min(v + NEAR + 1);
        let ours: Vec<usize> = near(v, self.text).filter(|&i| self.is_somebody(self.text, i)).collect();
        let counterpart =
            |i: usize| near(w, self.sentence).find(|&j| self.is_somebody(self.sentence, j) && self.is_same(i, j));
        // What is one in both readings can be compared.
        let standing = |i: usize| {
            let theirs = counterpart(i);
            let base = theirs.map(|j| self.sentence.tokens[j].folded.as_str());
            let own = standing(self.text, (i, v), base);
            (own, theirs.map(|j| standing(self.sentence, (j, w), Some(&self.text.tokens[i].folded))))
        };
        let mut all: Vec<(usize, Standing, Option<Standing>)> =
            ours.into_iter().map(|i| (i, standing(i).0, standing(i).1)).collect();
        // Nominative and accusative may look the same: behind a verb that has its subject before it, it is the object.
        let before = all.iter().any(|it| it.0 < v && it.1 == Standing::Agent);
        all.iter_mut().filter(|it| before && it.0 > v && it.1 == Standing::Agent).for_each(|it| it.1 = Standing::Other);
        let value = |i: usize| self.claim.finding(FindingKind::RoleChanged, self.text.tokens[i].text.as_str());
        if let Some((i, ..)) = all.iter().find(|it| it.1 == Standing::Agent && it.2 == Some(Standing::Agent)) {
            return Some((value(*i), true));
        }
        let (agent, _, theirs) = all.iter().find(|it| it.1 == Standing::Agent && it.2 != Some(Standing::Unknown))?;
        let (other, ..) = all.iter().find(|it| it.1 == Standing::Other && it.2 == Some(Standing::Agent))?;
        // A single change is enough only where both are in one language, and nobody is left out.
        let sure = theirs.is_some() || self.claim.language_match == LanguageMatch::Same;
        let instead = counterpart(*other).map(|j| self.sentence.tokens[j].text.clone());
        sure.then(|| (value(*agent).instead(instead), false))
    }

    /// True for a word that names somebody or something that can do something.
    fn is_somebody(&self, reading: &Annotation, i: usize) -> bool {
        let token = &reading.tokens[i];
        let name = || token.is_capitalised() && reading.carries_meaning(i) && !reading.is_concept(i, Kind::Word);
        let certain = || !reading.begins(i) || self.reference.with_name(reading, i).1;
        role(&token.folded).is_some() || (name() && certain())
    }

    fn is_same(&self, i: usize, j: usize) -> bool {
        let (ours, theirs) = (&self.text.tokens[i], &self.sentence.tokens[j]);
        if ours.is_number() || theirs.is_number() {
            return ours.text == theirs.text;
        }
        let roles = role(&ours.folded).zip(role(&theirs.folded));
        roles.is_some_and(|(ours, theirs)| ours == theirs)
            || self.same_month(i, j)
            || (ours.is_capitalised() && theirs.is_capitalised() && self.text.is_name_of(i, (self.sentence, j)))
    }

    fn same_month(&self, i: usize, j: usize) -> bool {
        let of = |reading: &Annotation, at: usize| {
            let token = &reading.tokens[at];
            reading
                .mentions
                .iter()
                .find(|it| it.start <= token.start && token.end() <= it.end)
                .map(|it| it.what.clone())
        };
        of(self.text, i).zip(of(self.sentence, j)).is_some_and(|(ours, theirs)| ours == theirs)
    }

    fn is_same_verb(&self, v: usize, w: usize) -> bool {
        let (ours, theirs) = (&self.text.tokens[v], &self.sentence.tokens[w]);
        self.text.same_word(v, (self.sentence, w), self.claim.language_match)
            || poles(&ours.folded).iter().any(|pole| poles(&theirs.folded).contains(pole))
    }
}

/// The name, month or number behind a preposition.
fn end_behind(reading: &Annotation, i: usize) -> Option<usize> {
    let tokens = &reading.tokens;
    let first = i + 1 + usize::from(tokens[i].folded == "instead");
    let is_end = |&at: &usize| {
        let token = &tokens[at];
        let dated = || reading.mentions.iter().any(|it| it.start <= token.start && token.end() <= it.end);
        token.is_number() || dated() || (token.is_capitalised() && reading.carries_meaning(at))
    };
    let stops = |at: &usize| !tokens[*at].is(Class::FromPoint) && !tokens[*at].is(Class::ToPoint);
    (first..tokens.len().min(first + AHEAD)).take_while(stops).find(is_end)
}

fn is_verb(reading: &Annotation, i: usize) -> bool {
    let token = &reading.tokens[i];
    if token.is_number() || token.is_function_word() || token.is_capitalised() || role(&token.folded).is_some() {
        return false;
    }
    let word = token.folded.as_str();
    match token.is_cyrillic() {
        true => word.chars().count() > 4 && VERB_ENDINGS.iter().any(|ending| word.ends_with(ending)),
        false => {
            (token.is_past_verb() || (word.len() > 3 && word.ends_with("ed")))
                || token.is(Class::Saying)
                || (!poles(word).is_empty() && word.ends_with('s'))
                || word == "beat"
        }
    }
}

/// How token `i` stands to verb `v`; `base` is another form of it.
fn standing(reading: &Annotation, (i, v): (usize, usize), base: Option<&str>) -> Standing {
    let tokens = &reading.tokens;
    let between = i.min(v) + 1..i.max(v);
    if tokens[between].iter().any(|it| it.is(Class::That) || it.is(Class::BeginsClause)) {
        return Standing::Unknown;
    }
    if tokens[i].is_cyrillic() { standing_by_case(reading, (i, v), base) } else { standing_by_order(reading, (i, v)) }
}

fn standing_by_order(reading: &Annotation, (i, v): (usize, usize)) -> Standing {
    let tokens = &reading.tokens;
    let passive = tokens[v.saturating_sub(2)..v]
        .iter()
        .any(|it| matches!(it.folded.as_str(), "was" | "were" | "been" | "be" | "is" | "are" | "being"));
    let before: Vec<&str> = tokens[i.saturating_sub(3)..i].iter().map(|it| it.folded.as_str()).collect();
    let by = i > v && before.contains(&"by");
    let governed = before
        .last()
        .is_some_and(|it| matches!(*it, "of" | "with" | "from" | "to" | "for" | "in" | "on" | "at" | "against"));
    match (passive, i < v) {
        (true, true) if !governed => Standing::Other,
        (true, false) if by => Standing::Agent,
        (true, _) => Standing::Unknown,
        (false, true) if governed || tokens[i].folded.ends_with("'s") => Standing::Unknown,
        (false, true) => Standing::Agent,
        (false, false) if by => Standing::Unknown,
        (false, false) => Standing::Other,
    }
}

fn standing_by_case(reading: &Annotation, (i, v): (usize, usize), base: Option<&str>) -> Standing {
    let tokens = &reading.tokens;
    let word = tokens[i].folded.as_str();
    let hard = |word: &str| word.ends_with(|c: char| !"аеиіоуюяыєї".contains(c) && !"aeiouy".contains(c));
    let oblique = OBLIQUE.iter().any(|ending| word.ends_with(ending)) && word.chars().count() > 3;
    let genitive = word.ends_with(['а', 'я']) && base.is_some_and(hard);
    // A name that stands beside its role has the role's case: збірну Таврани, компанію «Вестрейл».
    let behind_role = i > 0 && role(&tokens[i - 1].folded).is_some() && role(word).is_none();
    if behind_role {
        return standing_by_case(reading, (i - 1, v), None);
    }
    let participle = tokens[v].folded.ends_with(['о', 'н', 'а'])
        && !tokens[v].folded.ends_with("ла")
        && !tokens[v].folded.ends_with("ло");
    if participle {
        return Standing::Unknown;
    }
    if oblique || genitive {
        return Standing::Other;
    }
    let soft = word.ends_with(['и', 'і', 'ы', 'е', 'є', 'о', 'ї']);
    match i < v {
        true if soft => Standing::Unknown,
        true => Standing::Agent,
        false if hard(word) && role(word).is_some() => Standing::Agent,
        false => Standing::Unknown,
    }
}
