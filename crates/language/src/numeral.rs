//! Number words of the three languages. Parts and multiples are in `fraction`.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::decimal::Decimal;
use super::token::lists;

/// What a word contributes to a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// 1 to 19.
    Small(u64),
    /// 20, 30 and so on to 90.
    Tens(u64),
    /// 100, 200 and so on to 900, in one word.
    Hundreds(u64),
    /// The English "hundred".
    Hundred,
    /// A power of ten: 3 for thousand.
    Magnitude(u32),
}

/// A number word: what it adds, and whether it is an ordinal, which ends a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Numeral {
    pub(super) part: Part,
    pub(super) ordinal: bool,
}

/// English cardinals and ordinals.
const ENGLISH: [(u64, &str, &str); 27] = [
    (1, "one", "first"),
    (2, "two", "second"),
    (3, "three", "third thirds"),
    (4, "four", "fourth"),
    (5, "five", "fifth fifths"),
    (6, "six", "sixth"),
    (7, "seven", "seventh"),
    (8, "eight", "eighth"),
    (9, "nine", "ninth"),
    (10, "ten", "tenth"),
    (11, "eleven", "eleventh"),
    (12, "twelve", "twelfth"),
    (13, "thirteen", "thirteenth"),
    (14, "fourteen", "fourteenth"),
    (15, "fifteen", "fifteenth"),
    (16, "sixteen", "sixteenth"),
    (17, "seventeen", "seventeenth"),
    (18, "eighteen", "eighteenth"),
    (19, "nineteen", "nineteenth"),
    (20, "twenty", "twentieth"),
    (30, "thirty", "thirtieth"),
    (40, "forty", "fortieth"),
    (50, "fifty", "fiftieth"),
    (60, "sixty", "sixtieth"),
    (70, "seventy", "seventieth"),
    (80, "eighty", "eightieth"),
    (90, "ninety", "ninetieth"),
];
/// Ukrainian and Russian cardinals with their irregular forms.
const CARDINALS: [(u64, &str); 13] = [
    (1, "один одна одне одно одного одному одній одну однієї одной одним одном"),
    (2, "два дві две двох двух двом двум двома двумя двоє двое"),
    (3, "три трьох трех трьом трем трьома тремя троє трое"),
    (4, "чотири чотирьох чотирьом чотирма четверо четыре четырех четырем четырьмя"),
    (5, "п'ять п'яти п'ятьох п'ятьом п'ятьма п'ятеро пять пяти пятью пятеро"),
    (6, "шість шести шістьох шістьом шістьма шестеро шесть шестью"),
    (7, "сім семи сімох сімом сімома семеро семь семью"),
    (8, "вісім восьми вісьмох вісьмома восемь восемью"),
    (9, "дев'ять дев'яти дев'ятьох дев'ятьма девять девяти девятью"),
    (10, "десять десяти десятьох десятьма десятью"),
    (40, "сорок сорока"),
    (90, "дев'яносто дев'яноста девяносто девяноста"),
    (100, "сто ста"),
];
/// Beginnings of cardinals that end in `-надцять`, `-дцять`, `-десят` and the like.
const REGULAR: [(u64, &str); 34] = [
    (11, "одинадцят"),
    (11, "одиннадцат"),
    (12, "дванадцят"),
    (12, "двенадцат"),
    (13, "тринадцят"),
    (13, "тринадцат"),
    (14, "чотирнадцят"),
    (14, "четырнадцат"),
    (15, "п'ятнадцят"),
    (15, "пятнадцат"),
    (16, "шістнадцят"),
    (16, "шестнадцат"),
    (17, "сімнадцят"),
    (17, "семнадцат"),
    (18, "вісімнадцят"),
    (18, "восемнадцат"),
    (19, "дев'ятнадцят"),
    (19, "девятнадцат"),
    (20, "двадцят"),
    (20, "двадцат"),
    (30, "тридцят"),
    (30, "тридцат"),
    (50, "п'ятдесят"),
    (50, "пятьдесят"),
    (60, "шістдесят"),
    (60, "шестьдесят"),
    (70, "сімдесят"),
    (70, "семьдесят"),
    (80, "вісімдесят"),
    (80, "восемьдесят"),
    (50, "пятидесят"),
    (60, "шестидесят"),
    (70, "семидесят"),
    (80, "восьмидесят"),
];
const HUNDREDS: [(u64, &str); 14] = [
    (200, "двісті двести двохсот двухсот"),
    (300, "триста трьохсот трехсот"),
    (400, "чотириста чотирьохсот четыреста четырехсот"),
    (500, "п'ятсот пятьсот"),
    (500, "п'ятисот пятисот"),
    (600, "шістсот шестьсот"),
    (600, "шестисот"),
    (700, "сімсот семьсот"),
    (700, "семисот"),
    (800, "вісімсот восемьсот"),
    (800, "восьмисот"),
    (900, "дев'ятсот девятьсот"),
    (900, "дев'ятисот девятисот"),
    (100, "сотня сотню"),
];
/// Beginnings of Ukrainian and Russian ordinals.
const ORDINALS: [(u64, &str); 26] = [
    (1, "перш"),
    (1, "перв"),
    (2, "друг"),
    (2, "втор"),
    (3, "треті"),
    (3, "трет"),
    (4, "четверт"),
    (5, "п'ят"),
    (5, "пят"),
    (6, "шост"),
    (6, "шест"),
    (7, "сьом"),
    (7, "седьм"),
    (8, "восьм"),
    (9, "дев'ят"),
    (9, "девят"),
    (10, "десят"),
    (40, "сороков"),
    (50, "п'ятдесят"),
    (50, "пятидесят"),
    (60, "шістдесят"),
    (60, "шестидесят"),
    (90, "дев'яност"),
    (90, "девяност"),
    (70, "семидесят"),
    (80, "восьмидесят"),
];
const ADJECTIVE_ENDINGS: &str = "ий ій а я е є ого ього ому ьому ої ьої у ю ю ою ьою ім им ьим і ї их іх ими ый ой ая ое ые ых ыми ым ую ье ьего ьему ьей ью ьих ьи ья";
/// Beginnings of words for powers of ten.
const MAGNITUDES: [(u32, &str); 14] = [
    (3, "thousand"),
    (3, "тисяч"),
    (3, "тысяч"),
    (6, "million"),
    (6, "мільйон"),
    (6, "миллион"),
    (9, "billion"),
    (9, "мільярд"),
    (9, "миллиард"),
    (12, "trillion"),
    (12, "трильйон"),
    (12, "триллион"),
    (9, "більйон"),
    (9, "биллион"),
];
const ABBREVIATED: [(u32, &str); 12] = [
    (3, "тис"),
    (3, "тыс"),
    (6, "млн"),
    (6, "mln"),
    (6, "mn"),
    (9, "млрд"),
    (9, "bln"),
    (9, "bn"),
    (12, "трлн"),
    (12, "tn"),
    (12, "trn"),
    (12, "trln"),
];
/// Words that say a number in passing. A source that has one supports the number; a fact that has one need not prove it.
const IN_PASSING: [(&str, &str); 22] = [
    (
        "2",
        "half both twice double doubled doubling pair couple two-fold second secondly обидва обидві обидвох обоє оба обе обоих двічі дважды вдвічі вдвое удвічі пара пару подвійний двойной подвоїв удвоил",
    ),
    ("3", "triple tripled trio third треть третина третину трети третини тройка трійка втричі втрое тричі трижды"),
    ("4", "quarter quarters чверть четверть четверти чверті вчетверо вчетверо"),
    ("25", "quarter чверть четверть"),
    ("0.5", "half halved половина половину половини половины пів пол"),
    ("50", "half половина половину половини половины"),
    ("12", "dozen дюжина дюжину дюжини дюжины"),
    ("10", "dozen десяток decade десятиліття десятилетие десятилетия decades"),
    ("24", "dozens"),
    ("1", "one single once a an один одна одне одну одно single раз once"),
    ("100", "сотня сотню hundred hundreds century століття столетие столетия столетний"),
    ("1.5", "півтора півтори полтора полторы полутора"),
    ("1000", "thousand тисяча тисячу тысяча тысячу"),
    ("1000000", "million мільйон миллион"),
    ("1000000000", "billion мільярд миллиард"),
    ("500000", "півмільйона полмиллиона"),
    ("6", "півроку півріччя полгода полугодие"),
    ("14", "fortnight"),
    ("0", "zero нуль ноль нуля нулю no none жодного ни"),
    ("30", "півгодини полчаса"),
    ("20", "score"),
    ("5", "п'ята пятая п'ятої пятой"),
];
/// First parts of words like трирічний that are no cardinal in the genitive.
const COMPOUND_HEADS: [(&str, &str); 22] = [
    ("1", "одно"),
    ("1.5", "півтора"),
    ("1.5", "полутора"),
    ("2", "дво"),
    ("2", "двох"),
    ("2", "двух"),
    ("3", "три"),
    ("3", "трьох"),
    ("3", "трех"),
    ("4", "чотири"),
    ("4", "чотирьох"),
    ("4", "четырех"),
    ("5", "п'яти"),
    ("5", "пяти"),
    ("6", "шести"),
    ("7", "семи"),
    ("8", "восьми"),
    ("9", "дев'яти"),
    ("9", "девяти"),
    ("10", "десяти"),
    ("40", "сорока"),
    ("100", "сто"),
];
/// What is counted in such a word, units aside.
const COMPOUND_OF: [&str; 7] = ["поверхов", "этажн", "місн", "местн", "бальн", "кімнатн", "комнатн"];
/// Nouns made of a number and years, which are often no more than a name: десятиліття, столетие.
const SPANS: [&str; 3] = ["літт", "лети", "річч"];

