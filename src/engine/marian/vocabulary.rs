//! The vocabulary of a Marian model: two SentencePiece models that cut texts, and one list of ids for both sides.
//!
//! A text becomes pieces by the source's model, and pieces become ids by `vocab.json`. Ids become pieces again by the same
//! list. What is spelled like a special token in a text is text: only a target mark, such as `>>ukr<<`, is put in
//! front by name, and not by the text.

use std::collections::HashMap;

use crate::engine::tokenizer::unigram::{SPACE, Unigram};

/// The pieces that stand for no text, target marks aside.
const SPECIAL: [&str; 3] = ["</s>", "<unk>", "<pad>"];

/// From text to ids and back.
pub(super) struct Vocabulary {
    source: Unigram,
    ids: HashMap<String, u32>,
    pieces: Vec<String>,
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
        let mut pieces = vec![String::new(); size];
        for (piece, &id) in ids.iter().filter(|(piece, _)| is_text(piece)) {
            pieces[id as usize].clone_from(piece);
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

    /// The text of ids.
    pub(super) fn decode(&self, ids: &[u32]) -> String {
        let pieces = ids.iter().filter_map(|&id| self.pieces.get(id as usize));
        pieces.map(String::as_str).collect::<String>().replace(SPACE, " ").trim().to_owned()
    }
}

/// False for special tokens and marks of languages: no text becomes one, and no translation shows one.
fn is_text(piece: &str) -> bool {
    let is_mark = piece.starts_with(">>") && piece.ends_with("<<");
    !is_mark && !SPECIAL.contains(&piece)
}
