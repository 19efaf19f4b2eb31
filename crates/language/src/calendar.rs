//! Months, weekdays, seasons and relative dates of the three languages: `data/calendar.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

use super::quantity::Period;
use super::word_map::{WordMap, list, numbered, rows};

const TABLE: &str = include_str!("../data/calendar.toml");
/// What Ukrainian sets in front of a weekday for every one of them: щоп'ятниці.
const EVERY: &str = "що";

/// The words of the calendar; January, Monday and winter are 1.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Calendar {
    /// Months in forms that are nothing else.
    #[serde(deserialize_with = "numbered")]
    pub(super) months: WordMap<u8>,
    /// Months where what is around them speaks for one.
    #[serde(deserialize_with = "numbered")]
    pub(super) doubtful_months: WordMap<u8>,
    /// Months by their adjectives: листопадовий, ноябрьский.
    #[serde(deserialize_with = "numbered")]
    pub(super) month_adjectives: WordMap<u8>,
    /// Ukrainian months as they are shortened.
    #[serde(deserialize_with = "numbered")]
    pub(super) short_months: WordMap<u8>,
    /// The same where they are other words as well.
    #[serde(deserialize_with = "numbered")]
    pub(super) short_months_or_words: WordMap<u8>,
    /// Months in forms that are names or other words as well.
    #[serde(deserialize_with = "list")]
    pub(super) shortened: WordMap<()>,
    /// Weekdays.
    #[serde(deserialize_with = "numbered")]
    pub(super) weekdays: WordMap<u8>,
    /// Weekdays by their adjectives: суботній, воскресный.
    #[serde(deserialize_with = "numbered")]
    pub(super) weekday_adjectives: WordMap<u8>,
    /// Weekdays as they may be shortened.
    #[serde(deserialize_with = "numbered")]
    pub(super) short_weekdays: WordMap<u8>,
    /// What may stand behind a year.
    #[serde(deserialize_with = "list")]
    pub(super) behind_a_year: WordMap<()>,
    /// Seasons.
    #[serde(deserialize_with = "numbered")]
    pub(super) seasons: WordMap<u8>,
    /// Yesterday, торік: what is counted, from today.
    #[serde(deserialize_with = "rows")]
    pub(super) relative: WordMap<(Period, i8)>,
    /// Words in front of a period, which count it from now: last, наступного.
    #[serde(deserialize_with = "rows")]
    pub(super) which: WordMap<i8>,
    /// Periods.
    #[serde(deserialize_with = "rows")]
    pub(super) periods: WordMap<Period>,
}

/// The calendar, read once.
pub(super) static CALENDAR: LazyLock<Calendar> =
    LazyLock::new(|| toml::from_str(TABLE).expect("data/calendar.toml is well-formed; a test reads it"));

impl Calendar {
    /// The Ukrainian month that a folded word may be short for, and whether it is no other word.
    pub(super) fn short_month(&self, word: &str) -> Option<(u8, bool)> {
        let sure = self.short_months.get(word).map(|month| (month, true));
        sure.or_else(|| Some((self.short_months_or_words.get(word)?, false)))
    }

    /// The weekday that a folded word names.
    pub(super) fn weekday(&self, word: &str) -> Option<u8> {
        self.weekdays.get(word).or_else(|| self.weekdays.get(word.strip_prefix(EVERY)?))
    }
}

/// True for a month as it is shortened, and for an English weekday.
pub(super) fn is_abbreviation(word: &str) -> bool {
    let weekday = word.is_ascii() && CALENDAR.short_weekdays.get(word).is_some();
    weekday || CALENDAR.shortened.get(word).is_some() || CALENDAR.short_month(word).is_some()
}

/// True for a folded word of a date: a month or a weekday, in full or shortened, and what stands behind a year.
pub fn is_date_word(word: &str) -> bool {
    let Calendar { months, doubtful_months, short_weekdays, behind_a_year, .. } = &*CALENDAR;
    let full = months.get(word).or_else(|| doubtful_months.get(word)).or_else(|| CALENDAR.weekday(word));
    let short = short_weekdays.get(word).is_some() || is_abbreviation(word);
    short || full.is_some() || behind_a_year.get(word).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_three_languages_are_known() {
        for (word, wanted) in
            [("листопада", 11), ("ноября", 11), ("november", 11), ("nov", 11), ("мая", 5), ("травня", 5), ("нояб", 11)]
        {
            assert_eq!(CALENDAR.months.get(word), Some(wanted), "{word}");
        }
        for word in ["травма", "may", "мартен", "липа", "серпанок", "junior", "октава"] {
            assert_eq!(CALENDAR.months.get(word), None, "{word}");
        }
        assert_eq!(
            (CALENDAR.weekday("середу"), CALENDAR.weekday("среду"), CALENDAR.weekday("середовище")),
            (Some(3), Some(3), None)
        );
        assert_eq!((CALENDAR.weekday("п'ятницю"), CALENDAR.weekday("sunday's")), (Some(5), Some(7)));
        for (word, wanted) in [
            ("понеділкам", 1),
            ("понедельникам", 1),
            ("вівторками", 2),
            ("середам", 3),
            ("щосереди", 3),
            ("средам", 3),
            ("четвергів", 4),
            ("четвергах", 4),
            ("п'ятницям", 5),
            ("щоп'ятниці", 5),
            ("пятницами", 5),
            ("суботам", 6),
            ("суббот", 6),
            ("неділь", 7),
            ("щонеділі", 7),
            ("воскресеньям", 7),
            ("fridays", 5),
        ] {
            assert_eq!(CALENDAR.weekday(word), Some(wanted), "{word}");
        }
        for word in ["серед", "среди", "недели", "щодня", "щоправда", "воскресение"]
        {
            assert_eq!(CALENDAR.weekday(word), None, "{word}");
        }
        assert_eq!(
            (CALENDAR.short_weekdays.get("fri"), CALENDAR.short_weekdays.get("нд"), CALENDAR.short_weekdays.get("f")),
            (Some(5), Some(7), None)
        );
        assert_eq!(
            (CALENDAR.short_month("січ"), CALENDAR.short_month("лист"), CALENDAR.short_month("січень")),
            (Some((1, true)), Some((11, false)), None)
        );
        assert_eq!(
            (
                CALENDAR.month_adjectives.get("лютневий"),
                CALENDAR.shortened.get("jan").is_some(),
                CALENDAR.shortened.get("june").is_some()
            ),
            (Some(2), true, false)
        );
    }
}
