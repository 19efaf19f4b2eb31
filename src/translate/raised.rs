//! What stands in `sup` and `sub`: a figure that changes a number or a unit, the mark of a footnote, or text.
//!
//! A reader takes 10<sup>6</sup> for a million, so a translator has to see 10⁶ and not 106. A footnote's mark says nothing of
//! its sentence, so no translator sees it. Not here: the tags (`html`).

/// Where a figure stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// `sup`.
    Above,
    /// `sub`.
    Below,
}

/// What it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Raised {
    /// A figure that belongs to the word or number before it.
    Figure {
        /// The first byte of the number that it is a power of; the end of the text before when there is none.
        base: usize,
        /// The figure in raised or lowered characters.
        surface: String,
    },
    /// The mark of a footnote.
    Note,
}

/// Letters of the longest unit that a figure is a power of.
const UNIT: usize = 3;

/// What the text of such an element is behind this text; `None` when it is words.
pub(super) fn read(before: &str, inside: &str, place: Place) -> Option<Raised> {
    let inside = inside.trim();
    if inside.is_empty() || inside.contains(|c: char| c.is_alphabetic() && !(place == Place::Above && "ni".contains(c)))
    {
        return None;
    }
    let surface: Option<String> = inside.chars().map(|c| shown(c, place)).collect();
    let last = before.chars().next_back();
    let (Some(surface), Some(last)) = (surface, last) else { return Some(Raised::Note) };
    let end = before.len();
    if last.is_ascii_digit() {
        let start = before.rfind(|c: char| !c.is_ascii_digit() && c != '.' && c != ',');
        let start = start.map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
        let marks = before[start..].len() - before[start..].trim_start_matches(['.', ',']).len();
        return Some(Raised::Figure { base: start + marks, surface });
    }
    if !last.is_alphabetic() {
        return Some(Raised::Note);
    }
    let word = before.trim_end_matches(char::is_alphabetic);
    let letters = before[word.len()..].chars().count();
    let measured = word.ends_with(['/', '·', '⋅']) || word.trim_end().ends_with(|c: char| c.is_ascii_digit());
    // A unit behind its number, a formula, or a letter that stands for a number.
    match place == Place::Below || letters == 1 || (letters <= UNIT && measured) {
        true => Some(Raised::Figure { base: end, surface }),
        false => Some(Raised::Note),
    }
}

/// A raised or lowered character.
fn shown(c: char, place: Place) -> Option<char> {
    let (plain, above, below) = ("0123456789+-−()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿⁱ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎");
    let number = plain.chars().position(|known| known == c)?;
    if place == Place::Above { above } else { below }.chars().nth(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_notes_and_words_are_told_apart() {
        let figure = |base, surface: &str| Some(Raised::Figure { base, surface: surface.to_owned() });
        for (before, inside, place, wanted) in [
            ("about 2,5", "6", Place::Above, figure(6, "⁶")),
            ("10", "-3", Place::Above, figure(0, "⁻³")),
            ("covers 40 km", "2", Place::Above, figure(12, "²")),
            ("на 40 м", "2", Place::Above, figure("на 40 м".len(), "²")),
            ("kg/m", "3", Place::Above, figure(4, "³")),
            ("x", "2", Place::Above, figure(1, "²")),
            ("CO", "2", Place::Below, figure(2, "₂")),
            ("The bridge", "1", Place::Above, Some(Raised::Note)),
            ("It left.", " 12 ", Place::Above, Some(Raised::Note)),
            ("It left", "[3]", Place::Above, Some(Raised::Note)),
            ("It left", "*", Place::Above, Some(Raised::Note)),
            ("", "1", Place::Above, Some(Raised::Note)),
            ("the 19", "th", Place::Above, None),
            ("Acme", "TM", Place::Above, None),
            ("x", "max", Place::Below, None),
            ("x", " ", Place::Above, None),
        ] {
            assert_eq!(read(before, inside, place), wanted, "{before}|{inside}");
        }
    }
}