/// What a folded word adds to a number, when it is a number word.
pub(super) fn numeral(word: &str) -> Option<Numeral> {
    static FORMS: OnceLock<HashMap<String, Numeral>> = OnceLock::new();
    let known = FORMS.get_or_init(forms).get(word).copied();
    known.or_else(|| magnitude(word).map(|power| Numeral { part: Part::Magnitude(power), ordinal: false }))
}

/// Every number word in every form.
fn forms() -> HashMap<String, Numeral> {
    let mut forms = HashMap::new();
    let mut add = |word: String, part, ordinal| {
        forms.entry(word).or_insert(Numeral { part, ordinal });
    };
    for (value, cardinal, ordinals) in ENGLISH {
        add(cardinal.to_owned(), part_of(value), false);
        ordinals.split(' ').for_each(|word| add(word.to_owned(), part_of(value), true));
    }
    for (value, words) in CARDINALS {
        words.split(' ').for_each(|word| add(word.to_owned(), part_of(value), false));
    }
    for (value, words) in HUNDREDS {
        words.split(' ').for_each(|word| add(word.to_owned(), Part::Hundreds(value), false));
    }
    add("hundred".to_owned(), Part::Hundred, false);
    add("hundredth".to_owned(), Part::Hundred, true);
    for (value, start) in REGULAR {
        ["ь", "и", "ью", "ьох", "ьом", "ьма", "ьома", ""]
            .iter()
            .for_each(|it| add(format!("{start}{it}"), part_of(value), false));
        ADJECTIVE_ENDINGS.split(' ').for_each(|it| add(format!("{start}{it}"), part_of(value), true));
    }
    for (value, start) in ORDINALS {
        ADJECTIVE_ENDINGS.split(' ').for_each(|it| add(format!("{start}{it}"), part_of(value), true));
    }
    forms
}

