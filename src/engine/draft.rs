//! Guesses at the next tokens, so that one pass can confirm several.
//!
//! Prompt lookup (Saxena, 2023): where the last tokens stand once more in the prompt or in the answer so far, what
//! followed them there may follow here too. That suits answers that copy names, numbers and phrases of an article. A
//! sequence whose guesses fail stops guessing for a while, longer each time. Not here: whether a guess is right, which
//! the model's own choice decides.

/// Tokens that have to agree, the longest first.
const MATCHED: [usize; 2] = [3, 2];
/// Most tokens of one guess.
const LONGEST: usize = 4;
/// Longest pause after failures, in steps.
const LONGEST_PAUSE: u32 = 64;

/// One sequence's luck with guesses.
#[derive(Debug, Default)]
pub(super) struct Drafter {
    /// Failures since the last success.
    misses: u32,
    /// Steps that are left of a pause.
    pause: u32,
}

impl Drafter {
    /// Up to `most` tokens that may follow `history`.
    pub(super) fn guess<'a>(&mut self, history: &'a [u32], most: usize) -> &'a [u32] {
        if self.pause > 0 {
            self.pause -= 1;
            return &[];
        }
        lookup(history, most.min(LONGEST))
    }

    /// Learns how many tokens of a guess were right.
    pub(super) fn learn(&mut self, right: usize) {
        if right > 0 {
            self.misses = 0;
            return;
        }
        self.misses += 1;
        self.pause = 1u32.checked_shl(self.misses).map_or(LONGEST_PAUSE, |steps| steps.min(LONGEST_PAUSE)) - 1;
    }
}

/// What followed the last tokens the last time.
fn lookup(history: &[u32], most: usize) -> &[u32] {
    for n in MATCHED {
        let Some(start) = history.len().checked_sub(n) else { continue };
        let last = &history[start..];
        // Without the very last token, so that the end does not find itself and something follows.
        let earlier = &history[..history.len() - 1];
        if let Some(at) = earlier.windows(n).rposition(|window| window == last) {
            return &history[at + n..(at + n + most).min(history.len())];
        }
    }
    &[]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_followed_last_time_is_found() {
        assert_eq!(lookup(&[1, 2, 3, 4, 5, 6, 7, 9, 1, 2, 3], 4), [4, 5, 6, 7]);
        assert_eq!(lookup(&[1, 2, 3, 4, 9, 2, 3], 4), [4, 9, 2, 3], "two tokens will do");
        assert_eq!(lookup(&[7, 1, 2, 3, 5, 8, 1, 2, 6, 7, 1, 2], 2), [3, 5], "three are better than a later two");
        assert_eq!(lookup(&[1, 2, 3, 1, 2, 4, 1, 2], 1), [4], "the last time counts");
        assert_eq!(lookup(&[5, 5, 5, 5], 4), [5], "an overlap ends with the text");
        for nothing in [&[][..], &[1], &[1, 2], &[1, 2, 3, 4], &[1, 1]] {
            assert!(lookup(nothing, 4).is_empty());
        }
    }

    #[test]
    fn failures_pause_longer_and_longer() {
        let (mut drafter, history) = (Drafter::default(), [1, 2, 3, 4, 1, 2, 3]);
        let mut pauses = Vec::new();
        for _ in 0..8 {
            let mut steps = 0;
            while drafter.guess(&history, 4).is_empty() {
                steps += 1;
            }
            pauses.push(steps);
            drafter.learn(0);
        }
        assert_eq!(pauses, [0, 1, 3, 7, 15, 31, 63, 63]);
        drafter.pause = 0;
        drafter.learn(2);
        drafter.learn(0);
        assert_eq!(drafter.pause, 1, "a success makes it bold again");
        (0..100).for_each(|_| drafter.learn(0));
    }
}
