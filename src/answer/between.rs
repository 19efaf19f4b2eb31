//! Facts beside each other: what is said twice, and what contradicts itself.

use std::collections::HashSet;

use crate::language::{Annotation, Key, Weight, What};

/// Two facts with this share of words in common are one.
const REPEATED: f32 = 0.85;
/// Two facts with this share of words in common are of the same thing.
const ALIKE: f32 = 0.6;
/// With fewer words, a share says nothing.
const LEAST_WORDS: usize = 4;

/// How two facts are related.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Relation {
    /// The later says nothing new.
    Repeats,
    /// The later gives another number: this one.
    Contradicts(String),
    /// They can stand beside each other.
    None,
}

/// How a later fact stands to an earlier one in the same language.
pub(super) fn relation(later: &Annotation, earlier: &Annotation) -> Relation {
    let (ours, theirs) = (stems(later), stems(earlier));
    let common = ours.intersection(&theirs).count() as f32;
    let of_both = common / (ours.len() + theirs.len()).saturating_sub(common as usize).max(1) as f32;
    let (our_numbers, their_numbers) = (numbers(later), numbers(earlier));
    let same = |a: &What, b: &What| match (a, b) {
        (What::Number(a), What::Number(b)) => a.values.iter().any(|value| b.values.contains(value)),
        (a, b) => a == b,
    };
    let new = our_numbers.iter().find(|(ours, _)| !their_numbers.iter().any(|(theirs, _)| same(ours, theirs)));
    let gone = their_numbers.iter().any(|(theirs, _)| !our_numbers.iter().any(|(ours, _)| same(ours, theirs)));
    let short = ours.len().min(theirs.len()) < LEAST_WORDS;
    match new {
        Some((_, value)) if gone && !short && of_both >= ALIKE && our_numbers.len() == their_numbers.len() => {
            Relation::Contradicts(value.clone())
        }
        None if !gone && ((!short && of_both >= REPEATED) || (ours == theirs && later.text == earlier.text)) => {
            Relation::Repeats
        }
        _ => Relation::None,
    }
}

fn stems(reading: &Annotation) -> HashSet<&Key> {
    let own = |i: usize| reading.keys[i].iter().find(|key| matches!(key, Key::Stem(_)));
    (0..reading.tokens.len()).filter(|&i| reading.carries_meaning(i)).filter_map(own).collect()
}

/// The numbers that a fact says, dates aside: two dates in two facts are seldom of one thing.
fn numbers(reading: &Annotation) -> Vec<(&What, String)> {
    let firm = reading.mentions.iter().filter(|mention| mention.weight == Weight::Firm);
    firm.map(|mention| (&mention.what, reading.text[mention.start..mention.end].to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(later: &str, earlier: &str) -> Relation {
        relation(&Annotation::of(later), &Annotation::of(earlier))
    }

    #[test]
    fn facts_are_compared() {
        let fact = "The council paid 14 million for the old bridge over the river.";
        assert_eq!(of(fact, fact), Relation::Repeats);
        assert_eq!(of("For the old bridge over the river, the council paid 14 million.", fact), Relation::Repeats);
        let other = "The council paid 15 million for the old bridge over the river.";
        assert_eq!(of(other, fact), Relation::Contradicts("15 million".into()));
        assert_eq!(of("The mayor opened the new school on Friday.", fact), Relation::None);
        assert_eq!(of("The council sold the ferry.", fact), Relation::None);
    }
}