fn part_of(value: u64) -> Part {
    match value {
        0..=19 => Part::Small(value),
        20..=99 => Part::Tens(value),
        _ => Part::Hundreds(value),
    }
}

/// The power of ten that a folded word names: 6 for million and млн.
pub(super) fn magnitude(word: &str) -> Option<u32> {
    if let Some(&(power, _)) = ABBREVIATED.iter().find(|(_, name)| *name == word) {
        return Some(power);
    }
    // "тисячолітній" and "millionaire" are no numbers.
    let noun = |start: &str| word.strip_prefix(start).is_some_and(|rest| rest.chars().count() <= 3 && rest != "ер");
    MAGNITUDES.iter().find(|(_, start)| noun(start)).map(|&(power, _)| power)
}

/// The power of ten of a letter behind the digits: 5m, 10k.
pub(super) fn magnitude_of_letter(word: &str) -> Option<u32> {
    match word {
        "k" | "к" => Some(3),
        "m" => Some(6),
        "b" => Some(9),
        _ => None,
    }
}

/// Numbers that a folded word says in passing.
pub(super) fn in_passing(word: &str) -> impl Iterator<Item = &'static str> {
    IN_PASSING.iter().filter(move |(_, words)| lists(words, word)).map(|&(value, _)| value)
}

