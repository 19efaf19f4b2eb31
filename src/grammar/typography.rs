//! The rules of setting type, which a model that is refused what it wants tries to escape by.
//!
//! Each kind of character has its own that may stand behind it: a comma is followed by a space, a closing mark or, in a
//! number, a digit. An opening mark stands at the start of a word, and what closes needs what is open and not empty.

/// Signs that stand in front of an amount, or behind one.
pub(super) const CURRENCIES: &str = "$€£₴₽";

/// One line as it is set so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Typography {
    last: Option<char>,
    /// Characters since the last digit; 0 at a digit.
    since_digit: Option<usize>,
    /// Letters of the last word.
    word: usize,
    /// Quotation marks that are open; `straight` when one of them is `"`.
    quotes: usize,
    straight: bool,
    /// So many of them may stay open, because one inside was closed: newspapers print one mark for both, «А «Б».
    spared: usize,
    brackets: usize,
    /// The last character has opened one of them.
    pub(super) opened: bool,
    /// The last character has closed one of them.
    closed: bool,
    /// A sentence has ended, and nothing but closing marks came since.
    ended: bool,
}

impl Typography {
    /// True inside a word or a number, or right after it.
    pub(super) fn is_in_word(&self) -> bool {
        self.last.is_some_and(char::is_alphanumeric)
    }

    /// Takes one more character, or refuses it.
    pub(super) fn push(&mut self, c: char) -> bool {
        let open = self.open();
        if !self.follows(c) || !self.pair(c) {
            return false;
        }
        (self.opened, self.closed) = (self.open() > open, self.open() < open);
        self.ended = ends_sentence(c) || (self.ended && self.closed);
        self.word = match (c.is_alphanumeric(), self.is_in_word()) {
            (true, true) => self.word + 1,
            (true, false) => 1,
            (false, _) => self.word,
        };
        self.since_digit = if c.is_ascii_digit() { Some(0) } else { self.since_digit.map(|since| since + 1) };
        self.last = Some(c);
        true
    }

    /// May this character stand behind the last one?
    fn follows(&self, c: char) -> bool {
        let Some(last) = self.last else { return true };
        let ends = c == ' ' || self.closes(c);
        let opens = !self.closes(c) && "(«„“\"‘".contains(c);
        let decimal = c.is_ascii_digit() && self.since_digit == Some(1);
        let begins = c.is_alphanumeric() || opens || CURRENCIES.contains(c) || c == '№';
        match last {
            _ if self.opened => begins || c == '…',
            _ if self.closed => ends || ".,;:-–—".contains(c) || ("!?…".contains(c) && !self.ended),
            ' ' => begins || "-–—&…".contains(c),
            ',' | ';' | ':' => ends || decimal,
            // That of an initial or an abbreviation, perhaps.
            '.' if self.word < 4 => ends || decimal || c.is_alphabetic() || ",;:!?-–—".contains(c),
            '.' => ends || decimal,
            '!' | '?' | '…' => ends || (last, c) == ('?', '!'),
            '-' | '–' | '—' => begins || c == ' ',
            // A sign of money with no number before it has one behind it: $5, 5 €.
            _ if CURRENCIES.contains(last) && self.since_digit.is_none_or(|since| since > 2) => c.is_ascii_digit(),
            '%' | '°' | '$' | '€' | '£' | '₴' | '₽' => ends || ".,;:!?…-–—".contains(c),
            '№' | '&' => c.is_alphanumeric() || c == ' ',
            // A letter, a digit, or an apostrophe.
            _ => !opens && (c != '%' || last.is_ascii_digit()) && (c != '\'' || last.is_alphanumeric()),
        }
    }

    /// True for a mark that would close something. `“` opens in English and closes elsewhere.
    fn closes(&self, c: char) -> bool {
        match c {
            ')' | '»' | '”' => true,
            '“' => self.quotes > 0,
            '"' => self.straight,
            _ => false,
        }
    }

    /// Counts brackets and quotation marks: one that closes needs one that is open.
    fn pair(&mut self, c: char) -> bool {
        let closes = self.closes(c);
        self.straight ^= c == '"';
        let quotation = !"()".contains(c);
        let of_kind = if quotation { &mut self.quotes } else { &mut self.brackets };
        if closes && *of_kind == 0 {
            return false;
        }
        *of_kind = if closes { *of_kind - 1 } else { *of_kind + usize::from("(«„“\"".contains(c)) };
        if closes && quotation && c != '"' && !self.straight {
            self.spared = self.quotes;
        }
        true
    }

    /// Quotation marks and brackets that are open.
    fn open(&self) -> usize {
        self.quotes + self.brackets
    }

    /// True when no quotation mark and no bracket is open that has to be closed.
    pub(super) fn is_paired(&self) -> bool {
        self.brackets == 0 && self.quotes <= self.spared
    }

    /// True after a sentence's last mark and the marks that close behind it, when nothing is left open.
    pub(super) fn ends_sentence(&self) -> bool {
        self.ended && self.is_paired()
    }

    /// True after a full stop that may be that of an initial or a title.
    pub(super) fn is_after_initial(&self) -> bool {
        self.last == Some('.') && self.word < 3
    }

    /// True after a sentence's last mark that does not look like that of an abbreviation or an initial.
    pub(super) fn ends_long_sentence(&self) -> bool {
        self.last.is_some_and(ends_sentence) && self.word >= 4
    }
}

fn ends_sentence(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…')
}
