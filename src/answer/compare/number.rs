//! The numbers of a fact, so that they can be compared across languages: `38.6 million` is `38,6 млн`, and `7 buses` are
//! `сім автобусів`.
//!
//! A number may mean more than one thing: `1,200` is twelve hundred in English and one and a fifth in Russian, and a
//! Russian text may copy it as it stands in an English article. Two numbers are the same when they share a meaning.
//! Numbers in words are no marks of a fact by themselves, because `one` and `first` are often idle words; they only excuse
//! a fact for not having the digits. Whether a number stands in the article is not asked here.

use std::collections::BTreeSet;

use crate::lexicon::number_ranges;

/// Words that multiply the number in front of them, as whole words and as beginnings of words.
const SCALES: [(i32, &[&str], &[&str]); 4] = [
    (3, &["тис", "тыс"], &["thousand", "тисяч", "тысяч"]),
    (6, &["mln", "mn", "млн"], &["million", "мільйон", "миллион"]),
    (9, &["bn", "bln", "млрд"], &["billion", "мільярд", "миллиард"]),
    (12, &["tn", "trn", "трлн"], &["trillion", "трильйон", "триллион"]),
];

/// Small numbers in words, with their usual forms.
const WORDS: [(u32, &str); 13] = [
    (
        1,
        "one first once один одна одне одного одну одній перший перша перше першого першу першим одно одной первый первая первое первого первую первым",
    ),
    (
        2,
        "two second twice два дві двох двом двома двоє другий друга друге другого другу две двух двум двумя двое второй вторая второе второго вторую",
    ),
    (
        3,
        "three third три трьох трьом трьома троє третій третя третє третього третю трех трёх трем трём тремя трое третий третья третье третьего третью",
    ),
    (
        4,
        "four fourth чотири чотирьох чотирьом чотирма четверо четвертий четверта четыре четырех четырёх четырем четырём четвертый четвёртый",
    ),
    (5, "five fifth п'ять п'яти п'ятьох п'ятьма п'ятеро п'ятий п'ята пять пяти пятью пятеро пятый пятая"),
    (6, "six sixth шість шести шістьох шестеро шостий шоста шесть шестью шестой шестая"),
    (7, "seven seventh сім семи сімох семеро сьомий сьома семь семью седьмой седьмая"),
    (8, "eight eighth вісім восьми вісьмох восьмий восьма восемь восемью восьмой восьмая"),
    (9, "nine ninth дев'ять дев'яти дев'ятьох дев'ятий дев'ята девять девяти девятью девятый девятая"),
    (10, "ten tenth десять десяти десятьох десятий десята десятью десятый десятая"),
    (11, "eleven eleventh одинадцять одинадцяти одинадцятий одиннадцать одиннадцати одиннадцатый"),
    (12, "twelve twelfth dozen дванадцять дванадцяти дванадцятий двенадцать двенадцати двенадцатый"),
    (100, "hundred сто ста сотня"),
];

/// A number in digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    /// As it is written, with the word that multiplies it.
    pub(super) text: String,
    /// Everything that it may mean, each in one spelling.
    meanings: Vec<String>,
}

impl Number {
    pub(super) fn is(&self, other: &Self) -> bool {
        self.meanings.iter().any(|meaning| other.meanings.contains(meaning))
    }
}

/// The numbers of one fact.
#[derive(Debug, Clone, Default)]
pub(super) struct Numbers {
    /// Those in digits, in order, each once.
    pub(super) digits: Vec<Number>,
    /// Meanings of those in words.
    words: BTreeSet<String>,
}

impl Numbers {
    pub(super) fn read(text: &str) -> Self {
        let mut digits: Vec<Number> = Vec::new();
        for range in number_ranges(text) {
            let number = number(&text[range.clone()], &text[range.end..]);
            if !digits.iter().any(|known| known.is(&number)) {
                digits.push(number);
            }
        }
        let lower = text.to_lowercase().replace(['’', 'ʼ'], "'");
        let words: BTreeSet<&str> = lower.split(|c: char| !c.is_alphabetic() && c != '\'').collect();
        let said = WORDS.iter().filter(|(_, forms)| forms.split(' ').any(|form| words.contains(form)));
        Self { digits, words: said.map(|(value, _)| spelling(f64::from(*value))).collect() }
    }

    /// True when the number is among these, in digits or in words.
    pub(super) fn has(&self, number: &Number) -> bool {
        self.digits.iter().any(|known| known.is(number)) || number.meanings.iter().any(|it| self.words.contains(it))
    }
}

