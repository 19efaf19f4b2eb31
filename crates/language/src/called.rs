//! Names that end in an exclamation or a question mark: Yahoo!, Guess?, Panic! At The Disco. The mark ends no sentence there.
//!
//! Few are known beforehand. A text shows the others itself: where the mark is followed by a comma, by a small letter or by
//! the form of a company, the word before it is a name with a mark, and it is one in the whole text.

use std::collections::HashSet;

use super::Language;
use super::abbreviation;
use super::token::words;

/// The longest name of this kind, in bytes.
const LONGEST: usize = 40;

/// Names that end in a mark and are often in the news without showing it.
const KNOWN: [&str; 7] = ["Yahoo", "Yum", "Jeopardy", "Joomla", "Wham", "Oklahoma", "Ahoy"];

/// The names of this kind in a text, each with its mark.
#[derive(Debug)]
pub(super) struct Called<'t> {
    names: HashSet<(&'t str, &'t str)>,
    language: Language,
}

impl<'t> Called<'t> {
    /// Looks through a text.
    pub(super) fn of(text: &'t str, language: Language) -> Self {
        let marks = text.match_indices(['!', '?']).filter(|&(at, _)| shows_name(&text[at + 1..]));
        let names = marks.filter_map(|(at, mark)| Some((name_before(&text[..at])?, mark))).collect();
        Self { names, language }
    }

    /// True when the mark between these two belongs to a name.
    pub(super) fn is_name(&self, before: &str, mark: &str, next: &str) -> bool {
        let Some(name) = name_before(before) else { return false };
        let mut words = words(next);
        let (first, second, third) = (words.next().unwrap_or_default(), words.next(), words.next());
        let is_starter = |word: &str| abbreviation::is_starter(self.language, &word.to_lowercase());
        let known = self.names.contains(&(name, mark)) || mark == "!" && KNOWN.contains(&name);
        // In a title small words have capitals too: no sentence goes on like that.
        let capital = |word: Option<&str>| word.is_some_and(|word| word.starts_with(char::is_uppercase));
        let titled =
            self.language == Language::En && second.is_some_and(is_starter) && capital(second) && capital(third);
        abbreviation::is_company_form(first) || known && !is_starter(first) || titled
    }
}

/// True where what follows a mark does not begin a sentence.
fn shows_name(after: &str) -> bool {
    let Some(next) = after.strip_prefix(' ') else { return after.starts_with([',', ';']) || is_of_owner(after) };
    let word = words(next).next().filter(|word| next.starts_with(word)).unwrap_or_default();
    next.starts_with(char::is_lowercase) || abbreviation::is_company_form(word)
}

/// "Yahoo!'s"
fn is_of_owner(after: &str) -> bool {
    after.strip_prefix(['\'', '’']).and_then(|it| it.strip_prefix('s')).is_some_and(|it| it.starts_with(' '))
}

/// The word in front of a mark, when it is in Latin letters and has a capital: "Привет! сказал он" is no name.
fn name_before(before: &str) -> Option<&str> {
    let near = &before[before.ceil_char_boundary(before.len().saturating_sub(LONGEST))..];
    let word = &near[near.trim_end_matches(|c: char| c.is_alphanumeric()).len()..];
    (word.len() < LONGEST && word.starts_with(|c: char| c.is_ascii_uppercase())).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_shows_its_names() {
        for (text, name) in [
            ("Jumbo! opened a shop", "Jumbo"),
            ("the shops of Jumbo!, said", "Jumbo"),
            ("Guess?'s shops", "Guess"),
            ("Guess? Inc. fell", "Guess"),
        ] {
            assert!(Called::of(text, Language::En).names.iter().any(|it| it.0 == name), "{text}");
        }
        for text in ["Stop! She left", "“Stop!” he said", "stop! it", "Стой! сказал он", "Why?", "No!!", ""]
        {
            assert!(Called::of(text, Language::En).names.is_empty(), "{text}");
        }
        Called::of(&"A!,".repeat(100_000), Language::En);
    }
}
