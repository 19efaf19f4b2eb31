//! Numbers of a sentence as values, so that 1,200 in English and 1 200 in Ukrainian are the same and 3.5 and 35 are not.
//!
//! What a text's numbers are, with their magnitudes, times, dates and weekdays, is read in `language`; here two texts are
//! held against each other. A translation may spell a number as a word, and what it need not say ("both") only excuses the
//! other side. Of what is counted, money, percent and points are compared. Not here: what a fault leads to.

use std::collections::BTreeSet;

use super::check::{Fault, FaultKind};
use crate::language::{Amount, Language, Mention, Unit, Weight, What, mentions, parts_thousands, tokens};

/// What a text mentions, read with the separators of its language.
fn read(text: &str, language: Language) -> Vec<Mention> {
    let mut found = mentions(text, &tokens(text));
    for mention in &mut found {
        let (start, end) = (mention.start, mention.end);
        if let What::Number(amount) = &mut mention.what {
            settle(amount, &text[start..end], language);
        }
    }
    found
}

/// Of the two values of 1,200 and 1.200, keeps the one that the language gives it.
fn settle(amount: &mut Amount, said: &str, language: Language) {
    let marks = said.matches([',', '.']).count();
    let mark = said.find([',', '.']).filter(|_| marks == 1).and_then(|at| said[at..].chars().next());
    let three =
        said.split([',', '.']).nth(1).is_some_and(|rest| rest.chars().take_while(char::is_ascii_digit).count() == 3);
    if let (Some(mark), true, [whole, fraction]) = (mark, three, &amount.values[..]) {
        let kept = if parts_thousands(mark, language) { whole } else { fraction };
        amount.values = vec![kept.clone()];
    }
}

/// The numbers, times and dates of the source that the translation lacks, and those that it has too many.
pub(super) fn differences(source: (&str, Language), target: (&str, Language)) -> Vec<Fault> {
    let (ours, theirs) = (read(source.0, source.1), read(target.0, target.1));
    let firm = |mention: &&Mention| {
        mention.weight == Weight::Firm && !matches!(mention.what, What::Relative(..) | What::Season(_))
    };
    let mut left: Vec<&Mention> = theirs.iter().filter(firm).collect();
    let mut missing = Vec::new();
    for mention in ours.iter().filter(firm) {
        match left.iter().position(|other| mention.has_value_of(other)) {
            Some(at) => drop(left.remove(at)),
            None if excused(mention, &theirs) => {}
            None => missing.push(changed(mention, source.0)),
        }
    }
    left.retain(|mention| !excused(mention, &ours));
    missing.extend(left.into_iter().map(|mention| changed(mention, target.0)));
    missing
}

/// True when the source has two numbers at least, and the translation none of them.
pub(super) fn are_all_lost(source: (&str, Language), target: (&str, Language)) -> bool {
    let (ours, theirs) = (read(source.0, source.1), read(target.0, target.1));
    let firm: Vec<_> = ours.iter().filter(|it| it.weight == Weight::Firm && has_value(&it.what)).collect();
    firm.len() > 1 && !firm.iter().any(|mention| theirs.iter().any(|other| mention.has_value_of(other)))
}

fn has_value(what: &What) -> bool {
    matches!(what, What::Number(_) | What::Clock(..) | What::Score(..) | What::Date(_))
}

/// A weekday, or a date with a month at least.
pub(super) fn is_date(mention: &Mention) -> bool {
    matches!(mention.what, What::Date(_) | What::Weekday(_))
}

/// What only one side has, as it stands there.
fn changed(mention: &Mention, text: &str) -> Fault {
    let kind = if is_date(mention) { FaultKind::DateChanged } else { FaultKind::NumberChanged };
    Fault::new(kind, &text[mention.start..mention.end])
}

/// True when the other side says it in passing.
fn excused(mention: &Mention, others: &[Mention]) -> bool {
    others.iter().any(|other| other.weight == Weight::Loose && mention.has_value_of(other))
}

