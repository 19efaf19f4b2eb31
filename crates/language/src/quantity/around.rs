//! What stands around a number and changes what it says: its unit, by or to, at least or at most, minus, the noun counted.

use super::super::class::Class;
use super::super::numeral;
use super::super::unit::{self, Unit};
use super::{Bound, Change, Reader};

/// Two words and one that say on which side of the number the truth lies. "than" and its like may follow.
const AT_LEAST: &[(&str, &str)] = &[
    ("at", "least"),
    ("no", "less"),
    ("no", "fewer"),
    ("not", "less"),
    ("не", "менше"),
    ("не", "менш"),
    ("не", "меньше"),
    ("не", "менее"),
    ("меньшей", "мере"),
    ("крайней", "мере"),
];
const AT_MOST: &[(&str, &str)] = &[
    ("at", "most"),
    ("no", "more"),
    ("not", "more"),
    ("не", "більше"),
    ("не", "більш"),
    ("не", "больше"),
    ("не", "более"),
    ("не", "свыше"),
    ("не", "понад"),
];
/// Endings of Ukrainian and Russian verbs: what follows a number and has one counts nothing.
const VERB_ENDINGS: [&str; 7] = ["ли", "ла", "ло", "ся", "сь", "ти", "ть"];
/// How many words an adjective and its like may take between a number and its unit.
const BETWEEN: usize = 2;
/// Whole numbers between these, in four digits, are mostly years, which count nothing.
const YEARS: std::ops::Range<u64> = 1500..2200;

/// What stands behind a number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Behind {
    pub(super) unit: Unit,
    /// The power of ten by which the number is multiplied.
    pub(super) power: Option<u32>,
    /// The last token of the number with its magnitude.
    pub(super) last: usize,
    /// The last token of its unit; `last` where it has none.
    pub(super) unit_last: usize,
}

