//! Months, weekdays, seasons and relative dates of the three languages: `data/calendar.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

use super::quantity::Period;
use super::word_map::WordMap;

const TABLE: &str = include_str!("../data/calendar.toml");
/// What Ukrainian sets in front of a weekday for every one of them: щоп'ятниці.
const EVERY: &str = "що";

/// The file. Lists of months are from January on, those of weekdays from Monday.
#[derive(Deserialize)]
struct File {
    months: Vec<String>,
    doubtful_months: Vec<String>,
    month_adjectives: Vec<String>,
    short_months: Vec<String>,
    short_months_or_words: Vec<String>,
    shortened: String,
    weekdays: Vec<String>,
    weekday_adjectives: Vec<String>,
    short_weekdays: Vec<String>,
    behind_a_year: String,
    seasons: Vec<String>,
    relative: Vec<(Period, i8, String)>,
    which: Vec<(i8, String)>,
    periods: Vec<(Period, String)>,
}

/// The words of the calendar; January, Monday and winter are 1.
pub(super) struct Calendar {
    /// Months in forms that are nothing else.
    pub(super) months: WordMap<u8>,
    /// Months where what is around them speaks for one.
    pub(super) doubtful_months: WordMap<u8>,
    /// Months by their adjectives: листопадовий, ноябрьский.
    pub(super) month_adjectives: WordMap<u8>,
    /// Ukrainian months as they are shortened, and whether they are no other word.
    pub(super) short_months: WordMap<(u8, bool)>,
    /// Months in forms that are names or other words as well.
    pub(super) shortened: WordMap<()>,
    weekdays: WordMap<u8>,
    /// Weekdays by their adjectives: суботній, воскресный.
    pub(super) weekday_adjectives: WordMap<u8>,
    /// Weekdays as they may be shortened.
    pub(super) short_weekdays: WordMap<u8>,
    behind_a_year: WordMap<()>,
    /// Seasons.
    pub(super) seasons: WordMap<u8>,
    /// Yesterday, торік: what is counted, from today.
    pub(super) relative: WordMap<(Period, i8)>,
    /// Words in front of a period, which count it from now: last, наступного.
    pub(super) which: WordMap<i8>,
    /// Periods.
    pub(super) periods: WordMap<Period>,
}

/// The calendar, read once.
pub(super) static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| {
    let file: File = toml::from_str(TABLE).expect("data/calendar.toml is well-formed; a test reads it");
    let numbered = |lists: &[String]| WordMap::of((1..).zip(lists).map(|(at, words)| (words.as_str(), at)));
    let mut short_months = WordMap::default();
    for (lists, sure) in [(&file.short_months, true), (&file.short_months_or_words, false)] {
        (1..).zip(lists).for_each(|(month, words)| short_months.add(words, (month, sure)));
    }
    Calendar {
        months: numbered(&file.months),
        doubtful_months: numbered(&file.doubtful_months),
        month_adjectives: numbered(&file.month_adjectives),
        short_months,
        shortened: WordMap::of([(file.shortened.as_str(), ())]),
        weekdays: numbered(&file.weekdays),
        weekday_adjectives: numbered(&file.weekday_adjectives),
        short_weekdays: numbered(&file.short_weekdays),
        behind_a_year: WordMap::of([(file.behind_a_year.as_str(), ())]),
        seasons: numbered(&file.seasons),
        relative: WordMap::of(file.relative.iter().map(|(period, offset, words)| (words.as_str(), (*period, *offset)))),
        which: WordMap::of(file.which.iter().map(|(offset, words)| (words.as_str(), *offset))),
        periods: WordMap::of(file.periods.iter().map(|(period, words)| (words.as_str(), *period))),
    }
});

impl Calendar {
    /// The weekday that a folded word names.
    pub(super) fn weekday(&self, word: &str) -> Option<u8> {
        self.weekdays.get(word).or_else(|| self.weekdays.get(word.strip_prefix(EVERY)?))
    }
}

/// True for a month as it is shortened, and for an English weekday.
pub(super) fn is_abbreviation(word: &str) -> bool {
    let Calendar { shortened, short_months, short_weekdays, .. } = &*CALENDAR;
    let weekday = word.is_ascii() && short_weekdays.get(word).is_some();
    weekday || shortened.get(word).is_some() || short_months.get(word).is_some()
}

/// True for a folded word of a date: a month or a weekday, in full or shortened, and what stands behind a year.
pub fn is_date_word(word: &str) -> bool {
    let Calendar { months, doubtful_months, short_months, short_weekdays, shortened, behind_a_year, .. } = &*CALENDAR;
    let month = months.get(word).or_else(|| doubtful_months.get(word)).or_else(|| Some(short_months.get(word)?.0));
    month.or_else(|| CALENDAR.weekday(word)).or_else(|| short_weekdays.get(word)).is_some()
        || shortened.get(word).or_else(|| behind_a_year.get(word)).is_some()
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
            (CALENDAR.short_months.get("січ"), CALENDAR.short_months.get("лист"), CALENDAR.short_months.get("січень")),
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