/// Currencies by their ISO 4217 codes, and `%`, that only one side counts in.
pub(super) fn changed_units(source: &str, target: &str) -> Vec<&'static str> {
    units(source).symmetric_difference(&units(target)).copied().collect()
}

fn units(text: &str) -> BTreeSet<&'static str> {
    // A part of a whole is a percentage, too, but nobody has to write it as one.
    let written = |mention: &Mention| mention.weight == Weight::Firm || !is_percentage(&mention.what);
    let mentions = mentions(text, &tokens(text)).into_iter().filter(written);
    let named = mentions.filter_map(|mention| match mention.what {
        What::Number(amount) if matches!(amount.unit, Unit::Money(_) | Unit::Percent | Unit::Points) => {
            amount.unit.code()
        }
        _ => None,
    });
    named.collect()
}

fn is_percentage(what: &What) -> bool {
    matches!(what, What::Number(amount) if amount.unit == Unit::Percent)
}

#[cfg(test)]
mod tests {
    use super::Language::{En, Ru, Uk};
    use super::*;

    fn differences(source: (&str, Language), target: (&str, Language)) -> Vec<String> {
        super::differences(source, target).into_iter().map(|fault| fault.value).collect()
    }

    #[test]
    fn the_same_value_in_other_separators_is_the_same() {
        for (source, target) in [
            ("1,200 men at 10:30 and 3.5%", "1 200 людей о 10:30 і 3,5%"),
            ("in the 20th century, 5 men", "у XX столітті п'ять чоловіків"),
            ("$1,234,567.89", "1 234 567,89 долара"),
            ("two of 10", "2 з десяти"),
            ("S-300 in 2024", "С-300 у 2024 році"),
            ("twenty-one men of 60", "21 чоловік із шістдесяти"),
            ("on Friday, March 5", "у п'ятницю, 5 березня"),
            ("half a million euros", "500 тисяч євро"),
            ("the state gave €12bn", "держава дала 12 млрд євро"),
            ("$1.5trn in debt", "1,5 трлн доларів боргу"),
        ] {
            assert!(differences((source, En), (target, Uk)).is_empty(), "{source} / {target}");
        }
    }

    #[test]
    fn a_changed_number_is_seen() {
        assert_eq!(differences(("3.5 million", En), ("35 миллионов", Ru)), ["3.5 million", "35 миллионов"]);
        assert_eq!(differences(("€12bn", En), ("12 евро", Ru)), ["12bn", "12"]);
        assert_eq!(differences(("$1.5tn", En), ("1,5 млрд долларов", Ru)), ["1.5tn", "1,5 млрд"]);
        assert_eq!(differences(("due on Friday", En), ("у понеділок", Uk)), ["Friday", "понеділок"]);
        assert_eq!(differences(("12 March", En), ("12 травня", Uk)), ["12 March", "12 травня"]);
        assert_eq!(differences(("2,300 flats", En), ("2,300 квартир", Ru)), ["2,300", "2,300"]);
        assert_eq!(differences(("0.25%", En), ("0,75%", Uk)), ["0.25", "0,75"]);
        assert_eq!(differences(("5 and 5", En), ("5", Ru)), ["5"]);
        assert_eq!(differences(("in 2024", En), ("в 2023", Ru)), ["2024", "2023"]);
        assert_eq!(differences(("0,125 г", Ru), ("0.125 g", En)), [""; 0]);
    }

