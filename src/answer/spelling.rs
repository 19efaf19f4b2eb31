//! Words of a text that are none: neither the dictionary of its language nor the article has them.
//!
//! Only words in lower case are judged, because any name may be written with a capital; the first word of a sentence is judged
//! as if it had none, unless the article has such a name. An abbreviation, a word with digits and a piece of an address are no
//! words of a dictionary. Words with a hyphen between them are one word.
//!
//! What the article has is a word, too: in these letters, in another form where the dictionary does not know the article's word
//! either (else it would know its forms), or in the letters of another alphabet. A word of the neighbouring language is none,
//! even if the article is in that language. Without a dictionary of its language no text is judged. Not here: words with
//! letters of two alphabets (`form`), names (`names`).

use std::ops::Range;

use super::reference::Reference;
use super::{Finding, FindingKind, Place};
use crate::language::{Annotation, Key, Kind, Language, LanguageMatch, NameKey, Token};

/// Letters of the shortest word that is judged. Shorter ones are mostly abbreviations and names of units.
const SHORTEST: usize = 3;
/// Letters of the longest word that an abbreviation with a full stop leaves: тис., обл., approx. has its own entry.
const LONGEST_ABBREVIATION: usize = 4;
/// Letters at the end that the forms of one word may not have in common.
const ENDING: usize = 3;
const VOWELS: &str = "aeiouyаеєиіїоуюяёыэ";

/// How many words of a text are words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WordCount {
    /// Words that are judged: no names, no abbreviations, no codes.
    pub judged: u64,
    /// Those that a dictionary or the article has.
    pub known: u64,
}

impl Reference {
    /// The words of a text in this language that are none.
    pub(super) fn unknown_words(&self, text: &Annotation, language: Language, place: Place) -> Vec<Finding> {
        let mut found: Vec<Finding> = Vec::new();
        for word in words(text).filter(|word| word.is_judged(language)) {
            let is_known = self.dictionaries.knows(word.text(), language).unwrap_or(true);
            let told = || found.iter().any(|finding| finding.value == word.text());
            if !is_known && !told() && !self.has_word(&word, language) {
                found.push(Finding::new(FindingKind::WordUnknown, place, word.text()));
            }
        }
        found
    }

    /// Counts the words of a text in this language that can be judged, and those that a dictionary or the article has.
    /// Without a dictionary of the language there is nothing to count.
    pub fn count_words(&self, text: &str, language: Language) -> WordCount {
        let text = self.claim(text);
        let mut count = WordCount::default();
        for word in words(&text).filter(|word| word.is_judged(language)) {
            let Some(is_known) = self.dictionaries.knows(word.text(), language) else { continue };
            count.judged += 1;
            count.known += u64::from(is_known || self.has_word(&word, language));
        }
        count
    }

    /// True when the article has each part of a word that the dictionary does not know.
    fn has_word(&self, word: &Word<'_>, language: Language) -> bool {
        let is_single = word.parts.len() == 1;
        word.parts.clone().all(|i| {
            let is_known = !is_single && self.dictionaries.knows(&word.of.tokens[i].text, language) == Some(true);
            is_known || self.has_name_like((word.of, i)) || self.has_form(&word.of.tokens[i], language)
        })
    }

    /// True when the article has a word in these letters, or its dictionary does not know the word that this one is a form or
    /// a transliteration of.
    fn has_form(&self, token: &Token, language: Language) -> bool {
        let theirs = self.article().language();
        let is_form = |other: &Token| {
            if language == theirs && other.folded == token.folded {
                return true;
            }
            let is_unknown = || self.dictionaries.knows(&other.text.to_lowercase(), theirs) == Some(false);
            other.folded == token.folded && !token.is_cyrillic()
                || has_one_beginning(&other.folded, &token.folded) && is_unknown()
        };
        let stem = Key::Stem(token.lemma.clone());
        let sentences = self.with_keys(std::iter::once(&stem));
        let same = self.readings(&sentences).flat_map(|reading| &reading.tokens).any(is_form);
        same || (self.language_match(language) == LanguageMatch::Other && self.has_sound(token))
    }

