//! Numbers of a sentence as values, so that 1,200 in English and 1 200 in Ukrainian are the same and 3.5 and 35 are not.
//!
//! A translation may spell a small number as a word, or a century in Roman figures. Of what is counted, money and percent
//! are compared. Not here: number words above ten.

use std::collections::BTreeSet;

use crate::intake::Language;
use crate::lexicon::{Unit, What, mentions, number_ranges, plain_number, tokens};

/// A number as it stands, and what it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    pub(super) raw: String,
    pub(super) value: String,
}

/// The numbers of a text in order.
pub(super) fn numbers(text: &str, language: Language) -> Vec<Number> {
    let raws = number_ranges(text).into_iter().map(|range| plain_number(&text[range]));
    raws.map(|raw| Number { value: value(&raw, language), raw }).collect()
}

/// Digits with a point for the decimals; times and dates keep their parts apart.
fn value(raw: &str, language: Language) -> String {
    let (groups, point) = if language == Language::En { (',', '.') } else { ('.', ',') };
    let whole = raw.replace(' ', "");
    let parts: Vec<&str> = whole.split([groups, ' ']).collect();
    let tail_is_thousands = |part: &&str| part.split(point).next().is_some_and(|digits| digits.len() == 3);
    let grouped = parts.len() > 1
        && (1..=3).contains(&parts[0].len())
        && parts[0] != "0"
        && parts[1..].iter().all(tail_is_thousands);
    let joined = if grouped { parts.concat() } else { whole };
    joined.replace([',', '/'], ".")
}

/// The numbers of the source that the translation lacks, and those that it has too many.
pub(super) fn differences(source: (&str, Language), target: (&str, Language)) -> Vec<String> {
    let mut left = numbers(target.0, target.1);
    let mut missing = Vec::new();
    for number in numbers(source.0, source.1) {
        let same = |other: &Number| other.value == number.value || other.raw == number.raw;
        match left.iter().position(same) {
            Some(at) => drop(left.remove(at)),
            None if is_spelled(&number.value, target) => {}
            None => missing.push(number.raw),
        }
    }
    left.retain(|number| !is_spelled(&number.value, source));
    missing.extend(left.into_iter().map(|number| number.raw));
    missing
}

/// Currencies by their ISO 4217 codes, and `%`, that only one side counts in.
pub(super) fn changed_units(source: &str, target: &str) -> Vec<&'static str> {
    units(source).symmetric_difference(&units(target)).copied().collect()
}

fn units(text: &str) -> BTreeSet<&'static str> {
    let mentions = mentions(text, &tokens(text)).into_iter();
    let named = mentions.filter_map(|mention| match mention.what {
        What::Number(_, Unit::Money(code)) => Some(code),
        What::Number(_, Unit::Percent) => Some("%"),
        _ => None,
    });
    named.collect()
}

/// True when the text has this small number as a word or in Roman figures.
fn is_spelled(value: &str, (text, language): (&str, Language)) -> bool {
    let Ok(number) = value.parse::<usize>() else { return false };
    let mut words = text.split(|c: char| !c.is_alphanumeric() && !"'’ʼ".contains(c));
    let names = number.checked_sub(1).and_then(|at| words_of(language).get(at).copied()).unwrap_or_default();
    words.any(|word| {
        let lower = word.to_lowercase().replace(['’', 'ʼ'], "'");
        names.split(' ').any(|name| !name.is_empty() && name == lower)
            || (number > 0 && number < 40 && roman(number) == word)
    })
}

