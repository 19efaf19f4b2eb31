//! Words for parts and multiples: half, дві третини, півтора, a dozen, вдвічі, threefold.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::decimal::Decimal;
use super::token::lists;

/// Factors, and how often: by their words, and by the beginnings of verbs that multiply.
const FACTORS: [(u64, &str, &str); 9] = [
    (
        2,
        "twice doubled doubling doubles twofold вдвічі удвічі вдвоє удвоє двічі вдвое дважды",
        "подвої подвоє удвои удвое удваив подвою",
    ),
    (
        3,
        "thrice tripled tripling triples trebled threefold втричі утричі втроє утроє тричі втрое трижды",
        "потрої утрои утрое утраив",
    ),
    (4, "quadrupled quadrupling quadruples fourfold вчетверо учетверо четырежды", ""),
    (5, "quintupled fivefold вп'ятеро уп'ятеро впятеро", ""),
    (6, "sixfold вшестеро ушестеро", ""),
    (7, "sevenfold всемеро", ""),
    (8, "eightfold ввосьмеро увосьмеро", ""),
    (9, "ninefold вдев'ятеро вдевятеро", ""),
    (10, "tenfold вдесятеро удесятеро", "удесятери"),
];
/// Denominators that need no ordinal, with their forms.
const PARTS: [(u32, &str); 9] = [
    (2, "half halves половина половину половини половиною половині половины половиной половине"),
    (3, "third thirds третина третину третини третиною третині третин треть трети третью третей"),
    (4, "quarter quarters чверть чверті чвертю чвертей четверть четверти четвертью четвертей"),
    (5, "fifth fifths"),
    (6, "sixth sixths"),
    (7, "seventh sevenths"),
    (8, "eighth eighths"),
    (9, "ninth ninths"),
    (10, "tenth tenths"),
];
/// One and a half.
const ONE_AND_A_HALF: &str = "півтора півтори полтора полторы полутора";
/// What a number in front of it is multiplied by. The third column may stand alone for as much.
const GROUPS: [(u64, &str); 3] = [
    (12, "dozen дюжина дюжину дюжини дюжин дюжины"),
    (10, "десяток десятка десятки десятків десятков"),
    (100, "сотень сотен сотні сотни"),
];

/// The factor that a folded word names: 3 for "втричі" and "tripled".
pub(super) fn factor(word: &str) -> Option<u64> {
    static WORDS: OnceLock<HashMap<&str, u64>> = OnceLock::new();
    let words = WORDS
        .get_or_init(|| FACTORS.iter().flat_map(|(value, words, _)| words.split(' ').map(|it| (it, *value))).collect());
    words.get(word).copied().or_else(|| {
        let begun = |starts: &str| starts.split(' ').any(|start| !start.is_empty() && word.starts_with(start));
        FACTORS.iter().find(|(.., starts)| begun(starts)).map(|&(value, ..)| value)
    })
}

/// What a part's word divides by: 3 for "third" and "третини".
pub(super) fn denominator(word: &str) -> Option<u32> {
    PARTS.iter().find(|(_, forms)| lists(forms, word)).map(|&(value, _)| value)
}

/// True for "півтора".
pub(super) fn is_one_and_a_half(word: &str) -> bool {
    lists(ONE_AND_A_HALF, word)
}

/// What a group's word multiplies by: 12 for "dozen".
pub(super) fn group(word: &str) -> Option<u64> {
    GROUPS.iter().find(|(_, forms)| lists(forms, word)).map(|&(value, _)| value)
}

/// What follows "half" within one word: "мільйона" of "півмільйона", "года" of "полгода".
pub(super) fn after_half(word: &str) -> Option<&str> {
    let rest = ["пів", "полу", "пол"].iter().find_map(|half| word.strip_prefix(half))?;
    // "півдня" is also of the south.
    (rest.chars().count() > 2 && !rest.starts_with("дн") && !rest.starts_with("ден"))
        .then_some(rest.trim_start_matches('\''))
}

/// One half.
pub(super) fn half() -> Decimal {
    Decimal::parse("0.5")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_multiples_have_their_values() {
        assert_eq!((factor("втричі"), factor("удвоились"), factor("tenfold")), (Some(3), Some(2), Some(10)));
        assert_eq!((factor("двері"), factor("однажды")), (None, None));
        assert_eq!((denominator("третини"), denominator("четверть"), denominator("третій")), (Some(3), Some(4), None));
        assert_eq!((after_half("півгодини"), after_half("полмиллиона")), (Some("години"), Some("миллиона")));
        assert_eq!((after_half("півдня"), after_half("полк"), group("dozen")), (None, None, Some(12)));
    }
}