    /// True when the article has a word of another alphabet that sounds like this one: blockchain, блокчейн.
    fn has_sound(&self, token: &Token) -> bool {
        let key = NameKey::of(&token.folded);
        let every = self.everywhere();
        self.readings(&every).any(|reading| {
            let mut words = reading.tokens.iter().zip(&reading.name_keys);
            words.any(|(other, sound)| {
                !other.is_number() && other.is_cyrillic() != token.is_cyrillic() && sound.is_like(&key)
            })
        })
    }
}

/// True for words that differ at their ends alone.
fn has_one_beginning(one: &str, other: &str) -> bool {
    let same = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let longest = one.chars().count().max(other.chars().count());
    same >= SHORTEST && same + ENDING >= longest
}

/// A word of a text: tokens with hyphens between them.
struct Word<'t> {
    of: &'t Annotation,
    parts: Range<usize>,
}

/// The words of a text, in order.
fn words(text: &Annotation) -> impl Iterator<Item = Word<'_>> {
    let is_joined = |i: usize| {
        let gap = text.text.get(text.tokens[i - 1].end()..text.tokens[i].start);
        matches!(gap, Some("-" | "‐" | "‑"))
    };
    let starts: Vec<usize> = (0..text.tokens.len()).filter(|&i| i == 0 || !is_joined(i)).collect();
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([text.tokens.len()]).collect();
    starts.into_iter().zip(ends).map(|(start, end)| Word { of: text, parts: start..end })
}

impl<'t> Word<'t> {
    fn range(&self) -> Range<usize> {
        self.of.tokens[self.parts.start].start..self.of.tokens[self.parts.end - 1].end()
    }

    fn text(&self) -> &'t str {
        &self.of.text[self.range()]
    }

    fn is_judged(&self, language: Language) -> bool {
        let text = self.text();
        let long = text.chars().filter(|c| c.is_alphabetic()).count() >= SHORTEST;
        let plain =
            !text.contains(|c: char| c.is_ascii_digit()) && text.to_lowercase().contains(|c| VOWELS.contains(c));
        long && plain
            && self.has_no_capital(language)
            && !self.is_mixed()
            && !self.is_in_address()
            && !self.is_abbreviation()
    }

    /// True for a word in lower case, and for one whose capital is that of a sentence.
    fn has_no_capital(&self, language: Language) -> bool {
        let (first, text) = (self.parts.start, self.text());
        let inside = text.chars().skip(1).any(char::is_uppercase);
        let before = self.of.text[..self.range().start].trim_end();
        // A name in another alphabet is written as it is.
        let own = self.of.tokens[first].is_cyrillic() == (language != Language::En);
        let begins = || own && (before.is_empty() || before.ends_with(['.', '!', '?', '…']));
        let begins = || begins() && !self.of.is_concept(first, Kind::Name);
        !inside && (!self.of.tokens[first].is_capitalised() || begins())
    }

    fn is_mixed(&self) -> bool {
        let text = self.text();
        text.contains(|c: char| c.is_ascii_alphabetic()) && text.contains(|c| ('\u{400}'..='\u{52f}').contains(&c))
    }

    /// True for a piece of an address, a tag, or a path: example.org, @name, #tag.
    fn is_in_address(&self) -> bool {
        let (before, behind) = (&self.of.text[..self.range().start], &self.of.text[self.range().end..]);
        let mark = |c: char| matches!(c, '/' | '@' | '#' | '_' | '\\' | '=' | '&');
        let goes_on =
            behind.starts_with(['.', ':']) && behind[1..].starts_with(|c: char| c.is_alphanumeric() || c == '/');
        before.ends_with(mark) || before.ends_with('.') || behind.starts_with(mark) || goes_on
    }

    /// True for a short word with a full stop that does not end its sentence: тис. осіб, ім. Шевченка.
    fn is_abbreviation(&self) -> bool {
        let Some(behind) = self.of.text[self.range().end..].strip_prefix('.') else { return false };
        let next = behind.trim_start().chars().next();
        let short = self.text().chars().count() <= LONGEST_ABBREVIATION;
        next.is_some_and(|c| short || c.is_lowercase() || c.is_ascii_digit() || c == ',')
    }
}

#[cfg(test)]
mod tests {
    use super::super::Resources;
    use super::*;
    use crate::intake::{AnnotatedArticle, Source, read};
    use crate::language::{Dictionaries, DictionaryFiles};

