//! The persons of a sentence, by their names, and the roles that stand beside them.

use super::clause;
use super::reference::Reference;
use crate::language::{Annotation, Class, Kind, Role, Table, role};

/// Words between a name and its role: "the mayor of York, Anna Berg".
const BESIDE: usize = 3;

/// The name of a person, by its first and last token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) first: usize,
    pub(super) last: usize,
}

/// The persons that a sentence names, as far as capitals tell. Places and what stands in quotation marks are none.
pub(super) fn persons(reading: &Annotation, reference: &Reference) -> Vec<Person> {
    let mut found = Vec::new();
    let mut i = 0;
    while i < reading.tokens.len() {
        if !is_part(reading, i, reference) {
            i += 1;
            continue;
        }
        let mut last = i;
        while is_joined(reading, last) && is_part(reading, last + 1, reference) {
            last += 1;
        }
        let person = Person { first: i, last };
        if !is_place(reading, person) && !is_quoted(reading, person) {
            found.push(person);
        }
        i = last + 1;
    }
    found
}

/// The name as it stands.
pub(super) fn text_of(reading: &Annotation, person: Person) -> &str {
    &reading.text[reading.tokens[person.first].start..reading.tokens[person.last].end()]
}

/// The roles right before a name, the nearest first: "deputy minister Igor Hlavac".
pub(super) fn attached_before(reading: &Annotation, person: Person) -> impl Iterator<Item = (Role, usize)> + '_ {
    let before = (0..person.first).rev().take_while(|&i| gap(reading, i).trim_matches('-').trim().is_empty());
    before.map_while(|i| Some((role(&reading.tokens[i].folded)?, i)))
}

/// The roles in the clause of a name, or near it.
pub(super) fn roles_beside(reading: &Annotation, person: Person) -> impl Iterator<Item = (Role, usize)> + '_ {
    let clause = clause::around(reading, person.first);
    let first = clause.first.min(person.first.saturating_sub(BESIDE));
    let last = clause.last.max((person.last + BESIDE).min(reading.tokens.len() - 1));
    (first..=last).filter_map(|i| Some((role(&reading.tokens[i].folded)?, i)))
}

/// What stands behind token `i`.
fn gap(reading: &Annotation, i: usize) -> &str {
    let end = reading.tokens[i].end();
    reading.tokens.get(i + 1).map_or("", |next| &reading.text[end..next.start])
}

fn is_joined(reading: &Annotation, i: usize) -> bool {
    matches!(gap(reading, i), " " | "-" | "\u{a0}")
}

fn is_part(reading: &Annotation, i: usize, reference: &Reference) -> bool {
    let token = &reading.tokens[i];
    let common =
        reading.is_concept(i, Kind::Word) || (token.folded.is_ascii() && Table::shared().is_common(&token.folded));
    if !token.is_capitalised() || !reading.carries_meaning(i) || token.is_acronym() || role(&token.folded).is_some() {
        return false;
    }
    let (known, certain) = reference.with_name(reading, i);
    // A sentence may begin with any word, and then with a name: "Earlier Olifirenko", "Prague's mayor".
    let next = reading.tokens.get(i + 1).filter(|_| is_joined(reading, i));
    let named = || {
        next.is_some_and(|it| it.is_capitalised() && role(&it.folded).is_none())
            && !known.is_empty()
            && !reading.is_concept(i + 1, Kind::Name)
    };
    // "Oscar-winning"
    let part = gap(reading, i) == "-" && next.is_some_and(|it| !it.is_capitalised());
    !common && !part && (!reading.begins(i) || certain || reading.is_concept(i, Kind::Name) || named())
}

fn is_place(reading: &Annotation, person: Person) -> bool {
    let listed = (person.first..=person.last).all(|i| reading.is_concept(i, Kind::Name));
    let before = person.first.checked_sub(1).map(|i| &reading.tokens[i]);
    let behind = before.is_some_and(|it| {
        it.is(Class::InPlace)
            || it.is(Class::FromPoint)
            || it.is(Class::ToPoint)
            || it.folded == "of"
            || it.folded == "near"
    });
    person.first == person.last && (listed || behind)
}

fn is_quoted(reading: &Annotation, person: Person) -> bool {
    let before = &reading.text[..reading.tokens[person.first].start];
    let after = &reading.text[reading.tokens[person.last].end()..];
    before.ends_with(['«', '“', '"', '„']) || after.starts_with(['»', '”', '"'])
}
