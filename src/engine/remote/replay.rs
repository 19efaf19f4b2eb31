//! What a server writes, held to the rule that the answer is written under, token by token.
//!
//! A server that tells which tokens it thought of gets what the sampler here would do: of those, the best that may follow is
//! taken in the place of one that may not, and the server goes on behind it. Of one that does not tell, what may stand is
//! kept up to the refused character, then up to the word, then up to the line, each time a little less greedily; a line that
//! does not come right is given up. Not here: asking (`writing`).

use super::super::constraint::Constraint;
use super::super::sampler::{MENDING, goes_on_with_word};
use super::super::sequence::is_loop;

/// Longest stretch of bytes that is looked at for a loop.
const LOOP_BYTES: usize = 160;
/// Shortest: less is a run of marks, which the rule bounds.
const LEAST_LOOP_BYTES: usize = 12;
/// Attempts without a whole word more, after which a line is given up.
const PATIENCE: usize = 4;

/// A token as a server tells of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Token {
    /// Its bytes; they may end inside a character.
    pub(super) bytes: Vec<u8>,
    /// Of it, and of those that could have come in its place, the best first; empty where the server does not tell.
    pub(super) ranks: Vec<Rank>,
}

/// A token and the natural logarithm of its probability.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Rank {
    /// Its bytes; none for one that ends the answer.
    pub(super) bytes: Vec<u8>,
    pub(super) log_probability: f32,
}

/// What became of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It stands.
    Stands,
    /// It stands, or the end does in its place, and the answer is whole.
    Complete,
    /// Another stands in its place: the server has to go on behind that.
    Replaced,
    /// It does not stand, nor does anything else that the server told of.
    Refused,
    /// The same came again and again.
    Loops,
}

/// An answer that is being replayed.
pub(super) struct Replay {
    constraint: Box<dyn Constraint>,
    accepted: Vec<u8>,
    /// The first bytes of a character whose others are in the next token. The rule has not seen them.
    pending: Vec<u8>,
    /// Bytes that were given to the caller.
    shown: usize,
    /// Where the word and the line begin that are being written, and the rule there. Kept only where the server tells no ranks
    /// and where the rule can be copied.
    marks: Option<[Mark; 2]>,
    /// Refusals since a word was whole behind the last one.
    refused: usize,
    /// The end of what stood at the refusal that was farthest on.
    stuck_at: usize,
}

struct Mark {
    at: usize,
    rule: Box<dyn Constraint>,
}

impl Replay {
    /// An answer under a rule; `ranked` where the server tells what it thought of.
    pub(super) fn new(constraint: Box<dyn Constraint>, ranked: bool) -> Self {
        let mark = || Some(Mark { at: 0, rule: constraint.snapshot()? });
        let marks = if ranked { None } else { mark().zip(mark()).map(|(word, line)| [word, line]) };
        Self { constraint, accepted: Vec::new(), pending: Vec::new(), shown: 0, marks, refused: 0, stuck_at: 0 }
    }

    /// Another request begins, behind what stands: half a character that came is none of it.
    pub(super) fn begin(&mut self) {
        self.pending.clear();
    }

    /// What stands, for the server to go on behind.
    pub(super) fn accepted(&self) -> &str {
        std::str::from_utf8(&self.accepted).unwrap_or_default()
    }

    /// The grammar of what may follow.
    pub(super) fn grammar(&self) -> Option<String> {
        self.constraint.grammar()
    }

    pub(super) fn is_complete(&self) -> bool {
        self.constraint.is_complete()
    }

    pub(super) fn may_end(&self) -> bool {
        self.constraint.may_end()
    }

    /// How much less greedily the server should go on: 0 until something was refused for want of ranks.
    pub(super) fn warmth(&self) -> usize {
        self.refused
    }

    /// Text that was not given to the caller yet and that nothing will take back: whole characters, and whole lines where a line
    /// may be given up.
    pub(super) fn text(&mut self) -> String {
        let end = match &self.marks {
            Some([_, line]) => line.at,
            None => self.accepted.len(),
        };
        self.take_until(end)
    }

    /// The rest of it, when the answer is over.
    pub(super) fn rest(&mut self) -> String {
        self.take_until(self.accepted.len())
    }

