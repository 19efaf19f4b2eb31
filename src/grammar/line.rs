//! One line as it is written, and what it may not say: labels, what earlier lines have said, and words of the other language.
//!
//! A weak model that has nothing more to say says the same again, and one that writes Ukrainian slips into Russian spelled
//! with the letters that both have. Words are judged where they end, and at the end of each token, too: a token that is
//! refused at the start of a word leads to another word, and one that is refused at its end only to a misspelled one.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock};

use super::names::NameSpellings;
use super::openings::Openings;
use super::script::{ListedWord, Script};
use crate::language::{Language, neighbours, words};

/// So many words in a row are not written twice. Fewer are names and titles, which facts share.
const REPEATED: usize = 8;
/// Letters from which on a word is taken for the one that it begins like.
const ALIKE: usize = 3;

/// Words that no sentence ends with, by language.
static HANGING: LazyLock<HashMap<Language, String>> = LazyLock::new(|| {
    toml::from_str(include_str!("../../prompts/hanging.toml"))
        .expect("prompts/hanging.toml is well-formed; a test reads it")
});

/// What every line of a text has to keep to, whatever the form of the text.
#[derive(Debug, Clone)]
pub struct TextRules {
    /// Characters, numbers and foreign words.
    pub script: Script,
    /// What no line may say.
    pub forbidden: ForbiddenWords,
    /// How names are spelled.
    pub names: NameSpellings,
}

/// What no line may say.
#[derive(Debug, Clone, Default)]
pub struct ForbiddenWords {
    /// What a line may not begin with: labels such as "Headline:".
    pub openings: Openings,
    /// Words of the neighbouring language, in lower case. One with a `+` behind it begins words of this language, so it is
    /// refused only where it ends.
    pub neighbours: Arc<BTreeSet<&'static str>>,
    /// Words that no sentence ends with, because another has to follow; in lower case, separated by spaces.
    pub hanging: &'static str,
}

impl ForbiddenWords {
    /// Those of a language.
    pub fn of(language: Language, openings: Openings) -> Self {
        let hanging = HANGING.get(&language).map_or("", String::as_str);
        Self { openings, neighbours: Arc::new(neighbours(language).collect()), hanging }
    }

    /// True for a word of the neighbouring language that is whole.
    fn has_word(&self, word: &str) -> bool {
        let has = |word: &str| self.neighbours.contains(word);
        has(word) || (!self.neighbours.is_empty() && has(&format!("{word}+")))
    }
}

/// The words of the line that is being written, and of those before it.
#[derive(Debug, Clone, Default)]
pub struct Line {
    /// The line so far, in lower case.
    text: String,
    /// Its characters.
    pub(super) length: usize,
    /// Its last character, as it was written.
    pub(super) last: Option<char>,
    /// The last word begins with a capital.
    capital: bool,
    /// The number or foreign word that is being written. It is never forbidden: what has begun one has to end it.
    pub(super) listed: ListedWord,
    earlier: Arc<Vec<Vec<String>>>,
}

impl Line {
    /// Takes one more character, or refuses it.
    pub(super) fn push(&mut self, c: char, script: &Script, forbidden: &ForbiddenWords) -> bool {
        let inside = self.text.ends_with(char::is_alphanumeric);
        let ends_word = inside && !c.is_alphanumeric() && self.listed.is_empty();
        if ends_word && (self.is_repeated() || (!self.is_initial(c) && forbidden.has_word(self.word()))) {
            return false;
        }
        if !self.listed.push(c, self.last, script) || forbidden.openings.refuse(&self.text, c) {
            return false;
        }
        if !inside {
            self.capital = c.is_uppercase();
        }
        self.text.extend(c.to_lowercase());
        self.last = Some(c);
        self.length += 1;
        true
    }

    /// True when a token may end like this, where the word may be whole or not. `before` is the line as it stood before it.
    pub(super) fn may_end_token(&self, before: &Self, forbidden: &ForbiddenWords) -> bool {
        let word = self.word();
        let is_letter = word.chars().nth(1).is_none();
        let is_whole = self.text.len() - word.len() >= before.text.len();
        if !word.is_empty() && is_whole && forbidden.openings.refuse_whole(&self.text) {
            return false;
        }
        let is_foreign = !is_letter && forbidden.neighbours.contains(word);
        word.is_empty() || !self.listed.is_empty() || !(self.is_repeated() || is_foreign)
    }

    /// True when the line may end here, as far as its words go.
    pub(super) fn may_end(&self, TextRules { script, forbidden, .. }: &TextRules) -> bool {
        self.listed.is_complete(script) && !forbidden.openings.refuse(&self.text, '\n')
    }

    /// True when the line is a number so far, perhaps with the mark of one that goes on.
    pub(super) fn is_number(&self) -> bool {
        let digits = self.text.strip_suffix('.').unwrap_or(&self.text);
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    }

    /// True after a word that another has to follow. With a capital it is an initial or a name.
    pub(super) fn hangs(&self, forbidden: &ForbiddenWords) -> bool {
        !self.capital && forbidden.hanging.split_whitespace().any(|word| word == self.word())
    }

    /// Ends the line, and keeps it in mind as one that is not said again.
    pub(super) fn end(&mut self) {
        let words = words(&self.text).map(str::to_owned).collect();
        Arc::make_mut(&mut self.earlier).push(words);
        self.clear();
    }

