//! Words that tell a language from its neighbour where the letters do not: что has Ukrainian letters and is no Ukrainian word.

use super::Language;

/// Words that no Ukrainian text has, and those that no Russian text has; what follows `#` is a comment.
const UKRAINIAN: &str = include_str!("../data/neighbours.uk.txt");
const RUSSIAN: &str = include_str!("../data/neighbours.ru.txt");

/// The words of its neighbour that no text of this language has, in lower case; with a `+` behind it, one that begins a word
/// of this language.
pub fn neighbours(language: Language) -> impl Iterator<Item = &'static str> {
    list(match language {
        Language::En => "",
        Language::Uk => UKRAINIAN,
        Language::Ru => RUSSIAN,
    })
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The words of a text, in lower case.
    fn words(text: &str) -> BTreeSet<String> {
        text.to_lowercase().split(|c: char| !c.is_alphabetic()).map(str::to_owned).collect()
    }

    #[test]
    fn shut_words_are_of_the_other_language_alone() {
        let pairs = include_str!("../../../tests/corpus/pairs.tsv").lines();
        let column = |at| pairs.clone().filter_map(|line| line.split('\t').nth(at)).collect::<Vec<_>>().join("\n");
        let page = [
            include_str!("../../../tests/fixtures/uk/harbour-bridge/page.txt"),
            include_str!("../../../tests/fixtures/ru/harbour-bridge/page.txt"),
        ];
        let texts = [
            (format!("{}\n{}", page[0], column(1)), UKRAINIAN, RUSSIAN),
            (format!("{}\n{}", page[1], column(2)), RUSSIAN, UKRAINIAN),
        ];
        for (text, own, other) in texts {
            let words = words(&text);
            let found: Vec<&str> = list(own).filter(|&word| words.contains(word.trim_end_matches('+'))).collect();
            assert!(found.is_empty(), "{found:?}");
            let begins = |word: &&str| word.chars().nth(1).is_some() && words.iter().any(|own| own.starts_with(*word));
            let found: Vec<&str> = list(own).filter(begins).collect();
            assert!(found.is_empty(), "a word of the language begins with {found:?}");
            assert!(list(other).filter(|&word| words.contains(word)).count() >= 10, "a list that shuts nothing out");
        }
    }

    #[test]
    fn good_words_of_a_language_are_not_shut_out() {
        let known = |list_of: &str, word: &str| list(list_of).any(|known| known == word);
        for word in "переговори міста області города области мне чоловік".split(' ')
        {
            assert!(!known(UKRAINIAN, word), "{word}");
        }
        for word in "року годин початок яка вони уряд новина повинен".split(' ')
        {
            assert!(!known(RUSSIAN, word), "{word}");
        }
        // What stands here is words, and nothing that only looks like one.
        for text in [UKRAINIAN, RUSSIAN] {
            for word in list(text) {
                let letters = word.strip_suffix('+').unwrap_or(word);
                assert!(letters.chars().all(|c| c.is_lowercase() && c.is_alphabetic()), "{word}");
            }
        }
    }
}
