//! Whether a text can be read by itself: a fact stands without the sentences that came before its own.
//!
//! "He added that", "this hostel", "our arrival", and a quotation of nobody say something true, and a reader who has not seen the
//! article does not know of whom or of what. The words for it are closed classes of the three languages. Of nouns only an English
//! subject with its article is seen ("the group was"), and offices that nobody is named with ("said the mayor"). A sentence that
//! leans stands with the one before it. Not here: whether quoted words are those of the article, which is for `quote`.

use std::ops::RangeInclusive;

use super::quote::{MARKS, Quotations};
use super::{DraftFact, Place, Reference};
use crate::intake::one_line;
use crate::language::{Annotation, Class, Kind, Language, LanguageMatch, RoleKind, Token, role, sentences};

/// A sentence with fewer characters seldom says enough, and one with more is no fact any more.
const LENGTHS: RangeInclusive<usize> = 40..=220;
/// The same of two sentences.
const LENGTHS_OF_TWO: RangeInclusive<usize> = 80..=300;
/// So many tokens around an office have the name of who holds it, or of what it is an office of.
const NEAR_OFFICE: usize = 3;
/// Words that join a sentence to the one before it, at most.
const JOINING: usize = 3;
/// So many tokens behind "it" tell what it stands for: "It is not known whether".
const NEAR: usize = 6;
/// Words of an English subject behind its article.
const NOUN_PHRASE: usize = 3;
/// What a possessive among so many first tokens stands for, the sentence has seldom told.
const EARLY: usize = 6;
const POSSESSIVES: [&str; 3] = ["his", "her", "their"];
/// Endings that a Ukrainian or Russian noun has where it is of several: the firemen are not known from before.
const PLURAL: [&str; 12] = ["и", "і", "ы", "ів", "ов", "ей", "ам", "ям", "ами", "ями", "ах", "ях"];
/// Verbs that follow the subject of a sentence, beside those that the classes have.
const MODALS: [&str; 9] = ["is", "are", "will", "would", "can", "could", "may", "might", "should"];

/// The words of a text that only what comes before it explains: empty for a quotation without its speaker. `None` where it
/// stands alone.
pub(super) fn leaning(text: &Annotation) -> Option<&str> {
    if text.tokens.is_empty() {
        return None;
    }
    let quotations = Quotations::of(&text.text);
    let own: Vec<usize> = (0..text.tokens.len()).filter(|&i| !quotations.cover(text.tokens[i].start)).collect();
    if own.is_empty() || !quotations.are_whole() {
        return Some("");
    }
    let back = |&i: &usize| points_back(text, i, &own) || is_part(text, i);
    let word = person(text, &own).or_else(|| sequel(text, &own)).or_else(|| own.iter().copied().find(back));
    word.map(|i| text.tokens[i].text.as_str())
}

