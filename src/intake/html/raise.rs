//! What stands above or below the line, as text: 10⁶, m², H₂O, 191¹, 21st; marks of footnotes go.
//!
//! Written without its place, an exponent becomes a digit of the number before it. Where Unicode has the raised
//! character it is used; a letter that a number carries (21st, 30-й) stays on the line; else `^` and `_` say it.

/// Units that are squared and cubed. Of other words a raised number is the mark of a footnote.
#[rustfmt::skip]
const UNITS: [&str; 40] = [
    "m", "mm", "cm", "dm", "km", "ft", "in", "yd", "mi", "mile", "miles", "foot", "feet", "inch", "inches", "yards", "s", "sec", "min", "l",
    "м", "мм", "см", "дм", "км", "га", "с", "сек", "хв", "мин", "л", "мкм", "нм", "ч", "год", "миль", "футов", "футів", "дюймов", "дюймів",
];

/// Words of two letters that are no symbols.
#[rustfmt::skip]
const SHORT_WORDS: [&str; 48] = [
    "of", "in", "is", "it", "to", "on", "at", "by", "as", "an", "we", "he", "me", "my", "us", "or", "no", "so", "do", "go", "up", "if", "be",
    "un", "eu", "uk", "на", "не", "но", "по", "до", "за", "из", "от", "он", "мы", "вы", "ты", "же", "бы", "та", "із", "зі", "як", "ні", "ми", "ви", "це",
];

/// Longer texts above the line are labels and no exponents, in characters.
const LONGEST: usize = 12;

/// Marks of footnotes beside numbers.
const MARKS: &str = "*†‡§¶⁎⁑※";

/// Above or below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Above,
    Below,
}

/// What becomes of a raised or lowered text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Text(String),
    /// The mark of a footnote.
    Gone,
    /// The mark of a footnote, unless a stroke follows: then it is the upper part of a fraction.
    GoneUnlessFraction(String),
}

/// How a text above or below the line is written behind `before`. `note` is true where the page says that it leads to a note.
pub(super) fn written(place: Place, before: &str, text: &str, note: bool) -> Outcome {
    let text = text.trim();
    if place == Place::Below {
        return Outcome::Text(below(before, text));
    }
    if note || is_note_mark(text) {
        return Outcome::Gone;
    }
    if text.chars().all(|c| c.is_ascii_digit() || ",-–".contains(c)) {
        return digits_above(before, text);
    }
    Outcome::Text(above(before, text))
}

/// `[1]`, `[a]`, `[citation needed]`, `(2)`, `*`, `†`.
pub(super) fn is_note_mark(text: &str) -> bool {
    let text = text.trim();
    let inside = |open, close| text.strip_prefix(open).and_then(|it: &str| it.strip_suffix(close));
    let number = |it: &str| !it.is_empty() && it.len() <= 3 && it.chars().all(|c| c.is_ascii_digit());
    inside('[', ']').is_some_and(|it: &str| !it.contains('['))
        || inside('(', ')').is_some_and(number)
        || text.strip_suffix(')').is_some_and(number)
        || !text.is_empty() && text.chars().all(|c| MARKS.contains(c))
}

/// A number, a letter or a mark: what a link to a note shows.
pub(super) fn is_note_label(text: &str) -> bool {
    let text = text.trim();
    is_note_mark(text)
        || text.chars().count() <= 3 && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '↩' || c == '^')
}

/// A raised number: an exponent, a time, a price, the number of an inserted article, or the mark of a footnote.
fn digits_above(before: &str, text: &str) -> Outcome {
    let raised = || mapped(text, Place::Above).unwrap_or_else(|| format!("^{text}"));
    match before.chars().next_back() {
        Some(c) if c.is_numeric() => {
            let number = &before[before.trim_end_matches(|c: char| c.is_ascii_digit()).len()..];
            let two = text.len() == 2 && text.chars().all(|c| c.is_ascii_digit());
            if two && text.starts_with('0') && number.len() <= 2 {
                return Outcome::Text(format!(":{text}"));
            }
            let ahead = &before[..before.len() - number.len()];
            if two && ahead.ends_with(['$', '€', '£', '¥', '₴', '₽']) {
                return Outcome::Text(format!(".{text}"));
            }
            if is_year(ahead, number) && text.split([',', '-', '–']).all(|mark| mark.len() <= 2) {
                return Outcome::Gone;
            }
            Outcome::Text(raised())
        }
        Some(c) if c.is_alphabetic() => {
            let lower = last_word(before).to_lowercase();
            let symbol = |it: &str| it.chars().count() <= 2 && matches!(text, "2" | "3") && !SHORT_WORDS.contains(&it);
            let unit = ends_in_symbol(before) || UNITS.contains(&lower.as_str()) || symbol(&lower);
            if unit { Outcome::Text(raised()) } else { Outcome::Gone }
        }
        Some(c) if c.is_whitespace() => match before.trim_end().chars().next_back() {
            Some(c) if !c.is_numeric() => Outcome::GoneUnlessFraction(raised()),
            _ => Outcome::Text(raised()),
        },
        None | Some(')' | ']' | '-' | '–' | '−' | '/' | '+' | '=' | '(' | '×' | '·') => Outcome::Text(raised()),
        Some(_) => Outcome::Gone,
    }
}

/// Beginnings of words in front of the number of an article of a law.
const REFERENCES: [&str; 4] = ["статт", "стать", "article", "section"];