    #[test]
    fn a_changed_weekday_or_month_is_seen() {
        for (source, target, wanted) in [
            (("INSPECTION DUE FRIDAY", En), ("ІНСПЕКЦІЯ В ПОНЕДІЛОК", Uk), &["FRIDAY", "ПОНЕДІЛОК"][..]),
            (("They met on Wednesday.", En), ("Они встретились в понедельник.", Ru), &["Wednesday", "понедельник"]),
            (("Суд відклали до червня.", Uk), ("The court waits until July.", En), &["червня", "July"]),
            (("до 5 травня", Uk), ("до 5 березня", Uk), &["5 травня", "5 березня"]),
            (("It ended in December.", En), ("Це скінчилося.", Uk), &["December"]),
            (("Open on Fridays.", En), ("Открыто по средам.", Ru), &["Fridays", "средам"]),
            (("Відчинено щоп'ятниці.", Uk), ("Open on Mondays.", En), &["щоп'ятниці", "Mondays"]),
            (("Суд чекає до лютого.", Uk), ("The court waits until July.", En), &["лютого", "July"]),
            (("It opens on Friday.", En), ("Откроется в пн.", Ru), &["Friday"]),
        ] {
            let found = super::differences(source, target);
            assert!(found.iter().all(|fault| fault.kind == FaultKind::DateChanged), "{found:?}");
            assert_eq!(found.iter().map(|fault| fault.value.as_str()).collect::<Vec<_>>(), wanted);
        }
    }

    #[test]
    fn the_same_days_and_doubtful_words_are_no_fault() {
        for (source, target) in [
            (("On Friday, 12 May", En), ("У п'ятницю, 12 травня", Uk)),
            (("Wednesday's talks", En), ("переговоры в среду", Ru)),
            (("protect the environment", En), ("защитить окружающую среду", Ru)),
            (("they may march on", En), ("вони можуть йти далі", Uk)),
            (("a fierce frost", En), ("лютий мороз", Uk)),
            (("падав листопад", Uk), ("the leaves fell", En)),
            (("Jan left", En), ("Ян пішов", Uk)),
            (("in August and September", En), ("в августе и сентябре", Ru)),
            (("an august body", En), ("поважний орган", Uk)),
            (("President Maia Sandu", En), ("Президентка Мая Санду", Uk)),
            (("from a fierce enemy", En), ("від лютого ворога", Uk)),
            (("among scientists", En), ("в среде учёных", Ru)),
            (("Open on Fridays.", En), ("Открыто по пятницам.", Ru)),
            (("Open on Fridays.", En), ("Відчинено щоп'ятниці.", Uk)),
            (("Closed on Wednesdays and Sundays", En), ("Закрыто по средам и воскресеньям", Ru)),
            (("зустрічі п'ятницями", Uk), ("Friday meetings", En)),
            (("Fri 12 Jan", En), ("пт, 12 січ.", Uk)),
            (("Friday, 12 January 2024", En), ("пт, 12 січ. 2024", Uk)),
            (("у лют. 2023", Uk), ("in February 2023", En)),
            (("The sun sat on the hill", En), ("Сонце сіло на пагорб", Uk)),
            (("він отримав лист", Uk), ("he got a letter", En)),
        ] {
            assert_eq!(differences(source, target), Vec::<String>::new(), "{source:?} / {target:?}");
        }
    }

    #[test]
    fn a_translation_without_any_of_its_numbers_says_something_else() {
        let source = "The state gave €12bn to farmers, up from €9.5bn.";
        for (target, lost) in [
            ("Українська верся змінила назви та числа, але основне залишила.", true),
            ("Держава дала фермерам 12 євро замість 9,5.", true),
            ("Держава дала фермерам 12 млрд євро, раніше 9,5.", false),
        ] {
            assert_eq!(are_all_lost((source, En), (target, Uk)), lost, "{target}");
        }
        assert!(!are_all_lost(("It left at 10:30.", En), ("Він поїхав.", Uk)), "one may be left out");
        assert!(!are_all_lost(("five of the ten", En), ("п'ять із десяти", Uk)));
    }

    #[test]
    fn changed_money_is_seen() {
        assert_eq!(changed_units("It cost 12 million euros.", "Це коштувало 12 мільйонів гривень."), ["EUR", "UAH"]);
        assert_eq!(changed_units("It rose by 5%.", "Він зріс на 5."), ["%"]);
        assert_eq!(changed_units("It rose by 5 percentage points.", "Він зріс на 5%."), ["%", "percentage points"]);
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
}
