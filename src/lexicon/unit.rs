//! What a number counts, as far as a changed unit would be a changed fact: percent and money.

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Unit {
    /// Things, or something that is not known here.
    #[default]
    Plain,
    /// Percent.
    Percent,
    /// Money of one currency: its ISO 4217 code.
    Money(&'static str),
    /// Nothing: the 3 of 3 March. It supports a 3 that counts nothing either.
    DayOfMonth,
}

const SIGNS: [(&str, &str); 7] =
    [("$", "USD"), ("€", "EUR"), ("£", "GBP"), ("₴", "UAH"), ("₽", "RUB"), ("¥", "JPY"), ("₺", "TRY")];
const PERCENT: [&str; 6] = ["percent", "percentage", "відсот", "процент", "pct", "cent"];
/// Beginnings of words.
const MONEY: [(&str, &str); 27] = [
    ("dollar", "USD"),
    ("долар", "USD"),
    ("доллар", "USD"),
    ("euro", "EUR"),
    ("євро", "EUR"),
    ("евро", "EUR"),
    ("pound", "GBP"),
    ("фунт", "GBP"),
    ("sterling", "GBP"),
    ("hryvnia", "UAH"),
    ("hryvna", "UAH"),
    ("гривен", "UAH"),
    ("гривн", "UAH"),
    ("грн", "UAH"),
    ("ruble", "RUB"),
    ("rouble", "RUB"),
    ("рубл", "RUB"),
    ("руб", "RUB"),
    ("yuan", "CNY"),
    ("юан", "CNY"),
    ("yen", "JPY"),
    ("ієн", "JPY"),
    ("иен", "JPY"),
    ("zlot", "PLN"),
    ("злот", "PLN"),
    ("франк", "CHF"),
    ("lira", "TRY"),
];

/// The unit that these signs say, in front of a number or behind it.
pub(super) fn of_signs(signs: &str) -> Unit {
    if signs.trim_start().starts_with('%') {
        return Unit::Percent;
    }
    SIGNS.iter().find(|(sign, _)| signs.contains(sign)).map_or(Unit::Plain, |&(_, code)| Unit::Money(code))
}

/// The unit that a folded word names.
pub(super) fn of_word(word: &str) -> Unit {
    if PERCENT.iter().any(|start| word == *start || (start.len() > 6 && word.starts_with(start))) {
        return Unit::Percent;
    }
    // "европейский" is no money, "європейських" neither.
    let money = |start: &str| {
        word.strip_prefix(start)
            .is_some_and(|rest| rest.chars().count() <= 4 && !rest.starts_with(['п', 'p', 'с', 'з']))
    };
    MONEY.iter().find(|(start, _)| money(start)).map_or(Unit::Plain, |&(_, code)| Unit::Money(code))
}

impl Unit {
    /// True when a fact may say this unit of a number that the source says with `source`: the same, or none said.
    pub fn agrees_with(self, source: Self) -> bool {
        match self {
            Self::Plain => true,
            Self::Percent | Self::DayOfMonth => source == self,
            Self::Money(_) => source == self || source == Self::Plain,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_and_words_name_units() {
        assert_eq!(of_signs(" US$"), Unit::Money("USD"));
        assert_eq!(of_signs(" %"), Unit::Percent);
        assert_eq!(of_word("відсотків"), Unit::Percent);
        assert_eq!(of_word("рублей"), Unit::Money("RUB"));
        assert_eq!(of_word("евро"), Unit::Money("EUR"));
        for word in ["европейских", "європейських", "people", "европа"] {
            assert_eq!(of_word(word), Unit::Plain, "{word}");
        }
        assert!(!Unit::Percent.agrees_with(Unit::Plain) && !Unit::Money("USD").agrees_with(Unit::Money("EUR")));
    }
}
