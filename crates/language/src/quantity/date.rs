//! Dates: 12 March 2024, March 12, 12.03.2024, 12-15 березня, двадцать первого марта.

use super::super::calendar::CALENDAR;
use super::super::class::Class;
use super::{Date, Decimal, Reader, Weight, What};

impl Reader<'_> {
    pub(super) fn plain(&self, i: usize) -> Option<u64> {
        let token = self.tokens.get(i).filter(|token| token.is_number())?;
        token.text.chars().all(|c| c.is_ascii_digit()).then(|| token.text.parse().ok()).flatten()
    }

    pub(super) fn day(&self, i: usize) -> Option<u8> {
        let short = self.tokens.get(i).is_some_and(|token| token.text.len() <= 2);
        self.plain(i).filter(|&day| short && (1..=31).contains(&day)).and_then(|day| u8::try_from(day).ok())
    }

    pub(super) fn year(&self, i: usize) -> Option<u16> {
        let long = self.tokens.get(i).is_some_and(|token| token.text.len() == 4);
        self.plain(i).filter(|_| long).and_then(|year| u16::try_from(year).ok())
    }

    /// Skips an ordinal's ending, as in 2nd, 5-го: gives the token behind it.
    pub(super) fn after_ordinal(&self, i: usize) -> usize {
        let ending = ["st", "nd", "rd", "th", "го", "е", "те", "ше", "го", "й", "ї", "я", "of"];
        let mut next = i + 1;
        for _ in 0..2 {
            let near = next < self.tokens.len() && matches!(self.gap(next - 1), "" | "-" | " ");
            if near && self.word(next).is_some_and(|word| ending.contains(&word)) {
                next += 1;
            }
        }
        next
    }

    pub(super) fn month(&self, i: usize) -> Option<u8> {
        let token = self.tokens.get(i).filter(|token| !token.is_number())?;
        CALENDAR.months.get(&token.folded).or_else(|| {
            let ordinal = |at: usize| self.ordinal_day(at).is_some();
            let beside = self.tokens.get(i + 1).is_some_and(|next| next.is_number())
                || (self.word(i + 1) == Some("the") && ordinal(i + 2))
                || ordinal(i + 1)
                || (i > 0 && self.tokens[i - 1].is_number())
                || self.follows(
                    i,
                    &[
                        "in", "since", "until", "of", "by", "early", "late", "mid", "last", "this", "next", "from",
                        "before", "after",
                    ],
                );
            CALENDAR.doubtful_months.get(&token.folded).filter(|_| beside && token.is_capitalised())
        })
    }

    pub(super) fn read_date(&mut self, i: usize) -> Option<usize> {
        self.read_digits_date(i)
            .or_else(|| self.read_day_month(i))
            .or_else(|| self.read_ordinal_day(i))
            .or_else(|| self.read_month(i))
    }

    /// 12.03.2024, 12/3/2024, 2024-03-12.
    pub(super) fn read_digits_date(&mut self, i: usize) -> Option<usize> {
        let token = self.tokens.get(i).filter(|token| token.is_number())?;
        let parts: Vec<&str> = token.text.split(['.', '/']).collect();
        let number = |text: &str| text.parse::<u16>().ok();
        let (day, month, year, last) = match parts[..] {
            [day, month, year] if year.len() == 4 || year.len() == 2 => {
                (number(day)?, number(month)?, number(year)?, i)
            }
            [_] if self.year(i).is_some()
                && self.gap(i) == "-"
                && i + 2 < self.tokens.len()
                && self.gap(i + 1) == "-" =>
            {
                (u16::from(self.day(i + 2)?), u16::from(self.day(i + 1)?), self.year(i)?, i + 2)
            }
            [day, month] if token.text.contains('/') && day.len() < 3 && month.len() == 2 => {
                self.read_short_date(i, number(day)?, number(month)?);
                return None;
            }
            _ => return None,
        };
        if !(1..=31).contains(&day) || !(1..=31).contains(&month) || (day > 12 && month > 12) {
            return None;
        }
        let year = Some(if year < 100 { 2000 + year } else { year });
        // Which is the day and which the month is known only when one is above 12; both readings support a fact.
        let swapped = token.text.contains('/') || month > 12;
        for (day, month, weight) in [(day, month, Weight::Firm), (month, day, Weight::Loose)] {
            if month <= 12 && (weight == Weight::Firm || swapped) {
                let date = Date { day: u8::try_from(day).ok(), month: u8::try_from(month).ok()?, year };
                self.push(i..=last, What::Date(date), weight);
            }
        }
        Some(last + 1)
    }

    /// 12/03 may be a date, either way round, and a fraction as well.
    fn read_short_date(&mut self, i: usize, first: u16, second: u16) {
        for (day, month) in [(first, second), (second, first)] {
            if (1..=31).contains(&day) && (1..=12).contains(&month) {
                let (day, month) = (u8::try_from(day).ok(), u8::try_from(month).unwrap_or(1));
                self.push(i..=i, What::Date(Date { day, month, year: None }), Weight::Loose);
            }
        }
    }

    /// 12 March 2024, 12-15 березня, "12 and 15 March".
    pub(super) fn read_day_month(&mut self, i: usize) -> Option<usize> {
        let first = self.day(i)?;
        let mut days = vec![first];
        let mut next = self.after_ordinal(i);
        let joined = |gap: &str| matches!(gap.trim(), "-" | "–" | "—" | "," | "/");
        while next < self.tokens.len() && days.len() < 4 {
            let by_word = self.is(next, Class::JoinsDays);
            let at = if by_word { next + 1 } else { next };
            let Some(day) = self.day(at).filter(|_| by_word || joined(self.gap(next - 1))) else { break };
            days.push(day);
            next = self.after_ordinal(at);
        }
        let month = self.month(next)?;
        let (year, last) = self.year_after(next);
        for day in days {
            self.push(i..=last, What::Date(Date { day: Some(day), month, year }), Weight::Firm);
            self.day_of_month(i, day);
        }
        Some(last + 1)
    }

    /// двадцять першого березня, the twenty-first of March, п'ятого й шостого мая.
    fn read_ordinal_day(&mut self, i: usize) -> Option<usize> {
        let (day, mut next) = self.ordinal_day(i)?;
        let mut days = vec![day];
        while days.len() < 4 && self.is(next, Class::JoinsDays) {
            let Some((day, end)) = self.ordinal_day(next + 1) else { break };
            days.push(day);
            next = end;
        }
        let at = if self.word(next) == Some("of") { next + 1 } else { next };
        let month = self.month(at)?;
        let (year, last) = self.year_after(at);
        for day in days {
            self.push(i..=last, What::Date(Date { day: Some(day), month, year }), Weight::Firm);
            self.day_of_month(i, day);
        }
        Some(last + 1)
    }

    /// A day in an ordinal word from token `i` on, and the token behind it.
    fn ordinal_day(&self, i: usize) -> Option<(u8, usize)> {
        let (sum, next) = self.sum(i);
        let (value, _) = sum.value().filter(|_| sum.ordinal)?;
        u8::try_from(value).ok().filter(|day| (1..=31).contains(day)).map(|day| (day, next))
    }

    /// March 12, 2024; March 2024; March; March the twelfth.
    pub(super) fn read_month(&mut self, i: usize) -> Option<usize> {
        let month = self.month(i)?;
        if let Some(day) = self.day(i + 1).filter(|_| matches!(self.gap(i), " " | "\u{a0}" | ". ")) {
            let mut last = self.after_ordinal(i + 1) - 1;
            let mut year = None;
            if matches!(self.gap(last).trim(), "," | "")
                && let Some(found) = self.year(last + 1)
            {
                (year, last) = (Some(found), last + 1);
                self.number(last, Decimal::from(u64::from(found)));
            }
            self.push(i..=last, What::Date(Date { day: Some(day), month, year }), Weight::Firm);
            self.day_of_month(i + 1, day);
            return Some(last + 1);
        }
        let the = usize::from(self.word(i + 1) == Some("the"));
        if let Some((day, next)) = self.ordinal_day(i + 1 + the).filter(|_| self.tokens[i].folded.is_ascii()) {
            self.push(i..=next - 1, What::Date(Date { day: Some(day), month, year: None }), Weight::Firm);
            self.day_of_month(i, day);
            return Some(next);
        }
        let (year, last) = self.year_after(i);
        let weight = if year.is_none() && self.is_doubtful_month(i) { Weight::Loose } else { Weight::Firm };
        self.push(i..=last, What::Date(Date { day: None, month, year }), weight);
        Some(last + 1)
    }

    /// True when a month without a day and a year may be another word: Jan, an august body, Мая Санду, лютий мороз.
    fn is_doubtful_month(&self, i: usize) -> bool {
        let token = &self.tokens[i];
        match token.folded.as_str() {
            word if CALENDAR.shortened.get(word).is_some() => true,
            "august" => !token.is_capitalised(),
            // The fall of leaves.
            "листопад" => !self.follows(i, &["на", "у", "в", "за"]),
            word if word.starts_with("лют") => !self.is_of_february(i),
            // Ukrainian and Russian write no month with a capital inside a sentence.
            _ if token.is_cyrillic() && token.is_capitalised() && !token.is_acronym() => {
                i > 0 || self.tokens.get(1).is_some_and(|next| next.is_capitalised())
            }
            _ => false,
        }
    }

    /// True when лютого or лютому at token `i` is February and not fierce: it stands for itself behind what times have.
    fn is_of_february(&self, i: usize) -> bool {
        let times =
            ["наприкінці", "початку", "початок", "кінця", "кінці", "кінець", "середині", "середини", "протягом"];
        let ends = !self.gap(i).trim().is_empty()
            || self.tokens.get(i + 1).is_none_or(|next| next.is_number() || next.is_function_word());
        self.follows(i, &times)
            || (ends && self.follows(i, &["у", "в", "до", "з", "із", "від", "після", "за", "на", "по"]))
    }

    /// Whether the weekday at token `i` is sure. In Russian среда is also the environment.
    pub(super) fn weight_of_weekday(&self, i: usize) -> Weight {
        let sure = match self.tokens[i].folded.as_str() {
            "среду" => self.follows(i, &["в", "во"]),
            "средам" => self.follows(i, &["по"]),
            word => !word.starts_with("сред"),
        };
        if sure { Weight::Firm } else { Weight::Loose }
    }

    /// Fri, пт, 12 січ.: shortened days and months support, and accuse nobody, since most are other words.
    pub(super) fn read_shortened(&mut self, i: usize) {
        let token = &self.tokens[i];
        // Of all letters, ВС are the armed forces, and the others head a table.
        let of_day = (token.is_cyrillic() || token.is_capitalised()) && !(token.folded == "вс" && token.is_acronym());
        if let Some(day) = CALENDAR.short_weekdays.get(&token.folded).filter(|_| of_day) {
            self.push(i..=i, What::Weekday(day), Weight::Loose);
        }
        let Some((month, is_sure)) = CALENDAR.short_month(&token.folded) else { return };
        let before = i.checked_sub(1).filter(|&at| matches!(self.gap(at).trim(), "" | "." | "-"));
        let day = before.and_then(|at| self.day(at));
        let (year, last) = self.year_after(i);
        if is_sure || day.is_some() || year.is_some() {
            let first = if day.is_some() { i - 1 } else { i };
            self.push(first..=last, What::Date(Date { day, month, year }), Weight::Loose);
        }
    }

    /// The year behind a month at token `i`, and the last token of both.
    pub(super) fn year_after(&mut self, i: usize) -> (Option<u16>, usize) {
        let at = if self.word(i + 1) == Some("of") { i + 2 } else { i + 1 };
        let near = at < self.tokens.len() && matches!(self.gap(at - 1).trim(), "" | "," | ".");
        match self.year(at).filter(|_| near) {
            Some(year) => {
                self.number(at, Decimal::from(u64::from(year)));
                (Some(year), at)
            }
            None => (None, i),
        }
    }
}
