//! The likeliest cut of a text into pieces, as SentencePiece's unigram models do it (Kudo, 2018).
//!
//! Each piece has a score, its log-probability. The best path over the text is found left to right (Viterbi); a character
//! that no piece covers costs ten more than the worst piece and is unknown, or its bytes where the file says so. The
//! arithmetic is in single precision as SentencePiece's own, so that ties fall the same way. Not here: merging by score
//! (`sentence_piece`), ids of a network's vocabulary (`marian`).

mod normalize;
mod pieces;
mod proto;

use self::normalize::Normalizer;
pub use self::normalize::SPACE;
pub use self::pieces::Pieces;
use self::pieces::Score;
use self::proto::{ModelProto, PieceKind};

/// The pieces of one SentencePiece model file.
pub struct Unigram {
    normalizer: Normalizer,
    pieces: Pieces,
    /// Of each byte, where unknown characters are written as bytes.
    bytes: Option<Box<[u32; 256]>>,
    unknown: u32,
}

/// A stretch of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// As the vocabulary spells it; unknown characters as they are, a run of them together.
    pub text: String,
    /// Its number in the file.
    pub id: u32,
}

impl Unigram {
    /// Reads a model file.
    ///
    /// # Errors
    /// What is wrong with it: cut off, of another kind, or without the pieces that every vocabulary has.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let proto = ModelProto::read(bytes)?;
        if proto.trainer.model_type != 1 {
            let kind = proto.trainer.model_type;
            return Err(format!("it is of the kind {kind}, and only unigram models (1) are read"));
        }
        let (mut pieces, mut fixed, mut unknown) = (Pieces::default(), Vec::new(), None);
        let mut named: [Option<u32>; 256] = [None; 256];
        for (id, piece) in (0..).zip(&proto.pieces) {
            let score = match piece.kind() {
                PieceKind::Normal => Score::Normal(piece.score),
                PieceKind::UserDefined => {
                    fixed.push(piece.text.as_str().into());
                    Score::UserDefined
                }
                PieceKind::Unknown => {
                    unknown = Some(id);
                    continue;
                }
                PieceKind::Byte => {
                    let byte = super::sentence_piece::named_byte(&piece.text);
                    named[usize::from(byte.ok_or_else(|| format!("{:?} names no byte", piece.text))?)] = Some(id);
                    continue;
                }
                PieceKind::Control | PieceKind::Unused => continue,
            };
            if piece.text.is_empty() {
                return Err("a piece is empty".to_owned());
            }
            pieces.add(&piece.text, id, score);
        }
        if pieces.is_empty() {
            return Err("it has no pieces".to_owned());
        }
        let bytes = match proto.trainer.byte_fallback {
            true if named.iter().any(Option::is_none) => return Err("it has not a piece for every byte".to_owned()),
            true => Some(Box::new(named.map(Option::unwrap_or_default))),
            false => None,
        };
        Ok(Self {
            normalizer: Normalizer::new(proto, fixed)?,
            pieces,
            bytes,
            unknown: unknown.ok_or("it has no piece for what is unknown")?,
        })
    }

    /// The pieces of a text, normalised.
    pub fn pieces(&self, text: &str) -> Vec<Piece> {
        let text = self.normalizer.normalize(text);
        let mut found: Vec<Piece> = Vec::new();
        let mut after_unknown = false;
        for (part, id) in self.pieces.best_path(&text) {
            match (id, &self.bytes) {
                (Some(id), _) => found.push(Piece { text: part.to_owned(), id }),
                (None, Some(bytes)) => found.extend(
                    part.bytes().map(|byte| Piece { text: format!("<0x{byte:02X}>"), id: bytes[usize::from(byte)] }),
                ),
                (None, None) => match found.last_mut() {
                    Some(last) if after_unknown => last.text.push_str(part),
                    _ => found.push(Piece { text: part.to_owned(), id: self.unknown }),
                },
            }
            after_unknown = id.is_none();
        }
        found
    }

    /// What a piece is written as: one byte where it names one, else its text with spaces.
    pub fn written(&self, piece: &str) -> Vec<u8> {
        match super::sentence_piece::named_byte(piece).filter(|_| self.bytes.is_some()) {
            Some(byte) => vec![byte],
            None => piece.replace(SPACE, " ").into_bytes(),
        }
    }
}
