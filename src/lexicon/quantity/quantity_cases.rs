//! Cases of `quantity`: what is read from which words.

use super::super::token::tokens;
use super::*;

fn read(text: &str) -> Vec<Mention> {
    mentions(text, &tokens(text))
}

/// Firm numbers as text, with their units.
fn numbers(text: &str) -> Vec<String> {
    let shown = |mention: &Mention| match &mention.what {
        What::Number(values, unit) if mention.weight == Weight::Firm => {
            let values: Vec<String> = values.iter().map(|value| value.approximate().to_string()).collect();
            Some(match unit {
                Unit::Plain | Unit::DayOfMonth => values.join("|"),
                Unit::Percent => values.join("|") + "%",
                Unit::Money(code) => format!("{} {code}", values.join("|")),
            })
        }
        _ => None,
    };
    read(text).iter().filter_map(shown).collect()
}

fn dates(text: &str) -> Vec<(Option<u8>, u8, Option<u16>)> {
    let date = |mention: &Mention| match mention.what {
        What::Date(date) if mention.weight == Weight::Firm => Some((date.day, date.month, date.year)),
        _ => None,
    };
    read(text).iter().filter_map(date).collect()
}

#[test]
fn magnitudes_and_units_are_one_number() {
    for text in ["1.2 million", "1,2 млн", "1 200 000", "1,200,000", "1.2 мільйона", "1,2 миллиона", "1.2m"]
    {
        assert!(numbers(text)[0].starts_with("1200000"), "{text}: {:?}", numbers(text));
    }
    assert_eq!(numbers("$14.7bn"), ["14700000000 USD"]);
    assert_eq!(numbers("14,7 мільярдів доларів США"), ["14700000000 USD"]);
    assert_eq!(numbers("14,7 млрд американских долларов"), ["14700000000 USD"]);
    assert_eq!(numbers("20% і 15 відсотків, 3 per cent"), ["20%", "15%", "3%"]);
    assert_eq!(numbers("20-25%"), ["20%", "25%"]);
    assert_eq!(numbers("€5m і 10 грн."), ["5000000 EUR", "10 UAH"]);
    assert_eq!(numbers("1,234"), ["1234|1.234"]);
    assert_eq!(numbers("1,234.56 or 1 234,56"), ["1234.56", "1234.56"]);
    assert_eq!(numbers("5 to 10 million"), ["5|5000000", "10000000"]);
}

#[test]
fn number_words_are_numbers() {
    assert_eq!(numbers("twenty-one thousand five hundred and six men"), ["21506"]);
    assert_eq!(numbers("двісті п'ятдесят осіб"), ["250"]);
    assert_eq!(numbers("двадцать одна тысяча"), ["21000"]);
    assert_eq!(numbers("п'ятнадцятьох"), ["15"]);
    assert_eq!(numbers("the twenty-first, the ninth"), ["21", "9"]);
    assert_eq!(numbers("fourteen banks, ten million documents"), ["14", "10000000"]);
    assert!(numbers("one of the thousands, once, second, друга").is_empty());
    assert_eq!(numbers("two hundred thousand and five"), ["200005"]);
    assert_eq!(numbers("п'ять шість"), ["5", "6"]);
}

#[test]
fn dates_of_three_languages_are_the_same() {
    let wanted = [(Some(12), 3, Some(2024))];
    for text in [
        "12 March 2024",
        "March 12, 2024",
        "12 березня 2024 року",
        "12 марта 2024 г.",
        "12.03.2024",
        "2024-03-12",
        "12th of March, 2024",
    ] {
        assert_eq!(dates(text), wanted, "{text}");
    }
    assert_eq!(dates("12-15 березня"), [(Some(12), 3, None), (Some(15), 3, None)]);
    assert_eq!(dates("з 1 до 3 травня"), [(Some(1), 5, None), (Some(3), 5, None)]);
    assert_eq!(dates("in March 2024 he may march"), [(None, 3, Some(2024))]);
    assert_eq!(dates("Dec. 1"), [(Some(1), 12, None)]);
    assert!(dates("99.99.9999, 45 march").is_empty());
}

#[test]
fn times_are_read_both_ways() {
    let clocks = |text: &str| -> Vec<(u16, u16)> {
        let clock = |mention: &Mention| match mention.what {
            What::Clock(hours, minutes) => Some((hours, minutes)),
            _ => None,
        };
        read(text).iter().filter_map(clock).collect()
    };
    assert!(clocks("at 3 p.m.").contains(&(15, 0)));
    assert!(clocks("at 9.30 am").contains(&(9, 30)) && clocks("о 9:30").contains(&(9, 30)));
    assert!(clocks("0230 UTC").contains(&(2, 30)));
}

#[test]
fn odd_text_is_read_to_its_end() {
    for text in
        ["", "1", "-", "1-", "to 5 to", "and", "hundred and", "10 ", "5 -", "March", "12 of of of", "thousand thousand"]
    {
        read(text);
    }
    read(&"million ".repeat(500));
    read(&"9".repeat(5000));
}
