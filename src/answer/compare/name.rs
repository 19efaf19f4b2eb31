//! Names by their sound, so that Kisel is Кисіль and Кисель, in any case.
//!
//! [`sound`] writes a word with one sign for each group of consonants that the three languages confuse when they spell each
//! other's names (г, х, g and h; s, z, c, sh, ch and their Cyrillic counterparts), and without vowels: the idea of Soundex
//! (Russell, US patent 1261167, 1918), with groups of our own. Two words sound the same when one sound begins the other,
//! because the endings of Ukrainian and Russian cases come last.
//!
//! What is translated and not transliterated (Black Sea, Чорне море; Germany, Німеччина) cannot be told from a wrong name
//! by sound. So a word counts as a name only when it is spelled by sound in two places that cannot have it from each other:
//! its own language, and a cited sentence or another language. Not here: whether the article has the name.

/// Case endings add at most this many consonants.
const ENDING: usize = 3;

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// As it is written.
    pub(super) text: String,
    sound: String,
    /// It begins with a capital.
    capital: bool,
    /// It begins a sentence, where the capital says nothing.
    first: bool,
}

impl Word {
    /// True when both may be spellings or cases of one name.
    pub(super) fn sounds_like(&self, other: &Self) -> bool {
        let (short, long) = match self.sound.len() <= other.sound.len() {
            true => (&self.sound, &other.sound),
            false => (&other.sound, &self.sound),
        };
        short.len() >= 2 && long.starts_with(short.as_str()) && long.len() - short.len() <= ENDING
    }

    /// True for a capital that only a name has.
    pub(super) fn is_proper(&self) -> bool {
        self.capital && !self.first
    }

    /// True for a word that may be a name, as far as it can be told from the word alone. Acronyms are translated too often
    /// (EU, ЄС) to be compared.
    pub(super) fn may_be_name(&self) -> bool {
        self.capital && self.sound.len() >= 2 && self.text.chars().skip(1).any(char::is_lowercase)
    }
}

/// The words of a text.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut found = Vec::new();
    let mut first = true;
    let mut rest = text;
    while let Some(start) = rest.find(char::is_alphabetic) {
        // Quotation marks and blanks do not hide that a sentence has just ended.
        let before = rest[..start].trim_end_matches(|c: char| c.is_whitespace() || "«„“\"'(—–-".contains(c));
        first |= before.ends_with(['.', '!', '?', '…', ':']);
        let length = rest[start..].find(|c: char| !c.is_alphabetic() && !"'’ʼ".contains(c));
        let end = length.map_or(rest.len(), |length| start + length);
        let text = &rest[start..end];
        let capital = text.starts_with(char::is_uppercase);
        found.push(Word { text: text.to_owned(), sound: sound(text), capital, first });
        (first, rest) = (false, &rest[end..]);
    }
    found
}

/// Letters of one sound become one sign; vowels and signs that soften become none.
fn sound(word: &str) -> String {
    let letters: Vec<char> = word.chars().flat_map(char::to_lowercase).collect();
    let mut out = String::new();
    let mut i = 0;
    while i < letters.len() {
        let (signs, taken) = signs(&letters[i..]);
        for sign in signs.chars() {
            if !out.ends_with(sign) {
                out.push(sign);
            }
        }
        i += taken;
    }
    out
}

/// The signs of the first letters, and how many letters they stand for.
fn signs(letters: &[char]) -> (&'static str, usize) {
    let next = letters.get(1).copied().unwrap_or(' ');
    match (letters[0], next) {
        ('s' | 'c' | 'z', 'h') | ('t', 's' | 'z') | ('c' | 's', 'z') | ('д', 'ж') | ('d', 'j') => ("s", 2),
        ('d', 'z') if letters.get(2) == Some(&'h') => ("s", 3),
        ('p', 'h') => ("v", 2),
        ('t', 'h') => ("t", 2),
        ('k', 'h') => ("h", 2),
        ('g', 'h') => ("", 2),
        ('c', 'e' | 'i' | 'y') => ("s", 1),
        ('h', next) if !"aeiouy".contains(next) => ("", 1),
        ('x', _) => ("ks", 1),
        (letter, _) => (sign(letter), 1),
    }
}

fn sign(letter: char) -> &'static str {
    match letter {
        'b' | 'б' => "b",
        'p' | 'п' => "p",
        'f' | 'v' | 'w' | 'в' | 'ф' => "v",
        'd' | 'д' => "d",
        't' | 'т' => "t",
        'g' | 'h' | 'г' | 'ґ' | 'х' => "h",
        'c' | 'k' | 'q' | 'к' => "k",
        'l' | 'л' => "l",
        'm' | 'м' => "m",
        'n' | 'н' => "n",
        'r' | 'р' => "r",
        's' | 'z' | 'j' | 'ж' | 'з' | 'с' | 'ц' | 'ч' | 'ш' | 'щ' => "s",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn like(a: &str, b: &str) -> bool {
        words(a)[0].sounds_like(&words(b)[0])
    }

    #[test]
    fn names_are_known_across_scripts_and_cases() {
        for (a, b) in [
            ("Kisel", "Киселем"),
            ("Kisel", "Кисіль"),
            ("Kyiv", "Києва"),
            ("Zelensky", "Зеленского"),
            ("Kharkiv", "Харкові"),
            ("Kherson", "Херсоні"),
            ("Johnson", "Джонсона"),
            ("Halvmouth", "Галвмуті"),
            ("Moscow", "Москвою"),
            ("Зеленський", "Зеленскому"),
            ("Greece", "Греції"),
        ] {
            assert!(like(a, b), "{a} {b}: {} {}", sound(a), sound(b));
        }
        for (a, b) in [("Ivanov", "Петров"), ("Putin", "Петров"), ("Kyiv", "Харків"), ("Oslo", "Рим"), ("Io", "Ия")]
        {
            assert!(!like(a, b), "{a} {b}: {} {}", sound(a), sound(b));
        }
    }

    #[test]
    fn capitals_inside_a_sentence_are_proper() {
        let proper = |text: &str| words(text).into_iter().filter(Word::is_proper).map(|it| it.text).collect::<Vec<_>>();
        assert_eq!(proper("The mayor of Oslo, Ann Lee, left. «Рада» met. He said: Now"), ["Oslo", "Ann", "Lee"]);
        assert_eq!(proper("Мэр Осло уехал! Позже"), ["Осло"]);
        assert!(proper("").is_empty());
        assert!(!words("NATO")[0].may_be_name() && words("Kyiv")[0].may_be_name());
    }
}
