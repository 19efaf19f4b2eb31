//! Names that a translation has and its source has not.
//!
//! A weak model completes a sentence from what it has read before: it makes "The bridge opened on Monday" the deed of a
//! man of whom nobody spoke. Names are compared by their sound, and what sounds like nothing on the other side (Germany,
//! Німеччина) is counted: a translation may have as many of these as its source. Not here: how names are spelled
//! (`language::spelling`).

use super::number;
use crate::language::{Language, NameKey, Token, mentions, tokens};

/// Marks behind which any word may have a capital.
const OPENERS: &str = ".!?:;«»„“”\"'‘’([{—–…\n";

/// Words with capitals side by side, the names of days and months aside.
struct Name {
    /// Its words.
    words: Vec<Token>,
    /// True when its one word would have a capital anyway.
    is_first: bool,
}

/// What may be names in a text.
fn names(text: &str) -> Vec<Name> {
    let tokens = tokens(text);
    let dates: Vec<_> = mentions(text, &tokens).into_iter().filter(number::is_date).collect();
    let (mut end, mut goes_on) = (0, false);
    let mut found: Vec<Name> = Vec::new();
    for token in tokens {
        let between = &text[end..token.start];
        let opens = end == 0 || between.contains(|c| OPENERS.contains(c));
        end = token.end();
        let is_date = dates.iter().any(|date| (date.start..date.end).contains(&token.start));
        if !token.is_capitalised() || is_date || token.is_function_word() {
            goes_on = false;
            continue;
        }
        match found.last_mut().filter(|_| goes_on && matches!(between, " " | "-" | "\u{a0}")) {
            Some(name) => {
                name.words.push(token);
                name.is_first = false;
            }
            None => found.push(Name { words: vec![token], is_first: opens }),
        }
        goes_on = true;
    }
    found
}

impl Name {
    fn is_among(&self, sounds: &[NameKey]) -> bool {
        self.words.iter().map(|word| NameKey::of(&word.text)).any(|own| sounds.iter().any(|other| other.is_like(&own)))
    }

    fn text(&self) -> String {
        self.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
    }
}

/// Names of the translation that nothing in the source stands for.
pub(super) fn invented(source: &str, target: &str, to: Language) -> Vec<String> {
    let (own, heard, said) = (names(source), sounds(source), sounds(target));
    // English has capitals in titles (Supreme Court), which begin at what is a name elsewhere too.
    if to == Language::En && own.iter().any(|name| !name.is_first) {
        return Vec::new();
    }
    // The first word may be a name or not: it excuses a translation, and does not accuse one.
    let spare = own.iter().filter(|name| !name.is_among(&said)).count();
    let mut new = names(target);
    // Every language makes its own acronyms.
    new.retain(|name| !name.is_first && !name.words.iter().all(Token::is_acronym) && !name.is_among(&heard));
    match new.len() > spare {
        true => new.iter().map(Name::text).collect(),
        false => Vec::new(),
    }
}

fn sounds(text: &str) -> Vec<NameKey> {
    tokens(text).iter().map(|token| NameKey::of(&token.text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_of_whom_nobody_spoke_is_named() {
        for (source, target, to) in [
            ("The bridge opened on Monday.", "Микола Коваленко в понеділок відкрив школу.", Language::Uk),
            ("The mayor of Lviv opened a school.", "Мер Львова відкрив школу Коваленко.", Language::Uk),
            ("У понеділок відкрили міст.", "The bridge was opened by Kovalenko on Monday.", Language::En),
        ] {
            assert!(
                invented(source, target, to)
                    .iter()
                    .any(|name| name.contains("Коваленко") || name.contains("Kovalenko")),
                "{target}"
            );
        }
    }

    #[test]
    fn names_that_have_another_name_are_none() {
        for (source, target, to) in [
            (
                "In May, Germany and Hungary spoke of Kyiv.",
                "У травні Німеччина та Угорщина говорили про Київ.",
                Language::Uk,
            ),
            ("Germany is for it.", "За це виступає Німеччина.", Language::Uk),
            ("Мер сказав: «Ми не знали».", "\"We did not know,\" said the mayor.", Language::En),
            ("General Kisel left on Monday.", "У понеділок генерал Кісел пішов.", Language::Uk),
            ("«Укрзалізниця» купила потяги.", "Поезда купила «Укрзализныця».", Language::Ru),
        ] {
            assert_eq!(invented(source, target, to), Vec::<String>::new(), "{target}");
        }
    }

    /// Translations by people invent nobody.
    #[test]
    fn translations_by_people_are_seldom_accused() {
        let lines: Vec<Vec<&str>> =
            include_str!("../../tests/corpus/pairs.tsv").lines().map(|line| line.split('\t').collect()).collect();
        assert!(lines.len() >= 20);
        let columns = [0, 1, 2];
        for (from, to) in columns.into_iter().flat_map(|from| columns.map(|to| (from, to))) {
            let language = Language::ALL[to];
            let accused: Vec<_> = lines
                .iter()
                .map(|line| (invented(line[from], line[to], language), line[to]))
                .filter(|(it, _)| !it.is_empty())
                .collect();
            assert!(accused.len() * 20 <= lines.len(), "{from:?} to {language:?}: {accused:#?}");
        }
    }
}
