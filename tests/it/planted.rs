//! Plants one fault in a correct sentence: another number, date or name, a negation that comes or goes.
//!
//! Nothing here knows how the checks work: words are found by their looks alone, and their replacements are listed here.

use std::collections::HashSet;

/// What is planted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Fault {
    Number,
    Date,
    Name,
    Negation,
    Citation,
}

impl Fault {
    pub(crate) const ALL: [Self; 5] = [Self::Number, Self::Date, Self::Name, Self::Negation, Self::Citation];
}

/// Months and weekdays: words that may take each other's place.
const DATES: [&[&str]; 9] = [
    &[
        "January",
        "February",
        "March",
        "April",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    &[
        "січня",
        "лютого",
        "березня",
        "квітня",
        "травня",
        "червня",
        "липня",
        "серпня",
        "вересня",
        "жовтня",
        "листопада",
        "грудня",
    ],
    &[
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ],
    &["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    &["понеділок", "вівторок", "середу", "четвер", "п'ятницю", "суботу", "неділю"],
    &["понедельник", "вторник", "среду", "четверг", "пятницу", "субботу", "воскресенье"],
    &[
        "січні",
        "лютому",
        "березні",
        "квітні",
        "травні",
        "червні",
        "липні",
        "серпні",
        "вересні",
        "жовтні",
        "листопаді",
        "грудні",
    ],
    &[
        "январе",
        "феврале",
        "марте",
        "апреле",
        "мае",
        "июне",
        "июле",
        "августе",
        "сентябре",
        "октябре",
        "ноябре",
        "декабре",
    ],
    &["Jan", "Feb", "Apr", "Aug", "Sept", "Oct", "Nov", "Dec"],
];
/// Number words that may take each other's place.
const NUMBERS: [&[&str]; 6] = [
    &["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "fourteen", "twenty"],
    &["дві", "три", "чотири", "п'ять", "шість", "сім", "вісім", "дев'ять", "десять", "дванадцять", "двадцять"],
    &["два", "три", "чотири", "п'ять", "шість", "сім", "вісім", "десять"],
    &["двух", "трех", "четырех", "пяти", "шести", "семи", "восьми", "десяти"],
    &["два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять", "десять", "двенадцать", "двадцать"],
    &["двох", "трьох", "чотирьох", "п'яти", "шести", "семи", "восьми", "десяти"],
];
/// Names that stand in for another, by language.
const NAMES: [&[&str]; 3] = [
    &[
        "Macron",
        "Lisbon",
        "Okafor",
        "Portugal",
        "Lindqvist",
        "Jakarta",
        "Tanaka",
        "Vermont",
        "Hollande",
        "Zambia",
        "Petersen",
        "Kuleba",
    ],
    &[
        "Макрона",
        "Лісабоні",
        "Окафор",
        "Португалії",
        "Ліндквіст",
        "Джакарті",
        "Танака",
        "Вермонт",
        "Олланд",
        "Замбії",
        "Петерсен",
        "Кулеба",
    ],
    &[
        "Макрона",
        "Лиссабоне",
        "Окафор",
        "Португалии",
        "Линдквист",
        "Джакарте",
        "Танака",
        "Вермонт",
        "Олланд",
        "Замбии",
        "Петерсен",
        "Кулеба",
    ],
];
/// Words with a capital that are no names, or are dates.
const NO_NAMES: &str = "President Minister Prime University School College Department Ministry National International State Court Party Street Bridge \
    Council Committee House Sea Ocean King Queen Prince General Mr Mrs Bank Church Island River World Cup War January February March April May June July \
    August September October November December Monday Tuesday Wednesday Thursday Friday Saturday Sunday The And But This That His Her Their When What \
    Medicine Squadron Leader Open Player Day Reading Rainbow Papers Harbour Forum Spring Conservative Grand Black Beauty Clay Capitals \
    President's Governor Secretary Chief Director Parliament Government Law Art Arts Sciences Science Gate Brewery Capital New North South East West \
    Road Airport Games Olympic Olympics Union Republic Kingdom United States Museum Palace Emperor Empire Earth Sun Moon Internet God Bible Christmas Christian \
    Міністерство Міністерства Рада Ради Президент Земля Землі Сонце Сонця Інтернет Бог Бога Бібл Министерство Министерства Совет Президент Земля Земли Солнце Интернет Бог Бога \
    Square Finder Technology Rooms Vampire Whitehall European African Asian Congress Senate Food Energy Fund Programme Office Affairs Star Booking Gardens Judge Stadium Central Prix Nations Treaty Reservoir Taliban Artificial Association Institute Commission Agency Group Foreign Health Social Team Club League Championship Award Prize Academy Press Times News Post Daily Journal";
/// English verbs behind which "not" can stand.
const AUXILIARIES: [&str; 12] =
    ["is", "are", "was", "were", "has", "have", "had", "will", "can", "could", "would", "should"];
/// Endings of Ukrainian and Russian verbs.
const VERB_ENDINGS: [&str; 14] =
    ["ла", "ли", "ло", "ив", "ав", "ил", "ал", "ується", "ється", "ують", "ають", "ает", "ают", "ился"];

/// Numbers without end, the same in every run.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }
}

/// A sentence with a fault, where one of this kind can be planted.
pub(crate) fn plant(fault: Fault, text: &str, names: &Names, dice: &mut Dice) -> Option<String> {
    match fault {
        Fault::Number => number(text, dice),
        Fault::Date => date(text, dice),
        Fault::Name => name(text, names, dice),
        Fault::Negation => negation(text, dice),
        Fault::Citation => None,
    }
}

/// The words of a text: first byte and word.
fn words(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        let inside = c.is_alphanumeric() || matches!(c, '\'' | '’');
        match (inside, start) {
            (true, None) => start = Some(at),
            (false, Some(first)) => {
                found.push((first, &text[first..at]));
                start = None;
            }
            _ => {}
        }
    }
    found
}

fn replaced(text: &str, at: usize, old: &str, new: &str) -> String {
    format!("{}{new}{}", &text[..at], &text[at + old.len()..])
}

fn pick<T: Clone>(places: &[T], dice: &mut Dice) -> Option<T> {
    (!places.is_empty()).then(|| places[dice.below(places.len())].clone())
}

fn number(text: &str, dice: &mut Dice) -> Option<String> {
    let mut places: Vec<(usize, String, String)> = Vec::new();
    for (at, word) in words(text) {
        if let Some(list) = NUMBERS.iter().find(|list| list.contains(&word)) {
            let other = list[(list.iter().position(|it| *it == word)? + 1 + dice.below(list.len() - 1)) % list.len()];
            places.push((at, word.to_owned(), other.to_owned()));
        }
        let digits: String = word.chars().take_while(char::is_ascii_digit).collect();
        if !digits.is_empty() && digits.len() <= 12 {
            let value: u64 = digits.parse().ok()?;
            let other = match dice.below(3) {
                0 => value + 1 + dice.below(4) as u64,
                1 if value >= 10 => value * 10 + dice.below(9) as u64,
                _ => value + 10 * (1 + dice.below(5) as u64),
            };
            places.push((at, digits, other.to_string()));
        }
    }
    pick(&places, dice).map(|(at, old, new)| replaced(text, at, &old, &new))
}

fn date(text: &str, dice: &mut Dice) -> Option<String> {
    let mut places: Vec<(usize, String, String)> = Vec::new();
    let all = words(text);
    for (i, &(at, word)) in all.iter().enumerate() {
        let plain = word.replace('’', "'");
        if let Some(list) = DATES.iter().find(|list| list.contains(&plain.as_str())) {
            let place = list.iter().position(|it| *it == plain)?;
            let other = list[(place + 1 + dice.below(list.len() - 1)) % list.len()];
            places.push((at, word.to_owned(), other.to_owned()));
            // The day beside a month.
            for (at, day) in [i.checked_sub(1), Some(i + 1)].into_iter().flatten().filter_map(|i| all.get(i)) {
                if let Ok(day_number) = day.parse::<u64>()
                    && (1..=31).contains(&day_number)
                {
                    places.push((
                        *at,
                        (*day).to_owned(),
                        ((day_number + 2 + dice.below(20) as u64) % 28 + 1).to_string(),
                    ));
                }
            }
        }
        if word.len() == 4
            && (word.starts_with("19") || word.starts_with("20"))
            && word.chars().all(|c| c.is_ascii_digit())
        {
            let year: u64 = word.parse().ok()?;
            places.push((at, word.to_owned(), (year - 1 - dice.below(8) as u64).to_string()));
        }
    }
    places.retain(|(_, old, new)| old != new);
    pick(&places, dice).map(|(at, old, new)| replaced(text, at, &old, &new))
}

/// What is known about the names of some texts.
#[derive(Default)]
pub(crate) struct Names {
    /// Words that some text writes without a capital, which are no names: Food, Королівським.
    lower: HashSet<String>,
    /// The names of the facts beside this one.
    pub(crate) others: Vec<String>,
}

impl Names {
    /// Learns the words of a text that have no capital.
    pub(crate) fn learn(&mut self, text: &str) {
        let lower = words(text).into_iter().filter(|(_, word)| word.starts_with(char::is_lowercase));
        self.lower.extend(lower.map(|(_, word)| word.to_owned()));
    }

    /// The names of a text, as far as their looks tell. Of English titles (World Food Programme) and of adjectives with a
    /// capital nobody can tell by their looks whether they are names, so they are left alone.
    pub(crate) fn of<'t>(&self, text: &'t str) -> Vec<(usize, &'t str)> {
        let adjective = ["ий", "ої", "ого", "ому", "им", "ій", "ая", "ой", "ый", "их", "ым", "ую", "ою"];
        let name = |&(at, word): &(usize, &str)| {
            let before = text[..at].trim_end();
            let inside = text[..at].ends_with(' ')
                && before.ends_with(|c: char| c.is_lowercase() || c.is_ascii_digit() || c == ',');
            let capital = word.starts_with(char::is_uppercase) && word.chars().skip(1).all(|c| c.is_lowercase());
            let rest = &text[at + word.len()..];
            let titled = word.is_ascii() && rest.starts_with([' ', '-']) && rest[1..].starts_with(char::is_uppercase);
            let common = self.lower.contains(&word.to_lowercase()) || NO_NAMES.split_whitespace().any(|it| it == word);
            inside
                && capital
                && !titled
                && !common
                && !adjective.iter().any(|it| word.ends_with(it))
                && word.chars().count() >= 4
        };
        words(text).into_iter().filter(name).collect()
    }
}

