//! Judges one translated sentence: numbers, money, dates, names, language, length, repetition, and what had to come through.
//!
//! A fault does not prove a bad sentence; it is a reason to let another translator try, and to tell the reader when none
//! does better. Not here: what happens then (`translators`), and what only a model with a prompt
//! does (`talk`).

use std::ops::Range;

use serde::Serialize;

use super::kept::Kept;
use super::{Direction, name, number, separators};
use crate::language::{Language, language_of, reads_as_the_neighbour, tokens, words};

/// Something that does not hold in a translated sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Fault {
    /// What it is.
    pub kind: FaultKind,
    /// The number, word or text concerned; empty where it is the whole sentence.
    pub value: String,
}

impl Fault {
    pub(super) fn new(kind: FaultKind, value: impl Into<String>) -> Self {
        Self { kind, value: value.into() }
    }
}

/// Kinds of faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FaultKind {
    /// A number that only one side has, or one that its new language reads as another.
    NumberChanged,
    /// A date, a weekday or a month that only one side has.
    DateChanged,
    /// Money or percent that only one side has.
    UnitChanged,
    /// A name that only the translation has.
    NameInvented,
    /// Letters or whole sentences of another language.
    WrongLanguage,
    /// Words of the source that were left as they are.
    Untranslated,
    /// Far too long or too short.
    Length,
    /// The same words again and again.
    Repeated,
    /// An address, a placeholder or an emoji that is gone.
    Lost,
    /// An address, a placeholder or an emoji that the source does not have, or not so often.
    Added,
    /// A placeholder without a name, or a tag, that stands in another order.
    Moved,
    /// A tag that has no words around it any more.
    TagEmptied,
    /// The prompt of the model, or talk about the task, in the place of a translation.
    PromptEcho,
    /// A term of the glossary in another form.
    Glossary,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let what = match self.kind {
            FaultKind::NumberChanged => "a number that only one side has",
            FaultKind::DateChanged => "a date that only one side has",
            FaultKind::UnitChanged => "a unit that only one side has",
            FaultKind::NameInvented => "a name that the source does not have",
            FaultKind::WrongLanguage => "not in the language asked for",
            FaultKind::Untranslated => "not translated",
            FaultKind::Length => "characters before and after",
            FaultKind::Repeated => "the same words again and again",
            FaultKind::Lost => "lost",
            FaultKind::Added => "not in the source, or not so often",
            FaultKind::Moved => "in another order",
            FaultKind::TagEmptied => "a tag without its words",
            FaultKind::PromptEcho => "the model speaks of its task",
            FaultKind::Glossary => "not as the glossary says",
        };
        if self.value.is_empty() { f.write_str(what) } else { write!(f, "{what}: {}", self.value) }
    }
}

impl FaultKind {
    /// True when something is gone, or too much, that a program or a page needs.
    pub(super) fn breaks_what_stays(self) -> bool {
        matches!(self, Self::Lost | Self::Added | Self::Moved)
    }
}

/// Sentences shorter than this many letters say little by their length.
const SHORT: usize = 24;
/// Letters that a short text may have more than twice its source: "UN" is three words in Ukrainian.
const SPARE: usize = 20;
/// Letters that an acronym may stand for.
const ACRONYM: usize = 10;
/// How much longer or shorter a translation may be, as a factor.
const RATIO: f32 = 2.5;
/// Words that may stand side by side again and again, as in "so, so, so", before it is a loop.
const STUTTER: usize = 4;

/// The faults of `target` as a translation of `source`; `kept` are the parts that had to stay, in order.
pub(super) fn faults(source: &str, target: &str, direction: Direction, kept: &[Range<usize>]) -> Vec<Fault> {
    let kept = Kept::new(source, kept);
    let mut found = kept.faults(target);
    // Addresses have digits and letters of their own; the prose is judged without them.
    let (prose, rendered) = (kept.without(source), kept.without(target));
    found.extend(number::differences((&prose, direction.from), (&rendered, direction.to)));
    let left = separators::left(&prose, &rendered, direction);
    found.extend(left.into_iter().map(|number| Fault::new(FaultKind::NumberChanged, number)));
    let units = number::changed_units(&prose, &rendered);
    found.extend(units.into_iter().map(|unit| Fault::new(FaultKind::UnitChanged, unit)));
    let names = name::invented(&prose, &rendered, direction.to);
    found.extend(names.into_iter().map(|name| Fault::new(FaultKind::NameInvented, name)));
    found.extend(foreign(&prose, &rendered, direction));
    found.extend(length(&prose, &rendered));
    if stutters(&rendered) && !stutters(&prose) {
        found.push(Fault::new(FaultKind::Repeated, ""));
    }
    found
}

/// True when a fault says that a rendering is made up, so that a reader is better served with the source.
pub(super) fn is_made_up(fault: &Fault, source: &str, target: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
    match fault.kind {
        FaultKind::PromptEcho => true,
        FaultKind::Length => letters(target) > letters(source),
        _ => false,
    }
}

