//! Cases of `quantity`: what is read from which words.

use super::super::token::tokens;
use super::*;

fn read(text: &str) -> Vec<Mention> {
    mentions(text, &tokens(text))
}

/// Firm numbers as text, with their units.
fn numbers(text: &str) -> Vec<String> {
    let shown = |mention: &Mention| match &mention.what {
        What::Number(amount) if mention.weight == Weight::Firm => {
            let values: Vec<String> = amount.values.iter().map(|value| value.approximate().to_string()).collect();
            let values = values.join("|");
            Some(match amount.unit {
                Unit::Plain | Unit::DayOfMonth => values,
                Unit::Percent => values + "%",
                Unit::Points => values + " pp",
                Unit::Times => values + " times",
                Unit::Money(code) => format!("{values} {code}"),
                Unit::Measure(measure) => format!("{values} {}*{}", measure.of, measure.times),
            })
        }
        _ => None,
    };
    read(text).iter().filter_map(shown).collect()
}

/// What is said for certain, numbers aside.
fn others(text: &str) -> Vec<What> {
    let firm = read(text).into_iter().filter(|mention| mention.weight == Weight::Firm).map(|mention| mention.what);
    firm.filter(|what| !matches!(what, What::Number(_))).collect()
}

/// The first firm number.
fn amount(text: &str) -> Amount {
    let found = read(text).into_iter().find_map(|mention| match mention.what {
        What::Number(amount) if mention.weight == Weight::Firm => Some(amount),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no number in {text}"))
}

/// True when a source that says the second supports the first.
fn is_same(text: &str, source: &str) -> bool {
    let (ours, source) = (amount(text), read(source));
    source
        .iter()
        .any(|mention| matches!(&mention.what, What::Number(theirs) if ours.is_said_by(theirs, mention.weight)))
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
    assert_eq!(
        (numbers("1,234 men, 4.125 miles").len(), numbers("1,234 men")),
        (2, vec!["1234".to_owned()]),
        "in English"
    );
    assert_eq!(numbers("30 €, 40 дерев, 5 or €10"), ["30 EUR", "40", "5", "10 EUR"]);
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
    assert!(numbers("several hundred cyclists and a few hundred men").is_empty());
    assert_eq!(numbers("a hundred men, one hundred men"), ["100", "100"]);
    let half_more = numbers("півтора року");
    for text in ["a year and a half", "полтора года", "рік з половиною", "one year and a half"]
    {
        assert_eq!(numbers(text), half_more, "{text}");
    }
    assert_eq!(numbers("two years and a half"), numbers("2.5 years"));
    assert_eq!(numbers("a million and a half euros"), ["1500000 EUR"]);
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
    assert!(clocks("о 9.30").contains(&(9, 30)) && numbers("о 9.30 ранку").is_empty());
    assert!(clocks("о 7 год. 45 хв.").contains(&(7, 45)));
    assert_eq!(numbers("up to 9.30 dollars, 4.25%"), ["9.3 USD", "4.25%"]);
    assert!(clocks("up to 9.30 dollars, 4.25%").is_empty());
    assert!(clocks("з 9.30 до 18.00").contains(&(18, 0)));
}

#[test]
fn decimals_below_one_are_no_times() {
    assert_eq!(numbers("0.25%, 0,75 процента, 0.05, 0,6 млн"), ["0.25%", "0.75%", "0.05", "600000"]);
    assert!(!is_same("зросла на 0,06%", "зросла на 0,6%"));
}

#[test]
fn thousands_are_parted_in_every_way() {
    for text in ["12,500", "12 500", "12\u{a0}500", "12\u{202f}500", "12'500", "12’500", "12500", "12.500", "12,5 тис."]
    {
        assert!(is_same(text, "12 500 people"), "{text}");
    }
    assert!(is_same("1.234.567", "1 234 567"));
}

#[test]
fn magnitudes_are_read_in_every_form() {
    for text in [
        "half a million",
        "пів мільйона",
        "півмільйона",
        "полмиллиона",
        "около полумиллиона",
        "0.5m",
        "500 тыс.",
        "500k",
    ] {
        assert!(is_same(text, "500 000"), "{text}");
    }
    for text in ["півтора мільярда", "полтора миллиарда", "one and a half billion", "1.5bn", "1,5 млрд"]
    {
        assert!(is_same(text, "1.5 billion"), "{text}");
        assert!(!is_same(text, "1.5 million"), "{text}");
    }
    assert_eq!(
        numbers("два с половиной миллиона, два з половиною мільйони, $2½ million"),
        ["2500000", "2500000", "2500000 USD"]
    );
    assert_eq!(numbers("a dozen eggs, two dozen, п'ять десятків, half a dozen"), ["12", "24", "50", "6"]);
    assert_eq!(numbers("10^6, 10⁶, $1.5tn"), ["1000000", "1000000", "1500000000000 USD"]);
    assert_eq!(numbers("за ст. 130² КК, у 2019³, 15² тонн, 2^10"), ["130", "2019", "15", "1024"]);
}

#[test]
fn percent_is_no_percentage_point() {
    for text in [
        "1.5 percentage points",
        "1,5 в. п.",
        "1,5 в.п.",
        "1,5 п. п.",
        "1,5 п.п.",
        "1,5 відсоткового пункту",
        "1.5 pp",
        "1,5 процентного пункта",
        "150 basis points",
        "150 базисних пунктів",
        "150 б. п.",
    ] {
        assert!(is_same(text, "на 1,5 процентных пункта"), "{text}: {:?}", numbers(text));
        assert!(!is_same(text, "1.5 percent"), "{text}");
    }
    assert!(!is_same("1,5%", "1,5 в. п."));
}

#[test]
fn growing_by_is_not_growing_to() {
    for (text, source) in [
        ("prices rose by 5%", "ціни зросли до 5%"),
        ("впав до 14 сантиметрів", "fell by 14 centimetres"),
        ("The share will fall to 9%.", "The share will fall 9%."),
        ("снизится на 20 градусов", "похолодает до 20 градусов"),
        ("the rate rose by 16%", "ставку підвищили на 2 в. п., до 16%"),
    ] {
        assert!(!is_same(text, source), "{text} / {source}");
        assert!(is_same(text, text), "{text}");
    }
    for (text, source) in
        [("виросли на 5%", "5% more"), ("rose 10-15%", "rose by 10 to 15 percent"), ("a fine of up to 5%", "штраф 5%")]
    {
        assert!(is_same(text, source), "{text} / {source}");
    }
}

#[test]
fn at_least_is_not_at_most() {
    for (text, source) in [
        ("at most 45 people", "at least 45 people"),
        ("щонайбільше вісім років", "at least eight years"),
        ("fewer than 60,000", "понад 60 тисяч"),
        ("не более 10 дней", "не менее 10 дней"),
    ] {
        assert!(
            !is_same(text, source) && amount(text).has_value_of(&amount(source), Weight::Firm),
            "{text} / {source}"
        );
    }
    assert!(is_same("more than 60,000", "понад 60 тисяч") && is_same("no fewer than 5", "щонайменше 5"));
}

#[test]
fn measures_are_compared_by_value() {
    for (text, source) in [
        ("3500 м", "3,5 km"),
        ("3,5 тис. км", "3500 kilometres"),
        ("полгода", "6 months"),
        ("півгодини", "30 minutes"),
        ("18-month", "півтора року"),
        ("2 тижні", "14 days"),
        ("12 тис. кв. м", "1.2 hectares"),
        ("4,1 тонни", "4100 kg"),
        ("трьохметровий", "3 metres"),
        ("двадцатипятилетняя", "a 25-year-old"),
        ("47-річний", "47 years old"),
        ("3° морозу", "minus 3 degrees"),
        ("300 тисяч леїв", "300,000 lei"),
        ("41,25 грн/$", "41.25 hryvnias"),
    ] {
        assert!(is_same(text, source), "{text} / {source}: {:?} {:?}", numbers(text), numbers(source));
    }
    for (text, source) in [
        ("4,1 кілограма", "4.1 tonnes"),
        ("46 метров", "46 сантиметров"),
        ("300 тисяч євро", "300 000 леев"),
        ("17 tonnes", "17 sailors"),
        ("46 машин", "46 сантиметров снега"),
        ("3 градуси тепла", "3° морозу"),
        ("5 millions", "$5 thousand"),
    ] {
        assert!(!is_same(text, source), "{text} / {source}");
    }
    assert!(is_same("5 metres", "5, 6 or 7 metres") && is_same("58 лет", "Ricci, 58, won"));
    assert!(
        read("минус 3–5 градусов")
            .iter()
            .all(|it| matches!(&it.what, What::Number(amount) if amount.negative || it.weight == Weight::Loose)
                || it.weight == Weight::Loose)
    );
    assert_eq!(numbers("250 samples per hour, 250 проб в час"), ["250", "250"]);
    assert_eq!(amount("12 tanks").counted, Some(1));
    assert_eq!((amount("in 2024 prices").counted, amount("12 of them").counted), (None, None));
}

#[test]
fn parts_and_multiples_are_read() {
    assert_eq!(others("дві третини зарплати"), [What::Share(2, 3)]);
    assert_eq!(
        others("две пятых, три четверти, two thirds, a quarter of it"),
        [What::Share(2, 5), What::Share(3, 4), What::Share(2, 3), What::Share(1, 4)]
    );
    assert_eq!(
        others("половину премії, half of the prize, третина, 2/3"),
        [What::Share(1, 2), What::Share(1, 2), What::Share(1, 3)]
    );
    for text in ["the first half", "second half", "у першій половині", "third place", "a quarter-final"]
    {
        assert_eq!(others(text), [], "{text}");
    }
    assert_eq!(
        numbers("зросли втричі, doubled, у 5 разів, threefold, дважды"),
        ["3 times", "2 times", "5 times", "3 times", "2 times"]
    );
    let loose =
        |text: &str| read(text).into_iter().filter(|it| matches!(it.what, What::Share(..))).map(|it| it.what).next();
    assert_eq!((loose("one in five"), loose("семь из десяти")), (Some(What::Share(1, 5)), Some(What::Share(7, 10))));
}

#[test]
fn ordinal_days_are_dates() {
    for text in [
        "двадцять першого березня",
        "двадцать первого марта",
        "the twenty-first of March",
        "21-го березня",
        "March the twenty-first",
        "21 March",
    ] {
        assert_eq!(dates(text), [(Some(21), 3, None)], "{text}");
    }
    assert_eq!(dates("пятого мая 2024 года"), [(Some(5), 5, Some(2024))]);
    assert_eq!(dates("з 10 сiчня"), [(Some(10), 1, None)], "with a Latin i");
    assert_eq!(dates("the fifth man may come"), []);
}

#[test]
fn relative_dates_and_seasons_are_read() {
    assert_eq!(others("last year"), [What::Relative(Period::Year, -1)]);
    assert_eq!(others("у минулому місяці"), [What::Relative(Period::Month, -1)]);
    assert_eq!(others("позавчера, сьогодні"), [What::Relative(Period::Day, -2), What::Relative(Period::Day, 0)]);
    assert_eq!(others("восени, in spring"), [What::Season(4), What::Season(2)]);
}

#[test]
fn scores_are_no_ranges() {
    assert_eq!(others("Dynamo beat Shakhtar 3-1"), [What::Score(3, 1)]);
    assert_eq!(others("здолав із рахунком 3:1"), [What::Score(3, 1)]);
    assert_eq!(others("the match lasted 3-4 hours"), []);
    assert_eq!(numbers("3–5 days"), ["3 time*86400", "5 time*86400"]);
}

#[test]
fn a_quantity_tells_where_it_stands() {
    let text = "Вона важить 4,1 тис. тонн.";
    let mention = read(text).into_iter().find(|it| it.weight == Weight::Firm).unwrap();
    assert_eq!(
        (&text[mention.start..mention.end], &text[mention.start..mention.unit_end]),
        ("4,1 тис", "4,1 тис. тонн")
    );
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
    read(&"1 000".repeat(5000));
    read(&"half a ".repeat(500));
    read(&"3-1 ".repeat(500));
    read("10^99999999999 5⁹⁹ 1/0 0:0 ½ п'яти 3 п. п. and a half");
}
