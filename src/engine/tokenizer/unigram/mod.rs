//! The likeliest cut of a text into pieces, as SentencePiece's unigram models do it (Kudo, 2018).
//!
//! Each piece has a score, its log-probability. The best path over the text is found left to right (Viterbi); a character
//! that no piece covers costs ten more than the worst piece and is unknown, or its bytes where the file says so. The
//! arithmetic is in single precision as SentencePiece's own, so that ties fall the same way. Not here: merging by score
//! (`sentence_piece`), ids of a network's vocabulary (`marian`).

mod normalize;
mod proto;

use ahash::AHashMap;

use self::normalize::{Normalizer, SPACE};
use self::proto::{ModelProto, PieceKind};

/// How much worse than the worst piece an unknown character is.
const UNKNOWN_PENALTY: f32 = 10.0;

/// The pieces of one SentencePiece model file.
pub struct Unigram {
    normalizer: Normalizer,
    /// Pieces that text may become.
    known: AHashMap<Box<str>, (u32, Score)>,
    /// The longest of them, in bytes.
    longest: usize,
    /// The best score of a normal piece.
    highest: f32,
    unknown_score: f32,
    /// Of each byte, where unknown characters are written as bytes.
    bytes: Option<Box<[u32; 256]>>,
    unknown: u32,
}

/// Of a piece: its own, or what makes a user-defined one win.
#[derive(Clone, Copy)]
enum Score {
    Normal(f32),
    UserDefined,
}

/// A stretch of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// As the vocabulary spells it; unknown characters as they are, a run of them together.
    pub text: String,
    /// Its number in the file.
    pub id: u32,
}

/// The best way to one place in the text.
#[derive(Clone, Copy, Default)]
struct Best {
    /// Where its last piece begins and what it is; `None` while no way is known.
    last: Option<(usize, Option<u32>)>,
    score: f32,
}

impl Best {
    /// Takes another way where it is better.
    fn offer(&mut self, score: f32, start: usize, piece: Option<u32>) {
        if self.last.is_none() || score > self.score {
            *self = Self { last: Some((start, piece)), score };
        }
    }
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
        let (mut known, mut fixed, mut unknown) = (AHashMap::new(), Vec::new(), None);
        let mut longest = 0;
        let mut named: [Option<u32>; 256] = [None; 256];
        let (mut worst, mut highest) = (f32::MAX, f32::MIN);
        for (id, piece) in (0..).zip(&proto.pieces) {
            let score = match piece.kind() {
                PieceKind::Normal => {
                    worst = worst.min(piece.score);
                    highest = highest.max(piece.score);
                    Score::Normal(piece.score)
                }
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
            longest = longest.max(piece.text.len());
            known.insert(piece.text.as_str().into(), (id, score));
        }
        if known.is_empty() {
            return Err("it has no pieces".to_owned());
        }
        let bytes = match proto.trainer.byte_fallback {
            true if named.iter().any(Option::is_none) => return Err("it has not a piece for every byte".to_owned()),
            true => Some(Box::new(named.map(Option::unwrap_or_default))),
            false => None,
        };
        Ok(Self {
            normalizer: Normalizer::new(proto, fixed)?,
            known,
            longest,
            highest,
            unknown_score: worst - UNKNOWN_PENALTY,
            bytes,
            unknown: unknown.ok_or("it has no piece for what is unknown")?,
        })
    }

    /// The pieces of a text, normalised.
    pub fn pieces(&self, text: &str) -> Vec<Piece> {
        let text = self.normalizer.normalize(text);
        let mut found: Vec<Piece> = Vec::new();
        let mut after_unknown = false;
        for (part, id) in self.best_path(&text) {
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

    /// The stretches of the likeliest cut, with their pieces where there is one.
    fn best_path<'t>(&self, text: &'t str) -> Vec<(&'t str, Option<u32>)> {
        let mut best = vec![Best::default(); text.len() + 1];
        for (start, c) in text.char_indices() {
            let so_far = best[start].score;
            let mut is_covered = false;
            let ends = text[start..].char_indices().map(|(at, c)| start + at + c.len_utf8());
            for end in ends.take_while(|end| end - start <= self.longest) {
                let Some(&(id, score)) = self.known.get(&text[start..end]) else { continue };
                let score = match score {
                    Score::Normal(score) => score,
                    Score::UserDefined => ((end - start) as f32 * self.highest) - 0.1,
                };
                best[end].offer(score + so_far, start, Some(id));
                is_covered |= end - start == c.len_utf8();
            }
            if !is_covered {
                best[start + c.len_utf8()].offer(self.unknown_score + so_far, start, None);
            }
        }
        let mut path = Vec::new();
        let mut end = text.len();
        while let Some((start, id)) = best[end].last {
            path.push((&text[start..end], id));
            end = start;
        }
        path.reverse();
        path
    }
}