    fn take_until(&mut self, end: usize) -> String {
        let text = String::from_utf8_lossy(&self.accepted[self.shown.min(end)..end]).into_owned();
        self.shown = self.shown.max(end);
        text
    }

    /// Takes a token.
    pub(super) fn take(&mut self, token: &Token) -> Verdict {
        let bytes = [std::mem::take(&mut self.pending), token.bytes.clone()].concat();
        if whole(&bytes) < bytes.len() && self.constraint.allows(&bytes) {
            self.pending = bytes;
            return Verdict::Stands;
        }
        // What came in its place would have begun with the same half.
        let half = bytes.len() - token.bytes.len();
        let ranked = |rank: &Rank| Rank { bytes: [&bytes[..half], &rank.bytes].concat(), ..rank.clone() };
        let ends = |rank: &Rank| rank.bytes.is_empty() && half > 0;
        let ranks = token.ranks.iter().filter(|rank| !ends(rank)).map(ranked);
        self.judge(&Token { ranks: ranks.filter(|rank| whole(&rank.bytes) == rank.bytes.len()).collect(), bytes })
    }

    /// Takes a token of whole characters.
    fn judge(&mut self, token: &Token) -> Verdict {
        if token.bytes.is_empty() {
            return Verdict::Stands;
        }
        let verdict = match self.constraint.allows(&token.bytes) {
            true => match self.better(token) {
                Some(better) => {
                    self.advance(&better);
                    Verdict::Replaced
                }
                None => {
                    self.advance(&token.bytes);
                    Verdict::Stands
                }
            },
            false => self.replaced(token),
        };
        match verdict {
            Verdict::Refused | Verdict::Complete => verdict,
            _ if self.constraint.is_complete() => Verdict::Complete,
            _ if is_loop(&self.accepted, LEAST_LOOP_BYTES..=LOOP_BYTES) => Verdict::Loops,
            verdict => verdict,
        }
    }

    /// What is right in the place of a token that seems wrong though it may stand, where the server likes it nearly as much.
    fn better(&self, token: &Token) -> Option<Vec<u8>> {
        let is_better = self.constraint.better_than(&token.bytes)?;
        let own = token.ranks.iter().find(|rank| rank.bytes == token.bytes)?.log_probability;
        let is_right = |rank: &&Rank| {
            let is_near = !rank.bytes.is_empty() && own - rank.log_probability <= MENDING;
            is_near && self.constraint.allows(&rank.bytes) && is_better(&rank.bytes)
        };
        token.ranks.iter().find(is_right).map(|rank| rank.bytes.clone())
    }

    /// The best of its ranks that may stand; else what of it may.
    fn replaced(&mut self, token: &Token) -> Verdict {
        let may_stand = |rank: &&Rank| match rank.bytes.is_empty() {
            true => self.constraint.may_end(),
            false => self.constraint.allows(&rank.bytes),
        };
        // A line that is too long ends with its word, once the server wants to leave it.
        let leaves = |rank: &&Rank| !goes_on_with_word(&rank.bytes);
        let is_ending = self.constraint.is_ending() && !goes_on_with_word(&token.bytes);
        let ending = token.ranks.iter().filter(|_| is_ending).filter(leaves).find(may_stand);
        match ending.or_else(|| token.ranks.iter().find(may_stand)).map(|rank| rank.bytes.clone()) {
            Some(end) if end.is_empty() => return Verdict::Complete,
            Some(bytes) => {
                self.advance(&bytes);
                return Verdict::Replaced;
            }
            None => {}
        }
        let text = String::from_utf8_lossy(&token.bytes);
        for c in text.chars() {
            let mut buffer = [0; 4];
            let bytes = c.encode_utf8(&mut buffer).as_bytes();
            if self.constraint.is_complete() || !self.constraint.allows(bytes) {
                break;
            }
            self.advance(bytes);
        }
        if self.constraint.is_complete() { Verdict::Complete } else { Verdict::Refused }
    }

    fn advance(&mut self, bytes: &[u8]) {
        // Words and lines may end inside of a token.
        for part in bytes.split_inclusive(|byte| b" \n".contains(byte)) {
            self.constraint.advance(part);
            self.accepted.extend_from_slice(part);
            if part.ends_with(b" ") || part.ends_with(b"\n") {
                self.mark();
            }
        }
    }