/// True for the digits of a year that stand alone: nobody raises a year to a power, and laws have few articles of such
/// numbers.
fn is_year(ahead: &str, number: &str) -> bool {
    let year = number.len() == 4 && (1500..2200).contains(&number.parse::<u32>().unwrap_or_default());
    let apart = !ahead.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | ',' | '§' | '№' | '×' | '^'));
    let word = ahead.trim_end().trim_end_matches('.').rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    let word = word.to_lowercase();
    let refers = word == "ст" || REFERENCES.iter().any(|start| word.starts_with(start));
    year && apart && !ahead.trim_end().ends_with(['§', '№']) && !refers
}

/// Letters and signs above the line.
fn above(before: &str, text: &str) -> String {
    let touches = before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, ')' | ']'));
    let after_number = before.ends_with(|c: char| c.is_ascii_digit());
    let letters = text.chars().count();
    if !touches {
        return text.to_owned();
    }
    if after_number && matches!(text, "o" | "о" | "O" | "О" | "º" | "°") {
        return "°".to_owned();
    }
    if text.strip_prefix('-').is_some_and(|it| it.chars().all(char::is_alphabetic)) {
        return text.to_owned();
    }
    let raised = || mapped(text, Place::Above).unwrap_or_else(|| power(text));
    if text.chars().all(char::is_alphabetic) && letters <= LONGEST {
        let symbol = letters == 1 && text.is_ascii() && (after_number || ends_in_symbol(before));
        return if symbol { raised() } else { text.to_owned() };
    }
    if letters > LONGEST || text.contains(' ') {
        return format!(" {text}");
    }
    let written = text.starts_with(|c: char| c.is_alphanumeric() || "+-−–(".contains(c));
    if written { raised() } else { text.to_owned() }
}

fn power(text: &str) -> String {
    match text.chars().all(char::is_alphanumeric) {
        true => format!("^{text}"),
        false => format!("^({text})"),
    }
}

fn last_word(before: &str) -> &str {
    &before[before.trim_end_matches(char::is_alphabetic).len()..]
}

/// A letter that stands for a quantity: alone, or behind a number.
fn ends_in_symbol(before: &str) -> bool {
    last_word(before).chars().count() == 1
}

/// What stands below the line: CO₂, log₂, v_max.
fn below(before: &str, text: &str) -> String {
    let touches = before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, ')' | ']' | '/' | '⁄'));
    if !touches {
        return text.to_owned();
    }
    if text.chars().count() > LONGEST || text.contains(' ') {
        return format!(" {text}");
    }
    match mapped(text, Place::Below) {
        Some(lowered) => lowered,
        None if text.is_empty() => String::new(),
        None => format!("_{text}"),
    }
}

/// The text in raised or lowered characters, if there are such.
fn mapped(text: &str, place: Place) -> Option<String> {
    let from = "0123456789+-−–=()ni";
    let to = match place {
        Place::Above => "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ⁿⁱ",
        Place::Below => "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎ₙᵢ",
    };
    text.chars().map(|c| from.chars().zip(to.chars()).find(|(plain, _)| *plain == c).map(|(_, it)| it)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponents_stay_apart_from_their_numbers() {
        for (before, text, wanted) in [
            ("holds 10", "6", "⁶"),
            ("10", "-3", "⁻³"),
            ("статтю 191", "1", "¹"),
            ("1 200 m", "2", "²"),
            ("12 км", "2", "²"),
            ("E = mc", "n", "n"),
            ("x", "n", "ⁿ"),
            ("the 21", "st", "st"),
            ("30", "-й", "-й"),
            ("mc", "2", "²"),
            ("1", "го", "го"),
            ("20", "о", "°"),
            ("о 10", "00", ":00"),
            ("$19", "99", ".99"),
            ("Ca", "2+", "²⁺"),
            ("2", "10", "¹⁰"),
            ("(a + b)", "2", "²"),
            ("10", "n+1", "ⁿ⁺¹"),
            ("2", "a+b", "^(a+b)"),
            ("word", "TM", "TM"),
            ("Prices", "Updated on Monday", " Updated on Monday"),
            ("", "1", "¹"),
            ("ст. 1549", "1", "¹"),
            ("§ 2019", "1", "¹"),
            ("a load of 2.2019", "3", "³"),
            ("3000", "2", "²"),
            ("in 2019", "th", "th"),
        ] {
            assert_eq!(written(Place::Above, before, text, false), Outcome::Text(wanted.to_owned()), "{before}^{text}");
        }
        for (before, text, wanted) in [
            ("CO", "2", "₂"),
            ("log", "10", "₁₀"),
            ("v", "max", "_max"),
            ("¹/", "2", "₂"),
            ("word", "a long label", " a long label"),
        ] {
            assert_eq!(written(Place::Below, before, text, false), Outcome::Text(wanted.to_owned()), "{before}_{text}");
        }
    }

    #[test]
    fn marks_of_footnotes_go() {
        for (before, text, note) in [
            ("the 4th of May", "[3]", false),
            ("15", "1", true),
            ("the report", "2", false),
            ("he said.", "12", false),
            ("слово", "*", false),
            ("звіт", "1", false),
            ("fact", "[citation needed]", false),
            ("word", "1)", false),
            ("fact", "a", true),
            ("in 2019", "3", false),
            ("у 1991", "12", false),
            ("(1654–1991", "2", false),
            ("by 2024", "3,4", false),
        ] {
            assert_eq!(written(Place::Above, before, text, note), Outcome::Gone, "{before}^{text}");
        }
        assert_eq!(written(Place::Above, "about ", "1", false), Outcome::GoneUnlessFraction("¹".to_owned()));
    }
}