impl Reference {
    /// The words that a part of an answer leans on the article with: also, where it has to be in the article's words, those that only
    /// the article tells, "the group", "the mayor", and none of a fact that names and counts nothing.
    pub(super) fn leaning<'t>(&self, text: &'t Annotation, (language, place): (Language, Place)) -> Option<&'t str> {
        let word = leaning(text);
        if !self.has_to_quote(language) {
            return word;
        }
        let at = self.wording().sentence(&one_line(&text.text));
        let is_quoted = at.is_some_and(|at| self.wording().begins_quoted(at));
        let is_heading = place == Place::Summary && text.text.chars().count() < *LENGTHS.start();
        let is_bare = place == Place::Fact && !is_anchored(text);
        if is_quoted || is_heading {
            return Some("");
        }
        let title = self.article.annotated_title();
        let noun = || definite(text, title).or_else(|| unnamed(text, title));
        let known_before = || noun().or_else(|| somebody(text)).or_else(|| answer(text)).filter(|_| at != Some(0));
        word.or_else(known_before).or_else(|| is_bare.then_some(""))
    }

    /// The numbers of the sentences of the article that a text in its language has word for word.
    pub fn quoted_in(&self, text: &str) -> Vec<u32> {
        let all = sentences(text, self.article.language());
        let at = all.iter().filter_map(|it| self.wording().sentence(&one_line(&text[it.range()])));
        at.map(|at| self.article.sentences()[at].id.get()).collect()
    }

    /// The sentences of the article that stand alone, or do with the sentence before them, and that no fact tells, by the numbers
    /// that facts cite, as facts: those that say of whom, where or how much before the others, single ones before two, and in the
    /// article's order.
    pub fn standing_alone(&self, told: &[u32]) -> Vec<DraftFact> {
        let here = (self.article.language(), Place::Summary);
        let is_fresh = |at: usize| self.bears(at) && !told.contains(&self.article.sentences()[at].id.get());
        let stands = |at: usize| self.leaning(&self.sentences()[at], here).is_none();
        let first = |at: usize| match stands(at) {
            true => Some(at),
            false => {
                let before =
                    at.checked_sub(1).filter(|&it| is_fresh(it) && stands(it) && is_whole(&self.sentences()[it]))?;
                let is_explained = !self.wording().begins_quoted(at) && leans_on_a_sentence(&self.sentences()[at]);
                is_explained.then_some(before)
            }
        };
        let mut found: Vec<(bool, usize, DraftFact)> = Vec::new();
        for at in (0..self.sentences().len()).filter(|&at| is_fresh(at)) {
            let Some(first) = first(at) else { continue };
            let sentences = &self.article.sentences()[first..=at];
            let text = self.article.text()[sentences[0].start..self.article.sentences()[at].end].trim();
            let text = unconnected(&one_line(text));
            let lengths = if first == at { LENGTHS } else { LENGTHS_OF_TWO };
            let is_plain = text.starts_with(|c: char| c.is_alphanumeric() || MARKS.iter().any(|it| it.0 == c));
            if is_plain && lengths.contains(&text.chars().count()) {
                let is_bare = !self.sentences()[first..=at].iter().any(is_anchored);
                let cited = sentences.iter().map(|it| it.id.get()).collect();
                found.push((is_bare, at - first, DraftFact { text, cited }));
            }
        }
        found.sort_by_key(|(is_bare, before, _)| (*is_bare, *before));
        found.into_iter().map(|(_, _, fact)| fact).collect()
    }
}

/// A sentence without the words that join it to the one before: "However, the bridge" is "The bridge".
fn unconnected(text: &str) -> String {
    let joined = |start: &str| {
        let start = Annotation::of_claim(start);
        start.tokens.len() <= JOINING && start.tokens.iter().all(|token| token.is(Class::Joining))
    };
    let Some((_, rest)) = text.split_once(", ").filter(|(start, _)| joined(start)) else { return text.to_owned() };
    let mut rest = rest.chars();
    rest.next().into_iter().flat_map(char::to_uppercase).chain(rest).collect()
}

/// True for what ends like a sentence, and no heading.
fn is_whole(text: &Annotation) -> bool {
    text.text.trim_end().ends_with(['.', '!', '?', '…', '»', '”', '"'])
}

/// True for a sentence that the one before it may explain: it is no quotation without its speaker, and nobody speaks of himself.
fn leans_on_a_sentence(text: &Annotation) -> bool {
    let quotations = Quotations::of(&text.text);
    let is_own = |i: &usize| !quotations.cover(text.tokens[*i].start);
    leaning(text).is_none_or(|word| !word.is_empty()) && !(0..text.tokens.len()).filter(is_own).any(|i| speaks(text, i))
}

/// True for a text that says of whom, where or how much it speaks: with a name or a number.
pub(super) fn is_anchored(text: &Annotation) -> bool {
    !text.mentions.is_empty() || (0..text.tokens.len()).any(|i| text.may_be_name(i))
}

