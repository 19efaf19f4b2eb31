//! Holds the numbers and dates of a text against its evidence, then against the whole article.
//!
//! A number that only another sentence has is the most common mistake of a weak model, so it is a finding as well
//! (`evidence_weak` with the number), and so is one that the article has of something else; one that the whole article lacks
//! is `number_not_in_source`. Which numbers are the same, `language` says.

use super::check::Claim;
use super::reference::Reference;
use super::{Finding, FindingKind};
use crate::language::{Amount, Annotation, Class, Date, Decimal, Mention, Period, Unit, Weight, What, outcome};

/// Whole numbers between these are mostly years, which nobody rounds.
const YEARS: std::ops::Range<u64> = 1500..2200;

/// The findings about a text's numbers and dates.
pub(super) fn check(claim: &Claim<'_>, reference: &Reference) -> Vec<Finding> {
    let text = claim.text;
    let everywhere = reference.everywhere();
    let mut found = Vec::new();
    for mention in text.mentions.iter().filter(|mention| mention.weight == Weight::Firm) {
        let kind = match &mention.what {
            // A translation may well say "over the year" for "since last year".
            What::Relative(..) | What::Season(_) if claim.is_translated() => None,
            what @ (What::Relative(..) | What::Season(_)) => {
                contradicts(what, claim.sentences, reference).then_some(FindingKind::NumberNotInSource)
            }
            _ => Figure { claim, mention, reference }.fault(&everywhere),
        };
        found.extend(kind.map(|kind| claim.finding(kind, said(text, mention, reference, &everywhere))));
    }
    found.dedup();
    found
}

/// A number as it is shown: with its unit where that is what is wrong.
fn said(text: &Annotation, mention: &Mention, reference: &Reference, everywhere: &[usize]) -> String {
    let known = |amount: &Amount| amount.values.iter().any(|value| reference.has_value(value, everywhere));
    let end = match &mention.what {
        What::Number(amount) if known(amount) => mention.unit_end,
        _ => mention.end,
    };
    text.text[mention.start..end].to_owned()
}

/// One number or date of a text.
struct Figure<'c> {
    claim: &'c Claim<'c>,
    mention: &'c Mention,
    reference: &'c Reference,
}

