//! The part of a SentencePiece model file that encoding needs.
//!
//! The file is a protocol buffer (`sentencepiece_model.proto` of SentencePiece, whose numbers and defaults these are): a list
//! of pieces, and what the trainer and the normaliser were told. It comes from outside; `prost` compares every length with
//! what is left, and skips the fields that are not named here.

use prost::{Enumeration, Message};

/// Longest piece that is believed, in bytes; pieces of published models have under 100.
const MAX_PIECE: usize = 1024;

/// What a piece is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enumeration)]
#[repr(i32)]
pub(super) enum PieceKind {
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Unused = 5,
    Byte = 6,
}

/// One entry of the vocabulary.
#[derive(Clone, PartialEq, Message)]
pub(super) struct PieceEntry {
    #[prost(string, tag = "1")]
    pub(super) text: String,
    #[prost(float, tag = "2")]
    pub(super) score: f32,
    #[prost(enumeration = "PieceKind", tag = "3", default = "Normal")]
    pub(super) kind: i32,
}

/// What the trainer was told.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Trainer {
    /// 1 is unigram.
    #[prost(int32, tag = "3", default = "1")]
    pub(super) model_type: i32,
    #[prost(bool, tag = "24")]
    pub(super) space_as_suffix: bool,
    #[prost(bool, tag = "35")]
    pub(super) byte_fallback: bool,
}

/// What the normaliser was told.
#[derive(Clone, PartialEq, Message)]
pub(super) struct NormalizerSpec {
    #[prost(bytes = "vec", tag = "2")]
    pub(super) charsmap: Vec<u8>,
    #[prost(bool, tag = "3", default = "true")]
    pub(super) add_dummy_prefix: bool,
    #[prost(bool, tag = "4", default = "true")]
    pub(super) remove_extra_spaces: bool,
    #[prost(bool, tag = "5", default = "true")]
    pub(super) escape_spaces: bool,
}

/// What the file says.
#[derive(Clone, PartialEq, Message)]
pub(super) struct ModelProto {
    #[prost(message, repeated, tag = "1")]
    pub(super) pieces: Vec<PieceEntry>,
    #[prost(message, required, tag = "2")]
    pub(super) trainer: Trainer,
    #[prost(message, required, tag = "3")]
    pub(super) normalizer: NormalizerSpec,
}

impl ModelProto {
    /// Reads a whole file. The error says what is wrong with it.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, String> {
        let proto = Self::decode(bytes).map_err(|error| error.to_string())?;
        for PieceEntry { text, score, kind } in &proto.pieces {
            if text.len() > MAX_PIECE {
                return Err(format!("a piece has {} bytes, and {MAX_PIECE} are the most", text.len()));
            }
            if !score.is_finite() {
                return Err(format!("the score of {text:?} is not a number"));
            }
            if !PieceKind::is_valid(*kind) {
                return Err(format!("{text:?} is of the kind {kind}, which is not known"));
            }
        }
        Ok(proto)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_those_of_the_format_and_unknown_fields_are_skipped() {
        // Piece "a" of score 1, an unknown field of each wire type, and a normaliser without a dummy prefix.
        let bytes = [
            0x0a, 8, 0x0a, 1, b'a', 0x15, 0, 0, 0x80, 0x3f, // piece
            0x78, 5, 0x79, 0, 0, 0, 0, 0, 0, 0, 0, 0x7d, 0, 0, 0, 0, 0x7a, 1, 9, // unknown
            0x1a, 2, 0x18, 0,
        ];
        let proto = ModelProto::read(&bytes).unwrap();
        assert_eq!(proto.pieces, [PieceEntry { text: "a".into(), score: 1.0, kind: PieceKind::Normal.into() }]);
        let NormalizerSpec { add_dummy_prefix, remove_extra_spaces, .. } = proto.normalizer;
        assert_eq!((proto.trainer.model_type, add_dummy_prefix, remove_extra_spaces), (1, false, true));
    }

    #[test]
    fn broken_files_are_refused() {
        for bytes in [
            &[0x0a, 200, 1, 2][..], // longer than the file
            &[0x0a],                // no length
            &[0x0f],                // wire type 7
            &[0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1],
            &[0x0a, 3, 0x0a, 1, 0xff],          // no UTF-8
            &[0x0a, 5, 0x15, 0, 0, 0xc0, 0x7f], // a score that is no number
            &[0x0a, 2, 0x18, 9],                // an unknown kind
        ] {
            assert!(ModelProto::read(bytes).is_err(), "{bytes:?}");
        }
    }
}
