//! How a number in digits is written: with the separators of which language, and in which other ways.

use super::super::numeral::magnitude;
use super::super::{Language, fold};

/// The marks that a language puts between thousands and before decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Separators {
    group: char,
    point: char,
}

impl Separators {
    fn of(language: Language) -> Self {
        match language {
            Language::En => Self { group: ',', point: '.' },
            Language::Uk | Language::Ru => Self { group: ' ', point: ',' },
        }
    }
}

/// True for a comma or full stop before three digits, as in 1,200, that parts thousands in this language and no decimals.
pub fn parts_thousands(mark: char, language: Language) -> bool {
    mark != Separators::of(language).point
}

/// Digits that are written together outside English: 1200, but 12 000.
const TOGETHER: usize = 4;

/// The digits of a number, without its separators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digits {
    whole: String,
    fraction: String,
    /// Its thousands are parted.
    pub is_grouped: bool,
}

impl Digits {
    /// Reads a number of a text in a language, each kind of blank in it a space; nothing for times, dates and what else is no
    /// number.
    pub fn read(raw: &str, from: Language) -> Option<Self> {
        if raw.contains([':', '/']) || !raw.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let parts: Vec<&str> = raw.split(|c: char| !c.is_ascii_digit()).collect();
        let marks: Vec<char> = raw.chars().filter(|c| !c.is_ascii_digit()).collect();
        let groups =
            |parts: &[&str]| (1..=3).contains(&parts[0].len()) && parts[1..].iter().all(|part| part.len() == 3);
        let (last, before) = marks.split_last().map_or((None, &[][..]), |(last, before)| (Some(*last), before));
        let of = |whole: &[&str], fraction: &str| {
            Some(Self { whole: whole.concat(), fraction: fraction.to_owned(), is_grouped: whole.len() > 1 })
        };
        match last {
            None => of(&parts, ""),
            Some(mark @ ('.' | ','))
                if before.is_empty() && groups(&parts) && !raw.starts_with('0') && parts_thousands(mark, from) =>
            {
                of(&parts, "")
            }
            Some(last @ ('.' | ','))
                if !before.contains(&last) && groups(&parts[..parts.len() - 1]) | before.is_empty() =>
            {
                let (fraction, whole) = parts.split_last()?;
                of(whole, fraction)
            }
            Some(_) if groups(&parts) => of(&parts, ""),
            // 12.03.2024
            Some(_) => None,
        }
    }

    /// True when a language writes it like this, with the separators of that language.
    pub fn is_written(&self, raw: &str, language: Language) -> bool {
        self.joined(Separators::of(language), self.is_grouped) == raw
    }

    /// As a language sets it: where no line may be broken, and four digits together outside English.
    pub fn set(&self, language: Language) -> String {
        let separators = Separators::of(language);
        let group = if separators.group == ' ' { '\u{a0}' } else { separators.group };
        let grouped = self.is_grouped && (language == Language::En || self.whole.len() > TOGETHER);
        self.joined(Separators { group, ..separators }, grouped)
    }

    /// A thousand times the number; nothing where decimals are left, or where it would begin with a zero.
    fn thousandfold(self) -> Option<Self> {
        let whole = format!("{}{:0<3}", self.whole, self.fraction);
        let is_number = self.fraction.len() <= 3 && !self.whole.starts_with('0');
        is_number.then_some(Self { whole, fraction: String::new(), is_grouped: true })
    }

    fn joined(&self, Separators { group, point }: Separators, grouped: bool) -> String {
        let digits: Vec<char> = self.whole.chars().collect();
        let size = if grouped { 3 } else { digits.len().max(1) };
        let groups: Vec<String> = digits.rchunks(size).rev().map(|three| three.iter().collect()).collect();
        let decimals = if self.fraction.is_empty() { String::new() } else { format!("{point}{}", self.fraction) };
        groups.join(&group.to_string()) + &decimals
    }
}

/// The ways to write a number of a text in one language in a text in another: as it stands, and with that language's
/// separators; also with its zeros where `behind`, the text behind it, begins with "thousand". Each kind of blank in it is a space.
pub fn number_spellings(raw: &str, behind: &str, from: Language, to: Language) -> Vec<String> {
    let mut out = vec![raw.to_owned()];
    if let Some(digits) = Digits::read(raw, from) {
        let grouped = digits.whole.len() > TOGETHER || (digits.whole.len() == TOGETHER && digits.is_grouped);
        let ways = [grouped, false].map(|grouped| digits.joined(Separators::of(to), grouped));
        out.extend(ways);
        let word: String = behind.trim_start().chars().take_while(|c| c.is_alphabetic()).collect();
        let in_full = digits.thousandfold().filter(|_| magnitude(&fold(&word)) == Some(3));
        out.extend(in_full.map(|digits| digits.joined(Separators::of(to), true)));
    }
    let mut seen = std::collections::HashSet::new();
    out.retain(|spelling| seen.insert(spelling.clone()));
    out
}

#[cfg(test)]
mod tests {
    use super::Language::{En, Ru, Uk};
    use super::*;

    #[test]
    fn numbers_take_the_separators_of_a_language() {
        for (raw, from, to, wanted) in [
            ("1,200", En, Uk, &["1,200", "1 200", "1200"][..]),
            ("29 000", Uk, En, &["29 000", "29,000", "29000"]),
            ("29 000,5", Uk, En, &["29 000,5", "29,000.5", "29000.5"]),
            ("3.5", En, Ru, &["3.5", "3,5"]),
            ("3,5", Ru, En, &["3,5", "3.5"]),
            ("0.125", En, Ru, &["0.125", "0,125"]),
            ("1,234,567.89", En, Ru, &["1,234,567.89", "1 234 567,89", "1234567,89"]),
            ("12500", En, Uk, &["12500", "12 500"]),
            ("2024", En, Uk, &["2024"]),
            ("10:30", En, Uk, &["10:30"]),
            ("12.03.2024", Uk, En, &["12.03.2024"]),
            ("1,200", Uk, En, &["1,200", "1.200"]),
        ] {
            assert_eq!(number_spellings(raw, "", from, to), wanted, "{raw}");
        }
        for odd in ["", ",", "1,", "1..2", "1'000", "/"] {
            number_spellings(odd, " тыс.", Ru, En);
        }
    }

    #[test]
    fn thousands_may_be_written_with_their_zeros() {
        for (raw, behind, from, to, in_full) in [
            ("166", " тисяч рятувальників", Uk, En, Some("166,000")),
            ("20,6", " тыс. человек", Ru, En, Some("20,600")),
            ("12", " thousand people", En, Uk, Some("12 000")),
            ("1,2345", " тисячі", Uk, En, None),
            ("0,5", " тисячі", Uk, En, None),
            ("166", " мільйонів", Uk, En, None),
            ("166", "", Uk, En, None),
        ] {
            let spelled = number_spellings(raw, behind, from, to);
            let short = number_spellings(raw, "", from, to);
            assert_eq!(spelled.strip_prefix(&short[..]).map(|more| more.first().map(String::as_str)), Some(in_full));
        }
    }
}