fn roman(mut number: usize) -> String {
    let mut out = String::new();
    for (value, figures) in [(10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")] {
        while number >= value {
            out.push_str(figures);
            number -= value;
        }
    }
    out
}

/// The words for 1 to 10, in the forms that news use.
fn words_of(language: Language) -> [&'static str; 10] {
    match language {
        Language::En => [
            "one first single",
            "two second both twice",
            "three third",
            "four fourth",
            "five fifth",
            "six sixth",
            "seven seventh",
            "eight eighth",
            "nine ninth",
            "ten tenth",
        ],
        Language::Uk => [
            "один одна одне одного однієї одному одній одним одну перший перша перше першого першої першому першу",
            "два дві двох двом двома двоє обидва обидві другий друга друге другого другої другому другу",
            "три трьох трьом трьома троє третій третя третє третього третьої третьому третю",
            "чотири чотирьох чотирьом чотирма четверо четвертий четверта четверте четвертого четвертої четвертому",
            "п'ять п'яти п'ятьох п'ятьма п'ятеро п'ятий п'ята п'яте п'ятого п'ятої п'ятому",
            "шість шести шістьох шістьма шостий шоста шосте шостого шостої шостому",
            "сім семи сімох сьома сьомий сьоме сьомого сьомої сьомому",
            "вісім восьми вісьмох вісьма восьмий восьма восьме восьмого восьмої восьмому",
            "дев'ять дев'яти дев'ятьох дев'ятий дев'ята дев'яте дев'ятого дев'ятої дев'ятому",
            "десять десяти десятьох десятий десята десяте десятого десятої десятому",
        ],
        Language::Ru => [
            "один одна одно одного одной одному одним одну первый первая первое первого первой первому первую",
            "два две двух двум двумя двое оба обе второй вторая второе второго второму вторую",
            "три трёх трех трём трем тремя трое третий третья третье третьего третьей третьему третью",
            "четыре четырёх четырех четырём четырем четырьмя четверо четвёртый четвертый четвёртого четвертого",
            "пять пяти пятью пятеро пятый пятая пятое пятого пятой пятому",
            "шесть шести шестью шестой шестая шестое шестого шестому",
            "семь семи семью седьмой седьмая седьмое седьмого седьмому",
            "восемь восьми восьмью восьмой восьмая восьмое восьмого восьмому",
            "девять девяти девятью девятый девятая девятое девятого девятой девятому",
            "десять десяти десятью десятый десятая десятое десятого десятой десятому",
        ],
    }
}

/// The ways to write a number of the source in `language`: as it stands, and with that language's separators.
pub(super) fn spellings(number: &Number, language: Language) -> Vec<String> {
    let mut out = vec![number.raw.clone()];
    if number.raw.contains([':', '/']) || number.value.matches('.').count() > 1 {
        return out;
    }
    let (group, point) = if language == Language::En { (",", ".") } else { (" ", ",") };
    let (whole, fraction) = number.value.split_once('.').unwrap_or((&number.value, ""));
    let decimals = if fraction.is_empty() { String::new() } else { format!("{point}{fraction}") };
    out.push(format!("{whole}{decimals}"));
    if whole.len() > 4 || (whole.len() == 4 && number.raw.len() > whole.len()) {
        let digits: Vec<char> = whole.chars().collect();
        let groups: Vec<String> = digits.rchunks(3).rev().map(|three| three.iter().collect()).collect();
        out.push(format!("{}{decimals}", groups.join(group)));
    }
    out.dedup();
    out
}

#[cfg(test)]
mod tests {
    use super::Language::{En, Ru, Uk};
    use super::*;

    #[test]
    fn the_same_value_in_other_separators_is_the_same() {
        for (source, target) in [
            ("1,200 men at 10:30 and 3.5%", "1 200 людей о 10:30 і 3,5%"),
            ("in the 20th century, 5 men", "у XX столітті п'ять чоловіків"),
            ("$1,234,567.89", "1 234 567,89 долара"),
            ("two of 10", "2 з десяти"),
            ("S-300 in 2024", "С-300 у 2024 році"),
            ("1,200", "1,200"),
        ] {
            assert!(differences((source, En), (target, Uk)).is_empty(), "{source} / {target}");
        }
    }

    #[test]
    fn a_changed_number_is_seen() {
        assert_eq!(differences(("3.5 million", En), ("35 миллионов", Ru)), ["3.5", "35"]);
        assert_eq!(differences(("5 and 5", En), ("5", Ru)), ["5"]);
        assert_eq!(differences(("in 2024", En), ("в 2023", Ru)), ["2024", "2023"]);
        assert_eq!(differences(("0,125 г", Ru), ("0.125 g", En)), [""; 0]);
    }

    #[test]
    fn changed_money_is_seen() {
        assert_eq!(changed_units("It cost 12 million euros.", "Це коштувало 12 мільйонів гривень."), ["EUR", "UAH"]);
        assert_eq!(changed_units("It rose by 5%.", "Він зріс на 5."), ["%"]);
        assert!(changed_units("£5 million, or 12 percent", "5 млн фунтів, або 12%").is_empty());
    }

    #[test]
    fn units_of_people_are_seldom_accused() {
        let lines: Vec<Vec<&str>> =
            include_str!("../../tests/corpus/pairs.tsv").lines().map(|line| line.split('\t').collect()).collect();
        assert!(lines.len() >= 20 && lines.iter().all(|line| line.len() == 3));
        for (from, to) in [(0, 1), (0, 2), (1, 2)] {
            let accused: Vec<_> = lines.iter().filter(|line| !changed_units(line[from], line[to]).is_empty()).collect();
            assert!(accused.is_empty(), "{accused:#?}");
        }
    }

    #[test]
    fn numbers_are_spelled_for_the_language() {
        let spelled = |raw: &str, from, to| spellings(&numbers(raw, from)[0], to);
        assert_eq!(spelled("1,200", En, Uk), ["1,200", "1200", "1 200"]);
        assert_eq!(spelled("3.5", En, Ru), ["3.5", "3,5"]);
        assert_eq!(spelled("29 000,5", Uk, En), ["29 000,5", "29000.5", "29,000.5"]);
        assert_eq!(spelled("2024", En, Uk), ["2024"]);
        assert_eq!(spelled("10:30", En, Uk), ["10:30"]);
    }
}
