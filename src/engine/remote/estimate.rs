//! How many tokens a text takes at a server whose vocabulary is not here.
//!
//! A rate for each kind of character, measured once on texts of ours where the server counts tokens (`/tokenize`), else a
//! cautious one; and a factor that grows whenever a server says of a prompt that it took more than was estimated. So a text
//! that fits by this estimate fits, and some that would fit are read in parts.

use std::sync::atomic::{AtomicU32, Ordering};

/// Rates when no server says: most tokens a character of vocabularies of many languages (Gemma, Qwen, Llama 3: 0.25 in
/// English, 0.35 to 0.5 in Ukrainian and Russian), and byte pairs where Cyrillic is rare.
const CAUTIOUS: Rates = Rates { latin: 0.4, cyrillic: 0.75 };
/// What is added to measured rates, for texts that are unlike ours.
const MARGIN: f32 = 1.15;
/// Rates that can be: a word of five letters to a token, and two bytes of a character each.
const LEAST: f32 = 0.15;
const MOST: f32 = 2.0;
/// Most tokens of a text: of one that is longer it is enough to know that.
const MOST_TOKENS: f32 = 1e8;
/// Shortest prompt that a server's count says something of: in shorter ones its template weighs more.
const LEAST_LEARNED: f32 = 500.0;
/// Tokens of the template around three texts.
const TEMPLATE: f32 = 48.0;
/// Digits, signs and whatever else there is: seldom two to a token, and in bytes where a vocabulary lacks them.
const DIGIT: f32 = 1.0;
const RARE: f32 = 2.0;

/// Texts to measure by, Latin and Cyrillic. Written for this.
pub(super) const SAMPLES: [&str; 2] = [
    "The harbour bridge was closed on Monday after engineers found a crack in one of its steel beams, and the council \
     said that lorries would have to take the northern road until the repair was finished.",
    "Міст у гавані закрили в понеділок після того, як інженери знайшли тріщину в одній зі сталевих балок, і рада \
     повідомила, що вантажівки їздитимуть північною дорогою. Мост закрыли, и грузовики поедут по северной дороге.",
];

/// Tokens a character.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rates {
    pub(super) latin: f32,
    pub(super) cyrillic: f32,
}

impl Rates {
    /// By the tokens that a server counts in [`SAMPLES`].
    pub(super) fn measured(tokens: [usize; 2]) -> Self {
        let rate = |at: usize| tokens[at] as f32 / SAMPLES[at].chars().count() as f32;
        let [latin, cyrillic] = [0, 1].map(|at| rate(at).clamp(LEAST, MOST) * MARGIN);
        Self { latin, cyrillic: cyrillic.max(latin) }
    }
}

/// An estimate of tokens.
#[derive(Debug)]
pub struct Estimate {
    context: usize,
    rates: Rates,
    /// The bits of an `f32` of 1 or more.
    factor: AtomicU32,
}

impl Estimate {
    pub(super) fn new(context: usize, rates: Option<Rates>) -> Self {
        Self { context, rates: rates.unwrap_or(CAUTIOUS), factor: AtomicU32::new(1.0_f32.to_bits()) }
    }

    /// Most tokens of prompt and answer together.
    pub fn context(&self) -> usize {
        self.context
    }

    /// Tokens of a prompt of these texts.
    pub fn prompt(&self, texts: [&str; 3]) -> usize {
        let factor = f32::from_bits(self.factor.load(Ordering::Relaxed));
        ((texts.iter().map(|text| self.text(text)).sum::<f32>() + TEMPLATE) * factor).min(MOST_TOKENS).ceil() as usize
    }

    /// A server says how many tokens such a prompt took.
    pub(super) fn learn(&self, texts: [&str; 3], tokens: usize) {
        let own = texts.iter().map(|text| self.text(text)).sum::<f32>() + TEMPLATE;
        let factor = tokens as f32 / own;
        // A server that counts anything at all must not make every text too long.
        if own >= LEAST_LEARNED && factor > 1.0 && factor < 4.0 {
            // The bits of positive numbers are in their order.
            self.factor.fetch_max(factor.to_bits(), Ordering::Relaxed);
        }
    }

    fn text(&self, text: &str) -> f32 {
        let rate = |c: char| match c {
            '0'..='9' => DIGIT,
            '\0'..='\u{24f}' => self.rates.latin,
            '\u{400}'..='\u{4ff}' | '‐'..='”' | '…' | '№' => self.rates.cyrillic,
            _ => RARE,
        };
        text.chars().map(rate).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_grows_with_what_a_server_says_and_never_shrinks() {
        let estimate = Estimate::new(4096, Some(Rates::measured([40, 90])));
        let long = SAMPLES[1].repeat(9);
        let texts = ["", &long, ""];
        let before = estimate.prompt(texts);
        assert!((810..1100).contains(&before), "{before}");
        estimate.learn(texts, before / 2);
        assert_eq!(estimate.prompt(texts), before);
        estimate.learn(texts, before * 2);
        assert!(estimate.prompt(texts) >= 2 * before - 1);
        estimate.learn(texts, usize::MAX);
        assert!(estimate.prompt(texts) <= 2 * before + 1, "a number that cannot be is not believed");
        let lie = Estimate::new(4096, Some(Rates::measured([usize::MAX, 1])));
        assert!(lie.prompt(texts) < 100_000);
        let (short, before) = (["", "One sentence.", ""], lie.prompt(["", "One sentence.", ""]));
        lie.learn(short, before * 3);
        assert_eq!(lie.prompt(short), before, "a short prompt says little");
    }
}