/// The number in these digits, and what comes `after` it in the text.
fn number(digits: &str, after: &str) -> Number {
    let rest = after.trim_start_matches(|c: char| c.is_whitespace() || c == '-');
    let word: String = rest.chars().take_while(|c| c.is_alphabetic()).collect();
    let lower = word.to_lowercase();
    let scale = SCALES.iter().find(|(_, whole, begun)| {
        whole.contains(&lower.as_str()) || begun.iter().any(|beginning| lower.starts_with(beginning))
    });
    let Some((scale, _, _)) = scale else {
        return Number { text: digits.to_owned(), meanings: meanings(digits, 0) };
    };
    let end = after.len() - rest.len() + word.len();
    Number { text: format!("{digits}{}", &after[..end]), meanings: meanings(digits, *scale) }
}

/// Whatever these digits may mean, multiplied by ten to the power of `scale`.
fn meanings(digits: &str, scale: i32) -> Vec<String> {
    let is_mark = |c: char| !c.is_ascii_digit();
    let marks: Vec<char> = digits.chars().filter(|&c| is_mark(c)).collect();
    let parts: Vec<&str> = digits.split(is_mark).collect();
    let grouped = |parts: &[&str]| {
        (1..=3).contains(&parts[0].len()) && parts[1..].iter().all(|part| part.len() == 3) || parts.len() == 1
    };
    let value = |whole: String| whole.parse::<f64>().ok().map(|value| spelling(value * 10_f64.powi(scale)));
    let mut found = Vec::new();
    if !marks.iter().any(|c| ":/.".contains(*c)) && grouped(&parts) {
        found.extend(value(parts.concat()));
    }
    if let [groups @ .., fraction] = &parts[..]
        && let Some(point @ ('.' | ',')) = marks.last()
        && marks.iter().filter(|mark| *mark == point).count() == 1
        && grouped(groups)
    {
        found.extend(value(format!("{}.{fraction}", groups.concat())));
    }
    // Dates and times: `14.09.2024`, `10:30`.
    let time = parts.len() == 2 && parts.iter().all(|part| part.len() <= 2) && marks.iter().all(|c| ":.".contains(*c));
    if found.is_empty() || time {
        found.push(parts.join("."));
    }
    found
}

/// One spelling for each value; twelve digits tell apart whatever an article counts.
fn spelling(value: f64) -> String {
    format!("{value:.11e}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(a: &str, b: &str) -> bool {
        let (a, b) = (Numbers::read(a), Numbers::read(b));
        !a.digits.is_empty() && a.digits.iter().all(|number| b.has(number)) && b.digits.iter().all(|it| a.has(it))
    }

    #[test]
    fn one_number_in_the_spellings_of_three_languages() {
        for (a, b) in [
            ("38.6 million", "38,6 млн"),
            ("£1,200", "1 200 фунтів"),
            ("1,200 men", "1,200 человек"),
            ("1,234.5", "1 234,5"),
            ("38,600,000", "38,6 мільйона"),
            ("2.5bn", "2,5 миллиарда"),
            ("12,000 people", "12 тис. осіб"),
            ("22%", "22 %"),
            ("7 buses", "сім автобусів"),
            ("at 10:30", "в 10.30"),
            ("14.09.2024", "14.09.2024"),
            ("1,234,567", "1234567"),
        ] {
            assert!(same(a, b), "{a} | {b}: {:?} {:?}", Numbers::read(a), Numbers::read(b));
        }
        for (a, b) in [
            ("38.6 million", "38,6 тис."),
            ("22%", "23%"),
            ("3.5", "35"),
            ("1,200", "12 000"),
            ("7", "восемь"),
            ("14.09.2024", "15.09.2024"),
            ("1 234 567", "1,234"),
            ("5", "п'ятниця"),
        ] {
            assert!(!same(a, b), "{a} | {b}");
        }
    }

    #[test]
    fn the_text_has_the_word_that_multiplies() {
        let texts = |text: &str| Numbers::read(text).digits.into_iter().map(|it| it.text).collect::<Vec<_>>();
        assert_eq!(texts("£38.6 million in 2024, and 2024 again"), ["38.6 million", "2024"]);
        assert_eq!(texts("12 тис. 5 тисків"), ["12 тис", "5"]);
        assert!(texts("two hundred").is_empty());
        assert_eq!(texts(&"9".repeat(400)).len(), 1);
    }
}
