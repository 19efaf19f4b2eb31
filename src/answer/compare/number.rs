//! The numbers of a fact, so that they can be compared across languages: `38.6 million` is `38,6 млн`, and `7 buses` are
//! `сім автобусів`.
//!
//! A number may mean more than one thing: `1,200` is twelve hundred in English and one and a fifth in Russian, and a
//! Russian text may copy it as it stands in an English article. Two numbers are the same when they share a meaning.
//! Numbers in words are no marks of a fact by themselves, because `one` and `first` are often idle words; they only excuse
//! a fact for not having the digits. Whether a number stands in the article is not asked here, and what a text's numbers
//! are is read in `language`.

use crate::language::{Annotation, Mention, Weight};

/// A number, a time or a date in digits.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Number {
    /// As it is written, with the word that multiplies it.
    pub(super) text: String,
    mention: Mention,
}

impl Number {
    pub(super) fn is(&self, other: &Self) -> bool {
        self.mention.agrees_with(&other.mention)
    }
}

/// The numbers of one fact.
#[derive(Debug, Clone, Default)]
pub(super) struct Numbers {
    /// Those in digits, in order, each once.
    pub(super) digits: Vec<Number>,
    /// Those in words, and what else a mention can be read as.
    others: Vec<Mention>,
}

impl Numbers {
    pub(super) fn of(text: &Annotation) -> Self {
        let mut numbers = Self::default();
        for mention in text.mentions.iter().cloned() {
            let said = &text.text[mention.start..mention.end];
            if mention.weight == Weight::Loose || !said.contains(|c: char| c.is_ascii_digit()) {
                numbers.others.push(mention);
                continue;
            }
            let number = Number { text: said.to_owned(), mention };
            if !numbers.digits.iter().any(|known| known.is(&number)) {
                numbers.digits.push(number);
            }
        }
        numbers
    }

    /// True when the number is among these, in digits or in words.
    pub(super) fn has(&self, number: &Number) -> bool {
        self.digits.iter().any(|known| known.is(number)) || self.others.iter().any(|it| it.agrees_with(&number.mention))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Numbers {
        Numbers::of(&Annotation::of(text))
    }

    fn same(a: &str, b: &str) -> bool {
        let (a, b) = (numbers(a), numbers(b));
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
            ("0.25%", "0,25 %"),
            ("half of 0.5 million", "половина от 500 000"),
            ("on 12 March", "12 березня"),
            ("1.5 percentage points", "1,5 в. п."),
        ] {
            assert!(same(a, b), "{a} | {b}: {:?} {:?}", numbers(a), numbers(b));
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
            ("0.25%", "0,75%"),
            ("5 tonnes", "5 кілограмів"),
            ("1.5 percentage points", "1,5%"),
        ] {
            assert!(!same(a, b), "{a} | {b}");
        }
    }

    #[test]
    fn the_text_has_the_word_that_multiplies() {
        let texts = |text: &str| numbers(text).digits.into_iter().map(|it| it.text).collect::<Vec<_>>();
        assert_eq!(texts("£38.6 million in 2024, and 2024 again"), ["38.6 million", "2024"]);
        assert_eq!(texts("12 тис. 5 тисків"), ["12 тис", "5"]);
        assert!(texts("two hundred").is_empty());
        assert_eq!(texts(&"9".repeat(400)).len(), 1);
    }
}
