//! Byte-level pair encoding: Qwen, Llama 3, SmolLM.
//!
//! A text is cut into words by patterns, each word is written in GPT-2's alphabet of 256 printable stand-ins for bytes, and
//! pairs are merged in the order of the file's list. What differs between vocabularies is the patterns, by the name of
//! the pre-tokenizer in the file, and whether a word that is a token as a whole is taken as it is. tokenizers is named
//! only in this file. Tokens of tools, which other programs find in any text, are not found here.

use std::collections::HashMap;

use tokenizers::models::bpe::BPE;
use tokenizers::pre_tokenizers::PreTokenizerWrapper;
use tokenizers::pre_tokenizers::byte_level::ByteLevel as Alphabet;
use tokenizers::pre_tokenizers::sequence::Sequence;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::tokenizer::SplitDelimiterBehavior;

use super::{Encode, Kind, Loaded, Vocabulary};
use crate::engine::model::gguf::GgufError;

/// One pre-tokenizer.
struct Words {
    /// Applied one after the other, each to the pieces that the last one left.
    patterns: &'static [&'static str],
    /// A word that is a token is not merged from its parts.
    whole_words: bool,
    /// A prompt begins with a token of its own, unless the file says otherwise.
    begins: bool,
}

/// Of Qwen2 and its successors, from their tokenizer.json.
const QWEN2: Words = Words {
    patterns: &[
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    ],
    whole_words: false,
    begins: false,
};
/// Of Llama 3, from its tokenizer.py: like Qwen2's, with digits by threes.
const LLAMA3: Words = Words {
    patterns: &[
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    ],
    whole_words: true,
    begins: true,
};
/// Of SmolLM, from its tokenizer.json: single digits, then GPT-2's pattern.
const SMOLLM: Words = Words {
    patterns: &[r"\p{N}", r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"],
    whole_words: false,
    begins: false,
};

/// The encoder, and the bytes of every token.
pub(super) fn load(vocabulary: &Vocabulary<'_>) -> Result<Loaded, GgufError> {
    let header = vocabulary.header;
    let words = match header.text("tokenizer.ggml.pre")? {
        "qwen2" => QWEN2,
        "llama-bpe" | "llama3" | "llama-v3" => LLAMA3,
        "smollm" => SMOLLM,
        other => return Err(header.malformed(format!("its pre-tokenizer `{other}` is not known"))),
    };
    let bytes = byte_of_char();
    let spelled = |token: &str| token.chars().map(|c| bytes.get(&c).copied()).collect::<Option<Box<[u8]>>>();
    let piece = |token: &str, kind| spelled(token).filter(|_| kind == Kind::Normal).unwrap_or_default();
    let pieces = vocabulary.iter().map(|(_, token, kind)| piece(token, kind)).collect();
    Ok(Loaded { encoder: Box::new(encoder(vocabulary, &words)?), pieces, begins: words.begins })
}

/// Merges by rank.
impl Encode for tokenizers::Tokenizer {
    fn encode(&self, text: &str) -> Vec<u32> {
        let encoding = self.encode_fast(text, false);
        encoding.map(|encoding| encoding.get_ids().to_vec()).unwrap_or_else(|error| {
            // What has no token is left out and no post-processor is set, so encoding has no way to fail.
            unreachable!("encoding of plain text failed: {error}")
        })
    }
}

fn encoder(vocabulary: &Vocabulary<'_>, words: &Words) -> Result<tokenizers::Tokenizer, GgufError> {
    let header = vocabulary.header;
    let failed = |error: tokenizers::Error| header.malformed(format!("its vocabulary is broken: {error}"));
    let text = vocabulary.iter().filter(|(_, _, kind)| *kind == Kind::Normal);
    let known: ahash::AHashMap<String, u32> = text.map(|(id, token, _)| (token.to_owned(), id)).collect();
    let mut merges = Vec::new();
    for merge in header.texts("tokenizer.ggml.merges")? {
        let pair = merge.split_once(' ').ok_or_else(|| header.malformed(format!("its merge `{merge}` is no pair")))?;
        merges.push((pair.0.to_owned(), pair.1.to_owned()));
    }
    let mut needed = byte_of_char().into_iter().filter(|&(_, byte)| is_needed(byte));
    if let Some((missing, _)) = needed.find(|(c, _)| !known.contains_key(&c.to_string())) {
        return Err(header.malformed(format!("its vocabulary has no token for the byte shown as `{missing}`")));
    }
    let model = BPE::builder().vocab_and_merges(known, merges).ignore_merges(words.whole_words);
    let mut steps = Vec::new();
    for &pattern in words.patterns {
        let pattern = SplitPattern::Regex(pattern.to_owned());
        let split = Split::new(pattern, SplitDelimiterBehavior::Isolated, false).map_err(failed)?;
        steps.push(PreTokenizerWrapper::Split(split));
    }
    steps.push(PreTokenizerWrapper::ByteLevel(Alphabet::new(false, false, false)));
    let mut encoder = tokenizers::Tokenizer::new(model.build().map_err(failed)?);
    encoder.with_pre_tokenizer(Some(Sequence::new(steps)));
    Ok(encoder)
}

/// False for bytes that no text has: controls, and what starts no assigned character in UTF-8. SmolLM2 lacks some of
/// these; where they come nevertheless they are left out, as llama.cpp leaves them out.
fn is_needed(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | 0x20..=0x7E | 0x80..=0xBF | 0xC2..=0xF0 | 0xF3..=0xF4)
}

/// GPT-2's printable stand-ins for the 256 bytes: a printable Latin-1 character stands for itself, the other bytes take
/// the characters from U+0100 on, in order.
fn byte_of_char() -> HashMap<char, u8> {
    let printable = |byte: u8| matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF);
    let others = (0..=255u8).filter(|&byte| !printable(byte)).zip('\u{100}'..);
    let own = (0..=255u8).filter(|&byte| printable(byte)).map(|byte| (char::from(byte), byte));
    own.chain(others.map(|(byte, c)| (c, byte))).collect()
}

#[cfg(test)]
mod tests {
    use super::byte_of_char;

    #[test]
    fn every_byte_has_one_stand_in() {
        let map = byte_of_char();
        assert_eq!(map.len(), 256);
        assert_eq!(map[&'Ġ'], b' ');
        assert_eq!(map[&'Ċ'], b'\n');
        assert_eq!(map[&'A'], b'A');
    }
}