fn name(text: &str, names: &Names, dice: &mut Dice) -> Option<String> {
    let (at, old) = pick(&names.of(text), dice)?;
    let language = if old.is_ascii() {
        0
    } else if text.contains(['ы', 'э', 'ъ', 'ё']) {
        2
    } else {
        1
    };
    let start: String = old.to_lowercase().chars().take(3).collect();
    let far = |other: &&str| {
        !other.to_lowercase().starts_with(&start) && !text.contains(&other[..other.len().min(8) / 2 * 2])
    };
    let elsewhere: Vec<&str> =
        names.others.iter().map(String::as_str).filter(|it| it.is_ascii() == old.is_ascii() && far(it)).collect();
    let listed: Vec<&str> = NAMES[language].iter().copied().filter(far).collect();
    let new = if dice.below(2) == 0 && !elsewhere.is_empty() { pick(&elsewhere, dice)? } else { pick(&listed, dice)? };
    Some(replaced(text, at, old, new))
}

fn negation(text: &str, dice: &mut Dice) -> Option<String> {
    // Where there is a negation it goes; elsewhere one comes.
    for (gone, rest) in [(" not ", " "), (" не ", " "), ("n't ", " ")] {
        let idiom =
            [" not only", " не тільки", " не лише", " не только", " не менее", " не менше", " can't ", " won't "];
        if text.contains(gone) && !idiom.iter().any(|it| text.contains(it)) {
            return Some(text.replacen(gone, rest, 1));
        }
    }
    let all = words(text);
    let cyrillic = text.chars().filter(|c| ('\u{400}'..='\u{52f}').contains(c)).count() * 2 > text.chars().count();
    let verb = |&&(at, word): &&(usize, &str)| {
        let ends = VERB_ENDINGS.iter().any(|ending| word.ends_with(ending)) && word.chars().count() >= 5;
        let lower = word.chars().all(char::is_lowercase) && at > 0;
        lower && if cyrillic { ends } else { AUXILIARIES.contains(&word) }
    };
    let verbs: Vec<(usize, &str)> = all.iter().filter(verb).copied().collect();
    let (at, word) = pick(&verbs, dice)?;
    Some(replaced(text, at, word, &if cyrillic { format!("не {word}") } else { format!("{word} not") }))
}
