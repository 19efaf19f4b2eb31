//! Months and weekdays of the three languages.

use super::token::lists;

/// Beginnings of the months' names and the endings that may follow. January is 1.
const MONTHS: [(u8, &str, &str); 42] = [
    (1, "январ", "ь я ю е ем"),
    (2, "феврал", "ь я ю е ем"),
    (3, "март", " а у е ом"),
    (4, "апрел", "ь я ю е ем"),
    (5, "ма", "й я ю е ем"),
    (6, "июн", "ь я ю е ем"),
    (7, "июл", "ь я ю е ем"),
    (8, "август", " а у е ом"),
    (9, "сентябр", "ь я ю е ем"),
    (10, "октябр", "ь я ю е ем"),
    (11, "ноябр", "ь я ю е ем"),
    (12, "декабр", "ь я ю е ем"),
    (1, "янв", ""),
    (2, "фев", ""),
    (4, "апр", ""),
    (8, "авг", ""),
    (9, "сен", " т"),
    (10, "окт", ""),
    (11, "ноя", " б"),
    (12, "дек", ""),
    (1, "січ", "ень ня ню ні нем"),
    (2, "лют", "ий ого ому им"),
    (3, "берез", "ень ня ню ні нем"),
    (4, "квіт", "ень ня ню ні нем"),
    (5, "трав", "ень ня ню ні нем"),
    (6, "черв", "ень ня ню ні нем"),
    (7, "лип", "ень ня ню ні нем"),
    (8, "серп", "ень ня ню ні нем"),
    (9, "верес", "ень ня ню ні нем"),
    (10, "жовт", "ень ня ню ні нем"),
    (11, "листопад", " а у і ом"),
    (12, "груд", "ень ня ню ні нем"),
    (1, "jan", " uary uary's"),
    (2, "feb", " ruary ruary's"),
    (4, "apr", " il il's"),
    (6, "jun", " e e's"),
    (7, "jul", " y y's"),
    (8, "aug", " ust ust's"),
    (9, "sep", " t tember tember's"),
    (10, "oct", " ober ober's"),
    (11, "nov", " ember ember's"),
    (12, "dec", " ember ember's"),
];
/// Words that are months only beside a number or with a capital: the English ones are verbs too.
const DOUBTFUL: [(u8, &str); 3] = [(5, "may"), (3, "march"), (3, "mar")];
/// Beginnings of the adjectives made of months.
const ADJECTIVES: [(u8, &str); 24] = [
    (1, "январск"),
    (2, "февральск"),
    (3, "мартовск"),
    (4, "апрельск"),
    (5, "майск"),
    (6, "июньск"),
    (7, "июльск"),
    (8, "августовск"),
    (9, "сентябрьск"),
    (10, "октябрьск"),
    (11, "ноябрьск"),
    (12, "декабрьск"),
    (1, "січнев"),
    (2, "лютнев"),
    (3, "березнев"),
    (4, "квітнев"),
    (5, "травнев"),
    (6, "червнев"),
    (7, "липнев"),
    (8, "серпнев"),
    (9, "вереснев"),
    (10, "жовтнев"),
    (11, "листопадов"),
    (12, "груднев"),
];
/// Beginnings of the adjectives made of weekdays.
const WEEKDAY_ADJECTIVES: [(u8, &str); 9] = [
    (1, "понеділков"),
    (2, "вівторков"),
    (5, "п'ятничн"),
    (6, "суботн"),
    (7, "недільн"),
    (4, "четвергов"),
    (5, "пятничн"),
    (6, "субботн"),
    (7, "воскресн"),
];
/// Weekdays and the endings that may follow, those of the plural among them: по пятницам. Monday is 1.
const WEEKDAYS: [(u8, &str, &str); 21] = [
    (1, "monday", " s 's"),
    (2, "tuesday", " s 's"),
    (3, "wednesday", " s 's"),
    (4, "thursday", " s 's"),
    (5, "friday", " s 's"),
    (6, "saturday", " s 's"),
    (7, "sunday", " s 's"),
    (1, "понеділ", "ок ка ку кові ком ки ків кам ками ках"),
    (2, "вівтор", "ок ка ку кові ком ки ків кам ками ках"),
    (3, "серед", "а и у ою і ам ами ах"),
    (4, "четвер", " га гу гові гом ги гів гам гами гах"),
    (5, "п'ятниц", "я і ю ею ь ям ями ях"),
    (6, "субот", " а и у ою і ам ами ах"),
    (7, "неділ", "я і ю ею ь ям ями ях"),
    (1, "понедельник", " а у ом е и ов ам ами ах"),
    (2, "вторник", " а у ом е и ов ам ами ах"),
    (3, "сред", "а ы у ой е ам ами ах"),
    (4, "четверг", " а у ом е и ов ам ами ах"),
    (5, "пятниц", " а ы у ей е ам ами ах"),
    (6, "суббот", " а ы у ой е ам ами ах"),
    (7, "воскресень", "е я ю ем ям ями ях"),
];
/// What Ukrainian sets in front of a weekday for every one of them: щоп'ятниці.
const EVERY: &str = "що";
/// Weekdays as they are shortened. Most are other words, too.
const SHORT_WEEKDAYS: [(u8, &str); 7] = [
    (1, "mon пн"),
    (2, "tue tues вт"),
    (3, "wed weds ср"),
    (4, "thu thur thurs чт"),
    (5, "fri пт"),
    (6, "sat сб"),
    (7, "sun вс нд"),
];
/// Ukrainian months as they are shortened, and those of them that are other words.
const SHORT_MONTHS: [(u8, &str); 12] = [
    (1, "січ"),
    (2, "лют"),
    (3, "бер"),
    (4, "квіт"),
    (5, "трав"),
    (6, "черв"),
    (7, "лип"),
    (8, "серп"),
    (9, "вер"),
    (10, "жовт"),
    (11, "лист"),
    (12, "груд"),
];
const OTHER_WORDS: &str = "бер трав лип серп вер лист";
/// Shortened months, some of which are names of people and other words: Jan left.
const SHORTENED: &str = "jan feb apr jun jul aug sep sept oct nov dec янв фев апр авг сен сент окт ноя нояб дек";