impl Figure<'_> {
    /// What is wrong with it.
    fn fault(&self, everywhere: &[usize]) -> Option<FindingKind> {
        let evidence = self.claim.evidence();
        if evidence.is_some_and(|evidence| self.is_said(evidence)) || (evidence.is_none() && self.is_said(everywhere)) {
            return self.is_of_another(everywhere).then_some(FindingKind::EvidenceWeak);
        }
        let sentences = evidence.unwrap_or(everywhere);
        if self.differs_in_bound_alone(sentences) {
            return Some(FindingKind::NegationChanged);
        }
        Some(if self.is_said(everywhere) { FindingKind::EvidenceWeak } else { FindingKind::NumberNotInSource })
    }

    fn is_said(&self, sentences: &[usize]) -> bool {
        let reference = self.reference;
        let mut mentions = reference.mentions_in(sentences);
        match &self.mention.what {
            What::Number(amount) => {
                let rough = self.is_rough(amount);
                mentions.any(|it| amount_is(amount, it) || (rough && is_rounded(amount, it)))
            }
            What::Share(part, whole) => mentions.any(|it| share_is(*part, *whole, it)),
            What::Clock(hours, minutes) => has_clock(*hours, *minutes, sentences, reference),
            What::Score(ours, theirs) => self.has_score(*ours, *theirs, sentences),
            What::Date(date) => has_date(*date, sentences, reference),
            what => mentions.any(|it| it.what == *what),
        }
    }

    /// True when a sentence says the same number with at most for at least, or the other way about.
    fn differs_in_bound_alone(&self, sentences: &[usize]) -> bool {
        let What::Number(ours) = &self.mention.what else { return false };
        let same = |it: &Mention| matches!(&it.what, What::Number(theirs) if ours.has_value_of(theirs, it.weight));
        ours.bound.is_some() && self.reference.mentions_in(sentences).any(same)
    }

    /// True when a word before the number says that it is not exact, or its digits are few: 1.2 million.
    fn is_rough(&self, amount: &Amount) -> bool {
        let (text, mention) = (self.claim.text, self.mention);
        let before = text.tokens.iter().rfind(|token| token.end() <= mention.start);
        let year = amount.values.iter().any(|it| it.whole().is_some_and(|it| YEARS.contains(&it)));
        if year && amount.unit == Unit::Plain {
            return false;
        }
        let word = text.text[mention.start..mention.end].contains(char::is_alphabetic);
        word || before.is_some_and(|token| token.is(Class::Rounding))
    }

    /// A score may be told with any mark, and the other way round by the one who lost.
    fn has_score(&self, ours: u16, theirs: u16, sentences: &[usize]) -> bool {
        let reference = self.reference;
        if reference.readings(sentences).any(|reading| tells_score(reading, (ours, theirs))) {
            return true;
        }
        let turned: Vec<_> = reference.readings(sentences).filter(|it| tells_score(it, (theirs, ours))).collect();
        let value = |it: u16| reference.has_value(&Decimal::from(u64::from(it)), sentences);
        let end = outcome(&self.claim.text.tokens);
        let opposite = |reading: &&Annotation| outcome(&reading.tokens).is_some_and(|other| Some(other) != end);
        match turned.is_empty() {
            true => value(ours) && value(theirs),
            false => end.is_some() && turned.iter().any(opposite),
        }
    }

    /// True when the article counts something else with this number, and with another what the text counts: 46 cars where
    /// it has 46 ships and 85 cars.
    fn is_of_another(&self, everywhere: &[usize]) -> bool {
        let What::Number(ours) = &self.mention.what else { return false };
        let Some(noun) = ours.counted.filter(|_| ours.unit == Unit::Plain) else { return false };
        let nouns = nouns(self.claim.text, noun);
        if nouns.is_empty() {
            return false;
        }
        let mut counted_otherwise = false;
        for reading in self.reference.readings(everywhere) {
            for mention in reading.mentions.iter().filter(|it| it.weight == Weight::Firm) {
                let What::Number(theirs) = &mention.what else { continue };
                let same_value = ours.has_value_of(theirs, mention.weight);
                let same_noun = theirs.counted.is_some_and(|at| self.shares_noun(&nouns, reading, at));
                match (same_value, theirs.counted) {
                    (true, None) => return false,
                    (true, Some(_)) if same_noun => return false,
                    (false, Some(_)) if same_noun && !self.says_as_well(theirs) => counted_otherwise = true,
                    _ => {}
                }
            }
        }
        counted_otherwise
    }

    fn shares_noun(&self, ours: &[usize], reading: &Annotation, at: usize) -> bool {
        let theirs = nouns(reading, at);
        ours.iter()
            .any(|&i| theirs.iter().any(|&j| self.claim.text.same_word(i, (reading, j), self.claim.language_match)))
    }

    /// True when the text has this number too.
    fn says_as_well(&self, amount: &Amount) -> bool {
        self.claim
            .text
            .mentions
            .iter()
            .any(|it| matches!(&it.what, What::Number(ours) if ours.has_value_of(amount, Weight::Firm)))
    }
}

fn tells_score(reading: &Annotation, score: (u16, u16)) -> bool {
    let is = |it: &Mention| matches!(it.what, What::Score(a, b) | What::Clock(a, b) if (a, b) == score);
    reading.mentions.iter().any(is)
}

/// The words that may say what is counted: the one at `at`, and the next when the first may be an adjective.
fn nouns(reading: &Annotation, at: usize) -> Vec<usize> {
    let near = |i: usize| {
        i == at || reading.tokens.get(i).is_some_and(|it| reading.text[reading.tokens[i - 1].end()..it.start] == *" ")
    };
    let telling = |&i: &usize| near(i) && reading.carries_meaning(i) && !reading.tokens[i].is(Class::Anybody);
    (at..reading.tokens.len().min(at + 2)).filter(telling).collect()
}