impl Reader<'_> {
    /// True when the text says anywhere that something grows or shrinks.
    pub(super) fn tells_of_change(&self) -> bool {
        (0..self.tokens.len()).any(|i| self.is(i, Class::Change) || matches!(self.word(i), Some("up" | "down")))
    }

    /// The magnitude and the unit behind token `i`, and their last tokens.
    pub(super) fn behind(&self, i: usize) -> Behind {
        let (mut last, mut power) = (i, None);
        let gap = self.gap(last).trim_start_matches(['¼', '½', '¾']);
        if matches!(gap.trim(), "" | "-")
            && let Some(word) = self.word(last + 1)
        {
            let letter = gap.is_empty().then(|| numeral::magnitude_of_letter(word)).flatten();
            power = numeral::magnitude(word).or(letter);
            last += usize::from(power.is_some());
        }
        let found = |unit, unit_last| Behind { unit, power, last, unit_last };
        let sign = self.sign_behind(last);
        if sign != Unit::Plain {
            return found(sign, last);
        }
        if let Some((unit, unit_last)) = self.unit_in_words(last) {
            return found(unit, unit_last);
        }
        // "10-15%", "from 10 to 15 percent"
        found(self.behind_range(last).map_or(Unit::Plain, |(_, unit)| unit), last)
    }

    /// The unit of the sign behind token `last`. In "5 or €10" it belongs to the next number.
    fn sign_behind(&self, last: usize) -> Unit {
        let gap = self.gap(last).trim_start_matches(['¼', '½', '¾']);
        let sign = gap.trim_start_matches([' ', '\u{a0}', '\u{202f}', '.']);
        let of_next = sign.len() < gap.len()
            && sign.chars().count() == 1
            && self.tokens.get(last + 1).is_some_and(|it| it.is_number());
        let first = sign.chars().next().map_or("", |c| &sign[..c.len_utf8()]);
        if of_next { Unit::Plain } else { unit::of_signs(first) }
    }

    /// The unit in the words behind token `last`, and its last token. An adjective may stand between: "10 млрд американських
    /// доларів".
    fn unit_in_words(&self, last: usize) -> Option<(Unit, usize)> {
        let mut power_of_length = None;
        for at in last + 1..=last + 1 + BETWEEN {
            let word = self.word(at).filter(|_| matches!(self.gap(at - 1).trim(), "" | "." | "-" | "/"))?;
            if let Some(found) = self.points(at) {
                return Some(found);
            }
            if power_of_length.is_none() && unit::power_of_length(word).is_some() {
                power_of_length = unit::power_of_length(word);
                continue;
            }
            let unit = match word {
                "cent" if at > last + 1 && self.word(at - 1) == Some("per") => Unit::Percent,
                // In Russian, a full stop behind г is that of a year.
                "г" if self.gap(at).starts_with('.') => Unit::Plain,
                word => unit::of_word(word),
            };
            match unit {
                // "250 samples per hour" are no hours.
                Unit::Plain if word == "per" && self.word(at + 1) != Some("cent") => return None,
                Unit::Plain if word == "per" || word == "us" || word == "of" => {}
                // Only an adjective may stand between.
                Unit::Plain if word.chars().count() < 6 || self.tokens[at].is_function_word() => return None,
                Unit::Plain => {}
                unit if at > last + 1 && unit == Unit::Times => return None,
                unit => return Some((power_of_length.map_or(unit, |power| unit.to_the(power)), at)),
            }
        }
        None
    }

    /// Percentage and basis points at token `at`, and their last token: "percentage points", "pp", "в. п.", "п. п.".
    fn points(&self, at: usize) -> Option<(Unit, usize)> {
        let word = self.word(at)?;
        let next = self.word(at + 1).unwrap_or_default();
        let joined = self.gap(at).trim().trim_start_matches('.').trim().is_empty();
        let of_percent = word == "percentage" || word.starts_with("відсотков") || word.starts_with("процентн");
        let in_full = of_percent && (next.starts_with("point") || next.starts_with("пункт"));
        let in_letters = matches!(word, "п" | "в" | "p") && matches!(next, "п" | "p") && self.gap(at) != " ";
        match joined && (in_full || in_letters) {
            true => Some((Unit::Points, at + 1)),
            false if matches!(word, "pp" | "пп" | "вп" | "ppt" | "ppts") => Some((Unit::Points, at)),
            false => None,
        }
    }

    /// How many basis points a percentage point has, when such points stand behind token `last`.
    pub(super) fn basis_points(&self, last: usize) -> Option<usize> {
        let (word, next) = (self.word(last + 1)?, self.word(last + 2).unwrap_or_default());
        let in_full = (word == "basis" || word.starts_with("базис") || word.starts_with("базов"))
            && (next.starts_with("point") || next.starts_with("пункт"));
        let in_letters = word == "б" && next == "п" && self.gap(last + 1) != " ";
        match in_full || in_letters {
            true => Some(last + 2),
            false => matches!(word, "bp" | "bps").then_some(last + 1),
        }
    }

    /// Magnitude and unit of the upper end of a range whose lower end is token `i`.
    pub(super) fn behind_range(&self, i: usize) -> Option<(u32, Unit)> {
        let dash = matches!(self.gap(i).trim(), "-" | "–" | "—" | "...");
        let word = self
            .word(i + 1)
            .is_some_and(|word| ["to", "and", "or", "до", "чи", "или", "або", "і", "й", "та", "и"].contains(&word));
        let upper = if dash { i + 1 } else { i + 2 };
        let (at, number) = match self.tokens.get(upper) {
            Some(token) if token.is_number() => (upper, true),
            Some(token) => (upper, numeral::numeral(&token.folded).is_some()),
            None => return None,
        };
        if (!dash && !word) || !number {
            return None;
        }
        let magnitude = self.word(at + 1).and_then(numeral::magnitude).unwrap_or(0);
        let last = if magnitude > 0 { at + 1 } else { at };
        let unit = match self.sign_behind(last) {
            Unit::Plain => self.unit_in_words(last).map_or(Unit::Plain, |(unit, _)| unit),
            unit => unit,
        };
        Some((magnitude, unit))
    }

    /// Whether something changes by or to the amount at the tokens from `first` to `last`.
    pub(super) fn change(&self, first: usize, last: usize, unit: Unit) -> Option<Change> {
        if !self.has_change || unit.is_of_time() || matches!(unit, Unit::Plain | Unit::Times | Unit::DayOfMonth) {
            return None;
        }
        let more = |at: usize| self.is(at, Class::Change);
        let before = self.before(first);
        match before.and_then(|at| self.word(at)) {
            Some("to" | "до") if self.is_upper_end(before?) || self.follows(before?, &["up"]) => None,
            Some("to" | "до" | "at") => Some(Change::To),
            Some("by" | "на" | "up" | "down") => Some(Change::By),
            // "rose 5%"
            Some(_) if before.is_some_and(more) && !self.is_bound(first) => Some(Change::By),
            // "5% more"
            _ => {
                let near = self.gap(last).chars().all(|c| c.is_whitespace() || matches!(c, '%' | '°' | '-'));
                (near && (1..=2).any(|on| more(last + on))).then_some(Change::By)
            }
        }
    }

    /// True when the word at `at` stands between the ends of a range: "5 to 10%", and not "from 5% to 10%".
    fn is_upper_end(&self, at: usize) -> bool {
        let mut near = (at.saturating_sub(3)..at).rev();
        let Some(number) = near.find(|&i| self.tokens[i].is_number()) else { return false };
        if self.text[self.tokens[number].end()..self.tokens[at].start].contains([',', ';', '(']) {
            return false;
        }
        !self.follows(number, &["from", "з", "із", "зі", "с", "со"])
    }

    /// The token before `i` that is no mere "about".
    fn before(&self, i: usize) -> Option<usize> {
        let mut at = i.checked_sub(1)?;
        for _ in 0..3 {
            if !self.is(at, Class::Roughly) && !self.is(at, Class::Minus) {
                break;
            }
            at = at.checked_sub(1)?;
        }
        Some(at)
    }

    fn is_bound(&self, i: usize) -> bool {
        self.bound(i).is_some()
    }

    /// On which side of the number at token `i` the truth lies.
    pub(super) fn bound(&self, i: usize) -> Option<Bound> {
        let mut at = i.checked_sub(1)?;
        let than = self.is(at, Class::Than);
        if than {
            at = at.checked_sub(1)?;
        }
        let word = self.word(at)?;
        let pair = (at.checked_sub(1).and_then(|at| self.word(at)).unwrap_or_default(), word);
        if AT_LEAST.contains(&pair) || (!than && self.is(at, Class::AtLeast)) {
            return Some(Bound::Least);
        }
        if AT_MOST.contains(&pair) || (!than && self.is(at, Class::AtMost)) {
            return Some(Bound::Most);
        }
        let alone = than || !word.is_ascii();
        // "advise not to take it for more than two years"
        let denied =
            word.is_ascii() && (at.saturating_sub(6)..at).any(|i| matches!(self.word(i), Some("not" | "never")));
        match word {
            _ if denied => None,
            _ if alone && self.is(at, Class::More) => Some(Bound::Least),
            _ if alone && self.is(at, Class::Fewer) => Some(Bound::Most),
            _ => None,
        }
    }

    /// True when the number at the tokens from `first` to `last` is below zero. Both ends of "minus 3-5" are.
    pub(super) fn is_negative(&self, first: usize, last: usize) -> bool {
        let near = last + 1..last + 4;
        let cold = |at: usize| {
            self.is(at, Class::Cold) || (self.is(at, Class::Below) && self.word(at + 1).is_some_and(is_zero))
        };
        let lower =
            first.checked_sub(1).filter(|&at| self.tokens[at].is_number() && matches!(self.gap(at), "-" | "–" | "—"));
        self.has_minus(first) || lower.is_some_and(|at| self.has_minus(at)) || near.into_iter().any(cold)
    }

    /// True when token `i` has a minus in front.
    fn has_minus(&self, i: usize) -> bool {
        let signed = self.text[..self.tokens[i].start].strip_suffix(['-', '−', '–']);
        let signed = signed.is_some_and(|rest| rest.is_empty() || rest.ends_with([' ', '\u{a0}', '(', '…']));
        signed || (i > 0 && self.is(i - 1, Class::Minus))
    }

    /// The token behind `last` that says what a number counts.
    pub(super) fn counted(&self, first: usize, last: usize) -> Option<usize> {
        let year = first == last && self.year(first).is_some_and(|year| YEARS.contains(&u64::from(year)));
        let word = self.word(last + 1).filter(|_| matches!(self.gap(last), " " | "\u{a0}" | "\u{202f}"))?;
        let verb = !word.is_ascii() && VERB_ENDINGS.iter().any(|ending| word.ends_with(ending));
        let bare = ["числ", "пункт", "point"].iter().any(|start| word.starts_with(start));
        let past = self.tokens[last + 1].is_past_verb() || (word.is_ascii() && word.ends_with("ing"));
        let idle = self.tokens[last + 1].is_function_word() || bare || verb || past || word == "числа";
        (!idle && !year).then_some(last + 1)
    }
}

fn is_zero(word: &str) -> bool {
    matches!(word, "zero" | "нуля" | "ноля")
}