    /// A word is whole, or a line.
    fn mark(&mut self) {
        if self.accepted.len() > self.stuck_at {
            self.refused = 0;
        }
        let ends_line = self.accepted.ends_with(b"\n");
        let Some([word, line]) = &mut self.marks else { return };
        for mark in std::iter::once(word).chain(ends_line.then_some(line)) {
            if let Some(rule) = self.constraint.snapshot() {
                *mark = Mark { at: self.accepted.len(), rule };
            }
        }
    }

    /// After a refusal: goes on with what has to come, where that is known, or back as far as it takes for another attempt.
    /// False when the line is given up, and with it what would have followed.
    pub(super) fn back(&mut self) -> bool {
        if self.push_on(&["\n"]) {
            return true;
        }
        self.refused += 1;
        self.stuck_at = self.stuck_at.max(self.accepted.len());
        let Some([word, line]) = &self.marks else { return self.refused < PATIENCE };
        let mark = match self.refused {
            1 => return true,
            2 => word,
            _ => line,
        };
        if let Some(rule) = mark.rule.snapshot() {
            self.constraint = rule;
            self.accepted.truncate(mark.at);
        }
        self.refused < PATIENCE
    }

    /// The server ends the answer where it may not end. False when nothing is known that may follow.
    pub(super) fn end_line(&mut self) -> bool {
        self.push_on(&["\n", ".\n", "."])
    }

    /// Writes what has to come next, as far as that is known, else the first of these that may. False when nothing does.
    fn push_on(&mut self, texts: &[&str]) -> bool {
        let before = self.accepted.len();
        let forced = self.constraint.forced();
        // A blank line more gets nowhere.
        let is_blank = self.accepted.is_empty() || self.accepted.ends_with(b"\n");
        let mut texts = std::iter::once(forced.as_str()).chain(texts.iter().copied());
        let helps =
            |text: &&str| !text.is_empty() && (*text != "\n" || !is_blank) && self.constraint.allows(text.as_bytes());
        if let Some(text) = texts.find(helps) {
            self.advance(text.as_bytes());
        }
        let forced = self.constraint.forced();
        if self.accepted.len() > before && !forced.is_empty() && self.constraint.allows(forced.as_bytes()) {
            self.advance(forced.as_bytes());
        }
        self.accepted.len() > before
    }
}