/// Letters of another alphabet, words that were left, and sentences in the wrong language.
fn foreign(source: &str, target: &str, direction: Direction) -> Option<Fault> {
    let wrong = |c: &char| match direction.to {
        Language::En => matches!(c, '\u{400}'..='\u{52f}'),
        cyrillic => cyrillic.letters_of_the_other().contains(*c),
    };
    if let Some(word) = words(target).find(|word| word.chars().any(|c| wrong(&c))) {
        return Some(Fault::new(FaultKind::WrongLanguage, word));
    }
    if reads_as_the_neighbour(target, direction.to) {
        return Some(Fault::new(FaultKind::WrongLanguage, ""));
    }
    let same_script = direction.from != Language::En && direction.to != Language::En;
    if source.trim() == target.trim() && words(source).count() > 3 && !is_in(target, direction.to) {
        return Some(Fault::new(FaultKind::Untranslated, target));
    }
    if direction.to == Language::En || same_script {
        return None;
    }
    // A word in small Latin letters inside Cyrillic text was left; a name or a code may stay.
    let left = words(target).find(|word| word.len() > 2 && word.bytes().all(|b| b.is_ascii_lowercase()));
    left.filter(|left| words(source).any(|word| word == *left)).map(|word| Fault::new(FaultKind::Untranslated, word))
}

/// True when the text is clearly in the language.
pub(super) fn is_in(text: &str, language: Language) -> bool {
    const SURE: f32 = 0.8;
    language_of(text).is_some_and(|guess| guess.language == Some(language) && guess.confidence >= SURE)
}

fn length(source: &str, target: &str) -> Option<Fault> {
    let count = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
    let (before, after) = (count(source), count(target));
    let ratio = (after.max(1) as f32) / (before.max(1) as f32);
    let acronyms = tokens(source).iter().filter(|token| token.is_acronym()).count();
    let wrong = match before < SHORT {
        true => after == 0 || after > 2 * before + SPARE + ACRONYM * acronyms,
        false => !(1.0 / RATIO..=RATIO).contains(&ratio),
    };
    (wrong && before > 0).then(|| Fault::new(FaultKind::Length, format!("{before} to {after}")))
}

/// One to four words that come [`STUTTER`] times in a row.
fn stutters(text: &str) -> bool {
    let words: Vec<&str> = words(text).collect();
    (1..=4).any(|n| words.windows(n * STUTTER).any(|run| run.chunks(n).all(|chunk| chunk == &run[..n])))
}

#[cfg(test)]
mod tests {
    use super::Language::{En, Ru, Uk};
    use super::*;

    fn kinds(source: &str, target: &str, (from, to): (Language, Language), kept: &[&str]) -> Vec<FaultKind> {
        let mut places: Vec<_> = kept
            .iter()
            .zip(1..)
            .map(|(it, nth)| {
                let nth = kept[..nth].iter().filter(|other| *other == it).count();
                source.match_indices(it).nth(nth - 1).map_or(0..0, |(at, _)| at..at + it.len())
            })
            .collect();
        places.sort_by_key(|range| range.start);
        faults(source, target, Direction { from, to }, &places).into_iter().map(|fault| fault.kind).collect()
    }

    #[test]
    fn good_sentences_have_no_fault() {
        let url = "https://a.ua/7";
        for (source, target, from, to) in [
            ("The mayor opened 2 schools on Monday.", "Мер відкрив дві школи в понеділок.", En, Uk),
            ("HUR wrote about it: https://a.ua/7", "ГУР написало про це: https://a.ua/7", En, Uk),
            ("UN", "Організація Об'єднаних Націй", En, Uk),
            ("Google купила стартап за $1 млрд.", "Google bought a startup for $1 billion.", Ru, En),
        ] {
            let kept: &[&str] = if source.contains(url) { &[url] } else { &[] };
            assert_eq!(kinds(source, target, (from, to), kept), [], "{target}");
        }
    }

    #[test]
    fn faults_are_named() {
        use FaultKind::*;
        for (source, target, to, kept, kind) in [
            ("The mayor opened 2 schools on Monday.", "Мер відкрив 3 школи в понеділок.", Uk, vec![], NumberChanged),
            ("It cost 12 million euros.", "Це коштувало 12 мільйонів гривень.", Uk, vec![], UnitChanged),
            ("The bridge opened on Monday.", "Микола Коваленко відкрив міст у понеділок.", Uk, vec![], NameInvented),
            ("The mayor opened schools on Monday.", "Мэр открыл школы в понедельник.", Uk, vec![], WrongLanguage),
            ("The mayor opened schools on Monday.", "Мэр відкрив школи.", Ru, vec![], WrongLanguage),
            (
                "The loss of a device may worry them.",
                "Потеря устройства может привести их до беспокойства.",
                Uk,
                vec![],
                WrongLanguage,
            ),
            ("The mayor opened schools on Monday.", "Мер opened школи в понеділок.", Uk, vec![], Untranslated),
            ("The mayor opened schools on Monday.", "Мер.", Uk, vec![], Length),
            ("Who pays?", "Платить той, хто замовляє музику на цьому святі", Uk, vec![], Length),
            ("It opens on Friday.", "Він відкриється в понеділок.", Uk, vec![], DateChanged),
            ("It opens in June.", "Он откроется в июле.", Ru, vec![], DateChanged),
            ("Of the 2,300 flats", "Із 2,300 квартир", Uk, vec![], NumberChanged),
            ("The mayor opened schools on Monday.", "Мер школа школа школа школа школа.", Uk, vec![], Repeated),
            (
                "Write to a@b.ua and to a@b.ua at once.",
                "Пишіть на a@b.ua негайно, будь ласка.",
                Uk,
                vec!["a@b.ua", "a@b.ua"],
                Lost,
            ),
        ] {
            assert!(kinds(source, target, (En, to), &kept).contains(&kind), "{target}: {kind:?}");
        }
    }
}
