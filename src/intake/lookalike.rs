//! Letters of one alphabet that stand in words of the other are put right: a Latin i in a Ukrainian word, a Cyrillic С
//! in a Latin one.
//!
//! People type them on the wrong keyboard, and scanners and old pages have them. The word looks the same and is another
//! one to whoever compares it. A word is changed only when every letter of the one alphabet has a likeness in the other;
//! names like `VIPовец` stay.

/// Small and capital letters that look alike, Latin and Cyrillic.
const LATIN: &str = "aceiopxyïëABCEHIKMOPTXYÏË";
const CYRILLIC: &str = "асеіорхуїёАВСЕНІКМОРТХУЇЁ";

/// Latin letters that are words of Ukrainian or Russian when they are read as Cyrillic ones.
const WORDS: &str = "aiocy";

/// The text with words of one alphabet each.
pub(super) fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    // The last word that was written: Cyrillic, Latin, or none yet.
    let mut before: Option<Script> = None;
    let mut rest = text;
    while !rest.is_empty() {
        let start = rest.find(char::is_alphabetic).unwrap_or(rest.len());
        let (gap, word) = rest.split_at(start);
        if gap.contains(['\n', '.', '/', '@', '_']) {
            before = None;
        }
        out.push_str(gap);
        let end = word.find(|c: char| !c.is_alphabetic()).unwrap_or(word.len());
        let (word, after) = word.split_at(end);
        rest = after;
        if word.is_empty() {
            continue;
        }
        let counted = Counted::of(word);
        let script = match counted.reading(word) {
            None if is_lone_word(word) && before != Some(Script::Latin) && follows_cyrillic(before, after) => {
                Script::Cyrillic
            }
            None => {
                out.push_str(word);
                before = counted.script();
                continue;
            }
            Some(script) => script,
        };
        out.extend(word.chars().map(|c| turned(c, script)));
        before = Some(script);
    }
    out
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Cyrillic,
}

/// Letters of each alphabet in a word, and those among them that have no likeness in the other.
#[derive(Default)]
struct Counted {
    latin: usize,
    cyrillic: usize,
    sure_latin: usize,
    sure_cyrillic: usize,
}

impl Counted {
    fn of(word: &str) -> Self {
        let mut counted = Self::default();
        for c in word.chars() {
            match c {
                '\u{400}'..='\u{52f}' => {
                    counted.cyrillic += 1;
                    counted.sure_cyrillic += usize::from(!CYRILLIC.contains(c));
                }
                _ if c.is_ascii_alphabetic() || ('\u{c0}'..='\u{24f}').contains(&c) => {
                    counted.latin += 1;
                    counted.sure_latin += usize::from(!LATIN.contains(c));
                }
                _ => {}
            }
        }
        counted
    }

    /// The alphabet in which a mixed word is read; `None` for words that are not mixed or cannot be read as one.
    fn reading(&self, word: &str) -> Option<Script> {
        if self.latin == 0 || self.cyrillic == 0 {
            return None;
        }
        match (self.sure_latin > 0, self.sure_cyrillic > 0) {
            (true, true) => None,
            (true, false) => Some(Script::Latin),
            (false, true) => Some(Script::Cyrillic),
            // Roman figures are Latin letters.
            (false, false) if word.chars().all(|c| "IXCMІХСМ".contains(c)) => Some(Script::Latin),
            (false, false) if self.latin > self.cyrillic => Some(Script::Latin),
            (false, false) => Some(Script::Cyrillic),
        }
    }

    fn script(&self) -> Option<Script> {
        match (self.latin > 0, self.cyrillic > 0) {
            (true, false) => Some(Script::Latin),
            (false, true) => Some(Script::Cyrillic),
            _ => None,
        }
    }
}

fn turned(c: char, script: Script) -> char {
    let (from, to) = match script {
        Script::Cyrillic => (LATIN, CYRILLIC),
        Script::Latin => (CYRILLIC, LATIN),
    };
    from.chars().zip(to.chars()).find(|(own, _)| *own == c).map_or(c, |(_, other)| other)
}

fn is_lone_word(word: &str) -> bool {
    word.len() == 1 && WORDS.contains(word)
}

/// Where a lone letter stands between Cyrillic words, or behind one and before a number.
fn follows_cyrillic(before: Option<Script>, after: &str) -> bool {
    let Some(next) = after.strip_prefix(' ').map(|it| it.trim_start_matches(['«', '“', '„', '"', '('])) else {
        return false;
    };
    let word = &next[..next.find(|c: char| !c.is_alphabetic()).unwrap_or(next.len())];
    let counted = Counted::of(word);
    let script = counted.reading(word).or(counted.script());
    script == Some(Script::Cyrillic)
        || before == Some(Script::Cyrillic) && next.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_the_other_alphabet_are_put_right() {
        for (given, wanted) in [
            ("10 сiчня в Києвi", "10 січня в Києві"),
            ("Укрзалiзниця i поїзди", "Укрзалізниця і поїзди"),
            ("Pосcия и Mосквa", "Россия и Москва"),
            ("Украïна, прем’єр", "Україна, прем’єр"),
            ("ёлкa c игрушками", "ёлка с игрушками"),
            ("встреча c 10 по 15 мая", "встреча с 10 по 15 мая"),
            ("Тhe Сompany", "The Company"),
            ("ХХI століття", "XXI століття"),
            ("500 МBт", "500 МВт"),
        ] {
            assert_eq!(folded(given), wanted, "{given}");
        }
    }

    #[test]
    fn what_is_of_two_alphabets_stays() {
        for text in [
            "VIPовец и iPhoneы",
            "SMSка",
            "вітамін C і план B",
            "Windows 10 и OpenAI",
            "гепатит A",
            "plan a and b",
            "сайт ukr.net",
            "Газета The Times",
            "x і y",
            "",
        ] {
            assert_eq!(folded(text), text);
        }
    }
}
