//! From a text to the tokens of an encoder: XLM-R's pieces, after its rules of characters.
//!
//! No text becomes a control token, whatever it says: those pieces are not among what a text is cut into.

use ahash::AHashMap;

use crate::engine::model::bert::TextPieces;
use crate::engine::tokenizer::unigram::{Pieces, SPACE};

/// A piece that a text may spell and that means something else.
const HIDDEN: &str = "<mask>";

/// How texts are cut.
pub(super) struct Vocabulary {
    pieces: Pieces,
    rules: AHashMap<char, String>,
    begin: u32,
    end: u32,
    unknown: u32,
}

impl Vocabulary {
    /// Takes what a file says. The error says what is wrong with it.
    pub(super) fn new(text: TextPieces) -> Result<Self, String> {
        let TextPieces { texts, scores, begin, end, pad, unknown, rules } = text;
        let list = (0..).zip(&texts).zip(&scores).map(|((id, text), &score)| {
            let is_control = [begin, end, pad, unknown].contains(&id) || &**text == HIDDEN;
            ((!is_control).then_some(&**text), score)
        });
        let pieces = Pieces::of(list).ok_or("its vocabulary has no pieces, or a score that is no number")?;
        Ok(Self { pieces, rules: rules.into_iter().collect(), begin, end, unknown })
    }

    /// The tokens of a text, of which there are `most` or fewer; what is behind them is left out.
    pub(super) fn encode(&self, text: &str, most: usize) -> Vec<u32> {
        let mut tokens = vec![self.begin];
        let mut after_unknown = false;
        for (_, id) in self.pieces.best_path(&self.normalize(text)) {
            // Characters that no piece covers are one token together.
            if id.is_some() || !after_unknown {
                tokens.push(id.unwrap_or(self.unknown));
            }
            after_unknown = id.is_none();
        }
        tokens.truncate(most - 1);
        tokens.push(self.end);
        tokens
    }

    /// The text as the vocabulary was trained to see it: characters replaced, spaces folded and marked.
    fn normalize(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + SPACE.len_utf8());
        let mut is_space = true;
        let mut push = |c: char| {
            if c == ' ' {
                is_space = true;
                return;
            }
            if std::mem::take(&mut is_space) {
                out.push(SPACE);
            }
            out.push(c);
        };
        for c in text.chars() {
            match self.rules.get(&c) {
                Some(instead) => instead.chars().for_each(&mut push),
                None => push(c),
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary() -> Vocabulary {
        let pieces = ["<s>", "<pad>", "</s>", "<unk>", "▁", "a", "▁a", "b", "ab", "<mask>"];
        let text = TextPieces {
            texts: pieces.map(Box::from).to_vec(),
            scores: vec![0.0, 0.0, 0.0, 0.0, -2.0, -3.0, -2.5, -3.0, -4.0, 0.0],
            begin: 0,
            end: 2,
            pad: 1,
            unknown: 3,
            rules: vec![('\t', " ".to_owned()), ('\u{200b}', String::new()), ('Ⅱ', "bb".to_owned())],
        };
        Vocabulary::new(text).unwrap()
    }

    #[test]
    fn characters_are_replaced_and_spaces_folded() {
        let cut = |text| vocabulary().encode(text, 32);
        assert_eq!(cut("a b"), [0, 6, 4, 7, 2]);
        assert_eq!(cut(" \ta \t\u{200b} b  "), cut("a b"));
        assert_eq!(cut("aⅡ"), [0, 6, 7, 7, 2]);
        assert_eq!(cut(""), [0, 2]);
    }

    #[test]
    fn nothing_that_a_text_says_is_a_control_token() {
        let cut = |text| vocabulary().encode(text, 32);
        assert_eq!(cut("</s>"), [0, 4, 3, 2]);
        assert!(!cut("<mask>").contains(&9));
        assert_eq!(cut("a漢字b"), [0, 6, 3, 7, 2], "what is unknown is one token");
    }

    #[test]
    fn what_is_too_long_is_cut() {
        assert_eq!(vocabulary().encode("a a a a", 4), [0, 6, 6, 2]);
        assert!(Vocabulary::new(TextPieces { scores: vec![f32::NAN; 10], ..pieces_of_nothing() }).is_err());
    }

    fn pieces_of_nothing() -> TextPieces {
        let texts = vec!["x".into(); 10];
        TextPieces { texts, scores: Vec::new(), begin: 0, end: 1, pad: 2, unknown: 3, rules: Vec::new() }
    }
}
