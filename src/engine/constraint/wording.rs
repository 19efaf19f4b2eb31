//! What a line may not say: labels, what earlier lines have said, and words of the other language.
//!
//! A weak model that has nothing more to say says the same again, and one that writes Ukrainian slips into Russian spelled
//! with the letters that both have. Words are judged where they end, and at the end of each token, too: a token that is
//! refused at the start of a word leads to another word, and one that is refused at its end only to a misspelled one.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::opening::Openings;

/// So many words in a row are not written twice. Shorter runs are names and titles, which facts share.
const RUN: usize = 8;
/// Letters from which on a word is taken for the one that it begins like.
const ALIKE: usize = 3;

/// What no line may say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shut {
    /// What a line may not begin with: labels such as "Headline:".
    pub openings: Openings,
    /// Words of the other language, in lower case. One with a `+` behind it begins words of this language, so it is refused
    /// only where it ends.
    pub words: Arc<BTreeSet<String>>,
    /// Words that no sentence ends with, in lower case, separated by spaces.
    pub hanging: &'static str,
}

impl Shut {
    /// True for a word of the other language that is whole.
    fn has_word(&self, word: &str) -> bool {
        self.words.contains(word) || (!self.words.is_empty() && self.words.contains(&format!("{word}+")))
    }
}

/// What the last word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// Written freely.
    Free,
    /// A number or a foreign word of a list. It is never shut out: what has begun one has to end it.
    Listed,
}

/// The words of the line that is being written, and of those before it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Wording {
    /// The line so far, in lower case.
    line: String,
    /// The last word begins with a capital.
    capital: bool,
    earlier: Arc<Vec<Vec<String>>>,
}

impl Wording {
    /// Takes one more character after a word of this kind, or refuses it.
    pub(super) fn push(&mut self, c: char, kind: Word, shut: &Shut) -> bool {
        let ends_word = !c.is_alphanumeric() && self.line.ends_with(char::is_alphanumeric);
        if ends_word && kind == Word::Free && (self.is_again() || (!self.is_initial(c) && shut.has_word(self.word()))) {
            return false;
        }
        if shut.openings.refuse(&self.line, c) {
            return false;
        }
        if !self.line.ends_with(char::is_alphanumeric) {
            self.capital = c.is_uppercase();
        }
        self.line.extend(c.to_lowercase());
        true
    }

    /// True when the line may stand like this at the end of a token, where the word may be whole or not. `before` is the
    /// line as it stood before that token.
    pub(super) fn may_rest(&self, before: &Self, kind: Word, shut: &Shut) -> bool {
        let word = self.word();
        let is_letter = word.chars().nth(1).is_none();
        let is_whole = self.line.len() - word.len() >= before.line.len();
        if !word.is_empty() && is_whole && shut.openings.refuse_whole(&self.line) {
            return false;
        }
        word.is_empty() || kind == Word::Listed || !(self.is_again() || (!is_letter && shut.words.contains(word)))
    }

    /// True when the line may end here, as far as its words go.
    pub(super) fn may_break(&self, shut: &Shut) -> bool {
        !shut.openings.refuse(&self.line, '\n')
    }

    /// True when the line is a number so far, perhaps with the mark of one that goes on.
    pub(super) fn is_number(&self) -> bool {
        let digits = self.line.strip_suffix('.').unwrap_or(&self.line);
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    }

    /// True after a word that another has to follow. With a capital it is an initial or a name.
    pub(super) fn hangs(&self, shut: &Shut) -> bool {
        !self.capital && shut.hanging.split_whitespace().any(|word| word == self.word())
    }

    /// Ends the line, and keeps it in mind as one that is not said again.
    pub(super) fn keep_line(&mut self) {
        let words = words(&self.line).map(str::to_owned).collect();
        Arc::make_mut(&mut self.earlier).push(words);
        self.line.clear();
    }

    /// Ends the line, which may be said again: the facts say what the summary is made of.
    pub(super) fn drop_line(&mut self) {
        self.line.clear();
    }

    /// The word that the line ends with, in lower case, where it has a capital as names have.
    pub(super) fn name(&self) -> Option<&str> {
        self.capital.then(|| self.word())
    }

