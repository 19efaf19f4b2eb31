//! Cuts a text into words and numbers, with their places.
//!
//! A word is a run of letters, with apostrophes inside (п'ять, don't) and digits after its first letter (G7, F16). Hyphens
//! part words, because the parts of Ivano-Frankivsk are looked up one by one. A number is a run of digits with the separators inside it.

use unicode_normalization::UnicodeNormalization;

/// A word or a number of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token<'t> {
    /// As it stands.
    pub text: &'t str,
    /// Its first byte.
    pub start: usize,
    /// As it is looked up: see [`fold`].
    pub folded: String,
    /// Digits, with separators inside.
    pub is_number: bool,
}

impl Token<'_> {
    /// The byte after its last.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// True when it begins with a capital letter.
    pub fn is_capitalised(&self) -> bool {
        self.text.starts_with(char::is_uppercase)
    }

    /// True for two or more letters that are all capitals, as in UN and UK's.
    pub fn is_acronym(&self) -> bool {
        let text = self.text.strip_suffix("'s").or_else(|| self.text.strip_suffix("’s")).unwrap_or(self.text);
        text.chars().count() > 1 && text.chars().all(|c| c.is_uppercase() || c.is_ascii_digit())
    }

    /// True when it is written with Cyrillic letters.
    pub fn is_cyrillic(&self) -> bool {
        self.text.starts_with(|c| ('\u{400}'..='\u{52f}').contains(&c))
    }
}

/// The tokens of a text, in order.
pub fn tokens(text: &str) -> Vec<Token<'_>> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let at = |i: usize| chars.get(i).map_or(text.len(), |&(start, _)| start);
    let mut found = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let is_number = chars[i].1.is_ascii_digit();
        let end = if is_number { number_end(&chars, i) } else { word_end(&chars, i) };
        if end > i {
            let text = &text[at(i)..at(end)];
            let folded = if is_number { text.to_owned() } else { fold(text) };
            found.push(Token { text, start: at(i), folded, is_number });
        }
        i = end.max(i + 1);
    }
    found
}

/// True when a list of words, with a blank between two, has this one.
pub fn lists(list: &str, word: &str) -> bool {
    // By bytes, because the words are short and a search for each blank costs more than a look at each byte.
    list.as_bytes().split(|&byte| byte == b' ').any(|one| one == word.as_bytes())
}

/// A word as it is looked up: lower case, straight apostrophes, no stress marks, ё as е, Latin letters without their accents.
pub fn fold(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars().flat_map(char::to_lowercase) {
        match c {
            'ё' => out.push('е'),
            '’' | 'ʼ' | '`' | '‘' => out.push('\''),
            '\u{300}'..='\u{36f}' => {}
            'ø' => out.push('o'),
            'ł' => out.push('l'),
            'đ' => out.push('d'),
            'ı' => out.push('i'),
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            // й and ї are letters of their own, so only Latin ones lose their accents.
            '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => {
                out.extend(c.nfd().filter(|c| !('\u{300}'..='\u{36f}').contains(c)));
            }
            c => out.push(c),
        }
    }
    out
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ' | '`')
}

fn word_end(chars: &[(usize, char)], start: usize) -> usize {
    let letter = |i: usize| chars.get(i).is_some_and(|&(_, c)| c.is_alphabetic());
    if !letter(start) {
        return start;
    }
    let part =
        |i: usize| chars.get(i).is_some_and(|&(_, c)| c.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&c));
    let mut i = start + 1;
    while part(i) || (chars.get(i).is_some_and(|&(_, c)| is_apostrophe(c)) && letter(i + 1)) {
        i += 1;
    }
    i
}

fn number_end(chars: &[(usize, char)], start: usize) -> usize {
    let digit = |i: usize| chars.get(i).is_some_and(|(_, c)| c.is_ascii_digit());
    let mut i = start;
    let mut run = start;
    while let Some(&(_, c)) = chars.get(i) {
        let joined = match c {
            '0'..='9' => true,
            '.' | ',' | ':' | '/' => digit(i + 1),
            ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' => {
                // A space parts thousands only between groups of three.
                let three = digit(i + 1) && digit(i + 2) && digit(i + 3) && !digit(i + 4);
                let first = (1..=3).contains(&(i - run));
                // "in 2024 300 men": four digits are no group. "0 300" is none either.
                three
                    && first
                    && chars[run].1 != '0'
                    && !chars[start..i].iter().any(|&(_, c)| matches!(c, ':' | '/' | '.'))
            }
            _ => false,
        };
        if !joined {
            break;
        }
        if !c.is_ascii_digit() {
            run = i + 1;
        }
        i += 1;
    }
    i
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        tokens(text).iter().map(|token| token.text).collect()
    }

    #[test]
    fn words_and_numbers_are_cut() {
        assert_eq!(texts("П’ять F-16, G7: 1 200,5 грн."), ["П’ять", "F", "16", "G7", "1 200,5", "грн"]);
        assert_eq!(
            texts("in 2024 300 men, 9:30, 12.03.2024, 5-3"),
            ["in", "2024", "300", "men", "9:30", "12.03.2024", "5", "3"]
        );
        assert_eq!(texts("160km/h 60th don't"), ["160", "km", "h", "60", "th", "don't"]);
        for text in ["", "…", "'", "1", "1,", "1 ", "е\u{301}"] {
            assert!(texts(text).len() <= 1, "{text}");
        }
    }

    #[test]
    fn words_are_folded() {
        assert_eq!(fold("П’ЯТЬ"), "п'ять");
        assert_eq!(fold("Пётр"), "петр");
        assert_eq!(fold("Erdoğan"), "erdogan");
        assert_eq!(fold("Їжак"), "їжак");
    }
}