/// The word for somebody who is not named before it: "He added", "But he", "За його словами", "«...», said he".
fn person(text: &Annotation, own: &[usize]) -> Option<usize> {
    let passes = |i: usize| {
        let token = &text.tokens[i];
        (token.is(Class::Function) || token.is(Class::Saying)) && !token.is(Class::Pronoun)
    };
    let first = own.iter().copied().find(|&i| !passes(i))?;
    // "Здаючи її в оренду": behind the first word only a name could tell.
    let is_known = text.tokens[first].is(Class::Pronoun) || text.is_concept(first, Kind::Name) || first > 0;
    let second = (first + 1 < text.tokens.len() && !is_known && is_next(text, first)).then_some(first + 1);
    [Some(first), second].into_iter().flatten().find(|&i| text.tokens[i].is(Class::Pronoun))
}

/// True where only a blank stands behind a token.
fn is_next(text: &Annotation, i: usize) -> bool {
    text.text[text.tokens[i].end()..text.tokens[i + 1].start].trim().is_empty()
}

/// The word for what comes after something, where a text begins with it: "the next stop", and not "next week".
fn sequel(text: &Annotation, own: &[usize]) -> Option<usize> {
    let first =
        own.iter().copied().find(|&i| text.tokens[i].is(Class::Sequel) || !text.tokens[i].is(Class::Function))?;
    let is_time = text.tokens.get(first + 1).is_some_and(|next| next.is(Class::Span) || next.is_capitalised());
    (text.tokens[first].is(Class::Sequel) && !is_time).then_some(first)
}

/// The office of somebody whom nothing near it names: "said the mayor". What the title has, and what may be several, are not meant.
fn unnamed<'t>(text: &'t Annotation, title: Option<&Annotation>) -> Option<&'t str> {
    let is_named = |i: usize| {
        let near = i.saturating_sub(NEAR_OFFICE)..(i + NEAR_OFFICE + 1).min(text.tokens.len());
        near.into_iter().any(|other| other != i && (text.may_be_name(other) || text.tokens[other].is_acronym()))
    };
    let is_office = |i: &usize| role(&text.tokens[*i].folded).is_some_and(|it| it.kind == RoleKind::Office);
    let is_one = |i: &usize| match text.tokens[*i].is_cyrillic() {
        true => !PLURAL.iter().any(|ending| text.tokens[*i].folded.ends_with(ending)),
        false => (i.saturating_sub(2)..*i).any(|before| text.tokens[before].folded == "the"),
    };
    let mut offices = (0..text.tokens.len()).filter(is_office).filter(is_one);
    let unnamed = offices.find(|&i| !is_named(i) && !title.is_some_and(|title| has_word(title, (text, i))))?;
    Some(&text.tokens[unnamed].text)
}

/// The word for somebody or something that no name before it tells: "The buyer orders them". What is the subject's own has another
/// word in Ukrainian and Russian; in English it has not, so that only an early "their" counts.
fn somebody(text: &Annotation) -> Option<&str> {
    let is_meant = |(at, token): (usize, &Token)| {
        let may_be_own = POSSESSIVES.contains(&token.folded.as_str()) && at >= EARLY;
        (token.is(Class::Pronoun) || token.folded == "them") && !may_be_own
    };
    let at = text.tokens.iter().enumerate().position(is_meant)?;
    // Whom a quotation names, the words around it do not speak of: "«Путін чекає», — цитує його агентство".
    let quotations = Quotations::of(&text.text);
    let is_of_another = |i: usize| quotations.cover(text.tokens[i].start) && !quotations.cover(text.tokens[at].start);
    let is_name = |i: usize| text.may_be_name(i) || text.is_concept(i, Kind::Name);
    (!(0..at).any(|i| is_name(i) && !is_of_another(i))).then_some(&text.tokens[at].text)
}

