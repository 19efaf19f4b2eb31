//! Months and weekdays of the three languages.

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
const ADJECTIVES: [(u8, &str); 23] = [
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
/// Weekdays and the endings that may follow. Monday is 1.
const WEEKDAYS: [(u8, &str, &str); 21] = [
    (1, "monday", " s 's"),
    (2, "tuesday", " s 's"),
    (3, "wednesday", " s 's"),
    (4, "thursday", " s 's"),
    (5, "friday", " s 's"),
    (6, "saturday", " s 's"),
    (7, "sunday", " s 's"),
    (1, "понеділ", "ок ка ку ком ки ків"),
    (2, "вівтор", "ок ка ку ком ки ків"),
    (3, "серед", "а и у ою і"),
    (4, "четвер", " га гу гом ги"),
    (5, "п'ятниц", "я і ю ею"),
    (6, "субот", "а и у ою і"),
    (7, "неділ", "я і ю ею"),
    (1, "понедельник", " а у ом и"),
    (2, "вторник", " а у ом и"),
    (3, "сред", "а ы у ой е"),
    (4, "четверг", " а у ом и"),
    (5, "пятниц", "а ы у ей е"),
    (6, "суббот", "а ы у ой е"),
    (7, "воскресень", "е я ю ем"),
];

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
    WEEKDAYS.iter().find(|(_, start, endings)| has_ending(word, start, endings)).map(|&(day, ..)| day)
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
    }
}
