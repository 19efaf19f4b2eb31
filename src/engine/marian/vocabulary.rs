//! The vocabulary of a Marian model: two SentencePiece models that cut texts, and one list of ids for both sides.
//!
//! A text becomes pieces by the source's model, and pieces become ids by `vocab.json`. Ids become pieces again by the same
//! list. What is spelled like a special token in a text is text: only a target mark, such as `>>ukr<<`, is put in
//! front by name, and not by the text.

use std::collections::HashMap;

use crate::engine::tokenizer::unigram::Unigram;

/// The pieces that stand for no text, target marks aside.
const SPECIAL: [&str; 3] = ["</s>", "<unk>", "<pad>"];

/// From text to ids and back.
pub(super) struct Vocabulary {
    source: Unigram,
    ids: HashMap<String, u32>,
    /// What each is written as.
    pieces: Vec<Vec<u8>>,
    unknown: u32,
}

impl Vocabulary {
    /// Reads the SentencePiece model of the source and the list of ids, for a network of `size` tokens.
    ///
    /// # Errors
    /// Which of the two is wrong, by its place, and how.
    pub(super) fn read(source: &[u8], list: &[u8], size: usize) -> Result<Self, (usize, String)> {
        let source = Unigram::read(source).map_err(|problem| (0, problem))?;
        let wrong = |problem: String| (1, problem);
        let ids: HashMap<String, u32> = serde_json::from_slice(list).map_err(|error| wrong(error.to_string()))?;
        if let Some((piece, id)) = ids.iter().find(|(_, id)| **id as usize >= size) {
            return Err(wrong(format!("the id {id} of {piece:?} is outside the network's {size}")));
        }
        let mut pieces = vec![Vec::new(); size];
        for (piece, &id) in ids.iter().filter(|(piece, _)| is_text(piece)) {
            pieces[id as usize] = source.written(piece);
        }
        let unknown = *ids.get("<unk>").ok_or_else(|| wrong("it has no `<unk>`".to_owned()))?;
        Ok(Self { source, ids, pieces, unknown })
    }

    /// The id of a target mark, where the vocabulary has it.
    pub(super) fn mark(&self, mark: &str) -> Option<u32> {
        self.ids.get(mark).copied()
    }

    /// The ids of a text.
    pub(super) fn encode(&self, text: &str) -> Vec<u32> {
        let id = |piece: &str| self.ids.get(piece).filter(|_| is_text(piece)).copied();
        self.source.pieces(text).iter().map(|piece| id(&piece.text).unwrap_or(self.unknown)).collect()
    }

    /// The text of ids. Bytes that are no text become the character for that.
    pub(super) fn decode(&self, ids: &[u32]) -> String {
        let pieces = ids.iter().filter_map(|&id| self.pieces.get(id as usize));
        let bytes: Vec<u8> = pieces.flatten().copied().collect();
        String::from_utf8_lossy(&bytes).trim().to_owned()
    }
}

/// False for special tokens and marks of languages: no text becomes one, and no translation shows one.
fn is_text(piece: &str) -> bool {
    let is_mark = piece.starts_with(">>") && piece.ends_with("<<");
    !is_mark && !SPECIAL.contains(&piece)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &[u8] = r#"{"</s>": 0, "<unk>": 1, "▁a": 2, "<0xD0>": 3, "<0xB6>": 4, ">>ukr<<": 5}"#.as_bytes();

    fn decoded(model: &[u8], ids: &[u32]) -> String {
        Vocabulary::read(model, LIST, 6).unwrap().decode(ids)
    }

    #[test]
    fn pieces_that_name_bytes_are_written_as_bytes() {
        let bytes = include_bytes!("../../../tests/oracle/expected/tiny-bytes.spm");
        let without = include_bytes!("../../../tests/oracle/expected/tiny-unknown.spm");
        assert_eq!(decoded(bytes, &[5, 2, 3, 4, 2, 0]), "aж a");
        assert_eq!(decoded(bytes, &[2, 3, 2]), "a\u{fffd} a", "half of a character");
        assert_eq!(decoded(without, &[2, 3]), "a<0xD0>", "a model without bytes has a piece that looks like one");
    }
}
