//! The rules of setting type, which a model that is refused what it wants tries to escape by.
//!
//! A letter does not follow a comma or the end of a sentence without a space, no space stands before a comma or after an
//! opening bracket, an opening mark stands at the start of a word, and what closes needs what is open.

/// One line as it is set so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Setting {
    last: Option<char>,
    /// Letters of the last word.
    word: usize,
    /// Quotation marks that are open; `straight` when one of them is `"`.
    quotes: usize,
    straight: bool,
    brackets: usize,
}

impl Setting {
    /// The last character.
    pub(super) fn last(&self) -> Option<char> {
        self.last
    }

    /// True inside a word or a number, or right after it.
    pub(super) fn is_in_word(&self) -> bool {
        self.last.is_some_and(char::is_alphanumeric)
    }

    /// Takes one more character, or refuses it.
    pub(super) fn push(&mut self, c: char) -> bool {
        if self.is_doubled(c) || !self.is_well_set(c) || !self.pair(c) {
            return false;
        }
        self.word = match (c.is_alphanumeric(), self.is_in_word()) {
            (true, true) => self.word + 1,
            (true, false) => 1,
            (false, _) => self.word,
        };
        self.last = Some(c);
        true
    }

    /// The same mark twice in a row, other than an ellipsis in dots.
    fn is_doubled(&self, c: char) -> bool {
        self.last == Some(c) && !c.is_alphanumeric() && c != '.'
    }

    fn is_well_set(&self, c: char) -> bool {
        let Some(last) = self.last else { return true };
        let word_follows = c.is_alphabetic() && (",;:!?…)".contains(last) || (last == '.' && self.word >= 4));
        let stray_space = ".,;:!?…)»”%".contains(c) && (last == ' ' || last == '(');
        let inner_opening = "(«„".contains(c) && !" («„“\"-–—".contains(last);
        let straight = c == '"' && if self.straight { last == ' ' } else { !" (-–—".contains(last) };
        let priceless = "$€£₴".contains(last) && !c.is_ascii_digit();
        let apostrophe = c == '\'' && !last.is_alphanumeric();
        // After the end of a sentence come a space, a closing mark or more of an ellipsis.
        let mark_after_end = "-–—,;:".contains(c) && ends_sentence(last) && self.word >= 4;
        !(priceless
            || apostrophe
            || word_follows
            || stray_space
            || inner_opening
            || straight
            || mark_after_end
            || (c == ' ' && last == '('))
    }

    /// Counts brackets and quotation marks: one that closes needs one that is open. `“` opens in English and closes elsewhere.
    fn pair(&mut self, c: char) -> bool {
        let closes = match c {
            '»' | '”' => true,
            '“' => self.quotes > 0,
            '"' => self.straight,
            _ => false,
        };
        self.straight ^= c == '"';
        match c {
            '(' => self.brackets += 1,
            ')' if self.brackets == 0 => return false,
            ')' => self.brackets -= 1,
            _ if closes && self.quotes == 0 => return false,
            _ if closes => self.quotes -= 1,
            _ => self.quotes += usize::from("«„“\"".contains(c)),
        }
        true
    }

    /// True when no quotation mark and no bracket is open.
    pub(super) fn is_paired(&self) -> bool {
        self.quotes == 0 && self.brackets == 0
    }

    /// True after a sentence's last mark, whatever is open.
    pub(super) fn ends_sentence(&self) -> bool {
        self.last.is_some_and(ends_sentence)
    }

    /// True after a full stop that may be that of an initial or a title.
    pub(super) fn is_after_initial(&self) -> bool {
        self.last == Some('.') && self.word < 3
    }

    /// True after a sentence's last mark that does not look like that of an abbreviation or an initial.
    pub(super) fn ends_long_sentence(&self) -> bool {
        self.ends_sentence() && self.word >= 4
    }
}

fn ends_sentence(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…')
}