/// The number in a word like трирічний or двадцатипятилетний, and what it counts: "річний", "летний".
pub(super) fn compound(word: &str) -> Option<(Decimal, &str)> {
    let (value, rest) = head(word)?;
    let more =
        head(rest).filter(|(unit, rest)| is_ten(&value) && unit.whole().is_some_and(|it| it < 10) && !rest.is_empty());
    let (value, rest) = match more {
        Some((unit, rest)) => (Decimal::from(value.whole()? + unit.whole()?), rest),
        None => (value, rest),
    };
    (rest.chars().count() > 2).then_some((value, rest))
}

/// True when what a compound counts stands for nothing but its number: "поверховий", and no "ліття".
pub(super) fn counts_in_compound(rest: &str) -> bool {
    COMPOUND_OF.iter().any(|start| rest.starts_with(start))
}

/// True for the end of a noun like десятиліття.
pub(super) fn is_span(rest: &str) -> bool {
    SPANS.iter().any(|start| rest.starts_with(start))
}

fn is_ten(value: &Decimal) -> bool {
    value.whole().is_some_and(|value| (20..100).contains(&value) && value % 10 == 0)
}

/// The longest number at the beginning of a word, and the rest.
fn head(word: &str) -> Option<(Decimal, &str)> {
    let listed =
        COMPOUND_HEADS.iter().filter_map(|(value, start)| Some((Decimal::parse(value), word.strip_prefix(start)?)));
    let regular = REGULAR
        .iter()
        .filter_map(|(value, start)| Some((Decimal::from(*value), word.strip_prefix(start)?.strip_prefix('и')?)));
    listed.chain(regular).min_by_key(|(_, rest)| rest.len())
}

/// The value of a Roman numeral, in Latin or Cyrillic capitals.
pub(super) fn roman(word: &str) -> Option<u64> {
    let value = |c: char| match c {
        'I' | 'І' => Some(1),
        'V' => Some(5),
        'X' | 'Х' => Some(10),
        _ => None,
    };
    let values: Option<Vec<u64>> = word.chars().map(value).collect();
    let values = values.filter(|values| (1..=6).contains(&values.len()))?;
    let sum = |(i, &value): (usize, &u64)| match values.get(i + 1) {
        Some(&next) if next > value => -(value as i64),
        _ => value as i64,
    };
    u64::try_from(values.iter().enumerate().map(sum).sum::<i64>()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_their_values() {
        for (word, value) in [("seven", 7), ("сімома", 7), ("семью", 7), ("п'ятнадцяти", 15), ("ninetieth", 90)]
        {
            assert_eq!(numeral(word).map(|it| it.part), Some(part_of(value)), "{word}");
        }
        assert_eq!(numeral("двісті").map(|it| it.part), Some(Part::Hundreds(200)));
        assert!(numeral("двадцятого").is_some_and(|it| it.ordinal) && numeral("третья").is_some_and(|it| it.ordinal));
        for word in ["друзі", "семья", "стол", "once", "тен"] {
            assert_eq!(numeral(word), None, "{word}");
        }
        assert_eq!((magnitude("мільйонів"), magnitude("millionaire"), magnitude("тыс")), (Some(6), None, Some(3)));
        assert_eq!((magnitude("trn"), magnitude("tn"), magnitude("трлн")), (Some(12), Some(12), Some(12)));
        assert_eq!(
            (compound("трирічний"), compound("двадцатипятилетний")),
            (Some((Decimal::from(3), "річний")), Some((Decimal::from(25), "летний")))
        );
        assert_eq!((compound("полутораметровый"), compound("три")), (Some((Decimal::parse("1.5"), "метровый")), None));
        assert!(is_span("ліття") && !is_span("літній") && !is_span("летнего"));
        assert_eq!((roman("XXI"), roman("ХХІ"), roman("XIV"), roman("Х")), (Some(21), Some(21), Some(14), Some(10)));
    }
}
