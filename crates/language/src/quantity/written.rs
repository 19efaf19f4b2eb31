//! How a number in digits is written: with the separators of which language, and in which other ways.

use super::super::Language;

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

/// The ways to write a number of a text in one language in a text in another: as it stands, and with that language's
/// separators. Each kind of blank in it is a space.
pub fn number_spellings(raw: &str, from: Language, to: Language) -> Vec<String> {
    let mut out = vec![raw.to_owned()];
    let Some((whole, fraction)) = parted(raw, from) else { return out };
    let Separators { group, point } = Separators::of(to);
    let decimals = if fraction.is_empty() { String::new() } else { format!("{point}{fraction}") };
    let grouped = whole.len() > 4 || (whole.len() == 4 && raw.len() > whole.len() + decimals.len());
    if grouped {
        let digits: Vec<char> = whole.chars().collect();
        let groups: Vec<String> = digits.rchunks(3).rev().map(|three| three.iter().collect()).collect();
        out.push(groups.join(&group.to_string()) + &decimals);
    }
    out.push(format!("{whole}{decimals}"));
    let mut seen = Vec::new();
    out.retain(|spelling| {
        !seen.contains(spelling) && {
            seen.push(spelling.clone());
            true
        }
    });
    out
}

/// The digits before and behind the point of a number; nothing for times, dates and what else is no number.
fn parted(raw: &str, from: Language) -> Option<(String, String)> {
    if raw.contains([':', '/']) || !raw.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let parts: Vec<&str> = raw.split(|c: char| !c.is_ascii_digit()).collect();
    let marks: Vec<char> = raw.chars().filter(|c| !c.is_ascii_digit()).collect();
    let groups = |parts: &[&str]| (1..=3).contains(&parts[0].len()) && parts[1..].iter().all(|part| part.len() == 3);
    let (last, before) = marks.split_last().map_or((None, &[][..]), |(last, before)| (Some(*last), before));
    let whole = || Some((parts.concat(), String::new()));
    match last {
        None => whole(),
        Some('.' | ',')
            if before.is_empty() && groups(&parts) && !raw.starts_with('0') && parts_thousands(last?, from) =>
        {
            whole()
        }
        Some(last @ ('.' | ','))
            if !before.contains(&last) && groups(&parts[..parts.len() - 1]) | before.is_empty() =>
        {
            let (fraction, whole) = parts.split_last()?;
            Some((whole.concat(), (*fraction).to_owned()))
        }
        Some(_) if groups(&parts) => whole(),
        // 12.03.2024
        Some(_) => None,
    }
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
            assert_eq!(number_spellings(raw, from, to), wanted, "{raw}");
        }
        for odd in ["", ",", "1,", "1..2", "1'000", "/"] {
            number_spellings(odd, En, Ru);
        }
    }
}