/// The word that a quotation answers with what was said before it: “It is a game,” said the director Ivan Berg.
fn answer(text: &Annotation) -> Option<&str> {
    let first = text.tokens.first().filter(|first| Quotations::of(&text.text).cover(first.start))?;
    let classes = [Class::It, Class::Demonstrative, Class::Pronoun, Class::Joining];
    classes.iter().any(|&class| first.is(class)).then_some(&first.text)
}

/// True for a text that has a word of another.
fn has_word(text: &Annotation, (other, i): (&Annotation, usize)) -> bool {
    (0..text.tokens.len()).any(|j| other.same_word(i, (text, j), LanguageMatch::Same))
}

/// The noun that an English text begins with as if it were known: "The group was", "The militant group stormed". What the title
/// has is.
fn definite<'t>(text: &'t Annotation, title: Option<&Annotation>) -> Option<&'t str> {
    if text.tokens.first()?.folded != "the" {
        return None;
    }
    let is_bare = |i: &usize| !text.tokens[*i].is_capitalised() && text.carries_meaning(*i) && is_next(text, *i - 1);
    let is_verb = |i: usize| {
        let token = &text.tokens[i];
        let is_past = token.is(Class::Past) || token.folded.ends_with("ed");
        is_past || token.is(Class::Auxiliary) || MODALS.contains(&token.folded.as_str())
    };
    let verb = (2..text.tokens.len().min(NOUN_PHRASE + 2)).find(|&i| is_verb(i))?;
    let is_known = (1..verb).any(|i| title.is_some_and(|title| has_word(title, (text, i))));
    ((1..verb).all(|i| is_bare(&i)) && !is_known).then_some(&text.tokens[verb - 1].text)
}

/// True for the whole that a text begins with a part of: "one of them", "a lot of it".
fn is_part(text: &Annotation, i: usize) -> bool {
    let is_whole = text.tokens[i].is(Class::Pronoun) || text.tokens[i].is(Class::It);
    let is_of = |before: usize| text.tokens[before].folded == "of" || text.tokens[before].is(Class::FromPoint);
    is_whole && (1..NEAR).contains(&i) && is_of(i - 1) && !(0..i).any(|before| text.may_be_name(before))
}

/// True for a word that stands for what was said before, or for whoever writes.
fn points_back(text: &Annotation, i: usize, own: &[usize]) -> bool {
    let token = &text.tokens[i];
    if speaks(text, i) {
        return true;
    }
    if token.is(Class::It) {
        let tells = |next: &usize| text.tokens[*next].is(Class::That) || text.tokens[*next].is(Class::TellsIt);
        return i == 0 && own.first() == Some(&0) && !own.iter().filter(|&&next| next > i).take(NEAR).any(tells);
    }
    if !token.is(Class::Demonstrative) {
        return false;
    }
    match text.tokens.get(i + 1) {
        // "this week", "this Saturday"
        Some(next) if next.is(Class::Span) || (next.is_capitalised() && !next.is_cyrillic()) => false,
        Some(_) if text.carries_meaning(i + 1) => !is_said_before(text, i + 1),
        // "About this the mayor said", "При этом в театре"
        _ => own.iter().take_while(|&&before| before < i).all(|&before| text.tokens[before].is(Class::Function)),
    }
}

/// True for a word for whoever writes, and not for "US" and "World War I".
fn speaks(text: &Annotation, i: usize) -> bool {
    let token = &text.tokens[i];
    let is_shout = token.is_acronym() || (token.text == "I" && i > 0 && text.tokens[i - 1].is_capitalised());
    token.is(Class::FirstPerson) && !is_shout
}

/// True when the word stands further in front, too: "The bridge was closed, and this bridge was the last".
fn is_said_before(text: &Annotation, i: usize) -> bool {
    (0..i).any(|before| text.same_word(before, (text, i), LanguageMatch::Same))
}

#[cfg(test)]
#[path = "alone_cases.rs"]
mod cases;
