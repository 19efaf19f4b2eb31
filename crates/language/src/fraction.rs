//! Parts and multiples in words: half, дві третини, півтора, a dozen, вдвічі, threefold. The words are in `numeral`'s table.

use super::decimal::Decimal;
use super::numeral::NUMBERS;

/// The factor that a folded word names: 3 for "втричі" and "tripled".
pub(super) fn factor(word: &str) -> Option<u64> {
    NUMBERS.factors.get(word)
}

/// What a part's word divides by: 3 for "third" and "третини".
pub(super) fn denominator(word: &str) -> Option<u32> {
    NUMBERS.parts.get(word)
}

/// True for "півтора".
pub(super) fn is_one_and_a_half(word: &str) -> bool {
    NUMBERS.one_and_a_half.get(word).is_some()
}

/// What a group's word multiplies by: 12 for "dozen".
pub(super) fn group(word: &str) -> Option<u64> {
    NUMBERS.groups.get(word)
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
