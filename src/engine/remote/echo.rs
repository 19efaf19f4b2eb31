//! What a server says again of an answer that it is to go on with: the answer's beginning, or the blanks at its end.
//!
//! Templates trim what a message ends with, and some servers begin an answer anew. Not here: what of the rest stands.

use super::kind::ServerKind;
use super::replay::Token;

/// What a server may say again of an answer that it was to go on with.
pub(super) struct Echo {
    /// The answer's beginning.
    whole: Vec<u8>,
    /// What was trimmed off its end.
    blank: Vec<u8>,
    /// What came and may be an echo.
    held: Vec<Token>,
    is_over: bool,
}

/// The blanks at the end of what stands, which do not reach a server that is given messages.
pub(super) fn echoed(kind: ServerKind, accepted: &str) -> &str {
    if kind.is_plain() { "" } else { &accepted[accepted.trim_end().len()..] }
}

impl Echo {
    pub(super) fn new(kind: ServerKind, accepted: &str) -> Self {
        let blank = echoed(kind, accepted).into();
        let whole = if kind.is_plain() { Vec::new() } else { accepted.into() };
        Self { is_over: accepted.is_empty() || kind.is_plain(), whole, blank, held: Vec::new() }
    }

    /// The tokens that are no echo, as soon as that is known.
    pub(super) fn without(&mut self, token: Token) -> Vec<Token> {
        if self.is_over {
            return vec![token];
        }
        self.held.push(token);
        let bytes = self.bytes();
        let may_be = |echo: &[u8]| echo.starts_with(&bytes) && bytes.len() < echo.len();
        if may_be(&self.whole) || may_be(&self.blank) {
            return Vec::new();
        }
        self.rest()
    }

    /// What was held, when no more comes.
    pub(super) fn rest(&mut self) -> Vec<Token> {
        if std::mem::replace(&mut self.is_over, true) {
            return Vec::new();
        }
        let bytes = self.bytes();
        // The beginning, as far as it came, or the blanks that the server did not see.
        let common = |echo: &[u8]| echo.iter().zip(&bytes).take_while(|(one, other)| one == other).count();
        let is_again = common(&self.whole) == self.whole.len().min(bytes.len());
        let mut left = if is_again { common(&self.whole) } else { common(&self.blank) };
        let cut = |mut token: Token| {
            let n = left.min(token.bytes.len());
            left -= n;
            if n > 0 {
                // What it thought of stands for the whole token.
                token = Token { bytes: token.bytes.split_off(n), ranks: Vec::new() };
            }
            (!token.bytes.is_empty()).then_some(token)
        };
        std::mem::take(&mut self.held).into_iter().filter_map(cut).collect()
    }

    fn bytes(&self) -> Vec<u8> {
        self.held.iter().flat_map(|token| token.bytes.iter().copied()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(kind: ServerKind, accepted: &str, pieces: &[&str]) -> String {
        let mut echo = Echo::new(kind, accepted);
        let token = |text: &&str| Token { bytes: text.as_bytes().to_vec(), ranks: Vec::new() };
        let mut all: Vec<Token> = pieces.iter().map(token).flat_map(|token| echo.without(token)).collect();
        all.extend(echo.rest());
        String::from_utf8(all.into_iter().flat_map(|token| token.bytes).collect()).unwrap()
    }

    #[test]
    fn only_what_is_new_is_heard() {
        let chat = |accepted: &str, pieces: &[&str]| heard(ServerKind::Openai, accepted, pieces);
        assert_eq!(chat("The mayor ", &[" sa", "id"]), "said", "the blank did not reach it");
        assert_eq!(chat("The mayor ", &["sa", "id"]), "said");
        assert_eq!(chat("The mayor ", &["The ", "mayor", " sa", "id"]), "said", "it begins anew");
        assert_eq!(chat("The mayor", &[" sa", "id"]), " said");
        assert_eq!(chat("The", &["Then"]), "n");
        assert_eq!(chat("The mayor", &["The ", "city"]), "The city", "it begins otherwise");
        assert_eq!(chat("The mayor ", &["The ", "mayor"]), "", "it says again what it has said, and ends");
        assert_eq!(chat("A\n\n", &["\n", "\n", "b"]), "b");
        assert_eq!(chat("A\n\n", &["\n", "b"]), "b");
        assert_eq!(chat("", &["The"]), "The");
        assert_eq!(chat("A ", &[]), "");
        assert_eq!(heard(ServerKind::LlamaServer, "A ", &["A ", "b"]), "A b", "it is given the very text");
    }
}