/// What may stand behind a year.
const BEHIND_A_YEAR: &str = "року р года г";

fn has_ending(word: &str, start: &str, endings: &str) -> bool {
    word.strip_prefix(start).is_some_and(|rest| endings.split(' ').any(|ending| ending == rest))
}

/// The month that a folded word names.
pub(super) fn month(word: &str) -> Option<u8> {
    MONTHS.iter().find(|(_, start, endings)| has_ending(word, start, endings)).map(|&(month, ..)| month)
}

/// The month that a folded word names when what is around it speaks for a month.
pub(super) fn doubtful_month(word: &str) -> Option<u8> {
    DOUBTFUL.iter().find(|(_, name)| *name == word).map(|&(month, _)| month)
}

/// The month of an adjective: листопадовий, ноябрьский.
pub(super) fn month_of_adjective(word: &str) -> Option<u8> {
    ADJECTIVES.iter().find(|(_, start)| word.starts_with(start)).map(|&(month, _)| month)
}

/// The weekday of an adjective: суботній, воскресный.
pub(super) fn weekday_of_adjective(word: &str) -> Option<u8> {
    WEEKDAY_ADJECTIVES.iter().find(|(_, start)| word.starts_with(start)).map(|&(day, _)| day)
}

/// The weekday that a folded word names.
pub(super) fn weekday(word: &str) -> Option<u8> {
    let named = |word: &str| WEEKDAYS.iter().find(|(_, start, endings)| has_ending(word, start, endings));
    named(word).or_else(|| named(word.strip_prefix(EVERY)?)).map(|&(day, ..)| day)
}

/// The weekday that a folded word may be short for.
pub(super) fn short_weekday(word: &str) -> Option<u8> {
    SHORT_WEEKDAYS.iter().find(|(_, words)| lists(words, word)).map(|&(day, _)| day)
}

/// The month that a folded Ukrainian word may be short for, and whether it is no other word.
pub(super) fn short_month(word: &str) -> Option<(u8, bool)> {
    let found = SHORT_MONTHS.iter().find(|(_, short)| *short == word);
    found.map(|&(month, short)| (month, !lists(OTHER_WORDS, short)))
}

/// True for a month in a form that is a name or another word as well.
pub(super) fn is_shortened(word: &str) -> bool {
    lists(SHORTENED, word)
}

/// True for a folded word of a date: a month or a weekday, in full or shortened, and what stands behind a year.
pub fn is_date_word(word: &str) -> bool {
    let short = || short_weekday(word).is_some() || short_month(word).is_some() || is_shortened(word);
    let full = || month(word).or_else(|| doubtful_month(word)).or_else(|| weekday(word)).is_some();
    lists(BEHIND_A_YEAR, word) || short() || full()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_three_languages_are_known() {
        for (word, wanted) in
            [("листопада", 11), ("ноября", 11), ("november", 11), ("nov", 11), ("мая", 5), ("травня", 5), ("нояб", 11)]
        {
            assert_eq!(month(word), Some(wanted), "{word}");
        }
        for word in ["травма", "may", "мартен", "липа", "серпанок", "junior", "октава"] {
            assert_eq!(month(word), None, "{word}");
        }
        assert_eq!((weekday("середу"), weekday("среду"), weekday("середовище")), (Some(3), Some(3), None));
        assert_eq!((weekday("п'ятницю"), weekday("sunday's")), (Some(5), Some(7)));
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
            assert_eq!(weekday(word), Some(wanted), "{word}");
        }
        for word in ["серед", "среди", "недели", "щодня", "щоправда", "воскресение"]
        {
            assert_eq!(weekday(word), None, "{word}");
        }
        assert_eq!((short_weekday("fri"), short_weekday("нд"), short_weekday("f")), (Some(5), Some(7), None));
        assert_eq!(
            (short_month("січ"), short_month("лист"), short_month("січень")),
            (Some((1, true)), Some((11, false)), None)
        );
        assert_eq!((month_of_adjective("лютневий"), is_shortened("jan"), is_shortened("june")), (Some(2), true, false));
    }
}
