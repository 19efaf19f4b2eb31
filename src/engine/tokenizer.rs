//! Text to tokens and back, from the vocabulary that a GGUF file carries.
//!
//! Two ways in, and no way between them: [`encode`](Tokenizer::encode) takes any text and can never produce a control
//! token, because none is registered with the encoder, so `<|im_end|>` typed in an article is nine harmless characters;
//! [`control`](Tokenizer::control) finds a control token by name, for the chat template alone. The byte-level alphabet is
//! GPT-2's; the pre-tokenizer is the one that the file names, and one that is not known is refused, not guessed.
//! tokenizers is named only in this file. No Unicode normalisation here: llama.cpp does none, and intake has done it.

use std::collections::HashMap;

use tokenizers::models::bpe::BPE;
use tokenizers::pre_tokenizers::PreTokenizerWrapper;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::sequence::Sequence;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::tokenizer::SplitDelimiterBehavior;

use super::model::gguf::{Gguf, GgufError};

/// The word pattern of Qwen2 and its successors, from their tokenizer.json.
const QWEN2: &str =
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

/// Names of tokens that end an answer, besides the one that the file states.
const ENDS: [&str; 3] = ["<|im_end|>", "<|endoftext|>", "<end_of_turn>"];

/// GGUF's number for a token of plain text; every other kind is control, unused or for tools.
const NORMAL: f64 = 1.0;

/// A vocabulary, ready for both directions.
pub struct Tokenizer {
    encoder: tokenizers::Tokenizer,
    /// The bytes of each token; empty for tokens that are not text.
    pieces: Vec<Box<[u8]>>,
    controls: HashMap<String, u32>,
    ends: Vec<u32>,
}

impl std::fmt::Debug for Tokenizer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokenizer").field("tokens", &self.pieces.len()).field("ends", &self.ends).finish()
    }
}

impl Tokenizer {
    /// Builds the tokenizer that the file describes.
    pub fn from_gguf(header: &Gguf) -> Result<Self, GgufError> {
        let model = header.text("tokenizer.ggml.model")?;
        if model != "gpt2" {
            return Err(header.malformed(format!("its tokenizer is `{model}`; this version reads `gpt2`")));
        }
        let pattern = match header.text("tokenizer.ggml.pre")? {
            "qwen2" => QWEN2,
            other => return Err(header.malformed(format!("its pre-tokenizer `{other}` is not known"))),
        };
        let tokens = header.texts("tokenizer.ggml.tokens")?;
        let kinds = header.numbers("tokenizer.ggml.token_type")?;
        if kinds.len() != tokens.len() {
            return Err(header.malformed("its lists of tokens and token types differ in length"));
        }
        let bytes = byte_of_char();
        let mut pieces = Vec::with_capacity(tokens.len());
        let mut controls = HashMap::new();
        for (id, (token, &kind)) in (0..).zip(tokens.iter().zip(kinds)) {
            let text: Option<Box<[u8]>> = token.chars().map(|c| bytes.get(&c).copied()).collect();
            match text.filter(|_| kind == NORMAL) {
                Some(text) => pieces.push(text),
                None => {
                    pieces.push(Box::default());
                    controls.insert(token.clone(), id);
                }
            }
        }
        let stated = header.token("tokenizer.ggml.eos_token_id").filter(|&id| (id as usize) < pieces.len());
        let mut ends: Vec<u32> = ENDS.iter().filter_map(|name| controls.get(*name).copied()).chain(stated).collect();
        ends.sort_unstable();
        ends.dedup();
        Ok(Self { encoder: encoder(header, tokens, pattern)?, pieces, controls, ends })
    }

    /// Tokens of plain text. Never a control token, whatever the text says.
    pub fn encode(&self, text: &str) -> Vec<u32> {
        let encoding = self.encoder.encode_fast(text, false);
        encoding.map(|encoding| encoding.get_ids().to_vec()).unwrap_or_else(|error| {
            // Every byte has a token and no post-processor is set, so encoding has no way to fail.
            unreachable!("encoding of plain text failed: {error}")
        })
    }

    /// A control token, by its name.
    pub fn control(&self, name: &str) -> Option<u32> {
        self.controls.get(name).copied()
    }

    /// The bytes that a token stands for; none for a control token. They need not be whole characters.
    pub fn bytes(&self, token: u32) -> &[u8] {
        self.pieces.get(token as usize).map_or(&[], |piece| piece)
    }

    /// How many tokens there are.
    pub fn vocabulary(&self) -> usize {
        self.pieces.len()
    }

    /// The tokens that end an answer.
    pub fn ends(&self) -> &[u32] {
        &self.ends
    }
}

fn encoder(header: &Gguf, tokens: &[String], pattern: &str) -> Result<tokenizers::Tokenizer, GgufError> {
    let failed = |error: tokenizers::Error| header.malformed(format!("its vocabulary is broken: {error}"));
    let vocabulary: ahash::AHashMap<String, u32> = tokens.iter().cloned().zip(0..).collect();
    let mut merges = Vec::new();
    for merge in header.texts("tokenizer.ggml.merges")? {
        let pair = merge.split_once(' ').ok_or_else(|| header.malformed(format!("its merge `{merge}` is no pair")))?;
        merges.push((pair.0.to_owned(), pair.1.to_owned()));
    }
    if let Some(missing) = byte_of_char().into_keys().find(|c| !vocabulary.contains_key(&c.to_string())) {
        return Err(header.malformed(format!("its vocabulary has no token for the byte shown as `{missing}`")));
    }
    let bpe = BPE::builder().vocab_and_merges(vocabulary, merges).build().map_err(failed)?;
    let words =
        Split::new(SplitPattern::Regex(pattern.to_owned()), SplitDelimiterBehavior::Isolated, false).map_err(failed)?;
    let steps =
        vec![PreTokenizerWrapper::Split(words), PreTokenizerWrapper::ByteLevel(ByteLevel::new(false, false, false))];
    let mut encoder = tokenizers::Tokenizer::new(bpe);
    encoder.with_pre_tokenizer(Some(Sequence::new(steps)));
    Ok(encoder)
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