/// True when the evidence has another season or relative date, and this one nowhere.
fn contradicts(what: &What, evidence: &[usize], reference: &Reference) -> bool {
    let theirs: Vec<&What> = reference.mentions_in(evidence).map(|it| &it.what).collect();
    let other = |it: &&What| match (what, it) {
        (What::Season(_), What::Season(_)) => true,
        (What::Relative(Period::Year, 0), What::Relative(period, _)) => *period == Period::Year,
        (What::Relative(period, _), What::Relative(of, _)) => of == period || *of == Period::Day,
        _ => false,
    };
    !theirs.contains(&what) && theirs.iter().any(other)
}

fn amount_is(ours: &Amount, mention: &Mention) -> bool {
    let whole = |value: u16| ours.values.contains(&Decimal::from(u64::from(value)));
    match &mention.what {
        What::Number(theirs) => {
            let doubled = ours.unit == Unit::Times && theirs.unit == Unit::Percent;
            ours.is_said_by(theirs, mention.weight) || (doubled && is_growth(ours, theirs))
        }
        What::Clock(hours, minutes) => {
            ours.clock == Some((*hours, *minutes)) || (*minutes == 0 && ours.is_bare_or_of_time() && whole(*hours))
        }
        // What fell by half is half as much, and half of what it was.
        What::Share(1, 2) => ours.values.contains(&Decimal::parse("0.5")) || (ours.unit == Unit::Times && whole(2)),
        _ => false,
    }
}

/// Twice is a hundred percent more.
fn is_growth(ours: &Amount, theirs: &Amount) -> bool {
    let more = ours.values.iter().filter_map(|it| it.whole()?.checked_sub(1)?.checked_mul(100));
    more.map(Decimal::from).any(|percent| theirs.values.contains(&percent))
}

fn is_rounded(ours: &Amount, mention: &Mention) -> bool {
    matches!(&mention.what, What::Number(exact) if ours.rounds(exact, mention.weight))
}

/// A share is said as such, or in percent.
fn share_is(part: u32, whole: u32, mention: &Mention) -> bool {
    let percent = 100.0 * f64::from(part) / f64::from(whole.max(1));
    match &mention.what {
        What::Share(a, b) => (*a, *b) == (part, whole),
        What::Number(amount) => match amount.unit {
            Unit::Percent => amount.values.iter().any(|value| (value.approximate() - percent).abs() < 1.0),
            Unit::Times => part == 1 && amount.values.contains(&Decimal::from(u64::from(whole))),
            _ => false,
        },
        _ => false,
    }
}

fn has_clock(hours: u16, minutes: u16, sentences: &[usize], reference: &Reference) -> bool {
    // A time may be told by twelve hours or by twenty-four.
    let same = |h: u16, m: u16| m == minutes && (h == hours || (h < 24 && hours < 24 && h % 12 == hours % 12));
    reference.mentions_in(sentences).any(|it| match &it.what {
        What::Clock(h, m) => same(*h, *m),
        What::Score(h, m) => (*h, *m) == (hours, minutes),
        What::Number(amount) => {
            let hour = minutes == 0 && hours < 24 && amount.values.contains(&Decimal::from(u64::from(hours)));
            (hour && amount.is_bare_or_of_time()) || amount.clock.is_some_and(|(h, m)| same(h, m))
        }
        _ => false,
    })
}

fn has_date(date: Date, sentences: &[usize], reference: &Reference) -> bool {
    let year_fits = |theirs: Option<u16>| match (date.year, theirs) {
        (Some(year), Some(theirs)) => year == theirs,
        (Some(year), None) => reference.has_value(&Decimal::from(u64::from(year)), sentences),
        (None, _) => true,
    };
    reference.mentions_in(sentences).any(|it| match it.what {
        What::Date(theirs) => {
            let day = date.day.is_none() || theirs.day == date.day;
            theirs.month == date.month && day && year_fits(theirs.year)
        }
        _ => false,
    })
}