    /// The word that the line ends with, perhaps not whole; empty after a mark or a space.
    fn word(&self) -> &str {
        let before = self.line.trim_end_matches(char::is_alphanumeric).len();
        &self.line[before..]
    }

    /// True when a full stop behind the last word makes it the initial of a name: "К. Буданов" is no Russian "к".
    fn is_initial(&self, next: char) -> bool {
        self.capital && next == '.' && self.word().chars().nth(1).is_none()
    }

    /// True when the last word makes a run that an earlier line has, or is about to.
    fn is_again(&self) -> bool {
        let mut last: Vec<&str> = words(&self.line).rev().take(RUN).collect();
        if last.len() < RUN || self.earlier.is_empty() {
            return false;
        }
        last.reverse();
        let (before, word) = (&last[..RUN - 1], last[RUN - 1]);
        let begins = |known: &String| known == word || (known.starts_with(word) && word.chars().count() >= ALIKE);
        let runs = self.earlier.iter().flat_map(|line| line.windows(RUN));
        runs.into_iter().any(|run| begins(&run[RUN - 1]) && run[..RUN - 1].iter().eq(before.iter().copied()))
    }
}

fn words(line: &str) -> impl DoubleEndedIterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes tokens until one is refused; what was written.
    fn written(earlier: &str, shut: &Shut, tokens: &[&str]) -> String {
        let mut wording = Wording::default();
        earlier.chars().for_each(|c| assert!(wording.push(c, Word::Free, shut)));
        wording.keep_line();
        let mut text = String::new();
        for token in tokens {
            let mut next = wording.clone();
            if !(token.chars().all(|c| next.push(c, Word::Free, shut)) && next.may_rest(&wording, Word::Free, shut)) {
                break;
            }
            wording = next;
            text.push_str(token);
        }
        text
    }

    #[test]
    fn eight_words_of_an_earlier_line_are_not_written_again() {
        let earlier = "The council met in the old customs house by the sea.";
        let none = Shut::default();
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
        let words = ["что", "и"].map(str::to_owned).into_iter().collect();
        let parts = vec!["заголовок".to_owned()];
        let shut =
            Shut { openings: Openings { parts, ..Openings::default() }, words: Arc::new(words), ..Shut::default() };
        assert_eq!(written("", &shut, &["Він", " знав", " что"]), "Він знав");
        assert_eq!(written("", &shut, &["Він", " и", " вона"]), "Він и", "a letter may begin a word");
        assert_eq!(written("", &shut, &["И", ". Він", " знав"]), "И. Він знав", "an initial");
        assert_eq!(written("", &shut, &["И", " він"]), "И");
        assert_eq!(written("", &shut, &["Він", " и", ". Вона"]), "Він и");
        assert_eq!(written("", &shut, &["Він", " что", "сь"]), "Він");
        let begins = ["как+", "что"].map(str::to_owned).into_iter().collect();
        let begins = Shut { words: Arc::new(begins), ..Shut::default() };
        assert_eq!(written("", &begins, &["Ціни", " на", " как", "ао", "."]), "Ціни на какао.");
        assert_eq!(written("", &begins, &["Ціни", " как", " і"]), "Ціни как", "refused where it ends");
        assert_eq!(written("", &shut, &["Заголов", "ок", " —"]), "Заголовок");
        assert_eq!(written("", &shut, &["Заголов", "ок", " у", " газеті"]), "Заголовок у газеті");
        assert_eq!(written("", &shut, &["Цей", " заголовок", " —"]), "Цей заголовок —");
        let phrases = vec!["в статье".to_owned()];
        let shut = Shut { openings: Openings { phrases, ..Openings::default() }, ..Shut::default() };
        assert_eq!(written("", &shut, &["В", " статье", "пере"]), "В", "no talk that is glued to a word");
        assert_eq!(written("", &shut, &["В", " ст", "ать", "е", " он"]), "В статье", "in pieces, at the blank");
        assert_eq!(written("", &shut, &["В", " стать", "ях", " он"]), "В статьях он");
    }
}