/// Bytes of whole characters.
fn whole(bytes: &[u8]) -> usize {
    match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        _ => bytes.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of six characters or more, of lower-case words and 12, the last of them "end".
    #[derive(Clone, Default)]
    struct Lower(String);

    impl Lower {
        fn fits(text: &str) -> bool {
            let ended = text.split_once("end\n").is_some_and(|(_, rest)| !rest.is_empty());
            let numbers = text.split(|c: char| !c.is_ascii_digit()).all(|digits| "12".starts_with(digits));
            let short = text.split_inclusive('\n').any(|line| line.ends_with('\n') && line.len() < 7);
            !ended
                && !short
                && numbers
                && text.chars().all(|c| c.is_lowercase() || " \n".contains(c) || c.is_ascii_digit())
        }
    }

    impl Constraint for Lower {
        fn allows(&self, bytes: &[u8]) -> bool {
            std::str::from_utf8(bytes).is_ok_and(|text| Self::fits(&format!("{}{text}", self.0)))
        }

        fn may_end(&self) -> bool {
            self.0.ends_with('\n')
        }

        fn advance(&mut self, bytes: &[u8]) {
            self.0.push_str(std::str::from_utf8(bytes).unwrap());
        }

        fn is_complete(&self) -> bool {
            self.0.ends_with("end\n")
        }

        fn snapshot(&self) -> Option<Box<dyn Constraint>> {
            Some(Box::new(self.clone()))
        }
    }

    fn token(text: &str, others: &[&str]) -> Token {
        let rank = |text: &&str| Rank { bytes: text.as_bytes().to_vec(), log_probability: -1.0 };
        Token { bytes: text.as_bytes().to_vec(), ranks: others.iter().map(rank).collect() }
    }

    fn replay(ranked: bool) -> Replay {
        Replay::new(Box::<Lower>::default(), ranked)
    }

    #[test]
    fn the_best_that_may_follow_is_taken_in_the_place_of_what_may_not() {
        let mut replay = replay(true);
        assert_eq!(replay.take(&token("one ", &["one "])), Verdict::Stands);
        assert_eq!(replay.take(&token("Two", &["Two", "X", "two", "three"])), Verdict::Replaced);
        assert_eq!(replay.accepted(), "one two");
        assert_eq!(replay.text(), "one two");
        assert_eq!(replay.take(&token("!", &["!", ""])), Verdict::Refused, "it may not end here");
        assert_eq!(replay.take(&token("\n", &[])), Verdict::Stands);
        assert_eq!(replay.take(&token("!", &["!", ""])), Verdict::Complete, "the end is the best that may follow");
        assert_eq!(replay.rest(), "\n");
    }

    #[test]
    fn a_character_is_shown_when_it_is_whole() {
        let mut replay = Replay::new(Box::new(super::super::super::constraint::Free), true);
        let [first, second] =
            ["ж".as_bytes()[0], "ж".as_bytes()[1]].map(|byte| Token { bytes: vec![byte], ranks: vec![] });
        assert_eq!(replay.take(&first), Verdict::Stands);
        assert!(replay.text().is_empty() && replay.accepted().is_empty());
        assert_eq!(replay.take(&second), Verdict::Stands);
        assert_eq!(replay.text(), "ж");
    }

    #[test]
    fn half_a_character_is_none_of_what_stands() {
        let mut replay = Replay::new(Box::new(super::super::super::constraint::Free), true);
        let half = Token { bytes: vec![0xd0], ranks: vec![] };
        assert_eq!(replay.take(&half), Verdict::Stands);
        replay.begin();
        assert_eq!(replay.take(&token("п", &[])), Verdict::Stands);
        assert_eq!(replay.rest(), "п", "another request begins with whole characters");
        let mut replay = Replay::new(Box::<Lower>::default(), true);
        let other = |bytes: &[u8]| Rank { bytes: bytes.to_vec(), log_probability: -1.0 };
        let big =
            Token { bytes: "Б".into(), ranks: vec![other("Б".as_bytes()), other(&[0xd0]), other("б".as_bytes())] };
        assert_eq!(replay.take(&big), Verdict::Replaced);
        assert_eq!(replay.accepted(), "б", "no half of one is taken in the place of a token");
    }

    #[test]
    fn without_ranks_it_goes_back_by_character_word_and_line_and_gives_up() {
        let mut replay = replay(false);
        assert_eq!(replay.take(&token("a line\n", &[])), Verdict::Stands);
        assert_eq!(replay.take(&token("of 1", &[])), Verdict::Stands);
        assert_eq!(replay.text(), "a line\n", "what may be taken back is not shown");
        assert_eq!((replay.take(&token("5", &[])), replay.back()), (Verdict::Refused, true));
        assert_eq!((replay.accepted(), replay.warmth()), ("a line\nof 1", 1));
        assert_eq!((replay.take(&token("5", &[])), replay.back()), (Verdict::Refused, true));
        assert_eq!(replay.accepted(), "a line\nof ", "the number was a wrong one from its first digit");
        assert_eq!((replay.take(&token("5", &[])), replay.back()), (Verdict::Refused, true));
        assert_eq!(replay.accepted(), "a line\n");
        assert_eq!((replay.take(&token("5", &[])), replay.back()), (Verdict::Refused, false));
        assert_eq!(replay.rest(), "");
    }

    #[test]
    fn what_stands_of_a_piece_is_kept_and_the_rule_ends_the_answer() {
        let mut replay = replay(false);
        assert_eq!(replay.take(&token("one two Three", &[])), Verdict::Refused);
        assert_eq!(replay.accepted(), "one two ");
        assert_eq!(replay.take(&token("the end\nmore", &[])), Verdict::Complete);
        assert_eq!(replay.rest(), "one two the end\n");
    }

    #[test]
    fn loops_are_seen() {
        let mut replay = replay(true);
        let turns = (0..10).map(|_| replay.take(&token("round and round it goes ", &[])));
        assert_eq!(turns.take_while(|verdict| *verdict == Verdict::Stands).count(), 2);
    }
}