    const RUSSIAN: &str =
        "мост\nоткрыли\nв\nи\nпосле\nремонта\nпервым\nпо\nнему\nпроехал\nавтобус\nоб\nэтом\nсказал\nмэр\nсубботу\n";
    const UKRAINIAN: &str = "міст\nвідкрили\nпісля\nремонту\nсказав\nмер\nпро\nце\nсередній\nвважає\n";

    /// Does something with an article and a dictionary of Russian and one of Ukrainian.
    fn with_dictionaries<T>((article, theirs): (&str, Language), work: impl Fn(&Reference) -> T) -> T {
        let folder = tempfile::tempdir().unwrap();
        let files = [("ru", Language::Ru, RUSSIAN), ("uk", Language::Uk, UKRAINIAN)].map(|(name, language, words)| {
            let files = DictionaryFiles {
                affixes: folder.path().join(name).with_extension("aff"),
                stems: folder.path().join(name).with_extension("dic"),
            };
            std::fs::write(&files.affixes, "SET UTF-8\n").unwrap();
            std::fs::write(&files.stems, format!("20\n{words}")).unwrap();
            (language, files)
        });
        let resources = Resources { dictionaries: Dictionaries::of(files), ..Resources::default() };
        let source = Source { bytes: article.into(), name: "test".into(), title: None, language: Some(theirs) };
        let reference = Reference::with(AnnotatedArticle::of(read(source).unwrap()), &resources);
        work(&reference)
    }

    /// The unknown words of a text about an article.
    fn found((text, language): (&str, Language), article: (&str, Language)) -> Vec<String> {
        let findings = with_dictionaries(article, |reference| {
            reference.unknown_words(&Annotation::of(text), language, Place::Fact)
        });
        findings.into_iter().map(|finding| finding.value).collect()
    }

    const ARTICLE: &str = "Мост открыли в субботу после ремонта, и первым по нему проехал автобус Чернигов. Об этом \
        сказал мэр Чернигова, глава маркетплейса. Чиновники проехали по нему и ремонта после этого, сказал мэр.";

    #[test]
    fn a_word_that_neither_dictionary_nor_article_has_is_found() {
        let found = |text| found((text, Language::Ru), (ARTICLE, Language::Ru));
        assert_eq!(found("После ремонта мост открыли."), [""; 0]);
        assert_eq!(found("Моcт… Первым проехал автобуслик, и автобуслик."), ["автобуслик"]);
        assert_eq!(found("Подшибцев открыли."), ["Подшибцев"], "the capital of the sentence");
        assert_eq!(found("Открыли Подшибцев, АБВГД, 5-й и В2В."), [""; 0], "names and codes are another matter");
        assert_eq!(found("Мэр сказал о чиновники-мост, маркетплейсами."), [""; 0], "the article has them");
        assert_eq!(found("Открыли после чиновнихов."), ["чиновнихов"]);
        assert_eq!(found("Открыли на mosty.example.org/ремонтик после тыс. мост, грн."), [""; 0]);
    }

    #[test]
    fn words_are_counted_where_a_dictionary_can_judge_them() {
        let count = |(text, language): (&str, Language)| {
            with_dictionaries((ARTICLE, Language::Ru), |reference| {
                let WordCount { judged, known } = reference.count_words(text, language);
                (judged, known)
            })
        };
        assert_eq!(count(("После ремонта первым автобуслик, и автобуслик.", Language::Ru)), (5, 3), "each time");
        assert_eq!(count(("Мэр Подшибцев об АБВ и 5-й грн сказал.", Language::Ru)), (2, 2), "names and codes aside");
        assert_eq!(count(("The mayor said.", Language::En)), (0, 0), "there is no dictionary");
    }

    #[test]
    fn a_word_of_the_neighbour_is_none() {
        let found = |text| found((text, Language::Uk), (ARTICLE, Language::Ru));
        assert_eq!(found("Після ремонту міст открыли."), ["открыли"], "though the article has it");
        assert_eq!(found("Про це сказав мер, після маркетплейсу."), [""; 0], "a word that is new in both");
        assert_eq!(found("Чернігівський міст відкрили."), [""; 0], "a name of the article");
        let english =
            "The mayor said that a blockchain of the bridge opened after the long repair on Saturday morning.";
        let found = |text| super::tests::found((text, Language::Uk), (english, Language::En));
        assert_eq!(found("Блокчейн після ремонту, сказав мер про блокчейни."), [""; 0]);
        assert_eq!(found("Мер сказав про плащирі."), ["плащирі"]);
    }
}
