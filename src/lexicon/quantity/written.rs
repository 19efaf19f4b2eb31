//! How a number in digits is written: with the separators of which language, and in which other ways.

use super::super::spelling::Orthography;

/// The marks that a language puts between thousands and before decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Separators {
    group: char,
    point: char,
}

impl Separators {
    fn of(orthography: Orthography) -> Self {
        match orthography {
            Orthography::English => Self { group: ',', point: '.' },
            Orthography::Ukrainian | Orthography::Russian => Self { group: ' ', point: ',' },
        }
    }
}

/// True for a comma or full stop before three digits, as in 1,200, that parts thousands in this language and no decimals.
pub fn parts_thousands(mark: char, orthography: Orthography) -> bool {
    mark != Separators::of(orthography).point
}

/// The ways to write a number of a text in one language in a text in another: as it stands, and with that language's
/// separators. Each kind of blank in it is a space.
pub fn number_spellings(raw: &str, from: Orthography, to: Orthography) -> Vec<String> {
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
fn parted(raw: &str, from: Orthography) -> Option<(String, String)> {
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
    use super::Orthography::{English, Russian, Ukrainian};
    use super::*;

    #[test]
    fn numbers_take_the_separators_of_a_language() {
        for (raw, from, to, wanted) in [
            ("1,200", English, Ukrainian, &["1,200", "1 200", "1200"][..]),
            ("29 000", Ukrainian, English, &["29 000", "29,000", "29000"]),
            ("29 000,5", Ukrainian, English, &["29 000,5", "29,000.5", "29000.5"]),
            ("3.5", English, Russian, &["3.5", "3,5"]),
            ("3,5", Russian, English, &["3,5", "3.5"]),
            ("0.125", English, Russian, &["0.125", "0,125"]),
            ("1,234,567.89", English, Russian, &["1,234,567.89", "1 234 567,89", "1234567,89"]),
            ("12500", English, Ukrainian, &["12500", "12 500"]),
            ("2024", English, Ukrainian, &["2024"]),
            ("10:30", English, Ukrainian, &["10:30"]),
            ("12.03.2024", Ukrainian, English, &["12.03.2024"]),
            ("1,200", Ukrainian, English, &["1,200", "1.200"]),
        ] {
            assert_eq!(number_spellings(raw, from, to), wanted, "{raw}");
        }
        for odd in ["", ",", "1,", "1..2", "1'000", "/"] {
            number_spellings(odd, English, Russian);
        }
    }
}
