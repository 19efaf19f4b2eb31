//! Exact decimal numbers, as a text writes them: no rounding, any length.

/// A number that is not negative: its digits without zeros at either end, times a power of ten. Zero has no digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Decimal {
    digits: String,
    /// Power of ten of the last digit.
    exponent: i64,
}

impl Decimal {
    /// Reads digits with at most one point. Other characters are skipped.
    pub fn parse(text: &str) -> Self {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.chars().filter(char::is_ascii_digit).collect::<String>();
        let fraction = digits(fraction);
        Self::normal(digits(whole) + &fraction, -(fraction.len() as i64))
    }

    /// This number times a power of ten.
    #[must_use]
    pub fn times_ten_to(&self, power: u32) -> Self {
        Self::normal(self.digits.clone(), self.exponent + i64::from(power))
    }

    /// This number times a whole one, exactly.
    #[must_use]
    pub fn times(&self, factor: u64) -> Self {
        let mut carry = 0_u128;
        let mut digits: Vec<char> = Vec::with_capacity(self.digits.len() + 20);
        let mut put =
            |value: u128| char::from_digit((value % 10) as u32, 10).into_iter().for_each(|it| digits.push(it));
        for digit in self.digits.bytes().rev() {
            let product = u128::from(digit - b'0') * u128::from(factor) + carry;
            put(product);
            carry = product / 10;
        }
        while carry > 0 {
            put(carry);
            carry /= 10;
        }
        Self::normal(digits.iter().rev().collect(), self.exponent)
    }

    /// Half of this number, exactly.
    #[must_use]
    pub fn halved(&self) -> Self {
        let five = self.times(5);
        Self::normal(five.digits, five.exponent - 1)
    }

    /// A hundredth of this number.
    #[must_use]
    pub fn hundredth(&self) -> Self {
        Self::normal(self.digits.clone(), self.exponent - 2)
    }

    /// Ten to this power when the number is ten, as in 10⁶; another power of a small number, and else the number itself.
    #[must_use]
    pub fn to_the(&self, power: u32) -> Self {
        match self.whole() {
            Some(10) => Self::from(1).times_ten_to(power),
            Some(base) => base.checked_pow(power).map_or_else(|| self.clone(), Self::from),
            None => self.clone(),
        }
    }

    /// This number and as many quarters more: 2½.
    #[must_use]
    pub fn plus_quarters(&self, quarters: u64) -> Self {
        let all = self.times(4).whole().and_then(|it| it.checked_add(quarters)).and_then(|it| it.checked_mul(25));
        all.map_or_else(|| self.clone(), |hundredths| Self::from(hundredths).hundredth())
    }

    /// This number and a half.
    #[must_use]
    pub fn and_a_half(&self) -> Option<Self> {
        self.whole().map(|_| self.plus_quarters(2))
    }

    fn normal(digits: String, mut exponent: i64) -> Self {
        let kept = digits.trim_end_matches('0');
        exponent += (digits.len() - kept.len()) as i64;
        let kept = kept.trim_start_matches('0');
        if kept.is_empty() { Self::default() } else { Self { digits: kept.to_owned(), exponent } }
    }

    /// The value, near enough to be compared.
    pub fn approximate(&self) -> f64 {
        // Text that can be read as a number always is one.
        format!("0{}e{}", self.digits, self.exponent).parse().unwrap_or(f64::INFINITY)
    }

    /// The value, when it is a whole number that fits.
    pub fn whole(&self) -> Option<u64> {
        let exponent = u32::try_from(self.exponent).ok()?;
        let digits: u64 = if self.digits.is_empty() { 0 } else { self.digits.parse().ok()? };
        digits.checked_mul(10_u64.checked_pow(exponent)?)
    }

    /// True when this is `exact` said with fewer digits: 11 000 for 11 236, 1.2 million for 1 234 567. Within 3%.
    pub fn rounds(&self, exact: &Self) -> bool {
        let (rough, value) = (self.approximate(), exact.approximate());
        self.digits.len() < exact.digits.len() && exact.digits.len() >= 3 && (rough - value).abs() <= value * 0.03
    }
}

impl From<u64> for Decimal {
    fn from(value: u64) -> Self {
        Self::normal(value.to_string(), 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_has_one_form() {
        assert_eq!(Decimal::parse("1.20"), Decimal::parse("01.2"));
        assert_eq!(Decimal::parse("1.2").times_ten_to(6), Decimal::from(1_200_000));
        assert_eq!(Decimal::parse("000"), Decimal::from(0));
        assert_eq!(Decimal::parse("1200").whole(), Some(1200));
        assert_eq!(Decimal::parse("3.5").times(1000), Decimal::from(3500));
        assert_eq!(Decimal::parse("0.0254").times(16_093_440), Decimal::parse("408773.376"));
        assert_eq!(Decimal::from(2).and_a_half(), Some(Decimal::parse("2.5")));
        assert_eq!((Decimal::parse("1.5").whole(), Decimal::parse(&"9".repeat(40)).whole()), (None, None));
        assert!(Decimal::parse(&"9".repeat(999)).approximate().is_infinite());
    }

    #[test]
    fn rounding_only_takes_digits_away() {
        assert!(Decimal::from(11_000).rounds(&Decimal::from(11_236)));
        assert!(Decimal::parse("1.2").times_ten_to(6).rounds(&Decimal::from(1_234_567)));
        assert!(!Decimal::from(26).rounds(&Decimal::from(25)));
        assert!(!Decimal::from(12_000).rounds(&Decimal::from(11_236)));
        assert!(!Decimal::from(11_236).rounds(&Decimal::from(11_000)));
    }
}
