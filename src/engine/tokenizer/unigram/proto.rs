//! Reads the part of a SentencePiece model file that encoding needs.
//!
//! The file is a protocol buffer (`sentencepiece_model.proto` of SentencePiece): a list of pieces, and what the trainer
//! and the normaliser were told. It comes from outside, so every length is compared with what is left before it is used.
//! Fields that are not needed are skipped, as the format wants it.

/// Longest piece that is believed, in bytes; pieces of published models have under 100.
const MAX_PIECE: usize = 1024;

/// What a piece is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PieceKind {
    Normal,
    Unknown,
    Control,
    UserDefined,
    Byte,
    Unused,
}

/// One entry of the vocabulary.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PieceEntry {
    pub(super) text: String,
    pub(super) score: f32,
    pub(super) kind: PieceKind,
}

/// What the file says. Defaults are those of the format's definition.
#[derive(Debug)]
pub(super) struct ModelProto<'a> {
    pub(super) pieces: Vec<PieceEntry>,
    /// 1 is unigram.
    pub(super) model_type: u64,
    pub(super) byte_fallback: bool,
    pub(super) space_as_suffix: bool,
    pub(super) charsmap: &'a [u8],
    pub(super) add_dummy_prefix: bool,
    pub(super) remove_extra_spaces: bool,
    pub(super) escape_spaces: bool,
}

/// The value of one field.
enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    /// Four bytes.
    Word(u32),
    /// Eight bytes, which no field that is needed has.
    Long,
}

impl<'a> ModelProto<'a> {
    /// Reads a whole file. The error says what is wrong with it.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, String> {
        let mut proto = Self {
            pieces: Vec::new(),
            model_type: 1,
            byte_fallback: false,
            space_as_suffix: false,
            charsmap: &[],
            add_dummy_prefix: true,
            remove_extra_spaces: true,
            escape_spaces: true,
        };
        let mut fields = Fields(bytes);
        while let Some((number, field)) = fields.next()? {
            match (number, field) {
                (1, Field::Bytes(piece)) => proto.pieces.push(piece_entry(piece)?),
                (2, Field::Bytes(trainer)) => proto.read_trainer(trainer)?,
                (3, Field::Bytes(normalizer)) => proto.read_normalizer(normalizer)?,
                _ => {}
            }
        }
        Ok(proto)
    }

    fn read_trainer(&mut self, bytes: &[u8]) -> Result<(), String> {
        let mut fields = Fields(bytes);
        while let Some((number, field)) = fields.next()? {
            match (number, field) {
                (3, Field::Number(kind)) => self.model_type = kind,
                (24, Field::Number(flag)) => self.space_as_suffix = flag != 0,
                (35, Field::Number(flag)) => self.byte_fallback = flag != 0,
                _ => {}
            }
        }
        Ok(())
    }

    fn read_normalizer(&mut self, bytes: &'a [u8]) -> Result<(), String> {
        let mut fields = Fields(bytes);
        while let Some((number, field)) = fields.next()? {
            match (number, field) {
                (2, Field::Bytes(charsmap)) => self.charsmap = charsmap,
                (3, Field::Number(flag)) => self.add_dummy_prefix = flag != 0,
                (4, Field::Number(flag)) => self.remove_extra_spaces = flag != 0,
                (5, Field::Number(flag)) => self.escape_spaces = flag != 0,
                _ => {}
            }
        }
        Ok(())
    }
}

fn piece_entry(bytes: &[u8]) -> Result<PieceEntry, String> {
    let mut entry = PieceEntry { text: String::new(), score: 0.0, kind: PieceKind::Normal };
    let mut fields = Fields(bytes);
    while let Some((number, field)) = fields.next()? {
        match (number, field) {
            (1, Field::Bytes(text)) if text.len() > MAX_PIECE => {
                return Err(format!("a piece has {} bytes, and {MAX_PIECE} are the most", text.len()));
            }
            (1, Field::Bytes(text)) => {
                entry.text = std::str::from_utf8(text).map_err(|_| "a piece is not UTF-8")?.to_owned();
            }
            (2, Field::Word(bits)) => entry.score = f32::from_bits(bits),
            (3, Field::Number(kind)) => entry.kind = piece_kind(kind)?,
            _ => {}
        }
    }
    match entry.score.is_finite() {
        true => Ok(entry),
        false => Err(format!("the score of {:?} is not a number", entry.text)),
    }
}

fn piece_kind(number: u64) -> Result<PieceKind, String> {
    Ok(match number {
        1 => PieceKind::Normal,
        2 => PieceKind::Unknown,
        3 => PieceKind::Control,
        4 => PieceKind::UserDefined,
        5 => PieceKind::Unused,
        6 => PieceKind::Byte,
        other => return Err(format!("a piece is of the kind {other}, which is not known")),
    })
}

/// The fields of one message that are still to be read.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn next(&mut self) -> Result<Option<(u64, Field<'a>)>, String> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let key = self.number()?;
        let field = match key & 7 {
            0 => Field::Number(self.number()?),
            1 => self.take(8).map(|_| Field::Long)?,
            2 => {
                let length = usize::try_from(self.number()?).map_err(|_| CUT)?;
                Field::Bytes(self.take(length)?)
            }
            5 => {
                let word = self.take(4)?;
                Field::Word(u32::from_le_bytes([word[0], word[1], word[2], word[3]]))
            }
            other => return Err(format!("a field has the wire type {other}, which is not known")),
        };
        Ok(Some((key >> 3, field)))
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], String> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(CUT)?;
        self.0 = rest;
        Ok(taken)
    }

    /// A number in seven bits a byte, the lowest first.
    fn number(&mut self) -> Result<u64, String> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err("a number has more than ten bytes".to_owned())
    }
}

const CUT: &str = "it ends in the middle of a field";

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
        assert_eq!(proto.pieces, [PieceEntry { text: "a".into(), score: 1.0, kind: PieceKind::Normal }]);
        assert_eq!((proto.model_type, proto.add_dummy_prefix, proto.remove_extra_spaces), (1, false, true));
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