    /// Ends the line, which may be said again: the facts say what the summary is made of.
    pub(super) fn clear(&mut self) {
        *self = Self { earlier: std::mem::take(&mut self.earlier), ..Self::default() };
    }

    /// The word that the line ends with, in lower case, where it has a capital as names have.
    pub(super) fn name(&self) -> Option<&str> {
        self.capital.then(|| self.word())
    }

    /// The word that the line ends with, perhaps not whole; empty after a mark or a space.
    fn word(&self) -> &str {
        let before = self.text.trim_end_matches(char::is_alphanumeric).len();
        &self.text[before..]
    }

    /// True when a full stop behind the last word makes it the initial of a name: "К. Буданов" is no Russian "к".
    fn is_initial(&self, next: char) -> bool {
        self.capital && next == '.' && self.word().chars().nth(1).is_none()
    }

    /// True when the last words stand in an earlier line, too, or are about to.
    fn is_repeated(&self) -> bool {
        let written: Vec<&str> = words(&self.text).collect();
        let Some(last) = written.last_chunk::<REPEATED>().filter(|_| !self.earlier.is_empty()) else { return false };
        let (before, word) = (&last[..REPEATED - 1], last[REPEATED - 1]);
        let begins = |known: &String| known == word || (known.starts_with(word) && word.chars().count() >= ALIKE);
        let mut rows = self.earlier.iter().flat_map(|line| line.windows(REPEATED));
        rows.any(|known| begins(&known[REPEATED - 1]) && known[..REPEATED - 1].iter().eq(before.iter().copied()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes tokens until one is refused; what was written.
    fn written(earlier: &str, forbidden: &ForbiddenWords, tokens: &[&str]) -> String {
        let language = if earlier.is_empty() { Language::Uk } else { Language::En };
        let (script, mut line) = (Script::new(language, BTreeSet::new()), Line::default());
        earlier.chars().for_each(|c| assert!(line.push(c, &script, forbidden)));
        line.end();
        let mut text = String::new();
        for token in tokens {
            let mut next = line.clone();
            if !(token.chars().all(|c| next.push(c, &script, forbidden)) && next.may_end_token(&line, forbidden)) {
                break;
            }
            line = next;
            text.push_str(token);
        }
        text
    }

    #[test]
    fn every_language_has_words_that_no_sentence_ends_with() {
        for language in Language::ALL {
            let words = ForbiddenWords::of(language, Openings::default()).hanging;
            assert!(words.split_whitespace().count() > 10 && words == words.to_lowercase(), "{language}: {words}");
        }
    }

    #[test]
    fn eight_words_of_an_earlier_line_are_not_written_again() {
        let earlier = "The council met in the old customs house by the sea.";
        let none = ForbiddenWords::default();
        let written = |tokens: &str| written(earlier, &none, &tokens.split('|').collect::<Vec<_>>());
        assert_eq!(written("The council met in the old customs| house|"), "The council met in the old customs");
        assert_eq!(
            written("Council met in the old customs| hou|sing"),
            "Council met in the old customs hou|sing".replace('|', "")
        );
        assert_eq!(written("The council met in the old customs| t|own"), "The council met in the old customs town");
        assert_eq!(written("The council met in the old customs| hous|ing"), "The council met in the old customs");
        assert_eq!(written("The council met in the old customs house."), "", "within a token, too");
    }

    #[test]
    fn words_of_the_other_language_are_refused_whole() {
        let neighbours = Arc::new(["что", "и"].into());
        let parts = vec!["заголовок".to_owned()];
        let forbidden = ForbiddenWords {
            openings: Openings { parts, ..Openings::default() },
            neighbours,
            ..ForbiddenWords::default()
        };
        assert_eq!(written("", &forbidden, &["Він", " знав", " что"]), "Він знав");
        assert_eq!(written("", &forbidden, &["Він", " и", " вона"]), "Він и", "a letter may begin a word");
        assert_eq!(written("", &forbidden, &["И", ". Він", " знав"]), "И. Він знав", "an initial");
        assert_eq!(written("", &forbidden, &["И", " він"]), "И");
        assert_eq!(written("", &forbidden, &["Він", " и", ". Вона"]), "Він и");
        assert_eq!(written("", &forbidden, &["Він", " что", "сь"]), "Він");
        let neighbours = Arc::new(["как+", "что"].into());
        let begins = ForbiddenWords { neighbours, ..ForbiddenWords::default() };
        assert_eq!(written("", &begins, &["Ціни", " на", " как", "ао", "."]), "Ціни на какао.");
        assert_eq!(written("", &begins, &["Ціни", " как", " і"]), "Ціни как", "refused where it ends");
        assert_eq!(written("", &forbidden, &["Заголов", "ок", " —"]), "Заголовок");
        assert_eq!(written("", &forbidden, &["Заголов", "ок", " у", " газеті"]), "Заголовок у газеті");
        assert_eq!(written("", &forbidden, &["Цей", " заголовок", " —"]), "Цей заголовок —");
        let phrases = vec!["в статье".to_owned()];
        let forbidden =
            ForbiddenWords { openings: Openings { phrases, ..Openings::default() }, ..ForbiddenWords::default() };
        assert_eq!(written("", &forbidden, &["В", " статье", "пере"]), "В", "no talk that is glued to a word");
        assert_eq!(written("", &forbidden, &["В", " ст", "ать", "е", " он"]), "В статье", "in pieces, at the blank");
        assert_eq!(written("", &forbidden, &["В", " стать", "ях", " он"]), "В статьях он");
    }
}
